/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-sealing.h"
#include "app/store/store-sql.h"

#include "core/entry/number.h"
#include "core/error.h"
#include "core/fault.h"
#include "core/sheet/sheet.h"

/*
 * Sheets that are asked for after the commit: another one of a case, a further copy, one without a
 * case. Each is a new job in the journal, audited in the same transaction.
 */

typedef struct
{
  BmStore *self;
  gint64 job;    /* copy: of which */
  char *number;  /* print, reprint: of which case, or "" */
  char *seat;    /* NULL: where the first one came out */
  char *why;     /* copy */
  char *staff;   /* reprint */
  json_t *sheet; /* print */
  char *form;    /* print: the number of a paper form */
  BmKey *fleeting;
  BmPrintJob *made;
} SheetCall;

static SheetCall *
sheet_call_new (BmStore *self, const char *number, const char *seat)
{
  SheetCall *call = g_new0 (SheetCall, 1);

  call->self = self;
  call->number = g_strdup (number);
  call->seat = g_strdup (seat);
  return call;
}

static void
sheet_call_free (SheetCall *call)
{
  g_free (call->number);
  g_free (call->seat);
  g_free (call->why);
  g_free (call->staff);
  g_free (call->form);
  json_decref (call->sheet);
  g_clear_pointer (&call->fleeting, bm_key_unref);
  g_clear_pointer (&call->made, bm_print_job_unref);
  g_free (call);
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
audit_print (SheetCall *call, gboolean is_coarse, GError **error)
{
  const BmPrintJob *job = call->made;
  const char *why = call->why;
  json_t *event =
    json_pack ("{s:i, s:s, s:s, s:I, s:i, s:s}", "version", 1, "what", "print", "number",
               job->number, "job", (json_int_t) job->id, "copy", (int) job->copy, "why",
               why != NULL && g_utf8_validate (why, -1, NULL) ? why : "");
  gboolean is_added;

  if (call->staff != NULL)
    json_object_set_new (event, "staff", json_string (call->staff));
  if (call->form != NULL)
    json_object_set_new (event, "form", json_string (call->form));
  json_object_set_new (event, "use", json_string ("print"));
  is_added = bm_store_chain_audit (call->self, event, is_coarse, error) &&
             bm_store_note_use_of_event (call->self, event, error);
  json_decref (event);
  return is_added && bm_store_chain_save_head (call->self, error);
}

/* Stores the job and its audit entry; a sheet without a case gets a key of its own (J3). */
static gboolean
insert_job (SheetCall *call, BmStoreSheet *sheet, GError **error)
{
  if (!bm_store_case_is_anonymous (call->self, sheet->number, &sheet->is_coarse, error))
    return FALSE;
  if (*sheet->number == '\0' && call->fleeting == NULL)
    call->fleeting = bm_key_generate (BM_KEY_SYMMETRIC, error);
  if (*sheet->number == '\0' && call->fleeting == NULL)
    return FALSE;
  sheet->fleeting = call->fleeting;
  call->made = bm_store_journal_insert (call->self, sheet, error);
  return call->made != NULL && audit_print (call, sheet->is_coarse, error);
}

/* What all of them have in common. */
static BmPrintJob *
make_job (SheetCall *call, BmStoreBody body, GError **error)
{
  BmStore *self = call->self;

  if (!bm_store_transact (self, body, call, error)) /* a new sheet is no draining */
    return NULL;
  if (call->fleeting != NULL)
    bm_store_journal_remember (self, call->made, call->fleeting);
  bm_fault_point ("store-after-print");
  bm_store_tell_queued (self, call->made);
  bm_store_tell_pending (self);
  return g_steal_pointer (&call->made);
}

/* A further copy */

static gboolean
copy_body (BmStore *self, gpointer data, GError **error)
{
  SheetCall *call = data;
  g_autoptr (BmPrintJob) first = bm_store_journal_load (self, call->job, error);
  BmStoreSheet sheet = { 0 };
  guint copies;

  if (first == NULL)
    return FALSE;
  if (json_object_size (first->sheet) == 0)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_REFUSED,
                   "the sheet of print job %" G_GINT64_FORMAT " is not kept", call->job);
      return FALSE;
    }
  if (!count_copies (self, first->number,
                     json_string_value (json_object_get (first->sheet, "kind")), &copies, error))
    return FALSE;
  sheet.number = first->number;
  sheet.seat = call->seat != NULL ? call->seat : first->seat;
  sheet.copy = MAX (copies, first->copy) + 1;
  sheet.sheet = first->sheet;
  return insert_job (call, &sheet, error);
}

static gpointer
copy_on_worker (gpointer data, GError **error)
{
  return make_job (data, copy_body, error);
}

void
bm_store_copy_async (BmPrintJournal *journal,
                     gint64 job,
                     const char *why,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  BmStore *self = BM_STORE (journal);
  SheetCall *call = sheet_call_new (self, NULL, NULL);

  call->job = job;
  call->why = g_strdup (why);
  bm_store_run (self, copy_on_worker, call, (GDestroyNotify) sheet_call_free,
                (GDestroyNotify) bm_print_job_unref, callback, user_data);
}

BmPrintJob *
bm_store_copy_finish (BmPrintJournal *journal, GAsyncResult *result, GError **error)
{
  return bm_worker_run_finish (result, error);
}

/* Another sheet */

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

/* The next number of a paper form, in the same transaction as the job. A sheet that never came out leaves a gap;
 * no number is given twice. */
static json_t *
number_form (SheetCall *call, GError **error)
{
  BmStore *self = call->self;
  gint64 serial;

  if (!bm_store_get_meta (self, "forms", &serial, error))
    return NULL;
  serial++;
  g_free (call->form);
  call->form =
    bm_form_number_new (self->terminal, self->now.label, (guint) CLAMP (serial, 0, G_MAXINT));
  if (call->form == NULL)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_LIMIT,
                   "there is no number %" G_GINT64_FORMAT " for a paper form", serial);
      return NULL;
    }
  if (!bm_store_set_meta (self, "forms", serial, error) ||
      !bm_store_note_form (self, self->now.label, serial, error))
    return NULL;
  return bm_sheet_fill_form (call->sheet, call->form);
}

/* What is stored: with all that only the ledger knows. */
static json_t *
complete_sheet (SheetCall *call, GError **error)
{
  if (*call->number != '\0')
    return fill_sheet (call->self, call->number, call->sheet, error);
  if (bm_sheet_wants_form (call->sheet))
    return number_form (call, error);
  return json_incref (call->sheet);
}

static gboolean
print_body (BmStore *self, gpointer data, GError **error)
{
  SheetCall *call = data;
  BmStoreSheet sheet = { .number = call->number, .seat = call->seat };
  gboolean is_stored;
  guint copies;

  if (!bm_sheet_check (call->sheet, error))
    return FALSE;
  if (!count_copies (self, call->number, json_string_value (json_object_get (call->sheet, "kind")),
                     &copies, error))
    return FALSE;
  sheet.copy = copies + 1;
  sheet.sheet = complete_sheet (call, error);
  if (sheet.sheet == NULL)
    return FALSE;
  is_stored = insert_job (call, &sheet, error);
  json_decref (sheet.sheet);
  return is_stored;
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
 * @sheet: (transfer none): the sheet; its number blocks, or the number of a paper form, are filled here; not changed afterwards
 * @callback: (nullable): called when the job is durable
 * @user_data: for @callback
 *
 * Queues a further or another sheet. A sheet of a kind that was printed for the case before counts
 * as its next copy. Audited. A sheet without a case is not kept (store-journal.c, J3).
 */
void
bm_store_print_async (BmStore *self,
                      const char *number,
                      const char *seat,
                      json_t *sheet,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  SheetCall *call;

  g_return_if_fail (BM_IS_STORE (self));
  g_return_if_fail (number != NULL && seat != NULL && sheet != NULL);

  call = sheet_call_new (self, number, seat);
  call->sheet = json_incref (sheet);
  bm_store_run (self, print_on_worker, call, (GDestroyNotify) sheet_call_free, g_free, callback,
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

/* The desk's further copy */

/* The registration slip, else what was printed last. Hidden cases do not exist for the desk. */
static gboolean
find_slip (SheetCall *call, GError **error)
{
  g_autoptr (BmStatement) row =
    bm_sql_borrow (call->self,
                   "SELECT print_job.id FROM cases JOIN print_job USING (number) "
                   "WHERE cases.id = ?2 AND cases.number = ?1 AND audience = 0 "
                   "ORDER BY kind = 'registration' DESC, print_job.id DESC LIMIT 1",
                   error);
  gboolean has_row;

  if (row == NULL)
    return FALSE;
  bm_sql_bind_text (row, 1, call->number);
  bm_sql_bind_int (row, 2, bm_store_case_id (call->number));
  if (!bm_sql_step (call->self, row, &has_row, error))
    return FALSE;
  if (has_row)
    call->job = bm_sql_get_int (row, 0);
  else
    g_set_error_literal (error, BM_ERROR, BM_ERROR_NOT_FOUND, "there is no slip of this case");
  return has_row;
}

static gboolean
reprint_body (BmStore *self, gpointer data, GError **error)
{
  return find_slip (data, error) && copy_body (self, data, error);
}

static gpointer
reprint_on_worker (gpointer data, GError **error)
{
  g_autoptr (BmPrintJob) job = make_job (data, reprint_body, error);

  return job != NULL ? g_memdup2 (&job->id, sizeof job->id) : NULL;
}

/**
 * bm_store_reprint_async:
 * @self: an open store
 * @number: the case
 * @seat: where it comes out
 * @staff: who asked for it
 * @callback: called with the result: bm_store_print_finish()
 * @user_data: for @callback
 *
 * Queues the case's slip as a further copy, which says 第 N 次打印. Audited with @staff.
 * BM_ERROR_NOT_FOUND: there is no such case for the desk, or it never had a slip.
 */
void
bm_store_reprint_async (BmStore *self,
                        const char *number,
                        const char *seat,
                        const char *staff,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  SheetCall *call;

  g_return_if_fail (BM_IS_STORE (self));
  g_return_if_fail (number != NULL && seat != NULL && staff != NULL);

  call = sheet_call_new (self, number, seat);
  call->staff = g_strdup (staff);
  call->why = g_strdup ("desk");
  bm_store_run (self, reprint_on_worker, call, (GDestroyNotify) sheet_call_free, g_free, callback,
                user_data);
}

/* The end of a session */

static gboolean
end_body (BmStore *self, gpointer data, GError **error)
{
  const SheetCall *call = data;

  return bm_store_journal_forget (self, call->seat, error);
}

static gpointer
end_on_worker (gpointer data, GError **error)
{
  SheetCall *call = data;

  bm_pack_forget ();
  if (g_hash_table_size (call->self->fleeting) == 0)
    return GINT_TO_POINTER (TRUE); /* nothing of the kind was asked for */
  if (!bm_store_transact_draining (call->self, end_body, call, error))
    return NULL;
  bm_store_journal_drop_keys (call->self, call->seat);
  return GINT_TO_POINTER (TRUE);
}

/**
 * bm_store_end_sheets_async:
 * @self: an open store
 * @seat: whose session ended
 * @callback: (nullable): called when it is durable
 * @user_data: for @callback
 *
 * Sheets without a case that were not printed expire; of every other one the body is wiped, while
 * the job goes on to its end.
 */
void
bm_store_end_sheets_async (BmStore *self,
                           const char *seat,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_return_if_fail (BM_IS_STORE (self));
  g_return_if_fail (seat != NULL);

  bm_store_run (self, end_on_worker, sheet_call_new (self, NULL, seat),
                (GDestroyNotify) sheet_call_free, NULL, callback, user_data);
}

/**
 * bm_store_end_sheets_finish:
 * @self: the store
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: whether it is durable
 */
gboolean
bm_store_end_sheets_finish (BmStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BM_IS_STORE (self), FALSE);

  return GPOINTER_TO_INT (bm_worker_run_finish (result, error));
}
