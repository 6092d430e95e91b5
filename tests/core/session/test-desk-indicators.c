/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/core/session/desk-fixture.h"

#include "core/calendar/day.h"

/* 每月统计: the counts that came are the counts on the page; a late answer of another month is not shown. */

#define MONTH(of)                                                                                  \
  "{\"month\":\"" of "\",\"is_over\":true,\"k\":5,\"taken\":{\"rows\":["                           \
  "{\"service\":\"cert.pension\",\"matters\":40,\"people\":38},"                                   \
  "{\"service\":\"other\",\"matters\":10,\"people\":9}],\"matters\":50,\"people\":44},"            \
  "\"outcome\":{\"rows\":[],\"done\":30,\"not_done\":11,\"open\":9},\"timely\":null,\"savings\":{" \
  "\"rows\":[],\"trips\":7,\"trips_before\":41,\"papers\":0,\"papers_before\":82,"                 \
  "\"basis\":\"演示\"}}"

static void
tell (Desk *desk, const char *text)
{
  BmDeskEvent event = { .type = BM_DESK_EVENT_INDICATORS };

  event.json = text != NULL ? json_loads (text, 0, NULL) : NULL;
  desk_send (desk, event);
  json_decref (event.json);
}

static Desk *
open_page (void)
{
  Desk *desk = desk_new ();

  desk_sign_in_as (desk, "陈国强", "HT01");
  desk_press (desk, "每月统计");
  g_assert_cmpstr (desk_page (desk), ==, "desk-indicators");
  g_assert_cmpint (desk_need (desk, BM_DESK_EFFECT_GET_INDICATORS)->number, ==,
                   bm_day_from_ymd (2026, 10, 1));
  return desk;
}

static json_int_t
get_share (Desk *desk, guint index)
{
  json_t *facts = json_object_get (bm_desk_get_page (desk->desk), "facts");

  return json_integer_value (json_object_get (json_array_get (facts, index), "share"));
}

static void
test_counts (void)
{
  g_autoptr (Desk) desk = open_page ();

  tell (desk, MONTH ("2026-10"));
  g_assert_true (desk_says (desk, "2026年10月统计"));
  g_assert_true (desk_says (desk, "40件　38个人"));
  g_assert_true (desk_says (desk, "其他的"));
  g_assert_true (desk_says (desk, "50件　44个人"));
  g_assert_true (desk_says (desk, "办好30件　没办成11件"));
  g_assert_false (desk_says (desk, "按时"));
  g_assert_true (desk_says (desk, "原来41，现在7"));
  g_assert_true (desk_says (desk, "原来82，现在0"));
  g_assert_true (desk_says (desk, "跑路和材料，按演示口径算。"));
  g_assert_cmpint (get_share (desk, 0), ==, 100);
  g_assert_cmpint (get_share (desk, 1), ==, 25);
}

/* What has no room is said to be missing. */
static void
test_many (void)
{
  g_autoptr (Desk) desk = open_page ();
  json_t *json = json_loads (MONTH ("2026-10"), 0, NULL);
  json_t *rows = json_object_get (json_object_get (json, "taken"), "rows");
  g_autofree char *text = NULL;

  while (json_array_size (rows) < 14)
    json_array_append_new (rows, json_pack ("{s:s, s:i, s:i}", "service", "query.agri", "matters",
                                            5, "people", 5));
  text = json_dumps (json, 0);
  tell (desk, text);
  g_assert_true (desk_says (desk, "还有3样，这里列不下"));
  json_decref (json);
}

static void
test_months (void)
{
  g_autoptr (Desk) desk = open_page ();

  tell (desk, MONTH ("2026-10"));
  desk_press (desk, "下个月");
  g_assert_cmpint (desk_need (desk, BM_DESK_EFFECT_GET_INDICATORS)->number, ==,
                   bm_day_from_ymd (2026, 11, 1));
  g_assert_false (desk_offers (desk, "下个月")); /* it is this month */
  tell (desk, MONTH ("2026-10"));
  g_assert_false (desk_says (desk, "40件"));
  tell (desk, MONTH ("2026-11"));
  g_assert_true (desk_says (desk, "到现在为止"));
  g_assert_true (desk_says (desk, "40件"));
  desk_press (desk, "上个月");
  g_assert_false (desk_says (desk, "40件"));
  tell (desk, NULL);
  g_assert_true (desk_says (desk, "没查成"));
  desk_press (desk, "上个月");
  tell (desk, "{\"month\":\"2026-09\",\"taken\":null,\"outcome\":null,\"timely\":null}");
  g_assert_true (desk_says (desk, "人太少"));
}

int
main (int argc, char **argv)
{
  world_set_up_locale ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/desk/indicators/counts", test_counts);
  g_test_add_func ("/desk/indicators/many", test_many);
  g_test_add_func ("/desk/indicators/months", test_months);
  return g_test_run ();
}
