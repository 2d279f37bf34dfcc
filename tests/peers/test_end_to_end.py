"""The daemon with a real Postfix and a real Kannel: from the configuration to Maildir and SMS centre."""

import os
import sys
import time

import icalendar
import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import ical_lint  # noqa: E402
from daemon import Config, Daemon, id_of, in_days, once  # noqa: E402
from peers.kannel import Kannel  # noqa: E402
from peers.postfix import Postfix  # noqa: E402


@pytest.fixture(scope="module")
def postfix():
    with Postfix() as p:
        yield p


@pytest.fixture(scope="module")
def kannel():
    with Kannel() as k:
        yield k


@pytest.fixture
def config(postfix, kannel):
    with Config() as c:
        c.mail_to(postfix.port, host=postfix.host, tls="starttls", ca_file=postfix.ca,
                  user=postfix.user, password_credential=c.secret(postfix.password))
        c.sms_to(kannel.url, transport="kannel", user=kannel.user, sign="城管",
                 password_credential=c.secret(kannel.password, "sms-secret"))
        c.edit("deadlined.cfg", r'transport = "kannel";', 'transport = "kannel"; from = "12520";')
        c.ladder(lead=["email", "sms"], more='preparer = [ "email" ];')
        c.write_rules(once("reply-1", more="points = 2;"),
                      once("reply-2", days=4, name="整改报告"))
        yield c


def test_mail_and_sms_arrive_once(config, postfix, kannel):
    mails_before, sms_before = len(postfix.messages()), len(kannel.messages())
    with Daemon(config) as d:
        mails = [postfix.parse(m) for m in postfix.wait_for(mails_before + 2)[mails_before:]]
        sms = kannel.wait_for(sms_before + 1)[sms_before:]
        d.until(lambda: d.messages("sent") == 3)
        for _ in range(3):
            d.restart()
            assert not d.hang_up()["stale"]
        time.sleep(2)
        assert d.messages("sent") == 3
        kinds = [h["kind"] for h in d.history(limit=1000)]
        assert kinds.count("sent") == 3, kinds
    assert len(postfix.messages()) == mails_before + 2
    assert len(kannel.messages()) == sms_before + 1

    assert sorted(m["delivered-to"] for m in mails) == ["lead-brigade-10@localhost",
                                                        "preparer-brigade-10@localhost"]
    for m in mails:
        assert "ESMTPSA" in m["received"] and not m.defects
        text = m.get_body(("plain",)).get_content()
        html = m.get_body(("html",)).get_content()
        for word in ("督办函答复", "整改报告", "晋市城函〔2024〕70号附件2第17项", "十大队"):
            assert word in text and word in html
        assert "共2项" in m["subject"] or "督办函答复" in m["subject"]
        one, = m.iter_attachments()
        data = one.get_payload(decode=True)
        assert one.get_content_type() == "text/calendar" and ical_lint.lint(data) == []
        event, = icalendar.Calendar.from_ical(data).walk("VEVENT")
        assert in_days(3) == event["dtend"].dt.astimezone().date().isoformat()

    (sender, to, text), = sms
    assert sender == "12520" and to.startswith("+861001111")
    assert text.startswith("【城管】") and "督办函答复" in text and "整改报告" in text
    day = in_days(3)
    assert f"{int(day[5:7])}月{int(day[8:])}日" in text


def test_handed_in_is_silence(config, postfix, kannel):
    """What is received before its step never goes out; the next thing due does."""
    config.ladder(lead=["email"])
    config.write_rules(once("late", ladder="silent"))
    with Daemon(config) as d:
        d.call("receive", obligation=id_of("late"))
        before = len(postfix.messages())
        config.write_rules(once("late", ladder="now"), once("other", name="整改报告"))
        assert not d.hang_up()["stale"]
        mail = postfix.parse(postfix.wait_for(before + 1)[-1])
        d.until(lambda: d.messages("sent") == 1)
    assert "整改报告" in mail["subject"]
    assert "督办函答复" not in mail.get_body(("plain",)).get_content()


def test_relay_that_comes_back(config, kannel):
    """The mail waits in the outbox while the relay is away, over a kill, and arrives once."""
    config.ladder(lead=["email"])
    with Postfix() as gone:
        port = gone.port
    config.mail_to(port, tls="starttls", ca_file=gone.ca)
    with Daemon(config, speed=30) as d:
        d.until(lambda: d.messages("retry") == 1)
        d.kill()
        with Postfix() as back:
            config.mail_to(back.port, host=back.host, tls="starttls", ca_file=back.ca,
                           user=back.user, password_credential=config.secret(back.password))
            d.start()
            d.until(lambda: d.messages("sent") == 1, 20)
            assert len(back.wait_for(1)) == 1
