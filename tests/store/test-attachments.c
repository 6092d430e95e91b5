/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/store/fixture.h"

#include "core/entry/attachment.h"
#include "core/error.h"

#include <string.h>

/* Photos go into the entry's transaction, leave after it in any order, and stay until they may go. */

static void
add_attachment (BmDraft *draft, gsize len, guint8 seed)
{
  guint8 *bytes = g_malloc (len);
  g_autoptr (GBytes) data = NULL;

  for (gsize i = 0; i < len; i++)
    bytes[i] = (guint8) (i * 13 + seed + i / 256);
  data = g_bytes_new_take (bytes, len);
  if (draft->attachments == NULL)
    draft->attachments = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_attachment_free);
  g_ptr_array_add (draft->attachments, bm_attachment_new ("image/jpeg", data));
}

static BmDraft *
photo_draft_new (guint number, gsize len)
{
  BmDraft *draft = ledger_draft_new (number);

  add_attachment (draft, len, (guint8) number);
  return draft;
}

static BmOutboxBlob *
next_blob (Ledger *ledger, gint64 skipped)
{
  g_autoptr (GArray) skip = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  BmOutboxBlob *blob;

  g_array_append_val (skip, skipped);
  bm_outbox_next_blob_async (BM_OUTBOX (ledger->store), skip, ledger_on_done, &result);
  blob = bm_outbox_next_blob_finish (BM_OUTBOX (ledger->store), ledger_take (&result), &error);
  g_assert_no_error (error);
  return blob;
}

static GBytes *
read_chunk (Ledger *ledger, gint64 id, guint ordinal, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  bm_outbox_read_chunk_async (BM_OUTBOX (ledger->store), id, ordinal, ledger_on_done, &result);
  return bm_outbox_read_chunk_finish (BM_OUTBOX (ledger->store), ledger_take (&result), error);
}

static void
note_blob (Ledger *ledger, gint64 id, const char *have, gsize len, gboolean is_complete)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new (have, len);

  bm_outbox_note_blob_async (BM_OUTBOX (ledger->store), id, bytes, is_complete, ledger_on_done,
                             &result);
  g_assert_true (
    bm_outbox_note_blob_finish (BM_OUTBOX (ledger->store), ledger_take (&result), NULL));
}

static gint64
count_rows (Ledger *ledger, const char *table)
{
  sqlite3 *db = ledger_open_raw (ledger);
  g_autofree char *sql = g_strdup_printf ("SELECT count(*) FROM %s", table);
  sqlite3_stmt *row = NULL;
  gint64 count;

  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &row, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (row), ==, SQLITE_ROW);
  count = sqlite3_column_int64 (row, 0);
  sqlite3_finalize (row);
  sqlite3_close (db);
  return count;
}

/* As the platform does it: payload, manifest, chunks, photo. */
static void
assert_opens (Ledger *ledger, BmOutboxBatch *batch, const BmOutboxBlob *blob, GBytes *photo)
{
  const BmOutboxItem *item = batch->items->pdata[0];
  const BmAttachmentPlace place = { 7, blob->epoch, blob->seq, blob->ordinal };
  g_autoptr (GPtrArray) chunks = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GBytes) run_sealed = NULL;
  g_autoptr (GBytes) header_bytes = NULL;
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (BmKey) start = NULL;
  g_autoptr (BmKey) key = NULL;
  g_autoptr (GBytes) plain = NULL;
  g_autoptr (GBytes) opened = NULL;
  BmAttachmentManifest manifest;
  BmEntryHeader run, header;
  json_t *payload;

  g_assert_true (bm_record_parse (((BmOutboxItem *) batch->runs->pdata[0])->record, &run, NULL,
                                  &run_sealed, NULL));
  g_assert_true (bm_record_parse (item->record, &header, &header_bytes, &sealed, NULL));
  start = bm_ratchet_open_start (ledger->seal_private, header.run, run_sealed, NULL);
  plain = bm_payload_open_key (start, &header, header_bytes, sealed, NULL, NULL);
  payload = json_loadb (g_bytes_get_data (plain, NULL), g_bytes_get_size (plain), 0, NULL);
  g_assert_true (
    bm_attachment_manifest_from_json (json_array_get (json_object_get (payload, "attachments"),
                                                      blob->ordinal),
                                      &manifest, NULL));
  g_assert_cmpmem (manifest.blob, BM_SM3_LEN, blob->blob, BM_SM3_LEN);
  json_decref (payload);
  for (guint i = 0; i < blob->n_chunks; i++)
    g_ptr_array_add (chunks, read_chunk (ledger, blob->id, i, NULL));
  key = bm_ratchet_open_blob_key (start, header.key_index, NULL);
  opened = bm_attachment_open (key, &place, &manifest, chunks, NULL);
  g_assert_nonnull (opened);
  g_assert_true (g_bytes_equal (opened, photo));
}

static void
test_whole_way (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (BmDraft) draft = photo_draft_new (1, 200 * 1024);
  g_autoptr (GPtrArray) answers = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree BmOutboxStatus *status = NULL;
  BmOutboxBatch *batch;
  BmOutboxBlob *first, *second;

  add_attachment (draft, 900, 5);
  ledger_open (ledger);
  bm_committed_free (ledger_commit_draft (ledger, draft));
  g_assert_null (json_object_get (draft->payload, "attachments")); /* a draft is not changed */
  status = ledger_status (ledger);
  g_assert_cmpuint (status->pending_blobs, ==, 2);
  g_assert_null (next_blob (ledger, 0)); /* B1: the platform does not know the entry yet */
  batch = ledger_next (ledger, 1 << 20, 10);
  answers = answers_for (batch, BM_ANSWER_NEED_BLOBS);
  g_assert_true (ledger_apply (ledger, answers, NULL, 0, NULL));

  first = next_blob (ledger, 0);
  second = next_blob (ledger, first->id);
  g_assert_cmpuint (first->ordinal, ==, 0);
  g_assert_cmpuint (first->n_chunks, ==, 7);
  g_assert_cmpuint (second->ordinal, ==, 1);
  g_assert_cmpuint (second->n_chunks, ==, 1);
  assert_opens (ledger, batch, first, ((BmAttachment *) draft->attachments->pdata[0])->data);
  assert_opens (ledger, batch, second, ((BmAttachment *) draft->attachments->pdata[1])->data);
  g_assert_null (read_chunk (ledger, first->id, 7, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_NOT_FOUND);

  bm_outbox_blob_free (second);
  bm_outbox_blob_free (first);
  bm_outbox_batch_free (batch);
  ledger_free (ledger);
}

/* What the platform has is known after a restart, days later; a complete one is not offered. */
static void
test_resumed (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (BmDraft) draft = photo_draft_new (1, 100 * 1024);
  BmOutboxBlob *blob;
  gint64 id;

  ledger_open (ledger);
  bm_committed_free (ledger_commit_draft (ledger, draft));
  ledger_send_all (ledger, BM_ANSWER_ACCEPTED);
  blob = next_blob (ledger, 0);
  id = blob->id;
  g_assert_cmpuint (g_bytes_get_size (blob->have), ==, 0);
  bm_outbox_blob_free (blob);
  note_blob (ledger, id, "\xa0", 1, FALSE);
  ledger_advance (ledger, 3 * 24 * 60 * 60 * 1000);
  ledger_reboot (ledger);
  blob = next_blob (ledger, 0);
  g_assert_cmpint (blob->id, ==, id);
  g_assert_cmpmem (g_bytes_get_data (blob->have, NULL), g_bytes_get_size (blob->have), "\xa0", 1);
  bm_outbox_blob_free (blob);
  note_blob (ledger, id, "\xff\xff\xff\xff\xff", 5, FALSE); /* longer than it is: passed over */
  blob = next_blob (ledger, 0);
  g_assert_cmpuint (g_bytes_get_size (blob->have), ==, 1);
  bm_outbox_blob_free (blob);
  note_blob (ledger, id, "\xf0", 1, TRUE);
  g_assert_null (next_blob (ledger, 0));
  ledger_free (ledger);
}

/* A draft that cannot be taken leaves nothing: no entry, no row, no chunk. */
static void
test_refused_leaves_nothing (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (BmDraft) large = photo_draft_new (1, BM_ATTACHMENT_MAX_BYTES + 1);
  g_autoptr (BmDraft) empty = photo_draft_new (2, 0);
  g_autoptr (BmDraft) nameless = photo_draft_new (3, 10);
  g_autoptr (GError) error = NULL;
  BmAttachment *attachment = nameless->attachments->pdata[0];

  ledger_open (ledger);
  g_assert_null (ledger_try_commit (ledger, large, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_LIMIT);
  g_clear_error (&error);
  g_assert_null (ledger_try_commit (ledger, empty, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
  g_clear_error (&error);
  g_free (attachment->mime);
  attachment->mime = g_strdup ("photo?");
  g_assert_null (ledger_try_commit (ledger, nameless, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
  ledger_close (ledger);
  g_assert_cmpint (count_rows (ledger, "entry"), ==, 0);
  g_assert_cmpint (count_rows (ledger, "attachment"), ==, 0);
  g_assert_cmpint (count_rows (ledger, "chunk"), ==, 0);
  ledger_free (ledger);
}

/* The database is full in the middle of the photo: nothing of the entry stays, and an entry without one
 * still goes in. */
static void
test_full_in_the_middle (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (BmDraft) draft = photo_draft_new (1, 2 * 1024 * 1024);
  g_autoptr (BmDraft) plain = ledger_draft_new (2);
  g_autoptr (GError) error = NULL;

  ledger->tuning.max_pages = 200;
  ledger_open (ledger);
  g_assert_null (ledger_try_commit (ledger, draft, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_FULL);
  bm_committed_free (ledger_commit_draft (ledger, plain));
  ledger_close (ledger);
  g_assert_cmpint (count_rows (ledger, "attachment"), ==, 0);
  g_assert_cmpint (count_rows (ledger, "chunk"), ==, 0);
  g_assert_cmpint (count_rows (ledger, "cases"), ==, 1);
  ledger_free (ledger);
}

/* Photos stop long before entries have to, and no alarm stops the station for that. */
static void
test_little_room (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (BmDraft) photo = photo_draft_new (1, 1000);
  g_autoptr (BmDraft) plain = ledger_draft_new (2);
  g_autoptr (GError) error = NULL;

  ledger_open (ledger);
  ledger->store->reserve_bytes = bm_store_space_get_free (ledger->store) / 3;
  g_assert_null (ledger_try_commit (ledger, photo, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_LIMIT);
  bm_committed_free (ledger_commit_draft (ledger, plain));
  g_assert_null (ledger->trouble);
  ledger_free (ledger);
}

/* Neither the photo nor its text lies in the files. */
static void
test_sealed_on_disk (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (BmDraft) draft = photo_draft_new (1, 50000);
  const guint8 *photo =
    g_bytes_get_data (((BmAttachment *) draft->attachments->pdata[0])->data, NULL);

  ledger_open (ledger);
  bm_committed_free (ledger_commit_draft (ledger, draft));
  g_assert_false (folder_contains (ledger->folder, photo + 100, 16));
  ledger_close (ledger);
  g_assert_false (folder_contains (ledger->folder, photo + 100, 16));
  ledger_free (ledger);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/attachments/whole-way", test_whole_way);
  g_test_add_func ("/attachments/resumed", test_resumed);
  g_test_add_func ("/attachments/refused-leaves-nothing", test_refused_leaves_nothing);
  g_test_add_func ("/attachments/full-in-the-middle", test_full_in_the_middle);
  g_test_add_func ("/attachments/little-room", test_little_room);
  g_test_add_func ("/attachments/sealed-on-disk", test_sealed_on_disk);
  return g_test_run ();
}
