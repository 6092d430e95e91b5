/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/core/session/desk-fixture.h"

#include <string.h>

/* 替别人办 at the desk: what may be done so, by whom it is taken and witnessed, and what the hall is given. */

#define ID     "990121193907250068"
#define NAME   "张桂英"
#define NO_KIN "{\"kin\":[],\"is_other_name\":false}"

static void
type (Desk *desk, const char *digits)
{
  desk_intent (desk, "digits", NULL, digits);
}

static void
write_words (Desk *desk, const char *words)
{
  BmDeskEvent event = { .type = BM_DESK_EVENT_INTENT };

  event.json = json_pack ("{s:s, s:s}", "do", "text", "text", words);
  desk_send (desk, event);
  json_decref (event.json);
}

static void
tell_person (Desk *desk, const char *text)
{
  BmDeskEvent event = { .type = BM_DESK_EVENT_PERSON };

  event.json = text != NULL ? json_loads (text, 0, NULL) : NULL;
  desk_send (desk, event);
  json_decref (event.json);
}

static Desk *
open_for (const char *about)
{
  Desk *desk = desk_new ();
  BmDeskEffect *effect;

  desk_sign_in (desk);
  desk_overview (desk, OVERVIEW);
  desk_press (desk, "手写单子");
  desk_press (desk, "替别人办");
  type (desk, ID);
  write_words (desk, NAME);
  effect = desk_need (desk, BM_DESK_EFFECT_LOOK_AT_PERSON);
  g_assert_cmpstr (effect->text, ==, ID);
  g_assert_cmpstr (effect->text2, ==, NAME);
  tell_person (desk, about);
  return desk;
}

static void
reach_signed (Desk *desk)
{
  desk_press (desk, "反映问题");
  desk_press (desk, "子女");
  type (desk, "12");
  type (desk, "20261101");
  type (desk, "20261231");
  g_assert_cmpstr (desk_page (desk), ==, "desk-behalf-signed");
}

static void
test_refused (void)
{
  static const char *const never[] = { "养老金认证", "高龄津贴年审", "看钱到没到" };

  for (gsize i = 0; i < G_N_ELEMENTS (never); i++)
    {
      g_autoptr (Desk) desk = open_for (NO_KIN);

      desk_press (desk, never[i]);
      g_assert_true (desk_says (desk, "这件事要本人来，"));
      g_assert_null (desk_find (desk, BM_DESK_EFFECT_BEHALF));
      desk_press (desk, "约上门"); /* and so it goes on */
      g_assert_cmpstr (desk_page (desk), ==, "desk-behalf-where");
    }
}

static void
test_child (void)
{
  g_autoptr (Desk) desk = desk_new ();

  desk_sign_in (desk);
  desk_overview (desk, OVERVIEW);
  desk_press (desk, "手写单子");
  desk_press (desk, "替别人办");
  type (desk, "99012120150901039X");
  write_words (desk, "杨小宝");
  g_assert_true (desk_says (desk, "监护人"));
  g_assert_null (desk_find (desk, BM_DESK_EFFECT_LOOK_AT_PERSON));
}

static void
test_kin (void)
{
  g_autoptr (Desk) mine = open_for ("{\"kin\":[\"HT02\"],\"is_other_name\":false}");
  g_autoptr (Desk) theirs = open_for ("{\"kin\":[\"HT01\"],\"is_other_name\":false}");
  g_autoptr (Desk) unknown = open_for (NULL);
  g_autoptr (Desk) wrong = open_for ("{\"kin\":[],\"is_other_name\":true}");

  g_assert_true (desk_says (mine, "这是您家里人的事，"));
  g_assert_false (desk_offers (mine, "反映问题"));
  g_assert_true (desk_says (unknown, "没查成"));
  g_assert_cmpstr (desk_page (wrong), ==, "desk-behalf-name");
  g_assert_true (desk_says (wrong, "不是一个人的"));

  reach_signed (theirs);
  desk_press (theirs, "本人签的名");
  desk_press (theirs, "陈国强");
  g_assert_cmpstr (desk_page (theirs), ==, "desk-behalf-witness");
  g_assert_true (desk_says (theirs, "亲属不能互相见证"));
}

static void
test_letter (void)
{
  g_autoptr (Desk) desk = open_for (NO_KIN);

  desk_press (desk, "反映问题");
  desk_press (desk, "子女");
  type (desk, "12");
  g_assert_cmpstr (desk_page (desk), ==, "desk-behalf-term");
  type (desk, "20261340");
  g_assert_true (desk_says (desk, "没有这一天"));
  type (desk, "20261101");
  g_assert_cmpstr (desk_page (desk), ==,
                   "desk-behalf-until"); /* a face keeps what was typed on one page */
  type (desk, "20261031");
  g_assert_true (desk_says (desk, "最多管一年"));
  type (desk, "20271231");
  g_assert_true (desk_says (desk, "最多管一年"));
  type (desk, "20261120");
  g_assert_true (desk_says (desk, "委托书过期了"));
  g_assert_null (desk_find (desk, BM_DESK_EFFECT_BEHALF));
}

static void
test_unsigned (void)
{
  g_autoptr (Desk) desk = open_for (NO_KIN);
  g_autoptr (Desk) alone = open_for (NO_KIN);

  reach_signed (desk);
  desk_press (desk, "都没有");
  g_assert_true (desk_says (desk, "委托书不算"));
  reach_signed (alone);
  desk_press (alone, "按的手印，两人见证");
  desk_press (alone, "苏敏");
  g_assert_cmpstr (desk_page (alone), ==, "desk-behalf-witness"); /* one is not enough */
  g_assert_false (desk_offers (alone, "苏敏"));
  desk_press (alone, "没人签字");
  g_assert_true (desk_says (alone, "没有见证人"));
}

static const char *
get_text (json_t *object, const char *key)
{
  return json_string_value (json_object_get (object, key));
}

static void
test_handed (void)
{
  g_autoptr (Desk) desk = open_for (NO_KIN);
  BmDeskEvent handed = { .type = BM_DESK_EVENT_HANDED };
  json_t *behalf, *letter;

  reach_signed (desk);
  desk_press (desk, "按的手印，两人见证");
  desk_press (desk, "苏敏");
  desk_press (desk, "陈国强");
  g_assert_cmpstr (desk_page (desk), ==, "desk-behalf-read");
  desk_press (desk, "一样，到大屏上接着办");
  behalf = desk_need (desk, BM_DESK_EFFECT_BEHALF)->json;
  letter = json_object_get (behalf, "letter");
  g_assert_cmpstr (get_text (behalf, "service"), ==, "req.appeal");
  g_assert_cmpstr (get_text (behalf, "relation"), ==, "child");
  g_assert_cmpstr (get_text (behalf, "helper"), ==, "HT02");
  g_assert_cmpstr (get_text (json_object_get (behalf, "principal"), "idno"), ==, ID);
  g_assert_cmpstr (get_text (json_object_get (behalf, "principal"), "by"), ==, "number");
  g_assert_cmpstr (get_text (letter, "until"), ==, "2026-12-31");
  g_assert_cmpuint (json_array_size (json_object_get (letter, "witnesses")), ==, 2);
  g_assert_true (desk_says (desk, "大屏那边有人在办"));
  desk_send (desk, handed);
  g_assert_true (desk_says (desk, "大屏那边有人在办"));
  desk_press (desk, "再试一次");
  handed.flag = TRUE;
  desk_send (desk, handed);
  g_assert_true (desk_says (desk, "自己点"));
}

/* While the agent says something to be written down, the desk does not take their card for the other's. */
static void
test_hall (void)
{
  g_autoptr (Desk) desk = desk_new ();
  BmDeskEvent event = { .type = BM_DESK_EVENT_HALL };

  desk_sign_in (desk);
  desk_overview (desk, OVERVIEW);
  event.json = desk_new_hall (desk);
  desk_send (desk, event);
  g_assert_false (desk_says (desk, "代办人身份证"));
  json_object_set_new (event.json, "by_letter", json_true ());
  desk_send (desk, event);
  g_assert_true (desk_says (desk, "委托书，代办人身份证"));
  json_decref (event.json);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  world_set_up_locale ();
  g_test_add_func ("/desk-behalf/certification-is-never-by-another", test_refused);
  g_test_add_func ("/desk-behalf/a-child-gives-no-letter", test_child);
  g_test_add_func ("/desk-behalf/family-neither-takes-nor-witnesses", test_kin);
  g_test_add_func ("/desk-behalf/a-letter-that-does-not-hold", test_letter);
  g_test_add_func ("/desk-behalf/unsigned-or-not-witnessed", test_unsigned);
  g_test_add_func ("/desk-behalf/what-the-hall-is-given", test_handed);
  g_test_add_func ("/desk-behalf/whose-card-the-hall-has", test_hall);
  return g_test_run ();
}
