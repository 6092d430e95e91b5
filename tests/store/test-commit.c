/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/store/fixture.h"

#include "core/entry/number.h"
#include "core/error.h"

#include <gio/gio.h>
#include <glib/gstdio.h>

#include <signal.h>
#include <string.h>

/* The one transaction: what it writes, that it happens whole or not at all, and what it leaves readable. */

#ifdef __SANITIZE_ADDRESS__
#define KILLS 40
#else
#define KILLS 200
#endif

static const char *own_path;

static void
test_first (void)
{
  Ledger *ledger = ledger_new ();
  BmCommitted *first;
  g_autoptr (GPtrArray) jobs = NULL;
  BmOutboxBatch *batch;

  ledger_open (ledger);
  first = ledger_commit (ledger, 1);
  g_assert_cmpstr (first->number, ==, "9901211012010101000000012");
  g_assert_true (bm_number_is_valid (first->number));
  g_assert_cmpuint (first->seq, ==, 2); /* the run's row is 1, the audit entry 3 */
  g_assert_cmpuint (first->counter, ==, 1);
  g_assert_false (first->is_repeat);
  g_assert_true (g_str_has_prefix (first->qr, "HTTPS://DEMO.INVALID/T/"));
  g_assert_cmpuint (ledger->n_pending, ==, 1);
  g_assert_cmpuint (ledger->queued->len, ==, 1);
  g_assert_cmpint (g_array_index (ledger->queued, gint64, 0), ==, first->print_job);

  batch = ledger_next (ledger, 1 << 20, 10);
  g_assert_cmpuint (batch->items->len, ==, 2);
  g_assert_cmpuint (batch->runs->len, ==, 1);
  jobs = ledger_open_jobs (ledger);
  g_assert_cmpuint (jobs->len, ==, 1);
  g_assert_cmpstr (((BmPrintJob *) jobs->pdata[0])->number, ==, first->number);
  bm_outbox_batch_free (batch);
  bm_committed_free (first);
  ledger_free (ledger);
}

/* Only the platform can read what was stored, and it reads what was said. */
static void
test_sealed (void)
{
  Ledger *ledger = ledger_new ();
  BmOutboxBatch *batch;
  BmOutboxItem *item, *run;
  BmEntryHeader header;
  g_autoptr (GBytes) header_bytes = NULL;
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (GBytes) start = NULL;
  g_autoptr (GBytes) payload = NULL;
  g_autoptr (GError) error = NULL;

  ledger_open (ledger);
  ledger_commit_many (ledger, 1, 3);
  batch = ledger_next (ledger, 1 << 20, 10);
  item = batch->items->pdata[2];
  run = batch->runs->pdata[0];
  g_assert_true (bm_record_parse (run->record, NULL, NULL, &start, &error));
  g_assert_true (bm_record_parse (item->record, &header, &header_bytes, &sealed, &error));
  g_assert_cmpuint (header.run, ==, run->seq);
  payload =
    bm_payload_open (ledger->seal_private, start, &header, header_bytes, sealed, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (
    memmem (g_bytes_get_data (payload, NULL), g_bytes_get_size (payload), RESIDENT_NAME, 9));
  bm_outbox_batch_free (batch);
  ledger_free (ledger);
}

static void
test_repeat (void)
{
  Ledger *ledger = ledger_new ();
  BmCommitted *first, *again;
  BmOutboxStatus *status;

  ledger_open (ledger);
  first = ledger_commit (ledger, 1);
  again = ledger_commit (ledger, 1);
  g_assert_true (again->is_repeat);
  g_assert_cmpstr (again->number, ==, first->number);
  g_assert_cmpstr (again->qr, ==, first->qr);
  g_assert_cmpstr (again->spoken, ==, first->spoken);
  g_assert_cmpuint (again->seq, ==, first->seq);
  g_assert_cmpint (again->print_job, ==, first->print_job);
  bm_committed_free (again);

  ledger_close (ledger);
  ledger_open (ledger);
  again = ledger_commit (ledger, 1);
  g_assert_true (again->is_repeat);
  g_assert_cmpstr (again->number, ==, first->number);
  status = ledger_status (ledger);
  g_assert_cmpuint (status->next_seq, ==, 4);
  g_assert_cmpuint (ledger->queued->len, ==, 1);
  g_free (status);
  bm_committed_free (first);
  bm_committed_free (again);
  ledger_free (ledger);
}

/* @offset: rows that are neither matter nor audit so far */
static void
commit_and_count (Ledger *ledger, guint first, guint last, guint offset)
{
  for (guint i = first; i <= last; i++)
    {
      BmCommitted *committed = ledger_commit (ledger, i);
      guint32 counter = 0;

      g_assert_true (bm_number_split (committed->number, NULL, NULL, NULL, &counter));
      g_assert_cmpuint (counter, ==, i);
      g_assert_cmpuint (committed->seq, ==, 2 * i - 1 + offset);
      bm_committed_free (committed);
    }
}

static void
test_numbers_contiguous (void)
{
  Ledger *ledger = ledger_new ();
  json_t *verdict;

  ledger_open (ledger);
  commit_and_count (ledger, 1, 400, 1);
  ledger_close (ledger);
  ledger_open (ledger); /* a new run takes one seq and no number */
  commit_and_count (ledger, 401, 1000, 2);
  verdict = ledger_verify (ledger);
  g_assert_true (json_is_true (json_object_get (verdict, "ok")));
  g_assert_cmpint (json_integer_value (json_object_get (verdict, "rows")), ==, 2002);
  json_decref (verdict);
  ledger_free (ledger);
}

static void
test_refused_draft (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (BmDraft) draft = ledger_draft_new (1);
  g_autoptr (BmDraft) huge = ledger_draft_new (2);
  g_autofree char *long_text = g_strnfill (BM_ENTRY_MAX_PAYLOAD + 1, 'x');
  g_autoptr (GError) error = NULL;
  BmCommitted *committed;

  ledger_open (ledger);
  g_clear_pointer (&draft->session, g_free);
  g_assert_null (ledger_try_commit (ledger, draft, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
  g_clear_error (&error);
  json_object_set_new (huge->payload, "long", json_string (long_text));
  g_assert_null (ledger_try_commit (ledger, huge, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_LIMIT);

  committed = ledger_commit (ledger, 3);
  g_assert_cmpuint (committed->counter, ==, 1);
  g_assert_cmpuint (committed->seq, ==, 2);
  g_assert_null (ledger->trouble);
  bm_committed_free (committed);
  ledger_free (ledger);
}

/* A run ends after so many entries: the platform's work for one entry has a bound. */
static void
test_run_ends (void)
{
  Ledger *ledger = ledger_new ();
  BmOutboxBatch *batch;
  json_t *verdict;

  ledger->tuning.run_length = 4;
  ledger_open (ledger);
  ledger_commit_many (ledger, 1, 5); /* ten entries, so three runs */
  batch = ledger_next (ledger, 1 << 20, 100);
  g_assert_cmpuint (batch->items->len, ==, 10);
  g_assert_cmpuint (batch->runs->len, ==, 3);
  verdict = ledger_verify (ledger);
  g_assert_true (json_is_true (json_object_get (verdict, "ok")));
  json_decref (verdict);
  bm_outbox_batch_free (batch);
  ledger_free (ledger);
}

static void
assert_absent (Ledger *ledger, const char *text)
{
  static const char *const encodings[] = { "UTF-8", "UTF-16LE", "GBK" };

  for (guint i = 0; i < G_N_ELEMENTS (encodings); i++)
    {
      gsize len;
      g_autofree char *needle = g_convert (text, -1, encodings[i], "UTF-8", NULL, &len, NULL);

      g_assert_nonnull (needle);
      g_assert_false (folder_contains (ledger->folder, needle, len));
    }
}

static void
assert_nothing_readable (Ledger *ledger)
{
  assert_absent (ledger, RESIDENT_NAME);
  assert_absent (ledger, RESIDENT_ID);
  assert_absent (ledger, "秀兰"); /* a part of the name, as on the sheet */
  assert_absent (ledger, "禾田村二组");
  g_assert_true (folder_contains (ledger->folder, "cert.pension", 12)); /* the search does find */
}

static void
test_nothing_in_clear (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (GPtrArray) answers = NULL;
  g_autoptr (GPtrArray) messages = NULL;
  BmCommitted *committed;
  BmOutboxBatch *batch;
  BmAnswer *answer;

  ledger_open (ledger);
  ledger_commit_many (ledger, 1, 20);
  committed = ledger_commit (ledger, 21);
  batch = ledger_next (ledger, 1 << 20, 1);
  answers = answers_for (batch, BM_ANSWER_REJECTED);
  answer = answers->pdata[1];
  g_free (answer->reason);
  answer->reason = g_strdup (RESIDENT_NAME "的证件号不对: " RESIDENT_ID);
  messages = messages_new (message_new (1, "result", committed->number, 1,
                                        "{\"state\":\"done\",\"text\":\"" RESIDENT_NAME "\"}"));
  g_assert_true (ledger_apply (ledger, answers, messages, 1, NULL));
  g_assert_true (ledger_audit (ledger,
                               json_pack ("{s:s, s:s}", "what", "contact", "name", RESIDENT_NAME),
                               NULL));
  assert_nothing_readable (ledger); /* with the log not yet moved */
  ledger_close (ledger);
  assert_nothing_readable (ledger);
  bm_committed_free (committed);
  bm_outbox_batch_free (batch);
  ledger_free (ledger);
}

static void
test_untold (void)
{
  Ledger *ledger = ledger_new ();
  BmCommitted *committed;
  g_autoptr (GPtrArray) untold = NULL;
  g_autoptr (GPtrArray) elsewhere = NULL;
  g_autoptr (GPtrArray) none = NULL;
  BmCase *found;

  ledger_open (ledger);
  ledger_commit_many (ledger, 1, 1);
  committed = ledger_commit (ledger, 2);
  ledger_close (ledger); /* as if the power had gone before the page was shown */
  ledger_open (ledger);
  untold = ledger_untold (ledger, "hall");
  g_assert_cmpuint (untold->len, ==, 2);
  found = untold->pdata[0];
  g_assert_cmpstr (found->number, ==, committed->number);
  g_assert_cmpstr (json_string_value (json_object_get (found->slip, "p.name")), ==, RESIDENT_NAME);
  elsewhere = ledger_untold (ledger, "desk");
  g_assert_cmpuint (elsewhere->len, ==, 0);
  ledger_mark_told (ledger, found->number);
  ledger_mark_told (ledger, ((BmCase *) untold->pdata[1])->number);
  ledger_close (ledger);
  ledger_open (ledger);
  none = ledger_untold (ledger, "hall");
  g_assert_cmpuint (none->len, ==, 0);
  bm_committed_free (committed);
  ledger_free (ledger);
}

/* The child of the kill tests: commits for ever, and says each number only after COMMIT returned. */
static int
run_child (const char *folder)
{
  Ledger *ledger = ledger_new_at (folder);
  BmOutboxStatus *status;

  ledger_open (ledger);
  status = ledger_status (ledger);
  for (guint i = (guint) status->next_seq * 1000;; i++)
    {
      BmCommitted *committed = ledger_commit (ledger, i);

      g_print ("%s\n", committed->number);
      bm_committed_free (committed);
    }
  return 0;
}

static GSubprocess *
start_child (const char *folder, const char *fault)
{
  g_autoptr (GSubprocessLauncher) launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autoptr (GError) error = NULL;
  GSubprocess *child;

  if (fault != NULL)
    g_subprocess_launcher_setenv (launcher, "BIANMIN_FAULT", fault, TRUE);
  child = g_subprocess_launcher_spawn (launcher, &error, own_path, "--child", folder, NULL);
  g_assert_no_error (error);
  return child;
}

/* Reads what the child acknowledged, until it is dead. */
static void
collect_said (GSubprocess *child, GHashTable *said)
{
  g_autoptr (GDataInputStream) lines =
    g_data_input_stream_new (g_subprocess_get_stdout_pipe (child));
  char *line;

  while ((line = g_data_input_stream_read_line (lines, NULL, NULL, NULL)) != NULL)
    if (strlen (line) == BM_NUMBER_LEN)
      g_hash_table_add (said, line);
    else
      g_free (line); /* cut off by the kill: never said */
  g_subprocess_wait (child, NULL, NULL);
}

static void
assert_whole (Ledger *ledger, GHashTable *said)
{
  g_autoptr (GHashTable) there = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  json_t *verdict;
  sqlite3 *db;
  sqlite3_stmt *statement;
  GHashTableIter iter;
  gpointer number;

  ledger_open (ledger);
  verdict = ledger_verify (ledger);
  g_assert_true (json_is_true (json_object_get (verdict, "ok")));
  json_decref (verdict);
  ledger_close (ledger);

  db = ledger_open_raw (ledger);
  sqlite3_prepare_v2 (db,
                      "SELECT (SELECT count(*) FROM cases), (SELECT count(*) FROM print_job), "
                      "(SELECT count(*) FROM entry WHERE type = 1), "
                      "(SELECT count(*) FROM entry WHERE type = 2), "
                      "(SELECT next_counter - 1 FROM epoch)",
                      -1, &statement, NULL);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  for (int column = 1; column < 5; column++)
    g_assert_cmpint (sqlite3_column_int (statement, column), ==, sqlite3_column_int (statement, 0));
  sqlite3_finalize (statement);

  sqlite3_prepare_v2 (db, "SELECT number FROM cases", -1, &statement, NULL);
  while (sqlite3_step (statement) == SQLITE_ROW)
    g_hash_table_add (there, g_strdup ((const char *) sqlite3_column_text (statement, 0)));
  sqlite3_finalize (statement);
  g_hash_table_iter_init (&iter, said);
  while (g_hash_table_iter_next (&iter, &number, NULL))
    g_assert_true (g_hash_table_contains (there, number)); /* promised, so it is here */
  sqlite3_close (db);
}

static void
test_kill_at_point (gconstpointer data)
{
  const char *const *faults = data;
  Ledger *ledger = ledger_new ();
  g_autoptr (GHashTable) said = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; faults[i] != NULL; i++)
    {
      g_autoptr (GSubprocess) child = start_child (ledger->folder, faults[i]);

      collect_said (child, said);
      g_assert_true (g_subprocess_get_if_signaled (child));
      g_assert_cmpint (g_subprocess_get_term_sig (child), ==, SIGKILL);
      assert_whole (ledger, said);
    }
  g_assert_cmpuint (g_hash_table_size (said), >, 0);
  ledger_free (ledger);
}

typedef struct
{
  GSubprocess *child;
  GHashTable *said;
  GMainLoop *loop;
} Watch;

static gboolean
on_kill_due (gpointer data)
{
  g_subprocess_send_signal (((Watch *) data)->child, SIGKILL);
  return G_SOURCE_REMOVE;
}

static void
on_line_read (GObject *source, GAsyncResult *result, gpointer data)
{
  GDataInputStream *lines = G_DATA_INPUT_STREAM (source);
  Watch *watch = data;
  g_autofree char *line = g_data_input_stream_read_line_finish (lines, result, NULL, NULL);

  if (line == NULL)
    {
      g_main_loop_quit (watch->loop);
      return;
    }
  if (strlen (line) == BM_NUMBER_LEN) /* a shorter one was cut off by the kill */
    g_hash_table_add (watch->said, g_steal_pointer (&line));
  g_data_input_stream_read_line_async (lines, G_PRIORITY_LOW, NULL, on_line_read, watch);
}

static void
kill_once (Ledger *ledger, GHashTable *said, guint delay_ms)
{
  g_autoptr (GSubprocess) child = start_child (ledger->folder, NULL);
  g_autoptr (GDataInputStream) lines =
    g_data_input_stream_new (g_subprocess_get_stdout_pipe (child));
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Watch watch = { child, said, loop };

  g_timeout_add (delay_ms, on_kill_due, &watch);
  g_data_input_stream_read_line_async (lines, G_PRIORITY_LOW, NULL, on_line_read, &watch);
  g_main_loop_run (loop);
  g_subprocess_wait (child, NULL, NULL);
}

/* How long a child takes until its first promise, here and now. */
static gint32
measure_start_ms (void)
{
  Ledger *ledger = ledger_new ();
  const gint64 began = g_get_monotonic_time ();
  g_autoptr (GHashTable) said = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GSubprocess) child = start_child (ledger->folder, "store-after-commit:1");

  collect_said (child, said);
  ledger_free (ledger);
  return (gint32) ((g_get_monotonic_time () - began) / 1000) + 1;
}

static void
test_kill_any_time (void)
{
  const guint kills = g_test_slow () ? 1000 : KILLS;
  const gint32 start_ms = measure_start_ms ();
  Ledger *ledger = ledger_new ();
  g_autoptr (GHashTable) said = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261121);

  for (guint i = 0; i < kills; i++)
    {
      kill_once (ledger, said,
                 (guint) g_rand_int_range (rand, start_ms / 2, start_ms + start_ms / 2 + 10));
      if (i % 10 == 9)
        assert_whole (ledger, said);
    }
  g_test_message ("%u kills, %u numbers said, all there", kills, g_hash_table_size (said));
  g_assert_cmpuint (g_hash_table_size (said), >, 0);
  ledger_free (ledger);
}

static const char *const before[] = { "store-before-commit:1", "store-before-commit:3",
                                      "store-before-commit:7", NULL };
static const char *const after[] = { "store-after-commit:1", "store-after-commit:4", NULL };

int
main (int argc, char **argv)
{
  own_path = argv[0];
  if (argc == 3 && g_str_equal (argv[1], "--child"))
    return run_child (argv[2]);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/commit/first", test_first);
  g_test_add_func ("/commit/only-the-platform-reads", test_sealed);
  g_test_add_func ("/commit/repeat-writes-nothing", test_repeat);
  g_test_add_func ("/commit/numbers-contiguous", test_numbers_contiguous);
  g_test_add_func ("/commit/refused-draft-leaves-nothing", test_refused_draft);
  g_test_add_func ("/commit/run-ends", test_run_ends);
  g_test_add_func ("/commit/nothing-in-clear", test_nothing_in_clear);
  g_test_add_func ("/commit/untold-after-restart", test_untold);
  g_test_add_data_func ("/commit/killed-before-commit", before, test_kill_at_point);
  g_test_add_data_func ("/commit/killed-after-commit", after, test_kill_at_point);
  g_test_add_func ("/commit/killed-any-time", test_kill_any_time);
  return g_test_run ();
}
