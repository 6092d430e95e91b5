# SPDX-License-Identifier: GPL-3.0-or-later
"""What an attacker cannot do without the chain key, and a test can: another ledger than the one that was written.
The chain after the changed row is computed anew with its MACs (app/store/store-chain.c), so that the ledger opens."""
import hashlib
import hmac
import sqlite3
import struct

SEALED_OFFSET_FROM_END = 40  # inside the sealed payload, before its tag


def sm3(data):
    return hashlib.new("sm3", data).digest()


def load_key(path):
    return bytes.fromhex(path.read_text().strip().split(":", 1)[1])


def place(name, kiosk, epoch, seq, head):
    return name + struct.pack(">IQQ", kiosk, epoch & (2**64 - 1), seq) + head


def spoil_payload(history, number):
    """One sealed payload is other bytes than those that were sealed, as if memory had lied before the commit."""
    key = load_key(history.folder / "keys/chain.key")
    database = sqlite3.connect(history.folder / "data/ledger.db")
    epoch, seq = database.execute("SELECT epoch, seq FROM cases WHERE number = ?", (number,)).fetchone()
    record = bytearray(database.execute("SELECT record FROM entry WHERE epoch = ? AND seq = ?", (epoch, seq)).fetchone()[0])
    kiosk = int(history.kiosk)
    record[-SEALED_OFFSET_FROM_END] ^= 0x55
    database.execute("UPDATE entry SET record = ? WHERE epoch = ? AND seq = ?", (bytes(record), epoch, seq))
    head = database.execute("SELECT head FROM entry WHERE epoch = ? AND seq = ?", (epoch, seq - 1)).fetchone()[0]
    for row, bytes_of in database.execute("SELECT seq, record FROM entry WHERE epoch = ? AND seq >= ? ORDER BY seq",
                                          (epoch, seq)).fetchall():
        digest = sm3(bytes(bytes_of))
        head = sm3(bytes(head) + digest)
        mac = hmac.new(key, place(b"bianmin row", kiosk, epoch, row, head), "sm3").digest()
        database.execute("UPDATE entry SET hash = ?, head = ?, mac = ? WHERE epoch = ? AND seq = ?",
                         (digest, head, mac, epoch, row))
    next_seq, counter = database.execute("SELECT next_seq, next_counter FROM epoch WHERE epoch = ?", (epoch,)).fetchone()
    mac = hmac.new(key, place(b"bianmin last", kiosk, epoch, next_seq - 1, head) + struct.pack(">I", counter), "sm3").digest()
    database.execute("UPDATE epoch SET head = ?, head_mac = ? WHERE epoch = ?", (head, mac, epoch))
    database.commit()
    database.close()


def hold_other_bytes(history, number):
    """The platform already has another record under the id of this one: a cloned disk was quicker."""
    with sqlite3.connect(history.folder / "data/ledger.db") as ledger:
        epoch, seq = ledger.execute("SELECT epoch, seq FROM cases WHERE number = ?", (number,)).fetchone()
        record = bytearray(ledger.execute("SELECT record FROM entry WHERE epoch = ? AND seq = ?", (epoch, seq)).fetchone()[0])
    ledger.close()
    record[-SEALED_OFFSET_FROM_END] ^= 0x55
    platform = sqlite3.connect(history.folder / "platform/platform.db")
    cursor = platform.execute("INSERT INTO record (kiosk, hash, bytes, received_ms) VALUES (?, ?, ?, 1)",
                              (int(history.kiosk), sm3(bytes(record)), bytes(record)))
    platform.execute("INSERT INTO entry (record, kiosk, epoch, seq, type, run, service, number, status)"
                     " VALUES (?, ?, ?, ?, 1, 1, 'cert.pension', '', 0)", (cursor.lastrowid, int(history.kiosk), epoch, seq))
    platform.commit()
    platform.close()
