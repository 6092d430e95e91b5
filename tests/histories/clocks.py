# SPDX-License-Identifier: GPL-3.0-or-later
"""R6: clocks that say 1970, 2001, 2038 and later, 2099, 2106; jumps of ten years in the middle; a dead battery, so that every
boot begins in 1970. Sync is never refused; the order is that of the chain, also on the way up after an absence in which the
clock went back; and from the samples that the ledger keeps, each entry of a boot in which the platform was heard gets its
true time within half a round trip and two seconds."""
import asyncio
import contextlib
import pathlib
import random
import struct

import history

YEAR_MS = 31556952 * 1000
SLACK_MS = 2000
DRAIN_SECONDS = 90
WALLS = {"1970": 0, "2001": 1000000000000, "2038": 2147483648000, "2099": 4070908800000, "2106": 4294967296000,
         "right": history.BEGIN_MS}

KINDS = ("1970", "2001", "2038", "2099", "2106", "jumps", "dead-battery")


class ClockHistory:
    def __init__(self, template, folder, seed, kind):
        self.seed, self.kind = seed, kind
        self.rng = random.Random(seed)
        self.history = history.History(template, folder, self.rng, 1.0)
        self.true_ms = {}  # number -> the platform's time just before and after the commit
        self.away = set()  # numbers of what was taken without a line
        self.anchored = 0
        self.worst_ms = 0

    async def run(self):
        past = self.history
        found = []
        try:
            await self.live_away()
            await past.start_platform()
            past.point_station_to(past.platform_port)
            if self.kind == "dead-battery":
                for boot in range(4):
                    found += await self.live(WALLS["1970"] + boot * 100, boot=self.rng.randrange(1000, 90000))
            elif self.kind == "jumps":
                found += await self.live(WALLS["right"], jumps=True)
            else:
                found += await self.live(WALLS[self.kind])
                found += await self.live(WALLS["right"])
            await past.stop_platform()
            found += past.judge(is_result_due=False)
            with contextlib.closing(past.ledger()) as here:
                found += list(self.compare_times(here))
            with contextlib.closing(past.platform_database()) as there:
                found += list(self.compare_order(there))
            if self.anchored == 0:
                found.append("no entry had a sample of its boot")
            return found
        finally:
            await past.end()

    async def live_away(self):
        """Without a line: the clock is right, then what it is in this history, then ten years behind, then right."""
        past = self.history
        past.point_station_to(9)
        await past.start_station(wall=WALLS["right"])
        for wall_ms in (WALLS["right"], WALLS.get(self.kind, 0), WALLS["right"] - 10 * YEAR_MS, WALLS["right"]):
            await past.ask(f"wall {wall_ms}")
            await self.commit()
            await self.commit()
        await past.stop_station()
        self.away = set(past.promises)

    async def live(self, wall_ms, boot=5000, jumps=False):
        """One boot: some matters, sync, some more; gives what got stuck."""
        past = self.history
        found = []
        await past.start_station(wall=wall_ms, boot=boot)
        for turn in range(4):
            for _ in range(2):
                await self.commit()
            if jumps:
                far = self.rng.choice((-10, 10, 10, -10)) * YEAR_MS
                past.note(f"the clock jumps by {far / YEAR_MS:+.0f} years")
                await past.ask(f"wall {(await past.status())['wall_ms'] + far}")
            if turn != 1:
                continue
            if await past.drained(DRAIN_SECONDS) is None:
                found.append(f"refused or stuck with the clock at {wall_ms}: {await past.status()}")
        if await past.drained(DRAIN_SECONDS) is None:
            found.append(f"refused or stuck with the clock at {wall_ms}: {await past.status()}")
        await past.stop_station()
        return found

    async def commit(self):
        past = self.history
        known, before = set(past.promises), past.now_ms()
        await past.ask("commit 1")
        for number in set(past.promises) - known:
            self.true_ms[number] = (before, past.now_ms())

    def compare_order(self, there):
        """What waited together goes up in the order of the ledger, whatever the clock said."""
        last = 0
        for number, seq in there.execute("SELECT number, seq FROM entry WHERE number <> '' ORDER BY id"):
            if number not in self.away:
                continue
            if seq < last:
                yield f"order: seq {seq} went up after seq {last}"
            last = seq

    def compare_times(self, here):
        """The time that the centre reckons for an entry: a sample of the same boot, moved by the boot clock."""
        samples = {}
        for boot_id, boot_ms, server_ms, uncertainty_ms in here.execute(
                "SELECT boot_id, boot_ms, server_ms, uncertainty_ms FROM clock ORDER BY id"):
            samples.setdefault(bytes(boot_id), []).append((boot_ms, server_ms, uncertainty_ms))
        last = (0, -1)
        for number, epoch, seq, record in here.execute(
                "SELECT c.number, e.epoch, e.seq, e.record FROM cases c JOIN entry e ON e.epoch = c.epoch AND e.seq = c.seq"
                " ORDER BY e.id"):
            before, after = self.true_ms[number]
            if seq <= last[1] or before < last[0]:
                yield f"order: seq {seq} was committed before what stands before it"
            last = (before, seq)
            for boot_id, of_boot in samples.items():
                at = bytes(record).find(boot_id)
                if at < 0:
                    continue
                boot_ms, = struct.unpack(">q", bytes(record)[at + 16:at + 24])
                sample_boot, server_ms, uncertainty_ms = min(of_boot, key=lambda sample: abs(sample[0] - boot_ms))
                told = server_ms + boot_ms - sample_boot
                off = max(0, before - told, told - after)
                self.anchored += 1
                self.worst_ms = max(self.worst_ms, off)
                if off > uncertainty_ms + SLACK_MS:
                    yield f"seq {seq}: told time is {off} ms off, uncertainty {uncertainty_ms} ms"


async def play(template, folder, seed, count, jobs, report):
    gate = asyncio.Semaphore(jobs)

    async def one(number):
        async with gate:
            mine = ClockHistory(template, pathlib.Path(folder) / f"c{number}", seed + number, KINDS[number % len(KINDS)])
            try:
                found = await mine.run()
            except (history.HistoryError, OSError, asyncio.TimeoutError, EOFError) as error:
                found = mine.history.no_verdict(error)
            report(mine, found)

    await asyncio.gather(*(one(number) for number in range(count)))
