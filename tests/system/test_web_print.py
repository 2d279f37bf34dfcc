"""The leaders' page, slips and tables through the real programs: who sees what, and CSV that opens."""

import csv
import io
import os
import re
import shutil
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import pages  # noqa: E402
from pages import MAY, Place, fields_of  # noqa: E402

JUNE = "monthly/2024-06/mobile"
HEAD = ["月份", "责任单位", "责任人", "报送任务", "报送材料", "报送形式", "截止日期", "报送时间", "状态", "备注"]


@pytest.fixture
def place():
    p = Place()
    yield p
    p.close()


def table(place, path, **headers):
    r, text = place.ask("GET", path, **headers)
    assert r.status == 200 and r.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(r'attachment; filename="report-[0-9-]+\.csv"', r.headers["Content-Disposition"])
    assert text.startswith("\ufeff") and text.endswith("\r\n") and "\n" not in text.replace("\r\n", "")
    rows = list(csv.reader(io.StringIO(text[1:], newline="")))
    assert len({len(row) for row in rows}) == 1
    return rows


def cookie(place, *link):
    return {"Cookie": "deadlined=" + place.link(*link).split("/")[-1]}


def test_leaders_page_is_only_read(place):
    leader = place.link("leader", "leader")
    text = place.get(leader)
    for word in ("2024年联点共建报送情况", "十大队责任人", "5月联点共建材料", "没有逾期未报的材料", leader + "/report-2024-05"):
        assert word in text, word
    assert "<form" not in text and "<button" not in text
    # Not even with a form that is made for it.
    lead = place.link("page", "lead-brigade-10")
    fields = fields_of(place.get(lead), "report summary electronic")
    secret = leader.split("/")[-1]
    for act in (fields["a"], "receive - -", "undo"):
        fields["t"] = pages.form_token(secret, fields["o"], fields["v"])
        place.post(leader, dict(fields, a=act))
    assert set(place.items().values()) == {"missing"} and place.acts() == []


def test_leaders_link_is_for_leaders(place):
    with pytest.raises(Exception):
        place.link("leader", "lead-brigade-10")
    old = place.link("leader", "leader")
    assert [x["id"] for x in place.ctl("link", "list")["links"] if x["kind"] == "leader"] == ["leader", "deputy-leader"]
    place.ctl("link", "rotate", "leader", "leader")
    new = place.link("leader", "leader")
    assert new != old
    place.wait_for("feeds/index")
    assert place.ask("GET", new + "x")[0].status == 404


def test_slip_of_a_lead_and_of_the_office(place):
    lead = place.link("page", "lead-brigade-10")
    assert f'href="{lead}/print/{MAY}"' in place.get(lead)
    text = place.get(f"{lead}/print/{MAY}")
    for word in ("材料报送签收单", "十大队责任人", "精神文明办（417室）", "2024年5月20日（周一） 17:30", "活动总结", "社区盖章",
                 "依据", "报送人（签字）", f'href="{lead}"'):
        assert word in text, word
    office = cookie(place, "clerk", "wenmingban")
    assert "材料报送签收单" in place.get("/print/" + MAY, **office)
    assert f'href="/print/{MAY}"' in place.get("/", **office)


def test_papers_show_no_more_than_the_link_opens(place):
    lead, admin = place.link("page", "lead-brigade-10"), place.link("admin").split("/")[-1]
    assert place.ask("GET", f"{lead}/print/{JUNE}")[0].status == 404
    assert [row[1] for row in table(place, lead + "/report-2024.csv")[1:]].count("十大队") >= 2
    assert {row[1] for row in table(place, lead + "/report-2024.csv")[1:]} == {"十大队"}
    other = table(place, "/report-2024.csv", **cookie(place, "clerk", "chuangwenban"))
    assert "5月★指标材料" in str(other) and "5月联点共建材料" not in str(other)
    for path in ("/report-2024-05", "/report-2024-05.csv", "/print/" + MAY):
        assert place.ask("GET", path)[0].status == 403
        assert place.ask("GET", f"/p/{admin}{path}")[0].status == 404
        assert place.ask("POST", path)[0].status == 405
    office = cookie(place, "clerk", "wenmingban")
    assert place.ask("GET", "/report-2024-13", **office)[0].status == 404
    assert place.ask("GET", "/print/no/such/thing", **office)[0].status == 404


def test_table_follows_what_is_handed_in(place):
    office = cookie(place, "clerk", "wenmingban")
    place.ctl("receive", MAY, "--form", "paper")
    place.ctl("return", MAY, "--item", "summary", "--form", "paper", "--reason", "未盖章")
    rows = table(place, "/report-2024-05.csv", **office)
    assert rows[0] == HEAD
    by = {(row[4], row[5]): row for row in rows[1:] if row[3] == "5月联点共建材料"}
    assert len(by) == 6
    assert by["活动图片及说明", "纸质版"][8] == "已核收"
    assert re.fullmatch(r"2024-05-16 09:0\d", by["活动图片及说明", "纸质版"][7])
    assert by["活动总结", "纸质版"][7:] == ["", "退回补正", "退回1次"]
    assert by["活动总结", "电子版"][7:9] == ["", "待报送"]
    page = place.get("/report-2024-05", **office)
    assert 'rowspan="6"' in page and page.count('rowspan="2"') == 3
    assert 'href="/report-2024-04"' in page and 'href="/report-2024-05.csv"' in page


def test_hostile_names_stay_text(tmp_path):
    """What a spreadsheet would compute, or take for the end of a cell."""
    names = ["=cmd|' /C calc'!A0", "+86,\\\"x\\\"", "-2+3;4", "@SUM(A1:A9)"]
    config = tmp_path / "config"
    shutil.copytree(os.path.join(pages.ROOT, "config"), config)
    text = (config / "organisation.cfg").read_text(encoding="utf-8")
    for unit, name in zip(("十大队", "机动大队", "专业执法大队", "一大队"), names):
        assert f'name = "{unit}"' in text
        text = text.replace(f'name = "{unit}"', f'name = "{name}"')
    (config / "organisation.cfg").write_text(text, encoding="utf-8")
    p = Place(config=str(config / "deadlined.cfg"))
    try:
        rows = table(p, "/report-2024.csv", **cookie(p, "admin"))
        cells = {cell for row in rows for cell in row}
        for name in names:
            assert "'" + name.replace('\\"', '"') in cells
        assert not [c for c in cells if c[:1] in "=+-@\t" and c]
        assert "&#39; /C calc" in p.get("/report-2024", **cookie(p, "admin")) or \
            "' /C calc" in p.get("/report-2024", **cookie(p, "admin"))
    finally:
        p.close()
