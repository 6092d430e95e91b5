/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-test-session"

#include "core/sheet/sheet.h"
#include "tests/core/session/appeal-steps.h"

#include <string.h>

/* 一次性告知: what a matter asks for, all of it, on the page and on paper; of nobody, and nothing is noted. */

static World *
come_without_card (const char *service)
{
  World *world = world_new ();

  world_choose (world, "start");
  if (world_offers (world, service))
    world_choose (world, service);
  else
    world_find_matter (world, service);
  assert_page (world, "card");
  world_choose (world, "no-card");
  world_choose (world, "once");
  assert_page (world, "told-once");
  return world;
}

static char *
dup_sheet_text (World *world)
{
  BmEffect *effect = world_need (world, BM_EFFECT_PRINT);

  g_assert_cmpstr (json_string_value (json_object_get (effect->json, "number")), ==, "");
  return bm_sheet_to_text (json_object_get (effect->json, "sheet"), 1);
}

static void
test_page_and_sheet (void)
{
  g_autoptr (World) world = come_without_card ("cert.pension");
  g_autofree char *text = NULL;

  g_assert_true (world_says (world, "身份证或社保卡，只看一下"));
  g_assert_true (world_says (world, "不收钱"));
  g_assert_false (world_says (world, "工作日")); /* it is said while one waits */
  world_choose (world, "print");
  assert_page (world, "told-once-slip");
  g_assert_false (world_says (world, "已经记下"));
  text = dup_sheet_text (world);
  g_assert_nonnull (strstr (text, "一次性告知单"));
  g_assert_nonnull (strstr (text, "养老金认证"));
  g_assert_nonnull (strstr (text, "□ 身份证或社保卡，只看一下"));
  g_assert_nonnull (strstr (text, "会一次说清"));
  g_assert_nonnull (strstr (text, "100-0000-9001"));
  g_assert_nonnull (strstr (text, "都是骗子"));
  g_assert_null (strstr (text, "{"));
  world_print (world, "printed", NULL);
  g_assert_true (world_says (world, "条子请拿好"));
  world_do (world, "next");
  assert_page (world, "told-once");
  world_choose (world, "understood");
  assert_page (world, "no-card");
  g_assert_cmpuint (world->n_commits, ==, 0);
}

/* Where it takes days, they are said, from the same number that the slip of the matter counts by. */
static void
test_days (void)
{
  g_autoptr (World) world = come_without_card ("cert.elder80");
  g_autofree char *text = NULL;

  g_assert_true (world_says (world, "大约5个工作日"));
  world_choose (world, "print");
  text = dup_sheet_text (world);
  g_assert_nonnull (strstr (text, "大约5个工作日"));
}

/* Found in the other pocket: the matter goes on. */
static void
test_card_found (void)
{
  g_autoptr (World) world = come_without_card ("cert.pension");

  world_place (world, WANG_NAME, WANG_ID);
  assert_page (world, "confirm");
}

/* No paper: the page stays, and nobody is told that something is in the ledger. */
static void
test_no_paper (void)
{
  g_autoptr (World) world = come_without_card ("cert.pension");

  world_choose (world, "print");
  world_print (world, "waiting", "media-empty");
  g_assert_true (world_says (world, "打印机没纸了"));
  g_assert_true (world_says (world, "屏幕上也能看"));
  g_assert_false (world_says (world, "记下") || world_says (world, "钱"));
}

static void
test_other_language (void)
{
  g_autoptr (World) world = world_new ();
  BmEffect *effect;

  world_do (world, "language");
  world_choose (world, "start");
  world_choose (world, "cert.pension");
  world_choose (world, "no-card");
  world_choose (world, "once");
  world_choose (world, "print");
  effect = world_need (world, BM_EFFECT_PRINT);
  g_assert_cmpstr (bm_sheet_get_language (json_object_get (effect->json, "sheet")), ==, "en");
}

int
main (int argc, char **argv)
{
  world_set_up_locale ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/once/page-and-sheet", test_page_and_sheet);
  g_test_add_func ("/once/days", test_days);
  g_test_add_func ("/once/card-found", test_card_found);
  g_test_add_func ("/once/no-paper", test_no_paper);
  g_test_add_func ("/once/other-language", test_other_language);
  return g_test_run ();
}
