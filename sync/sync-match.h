/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ports/outbox.h"

G_BEGIN_DECLS

/**
 * BmSentBatch:
 *
 * What went out in one request, remembered so that an answer counts only for bytes that were sent.
 */
typedef struct _BmSentBatch BmSentBatch;

/* Runs first, then items [from, to) of @batch. */
BmSentBatch *bm_sent_batch_new (BmOutboxBatch *batch, guint from, guint to, guint64 epoch)
  G_GNUC_WARN_UNUSED_RESULT;
void bm_sent_batch_free (BmSentBatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmSentBatch, bm_sent_batch_free)

GPtrArray *bm_sent_batch_get_records (BmSentBatch *self); /* of GBytes, borrowed */

/* The answers that name something sent, by hash and by position, one each, with the position filled in.
 * @ret_items: how many of them are about items (not runs). */
GPtrArray *bm_sent_batch_match (BmSentBatch *self, GPtrArray *answers, guint *ret_items)
  G_GNUC_WARN_UNUSED_RESULT;
guint bm_sent_batch_get_n_items (BmSentBatch *self);

G_END_DECLS
