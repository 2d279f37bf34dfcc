# An SMS gateway that speaks HTTP and lets nobody in without its token.
import http.server
import json
import threading

TAKEN, REFUSED = [], []


def start(port, token):
    class Gateway(http.server.BaseHTTPRequestHandler):
        def do_POST(self):  # noqa: N802
            sms = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            good = self.headers["Authorization"] == "Bearer " + token
            (TAKEN if good else REFUSED).append(sms)
            answer = json.dumps({"code": "0", "id": f"gw-{len(TAKEN)}"} if good else {"code": "16"}).encode()
            self.send_response(200 if good else 401)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Gateway)
    threading.Thread(target=server.serve_forever, daemon=True).start()
