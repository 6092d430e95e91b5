/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-batch.h"

/*
 * Rows on their way out, read in one way for the line and for a stick: a batch is a batch.
 *
 * Invariants:
 *  G1  A batch is of one epoch, and names each run row that its entries need, once.
 *  G2  The first row always has room, however large it is.
 */

#define RUN_SQL "SELECT " BM_STORE_ITEM_COLUMNS " FROM entry WHERE epoch = ? AND seq = ?"

/* In the order of BM_STORE_ITEM_COLUMNS. */
enum
{
  COLUMN_ID,
  COLUMN_SEQ,
  COLUMN_TYPE,
  COLUMN_PRIORITY,
  COLUMN_DUE_DAY,
  COLUMN_TRIES,
  COLUMN_RECORD,
  COLUMN_RUN,
  COLUMN_EPOCH,
  COLUMN_STATE,
};

void
bm_store_gathering_init (BmStoreGathering *self, gsize max_bytes)
{
  g_return_if_fail (self != NULL);

  *self = (BmStoreGathering){ .max_bytes = max_bytes };
  self->runs = g_hash_table_new (NULL, NULL);
  self->batch = g_new0 (BmOutboxBatch, 1);
  self->batch->items = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_outbox_item_free);
  self->batch->runs = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_outbox_item_free);
}

void
bm_store_gathering_clear (BmStoreGathering *self)
{
  g_return_if_fail (self != NULL);

  g_clear_pointer (&self->batch, bm_outbox_batch_free);
  g_clear_pointer (&self->runs, g_hash_table_unref);
}

static gsize
get_size (BmStatement *row)
{
  return (gsize) sqlite3_column_bytes (row, COLUMN_RECORD);
}

gboolean
bm_store_gathering_has_room (const BmStoreGathering *self, BmStatement *row)
{
  g_return_val_if_fail (self != NULL && row != NULL, FALSE);

  return self->batch->items->len == 0 || self->used_bytes + get_size (row) <= self->max_bytes;
}

gboolean
bm_store_gathering_is_alike (const BmStoreGathering *self, BmStatement *row)
{
  g_return_val_if_fail (self != NULL && row != NULL, FALSE);

  return self->batch->items->len == 0 ||
         (guint64) bm_sql_get_int (row, COLUMN_EPOCH) == self->epoch;
}

static BmOutboxItem *
read_item (BmStatement *row)
{
  BmOutboxItem *item = g_new0 (BmOutboxItem, 1);

  item->id = bm_sql_get_int (row, COLUMN_ID);
  item->epoch = (guint64) bm_sql_get_int (row, COLUMN_EPOCH);
  item->seq = (guint64) bm_sql_get_int (row, COLUMN_SEQ);
  item->type = (BmEntryType) bm_sql_get_int (row, COLUMN_TYPE);
  item->state = (BmEntryState) bm_sql_get_int (row, COLUMN_STATE);
  item->priority = (guint8) bm_sql_get_int (row, COLUMN_PRIORITY);
  item->due_day = (gint32) bm_sql_get_int (row, COLUMN_DUE_DAY);
  item->tries = (guint32) bm_sql_get_int (row, COLUMN_TRIES);
  item->record = bm_sql_dup_bytes (row, COLUMN_RECORD);
  if (item->record == NULL) /* damage; the centre quarantines what it cannot parse */
    item->record = g_bytes_new (NULL, 0);
  return item;
}

static void
take (BmStoreGathering *self, GPtrArray *list, BmStatement *row)
{
  self->used_bytes += get_size (row);
  g_ptr_array_add (list, read_item (row));
}

/* A removed run is the chain walk's to report; the platform quarantines its entries. */
static gboolean
add_run (BmStore *self, BmStoreGathering *gathering, gint64 run, GError **error)
{
  g_autoptr (BmStatement) row = NULL;
  gboolean has_row;

  if (run == 0 || g_hash_table_contains (gathering->runs, GSIZE_TO_POINTER ((gsize) run)))
    return TRUE;
  row = bm_sql_borrow (self, RUN_SQL, error);
  if (row == NULL)
    return FALSE;
  bm_sql_bind_int (row, 1, (gint64) gathering->epoch);
  bm_sql_bind_int (row, 2, run);
  if (!bm_sql_step (self, row, &has_row, error))
    return FALSE;
  if (has_row)
    take (gathering, gathering->batch->runs, row);
  g_hash_table_add (gathering->runs, GSIZE_TO_POINTER ((gsize) run));
  return TRUE;
}

const BmOutboxItem *
bm_store_gathering_add (BmStore *self,
                        BmStoreGathering *gathering,
                        BmStatement *row,
                        GError **error)
{
  GPtrArray *items;

  g_return_val_if_fail (gathering != NULL && row != NULL, NULL);
  g_return_val_if_fail (bm_store_gathering_is_alike (gathering, row), NULL);

  items = gathering->batch->items;
  gathering->epoch = (guint64) bm_sql_get_int (row, COLUMN_EPOCH);
  if (!add_run (self, gathering, bm_sql_get_int (row, COLUMN_RUN), error))
    return NULL;
  take (gathering, items, row);
  return g_ptr_array_index (items, items->len - 1);
}

/**
 * bm_store_dup_blob:
 * @row: of BM_STORE_BLOB_COLUMNS
 *
 * Reads an attachment. What the centre has of it is a saving only: without that, all of it goes.
 *
 * Returns: (transfer full): the attachment, or %NULL for a damaged row, which stops no other
 */
BmOutboxBlob *
bm_store_dup_blob (BmStatement *row)
{
  BmOutboxBlob *blob = g_new0 (BmOutboxBlob, 1);

  blob->id = bm_sql_get_int (row, 0);
  blob->epoch = (guint64) bm_sql_get_int (row, 1);
  blob->seq = (guint64) bm_sql_get_int (row, 2);
  blob->ordinal = (guint) bm_sql_get_int (row, 3);
  blob->bytes = (guint64) bm_sql_get_int (row, 5);
  blob->n_chunks = (guint) bm_sql_get_int (row, 6);
  blob->hashes = bm_sql_dup_bytes (row, 7);
  blob->have = bm_sql_dup_bytes (row, 8);
  if (blob->have == NULL)
    blob->have = g_bytes_new (NULL, 0);
  if (bm_sql_copy_blob (row, 4, blob->blob, BM_SM3_LEN) && blob->hashes != NULL &&
      blob->n_chunks > 0 && g_bytes_get_size (blob->hashes) == (gsize) blob->n_chunks * BM_SM3_LEN)
    return blob;
  bm_outbox_blob_free (blob);
  return NULL;
}
