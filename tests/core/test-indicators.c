/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/calendar/day.h"
#include "core/indicators/indicators.h"

#include <string.h>

/*
 * Counts of which nobody can be made out. Besides tables with a known end, a thousand that chance made are looked at the
 * way somebody would who wants to know: what is given, counted from the matters themselves, is of enough people; each
 * matter stands in one row; and what the rows leave out of a total is nothing.
 */

#define K 5

typedef struct
{
  guint service;
  guint person; /* 0: nobody knows */
  guint outcome;
  guint timely;
} Fact;

static const char *const services[] = { "a", "b", "c", "d", "e", "f" };

static void
add (BmIndicators *indicators, const Fact *fact)
{
  guint8 tag[BM_TAG_LEN] = { 0 };

  tag[3] = (guint8) (fact->person >> 8);
  tag[4] = (guint8) fact->person;
  bm_indicators_add (indicators,
                     &(BmMatterFact){ services[fact->service], tag, (BmOutcome) fact->outcome,
                                      (BmTimely) fact->timely });
}

static json_t *
describe (const Fact *facts, guint n)
{
  g_autoptr (BmIndicators) indicators = bm_indicators_new ();

  for (guint i = 0; i < n; i++)
    add (indicators, &facts[i]);
  return bm_indicators_describe (indicators, K);
}

/* @n matters of people @first, @first + 1, … */
static guint
put (Fact *facts, guint at, guint service, guint first, guint n, guint outcome)
{
  for (guint i = 0; i < n; i++)
    facts[at + i] = (Fact){ service, first + i, outcome, BM_TIMELY_NO_TERM };
  return at + n;
}

static json_t *
find_row (json_t *json, const char *table, const char *service)
{
  json_t *rows = json_object_get (json_object_get (json, table), "rows");
  json_t *row;
  gsize i;

  json_array_foreach (rows, i, row)
  {
    if (strcmp (json_string_value (json_object_get (row, "service")), service) == 0)
      return row;
  }
  return NULL;
}

static json_int_t
get (json_t *row, const char *key)
{
  return json_integer_value (json_object_get (row, key));
}

/* Known ends */

static void
test_enough (void)
{
  Fact facts[64];
  guint n = put (facts, 0, 0, 1, 6, BM_OUTCOME_DONE);
  json_t *json;

  n = put (facts, n, 1, 4, 7, BM_OUTCOME_OPEN); /* some are the same people */
  json = describe (facts, n);
  g_assert_cmpint (get (find_row (json, "taken", "a"), "matters"), ==, 6);
  g_assert_cmpint (get (find_row (json, "taken", "b"), "people"), ==, 7);
  g_assert_null (find_row (json, "taken", "other"));
  g_assert_cmpint (get (json_object_get (json, "taken"), "matters"), ==, 13);
  g_assert_cmpint (get (json_object_get (json, "taken"), "people"), ==, 10);
  g_assert_cmpint (get (find_row (json, "outcome", "a"), "done"), ==, 6);
  g_assert_cmpint (get (json_object_get (json, "outcome"), "open"), ==, 7);
  json_decref (json);
}

/* One service with two people: alone in "other" it could be told from the total, so the smallest goes with it. */
static void
test_secondary (void)
{
  Fact facts[64];
  guint n = put (facts, 0, 0, 1, 9, BM_OUTCOME_DONE);
  json_t *json;

  n = put (facts, n, 1, 20, 6, BM_OUTCOME_DONE);
  n = put (facts, n, 2, 40, 2, BM_OUTCOME_DONE);
  json = describe (facts, n);
  g_assert_nonnull (find_row (json, "taken", "a"));
  g_assert_null (find_row (json, "taken", "b"));
  g_assert_null (find_row (json, "taken", "c"));
  g_assert_cmpint (get (find_row (json, "taken", "other"), "matters"), ==, 8);
  g_assert_cmpint (get (json_object_get (json, "taken"), "matters"), ==, 17);
  json_decref (json);
}

/* Twenty matters of one person are one person's. */
static void
test_one_person (void)
{
  Fact facts[64];
  json_t *json;

  for (guint i = 0; i < 20; i++)
    facts[i] = (Fact){ 0, 7, BM_OUTCOME_DONE, BM_TIMELY_ON_TIME };
  json = describe (facts, 20);
  g_assert_true (json_is_null (json_object_get (json, "taken")));
  g_assert_true (json_is_null (json_object_get (json, "outcome")));
  json_decref (json);
}

/* Nobody knows whose they are: they do not make four people five, and are not said to be three. */
static void
test_unknown (void)
{
  Fact facts[64];
  guint n = put (facts, 0, 0, 1, 4, BM_OUTCOME_OPEN);
  json_t *json;

  for (guint i = 0; i < 3; i++)
    facts[n++] = (Fact){ 0, 0, BM_OUTCOME_OPEN, BM_TIMELY_NO_TERM };
  json = describe (facts, n);
  g_assert_true (json_is_null (json_object_get (json, "taken")));
  json_decref (json);
  n = put (facts, n, 0, 5, 1, BM_OUTCOME_OPEN);
  json = describe (facts, n);
  g_assert_cmpint (get (find_row (json, "taken", "a"), "matters"), ==, 8);
  g_assert_null (json_object_get (find_row (json, "taken", "a"), "unknown"));
  json_decref (json);
  for (guint i = 0; i < 2; i++)
    facts[n++] = (Fact){ 0, 0, BM_OUTCOME_OPEN, BM_TIMELY_NO_TERM };
  json = describe (facts, n);
  g_assert_cmpint (get (find_row (json, "taken", "a"), "unknown"), ==, 5);
  json_decref (json);
}

/* What the first table keeps together, no other table takes apart. */
static void
test_split_follows (void)
{
  Fact facts[64];
  guint n = put (facts, 0, 0, 1, 9, BM_OUTCOME_DONE);
  json_t *json;

  n = put (facts, n, 1, 20, 6, BM_OUTCOME_DONE);
  n = put (facts, n, 2, 40, 2, BM_OUTCOME_OPEN); /* open ones are too few */
  json = describe (facts, n);
  g_assert_null (find_row (json, "outcome", "b"));
  g_assert_true (json_is_null (json_object_get (json, "outcome")));
  json_decref (json);

  /* Split by outcome, others are enough to hide the two; b stays with them all the same. */
  n = put (facts, 0, 0, 1, 9, BM_OUTCOME_DONE);
  n = put (facts, n, 1, 20, 6, BM_OUTCOME_DONE);
  n = put (facts, n, 2, 40, 2, BM_OUTCOME_DONE);
  for (guint service = 3; service < 5; service++)
    {
      n = put (facts, n, service, 50 + 10 * service, 4, BM_OUTCOME_DONE);
      n = put (facts, n, service, 55 + 10 * service, 4, BM_OUTCOME_NOT_DONE);
    }
  json = describe (facts, n);
  g_assert_null (find_row (json, "taken", "b"));
  g_assert_null (find_row (json, "outcome", "b"));
  g_assert_nonnull (find_row (json, "taken", "d"));
  g_assert_nonnull (find_row (json, "outcome", "a"));
  g_assert_cmpint (get (json_object_get (json, "outcome"), "not_done"), ==, 8);
  json_decref (json);
}

/* Chance */

static gboolean
is_in_row (const Fact *fact, json_t *table, const char *row)
{
  json_t *rows = json_object_get (table, "rows");
  json_t *known;
  gsize i;

  if (strcmp (row, "other") != 0)
    return strcmp (services[fact->service], row) == 0;
  json_array_foreach (rows, i, known)
  {
    if (strcmp (json_string_value (json_object_get (known, "service")), services[fact->service]) ==
        0)
      return FALSE;
  }
  return TRUE;
}

/* Counts a cell anew; a value that is given is right, and of nobody or of K. */
static json_int_t
check_cell (const Fact *facts,
            guint n,
            json_t *table,
            json_t *row,
            const char *key,
            gint outcome,
            gint timely)
{
  const char *service = json_string_value (json_object_get (row, "service"));
  gboolean seen[512] = { FALSE };
  json_int_t count = 0;
  guint people = 0;

  for (guint i = 0; i < n; i++)
    {
      if (!is_in_row (&facts[i], table, service) ||
          (outcome >= 0 && facts[i].outcome != (guint) outcome) ||
          (timely >= 0 && facts[i].timely != (guint) timely))
        continue;
      count++;
      people += facts[i].person > 0 && !seen[facts[i].person] ? 1 : 0;
      seen[facts[i].person] = TRUE;
    }
  g_assert_cmpint (get (row, key), ==, count);
  g_assert_true (count == 0 || people >= K);
  return count;
}

static void
check_table (const Fact *facts,
             guint n,
             json_t *json,
             const char *name,
             const char *const *keys,
             guint n_keys,
             gboolean is_timely)
{
  json_t *table = json_object_get (json, name);
  json_int_t sums[3] = { 0 };
  json_int_t all = 0;
  json_t *row;
  gsize at;

  if (json_is_null (table))
    return;
  json_array_foreach (json_object_get (table, "rows"), at, row)
  {
    const char *service = json_string_value (json_object_get (row, "service"));

    for (guint i = 0; i < n_keys; i++)
      sums[i] += check_cell (facts, n, table, row, keys[i],
                             n_keys == 1 || is_timely ? -1 : (gint) i, is_timely ? (gint) i : -1);
    if (n_keys > 1 && strcmp (service, "other") != 0)
      g_assert_nonnull (find_row (json, "taken", service));
  }
  for (guint i = 0; i < n_keys; i++)
    {
      g_assert_cmpint (get (table, keys[i]), ==, sums[i]);
      all += sums[i];
    }
  g_assert_cmpint (all, ==, n);
}

static void
test_chance (void)
{
  static const char *const taken[] = { "matters" };
  static const char *const outcomes[] = { "done", "not_done", "open" };
  static const char *const timely[] = { "on_time", "late", "no_term" };
  guint n_given = 0, n_others = 0;

  for (guint round = 0; round < 1000; round++)
    {
      Fact facts[200];
      const guint n = (guint) g_test_rand_int_range (0, 200);
      const gint n_people = g_test_rand_int_range (2, 90);
      const gint n_services = g_test_rand_int_range (1, 7);
      json_t *json;

      for (guint i = 0; i < n; i++)
        facts[i] =
          (Fact){ (guint) MIN (g_test_rand_int_range (0, n_services),
                               g_test_rand_int_range (0, n_services)),
                  g_test_rand_int_range (0, 12) == 0 ? 0
                                                     : (guint) g_test_rand_int_range (1, n_people),
                  g_test_rand_int_range (0, 4) == 0 ? (guint) g_test_rand_int_range (0, 3) : 0,
                  g_test_rand_int_range (0, 3) == 0 ? (guint) g_test_rand_int_range (0, 3) : 2 };
      json = describe (facts, n);
      check_table (facts, n, json, "taken", taken, 1, FALSE);
      check_table (facts, n, json, "outcome", outcomes, 3, FALSE);
      check_table (facts, n, json, "timely", timely, 3, TRUE);
      n_given += json_is_null (json_object_get (json, "outcome")) ? 0 : 1;
      n_others += find_row (json, "taken", "other") != NULL ? 1 : 0;
      json_decref (json);
    }
  g_assert_cmpuint (n_given, >, 100); /* it does give something */
  g_assert_cmpuint (n_others, >, 100);
}

/* Trips and papers */

static void
test_savings (void)
{
  g_autofree char *folder = g_build_filename (g_getenv ("BIANMIN_ASSETS"), "catalogue", NULL);
  g_autoptr (BmCatalogue) catalogue = bm_catalogue_load (folder, NULL);
  json_t *json = json_pack ("{s:n, s:{s:[{s:s, s:i, s:i, s:i}, {s:s, s:i, s:i, s:i}]}}", "taken",
                            "outcome", "rows", "service", "req.elder80", "done", 6, "not_done", 5,
                            "open", 9, "service", "other", "done", 8, "not_done", 0, "open", 0);
  json_t *savings;
  g_autofree char *csv = NULL;

  bm_indicators_add_savings (json, catalogue);
  savings = json_object_get (json, "savings");
  g_assert_cmpint (get (savings, "trips_before"), ==, 33);
  g_assert_cmpint (get (savings, "trips"), ==, 5);
  g_assert_cmpint (get (savings, "papers_before"), ==, 55);
  g_assert_cmpint (get (savings, "papers"), ==, 11);
  csv = bm_indicators_to_csv (json, "2026-11");
  g_assert_nonnull (strstr (csv, "2026-11,req.elder80,trips_before,33,演示\n"));
  g_assert_nonnull (strstr (csv, "2026-11,other,done,8,\n"));
  json_decref (json);
}

/* Domain §3.15, service by service: before, and now when it was done and when it was not. */
static void
test_baselines (void)
{
  static const struct
  {
    const char *service;
    guint trips, papers, now, now_not_done, papers_now;
  } wanted[] = {
    { "cert.pension", 1, 2, 0, 1, 0 },  { "cert.elder80", 1, 3, 0, 1, 0 },
    { "cert.disabled", 1, 3, 0, 1, 0 }, { "query.pension", 1, 2, 0, 0, 0 },
    { "query.agri", 1, 2, 0, 0, 0 },    { "query.civil", 1, 2, 0, 0, 0 },
    { "query.medical", 1, 2, 0, 0, 0 }, { "query.case", 1, 2, 0, 0, 0 },
    { "req.appeal", 1, 0, 0, 0, 0 },    { "req.elder80", 3, 5, 0, 1, 1 },
    { "req.homevisit", 2, 3, 0, 1, 1 },
  };
  g_autofree char *folder = g_build_filename (g_getenv ("BIANMIN_ASSETS"), "catalogue", NULL);
  g_autoptr (BmCatalogue) catalogue = bm_catalogue_load (folder, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (wanted); i++)
    {
      json_t *baseline =
        json_object_get (bm_catalogue_find (catalogue, wanted[i].service), "baseline");
      json_t *after = json_object_get (baseline, "after");

      g_assert_cmpint (get (baseline, "trips"), ==, wanted[i].trips);
      g_assert_cmpint (get (baseline, "papers"), ==, wanted[i].papers);
      g_assert_cmpint (get (after, "trips"), ==, wanted[i].now);
      g_assert_cmpint (get (after, "trips_not_done"), ==, wanted[i].now_not_done);
      g_assert_cmpint (get (after, "papers"), ==, wanted[i].papers_now);
    }
}

static void
test_month (void)
{
  static const char *const wrong[] = { "2026",    "2026-13", "2026-1", "2026-111",
                                       "1999-12", "202a-11", "",       "2026/11" };

  g_assert_cmpint (bm_indicators_find_month ("2026-11"), ==, bm_day_from_ymd (2026, 11, 1));
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_cmpint (bm_indicators_find_month (wrong[i]), ==, BM_NO_DAY);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/indicators/enough", test_enough);
  g_test_add_func ("/indicators/secondary", test_secondary);
  g_test_add_func ("/indicators/one-person", test_one_person);
  g_test_add_func ("/indicators/unknown", test_unknown);
  g_test_add_func ("/indicators/split-follows", test_split_follows);
  g_test_add_func ("/indicators/chance", test_chance);
  g_test_add_func ("/indicators/savings", test_savings);
  g_test_add_func ("/indicators/baselines", test_baselines);
  g_test_add_func ("/indicators/month", test_month);
  return g_test_run ();
}
