"""Feeds are written in slices; who asks the daemon meanwhile is answered between them."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from daemon import Config, Daemon, today  # noqa: E402

UNITS, RULES = 20, 80  # each owes each once a month, for more than a year


def large(config):
    units = [f'{{ id = "u-{u}"; name = "Unit {u}"; lead = "p-{u}"; preparer = "q-{u}"; }}'
             for u in range(UNITS)]
    names = [f"{who}-{u}" for u in range(UNITS) for who in "pq"] + ["clerk"]
    people = [f'{{ id = "{n}"; name = "Person {n}"; email = "{n}@localhost"; }}' for n in names]
    rules = [f'{{ id = "monthly-{r}"; kind = "monthly"; name = "Report {r}"; day = {r % 28 + 1};'
             ' office = "desk"; owed_by = "every-unit"; ladder = "silent"; }' for r in range(RULES)]
    config.write("rules.cfg", "rules = (\n" + ",\n".join(rules) + "\n);\n")
    config.write("people.cfg", "persons = (\n" + ",\n".join(people) + "\n);\n"
                 "units = (\n" + ",\n".join(units) + "\n);\n")
    config.write("deadlined.cfg", f'''
include = [ "workdays.cfg", "test.cfg", "people.cfg", "rules.cfg" ];
organisation = "Bureau"; zone = "Asia/Shanghai"; domain = "deadlined.localhost";
start = "{today()}";
offices = ( {{ id = "desk"; name = "Desk"; place = "1"; clerk = "clerk";
               open = "08:00"; close = "17:30"; }} );
email = {{ transport = "spool"; from = "deadlined@localhost"; }};
sms = {{ transport = "spool"; }};
''')


def feeds(d):
    folder = os.path.join(d.state, "feeds")
    if not os.path.isdir(folder):
        return 0
    return len([n for n in os.listdir(folder) if n.endswith(".ics") and n[0] != "."])


ALL = 1 + UNITS * 3 + 2  # everything; units, leads, preparers; the clerk and the desk


def test_status_is_answered_between_slices():
    with Config() as c:
        large(c)
        with Daemon(c) as d:
            d.status()
            # Come after the first slice, and answered before the last feed is there.
            assert feeds(d) < ALL
            d.until(lambda: feeds(d) == ALL, 60, "all feeds")
