/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/error.h"
#include "sync/platform/platform-volume.h"
#include "sync/volume-file.h"
#include "tests/sync/platform/platform-fixture.h"

#include <glib/gstdio.h>

#include <string.h>

/* What the platform does with a stick: as with the line, once, and answers that only this export opens. */

typedef json_t Json;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Json, json_decref)

typedef struct
{
  PlatformFixture *platform;
  char *stick;
  char *folder; /* stick/bianmin */
  BmVolumeHeader header;
  BmBatchHeader batch;
} Fixture;

static void
set_up (Fixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  f->platform = platform_fixture_new ();
  f->stick = g_dir_make_tmp ("bianmin-stick-XXXXXX", &error);
  g_assert_no_error (error);
  f->folder = g_build_filename (f->stick, BM_VOLUME_FOLDER, NULL);
  f->header = (BmVolumeHeader){ .kind = BM_VOLUME_OUT, .kiosk = f->platform->station->kiosk };
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  platform_fixture_free (f->platform);
  remove_folder (f->stick);
  g_free (f->stick);
  g_free (f->folder);
}

/* Takes @records over. */
static char *
write_volume (Fixture *f, guint part, GPtrArray *records, const BmKey *key)
{
  g_autoptr (GBytes) batch = virtual_station_make_batch (f->platform->station, records, &f->batch);
  g_autoptr (BmVolumeFile) file = NULL;
  g_autoptr (GError) error = NULL;
  char *name;

  memcpy (f->header.nonce, f->batch.nonce, BM_NONCE_LEN);
  f->header.part = part;
  file = bm_volume_file_create (f->folder, &f->header, BM_VOLUME_MAX_BYTES, &error);
  g_assert_no_error (error);
  g_assert_true (bm_volume_file_add (file, BM_VOLUME_BATCH, batch, &error));
  name = bm_volume_file_finish (file, key, NULL, &error);
  g_assert_no_error (error);
  g_ptr_array_unref (records);
  return name;
}

static GPtrArray *
two_records (Fixture *f)
{
  GBytes *run = virtual_station_start_run (f->platform->station);

  return records_of (run,
                     virtual_station_certify (f->platform->station, "王秀兰", "990121194803120028",
                                              "HT02", NULL),
                     NULL);
}

static json_t *
import (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  json_t *report = bm_platform_import_volumes (f->platform->platform, f->stick, f->stick, &error);

  g_assert_no_error (error);
  return report;
}

static gint64
count (json_t *report, const char *key)
{
  return json_integer_value (json_object_get (report, key));
}

static BmReply *
open_item (Fixture *f, const char *name, guint index, BmCall call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmVolume) back = bm_volume_read_file (f->folder, name, &error);
  g_autoptr (GBytes) answer = NULL;
  const BmVolumeItem *item;
  BmReply *reply;
  gint64 after = 0;

  g_assert_no_error (error);
  g_assert_true (bm_volume_verify (back, f->platform->station->platform_public, NULL));
  g_assert_cmpint (back->header.kind, ==, BM_VOLUME_BACK);
  item = g_ptr_array_index (back->items, index);
  if (call == BM_CALL_INBOX)
    g_assert_true (bm_volume_read_inbox (item->bytes, &after, &answer));
  else
    answer = g_bytes_ref (item->bytes);
  reply = bm_reply_open (answer, back->header.nonce, call, f->platform->station->kiosk,
                         f->platform->station->platform_public, &error);
  g_assert_no_error (error);
  return reply;
}

static void
test_once (Fixture *f, gconstpointer unused)
{
  g_autofree char *name = write_volume (f, 1, two_records (f), f->platform->station->sign_key);
  g_autoptr (Json) first = import (f);
  g_autoptr (Json) second = import (f);
  json_t *back = json_object_get (first, "back");
  g_autoptr (BmReply) answers = NULL;
  g_autoptr (BmReply) inbox = NULL;

  g_assert_nonnull (name);
  g_assert_cmpint (count (first, "accepted"), ==, 2);
  g_assert_cmpint (count (second, "accepted"), ==, 0);
  g_assert_cmpint (count (second, "duplicates"), ==, 2);
  g_assert_cmpuint (json_array_size (back), ==, 2);
  answers = open_item (f, json_string_value (json_array_get (back, 0)), 0, BM_CALL_BATCH);
  g_assert_cmpuint (answers->answers->len, ==, 2);
  g_assert_true (answers->has_head);
  inbox = open_item (f, json_string_value (json_array_get (back, 1)), 0, BM_CALL_INBOX);
  g_assert_cmpuint (inbox->messages->len, ==, 2); /* the roster and the result */
  g_assert_cmpuint (inbox->bad_messages, ==, 0);
}

/* Over the line as well, before and after: still once. */
static void
test_with_the_line (Fixture *f, gconstpointer unused)
{
  GPtrArray *records = two_records (f);
  g_autoptr (BmReply) reply = platform_fixture_send (f->platform, g_ptr_array_ref (records));
  g_autofree char *name = write_volume (f, 1, records, f->platform->station->sign_key);
  g_autoptr (Json) report = import (f);

  g_assert_nonnull (name);
  g_assert_cmpuint (reply->answers->len, ==, 2);
  g_assert_cmpint (count (report, "accepted"), ==, 0);
  g_assert_cmpint (count (report, "duplicates"), ==, 2);
}

static void
test_refused (Fixture *f, gconstpointer unused)
{
  g_autoptr (BmKey) stranger = bm_key_generate (BM_KEY_SM2_PRIVATE, NULL);
  g_autofree char *forged = write_volume (f, 1, two_records (f), stranger);
  g_autofree char *foreign = NULL;
  g_autofree char *cut = g_build_filename (f->folder, "out-1-00000000-0003.bmv", NULL);
  g_autoptr (Json) report = NULL;
  const char *why;

  f->header.kiosk += 1000;
  foreign = write_volume (f, 2, two_records (f), f->platform->station->sign_key);
  g_assert_true (g_file_set_contents (cut, "BMV1", 4, NULL));
  report = import (f);
  g_assert_cmpstr (forged, !=, foreign);
  g_assert_cmpint (count (report, "volumes"), ==, 0);
  g_assert_cmpuint (json_array_size (json_object_get (report, "refused")), ==, 3);
  why = json_string_value (
    json_object_get (json_array_get (json_object_get (report, "refused"), 0), "why"));
  g_assert_cmpstr (why, !=, "");
  g_assert_cmpuint (json_array_size (json_object_get (report, "back")), ==, 0);
}

/* A whole volume around a batch that somebody else signed: the batch counts for nothing. */
static void
test_spoiled_item (Fixture *f, gconstpointer unused)
{
  g_autoptr (BmKey) stranger = bm_key_generate (BM_KEY_SM2_PRIVATE, NULL);
  VirtualStation *station = f->platform->station;
  BmKey *own = station->sign_key;
  GPtrArray *records = two_records (f);
  g_autofree char *name = NULL;
  g_autoptr (Json) report = NULL;

  station->sign_key = stranger; /* signs the batch */
  name = write_volume (f, 1, records, own);
  station->sign_key = own;
  report = import (f);
  g_assert_nonnull (name);
  g_assert_cmpint (count (report, "volumes"), ==, 1);
  g_assert_cmpint (count (report, "spoiled"), ==, 1);
  g_assert_cmpint (count (report, "accepted"), ==, 0);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  bm_crypto_init ();
  ADD ("/volume-platform/once", test_once);
  ADD ("/volume-platform/with-the-line", test_with_the_line);
  ADD ("/volume-platform/refused", test_refused);
  ADD ("/volume-platform/spoiled-item", test_spoiled_item);
  return g_test_run ();
}
