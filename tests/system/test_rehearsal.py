"""deadlined --rehearse: a month in minutes, without a word to the outside."""

import email
import email.policy
import glob
import os
import sys
import time

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import ical_lint  # noqa: E402
from daemon import ROOT, Config, Daemon  # noqa: E402

MAY = "monthly/2024-05/brigade-10"


class Rehearsal(Daemon):
    """The shipped configuration, unless another is given."""

    def __init__(self, config, at="2024-05-05T20:00+08:00", speed=3600, shipped=True):
        super().__init__(config, "--rehearse", at, "--speed", str(speed))
        self.shipped = shipped

    def command(self):
        command = super().command()
        if self.shipped:
            command[2] = os.path.join(ROOT, "config", "deadlined.cfg")
        return command

    def mails(self):
        found = []
        for path in sorted(glob.glob(os.path.join(self.state, "mail", "*.eml"))):
            with open(path, "rb") as f:
                found.append(email.message_from_bytes(f.read(), policy=email.policy.default))
        return found

    def to(self, person):
        return [m for m in self.mails() if m["to"] and person + "@" in str(m["to"])]


@pytest.fixture
def config():
    with Config() as c:
        yield c


def test_may_of_the_tenth_brigade(config):
    with Rehearsal(config) as d:
        began = time.monotonic()
        d.until(lambda: d.to("lead-brigade-10"), 30, "the first mail")
        assert time.monotonic() - began < 30
        first = d.to("lead-brigade-10")[0]
        assert "5月" in first["subject"] and "联点共建材料" in first["subject"]
        text = first.get_body(("plain",)).get_content()
        assert "晋市城函〔2024〕70号附件1备注第2项" in text
        assert glob.glob(os.path.join(d.state, "feeds", "*.ics"))
        for path in glob.glob(os.path.join(d.state, "feeds", "*.ics")):
            with open(path, "rb") as f:
                assert ical_lint.lint(f.read()) == [], path
        said = d.output()
        assert d.state in said and "receive " in said
        d.call("receive", obligation=MAY)
        assert d.obligation(MAY)["state"] == "done"
        assert not [r for r in d.call("next", limit=2000)["reminders"] if r["obligation"] == MAY]
        assert d.stop() == 0


def test_nothing_more_of_what_is_received(config):
    """The ★ material of the same brigade goes on: it is not silence that is tested."""
    with Rehearsal(config, at="2024-05-16T08:00+08:00", speed=100000) as d:
        d.call("receive", obligation=MAY)
        before = len(d.to("lead-brigade-10"))
        d.until(lambda: d.status()["now"] > "2024-05-22", 30, "22 May")
        subjects = [m["subject"] for m in d.to("lead-brigade-10")[before:]]
        assert [s for s in subjects if "★" in s], subjects
        assert not [s for s in subjects if "5月联点共建材料" in s], subjects


def test_one_after_the_other_in_the_same_place(config):
    """A rehearsal empties what a rehearsal left."""
    d = Rehearsal(config)
    d.listen()
    try:
        d.start()
        d.call("receive", obligation=MAY)
        d.kill()
        d.start()
        assert d.obligation(MAY)["state"] == "open"
    finally:
        d.__exit__()


def test_refuses_what_is_not_its_own(config):
    d = Rehearsal(config)
    os.makedirs(d.state)
    precious = os.path.join(d.state, "thesis.txt")
    with open(precious, "w", encoding="ascii") as f:
        f.write("years of work")
    assert d.run() == 1
    assert "nothing was removed" in d.output()
    assert os.listdir(d.state) == ["thesis.txt"]


def test_refuses_the_state_of_a_real_daemon(config):
    with Daemon(config) as real:
        real.stop()
        before = sorted(os.listdir(real.state))
    d = Rehearsal(config)
    assert d.run() == 1
    assert sorted(os.listdir(d.state)) == before


@pytest.mark.parametrize("real", ["mail", "sms"])
def test_refuses_real_transports(config, real):
    if real == "mail":
        config.mail_to(25, tls="none")
    else:
        config.sms_to("http://127.0.0.1:9/send")
    d = Rehearsal(config, shipped=False)
    assert d.run() == 1
    assert "a rehearsal refuses real transports" in d.output()
    assert not os.path.exists(d.socket)


@pytest.mark.parametrize("instant", ["yesterday", "2024-02-30T20:00+08:00"])
def test_refuses_what_is_no_instant(config, instant):
    d = Rehearsal(config, at=instant)
    assert d.run() == 78
    assert instant in d.output()
