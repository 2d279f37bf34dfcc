#!/usr/bin/python3
"""Pictures of the pages, by Chromium, in the rehearsal's world of May 2024: shots.py DIR [--all].

phone.png, board.png, year.png are those of the README; --all makes more, for one's own eyes.
"""

import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from browser import Browser  # noqa: E402
from pages import DRAGON, MAY, Place, enter, fields_of  # noqa: E402

PHONE, DESK = (360, 780), (1280, 900)
STAR = "star/2024-05/brigade-10"


def live(place):
    """Something of everything: reported, received, sent back, answered."""
    page, clerk = place.link("page", "lead-brigade-10"), enter(place, "clerk", "wenmingban")

    def report(act, which=MAY):
        place.post(page, fields_of(place.get(page), act, which))

    for item in ("photos", "summary", "opinions"):
        report(f"report {item} electronic")
    place.post("/", fields_of(place.get("/", **clerk), "receive photos electronic"), **clerk)
    fields = fields_of(place.get("/", **clerk), "return")
    place.post("/", fields | {"w": "summary electronic", "r": "总结缺少参加人数，请补充"}, **clerk)
    report("report photos paper")
    return report


def live_late(place):
    """And the hour has struck: some of it is late, some waits for its receipt, some is done."""
    live(place)("report star electronic", STAR)
    lead = place.link("page", "lead-mobile")
    place.post(lead, fields_of(place.get(lead), "held", DRAGON))
    admin, end = enter(place, "admin"), time.monotonic() + 60
    while "逾期未报</h2>" not in place.get("/", **admin):
        assert time.monotonic() < end
        time.sleep(0.2)


def save(where, name, data):
    with open(os.path.join(where, name), "wb") as f:
        f.write(data)


def shoot(b, where, name, size, url, *, whole=False, dark=False, scale=1):
    b.wide(*size, scale)
    b.dark(dark)
    b.open(url)
    save(where, name + ".png", b.picture(whole))


def shoot_all(b, where, pages):
    for name, url in pages.items():
        for kind, size, dark in (("360", PHONE, False), ("1280", DESK, False), ("dark", PHONE, True)):
            shoot(b, where, f"{name}-{kind}", size, url, whole=True, dark=dark)
        b.dark(False)
        save(where, name + ".pdf", b.pdf())


def shoot_phone(b, where, everything):
    place = Place()
    try:
        live(place)
        page = place.url(place.link("page", "lead-brigade-10"))
        shoot(b, where, "phone", PHONE, page, scale=2)
        if everything:
            feed = place.link("person", "lead-brigade-10").removesuffix(".ics")
            shoot_all(b, where, {"p": page, "m": place.url(place.link("page", "lead-mobile")), "s": place.url(feed)})
    finally:
        place.close()


def shoot_board(b, where, everything):
    place = Place("2024-05-20T17:27+08:00", 30)
    try:
        live_late(place)
        b.wide(*DESK)
        b.open(place.url(place.link("admin")))
        shoot(b, where, "board", DESK, place.url("/"))
        save(where, "year.png", b.picture_of("#year"))
        if everything:
            shoot_all(b, where, {"b": place.url("/"), "u": place.url("/?u=brigade-10"),
                                 "l": place.url(place.link("page", "lead-brigade-10"))})
    finally:
        place.close()


def main():
    where, everything = sys.argv[1], "--all" in sys.argv
    os.makedirs(where, exist_ok=True)
    b = Browser()
    try:
        shoot_phone(b, where, everything)
        shoot_board(b, where, everything)
    finally:
        b.close()
    for name in ("phone", "board", "year"):
        path = os.path.join(where, name + ".png")
        subprocess.run(["pngquant", "--force", "--speed", "1", "--strip", "--output", path, "64", path], check=True)


main()
