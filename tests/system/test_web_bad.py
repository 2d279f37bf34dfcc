"""What strangers send: bytes that are not HTTP, requests that are not ours, keys that are not theirs.

All of it is refused or cut, nothing changes, the log says so without a key, and the server goes on.
"""

import os
import random
import socket
import struct
import sys
import time

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from pages import MAY, Place, fields_of, form_token, made, said  # noqa: E402
from web import PAGE, RECEIPTS, TOKEN, Answer, Web, calendar  # noqa: E402

OK = f"GET /f/{TOKEN}.ics HTTP/1.1\r\nHost: localhost\r\n".encode()
END = b"Connection: close\r\n\r\n"


@pytest.fixture(scope="module")
def web():
    with Web("--request-deadline", "3") as w:
        yield w
        assert w.process.poll() is None
        for line in w.log:
            for key in (TOKEN, PAGE, RECEIPTS):
                assert key not in line, line


def statuses(data):
    return [int(part[:3]) for part in data.split(b"HTTP/1.1 ")[1:] if part[:3].isdigit()]


# ---- bytes -------------------------------------------------------------------------------------

# name, bytes, what may be answered (nothing at all is always fine)
BYTES = [
    ("nothing", b"", set()),
    ("an empty line and nothing", b"\r\n", set()),
    ("HTTP/0.9", b"GET /\r\n", {400, 505}),
    ("HTTP/0.9 with a token", b"GET /f/" + TOKEN.encode() + b".ics\r\n\r\n", {400, 505}),
    ("no version", b"GET /healthz\r\nHost: localhost\r\n\r\n", {400, 505}),
    ("TLS", bytes.fromhex("16030100c8010000c40303") + bytes(range(200)), {400, 505}),
    ("SSH", b"SSH-2.0-OpenSSH_9.2\r\n", {400, 505}),
    ("SMTP", b"EHLO example.invalid\r\nMAIL FROM:<>\r\n", {400, 505}),
    ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400, 405, 505}),
    ("zeros", bytes(2000), {400, 431, 505}),
    ("no colon", OK + b"nonsense\r\n" + END, {400}),
    ("blank before the colon", OK + b"X : 1\r\n" + END, {400}),
    # For libmicrohttpd the head ends there; no proxy passes such a line on.
    ("no name", OK + b": 1\r\n" + END, {200, 400}),
    ("folded", OK + b"X: 1\r\n 2\r\n" + END, {200, 400}),
    ("folded host", b"GET /healthz HTTP/1.1\r\nHost:\r\n evil.example\r\n" + END, {400, 421}),
    ("two hosts", b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n" + END, {200, 400, 421}),
    ("user in the host", b"GET /healthz HTTP/1.1\r\nHost: localhost@evil.example\r\n" + END, {400, 421}),
    ("bytes beyond ASCII", b"GET /\xff\xfe HTTP/1.1\r\nHost: localhost\r\n" + END, {400, 404}),
    ("beyond ASCII in the host", b"GET /healthz HTTP/1.1\r\nHost: \xe6\x97\xa5\r\n" + END, {400, 421}),
    ("whole address of another", b"GET http://evil.example/f/x HTTP/1.1\r\nHost: localhost\r\n" + END, {400, 404, 421}),
    ("proxy, please", b"CONNECT evil.example:443 HTTP/1.1\r\nHost: localhost\r\n" + END, {400, 405, 501}),
    ("long method", b"A" * 5000 + b" / HTTP/1.1\r\nHost: localhost\r\n" + END, {400, 405, 414, 431}),
    ("two blanks", b"GET  /healthz  HTTP/1.1\r\nHost: localhost\r\n" + END, {400, 404, 505}),
    ("tabs", b"GET\t/healthz\tHTTP/1.1\r\nHost: localhost\r\n" + END, {400, 404, 505}),
    ("bare CR", b"GET /healthz HTTP/1.1\rHost: localhost\r\r", {400, 505}),
    ("4,000 fields", OK + b"".join(b"A%d: b\r\n" % i for i in range(4000)) + END, {400, 431}),
    ("minus one", OK.replace(b"GET", b"POST") + b"Content-Length: -1\r\n" + END, {400, 405}),
    ("plus five", OK.replace(b"GET", b"POST") + b"Content-Length: +5\r\n" + END + b"12345", {400, 405}),
    ("two lengths", OK.replace(b"GET", b"POST") + b"Content-Length: 5, 5\r\n" + END + b"12345", {400, 405}),
    ("chunk without end", f"POST /r/{RECEIPTS} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
     .encode() + b"FFFFFFFFFFFFFFFFF\r\n", {400, 413}),
    ("chunk of minus", f"POST /r/{RECEIPTS} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
     .encode() + b"-1\r\nxx\r\n", {400, 413}),
    ("chunked twice", f"POST /r/{RECEIPTS} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked, chunked\r\n\r\n"
     .encode() + b"0\r\n\r\n", {400, 501, 503}),
    ("100 of too much", f"POST /r/{RECEIPTS} HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
     "Content-Length: 99999999\r\n\r\n".encode(), {413}),
    ("another protocol", OK + b"Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n" + END, {200}),
    ("ranges", OK + b"Range: bytes=0-1,2-3,4-5\r\n" + END, {200}),
]


@pytest.mark.parametrize("data,allowed", [row[1:] for row in BYTES], ids=[row[0] for row in BYTES])
def test_bytes(web, data, allowed):
    got = web.tell(data)
    assert set(statuses(got)) <= allowed, got[:200]
    assert web.feed().status == 200


def test_never_less_than_the_whole_by_a_range(web):
    assert Answer(web.raw(OK + b"Range: bytes=0-9\r\n" + END)).body == calendar(200)


def test_smuggling(web):
    """What follows a refused request is not a request."""
    for fields in (b"Content-Length: 5\r\nTransfer-Encoding: chunked", b"Transfer-Encoding: chunked\r\nContent-Length: 5",
                   b"Content-Length: 5\r\nContent-Length: 50", b"Transfer-Encoding: identity",
                   b"Transfer-Encoding:\x0bchunked", b"Transfer-Encoding: \x00chunked", b"Content-Length: 0x5"):
        got = web.raw(f"POST /r/{RECEIPTS} HTTP/1.1\r\nHost: localhost\r\n".encode() + fields + b"\r\n\r\n0\r\n\r\n"
                      + OK + END)
        assert 200 not in statuses(got), fields


def test_random_bytes(web):
    """Whole requests with a few bytes changed, cut or doubled; the seed is in the environment or printed."""
    seed = int(os.environ.get("SEED", "0")) or random.randrange(1 << 32)
    print("SEED", seed)
    r = random.Random(seed)
    good = [OK + END, f"POST /r/{RECEIPTS}?a=%20b HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n".encode() + END + b"abc",
            b"GET / HTTP/1.1\r\nHost: localhost\r\nCookie: deadlined=" + b"x" * 43 + b"; a=b\r\n" + END,
            b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 10.0.0.1, ::1\r\n" + END]
    for _ in range(300):
        data = bytearray(r.choice(good))
        for _ in range(r.randrange(1, 6)):
            at = r.randrange(len(data))
            how = r.randrange(4)
            if how == 0:
                data[at] = r.randrange(256)
            elif how == 1:
                del data[at:at + r.randrange(1, 20)]
            elif how == 2:
                data[at:at] = bytes(r.randrange(256) for _ in range(r.randrange(1, 20)))
            else:
                data[at:at] = data[at:at + r.randrange(1, 60)]
            if not data:
                data = bytearray(b"x")
        got = web.tell(data)
        assert not [n for n in statuses(got) if n >= 500 and n not in (501, 503, 505)], (seed, bytes(data), got[:100])
        # A whole answer or none of it: a feed is never cut.
        if b"text/calendar" in got and b"200 OK" in got and not data.startswith(b"HEAD"):
            assert b"END:VCALENDAR\r\n" in got, (seed, bytes(data))
    assert web.feed().status == 200


# ---- leaving -----------------------------------------------------------------------------------

def test_leaves_at_every_moment(web):
    """Reset after so many bytes sent, and after so many read: no descriptor stays."""
    before = len(os.listdir(f"/proc/{web.process.pid}/fd"))
    request = OK + END
    for i in range(0, len(request) + 1, 3):
        with web.connect() as s:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            s.sendall(request[:i])
            if i == len(request):
                s.recv(1 + i % 50)
    time.sleep(0.3)
    assert len(os.listdir(f"/proc/{web.process.pid}/fd")) <= before + 1
    assert web.feed().status == 200


def test_leaves_while_the_engine_thinks():
    """The answer comes to nobody, and is dropped."""
    with Web() as w, socket.socket(socket.AF_UNIX) as engine:
        engine.bind(os.path.join(w.dir, "web.sock"))
        engine.listen(20)
        for _ in range(5):
            with w.connect() as s:
                s.sendall(f"GET /p/{PAGE} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
                peer, _ = engine.accept()
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            with peer:
                peer.makefile().readline()
                peer.sendall(b'{"ok":true,"data":{}}\n')
        assert w.feed().status == 200


# ---- an engine that is not itself ------------------------------------------------------------------

NONSENSE = [b"", b"\n", b"nonsense\n", b"{}\n", b'{"ok":true}\n', b'{"ok":true,"data":null}\n',
            b'{"ok":true,"data":[]}\n', b'{"ok":true,"data":{"cards":7}}\n', b"[" * 5000 + b"\n",
            b'{"ok":false}\n', b'{"ok":false,"rc":99,"msgid":"%n%s"}\n', b"x" * 300000]


@pytest.mark.parametrize("reply", NONSENSE, ids=range(len(NONSENSE)))
def test_engine_says_nonsense(reply):
    with Web() as w, socket.socket(socket.AF_UNIX) as engine:
        engine.bind(os.path.join(w.dir, "web.sock"))
        engine.listen(5)
        for path in (f"/p/{PAGE}", "/healthz", "/metrics"):
            with w.connect(10) as s:
                s.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
                peer, _ = engine.accept()
                with peer:
                    peer.makefile().readline()
                    try:
                        peer.sendall(reply)
                    except OSError:
                        pass
                got = b""
                try:
                    while part := s.recv(65536):
                        got += part
                except ConnectionResetError:
                    pass
            assert statuses(got)[0] in (200, 404, 503), got[:200]
        assert w.feed().status == 200 and w.process.poll() is None


# ---- keys --------------------------------------------------------------------------------------

def test_guessing_is_slowed_down_and_logged_without_the_guess():
    with Web() as w:
        guesses = [f"{i:043d}" for i in range(60)]
        paths = [f"/f/{g}.ics" for g in guesses[:20]] + [f"/p/{g}" for g in guesses[20:40]]
        paths += [f"/r/{g}" for g in guesses[40:50]] + [f"/b/{g}" for g in guesses[50:]]
        got = [w.ask(p).status for p in paths]
        assert got == [404] * 30 + [429] * 30
        for cookie in guesses[:3]:
            assert w.ask("/", Cookie=f"deadlined={cookie}").status == 429
        assert w.feed().status == 200 and w.ask("/f/" + "0" * 43 + ".ics", X_Forwarded_For="10.0.0.1").status == 404
        time.sleep(0.2)
        log = "".join(w.log)
        assert "404 for a feed, asked by 127.0.0.1" in log and "404 for a person's page" in log
        assert not [g for g in guesses if g in log]


def test_the_log_does_not_grow_with_the_refusals():
    with Web() as w:
        for i in range(200):
            w.ask(f"/x{i}", host="evil.example", X_Forwarded_For=f"10.0.{i}.1")
        assert 20 < len([line for line in w.log if "refused" in line]) <= 31
        assert "evil" not in "".join(w.log)


# ---- forms -------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def place():
    p = Place()
    yield p
    p.close()


def chunked(body, size=500):
    parts = [body[i:i + size] for i in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in parts) + b"0\r\n\r\n"


def raw(place, data):
    with socket.create_connection(("127.0.0.1", place.port), timeout=40) as s:
        s.sendall(data)
        s.shutdown(socket.SHUT_WR)
        got = b""
        try:
            while part := s.recv(65536):
                got += part
        except ConnectionResetError:
            pass
        return got


def test_forms_that_are_refused(place):
    """Too long, in pieces too long, forged, another's, twice: the history has one act more for one press."""
    page, other = place.link("page", "lead-brigade-10"), place.link("page", "lead-brigade-1")
    token = page.split("/")[-1]
    before = place.acts()
    head = f"POST {page} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    good = "&".join(f"{k}={v}" for k, v in fields_of(place.get(page), "report - -").items()).replace(" ", "+").encode()
    long = good + b"&r=" + b"x" * 4096
    assert statuses(raw(place, head.encode() + b"Content-Length: %d\r\n\r\n" % len(long) + long)) == [413]
    assert statuses(raw(place, head.encode() + b"Transfer-Encoding: chunked\r\n\r\n" + chunked(long))) == [413]
    assert statuses(raw(place, head.encode() + b"Content-Length: %d\r\n\r\n" % len(good) + good[:-30])) == []
    forged = [made(page, "report - -") | {"t": "0" * 32}, made(other, "report - -"),
              made(page, "report - -", version="0.0", obligation="monthly/2024-05/brigade-9"),
              made(page, "receive - -"), made(page, "report - -", obligation="../../etc"),
              {"o": MAY, "a": "report - -", "t": form_token(token, MAY, "")}]
    for fields in forged:
        r = place.post(page, fields)
        assert r.status in (303, 404), fields
        assert r.status == 404 or said(r) in ("bad", "refused", "stale"), fields
    assert place.ask("POST", page, "a=1;b=2&&=&%zz&t")[0].status == 303
    assert place.acts() == before and "reported" not in place.items().values()
    fields = fields_of(place.get(page), "report - -")
    first, second = place.post(page, fields), place.post(page, fields)
    assert said(first) == "report" and said(second) != "report"
    assert [kind for kind, who in place.acts() if who == "lead-brigade-10"] == ["report"]
