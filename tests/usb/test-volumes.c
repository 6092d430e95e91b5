/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/error.h"
#include "sync/platform/platform-volume.h"
#include "tests/usb/carry.h"

#include <glib/gstdio.h>

#include <string.h>

/* The station's side of a stick: what it takes, what it refuses and how it says so. */

typedef json_t Json;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Json, json_decref)

typedef struct
{
  GRand *rand;
  Carry *carry;
  char *inner;
} Fixture;

static void
set_up (Fixture *f, gconstpointer unused)
{
  f->rand = g_rand_new_with_seed (7);
  f->carry = carry_new (f->rand);
  f->inner = g_build_filename (f->carry->stick, BM_VOLUME_FOLDER, NULL);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  carry_free (f->carry);
  g_rand_free (f->rand);
  g_free (f->inner);
}

static json_t *
wait_for_job (Fixture *f)
{
  while (bm_volumes_is_working (f->carry->volumes))
    g_main_context_iteration (NULL, TRUE);
  return bm_volumes_describe (f->carry->volumes);
}

static json_t *
export_as (Fixture *f, BmVolumesWhat what)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (bm_volumes_export (f->carry->volumes, f->carry->stick, what, &error));
  g_assert_no_error (error);
  return wait_for_job (f);
}

static json_t *
import (Fixture *f, const char *folder)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (bm_volumes_import (f->carry->volumes, folder, &error));
  g_assert_no_error (error);
  return wait_for_job (f);
}

static const char *
text_of (json_t *json, const char *key)
{
  return json_string_value (json_object_get (json, key));
}

static gint64
count_of (json_t *json, const char *key)
{
  return json_integer_value (json_object_get (json, key));
}

static const char *
refusal (json_t *json, guint index)
{
  return text_of (json_array_get (json_object_get (json, "refused"), index), "code");
}

/* A back volume with nothing in it, signed by @key. */
static void
write_back (Fixture *f, guint32 kiosk, guint8 nonce, guint part, const BmKey *key)
{
  const BmVolumeHeader header = { .kind = BM_VOLUME_BACK,
                                  .kiosk = kiosk,
                                  .nonce = { nonce },
                                  .part = part };
  g_autoptr (GError) error = NULL;
  g_autoptr (BmVolumeFile) file =
    bm_volume_file_create (f->inner, &header, BM_VOLUME_MAX_BYTES, &error);
  g_autofree char *name = NULL;

  g_assert_no_error (error);
  name = bm_volume_file_finish (file, key, NULL, &error);
  g_assert_no_error (error);
}

static void
test_refused (Fixture *f, gconstpointer unused)
{
  const BmKey *key = f->carry->platform->platform->sign_key;
  const guint32 kiosk = bm_enrolment_get_kiosk (f->carry->enrolment);
  g_autoptr (BmKey) stranger = bm_key_generate (BM_KEY_SM2_PRIVATE, NULL);
  g_autoptr (Json) result = NULL;

  write_back (f, kiosk + 1, 1, 1, key);
  write_back (f, kiosk, 2, 1, stranger);
  write_back (f, kiosk, 3, 1, key);
  result = import (f, f->carry->stick);
  g_assert_cmpstr (text_of (result, "state"), ==, "done");
  g_assert_cmpuint (json_array_size (json_object_get (result, "refused")), ==, 3);
  g_assert_cmpstr (refusal (result, 0), ==, "changed");
  g_assert_cmpstr (refusal (result, 1), ==, "unknown-export");
  g_assert_cmpstr (refusal (result, 2), ==, "foreign");
  g_assert_cmpint (count_of (result, "volumes"), ==, 0);
}

static void
test_missing (Fixture *f, gconstpointer unused)
{
  g_autofree char *nowhere = g_build_filename (f->carry->folder, "nowhere", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (Json) result = NULL;
  g_autoptr (Json) again = NULL;

  carry_commit (f->carry, 1);
  g_assert_true (bm_volumes_export (f->carry->volumes, nowhere, BM_VOLUMES_ALL, &error));
  g_assert_false (bm_volumes_import (f->carry->volumes, nowhere, &error)); /* one at a time */
  g_assert_error (error, BM_ERROR, BM_ERROR_BUSY);
  result = wait_for_job (f);
  g_assert_cmpstr (text_of (result, "state"), ==, "failed");
  g_assert_cmpstr (text_of (result, "code"), ==, "not-found");
  g_assert_false (g_file_test (nowhere, G_FILE_TEST_EXISTS));
  again = import (f, nowhere);
  g_assert_cmpstr (text_of (again, "code"), ==, "not-found");
}

/* Entries alone, photographs alone, what is due: each by itself, and together they are all. */
static void
test_parts_of_it (Fixture *f, gconstpointer unused)
{
  g_autoptr (Json) entries = NULL;
  g_autoptr (Json) photographs = NULL;
  g_autoptr (Json) due = NULL;
  g_autoptr (Json) all = NULL;

  while (f->carry->attachments == 0)
    carry_commit (f->carry, 1);
  entries = export_as (f, BM_VOLUMES_ENTRIES);
  photographs = export_as (f, BM_VOLUMES_ATTACHMENTS);
  due = export_as (f, BM_VOLUMES_DUE);
  all = export_as (f, BM_VOLUMES_ALL);
  g_assert_cmpint (count_of (entries, "entries"), >, 0);
  g_assert_cmpint (count_of (entries, "attachments"), ==, 0);
  g_assert_cmpint (count_of (photographs, "entries"), ==, 0);
  g_assert_cmpint (count_of (photographs, "attachments"), ==, f->carry->attachments);
  g_assert_cmpint (count_of (due, "entries"), ==, 0); /* none of these has a day */
  g_assert_cmpint (count_of (all, "entries"), ==, count_of (entries, "entries"));
  g_assert_cmpint (count_of (all, "attachments"), ==, f->carry->attachments);
}

/* Messages that do not follow on what is here wait; what came with them counts. */
static void
test_messages_in_order (Fixture *f, gconstpointer unused)
{
  const BmKey *key = f->carry->platform->platform->sign_key;
  const guint32 kiosk = bm_enrolment_get_kiosk (f->carry->enrolment);
  g_autoptr (Json) out = export_as (f, BM_VOLUMES_ALL);
  g_autoptr (GPtrArray) names = bm_volume_list_folder (f->inner, BM_VOLUME_OUT, NULL);
  g_autoptr (BmVolume) first = bm_volume_read_file (f->inner, names->pdata[0], NULL);
  g_autoptr (BmReply) reply = bm_reply_new (BM_CALL_INBOX, kiosk, 1);
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (GBytes) item = NULL;
  g_autoptr (BmVolumeFile) file = NULL;
  g_autofree char *name = NULL;
  g_autofree BmOutboxStatus *status = NULL;
  g_autoptr (Json) result = NULL;
  BmVolumeHeader header = first->header;

  g_assert_cmpstr (text_of (out, "state"), ==, "done");
  reply->cursor = 1000;
  sealed = bm_reply_seal (reply, header.nonce, key, NULL);
  item = bm_volume_make_inbox (900, sealed);
  header.kind = BM_VOLUME_BACK;
  header.part = 2048;
  file = bm_volume_file_create (f->inner, &header, BM_VOLUME_MAX_BYTES, NULL);
  g_assert_true (bm_volume_file_add (file, BM_VOLUME_INBOX, item, NULL));
  name = bm_volume_file_finish (file, key, NULL, NULL);
  g_assert_nonnull (name);
  result = import (f, f->carry->stick);
  status = ledger_status (f->carry->ledger);
  g_assert_cmpstr (refusal (result, 0), ==, "waits");
  g_assert_cmpint (status->cursor, ==, 0);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  bm_crypto_init ();
  ADD ("/volumes/refused", test_refused);
  ADD ("/volumes/missing", test_missing);
  ADD ("/volumes/parts-of-it", test_parts_of_it);
  ADD ("/volumes/messages-in-order", test_messages_in_order);
  return g_test_run ();
}
