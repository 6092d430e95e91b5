/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/store/fixture.h"

#include "core/error.h"

#include <string.h>

/* Lanes, states, deferral, holding, mismatched answers, and a disk that was rolled back. */

static guint
count_waiting (Ledger *ledger)
{
  BmOutboxBatch *batch = ledger_next (ledger, 1 << 20, 100);
  guint count = batch->items->len;

  bm_outbox_batch_free (batch);
  return count;
}

static json_t *
first_attention (json_t *overview)
{
  json_t *attention = json_object_get (overview, "attention");

  g_assert_cmpuint (json_array_size (attention), ==, 1);
  return json_array_get (attention, 0);
}

static gboolean
has_alarm (Ledger *ledger, const char *what)
{
  json_t *overview = ledger_overview (ledger);
  gboolean is_found = FALSE;
  json_t *alarm;
  size_t i;

  json_array_foreach (json_object_get (overview, "alarms"), i, alarm) is_found =
    is_found || g_str_equal (json_string_value (json_object_get (alarm, "what")), what);
  json_decref (overview);
  return is_found;
}

static void
commit_with (Ledger *ledger, guint number, guint8 priority, gint32 due_day)
{
  g_autoptr (BmDraft) draft = ledger_draft_new (number);

  draft->priority = priority;
  draft->due_day = due_day;
  bm_committed_free (ledger_try_commit (ledger, draft, NULL));
}

static void
test_lanes (void)
{
  Ledger *ledger = ledger_new ();
  const guint64 expected[] = { 8, 6, 4, 2, 3, 5, 7, 9 };
  BmOutboxBatch *batch;

  ledger_open (ledger);
  commit_with (ledger, 1, 1, BM_NO_DUE_DAY);
  commit_with (ledger, 2, 1, 21000);
  commit_with (ledger, 3, 1, 20000);
  commit_with (ledger, 4, 0, BM_NO_DUE_DAY); /* a resident waits */
  batch = ledger_next (ledger, 1 << 20, 100);
  g_assert_cmpuint (batch->items->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmpuint (((BmOutboxItem *) batch->items->pdata[i])->seq, ==, expected[i]);
  g_assert_cmpuint (batch->runs->len, ==, 1);
  g_assert_cmpuint (((BmOutboxItem *) batch->runs->pdata[0])->seq, ==, 1);
  bm_outbox_batch_free (batch);

  batch = ledger_next (ledger, 1, 100);
  g_assert_cmpuint (batch->items->len, ==, 1); /* at least one, whatever its size */
  bm_outbox_batch_free (batch);
  batch = ledger_next (ledger, 1 << 20, 3);
  g_assert_cmpuint (batch->items->len, ==, 3);
  bm_outbox_batch_free (batch);
  ledger_free (ledger);
}

static void
test_accepted (void)
{
  Ledger *ledger = ledger_new ();
  BmCommitted *committed;
  BmOutboxBatch *batch;
  BmOutboxStatus *status;
  BmCase *found;
  g_autoptr (GPtrArray) answers = NULL;

  ledger_open (ledger);
  committed = ledger_commit (ledger, 1);
  batch = ledger_next (ledger, 1 << 20, 10);
  answers = answers_for (batch, BM_ANSWER_DUPLICATE);
  g_assert_true (ledger_apply (ledger, answers, NULL, 0, NULL));
  g_assert_cmpuint (ledger->changed_cases->len, ==, 1);
  found = ledger_case (ledger, committed->number);
  g_assert_cmpint (found->state, ==, BM_CASE_SENT);
  g_assert_cmpint (found->entry_state, ==, BM_ENTRY_ACKED);
  status = ledger_status (ledger);
  g_assert_cmpuint (status->pending, ==, 0);
  g_assert_cmpuint (count_waiting (ledger), ==, 0);

  g_assert_true (ledger_apply (ledger, answers, NULL, 0, NULL)); /* again: nothing changes */
  g_assert_cmpuint (ledger->changed_cases->len, ==, 1);
  bm_case_free (found);
  g_free (status);
  bm_outbox_batch_free (batch);
  bm_committed_free (committed);
  ledger_free (ledger);
}

static void
test_lost_run_row (void)
{
  Ledger *ledger = ledger_new ();
  BmOutboxBatch *batch;
  g_autoptr (GPtrArray) answers = NULL;

  ledger_open (ledger);
  ledger_commit_many (ledger, 1, 1);
  batch = ledger_next (ledger, 1 << 20, 10);
  answers = answers_for (batch, BM_ANSWER_ACCEPTED);
  g_ptr_array_remove_index (answers, 0); /* the run's answer got lost */
  g_assert_true (ledger_apply (ledger, answers, NULL, 0, NULL));
  bm_outbox_batch_free (batch);
  batch = ledger_next (ledger, 1 << 20, 10);
  g_assert_cmpuint (batch->items->len, ==, 1);
  g_assert_cmpint (((BmOutboxItem *) batch->items->pdata[0])->type, ==, BM_ENTRY_RUN);
  bm_outbox_batch_free (batch);
  ledger_free (ledger);
}

static void
test_mismatch (void)
{
  Ledger *ledger = ledger_new ();
  BmOutboxBatch *batch;

  ledger_open (ledger);
  ledger_commit_many (ledger, 1, 1);
  batch = ledger_next (ledger, 1 << 20, 10);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GPtrArray) answers = answers_new ();
      BmAnswer *answer = answer_new (batch->items->pdata[0], BM_ANSWER_ACCEPTED);

      if (i == 0)
        answer->hash[0] ^= 1;
      else if (i == 1)
        answer->epoch ^= 2;
      else
        answer->seq += 1;
      g_ptr_array_add (answers, answer);
      g_assert_true (ledger_apply (ledger, answers, NULL, 0, NULL));
      g_assert_cmpuint (count_waiting (ledger), ==, 2);
    }
  g_assert_true (has_alarm (ledger, "answer-mismatch"));
  g_assert_cmpuint (ledger->changed_cases->len, ==, 0);
  bm_outbox_batch_free (batch);
  ledger_free (ledger);
}

/* Bytes that the centre could not parse have no id there: matched by hash alone. */
static void
test_quarantined_by_hash (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (GPtrArray) answers = answers_new ();
  BmOutboxBatch *batch;
  BmAnswer *answer;

  ledger_open (ledger);
  ledger_commit_many (ledger, 1, 1);
  batch = ledger_next (ledger, 1 << 20, 10);
  answer = answer_new (batch->items->pdata[0], BM_ANSWER_QUARANTINED);
  answer->epoch = answer->seq = 0;
  g_ptr_array_add (answers, answer);
  g_assert_true (ledger_apply (ledger, answers, NULL, 0, NULL));
  g_assert_cmpuint (count_waiting (ledger), ==, 1);
  g_assert_false (has_alarm (ledger, "answer-mismatch"));
  bm_outbox_batch_free (batch);
  ledger_free (ledger);
}

static void
test_rejected (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (GPtrArray) answers = answers_new ();
  BmCommitted *committed;
  BmOutboxBatch *batch;
  BmAnswer *answer;
  json_t *overview, *item;

  ledger_open (ledger);
  committed = ledger_commit (ledger, 1);
  ledger_commit_many (ledger, 2, 2);
  batch = ledger_next (ledger, 1 << 20, 10);
  answer = answer_new (batch->items->pdata[0], BM_ANSWER_REJECTED);
  g_free (answer->code);
  g_free (answer->reason);
  answer->code = g_strdup ("schema");
  answer->reason = g_strdup ("少一项: 住址");
  g_ptr_array_add (answers, answer);
  g_assert_true (ledger_apply (ledger, answers, NULL, 0, NULL));
  g_assert_cmpuint (count_waiting (ledger), ==, 5); /* the others go on */

  overview = ledger_overview (ledger);
  item = first_attention (overview);
  g_assert_cmpstr (json_string_value (json_object_get (item, "number")), ==, committed->number);
  g_assert_cmpstr (json_string_value (json_object_get (item, "code")), ==, "schema");
  g_assert_cmpstr (json_string_value (json_object_get (item, "reason")), ==, "少一项: 住址");
  g_assert_cmpstr (json_string_value (json_object_get (item, "service")), ==, "cert.pension");
  g_assert_cmpint (json_integer_value (json_object_get (item, "seq")), ==, 2);
  json_decref (overview);
  bm_outbox_batch_free (batch);
  bm_committed_free (committed);
  ledger_free (ledger);
}

static void
test_conflict (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (GPtrArray) answers = NULL;
  BmCommitted *committed;
  BmOutboxBatch *batch;
  BmCase *found;

  ledger_open (ledger);
  committed = ledger_commit (ledger, 1);
  batch = ledger_next (ledger, 1 << 20, 1);
  answers = answers_for (batch, BM_ANSWER_CONFLICT);
  g_assert_true (ledger_apply (ledger, answers, NULL, 0, NULL));
  found = ledger_case (ledger, committed->number);
  g_assert_cmpint (found->state, ==, BM_CASE_CONFLICT);
  g_assert_cmpint (found->entry_state, ==, BM_ENTRY_QUARANTINED);
  g_assert_true (has_alarm (ledger, "conflict"));
  bm_case_free (found);
  bm_outbox_batch_free (batch);
  bm_committed_free (committed);
  ledger_free (ledger);
}

static void
defer_all (Ledger *ledger, gint64 after_ms)
{
  BmOutboxBatch *batch = ledger_next (ledger, 1 << 20, 10);
  g_autoptr (GPtrArray) answers = answers_for (batch, BM_ANSWER_DEFERRED);

  for (guint i = 0; i < answers->len; i++)
    ((BmAnswer *) answers->pdata[i])->after_ms = after_ms;
  g_assert_true (ledger_apply (ledger, answers, NULL, 0, NULL));
  bm_outbox_batch_free (batch);
}

static void
test_deferred (void)
{
  Ledger *ledger = ledger_new ();

  ledger_open (ledger);
  ledger_commit_many (ledger, 1, 1);
  defer_all (ledger, 60000);
  g_assert_cmpuint (count_waiting (ledger), ==, 0);
  ledger_set_wall (ledger, 0); /* a wrong wall clock changes nothing */
  g_assert_cmpuint (count_waiting (ledger), ==, 0);
  ledger_advance (ledger, 59999);
  g_assert_cmpuint (count_waiting (ledger), ==, 0);
  ledger_advance (ledger, 1);
  g_assert_cmpuint (count_waiting (ledger), ==, 2);
  ledger_free (ledger);
}

/* Another boot: the old boot clock means nothing, the delay runs again and no longer than it is. */
static void
test_deferred_restart (void)
{
  Ledger *ledger = ledger_new ();

  ledger_open (ledger);
  ledger_commit_many (ledger, 1, 1);
  ledger_advance (ledger, 1000 * 1000);
  defer_all (ledger, 60000);
  ledger_reboot (ledger);
  g_assert_cmpuint (count_waiting (ledger), ==, 0);
  ledger_advance (ledger, 60000);
  g_assert_cmpuint (count_waiting (ledger), ==, 2);
  ledger_free (ledger);
}

static void
test_hold (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (GAsyncResult) result = NULL;
  BmOutboxBatch *batch;
  json_t *overview;
  guint64 epoch, offender;

  ledger_open (ledger);
  ledger_commit_many (ledger, 1, 2);
  batch = ledger_next (ledger, 1 << 20, 10);
  offender = ((BmOutboxItem *) batch->items->pdata[0])->seq;
  epoch = ((BmOutboxItem *) batch->items->pdata[0])->epoch;
  bm_outbox_batch_free (batch);
  bm_outbox_hold_async (BM_OUTBOX (ledger->store), epoch, offender, "server-error", "送不上去",
                        ledger_on_done, &result);
  g_assert_true (bm_outbox_hold_finish (BM_OUTBOX (ledger->store), ledger_take (&result), NULL));
  g_assert_cmpuint (count_waiting (ledger), ==, 3);
  overview = ledger_overview (ledger);
  g_assert_cmpint (json_integer_value (json_object_get (first_attention (overview), "seq")), ==,
                   offender);
  g_assert_cmpint (json_integer_value (
                     json_object_get (json_object_get (overview, "waiting"), "held")),
                   ==, 1);
  json_decref (overview);

  /* Once a day it is tried again, and alone, so that it cannot take others with it. */
  ledger_advance (ledger, BM_STORE_HOLD_MS);
  batch = ledger_next (ledger, 1 << 20, 10);
  g_assert_cmpuint (batch->items->len, ==, 3);
  {
    g_autoptr (GPtrArray) answers = answers_for (batch, BM_ANSWER_ACCEPTED);

    g_assert_true (ledger_apply (ledger, answers, NULL, 0, NULL));
  }
  bm_outbox_batch_free (batch);
  batch = ledger_next (ledger, 1 << 20, 10);
  g_assert_cmpuint (batch->items->len, ==, 1);
  g_assert_cmpuint (((BmOutboxItem *) batch->items->pdata[0])->seq, ==, offender);
  g_assert_cmpuint (batch->runs->len, ==, 1);
  bm_outbox_batch_free (batch);
  ledger_free (ledger);
}

static void
copy_file (Ledger *ledger, const char *from, const char *to)
{
  g_autofree char *source = g_build_filename (ledger->folder, from, NULL);
  g_autofree char *target = g_build_filename (ledger->folder, to, NULL);
  g_autofree char *contents = NULL;
  gsize len;

  g_assert_true (g_file_get_contents (source, &contents, &len, NULL));
  g_assert_true (g_file_set_contents (target, contents, (gssize) len, NULL));
}

static void
test_rolled_back (void)
{
  Ledger *ledger = ledger_new ();
  BmOutboxStatus *before, *after;
  BmCommitted *committed;
  json_t *verdict;

  ledger_open (ledger);
  ledger_commit_many (ledger, 1, 3);
  ledger_close (ledger);
  copy_file (ledger, "ledger.db", "old.db");
  ledger_open (ledger);
  ledger_commit_many (ledger, 4, 5); /* these reach the centre, then an old image is put back */
  ledger_close (ledger);
  copy_file (ledger, "old.db", "ledger.db");
  ledger_open (ledger);
  before = ledger_status (ledger);
  g_assert_cmpuint (before->next_seq, ==, 8);

  ledger_watermark (ledger, before->epoch, 18, 2, 9);
  after = ledger_status (ledger);
  g_assert_cmpuint (after->epoch, !=, before->epoch);
  g_assert_cmpuint (after->next_seq, ==, 1);
  g_assert_true (has_alarm (ledger, "rolled-back"));
  committed = ledger_commit (ledger, 9);
  g_assert_true (g_str_has_prefix (committed->number, "9901211012010102")); /* the new label */
  g_assert_cmpuint (committed->counter, >=, 9);
  g_assert_cmpuint (committed->seq, ==, 2);

  /* The rows of the old epoch are still sent, under their own epoch, and the chain of both is sound. */
  verdict = ledger_verify (ledger);
  g_assert_true (json_is_true (json_object_get (verdict, "ok")));
  g_assert_cmpint (json_integer_value (json_object_get (verdict, "rows")), ==, 10);
  json_decref (verdict);
  {
    BmOutboxBatch *batch = ledger_next (ledger, 1 << 20, 100);
    BmEntryHeader header;

    for (guint i = 0; i < batch->items->len; i++)
      {
        bm_record_parse (((BmOutboxItem *) batch->items->pdata[i])->record, &header, NULL, NULL,
                         NULL);
        g_assert_cmpuint (header.epoch, ==, before->epoch); /* one epoch in a batch, oldest first */
      }
    g_assert_cmpuint (batch->items->len, ==, 6);
    bm_outbox_batch_free (batch);
  }
  ledger_watermark (ledger, before->epoch, 18, 3, 50); /* late: the epoch is not ours any more */
  bm_committed_free (committed);
  committed = ledger_commit (ledger, 10);
  g_assert_cmpuint (committed->seq, ==, 4);
  bm_committed_free (committed);
  g_free (before);
  g_free (after);
  ledger_free (ledger);
}

/* Before the platform has named a new epoch, numbers that others may hold are skipped, once. */
static void
test_rolled_back_without_label (void)
{
  Ledger *ledger = ledger_new ();
  BmOutboxStatus *status;
  BmCommitted *committed;

  ledger_open (ledger);
  ledger_commit_many (ledger, 1, 2);
  status = ledger_status (ledger);
  ledger_watermark (ledger, status->epoch, status->next_seq - 1 + 6, 0, 0);
  ledger_watermark (ledger, status->epoch, status->next_seq - 1 + 6, 0, 0);
  committed = ledger_commit (ledger, 3);
  g_assert_cmpuint (committed->counter, ==, 3 + 6);
  g_assert_true (has_alarm (ledger, "rolled-back"));
  bm_committed_free (committed);
  g_free (status);
  ledger_free (ledger);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/outbox/lanes", test_lanes);
  g_test_add_func ("/outbox/accepted", test_accepted);
  g_test_add_func ("/outbox/lost-answer-for-run", test_lost_run_row);
  g_test_add_func ("/outbox/answer-for-something-else", test_mismatch);
  g_test_add_func ("/outbox/unparsable-at-the-centre", test_quarantined_by_hash);
  g_test_add_func ("/outbox/rejected-delays-nobody", test_rejected);
  g_test_add_func ("/outbox/conflict", test_conflict);
  g_test_add_func ("/outbox/deferred", test_deferred);
  g_test_add_func ("/outbox/deferred-over-restart", test_deferred_restart);
  g_test_add_func ("/outbox/held", test_hold);
  g_test_add_func ("/outbox/disk-rolled-back", test_rolled_back);
  g_test_add_func ("/outbox/disk-rolled-back-no-label", test_rolled_back_without_label);
  return g_test_run ();
}
