# Runs inside the booted system, as root: the package's life, and the admin's desk.  Prints what it finds as JSON.
import json
import os
import pwd
import time

import gateway
import relay
from common import ctl, prop, run, until
from relay import mails

FOUND = {}
SECRETS = "/etc/deadlined/secrets/"
OBLIGATION = "reply-1/reply-1/brigade-10"
with open("/story.json", encoding="utf-8") as f:
    STORY = json.load(f)


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
run("cp", "/srv/postfix/ca.crt", "/etc/deadlined/relay-ca.crt", status=0)
for name in ("smtp-password", "sms-token"):
    with open(os.open(SECRETS + name, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="ascii") as f:
        f.write(STORY[name] + "\n")
relay.start()
gateway.start(8180, STORY["sms-token"])
run("systemctl", "enable", "--now", "deadlined.service", "deadlined-web.socket", status=0)
FOUND["started"] = until(lambda: prop("deadlined", "ActiveState") == "active")
FOUND["told"] = until(lambda: mails() and gateway.TAKEN)
FOUND["sms"], FOUND["sms_refused"] = list(gateway.TAKEN), gateway.REFUSED
FOUND["mails"] = mails()
FOUND["maillog"] = relay.log()
until(lambda: ctl("status")["messages"]["sent"] >= 2)
FOUND["findings"] = [f["msgid"] for f in ctl("preflight")["findings"]]
FOUND["evidence"] = ctl("evidence", OBLIGATION)
FOUND["evidence_text"] = run("deadlinectl", "evidence", OBLIGATION)
run("deadlinectl", "receive", OBLIGATION, status=0)
DONE = ["OBLIGATION=" + OBLIGATION, "MESSAGE_ID=8cdfccd07b1659ba9a5f92bab6fb4976"]
ACT = ["journalctl", "-o", "json", "-n", "1", *DONE]
until(lambda: "MESSAGE_ID" in run(*ACT), 5)
FOUND["journal"] = json.loads(run(*ACT))
FOUND["journal_sent"] = json.loads(run("journalctl", "-o", "json", "-n", "1", "DEADLINED_MESSAGE=1"))
FOUND["explained"] = run("journalctl", "-x", "-n", "1", *DONE)
FOUND["chinese"] = run("env", "LANG=zh_CN.UTF-8", "LC_ALL=zh_CN.UTF-8", "deadlinectl", "status").splitlines()[0]

# Next year's notice: its table, pasted; written, included, looked at, in force.
YEAR = str(STORY["year"])
SPAN = ("--from", YEAR + "-01-01", "--to", YEAR + "-12-31")
FOUND["imported"] = run("deadlinectl", "import", "roster", "/annex.txt", "--year", YEAR, "--notice",
                        STORY["notice"], "--date", YEAR + "-01-04", status=0)
with open("/etc/deadlined/deadlined.cfg", encoding="utf-8") as f:
    main = f.read()
with open("/etc/deadlined/deadlined.cfg", "w", encoding="utf-8") as f:
    f.write(main.replace('"roster-2024.cfg",', f'"roster-2024.cfg", "roster-{YEAR}.cfg",'))
FOUND["unsure"] = [f["msgid"] for f in ctl("preflight", "--month", YEAR + "-05")["findings"]]
FOUND["checked"] = run("deadlinectl", "check", "-c", "/etc/deadlined/deadlined.cfg")
FOUND["diff"] = run("deadlinectl", "diff", "-c", "/etc/deadlined/deadlined.cfg", *SPAN)
run("systemctl", "reload", "deadlined", status=0)
FOUND["reloaded"] = until(lambda: run("deadlinectl", "diff", "-c", "/etc/deadlined/deadlined.cfg", *SPAN) != FOUND["diff"])
FOUND["diff_after"] = run("deadlinectl", "diff", "-c", "/etc/deadlined/deadlined.cfg", *SPAN)
FOUND["faults"] = ctl("status")["config"]["faults"]
FOUND["sure"] = [f["msgid"] for f in ctl("preflight", "--month", YEAR + "-05")["findings"]]
FOUND["missing"] = run("deadlinectl", "preflight", "--month", YEAR + "-03")

# Upgrade: the new program runs, all is there, nothing goes out twice.
before, told, rows = prop("deadlined", "MainPID"), len(mails()) + len(gateway.TAKEN), len(ctl("history", "--limit", "1000")["rows"])
FOUND["upgrade"] = run("dpkg", "-i", "--force-confold", "/new.deb")
FOUND["runs_again"] = until(lambda: prop("deadlined", "ActiveState") == "active" and prop("deadlined", "MainPID") not in
                            ("0", before))
until(lambda: "sent" in run("deadlinectl", "status", "--json"))
time.sleep(2)
FOUND["mails_after"] = len(mails()) + len(gateway.TAKEN) - told
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
