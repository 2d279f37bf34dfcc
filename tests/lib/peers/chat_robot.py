"""A group robot that checks what it is sent as WeCom, DingTalk and Feishu do: the token, the
signature and its clock, the keyword, the format, and how many messages a minute it takes."""

import base64
import hashlib
import hmac
import http.server
import json
import threading
import time
import urllib.parse

TOKEN = "TEST-token-0123456789abcdef"
SECRET = "SECtest0123456789abcdef0123456789"
SKEW_S = 3600


def _hmac(key, text):
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()


class Refused(Exception):
    def __init__(self, code, words):
        super().__init__(words)
        self.code, self.words = code, words


class ChatRobot:
    """kind: wecom, dingtalk, feishu.  now: the robot's clock, a function.  script: answers that come
    before the robot's own, one by one: (status, bytes) or a function of the handler."""

    def __init__(self, kind, secret=SECRET, keyword=None, now=time.time, script=()):
        self.kind, self.keyword, self.now = kind, keyword, now
        self.secret = None if kind == "wecom" else secret
        self.per_minute = 100 if kind == "feishu" else 20
        self.posted = []    # texts that stand in the group
        self.requests = []  # (path, headers, body, connection)
        self.moments = []
        self.script = list(script)
        self.lock = threading.Lock()

    def __enter__(self):
        robot = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                robot.serve(self)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)

    def serve(self, handler):
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        with self.lock:
            self.requests.append((handler.path, dict(handler.headers), body,
                                  handler.client_address[1]))
            first = self.script.pop(0) if self.script else None
            if callable(first):
                first(handler)
                return
            status, answer = first if first else (200, self.answer(handler, body))
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(answer)))
        handler.end_headers()
        handler.wfile.write(answer)

    def answer(self, handler, body):
        code, words = 0, "ok"
        try:
            url = urllib.parse.urlsplit(handler.path)
            query = dict(urllib.parse.parse_qsl(url.query, strict_parsing=True)) if url.query else {}
            if handler.headers.get("Content-Type", "").split(";")[0] != "application/json":
                raise Refused({"wecom": 40058, "dingtalk": 43004, "feishu": 9499}[self.kind], "type")
            self.posted.append(getattr(self, self.kind)(url.path, query, json.loads(body), body))
        except Refused as e:
            code, words = e.code, e.words
        name = ("code", "msg") if self.kind == "feishu" else ("errcode", "errmsg")
        return json.dumps({name[0]: code, name[1]: words}).encode()

    def count(self, code, words):
        now = time.monotonic()
        self.moments = [m for m in self.moments if m > now - 60]
        if len(self.moments) >= self.per_minute:
            raise Refused(code, words)
        self.moments.append(now)

    def clock(self, seconds, code):
        if abs(seconds - self.now()) > SKEW_S:
            raise Refused(code, "invalid timestamp")

    def wecom(self, path, query, message, body):
        if path != "/cgi-bin/webhook/send" or query != {"key": TOKEN}:
            raise Refused(93000, "invalid webhook url")
        if b"\\u" in body:
            raise Refused(40033, "invalid charset")
        if message.get("msgtype") != "text":
            raise Refused(40008, "invalid message type")
        text = message["text"]["content"]
        if not text:
            raise Refused(44004, "empty content")
        if len(text.encode()) > 2048:
            raise Refused(40058, "exceed max length 2048")
        self.count(45009, "api freq out of limit")
        return text

    def dingtalk(self, path, query, message, _):
        if path != "/robot/send" or query.get("access_token") != TOKEN:
            raise Refused(300001, "token is not exist")
        if self.secret:
            stamp = query.get("timestamp", "")
            if len(stamp) != 13:
                raise Refused(310000, "invalid timestamp")
            self.clock(int(stamp) / 1000, 310000)
            if query.get("sign") != _hmac(self.secret, f"{stamp}\n{self.secret}"):
                raise Refused(310000, "sign not match")
        if message.get("msgtype") != "text":
            raise Refused(400105, "bad msgtype")
        text = message["text"]["content"]
        if self.keyword and self.keyword not in text:
            raise Refused(310000, "keywords not in content")
        self.count(130101, "send too fast, exceed 20 times per minute")
        return text

    def feishu(self, path, query, message, body):
        if path != "/open-apis/bot/v2/hook/" + TOKEN or query:
            raise Refused(19001, "param invalid: incoming webhook access token invalid")
        if len(body) > 20 * 1024 or message.get("msg_type") != "text":
            raise Refused(9499, "Bad Request")
        if self.secret:
            stamp = message.get("timestamp", "")
            if not isinstance(stamp, str) or not stamp.isdigit():
                raise Refused(9499, "Bad Request")
            self.clock(int(stamp), 19021)
            if message.get("sign") != _hmac(f"{stamp}\n{self.secret}", ""):
                raise Refused(19021, "sign match fail or timestamp is not within one hour")
        text = message["content"]["text"]
        if self.keyword and self.keyword not in text:
            raise Refused(19024, "Key Words Not Found")
        self.count(11232, "frequency limited")
        return text
