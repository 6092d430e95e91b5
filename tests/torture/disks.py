#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""R7 and R13: a ledger or the platform's database as it was some time ago, put back; or one ledger in two stations.

The programs are those of tests/histories: the real store, engine and libcurl in history-station, the real platform.

R7. The ledger's files are copied at a random time (after an orderly end or after SIGKILL), the station goes on and the
platform hears at least a part of it; then either the copy is put back (restored) or a second station begins on it
(cloned). Matters are taken before or after the next contact, and everything drains.

  undetected  the platform had seen what the copy does not know, and neither side raised an alarm
  swallowed   a row that this ledger calls settled, and the platform does not hold these bytes; or a promise without a row
  stuck       something still waits

R13. The platform's database is copied at a random time, work goes on, the copy is put back. At the end every promise is
in the ledger and at the platform exactly once with the same hash, and took effect once (history.py judges).
"""
import argparse
import asyncio
import contextlib
import json
import pathlib
import random
import shutil
import sqlite3
import sys
import tempfile
import traceback

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "tests/histories"))
import history  # noqa: E402

JOBS = 3
DRAIN_SECONDS = 60
WAITING = (0, 2, 3)  # pending, deferred, held
LEDGER_ALARMS = ("rolled-back", "conflict", "head-differs")


def read(path, sql):
    """Rows of a database whose program has ended, or a copy of it."""
    with contextlib.closing(sqlite3.connect(path)) as database:
        return database.execute(sql).fetchall()


def put(source, target):
    if target.exists():
        shutil.rmtree(target)
    shutil.copytree(source, target)


class Toll:
    def __init__(self, names):
        self.counts = dict.fromkeys(names, 0)
        self.lines = []

    def note(self, name, seed, text):
        self.counts[name] += 1
        self.lines.append(f"seed {seed}: {name}: {text}")


class Disks:
    """One history: a station, a platform, and a copy of one of their disks."""

    def __init__(self, template, folder, seed, toll):
        self.seed, self.toll, self.has_stopped = seed, toll, False
        self.rng = random.Random(seed)
        self.history = history.History(template, folder, self.rng, 60.0)
        self.template, self.folder = template, folder

    async def begin(self):
        await self.history.start_platform()
        self.history.point_station_to(self.history.platform_port)
        await self.history.start_station()

    async def commit(self, past, most):
        """A station that was told that its chain is not the platform's takes nothing more: it noticed."""
        try:
            await past.ask(f"commit {self.rng.randrange(1, most)}")
        except history.HistoryError as refusal:
            if "the chain is" not in str(refusal):
                raise
            self.has_stopped = True

    async def end_station(self, past):
        if self.rng.random() < 0.5:
            await past.stop_station()
        else:
            await past.kill_station()

    async def drain(self, past, what):
        if await past.drained(DRAIN_SECONDS) is None:
            self.toll.note("stuck", self.seed, f"{what}: {await past.status()}")

    # R7 -------------------------------------------------------------------------------------------------------------

    async def restored(self):
        past = self.history
        copy = self.folder / "copy"
        await self.go_on_after_copy(copy)
        self.toll.counts["restored"] += 1
        await past.stop_station()
        before = past.promises
        past.promises = {}
        put(copy, self.folder / "data")
        await self.start_again(past)
        await self.drain(past, "restored")
        await past.stop_station()
        await past.stop_platform()
        self.judge_disk(past, copy, dict(past.promises))
        past.promises = before

    async def cloned(self):
        past = self.history
        copy = self.folder / "copy"
        await self.go_on_after_copy(copy)
        self.toll.counts["cloned"] += 1
        other = history.History(self.template, self.folder / "other", self.rng, 60.0)
        other.platform_port, other.began = past.platform_port, past.began
        put(copy, other.folder / "data")
        put(self.folder / "keys", other.folder / "keys")
        try:
            await self.start_again(other)
            for _ in range(self.rng.randrange(1, 4)):
                for one in self.rng.sample((past, other), 2):
                    await self.commit(one, 4)
                    if self.rng.random() < 0.5:
                        await self.drain(one, "cloned")
            for one in (past, other):
                await self.drain(one, "cloned")
                await one.stop_station()
        finally:
            await other.kill(other.station)
        await past.stop_platform()
        self.judge_disk(other, copy, dict(other.promises), past)
        self.judge_rows(past, past.promises)

    async def go_on_after_copy(self, copy):
        """A ledger, a copy of it, and then rows that the copy does not know and the platform has seen."""
        past = self.history
        await self.begin()
        await self.commit(past, 8)
        if self.rng.random() < 0.7:
            await self.drain(past, "at first")
        await self.end_station(past)
        put(self.folder / "data", copy)
        await past.start_station()
        await self.commit(past, 8)
        await self.drain(past, "after the copy")

    async def start_again(self, past):
        """On the copy: with the line, or first without it, so that numbers are taken that the platform knows already."""
        if self.rng.random() < 0.5:
            past.point_station_to(9)  # nobody is there
            await past.start_station()
            await self.commit(past, 6)
            await past.stop_station()
        past.point_station_to(self.history.platform_port)
        await past.start_station()
        await self.commit(past, 6)

    def judge_disk(self, past, copy, promises, other=None):
        there = self.folder / "platform/platform.db"
        ledgers = [one.folder / "data/ledger.db" for one in (past, other) if one is not None]
        here = [name for path in ledgers for (name,) in read(path, "SELECT what FROM alarm")]
        alarms = read(there, "SELECT kind FROM alarm")
        conflicts = read(there, "SELECT count(*) FROM conflict")[0][0]
        known = set(read(copy / "ledger.db", "SELECT epoch, seq FROM entry"))
        epochs = {epoch for epoch, _ in known}
        seen = {key for key in read(there, "SELECT epoch, seq FROM entry") if key[0] in epochs}
        is_noticed_here = self.has_stopped or set(here) & set(LEDGER_ALARMS)
        if seen - known and not (is_noticed_here and alarms):
            self.toll.note("undetected", self.seed, f"{len(seen - known)} rows more at the platform, alarms here {here}, "
                                                    f"there {alarms}, conflicts {conflicts}")
        self.judge_rows(past, promises)

    def judge_rows(self, past, promises):
        path = past.folder / "data/ledger.db"
        held = {bytes(digest) for (digest,) in read(self.folder / "platform/platform.db", "SELECT hash FROM record")}
        for seq, state, digest in read(path, "SELECT seq, state, hash FROM entry"):
            if state not in WAITING and bytes(digest) not in held:
                self.toll.note("swallowed", self.seed, f"seq {seq} is settled here in state {state} and not held there")
        cases = dict(read(path, "SELECT c.number, e.state FROM cases c JOIN entry e ON e.epoch = c.epoch AND e.seq = c.seq"))
        for number in promises:
            if number not in cases:
                self.toll.note("swallowed", self.seed, f"{number} was promised and is not there")
            elif cases[number] in WAITING:
                self.toll.note("stuck", self.seed, f"{number} waits in state {cases[number]}")

    # R13 ------------------------------------------------------------------------------------------------------------

    async def platform_restored(self):
        past = self.history
        database, copy = self.folder / "platform/platform.db", self.folder / "copy.db"
        await self.begin()
        await self.commit(past, 12)
        if self.rng.random() < 0.7:
            await self.drain(past, "at first")
        await past.stop_platform()
        shutil.copy2(database, copy)
        await past.start_platform()
        for _ in range(self.rng.randrange(1, 4)):
            await self.commit(past, 12)
            if self.rng.random() < 0.6:
                await self.drain(past, "after the backup")
        if self.rng.random() < 0.5:
            await self.end_station(past)
            await past.kill_platform()
            await self.put_platform_back(copy, database)
            await past.start_station()
        else:
            await past.kill_platform()
            await self.put_platform_back(copy, database)
        self.toll.counts["restores"] += 1
        await self.commit(past, 6)
        await self.until_all_is_held()
        await past.stop_station()
        await past.stop_platform()
        for found in past.judge(is_result_due=False):
            if not found.startswith("alarm restored"):  # it says so itself
                self.toll.note("found", self.seed, found)

    async def put_platform_back(self, copy, database):
        for end in ("-wal", "-shm"):
            database.with_name(database.name + end).unlink(missing_ok=True)
        shutil.copy2(copy, database)
        await self.history.start_platform()

    async def until_all_is_held(self):
        """The station learns of it at its next hello, which comes at latest with the next hour of its hurried clock."""
        past = self.history
        await self.drain(past, "after the restore")
        deadline = asyncio.get_running_loop().time() + DRAIN_SECONDS
        while asyncio.get_running_loop().time() < deadline:
            if not self.missing():
                return
            await past.ask("advance 3600000")
            past.advance_platform(3600000)
            await past.ask("link-up")
            await asyncio.sleep(0.3)
            await self.drain(past, "after the restore")
        self.toll.note("stuck", self.seed, f"the platform never got {len(self.missing())} rows again")

    def missing(self):
        """Promises without an entry at the platform, which runs."""
        there = {entry.get("number") for entry in json.loads(self.history.admin("entries"))}
        return set(self.history.promises) - there


async def play(template, folder, seed, count, what):
    names = {"R7": ("restored", "cloned", "undetected", "swallowed", "stuck"), "R13": ("restores", "found", "stuck")}[what]
    toll, gate, done = Toll(names), asyncio.Semaphore(JOBS), 0

    async def one(index):
        nonlocal done
        async with gate:
            disks = Disks(template, folder / str(index), seed + index, toll)
            way = disks.platform_restored if what == "R13" else disks.restored if disks.rng.random() < 0.6 else disks.cloned
            try:
                await way()
                done += 1
            except Exception:  # a history without a verdict is a finding
                toll.note("stuck", seed + index, traceback.format_exc(limit=3))
            finally:
                await disks.history.end()
                shutil.rmtree(disks.folder, ignore_errors=True)

    await asyncio.gather(*(one(index) for index in range(count)))
    return done, toll


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("R7", "R13"))
    parser.add_argument("--build", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bianmin-disks-") as place:
        template = pathlib.Path(place) / "template"
        template.mkdir()
        made = history.Template(options.build, template).make()
        done, toll = asyncio.run(play(made, pathlib.Path(place), options.seed, options.count, options.what))
    for line in toll.lines[:20]:
        print(line, file=sys.stderr)
    print(json.dumps({"what": options.what, "seed": options.seed, "histories": done, **toll.counts}))
    sys.exit(1 if toll.lines or done < options.count else 0)


if __name__ == "__main__":
    main()
