"""Group robots: signatures, limits, and at most once, whatever the robot does."""

import os
import sys
import time

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from peers import probe  # noqa: E402
from peers.chat_robot import SECRET, TOKEN, ChatRobot  # noqa: E402

KINDS = ["wecom", "dingtalk", "feishu"]
TEXT = "\"7月\" \\联点共建\n第二行 <b>&'x' 👍"


def secret_file(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text + "\n")
    path.chmod(0o600)
    return str(path)


def room(robot, tmp_path, secret=SECRET, token=TOKEN, **more):
    settings = {"id": "leads", "kind": robot.kind, "base_url": robot.url,
                "token": secret_file(tmp_path, "token", token), **more}
    if secret and robot.kind != "wecom":
        settings["secret"] = secret_file(tmp_path, "secret", secret)
    return settings


def chat(number, to="leads", text=TEXT, at=None, **more):
    return {"id": number, "channel": "chat", "to": to, "ref": f"ref-{number}", "text": text,
            "at": int(time.time()) if at is None else at, **more}


def send(rooms, tmp_path, *lines):
    return probe.run([{"rooms": rooms, "options": probe.options(tmp_path)}, *lines])


@pytest.mark.parametrize("kind", KINDS)
def test_posted(kind, tmp_path):
    with ChatRobot(kind) as robot:
        r = send([room(robot, tmp_path)], tmp_path, chat(1))
    assert (r.outcome[1]["class"], r.outcome[1]["fault"]) == ("sent", "none"), r.outcome
    assert robot.posted == [TEXT]
    headers = {k.lower() for k in robot.requests[0][1]}
    assert "expect" not in headers and "accept-encoding" not in headers


@pytest.mark.parametrize("kind", ["dingtalk", "feishu"])
def test_not_signed(kind, tmp_path):
    with ChatRobot(kind, secret=None) as robot:
        r = send([room(robot, tmp_path, secret=None)], tmp_path, chat(1))
    assert r.outcome[1]["class"] == "sent", r.outcome


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("wrong", ["token", "secret", "clock", "keyword"])
def test_faults_of_the_settings(kind, wrong, tmp_path):
    """They never make a message dead, and the address is not told."""
    if kind == "wecom" and wrong != "token":
        pytest.skip("WeCom's robot has neither")
    with ChatRobot(kind, keyword="催办" if wrong == "keyword" else None) as robot:
        settings = room(robot, tmp_path,
                        token="other-token-0123456789" if wrong == "token" else TOKEN,
                        secret="other-secret-0123456789" if wrong == "secret" else SECRET)
        at = int(time.time()) - 7200 if wrong == "clock" else None
        r = send([settings], tmp_path, chat(1, at=at))
    o = r.outcome[1]
    assert (o["class"], o["fault"]) == ("retry", "config"), o
    assert not robot.posted and len(robot.requests) == 1
    for hidden in (TOKEN, SECRET, "other-token", "other-secret"):
        assert hidden not in o["reason"]


@pytest.mark.parametrize("kind", ["dingtalk", "feishu"])
def test_keyword_is_put_behind(kind, tmp_path):
    with ChatRobot(kind, keyword="催办") as robot:
        r = send([room(robot, tmp_path, keyword="催办")], tmp_path,
                 chat(1), chat(2, text="催办：材料"))
    assert [r.outcome[n]["class"] for n in (1, 2)] == ["sent", "sent"]
    assert sorted(robot.posted) == sorted([TEXT + "\n催办", "催办：材料"])


@pytest.mark.parametrize("kind", KINDS)
def test_too_fast(kind, tmp_path):
    with ChatRobot(kind) as robot:
        robot.per_minute = 2
        r = send([room(robot, tmp_path)], tmp_path,
                 *[line for n in (1, 2, 3) for line in (chat(n), {"wait": True})])
    assert [r.outcome[n]["class"] for n in (1, 2, 3)] == ["sent", "sent", "retry"]
    assert r.outcome[3]["fault"] == "peer" and r.outcome[3]["retry_after"] >= 60


@pytest.mark.parametrize("kind", KINDS)
def test_one_post_per_message(kind, tmp_path):
    """F1: each on a connection of its own, and none is repeated by libcurl."""
    def drop(handler):
        handler.close_connection = True

    with ChatRobot(kind, script=[(200, b'{"errcode":0,"code":0}'), drop]) as robot:
        r = send([room(robot, tmp_path)], tmp_path,
                 *[line for n in (1, 2, 3) for line in (chat(n, text=f"n{n}"), {"wait": True})])
    assert [r.outcome[n]["class"] for n in (1, 2, 3)] == ["sent", "unknown", "sent"]
    assert len(robot.requests) == 3 and len({q[3] for q in robot.requests}) == 3


NO_VERDICT = {"500": (500, b"oops"), "html": (200, b"<html>"), "empty": (200, b""),
              "code": (200, b'{"errcode":31337,"code":31337}'),
              "big": (200, b'{"errcode":0,"code":0,"x":"' + b"y" * 70000 + b'"}')}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", NO_VERDICT)
def test_no_verdict(kind, name, tmp_path):
    with ChatRobot(kind, script=[NO_VERDICT[name]]) as robot:
        r = send([room(robot, tmp_path)], tmp_path, chat(1))
    assert (r.outcome[1]["class"], r.outcome[1]["fault"]) == ("unknown", "peer")


@pytest.mark.parametrize("kind", KINDS)
def test_echoed_secrets(kind, tmp_path):
    """A page that repeats the address of the request, cut in the middle or not."""
    def echo(handler):
        words = f"no: http://127.0.0.1{handler.path} {TOKEN} {SECRET}"
        data = f'{{"errcode":40058,"code":9499,"errmsg":"{words}","msg":"{words}"}}'.encode()
        handler.send_response(400)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    with ChatRobot(kind, script=[echo]) as robot:
        r = send([room(robot, tmp_path)], tmp_path, chat(1))
    assert TOKEN not in r.outcome[1]["reason"] and TOKEN[:12] not in r.outcome[1]["reason"]
    assert SECRET not in r.outcome[1]["reason"] or kind == "wecom"


def test_too_long(tmp_path):
    with ChatRobot("wecom") as robot:
        r = send([room(robot, tmp_path)], tmp_path, chat(1, text="字" * 683))
    assert (r.outcome[1]["class"], r.outcome[1]["fault"]) == ("dead", "message")
    assert not robot.requests


def test_nobody_listens(tmp_path):
    settings = {"id": "leads", "kind": "wecom", "base_url": f"http://127.0.0.1:{probe.free_port()}",
                "token": secret_file(tmp_path, "token", TOKEN)}
    r = send([settings], tmp_path, chat(1))
    assert (r.outcome[1]["class"], r.outcome[1]["fault"]) == ("retry", "peer")
    assert TOKEN not in r.outcome[1]["reason"]


def test_files(tmp_path):
    """No token, one that others can read, a whole address in it: faults of the configuration."""
    with ChatRobot("feishu") as robot:
        whole = room(robot, tmp_path, token=f"https://open.feishu.cn/open-apis/bot/v2/hook/{TOKEN}")
        open_to_all = tmp_path / "open"
        open_to_all.write_text(TOKEN)
        open_to_all.chmod(0o644)
        rooms = [{**whole, "id": "whole"}, {**whole, "id": "none", "token": str(tmp_path / "no")},
                 {**whole, "id": "open", "token": str(open_to_all)}]
        r = send(rooms, tmp_path, chat(1, "whole"), chat(2, "none"), chat(3, "open"))
    for n in (1, 2, 3):
        assert (r.outcome[n]["class"], r.outcome[n]["fault"]) == ("retry", "config")
        assert TOKEN not in r.outcome[n]["reason"]
    assert not robot.requests


def test_rooms_apart(tmp_path):
    """One group spools, another is real; a third has gone."""
    with ChatRobot("wecom") as robot:
        r = send([room(robot, tmp_path), {"id": "try", "kind": "spool", "keyword": "催办"}],
                 tmp_path, chat(1), chat(2, "try", at=0), chat(3, "gone"),
                 chat(4, sample=True), chat(5, "try", sample=True))
    assert r.outcome[1]["class"] == "sent" and robot.posted == [TEXT]
    assert r.outcome[2]["peer_id"] == "chat/0001.json"
    assert (r.outcome[3]["class"], r.outcome[3]["fault"]) == ("dead", "recipient")
    assert 4 in r.refused and r.outcome[5]["class"] == "sent"
    import json
    spooled = json.loads((tmp_path / "chat" / "0001.json").read_text())
    assert spooled == {"to": "try", "text": TEXT + "\n催办", "client_ref": "ref-2",
                       "at": "1970-01-01T00:00:00Z"}


@pytest.mark.parametrize("kind", KINDS)
def test_stopped_by_us(kind, tmp_path):
    def hang(handler):
        time.sleep(1)

    with ChatRobot(kind, script=[hang]) as robot:
        r = send([room(robot, tmp_path)], tmp_path, chat(1), {"run_ms": 300}, {"abandon": True})
    assert r.outcome[1]["class"] == "unknown"
