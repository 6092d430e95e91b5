/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-sql.h"

#include "core/calendar/day.h"
#include "core/indicators/indicators.h"

/*
 * What came of a month, for people who answer for the station (domain rows 2, 14; R16, R17).
 *
 * Invariants:
 *  I1  Only what core/indicators lets through leaves the worker: no number of few people, no person.
 *  I2  What is hidden from the desk is in no count (domain §2.21a rule 5, L13), nor is what its person took back.
 *  I3  Every matter of the month is looked at, in slices between which whatever waits for the ledger has its turn: a
 *      month of the busiest station keeps no resident waiting. What comes in meanwhile may be in it or not.
 */

#define SLICE 100

typedef struct
{
  BmStore *self;
  gint32 first_day;
  gint32 end_day; /* of the next month */
  gint32 today;
  gint64 last; /* case that was looked at */
  gboolean is_over;
  BmIndicators *indicators;
} Count;

static void
count_free (Count *count)
{
  bm_indicators_free (count->indicators);
  g_free (count);
}

static BmOutcome
judge_outcome (gint64 state, gint64 entry_state)
{
  if (state == BM_CASE_DONE)
    return BM_OUTCOME_DONE;
  if (state == BM_CASE_NOT_DONE || state == BM_CASE_CONFLICT || entry_state == BM_ENTRY_REJECTED ||
      entry_state == BM_ENTRY_QUARANTINED)
    return BM_OUTCOME_NOT_DONE;
  return BM_OUTCOME_OPEN;
}

/* Whether it was at the centre by the day it was due; the centre's own time is the centre's. */
static BmTimely
judge_time (const Count *count, gint64 due, gint64 settled)
{
  if (due == BM_NO_DUE_DAY)
    return BM_TIMELY_NO_TERM;
  if (settled > 0)
    return settled <= due ? BM_TIMELY_ON_TIME : BM_TIMELY_LATE;
  return due < count->today ? BM_TIMELY_LATE : BM_TIMELY_NO_TERM;
}

static void
add_matter (Count *count, BmStatement *row)
{
  guint8 tag[BM_TAG_LEN] = { 0 };

  (void) bm_sql_copy_blob (row, 2, tag, BM_TAG_LEN); /* what is no tag is nobody's */
  bm_indicators_add (count->indicators,
                     &(BmMatterFact){
                       bm_sql_get_text (row, 1), tag,
                       judge_outcome (bm_sql_get_int (row, 3), bm_sql_get_int (row, 4)),
                       judge_time (count, bm_sql_get_int (row, 5), bm_sql_get_int (row, 6)) });
}

/* Returns %NULL without an error when a slice is done and there are more. */
static gpointer
slice_on_worker (gpointer data, GError **error)
{
  Count *count = data;
  g_autoptr (BmStatement) row = bm_sql_borrow (
    count->self,
    "SELECT cases.id, service, subject_tag, cases.state, entry.state, due_day, settled_day, "
    "cases.wall_ms >= ?1 AND cases.wall_ms < ?2 AND audience = 0 AND cases.state <> 7 AND "
    "entry.state <> 6 FROM cases CROSS JOIN entry ON entry.epoch = cases.epoch AND entry.seq = cases.seq "
    "WHERE cases.id > ?3 ORDER BY cases.id LIMIT ?4",
    error);
  gboolean has_row = FALSE;
  guint n = 0;

  if (row == NULL)
    return NULL;
  bm_sql_bind_int (row, 1, bm_day_to_wall_ms (count->first_day));
  bm_sql_bind_int (row, 2, bm_day_to_wall_ms (count->end_day));
  bm_sql_bind_int (row, 3, count->last);
  bm_sql_bind_int (row, 4, SLICE);
  while (bm_sql_step (count->self, row, &has_row, error) && has_row)
    {
      n++;
      count->last = bm_sql_get_int (row, 0);
      if (bm_sql_get_int (row, 7) != 0)
        add_matter (count, row);
    }
  count->is_over = !has_row && n < SLICE;
  return NULL;
}

static json_t *
describe (const Count *count)
{
  json_t *json = bm_indicators_describe (count->indicators, BM_INDICATORS_K);
  gint year, month, day;
  g_autofree char *name = NULL;

  bm_day_to_ymd (count->first_day, &year, &month, &day);
  name = g_strdup_printf ("%04d-%02d", year, month);
  json_object_set_new (json, "month", json_string (name));
  json_object_set_new (json, "is_over", json_boolean (count->today >= count->end_day));
  return json;
}

static void
on_slice (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Count *count = g_task_get_task_data (task);
  GError *error = NULL;

  bm_worker_run_finish (result, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else if (count->is_over)
    g_task_return_pointer (task, describe (count), (GDestroyNotify) json_decref);
  else
    bm_store_run (count->self, slice_on_worker, count, NULL, NULL, on_slice,
                  g_steal_pointer (&task));
}

/**
 * bm_store_indicators_async:
 * @self: an open store
 * @first_day: the first of a month
 * @callback: called with the result: bm_store_json_finish()
 * @user_data: for @callback
 *
 * Counts what was taken in a month and what has come of it (core/indicators/indicators.h, with "month" and "is_over").
 * Read only.
 */
void
bm_store_indicators_async (BmStore *self,
                           gint32 first_day,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  GTask *task;
  Count *count;

  g_return_if_fail (BM_IS_STORE (self) && first_day != BM_NO_DAY);

  count = g_new0 (Count, 1);
  *count = (Count){ self,
                    first_day,
                    bm_day_get_month_end (first_day) + 1,
                    bm_day_from_wall_ms (bm_clock_get_wall_ms (self->clock)),
                    0,
                    FALSE,
                    bm_indicators_new () };
  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, bm_store_indicators_async);
  g_task_set_task_data (task, count, (GDestroyNotify) count_free);
  bm_store_run (self, slice_on_worker, count, NULL, NULL, on_slice, task);
}
