# SPDX-License-Identifier: GPL-3.0-or-later
"""A photo over a line that dies and comes back, a day on which nothing happens, and a station with 100,000 to send."""
import pathlib
import shutil
import statistics
import sys
import tempfile
import threading
import time

from basics import memory_of
from bench_sync_world import Line, LinkWorld, say, stopwatch
from faces import StationFace, spin
from figures import figure, not_measured
from world import SOURCE, World, WorldError, wait_until

PROXY = SOURCE / "tests/bench/bench_sync_proxy.py"
QUIET = Line("quiet line", 10000000, 10, 0, queue=1000000)
# Before a request is under way: TCP, TLS 1.3, the request itself.
ROUND_TRIPS_TO_BEGIN = 3


def ideal_seconds(size, line, up_for, down_for):
    """Of somebody who goes on at the byte at which the line died, and wastes nothing but the way back in."""
    begin = ROUND_TRIPS_TO_BEGIN * line.rtt_ms / 1000
    rest, passed = size / line.ceiling, 0.0
    while rest > up_for - begin:
        rest -= up_for - begin
        passed += up_for + down_for
    return passed + begin + rest


def photo(build, line, size=2 << 20, up_for=15, down_for=30):
    name = f"{line.text}, up {up_for} s, down {down_for} s: photo of {size >> 10} KiB"
    with LinkWorld(build, line) as world:
        station = world.station()
        station.do(f"photo {size}")
        world.net.set(f"up-for={up_for}", f"down-for={down_for}")
        station.do("start")
        told = station.do("carry 900", 960)
        calls, stats = told["calls"], world.net.stats()
        say(f"photo: {told['seconds']:.1f} s, {calls}; line up {stats['up']}")
    if told["left"]:
        yield {**not_measured(name, "it did not arrive within 900 s", 1.25), "holds": False}
        return
    yield figure(name + ", time", told["seconds"], "s", ideal_seconds(size, line, up_for, down_for), 1.25)
    yield figure(name + ", bytes up", calls["meter"]["up"], "B", size, 1.06)


def idle_day(build, hours=24):
    """Compressed: the clock jumps while the line is quiet. A proxy in front of the platform closes connections that
    nothing moves on, as the platform does after two minutes; the bytes are those of the IP packets, both ways."""
    with LinkWorld(build, QUIET) as world:
        far = world.net.far
        # The platform's own port moves, and the proxy takes the one that the enrolment names.
        port = world.platform_port
        inner = world.restart_platform(0)
        proxy = far.wrap([sys.executable, PROXY, far.address, port, inner])
        world.start("proxy", proxy[1:], program=proxy[0])
        time.sleep(1)
        station = world.station()
        station.do("start")
        station.do("fill 1")
        station.do("drain 30")
        before = world.net.stats()
        calls_before = station.do("stats")
        calls = station.do(f"idle {hours}", 900)
        after = world.net.stats()
    total = sum(after[way]["taken_bytes"] - before[way]["taken_bytes"] for way in ("up", "down"))
    contacts = {call: counts["n"] - calls_before.get(call, {}).get("n", 0)
                for call, counts in calls.items() if "n" in counts}
    say(f"idle day: {total} B in packets, calls {contacts}")
    yield figure(f"idle day, {hours} h compressed: bytes both ways", total / 1000, "kB", 200,
                 1.0 if hours == 24 else None)


def fill_in_memory(world, count):
    """A ledger of so many matters, made where a sync costs nothing, then put where it belongs."""
    from bench_sync_world import BenchStation

    with tempfile.TemporaryDirectory(prefix="bench-ledger-", dir="/dev/shm") as folder:
        station = BenchStation([world.binary("bench-station"), folder, world.keys, 1], world.environment(),
                               world.folder / "log/bench-station.log")
        told = station.do(f"fill {count}", 900)
        station.close()
        for path in pathlib.Path(folder).iterdir():
            shutil.copy(path, world.data / path.name)
    say(f"filled {count} matters in {told['seconds']:.1f} s")


class Memory(threading.Thread):
    """PSS of a process, looked at twice a second; the largest counts."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.values, self.goes_on = pid, [], True

    def run(self):
        while self.goes_on:
            try:
                self.values.append(memory_of(self.pid)[0])
            except OSError:
                return
            time.sleep(0.5)

    def end(self):
        self.goes_on = False
        self.join()
        return self.values


def pending(build, count=100000, watch=40):
    """The real bianmin-stationd on loopback, started with everything waiting."""
    folder = tempfile.mkdtemp(prefix="bench-sync-", dir=pathlib.Path(build, "tests/bench"))
    with World(build, folder=folder, printer="pdf") as world:
        world.platform_clock = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())
        world.extra_config = {"station": {"clock": world.platform_clock}}
        world.start_platform()
        world.platform("decide hold")
        world.start_devices()
        world.write_config()
        world.enrol()
        fill_in_memory(world, count)
        clock = stopwatch()
        world.start("bianmin-stationd", ["--config", world.config],
                    GLIBC_TUNABLES="glibc.malloc.tcache_count=0:glibc.malloc.perturb=90", G_SLICE="always-malloc")
        memory = Memory(world.programs["bianmin-stationd"].pid)
        memory.start()
        seen = {}
        looker = threading.Thread(target=look_for_entries, args=(world, clock, seen), daemon=True)
        looker.start()
        wait_until(lambda: (world.run / "face").exists() or world.died("bianmin-stationd"), 60, "the face's socket")
        face = StationFace(world.run / "face")
        wait_until(lambda: (spin(0.005), face.page)[1], 60, "the first page")
        page = clock()
        looker.join(60)
        time.sleep(watch)
        values = memory.end()
        say(f"{count} pending: page {page:.2f} s, first entry stored {seen.get('at', 0):.2f} s, PSS median "
            f"{statistics.median(values):.1f} max {max(values):.1f} MB in {watch} s of draining")
    yield figure(f"{count} pending: first page", page, "s", 1, 1.0)
    if "at" in seen:
        yield figure(f"{count} pending: first batch stored", seen["at"], "s", 2, 1.0)
    else:
        yield {**not_measured(f"{count} pending: first batch", "nothing arrived within 60 s", 1.0), "holds": False}
    yield figure(f"{count} pending: station PSS, largest", max(values), "MB", 48, 1.0)


def look_for_entries(world, clock, seen):
    """When the platform had the first entry: a little later than when it was on the wire."""
    while clock() < 60:
        try:
            if sum(world.platform_state()["entries"].values()) > 0:
                seen["at"] = clock()
                return
        except (WorldError, OSError, KeyError, TypeError):
            pass
        time.sleep(0.01)
