"""A raw SMTP server that follows a script, one thread per connection.

script: stage -> action; stages banner, ehlo, starttls, tls, auth, mail, rcpt, data, body, dot, rset,
quit.  action: text to reply, or DROP, HANG, GARBAGE, CUT (half a reply, then drop), RESET, SLOW (the
good reply, one byte a second), ENDLESS (lines of a reply that never ends); in the body the last two
are about taking it.  A list of actions is used up one by one, its last one stays.

context: STARTTLS and AUTH PLAIN are offered; at "tls" None does the handshake.  "{password}",
"{user}" and "{line}" (its base64) in a reply to AUTH are what came.
"""

import base64
import contextlib
import socket
import struct
import threading

DROP, HANG, GARBAGE, CUT, RESET, SLOW, ENDLESS = (object() for _ in range(7))

GOOD = {
    "banner": "220 script.example.invalid ESMTP",
    "ehlo": "250-script.example.invalid\r\n250-SIZE 1000000\r\n250 ENHANCEDSTATUSCODES",
    "starttls": "220 2.0.0 go ahead",
    "tls": None,
    "auth": "235 2.7.0 welcome",
    "mail": "250 2.1.0 ok",
    "rcpt": "250 2.1.5 ok",
    "data": "354 go on",
    "body": None,
    "dot": "250 2.0.0 Ok: queued as 4ABC",
    "rset": "250 2.0.0 ok",
    "quit": "221 2.0.0 bye",
}


class Stop(Exception):
    pass


class SmtpScript:
    def __init__(self, context=None, with_auth=False, **script):
        self.context = context
        self.login = {"user": "", "password": "", "line": ""}
        offers = "\r\n250-STARTTLS" * bool(context) + "\r\n250-AUTH PLAIN" * with_auth
        self.script = {**GOOD, "ehlo": GOOD["ehlo"].replace("\r\n", offers + "\r\n", 1), **script}
        self.commands = []
        self.messages = []
        self.connections = 0
        self.end = threading.Event()
        self.lock = threading.Lock()

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=50)
        if self.script["body"]:  # a large mail has to wait until somebody reads it
            self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            # Segments of 64 KiB, as on a loopback, let the sender's own buffer grow to the whole of it.
            self.listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1000)
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.accept, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.end.set()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(5)

    def accept(self):
        while not self.end.is_set():
            try:
                conn, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.serve, args=(conn,), daemon=True).start()

    def action(self, stage):
        with self.lock:
            what = self.script[stage]
            if isinstance(what, list):
                return what.pop(0) if len(what) > 1 else what[0]
            return what

    def act(self, conn, stage):
        what = self.action(stage)
        if what is None:
            return ""
        if what is HANG:
            self.end.wait(20)
            raise Stop
        if what is DROP:
            raise Stop
        if what is RESET:
            conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            raise Stop
        if what is CUT:
            conn.sendall(b"250 2.0")
            raise Stop
        if what is GARBAGE:
            conn.sendall(b"\x00\xff this is no SMTP \r\n")
            return ""
        if what is SLOW:
            for byte in ((GOOD[stage] or "\x16\x03\x03\x00\x7a\x02") + "\r\n").encode():
                conn.sendall(bytes([byte]))
                if self.end.wait(1):
                    raise Stop
            return GOOD[stage] or ""
        if what is ENDLESS:
            line = f"{GOOD[stage] or '250'}"[:3] + "-" + "and more " * 9 + "\r\n"
            while not self.end.is_set():
                conn.sendall(line.encode() * 100)
            raise Stop
        for name, came in self.login.items():
            what = what.replace("{%s}" % name, came)
        conn.sendall(what.encode() + b"\r\n")
        return what

    def serve(self, conn):
        with contextlib.suppress(Stop, OSError), contextlib.ExitStack() as stack:
            stack.enter_context(conn)
            self.act(conn, "banner")
            while conn:
                lines = stack.enter_context(conn.makefile("rb"))
                conn = self.dialogue(conn, lines)
                if conn:
                    stack.enter_context(conn)

    def dialogue(self, conn, lines):
        """Until the end, or until TLS: then the connection to go on with."""
        for line in lines:
            with self.lock:
                self.commands.append(line)
            verb = line.split()[0].lower().decode("latin-1") if line.split() else ""
            stage = "ehlo" if verb == "helo" else verb
            if stage not in self.script:
                conn.sendall(b"500 5.5.1 unknown\r\n")
                continue
            if stage == "auth":
                self.take_login(conn, lines)
            said = self.act(conn, stage)
            if stage == "starttls" and said.startswith("220"):
                if self.script["tls"]:  # not in one piece with the reply, which is another fault
                    self.end.wait(0.3)
                self.act(conn, "tls")
                return self.context.wrap_socket(conn, server_side=True)
            if stage == "data" and said.startswith("354"):
                self.receive(conn, lines)
            if stage == "quit" or said.startswith("421"):
                return None
        return None

    def take_login(self, conn, lines):
        conn.sendall(b"334 \r\n")
        line = lines.readline().strip()
        _, user, password = base64.b64decode(line).decode().split("\0")
        self.login = {"user": user, "password": password, "line": line.decode()}

    def dawdle(self, conn):
        """Takes a little of a body again and again."""
        while not self.end.wait(0.2):
            conn.recv(16384)
        raise Stop

    def receive(self, conn, lines):
        body = []
        if self.script["body"] is SLOW:
            self.dawdle(conn)
        if self.act(conn, "body"):
            self.end.wait(20)
            raise Stop
        for line in lines:
            if line == b".\r\n":
                with self.lock:
                    self.messages.append(b"".join(body))
                said = self.act(conn, "dot")
                if said.startswith("421"):
                    raise Stop
                return
            body.append(line[1:] if line.startswith(b".") else line)
