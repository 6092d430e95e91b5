/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-sealing.h"
#include "app/store/store-sql.h"

#include "core/error.h"

#include <string.h>

/*
 * What desk and ctl may see of the ledger, as JSON (OUTBOX.md describes each object): counts,
 * reasons, rows without payloads, the chain walk. Read only.
 */

#define DUE_SOON_DAYS 7

typedef struct
{
  BmStore *self;
  char *text;
  guint limit;
} ViewCall;

static void
view_call_free (ViewCall *call)
{
  g_free (call->text);
  g_free (call);
}

static const char *const entry_state_names[] = {
  "pending", "acked", "deferred", "held", "rejected", "quarantined",
};

static const char *const entry_type_names[] = { "", "matter", "audit", "run", "purge" };

static const char *
name_of (const char *const *names, guint count, gint64 index)
{
  return index >= 0 && index < count ? names[index] : "?";
}

static char *
hex (gconstpointer data, gsize len)
{
  const guint8 *bytes = data;
  GString *text = g_string_sized_new (len * 2);

  for (gsize i = 0; i < len; i++)
    g_string_append_printf (text, "%02x", bytes[i]);
  return g_string_free (text, FALSE);
}

static void
set_epoch (json_t *object, guint64 epoch)
{
  char text[17];

  g_snprintf (text, sizeof text, "%016" G_GINT64_MODIFIER "x", epoch);
  json_object_set_new (object, "epoch", json_string (text));
}

/* Runs @sql and adds what @read makes of each row to a new array. */
typedef json_t *(*ReadRow) (BmStore *self, BmStatement *row);

static json_t *
collect_rows (BmStore *self, const char *sql, gint64 bound, ReadRow read, GError **error)
{
  g_autoptr (BmStatement) row = bm_sql_borrow (self, sql, error);
  json_t *array;
  gboolean has_row;

  if (row == NULL)
    return NULL;
  if (sqlite3_bind_parameter_count (row) > 0)
    bm_sql_bind_int (row, 1, bound);
  array = json_array ();
  while (bm_sql_step (self, row, &has_row, error))
    {
      if (!has_row)
        return array;
      json_array_append_new (array, read (self, row));
    }
  json_decref (array);
  return NULL;
}

/* Reads the header of a record in @column; an unreadable one gives empty strings. */
static void
read_header (BmStatement *row, int column, BmEntryHeader *ret_header)
{
  g_autoptr (GBytes) record = bm_sql_dup_bytes (row, column);

  memset (ret_header, 0, sizeof *ret_header);
  if (record != NULL)
    (void) bm_record_parse (record, ret_header, NULL, NULL, NULL); /* the chain walk reports it */
}

static char *
dup_reason (BmStore *self, BmStatement *row, int column, const BmEntryHeader *header)
{
  g_autofree char *name =
    g_strdup_printf ("%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT, header->epoch, header->seq);
  g_autoptr (GBytes) sealed = bm_sql_dup_bytes (row, column);
  g_autoptr (GBytes) plain = NULL;

  if (sealed == NULL)
    return g_strdup ("");
  plain = bm_store_unseal_bytes (self, "reason", name, sealed, NULL);
  if (plain == NULL)
    return g_strdup ("");
  return g_utf8_make_valid (g_bytes_get_data (plain, NULL), (gssize) g_bytes_get_size (plain));
}

/* One entry without its payload: seq, type, state, … */
static json_t *
read_entry (BmStore *self, BmStatement *row)
{
  g_autofree char *reason = NULL;
  BmEntryHeader header;
  json_t *entry;

  read_header (row, 0, &header);
  reason = dup_reason (self, row, 4, &header);
  entry =
    json_pack ("{s:I, s:s, s:s, s:i, s:s, s:s, s:I, s:s, s:s, s:I}", "seq", (json_int_t) header.seq,
               "type", name_of (entry_type_names, G_N_ELEMENTS (entry_type_names), header.type),
               "state",
               name_of (entry_state_names, G_N_ELEMENTS (entry_state_names),
                        bm_sql_get_int (row, 1)),
               "priority", (int) header.priority, "number", header.number, "service",
               header.service, "tries", (json_int_t) bm_sql_get_int (row, 2), "code",
               bm_sql_get_text (row, 3), "reason", reason, "wall_ms", (json_int_t) header.wall_ms);
  json_object_set_new (entry, "due_day",
                       header.due_day == BM_NO_DUE_DAY ? json_null ()
                                                       : json_integer (header.due_day));
  set_epoch (entry, header.epoch);
  return entry;
}

static json_t *
read_due (BmStore *self, BmStatement *row)
{
  BmEntryHeader header;

  read_header (row, 0, &header);
  return json_pack ("{s:s, s:s, s:i}", "number", header.number, "service", header.service,
                    "due_day", (int) header.due_day);
}

static json_t *
read_unknown_job (BmStore *self, BmStatement *row)
{
  return json_pack ("{s:I, s:s, s:i, s:s}", "job", (json_int_t) bm_sql_get_int (row, 0), "number",
                    bm_sql_get_text (row, 1), "copy", (int) bm_sql_get_int (row, 2), "seat",
                    bm_sql_get_text (row, 3));
}

static json_t *
read_contact (BmStore *self, BmStatement *row)
{
  g_autoptr (GBytes) sealed = bm_sql_dup_bytes (row, 2);
  json_t *body = bm_store_unseal_json (self, "contact", "", sealed, NULL);

  if (!json_is_object (body))
    {
      json_decref (body);
      body = json_object ();
    }
  json_object_set_new (body, "contact", json_integer (bm_sql_get_int (row, 0)));
  json_object_set_new (body, "wall_ms", json_integer (bm_sql_get_int (row, 1)));
  return body;
}

static json_t *
read_alarm (BmStore *self, BmStatement *row)
{
  return json_pack ("{s:I, s:s, s:s}", "wall_ms", (json_int_t) bm_sql_get_int (row, 0), "what",
                    bm_sql_get_text (row, 1), "detail", bm_sql_get_text (row, 2));
}

static json_t *
read_event (BmStore *self, BmStatement *row)
{
  return json_pack ("{s:I, s:s, s:s}", "wall_ms", (json_int_t) bm_sql_get_int (row, 0), "what",
                    bm_sql_get_text (row, 1), "detail", bm_sql_get_text (row, 2));
}

static gboolean
add_waiting (BmStore *self, json_t *overview, GError **error)
{
  const gint64 day = bm_clock_get_wall_ms (self->clock) / (24 * 60 * 60 * 1000);
  g_autoptr (BmStatement) row =
    bm_sql_borrow (self,
                   "SELECT total (state = 0), total (state = 2), total (state = 3), "
                   "total (state IN (4, 5)), ifnull (min (wall_ms) FILTER "
                   "(WHERE state IN (0, 2, 3)), 0) FROM entry "
                   "WHERE state IN (0, 2, 3, 4, 5) AND type = 1",
                   error);
  json_t *waiting, *due;
  gint64 pending, deferred, held;

  if (row == NULL || !bm_sql_step (self, row, NULL, error))
    return FALSE;
  due = collect_rows (self,
                      "SELECT record FROM entry WHERE state IN (0, 2, 3) AND type = 1 "
                      "AND due_day <= ? ORDER BY due_day, id LIMIT 50",
                      day + DUE_SOON_DAYS, read_due, error);
  if (due == NULL)
    return FALSE;
  pending = bm_sql_get_int (row, 0);
  deferred = bm_sql_get_int (row, 1);
  held = bm_sql_get_int (row, 2);
  waiting = json_pack ("{s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "total",
                       (json_int_t) (pending + deferred + held), "offline", (json_int_t) pending,
                       "deferred", (json_int_t) deferred, "held", (json_int_t) held, "rejected",
                       (json_int_t) bm_sql_get_int (row, 3), "oldest_ms",
                       (json_int_t) bm_sql_get_int (row, 4), "due_soon", due);
  json_object_set_new (overview, "waiting", waiting);
  return TRUE;
}

static gboolean
add_print (BmStore *self, json_t *overview, GError **error)
{
  g_autoptr (BmStatement) row =
    bm_sql_borrow (self,
                   "SELECT count(*), ifnull ((SELECT reason FROM print_job WHERE state = 1 "
                   "ORDER BY id LIMIT 1), '') FROM print_job WHERE state IN (0, 1, 2, 3, 5, 6)",
                   error);
  json_t *unknown;

  if (row == NULL || !bm_sql_step (self, row, NULL, error))
    return FALSE;
  unknown = collect_rows (self,
                          "SELECT id, number, copy, seat FROM print_job WHERE state = 5 "
                          "ORDER BY id LIMIT 50",
                          0, read_unknown_job, error);
  if (unknown == NULL)
    return FALSE;
  json_object_set_new (overview, "print",
                       json_pack ("{s:I, s:o, s:s}", "open", (json_int_t) bm_sql_get_int (row, 0),
                                  "unknown", unknown, "waiting_reason", bm_sql_get_text (row, 1)));
  return TRUE;
}

static gboolean
add_array (BmStore *self,
           json_t *overview,
           const char *key,
           const char *sql,
           ReadRow read,
           GError **error)
{
  json_t *array = collect_rows (self, sql, 0, read, error);

  if (array == NULL)
    return FALSE;
  json_object_set_new (overview, key, array);
  return TRUE;
}

static gboolean
add_station (BmStore *self, json_t *overview, GError **error)
{
  const gint64 room = bm_store_space_get_free (self);
  gint64 rows;
  json_t *chain;

  if (!bm_sql_read_int (self, "SELECT count(*) FROM entry", &rows, error))
    return FALSE;
  chain = json_pack ("{s:I, s:b}", "rows", (json_int_t) rows, "ok", self->stop == NULL);
  json_object_set_new (chain, "fault",
                       self->stop != NULL ? json_string (self->stop->message) : json_null ());
  json_object_set_new (overview, "chain", chain);
  json_object_set_new (overview, "disk",
                       json_pack ("{s:I}", "free_mib", (json_int_t) (room / (1024 * 1024))));
  json_object_set_new (overview, "label", json_integer (self->now.label));
  set_epoch (overview, self->now.epoch);
  return TRUE;
}

#define ENTRY_COLUMNS "record, state, tries, code, reason"

static gboolean
fill_overview (BmStore *self, json_t *overview, GError **error)
{
  return add_waiting (self, overview, error) &&
         add_array (self, overview, "attention",
                    "SELECT " ENTRY_COLUMNS " FROM entry WHERE state IN (3, 4, 5) "
                    "ORDER BY id LIMIT 100",
                    read_entry, error) &&
         add_print (self, overview, error) &&
         add_array (self, overview, "contacts",
                    "SELECT id, wall_ms, body FROM contact WHERE is_done = 0 ORDER BY id LIMIT 50",
                    read_contact, error) &&
         add_array (self, overview, "alarms",
                    "SELECT wall_ms, what, detail FROM alarm ORDER BY id DESC LIMIT 20", read_alarm,
                    error) &&
         add_station (self, overview, error);
}

static gpointer
overview_on_worker (gpointer data, GError **error)
{
  json_t *overview = json_object ();

  if (fill_overview (data, overview, error))
    return overview;
  json_decref (overview);
  return NULL;
}

static gpointer
outbox_on_worker (gpointer data, GError **error)
{
  const ViewCall *call = data;

  return collect_rows (call->self,
                       "SELECT " ENTRY_COLUMNS " FROM entry WHERE state <> 1 "
                       "ORDER BY priority, due_day, id LIMIT ?",
                       call->limit, read_entry, error);
}

static gpointer
matters_on_worker (gpointer data, GError **error)
{
  const ViewCall *call = data;

  return collect_rows (call->self,
                       "SELECT " ENTRY_COLUMNS " FROM entry WHERE type = 1 ORDER BY id DESC "
                       "LIMIT ?",
                       call->limit, read_entry, error);
}

/* Finds the row: by its number, or by its seq in the newest epoch that has one. */
static gint64
find_row (BmStore *self, const char *text, GError **error)
{
  const gboolean is_number = strlen (text) == BM_NUMBER_LEN;
  g_autoptr (BmStatement) row =
    bm_sql_borrow (self,
                   is_number ? "SELECT entry.id FROM cases JOIN entry USING (epoch, seq) "
                               "WHERE cases.id = ?2 AND number = ?1"
                             : "SELECT max (id) FROM entry WHERE seq = CAST (? AS INTEGER)",
                   error);
  gboolean has_row;
  gint64 id = 0;

  if (row == NULL)
    return 0;
  bm_sql_bind_text (row, 1, text);
  if (is_number)
    bm_sql_bind_int (row, 2, bm_store_case_id (text));
  if (!bm_sql_step (self, row, &has_row, error))
    return 0;
  if (has_row)
    id = bm_sql_get_int (row, 0);
  if (id == 0)
    g_set_error (error, BM_ERROR, BM_ERROR_NOT_FOUND, "the ledger has no entry %s", text);
  return id;
}

/* The public header, and what the chain says of it. */
static void
add_header (BmStatement *row, json_t *shown)
{
  g_autofree char *hash = NULL;
  g_autofree char *head = NULL;
  g_autofree char *tag = NULL;
  g_autofree char *boot = NULL;
  BmEntryHeader header;

  read_header (row, 0, &header);
  hash = hex (sqlite3_column_blob (row, 5), (gsize) sqlite3_column_bytes (row, 5));
  head = hex (sqlite3_column_blob (row, 6), (gsize) sqlite3_column_bytes (row, 6));
  tag = hex (header.subject_tag, BM_TAG_LEN);
  boot = hex (header.boot_id, BM_BOOT_ID_LEN);
  json_object_set_new (shown, "header",
                       json_pack ("{s:i, s:i, s:I, s:I, s:s, s:I, s:b, s:s, s:s}", "suite",
                                  (int) header.suite, "kiosk", (int) header.kiosk, "run",
                                  (json_int_t) header.run, "key_index",
                                  (json_int_t) header.key_index, "boot_id", boot, "boot_ms",
                                  (json_int_t) header.boot_ms, "clock_verified",
                                  header.clock_state == BM_CLOCK_VERIFIED, "rule", header.rule,
                                  "subject_tag", tag));
  json_object_set_new (shown, "hash", json_string (hash));
  json_object_set_new (shown, "head", json_string (head));
  json_object_set_new (shown, "record_bytes", json_integer (sqlite3_column_bytes (row, 0)));
}

static gpointer
show_on_worker (gpointer data, GError **error)
{
  const ViewCall *call = data;
  const gint64 id = find_row (call->self, call->text, error);
  g_autoptr (BmStatement) row = NULL;
  json_t *shown, *events;

  if (id == 0)
    return NULL;
  row = bm_sql_borrow (call->self, "SELECT " ENTRY_COLUMNS ", hash, head FROM entry WHERE id = ?",
                       error);
  if (row == NULL)
    return NULL;
  bm_sql_bind_int (row, 1, id);
  if (!bm_sql_step (call->self, row, NULL, error))
    return NULL;
  events = collect_rows (call->self,
                         "SELECT event.wall_ms, what, detail FROM event JOIN entry "
                         "USING (epoch, seq) WHERE entry.id = ? ORDER BY event.id",
                         id, read_event, error);
  if (events == NULL)
    return NULL;
  shown = read_entry (call->self, row);
  add_header (row, shown);
  json_object_set_new (shown, "events", events);
  return shown;
}

static gboolean
walk_epoch (BmStore *self, gint64 id, gint64 *rows, BmStoreFault *ret_fault, GError **error)
{
  BmStoreEpoch epoch;

  if (!bm_store_chain_load (self, id, &epoch, error) ||
      !bm_store_verify_rows (self, &epoch, 1, epoch.next_seq - 1, ret_fault, error))
    return FALSE;
  *rows += (gint64) (ret_fault->what != NULL ? ret_fault->seq - 1 : epoch.next_seq - 1);
  return ret_fault->what != NULL || bm_store_verify_head (self, &epoch, ret_fault, error);
}

static gpointer
verify_on_worker (gpointer data, GError **error)
{
  BmStore *self = data;
  g_autofree char *head = hex (self->now.head, BM_SM3_LEN);
  BmStoreFault fault = { 0 };
  json_t *verdict, *found = json_null ();
  gint64 rows = 0;

  for (gint64 id = 1; id <= self->now.id && fault.what == NULL; id++)
    if (!walk_epoch (self, id, &rows, &fault, error))
      return NULL;
  if (fault.what != NULL)
    {
      bm_store_note_fault (self, &fault);
      found = json_pack ("{s:I, s:s}", "seq", (json_int_t) fault.seq, "what", fault.what);
      set_epoch (found, fault.epoch);
    }
  verdict =
    json_pack ("{s:b, s:I, s:s, s:o, s:I}", "ok", fault.what == NULL, "rows", (json_int_t) rows,
               "head", head, "fault", found, "signed_head_seq", (json_int_t) self->now.signed_seq);
  set_epoch (verdict, self->now.epoch);
  return verdict;
}

static ViewCall *
view_call_new (BmStore *self, const char *text, guint limit)
{
  ViewCall *call = g_new0 (ViewCall, 1);

  call->self = self;
  call->text = g_strdup (text);
  call->limit = limit;
  return call;
}

/**
 * bm_store_overview_async:
 * @self: an open store
 * @callback: called with the result
 * @user_data: for @callback
 *
 * Counts what waits and why, for desk and ctl.
 */
void
bm_store_overview_async (BmStore *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BM_IS_STORE (self));

  bm_store_run (self, overview_on_worker, self, NULL, (GDestroyNotify) json_decref, callback,
                user_data);
}

/**
 * bm_store_outbox_async:
 * @self: an open store
 * @limit: at most this many rows
 * @callback: called with the result
 * @user_data: for @callback
 *
 * Lists the rows that the centre has not accepted, in the order in which they are sent.
 */
void
bm_store_outbox_async (BmStore *self, guint limit, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BM_IS_STORE (self));

  bm_store_run (self, outbox_on_worker, view_call_new (self, NULL, MIN (limit, BM_STORE_MAX_LIST)),
                (GDestroyNotify) view_call_free, (GDestroyNotify) json_decref, callback, user_data);
}

/**
 * bm_store_matters_async:
 * @self: an open store
 * @limit: at most this many rows
 * @callback: called with the result
 * @user_data: for @callback
 *
 * Lists what people did here, newest first, whatever became of it; never a payload.
 */
void
bm_store_matters_async (BmStore *self,
                        guint limit,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_return_if_fail (BM_IS_STORE (self));

  bm_store_run (self, matters_on_worker, view_call_new (self, NULL, MIN (limit, BM_STORE_MAX_LIST)),
                (GDestroyNotify) view_call_free, (GDestroyNotify) json_decref, callback, user_data);
}

/**
 * bm_store_show_async:
 * @self: an open store
 * @number_or_seq: 25 digits, or a seq
 * @callback: called with the result
 * @user_data: for @callback
 *
 * Shows one row with header, hash and events; never a payload.
 */
void
bm_store_show_async (BmStore *self,
                     const char *number_or_seq,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_return_if_fail (BM_IS_STORE (self));
  g_return_if_fail (number_or_seq != NULL);

  bm_store_run (self, show_on_worker, view_call_new (self, number_or_seq, 0),
                (GDestroyNotify) view_call_free, (GDestroyNotify) json_decref, callback, user_data);
}

/**
 * bm_store_verify_async:
 * @self: an open store
 * @callback: called with the result
 * @user_data: for @callback
 *
 * Walks the whole chain of every epoch. A fault stops new entries from then on.
 */
void
bm_store_verify_async (BmStore *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BM_IS_STORE (self));

  bm_store_run (self, verify_on_worker, self, NULL, (GDestroyNotify) json_decref, callback,
                user_data);
}

/**
 * bm_store_json_finish:
 * @self: the store
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: (transfer full): the JSON of an overview, outbox, show or verify call
 */
json_t *
bm_store_json_finish (BmStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BM_IS_STORE (self), NULL);

  return bm_worker_run_finish (result, error);
}
