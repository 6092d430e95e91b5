/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/error.h"
#include "tests/core/session/world.h"

#include <string.h>

/* What must not happen: recording unseen, keeping what was a person's, losing what was committed. */

static BmEffect *
need (World *world, BmEffectType type)
{
  BmEffect *effect = world_find (world, type);

  if (effect == NULL)
    g_error ("no effect %d", type);
  return effect;
}

/* The card alone never commits, whatever is pressed. */
static void
test_card_alone (void)
{
  static const char *const pressed[] = { "agree", "seen", "yes", "again", "staff-here", "right" };
  g_autoptr (World) world = world_new ();

  world_reach_witness (world);
  for (gsize i = 0; i < G_N_ELEMENTS (pressed); i++)
    {
      json_t *intent =
        json_pack ("{s:i, s:s, s:s}", "version", 1, "do", "choose", "choice", pressed[i]);

      world_send (world, (BmEvent){ .type = BM_EVENT_INTENT, .json = intent });
      json_decref (intent);
    }
  world_do (world, "next");
  g_assert_cmpuint (world_count (world, BM_EFFECT_COMMIT), ==, 0);
}

static void
test_nobody_comes (void)
{
  g_autoptr (World) world = world_new ();

  world_reach_witness (world);
  world_tick (world, 61);
  g_assert_true (world_says (world, "现在没有人在"));
  g_assert_true (world_says (world, "星期二上午8点半"));
  world_choose (world, "contact");
  g_assert_nonnull (need (world, BM_EFFECT_CONTACT)->json);
  world_choose (world, "later");
  assert_page (world, "one-step-missing");
  g_assert_true (world_says (world, "还差一步"));
  world_choose (world, "leave");
  assert_page (world, "goodbye");
  g_assert_cmpuint (world->n_commits, ==, 0);
}

/* The helper's act on the one screen. */
static void
go_to_pin (World *world)
{
  world_reach_witness (world);
  world_choose (world, "staff-here");
  assert_page (world, "witness-staff");
  g_assert_false (world_offers (world, "staff:ht04")); /* maintenance may not witness */
  world_choose (world, "staff:ht02");
  assert_page (world, "witness-pin");
}

static void
test_one_screen (void)
{
  g_autoptr (World) world = world_new ();

  go_to_pin (world);
  world_type (world, "2202");
  g_assert_true (need (world, BM_EFFECT_CHECK_STAFF)->flag);
  assert_page (world, "witness-seen");
  world_choose (world, "seen");
  assert_page (world, "done");
  g_assert_cmpuint (world->n_commits, ==, 1);
}

static void
test_cannot (void)
{
  g_autoptr (World) world = world_new ();

  go_to_pin (world);
  world_type (world, "2202");
  world_choose (world, "cannot");
  assert_page (world, "one-step-missing");
  g_assert_cmpuint (world->n_commits, ==, 0);
}

static void
test_verdicts (void)
{
  g_autoptr (World) world = world_new ();

  go_to_pin (world);
  world->verdict = BM_STAFF_WRONG;
  world_type (world, "9999");
  assert_page (world, "witness-pin");
  g_assert_false (world_has_shown (world, "9999"));
  world->verdict = BM_STAFF_KIN;
  world_type (world, "2202");
  assert_page (world, "witness-refused");
  g_assert_true (world_says (world, "家里人不能互相见证"));
  world_choose (world, "other-staff");
  world_choose (world, "staff:ht02");
  world->verdict = BM_STAFF_LOCKED;
  world->wait_ms = 61000;
  world_type (world, "2202");
  assert_page (world, "witness-refused");
  g_assert_true (world_says (world, "2分钟"));
  g_assert_cmpuint (world->n_commits, ==, 0);
}

static void
test_desk_cannot (void)
{
  g_autoptr (World) world = world_new ();

  world_reach_witness (world);
  world_send (world, (BmEvent){ .type = BM_EVENT_WITNESS, .text = "HT02", .flag = FALSE });
  assert_page (world, "one-step-missing");
  /* The act is over: a second word from the desk moves nothing. */
  world_send (world, (BmEvent){ .type = BM_EVENT_WITNESS, .text = "HT02", .flag = TRUE });
  g_assert_cmpuint (world->n_commits, ==, 0);
}

/* Idle: warned after five minutes, wiped after one more. */
static void
test_idle (void)
{
  g_autoptr (World) world = world_new ();

  world_identify (world, WANG_NAME, WANG_ID);
  world_tick (world, 299);
  assert_page (world, "notice");
  world_tick (world, 2);
  assert_page (world, "idle-warning");
  world_choose (world, "here");
  assert_page (world, "notice");
  world_tick (world, 301);
  assert_page (world, "idle-warning");
  world_tick (world, 60);
  assert_page (world, "closed");
  g_assert_false (world_says (world, WANG_NAME));
  g_assert_true (world_says (world, "没办完的没有存"));
  world_tick (world, 10);
  assert_page (world, "idle");
  g_assert_nonnull (need (world, BM_EFFECT_ENDED));
}

/* After ENDED nothing the session gives out names the person (invariant 13). */
static void
test_wiped (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *id = NULL;

  world_reach_done (world);
  id = g_strdup (bm_session_get_id (world->session));
  world_do (world, "next");
  world_do (world, "next");
  world_forget (world);
  world_tick (world, 20);
  assert_page (world, "idle");
  g_assert_cmpstr (bm_session_get_id (world->session), !=, id);
  g_assert_true (bm_session_is_idle (world->session));
  /* A late answer, a late sheet and a late helper for the one who left. */
  world_answer (world, "done", "CERT_OK");
  world_print (world, "unknown", "");
  world_send (world, (BmEvent){ .type = BM_EVENT_WITNESS, .text = "HT02", .flag = TRUE });
  world_choose (world, "start");
  for (guint i = 0; i < world->effects->len; i++)
    {
      BmEffect *effect = g_ptr_array_index (world->effects, i);
      g_autofree char *text = effect->json != NULL ? world_flat_text (effect->json) : g_strdup ("");

      g_assert_null (strstr (text, WANG_NAME));
      g_assert_null (strstr (text, WANG_ID));
    }
  g_assert_false (world_has_shown (world, WANG_NAME));
  g_assert_false (world_has_shown (world, world->number));
  g_assert_false (world_has_shown (world, "7号"));
}

/* The one after: the same screen, nobody else's things. */
static void
test_two_in_a_row (void)
{
  g_autoptr (World) world = world_new ();

  world_reach_done (world);
  world_do (world, "next");
  world_do (world, "next");
  world_tick (world, 10);
  world_forget (world);
  world_identify (world, "李德福", "990121194211030053");
  world_choose (world, "agree");
  world_send (world, (BmEvent){ .type = BM_EVENT_WITNESS, .text = "HT01", .flag = TRUE });
  assert_page (world, "done");
  g_assert_cmpuint (world->n_commits, ==, 2);
  g_assert_false (world_has_shown (world, WANG_NAME));
}

/* 读给我听 is for what stands there now; a private answer that comes later is not said unasked. */
static void
test_private_answer (void)
{
  g_autoptr (World) world = world_new_with (g_getenv ("BIANMIN_EXTRA"));
  json_t *speech;
  g_autofree char *said = NULL;
  g_autofree char *asked = NULL;
  json_t *answer;

  world_link (world, TRUE);
  world_choose (world, "start");
  world_choose (world, "demo.extra");
  world_do (world, "read");
  world_place (world, WANG_NAME, WANG_ID);
  world_choose (world, "yes");
  world_do (world, "read");
  world_choose (world, "agree");
  world_choose (world, "code:pump");
  world_do (world, "next");
  world_choose (world, "code:yes");
  world_choose (world, "other");
  world_type (world, "20261205");
  world_choose (world, "skip");
  world_do (world, "read");
  world_choose (world, "right");
  assert_page (world, "sending");
  answer = world_case (world->number, "demo.extra", "done", "LENT");
  world_send (world, (BmEvent){ .type = BM_EVENT_CASE_CHANGED, .json = answer });
  json_decref (answer);
  assert_page (world, "result");
  speech = json_object_get (world_page (world), "speech");
  said = world_flat_text (speech);
  g_assert_null (strstr (said, "借给您了"));
  world_do (world, "read");
  asked = world_flat_text (json_object_get (world_page (world), "speech"));
  g_assert_nonnull (strstr (asked, "借给您了"));
}

static void
restart (World *world, json_t *cases, gboolean was_open)
{
  world_send (world, (BmEvent){ .type = BM_EVENT_RESTARTED, .json = cases, .flag = was_open });
}

static void
test_restart_untold (void)
{
  g_autoptr (World) world = world_new ();
  json_t *cases =
    json_pack ("[o, o]", world_case ("9901211012010101000000070", "cert.pension", "noted", NULL),
               world_case ("9901211012010101000000088", "cert.pension", "noted", NULL));

  restart (world, cases, TRUE);
  assert_page (world, "restarted");
  g_assert_true (world_says (world, "7号"));
  g_assert_false (world_says (world, WANG_NAME));
  world_choose (world, "understood");
  g_assert_cmpstr (need (world, BM_EFFECT_TOLD)->text, ==, "9901211012010101000000070");
  assert_page (world, "restarted");
  world_choose (world, "understood");
  g_assert_cmpuint (world_count (world, BM_EFFECT_TOLD), ==, 2);
  assert_page (world, "idle");
  json_decref (cases);
}

static void
test_restart_half_done (void)
{
  g_autoptr (World) world = world_new ();
  json_t *none = json_array ();

  restart (world, none, FALSE);
  assert_page (world, "idle");
  restart (world, none, TRUE);
  assert_page (world, "restarted");
  g_assert_true (world_says (world, "要重新办"));
  world_choose (world, "understood");
  assert_page (world, "idle");
  json_decref (none);
}

static void
test_no_reader (void)
{
  g_autoptr (World) world = world_new ();

  world_choose (world, "start");
  world_choose (world, "cert.pension");
  world_send (world, (BmEvent){ .type = BM_EVENT_READER_STATE, .flag = FALSE });
  g_assert_true (world_offers (world, "help"));
  world_choose (world, "later");
  assert_page (world, "closed");
}

static void
test_card_fails (void)
{
  g_autoptr (World) world = world_new ();

  world_choose (world, "start");
  world_choose (world, "cert.pension");
  for (guint i = 0; i < 3; i++)
    world_send (world, (BmEvent){ .type = BM_EVENT_CARD_FAILED, .code = BM_ERROR_INVALID });
  assert_page (world, "card");
  g_assert_true (world_offers (world, "help"));
  world_place (world, WANG_NAME, WANG_ID);
  assert_page (world, "confirm");
}

int
main (int argc, char **argv)
{
  world_set_up_locale ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/card-alone-never-commits", test_card_alone);
  g_test_add_func ("/session/nobody-comes", test_nobody_comes);
  g_test_add_func ("/session/witness-on-the-one-screen", test_one_screen);
  g_test_add_func ("/session/helper-cannot-witness", test_cannot);
  g_test_add_func ("/session/kin-wrong-locked", test_verdicts);
  g_test_add_func ("/session/desk-cannot-witness", test_desk_cannot);
  g_test_add_func ("/session/idle", test_idle);
  g_test_add_func ("/session/nothing-left-after-the-end", test_wiped);
  g_test_add_func ("/session/two-in-a-row", test_two_in_a_row);
  g_test_add_func ("/session/private-answer-is-not-said", test_private_answer);
  g_test_add_func ("/session/restart-untold", test_restart_untold);
  g_test_add_func ("/session/restart-half-done", test_restart_half_done);
  g_test_add_func ("/session/no-reader", test_no_reader);
  g_test_add_func ("/session/card-fails", test_card_fails);
  return g_test_run ();
}
