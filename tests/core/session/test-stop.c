/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-test-session"

#include "core/pack/pack.h"
#include "tests/core/session/world.h"

#include <string.h>

/* Whom a matter cannot be done for: said before anything is asked or handed in, with the day, and never on a guess.
 * The world's day is 2026-11-21. */

typedef struct
{
  const char *id_number;
  const char *page;
  const char *day; /* from which on, or NULL */
} Birthday;

static void
begin (World *world, const char *id_number)
{
  world_choose (world, "start");
  world_find_matter (world, "req.elder80");
  world_place (world, "罗桂香", id_number);
  world_choose (world, "yes");
}

static void
set_civil (World *world, const char *what, const char *state, const char *note)
{
  json_t *record;
  json_t *rows = json_array ();

  world->record = world_record ("paying", "2026-11-30");
  record = json_object_get (world->record, "record");
  json_array_append_new (rows, json_pack ("{s:s, s:s, s:i, s:s, s:s}", "ym", "2026-10", "what",
                                          what, "fen", 5000, "paid",
                                          strcmp (state, "paid") == 0 ? "2026-10-25" : "", "state",
                                          state));
  json_object_set_new (record, "civil",
                       json_pack ("{s:s, s:s, s:s, s:s, s:i, s:i, s:s, s:o}", "area", "990121",
                                  "status", "paying", "due", "", "tail", "0003", "year", 2026,
                                  "year_fen", 5000, "why", "", "months", rows));
  if (note != NULL)
    json_array_append_new (json_object_get (record, "notes"), json_string (note));
  g_assert_true (bm_pack_check_record (record, NULL));
}

static void
test_age (void)
{
  static const Birthday cases[] = {
    { "990121194712190602", "stop", "2027年11月19日" },
    { "990121194612220026", "stop", "2026年11月22日" }, /* one day too early */
    { "990121194612210020", "notice", NULL },           /* a month before 80 */
    { "990121194606060185", "notice", NULL },
    { "990121192502140173", "notice", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (World) world = world_new ();

      begin (world, cases[i].id_number);
      assert_page (world, cases[i].page);
      if (cases[i].day == NULL)
        continue;
      g_assert_true (world_says (world, cases[i].day));
      g_assert_true (world_says (world, "演示县民政局定"));
      g_assert_false (world_offers (world, "change"));
      world_do (world, "back");
      assert_page (world, "confirm");
      world_choose (world, "yes");
      world_choose (world, "leave");
      assert_page (world, "goodbye");
      g_assert_cmpuint (world->n_commits, ==, 0);
    }
}

/* Shown at midnight, the page still says what it said. */
static void
test_day_changes (void)
{
  g_autoptr (World) world = world_new ();

  begin (world, "990121194612220026");
  assert_page (world, "stop");
  bm_shift_clock_advance (world->clock, 16 * 60 * 60 * 1000);
  world_link (world, FALSE);
  world_link (world, TRUE);
  assert_page (world, "stop");
  g_assert_true (world_says (world, "2026年11月22日"));
}

static void
test_drawn (void)
{
  g_autoptr (World) world = world_new ();

  set_civil (world, "elder80", "paid", NULL);
  begin (world, "990121193907250068");
  assert_page (world, "stop");
  g_assert_true (world_says (world, "您已经在领了"));
  g_assert_false (world_says (world, "50.00"));
  world_choose (world, "look");
  assert_page (world, "benefit"); /* with the card that was read */
  g_assert_false (world_says (world, "50.00"));
  g_assert_cmpuint (world->n_commits, ==, 0);
}

/* What is no proof that it is drawn stops nobody. */
static void
test_not_drawn (void)
{
  static const struct
  {
    const char *what;
    const char *state;
    const char *note;
  } cases[] = {
    { "dibao", "paid", NULL },       { "elder80", "stopped", NULL }, { "elder80", "paid", "dup" },
    { "elder80", "paid", "status" }, { NULL, NULL, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (World) world = world_new ();

      if (cases[i].what != NULL)
        set_civil (world, cases[i].what, cases[i].state, cases[i].note);
      begin (world, "990121193907250068");
      assert_page (world, "notice");
    }
}

static void
test_answer (void)
{
  g_autoptr (World) world = world_new ();

  begin (world, "990121194606060185");
  world_choose (world, "agree");
  assert_page (world, "field");
  world_choose (world, "code:no");
  assert_page (world, "stop");
  g_assert_true (world_says (world, "就在哪个村申请"));
  world_choose (world, "change");
  assert_page (world, "field");
  world_choose (world, "code:no");
  assert_page (world, "stop");
  world_do (world, "back");
  assert_page (world, "field");
  world_choose (world, "code:yes");
  assert_page (world, "photo");
}

static void
answer_all (World *world)
{
  world_choose (world, "agree");
  world_choose (world, "code:yes");
  world_choose (world, "staff");
  world_choose (world, "code:none");
  world_choose (world, "code:social-card");
  world_choose (world, "agree");
}

static void
test_level (void)
{
  static const struct
  {
    const char *id_number;
    const char *words;
    const char *code;
  } cases[] = {
    { "990121194612210020", "80到89岁", "80" }, /* 79 years and 11 months */
    { "990121193611220011", "80到89岁", "80" },
    { "990121193611210016", "90到99岁", "90" },
    { "990121192502140173", "100岁以上", "100" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (World) world = world_new ();
      json_t *fields;

      begin (world, cases[i].id_number);
      answer_all (world);
      assert_page (world, "readback");
      g_assert_true (world_says (world, cases[i].words));
      world_choose (world, "right");
      fields = json_object_get (world->draft->payload, "fields");
      g_assert_cmpstr (json_string_value (json_object_get (fields, "h.level")), ==, cases[i].code);
      g_assert_cmpstr (json_string_value (json_object_get (fields, "h.account")), ==,
                       "social-card");
    }
}

/* Who promises nothing hands in nothing. */
static void
test_promise (void)
{
  g_autoptr (World) world = world_new ();

  begin (world, "990121194606060185");
  world_choose (world, "agree");
  world_choose (world, "code:yes");
  world_choose (world, "staff");
  world_choose (world, "code:none");
  world_choose (world, "code:social-card");
  assert_page (world, "consent");
  world_choose (world, "disagree");
  assert_page (world, "no-consent");
  g_assert_cmpuint (world->n_commits, ==, 0);
}

int
main (int argc, char **argv)
{
  world_set_up_locale ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stop/too-young-by-the-day", test_age);
  g_test_add_func ("/stop/the-day-changes-on-the-page", test_day_changes);
  g_test_add_func ("/stop/drawn-already", test_drawn);
  g_test_add_func ("/stop/no-proof-stops-nobody", test_not_drawn);
  g_test_add_func ("/stop/by-an-answer", test_answer);
  g_test_add_func ("/stop/level-follows-from-the-birth", test_level);
  g_test_add_func ("/stop/no-promise-nothing-handed-in", test_promise);
  return g_test_run ();
}
