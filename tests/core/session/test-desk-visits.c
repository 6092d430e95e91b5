/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/core/session/desk-fixture.h"

/* 上门 at the desk: who is gone to, in which order, and what a helper says of it. */

static const char *
get_label (Desk *desk, guint index)
{
  json_t *choices = json_object_get (bm_desk_get_page (desk->desk), "choices");

  return json_string_value (json_object_get (json_array_get (choices, index), "label"));
}

#define VISITS                                                                                               \
  "{\"contacts\":[{\"contact\":6,\"kind\":\"visit\",\"name\":\"张*英\",\"group\":\"1组\","                \
  "\"text\":\"养老金认证，卧床\",\"slot\":\"2026-11-24-am\",\"latest\":\"2026-11-27\",\"tries\":%d," \
  "\"service\":\"req.homevisit\",\"where\":\"禾田村1组8号\","                                           \
  "\"number\":\"9901211012010101000000070\"},"                                                               \
  "{\"contact\":7,\"kind\":\"visit\",\"name\":\"孙*\",\"group\":\"2组\",\"text\":\"别的事\","           \
  "\"slot\":\"any\",\"latest\":\"2026-11-19\",\"service\":\"req.homevisit\","                                \
  "\"number\":\"9901211012010101000000088\"}]}"

static void
show_visits (Desk *desk, int tries)
{
  g_autofree char *overview = g_strdup_printf (VISITS, tries);

  desk_overview (desk, overview);
}

static json_t *
need_event (Desk *desk, const char *what)
{
  json_t *event = desk_need (desk, BM_DESK_EFFECT_AUDIT)->json;

  g_assert_cmpstr (json_string_value (json_object_get (event, "what")), ==, what);
  return event;
}

/* Overdue first; what is said names what was seen, and nobody is given up before two tries. */
static void
test_visits (void)
{
  g_autoptr (Desk) desk = desk_new ();
  json_t *event;

  desk_sign_in (desk);
  show_visits (desk, 1);
  g_assert_true (desk_says (desk, "2件 请人上门"));
  g_assert_true (desk_says (desk, "1件过了日子，先去这些"));
  desk_press (desk, "上门");
  g_assert_cmpstr (get_label (desk, 0), ==, "2组 孙*");
  g_assert_true (desk_says (desk, "过了2天"));
  g_assert_cmpstr (get_label (desk, 1), ==, "1组 张*英");
  desk_intent (desk, "choose", "visit:6", NULL);
  g_assert_true (desk_says (desk, "11月24日 周二上午（1/2）"));
  g_assert_true (desk_says (desk, "禾田村1组8号"));
  g_assert_false (desk_offers (desk, "两次没见到，不再去"));
  desk_press (desk, "没见到人");
  event = need_event (desk, "visit-tried");
  g_assert_cmpint (json_integer_value (json_object_get (event, "contact")), ==, 6);
  g_assert_cmpint (json_integer_value (json_object_get (event, "tries")), ==, 1);
  show_visits (desk, 2);
  desk_intent (desk, "choose", "visit:6", NULL);
  desk_press (desk, "改期");
  g_assert_false (desk_says (desk, "11月24日 周二上午")); /* it is so already */
  desk_intent (desk, "choose", "slot:2026-11-25-pm", NULL);
  event = need_event (desk, "visit-moved");
  g_assert_cmpstr (json_string_value (json_object_get (event, "slot")), ==, "2026-11-25-pm");
  g_assert_cmpstr (json_string_value (json_object_get (event, "was")), ==, "2026-11-24-am");
  desk_intent (desk, "choose", "visit:6", NULL);
  desk_press (desk, "两次没见到，不再去");
  need_event (desk, "visit-missed");
}

/* A visit is no task of 要找的人, and the page of one that ended goes. */
static void
test_visit_settled_elsewhere (void)
{
  g_autoptr (Desk) desk = desk_new ();

  desk_sign_in (desk);
  show_visits (desk, 0);
  desk_press (desk, "要找的人");
  g_assert_true (desk_says (desk, "现在没有人要找"));
  desk_intent (desk, "back", NULL, NULL);
  desk_press (desk, "上门");
  desk_intent (desk, "choose", "visit:7", NULL);
  g_assert_cmpstr (desk_page (desk), ==, "desk-visit");
  desk_overview (desk, "{\"contacts\":[]}");
  g_assert_cmpstr (desk_page (desk), ==, "desk-visits");
  g_assert_true (desk_says (desk, "现在没有人约上门"));
}

#define AT_HOME                                                                                 \
  "{\"contacts\":[{\"contact\":6,\"kind\":\"visit\",\"name\":\"张*英\",\"group\":\"1组\","   \
  "\"text\":\"养老金认证，卧床\",\"slot\":\"2026-11-24-am\",\"latest\":\"2026-11-27\"," \
  "\"service\":\"req.homevisit\",\"for\":\"cert.pension\",\"where\":\"禾田村1组8号\","     \
  "\"number\":\"9901211012010101000000070\"}]}"

static void
take_handed (Desk *desk, gboolean is_handed)
{
  desk_send (desk, (BmDeskEvent){ .type = BM_DESK_EVENT_HANDED, .flag = is_handed });
}

/* Begun at the hall's screen when nobody is there, by helper and head alike; what is no certification is not begun. */
static void
test_go (gconstpointer data)
{
  const gboolean is_head = GPOINTER_TO_INT (data);
  g_autoptr (Desk) desk = desk_new ();
  json_t *order;

  if (is_head)
    desk_sign_in_as (desk, "陈国强", "HT01");
  else
    desk_sign_in (desk);
  desk_overview (desk, AT_HOME);
  desk_press (desk, "上门");
  desk_intent (desk, "choose", "visit:6", NULL);
  desk_press (desk, "到了，去认证");
  order = desk_need (desk, BM_DESK_EFFECT_VISIT)->json;
  g_assert_cmpint (json_integer_value (json_object_get (order, "contact")), ==, 6);
  g_assert_cmpstr (json_string_value (json_object_get (order, "service")), ==, "cert.pension");
  g_ptr_array_set_size (desk->effects, 0);
  take_handed (desk, FALSE);
  g_assert_true (desk_says (desk, "大屏"));
  desk_press (desk, "再试一次");
  desk_need (desk, BM_DESK_EFFECT_VISIT);
  take_handed (desk, TRUE);
  g_assert_true (desk_says (desk, "到大屏上接着办"));
  show_visits (desk, 0);
  desk_press (desk, "办完了");
  desk_press (desk, "上门");
  desk_intent (desk, "choose", "visit:7", NULL);
  g_assert_false (desk_offers (desk, "到了，去认证"));
}

int
main (int argc, char **argv)
{
  world_set_up_locale ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/desk/visits/tried-moved-missed", test_visits);
  g_test_add_func ("/desk/visits/settled-elsewhere", test_visit_settled_elsewhere);
  g_test_add_data_func ("/desk/visits/go-helper", GINT_TO_POINTER (FALSE), test_go);
  g_test_add_data_func ("/desk/visits/go-head", GINT_TO_POINTER (TRUE), test_go);
  return g_test_run ();
}
