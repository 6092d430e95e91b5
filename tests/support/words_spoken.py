# SPDX-License-Identifier: GPL-3.0-or-later
"""What the simulated microphone hears: six syllables of half a second, each of a pitch of its own."""
import array
import math

RATE = 16000
SLOT, TONE = 0.5, 0.4  # seconds
PITCHES = (200, 290, 380, 240, 330, 430)


def spoken():
    """Raw samples of 16 bits, little endian."""
    samples = array.array("h")
    for pitch in PITCHES:
        for i in range(int(RATE * SLOT)):
            at = i / RATE
            loud = math.sin(math.pi * at / TONE) if at < TONE else 0
            tone = sum(math.sin(2 * math.pi * pitch * part * at) / part for part in (1, 2, 3))
            samples.append(int(9000 * loud * tone))
    return samples.tobytes()


def power(samples, rate, pitch):
    """How much of @pitch is in the samples (Goertzel)."""
    turn = 2 * math.cos(2 * math.pi * pitch / rate)
    one = two = 0.0
    for sample in samples:
        one, two = sample + turn * one - two, one
    return one * one + two * two - turn * one * two


def pitches_of(data, rate, slots=len(PITCHES)):
    """Which of the pitches is the loudest in each half second; None where it is quiet."""
    samples = array.array("h", data[:len(data) // 2 * 2])
    found = []
    for slot in range(slots):
        piece = samples[int(rate * slot * SLOT):int(rate * (slot * SLOT + TONE))]
        if not piece or max(map(abs, piece)) < 1000:
            found.append(None)
            continue
        found.append(max(PITCHES, key=lambda pitch: power(piece, rate, pitch)))
    return found
