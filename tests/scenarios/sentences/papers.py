# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentences about papers under the camera."""
import base64
import json
import struct
import subprocess

from sentences.ledger import number_of
from steps import Expectation, step
from world import wait_until


@step(r"camera (lay \S+|remove|unplug|replug|slow \d+)")
def camera(player, verb):
    player.world.camera(verb)


def seen(player):
    """What the camera makes of what lies there: always the same bytes, whole and in small."""
    reply = subprocess.run([player.world.binary("bianmin-capture"), f"sim:{player.world.run / 'camera'}"],
                           capture_output=True, check=True).stdout
    whole = struct.unpack(">I", reply[5:9])[0]
    return reply[13:13 + whole], reply[13 + whole:]


@step(r"expect the paper of matter (\d+) arrives byte for byte")
def expect_paper(player, ordinal):
    """What the centre opens of the attachment that the entry names is what lay under the camera."""
    payload = json.loads(player.world.platform(f"payload {number_of(player, ordinal)}"))
    blobs = [item["blob"] for item in payload["attachments"] if item["mime"] == "image/jpeg"]
    if len(blobs) != 1:
        raise Expectation(json.dumps(payload, ensure_ascii=False))
    file = player.world.folder / "opened-paper.jpg"

    def listed():
        return [item for item in json.loads(player.world.platform("blobs") or "[]")
                if item["blob"] == blobs[0] and item["complete"]]
    wait_until(lambda: (player.turn(0.1), listed())[1], 60, "the paper to arrive")
    player.world.platform(f"blob {listed()[0]['station']} {blobs[0]} {file}")
    if file.read_bytes() != seen(player)[0]:
        raise Expectation(f"{file.stat().st_size} bytes came, and not those of {len(seen(player)[0])}")


def needles(player):
    """Pieces of both pictures, and of the small one as a page has it."""
    found = []
    for data in seen(player):
        found += [data[at:at + 32] for at in range(len(data) // 3, len(data) - 40, len(data) // 5)]
        text = base64.b64encode(data)
        found += [text[at:at + 40] for at in range(len(text) // 3, len(text) - 50, len(text) // 5)]
    return found


@step(r"expect nothing of the paper on disk")
def expect_no_paper_on_disk(player):
    """Neither in the ledger nor beside it, whatever way the session ended."""
    wanted = needles(player)
    for room in (player.world.data, player.world.run, player.world.folder / "log"):
        for file in room.rglob("*"):
            if not file.is_file() or file.parent.name == "camera":
                continue
            data = file.read_bytes()
            if any(needle in data for needle in wanted):
                raise Expectation(f"{file} has some of it")


@step(r"expect station memory holds nothing of the paper")
def expect_no_paper_in_memory(player):
    wanted = needles(player)
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
                raise Expectation(f"{left} pieces of it in {rest[-1] if rest else place}")
