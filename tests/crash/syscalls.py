"""A kill at every system call of a full sending cycle: start, plan, claim, mail and SMS, stop.

strace kills the daemon as it enters the N-th call of a kind, for N = 1, 1 + stride ... until the
cycle ends by itself; after each kill it starts again, unharmed, drains, and everything is compared.
"""

import collections
import signal
import subprocess
import time

import harness
from world import unix

CALLS = ("pwrite64", "fdatasync", "fsync", "ftruncate", "unlink", "rename", "openat", "close",
         "socket", "connect", "sendto", "sendmsg", "recvfrom", "recvmsg", "write", "read", "fcntl",
         "epoll_wait", "timerfd_settime", "exit_group")
CYCLE_S = 6


def wrap(call, n):
    # -D: the daemon stays our child, strace is beside it.
    return ("strace", "-f", "-D", "-qq", "-o", "/dev/null", "-e", f"trace={call}",
            "-e", f"inject={call}:signal=KILL:when={n}")


def cycle(run, call, n):
    """One life under strace.  Returns whether it ended by itself, at our request."""
    env = run.daemon.env()
    preload = env.pop("LD_PRELOAD")  # for the daemon, not for strace
    run.daemon.start([*wrap(call, n), "-E", f"LD_PRELOAD={preload}"], env)
    end = time.monotonic() + CYCLE_S
    while run.daemon.is_alive() and time.monotonic() < end:
        if run.daemon.call("next", limit=1) is not None and not run.waiting()[0]:
            break
        time.sleep(0.02)
    if run.daemon.is_alive():
        run.daemon.process.send_signal(signal.SIGTERM)
    try:
        return run.daemon.process.wait(10) >= 0
    except subprocess.TimeoutExpired:
        raise harness.Broken(f"{call} {n}: it does not stop") from None


def kill_at(seed, call, n, program):
    """Counts, problems, whether the N-th call was reached, the folder if it is kept."""
    run = harness.Run(seed, program)
    count, problems, reached = collections.Counter(), [], False
    try:
        run.witness.say("healthy")
        # Late steps go out at once, by mail and SMS.
        run.clock.sleep_until(unix(run.world.start.replace(day=11), 10))
        reached = not cycle(run, call, n)
        run.drain()
        check = run.check()
        count, problems = check.count, check.problems
    except harness.Broken as e:
        count["unexplained"] += 1
        problems = [f"unexplained: {e}"]
    count["syscall_kills"] += reached
    red = any(count[k] for k in harness.RED)
    run.close(keep=red)
    return count, [f"{call} {n}: {p}" for p in problems], reached, run.folder if red else None


def walk(seed, call, stride, program, limit=100000):
    """All kills at one kind of call."""
    total, problems, kept = collections.Counter(), [], []
    n = 1
    while n < limit:
        count, found, reached, folder = kill_at(seed, call, n, program)
        total.update(count)
        problems += found
        kept += [folder] if folder else []
        if not reached:
            break
        n += stride
    return f"{seed} {call}", dict(total), problems, " ".join(kept) or None
