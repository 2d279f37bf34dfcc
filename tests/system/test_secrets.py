"""Secrets: where they may stand, what their files must be, and that no peer gets them told to anybody."""

import base64
import json
import os
import socket
import subprocess
import sys
import urllib.parse

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from daemon import CTL, Config, Daemon, once  # noqa: E402
from peers import probe  # noqa: E402
from peers.http_script import HttpScript  # noqa: E402
from peers.smtp_script import SmtpScript  # noqa: E402

SECRET = "Gehe1m/4711+ü"
FORMS = [SECRET, urllib.parse.quote(SECRET, safe=""),
         base64.b64encode(SECRET.encode()).decode().rstrip("="),
         base64.b64encode(f"relay:{SECRET}".encode()).decode().rstrip("="),
         base64.b64encode(f"\0relay\0{SECRET}".encode()).decode().rstrip("=")]
JSON = {"kind": "http", "method": "POST", "content_type": "application/json",
        "body": '{"to":"{{to}}","text":"{{text}}","key":"{{secret}}"}',
        "success_pointer": "/code", "success_values": ["0"], "id_pointer": "/id"}


def assert_none(text, where):
    for form in [*FORMS, SECRET[:6]]:
        assert form not in text, f"{form} in {where}: {text}"


# ---- where they may stand ---------------------------------------------------------------------------

def check(config, *args):
    done = subprocess.run([CTL, "check", "-c", config.path, "--json", *args], capture_output=True,
                          text=True, timeout=60, check=False,
                          env={**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": ""})
    assert_none(done.stdout + done.stderr, "check")
    return json.loads(done.stdout)


def faults(report, severity):
    return [f["text"] for f in report["faults"] if f["severity"] == severity]


INLINE = {
    "mail: password": lambda c: c.mail_to(25, user="relay", password=SECRET),
    "sms: password": lambda c: c.sms_to("http://127.0.0.1:1/", password=SECRET),
    "kannel: password": lambda c: c.sms_to("http://127.0.0.1:1/", transport="kannel",
                                           user="u", password=SECRET),
    "sms: in the host": lambda c: c.sms_to(f"https://u:{SECRET}@gateway.example.invalid/"),
    "sms: in a broken URL": lambda c: c.sms_to(f"https//u:{SECRET}@gateway.example.invalid/"),
    "sms: in a broken query": lambda c: c.sms_to(f"gateway?token={SECRET}"),
    "sms: of another scheme": lambda c: c.sms_to(f"ftp://gateway.example.invalid/?t={SECRET}"),
    "base_url": lambda c: c.edit("deadlined.cfg", "^base_url = .*$",
                                 f'base_url = "https://u:{SECRET}@feeds.example.invalid";'),
    "base_url: the query": lambda c: c.edit(
        "deadlined.cfg", "^base_url = .*$", f'base_url = "https://feeds.example.invalid/?{SECRET}";'),
    "mail: in the host": lambda c: c.mail_to(25, host=f"u:{SECRET}@localhost"),
}


@pytest.mark.parametrize("case", INLINE)
def test_inline_secrets_are_refused(case):
    """And not said again, either."""
    with Config() as c:
        if not c.read().count("\nbase_url = "):
            c.write("deadlined.cfg", c.read() + '\nbase_url = "https://feeds.example.invalid";\n')
        assert not faults(check(c), "error")
        INLINE[case](c)
        assert faults(check(c), "error")


# ---- their files --------------------------------------------------------------------------------------

def make_file(folder, what):
    path = os.path.join(folder, "secret")
    text = {"empty": "", "too big": "x" * 4097, "two lines": "a\nb\n", "a NUL": "a\0b"}
    if what == "a folder":
        os.mkdir(path, 0o700)
    elif what == "a pipe":
        os.mkfifo(path, 0o600)
    elif what != "missing":
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="ascii") as f:
            f.write(text.get(what, "geheim\n"))
    if what.startswith("mode "):
        os.chmod(path, int(what[5:], 8))
    if what == "of somebody else":
        os.chown(path, 65534, -1)
    if what == "a link":
        os.symlink(path, path + "-link")
        return path + "-link"
    return path


# what it is, does check see it without reading it
FILES = [("mode 640", True), ("mode 604", True), ("mode 620", True), ("mode 610", True),
         ("a link", True), ("a folder", True), ("a pipe", True), ("empty", True), ("too big", True),
         ("missing", True), ("two lines", False), ("a NUL", False), ("of somebody else", False)]


@pytest.mark.parametrize("what,seen", FILES, ids=[f[0] for f in FILES])
def test_files_that_are_refused(what, seen, tmp_path):
    """Neither relay nor gateway hears of us: the fault is ours, and not for good."""
    if what == "of somebody else" and os.geteuid():
        pytest.skip("needs root")
    path = make_file(str(tmp_path), what)
    with SmtpScript(with_auth=True) as relay, HttpScript((200, '{"code":0}')) as gateway:
        r = probe.run([{"email": probe.smtp(relay.port, user="relay", password=path),
                        "sms": {**JSON, "url": gateway.url + "/", "password": path},
                        "options": probe.options(tmp_path)}, probe.mail(1), probe.sms(2)])
        assert relay.connections == gateway.connections == 0
    for n in (1, 2):
        assert (r.outcome[n]["class"], r.outcome[n]["fault"]) == ("retry", "config"), r.outcome[n]
        assert "credential" in r.outcome[n]["reason"] and "geheim" not in r.outcome[n]["reason"]
    with Config() as c:
        c.mail_to(25, user="relay", password_credential=path)
        c.sms_to("http://127.0.0.1:1/", user="u", password_credential=path)
        report = check(c)
    assert not faults(report, "error")
    assert sum("credential" in text for text in faults(report, "warning")) == 2 * seen


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_files_that_are_taken(mode, tmp_path):
    path = make_file(str(tmp_path), "good")
    os.chmod(path, mode)
    with SmtpScript(with_auth=True) as relay:
        r = probe.run([{"email": probe.smtp(relay.port, user="relay", password=path),
                        "options": probe.options(tmp_path)}, probe.mail(1)])
    assert r.outcome[1]["class"] == "sent" and relay.login["password"] == "geheim"
    with Config() as c:
        c.mail_to(25, user="relay", password_credential=path)
        assert not [t for t in faults(check(c), "warning") if "credential" in t]


# ---- what peers say -------------------------------------------------------------------------------------

@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "secret"
    path.write_text(SECRET, encoding="utf-8")
    path.chmod(0o600)
    return str(path)


SMTP_ECHOES = [
    ("auth", "535 5.7.8 {password} of {user} is wrong"),
    ("auth", "535 5.7.8 cannot decode {line}"),
    ("auth", "454 4.7.0-{password}\r\n454 4.7.0 {password}"),
    ("auth", "535 5.7.8 " + "x" * 460 + "{password}"),  # cut in the middle of it
    ("mail", "550 5.7.1 {password} is not allowed to send"),
    ("rcpt", "550 5.1.1 after {line}"),
    ("dot", "250 2.0.0 Ok: queued as {password}"),
    ("dot", "554 5.7.1 see https://relay.example.invalid/?user=a&pwd={password}"),
]


@pytest.mark.parametrize("stage,reply", SMTP_ECHOES)
def test_relay_echoes_the_login(stage, reply, secret, tmp_path):
    with SmtpScript(with_auth=True, **{stage: reply}) as relay:
        r = probe.run([{"email": probe.smtp(relay.port, user="relay", password=secret),
                        "options": probe.options(tmp_path)}, probe.mail(1)])
    assert relay.login["password"] == SECRET
    assert_none(json.dumps(r.outcome[1], ensure_ascii=False), reply)
    assert "***" in r.outcome[1]["reason"], r.outcome[1]


def echo(status, template):
    """Each form of the secret, in a reply."""
    return [(status, template.replace("{}", form)) for form in FORMS]


GATEWAY_ECHOES = [
    *echo(401, "bad key {}"), *echo(200, '{"code":7,"key":"{}"}'), *echo(500, "<html>{}</html>"),
    *echo(200, '{"code":0,"id":"{}"}'),
    (403, f"POST /send?user=a&key={SECRET} HTTP/1.1 Authorization: Bearer {SECRET}"),
    (404, "no such page: https://gateway.example.invalid/send?to=%2B861000000001&key=other"),
    (400, "y" * 290 + SECRET),
    (302, f"<a href=\"https://gateway.example.invalid/?key={SECRET}\">here</a>",
     {"Location": f"https://gateway.example.invalid/?key={urllib.parse.quote(SECRET)}"}),
]


@pytest.mark.parametrize("answer", GATEWAY_ECHOES, ids=[f"{a[0]}-{a[1][:40]}"
                                                        for a in GATEWAY_ECHOES])
def test_gateway_echoes_the_key(answer, secret, tmp_path):
    with HttpScript(answer) as gateway:
        r = probe.run([{"sms": {**JSON, "url": gateway.url + "/send?k={{secret}}", "user": "relay",
                                "password": secret}, "options": probe.options(tmp_path)},
                       probe.sms(1)])
    assert len(gateway.requests) == 1
    text = json.dumps(r.outcome[1], ensure_ascii=False)
    assert_none(text, answer[1])
    assert "***" in text and "key=other" not in text


def read_all(folder):
    for parent, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(parent, name)
            if os.path.isfile(path):
                with open(path, "rb") as f:
                    yield path, f.read()


def test_nothing_of_it_is_kept(secret):
    """Logs, the database, the spool, what the verbs answer: through the whole daemon."""
    replies = {"auth": "535 5.7.8 {user}, {password} ({line}) is wrong"}
    with Config() as c, SmtpScript(with_auth=True, **replies) as relay, \
            HttpScript((401, f"key {SECRET} of {FORMS[3]} at https://x/?k={SECRET}")) as gateway:
        c.ladder(lead=["email", "sms"])
        c.write_rules(once("reply-1"))
        c.mail_to(relay.port, tls="none", user="relay", password_credential=secret)
        c.sms_to(gateway.url + "/send?k={{secret}}", user="relay", password_credential=secret)
        with Daemon(c) as d:
            d.until(lambda: relay.connections and gateway.requests, 20, "an attempt on each")
            d.until(lambda: "***" in json.dumps(d.history()) + json.dumps(d.status()), 10,
                    "a reason that is kept")
            for verb in ("status", "history", "next", "obligations"):
                assert_none(json.dumps(d.call(verb), ensure_ascii=False), verb)
            assert d.stop() == 0
            kept = list(read_all(d.state))
            assert any(path.endswith(".db") for path, _ in kept), [p for p, _ in kept]
            for path, data in kept:
                assert_none(data.decode("utf-8", "replace"), path)
            assert any(b"***" in data for _, data in kept)
            assert_none(d.output(), "the log")
    assert relay.login["password"] == SECRET
