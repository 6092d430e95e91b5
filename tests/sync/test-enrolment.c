/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/error.h"
#include "sync/enrolment.h"
#include "sync/identity.h"
#include "sync/protocol-json.h"
#include "tests/sync/sync-fixture.h"

#include <glib/gstdio.h>

#include <string.h>

/* The enrolment document, its file, and the TLS identity in it. */

#define NOW_MS G_GINT64_CONSTANT (1795510000000)
#define DAY_MS G_GINT64_CONSTANT (86400000)

typedef struct
{
  BmKey *platform_key;
  json_t *document;
  char *folder;
} Fixture;

static void
set_up (Fixture *f, gconstpointer unused)
{
  f->platform_key = bm_key_generate (BM_KEY_SM2_PRIVATE, NULL);
  f->document = test_enrolment_document_new (f->platform_key, NOW_MS, NOW_MS + 10 * DAY_MS);
  f->folder = g_dir_make_tmp ("bm-enrol-XXXXXX", NULL);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  g_autoptr (GDir) dir = g_dir_open (f->folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (f->folder, name, NULL);

      g_assert_cmpint (g_unlink (path), ==, 0);
    }
  g_assert_cmpint (g_rmdir (f->folder), ==, 0);
  g_free (f->folder);
  json_decref (f->document);
  bm_key_unref (f->platform_key);
}

static void
test_round_trip (Fixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmEnrolment) enrolment = bm_enrolment_new_from_json (f->document, &error), back = NULL;
  g_autofree char *path = g_build_filename (f->folder, BM_ENROLMENT_FILE, NULL);
  g_autofree char *temporary = g_strconcat (path, ".new", NULL);
  GStatBuf status;

  g_assert_no_error (error);
  g_assert_null (bm_enrolment_load (f->folder, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_NOT_FOUND);
  g_clear_error (&error);

  g_assert_true (bm_enrolment_save (enrolment, f->folder, &error));
  g_assert_no_error (error);
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  g_assert_false (g_file_test (temporary, G_FILE_TEST_EXISTS));

  back = bm_enrolment_load (f->folder, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (bm_enrolment_get_kiosk (back), ==, TEST_KIOSK);
  g_assert_cmpstr (bm_enrolment_get_village (back), ==, "990121101201");
  g_assert_cmpstr (bm_enrolment_get_village_name (back), ==, "禾田村");
  g_assert_cmpuint (bm_enrolment_get_terminal (back), ==, 1);
  g_assert_true (bm_enrolment_get_is_demo (back));
  g_assert_null (bm_enrolment_get_roster (back));
  g_assert_cmpuint (g_bytes_get_size (bm_enrolment_get_subject_salt (back)), ==, 16);
  g_assert_cmpstr (bm_key_get_id (bm_enrolment_get_platform_key (back)), ==,
                   bm_key_get_id (bm_enrolment_get_seal_key (back)));
}

/* A torn or readable-by-all left-over of an earlier attempt does not survive. */
static void
test_left_over_temporary (Fixture *f, gconstpointer unused)
{
  g_autoptr (BmEnrolment) enrolment = bm_enrolment_new_from_json (f->document, NULL), back = NULL;
  g_autofree char *path = g_build_filename (f->folder, BM_ENROLMENT_FILE, NULL);
  g_autofree char *temporary = g_strconcat (path, ".new", NULL);
  GStatBuf status;

  g_assert_true (g_file_set_contents (temporary, "{\"version\":1,", -1, NULL));
  g_assert_cmpint (g_chmod (temporary, 0644), ==, 0);
  g_assert_true (bm_enrolment_save (enrolment, f->folder, NULL));
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  back = bm_enrolment_load (f->folder, NULL);
  g_assert_nonnull (back);
}

static void
test_rejects (Fixture *f, gconstpointer unused)
{
  static const struct
  {
    const char *key;
    const char *json; /* NULL: the key is missing */
  } cases[] = {
    { "version", "2" },
    { "kiosk", "0" },
    { "village", "\"99012110120\"" },
    { "village", "\"99012110120x\"" },
    { "terminal", "100" },
    { "epoch_label", NULL },
    { "counter_start", "100000000" },
    { "is_demo", "\"yes\"" },
    { "platform", "{}" },
    { "terminal_key", "\"sym:00\"" },
    { "sign_key", "\"nonsense\"" },
    { "subject_salt", "\"0011\"" },
    { "subject_salt", "\"zz112233445566778899aabbccddeeff\"" },
    { "client_certificate", "\"-----BEGIN CERTIFICATE-----\"" },
    { "client_key", NULL },
    { "qr_host", "7" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BmJson) changed = json_deep_copy (f->document);
      g_autoptr (GError) error = NULL;

      if (cases[i].json == NULL)
        json_object_del (changed, cases[i].key);
      else
        json_object_set_new (changed, cases[i].key,
                             json_loads (cases[i].json, JSON_DECODE_ANY, NULL));
      g_assert_null (bm_enrolment_new_from_json (changed, &error));
      g_assert_nonnull (error);
      g_assert_true (error->domain == BM_ERROR);
    }
}

/* The public key where the private one belongs, and the other way round. */
static void
test_key_kinds (Fixture *f, gconstpointer unused)
{
  g_autoptr (BmJson) changed = json_deep_copy (f->document);
  json_t *public_text = json_object_get (json_object_get (changed, "platform"), "sign_key");
  g_autoptr (GError) error = NULL;

  json_object_set (changed, "sign_key", public_text);
  g_assert_null (bm_enrolment_new_from_json (changed, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
}

static void
test_damaged_file (Fixture *f, gconstpointer unused)
{
  g_autoptr (BmEnrolment) enrolment = bm_enrolment_new_from_json (f->document, NULL);
  g_autofree char *path = g_build_filename (f->folder, BM_ENROLMENT_FILE, NULL), *text = NULL;
  gsize len;

  g_assert_true (bm_enrolment_save (enrolment, f->folder, NULL));
  g_assert_true (g_file_get_contents (path, &text, &len, NULL));
  for (gsize at = 0; at < len; at += 97)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (g_file_set_contents (path, text, (gssize) at, NULL));
      g_assert_null (bm_enrolment_load (f->folder, &error));
      g_assert_nonnull (error);
    }
}

static void
test_half_life (Fixture *f, gconstpointer unused)
{
  const char *certificate = json_string_value (json_object_get (f->document, "client_certificate"));
  gboolean is_past = TRUE;
  g_autoptr (GError) error = NULL;

  g_assert_true (bm_certificate_is_past_half (certificate, NOW_MS + 5 * DAY_MS, &is_past, &error));
  g_assert_false (is_past);
  g_assert_true (
    bm_certificate_is_past_half (certificate, NOW_MS + 5 * DAY_MS + 1000, &is_past, &error));
  g_assert_true (is_past);
  g_assert_true (bm_certificate_is_past_half (certificate, NOW_MS + 99 * DAY_MS, &is_past, &error));
  g_assert_true (is_past);
  g_assert_true (bm_certificate_is_past_half (certificate, 0, &is_past, &error));
  g_assert_false (is_past);
  g_assert_false (bm_certificate_is_past_half ("no PEM", NOW_MS, &is_past, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
}

static void
test_renewed (Fixture *f, gconstpointer unused)
{
  g_autoptr (BmEnrolment) enrolment = bm_enrolment_new_from_json (f->document, NULL),
                          renewed = NULL;
  g_autofree char *key = bm_identity_new_key (NULL), *other = bm_identity_new_key (NULL);
  g_autofree char *request = bm_identity_new_request (key, "bianmin-kiosk-7", NULL);
  g_autofree char *certificate = test_certificate_issue (request, NOW_MS, NOW_MS + DAY_MS);
  g_autoptr (GError) error = NULL;

  g_assert_null (bm_enrolment_new_renewed (enrolment, certificate, other, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
  g_clear_error (&error);
  renewed = bm_enrolment_new_renewed (enrolment, certificate, key, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (bm_enrolment_get_client_certificate (renewed), ==, certificate);
  g_assert_cmpstr (bm_enrolment_get_client_key (renewed), ==, key);
  g_assert_cmpstr (bm_enrolment_get_client_key (enrolment), !=, key);
}

static void
test_key_files (Fixture *f, gconstpointer unused)
{
  g_autofree char *path = g_build_filename (f->folder, "local.key", NULL);
  g_autofree char *first = NULL, *second = NULL;
  g_autoptr (BmKey) key = NULL;
  g_autoptr (GError) error = NULL;
  GStatBuf status;

  g_assert_true (bm_enrolment_ensure_key_file (f->folder, "local.key", &error));
  g_assert_true (g_file_get_contents (path, &first, NULL, NULL));
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  key = bm_key_new_from_string (first, &error);
  g_assert_no_error (error);
  g_assert_cmpint (bm_key_get_kind (key), ==, BM_KEY_SYMMETRIC);
  g_assert_true (bm_enrolment_ensure_key_file (f->folder, "local.key", &error));
  g_assert_true (g_file_get_contents (path, &second, NULL, NULL));
  g_assert_cmpstr (first, ==, second);
}

/* Wrong code texts never reach the network. */
static void
test_run_rejects_code (Fixture *f, gconstpointer unused)
{
  g_autoptr (BmClock) clock = bm_system_clock_new ();
  g_autoptr (GError) error = NULL;

  g_assert_null (bm_enrolment_run ("BM1-hello", f->folder, clock, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
}

static void
test_run_keeps_an_enrolment (Fixture *f, gconstpointer unused)
{
  g_autoptr (BmEnrolment) enrolment = bm_enrolment_new_from_json (f->document, NULL);
  g_autoptr (BmClock) clock = bm_system_clock_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (bm_enrolment_save (enrolment, f->folder, NULL));
  g_assert_null (bm_enrolment_run (
    "BM1-127.0.0.1:1-ABCDEFGHIJKLMNOPQ234-0123456789abcdef0123456789abcdef01234567", f->folder,
    clock, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_REFUSED);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  bm_crypto_init ();
  ADD ("/enrolment/round-trip", test_round_trip);
  ADD ("/enrolment/left-over-temporary", test_left_over_temporary);
  ADD ("/enrolment/rejects", test_rejects);
  ADD ("/enrolment/key-kinds", test_key_kinds);
  ADD ("/enrolment/damaged-file", test_damaged_file);
  ADD ("/enrolment/renewed", test_renewed);
  ADD ("/enrolment/key-files", test_key_files);
  ADD ("/enrolment/run-rejects-code", test_run_rejects_code);
  ADD ("/enrolment/run-keeps-an-enrolment", test_run_keeps_an_enrolment);
  ADD ("/identity/half-life", test_half_life);
  return g_test_run ();
}
