"""Loss of power: what may stand on the disk after it, made from what power_vfs.c put on record.

Lives of the daemon are recorded with their witness.  For a random moment of them an image is made:
what was synced is there; of what was not, each 512-byte sector holds any of its versions, the old
one too, so that writes are dropped, kept, torn and out of order.  The daemon starts on the image,
with the witness remembering what it had accepted until then, and everything has to hold as after
any crash.
"""

import collections
import os
import random
import struct
import time

import harness

RECORD = struct.Struct("<IIqqQ")
WRITE, TRUNCATE, SYNC, DELETE = range(4)
NAMES = ("deadlined.db", "deadlined.db-wal", "deadlined.db-journal")
SECTOR = 512


def read_log(path):
    """(op, file, mono, at, data), in order; a torn last record is left out."""
    with open(path, "rb") as f:
        raw = f.read()
    records, i = [], 0
    while i + RECORD.size <= len(raw):
        op, which, mono, at, n = RECORD.unpack_from(raw, i)
        i += RECORD.size
        if i + n > len(raw):
            break
        records.append((op, which, mono, at, raw[i:i + n]))
        i += n
    return records


class Disk:
    """One file: what is synced, and what came after."""

    def __init__(self):
        self.synced = None  # None: not there
        self.pending = []
        self.is_new = True  # its name is not on the disk for sure

    def note(self, op, at, data):
        if op == SYNC:
            self.synced = whole(self.synced, self.pending)
            self.pending, self.is_new = [], False
        else:
            self.pending.append((op, at, data))
            self.is_new = self.is_new or op == DELETE

    def last_delete(self):
        return max((i for i, p in enumerate(self.pending) if p[0] == DELETE), default=None)

    def forget_deleted(self):
        """The directory was synced: what was deleted stays so."""
        i = self.last_delete()
        if i is not None:
            self.synced, self.pending = None, self.pending[i + 1:]

    def image(self, rng):
        """What may be there after a loss of power."""
        i = self.last_delete()
        if i is not None:  # either the new file, or the old one
            new, old = Disk(), Disk()
            new.pending = self.pending[i + 1:]
            old.synced, old.pending = self.synced, [p for p in self.pending[:i] if p[0] != DELETE]
            return (new if rng.random() < 0.5 else old).image(rng)
        how = rng.choice(("none", "all", "sectors", "sectors", "writes", "prefix"))
        if how == "none" or not self.pending:
            return self.synced
        if how == "all":
            return whole(self.synced, self.pending)
        if how == "prefix":
            return whole(self.synced, self.pending[:rng.randint(0, len(self.pending))])
        if how == "writes":
            kept = [p for p in self.pending if p[0] != WRITE or rng.random() < 0.5]
            return whole(self.synced, kept)
        return self.torn(rng)

    def torn(self, rng):
        """Each sector any of its versions; truncations that came or did not."""
        versions = collections.defaultdict(list)
        kept = [p for p in self.pending if p[0] != WRITE and rng.random() < 0.5]
        base = whole(self.synced, kept) or b""
        for op, at, data in self.pending:
            for cut in range(at - at % SECTOR, at + len(data), SECTOR) if op == WRITE else ():
                lo, hi = max(cut, at), min(cut + SECTOR, at + len(data))
                versions[cut].append((lo, data[lo - at:hi - at]))
        out = bytearray(base)
        for cut, writes in versions.items():
            for at, data in writes[:rng.randint(0, len(writes))]:
                put(out, at, data)
        return bytes(out) if out or self.synced is not None else None


def put(out, at, data):
    if len(out) < at + len(data):
        out.extend(bytes(at + len(data) - len(out)))
    out[at:at + len(data)] = data


def whole(synced, pending):
    out = None if synced is None else bytearray(synced)
    for op, at, data in pending:
        if op == DELETE:
            out = None
            continue
        out = bytearray() if out is None else out
        if op == TRUNCATE:
            del out[at:]
            out.extend(bytes(at - len(out)))
        else:
            put(out, at, data)
    return None if out is None else bytes(out)


def build_image(records, n, rng, folder):
    """The files after the first n records."""
    disks = [Disk() for _ in NAMES]
    for op, which, _, at, data in records[:n]:
        # SQLite syncs the directory with the first sync of a new log or journal.
        dir_too = op == SYNC and which != 0 and disks[which].is_new
        disks[which].note(op, at, data)
        for disk in disks if dir_too else ():
            disk.forget_deleted()
    os.makedirs(folder, mode=0o700)
    for disk, name in zip(disks, NAMES):
        content = disk.image(rng)
        if content is not None:
            with open(os.path.join(folder, name), "wb") as f:
                f.write(content)


def moments(records, count, rng):
    """Numbers of records after which the power goes: half of them right at a sync."""
    syncs = [i for i, r in enumerate(records) if r[0] == SYNC]
    for _ in range(count):
        if syncs and rng.random() < 0.5:
            yield min(len(records), rng.choice(syncs) + rng.randint(0, 1))
        else:
            yield rng.randint(1, len(records))


def record(seed, program, lives):
    """A run with its disk on record, killed at its end."""
    run = harness.Run(seed, program, [harness.build("power_vfs", "-lsqlite3")])
    run.daemon.more_env["CRASH_POWER_LOG"] = os.path.join(run.folder, "power")
    try:
        for _ in range(lives):
            run.life()
    except harness.Broken as e:
        run.close(keep=True)
        raise harness.Broken(f"{e} ({run.folder})") from None
    return run, read_log(run.daemon.more_env["CRASH_POWER_LOG"])


def try_image(run, records, n, rng, program):
    """Start on what is left of the disk, drain, check."""
    later = records[n][2] - 1 if n < len(records) else time.monotonic_ns()
    mono = rng.choice((records[n - 1][2], later))
    after = harness.Run.after_power_loss(run, mono, program)
    try:
        build_image(records, n, rng, after.daemon.state)
        after.drain()
        check = after.check()
        return after, check.count, check.problems
    except harness.Broken as e:
        return after, collections.Counter(unexplained=1), [f"unexplained: {e}"]


def run_images(seed, images, program, lives=4):
    """Counts and problems of the images of one recorded run."""
    rng = random.Random(f"power {seed}")
    try:
        run, records = record(seed, program, lives)
    except harness.Broken as e:
        return seed, {"unexplained": 1}, [f"unexplained: {e}"], None
    total, problems, kept = collections.Counter(), [], []
    try:
        for i, n in enumerate(moments(records, images, rng)):
            after, count, found = try_image(run, records, n, rng, program)
            total.update(count)
            total["images"] += 1
            problems += [f"image {i} ({n} of {len(records)} records): {p}" for p in found]
            red = any(count[k] for k in harness.RED)
            after.close(keep=red)
            kept += [after.folder] if red else []
    except harness.Broken as e:
        total["unexplained"] += 1
        problems.append(f"unexplained: {e}")
    finally:
        run.close()
    return seed, dict(total), problems, " ".join(kept) or None
