# SPDX-License-Identifier: GPL-3.0-or-later
"""tests/TORTURE.md: totals against goals, and the last runs. Everything is derived from the JSON at its end.

A run has a name of its own and replaces what is written under that name, so that noting or merging it again changes
nothing. When there are more than MAX_RUNS the oldest goes into "older", which keeps only counts; what is not newer
than that is never added again.
"""
import json
import os
import pathlib
import subprocess
import time

MAX_RUNS = 50
MAX_FOUND = 20
BEGIN, END = "```json", "```"


def new_run(minutes, source):
    try:
        commit = subprocess.run(["git", "rev-parse", "--short=12", "HEAD"], cwd=source, capture_output=True,
                                text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        commit = ""
    return {"run": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()) + "-" + os.urandom(3).hex(), "minutes": minutes,
            "commit": commit, "counts": {}, "seeds": {}, "found": [], "skipped": {}}


def note(run, entry, outcome):
    """Adds what one call of a program did."""
    name = entry["id"]
    if outcome.skipped is not None:
        run["skipped"][name] = outcome.skipped
        return
    counts = run["counts"]
    counts[name] = counts.get(name, 0) + outcome.done
    first, calls = run["seeds"].get(name, [outcome.seed, 0])
    run["seeds"][name] = [min(first, outcome.seed), calls + 1]
    if not outcome.is_good and len(run["found"]) < MAX_FOUND:
        run["found"].append({"id": name, "seed": outcome.seed, "count": outcome.wanted})


def load(path):
    """{"older": {"until", "counts", "found"}, "runs": [run]}; an absent file is an empty book."""
    empty = {"older": {"until": "", "counts": {}, "found": 0}, "runs": []}
    try:
        text = pathlib.Path(path).read_text(encoding="utf-8")
    except FileNotFoundError:
        return empty
    begin = text.rfind(BEGIN)
    if begin < 0:
        return empty
    return json.loads(text[begin + len(BEGIN):text.rindex(END)])


def add(data, run):
    """Returns: whether the book changed."""
    if run["run"] <= data["older"]["until"] or run in data["runs"]:
        return False
    data["runs"] = sorted([other for other in data["runs"] if other["run"] != run["run"]] + [run],
                          key=lambda other: other["run"])
    while len(data["runs"]) > MAX_RUNS:
        oldest = data["runs"].pop(0)
        older = data["older"]
        older["until"] = oldest["run"]
        older["found"] += len(oldest["found"])
        for name, count in oldest["counts"].items():
            older["counts"][name] = older["counts"].get(name, 0) + count
    return True


def totals(data):
    counts = dict(data["older"]["counts"])
    for run in data["runs"]:
        for name, count in run["counts"].items():
            counts[name] = counts.get(name, 0) + count
    return counts


def render(data, registry):
    counts = totals(data)
    found = data["older"]["found"] + sum(len(run["found"]) for run in data["runs"])
    lines = ["# Torture: what was survived so far", "",
             "Written by `./bianmin torture --minutes N`; every run adds to it. A seed is played again with",
             "`./bianmin torture --only R1 --seed S`. How each is judged: `tests/torture/README.md`.", "",
             "| | what | in `test` | goal | so far | of the goal |", "| --- | --- | --- | --- | --- | --- |"]
    for entry in registry:
        done, goal = counts.get(entry["id"], 0), entry.get("goal")
        part = f"{100 * done / goal:.1f} %" if goal else ""
        lines.append(f"| {entry['id']} | {entry['title']} ({entry['unit']}) | {entry['test']:,} | "
                     f"{f'{goal:,}' if goal else 'none'} | {done:,} | {part} |")
    lines += ["", f"Findings in all these runs: {found}. A finding names its seed below, until the run leaves the list.", "",
              "## The last runs", "", "| run | commit | minutes | counts | found |", "| --- | --- | --- | --- | --- |"]
    for run in reversed(data["runs"]):
        what = ", ".join(f"{name} {count:,}" for name, count in sorted(run["counts"].items()))
        what += "".join(f", {name} skipped ({why})" for name, why in sorted(run["skipped"].items()))
        bad = ", ".join(f"{one['id']} seed {one['seed']} count {one['count']}" for one in run["found"]) or "nothing"
        lines.append(f"| {run['run']} | {run['commit']} | {run['minutes']:g} | {what} | {bad} |")
    older = json.dumps(data["older"], ensure_ascii=False, sort_keys=True)
    runs = ",\n".join(json.dumps(run, ensure_ascii=False, sort_keys=True) for run in data["runs"])
    lines += ["", "## The same for the command", "", BEGIN, '{"older": ' + older + ',', '"runs": [', runs, "]}", END, ""]
    return "\n".join(lines)


def write(path, data, registry):
    path = pathlib.Path(path)
    new = path.with_suffix(".new")
    new.write_text(render(data, registry), encoding="utf-8")
    new.replace(path)


def save(path, run, registry):
    data = load(path)
    if add(data, run):
        write(path, data, registry)


def merge(path, other, registry):
    """Returns: how many runs were new."""
    data = load(path)
    changed = [add(data, run) for run in load(other)["runs"]]
    if any(changed):
        write(path, data, registry)
    return sum(changed)
