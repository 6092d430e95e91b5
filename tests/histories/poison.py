# SPDX-License-Identifier: GPL-3.0-or-later
"""R8: one record in a thousand that does not get through, for four reasons. All others do, with a handful of requests
more than without it, and somebody at each end can see it."""
import asyncio
import contextlib
import pathlib
import random
import sqlite3

import forge
import history
from front import Front

KINDS = ("rejected", "unreadable", "server-error", "conflict")
EXTRA_REQUESTS = 8
MORE_REQUESTS = 16  # in all: how the halves and the rest fall into batches is chance
SPEED = 5.0
DRAIN_SECONDS = 150
# What the station's row says in the end: acknowledged is none of them.
STATE = {"rejected": 4, "unreadable": 5, "server-error": 3, "conflict": 5}


class PoisonHistory:
    def __init__(self, template, folder, seed, kind, entries):
        self.seed, self.kind, self.entries = seed, kind, entries
        self.history = history.History(template, folder, random.Random(seed), SPEED)
        self.poisoned = None
        self.requests = 0
        self.wasted = 0  # requests that carried nothing, for the poison's sake

    async def run(self):
        past = self.history
        front = None
        try:
            await self.fill()
            if self.kind == "unreadable":
                forge.spoil_payload(past, self.poisoned)
            if self.kind == "conflict":
                forge.hold_other_bytes(past, self.poisoned)
            await past.start_platform()
            past.admin("decide hold")  # nobody decides: what is measured is the way up
            front = Front(past.folder, history.HOST, (history.HOST, past.platform_port))
            if self.kind == "server-error":
                front.poison = self.sealed_bytes()
            past.point_station_to(await front.start())
            await past.start_station()
            took = await past.drained(DRAIN_SECONDS)
            self.requests = front.requests["/v1/batch"]
            self.wasted = front.refused + front.empty
            past.note(f"{self.requests} batches, {front.refused} refused, {front.empty} empty")
            status = await past.status()
            await past.stop_station()
            await past.stop_platform()
            found = self.judge()
            if took is None:
                found.insert(0, f"not through after {DRAIN_SECONDS:.0f} s: {status}")
            if self.kind == "server-error" and front.refused == 0:
                found.append("the poison was never offered")
            return found
        finally:
            await past.end()
            if front is not None:
                await front.stop()

    async def fill(self):
        """A station without a line: nobody listens where it thinks the platform is."""
        past = self.history
        past.point_station_to(9)
        await past.start_station()
        # Of ten records one is a matter with its audit entry; the others are audit entries alone.
        matters = self.entries // 10
        place = past.rng.randrange(matters)
        await past.ask(f"commit {place}")
        await past.ask(f"audit {self.entries - 2 * matters}")
        if self.kind:
            before = set(past.promises)
            await past.ask("commit-odd" if self.kind == "rejected" else "commit 1")
            self.poisoned, = set(past.promises) - before
        await past.ask(f"commit {matters - place}")
        await past.stop_station()

    def sealed_bytes(self):
        with contextlib.closing(sqlite3.connect(self.history.folder / "data/ledger.db")) as ledger:
            return bytes(ledger.execute("SELECT record FROM entry e JOIN cases c ON c.epoch = e.epoch AND c.seq = e.seq"
                                        " WHERE number = ?", (self.poisoned,)).fetchone()[0])[-64:]

    def judge(self):
        if not self.kind:
            return self.history.judge(is_result_due=False)
        with contextlib.closing(self.history.ledger()) as here, \
                contextlib.closing(self.history.platform_database()) as there:
            return list(self.findings(here, there))

    def findings(self, here, there):
        epoch, seq = here.execute("SELECT epoch, seq FROM cases WHERE number = ?", (self.poisoned,)).fetchone()
        theirs = {tuple(row) for row in there.execute("SELECT e.epoch, e.seq FROM entry e")}
        for row_epoch, row, state in here.execute("SELECT epoch, seq, state FROM entry"):
            if (row_epoch, row) == (epoch, seq):
                if state != STATE[self.kind]:
                    yield f"the poison is {history.STATES[state]} here"
            elif state != history.ACKED or (row_epoch, row) not in theirs:
                yield f"seq {row} is {history.STATES[state]} because of its neighbour {seq}"
        code, reason = here.execute("SELECT code, reason FROM entry WHERE epoch = ? AND seq = ?", (epoch, seq)).fetchone()
        if not code or not reason:
            yield "nobody at the station is told why"
        if not self.is_seen_there(there, epoch, seq):
            yield "nobody at the platform can see it"

    def is_seen_there(self, there, epoch, seq):
        count = lambda sql: there.execute(sql).fetchone()[0]
        if self.kind == "rejected":
            return count("SELECT count(*) FROM entry WHERE status = 5 AND code <> ''") == 1
        if self.kind == "unreadable":
            return count("SELECT count(*) FROM entry WHERE status = 4 AND code <> ''") == 1
        if self.kind == "conflict":
            return count("SELECT count(*) FROM conflict") == 1 and count("SELECT count(*) FROM alarm WHERE kind = 'conflict'") == 1
        # It never got there: what is seen is the gap below the highest.
        upto, = there.execute("SELECT upto FROM watermark WHERE epoch = ?", (epoch,)).fetchone()
        return upto == seq - 1


async def play(template, folder, seed, count, jobs, entries, report):
    """One history without poison gives the measure; then `count` with it, each kind in turn."""
    gate = asyncio.Semaphore(jobs)

    async def one(name, kind, number):
        async with gate:
            mine = PoisonHistory(template, pathlib.Path(folder) / name, seed + number, kind, entries)
            try:
                return mine, await mine.run()
            except (history.HistoryError, OSError, asyncio.TimeoutError, EOFError) as error:
                return mine, mine.history.no_verdict(error)

    clean, found = await one("clean", "", 0)
    report(clean, found, 0)
    for outcome in asyncio.as_completed([one(f"p{number}", KINDS[number % len(KINDS)], number) for number in range(count)]):
        mine, found = await outcome
        extra = mine.requests - clean.requests
        if mine.wasted > EXTRA_REQUESTS:
            found.append(f"{mine.wasted} requests carried nothing; {extra} more than {clean.requests} without poison")
        if extra > MORE_REQUESTS:
            found.append(f"{extra} requests more than {clean.requests} without poison")
        report(mine, found, extra)
