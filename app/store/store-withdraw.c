/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-batch.h"
#include "app/store/store-view.h"

#include "core/error.h"
#include "core/fault.h"
#include "core/sheet/sheet.h"

#include <sys/stat.h>

#include <string.h>

/*
 * 撤回: the person takes a matter back that has not left the station, or asks the centre for it (domain §5.8).
 *
 * Invariants:
 *  W1  Nothing of a matter that is withdrawn has left. What is handed to who sends is noted before it is
 *      handed over (meta `offered`, the highest row of a matter), so that also after a kill "has not left"
 *      is known and not hoped. What is not above it counts as on the way, whatever became of it. A disk
 *      that was put back does not know what it handed over since: where the file is another one than at
 *      the last start (meta `inode`), or the platform says so, all that lies in it counts as handed over.
 *  W2  Withdrawing and handing over are transactions of one thread: of the two exactly one comes first,
 *      and the other one finds it.
 *  W3  State of the case, state of the entry, sheet and audit entry are written together or not at all.
 *      No row is removed: the chain stays whole, and the centre hears of the number by the audit entry.
 *      The payload goes when the retention of its service has passed (store-purge.c P1).
 *  W5  What may have left is asked for back, once: a row of its own (BM_ENTRY_WITHDRAWAL) that names the
 *      matter's row, the case's row in `withdrawal`, sheet and audit entry are written together or not at
 *      all. It goes after the matter (store-lanes.c O4). The case stays what it is: the centre decides.
 *  W4  Only who handed the matter in withdraws it: the tag is that of the person's own card.
 *
 * "Sending" is still not stored (invariant 4): a row that was handed over and not answered is PENDING.
 */

#define OFFERED "offered"
#define INODE   "inode"

typedef struct
{
  BmStore *self;
  char *number;
  char *seat;
  char *session;
  char *evidence;
  char *helper;
  json_t *sheet;
  json_t *asked_sheet;
  guint8 tag[BM_TAG_LEN];

  guint64 epoch;
  guint64 seq;
  guint8 hash[BM_SM3_LEN];
  guint8 priority;
  gint32 due_day;
  guint64 asking_seq;
  BmWithdrawn *withdrawn;
  BmPrintJob *job;
} WithdrawCall;

static void
withdraw_call_free (WithdrawCall *call)
{
  g_free (call->number);
  g_free (call->seat);
  g_free (call->session);
  g_free (call->evidence);
  g_free (call->helper);
  json_decref (call->sheet);
  json_decref (call->asked_sheet);
  g_free (call->withdrawn);
  g_clear_pointer (&call->job, bm_print_job_unref);
  g_free (call);
}

/* Whatever lies in the ledger may have been handed over. Never less than before. */
gboolean
bm_store_offer_all (BmStore *self, GError **error)
{
  return bm_sql_exec (self,
                      "INSERT INTO meta (k, v) SELECT 'offered', ifnull (max (id), 0) FROM entry "
                      "WHERE true ON CONFLICT (k) DO UPDATE SET v = max (v, excluded.v)",
                      error);
}

/* 0: the files of a test are its own, and it says itself what became of them. */
static gint64
get_inode (BmStore *self)
{
  g_autofree char *path = g_build_filename (self->folder, "ledger.db", NULL);
  struct stat info;

  return self->vfs == NULL && stat (path, &info) == 0 ? (gint64) info.st_ino : 0;
}

/* A ledger from before this, of a new station, or in another file than last time: a copy of some day. */
gboolean
bm_store_begin_offered (BmStore *self, GError **error)
{
  const gint64 inode = get_inode (self);
  gint64 known, is_noted;

  if (!bm_store_get_meta (self, INODE, &known, error) ||
      !bm_sql_read_int (self, "SELECT count(*) FROM meta WHERE k = 'offered'", &is_noted, error))
    return FALSE;
  if (is_noted != 0 && known == inode)
    return TRUE;
  return bm_store_offer_all (self, error) && bm_store_set_meta (self, INODE, inode, error);
}

typedef struct
{
  gint64 id;
} OfferedCall;

static gboolean
offered_body (BmStore *self, gpointer data, GError **error)
{
  const OfferedCall *call = data;

  return bm_store_set_meta (self, OFFERED, call->id, error);
}

/**
 * bm_store_note_offered:
 * @self: the store, on its worker, outside a transaction
 * @batch: what is about to be handed to who sends it
 * @error: return location for an error
 *
 * Makes it durable that these rows may be on the way (W1). One transaction for a batch with a row that is
 * newer than any before it; else nothing is written.
 *
 * Returns: whether the batch may be handed over
 */
gboolean
bm_store_note_offered (BmStore *self, const BmOutboxBatch *batch, GError **error)
{
  OfferedCall call = { 0 };
  gint64 offered;

  for (guint i = 0; i < batch->items->len; i++)
    {
      const BmOutboxItem *item = batch->items->pdata[i];

      if (item->type == BM_ENTRY_MATTER)
        call.id = MAX (call.id, item->id);
    }
  if (call.id == 0)
    return TRUE;
  if (!bm_store_get_meta (self, OFFERED, &offered, error))
    return FALSE;
  if (call.id <= offered)
    return TRUE;
  if (!bm_store_transact_draining (self, offered_body, &call, error))
    return FALSE;
  bm_fault_point ("store-after-offered");
  return TRUE;
}

/* What is known of the matter; W4: somebody else's is as one that is not there. */
static gboolean
look (WithdrawCall *call, gboolean *ret_free, gboolean *ret_askable, GError **error)
{
  BmStore *self = call->self;
  g_autoptr (BmStatement) row =
    bm_sql_borrow (self,
                   "SELECT entry.id, entry.state, cases.epoch, cases.seq, subject_tag, "
                   "is_anonymous, cases.state, entry.priority, entry.due_day, entry.hash, "
                   "withdrawal.id IS NOT NULL FROM cases JOIN entry "
                   "ON entry.epoch = cases.epoch AND entry.seq = cases.seq "
                   "LEFT JOIN withdrawal ON withdrawal.id = cases.id "
                   "WHERE cases.id = ?2 AND cases.number = ?1",
                   error);
  guint8 tag[BM_TAG_LEN];
  gboolean has_row;
  gint64 offered;

  if (row == NULL || !bm_store_get_meta (self, OFFERED, &offered, error))
    return FALSE;
  bm_sql_bind_text (row, 1, call->number);
  bm_sql_bind_int (row, 2, bm_store_case_id (call->number));
  if (!bm_sql_step (self, row, &has_row, error))
    return FALSE;
  if (!has_row || bm_sql_get_int (row, 5) != 0 || !bm_sql_copy_blob (row, 4, tag, sizeof tag) ||
      memcmp (tag, call->tag, sizeof tag) != 0)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_REFUSED, "matter %s is not this person's",
                   call->number);
      return FALSE;
    }
  call->epoch = (guint64) bm_sql_get_int (row, 2);
  call->seq = (guint64) bm_sql_get_int (row, 3);
  call->withdrawn->is_repeat = bm_sql_get_int (row, 1) == BM_ENTRY_WITHDRAWN;
  /* Another epoch: the disk was put back once, and what was handed over before is not known here. */
  *ret_free = bm_sql_get_int (row, 1) == BM_ENTRY_PENDING && bm_sql_get_int (row, 0) > offered &&
              bm_sql_get_int (row, 6) == BM_CASE_NOTED && call->epoch == self->now.epoch;
  call->priority = (guint8) bm_sql_get_int (row, 7);
  call->due_day = (gint32) bm_sql_get_int (row, 8);
  call->withdrawn->is_asked = bm_sql_get_int (row, 10) != 0;
  *ret_askable = !call->withdrawn->is_asked && call->asked_sheet != NULL &&
                 bm_sql_get_int (row, 1) <= BM_ENTRY_HELD &&
                 bm_sql_get_int (row, 6) <= BM_CASE_ACCEPTED &&
                 bm_sql_copy_blob (row, 9, call->hash, BM_SM3_LEN);
  return TRUE;
}

static gboolean
find_first_sheet (WithdrawCall *call, GError **error)
{
  g_autoptr (BmStatement) row =
    bm_sql_borrow (call->self,
                   "SELECT ifnull (min (id), 0) FROM print_job WHERE number = ? AND kind = ?",
                   error);

  if (row == NULL)
    return FALSE;
  bm_sql_bind_text (row, 1, call->number);
  bm_sql_bind_text (row, 2, BM_STORE_WITHDRAWAL);
  if (!bm_sql_step (call->self, row, NULL, error))
    return FALSE;
  call->withdrawn->print_job = bm_sql_get_int (row, 0);
  return TRUE;
}

static gboolean
run_for_entry (WithdrawCall *call, const char *sql, GError **error)
{
  g_autoptr (BmStatement) statement = bm_sql_borrow (call->self, sql, error);

  if (statement == NULL)
    return FALSE;
  bm_sql_bind_int (statement, 1, (gint64) call->epoch);
  bm_sql_bind_int (statement, 2, (gint64) call->seq);
  return bm_sql_step (call->self, statement, NULL, error);
}

/* From this day on the retention counts. */
static gboolean
settle (WithdrawCall *call, GError **error)
{
  g_autoptr (BmStatement) statement =
    bm_sql_borrow (call->self,
                   "UPDATE entry SET state = 6, settled_day = ? WHERE epoch = ? AND seq = ?",
                   error);

  if (statement == NULL)
    return FALSE;
  bm_sql_bind_int (statement, 1, MAX (bm_store_get_today (call->self), 1));
  bm_sql_bind_int (statement, 2, (gint64) call->epoch);
  bm_sql_bind_int (statement, 3, (gint64) call->seq);
  return bm_sql_step (call->self, statement, NULL, error);
}

/* It was acknowledged as noted; that it is withdrawn the person is still to be shown (invariant 14). */
static gboolean
take_back (WithdrawCall *call, GError **error)
{
  return settle (call, error) &&
         run_for_entry (call,
                        "UPDATE attachment SET state = 3 WHERE epoch = ? AND seq = ? AND state = 0",
                        error) &&
         run_for_entry (call,
                        "UPDATE cases SET state = 7, is_acknowledged = 0, is_told = 0 "
                        "WHERE epoch = ? AND seq = ?",
                        error);
}

static gboolean
add_sheet (WithdrawCall *call, json_t *sheet, GError **error)
{
  call->job = bm_store_journal_insert (call->self,
                                       &(BmStoreSheet){
                                         .number = call->number,
                                         .seat = call->seat,
                                         .copy = 1,
                                         .sheet = sheet,
                                       },
                                       error);
  if (call->job == NULL)
    return FALSE;
  call->withdrawn->print_job = call->job->id;
  return TRUE;
}

static gboolean
audit_withdrawal (WithdrawCall *call, const char *what, GError **error)
{
  json_t *event = json_pack ("{s:i, s:s, s:s, s:I, s:I, s:s, s:s, s:s, s:s}", "version", 1, "what",
                             what, "number", call->number, "seq", (json_int_t) call->seq, "job",
                             (json_int_t) call->job->id, "seat", call->seat, "session",
                             call->session, "evidence", call->evidence, "staff", call->helper);
  gboolean is_added;

  json_object_set_new (event, "use", json_string ("withdraw"));
  is_added = bm_store_chain_audit (call->self, event, FALSE, error) &&
             bm_store_note_use_of_event (call->self, event, error);
  json_decref (event);
  return is_added && bm_store_chain_save_head (call->self, error);
}

/* What the centre reads: which row, and by which card. */
static json_t *
make_payload (const WithdrawCall *call)
{
  g_autofree char *hash = bm_store_dup_hex (call->hash, BM_SM3_LEN);
  char epoch[17];

  g_snprintf (epoch, sizeof epoch, "%016" G_GINT64_MODIFIER "x", call->epoch);
  return json_pack ("{s:i, s:s, s:s, s:s, s:I, s:s, s:s, s:s, s:s}", "version", 1, "what",
                    "withdraw", "number", call->number, "epoch", epoch, "seq",
                    (json_int_t) call->seq, "hash", hash, "session", call->session, "evidence",
                    call->evidence, "staff", call->helper);
}

static gboolean
append_asking (WithdrawCall *call, GError **error)
{
  const BmStoreFacts facts = {
    .type = BM_ENTRY_WITHDRAWAL,
    .priority = call->priority,
    .due_day = call->due_day,
    .subject_tag = call->tag,
  };
  json_t *payload = make_payload (call);
  guint8 hash[BM_SM3_LEN];
  gboolean is_added =
    bm_store_chain_append (call->self, &facts, payload, &call->asking_seq, hash, error);

  json_decref (payload);
  return is_added;
}

/* The key is the case's: a second row is refused by the table itself. */
static gboolean
insert_asking (WithdrawCall *call, GError **error)
{
  g_autoptr (BmStatement) statement =
    bm_sql_borrow (call->self,
                   "INSERT INTO withdrawal (id, epoch, seq, case_epoch, case_seq) "
                   "VALUES (?, ?, ?, ?, ?)",
                   error);

  if (statement == NULL)
    return FALSE;
  bm_sql_bind_int (statement, 1, bm_store_case_id (call->number));
  bm_sql_bind_int (statement, 2, (gint64) call->self->now.epoch);
  bm_sql_bind_int (statement, 3, (gint64) call->asking_seq);
  bm_sql_bind_int (statement, 4, (gint64) call->epoch);
  bm_sql_bind_int (statement, 5, (gint64) call->seq);
  return bm_sql_step (call->self, statement, NULL, error);
}

/* W5. That it was asked for the person is still to be shown (invariant 14). */
static gboolean
ask_for_it (WithdrawCall *call, GError **error)
{
  call->withdrawn->is_asked = TRUE;
  return append_asking (call, error) && insert_asking (call, error) &&
         run_for_entry (call,
                        "UPDATE cases SET is_acknowledged = 0, is_told = 0 "
                        "WHERE epoch = ? AND seq = ?",
                        error) &&
         add_sheet (call, call->asked_sheet, error) &&
         audit_withdrawal (call, "withdraw-ask", error);
}

static gboolean
withdraw_body (BmStore *self, gpointer data, GError **error)
{
  WithdrawCall *call = data;
  gboolean is_free, is_askable;

  g_clear_pointer (&call->withdrawn, g_free);
  g_clear_pointer (&call->job, bm_print_job_unref);
  call->withdrawn = g_new0 (BmWithdrawn, 1);
  if (!look (call, &is_free, &is_askable, error))
    return FALSE;
  if (call->withdrawn->is_repeat || call->withdrawn->is_asked)
    {
      call->withdrawn->is_withdrawn = call->withdrawn->is_repeat;
      call->withdrawn->is_repeat = TRUE;
      return find_first_sheet (call, error);
    }
  if (!is_free && !is_askable)
    return TRUE;
  call->withdrawn->is_withdrawn = is_free;
  if (!is_free && !ask_for_it (call, error))
    return FALSE;
  if (is_free && (!take_back (call, error) || !add_sheet (call, call->sheet, error) ||
                  !bm_store_drop_visit (self, call->number, error) ||
                  !audit_withdrawal (call, "withdraw", error)))
    return FALSE;
  bm_fault_point ("store-before-withdraw");
  return TRUE;
}

static gboolean
check_call (const WithdrawCall *call, GError **error)
{
  const char *kind = json_string_value (json_object_get (call->sheet, "kind"));

  if (!bm_sheet_check (call->sheet, error) ||
      (call->asked_sheet != NULL && !bm_sheet_check (call->asked_sheet, error)))
    return FALSE;
  if (g_strcmp0 (kind, BM_STORE_WITHDRAWAL) == 0 && *call->seat != '\0')
    return TRUE;
  g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "a withdrawal of %s is not complete",
               call->number);
  return FALSE;
}

static gpointer
withdraw_on_worker (gpointer data, GError **error)
{
  WithdrawCall *call = data;
  BmStore *self = call->self;

  if (!check_call (call, error) || !bm_store_transact (self, withdraw_body, call, error))
    return NULL;
  bm_fault_point ("store-after-withdraw");
  if (call->job != NULL)
    {
      bm_store_tell_queued (self, call->job);
      bm_store_tell_pending (self);
    }
  return g_steal_pointer (&call->withdrawn);
}

/**
 * bm_store_withdraw_async:
 * @self: an open store
 * @wish: which matter, whose, and the sheet that says so
 * @callback: called when it is durable, or nothing was written
 * @user_data: for @callback
 *
 * Takes a matter back, when nothing of it has left; else asks the centre for it, when it is still open. Cannot be
 * cancelled. BM_ERROR_REFUSED: it is not this person's. A repeat writes nothing and gives the first sheet's job.
 */
void
bm_store_withdraw_async (BmStore *self,
                         const BmWithdrawWish *wish,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  WithdrawCall *call;

  g_return_if_fail (BM_IS_STORE (self));
  g_return_if_fail (wish != NULL && wish->number != NULL && wish->seat != NULL);
  g_return_if_fail (wish->tag != NULL && wish->sheet != NULL);

  call = g_new0 (WithdrawCall, 1);
  call->self = self;
  call->number = g_strdup (wish->number);
  call->seat = g_strdup (wish->seat);
  call->session = g_strdup (wish->session != NULL ? wish->session : "");
  call->evidence = g_strdup (wish->evidence != NULL ? wish->evidence : "");
  call->helper = g_strdup (wish->helper != NULL ? wish->helper : "");
  call->sheet = json_incref (wish->sheet);
  call->asked_sheet = json_incref (wish->asked_sheet);
  memcpy (call->tag, wish->tag, sizeof call->tag);
  bm_store_run (self, withdraw_on_worker, call, (GDestroyNotify) withdraw_call_free, g_free,
                callback, user_data);
}

/**
 * bm_store_withdraw_finish:
 * @self: the store
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Only after this function said so may anything say 「没有送出」 (invariant 1).
 *
 * Returns: (transfer full): whether it was withdrawn, or %NULL
 */
BmWithdrawn *
bm_store_withdraw_finish (BmStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BM_IS_STORE (self), NULL);

  return bm_worker_run_finish (result, error);
}
