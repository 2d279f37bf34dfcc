"""Calendar programs that subscribe to a feed, each with a home of its own.

    with Khal(url, folder, service) as c:
        c.poll()            # fetch again
        c.poll_in_vain()    # fetch again, from a server that fails
        c.events()          # what its own store has: sorted [(title, first day, cancelled)]
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import time

import icalendar

PYTHON = "/usr/bin/python3"  # Debian's modules are here
HERE = os.path.dirname(os.path.abspath(__file__))


def end_group(process, number=signal.SIGTERM, timeout=20):
    """A program and what it started."""
    try:
        os.killpg(process.pid, number)
        process.wait(timeout)
    except (ProcessLookupError, subprocess.TimeoutExpired):
        pass
    finally:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait(timeout)


class Subscriber:
    conditional = False  # does it send If-None-Match?
    uids = False  # does it keep the UIDs of the feed?
    name = None  # what it calls itself

    def __init__(self, url, folder, service):
        self.url, self.folder, self.service = url, str(folder), service
        drop = ("LD_PRELOAD", "DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "PYTHONPATH")
        self.env = {k: v for k, v in os.environ.items() if k not in drop and not k.lower().endswith("_proxy")}
        self.env.update(HOME=self.folder, LC_ALL="C.UTF-8", TZ="Asia/Shanghai")
        for name in ("config", "data", "cache", "state"):
            self.env[f"XDG_{name.upper()}_HOME"] = self.path(name)
        self.env["XDG_RUNTIME_DIR"] = self.path("run")
        os.makedirs(self.path("run"), mode=0o700)

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as f:
            f.write(text)
        return self.path(name)

    def run(self, *args, code=0, **more):
        p = subprocess.run([str(a) for a in args], capture_output=True, text=True, env=self.env, timeout=60,
                           check=False, **more)
        assert (p.returncode == 0) == (code == 0), f"{args}: {p.returncode}\n{p.stdout}{p.stderr}"
        return p.stdout

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def restart(self):
        """As if the machine had been off."""


# ---- vdirsyncer, and khal on what it fetched -------------------------------------------------------

class Vdirsyncer(Subscriber):
    name = "vdirsyncer"

    def __init__(self, *args):
        super().__init__(*args)
        self.store = self.path("store")
        self.config = self.write("vdirsyncer", f"""[general]
status_path = "{self.path('status')}/"
[pair feed]
a = "remote"
b = "local"
collections = null
conflict_resolution = "a wins"
[storage remote]
type = "http"
url = "{self.url}"
[storage local]
type = "filesystem"
path = "{self.store}/"
fileext = ".ics"
""")
        self.sync("discover")

    def sync(self, *what, code=0):
        return self.run(PYTHON, shutil.which("vdirsyncer"), "-c", self.config, *what, input="y\n" * 20, code=code)

    def poll(self):
        self.sync("sync")

    def poll_in_vain(self):
        self.sync("sync", code=1)

    def events(self):
        found = []
        for entry in os.scandir(self.store):
            with open(entry.path, "rb") as f:
                for e in icalendar.Calendar.from_ical(f.read()).walk("VEVENT"):
                    found.append((str(e["SUMMARY"]), e["DTSTART"].dt.isoformat(), e["STATUS"] == "CANCELLED"))
        return sorted(found)


class Khal(Vdirsyncer):
    def __init__(self, *args):
        super().__init__(*args)
        self.khal = self.write("khal", f"""[calendars]
[[feed]]
path = {self.store}
type = calendar
[locale]
local_timezone = Asia/Shanghai
default_timezone = Asia/Shanghai
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[sqlite]
path = {self.path('khal.db')}
[default]
default_calendar = feed
""")

    def events(self):
        listed = self.run(PYTHON, shutil.which("khal"), "-c", self.khal, "list", "--once", "--day-format", "",
                          "--format", "{title}\t{start-date}\t{status}", "2023-01-01", "2026-12-31")
        rows = [line.split("\t") for line in listed.splitlines() if line]
        return sorted((title, day, status.strip() == "CANCELLED") for title, day, status in rows)


# ---- what stays running ----------------------------------------------------------------------------

class Resident(Subscriber):
    """Polls when it is told to, and takes its time."""

    process = None

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        if self.process:
            process, self.process = self.process, None
            end_group(process)

    def restart(self):
        self.stop()
        self.start()

    def spawn(self, *args, **more):
        with open(self.path("log"), "ab") as log:
            self.process = subprocess.Popen([str(a) for a in args], env=self.env, stderr=log, start_new_session=True,
                                            **more)

    def poll(self):
        before = sum(self.service.answers().values())
        self.refresh()
        self.wait(lambda: sum(self.service.answers().values()) > before, "a fetch")
        self.settle()

    def poll_in_vain(self):
        self.refresh()
        time.sleep(2)

    def settle(self):
        """Until its store has not changed for a while: what was fetched is read, and put there, later."""
        last, since = None, time.monotonic()
        end = since + 20
        while time.monotonic() - since < 1.5 and time.monotonic() < end:
            now = self.events()
            if now != last:
                last, since = now, time.monotonic()
            time.sleep(0.2)

    def wait(self, is_so, what, timeout=30):
        end = time.monotonic() + timeout
        while not is_so():
            assert time.monotonic() < end, f"{type(self).__name__}: {what} did not come\n{self.log()}"
            time.sleep(0.1)

    def log(self):
        with open(self.path("log"), encoding="utf-8", errors="replace") as f:
            return f.read()[-3000:]


class Evolution(Resident):
    """Its calendar server, on a session bus of its own, asked through libecal."""

    conditional, uids, name = True, True, "Evolution"

    def start(self):
        host, _, path = self.url[len("http://"):].partition("/")
        name, port = host.split(":")
        self.write("config/evolution/sources/feed.source", f"""[Data Source]
DisplayName=feed
Enabled=true
Parent=webcal-stub

[Calendar]
BackendName=webcal

[Authentication]
Host={name}
Port={port}
Method=none

[Security]
Method=none

[WebDAV Backend]
ResourcePath=/{path}

[Refresh]
Enabled=false

[Offline]
StaySynchronized=true
""")
        self.env["GSETTINGS_BACKEND"] = "memory"
        self.spawn("dbus-run-session", "--", PYTHON, os.path.join(HERE, "evolution_reader.py"), "feed",
                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == '"ready"\n', self.log()

    def ask(self, word):
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, self.log()
        return json.loads(line)

    def refresh(self):
        self.ask("refresh")

    def read(self):
        return [tuple(row) for row in self.ask("list")]

    def events(self):
        return sorted(row[1:] for row in self.read())

    def ids(self):
        return {row[0] for row in self.read()}

    def stop(self):
        if self.process:
            self.process.stdin.close()
            self.process.stdout.close()
        super().stop()


class Thunderbird(Resident):
    """Told to poll by Marionette; its store is a database of its own."""

    conditional, uids, name = True, True, "Thunderbird"
    ID = "11111111-2222-4333-8444-555555555555"

    def start(self):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        prefs = {"marionette.port": port, "app.update.enabled": False, "network.proxy.type": 0,
                 "mail.provider.suppress_dialog_on_startup": True, "mail.spotlight.firstRunDone": True,
                 "datareporting.policy.dataSubmissionEnabled": False, "app.normandy.enabled": False,
                 "mail.shell.checkDefaultClient": False, "extensions.update.enabled": False,
                 "services.settings.server": "data:,#remote-settings-dummy/v1", "mail.winsearch.firstRunDone": True,
                 "calendar.timezone.local": "Asia/Shanghai"}
        mine = {"type": "ics", "uri": self.url, "name": "feed", "cache.enabled": True, "refreshInterval": "0",
                "readOnly": True, "calendar-main-in-composite": True}
        prefs.update({f"calendar.registry.{self.ID}.{k}": v for k, v in mine.items()})
        text = "".join(f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in prefs.items())
        self.write("profile/user.js", text)
        self.env["MOZ_HEADLESS"] = "1"
        self.spawn("thunderbird", "--headless", "--no-remote", "--marionette", "--remote-allow-system-access",
                   "--profile", self.path("profile"), stdout=subprocess.DEVNULL)
        self.marionette = Marionette(port, self)
        self.script("return !!calendar;")

    def script(self, body):
        return self.marionette.script(
            'const { cal } = ChromeUtils.importESModule("resource:///modules/calendar/calUtils.sys.mjs");'
            f'const calendar = cal.manager.getCalendarById("{self.ID}"); {body}')

    def refresh(self):
        self.script("calendar.refresh(); return true;")

    def read(self):
        """A copy of its database: Thunderbird holds a lock on it."""
        copy = self.path("copy")
        os.makedirs(copy, exist_ok=True)
        for name in ("cache.sqlite", "cache.sqlite-wal", "cache.sqlite-journal"):
            with contextlib.suppress(FileNotFoundError):
                shutil.copy(self.path("profile/calendar-data", name), os.path.join(copy, name))
        db = sqlite3.connect(os.path.join(copy, "cache.sqlite"))
        try:
            return db.execute("select id, title, date(event_start / 1000000, 'unixepoch'), ical_status from cal_events"
                              " where cal_id = ? and event_start_tz = 'floating'", (self.ID,)).fetchall()
        except sqlite3.DatabaseError:  # in the middle of a change
            return []
        finally:
            db.close()
            shutil.rmtree(copy)

    def events(self):
        return sorted((title, day, status == "CANCELLED") for _, title, day, status in self.read())

    def ids(self):
        return {row[0] for row in self.read()}

    def stop(self):
        if self.process:
            self.marionette.close()
        super().stop()


class Marionette:
    def __init__(self, port, owner):
        owner.wait(lambda: self.connect(port), "Marionette", 40)
        self.file, self.number = self.socket.makefile("rb"), 0
        self.receive()
        self.call("WebDriver:NewSession")
        self.call("Marionette:SetContext", value="chrome")

    def connect(self, port):
        try:
            self.socket = socket.create_connection(("127.0.0.1", port), timeout=40)
        except OSError:
            return False
        return True

    def receive(self):
        length = b""
        while (c := self.file.read(1)) != b":":
            assert c, "Thunderbird has gone"
            length += c
        return json.loads(self.file.read(int(length)))

    def call(self, name, **args):
        self.number += 1
        text = json.dumps([0, self.number, name, args]).encode()
        self.socket.sendall(b"%d:" % len(text) + text)
        _, _, error, value = self.receive()
        assert not error, error
        return value

    def script(self, body):
        return self.call("WebDriver:ExecuteScript", script=body, args=[])["value"]

    def close(self):
        self.file.close()
        self.socket.close()
