# The Postfix that stands beside deadlined (PostfixInside).
import os
import socket

from common import run, until

BOX, LOG = "/srv/postfix/Maildir/new", "/srv/postfix/log/maillog"


def start():
    run("systemctl", "start", "relay.service", status=0)
    until(lambda: answers(587))


def answers(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


def mails():
    """What Postfix has put into the mailbox."""
    found = []
    for name in sorted(os.listdir(BOX)) if os.path.isdir(BOX) else []:
        with open(os.path.join(BOX, name), encoding="utf-8") as f:
            found.append(f.read())
    return found


def log():
    with open(LOG, encoding="utf-8") as f:
        return f.read()
