# SPDX-License-Identifier: GPL-3.0-or-later
"""What is left of something on the disk and in the memory of the station."""
import json

from steps import Expectation
from world import wait_until

DEVICES = ("camera", "microphone")  # the folders where the simulated ones have it themselves


def count_in_memory(player, wanted):
    """Where pieces of it stand in what the station may write to: the place and how many."""
    found = []
    pid = player.world.programs["bianmin-stationd"].pid
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            place, rights, *rest = line.split()
            if "rw" not in rights or line.rstrip().endswith(("[vvar]", "[vsyscall]")):
                continue
            start, end = (int(part, 16) for part in place.split("-"))
            memory.seek(start)
            try:
                data = memory.read(end - start)
            except OSError:
                continue
            left = sum(data.count(needle) for needle in wanted)
            if left:
                found.append(f"{left} pieces of it in {rest[-1] if rest else place}")
    return found


def expect_none_in_memory(player, wanted):
    found = count_in_memory(player, wanted)
    if found:
        raise Expectation(found[0])


def expect_none_on_disk(player, wanted):
    """Neither in the ledger nor beside it, whatever way the session ended."""
    for room in (player.world.data, player.world.run, player.world.folder / "log"):
        for file in room.rglob("*"):
            if not file.is_file() or file.parent.name in DEVICES:
                continue
            data = file.read_bytes()
            if any(needle in data for needle in wanted):
                raise Expectation(f"{file} has some of it")


def opened_attachment(player, number, mime, file):
    """What the centre opens of the one attachment of that kind that the entry names, when all of it has arrived."""
    payload = json.loads(player.world.platform(f"payload {number}"))
    items = [item for item in payload["attachments"] if item["mime"] == mime]
    if len(items) != 1:
        raise Expectation(json.dumps(payload, ensure_ascii=False))

    def listed():
        return [item for item in json.loads(player.world.platform("blobs") or "[]")
                if item["blob"] == items[0]["blob"] and item["complete"]]
    wait_until(lambda: (player.turn(0.1), listed())[1], 60, "the attachment to arrive")
    player.world.platform(f"blob {listed()[0]['station']} {items[0]['blob']} {file}")
    return file.read_bytes(), items[0]
