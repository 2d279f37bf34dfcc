"""Real Postfix: STARTTLS, AUTH, a queue, a Maildir."""

import os
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from peers import probe  # noqa: E402
from peers.postfix import Postfix  # noqa: E402


@pytest.fixture(scope="module")
def postfix():
    unknown = "{ nobody@example.invalid = 550 5.1.1 no such user }"
    with Postfix(recipients=f"check_recipient_access inline:{{ {unknown} }}, permit") as p:
        yield p


def send(postfix, tmp_path, *lines, **settings):
    secret = tmp_path / "password"
    secret.write_text(settings.pop("secret", postfix.password))
    secret.chmod(0o600)
    port = settings.pop("port", postfix.port)
    return probe.run([{"email": probe.smtp(port, **{
        "tls": "starttls", "ca_file": postfix.ca, "user": postfix.user, "password": str(secret),
        **settings}), "options": probe.options(tmp_path, connect_ms=5000, reply_ms=5000,
                                               dot_ms=20000, idle_ms=2000)}, *lines])


def notice(number):
    return {"id": number, "channel": "email", "to": "lead@example.invalid", "mail": {
        "from": probe.FROM, "from_name": "晋城市城市管理局", "to": "lead@example.invalid",
        "to_name": "六大队责任人", "subject": f"联点共建材料报送提醒（第{number}封）",
        "date": "Mon, 20 May 2024 09:00:00 +0800", "message_id": f"<n.{number}@example.invalid>",
        "text": "请于5月20日（星期一）前报送。\n.\n", "html": "<p>请报送</p>",
        "ics": "BEGIN:VCALENDAR\r\nMETHOD:PUBLISH\r\nEND:VCALENDAR\r\n",
        "ics_name": "截止提醒.ics"}}


def test_delivery(postfix, tmp_path):
    before = len(postfix.messages())
    r = send(postfix, tmp_path, *[notice(n) for n in range(1, 21)], max_parallel=3)
    assert [o["class"] for o in r.outcome.values()] == ["sent"] * 20
    assert all(o["peer_id"] for o in r.outcome.values())
    assert r.stall_ms < 1000
    mails = [postfix.parse(m) for m in postfix.wait_for(before + 20)[before:]]
    assert sorted(m["message-id"] for m in mails) == sorted(
        f"<n.{n}@example.invalid>" for n in range(1, 21))
    one = next(m for m in mails if m["message-id"] == "<n.7@example.invalid>")
    assert one["subject"] == "联点共建材料报送提醒（第7封）"
    assert one["delivered-to"] == "lead@example.invalid"
    assert "ESMTPSA" in one["received"]
    assert next(one.iter_attachments()).get_filename() == "截止提醒.ics"


def test_wrapped_tls(postfix, tmp_path):
    r = send(postfix, tmp_path, notice(1), port=postfix.wrapped_port, tls="wrapped")
    assert r.outcome[1]["class"] == "sent"


def test_wrong_password(postfix, tmp_path):
    r = send(postfix, tmp_path, notice(1), secret="falsch")
    o = r.outcome[1]
    assert (o["class"], o["fault"], o["code"]) == ("retry", "config", 535)


def test_no_login(postfix, tmp_path):
    r = send(postfix, tmp_path, notice(1), user=None, password=None)
    assert (r.outcome[1]["class"], r.outcome[1]["fault"]) == ("retry", "config")


def test_plaintext_is_refused_by_the_relay(postfix, tmp_path):
    r = send(postfix, tmp_path, notice(1), tls="none", user=None, password=None)
    o = r.outcome[1]
    assert (o["class"], o["fault"], o["code"]) == ("retry", "config", 530)


def test_unknown_ca(postfix, tmp_path):
    r = send(postfix, tmp_path, notice(1), ca_file=None)
    assert (r.outcome[1]["class"], r.outcome[1]["fault"]) == ("retry", "config")


def test_unknown_recipient_between_good_ones(postfix, tmp_path):
    bad = {**notice(2), "to": "nobody@example.invalid"}
    r = send(postfix, tmp_path, notice(1), bad, notice(3))
    assert [r.outcome[n]["class"] for n in (1, 2, 3)] == ["sent", "dead", "sent"], r.outcome
    assert r.outcome[2]["fault"] == "recipient"


def test_too_big(postfix, tmp_path):
    body = "Subject: x\r\n\r\n" + ("y" * 76 + "\r\n") * 14000
    r = send(postfix, tmp_path, probe.mail(1, body=body))
    assert (r.outcome[1]["class"], r.outcome[1]["too_big"]) == ("dead", True)
