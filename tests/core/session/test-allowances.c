/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-test-session"

#include "core/pack/pack.h"
#include "tests/core/session/world.h"

#include <string.h>

/* 民政补贴, 惠农补贴: other parts of the same record, with what each payment is for, and as covered as the pension. */

static json_t *
new_row (const char *ym, const char *what, int fen, const char *paid, const char *state)
{
  return json_pack ("{s:s, s:s, s:i, s:s, s:s}", "ym", ym, "what", what, "fen", fen, "paid", paid,
                    "state", state);
}

static void
set_part (World *world, const char *name, json_t *months, const char *why)
{
  json_t *record = json_object_get (world->record, "record");

  json_object_set_new (record, name,
                       json_pack ("{s:s, s:s, s:s, s:s, s:i, s:i, s:s, s:o}", "area", "990121",
                                  "status", "paying", "due", "", "tail", "9137", "year", 2026,
                                  "year_fen", 17731, "why", why, "months", months));
  g_assert_true (bm_pack_check_record (record, NULL));
}

static World *
new_query (const char *service, const char *part, const char *why)
{
  World *world = world_new ();
  gboolean is_civil = strcmp (part, "civil") == 0;
  json_t *months = json_array ();

  json_array_append_new (months, new_row ("2026-10", is_civil ? "dibao" : "farmland", 9731,
                                          "2026-10-25", "paid"));
  json_array_append_new (months, new_row ("2026-10", is_civil ? "care" : "machine", 8000, "",
                                          is_civil ? "returned" : "notice"));
  json_array_append_new (months, new_row ("2026-09", "of-tomorrow", 8000, "2026-09-25", "paid"));
  world->record = world_record ("paying", "2026-11-30");
  set_part (world, part, months, why);
  world_choose (world, "start");
  world_find_matter (world, service);
  world_place (world, WANG_NAME, WANG_ID);
  world_choose (world, "yes");
  return world;
}

static gboolean
is_spoken (World *world, const char *text)
{
  g_autofree char *flat = world_flat_text (json_object_get (world_page (world), "speech"));

  return strstr (flat, text) != NULL;
}

static void
test_civil (void)
{
  g_autoptr (World) world = new_query ("query.civil", "civil", "户名不对");

  assert_page (world, "benefit");
  g_assert_true (world_says (world, "您今年收到2笔"));
  g_assert_true (world_says (world, "有一笔退回来了：户名不对"));
  g_assert_false (world_says (world, "97.31"));
  g_assert_false (world_says (world, "低保金")); /* whoever looks over a shoulder */
  world_choose (world, "show");
  g_assert_true (world_says (world, "97.31元"));
  g_assert_true (world_says (world, "低保金，已到账 10月25日"));
  g_assert_true (world_says (world, "残疾人护理补贴，退回了"));
  g_assert_true (world_says (world, "别的补贴，已到账"));
  g_assert_true (world_says (world, "177.31元"));
  g_assert_false (world_says (world, "228.40")); /* the pension's is another matter */
}

/* 低保 and what the disabled get are nobody else's: the page is not said by itself. */
static void
test_not_for_the_hall (void)
{
  g_autoptr (World) world = new_query ("query.civil", "civil", "户名不对");

  g_assert_false (is_spoken (world, "收到2笔"));
  g_assert_false (is_spoken (world, "户名不对"));
  world_choose (world, "show");
  g_assert_false (is_spoken (world, "低保"));
  world_choose (world, "aloud");
  assert_page (world, "aside");
  world_choose (world, "aloud");
  g_assert_true (is_spoken (world, "10月低保金"));
  g_assert_true (is_spoken (world, "97元3角1分"));
  world_choose (world, "cover");
  g_assert_false (is_spoken (world, "收到2笔"));
}

static void
test_agri (void)
{
  g_autoptr (World) world = new_query ("query.agri", "agri", "");

  assert_page (world, "benefit");
  g_assert_true (is_spoken (world, "您今年收到2笔"));
  g_assert_false (world_says (world, "退回"));
  world_choose (world, "show");
  g_assert_true (world_says (world, "耕地地力保护补贴，已到账 10月25日"));
  g_assert_true (world_says (world, "农机购置补贴，公示中"));
}

static void
test_slip (void)
{
  g_autoptr (World) world = new_query ("query.agri", "agri", "");
  g_autofree char *text = NULL;

  world_choose (world, "print");
  text = world_flat_text (world_find (world, BM_EFFECT_PRINT)->json);
  g_assert_nonnull (strstr (text, "惠农补贴查询条"));
  g_assert_nonnull (strstr (text, "只供自己看，不是证明"));
  g_assert_nonnull (strstr (text, "耕地地力保护补贴"));
  g_assert_nonnull (strstr (text, "97.31元"));
  g_assert_nonnull (strstr (text, "2026年10月"));
  g_assert_nonnull (strstr (text, "尾号 9137"));
  g_assert_null (strstr (text, "养老金"));
  g_assert_null (strstr (text, WANG_ID));
}

/* Who draws none of it, and has a pension, hears that there is none, and may have it looked up. */
static void
test_none (void)
{
  g_autoptr (World) world = world_new ();

  world->record = world_record ("paying", "2026-11-30");
  world_choose (world, "start");
  world_find_matter (world, "query.civil");
  world_place (world, WANG_NAME, WANG_ID);
  world_choose (world, "yes");
  assert_page (world, "no-amounts");
  g_assert_true (world_says (world, "这里没有看到您的民政补贴记录"));
  g_assert_false (is_spoken (world, "民政补贴记录"));
  g_assert_false (world_offers (world, "others")); /* that is where one came from */
  world_choose (world, "register");
  assert_page (world, "notice");
  g_assert_true (world_says (world, "演示县民政局"));
}

/* Who draws no pension and pressed 看钱到没到 is led on, and shows the card once. */
static void
test_led_on (void)
{
  g_autoptr (World) world = world_new ();
  json_t *months = json_array ();

  json_array_append_new (months, new_row ("2026-10", "care", 17731, "2026-10-25", "paid"));
  world->record = world_record ("paying", "2026-11-30");
  set_part (world, "civil", months, "");
  json_object_set_new (json_object_get (world->record, "record"), "pension", json_null ());
  world_choose (world, "start");
  world_choose (world, "query.pension");
  world_place (world, WANG_NAME, WANG_ID);
  world_choose (world, "yes");
  assert_page (world, "no-amounts");
  g_assert_true (world_says (world, "这里没有看到您的养老金记录"));
  g_assert_true (world_says (world, "看别的补贴"));
  g_assert_false (world_says (world, "民政"));
  world_find_matter (world, "query.civil");
  assert_page (world, "benefit");
  g_assert_true (world_says (world, "您今年收到1笔"));
}

static World *
new_medical (const char *state, const char *note)
{
  World *world = world_new ();
  json_t *record;

  world->record = world_record ("paying", "2026-11-30");
  record = json_object_get (world->record, "record");
  json_object_set_new (record, "medical",
                       json_pack ("{s:s, s:s, s:i, s:s, s:i}", "area", "990121", "state", state,
                                  "year", 2027, "due",
                                  strcmp (state, "unpaid") == 0 ? "2026-12-31" : "", "year_fen",
                                  strcmp (state, "unpaid") == 0 ? 40000 : 0));
  if (note != NULL)
    json_array_append_new (json_object_get (record, "notes"), json_string (note));
  g_assert_true (bm_pack_check_record (record, NULL));
  world_choose (world, "start");
  world_find_matter (world, "query.medical");
  world_place (world, WANG_NAME, WANG_ID);
  world_choose (world, "yes");
  assert_page (world, "no-amounts");
  return world;
}

/* Who pays for somebody is nobody else's, and what is due stands on the paper that was asked for. */
static void
test_medical (void)
{
  static const char *const says[][2] = { { "insured", "2027年医保，已经缴了" },
                                         { "unpaid", "2027年医保，还没有缴" },
                                         { "assisted", "2027年医保，不用您自己缴" } };

  for (gsize i = 0; i < G_N_ELEMENTS (says); i++)
    {
      g_autoptr (World) world = new_medical (says[i][0], NULL);
      gboolean is_unpaid = strcmp (says[i][0], "unpaid") == 0;
      g_autofree char *sheet = NULL;

      g_assert_true (world_says (world, says[i][1]));
      g_assert_false (is_spoken (world, "2027年"));
      g_assert_false (world_says (world, "400"));
      g_assert_cmpint (world_says (world, "不收现金"), ==, is_unpaid);
      world_choose (world, "print");
      sheet = world_flat_text (world_find (world, BM_EFFECT_PRINT)->json);
      g_assert_cmpint (strstr (sheet, "400.00元") != NULL, ==, is_unpaid);
      g_assert_cmpint (strstr (sheet, "2026年12月31日") != NULL, ==, is_unpaid);
      g_assert_null (strstr (sheet, WANG_ID));
      world_print (world, "printed", NULL);
      world_do (world, "next");
      assert_page (world, "no-amounts");
    }
}

/* Two records: nothing is said of either, and nothing is printed. */
static void
test_medical_compared (void)
{
  g_autoptr (World) world = new_medical ("insured", "dup");

  g_assert_true (world_says (world, "您的记录要核对一下"));
  g_assert_false (world_says (world, "2027"));
  g_assert_false (world_offers (world, "print"));
  world_choose (world, "register");
  assert_page (world, "notice");
}

/* What a station must not be made to show. */
static void
test_shape (void)
{
  g_autoptr (World) world = new_query ("query.agri", "agri", "");
  json_t *record = json_deep_copy (json_object_get (world->record, "record"));
  json_t *months = json_object_get (json_object_get (record, "agri"), "months");

  g_assert_true (bm_pack_check_record (record, NULL));
  json_array_append_new (months, new_row ("2026-10", "farmland", 1, "", "bank"));
  g_assert_false (bm_pack_check_record (record, NULL)); /* newer than the one before it */
  json_array_remove (months, 3);
  json_array_append_new (months, new_row ("2026-08", "低保", 1, "", "bank"));
  g_assert_false (bm_pack_check_record (record, NULL));
  json_array_remove (months, 3);
  json_array_append_new (months, new_row ("2026-08", "farmland", 1, "", "unheard-of"));
  g_assert_false (bm_pack_check_record (record, NULL));
  json_array_remove (months, 3);
  while (json_array_size (months) <= BM_PACK_MAX_ROWS)
    json_array_append_new (months, new_row ("2026-08", "farmland", 1, "", "bank"));
  g_assert_false (bm_pack_check_record (record, NULL));
  json_array_remove (months, 3);
  g_assert_true (bm_pack_check_record (record, NULL));
  json_decref (record);
}

int
main (int argc, char **argv)
{
  world_set_up_locale ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/allowances/civil", test_civil);
  g_test_add_func ("/allowances/not-for-the-hall", test_not_for_the_hall);
  g_test_add_func ("/allowances/agri", test_agri);
  g_test_add_func ("/allowances/slip", test_slip);
  g_test_add_func ("/allowances/none", test_none);
  g_test_add_func ("/allowances/led-on-from-the-pension", test_led_on);
  g_test_add_func ("/allowances/medical", test_medical);
  g_test_add_func ("/allowances/medical-compared", test_medical_compared);
  g_test_add_func ("/allowances/shape-of-the-record", test_shape);
  return g_test_run ();
}
