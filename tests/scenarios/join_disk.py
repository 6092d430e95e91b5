# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody takes the disk and joins everything on it to find who sent a matter without a name (domain §2.21a rule 5).

tests/store/test-anonymous.c does this row by row with the columns known; here a real day's disk is searched from
outside: every table, every file of the station's folders, every log.
"""
import pathlib
import shutil
import sqlite3
import tempfile

from steps import Expectation
from world import wait_until

DAY_MS = 86400000
ZONE_MS = 8 * 3600000


def copy_of_ledger(world):
    folder = pathlib.Path(tempfile.mkdtemp(dir=world.folder))
    for name in ("ledger.db", "ledger.db-wal"):
        if (world.data / name).exists():
            shutil.copy(world.data / name, folder / name)
    database = sqlite3.connect(folder / "ledger.db")
    database.row_factory = sqlite3.Row
    return database


def numbers(world):
    """Tracking numbers of all matters, oldest first, also of those that desk and operator do not see."""
    database = copy_of_ledger(world)
    return [row["number"] for row in database.execute("SELECT number FROM cases ORDER BY id")]


def rows_of(database):
    names = [row[0] for row in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    return {name: [dict(row) for row in database.execute(f'SELECT * FROM "{name}"')] for name in names}


def check_case(case):
    if (case["wall_ms"] + ZONE_MS) % DAY_MS != 0:
        raise Expectation(f"its time is finer than the day: {case['wall_ms']}")
    if any(bytes(case["subject_tag"])):
        raise Expectation("it has a subject tag")
    if case["print_job"] is None:
        raise Expectation("it has no sheet, so nothing was proved about one")


def check_sessions(rows, case):
    """Its session's name stands nowhere but beside itself."""
    session = case["session"]
    name = session if isinstance(session, str) else bytes(session).hex()
    needles = (name.encode(), bytes.fromhex(name) if len(name) % 2 == 0 else name.encode())
    for table, lines in rows.items():
        for row in lines:
            if row.get("number") == case["number"] or (row.get("epoch"), row.get("seq")) == (case["epoch"], case["seq"]):
                continue
            for column, value in row.items():
                data = value.encode() if isinstance(value, str) else value if isinstance(value, bytes) else b""
                if any(needle in data for needle in needles):
                    raise Expectation(f"its session stands in {table}.{column} too: {row}")


def check_times(rows, case):
    """Whatever is stored beside its number has no time finer than the day."""
    for table, lines in rows.items():
        for row in lines:
            own = row.get("number") == case["number"] or row.get("name") == case["number"] or (
                "seq" in row and (row.get("epoch"), row["seq"]) == (case["epoch"], case["seq"])) or (
                "job" in row and row["job"] == case["print_job"])
            if not own:
                continue
            for column in ("wall_ms", "created_wall_ms"):
                if column in row and (row[column] + ZONE_MS) % DAY_MS != 0:
                    raise Expectation(f"{table}.{column} is finer than the day: {row}")
            if row.get("attempt_boot_ms"):
                raise Expectation(f"{table} says when it was printed: {row}")


def check_helpers(rows, case):
    entry = next(row for row in rows["entry"] if (row["epoch"], row["seq"]) == (case["epoch"], case["seq"]))
    for staff in (b"HT01", b"HT02", b"HT03", b"HT04"):
        if staff in bytes(entry["record"]):
            raise Expectation(f"its record names {staff.decode()}")


def check_files(world, case):
    for folder in (world.data, world.run, world.folder / "log"):
        for file in folder.rglob("*"):
            if file.is_file() and not file.name.startswith("ledger.db"):
                if case["number"].encode() in file.read_bytes():
                    raise Expectation(f"{file.name} names it")


def check(player, number):
    wait_until(lambda: (player.turn(0.2), True)[1], 5, "the ledger")
    database = copy_of_ledger(player.world)
    rows = rows_of(database)
    case = next((row for row in rows["cases"] if row["number"] == number), None)
    if case is None:
        raise Expectation(f"the ledger does not know {number}")
    others = [row for row in rows["cases"] if row["number"] != number]
    if not others or (others[0]["wall_ms"] + ZONE_MS) % DAY_MS == 0 or not any(bytes(others[0]["subject_tag"])):
        raise Expectation("there is no matter with a name to compare with, so this would prove nothing")
    check_case(case)
    check_sessions(rows, case)
    check_times(rows, case)
    check_helpers(rows, case)
    check_files(player.world, case)
