"""What has to happen in a World, by arithmetic of its own, and whether it did.

Three sources: this model, the daemon's database (read when the daemon has stopped), and the log of
the witness.  Check compares them and counts; every problem is one sentence.
"""

import collections
import datetime
import glob
import hashlib
import json
import os
import sqlite3

from world import CLOSE_HOUR, in_month, unix

DAY = datetime.timedelta(1)

# The arrows of the contract, section 5.1.  The first claim has no state before it.
ARROWS = {
    None: {"claimed"},
    "claimed": {"sent", "retry", "unknown", "dead"},
    "retry": {"claimed", "cancelled", "dead"},
    "unknown": {"retry", "sent", "delivered", "undelivered", "dead", "replaced"},
    "sent": {"delivered", "undelivered"},
    "dead": {"replaced"},
    "delivered": set(), "undelivered": set(), "replaced": set(), "cancelled": set(),
}
STATES = set(ARROWS) - {None}
WAYS = ("", "fallback", "fallback-clerk", "fallback-admin")


# ---- what is expected ----------------------------------------------------------------------------


class Step:
    """One reminder that a configuration asks for."""

    def __init__(self, obligation, due, form, step, channel, person, asked, deadline, optional):
        self.obligation, self.form, self.step = obligation, form, step
        self.channel, self.person = channel, person
        self.asked, self.deadline, self.optional = asked, deadline, optional
        text = "\n".join((obligation, str(due), form, step, channel, person))
        self.key = hashlib.sha256(text.encode()).hexdigest()

    def addressee(self):
        return self.obligation, self.person, self.channel

    def __repr__(self):
        return f"{self.obligation} {self.form} {self.step} {self.channel} {self.person}"


def is_workday(world, day):
    return day in world.work or (day.weekday() < 5 and day not in world.off)


def add_workdays(world, day, n):
    while n:
        day += DAY if n > 0 else -DAY
        if is_workday(world, day):
            n -= 1 if n > 0 else -1
    return day


def hand_in(world, due, last_day):
    day = due
    while not is_workday(world, day):
        day -= DAY
    if last_day is None or day > last_day:
        return day
    day = due + DAY
    while not is_workday(world, day):
        day += DAY
    return day


def obligations(world):
    """(id, unit, due, forms, ladder, first day of its month, last day of its activity)"""
    for month in range(world.month0, 13):
        for unit in world.roster[month]:
            first = datetime.date(world.year, month, 1)
            yield (f"monthly/{world.year}-{month:02d}/{unit}", unit,
                   in_month(world.year, month, world.day), world.forms, "monthly", first, None)
    for name, month, day in world.occasions:
        last = datetime.date(world.year, month, day)
        for unit in world.roster[month]:
            yield (f"after/{name}-{world.year}/{unit}", unit,
                   last + datetime.timedelta(world.days), ["electronic"], "after", None, last)
    for name, day, unit in world.once:
        yield f"{name}/{name}/{unit}", unit, day, ["electronic"], "once", None, None


def step_day(world, anchor, n, form_day, first, last):
    if anchor == "day":
        return in_month(first.year, first.month, n)
    if anchor == "workday":
        return add_workdays(world, first - DAY, n)
    return last + n * DAY if anchor == "end" else add_workdays(world, form_day, n)


def expected(world):
    """key -> Step of the world as it is configured now."""
    found = {}
    for oblig, unit, due, forms, ladder, first, last in obligations(world):
        form_day = {f: hand_in(world, due, last) if f == "paper" else due for f in forms}
        for name, anchor, n, hour, who, _ in world.ladders[ladder]:
            for form in forms if anchor == "due" else ["-"]:
                day = form_day.get(form) or min(form_day.values())
                deadline = None if anchor == "due" and n > 0 else unix(day, CLOSE_HOUR)
                asked = unix(step_day(world, anchor, n, day, first, last), hour)
                rest = not is_workday(world, step_day(world, anchor, n, day, first, last))
                for person, channel, extra in told(who, unit, rest and not world.on_rest_days):
                    optional = extra or (deadline is not None and asked >= deadline)
                    s = Step(oblig, due, form, name, channel, person, asked, deadline, optional)
                    found.setdefault(s.key, s)
    return found


def told(who, unit, on_rest_day):
    """Whom a step is for.  An SMS on a rest day may become a mail."""
    person = {"lead": f"lead-{unit}", "preparer": f"prep-{unit}", "deputy": f"deputy-{unit}",
              "clerk": "clerk"}
    for role, channels in who.items():
        for channel in channels:
            yield person[role], channel, on_rest_day and channel == "sms"
        if on_rest_day and "email" not in channels:
            yield person[role], "email", True


# ---- what happened -------------------------------------------------------------------------------


def look_at_copies(folder):
    """What integrity_check says of each nightly copy: none may be half of one."""
    said = {}
    for path in glob.glob(os.path.join(folder, "deadlined-*.db")):
        con = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
        try:
            said[os.path.basename(path)] = con.execute("PRAGMA integrity_check").fetchone()[0]
            con.execute("SELECT count(*) FROM message")
        except sqlite3.Error as e:
            said[os.path.basename(path)] = str(e)
        con.close()
    return said


class Evidence:
    """The database and the log of the witness, read once."""

    def __init__(self, db, log):
        self.copies = look_at_copies(os.path.join(os.path.dirname(db), "backup"))
        con = sqlite3.connect(db)  # the daemon has stopped: a left log is replayed here
        con.row_factory = sqlite3.Row
        rows = lambda sql: [dict(r) for r in con.execute(sql)]  # noqa: E731
        self.integrity = con.execute("PRAGMA integrity_check").fetchone()[0]
        self.foreign = con.execute("PRAGMA foreign_key_check").fetchall()
        self.history = rows("SELECT id, at, actor, kind, obligation, message, reminder, person,"
                            " detail FROM history ORDER BY id")
        self.messages = {m["id"]: m for m in rows("SELECT * FROM message")}
        self.reminders = {r["key"]: r for r in rows("SELECT * FROM reminder")}
        self.acts = rows("SELECT * FROM act")
        con.close()
        with open(log, encoding="utf-8") as f:
            self.accepted = [json.loads(line) for line in f if line.endswith("\n")]
        self.of_message = collections.defaultdict(list)
        for h in self.history:
            if h["message"] is not None and h["kind"] in STATES:
                self.of_message[h["message"]].append(h)
        self.parts = collections.defaultdict(list)
        for r in self.reminders.values():
            if r["message"] is not None:
                self.parts[r["message"]].append(r)


class Check:
    """One comparison.  worlds: every configuration that was ever in force, the last one last."""

    def __init__(self, versions, evidence, clock, now, promised=()):
        self.versions, self.ev, self.clock, self.now = versions, evidence, clock, now
        self.promised = collections.Counter(p.rpartition("/")[0] for p in promised)  # answered acts
        self.count = collections.Counter()
        self.problems = []
        self.expected = versions[-1]
        self.acted = {a["obligation"] for a in evidence.acts}
        self.wanted = {s.obligation for s in self.expected.values()}
        self.ever = {}
        for v in versions:
            self.ever.update(v)
        # A message that was rendered anew had another name before.
        self.by_ref = {}
        for m in evidence.messages.values():
            for ref in (m["client_ref"] if m["channel"] == "sms" else m["rfc_message_id"],):
                self.by_ref[ref] = m["id"]

    def bad(self, kind, text):
        self.count[kind] += 1
        self.problems.append(f"{kind}: {text}")

    def run(self):
        self.sound()
        self.legal()
        self.alone()
        self.acceptances()
        self.each_message()
        self.too_late()
        self.each_reminder()
        self.each_expected()
        return self

    # -- I7 ----------------------------------------------------------------------------------------

    def sound(self):
        if self.ev.integrity != "ok":
            self.bad("unexplained", f"integrity_check: {self.ev.integrity}")
        if self.ev.foreign:
            self.bad("unexplained", f"foreign_key_check: {self.ev.foreign[:3]}")
        for copy, said in self.ev.copies.items():
            self.count["copies"] += 1
            if said != "ok":
                self.bad("unexplained", f"the copy {copy}: {said}")
        kept = collections.Counter()
        # Acts go with their rule and period to another unit.
        for _, what in {(a["batch"], a["obligation"].rpartition("/")[0]) for a in self.ev.acts}:
            kept[what] += 1
        for what, n in self.promised.items():
            if kept[what] < n:
                self.bad("lost", f"{n} acts on {what} were answered, {kept[what]} are there")

    # -- I6 ----------------------------------------------------------------------------------------

    def legal(self):
        for mid, m in self.ev.messages.items():
            state, attempt = None, 0
            for h in self.ev.of_message[mid]:
                if h["kind"] not in ARROWS[state]:
                    self.bad("unexplained",
                             f"message {mid}: {state} -> {h['kind']} (history {h['id']})")
                state = h["kind"]
                if state == "claimed":
                    n = json.loads(h["detail"])["attempt"]
                    if n != attempt + 1:
                        self.bad("unexplained", f"message {mid}: attempt {attempt} -> {n}")
                    attempt = n
            if state != m["state"] or attempt != m["attempt"]:
                self.bad("unexplained", f"message {mid} is {m['state']} {m['attempt']}, its history"
                         f" says {state} {attempt}")

    def alone(self):
        """What came through a crash has nothing beside it until its verdict."""
        flying, crashed = set(), set()
        for h in self.ev.history:
            mid = h["message"]
            if h["kind"] == "claimed":
                beside = flying if mid in crashed else flying & crashed
                if beside:
                    self.bad("unexplained", f"message {mid} left beside {sorted(beside)[:5]},"
                                            " and one of them came through a crash")
                flying.add(mid)
                self.count["alone"] += mid in crashed
            elif mid in flying and h["kind"] in STATES:
                flying.remove(mid)
                (crashed.add if "the daemon ended" in h["detail"] else crashed.discard)(mid)

    # -- I2, I3, I4, I5 ----------------------------------------------------------------------------

    def message_of(self, a):
        mid = self.by_ref.get(a["ref"])
        if mid is not None:
            return self.ev.messages[mid]
        # Rendered anew since: its first reminder names it.
        stem, _, _ = a["ref"].rpartition("-")
        if a["channel"] == "email":
            stem = a["ref"].removeprefix("<deadlined.").split(".")[0]
        for r in self.ev.reminders.values():
            if len(stem) > 30 and r["key"].startswith(stem) and r["message"] is not None:
                m = self.ev.messages[r["message"]]
                if m["generation"] > int(a["ref"].split("@")[0].replace("-", ".").split(".")[-1]):
                    return m
        return None

    def acceptances(self):
        self.copies = collections.defaultdict(list)  # (message, name) -> acceptances
        for a in self.ev.accepted:
            m = self.message_of(a)
            if m is None:
                self.bad("unexplained", f"{a['channel']} {a['ref']} was accepted and never claimed")
                continue
            self.copies[(m["id"], a["ref"])].append(a)
            if m["person"] + "@localhost" != a["to"] and a["channel"] == "email":
                self.bad("unexplained", f"message {m['id']} went to {a['to']}")
            shown = self.clock.max_wall(a["mono"]) + 1
            if shown < m["first_at"]:
                self.bad("unexplained", f"message {m['id']} was accepted before its claim")
            for r in self.ev.parts[m["id"]]:
                if shown < r["at"]:
                    self.bad("unexplained", f"message {m['id']} left before it was due: {name(r)}")
        for (mid, ref), copies in self.copies.items():
            self.weigh_copies(self.ev.messages[mid], ref, copies)

    def weigh_copies(self, m, ref, copies):
        if len({c["hash"] for c in copies}) > 1:
            self.bad("unexplained", f"message {m['id']} {ref}: its copies differ")
        more = len(copies) - 1
        if not more:
            return
        if m["channel"] == "sms":
            self.bad("dup_sms", f"message {m['id']} {ref}: {len(copies)} acceptances")
            return
        doubts = sum(h["kind"] == "unknown" for h in self.ev.of_message[m["id"]])
        # Dead after three crashes: the last doubt is that one.
        doubts += m["recoveries"] > 0 and m["state"] == "dead"
        if more <= doubts:
            self.count["dup_mail_explained"] += more
        else:
            self.bad("dup_mail", f"message {m['id']} {ref}: {more} more than one, {doubts} doubts")

    def too_late(self):
        """Nothing is claimed about what has come in, and nothing after it was given up."""
        last = collections.defaultdict(int)  # of each command: from its last row on it is in force
        for a in self.ev.acts:
            last[a["batch"]] = max(last[a["batch"]], a["id"])
        done = {}
        for a in self.ev.acts:
            if a["kind"] == "receive" and a["undone"] is None:
                done[a["obligation"]] = min(last[a["batch"]], done.get(a["obligation"], 1 << 62))
        for mid, m in self.ev.messages.items():
            claims = [h for h in self.ev.of_message[mid] if h["kind"] == "claimed"]
            for r in self.ev.parts[mid]:
                came_in = done.get(r["obligation"], 1 << 62)
                if r["cause"] == 0 and claims and claims[0]["id"] > came_in:
                    self.bad("unexplained", f"message {mid} was claimed after its end: {name(r)}")
            for h in claims:
                if h["at"] > m["give_up_at"]:
                    self.bad("unexplained", f"message {mid} was claimed after its give-up time")

    def each_message(self):
        for mid, m in self.ev.messages.items():
            n = sum(len(c) for (i, _), c in self.copies.items() if i == mid)
            if m["channel"] == "sms" and n > 1:
                self.bad("dup_sms", f"message {mid}: {n} acceptances under all its names")
            if m["state"] in ("sent", "delivered") and n < 1:
                self.bad("lost", f"message {mid} ({m['channel']}) is {m['state']}, never accepted")
            if m["state"] in ("claimed", "retry"):
                self.bad("lost", f"message {mid} is still {m['state']} after the drain")
            if m["state"] == "unknown" and m["channel"] == "email":
                self.bad("lost", f"mail {mid} is still unknown after the drain")
            if m["state"] == "dead" and m["channel"] == "sms" and n and not m["recoveries"]:
                self.bad("unexplained", f"SMS {mid} was accepted and is dead")
            if m["state"] == "dead" or (m["state"] == "unknown" and m["channel"] == "sms"):
                self.count[m["state"]] += 1
                self.weigh_escalation(m)
            self.count["recovered"] += any(
                h["kind"] in ("unknown", "dead") and "the daemon ended" in h["detail"]
                for h in self.ev.of_message[mid])

    # -- I1: who could not be reached is reached another way ---------------------------------------

    def touched(self, obligation):
        """Somebody said something about it, or it is not what is configured now."""
        return obligation in self.acted or obligation not in self.wanted

    def weigh_escalation(self, m):
        told = {json.loads(h["detail"])["step"] for h in self.ev.history
                if h["kind"] == "notice" and h["message"] == m["id"]}
        for r in self.ev.parts[m["id"]]:
            way = WAYS.index(r["step"]) if r["step"] in WAYS else 0
            itself = {"clerk": "fallback-clerk", "admin": "fallback-admin"}.get(r["person"])
            ahead = [w for w in WAYS[way + 1:] if w != itself]
            if "/" not in r["obligation"] or r["obligation"].split("/")[0] in (
                    "weekly", "digest", "alarm", "leaders", "year-end"):
                continue
            if ahead and not told & set(ahead) and not self.touched(r["obligation"]) and (
                    not self.is_overtaken(r)):
                self.bad("lost",
                         f"message {m['id']} is {m['state']} and nobody was told: {name(r)}")

    def is_overtaken(self, r):
        """A later step is there for the same person and channel: it has to keep I1 itself."""
        return r["cause"] == 0 and any(
            o["cause"] == 0 and o["asked"] > r["asked"] and
            (o["obligation"], o["person"], o["channel"]) ==
            (r["obligation"], r["person"], r["channel"]) for o in self.ev.reminders.values())

    # -- I1, I8 ------------------------------------------------------------------------------------

    def each_reminder(self):
        notices = {h["id"]: h for h in self.ev.history if h["kind"] == "notice"}
        for key, r in self.ev.reminders.items():
            if r["cause"]:
                if r["cause"] not in notices:
                    self.bad("unexplained", f"{name(r)} has no cause")
            elif r["obligation"].split("/")[0] not in ("weekly", "digest", "leaders", "year-end"):
                s = self.ever.get(key)
                if s is None:
                    self.bad("unexplained", f"nobody asked for {name(r)} {key[:8]}")
                elif s.asked != r["asked"]:
                    self.bad("unexplained", f"{name(r)} is asked at {r['asked']}, not {s.asked}")
            if r["state"] == "planned" and r["cause"] and r["asked"] > self.now + 60:
                self.bad("lost", f"{name(r)} waits for what a clock once showed: {r['asked']}")
            if r["state"] == "planned" and r["at"] <= self.now - 60:
                self.bad("lost", f"{name(r)} is due since {self.now - r['at']:.0f} s and planned")

    def each_expected(self):
        latest = collections.defaultdict(int)
        seen = self.clock.max_wall(1 << 62)  # steps that the clock went back behind counted, too
        for s in self.expected.values():
            if s.asked <= seen and not s.optional:
                latest[s.addressee()] = max(latest[s.addressee()], s.asked)
        for key, s in self.expected.items():
            if s.asked > self.now or s.optional or self.touched(s.obligation):
                continue
            self.count["expected"] += 1
            r = self.ev.reminders.get(key)
            if r is None:
                self.bad("lost", f"{s} was never planned")
            elif r["state"] == "claimed":
                state = self.ev.messages[r["message"]]["state"]
                self.count["ok" if state in ("sent", "delivered") else "ok_" + state] += 1
            elif r["state"] == "planned":
                self.count["ahead"] += 1
            else:
                self.weigh_retired(s, r, s.asked == latest[s.addressee()])

    def weigh_retired(self, s, r, is_last):
        """cancelled or superseded though it is wanted: only for a reason that this model shares."""
        self.count[r["state"]] += 1
        why = r["why"]
        stale = s.deadline is not None and s.deadline <= self.clock.max_wall(1 << 62)
        good = {
            "a more urgent one took its place": not is_last or stale,
            "a later one was sent already": not is_last or stale,
            "its deadline had passed": stale,
            "too late for an SMS before the deadline": stale,
            "told by a notice": any(
                h["kind"] == "notice" and h["obligation"] == s.obligation and
                h["person"] == s.person for h in self.ev.history),
            "no SMS on a rest day": s.channel == "sms",
            "no longer wanted": any(s.key not in v for v in self.versions),
        }
        merged = why == "merged into the next reminder of that day"
        if not (merged or good.get(why, False)):
            self.bad("lost", f"{s} is {r['state']}: {why}")


def name(r):
    return f"{r['obligation']} {r['form']} {r['step']} {r['channel']} {r['person']}"
