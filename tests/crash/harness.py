"""The parts of a crash test: a witness, a daemon that dies, and one world's run to the count."""

import json
import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

import model
from world import ROOT, Clock, World, unix

HERE = os.path.dirname(os.path.abspath(__file__))
BACKOFF_MAX_S = 2 * 3600
RED = ("lost", "dup_sms", "dup_mail", "unexplained")


def build(name, *libraries):
    """A library to preload, from a C file beside this one, if it is not there yet."""
    source = os.path.join(HERE, name + ".c")
    target = os.path.join(ROOT, "build", "crash", name + ".so")
    if not os.path.exists(target) or os.path.getmtime(target) < os.path.getmtime(source):
        os.makedirs(os.path.dirname(target), exist_ok=True)
        part = f"{target}.{os.getpid()}"
        flags = ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"]
        subprocess.run(["gcc", *flags, "-o", part, source, "-ldl", *libraries], check=True)
        os.replace(part, target)
    return target


class Witness:
    def __init__(self, folder, seed):
        self.log = os.path.join(folder, "accepted.jsonl")
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(HERE, "witness.py"), self.log, str(seed)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.ports = json.loads(self.process.stdout.readline())

    def say(self, mode):
        self.process.stdin.write(mode + "\nsync\n")
        self.process.stdin.flush()
        self.process.stdout.readline()

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(5)
        self.process.stdin.close()
        self.process.stdout.close()


class Daemon:
    """One daemon of a world, which dies many times."""

    def __init__(self, folder, program, config, clock, preload=()):
        self.folder, self.program, self.config = folder, program, config
        self.state = os.path.join(folder, "state")
        self.socket = os.path.join(self.state, "ctl.sock")
        self.log = os.path.join(folder, "log")
        self.clock, self.preload = clock, [build("clock_shim"), *preload]
        self.process, self.more_env = None, {}

    def env(self):
        drop = ("STATE_DIRECTORY", "RUNTIME_DIRECTORY", "CACHE_DIRECTORY", "CREDENTIALS_DIRECTORY",
                "WATCHDOG_USEC", "WATCHDOG_PID", "NOTIFY_SOCKET", "TMPDIR")
        env = {k: v for k, v in os.environ.items()
               if k not in drop and not k.lower().endswith("_proxy")}
        env.update({"LC_ALL": "C.UTF-8", "LANGUAGE": "", "CRASH_CLOCK": self.clock.path,
                    "LD_PRELOAD": " ".join(self.preload), **self.more_env})
        return env

    def command(self):
        return [self.program, "-c", self.config, "--state", self.state]

    def start(self, wrap=(), env=None):
        if os.path.exists(self.socket):
            os.unlink(self.socket)
        with open(self.log, "ab") as out:
            self.process = subprocess.Popen([*wrap, *self.command()], env=env or self.env(),
                                            cwd=self.folder, stdin=subprocess.DEVNULL, stdout=out,
                                            stderr=out)

    def is_alive(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        if self.is_alive():
            self.process.kill()
        if self.process:
            self.process.wait(10)

    def call(self, verb, timeout=5, **args):
        """The reply's data, or None: no daemon, or it said no."""
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as s:
                s.settimeout(timeout)
                s.connect(self.socket)
                s.sendall(json.dumps({"verb": verb, "args": args}).encode() + b"\n")
                line = b""
                while not line.endswith(b"\n"):
                    part = s.recv(65536)
                    if not part:
                        return None
                    line += part
            reply = json.loads(line)
            return reply["data"] if reply["ok"] else None
        except OSError:
            return None

    def wait_ready(self, timeout=10):
        end = time.monotonic() + timeout
        while time.monotonic() < end and self.is_alive():
            if self.call("next", limit=1) is not None:
                return True
            time.sleep(0.005)
        return False


# How much slower than usual the last start was: on a busy machine lives are longer.
pace = 1.0
USUAL_START_S = 0.1


class Broken(Exception):
    """The daemon does not do what every daemon does: start, answer, settle, stop."""


class Run:
    """One world from its first start to the count."""

    def __init__(self, seed, program, preload=(), world=None, clock=None, accepted=b""):
        self.seed = seed
        self.rng = random.Random(f"run {seed}")
        self.folder = tempfile.mkdtemp(prefix="dlc-")
        self.world = world or World(seed)
        path = os.path.join(self.folder, "clock")
        self.clock = Clock(path, unix(self.world.start, 7), 60) if clock is None else clock(path)
        with open(os.path.join(self.folder, "accepted.jsonl"), "wb") as f:
            f.write(accepted)
        self.witness = Witness(self.folder, seed)
        # Some gateways close kept connections at the worst moment.
        self.witness.say("relentless" if self.rng.random() < 0.15 else "chaos")
        self.versions, self.promised = [], []
        self.publish()
        config = os.path.join(self.folder, "config", "deadlined.cfg")
        self.daemon = Daemon(self.folder, program, config, self.clock, preload)
        self.kills = 0
        self.ahead = self.rng.random() < 0.3  # its clock goes wrong in the end, and is set right

    @classmethod
    def after_power_loss(cls, run, mono, program):
        """Another machine's life after this one's end at that moment: same files, same witness."""
        with open(run.witness.log, "rb") as f:
            lines = [x for x in f if json.loads(x)["mono"] <= mono]
        after = cls(run.seed, program, world=run.world, accepted=b"".join(lines),
                    clock=lambda path: run.clock.fork(path, mono))
        after.versions = run.versions + after.versions
        after.promised = [p for p in run.promised if p[0] <= mono]
        return after

    def close(self, keep=False):
        self.daemon.kill()
        self.witness.close()
        self.clock.close()
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)

    def publish(self):
        """The files as the world is now; from here on what they ask for may be in force."""
        self.world.render(os.path.join(self.folder, "config"), self.witness.ports)
        self.versions.append(model.expected(self.world))

    # -- what happens between and during lives -----------------------------------------------------

    def horizon(self):
        return unix(self.world.horizon)

    def next_due(self):
        now = self.clock.wall()
        ahead = [s.asked for s in self.versions[-1].values() if s.asked > now + 5]
        return min(ahead, default=None)

    def pass_time(self):
        """Before a life: near the next reminder, or a little later, or a good deal later."""
        rng, now = self.rng, self.clock.wall()
        self.clock.set_speed(rng.choice((1, 60, 200, 600, 2000, 2000)))
        due, dice = self.next_due(), rng.random()
        if dice < 0.55 and due:
            until = due - rng.uniform(0, 30)
        elif dice < 0.85:
            until = now + rng.uniform(0, 1800)
        else:
            until = now + rng.uniform(0, 2 * 86400)
        if until < self.horizon():
            self.clock.sleep_until(until)

    def step_clock(self):
        rng = self.rng
        dice = rng.random()
        if dice < 0.4:
            self.clock.step(rng.uniform(-50, 50))
        elif dice < 0.6:
            self.clock.step(rng.uniform(-7200, 0))
        elif dice < 0.85:
            self.clock.step(rng.uniform(0, 3 * 3600))
        elif dice < 0.93:
            self.clock.step(rng.choice((-1, 1)) * 86400 * rng.uniform(1, 3))
        else:
            self.clock.set_right()

    def act(self):
        """One thing that somebody does while the daemon runs."""
        rng, dice = self.rng, self.rng.random()
        if dice < 0.3:
            self.world.edit()
            self.publish()
            self.daemon.process.send_signal(signal.SIGHUP)
        elif dice < 0.4:
            # Before it has kept a good configuration it is right to end at a bad one.
            if self.daemon.call("next", limit=1) is None:
                return
            self.break_files()
            self.daemon.process.send_signal(signal.SIGHUP)
        elif dice < 0.5:
            ids = sorted({s.obligation for s in self.versions[-1].values()
                          if abs(s.asked - self.clock.wall()) < 12 * 86400})
            verb, which = rng.choice(("receive", "receive", "report")), ids and rng.choice(ids)
            if ids and self.daemon.call(verb, obligation=which, by="somebody"):
                self.promised.append((time.monotonic_ns(), which))
        elif dice < 0.7:
            self.step_clock()
        elif dice < 0.9:
            self.daemon.call("clock-ok")
        else:
            self.daemon.call("retry")

    def break_files(self):
        path = os.path.join(self.folder, "config", "deadlined.cfg")
        with open(path, "ab") as f:
            f.write(b"rules = ;\n")

    def life(self):
        """One start and one kill."""
        rng = self.rng
        if rng.random() < 0.1:
            self.world.edit()
            self.publish()
        if rng.random() < 0.05:
            self.step_clock()
        if self.ahead and self.kills == 18:
            self.clock.step(rng.uniform(3, 20) * 3600)
        self.pass_time()
        lasts = rng.uniform(0, 0.4) * pace
        acts = sorted(rng.uniform(0.05, 0.4) * pace for _ in range(rng.choice((0, 0, 1, 1, 2))))
        self.daemon.start()
        begin = time.monotonic()
        for at in acts:
            if at >= lasts:
                break
            time.sleep(max(0, begin + at - time.monotonic()))
            self.act()
        time.sleep(max(0, begin + lasts - time.monotonic()))
        # A hang-up before it listens for one is a kill like any other.
        if not self.daemon.is_alive() and self.daemon.process.returncode != -signal.SIGHUP:
            raise Broken(f"it ended by itself: exit {self.daemon.process.returncode}")
        self.daemon.kill()
        self.kills += 1

    # -- the end -----------------------------------------------------------------------------------

    def drain(self, patience=30):
        """All faults off, the files good; until nothing waits."""
        self.witness.say("healthy")
        self.clock.set_speed(60)
        if self.ahead or self.rng.random() < 0.5:
            self.clock.set_right()
        self.publish()
        self.daemon.kill()
        begin = time.monotonic()
        self.daemon.start()
        if not self.daemon.wait_ready():
            raise Broken(f"it does not start: exit {self.daemon.process.poll()}")
        globals()["pace"] = min(4.0, max(1.0, (time.monotonic() - begin) / USUAL_START_S))
        self.daemon.call("reload", confirm=True)
        end = time.monotonic() + patience
        while time.monotonic() < end:
            if not self.daemon.is_alive():
                raise Broken(f"it ended in the drain: exit {self.daemon.process.returncode}")
            self.daemon.call("clock-ok")
            waits, until = self.waiting()
            if not waits:
                return self.stop()
            # A wait that no backoff explains is not helped over: it has to end by itself.
            if until and self.clock.wall() + 2 < until < self.clock.wall() + BACKOFF_MAX_S:
                self.clock.sleep_until(until)
            time.sleep(0.03)
        raise Broken("it does not come to rest: " + "; ".join(map(str, waits[:5])))

    def waiting(self):
        """What is not settled yet, and until when it waits by itself."""
        con = sqlite3.connect(f"file:{self.daemon.state}/deadlined.db?mode=ro", uri=True, timeout=5)
        now = self.clock.wall()
        rows = con.execute(
            "SELECT 'message', id, channel, state, next_at FROM message WHERE state IN ('claimed', "
            "'retry') OR next_at IS NOT NULL UNION ALL SELECT 'reminder', obligation, step, "
            "channel, at FROM reminder WHERE state = 'planned' AND at <= ?", (now,)).fetchall()
        con.close()
        later = [r[4] for r in rows if r[4] is not None and r[4] > now]
        return rows, min(later, default=None) if len(later) == len(rows) else None

    def stop(self):
        self.daemon.process.send_signal(signal.SIGTERM)
        try:
            code = self.daemon.process.wait(25)
        except subprocess.TimeoutExpired:
            raise Broken("it does not stop") from None
        if code:
            raise Broken(f"exit {code} at a clean stop")

    def check(self):
        evidence = model.Evidence(os.path.join(self.daemon.state, "deadlined.db"), self.witness.log)
        return model.Check(self.versions, evidence, self.clock, self.clock.wall(),
                           [which for _, which in self.promised]).run()
