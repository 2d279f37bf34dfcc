"""Chinese without a Chinese locale: every string has its translation, no English sentence is left."""

import ast
import os
import re
import shutil
import subprocess
import time

import pytest

ROOT = os.path.join(os.path.dirname(__file__), "..", "..")
BUILD = os.path.abspath(os.path.join(ROOT, os.environ.get("BUILD", "build")))
CTL = os.path.join(BUILD, "deadlinectl")
PO = os.path.join(ROOT, "daemon", "po", "zh_CN.po")
CONFIG = os.path.join(ROOT, "config", "deadlined.cfg")
HANS = re.compile("[\u4e00-\u9fff]")

# What stands in both languages: states of no translation, names of commands and channels.
with open(os.path.join(ROOT, "config", "ladders.cfg"), encoding="utf-8") as f:
    KEYS = set(re.findall(r'id = "([a-z0-9-]+)"', f.read())) | {"email", "sms", "deadlined", "deadlinectl"}


def chinese_env():
    env = {k: v for k, v in os.environ.items() if not k.startswith("LC_") and k != "LANGUAGE"}
    return {**env, "LANG": "zh_CN.UTF-8", "NO_COLOR": "1"}


def run(*argv, timeout=60):
    p = subprocess.run([CTL, *argv], env=chinese_env(), capture_output=True, text=True,
                       timeout=timeout, cwd=ROOT)
    return p.returncode, p.stdout + p.stderr


def english_in(text):
    """Runs of two or more plain English words; lines that are to be typed do not count."""
    found = []
    for line in text.splitlines():
        if re.search(r"deadlinectl (--state \S+ )?[a-z]+( |$)", line):
            continue
        found += re.findall(r"(?<!\S)[A-Za-z']{2,}[,;:.]?(?: [A-Za-z']{2,}[,;:.]?)+(?!\S)", line)
    return [run for run in found
            if sum(word.strip(",;:.") not in KEYS for word in run.split()) >= 2]


def says_chinese(text):
    assert HANS.search(text), text
    assert english_in(text) == []


def test_the_judge_sees_english():
    assert english_in("x.cfg:3: error: there is no person \"x\"")
    assert english_in("2024-05-06 十大队: not sent") == ["not sent"]
    assert not english_in("    deadlinectl feed export /tmp/feeds")
    assert not english_in("时间已调整 2024-05-06 star/2024-06/mobile mid email lead-mobile: 推迟")


# ---- the catalogue -----------------------------------------------------------------------------

def read_po(path):
    entries, key = [], None
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            m = re.match(r'(msgid|msgstr) (".*")$', line)
            if m:
                key = m[1]
                if key == "msgid":
                    entries.append({"msgid": "", "msgstr": ""})
                entries[-1][key] = ast.literal_eval(m[2])
            elif line.startswith('"'):
                entries[-1][key] += ast.literal_eval(line)
            elif line.startswith("#, fuzzy"):
                key = None
    return {e["msgid"]: e["msgstr"] for e in entries if e["msgid"]}


@pytest.fixture(scope="module")
def pot(tmp_path_factory):
    """Extracted as `make pot` does, elsewhere: make itself would touch the catalogue."""
    with open(os.path.join(ROOT, "Makefile"), encoding="utf-8") as makefile:
        keywords = re.search(r"xgettext .*", makefile.read())[0]
    path = str(tmp_path_factory.mktemp("pot") / "deadlined.pot")
    sources = [os.path.join(folder, name) for folder, _, names in os.walk(os.path.join(ROOT, "daemon"))
               for name in names if name.endswith((".c", ".h"))]
    subprocess.run(["xgettext", "--from-code=UTF-8", *re.findall(r"-k\S+", keywords), "--no-location",
                    "-o", path, *sorted(sources)], check=True, timeout=60)
    return read_po(path)


def test_every_string_is_translated(pot):
    po = read_po(PO)
    assert [msgid for msgid in pot if not po.get(msgid)] == []


def test_no_translation_is_stale(pot):
    assert [msgid for msgid in read_po(PO) if msgid not in pot] == []


def test_conversions_agree():
    subprocess.run(["msgfmt", "-c", "-o", os.devnull, PO], check=True, timeout=60)


def test_words_of_the_bureau():
    """责任单位, not 值班 or 轮值; a text that is sent again must not say 今天."""
    for msgid, msgstr in read_po(PO).items():
        assert not re.search("值班|轮值|今天|明天", msgstr), msgid


# ---- commands ----------------------------------------------------------------------------------

def test_help():
    status, text = run("help")
    assert status == 0
    says_chinese(text)
    commands = re.findall(r"^  ([a-z-]+) +\S", text, re.M)
    assert len(commands) >= 15
    for command in commands:
        status, text = run(command, "--help")
        assert status == 0
        says_chinese(text)


def test_usage():
    for argv in ([], ["chek"], ["nothing-like-it"], ["check", "--nope"], ["explain"],
                 ["preview", "--from", "x"], ["return", "a/b/c"]):
        status, text = run(*argv)
        assert status == 2, argv
        says_chinese(text)


BROKEN = {
    "unknown": 'zone = "Asia/Shanghai";\norganisation = "局";\nnope = 1;\nlanguage = "zh_CN";\n',
    "bracket": 'zone = "Asia/Shanghai";\nrules = ( {\n',
    "full-width": 'zone = "Asia/Shanghai"；\n',
    "values": 'zone = "Mars/Olympus";\nquiet = [ "x" ];\nsms = { transport = "kannel"; url = 7; };\n',
    "include": 'include = [ "../x.cfg", "none.cfg" ];\n',
}


def test_the_web_program():
    """The same for deadlined-web: the usage, and a start that fails."""
    for argv, status in ((["--help"], 0), (["stray"], 2), (["--listen", "nowhere"], 1)):
        said = {}
        for name, env in (("zh", chinese_env()), ("C", {**chinese_env(), "LC_ALL": "C"})):
            p = subprocess.run([os.path.join(BUILD, "deadlined-web"), *argv], env=env, capture_output=True, text=True,
                               timeout=60)
            assert p.returncode == status, argv
            said[name] = p.stdout + p.stderr
        says_chinese(said["zh"])
        assert said["C"].isascii()



@pytest.mark.parametrize("name", BROKEN)
def test_check_of_a_broken_file(name, tmp_path):
    path = tmp_path / "deadlined.cfg"
    path.write_text(BROKEN[name], encoding="utf-8")
    status, text = run("check", "-c", str(path))
    assert status == 1
    says_chinese(text)


def test_check_of_no_file(tmp_path):
    status, text = run("check", "-c", str(tmp_path / "none.cfg"))
    assert status == 1
    says_chinese(text)


def test_offline_commands(tmp_path):
    edited = tmp_path / "edited"
    shutil.copytree(os.path.dirname(CONFIG), edited)
    rules = edited / "rules.cfg"
    rules.write_text(rules.read_text(encoding="utf-8").replace("day = 20", "day = 18"), encoding="utf-8")
    for want, argv in (
            (0, ["check", "-c", CONFIG]),
            (0, ["preview", "-c", CONFIG, "--from", "2024-01-01", "--to", "2024-12-31"]),
            (0, ["explain", "-c", CONFIG, "monthly/2024-07/enforcement"]),
            (0, ["explain", "-c", CONFIG, "keydate/mid-autumn-2024/brigade-1"]),
            (1, ["explain", "-c", CONFIG, "monthly/2024-07/enforcment"]),
            (None, ["diff", CONFIG, str(edited / "deadlined.cfg")]),
            (0, ["simulate", "-c", CONFIG, "--from", "2024-05-01", "--to", "2024-05-08", "--out",
                 str(tmp_path / "week")])):
        status, text = run(*argv)
        assert want is None or status == want, (argv, text)
        says_chinese(text)


def test_no_daemon(tmp_path):
    for argv in (["status"], ["list"], ["next"], ["history"], ["receive", "a/b/c"], ["reload"]):
        status, text = run(*argv, "--state", str(tmp_path))
        assert status == 69
        says_chinese(text)


# ---- a rehearsal and what is asked of it ---------------------------------------------------------

@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory):
    state = tmp_path_factory.mktemp("rehearsal")
    out = state.parent / "rehearsal.out"
    with open(out, "w", encoding="utf-8") as f:
        p = subprocess.Popen([os.path.join(BUILD, "deadlined"), "-c", CONFIG, "--state", str(state),
                              "--rehearse", "2024-05-05T20:00+08:00", "--speed", "36000"],
                             stdout=f, stderr=subprocess.STDOUT, env=chinese_env(), cwd=ROOT)
        try:
            for _ in range(100):
                if os.path.exists(state / "ctl.sock") and "→" in out.read_text(encoding="utf-8"):
                    break
                assert p.poll() is None, out.read_text(encoding="utf-8")
                time.sleep(0.1)
            yield str(state), out
        finally:
            p.terminate()
            p.wait(15)


def test_rehearsal(rehearsal):
    state, out = rehearsal
    for argv in (["list"], ["list", "--all"], ["next"], ["status"],
                 ["report", "monthly/2024-05/brigade-10"],
                 ["receive", "monthly/2024-05/brigade-10", "--form", "electronic"],
                 ["return", "monthly/2024-05/brigade-10", "--reason", "总结缺盖章"],
                 ["undo", "monthly/2024-05/brigade-10"],
                 ["waive", "star/2024-05/brigade-10", "--reason", "本月无★指标"],
                 ["occasion", "keydate/mid-autumn-2024/brigade-1", "ended", "2024-09-15"],
                 ["list"], ["history"]):
        status, text = run(*argv, "--state", state)
        assert status == 0, (argv, text)
        says_chinese(text)
    status, text = run("receive", "monthly/2024-05/brigade-99", "--state", state)
    assert status == 1
    says_chinese(text)
    says_chinese(out.read_text(encoding="utf-8"))


def test_status_of_a_broken_edit(tmp_path):
    """The daemon says what is wrong as id and arguments; the client says it in its language."""
    config, state = tmp_path / "config", tmp_path / "state"
    shutil.copytree(os.path.dirname(CONFIG), config)
    p = subprocess.Popen([os.path.join(BUILD, "deadlined"), "-c", str(config / "deadlined.cfg"),
                          "--state", str(state)], stderr=subprocess.DEVNULL, env=chinese_env())
    try:
        for _ in range(100):
            if run("status", "--state", str(state))[0] == 0:
                break
            time.sleep(0.1)
        with open(config / "rules.cfg", "a", encoding="utf-8") as f:
            f.write("nonsense = 1;\n")
        status, text = run("reload", "--state", str(state))
        assert status == 1
        says_chinese(text)
        status, text = run("status", "--state", str(state))
        assert "没有配置项“nonsense”" in text
        says_chinese(text)
    finally:
        p.terminate()
        p.wait(15)
