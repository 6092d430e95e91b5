/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/core/session/desk-fixture.h"

#include <string.h>

/* The helper's desk: signing in, the witness act, and a monkey at the screen. */

/* The sentences of the demonstration. */
static void
test_witness (void)
{
  g_autoptr (Desk) desk = desk_new ();
  BmDeskEffect *effect;

  desk_sign_in (desk);
  g_assert_true (desk_says (desk, "等着的"));
  desk_hall (desk, TRUE);
  g_assert_true (desk_says (desk, "王秀兰"));
  g_assert_true (desk_says (desk, "工作人员过来看看您本人"));
  desk_press (desk, "看见本人了");
  g_assert_cmpstr (desk_page (desk), ==, "desk-witness-pin");
  g_assert_null (desk_find (desk, BM_DESK_EFFECT_WITNESS));
  desk_intent (desk, "digits", NULL, "2202");
  effect = desk_need (desk, BM_DESK_EFFECT_CHECK_STAFF);
  g_assert_true (effect->flag);
  g_assert_cmpstr (effect->text, ==, "HT02");
  g_assert_null (desk_find (desk, BM_DESK_EFFECT_WITNESS));
  desk_verdict (desk, "HT02", BM_STAFF_OK, 0);
  effect = desk_need (desk, BM_DESK_EFFECT_WITNESS);
  g_assert_true (effect->flag);
  g_assert_cmpstr (effect->text, ==, "HT02");
  desk_hall (desk, FALSE);
  g_assert_false (desk_says (desk, "王秀兰"));
}

static void
test_cannot_witness (void)
{
  g_autoptr (Desk) desk = desk_new ();
  BmDeskEffect *effect;

  desk_sign_in (desk);
  desk_hall (desk, TRUE);
  desk_press (desk, "不能见证");
  effect = desk_need (desk, BM_DESK_EFFECT_WITNESS);
  g_assert_false (effect->flag);
}

static void
witness_with (Desk *desk, gint verdict, gint64 wait_ms)
{
  desk_press (desk, "看见本人了");
  desk_intent (desk, "digits", NULL, "2202");
  desk_verdict (desk, "HT02", verdict, wait_ms);
  g_assert_null (desk_find (desk, BM_DESK_EFFECT_WITNESS));
}

static void
test_verdicts (void)
{
  g_autoptr (Desk) desk = desk_new ();

  desk_sign_in (desk);
  desk_hall (desk, TRUE);
  witness_with (desk, BM_STAFF_WRONG, 0);
  g_assert_cmpstr (desk_page (desk), ==, "desk-witness-pin");
  g_assert_true (desk_says (desk, "密码不对"));
  desk_intent (desk, "back", NULL, NULL);
  witness_with (desk, BM_STAFF_KIN, 0);
  g_assert_true (desk_says (desk, "亲属不能互相见证"));
  desk_press (desk, "知道了");
  witness_with (desk, BM_STAFF_LOCKED, 61000);
  g_assert_true (desk_says (desk, "2分钟后"));
  desk_intent (desk, "choose", "understood", NULL);
  witness_with (desk, BM_STAFF_ROLE, 0);
  g_assert_cmpstr (desk_page (desk), ==, "desk-notice");
  desk_intent (desk, "choose", "other-staff", NULL);
  g_assert_cmpstr (desk_page (desk), ==, "desk-lock");
  g_assert_false (desk_says (desk, "王秀兰"));
}

static int
desk_scale (Desk *desk)
{
  json_t *settings = json_object_get (bm_desk_get_page (desk->desk), "settings");

  return (int) json_integer_value (json_object_get (settings, "scale"));
}

/* Large letters are one helper's: they stay on every page of hers, and go with her. */
static void
test_letters_of_one_helper (void)
{
  static const guint scales[] = { 125, 150, 200, 100, 125 };
  g_autoptr (Desk) desk = desk_new ();

  desk_sign_in (desk);
  for (guint i = 0; i < G_N_ELEMENTS (scales); i++)
    {
      desk_intent (desk, "bigger", NULL, NULL);
      g_assert_cmpint (desk_scale (desk), ==, scales[i]);
    }
  desk_press (desk, "要找的人");
  g_assert_cmpint (desk_scale (desk), ==, 125);
  desk_intent (desk, "back", NULL, NULL);
  g_assert_cmpint (desk_scale (desk), ==, 125);
  desk_press (desk, "锁屏");
  g_assert_cmpint (desk_scale (desk), ==, 100);

  desk_sign_in (desk);
  desk_intent (desk, "bigger", NULL, NULL);
  bm_shift_clock_advance (desk->clock, 181 * 1000);
  desk_send (desk, (BmDeskEvent){ .type = BM_DESK_EVENT_TICK });
  g_assert_cmpstr (desk_page (desk), ==, "desk-lock");
  g_assert_cmpint (desk_scale (desk), ==, 100);

  /* Before anybody is signed in, too: to type the number one has to see the keys. */
  desk_intent (desk, "bigger", NULL, NULL);
  g_assert_cmpint (desk_scale (desk), ==, 125);
  bm_shift_clock_advance (desk->clock, 181 * 1000);
  desk_send (desk, (BmDeskEvent){ .type = BM_DESK_EVENT_TICK });
  g_assert_cmpint (desk_scale (desk), ==, 100);
}

/* A verdict for the person before must not count for the next one. */
static void
test_other_person_meanwhile (void)
{
  g_autoptr (Desk) desk = desk_new ();

  desk_sign_in (desk);
  desk_hall (desk, TRUE);
  desk_press (desk, "看见本人了");
  desk_intent (desk, "digits", NULL, "2202");
  bm_shift_clock_advance (desk->clock, 5000);
  desk_hall (desk, TRUE);
  g_assert_cmpstr (desk_page (desk), ==, "desk-today");
  desk_verdict (desk, "HT02", BM_STAFF_OK, 0);
  g_assert_null (desk_find (desk, BM_DESK_EFFECT_WITNESS));
}

static void
test_locked_shows_nothing (void)
{
  g_autoptr (Desk) desk = desk_new ();

  desk_hall (desk, TRUE);
  desk_overview (desk, OVERVIEW);
  g_assert_cmpstr (desk_page (desk), ==, "desk-lock");
  g_assert_false (desk_says (desk, "王秀兰"));
  g_assert_false (desk_says (desk, "赵*明"));
  desk_intent (desk, "choose", "witness", NULL);
  desk_intent (desk, "choose", "contact:3", NULL);
  desk_intent (desk, "digits", NULL, "2202");
  g_assert_cmpstr (desk_page (desk), ==, "desk-lock");
  g_assert_cmpuint (desk->effects->len, ==, 0);
}

static void
test_locks_itself (void)
{
  g_autoptr (Desk) desk = desk_new ();

  desk_sign_in (desk);
  bm_shift_clock_advance (desk->clock, 179 * 1000);
  desk_send (desk, (BmDeskEvent){ .type = BM_DESK_EVENT_TICK });
  g_assert_cmpstr (desk_page (desk), ==, "desk-today");
  desk_intent (desk, "activity", NULL, NULL);
  bm_shift_clock_advance (desk->clock, 179 * 1000);
  desk_send (desk, (BmDeskEvent){ .type = BM_DESK_EVENT_TICK });
  g_assert_cmpstr (desk_page (desk), ==, "desk-today");
  bm_shift_clock_advance (desk->clock, 2000);
  desk_send (desk, (BmDeskEvent){ .type = BM_DESK_EVENT_TICK });
  g_assert_cmpstr (desk_page (desk), ==, "desk-lock");
  g_assert_true (desk_says (desk, "没有人登录"));
}

static void
test_waiting (void)
{
  g_autoptr (Desk) desk = desk_new ();

  desk_sign_in (desk);
  desk_overview (desk, OVERVIEW);
  g_assert_true (desk_says (desk, "等着的 6件"));
  g_assert_true (desk_says (desk, "1件 上面没收"));
  g_assert_true (desk_says (desk, "2件 等联网"));
  g_assert_true (desk_says (desk, "2件 先放着"));
  g_assert_true (desk_says (desk, "1件 晚一点送"));
  g_assert_true (desk_says (desk, "1张 没打条子"));
  g_assert_true (desk_says (desk, "4组 赵*明"));
  g_assert_true (desk_says (desk, "没有网"));
  /* What somebody complains about is nobody's business here (domain §2.21a rule 5). */
  g_assert_false (desk_says (desk, "吃拿卡要"));
  g_assert_false (desk_says (desk, "req.appeal"));
}

static void
test_acts (void)
{
  g_autoptr (Desk) desk = desk_new ();
  BmDeskEffect *effect;

  desk_sign_in (desk);
  desk_overview (desk, OVERVIEW);
  desk_press (desk, "再送一次");
  g_assert_cmpstr (desk_need (desk, BM_DESK_EFFECT_RETRY)->text, ==, "");
  desk_press (desk, "看看");
  g_assert_cmpstr (desk_page (desk), ==, "desk-slip");
  desk_press (desk, "没打全");
  effect = desk_need (desk, BM_DESK_EFFECT_SETTLE_PRINT);
  g_assert_cmpint (effect->number, ==, 5);
  g_assert_false (effect->flag);
  desk_send (desk, (BmDeskEvent){ .type = BM_DESK_EVENT_HELP, .flag = TRUE });
  desk_press (desk, "去看看");
  g_assert_nonnull (desk_find (desk, BM_DESK_EFFECT_HELP_SEEN));
}

/* Anything may be missing or of another type: the list gets shorter, the desk stays. */
static void
test_strange_overviews (void)
{
  static const char *const texts[] = {
    "{}",
    "{\"waiting\":[],\"print\":7,\"contacts\":{},\"alarms\":\"\"}",
    "{\"waiting\":{\"total\":-5,\"offline\":\"x\",\"due_soon\":[{}]}}",
    "{\"contacts\":[{},{\"contact\":0},{\"contact\":-1}]}",
    "{\"print\":{\"unknown\":[{},{\"job\":\"1\"}]},\"link\":5}",
    "{\"waiting\":{\"oldest_ms\":-1,\"total\":99999999999}}"
  };
  g_autoptr (Desk) desk = desk_new ();

  desk_sign_in (desk);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    desk_overview (desk, texts[i]);
  g_assert_cmpstr (desk_page (desk), ==, "desk-today");
}

static void
monkey_touch (Desk *desk, GRand *rand)
{
  static const char *const acts[] = { "back", "next", "end", "bigger", "read", "help", "activity" };
  static const char *const wild[] = { "witness",   "cannot",     "retry",
                                      "lock",      "contact:3",  "slip:5",
                                      "taken",     "slip:99",    "help-seen",
                                      "contact:x", "later",      "refresh",
                                      "staff:",    "staff:ht02", "other-staff",
                                      "due",       "contacts",   "find",
                                      "waiting",   "done",       "tried",
                                      "within:7",  "turn:on",    "turn:back",
                                      "case:1",    "case:99",    "case:9901211012010101000000070",
                                      "reprint",   "again",      "close",
                                      "went",      "called",     "nothing" };
  json_t *choices = json_object_get (bm_desk_get_page (desk->desk), "choices");
  gsize n = json_array_size (choices);

  if (g_rand_int_range (rand, 0, 4) == 0)
    desk_intent (desk, acts[g_rand_int_range (rand, 0, G_N_ELEMENTS (acts))], NULL, NULL);
  else if (g_rand_boolean (rand) && n > 0)
    {
      json_t *choice = json_array_get (choices, (gsize) g_rand_int_range (rand, 0, (gint32) n));
      g_autofree char *id = g_strdup (json_string_value (json_object_get (choice, "id")));

      desk_intent (desk, "choose", id, NULL);
    }
  else if (g_rand_boolean (rand))
    desk_intent (desk, "digits", NULL, g_rand_boolean (rand) ? "2202" : "12345678901");
  else
    desk_intent (desk, "choose", wild[g_rand_int_range (rand, 0, G_N_ELEMENTS (wild))], NULL);
}

static gboolean
once_in (GRand *rand, gint n)
{
  return g_rand_int_range (rand, 0, n) == 0;
}

static void
monkey_event (Desk *desk, GRand *rand)
{
  gboolean is_checking = g_str_has_suffix (desk_page (desk), "checking");

  switch (g_rand_int_range (rand, 0, 16))
    {
    case 12:
      desk_found (desk, once_in (rand, 4) ? NULL : once_in (rand, 2) ? "[]" : FOUND);
      break;
    case 13:
      desk_send (desk,
                 (BmDeskEvent){ .type = BM_DESK_EVENT_SESSION, .flag = g_rand_boolean (rand) });
      bm_desk_set_one_screen (desk->desk, once_in (rand, 3));
      desk_send (desk, (BmDeskEvent){ .type = BM_DESK_EVENT_TICK });
      break;
    case 14:
      desk_due_list (desk, once_in (rand, 3) ? NULL : DUE_LIST);
      break;
    case 15:
      desk_send (desk, (BmDeskEvent){ .type = BM_DESK_EVENT_HELP,
                                      .flag = TRUE,
                                      .text = once_in (rand, 6) ? "danger" : NULL });
      break;
    case 0:
      desk_hall (desk, !once_in (rand, 4));
      break;
    case 1:
      desk_overview (desk, g_rand_boolean (rand) ? OVERVIEW : "{}");
      break;
    case 2:
      desk_send (desk, (BmDeskEvent){ .type = BM_DESK_EVENT_HELP, .flag = g_rand_boolean (rand) });
      break;
    case 3:
      bm_shift_clock_advance (desk->clock,
                              g_rand_int_range (rand, 0, once_in (rand, 9) ? 200000 : 9000));
      desk_send (desk, (BmDeskEvent){ .type = BM_DESK_EVENT_TICK });
      break;
    default:
      if (!once_in (rand, is_checking ? 4 : 20))
        {
          if (is_checking)
            desk_verdict (desk, desk->checked,
                          once_in (rand, 3) ? g_rand_int_range (rand, 0, 5) : BM_STAFF_OK,
                          g_rand_int_range (rand, 0, 900000));
          else
            monkey_touch (desk, rand);
        }
      else
        desk_verdict (desk, once_in (rand, 2) ? "HT02" : "HT01", g_rand_int_range (rand, 0, 5), 1);
      break;
    }
}

/* Every witness act that counts was preceded by a check as witness which was OK, with nothing between
 * that changed the person. */
static void
test_monkey (void)
{
  g_autoptr (Desk) desk = desk_new ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261121);
  guint n_seen = 0;
  guint n_today = 0;
  guint n_case = 0;

  for (guint i = 0; i < 100000; i++)
    {
      g_autofree char *before = g_strdup (desk_page (desk));

      g_ptr_array_set_size (desk->effects, 0);
      monkey_event (desk, rand);
      n_today += strcmp (desk_page (desk), "desk-today") == 0;
      n_case += strcmp (desk_page (desk), "desk-case") == 0;
      g_assert_false (desk_says (desk, "吃拿卡要"));
      for (guint j = 0; j < desk->effects->len; j++)
        {
          BmDeskEffect *effect = g_ptr_array_index (desk->effects, j);

          if (effect->type != BM_DESK_EFFECT_WITNESS || !effect->flag)
            continue;
          g_assert_cmpstr (before, ==, "desk-witness-checking");
          n_seen++;
        }
      if (strcmp (desk_page (desk), "desk-lock") == 0 ||
          strcmp (desk_page (desk), "desk-danger") == 0)
        g_assert_false (desk_says (desk, "王秀兰") || desk_says (desk, "赵*明") ||
                        desk_says (desk, "钱*文") || desk_says (desk, "孙福"));
    }
  g_test_message ("%u pages, %u times today, %u at a matter, %u acts", desk->n_pages, n_today,
                  n_case, n_seen);
  g_assert_cmpuint (n_seen, >, 20);
  g_assert_cmpuint (n_case, >, 100);
  g_assert_cmpuint (n_today, >, 1000);
}

int
main (int argc, char **argv)
{
  world_set_up_locale ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/desk/witness", test_witness);
  g_test_add_func ("/desk/cannot-witness", test_cannot_witness);
  g_test_add_func ("/desk/verdicts-in-plain-words", test_verdicts);
  g_test_add_func ("/desk/other-person-meanwhile", test_other_person_meanwhile);
  g_test_add_func ("/desk/locked-shows-nothing", test_locked_shows_nothing);
  g_test_add_func ("/desk/locks-itself", test_locks_itself);
  g_test_add_func ("/desk/letters-of-one-helper", test_letters_of_one_helper);
  g_test_add_func ("/desk/what-waits", test_waiting);
  g_test_add_func ("/desk/acts", test_acts);
  g_test_add_func ("/desk/strange-overviews", test_strange_overviews);
  g_test_add_func ("/desk/monkey", test_monkey);
  return g_test_run ();
}
