/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-test-session"

#include "tests/core/session/world.h"

#include <string.h>

/* What cannot be done just now stands on the first page with its reason, and can be done again as soon as it can. */

static json_t *
find_choice (World *world, const char *id)
{
  json_t *choices = json_object_get (world_page (world), "choices");

  for (gsize i = 0; i < json_array_size (choices); i++)
    if (strcmp (json_string_value (json_object_get (json_array_get (choices, i), "id")), id) == 0)
      return json_array_get (choices, i);
  g_assert_not_reached ();
}

static const char *
get_text (World *world, const char *id, const char *key)
{
  return json_string_value (json_object_get (find_choice (world, id), key));
}

static void
set_means (World *world, gboolean can_note, gboolean has_records)
{
  world_send (world,
              (BmEvent){ .type = BM_EVENT_MEANS, .flag = can_note, .number = has_records ? 1 : 0 });
}

static void
press (World *world, const char *choice)
{
  json_t *intent = json_pack ("{s:s, s:s}", "do", "choose", "choice", choice);

  world_send (world, (BmEvent){ .type = BM_EVENT_INTENT, .json = intent });
  json_decref (intent);
}

static void
test_nothing_can_be_noted (void)
{
  g_autoptr (World) world = world_new ();

  world_choose (world, "start");
  g_assert_null (get_text (world, "cert.pension", "state"));
  set_means (world, FALSE, TRUE);
  assert_page (world, "home");
  g_assert_cmpstr (get_text (world, "cert.pension", "state"), ==, "off");
  g_assert_cmpstr (get_text (world, "cert.pension", "why"), ==, "机器现在记不下，办不了");
  g_assert_cmpstr (get_text (world, "query.pension", "state"), ==, "off");
  g_assert_cmpstr (get_text (world, "req.appeal", "state"), ==, "off");
  g_assert_true (world_says (world, "叫人帮忙"));
  press (world, "cert.pension"); /* whoever pressed it in the same moment */
  assert_page (world, "home");
  set_means (world, TRUE, TRUE);
  g_assert_null (get_text (world, "cert.pension", "state"));
  g_assert_null (get_text (world, "cert.pension", "why"));
  world_choose (world, "cert.pension");
  assert_page (world, "card");
}

/* What was begun is not torn away: it may still be noted, or says at its end that it was not. */
static void
test_amid_a_matter (void)
{
  g_autoptr (World) world = world_new ();

  world_choose (world, "start");
  world_choose (world, "cert.pension");
  set_means (world, FALSE, FALSE);
  assert_page (world, "card");
}

/* A question that cannot be answered here can still be noted: the tile says so before anybody shows a card. */
static void
test_no_records (void)
{
  g_autoptr (World) world = world_new ();

  world_choose (world, "start");
  g_assert_null (get_text (world, "query.pension", "note"));
  set_means (world, TRUE, FALSE);
  g_assert_null (get_text (world, "query.pension", "state"));
  g_assert_cmpstr (get_text (world, "query.pension", "note"), ==, "今天看不了，可以先登记");
  g_assert_null (get_text (world, "cert.pension", "note"));
  world_choose (world, "query.pension");
  assert_page (world, "card");
  world_do (world, "back");
  set_means (world, TRUE, TRUE);
  g_assert_null (get_text (world, "query.pension", "note"));
}

static void
keep_role (World *world, const char *role)
{
  json_t *staff = json_array ();
  json_t *all = world->setup.staff;

  for (gsize i = 0; i < json_array_size (all); i++)
    if (g_strcmp0 (json_string_value (json_object_get (json_array_get (all, i), "role")), role) ==
        0)
      json_array_append (staff, json_array_get (all, i));
  world->setup.staff = staff;
  json_decref (all);
}

static void
test_nobody_witnesses (void)
{
  g_autoptr (World) world = world_new ();

  keep_role (world, "maintenance");
  world_choose (world, "start");
  g_assert_cmpstr (get_text (world, "cert.pension", "state"), ==, "off");
  g_assert_cmpstr (get_text (world, "cert.pension", "why"), ==, "没有人能当面看，办不了");
  g_assert_null (get_text (world, "query.pension", "state"));
  g_assert_null (get_text (world, "req.appeal", "state"));
}

/* The reader is gone: the page of the card shows the other way, nothing is taken away. */
static void
test_a_device_is_no_condition (void)
{
  g_autoptr (World) world = world_new ();

  world_send (world, (BmEvent){ .type = BM_EVENT_READER_STATE, .number = BM_READER_SLOT_ID });
  world_choose (world, "start");
  g_assert_null (get_text (world, "cert.pension", "state"));
  world_choose (world, "cert.pension");
  assert_page (world, "card");
  g_assert_true (world_offers (world, "help"));
}

int
main (int argc, char **argv)
{
  world_set_up_locale ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/able/nothing-can-be-noted", test_nothing_can_be_noted);
  g_test_add_func ("/able/amid-a-matter", test_amid_a_matter);
  g_test_add_func ("/able/no-records", test_no_records);
  g_test_add_func ("/able/nobody-witnesses", test_nobody_witnesses);
  g_test_add_func ("/able/a-device-is-no-condition", test_a_device_is_no_condition);
  return g_test_run ();
}
