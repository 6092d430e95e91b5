/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/core/session/world.h"

#include "core/calendar/day.h"
#include "core/error.h"
#include "core/sheet/sheet.h"

#include <string.h>

/* 撤回: by card, read back, and said only after the ledger said so. */

#define NUMBER "9901211012010101000000070"

static World *
open_matter_of (const char *state, const char *entry, gint32 due)
{
  World *world = world_new ();
  json_t *item = world_case (NUMBER, "cert.pension", state, NULL);

  json_object_set_new (item, "entry", json_string (entry));
  if (due != BM_NO_DAY)
    json_object_set_new (item, "due_day", json_integer (due));
  json_array_append_new (world->cases, item);
  world_choose (world, "start");
  world_choose (world, "cases");
  world_place (world, WANG_NAME, WANG_ID);
  world_choose (world, "yes");
  assert_page (world, "case");
  return world;
}

static World *
open_matter (const char *state, const char *entry)
{
  return open_matter_of (state, entry, BM_NO_DAY);
}

static World *
open_matter_due (gint32 due)
{
  return open_matter_of ("noted", "pending", due);
}

static void
answer (World *world, gboolean is_withdrawn, gint code)
{
  world_send (world, (BmEvent){ .type = BM_EVENT_WITHDRAWN,
                                .flag = is_withdrawn,
                                .code = code,
                                .number = is_withdrawn ? 9 : 0 });
}

static json_t *
first_block (const BmEffect *effect)
{
  return json_array_get (json_object_get (json_object_get (effect->json, "sheet"), "blocks"), 0);
}

static void
test_taken_back (void)
{
  g_autoptr (World) world = open_matter ("noted", "pending");
  g_autofree char *text = NULL;
  BmEffect *effect;

  world_choose (world, "withdraw");
  assert_page (world, "withdraw");
  g_assert_true (world_says (world, "不送了，对吗"));
  g_assert_cmpuint (world_count (world, BM_EFFECT_WITHDRAW), ==, 0); /* read back first */
  world_choose (world, "withdraw");
  assert_page (world, "withdrawing");
  g_assert_false (world_says (world, "没有送出")); /* not before the ledger did */
  effect = world_find (world, BM_EFFECT_WITHDRAW);
  g_assert_nonnull (effect);
  g_assert_cmpstr (json_string_value (json_object_get (effect->json, "number")), ==, NUMBER);
  text = bm_sheet_to_text (json_object_get (effect->json, "sheet"), 1);
  g_assert_nonnull (strstr (text, "没有送出"));
  g_assert_nonnull (strstr (text, "7号"));
  g_assert_nonnull (strstr (text, "不收钱"));
  g_assert_cmpstr (json_string_value (json_object_get (first_block (effect), "type")), ==,
                   "taken-back"); /* no disc: who cannot read sees that it goes nowhere */
  g_assert_true (json_is_true (json_object_get (first_block (effect), "done")));
  g_assert_nonnull (strstr (text, "身份证"));
  g_assert_null (strstr (text, "0028"));
  g_assert_null (strstr (text, "请求撤回"));
  answer (world, TRUE, -1);
  assert_page (world, "withdrawn");
  g_assert_true (world_says (world, "没有送出"));
}

/* The day by which the law wants it is said before, when it is near or past. */
static void
test_due (void)
{
  static const struct
  {
    const char *day;
    const char *says; /* or NULL: nothing of it */
  } table[] = { { "2026-11-30", "最晚11月30日" },
                { "2026-11-21", "最晚11月21日" },
                { "2026-11-20", "11月20日就该办了" },
                { "2027-01-20", "最晚1月20日" },
                { "2027-01-21", NULL } };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (World) world = open_matter_due (bm_day_from_string (table[i].day));

      world_choose (world, "withdraw");
      assert_page (world, "withdraw");
      g_assert_cmpint (table[i].says == NULL || world_says (world, table[i].says), ==, TRUE);
      g_assert_cmpint (world_says (world, "撤回了，要重新来办"), ==, table[i].says != NULL);
    }
}

/* What has left is only asked for, and only that is said, with who decides. */
static void
test_asked (void)
{
  static const char *const ways[][2] = { { "sent", "acked" },
                                         { "accepted", "acked" },
                                         { "noted", "deferred" },
                                         { "noted", "pending" } };

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autoptr (World) world = open_matter (ways[i][0], ways[i][1]);
      g_autofree char *text = NULL;
      json_t *sheet;

      world_choose (world, "withdraw");
      g_assert_cmpint (world_says (world, "要请求撤回吗"), ==, i < 3);
      g_assert_cmpint (world_says (world, "由演示县社保中心决定"), ==, i < 3);
      world_choose (world, "withdraw");
      sheet = json_object_get (world_find (world, BM_EFFECT_WITHDRAW)->json, "asked_sheet");
      text = bm_sheet_to_text (sheet, 1);
      g_assert_nonnull (strstr (text, "已请求撤回"));
      g_assert_nonnull (strstr (text, "演示县社保中心"));
      g_assert_null (strstr (text, "没有送出"));
      world_send (world, (BmEvent){ .type = BM_EVENT_WITHDRAWN,
                                    .text = "asked",
                                    .code = -1,
                                    .number = 9 });
      assert_page (world, "withdrawn");
      g_assert_true (world_says (world, "已请求撤回"));
      g_assert_true (world_says (world, "由演示县社保中心决定"));
      g_assert_false (world_says (world, "没有送出"));
      g_assert_false (world_says (world, "撤回了"));
    }
}

/* On the page of the matter: asked for, not got through, refused; and not offered a second time. */
static void
test_asked_before (void)
{
  static const struct
  {
    const char *asked;
    gboolean is_refused;
    const char *says;
  } table[] = { { "pending", FALSE, "已请求撤回" },
                { "acked", FALSE, "已请求撤回" },
                { "quarantined", FALSE, "请求没有办成" },
                { "acked", TRUE, "没有撤成" } };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (World) world = world_new ();
      json_t *item = world_case (NUMBER, "cert.pension", table[i].is_refused ? "done" : "sent",
                                 table[i].is_refused ? "CERT_OK" : NULL);

      json_object_set_new (item, "entry", json_string ("acked"));
      json_object_set_new (item, "asked", json_string (table[i].asked));
      json_object_set_new (item, "is_told", json_true ());
      if (table[i].is_refused)
        json_object_set_new (json_object_get (item, "result"), "withdrawal",
                             json_pack ("{s:s, s:s, s:s}", "state", "refused", "code",
                                        "WITHDRAW_DECIDED", "text", "这件事已经办完了。"));
      json_array_append_new (world->cases, item);
      world_choose (world, "start");
      world_choose (world, "cases");
      world_place (world, WANG_NAME, WANG_ID);
      world_choose (world, "yes");
      assert_page (world, "case");
      g_assert_true (world_says (world, table[i].says));
      g_assert_cmpint (world_says (world, "这件事先有结果了"), ==, table[i].is_refused);
      g_assert_false (world_says (world, "撤回了"));
      g_assert_false (world_offers (world, "withdraw"));
    }
}

static void
test_left_alone (void)
{
  g_autoptr (World) world = open_matter ("noted", "pending");

  world_choose (world, "withdraw");
  world_choose (world, "keep");
  assert_page (world, "case");
  g_assert_cmpuint (world_count (world, BM_EFFECT_WITHDRAW), ==, 0);
}

static void
test_not_decided_here (void)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (World) world = open_matter ("noted", "pending");

      world_choose (world, "withdraw");
      world_choose (world, "withdraw");
      answer (world, FALSE, i == 0 ? -1 : BM_ERROR_FULL);
      assert_page (world, "withdrawn");
      g_assert_false (world_says (world, "没有送出"));
      g_assert_true (world_says (world, i == 0 ? "撤不回来" : "照原样"));
    }
}

/* Without a slip it is said of what was taken back, and not that something is noted to be sent. */
static void
test_no_paper (void)
{
  g_autoptr (World) world = open_matter ("noted", "pending");

  world_choose (world, "withdraw");
  world_choose (world, "withdraw");
  answer (world, TRUE, -1);
  world->print_job = 9;
  world_print (world, "waiting", "media-empty");
  g_assert_true (world_says (world, "没有送出"));
  g_assert_true (world_says (world, "没有条子也不要紧"));
  g_assert_false (world_says (world, "记下"));
  world_print (world, "waiting", "offline");
  g_assert_true (world_says (world, "条子打不出来"));
  g_assert_false (world_says (world, "记下"));
}

/* It died between the withdrawal and the page that says so. */
static void
test_restarted (void)
{
  g_autoptr (World) world = world_new ();
  json_t *untold = json_pack ("[o]", world_case (NUMBER, "cert.pension", "withdrawn", NULL));

  world_send (world, (BmEvent){ .type = BM_EVENT_RESTARTED, .json = untold });
  json_decref (untold);
  assert_page (world, "restarted");
  g_assert_true (world_says (world, "没有送出"));
  g_assert_false (world_says (world, "记下"));
}

/* The answer of the centre came while the question stood there: it is not asked for, and said. */
static void
test_left_meanwhile (void)
{
  g_autoptr (World) world = open_matter ("noted", "pending");
  json_t *changed = world_case (NUMBER, "cert.pension", "accepted", NULL);

  world_choose (world, "withdraw");
  json_object_set_new (changed, "entry", json_string ("acked"));
  json_object_set_new (changed, "state", json_string ("done"));
  world_send (world, (BmEvent){ .type = BM_EVENT_CASE_CHANGED, .json = changed });
  json_decref (changed);
  assert_page (world, "withdraw");
  world_choose (world, "withdraw");
  assert_page (world, "withdrawn");
  g_assert_true (world_says (world, "撤不回来"));
  g_assert_cmpuint (world_count (world, BM_EFFECT_WITHDRAW), ==, 0);
}

/* What has left, was refused, or is withdrawn already is not offered. */
static void
test_not_offered (void)
{
  static const char *const others[][2] = { { "done", "acked" },
                                           { "conflict", "acked" },
                                           { "noted", "rejected" },
                                           { "withdrawn", "withdrawn" } };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autoptr (World) world = open_matter (others[i][0], others[i][1]);

      g_assert_false (world_offers (world, "withdraw"));
    }
}

int
main (int argc, char **argv)
{
  world_set_up_locale ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/withdraw/taken-back", test_taken_back);
  g_test_add_func ("/withdraw/due", test_due);
  g_test_add_func ("/withdraw/asked", test_asked);
  g_test_add_func ("/withdraw/asked-before", test_asked_before);
  g_test_add_func ("/withdraw/left-alone", test_left_alone);
  g_test_add_func ("/withdraw/not-decided-here", test_not_decided_here);
  g_test_add_func ("/withdraw/left-meanwhile", test_left_meanwhile);
  g_test_add_func ("/withdraw/no-paper", test_no_paper);
  g_test_add_func ("/withdraw/restarted", test_restarted);
  g_test_add_func ("/withdraw/not-offered", test_not_offered);
  return g_test_run ();
}
