/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/session/words.h"
#include "tests/core/session/world.h"

#include <string.h>

/* Words as people say them, and that they fit: every page of the world is measured as it comes. */

#define LONG_NAME "阿卜杜外力·阿卜杜热西提·买买"
#define LONG_ID   "990121195607190293"

static void
assert_taken (char *words, const char *expected)
{
  g_assert_cmpstr (words, ==, expected);
  g_free (words);
}

static void
test_dates (void)
{
  gint32 day = bm_day_from_string ("2026-11-24");

  g_assert_cmpstr (bm_words_weekday (day), ==, "星期二");
  assert_taken (bm_words_day (day), "11月24日");
  assert_taken (bm_words_date (day), "11月24日（周二）");
  assert_taken (bm_words_full_date (bm_day_from_string ("2027-11-30")), "2027年11月30日");
  assert_taken (bm_words_month_end (bm_day_from_string ("2027-11-30")), "2027年11月底");
  assert_taken (bm_words_month_end (bm_day_from_string ("2027-11-29")), "2027年11月29日");
  assert_taken (bm_words_month_end (bm_day_from_string ("2024-02-29")), "2024年2月底");
  assert_taken (bm_words_due (bm_day_from_string ("2026-11-30"), day), "这个月底");
  assert_taken (bm_words_due (bm_day_from_string ("2026-12-31"), day), "2026年12月底");
}

static void
test_clock (void)
{
  static const struct
  {
    gint hour;
    gint minute;
    const char *words;
  } cases[] = { { 9, 10, "星期六 上午9点10分" },
                { 8, 30, "星期六 上午8点30分" },
                { 17, 0, "星期六 下午5点" },
                { 12, 5, "星期六 中午12点05分" },
                { 20, 1, "星期六 晚上8点01分" } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GDateTime) time =
        g_date_time_new_utc (2026, 11, 21, cases[i].hour, cases[i].minute, 0);

      assert_taken (bm_words_clock (time), cases[i].words);
    }
}

static void
test_breaks (void)
{
  assert_taken (bm_words_break ("您是王秀兰吗？", 10), "您是王秀兰吗？");
  assert_taken (bm_words_break ("您是阿卜杜外力·阿卜杜热西提·买买吗？", 10),
                "您是阿卜杜外力·\n阿卜杜热西提·\n买买吗？");
  assert_taken (bm_words_break ("您面前的是\n阿卜杜外力·阿卜杜热西提·买买本人吗？", 15),
                "您面前的是\n阿卜杜外力·阿卜杜热西提·\n买买本人吗？");
  assert_taken (bm_words_break ("", 10), "");
  assert_taken (bm_words_flatten ("请等一下，\n工作人员过来看看您本人。"),
                "请等一下，工作人员过来看看您本人。");
  assert_taken (bm_words_flatten ("one\ntwo"), "one two");
}

/* The longest name a chip holds, on every page up to the slip. */
static void
test_long_name (void)
{
  g_autoptr (World) world = world_new ();

  world_choose (world, "start");
  world_choose (world, "cert.pension");
  world_place (world, LONG_NAME, LONG_ID);
  assert_page (world, "confirm");
  g_assert_true (world_says (world, "您是" LONG_NAME "吗"));
  world_choose (world, "yes");
  world_choose (world, "agree");
  world_choose (world, "staff-here");
  world_choose (world, "staff:ht02");
  world_type (world, "2202");
  assert_page (world, "witness-seen");
  g_assert_true (world_says (world, LONG_NAME));
  world_choose (world, "seen");
  g_assert_cmpuint (world->n_commits, ==, 1);
}

/* Who is not of this village has no group: the line begins with the age. */
static void
test_about (void)
{
  g_autoptr (World) world = world_new ();

  world_choose (world, "start");
  world_choose (world, "cert.pension");
  world_place (world, WANG_NAME, WANG_ID);
  g_assert_true (world_says (world, "1组的，78岁。"));
  world_do (world, "back");
  world->setup.village_name = "别的村";
  world_choose (world, "cert.pension");
  world_place (world, WANG_NAME, WANG_ID);
  g_assert_true (world_says (world, "78岁。"));
  g_assert_false (world_says (world, "的，78岁"));
  g_assert_false (world_says (world, "，78岁"));
}

/* Domain 5.1: whoever is due within a week hears that it is reported another way today. */
static void
test_due_soon (void)
{
  g_autoptr (World) world = world_new ();
  json_t *old = world_case ("9901211012010101000000012", "cert.pension", "done", "CERT_OK");

  json_object_set_new (old, "is_told", json_true ());
  json_object_set_new (json_object_get (old, "result"), "next_due", json_string ("2026-11-30"));
  json_array_append_new (world->cases, old);
  bm_shift_clock_advance (world->clock, G_GINT64_CONSTANT (3) * 24 * 3600 * 1000);
  world_reach_done (world);
  assert_page (world, "done");
  g_assert_true (world_says (world, "您这个月底到期，工作人员今天另外替您报。"));
}

int
main (int argc, char *argv[])
{
  world_set_up_locale ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/words/dates", test_dates);
  g_test_add_func ("/words/clock", test_clock);
  g_test_add_func ("/words/breaks", test_breaks);
  g_test_add_func ("/words/longest-name-fits", test_long_name);
  g_test_add_func ("/words/not-of-this-village", test_about);
  g_test_add_func ("/words/due-soon", test_due_soon);
  return g_test_run ();
}
