/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/core/session/desk-fixture.h"

#include <string.h>

#define SLIP "HTTPS://DEMO.INVALID/T/9901211012010101000000070.RVHYZFIH"

/* Who must not see what at the desk; and danger, which everybody sees and nobody is named in. */

static json_t *
get_rows (Desk *desk)
{
  json_t *waiting =
    json_object_get (json_object_get (bm_desk_get_page (desk->desk), "desk"), "waiting");

  return json_object_get (waiting, "rows");
}

static const char *
get_fact (Desk *desk, guint index, const char *key)
{
  json_t *facts = json_object_get (bm_desk_get_page (desk->desk), "facts");
  const char *text = json_string_value (json_object_get (json_array_get (facts, index), key));

  return text != NULL ? text : "";
}

/* Who may what */

static void
test_maintenance (void)
{
  g_autoptr (Desk) desk = desk_new ();

  desk_sign_in_as (desk, "丁一", "HT04");
  desk_overview (desk, OVERVIEW);
  desk_hall (desk, TRUE);
  g_assert_true (desk_says (desk, "等着的 6件"));
  g_assert_true (desk_says (desk, "打印机没纸了"));
  g_assert_true (desk_says (desk, "1件 请您去找"));
  g_assert_false (desk_says (desk, "赵*明") || desk_says (desk, "王秀兰") ||
                  desk_says (desk, "7号"));
  g_assert_false (desk_offers (desk, "快到期的人") || desk_offers (desk, "要找的人") ||
                  desk_offers (desk, "找一件") || desk_offers (desk, "看单") ||
                  desk_offers (desk, "去找") || desk_offers (desk, "看见本人了"));
  for (guint i = 0; i < 2; i++)
    {
      static const char *const ids[] = { "due",       "contacts", "find",    "waiting",
                                         "contact:3", "slip:5",   "witness", "retry" };

      for (gsize j = 0; j < G_N_ELEMENTS (ids); j++)
        desk_intent (desk, "choose", ids[j], NULL);
      g_assert_cmpstr (desk_page (desk), ==, "desk-today");
    }
}

/* The head of the station runs it, but opens nobody's matter (domain §4.4). */
static void
test_head (void)
{
  g_autoptr (Desk) desk = desk_new ();

  desk_sign_in_as (desk, "陈国强", "HT01");
  desk_overview (desk, OVERVIEW);
  g_assert_true (desk_offers (desk, "快到期的人"));
  g_assert_false (desk_offers (desk, "找一件"));
  desk_press (desk, "看单");
  g_assert_cmpstr (get_fact (desk, 0, "label"), ==, "1号　养老金认证");
  desk_intent (desk, "choose", "case:9901211012010101000000070", NULL);
  g_assert_cmpstr (desk_page (desk), ==, "desk-waiting");
}

#define ODD                                                                                     \
  "{\"misuse\":[{\"misuse\":3,\"rule\":\"closed\",\"staff\":\"%s\",\"wall_ms\":0,\"count\":1}," \
  "{\"misuse\":2,\"rule\":\"fast\",\"staff\":\"HT02\",\"wall_ms\":0,\"count\":9}]}"

/* Records looked up oddly: how often, for the head; not for the one who did it, and nobody marks their own as seen. */
static void
test_misuse (void)
{
  g_autoptr (Desk) desk = desk_new ();
  g_autofree char *others = g_strdup_printf (ODD, "HT03");
  g_autofree char *own = g_strdup_printf (ODD, "HT01");

  desk_sign_in (desk);
  desk_overview (desk, others);
  g_assert_false (desk_offers (desk, "查资料的提醒"));
  desk_intent (desk, "choose", "misuse", NULL);
  g_assert_cmpstr (desk_page (desk), ==, "desk-today");
  desk_press (desk, "锁屏");
  desk_sign_in_as (desk, "陈国强", "HT01");
  desk_overview (desk, own);
  desk_press (desk, "查资料的提醒");
  g_assert_cmpstr (desk_page (desk), ==, "desk-misuse");
  g_assert_true (desk_says (desk, "几分钟里查了很多人"));
  g_assert_true (desk_says (desk, "有的是您自己查的"));
  g_assert_false (desk_says (desk, "HT02") || desk_says (desk, "9次"));
  desk_press (desk, "问清楚了");
  g_assert_cmpstr (desk_page (desk), ==, "desk-today");
}

/* One screen for both: no list while somebody's session is open, the witness act only. */
static void
test_one_screen (void)
{
  g_autoptr (Desk) desk = desk_new ();

  bm_desk_set_one_screen (desk->desk, TRUE);
  desk_sign_in (desk);
  desk_overview (desk, OVERVIEW);
  desk_press (desk, "找一件");
  desk_intent (desk, "digits", NULL, "7");
  desk_found (desk, FOUND);
  g_assert_cmpstr (desk_page (desk), ==, "desk-case");
  desk_send (desk, (BmDeskEvent){ .type = BM_DESK_EVENT_SESSION, .flag = TRUE });
  g_assert_cmpstr (desk_page (desk), ==, "desk-today");
  g_assert_cmpuint (json_array_size (get_rows (desk)), ==, 0);
  g_assert_false (desk_says (desk, "钱*文") || desk_says (desk, "赵*明"));
  g_assert_false (desk_offers (desk, "找一件") || desk_offers (desk, "快到期的人"));
  desk_hall (desk, TRUE);
  g_assert_true (desk_offers (desk, "看见本人了"));
  desk_hall (desk, FALSE);
  desk_send (desk, (BmDeskEvent){ .type = BM_DESK_EVENT_SESSION, .flag = FALSE });
  g_assert_true (desk_offers (desk, "找一件"));
  g_assert_cmpuint (json_array_size (get_rows (desk)), >, 3);
}

static void
test_locks_over_a_matter (void)
{
  g_autoptr (Desk) desk = desk_new ();

  desk_sign_in (desk);
  desk_press (desk, "找一件");
  desk_intent (desk, "digits", NULL, "7");
  desk_found (desk, FOUND);
  bm_shift_clock_advance (desk->clock, 181 * 1000);
  desk_send (desk, (BmDeskEvent){ .type = BM_DESK_EVENT_TICK });
  g_assert_cmpstr (desk_page (desk), ==, "desk-lock");
  g_assert_false (desk_says (desk, "钱*文"));
  desk_found (desk, FOUND); /* late */
  desk_due_list (desk, DUE_LIST);
  g_assert_cmpstr (desk_page (desk), ==, "desk-lock");
  g_assert_false (desk_says (desk, "钱*文") || desk_says (desk, "孙福"));
}

/* Danger */

static void
desk_danger (Desk *desk, gboolean is_wanted)
{
  desk_send (desk, (BmDeskEvent){ .type = BM_DESK_EVENT_HELP,
                                  .flag = is_wanted,
                                  .text = is_wanted ? "danger" : NULL });
}

static void
test_danger (void)
{
  g_autoptr (Desk) desk = desk_new ();
  BmDeskEffect *effect;
  guint n_pages;

  desk_hall (desk, TRUE); /* locked, and somebody is named in the hall */
  desk_danger (desk, TRUE);
  g_assert_cmpstr (desk_page (desk), ==, "desk-danger");
  g_assert_true (bm_desk_is_danger (desk->desk));
  g_assert_true (desk_says (desk, "大厅里有人说有危险，请马上过去，帮他打 110 / 119 / 120"));
  g_assert_false (desk_says (desk, "王秀兰"));
  n_pages = desk->n_pages;
  bm_shift_clock_advance (desk->clock, 8000);
  desk_send (desk, (BmDeskEvent){ .type = BM_DESK_EVENT_TICK });
  g_assert_cmpuint (desk->n_pages, ==, n_pages + 1); /* it rings again */
  desk_danger (desk, FALSE);                         /* the hall fell silent */
  g_assert_cmpstr (desk_page (desk), ==, "desk-danger");
  desk_press (desk, "我去了");
  g_assert_nonnull (desk_find (desk, BM_DESK_EFFECT_HELP_SEEN));
  effect = desk_need (desk, BM_DESK_EFFECT_AUDIT);
  g_assert_cmpstr (json_string_value (json_object_get (effect->json, "event")), ==,
                   "danger-answered");
  n_pages = desk->n_pages;
  bm_shift_clock_advance (desk->clock, 60000);
  desk_send (desk, (BmDeskEvent){ .type = BM_DESK_EVENT_TICK });
  g_assert_cmpuint (desk->n_pages, <=, n_pages + 1); /* quiet; the clock above may move */
  g_assert_true (desk_says (desk, "打了吗"));
  desk_press (desk, "打过了");
  g_assert_false (bm_desk_is_danger (desk->desk));
  g_assert_cmpstr (desk_page (desk), ==, "desk-lock");
}

/* Nobody came for a minute: it is a task as well, once, and a restart does not forget it. */
static void
test_danger_unanswered (void)
{
  g_autoptr (Desk) desk = desk_new ();
  guint n_tasks = 0;

  desk_danger (desk, TRUE);
  for (guint i = 0; i < 30; i++)
    {
      bm_shift_clock_advance (desk->clock, 8000);
      desk_send (desk, (BmDeskEvent){ .type = BM_DESK_EVENT_TICK });
    }
  for (guint i = 0; i < desk->effects->len; i++)
    {
      BmDeskEffect *effect = g_ptr_array_index (desk->effects, i);

      if (g_strcmp0 (json_string_value (json_object_get (effect->json, "what")), "contact") != 0)
        continue;
      n_tasks++;
      g_assert_cmpstr (json_string_value (json_object_get (effect->json, "kind")), ==, "danger");
      g_assert_cmpstr (json_string_value (json_object_get (effect->json, "name")), ==, "");
    }
  g_assert_cmpuint (n_tasks, ==, 1);
  g_assert_cmpstr (desk_page (desk), ==, "desk-danger");
}

/* It covers what is there and gives it back; an ordinary call stays what it was. */
static void
test_danger_over_a_list (void)
{
  g_autoptr (Desk) desk = desk_new ();

  desk_sign_in (desk);
  desk_overview (desk, OVERVIEW);
  desk_press (desk, "要找的人");
  desk_danger (desk, TRUE);
  g_assert_false (desk_says (desk, "赵*明"));
  desk_intent (desk, "back", NULL, NULL);
  desk_intent (desk, "choose", "contact:3", NULL);
  g_assert_cmpstr (desk_page (desk), ==, "desk-danger");
  desk_press (desk, "打过了");
  g_assert_cmpstr (desk_page (desk), ==, "desk-contacts");
  desk_send (desk, (BmDeskEvent){ .type = BM_DESK_EVENT_HELP, .flag = TRUE });
  g_assert_cmpstr (desk_page (desk), ==, "desk-contacts");
  desk_intent (desk, "back", NULL, NULL);
  g_assert_true (desk_says (desk, "大厅有人叫，先过去看看"));
  desk_press (desk, "去看看");
}

/* A slip under the scanner is looked up while one is asked for, and nowhere else. */
static void
test_find_by_scan (void)
{
  g_autoptr (Desk) desk = desk_new ();

  g_assert_false (bm_desk_takes_scan (desk->desk));
  desk_sign_in (desk);
  desk_overview (desk, OVERVIEW);
  g_assert_false (bm_desk_takes_scan (desk->desk));
  desk_press (desk, "找一件");
  g_assert_true (bm_desk_takes_scan (desk->desk));
  desk_intent (desk, "scan", NULL, "6901234567892");
  g_assert_true (desk_says (desk, "这不是条子上的号"));
  g_assert_null (desk_find (desk, BM_DESK_EFFECT_FIND));
  desk_intent (desk, "scan", NULL, SLIP);
  g_assert_cmpstr (desk_need (desk, BM_DESK_EFFECT_FIND)->text, ==, SLIP);
  g_assert_false (bm_desk_takes_scan (desk->desk));
}

int
main (int argc, char **argv)
{
  world_set_up_locale ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/desk/roles/maintenance", test_maintenance);
  g_test_add_func ("/desk/roles/head", test_head);
  g_test_add_func ("/desk/misuse", test_misuse);
  g_test_add_func ("/desk/roles/one-screen", test_one_screen);
  g_test_add_func ("/desk/roles/locks-over-a-matter", test_locks_over_a_matter);
  g_test_add_func ("/desk/one-screen/find-by-scan", test_find_by_scan);
  g_test_add_func ("/desk/danger/until-answered", test_danger);
  g_test_add_func ("/desk/danger/unanswered-is-a-task", test_danger_unanswered);
  g_test_add_func ("/desk/danger/covers-and-gives-back", test_danger_over_a_list);
  return g_test_run ();
}
