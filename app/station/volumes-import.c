/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "app/station/volumes-private.h"

#include "app/store/store-volumes.h"
#include "core/error.h"

#include <string.h>

/*
 *   list ─► for each volume: read, verify, is the nonce ours? ─► for each item: open ─► apply
 *
 * What is wrong with one volume is said and the next one taken; only a stick that is gone, or a ledger that
 * does not write, ends it. Messages are applied where they follow on what is here: a part that comes before
 * its sister is answered with "wait", and does no harm.
 */

#define CODE_CUT     "not-whole"
#define CODE_CHANGED "changed"
#define CODE_FOREIGN "foreign"
#define CODE_UNKNOWN "unknown-export"
#define CODE_WAITS   "waits"

typedef struct
{
  BmVolumes *self;
  char *folder; /* where the volumes lie */
  GPtrArray *names;
  guint at;
  guint item;
  gint64 cursor;

  /* The stick's */
  BmVolume *volume;
  const char *code; /* why it is not taken */
  BmReply *reply;   /* of the item at hand; NULL: nothing in it counts */
  gint64 after;
  guint64 bytes; /* of the volume */
} Import;

static void next_volume (Import *import);
static void next_item (Import *import);

static void
import_free (Import *import)
{
  g_clear_pointer (&import->names, g_ptr_array_unref);
  g_clear_pointer (&import->volume, bm_volume_free);
  g_clear_pointer (&import->reply, bm_reply_free);
  g_free (import->folder);
  g_object_unref (import->self);
  g_free (import);
}

/* Takes @error over. */
static void
fail (Import *import, GError *error, gboolean is_of_ledger)
{
  g_autoptr (BmVolumes) self = g_object_ref (import->self);

  import_free (import);
  bm_volumes_fail (self, error, is_of_ledger);
}

static void
on_stick (Import *import, BmWorkerFunc func, GAsyncReadyCallback done)
{
  BmVolumes *self = import->self;

  if (self->worker == NULL)
    {
      fail (import, g_error_new (BM_ERROR, BM_ERROR_FAILED, "the station ends"), FALSE);
      return;
    }
  bm_worker_run_async (self->worker, func, import, NULL, NULL, self, done, import);
}

static gboolean
check_step (Import *import, GAsyncResult *result)
{
  GError *error = NULL;

  (void) bm_worker_run_finish (result, &error); /* what it made lies in the job */
  if (error == NULL)
    return TRUE;
  fail (import, error, FALSE);
  return FALSE;
}

/* On the stick's thread */

static gpointer
list_on_stick (gpointer data, GError **error)
{
  Import *import = data;
  g_autofree char *inner = bm_volumes_dup_inner (import->self->folder);
  const gboolean is_stick = g_file_test (inner, G_FILE_TEST_IS_DIR);

  import->folder = g_strdup (is_stick ? inner : import->self->folder);
  import->names = bm_volume_list_folder (import->folder, BM_VOLUME_BACK, error);
  return NULL;
}

static const char *
judge (Import *import, const BmVolume *volume)
{
  const BmEnrolment *enrolment = import->self->enrolment;

  if (volume->header.kiosk != bm_enrolment_get_kiosk (enrolment))
    return CODE_FOREIGN;
  if (!bm_volume_verify (volume, bm_enrolment_get_platform_key (enrolment), NULL))
    return CODE_CHANGED;
  return volume->header.kind == BM_VOLUME_BACK ? NULL : CODE_FOREIGN;
}

static gpointer
read_on_stick (gpointer data, GError **error)
{
  Import *import = data;
  g_autoptr (GError) cause = NULL;

  import->volume =
    bm_volume_read_file (import->folder, g_ptr_array_index (import->names, import->at), &cause);
  if (import->volume != NULL)
    import->code = judge (import, import->volume);
  else if (g_error_matches (cause, BM_ERROR, BM_ERROR_UNREACHABLE))
    g_propagate_error (error, g_steal_pointer (&cause));
  else
    import->code = CODE_CUT;
  return NULL;
}

static BmReply *
open_answer (Import *import, GBytes *answer, BmCall call)
{
  const BmEnrolment *enrolment = import->self->enrolment;
  g_autoptr (BmReply) reply =
    bm_reply_open (answer, import->volume->header.nonce, call, bm_enrolment_get_kiosk (enrolment),
                   bm_enrolment_get_platform_key (enrolment), NULL);

  return reply != NULL && reply->refused_code == NULL ? g_steal_pointer (&reply) : NULL;
}

/* A reply that is not bound to our nonce, or refuses, is none: bm_reply_open() decides it as on the line. */
static gpointer
open_on_stick (gpointer data, GError **error)
{
  Import *import = data;
  const BmVolumeItem *item = g_ptr_array_index (import->volume->items, import->item);
  g_autoptr (GBytes) answer = NULL;

  g_clear_pointer (&import->reply, bm_reply_free);
  if (item->type == BM_VOLUME_ANSWER)
    import->reply = open_answer (import, item->bytes, BM_CALL_BATCH);
  else if (item->type == BM_VOLUME_HAVE)
    import->reply = open_answer (import, item->bytes, BM_CALL_BLOB);
  else if (item->type == BM_VOLUME_INBOX &&
           bm_volume_read_inbox (item->bytes, &import->after, &answer))
    import->reply = open_answer (import, answer, BM_CALL_INBOX);
  return NULL;
}

/* On the main thread */

static void
refuse (Import *import, const char *code)
{
  g_autofree char *sentence = bm_volumes_dup_refusal (code);
  json_t *refused = import->self->refused;

  if (json_array_size (refused) < BM_VOLUMES_MAX_REFUSED)
    json_array_append_new (refused, json_pack ("{s:s, s:s, s:s}", "file",
                                               g_ptr_array_index (import->names, import->at),
                                               "code", code, "sentence", sentence));
}

static void
end_volume (Import *import)
{
  g_clear_pointer (&import->volume, bm_volume_free);
  import->at++;
  import->self->bytes++;
  bm_volumes_tell (import->self);
  next_volume (import);
}

static void
end_item (Import *import)
{
  import->item++;
  next_item (import);
}

static void
on_applied (GObject *source, GAsyncResult *result, gpointer data)
{
  Import *import = data;
  BmVolumes *self = import->self;
  GError *error = NULL;

  if (!bm_outbox_apply_finish (BM_OUTBOX (source), result, &error))
    {
      fail (import, error, TRUE);
      return;
    }
  self->answers += import->reply->answers->len;
  self->messages += import->reply->messages->len;
  bm_volumes_tell (self);
  end_item (import);
}

/* The same door as the line's (S2). @asked: where its messages begin. */
static void
apply (Import *import, gint64 asked)
{
  const BmReply *reply = import->reply;
  g_autoptr (GBytes) head = reply->has_head ? g_bytes_new (reply->head, BM_SM3_LEN) : NULL;
  const BmOutboxReply applied = {
    .answers = reply->answers,
    .messages = reply->messages,
    .asked = asked,
    .cursor = reply->cursor,
    .head_seq = reply->has_head ? reply->head_seq : 0,
    .head = head,
    .head_signature = reply->has_head ? reply->head_signature : NULL,
  };

  bm_outbox_apply_async (BM_OUTBOX (import->self->store), &applied, on_applied, import);
}

static void
on_cursor (GObject *source, GAsyncResult *result, gpointer data)
{
  Import *import = data;
  GError *error = NULL;
  g_autofree BmOutboxStatus *status =
    bm_outbox_get_status_finish (BM_OUTBOX (source), result, &error);

  if (status == NULL)
    fail (import, error, TRUE);
  else if (import->after <= status->cursor)
    apply (import, import->after);
  else
    {
      refuse (import, CODE_WAITS);
      end_volume (import);
    }
}

static void
on_blob_noted (GObject *source, GAsyncResult *result, gpointer data)
{
  Import *import = data;
  GError *error = NULL;

  if (!bm_outbox_note_blob_finish (BM_OUTBOX (source), result, &error))
    {
      fail (import, error, TRUE);
      return;
    }
  import->self->blobs++;
  end_item (import);
}

static void
on_blob_found (GObject *source, GAsyncResult *result, gpointer data)
{
  Import *import = data;
  GError *error = NULL;
  const gint64 id = bm_store_find_blob_finish (BM_STORE (source), result, &error);

  if (error != NULL)
    fail (import, error, TRUE);
  else if (id == 0) /* complete before, or gone with its entry */
    end_item (import);
  else
    bm_outbox_note_blob_async (BM_OUTBOX (source), id, import->reply->have,
                               import->reply->is_complete, on_blob_noted, import);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  Import *import = data;

  if (!check_step (import, result))
    return;
  if (import->reply == NULL)
    end_item (import);
  else if (import->reply->call == BM_CALL_INBOX)
    bm_outbox_get_status_async (BM_OUTBOX (import->self->store), on_cursor, import);
  else if (import->reply->call == BM_CALL_BLOB)
    bm_store_find_blob_async (import->self->store, import->reply->blob, on_blob_found, import);
  else
    apply (import, G_MAXINT64); /* it carries no messages: the cursor stays */
}

static void
next_item (Import *import)
{
  if (import->item < import->volume->items->len)
    {
      on_stick (import, open_on_stick, on_opened);
      return;
    }
  import->self->volumes++;
  end_volume (import);
}

static void
on_nonce (GObject *source, GAsyncResult *result, gpointer data)
{
  Import *import = data;
  GError *error = NULL;
  const gboolean is_ours = bm_outbox_has_volume_finish (BM_OUTBOX (source), result, &error);

  if (error != NULL)
    fail (import, error, TRUE);
  else if (is_ours)
    next_item (import);
  else
    {
      refuse (import, CODE_UNKNOWN);
      end_volume (import);
    }
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  Import *import = data;
  g_autoptr (GBytes) nonce = NULL;

  if (!check_step (import, result))
    return;
  if (import->code != NULL)
    {
      refuse (import, import->code);
      end_volume (import);
      return;
    }
  nonce = g_bytes_new (import->volume->header.nonce, BM_NONCE_LEN);
  import->item = 0;
  bm_outbox_has_volume_async (BM_OUTBOX (import->self->store), nonce, on_nonce, import);
}

static void
next_volume (Import *import)
{
  g_autoptr (BmVolumes) self = g_object_ref (import->self);

  import->code = NULL;
  if (import->at < import->names->len)
    {
      on_stick (import, read_on_stick, on_read);
      return;
    }
  import_free (import);
  bm_volumes_end (self);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer data)
{
  Import *import = data;

  if (!check_step (import, result))
    return;
  import->self->bytes_of = import->names->len;
  import->self->parts = import->names->len;
  next_volume (import);
}

gboolean
bm_volumes_import (BmVolumes *self, const char *folder, GError **error)
{
  Import *import;

  g_return_val_if_fail (BM_IS_VOLUMES (self) && folder != NULL, FALSE);

  if (!bm_volumes_begin (self, BM_VOLUMES_JOB_IMPORT, folder, error))
    return FALSE;
  import = g_new0 (Import, 1);
  import->self = g_object_ref (self);
  on_stick (import, list_on_stick, on_listed);
  return TRUE;
}
