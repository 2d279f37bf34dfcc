"""A text that kills the daemon while it is made, again at each start: it alone does not go out."""

import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from daemon import Config, Daemon, id_of, once  # noqa: E402
from peers.relay import Relay  # noqa: E402

# Mail bodies are cut into lines by it; nothing else that has the title in it is.
SHIM = r"""
#include <stdlib.h>
#include <string.h>
size_t strcspn(const char *s, const char *reject)
{
	size_t n = 0;
	if (strcmp(reject, "\n") == 0 && strstr(s, "毒药"))
		abort();
	while (s[n] && !strchr(reject, s[n]))
		n++;
	return n;
}
"""
ENDS = 3


def build(folder):
    source, library = os.path.join(folder, "shim.c"), os.path.join(folder, "shim.so")
    with open(source, "w", encoding="utf-8") as f:
        f.write(SHIM)
    subprocess.run(["gcc", "-shared", "-fPIC", "-fno-builtin", "-O1", "-o", library, source],
                   check=True)
    return library


def test_only_the_text_that_kills_stays_behind(tmp_path):
    with Relay(tmp_path) as relay, Config() as config:
        relay.settings(config)
        config.edit("people.cfg", r"^admins = .*$", 'admins = [ "admin" ];')
        config.write_rules(once("good-1"), once("bad", name="毒药"), once("good-2", days=4),
                           once("other", unit="brigade-9"))
        d = Daemon(config, env={"LD_PRELOAD": build(config.dir)})
        for _ in range(ENDS):
            assert d.run() == -6, d.output()
        d.listen()
        with d:
            relay.wait(d, 4)
            d.until(lambda: d.messages("claimed", "retry", "unknown") == 0)
            past = [r["kind"] for r in d.history(id_of("bad"))]
        texts = [m.text for m in relay.mails]
        leads = [m for m in relay.mails if m.to == ["lead-brigade-10@localhost"]]
        assert len(relay.mails) == 4 and not any("毒药" in t for t in texts)
        assert len(leads) == 2  # each by itself, for they were suspects, too
        assert [m.to for m in relay.mails].count(["lead-brigade-9@localhost"]) == 1
        alarm = next(m for m in relay.mails if m.to == ["admin@localhost"])
        assert id_of("bad") in alarm.text and "lead-brigade-10" in alarm.text
        assert "superseded" in past and "claimed" not in past, past
