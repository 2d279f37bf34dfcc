"""preview, explain and diff, as a script sees them: the worked examples, the keys, other spans."""
import datetime
import hashlib
import json
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from feed_samples import BUILD, CONFIG

ZONE = datetime.timezone(datetime.timedelta(hours=8))
YEAR = ("2024-01-01", "2024-12-31")

# id: (due, hand-in day if paper is owed).  2024, worked out by hand.
WORKED = {
    "monthly/2024-01/brigade-6": ("2024-01-20", "2024-01-19"),
    "monthly/2024-02/brigade-7": ("2024-02-20", "2024-02-20"),
    "monthly/2024-03/brigade-8": ("2024-03-20", "2024-03-20"),
    "monthly/2024-04/brigade-9": ("2024-04-20", "2024-04-19"),
    "monthly/2024-05/brigade-10": ("2024-05-20", "2024-05-20"),
    "monthly/2024-06/mobile": ("2024-06-20", "2024-06-20"),
    "monthly/2024-07/enforcement": ("2024-07-20", "2024-07-19"),
    "monthly/2024-08/office": ("2024-08-20", "2024-08-20"),
    "monthly/2024-08/digital": ("2024-08-20", "2024-08-20"),
    "monthly/2024-09/brigade-1": ("2024-09-20", "2024-09-20"),
    "monthly/2024-10/brigade-2": ("2024-10-20", "2024-10-18"),
    "monthly/2024-11/brigade-3": ("2024-11-20", "2024-11-20"),
    "monthly/2024-12/brigade-4": ("2024-12-20", "2024-12-20"),
    "festival/spring-festival-2024/brigade-7": ("2024-02-12", "2024-02-18"),
    "festival/qingming-2024/brigade-9": ("2024-04-06", "2024-04-07"),
    "keydate/mid-autumn-2024/brigade-1": ("2024-09-19", "2024-09-19"),
    "keydate/fire-day-2024/brigade-3": ("2024-11-11", "2024-11-11"),
    "keydate/constitution-day-2024/brigade-4": ("2024-12-06", "2024-12-06"),
    "campaign/summer-drive-2024/mobile": ("2024-07-02", "2024-07-02"),
}
EXAMPLES = ("monthly/2024-05/brigade-10", "keydate/mid-autumn-2024/brigade-1")

DATE = r"\d{4}-\d\d-\d\d"
TIME = DATE + r"T\d\d:\d\d:\d\d\+08:00"
OBLIGATION = ["id", "rule", "period", "unit", "office", "due", "due_at", "hand_in", "points",
              "conditional", "provisional", "people"]
REMINDER = ["key", "obligation", "form", "step", "channel", "person", "at"]


def ctl(*args):
    return subprocess.run([BUILD / "deadlinectl", *map(str, args)], capture_output=True, text=True,
                          timeout=60, check=False)


def answer(*args):
    run = ctl(*args)
    assert run.returncode == 0, f"{args}: exit {run.returncode}\n{run.stdout}{run.stderr}"
    return json.loads(run.stdout)


def preview(config, first, last):
    return answer("preview", "-c", config, "--from", first, "--to", last, "--json")


def by_id(data):
    found = {o["id"]: o for o in data["obligations"]}
    assert len(found) == len(data["obligations"])
    return found


def edited(directory, *edits):
    """A copy of the shipped configuration with (file, pattern, replacement) applied."""
    shutil.copytree(CONFIG.parent, directory)
    for name, pattern, replacement in edits:
        path = directory / name
        text, n = re.subn(pattern, replacement, path.read_text(), flags=re.M)
        assert n, f"{name} has no {pattern}"
        path.write_text(text)
    return directory / "deadlined.cfg"


@pytest.fixture(scope="module")
def year():
    return preview(CONFIG, *YEAR)


@pytest.fixture(scope="module")
def all_paper(tmp_path_factory):
    """Every rule asks for both forms."""
    every = ("rules.cfg", r'^(\t\tkind = "after";)$', r'\1 forms = [ "paper", "electronic" ];')
    return preview(edited(tmp_path_factory.mktemp("paper") / "config", every), *YEAR)


# ---- the worked table


@pytest.mark.parametrize("name", WORKED)
def test_due(year, name):
    assert by_id(year)[name]["due"] == WORKED[name][0]


@pytest.mark.parametrize("name", WORKED)
def test_hand_in_day_if_paper_is_owed(all_paper, name):
    assert (by_id(all_paper)[name]["due"], by_id(all_paper)[name]["hand_in"]) == WORKED[name]


def test_without_paper_hand_in_is_due(year):
    electronic = [o for o in year["obligations"] if o["rule"] in ("keydate", "festival", "star")]
    assert electronic and all(o["hand_in"] == o["due"] for o in electronic)


def test_eighth_month_is_two_obligations(year):
    found = [o["unit"] for o in year["obligations"] if o["id"].startswith("monthly/2024-08/")]
    assert sorted(found) == ["digital", "office"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_example_ids(year, name):
    assert name in by_id(year)


# ---- the form of the answer


def test_keys_of_obligations(year):
    assert list(year) == ["obligations", "reminders"]
    for o in year["obligations"]:
        assert list(o) == OBLIGATION
        assert o["id"] == f"{o['rule']}/{o['period']}/{o['unit']}"
        assert re.fullmatch(r"[a-z0-9-]+/[A-Za-z0-9-]+/[a-z0-9-]+", o["id"])
        assert type(o["points"]) is int
        assert type(o["conditional"]) is bool and type(o["provisional"]) is bool
        assert o["people"] and len(set(o["people"])) == len(o["people"])
        if o["due"] is None:
            assert o["due_at"] is None and o["hand_in"] is None
        else:
            assert re.fullmatch(DATE, o["due"]) and re.fullmatch(DATE, o["hand_in"])
            assert re.fullmatch(TIME, o["due_at"]) and o["due_at"].startswith(o["due"])


def test_keys_of_reminders(year):
    for r in year["reminders"]:
        assert list(r) == REMINDER
        assert re.fullmatch(r"[0-9a-f]{64}", r["key"])
        assert r["form"] in ("-", "paper", "electronic") and r["channel"] in ("email", "sms")
        assert re.fullmatch(TIME, r["at"])
    order = [(r["at"], r["key"]) for r in year["reminders"]]
    assert order == sorted(order) and len({key for _, key in order}) == len(order)


def test_keys_are_the_hash_of_their_parts(year):
    due = {o["id"]: o["due"] for o in year["obligations"]}
    checked = 0
    for r in year["reminders"]:
        if r["obligation"] not in due:
            continue
        parts = (r["obligation"], due[r["obligation"]], r["form"], r["step"], r["channel"],
                 r["person"])
        assert r["key"] == hashlib.sha256("\n".join(parts).encode()).hexdigest()
        checked += 1
    assert checked > 100


def test_people_are_those_of_the_unit_and_the_office(year):
    assert by_id(year)["monthly/2024-07/enforcement"]["people"] == [
        "lead-enforcement", "preparer-enforcement", "deputy-enforcement", "clerk-417"]
    assert by_id(year)["service-year/2024/bureau"]["people"] == ["clerk-417"]


def test_table_of_a_year_comes_after_its_end():
    rows = [r for r in preview(CONFIG, "2025-01-01", "2025-01-31")["reminders"] if r["step"] == "year-end"]
    assert sorted(r["person"] for r in rows) == ["clerk-417", "clerk-chuangwen", "deputy-leader", "leader"]
    assert {r["at"] for r in rows} == {"2025-01-02T09:00:00+08:00"}
    parts = ("year-end/2024", "-", "-", "year-end", "email", "leader")
    assert hashlib.sha256("\n".join(parts).encode()).hexdigest() in {r["key"] for r in rows}


def test_regular_mails_have_no_obligation(year):
    """The leaders' month on its first workday; its key is that of the pseudo-id."""
    rows = [r for r in year["reminders"] if r["obligation"] is None]
    leaders = [r for r in rows if r["step"] == "leaders-month" and r["person"] == "leader"]
    assert [r["at"][:16] for r in leaders] == [
        f"2024-{day}T09:00" for day in ("01-02", "02-01", "03-01", "04-01", "05-06", "06-03", "07-01", "08-01",
                                        "09-02", "10-08", "11-01", "12-02")]
    parts = ("leaders/2024-05", "-", "-", "leaders-month", "email", "leader")
    assert leaders[4]["key"] == hashlib.sha256("\n".join(parts).encode()).hexdigest()
    assert {r["step"] for r in rows} == {"leaders-month", "counts"}
    assert {r["person"] for r in rows if r["step"] == "counts"} == {"clerk-417"}
    assert {r["channel"] for r in rows} == {"email"}


# ---- other spans


def test_no_date_yet(year):
    waiting = by_id(year)["assessment/2024-12/brigade-4"]
    assert (waiting["due"], waiting["due_at"], waiting["hand_in"]) == (None, None, None)
    assert "assessment/2024-12/brigade-4" not in by_id(preview(CONFIG, "2024-01-01", "2024-11-30"))
    assert not [r for r in year["reminders"] if (r["obligation"] or "").startswith("assessment/")]


@pytest.mark.parametrize("first, last", [
    ("2024-01-01", "2024-01-01"), ("2024-02-09", "2024-02-19"), ("2024-06-25", "2024-06-25"),
    ("2024-07-19", "2024-07-22"), ("2024-09-30", "2024-10-08"), ("2024-12-20", "2024-12-31"),
])
def test_a_span_is_a_part_of_the_year(year, first, last):
    part = preview(CONFIG, first, last)
    assert part["reminders"] == [r for r in year["reminders"] if first <= r["at"][:10] <= last]
    assert [o for o in part["obligations"] if o["due"]] == [
        o for o in year["obligations"] if o["due"] and first <= o["due"] <= last]


@pytest.mark.parametrize("day, step", [("2024-06-25", "heads-up"), ("2024-07-22", "overdue-1")])
def test_reminders_of_obligations_due_outside(day, step):
    data = preview(CONFIG, day, day)
    assert "monthly/2024-07/enforcement" not in by_id(data)
    assert step in {r["step"] for r in data["reminders"]
                    if r["obligation"] == "monthly/2024-07/enforcement"}


def test_start_is_ignored(tmp_path, year):
    config = edited(tmp_path / "config",
                    ("deadlined.cfg", r'^zone = ', 'start = "2024-10-01";\nzone = '))
    assert preview(config, *YEAR) == year


def test_repeated_roster_is_provisional():
    later = by_id(preview(CONFIG, "2025-05-01", "2025-05-31"))["monthly/2025-05/brigade-10"]
    assert later["provisional"] and not later["conditional"]


def test_quiet_hours_and_no_sms_on_rest_days(year):
    off = ("2024-02-10", "2024-02-11", "2024-02-12", "2024-02-17", "2024-10-01")
    for r in year["reminders"]:
        hour = r["at"][11:16]
        assert "08:00" <= hour < "12:00" or "14:30" <= hour < "18:30", r
        assert r["channel"] == "email" or r["at"][:10] not in off, r


# ---- usage


@pytest.mark.parametrize("args", [
    ("preview",), ("preview", "--from", "2024-01-01"), ("preview", "--from", "2024-13-01"),
    ("preview", "--from", "2024-02-01", "--to", "2024-01-01"), ("preview", "--frm", "2024-01-01"),
    ("explain",), ("explain", "a", "b"), ("diff", "a", "b", "c"),
])
def test_usage(args):
    run = ctl(*args[:1], "-c", CONFIG, *args[1:])
    assert run.returncode == 2 and "usage" in run.stderr


@pytest.mark.parametrize("command", ["preview", "explain", "diff"])
def test_help_has_an_example(command):
    run = ctl(command, "--help")
    assert run.returncode == 0 and f"deadlinectl {command} " in run.stdout


def test_faulty_configuration(tmp_path):
    config = edited(tmp_path / "config", ("rules.cfg", r"day = 20;", "day = 42;"))
    run = ctl("preview", "-c", config, "--from", YEAR[0], "--to", YEAR[1], "--json")
    assert run.returncode == 1 and run.stdout == "" and "rules.cfg:" in run.stderr


def test_a_full_disk_is_said():
    with open("/dev/full", "w", encoding="ascii") as full:
        run = subprocess.run([BUILD / "deadlinectl", "preview", "-c", CONFIG, "--from", YEAR[0],
                              "--to", YEAR[1], "--json"], stdout=full, stderr=subprocess.PIPE,
                             text=True, timeout=60, check=False)
    assert run.returncode == 1 and "error" in run.stderr


# ---- explain


def test_explain_agrees_with_preview(year):
    for name in ("monthly/2024-07/enforcement", "keydate/mid-autumn-2024/brigade-1",
                 "festival/spring-festival-2024/brigade-7", "assessment/2024-12/brigade-4",
                 "supervision-sample/supervision-sample/brigade-5", "service-year/2024/bureau"):
        said = answer("explain", "-c", CONFIG, name, "--json")["obligation"]
        assert {key: said[key] for key in OBLIGATION} == by_id(year)[name]


def test_explain_names_files_and_lines():
    run = ctl("explain", "-c", CONFIG, "monthly/2024-07/enforcement")
    assert run.returncode == 0
    for name in ("rules.cfg", "roster-2024.cfg", "ladders.cfg"):
        lines = (CONFIG.parent / name).read_text().splitlines()
        cited = re.findall(re.escape(name) + r":(\d+)", run.stdout)
        assert cited and all(0 < int(n) <= len(lines) for n in cited)
    month = re.search(r"roster-2024\.cfg:(\d+)", run.stdout).group(1)
    assert "month = 7" in (CONFIG.parent / "roster-2024.cfg").read_text().splitlines()[int(month) - 1]


@pytest.mark.parametrize("wrong, near", [
    ("monthly/2024-07/enforcment", "monthly/2024-07/enforcement"),
    ("keydate/midautumn-2024/brigade-1", "keydate/mid-autumn-2024/brigade-1"),
])
def test_explain_knows_the_nearest_id(wrong, near):
    run = ctl("explain", "-c", CONFIG, wrong)
    assert run.returncode == 1 and run.stdout == "" and near in run.stderr


# ---- diff


@pytest.fixture(scope="module")
def swapped(tmp_path_factory):
    """一大队 and 五大队 change places in September."""
    swap = ("roster-2024.cfg", r'month = 9; unit = "brigade-1"', 'month = 9; unit = "brigade-5"')
    return edited(tmp_path_factory.mktemp("swap") / "config", swap)


def test_diff_of_the_same_is_empty():
    run = ctl("diff", CONFIG, CONFIG, "--from", YEAR[0], "--to", YEAR[1], "--json")
    assert run.returncode == 0 and "2024-" not in run.stdout.replace(YEAR[0], "").replace(YEAR[1], "")


def test_diff_names_both_units(swapped):
    run = ctl("diff", CONFIG, swapped, "--from", YEAR[0], "--to", YEAR[1])
    assert run.returncode == 0
    for name in ("monthly/2024-09/brigade-1", "keydate/mid-autumn-2024/brigade-1"):
        assert name in run.stdout
    assert "keydate/mid-autumn-2024/brigade-5" in run.stdout and "2024-08" not in run.stdout
