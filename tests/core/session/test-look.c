/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-test-session"

#include "tests/core/session/appeal-steps.h"

/* How pages look: the session's own setting, asked for by 字大一点, and gone with the person. */

static json_t *
get_setting (World *world, const char *name)
{
  return json_object_get (json_object_get (world_page (world), "settings"), name);
}

static void
assert_look (World *world, gint64 scale, const char *theme)
{
  g_assert_cmpint (json_integer_value (get_setting (world, "scale")), ==, scale);
  g_assert_cmpstr (json_string_value (get_setting (world, "theme")), ==, theme);
}

/* From the usual letters. */
static void
open_look (World *world)
{
  for (guint i = 0; i < 4; i++)
    world_do (world, "bigger");
  assert_page (world, "look");
}

static void
test_no_way_to_other_colours (void)
{
  static const char *const themes[] = { "high-light", "high-dark", "yellow-on-black", "low-glare",
                                        "medium" };
  g_autoptr (World) world = world_new ();

  world_choose (world, "start");
  assert_look (world, 100, "medium");
  open_look (world);
  assert_look (world, 200, "medium");
  for (guint i = 0; i < G_N_ELEMENTS (themes); i++)
    {
      world_choose (world, themes[i]);
      assert_page (world, "look");
      assert_look (world, 200, themes[i]);
    }
  world_choose (world, "yellow-on-black");
  world_do (world, "next");
  assert_page (world, "home");
  assert_look (world, 200, "yellow-on-black");
}

/* Who pressed once too often: the page below is there again, with usual letters and in the colours that were chosen. */
static void
test_no_way_back_to_usual_letters (void)
{
  g_autoptr (World) world = world_new ();

  world_choose (world, "start");
  open_look (world);
  world_choose (world, "high-dark");
  world_choose (world, "smaller");
  assert_page (world, "home");
  assert_look (world, 100, "high-dark");
  open_look (world);
  world_do (world, "bigger"); /* over this question the face calls it 平常的字 */
  assert_look (world, 100, "high-dark");
  assert_page (world, "home");
}

static void
test_next_person_sees_the_last_ones_colours (void)
{
  g_autoptr (World) world = world_new ();

  world_choose (world, "start");
  open_look (world);
  world_choose (world, "high-dark");
  world_tick (world, 6 * 60 + 10);
  assert_page (world, "idle");
  assert_look (world, 100, "medium");
}

/* A card that is laid down goes on with the matter, in the colours that were chosen. */
static void
test_card_is_lost_below (void)
{
  g_autoptr (World) world = world_new ();

  world_choose (world, "start");
  world_choose (world, "cert.pension");
  assert_page (world, "card");
  open_look (world);
  world_choose (world, "low-glare");
  world_place (world, WANG_NAME, WANG_ID);
  assert_page (world, "confirm");
  assert_look (world, 200, "low-glare");
}

/* 待机 cannot be covered: there a press more is the usual letters again. */
static void
test_idle_page_is_covered (void)
{
  g_autoptr (World) world = world_new ();

  assert_page (world, "idle");
  for (guint i = 0; i < 4; i++)
    world_do (world, "bigger");
  assert_page (world, "idle");
  assert_look (world, 100, "medium");
}

static guint
count_names (World *world)
{
  return (guint) json_array_size (json_object_get (world_page (world), "names"));
}

/* A face cannot know what a name is: the page says it, and only the page that says the name. */
static void
test_name_is_torn (void)
{
  g_autoptr (World) world = world_new ();

  world_choose (world, "start");
  world_choose (world, "cert.pension");
  g_assert_cmpuint (count_names (world), ==, 0);
  world_place (world, WANG_NAME, WANG_ID);
  assert_page (world, "confirm");
  g_assert_cmpuint (count_names (world), ==, 1);
  g_assert_nonnull (
    strstr (json_string_value (json_object_get (world_page (world), "question")),
            json_string_value (json_array_get (json_object_get (world_page (world), "names"), 0))));
  world_choose (world, "no");
  g_assert_cmpuint (count_names (world), ==, 0);
}

int
main (int argc, char *argv[])
{
  world_set_up_locale ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/look/no-way-to-other-colours", test_no_way_to_other_colours);
  g_test_add_func ("/look/no-way-back-to-usual-letters", test_no_way_back_to_usual_letters);
  g_test_add_func ("/look/next-person-sees-the-last-ones-colours",
                   test_next_person_sees_the_last_ones_colours);
  g_test_add_func ("/look/name-is-torn", test_name_is_torn);
  g_test_add_func ("/look/card-is-lost-below", test_card_is_lost_below);
  g_test_add_func ("/look/idle-page-is-covered", test_idle_page_is_covered);
  return g_test_run ();
}
