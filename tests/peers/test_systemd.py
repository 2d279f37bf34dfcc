"""Installed and booted under a real systemd: socket activation, confinement, what breaks and comes back.

The directives' exposure is looked at there, too; what they are worth is tried by a program that
stands in deadlined-web's place behind all of them.
"""

import json
import os
import re
import subprocess
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from peers.booted import ROOT, Booted, missing  # noqa: E402

UNITS = ROOT / "systemd"
INSIDE = ROOT / "tests" / "peers" / "inside"


def stand_in(unit):
    """The unit of deadlined-web for another program."""
    for pattern, new in ((r"^Requires=.*\n", ""), (r"^Type=.*", "Type=oneshot"), (r"^NotifyAccess=.*\n", ""),
                         (r"^Restart=.*\n", ""), (r"^ExecStart=.*", "ExecStart=/usr/bin/python3 /sandbox.py"),
                         (r"^ExecPaths=.*", r"\g<0> /usr/bin/python3 /usr/bin/python3.11"),
                         (r"^\[Service\]", "[Service]\nStandardOutput=file:/probe-web.out")):
        unit, n = re.subn(pattern, new, unit, flags=re.M)
        assert n == 1, pattern
    return unit


@pytest.fixture(scope="module")
def found():
    why = missing()
    if why:
        pytest.skip(why)
    with Booted() as b:
        unit = (b.root / "usr/lib/systemd/system/deadlined-web.service").read_text()
        (b.root / "etc/systemd/system/probe-web.service").write_text(stand_in(unit))
        (b.root / "sandbox.py").write_text((INSIDE / "sandbox.py").read_text())
        yield json.loads(b.run((INSIDE / "system.py").read_text()))


def test_socket_activation(found):
    assert found["engine"] and found["web_before"] == "inactive" and found["web_after"] == "active"
    status, body = found["health"]
    assert status == 200 and json.loads(body)["ok"]
    assert found["feed"] == [200, "END:VCALENDAR\r\n"]
    assert found["metrics_up"]


def test_exposure(found):
    assert found["exposure"]["deadlined-web"] <= 0.5
    assert found["exposure"]["deadlined"] <= 1.1


def test_confined(found):
    nothing = "0" * 16
    for unit, c in found["confined"].items():
        assert c["caps"] == c["bounding"] == nothing and c["no_new_privs"] == "1" and c["seccomp"] == "2", unit
        assert c["uid"] != "0", unit
    assert found["confined"]["deadlined-web"]["own_network"] and not found["confined"]["deadlined"]["own_network"]
    assert found["confined"]["deadlined-web"]["uid"] != found["confined"]["deadlined"]["uid"]


WORKS = {"read the index", "ask how it is"}


def test_what_somebody_inside_could_do(found):
    tried = dict(found["attempts"])
    assert tried.pop("uid") == int(found["confined"]["deadlined-web"]["uid"])
    tried.pop("groups")
    assert len(tried) > 20
    assert {name for name, result in tried.items() if result == "done"} == WORKS, tried
    assert tried["call out"] == tried["call out by IPv6"] == tried["look at the network"] == "EAFNOSUPPORT"


def test_what_breaks_comes_back(found):
    assert found["after_kill"] == 200 and found["web_again"] and found["engine_stayed"]
    assert found["restarted"] and found["failed"] == ""


def test_nothing_of_the_engine_is_in_its_way(found):
    """The reader child's limits, the boot's id, the reload: below the filter."""
    assert found["faults"] == [] and found["hold"] is None
    assert found["journal"] == ""


@pytest.mark.parametrize("name", ["deadlined.service", "deadlined-web.service", "deadlined-web.socket"])
def test_units_have_reasons_and_no_faults(name):
    lines = (UNITS / name).read_text().splitlines()
    service = lines[lines.index("[Service]"):lines.index("[Install]")] if "[Service]" in lines else []
    for before, line in zip(service, service[1:]):
        assert line.startswith("#") or not line or before.startswith("#"), f"{name}: no reason for {line}"
    p = subprocess.run(["systemd-analyze", "verify", "--man=no", str(UNITS / name)], capture_output=True, text=True,
                       timeout=60, check=False)
    faults = [s for s in p.stderr.splitlines() if "is not executable" not in s and "Failed to prepare" not in s]
    assert [s for s in faults if "deadlined" in s] == []
