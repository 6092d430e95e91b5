/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/session/written.h"
#include "tests/core/session/appeal-steps.h"
#include "tests/core/session/desk-fixture.h"

#include <string.h>

/* Words that a helper writes for the person: asked for here, written there, read back, sealed, gone. */

#define ROAD  "help road group days repair"
#define WORDS "村东头水管漏水，3组"

static void
come_to_writing (World *world)
{
  world->setup.has_desk = TRUE;
  appeal_come_to_readback (world, ROAD);
  world_choose (world, "write");
  assert_page (world, "writing");
}

static void
write_as (World *world, const char *staff, const char *text)
{
  world_send (world, (BmEvent){ .type = BM_EVENT_TEXT, .text = staff, .text2 = text });
}

static void
test_written (void)
{
  g_autoptr (World) world = world_new ();
  json_t *hall;

  come_to_writing (world);
  g_assert_true (world_says (world, "请您慢慢说，工作人员帮您写。"));
  hall = world_need (world, BM_EFFECT_WANT_WITNESS)->json;
  g_assert_cmpint (json_integer_value (json_object_get (json_object_get (hall, "text"), "max")), ==,
                   BM_WRITTEN_MAX);
  g_assert_true (world_need (world, BM_EFFECT_CALL_HELP)->flag);
  write_as (world, "HT02", WORDS);
  assert_page (world, "readback");
  g_assert_false (world_need (world, BM_EFFECT_WANT_WITNESS)->flag); /* the desk is not asked now */
  g_assert_true (world_says (world, "还说了") && world_says (world, WORDS));
  g_assert_true (appeal_is_spoken (world, WORDS));
  world_choose (world, "right");
  g_assert_cmpstr (appeal_field (world->draft, "q.more"), ==, WORDS);
  g_assert_cmpstr (json_string_value (json_object_get (world->draft->payload, "helper")), ==,
                   "HT02");
  /* It is in the sealed payload only. */
  g_assert_null (json_object_get (json_object_get (world->draft->slip, "fields"), "q.more"));
  g_assert_false (appeal_sheet_says (world->draft, "水管"));
}

/* With the largest letters a long fact would fit no part of a page; a number stays with what it counts. */
static void
test_in_pieces (void)
{
  g_autoptr (World) world = world_new ();
  json_t *facts;
  gsize n;

  come_to_writing (world);
  write_as (world, "HT02",
            "村东头井边的水管漏了一个多月，3组几家都用不成水，晚上滴得满路是冰，王秀兰摔过一");
  facts = json_object_get (world_page (world), "facts");
  n = json_array_size (facts);
#define VALUE(i) json_string_value (json_object_get (json_array_get (facts, (i)), "value"))
  g_assert_cmpstr (VALUE (n - 3), ==, "村东头井边的水管漏了一个多月，");
  g_assert_cmpstr (VALUE (n - 2), ==, "3组几家都用不成水，");
  g_assert_cmpstr (VALUE (n - 1), ==, "晚上滴得满路是冰，王秀兰摔过一");
#undef VALUE
}

/* The words go with the matter, so the desk need not ask once more. */
static void
test_not_asked_again (void)
{
  g_autoptr (World) without = world_new ();
  g_autoptr (World) world = world_new ();

  without->setup.has_desk = FALSE;
  appeal_come_to_readback (without, ROAD);
  g_assert_false (world_offers (without, "write")); /* no desk, nobody to write */
  world_choose (without, "right");
  g_assert_nonnull (world_find (without, BM_EFFECT_CONTACT));
  come_to_writing (world);
  write_as (world, "HT02", WORDS);
  world_choose (world, "right");
  g_assert_null (world_find (world, BM_EFFECT_CONTACT));
}

static void
test_never_logged (void)
{
  g_autoptr (World) world = world_new ();
  guint n_audits = 0;

  come_to_writing (world);
  write_as (world, "HT02", WORDS);
  for (guint i = 0; i < world->effects->len; i++)
    {
      BmEffect *effect = g_ptr_array_index (world->effects, i);
      g_autofree char *text = NULL;

      if (effect->type != BM_EFFECT_AUDIT)
        continue;
      text = world_flat_text (effect->json);
      g_assert_null (strstr (text, "水管"));
      n_audits += strstr (text, "written") != NULL;
    }
  g_assert_cmpuint (n_audits, ==, 1);
}

/* Only from the desk, only while this person waits, only what can be read aloud. */
static void
test_refused (void)
{
  static const char *const bad[] = {
    "", "a", "水管\n漏", "水\xff", "水 管", "水<b>", "水\u202e管"
  };
  g_autoptr (World) world = world_new ();
  g_autoptr (GString) longer = g_string_new (NULL);
  json_t *intent = json_pack ("{s:i, s:s, s:s}", "version", 1, "do", "text", "text", WORDS);

  for (guint i = 0; i <= BM_WRITTEN_MAX; i++)
    g_string_append (longer, "水");
  come_to_writing (world);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    write_as (world, "HT02", bad[i]);
  write_as (world, "HT02", longer->str);
  write_as (world, "", WORDS);
  write_as (world, NULL, WORDS);
  world_send (world, (BmEvent){ .type = BM_EVENT_INTENT, .json = intent }); /* nobody types here */
  json_decref (intent);
  assert_page (world, "writing");
  world_choose (world, "as-it-is");
  assert_page (world, "readback");
  write_as (world, "HT02", WORDS);
  g_assert_false (world_says (world, WORDS));
  g_string_truncate (longer, strlen ("水") * BM_WRITTEN_MAX);
  g_assert_true (bm_written_is_fit (longer->str));
}

static void
test_changed_and_dropped (void)
{
  g_autoptr (World) world = world_new ();
  json_t *hall;

  come_to_writing (world);
  write_as (world, "HT02", WORDS);
  world_choose (world, "write");
  hall = world_need (world, BM_EFFECT_WANT_WITNESS)->json;
  g_assert_cmpstr (json_string_value (json_object_get (json_object_get (hall, "text"), "value")),
                   ==, WORDS);
  write_as (world, "HT02", "水管");
  g_assert_false (world_says (world, WORDS));
  world_choose (world, "write");
  world_choose (world, "drop");
  world_choose (world, "right");
  g_assert_null (appeal_field (world->draft, "q.more"));
}

/* What the desk never sees is never offered to be written there. */
static void
test_hidden (void)
{
  g_autoptr (World) world = world_new ();

  world->setup.has_desk = TRUE;
  appeal_come_to_readback (world, "complain road yes group long answer");
  g_assert_false (world_offers (world, "write"));
}

static void
test_end_forgets (void)
{
  g_autoptr (World) world = world_new ();

  come_to_writing (world);
  world_do (world, "end");
  g_assert_false (world_need (world, BM_EFFECT_WANT_WITNESS)->flag);
  write_as (world, "HT02", WORDS);
  g_assert_false (world_has_shown (world, WORDS));
}

/* The desk */

static void
hall_asks (Desk *desk, const char *value)
{
  json_t *hall = desk_new_hall (desk);

  json_object_set_new (hall, "text",
                       json_pack ("{s:s, s:i, s:s}", "label", "还说了", "max", BM_WRITTEN_MAX,
                                  "value", value));
  desk_send (desk, (BmDeskEvent){ .type = BM_DESK_EVENT_HALL, .json = hall });
  json_decref (hall);
}

static void
desk_write (Desk *desk, const char *text)
{
  json_t *intent = json_pack ("{s:i, s:s, s:s}", "version", 1, "do", "text", "text", text);

  desk_send (desk, (BmDeskEvent){ .type = BM_DESK_EVENT_INTENT, .json = intent });
  json_decref (intent);
}

static void
test_desk_writes (void)
{
  g_autoptr (Desk) desk = desk_new ();
  BmDeskEffect *effect;

  desk_sign_in (desk);
  desk_write (desk, WORDS); /* nobody asked */
  g_assert_null (desk_find (desk, BM_DESK_EFFECT_WRITE));
  hall_asks (desk, "");
  g_assert_false (desk_offers (desk, "看见本人了"));
  desk_press (desk, "帮着写");
  g_assert_cmpstr (desk_page (desk), ==, "desk-text");
  g_assert_true (desk_says (desk, "王秀兰"));
  desk_write (desk, "water");
  g_assert_true (desk_says (desk, "只写汉字、数字和标点"));
  g_assert_null (desk_find (desk, BM_DESK_EFFECT_WRITE));
  desk_write (desk, WORDS);
  effect = desk_need (desk, BM_DESK_EFFECT_WRITE);
  g_assert_cmpstr (effect->text, ==, "HT02");
  g_assert_cmpstr (effect->text2, ==, WORDS);
  g_assert_cmpstr (desk_page (desk), ==, "desk-today");
}

/* Words for one person never reach the next. */
static void
test_desk_hall_changed (void)
{
  g_autoptr (Desk) desk = desk_new ();

  desk_sign_in (desk);
  hall_asks (desk, "水");
  desk_press (desk, "帮着写");
  g_assert_true (desk_says (desk, "水"));
  desk_hall (desk, FALSE);
  g_assert_cmpstr (desk_page (desk), ==, "desk-today");
  desk_write (desk, WORDS);
  g_assert_null (desk_find (desk, BM_DESK_EFFECT_WRITE));
  g_assert_false (desk_says (desk, "王秀兰"));
}

int
main (int argc, char **argv)
{
  world_set_up_locale ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/written/read-back-and-sealed", test_written);
  g_test_add_func ("/written/in-pieces-that-fit", test_in_pieces);
  g_test_add_func ("/written/not-asked-again", test_not_asked_again);
  g_test_add_func ("/written/by-whom-never-what", test_never_logged);
  g_test_add_func ("/written/only-the-desk-only-now", test_refused);
  g_test_add_func ("/written/changed-and-dropped", test_changed_and_dropped);
  g_test_add_func ("/written/never-of-what-the-desk-never-sees", test_hidden);
  g_test_add_func ("/written/the-end-forgets", test_end_forgets);
  g_test_add_func ("/written/desk-writes", test_desk_writes);
  g_test_add_func ("/written/the-hall-changed", test_desk_hall_changed);
  return g_test_run ();
}
