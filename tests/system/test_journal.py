"""What the journal gets: a line's fields name the message, whom it was for and every obligation in it."""

import os
import re
import socket
import subprocess
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from daemon import ROOT, Config, Daemon, id_of, once  # noqa: E402
from peers.http_script import DROP, HttpScript  # noqa: E402

OK, NEVER = (200, '{"code":0,"id":"G-17"}'), (200, '{"code":16}')
ONE, TWO = id_of("reply-1"), id_of("reply-2")

# The journal's address is the system's: whatever is sent there comes here.
SHIM = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

ssize_t sendto(int fd, const void *data, size_t len, int flags, const struct sockaddr *to, socklen_t size)
{
	ssize_t (*real)(int, const void *, size_t, int, const struct sockaddr *, socklen_t) = dlsym(RTLD_NEXT, "sendto");
	struct sockaddr_un here = {AF_UNIX, ""};
	if (to && to->sa_family == AF_UNIX && strcmp(((const struct sockaddr_un *)to)->sun_path, "/run/systemd/journal/socket") == 0) {
		strncpy(here.sun_path, getenv("JOURNAL_HERE"), sizeof here.sun_path - 1);
		to = (const struct sockaddr *)&here;
		size = sizeof here;
	}
	return real(fd, data, len, flags, to, size);
}
"""


@pytest.fixture(scope="module")
def shim(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shim")
    (folder / "shim.c").write_text(SHIM)
    subprocess.run(["cc", "-shared", "-fPIC", "-o", folder / "shim.so", folder / "shim.c", "-ldl"], check=True, timeout=60)
    return str(folder / "shim.so")


class Journal:
    def __init__(self, config, shim):
        self.path = os.path.join(config.dir, "journal")
        self.env = {"LD_PRELOAD": shim, "JOURNAL_HERE": self.path, "JOURNAL_STREAM": "1:1"}
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.socket.settimeout(0.1)
        self.entries = []

    def read(self):
        try:
            while True:
                self.entries.append([line.split("=", 1) for line in self.socket.recv(65536).decode().splitlines()])
        except TimeoutError:
            return self.entries

    def find(self, words):
        """The fields of the one line that says so: name -> list of values."""
        for entry in self.read():
            if words in dict(entry)["MESSAGE"]:
                found = {}
                for name, value in entry:
                    found.setdefault(name, []).append(value)
                return found
        return None


def known_ids():
    with open(os.path.join(ROOT, "systemd", "deadlined.catalog"), encoding="utf-8") as f:
        return set(re.findall(r"^-- ([0-9a-f]{32})$", f.read(), re.M))


@pytest.fixture
def config():
    with Config() as c:
        c.ladder(lead=["sms"])
        c.write_rules(once("reply-1"), once("reply-2"))
        yield c


@pytest.mark.parametrize("reply,words,priority", [
    (OK, "sent to", "6"),
    (NEVER, "lead-brigade-10 by ", "4"),
    (DROP, "lead-brigade-10 by ", "4"),
])
def test_line_of_a_message(config, shim, reply, words, priority):
    with HttpScript(*[reply] * 4) as gateway:
        config.sms_to(gateway.url, limits={"person_minute": 0, "per_second": 0})
        journal = Journal(config, shim)
        with Daemon(config, env=journal.env) as d:
            line = d.until(lambda: journal.find(words), 20, "the line")
            assert sorted(line["OBLIGATION"]) == [ONE, TWO]
            assert line["PERSON"] == ["lead-brigade-10"] and line["PRIORITY"] == [priority]
            assert line["DEADLINED_MESSAGE"][0].isdigit() and line["SYSLOG_IDENTIFIER"] == ["deadlined"]
            assert line["MESSAGE_ID"][0] in known_ids()
            # Whoever reads the journal need not be whoever may read the messages.
            assert "1111" not in str(line) and "城管" not in str(line)


def test_line_of_an_act(config, shim):
    journal = Journal(config, shim)
    with Daemon(config, env=journal.env) as d:
        d.call("receive", obligation=ONE, by="clerk")
        line = d.until(lambda: journal.find("clerk"), 10, "the line")
        assert line["OBLIGATION"] == [ONE] and line["MESSAGE_ID"][0] in known_ids()


def test_nobody_reads_the_journal(config, shim):
    """Then the line goes where all lines go."""
    env = {"LD_PRELOAD": shim, "JOURNAL_HERE": os.path.join(config.dir, "nobody"), "JOURNAL_STREAM": "1:1"}
    with Daemon(config, env=env) as d:
        d.until(lambda: "<6>" in d.output() and "sent to" in d.output(), 20, "the line")
