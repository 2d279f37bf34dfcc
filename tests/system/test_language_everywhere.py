"""Chinese everywhere: every command, its faults, the daemon's own lines, against a state full of trouble.

A run of three English words or more is a sentence.  What may stand there in English: what is to be typed,
file names, ids, and what others said in their own words (gateways, relays, libraries).
"""

import email
import email.policy
import html
import json
import os
import re
import shutil
import subprocess
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from daemon import BUILD, CTL, PROGRAM, ROOT, Config, Daemon, id_of, in_days, once  # noqa: E402
from pages import Place, enter, fields_of  # noqa: E402
from peers.http_script import DROP, HttpScript  # noqa: E402

ZH = "zh_CN.UTF-8"
WORD = r"[A-Za-z][A-Za-z']*"
RUN = re.compile(rf"(?<![\w/.=-]){WORD}(?:[,;:]? {WORD}){{2,}}(?![\w/=-])")
HANS = re.compile("[\u4e00-\u9fff]")
ONE, TWO, THREE = id_of("reply-1"), id_of("reply-2"), id_of("reply-3")
OK = (200, '{"code":0,"id":"G-17"}')
NEVER = (200, '{"code":16}')
# Said by a peer of the test, and quoted.
QUOTED = ("no such mailbox here",)


def english(text):
    """Sentences that are left; what stands after deadlinectl and in quotes is to be typed or quoted."""
    found = []
    for line in text.splitlines():
        line = re.sub(r"(?:\S*/)?deadline(?:ctl|d(?:-web)?) .*", "", line)
        line = re.sub(r'"[^"]*"|“[^”]*”', "", line)
        for said in QUOTED:
            line = line.replace(said, "")
        found += RUN.findall(line)
    return found


def judge(text, what=""):
    assert english(text) == [], f"{what}\n{text}"
    return text


def zh_env(env=None):
    env = {k: v for k, v in (env or os.environ).items() if not k.startswith("LC_") and k != "LANGUAGE"}
    return {**env, "LANG": ZH, "NO_COLOR": "1"}


class Desk:
    """What an admin types, in Chinese."""

    def __init__(self, config, daemon):
        self.config, self.daemon, self.typed = config, daemon, set()

    def type(self, *argv, status=None, answers="", env=None):
        self.typed.add(argv[0])
        p = subprocess.run([CTL, *argv], cwd=self.config.dir, input=answers, capture_output=True, text=True,
                           timeout=100, env={**zh_env(), **(env or {})}, check=False)
        text = p.stdout + p.stderr
        assert status is None or p.returncode == status, (argv, p.returncode, text)
        return judge(text, f"{argv}")

    def ask(self, *argv, **kw):
        return self.type(*argv, "--state", self.daemon.state, **kw)


def test_the_judge():
    assert english("错误: there is no person")
    assert english("已安装 but the daemon, it keeps")
    assert not english("请运行: deadlinectl settle 7 sent and more words")
    assert not english("“no such person here” 不存在")
    assert not english("2024-05-06 star/2024-06/mobile mid email lead-mobile")


@pytest.fixture(scope="module")
def desk():
    with Config() as c, HttpScript(OK, NEVER, DROP, *[(401, "no")] * 50) as gateway:
        c.ladder(lead=["email", "sms"])
        c.write_rules(once("reply-1"), once("reply-2", unit="brigade-6"), once("reply-3", unit="brigade-5", days=-2),
                      once("reply-4", unit="brigade-7"))
        c.sms_to(gateway.url, limits={"person_minute": 0, "per_second": 0})
        c.edit("people.cfg", r"^admins = .*$", 'admins = [ "admin" ];')
        daemon = Daemon(c, env={"LC_ALL": "", "LANG": ZH})
        with daemon as d:
            d.until(lambda: len(gateway.requests) >= 3)
            yield Desk(c, d)


def commands():
    p = subprocess.run([CTL, "help"], capture_output=True, text=True, check=True, env=zh_env())
    return re.findall(r"^  ([a-z-]+) +\S", p.stdout, re.M)


# ---- what is asked of the daemon ---------------------------------------------------------------------

def test_what_is_shown(desk):
    for argv in (["status"], ["next"], ["next", "3"], ["list"], ["list", "--all"], ["history"], ["history", ONE],
                 ["history", "--limit", "3"], ["history", "--message", "1"], ["history", "--person", "lead-brigade-10"],
                 ["evidence", ONE], ["evidence", ONE, "--full"], ["evidence", TWO], ["evidence", "nothing/like/it"],
                 ["text", ONE], ["link", "list"], ["link", "show", "unit", "brigade-6"],
                 ["preflight"], ["preflight", "--month", "2027-01"], ["preflight", "--month", "May"]):
        desk.ask(*argv)


def test_what_is_done(desk):
    for argv in (["report", ONE, "--form", "paper"], ["report", ONE], ["receive", ONE], ["receive", ONE],
                 ["return", ONE, "--reason", "缺盖章"], ["return", ONE], ["undo", ONE], ["undo", ONE], ["undo", ONE],
                 ["undo", ONE], ["undo", ONE], ["waive", ONE, "--reason", "不需要"], ["waive", ONE, "--reason", "x"],
                 ["report", ONE], ["report", ONE, "--form", "wax"], ["report", ONE, "--item", "nope"],
                 ["report", ONE, "--nil"], ["report", "monthly"], ["report", ONE, "--date", "2024-05-05"],
                 ["receive", "a/b"], ["waive", "a/b/c", "--reason", "x"], ["undo", "a/b/c"],
                 ["return", "a/b/c", "--reason", "x"],
                 ["occasion", "nothing", "held"], ["occasion", "nothing/x/brigade-1", "held"],
                 ["occasion", "keydate/mid-autumn-2024/brigade-1", "ended", "x"],
                 ["occasion", "keydate/mid-autumn-2024/brigade-1", "held", "2024-09-15"],
                 ["settle", "1", "sent"], ["settle", "1", "resend"], ["settle", "999", "sent"], ["settle", "2", "resend"],
                 ["settle", "3", "sent"], ["settle", "3", "resend"], ["settle", "x", "sent"], ["settle", "1", "perhaps"],
                 ["clock-ok"], ["retry"], ["retry", "1"], ["retry", "999"], ["retry", "x"],
                 ["test-message", "lead-brigade-6", "--channel", "sms"],
                 ["test-message", "lead-brigade-6", "--channel", "email"],
                 ["test-message", "lead-brigade-6", "--channel", "chat"],
                 ["test-message", "nobody", "--channel", "sms"], ["test-message", "lead-brigade-6", "--channel", "x"],
                 ["link", "rotate", "unit", "brigade-6"], ["link", "revoke", "unit", "brigade-6"],
                 ["link", "show", "unit", "nobody"], ["link", "show", "what", "x"], ["link", "show"],
                 ["text", "a/b/c"], ["text"],
                 ["feed", "export", os.path.join(desk.config.dir, "feeds")], ["feed", "export", "/proc/nowhere"],
                 ["diff", "-c", desk.config.path], ["reload"], ["reload", "--confirm"],
                 ["after-restore", "--assume-sent-until", "2024-05-06T15:30"], ["after-restore"],
                 ["after-restore", "--assume-sent-until", "noon"],
                 ["erase", "lead-brigade-5"], ["erase", "nobody"]):
        desk.ask(*argv)
    desk.ask("status")
    desk.ask("history")
    desk.ask("evidence", TWO)


def test_copies(desk):
    copy = os.path.join(desk.config.dir, "copy.db")
    for argv in (["backup"], ["backup", copy], ["backup", copy], ["backup", "/proc/x"], ["restore", copy],
                 ["restore", "/nowhere"], ["restore", __file__]):
        desk.ask(*argv)
    other = os.path.join(desk.config.dir, "other")
    os.mkdir(other)
    for argv in (["restore", copy], ["restore", __file__], ["backup"], ["backup", os.path.join(other, "b.db")]):
        desk.type(*argv, "--state", other)


def test_a_reload_that_is_refused(desk):
    c = desk.config
    before = {name: c.read(name) for name in ("test.cfg", "rules.cfg")}
    try:
        c.write("test.cfg", before["test.cfg"] + "nonsense = 1;\n")
        assert "nonsense" in desk.ask("reload", status=1)
        assert "nonsense" in desk.ask("status", status=1)
        c.write("test.cfg", before["test.cfg"])
        c.write_rules(once("reply-1"))
        desk.ask("diff", "-c", c.path)
        desk.ask("reload")
        desk.ask("status")
    finally:
        for name, text in before.items():
            c.write(name, text)
        desk.ask("reload", "--confirm")


def test_what_the_daemon_says(desk):
    judge(desk.daemon.output(), "the daemon")
    assert HANS.search(desk.daemon.output())


def test_what_it_wrote(desk):
    """Reminders, alarms and copies of this state."""
    mails = [os.path.join(folder, name) for folder, _, names in os.walk(desk.daemon.state) for name in names
             if name.endswith(".eml")]
    assert len(mails) > 4
    for mail in mails:
        judge(words_of(mail), mail)


@pytest.mark.parametrize("name", ["refused", "unresolved"])
def test_a_dead_relay(name):
    """Who answers nothing has no words of its own: those are ours."""
    with Config() as c:
        c.ladder(lead=["email"])
        c.write_rules(once("reply-1"))
        c.mail_to(9, tls="none", **({"host": "nowhere.invalid"} if name == "unresolved" else {}))
        with Daemon(c, env={"LC_ALL": "", "LANG": ZH}) as d:
            d.until(lambda: any(x["down_since"] for x in d.status()["destinations"]), 20, "the outage")
            desk = Desk(c, d)
            for argv in (["status"], ["preflight"], ["evidence", ONE], ["history"], ["retry"],
                         ["test-message", "lead-brigade-6", "--channel", "email"]):
                desk.ask(*argv)
            judge(d.output())


@pytest.mark.parametrize("lang", ["C", ZH])
def test_alarm(lang):
    """The admin's mail speaks the configuration's language, whatever the daemon's own is."""
    with Config() as c, HttpScript(*[(401, "no")] * 200) as gateway:
        c.ladder(lead=["sms"])
        c.write_rules(*[once(f"reply-{n}", unit=f"brigade-{n}") for n in range(1, 9)])
        c.sms_to(gateway.url, limits={"person_minute": 0, "per_second": 0})
        c.edit("people.cfg", r"^admins = .*$", 'admins = [ "admin" ];')
        with Daemon(c, env={"LC_ALL": "", "LANG": lang}, speed=300) as d:
            def alarm():
                mails = [os.path.join(folder, name) for folder, _, names in os.walk(d.state) for name in names
                         if name.endswith(".eml")]
                return next((text for text in map(words_of, mails) if "发不出去" in text), None)
            assert "网关拒绝本系统" in judge(d.until(alarm, 20, "the alarm"))


# ---- the configuration ---------------------------------------------------------------------------------

EDITS = {
    "true": "",
    "sed -i 's/month = 7; unit = \"enforcement\"/month = 7; unit = \"brigade-5\"/'": "y\n",
    "sed -i 's/brigade-6/brigade-99/'": "q\n",
    "false": "",
    "/nowhere/vi": "",
}


@pytest.mark.parametrize("script", EDITS)
def test_edit(desk, script):
    editor = os.path.join(desk.config.dir, "editor")
    with open(editor, "w", encoding="utf-8") as f:
        f.write(f'#!/bin/sh\n{script} "$1"\n')
    os.chmod(editor, 0o755)
    env = {"EDITOR": script if script.startswith("/") else editor}
    name = os.path.join(desk.config.folder, "roster-2024.cfg")
    with open(name, encoding="utf-8") as f:
        before = f.read()
    desk.ask("edit", "roster-2024.cfg", "-c", desk.config.path, answers=EDITS[script], env=env)
    desk.ask("edit", "roster-2024.cfg", "-c", desk.config.path, answers="q\n", env=env)
    desk.ask("edit", "nothing.cfg", "-c", desk.config.path, env=env)
    with open(name, "w", encoding="utf-8") as f:
        f.write(before)
    copy = name + ".edit"
    if os.path.exists(copy):
        os.unlink(copy)


TABLES = {
    "good.csv": "月份,责任单位,责任人\n" + "".join(f"{m} 月,{u},张 三\n" for m, u in enumerate(
        "六大队 七大队 八大队 九大队 十大队 机动大队 专业执法大队 一大队 一大队 二大队 三大队 四大队".split(), 1)),
    "bad.csv": "月份,责任单位,责任人\n13 月,六大队,\n1月,没有队,李四\n1月,六大队,\n八月,\"\"\"\n",
    "empty.csv": "",
    "words.txt": "nothing like a table at all\n",
    "half.xlsx": "PK\003\004",
}
HOLIDAYS = {
    "h.tsv": "2027-01-01\trest\n2027-01-02\twork\nx\ty\n",
    "h.ics": "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20270101\nSUMMARY:元旦(休)\nEND:VEVENT\nEND:VCALENDAR\n",
    "none.ics": "BEGIN:VCALENDAR\nEND:VCALENDAR\n",
    "bytes.ics": "\0\1\2",
}


def test_tables(desk):
    c = desk.config
    for name, text in {**TABLES, **HOLIDAYS}.items():
        with open(os.path.join(c.dir, name), "w", encoding="utf-8") as f:
            f.write(text)
    for name in [*TABLES, "none.csv"]:
        desk.type("import", "roster", name, "--year", "2027", "-c", c.path, "--out", "r.cfg")
        desk.type("import", "roster", name, "--year", "2027", "-c", c.path, "--out", "r.cfg", "--force")
    desk.type("import", "roster", "good.csv", "--year", "27", "-c", c.path)
    desk.type("import", "roster", "good.csv", "--year", "2027", "--date", "soon", "-c", c.path)
    desk.type("import", "good.csv")
    for name in [*HOLIDAYS, "none"]:
        desk.type("workdays", "import", name, "-c", c.path, "--out", "w.cfg")
        desk.type("workdays", "import", name, "-c", c.path, "--out", "w.cfg", "--force")
    desk.type("workdays", "what")


def test_roster(desk):
    c = desk.config
    for argv in (["set", "2024-07", "brigade-9"], ["set", "2024-13", "brigade-9"], ["set", "2024-07", "nobody"],
                 ["set", "2031-01", "brigade-9"], ["swap", "2024-07", "2024-08"], ["swap", "2024-07", "2024-07"],
                 ["swap", "2024-07"], ["confirm", "2024-07"], ["confirm", "2024-08"], ["confirm", "x"], ["turn"]):
        desk.type("roster", *argv, "-c", c.path, "--dry-run")
    desk.type("roster", "swap", "2024-07", "2024-09", "-c", c.path, answers="n\n")


BROKEN = sorted(name for name in os.listdir(os.path.join(ROOT, "tests", "golden")) if name.startswith("check-"))


@pytest.mark.parametrize("name", BROKEN)
def test_check(name, tmp_path):
    """The broken files of the golden cases, in Chinese."""
    build = os.path.abspath(BUILD)
    work = tmp_path / name
    shutil.copytree(os.path.join(ROOT, "tests", "golden", name), work)
    env = {**zh_env(), "PATH": f"{build}:/usr/bin:/bin", "CONFIG": os.path.join(ROOT, "config")}
    script = re.sub(r"LC_ALL=\S+|LANG=\S+", f"LC_ALL={ZH}", (work / "cmd").read_text(encoding="utf-8"))
    p = subprocess.run(["sh", "-c", script], cwd=work, env=env, capture_output=True, text=True, timeout=60, check=False)
    judge(p.stdout + p.stderr, name)


def test_offline(desk, tmp_path):
    c, ends = desk.config, tmp_path
    for argv in (["check", "-c", c.path], ["check", "-c", c.path, "--strict", "--today", in_days(20)],
                 ["check", "-c", "/nowhere"], ["check", "--today", "x", "-c", c.path],
                 ["preview", "-c", c.path, "--from", in_days(-5), "--to", in_days(5), "--reminders"],
                 ["preview", "-c", c.path, "--from", "x", "--to", "y"],
                 ["preview", "-c", c.path, "--from", "2024-05-01", "--to", "2023-01-01"],
                 ["explain", "-c", c.path, ONE], ["explain", "-c", c.path, THREE], ["explain", "-c", c.path, "x/y/z"],
                 ["diff", c.path, os.path.join(ROOT, "config", "deadlined.cfg")], ["diff", c.path, "/nowhere"],
                 ["diff", c.path], ["diff", c.path, c.path],
                 ["simulate", "-c", c.path, "--from", in_days(0), "--to", in_days(3), "--out", str(ends / "s"),
                  "--receive", ONE + "@" + in_days(1) + "T10:00"],
                 ["simulate", "-c", c.path, "--from", in_days(0), "--to", in_days(3), "--out", str(ends / "s")],
                 ["simulate", "-c", c.path, "--from", in_days(0), "--to", in_days(3), "--out", "/proc/x/y"],
                 ["simulate", "-c", c.path, "--from", in_days(0), "--to", in_days(3), "--out", str(ends / "t"),
                  "--receive", "nothing"],
                 ["text", ONE, "-c", c.path], ["text", "a/b/c", "-c", c.path]):
        desk.type(*argv)


def test_no_daemon(desk, tmp_path):
    for command in commands():
        if command not in ("edit", "restore", "backup"):
            desk.type(command, "--state", str(tmp_path))


def test_help_of_all(desk):
    for command in commands():
        assert HANS.search(desk.type(command, "--help", status=0))
        desk.type(command, "--no-such-option")
        desk.type(command, "one", "two", "three", "four", "five", "six")
    for argv in (["help"], ["--help"], ["--version"], ["halp"], ["help", "status"], ["help", "nothing"]):
        desk.type(*argv)


def test_every_command_was_typed(desk):
    assert set(commands()) <= desk.typed


# ---- the programs --------------------------------------------------------------------------------------

@pytest.mark.parametrize("program", ["deadlined", "deadlined-web"])
def test_starts_that_fail(program, desk, tmp_path):
    path = os.path.join(os.path.dirname(PROGRAM), program)
    own = [] if program == "deadlined-web" else [
        ["-c", "/nowhere"], ["-c", desk.config.path, "--state", "/proc/x"],
        ["-c", desk.config.path, "--state", desk.daemon.state],
        ["-c", desk.config.path, "--state", str(tmp_path), "--rehearse", "noon"],
        ["-c", desk.config.path, "--state", str(tmp_path), "--rehearse", "2024-05-05T20:00+08:00"],
        ["-c", desk.config.path, "--speed", "x"], ["-c", __file__, "--state", str(tmp_path)]]
    if program == "deadlined-web":
        own = [["--listen", "x"], ["--listen", "127.0.0.1:99999"], ["--listen", "192.0.2.1:80"]]
    for argv in (["--help"], ["--version"], ["--nope"], ["stray"], *own):
        p = subprocess.run([path, *argv], cwd=tmp_path, env=zh_env(), capture_output=True, text=True, timeout=60,
                           check=False)
        judge(p.stdout + p.stderr, f"{program} {argv}")


# ---- what people read ----------------------------------------------------------------------------------

def shown(page):
    """What a reader sees of HTML, hints and names of fields included."""
    text = re.sub(r"(?s)<style.*?</style>|<script.*?</script>|<!--.*?-->", "", page)
    said = re.findall(r'(?:title|alt|placeholder|aria-label)="([^"]*)"', text)
    return html.unescape("\n".join([re.sub(r"<[^>]*>", "\n", text), *said]))


def words_of(mail):
    """Subject and bodies, without markup, addresses of pages and headers for machines."""
    with open(mail, "rb") as f:
        m = email.message_from_bytes(f.read(), policy=email.policy.default)
    parts = [str(m["subject"])]
    for part in m.walk():
        if part.get_content_type() == "text/plain":
            parts.append(part.get_content())
        elif part.get_content_type() == "text/html":
            parts.append(shown(part.get_content()))
    return "\n".join(parts)


def test_a_year_of_messages(tmp_path):
    out = tmp_path / "year"
    p = subprocess.run([CTL, "simulate", "-c", os.path.join(ROOT, "config", "deadlined.cfg"), "--from", "2024-01-01",
                        "--to", "2024-12-31", "--out", out], env=zh_env(), capture_output=True, text=True, timeout=300,
                       check=True)
    judge(p.stdout + p.stderr)
    found = [os.path.join(folder, name) for folder, _, names in os.walk(out) for name in names]
    mails, sms, feeds = ([x for x in found if x.endswith(end)] for end in (".eml", ".json", ".ics"))
    assert len(mails) > 300 and len(sms) > 30 and len(feeds) > 50
    for path in mails:
        judge(words_of(path), path)
    for path in sms:
        with open(path, encoding="utf-8") as f:
            judge(json.load(f)["text"], path)
    for path in feeds:
        with open(path, encoding="utf-8") as f:
            lines = re.sub(r"\r?\n ", "", f.read()).splitlines()
        judge("\n".join(x for x in lines if re.match("SUMMARY|DESCRIPTION|LOCATION|X-WR-", x)), path)


# ---- pages ---------------------------------------------------------------------------------------------

PAGES_OF_A_KIND = 6


def crawl(place, start, cookie, seen):
    """Whatever a link leads to, but not every year and month of it."""
    waits, kinds = [start], {}
    while waits:
        path = waits.pop(0)
        kind = re.sub(r"\d+", "0", path.replace(start, "", 1))
        if (path, cookie) in seen or path.endswith((".ics", ".css")) or kinds.get(kind, 0) == PAGES_OF_A_KIND:
            continue
        kinds[kind] = kinds.get(kind, 0) + 1
        seen.add((path, cookie))
        r, text = place.ask("GET", path, **({"Cookie": cookie} if cookie else {}))
        judge(shown(text), f"{r.status} {path}")
        waits += [html.unescape(x).split("#")[0] for x in re.findall(r'href="((?:/|\?)[^"]*)"', text)]


def test_every_page():
    place = Place()
    try:
        seen = set()
        for link in (("page", "lead-brigade-10"), ("page", "lead-mobile"), ("page", "preparer-brigade-9"),
                     ("page", "lead-brigade-1"), ("leader", "leader"), ("unit", "brigade-10"), ("all",),
                     ("person", "lead-brigade-10"), ("office", "wenmingban")):
            crawl(place, place.link(*link).replace(".ics", ""), None, seen)
        clerk = next(x["id"] for x in place.ctl("link", "list")["links"] if x["kind"] == "clerk")
        crawl(place, "/", enter(place, "clerk", clerk)["Cookie"], seen)
        for part in ("/print/", "/report-", ".csv", "/f/", "/p/"):
            assert any(part in path for path, _ in seen), part
        assert sum(cookie is not None for _, cookie in seen) > 3, seen
        for path in ("/", "/nothing", "/p/" + "x" * 43, "/f/" + "x" * 43, "/?y=x", "/p/short", "/healthz"):
            for method in ("GET", "POST", "PUT"):
                r, text = place.ask(method, path)
                judge(shown(text), f"{method} {r.status} {path}")
    finally:
        place.close()


def test_what_a_press_is_answered():
    place = Place()
    try:
        page = place.link("page", "lead-brigade-10")
        for act in ("report summary electronic", "report - -", "undo"):
            fields = fields_of(place.get(page), act)
            for _ in range(2):  # the second time it is too late
                r = place.post(page, fields)
                judge(shown(place.get(r.headers["Location"].split("#")[0])), act)
        judge(shown(place.ask("POST", page, "x" * 70000)[1]), "too long")
        judge(shown(place.ask("POST", page, "a=b")[1]), "no form")
    finally:
        place.close()
