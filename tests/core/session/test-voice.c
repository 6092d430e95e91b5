/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-test-session"

#include "tests/core/session/appeal-steps.h"

#include <string.h>

/* How it is read: the session's own setting, and nothing private for the hall unasked. */

static gint64
get_setting (World *world, const char *name)
{
  return json_integer_value (
    json_object_get (json_object_get (world_page (world), "settings"), name));
}

static gboolean
offers_voice (World *world)
{
  return json_is_true (json_object_get (json_object_get (world_page (world), "frame"), "voice"));
}

static void
open_voice (World *world)
{
  g_assert_true (offers_voice (world));
  world_do (world, "voice");
  assert_page (world, "voice");
}

static void
test_seven_rates_ten_volumes (void)
{
  static const gint64 slow[] = { 75, 50 };
  static const gint64 fast[] = { 75, 100, 125, 150, 175, 200 };
  g_autoptr (World) world = world_new ();

  world_choose (world, "start");
  g_assert_cmpint (get_setting (world, "rate"), ==, 100);
  g_assert_cmpint (get_setting (world, "volume"), ==, 7);
  open_voice (world);
  for (guint i = 0; i < G_N_ELEMENTS (slow); i++)
    {
      world_choose (world, "slower");
      g_assert_cmpint (get_setting (world, "rate"), ==, slow[i]);
    }
  g_assert_false (world_offers (world, "slower"));
  for (guint i = 0; i < G_N_ELEMENTS (fast); i++)
    {
      world_choose (world, "faster");
      g_assert_cmpint (get_setting (world, "rate"), ==, fast[i]);
    }
  g_assert_false (world_offers (world, "faster"));
  world_choose (world, "normal");
  g_assert_cmpint (get_setting (world, "rate"), ==, 100);
  for (gint64 volume = 6; volume >= 1; volume--)
    {
      world_choose (world, "quieter");
      g_assert_cmpint (get_setting (world, "volume"), ==, volume);
    }
  g_assert_false (world_offers (world, "quieter"));
  for (gint64 volume = 2; volume <= 10; volume++)
    {
      world_choose (world, "louder");
      g_assert_cmpint (get_setting (world, "volume"), ==, volume);
    }
  g_assert_false (world_offers (world, "louder"));
  world_do (world, "next");
  assert_page (world, "home");
  g_assert_cmpint (get_setting (world, "volume"), ==, 10);
}

static void
test_next_person_hears_the_last_ones_voice (void)
{
  g_autoptr (World) world = world_new ();

  world_choose (world, "start");
  open_voice (world);
  world_choose (world, "faster");
  world_choose (world, "louder");
  world_do (world, "next");
  world_tick (world, 6 * 60 + 10);
  assert_page (world, "idle");
  g_assert_cmpint (get_setting (world, "rate"), ==, 100);
  g_assert_cmpint (get_setting (world, "volume"), ==, 7);
}

/* Over nobody and over a warning there is no voice page; over keys the face is told what it covers. */
static void
test_offered_where_it_harms (void)
{
  g_autoptr (World) world = world_new ();

  g_assert_false (offers_voice (world));
  world_do (world, "voice");
  assert_page (world, "idle");
  world_reach_witness (world);
  g_assert_true (offers_voice (world));
  world_choose (world, "staff-here");
  world_choose (world, "staff:ht02");
  assert_page (world, "witness-pin");
  open_voice (world);
  g_assert_cmpstr (json_string_value (json_object_get (world_page (world), "covers")), ==,
                   "witness-pin");
  world_do (world, "next");
  assert_page (world, "witness-pin");
  g_assert_null (json_object_get (world_page (world), "covers"));
}

static void
test_warning_over_the_voice_page (void)
{
  g_autoptr (World) world = world_new ();

  world_choose (world, "start");
  open_voice (world);
  world_tick (world, 5 * 60 + 1);
  assert_page (world, "idle-warning");
  g_assert_false (offers_voice (world));
  world_choose (world, "here");
  assert_page (world, "home");
}

/* What happens below is never hidden. */
static void
test_page_below_moves_on (void)
{
  g_autoptr (World) world = world_new ();

  world_choose (world, "start");
  world_choose (world, "cert.pension");
  assert_page (world, "card");
  open_voice (world);
  world_place (world, WANG_NAME, WANG_ID);
  assert_page (world, "confirm");
}

static void
test_dialect_is_offered_where_it_was_recorded (void)
{
  g_autoptr (World) world = world_new ();
  json_t *dialects = json_pack ("[{s:s, s:s}]", "id", "yue-demo", "name", "广东话");

  world_choose (world, "start");
  open_voice (world);
  g_assert_false (world_offers (world, "dialect"));
  world->setup.dialects = dialects;
  world_choose (world, "slower");
  g_assert_true (world_says (world, "说广东话"));
  world_choose (world, "dialect");
  g_assert_cmpstr (json_string_value (
                     json_object_get (json_object_get (world_page (world), "settings"), "dialect")),
                   ==, "yue-demo");
  g_assert_true (world_says (world, "说普通话"));
  world_choose (world, "dialect");
  g_assert_cmpstr (json_string_value (
                     json_object_get (json_object_get (world_page (world), "settings"), "dialect")),
                   ==, "cmn");
  world_do (world, "next");
  world->setup.dialects = NULL;
  json_decref (dialects);
}

static void
put_headphone (World *world, gboolean is_in)
{
  world_send (world, (BmEvent){ .type = BM_EVENT_HEADPHONE, .flag = is_in });
  g_assert_true (json_is_boolean (
    json_object_get (json_object_get (world_page (world), "settings"), "has_headphone")));
}

/* Nobody else hears what a headphone says; what was asked for with it in was not asked for the hall. */
static void
test_headphone_out_in_the_hall (void)
{
  g_autoptr (World) world = world_new ();

  put_headphone (world, TRUE);
  appeal_come_to_readback (world, "complain road yes elsewhere long answer");
  g_assert_true (json_is_true (json_object_get (world_page (world), "is_private")));
  g_assert_true (appeal_is_spoken (world, "投诉"));
  put_headphone (world, FALSE);
  g_assert_false (appeal_is_spoken (world, "投诉"));
  world_do (world, "read");
  g_assert_true (appeal_is_spoken (world, "投诉"));
  put_headphone (world, TRUE);
  world_do (world, "read");
  put_headphone (world, FALSE);
  g_assert_false (appeal_is_spoken (world, "投诉"));
}

/* Amounts that are said stop being said, and 念给我听 is asked again. */
static void
test_headphone_out_over_amounts (void)
{
  g_autoptr (World) world = world_new ();

  world->record = world_record ("paying", "2026-11-30");
  put_headphone (world, TRUE);
  world_choose (world, "start");
  world_choose (world, "query.pension");
  world_place (world, WANG_NAME, WANG_ID);
  world_choose (world, "yes");
  assert_page (world, "benefit");
  g_assert_false (appeal_is_spoken (world, "228")); /* covered is covered for both */
  world_choose (world, "show");
  world_choose (world, "aloud");
  assert_page (world, "aside");
  world_choose (world, "aloud");
  g_assert_true (appeal_is_spoken (world, "228"));
  put_headphone (world, FALSE);
  g_assert_false (appeal_is_spoken (world, "228"));
}

/* For arms that do not reach up: said aloud once, kept through the session, gone with it. */
static void
test_lowered_content_stays_for_the_next (void)
{
  g_autoptr (World) world = world_new ();
  json_t *settings;

  world_do (world, "lower"); /* 待机 does not offer it */
  assert_page (world, "idle");
  world_choose (world, "start");
  settings = json_object_get (world_page (world), "settings");
  g_assert_false (json_is_true (json_object_get (settings, "is_low")));
  world_do (world, "lower");
  assert_page (world, "home");
  settings = json_object_get (world_page (world), "settings");
  g_assert_true (json_is_true (json_object_get (settings, "is_low")));
  g_assert_true (world_says (world, "都放到下面来了。"));
  world_choose (world, "cert.pension");
  settings = json_object_get (world_page (world), "settings");
  g_assert_true (json_is_true (json_object_get (settings, "is_low")));
  world_do (world, "lower");
  settings = json_object_get (world_page (world), "settings");
  g_assert_true (json_is_true (json_object_get (settings, "is_low")));
  world_do (world, "back");
  assert_page (world, "home");
  g_assert_false (world_says (world, "都放到下面来了。"));
  world_tick (world, 6 * 60 + 10);
  assert_page (world, "idle");
  settings = json_object_get (world_page (world), "settings");
  g_assert_false (json_is_true (json_object_get (settings, "is_low")));
}

int
main (int argc, char *argv[])
{
  world_set_up_locale ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/lowered-content-stays-for-the-next",
                   test_lowered_content_stays_for_the_next);
  g_test_add_func ("/voice/seven-rates-ten-volumes", test_seven_rates_ten_volumes);
  g_test_add_func ("/voice/next-person-hears-the-last-ones-voice",
                   test_next_person_hears_the_last_ones_voice);
  g_test_add_func ("/voice/offered-where-it-harms", test_offered_where_it_harms);
  g_test_add_func ("/voice/warning-over-the-voice-page", test_warning_over_the_voice_page);
  g_test_add_func ("/voice/page-below-moves-on", test_page_below_moves_on);
  g_test_add_func ("/voice/dialect-is-offered-where-it-was-recorded",
                   test_dialect_is_offered_where_it_was_recorded);
  g_test_add_func ("/voice/headphone-out-in-the-hall", test_headphone_out_in_the_hall);
  g_test_add_func ("/voice/headphone-out-over-amounts", test_headphone_out_over_amounts);
  return g_test_run ();
}
