/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-sealing.h"
#include "app/store/store-sql.h"

#include "core/catalogue/slot.h"
#include "core/catalogue/text.h"
#include "core/error.h"

#include <string.h>

/*
 * Visits (上门): tasks of kind "visit" among those of the desk.
 *
 *   ordered (with the matter) -- tried, moved --> ordered -- done | missed, after two tries | withdrawn --> gone
 *
 * Invariants:
 *  V1  A visit is ordered in the transaction of its matter, and gone in that of its withdrawal: here, or with the
 *      centre's result. What was only asked for back stays: until the centre decides, somebody is still promised.
 *  V2  What the desk says of it changes it once: an act names what it saw (the tries, the half day), and one that is said
 *      again, or that somebody else was faster with, writes nothing, not even an audit entry.
 *  V3  It ends as missed only after BM_VISIT_TRIES that were each written down.
 *  V4  What says whose it is goes from the disk when it ends.
 *  V5  Half a day is never promised to more people than it has room for, whoever ordered or moved at the same time: what
 *      names its room is counted in the transaction that stores it.
 *  V6  With the entry that names it a visit is done, in the same transaction, whatever the desk says of it meanwhile.
 *      Whose visit it is the session sees (session-visit.c), and the platform.
 */

static gboolean
is_visit (json_t *task)
{
  return g_strcmp0 (json_string_value (json_object_get (task, "kind")), "visit") == 0;
}

static gboolean
is_of (json_t *task, const char *number)
{
  return is_visit (task) &&
         g_strcmp0 (json_string_value (json_object_get (task, "number")), number) == 0;
}

/* @ret_is_free: whether half a day has room for one more (V5); that of no day always has. */
static gboolean
count_room (BmStore *self, const char *slot, gint64 room, gboolean *ret_is_free, GError **error)
{
  gint64 booked = 0;
  gboolean has_row = TRUE;
  g_autoptr (BmStatement) row = NULL;

  *ret_is_free = TRUE;
  if (room <= 0 || g_strcmp0 (slot, BM_SLOT_ANY) == 0)
    return TRUE;
  row = bm_sql_borrow (self, "SELECT id, wall_ms, body FROM contact WHERE is_done = 0", error);
  if (row == NULL)
    return FALSE;
  while (has_row)
    {
      json_t *task;

      if (!bm_sql_step (self, row, &has_row, error))
        return FALSE;
      if (!has_row)
        break;
      task = bm_store_read_contact (self, row);
      booked += is_visit (task) &&
                g_strcmp0 (json_string_value (json_object_get (task, "slot")), slot) == 0;
      bm_json_wipe (task);
    }
  *ret_is_free = booked < room;
  return TRUE;
}

gboolean
bm_store_order_visit (BmStore *self, const BmDraft *draft, const char *number, GError **error)
{
  json_t *task;
  gboolean is_stored;
  gboolean is_free;

  if (draft->visit == NULL)
    return TRUE;
  if (!count_room (self, json_string_value (json_object_get (draft->visit, "slot")),
                   json_integer_value (json_object_get (draft->visit, "room")), &is_free, error))
    return FALSE;
  if (!is_free)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_REFUSED,
                   "the half day of the visit got full meanwhile; another one is to be chosen");
      return FALSE;
    }
  task = json_deep_copy (draft->visit);
  json_object_del (task, "room");
  json_object_set_new (task, "number", json_string (number));
  is_stored = bm_store_note_contact (self, task, error);
  bm_json_wipe (task);
  return is_stored;
}

static gboolean
change (BmStore *self, const char *sql, gint64 id, json_t *body, GError **error)
{
  g_autoptr (BmStatement) statement = bm_sql_borrow (self, sql, error);
  g_autoptr (GBytes) sealed = bm_store_seal_json (self, NULL, "contact", "", body, error);

  if (statement == NULL || sealed == NULL)
    return FALSE;
  bm_sql_bind_bytes (statement, 1, sealed);
  bm_sql_bind_int (statement, 2, id);
  return bm_sql_step (self, statement, NULL, error);
}

static gboolean
finish (BmStore *self, gint64 id, GError **error)
{
  json_t *empty = json_pack ("{s:s}", "kind", "visit");
  const gboolean is_done =
    change (self, "UPDATE contact SET is_done = 1, body = ? WHERE id = ?", id, empty, error);

  json_decref (empty);
  return is_done;
}

/**
 * bm_store_drop_visit:
 * @self: the store, in a transaction
 * @number: a matter that is withdrawn
 * @error: return location for an error
 *
 * Nobody goes there any more, when the matter was a visit.
 *
 * Returns: whether the ledger could be changed
 */
gboolean
bm_store_drop_visit (BmStore *self, const char *number, GError **error)
{
  gint64 id = 0;
  gboolean has_row = TRUE;
  g_autoptr (BmStatement) row =
    bm_sql_borrow (self, "SELECT id, wall_ms, body FROM contact WHERE is_done = 0", error);

  if (row == NULL)
    return FALSE;
  while (has_row && id == 0)
    {
      json_t *task;

      if (!bm_sql_step (self, row, &has_row, error))
        return FALSE;
      if (!has_row)
        break;
      task = bm_store_read_contact (self, row);
      if (is_of (task, number))
        id = bm_sql_get_int (row, 0);
      bm_json_wipe (task);
    }
  return id == 0 || finish (self, id, error);
}

/**
 * bm_store_do_visit:
 * @self: the store, in a transaction
 * @draft: what is committed in it
 * @error: return location for an error
 *
 * Ends the visit that @draft is done with (V6). One that ended already stays as it is: the entry is no less true.
 *
 * Returns: whether the ledger could be changed
 */
gboolean
bm_store_do_visit (BmStore *self, const BmDraft *draft, GError **error)
{
  const gint64 id = json_integer_value (json_object_get (draft->visited, "contact"));
  g_autoptr (BmStatement) row = NULL;
  gboolean has_row;
  gboolean is_meant;
  json_t *task;

  if (draft->visited == NULL)
    return TRUE;
  row = bm_sql_borrow (self, "SELECT id, wall_ms, body FROM contact WHERE id = ? AND is_done = 0",
                       error);
  if (row == NULL)
    return FALSE;
  bm_sql_bind_int (row, 1, id);
  if (!bm_sql_step (self, row, &has_row, error))
    return FALSE;
  if (!has_row)
    return TRUE;
  task = bm_store_read_contact (self, row);
  is_meant = is_of (task, json_string_value (json_object_get (draft->visited, "number")));
  bm_json_wipe (task);
  return !is_meant || finish (self, id, error);
}

/* What the desk says */

static gint64
get_int (json_t *object, const char *key)
{
  return json_integer_value (json_object_get (object, key));
}

/* Whether @event is about @task as it stands now (V2, V3). */
static gboolean
fits (json_t *task, json_t *event, const char *what)
{
  if (!is_visit (task))
    return FALSE;
  if (strcmp (what, "visit-tried") == 0)
    return get_int (task, "tries") == get_int (event, "tries");
  if (strcmp (what, "visit-moved") == 0)
    return json_equal (json_object_get (task, "slot"), json_object_get (event, "was"));
  return strcmp (what, "visit-missed") != 0 || get_int (task, "tries") >= BM_VISIT_TRIES;
}

static gboolean
apply (BmStore *self, json_t *task, json_t *event, const char *what, GError **error)
{
  const gint64 id = get_int (event, "contact");

  if (strcmp (what, "visit-tried") == 0)
    {
      json_object_set_new (task, "tries", json_integer (get_int (task, "tries") + 1));
      json_object_set_new (task, "tried_ms", json_integer (bm_clock_get_wall_ms (self->clock)));
      json_object_set (task, "tried_by", json_object_get (event, "staff"));
    }
  else if (strcmp (what, "visit-moved") == 0)
    json_object_set (task, "slot", json_object_get (event, "slot"));
  else
    return finish (self, id, error);
  return change (self, "UPDATE contact SET body = ? WHERE id = ?", id, task, error);
}

/**
 * bm_store_change_visit:
 * @self: the store, in a transaction
 * @event: an event of the desk; of "visit-done", "visit-missed", "visit-tried" and "visit-moved" each
 *   names the task, "tried" how often before, "moved" the half day before and how much room the new one has
 * @ret_is_news: set to %FALSE when it is about a visit and nothing is to be written of it
 * @error: return location for an error
 *
 * Returns: whether the ledger could be read and changed
 */
gboolean
bm_store_change_visit (BmStore *self, json_t *event, gboolean *ret_is_news, GError **error)
{
  const char *what = json_string_value (json_object_get (event, "what"));
  g_autoptr (BmStatement) row = NULL;
  json_t *task;
  gboolean has_row;
  gboolean is_applied = TRUE;

  if (what == NULL || !g_str_has_prefix (what, "visit-"))
    return TRUE;
  row = bm_sql_borrow (self, "SELECT id, wall_ms, body FROM contact WHERE id = ? AND is_done = 0",
                       error);
  if (row == NULL)
    return FALSE;
  bm_sql_bind_int (row, 1, get_int (event, "contact"));
  if (!bm_sql_step (self, row, &has_row, error))
    return FALSE;
  *ret_is_news = has_row;
  if (!has_row)
    return TRUE;
  task = bm_store_read_contact (self, row);
  *ret_is_news = fits (task, event, what);
  if (*ret_is_news && strcmp (what, "visit-moved") == 0)
    is_applied = count_room (self, json_string_value (json_object_get (event, "slot")),
                             get_int (event, "room"), ret_is_news, error);
  if (is_applied && *ret_is_news)
    is_applied = apply (self, task, event, what, error);
  bm_json_wipe (task);
  return is_applied;
}
