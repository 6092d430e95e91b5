/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-sealing.h"
#include "app/store/store-sql.h"

#include "core/error.h"

#include <string.h>

/*
 * What comes back from the centre for entries: answers, and the head it signed.
 *
 * Invariants:
 *  A1  An answer counts only for the row whose epoch, seq and hash it names; one that does not
 *      match is ignored and raises an alarm. An answer to bytes that the centre could not parse
 *      names epoch 0 and seq 0, and is matched by hash alone. A row that is settled stays as it is.
 *  A2  Every status but DEFERRED means that the centre holds the bytes: the case is 已送出 from then
 *      on.
 *  A3  A signed head is stored only if its signature verifies and it agrees with our own chain; if
 *      it does not agree, one of the two chains is a forgery, and no new entry is taken.
 */

/* Rows that have been answered for good are not looked at again by hash. */
#define FIND_SQL "SELECT epoch, seq, hash FROM entry WHERE epoch = ? AND seq = ?"
#define FIND_BY_HASH_SQL \
  "SELECT epoch, seq, hash FROM entry WHERE state <> 1 AND state IN (0, 2, 3) AND hash = ?"

static gboolean
read_match (BmStore *self,
            BmStatement *row,
            const BmAnswer *answer,
            BmAnswer *ret_match,
            GError **error)
{
  guint8 hash[BM_SM3_LEN];
  gboolean has_row;

  if (!bm_sql_step (self, row, &has_row, error))
    return FALSE;
  ret_match->epoch = 0;
  if (!has_row || !bm_sql_copy_blob (row, 2, hash, BM_SM3_LEN) ||
      memcmp (hash, answer->hash, BM_SM3_LEN) != 0)
    return TRUE;
  ret_match->epoch = (guint64) bm_sql_get_int (row, 0);
  ret_match->seq = (guint64) bm_sql_get_int (row, 1);
  return TRUE;
}

/* @ret_match: epoch 0 when no row of ours is meant. */
static gboolean
find_match (BmStore *self, const BmAnswer *answer, BmAnswer *ret_match, GError **error)
{
  const gboolean is_anonymous = answer->epoch == 0 && answer->seq == 0;
  g_autoptr (BmStatement) row =
    bm_sql_borrow (self, is_anonymous ? FIND_BY_HASH_SQL : FIND_SQL, error);

  if (row == NULL)
    return FALSE;
  if (is_anonymous)
    bm_sql_bind_blob (row, 1, answer->hash, BM_SM3_LEN);
  else
    {
      bm_sql_bind_int (row, 1, (gint64) (answer->epoch & G_MAXINT64));
      bm_sql_bind_int (row, 2, (gint64) (answer->seq & G_MAXINT64));
    }
  if (answer->epoch > G_MAXINT64 || answer->seq > G_MAXINT64)
    {
      ret_match->epoch = 0; /* beyond what any row of ours can be */
      return TRUE;
    }
  return read_match (self, row, answer, ret_match, error);
}

/* The reason may name a person, so it lies sealed; the code is one of a fixed list. */
gboolean
bm_store_set_attention (BmStore *self,
                        guint64 epoch,
                        guint64 seq,
                        BmEntryState state,
                        const char *code,
                        const char *reason,
                        GError **error)
{
  g_autofree char *name = g_strdup_printf ("%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT, epoch, seq);
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (BmStatement) statement = NULL;

  if (reason != NULL && *reason != '\0')
    {
      g_autoptr (GBytes) plain = g_bytes_new (reason, strlen (reason));

      sealed = bm_store_seal_bytes (self, "reason", name, plain, error);
      if (sealed == NULL)
        return FALSE;
    }
  statement = bm_sql_borrow (self,
                             "UPDATE entry SET state = ?1, code = ?2, reason = ?3, "
                             "tries = tries + 1, not_before_ms = 0, not_before_boot = NULL "
                             "WHERE epoch = ?4 AND seq = ?5 AND state <> 1",
                             error);
  if (statement == NULL)
    return FALSE;
  bm_sql_bind_int (statement, 1, state);
  bm_sql_bind_text (statement, 2, code);
  bm_sql_bind_bytes (statement, 3, sealed);
  bm_sql_bind_int (statement, 4, (gint64) epoch);
  bm_sql_bind_int (statement, 5, (gint64) seq);
  if (!bm_sql_step (self, statement, NULL, error))
    return FALSE;
  if (sqlite3_changes (self->db) == 1)
    return TRUE;
  g_set_error (error, BM_ERROR, BM_ERROR_NOT_FOUND, "no entry %s waits", name);
  return FALSE;
}

static gboolean
set_acked (BmStore *self, const BmAnswer *match, const char *code, GError **error)
{
  g_autoptr (BmStatement) statement = bm_sql_borrow (self,
                                                     "UPDATE entry SET state = 1, code = ?, "
                                                     "reason = NULL, tries = tries + 1, "
                                                     "not_before_ms = 0, not_before_boot = NULL "
                                                     "WHERE epoch = ? AND seq = ?",
                                                     error);

  if (statement == NULL)
    return FALSE;
  bm_sql_bind_text (statement, 1, code);
  bm_sql_bind_int (statement, 2, (gint64) match->epoch);
  bm_sql_bind_int (statement, 3, (gint64) match->seq);
  return bm_sql_step (self, statement, NULL, error);
}

static gboolean
set_deferred (BmStore *self, const BmAnswer *match, const BmAnswer *answer, GError **error)
{
  const gint64 delay = CLAMP (answer->after_ms, 0, BM_STORE_HOLD_MS);
  g_autoptr (BmStatement) statement = bm_sql_borrow (self,
                                                     "UPDATE entry SET state = 2, code = ?, "
                                                     "tries = tries + 1, not_before_ms = ?, "
                                                     "not_before_boot = ?, delay_ms = ? "
                                                     "WHERE epoch = ? AND seq = ?",
                                                     error);
  guint8 boot_id[BM_BOOT_ID_LEN];

  if (statement == NULL)
    return FALSE;
  bm_clock_get_boot_id (self->clock, boot_id);
  bm_sql_bind_text (statement, 1, answer->code);
  bm_sql_bind_int (statement, 2, bm_clock_get_boot_ms (self->clock) + delay);
  bm_sql_bind_blob (statement, 3, boot_id, sizeof boot_id);
  bm_sql_bind_int (statement, 4, delay);
  bm_sql_bind_int (statement, 5, (gint64) match->epoch);
  bm_sql_bind_int (statement, 6, (gint64) match->seq);
  return bm_sql_step (self, statement, NULL, error);
}

static gboolean
set_state (BmStore *self, const BmAnswer *match, const BmAnswer *answer, GError **error)
{
  switch (answer->status)
    {
    case BM_ANSWER_ACCEPTED:
    case BM_ANSWER_DUPLICATE:
      return set_acked (self, match, answer->code, error);
    case BM_ANSWER_NEED_BLOBS:
      return set_acked (self, match, "need-blobs", error);
    case BM_ANSWER_DEFERRED:
      return set_deferred (self, match, answer, error);
    case BM_ANSWER_REJECTED:
      return bm_store_set_attention (self, match->epoch, match->seq, BM_ENTRY_REJECTED,
                                     answer->code, answer->reason, error);
    case BM_ANSWER_QUARANTINED:
      return bm_store_set_attention (self, match->epoch, match->seq, BM_ENTRY_QUARANTINED,
                                     answer->code, answer->reason, error);
    case BM_ANSWER_CONFLICT:
      return bm_store_alarm (self, "conflict", "", error) &&
             bm_store_set_attention (self, match->epoch, match->seq, BM_ENTRY_QUARANTINED,
                                     "conflict", answer->reason, error);
    default:
      g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "an answer has status %d", answer->status);
      return FALSE;
    }
}

/* A row that was settled before: the same answer again changes nothing. */
static gboolean
is_settled (BmStore *self, const BmAnswer *match, gboolean *ret_settled, GError **error)
{
  g_autoptr (BmStatement) row =
    bm_sql_borrow (self, "SELECT state IN (1, 4, 5) FROM entry WHERE epoch = ? AND seq = ?", error);

  if (row == NULL)
    return FALSE;
  bm_sql_bind_int (row, 1, (gint64) match->epoch);
  bm_sql_bind_int (row, 2, (gint64) match->seq);
  if (!bm_sql_step (self, row, NULL, error))
    return FALSE;
  *ret_settled = bm_sql_get_int (row, 0) != 0;
  return TRUE;
}

/* Rows of @epoch that the platform has answered for; a hello compares them with what it holds. */
gboolean
bm_store_count_settled (BmStore *self, guint64 epoch, gint64 count, GError **error)
{
  g_autoptr (BmStatement) statement = NULL;

  if (count == 0)
    return TRUE;
  statement =
    bm_sql_borrow (self, "UPDATE epoch SET settled = max (settled + ?, 0) WHERE epoch = ?", error);
  if (statement == NULL)
    return FALSE;
  bm_sql_bind_int (statement, 1, count);
  bm_sql_bind_int (statement, 2, (gint64) epoch);
  return bm_sql_step (self, statement, NULL, error);
}

/*
 * From when on the retention counts: a local day, so that no row of somebody anonymous gets a finer
 * time. Bytes that the centre could not place are not among what it can say it
 * holds: they are neither counted nor ever purged.
 */
static gboolean
note_settled (BmStore *self, BmStoreApply *apply, const BmAnswer *match, GError **error)
{
  g_autoptr (BmStatement) statement =
    bm_sql_borrow (self, "UPDATE entry SET settled_day = ? WHERE epoch = ? AND seq = ?", error);

  if (statement == NULL)
    return FALSE;
  bm_sql_bind_int (statement, 1, MAX (bm_store_get_today (self), 1));
  bm_sql_bind_int (statement, 2, (gint64) match->epoch);
  bm_sql_bind_int (statement, 3, (gint64) match->seq);
  if (!bm_sql_step (self, statement, NULL, error))
    return FALSE;
  if (apply->n_settled > 0 && apply->settled_epoch != match->epoch)
    {
      if (!bm_store_count_settled (self, apply->settled_epoch, apply->n_settled, error))
        return FALSE;
      apply->n_settled = 0;
    }
  apply->settled_epoch = match->epoch;
  apply->n_settled++;
  return TRUE;
}

gboolean
bm_store_apply_answer (BmStore *self, BmStoreApply *apply, const BmAnswer *answer, GError **error)
{
  g_autofree char *number = NULL;
  BmStoreEvent event = { .what = bm_answer_status_to_string (answer->status),
                         .detail = answer->code };
  BmAnswer match = { 0 };
  gboolean was_settled;

  if (!find_match (self, answer, &match, error))
    return FALSE;
  if (match.epoch == 0)
    return bm_store_alarm (self, "answer-mismatch", bm_answer_status_to_string (answer->status),
                           error);
  if (!is_settled (self, &match, &was_settled, error))
    return FALSE;
  if (was_settled)
    return TRUE;
  event.epoch = match.epoch;
  event.seq = match.seq;
  if (answer->status != BM_ANSWER_DEFERRED && answer->seq != 0 &&
      !note_settled (self, apply, &match, error))
    return FALSE;
  if (!set_state (self, &match, answer, error) ||
      !bm_store_case_note_answer (self, match.epoch, match.seq, answer->status, &number,
                                  &event.is_coarse, error) ||
      !bm_store_note_event (self, &event, error))
    return FALSE;
  if (number != NULL)
    g_ptr_array_add (apply->changed_cases, g_steal_pointer (&number));
  return TRUE;
}

/* The epoch whose head this is: the signature tells. 0 when none of ours. */
static gboolean
find_signed_epoch (BmStore *self, const BmStoreApply *apply, gint64 *ret_id, GError **error)
{
  const guint8 *head = g_bytes_get_data (apply->head, NULL);

  for (gint64 id = self->now.id; id > 0; id--)
    {
      BmStoreEpoch epoch;
      g_autoptr (GBytes) message = NULL;

      if (!bm_store_chain_load (self, id, &epoch, error))
        return FALSE;
      message = bm_store_head_message (self->kiosk, epoch.epoch, apply->head_seq, head);
      *ret_id = id;
      if (bm_verify (self->platform_sign_key, message, apply->head_signature, NULL))
        return TRUE;
    }
  *ret_id = 0;
  return TRUE;
}

/* Compares with our own chain. @ret_known: FALSE when the row is not (or no longer) here. */
static gboolean
compare_head (BmStore *self,
              const BmStoreEpoch *epoch,
              const BmStoreApply *apply,
              gboolean *ret_known,
              gboolean *ret_equal,
              GError **error)
{
  g_autoptr (BmStatement) row =
    bm_sql_borrow (self, "SELECT head = ? FROM entry WHERE epoch = ? AND seq = ?", error);

  if (row == NULL)
    return FALSE;
  bm_sql_bind_bytes (row, 1, apply->head);
  bm_sql_bind_int (row, 2, (gint64) epoch->epoch);
  bm_sql_bind_int (row, 3, (gint64) apply->head_seq);
  if (!bm_sql_step (self, row, ret_known, error))
    return FALSE;
  *ret_equal = *ret_known && bm_sql_get_int (row, 0) != 0;
  return TRUE;
}

static gboolean
save_signed_head (BmStore *self, gint64 id, const BmStoreApply *apply, GError **error)
{
  g_autoptr (BmStatement) statement =
    bm_sql_borrow (self,
                   "UPDATE epoch SET signed_seq = ?1, signed_head = ?2, signed_by = ?3 "
                   "WHERE id = ?4 AND signed_seq < ?1",
                   error);

  if (statement == NULL)
    return FALSE;
  bm_sql_bind_int (statement, 1, (gint64) apply->head_seq);
  bm_sql_bind_bytes (statement, 2, apply->head);
  bm_sql_bind_bytes (statement, 3, apply->head_signature);
  bm_sql_bind_int (statement, 4, id);
  if (!bm_sql_step (self, statement, NULL, error))
    return FALSE;
  if (id == self->now.id)
    self->now.signed_seq = MAX (self->now.signed_seq, apply->head_seq);
  return TRUE;
}

/* Stores the head that the platform signed last, after A3. */
gboolean
bm_store_apply_head (BmStore *self, BmStoreApply *apply, GError **error)
{
  BmStoreEpoch epoch;
  gboolean is_known, is_equal;
  gint64 id;

  if (apply->head_seq == 0 || apply->head == NULL || apply->head_signature == NULL)
    return TRUE;
  if (g_bytes_get_size (apply->head) != BM_SM3_LEN || apply->head_seq > G_MAXINT64)
    return bm_store_alarm (self, "head-invalid", "", error);
  if (!find_signed_epoch (self, apply, &id, error))
    return FALSE;
  if (id == 0)
    return bm_store_alarm (self, "head-signature", "", error);
  if (!bm_store_chain_load (self, id, &epoch, error) ||
      !compare_head (self, &epoch, apply, &is_known, &is_equal, error))
    return FALSE;
  if (!is_known) /* the centre is further than this disk: the watermark opens a new epoch */
    return bm_store_alarm (self, "rolled-back", "", error);
  if (is_equal)
    return save_signed_head (self, id, apply, error);
  apply->fault = (BmStoreFault){ epoch.epoch, apply->head_seq, "rewritten" };
  return bm_store_alarm (self, "head-differs", "", error);
}
