#!/usr/bin/python3
"""Bugs planted into copies of the daemon: the harness has to find every one of them.

    plants.py [--seed S] [NAME ...]

A plant is a patch (NAME.patch) or a sed script (NAME.sed, whose line "# files:" says of what) in
plants/.  One that does not apply is an error: it would prove nothing.
"""

import argparse
import glob
import os
import shutil
import subprocess
import sys

import crash
from world import ROOT

HERE = os.path.dirname(os.path.abspath(__file__))
SEED = 1
# What each is looked for with; random kills unless it needs something else.
HOW = {"synchronous-normal": ["--images", "60"]}
KILLS = ["--kills", "500"]


class Unplanted(Exception):
    pass


def everyone():
    return sorted(glob.glob(os.path.join(HERE, "plants", "*.*")))


def apply(plant, folder):
    if plant.endswith(".patch"):
        done = subprocess.run(["patch", "-p1", "-s", "-f", "-F3", "-i", plant], cwd=folder,
                              capture_output=True, text=True, check=False)
        if done.returncode:
            raise Unplanted(done.stdout + done.stderr)
        return
    with open(plant, encoding="utf-8") as f:
        wanted = next(line.split(":", 1)[1].strip() for line in f if line.startswith("# files:"))
    changed = 0
    for path in glob.glob(os.path.join(folder, wanted)):
        with open(path, encoding="utf-8") as f:
            before = f.read()
        after = subprocess.run(["sed", "-f", plant], input=before, capture_output=True, text=True,
                               check=True).stdout
        if after != before:
            changed += 1
            with open(path, "w", encoding="utf-8") as f:
                f.write(after)
    if not changed:
        raise Unplanted(f"{plant} changes nothing")


def build(plant):
    """A daemon with the bug in it; objects that it does not touch are taken over."""
    name = os.path.splitext(os.path.basename(plant))[0]
    folder = os.path.join(ROOT, "build", "plant", name)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(os.path.join(folder, "build", "obj"))
    for part in ("daemon", "Makefile"):
        subprocess.run(["cp", "-a", os.path.join(ROOT, part), folder], check=True)
    objects = os.path.join(ROOT, "build", "obj", "release")
    for part in glob.glob(os.path.join(objects, "*")):
        if os.path.basename(part) not in ("tests", "testlib"):
            target = os.path.join(folder, "build", "obj", "release")
            os.makedirs(target, exist_ok=True)
            subprocess.run(["cp", "-a", part, target], check=True)
    apply(plant, folder)
    done = subprocess.run(["make", "-C", folder, "-s", "-j2", "build/deadlined"],
                          capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unplanted(done.stderr[-2000:])
    return name, os.path.join(folder, "build", "deadlined")


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    p.add_argument("--seed", type=int, default=SEED)
    p.add_argument("name", nargs="*")
    args = p.parse_args()
    caught = missed = 0
    for plant in everyone():
        name = os.path.splitext(os.path.basename(plant))[0]
        if args.name and name not in args.name:
            continue
        try:
            name, program = build(plant)
        except Unplanted as e:
            print(f"{name}: NOT PLANTED: {e}", flush=True)
            missed += 1
            continue
        red = crash.main(["--seed", str(args.seed), "--program", program, "--stop-early",
                          "--discard", *HOW.get(name, KILLS)])
        print(f"{name}: {'caught' if red else 'MISSED'}", flush=True)
        caught, missed = caught + bool(red), missed + (not red)
    print(f"planted bugs: {caught} caught, {missed} missed")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
