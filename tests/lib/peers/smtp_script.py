"""A raw SMTP server that follows a script, one thread per connection.

script: stage -> action; stages banner, ehlo, mail, rcpt, data, body, dot, rset, quit.
action: text to reply, or DROP, HANG, GARBAGE, CUT (half a reply, then drop), RESET.
A list of actions is used up one by one, its last one stays.
"""

import socket
import struct
import threading

DROP, HANG, GARBAGE, CUT, RESET = object(), object(), object(), object(), object()

GOOD = {
    "banner": "220 script.example.invalid ESMTP",
    "ehlo": "250-script.example.invalid\r\n250-SIZE 1000000\r\n250 ENHANCEDSTATUSCODES",
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
    def __init__(self, **script):
        self.script = {**GOOD, **script}
        self.commands = []
        self.messages = []
        self.connections = 0
        self.end = threading.Event()
        self.lock = threading.Lock()

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=50)
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
        conn.sendall(what.encode() + b"\r\n")
        return what

    def serve(self, conn):
        try:
            with conn, conn.makefile("rb") as lines:
                self.act(conn, "banner")
                self.dialogue(conn, lines)
        except (Stop, OSError):
            pass

    def dialogue(self, conn, lines):
        for line in lines:
            with self.lock:
                self.commands.append(line)
            verb = line[:4].strip().lower().decode("latin-1")
            stage = "ehlo" if verb == "helo" else verb
            if stage not in self.script:
                conn.sendall(b"500 5.5.1 unknown\r\n")
                continue
            said = self.act(conn, stage)
            if stage == "data" and said.startswith("354"):
                self.receive(conn, lines)
            if stage == "quit" or said.startswith("421"):
                return

    def receive(self, conn, lines):
        body = []
        self.act(conn, "body")
        for line in lines:
            if line == b".\r\n":
                with self.lock:
                    self.messages.append(b"".join(body))
                said = self.act(conn, "dot")
                if said.startswith("421"):
                    raise Stop
                return
            body.append(line[1:] if line.startswith(b".") else line)
