"""People's pages through the real programs: shown, acted on, refused.

A rehearsal of May 2024 behind a real deadlined-web: what a form does is read back from the engine.
"""

import html
import os
import re
import shutil
import sys
import time
import urllib.parse

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from daemon import ROOT  # noqa: E402
from pages import DRAGON, MAY, Place, enter, fields_of, form_token, made, said  # noqa: E402


@pytest.fixture
def place():
    p = Place()
    yield p
    p.close()


@pytest.fixture
def page(place):
    return place.link("page", "lead-brigade-10")


# ---- a person's page -------------------------------------------------------------------------------


def test_page_says_what_is_owed(place, page):
    text = place.get(page)
    for word in ("5月联点共建材料", "5月20日（周一）", "17:30", "417室", "活动总结", "社区盖章", "依据：晋市城函〔2024〕70号附件1备注第2项",
                 "webcal://127.0.0.1"):
        assert word in text, word
    r, _ = place.ask("GET", page)
    assert r.headers["Cache-Control"] == "no-store"
    policy = r.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "style-src 'self'" in policy and "unsafe" not in policy


def test_style_is_kept_for_ever_under_its_own_name(place, page):
    path = re.search(r'href="(/style-[0-9a-f]{12}\.css)"', place.get(page)).group(1)
    r, text = place.ask("GET", path)
    assert r.status == 200 and r.headers["Content-Type"].startswith("text/css")
    assert "immutable" in r.headers["Cache-Control"] and "@media print" in text
    assert place.ask("GET", "/style-000000000000.css")[0].status == 404


def test_report_one_item_then_all(place, page):
    r = place.post(page, fields_of(place.get(page), "report summary electronic"))
    assert said(r) == "report" and r.headers["Location"].startswith(page)
    assert place.items()[("summary", "electronic")] == "reported"
    assert list(place.items().values()).count("reported") == 1
    assert "已登记" in place.get(r.headers["Location"])
    assert said(place.post(page, fields_of(place.get(page), "report - -"))) == "report"
    assert set(place.items().values()) == {"reported"}
    assert any(actor == "lead-brigade-10" for _, actor in place.acts())


def test_pressed_twice_counts_once(place, page):
    fields = fields_of(place.get(page), "report - electronic")
    assert said(place.post(page, fields)) == "report"
    before = place.acts()
    assert said(place.post(page, fields)) == "again"
    assert place.acts() == before


def test_form_of_yesterday_does_nothing(place, page):
    old = fields_of(place.get(page), "report - paper")
    assert said(place.post(page, fields_of(place.get(page), "report photos electronic"))) == "report"
    before = place.acts()
    r = place.post(page, old)
    assert said(r) == "stale" and place.acts() == before
    assert "刚才的操作没有执行" in place.get(r.headers["Location"])


def test_undo_of_ones_own(place, page):
    place.post(page, fields_of(place.get(page), "report - -"))
    assert said(place.post(page, fields_of(place.get(page), "undo"))) == "undo"
    assert set(place.items().values()) == {"missing"}


@pytest.mark.parametrize("how", ["other token", "no token", "token of another obligation", "token of another link",
                                 "nothing", "rubbish"])
def test_forged_form_changes_nothing(place, page, how):
    before = place.acts()
    fields = made(page, "report - -")
    if how == "other token":
        fields["t"] = "0" * 32
    elif how == "no token":
        del fields["t"]
    elif how == "token of another obligation":
        fields["t"] = form_token(page[3:], "star/2024-05/brigade-10", "0.0")
    elif how == "token of another link":
        fields["t"] = form_token(place.link("page", "lead-brigade-9")[3:], MAY, "0.0")
    elif how == "nothing":
        fields = {}
    else:
        fields = {"%": "\x00", "o": "\ud7ff" * 300, "a": "a"}
    assert said(place.post(page, fields)) == "bad"
    assert place.acts() == before


@pytest.mark.parametrize("act", ["receive - -", "return photos paper", "waive", "date", "nonsense"])
def test_a_lead_cannot_do_the_clerks_work(place, page, act):
    before = place.acts()
    r = place.post(page, made(page, act, r="x", d="2024-05-20"))
    assert r.status == 404 or said(r) == "refused"
    assert place.acts() == before and set(place.items().values()) == {"missing"}


def test_another_units_obligation_is_not_there(place, page):
    other = "monthly/2024-06/mobile"
    before = place.acts(other)
    assert other not in place.get(page)
    assert place.post(page, made(page, "report - -", other)).status == 404
    assert place.acts(other) == before


def test_looking_changes_nothing(place, page):
    before, query = place.acts(), urllib.parse.urlencode(made(page, "report - -"))
    for method in ("GET", "HEAD"):
        assert place.ask(method, f"{page}?{query}")[0].status == 200
    assert place.ask("PUT", page, query)[0].status == 405
    assert place.acts() == before


def test_nothing_on_the_board_changes_by_looking(place, clerk):
    query = urllib.parse.urlencode(made(clerk["Cookie"].split("deadlined=")[1], "receive - -"))
    links = re.findall(r'href="(/[^"]*)"', place.get("/", **clerk))
    assert len(links) > 10
    for path in {"/?" + query, *(html.unescape(x) for x in links)}:
        for method in ("GET", "HEAD"):
            assert place.ask(method, path, **clerk)[0].status == 200, path
    assert place.acts() == [] and set(place.items().values()) == {"missing"}


def test_long_form_is_refused(place, page):
    r = place.post(page, made(page, "report - -", r="长" * 2000))
    assert r.status == 413
    assert set(place.items().values()) == {"missing"}


def test_what_was_acted_on_is_open(place, clerk):
    """It would be folded: it is due in four weeks."""
    fields = fields_of(place.get("/", **clerk), "held", DRAGON)
    head = '<details class="card" id="o-festival-dragon-boat-2024-mobile"'
    assert head + ">" in place.get("/", **clerk)
    r = place.post("/", fields, **clerk)
    assert said(r) == "held" and head + " open>" in place.get(r.headers["Location"], **clerk)
    assert head + ">" in place.get("/?c=%22%3E%3Cscript%3E", **clerk)


def test_message_is_one_of_ours(place, page):
    text = place.get(page + "?m=%3Cscript%3Ealert(1)%3C%2Fscript%3E")
    assert "<script" not in text and 'class="said' not in text


def test_revoked_link_opens_nothing(place, page):
    fields = fields_of(place.get(page), "report - -")
    place.ctl("link", "revoke", "page", "lead-brigade-10", "--by", "admin")
    end = time.monotonic() + 10
    while place.ask("GET", page)[0].status != 404:
        assert time.monotonic() < end
        time.sleep(0.1)
    assert place.post(page, fields).status == 404
    assert set(place.items().values()) == {"missing"}


def test_occasion_is_asked_and_answered(place):
    page = place.link("page", "lead-mobile")
    due = place.obligation(DRAGON)["due"]
    assert said(place.post(page, fields_of(place.get(page), "held", DRAGON))) == "held"
    fields = fields_of(place.get(page), "extended", DRAGON)
    assert said(place.post(page, fields | {"d": "2024-06-20"})) == "extended"
    assert place.obligation(DRAGON)["due"] > due
    assert "6月20日" in place.get(page)
    fields = fields_of(place.get(page), "ended", DRAGON)
    assert said(place.post(page, fields | {"d": "yesterday"})) == "refused"
    assert said(place.post(page, fields | {"d": "2024-05-15"})) == "ended"
    assert place.obligation(DRAGON)["due"] == "2024-05-17"


def test_planned_end_is_asked_about_first():
    place = Place("2024-06-10T09:00+08:00")
    try:
        page = place.link("page", "lead-mobile")
        place.post(page, fields_of(place.get(page), "held", DRAGON))
        text = place.get(page)
        card = text[text.index(f'id="o-{DRAGON.replace("/", "-")}"'):]
        asked = card.index('<details class="more" open><summary>活动计划6月10日（周一）结束，现在结束了吗？')
        assert asked < card.index('<ul class="items">')
    finally:
        place.close()


def test_month_that_was_passed_on(tmp_path):
    """From its day on it is the next unit's: on their pages, and no longer on the last one's."""
    shutil.copytree(os.path.join(ROOT, "config"), tmp_path / "config")
    roster, row = tmp_path / "config" / "roster-2024.cfg", 'unit = "brigade-10";'
    roster.write_text(roster.read_text().replace(
        row, row + ' handover = { from = "2024-05-14"; unit = "brigade-9"; };').replace("# notice_date", "notice_date"))
    place = Place(config=str(tmp_path / "config" / "deadlined.cfg"))
    try:
        page = place.link("page", "lead-brigade-10")
        assert MAY not in place.get(page)
        assert place.post(page, made(page, "report - -", MAY)).status == 404
        page = place.link("page", "lead-brigade-9")
        text = place.get(page)
        assert MAY in text and "依据：晋市城函〔2024〕70号（2024年3月5日印发）" in text
        assert said(place.post(page, fields_of(text, "report photos paper"))) == "report"
        clerk = enter(place, "clerk", "wenmingban")
        assert "5月联点共建材料" in place.get("/?u=brigade-9", **clerk)
        slip = place.get("/print/" + MAY, **clerk)
        assert "九大队责任人" in slip and "十大队责任人" not in slip
    finally:
        place.close()


def test_nil_where_it_is_allowed(place, tmp_path):
    """The shipped notice allows it for occasions only; here for a letter to be answered too."""
    page = place.link("page", "lead-brigade-10")
    assert 'value="nil"' not in place.get(page)
    assert said(place.post(page, made(page, "nil"))) == "refused"
    shutil.copytree(os.path.join(ROOT, "config"), tmp_path / "config")
    rules = tmp_path / "config" / "rules.cfg"
    letter = 'id = "supervision-sample";'
    rules.write_text(rules.read_text().replace(letter, letter + " nil = true;"))
    other, letter = Place(config=str(tmp_path / "config" / "deadlined.cfg")), "supervision-sample/supervision-sample/brigade-5"
    try:
        page = other.link("page", "lead-brigade-5")
        assert said(other.post(page, fields_of(other.get(page), "nil", letter))) == "nil"
        assert other.obligation(letter)["state"] == "reported"
        assert "零报告" in other.get(page)
    finally:
        other.close()


def test_occasion_not_held(place):
    page = place.link("page", "lead-mobile")
    assert said(place.post(page, fields_of(place.get(page), "not-held", DRAGON))) == "not-held"
    assert place.obligation(DRAGON)["state"] == "cancelled"


# ---- the board -------------------------------------------------------------------------------------


@pytest.fixture
def clerk(place):
    return enter(place, "clerk", "wenmingban")


def test_board_wants_its_link(place, page):
    assert place.ask("GET", "/")[0].status == 403
    assert place.ask("GET", "/", Cookie="deadlined=" + "A" * 43)[0].status == 403
    assert place.ask("GET", "/", Cookie="deadlined=" + page[3:])[0].status == 403
    assert place.ask("GET", "/b/" + page[3:])[0].status == 404
    assert place.post("/", made("A" * 43, "receive - -")).status == 403
    assert set(place.items().values()) == {"missing"}


def test_board_shows_the_year(place, clerk):
    text = place.get("/", **clerk)
    assert text.count('<figure class="month') == 12
    for unit in (">六大队</a>", ">专业执法大队</a>", ">机关</a>、<a", ">四大队</a>"):
        assert unit in text
    assert "复制催办文字" in text and "请于20日（周一）17:30前送417室" in text


def test_record_of_a_unit(place, clerk, page):
    place.post(page, fields_of(place.get(page), "report photos paper"))
    place.post("/", fields_of(place.get("/", **clerk), "return")
               | {"w": "photos paper", "r": "缺照片"}, **clerk)
    place.post("/", fields_of(place.get("/", **clerk), "undo"), **clerk)
    assert 'href="/?u=brigade-10"' in place.get("/", **clerk)
    record = re.sub(r"<[^>]*>", "", place.get("/?u=brigade-10", **clerk))
    for words in ("十大队报送记录", "5月联点共建材料", "十大队责任人 自报 活动图片及说明（纸质版）",
                  "局精神文明办联络人 退回补正 活动图片及说明（纸质版） 已撤销缺照片"):
        assert words in record, words
    for unit in ("nobody", "../admin", "bureau"):
        assert place.ask("GET", "/?u=" + urllib.parse.quote(unit, safe=""), **clerk)[0].status == 404
    assert place.ask("GET", "/?u=brigade-10")[0].status == 403


def test_record_shows_an_office_its_own(place):
    """What another office is owed is not in it."""
    other = enter(place, "clerk", "chuangwenban")
    record = place.get("/?u=brigade-10", **other)
    assert "★指标材料" in record and "5月联点共建材料" not in record


def test_receive_return_undo(place, clerk, page):
    place.post(page, fields_of(place.get(page), "report - -"))
    assert "等待核收" in place.get("/", **clerk)
    assert said(place.post("/", fields_of(place.get("/", **clerk), "receive - electronic"), **clerk)) == "receive"
    fields = fields_of(place.get("/", **clerk), "return") | {"w": "summary electronic"}
    assert said(place.post("/", fields | {"r": ""}, **clerk)) == "refused"
    assert said(place.post("/", fields | {"r": "缺“盖章” & <日期>"}, **clerk)) == "return"
    items = place.items()
    assert items[("summary", "electronic")] == "missing" and items[("photos", "electronic")] == "received"
    assert "缺“盖章” &amp; &lt;日期&gt;" in place.get(page)
    assert said(place.post("/", fields_of(place.get("/", **clerk), "undo"), **clerk)) == "undo"
    assert place.items()[("summary", "electronic")] == "received"


def test_two_clerks_at_once(place, clerk):
    admin = enter(place, "admin")
    mine, theirs = (fields_of(place.get("/", **c), "receive photos paper") for c in (clerk, admin))
    assert said(place.post("/", mine, **clerk)) == "receive"
    assert said(place.post("/", theirs | {"a": "receive summary paper"}, **admin)) == "stale"
    assert list(place.items().values()).count("received") == 1


def test_another_offices_obligation_is_not_there(place):
    other = enter(place, "clerk", "chuangwenban")
    secret = other["Cookie"].split("deadlined=")[1]
    assert MAY not in place.get("/", **other)
    assert place.post("/", made(secret, "receive - -"), **other).status == 404
    assert set(place.items().values()) == {"missing"}


def test_form_of_another_site_comes_without_the_cookie(place, clerk):
    fields = fields_of(place.get("/", **clerk), "receive - -")
    assert place.post("/", fields).status == 403
    assert set(place.items().values()) == {"missing"}


# ---- how to subscribe ------------------------------------------------------------------------------


FESTIVAL = "festival-year/2024/bureau"


def quota(place):
    return place.obligation(FESTIVAL)["count"]["done"]


def test_activities_are_counted(place, clerk):
    """Entered, pressed twice, taken back at once and later; nobody else's day, and not another's quota."""
    def fields(act="entry"):
        return fields_of(place.get("/", **clerk), act, FESTIVAL)

    first = fields() | {"d": "2024-02-08", "r": "送福字"}
    assert said(place.post("/", first, **clerk)) == "entry"
    assert said(place.post("/", first, **clerk)) == "again"
    assert said(place.post("/", first | {"d": "2024-02-09"}, **clerk)) == "stale"
    for wrong in ({"d": "2025-02-08"}, {"d": "2023-12-31"}, {"d": "2024-05-31"}, {"d": ""}, {"d": "yesterday"},
                  {"d": "2024-04-03", "k": "教育"}):
        assert said(place.post("/", fields() | {"r": "x"} | wrong, **clerk)) == "refused", wrong
    assert quota(place) == 1
    assert said(place.post("/", fields() | {"d": "2024-04-03", "r": "清明"}, **clerk)) == "entry"
    assert "2／4次" in place.get("/", **clerk) and "送福字" in place.get("/", **clerk)
    assert said(place.post("/", fields("undo"), **clerk)) == "undo"
    assert quota(place) == 1
    strike = fields("return") | {"e": "2024-02-08 ", "r": "重复"}
    assert said(place.post("/", strike | {"e": "2024-02-09 "}, **clerk)) == "refused"
    assert said(place.post("/", strike | {"r": ""}, **clerk)) == "refused"
    assert said(place.post("/", strike, **clerk)) == "return"
    assert quota(place) == 0 and "不计" in place.get("/", **clerk)
    assert place.post("/", fields() | {"a": "report", "r": "x"}, **clerk).status == 404
    page = place.link("page", "lead-brigade-10")
    assert "传统节日活动全年4次" not in place.get(page)
    assert place.post(page, made(page, "entry", FESTIVAL, "4.1", d="2024-04-03", r="x")).status == 404
    assert quota(place) == 0


def test_landing_page_of_a_feed(place, page):
    feed = re.search(r'value="http://127\.0\.0\.1:\d+(/f/[\w-]{43})\.ics"', place.get(page)).group(1)
    text = place.get(feed)
    assert f"webcal://127.0.0.1:{place.port}{feed}.ics" in text and '<svg class="qr"' in text
    assert "取不到本单位内网的地址" in text and "calendar.google.com" not in text
    assert place.get(feed + ".ics").startswith("BEGIN:VCALENDAR")
    assert place.ask("GET", "/f/" + page[3:])[0].status == 404
