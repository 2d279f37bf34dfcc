"""The feeds of a simulated year: bytes, an independent reader, and agreement with preview."""
import datetime
import json
import pathlib
import re
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import feed_samples as samples
import ical_lint

# Section 3.4 of the notice's worked examples: the earlier of hand-in day and due.
DAYS = {
    "monthly/2024-01/brigade-6": "2024-01-19",
    "monthly/2024-02/brigade-7": "2024-02-20",
    "monthly/2024-04/brigade-9": "2024-04-19",
    "monthly/2024-07/enforcement": "2024-07-19",
    "monthly/2024-08/office": "2024-08-20",
    "monthly/2024-08/digital": "2024-08-20",
    "monthly/2024-10/brigade-2": "2024-10-18",
    "keydate/mid-autumn-2024/brigade-1": "2024-09-19",
}


@pytest.fixture(scope="module")
def feeds(tmp_path_factory):
    return samples.year_of_feeds(tmp_path_factory.mktemp("year"))


@pytest.fixture(scope="module")
def everything(feeds):
    return samples.events((feeds / "all.ics").read_bytes())


@pytest.fixture(scope="module")
def preview():
    return json.loads(samples.deadlinectl("preview", "-c", samples.CONFIG, "--from", samples.FIRST,
                                          "--to", samples.LAST, "--json"))


def obligations_of(events):
    """Obligation id -> event, of those with a three-part id that are not duty months."""
    ids = {uid.rpartition("@")[0]: e for uid, e in events.items()}
    return {i: e for i, e in ids.items() if i.count("/") == 2 and not i.startswith("duty/")}


def test_linter_catches_what_is_broken():
    assert ical_lint.self_test() == []


def test_every_feed_is_clean(feeds):
    files = sorted(feeds.glob("*.ics"))
    assert feeds / "all.ics" in files
    faults = {f.name: ical_lint.lint(f.read_bytes())[:5] for f in files}
    assert {n: x for n, x in faults.items() if x} == {}


def test_every_kind_of_reader_has_a_feed(feeds, preview):
    names = {f.stem for f in feeds.glob("*.ics")}
    for kind in ("unit", "person", "office"):
        assert any(n.startswith(kind + "-") for n in names)
    for o in preview["obligations"]:
        assert o["unit"] == "bureau" or f"unit-{o['unit']}" in names
        assert f"office-{o['office']}" in names


@pytest.mark.parametrize("name, day", DAYS.items())
def test_worked_examples(everything, name, day):
    event = obligations_of(everything)[name]
    first = event["DTSTART"].dt
    assert first == datetime.date.fromisoformat(day)
    assert event["DTEND"].dt == first + datetime.timedelta(days=1)
    assert "截止" in event["SUMMARY"]


def test_agrees_with_preview(everything, preview):
    want = {o["id"]: min(o["due"], o["hand_in"]) for o in preview["obligations"] if o["due"]}
    got = {i: e["DTSTART"].dt.isoformat() for i, e in obligations_of(everything).items()}
    year = {i: d for i, d in got.items() if samples.FIRST <= d <= samples.LAST}
    assert {i: d for i, d in want.items() if d <= samples.LAST} == {i: year.get(i) for i in want}


def test_dateless_obligations_are_not_shown(everything, preview):
    dateless = {o["id"] for o in preview["obligations"] if not o["due"]}
    assert dateless.isdisjoint(obligations_of(everything))


def test_texts_say_what_is_needed(everything):
    text = str(obligations_of(everything)["monthly/2024-07/enforcement"]["DESCRIPTION"])
    for part in ("2024年7月20日（周六）", "2024年7月19日（周五）", "417室", "依据：", "专业执法大队"):
        assert part in text


def test_no_personal_data(feeds):
    for f in feeds.glob("*.ics"):
        text = f.read_bytes().replace(b"\r\n ", b"").decode()
        assert not re.search(r"\+86|(?<!\d)1\d{10}(?!\d)", text), f.name
        assert "责任人" not in re.sub(r"(NAME|X-WR-CALNAME):.*", "", text), f.name


def blocks(data):
    return set(re.findall(rb"BEGIN:VEVENT\r\n.*?END:VEVENT\r\n", data, re.S))


def test_one_uid_has_one_content(feeds):
    """A person with two subscriptions must not see two versions of one event."""
    whole = blocks((feeds / "all.ics").read_bytes())
    for f in feeds.glob("*.ics"):
        for block in blocks(f.read_bytes()) - whole:
            assert b"UID:nothing/" in block, f.name


def test_duty_months(feeds, everything):
    duties = sorted(i.rpartition("@")[0] for i in everything if i.startswith("duty/2024-"))
    assert len(duties) == 13
    july = everything[next(i for i in everything if i.startswith("duty/2024-07/enforcement@"))]
    assert (july["DTSTART"].dt.isoformat(), july["DTEND"].dt.isoformat()) == ("2024-07-01", "2024-08-01")
    assert b"UID:duty/" not in (feeds / "unit-brigade-5.ics").read_bytes()


def test_occasions(everything):
    uid = next(i for i in everything if i.startswith("occasion/mid-autumn-2024@"))
    assert everything[uid]["DTSTART"].dt.isoformat() == "2024-09-17"


def test_received_is_marked_and_the_rest_keeps_its_bytes(feeds, tmp_path):
    name = "monthly/2024-07/enforcement"
    after = samples.simulate(tmp_path, "--receive", f"{name}@2024-07-18T10:00+08:00")
    event = obligations_of(samples.events((after / "all.ics").read_bytes()))[name]
    assert str(event["SUMMARY"]).startswith("【已交】")
    assert event["SEQUENCE"] > 0
    changed = blocks((after / "all.ics").read_bytes()) - blocks((feeds / "all.ics").read_bytes())
    assert [b for b in changed if f"UID:{name}@".encode() not in b] == []


def test_again_the_same_bytes(feeds, tmp_path):
    again = samples.simulate(tmp_path)
    for f in feeds.glob("*.ics"):
        assert f.read_bytes() == (again / f.name).read_bytes(), f.name
