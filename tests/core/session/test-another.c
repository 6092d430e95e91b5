/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-test-session"

#include "tests/core/session/appeal-steps.h"

/* 再办一件: several matters of one visit, and never of two people. */

#define REPORT "report yes road no elsewhere month stop"

#define CHEN_NAME "陈有根"
#define CHEN_ID   "990121195501180097"

/* She is certified, and presses 再办一件. */
static World *
come_for_another (void)
{
  World *world = world_new ();

  world_reach_done (world);
  world_do (world, "next");
  assert_page (world, "goodbye");
  world_choose (world, "another");
  assert_page (world, "home");
  return world;
}

static void
come_to_who_it_is (World *world)
{
  world_choose (world, APPEAL);
  world_choose (world, "safe");
  appeal_tap_all (world, "help road group days repair");
  assert_page (world, "confirm");
}

static void
hand_in (World *world)
{
  world_choose (world, "yes");
  world_choose (world, "agree");
  assert_page (world, "readback");
  world_choose (world, "right");
  assert_page (world, "done");
}

static void
test_two_matters (void)
{
  g_autoptr (World) world = come_for_another ();
  g_autofree char *first = g_strdup (world->draft->session);

  g_assert_true (world_says (world, "您还想办什么？"));
  world_choose (world, "cert.pension");
  assert_page (world, "confirm"); /* no card is asked for; who stands here is */
  g_assert_true (world_says (world, WANG_NAME));
  world_do (world, "back");
  world_choose (world, "query.pension");
  assert_page (world, "confirm");
  world_choose (world, "yes");
  g_assert_cmpuint (world_count (world, BM_EFFECT_IDENTIFY), ==,
                    2); /* what was just noted is among it */
  g_assert_cmpstr (world->draft->session, ==, first);
}

static void
test_same_visit (void)
{
  g_autoptr (World) world = come_for_another ();
  g_autofree char *first = g_strdup (world->draft->session);

  come_to_who_it_is (world);
  hand_in (world);
  g_assert_cmpuint (world->n_commits, ==, 2);
  g_assert_cmpstr (world->draft->service, ==, APPEAL);
  g_assert_cmpstr (world->draft->session, ==, first);
  g_assert_cmpuint (world->draft->matter, ==, 2);
}

/* The next one in the queue says that it is not them: nothing is left, and their visit is one of its own. */
static void
test_other_person (void)
{
  g_autoptr (World) world = come_for_another ();

  world_choose (world, "query.pension");
  assert_page (world, "confirm");
  world_choose (world, "no");
  assert_page (world, "closed");
  g_assert_true (world_says (world, "您办的事还在")); /* the first one */
  world_tick (world, 10);
  assert_page (world, "idle");
  world_choose (world, "start");
  g_assert_false (world_says (world, "您还想办什么？"));
  world_choose (world, "query.pension");
  assert_page (world, "card");
  world_place (world, CHEN_NAME, CHEN_ID);
  assert_page (world, "confirm");
  g_assert_true (world_says (world, CHEN_NAME));
}

/* Nobody touches it between two matters: it does not stay open for five minutes. */
static void
test_left (void)
{
  g_autoptr (World) world = come_for_another ();

  world_take (world);
  world_tick (world, 130);
  g_assert_true (world_has_shown (world, "您办的事还在"));
  g_assert_false (world_has_shown (world, "没办完的没有存"));
  assert_page (world, "idle");
}

/* Left amid the second matter: both are said, what is there and what is not. */
static void
test_second_unfinished (void)
{
  g_autoptr (World) world = come_for_another ();

  world_choose (world, "cert.pension");
  world_choose (world, "yes");
  world_forget (world);
  world_choose (world, "stop");
  assert_page (world, "closed");
  g_assert_true (world_says (world, "您办的事还在，没有丢"));
  g_assert_true (world_says (world, "没办完的没有存"));
}

/* The first matter's slip is late: it is none of the second one's. */
static void
test_paper_of_the_first (void)
{
  g_autoptr (World) world = world_new ();

  world->print_job = 7;
  world_reach_done (world);
  world_do (world, "next");
  world_choose (world, "another");
  world->print_job = 8;
  come_to_who_it_is (world);
  hand_in (world);
  world_send (world, (BmEvent){ .type = BM_EVENT_PRINT_STATE, .number = 7, .text = "printed" });
  g_assert_true (world_says (world, "正在打条子"));
  world_send (world, (BmEvent){ .type = BM_EVENT_PRINT_STATE, .number = 8, .text = "printed" });
  g_assert_false (world_says (world, "正在打条子"));
}

/* The first one's slip is still at the printer while a sheet of the next matter is asked for. */
static void
test_paper_out_of_turn (void)
{
  g_autoptr (World) world = world_new ();

  world->print_job = 7;
  world_reach_done (world);
  json_decref (world->record);
  world->record = world_record ("paying", "2026-11-30");
  world_do (world, "next");
  world_choose (world, "another");
  world_choose (world, "query.pension");
  world_choose (world, "yes");
  world_choose (world, "print");
  assert_page (world, "query-slip");
  world_print (world, "printed", "");
  g_assert_true (world_says (world, "正在打条子"));
  world->print_job = 8;
  world_print (world, "printed", "");
  g_assert_false (world_says (world, "正在打条子"));
}

/* Who gave no name has no further matter: there is nobody whose it would be. */
static void
test_anonymous (void)
{
  g_autoptr (World) world = world_new ();

  appeal_begin (world);
  world_choose (world, "safe");
  appeal_tap_all (world, REPORT);
  world_choose (world, "agree");
  world_choose (world, "right");
  world_do (world, "next");
  assert_page (world, "goodbye");
  g_assert_false (world_offers (world, "another"));
}

int
main (int argc, char **argv)
{
  world_set_up_locale ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/another/asks-who-it-is", test_two_matters);
  g_test_add_func ("/another/same-visit", test_same_visit);
  g_test_add_func ("/another/other-person", test_other_person);
  g_test_add_func ("/another/left", test_left);
  g_test_add_func ("/another/second-unfinished", test_second_unfinished);
  g_test_add_func ("/another/paper-of-the-first", test_paper_of_the_first);
  g_test_add_func ("/another/paper-out-of-turn", test_paper_out_of_turn);
  g_test_add_func ("/another/anonymous", test_anonymous);
  return g_test_run ();
}
