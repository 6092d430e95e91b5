/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/torture/torture-day.h"

#include "core/entry/attachment.h"
#include "tests/torture/torture.h"

#include <string.h>

#define MAX_TEXT  3000 /* bytes of free text in one matter */
#define MAX_PHOTO 100000
#define DAY_MS    (G_GINT64_CONSTANT (24) * 60 * 60 * 1000)

TortureDay *
torture_day_new (guint64 seed, guint64 stream, const char *synchronous)
{
  TortureDay *self = g_new0 (TortureDay, 1);

  torture_seed_chance (seed, stream);
  self->rand = torture_rand_new (seed, stream);
  self->next_kinds = "t";
  self->disk = crash_disk_new ();
  self->ledger = ledger_new ();
  self->ledger->tuning.vfs = CRASH_VFS;
  self->ledger->tuning.synchronous = synchronous;
  self->ends = g_array_new (FALSE, FALSE, sizeof (guint));
  self->kinds = g_array_new (FALSE, FALSE, sizeof (char));
  self->offered = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->digests = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
torture_day_free (TortureDay *self)
{
  ledger_free (self->ledger);
  crash_disk_free (self->disk);
  g_rand_free (self->rand);
  g_array_unref (self->ends);
  g_array_unref (self->kinds);
  g_array_unref (self->offered);
  g_ptr_array_unref (self->digests);
  g_free (self);
}

static char *
make_text (GRand *rand)
{
  gsize len = (gsize) g_rand_int_range (rand, 0, torture_one_in (rand, 4) ? MAX_TEXT : 60);
  char *text = g_malloc (len + 1);

  for (gsize i = 0; i < len; i++)
    text[i] = (char) g_rand_int_range (rand, ' ', 127);
  text[len] = '\0';
  return text;
}

static void
add_photo (TortureDay *self, BmDraft *draft)
{
  const gsize len = (gsize) g_rand_int_range (self->rand, 1, MAX_PHOTO);
  guint8 *bytes = g_malloc (len);
  g_autoptr (GBytes) data = NULL;

  bm_random_bytes (bytes, len);
  data = g_bytes_new_take (bytes, len);
  if (draft->attachments == NULL)
    draft->attachments = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_attachment_free);
  g_ptr_array_add (draft->attachments, bm_attachment_new ("image/jpeg", data));
}

static BmDraft *
make_draft (TortureDay *self)
{
  BmDraft *draft = ledger_draft_new (++self->next_matter);
  g_autofree char *text = make_text (self->rand);

  json_object_set_new (draft->payload, "text", json_string (text));
  draft->priority = torture_one_in (self->rand, 3) ? 0 : 1;
  draft->due_day =
    torture_one_in (self->rand, 2) ? BM_NO_DUE_DAY : g_rand_int_range (self->rand, 20000, 21000);
  draft->is_anonymous = torture_one_in (self->rand, 8);
  draft->is_hidden_from_desk = torture_one_in (self->rand, 8);
  memset (draft->subject_tag, g_rand_int_range (self->rand, 0, 4), BM_TAG_LEN);
  while (torture_one_in (self->rand, 6))
    add_photo (self, draft);
  if (torture_one_in (self->rand, 3))
    {
      json_decref (draft->sheet);
      draft->sheet = NULL;
    }
  return draft;
}

gboolean
torture_day_commit (TortureDay *self, GError **error)
{
  g_autoptr (BmDraft) draft = make_draft (self);
  BmCommitted *committed = ledger_try_commit (self->ledger, draft, error);
  gboolean is_committed = committed != NULL;

  if (is_committed && torture_one_in (self->rand, 6)) /* a face that asks twice */
    {
      g_clear_pointer (&committed, bm_committed_free);
      committed = ledger_try_commit (self->ledger, draft, error);
      is_committed = committed != NULL;
    }
  g_clear_pointer (&committed, bm_committed_free);
  return is_committed;
}

static BmAnswerStatus
random_status (GRand *rand)
{
  const BmAnswerStatus rare[] = { BM_ANSWER_DUPLICATE, BM_ANSWER_DEFERRED, BM_ANSWER_QUARANTINED,
                                  BM_ANSWER_REJECTED, BM_ANSWER_CONFLICT };

  return torture_one_in (rand, 3) ? rare[g_rand_int_range (rand, 0, G_N_ELEMENTS (rare))]
                                  : BM_ANSWER_ACCEPTED;
}

static void
add_message (TortureDay *self, GPtrArray *messages)
{
  const gint64 id = ++self->next_message;
  g_autofree char *text = make_text (self->rand);
  g_autofree char *quoted = g_uri_escape_string (text, NULL, FALSE);
  g_autofree char *body = g_strdup_printf ("{\"text\":\"%s\"}", quoted);
  g_autofree char *name = g_strdup_printf ("n%d", g_rand_int_range (self->rand, 0, 3));

  g_ptr_array_add (messages, message_new (id, "notice", name, id, body));
}

/* Answers for a part of what waits, documents, and the cursor: one transaction. */
static void
apply_some (TortureDay *self)
{
  BmOutboxBatch *batch =
    ledger_next (self->ledger, 1 << 20, (guint) g_rand_int_range (self->rand, 1, 12));
  g_autoptr (GPtrArray) answers = answers_for (batch, BM_ANSWER_ACCEPTED);
  g_autoptr (GPtrArray) messages =
    g_ptr_array_new_with_free_func ((GDestroyNotify) bm_message_free);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < answers->len; i++)
    {
      BmAnswer *answer = answers->pdata[i];

      answer->status = random_status (self->rand);
      answer->after_ms = answer->status == BM_ANSWER_DEFERRED ? 60000 : 0;
    }
  while (torture_one_in (self->rand, 2))
    add_message (self, messages);
  bm_outbox_batch_free (batch);
  ledger_apply (self->ledger, answers, messages, self->next_message, &error);
  g_assert_no_error (error);
}

static void
move_print (TortureDay *self)
{
  g_autoptr (GPtrArray) jobs = ledger_open_jobs (self->ledger);
  const BmPrintJob *job;

  if (jobs->len == 0)
    return;
  job = jobs->pdata[g_rand_int_range (self->rand, 0, (gint32) jobs->len)];
  for (guint i = 0; i < 20; i++)
    {
      BmPrintState to = (BmPrintState) g_rand_int_range (self->rand, 0, BM_PRINT_EXPIRED + 1);

      if (!bm_print_state_can_move (job->state, to))
        continue;
      g_assert_true (ledger_move (self->ledger, job->id, job->state, to, NULL));
      return;
    }
}

static void
copy_print (TortureDay *self)
{
  BmPrintJournal *journal = BM_PRINT_JOURNAL (self->ledger->store);
  g_autoptr (GPtrArray) jobs = ledger_open_jobs (self->ledger);
  g_autoptr (GAsyncResult) result = NULL;
  BmPrintJob *copy;

  if (jobs->len == 0)
    return;
  bm_print_journal_copy_async (journal, ((BmPrintJob *) jobs->pdata[0])->id, "asked",
                               ledger_on_done, &result);
  copy = bm_print_journal_copy_finish (journal, ledger_take (&result), NULL);
  g_clear_pointer (&copy, bm_print_job_unref);
}

static void
hold_one (TortureDay *self)
{
  BmOutbox *outbox = BM_OUTBOX (self->ledger->store);
  BmOutboxBatch *batch = ledger_next (self->ledger, 1 << 20, 1);
  const BmOutboxItem *first = batch->items->len > 0 ? batch->items->pdata[0] : NULL;
  guint64 epoch = first != NULL ? first->epoch : 0, seq = first != NULL ? first->seq : 0;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bm_outbox_batch_free (batch);
  if (seq == 0)
    return;
  bm_outbox_hold_async (outbox, epoch, seq, "server-error", "送不上去", ledger_on_done, &result);
  bm_outbox_hold_finish (outbox, ledger_take (&result), &error);
  g_assert_no_error (error);
}

static gpointer
checkpoint_on_worker (gpointer data, GError **error)
{
  return GINT_TO_POINTER (bm_store_checkpoint (data, error));
}

static void
checkpoint (TortureDay *self)
{
  g_autoptr (GError) error = NULL;

  bm_worker_run_sync (bm_store_get_worker (self->ledger->store), checkpoint_on_worker,
                      self->ledger->store, &error);
  g_assert_no_error (error);
}

static void
note_time (TortureDay *self)
{
  BmOutbox *outbox = BM_OUTBOX (self->ledger->store);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bm_outbox_note_time_async (outbox, bm_clock_get_wall_ms (BM_CLOCK (self->ledger->clock)),
                             bm_clock_get_boot_ms (BM_CLOCK (self->ledger->clock)), 300,
                             ledger_on_done, &result);
  bm_outbox_note_time_finish (outbox, ledger_take (&result), &error);
  g_assert_no_error (error);
}

static void
audit (TortureDay *self)
{
  g_autofree char *text = make_text (self->rand);
  g_autoptr (GError) error = NULL;

  ledger_audit (self->ledger, json_pack ("{s:s, s:s}", "what", "signed-in", "text", text), &error);
  g_assert_no_error (error);
}

static void
note_pin (TortureDay *self)
{
  g_autoptr (GAsyncResult) result = NULL;

  bm_store_note_pin_async (self->ledger->store, "HT02", torture_one_in (self->rand, 2),
                           ledger_on_done, &result);
  g_assert_cmpint (bm_store_pin_finish (self->ledger->store, ledger_take (&result), NULL), >=, 0);
}

static void
sweep (TortureDay *self)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bm_store_sweep_async (self->ledger->store, ledger_on_done, &result);
  bm_store_sweep_finish (self->ledger->store, ledger_take (&result), &error);
  g_assert_no_error (error);
}

/* The platform has some chunks of a photo, or all. */
static void
note_blob (TortureDay *self)
{
  BmOutbox *outbox = BM_OUTBOX (self->ledger->store);
  g_autoptr (GAsyncResult) asked = NULL;
  g_autoptr (GAsyncResult) noted = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) have = NULL;
  gboolean is_complete = torture_one_in (self->rand, 2);
  BmOutboxBlob *blob;
  guint8 bits[8] = { 0 };

  bm_outbox_next_blob_async (outbox, NULL, ledger_on_done, &asked);
  blob = bm_outbox_next_blob_finish (outbox, ledger_take (&asked), &error);
  g_assert_no_error (error);
  if (blob == NULL)
    return;
  for (guint i = 0; i < blob->n_chunks && i < 8 * sizeof bits; i++)
    if (is_complete || torture_one_in (self->rand, 2))
      bits[i / 8] |= (guint8) (1u << (i % 8));
  have = g_bytes_new (bits, (blob->n_chunks + 7) / 8);
  bm_outbox_note_blob_async (outbox, blob->id, have, is_complete, ledger_on_done, &noted);
  bm_outbox_note_blob_finish (outbox, ledger_take (&noted), &error);
  g_assert_no_error (error);
  bm_outbox_blob_free (blob);
}

static void
note_backed_up (TortureDay *self)
{
  BmOutbox *outbox = BM_OUTBOX (self->ledger->store);
  g_autofree BmOutboxStatus *status = ledger_status (self->ledger);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bm_outbox_note_backed_up_async (outbox, status->epoch, status->next_seq - 1, ledger_on_done,
                                  &result);
  bm_outbox_note_backed_up_finish (outbox, ledger_take (&result), &error);
  g_assert_no_error (error);
  ledger_advance (self->ledger, 35 * DAY_MS); /* so that a later sweep finds something */
}

char
torture_day_step (TortureDay *self)
{
  static const char kinds[] = "ccccccccaaaaappppkkhttunrssybbggww";
  /* Something is purged when the centre's clock says that enough days have passed. */
  const char kind = *self->next_kinds != '\0'
                      ? *self->next_kinds++
                      : kinds[g_rand_int_range (self->rand, 0, (gint32) strlen (kinds))];
  g_autoptr (GError) error = NULL;

  ledger_advance (self->ledger, g_rand_int_range (self->rand, 1, 600000));
  switch (kind)
    {
    case TORTURE_DAY_ANSWER:
      apply_some (self);
      break;
    case 'p':
      move_print (self);
      break;
    case 'y':
      copy_print (self);
      break;
    case 'b':
      note_blob (self);
      break;
    case 'g':
      note_backed_up (self);
      self->next_kinds = "ts";
      break;
    case 'w':
      crash_ledger_withdraw_newest (self->ledger, &error);
      g_assert_no_error (error);
      break;
    case 'k':
      checkpoint (self);
      break;
    case 'h':
      hold_one (self);
      break;
    case 't':
      note_time (self);
      break;
    case 'u':
      audit (self);
      break;
    case 'n':
      note_pin (self);
      break;
    case TORTURE_DAY_SWEEP:
      sweep (self); /* what is old is told by the centre's clock: after a 't' of this boot */
      break;
    case 'r':
      if (torture_one_in (self->rand, 3))
        ledger_reboot (self->ledger);
      break;
    default:
      torture_day_commit (self, &error);
      g_assert_no_error (error);
    }
  return kind;
}

/* What a ledger holds that is opened on the disk as it is now; the disk stays as it is. */
static char *
digest_of (TortureDay *self, GHashTable *snapshot)
{
  gint64 offered;
  char *digest;

  crash_disk_put_snapshot (self->disk, snapshot);
  ledger_open (self->ledger);
  digest = crash_ledger_digest (self->ledger);
  offered = crash_ledger_get_offered (self->ledger);
  g_array_append_val (self->offered, offered);
  ledger_close (self->ledger);
  return digest;
}

void
torture_day_live (TortureDay *self, guint steps)
{
  g_autoptr (GPtrArray) snapshots =
    g_ptr_array_new_with_free_func ((GDestroyNotify) g_hash_table_unref);

  ledger_open (self->ledger);
  ledger_close (self->ledger);
  crash_disk_forget_ops (self->disk); /* a ledger that exists, empty and durable */
  ledger_open (self->ledger);
  g_ptr_array_add (snapshots, crash_disk_take_snapshot (self->disk));
  for (guint step = 1; step <= steps; step++)
    {
      char kind = torture_day_step (self);
      guint end = crash_disk_get_ops (self->disk);

      g_array_append_val (self->kinds, kind);
      g_array_append_val (self->ends, end);
      g_ptr_array_add (snapshots, crash_disk_take_snapshot (self->disk));
    }
  ledger_close (self->ledger);
  crash_disk_hold_record (self->disk, TRUE);
  for (guint i = 0; i < snapshots->len; i++)
    g_ptr_array_add (self->digests, digest_of (self, snapshots->pdata[i]));
  crash_disk_hold_record (self->disk, FALSE);
}

guint
torture_day_steps_before (TortureDay *self, guint op)
{
  guint steps = 0;

  while (steps < self->ends->len && g_array_index (self->ends, guint, steps) <= op)
    steps++;
  return steps;
}

gint
torture_day_find (TortureDay *self, const char *digest, guint first, guint last)
{
  gint found = -1;

  for (guint i = 0; digest != NULL && i < self->digests->len; i++)
    {
      if (!g_str_equal (digest, self->digests->pdata[i]))
        continue;
      found = (gint) i;
      if (i >= first && i <= last)
        return found;
    }
  return found;
}
