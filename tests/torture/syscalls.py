#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""R4: the n-th system call below the ledger fails, is cut short, or is the program's last.

torture-writer does 50 transactions over the real store on the real disk and says at once what it was promised; strace
injects one fault at one index. Afterwards the ledger is opened without faults and has to keep every promise.

  false_receipts  promised and not there
  crashed         the program died of something else than the fault (a signal, an assertion)
  retried         after a failed fsync something was synced or written again in the same process
  unsound, stuck  the chain; or nothing new is taken although nothing is wrong any more

One seed plays one residue class of all indices (--stride), so that so many seeds play every index.
"""
import argparse
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile

TRANSACTIONS = 50
CALLS = ("openat", "pwrite64", "fdatasync", "fsync", "ftruncate", "rename", "unlink", "fallocate")
# What each call may get. Which faults are real for which call: a sync is never out of room on what it wrote, but may say so.
FAULTS = {"EIO": "error=EIO", "ENOSPC": "error=ENOSPC", "EINTR": "error=EINTR", "KILL": "signal=KILL"}
FILES = ("", "/ledger.db", "/ledger.db-wal", "/ledger.db-journal", "/ledger.lock", "/ledger.ballast")
CANNOT_OPEN, KILLED = 3, (-9, 137)
FIRST_SYNCS = 12
SECONDS = 120


class Sweep:
    def __init__(self, build, seed, folder):
        self.writer = str(build / "tests/torture/torture-writer")
        self.seed, self.folder = seed, pathlib.Path(folder)
        self.log = self.folder / "strace.log"
        self.toll = dict.fromkeys(("false_receipts", "crashed", "retried", "unsound", "stuck"), 0)
        self.faults = 0

    def fresh(self):
        place = self.folder / "ledger"
        if place.exists():
            for path in place.iterdir():
                path.unlink()
            place.rmdir()
        place.mkdir()
        return place

    def write(self, place, inject=None, short=0):
        command = [self.writer, "--folder", str(place), "--seed", str(self.seed), "--transactions", str(TRANSACTIONS)]
        if short:
            command += ["--short", str(short)]
        else:
            watched = [word for name in FILES for word in ("-P", str(place) + name)]
            tracing = ["strace", "-f", "-qq", "--seccomp-bpf", "-o", str(self.log), *watched, "-e", "trace=" + ",".join(CALLS)]
            command = tracing + (["-e", f"inject={inject}"] if inject else []) + command
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
                              timeout=SECONDS)

    def judge(self, place, promises):
        command = [self.writer, "--folder", str(place), "--seed", str(self.seed + 1), "--judge"]
        result = subprocess.run(command, input=promises, capture_output=True, text=True, errors="replace", timeout=SECONDS)
        try:
            line = json.loads(result.stdout.splitlines()[-1])
        except (IndexError, ValueError):
            line = {"lost": 1, "unsound": 1, "stuck": 1}
        return line, result.stderr

    def count_calls(self):
        """How often each call is made in an undisturbed run; it has to be sound, too."""
        place = self.fresh()
        result = self.write(place)
        if result.returncode or "closed" not in result.stdout:
            raise SystemExit(f"the writer does not work at all: {result.stdout[-300:]}{result.stderr[-300:]}")
        line, _ = self.judge(place, result.stdout)
        if line["lost"] or line["unsound"] or line["stuck"] or line["promised"] < TRANSACTIONS:
            raise SystemExit(f"an undisturbed run is not sound: {line}")
        counts = dict.fromkeys(CALLS, 0)
        for call in re.findall(r"^\d+ +(\w+)\(", self.log.read_text(errors="replace"), re.M):
            if call in counts:
                counts[call] += 1
        return counts

    def note(self, name, what, said):
        self.toll[name] += 1
        if sum(self.toll.values()) <= 20:
            print(f"{what}: {name}: {said}", file=sys.stderr)

    def look_for_retries(self, what, result):
        """Two syncs are SQLite's own affair. That of the folder after a file was made: it does not ask how it went, and the
        sync of the file itself, which it does ask about, stores the name, too, on ext4. And those before
        there is a log: the file that was being made is emptied again, and the start has to fail."""
        lines = self.log.read_text(errors="replace").splitlines()
        at = next((i for i, line in enumerate(lines) if "(INJECTED)" in line and re.search(r"f(data)?sync\(", line)), None)
        if at is None:
            return
        number = re.search(r"sync\((\d+)\)", lines[at]).group(1)
        opened = [line for line in lines[:at] if re.search(rf"openat\(.* = {number}$", line)]
        if opened and "O_RDONLY" in opened[-1]:
            return
        if not any("ledger.db-wal" in line for line in lines[:at]) and result.returncode == CANNOT_OPEN:
            return
        after = [line for line in lines[at + 1:] if re.search(r"\b(f(data)?sync|pwrite64|ftruncate)\(", line)]
        if after:
            self.note("retried", what, after[0])

    def play(self, call, fault, index):
        what = f"{call} {index} {fault}"
        place = self.fresh()
        if fault == "short":
            result = self.write(place, short=index)
        else:
            result = self.write(place, inject=f"{call}:{FAULTS[fault]}:when={index}")
            if fault != "KILL":
                self.look_for_retries(what, result)
        self.faults += 1
        allowed = KILLED if fault == "KILL" else (0, CANNOT_OPEN)
        if result.returncode not in allowed and not (fault == "KILL" and "closed" in result.stdout):
            self.note("crashed", what, f"exit {result.returncode} {result.stderr[-400:]}")
        line, said = self.judge(place, result.stdout)
        for key, name in (("lost", "false_receipts"), ("unsound", "unsound"), ("stuck", "stuck")):
            if line[key]:
                self.note(name, what, said[-300:])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True, type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=10 ** 9, help="at most so many faults")
    parser.add_argument("--stride", type=int, default=23)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bianmin-syscalls-") as folder:
        sweep = Sweep(options.build, options.seed, folder)
        counts = sweep.count_calls()
        counts_short = {"pwrite64": counts["pwrite64"]}
        jobs = [(call, fault, index) for call, most in counts.items() for fault in FAULTS for index in range(1, most + 1)]
        jobs += [(call, "short", index) for call, most in counts_short.items() for index in range(1, most + 1)]
        # Rare calls have no 23rd index: there every index counts.
        jobs = [job for job in jobs if counts[job[0]] <= options.stride or job[2] % options.stride == options.seed % options.stride]
        # Each of the first syncs is made at another place of the code.
        jobs += [("fdatasync", "EIO", index) for index in range(1, min(FIRST_SYNCS, counts["fdatasync"]) + 1)]
        random.Random(options.seed).shuffle(jobs)
        for job in jobs[:options.count]:
            sweep.play(*job)
        print(json.dumps({"what": "R4", "seed": options.seed, "faults": sweep.faults, **sweep.toll}))
        sys.exit(1 if any(sweep.toll.values()) else 0)


if __name__ == "__main__":
    main()
