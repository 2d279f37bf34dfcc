"""Runs build/tests/deliver_probe: one JSON line in per message, one out per outcome."""

import json
import os
import socket
import subprocess

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
BUILD = os.path.join(ROOT, os.environ.get("BUILD", "build"))
PROBE = os.path.join(BUILD, "tests", "deliver_probe")

FROM = "deadlined@example.invalid"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Result:
    def __init__(self, lines):
        self.outcome = {o["id"]: o for o in lines if "class" in o}
        self.order = [o["id"] for o in lines if "class" in o]
        self.refused = {o["id"]: o["refused"] for o in lines if "refused" in o}
        self.receipt = {o["asked"]: o for o in lines if "asked" in o}
        self.errors = [o for o in lines if "config_error" in o or "mime_error" in o]
        self.stall_ms = lines[-1]["stall_ms"] if lines else None
        self.grown_kib = lines[-1]["grown_kib"] if lines else None


def run(lines, timeout=60):
    """Feeds all lines at once, returns when the probe has ended."""
    text = "".join(json.dumps(line) + "\n" for line in lines)
    env = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
    done = subprocess.run([PROBE], input=text, capture_output=True, text=True, timeout=timeout,
                          env=env, check=False)
    assert done.returncode == 0, done.stderr
    return Result([json.loads(line) for line in done.stdout.splitlines()])


def smtp(port, **more):
    return {"kind": "smtp", "host": "localhost", "port": port, "from": FROM, **more}


def options(tmp, **more):
    return {"spool_dir": str(tmp), "connect_ms": 500, "reply_ms": 1500, "dot_ms": 1500,
            "idle_ms": 300, **more}


def mail(number, to="lead@example.invalid", body="Subject: x\r\n\r\nhello\r\n", **more):
    return {"id": number, "channel": "email", "to": to, "ref": f"ref-{number}", "bytes": body,
            **more}


def sms(number, to="+861000000001", text="请尽早报送", **more):
    return {"id": number, "channel": "sms", "to": to, "ref": f"ref-{number}", "text": text, **more}
