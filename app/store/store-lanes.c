/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-batch.h"

/*
 * What is sent next, and what the platform still has to get.
 *
 *   WAITING  priority 0          what was recorded just now, the newest first: its resident may still stand here
 *   ENTRIES  priority 0 to 8     by legal due date, then age
 *   AUDIT    priority 9          by age; then run rows that no entry takes along
 *
 * Within a lane: what was never tried; then what was deferred and is due again; and, when the lane has
 * nothing else, one held row, alone.
 *
 * Invariants:
 *  O1  Nothing about being on the way is stored: who sends names the rows that are on the way, and they
 *      are passed over.
 *  O3  What is handed over was noted first: from then on nobody withdraws it (store-withdraw.c W1).
 *  O4  A row that asks for a matter back waits until that matter was answered for; a stick takes both, and
 *      the platform, which waits for the other one, takes them in any order.
 *  O2  A held row delays no lane: it comes after everything else of its own, and the audit lane does not
 *      ask for what the others hold.
 */

/* O4: who asks for a matter back comes after it. */
#define IN_ORDER                                                                   \
  "(type <> 5 OR NOT EXISTS (SELECT 1 FROM withdrawal AS w JOIN entry AS m ON "    \
  "m.epoch = w.case_epoch AND m.seq = w.case_seq WHERE w.epoch = entry.epoch AND " \
  "w.seq = entry.seq AND m.state IN (0, 2, 3)))"
#define LANE_SQL                                                                            \
  "SELECT " BM_STORE_ITEM_COLUMNS " FROM entry INDEXED BY entry_open WHERE state <> 1 AND " \
  "state = 0 AND type <> 3 AND " IN_ORDER " AND priority BETWEEN ?2 AND ?3 "                \
  "ORDER BY priority, due_day, id LIMIT ?1"
/* Of the last rows only: whoever was served during an outage has gone home. */
#define WAITING_SQL                                                                               \
  "SELECT " BM_STORE_ITEM_COLUMNS " FROM entry WHERE id > (SELECT max (id) FROM entry) - 64 AND " \
  "state = 0 AND type <> 3 AND " IN_ORDER                                                         \
  " AND priority BETWEEN ?2 AND ?3 ORDER BY id DESC LIMIT ?1"
#define LATE_SQL                                                                                   \
  "SELECT " BM_STORE_ITEM_COLUMNS                                                                  \
  " FROM entry INDEXED BY entry_open WHERE state <> 1 AND state = ?4 AND not_before_ms <= ?5 AND " \
  "type <> 3 AND priority BETWEEN ?2 AND ?3 ORDER BY priority, due_day, id LIMIT ?1"
#define LONELY_SQL                                                                       \
  "SELECT " BM_STORE_ITEM_COLUMNS " FROM entry INDEXED BY entry_run WHERE type = 3 AND " \
  "(state = 0 OR (state = 2 AND not_before_ms <= ?2)) ORDER BY id LIMIT ?1"

typedef struct
{
  BmStore *self;
  BmOutboxLane lane;
  guint max_items;
  GHashTable *skip;
  BmStoreGathering gathering;
} NextCall;

static void
next_call_free (NextCall *call)
{
  bm_store_gathering_clear (&call->gathering);
  g_clear_pointer (&call->skip, g_hash_table_unref);
  g_free (call);
}

/* Row ids fit a pointer: SQLite gives them out from 1, one by one. */
GHashTable *
bm_store_skip_new (GArray *skip)
{
  GHashTable *set = g_hash_table_new (NULL, NULL);

  for (guint i = 0; skip != NULL && i < skip->len; i++)
    g_hash_table_add (set, GSIZE_TO_POINTER ((gsize) g_array_index (skip, gint64, i)));
  return set;
}

static gboolean
is_skipped (const NextCall *call, gint64 id)
{
  return g_hash_table_contains (call->skip, GSIZE_TO_POINTER ((gsize) id));
}

/* Adds rows until a limit is reached; always at least one. */
static gboolean
collect (NextCall *call, BmStatement *row, guint most, GError **error)
{
  const GPtrArray *items = call->gathering.batch->items;
  gboolean has_row;

  while (items->len < MIN (call->max_items, most))
    {
      if (!bm_sql_step (call->self, row, &has_row, error))
        return FALSE;
      if (!has_row)
        return TRUE;
      if (is_skipped (call, bm_sql_get_int (row, 0)) ||
          !bm_store_gathering_is_alike (&call->gathering, row))
        continue;
      if (!bm_store_gathering_has_room (&call->gathering, row))
        return TRUE;
      if (bm_store_gathering_add (call->self, &call->gathering, row, error) == NULL)
        return FALSE;
    }
  return TRUE;
}

/* Room for rows that are on the way, and for some of another epoch. */
static gint64
get_limit (const NextCall *call)
{
  return (gint64) call->max_items * 4 + g_hash_table_size (call->skip);
}

static void
bind_lane (const NextCall *call, BmStatement *row)
{
  static const gint range[][2] = {
    [BM_LANE_WAITING] = { 0, 0 },
    [BM_LANE_ENTRIES] = { 0, 8 },
    [BM_LANE_AUDIT] = { 9, G_MAXINT },
  };

  bm_sql_bind_int (row, 1, get_limit (call));
  bm_sql_bind_int (row, 2, range[call->lane][0]);
  bm_sql_bind_int (row, 3, range[call->lane][1]);
}

static gboolean
collect_lane (NextCall *call, GError **error)
{
  g_autoptr (BmStatement) row =
    bm_sql_borrow (call->self, call->lane == BM_LANE_WAITING ? WAITING_SQL : LANE_SQL, error);

  if (row == NULL)
    return FALSE;
  bind_lane (call, row);
  return collect (call, row, call->max_items, error);
}

static gboolean
collect_late (NextCall *call, BmEntryState state, guint most, GError **error)
{
  g_autoptr (BmStatement) row = bm_sql_borrow (call->self, LATE_SQL, error);

  if (row == NULL)
    return FALSE;
  bind_lane (call, row);
  bm_sql_bind_int (row, 4, state);
  bm_sql_bind_int (row, 5, bm_clock_get_boot_ms (call->self->clock));
  return collect (call, row, most, error);
}

/* A run row whose entries are all through, but which itself was never answered. */
static gboolean
collect_lonely (NextCall *call, GError **error)
{
  g_autoptr (BmStatement) row = bm_sql_borrow (call->self, LONELY_SQL, error);

  if (row == NULL)
    return FALSE;
  bm_sql_bind_int (row, 1, get_limit (call));
  bm_sql_bind_int (row, 2, bm_clock_get_boot_ms (call->self->clock));
  return collect (call, row, call->max_items, error);
}

static gboolean
gather (NextCall *call, GError **error)
{
  const GPtrArray *items = call->gathering.batch->items;

  if (!collect_lane (call, error))
    return FALSE;
  if (call->lane == BM_LANE_WAITING)
    return TRUE;
  if (!collect_late (call, BM_ENTRY_DEFERRED, call->max_items, error))
    return FALSE;
  if (items->len == 0 && !collect_late (call, BM_ENTRY_HELD, 1, error))
    return FALSE;
  return items->len > 0 || call->lane != BM_LANE_AUDIT || collect_lonely (call, error);
}

static gpointer
next_on_worker (gpointer data, GError **error)
{
  NextCall *call = data;

  if (!gather (call, error) || !bm_store_note_offered (call->self, call->gathering.batch, error))
    return NULL;
  return g_steal_pointer (&call->gathering.batch);
}

void
bm_store_next_async (BmOutbox *outbox,
                     BmOutboxLane lane,
                     gsize max_bytes,
                     guint max_items,
                     GArray *skip,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  BmStore *self = BM_STORE (outbox);
  NextCall *call = g_new0 (NextCall, 1);

  call->self = self;
  call->lane = MIN (lane, BM_LANE_AUDIT);
  bm_store_gathering_init (&call->gathering, max_bytes);
  call->max_items = CLAMP (max_items, 1, BM_STORE_MAX_HEAP);
  call->skip = bm_store_skip_new (skip);
  bm_store_run (self, next_on_worker, call, (GDestroyNotify) next_call_free,
                (GDestroyNotify) bm_outbox_batch_free, callback, user_data);
}

BmOutboxBatch *
bm_store_next_finish (BmOutbox *outbox, GAsyncResult *result, GError **error)
{
  return bm_worker_run_finish (result, error);
}
