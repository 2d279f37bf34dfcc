"""deadlined-web on a port of its own, with a folder of feeds made here or a daemon's; HTTP byte by byte.

    with Web() as w:
        w.feed().status, w.ask("/healthz", X="y").headers, w.raw(b"GET ...")
"""

import hashlib
import os
import re
import shutil
import socket
import subprocess
import tempfile
import threading

from daemon import BUILD, CTL

WEB = os.path.join(BUILD, "deadlined-web")
TOKEN = "F" * 43
GONE = "G" * 43
RECEIPTS = "R" * 43
PAGE = "P" * 43


def calendar(events, word="任务"):
    body = "".join(f"BEGIN:VEVENT\r\nUID:{i}@x\r\nSUMMARY:{word} {i}\r\nEND:VEVENT\r\n" for i in range(events))
    return ("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + body + "END:VCALENDAR\r\n").encode()


class Web:
    """The server on a port of its own, with a folder of feeds."""

    def __init__(self, *args, state=None, publish=True, nets=("proxy 127.0.0.0/8", "watcher 127.0.0.0/8")):
        self.dir = state or tempfile.mkdtemp(prefix="dlw-")
        self.own, self.nets = state is None, nets
        self.feeds = os.path.join(self.dir, "feeds")
        self.args, self.port, self.process, self.log, self.reader = args, None, None, [], None
        if self.own:
            os.makedirs(self.feeds)
            self.put("all.ics", calendar(200))
            self.put("revoked-7.ics", calendar(1, "停用"))
            if publish:
                self.publish()

    def put(self, name, data):
        part = os.path.join(self.feeds, ".part")
        with open(part, "wb") as f:
            f.write(data)
        os.rename(part, os.path.join(self.feeds, name))

    def publish(self, *more):
        lines = [*self.nets, f"feed {digest(TOKEN)} all.ics", f"revoked {digest(GONE)} revoked-7.ics",
                 f"receipts {digest(RECEIPTS)} -", f"page {digest(PAGE)} somebody", *more]
        self.put("index", ("deadlined-links 1\nhost feeds.example.invalid\n" + "\n".join(lines) + "\nend\n").encode())

    def __enter__(self):
        self.process = subprocess.Popen([WEB, "--state", self.dir, "--listen", "127.0.0.1:0", *self.args],
                                        stderr=subprocess.PIPE, text=True)
        line = self.process.stderr.readline()
        self.port = int(re.search(r"listening at http://127\.0\.0\.1:(\d+)/", line).group(1))
        self.reader = threading.Thread(target=self.log.extend, args=(self.process.stderr,), daemon=True)
        self.reader.start()
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
        try:
            assert self.process.wait(10) == 0
        finally:
            self.process.kill()
            self.reader.join(5)
            self.process.stderr.close()
            if self.own:
                shutil.rmtree(self.dir, ignore_errors=True)

    def connect(self, timeout=10, source="127.0.0.1"):
        return socket.create_connection(("127.0.0.1", self.port), timeout=timeout, source_address=(source, 0))

    def raw(self, data, timeout=10, source="127.0.0.1"):
        """What comes back until the server closes."""
        with self.connect(timeout, source) as s:
            s.sendall(data)
            return drain(s)

    def tell(self, data):
        """The same for one who says no more than this; being cut off is an answer, too."""
        with self.connect() as s:
            try:
                s.sendall(data)
                s.shutdown(socket.SHUT_WR)
            except OSError:
                pass
            return drain(s)

    def ask(self, path, method="GET", body=b"", version="HTTP/1.1", host="127.0.0.1", source="127.0.0.1",
            **headers):
        fields = {"Host": host, "Connection": "close", **{k.replace("_", "-"): v for k, v in headers.items()}}
        if body:
            fields["Content-Length"] = str(len(body))
        head = f"{method} {path} {version}\r\n" + "".join(f"{k}: {v}\r\n" for k, v in fields.items() if v is not None)
        return Answer(self.raw(head.encode() + b"\r\n" + body, source=source))

    def feed(self, **headers):
        return self.ask(f"/f/{TOKEN}.ics", **headers)


class Answer:
    def __init__(self, data):
        head, _, self.body = data.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.status = int(lines[0].split(" ")[1]) if lines[0] else None
        self.headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(": ")
            assert name.lower() not in self.headers, f"{name} twice"
            self.headers[name.lower()] = value


def drain(s):
    data = b""
    try:
        while part := s.recv(65536):
            data += part
    except ConnectionResetError:
        pass
    return data


def digest(token):
    return hashlib.sha256(token.encode()).hexdigest()


def link(d, *args):
    p = subprocess.run([CTL, "link", *args, "--state", d.state], capture_output=True, text=True, timeout=10)
    assert p.returncode == 0, p.stderr
    return p.stdout.strip()
