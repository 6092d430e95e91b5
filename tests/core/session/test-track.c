/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/core/session/world.h"

#include <string.h>

/* 我的事办到哪了 without a card: status and nothing else, and a scan opens nothing but this. */

#define QR     "HTTPS://DEMO.INVALID/T/9901211012010101000000070.RVHYZFIH"
#define NUMBER "9901211012010101000000070"

static BmEffect *
need (World *world, BmEffectType type)
{
  BmEffect *effect = world_find (world, type);

  if (effect == NULL)
    g_error ("no effect %d", type);
  return effect;
}

static void
find (World *world, const char *found, const char *state)
{
  json_decref (world->tracked);
  world->tracked =
    json_pack ("{s:s, s:s, s:s, s:I}", "found", found, "number",
               strcmp (found, "none") == 0 ? "" : NUMBER, "state", state, "wall_ms",
               (json_int_t) (strcmp (found, "here") == 0 ? G_GINT64_CONSTANT (1795223400000) : 0));
}

static void
open_track (World *world)
{
  world_choose (world, "start");
  world_choose (world, "cases");
  assert_page (world, "track");
}

static void
test_from_idle (void)
{
  g_autoptr (World) world = world_new ();

  find (world, "here", "noted");
  world_scan (world, QR);
  g_assert_cmpstr (need (world, BM_EFFECT_TRACK)->text, ==, QR);
  g_assert_true (need (world, BM_EFFECT_LEASE_READER)->flag);
  assert_page (world, "tracked");
  g_assert_true (world_says (world, "已登记，等联网"));
  g_assert_true (world_says (world, "7号"));
  g_assert_true (world_says (world, "11月21日"));
  g_assert_cmpint (json_integer_value (
                     json_object_get (json_object_get (world_page (world), "states"), "reached")),
                   ==, 1);
  /* Status only: neither whose it is nor what it is about. */
  g_assert_false (world_says (world, "养老金"));
  g_assert_cmpuint (world_count (world, BM_EFFECT_IDENTIFY), ==, 0);
  world_choose (world, "leave");
  assert_page (world, "closed");
  g_assert_false (world_says (world, "7号"));
  g_assert_false (world_says (world, "没办完的没有存"));
  world_tick (world, 10);
  assert_page (world, "idle");
  g_assert_nonnull (need (world, BM_EFFECT_ENDED));
}

static void
test_states (void)
{
  static const struct
  {
    const char *state;
    gint reached;
    const char *says;
  } table[] = { { "noted", 1, "已登记" },          { "sent", 2, "已送出" },
                { "handed", 2, "已转到办事单位" }, { "accepted", 2, "已受理" },
                { "conflict", 2, "要核对" },       { "not_done", 3, "没办成" },
                { "done", 3, "带身份证来听" } };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (World) world = world_new ();
      json_t *states;

      find (world, "central", table[i].state);
      world_scan (world, QR);
      states = json_object_get (world_page (world), "states");
      g_assert_true (world_says (world, table[i].says));
      g_assert_true (world_says (world, "上面说的"));
      g_assert_cmpint (json_integer_value (json_object_get (states, "reached")), ==,
                       table[i].reached);
      /* Another village's number is not said as one of ours. */
      g_assert_false (world_says (world, "7号"));
    }
}

static void
test_not_found (void)
{
  g_autoptr (World) world = world_new ();

  find (world, "none", "");
  world_scan (world, QR);
  g_assert_true (world_says (world, "没查到这张条子。号码对不对，再看一遍。"));
  world_choose (world, "again");
  assert_page (world, "track");
  find (world, "elsewhere", "");
  world_scan (world, QR);
  g_assert_true (world_says (world, "这张条子是别的站打的，要有网才能查。"));
  g_assert_false (world_says (world, "假"));
}

/* What is no slip is answered like an unknown one, and asks nobody. */
static void
test_strange_code (void)
{
  static const char *const texts[] = {
    "HTTPS://PAY.INVALID/X", "1234567890123", "A.B",
    "HTTPS://DEMO.INVALID/T/9901211012010101000000071.RVHYZFIH"
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (World) world = world_new ();

      world_scan (world, texts[i]);
      assert_page (world, "tracked");
      g_assert_true (world_says (world, "没查到这张条子"));
      g_assert_null (world_find (world, BM_EFFECT_TRACK));
    }
}

static void
test_slip_page (void)
{
  g_autoptr (World) world = world_new ();

  open_track (world);
  g_assert_true (need (world, BM_EFFECT_LEASE_READER)->flag); /* or no card would be looked for */
  world_choose (world, "slip");
  assert_page (world, "track-slip");
  find (world, "here", "sent");
  world_scan (world, QR);
  assert_page (world, "tracked");
  world_do (world, "back");
  assert_page (world, "track");
  world_do (world, "back");
  assert_page (world, "home");
  g_assert_false (need (world, BM_EFFECT_LEASE_READER)->flag);
}

static void
test_number (void)
{
  g_autoptr (World) world = world_new ();

  open_track (world);
  world_choose (world, "number");
  assert_page (world, "track-number");
  world_type (world, "9901211012010101000000071"); /* wrong check digit */
  assert_page (world, "track-number");
  g_assert_true (world_says (world, "再看一遍") || world_says (world, "再看"));
  world_type (world, "123456789"); /* neither the short nor the long one */
  assert_page (world, "track-number");
  world_type (world, "7X");
  assert_page (world, "track-number");
  g_assert_null (world_find (world, BM_EFFECT_TRACK));
  find (world, "here", "accepted");
  world_type (world, "7");
  g_assert_cmpstr (need (world, BM_EFFECT_TRACK)->text, ==, "7");
  assert_page (world, "tracked");
  world_choose (world, "again");
  world_choose (world, "number");
  g_assert_false (world_says (world, "不对")); /* the old problem is gone */
  world_type (world, NUMBER);
  g_assert_cmpstr (need (world, BM_EFFECT_TRACK)->text, ==, NUMBER);
}

/* Nothing comes back: said plainly, and a late answer moves nothing. */
static void
test_silence (void)
{
  g_autoptr (World) world = world_new ();
  json_t *late = json_pack ("{s:s, s:s, s:s}", "found", "here", "number", NUMBER, "state", "done");

  world_scan (world, QR);
  assert_page (world, "tracking");
  world_tick (world, 11);
  assert_page (world, "tracked");
  g_assert_true (world_says (world, "过一会儿再查"));
  world_send (world, (BmEvent){ .type = BM_EVENT_TRACKED, .json = late });
  g_assert_true (world_says (world, "过一会儿再查"));
  world_choose (world, "leave");
  world_tick (world, 10);
  world_send (world, (BmEvent){ .type = BM_EVENT_TRACKED, .json = late });
  assert_page (world, "idle");
  json_decref (late);
}

/* Everywhere else a scan is nothing: it moves no page and asks nobody. */
static void
test_scan_elsewhere (void)
{
  g_autoptr (World) world = world_new ();

  find (world, "here", "done");
  world_choose (world, "start");
  world_scan (world, QR);
  assert_page (world, "home");
  world_choose (world, "cert.pension");
  world_scan (world, QR);
  assert_page (world, "card");
  world_place (world, WANG_NAME, WANG_ID);
  world_scan (world, QR);
  assert_page (world, "confirm");
  world_choose (world, "yes");
  world_scan (world, QR);
  assert_page (world, "notice");
  world_choose (world, "agree");
  world_scan (world, QR);
  assert_page (world, "witness");
  world_send (world, (BmEvent){ .type = BM_EVENT_WITNESS, .text = "HT02", .flag = TRUE });
  world_scan (world, QR);
  assert_page (world, "done");
  world_do (world, "next");
  world_scan (world, QR);
  assert_page (world, "goodbye");
  world_do (world, "next");
  world_scan (world, QR);
  assert_page (world, "closed");
  g_assert_cmpuint (world_count (world, BM_EFFECT_TRACK), ==, 0);
}

/* A scan under the idle warning is a touch and no more. */
static void
test_scan_under_warning (void)
{
  g_autoptr (World) world = world_new ();

  open_track (world);
  world_tick (world, 301);
  assert_page (world, "idle-warning");
  world_scan (world, QR);
  g_assert_cmpuint (world_count (world, BM_EFFECT_TRACK), ==, 0);
}

/* The card on any of the pages opens everything, as if one had begun with it. */
static void
test_card_instead (void)
{
  g_autoptr (World) world = world_new ();

  json_array_append_new (world->cases, world_case (NUMBER, "cert.pension", "noted", NULL));
  find (world, "here", "noted");
  world_scan (world, QR);
  assert_page (world, "tracked");
  world_place (world, WANG_NAME, WANG_ID);
  assert_page (world, "confirm");
  g_assert_false (world_says (world, "7号"));
  world_choose (world, "yes");
  assert_page (world, "case");
}

static void
test_by_card (void)
{
  g_autoptr (World) world = world_new ();

  open_track (world);
  world_choose (world, "card");
  assert_page (world, "card");
  world_do (world, "back");
  assert_page (world, "track");
  world_choose (world, "card");
  world_place (world, WANG_NAME, WANG_ID);
  world_do (world, "back");
  assert_page (world, "track");
  g_assert_false (world_has_shown (world, "没办完的没有存"));
  world_place (world, WANG_NAME, WANG_ID);
  world_choose (world, "yes");
  assert_page (world, "cases");
}

int
main (int argc, char **argv)
{
  world_set_up_locale ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/track/from-idle", test_from_idle);
  g_test_add_func ("/track/states", test_states);
  g_test_add_func ("/track/not-found", test_not_found);
  g_test_add_func ("/track/strange-code", test_strange_code);
  g_test_add_func ("/track/slip-page", test_slip_page);
  g_test_add_func ("/track/number", test_number);
  g_test_add_func ("/track/silence", test_silence);
  g_test_add_func ("/track/scan-elsewhere-is-nothing", test_scan_elsewhere);
  g_test_add_func ("/track/scan-under-warning", test_scan_under_warning);
  g_test_add_func ("/track/card-instead", test_card_instead);
  g_test_add_func ("/track/by-card", test_by_card);
  return g_test_run ();
}
