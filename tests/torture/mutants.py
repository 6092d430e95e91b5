# SPDX-License-Identifier: GPL-3.0-or-later
"""Mutants: small patches that break the product in the way that a part of the torture house must catch.

tests/torture/mutants/NAME.patch begins with lines "# key: value" and goes on as a plain diff:

    # R: R1                     whose program has to fail
    # why: …                    what breaks
    # says: regular expression  what the program has to say about it; failing with other words is not being caught
    # target: ninja target …    (optional) what to build, if the command does not build it
    # command: …                (optional) another command than the registry's, with {build} {source} {seed} {count}
    # count: 2000               (optional) how many; else the registry's share of ./bianmin test
    # seed: 1                   (optional)
    # ui: yes                   (optional) the faces are built, too, in a folder of their own
    # exit: -6                  (optional) how the program ends, if not with 1: a unit test aborts

--mutants copies the tracked files of the tree to a folder beside the build, applies one patch after the other, builds
there and plays the program. Each command is first played with the code as it is: where it fails anyway, its mutants are
not judged. It ends with a table, and with 0 only when every mutant was caught. check() only asks whether every patch
still applies.
"""
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2]
FOLDER = pathlib.Path(__file__).with_name("mutants")
FOUND, CANNOT_RUN = 1, 77
MAX_SECONDS = 600
MAX_WORDS = 110
QUIET, SOUND = "quiet", "unbroken:"
TAIL = 2000


def read(path):
    """(header, diff) of a patch."""
    header, lines = {}, path.read_text(encoding="utf-8").splitlines(keepends=True)
    while lines and lines[0].startswith("#"):
        key, _, value = lines.pop(0).lstrip("# ").partition(":")
        header[key.strip()] = value.strip()
    return header, "".join(lines)


def patches(names=()):
    every = sorted(FOLDER.glob("*.patch"))
    unknown = set(names) - {path.stem for path in every}
    if unknown:
        raise SystemExit(f"no such mutant: {', '.join(sorted(unknown))}")
    return [path for path in every if not names or path.stem in names]


def apply(tree, diff, *arguments):
    return subprocess.run(["git", "apply", *arguments, "-"], cwd=tree, input=diff, text=True, capture_output=True)


def check(tree=SOURCE):
    """Names of the patches that no longer apply, with what git says."""
    bad = []
    for path in patches():
        result = apply(tree, read(path)[1], "--check")
        if result.returncode:
            bad.append((path.stem, result.stderr.strip()))
    return bad


def copy_tree(tree):
    """The tracked files as they are now, commits or not; what did not change keeps its time, so that builds are short."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=SOURCE, capture_output=True, check=True).stdout
    names = [os.fsdecode(name) for name in names.split(b"\0") if name]
    for name in names:
        source, target = SOURCE / name, tree / name
        if not source.exists():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists() or target.read_bytes() != source.read_bytes():
            shutil.copy2(source, target)
            os.utime(target)
    known = set(names)
    for path in tree.rglob("*"):
        name = str(path.relative_to(tree))
        if path.is_file() and not name.startswith(("build/", ".git/")) and name not in known:
            path.unlink()
    if not (tree / ".git").exists():
        subprocess.run(["git", "init", "-q"], cwd=tree, check=True)


def folder_of(header, tree):
    return tree / "build" / ("mutants-ui" if header.get("ui") else "mutants")


def build(folder, tree, targets):
    """Gives what was wrong. Without debugging information and with little optimisation: most of the time goes here."""
    environment = dict(os.environ)
    if shutil.which("ccache") and "ccache" not in environment.get("CC", ""):
        environment["CC"] = "ccache cc"
    if not (folder / "build.ninja").exists():
        folder.parent.mkdir(exist_ok=True)
        has_ui = str(folder.name == "mutants-ui").lower()
        subprocess.run(["meson", "setup", "-Doptimization=1", "-Ddebug=false", f"-Dui={has_ui}", str(folder), str(tree)],
                       env=environment, check=True, stdout=subprocess.DEVNULL)
    if not targets:
        return None
    built = subprocess.run(["ninja", "-C", str(folder), *targets], env=environment, capture_output=True, text=True)
    return built.stdout[-TAIL:] if built.returncode else None


def entry_of(header, registry):
    return next(entry for entry in registry if entry["id"] == header["R"])


def words_of(header, registry, tree):
    """The command that has to fail."""
    entry = entry_of(header, registry)
    words = {"build": str(folder_of(header, tree)), "source": str(tree), "seed": header.get("seed", "1"),
             "count": header.get("count", str(entry["test"]))}
    command = shlex.split(header["command"]) if "command" in header else entry["command"]
    return tuple(word.format(**words) for word in command)


def play(command, folder, tree):
    """(exit code or None when it took too long, what it said). What it started ends with it."""
    environment = {**os.environ, "BIANMIN_ASSETS": str(tree / "assets"), "BIANMIN_LOCALE": str(folder / "po"),
                   "G_TEST_SRCDIR": str(tree / "tests"), "GTK_A11Y": "test",
                   "TZ": "UTC", "LANG": "C.UTF-8", "LANGUAGE": "zh_CN", "GIO_USE_VFS": "local"}
    with subprocess.Popen(command, cwd=tree, env=environment, text=True, errors="replace", stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True) as program:
        try:
            output, _ = program.communicate(timeout=MAX_SECONDS)
            return program.returncode, output
        except subprocess.TimeoutExpired:
            os.killpg(program.pid, signal.SIGKILL)
            return None, program.communicate()[0]


def last_line(output):
    return (output.strip().splitlines() or [""])[-1]


def judge(header, code, output):
    """(verdict, words): a mutant is caught when the program failed and said what the patch expects it to say."""
    said = re.search(f".*(?:{header['says']}).*", output)
    if code is None:
        return "NOT DONE", f"after {MAX_SECONDS} s\n{output[-TAIL:]}"
    if code == CANNOT_RUN:
        return "CANNOT RUN", last_line(output)
    if code == 0:
        return "NOT CAUGHT", last_line(output)
    if code != int(header.get("exit", FOUND)) or not said:
        return "NOT CAUGHT", f"exit {code}, and not with /{header['says']}/\n{output[-TAIL:]}"
    return "caught", said.group().strip()


def judge_sound(code, output):
    """The same for the code as it is: a program that fails anyway catches nothing."""
    if code == 0:
        return QUIET, last_line(output)
    if code == CANNOT_RUN:
        return "CANNOT RUN", last_line(output)
    return "FAILS ANYWAY", f"exit {code}\n{output[-TAIL:]}"


class Table:
    """One row for each thing that was played."""

    def __init__(self):
        self.rows = []

    def play(self, name, by, why, work):
        began = time.monotonic()
        verdict, said = work()
        self.rows.append((name, by, verdict, round(time.monotonic() - began), (said.splitlines() or [""])[0]))
        print(f"[{verdict}] {name} ({by}: {why})\n    {said}", flush=True)
        return verdict

    def finish(self):
        """Prints it; gives how many were not as they should be."""
        print(f"\n{'':28} {'by':4} {'verdict':14} {'s':>4}  said")
        for name, by, verdict, seconds, said in sorted(self.rows, key=lambda row: (int(row[1][1:]), row[0])):
            print(f"{name:28} {by:4} {verdict:14} {seconds:4}  {said[:MAX_WORDS]}")
        verdicts = [row[2] for row in self.rows]
        tried = len(verdicts) - sum(row[0].startswith(SOUND) for row in self.rows)
        caught = verdicts.count("caught")
        print(f"{tried} mutants, {caught} caught, {tried - caught} NOT; {sum(row[3] for row in self.rows) / 60:.0f} minutes")
        return len(verdicts) - caught - verdicts.count(QUIET)


def try_sound(command, folder, headers, tree):
    copy_tree(tree)
    targets = sorted({target for header in headers if folder_of(header, tree) == folder
                      for target in header.get("target", "").split()})
    errors = build(folder, tree, targets)
    return ("DOES NOT BUILD", errors) if errors else judge_sound(*play(command, folder, tree))


def try_mutant(path, command, sound, tree):
    header, diff = read(path)
    if sound != QUIET:
        return ("CANNOT RUN" if sound == "CANNOT RUN" else "NOT JUDGED"), "see the unbroken code"
    copy_tree(tree)
    result = apply(tree, diff)
    if result.returncode:
        return "DOES NOT APPLY", result.stderr
    folder = folder_of(header, tree)
    errors = build(folder, tree, header.get("target", "").split())
    return ("DOES NOT BUILD", errors) if errors else judge(header, *play(command, folder, tree))


def main(registry, names, only):
    tree = SOURCE / "build/mutants-tree"
    tree.mkdir(parents=True, exist_ok=True)
    chosen = [(path, header) for path in patches(names) for header in [read(path)[0]] if not only or header["R"] in only]
    headers = [header for _, header in chosen]
    table, sound = Table(), {}
    for _, header in chosen:
        command = words_of(header, registry, tree)
        if command not in sound:
            name = f"{SOUND} {header['R']}"
            sound[command] = table.play(name, header["R"], "has to find nothing",
                                        lambda: try_sound(command, folder_of(header, tree), headers, tree))
    for path, header in chosen:
        command = words_of(header, registry, tree)
        table.play(path.stem, header["R"], header["why"], lambda: try_mutant(path, command, sound[command], tree))
    return 1 if table.finish() or not chosen else 0


if __name__ == "__main__":
    for name, said in check():
        print(f"{name}: {said}")
    sys.exit(1 if check() else 0)
