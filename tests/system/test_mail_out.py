"""Mails of the daemon, as a relay with STARTTLS and AUTH gets them."""

import datetime
import os
import sys
import time

import icalendar
import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import ical_lint  # noqa: E402
from daemon import Config, Daemon, id_of, in_days, once  # noqa: E402
from peers.relay import Relay  # noqa: E402

LEAD = "lead-brigade-10@localhost"


@pytest.fixture(scope="module")
def certs(tmp_path_factory):
    return tmp_path_factory.mktemp("certs")


@pytest.fixture
def relay(certs):
    with Relay(certs) as r:
        yield r


@pytest.fixture
def config(relay):
    with Config() as c:
        relay.settings(c)
        c.write_rules(once("reply-1"))
        yield c


def settled(d):
    """Nothing on its way."""
    m = d.status()["messages"]
    return m["claimed"] == m["retry"] == m["unknown"] == 0


# ---- what is in it -------------------------------------------------------------------------------

def test_one_readable_mail_for_each_person(relay, config):
    config.ladder(more='preparer = [ "email" ];')
    config.write_rules(once("reply-1", days=3, more="points = 2;"),
                       once("reply-2", days=4, name="整改报告"))
    with Daemon(config) as d:
        relay.wait(d, 2)
        d.until(lambda: d.messages("sent") == 2)
        time.sleep(0.5)
    assert sorted(m.to[0] for m in relay.mails) == [LEAD, "preparer-brigade-10@localhost"]
    for m in relay.mails:
        assert m.safe and len(m.to) == 1 and not m.parsed.defects
        assert m.sender == "deadlined@localhost"
        assert "2" in m.parsed["subject"] or "督办函答复" in m.parsed["subject"]
        html = m.parsed.get_body(("html",)).get_content()
        for word in ("督办函答复", "整改报告", "晋市城函〔2024〕70号附件2第17项", "局精神文明办"):
            assert word in m.text and word in html
        for n in (3, 4):
            day = in_days(n)
            assert f"{int(day[5:7])}月{int(day[8:])}日" in m.text
        assert "{{" not in m.text + html and "(null)" not in m.text + html


def test_headers_and_attachment(relay, config):
    with Daemon(config) as d:
        m = relay.wait(d, 1)[0]
        d.until(lambda: settled(d))
    p = m.parsed
    assert "督办函答复" in p["subject"]
    assert p["from"].addresses[0].display_name == "晋城市城市管理局"
    assert p["to"].addresses[0].display_name == "十大队责任人"
    assert p["to"].addresses[0].addr_spec == LEAD
    assert p["auto-submitted"] == "auto-generated"
    assert m.id.startswith("<") and m.id.endswith("@deadlined.localhost>")
    assert abs(p["date"].datetime.timestamp() - time.time()) < 60
    assert m.text.startswith("十大队责任人同志：您好！")
    assert max(len(line) for line in m.bytes.split(b"\r\n")) <= 998
    assert b"\n" not in m.bytes.replace(b"\r\n", b"") and m.bytes.isascii()
    one, = p.iter_attachments()
    assert one.get_content_type() == "text/calendar" and one.get_filename().endswith(".ics")
    data = one.get_payload(decode=True)
    assert ical_lint.lint(data) == []
    calendar = icalendar.Calendar.from_ical(data)
    assert calendar["method"] == "PUBLISH" == one["content-type"].params["method"]
    event, = calendar.walk("VEVENT")
    due = datetime.datetime.fromisoformat(in_days(3) + "T17:30:00+08:00")
    assert event["dtstart"].dt < due and event["dtend"].dt == due
    assert "督办函答复" in event["summary"]
    assert event["uid"].startswith(id_of("reply-1")) and "@deadlined.localhost" in event["uid"]
    assert event["uid"] != id_of("reply-1") + "@deadlined.localhost"


def test_nothing_in_it_that_has_come_in(relay, config):
    config.write_rules(once("reply-1", more='deliverables = ( { id = "a"; name = "答复原件"; }, '
                                            '{ id = "b"; name = "整改照片"; } );'))
    relay.rcpt = ["450 4.2.0 later"]
    with Daemon(config, speed=30) as d:
        d.until(lambda: d.messages("retry") == 1)
        d.call("receive", obligation=id_of("reply-1"), item="b")
        m = relay.wait(d, 1)[0]
    assert "答复原件" in m.text
    assert "整改照片" not in m.text, m.text


# ---- refusals --------------------------------------------------------------------------------------

def test_greylisting_at_both_places(relay, config):
    """Refused for now at RCPT, then after the body: the same bytes until they are taken."""
    relay.rcpt = ["450 4.7.1 greylisted"]
    relay.data = ["451 4.7.1 greylisted"]
    with Daemon(config, speed=60) as d:
        d.until(lambda: d.messages("retry") == 1, what="the first refusal")
        assert d.status()["trouble"] is not None
        relay.wait(d, 2, 20)
        d.until(lambda: d.messages("sent") == 1)
        assert settled(d)
        trail = [h["kind"] for h in d.history()]
    first, second = relay.mails
    assert second.reply.startswith("250")
    assert first.bytes == second.bytes and first.id == second.id
    assert len(relay.tried) == 3 and trail


def test_retry_survives_a_restart(relay, config):
    relay.data = ["451 4.3.0 later"]
    with Daemon(config, speed=30) as d:
        d.until(lambda: d.messages("retry") == 1)
        d.restart()
        assert d.messages("retry") == 1
        relay.wait(d, 2)
        d.until(lambda: d.messages("sent") == 1)
    assert relay.mails[0].bytes == relay.mails[1].bytes


def test_what_is_handed_in_meanwhile_is_not_sent(relay, config):
    relay.rcpt = ["450 4.2.0 later"] * 3
    with Daemon(config, speed=60) as d:
        d.until(lambda: d.messages("retry") == 1)
        d.call("receive", obligation=id_of("reply-1"))
        d.until(lambda: d.messages("cancelled") == 1, what="the cancellation")
    assert not relay.mails and len(relay.tried) == 1


def test_dead_recipient_is_told_by_sms(relay, config):
    """5xx at RCPT is final for this address: the same person is told by SMS instead."""
    relay.rcpt = ["550 5.1.1 no such user"]
    with Daemon(config, speed=60) as d:
        d.until(lambda: d.messages("dead") == 1 and d.messages("sent") == 1)
        trouble = d.status()["trouble"]
        sms = os.path.join(d.state, "spool", "sms")
        names = os.listdir(sms)
        assert len(names) == 1
        with open(os.path.join(sms, names[0]), encoding="utf-8") as f:
            text = f.read()
        assert "lead-brigade-10" in text and "督办函答复" in text
        assert trouble[0]["state"] == "dead" and "no such user" in trouble[0]["reason"]
        d.rest(2.5)  # more than two minutes of the daemon's
        assert relay.tried == [LEAD]
        d.restart()
        time.sleep(0.5)
        assert relay.tried == [LEAD] and len(os.listdir(sms)) == 1


def test_wrong_password_kills_nothing(relay, config):
    """A fault of ours, not of the recipient: it waits, and goes out when it is put right."""
    config.ladder(more='preparer = [ "email" ];')
    relay.settings(config, password="falsch")
    with Daemon(config, speed=60) as d:
        d.until(lambda: d.messages("retry") == 2)
        tried = relay.logins
        d.until(lambda: relay.logins > tried, 30)  # ten minutes of its clock
        d.until(lambda: d.messages("retry") == 2)
        assert d.messages("dead") == 0 and not relay.mails
        assert "falsch" not in d.output() + str(d.status())
        config.secret("geheim")
        assert not d.hang_up(20)["stale"]
        relay.wait(d, 2, 40)
        d.until(lambda: d.messages("sent") == 2)


def test_no_starttls_no_mail(config, certs):
    with Relay(certs, tls=False) as plain:
        plain.settings(config)
        with Daemon(config) as d:
            d.until(lambda: d.messages("retry") == 1)
            assert d.messages("dead", "sent") == 0
        assert not plain.tried and not plain.logins


def test_placeholders_get_nothing(relay, config):
    config.edit("people.cfg", '"lead-brigade-10@localhost"', '"lead-brigade-10@example.invalid"')
    with Daemon(config) as d:
        time.sleep(1)
        assert sum(d.status()["messages"].values()) == 0
        assert "placeholder" in d.output()
    assert not relay.tried


# ---- kill -9 ------------------------------------------------------------------------------------------

def test_killed_between_the_mail_and_its_reply(relay, config):
    """Nobody knows whether it was taken: the same bytes again, so that a reader can see it."""
    relay.data = ["HANG"]
    with Daemon(config) as d:
        relay.wait(d, 1)
        d.kill()
        d.start()
        relay.wait(d, 2)
        d.until(lambda: d.messages("sent") == 1)
    first, second = relay.mails
    assert first.bytes == second.bytes
    assert first.id == second.id and first.parsed["date"] == second.parsed["date"]


def test_killed_after_the_record(relay, config):
    config.ladder(more='preparer = [ "email" ];')
    with Daemon(config) as d:
        d.until(lambda: d.messages("sent") == 2)
        for _ in range(3):
            d.restart()
            time.sleep(0.3)
        assert d.messages("sent") == 2 and settled(d)
    assert len(relay.mails) == 2


def test_killed_again_and_again(relay, config):
    """At any moment: nothing is lost, and every copy is the same."""
    config.ladder(more='preparer = [ "email" ]; deputy = [ "email" ]; clerk = [ "email" ];')
    with Daemon(config) as d:
        for n in range(10):
            d.kill()
            d.spawn()
            time.sleep(0.02 + n * 0.013)
        d.restart()
        # A message in three crashes is dead, and its people are told by SMS: then there are more.
        d.until(lambda: d.messages("sent", "dead") >= 4
                and d.messages("claimed", "retry", "unknown") == 0, 15)
        dead = d.messages("dead")
    copies = {}
    for m in relay.mails:
        copies.setdefault(m.id, set()).add(m.bytes)
    assert all(len(c) == 1 for c in copies.values())
    assert len(copies) >= 4 - dead


def test_stop_in_the_middle(relay, config):
    """SIGTERM gives the answer that is on its way some time; then nobody knows."""
    relay.data = ["HANG"]
    with Daemon(config, speed=30) as d:
        relay.wait(d, 1)
        assert d.stop() == 0
        d.start()
        relay.wait(d, 2)
        d.until(lambda: d.messages("sent") == 1)
    assert relay.mails[0].bytes == relay.mails[1].bytes


def test_stop_waits_for_the_answer(relay, config):
    relay.data = ["SLOW"]
    with Daemon(config) as d:
        relay.wait(d, 1)
        assert d.stop() == 0
        d.start()
        assert d.messages("sent") == 1
    assert len(relay.mails) == 1
