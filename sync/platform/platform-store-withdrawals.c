/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform-store"

#include "sync/platform/platform-store-withdrawals.h"

#include "sync/platform/platform-store-private.h"

/* Version 5: what persons asked for back after it was sent. */

const char bm_platform_store_schema_withdrawals[] =
  "CREATE TABLE withdrawal (entry INTEGER PRIMARY KEY REFERENCES entry, kiosk INTEGER NOT NULL,"
  " number TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, hash TEXT NOT NULL,"
  " state TEXT NOT NULL DEFAULT '', code TEXT NOT NULL DEFAULT '', at_ms INTEGER NOT NULL DEFAULT 0);"
  "CREATE INDEX withdrawal_open ON withdrawal (entry) WHERE state = '';"
  "CREATE INDEX withdrawal_case ON withdrawal (kiosk, epoch, seq);"
  "PRAGMA user_version = 5;";

void
bm_stored_withdrawal_free (BmStoredWithdrawal *self)
{
  if (self == NULL)
    return;
  g_free (self->number);
  g_free (self->hash);
  g_free (self->state);
  g_free (self);
}

gboolean
bm_platform_store_add_withdrawal (BmPlatformStore *self,
                                  const BmStoredWithdrawal *withdrawal,
                                  GError **error)
{
  g_return_val_if_fail (self != NULL && self->is_in_transaction && withdrawal != NULL, FALSE);

  return bm_sql_run (self->db, error,
                     "INSERT INTO withdrawal (entry, kiosk, number, epoch, seq, hash)"
                     " VALUES (?, ?, ?, ?, ?, ?)",
                     "iisiis", withdrawal->entry, (gint64) withdrawal->kiosk, withdrawal->number,
                     (gint64) withdrawal->epoch, (gint64) withdrawal->seq, withdrawal->hash);
}

BmStoredWithdrawal *
bm_platform_store_get_withdrawal (BmPlatformStore *self, gint64 entry, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;
  BmStoredWithdrawal *withdrawal;

  g_return_val_if_fail (self != NULL && self->is_in_transaction, NULL);

  statement = bm_sql_query (self->db, error,
                            "SELECT entry, kiosk, number, epoch, seq, hash, state FROM withdrawal"
                            " WHERE entry = ?",
                            "i", entry);
  if (statement == NULL || !bm_sql_next (statement, error))
    return NULL;
  withdrawal = g_new0 (BmStoredWithdrawal, 1);
  withdrawal->entry = bm_sql_int (statement, 0);
  withdrawal->kiosk = (guint32) bm_sql_int (statement, 1);
  withdrawal->number = g_strdup (bm_sql_text (statement, 2));
  withdrawal->epoch = (guint64) bm_sql_int (statement, 3);
  withdrawal->seq = (guint64) bm_sql_int (statement, 4);
  withdrawal->hash = g_strdup (bm_sql_text (statement, 5));
  withdrawal->state = g_strdup (bm_sql_text (statement, 6));
  return withdrawal;
}

GArray *
bm_platform_store_list_withdrawals (BmPlatformStore *self, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  g_return_val_if_fail (self != NULL && self->is_in_transaction, NULL);

  statement = bm_sql_query (self->db, error,
                            "SELECT w.entry FROM withdrawal w JOIN entry e ON e.kiosk = w.kiosk AND"
                            " e.epoch = w.epoch AND e.seq = w.seq WHERE w.state = ''"
                            " ORDER BY w.entry",
                            "");
  return statement != NULL ? bm_platform_store_collect_ids (statement, error) : NULL;
}

gboolean
bm_platform_store_settle_withdrawal (BmPlatformStore *self,
                                     gint64 entry,
                                     const char *state,
                                     const char *code,
                                     gint64 now_ms,
                                     GError **error)
{
  g_return_val_if_fail (self != NULL && self->is_in_transaction, FALSE);

  return bm_sql_run (self->db, error,
                     "UPDATE withdrawal SET state = ?, code = ?, at_ms = ? WHERE entry = ?", "ssii",
                     state, code, now_ms, entry);
}

char *
bm_platform_store_dup_refusal (BmPlatformStore *self, gint64 id, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  g_return_val_if_fail (self != NULL && self->is_in_transaction, NULL);

  statement = bm_sql_query (self->db, error,
                            "SELECT w.code FROM withdrawal w JOIN entry e ON e.kiosk = w.kiosk AND"
                            " e.epoch = w.epoch AND e.seq = w.seq WHERE e.id = ? AND"
                            " w.state = 'refused' ORDER BY w.entry LIMIT 1",
                            "i", id);
  return statement != NULL && bm_sql_next (statement, error) ? g_strdup (bm_sql_text (statement, 0))
                                                             : NULL;
}
