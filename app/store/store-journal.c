/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-sealing.h"
#include "app/store/store-sql.h"

#include "core/error.h"
#include "core/sheet/sheet.h"

#include <string.h>

/*
 * The print journal: BmPrintJournal on the ledger. A job is its sealed sheet, complete with number
 * and QR, and a state that moves as core/ports/print-journal.h allows and no other way. Moves to
 * SENDING note when (boot clock) the attempt began, before its first byte (notes C1 rule 1).
 */

#define JOB_COLUMNS                                                                            \
  "id, number, seat, copy, state, reason, attempt, remote, attempt_boot_ms, attempt_boot_id, " \
  "created_wall_ms, sheet"

typedef struct
{
  BmStore *self;
  gint64 job;
  BmPrintState from;
  BmPrintState to;
  char *reason;
  char *attempt;
  char *remote;
  char *number;
  char *seat;
  json_t *sheet;
  BmPrintJob *made; /* by copy and print */
} JournalCall;

static void
journal_call_free (JournalCall *call)
{
  g_free (call->reason);
  g_free (call->attempt);
  g_free (call->remote);
  g_free (call->number);
  g_free (call->seat);
  json_decref (call->sheet);
  g_clear_pointer (&call->made, bm_print_job_unref);
  g_free (call);
}

static JournalCall *
journal_call_new (BmStore *self, gint64 job)
{
  JournalCall *call = g_new0 (JournalCall, 1);

  call->self = self;
  call->job = job;
  return call;
}

static BmPrintJob *
read_job (BmStore *self, BmStatement *row, GError **error)
{
  g_autoptr (BmPrintJob) job = g_new0 (BmPrintJob, 1);
  g_autoptr (GBytes) sealed = bm_sql_dup_bytes (row, 11);

  job->ref_count = 1;
  job->id = bm_sql_get_int (row, 0);
  job->number = g_strdup (bm_sql_get_text (row, 1));
  job->seat = g_strdup (bm_sql_get_text (row, 2));
  job->copy = (guint) bm_sql_get_int (row, 3);
  job->state = (BmPrintState) bm_sql_get_int (row, 4);
  job->reason = g_strdup (bm_sql_get_text (row, 5));
  job->attempt = g_strdup (bm_sql_get_text (row, 6));
  job->remote = g_strdup (bm_sql_get_text (row, 7));
  job->attempt_boot_ms = bm_sql_get_int (row, 8);
  job->attempt_boot_id = g_strdup (bm_sql_get_text (row, 9));
  job->created_wall_ms = bm_sql_get_int (row, 10);
  job->sheet = bm_store_unseal_json (self, "sheet", job->number, sealed, error);
  return job->sheet != NULL ? g_steal_pointer (&job) : NULL;
}

static gboolean
insert_row (BmStore *self, BmPrintJob *job, GError **error)
{
  g_autoptr (GBytes) sealed = bm_store_seal_json (self, "sheet", job->number, job->sheet, error);
  g_autoptr (BmStatement) statement = NULL;

  if (sealed == NULL)
    return FALSE;
  statement = bm_sql_borrow (self,
                             "INSERT INTO print_job (number, kind, seat, copy, created_wall_ms, "
                             "sheet) VALUES (?, ?, ?, ?, ?, ?)",
                             error);
  if (statement == NULL)
    return FALSE;
  bm_sql_bind_text (statement, 1, job->number);
  bm_sql_bind_text (statement, 2, json_string_value (json_object_get (job->sheet, "kind")));
  bm_sql_bind_text (statement, 3, job->seat);
  bm_sql_bind_int (statement, 4, job->copy);
  bm_sql_bind_int (statement, 5, job->created_wall_ms);
  bm_sql_bind_bytes (statement, 6, sealed);
  if (!bm_sql_step (self, statement, NULL, error))
    return FALSE;
  job->id = sqlite3_last_insert_rowid (self->db);
  return TRUE;
}

/* Stores a job in QUEUED, to be told after COMMIT. */
BmPrintJob *
bm_store_journal_insert (BmStore *self,
                         const char *number,
                         const char *seat,
                         guint copy,
                         json_t *sheet,
                         GError **error)
{
  g_autoptr (BmPrintJob) job = g_new0 (BmPrintJob, 1);

  job->ref_count = 1;
  job->number = g_strdup (number);
  job->seat = g_strdup (seat);
  job->copy = copy;
  job->state = BM_PRINT_QUEUED;
  job->reason = g_strdup ("");
  job->attempt = g_strdup ("");
  job->remote = g_strdup ("");
  job->attempt_boot_id = g_strdup ("");
  job->created_wall_ms = bm_clock_get_wall_ms (self->clock);
  job->sheet = json_incref (sheet);
  return insert_row (self, job, error) ? g_steal_pointer (&job) : NULL;
}

BmPrintJob *
bm_store_journal_load (BmStore *self, gint64 id, GError **error)
{
  g_autoptr (BmStatement) row =
    bm_sql_borrow (self, "SELECT " JOB_COLUMNS " FROM print_job WHERE id = ?", error);
  gboolean has_row;

  if (row == NULL)
    return NULL;
  bm_sql_bind_int (row, 1, id);
  if (!bm_sql_step (self, row, &has_row, error))
    return NULL;
  if (has_row)
    return read_job (self, row, error);
  g_set_error (error, BM_ERROR, BM_ERROR_NOT_FOUND, "there is no print job %" G_GINT64_FORMAT, id);
  return NULL;
}

static gpointer
list_open_on_worker (gpointer data, GError **error)
{
  BmStore *self = data;
  g_autoptr (GPtrArray) jobs = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_print_job_unref);
  g_autoptr (BmStatement) row = bm_sql_borrow (self,
                                               "SELECT " JOB_COLUMNS " FROM print_job "
                                               "WHERE state IN (0, 1, 2, 3, 5, 6) ORDER BY id",
                                               error);
  gboolean has_row;

  if (row == NULL)
    return NULL;
  while (bm_sql_step (self, row, &has_row, error))
    {
      BmPrintJob *job;

      if (!has_row)
        return g_steal_pointer (&jobs);
      job = read_job (self, row, error);
      if (job == NULL)
        return NULL;
      g_ptr_array_add (jobs, job);
    }
  return NULL;
}

static void
list_open_async (BmPrintJournal *journal, GAsyncReadyCallback callback, gpointer user_data)
{
  BmStore *self = BM_STORE (journal);

  bm_store_run (self, list_open_on_worker, self, NULL, (GDestroyNotify) g_ptr_array_unref, callback,
                user_data);
}

static gpointer
finish_pointer (GAsyncResult *result, GError **error)
{
  return bm_worker_run_finish (result, error);
}

static GPtrArray *
list_open_finish (BmPrintJournal *journal, GAsyncResult *result, GError **error)
{
  return finish_pointer (result, error);
}

/* Writes the move if the job is in the state the spooler believes it is in. */
static gboolean
move_body (BmStore *self, gpointer data, GError **error)
{
  const JournalCall *call = data;
  const gboolean starts = call->to == BM_PRINT_SENDING;
  g_autoptr (BmStatement) statement =
    bm_sql_borrow (self,
                   "UPDATE print_job SET state = ?1, reason = ifnull (?2, reason), "
                   "attempt = ifnull (?3, attempt), remote = ifnull (?4, remote), "
                   "attempt_boot_ms = CASE ?5 WHEN 1 THEN ?6 ELSE attempt_boot_ms END, "
                   "attempt_boot_id = CASE ?5 WHEN 1 THEN ?7 ELSE attempt_boot_id END "
                   "WHERE id = ?8 AND state = ?9",
                   error);
  const char *texts[] = { call->reason, call->attempt, call->remote };
  guint8 boot_id[BM_BOOT_ID_LEN];
  g_autoptr (GString) boot_hex = g_string_new (NULL);

  if (statement == NULL)
    return FALSE;
  bm_clock_get_boot_id (self->clock, boot_id);
  for (guint i = 0; i < BM_BOOT_ID_LEN; i++)
    g_string_append_printf (boot_hex, "%02x", boot_id[i]);
  bm_sql_bind_int (statement, 1, call->to);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (texts[i] != NULL)
      bm_sql_bind_text (statement, (int) i + 2, texts[i]);
  bm_sql_bind_int (statement, 5, starts);
  bm_sql_bind_int (statement, 6, bm_clock_get_boot_ms (self->clock));
  bm_sql_bind_text (statement, 7, boot_hex->str);
  bm_sql_bind_int (statement, 8, call->job);
  bm_sql_bind_int (statement, 9, call->from);
  if (!bm_sql_step (self, statement, NULL, error))
    return FALSE;
  if (sqlite3_changes (self->db) != 1)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "print job %" G_GINT64_FORMAT " is not %s",
                   call->job, bm_print_state_to_string (call->from));
      return FALSE;
    }
  return bm_store_note_event (self, 0, 0, call->job, bm_print_state_to_string (call->to),
                              call->reason, error);
}

static gpointer
move_on_worker (gpointer data, GError **error)
{
  JournalCall *call = data;

  if ((guint) call->from > BM_PRINT_EXPIRED || (guint) call->to > BM_PRINT_EXPIRED ||
      !bm_print_state_can_move (call->from, call->to))
    {
      g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "a print job cannot move from %d to %d",
                   call->from, call->to);
      return NULL;
    }
  return GINT_TO_POINTER (bm_store_transact_draining (call->self, move_body, call, error));
}

static void
move_async (BmPrintJournal *journal,
            gint64 job,
            BmPrintState from,
            BmPrintState to,
            const char *reason,
            const char *attempt,
            const char *remote,
            GAsyncReadyCallback callback,
            gpointer user_data)
{
  BmStore *self = BM_STORE (journal);
  JournalCall *call = journal_call_new (self, job);

  call->from = from;
  call->to = to;
  call->reason = g_strdup (reason);
  call->attempt = g_strdup (attempt);
  call->remote = g_strdup (remote);
  bm_store_run (self, move_on_worker, call, (GDestroyNotify) journal_call_free, NULL, callback,
                user_data);
}

static gboolean
move_finish (BmPrintJournal *journal, GAsyncResult *result, GError **error)
{
  return GPOINTER_TO_INT (finish_pointer (result, error));
}

/* Every sheet of this kind for this case that may lie in somebody's hand, or still may. */
static gboolean
count_copies (BmStore *self,
              const char *number,
              const char *kind,
              guint *ret_copies,
              GError **error)
{
  g_autoptr (BmStatement) statement =
    bm_sql_borrow (self,
                   "SELECT ifnull (max (copy), 0) FROM (SELECT copy FROM print_job "
                   "WHERE number = ?1 AND kind = ?2 AND state > 0 AND state NOT IN (8, 9) "
                   "UNION ALL SELECT copy FROM print_job WHERE state IN (0, 1, 2, 3, 5, 6) "
                   "AND state = 0 AND number = ?1 AND kind = ?2)",
                   error);

  if (statement == NULL)
    return FALSE;
  bm_sql_bind_text (statement, 1, number);
  bm_sql_bind_text (statement, 2, kind);
  if (!bm_sql_step (self, statement, NULL, error))
    return FALSE;
  *ret_copies = *number != '\0' ? (guint) bm_sql_get_int (statement, 0) : 0;
  return TRUE;
}

static gboolean
audit_print (BmStore *self, const BmPrintJob *job, const char *why, GError **error)
{
  json_t *event =
    json_pack ("{s:i, s:s, s:s, s:I, s:i, s:s}", "version", 1, "what", "print", "number",
               job->number, "job", (json_int_t) job->id, "copy", (int) job->copy, "why",
               why != NULL && g_utf8_validate (why, -1, NULL) ? why : "");
  gboolean is_added = bm_store_chain_audit (self, event, error);

  json_decref (event);
  return is_added && bm_store_chain_save_head (self, error);
}

static gboolean
copy_body (BmStore *self, gpointer data, GError **error)
{
  JournalCall *call = data;
  g_autoptr (BmPrintJob) first = bm_store_journal_load (self, call->job, error);
  guint copies;

  if (first == NULL ||
      !count_copies (self, first->number,
                     json_string_value (json_object_get (first->sheet, "kind")), &copies, error))
    return FALSE;
  copies = MAX (copies, first->copy);
  call->made =
    bm_store_journal_insert (self, first->number, first->seat, copies + 1, first->sheet, error);
  return call->made != NULL && audit_print (self, call->made, call->reason, error);
}

/* What copy and print have in common. */
static BmPrintJob *
make_job (JournalCall *call, BmStoreBody body, GError **error)
{
  if (!bm_store_transact (call->self, body, call, error)) /* a new sheet is no draining */
    return NULL;
  bm_store_tell_queued (call->self, call->made);
  bm_store_tell_pending (call->self);
  return g_steal_pointer (&call->made);
}

static gpointer
copy_on_worker (gpointer data, GError **error)
{
  return make_job (data, copy_body, error);
}

static void
copy_async (BmPrintJournal *journal,
            gint64 job,
            const char *why,
            GAsyncReadyCallback callback,
            gpointer user_data)
{
  BmStore *self = BM_STORE (journal);
  JournalCall *call = journal_call_new (self, job);

  call->reason = g_strdup (why);
  bm_store_run (self, copy_on_worker, call, (GDestroyNotify) journal_call_free,
                (GDestroyNotify) bm_print_job_unref, callback, user_data);
}

static BmPrintJob *
copy_finish (BmPrintJournal *journal, GAsyncResult *result, GError **error)
{
  return finish_pointer (result, error);
}

void
bm_store_journal_iface_init (BmPrintJournalInterface *iface)
{
  iface->list_open_async = list_open_async;
  iface->list_open_finish = list_open_finish;
  iface->move_async = move_async;
  iface->move_finish = move_finish;
  iface->copy_async = copy_async;
  iface->copy_finish = copy_finish;
}

/* The case's QR and figure, for a sheet whose number block is still empty. */
static json_t *
fill_sheet (BmStore *self, const char *number, json_t *sheet, GError **error)
{
  g_autoptr (BmStatement) statement =
    bm_sql_borrow (self, "SELECT qr FROM cases WHERE id = ? AND number = ?", error);
  g_autofree char *figure = NULL;
  gboolean has_row;

  if (statement == NULL)
    return NULL;
  bm_sql_bind_int (statement, 1, bm_store_case_id (number));
  bm_sql_bind_text (statement, 2, number);
  if (!bm_sql_step (self, statement, &has_row, error))
    return NULL;
  if (!has_row)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_NOT_FOUND, "there is no case %s", number);
      return NULL;
    }
  figure = bm_store_dup_figure (number);
  return bm_sheet_fill (sheet, number, bm_sql_get_text (statement, 0), figure);
}

static gboolean
print_body (BmStore *self, gpointer data, GError **error)
{
  JournalCall *call = data;
  json_t *sheet;
  guint copies;

  if (!bm_sheet_check (call->sheet, error))
    return FALSE;
  if (!count_copies (self, call->number, json_string_value (json_object_get (call->sheet, "kind")),
                     &copies, error))
    return FALSE;
  sheet = *call->number == '\0' ? json_incref (call->sheet)
                                : fill_sheet (self, call->number, call->sheet, error);
  if (sheet == NULL)
    return FALSE;
  call->made = bm_store_journal_insert (self, call->number, call->seat, copies + 1, sheet, error);
  json_decref (sheet);
  return call->made != NULL && audit_print (self, call->made, NULL, error);
}

static gpointer
print_on_worker (gpointer data, GError **error)
{
  g_autoptr (BmPrintJob) job = make_job (data, print_body, error);

  return job != NULL ? g_memdup2 (&job->id, sizeof job->id) : NULL;
}

/**
 * bm_store_print_async:
 * @self: an open store
 * @number: the case's number, or "" for a sheet without a case
 * @seat: the seat whose resident waits for it
 * @sheet: (transfer none): the sheet; its number blocks are filled here; not changed afterwards
 * @callback: (nullable): called when the job is durable
 * @user_data: for @callback
 *
 * Queues a further or another sheet. A sheet of a kind that was printed for the case before counts
 * as its next copy. Audited.
 */
void
bm_store_print_async (BmStore *self,
                      const char *number,
                      const char *seat,
                      json_t *sheet,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  JournalCall *call;

  g_return_if_fail (BM_IS_STORE (self));
  g_return_if_fail (number != NULL && seat != NULL && sheet != NULL);

  call = journal_call_new (self, 0);
  call->number = g_strdup (number);
  call->seat = g_strdup (seat);
  call->sheet = json_incref (sheet);
  bm_store_run (self, print_on_worker, call, (GDestroyNotify) journal_call_free, g_free, callback,
                user_data);
}

/**
 * bm_store_print_finish:
 * @self: the store
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: the job's id, or 0
 */
gint64
bm_store_print_finish (BmStore *self, GAsyncResult *result, GError **error)
{
  g_autofree gint64 *id = NULL;

  g_return_val_if_fail (BM_IS_STORE (self), 0);

  id = bm_worker_run_finish (result, error);
  return id != NULL ? *id : 0;
}
