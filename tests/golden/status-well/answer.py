"""Plays the daemon: answers each of N connections to ctl.sock with the JSON of a file."""
import json
import socket
import sys

with open(sys.argv[1], encoding="utf-8") as f:
    reply = json.dumps({"ok": True, "data": json.load(f)}).encode() + b"\n"
server = socket.socket(socket.AF_UNIX)
server.bind("ctl.sock")
server.listen()
server.settimeout(20)
print("ready", flush=True)
for _ in range(int(sys.argv[2])):
    peer, _ = server.accept()
    peer.settimeout(5)
    while not peer.recv(65536).endswith(b"\n"):
        pass
    peer.sendall(reply)
    peer.close()
