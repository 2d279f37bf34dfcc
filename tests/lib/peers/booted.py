"""A Debian 12 of its own with deadlined installed, booted with systemd as its first process.

    with Booted() as b:
        b.run(script)  -> what the Python program `script` prints inside, once the system is up

debootstrap makes the root once (build/peers/booted-base) and each boot gets a copy; systemd-nspawn
boots it without any network but its own loopback.  `script` runs as root by /usr/bin/python3, with
the modules of tests/peers/inside beside it.
"""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import pytest

from .probe import BUILD

ROOT = pathlib.Path(__file__).resolve().parents[3]
BASE = pathlib.Path(BUILD) / "peers" / "booted-base"
INSTALLED = pathlib.Path(BUILD) / "peers" / "booted-build"
PACKAGES = ("systemd,systemd-sysv,dbus,python3,libcurl4,libical3,libsqlite3-0,libconfig9,libsystemd0,"
            "libmicrohttpd12,libjansson4,libssl3,libqrencode4,zlib1g,tzdata,ca-certificates")

PROBE = """[Unit]
After=multi-user.target
[Service]
Type=oneshot
StandardOutput=file:/probe.out
StandardError=file:/probe.err
ExecStart=/usr/bin/python3 /probe.py
ExecStopPost=-/bin/systemctl poweroff --no-block
TimeoutStartSec=150
"""


def missing():
    """Why it cannot be; None if it can."""
    if os.geteuid() != 0:
        return "systemd-nspawn and debootstrap need root"
    for program in ("debootstrap", "systemd-nspawn"):
        if not shutil.which(program):
            return f"{program} is not installed"
    return None


def mirror():
    for path in [*pathlib.Path("/etc/apt/sources.list.d").glob("*.sources"), pathlib.Path("/etc/apt/sources.list"),
                 *pathlib.Path("/etc/apt/sources.list.d").glob("*.list")]:
        if path.exists():
            found = re.search(r"^(?:URIs:\s*|deb\s+(?:\[[^]]*\]\s*)?)(\S+://\S+)", path.read_text(), re.M)
            if found:
                return found[1]
    return pytest.fail("no package source found in /etc/apt")


def make_base():
    if BASE.is_dir():
        return
    BASE.parent.mkdir(parents=True, exist_ok=True)
    part = pathlib.Path(tempfile.mkdtemp(dir=BASE.parent, prefix="booted-"))
    try:
        subprocess.run(["debootstrap", "--variant=minbase", f"--include={PACKAGES}", "bookworm", part, mirror()],
                       check=True, stdout=subprocess.DEVNULL, timeout=900)
        shutil.rmtree(part / "var/cache/apt", ignore_errors=True)
        part.chmod(0o755)
        part.rename(BASE)
    finally:
        shutil.rmtree(part, ignore_errors=True)


class Booted:
    def __enter__(self):
        make_base()
        self.dir = pathlib.Path(tempfile.mkdtemp(dir=BASE.parent, prefix="booted-"))
        self.root = self.dir / "root"
        subprocess.run(["cp", "-aH", "--reflink=auto", BASE, self.root], check=True, timeout=120)
        self.install()
        units = self.root / "etc/systemd/system"
        (units / "probe.service").write_text(PROBE)
        (units / "multi-user.target.wants").mkdir(exist_ok=True)
        (units / "multi-user.target.wants/probe.service").symlink_to("../probe.service")
        return self

    def install(self):
        """From the sources, enabled."""
        make = ["make", "-s", "-C", ROOT, f"B={INSTALLED}", "PREFIX=/usr", "SYSCONFDIR=/etc", f"DESTDIR={self.root}"]
        subprocess.run([*make, "-j2", "all"], check=True, timeout=600, stdout=subprocess.DEVNULL)
        subprocess.run([*make, "install"], check=True, timeout=120, stdout=subprocess.DEVNULL)
        subprocess.run(["systemd-sysusers", f"--root={self.root}"], check=True, capture_output=True, timeout=60)
        self.systemctl("enable", "deadlined.service", "deadlined-web.socket")

    def __exit__(self, *_):
        shutil.rmtree(self.dir, ignore_errors=True)

    def systemctl(self, *args):
        subprocess.run(["systemctl", f"--root={self.root}", *args], check=True, capture_output=True, timeout=60)

    def run(self, script):
        for module in ("common.py", "gateway.py", "relay.py"):
            shutil.copy(ROOT / "tests/peers/inside" / module, self.root)
        (self.root / "probe.py").write_text(script)
        for name in ("probe.out", "probe.err"):
            (self.root / name).unlink(missing_ok=True)
        done = subprocess.run(["systemd-nspawn", "-q", "-b", "-D", self.root, "--private-network", "--register=no",
                               "--keep-unit", "--console=pipe"], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=180, check=False)
        out, err = self.root / "probe.out", self.root / "probe.err"
        if not out.exists() or err.read_text():
            pytest.fail(f"{err.read_text() if err.exists() else 'it did not boot'}\n{done.stdout}{done.stderr}")
        return out.read_text()
