/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/sheet/sheet.h"
#include "tests/core/session/world.h"

#include <string.h>

/* The paper, line by line, as a person reads it (domain 5.1 and 5.3). */

#define NUMBER "9901211012010101000000070"

static const char offline_slip[] = "禾田村便民服务站\n"
                                   "登记凭条\n"
                                   "●记下 ○送到 ○办完\n"
                                   "您的事 养老金认证\n"
                                   "姓名 王*兰\n"
                                   "登记 2026年11月21日 09:10\n"
                                   "算不算按时，由社保中心定\n"
                                   "怎么认的 身份证+工作人员当面看过\n"
                                   "现在到哪一步\n"
                                   "给您记下了，还没办完\n"
                                   "现在没有网，\n"
                                   "等有网自动送出。\n"
                                   "下一步\n"
                                   "11月24日（周二）以后，\n"
                                   "来站里刷身份证听结果。\n"
                                   "留了电话的，我们打给您。\n"
                                   "打电话请说\n"
                                   "禾田村 1号机 7号\n"
                                   "手机扫码只看得到办到哪一步。\n"
                                   "编号 990121101201 01 01 00000007 0\n"
                                   "证件 身份证只看了一下，请您收好\n"
                                   "东西 现在看，齐了。\n"
                                   "上面要是还要什么，\n"
                                   "会一次说清。\n"
                                   "谁来办 演示县社保中心\n"
                                   "电话 站里 100-0000-9001\n"
                                   "不满意 12345\n"
                                   "经手 HT02 苏敏　谁点的 本人\n"
                                   "规则 C1-2026.1\n"
                                   "不收钱。这张条只说明您来过。\n"
                                   "谁打电话叫您转钱、\n"
                                   "报密码、报验证码，\n"
                                   "都是骗子。\n"
                                   "演示数据　不是真实凭证\n";

static const char result_slip[] = "禾田村便民服务站\n"
                                  "认证结果\n"
                                  "●记下 ●送到 ●办完\n"
                                  "姓名 王*兰\n"
                                  "您的事 养老金认证\n"
                                  "结果：通过\n"
                                  "时间 2026年11月23日 08:31\n"
                                  "（演示县社保中心）\n"
                                  "下次 最晚 2027年11月30日\n"
                                  "早一点来也可以。\n"
                                  "养老金这件事办完了。\n"
                                  "高龄津贴、残疾补贴要另外办。\n"
                                  "打电话请说\n"
                                  "禾田村 1号机 7号\n"
                                  "没收到钱？到站里说一声，\n"
                                  "或打 12333。\n"
                                  "谁打电话叫您转钱、\n"
                                  "报密码、报验证码，\n"
                                  "都是骗子。\n"
                                  "演示数据　不是真实凭证\n";

/* What the printer gets for the last draft: filled as the commit fills it. */
static char *
dup_slip (World *world)
{
  g_autoptr (GError) error = NULL;
  json_t *filled;
  char *text;

  g_assert_nonnull (world->draft);
  g_assert_true (bm_sheet_check (world->draft->sheet, &error));
  g_assert_no_error (error);
  filled = bm_sheet_fill (world->draft->sheet, NUMBER, "HTTPS://DEMO.INVALID/T/7.AAAAAAAA", "7号");
  g_assert_true (bm_sheet_check (filled, &error));
  g_assert_no_error (error);
  text = bm_sheet_to_text (filled, 1);
  json_decref (filled);
  return text;
}

static char *
dup_result_slip (World *world)
{
  BmEffect *effect = world_find (world, BM_EFFECT_PRINT);
  json_t *sheet;

  g_assert_nonnull (effect);
  sheet = json_object_get (effect->json, "sheet");
  g_assert_true (bm_sheet_check (sheet, NULL));
  return bm_sheet_to_text (sheet, 1);
}

static void
assert_has (const char *text, const char *part)
{
  if (strstr (text, part) == NULL)
    g_error ("\"%s\" is missing in:\n%s", part, text);
}

static void
assert_lacks (const char *text, const char *part)
{
  if (strstr (text, part) != NULL)
    g_error ("\"%s\" is in:\n%s", part, text);
}

static void
test_offline (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *text = NULL;

  world_reach_done (world);
  text = dup_slip (world);
  g_assert_cmpstr (text, ==, offline_slip);
}

/* The number is born inside the commit: the draft knows none, wherever it will stand. */
static void
test_no_number_before (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *dump = NULL;

  world->is_holding = TRUE;
  world_reach_done (world);
  assert_page (world, "committing");
  dump = json_dumps (world->draft->sheet, 0);
  assert_has (dump, "编号 {number}");
  assert_has (dump, "\"number\": \"\", \"qr\": \"\"");
  assert_lacks (dump, "7号");
}

/* A slip that is found opens nothing: no number of the person, no full name, no birth, no address. */
static void
test_found_slip_opens_nothing (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *dump = NULL;

  world_reach_done (world);
  dump = json_dumps (world->draft->sheet, 0);
  assert_lacks (dump, WANG_NAME);
  assert_lacks (dump, WANG_ID);
  assert_lacks (dump, &WANG_ID[14]);
  assert_lacks (dump, "1948");
  assert_lacks (dump, "1组");
}

static void
test_line_long_gone (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *text = NULL;

  world_send (world, (BmEvent){ .type = BM_EVENT_LINK, .flag = FALSE, .number = 0 });
  world_reach_done (world);
  text = dup_slip (world);
  assert_has (text, "\n等有网以后，\n来站里刷身份证听结果。\n");
  assert_lacks (text, "11月24日");
}

static void
test_online (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *text = NULL;

  world_link (world, TRUE);
  world_reach_done (world);
  text = dup_slip (world);
  assert_has (text, "给您记下了，还没办完\n有网，马上送出去。\n");
  assert_has (text, "下一步\n11月23日（周一）以后，\n来站里刷身份证听结果。\n");
  assert_lacks (text, "没有网");
}

/* No calendar for 2027 yet: the date is a guess, and says so. */
static void
test_unknown_year (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *text = NULL;

  bm_shift_clock_advance (world->clock, 40 * G_GINT64_CONSTANT (86400000));
  world_reach_done (world);
  text = dup_slip (world);
  assert_has (text, "登记 2026年12月31日 09:10\n");
  assert_has (text, "下一步\n大约1月");
  assert_has (text, "以后，\n来站里刷身份证听结果。\n");
}

static void
test_due_soon (void)
{
  g_autoptr (World) world = world_new ();
  json_t *last = world_case ("9901211012010101000000010", "cert.pension", "done", "CERT_OK");
  g_autofree char *text = NULL;

  json_object_set_new (json_object_get (last, "result"), "next_due", json_string ("2026-11-28"));
  json_object_set_new (last, "is_told", json_true ());
  json_array_append_new (world->cases, last);
  world_reach_done (world);
  text = dup_slip (world);
  assert_has (text, "下一步\n您2026年11月28日到期，\n工作人员今天另外替您报。\n11月24日");
}

static void
test_passed (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *text = NULL;

  world_link (world, TRUE);
  world_reach_done (world);
  world_answer (world, "done", "CERT_OK");
  world_choose (world, "print");
  text = dup_result_slip (world);
  g_assert_cmpstr (text, ==, result_slip);
}

/* Told at a later visit, it speaks from what stayed with the case. */
static void
test_not_passed (void)
{
  g_autoptr (World) world = world_new ();
  json_t *item = world_case (NUMBER, "cert.pension", "not_done", "CERT_NAME");
  g_autofree char *text = NULL;

  json_object_set_new (json_object_get (item, "result"), "text",
                       json_string ("系统里的名字和身份证不一样。"));
  json_object_set_new (json_object_get (item, "result"), "next_due", json_null ());
  json_array_append_new (world->cases, item);
  world_identify (world, WANG_NAME, WANG_ID);
  assert_page (world, "told");
  world_choose (world, "print");
  text = dup_result_slip (world);
  assert_has (text, "●记下 ●送到 ○办完\n姓名 王*兰\n");
  assert_has (text, "还要再核对一下，\n不是您的错\n原因 系统里的名字和身份证不一样。\n");
  assert_has (text, "禾田村 1号机 7号\n");
  assert_lacks (text, "通过");
  assert_lacks (text, "下次");
}

/* What is left of @sheet without its second language. */
static json_t *
dup_chinese (json_t *sheet)
{
  json_t *chinese = json_deep_copy (sheet);
  json_t *block;
  gsize i;

  g_assert_cmpstr (bm_sheet_get_language (sheet), ==, "en");
  json_object_set_new (chinese, "version", json_integer (BM_SHEET_VERSION));
  json_object_del (chinese, "translation");
  json_array_foreach (json_object_get (chinese, "blocks"), i, block)
    json_object_del (block, "translation");
  return chinese;
}

/* Who reads English gets the Chinese slip of everybody, and below each line what it says. */
static void
test_english_only (void)
{
  g_autoptr (World) chinese = world_new ();
  g_autoptr (World) english = world_new ();
  g_autofree char *text = NULL;
  json_t *stripped;

  world_reach_done (chinese);
  world_do (english, "language");
  world_reach_done (english);
  stripped = dup_chinese (english->draft->sheet);
  g_assert_true (json_equal (stripped, chinese->draft->sheet));
  text = dup_slip (english);
  assert_has (text, "登记凭条\nRegistration slip\n●记下 ○送到 ○办完\n●Noted ○Sent on ○Finished\n");
  assert_has (text, "您的事 养老金认证\nMatter: Pension check\n姓名 王*兰\nName\n");
  assert_has (text, "给您记下了，还没办完\nNoted, not finished yet\n");
  assert_has (text, "打电话请说\n禾田村 1号机 7号\nOn the phone say:\n禾田村, terminal 1 No. 7\n");
  assert_has (text, "编号 990121101201 01 01 00000007 0\n"
                    "Number 990121101201 01 01 00000007 0\n");
  assert_has (text, "演示数据　不是真实凭证\nDemonstration data");
  json_decref (stripped);
}

/* Results and what is only for the person, too; and who speaks Chinese again gets Chinese alone. */
static void
test_english_result (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *text = NULL;
  json_t *stripped;

  world_do (world, "language");
  world_link (world, TRUE);
  world_reach_done (world);
  world_answer (world, "done", "CERT_OK");
  world_choose (world, "print");
  text = dup_result_slip (world);
  assert_has (text, "结果：通过\nResult: passed\n");
  assert_has (text, "On the phone say:\n禾田村, terminal 1 No. 7\n");
  stripped = dup_chinese (json_object_get (world_find (world, BM_EFFECT_PRINT)->json, "sheet"));
  g_free (text);
  text = bm_sheet_to_text (stripped, 1);
  g_assert_cmpstr (text, ==, result_slip);
  json_decref (stripped);
}

static json_t *
take_query_sheet (World *world)
{
  world->record = world_record ("paying", "2026-11-30");
  world_choose (world, "start");
  world_choose (world, "query.pension");
  world_place (world, WANG_NAME, WANG_ID);
  world_choose (world, "yes");
  world_choose (world, "print");
  g_assert_nonnull (world_find (world, BM_EFFECT_PRINT));
  return json_object_get (world_find (world, BM_EFFECT_PRINT)->json, "sheet");
}

/* Each month is translated by its own. */
static void
test_english_query (void)
{
  g_autoptr (World) chinese = world_new ();
  g_autoptr (World) english = world_new ();
  g_autofree char *text = NULL;
  json_t *sheet, *stripped;

  world_do (english, "language");
  sheet = take_query_sheet (english);
  stripped = dup_chinese (sheet);
  g_assert_true (json_equal (stripped, take_query_sheet (chinese)));
  g_assert_true (bm_sheet_check (sheet, NULL));
  text = bm_sheet_to_text (sheet, 1);
  assert_has (text, "11月 228.40元\n银行处理中\nmonth 11: ");
  assert_has (text, "已到账 2025年12月15日\nmonth 12: ");
  json_decref (stripped);
}

/* What stops a slip that was begun is told, and that it goes on. */
static void
test_stopped_amid (void)
{
  g_autoptr (World) world = world_new ();

  world->print_job = 9;
  world_reach_done (world);
  world_print (world, "sending", "");
  g_assert_true (world_says (world, "正在打条子"));
  world_print (world, "sending", "media-empty");
  g_assert_true (world_says (world, "没纸了"));
  g_assert_false (world_says (world, "正在打条子"));
  world_tick (world, 60); /* it is begun: it is not given up */
  world_print (world, "sent", "cover-open");
  g_assert_true (world_says (world, "没有条子也不要紧"));
  world_print (world, "sent", NULL);
  g_assert_true (world_says (world, "正在打条子"));
  world_print (world, "printed", "");
  g_assert_true (world_says (world, "条子请拿好"));
}

int
main (int argc, char *argv[])
{
  world_set_up_locale ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/slips/offline", test_offline);
  g_test_add_func ("/slips/no-number-before-the-commit", test_no_number_before);
  g_test_add_func ("/slips/found-slip-opens-nothing", test_found_slip_opens_nothing);
  g_test_add_func ("/slips/english-only", test_english_only);
  g_test_add_func ("/slips/english-result", test_english_result);
  g_test_add_func ("/slips/english-query", test_english_query);
  g_test_add_func ("/slips/line-long-gone", test_line_long_gone);
  g_test_add_func ("/slips/online", test_online);
  g_test_add_func ("/slips/unknown-year", test_unknown_year);
  g_test_add_func ("/slips/due-soon", test_due_soon);
  g_test_add_func ("/slips/passed", test_passed);
  g_test_add_func ("/slips/not-passed", test_not_passed);
  g_test_add_func ("/slips/stopped-amid", test_stopped_amid);
  return g_test_run ();
}
