/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/sync-engine-private.h"

/*
 * A resident stands here while thousands of entries of an outage drain. Their entry does not wait in the queue: it
 * flies at once beside the rest, and again a moment later on another connection, and once more when an answer could have
 * come by then and has not. On a line that loses one packet in fifty, and more when our own flights fill its queue, a
 * copy is the difference between one round trip and the wait for a retransmission; the platform takes an entry once
 * however often it comes. The copies do not leave together: a full queue would swallow them together.
 */

#define URGENT_BYTES (16 * 1024)
#define URGENT_ITEMS 4
#define URGENT_MAX   6 /* flights; a copy that is stuck does not keep the next resident waiting */

static const guint copy_after_ms[] = { 120, 400 }; /* after the one before */

struct _BmUrgent
{
  BmSyncEngine *engine; /* borrowed: it owns us */
  BmOutboxBatch *batch; /* what the next copy carries */
  GSource *timer;
  guint n_copies;
};

static void
urgent_free (BmUrgent *self)
{
  g_source_destroy (self->timer);
  g_source_unref (self->timer);
  bm_outbox_batch_free (self->batch);
  g_free (self);
}

GPtrArray *
bm_urgents_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) urgent_free);
}

static gboolean
may_fly (BmSyncEngine *self)
{
  return self->is_running && self->is_pumping && !self->needs_hello && self->suspects == NULL &&
         !bm_backoff_is_forbidden (&self->backoff) &&
         bm_sync_engine_count_aloft (self, BM_FLIGHT_URGENT) < URGENT_MAX &&
         bm_sync_engine_count_aloft (self, BM_FLIGHT_BULK) > 0;
}

static void arm (BmUrgent *self);

static gboolean
on_copy_due (gpointer data)
{
  BmUrgent *self = data;
  BmSyncEngine *engine = self->engine;

  if (may_fly (engine))
    bm_sync_engine_launch (engine, BM_FLIGHT_URGENT, bm_outbox_batch_copy (self->batch), 0,
                           self->batch->items->len);
  self->n_copies++;
  if (self->n_copies < G_N_ELEMENTS (copy_after_ms))
    arm (self);
  else
    g_ptr_array_remove (engine->urgents, self);
  return G_SOURCE_REMOVE;
}

static void
arm (BmUrgent *self)
{
  if (self->timer != NULL)
    g_source_unref (self->timer); /* it has just fired */
  self->timer = g_timeout_source_new (copy_after_ms[self->n_copies]);
  g_source_set_callback (self->timer, on_copy_due, self, NULL);
  g_source_attach (self->timer, self->engine->context);
}

static gint64
first_row (const BmOutboxBatch *batch)
{
  return ((const BmOutboxItem *) g_ptr_array_index (batch->items, 0))->id;
}

void
bm_sync_engine_note_urgent_through (BmSyncEngine *self, const BmOutboxBatch *batch)
{
  for (guint i = self->urgents->len; i > 0; i--)
    {
      const BmUrgent *urgent = g_ptr_array_index (self->urgents, i - 1);

      if (first_row (urgent->batch) == first_row (batch))
        g_ptr_array_remove_index (self->urgents, i - 1);
    }
}

static void
on_next (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BmSyncEngine) self = data;
  BmOutboxBatch *batch = bm_outbox_next_finish (self->outbox, result, NULL);
  BmUrgent *urgent;

  if (batch == NULL || batch->items->len == 0 || !may_fly (self))
    {
      bm_outbox_batch_free (batch);
      return;
    }
  urgent = g_new0 (BmUrgent, 1);
  urgent->engine = self;
  urgent->batch = bm_outbox_batch_copy (batch);
  arm (urgent);
  g_ptr_array_add (self->urgents, urgent);
  bm_sync_engine_launch (self, BM_FLIGHT_URGENT, batch, 0, batch->items->len);
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
