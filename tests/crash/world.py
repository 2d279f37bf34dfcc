"""A world for the crash harness: from a seed a small configuration in the shipped language, edits
to it, and the clock that the daemon in it sees.

The family is small on purpose: everything in it is Gregorian, all times of day are on the hour and
outside quiet hours, so that model.py can say what is expected with arithmetic of its own.
"""

import calendar
import datetime
import mmap
import os
import random
import struct
import time

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
ZONE = datetime.timezone(datetime.timedelta(hours=8))  # Asia/Shanghai
NS = 10**9
OFFICE = "desk"
CLOSE_HOUR = 17.5


def unix(day, hour=0.0):
    """UTC seconds of an hour of a civil day."""
    midnight = datetime.datetime(day.year, day.month, day.day, tzinfo=ZONE)
    return int(midnight.timestamp() + hour * 3600)


def day_of(seconds):
    return datetime.datetime.fromtimestamp(seconds, ZONE).date()


def in_month(year, month, day):
    return datetime.date(year, month, min(day, calendar.monthrange(year, month)[1]))


class Clock:
    """The page that clock_shim.c reads.  Every change is kept, so that the highest wall time shown
    until some moment can be told later."""

    def __init__(self, path, wall, speed=1.0):
        with open(path, "wb") as f:
            f.write(bytes(4096))
        self.file = open(path, "r+b")
        self.page = mmap.mmap(self.file.fileno(), 4096)
        self.path = path
        self.mono0, self.boot0 = time.monotonic_ns(), 10**6 * NS
        self.speed, self.offset, self.steps, self.clamp = int(speed * 1000), 0, 0, NS // 20
        self.right = self.offset = int(wall * NS) - self.boot0
        self.turns = []  # (mono, boot, speed, offset) from then on
        self.write()

    def write(self):
        seq = struct.unpack_from("<Q", self.page)[0]
        struct.pack_into("<Q", self.page, 0, seq + 1)
        struct.pack_into("<qqqqqq", self.page, 8, self.mono0, self.boot0, self.speed, self.offset,
                         self.steps, self.clamp)
        struct.pack_into("<Q", self.page, 0, seq + 2)
        self.turns.append((self.mono0, self.boot0, self.speed, self.offset))

    def boot(self, mono=None):
        mono = time.monotonic_ns() if mono is None else mono
        return self.boot0 + (mono - self.mono0) // 1000 * self.speed

    def wall(self):
        return (self.boot() + self.offset) / NS

    def rebase(self, ahead=0):
        now = time.monotonic_ns()
        self.boot0, self.mono0 = self.boot(now) + ahead, now

    def set_speed(self, speed):
        self.rebase()
        self.speed = int(speed * 1000)
        self.write()

    def sleep_until(self, wall):
        """As a suspended machine: both clocks move on."""
        ahead = int((wall - self.wall()) * NS)
        if ahead > 0:
            self.rebase(ahead)
            self.write()

    def step(self, seconds):
        """Somebody set the wall clock."""
        self.rebase()
        self.offset += int(seconds * NS)
        self.steps += 1
        self.write()

    def set_right(self):
        self.step((self.right - self.offset) / NS)

    def max_wall(self, mono):
        """The highest wall time shown until then."""
        best = 0
        for i, (m, boot, speed, offset) in enumerate(self.turns):
            if m > mono:
                break
            end = min(mono, self.turns[i + 1][0] if i + 1 < len(self.turns) else mono)
            best = max(best, boot + (end - m) // 1000 * speed + offset)
        return best / NS

    def fork(self, path, mono):
        """A clock that goes on from there: what this one showed until then."""
        past = [t for t in self.turns if t[0] <= mono]
        mono0, boot0, speed, offset = past[-1]
        other = Clock(path, 0)
        other.turns, other.right = past, self.right
        other.boot0, other.mono0 = boot0 + (mono - mono0) // 1000 * speed, time.monotonic_ns()
        # Between the two moments no time passes for it.
        other.turns.append((mono, other.boot0, 0, offset))
        other.offset = offset
        other.write()
        return other

    def close(self):
        self.page.close()
        self.file.close()


class World:
    """What is configured: plain data that render() writes and model.py reads."""

    def __init__(self, seed):
        rng = self.rng = random.Random(seed)
        self.year, self.month0 = rng.randint(2025, 2032), rng.randint(2, 6)
        self.start = datetime.date(self.year, self.month0, 1)
        self.horizon = in_month(self.year, self.month0 + 4, 15)
        self.units = [f"unit-{i}" for i in range(1, rng.randint(3, 6) + 1)]
        self.phones, self.people = {}, []
        for u in self.units:
            for role in ("lead", "prep", "deputy"):
                self.add_person(f"{role}-{u}")
        for p in ("clerk", "boss", "admin"):
            self.add_person(p)
        self.serial = 100
        self.on_rest_days = rng.random() < 0.5
        self.quiet = rng.choice(([], ["22:00-06:00"], ["12:00-13:00", "19:00-07:00"]))
        self.make_days()
        self.make_rules()

    def add_person(self, name):
        self.people.append(name)
        self.phones[name] = f"+86 100 1111 {len(self.people):04d}"

    def make_days(self):
        rng = self.rng
        self.off, self.work = set(), set()
        for _ in range(rng.randint(1, 4)):
            month = rng.randint(self.month0, self.month0 + 4)
            first = in_month(self.year, month, rng.randint(1, 28))
            for i in range(rng.randint(1, 5)):
                self.off.add(first + datetime.timedelta(i))
        for _ in range(rng.randint(0, 4)):
            day = in_month(self.year, rng.randint(self.month0, self.month0 + 4), rng.randint(1, 28))
            if day.weekday() > 4:
                self.work.add(day)
        self.off -= self.work

    def make_rules(self):
        rng = self.rng
        self.roster = {}
        for m in range(1, 13):
            self.roster[m] = rng.sample(self.units, 2 if rng.random() < 0.4 else 1)
        self.day = rng.choice((12, 15, 20, 20, 20, 25))
        self.forms = rng.choice((["electronic"], ["paper"], ["paper", "electronic"]))
        self.ladders = {name: self.make_ladder(name) for name in ("monthly", "after", "once")}
        self.occasions = []
        for i in range(rng.randint(1, 5)):
            day = in_month(self.year, rng.randint(self.month0, self.month0 + 3), rng.randint(3, 28))
            self.occasions.append((f"event-{i}", day.month, day.day))
        self.days = rng.randint(2, 5)
        self.once = []
        for i in range(rng.randint(4, 12)):
            day = in_month(self.year, rng.randint(self.month0, self.month0 + 2), rng.randint(8, 28))
            self.once.append((f"reply-{i}", day, rng.choice(self.units)))

    def make_ladder(self, name):
        """Steps: (id, anchor, n, hour, {role: channels}, template)."""
        rng, steps = self.rng, []

        def add(step, anchor, n, template="due", hour=None):
            who = {"lead": rng.choice((["email"], ["sms"], ["email", "sms"]))}
            for role in ("preparer", "deputy", "clerk"):
                if rng.random() < 0.3:
                    who[role] = ["email"]
            hour = hour or rng.choice((8, 9, 10, 14, 15, 16))
            steps.append((step, anchor, n, hour, who, template))

        if name == "monthly" and rng.random() < 0.6:
            add("early", "day", rng.randint(1, 7), "start")
        if name == "monthly" and rng.random() < 0.6:
            add("first", "workday", rng.randint(1, 3), "start")
        if name == "after":
            add("end-1", "end", 1)
        else:
            for n in rng.sample((-6, -5, -4, -3, -2), rng.randint(1, 3)):
                add(f"t{n}", "due", n)
        if rng.random() < 0.8:
            add("t-1", "due", -1)
        add("t", "due", 0, hour=9)
        if rng.random() < 0.5:
            add("t-late", "due", 0, hour=15)
        add("over-1", "due", 1, "overdue")
        if rng.random() < 0.4:
            add("over-3", "due", 3, "overdue")
        return steps

    # -- edits -------------------------------------------------------------------------------------

    def edit(self):
        """One change that somebody makes to the files; its name."""
        what = self.rng.choice(("swap", "phone", "phone", "day", "quiet"))
        if what == "swap":
            a, b = self.rng.sample(range(self.month0, self.month0 + 5), 2)
            self.roster[a], self.roster[b] = self.roster[b], self.roster[a]
        elif what == "phone":
            self.serial += 1
            self.phones[self.rng.choice(self.people)] = f"+86 100 1111 {self.serial:04d}"
        elif what == "day":
            self.day = min(27, max(10, self.day + self.rng.choice((-2, -1, 1, 2))))
        else:
            self.quiet = self.rng.choice(([], ["22:00-06:00"], ["12:00-13:00", "19:00-07:00"]))
        return what

    # -- files -------------------------------------------------------------------------------------

    def render(self, folder, ports):
        os.makedirs(folder, exist_ok=True)
        path = os.path.join(folder, "deadlined.cfg")
        with open(path + ".new", "w", encoding="utf-8") as f:
            f.write(self.text(ports))
        os.replace(path + ".new", path)
        return path

    def text(self, ports):
        q = lambda items: ", ".join(f'"{x}"' for x in items)  # noqa: E731
        persons = ",\n".join(
            f'\t{{ id = "{p}"; name = "{p}"; email = "{p}@localhost"; '
            f'phone = "{self.phones[p]}"; }}'
            for p in self.people)
        units = ",\n".join(
            f'\t{{ id = "{u}"; name = "{u}"; lead = "lead-{u}"; preparer = "prep-{u}"; '
            f'deputy = "deputy-{u}"; }}' for u in self.units)
        months = ",\n".join(f"\t\t{{ month = {m}; units = [ {q(us)} ]; }}"
                            for m, us in self.roster.items())
        ladders = ",\n".join(self.ladder_text(name, steps) for name, steps in self.ladders.items())
        return f'''organisation = "Test"; notice = "Test 1"; community = "Test"; campaign = "Test";
contact = "Test"; zone = "Asia/Shanghai"; language = "en"; domain = "deadlined.localhost";
start = "{self.start}"; templates = "{os.path.join(ROOT, "config", "templates")}";
quiet = [ {q(self.quiet)} ];
email = {{ transport = "smtp"; host = "127.0.0.1"; port = {ports["smtp"]}; tls = "none";
	from = "deadlined@localhost"; from_name = "Test"; }};
sms = {{ transport = "http"; url = "http://127.0.0.1:{ports["http"]}/send"; sign = "Test";
	max_units = 500;
	body = "{{\\"to\\":\\"{{{{to}}}}\\",\\"text\\":\\"{{{{text}}}}\\",\\"ref\\":\\"{{{{ref}}}}\\"}}";
	success = {{ pointer = "/code"; values = [ "0" ]; }}; id_pointer = "/id";
	temporary_values = [ "9" ]; permanent_values = [ "16" ]; }};
persons = (
{persons}
);
leaders = [ "boss" ]; admins = [ "admin" ];
offices = ( {{ id = "{OFFICE}"; name = "Desk"; place = "Desk"; clerk = "clerk"; open = "08:30";
	close = "17:30"; }} );
units = (
{units}
);
rosters = ( {{ year = {self.year}; notice = "Test 1"; repeats = true; months = (
{months}
	); }} );
workdays = {{ known_through = "2099-12-31"; notices = ( {{ number = "Test";
	off = [ {q(sorted(map(str, self.off)))} ]; work = [ {q(sorted(map(str, self.work)))} ]; }} ); }};
occasions = (
{self.occasions_text()}
);
ladders = (
{ladders}
);
rules = (
{self.rules_text(q)}
);
'''

    def occasions_text(self):
        return ",\n".join(
            f'\t{{ id = "{name}"; name = "{name}"; '
            f'rule = "FREQ=YEARLY;BYMONTH={m};BYMONTHDAY={d}"; }}'
            for name, m, d in self.occasions)

    def ladder_text(self, name, steps):
        def one(step):
            step_id, anchor, n, hour, who, template = step
            where = {"day": f'anchor = "period"; day = {n};',
                     "workday": f'anchor = "period"; workday = {n};',
                     "end": f'anchor = "end"; days = {n};',
                     "due": f'anchor = "due"; workdays = {n};'}[anchor]
            told = " ".join(f"{role} = [ " + ", ".join(f'"{c}"' for c in channels) + " ];"
                            for role, channels in who.items())
            rest = " on_rest_days = true;" if self.on_rest_days else ""
            return (f'\t\t{{ id = "{step_id}"; {where} time = "{hour:02d}:00"; {told}'
                    f' template = "{template}";{rest} }}')
        return f'\t{{ id = "{name}"; steps = (\n' + ",\n".join(map(one, steps)) + "\n\t); }"

    def rules_text(self, q):
        rules = [f'\t{{ id = "monthly"; name = "Monthly"; kind = "monthly"; day = {self.day}; '
                 f'office = "{OFFICE}"; forms = [ {q(self.forms)} ]; ladder = "monthly"; }}']
        if self.occasions:
            rules.append(f'\t{{ id = "after"; name = "After"; kind = "after"; occasions = '
                         f'[ {q(o[0] for o in self.occasions)} ]; days = {self.days}; '
                         f'office = "{OFFICE}"; ladder = "after"; }}')
        for name, day, unit in self.once:
            rules.append(f'\t{{ id = "{name}"; name = "Reply"; kind = "once"; date = "{day}"; '
                         f'owed_by = "{unit}"; office = "{OFFICE}"; ladder = "once"; }}')
        return ",\n".join(rules)
