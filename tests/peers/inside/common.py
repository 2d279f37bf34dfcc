# What the programs that run inside the booted system share.
import json
import re
import subprocess
import time


def run(*argv, status=None):
    p = subprocess.run(argv, capture_output=True, text=True, timeout=90)
    if status is not None and p.returncode != status:
        journal = subprocess.run(["journalctl", "-b", "-n", "30", "-u", "deadlined"], capture_output=True, text=True,
                                 timeout=30, check=False).stdout
        raise SystemExit(f"{argv}: {p.returncode}\n{p.stdout}{p.stderr}{journal}")
    return (p.stdout + p.stderr).strip()


def prop(unit, name):
    return run("systemctl", "show", "-P", name, unit)


def until(is_true, seconds=30):
    end = time.monotonic() + seconds
    while not is_true() and time.monotonic() < end:
        time.sleep(0.1)
    return is_true()


def ctl(*args):
    return json.loads(run("deadlinectl", *args, "--json"))


def exposure(unit):
    return float(re.search(r"Overall exposure level for \S+: ([\d.]+)", run("systemd-analyze", "security", unit))[1])
