/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/store/fixture.h"

#include "core/entry/number.h"
#include "core/error.h"

#include <string.h>

/* 补录: a paper form that was printed is known, is entered once whatever is offered, and by two. */

#define FIRST  "01 01 0001 6"
#define SECOND "01 01 0002 4"

static void
assert_state (Ledger *ledger, const char *form, const char *state)
{
  json_t *found = ledger_find_form (ledger, form);

  g_assert_cmpstr (json_string_value (json_object_get (found, "state")), ==, state);
  json_decref (found);
}

static BmDraft *
late_new (guint number, const char *form)
{
  BmDraft *draft = ledger_draft_new (number);

  draft->form = g_strdup (form);
  draft->helper = g_strdup ("HT02");
  draft->second = g_strdup ("HT03");
  return draft;
}

static void
assert_refused (Ledger *ledger, BmDraft *draft, gint code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (ledger_try_commit (ledger, draft, &error));
  g_assert_error (error, BM_ERROR, code);
}

static void
test_once (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (BmDraft) first = late_new (1, FIRST);
  g_autoptr (BmDraft) again = late_new (2, FIRST);
  BmCommitted *committed, *repeat, *next;
  json_t *found;

  ledger_open (ledger);
  ledger_print_form (ledger);
  assert_state (ledger, FIRST, "given");
  assert_state (ledger, SECOND, "never");
  committed = ledger_commit_draft (ledger, first);
  found = ledger_find_form (ledger, FIRST);
  g_assert_cmpstr (json_string_value (json_object_get (found, "state")), ==, "entered");
  g_assert_cmpstr (json_string_value (json_object_get (found, "number")), ==, committed->number);
  g_assert_cmpstr (json_string_value (json_object_get (found, "entered_by")), ==, "HT02");
  g_assert_cmpint (json_integer_value (json_object_get (found, "printed_ms")), >, 0);
  json_decref (found);
  assert_refused (ledger, again, BM_ERROR_REFUSED);
  repeat = ledger_commit_draft (ledger, first); /* the same draft writes nothing */
  g_assert_true (repeat->is_repeat);
  ledger_reboot (ledger);
  assert_state (ledger, FIRST, "entered");
  assert_refused (ledger, again, BM_ERROR_REFUSED);
  next = ledger_commit (ledger, 3); /* what was refused took no number */
  g_assert_cmpuint (next->counter, ==, committed->counter + 1);
  bm_committed_free (committed);
  bm_committed_free (repeat);
  bm_committed_free (next);
  ledger_free (ledger);
}

static void
test_two_people (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (BmDraft) alone = late_new (1, FIRST);
  g_autoptr (BmDraft) nobody = late_new (2, FIRST);
  g_autoptr (BmDraft) wrong = late_new (3, "01 01 0001 7");

  ledger_open (ledger);
  ledger_print_form (ledger);
  g_free (alone->second);
  alone->second = g_strdup ("HT02");
  g_clear_pointer (&nobody->second, g_free);
  assert_refused (ledger, alone, BM_ERROR_INVALID);
  assert_refused (ledger, nobody, BM_ERROR_INVALID);
  assert_refused (ledger, wrong, BM_ERROR_INVALID);
  assert_state (ledger, FIRST, "given");
  ledger_free (ledger);
}

/* Of another terminal's paper nobody here can say more than that it was entered here. */
static void
test_elsewhere (void)
{
  Ledger *ledger = ledger_new ();
  g_autofree char *form = bm_form_number_new (9, 1, 1);
  g_autoptr (BmDraft) first = late_new (1, form);
  g_autoptr (BmDraft) again = late_new (2, form);

  ledger_open (ledger);
  assert_state (ledger, form, "unknown");
  bm_committed_free (ledger_commit_draft (ledger, first));
  assert_state (ledger, form, "entered");
  assert_refused (ledger, again, BM_ERROR_REFUSED);
  ledger_free (ledger);
}

/* The desk sees which matter came from paper. */
static void
test_mark (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (BmDraft) late = late_new (1, FIRST);
  json_t *overview, *rows;

  ledger_open (ledger);
  ledger_print_form (ledger);
  bm_committed_free (ledger_commit_draft (ledger, late));
  bm_committed_free (ledger_commit (ledger, 2));
  overview = ledger_overview (ledger);
  rows = json_object_get (json_object_get (overview, "waiting"), "rows");
  g_assert_cmpuint (json_array_size (rows), ==, 2);
  g_assert_true (json_is_true (json_object_get (json_array_get (rows, 0), "is_late")));
  g_assert_null (json_object_get (json_array_get (rows, 1), "is_late"));
  json_decref (overview);
  ledger_free (ledger);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/forms/entered-once", test_once);
  g_test_add_func ("/store/forms/two-people", test_two_people);
  g_test_add_func ("/store/forms/elsewhere", test_elsewhere);
  g_test_add_func ("/store/forms/mark", test_mark);
  return g_test_run ();
}
