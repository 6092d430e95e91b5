/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/error.h"
#include "sync/platform/platform-dictionary.h"
#include "tests/sync/platform/platform-fixture.h"

#include <string.h>

/* A dictionary that came later: kept, sent once, and what waited for it is judged. */

#define ID 99

/* One of the program's under another id. */
static GBytes *
make_dictionary (void)
{
  GBytes *bytes = bm_dictionary_get_bytes (bm_dictionary_get_builtin (BM_DICTIONARY_ENTRY));
  guint8 *copy = g_memdup2 (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

  memset (copy + 4, 0, 4);
  copy[4] = ID; /* u32, little endian */
  return g_bytes_new_take (copy, g_bytes_get_size (bytes));
}

static char *
write_dictionary (PlatformFixture *fixture)
{
  g_autoptr (GBytes) bytes = make_dictionary ();
  char *path = g_build_filename (fixture->dir, "new.zdict", NULL);

  g_assert_true (g_file_set_contents (path, g_bytes_get_data (bytes, NULL),
                                      (gssize) g_bytes_get_size (bytes), NULL));
  return path;
}

static GBytes *
certify_with (PlatformFixture *fixture, GBytes **ret_run, char **ret_number)
{
  g_autoptr (GBytes) bytes = make_dictionary ();
  g_autoptr (BmDictionary) dictionary = bm_dictionary_new (bytes, NULL);

  *ret_run = virtual_station_start_run (fixture->station);
  bm_ratchet_set_dictionary (fixture->station->ratchet, dictionary);
  return virtual_station_certify (fixture->station, "王秀兰", "990121194803120028", "HT02",
                                  ret_number);
}

static const BmAnswer *
last_answer (BmReply *reply)
{
  return g_ptr_array_index (reply->answers, reply->answers->len - 1);
}

static void
test_unknown_then_known (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  g_autofree char *path = write_dictionary (fixture);
  g_autofree char *number = NULL, *line = NULL;
  GBytes *run;
  GBytes *matter = certify_with (fixture, &run, &number);
  g_autoptr (BmReply) early =
    platform_fixture_send (fixture, records_of (run, g_bytes_ref (matter), NULL));
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (last_answer (early)->status, ==, BM_ANSWER_QUARANTINED);
  g_assert_cmpstr (last_answer (early)->code, ==, "no-dictionary");
  g_assert_cmpint (bm_platform_publish_dictionary (fixture->platform, path, &error), ==, 1);
  g_assert_no_error (error);
  platform_fixture_reopen (fixture); /* kept for ever */
  g_autoptr (BmReply) late = platform_fixture_send (fixture, records_of (matter, NULL));
  g_assert_cmpint (last_answer (late)->status, ==, BM_ANSWER_DUPLICATE);
  line = g_strdup_printf ("payload %s", number);
  g_autofree char *payload = platform_fixture_admin (fixture, line);
  g_assert_nonnull (strstr (payload, "王秀兰"));
}

static void
test_sent_once (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  g_autofree char *path = write_dictionary (fixture);
  g_autoptr (GError) error = NULL;
  guint n_found = 0;

  g_assert_cmpint (bm_platform_publish_dictionary (fixture->platform, path, &error), ==, 1);
  g_assert_cmpint (bm_platform_publish_dictionary (fixture->platform, path, &error), ==, 0);
  g_assert_no_error (error);
  g_autoptr (BmReply) inbox = platform_fixture_inbox (fixture, 0);
  for (guint i = 0; i < inbox->messages->len; i++)
    {
      const BmMessage *message = inbox->messages->pdata[i];

      if (strcmp (message->kind, BM_DICTIONARY_KIND) != 0)
        continue;
      g_autoptr (BmDictionary) got =
        bm_dictionary_new_from_message (message->body, message->version, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (message->name, ==, BM_DICTIONARY_ENTRY);
      g_assert_cmpuint (bm_dictionary_get_id (got), ==, ID);
      n_found++;
    }
  g_assert_cmpuint (n_found, ==, 1);
}

static void
test_refused (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  g_autofree char *path = g_build_filename (fixture->dir, "junk", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (bm_platform_publish_dictionary (fixture->platform, path, &error), ==, -1);
  g_assert_error (error, BM_ERROR, BM_ERROR_UNREACHABLE);
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (path, "no dictionary", -1, NULL));
  g_assert_cmpint (bm_platform_publish_dictionary (fixture->platform, path, &error), ==, -1);
  g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  bm_crypto_init ();
  g_test_add_func ("/platform/dictionary/unknown-then-known", test_unknown_then_known);
  g_test_add_func ("/platform/dictionary/sent-once", test_sent_once);
  g_test_add_func ("/platform/dictionary/refused", test_refused);
  return g_test_run ();
}
