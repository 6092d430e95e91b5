/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/error.h"
#include "tests/core/session/world.h"

#include <string.h>

/* 社保卡: where a service's file takes it, and what stays closed to it. */

static void
set_slot (World *world, BmReaderSlot slot, gboolean is_usable)
{
  world_send (world, (BmEvent){ .type = BM_EVENT_READER_STATE, .number = slot, .flag = is_usable });
}

static void
push_in (World *world)
{
  g_autoptr (BmCard) card = bm_card_new_social (WANG_NAME, WANG_ID, "2036-01-01", NULL);

  world_send (world, (BmEvent){ .type = BM_EVENT_CARD_READ,
                                .number = BM_READER_SLOT_SOCIAL,
                                .card = card });
}

static void
fail (World *world, int code)
{
  world_send (world, (BmEvent){ .type = BM_EVENT_CARD_FAILED,
                                .number = BM_READER_SLOT_SOCIAL,
                                .code = code });
}

static void
draw (World *world)
{
  world_send (world, (BmEvent){ .type = BM_EVENT_CARD_REMOVED, .number = BM_READER_SLOT_SOCIAL });
}

static World *
begin (const char *service)
{
  World *world = world_new ();

  set_slot (world, BM_READER_SLOT_SOCIAL, TRUE);
  world_choose (world, "start");
  world_choose (world, service);
  return world;
}

static json_t *
find_evidence (World *world, const char *class)
{
  json_t *item;
  gsize i;

  json_array_foreach (json_object_get (world->draft->payload, "evidence"), i, item)
  {
    if (g_strcmp0 (json_string_value (json_object_get (item, "class")), class) == 0)
      return item;
  }
  return NULL;
}

static const char *
get_field (World *world, const char *id)
{
  return json_string_value (
    json_object_get (json_object_get (world->draft->payload, "fields"), id));
}

/* The whole way: every page and the record say which card it was. */
static void
test_certifies (void)
{
  g_autoptr (World) world = begin ("cert.pension");
  BmEffect *hall;

  assert_page (world, "card");
  g_assert_true (world_says (world, "用社保卡也行"));
  push_in (world);
  assert_page (world, "confirm");
  g_assert_true (world_says (world, "读到了，请把社保卡拿走"));
  g_assert_true (world_says (world, "78岁"));
  world_choose (world, "yes");
  assert_page (world, "notice");
  g_assert_true (world_says (world, "看您的社保卡"));
  world_choose (world, "detail"); /* only what this card has, and the driver reads */
  g_assert_true (world_says (world, "用到社保卡上的姓名、号码和有效期。"));
  g_assert_false (world_says (world, "住址"));
  world_choose (world, "agree");
  assert_page (world, "witness"); /* a card is no life */
  g_assert_true (world_says (world, "请把社保卡拿走"));
  hall = world_find (world, BM_EFFECT_WANT_WITNESS);
  g_assert_true (json_is_true (json_object_get (hall->json, "by_social_card")));
  draw (world);
  g_assert_false (world_says (world, "拿走"));
  g_assert_cmpuint (world->n_commits, ==, 0);
  world_send (world, (BmEvent){ .type = BM_EVENT_WITNESS, .text = "HT02", .flag = TRUE });
  assert_page (world, "done");
  g_assert_null (find_evidence (world, "card"));
  g_assert_cmpstr (json_string_value (
                     json_object_get (find_evidence (world, "social-card"), "kind")),
                   ==, "social");
  g_assert_cmpstr (get_field (world, "p.doc_type"), ==, "20");
  g_assert_cmpstr (get_field (world, "p.idno"), ==, WANG_ID);
  g_assert_cmpstr (get_field (world, "k.way"), ==, "社保卡+工作人员当面看过");
  g_assert_null (get_field (world, "p.addr"));
  g_autofree char *sheet = world_flat_text (world->draft->sheet);
  g_assert_nonnull (strstr (sheet, "社保卡只看了一下"));
  g_assert_null (strstr (sheet, "身份证只看"));
  g_assert_nonnull (strstr (sheet, "刷社保卡听结果"));
  g_assert_false (world_has_shown (world, "请把身份证拿走"));
}

/* Left in the slot at the end: called out by its name. */
static void
test_left_behind (void)
{
  g_autoptr (World) world = begin ("cert.pension");

  push_in (world);
  world_do (world, "end");
  g_assert_true (world_says (world, "请把社保卡拿走"));
  draw (world);
  g_assert_false (world_says (world, "请把社保卡拿走"));
}

/* Amounts are for the ID card: the other one is refused by name, before and on that page, and the ID card goes on. */
static void
test_opens_no_amounts (void)
{
  g_autoptr (World) world = begin ("query.pension");

  g_assert_false (world_says (world, "社保卡"));
  push_in (world);
  assert_page (world, "card");
  g_assert_true (world_says (world, "这件事要用身份证"));
  g_assert_cmpuint (world_count (world, BM_EFFECT_IDENTIFY), ==, 0);
  draw (world);
  g_assert_true (world_says (world, "把身份证平放在亮灯的地方"));
  world_choose (world, "no-card");
  g_assert_false (world_offers (world, "social-card"));
  push_in (world);
  assert_page (world, "card");
  g_assert_true (world_says (world, "这件事要用身份证"));
  world_place (world, WANG_NAME, WANG_ID);
  assert_page (world, "confirm");
  g_assert_true (world_says (world, "请把身份证拿走"));
}

/* Read on the first page, it is forgotten where the matter does not take it. */
static void
test_before_the_matter (void)
{
  g_autoptr (World) world = world_new ();

  set_slot (world, BM_READER_SLOT_SOCIAL, TRUE);
  push_in (world);
  assert_page (world, "home");
  world_choose (world, "query.pension");
  assert_page (world, "card");
  g_assert_true (world_says (world, "这件事要用身份证"));
  g_assert_false (world_says (world, WANG_NAME));
}

/* What was answered to another matter waits for the card that opens it. */
static void
test_tells_no_other_matter (void)
{
  g_autoptr (World) world = begin ("cert.pension");

  json_array_append_new (world->cases, world_case ("9901211012010101000000070", "req.appeal",
                                                   "done", "APPEAL_OK"));
  push_in (world);
  world_choose (world, "yes");
  assert_page (world, "notice");
  world_choose (world, "stop");
  world_tick (world, 20);
  world_choose (world, "start");
  world_choose (world, "cert.pension");
  world_place (world, WANG_NAME, WANG_ID);
  world_choose (world, "yes");
  g_assert_cmpstr (world_page_id (world), !=, "notice");
}

static void
test_own_choice (void)
{
  g_autoptr (World) world = begin ("cert.pension");

  world_choose (world, "no-card");
  g_assert_true (world_offers (world, "social-card"));
  world_choose (world, "social-card");
  assert_page (world, "card");
  g_assert_true (world_says (world, "把社保卡插进卡口"));
  set_slot (world, BM_READER_SLOT_SOCIAL, FALSE);
  g_assert_true (world_says (world, "把身份证平放在亮灯的地方"));
}

/* With the other reader gone the slot is the way; with both gone there is none but people. */
static void
test_one_reader_left (void)
{
  g_autoptr (World) world = begin ("cert.pension");

  set_slot (world, BM_READER_SLOT_ID, FALSE);
  g_assert_true (world_says (world, "把社保卡插进卡口"));
  g_assert_false (world_offers (world, "help"));
  set_slot (world, BM_READER_SLOT_SOCIAL, FALSE);
  g_assert_true (world_says (world, "读卡的地方现在用不了"));
  g_assert_true (world_offers (world, "help"));
}

static void
test_troubles (void)
{
  static const struct
  {
    int code;
    const char *text;
    gboolean is_hard;
  } troubles[] = {
    { BM_ERROR_NOT_FOUND, "这张卡不是社保卡", FALSE },
    { BM_ERROR_INVALID, "请拔出来再插一次", FALSE },
    { BM_ERROR_UNSUPPORTED, "这台机器认不出来", TRUE },
    { BM_ERROR_UNREACHABLE, "社保卡现在读不了", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (troubles); i++)
    {
      g_autoptr (World) world = begin ("cert.pension");

      fail (world, troubles[i].code);
      assert_page (world, "card");
      g_assert_true (world_says (world, troubles[i].text));
      g_assert_cmpint (world_offers (world, "help"), ==, troubles[i].is_hard);
      draw (world);
      g_assert_false (world_says (world, troubles[i].text));
    }
}

/* Both cards: what is said of one lying there does not end with the other. */
static void
test_two_cards (void)
{
  g_autoptr (World) world = begin ("cert.pension");

  push_in (world);
  world_place (world, WANG_NAME, WANG_ID);
  assert_page (world, "confirm");
  draw (world);
  world_choose (world, "yes");
  world_choose (world, "agree");
  g_assert_true (world_says (world, "请把身份证拿走"));
  world_take (world);
  g_assert_false (world_says (world, "拿走"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  world_set_up_locale ();
  g_test_add_func ("/session/social/certifies", test_certifies);
  g_test_add_func ("/session/social/left-behind", test_left_behind);
  g_test_add_func ("/session/social/opens-no-amounts", test_opens_no_amounts);
  g_test_add_func ("/session/social/before-the-matter", test_before_the_matter);
  g_test_add_func ("/session/social/tells-no-other-matter", test_tells_no_other_matter);
  g_test_add_func ("/session/social/own-choice", test_own_choice);
  g_test_add_func ("/session/social/one-reader-left", test_one_reader_left);
  g_test_add_func ("/session/social/troubles", test_troubles);
  g_test_add_func ("/session/social/two-cards", test_two_cards);
  return g_test_run ();
}
