"""The README's nginx before deadlined-web: what people get, who they are taken for, what is logged."""

import contextlib
import json
import os
import signal
import sys
import time

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from daemon import Config, Daemon, once  # noqa: E402
from peers.nginx import NAME, Nginx, samples  # noqa: E402
from web import Web, link  # noqa: E402

SAMPLES = samples()


def test_both_languages_have_the_same_sample():
    english, chinese = [[line.split("#")[0].split() for line in s.splitlines()] for s in SAMPLES]
    assert english == chinese


@contextlib.contextmanager
def place(sample=0, more=""):
    """Only nginx' own address is trusted, so that 127.0.0.5 may play somebody far away."""
    with Config() as c:
        c.write_rules(once("reply-1"))
        c.edit("deadlined.cfg", r"^# base_url = .*$", f'base_url = "https://{NAME}";')
        c.edit("deadlined.cfg", r"\Z", f'trusted_proxies = [ "127.0.0.1" ];{more}\n')
        with Daemon(c) as d, Web(state=d.state) as w, Nginx(SAMPLES[sample], w.port) as n:
            yield d, w, n


def bare(url):
    """The path of what `link show` prints."""
    return url.replace(f"https://{NAME}", "")


@pytest.mark.parametrize("sample", [0, 1])
def test_what_people_get(sample):
    with place(sample) as (d, w, n):
        feed, far = bare(link(d, "show", "all")), {"source": "127.0.0.5"}
        plain, packed = n.ask(feed, **far), n.ask(feed, Accept_Encoding="gzip", **far)
        assert plain.status == packed.status == 200 and plain.body.endswith(b"END:VCALENDAR\r\n")
        assert packed.headers["content-encoding"] == "gzip" and packed.headers["etag"][0] == '"'
        assert packed.headers["etag"] == w.ask(feed, Accept_Encoding="gzip").headers["etag"]
        assert n.ask(feed, If_None_Match=packed.headers["etag"], Accept_Encoding="gzip", **far).status == 304
        assert n.ask(feed, method="HEAD", **far).status == 200
        landing = n.ask(feed[:-4], **far).body.decode()
        assert f"webcal://{NAME}/f/" in landing and f"https://{NAME}/f/" in landing and "http://" + NAME not in landing
        entry = n.ask(bare(link(d, "show", "clerk", "wenmingban")), **far)
        cookie = entry.headers["set-cookie"]
        assert entry.status == 303 and "; Secure" in cookie and "HttpOnly" in cookie
        assert n.ask("/", Cookie=cookie.split(";")[0], **far).status == 200
        assert n.ask(feed, host="evil.example", **far).status == 421
        receipts = bare(link(d, "show", "receipts"))
        assert n.ask(receipts, method="POST", body=b"x" * 65537, **far).status == 413


def test_without_base_url_the_scheme_is_the_proxys():
    with place() as (d, w, n):
        d.config.edit("deadlined.cfg", r"^base_url = .*$", "")
        d.hang_up()
        landing = bare(link(d, "show", "all"))[:-4]
        d.until(lambda: w.ask(landing).status == 200, what="the index")
        assert f"https://127.0.0.1/f/" in n.ask(landing, host="127.0.0.1", source="127.0.0.5").body.decode()
        # Who comes by himself may say what he likes.
        a = w.ask(landing, X_Forwarded_Proto="https", source="127.0.0.5").body.decode()
        assert "https://127.0.0.1/f/" not in a and "http://127.0.0.1/f/" in a


def test_numbers_stay_inside():
    with place(more=' metrics_for = [ "127.0.0.1", "127.0.0.9" ];') as (_, w, n):
        for lie in ({}, {"X_Forwarded_For": "127.0.0.9"}, {"X_Forwarded_For": "127.0.0.1, 127.0.0.9"}):
            assert n.ask("/metrics", source="127.0.0.5", **lie).status == 404
            brief = json.loads(n.ask("/healthz", source="127.0.0.5", **lie).body)
            assert brief["ok"] and "messages" not in brief
        assert "messages" in json.loads(n.ask("/healthz", source="127.0.0.9").body)
        assert w.ask("/metrics").status == 200


def test_guesses_count_for_whoever_guesses():
    with place() as (d, w, n):
        feed = bare(link(d, "show", "all"))
        statuses = [n.ask("/f/" + f"{i:043d}" + ".ics", source="127.0.0.5",
                          X_Forwarded_For=f"203.0.113.{i}").status for i in range(40)]
        assert statuses[:30] == [404] * 30 and set(statuses[30:]) == {429}
        assert n.ask("/f/" + "9" * 43 + ".ics", source="127.0.0.6").status == 404
        assert n.ask(feed, source="127.0.0.5").status == 200
        refused = [line for line in w.log if "refused" in line]
        assert refused and all("127.0.0.5" in line or "127.0.0.6" in line for line in refused)
        assert not [line for line in w.log if "00000" in line]


def test_one_client_does_not_hold_all():
    """While the engine is slow: eight requests of one client wait, its others are turned away."""
    with place() as (d, _, n):
        page, feed = bare(link(d, "show", "page", "lead-brigade-10")), bare(link(d, "show", "all"))
        os.kill(d.process.pid, signal.SIGSTOP)
        try:
            held = [n.send(page, source="127.0.0.5") for _ in range(8)]
            time.sleep(0.5)
            start = time.monotonic()
            assert n.ask(page, source="127.0.0.5").status == 503
            assert n.ask(feed, source="127.0.0.6").status == 200
            assert time.monotonic() - start < 2
        finally:
            os.kill(d.process.pid, signal.SIGCONT)
        for s in held:
            s.close()


def test_nothing_logs_a_key():
    with place() as (d, w, n):
        feed = bare(link(d, "show", "all"))
        assert n.ask(feed, source="127.0.0.5").status == 200
        w.process.terminate()
        w.process.wait(10)
        assert n.ask(feed, source="127.0.0.5").status == 502
        token = feed[3:-4]
        assert token not in n.logs() + d.output() + "".join(w.log)
