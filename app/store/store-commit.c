/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-sealing.h"
#include "app/store/store-sql.h"

#include "core/entry/attachment.h"
#include "core/entry/number.h"
#include "core/error.h"
#include "core/fault.h"
#include "core/sheet/sheet.h"

#include <glib/gi18n-lib.h>

#include <string.h>

/*
 * The one transaction (design §3 step 4).
 *
 * Invariants, numbered as in design §3:
 *  1  The result reaches the caller only after COMMIT returned.
 *  2  Number, entry with its sealed payload, slip, print job, audit entry, chain head and counters
 *     are written by one body of bm_store_transact(): together or not at all.
 *  3  (session, matter) is unique: a repeat writes nothing and gives the first result again.
 *
 *  3a A paper form (补录) is entered once: its number is taken in that same transaction.
 *  3b A visit (上门) is ordered there, too: no slip promises one that the desk does not know.
 *
 * And of somebody anonymous (domain §2.21a rule 5):
 *  A  No row of the matter carries a subject tag, a session of a seat, or a time finer than the day,
 *     whatever the draft says.
 */

typedef struct
{
  BmStore *self; /* kept alive by the task */
  BmDraft *draft;
  BmCommitted *committed;
  BmPrintJob *job;
} Commit;

static void
commit_free (Commit *data)
{
  bm_draft_unref (data->draft);
  g_clear_pointer (&data->committed, bm_committed_free);
  g_clear_pointer (&data->job, bm_print_job_unref);
  g_free (data);
}

void
bm_committed_free (BmCommitted *self)
{
  if (self == NULL)
    return;
  g_free (self->number);
  g_free (self->spoken);
  g_free (self->qr);
  g_free (self);
}

/* "7号": the counter inside @number as a person says it. */
char *
bm_store_dup_figure (const char *number)
{
  guint32 counter = 0;

  (void) bm_number_split (number, NULL, NULL, NULL, &counter); /* a number of our own making */
  /* Translators: how a person says the running number of a matter */
  return g_strdup_printf (C_ ("matter", "No. %u"), counter);
}

gint64
bm_store_case_id (const char *number)
{
  guint label = 0;
  guint32 counter = 0;

  if (!bm_number_is_valid (number) || !bm_number_split (number, NULL, NULL, &label, &counter))
    return 0;
  return (gint64) label * 100000000 + counter;
}

static gboolean
text_fits (const char *text, gsize most)
{
  return text != NULL && *text != '\0' && strlen (text) <= most;
}

/* A paper form is entered by two people. */
static gboolean
check_late (const BmDraft *draft)
{
  if (draft->form == NULL)
    return draft->helper == NULL && draft->second == NULL;
  return bm_form_number_split (draft->form, NULL, NULL, NULL) && !draft->is_anonymous &&
         text_fits (draft->helper, 32) && text_fits (draft->second, 32) &&
         strcmp (draft->helper, draft->second) != 0;
}

/* What a draft must be before anything is written; a defect in a session is refused, not stored. */
static gboolean
check_draft (const BmDraft *draft, GError **error)
{
  if (!text_fits (draft->session, 64) || !text_fits (draft->seat, 32) || draft->matter == 0 ||
      !text_fits (draft->service, 32) || !text_fits (draft->rule, 32) ||
      !json_is_object (draft->payload) || (draft->slip != NULL && !json_is_object (draft->slip)) ||
      (draft->replaces != NULL && !bm_number_is_valid (draft->replaces)) || !check_late (draft))
    {
      g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "a draft of session %s is not complete",
                   draft->session != NULL ? draft->session : "?");
      return FALSE;
    }
  return bm_attachments_check (draft->attachments, error) &&
         (draft->sheet == NULL || bm_sheet_check (draft->sheet, error));
}

/* What the first commit of (session, matter) gave; @ret_committed stays NULL without one. */
static gboolean
find_first (BmStore *self, const BmDraft *draft, BmCommitted **ret_committed, GError **error)
{
  g_autoptr (BmStatement) statement = bm_sql_borrow (self,
                                                     "SELECT seq, number, qr, print_job FROM cases "
                                                     "WHERE session = ? AND matter = ?",
                                                     error);
  BmCommitted *found;
  gboolean has_row;

  if (statement == NULL)
    return FALSE;
  bm_sql_bind_text (statement, 1, draft->session);
  bm_sql_bind_int (statement, 2, draft->matter);
  if (!bm_sql_step (self, statement, &has_row, error))
    return FALSE;
  if (!has_row)
    return TRUE;
  found = g_new0 (BmCommitted, 1);
  found->seq = (guint64) bm_sql_get_int (statement, 0);
  found->number = g_strdup (bm_sql_get_text (statement, 1));
  found->qr = g_strdup (bm_sql_get_text (statement, 2));
  found->print_job = bm_sql_get_int (statement, 3);
  found->is_repeat = TRUE;
  (void) bm_number_split (found->number, NULL, NULL, NULL, &found->counter); /* we made it */
  found->spoken = bm_store_dup_figure (found->number);
  *ret_committed = found;
  return TRUE;
}

static gboolean
take_number (BmStore *self, BmCommitted *committed, GError **error)
{
  committed->counter = self->now.next_counter;
  committed->number =
    bm_number_new (self->village, self->terminal, self->now.label, committed->counter);
  if (committed->number == NULL)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_LIMIT, "this epoch has no tracking number left");
      return FALSE;
    }
  committed->spoken = bm_store_dup_figure (committed->number);
  self->now.next_counter++;
  return TRUE;
}

static gboolean
append_entry (BmStore *self, const BmDraft *draft, BmCommitted *committed, GError **error)
{
  const BmStoreFacts facts = {
    .type = BM_ENTRY_MATTER,
    .priority = draft->priority,
    .due_day = draft->due_day,
    .number = committed->number,
    .service = draft->service,
    .rule = draft->rule,
    .subject_tag = draft->is_anonymous ? NULL : draft->subject_tag,
    .is_coarse = draft->is_anonymous,
    .attachments = draft->attachments,
  };
  guint8 hash[BM_SM3_LEN];
  g_autofree char *code = NULL;

  if (!bm_store_chain_append (self, &facts, draft->payload, &committed->seq, hash, error))
    return FALSE;
  code = bm_qr_code (self->terminal_key, committed->number, hash);
  committed->qr = bm_qr_text (self->qr_host, committed->number, code);
  return TRUE;
}

static gboolean
add_sheet (BmStore *self, Commit *commit, GError **error)
{
  BmCommitted *committed = commit->committed;
  json_t *sheet;

  if (commit->draft->sheet == NULL)
    return TRUE;
  sheet = bm_sheet_fill (commit->draft->sheet, committed->number, committed->qr, committed->spoken);
  commit->job = bm_store_journal_insert (self,
                                         &(BmStoreSheet){
                                           .number = committed->number,
                                           .seat = commit->draft->seat,
                                           .copy = 1,
                                           .sheet = sheet,
                                           .is_coarse = commit->draft->is_anonymous,
                                         },
                                         error);
  json_decref (sheet);
  if (commit->job == NULL)
    return FALSE;
  committed->print_job = commit->job->id;
  return TRUE;
}

static GBytes *
seal_slip (BmStore *self, const BmDraft *draft, const char *number, GError **error)
{
  json_t *slip = draft->slip != NULL ? json_incref (draft->slip) : json_object ();
  GBytes *sealed = bm_store_seal_json (self, NULL, "slip", number, slip, error);

  json_decref (slip);
  if (sealed == NULL || g_bytes_get_size (sealed) <= BM_STORE_MAX_SLIP)
    return sealed;
  g_bytes_unref (sealed);
  g_set_error (error, BM_ERROR, BM_ERROR_LIMIT, "a slip is larger than %d bytes",
               BM_STORE_MAX_SLIP);
  return NULL;
}

static gboolean
insert_case (BmStore *self, const BmDraft *draft, const BmCommitted *committed, GError **error)
{
  static const guint8 nobody[BM_TAG_LEN];
  g_autoptr (GBytes) slip = seal_slip (self, draft, committed->number, error);
  g_autoptr (BmStatement) statement = NULL;

  if (slip == NULL)
    return FALSE;
  statement = bm_sql_borrow (self,
                             "INSERT INTO cases (id, number, epoch, seq, session, matter, seat, "
                             "service, subject_tag, wall_ms, qr, print_job, slip, audience, "
                             "is_anonymous, replaces) "
                             "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                             error);
  if (statement == NULL)
    return FALSE;
  bm_sql_bind_int (statement, 1, bm_store_case_id (committed->number));
  bm_sql_bind_text (statement, 2, committed->number);
  bm_sql_bind_int (statement, 3, (gint64) self->now.epoch);
  bm_sql_bind_int (statement, 4, (gint64) committed->seq);
  bm_sql_bind_text (statement, 5, draft->session);
  bm_sql_bind_int (statement, 6, draft->matter);
  bm_sql_bind_text (statement, 7, draft->seat);
  bm_sql_bind_text (statement, 8, draft->service);
  bm_sql_bind_blob (statement, 9, draft->is_anonymous ? nobody : draft->subject_tag, BM_TAG_LEN);
  bm_sql_bind_int (statement, 10,
                   draft->is_anonymous ? bm_store_get_day_start_ms (self)
                                       : bm_clock_get_wall_ms (self->clock));
  bm_sql_bind_text (statement, 11, committed->qr);
  bm_sql_bind_int (statement, 12, committed->print_job);
  bm_sql_bind_bytes (statement, 13, slip);
  bm_sql_bind_int (statement, 14, draft->is_hidden_from_desk ? 1 : 0);
  bm_sql_bind_int (statement, 15, draft->is_anonymous ? 1 : 0);
  bm_sql_bind_text (statement, 16, draft->replaces);
  return bm_sql_step (self, statement, NULL, error);
}

static gboolean
audit_commit (BmStore *self, const BmDraft *draft, const BmCommitted *committed, GError **error)
{
  json_t *event = json_pack ("{s:i, s:s, s:s, s:I, s:s, s:b}", "version", 1, "what", "commit",
                             "number", committed->number, "seq", (json_int_t) committed->seq,
                             "service", draft->service, "printed", committed->print_job != 0);
  gboolean is_added;

  if (!draft->is_anonymous)
    {
      json_object_set_new (event, "seat", json_string (draft->seat));
      json_object_set_new (event, "session", json_string (draft->session));
      json_object_set_new (event, "matter", json_integer (draft->matter));
    }
  if (draft->form != NULL)
    {
      json_object_set_new (event, "form", json_string (draft->form));
      json_object_set_new (event, "staff", json_string (draft->helper));
      json_object_set_new (event, "second", json_string (draft->second));
    }
  is_added = bm_store_chain_audit (self, event, draft->is_anonymous, error);
  json_decref (event);
  return is_added;
}

/* From paper, by another with a letter, or by the person. */
static const char *
name_use (const BmDraft *draft)
{
  if (draft->form != NULL)
    return "late";
  return json_object_get (draft->payload, "behalf") != NULL ? "behalf" : "commit";
}

/* Whose matter it is sees later who handed it in with whom, and that a slip was made. */
static gboolean
note_uses (BmStore *self, const BmDraft *draft, const BmCommitted *committed, GError **error)
{
  const char *witness = json_string_value (json_object_get (draft->payload, "helper"));
  json_t *use = json_pack ("{s:s, s:s}", "use", name_use (draft), "by",
                           draft->helper != NULL ? draft->helper
                           : witness != NULL     ? witness
                                                 : "");
  gboolean is_noted = bm_store_note_use_of (self, committed->number, use, error);

  if (is_noted && committed->print_job != 0)
    {
      json_object_set_new (use, "use", json_string ("print"));
      is_noted = bm_store_note_use_of (self, committed->number, use, error);
    }
  json_decref (use);
  return is_noted;
}

static gboolean
commit_body (BmStore *self, gpointer data, GError **error)
{
  Commit *commit = data;
  const BmDraft *draft = commit->draft;
  BmCommitted *committed;

  if (!find_first (self, draft, &commit->committed, error))
    return FALSE;
  if (commit->committed != NULL)
    return TRUE;
  committed = commit->committed = g_new0 (BmCommitted, 1);
  if (!take_number (self, committed, error) || !append_entry (self, draft, committed, error) ||
      !add_sheet (self, commit, error) || !insert_case (self, draft, committed, error) ||
      !bm_store_enter_form (self, draft, committed->number, error) ||
      !bm_store_order_visit (self, draft, committed->number, error) ||
      !bm_store_do_visit (self, draft, error) || !audit_commit (self, draft, committed, error) ||
      !note_uses (self, draft, committed, error) || !bm_store_chain_save_head (self, error))
    return FALSE;
  bm_fault_point ("store-before-commit");
  return TRUE;
}

/* A person is told why nothing is taken; room that came back is noticed by itself. */
static gboolean
may_take (BmStore *self, GError **error)
{
  g_autoptr (GError) full = NULL;

  bm_store_note_bad_pages (self);
  if (self->stop != NULL)
    {
      g_propagate_error (error, g_error_copy (self->stop));
      return FALSE;
    }
  if (bm_store_space_check (self, &full))
    return TRUE;
  bm_store_tell_trouble (self, full);
  g_propagate_error (error, g_steal_pointer (&full));
  return FALSE;
}

static gsize
count_bytes (const BmDraft *draft)
{
  gsize bytes = 0;

  for (guint i = 0; draft->attachments != NULL && i < draft->attachments->len; i++)
    bytes += g_bytes_get_size (((BmAttachment *) draft->attachments->pdata[i])->data);
  return bytes;
}

static gpointer
commit_on_worker (gpointer data, GError **error)
{
  Commit *commit = data;
  BmStore *self = commit->self;
  g_autoptr (GError) failure = NULL;

  if (!check_draft (commit->draft, error) || !may_take (self, error) ||
      !bm_store_space_check_large (self, count_bytes (commit->draft), error))
    return NULL;
  if (!bm_store_transact (self, commit_body, commit, &failure))
    {
      if (failure->code == BM_ERROR_FULL)
        bm_store_tell_trouble (self, failure);
      g_propagate_error (error, g_steal_pointer (&failure));
      return NULL;
    }
  bm_fault_point ("store-after-commit");
  if (commit->job != NULL)
    bm_store_tell_queued (self, commit->job);
  if (!commit->committed->is_repeat)
    bm_store_tell_pending (self);
  return g_steal_pointer (&commit->committed);
}

/**
 * bm_store_commit_async:
 * @self: an open store
 * @draft: what a session froze; not changed afterwards
 * @callback: (nullable): called when everything is durable, or nothing was written
 * @user_data: for @callback
 *
 * Records a matter. Cannot be cancelled. BM_ERROR_FULL and BM_ERROR_CORRUPT mean that the station
 * can take nothing more; BM_ERROR_INVALID and BM_ERROR_LIMIT that this draft is not acceptable:
 * BM_ERROR_REFUSED that its paper form was entered before, or that the half day of its visit got full;
 * BM_ERROR_LIMIT also when the disk has no room for its attachments and still has for entries.
 */
void
bm_store_commit_async (BmStore *self,
                       const BmDraft *draft,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  Commit *commit;

  g_return_if_fail (BM_IS_STORE (self));
  g_return_if_fail (draft != NULL);

  commit = g_new0 (Commit, 1);
  commit->self = self;
  commit->draft = bm_draft_ref ((BmDraft *) draft);
  bm_store_run (self, commit_on_worker, commit, (GDestroyNotify) commit_free,
                (GDestroyNotify) bm_committed_free, callback, user_data);
}

/**
 * bm_store_commit_finish:
 * @self: the store
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Only a result of this function may be shown, spoken or printed as 「已登记」 (invariant 1).
 *
 * Returns: (transfer full): what was recorded, or %NULL
 */
BmCommitted *
bm_store_commit_finish (BmStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BM_IS_STORE (self), NULL);

  return bm_worker_run_finish (result, error);
}
