/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/store/fixture.h"
#include "tests/torture/torture.h"

#include "core/error.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/*
 * A small station over the real store and the real disk, for those who break what lies below it (R4,
 * R5): syscalls.py, full-disk.py.
 *
 *   torture-writer --folder DIR --seed S --transactions N     writes, and says at once what it was promised:
 *       entry SEQ NUMBER      a commit returned
 *       answer SEQ            an answer for this row was stored
 *       refused STEP CODE     the store said no, with this BmError
 *       closed                the end, in order
 *   torture-writer --folder DIR --judge < PROMISES            opens what is there and prints the verdict
 *
 * Exit 0; 3 when the ledger cannot be opened, which says so and promises nothing.
 */

#define CANNOT_OPEN 3

static gint short_in; /* the n-th write from now writes only a half; 0: none */
static gint64 ballast_bytes = 1024 * 1024;
static gint64 reserve_bytes = -1;

/* What pwrite() may always do, and rarely does: less than it was asked for. */
static ssize_t
write_some (int fd, const void *data, size_t len, off_t offset)
{
  if (short_in > 0 && --short_in == 0 && len > 1)
    len /= 2;
  return pwrite (fd, data, len, offset);
}

static void
say (const char *format, ...)
{
  g_autofree char *line = NULL;
  va_list arguments;

  va_start (arguments, format);
  line = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  fputs (line, stdout);
  fflush (stdout); /* a promise that nobody heard is none */
}

static void
say_refused (guint step, const GError *error)
{
  say ("refused %u %d %s\n", step, error->code, error->message);
}

static void
commit (Ledger *ledger, guint step, GRand *rand)
{
  g_autoptr (BmDraft) draft = ledger_draft_new (step);
  g_autofree char *text = g_strnfill ((gsize) g_rand_int_range (rand, 0, 4000), 'x');
  g_autoptr (GError) error = NULL;
  BmCommitted *committed;

  json_object_set_new (draft->payload, "text", json_string (text));
  committed = ledger_try_commit (ledger, draft, &error);
  if (committed == NULL)
    {
      say_refused (step, error);
      return;
    }
  say ("entry %" G_GUINT64_FORMAT " %s\n", committed->seq, committed->number);
  bm_committed_free (committed);
}

static BmOutboxBatch *
try_next (Ledger *ledger, guint items)
{
  return ledger->trouble == NULL || g_error_matches (ledger->trouble, BM_ERROR, BM_ERROR_FULL)
           ? ledger_try_next (ledger, 1 << 20, items, NULL)
           : NULL;
}

static void
apply (Ledger *ledger, guint step)
{
  BmOutboxBatch *batch = try_next (ledger, 3);
  g_autoptr (GPtrArray) answers = NULL;
  g_autoptr (GError) error = NULL;

  if (batch == NULL)
    return;
  answers = answers_for (batch, BM_ANSWER_ACCEPTED);
  bm_outbox_batch_free (batch);
  if (!ledger_apply (ledger, answers, NULL, step, &error))
    {
      say_refused (step, error);
      return;
    }
  for (guint i = 0; i < answers->len; i++)
    say ("answer %" G_GUINT64_FORMAT "\n", ((BmAnswer *) answers->pdata[i])->seq);
}

static gpointer
checkpoint_on_worker (gpointer data, GError **error)
{
  return GINT_TO_POINTER (bm_store_checkpoint (data, error));
}

static void
do_step (Ledger *ledger, guint step, GRand *rand)
{
  g_autoptr (GError) error = NULL;

  ledger_advance (ledger, 1000);
  if (step % 10 == 9)
    {
      bm_worker_run_sync (bm_store_get_worker (ledger->store), checkpoint_on_worker, ledger->store,
                          &error);
      if (error != NULL)
        say_refused (step, error);
    }
  else if (step % 4 == 3)
    apply (ledger, step);
  else
    commit (ledger, step, rand);
}

static int
write_all (Ledger *ledger, guint64 seed, guint transactions)
{
  g_autoptr (GRand) rand = torture_rand_new (seed, 1);
  g_autoptr (GError) error = NULL;

  if (ledger_try_open (ledger, &error) == NULL)
    {
      say ("cannot open: %s\n", error->message);
      return CANNOT_OPEN;
    }
  for (guint step = 1; step <= transactions; step++)
    do_step (ledger, step, rand);
  ledger_close (ledger);
  say ("closed\n");
  return 0;
}

typedef struct
{
  guint promised;
  guint lost;
  guint unsound;
  guint stuck; /* nothing new is taken, although nothing is wrong below any more */
} Verdict;

static GHashTable *
list_waiting (Ledger *ledger)
{
  GHashTable *waiting = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  BmOutboxBatch *batch = ledger_next (ledger, 1 << 24, 1000);

  for (guint i = 0; i < batch->items->len; i++)
    {
      guint64 seq = ((BmOutboxItem *) batch->items->pdata[i])->seq;

      g_hash_table_add (waiting, g_memdup2 (&seq, sizeof seq));
    }
  bm_outbox_batch_free (batch);
  return waiting;
}

static gboolean
is_kept (Ledger *ledger, GHashTable *waiting, const char *line)
{
  char number[64] = "";
  guint64 seq = 0;
  BmCase *found;

  if (sscanf (line, "entry %" G_GUINT64_FORMAT " %63s", &seq, number) == 2)
    {
      gboolean is_there;

      found = ledger_case (ledger, number);
      is_there = found != NULL && found->seq == seq && found->slip != NULL;
      g_clear_pointer (&found, bm_case_free);
      return is_there;
    }
  if (sscanf (line, "answer %" G_GUINT64_FORMAT, &seq) == 1)
    return !g_hash_table_contains (waiting, &seq);
  return TRUE;
}

static void
judge_promises (Ledger *ledger, Verdict *verdict)
{
  g_autoptr (GHashTable) waiting = list_waiting (ledger);
  char line[256];

  while (fgets (line, sizeof line, stdin) != NULL)
    {
      if (!g_str_has_prefix (line, "entry ") && !g_str_has_prefix (line, "answer "))
        continue;
      verdict->promised++;
      if (is_kept (ledger, waiting, line))
        continue;
      verdict->lost++;
      torture_complain ("promised and not there: %s", g_strchomp (line));
    }
}

static int
judge (Ledger *ledger, guint64 seed)
{
  Verdict verdict = { 0 };
  g_autoptr (GError) error = NULL;

  if (ledger_try_open (ledger, &error) == NULL)
    {
      torture_complain ("cannot be opened again: %s", error->message);
      torture_report ("writer", seed, "promised", 0, "lost", 1, "unsound", 1, "stuck", 1, NULL);
      return TORTURE_FOUND;
    }
  judge_promises (ledger, &verdict);
  {
    g_autoptr (BmDraft) draft = ledger_draft_new (100000);
    BmCommitted *committed = ledger_try_commit (ledger, draft, &error);
    json_t *verified = ledger_verify (ledger);

    verdict.stuck = committed == NULL;
    verdict.unsound = !json_is_true (json_object_get (verified, "ok"));
    json_decref (verified);
    g_clear_pointer (&committed, bm_committed_free);
  }
  torture_report ("writer", seed, "promised", verdict.promised, "lost", verdict.lost, "unsound",
                  verdict.unsound, "stuck", verdict.stuck, NULL);
  return verdict.lost + verdict.unsound + verdict.stuck > 0 ? TORTURE_FOUND : 0;
}

int
main (int argc, char **argv)
{
  gboolean is_judge = FALSE;
  const GOptionEntry more[] = {
    { "judge", 0, 0, G_OPTION_ARG_NONE, &is_judge, "Judge what is there", NULL },
    { "short", 0, 0, G_OPTION_ARG_INT, &short_in, "Which write is short", "N" },
    { "ballast", 0, 0, G_OPTION_ARG_INT64, &ballast_bytes, "Bytes of ballast", "N" },
    { "reserve", 0, 0, G_OPTION_ARG_INT64, &reserve_bytes, "Below it nothing is taken", "N" },
    { NULL },
  };
  g_autoptr (TortureArguments) arguments = torture_begin_with (&argc, &argv, "transactions", more);
  sqlite3_vfs *vfs = sqlite3_vfs_find (NULL);
  Ledger *ledger;
  int code;

  g_assert_nonnull (arguments->folder);
  g_assert_cmpint (vfs->xSetSystemCall (vfs, "pwrite64", (sqlite3_syscall_ptr) write_some), ==,
                   SQLITE_OK);
  ledger = ledger_new_at (arguments->folder);
  ledger->tuning.ballast_bytes = ballast_bytes;
  ledger->tuning.reserve_bytes = reserve_bytes;
  code = is_judge ? judge (ledger, arguments->seed)
                  : write_all (ledger, arguments->seed, arguments->count);
  ledger_free_keeping_folder (ledger);
  return code;
}
