"""The checked-in lunar table is what tests/lib/make_lunar_table.py prints, and the check would say
so if it were not."""
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path("tests/lib/make_lunar_table.py")
HEADER = pathlib.Path("daemon/calendar/lunar_table.h")


def run(root, *args):
    return subprocess.run([sys.executable, root / PROGRAM, *args], capture_output=True, text=True,
                          timeout=60, check=False)


@pytest.fixture
def copy(tmp_path):
    for path in (PROGRAM, HEADER):
        (tmp_path / path).parent.mkdir(parents=True)
        shutil.copy(ROOT / path, tmp_path / path)
    return tmp_path


def change(path, pattern, new):
    text, n = re.subn(pattern, new, path.read_text(), count=1)
    assert n == 1, pattern
    path.write_text(text)


def test_header_is_what_astronomy_gives():
    done = run(ROOT, "--check")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert run(ROOT).stdout == (ROOT / HEADER).read_text()


@pytest.mark.parametrize("pattern", ["0x[0-9a-f]{5}", r"QINGMING\[\d+\] = \{\n\t[56]",
                                     r"DONGZHI\[\d+\] = \{\n\t2[123]"])
def test_changed_table_is_noticed(copy, pattern):
    change(copy / HEADER, pattern, lambda m: m[0][:-1] + {"5": "6", "2": "3"}.get(m[0][-1], "2"))
    done = run(copy, "--check")
    assert done.returncode == 1 and "lunar_table.h" in done.stderr


def test_instant_at_midnight_must_be_decided(copy):
    change(copy / PROGRAM, r'    \("moon", 2057, 9\): .*\n', "")
    done = run(copy)
    assert done.returncode == 1 and "('moon', 2057, 9)" in done.stderr
    assert done.stdout == ""


def test_decision_matters(copy):
    """The other answer for 2057 gives another table, so it is not there for show."""
    change(copy / PROGRAM, r"\(2057, 9, 29\)", "(2057, 9, 28)")
    assert run(copy, "--check").returncode == 1
