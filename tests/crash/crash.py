#!/usr/bin/python3
"""The crash harness: kills the daemon at random moments, at system calls, and by loss of power;
starts it again, and then counts.  See README.md.

    crash.py [--kills N] [--images N] [--syscalls STRIDE] [--seed S]

The last line holds the counts; the exit code is 1 if anything is lost, sent twice or unexplained.
"""

import argparse
import collections
import concurrent.futures
import os
import shutil
import sys
import tempfile
import time

import harness
import power
import syscalls
from world import ROOT

KILLS_A_WORLD = 25
IMAGES_A_WORLD = 10
SHOWN = ("kills", "syscall_kills", "images", "expected", "ok", "lost", "dup_sms", "dup_mail",
         "dup_mail_explained", "unexplained", "unknown", "dead", "superseded", "recovered",
         "alone", "copies")


def run_world(seed, kills, program):
    """Counts and problems of one world of random kills."""
    run = harness.Run(seed, program)
    count, problems = collections.Counter(), []
    try:
        for _ in range(kills):
            run.life()
        run.drain()
        check = run.check()
        count, problems = check.count, check.problems
    except harness.Broken as e:
        count["unexplained"] += 1
        problems = [f"unexplained: {e}"]
    count["kills"] += run.kills
    red = any(count[k] for k in harness.RED)
    run.close(keep=red)
    return seed, dict(count), problems, run.folder if red else None


def portions(total, size):
    return [min(size, total - i) for i in range(0, total, size)]


def make_jobs(args, program):
    """(function, arguments): each a world of its own, named by its seed."""
    for i, n in enumerate(portions(args.kills, KILLS_A_WORLD)):
        yield run_world, (args.seed * 1000 + i, n, program)
    for i, n in enumerate(portions(args.images, IMAGES_A_WORLD)):
        yield power.run_images, (args.seed * 1000 + 500 + i, n, program)
    for call in syscalls.CALLS if args.syscalls else ():
        yield syscalls.walk, (args.seed, call, args.syscalls, program, args.syscalls_limit)


def report(done, total, discard):
    """Adds up what a job found; says what is wrong.  Returns whether anything is."""
    name, count, problems, folder = done
    total.update(count)
    for text in problems[:2 if discard else 8]:
        print(f"world {name}: {text}")
    for one in (folder or "").split():
        if discard:
            shutil.rmtree(one, ignore_errors=True)
        else:
            print(f"world {name} is kept in {one}", flush=True)
    return bool(problems)


def run(args, program):
    total = collections.Counter()
    with concurrent.futures.ProcessPoolExecutor(args.jobs) as pool:
        futures = [pool.submit(f, *a) for f, a in make_jobs(args, program)]
        for f in futures:
            if not f.cancelled() and report(f.result(), total, args.discard) and args.stop_early:
                for rest in futures:
                    rest.cancel()
    return total


def parse(argv):
    p = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    p.add_argument("--kills", type=int, default=0)
    p.add_argument("--images", type=int, default=0)
    p.add_argument("--syscalls", type=int, default=0, metavar="STRIDE")
    p.add_argument("--syscalls-limit", type=int, default=100000)
    p.add_argument("--seed", type=int, default=int(time.time()) % 1000000)
    p.add_argument("--program", default=os.path.join(ROOT, "build", "deadlined"))
    p.add_argument("--jobs", type=int, default=2)
    p.add_argument("--stop-early", action="store_true", help="at the first world that is red")
    p.add_argument("--discard", action="store_true", help="keep nothing of a red world")
    return p.parse_args(argv)


def main(argv=None):
    args = parse(argv)
    print(f"seed {args.seed}", flush=True)
    begin = time.monotonic()
    for library in ("clock_shim",), ("power_vfs", "-lsqlite3"):
        harness.build(*library)
    with tempfile.TemporaryDirectory(prefix="dlc-program-") as folder:
        # A build meanwhile shall not change what is tested.
        program = shutil.copy(args.program, os.path.join(folder, "deadlined"))
        total = run(args, program)
    print(" ".join(f"{k}={total[k]}" for k in SHOWN), f"seconds={time.monotonic() - begin:.0f}")
    return int(any(total[k] for k in harness.RED))


if __name__ == "__main__":
    sys.exit(main())
