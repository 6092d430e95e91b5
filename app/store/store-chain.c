/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-sql.h"

#include "core/calendar/day.h"
#include "core/error.h"

#include <string.h>

/*
 * Rows of the chain and its head.
 *
 *   head[seq] = SM3 (head[seq-1] | SM3 (record))        core/entry/entry.h
 *   place     = kiosk u32 | epoch u64 | seq u64 | head 32
 *   mac[seq]  = HMAC (chain key, "bianmin row"  | place)
 *   head_mac  = HMAC (chain key, "bianmin last" | place | counter u32)
 *   signed    = SM2  (platform,  "bianmin head" | place)
 *
 * Integers are big endian; the names have no terminator. The chain key lies outside the data
 * folder, so that who has the disk alone can recompute every hash but no MAC; who has both still
 * cannot make the platform's signature.
 *
 * Invariants:
 *  H1  A row, the head after it and its MAC are written in one transaction with the epoch's new
 *      head.
 *  H2  seq is contiguous from 1 inside an epoch; the first row of a run is its BM_ENTRY_RUN row,
 *      and the run is named by that row's seq.
 *  H3  The payload key of a row is used once; a transaction that fails skips an index and never
 *      reuses one. A run ends with the process or after BM_STORE_RUN_LENGTH entries.
 *  H4  A row about somebody anonymous, and a run that begins with it, carries the beginning of its
 *      local day and neither boot nor boot clock. Its place in the chain stays: a chain has an order.
 */

static void
put_u32 (GByteArray *bytes, guint32 value)
{
  guint32 big = GUINT32_TO_BE (value);

  g_byte_array_append (bytes, (const guint8 *) &big, sizeof big);
}

static void
put_u64 (GByteArray *bytes, guint64 value)
{
  guint64 big = GUINT64_TO_BE (value);

  g_byte_array_append (bytes, (const guint8 *) &big, sizeof big);
}

static GByteArray *
make_message (const char *name,
              guint32 kiosk,
              guint64 epoch,
              guint64 seq,
              const guint8 head[BM_SM3_LEN])
{
  GByteArray *bytes = g_byte_array_sized_new (80);

  g_byte_array_append (bytes, (const guint8 *) name, strlen (name));
  put_u32 (bytes, kiosk);
  put_u64 (bytes, epoch);
  put_u64 (bytes, seq);
  g_byte_array_append (bytes, head, BM_SM3_LEN);
  return bytes;
}

/* What a MAC of this chain begins with: @name and the place. */
GByteArray *
bm_store_chain_place (BmStore *self,
                      const char *name,
                      guint64 epoch,
                      guint64 seq,
                      const guint8 head[BM_SM3_LEN])
{
  return make_message (name, self->kiosk, epoch, seq, head);
}

/* What the platform signs (sync/PROTOCOL.md §3). */
GBytes *
bm_store_head_message (guint32 kiosk, guint64 epoch, guint64 seq, const guint8 head[BM_SM3_LEN])
{
  return g_byte_array_free_to_bytes (make_message ("bianmin head", kiosk, epoch, seq, head));
}

void
bm_store_chain_row_mac (BmStore *self,
                        guint64 epoch,
                        guint64 seq,
                        const guint8 head[BM_SM3_LEN],
                        guint8 ret_mac[BM_SM3_LEN])
{
  g_autoptr (GByteArray) bytes = make_message ("bianmin row", self->kiosk, epoch, seq, head);

  bm_hmac_sm3 (self->chain_key, bytes->data, bytes->len, ret_mac);
}

void
bm_store_chain_head_mac (BmStore *self, const BmStoreEpoch *epoch, guint8 ret_mac[BM_SM3_LEN])
{
  g_autoptr (GByteArray) bytes =
    make_message ("bianmin last", self->kiosk, epoch->epoch, epoch->next_seq - 1, epoch->head);

  put_u32 (bytes, epoch->next_counter);
  bm_hmac_sm3 (self->chain_key, bytes->data, bytes->len, ret_mac);
}

gboolean
bm_store_chain_save_head (BmStore *self, GError **error)
{
  g_autoptr (BmStatement) statement = bm_sql_borrow (self,
                                                     "UPDATE epoch SET next_seq = ?, "
                                                     "next_counter = ?, head = ?, head_mac = ? "
                                                     "WHERE id = ?",
                                                     error);
  guint8 mac[BM_SM3_LEN];

  if (statement == NULL)
    return FALSE;
  bm_store_chain_head_mac (self, &self->now, mac);
  bm_sql_bind_int (statement, 1, (gint64) self->now.next_seq);
  bm_sql_bind_int (statement, 2, self->now.next_counter);
  bm_sql_bind_blob (statement, 3, self->now.head, BM_SM3_LEN);
  bm_sql_bind_blob (statement, 4, mac, sizeof mac);
  bm_sql_bind_int (statement, 5, self->now.id);
  return bm_sql_step (self, statement, NULL, error);
}

/* @id 0: the newest epoch. BM_ERROR_NOT_FOUND when there is none. */
gboolean
bm_store_chain_load (BmStore *self, gint64 id, BmStoreEpoch *ret_epoch, GError **error)
{
  g_autoptr (BmStatement) statement =
    bm_sql_borrow (self,
                   "SELECT id, epoch, label, next_seq, next_counter, head, upto, signed_seq "
                   "FROM epoch WHERE id = ?1 OR ?1 = 0 ORDER BY id DESC LIMIT 1",
                   error);
  gboolean has_row;

  if (statement == NULL)
    return FALSE;
  bm_sql_bind_int (statement, 1, id);
  if (!bm_sql_step (self, statement, &has_row, error))
    return FALSE;
  if (!has_row)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_NOT_FOUND, "the ledger has no such epoch");
      return FALSE;
    }
  ret_epoch->id = bm_sql_get_int (statement, 0);
  ret_epoch->epoch = (guint64) bm_sql_get_int (statement, 1);
  ret_epoch->label = (guint) bm_sql_get_int (statement, 2);
  ret_epoch->next_seq = (guint64) bm_sql_get_int (statement, 3);
  ret_epoch->next_counter = (guint32) bm_sql_get_int (statement, 4);
  ret_epoch->upto = (guint64) bm_sql_get_int (statement, 6);
  ret_epoch->signed_seq = (guint64) bm_sql_get_int (statement, 7);
  if (bm_sql_copy_blob (statement, 5, ret_epoch->head, BM_SM3_LEN))
    return TRUE;
  g_set_error (error, BM_ERROR, BM_ERROR_CORRUPT, "the chain head has a wrong length");
  return FALSE;
}

/* A new incarnation of the ledger: a random name, which no restored or cloned disk can share. */
gboolean
bm_store_chain_open_epoch (BmStore *self, guint label, guint32 counter, GError **error)
{
  g_autoptr (BmStatement) statement =
    bm_sql_borrow (self,
                   "INSERT INTO epoch (epoch, label, next_seq, next_counter, head, head_mac) "
                   "VALUES (?, ?, 1, ?, ?, ?)",
                   error);
  BmStoreEpoch fresh = { .label = label, .next_seq = 1, .next_counter = counter };
  guint8 mac[BM_SM3_LEN];

  if (statement == NULL)
    return FALSE;
  bm_random_bytes (&fresh.epoch, sizeof fresh.epoch);
  fresh.epoch = (fresh.epoch & G_MAXINT64) | 1; /* fits SQLite's integers; never 0 */
  bm_chain_start (self->kiosk, fresh.epoch, fresh.head);
  bm_store_chain_head_mac (self, &fresh, mac);
  bm_sql_bind_int (statement, 1, (gint64) fresh.epoch);
  bm_sql_bind_int (statement, 2, label);
  bm_sql_bind_int (statement, 3, counter);
  bm_sql_bind_blob (statement, 4, fresh.head, BM_SM3_LEN);
  bm_sql_bind_blob (statement, 5, mac, sizeof mac);
  if (!bm_sql_step (self, statement, NULL, error))
    return FALSE;
  fresh.id = sqlite3_last_insert_rowid (self->db);
  self->now = fresh;
  g_clear_pointer (&self->ratchet, bm_ratchet_free);
  return TRUE;
}

gint32
bm_store_get_day_of (gint64 wall_ms)
{
  return bm_day_from_wall_ms (wall_ms);
}

gint32
bm_store_get_today (BmStore *self)
{
  return bm_day_from_wall_ms (bm_clock_get_wall_ms (self->clock));
}

/* The beginning of the local day: all that is stored of when somebody anonymous was here. */
gint64
bm_store_get_day_start_ms (BmStore *self)
{
  return bm_day_to_wall_ms (bm_store_get_today (self));
}

/* Neither the boot clock's reading nor which boot it was: both would join with other rows' times. */
gboolean
bm_store_header_is_coarse (const BmEntryHeader *header)
{
  static const guint8 zeros[BM_BOOT_ID_LEN];

  return memcmp (header->boot_id, zeros, sizeof zeros) == 0;
}

static void
fill_times (BmStore *self, const BmStoreFacts *facts, BmEntryHeader *header)
{
  if (facts->is_coarse)
    {
      header->wall_ms = bm_store_get_day_start_ms (self);
      return;
    }
  bm_clock_get_boot_id (self->clock, header->boot_id);
  header->boot_ms = bm_clock_get_boot_ms (self->clock);
  header->wall_ms = bm_clock_get_wall_ms (self->clock);
}

static void
fill_header (BmStore *self, const BmStoreFacts *facts, BmEntryHeader *header)
{
  memset (header, 0, sizeof *header);
  header->type = facts->type;
  header->suite = facts->type == BM_ENTRY_RUN ? BM_SUITE_SM : BM_SUITE_SM_ONCE;
  header->kiosk = self->kiosk;
  header->epoch = self->now.epoch;
  header->seq = self->now.next_seq;
  fill_times (self, facts, header);
  header->clock_state = self->is_clock_verified ? BM_CLOCK_VERIFIED : BM_CLOCK_UNVERIFIED;
  header->priority = facts->priority;
  header->due_day = facts->due_day;
  g_strlcpy (header->number, facts->number != NULL ? facts->number : "", sizeof header->number);
  g_strlcpy (header->service, facts->service != NULL ? facts->service : "", sizeof header->service);
  g_strlcpy (header->rule, facts->rule != NULL ? facts->rule : "", sizeof header->rule);
  if (facts->subject_tag != NULL)
    memcpy (header->subject_tag, facts->subject_tag, BM_TAG_LEN);
}

static gboolean
insert_row (BmStore *self,
            const BmEntryHeader *header,
            GBytes *record,
            const guint8 hash[BM_SM3_LEN],
            GError **error)
{
  g_autoptr (BmStatement) statement =
    bm_sql_borrow (self,
                   "INSERT INTO entry (epoch, seq, type, run, priority, due_day, wall_ms, hash, "
                   "head, mac, record) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                   error);
  guint8 mac[BM_SM3_LEN];

  if (statement == NULL)
    return FALSE;
  bm_store_chain_row_mac (self, header->epoch, header->seq, self->now.head, mac);
  bm_sql_bind_int (statement, 1, (gint64) header->epoch);
  bm_sql_bind_int (statement, 2, (gint64) header->seq);
  bm_sql_bind_int (statement, 3, header->type);
  bm_sql_bind_int (statement, 4, header->run);
  bm_sql_bind_int (statement, 5, header->priority);
  bm_sql_bind_int (statement, 6, header->due_day);
  bm_sql_bind_int (statement, 7, header->wall_ms);
  bm_sql_bind_blob (statement, 8, hash, BM_SM3_LEN);
  bm_sql_bind_blob (statement, 9, self->now.head, BM_SM3_LEN);
  bm_sql_bind_blob (statement, 10, mac, sizeof mac);
  bm_sql_bind_bytes (statement, 11, record);
  return bm_sql_step (self, statement, NULL, error);
}

static gboolean
append_record (BmStore *self,
               const BmEntryHeader *header,
               GBytes *header_bytes,
               GBytes *sealed,
               guint8 ret_hash[BM_SM3_LEN],
               GError **error)
{
  g_autoptr (GBytes) record = bm_record_new (header_bytes, sealed);
  guint8 next[BM_SM3_LEN];

  if (g_bytes_get_size (record) > BM_ENTRY_MAX_RECORD)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_LIMIT, "an entry is larger than %d bytes",
                   BM_ENTRY_MAX_RECORD);
      return FALSE;
    }
  bm_sm3 (g_bytes_get_data (record, NULL), g_bytes_get_size (record), ret_hash);
  bm_chain_next (self->now.head, record, next);
  memcpy (self->now.head, next, BM_SM3_LEN);
  if (!insert_row (self, header, record, ret_hash, error))
    return FALSE;
  self->now.next_seq++;
  return TRUE;
}

/* The first row of a run: its start key, which only the platform can open (design §4). */
static gboolean
ensure_run (BmStore *self, gboolean is_coarse, GError **error)
{
  const BmStoreFacts facts = {
    .type = BM_ENTRY_RUN,
    .priority = 1,
    .due_day = BM_NO_DUE_DAY,
    .is_coarse = is_coarse,
  };
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (GBytes) header_bytes = NULL;
  BmEntryHeader header;
  guint8 hash[BM_SM3_LEN];

  if (self->ratchet != NULL && bm_ratchet_get_next_index (self->ratchet) <= self->run_length)
    return TRUE;
  g_clear_pointer (&self->ratchet, bm_ratchet_free);
  if (self->now.next_seq > G_MAXUINT32)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_LIMIT, "this epoch has no number left for a run");
      return FALSE;
    }
  self->ratchet = bm_ratchet_new ((guint32) self->now.next_seq);
  if (!bm_store_take_dictionary (self, error))
    return FALSE;
  sealed = bm_ratchet_seal_start (self->ratchet, self->platform_seal_key, error);
  if (sealed == NULL)
    return FALSE;
  fill_header (self, &facts, &header);
  header_bytes = bm_entry_header_encode (&header);
  return append_record (self, &header, header_bytes, sealed, hash, error);
}

/* The payload's one form; with attachments it names them. */
static GBytes *
encode_payload (json_t *payload, GPtrArray *attachments, GError **error)
{
  json_t *named;
  GBytes *plain;

  if (attachments->len == 0)
    return bm_canonical_json (payload, error);
  named = bm_store_name_attachments (payload, attachments);
  plain = bm_canonical_json (named, error);
  json_decref (named);
  return plain;
}

/**
 * bm_store_chain_append:
 * @self: the store, inside a transaction
 * @facts: the public facts
 * @payload: what is sealed to the platform
 * @ret_seq: (out): the row's seq
 * @ret_hash: (out): SM3 of the record
 * @error: return location for an error
 *
 * Seals @payload with the run's next key and appends the row. The caller saves the head before
 * COMMIT.
 *
 * Returns: whether it was appended
 */
gboolean
bm_store_chain_append (BmStore *self,
                       const BmStoreFacts *facts,
                       json_t *payload,
                       guint64 *ret_seq,
                       guint8 ret_hash[BM_SM3_LEN],
                       GError **error)
{
  g_autoptr (GPtrArray) attachments = NULL;
  g_autoptr (GBytes) plain = NULL;
  g_autoptr (GBytes) header_bytes = NULL;
  g_autoptr (GBytes) sealed = NULL;
  BmEntryHeader header;

  if (self->stop != NULL)
    {
      g_propagate_error (error, g_error_copy (self->stop));
      return FALSE;
    }
  if (!ensure_run (self, facts->is_coarse, error))
    return FALSE;
  fill_header (self, facts, &header);
  header.run = bm_ratchet_get_run (self->ratchet);
  header.key_index = bm_ratchet_get_next_index (self->ratchet);
  attachments = bm_store_seal_attachments (self, &header, facts->attachments, error);
  plain = attachments != NULL ? encode_payload (payload, attachments, error) : NULL;
  if (plain == NULL)
    return FALSE;
  header_bytes = bm_entry_header_encode (&header);
  sealed = bm_ratchet_seal (self->ratchet, header_bytes, plain, error);
  if (sealed == NULL)
    return FALSE;
  *ret_seq = header.seq;
  return append_record (self, &header, header_bytes, sealed, ret_hash, error) &&
         bm_store_insert_attachments (self, &header, attachments, error);
}

/* Who did, saw, printed what, in the same chain and under the same seal. @is_coarse: about somebody
 * anonymous. */
gboolean
bm_store_chain_audit (BmStore *self, json_t *event, gboolean is_coarse, GError **error)
{
  const BmStoreFacts facts = {
    .type = BM_ENTRY_AUDIT,
    .priority = 9,
    .due_day = BM_NO_DUE_DAY,
    .is_coarse = is_coarse,
  };
  guint8 hash[BM_SM3_LEN];
  guint64 seq;

  return bm_store_chain_append (self, &facts, event, &seq, hash, error);
}
