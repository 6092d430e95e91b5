/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-sql.h"

#include "core/error.h"

#include <string.h>

/*
 * Statement helpers and the one way to write: a transaction that happens whole or leaves disk and
 * memory as they were.
 *
 * Invariants:
 *  Q1  Only bm_store_transact() writes. Its body changes nothing in memory but @now and the run's
 *      ratchet, and both are put back when it fails.
 *  Q2  After an I/O error or damage the ledger is dead: what the kernel says about those pages
 *      later is worth nothing (a second fsync reports success), so nothing is written until the
 *      next start.
 */

void
bm_statement_done (BmStatement *self)
{
  (void) sqlite3_reset (self); /* repeats the error of the last step, which was reported then */
  sqlite3_clear_bindings (self);
}

static GError *
translate (BmStore *self, int result)
{
  /* What failed beside SQLite left no message in the connection. */
  const char *text = self->db != NULL && ((sqlite3_errcode (self->db) ^ result) & 0xff) == 0
                       ? sqlite3_errmsg (self->db)
                       : sqlite3_errstr (result);
  int code;

  switch (result & 0xff)
    {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      code = BM_ERROR_BUSY;
      break;
    case SQLITE_FULL:
      code = BM_ERROR_FULL;
      break;
    case SQLITE_IOERR:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      code = BM_ERROR_CORRUPT;
      break;
    case SQLITE_TOOBIG:
      code = BM_ERROR_LIMIT;
      break;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
      code = BM_ERROR_UNREACHABLE;
      break;
    default:
      code = BM_ERROR_FAILED;
      break;
    }
  return g_error_new (BM_ERROR, code, "%s/ledger.db: %s (%d)", self->folder, text, result);
}

void
bm_sql_set_error (BmStore *self, int result, GError **error)
{
  g_autoptr (GError) translated = translate (self, result);

  if (translated->code == BM_ERROR_CORRUPT && !self->is_dead)
    {
      self->is_dead = TRUE;
      g_clear_error (&self->stop);
      self->stop = g_error_copy (translated);
      bm_store_tell_trouble (self, translated);
    }
  g_propagate_error (error, g_steal_pointer (&translated));
}

BmStatement *
bm_sql_borrow (BmStore *self, const char *sql, GError **error)
{
  sqlite3_stmt *statement = g_hash_table_lookup (self->statements, sql);
  int result;

  g_assert (bm_worker_is_current (self->worker));

  if (statement != NULL)
    {
      g_assert (!sqlite3_stmt_busy (statement));
      return statement;
    }
  result = sqlite3_prepare_v3 (self->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
  if (result != SQLITE_OK)
    {
      bm_sql_set_error (self, result, error);
      return NULL;
    }
  g_hash_table_insert (self->statements, g_strdup (sql), statement);
  return statement;
}

gboolean
bm_sql_exec (BmStore *self, const char *sql, GError **error)
{
  int result = sqlite3_exec (self->db, sql, NULL, NULL, NULL);

  if (result == SQLITE_OK)
    return TRUE;
  bm_sql_set_error (self, result, error);
  return FALSE;
}

gboolean
bm_sql_step (BmStore *self, BmStatement *statement, gboolean *ret_row, GError **error)
{
  int result = sqlite3_step (statement);

  if (ret_row != NULL)
    *ret_row = result == SQLITE_ROW;
  if (result == SQLITE_ROW || result == SQLITE_DONE)
    return TRUE;
  bm_sql_set_error (self, result, error);
  return FALSE;
}

gboolean
bm_sql_read_int (BmStore *self, const char *sql, gint64 *ret_value, GError **error)
{
  g_autoptr (BmStatement) statement = bm_sql_borrow (self, sql, error);
  gboolean has_row;

  if (statement == NULL || !bm_sql_step (self, statement, &has_row, error))
    return FALSE;
  *ret_value = has_row ? bm_sql_get_int (statement, 0) : 0;
  return TRUE;
}

/* Binding fails only on a wrong index or without memory, and GLib programs do not survive either. */
void
bm_sql_bind_int (BmStatement *self, int index, gint64 value)
{
  int result = sqlite3_bind_int64 (self, index, value);

  g_assert (result == SQLITE_OK);
}

void
bm_sql_bind_text (BmStatement *self, int index, const char *text)
{
  int result = sqlite3_bind_text (self, index, text != NULL ? text : "", -1, SQLITE_TRANSIENT);

  g_assert (result == SQLITE_OK);
}

void
bm_sql_bind_blob (BmStatement *self, int index, gconstpointer data, gsize len)
{
  int result = sqlite3_bind_blob64 (self, index, data, len, SQLITE_TRANSIENT);

  g_assert (result == SQLITE_OK);
}

void
bm_sql_bind_bytes (BmStatement *self, int index, GBytes *bytes)
{
  gconstpointer data;
  gsize len;
  int result;

  if (bytes == NULL)
    return;
  data = g_bytes_get_data (bytes, &len);
  result = sqlite3_bind_blob64 (self, index, data != NULL ? data : "", len, SQLITE_STATIC);
  g_assert (result == SQLITE_OK);
}

gint64
bm_sql_get_int (BmStatement *self, int column)
{
  return sqlite3_column_int64 (self, column);
}

const char *
bm_sql_get_text (BmStatement *self, int column)
{
  const char *text = (const char *) sqlite3_column_text (self, column);

  return text != NULL ? text : "";
}

GBytes *
bm_sql_dup_bytes (BmStatement *self, int column)
{
  if (sqlite3_column_type (self, column) == SQLITE_NULL)
    return NULL;
  return g_bytes_new (sqlite3_column_blob (self, column), sqlite3_column_bytes (self, column));
}

gboolean
bm_sql_copy_blob (BmStatement *self, int column, gpointer ret_buffer, gsize len)
{
  if (sqlite3_column_type (self, column) != SQLITE_BLOB ||
      (gsize) sqlite3_column_bytes (self, column) != len)
    return FALSE;
  memcpy (ret_buffer, sqlite3_column_blob (self, column), len);
  return TRUE;
}

static gboolean
run_plain (BmStore *self, const char *sql, GError **error)
{
  g_autoptr (BmStatement) statement = bm_sql_borrow (self, sql, error);

  return statement != NULL && bm_sql_step (self, statement, NULL, error);
}

static void
roll_back (BmStore *self, const BmStoreEpoch *saved)
{
  self->now = *saved;
  /* A run that began in this transaction lost its row with it: the next commit begins another. */
  if (self->ratchet != NULL && bm_ratchet_get_run (self->ratchet) >= saved->next_seq)
    g_clear_pointer (&self->ratchet, bm_ratchet_free);
  if (!sqlite3_get_autocommit (self->db))
    (void) sqlite3_exec (self->db, "ROLLBACK", NULL, NULL,
                         NULL); /* the first error is the one to tell */
}

/**
 * bm_store_transact:
 * @self: an open store
 * @body: what to write
 * @data: for @body
 * @error: return location for an error
 *
 * Runs @body in one transaction of the one connection.
 *
 * Returns: whether everything is durable; if not, nothing was written (Q1), except after an I/O error of
 *     the COMMIT itself, when the next start tells (Q2)
 */
gboolean
bm_store_transact (BmStore *self, BmStoreBody body, gpointer data, GError **error)
{
  BmStoreEpoch saved = self->now;

  g_assert (bm_worker_is_current (self->worker));

  if (self->is_dead)
    {
      g_propagate_error (error, g_error_copy (self->stop));
      return FALSE;
    }
  if (!run_plain (self, "BEGIN IMMEDIATE", error))
    return FALSE;
  if (body (self, data, error) && run_plain (self, "COMMIT", error))
    {
      bm_store_schedule_idle (self);
      return TRUE;
    }
  roll_back (self, &saved);
  return FALSE;
}

gboolean
bm_store_transact_draining (BmStore *self, BmStoreBody body, gpointer data, GError **error)
{
  g_autoptr (GError) failure = NULL;
  gboolean is_done = bm_store_transact (self, body, data, &failure);

  while (!is_done && g_error_matches (failure, BM_ERROR, BM_ERROR_FULL) &&
         bm_store_space_make_room (self))
    {
      g_clear_error (&failure);
      is_done = bm_store_transact (self, body, data, &failure);
    }
  if (!is_done)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  bm_store_space_hold_log (self);
  return TRUE;
}
