"""The Debian package in a booted Debian 12: installed, set up, upgraded, removed, purged."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from daemon import Config, once  # noqa: E402
from peers.booted import ROOT, Booted, missing  # noqa: E402
from peers.probe import BUILD  # noqa: E402

INSIDE = ROOT / "tests" / "peers" / "inside"


def packages(folder):
    """The package, and the same as a later version."""
    build = folder / "build"
    subprocess.run(["make", "-s", "-C", ROOT, f"B={build}", "deb"], check=True, timeout=600,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deb, = (build / "deb").glob("deadlined_*.deb")
    tree = folder / "tree"
    subprocess.run(["dpkg-deb", "-R", deb, tree], check=True, timeout=60)
    control = tree / "DEBIAN/control"
    control.write_text(re.sub(r"^Version: .*$", r"\g<0>+later", control.read_text(), flags=re.M))
    later = folder / "later.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "-b", tree, later], check=True, timeout=60,
                   stdout=subprocess.DEVNULL)
    return deb, later


class Packaged(Booted):
    def __init__(self, deb):
        self.deb = deb

    def install(self):
        shutil.copy(self.deb, self.root / "first.deb")
        done = subprocess.run(["chroot", self.root, "dpkg", "-i", "/first.deb"], capture_output=True, text=True,
                              timeout=120, check=False, env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"})
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def found():
    why = missing()
    if why:
        pytest.skip(why)
    folder = pathlib.Path(BUILD) / "peers" / "package"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        deb, later = packages(folder)
        with Packaged(deb) as b, Config() as c:
            c.ladder(lead=["email"])
            c.write_rules(once("reply-1"))
            c.mail_to(2525, tls="none")
            shutil.copytree(c.folder, b.root / "settings")
            shutil.copy(later, b.root / "new.deb")
            yield json.loads(b.run((INSIDE / "package.py").read_text()))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_nothing_starts_by_itself(found):
    assert found["enabled"] == ["disabled", "disabled"] and found["active"] == ["inactive", "inactive"]
    assert found["users"] == ["deadlined", "deadlined-web"] and found["secrets"] == "0o700"
    assert "error" not in found["check"]


def test_set_up_and_used(found):
    assert found["started"] and found["told"] and found["to"] == ["lead-brigade-10@localhost"]
    assert any("SMS are written to files" in f for f in found["findings"])
    kinds = [r["kind"] for r in found["evidence"]["rows"]]
    assert "sent" in kinds and found["evidence"]["chain"]["holds"]
    assert re.search(r"[一-鿿]", found["chinese"])


def test_journal(found):
    act, sent = found["journal"], found["journal_sent"]
    assert act["MESSAGE"].startswith("reply-1/reply-1/brigade-10") and act["SYSLOG_IDENTIFIER"] == "deadlined"
    assert act["_SYSTEMD_UNIT"] == "deadlined.service" and act["PRIORITY"] == "5"
    assert sent["PERSON"] == "lead-brigade-10" and sent["MESSAGE_ID"] != act["MESSAGE_ID"]
    assert "Submission recorded" in found["explained"], found["explained"]


def test_upgrade_keeps_everything(found):
    assert found["runs_again"], found["upgrade"]
    assert found["mails_after"] == 0 and found["rows_kept"] and found["settings_kept"]


def test_removed_and_purged(found):
    assert found["stopped"] == "inactive" and found["kept"] == [True, True], found["remove"]
    assert found["left"] == [] and found["users_left"] == [], found["purge"]
