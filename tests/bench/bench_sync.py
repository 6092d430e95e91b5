# SPDX-License-Identifier: GPL-3.0-or-later
"""What the line gives, and how much of it the engine uses: ./bianmin bench sync (about 22 minutes; sync-quick: 2).

Every measurement has a line and a platform of its own; matters are those of the seed named in the row, each with its
audit row as in the product. A row's count says how many matters. "ceiling" is rate x 1448/1500 x (1 - loss).
"""
import os
import pathlib

import netns
import bench_sync_peer as peer
import bench_sync_more as more
from bench_sync_world import Line, LinkWorld, say
from figures import figure, not_measured, percentile, program

SOURCE = pathlib.Path(__file__).resolve().parents[2]
STANDARD = Line("256k 600 ms 2 %", 256000, 600, 2)
HOSTILE = Line("64k 1.5 s 10 %", 64000, 1500, 10)
SECOND_G = Line("2G 40k 600 ms 3 %", 40000, 600, 3)
SEED = 1


def goodput(world, told):
    """Bytes of batches that were delivered once, a second, from the first byte to the last answer."""
    batch = told["calls"]["batch"]
    duplicates, records = world.duplicates()
    once = batch["up_answered"] * records / (records + duplicates) if records else 0
    return once / told["seconds_all"]


def describe(told, stats):
    batch = told["calls"]["batch"]
    return (f"{told['entries']} matters: {told['seconds_entries']:.1f} s, with audit {told['seconds_all']:.1f} s; "
            f"{batch['answered']}/{batch['n']} batches of {batch['smallest']}-{batch['largest']} B, "
            f"{batch['up']} B up, {batch['down']} B down, {batch['busy_s'] / told['seconds_all']:.2f} in flight; "
            f"line up {stats['up']}, down {stats['down']}")


def drained(build, line, count, seconds):
    """Fills, lets the engine loose, waits until nothing is left. Returns what bench-station told and the goodput."""
    with LinkWorld(build, line) as world:
        station = world.station(SEED)
        station.do(f"fill {count}")
        station.do("start")
        told = station.do(f"drain {seconds}", seconds + 60)
        say(f"{line.text}: {describe(told, world.net.stats())}")
        return told, goodput(world, told)


def share_row(line, count, told, rate, bar):
    name = f"{line.text}: payload of the ceiling ({count}, seed {SEED})"
    if told["left"] or told["rows_left"]:
        return {**not_measured(name, f"{told['left']} matters and {told['rows_left']} rows did not settle", bar),
                "holds": False}
    return figure(name, rate, "B/s", line.ceiling, bar, "at least")


def ratio_row(name, ours, theirs, bar):
    return figure(name, ours, "rec/s", theirs, bar, "at least")


def standard(build, count=10000, documents=2000, posts=300):
    """The standard line, and the peers on it in the same run."""
    told, rate = drained(build, STANDARD, count, 900)
    yield share_row(STANDARD, count, told, rate, 0.90)
    ours = told["entries"] / told["seconds_entries"] if told["seconds_entries"] else 0
    folder, why = peer.install(build)
    name = f"{STANDARD.text}: PouchDB, batch 500 ({documents} docs)"
    with LinkWorld(build, STANDARD) as world:
        facts = world.folder / "facts.jsonl"
        station = world.station(SEED)
        station.do(f"facts {max(documents, posts)} {facts}")
        if folder is None:
            yield not_measured(name, why, 9)
        else:
            theirs, seconds = peer.pouchdb(world, folder, facts, documents, 500)
            say(f"PouchDB: {documents} documents in {seconds:.1f} s")
            yield ratio_row(name, ours, theirs, 9)
    with LinkWorld(build, STANDARD) as world:
        facts = world.folder / "facts.jsonl"
        station = world.station(SEED)
        station.do(f"facts {posts} {facts}")
        theirs, seconds = peer.posts(world, facts, posts)
        say(f"one POST each: {posts} in {seconds:.1f} s")
        yield ratio_row(f"{STANDARD.text}: one POST each ({posts})", ours, theirs, 85)


def hostile(build, count=2400):
    told, rate = drained(build, HOSTILE, count, 600)
    yield share_row(HOSTILE, count, told, rate, 0.70)


def second_g(build, count=1600):
    told, rate = drained(build, SECOND_G, count, 600)
    yield share_row(SECOND_G, count, told, rate, 0.85)


def certification(build, count=12000, samples=45):
    """Somebody waits while everything else drains."""
    with LinkWorld(build, STANDARD) as world:
        station = world.station(SEED)
        station.do(f"fill {count}")
        station.do("start")
        told = station.do(f"certify {samples} 300", 900)
        still = told["waiting"]
        say(f"certifications ms: {sorted(round(ms) for ms in told['ms'])}; {still} matters still waited")
    limit = STANDARD.rtt_ms + 1500
    name = f"{STANDARD.text}: certification while {count} drain, p95 ({samples})"
    row = figure(name, percentile(told["ms"], 0.95), "ms", limit, 1.0)
    if still == 0:
        row = {**not_measured(name, "everything else had drained before the last of them", 1.0), "holds": False}
    yield row


def photo(build):
    yield from more.photo(build, STANDARD)


def ingest(build):
    # Beside the build, not in a temporary folder, which may lie in memory.
    os.environ.update(BIANMIN_ASSETS=str(SOURCE / "assets"), TMPDIR=str(pathlib.Path(build, "tests/bench")))
    yield from program("bench-ingest", timeout=300)(build)


def suite(*measures):
    def measure(build):
        why = netns.why_not()
        if why:
            yield {**not_measured("sync", why), "holds": False}
            return
        for part in measures:
            yield from part(str(pathlib.Path(build).resolve()))
    return measure


def small(part, **sizes):
    return lambda build: part(build, **sizes)


FULL = (suite(standard, hostile, second_g, certification, photo, more.idle_day, more.pending, ingest),)
QUICK = (suite(small(standard, count=600, documents=100, posts=10), small(hostile, count=60),
               small(second_g, count=60), small(certification, count=1000, samples=5),
               small(more.idle_day, hours=2), small(more.pending, count=3000, watch=5)),)
