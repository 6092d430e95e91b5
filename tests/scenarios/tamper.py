# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody with the disk in their hands: five ways to falsify a journal."""
import hashlib
import sqlite3


def tamper(path, how):
    database = sqlite3.connect(path)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    rows = database.execute("SELECT epoch, seq FROM entry ORDER BY epoch, seq").fetchall()
    middle, last = rows[len(rows) // 2], rows[-1]
    where = "WHERE epoch = ? AND seq = ?"
    if how == "changed":
        record = bytearray(database.execute(f"SELECT record FROM entry {where}", middle).fetchone()[0])
        record[-5] ^= 1
        database.execute(f"UPDATE entry SET record = ? {where}", (bytes(record), *middle))
    elif how == "removed":
        database.execute(f"DELETE FROM entry {where}", middle)
    elif how == "truncated":
        database.execute(f"DELETE FROM entry {where}", last)
    elif how == "reordered":
        first, second = rows[1], rows[2]
        one = database.execute(f"SELECT record FROM entry {where}", first).fetchone()
        two = database.execute(f"SELECT record FROM entry {where}", second).fetchone()
        database.execute(f"UPDATE entry SET record = ? {where}", (*two, *first))
        database.execute(f"UPDATE entry SET record = ? {where}", (*one, *second))
    elif how == "rewritten":
        rewrite(database, rows)
    database.commit()
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    put_sums_right(path)


PAGE, BODY, HEADER_ROOM = 4096, 4088, 20


def crc64(data):
    """As app/store/store-pages.c has it: ECMA-182, reflected, beginning with 0."""
    table = []
    for value in range(256):
        for _ in range(8):
            value = (value >> 1) ^ (0xC96C5795D7870F42 if value & 1 else 0)
        table.append(value)
    total = 0
    for byte in data:
        total = table[(total ^ byte) & 255] ^ (total >> 8)
    return total


def put_sums_right(path):
    """Whoever falsifies a journal on purpose has read how its pages are summed."""
    data = bytearray(path.read_bytes())
    if data[HEADER_ROOM] != PAGE - BODY:
        return
    for at in range(0, len(data), PAGE):
        data[at + BODY:at + PAGE] = crc64(data[at:at + BODY]).to_bytes(8, "little")
    path.write_bytes(data)


def rewrite(database, rows):
    """Changes one entry and computes a new, consistent chain: only the head's MAC and signature can tell."""
    head, changed = None, False
    for epoch, seq in rows:
        record, old = database.execute("SELECT record, head FROM entry WHERE epoch = ? AND seq = ?", (epoch, seq)).fetchone()
        if not changed and seq < rows[len(rows) // 2][1]:
            head = old
            continue
        if not changed:
            record = record[:-5] + bytes([record[-5] ^ 1]) + record[-4:]
            changed = True
        digest = sm3(record)
        head = sm3(head + digest)
        database.execute("UPDATE entry SET record = ?, hash = ?, head = ? WHERE epoch = ? AND seq = ?",
                         (record, digest, head, epoch, seq))
    database.execute("UPDATE epoch SET head = ?", (head,))


def sm3(data):
    return hashlib.new("sm3", data).digest()


def spoil(path):
    """Bad sectors: in every place of the files where the middle entry's record lies, some bytes read differently."""
    database = sqlite3.connect(path)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    rows = database.execute("SELECT record FROM entry ORDER BY epoch, seq").fetchall()
    database.close()
    start = bytes(rows[len(rows) // 2][0])[:24]
    data = path.read_bytes()
    at = data.find(start)
    if at < 0:
        raise ValueError("the record does not lie in the file")
    with open(path, "r+b") as stream:
        while at >= 0:
            stream.seek(at + 8)
            stream.write(bytes(byte ^ 0x55 for byte in data[at + 8:at + 20]))
            at = data.find(start, at + 1)
