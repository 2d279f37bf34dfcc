"""Real calendar programs read the feeds of a simulated year: each must find the same events, days
and titles as python-icalendar does."""
import functools
import http.server
import json
import os
import pathlib
import random
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lib"))
import feed_samples as samples

MODULES = samples.ROOT / "build" / "peers"
NODE_PACKAGES = {"ical.js": "2.2.1", "node-ical": "0.26.1"}


def free_port():
    """An odd one that nobody listens on."""
    while True:
        port = random.randrange(20001, 32000, 2)
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)):
                return port


def run(*args, timeout=180, **more):
    done = subprocess.run([str(a) for a in args], capture_output=True, text=True, timeout=timeout,
                          check=False, **more)
    assert done.returncode == 0, f"{args}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def feeds(tmp_path_factory):
    return samples.year_of_feeds(tmp_path_factory.mktemp("year"))


@pytest.fixture(scope="module")
def some(feeds):
    """Everything, and one feed of each kind."""
    kinds = [sorted(feeds.glob(f"{k}-*.ics")) for k in ("unit", "person", "office")]
    return [feeds / "all.ics"] + [found[0] for found in kinds if found]


# ---- Radicale: the strictest of the cheap ones ------------------------------------------------

@pytest.fixture(scope="module")
def radicale(tmp_path_factory):
    where, port = tmp_path_factory.mktemp("radicale"), free_port()
    config = where / "config"
    config.write_text(f"""[server]
hosts = 127.0.0.1:{port}
max_content_length = 100000000
timeout = 120
[auth]
type = none
[storage]
filesystem_folder = {where}/store
[web]
type = none
""")
    with open(where / "log", "wb") as log:
        server = subprocess.Popen(["/usr/bin/python3", shutil.which("radicale"), "--config", config],
                                  stdout=log, stderr=log)
    try:
        for _ in range(100):
            with socket.socket() as s:
                if server.poll() is None and s.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        else:
            pytest.fail((where / "log").read_text())
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)


def request(method, url, data=None):
    head = {"Content-Type": "text/calendar; charset=utf-8", "Authorization": "Basic dTo="}
    ask = urllib.request.Request(url, data=data, method=method, headers=head)
    with urllib.request.urlopen(ask, timeout=120) as answer:
        return answer.status, answer.read()


def test_radicale(radicale, some):
    for number, feed in enumerate(some):
        url = f"{radicale}/u/c{number}/"
        assert request("PUT", url, feed.read_bytes())[0] == 201
        status, back = request("GET", url)
        assert status == 200
        assert samples.digest(back) == samples.digest(feed.read_bytes())


# ---- khal ---------------------------------------------------------------------------------------

def test_khal(some, tmp_path):
    for number, feed in enumerate(some):
        home = tmp_path / str(number)
        (home / "calendar").mkdir(parents=True)
        config = home / "config"
        config.write_text(f"""[calendars]
[[feed]]
path = {home}/calendar
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
path = {home}/khal.db
[default]
default_calendar = feed
""")
        mine = dict(os.environ, HOME=str(home), LC_ALL="C.UTF-8", XDG_DATA_HOME=str(home))
        khal = functools.partial(run, "/usr/bin/python3", shutil.which("khal"), "-c", config, env=mine)
        khal("import", "--batch", feed)
        listed = khal("list", "--once", "--day-format", "", "--format", "{uid}\t{start-date}\t{title}",
                      "2022-01-01", "2027-01-01")
        got = {tuple(line.split("\t")) for line in listed.splitlines() if line}
        assert got == samples.digest(feed.read_bytes())


# ---- vdirsyncer over HTTP -----------------------------------------------------------------------

class Quiet(http.server.SimpleHTTPRequestHandler):
    extensions_map = {".ics": "text/calendar; charset=utf-8", "": "application/octet-stream"}

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def address(feeds):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", free_port()),
                                             functools.partial(Quiet, directory=str(feeds)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_vdirsyncer(address, some, tmp_path):
    for number, feed in enumerate(some):
        where = tmp_path / str(number)
        config, store = where / "config", where / "store"
        where.mkdir()
        config.write_text(f"""[general]
status_path = "{where}/status/"
[pair feed]
a = "remote"
b = "local"
collections = null
[storage remote]
type = "http"
url = "{address}/{feed.name}"
[storage local]
type = "filesystem"
path = "{store}/"
fileext = ".ics"
""")
        sync = functools.partial(run, "/usr/bin/python3", shutil.which("vdirsyncer"), "-c", config,
                                 input="y\n" * 20)
        sync("discover")
        sync("sync")
        first = {f.name: f.read_bytes() for f in store.iterdir()}
        # Its http storage gives every item a UID of its own.
        got = sorted(e[1:] for data in first.values() for e in samples.digest(data))
        assert got == sorted(e[1:] for e in samples.digest(feed.read_bytes()))
        stamps = {f.name: f.stat().st_mtime_ns for f in store.iterdir()}
        sync("sync")
        assert stamps == {f.name: f.stat().st_mtime_ns for f in store.iterdir()}


# ---- JavaScript ---------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def modules():
    """ical.js (Thunderbird, Nextcloud) and node-ical (many dashboards), installed once."""
    MODULES.mkdir(parents=True, exist_ok=True)
    wanted = [f"{name}@{version}" for name, version in NODE_PACKAGES.items()]
    if not all((MODULES / "node_modules" / name / "package.json").exists() for name in NODE_PACKAGES):
        run("npm", "install", "--prefix", MODULES, "--ignore-scripts", "--no-audit", "--no-fund",
            *wanted, timeout=300)
    return MODULES


@pytest.mark.parametrize("library", NODE_PACKAGES)
def test_javascript(modules, some, library):
    for feed in some:
        out = run("node", HERE / "read_calendar.cjs", modules, library, feed,
                  env=dict(os.environ, TZ="Asia/Shanghai"))
        got = [tuple(e) for e in json.loads(out)]
        assert len(got) == len(set(got))
        assert set(got) == samples.digest(feed.read_bytes())
