"""SMS of the daemon at a scripted HTTP gateway: at most once, and never silently zero."""

import json
import os
import sys
import time

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from daemon import Config, Daemon, id_of, once  # noqa: E402
from peers.http_script import CUT, DROP, HANG, HttpScript  # noqa: E402

OK = (200, '{"code":0,"id":"G-17"}')


@pytest.fixture
def config():
    with Config() as c:
        c.ladder(lead=["sms"])
        c.write_rules(once("reply-1"))
        yield c


def mails(d):
    folder = os.path.join(d.state, "spool", "mail")
    return sorted(os.listdir(folder)) if os.path.isdir(folder) else []


def test_accepted_once(config):
    with HttpScript(OK) as gateway:
        config.sms_to(gateway.url + "/send")
        config.write_rules(once("reply-1"), once("reply-2", days=4, name="整改报告"))
        with Daemon(config) as d:
            d.until(lambda: d.messages("sent") == 1)
            d.restart()
            assert not d.hang_up()["stale"]
            time.sleep(0.5)
            assert d.messages("sent") == 1 and not mails(d)
        (method, target, headers, body, _), = gateway.requests
    sent = json.loads(body)
    assert (method, target) == ("POST", "/send")
    assert sent["to"].startswith("+861001111") and len(sent["to"]) == 14
    assert sent["text"].startswith("【城管】") and "督办函答复" in sent["text"]
    assert "整改报告" in sent["text"] and "\n" not in sent["text"]
    assert sent["ref"] and headers["content-type"] == "application/json"


UNKNOWN = {"500": (500, "oops"), "502": (502, ""), "503": (503, "busy"), "drop": DROP, "cut": CUT,
           "no JSON": (200, "<html>"), "code that nobody lists": (200, '{"code":99}')}


@pytest.mark.parametrize("name", UNKNOWN)
def test_unknown_is_never_sent_again(name, config):
    """The person is told by mail, the operator by status; the SMS stays as it is."""
    with HttpScript(UNKNOWN[name]) as gateway:
        config.sms_to(gateway.url + "/send")
        with Daemon(config, speed=60) as d:
            d.until(lambda: d.messages("unknown") == 1 and d.messages("sent") == 1)
            assert len(mails(d)) == 1
            with open(os.path.join(d.state, "spool", "mail", mails(d)[0]), "rb") as f:
                assert b"To: =?UTF-8?B?" in f.read()
            trouble, = d.status()["trouble"]
            assert trouble["state"] == "unknown" and trouble["channel"] == "sms"
            assert trouble["person"] == "lead-brigade-10" and trouble["reason"]
            if name == "500":
                d.rest(1.5)  # a minute and a half of the daemon's
                d.restart()
                assert not d.hang_up(20)["stale"]
                d.rest(0.5)
            assert d.status()["trouble"][0]["state"] == "unknown"
            assert len(mails(d)) == 1
        assert len(gateway.requests) == 1


def test_timeout_after_the_request(config):
    with HttpScript(HANG) as gateway:
        config.sms_to(gateway.url + "/send")
        with Daemon(config, speed=60) as d:
            d.until(lambda: d.messages("unknown") == 1, 20, "the timeout")
            d.until(lambda: len(mails(d)) == 1)
        assert len(gateway.requests) == 1


def test_killed_during_the_request(config):
    """After kill -9 nobody can say: it is held, the person gets a mail."""
    with HttpScript(HANG, OK) as gateway:
        config.sms_to(gateway.url + "/send")
        with Daemon(config) as d:
            d.until(lambda: gateway.requests)
            d.restart()
            d.until(lambda: d.messages("unknown") == 1)
            d.until(lambda: len(mails(d)) == 1, what="the mail instead")
            d.restart()
            time.sleep(0.5)
            assert len(mails(d)) == 1 and d.messages("unknown") == 1
        assert len(gateway.requests) == 1


def test_stop_waits_for_the_gateway(config):
    """A clean stop makes no unknown of what is answered in time."""
    with HttpScript(OK) as gateway:
        gateway.answer = lambda: (time.sleep(1.5), OK)[1]
        config.sms_to(gateway.url + "/send")
        with Daemon(config) as d:
            d.until(lambda: gateway.requests)
            assert d.stop() == 0
            d.start()
            assert d.messages("sent") == 1 and d.messages("unknown") == 0
        assert len(gateway.requests) == 1


def test_not_accepted_is_tried_again(config):
    """429 says that it was not accepted."""
    with HttpScript((429, ""), OK) as gateway:
        config.sms_to(gateway.url + "/send")
        with Daemon(config, speed=60) as d:
            d.until(lambda: d.messages("retry") == 1)
            d.until(lambda: d.messages("sent") == 1, 20)
        first, second = [json.loads(r[3]) for r in gateway.requests]
    assert first == second


def test_gateway_comes_back(config):
    """Nobody listened: not a byte left, so it is known as not accepted."""
    with HttpScript(OK) as gateway:
        port = gateway.port
    config.sms_to(f"http://127.0.0.1:{port}/send")
    with Daemon(config) as d:
        d.until(lambda: d.messages("retry") == 1)
        assert d.messages("unknown", "dead") == 0 and not mails(d)


def test_refused_number(config):
    with HttpScript((200, '{"code":16}')) as gateway:
        config.sms_to(gateway.url + "/send")
        with Daemon(config) as d:
            d.until(lambda: d.messages("dead") == 1 and len(mails(d)) == 1)
            assert d.status()["trouble"][0]["state"] == "dead"
        assert len(gateway.requests) == 1


def test_wrong_token_kills_nothing(config):
    with HttpScript((401, "")) as gateway:
        config.sms_to(gateway.url + "/send")
        with Daemon(config) as d:
            d.until(lambda: d.messages("retry") == 1)
            assert d.messages("dead", "unknown") == 0


def test_received_while_it_waits(config):
    """What has come in meanwhile costs no SMS."""
    with HttpScript((429, ""), OK) as gateway:
        config.sms_to(gateway.url + "/send")
        with Daemon(config, speed=60) as d:
            d.until(lambda: d.messages("retry") == 1)
            d.call("receive", obligation=id_of("reply-1"))
            d.until(lambda: d.messages("cancelled") == 1)
        assert len(gateway.requests) == 1


def test_secret_goes_to_the_gateway_only(config):
    with HttpScript(OK) as gateway:
        config.sms_to(gateway.url + "/send", password_credential=config.secret("Tr3ff3r"),
                      body='{"to":"{{to}}","text":"{{text}}","key":"{{secret}}"}')
        with Daemon(config) as d:
            d.until(lambda: d.messages("sent") == 1)
            assert "Tr3ff3r" not in d.output() + json.dumps(d.status()) + json.dumps(d.history())
            for folder, _, files in os.walk(d.state):
                for name in set(files) - {"ctl.sock", "web.sock"}:
                    with open(os.path.join(folder, name), "rb") as f:
                        assert b"Tr3ff3r" not in f.read(), name
        assert json.loads(gateway.requests[0][3])["key"] == "Tr3ff3r"
