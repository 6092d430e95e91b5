/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-test-session"

#include "core/sheet/sheet.h"
#include "tests/core/session/appeal-steps.h"

#include <string.h>

/* 给家里人一张: how far it is, for somebody elsewhere; neither who nor what. */

static World *
come_to_goodbye (void)
{
  World *world = world_new ();

  world->print_job = 7;
  world_reach_done (world);
  world_do (world, "next");
  assert_page (world, "goodbye");
  return world;
}

static void
test_says_nothing_of_anybody (void)
{
  g_autoptr (World) world = come_to_goodbye ();
  g_autofree char *text = NULL;
  BmEffect *effect;

  world_choose (world, "family");
  assert_page (world, "print");
  effect = world_need (world, BM_EFFECT_PRINT);
  g_assert_cmpstr (json_string_value (json_object_get (effect->json, "number")), ==, world->number);
  text = bm_sheet_to_text (json_object_get (effect->json, "sheet"), 1);
  g_assert_nonnull (strstr (text, "给家里人的条子"));
  g_assert_nonnull (strstr (text, "1号"));
  g_assert_nonnull (strstr (text, "100-0000-9001"));
  g_assert_nonnull (strstr (text, "都是骗子"));
  g_assert_null (strstr (text, "王"));
  g_assert_null (strstr (text, "养老金"));
  g_assert_null (strstr (text, WANG_ID));
  g_assert_null (strstr (text, "{"));
}

/* Its own sheet is waited for, not the slip from before; then the last page again, without a third one. */
static void
test_paper (void)
{
  g_autoptr (World) world = come_to_goodbye ();

  world_choose (world, "family");
  world_send (world, (BmEvent){ .type = BM_EVENT_PRINT_STATE, .number = 7, .text = "printed" });
  g_assert_true (world_says (world, "正在打条子"));
  world_send (world, (BmEvent){ .type = BM_EVENT_PRINT_STATE, .number = 8, .text = "printed" });
  g_assert_true (world_says (world, "条子请拿好"));
  world_do (world, "next");
  assert_page (world, "goodbye");
  g_assert_false (world_offers (world, "family"));
  g_assert_true (world_offers (world, "another"));
  g_assert_cmpuint (world->n_commits, ==, 1);
}

static void
test_no_paper (void)
{
  g_autoptr (World) world = come_to_goodbye ();

  world_choose (world, "family");
  world_send (world, (BmEvent){ .type = BM_EVENT_PRINT_STATE,
                                .number = 8,
                                .text = "waiting",
                                .text2 = "media-empty" });
  g_assert_true (world_says (world, "打印机没纸了"));
  g_assert_true (world_says (world, "1号")); /* to copy or to photograph */
}

/* A new matter of the same visit has one of its own. */
static void
test_next_matter (void)
{
  g_autoptr (World) world = come_to_goodbye ();

  world_choose (world, "family");
  world_do (world, "next");
  world_choose (world, "another");
  world_choose (world, APPEAL);
  world_choose (world, "safe");
  appeal_tap_all (world, "help road group days repair");
  world_choose (world, "yes");
  world_choose (world, "agree");
  world_choose (world, "right");
  world_do (world, "next");
  assert_page (world, "goodbye");
  g_assert_true (world_offers (world, "family"));
}

/* Who complains of the station, or gives no name, leaves no second paper about. */
static void
test_not_of_a_complaint (void)
{
  static const char *const codes[] = { "complain road yes group long answer",
                                       "report yes road no elsewhere month stop" };

  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_autoptr (World) world = world_new ();

      appeal_begin (world);
      world_choose (world, "safe");
      appeal_tap_all (world, codes[i]);
      if (strcmp (world_page_id (world), "card") == 0)
        {
          world_place (world, WANG_NAME, WANG_ID);
          world_choose (world, "yes");
        }
      world_choose (world, "agree");
      world_choose (world, "right");
      world_do (world, "next");
      assert_page (world, "goodbye");
      g_assert_false (world_offers (world, "family"));
    }
}

int
main (int argc, char **argv)
{
  world_set_up_locale ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/family/says-nothing-of-anybody", test_says_nothing_of_anybody);
  g_test_add_func ("/family/paper", test_paper);
  g_test_add_func ("/family/no-paper", test_no_paper);
  g_test_add_func ("/family/next-matter", test_next_matter);
  g_test_add_func ("/family/not-of-a-complaint", test_not_of_a_complaint);
  return g_test_run ();
}
