"""Group messages of the daemon at a robot that checks them: at most once, and never silently zero."""

import json
import os
import sqlite3
import subprocess
import sys
import time

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from daemon import CTL, Config, Daemon, group, id_of, once  # noqa: E402
from peers.chat_robot import SECRET, TOKEN, ChatRobot  # noqa: E402

KINDS = ["wecom", "dingtalk", "feishu"]


def rooms(config, *robots, **more):
    """One group for each robot: "group-0", "group-1" ..."""
    text = config.read()
    groups = []
    for i, robot in enumerate(robots):
        settings = {"id": f"group-{i}", "name": f"群{i}", "transport": robot.kind,
                    "base_url": robot.url, "token_credential": config.secret(TOKEN, "token"), **more}
        if robot.secret:
            settings["secret_credential"] = config.secret(SECRET, "sign")
        groups.append(group(settings).rstrip(";"))
    config.write("deadlined.cfg", text + "\nchat = ( " + ", ".join(groups) + " );\n")


@pytest.fixture
def config():
    with Config() as c:
        c.ladder(lead=[], more='group = [ "chat" ];')
        c.write_rules(once("reply-1"))
        yield c


def mails(d):
    folder = os.path.join(d.state, "spool", "mail")
    return sorted(os.listdir(folder)) if os.path.isdir(folder) else []


def ctl(d, *args, env=None):
    return subprocess.run([CTL, *args], capture_output=True, text=True, timeout=60, check=False,
                          env={**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": "", **(env or {})})


@pytest.mark.parametrize("kind", KINDS)
def test_posted_once(kind, config):
    """Two obligations of one moment are one message; the unit is named, nobody else is."""
    with ChatRobot(kind, keyword=None if kind == "wecom" else "催办") as robot:
        rooms(config, robot, **({} if kind == "wecom" else {"keyword": "催办"}))
        config.write_rules(once("reply-1"), once("reply-2", days=4, name="整改报告"))
        with Daemon(config) as d:
            d.until(lambda: d.messages("sent") == 1)
            d.restart()
            assert not d.hang_up()["stale"]
            time.sleep(0.5)
            assert d.messages("sent") == 1 and not mails(d)
            text, = robot.posted
            assert len(robot.requests) == 1
            assert "督办函答复" in text and "整改报告" in text and text.count("十大队") >= 2
            assert "责任人" not in text and "您单位" not in text
            row = d.history()[-1]
            assert row["person"] == "group-0"
            told = json.dumps([d.history(), d.status()], ensure_ascii=False) + d.output()
    for secret in (TOKEN, SECRET):
        assert secret not in told


@pytest.mark.parametrize("kind", KINDS)
def test_unknown_is_never_sent_again(kind, config):
    """The lead reads it as a mail; the operator finds it in status, and can settle it."""
    with ChatRobot(kind, script=[(200, b"<html>")]) as robot:
        rooms(config, robot)
        with Daemon(config) as d:
            d.until(lambda: d.messages("unknown") == 1 and d.messages("sent") == 1)
            trouble, = d.status()["trouble"]
            assert (trouble["channel"], trouble["person"]) == ("chat", "group-0")
            mail, = mails(d)
            with open(os.path.join(d.state, "spool", "mail", mail), "rb") as f:
                assert b"lead-brigade-10@localhost" in f.read()
            d.restart()
            time.sleep(0.5)
            assert d.messages("unknown") == 1 and len(mails(d)) == 1 and len(robot.requests) == 1
            done = ctl(d, "settle", str(trouble["message"]), "resend", "--state", d.state)
            assert done.returncode == 0, done.stderr
            assert ctl(d, "retry", "--state", d.state).returncode == 0  # do not wait for the probe
            d.until(lambda: len(robot.posted) == 1)
            assert d.messages("unknown") == 0


def test_killed_during_the_request(config):
    """After kill -9 nobody can say: it is held, the lead gets a mail."""
    with ChatRobot("dingtalk", script=[lambda handler: time.sleep(2)]) as robot:
        rooms(config, robot)
        with Daemon(config) as d:
            d.until(lambda: robot.requests)
            d.restart()
            d.until(lambda: d.messages("unknown") == 1)
            d.until(lambda: len(mails(d)) == 1, what="the mail instead")
            time.sleep(0.5)
            assert len(robot.requests) == 1 and not robot.posted


def test_wrong_token_waits(config):
    """It harms no other group, nothing dies, and the corrected file is all that is needed."""
    with ChatRobot("feishu") as bad, ChatRobot("dingtalk") as good:
        rooms(config, bad, good)
        config.secret("not-the-secret-at-all", "sign-2")
        config.write("deadlined.cfg", config.read().replace(
            'secret_credential = "' + os.path.join(config.dir, "sign") + '"',
            'secret_credential = "' + os.path.join(config.dir, "sign-2") + '"', 1))
        with Daemon(config) as d:
            d.until(lambda: d.messages("sent") == 1 and d.messages("retry") == 1)
            assert len(good.posted) == 1 and not bad.posted and not mails(d)
            trouble, = d.status()["trouble"]
            assert "19021" in trouble["reason"] and "not-the-secret" not in trouble["reason"]
            config.secret(SECRET, "sign-2")
            done = ctl(d, "retry", "--state", d.state)
            assert done.returncode == 0, done.stderr
            d.until(lambda: len(bad.posted) == 1)
            assert d.messages("sent") == 2 and len(good.posted) == 1


def test_test_message(config):
    with ChatRobot("wecom") as robot:
        rooms(config, robot)
        with Daemon(config) as d:
            d.until(lambda: d.messages("sent") == 1)
            done = ctl(d, "test-message", "group-0", "--channel", "chat", "--state", d.state)
            assert done.returncode == 0, done.stderr + done.stdout
            assert robot.posted[1].startswith("【测试】") and "十大队" in robot.posted[1]
            assert "责任人" not in robot.posted[1]


def test_text(config):
    """What the daemon says is missing; without it, as if nothing had been handed in."""
    with ChatRobot("wecom") as robot:
        rooms(config, robot)
        config.write_rules(once("reply-1"), once("reply-2", days=4, name="整改报告"))
        with Daemon(config) as d:
            d.until(lambda: d.messages("sent") == 1)
            both = ctl(d, "text", id_of("reply-1"), id_of("reply-2"), "--state", d.state)
            assert both.returncode == 0, both.stderr
            assert both.stdout.strip() == robot.posted[0].replace("（补发）", "").strip()
            d.call("receive", obligation=id_of("reply-1"))
            done = ctl(d, "text", id_of("reply-1"), "--state", d.state)
            assert done.returncode == 1 and "missing" in done.stderr
            assert ctl(d, "text", "reply-9", "--state", d.state).returncode == 1
            state = d.state
        done = ctl(d, "text", id_of("reply-1"), "--state", state, "-c", config.path, "--json")
        assert done.returncode == 0 and "no daemon" in done.stderr
        assert "督办函答复" in json.loads(done.stdout)["text"]


def test_secrets_are_not_kept(config):
    """Neither file nor database of the state holds the address of the robot."""
    with ChatRobot("feishu", script=[(400, f'{{"code":9499,"msg":"{TOKEN} {SECRET}"}}'.encode())]) as robot:
        rooms(config, robot)
        with Daemon(config) as d:
            d.until(lambda: d.messages("dead") == 1)
            database, = [f for f in os.listdir(d.state) if f.endswith(".db")]
            with sqlite3.connect(os.path.join(d.state, database)) as db:
                dump = "\n".join(db.iterdump())
            for secret in (TOKEN, SECRET):
                assert secret not in dump and secret not in d.output()


FAULTS = {
    "not encrypted": ("http://chat.example.invalid", "is not encrypted"),
    "of another scheme": ("ftp://chat.example.invalid", "begins with ftp"),
    "the whole address": (f"https://chat.example.invalid/robot/send?access_token={TOKEN}", "no ?query"),
    "no address": (f"chat.example.invalid?{TOKEN}", "is not a URL"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_check_of_the_address(name, config):
    url, words = FAULTS[name]
    config.write("deadlined.cfg", config.read() + '\nchat = ( { id = "a"; name = "A"; transport = '
                 f'"dingtalk"; token_credential = "t"; base_url = "{url}"; }} );\n')
    done = subprocess.run([CTL, "check", "-c", config.path], capture_output=True, text=True,
                          timeout=60, check=False, env={**os.environ, "LC_ALL": "C.UTF-8"})
    assert done.returncode == 1 and words in done.stdout, done.stdout
    assert TOKEN not in done.stdout + done.stderr
