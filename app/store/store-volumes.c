/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-volumes.h"

#include "app/store/store-batch.h"

#include "core/error.h"

#include <string.h>

/*
 * Invariants:
 *  U1  Reading goes by place, not by state: an entry that the line settles meanwhile is at most sent once
 *      too often, and one that comes after the beginning is not of this export.
 *  U2  What was set aside (HELD) comes last and alone in its batch: it spoils no other.
 */

#define UNSETTLED(condition)                                     \
  "SELECT " BM_STORE_ITEM_COLUMNS " FROM entry WHERE " condition \
  " AND type <> 3 AND id <= ?1 AND "                             \
  "due_day <= ?2 AND (priority, due_day, id) > (?3, ?4, ?5) ORDER BY priority, due_day, id LIMIT ?6"

/* Run rows that no entry takes along come at the end; each of the others is named by an entry. */
static const struct
{
  const char *sql;
  gboolean is_alone;
} passes[] = {
  { UNSETTLED ("state <> 1 AND state = 0"), FALSE },
  { UNSETTLED ("state <> 1 AND state = 2"), FALSE },
  { UNSETTLED ("state <> 1 AND state = 3"), TRUE },
  { "SELECT " BM_STORE_ITEM_COLUMNS
    " FROM entry WHERE type = 3 AND state IN (0, 2, 3) AND id <= ?1 AND "
    "?2 = 2147483647 AND ?3 IS NOT NULL AND ?4 IS NOT NULL AND id > ?5 ORDER BY id LIMIT ?6",
    FALSE },
};

typedef struct
{
  BmStore *self;
  BmUnsettledPlace place;
  gint64 top;
  gint32 due_day;
  guint max_items;
  BmStoreGathering gathering; /* of next_unsettled only */
  guint8 blob[BM_SM3_LEN];
} VolumeCall;

static void
volume_call_free (VolumeCall *call)
{
  bm_store_gathering_clear (&call->gathering);
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

static gboolean
collect (VolumeCall *call, BmStatement *row, GError **error)
{
  const GPtrArray *items = call->gathering.batch->items;
  const guint most = passes[call->place.pass].is_alone ? 1 : call->max_items;
  gboolean has_row;

  while (items->len < most)
    {
      const BmOutboxItem *item;

      if (!bm_sql_step (call->self, row, &has_row, error))
        return FALSE;
      if (!has_row || !bm_store_gathering_is_alike (&call->gathering, row) ||
          !bm_store_gathering_has_room (&call->gathering, row))
        return TRUE;
      item = bm_store_gathering_add (call->self, &call->gathering, row, error);
      if (item == NULL)
        return FALSE;
      call->place.priority = item->priority;
      call->place.due_day = item->due_day;
      call->place.id = item->id;
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

  while (call->place.pass < G_N_ELEMENTS (passes))
    {
      if (!collect_pass (call, error))
        return NULL;
      if (call->gathering.batch->items->len > 0)
        break;
      call->place = (BmUnsettledPlace){ .pass = call->place.pass + 1, .priority = -1 };
    }
  if (!bm_store_note_offered (call->self, call->gathering.batch, error))
    return NULL;
  result = g_new0 (BmUnsettledBatch, 1);
  result->batch = g_steal_pointer (&call->gathering.batch);
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
  bm_store_gathering_init (&call->gathering, max_bytes);
  call->max_items = CLAMP (max_items, 1, BM_STORE_MAX_LIST);
  bm_store_run (self, next_on_worker, call, (GDestroyNotify) volume_call_free,
                (GDestroyNotify) bm_unsettled_batch_free, callback, user_data);
}

BmUnsettledBatch *
bm_store_next_unsettled_finish (BmStore *self, GAsyncResult *result, GError **error)
{
  return bm_worker_run_finish (result, error);
}

/* Attachments: of entries that were handed over, and no others (store-withdraw.c W1) */

static gpointer
next_blob_on_worker (gpointer data, GError **error)
{
  const VolumeCall *call = data;
  g_autoptr (BmStatement) row =
    bm_sql_borrow (call->self,
                   "SELECT " BM_STORE_BLOB_COLUMNS
                   " FROM attachment WHERE state = 0 AND id > ? AND EXISTS (SELECT 1 FROM entry "
                   "WHERE entry.epoch = attachment.epoch AND entry.seq = attachment.seq AND "
                   "entry.id <= (SELECT v FROM meta WHERE k = 'offered')) ORDER BY id",
                   error);
  gboolean has_row;

  if (row == NULL)
    return NULL;
  bm_sql_bind_int (row, 1, call->top);
  while (bm_sql_step (call->self, row, &has_row, error) && has_row)
    {
      BmOutboxBlob *blob = bm_store_dup_blob (row);

      if (blob != NULL)
        return blob;
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
