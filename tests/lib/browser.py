"""Chromium by WebDriver (chromedriver), spoken with over plain HTTP."""

import base64
import json
import re
import subprocess
import time
import urllib.request

TAB, ENTER = "\ue004", "\ue007"
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


class Browser:
    def __init__(self):
        self.driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, text=True)
        for line in self.driver.stdout:
            if found := re.search(r"successfully on port (\d+)", line):
                self.base = f"http://127.0.0.1:{found.group(1)}"
                break
        options = {"args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-prefers-reduced-motion"]}
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

    def wide(self, width, height=800, scale=1):
        """The page's own width: a window cannot be as narrow as a phone."""
        self.call("POST", "/goog/cdp/execute", cmd="Emulation.setDeviceMetricsOverride",
                  params={"width": width, "height": height, "deviceScaleFactor": scale, "mobile": width < 600})

    def complaints(self):
        return [e["message"] for e in self.call("POST", "/se/log", type="browser") if "favicon" not in e["message"]]

    def dark(self, on):
        self.call("POST", "/goog/cdp/execute", cmd="Emulation.setEmulatedMedia",
                  params={"features": [{"name": "prefers-color-scheme", "value": "dark" if on else "light"}]})

    def picture(self, whole=False, scale=1):
        """PNG of what is in sight, or of the whole page."""
        if not whole:
            return base64.b64decode(self.call("GET", "/screenshot"))
        size = self.run("const d = document.documentElement; return [d.clientWidth, d.scrollHeight]")
        clip = {"x": 0, "y": 0, "width": size[0], "height": size[1], "scale": scale}
        return base64.b64decode(self.call("POST", "/goog/cdp/execute", cmd="Page.captureScreenshot", params={
            "format": "png", "captureBeyondViewport": True, "clip": clip})["data"])

    def pdf(self):
        return base64.b64decode(self.call("POST", "/print"))

    def picture_of(self, selector):
        box = self.run(f"const r = document.querySelector({json.dumps(selector)}).getBoundingClientRect();"
                       "return [r.x + scrollX, r.y + scrollY, r.width, r.height]")
        clip = dict(zip(("x", "y", "width", "height"), box), scale=1)
        return base64.b64decode(self.call("POST", "/goog/cdp/execute", cmd="Page.captureScreenshot", params={
            "format": "png", "captureBeyondViewport": True, "clip": clip})["data"])
