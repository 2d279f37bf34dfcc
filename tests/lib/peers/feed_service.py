"""Both programs on the shipped year, on a clock of 2024, at a port that stays the same.

    with FeedService() as s:
        s.url("all"), s.ctl("receive", MAY), s.answers()["304"]
"""

import functools
import glob
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from daemon import CTL, ROOT, Daemon  # noqa: E402
from web import Web  # noqa: E402

# What the clocks of the bureau show, in UTC; the last is more than 30 days after the one before.
JANUARY_2 = "2024-01-02 01:00:00"
MAY_16 = "2024-05-16 01:00:00"
JUNE_17 = "2024-06-17 01:00:00"


class Shipped:
    """A copy of config/, as Daemon wants it."""

    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="dls-")
        self.path = os.path.join(self.dir, "config", "deadlined.cfg")
        shutil.copytree(os.path.join(ROOT, "config"), os.path.dirname(self.path))


def clock(at):
    library = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")[0]
    return {"LD_PRELOAD": library, "FAKETIME": "@" + at, "FAKETIME_DONT_FAKE_MONOTONIC": "1", "TZ": "UTC"}


class FeedService:
    """Since the first working day of the year; now it is the middle of May."""

    def __init__(self):
        self.config = Shipped()
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        self.daemon, self.web = Daemon(self.config, env=clock(JANUARY_2)), None

    def __enter__(self):
        try:
            self.daemon.__enter__()
            self.kill_engine()
            self.start_engine(MAY_16)
            self.start_web()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        try:
            self.stop_web()
        finally:
            self.daemon.__exit__()
            shutil.rmtree(self.config.dir, ignore_errors=True)

    # -- its life ---------------------------------------------------------------------------------

    def start_web(self):
        self.web = Web("--listen", f"127.0.0.1:{self.port}", state=self.daemon.state)
        self.web.__enter__()

    def stop_web(self):
        if self.web:
            web, self.web = self.web, None
            web.__exit__()

    def kill_engine(self):
        self.daemon.kill()

    def start_engine(self, at=None):
        """at: another day, and somebody says that it is true."""
        self.daemon.more_env.update(clock(at) if at else {})
        self.daemon.start()
        if at:
            self.ctl("clock-ok")

    # -- links and feeds ----------------------------------------------------------------------------

    def ctl(self, *args):
        p = subprocess.run([CTL, *args, "--state", self.daemon.state], capture_output=True, text=True, timeout=20,
                           check=False)
        assert p.returncode == 0, f"{args}: {p.stderr}"
        return p.stdout.strip()

    def url(self, *which, do="show"):
        return f"http://127.0.0.1:{self.port}" + self.ctl("link", do, *which)

    def file(self, name="all.ics"):
        return os.path.join(self.daemon.state, "feeds", name)

    def fetch(self, url):
        """Status and bytes."""
        try:
            with urllib.request.urlopen(url, timeout=20) as r:
                return r.status, r.read()
        except urllib.error.HTTPError as e:
            return e.code, e.read()

    def until(self, url, is_so, what):
        """Until what is served at url is so; its bytes."""
        status, data = self.fetch(url)
        end = time.monotonic() + 20
        while not is_so(status, data.replace(b"\r\n ", b"").decode()):
            assert time.monotonic() < end, f"not in 20 s: {what}"
            time.sleep(0.1)
            status, data = self.fetch(url)
        return data

    def until_text(self, url, text):
        return self.until(url, lambda status, data: status == 200 and text in data, text)

    def until_status(self, url, wanted):
        return self.until(url, lambda status, _: status == wanted, wanted)

    def links(self):
        return json.loads(self.ctl("link", "list", "--json"))["links"]

    def until_fetched(self, kind, who, client):
        """Until the list of links says that this program was the last; the line of the list."""
        end = time.monotonic() + 15
        while True:
            link = next(x for x in self.links() if (x["kind"], x["id"]) == (kind, who))
            if link["fetched"] and link["client"] == client:
                return link
            assert time.monotonic() < end, link
            time.sleep(0.1)

    def answers(self):
        """How often feeds were answered in which way: {"2xx": 3, "304": 1, ...}"""
        text = self.web.ask("/metrics").body.decode()
        return {code: int(n) for code, n in re.findall(r'answers_total\{route="feed",code="(\w+)"\} (\d+)', text)}


@functools.cache
def rule_names():
    """Rule id -> the name that stands in titles."""
    with open(os.path.join(ROOT, "config", "rules.cfg"), encoding="utf-8") as f:
        return dict(re.findall(r'^\t\tid = "([^"]+)";\s*name = "([^"]+)";', f.read(), re.M))
