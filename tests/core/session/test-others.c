/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-test-session"

#include "tests/core/session/world.h"

#include <string.h>

/* 申请补贴、办别的: what has no tile of its own is found behind the last one, three presses from the first page at most. */

static gsize
count_choices (World *world)
{
  return json_array_size (json_object_get (world_page (world), "choices"));
}

static const char *
get_choice (World *world, gsize index, const char *key)
{
  json_t *choices = json_object_get (world_page (world), "choices");

  return json_string_value (json_object_get (json_array_get (choices, index), key));
}

/* One more file, as a shipped one is. @rank: below 0: it says none. */
static void
add_service (World *world, const char *id, const char *group, gint rank)
{
  json_t *service = json_deep_copy (bm_catalogue_find (world->catalogue, "cert.elder80"));
  json_t *home = json_object ();
  g_autofree char *text = NULL;

  if (group != NULL)
    json_object_set_new (home, "group", json_string (group));
  if (rank >= 0)
    json_object_set_new (home, "rank", json_integer (rank));
  json_object_set_new (service, "id", json_string (id));
  json_object_set_new (service, "home", home);
  text = json_dumps (service, 0);
  json_decref (service);
  bm_catalogue_add_text (world->catalogue, id, text, strlen (text));
  g_assert_cmpuint (bm_catalogue_get_faults (world->catalogue)->len, ==, 0);
}

/* Only the reviews, however many files are shipped. */
static World *
new_world_of_two (void)
{
  World *world = world_new ();

  for (guint i = 0; i < bm_catalogue_get_count (world->catalogue); i++)
    {
      json_t *service = bm_catalogue_get (world->catalogue, i);

      if (!g_str_has_prefix (json_string_value (json_object_get (service, "id")), "cert."))
        json_object_del (json_object_get (service, "home"), "group");
    }
  return world;
}

static void
open_others (World *world)
{
  world_choose (world, "start");
  assert_page (world, "home");
  world_choose (world, "others");
  assert_page (world, "others");
}

static void
test_few (void)
{
  g_autoptr (World) world = new_world_of_two ();

  open_others (world);
  g_assert_cmpstr (get_choice (world, 0, "id"), ==, "cert.elder80");
  g_assert_cmpstr (get_choice (world, 1, "id"), ==, "cert.disabled");
  g_assert_true (world_says (world, "申请补贴、办别的"));
  world_choose (world, "cert.elder80");
  assert_page (world, "card");
  world_do (world, "back");
  assert_page (world, "others");
  world_do (world, "back");
  assert_page (world, "home");
  world_choose (world, "cert.pension");
  world_do (world, "back");
  assert_page (world, "home");
}

/* On 首页 the tile is the fourth, after the three that have names. */
static void
test_tile (void)
{
  g_autoptr (World) world = world_new ();

  world_choose (world, "start");
  g_assert_cmpuint (count_choices (world), ==, 4);
  g_assert_cmpstr (get_choice (world, 3, "id"), ==, "others");
  g_assert_cmpstr (get_choice (world, 3, "label"), ==, "申请补贴、\n办别的");
}

/* A file of a station's own that takes the fourth place keeps it, and nothing becomes unreachable. */
static void
test_fourth_tile_taken (void)
{
  g_autoptr (World) world = world_new_with (g_getenv ("BIANMIN_EXTRA"));

  world_choose (world, "start");
  g_assert_cmpuint (count_choices (world), ==, 5);
  g_assert_cmpstr (get_choice (world, 3, "id"), ==, "demo.extra");
  world_find_matter (world, "cert.disabled");
  assert_page (world, "card");
  world_do (world, "back");
  g_assert_false (world_offers (world, "demo.extra"));
}

/* Whatever is shipped is found with three presses at most. */
static void
test_shipped (void)
{
  g_autoptr (World) world = world_new ();
  guint n = 0;

  world_choose (world, "start");
  for (guint i = 0; i < bm_catalogue_get_count (world->catalogue); i++)
    {
      json_t *service = bm_catalogue_get (world->catalogue, i);

      if (json_object_get (json_object_get (service, "home"), "group") == NULL)
        continue;
      world_find_matter (world, json_string_value (json_object_get (service, "id")));
      assert_page (world, "card");
      while (strcmp (world_page_id (world), "home") != 0)
        world_do (world, "back");
      n++;
    }
  g_assert_cmpuint (n, >=, 5);
}

static void
test_nothing_behind (void)
{
  g_autoptr (World) world = world_new ();

  for (guint i = 0; i < bm_catalogue_get_count (world->catalogue); i++)
    {
      json_t *home = json_object_get (bm_catalogue_get (world->catalogue, i), "home");

      json_object_del (home, "group");
    }
  world_choose (world, "start");
  g_assert_cmpuint (count_choices (world), ==, 3);
  g_assert_false (world_offers (world, "others"));
}

static void
test_order (void)
{
  g_autoptr (World) world = new_world_of_two ();
  static const char *const expected[] = { "x.first", "x.tie", "cert.elder80", "cert.disabled",
                                          "x.last" };

  add_service (world, "x.last", "other", -1);
  add_service (world, "x.first", "village", 0);
  add_service (world, "x.tie", "allowance", 0);
  add_service (world, "x.nowhere", NULL, -1);
  open_others (world);
  g_assert_cmpuint (count_choices (world), ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmpstr (get_choice (world, i, "id"), ==, expected[i]);
}

static void
test_many (void)
{
  g_autoptr (World) world = new_world_of_two ();

  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *id = g_strdup_printf ("x.%u", i);

      add_service (world, id, i < 3 ? "medical" : "farm", (gint) i);
    }
  open_others (world);
  g_assert_cmpuint (count_choices (world), ==, 6); /* all of them are on one page */
  add_service (world, "x.seventh", "medical", 50);
  world_do (world, "back");
  world_choose (world, "others");
  g_assert_cmpuint (count_choices (world), ==, 3);
  g_assert_cmpstr (get_choice (world, 0, "id"), ==, "group:allowance");
  g_assert_cmpstr (get_choice (world, 1, "id"), ==, "group:farm");
  g_assert_cmpstr (get_choice (world, 2, "label"), ==, "看病、医保");
  world_choose (world, "group:medical");
  assert_page (world, "others");
  g_assert_cmpuint (count_choices (world), ==, 4);
  g_assert_true (world_says (world, "看病、医保"));
  g_assert_false (world_offers (world, "cert.elder80"));
  world_choose (world, "x.seventh");
  assert_page (world, "card");
  world_do (world, "back"); /* to where it was chosen, and out step by step */
  g_assert_true (world_offers (world, "x.seventh"));
  world_do (world, "back");
  g_assert_true (world_offers (world, "group:medical"));
  world_do (world, "back");
  assert_page (world, "home");
  world_choose (world, "others"); /* from the beginning again */
  g_assert_true (world_offers (world, "group:medical"));
}

/* Many of one kind: a question with one answer is none. */
static void
test_one_group (void)
{
  g_autoptr (World) world = new_world_of_two ();

  for (guint i = 0; i < 6; i++)
    {
      g_autofree char *id = g_strdup_printf ("x.%u", i);

      add_service (world, id, "allowance", 30);
    }
  open_others (world);
  g_assert_cmpuint (count_choices (world), ==, 8);
  g_assert_true (world_offers (world, "x.5"));
}

static void
test_not_today (void)
{
  g_autoptr (World) world = new_world_of_two ();
  json_t *intent =
    json_pack ("{s:s, s:s}", "do", "choose", "choice", "cert.elder80"); /* a late finger */

  open_others (world);
  world_send (world, (BmEvent){ .type = BM_EVENT_MEANS, .flag = FALSE, .number = 1 });
  assert_page (world, "others");
  g_assert_cmpstr (get_choice (world, 0, "state"), ==, "off");
  g_assert_cmpstr (get_choice (world, 0, "why"), ==, "机器现在记不下，办不了");
  g_assert_true (world_says (world, "还有别的办法"));
  world_send (world, (BmEvent){ .type = BM_EVENT_INTENT, .json = intent });
  assert_page (world, "others");
  world_send (world, (BmEvent){ .type = BM_EVENT_MEANS, .flag = TRUE, .number = 1 });
  world_choose (world, "cert.elder80");
  assert_page (world, "card");
  json_decref (intent);
}

/* Who lays down the card while looking stays there, and is not asked for it again. */
static void
test_card_while_looking (void)
{
  g_autoptr (World) world = new_world_of_two ();

  open_others (world);
  world_place (world, WANG_NAME, WANG_ID);
  assert_page (world, "others");
  world_choose (world, "cert.elder80");
  assert_page (world, "confirm");
  world_do (world, "back");
  assert_page (world, "others");
}

static void
assert_fault (json_t *home, const char *part)
{
  g_autoptr (World) world = world_new ();
  json_t *service = json_deep_copy (bm_catalogue_find (world->catalogue, "cert.elder80"));
  g_autofree char *text = NULL;
  BmCatalogueFault *fault;

  json_object_set_new (service, "id", json_string ("x.two"));
  json_object_set_new (service, "home", home);
  text = json_dumps (service, 0);
  bm_catalogue_add_text (world->catalogue, "x.json", text, strlen (text));
  g_assert_cmpuint (bm_catalogue_get_faults (world->catalogue)->len, ==, 1);
  fault = g_ptr_array_index (bm_catalogue_get_faults (world->catalogue), 0);
  g_test_message ("%s", fault->message);
  g_assert_nonnull (strstr (fault->message, part));
  json_decref (service);
}

static void
test_two_places (void)
{
  assert_fault (json_pack ("{s:i, s:s}", "slot", 4, "group", "other"), "/home/group");
  assert_fault (json_pack ("{s:i}", "rank", 4), "/home/rank");
  assert_fault (json_pack ("{s:s}", "group", "anything"), "/home/group");
}

int
main (int argc, char **argv)
{
  world_set_up_locale ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/others/few-are-shown-at-once", test_few);
  g_test_add_func ("/others/what-is-shipped-is-found", test_shipped);
  g_test_add_func ("/others/the-fourth-tile", test_tile);
  g_test_add_func ("/others/the-fourth-tile-is-taken", test_fourth_tile_taken);
  g_test_add_func ("/others/nothing-behind-it", test_nothing_behind);
  g_test_add_func ("/others/by-rank-and-nothing-that-is-not-offered", test_order);
  g_test_add_func ("/others/many-by-group", test_many);
  g_test_add_func ("/others/many-of-one-group", test_one_group);
  g_test_add_func ("/others/cannot-be-done-today", test_not_today);
  g_test_add_func ("/others/card-while-looking", test_card_while_looking);
  g_test_add_func ("/others/two-places", test_two_places);
  return g_test_run ();
}
