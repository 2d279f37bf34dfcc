"""The daemon as a process: start, stop, reload of broken files, verbs, watchdog."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from daemon import PROGRAM, Config, Daemon, Refused, id_of, in_days, once  # noqa: E402

RULES = [once("reply-1"), once("reply-2", unit="brigade-3", days=5)]
EX_CONFIG = 78


def put_rules(config, *more):
    config.write_rules(*RULES, *more)


@pytest.fixture
def config():
    with Config() as c:
        put_rules(c)
        yield c


@pytest.fixture(scope="module")
def running():
    """One daemon for all the broken files: none of them may harm it."""
    with Config() as c:
        put_rules(c)
        with Daemon(c) as d:
            yield d


# ---- start and stop ----------------------------------------------------------------------------

def test_start_and_status(config):
    with Daemon(config) as d:
        s = d.status()
        assert s["pid"] == d.process.pid and s["zone"] == "Asia/Shanghai"
        assert s["config"] == {**s["config"], "path": config.path, "obligations": 2,
                               "stale": False, "faults": []}
        assert s["obligations"]["open"] == 2 and s["obligations"]["overdue"] == 0
        assert len(d.noted("READY=1")) == 1
        assert any(n.startswith("STATUS=next ") for _, n in d.notes)
        assert os.stat(d.state).st_mode & 0o777 == 0o700
        assert os.stat(d.socket).st_mode & 0o007 == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_clean_stop(config, number):
    with Daemon(config) as d:
        d.signal(number)
        assert d.process.wait(10) == 0
        assert not os.path.exists(d.socket)
        assert d.noted("STOPPING=1")
        assert not os.path.exists(os.path.join(d.state, "deadlined.db-wal"))


def test_second_instance(config):
    """It ends before it touches anything, and the first does not notice."""
    with Daemon(config) as d:
        pid = d.process.pid
        second = subprocess.run(d.command(), env=d.env(), capture_output=True, text=True,
                                timeout=15, check=False)
        assert second.returncode == 1
        assert str(pid) in second.stderr and "already" in second.stderr, second.stderr
        assert d.status()["pid"] == pid


def test_race_of_starts(config):
    """Of many at once exactly one stays."""
    many = [Daemon(config) for _ in range(6)]
    try:
        many[0].listen()
        for d in many:
            d.more_env = many[0].more_env
            d.spawn()
        many[0].until(lambda: sum(d.is_alive() for d in many) <= 1, 20, "all but one gone")
        last = next(d for d in many if d.is_alive())
        many[0].until(lambda: many[0].noted("READY=1"))
        assert last.status()["pid"] == last.process.pid
        assert {d.process.returncode for d in many if d is not last} == {1}
    finally:
        for d in many:
            d.kill()
        many[0].listener.close()


def test_stale_socket_after_kill(config):
    with Daemon(config) as d:
        d.kill()
        assert os.path.exists(d.socket)
        d.start()
        assert d.status()["pid"] == d.process.pid


def test_usage():
    for args in (["--speed", "7"], ["--nonsense"], ["left-over"], ["--speed", "0"]):
        done = subprocess.run([PROGRAM, *args], capture_output=True, timeout=10, check=False)
        assert done.returncode == 2, args
    done = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, timeout=10,
                          check=False)
    assert done.returncode == 0 and re.match(r"deadlined \d", done.stdout)
    assert re.search(r"^  libcurl \d+\.\d+\.\d+$", done.stdout, re.M)
    assert re.search(r"^  SQLite 3\.\d+\.\d+$", done.stdout, re.M)


def test_bad_library_is_in_the_log(tmp_path):
    """A library that says it is a version which its authors have withdrawn."""
    source, library = tmp_path / "bad.c", tmp_path / "bad.so"
    source.write_text('const char *sqlite3_libversion(void) { return "3.52.0"; }\n')
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source], check=True, timeout=60)
    with Config() as c, Daemon(c, env={"LD_PRELOAD": str(library)}) as d:
        assert "SQLite 3.52.0: its authors have withdrawn this version" in d.output()
        d.kill()
        d.more_env["LD_PRELOAD"] = ""
        before = d.output()
        d.start()
        assert "withdrawn" not in d.output()[len(before):]


def test_signals_that_mean_nothing(config):
    with Daemon(config) as d:
        for number in (signal.SIGPIPE, signal.SIGXFSZ):
            d.signal(number)
        assert d.status()["pid"] == d.process.pid


# ---- broken files ------------------------------------------------------------------------------

def add(name, text):
    return lambda c: c.write(name, (c.read(name) + text).encode())


def add_rule(**fields):
    return lambda c: put_rules(c, once("extra", more=" ".join(f"{k} = {v};" for k, v in
                                                               fields.items())))


def replace(name, make):
    def change(c):
        os.unlink(c.file(name))
        make(c.file(name))
    return change


def link(path):
    shutil.copy(os.path.join(os.path.dirname(path), "people.cfg"), path + "-2")
    os.symlink(path + "-2", path)


FAULTS = {
    # name: (what is done to the files, the fault that status shows)
    "syntax": (add("rules.cfg", "x = ;\n"), r"rules\.cfg:\d+: error: "),
    "syntax in the main file": (add("deadlined.cfg", "x = {\n"), r"deadlined\.cfg:\d+: error: "),
    "include missing": (lambda c: os.unlink(c.file("people.cfg")),
                        r"deadlined\.cfg:\d+: error: people\.cfg does not exist"),
    "main file missing": (lambda c: os.unlink(c.path), r"deadlined\.cfg does not exist"),
    "directory": (replace("deadlined.cfg", os.mkdir), r"is a directory"),
    "include a directory": (replace("people.cfg", os.mkdir), r"people\.cfg is a directory"),
    "FIFO": (replace("deadlined.cfg", os.mkfifo), r"is a pipe"),
    "include a FIFO": (replace("rules.cfg", os.mkfifo), r"rules\.cfg is a pipe"),
    "link": (replace("rules.cfg", link), r"symbolic link"),
    "empty": (lambda c: c.write("deadlined.cfg", ""), r"deadlined\.cfg:1: error: .*empty"),
    "include empty": (lambda c: c.write("rules.cfg", " \n\n"), r"rules\.cfg:1: error: .*empty"),
    "blank after a comment": (lambda c: c.write("rules.cfg", "# nothing\n"), r"no rules"),
    "zero rules": (lambda c: c.write("rules.cfg", "rules = ();\n"), r"no rules"),
    "cut in the middle": (lambda c: c.write("people.cfg", c.read("people.cfg")[:2500]),
                          r"people\.cfg:\d+: error: "),
    "@include .": (add("rules.cfg", '@include "."\n'), r"rules\.cfg:\d+: error: .*include"),
    "@include shadow": (add("rules.cfg", '@include "/etc/shadow"\n'), r"error: .*include"),
    "include shadow": (lambda c: c.edit("deadlined.cfg", r'"test\.cfg"', '"/etc/shadow"'),
                       r"deadlined\.cfg:\d+: error: \"/etc/shadow\" cannot be included"),
    "include above": (lambda c: c.edit("deadlined.cfg", r'"test\.cfg"', '"../state/x.cfg"'),
                      r"\"\.\./state/x\.cfg\" cannot be included"),
    "2 MB": (add("rules.cfg", "# " + "x" * (2 << 20) + "\n"),
             r"rules\.cfg.* is larger than 1048576"),
    "deep": (add("rules.cfg", "x = " + "(" * 100000 + ")" * 100000 + ";\n"), r"rules\.cfg:\d+: "),
    "long text": (add("rules.cfg", 'x = "' + "x" * 900000 + '";\n'), r"rules\.cfg:\d+: "),
    "NUL": (lambda c: c.write("rules.cfg", c.read("rules.cfg").encode() + b"x = \"\0\";\n"),
            r"rules\.cfg:\d+: error: there is a NUL byte"),
    "invalid UTF-8": (lambda c: c.write("rules.cfg", b"# \xff\xfe\n" +
                                        c.read("rules.cfg").encode()),
                      r"rules\.cfg:1: error: the file is not valid UTF-8"),
    "GB18030": (lambda c: c.write("rules.cfg", c.read("rules.cfg").encode("gb18030")),
                r"rules\.cfg:\d+: error: the file is not valid UTF-8"),
    "BOM": (lambda c: c.write("rules.cfg", b"\xef\xbb\xbf" + c.read("rules.cfg").encode()),
            r"rules\.cfg:1: error: .*BOM"),
    "full-width": (add("rules.cfg", "x = 1；\n"), r"rules\.cfg:\d+: error: .*；"),
    "overflow": (add_rule(points=99999999999), r"rules\.cfg:\d+: error: "),
    "negative": (add_rule(points=-1), r"rules\.cfg:\d+: error: points"),
    "unknown key": (add_rule(lead_dayz=3), r"rules\.cfg:\d+: error: .*lead_dayz"),
    "text for a number": (add_rule(points='"2"'), r"rules\.cfg:\d+: error: points"),
    "duplicate id": (lambda c: put_rules(c, RULES[0]), r"rules\.cfg:\d+: error: .*twice"),
    "30 February": (lambda c: put_rules(c, once("extra").replace(in_days(3), "2027-02-30")),
                    r"rules\.cfg:\d+: error: .*2027-02-30"),
    "nobody there": (lambda c: put_rules(c, once("extra", unit="brigade-77")),
                     r"rules\.cfg:\d+: error: .*brigade-77"),
    "person without contact": (lambda c: c.edit("people.cfg", r'; email = "leader@localhost";.*?\}',
                                                "; }"),
                               r"people\.cfg:\d+: error: leader has neither email nor phone"),
    "unreachable address": (lambda c: c.edit("people.cfg", '"leader@localhost', '"a b@localhost'),
                            r'people\.cfg:\d+: error: "a b@localhost" is not a mail address'),
    "templates gone": (lambda c: shutil.rmtree(c.file("templates")), r"templates"),
    "broken template": (lambda c: c.write("templates/zh_CN/due.txt", "{{#x}}"), r"due\.txt:\d+: "),
}


@pytest.mark.parametrize("name", FAULTS)
def test_reload_of_a_broken_file(name, running, tmp_path):
    change, fault = FAULTS[name]
    c = running.config
    good = tmp_path / "good"
    shutil.copytree(c.folder, good)
    before = running.status()
    try:
        change(c)
        began = time.monotonic()
        after = running.hang_up()
        assert time.monotonic() - began < 8
        assert after["stale"] is True
        assert any(re.search(fault, f) for f in after["faults"]), after["faults"]
        assert after["obligations"] == before["config"]["obligations"]
        assert after["loaded_at"] == before["config"]["loaded_at"]
        assert running.status()["pid"] == before["pid"]
    finally:
        shutil.rmtree(c.folder)
        shutil.copytree(good, c.folder)


def test_good_file_after_broken_ones(running):
    """Not even with confirmation is a broken file taken; the good one is."""
    c = running.config
    good, sent = c.read("rules.cfg"), running.messages("sent")
    c.write("rules.cfg", good + "x = ;\n")
    for confirm in (False, True):
        with pytest.raises(Refused):
            running.call("reload", confirm=confirm)
    assert running.status()["config"]["stale"]
    c.write("rules.cfg", good)
    after = running.hang_up()
    assert not after["stale"] and after["faults"] == [] and after["obligations"] == 2
    assert running.messages("sent") == sent


def test_unreadable(config):
    """Not as root, who may read everything."""
    os.chmod(config.dir, 0o755)
    user = "nobody" if os.geteuid() == 0 else None
    if user:
        for folder, _, files in os.walk(config.dir):
            for path in (folder, *[os.path.join(folder, f) for f in files]):
                shutil.chown(path, user)
    with Daemon(config, user=user) as d:
        os.chmod(config.file("rules.cfg"), 0)
        after = d.hang_up()
        assert after["stale"] and "rules.cfg cannot be opened" in after["faults"][0]
        os.chmod(config.file("rules.cfg"), 0o600)
        assert not d.hang_up()["stale"]


def test_files_that_are_being_written(config):
    """A storm of SIGHUP while an editor writes byte after byte: old or new, nothing between."""
    with Daemon(config) as d:
        put_rules(config, once("reply-3", unit="brigade-4"))
        text = config.read("rules.cfg").encode()
        end = time.monotonic() + 2.5
        stop = threading.Event()

        def storm():
            while not stop.is_set():
                d.signal(signal.SIGHUP)
                time.sleep(0.01)

        thread = threading.Thread(target=storm)
        thread.start()
        try:
            while time.monotonic() < end:
                with open(config.file("rules.cfg"), "wb", buffering=0) as f:
                    for i in range(0, len(text), 40):
                        f.write(text[i:i + 40])
                        time.sleep(0.01)
        finally:
            stop.set()
            thread.join()
        assert d.status()["config"]["obligations"] in (2, 3)
        d.until(lambda: not d.hang_up()["stale"])
        assert d.status()["config"]["obligations"] == 3
        assert d.messages("sent") == 3


def test_text_of_the_fault(running, tmp_path):
    """One sentence with its line, and it goes to the log and to systemd as well."""
    c = running.config
    good = c.read("rules.cfg")
    try:
        put_rules(c, once("extra", more="lead_dayz = 3;"))
        line = 1 + c.read("rules.cfg").split("lead_dayz")[0].count("\n")
        faults = running.hang_up()["faults"]
        assert len(faults) == 1 and faults[0].startswith(f"rules.cfg:{line}: error: ")
        assert faults[0] in running.output()
        assert any("faults" in n for _, n in running.notes)
    finally:
        c.write("rules.cfg", good)
        running.hang_up()


# ---- what would vanish -------------------------------------------------------------------------

def many(n):
    return [once(f"reply-{i}", unit=f"brigade-{i % 10 + 1}", ladder="silent") for i in range(n)]


def test_vanishing_guard(config):
    """More than a fifth of at least five open obligations is a typo until somebody confirms it."""
    config.write_rules(*many(20))
    with Daemon(config) as d:
        config.write_rules(*many(16))
        assert not d.hang_up()["stale"]  # 4 of 20
        config.write_rules(*many(8))
        after = d.hang_up()
        assert after["stale"] and after["obligations"] == 16
        assert "8 of 16 open obligations would vanish" in after["faults"][0]
        with pytest.raises(Refused, match="8 of 16"):
            d.call("reload")
        d.restart()  # the old set goes on
        after = d.status()["config"]
        assert after["stale"] and after["obligations"] == 16
        assert d.call("reload", confirm=True)["vanished"] == 8
        after = d.status()["config"]
        assert not after["stale"] and after["obligations"] == 8
        d.restart()
        assert not d.status()["config"]["stale"]


def test_successor_does_not_count_as_vanished(config):
    config.write_rules(*many(8))
    with Daemon(config) as d:
        config.write_rules(*[once(f"reply-{i}", unit="mobile", ladder="silent")
                             for i in range(8)])
        after = d.hang_up()
        assert not after["stale"] and after["obligations"] == 8


# ---- starts ------------------------------------------------------------------------------------

def test_start_without_any_good_configuration(config):
    put_rules(config, once("extra", more="lead_dayz = 3;"))
    d = Daemon(config)
    assert d.run() == EX_CONFIG
    assert "lead_dayz" in d.output() and re.search(r"rules\.cfg:\d+: error", d.output())
    os.unlink(config.path)
    assert d.run() == EX_CONFIG
    assert "does not exist" in d.output()


def test_restart_runs_on_the_last_good_set(config):
    with Daemon(config) as d:
        good = config.read("rules.cfg")
        sent = d.messages("sent")
        put_rules(config, once("extra", more="lead_dayz = 3;"))
        assert d.stop() == 0
        d.start()
        after = d.status()
        assert after["config"]["stale"] and "lead_dayz" in after["config"]["faults"][0]
        assert after["config"]["obligations"] == 2
        assert after["messages"]["sent"] == sent
        d.restart()  # and once more: the broken one was not kept
        assert d.status()["config"]["stale"]
        config.write("rules.cfg", good)
        assert not d.hang_up()["stale"]
        for name in os.listdir(config.folder):
            if name.endswith(".cfg"):
                os.unlink(config.file(name))
        d.restart()
        assert d.status()["config"]["stale"] and d.status()["config"]["obligations"] == 2


@pytest.mark.parametrize("case", ["broken", "gone"])
def test_restart_with_broken_templates(config, case):
    with Daemon(config) as d:
        if case == "gone":
            shutil.rmtree(config.file("templates"))
        else:
            config.write("templates/zh_CN/due.txt", "{{#x}}")
        d.restart()
        assert d.status()["config"]["stale"]


def test_reload_and_restart_send_nothing_again(config):
    with Daemon(config) as d:
        d.until(lambda: d.messages("sent") == 2)
        config.edit("deadlined.cfg", r"^contact = .*$", 'contact = "别人";')
        assert not d.hang_up()["stale"]
        d.restart()
        assert not d.hang_up()["stale"]
        assert d.messages("sent") == 2


# ---- verbs -------------------------------------------------------------------------------------

ACTIVITY = """
occasions = ( { id = "open-day"; name = "开放日"; dates = [ "%s" ]; confirm = true; } );
""" % in_days(2)
AFTER = """
	{ id = "open"; name = "开放日材料"; kind = "after"; occasions = [ "open-day" ]; days = 2;
	  owed_by = "brigade-5"; office = "wenmingban"; ladder = "asking"; nil = true;
	  deliverables = ( { id = "photos"; name = "图片"; },
	                   { id = "summary"; name = "总结"; } ); }"""
ASKING = """
ladders = ( { id = "asking"; steps = (
	{ id = "ask"; anchor = "end"; days = 0; time = "16:00"; ask = true; lead = [ "email" ];
	  template = "ask"; },
	{ id = "end-1"; anchor = "end"; days = 1; time = "09:00"; lead = [ "email" ];
	  template = "due"; } ); } );
"""


@pytest.fixture(scope="module")
def desk():
    with Config() as c:
        c.write_rules(once("paper", days=9, more='forms = [ "paper", "electronic" ];'),
                      once("plain"), once("gone"), AFTER)
        c.write("occasions.cfg", ACTIVITY + ASKING)
        with Daemon(c) as d:
            yield d


def states(d, obligation_id):
    o = d.obligation(obligation_id)
    return o["state"], sorted((i["form"], i["state"]) for i in o["items"])


def test_report_receive_return_undo(desk):
    i = id_of("paper")
    missing = [("electronic", "missing"), ("paper", "missing")]
    assert states(desk, i) == ("open", missing)
    desk.call("report", obligation=i, by="lead-brigade-10")
    assert states(desk, i) == ("reported", [("electronic", "reported"), ("paper", "reported")])
    desk.call("receive", obligation=i, form="electronic")
    assert states(desk, i) == ("reported", [("electronic", "received"), ("paper", "reported")])
    desk.call("return", obligation=i, form="paper", reason="没有盖章")
    assert states(desk, i) == ("open", [("electronic", "received"), ("paper", "missing")])
    desk.call("undo", obligation=i)
    assert states(desk, i)[0] == "reported"
    desk.call("receive", obligation=i)
    assert states(desk, i) == ("done", [("electronic", "received"), ("paper", "received")])
    kinds = [h["kind"] for h in desk.history(i)]
    for kind in ("report", "receive", "return", "undo"):
        assert kind in kinds, kinds
    row = next(h for h in desk.history(i) if h["kind"] == "report")
    assert row["actor"] == "lead-brigade-10" and row["at"][:10] == in_days(0)


def test_waive_and_undo(desk):
    i = id_of("gone")
    desk.call("waive", obligation=i, reason="通知取消")
    assert states(desk, i)[0] == "waived"
    desk.restart()
    assert states(desk, i)[0] == "waived"
    desk.call("undo", obligation=i)
    assert states(desk, i)[0] == "open"


def test_done_stops_the_reminders(desk):
    i = id_of("plain")
    desk.call("receive", obligation=i)
    assert not [r for r in desk.call("next", limit=1000)["reminders"] if r["obligation"] == i]


def test_occasion(desk):
    i = next(o["id"] for o in desk.call("obligations", all=True)["obligations"]
             if o["id"].startswith("open/"))
    assert desk.obligation(i)["conditional"] is True
    desk.call("occasion", what="held", obligation=i)
    assert desk.obligation(i)["conditional"] is False
    due = desk.obligation(i)["due"]
    desk.call("occasion", what="extended", obligation=i, date=in_days(6))
    assert desk.obligation(i)["due"] == in_days(8) != due
    desk.call("undo", obligation=i)
    desk.call("undo", obligation=i)
    assert desk.obligation(i)["conditional"] is True and desk.obligation(i)["due"] == due
    desk.call("occasion", what="not-held", obligation=i)
    assert states(desk, i)[0] == "cancelled"
    desk.call("undo", obligation=i)
    assert states(desk, i)[0] == "open"


REFUSALS = {
    "no such verb": ("explode", {}),
    "no such id": ("receive", {"obligation": "monthly/2024-05/nobody"}),
    "no id": ("receive", {}),
    "id of another kind": ("receive", {"obligation": 7}),
    "list for an id": ("receive", {"obligation": ["a"]}),
    "wrong form": ("receive", {"obligation": id_of("plain"), "form": "stone"}),
    "form not owed": ("receive", {"obligation": id_of("plain"), "form": "paper"}),
    "no such item": ("receive", {"obligation": id_of("plain"), "item": "photos"}),
    "return without a reason": ("return", {"obligation": id_of("plain")}),
    "waive without a reason": ("waive", {"obligation": id_of("plain")}),
    "nil that is not allowed": ("nil", {"obligation": id_of("plain")}),
    "occasion of a one-off": ("occasion", {"what": "held", "obligation": id_of("plain")}),
    "occasion without a word": ("occasion", {"obligation": id_of("plain")}),
    "act as an occasion": ("occasion", {"what": "receive", "obligation": id_of("plain")}),
    "ended without a date": ("occasion", {"what": "ended", "obligation": "OPEN"}),
    "ended on no day": ("occasion", {"what": "ended", "obligation": "OPEN", "date": "2026-02-30"}),
    "undo of nothing": ("undo", {"obligation": "monthly/2024-05/nobody"}),
    "long reason": ("return", {"obligation": id_of("plain"), "reason": "长" * 200}),
    "line break": ("return", {"obligation": id_of("plain"), "reason": "a\r\nBcc: b"}),
    "NUL": ("return", {"obligation": id_of("plain"), "reason": "a\0b"}),
    "reversed": ("return", {"obligation": id_of("plain"), "reason": "a\u202eb"}),
    "escape in by": ("receive", {"obligation": id_of("plain"), "by": "\x1b[31m"}),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_refused_verbs(name, desk):
    verb, args = REFUSALS[name]
    if args.get("obligation") == "OPEN":
        args = {**args, "obligation": next(
            o["id"] for o in desk.call("obligations", all=True)["obligations"]
            if o["id"].startswith("open/"))}
    before = len(desk.history())
    with pytest.raises(Refused) as refused:
        desk.call(verb, **args)
    assert str(refused.value) and refused.value.rc != "ok"
    assert len(desk.history()) == before


def test_odd_bytes_on_the_socket(desk):
    """None of them ends it or keeps others out."""
    for data in (b"\n", b"{}\n", b"[1]\n", b"{\"verb\":1}\n", b"\xff\xfe\n",
                 b"{\"verb\":\"status\"", b"[" * 60000 + b"\n", b"x" * 200000):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as s:
            s.settimeout(5)
            s.connect(desk.socket)
            try:
                s.sendall(data)
                s.shutdown(socket.SHUT_WR)
                reply = s.recv(65536)
            except (BrokenPipeError, ConnectionResetError):
                reply = b""
            assert reply == b"" or b'"ok":false' in reply, data[:20]
    idle = [socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) for _ in range(15)]
    try:
        for s in idle:
            s.connect(desk.socket)
        assert desk.status()["pid"] == desk.process.pid
    finally:
        for s in idle:
            s.close()


# ---- watchdog ----------------------------------------------------------------------------------

def test_watchdog(config):
    """Pings come at least twice an interval, and stop when the process is stuck."""
    with Daemon(config, env={"WATCHDOG_USEC": "1000000"}) as d:
        d.until(lambda: len(d.noted("WATCHDOG=1")) >= 4, 6, "four pings")
        at = d.noted("WATCHDOG=1")
        assert max(b - a for a, b in zip(at, at[1:])) < 1.0
        d.signal(signal.SIGSTOP)
        time.sleep(0.2)
        n = len(d.noted("WATCHDOG=1"))
        time.sleep(1.2)
        assert len(d.noted("WATCHDOG=1")) == n
        d.signal(signal.SIGCONT)
        d.until(lambda: len(d.noted("WATCHDOG=1")) > n, 5, "a ping again")


def test_no_watchdog_no_ping(config):
    with Daemon(config) as d:
        time.sleep(0.5)
        assert not d.noted("WATCHDOG=1")
