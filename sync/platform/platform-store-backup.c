/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform-store"

#include "sync/platform/platform-store-marks.h"

#include "sync/platform/platform-store-private.h"

#include "core/error.h"

/*
 * Copies of the database.
 *
 * Invariant: a mark "backed up to n" is written only from what a durable, checked copy itself says, so it
 * can be too low and never too high.
 */

#define PAGES_A_STEP 512
#define MAX_STEPS    10000000

typedef sqlite3 Database;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Database, sqlite3_close)

static gboolean
step_copy (BmPlatformStore *self, sqlite3_backup *backup, int *ret_rc, GError **error)
{
  /* What is committed between two steps over this same connection goes into the copy, too. */
  g_mutex_lock (&self->mutex);
  *ret_rc = sqlite3_backup_step (backup, PAGES_A_STEP);
  g_mutex_unlock (&self->mutex);
  if (*ret_rc == SQLITE_OK || *ret_rc == SQLITE_DONE || *ret_rc == SQLITE_BUSY ||
      *ret_rc == SQLITE_LOCKED)
    return TRUE;
  g_set_error (error, BM_ERROR, *ret_rc == SQLITE_FULL ? BM_ERROR_FULL : BM_ERROR_UNREACHABLE,
               "The copy failed: %s", sqlite3_errstr (*ret_rc));
  return FALSE;
}

gboolean
bm_platform_store_copy_to (BmPlatformStore *self, const char *path, GError **error)
{
  g_autoptr (Database) to = NULL;
  sqlite3_backup *backup;
  gboolean is_good = TRUE;
  int rc = SQLITE_OK;

  g_return_val_if_fail (self != NULL && path != NULL, FALSE);

  if (sqlite3_open_v2 (path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) != SQLITE_OK ||
      !bm_sql_script (to, "PRAGMA synchronous = FULL; PRAGMA journal_mode = MEMORY;", error))
    return bm_sql_take_error (to, error);
  backup = sqlite3_backup_init (to, "main", self->db, "main");
  if (backup == NULL)
    return bm_sql_take_error (to, error);
  for (guint i = 0; is_good && rc != SQLITE_DONE && i < MAX_STEPS; i++)
    is_good = step_copy (self, backup, &rc, error);
  g_mutex_lock (&self->mutex);
  (void) sqlite3_backup_finish (backup); /* the step has said what went wrong */
  g_mutex_unlock (&self->mutex);
  if (is_good && rc != SQLITE_DONE)
    g_set_error_literal (error, BM_ERROR, BM_ERROR_BUSY, "The copy never came to its end");
  return is_good && rc == SQLITE_DONE;
}

/* Read-only and without side files, as it lies there. */
static sqlite3 *
open_copy (const char *path, GError **error)
{
  g_autofree char *escaped = g_uri_escape_string (path, "/", TRUE);
  g_autofree char *uri = g_strdup_printf ("file:%s?immutable=1&mode=ro", escaped);
  g_autoptr (Database) db = NULL;

  if (sqlite3_open_v2 (uri, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL) == SQLITE_OK)
    return g_steal_pointer (&db);
  (void) bm_sql_take_error (db, error); /* it always fails */
  return NULL;
}

static gboolean
ask_number (sqlite3 *db, const char *sql, gint64 *ret_value, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  if (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL) != SQLITE_OK ||
      sqlite3_step (statement) != SQLITE_ROW)
    return bm_sql_take_error (db, error);
  *ret_value = sqlite3_column_int64 (statement, 0);
  return TRUE;
}

gboolean
bm_platform_store_check_copy (const char *path, gint64 *ret_entries, GError **error)
{
  g_autoptr (Database) db = open_copy (path, error);
  g_autoptr (sqlite3_stmt) statement = NULL;
  gint64 version = 0;

  if (db == NULL)
    return FALSE;
  if (sqlite3_prepare_v2 (db, "PRAGMA integrity_check (1)", -1, &statement, NULL) != SQLITE_OK ||
      sqlite3_step (statement) != SQLITE_ROW)
    return bm_sql_take_error (db, error);
  if (g_strcmp0 (bm_sql_text (statement, 0), "ok") != 0)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_CORRUPT, "%s is damaged: %s", path,
                   bm_sql_text (statement, 0));
      return FALSE;
    }
  if (!ask_number (db, "PRAGMA user_version", &version, error) ||
      !ask_number (db, "SELECT count (*) FROM entry", ret_entries, error))
    return FALSE;
  if (version >= 1 && version <= BM_PLATFORM_STORE_VERSION)
    return TRUE;
  g_set_error (error, BM_ERROR, BM_ERROR_UNSUPPORTED, "%s has version %" G_GINT64_FORMAT, path,
               version);
  return FALSE;
}

static gboolean
take_marks (BmPlatformStore *self, sqlite3 *copy, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;
  int rc;

  if (sqlite3_prepare_v2 (copy, "SELECT kiosk, epoch, upto FROM watermark WHERE upto > 0", -1,
                          &statement, NULL) != SQLITE_OK)
    return bm_sql_take_error (copy, error);
  while ((rc = sqlite3_step (statement)) == SQLITE_ROW)
    if (!bm_sql_run (self->db, error,
                     "UPDATE watermark SET backed_up = max (backed_up, ?)"
                     " WHERE kiosk = ? AND epoch = ?",
                     "iii", sqlite3_column_int64 (statement, 2),
                     sqlite3_column_int64 (statement, 0), sqlite3_column_int64 (statement, 1)))
      return FALSE;
  return rc == SQLITE_DONE || bm_sql_take_error (copy, error);
}

gboolean
bm_platform_store_note_backup (BmPlatformStore *self,
                               const char *path,
                               gint64 entries,
                               gint64 now_ms,
                               GError **error)
{
  g_autoptr (Database) copy = NULL;
  gboolean is_noted;

  g_return_val_if_fail (self != NULL && path != NULL, FALSE);

  copy = open_copy (path, error);
  if (copy == NULL || !bm_platform_store_begin (self, error))
    return FALSE;
  is_noted =
    take_marks (self, copy, error) &&
    bm_sql_run (self->db, error, "INSERT INTO backup (at_ms, file, entries) VALUES (?, ?, ?)",
                "isi", now_ms, path, entries);
  return bm_platform_store_end (self, is_noted, error);
}

static json_t *
make_backup (sqlite3_stmt *statement)
{
  return json_pack ("{s:I, s:s, s:I}", "at_ms", (json_int_t) bm_sql_int (statement, 0), "file",
                    bm_sql_text (statement, 1), "entries", (json_int_t) bm_sql_int (statement, 2));
}

json_t *
bm_platform_store_report_backups (BmPlatformStore *self, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  g_return_val_if_fail (self != NULL && self->is_in_transaction, NULL);

  statement =
    bm_sql_query (self->db, error,
                  "SELECT at_ms, file, entries FROM backup ORDER BY id DESC LIMIT 20", "");
  return statement != NULL ? bm_platform_store_collect_json (statement, make_backup, error) : NULL;
}
