# SPDX-License-Identifier: GPL-3.0-or-later
"""Mutants: small patches that break the product in the way that a part of the torture house must catch.

tests/torture/mutants/NAME.patch begins with lines "# key: value" and goes on as a plain diff:

    # R: R1                     whose program has to fail
    # why: …                    what breaks
    # target: ninja target      (optional) what to build
    # command: …                (optional) another command than the registry's, with {build} {source} {seed} {count}
    # count: 2000               (optional) how many; else the registry's share of ./bianmin test

--mutants copies the tracked files of the tree to a folder beside the build, applies one patch after the other, builds
there and plays the program; a mutant that survives is a failure. check() only asks whether every patch still applies.
"""
import json
import os
import pathlib
import shlex
import shutil
import subprocess
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[2]
FOLDER = pathlib.Path(__file__).with_name("mutants")
CAUGHT = 1
MAX_SECONDS = 900


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


def build(tree, targets):
    folder = tree / "build/mutants"
    environment = dict(os.environ)
    if shutil.which("ccache") and "ccache" not in environment.get("CC", ""):
        environment["CC"] = "ccache cc"
    if not (folder / "build.ninja").exists():
        folder.parent.mkdir(exist_ok=True)
        subprocess.run(["meson", "setup", "--buildtype=debugoptimized", "-Dui=false", str(folder), str(tree)], env=environment,
                       check=True, stdout=subprocess.DEVNULL)
    return folder, subprocess.run(["ninja", "-C", str(folder), *targets], env=environment, capture_output=True, text=True)


def play(header, entry, folder, tree):
    words = {"build": str(folder), "source": str(tree), "seed": header.get("seed", "1"),
             "count": header.get("count", str(entry["test"]))}
    command = shlex.split(header["command"]) if "command" in header else entry["command"]
    environment = {**os.environ, "BIANMIN_ASSETS": str(tree / "assets"), "BIANMIN_LOCALE": str(folder / "po"),
                   "TZ": "UTC", "LANG": "C.UTF-8", "LANGUAGE": "zh_CN", "GIO_USE_VFS": "local"}
    try:
        return subprocess.run([word.format(**words) for word in command], cwd=tree, env=environment, text=True,
                              errors="replace", capture_output=True, stdin=subprocess.DEVNULL, timeout=MAX_SECONDS)
    except subprocess.TimeoutExpired:
        return None


def try_one(path, registry, tree):
    """(verdict, what was said): caught, SURVIVED, or why it could not be tried."""
    header, diff = read(path)
    entry = next((entry for entry in registry if entry["id"] == header["R"]), None)
    if entry is None:
        return "NOT TRIED", f"{header['R']} is not in the registry"
    copy_tree(tree)
    result = apply(tree, diff)
    if result.returncode:
        return "DOES NOT APPLY", result.stderr
    folder, built = build(tree, header.get("target", "").split())
    if built.returncode:
        return "DOES NOT BUILD", built.stdout[-2000:]
    result = play(header, entry, folder, tree)
    if result is None:
        return "NOT DONE", f"after {MAX_SECONDS} s"
    last = (result.stdout.strip().splitlines() or [""])[-1]
    if result.returncode == CAUGHT or ("exit" in header and str(result.returncode) == header["exit"]):
        return "caught", last
    return ("SURVIVED" if result.returncode == 0 else "NOT JUDGED"), f"exit {result.returncode}: {last}\n{result.stderr[-1500:]}"


def main(registry, names, only):
    tree = SOURCE / "build/mutants-tree"
    tree.mkdir(parents=True, exist_ok=True)
    bad = tried = 0
    for path in patches(names):
        header, _ = read(path)
        if only and header["R"] not in only:
            continue
        verdict, said = try_one(path, registry, tree)
        tried += 1
        bad += verdict != "caught"
        print(f"[{verdict}] {path.stem} ({header['R']}: {header['why']})\n    {said}", flush=True)
    print(f"{tried} mutants, {tried - bad} caught, {bad} not")
    return 1 if bad or not tried else 0


if __name__ == "__main__":
    for name, said in check():
        print(f"{name}: {said}")
    sys.exit(1 if check() else 0)
