/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/store/fixture.h"
#include "tests/torture/hog.h"
#include "tests/torture/torture.h"

#include "app/store/store-sql.h"
#include "core/crypto/crypto.h"
#include "core/entry/attachment.h"
#include "core/error.h"

#include <glib/gstdio.h>

#include <unistd.h>

/*
 * R5: a real disk (full-disk.py makes it), full to the last byte and empty again, many times, under the real
 * store: with the product's ballast and threshold, or with an eighth of them. In each cycle:
 *
 *   matters with and without photographs are taken, answers arrive in between, until the store says FULL: at
 *   the threshold, or because somebody else writes the disk full to zero bytes while a matter is written,
 *   with the log as long as it happens to be; some cycles have nobody else, the ledger fills the disk itself;
 *   a further matter is refused and the refusal told; the station starts anew on the full disk; prints move
 *   on, everything that was promised drains, old payloads go (now and then with a short log and little room, as
 *   after a start on a disk whose ballast somebody took); the station starts anew once more, after
 *   somebody took all the room that draining had left; then there is room again, and without a restart the
 *   next matter is taken and the whole ballast comes back.
 *
 *   lost        promised and not there        stuck    something did not drain, or the start failed
 *   misled      taken or refused with another word than FULL, or refused and not told
 *   not_resumed nothing is taken although there is room, or the ballast does not come back
 *   unsound     the chain
 */

#define SMALL_BALLAST (BM_STORE_BALLAST_BYTES / 8)
#define SMALL_RESERVE (BM_STORE_RESERVE_BYTES / 8)
#define SMALL_IDLE_MS 300  /* the product's 2 s in each of many cycles say nothing more */
#define MAX_MATTERS   6000 /* in one cycle; every disk is full long before */
#define PHOTO_RESERVE BM_STORE_PHOTO_RESERVE
#define MAX_TEXT      100000
#define MAX_PHOTO     300000
#define SHORT_BYTES   (1024 * 1024) /* a quarter of what a slice of a purge may have */
#define TICK_MS       20
#define MAX_TICKS     1500
#define DAY_MS        (G_GINT64_CONSTANT (24) * 60 * 60 * 1000)

typedef struct
{
  Ledger *ledger;
  GRand *rand;
  char *filler;
  char *ballast;
  GPtrArray *numbers; /* everything that was promised */
  guint next;
  guint64 seed;
  gint most_text;
  gboolean is_product; /* its ballast and its threshold */
  guint cycles, given, purged, log_kib;
  guint lost, stuck, misled, not_resumed, unsound;
} Disk;

/* Also for a ledger without a ballast (the mutant). */
static gint64
get_ballast (Disk *disk)
{
  return disk->is_product ? BM_STORE_BALLAST_BYTES : SMALL_BALLAST;
}

static gint64
get_reserve (Disk *disk)
{
  return disk->is_product ? BM_STORE_RESERVE_BYTES : SMALL_RESERVE;
}

/* With what room there was: the race that led here is not played again by the seed alone. */
static void
note (Disk *disk, guint *counter, const char *what, const GError *error)
{
  BmStore *store = disk->ledger->store;

  ++*counter;
  torture_complain ("seed %" G_GUINT64_FORMAT ", cycle %u: %s: %s", disk->seed, disk->cycles, what,
                    error != NULL ? error->message : "");
  if (store != NULL)
    torture_complain ("  free %" G_GINT64_FORMAT ", ballast %" G_GINT64_FORMAT
                      ", log %" G_GINT64_FORMAT " bytes, %d pages of it to be moved",
                      hog_get_free (disk->ledger->folder), hog_get_size (disk->ballast),
                      bm_store_space_get_log_bytes (store), store->wal_pages);
}

static Hog
hog_of (Disk *disk, gint64 left)
{
  const gint64 most = disk->is_product ? 8 : 1;

  return (Hog){ disk->filler, disk->ledger->folder,
                g_rand_int_range (disk->rand, 1, (gint32) most * 16 + 1) * 65536, left };
}

static void
fill (Disk *disk, gint64 left)
{
  Hog hog = hog_of (disk, left);

  (void) hog_run (&hog, NULL); /* it never fails */
}

/* Matters */

static void
add_photo (Disk *disk, BmDraft *draft)
{
  const gsize len = (gsize) g_rand_int_range (disk->rand, 20000, MAX_PHOTO);
  guint8 *bytes = g_malloc (len);
  g_autoptr (GBytes) data = NULL;

  bm_random_bytes (bytes, len);
  data = g_bytes_new_take (bytes, len);
  draft->attachments = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_attachment_free);
  g_ptr_array_add (draft->attachments, bm_attachment_new ("image/jpeg", data));
}

static gboolean
commit_one (Disk *disk, gboolean has_photo, GError **error)
{
  g_autoptr (BmDraft) draft = ledger_draft_new (++disk->next);
  g_autofree char *text = g_malloc0 (MAX_TEXT + 1);
  BmCommitted *committed;

  for (gint i = g_rand_int_range (disk->rand, 0, disk->most_text); i > 0; i--)
    text[i - 1] = (char) g_rand_int_range (disk->rand, ' ', 127);
  json_object_set_new (draft->payload, "text", json_string (text));
  if (has_photo)
    add_photo (disk, draft);
  ledger_advance (disk->ledger, 60000);
  committed = ledger_try_commit (disk->ledger, draft, error);
  if (committed == NULL)
    return FALSE;
  g_ptr_array_add (disk->numbers, g_strdup (committed->number));
  bm_committed_free (committed);
  return TRUE;
}

/* Below four times the threshold a photograph is refused, with a word of its own, and the matter without it is taken. */
static gboolean
commit_some (Disk *disk, GError **error)
{
  g_autoptr (GError) large = NULL;

  if (!torture_one_in (disk->rand, 3))
    return commit_one (disk, FALSE, error);
  if (commit_one (disk, TRUE, &large))
    return TRUE;
  if (g_error_matches (large, BM_ERROR, BM_ERROR_LIMIT))
    return commit_one (disk, FALSE, error);
  g_propagate_error (error, g_steal_pointer (&large));
  return FALSE;
}

/* Draining */

/* Returns: how many were answered for; 0 when nothing waits, or after an answer found no room. */
static guint
answer_some (Disk *disk)
{
  g_autoptr (GError) error = NULL;
  BmOutboxBatch *batch = ledger_try_next (disk->ledger, 1 << 18, 50, &error);
  g_autoptr (GPtrArray) answers = NULL;

  if (batch == NULL)
    {
      note (disk, &disk->stuck, "what is handed over finds no room", error);
      return 0;
    }
  answers =
    answers_for (batch, torture_one_in (disk->rand, 2) ? BM_ANSWER_ACCEPTED : BM_ANSWER_NEED_BLOBS);
  bm_outbox_batch_free (batch);
  if (answers->len == 0 || ledger_apply (disk->ledger, answers, NULL, 0, &error))
    return answers->len;
  note (disk, &disk->stuck, "an answer finds no room", error);
  return 0;
}

/* Returns: FALSE when no attachment waits, or its end found no room. */
static gboolean
finish_photo (Disk *disk)
{
  BmOutbox *outbox = BM_OUTBOX (disk->ledger->store);
  g_autoptr (GAsyncResult) asked = NULL;
  g_autoptr (GAsyncResult) told = NULL;
  g_autoptr (GError) error = NULL;
  BmOutboxBlob *blob;
  gint64 id;

  bm_outbox_next_blob_async (outbox, NULL, ledger_on_done, &asked);
  blob = bm_outbox_next_blob_finish (outbox, ledger_take (&asked), &error);
  g_assert_no_error (error);
  if (blob == NULL)
    return FALSE;
  id = blob->id;
  bm_outbox_blob_free (blob);
  bm_outbox_note_blob_async (outbox, id, NULL, TRUE, ledger_on_done, &told);
  if (bm_outbox_note_blob_finish (outbox, ledger_take (&told), &error))
    return TRUE;
  note (disk, &disk->stuck, "the end of a photograph finds no room", error);
  return FALSE;
}

static void
print_one (Disk *disk)
{
  g_autoptr (GPtrArray) jobs = ledger_open_jobs (disk->ledger);
  g_autoptr (GError) error = NULL;
  BmPrintState state = BM_PRINT_QUEUED;
  const BmPrintState way[] = { BM_PRINT_WAITING, BM_PRINT_SENDING, BM_PRINT_SENT,
                               BM_PRINT_PRINTED };

  if (jobs->len == 0 || ((BmPrintJob *) jobs->pdata[0])->state != state)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (way); state = way[i++])
    if (!ledger_move (disk->ledger, ((BmPrintJob *) jobs->pdata[0])->id, state, way[i], &error))
      {
        note (disk, &disk->stuck, "a print finds no room", error);
        return;
      }
}

static void
note_time (Disk *disk)
{
  BmOutbox *outbox = BM_OUTBOX (disk->ledger->store);
  BmClock *clock = BM_CLOCK (disk->ledger->clock);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bm_outbox_note_time_async (outbox, bm_clock_get_wall_ms (clock), bm_clock_get_boot_ms (clock),
                             100, ledger_on_done, &result);
  if (!bm_outbox_note_time_finish (outbox, ledger_take (&result), &error))
    note (disk, &disk->stuck, "the centre's time finds no room", error);
}

static void
drain (Disk *disk)
{
  g_autofree BmOutboxStatus *status = NULL;

  while (answer_some (disk) > 0)
    continue;
  while (finish_photo (disk))
    continue;
  status = ledger_status (disk->ledger);
  if (status->pending > 0)
    note (disk, &disk->stuck, "not everything was answered for", NULL);
}

static gpointer
count_kept_on_worker (gpointer data, GError **error)
{
  gint64 kept;

  if (!bm_sql_read_int (data,
                        "SELECT count(*) FROM entry WHERE purged = 0 AND type IN (1, 2) AND "
                        "state = 1",
                        &kept, error))
    return NULL;
  return GSIZE_TO_POINTER ((gsize) kept + 1);
}

/* Payloads that were answered for and are still here. */
static guint
count_kept (Disk *disk)
{
  gpointer kept = bm_worker_run_sync (bm_store_get_worker (disk->ledger->store),
                                      count_kept_on_worker, disk->ledger->store, NULL);

  g_assert_nonnull (kept);
  return (guint) GPOINTER_TO_SIZE (kept) - 1;
}

static gboolean
sweep (Disk *disk)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bm_store_sweep_async (disk->ledger->store, ledger_on_done, &result);
  if (bm_store_sweep_finish (disk->ledger->store, ledger_take (&result), &error))
    return TRUE;
  note (disk, &disk->stuck, "a purge finds no room", error);
  return FALSE;
}

static gpointer
shorten_on_worker (gpointer data, GError **error)
{
  BmStore *store = ((Disk *) data)->ledger->store;

  if (sqlite3_wal_checkpoint_v2 (store->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) ==
      SQLITE_OK)
    store->wal_pages = 0;
  (void) bm_store_space_release_ballast (store);
  return NULL;
}

/* As after a start on a disk whose ballast somebody took: the log is short, and little else is left. */
static void
shorten_log (Disk *disk)
{
  g_unlink (disk->filler);
  (void) bm_worker_run_sync (bm_store_get_worker (disk->ledger->store), shorten_on_worker, disk,
                             NULL);
  fill (disk, 0);
  g_assert_cmpint (truncate (disk->filler, hog_get_size (disk->filler) - SHORT_BYTES), ==, 0);
}

/* What the centre has in a backup, and the retention lets go; the disk is still full. */
static void
purge (Disk *disk)
{
  BmOutbox *outbox = BM_OUTBOX (disk->ledger->store);
  g_autofree BmOutboxStatus *status = ledger_status (disk->ledger);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  const guint before = count_kept (disk);
  guint last, kept = before;

  ledger_advance (disk->ledger, 40 * DAY_MS);
  note_time (disk);
  if (disk->is_product && torture_one_in (disk->rand, 2))
    shorten_log (disk);
  bm_outbox_note_backed_up_async (outbox, status->epoch, status->next_seq - 1, ledger_on_done,
                                  &result);
  if (!bm_outbox_note_backed_up_finish (outbox, ledger_take (&result), &error))
    note (disk, &disk->stuck, "a backup finds no room", error);
  do
    last = kept;
  while (sweep (disk) && (kept = count_kept (disk)) < last);
  if (kept > 0)
    note (disk, &disk->stuck, "payloads that may go are still here", NULL);
  disk->purged += before - kept;
}

/* A station that ends and starts; in between, somebody takes what is free. */
static gboolean
restart (Disk *disk)
{
  g_autoptr (GError) error = NULL;

  ledger_close (disk->ledger);
  fill (disk, 0);
  if (ledger_try_open (disk->ledger, &error) != NULL)
    return TRUE;
  note (disk, &disk->stuck, "the station does not start", error);
  return FALSE;
}

/* Full, and empty again */

/* A matter, now and then with an answer or a print in between; what these find is noted. */
static gboolean
live (Disk *disk, GError **error)
{
  if (torture_one_in (disk->rand, 12))
    (void) answer_some (disk);
  if (torture_one_in (disk->rand, 20))
    print_one (disk);
  return commit_some (disk, error);
}

/* Until the log is as long as chance says, so that the disk becomes full with any log there may be. */
static void
grow_log (Disk *disk)
{
  const gint pages =
    g_rand_int_range (disk->rand, 1, bm_store_space_get_log_pages (disk->ledger->store));
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < MAX_MATTERS && disk->ledger->store->wal_pages < pages; i++)
    if (!live (disk, &error))
      {
        if (hog_get_free (disk->ledger->folder) >= get_reserve (disk) + get_ballast (disk) ||
            !g_error_matches (error, BM_ERROR, BM_ERROR_FULL))
          note (disk, &disk->misled, "refused although there is room", error);
        return;
      }
}

/* Until the store says FULL; @hog: beside it somebody takes everything. */
static void
commit_until_full (Disk *disk, Hog *hog)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmWorker) worker = bm_worker_new ("hog");
  guint i = 0;

  if (hog != NULL)
    bm_worker_run_async (worker, hog_run, hog, NULL, NULL, NULL, NULL, NULL);
  while (i++ < MAX_MATTERS && live (disk, &error))
    continue;
  bm_worker_stop (worker);
  if (!g_error_matches (error, BM_ERROR, BM_ERROR_FULL))
    note (disk, &disk->misled, "not full, or refused with another word", error);
}

static void
refuse_one (Disk *disk)
{
  g_autoptr (GError) error = NULL;

  g_clear_error (&disk->ledger->trouble);
  if (commit_one (disk, FALSE, &error) || !g_error_matches (error, BM_ERROR, BM_ERROR_FULL))
    note (disk, &disk->misled, "with no byte left", error);
  ledger_settle (disk->ledger);
  /* What the screen says is made of this (tests/scenarios/full-disk.scenario reads it there). */
  if (!g_error_matches (disk->ledger->trouble, BM_ERROR, BM_ERROR_FULL) ||
      bm_error_get_fate (disk->ledger->trouble) != BM_FATE_STOP)
    note (disk, &disk->misled, "refused and not told", disk->ledger->trouble);
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
  const gint64 wanted = disk->ledger->store->ballast_bytes;
  g_autoptr (GError) error = NULL;
  guint ticks = 0;
  guint timer;

  g_unlink (disk->filler);
  if (!commit_one (disk, FALSE, &error))
    {
      note (disk, &disk->not_resumed, "there is room again", error);
      return;
    }
  timer = g_timeout_add (TICK_MS, on_tick, &ticks);
  while (ticks < MAX_TICKS && hog_get_size (disk->ballast) < wanted)
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

/* Until zero bytes are free and the store has said FULL. */
static void
fill_up (Disk *disk)
{
  enum
  {
    AMID, /* somebody takes everything while matters are written */
    BETWEEN,
    THRESHOLD, /* the store stops by itself; then somebody takes the rest */
    ALONE,     /* the same, and nobody else fills the disk before */
  } way = (guint) g_rand_int_range (disk->rand, 0, disk->is_product ? ALONE : ALONE + 1);
  /* With photographs in the log, or without. */
  const gint64 floor = get_reserve (disk) * (torture_one_in (disk->rand, 2) ? 1 : PHOTO_RESERVE);
  Hog hog = hog_of (disk, 0);

  disk->most_text = way == ALONE ? MAX_TEXT : MAX_TEXT / 5;
  if (way != ALONE)
    {
      fill (disk, floor + get_ballast (disk) * 3 / 2 +
                    g_rand_int_range (disk->rand, 0, (gint32) get_ballast (disk) / 2));
      grow_log (disk);
    }
  if (way == THRESHOLD)
    fill (disk, get_reserve (disk) + get_ballast (disk) / 4);
  else if (way == BETWEEN)
    fill (disk, 0);
  commit_until_full (disk, way == AMID ? &hog : NULL);
  fill (disk, 0);
  disk->log_kib = MAX (disk->log_kib, (guint) disk->ledger->store->wal_pages * 4);
  g_assert_cmpint (hog_get_free (disk->ledger->folder), <, 64 * 1024); /* or this attacks nothing */
}

/* Returns: FALSE when nothing can be opened any more. */
static gboolean
cycle (Disk *disk)
{
  fill_up (disk);
  refuse_one (disk);
  if (torture_one_in (disk->rand, 2) && !restart (disk))
    return FALSE;
  print_one (disk);
  drain (disk);
  purge (disk);
  disk->given += hog_get_size (disk->ballast) < disk->ledger->store->ballast_bytes;
  if (torture_one_in (disk->rand, 2))
    {
      if (!restart (disk))
        return FALSE;
      note_time (disk);
    }
  resume (disk);
  check_promises (disk);
  disk->cycles++;
  return TRUE;
}

static void
set_up (Disk *disk, const TortureArguments *arguments)
{
  g_autofree char *data = g_build_filename (arguments->folder, "data", NULL);

  disk->seed = arguments->seed;
  disk->most_text = MAX_TEXT / 5;
  disk->rand = torture_rand_new (arguments->seed, 1);
  disk->filler = g_build_filename (arguments->folder, "filler", NULL);
  disk->ballast = g_build_filename (data, "ledger.ballast", NULL);
  disk->numbers = g_ptr_array_new_with_free_func (g_free);
  disk->ledger = ledger_new_at (data);
  disk->ledger->tuning.ballast_bytes = disk->is_product ? 0 : SMALL_BALLAST;
  disk->ledger->tuning.reserve_bytes = disk->is_product ? 0 : SMALL_RESERVE;
  disk->ledger->tuning.idle_ms = disk->is_product ? 0 : SMALL_IDLE_MS;
  if (g_strcmp0 (arguments->mutant, "no-ballast") == 0)
    disk->ledger->tuning.ballast_bytes = -1;
  ledger_open (disk->ledger);
}

int
main (int argc, char **argv)
{
  Disk disk = { 0 };
  const GOptionEntry more[] = {
    { "product", 0, 0, G_OPTION_ARG_NONE, &disk.is_product, "The product's ballast", NULL },
    { NULL },
  };
  g_autoptr (TortureArguments) arguments = torture_begin_with (&argc, &argv, "cycles", more);
  guint found;

  g_assert_nonnull (arguments->folder);
  set_up (&disk, arguments);
  while (disk.cycles < arguments->count && cycle (&disk))
    continue;
  torture_report ("R5", disk.seed, "cycles", disk.cycles, "promised", disk.numbers->len, "purged",
                  disk.purged, "given", disk.given, "log_kib", disk.log_kib, "lost", disk.lost,
                  "stuck", disk.stuck, "misled", disk.misled, "not_resumed", disk.not_resumed,
                  "unsound", disk.unsound, NULL);
  found = disk.lost + disk.stuck + disk.misled + disk.not_resumed + disk.unsound;
  ledger_free (disk.ledger);
  g_ptr_array_unref (disk.numbers);
  g_rand_free (disk.rand);
  g_free (disk.filler);
  g_free (disk.ballast);
  return found > 0 ? TORTURE_FOUND : 0;
}
