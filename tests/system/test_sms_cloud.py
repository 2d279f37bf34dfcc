"""Aliyun, Tencent Cloud and 云MAS, with servers that check every signature as the provider would."""

import json
import os
import sys
import time
from datetime import datetime, timezone

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from daemon import Config, Daemon, once  # noqa: E402
from peers import cloud_sms, probe  # noqa: E402
from peers.http_script import CUT, DROP, HANG  # noqa: E402

NOW = 1790000000  # 2026-09-21T14:13:20Z, 22:13:20 in China
TO_MIDNIGHT = 1 * 3600 + 46 * 60 + 40
MARK = "\x1f"
VALUES = ["一大队", "磁盘 95% (A+B*2~) \"引号\" & \\"]
TEXT = MARK.join(["全文", *VALUES])
TEMPLATE = {"sign": "城管局", "template": "SMS_154950909", "variables": ["unit", "what"]}
KIND = {
    "aliyun": (cloud_sms.Aliyun, TEMPLATE, TEXT),
    "tencent": (cloud_sms.Tencent, {**TEMPLATE, "app_id": cloud_sms.APP,
                                    "region": cloud_sms.REGION}, TEXT),
    "mas": (cloud_sms.Mas, {"sign": "城管局", "enterprise": cloud_sms.ENTERPRISE,
                            "sign_code": cloud_sms.SIGN_CODE}, "请尽早报送 \"截止\""),
    "mas-template": (cloud_sms.Mas, {**TEMPLATE, "enterprise": cloud_sms.ENTERPRISE,
                                     "sign_code": cloud_sms.SIGN_CODE, "add_serial": "01"}, TEXT),
}
ID = {"aliyun": "900619746936498440^0", "tencent": "2028:f825e6b16e23f73f4123",
      "mas": "0105013527000001139923", "mas-template": "0105013527000001139923"}


def secret_file(tmp_path, text=cloud_sms.SECRET):
    path = tmp_path / "secret"
    path.write_text(text)
    path.chmod(0o600)
    return str(path)


def settings(kind, server, tmp_path, **change):
    url = server if isinstance(server, str) else server.url + "/"
    return {"kind": kind, "url": url, "user": cloud_sms.KEY, "password": secret_file(tmp_path),
            **KIND[kind][1], **change}


def run(kind, server, tmp_path, *lines, **change):
    return probe.run([{"sms": settings(kind, server, tmp_path, **change),
                       "options": probe.options(tmp_path)}, *lines])


def send(kind, server, tmp_path, text=None, at=NOW, **change):
    r = run(kind, server, tmp_path, probe.sms(1, text=text or KIND[kind][2], at=at), **change)
    assert not r.errors, r.errors
    return r.outcome[1]


# ---- sending ----------------------------------------------------------------------------------------

@pytest.mark.parametrize("kind", KIND)
def test_sent(kind, tmp_path):
    with KIND[kind][0](now=NOW + 20) as server:
        o = send(kind, server, tmp_path)
    assert (o["class"], o["fault"], o["peer_id"]) == ("sent", "none", ID[kind]), o
    assert len(server.requests) == 1
    assert cloud_sms.SECRET not in str(server.requests)


def test_what_aliyun_gets(tmp_path):
    with cloud_sms.Aliyun(now=NOW) as server:
        send("aliyun", server, tmp_path)
    assert server.sent == [{"PhoneNumbers": "1000000001", "SignName": "城管局",
                            "TemplateCode": "SMS_154950909", "OutId": "ref-1",
                            "TemplateParam": dict(zip(["unit", "what"], VALUES))}]
    method, _, headers, body, _ = server.requests[0]
    assert method == "POST" and body == b"" and "content-type" not in headers
    assert headers["host"] == f"127.0.0.1:{server.port}" and "expect" not in headers


def test_what_tencent_gets(tmp_path):
    with cloud_sms.Tencent(now=NOW) as server:
        send("tencent", server, tmp_path)
    assert server.sent == [{"PhoneNumberSet": ["+861000000001"], "SmsSdkAppId": cloud_sms.APP,
                            "SignName": "城管局", "TemplateId": "SMS_154950909",
                            "TemplateParamSet": VALUES, "SessionContext": "ref-1"}]
    assert server.requests[0][2]["content-type"] == "application/json; charset=utf-8"


def test_what_mas_gets(tmp_path):
    with cloud_sms.Mas() as server:
        send("mas", server.url + "/sms/norsubmit", tmp_path)
        send("mas-template", server.url + "/sms/tmpsubmit", tmp_path)
    plain, filled = server.sent
    assert plain["path"] == "/sms/norsubmit" and filled["path"] == "/sms/tmpsubmit"
    assert plain["content"] == KIND["mas"][2]  # without the signature: the platform adds it
    assert plain["addSerial"] == "" and filled["addSerial"] == "01"
    assert json.loads(filled["params"]) == VALUES and filled["templateId"] == "SMS_154950909"
    assert plain["mobiles"] == "1000000001"


@pytest.mark.parametrize("kind", ["aliyun", "tencent", "mas-template"])
def test_template_without_variables(kind, tmp_path):
    with KIND[kind][0](now=NOW) as server:
        o = send(kind, server, tmp_path, text="全文", variables=[])
    assert o["class"] == "sent", o
    if kind == "mas-template":
        assert server.sent[0]["params"] == '[""]'


@pytest.mark.parametrize("kind", ["aliyun", "tencent", "mas-template"])
@pytest.mark.parametrize("text", ["全文", "全文\x1fa", "全文\x1fa\x1fb\x1fc", "x" + "\x1fv" * 30])
def test_template_that_has_changed(kind, text, tmp_path):
    with KIND[kind][0](now=NOW) as server:
        o = send(kind, server, tmp_path, text=text)
    assert (o["class"], o["fault"]) == ("retry", "config") and "variables" in o["reason"]
    assert not server.requests


def test_values_are_checked(tmp_path):
    with cloud_sms.Aliyun(now=NOW) as server:
        o = send("aliyun", server, tmp_path, text="全文\x1fa\x07\x1fb")
    assert (o["class"], o["fault"]) == ("dead", "message") and not server.requests


def test_values_of_a_gateway_that_was_replaced(tmp_path):
    with cloud_sms.Mas() as server:
        send("mas", server, tmp_path, text=TEXT)
    assert server.sent[0]["content"] == "全文"


def test_nonces_differ(tmp_path):
    with cloud_sms.Aliyun(now=NOW) as server:
        r = run("aliyun", server, tmp_path,
                *[probe.sms(n, text=TEXT, at=NOW) for n in range(1, 9)])
    assert [o["class"] for o in r.outcome.values()] == ["sent"] * 8
    assert len(server.nonces) == 8


def test_long_text_is_not_held_against_a_template(tmp_path):
    with cloud_sms.Aliyun(now=NOW) as server:
        assert send("aliyun", server, tmp_path, text="长" * 90 + MARK + "a" + MARK + "b",
                    max_units=70)["class"] == "sent"
    with cloud_sms.Mas() as server:
        o = send("mas", server, tmp_path, text="长" * 66, max_units=70)
        assert (o["class"], o["fault"]) == ("dead", "message")


def test_path_of_a_mirror_is_signed(tmp_path):
    with cloud_sms.Aliyun(now=NOW) as server:
        assert send("aliyun", server.url + "/mirror/sms", tmp_path)["class"] == "sent"
        assert send("aliyun", server.url, tmp_path)["class"] == "sent"
    assert server.requests[0][1].startswith("/mirror/sms?")
    with cloud_sms.Tencent(now=NOW) as server:
        assert send("tencent", server.url, tmp_path)["class"] == "sent"


# ---- refused ------------------------------------------------------------------------------------------

@pytest.mark.parametrize("kind,word", [("aliyun", "SignatureDoesNotMatch"),
                                       ("tencent", "AuthFailure"), ("mas", "IllegalMac")])
def test_wrong_secret(kind, word, tmp_path):
    with KIND[kind][0](now=NOW, secret="another secret") as server:
        o = send(kind, server, tmp_path)
    assert (o["class"], o["fault"]) == ("retry", "config") and word in o["reason"]


@pytest.mark.parametrize("kind", ["aliyun", "tencent"])
@pytest.mark.parametrize("off", [2000, -2000])
def test_clock(kind, off, tmp_path):
    with KIND[kind][0](now=NOW) as server:
        o = send(kind, server, tmp_path, at=NOW + off)
    assert (o["class"], o["fault"]) == ("retry", "config")
    assert f"clock is off by: {off} s" in o["reason"]


def test_clock_in_tolerance(tmp_path):
    with cloud_sms.Aliyun(now=NOW) as server:
        assert send("aliyun", server, tmp_path, at=NOW + 890)["class"] == "sent"


CODES = [
    ("aliyun", "isp.SYSTEM_ERROR", "retry", "peer", 0),
    ("aliyun", "Throttling.User", "retry", "peer", 0),
    ("aliyun", "isv.BUSINESS_LIMIT_CONTROL", "retry", "recipient", 3600),
    ("aliyun", "isv.MOBILE_NUMBER_ILLEGAL", "dead", "recipient", 0),
    ("aliyun", "isv.PARAM_LENGTH_LIMIT", "dead", "message", 0),
    ("aliyun", "isv.SMS_TEMPLATE_ILLEGAL", "retry", "config", 0),
    ("aliyun", "isv.AMOUNT_NOT_ENOUGH", "retry", "config", 0),
    ("aliyun", "SignatureNonceUsed", "unknown", "peer", 0),
    ("aliyun", "isv.NEVER_HEARD_OF", "unknown", "peer", 0),
    ("aliyun", "ok", "unknown", "peer", 0),
    ("tencent", "InternalError", "retry", "peer", 0),
    ("tencent", "RequestLimitExceeded.UinLimitExceeded", "retry", "peer", 0),
    ("tencent", "InternalError.Timeout", "unknown", "peer", 0),
    ("tencent", "AuthFailure.SecretIdNotFound", "retry", "config", 0),
    ("tencent", "NeverHeardOf", "unknown", "peer", 0),
    ("tencent", "number:LimitExceeded.PhoneNumberThirtySecondLimit", "retry", "recipient", 30),
    ("tencent", "number:LimitExceeded.PhoneNumberOneHourLimit", "retry", "recipient", 3600),
    ("tencent", "number:LimitExceeded.PhoneNumberDailyLimit", "retry", "recipient", TO_MIDNIGHT),
    ("tencent", "number:LimitExceeded.AppDailyLimit", "retry", "peer", TO_MIDNIGHT),
    ("tencent", "number:InvalidParameterValue.IncorrectPhoneNumber", "dead", "recipient", 0),
    ("tencent", "number:FailedOperation.ContainSensitiveWord", "dead", "message", 0),
    ("tencent", "number:FailedOperation.InsufficientBalanceInSmsPackage", "retry", "config", 0),
    ("tencent", "number:OK", "unknown", "peer", 0),
    ("mas", "InvalidMobile", "dead", "recipient", 0),
    ("mas", "InvalidMessage", "dead", "message", 0),
    ("mas", "NOT_WHITE_IP", "retry", "config", 0),
    ("mas", "NeverHeardOf", "unknown", "peer", 0),
]


@pytest.mark.parametrize("kind,code,want,fault,wait", CODES, ids=[f"{c[0]}-{c[1]}" for c in CODES])
def test_code(kind, code, want, fault, wait, tmp_path):
    with KIND[kind][0](code, now=NOW) as server:
        o = send(kind, server, tmp_path)
    assert (o["class"], o["fault"], o["retry_after"]) == (want, fault, wait), o
    assert code.split(":")[-1] in o["reason"] and o["peer_id"] == ""
    assert len(server.requests) == 1


@pytest.mark.parametrize("words,wait", [("触发天级流控Permits:10", 86400), ("触发小时级流控Permits:5", 3600),
                                        ("触发分钟级流控Permits:1", 60), ("触发流控", 3600)])
def test_aliyun_says_the_window_in_words(words, wait, tmp_path):
    reply = cloud_sms.answer({"Code": "isv.BUSINESS_LIMIT_CONTROL", "Message": words})
    with cloud_sms.Aliyun(reply, now=NOW) as server:
        o = send("aliyun", server, tmp_path)
    assert (o["class"], o["retry_after"]) == ("retry", wait) and words in o["reason"]


def test_a_code_with_4xx_counts(tmp_path):
    for status in (400, 403, 429):
        reply = cloud_sms.answer({"Code": "isv.MOBILE_NUMBER_ILLEGAL", "Message": "m"}, status)
        with cloud_sms.Aliyun(reply, now=NOW) as server:
            o = send("aliyun", server, tmp_path)
        assert (o["class"], o["fault"], o["code"]) == ("dead", "recipient", status)


def unknown(kind):
    good = {"aliyun": {"Code": "OK", "BizId": "1"},
            "tencent": {"Response": {"SendStatusSet": [{"Code": "Ok", "SerialNo": "1"}]}},
            "mas": {"rspcod": "success", "success": True, "msgGroup": "1"}}[kind]
    bad = {"aliyun": {"Code": "isv.MOBILE_NUMBER_ILLEGAL"},
           "tencent": {"Response": {"Error": {"Code": "AuthFailure"}}},
           "mas": {"rspcod": "InvalidMobile", "success": False}}[kind]
    text = json.dumps(good)
    return {
        "500 and yes": cloud_sms.answer(good, 500), "500 and no": cloud_sms.answer(bad, 500),
        "503": (503, "later"), "502 HTML": (502, "<html>"), "400 and yes": cloud_sms.answer(good, 400),
        "400 without words": (400, "no"), "HTML": (200, "<html>login</html>"), "empty": (200, ""),
        "list": (200, "[]"), "null": (200, "null"), "half": (200, text[:-2]),
        "twice": (200, text[:-1] + "," + text[1:]), "and more": (200, text + "x"),
        "too long": (200, text[:-1] + ',"x":"' + "y" * 70000 + '"}'), "other": (200, '{"a":1}'),
        "in an array": (200, f"[{text}]"),
        "cut": CUT, "drop": DROP, "hang": HANG, "no HTTP": b"what?\r\n\r\n",
    }


@pytest.mark.parametrize("kind", ["aliyun", "tencent", "mas"])
@pytest.mark.parametrize("name", unknown("mas"))
def test_unknown(kind, name, tmp_path):
    with KIND[kind][0](unknown(kind)[name], now=NOW) as server:
        o = send(kind, server, tmp_path)
    assert (o["class"], o["fault"], o["peer_id"]) == ("unknown", "peer", ""), o
    assert len(server.requests) == 1 and o["reason"].isprintable()


@pytest.mark.parametrize("reply", [
    {"rspcod": "success", "success": False}, {"rspcod": "InvalidMobile", "success": True},
    {"success": True}, {"rspcod": "success"}, {"rspcod": "success", "success": 1}])
def test_mas_that_contradicts_itself(reply, tmp_path):
    with cloud_sms.Mas(cloud_sms.answer(reply)) as server:
        assert send("mas", server, tmp_path)["class"] == "unknown"


@pytest.mark.parametrize("reply", [{"rspcod": "success", "success": "true", "mgsGroup": "G"}])
def test_mas_spelt_otherwise(reply, tmp_path):
    with cloud_sms.Mas(cloud_sms.answer(reply)) as server:
        o = send("mas", server, tmp_path)
    assert (o["class"], o["peer_id"]) == ("sent", "G")


def test_tencent_with_two_verdicts(tmp_path):
    reply = {"Response": {"SendStatusSet": [{"Code": "Ok", "SerialNo": "1"}] * 2}}
    with cloud_sms.Tencent(cloud_sms.answer(reply), now=NOW) as server:
        assert send("tencent", server, tmp_path)["class"] == "unknown"


@pytest.mark.parametrize("kind", ["aliyun", "tencent", "mas"])
@pytest.mark.parametrize("status", [301, 307, 401, 403, 404])
def test_status_that_needs_no_words(kind, status, tmp_path):
    reply = (status, "", {"Location": "http://127.0.0.1:1/"})
    with KIND[kind][0](reply, now=NOW) as server:
        o = send(kind, server, tmp_path)
    assert (o["class"], o["fault"]) == ("retry", "config") and len(server.requests) == 1


@pytest.mark.parametrize("kind", ["aliyun", "tencent", "mas"])
def test_an_echo_of_the_secret_is_not_told(kind, tmp_path):
    words = f"your secret {cloud_sms.SECRET} is bad"
    reply = {"aliyun": {"Code": "isv.OUT_OF_SERVICE", "Message": words},
             "tencent": {"Response": {"Error": {"Code": "AuthFailure", "Message": words}}},
             "mas": {"rspcod": words, "success": False}}[kind]
    with KIND[kind][0](cloud_sms.answer(reply), now=NOW) as server:
        o = send(kind, server, tmp_path)
    assert cloud_sms.SECRET not in o["reason"] and "***" in o["reason"]


def test_nobody_listens(tmp_path):
    o = send("tencent", f"http://127.0.0.1:{probe.free_port()}/", tmp_path)
    assert (o["class"], o["fault"]) == ("retry", "peer")


def test_no_secret(tmp_path):
    o = send("aliyun", "http://127.0.0.1:1/", tmp_path, password=str(tmp_path / "none"))
    assert (o["class"], o["fault"]) == ("retry", "config")


# ---- asking -------------------------------------------------------------------------------------------

def ask(kind, server, tmp_path, peer_id="", ref="ref-1", at=NOW, sent_at=NOW - 60, **change):
    r = run(kind, server, tmp_path, {"ask": {"id": 7, "to": "+861000000001", "ref": ref,
                                             "peer_id": peer_id, "sent_at": sent_at, "at": at}},
            **change)
    return r.receipt[7] if 7 in r.receipt else r.refused[7]


def aliyun_item(status, ref="ref-1", **more):
    return {"SendStatus": status, "OutId": ref, "PhoneNum": "1000000001", "ErrCode": "E-1", **more}


ALIYUN_ITEMS = [
    ([], "", "none"),
    ([aliyun_item(1)], "", "waiting"),
    ([aliyun_item(2)], "", "undelivered"),
    ([aliyun_item(3)], "", "delivered"),
    ([aliyun_item(3, "ref-2")], "", "none"),
    ([aliyun_item(3, "")], "", "none"),
    ([aliyun_item(3, "")], "900^0", "delivered"),
    ([aliyun_item(3, "ref-2")], "900^0", "none"),
    ([aliyun_item(9)], "", "none"),
    ([aliyun_item(2), aliyun_item(3)], "", "delivered"),
    ([aliyun_item(1), aliyun_item(2)], "", "waiting"),
]


@pytest.mark.parametrize("items,peer_id,want", ALIYUN_ITEMS)
def test_ask_aliyun(items, peer_id, want, tmp_path):
    with cloud_sms.Aliyun(now=NOW, details=items) as server:
        r = ask("aliyun", server, tmp_path, peer_id)
    assert r["receipt"] == want
    want_ref = "" if want == "none" else "ref-1"
    assert r["ref"] == want_ref
    assert server.asked[0] == {"PhoneNumber": "1000000001", "SendDate": "20260921",
                               "PageSize": "50", "CurrentPage": "1",
                               **({"BizId": peer_id} if peer_id else {})}


@pytest.mark.parametrize("hour,day", [(15, "20260921"), (16, "20260922"), (23, "20260922")])
def test_aliyun_is_asked_for_the_day_in_china(hour, day, tmp_path):
    at = int(datetime(2026, 9, 21, hour, tzinfo=timezone.utc).timestamp())
    with cloud_sms.Aliyun(now=at) as server:
        ask("aliyun", server, tmp_path, sent_at=at, at=at)
    assert server.asked[0]["SendDate"] == day


def tencent_item(status, serial="2028:1", **more):
    return {"ReportStatus": status, "SerialNo": serial, "PhoneNumber": "+861000000001",
            "Description": "DELIVRD", **more}


TENCENT_ITEMS = [
    ([], "2028:1", "none"),
    ([tencent_item("SUCCESS")], "2028:1", "delivered"),
    ([tencent_item("FAIL")], "2028:1", "undelivered"),
    ([tencent_item("FAIL"), tencent_item("SUCCESS", "2028:2")], "2028:1", "undelivered"),
    ([tencent_item("SUCCESS")], "", "none"),
    ([tencent_item("SUCCESS", "")], "", "none"),
    ([tencent_item("SUCCESS", SessionContext="ref-1")], "", "delivered"),
    ([tencent_item("SUCCESS", SessionContext="ref-2")], "", "none"),
    ([tencent_item("?", SessionContext="ref-1")], "", "waiting"),
]


@pytest.mark.parametrize("items,peer_id,want", TENCENT_ITEMS)
def test_ask_tencent(items, peer_id, want, tmp_path):
    with cloud_sms.Tencent(now=NOW, details=items) as server:
        r = ask("tencent", server, tmp_path, peer_id)
    assert r["receipt"] == want
    assert server.asked[0] == {"BeginTime": NOW - 120, "EndTime": NOW, "Offset": 0, "Limit": 100,
                               "PhoneNumber": "+861000000001", "SmsSdkAppId": cloud_sms.APP}


@pytest.mark.parametrize("kind", ["aliyun", "tencent"])
@pytest.mark.parametrize("reply", [DROP, HANG, CUT, (200, ""), (200, "<html>"), (500, "{}"), (302, ""),
                                   (200, "[]"), (200, "null"), (200, '{"Code":"OK"}'),
                                   (200, "{" + '"a":' * 3), (200, "y" * 70000), b"\0\0\0"])
def test_no_answer_is_no_knowledge(kind, reply, tmp_path):
    with KIND[kind][0](reply, now=NOW) as server:
        r = ask(kind, server, tmp_path, "x")
    assert r["receipt"] == "none" and len(server.requests) == 1


@pytest.mark.parametrize("kind,code", [("aliyun", "Throttling.User"), ("tencent", "AuthFailure")])
def test_a_refused_question(kind, code, tmp_path):
    with KIND[kind][0](code, now=NOW) as server:
        assert ask(kind, server, tmp_path, "x")["receipt"] == "none"


def test_who_cannot_be_asked(tmp_path):
    url = "http://127.0.0.1:1/"
    assert "cannot be asked" in ask("mas", url, tmp_path)
    assert "cannot be asked" in ask("aliyun", url, tmp_path, receipts=False)
    assert ask("aliyun", url, tmp_path, password=str(tmp_path / "none"))["receipt"] == "none"


def test_one_question_at_a_time_and_a_stop(tmp_path):
    one = {"id": 7, "to": "+861000000001", "ref": "r", "peer_id": "", "sent_at": NOW, "at": NOW}
    with cloud_sms.Aliyun(HANG, now=NOW) as server:
        r = run("aliyun", server, tmp_path, {"ask": one}, {"ask": {**one, "id": 8}},
                {"run_ms": 200}, {"abandon": True}, {"ask": {**one, "id": 9}})
    assert r.receipt[7]["receipt"] == "none" and 8 in r.refused and 9 in r.refused


@pytest.mark.parametrize("kind", KIND)
def test_settings_that_are_refused(kind, tmp_path):
    for change in ({"url": "ftp://127.0.0.1/"}, {"url": "http://sms.example.invalid/"},
                   {"url": "https://x.example.invalid/?a={{to}}"},
                   {"url": "https://x.example.invalid/?a=1"}, {"user": None},
                   {"password": None}):
        r = run(kind, "https://x.example.invalid/", tmp_path, **change)
        assert r.errors and "config_error" in r.errors[0], change


def test_now_is_now(tmp_path):
    """The real clock on both sides: as it will be."""
    now = int(time.time())
    with cloud_sms.Tencent() as server:
        assert send("tencent", server, tmp_path, at=now)["class"] == "sent"


# ---- through the daemon -------------------------------------------------------------------------------

class LosesAnswers(cloud_sms.Aliyun):
    """Takes every SMS and says so to nobody, until it is asked; its clock is the daemon's."""

    state = 3

    def now(self):
        stamp = self.requests[-1][2].get("x-acs-date", "2026-01-01T00:00:00Z")
        return datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%SZ").replace(
            tzinfo=timezone.utc).timestamp()

    def send(self, p):
        super().send(p)
        self.details.append({"PhoneNum": p["PhoneNumbers"], "OutId": p["OutId"],
                             "SendStatus": self.state, "ErrCode": "DELIVERED"})
        return DROP


@pytest.fixture
def config():
    with Config() as c:
        c.ladder(lead=["sms"])
        c.write_rules(once("reply-1"))
        yield c


def cloud_to(config, server, more=""):
    config.edit("deadlined.cfg", r"^sms = \{.*?\};$", f"""sms = {{ transport = "aliyun"; url = "{server.url}/";
        user = "{cloud_sms.KEY}"; password_credential = "{config.secret(cloud_sms.SECRET)}";
        sign = "城管局"; template = "SMS_1"; {more}
        variables = ( {{ name = "count"; text = "{{{{count}}}}"; }} ); }};""")


@pytest.mark.parametrize("state,word", [(3, "delivered"), (2, "undelivered"), (1, "sent")])
def test_an_unknown_sms_is_asked_about(state, word, config):
    with LosesAnswers() as server:
        server.state = state
        cloud_to(config, server)
        with Daemon(config, speed=60) as d:
            d.until(lambda: server.asked, 20, "the question")
            d.until(lambda: d.messages(word) >= 1, 20, word)
    assert len(server.sent) == 1  # and never again
    assert server.asked[0]["PhoneNumber"] == server.sent[0]["PhoneNumbers"]


def test_receipts_may_be_left_alone(config):
    with LosesAnswers() as server:
        cloud_to(config, server, "receipts = false;")
        with Daemon(config, speed=60) as d:
            d.until(lambda: d.messages("unknown") == 1)
            d.rest(3)
            assert d.messages("unknown") == 1
    assert not server.asked and len(server.sent) == 1


def test_only_numbers_that_begin_so(config):
    with cloud_sms.Aliyun() as server:
        cloud_to(config, server, 'allow_prefixes = [ "+852" ];')
        with Daemon(config) as d:
            d.until(lambda: d.status()["trouble"] or d.messages("dead") == 1)
    assert not server.requests


# ---- would it let us in? ------------------------------------------------------------------------------

def let_in(kind, server, tmp_path, at=NOW, **change):
    r = run(kind, server, tmp_path, {"let_in": {"id": 1, "at": at}}, {"wait": True}, **change)
    assert not r.errors and not r.refused, (r.errors, r.refused)
    return r.outcome[1]


@pytest.mark.parametrize("kind", KIND)
def test_lets_us_in(kind, tmp_path):
    """Nothing is sent; those that can be asked are asked, with a signature that holds."""
    with KIND[kind][0](now=NOW) as server:
        o = let_in(kind, server, tmp_path)
        assert (o["class"], o["reason"]) == ("sent", "ok"), o
        assert not server.sent
        assert len(server.requests) == (0 if kind.startswith("mas") else 1)


@pytest.mark.parametrize("kind", ["aliyun", "tencent"])
def test_does_not_let_us_in(kind, tmp_path):
    with KIND[kind][0](now=NOW, secret="another") as server:
        o = let_in(kind, server, tmp_path)
    assert (o["class"], o["fault"]) == ("retry", "config"), o
    assert cloud_sms.SECRET not in json.dumps(o)


@pytest.mark.parametrize("kind", KIND)
def test_nobody_is_there_to_let_us_in(kind, tmp_path):
    o = let_in(kind, f"http://127.0.0.1:{probe.free_port()}/", tmp_path)
    assert o["class"] == "retry" and o["fault"] != "config", o


@pytest.mark.parametrize("reply", [DROP, HANG, CUT, (503, "busy")])
def test_gives_no_answer(reply, tmp_path):
    with cloud_sms.Aliyun(reply, now=NOW) as server:
        o = let_in("aliyun", server, tmp_path)
    assert (o["class"], o["fault"]) == ("retry", "peer"), o
