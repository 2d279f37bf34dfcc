"""A monitor outside hears the daemon as long as it works."""

import os
import signal
import sys
import time

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from daemon import Config, Daemon, once  # noqa: E402
from peers.http_script import DROP, HANG, HttpScript  # noqa: E402

MINUTE = 60
OK = (200, "thank you")


@pytest.fixture
def config():
    with Config() as c:
        c.ladder(lead=["email"])
        c.write_rules(once("reply-1"))
        yield c


def listen_at(config, monitor, minutes=1):
    config.edit("deadlined.cfg", r"^# heartbeat_url = .*$",
                f'heartbeat_url = "{monitor.url}/ping/abc";\nheartbeat_minutes = {minutes};')


def heard(monitor):
    return len(monitor.requests)


def test_it_beats(config):
    with HttpScript(OK) as monitor:
        listen_at(config, monitor)
        with Daemon(config, speed=60) as d:
            d.until(lambda: heard(monitor) >= 3)
            assert {(m, t) for m, t, *_ in monitor.requests} == {("GET", "/ping/abc")}
            assert "heartbeat" not in d.output()


def test_without_it_nothing_is_fetched(config):
    with HttpScript(OK) as monitor:
        with Daemon(config, speed=60) as d:
            d.rest(1.5)
            assert heard(monitor) == 0
            listen_at(config, monitor)
            d.hang_up()
            d.until(lambda: heard(monitor) >= 2)
            config.edit("deadlined.cfg", r"^heartbeat_url = .*$", "")
            d.hang_up()
            n = heard(monitor)
            d.rest(2)
            assert heard(monitor) <= n + 1


def test_a_monitor_that_is_ill_is_one_line(config):
    """It stops no reminder and fills no log."""
    with HttpScript((500, "no"), DROP, (404, "no"), OK) as monitor:
        listen_at(config, monitor)
        with Daemon(config, speed=60) as d:
            d.until(lambda: d.messages("sent") == 1)
            d.until(lambda: "hears our heartbeat again" in d.output())
            assert d.output().count("does not hear our heartbeat: HTTP 500") == 1
            assert "/ping/abc" not in d.output()


def test_a_stuck_engine_is_silent(config):
    with HttpScript(OK) as monitor:
        listen_at(config, monitor)
        with Daemon(config, speed=60) as d:
            d.until(lambda: heard(monitor) >= 2)
            d.signal(signal.SIGSTOP)
            n = heard(monitor)
            time.sleep(2)
            assert heard(monitor) <= n + 1
            d.signal(signal.SIGCONT)
            d.until(lambda: heard(monitor) >= n + 2)


def test_a_monitor_that_hangs_ends_with_the_daemon(config):
    with HttpScript(HANG) as monitor:
        listen_at(config, monitor)
        with Daemon(config) as d:
            d.until(lambda: heard(monitor) == 1)
            assert d.stop() == 0


@pytest.mark.parametrize("url", ["monitor.example.org", "file:///etc/passwd", "https://a b/"])
def test_no_web_address(config, url):
    config.edit("deadlined.cfg", r"^# heartbeat_url = .*$", f'heartbeat_url = "{url}";')
    d = Daemon(config)
    assert d.run() == 78  # EX_CONFIG
    assert "heartbeat_url is not a web address" in d.output()
