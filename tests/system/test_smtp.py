"""SMTP: a real server library with STARTTLS and AUTH, and a scripted one that misbehaves."""

import base64
import email
import email.policy
import os
import ssl
import sys

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from peers import certs, probe  # noqa: E402
from peers.smtp_script import CUT, DROP, GARBAGE, HANG, RESET, SmtpScript  # noqa: E402


def send(server_port, tmp_path, *lines, **settings):
    return probe.run([{"email": probe.smtp(server_port, **settings),
                       "options": probe.options(tmp_path)}, *lines])


# ---- the scripted server: every stage, every way to fail -----------------------------------------

STAGES = ["mail", "rcpt", "data", "dot"]
SILENCE = {"drop": DROP, "hang": HANG, "garbage": GARBAGE, "cut": CUT, "reset": RESET}


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("fault", SILENCE)
def test_silence(stage, fault, tmp_path):
    """Unknown exactly when the last byte had been written, retry before."""
    with SmtpScript(**{stage: SILENCE[fault]}) as server:
        r = send(server.port, tmp_path, probe.mail(1))
    o = r.outcome[1]
    assert o["class"] == ("unknown" if stage == "dot" else "retry"), o
    assert o["fault"] == "peer"
    assert r.stall_ms < 1000


@pytest.mark.parametrize("stage", ["banner", "ehlo"])
@pytest.mark.parametrize("fault", ["drop", "hang", "garbage", "reset"])
def test_silence_before_mail(stage, fault, tmp_path):
    with SmtpScript(**{stage: SILENCE[fault]}) as server:
        r = send(server.port, tmp_path, probe.mail(1))
    assert r.outcome[1]["class"] == "retry"
    assert r.outcome[1]["fault"] == "peer"
    assert not server.messages


REFUSALS = [
    ("banner", "421 4.3.2 later", "retry", "peer"),
    ("banner", "554 no service", "retry", "peer"),
    ("mail", "451 4.3.0 later", "retry", "peer"),
    ("mail", "550 5.7.1 sender refused", "retry", "config"),
    ("mail", "530 5.7.0 authenticate", "retry", "config"),
    ("mail", "552 5.3.4 too big", "dead", "message"),
    ("rcpt", "450 4.7.1 greylisted", "retry", "recipient"),
    ("rcpt", "550 5.1.1 no such user", "dead", "recipient"),
    ("rcpt", "550 no such user", "dead", "recipient"),
    ("rcpt", "554 5.7.1 relay access denied", "retry", "config"),
    ("rcpt", "421 4.3.2 closing", "retry", "peer"),
    ("data", "451 4.3.0 later", "retry", "peer"),
    ("data", "554 5.5.1 no", "retry", "peer"),
    ("dot", "451 4.3.0 later", "retry", "peer"),
    ("dot", "452 4.2.2 full", "retry", "message"),
    ("dot", "554 5.7.1 spam", "dead", "message"),
    ("dot", "552 5.3.4 too big", "dead", "message"),
    ("dot", "421 4.3.2 closing", "retry", "peer"),
]


@pytest.mark.parametrize("stage,reply,want,fault", REFUSALS)
def test_refusal(stage, reply, want, fault, tmp_path):
    with SmtpScript(**{stage: reply}) as server:
        r = send(server.port, tmp_path, probe.mail(1))
    o = r.outcome[1]
    assert (o["class"], o["fault"]) == (want, fault), o
    if stage != "banner":
        assert o["code"] == int(reply[:3])
        assert reply[4:] in o["reason"]
    assert o["too_big"] == ("too big" in reply)


def test_one_session_for_many_and_after_a_refusal(tmp_path):
    """A refused recipient costs a RSET, not the session."""
    with SmtpScript(rcpt=["250 ok", "550 5.1.1 no", "250 ok"]) as server:
        r = send(server.port, tmp_path, *[probe.mail(n) for n in range(1, 6)])
    assert [r.outcome[n]["class"] for n in range(1, 6)] == ["sent", "dead"] + ["sent"] * 3
    assert server.connections == 1
    assert len(server.messages) == 4
    assert b"RSET\r\n" in server.commands
    assert r.outcome[1]["peer_id"] == "4ABC"


def test_parallel_sessions(tmp_path):
    with SmtpScript() as server:
        r = send(server.port, tmp_path, *[probe.mail(n) for n in range(1, 41)], max_parallel=4)
    assert all(o["class"] == "sent" for o in r.outcome.values())
    assert len(r.outcome) == 40 and len(server.messages) == 40
    assert 1 < server.connections <= 4


@pytest.mark.parametrize("stale", [DROP, "421 4.4.2 idle too long"])
def test_stale_session_is_replaced(stale, tmp_path):
    """A session that died while idle costs nothing: not a byte of the mail had left."""
    with SmtpScript(mail=["250 ok", stale, "250 ok"]) as server:
        r = send(server.port, tmp_path, probe.mail(1), {"wait": True}, probe.mail(2))
    assert r.outcome[1]["class"] == r.outcome[2]["class"] == "sent"
    assert server.connections == 2 and len(server.messages) == 2


def test_idle_session_quits(tmp_path):
    with SmtpScript() as server:
        r = send(server.port, tmp_path, probe.mail(1), {"wait": True}, {"run_ms": 800},
                 probe.mail(2))
    assert r.outcome[2]["class"] == "sent"
    assert server.connections == 2
    assert b"QUIT\r\n" in server.commands


def test_hanging_quit_does_not_stop_the_loop(tmp_path):
    with SmtpScript(quit=HANG) as server:
        r = send(server.port, tmp_path, probe.mail(1), {"wait": True}, {"run_ms": 800})
    assert r.outcome[1]["class"] == "sent"
    assert r.stall_ms < 500


def test_slow_relay_does_not_hold_up_the_sms(tmp_path):
    """The reply to the final dot is waited for in the loop, not in libcurl."""
    with SmtpScript(dot=HANG) as server:
        r = send(server.port, tmp_path, probe.mail(1), {"run_ms": 300}, probe.sms(2))
    assert r.order == [2, 1]
    assert r.outcome[1]["class"] == "unknown"
    assert r.stall_ms < 500


def test_abandon(tmp_path):
    """Stopping: unknown after the last byte, retry before."""
    with SmtpScript(dot=HANG) as server:
        r = send(server.port, tmp_path, probe.mail(1), {"run_ms": 500}, {"abandon": True})
    assert r.outcome[1]["class"] == "unknown"
    with SmtpScript(rcpt=HANG) as server:
        r = send(server.port, tmp_path, probe.mail(1), {"run_ms": 500}, {"abandon": True},
                 probe.mail(2))
    assert r.outcome[1]["class"] == "retry" and r.outcome[1]["fault"] == "none"
    assert 2 in r.refused


@pytest.mark.parametrize("stage", ["banner", "ehlo", "mail", "data"])
def test_abandon_before_the_body(stage, tmp_path):
    with SmtpScript(**{stage: HANG}) as server:
        r = send(server.port, tmp_path, probe.mail(1), {"run_ms": 300}, {"abandon": True})
    assert (r.outcome[1]["class"], r.outcome[1]["fault"]) == ("retry", "none")


def test_stop_lets_the_last_one_end(tmp_path):
    with SmtpScript() as server:
        r = send(server.port, tmp_path, probe.mail(1), {"stop": True}, probe.mail(2),
                 {"wait": True})
    assert r.outcome[1]["class"] == "sent"
    assert 2 in r.refused and len(server.messages) == 1


def test_reload_while_connecting(tmp_path):
    with SmtpScript(banner=["220 slow", HANG]) as old, SmtpScript() as new:
        r = probe.run([
            {"email": probe.smtp(old.port, max_parallel=2), "options": probe.options(tmp_path)},
            probe.mail(1), probe.mail(2), {"email": probe.smtp(new.port)}, probe.mail(3)])
    assert r.outcome[3]["class"] == "sent" and len(new.messages) == 1
    assert sorted(r.outcome[n]["class"] for n in (1, 2)) == ["retry", "sent"]


def test_a_hundred_mails_make_a_session(tmp_path):
    with SmtpScript() as server:
        r = send(server.port, tmp_path, *[probe.mail(n) for n in range(1, 151)])
    assert len(r.outcome) == 150 and {o["class"] for o in r.outcome.values()} == {"sent"}
    assert server.connections == 2 and len(server.messages) == 150


def test_reload_in_flight(tmp_path):
    with SmtpScript() as old, SmtpScript() as new:
        r = probe.run([
            {"email": probe.smtp(old.port), "options": probe.options(tmp_path)}, probe.mail(1),
            {"email": probe.smtp(new.port)}, {"wait": True}, probe.mail(2)])
    assert r.outcome[1]["class"] == r.outcome[2]["class"] == "sent"
    assert len(old.messages) == 1 and len(new.messages) == 1


def test_size_is_known_before(tmp_path):
    body = "Subject: x\r\n\r\n" + "x" * 70 + "\r\n"
    ehlo = "250-x\r\n250-SIZE 50\r\n250 HELP"
    with SmtpScript(ehlo=ehlo) as server:
        r = send(server.port, tmp_path, probe.mail(1, body=body))
    o = r.outcome[1]
    assert (o["class"], o["too_big"]) == ("dead", True)
    assert not server.messages


def test_dots_and_bytes_arrive_unchanged(tmp_path):
    body = "Subject: x\r\n\r\n.\r\n..\r\n.x\r\nend\r\n"
    big = "Subject: big\r\n\r\n" + ("y" * 76 + "\r\n") * 12000
    with SmtpScript(ehlo="250 x") as server:
        r = send(server.port, tmp_path, probe.mail(1, body=body), probe.mail(2, body=big))
    assert {o["class"] for o in r.outcome.values()} == {"sent"}
    assert server.messages == [body.encode(), big.encode()]


@pytest.mark.parametrize("to", [
    "victim@example.invalid>\r\nRCPT TO:<evil@example.invalid", "a b@example.invalid",
    "a@example.invalid\r\nDATA", "<a@example.invalid>", "é@example.invalid", "a", ""])
def test_recipients_that_would_inject(to, tmp_path):
    with SmtpScript() as server:
        r = send(server.port, tmp_path, probe.mail(1, to=to))
    assert (r.outcome[1]["class"], r.outcome[1]["fault"]) == ("dead", "recipient")
    assert not server.commands


@pytest.mark.parametrize("body", [
    "Subject: x\n\nbare\n", "Subject: x\r\n\r\nx\n.\r\nMAIL FROM:<e@example.invalid>\r\n",
    "Subject: x\r\n\r\nx\r.\r\n", "Subject: é\r\n", "no end of line", ""])
def test_bytes_that_would_smuggle(body, tmp_path):
    with SmtpScript() as server:
        r = send(server.port, tmp_path, probe.mail(1, body=body))
    assert (r.outcome[1]["class"], r.outcome[1]["fault"]) == ("dead", "message")
    assert not server.commands


@pytest.mark.parametrize("flag", ["placeholder", "sample"])
def test_placeholders_are_refused(flag, tmp_path):
    with SmtpScript() as server:
        r = send(server.port, tmp_path, probe.mail(1, **{flag: True}))
    assert 1 in r.refused and not r.outcome
    assert server.connections == 0


def test_nobody_listens(tmp_path):
    r = send(probe.free_port(), tmp_path, probe.mail(1))
    assert (r.outcome[1]["class"], r.outcome[1]["fault"]) == ("retry", "peer")


def test_reply_with_control_bytes_is_one_line(tmp_path):
    with SmtpScript(rcpt="550 5.1.1 \x1b[31mred\ttab") as server:
        r = send(server.port, tmp_path, probe.mail(1))
    assert r.outcome[1]["reason"].isprintable()


# ---- a server library: TLS and AUTH ----------------------------------------------------------------

class Box:
    def __init__(self):
        self.envelopes = []

    async def handle_DATA(self, server, session, envelope):
        self.envelopes.append((envelope, session.ssl is not None, session.authenticated))
        return "250 2.0.0 Ok: queued as A1"


def check_login(server, session, envelope, mechanism, auth_data):
    good = auth_data.login == b"relay" and auth_data.password == b"geheim"
    return AuthResult(success=good, handled=False)


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certs")
    ca, crt, key = certs.make(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(crt, key)
    return ca, context


@pytest.fixture
def relay(tls):
    box = Box()
    control = Controller(box, hostname="127.0.0.1", port=probe.free_port(), tls_context=tls[1],
                         require_starttls=True, authenticator=check_login, auth_required=True)
    control.start()
    control.box = box
    yield control
    control.stop()


def secret(tmp_path, text="geheim\n", mode=0o600):
    path = tmp_path / "password"
    path.write_text(text)
    path.chmod(mode)
    return str(path)


def test_starttls_and_auth(relay, tls, tmp_path):
    message = {"from": probe.FROM, "from_name": "晋城市城市管理局", "to": "lead@example.invalid",
               "to_name": "六大队责任人", "subject": "联点共建材料，5月20日（星期一）前报送 417室" * 3,
               "date": "Mon, 20 May 2024 09:00:00 +0800", "message_id": "<k.1@example.invalid>",
               "text": "第一行\n.\n第三行\n", "html": "<p>第一行</p>",
               "ics": "BEGIN:VCALENDAR\r\nMETHOD:PUBLISH\r\nEND:VCALENDAR\r\n",
               "ics_name": "联点共建材料报送截止提醒.ics"}
    r = send(relay.port, tmp_path, {"id": 1, "channel": "email", "to": "lead@example.invalid",
                                    "mail": message},
             tls="starttls", ca_file=tls[0], user="relay", password=secret(tmp_path))
    assert r.outcome[1]["class"] == "sent", r.outcome
    envelope, was_tls, was_auth = relay.box.envelopes[0]
    assert was_tls and was_auth
    assert envelope.mail_from == probe.FROM and envelope.rcpt_tos == ["lead@example.invalid"]
    m = email.message_from_bytes(envelope.content, policy=email.policy.default)
    assert not m.defects
    assert m["subject"] == message["subject"]
    assert m["from"].addresses[0].display_name == message["from_name"]
    assert m["to"].addresses[0].addr_spec == "lead@example.invalid"
    assert m["message-id"] == "<k.1@example.invalid>"
    assert m["auto-submitted"] == "auto-generated"
    assert m.get_content_type() == "multipart/mixed"
    body = m.get_body(("plain",)).get_content()
    assert body.replace("\r\n", "\n") == "第一行\n.\n第三行\n"
    assert "第一行" in m.get_body(("html",)).get_content()
    attachment = next(m.iter_attachments())
    assert attachment.get_filename() == message["ics_name"]
    assert attachment.get_content_type() == "text/calendar"
    assert attachment["content-type"].params["method"] == "PUBLISH"
    assert base64.b64decode(attachment.get_payload()) == message["ics"].encode()


def test_wrong_password(relay, tls, tmp_path):
    r = send(relay.port, tmp_path, probe.mail(1), tls="starttls", ca_file=tls[0], user="relay",
             password=secret(tmp_path, "falsch"))
    o = r.outcome[1]
    assert (o["class"], o["fault"], o["code"]) == ("retry", "config", 535)
    assert "falsch" not in o["reason"]


def test_no_login(relay, tls, tmp_path):
    r = send(relay.port, tmp_path, probe.mail(1), tls="starttls", ca_file=tls[0])
    assert (r.outcome[1]["class"], r.outcome[1]["fault"]) == ("retry", "config")


def test_unknown_ca(relay, tmp_path):
    r = send(relay.port, tmp_path, probe.mail(1), tls="starttls", user="relay",
             password=secret(tmp_path))
    assert (r.outcome[1]["class"], r.outcome[1]["fault"]) == ("retry", "config")
    assert not relay.box.envelopes


def test_starttls_stripped(tmp_path):
    """No STARTTLS offered: not a byte of login or mail goes out."""
    with SmtpScript() as server:
        r = send(server.port, tmp_path, probe.mail(1), tls="starttls", user="relay",
                 password=secret(tmp_path))
    assert (r.outcome[1]["class"], r.outcome[1]["fault"]) == ("retry", "config")
    assert not any(c.startswith((b"AUTH", b"MAIL")) for c in server.commands)


def test_wrapped_tls(tls, tmp_path):
    box = Box()
    control = Controller(box, hostname="127.0.0.1", port=probe.free_port(), ssl_context=tls[1])
    control.start()
    try:
        r = send(control.port, tmp_path, probe.mail(1), probe.mail(2), tls="wrapped",
                 ca_file=tls[0])
    finally:
        control.stop()
    assert [r.outcome[n]["class"] for n in (1, 2)] == ["sent", "sent"]
    assert len(box.envelopes) == 2


@pytest.mark.parametrize("case", ["mode", "link", "missing", "empty", "two lines", "no directory"])
def test_credentials_that_are_refused(case, tls, tmp_path):
    path = secret(tmp_path, mode=0o640 if case == "mode" else 0o600)
    if case == "link":
        os.symlink(path, tmp_path / "link")
        path = str(tmp_path / "link")
    elif case == "missing":
        path += "-not"
    elif case == "empty":
        open(path, "w", encoding="ascii").close()
    elif case == "two lines":
        secret(tmp_path, "a\nb\n")
    elif case == "no directory":
        path = "smtp-password"
    with SmtpScript() as server:
        r = send(server.port, tmp_path, probe.mail(1), user="relay", password=path)
    assert (r.outcome[1]["class"], r.outcome[1]["fault"]) == ("retry", "config")
    assert server.connections == 0


def test_credential_by_name(relay, tls, tmp_path):
    secret(tmp_path)
    r = probe.run([{"email": probe.smtp(relay.port, tls="starttls", ca_file=tls[0], user="relay",
                                        password="password"),
                    "options": probe.options(tmp_path, credentials_dir=str(tmp_path))},
                   probe.mail(1)])
    assert r.outcome[1]["class"] == "sent"


def test_password_needs_tls_beyond_loopback(tmp_path):
    r = probe.run([{"email": {**probe.smtp(25), "host": "mail.example.invalid", "user": "u",
                              "password": "p"}, "options": probe.options(tmp_path)}])
    assert r.errors


# ---- spool -------------------------------------------------------------------------------------------

def test_spool_without_a_loop(tmp_path):
    setup = {"email": {"kind": "spool", "from": probe.FROM}, "sms": {"kind": "spool", "sign": "城管"},
             "options": {"spool_dir": str(tmp_path / "spool"), "no_loop": True}}
    r = probe.run([setup, probe.mail(1, placeholder=True), probe.sms(2, sample=True),
                   probe.sms(3, text="【市局】已签名", person="lead-6", at=1716166800)])
    assert r.order == [1, 2, 3]
    r = probe.run([setup, probe.mail(4)])
    assert r.outcome[4]["peer_id"] == "mail/0002.eml"
    names = sorted(str(p.relative_to(tmp_path / "spool")) for p in (tmp_path / "spool").rglob("*.*"))
    assert names == ["mail/0001.eml", "mail/0002.eml", "sms/0001.json", "sms/0002.json"]
    import json
    one = json.loads((tmp_path / "spool/sms/0001.json").read_text())
    two = json.loads((tmp_path / "spool/sms/0002.json").read_text())
    assert one["text"] == "【城管】请尽早报送" and one["units"] == 9 and one["segments"] == 1
    assert two["text"] == "【市局】已签名" and two["person"] == "lead-6"
    assert two["at"] == "2024-05-20T01:00:00Z"


def test_no_loop_no_real_transport(tmp_path):
    r = probe.run([{"email": probe.smtp(25), "options": {"no_loop": True,
                                                         "spool_dir": str(tmp_path)}}])
    assert r.errors
