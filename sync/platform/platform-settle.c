/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform"

#include "core/entry/number.h"
#include "core/error.h"
#include "sync/platform/platform-intake-private.h"
#include "sync/platform/platform-store-blobs.h"
#include "sync/platform/platform-withdrawals.h"
#include "sync/platform/platform-words.h"
#include "sync/protocol-json.h"

#include <string.h>

/* What is in a record, and whether it is taken. */

const BmVerdict bm_verdict_accepted = { BM_ANSWER_ACCEPTED, "", "" };

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

static BmVerdict
judge_payload (GBytes *payload, const BmEntryHeader *header, GByteArray *blobs)
{
  gsize len;
  const char *text = g_bytes_get_data (payload, &len);
  g_autoptr (BmJson) value = json_loadb (text, len, JSON_REJECT_DUPLICATES, NULL);
  json_t *version = json_object_get (value, "version");

  if (json_is_integer (version) && json_integer_value (version) != 1)
    return (BmVerdict){ BM_ANSWER_REJECTED, "schema", BM_WORDS_UNKNOWN_SCHEMA };
  if (!json_is_integer (version) || !json_is_object (json_object_get (value, "fields")) ||
      !json_is_array (json_object_get (value, "evidence")) || !read_attachments (value, blobs) ||
      g_strcmp0 (json_string_value (json_object_get (value, "service")), header->service) != 0)
    return (BmVerdict){ BM_ANSWER_REJECTED, "bad-payload", BM_WORDS_BAD_PAYLOAD };
  if (is_anonymous_with_person (value))
    return (BmVerdict){ BM_ANSWER_REJECTED, "anonymous-with-person", BM_WORDS_NOT_ANONYMOUS };
  return bm_verdict_accepted;
}

static BmVerdict
judge_unopened (const GError *why)
{
  if (g_error_matches (why, BM_ERROR, BM_ERROR_NOT_FOUND))
    return (BmVerdict){ BM_ANSWER_QUARANTINED, BM_CODE_NO_RUN, BM_WORDS_NO_RUN };
  if (g_error_matches (why, BM_ERROR, BM_ERROR_UNSUPPORTED))
    return (BmVerdict){ BM_ANSWER_QUARANTINED, BM_CODE_NO_DICTIONARY, BM_WORDS_NO_DICTIONARY };
  return (BmVerdict){ BM_ANSWER_QUARANTINED, "unreadable", BM_WORDS_UNREADABLE };
}

/* FALSE only when the database failed. */
static gboolean
judge_matter (BmIntake *self,
              BmStoredEntry *entry,
              const BmEntryHeader *header,
              GByteArray *blobs,
              BmVerdict *ret_verdict,
              GError **error)
{
  g_autoptr (GBytes) payload = NULL;
  g_autoptr (GError) local_error = NULL;
  BmEntryHeader parsed;
  guint label = 0;
  guint32 counter = 0;

  if (!is_own_number (self->station, header->number, &label, &counter))
    {
      *ret_verdict = (BmVerdict){ BM_ANSWER_REJECTED, "bad-number", BM_WORDS_BAD_NUMBER };
      return TRUE;
    }
  if (!bm_platform_store_note_counter (self->platform->store, header->kiosk, counter, label, error))
    return FALSE;
  if (!g_hash_table_contains (self->platform->services, header->service))
    {
      *ret_verdict = (BmVerdict){ BM_ANSWER_REJECTED, "unknown-service", BM_WORDS_UNKNOWN_SERVICE };
      return TRUE;
    }
  payload = bm_platform_open_payload (self->platform, entry, &parsed, &local_error);
  *ret_verdict =
    payload != NULL ? judge_payload (payload, header, blobs) : judge_unopened (local_error);
  return TRUE;
}

static gboolean
name_blobs (BmIntake *self, const BmStoredEntry *entry, const GByteArray *blobs, GError **error)
{
  for (guint at = 0; at < blobs->len; at += BM_SM3_LEN)
    if (!bm_platform_store_name_blob (self->platform->store, entry->id, blobs->data + at, error))
      return FALSE;
  return TRUE;
}

static gboolean
settle_matter (BmIntake *self,
               BmStoredEntry *entry,
               const BmEntryHeader *header,
               BmVerdict *ret_verdict,
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
static BmVerdict
judge_wanted (BmMatterFit fit)
{
  switch (fit)
    {
    case BM_MATTER_OTHER:
      return (BmVerdict){ BM_ANSWER_REJECTED, "unknown-case", BM_WORDS_UNKNOWN_CASE };
    case BM_MATTER_FOREIGN:
      return (BmVerdict){ BM_ANSWER_REJECTED, "other-person", BM_WORDS_OTHER_PERSON };
    case BM_MATTER_REFUSED:
      return (BmVerdict){ BM_ANSWER_REJECTED, "case-refused", BM_WORDS_CASE_REFUSED };
    case BM_MATTER_FITS:
    case BM_MATTER_ABSENT: /* it is waited for */
    default:
      return bm_verdict_accepted;
    }
}

static BmStoredWithdrawal *
read_wish (BmIntake *self, BmStoredEntry *entry, BmVerdict *ret_verdict)
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
    *ret_verdict = (BmVerdict){ BM_ANSWER_REJECTED, "schema", BM_WORDS_UNKNOWN_SCHEMA };
  else if (wish == NULL)
    *ret_verdict = (BmVerdict){ BM_ANSWER_REJECTED, "bad-payload", BM_WORDS_BAD_PAYLOAD };
  return wish;
}

static gboolean
settle_wish (BmIntake *self,
             BmStoredEntry *entry,
             const BmEntryHeader *header,
             BmVerdict *ret_verdict,
             GError **error)
{
  BmPlatformStore *store = self->platform->store;
  g_autoptr (BmStoredWithdrawal) wish = NULL;
  BmMatterFit fit;
  gint64 wanted;

  *ret_verdict = bm_verdict_accepted;
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

gboolean
bm_platform_settle_entry (BmIntake *self,
                          BmStoredEntry *entry,
                          const BmEntryHeader *header,
                          BmVerdict *ret_verdict,
                          GError **error)
{
  return header->type == BM_ENTRY_WITHDRAWAL
           ? settle_wish (self, entry, header, ret_verdict, error)
           : settle_matter (self, entry, header, ret_verdict, error);
}
