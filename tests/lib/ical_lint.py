#!/usr/bin/python3
"""ical_lint - what a served calendar must be, byte by byte

As a module:    lint(data) -> list of faults, each "line N: sentence"; empty if there is none
As a command:   ical_lint.py FILE...      exit 1 if a file has a fault
                ical_lint.py --self-test  every rule must catch a sample that breaks it

No calendar client is a validator: each accepts things that another drops events for.  So these
rules are stricter than RFC 5545 where a known client is.
"""
import re
import sys
from datetime import date, timedelta

ONCE = {  # at most one of each in a component (RFC 5545 section 3.6, RFC 7986)
    "VCALENDAR": {"VERSION", "PRODID", "CALSCALE", "METHOD", "NAME", "REFRESH-INTERVAL",
                  "X-WR-CALNAME", "X-WR-CALDESC", "X-WR-TIMEZONE", "X-PUBLISHED-TTL"},
    "VEVENT": {"UID", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY",
               "DESCRIPTION", "LOCATION", "STATUS", "TRANSP", "URL", "CREATED", "CLASS",
               "X-MICROSOFT-CDO-BUSYSTATUS"},
    "VALARM": {"ACTION", "DESCRIPTION", "TRIGGER", "UID"},
}
REQUIRED = {
    "VCALENDAR": ["VERSION", "PRODID", "CALSCALE", "METHOD"],
    "VEVENT": ["UID", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY",
               "STATUS", "TRANSP"],
    "VALARM": ["ACTION", "DESCRIPTION", "TRIGGER"],
}
MANY = {"CATEGORIES"}
REFUSED = {"ATTENDEE", "ORGANIZER", "RRULE", "RDATE", "EXDATE", "ATTACH", "DURATION", "X-ALT-DESC",
           "SOURCE"}
TEXT = {"SUMMARY", "DESCRIPTION", "LOCATION", "CATEGORIES", "NAME", "X-WR-CALNAME", "X-WR-CALDESC",
        "UID", "PRODID"}
ONE_LINE = {"SUMMARY", "LOCATION", "CATEGORIES", "NAME", "X-WR-CALNAME"}
BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\u2028\u2029]")
UTC = re.compile(r"\d{8}T\d{6}Z")
NAME = re.compile(r"[A-Z0-9-]+(;[A-Z0-9-]+=(\"[^\"\x00-\x1f]*\"|[^\";:,\x00-\x1f]*))*")
HOURS = re.compile(r"PT[1-9]\d*H")


class Lines:
    """Physical lines to content lines; remembers faults and where they are."""

    def __init__(self, data):
        self.faults = []
        self.lines = []  # (number, text)
        self.split(data)

    def fault(self, number, text):
        self.faults.append(f"line {number}: {text}")

    def split(self, data):
        if data.startswith(b"\xef\xbb\xbf"):
            self.fault(1, "byte order mark")
        if not data:
            return self.fault(1, "no bytes at all")
        if not data.endswith(b"\r\n"):
            self.fault(data.count(b"\n") + 1, "last line does not end with CRLF")
        pieces = data.split(b"\n")
        for number, raw in enumerate(pieces[:-1] if pieces[-1] == b"" else pieces, 1):
            if not raw.endswith(b"\r"):
                self.fault(number, "line does not end with CRLF")
            self.physical(number, raw[:-1] if raw.endswith(b"\r") else raw)

    def physical(self, number, raw):
        if len(raw) > 75:
            self.fault(number, f"{len(raw)} octets in a line")
        if re.search(rb"[\x00-\x1f\x7f]", raw):
            self.fault(number, "control byte")
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            self.fault(number, "not UTF-8, or a fold inside a character")
            text = raw.decode("utf-8", "replace")
        if re.search("[\x80-\x9f]", text) or BIDI.search(text):
            self.fault(number, "C1 control, bidirectional control or invisible line end")
        if raw == b"":
            self.fault(number, "empty line")
        elif raw in (b" ", b"\t"):
            self.fault(number, "empty continuation")
        elif raw[:1] == b"\t":
            self.fault(number, "continuation with TAB")
        if raw[:1] in (b" ", b"\t"):
            if not self.lines:
                return self.fault(number, "continuation of nothing")
            first, before = self.lines[-1]
            if (len(before) - len(before.rstrip("\\"))) % 2:
                self.fault(number, "fold inside an escape")
            self.lines[-1] = (first, before + text[1:])
        else:
            self.lines.append((number, text))


class Component:
    def __init__(self, name, number):
        self.name, self.number = name, number
        self.props = []  # (number, name, params, value)
        self.children = []

    def all(self, name):
        return [p for p in self.props if p[1] == name]

    def value(self, name):
        found = self.all(name)
        return found[0][3] if found else None


def parse(lines):
    """The tree, or None; faults of nesting and of the form of a line."""
    root, stack = None, []
    for number, line in lines.lines:
        head, colon, value = line.partition(":")
        if not colon or not NAME.fullmatch(head):
            lines.fault(number, "not NAME;PARAM=VALUE:VALUE in upper case")
            continue
        name, _, params = head.partition(";")
        if name == "BEGIN":
            c = Component(value, number)
            if stack:
                stack[-1].children.append(c)
            elif root:
                lines.fault(number, "second calendar")
            root = root or c
            stack.append(c)
        elif name == "END":
            if not stack or stack.pop().name != value:
                lines.fault(number, f"END:{value} closes nothing")
        elif not stack:
            lines.fault(number, "property outside a component")
        else:
            if stack[-1].children:
                lines.fault(number, f"{name} after a component; VALARM must come last")
            stack[-1].props.append((number, name, params, value))
    if stack:
        lines.fault(stack[-1].number, f"{stack[-1].name} is not closed")
    return root


def check_escapes(lines, number, name, value):
    if name not in TEXT:
        return
    rest = re.sub(r"\\[\\;,nN]", "", value)
    if "\\" in rest:
        lines.fault(number, f"{name}: backslash that escapes nothing")
    if "," in rest or ";" in rest:
        lines.fault(number, f"{name}: comma or semicolon that is not escaped")
    if name in ONE_LINE and re.search(r"(?<!\\)(\\\\)*\\[nN]", value):
        lines.fault(number, f"{name} on more than one line")
    if name == "CATEGORIES" and "\\" in value:
        lines.fault(number, "CATEGORIES with an escape; clients disagree on it")


def check_common(lines, c):
    for number, name, params, value in c.props:
        if name.startswith("X-LIC-") or "/freeassociation" in value or "freeassociation" in params:
            lines.fault(number, "mark of libical")
        if name in REFUSED:
            lines.fault(number, f"{name} has no place in a feed")
        if "TZID" in params:
            lines.fault(number, "time with TZID; times are UTC")
        if value == "":
            lines.fault(number, f"{name} is empty")
        check_escapes(lines, number, name, value)
    for name in {p[1] for p in c.props}:
        if len(c.all(name)) > 1 and (name in ONCE.get(c.name, ()) or name not in MANY):
            lines.fault(c.all(name)[1][0], f"{name} twice in {c.name}")
    for name in REQUIRED.get(c.name, []):
        if not c.all(name):
            lines.fault(c.number, f"{c.name} without {name}")


def check_calendar(lines, c):
    if c.name != "VCALENDAR":
        return lines.fault(c.number, "not a VCALENDAR")
    if [p[1] for p in c.props[:2]] != ["VERSION", "PRODID"]:
        lines.fault(c.number, "VERSION and PRODID do not come first")
    for name, want in (("VERSION", "2.0"), ("CALSCALE", "GREGORIAN"), ("METHOD", "PUBLISH")):
        if c.value(name) not in (None, want):
            lines.fault(c.number, f"{name} is not {want}")
    for number, name, params, value in c.props:
        if name in ("REFRESH-INTERVAL", "X-PUBLISHED-TTL") and not HOURS.fullmatch(value):
            lines.fault(number, f"{name} is not PTnH")
        if name == "REFRESH-INTERVAL" and params != "VALUE=DURATION":
            lines.fault(number, "REFRESH-INTERVAL without VALUE=DURATION")
    if not c.children:
        lines.fault(c.number, "calendar without a component; some clients keep the old events")
    for child in c.children:
        if child.name != "VEVENT":
            lines.fault(child.number, f"{child.name} in a feed")


def day(text):
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8])) if re.fullmatch(r"\d{8}", text) else None
    except ValueError:
        return None


def check_times(lines, e):
    (start,), (end,) = (e.all("DTSTART") or [None])[:1], (e.all("DTEND") or [None])[:1]
    if not start or not end:
        return
    if start[2] != end[2]:
        return lines.fault(end[0], "DTSTART and DTEND of different kinds")
    if start[2] == "VALUE=DATE":
        first, after = day(start[3]), day(end[3])
        if not first or not after:
            lines.fault(start[0], "no such date")
        elif after < first + timedelta(days=1):
            lines.fault(end[0], "DTEND of an all-day event is exclusive")
    elif start[2] or not UTC.fullmatch(start[3]) or not UTC.fullmatch(end[3]):
        lines.fault(start[0], "time that is not UTC")
    elif end[3] <= start[3]:
        lines.fault(end[0], "DTEND is not after DTSTART")


def check_event(lines, e):
    check_times(lines, e)
    for name in ("DTSTAMP", "LAST-MODIFIED"):
        if not UTC.fullmatch(e.value(name) or "00000000T000000Z"):
            lines.fault(e.number, f"{name} is not UTC")
    if not re.fullmatch(r"[\x21-\x7e]{1,255}", e.value("UID") or "x"):
        lines.fault(e.number, "UID is not 1 to 255 ASCII characters")
    if not re.fullmatch(r"\d{1,9}", e.value("SEQUENCE") or "0"):
        lines.fault(e.number, "SEQUENCE is no number")
    if e.value("STATUS") not in (None, "CONFIRMED", "CANCELLED", "TENTATIVE"):
        lines.fault(e.number, "STATUS of another kind of component")
    if e.value("TRANSP") not in (None, "TRANSPARENT"):
        lines.fault(e.number, "a deadline blocks the day")
    if not re.fullmatch(r"https?://[!-~]+", e.value("URL") or "https://x"):
        lines.fault(e.number, "URL is not absolute http or https")
    if e.value("STATUS") == "CANCELLED" and e.children:
        lines.fault(e.number, "alarm of a cancelled event")
    if len(e.children) > 1:
        lines.fault(e.number, "more than one alarm; Outlook takes one")
    for a in e.children:
        check_common(lines, a)
        check_alarm(lines, a)


def check_alarm(lines, a):
    if a.name != "VALARM":
        lines.fault(a.number, f"{a.name} in an event")
    if a.value("ACTION") not in (None, "DISPLAY"):
        lines.fault(a.number, "ACTION is not DISPLAY")
    if not re.fullmatch(r"-PT[1-9]\d*[HM]", a.value("TRIGGER") or "-PT1H"):
        lines.fault(a.number, "TRIGGER is not -PTnH or -PTnM")


def lint(data):
    lines = Lines(data)
    root = parse(lines) if lines.lines else None
    if root:
        check_common(lines, root)
        check_calendar(lines, root)
        seen = set()
        for e in root.children:
            check_common(lines, e)
            if e.name == "VEVENT":
                check_event(lines, e)
            uid = e.value("UID")
            if uid in seen:
                lines.fault(e.number, f"UID {uid} twice")
            seen.add(uid)
    elif not lines.faults:
        lines.fault(1, "no calendar")
    return lines.faults


# ---- self-test -----------------------------------------------------------------------------------

GOOD = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//ZH\r\nCALSCALE:GREGORIAN\r\n"
    "METHOD:PUBLISH\r\nNAME:n\r\nX-WR-CALNAME:n\r\nREFRESH-INTERVAL;VALUE=DURATION:PT4H\r\n"
    "X-PUBLISHED-TTL:PT4H\r\nBEGIN:VEVENT\r\nUID:a@example.invalid\r\n"
    "DTSTAMP:20240501T000000Z\r\nLAST-MODIFIED:20240501T000000Z\r\nSEQUENCE:0\r\n"
    "DTSTART;VALUE=DATE:20240719\r\nDTEND;VALUE=DATE:20240720\r\nSUMMARY:中\\, 文\r\n"
    "DESCRIPTION:a\\nb\r\nCATEGORIES:k\r\nCATEGORIES:l\r\nSTATUS:CONFIRMED\r\n"
    "TRANSP:TRANSPARENT\r\nBEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:d\r\n"
    "TRIGGER:-PT15H\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n").encode()

ALARM = b"BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:d\r\nTRIGGER:-PT15H\r\nEND:VALARM\r\n"
EVENT = GOOD[GOOD.index(b"BEGIN:VEVENT"):GOOD.index(b"END:VCALENDAR")]

# name, old bytes, new bytes, what a fault must say
BROKEN = [
    ("bom", b"BEGIN:VCAL", b"\xef\xbb\xbfBEGIN:VCAL", "byte order mark"),
    ("lf", b"NAME:n\r\n", b"NAME:n\n", "CRLF"),
    ("lone cr", b"DESCRIPTION:d", b"DESCRIPTION:d\rx", "control byte"),
    ("no last crlf", b"END:VCALENDAR\r\n", b"END:VCALENDAR", "CRLF"),
    ("76 octets", b"NAME:n", b"NAME:" + b"n" * 71, "76 octets"),
    ("mid-character fold", "中".encode(), "中".encode()[:1] + b"\r\n " + "中".encode()[1:], "UTF-8"),
    ("empty continuation", b"a\\nb\r\n", b"a\\nb\r\n \r\n", "empty continuation"),
    ("libical's split line end", b"a\\nb\r\n", b"a\\nb\r\r\n \n", "control byte"),
    ("fold in an escape", b"a\\nb", b"a\\\r\n nb", "fold inside an escape"),
    ("tab continuation", b"a\\nb", b"a\\n\r\n\tb", "TAB"),
    ("starts with a continuation", b"BEGIN:VCAL", b" x\r\nBEGIN:VCAL", "continuation of nothing"),
    ("c0", b"SUMMARY:", b"SUMMARY:\x07", "control byte"),
    ("c1", b"SUMMARY:", b"SUMMARY:\xc2\x85", "C1"),
    ("bidi", b"SUMMARY:", "SUMMARY:\u202e".encode(), "bidirectional"),
    ("invalid utf-8", b"SUMMARY:", b"SUMMARY:\xff", "UTF-8"),
    ("empty line", b"METHOD", b"\r\nMETHOD", "empty line"),
    ("lower case", b"NAME:n\r\nX", b"name:n\r\nX", "upper case"),
    ("no colon", b"METHOD:PUBLISH", b"METHOD", "NAME;PARAM"),
    ("no version", b"VERSION:2.0\r\n", b"", "without VERSION"),
    ("order", b"VERSION:2.0\r\nPRODID:-//x//y//ZH", b"PRODID:-//x//y//ZH\r\nVERSION:2.0", "first"),
    ("version", b"VERSION:2.0", b"VERSION:1.0", "VERSION is not"),
    ("method", b"METHOD:PUBLISH", b"METHOD:REQUEST", "METHOD is not"),
    ("no method", b"METHOD:PUBLISH\r\n", b"", "without METHOD"),
    ("twice in the head", b"METHOD:PUBLISH\r\n", b"METHOD:PUBLISH\r\n" * 2, "METHOD twice"),
    ("P4H", b"DURATION:PT4H", b"DURATION:P4H", "not PTnH"),
    ("ttl", b"TTL:PT4H", b"TTL:PT0H", "not PTnH"),
    ("refresh without value", b";VALUE=DURATION", b"", "VALUE=DURATION"),
    ("empty calendar", EVENT, b"", "without a component"),
    ("todo", b"VEVENT", b"VTODO", "VTODO in a feed"),
    ("two calendars", b"END:VCALENDAR\r\n", b"END:VCALENDAR\r\nBEGIN:VCALENDAR\r\n", "second calendar"),
    ("truncated", b"END:VEVENT\r\nEND:VCALENDAR\r\n", b"", "not closed"),
    ("crossed", b"END:VALARM\r\nEND:VEVENT", b"END:VEVENT\r\nEND:VALARM", "closes nothing"),
    ("outside", b"BEGIN:VCALENDAR", b"X-A:b\r\nBEGIN:VCALENDAR", "outside a component"),
    ("no uid", b"UID:a@example.invalid\r\n", b"", "without UID"),
    ("uid not ascii", b"UID:a", "UID:中".encode(), "UID is not"),
    ("uid too long", b"UID:a@example.invalid", b"UID:" + b"a" * 70 + (b"\r\n " + b"a" * 74) * 3, "UID is not"),
    ("duplicate uid", EVENT, EVENT * 2, "twice"),
    ("no dtstamp", b"DTSTAMP:20240501T000000Z\r\n", b"", "without DTSTAMP"),
    ("no last-modified", b"LAST-MODIFIED:20240501T000000Z\r\n", b"", "without LAST-MODIFIED"),
    ("no sequence", b"SEQUENCE:0\r\n", b"", "without SEQUENCE"),
    ("bad sequence", b"SEQUENCE:0", b"SEQUENCE:-1", "no number"),
    ("floating stamp", b"DTSTAMP:20240501T000000Z", b"DTSTAMP:20240501T000000", "not UTC"),
    ("no summary", "SUMMARY:中\\, 文\r\n".encode(), b"", "without SUMMARY"),
    ("empty summary", "SUMMARY:中\\, 文".encode(), b"SUMMARY:", "is empty"),
    ("two summaries", b"STATUS", b"SUMMARY:x\r\nSTATUS", "SUMMARY twice"),
    ("two unknown ones", b"STATUS", b"X-A:x\r\nX-A:x\r\nSTATUS", "X-A twice"),
    ("raw comma", b"\\,", b",", "not escaped"),
    ("stray backslash", b"\\,", b"\\:", "escapes nothing"),
    ("two-line summary", b"\\,", b"\\n", "more than one line"),
    ("comma in a category", b"CATEGORIES:k", b"CATEGORIES:k\\,x", "CATEGORIES with an escape"),
    ("inclusive end", b"DTEND;VALUE=DATE:20240720", b"DTEND;VALUE=DATE:20240719", "exclusive"),
    ("no such date", b"DTSTART;VALUE=DATE:20240719", b"DTSTART;VALUE=DATE:20240799", "no such date"),
    ("mixed kinds", b"DTEND;VALUE=DATE:20240720", b"DTEND:20240720T000000Z", "different kinds"),
    ("no end", b"DTEND;VALUE=DATE:20240720\r\n", b"", "without DTEND"),
    ("floating", b";VALUE=DATE:20240719\r\nDTEND;VALUE=DATE:20240720",
     b":20240719T090000\r\nDTEND:20240719T093000", "not UTC"),
    ("end before start", b";VALUE=DATE:20240719\r\nDTEND;VALUE=DATE:20240720",
     b":20240719T090000Z\r\nDTEND:20240719T090000Z", "not after"),
    ("tzid", b"DTSTART;VALUE=DATE", b"DTSTART;TZID=Asia/Shanghai", "TZID"),
    ("freeassociation", b"STATUS", b"X-A:/freeassociation.sourceforge.net/x\r\nSTATUS", "libical"),
    ("x-lic", b"STATUS", b"X-LIC-ERROR:x\r\nSTATUS", "libical"),
    ("organizer", b"STATUS", b"ORGANIZER:mailto:a@example.invalid\r\nSTATUS", "no place"),
    ("rrule", b"STATUS", b"RRULE:FREQ=DAILY\r\nSTATUS", "no place"),
    ("busy", b"TRANSP:TRANSPARENT", b"TRANSP:OPAQUE", "blocks"),
    ("status", b"STATUS:CONFIRMED", b"STATUS:COMPLETED", "STATUS of another"),
    ("url", b"STATUS", b"URL:javascript:x\r\nSTATUS", "URL is not"),
    ("no alarm, which is right", ALARM, b"", None),
    ("property after the alarm", b"END:VALARM\r\n", b"END:VALARM\r\nCOLOR:red\r\n", "come last"),
    ("alarm without text", b"DESCRIPTION:d\r\n", b"", "VALARM without DESCRIPTION"),
    ("alarm without action", b"ACTION:DISPLAY\r\n", b"", "VALARM without ACTION"),
    ("alarm by mail", b"ACTION:DISPLAY", b"ACTION:EMAIL", "not DISPLAY"),
    ("alarm after", b"TRIGGER:-PT15H", b"TRIGGER:PT15H", "TRIGGER is not"),
    ("alarm at midnight", b"TRIGGER:-PT15H", b"TRIGGER:-P1D", "TRIGGER is not"),
    ("two alarms", ALARM, ALARM * 2, "more than one alarm"),
    ("alarm of a cancelled", b"STATUS:CONFIRMED", b"STATUS:CANCELLED", "cancelled"),
]
WHOLE = [("nothing", b"", "no bytes"), ("html", b"<html>\r\n", "NAME;PARAM")]


def self_test():
    """Names of rules that did not catch their sample."""
    missed = ["the good sample: " + f for f in lint(GOOD)]
    for name, old, new, want in BROKEN:
        assert old in GOOD, name
        faults = lint(GOOD.replace(old, new, 1) if name != "todo" else GOOD.replace(old, new))
        if bool(faults) != bool(want) or (want and not any(want in f for f in faults)):
            missed.append(f"{name}: {faults}")
    for name, data, want in WHOLE:
        if not any(want in f for f in lint(data)):
            missed.append(name)
    return missed


def main(args):
    if args == ["--self-test"]:
        missed = self_test()
        print("\n".join(missed) or f"{len(BROKEN) + len(WHOLE)} broken samples caught")
        return bool(missed)
    if not args:
        print(__doc__)
        return 2
    bad = False
    for path in args:
        with open(path, "rb") as f:
            for fault in lint(f.read()):
                print(f"{path}: {fault}")
                bad = True
    return bad


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
