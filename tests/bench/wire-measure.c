/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/bench-wire.h"

#include "sync/protocol.h"
#include "tests/bench/wire-corpus.h"

#include <string.h>

/*
 * A station seals the corpus, sends it in batches, and opens the answers; every record and every result is
 * compared with what was put in.
 */

#define EPOCH 0x1f83d9abfb41bd6b
#define KIOSK 4711

/* What transport-curl sends and the reference platform answers around a body, byte for byte but for the digits
 * of lengths and dates, which are as long as these. */
static const char request_head[] = "POST /v1/batch HTTP/1.1\r\nHost: platform.example.org:8443\r\n"
                                   "Accept: */*\r\nContent-Type: application/vnd.bianmin.batch\r\n"
                                   "Content-Length: 20000\r\n\r\n";
static const char reply_head[] = "HTTP/1.1 200 OK\r\nDate: Mon, 23 Nov 2026 02:05:00 GMT\r\n"
                                 "Content-Type: application/vnd.bianmin.answer\r\n"
                                 "Content-Length: 4000\r\n\r\n";

typedef struct
{
  BmWireFigures *figures;
  BmKey *station_key;
  BmKey *platform_key;
  BmKey *platform_public;
  BmRatchet *ratchet;
  GBytes *run;
  GPtrArray *records; /* of the batch that is being filled; its run row first */
  GPtrArray *results; /* of BmMessage, for the entries in it */
  guint64 seq;
  gint64 message;
  GByteArray *facts; /* SM3 of each row's facts */
} Wire;

static BmEntryHeader
place (Wire *self, const BmEntryHeader *facts, guint8 suite)
{
  BmEntryHeader header = *facts;

  header.suite = suite;
  header.kiosk = KIOSK;
  header.epoch = EPOCH;
  header.seq = self->seq++;
  return header;
}

static void
begin_run (Wire *self, const BmEntryHeader *first)
{
  BmEntryHeader header = { .type = BM_ENTRY_RUN,
                           .boot_ms = first->boot_ms - 900,
                           .wall_ms = first->wall_ms - 900,
                           .priority = 1,
                           .due_day = BM_NO_DUE_DAY };
  g_autoptr (GBytes) bytes = NULL, sealed = NULL;

  memcpy (header.boot_id, first->boot_id, BM_BOOT_ID_LEN);
  header = place (self, &header, BM_SUITE_SM);
  self->ratchet = bm_ratchet_new ((guint32) header.seq);
  bm_ratchet_set_dictionary (self->ratchet, bm_dictionary_get_builtin (BM_DICTIONARY_ENTRY));
  sealed = bm_ratchet_seal_start (self->ratchet, self->platform_public, NULL);
  bytes = bm_entry_header_encode (&header);
  self->run = bm_record_new (bytes, sealed);
}

static void
add_record (Wire *self, const BmCorpusRow *row)
{
  BmEntryHeader header;
  g_autoptr (GBytes) payload = bm_canonical_json (row->payload, NULL);
  g_autoptr (GBytes) facts = bm_corpus_dup_facts (row);
  g_autoptr (GBytes) bytes = NULL, sealed = NULL;
  guint8 hash[BM_SM3_LEN];
  GBytes *record;

  if (self->run == NULL)
    begin_run (self, &row->header);
  header = place (self, &row->header, BM_SUITE_SM_ONCE);
  header.run = bm_ratchet_get_run (self->ratchet);
  header.key_index = bm_ratchet_get_next_index (self->ratchet);
  bytes = bm_entry_header_encode (&header);
  sealed = bm_ratchet_seal (self->ratchet, bytes, payload, NULL);
  record = bm_record_new (bytes, sealed);
  if (self->records->len == 0)
    g_ptr_array_add (self->records, g_bytes_ref (self->run));
  g_ptr_array_add (self->records, record);
  self->figures->records += g_bytes_get_size (record);
  self->figures->json += g_bytes_get_size (facts);
  bm_sm3 (g_bytes_get_data (facts, NULL), g_bytes_get_size (facts), hash);
  g_byte_array_append (self->facts, hash, sizeof hash);
}

static void
add_result (Wire *self, const BmCorpusRow *row)
{
  BmMessage *message = g_new0 (BmMessage, 1);

  message->id = self->message += 1;
  message->kind = g_strdup ("result");
  message->name = g_strdup (row->header.number);
  message->version = 1;
  message->body = bm_canonical_json (row->result, NULL);
  g_ptr_array_add (self->results, message);
}

static void
fill_reply (Wire *self, BmReply *reply, const BmBatchHeader *header)
{
  for (guint i = 0; i < self->records->len; i++)
    {
      BmAnswer *answer = g_new0 (BmAnswer, 1);

      answer->status = BM_ANSWER_ACCEPTED;
      answer->code = g_strdup ("");
      answer->reason = g_strdup ("");
      g_ptr_array_add (reply->answers, answer);
    }
  reply->accept = header->accept;
  reply->cursor = self->message;
  reply->has_head = TRUE;
  reply->head_epoch = EPOCH;
  reply->head_seq = self->seq - 1;
  memcpy (reply->head, header->head, BM_SM3_LEN);
  reply->head_signature =
    bm_head_sign (self->platform_key, KIOSK, EPOCH, reply->head_seq, reply->head, NULL);
  for (guint i = 0; i < self->results->len; i++)
    {
      const BmMessage *from = g_ptr_array_index (self->results, i);
      BmMessage *message = g_new0 (BmMessage, 1);

      *message = *from;
      message->kind = g_strdup (from->kind);
      message->name = g_strdup (from->name);
      message->body = g_bytes_ref (from->body);
      g_ptr_array_add (reply->messages, message);
    }
}

static gboolean
is_same (GPtrArray *back, GPtrArray *records)
{
  if (back == NULL || back->len != records->len)
    return FALSE;
  for (guint i = 0; i < records->len; i++)
    if (!g_bytes_equal (g_ptr_array_index (back, i), g_ptr_array_index (records, i)))
      return FALSE;
  return TRUE;
}

static gboolean
is_answered (Wire *self, GBytes *bytes, const guint8 nonce[BM_NONCE_LEN])
{
  g_autoptr (BmReply) reply =
    bm_reply_open (bytes, nonce, BM_CALL_BATCH, KIOSK, self->platform_public, NULL);

  if (reply == NULL || reply->messages->len != self->results->len ||
      reply->answers->len != self->records->len)
    return FALSE;
  for (guint i = 0; i < reply->messages->len; i++)
    {
      const BmMessage *a = g_ptr_array_index (reply->messages, i);
      const BmMessage *b = g_ptr_array_index (self->results, i);

      if (a->id != b->id || strcmp (a->name, b->name) != 0 || !g_bytes_equal (a->body, b->body))
        return FALSE;
    }
  return TRUE;
}

static gboolean
exchange (Wire *self)
{
  BmBatchHeader header = { .kiosk = KIOSK,
                           .epoch = EPOCH,
                           .cursor = self->message - (gint64) self->results->len,
                           .head_seq = self->seq + 2000, /* the ledger is longer than the batch */
                           .accept = BM_PROTOCOL_ACCEPT },
                got;
  g_autoptr (BmReply) reply = bm_reply_new (BM_CALL_BATCH, KIOSK, 1795223400000);
  g_autoptr (GBytes) batch = NULL, answer = NULL;
  g_autoptr (GPtrArray) back = NULL;

  bm_random_bytes (header.nonce, BM_NONCE_LEN);
  bm_random_bytes (header.head, BM_SM3_LEN);
  batch = bm_batch_encode (&header, self->records, self->station_key, NULL);
  back = bm_batch_decode (batch, &got, NULL);
  fill_reply (self, reply, &got);
  answer = bm_reply_seal (reply, header.nonce, self->platform_key, NULL);
  if (!is_same (back, self->records) || !is_answered (self, answer, header.nonce))
    return FALSE;
  self->figures->n_batches++;
  self->figures->n_rows += self->records->len;
  self->figures->headers += sizeof request_head - 1 + sizeof reply_head - 1;
  self->figures->up += g_bytes_get_size (batch) + sizeof request_head - 1;
  self->figures->down += g_bytes_get_size (answer) + sizeof reply_head - 1;
  g_ptr_array_set_size (self->records, 0);
  g_ptr_array_set_size (self->results, 0);
  return TRUE;
}

static void
finish (Wire *self)
{
  guint8 digest[BM_SM3_LEN];
  g_autofree char *hex = NULL;

  bm_sm3 (self->facts->data, self->facts->len, digest);
  hex = bm_hex_encode (digest, sizeof digest);
  g_strlcpy (self->figures->digest, hex, sizeof self->figures->digest);
  g_byte_array_unref (self->facts);
  g_ptr_array_unref (self->records);
  g_ptr_array_unref (self->results);
  g_clear_pointer (&self->run, g_bytes_unref);
  g_clear_pointer (&self->ratchet, bm_ratchet_free);
  bm_key_unref (self->station_key);
  bm_key_unref (self->platform_key);
  bm_key_unref (self->platform_public);
}

gboolean
bm_wire_measure (guint n_entries, gboolean has_audit, guint per_batch, BmWireFigures *ret_figures)
{
  g_autoptr (GPtrArray) rows =
    bm_corpus_new (BM_CORPUS_SEED, n_entries, has_audit ? BM_CORPUS_WITH_AUDIT : 0);
  Wire self = { .figures = ret_figures, .seq = 1, .message = 9000 };
  gboolean is_good = TRUE;

  *ret_figures = (BmWireFigures){ .n_entries = n_entries };
  self.station_key = bm_key_generate (BM_KEY_SM2_PRIVATE, NULL);
  self.platform_key = bm_key_generate (BM_KEY_SM2_PRIVATE, NULL);
  self.platform_public = bm_key_dup_public (self.platform_key);
  self.records = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self.results = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_message_free);
  self.facts = g_byte_array_new ();
  for (guint i = 0; i < rows->len && is_good; i++)
    {
      const BmCorpusRow *row = g_ptr_array_index (rows, i);

      add_record (&self, row);
      if (row->result != NULL)
        add_result (&self, row);
      if (self.records->len >= per_batch || i + 1 == rows->len)
        is_good = exchange (&self);
    }
  finish (&self);
  return is_good;
}
