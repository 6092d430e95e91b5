/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/store/store-sql.h"

G_BEGIN_DECLS

/* Shared by store-lanes.c, store-attachments.c and store-volumes.c: what leaves, by the line or by a stick. */

#define BM_STORE_ITEM_COLUMNS \
  "id, seq, type, priority, due_day, tries, record, run, epoch, state" /* of entry */
#define BM_STORE_BLOB_COLUMNS                                                               \
  "attachment.id, attachment.epoch, attachment.seq, ordinal, blob, bytes, chunks, hashes, " \
  "have" /* of attachment */

/* A batch that is being put together. */
typedef struct
{
  BmOutboxBatch *batch;
  gsize max_bytes;
  gsize used_bytes; /* run rows included */
  guint64 epoch;    /* of the batch, once it has an item */
  GHashTable *runs; /* seqs already in batch->runs */
} BmStoreGathering;

void bm_store_gathering_init (BmStoreGathering *self, gsize max_bytes);
void bm_store_gathering_clear (BmStoreGathering *self);
gboolean bm_store_gathering_has_room (const BmStoreGathering *self, BmStatement *row);
/* Whether @row is of the epoch that the batch is of already. */
gboolean bm_store_gathering_is_alike (const BmStoreGathering *self, BmStatement *row);
/* Adds @row and the run row it needs; NULL when the ledger cannot be read. The item is borrowed. */
const BmOutboxItem *bm_store_gathering_add (BmStore *self,
                                            BmStoreGathering *gathering,
                                            BmStatement *row,
                                            GError **error);

BmOutboxBlob *bm_store_dup_blob (BmStatement *row) G_GNUC_WARN_UNUSED_RESULT; /* NULL: damaged */

G_END_DECLS
