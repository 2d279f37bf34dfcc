"""SMS over HTTP: every way for a gateway to behave, and what must become of the message.

Each cell first sends one message that the gateway takes, so that what libcurl needs is there, and
then the one that it is about: on a connection of its own, with one request, whatever happens (F1).
"""

import concurrent.futures
import gzip
import os
import socket
import ssl
import struct
import sys
import time

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from peers import certs, probe  # noqa: E402
from peers.http_script import CUT, DROP, HANG, At, HttpScript  # noqa: E402

JSON = {"kind": "http", "method": "POST", "content_type": "application/json",
        "body": '{"to":"{{to}}","text":"{{text}}","ref":"{{ref}}"}',
        "success_pointer": "/code", "success_values": ["0"], "temporary_values": ["1008"],
        "permanent_values": ["1016"], "id_pointer": "/id"}
WORDS = {"kind": "http", "method": "POST", "content_type": "text/plain",
         "body": "{{to}} {{text}}", "success_regex": "^OK"}
STATUS_ONLY = {"kind": "http", "method": "POST", "content_type": "text/plain",
               "body": "{{to}} {{text}}"}
KANNEL = {"kind": "kannel", "user": "u"}
TAKEN = b'{"code":0,"id":"G-1"}'
REPLY_MS = 1500
GROWN_KIB = 300  # 64 KiB of headers, as much of a body, and what reads them
ASAN = os.environ.get("BUILD", "").rstrip("/").endswith("asan")


def http(status, body=TAKEN, *headers, length=None):
    head = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body) if length is None else length}"]
    return "\r\n".join([*head, *headers, "", ""]).encode() + body


# ---- what a gateway can do ------------------------------------------------------------------------

def flood(start, again, pause=0):
    def act(conn, end):
        conn.sendall(start)
        while not end.wait(pause):
            conn.sendall(again)
    return act


def drip(data, pause=1.0):
    def act(conn, end):
        for byte in data:
            conn.sendall(bytes([byte]))
            if end.wait(pause):
                return
    return act


def reset(conn, _):
    conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    conn.close()


def half_close(data=b""):
    def act(conn, end):
        conn.sendall(data)
        conn.shutdown(socket.SHUT_WR)
        end.wait(5)
    return act


def then(data, act):
    def both(conn, end):
        conn.sendall(data)
        act(conn, end)
    return both


def read_little(conn, end):
    conn.recv(10)
    reset(conn, end)


def wait(_, end):
    end.wait(20)


CHUNKED = b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n"
BOMB = gzip.compress(bytes(50_000_000))
GOOD = b"HTTP/1.1 200 X\r\n"

# name, settings, peer, class, fault[, what else: code, retry_after, requests (1)]
CELLS = [
    # Success is what the rule says, and nothing else.
    ("2xx as promised", JSON, http(200), "sent", "none", {"code": 200}),
    ("2xx as a number in words", JSON, http(201, b'{"code":"0"}'), "sent", "none"),
    ("2xx without an id", JSON, http(200, b'{"code":0}'), "sent", "none"),
    ("2xx, an id but no code", JSON, http(200, b'{"id":"G-1"}'), "unknown", "peer"),
    ("2xx, an id as an object", JSON, http(200, b'{"code":0,"id":{}}'), "sent", "none"),
    ("2xx, the code as an object", JSON, http(200, b'{"code":{}}'), "unknown", "peer"),
    ("2xx, the code as null", JSON, http(200, b'{"code":null}'), "unknown", "peer"),
    ("2xx, the code as a list", JSON, http(200, b'{"code":[0]}'), "unknown", "peer"),
    ("2xx, the code twice", JSON, http(200, b'{"code":1016,"code":0}'), "unknown", "peer"),
    ("2xx, the other code twice", JSON, http(200, b'{"code":0,"code":1016}'), "unknown", "peer"),
    ("2xx, a code that nobody knows", JSON, http(200, b'{"code":7}'), "unknown", "peer"),
    ("2xx, later", JSON, http(200, b'{"code":1008}'), "retry", "peer"),
    ("2xx, never", JSON, http(200, b'{"code":1016}'), "dead", "message"),
    ("2xx HTML", JSON, http(200, b"<html>login</html>"), "unknown", "peer"),
    ("2xx empty", JSON, http(200, b""), "unknown", "peer"),
    ("204", JSON, b"HTTP/1.1 204 X\r\n\r\n", "unknown", "peer"),
    ("2xx JSON cut by the peer", JSON, http(200, TAKEN[:-3]), "unknown", "peer"),
    ("2xx JSON and more", JSON, http(200, TAKEN + b"x"), "unknown", "peer"),
    ("2xx a byte order mark", JSON, http(200, b"\xef\xbb\xbf" + TAKEN), "unknown", "peer"),
    ("words", WORDS, http(200, b"OK 12"), "sent", "none"),
    ("other words", WORDS, http(200, b"ERR 12"), "unknown", "peer"),
    ("words in GBK", WORDS, http(200, "OK 提交成功".encode("gbk")), "sent", "none"),
    ("words and a NUL", WORDS, http(200, b"OK\0 or not"), "unknown", "peer"),
    ("no rule", STATUS_ONLY, http(200, b"whatever"), "sent", "none"),
    ("no rule, cut", STATUS_ONLY, http(200, b"what", length=9), "unknown", "peer"),
    # Bodies that are an attack or an accident.
    ("100 MB", JSON, flood(http(200, b"", length=100_000_000), bytes(65536)), "unknown", "peer"),
    ("100 MB without a length", JSON, flood(GOOD + b"\r\n", TAKEN * 100), "unknown", "peer"),
    ("endless chunks", JSON, flood(CHUNKED, b"10\r\n" + b"y" * 16 + b"\r\n"), "unknown", "peer"),
    ("a chunk of 2^63", JSON, flood(CHUNKED + b"7fffffffffffffff\r\n", bytes(9999)), "unknown",
     "peer"),
    ("a chunk of nonsense", JSON, CHUNKED + b"zz\r\n" + TAKEN, "unknown", "peer"),
    ("chunks without an end", JSON, CHUNKED + b"%x\r\n%s\r\n" % (len(TAKEN), TAKEN), "unknown",
     "peer"),
    ("chunks and endless trailers", JSON,
     flood(CHUNKED + b"%x\r\n%s\r\n0\r\n" % (len(TAKEN), TAKEN), b"X-Y: z\r\n" * 99),
     "unknown", "peer"),
    ("gzip", JSON, http(200, gzip.compress(TAKEN), "Content-Encoding: gzip"), "unknown", "peer"),
    ("gzip bomb", JSON, http(200, BOMB, "Content-Encoding: gzip"), "unknown", "peer"),
    ("gzip bomb as a transfer", JSON,
     GOOD + b"Transfer-Encoding: gzip\r\nConnection: close\r\n\r\n" + BOMB, "unknown", "peer"),
    ("deep", JSON, http(200, b"[" * 100_000), "unknown", "peer"),
    ("deep and closed", JSON, http(200, b"[" * 30_000 + b"]" * 30_000), "unknown", "peer"),
    ("deep objects", JSON, http(200, b'{"a":' * 10_000 + b"1" + b"}" * 10_000), "unknown", "peer"),
    ("wide lists", JSON, http(200, b'{"code":0,"x":[' + b"[]," * 21_000 + b"0]}"), "unknown",
     "peer"),
    ("wide objects", JSON, http(200, b'{"code":0,"x":[' + b"{}," * 21_000 + b"0]}"), "unknown",
     "peer"),
    ("wide numbers", JSON, http(200, b'{"code":0,"x":[' + b"1," * 31_000 + b"0]}"), "unknown",
     "peer"),
    ("a huge number", JSON, http(200, b'{"code":' + b"9" * 5000 + b"}"), "unknown", "peer"),
    ("NUL after it", JSON, http(200, TAKEN + b"\0"), "unknown", "peer"),
    ("NUL in a name", JSON, http(200, b'{"code\0":0}'), "unknown", "peer"),
    ("NUL escaped", JSON, http(200, b'{"code":"0\\u0000"}'), "unknown", "peer"),
    ("all NULs", JSON, http(200, bytes(1000)), "unknown", "peer"),
    ("invalid UTF-8", JSON, http(200, b'{"code":0,"m":"\xff\xfe"}'), "unknown", "peer"),
    ("a surrogate", JSON, http(200, b'{"code":0,"m":"\\ud800"}'), "unknown", "peer"),
    # Lengths and headers.
    ("length too long", JSON, http(200, length=99), "unknown", "peer"),
    ("length too short", JSON, http(200, length=9), "unknown", "peer"),
    ("length below 0", JSON, http(200, length=-1), "unknown", "peer"),
    ("length of nonsense", JSON, http(200, length="x"), "unknown", "peer"),
    ("length over all numbers", JSON, http(200, length=10 ** 30), "sent", "none"),
    ("headers twice", JSON, http(200, TAKEN, "Content-Type: a/b", "Content-Type: c/d", "X: 1",
                                 "X: 2"), "sent", "none"),
    ("headers of 1 MB", JSON, flood(GOOD, b"X-Y: " + b"z" * 90 + b"\r\n"), "unknown", "peer"),
    ("a header of 1 MB", JSON, flood(GOOD + b"X-Y: ", b"z" * 9999), "unknown", "peer"),
    ("cookies of 25 KB", JSON, http(200, TAKEN, *["Set-Cookie: a%d=b; Path=/" % n
                                                  for n in range(500)]), "sent", "none"),
    ("a header folded", JSON, http(200, TAKEN, "X: 1", " 2", "\t3"), "sent", "none"),
    ("a header without a colon", JSON, http(200, TAKEN, "nonsense"), "unknown", "peer"),
    ("HTTP/0.9", JSON, TAKEN, "unknown", "peer"),
    ("garbage", JSON, b"\x00\xff\r\n\r\n", "unknown", "peer"),
    ("a status of four digits", JSON, b"HTTP/1.1 2000 X\r\n\r\n" + TAKEN, "unknown", "peer"),
    ("a status of words", JSON, b"HTTP/1.1 OK\r\n\r\n" + TAKEN, "unknown", "peer"),
    ("HTTP/2 without being asked", JSON, b"HTTP/2 200\r\n\r\n" + TAKEN, "sent", "none"),
    # 1xx.
    ("100, then 200", JSON, b"HTTP/1.1 100 Continue\r\n\r\n" + http(200), "sent", "none"),
    ("100, then nothing", JSON, b"HTTP/1.1 100 Continue\r\n\r\n", "unknown", "peer"),
    ("101", JSON, b"HTTP/1.1 101 X\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n", "unknown",
     "peer"),
    ("103, then 200", JSON, b"HTTP/1.1 103 X\r\nLink: <x>\r\n\r\n" + http(200), "sent", "none"),
    ("endless 102", JSON, flood(b"", b"HTTP/1.1 102 X\r\n\r\n"), "unknown", "peer"),
    # 3xx: nothing is asked of anybody else; {other} is a server that would notice.
    *[(f"{status} to {place}", JSON, http(status, b"", f"Location: {place}"), "retry", "config")
      for status in (301, 302, 303, 307, 308)
      for place in ("http://127.0.0.1:{other}/", "//127.0.0.1:{other}/x")],
    ("302 to a file", JSON, http(302, b"", "Location: file:///etc/passwd"), "retry", "config"),
    ("302 to cloud metadata", JSON, http(302, b"", "Location: http://169.254.169.254/latest/"),
     "retry", "config"),
    ("302 to itself", JSON, http(302, TAKEN, "Location: /send"), "retry", "config"),
    ("302 twice over", JSON, http(302, b"", "Location: http://127.0.0.1:{other}/",
                                  "Location: file:///"), "retry", "config"),
    ("304", JSON, b"HTTP/1.1 304 X\r\n\r\n", "retry", "config"),
    ("200 with a Location", JSON, http(200, TAKEN, "Location: http://127.0.0.1:{other}/"), "sent",
     "none"),
    ("200 with a Refresh", JSON, http(200, b"", "Refresh: 0; url=http://127.0.0.1:{other}/"),
     "unknown", "peer"),
    # 4xx: documented refusals.
    *[(str(status), JSON, http(status, b"no"), "dead", "message", {"code": status})
      for status in (400, 406, 410, 411, 413, 414, 415, 422, 451)],
    *[(str(status), JSON, http(status, b"no"), "retry", "config", {"code": status})
      for status in (401, 402, 403, 404, 405, 407)],
    *[(str(status), JSON, http(status, b"?"), "unknown", "peer", {"code": status})
      for status in (408, 409)],
    ("401 that asks for Basic", JSON, http(401, b"", 'WWW-Authenticate: Basic realm="x"'), "retry",
     "config"),
    ("400 that says taken", JSON, http(400), "dead", "message"),
    ("400 that says later", JSON, http(400, b'{"code":1008}'), "retry", "peer"),
    ("400 and then cut", JSON, http(400, b"no", length=99), "dead", "message"),
    ("403 and endless", JSON, flood(http(403, b"", length=10 ** 9), bytes(9999)), "retry",
     "config"),
    ("425", JSON, http(425, b""), "retry", "peer"),
    # 429: the wait is bounded.
    *[(f"429, {name}", JSON, http(429, b"", *[f"Retry-After: {wish}"] if wish else []), "retry",
       "peer", {"retry_after": got})
      for name, wish, got in [
          ("no wish", "", 0), ("0", "0", 0), ("7", "7", 7), ("-1", "-1", 0),
          ("10^9", "1000000000", 3600), ("10^30", "1" + "0" * 30, 0), ("garbage", "soon", 0),
          ("a past date", "Wed, 21 Oct 2015 07:28:00 GMT", 0),
          ("a far date", "Fri, 31 Dec 2099 23:59:59 GMT", 3600)]],
    # 5xx: it may have been sent.
    *[(str(status), JSON, http(status, b"oops"), "unknown", "peer", {"code": status})
      for status in (500, 501, 502, 503, 504, 520)],
    ("500 that says taken", JSON, http(500), "unknown", "peer"),
    ("503 that says never", JSON, http(503, b'{"code":1016}'), "unknown", "peer"),
    ("503 with Retry-After", JSON, http(503, b"", "Retry-After: 5"), "unknown", "peer"),
    ("600", JSON, http(600, b""), "unknown", "peer"),
    # The connection.
    ("dropped after the request", JSON, DROP, "unknown", "peer"),
    ("reset after the request", JSON, reset, "unknown", "peer"),
    ("half closed after the request", JSON, half_close(), "unknown", "peer"),
    ("half closed after the reply", JSON, half_close(http(200)), "sent", "none"),
    ("dropped in the headers", JSON, GOOD + b"Content-Le", "unknown", "peer"),
    ("dropped in the body", JSON, CUT, "unknown", "peer"),
    ("reset in the body", JSON, then(http(200, length=99), reset), "unknown", "peer"),
    ("kept alive, then closed", JSON, http(200, TAKEN, "Connection: keep-alive"), "sent", "none"),
    ("no reply", JSON, HANG, "unknown", "peer"),
    ("no end of the body", JSON, then(http(200, length=99), wait), "unknown", "peer"),
    ("a byte a second", JSON, drip(http(200)), "unknown", "peer"),
    ("a body of a byte a second", JSON, then(http(200, b"", length=len(TAKEN)), drip(TAKEN)),
     "unknown", "peer"),
    ("closed in the request", JSON, At(read_little), "unknown", "peer", {"requests": 0}),
    ("refused before the request", JSON, At(then(http(413, b"no"), wait)), "dead", "message",
     {"requests": 0}),
    # Kannel's words, through the same storms.
    ("Kannel: accepted", KANNEL, http(202, b"0: Accepted for delivery"), "sent", "none"),
    ("Kannel: queued", KANNEL, http(202, b"3: Queued for later delivery"), "sent", "none"),
    ("Kannel: sent", KANNEL, http(202, b"Sent."), "sent", "none"),
    ("Kannel: cut", KANNEL, http(202, b"0: Acc", length=24), "unknown", "peer"),
    ("Kannel: other words", KANNEL, http(202, b"1: what"), "unknown", "peer"),
    ("Kannel: empty", KANNEL, http(202, b""), "unknown", "peer"),
    ("Kannel: HTML", KANNEL, http(200, b"<html>"), "unknown", "peer"),
    ("Kannel: a NUL", KANNEL, http(202, b"0: \0"), "unknown", "peer"),
    ("Kannel: 100 MB", KANNEL, flood(http(202, b"", length=10 ** 8), b"0: Accepted "), "unknown",
     "peer"),
    ("Kannel: denied", KANNEL, http(400, b"Number(s) has/have been denied by white- and/or "
                                         b"black-lists."), "dead", "recipient"),
    ("Kannel: no route", KANNEL, http(403, b"Not routable. Do not try again."), "dead",
     "recipient"),
    ("Kannel: no receiver", KANNEL, http(400, b"Empty receiver number not allowed, rejected"),
     "dead", "message"),
    ("Kannel: no sender", KANNEL, http(400, b"Sender missing and no global set, rejected"),
     "retry", "config"),
    ("Kannel: login", KANNEL, http(403, b"Authorization failed for sendsms"), "retry", "config"),
    ("Kannel: address", KANNEL, http(404, b"Unknown request."), "retry", "config"),
    ("Kannel: type", KANNEL, http(415, b"Unsupported content-type, rejected"), "retry", "config"),
    ("Kannel: throttled", KANNEL, http(429, b"", "Retry-After: 9"), "retry", "peer",
     {"retry_after": 9}),
    ("Kannel: 503", KANNEL, http(503, b"Temporal failure, try again later."), "unknown", "peer"),
    ("Kannel: 500 that says denied", KANNEL, http(500, b"Not routable"), "unknown", "peer"),
    ("Kannel: 302", KANNEL, http(302, b"0: Accepted", "Location: http://127.0.0.1:{other}/"),
     "retry", "config"),
    ("Kannel: dropped", KANNEL, DROP, "unknown", "peer"),
    ("Kannel: no reply", KANNEL, HANG, "unknown", "peer"),
]


# ---- before a request: nothing has left us, so that it is tried again ------------------------------

# name, what the peer does, class, fault
CONNECT = [
    ("refused", None, "retry", "peer"),
    ("no such name", "https://gateway.invalid/", "retry", "peer"),
    ("no such name, a number", "https://999.1.1.1/", "retry", "peer"),
    ("trusted", {}, "sent", "none"),
    ("self-signed", {"trusted": False}, "retry", "config"),
    ("of another host", {"names": "DNS:other.example.invalid"}, "retry", "config"),
    ("expired", {"days": -1}, "retry", "config"),
    ("TLS 1.0 only", {"version": ssl.TLSVersion.TLSv1}, "retry", "config"),
    ("TLS 1.1 only", {"version": ssl.TLSVersion.TLSv1_1}, "retry", "config"),
    ("TLS 1.2 only", {"version": ssl.TLSVersion.TLSv1_2}, "sent", "none"),
    ("no TLS at all", At(lambda conn, end: conn.sendall(http(200))), "retry", "config"),
    ("closed in the handshake", At(lambda conn, end: conn.recv(10)), "retry", "config"),
    ("reset in the handshake", At(read_little), "retry", "config"),
    ("silent in the handshake", At(wait), "retry", "peer"),
    ("a handshake of a byte a second", At(drip(b"\x16\x03\x03\x00\x7a\x02")), "retry", "peer"),
    # Faster than it is read, OpenSSL would not come back from it: no network is.
    ("an endless handshake", At(flood(b"", b"\x16\x03\x03\x40\x00" + bytes(16384), 0.005)),
     "retry", "peer"),
]


def make_context(tls, folder):
    ca, crt, key = certs.make(folder, **{k: v for k, v in tls.items() if k in ("names", "days")})
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if "version" in tls:
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = tls["version"]
    context.load_cert_chain(crt, key)
    return context, {"ca_file": ca} if tls.get("trusted", True) else {}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("cell", CONNECT, ids=[c[0] for c in CONNECT])
def test_connect(cell, tmp_path):
    _, peer, want, fault = cell
    tls = isinstance(peer, dict)
    context, more = make_context(peer, str(tmp_path)) if tls else (None, {})
    begun = time.monotonic()
    with HttpScript(http(200) if tls else peer, context=context) as server:
        port = probe.free_port() if peer is None else server.port
        url = peer if isinstance(peer, str) else f"https://localhost:{port}/"
        result = probe.run([{"sms": {**JSON, **more, "url": url},
                             "options": probe.options(tmp_path, reply_ms=REPLY_MS)},
                            {"mark": True}, probe.sms(1)])
    o = result.outcome[1]
    assert (o["class"], o["fault"]) == (want, fault), o
    assert len(server.requests) == (want == "sent")
    assert time.monotonic() - begun < 6 and result.stall_ms < 1000
    assert ASAN or result.grown_kib < 8192  # the first use of TLS


def play(cell, folder, other):
    _, settings, peer, *_ = cell
    if isinstance(peer, bytes):
        peer = peer.replace(b"{other}", str(other.port).encode())
    # A pair, so that the gateway keeps the connection open: nobody must come back on it.
    first = (202, {"kannel": b"0: Accepted"}.get(settings["kind"], b"OK"))
    if settings is JSON:
        first = (200, TAKEN)
    more = {"password": os.path.join(folder, "password")} if settings is KANNEL else {}
    begun = time.monotonic()
    with HttpScript(first, peer) as server:
        result = probe.run([
            {"sms": {**settings, **more, "url": server.url + "/send"},
             "options": probe.options(folder, reply_ms=REPLY_MS)},
            probe.sms(1), {"wait": True}, {"mark": True}, probe.sms(2), {"wait": True}])
    return result, server, time.monotonic() - begun


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    folder = str(tmp_path_factory.mktemp("matrix"))
    with open(os.open(os.path.join(folder, "password"), os.O_WRONLY | os.O_CREAT, 0o600), "w",
              encoding="ascii") as f:
        f.write("Gehe1m")
    with HttpScript(http(200)) as other, concurrent.futures.ThreadPoolExecutor(8) as pool:
        jobs = {c[0]: pool.submit(play, c, folder, other) for c in CELLS}
        done = {name: job.result() for name, job in jobs.items()}
    done["others"] = other.connections
    return done


def test_the_matrix_is_whole():
    assert len({c[0] for c in CELLS}) == len(CELLS) >= 40


def test_nobody_else_was_asked(played):
    assert played["others"] == 0


@pytest.mark.parametrize("cell", CELLS, ids=[c[0] for c in CELLS])
def test_cell(cell, played):
    name, _, _, want, fault, *more = cell
    more = more[0] if more else {}
    result, server, took = played[name]
    assert result.outcome[1]["class"] == "sent", result.outcome[1]
    o = result.outcome[2]
    assert (o["class"], o["fault"]) == (want, fault), o
    assert o["code"] == more.get("code", o["code"]) and 0 <= o["retry_after"] <= 3600, o
    assert o["retry_after"] == more.get("retry_after", o["retry_after"]), o
    assert o["reason"] and o["reason"].replace("\ufeff", "").isprintable(), o
    # One request for each message, each on a connection of its own.
    assert len(server.requests) == 1 + more.get("requests", 1)
    assert server.connections == 2
    assert len({q[4] for q in server.requests}) == len(server.requests)
    assert took < REPLY_MS / 1000 + 4 and result.stall_ms < 1000
    assert ASAN or result.grown_kib <= GROWN_KIB, result.grown_kib
