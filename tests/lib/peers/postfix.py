"""A real Postfix in a temporary folder: STARTTLS and AUTH on one port, into one Maildir.

Unpacked, not installed; needs root to start, as Postfix does.  Its daemons run as users that every
Debian has (mail_owner `backup`, group `list`), so that none has to be made.

    with Postfix() as p:
        p.port, p.wrapped_port, p.ca, p.user, p.password, p.host
        p.wait_for(n) -> n messages as bytes

    PostfixInside(root).put()       the same into another system's root, as its relay.service
"""

import email
import email.policy
import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import pytest

from . import certs, debs
from .probe import free_port

OWNER, GROUP, BOX = "backup", "list", "mail"

MAIN = """\
compatibility_level = 3.6
queue_directory = {d}/queue
data_directory = {d}/data
command_directory = {root}/usr/sbin
daemon_directory = {root}/usr/lib/postfix/sbin
shlib_directory = {root}/usr/lib/postfix
meta_directory = {d}/etc
mail_owner = {owner}
setgid_group = {group}
default_privs = nobody
import_environment = MAIL_CONFIG LD_LIBRARY_PATH={root}/usr/lib/postfix LANG=C POSTLOG_SERVICE POSTLOG_HOSTNAME
maillog_file = {d}/log/maillog
maillog_file_prefixes = {d}
myhostname = localhost
mydomain = localdomain
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
mydestination =
alias_maps =
alias_database =
local_recipient_maps =
virtual_mailbox_domains = static:ALL
virtual_mailbox_base = {d}
virtual_mailbox_maps = static:Maildir/
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
smtpd_tls_cert_file = {d}/srv.crt
smtpd_tls_key_file = {d}/srv.key
smtpd_tls_security_level = encrypt
smtpd_tls_auth_only = yes
smtpd_sasl_type = cyrus
smtpd_sasl_path = smtpd
smtpd_sasl_local_domain = localhost
smtpd_sasl_auth_enable = yes
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = {recipients}
smtpd_client_connection_rate_limit = 0
smtpd_client_connection_count_limit = 0
disable_dns_lookups = yes
smtp_host_lookup = native
message_size_limit = 1048576
virtual_mailbox_limit = 0
"""

MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
127.0.0.1:{wrapped} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""

QUEUES = ["active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming",
          "private", "saved", "trace"]


class Postfix:
    user, password, host = "relay", "geheim", "localhost"

    def __init__(self, recipients="permit"):
        self.recipients = recipients
        self.port, self.wrapped_port = free_port(), free_port()

    def __enter__(self):
        if os.geteuid() != 0:
            pytest.skip("Postfix needs root to start")
        self.root = debs.unpack("postfix")
        self.sasl = debs.unpack("sasl2-bin")
        self.dir = self.home = tempfile.mkdtemp(prefix="postfix-")
        self.process = None
        try:
            self.make_folders()
            self.write_files()
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
        if self.process:
            self.end_children()
        shutil.rmtree(self.dir, ignore_errors=True)

    def end_children(self):
        """What the master left: every process of its own process group."""
        try:
            os.killpg(self.process.pid, signal.SIGTERM)
        except ProcessLookupError:
            pass

    def path(self, *parts):
        return os.path.join(self.dir, *parts)

    def folder(self, *parts, user="root", group="root", mode=0o755):
        os.makedirs(self.path(*parts), exist_ok=True)
        shutil.chown(self.path(*parts), user, group)
        os.chmod(self.path(*parts), mode)

    def make_folders(self):
        os.chmod(self.dir, 0o711)
        for name in ("etc", "etc/sasl", "log", "queue", "queue/pid"):
            self.folder(name)
        for name in QUEUES:
            self.folder("queue", name, user=OWNER, mode=0o700)
        self.folder("queue", "maildrop", user=OWNER, group=GROUP, mode=0o1730)
        self.folder("queue", "public", user=OWNER, group=GROUP, mode=0o2710)
        self.folder("data", user=OWNER, mode=0o700)
        self.folder("Maildir", user=BOX, group=BOX, mode=0o700)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="ascii") as f:
            f.write(text)

    def write_files(self):
        self.ca, _, _ = certs.make(self.dir)
        box = pwd.getpwnam(BOX)
        self.write("etc/main.cf", MAIN.format(
            d=self.home, root=self.root, owner=OWNER, group=grp.getgrnam(GROUP).gr_name,
            uid=box.pw_uid, gid=box.pw_gid, recipients=self.recipients))
        self.write("etc/master.cf", MASTER.format(port=self.port, wrapped=self.wrapped_port))
        self.write("etc/dynamicmaps.cf", "")
        # Debian's build reads this place and no other.
        self.write("etc/sasl/smtpd.conf",
                   "pwcheck_method: auxprop\nauxprop_plugin: sasldb\nmech_list: PLAIN LOGIN\n"
                   f"sasldb_path: {self.home}/sasldb2\n")
        subprocess.run([self.sasl + "/usr/sbin/saslpasswd2", "-p", "-c", "-f",
                        self.path("sasldb2"), "-u", "localhost", self.user],
                       input=self.password.encode(), check=True, timeout=10)
        shutil.chown(self.path("sasldb2"), "root", OWNER)
        os.chmod(self.path("sasldb2"), 0o640)

    def start(self):
        self.process = subprocess.Popen(
            [self.root + "/usr/lib/postfix/sbin/master", "-c", self.path("etc")],
            env=debs.run_env(self.root + "/usr/lib/postfix"), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        end = time.monotonic() + 20
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            try:
                with socket.create_connection(("127.0.0.1", self.port), 1) as s:
                    if s.recv(100).startswith(b"220"):
                        return
            except OSError:
                pass
            time.sleep(0.1)
        raise RuntimeError("Postfix did not start:\n" + self.log())

    def log(self):
        try:
            with open(self.path("log", "maillog"), encoding="utf-8", errors="replace") as f:
                return f.read()
        except FileNotFoundError:
            return "(no log)"

    def messages(self):
        new = self.path("Maildir", "new")
        if not os.path.isdir(new):
            return []
        result = []
        for name in sorted(os.listdir(new)):
            with open(os.path.join(new, name), "rb") as f:
                result.append(f.read())
        return result

    def wait_for(self, n, timeout=20):
        end = time.monotonic() + timeout
        while len(self.messages()) < n and time.monotonic() < end:
            time.sleep(0.1)
        return self.messages()

    @staticmethod
    def parse(data):
        return email.message_from_bytes(data, policy=email.policy.default)


RELAY = """\
[Unit]
Description=Postfix
[Service]
ExecStart=/usr/lib/postfix/sbin/master -c {home}/etc
"""


class PostfixInside(Postfix):
    """In the root of another Debian, whose systemd starts it: `systemctl start relay`."""

    home, root = "/srv/postfix", ""

    def __init__(self, system, recipients="permit"):
        super().__init__(recipients)
        self.system, self.dir = str(system), str(system) + self.home
        self.port, self.wrapped_port = 587, 465

    def put(self):
        for package in ("postfix", "libsasl2-modules"):
            subprocess.run(["cp", "-a", debs.unpack(package) + "/usr", self.system], check=True, timeout=60)
        self.sasl = debs.unpack("sasl2-bin")
        os.makedirs(self.dir)
        self.make_folders()
        self.write_files()
        with open(self.system + "/etc/systemd/system/relay.service", "w", encoding="ascii") as f:
            f.write(RELAY.format(home=self.home))
        return self
