"""A daemon of its own for a test: a copy of config/ to change, start and stop, verbs, the clock.

    with Config() as c:
        c.write_rules(once("reply-1"))
        c.mail_to(relay)
        with Daemon(c) as d:
            d.call("status")

Its contacts are made here: local mailboxes and numbers of a range that nobody has.  They are not
placeholders, so that real transports take them.
"""

import datetime
import glob
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
BUILD = os.path.join(ROOT, os.environ.get("BUILD", "build"))
PROGRAM = os.path.join(BUILD, "deadlined")
CTL = os.path.join(BUILD, "deadlinectl")
ZONE = datetime.timezone(datetime.timedelta(hours=8))  # Asia/Shanghai

NUMBER = "+86 100 1111 00"  # a test number is this and two digits

# Its only step is always past when the obligation is at most ten days ahead: it goes out at once.
LADDERS = """
ladders = (
	{ id = "now"; steps = (
		{ id = "now"; anchor = "due"; workdays = -15; time = "00:00"; template = "due";
		  %(who)s }
	); },
	{ id = "silent"; steps = (
		{ id = "later"; anchor = "due"; workdays = 30; time = "09:00"; template = "due";
		  lead = [ "email" ]; }
	); }
);
"""


def today():
    return datetime.datetime.now(ZONE).date()


def in_days(n):
    return (today() + datetime.timedelta(days=n)).isoformat()


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def once(rule_id, days=3, unit="brigade-10", ladder="now", name="督办函答复", more=""):
    """A one-off, due in so many days."""
    return f"""
	{{ id = "{rule_id}"; name = {quoted(name)}; kind = "once"; date = "{in_days(days)}";
	  owed_by = "{unit}"; office = "wenmingban"; ladder = "{ladder}";
	  basis = "晋市城函〔2024〕70号附件2第17项"; {more} }}"""


def id_of(rule_id, unit="brigade-10"):
    return f"{rule_id}/{rule_id}/{unit}"


class Config:
    """config/ in a folder of its own, with the clock's days open, nobody's quiet hours."""

    def __init__(self):
        # Short: the path of a unix socket has room for 107 bytes.
        self.dir = tempfile.mkdtemp(prefix="dl-")
        self.folder = os.path.join(self.dir, "config")
        self.path = os.path.join(self.folder, "deadlined.cfg")
        shutil.copytree(os.path.join(ROOT, "config"), self.folder)
        self.edit("deadlined.cfg", r"^quiet = .*$", "quiet = [ ];")
        self.edit("deadlined.cfg", r'"workdays.cfg"\n', '"workdays.cfg", "test.cfg"\n')
        self.edit("deadlined.cfg", r'"deadlined\.example\.invalid"', '"deadlined.localhost"')
        self.edit("deadlined.cfg", r"deadlined@example\.invalid", "deadlined@localhost")
        self.edit("people.cfg", r"@example\.invalid", "@localhost")
        self.edit("people.cfg", r"\+86 100 0000 00(?=\d\d)", NUMBER)
        self.edit("people.cfg", r"^admins = .*$", 'admins = [ ];')
        self.open_days()
        self.ladder()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.dir, ignore_errors=True)

    def file(self, name):
        return os.path.join(self.folder, name)

    def read(self, name="deadlined.cfg"):
        with open(self.file(name), encoding="utf-8") as f:
            return f.read()

    def write(self, name, text):
        data = text if isinstance(text, bytes) else text.encode()
        with open(self.file(name), "wb") as f:
            f.write(data)

    def edit(self, name, pattern, new):
        text, n = re.subn(pattern, lambda _: new, self.read(name), flags=re.M | re.S
                          if pattern.startswith("^email") or pattern.startswith("^sms") else re.M)
        assert n, f"nothing in {name} is like {pattern}"
        self.write(name, text)

    def open_days(self):
        """Every day around today is a working day, known as such."""
        near = [today() + datetime.timedelta(days=n) for n in range(-60, 60)]
        days = ", ".join(f'"{d}"' for d in near if d.weekday() > 4)
        self.write("workdays.cfg", 'workdays = { known_through = "2099-12-31"; notices = ( '
                   f'{{ number = "test"; work = [ {days} ]; }} ); }};\n')

    def ladder(self, lead=("email",), more=""):
        who = "lead = [ %s ]; %s" % (", ".join(f'"{x}"' for x in lead), more)
        self.write("test.cfg", LADDERS % {"who": who})

    def write_rules(self, *rules):
        self.write("rules.cfg", "rules = (" + ",".join(rules) + "\n);\n")

    def mail_to(self, port, **settings):
        settings = {"transport": "smtp", "host": "localhost", "port": port,
                    "from": "deadlined@localhost", "from_name": "晋城市城市管理局", **settings}
        self.edit("deadlined.cfg", r"^email = \{.*?\};$", "email = " + group(settings))

    def sms_to(self, url, **settings):
        settings = {"transport": "http", "url": url, "sign": "城管",
                    "body": '{"to":"{{to}}","text":"{{text}}","ref":"{{ref}}"}',
                    "success": {"pointer": "/code", "values": ["0"]}, "id_pointer": "/id",
                    "permanent_values": ["16"], **settings}
        if settings["transport"] == "kannel":
            for name in ("body", "success", "id_pointer", "permanent_values"):
                settings.pop(name)
        self.edit("deadlined.cfg", r"^sms = \{.*?\};$", "sms = " + group(settings))

    def secret(self, text, name="secret"):
        path = os.path.join(self.dir, name)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w",
                  encoding="utf-8") as f:
            f.write(text)
        return path


def value(v):
    if isinstance(v, dict):
        return "{ " + " ".join(f"{k} = {value(x)};" for k, x in v.items()) + " }"
    if isinstance(v, (list, tuple)):
        return "[ " + ", ".join(value(x) for x in v) + " ]"
    return quoted(v) if isinstance(v, str) else str(v).lower()


def group(settings):
    return value(settings) + ";"


class Refused(Exception):
    """What the daemon said no to: .rc and the sentence."""

    def __init__(self, reply):
        args = iter(reply.get("args", []))
        text = re.sub(r"%[-.0-9]*(?:zu|ld|lld|[sdu])", lambda _: next(args, "?"),
                      reply.get("msgid", ""))
        super().__init__(text)
        self.rc = reply.get("rc")


class Daemon:
    """speed: how much faster than ours its clock runs (libfaketime)."""

    def __init__(self, config, *args, speed=1, env=None, user=None):
        self.config, self.args, self.speed, self.user = config, args, speed, user
        self.more_env = env or {}
        self.state = os.path.join(config.dir, "state")
        self.socket = os.path.join(self.state, "ctl.sock")
        self.log = os.path.join(config.dir, "log")
        self.process, self.notes, self.listener = None, [], None

    def __enter__(self):
        self.listen()
        return self.start()

    def __exit__(self, *_):
        try:
            self.kill()
        finally:
            if self.listener:
                self.listener.close()

    # -- its life ---------------------------------------------------------------------------------

    def listen(self):
        """What systemd would be told."""
        path = os.path.join(self.config.dir, "notify")
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        if os.path.exists(path):
            os.unlink(path)
        self.listener.bind(path)
        os.chmod(path, 0o666)
        threading.Thread(target=self.take_notes, args=(self.listener,), daemon=True).start()
        self.more_env = {"NOTIFY_SOCKET": path, **self.more_env}

    def take_notes(self, listener):
        while True:
            try:
                note = listener.recv(4096).decode()
            except OSError:
                return
            self.notes.append((time.monotonic(), note))

    def noted(self, word):
        return [t for t, note in list(self.notes) if word in note.splitlines()]

    def env(self):
        drop = ("LD_PRELOAD", "STATE_DIRECTORY", "RUNTIME_DIRECTORY", "CACHE_DIRECTORY",
                "CREDENTIALS_DIRECTORY", "WATCHDOG_USEC", "WATCHDOG_PID", "NOTIFY_SOCKET")
        env = {k: v for k, v in os.environ.items()
               if k not in drop and not k.lower().endswith("_proxy")}
        env.update({"LC_ALL": "C.UTF-8", "LANGUAGE": ""})
        if self.speed > 1:
            # Each start begins at our time again: with an offset, libfaketime mistakes timers of the
            # monotonic clock.
            env.update({"LD_PRELOAD": glob.glob("/usr/lib/*/faketime/libfaketime.so.1")[0],
                        "FAKETIME": f"+0s x{self.speed}"})
        env.update(self.more_env)
        return env

    def command(self):
        return [PROGRAM, "-c", self.config.path, "--state", self.state, *self.args]

    def spawn(self):
        as_user = {"user": self.user, "extra_groups": []} if self.user else {}
        with open(self.log, "ab") as out:
            self.process = subprocess.Popen(self.command(), env=self.env(), cwd=self.config.dir,
                                            stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                            **as_user)
        return self

    def start(self, timeout=15):
        before = len(self.noted("READY=1"))
        self.spawn()
        self.until(lambda: len(self.noted("READY=1")) > before or self.process.poll() is not None,
                   timeout, "READY=1")
        assert self.process.poll() is None, f"exit {self.process.returncode}: {self.output()}"
        return self

    def run(self, timeout=15):
        """For a start that is meant to fail: its exit code."""
        self.spawn()
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError("it did not end: " + self.output()) from None

    def signal(self, number):
        os.kill(self.process.pid, number)

    def stop(self, timeout=25):
        self.signal(signal.SIGTERM)
        return self.process.wait(timeout)

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)

    def restart(self):
        self.kill()
        return self.start()

    def is_alive(self):
        return self.process.poll() is None

    def output(self):
        with open(self.log, encoding="utf-8", errors="replace") as f:
            return f.read()

    def until(self, is_true, timeout=10, what="it"):
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            got = is_true()
            if got:
                return got
            self.nudge()
            time.sleep(0.05)
        raise AssertionError(f"{what} did not happen in {timeout} s\n" + self.output()[-3000:])

    def nudge(self):
        """libfaketime misses timers of the monotonic clock: any call makes it look at them."""
        if self.speed > 1 and self.is_alive():
            try:
                self.call("next", limit=1)
            except OSError:
                pass

    def rest(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.nudge()
            time.sleep(0.05)

    # -- its verbs --------------------------------------------------------------------------------

    def call(self, verb, timeout=10, **args):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as s:
            s.settimeout(timeout)
            s.connect(self.socket)
            s.sendall(json.dumps({"verb": verb, "args": args}).encode() + b"\n")
            line = b""
            while not line.endswith(b"\n"):
                part = s.recv(65536)
                assert part, "closed without an answer"
                line += part
        reply = json.loads(line)
        if not reply["ok"]:
            raise Refused(reply)
        return reply["data"]

    def status(self):
        return self.call("status")

    def messages(self, *states):
        counts = self.status()["messages"]
        return sum(counts[s] for s in states)

    def history(self, obligation=None, limit=500):
        return self.call("history", obligation=obligation, limit=limit)["rows"]

    def obligation(self, obligation_id):
        found = self.call("obligations", all=True)["obligations"]
        return next((o for o in found if o["id"] == obligation_id), None)

    # -- its configuration --------------------------------------------------------------------------

    def hang_up(self, timeout=10):
        """SIGHUP, and wait until it has been dealt with."""
        before = len([1 for _, n in self.notes if "RELOADING=1" not in n and "READY=1" in n])
        self.signal(signal.SIGHUP)
        self.until(lambda: len([1 for _, n in list(self.notes)
                                if "RELOADING=1" not in n and "READY=1" in n]) > before,
                   timeout, "the reload")
        return self.status()["config"]
