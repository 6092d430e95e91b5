/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/usb/carry.h"

#include "core/entry/attachment.h"
#include "sync/platform/platform-blobs.h"
#include "sync/platform/platform-calls.h"
#include "sync/platform/platform-volume.h"
#include "tests/torture/torture.h"

#include <glib/gstdio.h>

#include <string.h>

#define MAX_SHELF 60
#define STREAM    1

/* Chance */

static guint
pick (Carry *self, guint from, guint to)
{
  return (guint) g_rand_int_range (self->rand, (gint32) from, (gint32) to + 1);
}

/* Folders */

static void
empty_folder (const char *path)
{
  remove_folder (path);
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
}

static GPtrArray *
list_files (const char *folder, const char *prefix)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_prefix (name, prefix) && g_str_has_suffix (name, BM_VOLUME_SUFFIX))
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort_with_data (names, (GCompareDataFunc) (void (*) (void)) g_strcmp0, NULL);
  return names;
}

/* Copies at most @len bytes. */
static gsize
copy_file (const char *from, const char *name, const char *to, gsize len)
{
  g_autofree char *source = g_build_filename (from, name, NULL);
  g_autofree char *target = g_build_filename (to, name, NULL);
  g_autofree char *data = NULL;
  gsize size = 0;

  g_assert_true (g_file_get_contents (source, &data, &size, NULL));
  size = MIN (size, len);
  g_assert_true (g_file_set_contents (target, data, (gssize) size, NULL));
  return size;
}

/* What is whole on the stick stays for later; the oldest of too many goes. */
static void
shelve (Carry *self, const char *folder, const char *prefix)
{
  g_autoptr (GPtrArray) fresh = list_files (folder, prefix);
  g_autoptr (GPtrArray) old = list_files (self->shelf, prefix);

  for (guint i = 0; i < fresh->len; i++)
    (void) copy_file (folder, fresh->pdata[i], self->shelf, G_MAXSIZE);
  for (guint i = MAX_SHELF; i < old->len; i++)
    {
      g_autofree char *path =
        g_build_filename (self->shelf, old->pdata[pick (self, 0, old->len - 1)], NULL);

      (void) g_unlink (path);
    }
}

/* One file of the shelf, alone on the stick; now and then cut at any byte. FALSE: the shelf is empty. */
static gboolean
take_from_shelf (Carry *self, const char *prefix, gboolean *ret_cut)
{
  g_autoptr (GPtrArray) names = list_files (self->shelf, prefix);
  g_autofree char *inner = g_build_filename (self->stick, BM_VOLUME_FOLDER, NULL);
  g_autofree char *path = NULL;
  const char *name;
  GStatBuf about;
  gsize size;

  if (names->len == 0)
    return FALSE;
  name = names->pdata[pick (self, 0, names->len - 1)];
  path = g_build_filename (self->shelf, name, NULL);
  g_assert_cmpint (g_stat (path, &about), ==, 0);
  size = (gsize) about.st_size;
  *ret_cut = torture_one_in (self->rand, 5);
  empty_folder (self->stick);
  g_assert_cmpint (g_mkdir (inner, 0700), ==, 0);
  (void) copy_file (self->shelf, name, inner,
                    *ret_cut ? (gsize) pick (self, 0, (guint) size - 1) : size);
  return TRUE;
}

/* The world */

static BmEnrolment *
make_enrolment (VirtualStation *station)
{
  json_t *document = json_deep_copy (station->enrolment);
  g_autofree char *key = bm_key_to_string (station->sign_key);
  g_autoptr (GError) error = NULL;
  BmEnrolment *enrolment;

  json_object_set_new (document, "client_key", json_string (station->tls_key));
  json_object_set_new (document, "sign_key", json_string (key));
  enrolment = bm_enrolment_new_from_json (document, &error);
  g_assert_no_error (error);
  json_decref (document);
  return enrolment;
}

static void
replace_key (BmKey **slot, const BmKey *key)
{
  bm_key_unref (*slot);
  *slot = bm_key_ref ((BmKey *) key);
}

static void
open_ledger (Carry *self)
{
  Ledger *ledger = ledger_new ();

  ledger->setup.kiosk = bm_enrolment_get_kiosk (self->enrolment);
  ledger->setup.village = bm_enrolment_get_village (self->enrolment);
  ledger->setup.terminal = bm_enrolment_get_terminal (self->enrolment);
  ledger->setup.epoch_label = bm_enrolment_get_epoch_label (self->enrolment);
  ledger->setup.counter_start = bm_enrolment_get_counter_start (self->enrolment);
  replace_key (&ledger->setup.platform_seal_key, bm_enrolment_get_seal_key (self->enrolment));
  replace_key (&ledger->setup.platform_sign_key, bm_enrolment_get_platform_key (self->enrolment));
  replace_key (&ledger->setup.terminal_key, bm_enrolment_get_terminal_key (self->enrolment));
  ledger_open (ledger);
  self->ledger = ledger;
}

Carry *
carry_new (GRand *rand)
{
  Carry *self = g_new0 (Carry, 1);
  g_autoptr (GError) error = NULL;

  self->rand = rand;
  self->platform = platform_fixture_new ();
  self->enrolment = make_enrolment (self->platform->station);
  open_ledger (self);
  self->folder = g_dir_make_tmp ("bianmin-carry-XXXXXX", &error);
  g_assert_no_error (error);
  self->stick = g_build_filename (self->folder, "stick", NULL);
  self->shelf = g_build_filename (self->folder, "shelf", NULL);
  g_assert_cmpint (g_mkdir (self->stick, 0700), ==, 0);
  g_assert_cmpint (g_mkdir (self->shelf, 0700), ==, 0);
  self->volumes = bm_volumes_new (self->ledger->store, self->enrolment,
                                  BM_CLOCK (self->ledger->clock), self->folder, TRUE);
  return self;
}

void
carry_free (Carry *self)
{
  if (self == NULL)
    return;
  bm_volumes_stop (self->volumes);
  ledger_settle (self->ledger);
  g_object_unref (self->volumes);
  ledger_free (self->ledger);
  bm_enrolment_unref (self->enrolment);
  platform_fixture_free (self->platform);
  remove_folder (self->folder);
  g_free (self->folder);
  g_free (self->stick);
  g_free (self->shelf);
  g_free (self);
}

/* At the counter */

static void
add_attachments (Carry *self, BmDraft *draft)
{
  const guint count = torture_one_in (self->rand, 3) ? pick (self, 1, 2) : 0;

  for (guint i = 0; i < count; i++)
    {
      const gsize len = pick (self, 1, 80000);
      guint8 *data = g_malloc (len);

      for (gsize at = 0; at < len; at++)
        data[at] = (guint8) (at * 7 + i);
      data[0] = (guint8) self->attachments; /* each is another one */
      if (draft->attachments == NULL)
        draft->attachments = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_attachment_free);
      g_ptr_array_add (draft->attachments,
                       bm_attachment_new ("image/jpeg", g_bytes_new_take (data, len)));
      self->attachments++;
    }
}

void
carry_commit (Carry *self, guint count)
{
  for (guint i = 0; i < count; i++)
    {
      g_autoptr (BmDraft) draft = ledger_draft_new (++self->matters);

      add_attachments (self, draft);
      bm_committed_free (ledger_commit_draft (self->ledger, draft));
    }
}

/* By stick */

static void
wait_for_job (Carry *self)
{
  while (bm_volumes_is_working (self->volumes))
    g_main_context_iteration (NULL, TRUE);
}

static gboolean
is_done (Carry *self)
{
  json_t *json = bm_volumes_describe (self->volumes);
  const gboolean is_done =
    g_strcmp0 (json_string_value (json_object_get (json, "state")), "done") == 0;

  json_decref (json);
  return is_done;
}

/* The stick goes after some steps, and comes back with whatever had got onto it. */
static void
pull_out (Carry *self)
{
  g_autofree char *away = g_strconcat (self->stick, ".away", NULL);
  const guint steps = pick (self, 0, 40);

  for (guint i = 0; i < steps && bm_volumes_is_working (self->volumes); i++)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (g_rename (self->stick, away), ==, 0);
  wait_for_job (self);
  g_assert_cmpint (g_rename (away, self->stick), ==, 0);
}

void
carry_export (Carry *self, gboolean is_pulled)
{
  g_autofree char *inner = g_build_filename (self->stick, BM_VOLUME_FOLDER, NULL);
  g_autoptr (GError) error = NULL;

  empty_folder (self->stick);
  /* Many small parts now and then, a few usually: each is signed, and that is what takes the time. */
  bm_volumes_set_cuts (self->volumes,
                       torture_one_in (self->rand, 4) ? pick (self, 1200, 9000)
                                                      : pick (self, 9000, 200000),
                       pick (self, 1, 9));
  g_assert_true (bm_volumes_export (self->volumes, self->stick, BM_VOLUMES_ALL, &error));
  if (is_pulled)
    pull_out (self);
  else
    wait_for_job (self);
  if (!is_pulled && !is_done (self))
    self->whole_lost++;
  shelve (self, inner, "out-");
  self->ops++;
}

static json_t *
import_at_centre (Carry *self)
{
  g_autofree char *inner = g_build_filename (self->stick, BM_VOLUME_FOLDER, NULL);
  g_autoptr (GError) error = NULL;
  json_t *report =
    bm_platform_import_volumes (self->platform->platform, self->stick, self->stick, &error);

  g_assert_no_error (error);
  shelve (self, inner, "back-");
  return report;
}

void
carry_to_centre (Carry *self)
{
  gboolean is_cut;
  json_t *report;
  gsize refused;

  if (!take_from_shelf (self, "out-", &is_cut))
    return;
  report = import_at_centre (self);
  refused = json_array_size (json_object_get (report, "refused"));
  if (is_cut && refused == 0)
    self->cut_taken++;
  if (!is_cut && refused > 0)
    self->whole_lost++;
  json_decref (report);
  self->ops++;
}

void
carry_back (Carry *self)
{
  g_autoptr (GError) error = NULL;
  gboolean is_cut;
  json_t *json;
  json_t *refused;
  const char *code;

  if (!take_from_shelf (self, "back-", &is_cut))
    return;
  g_assert_true (bm_volumes_import (self->volumes, self->stick, &error));
  wait_for_job (self);
  json = bm_volumes_describe (self->volumes);
  refused = json_object_get (json, "refused");
  code = json_string_value (json_object_get (json_array_get (refused, 0), "code"));
  if (!is_done (self) || (!is_cut && code != NULL && g_strcmp0 (code, "waits") != 0))
    self->whole_lost++;
  if (is_cut && code == NULL)
    self->cut_taken++;
  json_decref (json);
  self->ops++;
}

/* By line */

static GPtrArray *
records_of_batch (BmOutboxBatch *batch)
{
  GPtrArray *records = g_ptr_array_new ();

  for (guint i = 0; i < batch->runs->len; i++)
    g_ptr_array_add (records, ((BmOutboxItem *) batch->runs->pdata[i])->record);
  for (guint i = 0; i < batch->items->len; i++)
    g_ptr_array_add (records, ((BmOutboxItem *) batch->items->pdata[i])->record);
  return records;
}

static BmReply *
exchange (Carry *self, GPtrArray *records, const BmOutboxStatus *status)
{
  BmBatchHeader header = { .kiosk = bm_enrolment_get_kiosk (self->enrolment),
                           .epoch = status->epoch,
                           .cursor = status->cursor,
                           .head_seq = status->next_seq - 1 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (BmReply) reply = NULL;
  guint8 nonce[BM_NONCE_LEN];
  BmReply *opened;

  memcpy (header.head, status->head, BM_SM3_LEN);
  bm_random_bytes (header.nonce, BM_NONCE_LEN);
  bytes = bm_batch_encode (&header, records, bm_enrolment_get_sign_key (self->enrolment), &error);
  g_assert_no_error (error);
  reply = bm_platform_batch (self->platform->platform, &self->platform->peer, bytes, nonce, &error);
  g_assert_no_error (error);
  sealed = bm_reply_seal (reply, nonce, self->platform->platform->sign_key, &error);
  opened = bm_reply_open (sealed, header.nonce, BM_CALL_BATCH, header.kiosk,
                          bm_enrolment_get_platform_key (self->enrolment), &error);
  g_assert_no_error (error);
  return opened;
}

static void
apply (Carry *self, const BmReply *reply, gint64 asked)
{
  g_autoptr (GBytes) head = reply->has_head ? g_bytes_new (reply->head, BM_SM3_LEN) : NULL;
  const BmOutboxReply applied = { .answers = reply->answers,
                                  .messages = reply->messages,
                                  .asked = asked,
                                  .cursor = reply->cursor,
                                  .head_seq = reply->has_head ? reply->head_seq : 0,
                                  .head = head,
                                  .head_signature = reply->head_signature };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bm_outbox_apply_async (BM_OUTBOX (self->ledger->store), &applied, ledger_on_done, &result);
  bm_outbox_apply_finish (BM_OUTBOX (self->ledger->store), ledger_take (&result), &error);
  g_assert_no_error (error);
}

void
carry_by_line (Carry *self)
{
  BmOutbox *outbox = BM_OUTBOX (self->ledger->store);
  const BmOutboxLane lane = (BmOutboxLane) pick (self, BM_LANE_WAITING, BM_LANE_AUDIT);
  g_autofree BmOutboxStatus *status = ledger_status (self->ledger);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (BmReply) reply = NULL;
  BmOutboxBatch *batch;

  bm_outbox_next_async (outbox, lane, 64 * 1024, pick (self, 1, 8), NULL, ledger_on_done, &result);
  batch = bm_outbox_next_finish (outbox, ledger_take (&result), NULL);
  g_assert_nonnull (batch);
  records = records_of_batch (batch);
  if (records->len > 0)
    reply = exchange (self, records, status);
  if (reply != NULL && !torture_one_in (self->rand, 3)) /* else the answer is lost */
    apply (self, reply, status->cursor);
  bm_outbox_batch_free (batch);
  self->ops++;
}

static BmReply *
put_chunk (Carry *self, const BmOutboxBlob *blob, guint chunk)
{
  BmOutbox *outbox = BM_OUTBOX (self->ledger->store);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = NULL;
  BmReply *reply;

  bm_outbox_read_chunk_async (outbox, blob->id, chunk, ledger_on_done, &result);
  body = bm_outbox_read_chunk_finish (outbox, ledger_take (&result), &error);
  g_assert_no_error (error);
  reply = bm_platform_blob_put (self->platform->platform, &self->platform->peer, blob->blob, chunk,
                                body, &error);
  g_assert_no_error (error);
  return reply;
}

static void
note_blob (Carry *self, const BmOutboxBlob *blob, const BmReply *reply)
{
  BmOutbox *outbox = BM_OUTBOX (self->ledger->store);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bm_outbox_note_blob_async (outbox, blob->id, reply->have, reply->is_complete, ledger_on_done,
                             &result);
  bm_outbox_note_blob_finish (outbox, ledger_take (&result), &error);
  g_assert_no_error (error);
}

/* A few chunks of one attachment, as the line's lane sends them. */
void
carry_attachment_by_line (Carry *self)
{
  BmOutbox *outbox = BM_OUTBOX (self->ledger->store);
  g_autoptr (GAsyncResult) result = NULL;
  BmOutboxBlob *blob;
  BmBlobOpen open = { .kiosk = bm_enrolment_get_kiosk (self->enrolment) };
  g_autoptr (BmReply) reply = NULL;
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GError) error = NULL;
  guint8 nonce[BM_NONCE_LEN];

  bm_outbox_next_blob_async (outbox, NULL, ledger_on_done, &result);
  blob = bm_outbox_next_blob_finish (outbox, ledger_take (&result), NULL);
  if (blob == NULL)
    return;
  open.epoch = blob->epoch;
  open.seq = blob->seq;
  open.ordinal = blob->ordinal;
  open.bytes = (guint32) blob->bytes;
  open.hashes = blob->hashes;
  body = bm_blob_open_encode (&open);
  reply =
    bm_platform_blob_open (self->platform->platform, &self->platform->peer, body, nonce, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < blob->n_chunks; i++)
    if (torture_one_in (self->rand, 2))
      {
        bm_reply_free (g_steal_pointer (&reply));
        reply = put_chunk (self, blob, i);
      }
  if (!torture_one_in (self->rand, 3))
    note_blob (self, blob, reply);
  bm_outbox_blob_free (blob);
  self->ops++;
}

void
carry_rest (Carry *self)
{
  g_autoptr (GError) error = NULL;
  json_t *report;

  carry_export (self, FALSE);
  report = import_at_centre (self);
  json_decref (report);
  g_assert_true (bm_volumes_import (self->volumes, self->stick, &error));
  wait_for_job (self);
  if (!is_done (self))
    self->whole_lost++;
}
