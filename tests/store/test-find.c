/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/store/fixture.h"

#include "core/entry/number.h"
#include "core/error.h"

#include <string.h>

/* Slips that are looked up, and what the desk finds, prints again and has to do. */

static BmTracked *
track (Ledger *ledger, const char *text)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  BmTracked *tracked;

  bm_store_track_async (ledger->store, text, ledger_on_done, &result);
  tracked = bm_store_track_finish (ledger->store, ledger_take (&result), &error);
  g_assert_no_error (error);
  return tracked;
}

static void
assert_here (Ledger *ledger, const char *text, const char *number, BmCaseState state)
{
  g_autoptr (BmTracked) tracked = track (ledger, text);

  g_assert_cmpint (tracked->place, ==, BM_TRACKED_HERE);
  g_assert_cmpstr (tracked->number, ==, number);
  g_assert_cmpint (tracked->state, ==, state);
  g_assert_cmpint (tracked->wall_ms, >, 0);
}

/* Told alike: not even the number comes back. */
static void
assert_none (Ledger *ledger, const char *text)
{
  g_autoptr (BmTracked) tracked = track (ledger, text);

  g_assert_cmpint (tracked->place, ==, BM_TRACKED_NONE);
  g_assert_cmpstr (tracked->number, ==, "");
  g_assert_null (tracked->code);
  g_assert_cmpint (tracked->state, ==, BM_CASE_NOTED);
  g_assert_cmpint (tracked->wall_ms, ==, 0);
}

static char *
dup_forged (const char *qr)
{
  char *forged = g_strdup (qr);
  char *last = forged + strlen (forged) - 1;

  *last = *last == 'A' ? 'B' : 'A';
  return forged;
}

static void
test_track (void)
{
  Ledger *ledger = ledger_new ();
  g_autofree char *forged = NULL;
  g_autofree char *lower = NULL;
  g_autofree char *unknown = bm_number_new ("990121101201", 1, 1, 999);
  g_autofree char *unknown_qr = NULL;
  BmCommitted *first, *second;

  ledger_open (ledger);
  first = ledger_commit (ledger, 1);
  second = ledger_commit (ledger, 2);
  assert_here (ledger, "1", first->number, BM_CASE_NOTED);
  assert_here (ledger, " 00000002 ", second->number, BM_CASE_NOTED);
  assert_here (ledger, first->number, first->number, BM_CASE_NOTED);
  assert_here (ledger, first->qr, first->number, BM_CASE_NOTED);
  lower = g_ascii_strdown (second->qr, -1); /* as some scanners type it */
  assert_here (ledger, lower, second->number, BM_CASE_NOTED);

  forged = dup_forged (first->qr);
  assert_none (ledger, forged);
  unknown_qr = bm_qr_text ("DEMO.INVALID", unknown, "ABCDEFGH");
  assert_none (ledger, unknown_qr);
  assert_none (ledger, unknown);
  assert_none (ledger, "3");
  assert_none (ledger, "0");
  assert_none (ledger, "");
  assert_none (ledger, "123456789");
  assert_none (ledger, "https://example.org/");
  assert_none (ledger, "990121194803120028"); /* an ID number opens nothing here */
  bm_committed_free (first);
  bm_committed_free (second);
  ledger_free (ledger);
}

static void
test_track_elsewhere (void)
{
  Ledger *ledger = ledger_new ();
  g_autofree char *terminal = bm_number_new ("990121101201", 2, 1, 1);
  g_autofree char *village = bm_number_new ("990121101202", 1, 1, 1);
  g_autofree char *qr = bm_qr_text ("DEMO.INVALID", terminal, "ABCDEFGH");
  const char *const texts[] = { terminal, village, qr };

  ledger_open (ledger);
  ledger_commit_many (ledger, 1, 1);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (BmTracked) tracked = track (ledger, texts[i]);

      g_assert_cmpint (tracked->place, ==, BM_TRACKED_ELSEWHERE);
      g_assert_cmpstr (tracked->number, ==, i == 1 ? village : terminal);
      g_assert_cmpstr (tracked->code, ==, i == 2 ? "ABCDEFGH" : NULL);
    }
  ledger_free (ledger);
}

/* After a new label the spoken number still says which one. */
static void
test_track_labels (void)
{
  Ledger *ledger = ledger_new ();
  BmCommitted *before, *after;
  BmOutboxStatus *status;

  ledger_open (ledger);
  before = ledger_commit (ledger, 1);
  status = ledger_status (ledger);
  ledger_watermark (ledger, status->epoch, status->next_seq + 10, 2, 50);
  g_free (status);
  after = ledger_commit (ledger, 2);
  g_assert_cmpuint (after->counter, >=, 50);
  assert_here (ledger, "1", before->number, BM_CASE_NOTED);
  {
    g_autofree char *spoken = g_strdup_printf ("%u", after->counter);

    assert_here (ledger, spoken, after->number, BM_CASE_NOTED);
  }
  bm_committed_free (before);
  bm_committed_free (after);
  ledger_free (ledger);
}

/* The desk */

static json_t *
find (Ledger *ledger, const char *text)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  json_t *found;

  bm_store_desk_find_async (ledger->store, text, ledger_on_done, &result);
  found = bm_store_json_finish (ledger->store, ledger_take (&result), &error);
  g_assert_no_error (error);
  return found;
}

static void
assert_text (json_t *object, const char *key, const char *wanted)
{
  g_assert_cmpstr (json_string_value (json_object_get (object, key)), ==, wanted);
}

static void
assert_number (json_t *object, const char *key, json_int_t wanted)
{
  g_assert_cmpint (json_integer_value (json_object_get (object, key)), ==, wanted);
}

static BmCommitted *
commit_due (Ledger *ledger, guint session, gint32 due_day)
{
  g_autoptr (BmDraft) draft = ledger_draft_new (session);
  g_autoptr (GError) error = NULL;
  BmCommitted *committed;

  draft->due_day = due_day;
  committed = ledger_try_commit (ledger, draft, &error);
  g_assert_no_error (error);
  return committed;
}

static void
test_desk_find (void)
{
  Ledger *ledger = ledger_new ();
  BmCommitted *late = NULL, *soon = NULL;
  json_t *found;
  g_autofree char *text = NULL;

  ledger_open (ledger);
  late = commit_due (ledger, 1, BM_NO_DUE_DAY);
  soon = commit_due (ledger, 2, 20780);
  found = find (ledger, "1");
  assert_text (found, "number", late->number);
  assert_text (found, "name", "王*兰");
  assert_text (found, "service", "cert.pension");
  assert_text (found, "state", "noted");
  assert_text (found, "entry", "pending");
  assert_text (found, "todo", "wait");
  assert_number (found, "position", 2); /* the due one goes first */
  assert_number (found, "waiting", 2);
  g_assert_true (json_is_null (json_object_get (found, "due_day")));
  text = json_dumps (found, 0);
  g_assert_null (strstr (text, RESIDENT_NAME));
  g_assert_null (strstr (text, RESIDENT_ID));
  json_decref (found);
  found = find (ledger, soon->qr);
  assert_number (found, "position", 1);
  assert_number (found, "due_day", 20780);
  json_decref (found);
  found = find (ledger, "9");
  g_assert_true (json_is_null (found));
  json_decref (found);
  bm_committed_free (late);
  bm_committed_free (soon);
  ledger_free (ledger);
}

static void
answer_all (Ledger *ledger, BmAnswerStatus status, const char *reason)
{
  BmOutboxBatch *batch = ledger_next (ledger, 1 << 20, 100);
  g_autoptr (GPtrArray) answers = answers_for (batch, status);

  for (guint i = 0; i < answers->len; i++)
    {
      BmAnswer *answer = answers->pdata[i];

      g_free (answer->reason);
      answer->reason = g_strdup (reason);
    }
  g_assert_true (ledger_apply (ledger, answers, NULL, 0, NULL));
  bm_outbox_batch_free (batch);
}

static void
apply_result (Ledger *ledger, const char *number, gint64 version, const char *state)
{
  g_autofree char *body = g_strdup_printf ("{\"state\":\"%s\",\"text\":\"秘密的话\"}", state);
  g_autoptr (GPtrArray) messages =
    messages_new (message_new (version, "result", number, version, body));

  g_assert_true (ledger_apply (ledger, NULL, messages, version, NULL));
}

static void
assert_todo (Ledger *ledger, const char *number, const char *wanted)
{
  json_t *found = find (ledger, number);
  g_autofree char *text = json_dumps (found, 0);

  assert_text (found, "todo", wanted);
  g_assert_null (strstr (text, "秘密的话")); /* an answer is the person's */
  json_decref (found);
}

static void
test_desk_todo (void)
{
  Ledger *ledger = ledger_new ();
  BmCommitted *good, *bad;
  json_t *found;

  ledger_open (ledger);
  bad = ledger_commit (ledger, 1);
  answer_all (ledger, BM_ANSWER_REJECTED, "地址不清楚");
  found = find (ledger, bad->number);
  assert_text (found, "todo", "look");
  assert_text (found, "reason", "地址不清楚");
  assert_number (found, "position", 0);
  json_decref (found);
  good = ledger_commit (ledger, 2);
  assert_todo (ledger, good->number, "wait");
  answer_all (ledger, BM_ANSWER_ACCEPTED, "");
  assert_todo (ledger, good->number, "centre");
  apply_result (ledger, good->number, 1, "done");
  assert_todo (ledger, good->number, "tell");
  ledger_mark_told (ledger, good->number);
  assert_todo (ledger, good->number, "nothing");
  bm_committed_free (good);
  bm_committed_free (bad);
  ledger_free (ledger);
}

static gint64
reprint (Ledger *ledger, const char *number, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  bm_store_reprint_async (ledger->store, number, "desk", "HT02", ledger_on_done, &result);
  return bm_store_print_finish (ledger->store, ledger_take (&result), error);
}

static void
test_reprint (void)
{
  Ledger *ledger = ledger_new ();
  BmCommitted *committed;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) jobs = NULL;
  const BmPrintJob *again;
  BmOutboxStatus *status;
  gint64 job;

  ledger_open (ledger);
  committed = ledger_commit (ledger, 1);
  status = ledger_status (ledger);
  g_assert_cmpuint (status->next_seq, ==, 4);
  g_free (status);
  job = reprint (ledger, committed->number, &error);
  g_assert_no_error (error);
  jobs = ledger_open_jobs (ledger);
  g_assert_cmpuint (jobs->len, ==, 2);
  again = jobs->pdata[1];
  g_assert_cmpint (again->id, ==, job);
  g_assert_cmpuint (again->copy, ==, 2);
  g_assert_cmpstr (again->seat, ==, "desk");
  g_assert_true (json_equal (again->sheet, ((BmPrintJob *) jobs->pdata[0])->sheet));
  status = ledger_status (ledger);
  g_assert_cmpuint (status->next_seq, ==, 5); /* audited */
  g_free (status);
  g_assert_cmpint (reprint (ledger, "9901211012010101000000999", &error), ==, 0);
  g_assert_error (error, BM_ERROR, BM_ERROR_NOT_FOUND);
  bm_committed_free (committed);
  ledger_free (ledger);
}

/* Tasks */

static json_t *
contacts (Ledger *ledger)
{
  g_autoptr (GAsyncResult) result = NULL;

  bm_store_contacts_async (ledger->store, ledger_on_done, &result);
  return bm_store_json_finish (ledger->store, ledger_take (&result), NULL);
}

static void
want_contact (Ledger *ledger, const char *kind, const char *name)
{
  g_assert_true (ledger_audit (ledger,
                               json_pack ("{s:i, s:s, s:s, s:s}", "version", 1, "what", "contact",
                                          "kind", kind, "name", name),
                               NULL));
}

static gboolean
settle (Ledger *ledger, gint64 contact, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  bm_store_settle_contact_async (ledger->store, contact, "HT02", ledger_on_done, &result);
  return bm_store_settle_contact_finish (ledger->store, ledger_take (&result), error);
}

static void
test_contacts (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (GError) error = NULL;
  json_t *open;
  gint64 danger;

  ledger_open (ledger);
  want_contact (ledger, "contact", "王*兰");
  want_contact (ledger, "ask", "李*");
  want_contact (ledger, "danger", "");
  open = contacts (ledger);
  g_assert_cmpuint (json_array_size (open), ==, 3);
  assert_text (json_array_get (open, 0), "kind", "danger"); /* whatever came first */
  assert_text (json_array_get (open, 1), "name", "王*兰");
  assert_text (json_array_get (open, 2), "kind", "ask");
  danger = json_integer_value (json_object_get (json_array_get (open, 0), "contact"));
  json_decref (open);
  g_assert_true (settle (ledger, danger, &error));
  g_assert_false (settle (ledger, danger, &error)); /* twice, or by two helpers */
  g_assert_error (error, BM_ERROR, BM_ERROR_NOT_FOUND);
  ledger_reboot (ledger);
  open = contacts (ledger);
  g_assert_cmpuint (json_array_size (open), ==, 2);
  json_decref (open);
  ledger_free (ledger);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/find/slips", test_track);
  g_test_add_func ("/find/another-terminals-slip", test_track_elsewhere);
  g_test_add_func ("/find/over-labels", test_track_labels);
  g_test_add_func ("/desk/find", test_desk_find);
  g_test_add_func ("/desk/todo", test_desk_todo);
  g_test_add_func ("/desk/reprint-is-a-copy", test_reprint);
  g_test_add_func ("/desk/tasks", test_contacts);
  return g_test_run ();
}
