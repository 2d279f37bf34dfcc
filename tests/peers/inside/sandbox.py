# Runs in the place of deadlined-web, behind the same directives: tries what somebody would who had
# broken in, and prints the name of the error or "done" for each as JSON.
import errno
import json
import os
import signal
import socket

STATE = "/var/lib/deadlined"


def connect_to(path):
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(5)
        s.connect(path)


def ask_engine(verb):
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(5)
        s.connect("/run/deadlined/web.sock")
        s.sendall(json.dumps({"verb": verb, "args": {}}).encode() + b"\n")
        return json.loads(s.makefile().readline())["ok"]


def call_out(family, address):
    with socket.socket(family) as s:
        s.settimeout(3)
        s.connect(address)


def read(path):
    with open(path, "rb") as f:
        f.read(16)


def write(path):
    with open(path, "wb") as f:
        f.write(b"x")


def others():
    """Processes that it sees but for itself."""
    if [p for p in os.listdir("/proc") if p.isdigit() and int(p) != os.getpid()]:
        return
    raise OSError(errno.ESRCH, "")


ATTEMPTS = {
    "read the database": lambda: read(STATE + "/deadlined.db"),
    "read the key of the links": lambda: read(STATE + "/link.key"),
    "list the state": lambda: os.listdir(STATE),
    "read the configuration": lambda: read("/etc/deadlined/people.cfg"),
    "list the secrets": lambda: os.listdir("/etc/deadlined/secrets"),
    "give orders": lambda: connect_to("/run/deadlined/ctl.sock"),
    "call out": lambda: call_out(socket.AF_INET, ("127.0.0.1", 8417)),
    "call out by IPv6": lambda: call_out(socket.AF_INET6, ("::1", 8417)),
    "send a datagram": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
    "look at the network": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
    "send raw frames": lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW),
    "talk to the bus": lambda: connect_to("/run/dbus/system_bus_socket"),
    "change a feed": lambda: write("/var/cache/deadlined/feeds/all.ics"),
    "write beside the engine": lambda: write("/run/deadlined/x"),
    "write in the system": lambda: write("/etc/x"),
    "run a shell": lambda: os.spawnv(os.P_WAIT, "/bin/sh", ["sh", "-c", "true"]) == 0 or read("/missing"),
    "become root": lambda: os.setuid(0),
    "come before others": lambda: os.setpriority(os.PRIO_PROCESS, 0, -5),
    "see other processes": others,
    "stop the first process": lambda: os.kill(1, signal.SIGKILL),
    "read about the machine": lambda: read("/proc/cpuinfo"),
    # And what it is for:
    "read the index": lambda: read("/var/cache/deadlined/feeds/index"),
    "ask how it is": lambda: ask_engine("health") or read("/missing"),
    "ask for everything": lambda: ask_engine("status") or read("/missing"),
}


def attempt(what):
    try:
        what()
        return "done"
    except OSError as e:
        return errno.errorcode.get(e.errno, str(e))


print(json.dumps({"uid": os.getuid(), "groups": os.getgroups(),
                  **{name: attempt(what) for name, what in ATTEMPTS.items()}}))
