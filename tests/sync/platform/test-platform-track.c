/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/platform/platform-track.h"
#include "tests/sync/platform/platform-fixture.h"

#include "core/entry/number.h"

#include <string.h>

/* The public page: status for who holds the slip, the same nothing for everybody else. */

static char *
make_path (PlatformFixture *fixture, const char *number, GBytes *record)
{
  g_autoptr (GError) error = NULL;
  const char *text =
    json_string_value (json_object_get (fixture->station->enrolment, "terminal_key"));
  g_autoptr (BmKey) key = bm_key_new_from_string (text, &error);
  g_autofree char *code = NULL;
  guint8 hash[BM_SM3_LEN];

  g_assert_no_error (error);
  bm_sm3 (g_bytes_get_data (record, NULL), g_bytes_get_size (record), hash);
  code = bm_qr_code (key, number, hash);
  return g_strdup_printf ("/T/%s.%s", number, code);
}

static void
test_status_only (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  g_autofree char *hold = platform_fixture_admin (fixture, "decide hold");
  g_autofree char *number = NULL;
  GBytes *run = virtual_station_start_run (fixture->station);
  g_autoptr (GBytes) matter =
    virtual_station_certify (fixture->station, "王秀兰", "990121194803120028", "HT02", &number);
  g_autofree char *path = make_path (fixture, number, matter);
  g_autoptr (BmReply) reply =
    platform_fixture_send (fixture, records_of (run, g_bytes_ref (matter), NULL));
  g_autofree char *handed = bm_platform_track (fixture->platform, path);
  g_autofree char *lower = g_ascii_strdown (path + 3, -1);
  g_autofree char *lower_path = g_strconcat ("/T/", lower, NULL);
  g_autofree char *go = platform_fixture_admin (fixture, "decide now");
  g_autofree char *done = bm_platform_track (fixture->platform, lower_path);

  g_assert_nonnull (strstr (handed, "已转到办事单位"));
  g_assert_nonnull (strstr (done, "办完了"));
  g_assert_null (strstr (done, "王"));
  g_assert_null (strstr (done, "养老"));
  g_assert_null (strstr (done, "2027"));
  g_assert_null (strstr (done, number));
  g_assert_nonnull (strstr (done, "noindex"));
  g_assert_nonnull (strstr (done, "本页不收钱、不要密码、不要验证码"));
}

static void
test_unknown_and_wrong_look_the_same (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  g_autofree char *number = NULL;
  GBytes *run = virtual_station_start_run (fixture->station);
  g_autoptr (GBytes) matter =
    virtual_station_certify (fixture->station, "王秀兰", "990121194803120028", "HT02", &number);
  g_autofree char *unknown_number = bm_number_new ("990121101201", 1, 1, 4711);
  g_autofree char *unknown_path = make_path (fixture, unknown_number, matter);
  g_autofree char *wrong_path = g_strdup_printf ("/T/%s.AAAAAAAA", number);
  g_autofree char *long_path = g_strdup_printf ("/T/%0300d", 1);
  g_autoptr (BmReply) reply =
    platform_fixture_send (fixture, records_of (run, g_bytes_ref (matter), NULL));
  g_autofree char *unknown = bm_platform_track (fixture->platform, unknown_path);
  g_autofree char *wrong = bm_platform_track (fixture->platform, wrong_path);
  g_autofree char *nonsense = bm_platform_track (fixture->platform, "/T/<script>");
  g_autofree char *empty = bm_platform_track (fixture->platform, "/T/");
  g_autofree char *too_long = bm_platform_track (fixture->platform, long_path);

  g_assert_nonnull (strstr (unknown, "没查到"));
  g_assert_cmpstr (unknown, ==, wrong);
  g_assert_cmpstr (unknown, ==, nonsense);
  g_assert_cmpstr (unknown, ==, empty);
  g_assert_cmpstr (unknown, ==, too_long);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  bm_crypto_init ();
  g_test_add_func ("/platform/track/status-only", test_status_only);
  g_test_add_func ("/platform/track/unknown-and-wrong-look-the-same",
                   test_unknown_and_wrong_look_the_same);
  return g_test_run ();
}
