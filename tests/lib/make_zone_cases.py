#!/usr/bin/python3
"""Print tests/data/zone-cases.tsv: what Python's zoneinfo says of offsets, gaps and overlaps.

    make_zone_cases.py [SEED] > tests/data/zone-cases.tsv

Kinds of row (zone, kind, three values):
    at     UTC seconds, offset in seconds, -
    wall   YYYY-MM-DD, second of the day, UTC seconds; a gap gives the first instant after it, an
           overlap the first of the two

Changes are covered from both sides, all of them for Asia/Shanghai and a sample for the others.  Rows
before 1970 and after 2026 are there only for zones whose past is settled and whose rule nobody is
about to change; if one does, print the file anew with the new tzdata.
"""
import datetime
import random
import sys
import zoneinfo

UTC = datetime.timezone.utc
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=UTC)
DAY = 86400
SAMPLE = 12
STEADY = ["Asia/Shanghai", "Asia/Hong_Kong", "Asia/Tokyo", "Asia/Kolkata", "Etc/UTC", "Etc/GMT-8",
          "America/New_York", "Europe/Berlin", "Australia/Lord_Howe"]
ZONES = STEADY + [
    "Asia/Urumqi", "Asia/Taipei", "Asia/Kathmandu", "Asia/Pyongyang", "Asia/Tehran", "Asia/Gaza",
    "Europe/London", "Europe/Dublin", "Europe/Lisbon", "Europe/Moscow", "Africa/Casablanca",
    "Africa/Monrovia", "America/St_Johns", "America/Sao_Paulo", "America/Caracas", "America/Nuuk",
    "America/Havana", "Pacific/Apia", "Pacific/Kwajalein", "Pacific/Chatham", "Pacific/Norfolk",
    "Antarctica/Troll", "Australia/Adelaide",
]


def offset(zone, t):
    """Seconds east of UTC."""
    moment = (EPOCH + datetime.timedelta(seconds=t)).astimezone(zone)
    return round(moment.utcoffset().total_seconds())


def changes(zone, from_year, to_year):
    """Every first instant of another offset."""
    first, last = (int(datetime.datetime(y, 1, 1, tzinfo=UTC).timestamp()) for y in (from_year, to_year))
    found = []
    for t in range(first, last, DAY):
        lo, hi = t, t + DAY
        if offset(zone, lo) == offset(zone, hi):
            continue
        while hi - lo > 1:
            mid = (lo + hi) // 2
            if offset(zone, mid) == offset(zone, t):
                lo = mid
            else:
                hi = mid
        found.append(hi)
    return found


def wall_to_instant(zone, wall):
    """wall: seconds since 1970 as if the clock showed UTC."""
    naive = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=wall)
    t = wall - round(naive.replace(tzinfo=zone, fold=0).utcoffset().total_seconds())
    if t + offset(zone, t) == wall:
        return t
    # A gap: PEP 495 reads it with the offset before, which lies behind the change.
    lo, hi = t - 2 * DAY, t
    while hi - lo > 1:
        mid = (lo + hi) // 2
        if offset(zone, mid) == offset(zone, t):
            hi = mid
        else:
            lo = mid
    return hi


def wall_row(name, zone, wall):
    day = datetime.date(1970, 1, 1) + datetime.timedelta(days=wall // DAY)
    return name, "wall", day, wall % DAY, wall_to_instant(zone, wall)


def rows(name, rng):
    zone = zoneinfo.ZoneInfo(name)
    from_year, to_year = (1900, 2037) if name in STEADY else (1970, 2026)
    found = changes(zone, from_year, to_year)
    if name != "Asia/Shanghai":
        found = rng.sample(found, min(SAMPLE, len(found)))
    for t in found:
        before, after = offset(zone, t - 1), offset(zone, t)
        for at in (t - 1, t):
            yield name, "at", at, offset(zone, at), "-"
        low, high = sorted((t + before, t + after))
        for wall in {low - 1, low, (low + high) // 2, high - 1, high}:
            yield wall_row(name, zone, wall)
    first, last = (int(datetime.datetime(y, 1, 2, tzinfo=UTC).timestamp())
                   for y in ((1900, 2199) if name in STEADY else (1970, 2026)))
    for _ in range(10):
        t = rng.randrange(first, last)
        yield name, "at", t, offset(zone, t), "-"
        yield wall_row(name, zone, rng.randrange(first, last))


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 20240520
    rng = random.Random(seed)
    print(f"# Printed by tests/lib/make_zone_cases.py {seed}; do not edit.")
    print("# Source: Python's zoneinfo with the system's tzdata.")
    print("zone\tkind\ta\tb\tc")
    for name in ZONES:
        for row in sorted(set(rows(name, rng)), key=lambda r: [str(x) for x in r]):
            print(*row, sep="\t")


if __name__ == "__main__":
    main()
