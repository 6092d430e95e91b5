/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform"

#include "sync/platform/platform-intake-private.h"

#include "core/fault.h"
#include "sync/platform/platform-epochs.h"
#include "sync/platform/platform-store-blobs.h"
#include "sync/platform/platform-words.h"

#include <string.h>

/*
 * What happens to a record that a station sent.
 *
 * Invariants: its bytes are stored before anything looks into them; (kiosk, epoch, seq) takes
 * effect once, and the same record again gets the same answer; another record under that id is a
 * CONFLICT, kept and alarmed; what cannot be parsed or opened is QUARANTINED, kept for a person;
 * what is refused is kept too. One record's fate never touches its neighbours'. Answers exist only
 * after COMMIT.
 */

#define DEFER_MS (60 * 1000)

static BmAnswer *
make_answer (GBytes *record,
             const BmEntryHeader *header,
             BmAnswerStatus status,
             const char *code,
             const char *reason)
{
  BmAnswer *answer = g_new0 (BmAnswer, 1);

  bm_sm3 (g_bytes_get_data (record, NULL), g_bytes_get_size (record), answer->hash);
  answer->epoch = header != NULL ? header->epoch : 0;
  answer->seq = header != NULL ? header->seq : 0;
  answer->status = status;
  answer->code = g_strdup (code);
  answer->reason = g_strdup (reason);
  return answer;
}

/* An accepted entry whose attachments are not all here is held and goes its way; its station is told. */
static gboolean
ask_for_blobs (BmIntake *self, gint64 entry_id, BmVerdict *verdict, GError **error)
{
  gint missing = bm_platform_store_count_missing_blobs (self->platform->store, entry_id, error);

  if (missing > 0)
    *verdict = (BmVerdict){ BM_ANSWER_NEED_BLOBS, "need-blobs", BM_WORDS_NEED_BLOBS };
  return missing >= 0;
}

static gboolean
settle_all (BmIntake *self, GArray *ids, GError **error)
{
  for (guint i = 0; i < ids->len; i++)
    {
      g_autoptr (BmStoredEntry) entry =
        bm_platform_store_get_entry (self->platform->store, g_array_index (ids, gint64, i), error);
      BmEntryHeader header;
      BmVerdict verdict = bm_verdict_accepted;

      if (entry == NULL || !bm_record_parse (entry->record, &header, NULL, NULL, error) ||
          !bm_platform_settle_entry (self, entry, &header, &verdict, error))
        return FALSE;
    }
  return TRUE;
}

/* A start key has come: what waited for it is judged now. */
static gboolean
settle_waiting (BmIntake *self, const BmEntryHeader *run, GError **error)
{
  BmPlatformStore *store = self->platform->store;
  g_autoptr (GArray) ids =
    bm_platform_store_list_waiting (store, run->kiosk, run->epoch, (guint32) run->seq, error);

  return ids != NULL && settle_all (self, ids, error);
}

gboolean
bm_platform_settle_undictionaried (BmPlatform *self, GError **error)
{
  g_autoptr (GArray) ids =
    bm_platform_store_list_by_code (self->store, BM_CODE_NO_DICTIONARY, error);

  for (guint i = 0; ids != NULL && i < ids->len; i++)
    {
      g_autoptr (GArray) one = g_array_new (FALSE, FALSE, sizeof (gint64));
      g_autoptr (BmStoredEntry) entry =
        bm_platform_store_get_entry (self->store, g_array_index (ids, gint64, i), error);
      g_autoptr (BmPlatformStation) station =
        entry != NULL ? bm_platform_store_get_station (self->store, entry->kiosk, error) : NULL;
      BmIntake intake = { self, station, bm_platform_now (self), NULL };

      g_array_append_val (one, g_array_index (ids, gint64, i));
      if (station == NULL || !settle_all (&intake, one, error))
        return FALSE;
    }
  return ids != NULL;
}

static gboolean
settle_run (BmIntake *self, const BmEntryHeader *header, GBytes *record, GError **error)
{
  g_autoptr (GBytes) sealed = NULL;
  BmEntryHeader parsed;

  return bm_record_parse (record, &parsed, NULL, &sealed, error) &&
         bm_platform_store_add_run (self->platform->store, header, (guint32) header->seq, sealed,
                                    error) &&
         settle_waiting (self, header, error);
}

static BmAnswer *
answer_again (BmIntake *self,
              GBytes *record,
              const BmEntryHeader *header,
              BmStoredEntry *entry,
              GError **error)
{
  BmVerdict verdict = { entry->status, entry->code, entry->reason };

  if (entry->status == BM_ANSWER_ACCEPTED)
    {
      verdict.status = BM_ANSWER_DUPLICATE;
      if (!ask_for_blobs (self, entry->id, &verdict, error))
        return NULL;
    }
  if (!bm_platform_store_note_duplicate (self->platform->store, entry->id, error))
    return NULL;
  return make_answer (record, header, verdict.status, verdict.code, verdict.reason);
}

static BmAnswer *
answer_conflict (BmIntake *self,
                 gint64 record_id,
                 GBytes *record,
                 const BmEntryHeader *header,
                 GError **error)
{
  g_autofree char *detail =
    g_strdup_printf ("epoch %016" G_GINT64_MODIFIER "x seq %" G_GUINT64_FORMAT, header->epoch,
                     header->seq);

  if (!bm_platform_store_add_conflict (self->platform->store, record_id, header, self->now_ms,
                                       error) ||
      !bm_platform_store_alarm (self->platform->store, header->kiosk, "conflict", detail,
                                self->now_ms, error))
    return NULL;
  return make_answer (record, header, BM_ANSWER_CONFLICT, "conflict", BM_WORDS_CONFLICT);
}

static BmAnswer *
answer_new (BmIntake *self,
            gint64 record_id,
            GBytes *record,
            const BmEntryHeader *header,
            GError **error)
{
  BmPlatformStore *store = self->platform->store;
  g_autoptr (BmStoredEntry) entry = NULL;
  gint64 id = bm_platform_store_add_entry (store, record_id, header, error);
  BmVerdict verdict = bm_verdict_accepted;

  entry = id != 0 ? bm_platform_store_get_entry (store, id, error) : NULL;
  if (entry == NULL)
    return NULL;
  g_hash_table_replace (self->epochs, g_memdup2 (&header->epoch, sizeof header->epoch),
                        GUINT_TO_POINTER (
                          GPOINTER_TO_UINT (g_hash_table_lookup (self->epochs, &header->epoch)) +
                          1));
  if (header->type == BM_ENTRY_RUN && !settle_run (self, header, record, error))
    return NULL;
  if ((header->type == BM_ENTRY_MATTER || header->type == BM_ENTRY_WITHDRAWAL) &&
      !bm_platform_settle_entry (self, entry, header, &verdict, error))
    return NULL;
  if (verdict.status == BM_ANSWER_ACCEPTED && header->type == BM_ENTRY_MATTER &&
      !ask_for_blobs (self, id, &verdict, error))
    return NULL;
  return make_answer (record, header, verdict.status, verdict.code, verdict.reason);
}

static BmAnswer *
answer_unreadable (BmIntake *self,
                   gint64 record_id,
                   GBytes *record,
                   const char *code,
                   GError **error)
{
  if (!bm_platform_store_quarantine (self->platform->store, record_id, code, error))
    return NULL;
  return make_answer (record, NULL, BM_ANSWER_QUARANTINED, code, BM_WORDS_UNREADABLE);
}

/* NULL only when the database failed. */
static BmAnswer *
take_record (BmIntake *self, GBytes *record, GError **error)
{
  BmPlatformStore *store = self->platform->store;
  gint64 record_id =
    bm_platform_store_keep_record (store, self->station->kiosk, record, self->now_ms, error);
  g_autoptr (BmStoredEntry) entry = NULL;
  g_autoptr (GError) local_error = NULL;
  BmEntryHeader header;
  guint8 hash[BM_SM3_LEN];

  if (record_id == 0)
    return NULL;
  if (!bm_record_parse (record, &header, NULL, NULL, NULL) || header.seq == 0 ||
      header.seq > G_MAXINT64)
    return answer_unreadable (self, record_id, record, "unparsable", error);
  if (header.kiosk != self->station->kiosk)
    return answer_unreadable (self, record_id, record, "foreign-kiosk", error);
  entry =
    bm_platform_store_find_entry (store, header.kiosk, header.epoch, header.seq, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  if (entry == NULL)
    return answer_new (self, record_id, record, &header, error);
  bm_sm3 (g_bytes_get_data (record, NULL), g_bytes_get_size (record), hash);
  if (memcmp (hash, entry->hash, sizeof hash) == 0)
    return answer_again (self, record, &header, entry, error);
  return answer_conflict (self, record_id, record, &header, error);
}

/* Signs the head where it has moved. */
static gboolean
sign_head (BmIntake *self, guint64 epoch, guint n_new, GError **error)
{
  BmPlatformStore *store = self->platform->store;
  g_autoptr (BmWatermark) mark = NULL;
  g_autoptr (GBytes) signature = NULL;

  if (!bm_platform_store_advance (store, self->station->kiosk, epoch, n_new, error))
    return FALSE;
  mark = bm_platform_store_get_watermark (store, self->station->kiosk, epoch, error);
  if (mark == NULL)
    return FALSE;
  if (mark->upto == 0 || mark->signature != NULL)
    return TRUE;
  signature = bm_head_sign (self->platform->sign_key, self->station->kiosk, epoch, mark->upto,
                            mark->head, error);
  return signature != NULL && bm_platform_store_set_head_signature (store, self->station->kiosk,
                                                                    epoch, signature, error);
}

/* The head that the station claims, where we can know it. */
static gboolean
compare_head (BmIntake *self, const BmBatchHeader *header, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autofree char *detail = NULL;
  guint8 ours[BM_SM3_LEN];

  if (!bm_platform_store_get_head_at (self->platform->store, header->kiosk, header->epoch,
                                      header->head_seq, ours, &local_error))
    {
      if (local_error == NULL)
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (memcmp (ours, header->head, sizeof ours) == 0)
    return TRUE;
  detail = g_strdup_printf ("epoch %016" G_GINT64_MODIFIER "x seq %" G_GUINT64_FORMAT,
                            header->epoch, header->head_seq);
  return bm_platform_store_alarm (self->platform->store, header->kiosk, "chain", detail,
                                  self->now_ms, error);
}

static GPtrArray *
take_all (BmIntake *self, const BmBatchHeader *header, GPtrArray *records, GError **error)
{
  g_autoptr (GPtrArray) answers = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_answer_free);
  GHashTableIter iter;
  gpointer epoch, n_new;

  if (!bm_platform_note_epoch (self->platform, header->kiosk, header->epoch, error))
    return NULL;
  for (guint i = 0; i < records->len; i++)
    {
      BmAnswer *answer = take_record (self, g_ptr_array_index (records, i), error);

      if (answer == NULL)
        return NULL;
      g_ptr_array_add (answers, answer);
    }
  g_hash_table_iter_init (&iter, self->epochs);
  while (g_hash_table_iter_next (&iter, &epoch, &n_new))
    if (!sign_head (self, *(guint64 *) epoch, GPOINTER_TO_UINT (n_new), error))
      return NULL;
  return compare_head (self, header, error) ? g_steal_pointer (&answers) : NULL;
}

static GPtrArray *
take_durably (BmIntake *self, const BmBatchHeader *header, GPtrArray *records, GError **error)
{
  BmPlatformStore *store = self->platform->store;
  g_autoptr (GPtrArray) answers = NULL;

  if (!bm_platform_store_begin (store, error))
    return NULL;
  answers = take_all (self, header, records, error);
  if (answers != NULL && records->len > 0)
    bm_fault_point ("platform-before-commit");
  if (!bm_platform_store_end (store, answers != NULL, error))
    return NULL;
  if (records->len > 0)
    bm_fault_point ("platform-after-commit");
  return g_steal_pointer (&answers);
}

static GPtrArray *
defer_all (GPtrArray *records)
{
  GPtrArray *answers = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_answer_free);

  for (guint i = 0; i < records->len; i++)
    {
      GBytes *record = g_ptr_array_index (records, i);
      BmEntryHeader header;
      gboolean is_parsed = bm_record_parse (record, &header, NULL, NULL, NULL);
      BmAnswer *answer =
        make_answer (record, is_parsed ? &header : NULL, BM_ANSWER_DEFERRED, "busy", BM_WORDS_BUSY);

      answer->after_ms = DEFER_MS;
      g_ptr_array_add (answers, answer);
    }
  return answers;
}

GPtrArray *
bm_platform_intake (BmPlatform *self,
                    const BmPlatformStation *station,
                    const BmBatchHeader *header,
                    GPtrArray *records)
{
  g_autoptr (GError) error = NULL;
  BmIntake intake = { self, station, 0, NULL };
  GPtrArray *answers;

  g_return_val_if_fail (self != NULL && station != NULL && header != NULL && records != NULL, NULL);

  intake.now_ms = bm_platform_now (self);
  intake.epochs = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  answers = take_durably (&intake, header, records, &error);
  g_hash_table_unref (intake.epochs);
  if (answers != NULL)
    return answers;
  g_message ("A batch could not be stored: %s", error->message);
  return defer_all (records);
}
