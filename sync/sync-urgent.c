/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/sync-engine-private.h"

/*
 * A resident stands here while thousands of entries of an outage drain. Their entry does not wait in the queue: it
 * flies at once beside the rest, and twice, on two connections. On a line that loses one packet in fifty the second
 * copy is the difference between one round trip and the wait for a retransmission; the platform takes an entry once
 * however often it comes.
 */

#define URGENT_BYTES (16 * 1024)
#define URGENT_ITEMS 4

static gboolean
may_fly (BmSyncEngine *self)
{
  return self->is_running && self->is_busy && !self->needs_hello && self->suspects == NULL &&
         !bm_backoff_is_forbidden (&self->backoff) &&
         bm_sync_engine_count_aloft (self, BM_FLIGHT_URGENT) == 0 &&
         bm_sync_engine_count_aloft (self, BM_FLIGHT_BULK) > 0;
}

static BmOutboxItem *
copy_item (const BmOutboxItem *from)
{
  BmOutboxItem *item = g_new (BmOutboxItem, 1);

  *item = *from;
  item->record = g_bytes_ref (from->record);
  return item;
}

static GPtrArray *
copy_items (GPtrArray *from)
{
  GPtrArray *items = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_outbox_item_free);

  for (guint i = 0; i < from->len; i++)
    g_ptr_array_add (items, copy_item (g_ptr_array_index (from, i)));
  return items;
}

static void
on_next (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BmSyncEngine) self = data;
  BmOutboxBatch *batch = bm_outbox_next_finish (self->outbox, result, NULL);
  BmOutboxBatch *twin;

  if (batch == NULL || batch->items->len == 0 || !may_fly (self))
    {
      bm_outbox_batch_free (batch);
      return;
    }
  twin = g_new0 (BmOutboxBatch, 1);
  twin->items = copy_items (batch->items);
  twin->runs = copy_items (batch->runs);
  bm_sync_engine_launch (self, BM_FLIGHT_URGENT, batch, 0, batch->items->len);
  bm_sync_engine_launch (self, BM_FLIGHT_URGENT, twin, 0, twin->items->len);
}

void
bm_sync_engine_hurry_urgent (BmSyncEngine *self)
{
  g_autoptr (GArray) aloft = NULL;

  if (!may_fly (self))
    return;
  aloft = bm_sync_engine_list_aloft (self);
  bm_outbox_next_async (self->outbox, BM_LANE_WAITING, URGENT_BYTES, URGENT_ITEMS, aloft, on_next,
                        g_object_ref (self));
}
