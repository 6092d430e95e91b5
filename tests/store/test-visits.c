/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/store/fixture.h"

#include "core/error.h"

/* Visits: ordered with their matter, changed once by what the desk says, gone with it (store-visits.c V1 to V4). */

#define NOBODY_MET 2

static json_t *
list_tasks (Ledger *ledger)
{
  g_autoptr (GAsyncResult) result = NULL;

  bm_store_contacts_async (ledger->store, ledger_on_done, &result);
  return bm_store_json_finish (ledger->store, ledger_take (&result), NULL);
}

/* The only visit that is open; what a helper saw of it comes from here. */
static json_t *
take_visit (Ledger *ledger)
{
  json_t *tasks = list_tasks (ledger);
  json_t *visit;

  g_assert_cmpuint (json_array_size (tasks), ==, 1);
  visit = json_incref (json_array_get (tasks, 0));
  json_decref (tasks);
  return visit;
}

static gsize
count_open (Ledger *ledger)
{
  json_t *tasks = list_tasks (ledger);
  const gsize n = json_array_size (tasks);

  json_decref (tasks);
  return n;
}

#define ROOM 2

static BmDraft *
draft_order (guint number, const char *slot)
{
  BmDraft *draft = ledger_draft_new (number);

  draft->visit = json_pack ("{s:s, s:s, s:s, s:s, s:i}", "kind", "visit", "name", "王*兰", "where",
                            "禾田村1组8号", "slot", slot, "room", ROOM);
  return draft;
}

static BmCommitted *
order (Ledger *ledger)
{
  g_autoptr (BmDraft) draft = draft_order (1, "2026-11-24-am");

  return ledger_commit_draft (ledger, draft);
}

static void
say (Ledger *ledger, const char *what, json_t *seen, const char *slot)
{
  json_t *event = json_pack ("{s:i, s:s, s:s, s:O, s:I}", "version", 1, "what", what, "staff",
                             "HT02", "contact", json_object_get (seen, "contact"), "tries",
                             json_integer_value (json_object_get (seen, "tries")));

  if (slot != NULL)
    {
      json_object_set_new (event, "slot", json_string (slot));
      json_object_set (event, "was", json_object_get (seen, "slot"));
      json_object_set_new (event, "room", json_integer (ROOM));
    }
  g_assert_true (ledger_audit (ledger, event, NULL));
}

static gint64
count_audit (Ledger *ledger)
{
  json_t *report = ledger_verify (ledger);
  const gint64 n = json_integer_value (json_object_get (report, "rows"));

  g_assert_true (json_is_true (json_object_get (report, "ok")));
  json_decref (report);
  return n;
}

static void
assert_visit (Ledger *ledger, gint64 tries, const char *slot)
{
  json_t *visit = take_visit (ledger);

  g_assert_cmpint (json_integer_value (json_object_get (visit, "tries")), ==, tries);
  g_assert_cmpstr (json_string_value (json_object_get (visit, "slot")), ==, slot);
  json_decref (visit);
}

/* Whoever was not met twice is gone to no more; not before. */
static void
test_missed (void)
{
  Ledger *ledger = ledger_new ();
  BmCommitted *committed;

  ledger_open (ledger);
  committed = order (ledger);
  for (gint64 tries = 0; tries < NOBODY_MET; tries++)
    {
      json_t *seen = take_visit (ledger);

      g_assert_cmpstr (json_string_value (json_object_get (seen, "number")), ==, committed->number);
      say (ledger, "visit-missed", seen, NULL); /* too early */
      assert_visit (ledger, tries, "2026-11-24-am");
      say (ledger, "visit-tried", seen, NULL);
      assert_visit (ledger, tries + 1, "2026-11-24-am");
      json_decref (seen);
    }
  ledger_reboot (ledger);
  {
    json_t *seen = take_visit (ledger);

    say (ledger, "visit-missed", seen, NULL);
    json_decref (seen);
  }
  g_assert_cmpuint (count_open (ledger), ==, 0);
  bm_committed_free (committed);
  ledger_free (ledger);
}

/* Said again, or by somebody who saw it as it was before: nothing, and no audit entry. */
static void
test_repeats (void)
{
  Ledger *ledger = ledger_new ();
  json_t *seen;
  gint64 n;

  ledger_open (ledger);
  bm_committed_free (order (ledger));
  seen = take_visit (ledger);
  n = count_audit (ledger);
  g_assert_cmpint (n, >, 0);
  say (ledger, "visit-tried", seen, NULL);
  say (ledger, "visit-tried", seen, NULL);
  assert_visit (ledger, 1, "2026-11-24-am");
  say (ledger, "visit-moved", seen, "2026-11-25-pm");
  say (ledger, "visit-moved", seen, "2026-11-26-pm"); /* it was moved meanwhile */
  assert_visit (ledger, 1, "2026-11-25-pm");
  g_assert_cmpint (count_audit (ledger), ==, n + 2);
  say (ledger, "visit-done", seen, NULL);
  say (ledger, "visit-done", seen, NULL);
  say (ledger, "visit-tried", seen, NULL); /* what ended takes nothing more */
  say (ledger, "visit-moved", seen, "2026-11-27-am");
  g_assert_cmpuint (count_open (ledger), ==, 0);
  g_assert_cmpint (count_audit (ledger), ==, n + 3);
  json_decref (seen);
  ledger_free (ledger);
}

static void
test_no_visit (void)
{
  Ledger *ledger = ledger_new ();
  json_t *seen;

  ledger_open (ledger);
  g_assert_true (ledger_audit (ledger,
                               json_pack ("{s:i, s:s, s:s, s:s}", "version", 1, "what", "contact",
                                          "kind", "ask", "name", "李*"),
                               NULL));
  seen = take_visit (ledger);
  say (ledger, "visit-done", seen, NULL); /* a task of another kind is not ended so */
  g_assert_cmpuint (count_open (ledger), ==, 1);
  json_decref (seen);
  ledger_free (ledger);
}

static void
test_withdrawn (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (GError) error = NULL;
  g_autofree BmWithdrawn *withdrawn = NULL;
  BmCommitted *committed;

  ledger_open (ledger);
  committed = order (ledger);
  withdrawn = ledger_withdraw (ledger, committed->number, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (withdrawn->is_withdrawn);
  g_assert_cmpuint (count_open (ledger), ==, 0);
  bm_committed_free (committed);
  ledger_free (ledger);
}

/* Until the centre decides, somebody is still promised. */
static void
test_asked_back (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (GError) error = NULL;
  g_autofree BmWithdrawn *withdrawn = NULL;
  BmCommitted *committed;
  GPtrArray *messages;

  ledger_open (ledger);
  committed = order (ledger);
  ledger_send_all (ledger, BM_ANSWER_ACCEPTED);
  withdrawn = ledger_ask_back (ledger, committed->number, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (withdrawn->is_asked);
  g_assert_cmpuint (count_open (ledger), ==, 1);
  messages = messages_new (
    message_new (1, "result", committed->number, 1, "{\"state\":\"withdrawn\",\"text\":\"\"}"));
  g_assert_true (ledger_apply (ledger, NULL, messages, 1, &error));
  g_assert_no_error (error);
  g_ptr_array_unref (messages);
  g_assert_cmpuint (count_open (ledger), ==, 0);
  bm_committed_free (committed);
  ledger_free (ledger);
}

static void
order_many (Ledger *ledger, guint from, guint n, const char *slot)
{
  for (guint number = from; number < from + n; number++)
    {
      g_autoptr (BmDraft) draft = draft_order (number, slot);

      bm_committed_free (ledger_commit_draft (ledger, draft));
    }
}

/* V5: the last place is given once, nothing of the second is stored, and the same matter again is the first one. */
static void
test_full (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (BmDraft) late = draft_order (9, "2026-11-24-am");
  g_autoptr (BmDraft) again = draft_order (2, "2026-11-24-am");
  g_autoptr (GError) error = NULL;
  BmCommitted *repeated;

  ledger_open (ledger);
  order_many (ledger, 1, ROOM, "2026-11-24-am");
  g_assert_null (ledger_try_commit (ledger, late, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_REFUSED);
  g_assert_cmpuint (count_open (ledger), ==, ROOM);
  repeated = ledger_commit_draft (ledger, again);
  g_assert_true (repeated->is_repeat);
  order_many (ledger, 3, ROOM + 1, "any"); /* talked over on the telephone: no room is taken */
  g_assert_cmpuint (count_open (ledger), ==, 2 * ROOM + 1);
  bm_committed_free (repeated);
  ledger_free (ledger);
}

/* V5 for what the desk moves; what ended leaves room. */
static void
test_moved_to_full (void)
{
  Ledger *ledger = ledger_new ();
  json_t *tasks, *moved, *done;
  gint64 n;

  ledger_open (ledger);
  order_many (ledger, 1, ROOM, "2026-11-24-am");
  order_many (ledger, 5, 1, "2026-11-25-pm");
  tasks = list_tasks (ledger);
  done = json_array_get (tasks, 0);
  moved = json_array_get (tasks, ROOM);
  n = count_audit (ledger);
  say (ledger, "visit-moved", moved, "2026-11-24-am");
  g_assert_cmpint (count_audit (ledger), ==, n);
  say (ledger, "visit-done", done, NULL);
  say (ledger, "visit-moved", moved, "2026-11-24-am");
  g_assert_cmpint (count_audit (ledger), ==, n + 2);
  g_assert_cmpuint (count_open (ledger), ==, ROOM);
  json_decref (tasks);
  ledger_free (ledger);
}

static BmCommitted *
do_visit (Ledger *ledger, json_t *seen, const char *number)
{
  g_autoptr (BmDraft) draft = ledger_draft_new (7);

  draft->visited =
    json_pack ("{s:O, s:s}", "contact", json_object_get (seen, "contact"), "number", number);
  return ledger_commit_draft (ledger, draft);
}

/* V6: with the entry, and only the visit that it names. */
static void
test_done_there (void)
{
  Ledger *ledger = ledger_new ();
  BmCommitted *ordered, *other, *done, *again;
  json_t *seen;

  ledger_open (ledger);
  ordered = order (ledger);
  seen = take_visit (ledger);
  other = do_visit (ledger, seen, "9901211012010101000000999");
  g_assert_cmpuint (count_open (ledger), ==, 1);
  bm_committed_free (other);
  say (ledger, "visit-tried", seen, NULL);
  {
    g_autoptr (BmDraft) draft = ledger_draft_new (8);

    draft->visited = json_pack ("{s:O, s:s}", "contact", json_object_get (seen, "contact"),
                                "number", ordered->number);
    done = ledger_commit_draft (ledger, draft);
    g_assert_cmpuint (count_open (ledger), ==, 0);
    again = ledger_commit_draft (ledger, draft); /* the same matter once more */
    g_assert_true (again->is_repeat);
  }
  say (ledger, "visit-tried", seen, NULL);
  g_assert_cmpuint (count_open (ledger), ==, 0);
  bm_committed_free (again);
  bm_committed_free (done);
  bm_committed_free (ordered);
  json_decref (seen);
  ledger_free (ledger);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/visits/missed-after-two-tries", test_missed);
  g_test_add_func ("/visits/repeat-writes-nothing", test_repeats);
  g_test_add_func ("/visits/other-tasks-stay", test_no_visit);
  g_test_add_func ("/visits/withdrawn-is-gone", test_withdrawn);
  g_test_add_func ("/visits/asked-back-stays", test_asked_back);
  g_test_add_func ("/visits/last-place-once", test_full);
  g_test_add_func ("/visits/done-there", test_done_there);
  g_test_add_func ("/visits/not-moved-to-what-is-full", test_moved_to_full);
  return g_test_run ();
}
