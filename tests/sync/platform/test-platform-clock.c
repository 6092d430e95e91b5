/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/platform/platform-calls.h"
#include "tests/sync/platform/platform-fixture.h"

#include <string.h>

/* When an entry happened, whatever the station's wall clock says; and what it could not use. */

#define HOUR (60 * 60 * G_GINT64_CONSTANT (1000))

typedef json_t Json;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Json, json_decref)

static void
boot (PlatformFixture *f, guint8 number)
{
  memset (f->station->boot_id, number, BM_BOOT_ID_LEN);
  f->station->boot_ms = 1000;
}

/* Both clocks go on. */
static void
pass (PlatformFixture *f, gint64 ms)
{
  f->station->boot_ms += ms;
  bm_shift_clock_advance (f->clock, ms);
}

static void
say (PlatformFixture *f, BmHello *hello)
{
  g_autoptr (GBytes) body = NULL;
  g_autoptr (BmReply) reply = NULL;
  g_autoptr (GError) error = NULL;
  guint8 nonce[BM_NONCE_LEN];

  hello->kiosk = f->station->kiosk;
  hello->epoch = f->station->epoch;
  hello->next_seq = f->station->next_seq;
  memcpy (hello->head, f->station->head, BM_SM3_LEN);
  memcpy (hello->boot_id, f->station->boot_id, BM_BOOT_ID_LEN);
  hello->boot_ms = f->station->boot_ms;
  hello->version = (char *) "0.1.0";
  body = bm_hello_encode (hello);
  reply = bm_platform_hello (f->platform, &f->peer, body, nonce, &error);
  g_assert_no_error (error);
  g_assert_null (reply->refused_code);
}

/* A hello whose answer took a round trip of 2 * @half_ms, and the next one, which says so. */
static void
say_twice (PlatformFixture *f, gint64 half_ms)
{
  BmHello first = { 0 }, second = { 0 };

  pass (f, half_ms);
  f->station->boot_ms -= half_ms; /* it was written before it went */
  say (f, &first);
  second.has_anchor = TRUE;
  second.anchor_server_ms = bm_platform_now (f->platform);
  second.anchor_boot_ms = f->station->boot_ms + half_ms;
  second.anchor_uncertainty_ms = half_ms;
  f->station->boot_ms += half_ms;
  pass (f, half_ms);
  say (f, &second);
}

/* An entry now; the moment, by the centre's clock. */
static gint64
act (PlatformFixture *f, GPtrArray *records)
{
  f->station->wall_ms = -12345678; /* a clock that says anything */
  g_ptr_array_add (records, virtual_station_make_audit (f->station));
  return bm_platform_now (f->platform);
}

static void
deliver (PlatformFixture *f, GPtrArray *records)
{
  g_autoptr (BmReply) reply = platform_fixture_send (f, g_ptr_array_ref (records));

  g_assert_cmpuint (reply->answers->len, ==, records->len);
}

static Json *
list_times (PlatformFixture *f)
{
  g_autofree char *line =
    g_strdup_printf ("times demo %016" G_GINT64_MODIFIER "x", f->station->epoch);

  return platform_fixture_report (f, line);
}

/* Entry @seq lies in its interval, which is at most @width wide (-1: has no beginning). */
static void
assert_time (json_t *times, guint64 seq, gint64 truth, gint64 width)
{
  json_t *one = json_array_get (times, seq - 1);
  json_t *lo = json_object_get (one, "lo");
  gint64 hi = json_integer_value (json_object_get (one, "hi"));

  g_assert_cmpint (json_integer_value (json_object_get (one, "seq")), ==, seq);
  g_assert_true (json_is_true (json_object_get (one, "consistent")));
  g_assert_cmpint (hi, >=, truth);
  if (lo != NULL)
    g_assert_cmpint (json_integer_value (lo), <=, truth);
  if (width < 0)
    {
      g_assert_null (lo);
      return;
    }
  g_assert_nonnull (lo);
  g_assert_cmpint (hi - json_integer_value (lo), <=, width);
}

/* Near an anchor as exact as half a round trip; an hour away 100 parts in a million of it more. */
static void
test_same_boot (void)
{
  g_autoptr (PlatformFixture) f = platform_fixture_new ();
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (Json) times = NULL;
  gint64 truths[3];

  boot (f, 1);
  g_ptr_array_add (records, virtual_station_start_run (f->station));
  truths[0] = act (f, records);
  pass (f, HOUR);
  truths[1] = act (f, records);
  say_twice (f, 300);
  truths[2] = act (f, records);
  pass (f, 9 * HOUR);
  deliver (f, records);
  times = list_times (f);
  g_assert_cmpuint (json_array_size (times), ==, 4);
  assert_time (times, 2, truths[0], 600 + 2 * HOUR / 10000);
  assert_time (times, 3, truths[1], 600);
  assert_time (times, 4, truths[2], 600);
}

/* Nights without a word in between: each is held by what came before and after. */
static void
test_neighbours (void)
{
  g_autoptr (PlatformFixture) f = platform_fixture_new ();
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (Json) times = NULL;
  gint64 first, silent[3], anchored;

  boot (f, 1);
  g_ptr_array_add (records, virtual_station_start_run (f->station));
  first = act (f, records);
  say_twice (f, 100);
  for (guint i = 0; i < G_N_ELEMENTS (silent); i++)
    {
      pass (f, 15 * HOUR);
      boot (f, (guint8) (i + 2));
      pass (f, HOUR);
      silent[i] = act (f, records);
      pass (f, HOUR);
    }
  pass (f, 15 * HOUR);
  boot (f, 9);
  pass (f, HOUR);
  say_twice (f, 100);
  anchored = act (f, records);
  pass (f, 40 * HOUR);
  deliver (f, records);
  times = list_times (f);
  assert_time (times, 2, first, 200);
  assert_time (times, 6, anchored, 200);
  for (guint i = 0; i < G_N_ELEMENTS (silent); i++)
    assert_time (times, 3 + i, silent[i], 4 * 17 * HOUR);
  /* The order of the chain is the order of the intervals. */
  for (guint i = 2; i < 6; i++)
    g_assert_cmpint (json_integer_value (json_object_get (json_array_get (times, i), "lo")), >=,
                     json_integer_value (json_object_get (json_array_get (times, i - 1), "lo")));
}

/* Nothing ever said: not after it arrived, and since ever. One hello after it: not after that, either. */
static void
test_never_anchored (void)
{
  g_autoptr (PlatformFixture) f = platform_fixture_new ();
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (Json) times = NULL;
  BmHello hello = { 0 };
  gint64 truth, arrived;

  boot (f, 3);
  g_ptr_array_add (records, virtual_station_start_run (f->station));
  truth = act (f, records);
  pass (f, 5 * HOUR);
  say (f, &hello);
  pass (f, 90 * HOUR);
  deliver (f, records);
  arrived = bm_platform_now (f->platform);
  times = list_times (f);
  assert_time (times, 2, truth, -1);
  g_assert_cmpint (json_integer_value (json_object_get (json_array_get (times, 1), "hi")), <=,
                   arrived - 90 * HOUR);
}

/* An anchor that we cannot have given, and one that contradicts the chain. */
static void
test_lies (void)
{
  g_autoptr (PlatformFixture) f = platform_fixture_new ();
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (Json) before = NULL, after = NULL;
  BmHello future = { .has_anchor = TRUE }, past = { .has_anchor = TRUE };

  boot (f, 3);
  g_ptr_array_add (records, virtual_station_start_run (f->station));
  deliver (f, records);
  future.anchor_server_ms = bm_platform_now (f->platform) + HOUR;
  future.anchor_boot_ms = f->station->boot_ms;
  say (f, &future);
  before = list_times (f);
  g_assert_null (json_object_get (json_array_get (before, 0), "lo"));
  past.anchor_server_ms = bm_platform_now (f->platform);
  past.anchor_boot_ms = 0; /* so the entry would be a second after it arrived */
  say (f, &past);
  after = list_times (f);
  g_assert_true (json_is_false (json_object_get (json_array_get (after, 0), "consistent")));
}

static void
test_verb (void)
{
  static const char *const bad[] = { "times demo", "times demo zz", "times demo 1 0",
                                     "times demo 1 2 x", "times nobody 1" };
  g_autoptr (PlatformFixture) f = platform_fixture_new ();
  g_autofree char *none = platform_fixture_admin (f, "times demo 1");

  g_assert_cmpstr (none, ==, "ok []");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *answer = platform_fixture_admin (f, bad[i]);

      g_assert_true (g_str_has_prefix (answer, "error "));
    }
}

static guint
count_rosters (PlatformFixture *f)
{
  g_autoptr (BmReply) inbox = platform_fixture_inbox (f, 0);
  guint n = 0;

  for (guint i = 0; i < inbox->messages->len; i++)
    n += strcmp (((BmMessage *) inbox->messages->pdata[i])->kind, "roster") == 0;
  return n;
}

/* Said three times, kept once, alarmed; sent again by a person only. */
static void
test_bad_items (void)
{
  g_autoptr (PlatformFixture) f = platform_fixture_new ();
  g_autoptr (BmReply) inbox = platform_fixture_inbox (f, 0);
  const BmMessage *roster = inbox->messages->pdata[0];
  BmHello hello = { 0 };
  BmHelloBad item = { roster->kind, roster->name, roster->version, (char *) "schema" };
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  g_autoptr (Json) bad = NULL, after = NULL, state = NULL;
  g_autofree char *line = g_strdup_printf ("again demo %s %s", roster->kind, roster->name);
  g_autofree char *answer = NULL, *nothing = NULL, *usage = NULL;
  guint before = count_rosters (f);

  g_assert_cmpstr (roster->kind, ==, "roster");
  g_ptr_array_add (list, &item);
  hello.bad = list;
  for (guint i = 0; i < 3; i++)
    say (f, &hello);
  bad = platform_fixture_report (f, "bad");
  g_assert_cmpuint (json_array_size (bad), ==, 1);
  g_assert_cmpstr (json_string_value (json_object_get (json_array_get (bad, 0), "code")), ==,
                   "schema");
  state = platform_fixture_report (f, "state");
  g_assert_cmpuint (json_array_size (json_object_get (state, "alarms")), ==, 1);
  g_assert_cmpuint (count_rosters (f), ==, before);
  answer = platform_fixture_admin (f, line);
  g_assert_cmpstr (answer, ==, "ok");
  g_assert_cmpuint (count_rosters (f), ==, before + 1);
  after = platform_fixture_report (f, "bad demo");
  g_assert_cmpint (json_integer_value (json_object_get (json_array_get (after, 0), "again")), >,
                   roster->version);
  nothing = platform_fixture_admin (f, "again demo roster nobody");
  g_assert_true (g_str_has_prefix (nothing, "error There is no message"));
  usage = platform_fixture_admin (f, "again demo");
  g_assert_true (g_str_has_prefix (usage, "error usage: "));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  bm_crypto_init ();
  g_test_add_func ("/platform/clock/same-boot", test_same_boot);
  g_test_add_func ("/platform/clock/neighbours", test_neighbours);
  g_test_add_func ("/platform/clock/never-anchored", test_never_anchored);
  g_test_add_func ("/platform/clock/lies", test_lies);
  g_test_add_func ("/platform/clock/verb", test_verb);
  g_test_add_func ("/platform/bad-items", test_bad_items);
  return g_test_run ();
}
