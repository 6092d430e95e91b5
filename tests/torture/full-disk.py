#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""R5: disks of their own for torture-full: ext4 in a file, with blocks of 1 KiB and of 4 KiB in turn; of 72 MB for
an eighth of the product's ballast and threshold, and of 448 MB for these themselves.

Needs root, mkfs.ext4 and loop devices; where one is missing it says "skipped" and why, and exits with 77.
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SMALL, PRODUCT = (72, ()), (448, ("--product",))
# One disk after the other; each seed has both sizes, and both blocks.
ROUNDS = (((1024, SMALL), (4096, PRODUCT)), ((4096, SMALL), (1024, PRODUCT)))
CYCLES = 2  # on one disk; then a new one
SECONDS = 600
SKIPPED = 77


def skip(seed, why):
    print(json.dumps({"what": "R5", "seed": seed, "skipped": why}))
    sys.exit(SKIPPED)


def run(command, **more):
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", **more)


def try_disk(build, seed, block, size, cycles, mutant):
    """(line, exit code, what was said) of torture-full on a fresh disk; the line is None when there can be no disk."""
    with tempfile.TemporaryDirectory(prefix="bianmin-disk-") as folder:
        megabytes, words = size
        image, place = pathlib.Path(folder) / "image", pathlib.Path(folder) / "disk"
        place.mkdir()
        with open(image, "wb") as file:
            file.truncate(megabytes * 1024 * 1024)
        made = run(["mkfs.ext4", "-q", "-F", "-m", "0", "-b", str(block), str(image)])
        if made.returncode:
            return None, 0, f"mkfs.ext4: {made.stderr.strip()}"
        mounted = run(["mount", "-o", "loop", str(image), str(place)])
        if mounted.returncode:
            return None, 0, f"no loop mount here: {mounted.stderr.strip()}"
        try:
            command = [build / "tests/torture/torture-full", "--folder", place, "--seed", str(seed), "--cycles", str(cycles),
                       *words]
            result = run([str(word) for word in command] + (["--mutant", mutant] if mutant else []), timeout=SECONDS)
        finally:
            run(["umount", str(place)])
    try:
        line = json.loads(result.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        line = {}
    return line, result.returncode, result.stderr


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True, type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=2, help="cycles for each size")
    parser.add_argument("--mutant")
    options = parser.parse_args()
    if os.geteuid():
        skip(options.seed, "only root may mount a small disk")
    path = os.environ.get("PATH", "") + ":/sbin:/usr/sbin"
    os.environ["PATH"] = path
    if not shutil.which("mkfs.ext4"):
        skip(options.seed, "there is no mkfs.ext4")
    totals = dict.fromkeys(("cycles", "promised", "purged", "given", "log_kib", "lost", "stuck", "misled", "not_resumed", "unsound", "crashed"), 0)
    bad = False
    for index in range((options.count + CYCLES - 1) // CYCLES):
        for block, size in ROUNDS[index % len(ROUNDS)]:
            cycles = min(CYCLES, options.count - index * CYCLES)
            line, code, said = try_disk(options.build, options.seed + index, block, size, cycles, options.mutant)
            if line is None:
                skip(options.seed, said)
            for key in totals:
                totals[key] = max(totals[key], line.get(key, 0)) if key == "log_kib" else totals[key] + line.get(key, 0)
            totals["crashed"] += code not in (0, 1)
            bad = bad or code != 0
            if code:
                print(f"{size[0]} MB, blocks of {block}, exit {code}\n{said[-2000:]}", file=sys.stderr)
    print(json.dumps({"what": "R5", "seed": options.seed, **totals}))
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
