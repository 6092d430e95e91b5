/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform-store"

#include "sync/platform/platform-store-sql.h"

#include "core/crypto/crypto.h"
#include "core/error.h"

#include <string.h>

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
 * bm_sql_set_error:
 * @db: the connection whose last call failed
 * @error: return location
 *
 * Translates SQLite's last error. The message holds SQL and never a bound value.
 *
 * Returns: always %FALSE
 */
gboolean
bm_sql_set_error (sqlite3 *db, GError **error)
{
  g_set_error (error, BM_ERROR, error_code_for (sqlite3_extended_errcode (db)), "Database: %s (%d)",
               sqlite3_errmsg (db), sqlite3_extended_errcode (db));
  return FALSE;
}

gboolean
bm_sql_script (sqlite3 *db, const char *sql, GError **error)
{
  if (sqlite3_exec (db, sql, NULL, NULL, NULL) != SQLITE_OK)
    return bm_sql_set_error (db, error);
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
  int rc = sqlite3_prepare_v2 (db, sql, -1, &statement, NULL);

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
      bm_sql_set_error (db, error);
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
    return bm_sql_set_error (db, error);
  return TRUE;
}

gboolean
bm_sql_next (sqlite3_stmt *statement, GError **error)
{
  int rc = sqlite3_step (statement);

  if (rc != SQLITE_ROW && rc != SQLITE_DONE)
    bm_sql_set_error (sqlite3_db_handle (statement), error);
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
