"""The completion of bash knows what the program knows."""

import os
import subprocess
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from daemon import BUILD, ROOT, Config, Daemon, id_of, once  # noqa: E402

SCRIPT = os.path.join(ROOT, "systemd", "deadlinectl.completion")


def complete(*words, env=None):
    line = " ".join(words)
    program = f"""
        . {SCRIPT}
        COMP_WORDS=({' '.join(f"'{w}'" for w in words)})
        COMP_CWORD={len(words) - 1}
        COMP_LINE='{line}'
        _deadlinectl
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    env = {"PATH": BUILD + ":/usr/bin:/bin", "LC_ALL": "C.UTF-8", **(env or {})}
    done = subprocess.run(["bash", "-c", program], capture_output=True, text=True, timeout=20,
                          env=env, check=True)
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize("words, want", [
    (["deadlinectl", "rece"], {"receive"}),
    (["deadlinectl", "re"], {"report", "receive", "return", "retry", "reload", "restore"}),
    (["deadlinectl", "check", "--st"], {"--strict"}),
    (["deadlinectl", "receive", "x", "--form", "p"], {"paper"}),
    (["deadlinectl", "nothing", "--x"], set()),
])
def test_words(words, want):
    assert set(complete(*words)) == want


def test_ids():
    with Config() as c:
        c.write_rules(once("reply-1"), once("reply-2"))
        with Daemon(c) as d:
            # The command finds the daemon by its own rules; here they lead to the test's.
            env = {"XDG_RUNTIME_DIR": c.dir, "STATE_DIRECTORY": d.state,
                   "RUNTIME_DIRECTORY": d.state}
            assert set(complete("deadlinectl", "receive", "reply", env=env)) == {
                id_of("reply-1"), id_of("reply-2")}
