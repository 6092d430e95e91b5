/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-sealing.h"
#include "app/store/store-sql.h"

#include "core/catalogue/text.h"
#include "core/error.h"

#include <string.h>

/*
 * What came down and lies beside the chain: signed documents; and the ledger's own notes: meta
 * values, events, alarms, and who asked for a helper. Nothing here is in clear but ids, versions
 * and fixed words.
 */

gboolean
bm_store_get_meta (BmStore *self, const char *key, gint64 *ret_value, GError **error)
{
  g_autoptr (BmStatement) row = bm_sql_borrow (self, "SELECT v FROM meta WHERE k = ?", error);
  gboolean has_row;

  if (row == NULL)
    return FALSE;
  bm_sql_bind_text (row, 1, key);
  if (!bm_sql_step (self, row, &has_row, error))
    return FALSE;
  *ret_value = has_row ? bm_sql_get_int (row, 0) : 0;
  return TRUE;
}

gboolean
bm_store_set_meta (BmStore *self, const char *key, gint64 value, GError **error)
{
  g_autoptr (BmStatement) statement =
    bm_sql_borrow (self, "INSERT OR REPLACE INTO meta (k, v) VALUES (?, ?)", error);

  if (statement == NULL)
    return FALSE;
  bm_sql_bind_text (statement, 1, key);
  bm_sql_bind_int (statement, 2, value);
  return bm_sql_step (self, statement, NULL, error);
}

/* Remembers @text at the first call; with another later, the ledger is another station's. */
gboolean
bm_store_check_meta_text (BmStore *self, const char *key, const char *text, GError **error)
{
  g_autoptr (BmStatement) row = NULL;
  g_autoptr (BmStatement) statement =
    bm_sql_borrow (self, "INSERT OR IGNORE INTO meta (k, v) VALUES (?, ?)", error);

  if (statement == NULL)
    return FALSE;
  bm_sql_bind_text (statement, 1, key);
  bm_sql_bind_text (statement, 2, text);
  if (!bm_sql_step (self, statement, NULL, error))
    return FALSE;
  row = bm_sql_borrow (self, "SELECT v FROM meta WHERE k = ?", error);
  if (row == NULL)
    return FALSE;
  bm_sql_bind_text (row, 1, key);
  if (!bm_sql_step (self, row, NULL, error))
    return FALSE;
  if (g_str_equal (bm_sql_get_text (row, 0), text))
    return TRUE;
  g_set_error (error, BM_ERROR, BM_ERROR_REFUSED,
               "the ledger in %s belongs to another station or other keys (%s); put back the key "
               "folder it was made with",
               self->folder, key);
  return FALSE;
}

gboolean
bm_store_note_event (BmStore *self, const BmStoreEvent *event, GError **error)
{
  g_autoptr (BmStatement) statement =
    bm_sql_borrow (self,
                   "INSERT INTO event (epoch, seq, job, wall_ms, what, detail) "
                   "VALUES (?, ?, ?, ?, ?, ?)",
                   error);

  if (statement == NULL)
    return FALSE;
  bm_sql_bind_int (statement, 1, (gint64) event->epoch);
  bm_sql_bind_int (statement, 2, (gint64) event->seq);
  bm_sql_bind_int (statement, 3, event->job);
  bm_sql_bind_int (statement, 4,
                   event->is_coarse ? bm_store_get_day_start_ms (self)
                                    : bm_clock_get_wall_ms (self->clock));
  bm_sql_bind_text (statement, 5, event->what);
  bm_sql_bind_text (statement, 6, event->detail);
  return bm_sql_step (self, statement, NULL, error);
}

/* The same alarm as the last one is not said twice: a hostile line may repeat it all day. */
gboolean
bm_store_alarm (BmStore *self, const char *what, const char *detail, GError **error)
{
  g_autoptr (BmStatement) statement = bm_sql_borrow (
    self,
    "INSERT INTO alarm (wall_ms, what, detail) SELECT ?1, ?2, ?3 WHERE NOT EXISTS "
    "(SELECT 1 FROM alarm WHERE id = (SELECT max (id) FROM alarm) AND what = ?2 AND detail = ?3)",
    error);

  if (statement == NULL)
    return FALSE;
  bm_sql_bind_int (statement, 1, bm_clock_get_wall_ms (self->clock));
  bm_sql_bind_text (statement, 2, what);
  bm_sql_bind_text (statement, 3, detail);
  if (!bm_sql_step (self, statement, NULL, error))
    return FALSE;
  return bm_sql_exec (self, "DELETE FROM alarm WHERE id <= (SELECT max (id) FROM alarm) - 200",
                      error);
}

/* For what would be noticed again with every person: said as long as it is among the last alarms. */
gboolean
bm_store_alarm_once (BmStore *self, const char *what, const char *detail, GError **error)
{
  g_autoptr (BmStatement) row =
    bm_sql_borrow (self, "SELECT 1 FROM alarm WHERE what = ? AND detail = ? LIMIT 1", error);
  gboolean has_row;

  if (row == NULL)
    return FALSE;
  bm_sql_bind_text (row, 1, what);
  bm_sql_bind_text (row, 2, detail);
  if (!bm_sql_step (self, row, &has_row, error))
    return FALSE;
  return has_row || bm_store_alarm (self, what, detail, error);
}

/* -1 when there is none. */
gboolean
bm_store_find_version (BmStore *self,
                       const char *kind,
                       const char *name,
                       gint64 *ret_version,
                       GError **error)
{
  g_autoptr (BmStatement) row =
    bm_sql_borrow (self, "SELECT version FROM document WHERE kind = ? AND name = ?", error);
  gboolean has_row;

  if (row == NULL)
    return FALSE;
  bm_sql_bind_text (row, 1, kind);
  bm_sql_bind_text (row, 2, name);
  if (!bm_sql_step (self, row, &has_row, error))
    return FALSE;
  *ret_version = has_row ? bm_sql_get_int (row, 0) : -1;
  return TRUE;
}

static char *
dup_document_name (const char *kind, const char *name)
{
  return g_strconcat (kind, "/", name, NULL);
}

static gboolean
write_document (BmStore *self, const BmMessage *message, GError **error)
{
  g_autofree char *full_name = dup_document_name (message->kind, message->name);
  g_autoptr (GBytes) sealed =
    bm_store_seal_bytes (self, "document", full_name, message->body, error);
  g_autoptr (BmStatement) statement = NULL;

  if (sealed == NULL)
    return FALSE;
  statement = bm_sql_borrow (self,
                             "INSERT OR REPLACE INTO document (kind, name, version, wall_ms, body, "
                             "signature, message) VALUES (?, ?, ?, ?, ?, ?, ?)",
                             error);
  if (statement == NULL)
    return FALSE;
  bm_sql_bind_text (statement, 1, message->kind);
  bm_sql_bind_text (statement, 2, message->name);
  bm_sql_bind_int (statement, 3, message->version);
  bm_sql_bind_int (statement, 4, bm_clock_get_wall_ms (self->clock));
  bm_sql_bind_bytes (statement, 5, sealed);
  bm_sql_bind_bytes (statement, 6, message->signature);
  bm_sql_bind_int (statement, 7, message->id);
  return bm_sql_step (self, statement, NULL, error);
}

/* A body that was removed for its age (store-packs.c, K1) may come again in the same version. */
static gboolean
is_emptied (BmStore *self, const BmMessage *message, gboolean *ret_emptied, GError **error)
{
  g_autoptr (BmStatement) row =
    bm_sql_borrow (self, "SELECT length (body) = 0 FROM document WHERE kind = ? AND name = ?",
                   error);
  gboolean has_row;

  if (row == NULL)
    return FALSE;
  bm_sql_bind_text (row, 1, message->kind);
  bm_sql_bind_text (row, 2, message->name);
  if (!bm_sql_step (self, row, &has_row, error))
    return FALSE;
  *ret_emptied = has_row && bm_sql_get_int (row, 0) != 0;
  return TRUE;
}

/* Stores a newer version; the same one again is nothing, an older one is noted (M2), unless it is
 * read a second time. */
gboolean
bm_store_put_document (BmStore *self,
                       const BmMessage *message,
                       gboolean is_reread,
                       gboolean *ret_changed,
                       GError **error)
{
  gboolean was_emptied;
  gint64 version;

  *ret_changed = FALSE;
  if (!bm_store_find_version (self, message->kind, message->name, &version, error) ||
      !is_emptied (self, message, &was_emptied, error))
    return FALSE;
  if (message->version < version)
    return is_reread || bm_store_alarm (self, "document-went-back", message->kind, error);
  if (message->version == version && !was_emptied)
    return TRUE;
  *ret_changed = TRUE;
  return write_document (self, message, error);
}

typedef struct
{
  BmStore *self;
  char *kind;
  char *name;
  json_t *event;
} DocumentCall;

static void
document_call_free (DocumentCall *call)
{
  g_free (call->kind);
  g_free (call->name);
  json_decref (call->event);
  g_free (call);
}

/* NULL without @error when there is none. */
GBytes *
bm_store_read_document (BmStore *self, const char *kind, const char *name, GError **error)
{
  g_autoptr (BmStatement) row =
    bm_sql_borrow (self, "SELECT body FROM document WHERE kind = ? AND name = ?", error);
  g_autofree char *full_name = dup_document_name (kind, name);
  g_autoptr (GBytes) sealed = NULL;
  gboolean has_row;

  if (row == NULL)
    return NULL;
  bm_sql_bind_text (row, 1, kind);
  bm_sql_bind_text (row, 2, name);
  if (!bm_sql_step (self, row, &has_row, error) || !has_row)
    return NULL;
  sealed = bm_sql_dup_bytes (row, 0);
  if (g_bytes_get_size (sealed) == 0)
    return NULL;
  return bm_store_unseal_bytes (self, "document", full_name, sealed, error);
}

static gpointer
get_document_on_worker (gpointer data, GError **error)
{
  const DocumentCall *call = data;

  return bm_store_read_document (call->self, call->kind, call->name, error);
}

/**
 * bm_store_get_document_async:
 * @self: an open store
 * @kind: "roster", "catalogue", …
 * @name: (nullable): which one of its kind; %NULL for ""
 * @callback: called with the result
 * @user_data: for @callback
 *
 * Reads the newest version of a document that came down.
 */
void
bm_store_get_document_async (BmStore *self,
                             const char *kind,
                             const char *name,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  DocumentCall *call;

  g_return_if_fail (BM_IS_STORE (self));
  g_return_if_fail (kind != NULL);

  call = g_new0 (DocumentCall, 1);
  call->self = self;
  call->kind = g_strdup (kind);
  call->name = g_strdup (name != NULL ? name : "");
  bm_store_run (self, get_document_on_worker, call, (GDestroyNotify) document_call_free,
                (GDestroyNotify) g_bytes_unref, callback, user_data);
}

/**
 * bm_store_get_document_finish:
 * @self: the store
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the body; %NULL without @error when there is none
 */
GBytes *
bm_store_get_document_finish (BmStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BM_IS_STORE (self), NULL);

  return bm_worker_run_finish (result, error);
}

/* 请他们找我 lies in the chain as an audit entry and here, sealed, until somebody has called. */
gboolean
bm_store_note_contact (BmStore *self, json_t *event, GError **error)
{
  g_autoptr (GBytes) sealed = bm_store_seal_json (self, NULL, "contact", "", event, error);
  g_autoptr (BmStatement) statement = NULL;

  if (sealed == NULL)
    return FALSE;
  statement = bm_sql_borrow (self, "INSERT INTO contact (wall_ms, body) VALUES (?, ?)", error);
  if (statement == NULL)
    return FALSE;
  bm_sql_bind_int (statement, 1, bm_clock_get_wall_ms (self->clock));
  bm_sql_bind_bytes (statement, 2, sealed);
  return bm_sql_step (self, statement, NULL, error);
}

gboolean
bm_store_settle_contact (BmStore *self, gint64 contact, GError **error)
{
  g_autoptr (BmStatement) statement =
    bm_sql_borrow (self, "UPDATE contact SET is_done = 1 WHERE id = ? AND is_done = 0", error);

  if (statement == NULL)
    return FALSE;
  bm_sql_bind_int (statement, 1, contact);
  if (!bm_sql_step (self, statement, NULL, error))
    return FALSE;
  if (sqlite3_changes (self->db) == 1)
    return TRUE;
  g_set_error (error, BM_ERROR, BM_ERROR_NOT_FOUND, "there is no open task %" G_GINT64_FORMAT,
               contact);
  return FALSE;
}

/* The desk's own event; somebody else may have settled it in the meantime, which is no error. */
static gboolean
settle_from_event (BmStore *self, json_t *event, GError **error)
{
  const gint64 contact = json_integer_value (json_object_get (event, "contact"));
  g_autoptr (GError) cause = NULL;

  if (bm_store_settle_contact (self, contact, &cause) ||
      g_error_matches (cause, BM_ERROR, BM_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&cause));
  return FALSE;
}

/* Nobody was there: the task stays, with how often, when last and by whom. */
static gboolean
note_try (BmStore *self, json_t *event, GError **error)
{
  const gint64 contact = json_integer_value (json_object_get (event, "contact"));
  g_autoptr (BmStatement) row =
    bm_sql_borrow (self, "SELECT id, wall_ms, body FROM contact WHERE id = ? AND is_done = 0",
                   error);
  g_autoptr (BmStatement) change = NULL;
  g_autoptr (GBytes) sealed = NULL;
  json_t *body;
  gboolean has_row;

  if (row == NULL)
    return FALSE;
  bm_sql_bind_int (row, 1, contact);
  if (!bm_sql_step (self, row, &has_row, error))
    return FALSE;
  if (!has_row)
    return TRUE; /* settled meanwhile */
  body = bm_store_read_contact (self, row);
  json_object_set_new (body, "tries",
                       json_integer (json_integer_value (json_object_get (body, "tries")) + 1));
  json_object_set_new (body, "tried_ms", json_integer (bm_clock_get_wall_ms (self->clock)));
  json_object_set (body, "tried_by", json_object_get (event, "staff"));
  sealed = bm_store_seal_json (self, NULL, "contact", "", body, error);
  bm_json_wipe (body);
  change = bm_sql_borrow (self, "UPDATE contact SET body = ? WHERE id = ?", error);
  if (sealed == NULL || change == NULL)
    return FALSE;
  bm_sql_bind_bytes (change, 1, sealed);
  bm_sql_bind_int (change, 2, contact);
  return bm_sql_step (self, change, NULL, error);
}

static gboolean
audit_body (BmStore *self, gpointer data, GError **error)
{
  const DocumentCall *call = data;
  const char *what = json_string_value (json_object_get (call->event, "what"));
  gboolean is_news = TRUE;
  const gboolean is_anonymous = json_is_true (json_object_get (call->event, "anonymous"));

  if (!bm_store_change_visit (self, call->event, &is_news, error))
    return FALSE;
  if (!is_news) /* said twice: it is in the ledger once */
    return TRUE;
  if (!bm_store_chain_audit (self, call->event, is_anonymous, error) ||
      !bm_store_chain_save_head (self, error) ||
      !bm_store_note_use_of_event (self, call->event, error))
    return FALSE;
  if (g_strcmp0 (what, "contact") == 0)
    return bm_store_note_contact (self, call->event, error);
  if (g_strcmp0 (what, "misuse-seen") == 0)
    return bm_store_settle_misuse (self, call->event, error);
  if (g_strcmp0 (what, "contact-done") == 0)
    return settle_from_event (self, call->event, error);
  if (g_strcmp0 (what, "contact-tried") == 0)
    return note_try (self, call->event, error);
  return TRUE;
}

static gpointer
audit_on_worker (gpointer data, GError **error)
{
  DocumentCall *call = data;

  if (!bm_store_transact (call->self, audit_body, call, error))
    return NULL;
  bm_store_tell_pending (call->self);
  return GINT_TO_POINTER (TRUE);
}

/* Of somebody anonymous: not which session, where, with whom, nor when. */
static json_t *
dup_event (json_t *event)
{
  static const char *const telling[] = { "session", "seat", "staff", "at_ms", "since_ms" };
  json_t *copy;

  if (!json_is_true (json_object_get (event, "anonymous")))
    return json_incref (event);
  copy = json_copy (event);
  for (guint i = 0; i < G_N_ELEMENTS (telling); i++)
    json_object_del (copy, telling[i]); /* most are not there */
  return copy;
}

/**
 * bm_store_audit_async:
 * @self: an open store
 * @event: (transfer none): a JSON object with "what"; not changed afterwards
 * @callback: (nullable): called when it is durable
 * @user_data: for @callback
 *
 * Appends an audit entry. {"what":"contact", …} is also listed under "contacts" of the overview
 * until {"what":"contact-done","contact":id}; {"what":"contact-tried", …} keeps it, and counts; of a
 * visit see store-visits.c. With
 * "anonymous":true the entry bears no time finer than the day, and loses session, seat and staff.
 * With "use" it is one of the record of "person" (a tag in hex), or of whoever handed in "number".
 */
void
bm_store_audit_async (BmStore *self,
                      json_t *event,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  DocumentCall *call;

  g_return_if_fail (BM_IS_STORE (self));
  g_return_if_fail (json_is_object (event));

  call = g_new0 (DocumentCall, 1);
  call->self = self;
  call->event = dup_event (event);
  bm_store_run (self, audit_on_worker, call, (GDestroyNotify) document_call_free, NULL, callback,
                user_data);
}

/**
 * bm_store_audit_finish:
 * @self: the store
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: whether it is durable
 */
gboolean
bm_store_audit_finish (BmStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BM_IS_STORE (self), FALSE);

  return GPOINTER_TO_INT (bm_worker_run_finish (result, error));
}
