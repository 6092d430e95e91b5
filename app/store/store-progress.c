/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-view.h"

#include "core/calendar/day.h"

/*
 * How far the sending has come, for desk and ctl: what waits by lane, attachments, what the line carried,
 * and how far the platform's backup goes. Counts and days only.
 */

typedef struct
{
  const char *name;
  const char *sql;
} Lane;

/* Hidden matters count here: nothing but how many is said of them. */
#define LANE(where)                                                                                  \
  "SELECT count(*), ifnull (min (wall_ms), 0), min (due_day) FROM entry WHERE state <> 1 AND state " \
  "IN (0, 2, 3) AND type <> 3 AND " where

static const Lane lanes[] = {
  { "entries", LANE ("priority < 9") },
  { "log", LANE ("priority >= 9") },
};

static gboolean
add_lanes (BmStore *self, json_t *overview, GError **error)
{
  json_t *list = json_array ();

  json_object_set_new (overview, "lanes", list);
  for (gsize i = 0; i < G_N_ELEMENTS (lanes); i++)
    {
      g_autoptr (BmStatement) row = bm_sql_borrow (self, lanes[i].sql, error);
      gint64 count, due;

      if (row == NULL || !bm_sql_step (self, row, NULL, error))
        return FALSE;
      count = bm_sql_get_int (row, 0);
      due = bm_sql_get_int (row, 2);
      json_array_append_new (list, json_pack ("{s:s, s:I, s:I, s:o}", "lane", lanes[i].name,
                                              "count", (json_int_t) count, "oldest_ms",
                                              (json_int_t) bm_sql_get_int (row, 1), "due_day",
                                              count > 0 && due < BM_NO_DUE_DAY ? json_integer (due)
                                                                               : json_null ()));
    }
  return TRUE;
}

static gboolean
add_attachments (BmStore *self, json_t *overview, GError **error)
{
  g_autoptr (BmStatement) row =
    bm_sql_borrow (self, "SELECT count(*), total (bytes) FROM attachment WHERE state = 0", error);

  if (row == NULL || !bm_sql_step (self, row, NULL, error))
    return FALSE;
  json_object_set_new (overview, "attachments",
                       json_pack ("{s:I, s:I}", "waiting", (json_int_t) bm_sql_get_int (row, 0),
                                  "bytes", (json_int_t) bm_sql_get_int (row, 1)));
  return TRUE;
}

static json_t *
sum_traffic (BmStore *self, gint32 first, GError **error)
{
  g_autoptr (BmStatement) row =
    bm_sql_borrow (self, "SELECT total (up), total (down) FROM traffic WHERE day >= ?", error);

  if (row == NULL)
    return NULL;
  bm_sql_bind_int (row, 1, first);
  if (!bm_sql_step (self, row, NULL, error))
    return NULL;
  return json_pack ("{s:I, s:I}", "up", (json_int_t) bm_sql_get_int (row, 0), "down",
                    (json_int_t) bm_sql_get_int (row, 1));
}

static gboolean
add_traffic (BmStore *self, json_t *overview, GError **error)
{
  const gint32 today = bm_store_get_today (self);
  gint year, month, day;
  json_t *one, *all;

  bm_day_to_ymd (today, &year, &month, &day);
  one = sum_traffic (self, today, error);
  all = one != NULL ? sum_traffic (self, today - (day - 1), error) : NULL;
  if (all == NULL)
    {
      json_decref (one);
      return FALSE;
    }
  json_object_set_new (overview, "traffic", json_pack ("{s:o, s:o}", "today", one, "month", all));
  return TRUE;
}

static gboolean
add_backup (BmStore *self, json_t *overview, GError **error)
{
  gint64 upto;

  if (!bm_sql_read_int (self,
                        "SELECT ifnull ((SELECT backed_up FROM epoch ORDER BY id DESC LIMIT 1), 0)",
                        &upto, error))
    return FALSE;
  json_object_set_new (overview, "backup",
                       json_pack ("{s:I, s:I}", "upto", (json_int_t) upto, "of",
                                  (json_int_t) self->now.next_seq - 1));
  json_object_set_new (overview, "kept",
                       json_pack ("{s:I, s:I}", "checkpoint_ms", (json_int_t) self->checkpoint_ms,
                                  "verified_ms", (json_int_t) self->verified_ms));
  return TRUE;
}

gboolean
bm_store_add_progress (BmStore *self, json_t *overview, GError **error)
{
  return add_lanes (self, overview, error) && add_attachments (self, overview, error) &&
         add_traffic (self, overview, error) && add_backup (self, overview, error);
}
