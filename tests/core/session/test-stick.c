/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/core/session/desk-fixture.h"

#include <string.h>

/* The stick at the desk: who may, what is shown while it goes on, and that nobody is locked out meanwhile. */

#define MINUTE_MS (60 * 1000)

#define NO_STICK  "{\"job\":\"none\",\"state\":\"none\",\"sentence\":\"\",\"sticks\":[]}"
#define ONE_STICK "{\"job\":\"none\",\"state\":\"none\",\"sentence\":\"\",\"sticks\":[" STICK "]}"
#define STICK     "{\"name\":\"KINGSTON\",\"folder\":\"/media/KINGSTON\"}"
#define TWO_STICKS                                                                \
  "{\"job\":\"none\",\"state\":\"none\",\"sentence\":\"\",\"sticks\":[" STICK "," \
  "{\"name\":\"红色\",\"folder\":\"/media/red\"}]}"
#define WORKING                                                                                 \
  "{\"job\":\"export\",\"state\":\"working\",\"sentence\":\"正在写，先别拔U盘。\","    \
  "\"entries\":30,\"entries_of\":120,\"attachments\":1,\"attachments_of\":4,\"bytes\":1048576," \
  "\"bytes_of\":8388608,\"left_s\":130,\"sticks\":[" STICK "]}"
#define DONE \
  "{\"job\":\"export\",\"state\":\"done\",\"sentence\":\"已经写到U盘上。\",\"sticks\":[" STICK "]}"
#define FAILED                                                                                                    \
  "{\"job\":\"import\",\"state\":\"failed\",\"sentence\":\"U盘被拔掉了。什么都没丢。\",\"refused\":[" \
  "{\"file\":\"back-1.bmv\",\"code\":\"changed\",\"sentence\":\"这个文件半路上被改过。\"}],"           \
  "\"sticks\":[" STICK "]}"

static void
tell (Desk *desk, const char *text)
{
  BmDeskEvent event = { .type = BM_DESK_EVENT_STICK };

  event.json = json_loads (text, 0, NULL);
  g_assert_nonnull (event.json);
  desk_send (desk, event);
  json_decref (event.json);
}

static Desk *
open_page (void)
{
  Desk *desk = desk_new ();

  desk_sign_in (desk);
  desk_press (desk, "用U盘");
  g_assert_cmpstr (desk_page (desk), ==, "desk-stick");
  (void) desk_need (desk, BM_DESK_EFFECT_STICK_LOOK);
  return desk;
}

static void
test_out_and_back (void)
{
  g_autoptr (Desk) desk = open_page ();

  tell (desk, NO_STICK);
  g_assert_true (desk_says (desk, "请把U盘插到机器上"));
  g_assert_false (desk_offers (desk, "写到U盘上"));
  desk_intent (desk, "choose", "take", NULL); /* not offered, so nothing */
  g_assert_null (desk_find (desk, BM_DESK_EFFECT_STICK_EXPORT));
  tell (desk, ONE_STICK);
  desk_press (desk, "写到U盘上");
  g_assert_cmpstr (desk_need (desk, BM_DESK_EFFECT_STICK_EXPORT)->text, ==, "/media/KINGSTON");
  tell (desk, WORKING);
  g_assert_true (desk_says (desk, "先别拔U盘") && desk_says (desk, "30 / 120") &&
                 desk_says (desk, "1.0 / 8.0 MB") && desk_says (desk, "大约3分钟"));
  g_assert_false (desk_offers (desk, "写到U盘上") || desk_offers (desk, "把回信读进来"));
  tell (desk, DONE);
  g_assert_true (desk_says (desk, "已经写到U盘上"));
  desk_press (desk, "把回信读进来");
  g_assert_cmpstr (desk_need (desk, BM_DESK_EFFECT_STICK_IMPORT)->text, ==, "/media/KINGSTON");
  tell (desk, FAILED);
  g_assert_true (desk_says (desk, "什么都没丢") && desk_says (desk, "半路上被改过"));
}

static void
test_which_stick (void)
{
  g_autoptr (Desk) desk = open_page ();

  tell (desk, TWO_STICKS);
  desk_press (desk, "红色");
  desk_press (desk, "写到U盘上");
  g_assert_cmpstr (desk_need (desk, BM_DESK_EFFECT_STICK_EXPORT)->text, ==, "/media/red");
  tell (desk, ONE_STICK); /* that one is gone */
  desk_press (desk, "把回信读进来");
  g_assert_cmpstr (desk_need (desk, BM_DESK_EFFECT_STICK_IMPORT)->text, ==, "/media/KINGSTON");
}

/* vxsuite#4169: the idle timer fired during an export. */
static void
test_no_lock_while_it_works (void)
{
  g_autoptr (Desk) desk = open_page ();

  tell (desk, WORKING);
  for (guint i = 0; i < 20; i++)
    {
      bm_shift_clock_advance (desk->clock, MINUTE_MS);
      desk_send (desk, (BmDeskEvent){ .type = BM_DESK_EVENT_TICK });
      g_assert_cmpstr (desk_page (desk), ==, "desk-stick");
    }
  tell (desk, DONE);
  desk_send (desk, (BmDeskEvent){ .type = BM_DESK_EVENT_TICK });
  g_assert_true (desk_says (desk, "已经写到U盘上"));
  bm_shift_clock_advance (desk->clock, 4 * MINUTE_MS);
  desk_send (desk, (BmDeskEvent){ .type = BM_DESK_EVENT_TICK });
  g_assert_cmpstr (desk_page (desk), ==, "desk-lock");
}

static void
test_who_may (void)
{
  static const struct
  {
    const char *name;
    const char *id;
    gboolean may;
  } staff[] = { { "丁一", "HT04", FALSE }, { "苏敏", "HT02", TRUE } };

  for (gsize i = 0; i < G_N_ELEMENTS (staff); i++)
    {
      g_autoptr (Desk) desk = desk_new ();

      desk_sign_in_as (desk, staff[i].name, staff[i].id);
      g_assert_cmpint (desk_offers (desk, "用U盘"), ==, staff[i].may);
      desk_intent (desk, "choose", "stick", NULL);
      g_assert_cmpstr (desk_page (desk), ==, staff[i].may ? "desk-stick" : "desk-today");
    }
}

int
main (int argc, char **argv)
{
  world_set_up_locale ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stick/out-and-back", test_out_and_back);
  g_test_add_func ("/stick/which-stick", test_which_stick);
  g_test_add_func ("/stick/no-lock-while-it-works", test_no_lock_while_it_works);
  g_test_add_func ("/stick/who-may", test_who_may);
  return g_test_run ();
}
