"""The pages in a real browser: pressed, typed into, printed, scanned."""

import base64
import json
import os
import re
import shlex
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

import icalendar
import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from browser import ENTER, TAB, Browser  # noqa: E402
from daemon import BUILD, ROOT  # noqa: E402
from pages import DRAGON, MAY, Place, fields_of  # noqa: E402

@pytest.fixture(scope="module")
def browser():
    b = Browser()
    yield b
    b.close()


@pytest.fixture
def place():
    p = Place()
    yield p
    p.close()


def at(place, path):
    return place.url(path)


def card(obligation, rest):
    return f"//*[@id='o-{obligation.replace('/', '-')}']{rest}"


def in_sight(browser):
    return browser.run("const b = document.querySelector('.said').getBoundingClientRect();"
                       "return b.top >= 0 && b.bottom <= innerHeight && b.height > 0")


def test_lead_reports(place, browser):
    browser.wide(360)
    browser.open(at(place, place.link("page", "lead-brigade-10")))
    browser.press(card(MAY, "//button[@value='report summary paper']"))
    assert "m=report" in browser.url() and in_sight(browser)
    assert place.items()[("summary", "paper")] == "reported"
    browser.press(card(MAY, "//button[text()='全部已报送']"))
    assert set(place.items().values()) == {"reported"}
    browser.press(card(MAY, "//button[text()='撤销']"))
    assert list(place.items().values()).count("reported") == 1
    # Somebody else acts while the page is open.
    page = place.link("page", "deputy-brigade-10")
    place.post(page, fields_of(place.get(page), "report photos electronic"))
    browser.press(card(MAY, "//button[@value='report photos paper']"))
    assert "m=stale" in browser.url() and in_sight(browser)
    assert list(place.items().values()).count("reported") == 2
    assert browser.complaints() == []


def test_clerk_receives_returns_undoes(place, browser):
    browser.wide(1280)
    browser.open(at(place, place.link("clerk", "wenmingban")))
    assert browser.url() == at(place, "/")
    browser.press(card(MAY, "//button[text()='电子版核收']"))
    assert list(place.items().values()).count("received") == 3, browser.url()
    browser.click(card(MAY, "//summary[text()='退回补正']"))
    browser.submit(browser.type, card(MAY, "//input[@name='r']"), "图片不清“请重拍”" + ENTER)
    assert "m=return" in browser.url()
    assert list(place.items().values()).count("received") == 2
    browser.press(card(MAY, "//button[text()='撤销']"))
    assert list(place.items().values()).count("received") == 3
    browser.press(card(MAY, "//button[text()='全部核收']"))
    assert place.obligation()["state"] == "done"
    assert browser.complaints() == []


def test_activity_ends_earlier(place, browser):
    browser.wide(360)
    browser.open(at(place, place.link("page", "lead-mobile")))
    browser.press(card(DRAGON, "//button[text()='将开展']"))
    if not browser.run(f"return document.querySelector({json.dumps('#o-' + DRAGON.replace('/', '-') + ' .more')}).open"):
        browser.click(card(DRAGON, "//details[contains(@class,'more')]/summary"))
    browser.run("document.querySelector('input[type=date]').value = '2024-05-15'")
    browser.press(card(DRAGON, "//button[@value='ended']"))
    assert place.obligation(DRAGON)["due"] == "2024-05-17"


def test_clerk_enters_an_activity(place, browser):
    quota = "festival-year/2024/bureau"
    browser.wide(360)
    browser.open(at(place, place.link("clerk", "wenmingban")))
    browser.click(card(quota, "/summary"))
    browser.click(card(quota, "//summary[text()='登记一次活动']"))
    browser.run("document.querySelector('#o-festival-year-2024-bureau input[type=date]').value = '2024-04-03'")
    browser.submit(browser.type, card(quota, "//input[@name='r']"), "清明文明祭扫" + ENTER)
    assert "m=entry" in browser.url() and in_sight(browser)
    assert place.obligation(quota)["count"]["done"] == 1
    assert browser.run("return document.querySelector('#o-festival-year-2024-bureau progress').value") == 1
    browser.click(card(quota, "//summary[text()='已登记的活动']"))
    browser.submit(browser.type, card(quota, "//form[.//select]//input[@name='r']"), "写错了" + ENTER)
    assert place.obligation(quota)["count"]["done"] == 0
    assert browser.complaints() == []


def test_fits_phones_and_fingers(place, browser):
    for path, width in [(place.link("page", "lead-brigade-10"), 320), (place.link("clerk", "wenmingban"), 320),
                        (place.link("admin"), 360), (place.link("admin"), 768), (place.link("admin"), 1280)]:
        browser.wide(width)
        browser.open(at(place, path))
        assert browser.run("return document.documentElement.scrollWidth") <= width, (path, width)
        small = browser.run("""return [...document.querySelectorAll('button, summary, .button, input:not([type=hidden])')]
            .filter(e => e.offsetParent && e.getBoundingClientRect().height < 43.5).map(e => e.outerHTML)""")
        assert small == [], width
    assert browser.complaints() == []


def test_keyboard_alone(place, browser):
    """Tab to the first button of the first card; what has the focus can be seen."""
    browser.wide(1280)
    browser.open(at(place, place.link("page", "lead-brigade-10")))
    browser.keys(TAB)
    assert browser.run("return document.activeElement.value") == "report photos electronic"
    assert browser.run("return getComputedStyle(document.activeElement).outlineStyle") == "solid"
    browser.submit(browser.keys, ENTER)
    assert "m=report" in browser.url()
    assert place.items()[("photos", "electronic")] == "reported"


def test_prints_the_year(place, browser):
    browser.wide(1280)
    browser.open(at(place, place.link("admin")))
    pdf = browser.pdf()
    assert pdf.startswith(b"%PDF") and 2 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 8


def test_code_is_scanned_and_followed(place, browser, tmp_path):
    browser.wide(1280, 2400)
    browser.open(at(place, place.link("page", "lead-brigade-10")))
    picture = tmp_path / "code.png"
    picture.write_bytes(base64.b64decode(browser.call("GET", browser.find("//*[@class='feed-qr']") + "/screenshot")))
    read = subprocess.run(["zbarimg", "-q", "--raw", str(picture)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          text=True, timeout=30)
    url = read.stdout.strip()
    assert url.startswith(at(place, "/f/"))
    browser.open(url)
    feed = browser.run("return document.querySelector('a.main').getAttribute('href')")
    assert feed.startswith("webcal://")
    with urllib.request.urlopen("http" + feed.removeprefix("webcal"), timeout=10) as r:
        assert r.read().startswith(b"BEGIN:VCALENDAR\r\n")
    assert urllib.parse.urlsplit(url).path + ".ics" == urllib.parse.urlsplit(feed).path


# ---- what a visitor of the rehearsal does -------------------------------------------------------------


def command_of_run():
    """As the Makefile has it, with the programs under test and a state of our own."""
    lines = subprocess.run(["make", "-n", "run", "B=" + BUILD], cwd=ROOT, stdout=subprocess.PIPE, text=True,
                           check=True, timeout=60).stdout.splitlines()
    words = [shlex.split(line) for line in lines if "--rehearse" in line][-1]
    assert words[0] == f"{BUILD}/deadlined", words
    return words


@pytest.fixture
def rehearsal(tmp_path):
    """The programs of `make run`, an hour in two seconds; at the end what was said on the way."""
    if is_listened_at(8417):
        pytest.skip("somebody else listens at 127.0.0.1:8417")
    words = command_of_run()
    words[words.index("--speed") + 1] = "1800"
    daemon = subprocess.Popen(words + ["--state", str(tmp_path / "state")], cwd=ROOT, stdout=subprocess.PIPE, text=True,
                              env=os.environ | {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"})
    said = []

    def next_line():
        said.append(daemon.stdout.readline())
        assert said[-1], "".join(said)
        return said[-1]

    try:
        yield next_line, tmp_path / "state"
    finally:
        daemon.terminate()
        daemon.wait(20)
        daemon.stdout.close()


def until(ask):
    end = time.monotonic() + 20
    while not (answer := ask()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return answer


def is_listened_at(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


def poll(url, tag):
    """The calendar and its tag, or None: as it was, or not yet."""
    r = urllib.request.Request(url, headers={"If-None-Match": tag} if tag else {})
    try:
        with urllib.request.urlopen(r, timeout=10) as answer:
            return icalendar.Calendar.from_ical(answer.read()), answer.headers["ETag"]
    except urllib.error.HTTPError as e:
        assert e.code == 304 or (e.code == 503 and not tag)
        return None


def ctl(state, *args):
    r = subprocess.run([os.path.join(BUILD, "deadlinectl"), *args, "--state", str(state), "--json"],
                       stdout=subprocess.PIPE, check=True, timeout=20)
    return json.loads(r.stdout)


def planned(state):
    return [r for r in ctl(state, "next", "--limit", "500")["reminders"] if r["obligation"] == MAY]


def events(calendar, obligation):
    return [e for e in calendar.walk("VEVENT") if e["UID"].startswith(obligation + "@")]


def test_receiving_may_stops_reminders_and_calendars_follow(rehearsal, browser):
    """The clerk opens the printed link and receives all of May's material of brigade 10."""
    next_line, state = rehearsal
    links = {}
    while len(links) < 3:
        if found := re.match(r"(Board|Page|Calendar) of .*?: (http://127\.0\.0\.1:8417/\S+)", next_line()):
            links[found[1]] = found[2]
    until(lambda: is_listened_at(8417))
    calendar, tag = until(lambda: poll(links["Calendar"], ""))
    (event,) = events(calendar, MAY)
    assert not event["SUMMARY"].startswith("【已交】")
    assert {r["person"] for r in planned(state)} >= {"lead-brigade-10", "preparer-brigade-10"}
    browser.wide(1280)
    browser.open(links["Board"])
    assert browser.url() == "http://127.0.0.1:8417/"
    assert browser.run("return document.querySelectorAll('.year .month').length") == 12
    browser.click(card(MAY, "/summary"))
    browser.press(card(MAY, "//button[text()='全部核收']"))
    assert "m=receive" in browser.url()
    assert browser.run("return [...document.querySelectorAll('#next li')].map(e => e.innerText).join()"
                       ".includes('5月联点共建材料')") is False
    # The subscribed calendar, as a client polls it.
    changed, _ = until(lambda: poll(links["Calendar"], tag))
    (after,) = events(changed, MAY)
    assert after["SUMMARY"].startswith("【已交】") and int(after.get("SEQUENCE", 0)) > int(event.get("SEQUENCE", 0))
    browser.open(links["Page"])
    assert "已报结" in browser.run(f"return document.querySelector('#o-{MAY.replace('/', '-')}').innerText")
    assert planned(state) == []
    (receipt,) = [r for r in ctl(state, "history", MAY)["rows"] if r["kind"] == "receive"]
    assert receipt["actor"] == "clerk-417" and receipt["at"].startswith("2024-05-")
    assert browser.complaints() == []
