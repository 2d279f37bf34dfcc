"""The manual knows every command, option, setting, verb and placeholder that the sources have."""

import glob
import os
import re
import subprocess

import pytest

ROOT = os.path.join(os.path.dirname(__file__), "..", "..")
BUILD = os.path.abspath(os.path.join(ROOT, os.environ.get("BUILD", "build")))
MAN = os.path.join(ROOT, "daemon", "man")
PAGES = sorted(glob.glob(os.path.join(MAN, "*.[158]")))
SUMMARIES = sorted(glob.glob(os.path.join(MAN, "zh_CN", "*.[158]")))


def read(*parts):
    with open(os.path.join(ROOT, *parts), encoding="utf-8") as f:
        return f.read()


def sources(pattern):
    return "\n".join(read(path) for path in sorted(glob.glob(os.path.join(ROOT, "daemon", pattern))))


def rows(page, macro):
    """The words that stand in rows `.It Ic a , b Pq ...` of a page."""
    found = set()
    for line in re.findall(rf"^\.It {macro} (.*)$", page, re.M):
        found |= set(re.findall(r"[\w-]+", re.split(r" (?:P[qo]|Oo|Op|Ar|Fl|Cm)\b", line)[0]))
    return found


@pytest.mark.parametrize("page", PAGES + SUMMARIES, ids=lambda p: os.path.relpath(p, MAN))
def test_lint(page):
    p = subprocess.run(["mandoc", "-Tlint", "-W", "warning", page], capture_output=True, text=True,
                       timeout=30)
    assert (p.returncode, p.stdout) == (0, "")


def test_pages():
    assert {os.path.basename(p) for p in PAGES} >= {"deadlined.8", "deadlined.cfg.5", "deadlinectl.1"}


def test_summaries_in_chinese():
    """One of each page; what it does in Chinese, every option of the synopsis, and where the whole is."""
    assert list(map(os.path.basename, SUMMARIES)) == list(map(os.path.basename, PAGES))
    for page, summary in zip(PAGES, SUMMARIES):
        whole, short = read(page), read(summary)
        assert re.search(r"^\.Nd .*[\u4e00-\u9fff]", short, re.M), summary
        assert "LC_ALL=C man" in short
        synopsis = re.search(r"\.Sh SYNOPSIS\n(.*?)\.Sh", whole, re.S)
        options = set(re.findall(r"Fl -?([a-z-]+)", synopsis[1])) if synopsis else set()
        assert options - set(re.findall(r"Fl -?([a-z-]+)", short)) == set(), summary


def test_commands_in_chinese():
    """Line for line what `deadlinectl help` says."""
    said = subprocess.run([os.path.join(BUILD, "deadlinectl"), "help"], capture_output=True, text=True, timeout=30,
                          env={**os.environ, "LANG": "zh_CN.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, check=True).stdout
    want = re.findall(r"^  ([a-z-]+) +(\S.*)$", said, re.M)
    assert len(want) == len(commands())
    summary = read("daemon", "man", "zh_CN", "deadlinectl.1")
    assert re.findall(r"^\.It Ic (\S+)\n(.*)$", summary, re.M) == want


# ---- commands ----------------------------------------------------------------------------------

CTL = read("daemon", "man", "deadlinectl.1")
DAEMON = read("daemon", "man", "deadlined.8")


def commands():
    return re.findall(r'^\t\{"([a-z-]+)", cmd_', read("daemon", "app", "commands.c"), re.M)


def test_every_command():
    assert len(commands()) >= 15
    assert [c for c in commands() if c not in rows(CTL, "Ic")] == []


def test_handbook():
    """What the admin's handbook tells to type can be typed."""
    text = read("config", "管理员手册.md")
    typed = re.findall(r"deadlinectl ([a-z-]+)((?: --[a-z-]+)*)", text)
    assert len(typed) > 30
    assert {c for c, _ in typed} - set(commands()) == set()
    named = set(re.findall(r"Fl -?([a-z-]+)", CTL))
    assert set(re.findall(r"--([a-z-]+)", text)) - named - {"help", "now"} == set()


def test_catalogue():
    """Each kind of line in the journal is explained, in both languages."""
    ids = set(re.findall(r'#define ID_\w+ "([0-9a-f]{32})"', read("daemon", "app", "serve_log.c")))
    assert len(ids) == 8
    for name in ("deadlined.catalog", "deadlined.zh_CN.catalog"):
        text = read("systemd", name)
        assert set(re.findall(r"^-- ([0-9a-f]{32})$", text, re.M)) == ids
        assert text.count("\nSubject: ") == len(ids)


def test_every_option():
    options = set(re.findall(r'\{"([a-z-]+)", OPTION_', sources("app/c*.[ch]")))
    assert "receive" in options and "strict" in options
    named = set(re.findall(r"Fl -?([a-z-]+)", CTL))
    assert options - named == set()


def test_options_in_usage():
    """What the help of a command names stands in the page."""
    named = set(re.findall(r"Fl -?([a-z-]+)", CTL))
    assert set(re.findall(r"--([a-z-]+)", read("daemon", "app", "commands.c"))) - named == set()


def test_options_of_the_daemon():
    options = re.findall(r'^\t\{"([a-z-]+)", (?:required|no)_argument', read("daemon", "deadlined.c"), re.M)
    assert len(options) >= 5
    assert set(options) - set(re.findall(r"Fl -?([a-z-]+)", DAEMON)) == set()


# What deadlined and the deadlined-web of the same build say to each other is nobody else's.
PRIVATE_VERBS = {"person-page", "board", "page-act", "leaders-page", "slip", "table",
                 "unit-page"}
PRIVATE_FILES = ("verbs_page.c", "verbs_board.c", "verbs_report.c", "verbs_unit.c")


def test_verbs():
    verbs = re.findall(r'^\t\{"([a-z-]+)", verb_', read("daemon", "app", "verbs.c"), re.M)
    assert len(verbs) >= 12
    assert PRIVATE_VERBS < set(verbs)
    assert set(verbs) - PRIVATE_VERBS - rows(DAEMON, "Li") == set()


def test_json_keys():
    """The keys of answers: in the verbs, and in one obligation."""
    page = set(re.findall(r"[a-z_]+", CTL))
    files = glob.glob(os.path.join(ROOT, "daemon", "app", "verbs*.c"))
    text = "".join(read(f) for f in files if os.path.basename(f) not in PRIVATE_FILES)
    text += read("daemon", "app", "obligation_json.c")
    keys = set()
    for call in re.findall(r"json_pack\((.*?)\);", text, re.S):
        keys |= set(re.findall(r'"([a-z_]+)"', call))
    assert len(keys) > 40
    assert keys - page - {"deadlined"} == set()


def test_exit_statuses():
    for page, statuses in ((CTL, ("0", "1", "2", "69")), (DAEMON, ("0", "1", "2", "78"))):
        exit_status = page.split(".Sh EXIT STATUS")[1].split(".Sh")[0]
        assert re.findall(r"^\.It (\d+)$", exit_status, re.M) == list(statuses)


def test_environment():
    used = set(re.findall(r'(?:getenv|env)\("([A-Z_]+)"\)', sources("app/*.c") + sources("base/*.c")))
    used |= {"LC_ALL", "LC_MESSAGES", "LANG"}
    named = set(re.findall(r"[A-Z_]{4,}", " ".join(re.findall(r"^\.It Ev (.*)$", CTL + DAEMON, re.M))))
    assert used - named == set()


# ---- configuration -----------------------------------------------------------------------------

CFG = read("daemon", "man", "deadlined.cfg.5")

# Section of the page -> the tables whose rows it has.
TABLES = {
    "TOP LEVEL": ["CONFIG_FIELD", "OTHER_FIELD"],
    "PERSONS": ["PERSON_FIELD"],
    "UNITS": ["UNIT_FIELD"],
    "OFFICES": ["OFFICE_FIELD", "SEASON_FIELD"],
    "ROSTERS": ["ROSTER_FIELD", "DUTY_FIELD", "HANDOVER_FIELD"],
    "OCCASIONS": ["OCCASION_FIELD"],
    "RULES": ["RULE_FIELD", "DELIVERABLE_FIELD", "INDICATOR_FIELD"],
    "LADDERS": ["LADDER_FIELD", "STEP_FIELD"],
    "WORKDAYS": ["WORKDAY_FIELD", "NOTICE_FIELD"],
    "EMAIL": ["EMAIL_FIELD"],
    "SMS": ["SMS_FIELD", "SUCCESS_FIELD", "PAIR_FIELD", "VARIABLE_FIELD"],
    "CHAT": ["ROOM_FIELD"],
    "LIMITS": ["LIMIT_FIELD"],
}

# Settings that the shipped files need not show, and why.
NOT_SHOWN = {
    "allow_empty": "a guard for people who know",
    "ca_file": "Debian's certificates do",
    "allow_http": "we do not advertise it",
    "idempotency_header": "only where the gateway documents one",
    "idempotency_window": "the same",
    "fields": "in the manual; the example has a body",
    "regex": "in the manual; the example has a pointer",
    "password": "refused",
    "token": "refused",
    "secret": "refused",
    "url": "refused, but with SMS",
    "state_dir": "systemd or --state says it",
    "joint": "in the manual; August has two obligations here",
    "last_day_counts": "in the manual; the notice is read the other way",
    "roll": "explained at the head of rules.cfg",
    "on_rest_days": "explained at the head of ladders.cfg",
    "permanent_values": "beside temporary_values",
    "person_quarter_hour": "beside person_hour",
    "person_three_hours": "beside person_hour",
    "person_minute": "beside person_hour",
    "per_second": "beside per_day",
}


def tables():
    found = {}
    for name, body in re.findall(r"struct field ([A-Z_]+)\[\] = \{(.*?)^\};", sources("conf/*.c"),
                                 re.S | re.M):
        found[name] = re.findall(r'\t(?:FIELD|FIELD_ELSEWHERE|RULE|EMAIL|SMS|STEP|LIMIT|ROOM)\(\s*"([a-z_]+)",\s*(\w+)(.*?)'
                                 r"(?=\n\t(?:FIELD|FIELD_ELSEWHERE|RULE|EMAIL|SMS|STEP|LIMIT|ROOM)\(|\Z)", body, re.S)
    return found


def sections():
    parts = re.split(r"^\.Sh (.*)$", CFG, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2]))


def test_every_table_is_known():
    assert set(tables()) == {t for names in TABLES.values() for t in names}


@pytest.mark.parametrize("section", TABLES)
def test_every_setting(section):
    page = sections()[section]
    words = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"^\.(?:It )?Ic (.*)$", page, re.M))))
    settings = {name for t in TABLES[section] for name, _, _ in tables()[t]}
    assert settings
    assert settings - words == set()


def bounds_of(rest):
    """"min to max" of a table's row; products such as 7 * 86400 are worked out."""
    found = re.search(r"\.min = (-?\w+),\s+\.max = ([-\w* ]+\w)", rest)
    if not found:
        return None
    limits = {"DATE_YEAR_MIN": 1900, "DATE_YEAR_MAX": 2199, "DAYS_MAX": 366}
    low, high = ([limits.get(x) or int(x) for x in side.split("*")] for side in found.groups())
    return f"{low[0]} to {high[0] * (high[1] if len(high) > 1 else 1)}"


@pytest.mark.parametrize("section", TABLES)
def test_bounds_and_defaults(section):
    """Numbers stand with their bounds, texts with their length, as in the tables."""
    page = sections()[section].replace("\\-", "-").split("\n")
    checked = 0
    for name, kind, rest in (row for table in TABLES[section] for row in tables()[table]):
        row = "\n".join(line for line in page if re.match(rf"\.It Ic ([a-z_]+ , )*{name}\b", line))
        if not row or section == "SMS" and name == "values":
            continue
        wanted = []
        fallback = re.search(r"\.fallback = (\d+)", rest)
        size = re.search(r"\.max = (\d+)", rest)
        if kind == "INT" and bounds_of(rest):
            wanted.append(bounds_of(rest))
        if kind == "INT" and fallback:
            wanted.append(f"default {fallback[1]}")
        if kind == "TEXT" and size and name != "password_credential":
            wanted.append(f"{size[1]} bytes")
        if ".required = true" in rest:
            wanted.append("required")
        assert [w for w in wanted if w not in row] == [], (name, row)
        checked += len(wanted)
    assert checked


def test_shipped_files_show_every_setting():
    shown = "\n".join(read(path) for path in glob.glob(os.path.join(ROOT, "config", "*.cfg")))
    words = set(re.findall(r"\b([a-z_]+) *=", shown))
    settings = {name for rows_ in tables().values() for name, _, _ in rows_}
    assert settings - words - set(NOT_SHOWN) == set()
    assert [name for name in NOT_SHOWN if name not in settings] == []


def test_placeholders():
    header = read("daemon", "conf", "conf_template.c")
    names = re.findall(r'^\t\{"([a-z_]+)",', header, re.M)
    assert len(names) == 10
    for name in names:
        assert f".It Li {{{{{name}}}}}" in CFG
    for escape in ("url", "json", "xml", "raw", "base64"):
        assert f"|{escape}" in CFG


def test_templates():
    files = {os.path.splitext(os.path.basename(p))[0]
             for p in glob.glob(os.path.join(ROOT, "config", "templates", "zh_CN", "*.*"))}
    assert files - {"mail", "deadline"} == rows(CFG.split(".Sh TEMPLATES")[1].split(".Sh ")[0], "Li")
    for frame in ("mail.txt", "mail.html", "deadline.line"):
        assert frame in CFG


# ---- READMEs -----------------------------------------------------------------------------------

def test_the_tour_names_files_that_exist():
    named = re.findall(r"`((?:base|calendar|core|conf|store|deliver|feed|control|app|man|po|tests)/[a-z0-9_./-]+)`",
                       read("daemon", "README.md"))
    assert len(named) > 30
    assert [path for path in named
            if not os.path.exists(os.path.join(ROOT, "" if path.startswith("tests/") else "daemon", path))] == []


@pytest.mark.parametrize("path", ["README.md", "daemon/README.md"])
def test_links(path):
    folder = os.path.dirname(path)
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", read(path)) if "://" not in link]
    assert links
    assert [link for link in links if not os.path.exists(os.path.join(ROOT, folder, link))] == []


def test_commands_of_the_readme():
    """Every deadlinectl line names a command, and options that its page knows."""
    named = set(re.findall(r"Fl -?([a-z-]+)", CTL))
    lines = re.findall(r"^ +(?:build/)?deadlinectl (.*?)(?: #.*)?$", read("README.md"), re.M)
    assert len(lines) >= 10
    for line in lines:
        words = line.split()
        while words[0].startswith("--"):
            words = words[2:]
        assert words[0] in commands(), line
        assert set(re.findall(r"--([a-z-]+)", line)) - named == set(), line


def test_both_languages_of_the_readme():
    """The Chinese part has the commands of the English one that a person types."""
    english, chinese = read("README.md").split("## 中文快速上手")
    for command in ("make run", "make test", "sudo make install", "deadlinectl check", "deadlinectl diff", "deadlinectl preview",
                    "deadlinectl explain", "deadlinectl reload", "deadlinectl simulate", "systemctl enable",
                    "--state build/rehearsal receive", "password_credential", "reload --confirm"):
        assert command in english and command in chinese, command
    assert max(map(len, (english + chinese).split("\n"))) <= 130
