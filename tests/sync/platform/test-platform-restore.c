/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/error.h"
#include "sync/platform/platform-backup.h"
#include "sync/platform/platform-calls.h"
#include "sync/platform/platform-store-private.h"
#include "tests/sync/platform/platform-fixture.h"

#include <glib/gstdio.h>

#include <string.h>

/* A platform whose disk was set back: it says so, and gets everything again. */

typedef json_t Json;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Json, json_decref)

/* hello as a station says it that was answered for @settled rows and has read up to @cursor. */
static BmReply *
hello (PlatformFixture *f, guint64 settled, gint64 cursor)
{
  BmHello hello = { 0 };
  BmSettledEpoch epoch = { f->station->epoch, settled };
  g_autoptr (GBytes) body = NULL, bytes = NULL;
  g_autoptr (BmReply) reply = NULL;
  g_autoptr (GError) error = NULL;
  guint8 nonce[BM_NONCE_LEN];
  BmReply *opened;

  hello.kiosk = f->station->kiosk;
  hello.epoch = f->station->epoch;
  hello.next_seq = f->station->next_seq;
  memcpy (hello.head, f->station->head, BM_SM3_LEN);
  hello.cursor = cursor;
  hello.version = (char *) "0.1.0";
  hello.settled = g_array_new (FALSE, TRUE, sizeof (BmSettledEpoch));
  g_array_append_val (hello.settled, epoch);
  body = bm_hello_encode (&hello);
  g_array_unref (hello.settled);
  reply = bm_platform_hello (f->platform, &f->peer, body, nonce, &error);
  g_assert_no_error (error);
  bytes = bm_reply_seal (reply, nonce, f->platform->sign_key, &error);
  g_assert_no_error (error);
  opened = bm_reply_open (bytes, nonce, BM_CALL_HELLO, f->station->kiosk,
                          f->station->platform_public, &error);
  g_assert_no_error (error);
  g_assert_null (opened->refused_code);
  g_assert_cmpuint (opened->held->len, ==, 1);
  return opened;
}

static void
assert_held (BmReply *reply, guint64 count, const char *ranges)
{
  const BmHeldEpoch *held = reply->held->pdata[0];
  g_autoptr (GString) text = g_string_new (NULL);

  g_assert_cmpuint (held->count, ==, count);
  if (held->ranges == NULL)
    {
      g_assert_null (ranges);
      return;
    }
  for (guint i = 0; i < held->ranges->len; i++)
    {
      const BmSeqRange *range = &g_array_index (held->ranges, BmSeqRange, i);

      g_string_append_printf (text, "%s%u-%u", i > 0 ? " " : "", (guint) range->first,
                              (guint) range->last);
    }
  g_assert_cmpstr (text->str, ==, ranges);
}

static guint64
get_backed_up (BmReply *reply)
{
  return reply->backed_up->len > 0 ? g_array_index (reply->backed_up, BmBackedUp, 0).upto : 0;
}

static void
send_each (PlatformFixture *f, GPtrArray *records, BmAnswerStatus expected)
{
  g_autoptr (GPtrArray) copy = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (BmReply) reply = NULL;

  for (guint i = 0; i < records->len; i++)
    g_ptr_array_add (copy, g_bytes_ref (records->pdata[i]));
  reply = platform_fixture_send (f, g_steal_pointer (&copy));
  g_assert_cmpuint (reply->answers->len, ==, records->len);
  for (guint i = 0; i < reply->answers->len; i++)
    g_assert_cmpint (((BmAnswer *) reply->answers->pdata[i])->status, ==, expected);
}

static gboolean
has_alarm (PlatformFixture *f, const char *kind)
{
  g_autoptr (Json) state = platform_fixture_report (f, "state");
  json_t *alarm;
  gsize i;

  json_array_foreach (json_object_get (state, "alarms"), i,
                      alarm) if (g_strcmp0 (json_string_value (json_object_get (alarm, "kind")),
                                            kind) == 0) return TRUE;
  return FALSE;
}

/* Sparse, far apart, backwards: the count and the ranges are those of the entries, the watermark that of
 * the beginning. */
static void
test_sparse (void)
{
  g_autoptr (PlatformFixture) f = platform_fixture_new ();
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  static const guint order[] = { 9, 2, 7, 1, 4 };
  static const char *const ranges[] = { "10-10", "3-3 10-10", "3-3 8-8 10-10", "2-3 8-8 10-10",
                                        "2-3 5-5 8-8 10-10" };

  g_ptr_array_add (all, virtual_station_start_run (f->station));
  for (guint i = 1; i < 12; i++)
    g_ptr_array_add (all, virtual_station_make_audit (f->station));
  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    {
      g_autoptr (GPtrArray) one = g_ptr_array_new ();
      g_autoptr (BmReply) less = NULL, more = NULL;

      g_ptr_array_add (one, all->pdata[order[i]]);
      send_each (f, one, BM_ANSWER_ACCEPTED);
      less = hello (f, i + 1, 0);
      assert_held (less, i + 1, NULL);
      more = hello (f, i + 2, 0);
      assert_held (more, i + 1, ranges[i]);
      g_assert_cmpuint (more->head_seq, ==, 0);
    }
  {
    g_autoptr (GPtrArray) one = g_ptr_array_new ();
    g_autoptr (BmReply) reply = NULL;

    g_ptr_array_add (one, all->pdata[0]);
    send_each (f, one, BM_ANSWER_ACCEPTED);
    reply = hello (f, 6, 0);
    assert_held (reply, 6, NULL);
    g_assert_cmpuint (reply->head_seq, ==, 3);
  }
}

static GPtrArray *
make_day (PlatformFixture *f, guint n, char **ret_number)
{
  GPtrArray *records = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  g_ptr_array_add (records, virtual_station_start_run (f->station));
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (records, virtual_station_make_audit (f->station));
  g_ptr_array_add (records, virtual_station_certify (f->station, "陈有根", "990121195501180097",
                                                     "HT02", ret_number));
  return records;
}

/* Marks come from the copy, after it, and stay. */
static void
test_marks (void)
{
  g_autoptr (PlatformFixture) f = platform_fixture_new ();
  g_autofree char *file = g_build_filename (f->dir, "copy", NULL);
  g_autofree char *other = g_build_filename (f->dir, "copy-2", NULL);
  g_autofree char *line = g_strconcat ("backup ", file, NULL);
  g_autofree char *again = g_strconcat ("backup ", other, NULL);
  g_autofree char *nowhere = g_build_filename (f->dir, "no", "such", NULL);
  g_autofree char *bad = g_strconcat ("backup ", nowhere, NULL);
  g_autoptr (GPtrArray) day = make_day (f, 5, NULL);
  g_autoptr (GPtrArray) next = make_day (f, 2, NULL);
  g_autoptr (BmReply) before = NULL, after = NULL, later = NULL;
  g_autofree char *made = NULL, *refused = NULL, *failed = NULL, *twice = NULL;
  g_autoptr (Json) list = NULL;

  send_each (f, day, BM_ANSWER_ACCEPTED);
  before = hello (f, day->len, 0);
  g_assert_cmpuint (get_backed_up (before), ==, 0);
  failed = platform_fixture_admin (f, bad);
  g_assert_true (g_str_has_prefix (failed, "error "));
  made = platform_fixture_admin (f, line);
  g_assert_true (g_str_has_prefix (made, "ok {"));
  refused = platform_fixture_admin (f, line); /* never over another one */
  g_assert_true (g_str_has_prefix (refused, "error "));
  send_each (f, next, BM_ANSWER_ACCEPTED);
  platform_fixture_reopen (f);
  after = hello (f, day->len + next->len, 0);
  g_assert_cmpuint (get_backed_up (after), ==, day->len);
  twice = platform_fixture_admin (f, again);
  later = hello (f, day->len + next->len, 0);
  g_assert_cmpuint (get_backed_up (later), ==, day->len + next->len);
  list = platform_fixture_report (f, "backups");
  g_assert_cmpuint (json_array_size (list), ==, 2);
}

static void
copy_over (PlatformFixture *f, const char *from, const char *to)
{
  g_autofree char *target = g_build_filename (f->dir, to, NULL);
  g_autofree char *wal = g_strconcat (target, "-wal", NULL);
  g_autofree char *data = NULL;
  gsize len = 0;

  g_assert_true (g_file_get_contents (from, &data, &len, NULL));
  (void) g_unlink (wal);
  g_assert_true (g_file_set_contents (target, data, (gssize) len, NULL));
}

static gint64
read_inbox (PlatformFixture *f, gint64 after, const char *number, gint64 *ret_version)
{
  g_autoptr (BmReply) inbox = platform_fixture_inbox (f, after);

  g_assert_false (inbox->has_more);
  for (guint i = 0; i < inbox->messages->len; i++)
    {
      const BmMessage *message = inbox->messages->pdata[i];

      if (strcmp (message->name, number) == 0)
        *ret_version = message->version;
    }
  return inbox->cursor;
}

/* The whole story, with the verb (data: 0) and by somebody who copied the file (data: 1). */
static void
test_set_back (gconstpointer data)
{
  gboolean is_plain = GPOINTER_TO_INT (data) == 1;
  g_autoptr (PlatformFixture) f = platform_fixture_new ();
  g_autofree char *file = g_build_filename (f->dir, "copy", NULL);
  g_autofree char *line = g_strconcat ("backup ", file, NULL);
  g_autofree char *early = NULL, *late = NULL, *fresh = NULL, *made = NULL;
  g_autoptr (GPtrArray) kept = make_day (f, 3, &early), lost = make_day (f, 4, &late), third = NULL;
  g_autoptr (BmReply) told = NULL, again = NULL, settled = NULL;
  g_autoptr (GError) error = NULL;
  gint64 cursor, version_early = 0, version_late = 0, version_again = 0, version_fresh = 0;
  guint64 total = kept->len + lost->len;

  send_each (f, kept, BM_ANSWER_ACCEPTED);
  made = platform_fixture_admin (f, line);
  send_each (f, lost, BM_ANSWER_ACCEPTED);
  cursor = read_inbox (f, 0, early, &version_early);
  (void) read_inbox (f, 0, late, &version_late);
  g_assert_cmpint (version_early, >, 0);
  g_assert_cmpint (version_late, >, 0);
  if (!is_plain)
    {
      g_assert_false (bm_platform_restore (f->dir, file, DEMO_NOW, &error)); /* it is served */
      g_assert_error (error, BM_ERROR, BM_ERROR_BUSY);
      g_clear_error (&error);
    }
  g_clear_pointer (&f->platform, bm_platform_free);
  if (is_plain)
    copy_over (f, file, "platform.db");
  else
    bm_platform_restore (f->dir, file, DEMO_NOW, &error);
  g_assert_no_error (error);
  platform_fixture_reopen (f);

  told = hello (f, total, cursor);
  assert_held (told, kept->len, "1-5");
  g_assert_true (has_alarm (f, "restored"));
  send_each (f, kept, BM_ANSWER_DUPLICATE);
  send_each (f, lost, BM_ANSWER_ACCEPTED);
  again = hello (f, total, cursor);
  assert_held (again, total, NULL);
  /* What is decided now is read by a station that had read it before the loss already. */
  third = make_day (f, 0, &fresh);
  send_each (f, third, BM_ANSWER_ACCEPTED);
  cursor = read_inbox (f, cursor, late, &version_again);
  g_assert_cmpint (version_again, >, version_late);
  (void) read_inbox (f, 0, fresh, &version_fresh);
  g_assert_cmpint (version_fresh, >, 0);
  settled = hello (f, total + third->len, cursor);
  assert_held (settled, total + third->len, NULL);
  g_assert_cmpint (read_inbox (f, cursor, fresh, &version_fresh), ==, cursor); /* not for ever */
}

/* Decided after the loss and before the station says hello: its cursor would have passed them. */
static void
test_results_before_hello (void)
{
  g_autoptr (PlatformFixture) f = platform_fixture_new ();
  g_autofree char *file = g_build_filename (f->dir, "copy", NULL);
  g_autofree char *line = g_strconcat ("backup ", file, NULL);
  g_autofree char *early = NULL, *made = NULL, *hold = NULL, *decide = NULL, *now = NULL;
  g_autoptr (GPtrArray) kept = make_day (f, 0, &early), lost = make_day (f, 0, NULL);
  g_autoptr (BmReply) told = NULL;
  gint64 cursor, version = 0, first_version = 0;

  hold = platform_fixture_admin (f, "decide hold");
  send_each (f, kept, BM_ANSWER_ACCEPTED);
  made = platform_fixture_admin (f, line);
  now = platform_fixture_admin (f, "decide now");
  send_each (f, lost, BM_ANSWER_ACCEPTED);
  cursor = read_inbox (f, 0, early, &first_version);
  g_clear_pointer (&f->platform, bm_platform_free);
  copy_over (f, file, "platform.db");
  platform_fixture_reopen (f);
  decide = g_strdup_printf ("decide %s CERT_OK", early);
  g_free (platform_fixture_admin (f, decide));
  told = hello (f, kept->len + lost->len, cursor);
  (void) read_inbox (f, cursor, early, &version);
  g_assert_cmpint (version, >, first_version);
}

/* A certificate issued after the backup is ours all the same. */
static void
test_certificate_after_backup (void)
{
  g_autoptr (PlatformFixture) f = platform_fixture_new ();
  g_autofree char *file = g_build_filename (f->dir, "copy", NULL);
  g_autofree char *line = g_strconcat ("backup ", file, NULL);
  g_autofree char *made = platform_fixture_admin (f, line);
  g_autofree char *serial = NULL;
  g_autofree char *pem = NULL;
  g_autoptr (BmReply) reply = NULL;
  g_autoptr (GError) error = NULL;
  gint64 not_after = 0;
  BmPeer old = f->peer;

  pem = bm_platform_ca_sign (f->platform->ca, f->station->csr, f->station->kiosk, DEMO_NOW, &serial,
                             &not_after, &error);
  g_assert_no_error (error);
  g_strlcpy (f->peer.serial, serial, sizeof f->peer.serial);
  f->peer.not_after_ms = not_after;
  reply = hello (f, 0, 0);
  g_assert_true (has_alarm (f, "unknown-certificate"));
  f->peer = old;
  g_clear_pointer (&reply, bm_reply_free);
  reply = hello (f, 0, 0);
}

static void
test_bad_backups (void)
{
  g_autoptr (PlatformFixture) f = platform_fixture_new ();
  g_autofree char *file = g_build_filename (f->dir, "copy", NULL);
  g_autofree char *line = g_strconcat ("backup ", file, NULL);
  g_autofree char *made = platform_fixture_admin (f, line);
  g_autofree char *data = NULL;
  g_autofree char *damaged = g_build_filename (f->dir, "damaged", NULL);
  g_autoptr (GError) error = NULL;
  gsize len = 0;

  g_assert_true (g_file_get_contents (file, &data, &len, NULL));
  g_clear_pointer (&f->platform, bm_platform_free);
  g_assert_false (bm_platform_restore (f->dir, damaged, DEMO_NOW, &error));
  g_clear_error (&error);
  memset (data + len / 2, 0x5a, len / 4);
  g_assert_true (g_file_set_contents (damaged, data, (gssize) len, NULL));
  g_assert_false (bm_platform_restore (f->dir, damaged, DEMO_NOW, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (damaged, data, (gssize) len / 3, NULL));
  g_assert_false (bm_platform_restore (f->dir, damaged, DEMO_NOW, &error));
  g_assert_nonnull (error);
  platform_fixture_reopen (f); /* nothing was touched */
}

/* What versions 4 and 5 added is taken away again, as a database of 0.1.0 has it; nothing that it holds is lost, and
 * what is counted now is counted from it. */
static void
test_older_database (void)
{
  static const char undo[] =
    "DROP TABLE blob_chunk; DROP TABLE entry_blob; DROP TABLE blob; DROP TABLE clock_sample;"
    "DROP TABLE bad_item; DROP TABLE backup; DROP TABLE withdrawal; ALTER TABLE watermark DROP COLUMN held;"
    "ALTER TABLE watermark DROP COLUMN backed_up; ALTER TABLE station DROP COLUMN cursor;"
    "ALTER TABLE station DROP COLUMN seen_ms; ALTER TABLE station DROP COLUMN generation;"
    "DROP INDEX link_form; ALTER TABLE link DROP COLUMN form;"
    "DELETE FROM watermark WHERE upto = 0; PRAGMA user_version = 3;";
  g_autoptr (PlatformFixture) f = platform_fixture_new ();
  g_autoptr (GPtrArray) day = make_day (f, 4, NULL);
  g_autoptr (BmReply) reply = NULL, ahead = NULL;
  g_autoptr (GError) error = NULL;

  send_each (f, day, BM_ANSWER_ACCEPTED);
  /* An epoch whose beginning is missing had no row before. */
  bm_random_bytes (&f->station->epoch, sizeof f->station->epoch);
  f->station->next_seq = 1;
  bm_chain_start (f->station->kiosk, f->station->epoch, f->station->head);
  g_bytes_unref (virtual_station_start_run (f->station));
  {
    g_autoptr (GPtrArray) gap = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

    g_ptr_array_add (gap, virtual_station_make_audit (f->station));
    send_each (f, gap, BM_ANSWER_ACCEPTED);
  }
  g_assert_true (bm_sql_script (f->platform->store->db, undo, &error));
  g_assert_no_error (error);
  platform_fixture_reopen (f);
  reply = hello (f, 1, 0);
  assert_held (reply, 1, NULL);
  ahead = hello (f, 2, 0);
  assert_held (ahead, 1, "2-2");
  send_each (f, day, BM_ANSWER_DUPLICATE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  bm_crypto_init ();
  g_test_add_func ("/platform/restore/sparse", test_sparse);
  g_test_add_func ("/platform/restore/marks", test_marks);
  g_test_add_data_func ("/platform/restore/by-the-verb", GINT_TO_POINTER (0), test_set_back);
  g_test_add_data_func ("/platform/restore/by-a-plain-copy", GINT_TO_POINTER (1), test_set_back);
  g_test_add_func ("/platform/restore/results-before-hello", test_results_before_hello);
  g_test_add_func ("/platform/restore/certificate-after-backup", test_certificate_after_backup);
  g_test_add_func ("/platform/restore/bad-backups", test_bad_backups);
  g_test_add_func ("/platform/restore/older-database", test_older_database);
  return g_test_run ();
}
