/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-volumes.h"

#include "app/store/store-sql.h"

#include "core/error.h"

#include <string.h>

/*
 * Invariants:
 *  U1  Reading goes by place, not by state: an entry that the line settles meanwhile is at most sent once
 *      too often, and one that comes after the beginning is not of this export.
 *  U2  What was set aside (HELD) comes last and alone in its batch: it spoils no other.
 */

#define COLUMNS "seq, type, priority, due_day, tries, record, run, epoch, id"
#define UNSETTLED(condition)                                                          \
  "SELECT " COLUMNS " FROM entry WHERE " condition " AND type <> 3 AND id <= ?1 AND " \
  "due_day <= ?2 AND (priority, due_day, id) > (?3, ?4, ?5) ORDER BY priority, due_day, id LIMIT ?6"
#define RUN_SQL      "SELECT " COLUMNS " FROM entry WHERE epoch = ? AND seq = ?"
#define BLOB_COLUMNS "id, epoch, seq, ordinal, blob, bytes, chunks, hashes, have"

enum
{
  COLUMN_SEQ,
  COLUMN_TYPE,
  COLUMN_PRIORITY,
  COLUMN_DUE_DAY,
  COLUMN_TRIES,
  COLUMN_RECORD,
  COLUMN_RUN,
  COLUMN_EPOCH,
  COLUMN_ID,
};

/* Run rows that no entry takes along come at the end; each of the others is named by an entry. */
static const struct
{
  const char *sql;
  gboolean is_alone;
} passes[] = {
  { UNSETTLED ("state <> 1 AND state = 0"), FALSE },
  { UNSETTLED ("state <> 1 AND state = 2"), FALSE },
  { UNSETTLED ("state <> 1 AND state = 3"), TRUE },
  { "SELECT " COLUMNS " FROM entry WHERE type = 3 AND state IN (0, 2, 3) AND id <= ?1 AND "
    "?2 = 2147483647 AND ?3 IS NOT NULL AND ?4 IS NOT NULL AND id > ?5 ORDER BY id LIMIT ?6",
    FALSE },
};

typedef struct
{
  BmStore *self;
  BmUnsettledPlace place;
  gint64 top;
  gint32 due_day;
  gsize max_bytes;
  guint max_items;
  gsize used_bytes;
  guint64 epoch;
  BmOutboxBatch *batch;
  GHashTable *runs;
  guint8 blob[BM_SM3_LEN];
} VolumeCall;

static void
volume_call_free (VolumeCall *call)
{
  g_clear_pointer (&call->batch, bm_outbox_batch_free);
  g_clear_pointer (&call->runs, g_hash_table_unref);
  g_free (call);
}

static VolumeCall *
volume_call_new (BmStore *self)
{
  VolumeCall *call = g_new0 (VolumeCall, 1);

  call->self = self;
  return call;
}

/* Counting */

static gboolean
count_rows (VolumeCall *call, const char *sql, guint64 *count, guint64 *bytes, GError **error)
{
  g_autoptr (BmStatement) row = bm_sql_borrow (call->self, sql, error);

  if (row == NULL)
    return FALSE;
  if (strchr (sql, '?') != NULL)
    bm_sql_bind_int (row, 1, call->due_day);
  if (!bm_sql_step (call->self, row, NULL, error))
    return FALSE;
  *count += (guint64) bm_sql_get_int (row, 0);
  *bytes += (guint64) bm_sql_get_int (row, 1);
  return TRUE;
}

static gpointer
count_on_worker (gpointer data, GError **error)
{
  VolumeCall *call = data;
  g_autofree BmUnsettled *all = g_new0 (BmUnsettled, 1);

  if (!bm_sql_read_int (call->self, "SELECT ifnull (max (id), 0) FROM entry", &all->top, error) ||
      !count_rows (call,
                   "SELECT count(*), ifnull (sum (length (record)), 0) FROM entry "
                   "WHERE state = 0 AND type <> 3 AND due_day <= ?",
                   &all->entries, &all->entry_bytes, error) ||
      !count_rows (call,
                   "SELECT count(*), ifnull (sum (length (record)), 0) FROM entry "
                   "WHERE state IN (2, 3) AND type <> 3 AND due_day <= ?",
                   &all->entries, &all->entry_bytes, error) ||
      !count_rows (call, "SELECT count(*), ifnull (sum (bytes), 0) FROM attachment WHERE state = 0",
                   &all->blobs, &all->blob_bytes, error))
    return NULL;
  return g_steal_pointer (&all);
}

void
bm_store_count_unsettled_async (BmStore *self,
                                gint32 due_day,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  VolumeCall *call = volume_call_new (self);

  call->due_day = due_day;
  bm_store_run (self, count_on_worker, call, (GDestroyNotify) volume_call_free, g_free, callback,
                user_data);
}

BmUnsettled *
bm_store_count_unsettled_finish (BmStore *self, GAsyncResult *result, GError **error)
{
  return bm_worker_run_finish (result, error);
}

/* Entries */

static BmOutboxItem *
read_item (BmStatement *row)
{
  BmOutboxItem *item = g_new0 (BmOutboxItem, 1);

  item->id = bm_sql_get_int (row, COLUMN_ID);
  item->epoch = (guint64) bm_sql_get_int (row, COLUMN_EPOCH);
  item->seq = (guint64) bm_sql_get_int (row, COLUMN_SEQ);
  item->type = (BmEntryType) bm_sql_get_int (row, COLUMN_TYPE);
  item->priority = (guint8) bm_sql_get_int (row, COLUMN_PRIORITY);
  item->due_day = (gint32) bm_sql_get_int (row, COLUMN_DUE_DAY);
  item->tries = (guint32) bm_sql_get_int (row, COLUMN_TRIES);
  item->record = bm_sql_dup_bytes (row, COLUMN_RECORD);
  if (item->record == NULL) /* damage; the centre quarantines what it cannot parse */
    item->record = g_bytes_new (NULL, 0);
  return item;
}

static gboolean
add_run (VolumeCall *call, gint64 run, GError **error)
{
  g_autoptr (BmStatement) row = NULL;
  gboolean has_row;

  if (run == 0 || !g_hash_table_add (call->runs, GSIZE_TO_POINTER ((gsize) run)))
    return TRUE;
  row = bm_sql_borrow (call->self, RUN_SQL, error);
  if (row == NULL)
    return FALSE;
  bm_sql_bind_int (row, 1, (gint64) call->epoch);
  bm_sql_bind_int (row, 2, run);
  if (!bm_sql_step (call->self, row, &has_row, error))
    return FALSE;
  if (has_row)
    g_ptr_array_add (call->batch->runs, read_item (row));
  return TRUE;
}

static gboolean
collect (VolumeCall *call, BmStatement *row, GError **error)
{
  GPtrArray *items = call->batch->items;
  const guint most = passes[call->place.pass].is_alone ? 1 : call->max_items;
  gboolean has_row;

  while (items->len < most)
    {
      BmOutboxItem *item;

      if (!bm_sql_step (call->self, row, &has_row, error))
        return FALSE;
      if (!has_row)
        return TRUE;
      item = read_item (row);
      if (items->len > 0 && (item->epoch != call->epoch ||
                             call->used_bytes + g_bytes_get_size (item->record) > call->max_bytes))
        {
          bm_outbox_item_free (item);
          return TRUE;
        }
      call->epoch = item->epoch;
      call->used_bytes += g_bytes_get_size (item->record);
      call->place.priority = item->priority;
      call->place.due_day = item->due_day;
      call->place.id = item->id;
      g_ptr_array_add (items, item);
      if (!add_run (call, bm_sql_get_int (row, COLUMN_RUN), error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
collect_pass (VolumeCall *call, GError **error)
{
  g_autoptr (BmStatement) row = bm_sql_borrow (call->self, passes[call->place.pass].sql, error);

  if (row == NULL)
    return FALSE;
  bm_sql_bind_int (row, 1, call->top);
  bm_sql_bind_int (row, 2, call->due_day);
  bm_sql_bind_int (row, 3, call->place.priority);
  bm_sql_bind_int (row, 4, call->place.due_day);
  bm_sql_bind_int (row, 5, call->place.id);
  bm_sql_bind_int (row, 6, call->max_items);
  return collect (call, row, error);
}

static gpointer
next_on_worker (gpointer data, GError **error)
{
  VolumeCall *call = data;
  BmUnsettledBatch *result;

  call->runs = g_hash_table_new (NULL, NULL);
  call->batch = g_new0 (BmOutboxBatch, 1);
  call->batch->items = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_outbox_item_free);
  call->batch->runs = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_outbox_item_free);
  while (call->place.pass < G_N_ELEMENTS (passes))
    {
      if (!collect_pass (call, error))
        return NULL;
      if (call->batch->items->len > 0)
        break;
      call->place = (BmUnsettledPlace){ .pass = call->place.pass + 1, .priority = -1 };
    }
  result = g_new0 (BmUnsettledBatch, 1);
  result->batch = g_steal_pointer (&call->batch);
  result->next = call->place;
  return result;
}

void
bm_unsettled_batch_free (BmUnsettledBatch *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->batch, bm_outbox_batch_free);
  g_free (self);
}

void
bm_store_next_unsettled_async (BmStore *self,
                               const BmUnsettledPlace *place,
                               gint64 top,
                               gint32 due_day,
                               gsize max_bytes,
                               guint max_items,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  VolumeCall *call;

  g_return_if_fail (BM_IS_STORE (self) && place != NULL);

  call = volume_call_new (self);
  call->place = *place;
  call->top = top;
  call->due_day = due_day;
  call->max_bytes = max_bytes;
  call->max_items = CLAMP (max_items, 1, BM_STORE_MAX_LIST);
  bm_store_run (self, next_on_worker, call, (GDestroyNotify) volume_call_free,
                (GDestroyNotify) bm_unsettled_batch_free, callback, user_data);
}

BmUnsettledBatch *
bm_store_next_unsettled_finish (BmStore *self, GAsyncResult *result, GError **error)
{
  return bm_worker_run_finish (result, error);
}

/* Attachments */

/* FALSE for a damaged row: the others go on. */
static gboolean
read_blob (BmStatement *row, BmOutboxBlob *blob)
{
  blob->id = bm_sql_get_int (row, 0);
  blob->epoch = (guint64) bm_sql_get_int (row, 1);
  blob->seq = (guint64) bm_sql_get_int (row, 2);
  blob->ordinal = (guint) bm_sql_get_int (row, 3);
  blob->bytes = (guint64) bm_sql_get_int (row, 5);
  blob->n_chunks = (guint) bm_sql_get_int (row, 6);
  blob->hashes = bm_sql_dup_bytes (row, 7);
  blob->have = bm_sql_dup_bytes (row, 8);
  return bm_sql_copy_blob (row, 4, blob->blob, BM_SM3_LEN) && blob->hashes != NULL &&
         blob->n_chunks > 0 &&
         g_bytes_get_size (blob->hashes) == (gsize) blob->n_chunks * BM_SM3_LEN;
}

static gpointer
next_blob_on_worker (gpointer data, GError **error)
{
  const VolumeCall *call = data;
  g_autoptr (BmStatement) row =
    bm_sql_borrow (call->self,
                   "SELECT " BLOB_COLUMNS " FROM attachment WHERE state = 0 AND id > ? ORDER BY id",
                   error);
  gboolean has_row;

  if (row == NULL)
    return NULL;
  bm_sql_bind_int (row, 1, call->top);
  while (bm_sql_step (call->self, row, &has_row, error) && has_row)
    {
      BmOutboxBlob *blob = g_new0 (BmOutboxBlob, 1);

      if (read_blob (row, blob))
        return blob;
      bm_outbox_blob_free (blob);
    }
  return NULL;
}

void
bm_store_next_open_blob_async (BmStore *self,
                               gint64 after,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  VolumeCall *call = volume_call_new (self);

  call->top = after;
  bm_store_run (self, next_blob_on_worker, call, (GDestroyNotify) volume_call_free,
                (GDestroyNotify) bm_outbox_blob_free, callback, user_data);
}

BmOutboxBlob *
bm_store_next_open_blob_finish (BmStore *self, GAsyncResult *result, GError **error)
{
  return bm_worker_run_finish (result, error);
}

static gpointer
find_blob_on_worker (gpointer data, GError **error)
{
  const VolumeCall *call = data;
  g_autoptr (BmStatement) row =
    bm_sql_borrow (call->self, "SELECT id FROM attachment WHERE state = 0 AND blob = ?", error);
  gboolean has_row;

  if (row == NULL)
    return NULL;
  bm_sql_bind_blob (row, 1, call->blob, BM_SM3_LEN);
  if (!bm_sql_step (call->self, row, &has_row, error) || !has_row)
    return NULL;
  return GSIZE_TO_POINTER ((gsize) bm_sql_get_int (row, 0));
}

void
bm_store_find_blob_async (BmStore *self,
                          const guint8 blob[BM_SM3_LEN],
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  VolumeCall *call = volume_call_new (self);

  memcpy (call->blob, blob, BM_SM3_LEN);
  bm_store_run (self, find_blob_on_worker, call, (GDestroyNotify) volume_call_free, NULL, callback,
                user_data);
}

gint64
bm_store_find_blob_finish (BmStore *self, GAsyncResult *result, GError **error)
{
  return (gint64) GPOINTER_TO_SIZE (bm_worker_run_finish (result, error));
}
