/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/platform/platform-page.h"
#include "sync/platform/platform-rate.h"
#include "sync/platform/platform-store-private.h"
#include "sync/platform/platform-track.h"
#include "tests/sync/platform/platform-fixture.h"

#include "core/entry/number.h"

#include <string.h>

/* The public page: status for who holds the slip, the same nothing, for the same work, for everybody
 * else. */

#define HOSTILE_ROUNDS 3000
#define COUNTED_CASES  40
#define MOST_APART     32 /* of the steps: 85 and 87 counted; without the decoys 33 and 47 */

static char *
make_code (PlatformFixture *fixture, const char *number, GBytes *record)
{
  g_autoptr (GError) error = NULL;
  const char *text =
    json_string_value (json_object_get (fixture->station->enrolment, "terminal_key"));
  g_autoptr (BmKey) key = bm_key_new_from_string (text, &error);
  guint8 hash[BM_SM3_LEN];

  g_assert_no_error (error);
  bm_sm3 (g_bytes_get_data (record, NULL), g_bytes_get_size (record), hash);
  return bm_qr_code (key, number, hash);
}

static char *
make_path (PlatformFixture *fixture, const char *number, GBytes *record)
{
  g_autofree char *code = make_code (fixture, number, record);

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
  g_autofree char *handed = bm_platform_page (fixture->platform, path);
  g_autofree char *lower = g_ascii_strdown (path + 3, -1);
  g_autofree char *lower_path = g_strconcat ("/T/", lower, NULL);
  g_autofree char *go = platform_fixture_admin (fixture, "decide now");
  g_autofree char *done = bm_platform_page (fixture->platform, lower_path);

  g_assert_nonnull (strstr (handed, "已转到办事单位"));
  g_assert_nonnull (strstr (done, "办完了"));
  g_assert_nonnull (strstr (done, "noindex"));
  g_assert_nonnull (strstr (done, "本页不收钱、不要密码、不要验证码"));
}

/* Everything that the entry, the books and the answer say of the person and the matter. */
static void
test_no_personal_data (void)
{
  static const char *const secrets[] = {
    "王",    "秀兰",  "990121", "1948",   "养老",       "cert",    "pension", "认证",
    "2027",  "2026",  "演示县", "社保",   "YB99",       "CERT_OK", "HT02",    "禾田",
    "青溪",  "通过",  "身份证", "http:",  "https:",     "<script", "<a ",     "<img",
    "<link", "<form", "<input", "onload", "javascript", "url("
  };
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  g_autofree char *number = NULL;
  GBytes *run = virtual_station_start_run (fixture->station);
  g_autoptr (GBytes) matter =
    virtual_station_certify (fixture->station, "王秀兰", "990121194803120028", "HT02", &number);
  g_autofree char *path = make_path (fixture, number, matter);
  g_autoptr (BmReply) reply =
    platform_fixture_send (fixture, records_of (run, g_bytes_ref (matter), NULL));
  g_autofree char *page = bm_platform_page (fixture->platform, path);

  g_assert_nonnull (strstr (page, "办完了"));
  g_assert_null (strstr (page, number));
  g_assert_null (strstr (page, strrchr (path, '.') + 1));
  for (guint i = 0; i < G_N_ELEMENTS (secrets); i++)
    {
      g_test_message ("%s", secrets[i]);
      g_assert_null (strstr (page, secrets[i]));
    }
}

/* Each state has its own sentence, bad news is no tick, and the discs go as far as the truth. */
static void
test_states (void)
{
  static const struct
  {
    const char *code;
    const char *words;
    guint discs;
    gboolean has_tick;
  } rows[] = {
    { "HANDED", "已转到办事单位", 2, TRUE }, { "ACCEPTED", "已受理", 2, TRUE },
    { "CERT_STATUS", "还在核对", 2, TRUE },  { "DONE", "办完了", 3, TRUE },
    { "NOT_DONE", "没办成", 3, FALSE },
  };
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  g_autofree char *hold = platform_fixture_admin (fixture, "decide hold");
  g_autofree char *number = NULL;
  GBytes *run = virtual_station_start_run (fixture->station);
  g_autoptr (GBytes) matter =
    virtual_station_certify (fixture->station, "王秀兰", "990121194803120028", "HT02", &number);
  g_autofree char *path = make_path (fixture, number, matter);
  g_autoptr (BmReply) reply =
    platform_fixture_send (fixture, records_of (run, g_bytes_ref (matter), NULL));

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *line = g_strdup_printf ("decide %s %s", number, rows[i].code);
      g_autofree char *decided = platform_fixture_admin (fixture, line);
      g_autofree char *page = bm_platform_page (fixture->platform, path);
      g_auto (GStrv) parts = g_strsplit (page, "<li class=\"y\">", -1);

      g_assert_cmpstr (decided, ==, "ok");
      g_assert_nonnull (strstr (page, rows[i].words));
      g_assert_cmpuint (g_strv_length (parts) - 1, ==, rows[i].discs);
      g_assert_true ((strstr (page, ">办完<") != NULL ||
                      strstr (page, "</svg>办完</li>") != NULL) == rows[i].has_tick);
    }
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
  g_autofree char *short_path = g_strdup_printf ("/T/%s.AAAA", number);
  g_autofree char *long_path = g_strdup_printf ("/T/%0300d", 1);
  g_autoptr (BmReply) reply =
    platform_fixture_send (fixture, records_of (run, g_bytes_ref (matter), NULL));
  g_autofree char *right_path = make_path (fixture, number, matter);
  g_autofree char *tail_path = g_strconcat (right_path, "A", NULL);
  g_autofree char *right = bm_platform_page (fixture->platform, right_path);
  g_autofree char *unknown = bm_platform_page (fixture->platform, unknown_path);
  const char *others[] = { wrong_path, short_path,      long_path, tail_path, "/T/<script>",
                           "/T/",      "/T/../../etc/", "/T/%s%n", "/T" };

  g_assert_nonnull (strstr (unknown, "没查到"));
  g_assert_cmpstr (unknown, !=, right);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autofree char *page = bm_platform_page (fixture->platform, others[i]);

      g_assert_cmpstr (unknown, ==, page);
    }
}

/* Two cases under one number, as after a disk that was set back: each slip opens its own. */
static void
test_number_given_out_twice (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  g_autofree char *number = NULL;
  g_autofree char *again = NULL;
  GBytes *run = virtual_station_start_run (fixture->station);
  g_autoptr (GBytes) first =
    virtual_station_certify (fixture->station, "王秀兰", "990121194803120028", "HT02", &number);
  g_autoptr (GBytes) second = NULL;
  g_autoptr (BmReply) reply = NULL;
  g_autofree char *first_code = make_code (fixture, number, first);
  g_autofree char *second_code = NULL;

  fixture->station->counter--;
  second = virtual_station_certify (fixture->station, "王秀兰", "990121194803120028", NULL, &again);
  g_assert_cmpstr (number, ==, again);
  second_code = make_code (fixture, number, second);
  reply = platform_fixture_send (fixture,
                                 records_of (run, g_bytes_ref (first), g_bytes_ref (second), NULL));
  g_assert_cmpstr (bm_platform_track (fixture->platform, number, first_code), ==, "done");
  g_assert_cmpstr (bm_platform_track (fixture->platform, number, second_code), ==, "not_done");
  g_assert_null (bm_platform_track (fixture->platform, number, "AAAAAAAA"));
  g_assert_cmpstr (bm_platform_track (fixture->platform, number, NULL), ==, "conflict");
}

/* Whatever somebody types behind /T/: nothing but the same page, and nothing breaks. */
static void
test_hostile_paths (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  g_autofree char *number = NULL;
  GBytes *run = virtual_station_start_run (fixture->station);
  g_autoptr (GBytes) matter =
    virtual_station_certify (fixture->station, "王秀兰", "990121194803120028", "HT02", &number);
  g_autofree char *path = make_path (fixture, number, matter);
  g_autoptr (BmReply) reply =
    platform_fixture_send (fixture, records_of (run, g_bytes_ref (matter), NULL));
  g_autofree char *nothing = bm_platform_page (fixture->platform, "/T/");
  gsize len = strlen (path);

  for (guint round = 0; round < HOSTILE_ROUNDS; round++)
    {
      g_autofree char *hostile = g_strdup (path);
      g_autofree char *folded = NULL;
      g_autofree char *page = NULL;
      gint hits = g_test_rand_int_range (1, 4);

      for (gint i = 0; i < hits; i++)
        hostile[g_test_rand_int_range (3, (gint32) len)] = (char) g_test_rand_int_range (1, 256);
      if (g_test_rand_bit ())
        hostile[g_test_rand_int_range (3, (gint32) len)] = '\0';
      folded = g_ascii_strup (hostile, -1);
      page = bm_platform_page (fixture->platform, hostile);
      if (strcmp (folded, path) != 0)
        g_assert_cmpstr (page, ==, nothing);
    }
}

/* Work */

/* What a question costs: steps of the database's machine, and codes reckoned. Counted and not timed: a machine that
 * is busy must not decide, and one that is quick must not hide, what somebody could learn with many questions. */
typedef struct
{
  guint steps;
  guint codes;
} Work;

static guint codes_reckoned;

char *__real_bm_qr_code (const BmKey *key, const char *number, const guint8 *hash);
char *__wrap_bm_qr_code (const BmKey *key, const char *number, const guint8 *hash);

char *
__wrap_bm_qr_code (const BmKey *key, const char *number, const guint8 *hash)
{
  codes_reckoned++;
  return __real_bm_qr_code (key, number, hash);
}

static int
on_step (void *data)
{
  ++*(guint *) data;
  return 0;
}

static Work
ask (PlatformFixture *fixture, const char *path)
{
  sqlite3 *db = fixture->platform->store->db;
  g_autofree char *page = NULL;
  Work work = { 0 };

  codes_reckoned = 0;
  sqlite3_progress_handler (db, 1, on_step, &work.steps);
  page = bm_platform_page (fixture->platform, path);
  sqlite3_progress_handler (db, 0, NULL, NULL);
  work.codes = codes_reckoned;
  g_test_message ("%s: %u steps, %u codes", path, work.steps, work.codes);
  return work;
}

static void
test_same_work (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  GPtrArray *records = records_of (virtual_station_start_run (fixture->station), NULL);
  g_autoptr (BmReply) reply = NULL;
  g_autofree char *number = NULL;
  g_autofree char *unknown_number = bm_number_new ("990121101201", 1, 1, 4711);
  g_autofree char *wrong = NULL;
  g_autofree char *unknown = g_strdup_printf ("/T/%s.AAAAAAAA", unknown_number);
  Work expected;

  for (guint i = 0; i < COUNTED_CASES; i++)
    {
      g_clear_pointer (&number, g_free);
      g_ptr_array_add (records, virtual_station_certify (fixture->station, "王秀兰",
                                                         "990121194803120028", "HT02", &number));
    }
  reply = platform_fixture_send (fixture, records);
  wrong = g_strdup_printf ("/T/%s.AAAAAAAA", number);
  expected = ask (fixture, wrong);
  g_assert_cmpuint (expected.codes, >, 0);
  g_assert_cmpuint (expected.steps, >, 0);
  {
    const char *const others[] = { unknown, "/T/nothing-of-ours",
                                   /* a check digit that is wrong */
                                   "/T/9901211012010101000000120.AAAAAAAA" };

    for (guint i = 0; i < G_N_ELEMENTS (others); i++)
      {
        Work work = ask (fixture, others[i]);

        g_assert_cmpuint (work.codes, ==, expected.codes);
        g_assert_cmpuint (work.steps, >=, expected.steps - expected.steps / MOST_APART);
        g_assert_cmpuint (work.steps, <=, expected.steps + expected.steps / MOST_APART);
      }
  }
}

/* Rate */

static void
set_address (guint8 *address, guint32 number)
{
  memset (address, 0, BM_RATE_ADDRESS_LEN);
  memcpy (address + 12, &number, sizeof number);
}

static guint
take_many (BmRate *rate, guint32 number, gint64 now_ms, guint count, guint *ret_wait_s)
{
  guint8 address[BM_RATE_ADDRESS_LEN];
  guint taken = 0;

  set_address (address, number);
  for (guint i = 0; i < count; i++)
    taken += bm_rate_take (rate, address, now_ms, ret_wait_s) ? 1 : 0;
  return taken;
}

static void
test_rate_one_address (void)
{
  g_autoptr (BmRate) rate = bm_rate_new ();
  guint wait_s = 0;

  g_assert_cmpuint (take_many (rate, 1, 1000, BM_RATE_BURST + 40, &wait_s), ==, BM_RATE_BURST);
  g_assert_cmpuint (wait_s, ==, 1);
  g_assert_cmpuint (take_many (rate, 2, 1000, 5, &wait_s), ==, 5); /* not their fault */
  g_assert_cmpuint (wait_s, ==, 0);
  g_assert_cmpuint (take_many (rate, 1, 1000 + BM_RATE_EVERY_MS, 9, &wait_s), ==, 1);
  g_assert_cmpuint (take_many (rate, 1, 1000 + 11 * BM_RATE_EVERY_MS, 99, &wait_s), ==, 10);
  /* A long rest fills the bucket and no more. */
  g_assert_cmpuint (take_many (rate, 1, 1000 + 99999 * BM_RATE_EVERY_MS, 99, &wait_s), ==,
                    BM_RATE_BURST);
}

static void
test_rate_everybody (void)
{
  g_autoptr (BmRate) rate = bm_rate_new ();
  guint taken = 0;
  guint wait_s = 0;

  for (guint32 i = 0; i < 3 * BM_RATE_ALL_BURST; i++)
    taken += take_many (rate, i, 0, 1, &wait_s);
  g_assert_cmpuint (taken, ==, BM_RATE_ALL_BURST);
  g_assert_cmpuint (wait_s, ==, 1);
  g_assert_cmpuint (take_many (rate, 1, 20 * BM_RATE_ALL_EVERY_MS, 50, &wait_s), ==, 20);
}

static void
test_rate_table_is_bounded (void)
{
  g_autoptr (BmRate) rate = bm_rate_new ();
  guint wait_s = 0;

  g_assert_cmpuint (take_many (rate, G_MAXUINT32, 0, BM_RATE_BURST, &wait_s), ==, BM_RATE_BURST);
  for (guint32 i = 0; i < 2 * BM_RATE_MAX_ADDRESSES; i++)
    (void) take_many (rate, i, i * BM_RATE_ALL_EVERY_MS / 8, 1, &wait_s);
  g_assert_cmpuint (bm_rate_count (rate), ==, BM_RATE_MAX_ADDRESSES);
  /* Who was busiest is not who is forgotten. */
  g_assert_cmpuint (take_many (rate, G_MAXUINT32, 0, 1, &wait_s), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  bm_crypto_init ();
  g_test_add_func ("/platform/track/status-only", test_status_only);
  g_test_add_func ("/platform/track/no-personal-data", test_no_personal_data);
  g_test_add_func ("/platform/track/states", test_states);
  g_test_add_func ("/platform/track/unknown-and-wrong-look-the-same",
                   test_unknown_and_wrong_look_the_same);
  g_test_add_func ("/platform/track/number-given-out-twice", test_number_given_out_twice);
  g_test_add_func ("/platform/track/hostile-paths", test_hostile_paths);
  g_test_add_func ("/platform/track/same-work", test_same_work);
  g_test_add_func ("/platform/track/rate-one-address", test_rate_one_address);
  g_test_add_func ("/platform/track/rate-everybody", test_rate_everybody);
  g_test_add_func ("/platform/track/rate-table-is-bounded", test_rate_table_is_bounded);
  return g_test_run ();
}
