/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-test-session"

#include "tests/core/session/appeal-steps.h"

/* 解决了, 没解决: an answered matter is opened again, once, and what the person came for goes on. */

#define OLD "9901211012010101000000070"

/* She is here for her certification, and an older matter has been answered. */
static World *
come_with_answer (void)
{
  World *world = world_new ();

  json_array_append_new (world->cases, appeal_answered (OLD));
  world_choose (world, "start");
  world_choose (world, "cert.pension");
  world_place (world, WANG_NAME, WANG_ID);
  world_choose (world, "yes");
  return world;
}

static void
test_not_solved (void)
{
  g_autoptr (World) world = come_with_answer ();

  assert_page (world, "letter");
  g_assert_false (world_says (world, "补好了"));
  world_choose (world, "hear");
  assert_page (world, "told");
  g_assert_true (world_says (world, "补好了"));
  g_assert_true (world_offers (world, "solved"));
  world_choose (world, "unsolved");
  assert_page (world, "done");
  g_assert_true (world_says (world, "给您重新记下了，还没送出去。"));
  g_assert_false (world_has_shown (world, "重新报上去了"));
  g_assert_cmpstr (world->draft->replaces, ==, OLD);
  g_assert_cmpstr (world->draft->service, ==, APPEAL);
  g_assert_cmpstr (json_string_value (json_object_get (world->draft->payload, "replaces")), ==,
                   OLD);
  g_assert_cmpstr (appeal_field (world->draft, "q.what"), ==, "road");
  g_assert_cmpstr (appeal_field (world->draft, "p.idno"), ==, WANG_ID);
  g_assert_cmpuint (world->n_commits, ==, 1);
  appeal_answer (world, "sent", NULL);
  g_assert_true (world_says (world, "给您重新报上去了。"));
  world_do (world, "next"); /* and on to what she came for */
  assert_page (world, "more");
  world_choose (world, "go-on");
  assert_page (world, "notice");
}

/* What was hidden stays hidden when it is opened again. */
static void
test_not_solved_hidden (void)
{
  g_autoptr (World) world = world_new ();
  json_t *old = appeal_answered (OLD);

  json_object_set_new (json_object_get (old, "slip"), "is_hidden", json_true ());
  json_array_append_new (world->cases, old);
  appeal_open_case (world);
  world_choose (world, "hear");
  world_choose (world, "unsolved");
  g_assert_true (world->draft->is_hidden_from_desk);
  g_assert_null (world_find (world, BM_EFFECT_CONTACT));
}

/* Once: as long as a newer one took its place, the older cannot be opened again. */
static void
test_not_solved_twice (void)
{
  g_autoptr (World) world = world_new ();
  json_t *newer = world_case ("9901211012010101000000088", APPEAL, "sent", NULL);

  json_object_set_new (json_object_get (newer, "slip"), "replaces", json_string (OLD));
  json_array_append_new (world->cases, appeal_answered (OLD));
  json_array_append_new (world->cases, newer);
  appeal_open_case (world);
  assert_page (world, "cases");
  world_choose (world, "case:1");
  world_choose (world, "hear");
  g_assert_false (world_offers (world, "unsolved"));
  g_assert_true (world_says (world, "已经重新报过了"));
}

static void
test_solved (void)
{
  g_autoptr (World) world = come_with_answer ();

  world_choose (world, "hear");
  world_choose (world, "solved");
  assert_page (world, "more"); /* and on to what she came for */
  g_assert_cmpstr (world_need (world, BM_EFFECT_TOLD)->text, ==, OLD);
  g_assert_cmpuint (world->n_commits, ==, 0);
}

/* She came about rubbish, hears of the road, opens that again: what she answered about the rubbish is handed in as it was. */
static void
test_not_solved_on_the_way (void)
{
  g_autoptr (World) world = world_new ();

  json_array_append_new (world->cases, appeal_answered (OLD));
  appeal_begin (world);
  world_choose (world, "called");
  appeal_tap_all (world, "help rubbish group days repair");
  world_place (world, WANG_NAME, WANG_ID);
  world_choose (world, "yes");
  assert_page (world, "letter");
  world_choose (world, "hear");
  world_choose (world, "unsolved");
  assert_page (world, "done");
  g_assert_cmpstr (appeal_field (world->draft, "q.what"), ==, "road");
  g_assert_cmpstr (appeal_field (world->draft, "q.urgent"), ==, "no");
  world_do (world, "next");
  assert_page (world, "notice");
  world_choose (world, "agree");
  assert_page (world, "readback");
  world_choose (world, "right");
  assert_page (world, "done");
  g_assert_cmpuint (world->n_commits, ==, 2);
  g_assert_cmpstr (appeal_field (world->draft, "q.what"), ==, "rubbish");
  g_assert_cmpstr (appeal_field (world->draft, "q.urgent"), ==, "danger");
  g_assert_null (world->draft->replaces);
}

int
main (int argc, char **argv)
{
  world_set_up_locale ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/appeal/not-solved", test_not_solved);
  g_test_add_func ("/appeal/not-solved-and-hidden", test_not_solved_hidden);
  g_test_add_func ("/appeal/not-solved-twice", test_not_solved_twice);
  g_test_add_func ("/appeal/solved", test_solved);
  g_test_add_func ("/appeal/not-solved-on-the-way", test_not_solved_on_the_way);
  return g_test_run ();
}
