/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-outbox"

#include "core/ports/outbox.h"

/* The second half of BmOutbox: attachments, and what the platform says beyond answers. */

/**
 * bm_outbox_next_blob_async:
 * @self: an outbox
 * @skip: (nullable) (element-type gint64): attachments that are on the way; copied
 * @callback: called when done
 * @user_data: for @callback
 *
 * Asks for the next attachment to send.
 */
void
bm_outbox_next_blob_async (BmOutbox *self,
                           GArray *skip,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_return_if_fail (BM_IS_OUTBOX (self));

  BM_OUTBOX_GET_IFACE (self)->next_blob_async (self, skip, callback, user_data);
}

/**
 * bm_outbox_next_blob_finish:
 * @self: an outbox
 * @result: the result
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the attachment; %NULL without @error when there is none
 */
BmOutboxBlob *
bm_outbox_next_blob_finish (BmOutbox *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BM_IS_OUTBOX (self), NULL);

  return BM_OUTBOX_GET_IFACE (self)->next_blob_finish (self, result, error);
}

/**
 * bm_outbox_read_chunk_async:
 * @self: an outbox
 * @blob: id of an attachment
 * @ordinal: which chunk, from 0
 * @callback: called when done
 * @user_data: for @callback
 *
 * Reads one sealed chunk of an attachment.
 */
void
bm_outbox_read_chunk_async (BmOutbox *self,
                            gint64 blob,
                            guint ordinal,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_return_if_fail (BM_IS_OUTBOX (self));

  BM_OUTBOX_GET_IFACE (self)->read_chunk_async (self, blob, ordinal, callback, user_data);
}

/**
 * bm_outbox_read_chunk_finish:
 * @self: an outbox
 * @result: the result
 * @error: return location for an error
 *
 * Returns: (transfer full): the chunk, or %NULL
 */
GBytes *
bm_outbox_read_chunk_finish (BmOutbox *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BM_IS_OUTBOX (self), NULL);

  return BM_OUTBOX_GET_IFACE (self)->read_chunk_finish (self, result, error);
}

/**
 * bm_outbox_note_blob_async:
 * @self: an outbox
 * @blob: id of an attachment
 * @have: (nullable): one bit a chunk
 * @is_complete: whether the platform has it whole
 * @callback: called when done
 * @user_data: for @callback
 *
 * Stores what the platform has of an attachment.
 */
void
bm_outbox_note_blob_async (BmOutbox *self,
                           gint64 blob,
                           GBytes *have,
                           gboolean is_complete,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_return_if_fail (BM_IS_OUTBOX (self));

  BM_OUTBOX_GET_IFACE (self)->note_blob_async (self, blob, have, is_complete, callback, user_data);
}

/**
 * bm_outbox_note_blob_finish:
 * @self: an outbox
 * @result: the result
 * @error: return location for an error
 *
 * Returns: %TRUE once it is durable
 */
gboolean
bm_outbox_note_blob_finish (BmOutbox *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BM_IS_OUTBOX (self), FALSE);

  return BM_OUTBOX_GET_IFACE (self)->note_blob_finish (self, result, error);
}

/**
 * bm_outbox_note_held_async:
 * @self: an outbox
 * @held: (element-type BmOutboxHeld): what it holds; copied
 * @callback: called when done
 * @user_data: for @callback
 *
 * Makes what the platform has lost wait again.
 */
void
bm_outbox_note_held_async (BmOutbox *self,
                           GArray *held,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_return_if_fail (BM_IS_OUTBOX (self));
  g_return_if_fail (held != NULL);

  BM_OUTBOX_GET_IFACE (self)->note_held_async (self, held, callback, user_data);
}

/**
 * bm_outbox_note_held_finish:
 * @self: an outbox
 * @result: the result
 * @error: return location for an error
 *
 * Returns: %TRUE once it is durable
 */
gboolean
bm_outbox_note_held_finish (BmOutbox *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BM_IS_OUTBOX (self), FALSE);

  return BM_OUTBOX_GET_IFACE (self)->note_held_finish (self, result, error);
}

/**
 * bm_outbox_note_backed_up_async:
 * @self: an outbox
 * @epoch: an epoch of ours
 * @upto: highest sequence in the backup
 * @callback: called when done
 * @user_data: for @callback
 *
 * Stores up to where the platform has a backup.
 */
void
bm_outbox_note_backed_up_async (BmOutbox *self,
                                guint64 epoch,
                                guint64 upto,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_return_if_fail (BM_IS_OUTBOX (self));

  BM_OUTBOX_GET_IFACE (self)->note_backed_up_async (self, epoch, upto, callback, user_data);
}

/**
 * bm_outbox_note_backed_up_finish:
 * @self: an outbox
 * @result: the result
 * @error: return location for an error
 *
 * Returns: %TRUE once it is durable
 */
gboolean
bm_outbox_note_backed_up_finish (BmOutbox *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BM_IS_OUTBOX (self), FALSE);

  return BM_OUTBOX_GET_IFACE (self)->note_backed_up_finish (self, result, error);
}

/**
 * bm_outbox_note_traffic_async:
 * @self: an outbox
 * @up: bytes sent
 * @down: bytes received
 * @callback: called when done
 * @user_data: for @callback
 *
 * Adds to the day's traffic.
 */
void
bm_outbox_note_traffic_async (BmOutbox *self,
                              guint64 up,
                              guint64 down,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_return_if_fail (BM_IS_OUTBOX (self));

  BM_OUTBOX_GET_IFACE (self)->note_traffic_async (self, up, down, callback, user_data);
}

/**
 * bm_outbox_note_traffic_finish:
 * @self: an outbox
 * @result: the result
 * @error: return location for an error
 *
 * Returns: %TRUE once it is durable
 */
gboolean
bm_outbox_note_traffic_finish (BmOutbox *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BM_IS_OUTBOX (self), FALSE);

  return BM_OUTBOX_GET_IFACE (self)->note_traffic_finish (self, result, error);
}

/**
 * bm_outbox_note_bad_item_async:
 * @self: an outbox
 * @kind: its kind
 * @name: its name
 * @version: its version
 * @code: a stable code
 * @callback: called when done
 * @user_data: for @callback
 *
 * Remembers what could not be applied, until the platform was told.
 */
void
bm_outbox_note_bad_item_async (BmOutbox *self,
                               const char *kind,
                               const char *name,
                               gint64 version,
                               const char *code,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_return_if_fail (BM_IS_OUTBOX (self));
  g_return_if_fail (kind != NULL && name != NULL && code != NULL);

  BM_OUTBOX_GET_IFACE (self)->note_bad_item_async (self, kind, name, version, code, callback,
                                                   user_data);
}

/**
 * bm_outbox_note_bad_item_finish:
 * @self: an outbox
 * @result: the result
 * @error: return location for an error
 *
 * Returns: %TRUE once it is durable
 */
gboolean
bm_outbox_note_bad_item_finish (BmOutbox *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BM_IS_OUTBOX (self), FALSE);

  return BM_OUTBOX_GET_IFACE (self)->note_bad_item_finish (self, result, error);
}

/**
 * bm_outbox_note_reported_async:
 * @self: an outbox
 * @bad_upto: from the status that was told
 * @callback: called when done
 * @user_data: for @callback
 *
 * Forgets the bad items that the platform was told of.
 */
void
bm_outbox_note_reported_async (BmOutbox *self,
                               gint64 bad_upto,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_return_if_fail (BM_IS_OUTBOX (self));

  BM_OUTBOX_GET_IFACE (self)->note_reported_async (self, bad_upto, callback, user_data);
}

/**
 * bm_outbox_note_reported_finish:
 * @self: an outbox
 * @result: the result
 * @error: return location for an error
 *
 * Returns: %TRUE once it is durable
 */
gboolean
bm_outbox_note_reported_finish (BmOutbox *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BM_IS_OUTBOX (self), FALSE);

  return BM_OUTBOX_GET_IFACE (self)->note_reported_finish (self, result, error);
}

/**
 * bm_outbox_note_volume_async:
 * @self: an outbox
 * @nonce: 16 bytes
 * @kind: "out", "batch", …
 * @callback: called when done
 * @user_data: for @callback
 *
 * Remembers a nonce that went out on a stick.
 */
void
bm_outbox_note_volume_async (BmOutbox *self,
                             GBytes *nonce,
                             const char *kind,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_return_if_fail (BM_IS_OUTBOX (self));
  g_return_if_fail (nonce != NULL);

  BM_OUTBOX_GET_IFACE (self)->note_volume_async (self, nonce, kind, callback, user_data);
}

/**
 * bm_outbox_note_volume_finish:
 * @self: an outbox
 * @result: the result
 * @error: return location for an error
 *
 * Returns: %TRUE once it is durable
 */
gboolean
bm_outbox_note_volume_finish (BmOutbox *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BM_IS_OUTBOX (self), FALSE);

  return BM_OUTBOX_GET_IFACE (self)->note_volume_finish (self, result, error);
}

/**
 * bm_outbox_has_volume_async:
 * @self: an outbox
 * @nonce: 16 bytes
 * @callback: called when done
 * @user_data: for @callback
 *
 * Asks whether @nonce is one that went out on a stick.
 */
void
bm_outbox_has_volume_async (BmOutbox *self,
                            GBytes *nonce,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_return_if_fail (BM_IS_OUTBOX (self));
  g_return_if_fail (nonce != NULL);

  BM_OUTBOX_GET_IFACE (self)->has_volume_async (self, nonce, callback, user_data);
}

/**
 * bm_outbox_has_volume_finish:
 * @self: an outbox
 * @result: the result
 * @error: return location for an error
 *
 * Returns: whether it is
 */
gboolean
bm_outbox_has_volume_finish (BmOutbox *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BM_IS_OUTBOX (self), FALSE);

  return BM_OUTBOX_GET_IFACE (self)->has_volume_finish (self, result, error);
}
