/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform"

#include "sync/platform/platform-volume.h"

#include "core/error.h"
#include "sync/platform/platform-blobs.h"
#include "sync/platform/platform-intake.h"
#include "sync/platform/platform-words.h"
#include "sync/volume-file.h"

#include <string.h>

/*
 * A stick is a slow line: what comes on it goes through bm_platform_intake() like everything else, so
 * that a record counts once however it came.
 *
 * Invariants:
 *  P1  A volume whose signature is not that of the station it names is refused whole, and so is each
 *      batch in it; one bad item never delays its neighbours.
 *  P2  Nothing is remembered of a volume: a part that comes alone, twice or after its sisters does what
 *      its records do. (A memory of volumes would lose the second half of one that came in two goes.)
 *  P3  The answers to part n of an export lie in part n of its back volumes, and the messages in parts
 *      from BACK_MESSAGES on: a later run about the same part replaces the file by what is true then.
 */

#define BACK_MESSAGES (BM_VOLUME_MAX_PARTS / 2)

/* The newest export of a station among what was brought: what comes down is bound to it. */
typedef struct
{
  BmVolumeHeader header;
  gboolean is_set;
} Newest;

typedef struct
{
  BmPlatform *platform;
  char *out;          /* …/bianmin */
  GHashTable *newest; /* kiosk -> Newest */
  json_t *report;
  BmPlatformStation *station; /* of the volume at hand */
  BmVolumeFile *back;
  GHashTable *haves; /* name of a blob -> BmReply: what we have of it now */
} Import;

static void
count (Import *self, const char *key, guint more)
{
  json_object_set_new (self->report, key,
                       json_integer (json_integer_value (json_object_get (self->report, key)) +
                                     (json_int_t) more));
}

static gboolean
fail (GError **error, BmError code, const char *text)
{
  g_set_error_literal (error, BM_ERROR, code, text);
  return FALSE;
}

/* Answers */

static void
count_answers (Import *self, GPtrArray *answers)
{
  static const char *const keys[] = {
    [BM_ANSWER_ACCEPTED] = "accepted",       [BM_ANSWER_DUPLICATE] = "duplicates",
    [BM_ANSWER_NEED_BLOBS] = "accepted",     [BM_ANSWER_DEFERRED] = "deferred",
    [BM_ANSWER_QUARANTINED] = "quarantined", [BM_ANSWER_REJECTED] = "rejected",
    [BM_ANSWER_CONFLICT] = "conflicts",
  };

  for (guint i = 0; i < answers->len; i++)
    count (self, keys[((BmAnswer *) g_ptr_array_index (answers, i))->status], 1);
}

static gboolean
put_back (Import *self, BmVolumeItemType type, GBytes *item, GError **error)
{
  /* An answer that finds no room is asked for again by the record's next export. */
  return !bm_volume_file_has_room (self->back, g_bytes_get_size (item)) ||
         bm_volume_file_add (self->back, type, item, error);
}

static gboolean
add_head (Import *self, BmReply *reply, guint64 epoch, GError **error)
{
  BmPlatformStore *store = self->platform->store;
  g_autoptr (BmWatermark) mark = NULL;

  if (!bm_platform_store_begin (store, error))
    return FALSE;
  mark = bm_platform_store_get_watermark (store, reply->kiosk, epoch, error);
  bm_platform_store_rollback (store); /* only read */
  if (mark == NULL)
    return FALSE;
  if (mark->upto == 0 || mark->signature == NULL)
    return TRUE;
  reply->has_head = TRUE;
  reply->head_epoch = epoch;
  reply->head_seq = mark->upto;
  memcpy (reply->head, mark->head, BM_SM3_LEN);
  reply->head_signature = g_bytes_ref (mark->signature);
  return TRUE;
}

/* Takes @answers over. */
static gboolean
answer_batch (Import *self, const BmBatchHeader *header, GPtrArray *answers, GError **error)
{
  g_autoptr (BmReply) reply =
    bm_reply_new (BM_CALL_BATCH, header->kiosk, bm_platform_now (self->platform));
  g_autoptr (GBytes) sealed = NULL;

  g_ptr_array_unref (reply->answers);
  reply->answers = answers;
  reply->cursor = header->cursor; /* messages have items of their own */
  if (!add_head (self, reply, header->epoch, error))
    return FALSE;
  sealed = bm_reply_seal (reply, header->nonce, self->platform->sign_key, error);
  return sealed != NULL && put_back (self, BM_VOLUME_ANSWER, sealed, error);
}

/* Items */

static gboolean
is_of_volume (Import *self, const BmVolume *volume, const BmBatchHeader *header, GBytes *bytes)
{
  g_autoptr (BmKey) key = bm_key_new_from_string (self->station->sign_key, NULL);

  return header->kiosk == volume->header.kiosk &&
         memcmp (header->nonce, volume->header.nonce, BM_NONCE_LEN) == 0 && key != NULL &&
         bm_batch_verify (bytes, key, NULL);
}

static gboolean
take_batch (Import *self, const BmVolume *volume, GBytes *bytes, GError **error)
{
  BmBatchHeader header;
  g_autoptr (GPtrArray) records = bm_batch_decode (bytes, &header, NULL);
  GPtrArray *answers;

  if (records == NULL || !is_of_volume (self, volume, &header, bytes))
    {
      count (self, "spoiled", 1);
      return TRUE;
    }
  answers = bm_platform_intake (self->platform, self->station, &header, records);
  count_answers (self, answers);
  return answer_batch (self, &header, answers, error);
}

/* Takes @reply over. A refusal, and what is no request at all, is a spoiled item. */
static gboolean
note_blob (Import *self, BmReply *reply, const char *key)
{
  if (reply == NULL || reply->refused_code != NULL)
    {
      g_clear_pointer (&reply, bm_reply_free);
      count (self, "spoiled", 1);
      return TRUE;
    }
  count (self, key, 1);
  g_hash_table_replace (self->haves, bm_hex_encode (reply->blob, BM_SM3_LEN), reply);
  return TRUE;
}

static gboolean
take_blob (Import *self, const BmVolume *volume, GBytes *bytes, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  BmReply *reply =
    bm_platform_blob_open_for (self->platform, volume->header.kiosk, bytes, &local_error);

  if (local_error == NULL || g_error_matches (local_error, BM_ERROR, BM_ERROR_INVALID) ||
      g_error_matches (local_error, BM_ERROR, BM_ERROR_LIMIT))
    return note_blob (self, reply, "attachments");
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gboolean
take_chunk (Import *self, const BmVolume *volume, GBytes *bytes, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GBytes) body = NULL;
  guint8 name[BM_SM3_LEN];
  guint chunk;
  BmReply *reply;

  if (!bm_volume_read_chunk (bytes, name, &chunk, &body))
    return note_blob (self, NULL, "chunks");
  reply = bm_platform_blob_put_for (self->platform, volume->header.kiosk, name, chunk, body,
                                    &local_error);
  if (local_error == NULL)
    return note_blob (self, reply, "chunks");
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gboolean
take_item (Import *self, const BmVolume *volume, const BmVolumeItem *item, GError **error)
{
  switch (item->type)
    {
    case BM_VOLUME_BATCH:
      return take_batch (self, volume, item->bytes, error);
    case BM_VOLUME_BLOB:
      return take_blob (self, volume, item->bytes, error);
    case BM_VOLUME_CHUNK:
      return take_chunk (self, volume, item->bytes, error);
    case BM_VOLUME_ANSWER:
    case BM_VOLUME_HAVE:
    case BM_VOLUME_INBOX:
    case BM_VOLUME_LIST:
    default:
      return TRUE; /* nothing that a station says */
    }
}

/* One answer for each attachment that the volume named, about all of it. */
static gboolean
answer_blobs (Import *self, const BmVolume *volume, GError **error)
{
  GHashTableIter iter;
  gpointer reply;

  g_hash_table_iter_init (&iter, self->haves);
  while (g_hash_table_iter_next (&iter, NULL, &reply))
    {
      g_autoptr (GBytes) sealed =
        bm_reply_seal (reply, volume->header.nonce, self->platform->sign_key, error);

      if (sealed == NULL || !put_back (self, BM_VOLUME_HAVE, sealed, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
take_items (Import *self, const BmVolume *volume, GError **error)
{
  for (guint i = 0; i < volume->items->len; i++)
    {
      if (!take_item (self, volume, g_ptr_array_index (volume->items, i), error))
        return FALSE;
    }
  return answer_blobs (self, volume, error);
}

/* Who may */

static gboolean
admit (Import *self, const BmVolume *volume, GError **error)
{
  BmPlatformStore *store = self->platform->store;
  g_autoptr (BmKey) key = NULL;

  g_clear_pointer (&self->station, bm_platform_station_free);
  if (volume->header.part >= BACK_MESSAGES)
    return fail (error, BM_ERROR_LIMIT, "an export has too many parts");
  if (volume->header.kind != BM_VOLUME_OUT)
    return fail (error, BM_ERROR_INVALID, "this is not from a station");
  if (!bm_platform_store_begin (store, error))
    return FALSE;
  self->station = bm_platform_store_get_station (store, volume->header.kiosk, NULL);
  bm_platform_store_rollback (store); /* only read */
  if (self->station == NULL)
    return fail (error, BM_ERROR_REFUSED, BM_WORDS_UNKNOWN_KIOSK);
  if (self->station->is_revoked)
    return fail (error, BM_ERROR_REFUSED, BM_WORDS_REVOKED);
  key = bm_key_new_from_string (self->station->sign_key, NULL);
  return (key != NULL && bm_volume_verify (volume, key, NULL)) ||
         fail (error, BM_ERROR_CORRUPT, "its signature is not the station's: it was changed");
}

static void
note_newest (Import *self, const BmVolumeHeader *header)
{
  Newest *newest = g_hash_table_lookup (self->newest, GUINT_TO_POINTER (header->kiosk));

  if (newest == NULL)
    {
      newest = g_new0 (Newest, 1);
      g_hash_table_insert (self->newest, GUINT_TO_POINTER (header->kiosk), newest);
    }
  if (!newest->is_set || header->cursor > newest->header.cursor ||
      (header->cursor == newest->header.cursor && header->wall_ms > newest->header.wall_ms))
    newest->header = *header;
  newest->is_set = TRUE;
}

/* Writing back */

static BmVolumeHeader
back_header (Import *self, const BmVolumeHeader *out, guint part)
{
  BmVolumeHeader header = *out;

  header.kind = BM_VOLUME_BACK;
  header.part = part;
  header.wall_ms = bm_platform_now (self->platform);
  return header;
}

static gboolean
begin_back (Import *self, const BmVolumeHeader *out, guint part, GError **error)
{
  const BmVolumeHeader header = back_header (self, out, part);

  self->back = bm_volume_file_create (self->out, &header, BM_VOLUME_MAX_BYTES, error);
  return self->back != NULL;
}

static gboolean
end_back (Import *self, GError **error)
{
  g_autoptr (BmVolumeFile) back = g_steal_pointer (&self->back);
  g_autofree char *name = NULL;

  if (bm_volume_file_get_items (back) == 0)
    return TRUE; /* nothing to say; it goes with its file */
  name = bm_volume_file_finish (back, self->platform->sign_key, NULL, error);
  if (name == NULL)
    return FALSE;
  json_array_append_new (json_object_get (self->report, "back"), json_string (name));
  return TRUE;
}

static gboolean
take_volume (Import *self, const BmVolume *volume, GError **error)
{
  g_autoptr (GError) case_error = NULL;

  count (self, "volumes", 1);
  g_hash_table_remove_all (self->haves);
  if (!begin_back (self, &volume->header, volume->header.part, error) ||
      !take_items (self, volume, error))
    return FALSE;
  note_newest (self, &volume->header);
  /* The entries are safe whatever becomes of the cases; the next turn tries them again. */
  if (!bm_platform_advance_cases (self->platform, BM_CASES_ALL, &case_error))
    g_message ("Cases wait: %s", case_error->message);
  return end_back (self, error);
}

/* One page of messages after @after. @ret_next: where the next one begins; 0: there is none. */
static GBytes *
make_page (Import *self,
           const BmVolumeHeader *header,
           gint64 after,
           gint64 *ret_next,
           GError **error)
{
  BmPlatform *platform = self->platform;
  g_autoptr (BmReply) reply =
    bm_reply_new (BM_CALL_INBOX, header->kiosk, bm_platform_now (platform));
  g_autoptr (GBytes) sealed = NULL;
  GPtrArray *messages;
  gint64 head;

  if (!bm_platform_store_begin (platform->store, error))
    return NULL;
  messages =
    bm_platform_store_list_messages (platform->store, header->kiosk, after, BM_PLATFORM_INBOX_BYTES,
                                     BM_PROTOCOL_MAX_MESSAGES, error);
  head = bm_platform_store_get_inbox_head (platform->store, header->kiosk, NULL);
  bm_platform_store_rollback (platform->store); /* only read */
  if (messages == NULL)
    return NULL;
  g_ptr_array_unref (reply->messages);
  reply->messages = messages;
  reply->cursor =
    messages->len > 0 ? ((BmMessage *) g_ptr_array_index (messages, messages->len - 1))->id : after;
  reply->has_more = messages->len > 0 && head > reply->cursor;
  *ret_next = reply->has_more ? reply->cursor : 0;
  count (self, "messages", messages->len);
  sealed = bm_reply_seal (reply, header->nonce, platform->sign_key, error);
  return sealed != NULL ? bm_volume_make_inbox (after, sealed) : NULL;
}

static gboolean
put_page (Import *self, const BmVolumeHeader *header, GBytes *item, guint *part, GError **error)
{
  if (self->back != NULL && !bm_volume_file_has_room (self->back, g_bytes_get_size (item)) &&
      !end_back (self, error))
    return FALSE;
  if (self->back == NULL && !begin_back (self, header, (*part)++, error))
    return FALSE;
  return bm_volume_file_add (self->back, BM_VOLUME_INBOX, item, error);
}

static gboolean
send_messages (Import *self, const BmVolumeHeader *header, GError **error)
{
  gint64 after = header->cursor;
  gint64 next = 1;
  guint part = BACK_MESSAGES;

  while (next != 0 && part < BM_VOLUME_MAX_PARTS)
    {
      g_autoptr (GBytes) item = make_page (self, header, after, &next, error);

      if (item == NULL || !put_page (self, header, item, &part, error))
        return FALSE;
      after = next;
    }
  return end_back (self, error);
}

/* The folder */

static void
refuse (Import *self, const char *name, const GError *why)
{
  json_array_append_new (json_object_get (self->report, "refused"),
                         json_pack ("{s:s, s:s}", "file", name, "why", why->message));
}

/* FALSE only when our own side failed: what is wrong with one file is said, and the next one taken. */
static gboolean
take_file (Import *self, const char *folder, const char *name, GError **error)
{
  g_autoptr (GError) why = NULL;
  g_autoptr (BmVolume) volume = bm_volume_read_file (folder, name, &why);

  if (volume == NULL || !admit (self, volume, &why))
    {
      refuse (self, name, why);
      return TRUE;
    }
  return volume->header.part == 0 || take_volume (self, volume, error);
}

static gboolean
take_folder (Import *self, const char *folder, GError **error)
{
  g_autoptr (GPtrArray) names = bm_volume_list_folder (folder, BM_VOLUME_OUT, error);
  GHashTableIter iter;
  gpointer newest;

  if (names == NULL)
    return FALSE;
  for (guint i = 0; i < names->len; i++)
    if (!take_file (self, folder, g_ptr_array_index (names, i), error))
      return FALSE;
  g_hash_table_iter_init (&iter, self->newest);
  while (g_hash_table_iter_next (&iter, NULL, &newest))
    if (!send_messages (self, &((Newest *) newest)->header, error))
      return FALSE;
  return TRUE;
}

static json_t *
report_new (void)
{
  return json_pack ("{s:i, s:[], s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:[]}",
                    "volumes", 0, "refused", "accepted", 0, "duplicates", 0, "rejected", 0,
                    "quarantined", 0, "conflicts", 0, "deferred", 0, "spoiled", 0, "attachments", 0,
                    "chunks", 0, "messages", 0, "back");
}

json_t *
bm_platform_import_volumes (BmPlatform *self, const char *folder, const char *out, GError **error)
{
  g_autofree char *inner = g_build_filename (folder, BM_VOLUME_FOLDER, NULL);
  const gboolean is_stick = g_file_test (inner, G_FILE_TEST_IS_DIR);
  Import import = { .platform = self };
  gboolean is_done;

  g_return_val_if_fail (self != NULL && folder != NULL && out != NULL, NULL);

  import.out = g_build_filename (out, BM_VOLUME_FOLDER, NULL);
  import.newest = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  import.haves =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) bm_reply_free);
  import.report = report_new ();
  is_done = take_folder (&import, is_stick ? inner : folder, error);
  g_clear_pointer (&import.back, bm_volume_file_free);
  g_clear_pointer (&import.station, bm_platform_station_free);
  g_hash_table_unref (import.newest);
  g_hash_table_unref (import.haves);
  g_free (import.out);
  if (!is_done)
    g_clear_pointer (&import.report, json_decref);
  return import.report;
}
