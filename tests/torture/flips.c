/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/error.h"
#include "sync/volume.h"
#include "tests/crash/crash-ledger.h"
#include "tests/torture/torture.h"

#include <string.h>

/*
 * R9: one random bit of a ledger's file, or of a volume for the stick, is another; sometimes two bits of
 * one page. Then the ledger is opened and read whole.
 *
 *   unnoticed    nobody says so: neither the opening, nor the check of everything, nor who reads a volume
 *   wrong        something is read that is not what was written
 *   undelivered  after one bit: a row that was not hit, or was, cannot be read or sent any more
 */

#define ENTRIES      60
#define MAX_TEXT     4000
#define VOLUME_ITEMS 40

typedef struct
{
  guint64 seed;
  GRand *rand;
  Ledger *ledger;
  char *path; /* ledger.db */
  char *image;
  gsize size;
  char *digest; /* of everything in it */
  guint waiting;
  GBytes *volume;
  guint flips, pairs, volumes, repaired, refused;
  guint unnoticed, wrong, undelivered;
} Flips;

static void
note (Flips *self, guint *counter, const char *what, gsize bit)
{
  ++*counter;
  torture_complain ("seed %" G_GUINT64_FORMAT ": bit %" G_GSIZE_FORMAT " (page %" G_GSIZE_FORMAT
                    "): %s",
                    self->seed, bit, bit / 8 / BM_PAGES_SIZE + 1, what);
}

/* Rows with bytes that the outbox gives out; 0 when it fails. */
static guint
count_waiting (Flips *self)
{
  BmOutbox *outbox = BM_OUTBOX (self->ledger->store);
  guint count = 0;

  for (BmOutboxLane lane = BM_LANE_WAITING; lane <= BM_LANE_AUDIT; lane++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      BmOutboxBatch *batch;

      bm_outbox_next_async (outbox, lane, 1 << 24, BM_STORE_MAX_LIST, NULL, ledger_on_done,
                            &result);
      batch = bm_outbox_next_finish (outbox, ledger_take (&result), NULL);
      if (batch == NULL)
        return 0;
      for (guint i = 0; i < batch->items->len; i++)
        count += g_bytes_get_size (((BmOutboxItem *) batch->items->pdata[i])->record) > 0;
      bm_outbox_batch_free (batch);
    }
  return count;
}

static void
answer_some (Flips *self)
{
  BmOutboxBatch *batch = ledger_next (self->ledger, 1 << 20, 3);
  g_autoptr (GPtrArray) answers = answers_for (batch, BM_ANSWER_ACCEPTED);

  bm_outbox_batch_free (batch);
  g_assert_true (ledger_apply (self->ledger, answers, NULL, 0, NULL));
}

static void
make_ledger (Flips *self)
{
  g_autoptr (GError) error = NULL;

  ledger_open (self->ledger);
  for (guint i = 1; i <= ENTRIES; i++)
    {
      g_autoptr (BmDraft) draft = ledger_draft_new (i);
      char text[MAX_TEXT + 1] = "";
      BmCommitted *committed;

      for (gint at = g_rand_int_range (self->rand, 0, MAX_TEXT); at > 0; at--)
        text[at - 1] = (char) g_rand_int_range (self->rand, ' ', 127);
      json_object_set_new (draft->payload, "text", json_string (text));
      committed = ledger_try_commit (self->ledger, draft, &error);
      g_assert_no_error (error);
      bm_committed_free (committed);
      if (i % 7 == 0)
        answer_some (self);
    }
  ledger_close (self->ledger);
  ledger_open (self->ledger);
  self->digest = crash_ledger_digest (self->ledger);
  self->waiting = count_waiting (self);
  ledger_close (self->ledger);
  g_file_get_contents (self->path, &self->image, &self->size, &error);
  g_assert_no_error (error);
}

static void
make_volume (Flips *self)
{
  const BmVolumeHeader header = { .kind = BM_VOLUME_OUT, .kiosk = 7, .part = 1 };
  g_autoptr (BmVolumeWriter) writer = bm_volume_writer_new (&header, BM_VOLUME_MAX_BYTES);
  g_autoptr (GByteArray) all = g_byte_array_new ();
  g_autoptr (GBytes) begin = bm_volume_writer_begin (writer);
  g_autoptr (GBytes) end = NULL;

  g_byte_array_append (all, g_bytes_get_data (begin, NULL), g_bytes_get_size (begin));
  for (guint i = 0; i < VOLUME_ITEMS; i++)
    {
      g_autofree guint8 *random = g_malloc (600);
      g_autoptr (GBytes) item = NULL;
      g_autoptr (GBytes) framed = NULL;

      bm_random_bytes (random, 600);
      item = g_bytes_new (random, (gsize) g_rand_int_range (self->rand, 1, 600));
      framed = bm_volume_writer_add (writer, BM_VOLUME_BATCH, item);
      g_byte_array_append (all, g_bytes_get_data (framed, NULL), g_bytes_get_size (framed));
    }
  end = bm_volume_writer_end (writer, self->ledger->sign_private, NULL);
  g_byte_array_append (all, g_bytes_get_data (end, NULL), g_bytes_get_size (end));
  self->volume = g_bytes_new (all->data, all->len);
}

static gboolean
volume_is_believed (Flips *self, GBytes *bytes)
{
  g_autoptr (BmVolume) volume = bm_volume_decode (bytes, NULL);

  return volume != NULL && bm_volume_verify (volume, self->ledger->setup.platform_sign_key, NULL);
}

static void
flip_volume (Flips *self)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (self->volume, &len);
  g_autofree guint8 *copy = g_memdup2 (data, len);
  const gsize bit = (gsize) (g_rand_double (self->rand) * (double) (len * 8));
  g_autoptr (GBytes) flipped = NULL;

  copy[bit / 8] ^= (guint8) (1u << (bit % 8));
  flipped = g_bytes_new (copy, len);
  self->volumes++;
  if (volume_is_believed (self, flipped))
    note (self, &self->unnoticed, "a volume is believed", bit);
  if (!volume_is_believed (self,
                           self->volume)) /* whole as it is: the check would be worth nothing */
    note (self, &self->undelivered, "a sound volume is not", bit);
}

/* Whether the check of everything, on the disk itself, says so. */
static gboolean
is_noticed (Flips *self, gint64 *ret_repaired)
{
  json_t *verdict = ledger_verify (self->ledger);
  json_t *pages = json_object_get (verdict, "pages");
  gboolean is_ok = json_is_true (json_object_get (verdict, "ok"));

  *ret_repaired = json_integer_value (json_object_get (pages, "repaired"));
  json_decref (verdict);
  return !is_ok || *ret_repaired > 0;
}

static void
judge (Flips *self, gsize bit, gboolean is_one)
{
  g_autofree char *digest = NULL;
  gint64 repaired;

  g_clear_error (&self->ledger->trouble);
  if (ledger_try_open (self->ledger, NULL) == NULL)
    {
      self->refused++;
      if (is_one)
        note (self, &self->undelivered, "it does not open", bit);
      return;
    }
  digest = crash_ledger_digest (self->ledger);
  if (is_one && g_strcmp0 (digest, self->digest) != 0)
    note (self, &self->wrong, "another content", bit);
  if (is_one && (digest == NULL || count_waiting (self) != self->waiting))
    note (self, &self->undelivered, "rows are missing", bit);
  if (digest == NULL || self->ledger->trouble != NULL) /* nothing new is taken, with a reason */
    self->refused++;
  else if (!is_noticed (self, &repaired))
    note (self, &self->unnoticed, "nobody says so", bit);
  else
    self->repaired += repaired > 0;
  ledger_close (self->ledger);
}

static void
flip_ledger (Flips *self)
{
  g_autofree char *copy = g_memdup2 (self->image, self->size);
  const gsize bit = (gsize) (g_rand_double (self->rand) * (double) (self->size * 8));
  const gsize page = bit / 8 / BM_PAGES_SIZE * BM_PAGES_SIZE;
  gboolean is_one = !torture_one_in (self->rand, 8);

  copy[bit / 8] ^= (char) (1 << (bit % 8));
  if (!is_one)
    {
      const gsize other = page * 8 + (gsize) g_rand_int_range (self->rand, 0, BM_PAGES_SIZE * 8);

      is_one = other == bit;
      copy[other / 8] ^= (char) (is_one ? 0 : 1 << (other % 8));
      self->pairs += !is_one;
    }
  g_assert_true (g_file_set_contents_full (self->path, copy, (gssize) self->size,
                                           G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  judge (self, bit, is_one);
}

int
main (int argc, char **argv)
{
  g_autoptr (TortureArguments) arguments = torture_begin (&argc, &argv, "flips");
  Flips self = { .seed = arguments->seed, .rand = torture_rand_new (arguments->seed, 1) };

  self.ledger = ledger_new ();
  self.path = g_build_filename (self.ledger->folder, "ledger.db", NULL);
  make_ledger (&self);
  make_volume (&self);
  for (; self.flips < arguments->count; self.flips++)
    {
      if (torture_one_in (self.rand, 5))
        flip_volume (&self);
      else
        flip_ledger (&self);
    }
  torture_report ("R9", self.seed, "flips", self.flips, "pairs", self.pairs, "volumes",
                  self.volumes, "repaired", self.repaired, "refused", self.refused, "unnoticed",
                  self.unnoticed, "wrong", self.wrong, "undelivered", self.undelivered, NULL);
  ledger_free (self.ledger);
  g_bytes_unref (self.volume);
  g_rand_free (self.rand);
  g_free (self.path);
  g_free (self.image);
  g_free (self.digest);
  return self.unnoticed + self.wrong + self.undelivered > 0 ? TORTURE_FOUND : 0;
}
