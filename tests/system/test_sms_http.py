"""SMS over HTTP against a scripted gateway: at most once, whatever the gateway does."""

import base64
import json
import os
import re
import ssl
import subprocess
import sys
import urllib.parse

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from daemon import CTL, ROOT, Config, Daemon, once  # noqa: E402
from peers import certs, cloud_sms, probe  # noqa: E402
from peers.http_script import CUT, DROP, EARLY, HANG, HttpScript  # noqa: E402

JSON = {"kind": "http", "method": "POST", "content_type": "application/json",
        "body": '{"phone":"{{to_local}}","msg":"{{text}}","ref":"{{ref}}"}',
        "success_pointer": "/code", "success_values": ["0"],
        "temporary_values": ["1008", "busy"], "permanent_values": ["1016"],
        "id_pointer": "/data/id"}
OK = (200, '{"code":0,"data":{"id":"G-17"}}')


def send(server, tmp_path, *lines, path="/send", **settings):
    url = server if isinstance(server, str) else server.url + path
    return probe.run([{"sms": {**JSON, "url": url, **settings},
                       "options": probe.options(tmp_path)}, *lines])


ANSWERS = [
    ("ok", OK, "sent", "none"),
    ("number as text", (200, '{"code":"0"}'), "sent", "none"),
    ("temporary", (200, '{"code":1008}'), "retry", "peer"),
    ("temporary word", (200, '{"code":"busy"}'), "retry", "peer"),
    ("temporary with 400", (400, '{"code":1008}'), "retry", "peer"),
    ("permanent", (200, '{"code":1016}'), "dead", "message"),
    ("unlisted code", (200, '{"code":42}'), "unknown", "peer"),
    ("no code", (200, '{"x":0}'), "unknown", "peer"),
    ("not JSON", (200, "<html>ok</html>"), "unknown", "peer"),
    ("empty", (200, ""), "unknown", "peer"),
    ("too big", (200, '{"code":0,"x":"' + "y" * 70000 + '"}'), "unknown", "peer"),
    ("cut short", CUT, "unknown", "peer"),
    ("bad request", (400, "no"), "dead", "message"),
    ("401", (401, ""), "retry", "config"),
    ("402", (402, "no credit"), "retry", "config"),
    ("403", (403, ""), "retry", "config"),
    ("404", (404, ""), "retry", "config"),
    ("408", (408, ""), "unknown", "peer"),
    ("409", (409, ""), "unknown", "peer"),
    ("413", (413, ""), "dead", "message"),
    ("422", (422, ""), "dead", "message"),
    ("redirect", (302, "", {"Location": "http://127.0.0.1:1/"}), "retry", "config"),
    ("500", (500, "oops"), "unknown", "peer"),
    ("502", (502, ""), "unknown", "peer"),
    ("503", (503, "later"), "unknown", "peer"),
    ("503 with a code", (503, '{"code":1008}'), "unknown", "peer"),
    ("drop", DROP, "unknown", "peer"),
    ("hang", HANG, "unknown", "peer"),
    ("garbage", b"this is no HTTP\r\n\r\n", "unknown", "peer"),
]


@pytest.mark.parametrize("name,answer,want,fault", ANSWERS, ids=[a[0] for a in ANSWERS])
def test_answer(name, answer, want, fault, tmp_path):
    with HttpScript(answer) as server:
        r = send(server, tmp_path, probe.sms(1))
    o = r.outcome[1]
    assert (o["class"], o["fault"]) == (want, fault), o
    assert len(server.requests) == 1
    assert o["reason"] and o["reason"].isprintable()
    assert r.stall_ms < 1000


def test_request_and_id(tmp_path):
    text = "\"引号\" \\反斜\n第二行 <b>&'x'"
    with HttpScript(OK) as server:
        r = send(server, tmp_path, probe.sms(1, text=text), sign="城管",
                 header=[["X-App", "a-{{ref}}"]], idempotency_header="Idempotency-Key")
    method, target, headers, body, _ = server.requests[0]
    assert (method, target) == ("POST", "/send")
    assert json.loads(body) == {"phone": "1000000001", "msg": "【城管】" + text, "ref": "ref-1"}
    assert headers["x-app"] == "a-ref-1" and headers["idempotency-key"] == "ref-1"
    assert headers["content-type"] == "application/json"
    assert "expect" not in headers and "accept-encoding" not in headers
    assert r.outcome[1]["peer_id"] == "G-17"


@pytest.mark.parametrize("second", [DROP, CUT])
def test_f1_one_post_per_message(second, tmp_path):
    """A gateway that takes the second POST of a kept-alive connection and then closes it: libcurl
    must not send it again by itself."""
    with HttpScript(OK, second, OK) as server:
        r = send(server, tmp_path, probe.sms(1), {"wait": True}, probe.sms(2), {"wait": True},
                 probe.sms(3))
    refs = [json.loads(q[3])["ref"] for q in server.requests]
    assert refs == ["ref-1", "ref-2", "ref-3"]
    assert [r.outcome[n]["class"] for n in (1, 2, 3)] == ["sent", "unknown", "sent"]
    assert len({q[4] for q in server.requests}) == 3, "a connection was used twice"


def test_many_at_once(tmp_path):
    with HttpScript(OK) as server:
        r = send(server, tmp_path, *[probe.sms(n) for n in range(1, 31)])
    refs = sorted(json.loads(q[3])["ref"] for q in server.requests)
    assert refs == sorted(f"ref-{n}" for n in range(1, 31))
    assert all(o["class"] == "sent" for o in r.outcome.values()) and len(r.outcome) == 30


def test_closed_before_the_request(tmp_path):
    """Connected, but the peer closes at once: bytes may have left, so it is not retried."""
    with HttpScript(EARLY) as server:
        r = send(server, tmp_path, probe.sms(1))
    assert r.outcome[1]["class"] in ("unknown", "retry")
    assert not server.requests


def test_nobody_listens(tmp_path):
    r = send(f"http://127.0.0.1:{probe.free_port()}/", tmp_path, probe.sms(1))
    assert (r.outcome[1]["class"], r.outcome[1]["fault"]) == ("retry", "peer")


def test_name_that_does_not_exist(tmp_path):
    r = send("https://gateway.invalid/", tmp_path, probe.sms(1))
    assert (r.outcome[1]["class"], r.outcome[1]["fault"]) == ("retry", "peer")


@pytest.mark.parametrize("wish,got", [("7", 7), ("999999", 3600), ("", 0)])
def test_retry_after(wish, got, tmp_path):
    with HttpScript((429, "", {"Retry-After": wish})) as server:
        r = send(server, tmp_path, probe.sms(1))
    o = r.outcome[1]
    assert (o["class"], o["fault"], o["retry_after"]) == ("retry", "peer", got)


def test_form_and_query(tmp_path):
    text = "95% + 1 & x=y 截止"
    with HttpScript((200, "OK 12")) as server:
        send(server, tmp_path, probe.sms(1, text=text), path="/s?to={{to}}&k=1", body=None,
             content_type=None, field=[["Text", "{{text}}"], ["From", "{{from}}"]],
             success_pointer=None, success_values=[], temporary_values=[], permanent_values=[],
             id_pointer=None, success_regex="^OK", **{"from": "10690000"})
    _, target, headers, body, _ = server.requests[0]
    assert urllib.parse.parse_qs(urllib.parse.urlsplit(target).query)["to"] == ["+861000000001"]
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert urllib.parse.parse_qs(body.decode()) == {"Text": [text], "From": ["10690000"]}


@pytest.mark.parametrize("body,want", [("OK 1", "sent"), ("ERR", "unknown")])
def test_regex(body, want, tmp_path):
    with HttpScript((200, body)) as server:
        r = send(server, tmp_path, probe.sms(1), success_pointer=None, success_values=[],
                 temporary_values=[], permanent_values=[], id_pointer=None, success_regex="^OK")
    assert r.outcome[1]["class"] == want


def test_get(tmp_path):
    with HttpScript(OK) as server:
        r = send(server, tmp_path, probe.sms(1), path="/s?p={{to}}&t={{text}}", method="GET",
                 body=None, content_type=None)
    assert r.outcome[1]["class"] == "sent"
    assert server.requests[0][0] == "GET" and server.requests[0][3] == b""


def test_basic_auth_and_secret(tmp_path):
    path = tmp_path / "token"
    path.write_text("s3cret\n")
    path.chmod(0o600)
    with HttpScript(OK) as server:
        send(server, tmp_path, probe.sms(1), user="u", password=str(path))
        send(server, tmp_path, probe.sms(2), password=str(path),
             header=[["Authorization", "Bearer {{secret}}"]])
    assert server.requests[0][2]["authorization"] == "Basic dTpzM2NyZXQ="
    assert server.requests[1][2]["authorization"] == "Bearer s3cret"


def test_https_is_checked(tmp_path):
    ca, crt, key = certs.make(str(tmp_path))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(crt, key)
    with HttpScript(OK, context=context) as server:
        url = f"https://localhost:{server.port}/"
        bad = send(url, tmp_path, probe.sms(1))
        good = send(url, tmp_path, probe.sms(1), ca_file=ca)
    assert (bad.outcome[1]["class"], bad.outcome[1]["fault"]) == ("retry", "config")
    assert good.outcome[1]["class"] == "sent"
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(status, tmp_path):
    """Not even to a server with a good certificate: a POST must not be made twice."""
    ca, crt, key = certs.make(str(tmp_path))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(crt, key)
    with HttpScript(OK, context=context) as other:
        there = {"Location": f"https://localhost:{other.port}/"}
        with HttpScript((status, "", there)) as server:
            r = send(server, tmp_path, probe.sms(1), ca_file=ca)
    assert (r.outcome[1]["class"], r.outcome[1]["fault"]) == ("retry", "config")
    assert len(server.requests) == 1 and other.connections == 0


def test_abandon(tmp_path):
    with HttpScript(HANG) as server:
        r = send(server, tmp_path, probe.sms(1), {"run_ms": 400}, {"abandon": True})
    assert (r.outcome[1]["class"], r.outcome[1]["fault"]) == ("unknown", "none")


@pytest.mark.parametrize("to", ["861000000001", "+86 100", "+861000000001\r\nX: y", "", "+0123456"])
def test_numbers_that_are_refused(to, tmp_path):
    with HttpScript(OK) as server:
        r = send(server, tmp_path, probe.sms(1, to=to))
    assert (r.outcome[1]["class"], r.outcome[1]["fault"]) == ("dead", "recipient")
    assert not server.requests


def test_text_that_is_too_long(tmp_path):
    with HttpScript(OK) as server:
        r = send(server, tmp_path, probe.sms(1, text="长" * 68), sign="城管", max_units=71)
    assert (r.outcome[1]["class"], r.outcome[1]["fault"]) == ("dead", "message")
    assert not server.requests


def test_placeholder(tmp_path):
    with HttpScript(OK) as server:
        r = send(server, tmp_path, probe.sms(1, placeholder=True))
    assert 1 in r.refused and not server.requests


BAD_SETTINGS = [
    {"url": "ftp://127.0.0.1/"}, {"url": "http://gateway.example.invalid/"},
    {"url": "https://{{to}}.example.invalid/"}, {"url": "https://x.example.invalid/{{text}}"},
    {"url": "https://u:p@x.example.invalid/"}, {"url": "https://x.example.invalid/?{{to}}=1"},
    {"url": "nonsense"}, {"body": '{"m":{{text}}}'}, {"body": '{"m":"{{text|raw}}","p":"{{to}}"}'},
    {"body": '{"m":"{{txt}}","p":"{{to}}"}'}, {"body": '{"m":"{{text","p":"{{to}}"}'},
    {"body": '{"p":"{{to}}"}'}, {"body": '{"m":"{{text}}"}'}, {"method": "DELETE"},
    {"header": [["X-Y", "a\r\nB: c"]]}, {"header": [["X Y", "a"]]}, {"header": [["Host", "a"]]},
    {"header": [["X-T", "{{text}}"]]}, {"success_status": "2xx"}, {"success_pointer": "code"},
    {"success_values": []}, {"success_regex": "("}, {"idempotency_header": "A B"},
    {"header": [["X", "{{secret}}"]]}, {"field": [["a", "{{text}}"]]},
]


@pytest.mark.parametrize("change", BAD_SETTINGS, ids=[json.dumps(c) for c in BAD_SETTINGS])
def test_settings_that_are_refused(change, tmp_path):
    r = send("https://x.example.invalid/", tmp_path, **{k: v for k, v in change.items()
                                                        if k != "url"}) \
        if "url" not in change else send(change["url"], tmp_path)
    assert r.errors and "config_error" in r.errors[0]


# ---- Kannel's replies, without Kannel ------------------------------------------------------------------

KANNEL = [
    (202, "0: Accepted for delivery", "sent", "none"),
    (202, "3: Queued for later delivery", "sent", "none"),
    (202, "Sent.", "sent", "none"),
    (202, "", "unknown", "peer"),
    (202, "1: what?", "unknown", "peer"),
    (400, "Empty receiver number not allowed, rejected", "dead", "message"),
    (400, "Number(s) has/have been denied by white- and/or black-lists.", "dead", "recipient"),
    (400, "Sender missing and no global set, rejected", "retry", "config"),
    (400, "Charset or body misformed, rejected", "retry", "config"),
    (403, "Authorization failed for sendsms", "retry", "config"),
    (403, "Not routable. Do not try again.", "dead", "recipient"),
    (404, "Unknown request.", "retry", "config"),
    (415, "Unsupported content-type, rejected", "retry", "config"),
    (503, "Temporal failure, try again later.", "unknown", "peer"),
]


@pytest.mark.parametrize("status,body,want,fault", KANNEL)
def test_kannel_reply(status, body, want, fault, tmp_path):
    path = tmp_path / "password"
    path.write_text("p")
    path.chmod(0o600)
    with HttpScript((status, body)) as server:
        r = probe.run([{"sms": {"kind": "kannel", "url": server.url + "/cgi-bin/sendsms",
                                "user": "u", "password": str(path), "from": "12520",
                                "sign": "城管",
                                "header": [["X-Kannel-DLR-Url", "http://127.0.0.1/?r={{ref}}"]]},
                        "options": probe.options(tmp_path)}, probe.sms(1)])
    assert (r.outcome[1]["class"], r.outcome[1]["fault"]) == (want, fault)
    method, _, headers, sent, _ = server.requests[0]
    assert method == "POST" and sent.decode() == "【城管】请尽早报送"
    assert headers["x-kannel-coding"] == "2" and "utf-8" in headers["content-type"].lower()
    assert headers["x-kannel-username"] == "u" and headers["x-kannel-password"] == "p"
    assert headers["x-kannel-to"] == "+861000000001" and headers["x-kannel-from"] == "12520"
    assert headers["x-kannel-dlr-url"] == "http://127.0.0.1/?r=ref-1"


@pytest.mark.parametrize("receipts", [True, False])
def test_kannel_is_told_to_report(receipts, tmp_path):
    path = tmp_path / "password"
    path.write_text("p")
    path.chmod(0o600)
    with HttpScript((202, "0: Accepted for delivery")) as server:
        probe.run([{"sms": {"kind": "kannel", "url": server.url, "user": "u", "password": str(path),
                            "receipts": receipts, "receipt_url": "http://127.0.0.1:1/r/SECRET"},
                    "options": probe.options(tmp_path)}, probe.sms(1)])
    headers = server.requests[0][2]
    want = "http://127.0.0.1:1/r/SECRET?ref=ref-1&type=%d&ans=%A" if receipts else None
    assert headers.get("x-kannel-dlr-url") == want and ("x-kannel-dlr-mask" in headers) == receipts


# ---- the manual's examples, as they stand there ----------------------------------------------------------

def example(word):
    with open(os.path.join(ROOT, "daemon", "man", "deadlined.cfg.5"), encoding="utf-8") as f:
        page = f.read().split(".Sh EXAMPLES")[1]
    found = [e for e in re.findall(r"^\.Bd [^\n]*\n(.*?)^\.Ed", page, re.M | re.S) if word in e]
    assert len(found) == 1
    return found[0].replace("\\e", "\\").replace("\\(dq", '"').strip()


def with_example(config, text):
    config.edit("deadlined.cfg", r"^sms = \{.*?\};$", text[text.index("sms = "):])
    check = subprocess.run([CTL, "-c", config.path, "check"], capture_output=True, text=True,
                           timeout=60, check=False)
    assert check.returncode == 0, check.stderr
    return check.stdout + check.stderr


@pytest.mark.parametrize("word", ['"kannel"', "sms.example.org", '"aliyun"', "api.twilio.com"])
def test_examples_are_sound(word):
    with Config() as config:
        said = with_example(config, example(word))
    assert not re.search(r"(error|warning): (?!the (password|credential)).*sms", said), said


@pytest.fixture
def one_sms():
    with Config() as config:
        config.ladder(lead=["sms"])
        config.write_rules(once("reply-1"))
        yield config


def test_twilio(one_sms):
    """Against the same form and header as in the signers' vectors: sms_vectors.json."""
    text = example("api.twilio.com")
    with HttpScript((201, '{"sid":"SM00000000000000000000000000000001","status":"queued"}')) as server:
        local = text.replace("https://api.twilio.com", server.url).replace(
            "secrets_twilio-token", one_sms.secret("0123456789abcdef0123456789abcdef"))
        assert local != text
        with_example(one_sms, local)
        with Daemon(one_sms) as d:
            d.until(lambda: d.messages("sent") == 1)
    (method, target, headers, body, _), = server.requests
    account = "AC00000000000000000000000000000000"
    assert (method, target) == ("POST", f"/2010-04-01/Accounts/{account}/Messages.json")
    assert base64.b64decode(headers["authorization"].removeprefix("Basic ")).decode() == \
        f"{account}:0123456789abcdef0123456789abcdef"
    fields = urllib.parse.parse_qs(body.decode())
    assert list(fields) == ["To", "From", "Body"] and fields["From"] == ["+15005550006"]
    assert fields["To"][0].startswith("+86") and fields["Body"][0].startswith("【晋城市城市管理局】")


@pytest.mark.parametrize("reply", [(400, '{"code":21211,"message":"not a number","status":400}'),
                                   (401, '{"code":20003,"status":401}'),
                                   (201, '{"sid":"SM1","status":"failed"}')])
def test_twilio_refuses(reply, tmp_path):
    """Only what the example lists is success."""
    want = {400: ("dead", "message"), 401: ("retry", "config"), 201: ("unknown", "peer")}[reply[0]]
    values = re.search(r'values = \[(.*?)\]', example("api.twilio.com")).group(1)
    with HttpScript(reply) as server:
        r = send(server, tmp_path, probe.sms(1), success_pointer="/status", success_status="201",
                 success_values=re.findall(r'"(\w+)"', values), id_pointer="/sid",
                 temporary_values=[], permanent_values=[])
    assert (r.outcome[1]["class"], r.outcome[1]["fault"]) == want


def test_aliyun_by_the_daemon(one_sms):
    """From the configuration over the frozen message to a signature of now."""
    text = example('"aliyun"')
    with cloud_sms.Aliyun() as server:
        local = text.replace("secrets_aliyun-key", one_sms.secret(cloud_sms.SECRET)).replace(
            "LTAI0000000000000000", cloud_sms.KEY).replace(
                'transport = "aliyun";', f'transport = "aliyun"; url = "{server.url}/";')
        with_example(one_sms, local)
        with Daemon(one_sms) as d:
            d.until(lambda: d.messages("sent") == 1)
    sent, = server.sent
    assert sent["SignName"] == "晋城市城市管理局" and sent["TemplateCode"] == "SMS_154950909"
    assert sent["TemplateParam"]["count"] == "1" and "督办函答复" in sent["TemplateParam"]["what"]
    assert sent["OutId"] and re.fullmatch(r"\d{11}", sent["PhoneNumbers"])
