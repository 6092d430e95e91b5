# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentences about USB sticks: a stick is a folder under the station's media folder."""
import json
import shutil
import threading
import time

from steps import Expectation, step
from world import wait_until

NAME = "STICK"


def media(player):
    return player.world.folder / "media"


def stick(player, name=None):
    return media(player) / (name or NAME)


def pocket(player, name=None):
    """Where a stick is while it is in no machine."""
    return player.world.folder / "pocket" / (name or NAME)


def whole_volumes(folder):
    return sorted(file.name for file in (folder / "bianmin").glob("out-*-[0-9]*.bmv"))


def report(player):
    return player.world.station_call(do="volumes")


@step(r"a stick is put in(?: as (\w+))?")
def put_in(player, name):
    there = pocket(player, name)
    stick(player, name).parent.mkdir(exist_ok=True)
    if there.exists():
        there.rename(stick(player, name))
    else:
        stick(player, name).mkdir(exist_ok=True)


@step(r"the stick is pulled out(?: as (\w+))?")
def pull_out(player, name):
    pocket(player, name).parent.mkdir(exist_ok=True)
    stick(player, name).rename(pocket(player, name))


@step(r"the operator (exports to|imports from) the stick(?: only (\w+))?")
def carry(player, how, what):
    verb = "export" if how == "exports to" else "import"
    more = ["--what", what] if what else []
    player.last_carried = player.world.ctl(verb, stick(player), *more)


@step(r"the operator (exports to|imports from) the stick and is told (.+)")
def carry_and_fail(player, how, text):
    verb = "export" if how == "exports to" else "import"
    reply = player.world.ctl(verb, stick(player), check=False)
    if reply.get("ok") or text not in reply.get("error", ""):
        raise Expectation(f"bianmin-ctl {verb} says {json.dumps(reply, ensure_ascii=False)}")


@step(r"the stick goes to the centre")
def to_the_centre(player):
    """The same intake as the line's; the answers lie on the stick afterwards."""
    player.last_import = json.loads(player.world.platform(f"import {stick(player)} {stick(player)}"))


@step(r"expect the centre took (\d+) new and (\d+) again")
def centre_took(player, new, again):
    found = player.last_import["accepted"], player.last_import["duplicates"]
    if found != (int(new), int(again)):
        raise Expectation(f"the centre says {json.dumps(player.last_import, ensure_ascii=False)}")


@step(r"expect the centre took (some|nothing) new")
def centre_took_some(player, which):
    if (player.last_import["accepted"] > 0) != (which == "some"):
        raise Expectation(f"the centre says {json.dumps(player.last_import, ensure_ascii=False)}")


@step(r"expect the stick (holds|does not hold) a whole volume")
def holds(player, how):
    names = whole_volumes(stick(player))
    if bool(names) != (how == "holds"):
        raise Expectation(f"on the stick: {names}")


@step(r"the stick is pulled out while it is written")
def pull_while_written(player):
    """A watcher sees the unfinished file and takes the stick away; what came too late is tried again."""
    inner = stick(player) / "bianmin"
    for _ in range(20):
        shutil.rmtree(inner, ignore_errors=True)
        seen = threading.Event()

        def watch():
            until = time.monotonic() + 10
            while time.monotonic() < until and not seen.is_set():
                if inner.exists() and any(file.suffix == ".part" for file in inner.iterdir()):
                    pull_out(player, None)
                    seen.set()
        watcher = threading.Thread(target=watch)
        watcher.start()
        player.world.station_call(do="export", folder=str(stick(player)))
        wait_until(lambda: report(player)["state"] != "working", 30, "the export to end")
        seen.set()
        watcher.join()
        # Pulled out a moment later, at the list that is written last, the volume would be whole.
        if report(player)["state"] == "failed" and not whole_volumes(pocket(player)):
            return
        if not stick(player).exists():
            put_in(player, None)
    raise Expectation("the stick could not be pulled out in time")


@step(r"expect the stick job (failed|is done) and says (.+)")
def job_says(player, state, text):
    wait_until(lambda: (player.turn(), report(player)["state"] != "working")[1], 30, "the stick")
    found = report(player)
    if found["state"] != {"failed": "failed", "is done": "done"}[state] or text not in found["sentence"]:
        raise Expectation(json.dumps(found, ensure_ascii=False))


@step(r"somebody cuts the answers on the stick")
def cut_answers(player):
    for file in (stick(player) / "bianmin").glob("back-*.bmv"):
        data = file.read_bytes()
        file.write_bytes(data[:len(data) // 2])


@step(r"somebody changes a byte of the answers on the stick")
def change_answers(player):
    for file in (stick(player) / "bianmin").glob("back-*.bmv"):
        data = bytearray(file.read_bytes())
        data[len(data) // 2] ^= 1
        file.write_bytes(data)


@step(r"expect (\d+) files? (?:was|were) refused, with (.+)")
def refused(player, count, text):
    found = player.last_carried.get("refused", [])
    if len(found) != int(count) or any(text not in file["sentence"] for file in found):
        raise Expectation(json.dumps(player.last_carried, ensure_ascii=False))


@step(r"the operator exports to the stick until the power fails")
def export_until_power_fails(player):
    reply = player.world.ctl("export", stick(player), check=False)
    if reply.get("ok"):
        raise Expectation("the export ended before the power failed")


@step(r"the stick carries (\d+) large files that end too early")
def carries_large_files(player, count):
    """Read and hashed whole before anybody can say what is wrong with them: reading them takes a while."""
    inner = stick(player) / "bianmin"
    inner.mkdir(exist_ok=True)
    header = json.dumps({"v": 1, "kind": "back", "kiosk": 1, "nonce": "00" * 16, "part": 1, "wall_ms": 1,
                         "cursor": 0}).encode()
    item = b"\x04" + (4 << 20).to_bytes(4, "big") + bytes(4 << 20)
    first = inner / "back-1-00000000-0001.bmv"
    first.write_bytes(b"BMV1" + len(header).to_bytes(4, "big") + header + 7 * item + bytes(100))
    for number in range(2, int(count) + 1):
        (inner / f"back-1-00000000-{number:04}.bmv").hardlink_to(first)


@step(r"expect the stick job is still going on")
def still_going_on(player):
    if report(player)["state"] != "working":
        raise Expectation(json.dumps(report(player), ensure_ascii=False))
