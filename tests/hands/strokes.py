# SPDX-License-Identifier: GPL-3.0-or-later
"""What a finger wrote, read by somebody else than the station: the format stands in core/strokes/strokes.h."""
import struct


def read_strokes(data):
    """Lists of (x, y, t), in 1/100 mm and milliseconds."""
    magic, version, _width, _height, count = struct.unpack(">4sBHHH", data[:11])
    if (magic, version) != (b"BMST", 1):
        raise ValueError(f"{data[:5]!r} begins no strokes")
    at, before, strokes = 11, [0, 0, 0], []

    def number():
        nonlocal at
        value, shift = 0, 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value
    for _ in range(count):
        points = struct.unpack_from(">H", data, at)[0]
        at += 2
        stroke = []
        for _ in range(points):
            x, y, t = number(), number(), number()
            before = [before[0] + (x >> 1 ^ -(x & 1)), before[1] + (y >> 1 ^ -(y & 1)), before[2] + t]
            stroke.append(tuple(before))
        strokes.append(stroke)
    if at != len(data):
        raise ValueError("something follows the strokes")
    return strokes


def write_strokes(strokes, width=23000, height=12000):
    """The other way round."""
    data, before = struct.pack(">4sBHHH", b"BMST", 1, width, height, len(strokes)), (0, 0, 0)

    def number(value):
        out = b""
        while value >= 0x80:
            out += bytes([value & 0x7F | 0x80])
            value >>= 7
        return out + bytes([value])
    for stroke in strokes:
        data += struct.pack(">H", len(stroke))
        for point in stroke:
            dx, dy, dt = (now - then for now, then in zip(point, before))
            data += number(dx << 1 ^ dx >> 31) + number(dy << 1 ^ dy >> 31) + number(dt)
            before = point
    return data
