# SPDX-License-Identifier: GPL-3.0-or-later
"""R3: seeded histories of the worst network. Each one's faults come from its seed; then the line is good, and the judge
asks whether every promise was kept exactly once."""
import asyncio
import contextlib
import pathlib
import random

import history
import netns
from hostile_proxy import DOWN, UP, Fault, HostileProxy, Impostor, borrow_certificate, make_stranger

DAY_MS = 25 * 60 * 60 * 1000
CAP_MS = 15 * 60 * 1000  # the longest wait after trouble (sync/sync-backoff.h)
SPLAY_MS = 120 * 1000
TRANSFER_SECONDS = 45  # for what then has to be carried, on a busy machine
SPEEDS = (20.0, 40.0, 60.0)
MESSAGES_SECONDS = 20  # until results came down
PORTAL_STATUS = (200, 204, 302, 511)
PLATFORM_FAULTS = ("drop-reply {n}", "500 {n}", "503 {n} 30", "408 {n}", "portal {n}", "slow-body {n}", "truncate {n}",
                   "wrong-signature {n}", "wrong-nonce {n}", "replay {n}", "delay 700 {n}", "refuse {n}",
                   "batch drop-reply {n}", "batch portal {n}", "batch wrong-nonce {n}", "batch truncate {n}",
                   "inbox drop-reply {n}", "hello portal {n}")

ANSWERS = ("portal", "drop-reply")  # instead of one: a page that says 200, or nothing although the entries are held


def offset(rng):
    """A byte of each class: the first ones, inside the handshake, inside a request, inside a body."""
    return rng.choice((0, 1, rng.randrange(2, 6), rng.randrange(6, 600), rng.randrange(600, 3000),
                       rng.randrange(3000, 9000), rng.randrange(9000, 60000)))


def proxy_fault(rng, impostors):
    kind = rng.choice(("refuse", "cut", "cut", "cut", "cut-record", "cut-record", "lose-answers", "lose-answers",
                       "lose-questions", "half-open", "delay", "slow", "stall", "reset", "again", "plain-portal",
                       "impostor", "impostor"))
    fault = Fault(kind, way=rng.choice((UP, DOWN)), reset=rng.random() < 0.5)
    if kind == "cut":
        fault.at = offset(rng)
    elif kind == "cut-record":
        fault.record, fault.at = rng.randrange(1, 12), rng.choice((-1, 0, 1, 4, 5, 6, rng.randrange(7, 300)))
    elif kind == "delay":
        fault.seconds = rng.uniform(0.05, 1.0)
    elif kind == "slow":
        fault.rate = rng.choice((20, 100, 1000))
    elif kind == "plain-portal":
        fault.status = rng.choice(PORTAL_STATUS)
    elif kind == "impostor":
        impostor = rng.choice(impostors)
        impostor.status = rng.choice(PORTAL_STATUS + (500, 502, 503, 413))
        fault.target, fault.status = impostor.address, impostor.status
    return fault


def weather(rng):
    """Settings of linksim: loss up to a fifth, doubles, overtaking, a slow queue."""
    settings = [f"rate={rng.choice((0, 256000, 1000000))}", f"delay={rng.choice((5, 50, 200))}", "jitter=20",
                f"loss={rng.choice((0, 2, 10, 20))}", f"duplicate={rng.choice((0, 2, 10))}",
                f"reorder={rng.choice((0, 5, 20))}", "queue=65536"]
    if rng.random() < 0.3:
        settings.append(f"{rng.choice((UP, DOWN))}.cut-at={rng.randrange(1, 40000)}")
        settings.append(f"cut-for={rng.uniform(0.2, 1.5):.2f}")
    if rng.random() < 0.2:
        settings += [f"up-for={rng.uniform(0.3, 1.0):.2f}", f"down-for={rng.uniform(0.3, 1.0):.2f}"]
    if rng.random() < 0.15:
        settings.append(f"{rng.choice((UP, DOWN))}.dead=1")
    return settings


CLEAN = ("rate=0", "delay=1", "jitter=0", "loss=0", "duplicate=0", "reorder=0", "cut=0", "cut-at=0", "dead=0", "up-for=0",
         "down-for=0", "queue=0")


class NetworkHistory:
    def __init__(self, template, folder, seed, entries, with_namespaces):
        self.seed, self.entries = seed, entries
        self.rng = random.Random(seed)
        self.net = netns.Netns(template.linksim, f"seed={seed % 2**31}", "delay=1") \
            if with_namespaces and self.rng.random() < 0.5 else None
        self.history = history.History(template, folder, self.rng, self.rng.choice(SPEEDS))
        self.met = 0
        self.believed = 0  # questions that somebody with the platform's own certificate answered with a page

    async def run(self):
        """Gives what was found; an empty list is a history that went well."""
        past = self.history
        impostors = []
        try:
            await past.start_platform()
            self.proxy = HostileProxy((history.HOST, past.platform_port))
            if self.net is not None:
                self.net.start()
                past.near = self.net.near
                await self.proxy.start(sock=self.net.far.listen(history.HOST))
            else:
                await self.proxy.start(history.HOST)
            for certificate in (make_stranger(past.folder, history.HOST), borrow_certificate(past.folder)):
                impostor = Impostor(*certificate)
                impostor.address = await impostor.start()
                impostors.append(impostor)
            past.point_station_to(self.proxy.port)
            await past.start_station()
            await self.suffer(impostors)
            return await self.recover(impostors)
        finally:
            await past.end()
            if hasattr(self, "proxy"):
                await self.proxy.stop()
            for impostor in impostors:
                await impostor.stop()
            if self.net is not None:
                self.net.stop()

    async def suffer(self, impostors):
        rng, past = self.rng, self.history
        rounds = rng.randrange(3, 8)
        for turn in range(rounds):
            count = self.entries // rounds + (self.entries % rounds if turn == 0 else 0)
            await self.change_line(impostors)
            gap = rng.choice((0, 0, 5, 20))
            with contextlib.suppress(EOFError):
                await past.ask(f"commit {count} {gap}")
            await asyncio.sleep(rng.uniform(0.1, 1.5))
            await self.change_programs()
            if rng.random() < 0.4:
                self.clear()
                await asyncio.sleep(rng.uniform(0.0, 0.6))

    async def change_line(self, impostors):
        rng, past = self.rng, self.history
        if rng.random() < 0.2:
            # Everything but the answer to the entries is as it should be, so that they are really offered.
            self.clear()
            words = f"batch {rng.choice(ANSWERS)} {rng.randrange(1, 4)}"
            past.note(f"platform: {words}, on a good line")
            past.platform_fault(words)
            return
        fault = proxy_fault(rng, impostors)
        if rng.random() < 0.75:
            past.note(f"line: {fault}")
            self.proxy.set(fault)
        if rng.random() < 0.4:
            words = rng.choice(PLATFORM_FAULTS).format(n=rng.randrange(1, 4))
            past.note(f"platform: {words}")
            past.platform_fault(words)
        if self.net is not None:
            settings = weather(rng)
            past.note(f"link: {' '.join(settings)}")
            self.net.set(*CLEAN)
            self.net.set(*settings)

    async def change_programs(self):
        """Power cuts at either end, and days that pass."""
        rng, past = self.rng, self.history
        if rng.random() < 0.15:
            past.note("station: killed")
            await past.kill_station()
            await past.start_station()
        if rng.random() < 0.15:
            past.note("platform: killed")
            await past.kill_platform()
            await asyncio.sleep(rng.uniform(0, 0.5))
            await past.start_platform()
        if rng.random() < 0.25:
            past.note("25 hours pass")
            past.advance_platform(DAY_MS)
            await past.ask(f"advance {DAY_MS}")
        if rng.random() < 0.15:
            past.note("the system says that the line is up")
            await past.ask("link-up")

    def clear(self):
        self.proxy.set(None)
        self.history.platform_fault("clear")
        if self.net is not None:
            self.net.set(*CLEAN)

    async def recover(self, impostors):
        """A good line: everything is through within the longest wait, and what the platform says has come down."""
        past = self.history
        past.note(f"a good line, at {past.speed:g} times the speed")
        self.clear()
        if past.platform.returncode is not None:
            await past.start_platform()
        limit = (CAP_MS + SPLAY_MS) / 1000 / past.speed + TRANSFER_SECONDS
        took = await past.drained(limit)
        past.note(f"through after {took} s")
        held = (await past.status())["held"]
        # A day later the next poll is due, and what was set aside would be tried again.
        past.advance_platform(DAY_MS)
        await past.ask(f"advance {DAY_MS}")
        await past.wait_for_messages(MESSAGES_SECONDS)
        status = await past.status()
        self.met = self.proxy.met
        self.believed = impostors[-1].asked
        await past.stop_station()
        await past.stop_platform()
        found = past.judge()
        if took is None:
            found.insert(0, f"not through {limit:.0f} s after the line was good: {status}")
        if held:
            found.append(f"{held} set aside for the weather's sake")
        return found


async def play(template, folder, seed, count, jobs, entries, with_namespaces, report):
    """Plays `count` histories, `jobs` at a time; `report(history, found)` hears of each."""
    gate = asyncio.Semaphore(jobs)

    async def one(number):
        async with gate:
            mine = NetworkHistory(template, pathlib.Path(folder) / f"h{number}", seed + number, entries, with_namespaces)
            try:
                found = await mine.run()
            except (history.HistoryError, OSError, asyncio.TimeoutError, EOFError, netns.NetnsError) as error:
                found = mine.history.no_verdict(error)
            report(mine, found)

    await asyncio.gather(*(one(number) for number in range(count)))
