/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/store/fixture.h"

#include "core/error.h"

#include <glib/gstdio.h>

#include <string.h>

/* Withdrawing: exactly one of sent and withdrawn, also when the station dies in between. */

static const guint8 somebody_else[BM_TAG_LEN] = { 1, 2, 3 };

static json_t *
make_sheet (void)
{
  return json_pack ("{s:i, s:s, s:s, s:s, s:b, s:[{s:s}]}", "version", 1, "kind",
                    BM_STORE_WITHDRAWAL, "title", "撤回单", "station", "禾田村便民服务站", "demo",
                    1, "blocks", "type", "rule");
}

static gboolean
withdraw (Ledger *ledger, const char *number, gint64 *ret_job)
{
  g_autoptr (GError) error = NULL;
  g_autofree BmWithdrawn *withdrawn = ledger_withdraw (ledger, number, NULL, &error);

  g_assert_no_error (error);
  if (ret_job != NULL)
    *ret_job = withdrawn->print_job;
  return withdrawn->is_withdrawn;
}

static gboolean
is_offered (Ledger *ledger, guint64 seq)
{
  BmOutboxBatch *batch = ledger_next (ledger, 1 << 20, 100);
  gboolean is_found = FALSE;

  for (guint i = 0; i < batch->items->len; i++)
    is_found = is_found || ((BmOutboxItem *) batch->items->pdata[i])->seq == seq;
  bm_outbox_batch_free (batch);
  return is_found;
}

static void
assert_case (Ledger *ledger, const char *number, BmCaseState state, BmEntryState entry)
{
  BmCase *found = ledger_case (ledger, number);

  g_assert_cmpint (found->state, ==, state);
  g_assert_cmpint (found->entry_state, ==, entry);
  bm_case_free (found);
}

static void
assert_sound (Ledger *ledger)
{
  json_t *report = ledger_verify (ledger);

  g_assert_true (json_is_true (json_object_get (report, "ok")));
  json_decref (report);
}

static void
test_never_sent (void)
{
  Ledger *ledger = ledger_new ();
  BmCommitted *committed;
  gint64 job, again;

  ledger_open (ledger);
  committed = ledger_commit (ledger, 1);
  g_assert_true (withdraw (ledger, committed->number, &job));
  g_assert_cmpint (job, >, committed->print_job);
  assert_case (ledger, committed->number, BM_CASE_WITHDRAWN, BM_ENTRY_WITHDRAWN);
  g_assert_true (withdraw (ledger, committed->number, &again)); /* a repeat prints nothing new */
  g_assert_cmpint (again, ==, job);
  g_assert_false (is_offered (ledger, committed->seq));
  ledger_reboot (ledger);
  assert_case (ledger, committed->number, BM_CASE_WITHDRAWN, BM_ENTRY_WITHDRAWN);
  g_assert_false (is_offered (ledger, committed->seq));
  assert_sound (ledger);
  bm_committed_free (committed);
  ledger_free (ledger);
}

/* Handed over and never answered: also after the machine died it counts as on the way. */
static void
test_handed_over (void)
{
  Ledger *ledger = ledger_new ();
  BmCommitted *committed, *later;

  ledger_open (ledger);
  committed = ledger_commit (ledger, 1);
  g_assert_true (is_offered (ledger, committed->seq));
  g_assert_false (withdraw (ledger, committed->number, NULL));
  ledger_reboot (ledger);
  g_assert_false (withdraw (ledger, committed->number, NULL));
  assert_case (ledger, committed->number, BM_CASE_NOTED, BM_ENTRY_PENDING);
  later = ledger_commit (ledger, 2);
  g_assert_true (
    withdraw (ledger, later->number, NULL)); /* it came after the last one handed over */
  g_assert_true (is_offered (ledger, committed->seq));
  g_assert_false (is_offered (ledger, later->seq));
  bm_committed_free (committed);
  bm_committed_free (later);
  ledger_free (ledger);
}

/* Both are asked for before either has run: whichever comes first, the other one finds it. */
static void
race_once (gboolean is_sending_first)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (GAsyncResult) next = NULL, result = NULL;
  g_autofree BmWithdrawn *withdrawn = NULL;
  BmWithdrawWish wish = { .seat = "hall" };
  BmCommitted *committed;
  BmOutboxBatch *batch;
  guint8 tag[BM_TAG_LEN];
  gboolean is_sent = FALSE;

  memset (tag, 0x5a, sizeof tag);
  ledger_open (ledger);
  committed = ledger_commit (ledger, 1);
  wish.number = committed->number;
  wish.tag = tag;
  wish.sheet = make_sheet ();
  if (is_sending_first)
    bm_outbox_next_async (BM_OUTBOX (ledger->store), BM_LANE_ENTRIES, 1 << 20, 9, NULL,
                          ledger_on_done, &next);
  bm_store_withdraw_async (ledger->store, &wish, ledger_on_done, &result);
  if (!is_sending_first)
    bm_outbox_next_async (BM_OUTBOX (ledger->store), BM_LANE_ENTRIES, 1 << 20, 9, NULL,
                          ledger_on_done, &next);
  withdrawn = bm_store_withdraw_finish (ledger->store, ledger_take (&result), NULL);
  batch = bm_outbox_next_finish (BM_OUTBOX (ledger->store), ledger_take (&next), NULL);
  for (guint i = 0; i < batch->items->len; i++)
    is_sent = is_sent || ((BmOutboxItem *) batch->items->pdata[i])->seq == committed->seq;
  g_assert_true (withdrawn->is_withdrawn != is_sent);
  g_assert_true (is_sent == is_sending_first);
  json_decref (wish.sheet);
  bm_outbox_batch_free (batch);
  bm_committed_free (committed);
  ledger_free (ledger);
}

static void
test_race (void)
{
  race_once (TRUE);
  race_once (FALSE);
}

static void
test_somebody_else (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (GError) error = NULL;
  BmCommitted *committed;

  ledger_open (ledger);
  committed = ledger_commit (ledger, 1);
  g_assert_null (ledger_withdraw (ledger, committed->number, somebody_else, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_REFUSED);
  assert_case (ledger, committed->number, BM_CASE_NOTED, BM_ENTRY_PENDING);
  bm_committed_free (committed);
  ledger_free (ledger);
}

/* A ledger in which nothing was noted yet: all of it may be on the way. */
static void
test_older_ledger (void)
{
  Ledger *ledger = ledger_new ();
  BmCommitted *committed;

  ledger_open (ledger);
  committed = ledger_commit (ledger, 1);
  ledger_close (ledger);
  ledger_exec (ledger, "DELETE FROM meta WHERE k = 'offered'");
  ledger_open (ledger);
  g_assert_false (withdraw (ledger, committed->number, NULL));
  bm_committed_free (committed);
  ledger_free (ledger);
}

/* The disk is put back: what was handed over since, nobody here knows. */
static void
test_copied_back (void)
{
  Ledger *ledger = ledger_new ();
  g_autofree char *path = g_build_filename (ledger->folder, "ledger.db", NULL);
  g_autofree char *copy = g_build_filename (ledger->folder, "copy.db", NULL);
  g_autofree char *contents = NULL;
  BmCommitted *committed, *later;
  gsize len;

  ledger_open (ledger);
  committed = ledger_commit (ledger, 1);
  ledger_close (ledger);
  g_assert_true (g_file_get_contents (path, &contents, &len, NULL));
  g_assert_true (g_file_set_contents (copy, contents, (gssize) len, NULL));
  ledger_open (ledger);
  g_assert_true (is_offered (ledger, committed->seq));
  ledger_close (ledger);
  g_assert_cmpint (g_rename (copy, path), ==, 0);
  ledger_open (ledger);
  g_assert_false (withdraw (ledger, committed->number, NULL));
  later = ledger_commit (ledger, 2);
  ledger_reboot (ledger); /* the same file as last time: what came since is known */
  g_assert_true (withdraw (ledger, later->number, NULL));
  bm_committed_free (committed);
  bm_committed_free (later);
  ledger_free (ledger);
}

/* The same, and the platform says so: with a new epoch or without. */
static void
test_rolled_back (gconstpointer data)
{
  const guint label = GPOINTER_TO_UINT (data);
  Ledger *ledger = ledger_new ();
  BmCommitted *committed, *later;

  ledger_open (ledger);
  committed = ledger_commit (ledger, 1);
  {
    g_autofree BmOutboxStatus *status = ledger_status (ledger);

    ledger_watermark (ledger, status->epoch, status->next_seq + 5, label, 100 * label);
  }
  g_assert_false (withdraw (ledger, committed->number, NULL));
  later = ledger_commit (ledger, 2);
  g_assert_true (withdraw (ledger, later->number, NULL));
  bm_committed_free (committed);
  bm_committed_free (later);
  ledger_free (ledger);
}

static gboolean
ask_back (Ledger *ledger, const char *number, gint64 *ret_job)
{
  g_autoptr (GError) error = NULL;
  g_autofree BmWithdrawn *withdrawn = ledger_ask_back (ledger, number, NULL, &error);

  g_assert_no_error (error);
  g_assert_false (withdrawn->is_withdrawn);
  if (ret_job != NULL)
    *ret_job = withdrawn->print_job;
  return withdrawn->is_asked;
}

static gint
get_asked (Ledger *ledger, const char *number)
{
  BmCase *found = ledger_case (ledger, number);
  const gint asked = found->asked;

  bm_case_free (found);
  return asked;
}

/* How many rows that ask for something back are offered now. */
static guint
count_asking (Ledger *ledger)
{
  BmOutboxBatch *batch = ledger_next (ledger, 1 << 20, 100);
  guint n = 0;

  for (guint i = 0; i < batch->items->len; i++)
    n += ((BmOutboxItem *) batch->items->pdata[i])->type == BM_ENTRY_WITHDRAWAL ? 1 : 0;
  bm_outbox_batch_free (batch);
  return n;
}

/* One row, one sheet, however often it is asked; it goes only after the matter was answered for. */
static void
test_asked (void)
{
  Ledger *ledger = ledger_new ();
  BmCommitted *committed;
  gint64 job, again;

  ledger_open (ledger);
  committed = ledger_commit (ledger, 1);
  g_assert_true (is_offered (ledger, committed->seq));
  g_assert_cmpint (get_asked (ledger, committed->number), ==, -1);
  g_assert_true (ask_back (ledger, committed->number, &job));
  g_assert_cmpint (job, >, committed->print_job);
  assert_case (ledger, committed->number, BM_CASE_NOTED, BM_ENTRY_PENDING);
  g_assert_true (ask_back (ledger, committed->number, &again));
  g_assert_cmpint (again, ==, job);
  g_assert_cmpuint (count_asking (ledger), ==, 0); /* its matter is still on the way */
  ledger_reboot (ledger);
  g_assert_cmpuint (count_asking (ledger), ==, 0);
  ledger_send_all (ledger, BM_ANSWER_ACCEPTED); /* the matter */
  g_assert_cmpuint (count_asking (ledger), ==, 1);
  ledger_send_all (ledger, BM_ANSWER_ACCEPTED); /* and then what asks for it */
  assert_case (ledger, committed->number, BM_CASE_SENT, BM_ENTRY_ACKED);
  g_assert_cmpint (get_asked (ledger, committed->number), ==, BM_ENTRY_ACKED);
  g_assert_true (ask_back (ledger, committed->number, &again));
  g_assert_cmpint (again, ==, job);
  g_assert_cmpuint (count_asking (ledger), ==, 0);
  assert_sound (ledger);
  bm_committed_free (committed);
  ledger_free (ledger);
}

/* Of the matter that was answered for it goes at once; a refusal of the row is kept. */
static void
test_asked_after_answer (void)
{
  Ledger *ledger = ledger_new ();
  BmCommitted *committed;

  ledger_open (ledger);
  committed = ledger_commit (ledger, 1);
  ledger_send_all (ledger, BM_ANSWER_ACCEPTED);
  g_assert_true (ask_back (ledger, committed->number, NULL));
  g_assert_cmpuint (count_asking (ledger), ==, 1);
  ledger_send_all (ledger, BM_ANSWER_QUARANTINED); /* a platform that does not know the type */
  g_assert_cmpint (get_asked (ledger, committed->number), ==, BM_ENTRY_QUARANTINED);
  assert_case (ledger, committed->number, BM_CASE_SENT, BM_ENTRY_ACKED);
  g_assert_cmpuint (count_asking (ledger), ==, 0);
  {
    json_t *overview = ledger_overview (ledger);
    json_t *rows = json_object_get (json_object_get (overview, "waiting"), "rows");
    json_t *row = json_array_get (rows, 0);

    g_assert_cmpuint (json_array_size (rows), ==,
                      1); /* whoever sits at the desk sees which it is */
    g_assert_cmpstr (json_string_value (json_object_get (row, "number")), ==, committed->number);
    g_assert_cmpstr (json_string_value (json_object_get (row, "type")), ==, "withdrawal");
    g_assert_cmpstr (json_string_value (json_object_get (row, "state")), ==, "quarantined");
    json_decref (overview);
  }
  assert_sound (ledger);
  bm_committed_free (committed);
  ledger_free (ledger);
}

static void
test_ask_for_others (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (GError) error = NULL;
  BmCommitted *committed;

  ledger_open (ledger);
  committed = ledger_commit (ledger, 1);
  ledger_send_all (ledger, BM_ANSWER_ACCEPTED);
  g_assert_null (ledger_ask_back (ledger, committed->number, somebody_else, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_REFUSED);
  g_assert_cmpint (get_asked (ledger, committed->number), ==, -1);
  bm_committed_free (committed);
  ledger_free (ledger);
}

static void
let_die (const char *folder, const char *point, const char *order, const char *number)
{
  g_autofree char *exe = g_file_read_link ("/proc/self/exe", NULL);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (GSubprocess) process = NULL;

  g_subprocess_launcher_setenv (launcher, "BIANMIN_FAULT", point, TRUE);
  process = g_subprocess_launcher_spawn (launcher, NULL, exe, order, folder, number, NULL);
  g_assert_nonnull (process);
  g_assert_true (g_subprocess_wait (process, NULL, NULL));
  g_assert_true (g_subprocess_get_if_signaled (process));
}

/* Dies inside the withdrawal, before or after COMMIT: afterwards all of it is there, or nothing. */
static void
test_killed (gconstpointer data)
{
  const char *point = data;
  const gboolean is_durable = g_str_equal (point, "store-after-withdraw");
  g_autofree char *folder = g_dir_make_tmp ("bianmin-withdraw-XXXXXX", NULL);
  g_autofree char *number = NULL;
  Ledger *ledger = ledger_new_at (folder);
  BmCommitted *committed;
  guint64 seq;
  GPtrArray *jobs;

  ledger_open (ledger);
  committed = ledger_commit (ledger, 1);
  number = g_strdup (committed->number);
  seq = committed->seq;
  bm_committed_free (committed);
  ledger_close (ledger);
  let_die (folder, point, "--withdraw", number);
  ledger_open (ledger);
  if (is_durable)
    assert_case (ledger, number, BM_CASE_WITHDRAWN, BM_ENTRY_WITHDRAWN);
  else
    assert_case (ledger, number, BM_CASE_NOTED, BM_ENTRY_PENDING);
  jobs = ledger_open_jobs (ledger);
  g_assert_cmpuint (jobs->len, ==, is_durable ? 2 : 1);
  g_ptr_array_unref (jobs);
  g_assert_true (is_offered (ledger, seq) != is_durable);
  assert_sound (ledger);
  ledger_free (ledger);
}

/* Dies when it is noted, before anybody got it: from then on it counts as on the way. */
static void
test_killed_offering (void)
{
  g_autofree char *folder = g_dir_make_tmp ("bianmin-withdraw-XXXXXX", NULL);
  Ledger *ledger = ledger_new_at (folder);
  BmCommitted *committed;

  ledger_open (ledger);
  committed = ledger_commit (ledger, 1);
  ledger_close (ledger);
  let_die (folder, "store-after-offered", "--offer", "");
  ledger_open (ledger);
  g_assert_false (withdraw (ledger, committed->number, NULL));
  g_assert_true (is_offered (ledger, committed->seq));
  bm_committed_free (committed);
  ledger_free (ledger);
}

/* The same while the centre is asked: all of it, or nothing. */
static void
test_killed_asking (gconstpointer data)
{
  const char *point = data;
  const gboolean is_durable = g_str_equal (point, "store-after-withdraw");
  g_autofree char *folder = g_dir_make_tmp ("bianmin-withdraw-XXXXXX", NULL);
  g_autofree char *number = NULL;
  Ledger *ledger = ledger_new_at (folder);
  BmCommitted *committed;
  GPtrArray *jobs, *untold;

  ledger_open (ledger);
  committed = ledger_commit (ledger, 1);
  number = g_strdup (committed->number);
  bm_committed_free (committed);
  ledger_send_all (ledger, BM_ANSWER_ACCEPTED);
  ledger_mark_told (ledger, number);
  ledger_close (ledger);
  let_die (folder, point, "--ask", number);
  ledger_open (ledger);
  g_assert_cmpint (get_asked (ledger, number), ==, is_durable ? BM_ENTRY_PENDING : -1);
  assert_case (ledger, number, BM_CASE_SENT, BM_ENTRY_ACKED);
  jobs = ledger_open_jobs (ledger);
  g_assert_cmpuint (jobs->len, ==, is_durable ? 2 : 1);
  g_ptr_array_unref (jobs);
  untold = ledger_untold (ledger, "hall");
  g_assert_cmpuint (untold->len, ==, is_durable ? 1 : 0);
  g_ptr_array_unref (untold);
  g_assert_cmpuint (count_asking (ledger), ==, is_durable ? 1 : 0);
  g_assert_true (ask_back (ledger, number, NULL));
  g_assert_cmpuint (count_asking (ledger), ==, 1);
  assert_sound (ledger);
  ledger_free (ledger);
}

static int
be_killed (const char *order, const char *folder, const char *number)
{
  Ledger *ledger = ledger_new_at (folder);

  ledger_open (ledger);
  if (g_str_equal (order, "--withdraw"))
    (void) withdraw (ledger, number, NULL);
  else if (g_str_equal (order, "--ask"))
    (void) ask_back (ledger, number, NULL);
  else
    (void) is_offered (ledger, 0);
  return 1; /* nobody killed it */
}

int
main (int argc, char **argv)
{
  if (argc == 4 && (g_str_equal (argv[1], "--withdraw") || g_str_equal (argv[1], "--ask") ||
                    g_str_equal (argv[1], "--offer")))
    return be_killed (argv[1], argv[2], argv[3]);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/withdraw/never-sent", test_never_sent);
  g_test_add_func ("/withdraw/handed-over-is-on-the-way", test_handed_over);
  g_test_add_func ("/withdraw/race-with-sending", test_race);
  g_test_add_func ("/withdraw/somebody-else", test_somebody_else);
  g_test_add_func ("/withdraw/older-ledger", test_older_ledger);
  g_test_add_func ("/withdraw/copied-back", test_copied_back);
  g_test_add_data_func ("/withdraw/rolled-back", GUINT_TO_POINTER (2), test_rolled_back);
  g_test_add_data_func ("/withdraw/rolled-back-without-epoch", NULL, test_rolled_back);
  g_test_add_func ("/withdraw/killed-while-handing-over", test_killed_offering);
  g_test_add_data_func ("/withdraw/killed-before-commit", "store-before-withdraw", test_killed);
  g_test_add_data_func ("/withdraw/killed-after-commit", "store-after-withdraw", test_killed);
  g_test_add_func ("/withdraw/asked-once-and-in-order", test_asked);
  g_test_add_func ("/withdraw/asked-after-answer", test_asked_after_answer);
  g_test_add_func ("/withdraw/ask-for-others", test_ask_for_others);
  g_test_add_data_func ("/withdraw/killed-before-asking", "store-before-withdraw",
                        test_killed_asking);
  g_test_add_data_func ("/withdraw/killed-after-asking", "store-after-withdraw",
                        test_killed_asking);
  return g_test_run ();
}
