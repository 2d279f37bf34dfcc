"""The engine under a real systemd, mail through Postfix: stuck, killed, its password, its addresses."""

import json
import os
import shutil
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from daemon import Config, id_of, once  # noqa: E402
from peers.booted import ROOT, Booted, missing  # noqa: E402
from peers.postfix import PostfixInside  # noqa: E402

INSIDE = ROOT / "tests" / "peers" / "inside"
UNITS = [f"brigade-{n}" for n in range(1, 11)] + ["mobile", "enforcement"]
WAVE, PARALLEL = 6, 2
DROP_IN = "[Service]\nWatchdogSec=3s\n"


def unit(n):
    return UNITS[n % len(UNITS)]


def waves(c, folder):
    """Rules for three times six reminders, of which each has a subject of its own."""
    folder.mkdir()
    rules = [once(f"o-{n}", unit=unit(n), name=f"督办函{n}号") for n in range(3 * WAVE)]
    for n in (3, 2, 1):
        c.write_rules(*rules[:n * WAVE])
        shutil.copy(c.file("rules.cfg"), folder / f"{n}.cfg")


@pytest.fixture(scope="module")
def found():
    why = missing()
    if why:
        pytest.skip(why)
    with Booted() as b, Config() as c:
        b.systemctl("disable", "deadlined.service", "deadlined-web.socket")
        # A second for each mail, so that it can be caught sending.
        postfix = PostfixInside(b.root, recipients="sleep 1, permit").put()
        c.ladder(lead=["email"])
        waves(c, b.root / "waves")
        c.mail_to(postfix.port, tls="starttls", ca_file="/etc/deadlined/relay-ca.crt", user=postfix.user,
                  password_credential="secrets_smtp-password", max_parallel=PARALLEL)
        shutil.copytree(c.folder, b.root / "etc/deadlined", dirs_exist_ok=True)
        shutil.copy(postfix.ca, b.root / "etc/deadlined/relay-ca.crt")
        drop_in = b.root / "etc/systemd/system/deadlined.service.d"
        drop_in.mkdir()
        (drop_in / "watchdog.conf").write_text(DROP_IN)
        (b.root / "story.json").write_text(json.dumps(
            {"wave": WAVE, "password": postfix.password, "obligations": [id_of(f"o-{n}", unit(n)) for n in range(3 * WAVE)]}))
        yield json.loads(b.run((INSIDE / "engine.py").read_text()))


def test_exposure_with_the_list_of_addresses(found):
    assert found["exposure"] <= 1.1 and found["exposure_listed"] <= 1.0


def test_password_is_the_engines(found):
    assert found["given"] == ["secrets_smtp-password"] and found["logged_in"] >= WAVE
    # What systemd gave, its folder, the file that it was taken from.
    assert found["can_read"] == {"deadlined": [True, True, False], "deadlined-web": [False] * 3, "nobody": [False] * 3}
    assert found["environment"]["deadlined"] == ["CREDENTIALS_DIRECTORY=/run/credentials/deadlined.service"]
    assert found["environment"]["deadlined-web"] == []
    assert found["holding"] == ["/etc/deadlined/secrets/smtp-password"] and not found["in_journal"]


def test_stuck_engine_is_replaced(found):
    """Within the time that the unit gives it, and nobody is told again."""
    assert found["watchdog"] == "3s" and found["first"] == WAVE
    stuck = found["stuck"]
    assert stuck["back"] and stuck["restarts"] == 1 and stuck["seconds"] < 20
    assert found["journal"].count("Watchdog timeout") == 2
    assert found["after_stuck"] == WAVE


@pytest.mark.parametrize("how", ["killed_sending", "stuck_sending"])
def test_ended_while_sending(found, how):
    at, after = found[how].pop("told")
    assert 2 <= at < WAVE and after == WAVE
    assert found[how]["back"] and found[how]["restarts"] == 1


def test_nothing_lost_nothing_doubled(found):
    """A mail that Postfix took without the engine's knowing comes twice, as the same one; others never."""
    assert len(found["mails"]) == 3 * WAVE
    assert all(len(set(ids)) == 1 for ids in found["mails"].values())
    assert sum(len(ids) - 1 for ids in found["mails"].values()) <= 2 * PARALLEL
    assert found["status"]["messages"]["sent"] == 3 * WAVE
    assert found["status"]["hold"] is None and found["failed"] == ""
    for e in found["evidence"]:
        assert [m["state"] for m in e["messages"]] == ["sent"] and e["chain"]["holds"]
