# Runs inside the booted system, as root: prints what it finds as JSON.
import json
import os
import signal
import socket
import time

from common import exposure, prop, run, until

FOUND = {}


def get(path):
    with socket.create_connection(("127.0.0.1", 8417), timeout=20) as s:
        s.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        data = b""
        while part := s.recv(65536):
            data += part
    return int(data.split(b" ")[1]), data.partition(b"\r\n\r\n")[2].decode()


def status_of(pid):
    with open(f"/proc/{pid}/status") as f:
        return dict(line.rstrip("\n").split(":\t", 1) for line in f if ":\t" in line)


def confinement(unit):
    pid = prop(unit, "MainPID")
    s = status_of(pid)
    own, ours = os.readlink(f"/proc/{pid}/ns/net"), os.readlink("/proc/1/ns/net")
    return {"caps": s["CapEff"], "bounding": s["CapBnd"], "no_new_privs": s["NoNewPrivs"], "seccomp": s["Seccomp"],
            "uid": s["Uid"].split()[0], "own_network": own != ours}


FOUND["engine"] = until(lambda: prop("deadlined", "ActiveState") == "active")
FOUND["web_before"] = prop("deadlined-web", "ActiveState")
FOUND["health"] = get("/healthz")
FOUND["web_after"] = prop("deadlined-web", "ActiveState")
link = run("deadlinectl", "link", "show", "all")
FOUND["feed"] = [get(link)[0], get(link)[1][-15:]]
FOUND["metrics_up"] = "deadlined_up 1" in get("/metrics")[1]
FOUND["exposure"] = {u: exposure(u) for u in ("deadlined", "deadlined-web")}
FOUND["confined"] = {u: confinement(u) for u in ("deadlined", "deadlined-web")}
run("systemctl", "start", "probe-web.service")
with open("/probe-web.out") as f:
    FOUND["attempts"] = json.loads(f.read() or "null") or run("systemctl", "status", "probe-web.service")

# What breaks: the web program is there again, its socket all the time; the engine never noticed.
engine, web = prop("deadlined", "MainPID"), prop("deadlined-web", "MainPID")
os.kill(int(web), signal.SIGKILL)
FOUND["after_kill"] = get(link)[0]
FOUND["web_again"] = prop("deadlined-web", "MainPID") not in ("0", web)
FOUND["engine_stayed"] = prop("deadlined", "MainPID") == engine

# The reader child and its limits work below the filter; the boot's id is known.
run("systemctl", "reload", "deadlined")
time.sleep(1)
state = json.loads(run("deadlinectl", "status", "--json"))
FOUND["faults"], FOUND["hold"] = state["config"]["faults"], state["hold"]
run("systemctl", "restart", "deadlined")
FOUND["restarted"] = until(lambda: get("/healthz")[0] == 200)
FOUND["failed"] = run("systemctl", "--failed", "--plain", "--no-legend")
FOUND["journal"] = run("journalctl", "-b", "-p", "err", "--no-pager", "-o", "cat", "-u", "deadlined",
                       "-u", "deadlined-web")
print(json.dumps(FOUND))
