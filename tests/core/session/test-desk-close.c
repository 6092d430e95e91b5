/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/core/session/desk-fixture.h"

#include "core/calendar/day.h"
#include "core/sheet/sheet.h"

#include <string.h>

/*
 * 日结、交接: the counts on the page are the counts on paper; nobody's name or number is; nothing is called on its
 * way to the printer before the ledger has it.
 */

/* 2026-11-21 09:08 in China. */
#define DAY                                                                                      \
  "{\"from_ms\":1795190400000,\"until_ms\":1795223280000,"                                       \
  "\"all\":{\"taken\":9,\"sent\":5,\"waiting\":3,\"rejected\":1},\"services\":["                 \
  "{\"service\":\"cert.pension\",\"taken\":7,\"sent\":5,\"waiting\":2,\"rejected\":0},"          \
  "{\"service\":\"req.appeal\",\"taken\":2,\"sent\":0,\"waiting\":1,\"rejected\":1}],"           \
  "\"due\":{\"1\":1,\"3\":1,\"7\":4},\"alarms\":2,\"journal\":{\"seq\":57,\"head\":\"a1b2c3\"}," \
  "\"waiting\":{\"total\":5,\"offline\":3,\"deferred\":0,\"held\":2,\"rejected\":1,"             \
  "\"oldest_ms\":1795136520000,\"rows\":[]}}"
#define QUIET_DAY                                                                                \
  "{\"from_ms\":1795190400000,\"until_ms\":1795223280000,\"all\":{\"taken\":0},\"services\":[]," \
  "\"due\":{},\"alarms\":0,\"journal\":{\"seq\":3,\"head\":\"00ff00\"},\"waiting\":{\"total\":0}}"

static void
tell_day (Desk *desk, const char *text)
{
  BmDeskEvent event = { .type = BM_DESK_EVENT_DAY };

  event.json = text != NULL ? json_loads (text, 0, NULL) : NULL;
  desk_send (desk, event);
  json_decref (event.json);
}

static void
tell_stored (Desk *desk, gint64 serial, gboolean is_stored)
{
  desk_send (desk, (BmDeskEvent){ .type = BM_DESK_EVENT_SHEET_STORED,
                                  .number = serial,
                                  .flag = is_stored });
}

static Desk *
open_page (const char *day)
{
  Desk *desk = desk_new ();

  desk_sign_in (desk);
  desk_overview (desk, OVERVIEW);
  desk_press (desk, "日结、交接");
  g_assert_cmpstr (desk_page (desk), ==, "desk-close");
  /* 2026-11-21 00:00 in China */
  g_assert_cmpint (desk_need (desk, BM_DESK_EFFECT_GET_DAY)->number, ==,
                   G_GINT64_CONSTANT (1795190400000));
  g_assert_false (desk_offers (desk, "打日结条"));
  tell_day (desk, day);
  return desk;
}

static char *
print (Desk *desk, const char *label)
{
  desk_press (desk, label);
  return bm_sheet_to_text (desk_need (desk, BM_DESK_EFFECT_PRINT)->json, 1);
}

static void
assert_says_all (const char *text, const char *const *words)
{
  for (; *words != NULL; words++)
    if (strstr (text, *words) == NULL)
      g_error ("“%s” does not stand on\n%s", *words, text);
}

/* Of whom and of which matter stands on neither sheet. */
static void
assert_nobody (const char *text)
{
  static const char *const secrets[] = { "赵", "4组", "990121", "吃拿卡要", "王秀兰", "号 " };

  for (gsize i = 0; i < G_N_ELEMENTS (secrets); i++)
    if (strstr (text, secrets[i]) != NULL)
      g_error ("“%s” stands on\n%s", secrets[i], text);
}

static void
test_day (void)
{
  static const char *const words[] = {
    "日结条",
    "禾田村 1号机",
    "到2026年11月21日 09:08为止",
    "今天 记下9件\n送到5件\n没送出3件\n上面没收1件",
    "7件 养老金认证",
    "送到5件\n没送出2件",
    "没送出 5件等着\n最早 11月20日 09:02",
    "快到期 1天内 1件\n3天内 1件\n7天内 4件",
    "上面没收 1件",
    "先放着 2件",
    "警报 2件",
    "账本 第57条 a1b2c3",
    "数据管理员甲",
    "数据管理员乙",
    NULL,
  };
  g_autoptr (Desk) desk = open_page (DAY);
  g_autofree char *text = NULL;

  g_assert_true (desk_says (desk, "记下9件"));
  g_assert_true (desk_says (desk, "第57条 a1b2c3"));
  text = print (desk, "打日结条");
  assert_says_all (text, words);
  assert_nobody (text);
}

static void
test_handover (void)
{
  static const char *const words[] = {
    "交接条",       "要去找 1件",   "条子 1张，不知打完没有", "没送出 5件等着", "网络 没有网",
    "打印机没纸了", "别的要交代的", "交的人：HT02 苏敏",      "接的人",         "11月30日",
    NULL,
  };
  g_autoptr (Desk) desk = open_page (DAY);
  g_autofree char *text = NULL;
  gint64 serial;

  bm_shift_clock_advance (desk->clock, 3 * BM_MILLIS_DAY); /* what is due on the 30th is near */
  text = print (desk, "打交接条");
  assert_says_all (text, words);
  assert_nobody (text);
  serial = desk_need (desk, BM_DESK_EFFECT_PRINT)->number;
  g_assert_false (desk_says (desk, "去打印了"));
  g_assert_false (desk_offers (desk, "锁屏"));
  tell_stored (desk, serial, TRUE);
  g_assert_true (desk_says (desk, "交接条去打印了"));
  g_assert_true (desk_says (desk, "打印机没纸了"));
  desk_press (desk, "锁屏");
  g_assert_cmpstr (desk_page (desk), ==, "desk-lock");
}

/* A sheet that was not stored is offered again; the fate of an older one says nothing of this one. */
static void
test_not_stored (void)
{
  g_autoptr (Desk) desk = open_page (DAY);
  g_autofree char *first = print (desk, "打日结条");
  gint64 serial = desk_need (desk, BM_DESK_EFFECT_PRINT)->number;

  g_assert_cmpint (serial, >, 0);
  tell_stored (desk, serial - 1, TRUE);
  g_assert_false (desk_says (desk, "去打印了"));
  tell_stored (desk, serial, FALSE);
  g_assert_true (desk_says (desk, "条子没存成"));
  g_assert_false (desk_offers (desk, "锁屏"));
  desk_press (desk, "打日结条");
  tell_stored (desk, serial, TRUE);
  g_assert_false (desk_says (desk, "去打印了"));
  tell_stored (desk, serial + 1, TRUE);
  g_assert_true (desk_says (desk, "日结条去打印了"));
}

static void
test_quiet (void)
{
  static const char *const words[] = { "今天 今天没有", "没送出 没有",   "快到期 没有",
                                       "警报 没有",     "上面没收 没有", NULL };
  g_autoptr (Desk) desk = open_page (QUIET_DAY);
  g_autofree char *text = print (desk, "打日结条");

  assert_says_all (text, words);
}

static void
test_not_counted (void)
{
  g_autoptr (Desk) desk = open_page (NULL);

  g_assert_true (desk_says (desk, "没查成"));
  g_assert_false (desk_offers (desk, "打日结条"));
  g_assert_false (desk_offers (desk, "打交接条"));
  desk_press (desk, "再查一次");
  tell_day (desk, DAY);
  g_assert_true (desk_offers (desk, "打日结条"));
  desk_intent (desk, "back", NULL, NULL);
  tell_day (desk, DAY);
  g_assert_cmpstr (desk_page (desk), ==, "desk-today");
}

/* Maintenance hands nothing over; on one screen the page goes when somebody begins. */
static void
test_who (void)
{
  g_autoptr (Desk) desk = desk_new ();
  g_autoptr (Desk) shared = NULL;

  desk_sign_in_as (desk, "丁一", "HT04");
  g_assert_false (desk_offers (desk, "日结、交接"));
  shared = open_page (DAY);
  bm_desk_set_one_screen (shared->desk, TRUE);
  desk_send (shared, (BmDeskEvent){ .type = BM_DESK_EVENT_SESSION, .flag = TRUE });
  g_assert_cmpstr (desk_page (shared), ==, "desk-today");
  g_assert_false (desk_says (shared, "记下9件"));
}

/* 代办委托书: two, with room for everything and nobody's name; what cannot be handed over is said before and on it. */
static void
test_form (void)
{
  static const char *const words[] = {
    "代办委托书",  "委托人 姓名",
    "受托人 姓名", "不可以替我领钱、\n认证、改账户；\n不可以再转给别人办",
    "□ 签收",      "本委托书已读给我听，我听懂了。",
    "见证人",      "一式两张",
    NULL
  };
  g_autoptr (Desk) desk = desk_new ();
  gint64 first = 0, second = 0;

  desk_sign_in (desk);
  desk_overview (desk, OVERVIEW);
  desk_press (desk, "手写单子");
  desk_press (desk, "代办委托书");
  g_assert_true (desk_says (desk, "领钱、认证、改账户"));
  desk_press (desk, "打两张");
  for (guint i = 0; i < desk->effects->len; i++)
    {
      const BmDeskEffect *effect = g_ptr_array_index (desk->effects, i);
      g_autofree char *text = NULL;

      if (effect->type != BM_DESK_EFFECT_PRINT)
        continue;
      text = bm_sheet_to_text (effect->json, 1);
      assert_says_all (text, words);
      g_assert_null (strstr (text, "HT02"));
      g_assert_null (strstr (text, "王"));
      first = second;
      second = effect->number;
    }
  g_assert_cmpint (first, >, 0);
  g_assert_cmpint (second, ==, first + 1);
  g_assert_false (desk_offers (desk, "打两张"));
  tell_stored (desk, first - 1, FALSE); /* of an older press */
  tell_stored (desk, first, TRUE);
  g_assert_false (desk_says (desk, "打两张："));
  tell_stored (desk, second, TRUE);
  g_assert_true (desk_says (desk, "打两张："));
  g_assert_true (desk_says (desk, "打印机没纸了"));
  desk_press (desk, "打两张");
  tell_stored (desk, second + 1, FALSE);
  tell_stored (desk, second + 2, TRUE);
  g_assert_true (desk_says (desk, "再打一次"));
  g_assert_true (desk_offers (desk, "打两张"));
}

static guint
count_outage (Desk *desk, const char *const *words)
{
  guint n = 0;

  for (guint i = 0; i < desk->effects->len; i++)
    {
      const BmDeskEffect *effect = g_ptr_array_index (desk->effects, i);
      g_autofree char *text = NULL;

      if (effect->type != BM_DESK_EFFECT_PRINT)
        continue;
      text = bm_sheet_to_text (effect->json, 1);
      assert_says_all (text, words);
      g_assert_null (strstr (text, "HT02"));
      g_assert_null (strstr (text, "王"));
      g_assert_true (bm_sheet_wants_form (effect->json));
      n++;
    }
  return n;
}

/* 补录单: numbered by the ledger, for what was handed in only later; it says so to who writes and to who takes the stub. */
static void
test_outage (void)
{
  static const char *const words[] = {
    "补录单", "这张不是凭条",     "哪天来的",     "□ 养老金认证", "工作人员当面",
    "撕下来", "事情还没有交上去", "来电以后还要", "都是骗子",     NULL
  };
  g_autoptr (Desk) desk = desk_new ();

  desk_sign_in (desk);
  desk_overview (desk, OVERVIEW);
  desk_press (desk, "手写单子");
  desk_press (desk, "补录单");
  g_assert_true (desk_says (desk, "还没有交上去"));
  desk_press (desk, "打五张");
  g_assert_cmpuint (count_outage (desk, words), ==, 5);
  g_assert_false (desk_offers (desk, "打一张"));
  for (gint64 serial = 1; serial <= 4; serial++)
    tell_stored (desk, serial, TRUE);
  g_assert_false (desk_says (desk, "一张一个号"));
  tell_stored (desk, 5, TRUE);
  g_assert_true (desk_says (desk, "一张一个号"));
  desk_press (desk, "打一张");
  tell_stored (desk, 6, FALSE);
  g_assert_true (desk_says (desk, "再打一次"));
}

int
main (int argc, char **argv)
{
  world_set_up_locale ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/desk-close/day", test_day);
  g_test_add_func ("/desk-close/handover", test_handover);
  g_test_add_func ("/desk-close/not-stored", test_not_stored);
  g_test_add_func ("/desk-close/quiet", test_quiet);
  g_test_add_func ("/desk-close/not-counted", test_not_counted);
  g_test_add_func ("/desk-close/who", test_who);
  g_test_add_func ("/desk-form/two", test_form);
  g_test_add_func ("/desk-form/outage", test_outage);
  return g_test_run ();
}
