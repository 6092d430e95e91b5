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
 * @max_bytes: sum of record bytes, at least one record is given
 * @max_items: number of items
 * @callback: called when done
 * @user_data: for @callback
 *
 * Asks for what to send next, in the order to send it.
 */
void
bm_outbox_next_async (BmOutbox *self,
                      gsize max_bytes,
                      guint max_items,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_return_if_fail (BM_IS_OUTBOX (self));
  g_return_if_fail (max_items > 0);

  BM_OUTBOX_GET_IFACE (self)->next_async (self, max_bytes, max_items, callback, user_data);
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
 * @answers: (element-type BmAnswer): verified answers
 * @messages: (element-type BmMessage): verified messages
 * @cursor: the platform's cursor after @messages
 * @head_seq: the sequence of @head, 0 when none
 * @head: (nullable): the chain head that the platform signed last
 * @head_signature: (nullable): its signature
 * @callback: called when done
 * @user_data: for @callback
 *
 * Stores what came down, in one database transaction.
 */
void
bm_outbox_apply_async (BmOutbox *self,
                       GPtrArray *answers,
                       GPtrArray *messages,
                       gint64 cursor,
                       guint64 head_seq,
                       GBytes *head,
                       GBytes *head_signature,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_return_if_fail (BM_IS_OUTBOX (self));
  g_return_if_fail (answers != NULL && messages != NULL);

  BM_OUTBOX_GET_IFACE (self)->apply_async (self, answers, messages, cursor, head_seq, head,
                                           head_signature, callback, user_data);
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
                      guint64 seq,
                      const char *code,
                      const char *reason,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_return_if_fail (BM_IS_OUTBOX (self));
  g_return_if_fail (code != NULL && reason != NULL);

  BM_OUTBOX_GET_IFACE (self)->hold_async (self, seq, code, reason, callback, user_data);
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
 * @server_ms: the centre's wall clock
 * @boot_ms: our boot clock at that moment
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
 * @epoch: the epoch that the platform speaks of
 * @upto: the highest sequence the platform holds of it
 * @next_label: the label of the epoch to open if ours was rolled back, 0 when none is given
 * @next_counter: where that epoch's counter starts
 * @callback: called when done
 * @user_data: for @callback
 *
 * Compares the platform's watermark with the ledger (invariant 11).
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
 * Returns: %TRUE once it is settled and durable
 */
gboolean
bm_outbox_note_watermark_finish (BmOutbox *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BM_IS_OUTBOX (self), FALSE);

  return BM_OUTBOX_GET_IFACE (self)->note_watermark_finish (self, result, error);
}
