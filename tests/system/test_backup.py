"""Copies of the database, restoring one, erasing a person, and what can be proved."""

import json
import os
import sqlite3
import stat
import subprocess
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from daemon import CTL, Config, Daemon, id_of, once  # noqa: E402
from peers.http_script import HttpScript  # noqa: E402

DONE, PROBLEMS, USAGE, NO_DAEMON = 0, 1, 2, 69
FREE = {"limits": {"person_minute": 0, "per_second": 0}}
OK = (200, '{"code":0,"id":"G-17"}')
ONE, TWO = id_of("reply-1"), id_of("reply-2")
LEAD = "lead-brigade-10"


def ctl(daemon, *args, status=DONE, lang="C.UTF-8"):
    env = {**daemon.env(), "NO_COLOR": "1", "LANG": lang, "LC_ALL": lang}
    where = ["--socket", daemon.socket] if args[0] not in ("backup", "restore") else [
        "--state", daemon.state]
    p = subprocess.run([CTL, *args, *where], capture_output=True, text=True, timeout=60, env=env)
    assert p.returncode == status, f"{args}: {p.returncode}\n{p.stdout}{p.stderr}"
    return p.stdout + p.stderr


@pytest.fixture
def config():
    with Config() as c:
        c.ladder(lead=["email", "sms"])
        c.write_rules(once("reply-1"))
        yield c


def backup_dir(d):
    return os.path.join(d.state, "backup")


def test_copy_while_it_runs(config):
    with Daemon(config) as d:
        d.until(lambda: d.messages("sent") == 2)
        assert "backup/deadlined-" in ctl(d, "backup")
        path = os.path.join(config.dir, "copy.db")
        assert json.loads(ctl(d, "backup", path, "--json")) == {"path": path}
        made = [f for f in os.listdir(backup_dir(d)) if f.endswith(".db")]
        assert len(made) == 1
        for f in (path, os.path.join(backup_dir(d), made[0]), os.path.join(backup_dir(d), "link.key")):
            assert stat.S_IMODE(os.stat(f).st_mode) == 0o600, f
        assert stat.S_IMODE(os.stat(backup_dir(d)).st_mode) == 0o700
        db = sqlite3.connect(path)
        assert db.execute("SELECT count(*) FROM message WHERE state = 'sent'").fetchone() == (2,)
        assert "already running" in ctl(d, "restore", path, status=PROBLEMS)


def test_restore(config):
    """What went out after the copy was made is sent again by nobody who was asked."""
    with HttpScript(OK) as gateway:
        config.sms_to(gateway.url, **FREE)
        copy = os.path.join(config.dir, "copy.db")
        with Daemon(config) as d:
            d.until(lambda: d.messages("sent") == 2)
            ctl(d, "backup", copy)
            config.write_rules(once("reply-1"), once("reply-2"))
            ctl(d, "reload")
            d.until(lambda: d.messages("sent") == 4)
        assert len(gateway.requests) == 2
        out = ctl(d, "restore", copy)
        assert "before-restore" in out and "after-restore --assume-sent-until" in out
        with Daemon(config) as d:
            # The mail of what the copy does not know goes out again, the SMS waits.
            d.until(lambda: d.messages("sent") == 3)
            text = ctl(d, "status", status=PROBLEMS)
            assert "restored from a copy" in text and "after-restore" in text
            status = json.loads(ctl(d, "status", "--json", status=PROBLEMS))
            assert status["restored"] and status["hold"] is None
            assert len(gateway.requests) == 2
            assert "still to come" in ctl(d, "after-restore", "--assume-sent-until", "2199-01-01",
                                          status=PROBLEMS)
            assert "no time" in ctl(d, "after-restore", "--assume-sent-until", "noon", status=PROBLEMS)
            now = json.loads(ctl(d, "status", "--json", status=PROBLEMS))["now"]
            done = json.loads(ctl(d, "after-restore", "--assume-sent-until", now, "--json"))
            assert done["reminders"] == 1
            assert json.loads(ctl(d, "status", "--json"))["restored"] is None
            assert "has not been restored" in ctl(d, "after-restore", "--assume-sent-until", now,
                                                  status=PROBLEMS)
        assert len(gateway.requests) == 2


def test_restore_what_is_none(config):
    with Daemon(config) as d:
        d.until(lambda: d.messages("sent") == 2)
        state = d.state
    before = sorted(os.listdir(state))
    bad = os.path.join(config.dir, "bad.db")
    assert "cannot read" in ctl(d, "restore", bad, status=PROBLEMS)
    with open(bad, "w", encoding="utf-8") as f:
        f.write("no database " * 500)
    ctl(d, "restore", bad, status=PROBLEMS)
    sqlite3.connect(bad + "2").execute("CREATE TABLE x (y)").connection.commit()
    assert "not a database of deadlined" in ctl(d, "restore", bad + "2", status=PROBLEMS)
    assert sorted(os.listdir(state)) == before


# ---- erasing ------------------------------------------------------------------------------------------

def test_erase(config):
    with Daemon(config) as d:
        d.until(lambda: d.messages("sent") == 2)
        assert "still stands in the configuration" in ctl(d, "erase", LEAD, status=PROBLEMS)
        for name in ("people.cfg", "organisation.cfg"):
            config.edit(name, f'"{LEAD}"', '"lead-brigade-10b"')
        ctl(d, "reload")
        erased = json.loads(ctl(d, "erase", LEAD, "--json"))
        assert erased["messages"] == 2 and erased["rows"] >= 4
        evidence = json.loads(ctl(d, "evidence", ONE, "--full", "--json"))
        of_lead = [r for r in evidence["rows"] if r["person"] == LEAD]
        assert of_lead and all(r["to"] is None for r in of_lead)
        assert all(m["to"] == "" for m in evidence["messages"] if m["person"] == LEAD)
        assert evidence["chain"] == {"holds": True, "broken": 0}
        assert "nothing that could be erased" in ctl(d, "erase", LEAD, status=PROBLEMS)


# ---- evidence -------------------------------------------------------------------------------------------

def test_evidence(config):
    with HttpScript(OK) as gateway:
        config.sms_to(gateway.url, **FREE)
        with Daemon(config) as d:
            d.until(lambda: d.messages("sent") == 2)
            ctl(d, "receive", ONE, "--by", "clerk-417")
            ctl(d, "return", ONE, "--reason", "缺盖章", "--by", "clerk-417")
            d.until(lambda: d.messages("sent") >= 3)
            e = json.loads(ctl(d, "evidence", ONE, "--json"))
            kinds = [r["kind"] for r in e["rows"]]
            assert kinds.count("claimed") == kinds.count("sent") >= 3
            assert {"receive", "return"} <= set(kinds)
            assert [r["id"] for r in e["rows"]] == sorted({r["id"] for r in e["rows"]})
            assert e["chain"] == {"holds": True, "broken": 0}
            sms = [m for m in e["messages"] if m["channel"] == "sms"][0]
            assert "****" in sms["to"] and sms["gateway_id"] == "G-17"
            mail = [m for m in e["messages"] if m["channel"] == "email"][0]
            assert mail["to"].startswith("l***@")
            full = json.loads(ctl(d, "evidence", ONE, "--full", "--json"))
            assert [m["to"] for m in full["messages"] if m["channel"] == "email"][0] == \
                f"{LEAD}@localhost"
            text = ctl(d, "evidence", ONE)
            assert "缺盖章" in text and "l***@localhost" in text and "chain of hashes holds" in text
            assert f"{LEAD}@localhost" not in text
            chinese = ctl(d, "evidence", ONE, lang="zh_CN.UTF-8")
            assert "散列链" in chinese and "chain" not in chinese
            assert "there is no obligation" in ctl(d, "evidence", "monthly/1999-01/brigade-1",
                                                   status=PROBLEMS)


def test_forged_history_is_seen(config):
    with Daemon(config) as d:
        d.until(lambda: d.messages("sent") == 2)
        state = d.state
    db = sqlite3.connect(os.path.join(state, "deadlined.db"))
    db.execute("DROP TRIGGER history_stays")
    row, = db.execute("SELECT min(id) FROM history WHERE kind = 'sent'").fetchone()
    db.execute("UPDATE history SET at = at - 86400 WHERE id = ?", (row,))
    db.commit()
    db.close()
    with Daemon(config) as d:
        e = json.loads(ctl(d, "evidence", ONE, "--json", status=PROBLEMS))
        assert e["chain"] == {"holds": False, "broken": row}
        assert "HAS BEEN CHANGED" in ctl(d, "evidence", ONE, status=PROBLEMS)
