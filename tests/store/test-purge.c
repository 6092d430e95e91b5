/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/store/fixture.h"

#include "core/entry/attachment.h"
#include "core/error.h"

#include <glib/gstdio.h>

#include <string.h>

/* What may go and what may not, what stays of it, and that nobody else can make it go; and a centre that
 * lost what it had. */

#define DAY_MS (G_GINT64_CONSTANT (24) * 60 * 60 * 1000)

static void
note_time (Ledger *ledger)
{
  g_autoptr (GAsyncResult) result = NULL;
  BmClock *clock = BM_CLOCK (ledger->clock);

  bm_outbox_note_time_async (BM_OUTBOX (ledger->store), bm_clock_get_wall_ms (clock),
                             bm_clock_get_boot_ms (clock), 100, ledger_on_done, &result);
  g_assert_true (
    bm_outbox_note_time_finish (BM_OUTBOX (ledger->store), ledger_take (&result), NULL));
}

static void
back_up (Ledger *ledger, guint64 upto)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree BmOutboxStatus *status = ledger_status (ledger);

  bm_outbox_note_backed_up_async (BM_OUTBOX (ledger->store), status->epoch, upto, ledger_on_done,
                                  &result);
  g_assert_true (
    bm_outbox_note_backed_up_finish (BM_OUTBOX (ledger->store), ledger_take (&result), NULL));
}

static void
sweep (Ledger *ledger)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bm_store_sweep_async (ledger->store, ledger_on_done, &result);
  bm_store_sweep_finish (ledger->store, ledger_take (&result), &error);
  g_assert_no_error (error);
}

typedef struct
{
  BmStore *store;
  const char *sql;
} Question;

static gpointer
ask_on_worker (gpointer data, GError **error)
{
  const Question *question = data;
  sqlite3_stmt *row = NULL;
  gint64 value;

  g_assert_cmpint (sqlite3_prepare_v2 (question->store->db, question->sql, -1, &row, NULL), ==,
                   SQLITE_OK);
  g_assert_cmpint (sqlite3_step (row), ==, SQLITE_ROW);
  value = sqlite3_column_int64 (row, 0);
  sqlite3_finalize (row);
  return GSIZE_TO_POINTER ((gsize) value);
}

static gint64
ask (Ledger *ledger, const char *sql)
{
  Question question = { ledger->store, sql };

  return (gint64) GPOINTER_TO_SIZE (
    bm_worker_run_sync (bm_store_get_worker (ledger->store), ask_on_worker, &question, NULL));
}

static gint64
count_purged (Ledger *ledger)
{
  return ask (ledger, "SELECT count(*) FROM entry WHERE purged <> 0");
}

static void
assert_sound (Ledger *ledger)
{
  json_t *verdict = ledger_verify (ledger);

  g_assert_true (json_is_true (json_object_get (verdict, "ok")));
  json_decref (verdict);
}

static const char *
fault_of (Ledger *ledger, json_t **ret_verdict)
{
  *ret_verdict = ledger_verify (ledger);
  return json_string_value (json_object_get (json_object_get (*ret_verdict, "fault"), "what"));
}

/* Two matters and their audit rows, answered for, 31 days ago on a clock that the centre confirmed. */
static Ledger *
old_ledger_new (void)
{
  Ledger *ledger = ledger_new ();

  ledger_open (ledger);
  ledger_commit_many (ledger, 1, 2);
  ledger_send_all (ledger, BM_ANSWER_ACCEPTED);
  ledger_advance (ledger, 31 * DAY_MS);
  note_time (ledger);
  return ledger;
}

static void
test_goes (void)
{
  Ledger *ledger = old_ledger_new ();
  gint64 before, after;

  back_up (ledger, 5);
  before = ask (ledger, "SELECT sum (length (record)) FROM entry WHERE seq BETWEEN 2 AND 5");
  sweep (ledger);
  after = ask (ledger, "SELECT sum (length (record)) FROM entry WHERE seq BETWEEN 2 AND 5");
  g_assert_cmpint (count_purged (ledger), ==, 4);
  g_assert_cmpint (after, <, before);
  g_assert_cmpint (ask (ledger, "SELECT count(*) FROM entry WHERE type = 4 AND state = 0"), ==, 1);
  g_assert_cmpint (ask (ledger, "SELECT count(*) FROM entry JOIN entry AS by ON by.id = "
                                "entry.purged WHERE by.type = 4"),
                   ==, 4);
  assert_sound (ledger);
  sweep (ledger); /* nothing twice, and the purge row itself stays */
  g_assert_cmpint (ask (ledger, "SELECT count(*) FROM entry WHERE type = 4"), ==, 1);
  ledger_reboot (ledger);
  g_assert_null (ledger->trouble);
  assert_sound (ledger);
  bm_committed_free (ledger_commit (ledger, 9));
  assert_sound (ledger);
  ledger_free (ledger);
}

static void
test_stays (void)
{
  Ledger *ledger = old_ledger_new ();
  g_autoptr (GHashTable) days = g_hash_table_new (g_str_hash, g_str_equal);

  sweep (ledger); /* no backup */
  g_assert_cmpint (count_purged (ledger), ==, 0);
  back_up (ledger, 3); /* only as far as it goes, and it may go back */
  back_up (ledger, 2);
  g_hash_table_insert (days, (gpointer) "cert.pension", GINT_TO_POINTER (60));
  bm_store_set_retention (ledger->store, days);
  sweep (ledger); /* the catalogue keeps this service for longer */
  g_assert_cmpint (count_purged (ledger), ==, 0);
  g_hash_table_insert (days, (gpointer) "cert.pension", GINT_TO_POINTER (30));
  bm_store_set_retention (ledger->store, days);
  ledger_reboot (ledger); /* a boot that the centre has not seen: its clock may say anything */
  ledger_set_wall (ledger, G_GINT64_CONSTANT (4100000000000));
  sweep (ledger);
  g_assert_cmpint (count_purged (ledger), ==, 0);
  note_time (ledger);
  bm_store_set_retention (ledger->store, days);
  sweep (ledger);
  g_assert_cmpint (count_purged (ledger), ==, 1);
  ledger_free (ledger);
}

static void
test_unsettled_stays (void)
{
  Ledger *ledger = ledger_new ();

  ledger_open (ledger);
  ledger_commit_many (ledger, 1, 2);
  ledger_advance (ledger, 90 * DAY_MS);
  note_time (ledger);
  back_up (ledger, 100);
  sweep (ledger);
  g_assert_cmpint (count_purged (ledger), ==, 0);
  ledger_send_all (ledger, BM_ANSWER_ACCEPTED);
  ledger_advance (ledger, 29 * DAY_MS);
  sweep (ledger);
  g_assert_cmpint (count_purged (ledger), ==, 0); /* the retention begins with the answer */
  ledger_advance (ledger, 2 * DAY_MS);
  sweep (ledger);
  g_assert_cmpint (count_purged (ledger), ==, 4);
  ledger_free (ledger);
}

/* An entry keeps its payload until the centre has its photo; then both go. */
static void
test_photo (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (BmDraft) draft = ledger_draft_new (1);
  g_autoptr (GBytes) photo = g_bytes_new_take (g_malloc0 (100000), 100000);
  g_autoptr (GAsyncResult) result = NULL;

  draft->attachments = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_attachment_free);
  g_ptr_array_add (draft->attachments, bm_attachment_new ("image/jpeg", photo));
  ledger_open (ledger);
  bm_committed_free (ledger_commit_draft (ledger, draft));
  ledger_send_all (ledger, BM_ANSWER_NEED_BLOBS);
  ledger_advance (ledger, 40 * DAY_MS);
  note_time (ledger);
  back_up (ledger, 100);
  sweep (ledger);
  g_assert_cmpint (count_purged (ledger), ==, 1); /* the audit row */
  g_assert_cmpint (ask (ledger, "SELECT count(*) FROM chunk"), ==, 4);
  bm_outbox_note_blob_async (BM_OUTBOX (ledger->store), 1, NULL, TRUE, ledger_on_done, &result);
  g_assert_true (
    bm_outbox_note_blob_finish (BM_OUTBOX (ledger->store), ledger_take (&result), NULL));
  sweep (ledger);
  g_assert_cmpint (count_purged (ledger), ==, 2);
  g_assert_cmpint (ask (ledger, "SELECT count(*) FROM chunk"), ==, 0);
  assert_sound (ledger);
  ledger_free (ledger);
}

/* Every page that goes is overwritten, in the log: many photographs go in many transactions. */
static void
test_large (void)
{
  Ledger *ledger = ledger_new ();
  g_autofree char *log = g_build_filename (ledger->folder, "ledger.db-wal", NULL);
  const guint entries = 16;
  GStatBuf info;

  ledger->tuning.ballast_bytes = 4 * 1024 * 1024; /* so that commits move the log early, too */
  ledger_open (ledger);
  for (guint i = 1; i <= entries; i++)
    {
      g_autoptr (BmDraft) draft = ledger_draft_new (i);
      g_autoptr (GBytes) photo = g_bytes_new_take (g_malloc0 (600000), 600000);

      draft->attachments = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_attachment_free);
      g_ptr_array_add (draft->attachments, bm_attachment_new ("image/jpeg", photo));
      bm_committed_free (ledger_commit_draft (ledger, draft));
    }
  ledger_send_all (ledger, BM_ANSWER_NEED_BLOBS);
  for (guint i = 1; i <= entries; i++)
    {
      g_autoptr (GAsyncResult) result = NULL;

      bm_outbox_note_blob_async (BM_OUTBOX (ledger->store), i, NULL, TRUE, ledger_on_done, &result);
      g_assert_true (
        bm_outbox_note_blob_finish (BM_OUTBOX (ledger->store), ledger_take (&result), NULL));
    }
  ledger_advance (ledger, 40 * DAY_MS);
  note_time (ledger);
  back_up (ledger, 100);
  sweep (ledger);
  g_assert_cmpint (count_purged (ledger), ==, 2 * entries);
  g_assert_cmpint (ask (ledger, "SELECT count(*) FROM chunk"), ==, 0);
  g_assert_cmpint (ask (ledger, "SELECT count(*) FROM entry WHERE type = 4"), >, 4);
  g_assert_cmpint (g_stat (log, &info), ==, 0);
  g_assert_cmpint (info.st_size, <, entries * 600000 / 2);
  assert_sound (ledger);
  ledger_free (ledger);
}

/* Who has the disk takes a payload out, or changes what stayed of one. */
static void
test_thief (void)
{
  static const char *const deeds[] = {
    "UPDATE entry SET purged = 6 WHERE seq = 8",
    "UPDATE entry SET purged = 6, record = (SELECT record FROM entry WHERE seq = 2) WHERE seq = 8",
    "UPDATE entry SET purged = 0 WHERE seq = 2",
    "UPDATE entry SET purged = purged + 1 WHERE seq = 2",
    "UPDATE entry SET record = cast (substr (record, 1, 60) || x'77' || substr (record, 62) AS BLOB) "
    "WHERE seq = 3",
    "UPDATE entry SET record = cast (substr (record, 1, length (record) - 1) || x'77' AS BLOB) "
    "WHERE seq = 3",
  };

  for (guint i = 0; i < G_N_ELEMENTS (deeds); i++)
    {
      Ledger *ledger = old_ledger_new ();
      const char *what;
      json_t *verdict;

      back_up (ledger, 5);
      sweep (ledger);
      ledger_commit_many (ledger, 10, 2);
      ledger_close (ledger);
      ledger_exec (ledger, "%s", deeds[i]);
      ledger_open (ledger);
      what = fault_of (ledger, &verdict);
      g_test_message ("%s: %s", deeds[i], what != NULL ? what : "nothing");
      g_assert_nonnull (what);
      json_decref (verdict);
      ledger_free (ledger);
    }
}

static void
note_held (Ledger *ledger, guint64 count, const guint64 *ranges, guint n_ranges)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GArray) held = bm_outbox_held_array_new ();
  g_autofree BmOutboxStatus *status = ledger_status (ledger);
  BmOutboxHeld one = { status->epoch, count, NULL };

  one.ranges = g_array_new (FALSE, FALSE, sizeof (BmOutboxRange));
  for (guint i = 0; i < n_ranges; i++)
    g_array_append_val (one.ranges, *(const BmOutboxRange *) (ranges + 2 * i));
  g_array_append_val (held, one);
  bm_outbox_note_held_async (BM_OUTBOX (ledger->store), held, ledger_on_done, &result);
  g_assert_true (
    bm_outbox_note_held_finish (BM_OUTBOX (ledger->store), ledger_take (&result), NULL));
}

static gboolean
has_alarm (Ledger *ledger, const char *what)
{
  g_autofree char *sql = g_strdup_printf ("SELECT count(*) FROM alarm WHERE what = '%s'", what);

  return ask (ledger, sql) > 0;
}

/* The platform came back from a backup: what it lost is sent again, and only that. */
static void
test_centre_restored (void)
{
  Ledger *ledger = ledger_new ();
  const guint64 ranges[] = { 1, 2, 4, 4 };
  g_autofree BmOutboxStatus *before = NULL;
  g_autofree BmOutboxStatus *lost = NULL;
  g_autofree BmOutboxStatus *after = NULL;

  ledger_open (ledger);
  ledger_commit_many (ledger, 1, 3); /* run, and three times matter and audit: seq 1 to 7 */
  ledger_send_all (ledger, BM_ANSWER_ACCEPTED);
  before = ledger_status (ledger);
  g_assert_cmpuint (before->n_settled, ==, 1);
  g_assert_cmpuint (before->settled[0].count, ==, 7);
  note_held (ledger, 7, ranges, 2); /* as many as it was told: nothing to do */
  g_assert_false (has_alarm (ledger, "centre-restored"));
  note_held (ledger, 3, ranges, 2);
  g_assert_true (has_alarm (ledger, "centre-restored"));
  lost = ledger_status (ledger);
  g_assert_cmpuint (lost->pending, ==, 4);
  g_assert_cmpuint (lost->settled[0].count, ==, 3);
  ledger_send_all (ledger, BM_ANSWER_DUPLICATE);
  after = ledger_status (ledger);
  g_assert_cmpuint (after->pending, ==, 0);
  g_assert_cmpuint (after->settled[0].count, ==, 7);
  assert_sound (ledger);
  ledger_free (ledger);
}

/* It lost what was already purged here: nothing can be sent, and that is said. */
static void
test_lost_after_purge (void)
{
  Ledger *ledger = old_ledger_new ();
  const guint64 nothing[] = { 0, 0 };
  g_autofree BmOutboxStatus *status = NULL;

  back_up (ledger, 5);
  sweep (ledger);
  ledger_send_all (ledger, BM_ANSWER_ACCEPTED);
  note_held (ledger, 0, nothing, 0);
  g_assert_true (has_alarm (ledger, "lost-at-centre"));
  status = ledger_status (ledger);
  g_assert_cmpuint (status->pending, ==, 2); /* the run row and the purge row */
  ledger_free (ledger);
}

/* Of what was withdrawn the platform holds nothing, and never will: neither answer nor backup is waited for,
 * and a platform that lost what it had does not make it wait again. */
static void
test_withdrawn (void)
{
  const guint64 nothing[] = { 0, 0 };
  Ledger *ledger = ledger_new ();
  g_autoptr (BmDraft) draft = ledger_draft_new (3);
  g_autoptr (GBytes) photo = g_bytes_new_take (g_malloc0 (100), 100);
  g_autofree BmWithdrawn *withdrawn = NULL;
  BmCommitted *committed;

  ledger_open (ledger);
  ledger_commit_many (ledger, 1, 2);
  ledger_send_all (ledger, BM_ANSWER_ACCEPTED);
  draft->attachments = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_attachment_free);
  g_ptr_array_add (draft->attachments, bm_attachment_new ("image/jpeg", photo));
  committed = ledger_commit_draft (ledger, draft);
  withdrawn = ledger_withdraw (ledger, committed->number, NULL, NULL);
  g_assert_true (withdrawn->is_withdrawn);
  note_held (ledger, 0, nothing, 0);
  g_assert_cmpint (ask (ledger, "SELECT count(*) FROM attachment WHERE state = 3"), ==, 1);
  g_assert_cmpint (ask (ledger, "SELECT count(*) FROM entry WHERE state = 6"), ==, 1);
  sweep (ledger);
  g_assert_cmpint (count_purged (ledger), ==, 0);
  ledger_advance (ledger, 31 * DAY_MS);
  note_time (ledger);
  sweep (ledger);
  g_assert_cmpint (count_purged (ledger), ==, 1);
  g_assert_cmpint (ask (ledger, "SELECT count(*) FROM chunk"), ==, 0);
  assert_sound (ledger);
  bm_committed_free (committed);
  ledger_free (ledger);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/purge/goes", test_goes);
  g_test_add_func ("/purge/stays", test_stays);
  g_test_add_func ("/purge/unsettled-stays", test_unsettled_stays);
  g_test_add_func ("/purge/photo", test_photo);
  g_test_add_func ("/purge/large", test_large);
  g_test_add_func ("/purge/thief", test_thief);
  g_test_add_func ("/purge/centre-restored", test_centre_restored);
  g_test_add_func ("/purge/lost-after-purge", test_lost_after_purge);
  g_test_add_func ("/purge/withdrawn", test_withdrawn);
  return g_test_run ();
}
