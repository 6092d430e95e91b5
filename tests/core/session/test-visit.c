/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/core/session/world.h"

/* 上门认证: an order, and whose card lies there (session-visit.c). */

#define ORDER     "9901211012010101000000070"
#define CHEN_NAME "陈有根"
#define CHEN_ID   "990121195501180097"

static void
begin (World *world, const char *service)
{
  json_t *order = json_pack ("{s:i, s:s, s:s}", "contact", 6, "number", ORDER, "service", service);

  world_send (world, (BmEvent){ .type = BM_EVENT_VISIT, .json = order });
  json_decref (order);
}

static void
bring_order (World *world)
{
  json_array_append_new (world->cases, world_case (ORDER, "req.homevisit", "noted", NULL));
}

static void
certify (World *world)
{
  world_choose (world, "agree");
  assert_page (world, "witness");
  world_send (world, (BmEvent){ .type = BM_EVENT_WITNESS, .text = "HT02", .flag = TRUE });
  assert_page (world, "done");
}

static json_t *
find_evidence (World *world)
{
  json_t *list = json_object_get (world->draft->payload, "evidence");
  json_t *item;
  gsize i;

  json_array_foreach (list, i, item)
  {
    if (g_str_equal (json_string_value (json_object_get (item, "class")), "visit"))
      return item;
  }
  return NULL;
}

static const char *
get_mode (World *world)
{
  return json_string_value (json_object_get (world->draft->payload, "mode"));
}

static void
test_certified (void)
{
  g_autoptr (World) world = world_new ();

  bring_order (world);
  begin (world, "cert.pension");
  assert_page (world, "card");
  world_place (world, WANG_NAME, WANG_ID);
  world_choose (world, "yes");
  certify (world);
  g_assert_cmpstr (get_mode (world), ==, "visit");
  g_assert_cmpstr (json_string_value (json_object_get (find_evidence (world), "order")), ==, ORDER);
  g_assert_cmpint (json_integer_value (json_object_get (world->draft->visited, "contact")), ==, 6);
  g_assert_cmpstr (json_string_value (json_object_get (world->draft->slip, "way")), ==,
                   "身份证+工作人员上门看过");
  world_do (world, "next");
  world_choose (world, "another"); /* what follows is no visit */
  world_choose (world, "cert.pension");
  g_assert_false (world_offers (world, "alone"));
}

/* Another one's card is no card for it: the right one, or no visit at all. */
static void
test_other (void)
{
  g_autoptr (World) world = world_new ();

  begin (world, "cert.pension");
  world_place (world, CHEN_NAME, CHEN_ID);
  world_choose (world, "yes");
  assert_page (world, "visit-other");
  g_assert_false (world_says (world, "桂英"));
  world_choose (world, "again");
  assert_page (world, "card");
  world_take (world);
  bring_order (world);
  world_place (world, WANG_NAME, WANG_ID);
  world_choose (world, "yes");
  certify (world);
  g_assert_cmpstr (get_mode (world), ==, "visit");
}

static void
test_alone (void)
{
  g_autoptr (World) world = world_new ();

  begin (world, "cert.pension");
  world_place (world, CHEN_NAME, CHEN_ID);
  world_choose (world, "yes");
  world_choose (world, "alone");
  certify (world);
  g_assert_cmpstr (get_mode (world), ==, "assisted"); /* by whoever saw them */
  g_assert_null (find_evidence (world));
  g_assert_null (world->draft->visited);
}

/* A wrong card that was put down and refused by 不是 does not end the visit. */
static void
test_not_me (void)
{
  g_autoptr (World) world = world_new ();

  bring_order (world);
  begin (world, "cert.pension");
  world_place (world, CHEN_NAME, CHEN_ID);
  world_choose (world, "no");
  world_take (world);
  world_place (world, WANG_NAME, WANG_ID);
  world_choose (world, "yes");
  certify (world);
  g_assert_nonnull (find_evidence (world));
}

/* Left for the first page, the visit is over: what is chosen there is none. */
static void
test_left (void)
{
  g_autoptr (World) world = world_new ();

  bring_order (world);
  begin (world, "cert.pension");
  world_do (world, "back");
  assert_page (world, "home");
  world_choose (world, "cert.pension");
  world_place (world, WANG_NAME, WANG_ID);
  world_choose (world, "yes");
  certify (world);
  g_assert_null (find_evidence (world));
  g_assert_null (world->draft->visited);
}

/* Somebody is there, or nobody has to be seen for it: nothing begins. */
static void
test_not_begun (void)
{
  g_autoptr (World) world = world_new ();

  begin (world, "req.appeal");
  assert_page (world, "idle");
  begin (world, "no.such");
  assert_page (world, "idle");
  world_identify (world, WANG_NAME, WANG_ID);
  begin (world, "cert.elder80");
  assert_page (world, "notice");
}

int
main (int argc, char **argv)
{
  world_set_up_locale ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/visit/certified", test_certified);
  g_test_add_func ("/visit/other-card", test_other);
  g_test_add_func ("/visit/without-it", test_alone);
  g_test_add_func ("/visit/not-me", test_not_me);
  g_test_add_func ("/visit/left", test_left);
  g_test_add_func ("/visit/not-begun", test_not_begun);
  return g_test_run ();
}
