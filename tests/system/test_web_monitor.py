"""/healthz and /metrics: what they say, to whom, and how the server behaves when the engine does not."""

import glob
import json
import os
import signal
import socket
import subprocess
import sys
import time

import pytest
from prometheus_client.parser import text_string_to_metric_families

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from daemon import CTL, Config, Daemon, once  # noqa: E402
from web import TOKEN, Answer, Web, drain, link  # noqa: E402


def metrics(w, **headers):
    """{(name, labels as a sorted tuple): value}, by the reader of Prometheus' own client library."""
    a = w.ask("/metrics", **headers)
    assert a.status == 200, a.body
    assert a.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    got = {}
    for family in text_string_to_metric_families(a.body.decode()):
        assert family.documentation and family.type in ("gauge", "counter"), family
        for s in family.samples:
            key = (s.name, tuple(sorted(s.labels.items())))
            assert key not in got, key
            got[key] = s.value
    return got


def one(got, name, **labels):
    return got.get((name, tuple(sorted(labels.items()))))


@pytest.fixture(scope="module")
def service():
    with Config() as c:
        c.write_rules(once("reply-1"), once("later", days=9, ladder="silent"))
        with Daemon(c) as d, Web(state=d.state) as w:
            d.until(lambda: d.messages("sent") == 1, 20)
            yield d, w


def test_what_the_engine_counts(service):
    _, w = service
    got, now = metrics(w), time.time()
    assert one(got, "deadlined_up") == one(got, "deadlined_healthy") == one(got, "deadlined_config_current") == 1
    assert one(got, "deadlined_messages", channel="email", state="sent") == 1
    assert one(got, "deadlined_messages", channel="sms", state="unknown") == 0
    assert one(got, "deadlined_obligations", state="open") == 2
    assert one(got, "deadlined_provisional_dates") == one(got, "deadlined_held") == 0
    assert one(got, "deadlined_destinations_down") == 0
    assert one(got, "deadlined_feeds_made_total") > 10
    for name in ("start_time_seconds", "last_tick_timestamp_seconds", "config_loaded_timestamp_seconds"):
        assert now - 120 < one(got, "deadlined_" + name) <= now + 1, name
    assert one(got, "deadlined_next_wake_timestamp_seconds") > now
    assert one(got, "deadlined_oldest_unsent_timestamp_seconds") is None


def test_what_waits_is_seen():
    with Config() as c:
        c.write_rules(once("reply-1"))
        c.mail_to(9)
        with Daemon(c) as d, Web(state=d.state) as w:
            d.until(lambda: d.messages("retry") == 1, 20)
            got, now = metrics(w), time.time()
            assert one(got, "deadlined_messages", channel="email", state="retry") == 1
            assert now - 60 < one(got, "deadlined_oldest_unsent_timestamp_seconds") <= now
            assert json.loads(w.ask("/healthz").body)["messages"]["email"]["retry"] == 1


def test_nobody_is_named(service):
    """Whatever is in the configuration: not in the numbers."""
    d, w = service
    names = {p["person"] for p in d.call("next")["reminders"]} | {"brigade-10", "wenmingban", "reply-1", "later"}
    token = link(d, "show", "all")[3:-4]
    said = w.ask("/metrics").body.decode() + w.ask("/healthz").body.decode()
    for word in [*names, token, "@", "+86", "localhost", d.config.dir]:
        assert word not in said, word
    assert said.isascii()


def test_the_number_of_series_does_not_grow():
    with Web() as w:
        before = metrics(w)
        for i in range(40):
            w.ask(f"/made-up-{i}", method="GET" if i % 2 else f"M{i}")
            w.ask("/f/" + f"{i:043d}" + ".ics")
        after = metrics(w)
        assert before.keys() == after.keys()


def test_own_counters():
    with Web("--per-address", "3", nets=("proxy 127.0.0.0/8", "watcher 127.0.0.0/8")) as w:
        tag = w.feed().headers["etag"]
        w.feed(If_None_Match=tag)
        w.ask("/nothing")
        w.feed(method="POST")
        got = metrics(w)
        name = "deadlined_web_answers_total"
        assert one(got, name, route="feed", code="2xx") == one(got, name, route="feed", code="304") == 1
        assert one(got, name, route="none", code="4xx") == one(got, name, route="feed", code="4xx") == 1
        assert one(got, "deadlined_web_connections") >= 1
        assert one(got, "deadlined_up") == 0


def test_health_whole_and_brief(service):
    d, w = service
    whole = json.loads(w.ask("/healthz").body)
    assert whole["ok"] and whole["engine"] == "running" and whole["config"] == "current"
    assert whole["messages"]["email"]["sent"] == 1 and whole["provisional"] == 0
    assert whole["oldest_unsent"] is None and whole["next_wake"] and whole["last_tick"]
    assert 0 <= whole["config_age_s"] < 300
    brief = json.loads(w.ask("/healthz", X_Forwarded_For="203.0.113.7").body)
    assert brief.keys() == {"ok", "engine", "config", "last_tick"}


@pytest.mark.parametrize("seen_as,status", [
    (None, 200), ("127.0.0.1", 200), ("203.0.113.7", 404), ("127.0.0.1, 203.0.113.7", 404), ("2001:db8::1", 404)])
def test_metrics_are_for_this_machine(service, seen_as, status):
    _, w = service
    a = w.ask("/metrics", X_Forwarded_For=seen_as)
    assert a.status == status
    if status == 404:
        assert a.body == w.ask("/nothing").body


def test_metrics_for_whom_the_settings_name():
    with Config() as c:
        c.write_rules(once("reply-1"))
        c.edit("deadlined.cfg", r"\Z", 'metrics_for = [ "192.0.2.0/24", "2001:db8::/32" ];\n')
        with Daemon(c) as d, Web(state=d.state) as w:
            assert w.ask("/metrics").status == 404
            assert w.ask("/metrics", X_Forwarded_For="192.0.2.9").status == 200
            assert w.ask("/metrics", X_Forwarded_For="2001:db8::9").status == 200
            c.edit("deadlined.cfg", r"^metrics_for = .*$", "metrics_for = [ ]; trusted_proxies = [ ];")
            d.hang_up()
            d.until(lambda: w.ask("/metrics", X_Forwarded_For="192.0.2.9").status == 404, what="the new settings")


@pytest.mark.parametrize("text,sentence", [
    ('metrics_for = [ "somewhere" ];', "no range of addresses"),
    ('trusted_proxies = [ "10.0.0.1/8" ];', "no range of addresses"),
    ("trusted_proxies = [ %s ];" % ", ".join(['"10.0.0.1"'] * 17), "more than 16 entries")])
def test_settings_that_are_none(text, sentence):
    with Config() as c:
        c.edit("deadlined.cfg", r"\Z", text + "\n")
        p = subprocess.run([CTL, "check", "-c", c.path], capture_output=True, text=True, timeout=10)
        assert p.returncode == 1 and sentence in p.stdout, p.stdout


def test_engine_gone():
    with Config() as c:
        c.write_rules(once("reply-1"))
        with Daemon(c) as d, Web(state=d.state) as w:
            d.until(lambda: w.ask("/healthz").status == 200, 20)
            d.kill()
            time.sleep(1.1)
            assert w.ask("/healthz").status == 503
            got = metrics(w)
            assert one(got, "deadlined_up") == 0 and one(got, "deadlined_healthy") is None


def test_engine_stopped():
    """It holds its socket and says nothing: 503 by the time the question gives up."""
    with Config() as c:
        c.write_rules(once("reply-1"))
        with Daemon(c) as d, Web(state=d.state) as w:
            os.kill(d.process.pid, signal.SIGSTOP)
            try:
                start = time.monotonic()
                assert w.ask("/healthz").status == 503
                assert time.monotonic() - start < 8
            finally:
                os.kill(d.process.pid, signal.SIGCONT)


def test_late_tick():
    """It answers, but has not done what it promised."""
    with Web() as w, socket.socket(socket.AF_UNIX) as engine:
        engine.bind(os.path.join(w.dir, "web.sock"))
        engine.listen(5)
        with w.connect(10) as s:
            s.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            peer, _ = engine.accept()
            with peer:
                asked = json.loads(peer.makefile().readline())
                assert asked["verb"] == "health" and asked["args"] == {"whole": True}
                reply = {"ok": True, "data": {"ok": False, "engine": "late"}}
                peer.sendall(json.dumps(reply).encode() + b"\n")
                a = Answer(drain(s))
        assert a.status == 503 and b'"late"' in a.body


def test_asked_by_many_at_once(service):
    """One question a second, however many want to know."""
    d, w = service
    start = time.monotonic()
    for _ in range(200):
        assert w.ask("/healthz").status == 200
    assert time.monotonic() - start < 10


def test_feeds_while_the_engine_is_gone(service):
    _, w = service
    assert glob.glob(os.path.join(w.feeds, "*.ics"))
    assert w.ask(f"/f/{TOKEN}.ics").status == 404
