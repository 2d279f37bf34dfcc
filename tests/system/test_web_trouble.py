"""A relay or a gateway refuses: the clerk's board says whom it did not reach, why, and what to do."""

import html
import json
import os
import re
import subprocess
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from daemon import CTL, Config, Daemon, id_of, once  # noqa: E402
from peers.http_script import DROP, HttpScript  # noqa: E402
from peers.relay import Relay  # noqa: E402
from web import Web  # noqa: E402

LEAD = "十大队责任人"
CALL, VERIFY, WAIT = "请电话告知本人", "请电话向本人核实", "系统会自动再发"


def board(d, w):
    """What the clerk sees: {(person, channel): (state, the whole line)}"""
    shown = subprocess.run([CTL, "link", "show", "clerk", "wenmingban", "--json", "--state", d.state],
                           check=True, capture_output=True, text=True, timeout=10)
    path = json.loads(shown.stdout)["path"]
    # The list of links comes after the mails: until then nobody knows this one.
    first = d.until(lambda: (r := w.ask(path)).status == 303 and r, 20, "the board")
    text = w.ask("/", Cookie=first.headers["set-cookie"].split(";")[0]).body.decode()
    part = re.search(r'<section id="trouble">.*?</section>', text, re.S)
    lines = re.findall(r"<li>(.*?)</li>", part.group(0), re.S) if part else []
    got = {}
    for line in lines:
        plain = html.unescape(re.sub(r"<[^>]+>", "|", line))
        words = [x.strip() for x in plain.split("|") if x.strip()]
        got[words[0], words[2].split(" ")[0]] = (words[1], plain)
    return got


def watch(config, is_there):
    with Daemon(config) as d, Web(state=d.state) as w:
        got = d.until(lambda: (x := board(d, w)) and is_there(x) and x, 20, "the trouble")
        d.call("receive", obligation=id_of("reply-1"))
        # Nothing is left to be told: nothing is left to be done.  What waits is dropped at its next attempt.
        if not d.messages("retry"):
            d.until(lambda: not board(d, w), 20, "an end of it")
        return got


@pytest.fixture
def config():
    with Config() as c:
        c.write_rules(once("reply-1"))
        yield c


@pytest.mark.parametrize("reply, state, reason, step", [
    ("550 5.1.1 no such user", "发送失败", "550 5.1.1 no such user", CALL),
    ("450 4.2.0 greylisted", "稍后再试", "450 4.2.0 greylisted", WAIT),
])
def test_relay_refuses(tmp_path, config, reply, state, reason, step):
    with Relay(tmp_path) as relay:
        relay.settings(config)
        relay.rcpt = [reply]
        got = watch(config, lambda x: (LEAD, "邮件") in x)
    found, line = got[LEAD, "邮件"]
    assert found == state and reason in line and step in line, line
    assert not any(other in line for other in {CALL, VERIFY, WAIT} - {step})


@pytest.mark.parametrize("answer, state, step", [
    ((200, '{"code":"16","msg":"bad number"}'), "发送失败", CALL),
    (DROP, "结果待核实", VERIFY),
])
def test_gateway_refuses(config, answer, state, step):
    config.ladder(lead=["sms"])
    with HttpScript(answer) as gateway:
        config.sms_to(gateway.url + "/send")
        got = watch(config, lambda x: (LEAD, "短信") in x)
    found, line = got[LEAD, "短信"]
    assert found == state and step in line, line
