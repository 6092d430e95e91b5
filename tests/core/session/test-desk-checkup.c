/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/core/session/desk-fixture.h"

#include "core/sheet/sheet.h"

#include <string.h>

/* 机器自检 at the desk: asked for, the worst first, printed once; maintenance may look, whoever is locked out not. */

#define TWO_TO_MEND                                                        \
  "[{\"id\":\"printer\",\"state\":\"fault\",\"keyword\":\"media-empty\"}," \
  "{\"id\":\"reader\",\"state\":\"good\",\"keyword\":\"ready\"},"          \
  "{\"id\":\"camera\",\"state\":\"absent\",\"keyword\":\"none\"},"         \
  "{\"id\":\"link\",\"state\":\"watch\",\"keyword\":\"offline\"},"         \
  "{\"id\":\"outbox\",\"state\":\"watch\",\"keyword\":\"moving\"},"        \
  "{\"id\":\"clock\",\"state\":\"good\",\"keyword\":\"right\"},"           \
  "{\"id\":\"disk\",\"state\":\"good\",\"keyword\":\"room\"},"             \
  "{\"id\":\"journal\",\"state\":\"good\",\"keyword\":\"whole\"},"         \
  "{\"id\":\"certificate\",\"state\":\"watch\",\"keyword\":\"soon\"},"     \
  "{\"id\":\"packs\",\"state\":\"good\",\"keyword\":\"fresh\"},"           \
  "{\"id\":\"services\",\"state\":\"fault\",\"keyword\":\"broken\"}]"
#define ALL_WELL "[{\"id\":\"printer\",\"state\":\"good\",\"keyword\":\"ready\"}]"

static void
tell (Desk *desk, const char *text)
{
  BmDeskEvent event = { .type = BM_DESK_EVENT_CHECKUP };

  event.json = text != NULL ? json_loads (text, 0, NULL) : NULL;
  desk_send (desk, event);
  json_decref (event.json);
}

static const char *
get_line (Desk *desk, guint i)
{
  json_t *lines = json_object_get (bm_desk_get_page (desk->desk), "lines");
  const char *text = json_string_value (json_object_get (json_array_get (lines, i), "text"));

  return text != NULL ? text : "";
}

static Desk *
open_page (const char *name, const char *id)
{
  Desk *desk = desk_new ();

  desk_sign_in_as (desk, name, id);
  desk_press (desk, "机器自检");
  g_assert_cmpstr (desk_page (desk), ==, "desk-checkup");
  (void) desk_need (desk, BM_DESK_EFFECT_CHECK_MACHINE);
  g_assert_true (desk_says (desk, "请等一下") || desk_says (desk, "请稍等"));
  return desk;
}

static void
test_worst_first (void)
{
  g_autoptr (Desk) desk = open_page ("苏敏", "HT02");

  tell (desk, TWO_TO_MEND);
  g_assert_nonnull (strstr (get_line (desk, 0), "打印机没纸了"));
  g_assert_nonnull (strstr (get_line (desk, 1), "有的事项文件不对"));
  g_assert_cmpstr (get_line (desk, 2), ==, "");
  g_assert_true (desk_says (desk, "读卡器正常"));
  g_assert_false (desk_says (desk, "都好，不用管"));
  g_ptr_array_set_size (desk->effects, 0);
  desk_press (desk, "再查一次");
  (void) desk_need (desk, BM_DESK_EFFECT_CHECK_MACHINE);
  g_assert_false (desk_says (desk, "打印机没纸了：")); /* the old one stands there no longer */
  tell (desk, ALL_WELL);
  g_assert_true (desk_says (desk, "都好，不用管。"));
}

static void
test_not_made (void)
{
  g_autoptr (Desk) desk = open_page ("苏敏", "HT02");

  tell (desk, NULL);
  g_assert_true (desk_says (desk, "没查成"));
  g_assert_false (desk_offers (desk, "打出来"));
  g_assert_true (desk_offers (desk, "再查一次"));
}

/* What comes after the page was left is not shown on another one. */
static void
test_late (void)
{
  g_autoptr (Desk) desk = open_page ("苏敏", "HT02");

  desk_intent (desk, "back", NULL, NULL);
  tell (desk, TWO_TO_MEND);
  g_assert_cmpstr (desk_page (desk), ==, "desk-today");
  g_assert_false (desk_says (desk, "有的事项文件不对"));
}

static void
test_printed_once (void)
{
  g_autoptr (Desk) desk = open_page ("苏敏", "HT02");
  g_autofree char *text = NULL;

  tell (desk, TWO_TO_MEND);
  desk_press (desk, "打出来");
  text = bm_sheet_to_text (desk_need (desk, BM_DESK_EFFECT_PRINT)->json, 1);
  g_assert_nonnull (strstr (text, "打印机没纸了"));
  g_assert_nonnull (strstr (text, "禾田村"));
  g_assert_false (desk_offers (desk, "打出来"));
}

static void
test_maintenance (void)
{
  g_autoptr (Desk) desk = open_page ("丁一", "HT04");

  tell (desk, TWO_TO_MEND);
  g_assert_true (desk_says (desk, "打印机没纸了"));
}

int
main (int argc, char **argv)
{
  world_set_up_locale ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/desk-checkup/worst-first", test_worst_first);
  g_test_add_func ("/desk-checkup/not-made", test_not_made);
  g_test_add_func ("/desk-checkup/late", test_late);
  g_test_add_func ("/desk-checkup/printed-once", test_printed_once);
  g_test_add_func ("/desk-checkup/maintenance", test_maintenance);
  return g_test_run ();
}
