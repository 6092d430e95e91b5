# SPDX-License-Identifier: GPL-3.0-or-later
"""R11: thirty days without a line, then everything at once. What the station needs of memory does not grow with what
waits; a commit beside a full ledger costs what it costs beside an empty one (told, not judged: other programs share this disk)."""
import asyncio
import pathlib
import random
import time

import history

DAYS = 30
DAY_MS = 24 * 60 * 60 * 1000
GROWTH = 1.05
WARM_UP = 14000  # records until SQLite's cache of 6,000 KiB is full; the first day of the thirty
PEAK = 1.15  # of what is needed away: TLS and some batches, never all that waits
SPEED = 20.0
MATTER_SHARE = 0.2  # of the records; the others are audit entries alone
SECONDS_A_RECORD = 0.3  # at most, while draining on a busy machine


def resident_kb(pid):
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith(("Rss:", "Swap:")))


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))] if values else 0


class AwayHistory:
    def __init__(self, template, folder, seed, records):
        self.seed, self.records = seed, records
        self.history = history.History(template, folder, random.Random(seed), SPEED)
        self.figures = {}

    async def run(self):
        past = self.history
        try:
            past.point_station_to(9)
            await past.start_station()
            memory = await self.live_away()
            await past.stop_station()
            await past.start_platform()
            past.admin("decide hold")
            past.point_station_to(past.platform_port)
            return await self.come_back(memory)
        finally:
            await past.end()

    async def live_away(self):
        """Gives the resident memory at the end of each day."""
        past = self.history
        memory = []
        rest = max(DAYS * 10, self.records - WARM_UP)
        matters = max(1, int(rest * MATTER_SHARE / 2 / DAYS))
        await past.ask(f"audit {WARM_UP}", 600)
        for _ in range(DAYS):
            await past.ask(f"commit {matters}", 600)
            await past.ask(f"audit {max(0, rest // DAYS - 2 * matters)}", 600)
            memory.append(resident_kb(past.station.pid))
            await past.ask(f"advance {DAY_MS}")
        third = len(past.commit_us) // 3
        self.figures.update(commit_p99_us_first=percentile(past.commit_us[:third], 0.99),
                            commit_p99_us_last=percentile(past.commit_us[-third:], 0.99),
                            away_kb=memory[0], away_kb_end=max(memory))
        return memory

    async def come_back(self, away):
        past = self.history
        waiting_before = None
        drain, warm = [], []
        began = time.monotonic()
        past.advanced_ms += DAYS * DAY_MS
        await past.start_station()
        while True:
            status = await past.status()
            waiting_before = waiting_before or status["pending"]
            drain.append(resident_kb(past.station.pid))
            if waiting_before - status["pending"] < WARM_UP:  # the cache began empty again
                warm.append(drain[-1])
            if status["pending"] == 0 or time.monotonic() - began > 60 + self.records * SECONDS_A_RECORD:
                break
            await asyncio.sleep(0.1)
        self.figures.update(records=waiting_before, drain_seconds=round(time.monotonic() - began, 1),
                            drain_kb=max(warm), drain_kb_end=max(drain))
        past.note(f"away, kB: {' '.join(map(str, away))}")
        past.note(f"draining, kB: {' '.join(map(str, drain[::max(1, len(drain) // 40)]))}")
        await past.stop_station()
        await past.stop_platform()
        found = past.judge(is_result_due=False)
        if status["pending"]:
            found.insert(0, f"{status['pending']} of {waiting_before} still wait: {status}")
        for what in ("away", "drain"):
            first, last = self.figures[f"{what}_kb"], self.figures[f"{what}_kb_end"]
            if last > first * GROWTH:
                found.append(f"memory grows while {what}: {first} kB, then {last} kB")
        if self.figures["drain_kb_end"] > self.figures["away_kb_end"] * PEAK:
            found.append(f"memory grows with what waits: {self.figures['away_kb_end']} kB away, then "
                         f"{self.figures['drain_kb_end']} kB with {waiting_before} records to send")
        return found


async def play(template, folder, seed, records, report):
    mine = AwayHistory(template, pathlib.Path(folder) / "away", seed, records)
    try:
        found = await mine.run()
    except (history.HistoryError, OSError, asyncio.TimeoutError, EOFError) as error:
        found = mine.history.no_verdict(error)
    report(mine, found)
