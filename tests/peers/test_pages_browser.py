"""The pages in a real browser: pressed, typed into, printed, scanned.

Chromium by WebDriver (chromedriver), spoken with over plain HTTP.
"""

import base64
import json
import os
import re
import subprocess
import sys
import time
import urllib.parse
import urllib.request

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from pages import DRAGON, MAY, Place, fields_of  # noqa: E402

TAB, ENTER = "\ue004", "\ue007"
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


class Browser:
    def __init__(self):
        self.driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, text=True)
        for line in self.driver.stdout:
            if found := re.search(r"successfully on port (\d+)", line):
                self.base = f"http://127.0.0.1:{found.group(1)}"
                break
        options = {"args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--force-prefers-reduced-motion"]}
        caps = {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": options,
                                "goog:loggingPrefs": {"browser": "ALL"}}}
        self.session = ""
        self.session = "/session/" + self.call("POST", "/session", capabilities=caps)["sessionId"]

    def call(self, method, path, **body):
        data = json.dumps(body).encode() if method == "POST" else None
        r = urllib.request.Request(self.base + self.session + path, data, method=method)
        with urllib.request.urlopen(r, timeout=60) as answer:
            return json.load(answer)["value"]

    def close(self):
        try:
            self.call("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait(20)
            self.driver.stdout.close()

    def open(self, url):
        self.call("POST", "/url", url=url)

    def url(self):
        return self.call("GET", "/url")

    def find(self, xpath):
        found = self.call("POST", "/element", using="xpath", value=xpath)
        return "/element/" + found[ELEMENT]

    def click(self, xpath):
        self.call("POST", self.find(xpath) + "/click")

    def type(self, xpath, text):
        self.call("POST", self.find(xpath) + "/value", text=text)

    def submit(self, how, *args):
        """A click or a key that posts a form: until the page after it is there."""
        self.run("document.before = true")
        how(*args)
        end = time.monotonic() + 20
        while self.run("return document.before || document.readyState != 'complete'"):
            assert time.monotonic() < end, self.url()
            time.sleep(0.02)

    def press(self, xpath):
        self.submit(self.click, xpath)

    def keys(self, *codes):
        actions = [{"type": k, "value": c} for c in codes for k in ("keyDown", "keyUp")]
        self.call("POST", "/actions", actions=[{"type": "key", "id": "k", "actions": actions}])

    def run(self, script):
        return self.call("POST", "/execute/sync", script=script, args=[])

    def wide(self, width, height=800):
        """The page's own width: a window cannot be as narrow as a phone."""
        self.call("POST", "/goog/cdp/execute", cmd="Emulation.setDeviceMetricsOverride",
                  params={"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600})

    def complaints(self):
        return [e["message"] for e in self.call("POST", "/se/log", type="browser") if "favicon" not in e["message"]]


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
    return f"http://127.0.0.1:{place.port}{path}"


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
    pdf = base64.b64decode(browser.call("POST", "/print"))
    assert pdf.startswith(b"%PDF") and 2 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 8


def test_code_is_scanned_and_followed(place, browser, tmp_path):
    browser.wide(360, 2400)
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
