"""Many who mean no good: reminders go out all the same, and the web program turns them away."""

import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from daemon import Config, Daemon, once  # noqa: E402
from flood import Flood  # noqa: E402
from web import Web, link  # noqa: E402


def counter(w, name):
    """By a connection that may have to wait until somebody slow is cut."""
    text = w.ask("/metrics").body.decode()
    return float(next(line for line in text.splitlines() if line.startswith(name + " ")).split()[1])


def test_reminders_go_out_in_a_flood():
    """200 that trickle and 20 that ask without a pause, pages among it, for which the engine has to work."""
    with Config() as c:
        c.write_rules(once("reply-1"))
        c.edit("deadlined.cfg", r"\Z", 'trusted_proxies = [ ];\n')
        with Daemon(c) as d, Web(state=d.state) as w:
            d.until(lambda: d.messages("sent") == 1, 20)
            pages = [link(d, "show", "page", "lead-brigade-10"), link(d, "show", "all"), "/healthz",
                     "/f/" + "0" * 43 + ".ics"]
            with Flood(w.port, 200, pages * 5) as flood:
                time.sleep(2)
                delays = []
                for n in range(2, 7):
                    c.write_rules(*[once(f"reply-{i}") for i in range(1, n + 1)])
                    start = time.monotonic()
                    d.hang_up()
                    d.until(lambda n=n: d.messages("sent") == n, 20)
                    delays.append(time.monotonic() - start)
                    time.sleep(1)
                assert max(delays) < 5, delays
                assert d.call("health")["ok"]
            answers = {}
            for b in flood.busy:
                for status, n in b.answers.items():
                    answers[status] = answers.get(status, 0) + n
            assert answers.get("200", 0) > 20, answers
            assert flood.slow.ended > 100
            d.until(lambda: w.ask(link(d, "show", "all")).status == 200, 20)
            assert counter(w, "deadlined_web_connections_cut_total") > 100
            assert w.process.poll() is None
            with open(f"/proc/{w.process.pid}/status", encoding="utf-8") as f:
                rss = next(int(line.split()[1]) for line in f if line.startswith("VmRSS"))
            assert rss < 64 * 1024, rss
            d.until(lambda: len(os.listdir(f"/proc/{w.process.pid}/fd")) < 30, 20)  # a leak would never end
            assert len([line for line in w.log if "refused" in line]) <= 40
            assert w.ask("/healthz").status == 200


def test_one_address_in_a_flood_holds_nobody_up():
    """Its ninth connection is closed at once; somebody else is served while eight of it are open."""
    with Web(nets=()) as w:
        held = [w.connect(source="127.0.0.7") for _ in range(30)]
        start = time.monotonic()
        assert w.feed(source="127.0.0.8").status == 200
        assert time.monotonic() - start < 2
        for s in held:
            s.close()
