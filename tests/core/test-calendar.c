/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-calendar"

#include "core/calendar/calendar.h"
#include "core/calendar/certification.h"
#include "core/error.h"

#include "tests/core/support.h"

#include <string.h>

#define ROUNDS 20000

static BmCalendar *
load_calendar (void)
{
  g_autofree char *folder = g_build_filename (g_getenv ("BIANMIN_ASSETS"), "calendars", NULL);
  g_autoptr (GError) error = NULL;
  BmCalendar *calendar = bm_calendar_load_folder (folder, &error);

  g_assert_no_error (error);
  return calendar;
}

static void
assert_day (gint32 day, const char *expected)
{
  g_autofree char *text = bm_day_to_string (day);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_days (void)
{
  assert_day (0, "1970-01-01");
  assert_day (bm_day_from_string ("2026-11-21"), "2026-11-21");
  g_assert_cmpint (bm_day_from_string ("1970-01-01"), ==, 0);
  g_assert_cmpint (bm_day_from_string ("1969-12-31"), ==, -1);
  g_assert_cmpint (bm_day_get_weekday (0), ==, 4);
  g_assert_cmpint (bm_day_get_weekday (-1), ==, 3);
  g_assert_cmpint (bm_day_get_weekday (bm_day_from_string ("2026-11-21")), ==, 6);
  g_assert_cmpint (bm_day_get_weekday (bm_day_from_string ("1900-01-01")), ==, 1);
  assert_day (bm_day_add_months (bm_day_from_string ("2024-01-31"), 1), "2024-02-29");
  assert_day (bm_day_add_months (bm_day_from_string ("2024-03-31"), -1), "2024-02-29");
  assert_day (bm_day_add_months (bm_day_from_string ("2023-12-15"), 2), "2024-02-15");
  /* The day in China, not in UTC. */
  assert_day (bm_day_from_wall_ms (0), "1970-01-01");
  assert_day (bm_day_from_wall_ms (16 * 3600 * 1000LL - 1), "1970-01-01");
  assert_day (bm_day_from_wall_ms (16 * 3600 * 1000LL), "1970-01-02");
  assert_day (bm_day_from_wall_ms (-8 * 3600 * 1000LL - 1), "1969-12-31");
  for (gint32 day = -3; day <= 3; day++)
    {
      g_assert_cmpint (bm_day_from_wall_ms (bm_day_to_wall_ms (day)), ==, day);
      g_assert_cmpint (bm_day_from_wall_ms (bm_day_to_wall_ms (day) - 1), ==, day - 1);
    }
}

static void
test_day_text_refused (void)
{
  static const char *const texts[] = { "",           "2026-1-1",   "2026-02-30",  "2026-13-01",
                                       "2026-00-10", "2026/11/21", "2026-11-21 ", "20261121",
                                       "1799-12-31", "2023-02-29", "２026-1-1",   "-026-11-21" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_assert_cmpint (bm_day_from_string (texts[i]), ==, BM_NO_DAY);
  g_assert_cmpint (bm_day_from_string (NULL), ==, BM_NO_DAY);
}

static void
test_every_day_round_trips (void)
{
  for (gint32 day = bm_day_from_string ("1899-12-01"); day < bm_day_from_string ("2101-02-01");
       day++)
    {
      g_autofree char *text = bm_day_to_string (day);
      g_assert_cmpint (bm_day_from_string (text), ==, day);
      g_assert_cmpint (bm_day_get_weekday (day + 1), ==, bm_day_get_weekday (day) % 7 + 1);
    }
}

static void
test_year_2026 (void)
{
  g_autoptr (BmCalendar) calendar = load_calendar ();
  guint working = 0;

  g_assert_true (bm_calendar_has_year (calendar, 2026));
  g_assert_false (bm_calendar_has_year (calendar, 2027));
  for (gint32 day = bm_day_from_string ("2026-01-01"); day <= bm_day_from_string ("2026-12-31");
       day++)
    working += bm_calendar_is_working_day (calendar, day);
  g_assert_cmpuint (working, ==, 248);
}

static void
test_working_days (void)
{
  static const struct
  {
    const char *from;
    guint count;
    const char *to;
  } vectors[] = {
    { "2026-02-13", 5, "2026-02-27" }, { "2026-02-13", 7, "2026-03-02" },
    { "2026-09-30", 3, "2026-10-10" }, { "2026-09-18", 1, "2026-09-20" },
    { "2026-04-30", 1, "2026-05-06" }, { "2026-06-18", 1, "2026-06-22" },
    { "2026-09-24", 1, "2026-09-28" }, { "2026-11-20", 2, "2026-11-24" },
    { "2026-11-21", 2, "2026-11-24" }, { "2026-11-20", 15, "2026-12-11" },
    { "2026-11-21", 0, "2026-11-21" },
  };
  g_autoptr (BmCalendar) calendar = load_calendar ();

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      gboolean provisional = TRUE;
      gint32 day = bm_calendar_add_working_days (calendar, bm_day_from_string (vectors[i].from),
                                                 vectors[i].count, &provisional);
      assert_day (day, vectors[i].to);
      g_assert_false (provisional);
    }
}

static void
test_missing_year_is_provisional (void)
{
  g_autoptr (BmCalendar) calendar = load_calendar ();
  gboolean provisional = FALSE;

  gint32 day =
    bm_calendar_add_working_days (calendar, bm_day_from_string ("2026-12-25"), 10, &provisional);
  g_assert_true (provisional);
  g_assert_cmpint (day, >, bm_day_from_string ("2026-12-31"));
  (void) bm_calendar_add_days (calendar, bm_day_from_string ("2026-12-25"), 10, &provisional);
  g_assert_true (provisional);
  (void) bm_calendar_add_working_days (calendar, bm_day_from_string ("2026-12-25"), 4,
                                       &provisional);
  g_assert_false (provisional);
}

static void
test_calendar_period_moves_on (void)
{
  g_autoptr (BmCalendar) calendar = load_calendar ();
  gboolean provisional = TRUE;

  assert_day (bm_calendar_add_days (calendar, bm_day_from_string ("2026-09-28"), 7, &provisional),
              "2026-10-08");
  g_assert_false (provisional);
  assert_day (bm_calendar_add_days (calendar, bm_day_from_string ("2026-09-01"), 7, NULL),
              "2026-09-08");
  /* A working Sunday is a day to end on; an ordinary Saturday is not. */
  assert_day (bm_calendar_add_days (calendar, bm_day_from_string ("2026-09-18"), 2, NULL),
              "2026-09-20");
  assert_day (bm_calendar_add_days (calendar, bm_day_from_string ("2026-11-20"), 1, NULL),
              "2026-11-23");
}

static void
refuse_document (const char *text, int code)
{
  g_autoptr (BmCalendar) calendar = bm_calendar_new ();
  json_t *document = json_loads (text, 0, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (document);
  g_assert_false (bm_calendar_add_year (calendar, document, &error));
  g_assert_error (error, BM_ERROR, code);
  g_assert_false (bm_calendar_has_year (calendar, 2027));
  json_decref (document);
}

#define HEAD "\"kind\":\"calendar\",\"region\":\"CN\",\"source\":\"x\","

static void
test_document_refused (void)
{
  refuse_document ("{}", BM_ERROR_INVALID);
  refuse_document ("[]", BM_ERROR_INVALID);
  refuse_document ("{\"version\":2," HEAD "\"year\":2027,\"off\":[],\"work\":[]}",
                   BM_ERROR_UNSUPPORTED);
  refuse_document ("{\"version\":1," HEAD "\"year\":2027,\"off\":[],\"work\":[],\"more\":1}",
                   BM_ERROR_INVALID);
  refuse_document ("{\"version\":1," HEAD "\"year\":2027,\"off\":[[\"2026-01-01\",\"2027-01-01\"]],"
                   "\"work\":[]}",
                   BM_ERROR_INVALID);
  refuse_document ("{\"version\":1," HEAD "\"year\":2027,\"off\":[[\"2027-01-02\",\"2027-01-01\"]],"
                   "\"work\":[]}",
                   BM_ERROR_INVALID);
  refuse_document ("{\"version\":1," HEAD "\"year\":2027,\"off\":[\"2027-01-02\"],\"work\":[]}",
                   BM_ERROR_INVALID);
  refuse_document ("{\"version\":1," HEAD "\"year\":2027,\"off\":[],\"work\":[\"2027-01-04\"]}",
                   BM_ERROR_INVALID); /* a Monday */
  refuse_document ("{\"version\":1," HEAD "\"year\":2027,\"off\":[[\"2027-01-01\",\"2027-01-03\"]],"
                   "\"work\":[\"2027-01-03\"]}",
                   BM_ERROR_INVALID);
  refuse_document ("{\"version\":1," HEAD "\"year\":0,\"off\":[],\"work\":[]}", BM_ERROR_INVALID);
}

/* A newer document takes the year's place; a broken one does not. */
static void
test_year_replaced (void)
{
  g_autoptr (BmCalendar) calendar = bm_calendar_new ();
  const gint32 day = bm_day_from_string ("2027-01-04"); /* a Monday */
  json_t *first = json_loads ("{\"version\":1," HEAD "\"year\":2027,\"off\":[[\"2027-01-04\","
                              "\"2027-01-04\"]],\"work\":[]}",
                              0, NULL);
  json_t *second =
    json_loads ("{\"version\":1," HEAD "\"year\":2027,\"off\":[],\"work\":[]}", 0, NULL);
  json_t *broken = json_loads ("{\"version\":1," HEAD "\"year\":2027,\"off\":[]}", 0, NULL);

  g_assert_true (bm_calendar_put_year (calendar, first, NULL));
  g_assert_false (bm_calendar_is_working_day (calendar, day));
  g_assert_false (bm_calendar_put_year (calendar, broken, NULL));
  g_assert_false (bm_calendar_is_working_day (calendar, day));
  g_assert_true (bm_calendar_put_year (calendar, second, NULL));
  g_assert_true (bm_calendar_is_working_day (calendar, day));
  json_decref (first);
  json_decref (second);
  json_decref (broken);
}

static void
test_folder_missing (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (bm_calendar_load_folder ("/nonexistent", &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_NOT_FOUND);
}

static void
test_certification_due (void)
{
  static const struct
  {
    const char *rule, *last, *birth, *due;
  } vectors[] = {
    { "rolling_month/12", "2023-06-15", NULL, "2024-06-30" },
    { "rolling_month/12", "2025-11-30", NULL, "2026-11-30" },
    { "rolling_month/12", "2024-02-29", NULL, "2025-02-28" },
    { "rolling_month/12", "2023-02-01", NULL, "2024-02-29" },
    { "rolling_month/12", "2025-12-31", NULL, "2026-12-31" }, /* approved */
    { "rolling_month/6", "2022-04-01", NULL, "2022-10-31" },
    { "rolling_month/6", "2025-08-31", NULL, "2026-02-28" },
    { "birth_month", "2026-03-01", "1948-03-12", "2028-02-29" },
    { "birth_month", "2026-02-28", "1948-03-12", "2027-02-28" },
    { "birth_month", "2026-11-21", "1952-01-30", "2027-12-31" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      BmCertificationRule rule;
      gint32 birth = bm_day_from_string (vectors[i].birth);
      g_assert_true (bm_certification_rule_parse (vectors[i].rule, &rule, NULL));
      assert_day (bm_certification_get_due (&rule, bm_day_from_string (vectors[i].last), birth),
                  vectors[i].due);
    }
}

static void
test_birth_month_window (void)
{
  gint32 birth = bm_day_from_string ("1948-03-12");
  const char *const inside[] = { "2026-03-01", "2026-11-21", "2027-02-28" };

  for (guint i = 0; i < G_N_ELEMENTS (inside); i++)
    {
      gint32 first = 0, last = 0;
      bm_certification_get_window (birth, bm_day_from_string (inside[i]), &first, &last);
      assert_day (first, "2026-03-01");
      assert_day (last, "2027-02-28");
    }
}

static void
test_certification_states (void)
{
  static const struct
  {
    gint32 left;
    const char *state;
  } states[] = { { 61, "fine" },     { 60, "within-60" }, { 31, "within-60" }, { 30, "within-30" },
                 { 8, "within-30" }, { 7, "within-7" },   { 0, "within-7" },   { -1, "overdue" } };
  gint32 due = bm_day_from_string ("2026-11-30");

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    g_assert_cmpstr (bm_certification_state_to_string (
                       bm_certification_get_state (due, due - states[i].left)),
                     ==, states[i].state);
}

static void
test_certification_rule_refused (void)
{
  static const char *const ids[] = { "",
                                     "rolling_month",
                                     "rolling_month/",
                                     "rolling_month/0",
                                     "rolling_month/61",
                                     "rolling_month/12x",
                                     "rolling_month/-1",
                                     "birth_month/1" };

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      BmCertificationRule rule;
      g_autoptr (GError) error = NULL;
      g_assert_false (bm_certification_rule_parse (ids[i], &rule, &error));
      g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
    }
}

static void
test_random (void)
{
  GRand *rand = g_rand_new_with_seed (4);

  for (guint i = 0; i < ROUNDS; i++)
    {
      char text[12] = "2026-11-21";
      gint32 changes = g_rand_int_range (rand, 1, 6);
      for (gint32 k = 0; k < changes; k++)
        text[g_rand_int_range (rand, 0, 10)] = i % 2 ? (char) g_rand_int_range (rand, 1, 256)
                                                     : (char) g_rand_int_range (rand, '0', '9' + 1);
      gint32 day = bm_day_from_string (text);
      if (day == BM_NO_DAY)
        continue;
      g_autofree char *again = bm_day_to_string (day);
      g_assert_cmpstr (again, ==, text);
    }
  g_rand_free (rand);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/day/numbers", test_days);
  g_test_add_func ("/day/text-refused", test_day_text_refused);
  g_test_add_func ("/day/every-day-round-trips", test_every_day_round_trips);
  g_test_add_func ("/day/random", test_random);
  g_test_add_func ("/calendar/year-2026", test_year_2026);
  g_test_add_func ("/calendar/working-days", test_working_days);
  g_test_add_func ("/calendar/missing-year-is-provisional", test_missing_year_is_provisional);
  g_test_add_func ("/calendar/period-moves-on", test_calendar_period_moves_on);
  g_test_add_func ("/calendar/document-refused", test_document_refused);
  g_test_add_func ("/calendar/folder-missing", test_folder_missing);
  g_test_add_func ("/calendar/year-replaced", test_year_replaced);
  g_test_add_func ("/certification/due", test_certification_due);
  g_test_add_func ("/certification/birth-month-window", test_birth_month_window);
  g_test_add_func ("/certification/states", test_certification_states);
  g_test_add_func ("/certification/rule-refused", test_certification_rule_refused);
  return g_test_run ();
}
