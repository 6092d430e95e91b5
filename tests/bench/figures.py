# SPDX-License-Identifier: GPL-3.0-or-later
"""What a row of a bench is, and how it is printed.

A row has name, value, unit, baseline, ratio, bar, holds. By default the ratio value / baseline must not exceed the bar;
with sense "at least" it must reach it. A row without a bar is only told. A row whose value could not be had says why,
and counts neither as holding nor as falling short.
"""
import json
import os
import pathlib
import subprocess


def figure(name, value, unit, baseline, bar=None, sense="at most"):
    ratio = value / baseline if baseline else float("inf")
    holds = None if bar is None else ratio >= bar if sense == "at least" else ratio <= bar
    return {"name": name, "value": round(value, 3), "unit": unit, "baseline": round(baseline, 3),
            "ratio": round(ratio, 3), "bar": bar, "sense": sense, "holds": holds}


def not_measured(name, why, bar=None):
    return {"name": name, "value": None, "unit": "", "baseline": None, "ratio": None, "bar": bar, "sense": "at least",
            "holds": None, "why": why}


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))]


def text_of(row):
    if row["value"] is None:
        return f"{row['name']:32} not measured: {row['why']}"
    bar = "told only" if row["holds"] is None else (
        f"bar {'>=' if row['sense'] == 'at least' else '<='} {row['bar']:<5} {'holds' if row['holds'] else 'falls short'}")
    return (f"{row['name']:32} {row['value']:10.3f} {row['unit']:5} baseline {row['baseline']:10.3f} "
            f"ratio {row['ratio']:7.3f} {bar}")


def program(name, *arguments, timeout=900, environment=None):
    """A suite that is a program beside this file: it prints one JSON line per row, as figure() takes them."""
    def measure(build):
        command = [str(pathlib.Path(build, "tests/bench", name)), *map(str, arguments)]
        run = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                               env={**os.environ, **{key: str(value) for key, value in (environment or {}).items()}})
        for line in run.stdout:
            if not line.startswith("{"):
                continue
            row = json.loads(line)
            if row.get("value") is None:
                yield not_measured(row["name"], row.get("why", "the program did not say why"), row.get("bar"))
            else:
                yield figure(row["name"], row["value"], row["unit"], row["baseline"], row.get("bar"),
                             row.get("sense", "at most"))
        if run.wait(timeout) != 0:
            yield {**figure(name, run.returncode, "exit", 1, 0), "holds": False}
    return measure
