"""Feeds are written in slices; who asks the daemon meanwhile is answered between them."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import large  # noqa: E402
from daemon import Config, Daemon  # noqa: E402

UNITS, RULES = 20, 80  # each owes each once a month, for more than a year


def feeds(d):
    folder = os.path.join(d.state, "feeds")
    if not os.path.isdir(folder):
        return 0
    return len([n for n in os.listdir(folder) if n.endswith(".ics") and n[0] != "."])


ALL = 1 + UNITS * 3 + 2  # everything; units, leads, preparers; the clerk and the desk


def test_status_is_answered_between_slices():
    with Config() as c:
        large.write(c, UNITS, RULES)
        with Daemon(c) as d:
            d.status()
            # Come after the first slice, and answered before the last feed is there.
            assert feeds(d) < ALL
            d.until(lambda: feeds(d) == ALL, 60, "all feeds")
