"""deadlinectl's commands against a running daemon: text, --json, exit codes, and what they change."""

import json
import os
import re
import subprocess
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from daemon import CTL, NUMBER, Config, Daemon, id_of, once  # noqa: E402
from peers.http_script import DROP, HttpScript  # noqa: E402

DONE, PROBLEMS, USAGE, NO_DAEMON = 0, 1, 2, 69
OK = (200, '{"code":0,"id":"G-17"}')
DEAD = (200, '{"code":16}')  # listed as permanent
FREE = {"limits": {"person_minute": 0, "per_second": 0}}  # how fast is another test's matter
LEAD = "lead-brigade-10"
ONE = id_of("reply-1")


class Ctl:
    """Runs a command; .json() also parses."""

    def __init__(self, daemon):
        self.where = ["--socket", daemon.socket]
        self.env = {**daemon.env(), "NO_COLOR": "1"}

    def __call__(self, *args, status=DONE):
        p = subprocess.run([CTL, *args, *self.where], capture_output=True, text=True, timeout=60,
                           env=self.env)
        assert p.returncode == status, f"{args}: {p.returncode}\n{p.stdout}{p.stderr}"
        if status in (USAGE, NO_DAEMON):
            assert p.stderr and not p.stdout
        return p.stdout + p.stderr

    def json(self, *args, status=DONE):
        return json.loads(self(*args, "--json", status=status))


@pytest.fixture
def config():
    with Config() as c:
        c.ladder(lead=["sms"])
        c.write_rules(once("reply-1"))
        yield c


@pytest.fixture(scope="module")
def quiet():
    """A daemon whose messages are spooled."""
    with Config() as c:
        c.write_rules(once("reply-1"), once("reply-2", unit="brigade-3", days=5, ladder="silent"))
        with Daemon(c) as d:
            d.until(lambda: d.messages("sent") == 1)
            yield d, Ctl(d)


def trouble(ctl):
    return ctl.json("status", status=PROBLEMS)["trouble"]


# ---- what is going on ------------------------------------------------------------------------------

def test_status(quiet):
    d, ctl = quiet
    s = ctl.json("status")
    assert s["trouble"] == [] and s["hold"] is None
    assert s["waiting"] == {"messages": 0, "oldest": None, "needs_hand": 0}
    assert all(x["down_since"] is None for x in s["destinations"])
    text = ctl("status")
    assert "All is well." in text and str(d.process.pid) in text


def test_next_and_list(quiet):
    _, ctl = quiet
    rows = ctl.json("next", "--limit", "3")["reminders"]
    assert rows and {"key", "obligation", "step", "channel", "person", "at"} <= set(rows[0])
    assert re.search(r"\d{4}-\d\d-\d\d (Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d\d:\d\d", ctl("next", "1"))
    ids = [o["id"] for o in ctl.json("list")["obligations"]]
    assert ids == [ONE, id_of("reply-2", "brigade-3")]
    assert ONE in ctl("list")


def test_report_receive_return_undo(quiet):
    _, ctl = quiet
    done = ctl.json("report", ONE, "--by", "clerk")
    assert done["act"] and done["obligation"]["state"] == "reported"
    assert ctl.json("receive", ONE)["obligation"]["state"] == "done"
    assert "open" in ctl("return", ONE, "--reason", "总结缺盖章")
    assert ctl.json("undo", ONE)["obligation"]["state"] == "done"
    assert ctl.json("undo", ONE)["obligation"]["state"] == "reported"
    assert ctl.json("undo", ONE)["obligation"]["state"] == "open"
    assert "nothing to take back" in ctl("undo", ONE, status=PROBLEMS)
    assert "there is no obligation" in ctl("receive", "no/such/thing", status=PROBLEMS)
    assert "has no deliverable" in ctl("receive", ONE, "--item", "nonsense", status=PROBLEMS)


def test_history(quiet):
    _, ctl = quiet
    kinds = [r["kind"] for r in ctl.json("history", ONE)["rows"]]
    assert "claimed" in kinds and "sent" in kinds
    message = next(r["message"] for r in ctl.json("history", ONE)["rows"] if r["message"])
    rows = ctl.json("history", "--message", str(message))["rows"]
    assert {r["message"] for r in rows} == {message} and len(rows) >= 2
    assert ctl.json("history", str(message))["rows"] == rows
    assert ctl.json("history", f"#{message}")["rows"] == rows
    assert {r["person"] for r in ctl.json("history", LEAD)["rows"]} == {LEAD}
    assert len(ctl.json("history", "--limit", "1")["rows"]) == 1
    line = ctl("history", "--message", str(message)).splitlines()[0]
    assert re.search(r"\d (Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d\d:\d\d", line)
    assert f"#{message}" in line and "{" not in line


def test_items_are_undone_together(config):
    two = ('deliverables = ( { id = "letter"; name = "答复函"; }, { id = "list"; name = "清单"; } );')
    config.write_rules(once("reply-1", more=two))
    with Daemon(config) as d:
        ctl = Ctl(d)
        got = ctl.json("receive", ONE, "--item", "letter", "--item", "list")
        assert got["obligation"]["state"] == "done"
        assert ctl.json("undo", ONE)["obligation"]["state"] == "open"
        ctl("receive", ONE, "--item", "letter", "--item", "nonsense", status=PROBLEMS)
        assert {i["state"] for i in d.obligation(ONE)["items"]} == {"missing"}


def test_reload(config):
    with Daemon(config) as d:
        ctl = Ctl(d)
        assert ctl.json("reload") == {"obligations": 1, "appeared": 0, "vanished": 0, "moved": 0,
                                      "planned": 0, "cancelled": 0, "revived": 0}
        config.write("rules.cfg", "rules = (")
        assert "rules.cfg" in ctl("reload", status=PROBLEMS)
        assert "Something needs you: 1 to do." in ctl("status", status=PROBLEMS)


# ---- usage -----------------------------------------------------------------------------------------

@pytest.mark.parametrize("args", [
    ("settle",), ("settle", "7"), ("settle", "7", "lost"), ("settle", "x", "sent"),
    ("settle", "0", "sent"), ("settle", "1", "sent", "again"), ("retry", "x"), ("retry", "1", "2"),
    ("test-message",), ("test-message", LEAD), ("test-message", LEAD, "--channel", "pigeon"),
    ("history", "#x"), ("history", "a", "b"), ("return", ONE), ("waive", ONE)])
def test_usage(args, quiet):
    _, ctl = quiet
    ctl(*args, status=USAGE)


@pytest.mark.parametrize("args", [
    ("status",), ("next",), ("list",), ("history",), ("reload",), ("retry",), ("report", ONE),
    ("settle", "1", "sent"), ("test-message", LEAD, "--channel", "sms"), ("undo", ONE)])
def test_no_daemon(args, quiet, tmp_path):
    d, _ = quiet
    env = {**d.env(), "NO_COLOR": "1"}
    p = subprocess.run([CTL, *args, "--socket", str(tmp_path / "none.sock")], capture_output=True,
                       text=True, timeout=30, env=env)
    assert p.returncode == NO_DAEMON and p.stderr and not p.stdout


# ---- messages ----------------------------------------------------------------------------------------

def test_settle_sent(config):
    with HttpScript(DROP) as gateway:
        config.sms_to(gateway.url + "/send", **FREE)
        with Daemon(config) as d:
            ctl = Ctl(d)
            d.until(lambda: d.messages("unknown") == 1)
            lost, = [t for t in trouble(ctl) if t["state"] == "unknown"]
            number = str(lost["message"])
            text = ctl("status", status=PROBLEMS)
            assert f"deadlinectl settle {number} sent|resend" in text
            assert "1 of unknown fate" in text
            assert "nobody knows" in ctl("retry", number, status=PROBLEMS)
            assert ctl.json("settle", number, "sent", "--reason", "电话核对过") == {
                "message": lost["message"], "state": "sent", "planned": 0}
            assert "was sent already" in ctl("settle", number, "sent", status=PROBLEMS)
            assert "was sent already" in ctl("settle", number, "resend", status=PROBLEMS)
            assert "there is no message 999" in ctl("settle", "999", "sent", status=PROBLEMS)
            assert ctl.json("status", status=PROBLEMS)["waiting"]["needs_hand"] == 0
            assert "SMS does not work since" in ctl("status", status=PROBLEMS)  # it dropped us
            last = ctl.json("history", "--message", number)["rows"][-1]
            assert last["kind"] == "sent" and last["detail"]["reason"] == "电话核对过"
        assert len(gateway.requests) == 1


def test_resend(config):
    """A new message with a reference of its own; the old number is known to be dead."""
    with HttpScript(DEAD, OK) as gateway:
        config.sms_to(gateway.url + "/send", **FREE)
        with Daemon(config) as d:
            ctl = Ctl(d)
            d.until(lambda: d.messages("dead") == 1)
            number = str(trouble(ctl)[0]["message"])
            assert "only be sent anew" in ctl("settle", number, "sent", status=PROBLEMS)
            assert ctl.json("settle", "#" + number, "resend")["planned"] == 1
            d.until(lambda: d.messages("replaced") == 1 and len(gateway.requests) == 2)
            d.until(lambda: ctl.json("status")["messages"]["claimed"] == 0)
            assert "replaced by a new one" in ctl("settle", number, "resend", status=PROBLEMS)
            assert ctl.json("status")["trouble"] == []
        first, second = (json.loads(r[2 + 1])["ref"] for r in gateway.requests)
        assert first != second and first[:40] == second[:40]


def test_resend_of_nothing(config):
    with HttpScript(DEAD) as gateway:
        config.sms_to(gateway.url + "/send", **FREE)
        with Daemon(config) as d:
            ctl = Ctl(d)
            d.until(lambda: d.messages("dead") == 1)
            number = str(trouble(ctl)[0]["message"])
            ctl("receive", ONE)
            assert "nothing in message" in ctl("settle", number, "resend", status=PROBLEMS)
            ctl("status")  # nobody is needed any more
        assert len(gateway.requests) == 1


def test_retry(config):
    """The gateway refuses the settings; somebody mends it and does not want to wait."""
    refused = (200, '{"code":5}')
    with HttpScript(refused, OK) as gateway:
        config.sms_to(gateway.url + "/send", temporary_values=["5"], **FREE)
        with Daemon(config) as d:
            ctl = Ctl(d)
            d.until(lambda: d.messages("retry") == 1)
            s = ctl.json("status", status=PROBLEMS)
            assert s["waiting"]["messages"] == 1 and s["waiting"]["oldest"]
            assert "wait to be tried again: 1," in ctl("status", status=PROBLEMS)
            assert ctl.json("retry") == {"hurried": 1, "replaced": 0, "planned": 0}
            d.until(lambda: d.messages("sent") == 1)
            assert "No message waits" in ctl("retry")
            ctl("status")
        assert len(gateway.requests) == 2


def test_corrected_number(config):
    with HttpScript(DEAD, OK) as gateway:
        config.sms_to(gateway.url + "/send", **FREE)
        with Daemon(config) as d:
            ctl = Ctl(d)
            d.until(lambda: d.messages("dead") == 1)
            old = next(json.loads(r[3])["to"] for r in gateway.requests)
            config.edit("people.cfg", re.escape(f"{NUMBER}{old[-2:]}"), f"{NUMBER}97")
            assert ctl.json("reload")["revived"] == 1
            d.until(lambda: len(gateway.requests) == 2)
            d.until(lambda: d.messages("claimed") == 0)
            assert ctl.json("reload")["revived"] == 0
        assert json.loads(gateway.requests[1][3])["to"].endswith("97")


# ---- test messages -----------------------------------------------------------------------------------

def test_test_message(config):
    config.ladder(lead=["email"])
    with HttpScript(OK, DEAD) as gateway:
        config.sms_to(gateway.url + "/send", **FREE)
        with Daemon(config) as d:
            ctl = Ctl(d)
            d.until(lambda: d.messages("sent") == 1)
            m = ctl.json("test-message", LEAD, "--channel", "sms")
            assert m["state"] == "sent" and m["gateway_id"] == "G-17" and m["person"] == LEAD
            assert m["reminders"][0]["obligation"].startswith("test/")
            text = json.loads(gateway.requests[0][3])["text"]
            assert text.startswith("【城管】[测试]") and "督办函答复" in text
            d.rest(1.1)  # their name is the second
            said = ctl("test-message", LEAD, "--channel", "sms", status=PROBLEMS)
            assert "not sent" in said and "16" in said
            assert ctl.json("test-message", LEAD, "--channel", "email")["state"] == "sent"
            rows = ctl.json("history", m["reminders"][0]["obligation"])["rows"]
            assert [r["kind"] for r in rows] == ["claimed", "sent"]
            assert "no person" in ctl("test-message", "nobody", "--channel", "sms", status=PROBLEMS)
            counts = d.status()["reminders"]
            d.rest(1)
            assert d.status()["reminders"] == counts  # nobody else is told


def test_test_message_to_a_placeholder(config):
    with HttpScript(OK) as gateway:
        config.sms_to(gateway.url + "/send", **FREE)
        config.edit("people.cfg", re.escape(NUMBER) + "28", "+86 100 0000 0028")
        with Daemon(config) as d:
            said = Ctl(d)("test-message", LEAD, "--channel", "sms", status=PROBLEMS)
            assert "placeholder" in said
        assert not gateway.requests
