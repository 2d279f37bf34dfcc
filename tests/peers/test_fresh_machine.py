"""A bare Debian 12 with make: `make run` installs what it misses and tells the first duty mails.

A root made by debootstrap, entered by chroot in a mount namespace of its own; the machine's own
package sources are used.  Needs root.
"""
import os
import pathlib
import re
import shutil
import subprocess
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
FRESH = ROOT / "build" / "peers" / "fresh"

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="chroot and mount namespaces need root")


def mirror():
    for path in [*pathlib.Path("/etc/apt/sources.list.d").glob("*.sources"),
                 pathlib.Path("/etc/apt/sources.list"), *pathlib.Path("/etc/apt/sources.list.d").glob("*.list")]:
        if path.exists():
            found = re.search(r"^(?:URIs:\s*|deb\s+(?:\[[^]]*\]\s*)?)(\S+://\S+)", path.read_text(), re.M)
            if found:
                return found[1]
    pytest.fail("no package source found in /etc/apt")


def in_root(command, **kwargs):
    script = (f"mount -t proc proc {FRESH}/proc && mount --rbind /dev {FRESH}/dev && "
              f"exec chroot {FRESH} /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root "
              f"LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive sh -c '{command}'")
    return ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", script]


@pytest.fixture(scope="module")
def fresh():
    shutil.rmtree(FRESH, ignore_errors=True)
    FRESH.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["debootstrap", "--variant=minbase", "--include=make,ca-certificates", "bookworm", FRESH, mirror()],
                   check=True, stdout=subprocess.DEVNULL, timeout=600)
    for name in ["sources.list", "sources.list.d", "apt.conf.d"]:
        source, target = pathlib.Path("/etc/apt") / name, FRESH / "etc/apt" / name
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        elif source.exists():
            shutil.copy(source, target)
    if list((FRESH / "etc/apt/sources.list.d").glob("*.sources")):
        (FRESH / "etc/apt/sources.list").write_text("")
    for name in ["resolv.conf", "hosts"]:
        shutil.copy(f"/etc/{name}", FRESH / "etc" / name)
    policy = FRESH / "usr/sbin/policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)
    source = FRESH / "src"
    source.mkdir()
    archive = subprocess.run(["git", "-C", ROOT, "archive", "HEAD"], check=True, stdout=subprocess.PIPE)
    subprocess.run(["tar", "-x", "-C", source], input=archive.stdout, check=True)
    yield source
    shutil.rmtree(FRESH, ignore_errors=True)


def wait_for(stream_path, pattern, seconds):
    end = time.time() + seconds
    while time.time() < end:
        text = stream_path.read_text(errors="replace") if stream_path.exists() else ""
        if re.search(pattern, text):
            return text
        time.sleep(0.2)
    pytest.fail(f"{pattern!r} not seen in {seconds} s:\n{text[-4000:]}")


def test_make_run_on_a_bare_machine(fresh):
    out = FRESH / "run.out"
    with open(out, "wb") as f:
        p = subprocess.Popen(in_root("cd /src && exec make run"), stdout=f, stderr=subprocess.STDOUT,
                             stdin=subprocess.DEVNULL)
    try:
        wait_for(out, r"receive monthly/2024-05/brigade-10", 400)
        text = wait_for(out, r"2024-05-06 .*十大队责任人", 30)
        assert "2024-05-06" in text
        mails = list((fresh / "build/rehearsal").rglob("*.eml"))
        assert mails, text
        done = subprocess.run(
            in_root("cd /src && build/deadlinectl --state build/rehearsal receive monthly/2024-05/brigade-10"),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=30)
        assert done.returncode == 0, done.stdout.decode()
        before = len(list((fresh / "build/rehearsal").rglob("*.eml")))
        time.sleep(6)
        for mail in sorted((fresh / "build/rehearsal").rglob("*.eml"))[before:]:
            assert b"monthly/2024-05/brigade-10" not in mail.read_bytes()
    finally:
        p.kill()
        p.wait(20)
