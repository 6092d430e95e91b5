/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-sealing.h"
#include "app/store/store-view.h"

#include "core/error.h"

#include <string.h>

/*
 * Single rows of the ledger as JSON (OUTBOX.md): the outbox, every matter, one entry with its history.
 * Never a payload; of a case that is hidden from the desk not even number and service. Read only.
 */

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
  "pending", "acked", "deferred", "held", "rejected", "quarantined", "withdrawn",
};

static const char *const entry_type_names[] = {
  "", "matter", "audit", "run", "purge", "withdrawal"
};

static const char *
name_of (const char *const *names, guint count, gint64 index)
{
  return index >= 0 && index < count ? names[index] : "?";
}

/* @len bytes as hexadecimal digits. */
char *
bm_store_dup_hex (gconstpointer data, gsize len)
{
  const guint8 *bytes = data;
  GString *text = g_string_sized_new (len * 2);

  for (gsize i = 0; i < len; i++)
    g_string_append_printf (text, "%02x", bytes[i]);
  return g_string_free (text, FALSE);
}

void
bm_store_set_epoch (json_t *object, guint64 epoch)
{
  char text[17];

  g_snprintf (text, sizeof text, "%016" G_GINT64_MODIFIER "x", epoch);
  json_object_set_new (object, "epoch", json_string (text));
}

/* Runs @sql and adds what @read makes of each row to a new array. */
json_t *
bm_store_collect_rows (BmStore *self,
                       const char *sql,
                       gint64 bound,
                       BmStoreReadRow read,
                       GError **error)
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
void
bm_store_read_header (BmStatement *row, int column, BmEntryHeader *ret_header)
{
  g_autoptr (GBytes) record = bm_sql_dup_bytes (row, column);

  memset (ret_header, 0, sizeof *ret_header);
  if (record != NULL)
    (void) bm_record_parse (record, ret_header, NULL, NULL, NULL); /* the chain walk reports it */
}

const char *
bm_store_entry_state_to_string (BmEntryState state)
{
  return name_of (entry_state_names, G_N_ELEMENTS (entry_state_names), state);
}

/* The sealed reason in @column, or "". */
char *
bm_store_dup_reason (BmStore *self, BmStatement *row, int column, guint64 epoch, guint64 seq)
{
  g_autofree char *name = g_strdup_printf ("%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT, epoch, seq);
  g_autoptr (GBytes) sealed = bm_sql_dup_bytes (row, column);
  g_autoptr (GBytes) plain = NULL;

  if (sealed == NULL)
    return g_strdup ("");
  plain = bm_store_unseal_bytes (self, "reason", name, sealed, NULL);
  if (plain == NULL)
    return g_strdup ("");
  return g_utf8_make_valid (g_bytes_get_data (plain, NULL), (gssize) g_bytes_get_size (plain));
}

/* Of a case that the desk does not see, operators see that there is a row. */
static void
hide_header (BmEntryHeader *header)
{
  header->number[0] = '\0';
  header->service[0] = '\0';
  header->rule[0] = '\0';
  header->due_day = BM_NO_DUE_DAY;
  memset (header->subject_tag, 0, BM_TAG_LEN);
}

/* A row that asks for a matter back is shown by that matter. */
static void
read_wanted (BmStore *self, BmEntryHeader *header)
{
  g_autoptr (BmStatement) row =
    bm_sql_borrow (self,
                   "SELECT number, service FROM withdrawal JOIN cases USING (id) "
                   "WHERE withdrawal.epoch = ? AND withdrawal.seq = ?",
                   NULL);
  gboolean has_row = FALSE;

  if (row == NULL)
    return;
  bm_sql_bind_int (row, 1, (gint64) header->epoch);
  bm_sql_bind_int (row, 2, (gint64) header->seq);
  if (!bm_sql_step (self, row, &has_row, NULL) || !has_row)
    return; /* then it is shown without */
  g_strlcpy (header->number, bm_sql_get_text (row, 0), sizeof header->number);
  g_strlcpy (header->service, bm_sql_get_text (row, 1), sizeof header->service);
}

/* One entry without its payload: seq, type, state, … */
json_t *
bm_store_read_entry (BmStore *self, BmStatement *row)
{
  const gboolean is_hidden = bm_sql_get_int (row, 5) == 0;
  g_autofree char *reason = NULL;
  BmEntryHeader header;
  json_t *entry;

  bm_store_read_header (row, 0, &header);
  if (is_hidden)
    hide_header (&header);
  else if (header.type == BM_ENTRY_WITHDRAWAL)
    read_wanted (self, &header);
  reason = is_hidden ? g_strdup ("") : bm_store_dup_reason (self, row, 4, header.epoch, header.seq);
  entry =
    json_pack ("{s:I, s:s, s:s, s:i, s:s, s:s, s:I, s:s, s:s, s:I}", "seq", (json_int_t) header.seq,
               "type", name_of (entry_type_names, G_N_ELEMENTS (entry_type_names), header.type),
               "state",
               name_of (entry_state_names, G_N_ELEMENTS (entry_state_names),
                        bm_sql_get_int (row, 1)),
               "priority", (int) header.priority, "number", header.number, "service",
               header.service, "tries", (json_int_t) bm_sql_get_int (row, 2), "code",
               is_hidden ? "" : bm_sql_get_text (row, 3), "reason", reason, "wall_ms",
               (json_int_t) header.wall_ms);
  if (is_hidden)
    json_object_set_new (entry, "is_hidden", json_true ());
  json_object_set_new (entry, "due_day",
                       header.due_day == BM_NO_DUE_DAY ? json_null ()
                                                       : json_integer (header.due_day));
  bm_store_set_epoch (entry, header.epoch);
  return entry;
}

static json_t *
read_event (BmStore *self, BmStatement *row)
{
  return json_pack ("{s:I, s:s, s:s}", "wall_ms", (json_int_t) bm_sql_get_int (row, 0), "what",
                    bm_sql_get_text (row, 1), "detail", bm_sql_get_text (row, 2));
}

static gpointer
outbox_on_worker (gpointer data, GError **error)
{
  const ViewCall *call = data;

  return bm_store_collect_rows (call->self,
                                "SELECT " BM_STORE_ENTRY_COLUMNS " FROM entry WHERE state <> 1 "
                                "ORDER BY priority, due_day, id LIMIT ?",
                                call->limit, bm_store_read_entry, error);
}

static gpointer
matters_on_worker (gpointer data, GError **error)
{
  const ViewCall *call = data;

  return bm_store_collect_rows (call->self,
                                "SELECT " BM_STORE_ENTRY_COLUMNS
                                " FROM entry WHERE type = 1 ORDER BY id DESC "
                                "LIMIT ?",
                                call->limit, bm_store_read_entry, error);
}

/* Finds the row: by its number, or by its seq in the newest epoch that has one. */
static gint64
find_row (BmStore *self, const char *text, GError **error)
{
  const gboolean is_number = strlen (text) == BM_NUMBER_LEN;
  g_autoptr (BmStatement) row =
    bm_sql_borrow (self,
                   is_number ? "SELECT entry.id FROM cases JOIN entry USING (epoch, seq) "
                               "WHERE cases.id = ?2 AND number = ?1 AND audience = 0"
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

  bm_store_read_header (row, 0, &header);
  if (bm_sql_get_int (row, 5) == 0)
    hide_header (&header);
  hash = bm_store_dup_hex (sqlite3_column_blob (row, 6), (gsize) sqlite3_column_bytes (row, 6));
  head = bm_store_dup_hex (sqlite3_column_blob (row, 7), (gsize) sqlite3_column_bytes (row, 7));
  tag = bm_store_dup_hex (header.subject_tag, BM_TAG_LEN);
  boot = bm_store_dup_hex (header.boot_id, BM_BOOT_ID_LEN);
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
  row =
    bm_sql_borrow (call->self,
                   "SELECT " BM_STORE_ENTRY_COLUMNS ", hash, head FROM entry WHERE id = ?", error);
  if (row == NULL)
    return NULL;
  bm_sql_bind_int (row, 1, id);
  if (!bm_sql_step (call->self, row, NULL, error))
    return NULL;
  events = bm_store_collect_rows (call->self,
                                  "SELECT event.wall_ms, what, detail FROM event JOIN entry "
                                  "USING (epoch, seq) WHERE entry.id = ? ORDER BY event.id",
                                  id, read_event, error);
  if (events == NULL)
    return NULL;
  shown = bm_store_read_entry (call->self, row);
  add_header (row, shown);
  json_object_set_new (shown, "events", events);
  return shown;
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
