/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-sealing.h"
#include "app/store/store-sql.h"

#include "core/catalogue/text.h"
#include "core/people/name.h"

#include <string.h>

/*
 * What the desk may find, and its tasks. A masked name, the service, where it stands and why; never a
 * word of the payload or of an answer.
 *
 * Invariant:
 *  V1  Cases about the station or a cadre (audience 1) do not exist here: not found, not counted, not
 *      printed again, not named in another's place in the queue (domain §2.21a rule 5).
 */

#define DESK_COLUMNS                                                                               \
  "cases.number, cases.service, cases.state, entry.state, entry.due_day, cases.wall_ms, is_told, " \
  "slip, entry.code, entry.reason, cases.epoch, cases.seq, entry.priority, entry.id"
#define DESK_FROM                                                             \
  " FROM cases LEFT JOIN entry ON entry.epoch = cases.epoch AND entry.seq = " \
  "cases.seq "

typedef struct
{
  BmStore *self;
  char *text;
  guint8 tag[BM_TAG_LEN];
  gint64 contact;
} DeskCall;

static DeskCall *
desk_call_new (BmStore *self, const char *text)
{
  DeskCall *call = g_new0 (DeskCall, 1);

  call->self = self;
  call->text = g_strdup (text);
  return call;
}

static void
desk_call_free (DeskCall *call)
{
  bm_wipe (call->tag, sizeof call->tag);
  g_free (call->text);
  g_free (call);
}

/* Cases */

static char *
dup_masked_name (BmStore *self, BmStatement *row)
{
  g_autoptr (GBytes) sealed = bm_sql_dup_bytes (row, 7);
  json_t *slip = bm_store_unseal_json (self, NULL, "slip", bm_sql_get_text (row, 0), sealed, NULL);
  json_t *fields = json_object_get (slip, "fields");
  const char *name =
    json_string_value (json_object_get (json_is_object (fields) ? fields : slip, "p.name"));
  char *masked = name != NULL && *name != '\0' ? bm_name_mask (name) : g_strdup ("");

  g_clear_pointer (&slip, bm_json_wipe);
  return masked;
}

static gboolean
is_waiting (BmEntryState state)
{
  return state == BM_ENTRY_PENDING || state == BM_ENTRY_DEFERRED || state == BM_ENTRY_HELD;
}

/* What somebody at the desk can do about it; OUTBOX.md explains the words. */
static const char *
get_todo (BmCaseState state, BmEntryState entry, gboolean is_told)
{
  if (state == BM_CASE_WITHDRAWN)
    return "nothing";
  if (state == BM_CASE_CONFLICT || entry == BM_ENTRY_HELD || entry == BM_ENTRY_REJECTED ||
      entry == BM_ENTRY_QUARANTINED)
    return "look";
  if (is_waiting (entry))
    return "wait";
  if (state >= BM_CASE_HANDED && !is_told)
    return "tell";
  return state == BM_CASE_DONE || state == BM_CASE_NOT_DONE ? "nothing" : "centre";
}

/* 1 is sent next; 0 when it does not wait. */
static gboolean
count_before (BmStore *self,
              BmStatement *row,
              gint64 *ret_position,
              gint64 *ret_waiting,
              GError **error)
{
  g_autoptr (BmStatement) count =
    bm_sql_borrow (self,
                   "SELECT total ((priority, due_day, id) <= (?1, ?2, ?3)), count(*) FROM entry "
                   "WHERE type = 1 AND state <> 1 AND state IN (0, 2, 3) AND " BM_STORE_VISIBLE,
                   error);

  if (count == NULL)
    return FALSE;
  bm_sql_bind_int (count, 1, bm_sql_get_int (row, 12));
  bm_sql_bind_int (count, 2, bm_sql_get_int (row, 4));
  bm_sql_bind_int (count, 3, bm_sql_get_int (row, 13));
  if (!bm_sql_step (self, count, NULL, error))
    return FALSE;
  *ret_position =
    is_waiting ((BmEntryState) bm_sql_get_int (row, 3)) ? bm_sql_get_int (count, 0) : 0;
  *ret_waiting = bm_sql_get_int (count, 1);
  return TRUE;
}

static json_t *
read_case (BmStore *self, BmStatement *row, GError **error)
{
  const BmCaseState state = (BmCaseState) bm_sql_get_int (row, 2);
  const BmEntryState entry = (BmEntryState) bm_sql_get_int (row, 3);
  const gint64 due_day = bm_sql_get_int (row, 4);
  const gboolean is_told = bm_sql_get_int (row, 6) != 0;
  g_autofree char *figure = bm_store_dup_figure (bm_sql_get_text (row, 0));
  g_autofree char *name = dup_masked_name (self, row);
  g_autofree char *reason = bm_store_dup_reason (self, row, 9, (guint64) bm_sql_get_int (row, 10),
                                                 (guint64) bm_sql_get_int (row, 11));
  gint64 position, waiting;
  json_t *found;

  if (!count_before (self, row, &position, &waiting, error))
    return NULL;
  found = json_pack ("{s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:b, s:I, s:I, s:s, s:s, s:s}", "number",
                     bm_sql_get_text (row, 0), "figure", figure, "name", name, "service",
                     bm_sql_get_text (row, 1), "state", bm_case_state_to_string (state), "entry",
                     bm_store_entry_state_to_string (entry), "wall_ms",
                     (json_int_t) bm_sql_get_int (row, 5), "is_told", is_told, "position",
                     (json_int_t) position, "waiting", (json_int_t) waiting, "code",
                     bm_sql_get_text (row, 8), "reason", reason, "todo",
                     get_todo (state, entry, is_told));
  json_object_set_new (found, "is_late",
                       json_boolean (bm_store_is_late (self, bm_sql_get_text (row, 0))));
  json_object_set_new (found, "due_day",
                       due_day == BM_NO_DUE_DAY ? json_null () : json_integer (due_day));
  return found;
}

static json_t *
collect_cases (BmStore *self, BmStatement *row, GError **error)
{
  json_t *list = json_array ();
  gboolean has_row;

  while (bm_sql_step (self, row, &has_row, error))
    {
      json_t *found = NULL;

      if (!has_row)
        return list;
      found = read_case (self, row, error);
      if (found == NULL)
        break;
      json_array_append_new (list, found);
    }
  json_decref (list);
  return NULL;
}

static gpointer
find_on_worker (gpointer data, GError **error)
{
  const DeskCall *call = data;
  g_autoptr (BmTracked) tracked = bm_store_track (call->self, call->text, error);
  g_autoptr (BmStatement) row = NULL;
  json_t *list, *found;

  if (tracked == NULL)
    return NULL;
  row = bm_sql_borrow (call->self,
                       "SELECT " DESK_COLUMNS DESK_FROM
                       "WHERE cases.id = ? AND cases.number = ? AND audience = 0",
                       error);
  if (row == NULL)
    return NULL;
  bm_sql_bind_int (row, 1, bm_store_case_id (tracked->number));
  bm_sql_bind_text (row, 2, tracked->number);
  list = collect_cases (call->self, row, error);
  if (list == NULL)
    return NULL;
  found = json_array_size (list) > 0 ? json_incref (json_array_get (list, 0)) : json_null ();
  json_decref (list);
  return found;
}

/**
 * bm_store_desk_find_async:
 * @self: an open store
 * @text: 25 digits, a slip's QR, or the number as it is spoken
 * @callback: called with the result: bm_store_json_finish()
 * @user_data: for @callback
 *
 * Finds one case of this station for the desk (V1); JSON null when there is none.
 */
void
bm_store_desk_find_async (BmStore *self,
                          const char *text,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_return_if_fail (BM_IS_STORE (self));
  g_return_if_fail (text != NULL);

  bm_store_run (self, find_on_worker, desk_call_new (self, text), (GDestroyNotify) desk_call_free,
                (GDestroyNotify) json_decref, callback, user_data);
}

static gpointer
list_on_worker (gpointer data, GError **error)
{
  const DeskCall *call = data;
  g_autoptr (BmStatement) row =
    bm_sql_borrow (call->self,
                   "SELECT " DESK_COLUMNS DESK_FROM
                   "WHERE subject_tag = ?1 AND subject_tag <> zeroblob (16) AND audience = 0 "
                   "ORDER BY cases.id DESC LIMIT 50",
                   error);

  if (row == NULL)
    return NULL;
  bm_sql_bind_blob (row, 1, call->tag, BM_TAG_LEN);
  return collect_cases (call->self, row, error);
}

/**
 * bm_store_desk_list_async:
 * @self: an open store
 * @subject_tag: of a person who is present
 * @callback: called with the result: bm_store_json_finish()
 * @user_data: for @callback
 *
 * Lists a person's cases for the desk (V1), newest first.
 */
void
bm_store_desk_list_async (BmStore *self,
                          const guint8 subject_tag[BM_TAG_LEN],
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  DeskCall *call;

  g_return_if_fail (BM_IS_STORE (self));
  g_return_if_fail (subject_tag != NULL);

  call = desk_call_new (self, NULL);
  memcpy (call->tag, subject_tag, BM_TAG_LEN);
  bm_store_run (self, list_on_worker, call, (GDestroyNotify) desk_call_free,
                (GDestroyNotify) json_decref, callback, user_data);
}

/* Tasks */

/* A task as it was asked for, with "contact", "kind" and "wall_ms"; unreadable ones still count. */
json_t *
bm_store_read_contact (BmStore *self, BmStatement *row)
{
  g_autoptr (GBytes) sealed = bm_sql_dup_bytes (row, 2);
  json_t *body = bm_store_unseal_json (self, NULL, "contact", "", sealed, NULL);

  if (!json_is_object (body))
    {
      json_decref (body);
      body = json_object ();
    }
  json_object_set_new (body, "contact", json_integer (bm_sql_get_int (row, 0)));
  json_object_set_new (body, "wall_ms", json_integer (bm_sql_get_int (row, 1)));
  if (!json_is_string (json_object_get (body, "kind")))
    json_object_set_new (body, "kind", json_string ("contact"));
  return body;
}

static gboolean
is_danger (json_t *task)
{
  return g_strcmp0 (json_string_value (json_object_get (task, "kind")), "danger") == 0;
}

static gpointer
contacts_on_worker (gpointer data, GError **error)
{
  BmStore *self = data;
  g_autoptr (BmStatement) row = bm_sql_borrow (self,
                                               "SELECT id, wall_ms, body FROM contact "
                                               "WHERE is_done = 0 ORDER BY id LIMIT 200",
                                               error);
  json_t *list = json_array ();
  gboolean has_row;
  gsize urgent = 0;

  while (row != NULL && bm_sql_step (self, row, &has_row, error))
    {
      json_t *task;

      if (!has_row)
        return list;
      task = bm_store_read_contact (self, row);
      json_array_insert_new (list, is_danger (task) ? urgent++ : json_array_size (list), task);
    }
  json_decref (list);
  return NULL;
}

/**
 * bm_store_contacts_async:
 * @self: an open store
 * @callback: called with the result: bm_store_json_finish()
 * @user_data: for @callback
 *
 * Lists the tasks that nobody has settled: danger first, then the oldest.
 */
void
bm_store_contacts_async (BmStore *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BM_IS_STORE (self));

  bm_store_run (self, contacts_on_worker, self, NULL, (GDestroyNotify) json_decref, callback,
                user_data);
}

static gboolean
settle_body (BmStore *self, gpointer data, GError **error)
{
  const DeskCall *call = data;
  json_t *event;
  gboolean is_added;

  if (!bm_store_settle_contact (self, call->contact, error))
    return FALSE;
  event = json_pack ("{s:i, s:s, s:s, s:I, s:s}", "version", 1, "what", "contact-done", "seat",
                     "desk", "contact", (json_int_t) call->contact, "staff", call->text);
  is_added = bm_store_chain_audit (self, event, FALSE, error);
  json_decref (event);
  return is_added && bm_store_chain_save_head (self, error);
}

static gpointer
settle_on_worker (gpointer data, GError **error)
{
  DeskCall *call = data;

  if (!bm_store_transact (call->self, settle_body, call, error))
    return NULL;
  bm_store_tell_pending (call->self);
  return GINT_TO_POINTER (TRUE);
}

/**
 * bm_store_settle_contact_async:
 * @self: an open store
 * @contact: the task
 * @staff: who called
 * @callback: (nullable): called when it is durable
 * @user_data: for @callback
 *
 * Ends a task; audited in the same transaction. BM_ERROR_NOT_FOUND: there is no such open task.
 */
void
bm_store_settle_contact_async (BmStore *self,
                               gint64 contact,
                               const char *staff,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  DeskCall *call;

  g_return_if_fail (BM_IS_STORE (self));
  g_return_if_fail (staff != NULL);

  call = desk_call_new (self, staff);
  call->contact = contact;
  bm_store_run (self, settle_on_worker, call, (GDestroyNotify) desk_call_free, NULL, callback,
                user_data);
}

/**
 * bm_store_settle_contact_finish:
 * @self: the store
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: whether it is durable
 */
gboolean
bm_store_settle_contact_finish (BmStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BM_IS_STORE (self), FALSE);

  return GPOINTER_TO_INT (bm_worker_run_finish (result, error));
}
