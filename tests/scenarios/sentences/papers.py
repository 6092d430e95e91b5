# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentences about papers under the camera."""
import base64
import struct
import subprocess

from sentences.ledger import number_of
from sentences.traces import expect_none_in_memory, expect_none_on_disk, opened_attachment
from steps import Expectation, step


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
    data, _ = opened_attachment(player, number_of(player, ordinal), "image/jpeg",
                                player.world.folder / "opened-paper.jpg")
    if data != seen(player)[0]:
        raise Expectation(f"{len(data)} bytes came, and not those of {len(seen(player)[0])}")


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
    expect_none_on_disk(player, needles(player))


@step(r"expect station memory holds nothing of the paper")
def expect_no_paper_in_memory(player):
    expect_none_in_memory(player, needles(player))
