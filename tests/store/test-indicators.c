/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/store/fixture.h"

#include "core/calendar/day.h"
#include "core/indicators/indicators.h"

#include <string.h>

/*
 * What came of a month. With a folder's name as the one argument it makes months there and says what it counts of one,
 * for count-indicators.py, which counts the same ledger by itself.
 */

#define MANY 600

static json_t *
count_month (Ledger *ledger, gint year, gint month)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  json_t *json;

  bm_store_indicators_async (ledger->store, bm_day_from_ymd (year, month, 1), ledger_on_done,
                             &result);
  json = bm_store_json_finish (ledger->store, ledger_take (&result), &error);
  g_assert_no_error (error);
  return json;
}

static json_int_t
get (json_t *json, const char *table, const char *key)
{
  return json_integer_value (json_object_get (json_object_get (json, table), key));
}

static BmDraft *
new_draft (Ledger *ledger, guint number, const char *service, guint person)
{
  BmDraft *draft = ledger_draft_new (number);

  g_free (draft->service);
  draft->service = g_strdup (service);
  memset (draft->subject_tag, 0, BM_TAG_LEN);
  draft->subject_tag[0] = (guint8) (person >> 8);
  draft->subject_tag[1] = (guint8) person;
  draft->due_day = bm_day_from_wall_ms (bm_clock_get_wall_ms (BM_CLOCK (ledger->clock))) + 3;
  return draft;
}

static char *
commit (Ledger *ledger, guint number, const char *service, guint person)
{
  g_autoptr (BmDraft) draft = new_draft (ledger, number, service, person);
  BmCommitted *committed = ledger_commit_draft (ledger, draft);
  char *case_number = g_strdup (committed->number);

  bm_committed_free (committed);
  return case_number;
}

static void
tell_result (Ledger *ledger, gint64 id, const char *number, const char *state)
{
  g_autofree char *body = g_strdup_printf ("{\"state\":\"%s\"}", state);
  g_autoptr (GPtrArray) messages = messages_new (message_new (id, "result", number, 1, body));

  g_assert_true (ledger_apply (ledger, NULL, messages, id, NULL));
}

static void
set_day (Ledger *ledger, gint month, gint day)
{
  ledger_set_wall (ledger, bm_day_to_wall_ms (bm_day_from_ymd (2026, month, day)));
}

/* The month here, to the millisecond; hidden and taken back ones are in no count, and do not make four people five. */
static void
test_what_counts (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (BmDraft) hidden = NULL;
  g_autofree BmWithdrawn *withdrawn = NULL;
  g_autoptr (GError) error = NULL;
  BmCommitted *taken_back;
  json_t *json;

  ledger_open (ledger);
  ledger_set_wall (ledger, bm_day_to_wall_ms (bm_day_from_ymd (2026, 11, 1)) - 1);
  g_free (commit (ledger, 1, "cert.pension", 1));
  set_day (ledger, 11, 1);
  for (guint i = 2; i < 6; i++)
    g_free (commit (ledger, i, "cert.pension", i));
  hidden = new_draft (ledger, 10, "cert.pension", 10);
  hidden->is_hidden_from_desk = TRUE;
  bm_committed_free (ledger_commit_draft (ledger, hidden));
  taken_back = ledger_commit (ledger, 11);
  withdrawn = ledger_withdraw (ledger, taken_back->number, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (withdrawn->is_withdrawn);
  bm_committed_free (taken_back);
  json = count_month (ledger, 2026, 11);
  g_assert_true (json_is_null (json_object_get (json, "taken")));
  g_assert_false (json_is_true (json_object_get (json, "is_over")));
  json_decref (json);

  ledger_set_wall (ledger, bm_day_to_wall_ms (bm_day_from_ymd (2026, 12, 1)) - 1);
  g_free (commit (ledger, 12, "cert.pension", 12));
  set_day (ledger, 12, 1);
  g_free (commit (ledger, 13, "cert.pension", 13));
  json = count_month (ledger, 2026, 11);
  g_assert_cmpint (get (json, "taken", "matters"), ==, 5);
  g_assert_cmpint (get (json, "taken", "people"), ==, 5);
  g_assert_true (json_is_true (json_object_get (json, "is_over")));
  json_decref (json);
  ledger_free (ledger);
}

/* What came of them, and whether they were there in time. */
static void
test_outcomes (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (GPtrArray) numbers = g_ptr_array_new_with_free_func (g_free);
  json_t *json;

  ledger_open (ledger);
  set_day (ledger, 11, 2);
  for (guint i = 0; i < 6; i++)
    g_ptr_array_add (numbers, commit (ledger, i + 1, "cert.pension", i + 1));
  ledger_send_all (ledger, BM_ANSWER_ACCEPTED);
  for (guint i = 0; i < 6; i++)
    tell_result (ledger, i + 1, g_ptr_array_index (numbers, i), "done");
  for (guint i = 0; i < 5; i++)
    g_free (commit (ledger, i + 20, "cert.pension", i + 20));
  set_day (ledger, 11, 20);
  ledger_send_all (ledger, BM_ANSWER_REJECTED);
  for (guint i = 0; i < 7; i++)
    g_free (commit (ledger, i + 40, "cert.pension", i + 40));
  json = count_month (ledger, 2026, 11);
  g_assert_cmpint (get (json, "outcome", "done"), ==, 6);
  g_assert_cmpint (get (json, "outcome", "not_done"), ==, 5);
  g_assert_cmpint (get (json, "outcome", "open"), ==, 7);
  g_assert_cmpint (get (json, "timely", "on_time"), ==, 6);
  g_assert_cmpint (get (json, "timely", "late"), ==, 5);
  g_assert_cmpint (get (json, "timely", "no_term"), ==, 7);
  json_decref (json);
  ledger_free (ledger);
}

/* Months, for another program to count */

static void
commit_by_chance (Ledger *ledger, GRand *chance, guint i, GPtrArray *numbers)
{
  static const char *const services[] = { "cert.pension",  "cert.pension", "cert.pension",
                                          "cert.elder80",  "req.appeal",   "req.elder80",
                                          "req.homevisit", "cert.disabled" };
  const guint which = (guint) g_rand_int_range (chance, 0, (gint) G_N_ELEMENTS (services));
  const guint person = (guint) g_rand_int_range (chance, 1, which == 7 ? 4 : 200);
  g_autoptr (BmDraft) draft = new_draft (ledger, i + 1, services[which], person);
  BmCommitted *committed;

  if (which == 7 && i % 3 != 0)
    return; /* few, of few people */
  draft->due_day += g_rand_int_range (chance, -6, 12);
  if (g_rand_int_range (chance, 0, 6) == 0)
    draft->due_day = BM_NO_DUE_DAY;
  draft->is_hidden_from_desk = which == 4 && i % 2 == 0;
  if (which == 4 && i % 5 == 0)
    {
      draft->is_anonymous = TRUE;
      memset (draft->subject_tag, 0, BM_TAG_LEN);
      g_clear_pointer (&draft->session, g_free);
      draft->session = g_strdup_printf ("%016x", 0xa0000000 + i);
    }
  committed = ledger_commit_draft (ledger, draft);
  g_ptr_array_add (numbers, g_strdup (committed->number));
  bm_committed_free (committed);
}

static void
make_months (Ledger *ledger)
{
  static const char *const states[] = { "done", "done", "done", "not_done", "accepted" };
  g_autoptr (GPtrArray) numbers = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GRand) chance = g_rand_new_with_seed (20261130);
  gint64 id = 0;

  set_day (ledger, 10, 18);
  for (guint i = 0; i < MANY; i++)
    {
      commit_by_chance (ledger, chance, i, numbers);
      if (i % 40 == 39)
        ledger_send_all (ledger, i % 120 == 119 ? BM_ANSWER_REJECTED : BM_ANSWER_ACCEPTED);
      ledger_advance (ledger,
                      g_rand_int_range (chance, 0, 4 * 3600 * 1000) * G_GINT64_CONSTANT (2));
    }
  for (guint i = 0; i < numbers->len; i++)
    if (i % 7 != 6)
      tell_result (ledger, ++id, g_ptr_array_index (numbers, i),
                   states[g_rand_int_range (chance, 0, (gint) G_N_ELEMENTS (states))]);
}

static int
run_for_another (const char *folder)
{
  Ledger *ledger = ledger_new_at (folder);
  json_t *json;
  char *text;

  ledger_open (ledger);
  make_months (ledger);
  json = count_month (ledger, 2026, 11);
  json_object_set_new (json, "today",
                       json_integer (
                         bm_day_from_wall_ms (bm_clock_get_wall_ms (BM_CLOCK (ledger->clock)))));
  text = json_dumps (json, JSON_INDENT (1));
  g_print ("%s\n", text);
  free (text);
  json_decref (json);
  ledger_free_keeping_folder (ledger);
  return 0;
}

int
main (int argc, char **argv)
{
  if (argc == 2 && *argv[1] == '/')
    return run_for_another (argv[1]);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/month/what-counts", test_what_counts);
  g_test_add_func ("/month/outcomes", test_outcomes);
  return g_test_run ();
}
