#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts a month of a ledger a second time, from its tables and in a way of its own, and compares: number by number what
the station gives of it, that each is of enough people, and that nothing is left out of a total. It reads no code of the
station. usage: count-indicators.py TEST-STORE-INDICATORS"""
import collections
import datetime
import json
import sqlite3
import subprocess
import sys
import tempfile

K = 5
MONTH = "2026-11"
CHINA = datetime.timezone(datetime.timedelta(hours=8))
NO_DUE_DAY = 2**31 - 1
SPLITS = {"taken": ("matters",), "outcome": ("done", "not_done", "open"), "timely": ("on_time", "late", "no_term")}


def read_matters(folder, today):
    """(service, person or None, outcome, timely) of every matter of the month that counts."""
    entries = {}
    db = sqlite3.connect(f"file:{folder}/ledger.db?mode=ro", uri=True)
    for epoch, seq, state, due, settled in db.execute(
            "SELECT epoch, seq, state, due_day, settled_day FROM entry WHERE type = 1"):
        entries[epoch, seq] = (state, due, settled)
    for epoch, seq, service, tag, wall_ms, state, audience in db.execute(
            "SELECT epoch, seq, service, subject_tag, wall_ms, state, audience FROM cases"):
        moment = datetime.datetime.fromtimestamp(wall_ms / 1000, CHINA)
        entry_state, due, settled = entries[epoch, seq]
        if moment.strftime("%Y-%m") != MONTH or audience or state == 7 or entry_state == 6:
            continue
        outcome = ("done" if state == 4 else "not_done" if state in (5, 6) or entry_state in (4, 5) else "open")
        if due == NO_DUE_DAY:
            timely = "no_term"
        elif settled:
            timely = "on_time" if settled <= due else "late"
        else:
            timely = "late" if due < today else "no_term"
        yield service, tag if any(tag) else None, outcome, timely


def count(matters, table, key):
    """How many, and of how many people who are known."""
    chosen = [m for m in matters if table == "taken" or m[2 if table == "outcome" else 3] == key]
    return len(chosen), len({m[1] for m in chosen if m[1]})


def check_table(matters, given, table, wrong):
    services = [row["service"] for row in given["rows"] if row["service"] != "other"]
    for row in given["rows"]:
        mine = [m for m in matters if (m[0] not in services if row["service"] == "other" else m[0] == row["service"])]
        for key in SPLITS[table]:
            number, people = count(mine, table, key)
            if row[key] != number:
                wrong.append(f"{table}, {row['service']}, {key}: {row[key]}, counted {number}")
            if number and people < K:
                wrong.append(f"{table}, {row['service']}, {key}: {number} of {people} people")
        if table == "taken" and row["people"] != count(mine, table, "")[1]:
            wrong.append(f"{row['service']}: {row['people']} people")
    for key in SPLITS[table]:
        number = count(matters, table, key)[0]
        if given[key] != number:
            wrong.append(f"{table}, all, {key}: {given[key]}, counted {number}")


def main():
    wrong = []
    with tempfile.TemporaryDirectory(prefix="bianmin-month-") as folder:
        said = json.loads(subprocess.run([sys.argv[1], folder], check=True, capture_output=True).stdout)
        matters = list(read_matters(folder, said["today"]))
    for table in SPLITS:
        if said[table] is None:
            wrong.append(f"nothing is given of {table}")
        else:
            check_table(matters, said[table], table, wrong)
    few = collections.Counter(m[0] for m in matters)["cert.disabled"]
    if not few or any(row["service"] == "cert.disabled" for row in said["taken"]["rows"]):
        wrong.append("the months have no service of few people to keep back")
    print("TAP version 13\n1..1")
    for line in wrong:
        print(f"# {line}")
    print(f"{'not ok' if wrong else 'ok'} 1 - {len(matters)} matters of {MONTH} counted a second time")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
