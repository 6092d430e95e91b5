/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/store/store.h"

G_BEGIN_DECLS

/*
 * What goes onto a stick: everything that is not settled, read without claiming it. Nothing here changes
 * the ledger, so an export that ends anywhere leaves every entry where it was.
 */

/* How much there is, at one moment. */
typedef struct
{
  gint64 top; /* rows after it are not of this export */
  guint64 entries;
  guint64 entry_bytes;
  guint64 blobs;
  guint64 blob_bytes;
} BmUnsettled;

/* Where reading goes on. */
typedef struct
{
  guint pass;
  gint64 priority;
  gint64 due_day;
  gint64 id;
} BmUnsettledPlace;

#define BM_UNSETTLED_START ((BmUnsettledPlace){ .priority = -1 })

typedef struct
{
  BmOutboxBatch *batch; /* no items: that was all */
  BmUnsettledPlace next;
} BmUnsettledBatch;

void bm_unsettled_batch_free (BmUnsettledBatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmUnsettledBatch, bm_unsettled_batch_free)

/* @due_day: only what is due by then; BM_NO_DUE_DAY for all. */
void bm_store_count_unsettled_async (BmStore *self,
                                     gint32 due_day,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
BmUnsettled *bm_store_count_unsettled_finish (BmStore *self, GAsyncResult *result, GError **error);

/* The next entries in the order of sending, held ones last, and the run rows that they name; all of one
 * epoch. */
void bm_store_next_unsettled_async (BmStore *self,
                                    const BmUnsettledPlace *place,
                                    gint64 top,
                                    gint32 due_day,
                                    gsize max_bytes,
                                    guint max_items,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
BmUnsettledBatch *
bm_store_next_unsettled_finish (BmStore *self, GAsyncResult *result, GError **error);

/* The first attachment after row @after that the platform has not complete, whatever became of its entry;
 * NULL without an error: none. */
void bm_store_next_open_blob_async (BmStore *self,
                                    gint64 after,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
/* The row of the attachment with that name, 0: none of ours. */
void bm_store_find_blob_async (BmStore *self,
                               const guint8 blob[BM_SM3_LEN],
                               GAsyncReadyCallback callback,
                               gpointer user_data);
BmOutboxBlob *bm_store_next_open_blob_finish (BmStore *self, GAsyncResult *result, GError **error);
gint64 bm_store_find_blob_finish (BmStore *self, GAsyncResult *result, GError **error);

G_END_DECLS
