# Runs inside the booted system, as root: the package's life.  Prints what it finds as JSON.
import json
import os
import pwd
import subprocess
import threading
import time
import warnings

warnings.simplefilter("ignore")
import asyncore  # noqa: E402
import smtpd  # noqa: E402

FOUND = {}
MAILS = []


class Relay(smtpd.SMTPServer):
    def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):
        MAILS.append((rcpttos, data))


def run(*argv, status=None):
    p = subprocess.run(argv, capture_output=True, text=True, timeout=90)
    if status is not None and p.returncode != status:
        raise SystemExit(f"{argv}: {p.returncode}\n{p.stdout}{p.stderr}")
    return (p.stdout + p.stderr).strip()


def prop(unit, name):
    return run("systemctl", "show", "-P", name, unit)


def until(is_true, seconds=30):
    end = time.monotonic() + seconds
    while not is_true() and time.monotonic() < end:
        time.sleep(0.1)
    return is_true()


def ctl(*args):
    return json.loads(run("deadlinectl", *args, "--json"))


def users():
    return sorted(u.pw_name for u in pwd.getpwall() if u.pw_name.startswith("deadlined"))


def leftovers():
    found = run("find", "/", "-xdev", "-name", "*deadlined*", "-not", "-path", "/proc/*", "-not", "-path", "/sys/*",
                "-not", "-path", "/tmp/*", "-not", "-path", "/settings/*")
    return found.splitlines()


# Installed, as it comes: nothing runs, nothing is readable that should not be.
FOUND["enabled"] = [run("systemctl", "is-enabled", u) for u in ("deadlined.service", "deadlined-web.socket")]
FOUND["active"] = [run("systemctl", "is-active", u) for u in ("deadlined.service", "deadlined-web.socket")]
FOUND["users"] = users()
FOUND["secrets"] = oct(os.stat("/etc/deadlined/secrets").st_mode & 0o777)
FOUND["check"] = run("deadlinectl", "check", "-c", "/etc/deadlined/deadlined.cfg").splitlines()[-1]

# The admin fills in relay and contacts (the test has put them aside), and starts it.
run("cp", "-RT", "/settings", "/etc/deadlined", status=0)
relay = Relay(("127.0.0.1", 2525), None)
threading.Thread(target=asyncore.loop, kwargs={"timeout": 0.2}, daemon=True).start()
run("systemctl", "enable", "--now", "deadlined.service", "deadlined-web.socket", status=0)
FOUND["started"] = until(lambda: prop("deadlined", "ActiveState") == "active")
FOUND["told"] = until(lambda: len(MAILS) >= 1)
FOUND["to"] = MAILS[0][0] if MAILS else None
until(lambda: ctl("status")["messages"]["sent"] >= 1)
FOUND["findings"] = [f["msgid"] for f in ctl("preflight")["findings"]]
FOUND["evidence"] = ctl("evidence", "reply-1/reply-1/brigade-10")
run("deadlinectl", "receive", "reply-1/reply-1/brigade-10", status=0)
ACT = ["journalctl", "-o", "json", "-n", "1", "OBLIGATION=reply-1/reply-1/brigade-10"]
until(lambda: "MESSAGE_ID" in run(*ACT), 5)
FOUND["journal"] = json.loads(run(*ACT))
FOUND["journal_sent"] = json.loads(run("journalctl", "-o", "json", "-n", "1", "DEADLINED_MESSAGE=1"))
FOUND["explained"] = run("journalctl", "-x", "-n", "1", "OBLIGATION=reply-1/reply-1/brigade-10")
FOUND["chinese"] = run("env", "LANG=zh_CN.UTF-8", "LC_ALL=zh_CN.UTF-8", "deadlinectl", "status").splitlines()[0]

# Upgrade: the new program runs, all is there, nothing goes out twice.
before, mails, rows = prop("deadlined", "MainPID"), len(MAILS), len(ctl("history", "--limit", "1000")["rows"])
FOUND["upgrade"] = run("dpkg", "-i", "--force-confold", "/new.deb")
FOUND["runs_again"] = until(lambda: prop("deadlined", "ActiveState") == "active" and prop("deadlined", "MainPID") not in
                            ("0", before))
until(lambda: "sent" in run("deadlinectl", "status", "--json"))
time.sleep(2)
FOUND["mails_after"] = len(MAILS) - mails
FOUND["rows_kept"] = len(ctl("history", "--limit", "1000")["rows"]) >= rows
with open("/etc/deadlined/people.cfg", encoding="utf-8") as f:
    FOUND["settings_kept"] = "@localhost" in f.read()

# Removed: it stops, what it knows stays.  Purged: nothing stays.
FOUND["remove"] = run("dpkg", "-r", "deadlined")
FOUND["stopped"] = prop("deadlined", "ActiveState")
FOUND["kept"] = [os.path.exists(p) for p in ("/var/lib/deadlined/deadlined.db", "/etc/deadlined/people.cfg")]
FOUND["purge"] = run("dpkg", "-P", "deadlined")
FOUND["left"] = leftovers()
FOUND["users_left"] = users()
print(json.dumps(FOUND))
