/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-sealing.h"
#include "app/store/store-sql.h"

#include "core/catalogue/text.h"
#include "core/error.h"

#include <string.h>

/*
 * Cases: what the station still knows of a matter once its payload is sealed away. The slip (what
 * reprinting and telling need) and the centre's last result lie under the local key.
 *
 * Invariants:
 *  C1  A case's state follows answers and results only, never what the station hopes (invariant 7).
 *  C2  is_acknowledged: the session showed the commit, or the desk took it over (invariant 14).
 *      is_told: the last change was shown; a new result makes it FALSE again.
 */

#define CASE_SQL                                                                               \
  "SELECT cases.seq, number, service, cases.state, entry.state, cases.wall_ms, slip, result, " \
  "is_told, audience, replaces, is_anonymous, "                                                \
  "ifnull (entry.due_day, 2147483647), "                                                       \
  "ifnull ((SELECT asking.state FROM withdrawal AS w JOIN entry AS asking ON "                 \
  "asking.epoch = w.epoch AND asking.seq = w.seq WHERE w.id = cases.id), -1) FROM cases LEFT JOIN entry ON entry.epoch = cases.epoch AND entry.seq = cases.seq "

static const char *const state_names[] = {
  [BM_CASE_NOTED] = "noted",       [BM_CASE_SENT] = "sent",
  [BM_CASE_HANDED] = "handed",     [BM_CASE_ACCEPTED] = "accepted",
  [BM_CASE_DONE] = "done",         [BM_CASE_NOT_DONE] = "not_done",
  [BM_CASE_CONFLICT] = "conflict", [BM_CASE_WITHDRAWN] = "withdrawn",
};

const char *
bm_case_state_to_string (BmCaseState state)
{
  g_return_val_if_fail ((guint) state < G_N_ELEMENTS (state_names), "noted");

  return state_names[state];
}

typedef struct
{
  BmStore *self;
  const char *sql;
  char *text;
  guint8 tag[BM_TAG_LEN];
  gboolean has_tag;
  gboolean has_number;     /* @text is one, and its row id is ?2 */
  gboolean is_for_anybody; /* nobody knows who sits there */
} CaseCall;

static void
case_call_free (CaseCall *call)
{
  g_free (call->text);
  g_free (call);
}

void
bm_case_free (BmCase *self)
{
  if (self == NULL)
    return;
  g_free (self->number);
  g_free (self->service);
  json_decref (self->slip);
  json_decref (self->result);
  g_free (self->replaces);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmCase, bm_case_free)

static BmCase *
read_case (BmStore *self, BmStatement *row, GError **error)
{
  g_autoptr (BmCase) found = g_new0 (BmCase, 1);
  g_autoptr (GBytes) slip = bm_sql_dup_bytes (row, 6);
  g_autoptr (GBytes) result = bm_sql_dup_bytes (row, 7);

  found->seq = (guint64) bm_sql_get_int (row, 0);
  found->number = g_strdup (bm_sql_get_text (row, 1));
  found->service = g_strdup (bm_sql_get_text (row, 2));
  found->state = (BmCaseState) bm_sql_get_int (row, 3);
  found->entry_state = (BmEntryState) bm_sql_get_int (row, 4);
  found->wall_ms = bm_sql_get_int (row, 5);
  found->is_told = bm_sql_get_int (row, 8) != 0;
  found->is_hidden = bm_sql_get_int (row, 9) != 0;
  found->replaces = g_strdup (bm_sql_get_text (row, 10));
  found->due_day = (gint32) bm_sql_get_int (row, 12);
  found->asked = (gint) bm_sql_get_int (row, 13);
  found->slip = bm_store_unseal_json (self, NULL, "slip", found->number, slip, error);
  if (found->slip == NULL)
    return NULL;
  if (result == NULL)
    return g_steal_pointer (&found);
  found->result = bm_store_unseal_json (self, NULL, "result", found->number, result, error);
  return found->result != NULL ? g_steal_pointer (&found) : NULL;
}

/* Whoever sits there after a restart may be anybody: of what is hidden or anonymous only that it is
 * stored, and where it has got to. */
static void
strip_details (BmCase *found)
{
  g_free (found->service);
  found->service = g_strdup ("");
  g_clear_pointer (&found->slip, bm_json_wipe);
  g_clear_pointer (&found->result, bm_json_wipe);
  found->slip = json_object ();
}

static gpointer
list_on_worker (gpointer data, GError **error)
{
  const CaseCall *call = data;
  g_autoptr (GPtrArray) cases = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_case_free);
  g_autoptr (BmStatement) row = bm_sql_borrow (call->self, call->sql, error);
  gboolean has_row;

  if (row == NULL)
    return NULL;
  if (call->has_tag)
    bm_sql_bind_blob (row, 1, call->tag, BM_TAG_LEN);
  else
    bm_sql_bind_text (row, 1, call->text);
  if (call->has_number)
    bm_sql_bind_int (row, 2, bm_store_case_id (call->text));
  while (cases->len < BM_STORE_MAX_LIST)
    {
      BmCase *found;

      if (!bm_sql_step (call->self, row, &has_row, error))
        return NULL;
      if (!has_row)
        break;
      found = read_case (call->self, row, error);
      if (found == NULL)
        return NULL;
      if (call->is_for_anybody && (found->is_hidden || bm_sql_get_int (row, 11) != 0))
        strip_details (found);
      g_ptr_array_add (cases, found);
    }
  return g_steal_pointer (&cases);
}

#define OWN_CASES_SQL \
  CASE_SQL "WHERE subject_tag = ?1 AND subject_tag <> zeroblob (16) ORDER BY cases.id DESC"

/* On the worker: the cases of @tag, newest first; zeros mean nobody and find nothing. */
GPtrArray *
bm_store_list_cases (BmStore *self, const guint8 tag[BM_TAG_LEN], GError **error)
{
  CaseCall call = { .self = self, .sql = OWN_CASES_SQL, .has_tag = TRUE };
  GPtrArray *cases;

  memcpy (call.tag, tag, BM_TAG_LEN);
  cases = list_on_worker (&call, error);
  bm_wipe (call.tag, sizeof call.tag);
  return cases;
}

static void
run_list (BmStore *self, CaseCall *call, GAsyncReadyCallback callback, gpointer user_data)
{
  call->self = self;
  bm_store_run (self, list_on_worker, call, (GDestroyNotify) case_call_free,
                (GDestroyNotify) g_ptr_array_unref, callback, user_data);
}

/**
 * bm_store_list_cases_async:
 * @self: an open store
 * @subject_tag: the resident's tag; zeros mean nobody and find nothing
 * @callback: called with the result
 * @user_data: for @callback
 *
 * Finds the cases of a resident who is present, newest first.
 */
void
bm_store_list_cases_async (BmStore *self,
                           const guint8 subject_tag[BM_TAG_LEN],
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  CaseCall *call;

  g_return_if_fail (BM_IS_STORE (self));
  g_return_if_fail (subject_tag != NULL);

  call = g_new0 (CaseCall, 1);
  call->sql = OWN_CASES_SQL;
  memcpy (call->tag, subject_tag, BM_TAG_LEN);
  call->has_tag = TRUE;
  run_list (self, call, callback, user_data);
}

/**
 * bm_store_find_case_async:
 * @self: an open store
 * @number: 25 digits
 * @callback: called with the result
 * @user_data: for @callback
 *
 * Finds one case; the array is empty when there is none.
 */
void
bm_store_find_case_async (BmStore *self,
                          const char *number,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  CaseCall *call;

  g_return_if_fail (BM_IS_STORE (self));
  g_return_if_fail (number != NULL);

  call = g_new0 (CaseCall, 1);
  call->sql = CASE_SQL "WHERE cases.id = ?2 AND number = ?1";
  call->has_number = TRUE;
  call->text = g_strdup (number);
  run_list (self, call, callback, user_data);
}

/**
 * bm_store_list_untold_async:
 * @self: an open store
 * @seat: whose session made them
 * @callback: called with the result
 * @user_data: for @callback
 *
 * Finds the cases whose commit the session of @seat never acknowledged (invariant 14).
 */
void
bm_store_list_untold_async (BmStore *self,
                            const char *seat,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  CaseCall *call;

  g_return_if_fail (BM_IS_STORE (self));
  g_return_if_fail (seat != NULL);

  call = g_new0 (CaseCall, 1);
  call->sql = CASE_SQL "WHERE is_acknowledged = 0 AND seat = ?1 ORDER BY cases.id DESC";
  call->is_for_anybody = TRUE;
  call->text = g_strdup (seat);
  run_list (self, call, callback, user_data);
}

/**
 * bm_store_list_cases_finish:
 * @self: the store
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: (transfer full) (element-type BmCase): the cases, or %NULL
 */
GPtrArray *
bm_store_list_cases_finish (BmStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BM_IS_STORE (self), NULL);

  return bm_worker_run_finish (result, error);
}

static gboolean
told_body (BmStore *self, gpointer data, GError **error)
{
  const CaseCall *call = data;
  g_autoptr (BmStatement) statement = bm_sql_borrow (
    self, "UPDATE cases SET is_told = 1, is_acknowledged = 1 WHERE id = ?2 AND number = ?1", error);

  if (statement == NULL)
    return FALSE;
  bm_sql_bind_text (statement, 1, call->text);
  bm_sql_bind_int (statement, 2, bm_store_case_id (call->text));
  if (!bm_sql_step (self, statement, NULL, error))
    return FALSE;
  if (sqlite3_changes (self->db) == 1)
    return TRUE;
  g_set_error (error, BM_ERROR, BM_ERROR_NOT_FOUND, "there is no case %s", call->text);
  return FALSE;
}

static gpointer
told_on_worker (gpointer data, GError **error)
{
  CaseCall *call = data;

  return GINT_TO_POINTER (bm_store_transact_draining (call->self, told_body, call, error));
}

/**
 * bm_store_mark_told_async:
 * @self: an open store
 * @number: the case
 * @callback: (nullable): called when it is durable
 * @user_data: for @callback
 *
 * Notes that commit and results up to now were shown, printed or handed to the desk.
 */
void
bm_store_mark_told_async (BmStore *self,
                          const char *number,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  CaseCall *call;

  g_return_if_fail (BM_IS_STORE (self));
  g_return_if_fail (number != NULL);

  call = g_new0 (CaseCall, 1);
  call->self = self;
  call->text = g_strdup (number);
  bm_store_run (self, told_on_worker, call, (GDestroyNotify) case_call_free, NULL, callback,
                user_data);
}

/**
 * bm_store_mark_told_finish:
 * @self: the store
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: whether it is durable
 */
gboolean
bm_store_mark_told_finish (BmStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BM_IS_STORE (self), FALSE);

  return GPOINTER_TO_INT (bm_worker_run_finish (result, error));
}

/* FALSE without a row: then there is nothing to protect. */
gboolean
bm_store_case_is_anonymous (BmStore *self,
                            const char *number,
                            gboolean *ret_anonymous,
                            GError **error)
{
  g_autoptr (BmStatement) row =
    bm_sql_borrow (self, "SELECT is_anonymous FROM cases WHERE id = ?2 AND number = ?1", error);
  gboolean has_row;

  *ret_anonymous = FALSE;
  if (row == NULL)
    return FALSE;
  bm_sql_bind_text (row, 1, number);
  bm_sql_bind_int (row, 2, bm_store_case_id (number));
  if (!bm_sql_step (self, row, &has_row, error))
    return FALSE;
  *ret_anonymous = has_row && bm_sql_get_int (row, 0) != 0;
  return TRUE;
}

static gboolean
find_result_version (BmStore *self,
                     const char *number,
                     gboolean *ret_found,
                     gint64 *ret_version,
                     GError **error)
{
  g_autoptr (BmStatement) row =
    bm_sql_borrow (self, "SELECT result_version FROM cases WHERE id = ?2 AND number = ?1", error);

  if (row == NULL)
    return FALSE;
  bm_sql_bind_text (row, 1, number);
  bm_sql_bind_int (row, 2, bm_store_case_id (number));
  if (!bm_sql_step (self, row, ret_found, error))
    return FALSE;
  *ret_version = *ret_found ? bm_sql_get_int (row, 0) : -1;
  return TRUE;
}

static json_t *
load_result (const BmMessage *message, BmCaseState *ret_state)
{
  gsize len;
  const char *text = g_bytes_get_data (message->body, &len);
  json_t *body = json_loadb (text, len, JSON_REJECT_DUPLICATES, NULL);
  const char *state = json_string_value (json_object_get (body, "state"));

  for (guint i = 0; i < G_N_ELEMENTS (state_names); i++)
    if (g_strcmp0 (state, state_names[i]) == 0)
      {
        *ret_state = (BmCaseState) i;
        return body;
      }
  json_decref (body);
  return NULL;
}

static gboolean
write_result (BmStore *self,
              const BmMessage *message,
              BmCaseState state,
              json_t *body,
              GError **error)
{
  g_autoptr (GBytes) sealed = bm_store_seal_json (self, NULL, "result", message->name, body, error);
  g_autoptr (BmStatement) statement = NULL;

  if (sealed == NULL)
    return FALSE;
  statement = bm_sql_borrow (self,
                             "UPDATE cases SET state = ?, result = ?, result_version = ?, "
                             "is_told = 0 WHERE id = ?",
                             error);
  if (statement == NULL)
    return FALSE;
  bm_sql_bind_int (statement, 1, state);
  bm_sql_bind_bytes (statement, 2, sealed);
  bm_sql_bind_int (statement, 3, message->version);
  bm_sql_bind_int (statement, 4, bm_store_case_id (message->name));
  return bm_sql_step (self, statement, NULL, error);
}

/* A result of the centre: the newest version counts, an older or unreadable one is noted. */
gboolean
bm_store_case_apply_result (BmStore *self,
                            const BmMessage *message,
                            gboolean is_reread,
                            gboolean *ret_ours,
                            gboolean *ret_changed,
                            GError **error)
{
  BmCaseState state;
  gboolean is_written;
  gint64 version;
  json_t *body;

  *ret_changed = FALSE;
  if (!find_result_version (self, message->name, ret_ours, &version, error))
    return FALSE;
  if (!*ret_ours || message->version == version)
    return TRUE;
  if (message->version < version)
    return is_reread || bm_store_alarm (self, "document-went-back", "result", error);
  body = load_result (message, &state);
  if (body == NULL)
    return bm_store_alarm (self, "message-invalid", "result", error);
  is_written = write_result (self, message, state, body, error) &&
               (state != BM_CASE_WITHDRAWN || bm_store_drop_visit (self, message->name, error));
  json_decref (body);
  *ret_changed = is_written;
  return is_written;
}

static gboolean
load_number (BmStore *self,
             guint64 epoch,
             guint64 seq,
             char **ret_number,
             gboolean *ret_coarse,
             GError **error)
{
  g_autoptr (BmStatement) row =
    bm_sql_borrow (self, "SELECT type, record FROM entry WHERE epoch = ? AND seq = ?", error);
  g_autoptr (GBytes) record = NULL;
  BmEntryHeader header;

  if (row == NULL)
    return FALSE;
  bm_sql_bind_int (row, 1, (gint64) epoch);
  bm_sql_bind_int (row, 2, (gint64) seq);
  if (!bm_sql_step (self, row, NULL, error))
    return FALSE;
  record = bm_sql_dup_bytes (row, 1);
  if (record == NULL || !bm_record_parse (record, &header, NULL, NULL, NULL))
    return TRUE; /* a record that does not parse is the chain walk's to report */
  *ret_coarse = bm_store_header_is_coarse (&header);
  if (header.type == BM_ENTRY_MATTER)
    *ret_number = g_strdup (header.number);
  return TRUE;
}

/* Whose matter it is sees that it went to the centre. */
static gboolean
note_sent (BmStore *self, const char *number, GError **error)
{
  json_t *use = json_pack ("{s:s, s:s}", "use", "sent", "by", "");
  gboolean is_noted = bm_store_note_use_of (self, number, use, error);

  json_decref (use);
  return is_noted;
}

/* @ret_number: the case that changed, or NULL. */
gboolean
bm_store_case_note_answer (BmStore *self,
                           guint64 epoch,
                           guint64 seq,
                           BmAnswerStatus status,
                           char **ret_number,
                           gboolean *ret_coarse,
                           GError **error)
{
  const gboolean is_conflict = status == BM_ANSWER_CONFLICT;
  g_autoptr (BmStatement) statement = NULL;

  if (!load_number (self, epoch, seq, ret_number, ret_coarse, error))
    return FALSE;
  if (*ret_number == NULL || status == BM_ANSWER_DEFERRED)
    return TRUE;
  statement = bm_sql_borrow (self, "UPDATE cases SET state = max (state, ?) WHERE id = ?", error);
  if (statement == NULL)
    return FALSE;
  bm_sql_bind_int (statement, 1, is_conflict ? BM_CASE_CONFLICT : BM_CASE_SENT);
  bm_sql_bind_int (statement, 2, bm_store_case_id (*ret_number));
  return bm_sql_step (self, statement, NULL, error) && note_sent (self, *ret_number, error);
}
