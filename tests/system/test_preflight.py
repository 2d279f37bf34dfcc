"""deadlinectl preflight against a real relay, and a web address that answers or not."""

import json
import os
import subprocess
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from daemon import CTL, Config, Daemon, once  # noqa: E402
from peers import probe  # noqa: E402
from peers.http_script import DROP, HttpScript  # noqa: E402
from peers.relay import Relay  # noqa: E402


def preflight(d, *args, lang="C.UTF-8"):
    env = {**d.env(), "NO_COLOR": "1", "LC_ALL": lang, "LANG": lang}
    p = subprocess.run([CTL, "preflight", "--socket", d.socket, *args], capture_output=True, text=True,
                       timeout=100, env=env)
    assert p.returncode in (0, 1), p.stderr
    return p.stdout + p.stderr


@pytest.fixture
def config():
    with Config() as c:
        c.ladder(lead=["email"])
        c.write_rules(once("reply-1"))
        yield c


def test_relay_lets_us_in(config, tmp_path):
    with Relay(tmp_path) as relay, HttpScript((200, "{}")) as web:
        relay.settings(config)
        config.edit("deadlined.cfg", r"^# base_url = .*$", f'base_url = "{web.url}";')
        with Daemon(config) as d:
            d.until(lambda: d.messages("sent") == 1)
            mails, logins = len(relay.mails), relay.logins
            text = preflight(d)
            assert relay.logins == logins + 1 and len(relay.mails) == mails
            assert "relay" not in text and "does not answer" not in text
            assert [(m, t) for m, t, *_ in web.requests] == [("GET", "/healthz")]
            assert "SMS are written to files" in text
            # What went out proves a contact.
            assert "lead-brigade-10," not in text


def test_wrong_password(config, tmp_path):
    with Relay(tmp_path) as relay:
        relay.settings(config, password="falsch")
        with Daemon(config) as d:
            found = json.loads(preflight(d, "--json"))["findings"]
            refused = [f for f in found if f["msgid"].startswith("the relay does not let us in")]
            assert len(refused) == 1 and refused[0]["severity"] == "error"
            assert "falsch" not in json.dumps(found) and "AUTH" in refused[0]["args"][0]
            assert relay.mails == []


def test_sms_gateway(config):
    """One that nothing harmless can be asked is connected to, and no more."""
    with HttpScript((200, '{"code":0,"id":"G-17"}')) as gateway:
        config.sms_to(gateway.url + "/send")
        with Daemon(config) as d:
            assert "the SMS gateway can be reached; whether it takes our credentials" in preflight(d)
            assert gateway.requests == []
            # One that arrived proves it.
            d.call("test-message", person="lead-brigade-10", channel="sms")
            d.until(lambda: len(gateway.requests) == 1 and d.messages("sent", "delivered") == 2)
            assert "the SMS gateway" not in preflight(d, "--month", "2024-05")
    config.sms_to(f"http://127.0.0.1:{probe.free_port()}/send")
    with Daemon(config) as d:
        found = json.loads(preflight(d, "--json"))["findings"]
        assert [f["severity"] for f in found if f["msgid"].startswith("the SMS gateway does not answer")] == ["error"]


def test_certificate_that_ends_soon(config, tmp_path):
    with Relay(tmp_path, days=10) as relay:
        relay.settings(config)
        with Daemon(config) as d:
            text = preflight(d)
            assert "the relay's certificate is valid until" in text
            assert "does not let us in" not in text


def test_web_address_is_dead(config):
    with HttpScript(DROP) as web:
        config.edit("deadlined.cfg", r"^# base_url = .*$", f'base_url = "{web.url}";')
        with Daemon(config) as d:
            assert f"{web.url} does not answer" in preflight(d)


def test_no_month(config):
    with Daemon(config) as d:
        assert "is no month such as 2027-01" in preflight(d, "--month", "May")
        assert "nobody is on duty in 1999-01" in preflight(d, "--month", "1999-01")
        chinese = preflight(d, lang="zh_CN.UTF-8")
        assert "须处理" in chinese and "mail" not in chinese.replace("email", "")
