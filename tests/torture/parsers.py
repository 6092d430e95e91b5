#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""R12: every libFuzzer target of tests/fuzz, so many executions each, under ASan and UBSan.

Builds them with clang in build/fuzz first. What reached new branches is kept in build/fuzz/corpus, so that a later run
begins deeper; a clean clone begins from tests/fuzz/corpus. The input of a finding is kept in build/fuzz/found.
"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import fcntl

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BUILD = SOURCE / "build/fuzz"
SECONDS = 600
MAX_INPUT = 8192
SUMMARY = re.compile(r"^SUMMARY: |: runtime error: |^ERROR:|^==\d+== ?ERROR: ")


def build():
    """Configures and builds all targets; one at a time, however many ask."""
    BUILD.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "CC": "clang", "PATH": "/usr/bin:/bin:/usr/sbin:/sbin"}
    with open(BUILD / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (BUILD / "build.ninja").exists():
            subprocess.run(["meson", "setup", "-Db_lundef=false", "-Dui=false", str(BUILD), str(SOURCE)], env=environment,
                           check=True, stdout=subprocess.DEVNULL)
        result = subprocess.run(["ninja", "-C", str(BUILD), "fuzz"], env=environment, capture_output=True, text=True)
        if result.returncode:
            raise SystemExit(f"the fuzz targets do not build\n{result.stdout[-3000:]}")
    listed = {path.stem.removeprefix("fuzz-") for path in (SOURCE / "tests/fuzz").glob("fuzz-*.c")}
    built = {path.name.removeprefix("fuzz-"): path for path in (BUILD / "tests/fuzz").glob("fuzz-*")
             if path.is_file() and os.access(path, os.X_OK)}
    if listed - set(built):
        raise SystemExit(f"not built: {', '.join(sorted(listed - set(built)))}")
    return {name: built[name] for name in sorted(listed)}


def fuzz(name, program, seed, count):
    """(executions, what was found or None)."""
    corpus, found = BUILD / "corpus" / name, BUILD / "found"
    corpus.mkdir(parents=True, exist_ok=True)
    found.mkdir(exist_ok=True)
    command = [str(program), f"-runs={count}", f"-seed={seed % 4294967295 + 1}", f"-max_len={MAX_INPUT}", "-print_final_stats=1",
               "-timeout=20", "-rss_limit_mb=2048", f"-artifact_prefix={found}/{name}-", str(corpus)]
    committed = SOURCE / "tests/fuzz/corpus" / name
    if committed.is_dir():
        command.append(str(committed))
    environment = {**os.environ, "BIANMIN_ASSETS": str(SOURCE / "assets"), "G_DEBUG": "fatal-criticals",
                   "ASAN_OPTIONS": "detect_stack_use_after_return=1:strict_string_checks=1",
                   "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1"}
    try:
        result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
                                env=environment, timeout=SECONDS)
        code, output = result.returncode, result.stderr
    except subprocess.TimeoutExpired:
        code, output = 124, f"not done after {SECONDS} s"
    done = re.search(r"stat::number_of_executed_units:\s*(\d+)", output)
    executions = int(done.group(1)) if done else 0
    if code == 0 and executions >= count:
        return executions, None
    summary = "\n".join(line for line in output.splitlines() if SUMMARY.search(line))
    return executions, f"{name}: exit {code} after {executions} executions\n{summary}\n{output[-3000:]}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=100000, help="executions for each parser")
    parser.add_argument("--only", action="append", default=[])
    options = parser.parse_args()
    total, findings, parsers = 0, 0, 0
    for name, program in build().items():
        if options.only and name not in options.only:
            continue
        executions, found = fuzz(name, program, options.seed, options.count)
        parsers += 1
        total += executions
        if found:
            findings += 1
            print(found, file=sys.stderr)
    print(json.dumps({"what": "R12", "seed": options.seed, "executions": total, "parsers": parsers, "findings": findings}))
    sys.exit(1 if findings or not parsers else 0)


if __name__ == "__main__":
    main()
