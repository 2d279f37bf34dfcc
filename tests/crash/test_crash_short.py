"""A short run of each kind of crash; the long ones are `make crash-test N=... SEED=...`."""

import os
import shutil
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import crash  # noqa: E402
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
