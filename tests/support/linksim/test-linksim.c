/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-linksim"

#include "link.h"

#include <math.h>
#include <string.h>

/* The link is given made-up times, so nothing here waits and nothing depends on the machine. */

#define PACKET 1500
#define S      G_USEC_PER_SEC

static void
set (Link *link, const char *settings)
{
  g_auto (GStrv) words = g_strsplit (settings, " ", -1);

  for (guint i = 0; words[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (link_set (link, words[i], 0, &error));
      g_assert_no_error (error);
    }
}

static Link *
make_link (const char *settings)
{
  Link *link = link_new ();

  set (link, settings);
  return link;
}

/* A packet that bears its number. */
static void
take (Link *link, LinkWay way, gint64 now, guint32 number)
{
  guint8 packet[PACKET] = { 0 };

  memcpy (packet, &number, sizeof number);
  link_take (link, way, now, packet, sizeof packet);
}

/* The numbers of all that come out until @until. */
static GArray *
drain (Link *link, LinkWay way, gint64 until)
{
  GArray *numbers = g_array_new (FALSE, FALSE, sizeof (guint32));
  GBytes *bytes;

  while ((bytes = link_give (link, way, until)) != NULL)
    {
      guint32 number;

      memcpy (&number, g_bytes_get_data (bytes, NULL), sizeof number);
      g_array_append_val (numbers, number);
      g_bytes_unref (bytes);
    }
  return numbers;
}

/* Nothing appears from nowhere and nothing vanishes uncounted. */
static void
check_books (Link *link, LinkWay way)
{
  const LinkCounters *count = link_get_counters (link, way);

  g_assert_cmpint (link_get_next (link), ==, G_MAXINT64);
  g_assert_cmpuint (count->taken + count->copied, ==,
                    count->delivered + count->lost + count->crowded + count->cut);
}

static void
test_faster_than_rate (void)
{
  g_autoptr (Link) link = make_link ("up.rate=256000 delay=300");
  g_autoptr (GArray) early = NULL, last = NULL;
  const gint64 full = (gint64) 1000 * PACKET * 8 * S / 256000 + 300000;

  for (guint32 i = 0; i < 1000; i++)
    take (link, LINK_UP, 0, i);
  early = drain (link, LINK_UP, full - 1000);
  last = drain (link, LINK_UP, full + 1000);
  g_assert_cmpuint (early->len, ==, 999);
  g_assert_cmpuint (last->len, ==, 1);
  check_books (link, LINK_UP);
}

static void
test_arrives_before_delay (void)
{
  g_autoptr (Link) link = make_link ("delay=300 jitter=100");

  for (guint32 i = 0; i < 500; i++)
    {
      g_autoptr (GArray) early = NULL, all = NULL;

      take (link, LINK_DOWN, i * S, i);
      early = drain (link, LINK_DOWN, i * S + 299999);
      all = drain (link, LINK_DOWN, i * S + 400000);
      g_assert_cmpuint (early->len, ==, 0);
      g_assert_cmpuint (all->len, ==, 1);
    }
}

static void
test_jitter_reorders (void)
{
  g_autoptr (Link) link = make_link ("delay=10 jitter=200");
  g_autoptr (GArray) all = NULL;

  for (guint32 i = 0; i < 500; i++)
    take (link, LINK_UP, i * 1000, i);
  all = drain (link, LINK_UP, 10 * S);
  g_assert_cmpuint (all->len, ==, 500);
  for (guint32 i = 0; i < 500; i++)
    g_assert_cmpuint (g_array_index (all, guint32, i), ==, i);
}

/* A share of chance within four standard deviations, for several seeds, both ways. */
static void
check_share (const char *settings, double share, gsize counter)
{
  const guint n = 10000;

  for (guint seed = 1; seed <= 4; seed++)
    for (guint way = 0; way < LINK_N_WAYS; way++)
      {
        g_autofree char *with_seed = g_strdup_printf ("%s seed=%u", settings, seed);
        g_autoptr (Link) link = make_link (with_seed);
        g_autoptr (GArray) all = NULL;
        double seen;

        for (guint32 i = 0; i < n; i++)
          take (link, way, i, i);
        all = drain (link, way, 100 * S);
        seen = (double) G_STRUCT_MEMBER (guint64, link_get_counters (link, way), counter);
        g_assert_cmpfloat (fabs (seen - n * share), <, 4 * sqrt (n * share * (1 - share)));
        check_books (link, way);
      }
}

static void
test_chance_off_its_share (void)
{
  check_share ("loss=2", 0.02, offsetof (LinkCounters, lost));
  check_share ("loss=20", 0.20, offsetof (LinkCounters, lost));
  check_share ("duplicate=5", 0.05, offsetof (LinkCounters, copied));
  check_share ("reorder=10", 0.10, offsetof (LinkCounters, overtaken));
}

static void
test_other_fate_with_same_seed (void)
{
  const char *const settings =
    "rate=1000000 delay=20 jitter=30 loss=10 duplicate=5 reorder=10 seed=7";
  g_autoptr (Link) one = make_link (settings), two = make_link (settings);
  g_autoptr (GArray) first = NULL, second = NULL;
  guint passed = 0;

  for (guint32 i = 0; i < 2000; i++)
    {
      take (one, LINK_UP, i * 500, i);
      take (two, LINK_UP, i * 500, i);
      take (two, LINK_DOWN, i * 500, i); /* the other way draws its own chance */
    }
  first = drain (one, LINK_UP, 100 * S);
  second = drain (two, LINK_UP, 100 * S);
  g_assert_cmpmem (first->data, first->len * sizeof (guint32), second->data,
                   second->len * sizeof (guint32));
  for (guint i = 1; i < first->len; i++)
    passed += g_array_index (first, guint32, i) < g_array_index (first, guint32, i - 1);
  g_assert_cmpuint (passed, >, 50);
}

static void
test_queue_without_end (void)
{
  g_autoptr (Link) link = make_link ("rate=64000 queue=15000");
  g_autoptr (GArray) all = NULL;

  for (guint32 i = 0; i < 100; i++)
    take (link, LINK_UP, 0, i);
  all = drain (link, LINK_UP, 100 * S);
  g_assert_cmpuint (all->len, ==, 11);
  g_assert_cmpuint (link_get_counters (link, LINK_UP)->crowded, ==, 89);
}

static void
test_cut_off_schedule (void)
{
  g_autoptr (Link) link = make_link ("up-for=2 down-for=3");
  guint passed = 0;

  for (guint32 second = 0; second < 20; second++)
    {
      g_autoptr (GArray) now = NULL;

      take (link, LINK_UP, second * S + 1, second);
      now = drain (link, LINK_UP, second * S + 1);
      g_assert_cmpuint (now->len, ==, second % 5 < 2);
      passed += now->len;
    }
  g_assert_cmpuint (passed, ==, 8);
  check_books (link, LINK_UP);
}

/* What is under way when the line goes down does not arrive when it is up again. */
static void
test_cut_lets_through_what_was_under_way (void)
{
  g_autoptr (Link) link = make_link ("delay=500 up-for=1 down-for=1");
  g_autoptr (GArray) all = NULL;

  take (link, LINK_UP, 700000, 1);
  all = drain (link, LINK_UP, 10 * S);
  g_assert_cmpuint (all->len, ==, 0);
  g_assert_cmpuint (link_get_counters (link, LINK_UP)->cut, ==, 1);
}

static void
test_cut_at_wrong_byte (void)
{
  g_autoptr (Link) link = make_link ("up.cut-at=6100 cut-for=5");
  g_autoptr (GArray) before = NULL, during = NULL, after = NULL;

  for (guint32 i = 0; i < 10; i++)
    take (link, LINK_UP, 0, i);
  before = drain (link, LINK_UP, 0);
  g_assert_cmpuint (before->len, ==, 4);
  g_assert_true (link_is_down (link, 4 * S));
  take (link, LINK_DOWN, 4 * S, 0);
  during = drain (link, LINK_DOWN, 4 * S);
  g_assert_cmpuint (during->len, ==, 0);
  take (link, LINK_UP, 6 * S, 0);
  after = drain (link, LINK_UP, 6 * S);
  g_assert_cmpuint (after->len, ==, 1);
  check_books (link, LINK_UP);
}

static void
test_half_open_both_ways (void)
{
  g_autoptr (Link) link = make_link ("down.dead=1");
  g_autoptr (GArray) up = NULL, down = NULL, again = NULL;

  take (link, LINK_UP, 0, 1);
  take (link, LINK_DOWN, 0, 1);
  up = drain (link, LINK_UP, S);
  down = drain (link, LINK_DOWN, S);
  g_assert_cmpuint (up->len, ==, 1);
  g_assert_cmpuint (down->len, ==, 0);
  set (link, "down.dead=0");
  take (link, LINK_DOWN, 2 * S, 1);
  again = drain (link, LINK_DOWN, 2 * S);
  g_assert_cmpuint (again->len, ==, 1);
}

static void
test_wrong_settings_taken (void)
{
  const char *const wrong[] = { "",       "loss",      "loss=",  "loss=101",  "loss=-1", "loss=nan",
                                "rate=x", "up.seed=1", "near=1", "loss=1 up", "cut=2" };
  g_autoptr (Link) link = link_new ();

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (link_set (link, wrong[i], 0, &error));
      g_assert_nonnull (error);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/linksim/faster-than-rate", test_faster_than_rate);
  g_test_add_func ("/linksim/arrives-before-delay", test_arrives_before_delay);
  g_test_add_func ("/linksim/jitter-reorders", test_jitter_reorders);
  g_test_add_func ("/linksim/chance-off-its-share", test_chance_off_its_share);
  g_test_add_func ("/linksim/other-fate-with-same-seed", test_other_fate_with_same_seed);
  g_test_add_func ("/linksim/queue-without-end", test_queue_without_end);
  g_test_add_func ("/linksim/cut-off-schedule", test_cut_off_schedule);
  g_test_add_func ("/linksim/cut-lets-through-what-was-under-way",
                   test_cut_lets_through_what_was_under_way);
  g_test_add_func ("/linksim/cut-at-wrong-byte", test_cut_at_wrong_byte);
  g_test_add_func ("/linksim/half-open-both-ways", test_half_open_both_ways);
  g_test_add_func ("/linksim/wrong-settings-taken", test_wrong_settings_taken);
  return g_test_run ();
}
