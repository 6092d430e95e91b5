/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/store/fixture.h"
#include "tests/torture/torture.h"

#include "core/error.h"

#include <glib/gstdio.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/*
 * R5: a real disk (full-disk.py makes a small one), full to the last byte and empty again, many times,
 * under the real store. In each cycle:
 *
 *   matters are taken until the store says FULL; somebody else writes the disk full to zero bytes;
 *   a further matter is refused; the station starts anew; everything that was promised drains;
 *   old payloads go; then there is room again, and without a restart the next matter is taken.
 *
 *   lost        promised and not there        stuck    something did not drain, or the start failed
 *   misled      taken or refused with another word than FULL
 *   not_resumed nothing is taken although there is room
 *   unsound     the chain
 */

#define BALLAST     (1024 * 1024)
#define RESERVE     (1024 * 1024)
#define MAX_MATTERS 4000 /* in one cycle; a disk of 16 MB is full long before */
#define TICK_MS     20
#define MAX_TICKS   1000

typedef struct
{
  Ledger *ledger;
  GRand *rand;
  char *filler;
  GPtrArray *numbers; /* everything that was promised */
  guint next;
  guint64 seed;
  guint cycles, lost, stuck, misled, not_resumed, unsound;
} Disk;

static void
note (Disk *disk, guint *counter, const char *what, const GError *error)
{
  ++*counter;
  torture_complain ("seed %" G_GUINT64_FORMAT ", cycle %u: %s: %s", disk->seed, disk->cycles, what,
                    error != NULL ? error->message : "");
}

static gboolean
commit_one (Disk *disk, GError **error)
{
  g_autoptr (BmDraft) draft = ledger_draft_new (++disk->next);
  g_autofree char *text = g_malloc0 (20001);
  BmCommitted *committed;

  for (gint i = g_rand_int_range (disk->rand, 0, 20000); i > 0; i--)
    text[i - 1] = (char) g_rand_int_range (disk->rand, ' ', 127);
  json_object_set_new (draft->payload, "text", json_string (text));
  ledger_advance (disk->ledger, 60000);
  committed = ledger_try_commit (disk->ledger, draft, error);
  if (committed == NULL)
    return FALSE;
  g_ptr_array_add (disk->numbers, g_strdup (committed->number));
  bm_committed_free (committed);
  return TRUE;
}

static void
commit_until_full (Disk *disk)
{
  for (guint i = 0; i < MAX_MATTERS; i++)
    {
      g_autoptr (GError) error = NULL;

      if (commit_one (disk, &error))
        continue;
      if (!g_error_matches (error, BM_ERROR, BM_ERROR_FULL))
        note (disk, &disk->misled, "refused with another word", error);
      return;
    }
  note (disk, &disk->misled, "the disk never became full", NULL);
}

/* Somebody else's bytes: until about @left are free; 0: to the last byte, in ever smaller pieces. */
static void
fill (Disk *disk, gint64 left)
{
  static char zeros[65536];
  int fd = g_open (disk->filler, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

  g_assert_cmpint (fd, >=, 0);
  for (gsize piece = sizeof zeros; piece > 0; piece /= 2)
    while ((left == 0 || bm_store_space_get_free (disk->ledger->store) > left) &&
           write (fd, zeros, piece) > 0)
      continue;
  fsync (fd);
  close (fd);
}

static guint
count_waiting (Disk *disk)
{
  g_autofree BmOutboxStatus *status = ledger_status (disk->ledger);

  return (guint) status->pending;
}

static void
drain (Disk *disk)
{
  while (count_waiting (disk) > 0)
    {
      BmOutboxBatch *batch = ledger_next (disk->ledger, 1 << 18, 50);
      g_autoptr (GPtrArray) answers = answers_for (batch, BM_ANSWER_ACCEPTED);
      g_autoptr (GError) error = NULL;

      bm_outbox_batch_free (batch);
      if (answers->len > 0 && ledger_apply (disk->ledger, answers, NULL, 0, &error))
        continue;
      note (disk, &disk->stuck, "an answer finds no room", error);
      return;
    }
}

/* What the centre has and the retention lets go; the disk is still full. */
static void
purge (Disk *disk)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  ledger_advance (disk->ledger, G_GINT64_CONSTANT (40) * 24 * 3600 * 1000);
  bm_store_sweep_async (disk->ledger->store, ledger_on_done, &result);
  if (!bm_store_sweep_finish (disk->ledger->store, ledger_take (&result), &error))
    note (disk, &disk->stuck, "a purge finds no room", error);
}

static gboolean
restart (Disk *disk)
{
  g_autoptr (GError) error = NULL;

  ledger_close (disk->ledger);
  if (ledger_try_open (disk->ledger, &error) != NULL)
    return TRUE;
  note (disk, &disk->stuck, "the station does not start", error);
  g_unlink (disk->filler);
  return FALSE;
}

static gboolean
on_tick (gpointer data)
{
  ++*(guint *) data;
  return G_SOURCE_CONTINUE;
}

/* The ballast comes back by itself, too: the next full disk needs it. */
static void
resume (Disk *disk)
{
  g_autofree char *ballast = g_build_filename (disk->ledger->folder, "ledger.ballast", NULL);
  g_autoptr (GError) error = NULL;
  guint ticks = 0;
  guint timer;

  g_unlink (disk->filler);
  if (!commit_one (disk, &error))
    {
      note (disk, &disk->not_resumed, "there is room again", error);
      return;
    }
  timer = g_timeout_add (TICK_MS, on_tick, &ticks);
  while (ticks < MAX_TICKS && !g_file_test (ballast, G_FILE_TEST_EXISTS))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (timer);
  if (ticks >= MAX_TICKS)
    note (disk, &disk->not_resumed, "the ballast did not come back", NULL);
}

static void
check_promises (Disk *disk)
{
  json_t *verified = ledger_verify (disk->ledger);

  if (!json_is_true (json_object_get (verified, "ok")))
    note (disk, &disk->unsound, "the chain", NULL);
  json_decref (verified);
  for (guint i = 0; i < disk->numbers->len; i++)
    {
      BmCase *found = ledger_case (disk->ledger, disk->numbers->pdata[i]);

      if (found == NULL || found->slip == NULL)
        note (disk, &disk->lost, disk->numbers->pdata[i], NULL);
      g_clear_pointer (&found, bm_case_free);
    }
}

/* Returns: FALSE when nothing can be opened any more. */
static gboolean
cycle (Disk *disk)
{
  g_autoptr (GError) error = NULL;

  fill (disk, RESERVE + g_rand_int_range (disk->rand, 256 * 1024, 2 * BALLAST));
  commit_until_full (disk);
  fill (disk, 0);
  if (commit_one (disk, &error) || !g_error_matches (error, BM_ERROR, BM_ERROR_FULL))
    note (disk, &disk->misled, "with no byte left", error);
  g_clear_error (&error);
  if (torture_one_in (disk->rand, 2) && !restart (disk))
    return FALSE;
  drain (disk);
  purge (disk);
  if (torture_one_in (disk->rand, 2) && !restart (disk))
    return FALSE;
  resume (disk);
  check_promises (disk);
  disk->cycles++;
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (TortureArguments) arguments = torture_begin (&argc, &argv, "cycles");
  Disk disk = { .seed = arguments->seed };
  guint found;

  g_assert_nonnull (arguments->folder);
  disk.rand = torture_rand_new (arguments->seed, 1);
  disk.filler = g_build_filename (arguments->folder, "filler", NULL);
  disk.numbers = g_ptr_array_new_with_free_func (g_free);
  {
    g_autofree char *data = g_build_filename (arguments->folder, "data", NULL);

    disk.ledger = ledger_new_at (data);
  }
  disk.ledger->tuning.ballast_bytes =
    g_strcmp0 (arguments->mutant, "no-ballast") == 0 ? -1 : BALLAST;
  disk.ledger->tuning.reserve_bytes = RESERVE;
  disk.ledger->tuning.idle_ms = TICK_MS;
  ledger_open (disk.ledger);
  while (disk.cycles < arguments->count && cycle (&disk))
    continue;
  torture_report ("R5", disk.seed, "cycles", disk.cycles, "promised", disk.numbers->len, "lost",
                  disk.lost, "stuck", disk.stuck, "misled", disk.misled, "not_resumed",
                  disk.not_resumed, "unsound", disk.unsound, NULL);
  found = disk.lost + disk.stuck + disk.misled + disk.not_resumed + disk.unsound;
  ledger_free (disk.ledger);
  g_ptr_array_unref (disk.numbers);
  g_rand_free (disk.rand);
  g_free (disk.filler);
  return found > 0 ? TORTURE_FOUND : 0;
}
