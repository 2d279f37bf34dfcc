"""A daemon in rehearsal with deadlined-web before it, for the tests of pages."""

import hashlib
import html
import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.parse

from daemon import BUILD, CTL, PROGRAM, ROOT

WEB = os.path.join(BUILD, "deadlined-web")
MAY = "monthly/2024-05/brigade-10"
DRAGON = "festival/dragon-boat-2024/mobile"
FORM = re.compile(r"<form .*?</form>", re.S)


class Place:
    """Both programs on one state directory; without more words at 09:00 on 16 May 2024."""

    def __init__(self, start="2024-05-16T09:00+08:00", speed=1, config=os.path.join(ROOT, "config", "deadlined.cfg")):
        self.dir = tempfile.mkdtemp(prefix="dlp-")
        self.daemon = subprocess.Popen(
            [PROGRAM, "-c", config, "--state", self.dir,
             "--rehearse", start, "--speed", str(speed)], stdout=subprocess.DEVNULL)
        self.web = None
        try:
            self.start_web()
        except BaseException:
            self.close()
            raise

    def start_web(self):
        self.wait_for("web.sock")
        self.wait_for("feeds/index")
        self.web = subprocess.Popen([WEB, "--state", self.dir, "--listen", "127.0.0.1:0"], stderr=subprocess.PIPE,
                                    text=True)
        self.port = int(re.search(r":(\d+)/", self.web.stderr.readline()).group(1))

    def wait_for(self, name):
        end = time.monotonic() + 20
        while not os.path.exists(os.path.join(self.dir, name)):
            assert time.monotonic() < end, name
            time.sleep(0.02)

    def close(self):
        for p in filter(None, (self.web, self.daemon)):
            p.terminate()
            try:
                p.wait(20)
            finally:
                p.kill()
        if self.web:
            self.web.stderr.close()
        shutil.rmtree(self.dir, ignore_errors=True)

    def ctl(self, *args):
        r = subprocess.run([CTL, *args, "--state", self.dir, "--json"], stdout=subprocess.PIPE, check=True, timeout=20)
        return json.loads(r.stdout)

    def link(self, kind, *who):
        return self.ctl("link", "show", kind, *who)["path"]

    def verb(self, verb, **args):
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(10)
            s.connect(os.path.join(self.dir, "ctl.sock"))
            s.sendall((json.dumps({"verb": verb, "args": args}) + "\n").encode())
            return json.loads(s.makefile().readline())["data"]

    def obligation(self, which=MAY):
        found = [o for o in self.verb("obligations", all=True)["obligations"] if o["id"] == which]
        return found[0]

    def items(self, which=MAY):
        return {(i["deliverable"], i["form"]): i["state"] for i in self.obligation(which)["items"]}

    def acts(self, which=MAY):
        return [(r["kind"], r["actor"]) for r in self.verb("history", obligation=which, limit=500)["rows"]
                if r["message"] == 0]

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def ask(self, method, path, body=None, **headers):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        c.request(method, path.split("#")[0], body, {k.replace("_", "-"): v for k, v in headers.items()})
        r = c.getresponse()
        text = r.read().decode()
        c.close()
        return r, text

    def get(self, path, **headers):
        r, text = self.ask("GET", path, **headers)
        assert r.status == 200, text
        return text

    def post(self, path, fields, **headers):
        return self.ask("POST", path, urllib.parse.urlencode(fields), Content_Type="application/x-www-form-urlencoded",
                        **headers)[0]


def fields_of(text, act, obligation=MAY):
    """What a browser sends when that button is pressed."""
    for form in FORM.findall(text):
        hidden = dict(re.findall(r'<input type="hidden" name="(\w)" value="([^"]*)">', form))
        if hidden["o"] == obligation and f'name="a" value="{act}"' in form:
            return {k: html.unescape(v) for k, v in hidden.items()} | {"a": act}
    raise AssertionError(f"no button {act} for {obligation}")


def form_token(secret, obligation, version):
    return hashlib.sha256(f"form\n{secret}\n{obligation}\n{version}".encode()).hexdigest()[:32]


def made(path, act, obligation=MAY, version="0.0", **more):
    """A form that no page offered, but with the token that belongs to the link."""
    return {"o": obligation, "v": version, "t": form_token(path.split("/")[-1], obligation, version), "a": act, **more}


def said(r):
    assert r.status == 303
    return urllib.parse.parse_qs(urllib.parse.urlsplit(r.headers["Location"]).query)["m"][0]


def enter(place, *link):
    path = place.link(*link)
    r, _ = place.ask("GET", path)
    assert r.status == 303 and r.headers["Location"] == "/"
    cookie = r.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie
    return {"Cookie": "other=1; " + cookie.split(";")[0]}
