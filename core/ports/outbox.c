/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-outbox"

#include "core/ports/outbox.h"

G_DEFINE_INTERFACE (BmOutbox, bm_outbox, G_TYPE_OBJECT)

/* The wire names of sync/PROTOCOL.md; the order is that of BmAnswerStatus. */
static const char *const status_names[] = {
  [BM_ANSWER_ACCEPTED] = "accepted",       [BM_ANSWER_DUPLICATE] = "duplicate",
  [BM_ANSWER_NEED_BLOBS] = "need-blobs",   [BM_ANSWER_DEFERRED] = "deferred",
  [BM_ANSWER_QUARANTINED] = "quarantined", [BM_ANSWER_REJECTED] = "rejected",
  [BM_ANSWER_CONFLICT] = "conflict",
};

static void
bm_outbox_default_init (BmOutboxInterface *iface)
{
  /**
   * BmOutbox::pending:
   * @self: the outbox
   *
   * Emitted when something new waits to be sent.
   */
  g_signal_new ("pending", BM_TYPE_OUTBOX, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

/**
 * bm_answer_status_to_string:
 * @status: a status
 *
 * Names @status as the protocol does.
 *
 * Returns: a static string
 */
const char *
bm_answer_status_to_string (BmAnswerStatus status)
{
  g_return_val_if_fail ((guint) status < G_N_ELEMENTS (status_names), NULL);

  return status_names[status];
}

/**
 * bm_answer_status_from_string:
 * @text: (nullable): a name from outside
 * @ret_status: (out): the status
 *
 * Finds the status that @text names.
 *
 * Returns: %FALSE if there is none
 */
gboolean
bm_answer_status_from_string (const char *text, BmAnswerStatus *ret_status)
{
  g_return_val_if_fail (ret_status != NULL, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (status_names); i++)
    if (g_strcmp0 (text, status_names[i]) == 0)
      {
        *ret_status = (BmAnswerStatus) i;
        return TRUE;
      }
  return FALSE;
}

/**
 * bm_answer_free:
 * @self: (transfer full) (nullable): an answer
 *
 * Frees @self.
 */
void
bm_answer_free (BmAnswer *self)
{
  if (self == NULL)
    return;
  g_free (self->code);
  g_free (self->reason);
  g_free (self);
}

/**
 * bm_message_free:
 * @self: (transfer full) (nullable): a message
 *
 * Frees @self.
 */
void
bm_message_free (BmMessage *self)
{
  if (self == NULL)
    return;
  g_free (self->kind);
  g_free (self->name);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_pointer (&self->signature, g_bytes_unref);
  g_free (self);
}

/**
 * bm_outbox_item_free:
 * @self: (transfer full) (nullable): an item
 *
 * Frees @self.
 */
void
bm_outbox_item_free (BmOutboxItem *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->record, g_bytes_unref);
  g_free (self);
}

/**
 * bm_outbox_blob_free:
 * @self: (transfer full) (nullable): an attachment
 *
 * Frees @self.
 */
void
bm_outbox_blob_free (BmOutboxBlob *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->hashes, g_bytes_unref);
  g_clear_pointer (&self->have, g_bytes_unref);
  g_free (self);
}

static void
clear_held (gpointer data)
{
  BmOutboxHeld *held = data;

  g_clear_pointer (&held->ranges, g_array_unref);
}

/**
 * bm_outbox_held_array_new:
 *
 * Makes an array for bm_outbox_note_held_async().
 *
 * Returns: (transfer full) (element-type BmOutboxHeld): an empty array that owns what is put in it
 */
GArray *
bm_outbox_held_array_new (void)
{
  GArray *array = g_array_new (FALSE, TRUE, sizeof (BmOutboxHeld));

  g_array_set_clear_func (array, clear_held);
  return array;
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

/**
 * bm_outbox_batch_copy:
 * @from: rows of the ledger
 *
 * Returns: (transfer full): the same rows; the records themselves are shared
 */
BmOutboxBatch *
bm_outbox_batch_copy (const BmOutboxBatch *from)
{
  BmOutboxBatch *batch = g_new0 (BmOutboxBatch, 1);

  batch->items = copy_items (from->items);
  batch->runs = copy_items (from->runs);
  return batch;
}

/**
 * bm_outbox_batch_free:
 * @self: (transfer full) (nullable): a batch
 *
 * Frees @self and the items in it.
 */
void
bm_outbox_batch_free (BmOutboxBatch *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->items, g_ptr_array_unref);
  g_clear_pointer (&self->runs, g_ptr_array_unref);
  g_free (self);
}

/**
 * bm_outbox_get_status_async:
 * @self: an outbox
 * @callback: called when done
 * @user_data: for @callback
 *
 * Asks for the numbers a hello needs.
 */
void
bm_outbox_get_status_async (BmOutbox *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BM_IS_OUTBOX (self));

  BM_OUTBOX_GET_IFACE (self)->get_status_async (self, callback, user_data);
}

/**
 * bm_outbox_get_status_finish:
 * @self: an outbox
 * @result: the result
 * @error: return location for an error
 *
 * Returns: (transfer full): the status, to be freed with g_free(), or %NULL
 */
BmOutboxStatus *
bm_outbox_get_status_finish (BmOutbox *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BM_IS_OUTBOX (self), NULL);

  return BM_OUTBOX_GET_IFACE (self)->get_status_finish (self, result, error);
}

/**
 * bm_outbox_next_async:
 * @self: an outbox
 * @lane: which lane
 * @max_bytes: sum of record bytes, at least one record is given
 * @max_items: number of items
 * @skip: (nullable) (element-type gint64): rows that are on the way; copied
 * @callback: called when done
 * @user_data: for @callback
 *
 * Asks for what to send next, in the order to send it, of one epoch.
 */
void
bm_outbox_next_async (BmOutbox *self,
                      BmOutboxLane lane,
                      gsize max_bytes,
                      guint max_items,
                      GArray *skip,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_return_if_fail (BM_IS_OUTBOX (self));
  g_return_if_fail (max_items > 0);
  g_return_if_fail (skip == NULL || skip->len <= BM_OUTBOX_MAX_SKIP);

  BM_OUTBOX_GET_IFACE (self)->next_async (self, lane, max_bytes, max_items, skip, callback,
                                          user_data);
}

/**
 * bm_outbox_next_finish:
 * @self: an outbox
 * @result: the result
 * @error: return location for an error
 *
 * Returns: (transfer full): the batch, maybe empty, or %NULL on error
 */
BmOutboxBatch *
bm_outbox_next_finish (BmOutbox *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BM_IS_OUTBOX (self), NULL);

  return BM_OUTBOX_GET_IFACE (self)->next_finish (self, result, error);
}

/**
 * bm_outbox_apply_async:
 * @self: an outbox
 * @reply: what a proven reply said; its parts are kept alive
 * @callback: called when done
 * @user_data: for @callback
 *
 * Stores what came down, in one database transaction.
 */
void
bm_outbox_apply_async (BmOutbox *self,
                       const BmOutboxReply *reply,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_return_if_fail (BM_IS_OUTBOX (self));
  g_return_if_fail (reply != NULL);

  BM_OUTBOX_GET_IFACE (self)->apply_async (self, reply, callback, user_data);
}

/**
 * bm_outbox_apply_finish:
 * @self: an outbox
 * @result: the result
 * @error: return location for an error
 *
 * Returns: %TRUE once it is durable
 */
gboolean
bm_outbox_apply_finish (BmOutbox *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BM_IS_OUTBOX (self), FALSE);

  return BM_OUTBOX_GET_IFACE (self)->apply_finish (self, result, error);
}

/**
 * bm_outbox_hold_async:
 * @self: an outbox
 * @epoch: the offender's epoch
 * @seq: the offender
 * @code: a stable code
 * @reason: plain words for the helper
 * @callback: called when done
 * @user_data: for @callback
 *
 * Sets one entry aside, visibly, so that everything else goes on (invariant 5).
 */
void
bm_outbox_hold_async (BmOutbox *self,
                      guint64 epoch,
                      guint64 seq,
                      const char *code,
                      const char *reason,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_return_if_fail (BM_IS_OUTBOX (self));

  BM_OUTBOX_GET_IFACE (self)->hold_async (self, epoch, seq, code, reason, callback, user_data);
}

/**
 * bm_outbox_hold_finish:
 * @self: an outbox
 * @result: the result
 * @error: return location for an error
 *
 * Returns: %TRUE once it is durable
 */
gboolean
bm_outbox_hold_finish (BmOutbox *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BM_IS_OUTBOX (self), FALSE);

  return BM_OUTBOX_GET_IFACE (self)->hold_finish (self, result, error);
}

/**
 * bm_outbox_note_time_async:
 * @self: an outbox
 * @server_ms: the centre's wall time
 * @boot_ms: our boot clock at the middle of the round trip
 * @uncertainty_ms: half the round trip
 * @callback: called when done
 * @user_data: for @callback
 *
 * Stores a signed time sample.
 */
void
bm_outbox_note_time_async (BmOutbox *self,
                           gint64 server_ms,
                           gint64 boot_ms,
                           gint64 uncertainty_ms,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_return_if_fail (BM_IS_OUTBOX (self));

  BM_OUTBOX_GET_IFACE (self)->note_time_async (self, server_ms, boot_ms, uncertainty_ms, callback,
                                               user_data);
}

/**
 * bm_outbox_note_time_finish:
 * @self: an outbox
 * @result: the result
 * @error: return location for an error
 *
 * Returns: %TRUE once it is durable
 */
gboolean
bm_outbox_note_time_finish (BmOutbox *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BM_IS_OUTBOX (self), FALSE);

  return BM_OUTBOX_GET_IFACE (self)->note_time_finish (self, result, error);
}

/**
 * bm_outbox_note_watermark_async:
 * @self: an outbox
 * @epoch: an epoch of ours
 * @upto: highest sequence that the platform has
 * @next_label: label of a new epoch, 0 when none is given
 * @next_counter: first counter of the new epoch
 * @callback: called when done
 * @user_data: for @callback
 *
 * Tells the ledger what the platform has.
 */
void
bm_outbox_note_watermark_async (BmOutbox *self,
                                guint64 epoch,
                                guint64 upto,
                                guint next_label,
                                guint32 next_counter,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_return_if_fail (BM_IS_OUTBOX (self));

  BM_OUTBOX_GET_IFACE (self)->note_watermark_async (self, epoch, upto, next_label, next_counter,
                                                    callback, user_data);
}

/**
 * bm_outbox_note_watermark_finish:
 * @self: an outbox
 * @result: the result
 * @error: return location for an error
 *
 * Returns: %TRUE once it is durable
 */
gboolean
bm_outbox_note_watermark_finish (BmOutbox *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BM_IS_OUTBOX (self), FALSE);

  return BM_OUTBOX_GET_IFACE (self)->note_watermark_finish (self, result, error);
}
