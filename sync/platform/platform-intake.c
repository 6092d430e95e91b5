/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform"

#include "sync/platform/platform-intake.h"

#include "core/entry/number.h"
#include "core/error.h"
#include "core/fault.h"
#include "sync/platform/platform-epochs.h"
#include "sync/platform/platform-store-blobs.h"
#include "sync/platform/platform-withdrawals.h"
#include "sync/platform/platform-words.h"
#include "sync/protocol-json.h"

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

#define DEFER_MS           (60 * 1000)
#define CODE_NO_RUN        "no-run"
#define CODE_NO_DICTIONARY "no-dictionary"

typedef struct
{
  BmPlatform *platform;
  const BmPlatformStation *station;
  gint64 now_ms;
  GHashTable *epochs; /* guint64* -> how many entries it got */
} Intake;

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

typedef struct
{
  BmAnswerStatus status;
  const char *code;
  const char *reason;
} Verdict;

static const Verdict accepted = { BM_ANSWER_ACCEPTED, "", "" };

/* The number must be one that this terminal can have given. */
static gboolean
is_own_number (const BmPlatformStation *station,
               const char *number,
               guint *ret_label,
               guint32 *ret_counter)
{
  g_autoptr (BmJson) info = json_loads (station->info, 0, NULL);
  char village[13];
  guint terminal = 0;

  return bm_number_split (number, village, &terminal, ret_label, ret_counter) &&
         g_strcmp0 (json_string_value (json_object_get (info, "village")), village) == 0 &&
         (guint) json_integer_value (json_object_get (info, "terminal")) == terminal;
}

/* Whoever said "without a name" must not be found in what was sent (domain §2.21a rule 5). */
static gboolean
is_anonymous_with_person (json_t *payload)
{
  json_t *fields = json_object_get (payload, "fields");
  const char *anonymous = json_string_value (json_object_get (fields, "q.anon"));
  const char *id;
  json_t *value;

  if (g_strcmp0 (anonymous, "yes") != 0)
    return FALSE;
  json_object_foreach (fields, id, value) if (g_str_has_prefix (id, "p.")) return TRUE;
  return json_array_size (json_object_get (payload, "evidence")) > 0;
}

/* What is attached: the names of the blobs, one after the other. FALSE when they are none. */
static gboolean
read_attachments (json_t *payload, GByteArray *blobs)
{
  json_t *list = json_object_get (payload, "attachments");

  if (list == NULL)
    return TRUE;
  if (!json_is_array (list) || json_array_size (list) > BM_PROTOCOL_MAX_ATTACHMENTS)
    return FALSE;
  for (gsize i = 0; i < json_array_size (list); i++)
    {
      const char *name = json_string_value (json_object_get (json_array_get (list, i), "blob"));
      guint8 blob[BM_SM3_LEN];

      if (name == NULL || !bm_hex_decode (name, blob, sizeof blob))
        return FALSE;
      g_byte_array_append (blobs, blob, sizeof blob);
    }
  return TRUE;
}

static Verdict
judge_payload (GBytes *payload, const BmEntryHeader *header, GByteArray *blobs)
{
  gsize len;
  const char *text = g_bytes_get_data (payload, &len);
  g_autoptr (BmJson) value = json_loadb (text, len, JSON_REJECT_DUPLICATES, NULL);
  json_t *version = json_object_get (value, "version");

  if (json_is_integer (version) && json_integer_value (version) != 1)
    return (Verdict){ BM_ANSWER_REJECTED, "schema", BM_WORDS_UNKNOWN_SCHEMA };
  if (!json_is_integer (version) || !json_is_object (json_object_get (value, "fields")) ||
      !json_is_array (json_object_get (value, "evidence")) || !read_attachments (value, blobs) ||
      g_strcmp0 (json_string_value (json_object_get (value, "service")), header->service) != 0)
    return (Verdict){ BM_ANSWER_REJECTED, "bad-payload", BM_WORDS_BAD_PAYLOAD };
  if (is_anonymous_with_person (value))
    return (Verdict){ BM_ANSWER_REJECTED, "anonymous-with-person", BM_WORDS_NOT_ANONYMOUS };
  return accepted;
}

static Verdict
judge_unopened (const GError *why)
{
  if (g_error_matches (why, BM_ERROR, BM_ERROR_NOT_FOUND))
    return (Verdict){ BM_ANSWER_QUARANTINED, CODE_NO_RUN, BM_WORDS_NO_RUN };
  if (g_error_matches (why, BM_ERROR, BM_ERROR_UNSUPPORTED))
    return (Verdict){ BM_ANSWER_QUARANTINED, CODE_NO_DICTIONARY, BM_WORDS_NO_DICTIONARY };
  return (Verdict){ BM_ANSWER_QUARANTINED, "unreadable", BM_WORDS_UNREADABLE };
}

/* FALSE only when the database failed. */
static gboolean
judge_matter (Intake *self,
              BmStoredEntry *entry,
              const BmEntryHeader *header,
              GByteArray *blobs,
              Verdict *ret_verdict,
              GError **error)
{
  g_autoptr (GBytes) payload = NULL;
  g_autoptr (GError) local_error = NULL;
  BmEntryHeader parsed;
  guint label = 0;
  guint32 counter = 0;

  if (!is_own_number (self->station, header->number, &label, &counter))
    {
      *ret_verdict = (Verdict){ BM_ANSWER_REJECTED, "bad-number", BM_WORDS_BAD_NUMBER };
      return TRUE;
    }
  if (!bm_platform_store_note_counter (self->platform->store, header->kiosk, counter, label, error))
    return FALSE;
  if (!g_hash_table_contains (self->platform->services, header->service))
    {
      *ret_verdict = (Verdict){ BM_ANSWER_REJECTED, "unknown-service", BM_WORDS_UNKNOWN_SERVICE };
      return TRUE;
    }
  payload = bm_platform_open_payload (self->platform, entry, &parsed, &local_error);
  *ret_verdict =
    payload != NULL ? judge_payload (payload, header, blobs) : judge_unopened (local_error);
  return TRUE;
}

static gboolean
name_blobs (Intake *self, const BmStoredEntry *entry, const GByteArray *blobs, GError **error)
{
  for (guint at = 0; at < blobs->len; at += BM_SM3_LEN)
    if (!bm_platform_store_name_blob (self->platform->store, entry->id, blobs->data + at, error))
      return FALSE;
  return TRUE;
}

static gboolean
settle_matter (Intake *self,
               BmStoredEntry *entry,
               const BmEntryHeader *header,
               Verdict *ret_verdict,
               GError **error)
{
  BmPlatformStore *store = self->platform->store;
  g_autoptr (GByteArray) blobs = g_byte_array_new ();

  if (!judge_matter (self, entry, header, blobs, ret_verdict, error) ||
      !bm_platform_store_set_verdict (store, entry->id, ret_verdict->status, ret_verdict->code,
                                      ret_verdict->reason, error))
    return FALSE;
  return ret_verdict->status != BM_ANSWER_ACCEPTED ||
         (name_blobs (self, entry, blobs, error) &&
          bm_platform_store_add_case (store, entry->id, header, self->now_ms, error));
}

/* Of a row that asks for a matter back: what it asks for must be this person's. */
static Verdict
judge_wanted (BmMatterFit fit)
{
  switch (fit)
    {
    case BM_MATTER_OTHER:
      return (Verdict){ BM_ANSWER_REJECTED, "unknown-case", BM_WORDS_UNKNOWN_CASE };
    case BM_MATTER_FOREIGN:
      return (Verdict){ BM_ANSWER_REJECTED, "other-person", BM_WORDS_OTHER_PERSON };
    case BM_MATTER_REFUSED:
      return (Verdict){ BM_ANSWER_REJECTED, "case-refused", BM_WORDS_CASE_REFUSED };
    case BM_MATTER_FITS:
    case BM_MATTER_ABSENT: /* it is waited for */
    default:
      return accepted;
    }
}

static BmStoredWithdrawal *
read_wish (Intake *self, BmStoredEntry *entry, Verdict *ret_verdict)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GBytes) payload = NULL;
  g_autoptr (BmJson) value = NULL;
  BmStoredWithdrawal *wish;
  BmEntryHeader parsed;

  payload = bm_platform_open_payload (self->platform, entry, &parsed, &local_error);
  if (payload == NULL)
    {
      *ret_verdict = judge_unopened (local_error);
      return NULL;
    }
  value = json_loadb (g_bytes_get_data (payload, NULL), g_bytes_get_size (payload),
                      JSON_REJECT_DUPLICATES, NULL);
  wish = bm_platform_read_withdrawal (value, entry);
  if (json_integer_value (json_object_get (value, "version")) != 1)
    *ret_verdict = (Verdict){ BM_ANSWER_REJECTED, "schema", BM_WORDS_UNKNOWN_SCHEMA };
  else if (wish == NULL)
    *ret_verdict = (Verdict){ BM_ANSWER_REJECTED, "bad-payload", BM_WORDS_BAD_PAYLOAD };
  return wish;
}

static gboolean
settle_wish (Intake *self,
             BmStoredEntry *entry,
             const BmEntryHeader *header,
             Verdict *ret_verdict,
             GError **error)
{
  BmPlatformStore *store = self->platform->store;
  g_autoptr (BmStoredWithdrawal) wish = NULL;
  BmMatterFit fit;
  gint64 wanted;

  *ret_verdict = accepted;
  wish = read_wish (self, entry, ret_verdict);
  if (wish != NULL && ret_verdict->status == BM_ANSWER_ACCEPTED)
    {
      if (!bm_platform_find_wanted (self->platform, wish, header, &wanted, &fit, error))
        return FALSE;
      *ret_verdict = judge_wanted (fit);
    }
  return bm_platform_store_set_verdict (store, entry->id, ret_verdict->status, ret_verdict->code,
                                        ret_verdict->reason, error) &&
         (ret_verdict->status != BM_ANSWER_ACCEPTED ||
          bm_platform_store_add_withdrawal (store, wish, error));
}

static gboolean
settle_entry (Intake *self,
              BmStoredEntry *entry,
              const BmEntryHeader *header,
              Verdict *ret_verdict,
              GError **error)
{
  return header->type == BM_ENTRY_WITHDRAWAL
           ? settle_wish (self, entry, header, ret_verdict, error)
           : settle_matter (self, entry, header, ret_verdict, error);
}

/* An accepted entry whose attachments are not all here is held and goes its way; its station is told. */
static gboolean
ask_for_blobs (Intake *self, gint64 entry_id, Verdict *verdict, GError **error)
{
  gint missing = bm_platform_store_count_missing_blobs (self->platform->store, entry_id, error);

  if (missing > 0)
    *verdict = (Verdict){ BM_ANSWER_NEED_BLOBS, "need-blobs", BM_WORDS_NEED_BLOBS };
  return missing >= 0;
}

static gboolean
settle_all (Intake *self, GArray *ids, GError **error)
{
  for (guint i = 0; i < ids->len; i++)
    {
      g_autoptr (BmStoredEntry) entry =
        bm_platform_store_get_entry (self->platform->store, g_array_index (ids, gint64, i), error);
      BmEntryHeader header;
      Verdict verdict = accepted;

      if (entry == NULL || !bm_record_parse (entry->record, &header, NULL, NULL, error) ||
          !settle_entry (self, entry, &header, &verdict, error))
        return FALSE;
    }
  return TRUE;
}

/* A start key has come: what waited for it is judged now. */
static gboolean
settle_waiting (Intake *self, const BmEntryHeader *run, GError **error)
{
  BmPlatformStore *store = self->platform->store;
  g_autoptr (GArray) ids =
    bm_platform_store_list_waiting (store, run->kiosk, run->epoch, (guint32) run->seq, error);

  return ids != NULL && settle_all (self, ids, error);
}

gboolean
bm_platform_settle_undictionaried (BmPlatform *self, GError **error)
{
  g_autoptr (GArray) ids = bm_platform_store_list_by_code (self->store, CODE_NO_DICTIONARY, error);

  for (guint i = 0; ids != NULL && i < ids->len; i++)
    {
      g_autoptr (GArray) one = g_array_new (FALSE, FALSE, sizeof (gint64));
      g_autoptr (BmStoredEntry) entry =
        bm_platform_store_get_entry (self->store, g_array_index (ids, gint64, i), error);
      g_autoptr (BmPlatformStation) station =
        entry != NULL ? bm_platform_store_get_station (self->store, entry->kiosk, error) : NULL;
      Intake intake = { self, station, bm_platform_now (self), NULL };

      g_array_append_val (one, g_array_index (ids, gint64, i));
      if (station == NULL || !settle_all (&intake, one, error))
        return FALSE;
    }
  return ids != NULL;
}

static gboolean
settle_run (Intake *self, const BmEntryHeader *header, GBytes *record, GError **error)
{
  g_autoptr (GBytes) sealed = NULL;
  BmEntryHeader parsed;

  return bm_record_parse (record, &parsed, NULL, &sealed, error) &&
         bm_platform_store_add_run (self->platform->store, header, (guint32) header->seq, sealed,
                                    error) &&
         settle_waiting (self, header, error);
}

static BmAnswer *
answer_again (Intake *self,
              GBytes *record,
              const BmEntryHeader *header,
              BmStoredEntry *entry,
              GError **error)
{
  Verdict verdict = { entry->status, entry->code, entry->reason };

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
answer_conflict (Intake *self,
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
answer_new (Intake *self,
            gint64 record_id,
            GBytes *record,
            const BmEntryHeader *header,
            GError **error)
{
  BmPlatformStore *store = self->platform->store;
  g_autoptr (BmStoredEntry) entry = NULL;
  gint64 id = bm_platform_store_add_entry (store, record_id, header, error);
  Verdict verdict = accepted;

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
      !settle_entry (self, entry, header, &verdict, error))
    return NULL;
  if (verdict.status == BM_ANSWER_ACCEPTED && header->type == BM_ENTRY_MATTER &&
      !ask_for_blobs (self, id, &verdict, error))
    return NULL;
  return make_answer (record, header, verdict.status, verdict.code, verdict.reason);
}

static BmAnswer *
answer_unreadable (Intake *self, gint64 record_id, GBytes *record, const char *code, GError **error)
{
  if (!bm_platform_store_quarantine (self->platform->store, record_id, code, error))
    return NULL;
  return make_answer (record, NULL, BM_ANSWER_QUARANTINED, code, BM_WORDS_UNREADABLE);
}

/* NULL only when the database failed. */
static BmAnswer *
take_record (Intake *self, GBytes *record, GError **error)
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
sign_head (Intake *self, guint64 epoch, guint n_new, GError **error)
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
compare_head (Intake *self, const BmBatchHeader *header, GError **error)
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
take_all (Intake *self, const BmBatchHeader *header, GPtrArray *records, GError **error)
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
take_durably (Intake *self, const BmBatchHeader *header, GPtrArray *records, GError **error)
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
  Intake intake = { self, station, 0, NULL };
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
