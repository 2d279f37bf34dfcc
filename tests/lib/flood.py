"""Clients that mean no good: many connections that trickle, and requests as fast as they go.

    with Flood(port, slow=200, busy=[path, ...]):
        ...

All from one thread each, with source addresses of 127.0.1.0 and on, one for each slow client.
"""

import selectors
import socket
import threading
import time

HEAD = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: "


def source(i):
    return f"127.0.{1 + i // 250}.{1 + i % 250}"


class Slow(threading.Thread):
    """n connections, each a byte every second; who is cut comes again."""

    def __init__(self, port, n):
        super().__init__(daemon=True)
        self.port, self.n, self.over = port, n, threading.Event()
        self.opened = self.ended = 0
        self.poll = selectors.DefaultSelector()

    def connect(self, i):
        s = socket.socket()
        s.setblocking(False)
        try:
            s.bind((source(i), 0))
            s.connect_ex(("127.0.0.1", self.port))
        except OSError:
            s.close()
            return
        self.opened += 1
        self.poll.register(s, selectors.EVENT_READ, [i, 0])

    def drop(self, s, i):
        self.poll.unregister(s)
        s.close()
        self.ended += 1
        self.connect(i)

    def trickle(self, s, data):
        byte = HEAD[data[1]:data[1] + 1] or b"x"
        try:
            s.send(byte)
            data[1] += 1
        except BlockingIOError:
            pass
        except OSError:
            self.drop(s, data[0])

    def run(self):
        for i in range(self.n):
            self.connect(i)
        while not self.over.is_set():
            for key, _ in self.poll.select(0.2):
                self.hear(key.fileobj, key.data[0])
            if time.monotonic() % 1 < 0.2:
                for key in list(self.poll.get_map().values()):
                    self.trickle(key.fileobj, key.data)
        for key in list(self.poll.get_map().values()):
            key.fileobj.close()
        self.poll.close()

    def hear(self, s, i):
        try:
            if s.recv(4096):
                return
        except BlockingIOError:
            return
        except OSError:
            pass
        self.drop(s, i)


class Busy(threading.Thread):
    """One request after the other, each on a connection of its own."""

    def __init__(self, port, path, address):
        super().__init__(daemon=True)
        self.port, self.path, self.address, self.over = port, path, address, threading.Event()
        self.answers = {}

    def run(self):
        ask = f"GET {self.path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
        while not self.over.is_set():
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=20,
                                              source_address=(self.address, 0)) as s:
                    s.sendall(ask)
                    status = s.recv(100)[9:12].decode() or "closed"
                    while s.recv(65536):
                        pass
            except OSError:
                status = "closed"
            self.answers[status] = self.answers.get(status, 0) + 1


class Flood:
    def __init__(self, port, slow, busy=()):
        self.slow = Slow(port, slow)
        self.busy = [Busy(port, path, f"127.0.250.{1 + i}") for i, path in enumerate(busy)]

    def __enter__(self):
        for t in [self.slow, *self.busy]:
            t.start()
        return self

    def __exit__(self, *_):
        for t in [self.slow, *self.busy]:
            t.over.set()
        for t in [self.slow, *self.busy]:
            t.join(25)
