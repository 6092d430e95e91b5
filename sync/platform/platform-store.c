/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform-store"

#include "sync/platform/platform-store-links.h"
#include "sync/platform/platform-store-private.h"
#include "sync/platform/platform-store-withdrawals.h"

#include "core/error.h"

#include <glib/gstdio.h>

/*
 * The database of the front platform.
 *
 * Invariants: one connection, one mutex, `locking_mode=EXCLUSIVE`, WAL and `synchronous=FULL`
 * (Debian 12's SQLite must not have two connections on one WAL database). An answer leaves only
 * after COMMIT. A record row is written before anything looks into its bytes and is never changed
 * or deleted. (kiosk, epoch, seq) exists once in `entry`; what arrives under the same id with
 * another hash goes to `conflict`.
 */

/* Version 1 (0.1.0): everything but packs. */
static const char schema_first[] =
  "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
  "CREATE TABLE station (kiosk INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, info TEXT NOT NULL,"
  " sign_key TEXT NOT NULL DEFAULT '', terminal_key TEXT NOT NULL, subject_salt TEXT NOT NULL,"
  " label INTEGER NOT NULL DEFAULT 0, top_counter INTEGER NOT NULL DEFAULT 0,"
  " revoked INTEGER NOT NULL DEFAULT 0);"
  "CREATE TABLE certificate (serial TEXT PRIMARY KEY, kiosk INTEGER NOT NULL,"
  " not_after_ms INTEGER NOT NULL, retired INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;"
  "CREATE TABLE used_code (hash TEXT PRIMARY KEY, requester TEXT NOT NULL, document TEXT NOT NULL,"
  " at_ms INTEGER NOT NULL) WITHOUT ROWID;"
  "CREATE TABLE rollback (kiosk INTEGER NOT NULL, epoch INTEGER NOT NULL, label INTEGER NOT NULL,"
  " PRIMARY KEY (kiosk, epoch)) WITHOUT ROWID;"
  "CREATE TABLE record (id INTEGER PRIMARY KEY, kiosk INTEGER NOT NULL, hash BLOB NOT NULL,"
  " bytes BLOB NOT NULL, received_ms INTEGER NOT NULL, UNIQUE (kiosk, hash));"
  "CREATE TABLE quarantine (record INTEGER PRIMARY KEY REFERENCES record, code TEXT NOT NULL);"
  "CREATE TABLE entry (id INTEGER PRIMARY KEY, record INTEGER NOT NULL REFERENCES record,"
  " kiosk INTEGER NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, type INTEGER NOT NULL,"
  " run INTEGER NOT NULL, service TEXT NOT NULL, number TEXT NOT NULL, status INTEGER NOT NULL,"
  " code TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '', head BLOB,"
  " duplicates INTEGER NOT NULL DEFAULT 0, UNIQUE (kiosk, epoch, seq));"
  "CREATE INDEX entry_number ON entry (number) WHERE number <> '';"
  "CREATE INDEX entry_waiting ON entry (kiosk, epoch, run) WHERE code = 'no-run';"
  "CREATE TABLE conflict (record INTEGER PRIMARY KEY REFERENCES record, kiosk INTEGER NOT NULL,"
  " epoch INTEGER NOT NULL, seq INTEGER NOT NULL, at_ms INTEGER NOT NULL);"
  "CREATE TABLE run (kiosk INTEGER NOT NULL, epoch INTEGER NOT NULL, run INTEGER NOT NULL,"
  " sealed BLOB NOT NULL, PRIMARY KEY (kiosk, epoch, run)) WITHOUT ROWID;"
  "CREATE TABLE watermark (kiosk INTEGER NOT NULL, epoch INTEGER NOT NULL, upto INTEGER NOT NULL,"
  " head BLOB NOT NULL, signature BLOB, PRIMARY KEY (kiosk, epoch)) WITHOUT ROWID;"
  "CREATE TABLE matter (id INTEGER PRIMARY KEY REFERENCES entry, kiosk INTEGER NOT NULL,"
  " number TEXT NOT NULL, received_ms INTEGER NOT NULL, state TEXT NOT NULL DEFAULT '',"
  " code TEXT NOT NULL DEFAULT '', body TEXT NOT NULL DEFAULT '',"
  " version INTEGER NOT NULL DEFAULT 0, decided INTEGER NOT NULL DEFAULT 0,"
  " final INTEGER NOT NULL DEFAULT 0, next_poll_ms INTEGER NOT NULL DEFAULT 0);"
  "CREATE INDEX matter_number ON matter (number);"
  "CREATE INDEX matter_open ON matter (final) WHERE final = 0;"
  "CREATE TABLE message (id INTEGER PRIMARY KEY AUTOINCREMENT, kiosk INTEGER NOT NULL,"
  " kind TEXT NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL, body BLOB NOT NULL,"
  " signature BLOB NOT NULL, UNIQUE (kiosk, kind, name, version));"
  "CREATE INDEX message_inbox ON message (kiosk, id);"
  "CREATE TABLE alarm (id INTEGER PRIMARY KEY, kiosk INTEGER NOT NULL, kind TEXT NOT NULL,"
  " detail TEXT NOT NULL, at_ms INTEGER NOT NULL, UNIQUE (kiosk, kind, detail));"
  "PRAGMA user_version = 1;";

/* Version 2: packs. A part that is no longer current keeps its version, so that none goes back. */
static const char schema_packs[] =
  "CREATE TABLE pack_key (tag BLOB PRIMARY KEY, village TEXT NOT NULL, year INTEGER NOT NULL,"
  " sealed BLOB NOT NULL) WITHOUT ROWID;"
  "CREATE TABLE pack_part (kiosk INTEGER NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,"
  " version INTEGER NOT NULL, digest BLOB, day INTEGER NOT NULL DEFAULT 0,"
  " PRIMARY KEY (kiosk, kind, name)) WITHOUT ROWID;"
  "PRAGMA user_version = 2;";

static const char *const schema_steps[] = { schema_first,
                                            schema_packs,
                                            bm_platform_store_schema_links,
                                            bm_platform_store_schema_line,
                                            bm_platform_store_schema_withdrawals,

                                            bm_platform_store_schema_forms };

G_STATIC_ASSERT (G_N_ELEMENTS (schema_steps) == BM_PLATFORM_STORE_VERSION);

static gboolean
step_schema (BmPlatformStore *self, guint step, GError **error)
{
  if (!bm_platform_store_begin (self, error))
    return FALSE;
  return bm_platform_store_end (self, bm_sql_script (self->db, schema_steps[step], error), error);
}

static gboolean
ensure_schema (BmPlatformStore *self, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = bm_sql_query (self->db, error, "PRAGMA user_version", "");
  gint64 version;

  if (statement == NULL || !bm_sql_next (statement, error))
    return FALSE;
  version = bm_sql_int (statement, 0);
  g_clear_pointer (&statement, sqlite3_finalize);
  if (version < 0 || version > (gint64) G_N_ELEMENTS (schema_steps))
    {
      g_set_error (error, BM_ERROR, BM_ERROR_UNSUPPORTED,
                   "The database has version %" G_GINT64_FORMAT ", this program knows %zu", version,
                   G_N_ELEMENTS (schema_steps));
      return FALSE;
    }
  for (guint step = (guint) version; step < G_N_ELEMENTS (schema_steps); step++)
    if (!step_schema (self, step, error))
      return FALSE;
  return TRUE;
}

/**
 * bm_platform_store_open:
 * @path: the database file; made when it does not exist
 * @error: %BM_ERROR_BUSY when another process has it
 *
 * Opens the one connection.
 */
BmPlatformStore *
bm_platform_store_open (const char *path, GError **error)
{
  g_autoptr (BmPlatformStore) self = g_new0 (BmPlatformStore, 1);

  g_return_val_if_fail (path != NULL, NULL);

  g_mutex_init (&self->mutex);
  if (sqlite3_open_v2 (path, &self->db,
                       SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX,
                       NULL) != SQLITE_OK)
    {
      bm_sql_take_error (self->db, error);
      return NULL;
    }
  (void) g_chmod (path, 0600); /* a file system without modes is the operator's choice */
  sqlite3_busy_timeout (self->db, 3000);
  bm_sql_keep_statements (self->db);
  if (!bm_sql_script (self->db,
                      "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;"
                      "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA mmap_size = 0;"
                      "PRAGMA trusted_schema = OFF;",
                      error) ||
      !ensure_schema (self, error))
    {
      if (error != NULL && g_error_matches (*error, BM_ERROR, BM_ERROR_BUSY))
        g_prefix_error (error, "Another process serves this platform already. ");
      return NULL;
    }
  return g_steal_pointer (&self);
}

void
bm_platform_store_free (BmPlatformStore *self)
{
  if (self == NULL)
    return;
  g_assert (!self->is_in_transaction);
  bm_sql_close (self->db);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

gboolean
bm_platform_store_begin (BmPlatformStore *self, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  g_mutex_lock (&self->mutex);
  g_assert (!self->is_in_transaction);
  if (!bm_sql_run (self->db, error, "BEGIN IMMEDIATE", ""))
    {
      g_mutex_unlock (&self->mutex);
      return FALSE;
    }
  self->is_in_transaction = TRUE;
  return TRUE;
}

void
bm_platform_store_rollback (BmPlatformStore *self)
{
  g_return_if_fail (self != NULL && self->is_in_transaction);

  /* SQLite may have rolled back by itself (disk full); then this fails and changes nothing. */
  (void) sqlite3_exec (self->db, "ROLLBACK", NULL, NULL, NULL);
  self->is_in_transaction = FALSE;
  g_mutex_unlock (&self->mutex);
}

gboolean
bm_platform_store_commit (BmPlatformStore *self, GError **error)
{
  g_return_val_if_fail (self != NULL && self->is_in_transaction, FALSE);

  if (!bm_sql_run (self->db, error, "COMMIT", ""))
    {
      bm_platform_store_rollback (self);
      return FALSE;
    }
  self->is_in_transaction = FALSE;
  g_mutex_unlock (&self->mutex);
  return TRUE;
}

gboolean
bm_platform_store_end (BmPlatformStore *self, gboolean keep, GError **error)
{
  if (keep)
    return bm_platform_store_commit (self, error);
  bm_platform_store_rollback (self);
  return FALSE;
}

gboolean
bm_platform_store_set_meta (BmPlatformStore *self,
                            const char *key,
                            const char *value,
                            GError **error)
{
  g_return_val_if_fail (self != NULL && self->is_in_transaction, FALSE);

  return bm_sql_run (self->db, error, "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)",
                     "ss", key, value);
}

char *
bm_platform_store_dup_meta (BmPlatformStore *self, const char *key, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  g_return_val_if_fail (self != NULL && self->is_in_transaction, NULL);

  statement = bm_sql_query (self->db, error, "SELECT value FROM meta WHERE key = ?", "s", key);
  if (statement == NULL || !bm_sql_next (statement, error))
    return NULL;
  return g_strdup (bm_sql_text (statement, 0));
}

json_t *
bm_platform_store_collect_json (sqlite3_stmt *statement, BmMakeJson make, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  json_t *array = json_array ();

  while (bm_sql_next (statement, &local_error))
    json_array_append_new (array, make (statement));
  if (local_error == NULL)
    return array;
  json_decref (array);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

GArray *
bm_platform_store_collect_ids (sqlite3_stmt *statement, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  while (bm_sql_next (statement, &local_error))
    {
      gint64 id = bm_sql_int (statement, 0);

      g_array_append_val (ids, id);
    }
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  return g_steal_pointer (&ids);
}

gboolean
bm_platform_store_alarm (BmPlatformStore *self,
                         guint32 kiosk,
                         const char *kind,
                         const char *detail,
                         gint64 now_ms,
                         GError **error)
{
  g_return_val_if_fail (self != NULL && self->is_in_transaction, FALSE);

  return bm_sql_run (self->db, error,
                     "INSERT OR IGNORE INTO alarm (kiosk, kind, detail, at_ms) VALUES (?, ?, ?, ?)",
                     "issi", (gint64) kiosk, kind, detail, now_ms);
}

gint64
bm_platform_store_count_alarms (BmPlatformStore *self)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  g_return_val_if_fail (self != NULL && self->is_in_transaction, 0);

  statement = bm_sql_query (self->db, NULL, "SELECT coalesce (max (id), 0) FROM alarm", "");
  return statement != NULL && bm_sql_next (statement, NULL) ? bm_sql_int (statement, 0) : 0;
}
