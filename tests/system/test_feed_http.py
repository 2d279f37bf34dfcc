"""The feeds of a year over HTTP: every byte as the linter wants it, what clients ask with, links that
end, and who fetched last.  What a real program makes of them: tests/peers/test_subscribers.py.
"""

import gzip
import os
import re
import sys
import time

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import feed_samples as samples  # noqa: E402
import ical_lint  # noqa: E402
from peers.feed_service import JUNE_17, FeedService  # noqa: E402

THUNDERBIRD = "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Thunderbird/153.7.0"
OVER = "订阅已停用"


@pytest.fixture(scope="module")
def service():
    with FeedService() as s:
        yield s


def link_of(service, kind, who):
    return next(x for x in service.links() if (x["kind"], x["id"]) == (kind, who))


def is_feed(link):
    return link["kind"] in ("all", "unit", "person", "office")


def path(service, link):
    return service.ctl("link", "show", link["kind"], *([link["id"]] if link["id"] else []))


def test_every_feed_is_clean(service):
    """Plain and compressed are the same, and neither is of a file on the disk only."""
    feeds = [x for x in service.links() if is_feed(x)]
    assert len(feeds) > 30
    tags = {}
    for link in feeds:
        where = path(service, link)
        plain, packed = service.web.ask(where), service.web.ask(where, Accept_Encoding="gzip")
        assert (plain.status, packed.status) == (200, 200)
        assert "content-encoding" not in plain.headers and packed.headers["content-encoding"] == "gzip"
        assert gzip.decompress(packed.body) == plain.body
        assert ical_lint.lint(plain.body) == [], where
        assert samples.events(plain.body)
        tags.setdefault(plain.headers["etag"], plain.body)
        assert tags[plain.headers["etag"]] == plain.body


def test_what_clients_ask_with(service):
    where = service.ctl("link", "show", "all")
    get = service.web.ask(where)
    tag, date = get.headers["etag"], get.headers["last-modified"]
    head = service.web.ask(where, method="HEAD")
    assert (head.status, head.body) == (200, b"") and head.headers["content-length"] == str(len(get.body))
    for tags in (tag, f"W/{tag}", f'"x", W/{tag}', f'"x",{tag},"y"', "*"):
        assert service.web.ask(where, If_None_Match=tags).status == 304, tags
    assert service.web.ask(where, If_None_Match='"x"').status == 200
    # The date says nothing within its own second.
    end = time.monotonic() + 10
    while service.web.ask(where, If_Modified_Since=date).status != 304:
        assert time.monotonic() < end
        time.sleep(0.2)
    assert service.web.ask(where, If_Modified_Since=date, If_None_Match='"x"').status == 200


def test_an_act_changes_only_the_feeds_that_hold_it(service):
    """The others are 304 to those who have them."""
    mine, other = (path(service, link_of(service, "unit", u)) for u in ("digital", "brigade-3"))
    before = {p: service.web.ask(p).headers["etag"] for p in (mine, other)}
    service.ctl("receive", "monthly/2024-08/digital")
    service.until_text(service.url("unit", "digital"), "【已交】")
    assert service.web.ask(mine, If_None_Match=before[mine]).status == 200
    assert service.web.ask(other, If_None_Match=before[other]).status == 304


def test_webcal_links_lead_to_the_feed(service):
    """The page offers webcal: the same place, another scheme."""
    page = service.web.ask(service.ctl("link", "show", "page", "lead-brigade-10")).body.decode()
    landing = re.search(r'href="([^"]*calendar[^"]*|[^"]*/s[^"]*|webcal:[^"]*)"', page)
    assert landing, page[:2000]
    found = re.findall(r'webcals?://[^"/]+(/f/[\w-]{43}\.ics)', page)
    if not found:
        found = re.findall(r'webcals?://[^"/]+(/f/[\w-]{43}\.ics)', service.web.ask(landing.group(1)).body.decode())
    assert found and service.web.ask(found[0]).status == 200
    assert found[0] == service.ctl("link", "show", "person", "lead-brigade-10")


def test_rotated(service):
    """The old address says that it is over, the new one is a whole feed."""
    old = service.url("unit", "brigade-9")
    new = service.url("unit", "brigade-9", do="rotate")
    over = service.until_text(old, OVER)
    whole = service.until_text(new, "责任单位")
    assert old != new
    for data in (over, whole):
        assert ical_lint.lint(data) == []
    assert [str(e["SUMMARY"]) for e in samples.events(over).values()] == [OVER]
    assert OVER not in {str(e["SUMMARY"]) for e in samples.events(whole).values()}


def test_who_fetched_last(service):
    url = service.url("unit", "brigade-8", do="rotate")
    assert link_of(service, "unit", "brigade-8")["fetched"] is None
    service.until_status(url, 200)
    where = "/f/" + url.rpartition("/")[2]
    service.web.ask(where, User_Agent=THUNDERBIRD)
    assert service.until_fetched("unit", "brigade-8", "Thunderbird")["fetched"].startswith("2024-05-16T09:")
    lines = service.ctl("link", "list").splitlines()
    mine = next(x for x in lines if x.split()[:2] == ["unit", "brigade-8"])
    assert re.search(r"in force, number 2, last fetched 2024-05-16 Thu 09:\d\d, Thunderbird$", mine), mine
    assert not any("last fetched" in x for x in lines if x.split()[0] in ("page", "clerk", "receipts"))
    # Unchanged is fetched, too; and a name that is none.
    tag = service.web.ask(where).headers["etag"]
    assert service.web.ask(where, If_None_Match=tag, User_Agent="Evolution/3.46.4").status == 304
    service.until_fetched("unit", "brigade-8", "Evolution")
    service.web.ask(where, User_Agent="\x1b[31m\xff")
    service.until_fetched("unit", "brigade-8", "")
    # Another link: nobody has it yet.
    service.ctl("link", "rotate", "unit", "brigade-8")
    assert link_of(service, "unit", "brigade-8")["fetched"] is None


def test_fetches_while_the_engine_is_away():
    """They are told later, and are still known after a restart."""
    with FeedService() as s:
        where = s.ctl("link", "show", "unit", "brigade-8")
        s.kill_engine()
        assert s.web.ask(where, User_Agent="vdirsyncer/0.19").status == 200
        time.sleep(3)
        s.start_engine()
        s.until_fetched("unit", "brigade-8", "vdirsyncer")
        s.kill_engine()
        s.start_engine()
        assert link_of(s, "unit", "brigade-8")["client"] == "vdirsyncer"


def test_revoked_for_30_days_then_gone():
    with FeedService() as s:
        url, other = s.url("unit", "brigade-8"), s.url("unit", "brigade-7")
        s.ctl("link", "revoke", "unit", "brigade-8")
        data = s.until_text(url, OVER)
        assert ical_lint.lint(data) == [] and len(samples.events(data)) == 1
        s.kill_engine()
        s.start_engine("2024-06-14 01:00:00")
        s.until_text(url, OVER)
        s.kill_engine()
        s.start_engine(JUNE_17)
        s.until_status(url, 404)
        assert s.fetch(other)[0] == 200
