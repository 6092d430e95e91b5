/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-sql.h"

#include "core/entry/number.h"
#include "core/error.h"

/*
 * Paper forms of a day without power (补录单): which were printed here and when, and which were entered.
 *
 * Invariants:
 *  F1  A form's row is written with its print job, and marked as entered with the entry that came of it
 *      (store-sheets.c, store-commit.c): together or not at all.
 *  F2  A form that is marked is never marked again, whatever is offered.
 */

#define HERE 0 /* instead of this terminal's own number */

typedef struct
{
  BmStore *self;
  char *form;
} FormCall;

static void
form_call_free (FormCall *call)
{
  g_free (call->form);
  g_free (call);
}

typedef struct
{
  guint terminal;
  guint label;
  guint serial;
} FormName;

static gboolean
read_name (BmStore *self, const char *form, FormName *name, GError **error)
{
  if (!bm_form_number_split (form, &name->terminal, &name->label, &name->serial))
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID, "that is no number of a paper form");
      return FALSE;
    }
  if (name->terminal == self->terminal)
    name->terminal = HERE;
  return TRUE;
}

static void
bind_name (BmStatement *statement, const FormName *name)
{
  bm_sql_bind_int (statement, 1, name->terminal);
  bm_sql_bind_int (statement, 2, name->label);
  bm_sql_bind_int (statement, 3, name->serial);
}

/* Inside a transaction: a form gets its number just now. */
gboolean
bm_store_note_form (BmStore *self, guint label, gint64 serial, GError **error)
{
  g_autoptr (BmStatement) statement =
    bm_sql_borrow (self,
                   "INSERT INTO form (terminal, label, serial, printed_ms) VALUES (?, ?, ?, ?)",
                   error);

  if (statement == NULL)
    return FALSE;
  bind_name (statement, &(FormName){ HERE, label, (guint) serial });
  bm_sql_bind_int (statement, 4, bm_clock_get_wall_ms (self->clock));
  return bm_sql_step (self, statement, NULL, error);
}

/* Inside a transaction: what stood on the form is @number now. A draft without a form passes. */
gboolean
bm_store_enter_form (BmStore *self, const BmDraft *draft, const char *number, GError **error)
{
  g_autoptr (BmStatement) statement = NULL;
  FormName name;
  gboolean has_row = FALSE;

  if (draft->form == NULL)
    return TRUE;
  if (!read_name (self, draft->form, &name, error))
    return FALSE;
  statement = bm_sql_borrow (self,
                             "INSERT INTO form (terminal, label, serial, printed_ms, number, "
                             "entered_ms, entered_by) VALUES (?, ?, ?, 0, ?, ?, ?) "
                             "ON CONFLICT DO UPDATE SET number = excluded.number, "
                             "entered_ms = excluded.entered_ms, entered_by = excluded.entered_by "
                             "WHERE form.number = '' RETURNING 1",
                             error);
  if (statement == NULL)
    return FALSE;
  bind_name (statement, &name);
  bm_sql_bind_text (statement, 4, number);
  bm_sql_bind_int (statement, 5, bm_clock_get_wall_ms (self->clock));
  bm_sql_bind_text (statement, 6, draft->helper);
  if (!bm_sql_step (self, statement, &has_row, error))
    return FALSE;
  if (!has_row)
    g_set_error (error, BM_ERROR, BM_ERROR_REFUSED, "the form %s was entered before", draft->form);
  return has_row;
}

/* Whether a case was entered from paper; what cannot be read now is no mark. */
gboolean
bm_store_is_late (BmStore *self, const char *number)
{
  g_autoptr (BmStatement) row =
    bm_sql_borrow (self, "SELECT 1 FROM form WHERE number = ? AND number <> ''", NULL);
  gboolean has_row = FALSE;

  if (row == NULL)
    return FALSE;
  bm_sql_bind_text (row, 1, number);
  return bm_sql_step (self, row, &has_row, NULL) && has_row;
}

/* Of a form that has no row: a ledger that was put back has another label, and does not know all of the older one. */
static const char *
judge_stranger (BmStore *self, const FormName *name)
{
  return name->terminal == HERE && name->label >= self->now.label ? "never" : "unknown";
}

static gpointer
find_on_worker (gpointer data, GError **error)
{
  FormCall *call = data;
  BmStore *self = call->self;
  g_autoptr (BmStatement) row = NULL;
  FormName name;
  gboolean has_row;

  if (!read_name (self, call->form, &name, error))
    return NULL;
  row = bm_sql_borrow (self,
                       "SELECT printed_ms, number, entered_ms, entered_by FROM form "
                       "WHERE terminal = ? AND label = ? AND serial = ?",
                       error);
  if (row == NULL)
    return NULL;
  bind_name (row, &name);
  if (!bm_sql_step (self, row, &has_row, error))
    return NULL;
  if (!has_row)
    return json_pack ("{s:s, s:i, s:s, s:i, s:s}", "state", judge_stranger (self, &name),
                      "printed_ms", 0, "number", "", "entered_ms", 0, "entered_by", "");
  return json_pack ("{s:s, s:I, s:s, s:I, s:s}", "state",
                    *bm_sql_get_text (row, 1) != '\0' ? "entered" : "given", "printed_ms",
                    (json_int_t) bm_sql_get_int (row, 0), "number", bm_sql_get_text (row, 1),
                    "entered_ms", (json_int_t) bm_sql_get_int (row, 2), "entered_by",
                    bm_sql_get_text (row, 3));
}

/**
 * bm_store_find_form_async:
 * @self: an open store
 * @form: the number of a paper form
 * @callback: called with the result: bm_store_json_finish()
 * @user_data: for @callback
 *
 * Looks a paper form up. %BM_ERROR_INVALID: that is no such number. Read only.
 */
void
bm_store_find_form_async (BmStore *self,
                          const char *form,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  FormCall *call;

  g_return_if_fail (BM_IS_STORE (self));
  g_return_if_fail (form != NULL);

  call = g_new0 (FormCall, 1);
  call->self = self;
  call->form = g_strdup (form);
  bm_store_run (self, find_on_worker, call, (GDestroyNotify) form_call_free,
                (GDestroyNotify) json_decref, callback, user_data);
}
