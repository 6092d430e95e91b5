/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/store/fixture.h"

#include "core/calendar/day.h"

#include <string.h>

/* What came of a day: counts that add up, of this day alone, without what is hidden from the desk. */

static json_t *
count_day (Ledger *ledger)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  const gint32 today = bm_day_from_wall_ms (bm_clock_get_wall_ms (BM_CLOCK (ledger->clock)));
  json_t *day;

  bm_store_day_async (ledger->store, bm_day_to_wall_ms (today), ledger_on_done, &result);
  day = bm_store_json_finish (ledger->store, ledger_take (&result), &error);
  g_assert_no_error (error);
  return day;
}

static void
assert_counts (json_t *counts, int taken, int sent, int waiting, int rejected)
{
  const struct
  {
    const char *key;
    int count;
  } wanted[] = { { "taken", taken },
                 { "sent", sent },
                 { "waiting", waiting },
                 { "rejected", rejected } };

  for (gsize i = 0; i < G_N_ELEMENTS (wanted); i++)
    g_assert_cmpint (json_integer_value (json_object_get (counts, wanted[i].key)), ==,
                     wanted[i].count);
}

static json_int_t
get_due (json_t *day, const char *days)
{
  return json_integer_value (json_object_get (json_object_get (day, "due"), days));
}

static void
commit (Ledger *ledger, guint number, const char *service, gint32 due_in, gboolean is_hidden)
{
  g_autoptr (BmDraft) draft = ledger_draft_new (number);

  g_free (draft->service);
  draft->service = g_strdup (service);
  draft->due_day = bm_day_from_wall_ms (bm_clock_get_wall_ms (BM_CLOCK (ledger->clock))) + due_in;
  draft->is_hidden_from_desk = is_hidden;
  bm_committed_free (ledger_commit_draft (ledger, draft));
}

static void
test_empty (void)
{
  Ledger *ledger = ledger_new ();
  json_t *day;

  ledger_open (ledger);
  day = count_day (ledger);
  assert_counts (json_object_get (day, "all"), 0, 0, 0, 0);
  g_assert_cmpuint (json_array_size (json_object_get (day, "services")), ==, 0);
  g_assert_cmpint (get_due (day, "7"), ==, 0);
  json_decref (day);
  ledger_free (ledger);
}

/* Yesterday's counts no more as noted, but what of it waits does; a complaint that is hidden counts nowhere. */
static void
test_counts (void)
{
  Ledger *ledger = ledger_new ();
  json_t *day, *services;
  g_autofree char *text = NULL;

  ledger_open (ledger);
  commit (ledger, 1, "cert.pension", 9, FALSE);
  ledger_send_all (ledger, BM_ANSWER_ACCEPTED);
  commit (ledger, 2, "cert.pension", 4, FALSE); /* still waits the day after */
  ledger_advance (ledger, BM_MILLIS_DAY);
  commit (ledger, 3, "cert.pension", 1, FALSE);
  commit (ledger, 4, "req.appeal", 30, FALSE);
  commit (ledger, 5, "req.appeal", 0, TRUE);
  day = count_day (ledger);
  assert_counts (json_object_get (day, "all"), 2, 0, 2, 0);
  g_assert_cmpint (json_integer_value (json_object_get (json_object_get (day, "waiting"), "total")),
                   ==, 3);
  g_assert_cmpint (get_due (day, "1"), ==, 1);
  g_assert_cmpint (get_due (day, "3"), ==, 2);
  g_assert_cmpint (get_due (day, "7"), ==, 2);
  services = json_object_get (day, "services");
  g_assert_cmpuint (json_array_size (services), ==, 2);
  assert_counts (json_array_get (services, 0), 1, 0, 1, 0);
  assert_counts (json_array_get (services, 1), 1, 0, 1, 0);
  json_decref (day);

  ledger_send_all (ledger, BM_ANSWER_REJECTED);
  commit (ledger, 6, "cert.pension", 30, FALSE);
  ledger_send_all (ledger, BM_ANSWER_ACCEPTED);
  day = count_day (ledger);
  assert_counts (json_object_get (day, "all"), 3, 1, 0, 2);
  assert_counts (json_array_get (json_object_get (day, "services"), 0), 2, 1, 0, 1);
  assert_counts (json_array_get (json_object_get (day, "services"), 1), 1, 0, 0, 1);
  g_assert_cmpint (get_due (day, "7"), ==, 0);
  text = json_dumps (json_object_get (day, "services"), 0);
  g_assert_null (strstr (text, "number"));
  json_decref (day);
  ledger_free (ledger);
}

/* The mark is how the chain's head begins, and the row is the one whose head that is. */
static void
test_journal (void)
{
  Ledger *ledger = ledger_new ();
  json_t *day, *verdict, *journal;
  const char *head;

  ledger_open (ledger);
  ledger_commit_many (ledger, 1, 3);
  day = count_day (ledger);
  verdict = ledger_verify (ledger);
  journal = json_object_get (day, "journal");
  head = json_string_value (json_object_get (journal, "head"));
  g_assert_cmpuint (strlen (head), ==, 6);
  g_assert_true (g_str_has_prefix (json_string_value (json_object_get (verdict, "head")), head));
  g_assert_cmpint (json_integer_value (json_object_get (journal, "seq")), ==,
                   json_integer_value (json_object_get (verdict, "rows")));
  json_decref (verdict);
  json_decref (day);
  ledger_free (ledger);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/day/empty", test_empty);
  g_test_add_func ("/day/counts", test_counts);
  g_test_add_func ("/day/journal", test_journal);
  return g_test_run ();
}
