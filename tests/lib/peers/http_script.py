"""A raw HTTP server that follows a script, one thread per connection, and records each request.

Each answer: (status, body[, headers]) or DROP (close without a byte), HANG, CUT (half a body),
EARLY (close before the request is read), bytes (sent as they are), a function of the connection
and the event of the end, At(function) for one that is called before a request is read.  Answers are
used up one by one, the last one stays.  Connections are kept alive between requests unless an action ends them.
"""

import socket
import ssl
import threading

DROP, HANG, CUT, EARLY = object(), object(), object(), object()


class At:
    def __init__(self, function):
        self.function = function


class HttpScript:
    def __init__(self, *answers, context=None):
        self.answers = list(answers)
        self.requests = []  # (method, target, headers, body, connection number)
        self.connections = 0
        self.end = threading.Event()
        self.lock = threading.Lock()
        self.context = context

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=50)
        self.port = self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
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
            threading.Thread(target=self.serve, args=(conn, self.connections),
                             daemon=True).start()

    def answer(self):
        with self.lock:
            return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def serve(self, conn, number):
        try:
            if self.answers[0] is EARLY:
                conn.close()
                return
            if isinstance(self.answers[0], At):
                with conn:
                    self.answer().function(conn, self.end)
                return
            if self.context:
                conn = self.context.wrap_socket(conn, server_side=True)
            with conn, conn.makefile("rb") as stream:
                while self.one(conn, stream, number):
                    pass
        except (OSError, ssl.SSLError):
            pass

    def one(self, conn, stream, number):
        start = stream.readline().decode("latin-1").split()
        if len(start) != 3:
            return False
        headers = {}
        while (line := stream.readline().decode("latin-1").rstrip("\r\n")):
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = stream.read(int(headers.get("content-length", 0)))
        with self.lock:
            self.requests.append((start[0], start[1], headers, body, number))
        what = self.answer()
        if what is DROP:
            return False
        if what is HANG:
            self.end.wait(20)
            return False
        if what is CUT:
            conn.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"code\":0")
            return False
        if callable(what):
            what(conn, self.end)
            return False
        if isinstance(what, bytes):
            conn.sendall(what)
            return False
        status, text, *more = what
        data = text.encode() if isinstance(text, str) else text
        head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(data)}\r\n"
        for name, value in (more[0] if more else {}).items():
            head += f"{name}: {value}\r\n"
        conn.sendall(head.encode() + b"\r\n" + data)
        return True
