"""deadlinectl edit: nothing is lost and nothing half-done, whatever the editor or the admin does."""

import os
import re
import stat
import subprocess
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from daemon import Config, Daemon, once  # noqa: E402

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
CTL = os.path.join(os.path.abspath(os.environ.get("BUILD", os.path.join(ROOT, "build"))), "deadlinectl")
SWAP = 's/month = 7; unit = "enforcement"/month = 7; unit = "brigade-5"/'


@pytest.fixture
def site(tmp_path):
    subprocess.run(["cp", "-R", os.path.join(ROOT, "config"), tmp_path / "etc"], check=True)
    return tmp_path


def edit(site, script, answers="", file="roster-2024.cfg"):
    """The editor is a script; its $1 is the copy."""
    (site / "editor").write_text("#!/bin/sh\n" + script + "\n")
    (site / "editor").chmod(0o755)
    return subprocess.run([CTL, "edit", *([file] if file else []), "-c", "etc/deadlined.cfg", "--state", "st"],
                          cwd=site, input=answers, capture_output=True, text=True, timeout=60, check=False,
                          env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "EDITOR": f"{site}/editor --opt",
                               "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "")})


def files(site):
    return {p.name: p.read_bytes() for p in (site / "etc").iterdir() if p.is_file()}


def test_yes(site):
    (site / "etc" / "roster-2024.cfg").chmod(0o640)
    before = files(site)
    p = edit(site, f"""test "$1" = --opt && sed -i '{SWAP}' "$2" """, "y\n")
    assert p.returncode == 0, p.stdout + p.stderr
    assert "Pass to another unit" in p.stdout and "五大队" in p.stdout
    assert "No daemon answers" in p.stdout
    after = files(site)
    assert b'month = 7; unit = "brigade-5"' in after["roster-2024.cfg"]
    assert set(after) == set(before)
    assert {n for n in before if before[n] != after[n]} == {"roster-2024.cfg"}
    assert stat.S_IMODE((site / "etc" / "roster-2024.cfg").stat().st_mode) == 0o640


def test_unchanged(site):
    before = files(site)
    p = edit(site, "true")
    assert (p.returncode, p.stdout) == (0, "Nothing was changed.\n")
    assert files(site) == before


@pytest.mark.parametrize("script,answers", [
    (f"sed -i '{SWAP}' $2", "q\n"),                  # given up
    (f"sed -i '{SWAP}' $2", ""),                     # the terminal is gone
    ("sed -i 's/brigade-6/brigade-99/' $2", "q\n"),  # errors
    ("sed -i 's/;//' $2", ""),                       # half-written
    (f"sed -i '{SWAP}' $2; kill -9 $$", "y\n"),      # the editor is killed
    (f"sed -i '{SWAP}' $2; exit 1", "y\n"),
], ids=["no", "end", "errors", "syntax", "killed", "failed"])
def test_not_installed(site, script, answers):
    before = files(site)
    p = edit(site, script, answers)
    after = files(site)
    assert p.returncode == 1
    assert "Your copy is kept: " in p.stdout
    copy = after.pop("roster-2024.cfg.edit")
    assert copy != before["roster-2024.cfg"]
    assert after == before
    # And it stays until somebody has looked at it.
    q = edit(site, "true")
    assert q.returncode == 1 and "left an edit behind" in q.stderr


def test_mended(site):
    p = edit(site, f"""test -e second || {{ touch second; sed -i 's/brigade-6/brigade-99/' $2; exit; }}
sed -i 's/brigade-99/brigade-6/; {SWAP}' $2""", "e\ny\n")
    assert p.returncode == 0, p.stdout
    assert "brigade-99" in p.stdout
    assert b'"brigade-5"' in files(site)["roster-2024.cfg"]


def test_faulty_to_begin_with(site):
    path = site / "etc" / "roster-2024.cfg"
    path.write_text(path.read_text().replace("brigade-6", "brigade-99"))
    p = edit(site, "sed -i s/brigade-99/brigade-6/ $2", "y\n")
    assert p.returncode == 0, p.stdout + p.stderr


def test_main_file_includes_another(site):
    (site / "etc" / "extra.cfg").write_text('retention_daze = 3;\n')
    p = edit(site, """sed -i 's/"workdays.cfg"/"workdays.cfg", "extra.cfg"/' $2""", "q\n", file=None)
    assert p.returncode == 1
    assert "extra.cfg:1: error: " in p.stdout
    assert "deadlined.cfg.edit:" not in p.stdout


def test_somebody_else_saved(site):
    p = edit(site, f"sed -i '{SWAP}' $2; echo '# other' >> etc/roster-2024.cfg", "y\n")
    assert p.returncode == 1
    assert "has just been changed by somebody else" in p.stderr
    assert files(site)["roster-2024.cfg"].endswith(b"# other\n")


def test_no_editor(site):
    p = subprocess.run([CTL, "edit", "-c", "etc/deadlined.cfg"], cwd=site, capture_output=True, text=True,
                       timeout=60, check=False, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8",
                                                     "VISUAL": "no-such-editor"})
    assert p.returncode == 1 and "cannot run the editor no-such-editor" in p.stderr


def test_not_a_file_of_it(site):
    p = edit(site, "true", file="other.cfg")
    assert p.returncode == 1 and "is not a file of the configuration" in p.stderr


def test_daemon_says_who_was_told():
    """A reminder went out for the old day: the difference names whom, and says so no more than once."""
    with Config() as c:
        c.ladder(lead=["email"])
        c.write_rules(once("reply-1"))
        with Daemon(c) as d:
            d.until(lambda: d.messages("sent") == 1)
            editor = os.path.join(c.dir, "editor")
            with open(os.open(editor, os.O_WRONLY | os.O_CREAT, 0o755), "w", encoding="utf-8") as f:
                f.write('#!/bin/sh\nsed -i "s/date = .*;/date = \\"2099-01-05\\";/" "$1"\n')
            p = subprocess.run([CTL, "edit", "rules.cfg", "-c", c.path, "--state", d.state], input="q\n",
                               capture_output=True, text=True, timeout=60, check=False,
                               env={**d.env(), "EDITOR": editor, "VISUAL": ""})
    assert p.returncode == 1, p.stderr
    assert "No daemon answers" not in p.stdout
    assert re.search(r"reply-1/reply-1/brigade-10", p.stdout), p.stdout
    assert re.search(r"already told: .*(十大队责任人|lead-brigade-10)", p.stdout), p.stdout
