# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentences about what somebody says into the microphone."""
import functools
import hashlib
import os
import pathlib
import struct
import subprocess
import sys

from faces import spin
from sentences.ledger import number_of
from sentences.traces import count_in_memory, expect_none_in_memory, expect_none_on_disk, opened_attachment
from steps import Expectation, step
from world import wait_until

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
from words_spoken import PITCHES, pitches_of, spoken  # noqa: E402

RATE_PLAY = 48000


@step(r"microphone (hear words|silence|unplug|replug|slow \d+|speed \d+)")
def microphone(player, verb):
    player.world.microphone(verb)


def is_words(pitches):
    """Each syllable has its pitch; the last may have been cut off by who pressed too early."""
    said = [pitch for pitch in pitches if pitch is not None]
    return len(said) >= 3 and said == list(PITCHES)[:len(said)]


def seconds_left(face):
    page = face.page or {}
    return page.get("countdown", 60) if page.get("template") == "memo" else 60


@step(r"wait until the words are recorded")
def wait_for_words(player):
    """All of them were said when so many seconds are left."""
    wait_until(lambda: (spin(0.1), seconds_left(player.hall) <= 56)[1], 60, "the seconds to go by")


@step(r"expect the words were played")
def expect_played(player):
    """What came out of the loudspeaker since it was asked last is what was said."""
    seconds, pitches = player.world.microphone("heard").split(" ", 1)
    found = [None if text.strip() == "None" else int(text) for text in pitches.strip("[]").split(",")]
    if not is_words(found):
        raise Expectation(f"{seconds} s: {pitches}")


@step(r"expect nothing was played")
def expect_silence(player):
    heard = player.world.microphone("heard")
    if not heard.startswith("0.0 "):
        raise Expectation(heard)


def decoded(player, data):
    """Raw samples of a recording, by the program that plays it, as fast as it can."""
    folder = player.world.folder / "ear"
    folder.mkdir(exist_ok=True)
    (folder / "speed").write_text("100")
    if not (folder / "ear").exists():
        os.mkfifo(folder / "ear")
    ear = os.open(folder / "ear", os.O_RDWR | os.O_NONBLOCK)
    os.set_blocking(ear, False)
    child = subprocess.Popen([player.world.binary("bianmin-record"), "play", f"sim:{folder}"], stdin=subprocess.PIPE,
                             stdout=subprocess.DEVNULL)
    child.stdin.write(data)
    child.stdin.close()
    heard = b""
    while True:
        is_over = child.poll() is not None
        try:
            heard += os.read(ear, 1 << 20)
        except BlockingIOError:
            if is_over:
                break
    os.close(ear)
    return heard


@step(r"expect the memo of matter (\d+) arrives byte for byte")
def expect_memo(player, ordinal):
    """What the centre opens has the sum that the sealed entry names, and says the words that were spoken."""
    data, item = opened_attachment(player, number_of(player, ordinal), "audio/ogg",
                                   player.world.folder / "opened-memo.ogg")
    if len(data) != item["bytes"] or hashlib.new("sm3", data).hexdigest() != item["sm3"]:
        raise Expectation(f"{len(data)} bytes came, and not those of {item}")
    pitches = pitches_of(decoded(player, data), RATE_PLAY)
    if not is_words(pitches):
        raise Expectation(f"it says {pitches}")


def recorded(player):
    """What the microphone makes of the words in a minute: its beginning is always the same."""
    folder = player.world.folder / "again"
    folder.mkdir(exist_ok=True)
    (folder / "now.pcm").write_bytes(spoken())
    (folder / "speed").write_text("100")
    child = subprocess.Popen([player.world.binary("bianmin-record"), "take", f"sim:{folder}"], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE)
    reply = child.stdout.read()
    child.stdin.close()
    if child.wait() != 0:
        raise Expectation(f"bianmin-record ended with {child.returncode}")
    while reply[:1] == b"L":
        reply = reply[3:]
    return reply[5:5 + struct.unpack(">I", reply[1:5])[0]]


@functools.cache
def needles(player):
    """Pieces of the first two seconds as they are kept, and as raw sound."""
    whole, found = recorded(player), []
    at = len(whole.split(b"OggS")[1]) + len(whole.split(b"OggS")[2]) + 8  # behind both heads
    found += [whole[place:place + 16] for place in range(at + 120, at + 1500, 150)]
    sound = spoken()
    found += [sound[place:place + 64] for place in range(2000, 40000, 4000)]
    return [needle for needle in found if len(set(needle)) > 8]  # a silence is everywhere


@step(r"expect nothing of the memo on disk")
def expect_no_memo_on_disk(player):
    expect_none_on_disk(player, needles(player))


@step(r"expect station memory holds (something|nothing) of the memo")
def expect_memo_in_memory(player, what):
    if what == "nothing":
        expect_none_in_memory(player, needles(player))
    elif not count_in_memory(player, needles(player)):
        raise Expectation("no piece of it was found: the search proves nothing")
