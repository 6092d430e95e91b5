/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/sync-match.h"

#include <string.h>

/*
 * Invariant M1: an answer that does not name the hash of bytes we sent in this very request changes
 * nothing, and the second answer about the same record neither.
 */

typedef struct
{
  guint64 epoch;
  guint64 seq;
  guint8 hash[BM_SM3_LEN];
  gboolean is_item;
  gboolean is_answered;
} Sent;

struct _BmSentBatch
{
  GPtrArray *records;
  GArray *sent; /* of Sent, beside records */
  guint n_items;
};

static void
add (BmSentBatch *self, BmOutboxItem *item, guint64 epoch, gboolean is_item)
{
  BmEntryHeader header;
  Sent sent = { .epoch = epoch, .seq = item->seq, .is_item = is_item };

  /* A record that we ourselves cannot read still goes up: the platform quarantines it. */
  if (bm_record_parse (item->record, &header, NULL, NULL, NULL))
    sent.epoch = header.epoch;
  bm_sm3 (g_bytes_get_data (item->record, NULL), g_bytes_get_size (item->record), sent.hash);
  g_ptr_array_add (self->records, g_bytes_ref (item->record));
  g_array_append_val (self->sent, sent);
}

BmSentBatch *
bm_sent_batch_new (BmOutboxBatch *batch, guint from, guint to, guint64 epoch)
{
  BmSentBatch *self;

  g_return_val_if_fail (batch != NULL && from <= to && to <= batch->items->len, NULL);

  self = g_new0 (BmSentBatch, 1);
  self->records = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self->sent = g_array_new (FALSE, FALSE, sizeof (Sent));
  self->n_items = to - from;
  for (guint i = 0; i < batch->runs->len; i++)
    add (self, g_ptr_array_index (batch->runs, i), epoch, FALSE);
  for (guint i = from; i < to; i++)
    add (self, g_ptr_array_index (batch->items, i), epoch, TRUE);
  return self;
}

void
bm_sent_batch_free (BmSentBatch *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->records);
  g_array_unref (self->sent);
  g_free (self);
}

GPtrArray *
bm_sent_batch_get_records (BmSentBatch *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->records;
}

guint
bm_sent_batch_get_n_items (BmSentBatch *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_items;
}

static gboolean
is_about (const BmAnswer *answer, const Sent *sent)
{
  gboolean is_unplaced =
    answer->status == BM_ANSWER_QUARANTINED && answer->epoch == 0 && answer->seq == 0;

  return memcmp (answer->hash, sent->hash, BM_SM3_LEN) == 0 &&
         (is_unplaced || (answer->epoch == sent->epoch && answer->seq == sent->seq));
}

static Sent *
find (BmSentBatch *self, const BmAnswer *answer)
{
  for (guint i = 0; i < self->sent->len; i++)
    {
      Sent *sent = &g_array_index (self->sent, Sent, i);

      if (!sent->is_answered && is_about (answer, sent))
        return sent;
    }
  return NULL;
}

static BmAnswer *
copy_answer (const BmAnswer *answer, const Sent *sent)
{
  BmAnswer *copy = g_new0 (BmAnswer, 1);

  *copy = *answer;
  copy->epoch = sent->epoch;
  copy->seq = sent->seq;
  copy->code = g_strdup (answer->code);
  copy->reason = g_strdup (answer->reason);
  return copy;
}

/**
 * bm_sent_batch_match:
 * @self: what was sent
 * @answers: (element-type BmAnswer): what a proven reply says
 * @ret_items: (out): how many items were answered
 *
 * Returns: (transfer full) (element-type BmAnswer): the answers that count (M1)
 */
GPtrArray *
bm_sent_batch_match (BmSentBatch *self, GPtrArray *answers, guint *ret_items)
{
  GPtrArray *matched = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_answer_free);

  g_return_val_if_fail (self != NULL && answers != NULL && ret_items != NULL, matched);

  *ret_items = 0;
  for (guint i = 0; i < answers->len; i++)
    {
      const BmAnswer *answer = g_ptr_array_index (answers, i);
      Sent *sent = find (self, answer);

      if (sent == NULL)
        continue;
      sent->is_answered = TRUE;
      *ret_items += sent->is_item ? 1 : 0;
      g_ptr_array_add (matched, copy_answer (answer, sent));
    }
  return matched;
}
