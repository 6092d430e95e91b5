/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/crash/crash-ledger.h"

#include "core/error.h"

#include <string.h>

static gpointer
checkpoint_on_worker (gpointer data, GError **error)
{
  return GINT_TO_POINTER (bm_store_checkpoint (data, error));
}

static gboolean
step_commit (Ledger *ledger, guint step, GError **error)
{
  g_autoptr (BmDraft) draft = ledger_draft_new (step);
  BmCommitted *committed = ledger_try_commit (ledger, draft, error);
  gboolean is_committed = committed != NULL;

  bm_committed_free (committed);
  return is_committed;
}

/* An answer, a result and the cursor: one transaction (invariant 4). */
static gboolean
step_apply (Ledger *ledger, guint step, GError **error)
{
  BmOutboxBatch *batch = ledger_try_next (ledger, 1 << 20, 2, error);
  g_autoptr (GPtrArray) answers = NULL;
  g_autoptr (GPtrArray) messages = NULL;

  if (batch == NULL)
    return FALSE;
  answers = answers_for (batch, step % 4 == 0 ? BM_ANSWER_REJECTED : BM_ANSWER_ACCEPTED);
  messages = messages_new (message_new (step, "notice", "", step, "{\"text\":\"…\"}"));
  bm_outbox_batch_free (batch);
  return ledger_apply (ledger, answers, messages, step, error);
}

static gboolean
step_print (Ledger *ledger, GError **error)
{
  g_autoptr (GPtrArray) jobs = ledger_open_jobs (ledger);
  BmPrintJob *job;
  BmPrintState next;

  if (jobs->len == 0)
    return TRUE;
  job = jobs->pdata[0];
  next = job->state == BM_PRINT_QUEUED    ? BM_PRINT_WAITING
         : job->state == BM_PRINT_WAITING ? BM_PRINT_SENDING
         : job->state == BM_PRINT_SENDING ? BM_PRINT_SENT
                                          : BM_PRINT_PRINTED;
  return ledger_move (ledger, job->id, job->state, next, error);
}

static gboolean
step_watermark (Ledger *ledger, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree BmOutboxStatus *status = ledger_status (ledger);

  bm_outbox_note_watermark_async (BM_OUTBOX (ledger->store), status->epoch, status->next_seq + 4, 2,
                                  100, ledger_on_done, &result);
  return bm_outbox_note_watermark_finish (BM_OUTBOX (ledger->store), ledger_take (&result), error);
}

typedef struct
{
  sqlite3 *db;
  char *number;
  guint8 tag[BM_TAG_LEN];
} Newest;

static gpointer
find_newest_on_worker (gpointer data, GError **error)
{
  Newest *newest = data;
  sqlite3_stmt *row = NULL;

  if (sqlite3_prepare_v2 (newest->db,
                          "SELECT number, subject_tag FROM cases ORDER BY epoch = "
                          "(SELECT epoch FROM epoch ORDER BY id DESC LIMIT 1) DESC, id DESC",
                          -1, &row, NULL) == SQLITE_OK &&
      sqlite3_step (row) == SQLITE_ROW && sqlite3_column_bytes (row, 1) == BM_TAG_LEN)
    {
      newest->number = g_strdup ((const char *) sqlite3_column_text (row, 0));
      memcpy (newest->tag, sqlite3_column_blob (row, 1), BM_TAG_LEN);
    }
  sqlite3_finalize (row);
  return NULL;
}

gboolean
crash_ledger_withdraw_newest (Ledger *ledger, GError **error)
{
  Newest newest = { .db = ledger->store->db };
  g_autofree BmWithdrawn *withdrawn = NULL;
  g_autofree char *number = NULL;
  g_autoptr (GError) local = NULL;

  bm_worker_run_sync (bm_store_get_worker (ledger->store), find_newest_on_worker, &newest, NULL);
  number = newest.number;
  if (number == NULL)
    return TRUE;
  withdrawn = ledger_ask_back (ledger, number, newest.tag, &local);
  if (withdrawn != NULL || g_error_matches (local, BM_ERROR, BM_ERROR_REFUSED))
    return TRUE; /* done, on the way, or nobody's */
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

gboolean
crash_ledger_step (Ledger *ledger, guint step, GError **error)
{
  if (step == 25)
    return step_watermark (ledger, error);
  if (step == 9 || step == 33) /* what the step before took */
    return crash_ledger_withdraw_newest (ledger, error);
  switch (step % 8)
    {
    case 2:
    case 6:
      return step_apply (ledger, step, error);
    case 3:
    case 7:
      return step_print (ledger, error);
    case 4:
      return ledger_audit (ledger,
                           json_pack ("{s:s, s:i}", "what", "signed-in", "step", (int) step),
                           error);
    case 5:
      if (step % 16 == 13)
        return GPOINTER_TO_INT (bm_worker_run_sync (bm_store_get_worker (ledger->store),
                                                    checkpoint_on_worker, ledger->store, error));
      return step_commit (ledger, step, error);
    default:
      return step_commit (ledger, step, error);
    }
}

static void
add_value (GString *text, sqlite3_stmt *row, int column)
{
  gconstpointer data = sqlite3_column_blob (row, column);
  int len = sqlite3_column_bytes (row, column);

  g_string_append_printf (text, "%d:%d:", sqlite3_column_type (row, column), len);
  if (len > 0)
    g_string_append_len (text, data, len);
}

static gboolean
add_table (GString *text, sqlite3 *db, const char *table)
{
  g_autofree char *sql =
    g_strdup_printf ("SELECT * FROM \"%s\"%s", table,
                     g_str_equal (table, "meta") ? " WHERE k <> 'offered'" : "");
  sqlite3_stmt *row = NULL;
  int result;

  if (sqlite3_prepare_v2 (db, sql, -1, &row, NULL) != SQLITE_OK)
    return FALSE;
  g_string_append (text, table);
  while ((result = sqlite3_step (row)) == SQLITE_ROW)
    for (int column = 0; column < sqlite3_column_count (row); column++)
      add_value (text, row, column);
  sqlite3_finalize (row);
  return result == SQLITE_DONE;
}

/* Every table there is, so that a later schema is not forgotten here; NULL when they cannot be read. */
static GPtrArray *
list_tables (sqlite3 *db)
{
  g_autoptr (GPtrArray) tables = g_ptr_array_new_with_free_func (g_free);
  sqlite3_stmt *row = NULL;
  int result;

  if (sqlite3_prepare_v2 (db,
                          "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 "
                          "ORDER BY name",
                          -1, &row, NULL) != SQLITE_OK)
    return NULL;
  while ((result = sqlite3_step (row)) == SQLITE_ROW)
    g_ptr_array_add (tables, g_strdup ((const char *) sqlite3_column_text (row, 0)));
  sqlite3_finalize (row);
  return result == SQLITE_DONE && tables->len > 0 ? g_steal_pointer (&tables) : NULL;
}

static gpointer
digest_on_worker (gpointer data, GError **error)
{
  sqlite3 *db = ((BmStore *) data)->db;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GPtrArray) tables = list_tables (db);
  GString *hex;
  guint8 hash[BM_SM3_LEN];

  if (tables == NULL)
    return NULL;
  for (guint i = 0; i < tables->len; i++)
    if (!add_table (text, db, tables->pdata[i]))
      return NULL;
  bm_sm3 (text->str, text->len, hash);
  hex = g_string_new (NULL);
  for (guint i = 0; i < BM_SM3_LEN; i++)
    g_string_append_printf (hex, "%02x", hash[i]);
  return g_string_free (hex, FALSE);
}

char *
crash_ledger_digest (Ledger *ledger)
{
  return bm_worker_run_sync (bm_store_get_worker (ledger->store), digest_on_worker, ledger->store,
                             NULL);
}

static gpointer
get_offered_on_worker (gpointer data, GError **error)
{
  gint64 offered = -1;

  return bm_store_get_meta (data, "offered", &offered, error) ? GSIZE_TO_POINTER ((gsize) offered)
                                                              : GSIZE_TO_POINTER ((gsize) -1);
}

gint64
crash_ledger_get_offered (Ledger *ledger)
{
  return (gint64) GPOINTER_TO_SIZE (bm_worker_run_sync (bm_store_get_worker (ledger->store),
                                                        get_offered_on_worker, ledger->store,
                                                        NULL));
}

gboolean
crash_ledger_is_sound (Ledger *ledger)
{
  g_autoptr (GAsyncResult) result = NULL;
  json_t *verdict;
  gboolean is_sound;

  bm_store_verify_async (ledger->store, ledger_on_done, &result);
  verdict = bm_store_json_finish (ledger->store, ledger_take (&result), NULL);
  is_sound = json_is_true (json_object_get (verdict, "ok"));
  json_decref (verdict);
  return is_sound;
}
