/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-test-session"

#include "core/sheet/sheet.h"
#include "tests/core/session/appeal-steps.h"

#include <string.h>

/* 谁用过我的数据: what the ledger says of it, for the person alone, in plain words, and nothing else. */

/* 2026-12-02 09:00 in China, and minutes after it. */
#define MORNING_MS G_GINT64_CONSTANT (1796173200000)

static json_t *
new_use (const char *use, const char *by, const char *service, guint minutes)
{
  return json_pack ("{s:s, s:s, s:s, s:I}", "use", use, "by", by, "service", service, "wall_ms",
                    (json_int_t) (MORNING_MS + minutes * 60000));
}

static json_t *
new_uses (json_t *list)
{
  return json_pack ("{s:I, s:b, s:b, s:b, s:o}", "since_ms", (json_int_t) MORNING_MS, "is_swept", 0,
                    "is_whole", 1, "is_cut", 0, "uses", list);
}

/* @uses: (transfer full) (nullable) */
static World *
come_to_uses (json_t *uses)
{
  World *world = world_new ();

  world->uses = uses;
  world_choose (world, "start");
  world_find_matter (world, "query.uses");
  world_place (world, WANG_NAME, WANG_ID);
  world_choose (world, "yes");
  assert_page (world, "uses");
  return world;
}

static json_t *
make_busy_list (void)
{
  json_t *list = json_array ();

  json_array_append_new (list, new_use ("look", "", "query.uses", 60));
  json_array_append_new (list, new_use ("open", "HT02", "cert.pension", 50));
  json_array_append_new (list, new_use ("find", "HT02", "", 49));
  json_array_append_new (list, new_use ("sent", "", "cert.pension", 3));
  json_array_append_new (list, new_use ("print", "", "cert.pension", 2));
  json_array_append_new (list, new_use ("commit", "HT02", "cert.pension", 2));
  return list;
}

static void
test_says_who (void)
{
  g_autoptr (World) world = come_to_uses (new_uses (make_busy_list ()));

  g_assert_true (world_says (world, "谁用过您的数据"));
  g_assert_true (world_says (world, "工作人员苏敏"));
  g_assert_true (world_says (world, "看过：养老金认证"));
  g_assert_true (world_says (world, "刷身份证，找您交过的事"));
  g_assert_true (world_says (world, "12月2日 09:50"));
  g_assert_false (world_says (world, "交上来"));
  g_assert_false (world_offers (world, "newer"));
  world_choose (world, "older");
  g_assert_true (world_says (world, "交上来：养老金认证"));
  g_assert_true (world_says (world, "您和工作人员苏敏"));
  g_assert_false (world_offers (world, "older"));
  world_choose (world, "newer");
  g_assert_true (world_says (world, "刷身份证"));
}

/* Nobody looked: that is an answer too, and the person's own look stands below it. */
static void
test_only_own (void)
{
  g_autoptr (World) world =
    come_to_uses (new_uses (json_pack ("[o]", new_use ("look", "", "query.uses", 1))));

  g_assert_true (world_says (world, "这里没有别人"));
  g_assert_true (world_says (world, "您自己"));
  g_assert_true (world_says (world, "别的单位用过没有，这里看不到"));
}

/* What is missing may be just what somebody wants to hide: then nobody says that nobody looked. */
static void
test_gap_is_told (void)
{
  json_t *uses = new_uses (json_pack ("[o]", new_use ("look", "", "query.uses", 1)));
  g_autoptr (World) world = NULL;

  json_object_set_new (uses, "is_whole", json_false ());
  world = come_to_uses (uses);
  g_assert_false (world_says (world, "这里没有别人"));
  g_assert_true (world_says (world, "有的读不出来了"));
}

static void
test_unread (void)
{
  g_autoptr (World) world = come_to_uses (NULL);

  g_assert_true (world_says (world, "现在读不出来"));
  g_assert_false (world_offers (world, "print"));
  world_do (world, "next");
  assert_page (world, "goodbye");
}

/* A matter that is not for the hall, or not for the desk, has no name on page, voice or paper. */
static void
test_private_has_no_name (void)
{
  json_t *hidden = new_use ("open", "HT02", "req.appeal", 2);
  g_autoptr (World) world = NULL;
  g_autofree char *text = NULL;

  json_object_set_new (hidden, "hidden", json_true ());
  world = come_to_uses (
    new_uses (json_pack ("[o, o]", new_use ("open", "HT02", "cert.disabled", 1), hidden)));
  g_assert_true (world_says (world, "看过：您的一件事"));
  g_assert_false (world_says (world, "残疾"));
  g_assert_false (world_says (world, "反映"));
  world_choose (world, "print");
  text = bm_sheet_to_text (json_object_get (world_need (world, BM_EFFECT_PRINT)->json, "sheet"), 1);
  g_assert_null (strstr (text, "残疾"));
  g_assert_null (strstr (text, "反映"));
}

/* The paper bears neither name nor number; that it was wanted is one of the uses. */
static void
test_paper (void)
{
  g_autoptr (World) world = come_to_uses (new_uses (make_busy_list ()));
  g_autofree char *text = NULL;
  BmEffect *effect;
  json_t *event;

  world_choose (world, "print");
  assert_page (world, "uses-slip");
  effect = world_need (world, BM_EFFECT_PRINT);
  g_assert_cmpstr (json_string_value (json_object_get (effect->json, "number")), ==, "");
  text = bm_sheet_to_text (json_object_get (effect->json, "sheet"), 1);
  g_assert_nonnull (strstr (text, "谁用过我的数据"));
  g_assert_nonnull (strstr (text, "工作人员苏敏 HT02"));
  g_assert_nonnull (strstr (text, "交上来：养老金认证"));
  g_assert_null (strstr (text, "王"));
  g_assert_null (strstr (text, WANG_ID));
  g_assert_null (strstr (text, "{"));
  event = world_need (world, BM_EFFECT_AUDIT)->json;
  g_assert_cmpstr (json_string_value (json_object_get (event, "use")), ==, "print");
}

/* The look itself is written down before the list is asked for. */
static void
test_look_is_noted_first (void)
{
  g_autoptr (World) world = come_to_uses (new_uses (json_array ()));
  gboolean is_noted = FALSE;

  for (guint i = 0; i < world->effects->len; i++)
    {
      BmEffect *effect = world->effects->pdata[i];
      json_t *use = effect->type == BM_EFFECT_AUDIT ? json_object_get (effect->json, "use") : NULL;

      if (use != NULL)
        {
          const char *person = json_string_value (json_object_get (effect->json, "person"));

          is_noted = TRUE;
          g_assert_cmpstr (json_string_value (use), ==, "look");
          g_assert_cmpuint (strlen (person), ==, 2 * BM_TAG_LEN);
        }
      if (effect->type == BM_EFFECT_USES)
        g_assert_true (is_noted);
    }
  g_assert_true (is_noted);
  g_assert_cmpuint (world_count (world, BM_EFFECT_USES), ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  world_set_up_locale ();
  g_test_add_func ("/uses/says-who", test_says_who);
  g_test_add_func ("/uses/only-own", test_only_own);
  g_test_add_func ("/uses/gap-is-told", test_gap_is_told);
  g_test_add_func ("/uses/unread", test_unread);
  g_test_add_func ("/uses/private-has-no-name", test_private_has_no_name);
  g_test_add_func ("/uses/paper", test_paper);
  g_test_add_func ("/uses/look-is-noted-first", test_look_is_noted_first);
  return g_test_run ();
}
