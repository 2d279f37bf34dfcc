"""A mail relay and an SMS gateway in one process, which put on record what they accept.

    witness.py LOG SEED

prints {"smtp": port, "http": port}, then follows lines on its standard input: "chaos", "healthy"
(what hangs is cut), "relentless" (closes every second HTTP connection after it accepted, without a
reply), "poison ADDRESS" (a mail to it makes the file LOG.poison, and hangs), "sync" (answers "ok"),
"quit".  Every acceptance is one JSON line in LOG, written and fsynced before a byte of the reply
leaves: what the log does not name was never confirmed.
"""

import contextlib
import hashlib
import json
import os
import random
import re
import socket
import sys
import threading
import time

# What happens to one message, and how often of a hundred.  Accepted and lost: the dangerous ones.
SMTP_CHAOS = (("accept", 52), ("banner-421", 3), ("mail-451", 4), ("rcpt-451", 6),
              ("rcpt-550", 3), ("data-451", 4), ("body-drop", 4), ("dot-451", 5),
              ("dot-drop", 3), ("accept-drop", 7), ("accept-garbage", 3),
              ("accept-hang", 4), ("hang", 2))
HTTP_CHAOS = (("accept", 54), ("refuse-429", 6), ("refuse-busy", 6), ("refuse-16", 4), ("drop", 6),
              ("early-drop", 4), ("accept-drop", 7), ("accept-garbage", 4), ("accept-500", 3),
              ("accept-hang", 4), ("hang", 2))


class Log:
    def __init__(self, path):
        self.file = open(path, "ab", buffering=0)
        self.lock = threading.Lock()

    def write(self, **row):
        with self.lock:
            row = {"mono": time.monotonic_ns(), "real": time.time(), **row}
            self.file.write(json.dumps(row).encode() + b"\n")
            os.fsync(self.file.fileno())


class Cut(Exception):
    pass


class Witness:
    def __init__(self, log, seed):
        self.log = log
        self.rng = random.Random(seed)
        self.lock = threading.Lock()
        self.mode = "chaos"
        self.poison = None
        self.wake = threading.Event()
        self.n = 0

    def choose(self, table):
        with self.lock:
            if self.mode == "healthy":
                return "accept", 0.0
            if self.mode == "relentless":
                self.n += 1
                even = self.n % 2 == 0 and table is HTTP_CHAOS
                return "accept-drop" if even else "accept", 0.0
            names, weights = zip(*table)
            slow = self.rng.choice((0, 0, 0, 0.005, 0.02, 0.1))
            return self.rng.choices(names, weights)[0], slow

    def pause(self, seconds):
        self.wake.wait(seconds)

    def hang(self):
        self.wake.wait(120)
        raise Cut

    # -- SMS ---------------------------------------------------------------------------------------

    def http(self, conn, number):
        with conn.makefile("rb") as stream:
            while self.request(conn, stream, number):
                pass

    def request(self, conn, stream, number):
        if self.mode == "healthy":
            conn.settimeout(30)
        start = stream.readline().split()
        if len(start) != 3:
            return False
        what, slow = self.choose(HTTP_CHAOS)
        if what == "early-drop":
            return False
        length = 0
        while line := stream.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        body = stream.read(length)
        if len(body) != length:
            return False
        self.pause(slow)
        if what == "hang":
            self.hang()
        if what.startswith("accept"):
            sms = json.loads(body)
            self.log.write(channel="sms", to=sms["to"], ref=sms["ref"], conn=number,
                           hash=hashlib.sha256(sms["text"].encode()).hexdigest())
        if what == "accept-hang":
            self.hang()
        if what in ("drop", "accept-drop"):
            return False
        status, text = {
            "accept": (200, '{"code":"0","id":"w%d"}' % time.monotonic_ns()),
            "accept-garbage": (200, '{"code":'),
            "accept-500": (500, "oops"),
            "refuse-429": (429, "slow"),
            "refuse-busy": (200, '{"code":"9"}'),
            "refuse-16": (200, '{"code":"16"}'),
        }[what]
        conn.sendall(f"HTTP/1.1 {status} X\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode())
        return True

    # -- mail --------------------------------------------------------------------------------------

    def smtp(self, conn, _):
        what, slow = self.choose(SMTP_CHAOS)

        def say(text):
            conn.sendall(text.encode() + b"\r\n")

        if what == "banner-421":
            say("421 4.3.2 not now")
            return
        say("220 witness.example.invalid ESMTP")
        to = ""
        with conn.makefile("rb") as lines:
            for line in lines:
                verb = line[:4].upper()
                if verb in (b"EHLO", b"HELO"):
                    say("250-witness.example.invalid\r\n250-SIZE 1000000\r\n250 8BITMIME")
                elif verb == b"MAIL":
                    say("451 4.3.0 later" if what == "mail-451" else "250 2.1.0 ok")
                elif verb == b"RCPT":
                    to = re.search(rb"<(.*)>", line).group(1).decode()
                    if to == self.poison:
                        with open(sys.argv[1] + ".poison", "wb"):
                            time.sleep(60)
                        return
                    say({"rcpt-451": "451 4.3.0 later",
                         "rcpt-550": "550 5.1.1 nobody"}.get(what, "250 2.1.5 ok"))
                elif verb == b"DATA":
                    if what == "data-451":
                        say("451 4.3.0 later")
                    else:
                        say("354 go on")
                        if not self.mail(say, lines, to, what, slow):
                            return
                    what, slow = self.choose(SMTP_CHAOS)
                elif verb == b"QUIT":
                    say("221 2.0.0 bye")
                    return
                else:
                    say("250 2.0.0 ok")
                if verb in (b"MAIL", b"RCPT") and what.startswith(verb.decode().lower()):
                    what, slow = self.choose(SMTP_CHAOS)

    def mail(self, say, lines, to, what, slow):
        """Returns whether the session goes on."""
        body = []
        if what == "body-drop":
            return False
        for line in lines:
            if line == b".\r\n":
                break
            body.append(line)
        else:
            return False
        self.pause(slow)
        if what == "hang":
            self.hang()
        if what in ("dot-451", "dot-drop"):
            if what == "dot-451":
                say("451 4.3.0 later")
            return what == "dot-451"
        text = b"".join(body)
        found = re.search(rb"^Message-ID:\s*(<[^>]*>)", text, re.M | re.I)
        self.log.write(channel="email", to=to, ref=found.group(1).decode() if found else "",
                       hash=hashlib.sha256(text).hexdigest())
        if what == "accept-drop":
            return False
        if what == "accept-hang":
            self.hang()
        say("\0 what" if what == "accept-garbage" else "250 2.0.0 queued")
        return True

    # -- connections -------------------------------------------------------------------------------

    def guard(self, serve, conn, number):
        with contextlib.suppress(OSError, Cut, ValueError), conn:
            conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            serve(conn, number)

    def listen(self, serve):
        listener = socket.create_server(("127.0.0.1", 0), backlog=64)

        def accept():
            for number in range(1, 1 << 30):
                conn, _ = listener.accept()
                threading.Thread(target=self.guard, args=(serve, conn, number), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        return listener.getsockname()[1]

    def set_mode(self, mode):
        with self.lock:
            self.mode = mode
        if mode == "chaos":
            self.wake = threading.Event()
        else:
            self.wake.set()


def main():
    w = Witness(Log(sys.argv[1]), int(sys.argv[2]))
    print(json.dumps({"smtp": w.listen(w.smtp), "http": w.listen(w.http)}), flush=True)
    for line in sys.stdin:
        word = line.strip()
        if word == "quit":
            break
        if word == "sync":
            print("ok", flush=True)
        elif word.startswith("poison "):
            w.poison = word.split()[1]
        else:
            w.set_mode(word)
    os._exit(0)


if __name__ == "__main__":
    main()
