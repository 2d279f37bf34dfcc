"""deadlined-web on the wire: what it serves, and what it refuses from whom.

Most tests give it a folder of feeds made here and no engine; those at the end have a real daemon.
"""

import gzip
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from email.utils import formatdate

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from daemon import CTL, Config, Daemon, once  # noqa: E402
from web import GONE, PAGE, RECEIPTS, TOKEN, WEB, Answer, Web, calendar, digest, drain, link  # noqa: E402


@pytest.fixture(scope="module")
def web():
    with Web() as w:
        yield w


# ---- feeds -------------------------------------------------------------------------------------

def test_feed(web):
    a = web.feed()
    assert (a.status, a.body) == (200, calendar(200))
    h = a.headers
    assert h["content-type"] == "text/calendar; charset=utf-8"
    assert h["cache-control"] == "private, no-cache" and h["vary"] == "Accept-Encoding"
    assert re.fullmatch(r'"[0-9a-f]{64}"', h["etag"]) and "last-modified" in h
    assert h["content-length"] == str(len(a.body)) and "server" not in h
    assert h["content-disposition"] == 'inline; filename="deadlines.ics"'


def test_head_is_get_without_body(web):
    get, head = web.feed(), web.feed(method="HEAD")
    drop = lambda h: {k: v for k, v in h.items() if k != "date"}
    assert (head.status, head.body) == (200, b"") and drop(head.headers) == drop(get.headers)


def test_security_headers_everywhere(web):
    for path in (f"/f/{TOKEN}.ics", "/nothing", "/healthz"):
        h = web.ask(path).headers
        assert h["content-security-policy"].startswith("default-src 'none'")
        assert h["x-content-type-options"] == "nosniff"
        assert h["referrer-policy"] == "no-referrer" and "noindex" in h["x-robots-tag"]


def test_nobody_asks_what_is_accepted(web):
    for accept in (None, "text/html", "text/calendar,text/plain;q=0.8,*/*;q=0.5"):
        assert web.feed(Accept=accept).status == 200


@pytest.mark.parametrize("form", ["{}", "W/{}", '"x", {}', '"x",W/{}', "*"])
def test_not_modified(web, form):
    tag = web.feed().headers["etag"]
    a = web.feed(If_None_Match=form.format(tag))
    assert (a.status, a.body) == (304, b"")
    assert a.headers["etag"] == tag and a.headers["cache-control"] == "private, no-cache"
    assert "content-type" not in a.headers


def test_modified(web):
    assert web.feed(If_None_Match='"x"').status == 200
    assert web.feed(If_None_Match="x").status == 200


def test_since():
    with Web() as w:
        path = os.path.join(w.feeds, "all.ics")
        os.utime(path, (1700000000, 1700000000))
        at = w.feed().headers["last-modified"]
        assert at == formatdate(1700000000, usegmt=True)
        assert w.feed(If_Modified_Since=at).status == 304
        assert w.feed(If_Modified_Since=formatdate(1700000001, usegmt=True)).status == 304
        assert w.feed(If_Modified_Since=formatdate(1699999999, usegmt=True)).status == 200
        assert w.feed(If_Modified_Since="yesterday").status == 200
        # A tag rules; the date then says nothing.
        assert w.feed(If_Modified_Since=at, If_None_Match='"x"').status == 200


def test_date_within_the_second_says_nothing():
    with Web() as w:
        w.put("all.ics", calendar(3))
        assert w.feed(If_Modified_Since=w.feed().headers["last-modified"]).status == 200


def test_gzip():
    with Web() as w:
        w.put("all.ics.gz", gzip.compress(calendar(5)))
        w.put("all.ics", calendar(5))
        plain, packed = w.feed(), w.feed(Accept_Encoding="gzip, br")
        assert "content-encoding" not in plain.headers and plain.body == calendar(5)
        assert packed.headers["content-encoding"] == "gzip"
        assert gzip.decompress(packed.body) == calendar(5)
        assert plain.headers["etag"] != packed.headers["etag"]
        for tag in (plain.headers["etag"], packed.headers["etag"]):
            a = w.feed(Accept_Encoding="gzip", If_None_Match=tag)
            assert (a.status, a.headers["etag"]) == (304, tag)
        assert "content-encoding" not in w.feed(Accept_Encoding="gzip;q=0, *").headers


def test_gzip_of_another_version_is_not_used():
    with Web() as w:
        w.put("all.ics.gz", gzip.compress(calendar(4)))
        w.put("all.ics", calendar(5))
        a = w.feed(Accept_Encoding="gzip")
        assert "content-encoding" not in a.headers and a.body == calendar(5)


def test_no_gzip():
    with Web("--no-gzip") as w:
        w.put("all.ics.gz", gzip.compress(calendar(200)))
        assert "content-encoding" not in w.feed(Accept_Encoding="gzip").headers


def test_replaced():
    with Web() as w:
        old = w.feed().headers["etag"]
        w.put("all.ics", calendar(201))
        time.sleep(1.2)
        a = w.feed(If_None_Match=old)
        assert (a.status, a.body) == (200, calendar(201)) and a.headers["etag"] != old


@pytest.mark.parametrize("damage", [None, b"", b"BEGIN:VCALENDAR\r\n", calendar(200)[:-5], b"<html>"])
def test_never_less_than_the_whole(damage):
    with Web() as w:
        assert w.feed().status == 200
        if damage is None:
            os.unlink(os.path.join(w.feeds, "all.ics"))
        else:
            w.put("all.ics", damage)
        time.sleep(1.2)
        tag = {"If_None_Match": "*"}
        for a in (w.feed(), w.feed(**tag)):
            assert a.status == 503 and int(a.headers["retry-after"]) > 0
            assert a.headers["cache-control"] == "no-store"
        w.put("all.ics", calendar(7))
        time.sleep(1.2)
        assert w.feed().body == calendar(7)


def test_without_an_index_nothing_is_unknown():
    with Web(publish=False) as w:
        assert w.feed().status == 503
        assert w.ask("/f/" + "Z" * 43 + ".ics").status == 503
        w.publish()
        time.sleep(1.2)
        assert w.feed().status == 200
        with open(os.path.join(w.feeds, "index"), "rb") as f:
            w.put("index", f.read()[:-8])
        time.sleep(1.2)
        assert w.feed().status == 503


def test_not_found_is_one_answer(web):
    unknown = web.ask("/f/" + "Z" * 43 + ".ics")
    assert unknown.status == 404
    for path in (f"/f/{PAGE}.ics", f"/f/{RECEIPTS}.ics", f"/r/{TOKEN}", "/r/" + "Z" * 43, "/f/", "/index",
                 "/f/all.ics", "/feeds/index", f"/f/{digest(TOKEN)}.ics"):
        a = web.ask(path)
        assert (a.status, a.body) == (404, unknown.body), path
        assert a.headers.keys() == unknown.headers.keys()


def test_revoked(web):
    a = web.ask(f"/f/{GONE}.ics")
    assert a.status == 200 and "停用" in a.body.decode()


# ---- refusals ----------------------------------------------------------------------------------

@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PROPFIND", "TRACE", "get", "BREW"])
def test_methods(web, method):
    a = web.ask(f"/f/{TOKEN}.ics", method=method)
    assert (a.status, a.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("path", ["/../../etc/passwd", "/f/../healthz", "//healthz", "/healthz/", "/%68ealthz",
                                  "/healthz%00", f"/f/{TOKEN}.ics%00", f"/f/{TOKEN}.ics/", f"/f/{TOKEN}%2eics",
                                  f"/F/{TOKEN}.ics", f"/f/./{TOKEN}.ics", f"/f/{TOKEN}.ics;x", "/%", "/%zz", "*",
                                  "/" + "a" * 8000])
def test_paths(web, path):
    assert web.ask(path).status in (400, 404, 414)


def test_query_is_not_the_path(web):
    assert web.ask(f"/f/{TOKEN}.ics?x=1&y=%00").status == 200


def test_nul_in_the_head(web):
    """For libmicrohttpd it ends what it stands in; what is before it must still be the whole of a path."""
    assert Answer(web.raw(b"GET /f/" + TOKEN.encode() + b".ic\0s HTTP/1.1\r\nHost: localhost\r\n"
                          b"Connection: close\r\n\r\n")).status in (400, 404)
    for data in (b"GET /f/" + TOKEN.encode() + b".ics\0x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                 b"GET /nothing HTTP/1.1\r\nHost: localhost\0evil\r\nConnection: close\r\n\r\n"):
        got = web.raw(data, timeout=20)
        assert not got or Answer(got).status in (200, 400, 404)


@pytest.mark.parametrize("host,status", [
    ("127.0.0.1", 200), ("localhost:8417", 200), ("[::1]", 200), ("feeds.example.invalid", 200),
    ("FEEDS.example.invalid:443", 200), ("evil.example", 421), ("feeds.example.invalid.evil.example", 421),
    ("localhost.evil.example", 421), ("", 421), (None, 400)])
def test_host(web, host, status):
    assert web.feed(host=host).status == status


def test_http_1_0_needs_no_host(web):
    assert web.feed(host=None, version="HTTP/1.0").status == 200


def test_more_hosts():
    with Web("--host", "other.example.invalid") as w:
        assert w.feed(host="other.example.invalid").status == 200


@pytest.mark.parametrize("version", ["HTTP/0.9", "HTTP/2.0", "HTTP/1.7", "HTTP/9", "ICY/1.1", ""])
def test_versions(web, version):
    a = web.raw(f"GET /f/{TOKEN}.ics {version}\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    assert not a or Answer(a).status in (400, 505)


def test_huge_head(web):
    long = "x" * 20000
    assert web.ask("/healthz", X=long).status == 431
    many = {f"X{i}": "y" * 20 for i in range(1000)}
    assert web.ask("/healthz", **many).status == 431
    assert web.ask("/" + long).status in (414, 431)


@pytest.mark.parametrize("fields", [
    "Content-Length: -1", "Content-Length: 1x", "Content-Length: 99999999999999999999999",
    "Content-Length: 5\r\nTransfer-Encoding: chunked", "Content-Length: 5\r\nContent-Length: 6",
    "Transfer-Encoding: xchunked"])
def test_framing(web, fields):
    """Refused and closed: nobody in front of us may read what follows as another request."""
    data = f"POST /r/{RECEIPTS} HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n\r\n0\r\n\r\n"
    data += f"GET /f/{TOKEN}.ics HTTP/1.1\r\nHost: localhost\r\n\r\n"
    # libmicrohttpd sends the heads of its own refusals twice; then it closes.
    statuses = re.findall(rb"HTTP/1\.1 (\d+)", web.raw(data.encode(), timeout=20))
    assert len(set(statuses)) <= 1 and set(statuses) <= {b"400", b"413", b"501", b"503"}


def test_body_where_none_belongs(web):
    assert web.feed(body=b"x").status == 400
    assert web.ask("/healthz", method="POST", body=b"x").status == 405


def test_receipts_too_long(web):
    assert web.ask(f"/r/{RECEIPTS}", method="POST", body=b"x" * (64 * 1024 + 1)).status == 413
    chunk = b"1000\r\n" + b"x" * 4096 + b"\r\n"
    head = f"POST /r/{RECEIPTS} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    assert Answer(web.raw(head + chunk * 20 + b"0\r\n\r\n")).status == 413


def test_keep_alive_and_pipelining(web):
    one = f"GET /f/{TOKEN}.ics HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    with web.connect() as s:
        s.sendall(one * 5 + one.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        got = drain(s)
    assert got.count(b"HTTP/1.1 200 OK\r\n") == 6 and got.count(calendar(200)) == 6


# ---- the slow and the many ------------------------------------------------------------------------

def trickle(s, data, every):
    """Byte after byte; the seconds until the other side has had enough."""
    start = time.monotonic()
    try:
        for byte in data:
            s.sendall(bytes([byte]))
            s.settimeout(every)
            try:
                if not s.recv(1):
                    break
            except socket.timeout:
                pass
    except OSError:
        pass
    return time.monotonic() - start


@pytest.mark.parametrize("head", [
    "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: ",
    f"POST /r/{RECEIPTS} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\n"])
def test_slow_sender_is_cut(head):
    with Web("--request-deadline", "2") as w, w.connect() as s:
        s.sendall(head.encode())
        assert 1.5 < trickle(s, b"x" * 200, 0.1) < 4
        assert w.feed().status == 200


def test_slow_reader_is_cut():
    """Be it that the server still has to write, be it that the kernel holds it all."""
    with Web("--request-deadline", "2") as w:
        w.put("all.ics", calendar(15000))
        with socket.socket() as s:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            s.connect(("127.0.0.1", w.port))
            s.sendall(f"GET /f/{TOKEN}.ics HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            time.sleep(6)
            s.settimeout(10)
            assert len(drain(s)) < len(calendar(15000))
        assert w.feed().status == 200


def test_default_deadline():
    """The 15 seconds that the manual names."""
    with Web() as w, w.connect() as s:
        s.sendall(b"GET /healthz HTTP/1.1\r\nX: ")
        assert 13 < trickle(s, b"x" * 200, 0.2) < 18


def test_idle_is_closed():
    with Web("--request-deadline", "1") as w, w.connect() as s:
        assert drain(s) == b""


def test_one_address():
    with Web("--per-address", "3", nets=()) as w:
        held = [w.connect() for _ in range(3)]
        time.sleep(0.2)
        assert w.raw(b"GET /healthz HTTP/1.0\r\n\r\n") == b""
        for s in held:
            s.close()
        time.sleep(0.2)
        assert w.feed().status == 200


def test_too_many_wait():
    """Beyond 64 they stay in the backlog, and the deadline makes room."""
    with Web("--request-deadline", "2") as w:
        held = [w.connect() for _ in range(80)]
        start = time.monotonic()
        assert w.feed().status == 200
        assert time.monotonic() - start < 8
        for s in held:
            s.close()


def test_hang_up_in_mid_answer():
    with Web() as w:
        w.put("all.ics", calendar(15000))
        for _ in range(50):
            with w.connect() as s:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                s.sendall(f"GET /f/{TOKEN}.ics HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
                s.recv(10)
        assert w.feed().body == calendar(15000)
        fds = len(os.listdir(f"/proc/{w.process.pid}/fd"))
        assert fds < 30


def test_without_an_engine(web):
    assert web.ask("/healthz").status == 503
    a = web.ask(f"/r/{RECEIPTS}?id=1", method="POST", body=b"x=1")
    assert a.status == 503 and "retry-after" in a.headers


def test_silent_engine_delays_nobody_else():
    with Web() as w, socket.socket(socket.AF_UNIX) as engine:
        engine.bind(os.path.join(w.dir, "web.sock"))
        engine.listen(20)
        waiting = [w.connect(30) for _ in range(5)]
        for s in waiting:
            s.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        start = time.monotonic()
        for _ in range(20):
            assert w.feed().status == 200
        assert time.monotonic() - start < 2
        for s in waiting:
            assert Answer(drain(s)).status == 503
            s.close()
        assert time.monotonic() - start < 12


def test_stops_while_somebody_waits():
    with Web() as w, socket.socket(socket.AF_UNIX) as engine, w.connect(30) as s:
        engine.bind(os.path.join(w.dir, "web.sock"))
        engine.listen(20)
        s.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        time.sleep(0.3)


def test_socket_of_the_service_manager():
    with tempfile.TemporaryDirectory(prefix="dlw-") as state, socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen(5)
        port = s.getsockname()[1]
        code = ("import os,sys; os.dup2(int(sys.argv[1]), 3); os.environ.update(LISTEN_FDS='1', "
                "LISTEN_PID=str(os.getpid())); os.execv(sys.argv[2], sys.argv[2:])")
        p = subprocess.Popen([sys.executable, "-c", code, str(s.fileno()), WEB, "--state", state],
                             pass_fds=[s.fileno()], stderr=subprocess.PIPE, text=True)
        try:
            assert f":{port}/" in p.stderr.readline()
            with socket.create_connection(("127.0.0.1", port), timeout=10) as c:
                c.sendall(b"GET /nothing HTTP/1.0\r\n\r\n")
                assert Answer(drain(c)).status == 404
        finally:
            p.terminate()
            assert p.wait(10) == 0
            p.stderr.close()


@pytest.mark.parametrize("args", [["--listen", "nowhere:1"], ["--listen", "127.0.0.1:99999"], ["--per-address", "x"],
                                  ["--request-deadline", "0"], ["--host", ""], ["stray"]])
def test_bad_usage(args):
    p = subprocess.run([WEB, *args], capture_output=True, text=True, timeout=10)
    assert p.returncode in (1, 2) and p.stderr


def test_what_is_linked():
    """It could not open the database or call out if it wanted to."""
    p = subprocess.run(["ldd", WEB], capture_output=True, text=True, timeout=10)
    assert "microhttpd" in p.stdout
    for name in ("sqlite", "curl", "libical", "libconfig"):
        assert name not in p.stdout, name


# ---- with the daemon --------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def service():
    with Config() as c:
        c.write_rules(once("reply-1"))
        with Daemon(c) as d, Web(state=d.state) as w:
            yield d, w


def test_links_of_the_daemon(service):
    d, w = service
    for args in (["all"], ["unit", "brigade-10"], ["office", "wenmingban"]):
        a = w.ask(link(d, "show", *args), Accept_Encoding="gzip")
        assert a.status == 200 and a.headers["content-encoding"] == "gzip"
        name = "-".join(args) + ".ics"
        with open(os.path.join(d.state, "feeds", name), "rb") as f:
            assert gzip.decompress(a.body) == f.read()
    assert os.stat(os.path.join(d.state, "link.key")).st_mode & 0o777 == 0o600


def test_no_token_is_stored(service):
    d, _ = service
    token = link(d, "show", "all")[3:-4].encode()
    for folder, _, names in os.walk(d.state):
        for name in names:
            path = os.path.join(folder, name)
            if os.path.isfile(path):
                with open(path, "rb") as f:
                    assert token not in f.read(), path
    assert token.decode() not in d.output()


def test_rotate_and_revoke(service):
    d, w = service
    old = link(d, "show", "unit", "mobile")
    new = link(d, "rotate", "unit", "mobile")
    assert new != old
    d.until(lambda: w.ask(new).status == 200, what="the new link")
    assert "订阅已停用" in w.ask(old).body.decode() and "订阅已停用" not in w.ask(new).body.decode()
    link(d, "revoke", "unit", "mobile")
    d.until(lambda: "订阅已停用" in w.ask(new).body.decode(), what="the revocation")
    page = link(d, "show", "receipts")
    link(d, "rotate", "receipts")
    d.until(lambda: w.ask(page).status == 404, what="the end of a link without a feed")


def test_link_faults(service):
    d, _ = service
    for args in (["show", "unit", "nobody"], ["show", "unit"], ["show", "all", "x"], ["show", "nothing"],
                 ["burn", "all"], ["revoke", "unit", "mobile"]):
        p = subprocess.run([CTL, "link", *args, "--state", d.state], capture_output=True, text=True, timeout=10)
        assert p.returncode == 1 and p.stderr, args


def test_health(service):
    _, w = service
    a = w.ask("/healthz")
    assert a.status == 200 and '"config":"current"' in a.body.decode()


def test_web_socket_knows_few_verbs(service):
    d, _ = service
    path, d.socket = d.socket, os.path.join(d.state, "web.sock")
    try:
        assert d.call("health")["ok"]
        for verb in ("status", "link", "links", "reload", "receive", "history"):
            with pytest.raises(Exception, match="no verb"):
                d.call(verb)
    finally:
        d.socket = path


def test_receipts_reach_the_engine():
    with Config() as c:
        c.write_rules(once("reply-1"))
        c.ladder(lead=["sms"])
        c.sms_to("http://127.0.0.1:9/send", transport="kannel", user="u",
                 password_credential=c.secret("p"), **{"from": "12520"})
        with Daemon(c) as d, Web(state=d.state) as w:
            path = link(d, "show", "receipts")
            query = "?ref=nobody&type=1"
            assert w.ask(path + query).status == 200
            assert w.ask(path + query, method="POST", body=b"ignored").status == 200
            # Kannel's reports are in the address; what is in a body alone is not understood.
            assert w.ask(path, method="POST", body=query[1:].encode()).status == 400
            assert w.ask(path + "?type=x").status == 400


def test_with_web():
    """The daemon's own child: there, there again after its end, gone with the daemon."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    with Config() as c:
        c.edit("deadlined.cfg", r"^# feed_port = .*$", f"feed_port = {port};")
        with Daemon(c, "--with-web") as d:
            w = Web(state=d.state)
            w.port = port
            d.until(lambda: is_served(w), what="the child")
            first = child_of(d.process.pid)
            os.kill(first, signal.SIGKILL)
            d.until(lambda: child_of(d.process.pid) not in (None, first) and is_served(w), what="another child")
            assert w.ask(link(d, "show", "all")).status == 200
            assert len(d.noted("READY=1")) == 1  # the child tells systemd nothing
            second = child_of(d.process.pid)
            assert d.stop() == 0
            assert not os.path.exists(f"/proc/{second}")
        with Daemon(c, "--with-web") as d:
            d.until(lambda: is_served(w), what="the child")
            third = child_of(d.process.pid)
            d.kill()
            d.until(lambda: not is_running(third), what="the end of an orphan")


def is_served(w):
    try:
        return w.ask("/healthz").status == 200
    except OSError:
        return False


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as f:
            return f.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def child_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="utf-8") as f:
        for child in map(int, f.read().split()):
            with open(f"/proc/{child}/comm", encoding="utf-8") as c:
                if c.read().strip() == "deadlined-web":
                    return child
    return None
