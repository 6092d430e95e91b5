# SPDX-License-Identifier: GPL-3.0-or-later
"""R2: SIGKILL of the station and of the platform in mid-exchange, at random moments and at named points, again and again
in the same two databases; then a good line, and the judge."""
import asyncio
import contextlib
import pathlib
import random

import history

KILLS_A_WORLD = 40  # before both ends are asked
SPEED = 120.0
STATION_POINTS = ("store-before-commit", "store-after-commit", "sync-before-send", "sync-after-reply", "sync-after-apply")
PLATFORM_POINTS = ("platform-before-commit", "platform-after-commit", "platform-after-reply")
POINT_SECONDS = 1.0  # a point that is not passed by then: a random moment after all
MOMENT_SECONDS = 0.25
CAP_SECONDS = (15 * 60 + 120) / SPEED
TRANSFER_SECONDS = 45
MESSAGES_SECONDS = 20


class KillWorld:
    def __init__(self, template, folder, seed, kills):
        self.seed, self.kills = seed, kills
        self.rng = random.Random(seed)
        self.history = history.History(template, folder, self.rng, SPEED)
        self.killed = {"station": 0, "platform": 0}
        self.at_points = 0
        self.again = 0  # records that came a second time: an answer had been lost with a program
        self.committing = None

    async def run(self):
        past = self.history
        try:
            await past.start_platform()
            past.point_station_to(past.platform_port)
            await past.start_station()
            for number in range(self.kills):
                await self.kill_once("station" if number % 2 == 0 else "platform")
            return await self.recover()
        finally:
            if self.committing is not None:
                self.committing.cancel()
            await past.end()

    def keep_busy(self):
        """Commits go on beside everything else; the station that dies takes its last order with it."""
        if self.committing is None or self.committing.done():
            self.committing = asyncio.ensure_future(self.commit())

    async def commit(self):
        with contextlib.suppress(EOFError):
            await self.history.ask(f"commit {self.rng.randrange(1, 8)} {self.rng.choice((0, 0, 3))}")

    async def kill_once(self, victim):
        point = None
        if self.rng.random() < 0.5:
            point = self.rng.choice(STATION_POINTS if victim == "station" else PLATFORM_POINTS)
            point += f":{self.rng.choice((1, 1, 1, 2))}"
        if point and await self.die_at(victim, point):
            self.at_points += 1
        else:
            self.keep_busy()
            await asyncio.sleep(self.rng.uniform(0, MOMENT_SECONDS))
            await self.kill(victim)
        self.killed[victim] += 1
        await self.start(victim)

    async def die_at(self, victim, point):
        """The victim starts anew, armed, and is given something to do; gives whether it died by itself."""
        past = self.history
        await self.kill(victim)
        past.note(f"{victim} dies at {point}")
        if victim == "station":
            if not await past.start_station(point):
                return True
        else:
            await past.start_platform(point)
        program = past.station if victim == "station" else past.platform
        self.keep_busy()
        try:
            await asyncio.wait_for(program.wait(), POINT_SECONDS)
        except asyncio.TimeoutError:
            return False
        if victim == "station":
            await past.reading
        return True

    async def kill(self, victim):
        past = self.history
        past.note(f"{victim} is killed")
        await (past.kill_station() if victim == "station" else past.kill_platform())
        if victim == "station" and self.committing is not None:
            await asyncio.gather(self.committing, return_exceptions=True)

    async def start(self, victim):
        if victim == "platform":
            await self.history.start_platform()
        else:
            await self.history.start_station()

    async def recover(self):
        past = self.history
        if self.committing is not None:
            await asyncio.gather(self.committing, return_exceptions=True)
        past.note("nobody is killed any more")
        limit = CAP_SECONDS + TRANSFER_SECONDS
        took = await past.drained(limit)
        await past.wait_for_messages(MESSAGES_SECONDS)
        status = await past.status()
        await past.stop_station()
        await past.stop_platform()
        found = past.judge()
        with contextlib.closing(past.platform_database()) as there:
            self.again = there.execute("SELECT coalesce (sum (duplicates), 0) FROM entry").fetchone()[0]
        if took is None:
            found.insert(0, f"not through {limit:.0f} s after the last kill: {status}")
        return found


async def play(template, folder, seed, kills, jobs, report):
    gate = asyncio.Semaphore(jobs)

    async def one(number, share):
        async with gate:
            mine = KillWorld(template, pathlib.Path(folder) / f"k{number}", seed + number, share)
            try:
                found = await mine.run()
            except (history.HistoryError, OSError, asyncio.TimeoutError, EOFError) as error:
                found = mine.history.no_verdict(error)
            report(mine, found)

    worlds = max(1, round(kills / KILLS_A_WORLD))
    await asyncio.gather(*(one(number, kills // worlds + (number < kills % worlds)) for number in range(worlds)))
