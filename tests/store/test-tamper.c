/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/store/fixture.h"

#include "core/error.h"

#include <string.h>

/*
 * A thief with the disk, without the chain key: what the start and the whole walk find, which seq
 * they name, that nothing new is taken afterwards, and that what waits still drains.
 */

#define ROWS 2101 /* of 1,050 matters in one run; the start looks at the last 1,000 */

static void
assert_fault (Ledger *ledger, guint64 seq, const char *what)
{
  json_t *verdict = ledger_verify (ledger);
  json_t *fault = json_object_get (verdict, "fault");

  g_assert_false (json_is_true (json_object_get (verdict, "ok")));
  g_assert_cmpint (json_integer_value (json_object_get (fault, "seq")), ==, seq);
  g_assert_cmpstr (json_string_value (json_object_get (fault, "what")), ==, what);
  json_decref (verdict);
}

static void
assert_stopped (Ledger *ledger)
{
  g_autoptr (BmDraft) draft = ledger_draft_new (9999);
  g_autoptr (GError) error = NULL;
  BmOutboxBatch *batch;
  g_autoptr (GPtrArray) answers = NULL;

  g_assert_error (ledger->trouble, BM_ERROR, BM_ERROR_CORRUPT);
  g_assert_cmpint (bm_error_get_fate (ledger->trouble), ==, BM_FATE_STOP);
  g_assert_null (ledger_try_commit (ledger, draft, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_CORRUPT);

  batch = ledger_next (ledger, 1 << 20, 1);
  answers = answers_for (batch, BM_ANSWER_ACCEPTED);
  g_assert_true (ledger_apply (ledger, answers, NULL, 0, NULL)); /* what waits still drains */
  bm_outbox_batch_free (batch);
}

/* SQLite's flip_last (blob): one bit of the sealed bytes, so that the header still parses. */
static void
flip_last (sqlite3_context *context, int n_values, sqlite3_value **values)
{
  int len = sqlite3_value_bytes (values[0]);
  g_autofree guint8 *bytes = g_memdup2 (sqlite3_value_blob (values[0]), (gsize) len);

  bytes[len - 1] ^= 1;
  sqlite3_result_blob (context, bytes, len, SQLITE_TRANSIENT);
}

static int
add_flip_last (sqlite3 *db, char **message, const struct sqlite3_api_routines *api)
{
  return sqlite3_create_function (db, "flip_last", 1, SQLITE_UTF8, NULL, flip_last, NULL, NULL);
}

static void
tamper (const char *sql, guint64 seq, const char *what, gboolean is_seen_at_start)
{
  Ledger *ledger = ledger_new ();

  ledger_open (ledger);
  ledger_commit_many (ledger, 1, 8); /* rows 1 to 17 */
  ledger_close (ledger);
  ledger_exec (ledger, "%s", sql);
  ledger_open (ledger);
  if (is_seen_at_start)
    g_assert_error (ledger->trouble, BM_ERROR, BM_ERROR_CORRUPT);
  assert_fault (ledger, seq, what);
  assert_stopped (ledger);
  ledger_free (ledger);
}

static void
test_changed (void)
{
  tamper ("UPDATE entry SET record = flip_last (record) WHERE seq = 6", 6, "changed", TRUE);
  tamper ("UPDATE entry SET due_day = 5 WHERE seq = 4", 4, "changed", TRUE);
  tamper ("UPDATE entry SET type = 2 WHERE seq = 2", 2, "changed", TRUE);
}

static void
test_removed (void)
{
  tamper ("DELETE FROM entry WHERE seq = 9", 9, "removed", TRUE);
  tamper ("DELETE FROM entry WHERE seq = 1", 1, "removed", TRUE);
  /* Closing the gap by renumbering does not help. */
  tamper (
    "DELETE FROM entry WHERE seq = 9; "
    "UPDATE entry SET seq = -(seq - 1) WHERE seq > 9; UPDATE entry SET seq = -seq WHERE seq < 0",
    9, "reordered", TRUE);
}

static void
test_reordered (void)
{
  tamper ("UPDATE entry SET seq = -1 WHERE seq = 5; UPDATE entry SET seq = 5 WHERE seq = 7; "
          "UPDATE entry SET seq = 7 WHERE seq = -1",
          5, "reordered", TRUE);
}

static void
test_truncated (void)
{
  tamper ("DELETE FROM entry WHERE seq > 11", 12, "truncated", TRUE);
  /* Also with the head set back to the row that is now the last: its MAC does not fit. */
  tamper ("DELETE FROM entry WHERE seq > 11; UPDATE epoch SET next_seq = 12, "
          "head = (SELECT head FROM entry WHERE seq = 11)",
          12, "truncated", TRUE);
  tamper ("DELETE FROM entry", 1, "truncated", TRUE);
  tamper ("UPDATE epoch SET next_counter = 1", 18, "truncated", TRUE); /* numbers given out again */
}

/* Makes every hash of the chain right again after a change, as anybody can who has no key. */
static void
recompute_chain (Ledger *ledger, guint64 from)
{
  sqlite3 *db = ledger_open_raw (ledger);
  sqlite3_stmt *read, *write, *last;
  guint8 head[BM_SM3_LEN], hash[BM_SM3_LEN];

  sqlite3_prepare_v2 (db, "SELECT head FROM entry WHERE seq = ?", -1, &read, NULL);
  sqlite3_bind_int64 (read, 1, (gint64) from - 1);
  g_assert_cmpint (sqlite3_step (read), ==, SQLITE_ROW);
  memcpy (head, sqlite3_column_blob (read, 0), BM_SM3_LEN);
  sqlite3_finalize (read);
  sqlite3_prepare_v2 (db, "SELECT seq, record FROM entry WHERE seq >= ? ORDER BY seq", -1, &read,
                      NULL);
  sqlite3_prepare_v2 (db, "UPDATE entry SET hash = ?, head = ? WHERE seq = ?", -1, &write, NULL);
  sqlite3_bind_int64 (read, 1, (gint64) from);
  while (sqlite3_step (read) == SQLITE_ROW)
    {
      g_autoptr (GBytes) record =
        g_bytes_new (sqlite3_column_blob (read, 1), (gsize) sqlite3_column_bytes (read, 1));
      guint8 next[BM_SM3_LEN];

      bm_sm3 (g_bytes_get_data (record, NULL), g_bytes_get_size (record), hash);
      bm_chain_next (head, record, next);
      memcpy (head, next, BM_SM3_LEN);
      sqlite3_bind_blob (write, 1, hash, BM_SM3_LEN, SQLITE_TRANSIENT);
      sqlite3_bind_blob (write, 2, head, BM_SM3_LEN, SQLITE_TRANSIENT);
      sqlite3_bind_int64 (write, 3, sqlite3_column_int64 (read, 0));
      g_assert_cmpint (sqlite3_step (write), ==, SQLITE_DONE);
      sqlite3_reset (write);
    }
  sqlite3_finalize (read);
  sqlite3_finalize (write);
  sqlite3_prepare_v2 (db, "UPDATE epoch SET head = ?", -1, &last, NULL);
  sqlite3_bind_blob (last, 1, head, BM_SM3_LEN, SQLITE_TRANSIENT);
  g_assert_cmpint (sqlite3_step (last), ==, SQLITE_DONE);
  sqlite3_finalize (last);
  sqlite3_close (db);
}

static const char forge_sql[] = "UPDATE entry SET record = flip_last (record) WHERE seq = 6";

static void
test_rewritten (void)
{
  Ledger *ledger = ledger_new ();

  ledger_open (ledger);
  ledger_commit_many (ledger, 1, 8);
  ledger_close (ledger);
  ledger_exec (ledger, "%s", forge_sql);
  recompute_chain (ledger, 6);
  ledger_open (ledger);
  assert_fault (ledger, 6, "rewritten");
  assert_stopped (ledger);
  ledger_free (ledger);
}

static GBytes *
sign_head (Ledger *ledger, guint64 epoch, guint64 seq, const guint8 head[BM_SM3_LEN])
{
  g_autoptr (GBytes) message = bm_store_head_message (ledger->setup.kiosk, epoch, seq, head);

  return bm_sign (ledger->sign_private, message, NULL);
}

static void
make_mac (Ledger *ledger,
          const char *name,
          guint64 epoch,
          guint64 seq,
          const guint8 head[BM_SM3_LEN],
          const guint32 *counter,
          guint8 ret_mac[BM_SM3_LEN])
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint32 kiosk = GUINT32_TO_BE (ledger->setup.kiosk);

  epoch = GUINT64_TO_BE (epoch);
  seq = GUINT64_TO_BE (seq);
  g_byte_array_append (bytes, (const guint8 *) name, strlen (name));
  g_byte_array_append (bytes, (const guint8 *) &kiosk, 4);
  g_byte_array_append (bytes, (const guint8 *) &epoch, 8);
  g_byte_array_append (bytes, (const guint8 *) &seq, 8);
  g_byte_array_append (bytes, head, BM_SM3_LEN);
  if (counter != NULL)
    {
      guint32 big = GUINT32_TO_BE (*counter);

      g_byte_array_append (bytes, (const guint8 *) &big, 4);
    }
  bm_hmac_sm3 (ledger->setup.chain_key, bytes->data, bytes->len, ret_mac);
}

/* A thief who has the chain key as well can make every MAC: the platform's signed head is left. */
static void
forge_macs (Ledger *ledger)
{
  sqlite3 *db = ledger_open_raw (ledger);
  sqlite3_stmt *read, *write;
  guint8 mac[BM_SM3_LEN];
  guint32 counter;

  sqlite3_prepare_v2 (db, "SELECT epoch, seq, head FROM entry", -1, &read, NULL);
  sqlite3_prepare_v2 (db, "UPDATE entry SET mac = ? WHERE seq = ?", -1, &write, NULL);
  while (sqlite3_step (read) == SQLITE_ROW)
    {
      make_mac (ledger, "bianmin row", (guint64) sqlite3_column_int64 (read, 0),
                (guint64) sqlite3_column_int64 (read, 1), sqlite3_column_blob (read, 2), NULL, mac);
      sqlite3_bind_blob (write, 1, mac, BM_SM3_LEN, SQLITE_TRANSIENT);
      sqlite3_bind_int64 (write, 2, sqlite3_column_int64 (read, 1));
      g_assert_cmpint (sqlite3_step (write), ==, SQLITE_DONE);
      sqlite3_reset (write);
    }
  sqlite3_finalize (read);
  sqlite3_finalize (write);
  sqlite3_prepare_v2 (db, "SELECT epoch, next_seq - 1, head, next_counter FROM epoch", -1, &read,
                      NULL);
  sqlite3_prepare_v2 (db, "UPDATE epoch SET head_mac = ?", -1, &write, NULL);
  g_assert_cmpint (sqlite3_step (read), ==, SQLITE_ROW);
  counter = (guint32) sqlite3_column_int64 (read, 3);
  make_mac (ledger, "bianmin last", (guint64) sqlite3_column_int64 (read, 0),
            (guint64) sqlite3_column_int64 (read, 1), sqlite3_column_blob (read, 2), &counter, mac);
  sqlite3_bind_blob (write, 1, mac, BM_SM3_LEN, SQLITE_TRANSIENT);
  sqlite3_finalize (read);
  g_assert_cmpint (sqlite3_step (write), ==, SQLITE_DONE);
  sqlite3_finalize (write);
  sqlite3_close (db);
}

static void
sign_now (Ledger *ledger)
{
  BmOutboxStatus *status = ledger_status (ledger);
  g_autoptr (GBytes) head = g_bytes_new (status->head, BM_SM3_LEN);
  g_autoptr (GBytes) signature =
    sign_head (ledger, status->epoch, status->next_seq - 1, status->head);

  g_assert_true (ledger_apply_head (ledger, status->next_seq - 1, head, signature));
  g_free (status);
}

static void
test_rewritten_with_key (void)
{
  Ledger *ledger = ledger_new ();

  ledger_open (ledger);
  ledger_commit_many (ledger, 1, 8);
  sign_now (ledger);
  ledger_close (ledger);
  ledger_exec (ledger, "%s", forge_sql);
  recompute_chain (ledger, 6);
  forge_macs (ledger);
  ledger_open (ledger);
  assert_fault (ledger, 17, "rewritten"); /* the first seq for which anybody else vouches */
  assert_stopped (ledger);
  ledger_close (ledger);

  /* And if he swaps the signed head too, its signature is wrong. */
  ledger_exec (ledger, "UPDATE epoch SET signed_head = head");
  ledger_open (ledger);
  assert_fault (ledger, 17, "rewritten");
  ledger_free (ledger);
}

static void
test_truncated_with_key (void)
{
  Ledger *ledger = ledger_new ();

  ledger_open (ledger);
  ledger_commit_many (ledger, 1, 8);
  sign_now (ledger);
  ledger_close (ledger);
  ledger_exec (ledger, "DELETE FROM entry WHERE seq > 11; UPDATE epoch SET next_seq = 12, "
                       "head = (SELECT head FROM entry WHERE seq = 11)");
  forge_macs (ledger);
  ledger_open (ledger);
  assert_fault (ledger, 12, "truncated");
  ledger_free (ledger);
}

static void
test_signed_heads (void)
{
  Ledger *ledger = ledger_new ();
  BmOutboxStatus *status;
  g_autoptr (GBytes) head = NULL;
  g_autoptr (GBytes) wrong = NULL;
  g_autoptr (GBytes) signature = NULL;
  g_autoptr (GBytes) other_signature = NULL;
  guint8 other[BM_SM3_LEN];
  json_t *verdict;

  ledger_open (ledger);
  ledger_commit_many (ledger, 1, 3);
  status = ledger_status (ledger);
  head = g_bytes_new (status->head, BM_SM3_LEN);
  signature = sign_head (ledger, status->epoch, 6, status->head);
  g_assert_true (ledger_apply_head (ledger, 7, head, signature)); /* signed for another seq */
  verdict = ledger_verify (ledger);
  g_assert_cmpint (json_integer_value (json_object_get (verdict, "signed_head_seq")), ==, 0);
  json_decref (verdict);
  g_assert_null (ledger->trouble);

  sign_now (ledger);
  verdict = ledger_verify (ledger);
  g_assert_cmpint (json_integer_value (json_object_get (verdict, "signed_head_seq")), ==, 7);
  g_assert_true (json_is_true (json_object_get (verdict, "ok")));
  json_decref (verdict);

  /* The platform vouches for another chain than ours: one of the two was forged. */
  memset (other, 9, sizeof other);
  wrong = g_bytes_new (other, sizeof other);
  other_signature = sign_head (ledger, status->epoch, 5, other);
  g_assert_true (ledger_apply_head (ledger, 5, wrong, other_signature));
  g_assert_error (ledger->trouble, BM_ERROR, BM_ERROR_CORRUPT);
  g_free (status);
  ledger_free (ledger);
}

/* Beyond what the start looks at, the idle walk finds it. */
static void
test_old_rows (void)
{
  Ledger *ledger = ledger_new ();

  ledger_open (ledger);
  ledger_commit_many (ledger, 1, (ROWS - 1) / 2);
  ledger_close (ledger);
  ledger_exec (ledger, "UPDATE entry SET due_day = 5 WHERE seq = 600");
  ledger->tuning.idle_ms = 1;
  ledger_open (ledger);
  g_assert_null (ledger->trouble);
  while (ledger->trouble == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_nonnull (strstr (ledger->trouble->message, "600"));
  assert_stopped (ledger);
  ledger_free (ledger);
}

static void
test_sound (void)
{
  Ledger *ledger = ledger_new ();
  json_t *verdict;

  ledger_open (ledger);
  ledger_commit_many (ledger, 1, 5);
  ledger_close (ledger);
  ledger_open (ledger);
  ledger_commit_many (ledger, 6, 5);
  verdict = ledger_verify (ledger);
  g_assert_true (json_is_true (json_object_get (verdict, "ok")));
  g_assert_true (json_is_null (json_object_get (verdict, "fault")));
  g_assert_cmpint (json_integer_value (json_object_get (verdict, "rows")), ==, 22);
  json_decref (verdict);
  g_assert_null (ledger->trouble);
  ledger_free (ledger);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  sqlite3_auto_extension ((void (*) (void)) add_flip_last);
  g_test_add_func ("/tamper/sound", test_sound);
  g_test_add_func ("/tamper/changed", test_changed);
  g_test_add_func ("/tamper/removed", test_removed);
  g_test_add_func ("/tamper/reordered", test_reordered);
  g_test_add_func ("/tamper/truncated", test_truncated);
  g_test_add_func ("/tamper/rewritten", test_rewritten);
  g_test_add_func ("/tamper/rewritten-with-chain-key", test_rewritten_with_key);
  g_test_add_func ("/tamper/truncated-with-chain-key", test_truncated_with_key);
  g_test_add_func ("/tamper/signed-heads", test_signed_heads);
  g_test_add_func ("/tamper/old-rows-while-idle", test_old_rows);
  return g_test_run ();
}
