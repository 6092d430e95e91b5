/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/people/address.h"
#include "tests/core/session/world.h"

#include <glib/gstdio.h>
#include <string.h>

/* A place is picked level by level, and nothing that is wrong with its table leaves anybody without a way. */

#define OWN      "990121101201"
#define TOWNSHIP "990121101"

static void
use_table (World *world, const char *text)
{
  gint file;

  g_free (world->divisions);
  file = g_file_open_tmp ("places-XXXXXX.json", &world->divisions, NULL);
  g_assert_cmpint (file, >=, 0);
  g_assert_true (g_close (file, NULL));
  g_assert_true (g_file_set_contents (world->divisions, text, -1, NULL));
}

static void
reach_place (World *world)
{
  world_choose (world, "start");
  world_choose (world, "demo.place");
  world_place (world, WANG_NAME, WANG_ID);
  world_choose (world, "yes");
  world_choose (world, "agree");
  assert_page (world, "place");
}

/* Every page on the way: at most six, and always the way to somebody. */
static void
check_choices (World *world)
{
  g_assert_cmpuint (json_array_size (json_object_get (world_page (world), "choices")), <=, 6);
  g_assert_true (world_offers (world, "none"));
}

static void
go (World *world, const char *choice)
{
  world_choose (world, choice);
  if (strcmp (world_page_id (world), "place") == 0)
    check_choices (world);
}

static const char *
payload_field (World *world, const char *id)
{
  return json_string_value (
    json_object_get (json_object_get (world->draft->payload, "fields"), id));
}

/* Two presses for nearly everybody; the name is heard before it is handed in, the code goes out. */
static void
test_own_village (void)
{
  g_autoptr (World) world = world_new_with (g_getenv ("BIANMIN_PLACE"));
  json_t *first;

  reach_place (world);
  check_choices (world);
  first = json_array_get (json_object_get (world_page (world), "choices"), 0);
  g_assert_cmpstr (json_string_value (json_object_get (first, "id")), ==, "at:" OWN);
  g_assert_cmpstr (json_string_value (json_object_get (first, "label")), ==, "就在本村");
  g_assert_true (world_says (world, "青溪镇，哪个村？"));
  world_do (world, "next"); /* nothing is chosen for anybody */
  g_assert_true (world_says (world, "您现在住在哪里？"));
  go (world, "at:" OWN);
  g_assert_true (world_says (world, "您现在住在哪里？"));
  world_do (world, "next");
  g_assert_true (world_says (world, "您的孩子住在哪里？"));
  check_choices (world);
  go (world, "skip");
  assert_page (world, "readback");
  g_assert_true (world_says (world, "演示省演示市演示县青溪镇禾田村"));
  world_choose (world, "right");
  g_assert_cmpstr (payload_field (world, "y.lives"), ==, OWN);
  g_assert_null (payload_field (world, "y.child"));
}

/* From the first page to another county and back again by the way one came. */
static void
test_up_and_down (void)
{
  g_autoptr (World) world = world_new_with (g_getenv ("BIANMIN_PLACE"));

  reach_place (world);
  g_assert_true (world_offers (world, "at:990121101202"));
  g_assert_false (world_offers (world, "at:990121101204"));
  go (world, "more");
  g_assert_true (world_offers (world, "at:990121101204"));
  g_assert_false (world_offers (world, "at:" OWN));
  world_do (world, "back");
  g_assert_true (world_offers (world, "at:" OWN));
  go (world, "up");
  g_assert_true (world_says (world, "演示县，哪个乡镇？"));
  g_assert_false (world_offers (world, "at:" TOWNSHIP)); /* where one came from */
  go (world, "up");
  g_assert_true (world_says (world, "演示市，哪个县？"));
  go (world, "up");
  g_assert_true (world_says (world, "演示省，哪个市？"));
  g_assert_false (world_offers (world, "up")); /* there is no other province */
  go (world, "at:9902");
  go (world, "at:990221");
  go (world, "at:990221101");
  g_assert_true (world_says (world, "演示二市演示北县北山镇，哪个村？"));
  world_do (world, "back");
  g_assert_true (world_offers (world, "at:990221101"));
  world_do (world, "back");
  world_do (world, "back");
  g_assert_true (world_offers (world, "at:9902"));
  world_do (world, "back");
  g_assert_true (world_offers (world, "at:990122"));
  world_do (world, "back");
  world_do (world, "back");
  g_assert_true (world_offers (world, "at:" OWN));
  world_do (world, "back");
  g_assert_cmpstr (world_page_id (world), !=, "place");
}

/* What was answered stands there when the page comes again, wherever the list is. */
static void
test_answer_is_kept (void)
{
  g_autoptr (World) world = world_new_with (g_getenv ("BIANMIN_PLACE"));

  reach_place (world);
  go (world, "up");
  go (world, "at:990121102");
  go (world, "at:990121102203");
  world_do (world, "next");
  g_assert_true (world_says (world, "您的孩子住在哪里？"));
  world_do (world, "back");
  g_assert_true (world_says (world, "您选的是：演示省演示市演示县大坪镇梨树沟村"));
  world_do (world, "next");
  world_choose (world, "skip");
  world_choose (world, "right");
  g_assert_cmpstr (payload_field (world, "y.lives"), ==, "990121102203");
}

/* The slip says it even when the table is gone, as after a restart; without a name it says the code. */
static void
test_slip_says_the_name (void)
{
  g_autoptr (World) world = world_new_with (g_getenv ("BIANMIN_PLACE"));
  json_t *places;

  reach_place (world);
  go (world, "at:990121101202");
  world_do (world, "next");
  go (world, "more");
  go (world, "at:990121101203");
  world_do (world, "next");
  world_choose (world, "right");
  places = json_object_get (world->draft->slip, "places");
  g_assert_cmpstr (json_string_value (json_object_get (places, "990121101202")), ==,
                   "演示省演示市演示县青溪镇北湾村");
  g_assert_null (json_object_get (places, "990121101203")); /* keep_local none */
  g_assert_cmpstr (payload_field (world, "y.child"), ==, "990121101203");
}

static void
check_helper_way (World *world)
{
  json_t *input;

  go (world, "none");
  assert_page (world, "place-code");
  g_assert_true (world_says (world, "已叫人"));
  input = json_object_get (world_page (world), "input");
  g_assert_cmpint (json_integer_value (json_object_get (input, "max")), ==, BM_DIVISION_CODE_LEN);
  world_type (world, "9901211012010"); /* longer than any code */
  assert_page (world, "place-code");
  world_type (world, "990121");
  assert_page (world, "place-code");
  world_do (world, "back");
  assert_page (world, "place");
  world_choose (world, "none");
}

/* What the table does not hold is typed by the staff, shown, and only then handed on. */
static void
test_not_there (void)
{
  static const char *const none[] = { "090121101201", "990000101201", "990121000201",
                                      "000000000000", "99012110120X" };
  g_autoptr (World) world = world_new_with (g_getenv ("BIANMIN_PLACE"));

  reach_place (world);
  check_helper_way (world);
  for (gsize i = 0; i < G_N_ELEMENTS (none); i++)
    {
      world_type (world, none[i]);
      assert_page (world, "place-code");
      g_assert_true (world_says (world, "没有这个编号"));
    }
  world_type (world, "990122000000");
  assert_page (world, "place");
  g_assert_true (world_says (world, "您选的是：演示省演示市演示东县"));
  world_choose (world, "none");
  world_type (world, "990121102299"); /* the table does not know it */
  g_assert_true (world_says (world, "您选的是：演示省演示市演示县大坪镇（编号990121102299）"));
  world_do (world, "next");
  world_choose (world, "skip");
  g_assert_true (world_says (world, "演示省演示市演示县大坪镇（编号990121102299）"));
  world_choose (world, "right");
  g_assert_cmpstr (payload_field (world, "y.lives"), ==, "990121102299");
}

/* No table at all, and one that is none: the own village, and somebody who comes. */
static void
test_no_table (void)
{
  static const char *const texts[] = {
    "", "{\"version\":1",
    "{\"version\":1,\"kind\":\"divisions\",\"source\":\"t\",\"divisions\":[{}]}",
    "{\"version\":1,\"kind\":\"divisions\",\"source\":\"t\",\"divisions\":["
    "{\"code\":\"9901211012010\",\"name\":\"长\"}]}"
  };

  for (gsize i = 0; i <= G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (World) world = world_new_with (g_getenv ("BIANMIN_PLACE"));

      use_table (world, i < G_N_ELEMENTS (texts) ? texts[i] : "");
      if (i == G_N_ELEMENTS (texts))
        g_assert_cmpint (g_unlink (world->divisions), ==, 0);
      reach_place (world);
      g_assert_true (world_says (world, "别的地方的名字，现在机器上没有。"));
      g_assert_false (world_offers (world, "up"));
      check_helper_way (world);
      world_type (world, "990122101201");
      g_assert_true (world_says (world, "您选的是：（编号990122101201）"));
      go (world, "at:" OWN);
      world_do (world, "next");
      world_choose (world, "skip");
      g_assert_true (world_says (world, "禾田村"));
      world_choose (world, "right");
      g_assert_cmpstr (payload_field (world, "y.lives"), ==, OWN);
      (void) g_unlink (world->divisions);
    }
}

/* A station whose own village is not in the table, as after a reform: it may be said, and others found. */
static void
test_own_is_unknown (void)
{
  g_autoptr (World) world = world_new_with (g_getenv ("BIANMIN_PLACE"));

  use_table (world, "{\"version\":1,\"kind\":\"divisions\",\"source\":\"t\",\"divisions\":["
                    "{\"code\":\"98\",\"name\":\"远省\"},{\"code\":\"9801\",\"name\":\"远市\"}]}");
  reach_place (world);
  g_assert_true (world_offers (world, "at:" OWN));
  go (world, "up");
  go (world, "at:98");
  go (world, "at:9801"); /* nothing lies below */
  g_assert_true (world_offers (world, "none"));
  world_do (world, "back");
  world_do (world, "back");
  world_do (world, "back");
  g_assert_true (world_offers (world, "at:" OWN));
  (void) g_unlink (world->divisions);
}

/* The table comes late: the first answer keeps its place, and one that comes after the end is let go. */
static void
test_table_comes_late (void)
{
  g_autoptr (World) world = world_new_with (g_getenv ("BIANMIN_PLACE"));

  world->is_slow = TRUE;
  reach_place (world);
  g_assert_cmpuint (world_count (world, BM_EFFECT_DIVISIONS), ==, 1);
  g_assert_true (world_says (world, "正在找附近的地方"));
  g_assert_true (world_offers (world, "at:" OWN) && world_offers (world, "none"));
  world_divisions (world);
  g_assert_true (world_offers (world, "at:990121101202"));
  world_do (world, "end");
  world_divisions (world); /* bm_session_assert() looks */
}

/* Names as long as a table may have them fit what a page may hold. */
static void
test_long_names (void)
{
  g_autoptr (World) world = world_new_with (g_getenv ("BIANMIN_PLACE"));
  g_autoptr (GString) long_name = g_string_new (NULL);
  g_autofree char *text = NULL;

  for (guint i = 0; i < 19; i++)
    g_string_append (long_name, "长");
  text = g_strdup_printf (
    "{\"version\":1,\"kind\":\"divisions\",\"source\":\"t\",\"divisions\":["
    "{\"code\":\"99\",\"name\":\"%1$s\"},{\"code\":\"9901\",\"name\":\"%1$s\"},"
    "{\"code\":\"990121\",\"name\":\"%1$s\"},{\"code\":\"990121101\",\"name\":\"%1$s\"},"
    "{\"code\":\"990121101202\",\"name\":\"%1$s尾\"}]}",
    long_name->str);
  use_table (world, text);
  reach_place (world);
  go (world, "at:990121101202");
  world_do (world, "next");
  world_choose (world, "skip");
  g_assert_true (world_says (world, "长尾"));
  (void) g_unlink (world->divisions);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  world_set_up_locale ();
  g_test_add_func ("/place/own-village", test_own_village);
  g_test_add_func ("/place/up-and-down", test_up_and_down);
  g_test_add_func ("/place/answer-is-kept", test_answer_is_kept);
  g_test_add_func ("/place/slip-says-the-name", test_slip_says_the_name);
  g_test_add_func ("/place/not-there", test_not_there);
  g_test_add_func ("/place/no-table", test_no_table);
  g_test_add_func ("/place/own-is-unknown", test_own_is_unknown);
  g_test_add_func ("/place/table-comes-late", test_table_comes_late);
  g_test_add_func ("/place/long-names", test_long_names);
  return g_test_run ();
}
