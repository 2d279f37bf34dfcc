"""Real calendar programs subscribe over HTTP to the programs of a year: what is in their own stores
after each poll.  Changed, cancelled, failed, revoked, gone.
"""

import contextlib
import json
import os
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import feed_samples as samples  # noqa: E402
from peers.feed_service import JUNE_17, FeedService, rule_names  # noqa: E402
from peers.subscribers import Evolution, Khal, Thunderbird, Vdirsyncer  # noqa: E402

CLIENTS = [Vdirsyncer, Khal, Evolution, Thunderbird]
MAY = "monthly/2024-05/brigade-10"
JUNE = "monthly/2024-06/mobile"
DRAGON = "festival/dragon-boat-2024/mobile"
OVER = "订阅已停用"


@pytest.fixture
def service():
    with FeedService() as s:
        yield s


@pytest.fixture(scope="module")
def preview():
    return json.loads(samples.deadlinectl("preview", "-c", samples.CONFIG, "--from", samples.FIRST,
                                          "--to", samples.LAST, "--json"))["obligations"]


def served(service, url):
    """What a client should have: {UID: (title, first day, cancelled)}, by python-icalendar."""
    status, data = service.fetch(url)
    assert status == 200
    return {uid: (str(e["SUMMARY"]), e["DTSTART"].dt.isoformat(), e["STATUS"] == "CANCELLED")
            for uid, e in samples.events(data).items()}


def of(events, obligation):
    return next(e for uid, e in events.items() if uid.startswith(obligation + "@"))


def expect(client, events):
    assert client.events() == sorted(events.values())
    if client.uids:
        assert client.ids() == set(events)


def check_year(events, preview):
    """All that is owed is there, on its day, under its name."""
    dated = [o for o in preview if o["due"]]
    assert len(dated) > 25
    for o in dated:
        title, day, cancelled = of(events, o["id"])
        assert day == min(o["due"], o["hand_in"]) and not cancelled, o["id"]
        assert "截止" in title and rule_names()[o["rule"]] in title, title


def answered(service, client, code):
    """Polls; how it was answered."""
    before = service.answers()
    client.poll()
    after = service.answers()
    return after[code] - before[code]


@contextlib.contextmanager
def subscribed(client_class, service, tmp_path):
    url = service.url("all")
    home = tmp_path / "home"
    home.mkdir()
    with client_class(url, home, service) as client:
        client.poll()
        yield client, url


@pytest.mark.parametrize("client_class", CLIENTS)
def test_a_year(client_class, service, tmp_path, preview):
    with subscribed(client_class, service, tmp_path) as (client, url):
        first = served(service, url)
        check_year(first, preview)
        expect(client, first)
        follow_acts(service, client, url, first)
        keep_while_failing(service, client, url)
        lose_when_revoked(service, client, url)


def follow_acts(service, client, url, first):
    """Nothing new: 304, where the client asks so.  Then received, moved; then not wanted after all."""
    assert answered(service, client, "304" if client.conditional else "2xx") >= 1
    expect(client, first)
    service.until_fetched("all", "", client.name)
    service.ctl("receive", MAY)
    service.ctl("occasion", DRAGON, "extended", "2024-06-14")
    service.until(url, lambda _, text: "【已交】" in text and "DTSTART;VALUE=DATE:20240616" in text, "both acts")
    assert answered(service, client, "2xx") >= 1
    second = served(service, url)
    expect(client, second)
    assert of(second, MAY)[0].startswith("【已交】") and of(second, MAY)[1] == of(first, MAY)[1]
    assert of(first, DRAGON)[1] == "2024-06-12" and of(second, DRAGON)[1] == "2024-06-16"
    assert {u for u in first if first[u] != second[u]} == {u for u in first if u.split("@")[0] in (MAY, DRAGON)}
    service.ctl("waive", JUNE, "--reason", "本月不报")
    service.until_text(url, "STATUS:CANCELLED")
    client.poll()
    third = served(service, url)
    expect(client, third)
    title, _, cancelled = of(third, JUNE)
    assert cancelled and title.startswith("【") and title.endswith(of(first, JUNE)[0])


def keep_while_failing(service, client, url):
    """A broken file, no server, no engine: everything stays as it was."""
    before = served(service, url)
    with open(service.file(), "rb") as f:
        whole = f.read()
    for damage in (whole[:-400], b""):
        with open(service.file(), "wb") as f:
            f.write(damage)
        service.until_status(url, 503)
        client.poll_in_vain()
        expect(client, before)
    service.stop_web()
    client.poll_in_vain()
    expect(client, before)
    client.restart()
    expect(client, before)
    service.kill_engine()
    with open(service.file(), "wb") as f:
        f.write(whole)
    service.start_web()
    client.poll()
    expect(client, before)


def lose_when_revoked(service, client, url):
    """One event that says so; after 30 days not even that, and nothing of the old."""
    service.start_engine()
    service.ctl("link", "revoke", "all")
    service.until_text(url, OVER)
    client.poll()
    assert [title for title, _, _ in client.events()] == [OVER]
    service.kill_engine()
    service.start_engine(JUNE_17)
    service.until_status(url, 404)
    client.poll_in_vain()
    assert {title for title, _, _ in client.events()} <= {OVER}
