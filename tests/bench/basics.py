# SPDX-License-Identifier: GPL-3.0-or-later
"""Faces, commits, packs and queries: against a limit, or against a peer measured in the same run."""
import json
import os
import pathlib
import re
import statistics
import subprocess
import tempfile
import time

from faces import spin
from figures import figure, percentile, program
from world import World, wait_until
from xtest import type_text

SOURCE = pathlib.Path(__file__).resolve().parents[2]
RUNS = 15


def seconds_to_first_frame(world, command):
    """From exec until the program, having painted its first frame, ends by itself."""
    began = time.monotonic()
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   env=world.environment(DISPLAY=world.display, GTK_A11Y="none"), timeout=30)
    return (time.monotonic() - began) * 1000


def first_frame(build):
    with World(build) as world:
        world.start_display()
        kiosk = [str(world.binary("bianmin-kiosk")), "--mute", "--size", "1080x1920", "--pitch", "0.248",
                 "--model", str(SOURCE / "tests/fixtures/pages/home.json"), "--quit-after-first-frame"]
        empty = [str(world.binary("bench-empty-window")), "1080", "1920"]
        ours, theirs = [], []
        for turn in range(RUNS + 1):
            one, two = seconds_to_first_frame(world, kiosk), seconds_to_first_frame(world, empty)
            if turn:
                ours.append(one)
                theirs.append(two)
    return [figure("first frame", statistics.median(ours), "ms", statistics.median(theirs), 2.0)]


def memory_of(pid):
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    value = {key: int(amount) / 1024 for key, amount in re.findall(r"^(\w+): +(\d+) kB", text, re.M)}
    return value["Pss"], value["Anonymous"]


def journey(build):
    """The tour's story without pictures: memory afterwards, and what the face logged of presses and pages."""
    from tour import STORY
    from steps import Player

    rows = []
    with World(build) as world:
        world.begin()
        player = Player(world, "face")
        world.timing = True
        player.open_faces()
        for line in STORY.read_text(encoding="utf-8").splitlines():
            line = line.strip()
            if line and not line.startswith("#") and "picture" not in line.split()[:2]:
                player.play(line)
        wait_until(lambda: world.is_running("bianmin-kiosk"), 5, "the kiosk")
        for name, binary, bar in (("kiosk PSS", "bianmin-kiosk", 75), ("desk PSS", "bianmin-desk", 95),
                                   ("station PSS", "bianmin-stationd", 48)):
            pss, anonymous = memory_of(world.programs[binary].pid)
            rows.append(figure(name, pss, "MB", bar, 1.0))
            if binary == "bianmin-stationd":
                rows.append(figure("station anonymous", anonymous, "MB", 20, 1.0))
        timings = []
        for log in world.folder.glob("*.timing"):
            timings += [json.loads(line) for line in log.read_text().splitlines()]
    for what, name, limit in (("press", "press feedback p99", 50), ("page", "page change p99", 200)):
        ours = [row for row in timings if row["what"] == what]
        values = [row["ms"] for row in ours]
        if values:
            slowest = max(ours, key=lambda row: row["ms"]).get("id")
            rows.append(figure(f"{name} ({len(values)}{f', slowest: {slowest}' if slowest else ''})",
                               percentile(values, 0.99), "ms", limit, 1.0))
        else:
            rows.append(figure(f"{name} (0)", float("inf"), "ms", limit, 1.0))
    return rows


def voice(build, presses=20):
    """读给我听 (F2) on a page: until the first sample is with the program that plays. Engine and player are real, the
    loudspeaker is not: what a sound card adds is not in it."""
    with World(build, desk=False) as world:
        world.start_display()
        timing = world.folder / "voice.timing"
        world.start("bianmin-kiosk", ["--model", SOURCE / "tests/fixtures/pages/home.json", "--size", "1080x1920", "--pitch", "0.248",
                                      "--audio-command", "/bin/sh -c 'exec cat >/dev/null' play", "--timing-log", timing],
                    DISPLAY=world.display, GTK_A11Y="none")

        def count():
            return timing.read_text().count('"voice"') if timing.exists() else 0

        time.sleep(2)  # the page reads itself first
        for number in range(presses):
            type_text(world.display, ["F2"])
            wait_until(lambda: count() > number, 10, "the voice")
            time.sleep(0.2)  # in the middle of a sentence: what is said is cut off first
        values = [row["ms"] for row in map(json.loads, timing.read_text().splitlines()) if row["what"] == "voice"]
    return [figure(f"voice start p90 ({len(values)})", percentile(values, 0.9), "ms", 250, 1.0)]


commit = program("bench-commit", timeout=300)


def pack(build, residents=10000):
    """A record of a village of 10,000, opened by a station's store, identification included."""
    demo = SOURCE / "assets/demo"
    environment = {**os.environ, "BIANMIN_ASSETS": str(SOURCE / "assets")}

    def call(program, *arguments):
        return subprocess.run([str(pathlib.Path(build, program)), *map(str, arguments)], capture_output=True, text=True,
                              check=True, timeout=300, env=environment).stdout

    with tempfile.TemporaryDirectory(prefix="bianmin-bench-") as folder:
        platform = pathlib.Path(folder, "platform")
        call("sync/platform/bianmin-platform", "init", "--data", platform, "--host", "127.0.0.1", "--station", "demo",
             "--demo-data", demo)
        call("tests/bench/pack-village", platform, residents)
        told = call("tests/bench/bench-pack", platform / "platform.db", demo / "residents.csv")
        row = json.loads(told.splitlines()[-1])
    return [figure(f"{row['name']} p99 ({residents})", row["value"], row["unit"], row["limit"], 1.0)]


def shown(face, template):
    """The moment at which the station had the page ready; a face that draws nothing looks every few milliseconds."""
    wait_until(lambda: (spin(0.002), (face.page or {}).get("template") == template)[1], 15, template)
    return time.monotonic()


def query(build, residents=10000):
    """With 10,000 residents in the pack: from the card placed to the name, and from 是我 to the amounts."""
    from steps import Player

    with World(build, desk=False) as world:
        world.call("bianmin-platform", "init", "--data", world.platform_data, "--host", "127.0.0.1",
                   "--station", "demo", "--demo-data", SOURCE / "assets/demo")
        world.call("pack-village", world.platform_data, residents)
        world.begin()
        wait_until(lambda: (time.sleep(0.1), (world.station_call(do="status").get("packs") or {}).get("count"))[1]
                   == residents, 120, "the pack")
        player, values = Player(world, "station"), []
        player.open_faces()
        for resident in (4, 5, 6, 10, 13, 15, 17, 18, 23, 32) * 2:
            for label in ("开始", "看钱到没到"):
                player.press(player.hall, label)
            shown(player.hall, "card")
            placed = time.monotonic()
            world.reader(f"place {resident}")
            named = shown(player.hall, "confirm")
            pressed = time.monotonic()
            player.try_press(player.hall, "是我")
            values.append((named - placed + shown(player.hall, "amounts") - pressed) * 1000)
            world.reader("remove")
            player.press(player.hall, "我走了")
    return [figure(f"query by card p90 ({residents})", percentile(values, 0.9), "ms", 500, 1.0)]
