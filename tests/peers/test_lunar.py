"""Two npm packages that share nothing are asked again for the lunar dates on which they agree, and
for what they dispute: the checked-in tables must say the same."""
import pathlib
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
ORACLE = ROOT / "tests" / "lib" / "festival_oracle.js"
DATA = ROOT / "tests" / "data"
MODULES = ROOT / "build" / "peers" / "lunar"
PACKAGES = {"lunar-javascript": "1.7.7", "solarlunar": "3.1.0"}


def run(*args, timeout):
    return subprocess.run([str(a) for a in args], capture_output=True, text=True, timeout=timeout,
                          check=False)


@pytest.fixture(scope="module")
def modules():
    shutil.rmtree(MODULES, ignore_errors=True)
    MODULES.mkdir(parents=True)
    done = run("npm", "install", "--prefix", MODULES, "--ignore-scripts", "--no-audit", "--no-fund",
               *(f"{name}@{version}" for name, version in PACKAGES.items()), timeout=180)
    assert done.returncode == 0, done.stderr
    return MODULES


@pytest.mark.parametrize("what, table", [("festivals", "festivals.tsv"), ("months", "lunar-months.tsv")])
def test_packages_still_say_so(modules, what, table):
    done = run("node", ORACLE, modules, what, timeout=60)
    assert done.returncode == 0, done.stderr
    (modules / table).write_text(done.stdout)
    assert done.stdout == (DATA / table).read_text(), f"compare {modules / table}"


def test_another_version_is_refused(modules, tmp_path):
    """What was checked in came from these versions; others may say something else."""
    shutil.copytree(modules / "node_modules", tmp_path / "node_modules")
    package = tmp_path / "node_modules" / "solarlunar" / "package.json"
    package.write_text(package.read_text().replace(f'"{PACKAGES["solarlunar"]}"', '"2.0.0"'))
    done = run("node", ORACLE, tmp_path, "festivals", timeout=60)
    assert done.returncode != 0 and "solarlunar 2.0.0" in done.stderr and not done.stdout
