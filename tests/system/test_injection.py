"""Strings that want to be more than text, in every field a person can type.

Each is refused with its line, or comes out as the text it is: in mail, SMS, feed and history.
"""

import email
import email.policy
import glob
import json
import os
import re
import sys

import icalendar
import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import ical_lint  # noqa: E402
from daemon import Config, Daemon, Refused, id_of, once  # noqa: E402

# As libconfig writes them: \x0d\x0a is a real line break after parsing.
REFUSED = {
    "header": r"a\x0d\x0aBcc: z@evil.localhost",
    "line feed": r"a\nb",
    "carriage return": r"a\rb",
    "envelope": r"a>\r\nRCPT TO:<z@evil.localhost>",
    "end of data": r"a\r\n.\r\nMAIL FROM:<>",
    "end of event": r"a\r\nEND:VEVENT\r\nBEGIN:VEVENT",
    "escape": r"a\x1b[31mb",
    "DEL": r"a\x7fb",
    "0xff": r"a\xffb",
    "reversed": "a\u202eb",
    "isolate": "a\u2066b",
}
INERT = {
    "percent": "%n%s%x 100%",
    "SQL": "'; DROP TABLE message; --",
    "template": "{{person}}{{#items}}",
    "triple": "{{{body}}}",
    "HTML": "<script>alert(1)</script>&amp;",
    "iCalendar": "a;b,c:d\\\\ END:VEVENT",
    "quotes": '\\"x\\" \'y\'',
    "encoded word": "=?UTF-8?B?QmNjOiB6?=",
    "dot": ".",
    "zero width": "a\u200bb",
    "emoji": "报送\U0001f4c5",
    "header name": "Bcc: z@evil.localhost",
    "CSV": "=cmd|' /C calc'!A0",
}


def plain(text):
    """What libconfig makes of it."""
    return text.replace('\\"', '"').replace("\\\\", "\\")


def typed(text):
    return f'"{text}"'


# Every text field that comes out anywhere: (file, pattern of the line, its new text).
FIELDS = {
    "organisation": ("deadlined.cfg", r"^organisation = .*$", "organisation = %s;"),
    "community": ("deadlined.cfg", r"^community = .*$", "community = %s;"),
    "campaign": ("deadlined.cfg", r"^campaign = .*$", "campaign = %s;"),
    "contact": ("deadlined.cfg", r"^contact = [^;]*;", "contact = %s;"),
    "from_name": ("deadlined.cfg", r"^\tfrom_name = .*$", "\tfrom_name = %s;"),
    "sign": ("deadlined.cfg", r"^\tsign = [^;]*;", "\tsign = %s;"),
    "person": ("people.cfg", r'name = "十大队责任人"', "name = %s"),
    "unit": ("organisation.cfg", r'name = "十大队"', "name = %s"),
    "office": ("organisation.cfg", r'name = "局精神文明办"', "name = %s"),
    "place": ("organisation.cfg", r'place = "417室"', "place = %s"),
    "short": ("organisation.cfg", r'short = "417室"', "short = %s"),
    "rule": ("rules.cfg", r'name = "督办函答复"', "name = %s"),
    "basis": ("rules.cfg", r"basis = [^;]*;", "basis = %s;"),
    "document": ("rules.cfg", r"document = [^;]*;", "document = %s;"),
    "deliverable": ("rules.cfg", r'name = "答复"', "name = %s"),
    "seal": ("rules.cfg", r"seal = [^;]*;", "seal = %s;"),
    "checklist": ("rules.cfg", r"checklist = [^;]*;", "checklist = [ %s ];"),
}
MORE = ('document = "督办函〔2024〕示例号"; deliverables = ( { id = "reply"; name = "答复"; '
        'seal = "盖章"; checklist = [ "一" ]; } );')


def make(config):
    config.ladder(lead=["email", "sms"])
    config.write_rules(once("reply-1", more=MORE))


def put(config, field, text):
    name, pattern, new = FIELDS[field]
    config.edit(name, pattern, new % typed(text))


@pytest.fixture
def config():
    with Config() as c:
        make(c)
        yield c


@pytest.fixture(scope="module")
def running():
    with Config() as c:
        make(c)
        with Daemon(c) as d:
            yield d


@pytest.mark.parametrize("name", REFUSED)
def test_refused_in_every_field_at_once(name, running):
    """One reload with the string in all fields: each is named with its line, nothing is taken."""
    c = running.config
    good = {f: c.read(f) for f in {x[0] for x in FIELDS.values()}}
    try:
        want = set()
        for field in FIELDS:
            put(c, field, REFUSED[name])
        for f in good:
            for number, line in enumerate(c.read(f).split("\n"), 1):
                if REFUSED[name] in line:
                    want.add(f"{f}:{number}")
        faults = running.hang_up()["faults"]
        assert want <= {re.match(r"[^:]+:\d+", f)[0] for f in faults}, (want, faults)
        for fault in faults:
            assert fault.isprintable() and "\n" not in fault
    finally:
        for f, text in good.items():
            c.write(f, text)


def outputs(d):
    """Everything that left, parsed by others; what no parser takes fails here."""
    state = d.state
    mails = []
    for path in glob.glob(os.path.join(state, "spool", "mail", "*.eml")):
        with open(path, "rb") as f:
            mails.append(email.message_from_bytes(f.read(), policy=email.policy.default))
    sms = []
    for path in glob.glob(os.path.join(state, "spool", "sms", "*.json")):
        with open(path, encoding="utf-8") as f:
            sms.append(json.load(f))
    feeds = {}
    for path in glob.glob(os.path.join(state, "feeds", "*.ics")):
        with open(path, "rb") as f:
            data = f.read()
        assert ical_lint.lint(data) == [], path
        feeds[os.path.basename(path)] = icalendar.Calendar.from_ical(data)
    return mails, sms, feeds


HEADERS = {"from", "to", "subject", "date", "message-id", "mime-version", "content-type",
           "auto-submitted", "x-auto-response-suppress", "content-language", "precedence",
           "reply-to", "list-id", "importance", "x-priority", "content-transfer-encoding"}


def check_mail(m):
    assert not m.defects
    assert {k.lower() for k in m.keys()} <= HEADERS, m.keys()
    assert len(m.keys()) == len(set(m.keys()))
    one, = m["to"].addresses
    assert one.addr_spec in ("lead-brigade-10@localhost", "preparer-brigade-10@localhost")
    kinds = [p.get_content_type() for p in m.walk() if not p.is_multipart()]
    assert kinds[:2] == ["text/plain", "text/html"] and kinds[2:] in ([], ["text/calendar"])
    html = m.get_body(("html",)).get_content()
    assert "<script" not in html
    for calendar in (p for p in m.walk() if p.get_content_type() == "text/calendar"):
        data = calendar.get_payload(decode=True)
        assert ical_lint.lint(data) == []
        assert len(icalendar.Calendar.from_ical(data).walk("VEVENT")) == 1


@pytest.mark.parametrize("name", INERT)
def test_inert_in_every_field(name, config):
    """The same number of mails, SMS and events, and the text as it was typed."""
    text = INERT[name]
    for field in FIELDS:
        put(config, field, text)
    with Daemon(config) as d:
        d.until(lambda: d.messages("sent") == 2)
        assert not d.status()["config"]["stale"]
        mails, sms, feeds = outputs(d)
        assert d.obligation(id_of("reply-1"))["items"][0]["name"] == plain(text)
        history = d.history()
    m, = mails
    check_mail(m)
    said = m.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert said.count(plain(text)) >= 5
    assert plain(text) in m["subject"]
    assert m["from"].addresses[0].display_name == plain(text)
    one, = sms
    assert one["to"].startswith("+861001111") and "\n" not in one["text"]
    events = [e for e in feeds["all.ics"].walk("VEVENT")
              if e["uid"].startswith(id_of("reply-1"))]
    assert len(events) == 1 and plain(text) in events[0]["summary"]
    assert [h["kind"] for h in history].count("sent") == 2


@pytest.mark.parametrize("name", INERT)
def test_inert_as_a_reason(name, running):
    """Typed by the clerk: told to the lead, kept in the history, as it is."""
    text, i = plain(INERT[name]), id_of("reply-1")
    c, before = running.config, len(outputs(running)[0])
    assert not running.hang_up()["stale"] and c
    running.call("receive", obligation=i)
    running.call("return", obligation=i, reason=text, by=text[:20])
    running.until(lambda: len(outputs(running)[0]) > before)
    mails, sms, _ = outputs(running)
    told = [m for m in mails if text in
            m.get_body(("plain",)).get_content().replace("\r\n", "\n")]
    assert told
    for m in told:
        check_mail(m)
    assert all("\n" not in s["text"] for s in sms)
    rows = running.history(i)
    assert [h for h in rows if h["kind"] == "return" and h["actor"] == text[:20]]
    assert [h for h in rows if h["kind"] == "notice" and h["detail"]["note"] == text]
    assert {x["returned"] for x in running.obligation(i)["items"]} == {text}


TYPED = {"line break": "a\r\nBcc: z", "line feed": "a\nb", "NUL": "a\0b", "escape": "a\x1bb",
         "reversed": "a\u202eb", "1 MB": "长" * 400000, "C1": "a\x85b"}


@pytest.mark.parametrize("name", TYPED)
@pytest.mark.parametrize("argument", ["reason", "by", "obligation", "item"])
def test_refused_from_verbs(name, argument, running):
    args = {"obligation": id_of("reply-1"), "reason": "x", argument: TYPED[name]}
    before = len(running.history())
    with pytest.raises((Refused, AssertionError, OSError)):
        running.call("return", **args)
    assert len(running.history()) == before
    assert running.is_alive()


def test_sms_field_of_a_megabyte(config):
    config.write("rules.cfg", "rules = (" + once("reply-1", name="长" * 300000) + ");")
    d = Daemon(config)
    assert d.run() == 78
    assert re.search(r"rules\.cfg:\d+: error: ", d.output()) and len(d.output()) < 5000
