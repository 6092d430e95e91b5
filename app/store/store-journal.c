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
 *
 * Invariants:
 *  J3  A sheet without a case is for the person who stands there. It lies sealed under a key of its
 *      own that is never written down, so that no later start can read or print it; the key goes, and
 *      the body with it, when the job is over or the session is, and then nothing can be copied.
 *  J4  What is printed for somebody anonymous bears no time finer than the day; when the attempt
 *      began is known to this process alone.
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
  gboolean is_anonymous;
} JournalCall;

static void
journal_call_free (JournalCall *call)
{
  g_free (call->reason);
  g_free (call->attempt);
  g_free (call->remote);
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

typedef struct
{
  BmKey *key;
  char *seat;
} Fleeting;

static void
fleeting_free (gpointer data)
{
  Fleeting *fleeting = data;

  bm_key_unref (fleeting->key);
  g_free (fleeting->seat);
  g_free (fleeting);
}

static char *
dup_boot_hex (BmStore *self)
{
  guint8 boot_id[BM_BOOT_ID_LEN];
  GString *hex = g_string_new (NULL);

  bm_clock_get_boot_id (self->clock, boot_id);
  for (guint i = 0; i < BM_BOOT_ID_LEN; i++)
    g_string_append_printf (hex, "%02x", boot_id[i]);
  return g_string_free (hex, FALSE);
}

void
bm_store_journal_init (BmStore *self)
{
  self->fleeting = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, fleeting_free);
  self->attempts = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
}

/* After COMMIT: from now on the sheet of @job can be read. */
void
bm_store_journal_remember (BmStore *self, const BmPrintJob *job, BmKey *key)
{
  Fleeting *fleeting = g_new (Fleeting, 1);

  fleeting->key = bm_key_ref (key);
  fleeting->seat = g_strdup (job->seat);
  g_hash_table_replace (self->fleeting, g_memdup2 (&job->id, sizeof job->id), fleeting);
}

/* An empty object for a sheet whose body or key is gone (J3). */
static json_t *
open_sheet (BmStore *self, const BmPrintJob *job, GBytes *sealed, GError **error)
{
  const Fleeting *fleeting;

  if (*job->number != '\0')
    return bm_store_unseal_json (self, NULL, "sheet", job->number, sealed, error);
  fleeting = g_hash_table_lookup (self->fleeting, &job->id);
  if (fleeting == NULL || sealed == NULL || g_bytes_get_size (sealed) == 0)
    return json_object ();
  return bm_store_unseal_json (self, fleeting->key, "sheet", "", sealed, error);
}

/* J4: what this process knows of an attempt for somebody anonymous. */
static void
recall_attempt (BmStore *self, BmPrintJob *job)
{
  const gint64 *began = g_hash_table_lookup (self->attempts, &job->id);

  if (began == NULL)
    return;
  job->attempt_boot_ms = *began;
  g_free (job->attempt_boot_id);
  job->attempt_boot_id = dup_boot_hex (self);
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
  recall_attempt (self, job);
  job->sheet = open_sheet (self, job, sealed, error);
  return job->sheet != NULL ? g_steal_pointer (&job) : NULL;
}

static gboolean
insert_row (BmStore *self, BmPrintJob *job, const BmKey *key, GError **error)
{
  g_autoptr (GBytes) sealed =
    bm_store_seal_json (self, key, "sheet", job->number, job->sheet, error);
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
bm_store_journal_insert (BmStore *self, const BmStoreSheet *sheet, GError **error)
{
  g_autoptr (BmPrintJob) job = g_new0 (BmPrintJob, 1);

  g_assert (*sheet->number != '\0' || sheet->fleeting != NULL); /* J3 */

  job->ref_count = 1;
  job->number = g_strdup (sheet->number);
  job->seat = g_strdup (sheet->seat);
  job->copy = sheet->copy;
  job->state = BM_PRINT_QUEUED;
  job->reason = g_strdup ("");
  job->attempt = g_strdup ("");
  job->remote = g_strdup ("");
  job->attempt_boot_id = g_strdup ("");
  job->created_wall_ms =
    sheet->is_coarse ? bm_store_get_day_start_ms (self) : bm_clock_get_wall_ms (self->clock);
  job->sheet = json_incref (sheet->sheet);
  return insert_row (self, job, sheet->fleeting, error) ? g_steal_pointer (&job) : NULL;
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

typedef struct
{
  gboolean is_anonymous;
  gboolean is_wiped; /* J3: nothing of the sheet is left */
} JobFacts;

static gboolean
read_facts (BmStore *self, gint64 job, JobFacts *ret_facts, GError **error)
{
  g_autofree char *number = NULL;
  g_autoptr (BmStatement) row =
    bm_sql_borrow (self, "SELECT number, length (sheet) FROM print_job WHERE id = ?", error);
  gboolean has_row;

  if (row == NULL)
    return FALSE;
  bm_sql_bind_int (row, 1, job);
  if (!bm_sql_step (self, row, &has_row, error))
    return FALSE;
  ret_facts->is_wiped = has_row && bm_sql_get_int (row, 1) == 0;
  number = g_strdup (has_row ? bm_sql_get_text (row, 0) : "");
  return bm_store_case_is_anonymous (self, number, &ret_facts->is_anonymous, error);
}

/* Writes the move if the job is in the state the spooler believes it is in. */
static gboolean
write_move (BmStore *self, const JournalCall *call, const JobFacts *facts, GError **error)
{
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
  g_autofree char *boot_hex = facts->is_anonymous ? g_strdup ("") : dup_boot_hex (self);

  if (statement == NULL)
    return FALSE;
  bm_sql_bind_int (statement, 1, call->to);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (texts[i] != NULL)
      bm_sql_bind_text (statement, (int) i + 2, texts[i]);
  bm_sql_bind_int (statement, 5, starts);
  bm_sql_bind_int (statement, 6, facts->is_anonymous ? 0 : bm_clock_get_boot_ms (self->clock));
  bm_sql_bind_text (statement, 7, boot_hex);
  bm_sql_bind_int (statement, 8, call->job);
  bm_sql_bind_int (statement, 9, call->from);
  if (!bm_sql_step (self, statement, NULL, error))
    return FALSE;
  if (sqlite3_changes (self->db) == 1)
    return TRUE;
  g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "print job %" G_GINT64_FORMAT " is not %s",
               call->job, bm_print_state_to_string (call->from));
  return FALSE;
}

static gboolean
wipe_body (BmStore *self, gint64 job, GError **error)
{
  g_autoptr (BmStatement) statement =
    bm_sql_borrow (self, "UPDATE print_job SET sheet = x'' WHERE id = ? AND number = ''", error);

  if (statement == NULL)
    return FALSE;
  bm_sql_bind_int (statement, 1, job);
  return bm_sql_step (self, statement, NULL, error);
}

/* A sheet that is gone can only be followed to its end: nothing of it is tried or asked again. */
static gboolean
is_dead_end (const JobFacts *facts, BmPrintState to)
{
  return facts->is_wiped &&
         (to == BM_PRINT_REFUSED || to == BM_PRINT_WAITING || to == BM_PRINT_UNKNOWN);
}

static gboolean
move_body (BmStore *self, gpointer data, GError **error)
{
  JournalCall *call = data;
  JobFacts facts = { 0 };

  if (!read_facts (self, call->job, &facts, error))
    return FALSE;
  if (is_dead_end (&facts, call->to))
    call->to = BM_PRINT_EXPIRED;
  call->is_anonymous = facts.is_anonymous;
  if (!write_move (self, call, &facts, error) ||
      (bm_print_state_is_final (call->to) && !wipe_body (self, call->job, error)))
    return FALSE;
  return bm_store_note_event (self,
                              &(BmStoreEvent){
                                .job = call->job,
                                .what = bm_print_state_to_string (call->to),
                                .detail = call->reason,
                                .is_coarse = facts.is_anonymous,
                              },
                              error);
}

/* After COMMIT. */
static void
note_move (const JournalCall *call)
{
  BmStore *self = call->self;
  const gint64 now = bm_clock_get_boot_ms (self->clock);

  if (bm_print_state_is_final (call->to))
    {
      g_hash_table_remove (self->fleeting, &call->job);
      g_hash_table_remove (self->attempts, &call->job);
    }
  else if (call->is_anonymous && call->to == BM_PRINT_SENDING)
    g_hash_table_replace (self->attempts, g_memdup2 (&call->job, sizeof call->job),
                          g_memdup2 (&now, sizeof now));
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
  if (!bm_store_transact_draining (call->self, move_body, call, error))
    return NULL;
  note_move (call);
  return GINT_TO_POINTER (TRUE);
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

#define FORGOTTEN "number = '' AND state IN (0, 1, 2, 3, 5, 6) AND (?1 = '' OR seat = ?1)"

static gboolean
note_forgotten (BmStore *self, const char *seat, GError **error)
{
  g_autoptr (BmStatement) statement =
    bm_sql_borrow (self,
                   "INSERT INTO event (epoch, seq, job, wall_ms, what, detail) "
                   "SELECT 0, 0, id, ?2, 'expired', 'left' FROM print_job "
                   "WHERE " FORGOTTEN " AND state IN (0, 1, 5, 6)",
                   error);

  if (statement == NULL)
    return FALSE;
  bm_sql_bind_text (statement, 1, seat);
  bm_sql_bind_int (statement, 2, bm_clock_get_wall_ms (self->clock));
  return bm_sql_step (self, statement, NULL, error);
}

/* J3, inside a transaction: whose sheets these were has left. What is in the printer is followed to
 * its end without its body; everything else is over. @seat: "" for all, at the start. */
gboolean
bm_store_journal_forget (BmStore *self, const char *seat, GError **error)
{
  g_autoptr (BmStatement) statement = NULL;

  if (!note_forgotten (self, seat, error))
    return FALSE;
  statement = bm_sql_borrow (self,
                             "UPDATE print_job SET sheet = x'', state = CASE WHEN state IN "
                             "(0, 1, 5, 6) THEN 9 ELSE state END WHERE " FORGOTTEN,
                             error);
  if (statement == NULL)
    return FALSE;
  bm_sql_bind_text (statement, 1, seat);
  return bm_sql_step (self, statement, NULL, error);
}

static gboolean
is_of_seat (gpointer key, gpointer value, gpointer data)
{
  return g_str_equal (((const Fleeting *) value)->seat, data);
}

/* After COMMIT. */
void
bm_store_journal_drop_keys (BmStore *self, const char *seat)
{
  g_hash_table_foreach_remove (self->fleeting, is_of_seat, (gpointer) seat);
}

void
bm_store_journal_iface_init (BmPrintJournalInterface *iface)
{
  iface->list_open_async = list_open_async;
  iface->list_open_finish = list_open_finish;
  iface->move_async = move_async;
  iface->move_finish = move_finish;
  iface->copy_async = bm_store_copy_async;
  iface->copy_finish = bm_store_copy_finish;
}
