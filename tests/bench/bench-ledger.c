/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/store/fixture.h"

#include "app/store/store-sql.h"
#include "core/entry/attachment.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * What the ledger costs, beside what the disk gives in the same run and the same folder: durable commits
 * against appends of 1 KB with fdatasync to a file that grows, photos against raw writes of the same
 * bytes, a start with many entries waiting, and a ledger with a million behind it against an empty one.
 * Both sides take turns, so that a busy machine hits both. One JSON line a figure.
 *
 * Commits are asked for as fast as the ledger takes them; each is durable by itself before it is told.
 * The folder is made beside this program: a temporary folder may lie in memory, where a sync costs
 * nothing.
 */

#define BLOCK        40 /* commits that are asked for at once */
#define BLOCKS       25
#define QUICK_BLOCKS 6
#define PENDING      100000
#define SETTLED      1000000
/* Between two photos: nobody takes them faster, and a log that is due is moved meanwhile. */
#define PHOTO_PAUSE_US (100 * 1000)
#define QUICK_SHARE    20 /* the quick form has a twentieth of the rows */

static guint n_syncs; /* written by the store's worker, read between commits */
static guint next_number = 1;

/* The executable's symbol comes before the C library's: SQLite calls this one. */
int
fdatasync (int fd)
{
  n_syncs++;
  return (int) syscall (SYS_fdatasync, fd);
}

static double
now_ms (void)
{
  return (double) g_get_monotonic_time () / 1000.0;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
at_share (GArray *values, double share)
{
  g_array_sort (values, compare);
  return g_array_index (values, double, MIN (values->len - 1, (guint) (values->len * share)));
}

static void
say_row (const char *name, double value, const char *unit, double baseline, const char *verdict)
{
  g_print ("{\"name\":\"%s\",\"value\":%.4f,\"unit\":\"%s\",\"baseline\":%.4f%s}\n", name, value,
           unit, baseline, verdict);
}

/* Value over baseline is at most @bar; 0: told only. */
static void
say (const char *name, double value, const char *unit, double baseline, double bar)
{
  g_autofree char *verdict = g_strdup_printf (",\"bar\":%.3f", bar);

  say_row (name, value, unit, baseline, bar > 0 ? verdict : "");
}

/* Raw writes */

static int
open_raw_file (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "raw", NULL);
  int fd = open (path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

  g_assert_cmpint (fd, >=, 0);
  return fd;
}

static double
time_raw (int fd, gsize bytes, guint count)
{
  g_autofree guint8 *data = g_malloc (bytes);
  double began;

  bm_random_bytes (data, bytes);
  began = now_ms ();
  for (guint i = 0; i < count; i++)
    {
      g_assert_cmpint (write (fd, data, bytes), ==, (gssize) bytes);
      g_assert_cmpint (syscall (SYS_fdatasync, fd), ==, 0);
    }
  return now_ms () - began;
}

/* Commits */

typedef struct
{
  GMainLoop *loop;
  guint left;
} Block;

static void
on_committed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Block *block = user_data;
  g_autoptr (GError) error = NULL;

  bm_committed_free (bm_store_commit_finish (BM_STORE (source), result, &error));
  g_assert_no_error (error);
  if (--block->left == 0)
    g_main_loop_quit (block->loop);
}

static double
time_commits (Ledger *ledger, guint count, gsize photo)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GPtrArray) drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_draft_unref);
  Block block = { loop, count };
  double began;

  for (guint i = 0; i < count; i++)
    {
      BmDraft *draft = ledger_draft_new (next_number++);

      if (photo > 0)
        {
          guint8 *bytes = g_malloc (photo);
          g_autoptr (GBytes) data = g_bytes_new_take (bytes, photo);

          bm_random_bytes (bytes, photo);
          draft->attachments = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_attachment_free);
          g_ptr_array_add (draft->attachments, bm_attachment_new ("image/jpeg", data));
        }
      g_ptr_array_add (drafts, draft);
    }
  began = now_ms ();
  for (guint i = 0; i < count; i++)
    bm_store_commit_async (ledger->store, drafts->pdata[i], on_committed, &block);
  g_main_loop_run (loop);
  return now_ms () - began;
}

static void
measure_commits (Ledger *ledger, int raw, guint blocks)
{
  g_autoptr (GArray) ratios = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) alone = g_array_new (FALSE, FALSE, sizeof (double));
  double ours = 0, theirs = 0;
  guint syncs = 0;

  (void) time_commits (ledger, 2 * BLOCK, 0); /* warm, and the run's start key is made */
  for (guint i = 0; i < blocks; i++)
    {
      const double appends = time_raw (raw, 1024, BLOCK);
      const guint before = n_syncs;
      const double commits = time_commits (ledger, BLOCK, 0);
      const double ratio = commits / appends;
      double one;

      syncs += n_syncs - before;
      ours += commits;
      theirs += appends;
      g_array_append_val (ratios, ratio);
      one = time_commits (ledger, 1, 0);
      g_array_append_val (alone, one);
    }
  say_row ("commits, of 1 KB appends", 1000 * BLOCK * blocks / ours, "/s",
           1000 * BLOCK * blocks / theirs, ",\"bar\":0.40,\"sense\":\"at least\"");
  say ("commit over append, p50 of blocks", at_share (ratios, 0.5), "x", 1, 0);
  say ("commit, alone, there and back", at_share (alone, 0.5), "ms", theirs / (blocks * BLOCK), 0);
  say ("fdatasync a commit", (double) syncs / (blocks * BLOCK), "", 1, 1.03);
}

static void
measure_photos (Ledger *ledger, int raw, guint count)
{
  g_autoptr (GArray) small = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) large = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; i < count; i++)
    {
      double value;

      g_usleep (PHOTO_PAUSE_US);
      value = time_commits (ledger, 1, 200 * 1024);
      g_array_append_val (small, value);
      if (i % 4 != 0)
        continue;
      g_usleep (PHOTO_PAUSE_US);
      value = -time_raw (raw, 2 * 1024 * 1024, 1);
      value += time_commits (ledger, 1, 2 * 1024 * 1024);
      g_array_append_val (large, value);
    }
  say ("200 KB photo p99", at_share (small, 0.99), "ms", 15, 1);
  say ("2 MB photo above raw writes p50", at_share (large, 0.5), "ms", 40, 1);
}

/* Many waiting */

typedef struct
{
  BmStore *store;
  guint from;
  guint count;
} Fill;

static gboolean
fill_body (BmStore *store, gpointer data, GError **error)
{
  const Fill *fill = data;

  for (guint i = 0; i < fill->count; i++)
    {
      const BmStoreFacts facts = {
        .type = BM_ENTRY_AUDIT,
        .priority = i % 2 == 0 ? 1 : 9,
        .due_day = i % 2 == 0 ? 20000 + (gint32) (i % 60) : BM_NO_DUE_DAY,
      };
      json_t *payload =
        json_pack ("{s:s, s:i, s:s}", "what", "bench", "row", (int) (fill->from + i), "text",
                   "演示县禾田村二组二十八号，养老待遇资格认证，本人到场，刷身份证");
      guint8 hash[BM_SM3_LEN];
      guint64 seq;
      gboolean is_added = bm_store_chain_append (store, &facts, payload, &seq, hash, error);

      json_decref (payload);
      if (!is_added)
        return FALSE;
    }
  return bm_store_chain_save_head (store, error);
}

static gpointer
fill_on_worker (gpointer data, GError **error)
{
  Fill *fill = data;

  return GINT_TO_POINTER (bm_store_transact (fill->store, fill_body, fill, error));
}

static void
measure_pending (const char *folder, guint rows)
{
  Ledger *ledger = ledger_new_at (folder);
  g_autofree char *page = g_strdup_printf ("start and first page, %u waiting", rows);
  g_autofree char *first = g_strdup_printf ("start and first batch, %u waiting", rows);
  g_autofree BmOutboxStatus *status = NULL;
  BmOutboxBatch *batch;
  json_t *overview;
  double began, shown, ready;

  memset (&ledger->tuning, 0, sizeof ledger->tuning);
  ledger_open (ledger);
  for (guint done = 0; done < rows; done += 1000)
    {
      Fill fill = { ledger->store, done, MIN (1000, rows - done) };

      g_assert_nonnull (
        bm_worker_run_sync (bm_store_get_worker (ledger->store), fill_on_worker, &fill, NULL));
    }
  ledger_close (ledger);
  began = now_ms ();
  ledger_open (ledger);
  overview = ledger_overview (ledger);
  shown = now_ms ();
  status = ledger_status (ledger);
  batch = ledger_next_lane (ledger, BM_LANE_ENTRIES, 512 * 1024, 500, NULL);
  ready = now_ms ();
  g_assert_cmpuint (status->pending, >=, rows);
  g_assert_cmpuint (batch->items->len, >=, 200);
  say (page, shown - began, "ms", 1000, 1);
  say (first, ready - began, "ms", 2000, 1);
  json_decref (overview);
  bm_outbox_batch_free (batch);
  ledger_free (ledger);
}

/* A million behind it */

static const char fill_sql[] =
  "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -200000; BEGIN;"
  "INSERT INTO epoch (id, epoch, label, next_seq, next_counter, head, head_mac) VALUES "
  "  (-1, 99, 2, %1$u + 1, %1$u + 1, zeroblob (32), zeroblob (32));"
  "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %1$u) "
  "INSERT INTO entry (epoch, seq, type, run, priority, due_day, state, tries, wall_ms, hash, head, mac, "
  "record, settled_day) SELECT 99, i, 1 + i %% 2, 1, 1 + 8 * (i %% 2), 20000, 1, 1, 1795223400000 + i, "
  "randomblob (32), randomblob (32), randomblob (32), randomblob (500), 20000 FROM n;"
  "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %1$u / 2) "
  "INSERT INTO cases (id, number, epoch, seq, session, matter, seat, service, subject_tag, wall_ms, state, "
  "is_told, is_acknowledged, qr, slip) SELECT 9900000000 + i, 'old' || i, 99, 2 * i, "
  "hex (randomblob (8)), 1, 'hall', 'cert.pension', randomblob (16), 1795223400000, 4, 1, 1, '', "
  "randomblob (120) FROM n;"
  "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %1$u / 2) "
  "INSERT INTO print_job (number, kind, seat, copy, state, created_wall_ms, sheet) SELECT 'old' || i, "
  "'slip', 'hall', 1, 4, 1795223400000, x'' FROM n;"
  "COMMIT;";

static Ledger *
old_ledger_new (const char *folder, guint rows)
{
  Ledger *ledger = ledger_new_at (folder);

  memset (&ledger->tuning, 0, sizeof ledger->tuning);
  ledger->tuning.idle_ms = -1; /* nothing walks the rows that were only made up */
  ledger_open (ledger);
  (void) time_commits (ledger, BLOCK, 0);
  ledger_close (ledger);
  if (rows > 0)
    ledger_exec (ledger, fill_sql, rows);
  ledger_open (ledger);
  return ledger;
}

static double
time_lookups (Ledger *ledger, const char *number, guint count)
{
  double began = now_ms ();

  for (guint i = 0; i < count; i++)
    {
      BmCase *found = ledger_case (ledger, number);
      BmOutboxBatch *batch = ledger_next_lane (ledger, BM_LANE_ENTRIES, 4096, 4, NULL);

      g_assert_nonnull (found);
      bm_case_free (found);
      bm_outbox_batch_free (batch);
    }
  return now_ms () - began;
}

static void
measure_settled (const char *folder, guint rows, guint blocks)
{
  g_autofree char *empty_folder = g_build_filename (folder, "empty", NULL);
  g_autofree char *full_folder = g_build_filename (folder, "full", NULL);
  g_autofree char *commit_name = g_strdup_printf ("commit, %u settled, of empty", rows);
  g_autofree char *lookup_name = g_strdup_printf ("lookup, %u settled, of empty", rows);
  g_autoptr (GArray) commits = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) lookups = g_array_new (FALSE, FALSE, sizeof (double));
  Ledger *empty = old_ledger_new (empty_folder, 0), *full = old_ledger_new (full_folder, rows);
  BmCommitted *in_empty = ledger_commit (empty, next_number++);
  BmCommitted *in_full = ledger_commit (full, next_number++);

  (void) time_commits (empty, BLOCK, 0);
  (void) time_commits (full, BLOCK, 0);
  for (guint i = 0; i < blocks; i++)
    {
      double ratio = time_commits (full, BLOCK, 0);

      ratio /= time_commits (empty, BLOCK, 0);
      g_array_append_val (commits, ratio);
      ratio = time_lookups (full, in_full->number, 50);
      ratio /= time_lookups (empty, in_empty->number, 50);
      g_array_append_val (lookups, ratio);
    }
  say (commit_name, at_share (commits, 0.5), "x", 1, 1.1);
  say (lookup_name, at_share (lookups, 0.5), "x", 1, 1.1);
  bm_committed_free (in_empty);
  bm_committed_free (in_full);
  ledger_free (empty);
  ledger_free (full);
}

int
main (int argc, char **argv)
{
  const gboolean is_quick = argc > 1 && g_str_equal (argv[1], "--quick");
  const guint blocks = is_quick ? QUICK_BLOCKS : BLOCKS;
  const guint share = is_quick ? QUICK_SHARE : 1;
  g_autofree char *beside = g_path_get_dirname (argv[0]);
  g_autofree char *folder = g_build_filename (beside, "bench-ledger-XXXXXX", NULL);
  g_autofree char *own = NULL;
  g_autofree char *waiting = NULL;
  Ledger *ledger;
  int raw;

  g_assert_nonnull (g_mkdtemp (folder));
  own = g_build_filename (folder, "own", NULL);
  waiting = g_build_filename (folder, "waiting", NULL);
  raw = open_raw_file (folder);
  ledger = ledger_new_at (own);
  memset (&ledger->tuning, 0, sizeof ledger->tuning); /* as in the product */
  ledger_open (ledger);
  measure_commits (ledger, raw, blocks);
  measure_photos (ledger, raw, is_quick ? 20 : 100);
  ledger_free (ledger);
  measure_pending (waiting, PENDING / share);
  measure_settled (folder, SETTLED / share, blocks);
  close (raw);
  {
    g_autofree char *path = g_build_filename (folder, "raw", NULL);

    g_assert_cmpint (unlink (path), ==, 0);
    g_assert_cmpint (rmdir (folder), ==, 0);
  }
  return EXIT_SUCCESS;
}
