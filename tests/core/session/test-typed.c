/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/session/hanzi.h"
#include "core/session/typed.h"
#include "core/session/words.h"
#include "tests/core/session/world.h"

#include <string.h>

/* Amounts and days that are typed: judged while they are typed, told in words, kept in fen. */

static void
test_amount_as_it_is_typed (void)
{
  static const struct
  {
    const char *typed;
    BmTypedState state;
    gint64 fen;
  } table[] = { { "", BM_TYPED_OPEN, 0 },           { "9", BM_TYPED_UNDER, 900 },
                { "10", BM_TYPED_RIGHT, 1000 },     { "10.", BM_TYPED_RIGHT, 1000 },
                { "10.5", BM_TYPED_RIGHT, 1050 },   { "10.05", BM_TYPED_RIGHT, 1005 },
                { "5000", BM_TYPED_RIGHT, 500000 }, { "5000.01", BM_TYPED_OVER, 500001 },
                { "50000", BM_TYPED_OVER, 5000000 } };
  static const char *const none[] = {
    ".", ".5", "1.234", "1..2", "1.2.3", "1234567890", "1X", "-1"
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      gint64 fen = -1;

      g_assert_cmpint (bm_typed_check_amount (table[i].typed, 1000, 500000, &fen), ==,
                       table[i].state);
      g_assert_cmpint (fen, ==, table[i].fen);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (none); i++)
    g_assert_cmpint (bm_typed_check_amount (none[i], 0, 500000, NULL), ==, BM_TYPED_WRONG);
  g_assert_true (bm_typed_may_follow ("", '0') && bm_typed_may_follow ("0", '.'));
  g_assert_false (bm_typed_may_follow ("0", '5') || bm_typed_may_follow ("", '.'));
  g_assert_false (bm_typed_may_follow ("1.25", '5') || bm_typed_may_follow ("1.2", '.'));
}

/* A nought too many is another word. */
static void
test_amount_in_words (void)
{
  static const struct
  {
    gint64 fen;
    const char *said;
    const char *plain;
  } table[] = { { 0, "零元", "0元" },
                { 5, "五分", "0.05元" },
                { 50, "五角", "0.50元" },
                { 200, "两元", "2元" },
                { 1205, "十二元零五分", "12.05元" },
                { 12000, "一百二十元", "120元" },
                { 120000, "一千二百元", "1,200元" },
                { 1200000, "一万两千元", "12,000元" },
                { 10000500, "十万零五元", "100,005元" },
                { 12345678950, "一亿两千三百四十五万六千七百八十九元五角", "123,456,789.50元" } };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *said = bm_words_said_amount (table[i].fen);
      g_autofree char *plain = bm_words_plain_amount (table[i].fen);

      g_assert_cmpstr (said, ==, table[i].said);
      g_assert_cmpstr (plain, ==, table[i].plain);
    }
}

static void
reach_fields (World *world)
{
  world_choose (world, "start");
  world_choose (world, "demo.fields");
  world_place (world, WANG_NAME, WANG_ID);
  world_choose (world, "yes");
  world_choose (world, "agree");
}

/* Through the day to the first amount. */
static void
reach_amount (World *world)
{
  reach_fields (world);
  assert_page (world, "date");
  world_choose (world, "day:2026-11-20");
  world_do (world, "next");
}

static const char *
input_text (World *world, const char *key)
{
  return json_string_value (json_object_get (json_object_get (world_page (world), "input"), key));
}

static const char *
payload_field (World *world, const char *id)
{
  return json_string_value (
    json_object_get (json_object_get (world->draft->payload, "fields"), id));
}

/* Too much is refused whatever the face did, and what was typed still stands there. */
static void
test_amount_out_of_bounds (void)
{
  g_autoptr (World) world = world_new_with (g_getenv ("BIANMIN_FIELDS"));

  reach_amount (world);
  assert_page (world, "amount");
  g_assert_null (input_text (world, "problem"));
  world_type (world, "50000");
  assert_page (world, "amount");
  g_assert_cmpstr (input_text (world, "problem"), ==, "最多5,000元，\n是不是多了一个零？");
  g_assert_cmpstr (input_text (world, "value"), ==, "50000");
  world_type (world, "0.50");
  g_assert_cmpstr (input_text (world, "problem"), ==, "最少1元，\n请再看看。");
  world_type (world, "1.2.3");
  assert_page (world, "amount");
  world_type (world, "120.5");
  g_assert_true (world_says (world, "别人垫了多少钱？"));
  world_type (world, "12.5"); /* this one has no fen */
  g_assert_true (world_says (world, "别人垫了多少钱？"));
  g_assert_nonnull (input_text (world, "problem"));
}

/* Back and forth: every answer stands where it was typed; the matter keeps fen. */
static void
test_amount_is_kept (void)
{
  g_autoptr (World) world = world_new_with (g_getenv ("BIANMIN_FIELDS"));

  reach_amount (world);
  world_type (world, "120.5");
  g_assert_null (input_text (world, "value"));
  world_do (world, "back");
  g_assert_cmpstr (input_text (world, "value"), ==, "120.50");
  world_type (world, "1205");
  world_type (world, "300");
  world_do (world, "back");
  g_assert_cmpstr (input_text (world, "value"), ==, "300");
  world_choose (world, "skip");
  assert_page (world, "readback");
  g_assert_true (world_says (world, "1,205元（一千二百零五元）"));
  /* An amount is not read out in the hall unasked. */
  g_assert_true (json_is_true (json_object_get (world_page (world), "is_private")));
  world_choose (world, "right");
  assert_page (world, "done");
  g_assert_cmpstr (payload_field (world, "y.sum"), ==, "120500");
  g_assert_null (payload_field (world, "y.lent"));
}

static void
test_day_as_it_is_typed (void)
{
  static const struct
  {
    const char *typed;
    BmTypedState state;
  } table[] = {
    { "", BM_TYPED_OPEN },          { "194", BM_TYPED_OPEN },       { "1947", BM_TYPED_UNDER },
    { "1948", BM_TYPED_OPEN },      { "194802", BM_TYPED_UNDER },   { "194803", BM_TYPED_OPEN },
    { "19480311", BM_TYPED_UNDER }, { "19480312", BM_TYPED_RIGHT }, { "20260013", BM_TYPED_WRONG },
    { "202613", BM_TYPED_WRONG },   { "20260230", BM_TYPED_WRONG }, { "20260229", BM_TYPED_WRONG },
    { "20240229", BM_TYPED_RIGHT }, { "20261121", BM_TYPED_RIGHT }, { "20261122", BM_TYPED_OVER },
    { "202612", BM_TYPED_OVER },    { "2027", BM_TYPED_OVER },      { "2026112X", BM_TYPED_WRONG },
    { "20261.21", BM_TYPED_WRONG }, { "202611211", BM_TYPED_WRONG }
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      gint32 day;

      if (bm_typed_check_date (table[i].typed, bm_day_from_ymd (1948, 3, 12),
                               bm_day_from_ymd (2026, 11, 21), &day) != table[i].state)
        g_error ("%s is judged wrongly", table[i].typed);
      g_assert_true (strlen (table[i].typed) == 8 || day == BM_NO_DAY);
    }
}

/* A near day is picked and heard; the one before the page is not chosen for anybody. */
static void
test_day_near (void)
{
  g_autoptr (World) world = world_new_with (g_getenv ("BIANMIN_FIELDS"));

  reach_fields (world);
  assert_page (world, "date");
  g_assert_true (world_says (world, "前天") && world_says (world, "11月19日（周四）"));
  world_do (world, "next");
  assert_page (world, "date");
  g_assert_false (world_offers (world, "day:2026-11-22")); /* it is still to come */
  world_choose (world, "day:2026-11-19");
  assert_page (world, "date");
  world_do (world, "next");
  assert_page (world, "amount");
  world_do (world, "back");
  assert_page (world, "date");
  world_do (world, "next"); /* it is chosen still */
  assert_page (world, "amount");
}

/* Any other day: what cannot be is said with the way out, and what was typed stays. */
static void
test_day_typed (void)
{
  g_autoptr (World) world = world_new_with (g_getenv ("BIANMIN_FIELDS"));

  reach_fields (world);
  world_choose (world, "other");
  assert_page (world, "day");
  g_assert_true (world_says (world, "按阳历年月日，不按农历"));
  world_type (world, "20260230");
  g_assert_cmpstr (input_text (world, "problem"), ==, "没有这一天，\n请看看几月几号。");
  g_assert_cmpstr (input_text (world, "value"), ==, "20260230");
  world_type (world, "20261122");
  g_assert_cmpstr (input_text (world, "problem"), ==, "这一天还没到，\n请看看年份。");
  world_type (world, "19480311");
  g_assert_cmpstr (input_text (world, "problem"), ==, "那时您还没出生，\n请看看年份。");
  world_choose (world, "lunar");
  assert_page (world, "day");
  g_assert_true (world_says (world, "已叫人"));
  world_type (world, "20261005");
  assert_page (world, "amount");
  world_do (world, "back");
  g_assert_true (world_says (world, "2026年10月5日"));
  world_choose (world, "other");
  g_assert_cmpstr (input_text (world, "value"), ==, "20261005");
  world_do (world, "back");
  assert_page (world, "date");
  world_do (world, "next");
  world_type (world, "12");
  world_choose (world, "skip");
  g_assert_true (world_says (world, "2026年10月5日"));
  world_choose (world, "right");
  g_assert_cmpstr (payload_field (world, "y.day"), ==, "2026-10-05");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  world_set_up_locale ();
  g_test_add_func ("/typed/amount-as-it-is-typed", test_amount_as_it_is_typed);
  g_test_add_func ("/typed/amount-in-words", test_amount_in_words);
  g_test_add_func ("/typed/amount-out-of-bounds", test_amount_out_of_bounds);
  g_test_add_func ("/typed/amount-is-kept", test_amount_is_kept);
  g_test_add_func ("/typed/day-as-it-is-typed", test_day_as_it_is_typed);
  g_test_add_func ("/typed/day-near", test_day_near);
  g_test_add_func ("/typed/day-typed", test_day_typed);
  return g_test_run ();
}
