/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/core/session/desk-fixture.h"

#include "core/error.h"
#include "core/sheet/sheet.h"

#include <string.h>

/*
 * 补录 at the desk: the number is looked up first, a form is entered by two, the day is no later than today and no
 * earlier than the paper, and nothing says that it is noted before the ledger did.
 */

#define FORM    "010100016"
#define ID      "990121194803120028"
#define NUMBER  "9901211012010101000000070"
#define PRINTED "1795104000000" /* 2026-11-20 00:00 in China */
#define GIVEN   "{\"state\":\"given\",\"printed_ms\":" PRINTED "}"
#define UNKNOWN "{\"state\":\"unknown\",\"printed_ms\":0}"
#define NEVER   "{\"state\":\"never\",\"printed_ms\":0}"
#define ENTERED                                                            \
  "{\"state\":\"entered\",\"printed_ms\":" PRINTED ",\"number\":\"" NUMBER \
  "\",\"entered_ms\":1795215720000,\"entered_by\":\"HT01\"}"

static Desk *
open_page (void)
{
  Desk *desk = desk_new ();

  desk_sign_in (desk);
  desk_overview (desk, OVERVIEW);
  desk_press (desk, "手写单子");
  desk_press (desk, "录填好的补录单");
  g_assert_cmpstr (desk_page (desk), ==, "desk-late");
  return desk;
}

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
tell_form (Desk *desk, const char *text)
{
  BmDeskEvent event = { .type = BM_DESK_EVENT_FORM };

  event.json = text != NULL ? json_loads (text, 0, NULL) : NULL;
  desk_send (desk, event);
  json_decref (event.json);
}

static void
look_up (Desk *desk, const char *text)
{
  type (desk, FORM);
  g_assert_cmpstr (desk_need (desk, BM_DESK_EFFECT_FIND_FORM)->text, ==, "01 01 0001 6");
  tell_form (desk, text);
}

static void
say_who (Desk *desk)
{
  type (desk, ID);
  write_words (desk, "王秀兰");
  g_assert_cmpstr (desk_page (desk), ==, "desk-late-matter");
}

static void
go_to_read (Desk *desk)
{
  look_up (desk, GIVEN);
  say_who (desk);
  desk_press (desk, "养老金认证");
  type (desk, "20261120");
  desk_press (desk, "下午");
  desk_press (desk, "看过身份证");
  desk_press (desk, "陈国强");
  g_assert_cmpstr (desk_page (desk), ==, "desk-late-read");
}

static void
go_to_commit (Desk *desk, const char *second, const char *id)
{
  go_to_read (desk);
  desk_press (desk, "一样");
  desk_press (desk, second);
  type (desk, "3303");
  g_assert_cmpstr (desk_need (desk, BM_DESK_EFFECT_CHECK_STAFF)->text, ==, id);
  g_assert_null (desk_find (desk, BM_DESK_EFFECT_COMMIT));
  desk_verdict (desk, id, BM_STAFF_OK, 0);
  g_assert_cmpstr (desk_page (desk), ==, "desk-late-committing");
}

static void
tell_committed (Desk *desk, const char *number, gint code)
{
  BmDeskEvent event = { .type = BM_DESK_EVENT_COMMITTED, .code = code };

  if (number != NULL)
    event.json = json_pack ("{s:s, s:i}", "number", number, "print_job", 3);
  desk_send (desk, event);
  g_clear_pointer (&event.json, json_decref);
}

static void
test_refused (void)
{
  g_autoptr (Desk) desk = open_page ();

  type (desk, "010100017");
  g_assert_true (desk_says (desk, "有一位不对"));
  g_assert_null (desk_find (desk, BM_DESK_EFFECT_FIND_FORM));
  look_up (desk, NEVER);
  g_assert_true (desk_says (desk, "没打过这个号"));
  desk_press (desk, "再录一张");
  look_up (desk, ENTERED);
  g_assert_true (desk_says (desk, "这张已经录过了"));
  g_assert_true (desk_says (desk, "录的，是7号，"));
  g_assert_true (desk_says (desk, "经手"));
  desk_press (desk, "再录一张");
  look_up (desk, NULL);
  g_assert_false (desk_says (desk, "录过"));
  desk_press (desk, "再录一张");
  look_up (desk, UNKNOWN);
  g_assert_true (desk_says (desk, "这里查不到"));
  g_assert_cmpstr (desk_page (desk), ==, "desk-late-who");
}

static void
test_day (void)
{
  g_autoptr (Desk) desk = open_page ();

  look_up (desk, GIVEN);
  type (desk, "990121194803120029");
  g_assert_true (desk_says (desk, "号码不对"));
  say_who (desk);
  desk_press (desk, "养老金认证");
  type (desk, "20261122");
  g_assert_true (desk_says (desk, "这一天还没到"));
  type (desk, "20261119");
  g_assert_true (desk_says (desk, "那天以后才打的"));
  type (desk, "20261131");
  g_assert_true (desk_says (desk, "没有这一天"));
  type (desk, "20261121");
  g_assert_cmpstr (desk_page (desk), ==, "desk-late-half");
}

static void
test_no_witness (void)
{
  g_autoptr (Desk) desk = open_page ();

  look_up (desk, GIVEN);
  say_who (desk);
  desk_press (desk, "养老金认证");
  type (desk, "20261120");
  desk_press (desk, "上午");
  desk_press (desk, "工作人员当面看过");
  desk_press (desk, "没人签字");
  g_assert_true (desk_says (desk, "没有见证人，认证录不了"));
  g_assert_false (desk_offers (desk, "一样"));
}

static void
test_second (void)
{
  g_autoptr (Desk) desk = open_page ();

  go_to_read (desk);
  desk_press (desk, "一样");
  g_assert_false (desk_offers (desk, "苏敏")); /* who is signed in is the first */
  desk_intent (desk, "choose", "staff:ht02", NULL);
  g_assert_cmpstr (desk_page (desk), ==, "desk-late-second");
  g_assert_false (desk_offers (desk, "丁一")); /* maintenance sees no matters */
  desk_press (desk, "陈国强");
  type (desk, "9999");
  desk_verdict (desk, "HT01", BM_STAFF_WRONG, 0);
  g_assert_cmpstr (desk_page (desk), ==, "desk-late-pin");
  g_assert_null (desk_find (desk, BM_DESK_EFFECT_COMMIT));
  desk_intent (desk, "back", NULL, NULL);
  g_assert_cmpstr (desk_page (desk), ==, "desk-late-second");
}

static void
assert_mark (json_t *payload)
{
  json_t *late = json_object_get (payload, "late");
  json_t *evidence = json_object_get (payload, "evidence");

  g_assert_cmpstr (json_string_value (json_object_get (late, "form")), ==, "01 01 0001 6");
  g_assert_cmpstr (json_string_value (json_object_get (late, "day")), ==, "2026-11-20");
  g_assert_cmpstr (json_string_value (json_object_get (late, "half")), ==, "pm");
  g_assert_cmpstr (json_string_value (json_object_get (late, "second")), ==, "HT01");
  g_assert_true (json_is_true (json_object_get (late, "is_known")));
  g_assert_true (json_is_false (json_object_get (late, "is_present")));
  g_assert_cmpstr (json_string_value (json_object_get (payload, "helper")), ==, "HT02");
  g_assert_cmpuint (json_array_size (evidence), ==, 2);
  g_assert_cmpstr (json_string_value (json_object_get (json_array_get (evidence, 0), "class")), ==,
                   "paper");
}

static void
test_stored (void)
{
  g_autoptr (Desk) desk = open_page ();
  BmDeskEffect *commit;
  g_autofree char *slip = NULL;

  go_to_commit (desk, "陈国强", "HT01");
  g_assert_false (desk_says (desk, "记下了"));
  commit = desk_need (desk, BM_DESK_EFFECT_COMMIT);
  g_assert_cmpstr (commit->text, ==, ID);
  g_assert_cmpstr (commit->draft->form, ==, "01 01 0001 6");
  g_assert_cmpstr (commit->draft->helper, ==, "HT02");
  g_assert_cmpstr (commit->draft->second, ==, "HT01");
  assert_mark (commit->draft->payload);
  g_assert_true (bm_sheet_check (commit->draft->sheet, NULL));
  slip = bm_sheet_to_text (commit->draft->sheet, 1);
  g_assert_nonnull (strstr (slip, "补录：照纸单子录的"));
  g_assert_nonnull (strstr (slip, "2026年11月20日 下午"));
  g_assert_nonnull (strstr (slip, "算哪一天，由办事单位定"));
  g_assert_null (strstr (slip, ID));
  g_assert_nonnull (strstr (slip, "王*兰"));
  g_assert_null (strstr (slip, "王秀兰"));
  tell_committed (desk, NUMBER, 0);
  g_assert_true (desk_says (desk, "记下了，是7号，补录"));
  desk_press (desk, "办完了");
  g_assert_cmpstr (desk_page (desk), ==, "desk-today");
}

static void
test_not_stored (void)
{
  g_autoptr (Desk) desk = open_page ();

  go_to_commit (desk, "陈国强", "HT01");
  tell_committed (desk, NULL, BM_ERROR_FULL);
  g_assert_true (desk_says (desk, "没有存上"));
  desk_press (desk, "再试一次");
  tell_committed (desk, NULL, BM_ERROR_REFUSED);
  g_assert_true (desk_says (desk, "这张已经录过了"));
  g_assert_false (desk_offers (desk, "再试一次"));
}

int
main (int argc, char *argv[])
{
  world_set_up_locale ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/desk-late/refused", test_refused);
  g_test_add_func ("/desk-late/day", test_day);
  g_test_add_func ("/desk-late/no-witness", test_no_witness);
  g_test_add_func ("/desk-late/second", test_second);
  g_test_add_func ("/desk-late/stored", test_stored);
  g_test_add_func ("/desk-late/not-stored", test_not_stored);
  return g_test_run ();
}
