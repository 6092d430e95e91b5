/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform-store"

#include "sync/platform/platform-store-private.h"

/*
 * Version 4: what a long line needs. A row of `watermark` exists for every epoch of which an entry is
 * held: `upto` 0 has no head yet. `held` counts the entries, so that hello need not.
 */
const char bm_platform_store_schema_line[] =
  "ALTER TABLE watermark ADD COLUMN held INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE watermark ADD COLUMN backed_up INTEGER NOT NULL DEFAULT 0;"
  "INSERT OR IGNORE INTO watermark (kiosk, epoch, upto, head)"
  " SELECT DISTINCT kiosk, epoch, 0, zeroblob (32) FROM entry;"
  "UPDATE watermark SET held = (SELECT count (*) FROM entry e"
  " WHERE e.kiosk = watermark.kiosk AND e.epoch = watermark.epoch);"
  "ALTER TABLE station ADD COLUMN cursor INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE station ADD COLUMN seen_ms INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE station ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;"
  "CREATE TABLE blob (id INTEGER PRIMARY KEY, kiosk INTEGER NOT NULL, blob BLOB NOT NULL,"
  " epoch INTEGER NOT NULL, seq INTEGER NOT NULL, ordinal INTEGER NOT NULL, bytes INTEGER NOT NULL,"
  " hashes BLOB NOT NULL, have BLOB NOT NULL, chunks INTEGER NOT NULL,"
  " held INTEGER NOT NULL DEFAULT 0, opened_ms INTEGER NOT NULL, UNIQUE (kiosk, blob));"
  "CREATE INDEX blob_open ON blob (kiosk) WHERE held < chunks;"
  "CREATE TABLE blob_chunk (blob INTEGER NOT NULL REFERENCES blob, chunk INTEGER NOT NULL,"
  " body BLOB NOT NULL, UNIQUE (blob, chunk));"
  "CREATE TABLE entry_blob (entry INTEGER NOT NULL REFERENCES entry, kiosk INTEGER NOT NULL,"
  " blob BLOB NOT NULL, PRIMARY KEY (entry, blob)) WITHOUT ROWID;"
  "CREATE INDEX entry_blob_name ON entry_blob (kiosk, blob);"
  /* At @boot_ms of that boot the centre's clock stood between @lo and @hi (lo NULL: not known). */
  "CREATE TABLE clock_sample (kiosk INTEGER NOT NULL, boot_id BLOB NOT NULL, slot INTEGER NOT NULL,"
  " is_anchor INTEGER NOT NULL, boot_ms INTEGER NOT NULL, lo INTEGER, hi INTEGER NOT NULL,"
  " PRIMARY KEY (kiosk, boot_id, slot, is_anchor)) WITHOUT ROWID;"
  "CREATE TABLE bad_item (kiosk INTEGER NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,"
  " version INTEGER NOT NULL, code TEXT NOT NULL, first_ms INTEGER NOT NULL,"
  " last_ms INTEGER NOT NULL, again INTEGER NOT NULL DEFAULT 0,"
  " PRIMARY KEY (kiosk, kind, name, version)) WITHOUT ROWID;"
  "CREATE TABLE backup (id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, file TEXT NOT NULL,"
  " entries INTEGER NOT NULL);"
  "PRAGMA user_version = 4;";
