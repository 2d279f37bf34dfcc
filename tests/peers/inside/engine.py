# Runs inside the booted system, as root: what the engine survives, whom its secrets are for, what its
# list of addresses is worth.  Prints what it finds as JSON.
import email
import email.policy
import json
import os
import shutil
import signal
import subprocess
import time

import relay
from common import ctl, exposure, prop, run, until
from relay import mails

FOUND = {}
with open("/story.json", encoding="utf-8") as f:
    STORY = json.load(f)
SECRET = "/etc/deadlined/secrets/smtp-password"
GIVEN = "/run/credentials/deadlined.service"


def active():
    return prop("deadlined", "ActiveState") == "active"


def again(before):
    """Under another number, and ready."""
    return active() and prop("deadlined", "MainPID") not in ("0", before)


def told():
    """The subjects that are in the mailbox, with the ids of their mails."""
    found = {}
    for text in mails():
        m = email.message_from_string(text, policy=email.policy.default)
        found.setdefault(m["Subject"], []).append(m["Message-ID"].strip())
    return found


def settled():
    m = ctl("status")["messages"]
    return m["claimed"] == m["retry"] == m["unknown"] == 0


def ladle(n):
    """The rules of so many waves, in force."""
    shutil.copy(f"/waves/{n}.cfg", "/etc/deadlined/rules.cfg")
    run("systemctl", "reload", "deadlined", status=0)


def back_from(number, pid):
    """Kills with that number, and waits until somebody else is there."""
    restarts, begun = int(prop("deadlined", "NRestarts")), time.monotonic()
    os.kill(int(pid), number)
    back = until(lambda: active() and prop("deadlined", "MainPID") not in ("0", pid), 30)
    if not back:
        run("systemctl", "kill", "-s", "KILL", "deadlined")
        until(active)
    return {"back": back, "seconds": time.monotonic() - begun,
            "restarts": int(prop("deadlined", "NRestarts")) - restarts}


def while_sending(number, wave):
    before = len(told())
    ladle(wave)
    until(lambda: len(told()) >= before + 2)
    at = len(told()) - before
    found = back_from(number, prop("deadlined", "MainPID"))
    found["told"] = [at, until(lambda: len(told()) >= before + STORY["wave"] and settled()) and len(told()) - before]
    return found


def can(user, *argv):
    group = "deadlined" if user.startswith("deadlined") else "nogroup"
    return subprocess.run(["setpriv", "--reuid", user, "--regid", group, "--clear-groups", *argv], timeout=30,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0


def holding(word):
    """Files of deadlined's in which it stands."""
    places = ("/var/lib/deadlined", "/var/cache/deadlined", "/run/deadlined", "/etc/deadlined", "/tmp", "/var/tmp")
    return run("grep", "-rlaF", word, *[p for p in places if os.path.exists(p)]).splitlines()


def environment(unit):
    with open(f"/proc/{prop(unit, 'MainPID')}/environ", encoding="utf-8") as f:
        return f.read().split("\0")


# The documented list of addresses: less is exposed, and all that follows works with it.
FOUND["exposure"] = exposure("deadlined")
os.makedirs("/etc/systemd/system/deadlined.service.d", exist_ok=True)
shutil.copy("/usr/share/doc/deadlined/examples/addresses.conf", "/etc/systemd/system/deadlined.service.d/")
run("systemctl", "daemon-reload", status=0)
FOUND["exposure_listed"] = exposure("deadlined")

with open(os.open(SECRET, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="ascii") as f:
    f.write(STORY["password"] + "\n")
relay.start()
run("systemctl", "start", "deadlined.service", "deadlined-web.socket", status=0)
until(lambda: len(told()) >= STORY["wave"] and settled())
FOUND["first"] = len(mails())
FOUND["watchdog"] = prop("deadlined", "WatchdogUSec")

# Its password: given by systemd, read by nobody else, and nowhere else.
relay.answers(8417)
until(lambda: prop("deadlined-web", "ActiveState") == "active")
FOUND["given"] = os.listdir(GIVEN)
FOUND["can_read"] = {user: [can(user, "cat", f"{GIVEN}/secrets_smtp-password"), can(user, "ls", GIVEN), can(user, "cat", SECRET)]
                     for user in ("deadlined", "deadlined-web", "nobody")}
FOUND["environment"] = {u: [v for v in environment(u) if "CREDENTIALS" in v or STORY["password"] in v]
                        for u in ("deadlined", "deadlined-web")}
FOUND["holding"] = holding(STORY["password"])
FOUND["in_journal"] = STORY["password"] in run("journalctl", "-b")
FOUND["logged_in"] = relay.log().count("sasl_username=relay")

# Stuck, killed: at rest and while it sends.
FOUND["stuck"] = back_from(signal.SIGSTOP, prop("deadlined", "MainPID"))
time.sleep(2)
FOUND["after_stuck"] = len(mails())
FOUND["killed_sending"] = while_sending(signal.SIGKILL, 2)
FOUND["stuck_sending"] = while_sending(signal.SIGSTOP, 3)
time.sleep(2)
FOUND["mails"] = told()
FOUND["status"] = ctl("status")
FOUND["failed"] = run("systemctl", "--failed", "--plain", "--no-legend")
FOUND["journal"] = run("journalctl", "-b", "-o", "cat", "-u", "deadlined")
FOUND["evidence"] = [ctl("evidence", o) for o in STORY["obligations"]]
print(json.dumps(FOUND))
