"""A real nginx with the sample of the README, on loopback, with a certificate of its own.

    with Nginx(sample(0), upstream_port) as n:
        n.ask("/f/TOKEN.ics", source="127.0.0.5", X_Y="z") -> Answer
"""

import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import time

from web import Answer, drain

from . import certs, debs
from .probe import free_port

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
NAME = "tixing.example.org"

WHOLE = """daemon off; pid {d}/pid; error_log {d}/main.log notice; worker_processes 1; {user}
events {{ worker_connections 256; }}
http {{
  client_body_temp_path {d}/b; proxy_temp_path {d}/p; fastcgi_temp_path {d}/f; uwsgi_temp_path {d}/u;
  scgi_temp_path {d}/s; gzip on; access_log {d}/access.log;
{server}
}}
"""


def samples():
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as f:
        return re.findall(r"^ *```nginx\n(.*?)^ *```$", f.read(), re.M | re.S)


class Nginx:
    def __init__(self, sample, upstream):
        self.dir = tempfile.mkdtemp(prefix="ngx-")
        self.port, self.process = free_port(), None
        ca, crt, key = certs.make(self.dir, names=f"DNS:{NAME}")
        self.ca = ca
        changes = [(r"listen 443 ssl http2;", f"listen 127.0.0.1:{self.port} ssl http2;"),
                   (r"listen \[::\]:443 ssl http2;", ""), (r"(ssl_certificate +)/\S+;", rf"\g<1>{crt};"),
                   (r"(ssl_certificate_key +)/\S+;", rf"\g<1>{key};"),
                   (r"/var/log/nginx/", self.dir + "/"), (r"127\.0\.0\.1:8417;", f"127.0.0.1:{upstream};")]
        for pattern, new in changes:
            sample, n = re.subn(pattern, new, sample)
            assert n == 1, f"the sample has {n} times {pattern}"
        self.conf = os.path.join(self.dir, "nginx.conf")
        user = "user root;" if os.geteuid() == 0 else ""
        with open(self.conf, "w", encoding="utf-8") as f:
            f.write(WHOLE.format(d=self.dir, server=sample, user=user))

    def __enter__(self):
        program = shutil.which("nginx") or debs.unpack("nginx") + "/usr/sbin/nginx"
        self.process = subprocess.Popen([program, "-c", self.conf, "-e", self.dir + "/early.log"],
                                        stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        end = time.monotonic() + 10
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise RuntimeError(self.process.stderr.read().decode())
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("nginx did not start")

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        finally:
            self.process.kill()
            self.process.stderr.close()
            shutil.rmtree(self.dir, ignore_errors=True)

    def logs(self):
        text = ""
        for name in os.listdir(self.dir):
            if name.endswith(".log"):
                with open(os.path.join(self.dir, name), encoding="utf-8", errors="replace") as f:
                    text += f.read()
        return text

    def send(self, path, method="GET", source="127.0.0.1", body=b"", host=NAME, **headers):
        """The connection, with the request on its way."""
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=30, source_address=(source, 0))
        s = ssl.create_default_context(cafile=self.ca).wrap_socket(plain, server_hostname=NAME)
        fields = {"Host": host, "Connection": "close", **{k.replace("_", "-"): v for k, v in headers.items()}}
        if body:
            fields["Content-Length"] = str(len(body))
        head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in fields.items())
        s.sendall(head.encode() + b"\r\n" + body)
        return s

    def ask(self, path, **how):
        with self.send(path, **how) as s:
            return Answer(drain(s))
