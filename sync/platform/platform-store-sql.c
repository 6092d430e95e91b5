/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform-store"

#include "sync/platform/platform-store-sql.h"

#include "core/crypto/crypto.h"
#include "core/error.h"

#include <string.h>

#define MAX_KEPT 256

/* Databases that keep their statements: sqlite3 * -> (SQL text of the statement -> idle statement). */
static GHashTable *keepers;
G_LOCK_DEFINE_STATIC (keepers);

static GHashTable *
find_kept (sqlite3 *db)
{
  GHashTable *kept;

  G_LOCK (keepers);
  kept = keepers != NULL ? g_hash_table_lookup (keepers, db) : NULL;
  G_UNLOCK (keepers);
  return kept;
}

static void
finalize (gpointer statement)
{
  (void) sqlite3_finalize (statement); /* says again what the last step said */
}

void
bm_sql_keep_statements (sqlite3 *db)
{
  g_return_if_fail (db != NULL);

  G_LOCK (keepers);
  if (keepers == NULL)
    keepers = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_hash_table_unref);
  g_hash_table_insert (keepers, db,
                       g_hash_table_new_full (g_str_hash, g_str_equal, NULL, finalize));
  G_UNLOCK (keepers);
}

void
bm_sql_close (sqlite3 *db)
{
  if (db == NULL)
    return;
  G_LOCK (keepers);
  if (keepers != NULL)
    g_hash_table_remove (keepers, db);
  G_UNLOCK (keepers);
  (void) sqlite3_close (db); /* every statement is given back by its scope */
}

void
bm_sql_release (sqlite3_stmt *statement)
{
  GHashTable *kept = statement != NULL ? find_kept (sqlite3_db_handle (statement)) : NULL;

  if (kept == NULL || g_hash_table_size (kept) >= MAX_KEPT ||
      g_hash_table_contains (kept, sqlite3_sql (statement)))
    {
      finalize (statement);
      return;
    }
  (void) sqlite3_reset (statement); /* says again what the last step said */
  (void) sqlite3_clear_bindings (statement);
  g_hash_table_insert (kept, (gpointer) sqlite3_sql (statement), statement);
}

/* An idle statement of that text, or a new one. */
static int
take_statement (sqlite3 *db, const char *sql, sqlite3_stmt **ret_statement)
{
  GHashTable *kept = find_kept (db);
  gpointer idle = NULL;

  if (kept != NULL && g_hash_table_steal_extended (kept, sql, NULL, &idle))
    {
      *ret_statement = idle;
      return SQLITE_OK;
    }
  return sqlite3_prepare_v3 (db, sql, -1, kept != NULL ? SQLITE_PREPARE_PERSISTENT : 0,
                             ret_statement, NULL);
}

static BmError
error_code_for (int rc)
{
  switch (rc & 0xff)
    {
    case SQLITE_FULL:
      return BM_ERROR_FULL;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return BM_ERROR_CORRUPT;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return BM_ERROR_BUSY;
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
      return BM_ERROR_UNREACHABLE;
    default:
      return BM_ERROR_FAILED;
    }
}

/**
 * bm_sql_take_error:
 * @db: the connection whose last call failed
 * @error: return location
 *
 * Translates SQLite's last error. The message holds SQL and never a bound value.
 *
 * Returns: always %FALSE
 */
gboolean
bm_sql_take_error (sqlite3 *db, GError **error)
{
  g_set_error (error, BM_ERROR, error_code_for (sqlite3_extended_errcode (db)), "Database: %s (%d)",
               sqlite3_errmsg (db), sqlite3_extended_errcode (db));
  return FALSE;
}

gboolean
bm_sql_script (sqlite3 *db, const char *sql, GError **error)
{
  if (sqlite3_exec (db, sql, NULL, NULL, NULL) != SQLITE_OK)
    return bm_sql_take_error (db, error);
  return TRUE;
}

static int
bind_bytes (sqlite3_stmt *statement, int at, GBytes *bytes)
{
  gsize size;
  gconstpointer data;

  if (bytes == NULL)
    return sqlite3_bind_null (statement, at);
  data = g_bytes_get_data (bytes, &size);
  return sqlite3_bind_blob64 (statement, at, size > 0 ? data : "", size, SQLITE_TRANSIENT);
}

static sqlite3_stmt *
prepare (sqlite3 *db, GError **error, const char *sql, const char *types, va_list args)
{
  g_autoptr (sqlite3_stmt) statement = NULL;
  int rc = take_statement (db, sql, &statement);

  for (int at = 1; rc == SQLITE_OK && types[at - 1] != '\0'; at++)
    switch (types[at - 1])
      {
      case 'i':
        rc = sqlite3_bind_int64 (statement, at, va_arg (args, gint64));
        break;
      case 's':
        rc = sqlite3_bind_text (statement, at, va_arg (args, const char *), -1, SQLITE_TRANSIENT);
        break;
      case 'b':
        rc = bind_bytes (statement, at, va_arg (args, GBytes *));
        break;
      case 'h':
        rc = sqlite3_bind_blob (statement, at, va_arg (args, const guint8 *), BM_SM3_LEN,
                                SQLITE_TRANSIENT);
        break;
      default:
        g_assert_not_reached ();
      }
  if (rc != SQLITE_OK)
    {
      bm_sql_take_error (db, error);
      return NULL;
    }
  return g_steal_pointer (&statement);
}

sqlite3_stmt *
bm_sql_query (sqlite3 *db, GError **error, const char *sql, const char *types, ...)
{
  sqlite3_stmt *statement;
  va_list args;

  va_start (args, types);
  statement = prepare (db, error, sql, types, args);
  va_end (args);
  return statement;
}

gboolean
bm_sql_run (sqlite3 *db, GError **error, const char *sql, const char *types, ...)
{
  g_autoptr (sqlite3_stmt) statement = NULL;
  va_list args;

  va_start (args, types);
  statement = prepare (db, error, sql, types, args);
  va_end (args);
  if (statement == NULL)
    return FALSE;
  if (sqlite3_step (statement) != SQLITE_DONE)
    return bm_sql_take_error (db, error);
  return TRUE;
}

gboolean
bm_sql_next (sqlite3_stmt *statement, GError **error)
{
  int rc = sqlite3_step (statement);

  if (rc != SQLITE_ROW && rc != SQLITE_DONE)
    bm_sql_take_error (sqlite3_db_handle (statement), error);
  return rc == SQLITE_ROW;
}

gint64
bm_sql_int (sqlite3_stmt *statement, int column)
{
  return sqlite3_column_int64 (statement, column);
}

const char *
bm_sql_text (sqlite3_stmt *statement, int column)
{
  const char *text = (const char *) sqlite3_column_text (statement, column);

  return text != NULL ? text : "";
}

GBytes *
bm_sql_bytes (sqlite3_stmt *statement, int column)
{
  gconstpointer data = sqlite3_column_blob (statement, column);

  return g_bytes_new (data, (gsize) sqlite3_column_bytes (statement, column));
}

gboolean
bm_sql_hash (sqlite3_stmt *statement, int column, guint8 *ret_hash)
{
  gconstpointer data = sqlite3_column_blob (statement, column);

  if (data == NULL || sqlite3_column_bytes (statement, column) != BM_SM3_LEN)
    return FALSE;
  memcpy (ret_hash, data, BM_SM3_LEN);
  return TRUE;
}
