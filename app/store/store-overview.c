/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-view.h"

#include "core/error.h"

#include <string.h>

/*
 * What desk and ctl may see of the ledger, as JSON (OUTBOX.md describes each object): counts,
 * reasons, rows without payloads, the chain walk. Read only.
 */

#define DUE_SOON_DAYS 7

static json_t *
read_due (BmStore *self, BmStatement *row)
{
  BmEntryHeader header;

  bm_store_read_header (row, 0, &header);
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
read_alarm (BmStore *self, BmStatement *row)
{
  return json_pack ("{s:I, s:s, s:s}", "wall_ms", (json_int_t) bm_sql_get_int (row, 0), "what",
                    bm_sql_get_text (row, 1), "detail", bm_sql_get_text (row, 2));
}

/* And when it is tried again, where the centre asked to wait or somebody has to look. */
static json_t *
read_waiting (BmStore *self, BmStatement *row)
{
  json_t *entry = bm_store_read_entry (self, row);
  const gint64 wait_ms = bm_sql_get_int (row, 6) - bm_clock_get_boot_ms (self->clock);

  if (bm_store_is_late (self, json_string_value (json_object_get (entry, "number"))))
    json_object_set_new (entry, "is_late", json_true ());
  if (wait_ms > 0)
    json_object_set_new (entry, "wait_ms", json_integer (wait_ms));
  return entry;
}

/* Matters; and of what was asked for back only what did not get through: it has no place in a queue of its own. */
#define LOOKED_AT "(type = 1 OR (type = 5 AND state IN (4, 5)))"

/* Each of them, most urgent first: what has no due day stands last. */
static gboolean
add_waiting_rows (BmStore *self, json_t *waiting, GError **error)
{
  json_t *rows =
    bm_store_collect_rows (self,
                           "SELECT " BM_STORE_ENTRY_COLUMNS
                           ", iif (state IN (2, 3), not_before_ms, 0) FROM entry "
                           "WHERE state <> 1 AND state IN (0, 2, 3, 4, 5) AND " LOOKED_AT
                           " AND " BM_STORE_VISIBLE " ORDER BY due_day, wall_ms, id LIMIT 100",
                           0, read_waiting, error);

  if (rows == NULL)
    return FALSE;
  json_object_set_new (waiting, "rows", rows);
  return TRUE;
}

gboolean
bm_store_add_waiting (BmStore *self, json_t *object, GError **error)
{
  const gint64 day = bm_clock_get_wall_ms (self->clock) / (24 * 60 * 60 * 1000);
  g_autoptr (BmStatement) row =
    bm_sql_borrow (self,
                   "SELECT total (state = 0), total (state = 2), total (state = 3), "
                   "total (state IN (4, 5)), ifnull (min (wall_ms) FILTER "
                   "(WHERE state IN (0, 2, 3)), 0) FROM entry "
                   "WHERE state <> 1 AND state IN (0, 2, 3, 4, 5) AND " LOOKED_AT
                   " AND " BM_STORE_VISIBLE,
                   error);
  json_t *waiting, *due;
  gint64 pending, deferred, held;

  if (row == NULL || !bm_sql_step (self, row, NULL, error))
    return FALSE;
  due = bm_store_collect_rows (
    self,
    "SELECT record FROM entry WHERE state <> 1 AND state IN (0, 2, 3) AND type = 1 "
    "AND due_day <= ? AND " BM_STORE_VISIBLE " ORDER BY due_day, id LIMIT 50",
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
  json_object_set_new (object, "waiting", waiting);
  return add_waiting_rows (self, waiting, error);
}

static gboolean
add_print (BmStore *self, json_t *overview, GError **error)
{
  g_autoptr (BmStatement) row =
    bm_sql_borrow (self,
                   "SELECT count(*), ifnull ((SELECT reason FROM print_job WHERE state = 1 "
                   "ORDER BY id LIMIT 1), '') FROM print_job WHERE state IN (0, 1, 2, 3, 5, 6) "
                   "AND " BM_STORE_VISIBLE_JOB,
                   error);
  json_t *unknown;

  if (row == NULL || !bm_sql_step (self, row, NULL, error))
    return FALSE;
  unknown =
    bm_store_collect_rows (self,
                           "SELECT id, number, copy, seat FROM print_job WHERE state = 5 "
                           "AND number <> '' AND " BM_STORE_VISIBLE_JOB " ORDER BY id LIMIT 50",
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
           BmStoreReadRow read,
           GError **error)
{
  json_t *array = bm_store_collect_rows (self, sql, 0, read, error);

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

  if (!bm_sql_read_int (self, "SELECT ifnull (sum (next_seq - 1), 0) FROM epoch", &rows, error))
    return FALSE;
  chain = json_pack ("{s:I, s:b}", "rows", (json_int_t) rows, "ok", self->stop == NULL);
  json_object_set_new (chain, "fault",
                       self->stop != NULL ? json_string (self->stop->message) : json_null ());
  json_object_set_new (overview, "chain", chain);
  json_object_set_new (overview, "disk",
                       json_pack ("{s:I}", "free_mib", (json_int_t) (room / (1024 * 1024))));
  json_object_set_new (overview, "label", json_integer (self->now.label));
  bm_store_set_epoch (overview, self->now.epoch);
  return TRUE;
}

/* Whether a new matter could be recorded now: "yes", "full", "stopped" (a fault was found). */
static const char *
say_takes (BmStore *self)
{
  if (self->stop != NULL)
    return "stopped";
  return bm_store_space_check (self, NULL) ? "yes" : "full";
}

static gboolean
add_means (BmStore *self, json_t *overview, GError **error)
{
  json_t *packs = bm_store_packs_describe (self, error);

  if (packs == NULL)
    return FALSE;
  json_object_set_new (overview, "packs", packs);
  json_object_set_new (overview, "takes", json_string (say_takes (self)));
  return TRUE;
}

static gboolean
fill_overview (BmStore *self, json_t *overview, GError **error)
{
  return bm_store_add_waiting (self, overview, error) &&
         add_array (self, overview, "attention",
                    "SELECT " BM_STORE_ENTRY_COLUMNS
                    " FROM entry WHERE state <> 1 AND state IN (3, 4, 5) "
                    "AND " BM_STORE_VISIBLE " ORDER BY id LIMIT 100",
                    bm_store_read_entry, error) &&
         add_print (self, overview, error) &&
         add_array (self, overview, "contacts",
                    "SELECT id, wall_ms, body FROM contact WHERE is_done = 0 ORDER BY id LIMIT 200",
                    bm_store_read_contact, error) &&
         add_array (self, overview, "alarms",
                    "SELECT wall_ms, what, detail FROM alarm ORDER BY id DESC LIMIT 20", read_alarm,
                    error) &&
         bm_store_add_misuse (self, overview, error) && add_station (self, overview, error) &&
         add_means (self, overview, error) && bm_store_add_progress (self, overview, error);
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

/* Only how many: what they are about is nobody's business here. */
static gboolean
add_hidden (BmStore *self, json_t *status, GError **error)
{
  g_autoptr (BmStatement) row =
    bm_sql_borrow (self,
                   "SELECT count(*), total (entry.state IN (0, 2, 3)) FROM cases JOIN entry "
                   "USING (epoch, seq) WHERE audience <> 0",
                   error);

  if (row == NULL || !bm_sql_step (self, row, NULL, error))
    return FALSE;
  json_object_set_new (status, "hidden",
                       json_pack ("{s:I, s:I}", "cases", (json_int_t) bm_sql_get_int (row, 0),
                                  "waiting", (json_int_t) bm_sql_get_int (row, 1)));
  return TRUE;
}

static gpointer
status_on_worker (gpointer data, GError **error)
{
  BmStore *self = data;
  json_t *status = json_object ();
  gint64 revoked;

  if (!fill_overview (self, status, error) || !add_hidden (self, status, error) ||
      !bm_store_get_meta (self, "revoked", &revoked, error))
    {
      json_decref (status);
      return NULL;
    }
  json_object_set_new (status, "is_revoked", json_boolean (revoked != 0));
  return status;
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
  g_autofree char *head = bm_store_dup_hex (self->now.head, BM_SM3_LEN);
  BmStoreFault fault = { 0 };
  BmPagesLook look = { 0 };
  json_t *verdict, *found = json_null ();
  gint64 rows = 0;

  for (gint64 id = 1; id <= self->now.id && fault.what == NULL; id++)
    if (!walk_epoch (self, id, &rows, &fault, error))
      return NULL;
  if (fault.what != NULL)
    {
      bm_store_note_fault (self, &fault);
      found = json_pack ("{s:I, s:s}", "seq", (json_int_t) fault.seq, "what", fault.what);
      bm_store_set_epoch (found, fault.epoch);
    }
  else
    self->verified_ms = bm_clock_get_wall_ms (self->clock);
  if (!bm_store_look_at_pages (self, 0, G_MAXINT32, &look, error))
    {
      json_decref (found);
      return NULL;
    }
  verdict = json_pack ("{s:b, s:I, s:s, s:o, s:I, s:{s:I, s:I, s:I}}", "ok",
                       fault.what == NULL && look.bad == 0, "rows", (json_int_t) rows, "head", head,
                       "fault", found, "signed_head_seq", (json_int_t) self->now.signed_seq,
                       "pages", "checked", (json_int_t) look.count, "repaired",
                       (json_int_t) look.repaired, "bad", (json_int_t) look.bad);
  bm_store_set_epoch (verdict, self->now.epoch);
  return verdict;
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
 * bm_store_status_async:
 * @self: an open store
 * @callback: called with the result
 * @user_data: for @callback
 *
 * The overview, and what only operators are shown: packs, standing, how many cases are hidden.
 */
void
bm_store_status_async (BmStore *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BM_IS_STORE (self));

  bm_store_run (self, status_on_worker, self, NULL, (GDestroyNotify) json_decref, callback,
                user_data);
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
