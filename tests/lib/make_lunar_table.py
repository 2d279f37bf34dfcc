#!/usr/bin/python3
"""Print daemon/calendar/lunar_table.h: lunar years 1901..2100, 清明 and 冬至, from astronomy.

Rule: GB/T 33661-2017.  A month begins on the civil day (UTC+8) of the new moon; the month that holds
the winter solstice is the eleventh; of 13 months between two solstices the first that holds no major
solar term is the leap month.  The almanacs of 1914 to 1928 were computed for the meridian of Beijing,
14 minutes 20 seconds behind, which moves the first day of three months (1914/10, 1916/1, 1920/10).

New moons: J. Meeus, Astronomical Algorithms (2nd ed.), ch. 49; error up to about 20 s, against an
independent ephemeris 43 s in the worst case seen.  Sun: VSOP87 truncated as in Meeus, appendix III,
with nutation and aberration; error about 1 arc second = 25 s.  Delta T: Espenak and Meeus (2006).

An instant within EDGE_S of midnight is not decided by the series but by EDGES below.  Every such instant
must stand there, and nothing else: the program stops otherwise.

    make_lunar_table.py           print the header
    make_lunar_table.py --check   compare with the checked-in header, exit 1 if they differ
"""
import bisect
import math
import pathlib
import sys

FIRST, LAST = 1901, 2100
HEADER = pathlib.Path(__file__).resolve().parents[2] / "daemon" / "calendar" / "lunar_table.h"
EDGE_S = 60
UTC8 = 8 / 24
BEIJING = (7 + 45 / 60 + 40 / 3600) / 24

# What lies within EDGE_S of midnight, computed instant -> civil day, and why.
EDGES = {
    ("moon", 2057, 9): (2057, 9, 29),  # 5 to 40 s past, as Delta T is guessed; all almanacs agree
    ("moon", 2097, 8): (2097, 8, 7),   # 19 s before with this Delta T, 15 s past with another
    (30, 1950): (1950, 4, 20),         # new moon on the 17th
    (270, 1951): (1951, 12, 23),       # 00:00:01; all almanacs agree
    (300, 1979): (1979, 1, 21),        # new moon on the 28th
    (270, 2021): (2021, 12, 21),       # 23:59:19; all almanacs agree
    (0, 2084): (2084, 3, 19),          # new moon on the 17th
}

edges_used = set()

# Heliocentric longitude of the Earth, 1e-8 rad: A, B, C of A cos(B + C tau), by power of tau.
L = [
    [
        (175347046, 0, 0), (3341656, 4.6692568, 6283.07585), (34894, 4.6261, 12566.1517),
        (3497, 2.7441, 5753.3849), (3418, 2.8289, 3.5231), (3136, 3.6277, 77713.7715),
        (2676, 4.4181, 7860.4194), (2343, 6.1352, 3930.2097), (1324, 0.7425, 11506.7698),
        (1273, 2.0371, 529.691), (1199, 1.1096, 1577.3435), (990, 5.233, 5884.927), (902, 2.045, 26.298),
        (857, 3.508, 398.149), (780, 1.179, 5223.694), (753, 2.533, 5507.553), (505, 4.583, 18849.228),
        (492, 4.205, 775.523), (357, 2.92, 0.067), (317, 5.849, 11790.629), (284, 1.899, 796.298),
        (271, 0.315, 10977.079), (243, 0.345, 5486.778), (206, 4.806, 2544.314), (205, 1.869, 5573.143),
        (202, 2.458, 6069.777), (156, 0.833, 213.299), (132, 3.411, 2942.463), (126, 1.083, 20.775),
        (115, 0.645, 0.98), (103, 0.636, 4694.003), (102, 0.976, 15720.839), (102, 4.267, 7.114),
        (99, 6.21, 2146.17), (98, 0.68, 155.42), (86, 5.98, 161000.69), (85, 1.3, 6275.96),
        (85, 3.67, 71430.7), (80, 1.81, 17260.15), (79, 3.04, 12036.46), (75, 1.76, 5088.63),
        (74, 3.5, 3154.69), (74, 4.68, 801.82), (70, 0.83, 9437.76), (62, 3.98, 8827.39), (61, 1.82, 7084.9),
        (57, 2.78, 6286.6), (56, 4.39, 14143.5), (56, 3.47, 6279.55), (52, 0.19, 12139.55),
        (52, 1.33, 1748.02), (51, 0.28, 5856.48), (49, 0.49, 1194.45), (41, 5.37, 8429.24),
        (41, 2.4, 19651.05), (39, 6.17, 10447.39), (37, 6.04, 10213.29), (37, 2.57, 1059.38),
        (36, 1.71, 2352.87), (36, 1.78, 6812.77), (33, 0.59, 17789.85), (30, 0.44, 83996.85),
        (30, 2.74, 1349.87), (25, 3.16, 4690.48),
    ],
    [
        (628331966747, 0, 0), (206059, 2.678235, 6283.07585), (4303, 2.6351, 12566.1517), (425, 1.59, 3.523),
        (119, 5.796, 26.298), (109, 2.966, 1577.344), (93, 2.59, 18849.23), (72, 1.14, 529.69),
        (68, 1.87, 398.15), (67, 4.41, 5507.55), (59, 2.89, 5223.69), (56, 2.17, 155.42), (45, 0.4, 796.3),
        (36, 0.47, 775.52), (29, 2.65, 7.11), (21, 5.34, 0.98), (19, 1.85, 5486.78), (19, 4.97, 213.3),
        (17, 2.99, 6275.96), (16, 0.03, 2544.31), (16, 1.43, 2146.17), (15, 1.21, 10977.08),
        (12, 2.83, 1748.02), (12, 3.26, 5088.63), (12, 5.27, 1194.45), (12, 2.08, 4694), (11, 0.77, 553.57),
        (10, 1.3, 6286.6), (10, 4.24, 1349.87), (9, 2.7, 242.73), (9, 5.64, 951.72), (8, 5.3, 2352.87),
        (6, 2.65, 9437.76), (6, 4.67, 4690.48),
    ],
    [
        (52919, 0, 0), (8720, 1.0721, 6283.0758), (309, 0.867, 12566.152), (27, 0.05, 3.52), (16, 5.19, 26.3),
        (16, 3.68, 155.42), (10, 0.76, 18849.23), (9, 2.06, 77713.77), (7, 0.83, 775.52), (5, 4.66, 1577.34),
        (4, 1.03, 7.11), (4, 3.44, 5573.14), (3, 5.14, 796.3), (3, 6.05, 5507.55), (3, 1.19, 242.73),
        (3, 6.12, 529.69), (3, 0.31, 398.15), (3, 2.28, 553.57), (2, 4.38, 5223.69), (2, 3.75, 0.98),
    ],
    [
        (289, 5.844, 6283.076), (35, 0, 0), (17, 5.49, 12566.15), (3, 5.2, 155.42), (1, 4.72, 3.52),
        (1, 5.3, 18849.23), (1, 5.97, 242.73),
    ],
]
# Distance, 1e-8 au: enough for the aberration.
R = [
    (100013989, 0, 0), (1670700, 3.0984635, 6283.07585), (13956, 3.05525, 12566.1517),
    (3084, 5.1985, 77713.7715), (1628, 1.1739, 5753.3849), (1576, 2.8469, 7860.4194),
]
# Meeus ch. 49: coefficient of new moon, powers of E, multiples of M, M', F, Omega.
MOON = [
    (-0.40720, 0, 0, 1, 0, 0), (0.17241, 1, 1, 0, 0, 0), (0.01608, 0, 0, 2, 0, 0), (0.01039, 0, 0, 0, 2, 0),
    (0.00739, 1, -1, 1, 0, 0), (-0.00514, 1, 1, 1, 0, 0), (0.00208, 2, 2, 0, 0, 0), (-0.00111, 0, 0, 1, -2, 0),
    (-0.00057, 0, 0, 1, 2, 0), (0.00056, 1, 1, 2, 0, 0), (-0.00042, 0, 0, 3, 0, 0), (0.00042, 1, 1, 0, 2, 0),
    (0.00038, 1, 1, 0, -2, 0), (-0.00024, 1, -1, 2, 0, 0), (-0.00017, 0, 0, 0, 0, 1), (-0.00007, 0, 2, 1, 0, 0),
    (0.00004, 0, 0, 2, -2, 0), (0.00004, 0, 3, 0, 0, 0), (0.00003, 0, 1, 1, -2, 0), (0.00003, 0, 0, 2, 2, 0),
    (-0.00003, 0, 1, 1, 2, 0), (0.00003, 0, -1, 1, 2, 0), (-0.00002, 0, -1, 1, -2, 0), (-0.00002, 0, 1, 3, 0, 0),
    (0.00002, 0, 0, 4, 0, 0),
]
# Planetary arguments: constant, per lunation, per T squared (degrees); amplitude in 1e-6 day.
PLANETS = [
    (299.77, 0.107408, -0.009173, 325), (251.88, 0.016321, 0, 165), (251.83, 26.651886, 0, 164),
    (349.42, 36.412478, 0, 126), (84.66, 18.206239, 0, 110), (141.74, 53.303771, 0, 62), (207.14, 2.453732, 0, 60),
    (154.84, 7.306860, 0, 56), (34.52, 27.261239, 0, 47), (207.19, 0.121824, 0, 42), (291.34, 1.844379, 0, 40),
    (161.72, 24.198154, 0, 37), (239.56, 25.513099, 0, 35), (331.55, 3.592518, 0, 23),
]


def julian_day(year, month, day):
    """Julian day of 0h of a Gregorian date (Meeus ch. 7)."""
    if month <= 2:
        year, month = year - 1, month + 12
    century = year // 100
    return (math.floor(365.25 * (year + 4716)) + math.floor(30.6001 * (month + 1)) + day + 2 - century
            + century // 4 - 1524.5)


def gregorian(number):
    """Civil date of a Julian day number."""
    a = number + 32044
    b = (4 * a + 3) // 146097
    c = a - 146097 * b // 4
    d = (4 * c + 3) // 1461
    e = c - 1461 * d // 4
    m = (5 * e + 2) // 153
    return 100 * b + d - 4800 + m // 10, m + 3 - 12 * (m // 10), e - (153 * m + 2) // 5 + 1


def day_number(date):
    return round(julian_day(*date) + 0.5)


def delta_t(year):
    """TT - UT in seconds."""
    if year < 1920:
        t = year - 1900
        return -2.79 + 1.494119 * t - 0.0598939 * t**2 + 0.0061966 * t**3 - 0.000197 * t**4
    if year < 1941:
        t = year - 1920
        return 21.20 + 0.84493 * t - 0.0761 * t**2 + 0.0020936 * t**3
    if year < 1961:
        t = year - 1950
        return 29.07 + 0.407 * t - t**2 / 233 + t**3 / 2547
    if year < 1986:
        t = year - 1975
        return 45.45 + 1.067 * t - t**2 / 260 - t**3 / 718
    if year < 2005:
        t = year - 2000
        return (63.86 + 0.3345 * t - 0.060374 * t**2 + 0.0017275 * t**3 + 0.000651814 * t**4
                + 0.00002373599 * t**5)
    if year < 2050:
        t = year - 2000
        return 62.92 + 0.32217 * t + 0.005589 * t**2
    return -20 + 32 * ((year - 1820) / 100) ** 2 - 0.5628 * (2150 - year)


def solar_longitude(jde):
    """Apparent geocentric longitude of the Sun in degrees."""
    tau = (jde - 2451545) / 365250
    centuries = tau * 10
    earth = sum(sum(a * math.cos(b + c * tau) for a, b, c in terms) * tau**i for i, terms in enumerate(L)) * 1e-8
    distance = sum(a * math.cos(b + c * tau) for a, b, c in R) * 1e-8
    node = math.radians(125.04452 - 1934.136261 * centuries)
    sun = math.radians(280.4665 + 36000.7698 * centuries)
    moon = math.radians(218.3165 + 481267.8813 * centuries)
    nutation = (-17.20 * math.sin(node) - 1.32 * math.sin(2 * sun) - 0.23 * math.sin(2 * moon)
                + 0.21 * math.sin(2 * node))
    return (math.degrees(earth) + 180 + (-0.09033 + nutation - 20.4898 / distance) / 3600) % 360


def term_instant(longitude, guess):
    jde = guess
    for _ in range(30):
        off = (solar_longitude(jde) - longitude + 540) % 360 - 180
        jde -= off * 365.2422 / 360
        if abs(off) < 1e-9:
            break
    return jde


def new_moon_instant(k):
    """The k-th new moon after that of 6 January 2000 (Meeus ch. 49)."""
    t = k / 1236.85
    mean = 2451550.09766 + 29.530588861 * k + 0.00015437 * t**2 - 0.00000015 * t**3 + 0.00000000073 * t**4
    e = 1 - 0.002516 * t - 0.0000074 * t**2
    angles = [math.radians(x) for x in (
        2.5534 + 29.10535670 * k - 0.0000014 * t**2 - 0.00000011 * t**3,
        201.5643 + 385.81693528 * k + 0.0107582 * t**2 + 0.00001238 * t**3 - 0.000000058 * t**4,
        160.7108 + 390.67050284 * k - 0.0016118 * t**2 - 0.00000227 * t**3 + 0.000000011 * t**4,
        124.7746 - 1.56375588 * k + 0.0020672 * t**2 + 0.00000215 * t**3)]
    periodic = sum(a * e**p * math.sin(sum(n * x for n, x in zip(multiples, angles)))
                   for a, p, *multiples in MOON)
    planets = sum(w * math.sin(math.radians(a + b * k + c * t**2)) for a, b, c, w in PLANETS) * 1e-6
    return mean + periodic + planets


def civil_day(jde, year, edge):
    """Julian day number of the civil day in China; what is too close to midnight is looked up."""
    local = jde - delta_t(year) / 86400 + (BEIJING if 1914 <= year < 1929 else UTC8) + 0.5
    fraction = local - math.floor(local)
    if min(fraction, 1 - fraction) * 86400 < EDGE_S:
        date = gregorian(math.floor(local))
        key = edge(date)
        if key not in EDGES:
            sys.exit(f"{key}: {date} is within {EDGE_S} s of midnight and not decided")
        edges_used.add(key)
        return day_number(EDGES[key])
    return math.floor(local)


def solar_terms():
    terms = {}
    for year in range(FIRST - 2, LAST + 3):
        for longitude in [*range(0, 360, 30), 15]:
            month = 4 if longitude == 15 else (longitude // 30 + 2) % 12 + 1
            instant = term_instant(longitude, julian_day(year, month, 5 if longitude == 15 else 21))
            terms[year, longitude] = civil_day(instant, year, lambda date: (longitude, date[0]))
    return terms


def new_moons():
    first, last = (round((y - 2000) * 12.3685) for y in (FIRST - 2, LAST + 3))
    return [civil_day(new_moon_instant(k), 2000 + k / 12.3685, lambda date: ("moon", *date[:2]))
            for k in range(first, last)]


def lunar_months():
    """{lunar year: [(month, is leap, first day, days)]} in order."""
    moons, terms = new_moons(), solar_terms()
    major = sorted(day for (_, longitude), day in terms.items() if longitude != 15)
    years = {}
    for year in range(FIRST - 1, LAST + 2):
        begin = bisect.bisect_right(moons, terms[year - 1, 270]) - 1
        end = bisect.bisect_right(moons, terms[year, 270]) - 1
        month, wants_leap = 11, end - begin == 13
        for i in range(begin, end):
            empty = bisect.bisect_left(major, moons[i]) == bisect.bisect_left(major, moons[i + 1])
            leap = i > begin and wants_leap and empty
            if leap:
                wants_leap = False
            elif i > begin:
                month = month % 12 + 1
            lunar_year = year - 1 if month >= 11 else year
            years.setdefault(lunar_year, []).append((month, leap, moons[i], moons[i + 1] - moons[i]))
    return years, terms


def encode(months, year):
    leap = next((month for month, is_leap, _, _ in months if is_leap), 0)
    lengths = sum((days - 29) << i for i, (_, _, _, days) in enumerate(months))
    return lengths | leap << 13 | (months[0][2] - day_number((year, 1, 20))) << 17


def rows(values, form, per_line):
    return "\n".join("\t" + " ".join(form.format(v) + "," for v in values[i:i + per_line])
                     for i in range(0, len(values), per_line))


def header():
    years, terms = lunar_months()
    table = [encode(years[year], year) for year in range(FIRST, LAST + 1)]
    qingming = [gregorian(terms[year, 15])[2] for year in range(FIRST, LAST + 1)]
    dongzhi = [gregorian(terms[year, 270])[2] for year in range(FIRST, LAST + 1)]
    return f"""/*
 * lunar_table - printed by tests/lib/make_lunar_table.py; do not edit
 *
 * LUNAR_YEAR[y - {FIRST}]: bits 0-12, one for each month in order, the leap month among them:
 * 1 = 30 days, 0 = 29; bits 13-16 the leap month, 0 = none; bits 17-22 days from 20 January to
 * the first day of the year.
 * QINGMING, DONGZHI: day of April, day of December.
 */
#ifndef CALENDAR_LUNAR_TABLE_H
#define CALENDAR_LUNAR_TABLE_H

#include <stdint.h>

static const uint32_t LUNAR_YEAR[{len(table)}] = {{
{rows(table, "0x{:06x}", 8)}
}};

static const uint8_t QINGMING[{len(qingming)}] = {{
{rows(qingming, "{}", 25)}
}};

static const uint8_t DONGZHI[{len(dongzhi)}] = {{
{rows(dongzhi, "{}", 20)}
}};

#endif
"""


def main():
    text = header()
    if edges_used != set(EDGES):
        sys.exit(f"not within {EDGE_S} s of midnight: {set(EDGES) - edges_used}")
    if sys.argv[1:] != ["--check"]:
        sys.stdout.write(text)
    elif HEADER.read_text() != text:
        sys.exit(f"{HEADER.name} is not what astronomy gives; run this program and look at the difference")


if __name__ == "__main__":
    main()
