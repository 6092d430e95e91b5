/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-sql.h"

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
 *  O2  A batch is of one epoch, and names the run rows its entries need.
 *  O3  A held row delays no lane: it comes after everything else of its own, and the audit lane does not
 *      ask for what the others hold.
 */

#define COLUMNS "id, seq, type, priority, due_day, tries, record, run, epoch, state"
#define LANE_SQL                                                              \
  "SELECT " COLUMNS " FROM entry INDEXED BY entry_open WHERE state <> 1 AND " \
  "state = 0 AND type <> 3 AND priority BETWEEN ?2 AND ?3 "                   \
  "ORDER BY priority, due_day, id LIMIT ?1"
/* Of the last rows only: whoever was served during an outage has gone home. */
#define WAITING_SQL                                                                 \
  "SELECT " COLUMNS " FROM entry WHERE id > (SELECT max (id) FROM entry) - 64 AND " \
  "state = 0 AND type <> 3 AND priority BETWEEN ?2 AND ?3 ORDER BY id DESC LIMIT ?1"
#define LATE_SQL                                                                                   \
  "SELECT " COLUMNS                                                                                \
  " FROM entry INDEXED BY entry_open WHERE state <> 1 AND state = ?4 AND not_before_ms <= ?5 AND " \
  "type <> 3 AND priority BETWEEN ?2 AND ?3 ORDER BY priority, due_day, id LIMIT ?1"
#define LONELY_SQL                                                         \
  "SELECT " COLUMNS " FROM entry INDEXED BY entry_run WHERE type = 3 AND " \
  "(state = 0 OR (state = 2 AND not_before_ms <= ?2)) ORDER BY id LIMIT ?1"
#define RUN_SQL "SELECT " COLUMNS " FROM entry WHERE epoch = ? AND seq = ?"

enum
{
  COLUMN_ID,
  COLUMN_SEQ,
  COLUMN_TYPE,
  COLUMN_PRIORITY,
  COLUMN_DUE_DAY,
  COLUMN_TRIES,
  COLUMN_RECORD,
  COLUMN_RUN,
  COLUMN_EPOCH,
  COLUMN_STATE,
};

typedef struct
{
  BmStore *self;
  BmOutboxLane lane;
  gsize max_bytes;
  guint max_items;
  gsize used_bytes;
  guint64 epoch; /* of the batch, once it has an item */
  GHashTable *skip;
  BmOutboxBatch *batch;
  GHashTable *runs; /* seqs already in batch->runs */
} NextCall;

static void
next_call_free (NextCall *call)
{
  g_clear_pointer (&call->batch, bm_outbox_batch_free);
  g_clear_pointer (&call->runs, g_hash_table_unref);
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

static BmOutboxItem *
read_item (BmStatement *row)
{
  BmOutboxItem *item = g_new0 (BmOutboxItem, 1);

  item->id = bm_sql_get_int (row, COLUMN_ID);
  item->epoch = (guint64) bm_sql_get_int (row, COLUMN_EPOCH);
  item->seq = (guint64) bm_sql_get_int (row, COLUMN_SEQ);
  item->type = (BmEntryType) bm_sql_get_int (row, COLUMN_TYPE);
  item->state = (BmEntryState) bm_sql_get_int (row, COLUMN_STATE);
  item->priority = (guint8) bm_sql_get_int (row, COLUMN_PRIORITY);
  item->due_day = (gint32) bm_sql_get_int (row, COLUMN_DUE_DAY);
  item->tries = (guint32) bm_sql_get_int (row, COLUMN_TRIES);
  item->record = bm_sql_dup_bytes (row, COLUMN_RECORD);
  if (item->record == NULL) /* damage; the centre quarantines what it cannot parse */
    item->record = g_bytes_new (NULL, 0);
  return item;
}

/* A removed run is the chain walk's to report; the platform quarantines its entries. */
static gboolean
add_run (NextCall *call, guint64 epoch, gint64 run, GError **error)
{
  g_autoptr (BmStatement) row = NULL;
  gboolean has_row;

  if (run == 0 || g_hash_table_contains (call->runs, GINT_TO_POINTER (run)))
    return TRUE;
  row = bm_sql_borrow (call->self, RUN_SQL, error);
  if (row == NULL)
    return FALSE;
  bm_sql_bind_int (row, 1, (gint64) epoch);
  bm_sql_bind_int (row, 2, run);
  if (!bm_sql_step (call->self, row, &has_row, error))
    return FALSE;
  if (has_row)
    {
      BmOutboxItem *item = read_item (row);

      call->used_bytes += g_bytes_get_size (item->record);
      g_ptr_array_add (call->batch->runs, item);
    }
  g_hash_table_add (call->runs, GINT_TO_POINTER (run));
  return TRUE;
}

static gboolean
fits (const NextCall *call, BmStatement *row)
{
  const gsize size = (gsize) sqlite3_column_bytes (row, COLUMN_RECORD);

  return call->batch->items->len == 0 || call->used_bytes + size <= call->max_bytes;
}

/* Adds rows until a limit is reached; always at least one. */
static gboolean
collect (NextCall *call, BmStatement *row, guint most, GError **error)
{
  GPtrArray *items = call->batch->items;
  gboolean has_row;

  while (items->len < MIN (call->max_items, most))
    {
      guint64 epoch;

      if (!bm_sql_step (call->self, row, &has_row, error))
        return FALSE;
      if (!has_row)
        return TRUE;
      epoch = (guint64) bm_sql_get_int (row, COLUMN_EPOCH);
      if (is_skipped (call, bm_sql_get_int (row, COLUMN_ID)) ||
          (items->len > 0 && epoch != call->epoch))
        continue;
      if (!fits (call, row))
        return TRUE;
      call->epoch = epoch;
      if (!add_run (call, epoch, bm_sql_get_int (row, COLUMN_RUN), error))
        return FALSE;
      call->used_bytes += (gsize) sqlite3_column_bytes (row, COLUMN_RECORD);
      g_ptr_array_add (items, read_item (row));
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

static gpointer
next_on_worker (gpointer data, GError **error)
{
  NextCall *call = data;
  GPtrArray *items;

  call->runs = g_hash_table_new (NULL, NULL);
  call->batch = g_new0 (BmOutboxBatch, 1);
  call->batch->items = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_outbox_item_free);
  call->batch->runs = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_outbox_item_free);
  items = call->batch->items;
  if (!collect_lane (call, error))
    return NULL;
  if (call->lane == BM_LANE_WAITING)
    return g_steal_pointer (&call->batch);
  if (!collect_late (call, BM_ENTRY_DEFERRED, call->max_items, error))
    return NULL;
  if (items->len == 0 && !collect_late (call, BM_ENTRY_HELD, 1, error))
    return NULL;
  if (items->len == 0 && call->lane == BM_LANE_AUDIT && !collect_lonely (call, error))
    return NULL;
  return g_steal_pointer (&call->batch);
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
  call->max_bytes = max_bytes;
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
