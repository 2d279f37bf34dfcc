"""feed_samples - the feeds of a simulated year, and what a reader should find in one

BUILD is the directory of the programs (make sets it).  FEEDS, if set, is a directory of feeds that
were made before, for working on the tests themselves.
"""
import os
import pathlib
import subprocess

import icalendar

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / os.environ.get("BUILD", "build")
CONFIG = ROOT / "config" / "deadlined.cfg"
FIRST, LAST = "2024-01-01", "2024-12-31"


def deadlinectl(*args, timeout=300):
    """Its standard output; an exit code other than 0 raises."""
    run = subprocess.run([BUILD / "deadlinectl", *map(str, args)], capture_output=True, text=True,
                         timeout=timeout, check=False)
    assert run.returncode == 0, f"{args}: exit {run.returncode}\n{run.stdout}{run.stderr}"
    return run.stdout


def simulate(out, *more):
    """Feeds of 2024 as the shipped configuration makes them; returns their directory."""
    deadlinectl("simulate", "-c", CONFIG, "--from", FIRST, "--to", LAST, "--out", out, *more)
    return pathlib.Path(out) / "feeds"


def year_of_feeds(out):
    return pathlib.Path(os.environ["FEEDS"]) if "FEEDS" in os.environ else simulate(out)


def events(data):
    """UID -> VEVENT, by python-icalendar."""
    found = icalendar.Calendar.from_ical(data).walk("VEVENT")
    by_uid = {str(e["UID"]): e for e in found}
    assert len(by_uid) == len(found)
    return by_uid


def digest(data):
    """What every reader must agree on: {(UID, first day, SUMMARY)}."""
    return {(uid, e["DTSTART"].dt.isoformat(), str(e["SUMMARY"])) for uid, e in events(data).items()}
