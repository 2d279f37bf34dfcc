"""A real Kannel on loopback: bearerbox, smsbox and its fake SMS centre.

Unpacked, not installed: the package would start its boxes.

    with Kannel() as k:
        k.url, k.user, k.password
        k.wait_for(n) -> n texts as handed to the SMS centre, [(from, to, text)], parts joined
        k.reports  -> queries of the delivery reports that came in, as dicts
        k.report_url("{{ref}}") -> what to ask reports for
    k.on_report = f            -> f(query) with each, as it comes in
    Kannel(refuses="+8610001") -> numbers that begin so are taken, and refused by their SMS centre
"""

import http.server
import os
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import urllib.parse
import urllib.request

from . import debs
from .probe import free_port

CONF = """\
group = core
admin-port = {admin}
admin-interface = 127.0.0.1
admin-password = adm
status-password = st
smsbox-port = {box}
smsbox-interface = 127.0.0.1
box-allow-ip = "127.0.0.1"
box-deny-ip = "*.*.*.*"
log-file = "{d}/bearerbox.log"
log-level = 0
store-type = spool
store-location = "{d}/spool"
dlr-storage = internal

group = smsc
smsc = fake
smsc-id = FAKE
host = 127.0.0.1
our-host = 127.0.0.1
port = {smsc}
connect-allow-ip = 127.0.0.1
denied-prefix = "+861000000009{also_denied}"
{refusing}
group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = {box}
sendsms-port = {send}
sendsms-interface = 127.0.0.1
global-sender = 12520
log-file = "{d}/smsbox.log"

group = sendsms-user
username = relay
password = geheim
max-messages = 20
concatenation = true

group = sms-service
keyword = default
text = "no service"
max-messages = 0
"""


REFUSING = """
group = smsc
smsc = http
smsc-id = REFUSING
system-type = kannel
port = {port}
connect-allow-ip = 127.0.0.1
smsc-username = x
smsc-password = x
send-url = "http://127.0.0.1:{server}/refuse"
allowed-prefix = "{prefix}"
"""


class Reports(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        path, query = urllib.parse.urlsplit(self.path)[2:4]
        status = 400 if path == "/refuse" else 200
        if status == 200:
            self.server.reports.append(dict(urllib.parse.parse_qsl(query)))
            self.server.kannel.on_report(query)
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Kannel:
    user, password = "relay", "geheim"

    def __init__(self, smsc=True, refuses=""):
        self.with_smsc, self.refuses = smsc, refuses
        self.on_report = lambda query: None
        self.ports = {name: free_port() for name in ("admin", "box", "smsc", "send", "refuse")}
        self.url = f"http://127.0.0.1:{self.ports['send']}/cgi-bin/sendsms"

    def __enter__(self):
        self.boxes = debs.unpack("kannel") + "/usr/sbin/"
        self.fake = debs.unpack("kannel-extras") + "/usr/lib/kannel/test/fakesmsc"
        self.dir = tempfile.mkdtemp(prefix="kannel-")
        os.mkdir(self.dir + "/spool")
        self.running = []
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Reports)
        self.server.reports = self.reports = []
        self.server.kannel = self
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in reversed(self.running):
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(5)
        self.server.shutdown()
        self.server.server_close()
        shutil.rmtree(self.dir, ignore_errors=True)

    @property
    def reports_at(self):
        return f"http://127.0.0.1:{self.server.server_port}/dlr"

    def report_url(self, ref):
        return self.reports_at + f"?ref={ref}&type=%d&to=%p"

    def spawn(self, *command):
        # fakesmsc prints what it gets; through a file its output would sit in a buffer.
        out = open(self.dir + "/" + os.path.basename(command[0]) + ".out", "wb")
        self.running.append(subprocess.Popen(
            ["stdbuf", "-oL", "-eL", *command], cwd=self.dir, env=debs.run_env(),
            stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT))
        out.close()

    def wait_port(self, port):
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("Kannel did not start:\n" + self.output())

    def start(self):
        conf = self.dir + "/kannel.conf"
        refusing = REFUSING.format(port=self.ports["refuse"], server=self.server.server_port,
                                   prefix=self.refuses) if self.refuses else ""
        with open(conf, "w", encoding="ascii") as f:
            f.write(CONF.format(d=self.dir, refusing=refusing,
                                also_denied=";" + self.refuses if self.refuses else "",
                                **self.ports))
        self.spawn(self.boxes + "bearerbox", "-v", "4", conf)
        self.wait_port(self.ports["box"])
        self.spawn(self.boxes + "smsbox", "-v", "4", conf)
        self.wait_port(self.ports["send"])
        if self.with_smsc:
            self.wait_port(self.ports["smsc"])
            self.spawn(self.fake, "-H", "127.0.0.1", "-r", str(self.ports["smsc"]), "-i", "100000",
                       "-m", "2", "100 200 text hello")
            self.wait_online()

    def wait_online(self):
        end = time.monotonic() + 20
        url = f"http://127.0.0.1:{self.ports['admin']}/status.txt?password=st"
        while time.monotonic() < end:
            with urllib.request.urlopen(url, timeout=5) as reply:
                if b"rcvd: sms 1" in reply.read():
                    return
            time.sleep(0.2)
        raise RuntimeError("the fake SMS centre did not come online:\n" + self.output("fakesmsc"))

    def output(self, name="bearerbox"):
        try:
            with open(f"{self.dir}/{name}.out", encoding="latin-1") as f:
                return f.read()
        except FileNotFoundError:
            return ""

    def messages(self):
        """Parts of one text (UDH 05 00 03 reference total number) are joined when all are there."""
        whole, parts = [], {}
        for line in re.findall(r"Got message \d+: <(.*)>", self.output("fakesmsc")):
            sender, to, kind, *rest = line.split(" ")
            if kind == "ucs-2":
                whole.append((sender, to, ucs2(rest[0])))
            elif kind == "udh":
                udh = urllib.parse.unquote_to_bytes(rest[0])
                slot = parts.setdefault((to, udh[3]), {})
                slot[udh[5]] = ucs2(rest[-1])
                if len(slot) == udh[4]:
                    whole.append((sender, to, "".join(slot[n] for n in sorted(slot))))
            else:
                whole.append((sender, to, urllib.parse.unquote("".join(rest))))
        return whole

    def n_parts(self):
        return len(re.findall(r"Got message \d+: <\S+ \S+ (?:ucs-2|udh|text)",
                              self.output("fakesmsc")))

    def wait_for(self, n, timeout=20):
        end = time.monotonic() + timeout
        while len(self.messages()) < n and time.monotonic() < end:
            time.sleep(0.1)
        return self.messages()

    def wait_reports(self, ref, kinds, timeout=20):
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            got = {r["type"] for r in list(self.reports) if r.get("ref") == ref}
            if kinds <= got:
                return got
            time.sleep(0.1)
        return {r["type"] for r in list(self.reports) if r.get("ref") == ref}


def ucs2(text):
    return urllib.parse.unquote_to_bytes(text.replace("+", " ")).decode("utf-16-be")
