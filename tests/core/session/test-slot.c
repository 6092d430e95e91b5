/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/core/session/world.h"

#include "core/error.h"

/* 上门: the half day that somebody else took in the same moment (session-slot.c). */

#define MORNING "code:2026-11-24-am"

static World *
hand_in (gint error)
{
  static const char *const answers[] = {
    "code:cert.pension", "next", "code:bed", "next", MORNING, "next", "code:family", NULL
  };
  World *world = world_new ();

  world->commit_error = error;
  world_choose (world, "start");
  world_find_matter (world, "req.homevisit");
  world_place (world, WANG_NAME, WANG_ID);
  world_choose (world, "yes");
  world_choose (world, "agree");
  for (gsize i = 0; answers[i] != NULL; i++)
    if (g_str_equal (answers[i], "next"))
      world_do (world, "next");
    else
      world_choose (world, answers[i]);
  assert_page (world, "readback");
  world_choose (world, "right");
  return world;
}

/* Asked once more, with what was answered, and without the half day that is gone; the second matter is another one. */
static void
test_lost (void)
{
  g_autoptr (World) world = hand_in (BM_ERROR_REFUSED);
  const guint first = world->draft->matter;

  assert_page (world, "slot");
  g_assert_true (world_says (world, "刚约满了，请另选一个"));
  g_assert_false (world_offers (world, MORNING));
  g_assert_true (world_offers (world, "code:2026-11-24-pm"));
  g_assert_nonnull (world_find (world, BM_EFFECT_VISITS));
  g_assert_false (world_has_shown (world, "给您记下了"));
  world->commit_error = -1;
  world_choose (world, "code:2026-11-24-pm");
  world_do (world, "next");
  world_choose (world, "code:family");
  assert_page (world, "readback");
  g_assert_true (world_says (world, "11月24日 周二下午"));
  g_assert_true (world_says (world, "卧床"));
  world_choose (world, "right");
  assert_page (world, "done");
  g_assert_cmpuint (world->draft->matter, >, first);
  g_assert_cmpstr (json_string_value (json_object_get (world->draft->visit, "slot")), ==,
                   "2026-11-24-pm");
  g_assert_cmpint (json_integer_value (json_object_get (world->draft->visit, "room")), >, 0);
  g_assert_cmpuint (world->n_commits, ==, 1);
}

/* It is said once, and not to the next one. */
static void
test_said_once (void)
{
  g_autoptr (World) world = hand_in (BM_ERROR_REFUSED);

  world_choose (world, "code:any");
  world_do (world, "next");
  world_do (world, "back");
  assert_page (world, "slot");
  g_assert_false (world_says (world, "刚约满了"));
}

/* Whatever else went wrong has nothing to do with the day. */
static void
test_other_trouble (void)
{
  g_autoptr (World) world = hand_in (BM_ERROR_FULL);

  assert_page (world, "not-stored");
}

int
main (int argc, char **argv)
{
  world_set_up_locale ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/slot/lost-to-somebody-else", test_lost);
  g_test_add_func ("/slot/said-once", test_said_once);
  g_test_add_func ("/slot/other-trouble", test_other_trouble);
  return g_test_run ();
}
