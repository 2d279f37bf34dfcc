"""Real Kannel: Chinese in one and in two parts, delivery reports, refusals."""

import contextlib
import glob
import os
import re
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from daemon import Config, Daemon, Refused, once  # noqa: E402
from peers import probe  # noqa: E402
from peers.kannel import Kannel  # noqa: E402
from web import Web, link  # noqa: E402

LONG = "请于5月20日（星期一）前将联点共建材料报送417室。" * 4


@pytest.fixture(scope="module")
def kannel():
    with Kannel() as k:
        yield k


def send(kannel, tmp_path, *lines, **settings):
    secret = tmp_path / "password"
    secret.write_text(settings.pop("secret", kannel.password))
    secret.chmod(0o600)
    return probe.run([{"sms": {"kind": "kannel", "url": kannel.url, "user": kannel.user,
                               "password": str(secret), "from": "12520", "sign": "城管",
                               **settings},
                       "options": probe.options(tmp_path, reply_ms=10000)}, *lines])


def test_one_and_two_parts_with_reports(kannel, tmp_path):
    headers = [["X-Kannel-DLR-Mask", "31"], ["X-Kannel-DLR-Url", kannel.report_url("{{ref}}")]]
    r = send(kannel, tmp_path, probe.sms(1, ref="short"), probe.sms(2, ref="long", text=LONG),
             header=headers)
    assert [r.outcome[n]["class"] for n in (1, 2)] == ["sent", "sent"]
    got = kannel.wait_for(2)
    assert sorted(got) == sorted([("12520", "+861000000001", "【城管】请尽早报送"),
                                  ("12520", "+861000000001", "【城管】" + LONG)])
    assert kannel.n_parts() == 3
    assert "1" in kannel.wait_reports("short", {"1"})
    assert "1" in kannel.wait_reports("long", {"1"})


def test_wrong_password(kannel, tmp_path):
    r = send(kannel, tmp_path, probe.sms(1), secret="falsch")
    o = r.outcome[1]
    assert (o["class"], o["fault"], o["code"]) == ("retry", "config", 403)


def let_in(kannel, tmp_path, **settings):
    return send(kannel, tmp_path, {"let_in": {"id": 1, "at": 1}}, {"wait": True}, **settings).outcome[1]


def test_lets_us_in_and_sends_nothing(kannel, tmp_path):
    before = kannel.n_parts()
    o = let_in(kannel, tmp_path)
    assert (o["class"], o["reason"]) == ("sent", "ok"), o
    o = let_in(kannel, tmp_path, secret="falsch")
    assert (o["class"], o["fault"]) == ("retry", "config"), o
    o = let_in(kannel, tmp_path, url=f"http://127.0.0.1:{probe.free_port()}/cgi-bin/sendsms")
    assert (o["class"], o["fault"]) == ("retry", "peer"), o
    assert kannel.n_parts() == before


def test_wrong_path(kannel, tmp_path):
    r = send(kannel, tmp_path, probe.sms(1), url=kannel.url + "x")
    assert (r.outcome[1]["class"], r.outcome[1]["fault"]) == ("retry", "config")


def test_number_without_a_route(kannel, tmp_path):
    r = send(kannel, tmp_path, probe.sms(1, to="+861000000009"))
    assert (r.outcome[1]["class"], r.outcome[1]["fault"]) == ("dead", "recipient")


def test_gateway_gone(tmp_path):
    with Kannel(smsc=False) as k:
        k.running[1].terminate()
        k.running[1].wait(10)
        r = send(k, tmp_path, probe.sms(1))
    assert (r.outcome[1]["class"], r.outcome[1]["fault"]) == ("retry", "peer")


def test_no_link_to_the_centre(tmp_path):
    """Kannel takes and stores it: that is its `accepted`."""
    with Kannel(smsc=False) as k:
        r = send(k, tmp_path, probe.sms(1))
    assert r.outcome[1]["class"] == "sent"
    assert "Queued" in r.outcome[1]["reason"] or "Accepted" in r.outcome[1]["reason"]


# ---- the daemon hears the reports ---------------------------------------------------------------

def daemon_config(kannel):
    c = Config()
    c.sms_to(kannel.url, transport="kannel", user=kannel.user, sign="城管",
             password_credential=c.secret(kannel.password, "sms-secret"))
    c.edit("deadlined.cfg", r'transport = "kannel";',
           f'transport = "kannel"; from = "12520"; receipt_url = "{kannel.reports_at}";')
    c.ladder(lead=["sms"])
    c.write_rules(once("reply"))
    return c


def of_gateway(daemon):
    return [h["kind"] for h in daemon.history() if h["actor"] == "gateway"]


@contextlib.contextmanager
def reporting(kannel):
    """A daemon that hears the reports from the first one on."""
    with daemon_config(kannel) as config:
        d = Daemon(config)
        kannel.on_report = lambda query: d.call("receipts", query=query)
        try:
            with d:
                yield d
        finally:
            kannel.on_report = lambda query: None


def test_delivered_and_said_so(kannel):
    with reporting(kannel) as d:
        d.until(lambda: d.messages("delivered") == 1, 20)
        before, ref = d.history(), kannel.reports[-1]["ref"]
        for query in ("ref=nobody&type=2", f"type=1&ref={ref}", f"type=2&ref={ref}"):
            assert d.call("receipts", query=query)["changed"] == 0
        assert d.history() == before
        assert of_gateway(d) == ["delivered"]
        with pytest.raises(Refused):
            d.call("receipts", query="type=1")


def test_taken_and_refused_by_the_centre():
    """Rejected after it was taken: the person is told by mail, once."""
    with Kannel(refuses="+86100111") as kannel, reporting(kannel) as d:
        d.until(lambda: d.messages("undelivered") == 1, 20)
        d.until(lambda: d.messages("sent") == 1, 20)
        ref = kannel.reports[-1]["ref"]
        d.call("receipts", query=f"type=16&ref={ref}")
        d.rest(1)
        assert of_gateway(d) == ["undelivered"]
        assert len(glob.glob(os.path.join(d.state, "spool", "mail", "**", "*.eml"),
                             recursive=True)) == 1
        assert [t["state"] for t in d.status()["trouble"]] == ["undelivered"]


# ---- by HTTP, as in earnest ------------------------------------------------------------------------

@contextlib.contextmanager
def behind_the_web(kannel):
    """Kannel itself calls deadlined-web at the address that `link show receipts` names."""
    with daemon_config(kannel) as config:
        config.write_rules(once("later", days=9, ladder="silent"))
        with Daemon(config) as d, Web(state=d.state) as w:
            address = f"http://127.0.0.1:{w.port}{link(d, 'show', 'receipts')}"
            config.edit("deadlined.cfg", r'receipt_url = "[^"]*"', f'receipt_url = "{address}"')
            config.write_rules(once("reply"))
            assert d.hang_up()["faults"] == []
            yield d, w


def answers(w, code):
    text = w.ask("/metrics").body.decode()
    return int(re.search(rf'answers_total{{route="receipts",code="{code}"}} (\d+)', text).group(1))


def test_delivered_by_http(kannel):
    before = len(kannel.reports)
    with behind_the_web(kannel) as (d, w):
        d.until(lambda: d.messages("delivered") == 1, 20)
        d.rest(1)
        assert of_gateway(d) == ["delivered"]
        assert answers(w, "2xx") >= 1 and answers(w, "4xx") == answers(w, "5xx") == 0
        assert link(d, "show", "receipts")[3:] not in d.output() + "".join(w.log)
    assert not [line for line in w.log if "refused" in line]
    assert len(kannel.reports) == before


def test_refused_by_the_centre_by_http():
    with Kannel(refuses="+86100111") as kannel, behind_the_web(kannel) as (d, w):
        d.until(lambda: d.messages("undelivered") == 1, 20)
        assert of_gateway(d) == ["undelivered"]
        assert answers(w, "2xx") >= 1 and answers(w, "4xx") == answers(w, "5xx") == 0

