/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/store/fixture.h"

#include "core/error.h"

#include <string.h>

/* What comes down: results, documents, versions, the cursor; and what the station notes by itself. */

static void
apply_one (Ledger *ledger, BmMessage *message)
{
  g_autoptr (GPtrArray) messages = messages_new (message);
  g_autoptr (GError) error = NULL;

  g_assert_true (ledger_apply (ledger, NULL, messages, message->id, &error));
  g_assert_no_error (error);
}

static char *
dup_document (Ledger *ledger, const char *kind)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GError) error = NULL;

  bm_store_get_document_async (ledger->store, kind, NULL, ledger_on_done, &result);
  body = bm_store_get_document_finish (ledger->store, ledger_take (&result), &error);
  g_assert_no_error (error);
  if (body == NULL)
    return NULL;
  return g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
}

static const char *
result_text (const BmCase *found)
{
  return json_string_value (json_object_get (found->result, "text"));
}

static void
test_result (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (BmDraft) draft = ledger_draft_new (1);
  BmCommitted *committed;
  BmCase *found;

  ledger_open (ledger);
  committed = ledger_commit (ledger, 1);
  ledger_mark_told (ledger, committed->number);
  apply_one (ledger, message_new (1, "result", committed->number, 2,
                                  "{\"state\":\"done\",\"text\":\"这次认证通过了。\"}"));
  g_assert_cmpuint (ledger->changed_cases->len, ==, 1);
  g_assert_cmpstr (ledger->changed_cases->pdata[0], ==, committed->number);
  ledger_close (ledger);
  ledger_open (ledger);
  found = ledger_case (ledger, committed->number);
  g_assert_cmpint (found->state, ==, BM_CASE_DONE);
  g_assert_false (found->is_told);
  g_assert_cmpstr (result_text (found), ==, "这次认证通过了。");
  bm_case_free (found);
  {
    g_autoptr (GPtrArray) cases = ledger_cases (ledger, draft);
    g_autoptr (GPtrArray) untold = ledger_untold (ledger, "hall");

    g_assert_cmpuint (cases->len, ==, 1);
    g_assert_cmpuint (untold->len, ==,
                      0); /* the commit was acknowledged; the result is not invariant 14's */
  }
  ledger_mark_told (ledger, committed->number);

  /* An older version that arrives late changes nothing. */
  apply_one (ledger, message_new (2, "result", committed->number, 1,
                                  "{\"state\":\"handed\",\"text\":\"转了\"}"));
  found = ledger_case (ledger, committed->number);
  g_assert_cmpint (found->state, ==, BM_CASE_DONE);
  g_assert_true (found->is_told);
  bm_case_free (found);
  bm_committed_free (committed);
  ledger_free (ledger);
}

static void
test_result_unknown_case (void)
{
  Ledger *ledger = ledger_new ();
  BmCase *found;

  ledger_open (ledger);
  apply_one (ledger,
             message_new (1, "result", "9901211012010101000000999", 1, "{\"state\":\"done\"}"));
  found = ledger_case (ledger, "9901211012010101000000999");
  g_assert_null (found);
  g_assert_cmpuint (ledger->changed_cases->len, ==, 0);
  ledger_free (ledger);
}

static void
test_documents_never_go_back (void)
{
  Ledger *ledger = ledger_new ();
  g_autofree char *newest = NULL;
  g_autofree char *none = NULL;
  json_t *overview, *alarm;

  ledger_open (ledger);
  none = dup_document (ledger, "roster");
  g_assert_null (none);
  apply_one (ledger, message_new (1, "roster", "", 5, "five"));
  apply_one (ledger, message_new (2, "roster", "", 6, "six"));
  apply_one (ledger, message_new (3, "roster", "", 4, "four"));
  newest = dup_document (ledger, "roster");
  g_assert_cmpstr (newest, ==, "six");
  g_assert_cmpuint (ledger->changed_documents->len, ==, 2);
  overview = ledger_overview (ledger);
  alarm = json_array_get (json_object_get (overview, "alarms"), 0);
  g_assert_cmpstr (json_string_value (json_object_get (alarm, "what")), ==, "document-went-back");
  json_decref (overview);
  ledger_free (ledger);
}

static void
test_cursor (void)
{
  Ledger *ledger = ledger_new ();
  BmOutboxStatus *status;
  g_autofree char *body = NULL;

  ledger_open (ledger);
  apply_one (ledger, message_new (7, "notice", "", 1, "{\"text\":\"seven\"}"));
  apply_one (ledger, message_new (5, "notice", "", 2,
                                  "{\"text\":\"five\"}")); /* below the cursor: applied before */
  body = dup_document (ledger, "notice");
  g_assert_cmpstr (body, ==, "{\"text\":\"seven\"}");
  ledger_close (ledger);
  ledger_open (ledger);
  status = ledger_status (ledger);
  g_assert_cmpint (status->cursor, ==, 7);
  g_free (status);
  ledger_free (ledger);
}

/* A message that cannot be stored blocks neither the next one nor the cursor. */
static void
test_bad_message (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (GPtrArray) messages = NULL;
  BmCommitted *committed;
  BmOutboxStatus *status;
  g_autofree char *body = NULL;
  g_autofree char *huge = g_strnfill (BM_STORE_MAX_DOCUMENT + 1, 'x');

  ledger_open (ledger);
  committed = ledger_commit (ledger, 1);
  messages = messages_new (message_new (1, "notice", "", 1, huge));
  g_ptr_array_add (messages, message_new (2, "result", committed->number, 1, "not JSON"));
  g_ptr_array_add (messages, message_new (3, "", "", 1, "no kind"));
  g_ptr_array_add (messages, message_new (4, "roster", "", 1, "{\"text\":\"good\"}"));
  g_assert_true (ledger_apply (ledger, NULL, messages, 4, NULL));
  body = dup_document (ledger, "roster");
  g_assert_cmpstr (body, ==, "{\"text\":\"good\"}");
  status = ledger_status (ledger);
  g_assert_cmpint (status->cursor, ==, 4);
  g_free (status);
  bm_committed_free (committed);
  ledger_free (ledger);
}

static gint64
pin_call (Ledger *ledger, const char *staff, gint was_right)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gint64 wait_ms;

  if (was_right < 0)
    bm_store_pin_state_async (ledger->store, staff, ledger_on_done, &result);
  else
    bm_store_note_pin_async (ledger->store, staff, was_right, ledger_on_done, &result);
  wait_ms = bm_store_pin_finish (ledger->store, ledger_take (&result), &error);
  g_assert_no_error (error);
  return wait_ms;
}

static void
test_pins (void)
{
  Ledger *ledger = ledger_new ();
  gint64 last = 0;

  ledger_open (ledger);
  g_assert_cmpint (pin_call (ledger, "HT02", -1), ==, 0);
  for (guint i = 1; i <= 5; i++)
    {
      gint64 wait_ms = pin_call (ledger, "HT02", FALSE);

      g_assert_cmpint (wait_ms, >, last);
      last = wait_ms;
    }
  g_assert_cmpint (last, ==, 15 * 60 * 1000);
  g_assert_cmpint (pin_call (ledger, "HT01", -1), ==, 0); /* nobody else is locked out */
  ledger_advance (ledger, 5 * 60 * 1000);
  g_assert_cmpint (pin_call (ledger, "HT02", -1), ==, 10 * 60 * 1000);

  ledger_reboot (ledger); /* another boot: the delay starts again */
  g_assert_cmpint (pin_call (ledger, "HT02", -1), ==, 15 * 60 * 1000);
  g_assert_cmpint (pin_call (ledger, "HT02", TRUE), ==, 0);
  g_assert_cmpint (pin_call (ledger, "HT02", -1), ==, 0);
  ledger_free (ledger);
}

static void
test_contacts (void)
{
  Ledger *ledger = ledger_new ();
  json_t *overview, *contact;
  gint64 id;

  ledger_open (ledger);
  g_assert_true (ledger_audit (ledger,
                               json_pack ("{s:s, s:s, s:s}", "what", "contact", "seat", "hall",
                                          "name", RESIDENT_NAME),
                               NULL));
  ledger_close (ledger);
  ledger_open (ledger);
  overview = ledger_overview (ledger);
  contact = json_array_get (json_object_get (overview, "contacts"), 0);
  g_assert_cmpstr (json_string_value (json_object_get (contact, "name")), ==, RESIDENT_NAME);
  id = json_integer_value (json_object_get (contact, "contact"));
  json_decref (overview);
  for (int i = 1; i <= 2; i++)
    {
      g_assert_true (ledger_audit (ledger,
                                   json_pack ("{s:s, s:I, s:s}", "what", "contact-tried", "contact",
                                              (json_int_t) id, "staff", "HT02"),
                                   NULL));
      overview = ledger_overview (ledger);
      contact = json_array_get (json_object_get (overview, "contacts"), 0);
      g_assert_cmpstr (json_string_value (json_object_get (contact, "name")), ==, RESIDENT_NAME);
      g_assert_cmpint (json_integer_value (json_object_get (contact, "tries")), ==, i);
      g_assert_cmpstr (json_string_value (json_object_get (contact, "tried_by")), ==, "HT02");
      g_assert_cmpint (json_integer_value (json_object_get (contact, "tried_ms")), >, 0);
      json_decref (overview);
    }
  g_assert_true (
    ledger_audit (ledger,
                  json_pack ("{s:s, s:I}", "what", "contact-done", "contact", (json_int_t) id),
                  NULL));
  overview = ledger_overview (ledger);
  g_assert_cmpuint (json_array_size (json_object_get (overview, "contacts")), ==, 0);
  json_decref (overview);
  /* A try at what is settled opens it no more. */
  g_assert_true (ledger_audit (ledger,
                               json_pack ("{s:s, s:I, s:s}", "what", "contact-tried", "contact",
                                          (json_int_t) id, "staff", "HT02"),
                               NULL));
  overview = ledger_overview (ledger);
  g_assert_cmpuint (json_array_size (json_object_get (overview, "contacts")), ==, 0);
  json_decref (overview);
  ledger_free (ledger);
}

static void
test_audit_refused (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (GError) error = NULL;
  BmOutboxStatus *status;

  ledger_open (ledger);
  g_assert_false (ledger_audit (ledger, json_pack ("{s:f}", "real", 0.5), &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
  status = ledger_status (ledger);
  g_assert_cmpuint (status->next_seq, ==, 1); /* nothing stayed, not even the run's row */
  g_free (status);
  ledger_commit_many (ledger, 1, 1);
  ledger_free (ledger);
}

static void
test_clock_state (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (GAsyncResult) result = NULL;
  BmOutboxBatch *batch;
  BmEntryHeader header;

  ledger_open (ledger);
  ledger_commit_many (ledger, 1, 1);
  bm_outbox_note_time_async (BM_OUTBOX (ledger->store), 1, 2, 3, ledger_on_done, &result);
  g_assert_true (
    bm_outbox_note_time_finish (BM_OUTBOX (ledger->store), ledger_take (&result), NULL));
  ledger_commit_many (ledger, 2, 1);
  batch = ledger_next (ledger, 1 << 20, 2);
  bm_record_parse (((BmOutboxItem *) batch->items->pdata[0])->record, &header, NULL, NULL, NULL);
  g_assert_cmpint (header.clock_state, ==, BM_CLOCK_UNVERIFIED);
  bm_record_parse (((BmOutboxItem *) batch->items->pdata[1])->record, &header, NULL, NULL, NULL);
  g_assert_cmpint (header.clock_state, ==, BM_CLOCK_VERIFIED);
  bm_outbox_batch_free (batch);
  ledger_free (ledger);
}

static void
test_overview (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (BmDraft) draft = ledger_draft_new (1);
  json_t *overview, *waiting, *due;

  ledger_open (ledger);
  draft->due_day = (gint32) (bm_clock_get_wall_ms (BM_CLOCK (ledger->clock)) / 86400000 + 3);
  bm_committed_free (ledger_try_commit (ledger, draft, NULL));
  ledger_commit_many (ledger, 2, 1);
  overview = ledger_overview (ledger);
  waiting = json_object_get (overview, "waiting");
  g_assert_cmpint (json_integer_value (json_object_get (waiting, "total")), ==, 2);
  g_assert_cmpint (json_integer_value (json_object_get (waiting, "offline")), ==, 2);
  g_assert_cmpint (json_integer_value (json_object_get (waiting, "oldest_ms")), ==,
                   bm_clock_get_wall_ms (BM_CLOCK (ledger->clock)));
  due = json_object_get (waiting, "due_soon");
  g_assert_cmpuint (json_array_size (due), ==, 1);
  g_assert_cmpint (json_integer_value (json_object_get (json_array_get (due, 0), "due_day")), ==,
                   draft->due_day);
  g_assert_cmpint (json_integer_value (
                     json_object_get (json_object_get (overview, "chain"), "rows")),
                   ==, 5);
  g_assert_true (json_is_true (json_object_get (json_object_get (overview, "chain"), "ok")));
  g_assert_cmpint (json_integer_value (
                     json_object_get (json_object_get (overview, "print"), "open")),
                   ==, 2);
  g_assert_cmpint (json_integer_value (
                     json_object_get (json_object_get (overview, "disk"), "free_mib")),
                   >, 0);
  json_decref (overview);
  ledger_free (ledger);
}

static void
test_show (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (GAsyncResult) by_number = NULL;
  g_autoptr (GAsyncResult) by_seq = NULL;
  g_autoptr (GAsyncResult) missing = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  BmCommitted *committed;
  json_t *shown, *row, *outbox;

  ledger_open (ledger);
  committed = ledger_commit (ledger, 1);
  bm_store_show_async (ledger->store, committed->number, ledger_on_done, &by_number);
  shown = bm_store_json_finish (ledger->store, ledger_take (&by_number), &error);
  g_assert_no_error (error);
  g_assert_cmpint (json_integer_value (json_object_get (shown, "seq")), ==, 2);
  g_assert_cmpuint (strlen (json_string_value (json_object_get (shown, "hash"))), ==, 64);
  text = json_dumps (shown, 0);
  g_assert_null (strstr (text, RESIDENT_ID));
  bm_store_show_async (ledger->store, "2", ledger_on_done, &by_seq);
  row = bm_store_json_finish (ledger->store, ledger_take (&by_seq), &error);
  g_assert_true (json_equal (row, shown));
  bm_store_show_async (ledger->store, "999", ledger_on_done, &missing);
  g_assert_null (bm_store_json_finish (ledger->store, ledger_take (&missing), &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_NOT_FOUND);

  outbox = ledger_outbox (ledger);
  g_assert_cmpuint (json_array_size (outbox), ==, 3);
  json_decref (outbox);
  json_decref (shown);
  json_decref (row);
  bm_committed_free (committed);
  ledger_free (ledger);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/messages/result", test_result);
  g_test_add_func ("/messages/result-for-unknown-case", test_result_unknown_case);
  g_test_add_func ("/messages/version-goes-back", test_documents_never_go_back);
  g_test_add_func ("/messages/cursor", test_cursor);
  g_test_add_func ("/messages/unusable-message-blocks-nothing", test_bad_message);
  g_test_add_func ("/notes/pin-delays", test_pins);
  g_test_add_func ("/notes/contacts", test_contacts);
  g_test_add_func ("/notes/audit-refused-leaves-nothing", test_audit_refused);
  g_test_add_func ("/notes/clock-state", test_clock_state);
  g_test_add_func ("/views/overview", test_overview);
  g_test_add_func ("/views/show-and-outbox", test_show);
  return g_test_run ();
}
