"""A short run of each kind of crash; the long ones are `make crash-test N=... SEED=...`."""

import os
import shutil
import sqlite3
import sys
import time

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import crash  # noqa: E402
import harness  # noqa: E402
import plants  # noqa: E402
from world import ROOT  # noqa: E402

PROGRAM = os.path.join(ROOT, os.environ.get("BUILD", "build"), "deadlined")
SEED = os.environ.get("SEED", "1")


@pytest.mark.parametrize("what", [
    ["--kills", "50"],
    ["--images", "8"],
    ["--syscalls", "150"],
], ids=["kills", "images", "syscalls"])
def test_nothing_is_lost(what, capfd):
    red = crash.main(["--seed", SEED, "--program", PROGRAM, *what])
    out = capfd.readouterr().out
    assert not red, out
    counts = dict(word.split("=") for word in out.splitlines()[-1].split())
    # A run in which nothing happens proves nothing.
    assert int(counts["ok"]) > 0 and sum(
        int(counts[k]) for k in ("kills", "images", "syscall_kills")) >= 8, out


def test_every_bug_can_still_be_planted(tmp_path):
    for plant in plants.everyone():
        folder = tmp_path / os.path.basename(plant)
        shutil.copytree(os.path.join(ROOT, "daemon"), folder / "daemon")
        plants.apply(plant, folder)


def first_mail(run):
    """To whom and when, once what is late from the start has gone out."""
    run.daemon.start()
    assert run.daemon.wait_ready()
    while run.waiting()[0]:
        time.sleep(0.01)
    con = sqlite3.connect(f"file:{run.daemon.state}/deadlined.db?mode=ro", uri=True)
    rows = con.execute("SELECT key, person, at FROM reminder WHERE state = 'planned' AND channel ="
                       " 'email' ORDER BY at").fetchall()
    con.close()
    run.daemon.kill()
    # A digest may have nothing to say.
    return next((person, at) for key, person, at in rows if key in run.versions[-1])


def live_until_poison(run):
    """One life: killed as soon as the poison is on its way.  Returns whether it was."""
    taken = run.witness.log + ".poison"
    run.daemon.start()
    assert run.daemon.wait_ready()
    end = time.monotonic() + 20
    while not os.path.exists(taken) and run.waiting()[0] and time.monotonic() < end:
        time.sleep(0.005)
    was = os.path.exists(taken)
    run.daemon.kill()
    if was:
        os.unlink(taken)
    return was


def test_a_mail_that_ends_the_process_takes_no_other_with_it():
    run = harness.Run(int(SEED), PROGRAM)
    try:
        run.witness.say("healthy")
        person, at = first_mail(run)
        run.clock.sleep_until(at + 5)
        run.witness.say(f"poison {person}@localhost")
        lives = 0
        while live_until_poison(run):
            lives += 1
            assert lives < 20
        run.witness.say("poison nobody")
        run.drain()
        check = run.check()
        dead = [m for m in check.ev.messages.values() if "three times" in m["reason"]]
        assert not check.problems, check.problems
        assert {m["person"] for m in dead} == {person}
        assert lives == 3 * len(dead)
        assert check.count["alone"] >= 2
    finally:
        run.close()
