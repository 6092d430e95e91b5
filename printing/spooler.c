/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-spooler"

#include "printing/spooler-private.h"

#include "core/error.h"

/* The object: its timer, its signals, and what people say. The work is in spooler-turn.c. */

G_DEFINE_FINAL_TYPE (BmSpooler, bm_spooler, G_TYPE_OBJECT)

enum
{
  JOB_CHANGED,
  PRINTER_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static gboolean
on_timer (gpointer data)
{
  bm_spooler_begin_turn (data);
  return G_SOURCE_REMOVE;
}

static void
drop_timer (BmSpooler *self)
{
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

void
bm_spooler_plan (BmSpooler *self, guint wait_ms)
{
  drop_timer (self);
  if (!self->is_started)
    return;
  self->timer = g_timeout_source_new (wait_ms);
  g_source_set_callback (self->timer, on_timer, self, NULL);
  g_source_attach (self->timer, self->context);
}

static void
hurry (BmSpooler *self)
{
  self->tries = 0;
  if (self->is_turning)
    self->is_hurried = TRUE;
  else
    bm_spooler_plan (self, 0);
}

void
bm_spooler_tell (BmSpooler *self, BmPrintJob *news)
{
  BmSpoolerItem *item = bm_spooler_find_item (self, news->id);

  if (item != NULL)
    bm_spooler_item_set_job (item, news);
  g_signal_emit (self, signals[JOB_CHANGED], 0, news);
}

/* What the printer says */

const char *
bm_spooler_error_reason (BmSpooler *self, const GError *error)
{
  if (g_error_matches (error, BM_ERROR, BM_ERROR_BUSY))
    return "busy";
  if (g_error_matches (error, BM_ERROR, BM_ERROR_NOT_FOUND))
    return "no-queue";
  if (g_error_matches (error, BM_ERROR, BM_ERROR_UNREACHABLE))
    return bm_printer_get_silence (self->device->printer);
  if (g_error_matches (error, BM_ERROR, BM_ERROR_REFUSED))
    return "unregistered";
  return "other";
}

static void
set_reasons (BmSpooler *self, const char *const *reasons)
{
  if (g_strv_equal ((const char *const *) self->reasons, reasons))
    return;
  g_strfreev (self->reasons);
  self->reasons = g_strdupv ((GStrv) reasons);
  g_signal_emit (self, signals[PRINTER_CHANGED], 0, self->reasons);
}

/* A printer that came back may know of sheets that it could not be asked about. */
void
bm_spooler_note_answer (BmSpooler *self, GStrv reasons)
{
  GHashTableIter iter;
  BmSpoolerItem *item;

  if (reasons != NULL)
    set_reasons (self, (const char *const *) reasons);
  if (!self->is_away)
    return;
  self->is_away = FALSE;
  g_hash_table_iter_init (&iter, self->open);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &item))
    item->is_asked = FALSE;
}

/* A printer that another program uses is there. */
void
bm_spooler_note_silence (BmSpooler *self, const GError *error)
{
  const char *reasons[] = { bm_spooler_error_reason (self, error), NULL };

  if (g_error_matches (error, BM_ERROR, BM_ERROR_BUSY))
    return;
  self->is_away = TRUE;
  set_reasons (self, reasons);
}

/* A person settles what nobody could prove. */

typedef struct
{
  BmSpooler *self;
  BmPrintJob *job;
  BmPrintState to;
} Settle;

static void
settle_free (Settle *settle)
{
  BmSpooler *self = settle->self;
  BmSpoolerItem *item = bm_spooler_find_item (self, settle->job->id);

  if (item != NULL)
    item->is_being_settled = FALSE;
  self->settling--;
  hurry (self);
  bm_print_job_unref (settle->job);
  g_object_unref (self);
  g_free (settle);
}

static void
on_settled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Settle *settle = user_data;

  /* A refused move: the job went on meanwhile, which is then read from the journal. */
  if (bm_print_journal_move_finish (BM_PRINT_JOURNAL (source), result, NULL))
    {
      g_autoptr (BmPrintJob) news = bm_spooler_job_with (settle->job, settle->to, "");

      bm_spooler_tell (settle->self, news);
    }
  settle_free (settle);
}

static void
settle_to (Settle *settle, BmPrintState to)
{
  settle->to = to;
  bm_print_journal_move_async (settle->self->journal, settle->job->id, settle->job->state, to, "",
                               NULL, NULL, on_settled, settle);
}

static void
on_copied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Settle *settle = user_data;
  g_autoptr (BmPrintJob) copy =
    bm_print_journal_copy_finish (BM_PRINT_JOURNAL (source), result, NULL);

  if (copy != NULL)
    settle_to (settle, BM_PRINT_SUPERSEDED);
  else
    settle_free (settle); /* the question stands */
}

/* While a word is being stored no turn begins: the old job is told before its copy moves. */
static Settle *
settle_new (BmSpooler *self, BmSpoolerItem *item)
{
  Settle *settle = g_new0 (Settle, 1);

  settle->self = g_object_ref (self);
  settle->job = bm_print_job_ref (item->job);
  item->is_being_settled = TRUE;
  self->settling++;
  return settle;
}

/**
 * bm_spooler_serve:
 * @self: a spooler that was not started
 * @seat: a seat
 *
 * Takes on the jobs of @seat.
 */
void
bm_spooler_serve (BmSpooler *self, const char *seat)
{
  g_return_if_fail (BM_IS_SPOOLER (self));
  g_return_if_fail (seat != NULL);

  g_ptr_array_add (self->seats, g_strdup (seat));
}

static void
on_queued (BmPrintJournal *journal, BmPrintJob *job, BmSpooler *self)
{
  if (!bm_spooler_is_ours (self, job) || bm_spooler_find_item (self, job->id) != NULL)
    return; /* also when the journal was read between the commit and this */
  bm_spooler_announce (self, job);
  if (!self->is_listing) /* else this very turn knows it */
    hurry (self);
}

/**
 * bm_spooler_start:
 * @self: a spooler
 *
 * Looks up what an earlier run left in the printer's hands, then prints what waits.
 */
void
bm_spooler_start (BmSpooler *self)
{
  g_return_if_fail (BM_IS_SPOOLER (self));

  if (self->is_started)
    return;
  self->is_started = TRUE;
  self->queued_id = g_signal_connect (self->journal, "queued", G_CALLBACK (on_queued), self);
  hurry (self);
}

/**
 * bm_spooler_stop:
 * @self: a spooler
 *
 * Ends after the step under way; nothing is begun any more.
 */
void
bm_spooler_stop (BmSpooler *self)
{
  g_return_if_fail (BM_IS_SPOOLER (self));

  self->is_started = FALSE;
  drop_timer (self);
  g_clear_signal_handler (&self->queued_id, self->journal);
}

/**
 * bm_spooler_look:
 * @self: a spooler
 *
 * The printer may have come or gone just now: it is looked at without waiting any longer.
 */
void
bm_spooler_look (BmSpooler *self)
{
  g_return_if_fail (BM_IS_SPOOLER (self));

  hurry (self);
}

/**
 * bm_spooler_settle:
 * @self: a spooler
 * @job: an UNKNOWN job; any other is left as it is
 * @got: 拿到了, or 没有拿到
 *
 * A person's word ends the question; 没有拿到 makes a further, marked copy.
 */
void
bm_spooler_settle (BmSpooler *self, gint64 job, gboolean got)
{
  BmSpoolerItem *item;

  g_return_if_fail (BM_IS_SPOOLER (self));

  item = bm_spooler_find_item (self, job);
  if (item == NULL || item->job->state != BM_PRINT_UNKNOWN || item->is_being_settled)
    return; /* also when a person presses twice, or two persons do */
  if (got)
    settle_to (settle_new (self, item), BM_PRINT_PRINTED);
  else
    bm_print_journal_copy_async (self->journal, job, "not-received", on_copied,
                                 settle_new (self, item));
}

/**
 * bm_spooler_expire:
 * @self: a spooler
 * @seat: the seat whose session ended
 *
 * The resident left. What waits for the printer expires; what was not tried yet is tried once.
 */
void
bm_spooler_expire (BmSpooler *self, const char *seat)
{
  GHashTableIter iter;
  BmSpoolerItem *item;

  g_return_if_fail (BM_IS_SPOOLER (self));
  g_return_if_fail (seat != NULL);

  g_hash_table_iter_init (&iter, self->open);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &item))
    if (g_strcmp0 (item->job->seat, seat) == 0)
      item->is_left = TRUE;
  hurry (self);
}

/**
 * bm_spooler_cancel:
 * @self: a spooler
 * @job: a job that was not sent; any other is left as it is
 *
 * Gives a job up.
 */
void
bm_spooler_cancel (BmSpooler *self, gint64 job)
{
  BmSpoolerItem *item;

  g_return_if_fail (BM_IS_SPOOLER (self));

  item = bm_spooler_find_item (self, job);
  if (item != NULL && !item->is_being_settled &&
      bm_print_state_can_move (item->job->state, BM_PRINT_CANCELED))
    settle_to (settle_new (self, item), BM_PRINT_CANCELED);
}

/**
 * bm_spooler_get_job:
 * @self: a spooler
 * @job: a job's id
 *
 * Returns: (transfer none) (nullable): the job as last read or told, if it is not long settled
 */
BmPrintJob *
bm_spooler_get_job (BmSpooler *self, gint64 job)
{
  BmSpoolerItem *item;

  g_return_val_if_fail (BM_IS_SPOOLER (self), NULL);

  item = bm_spooler_find_item (self, job);
  return item != NULL ? item->job : NULL;
}

/**
 * bm_spooler_count_waiting:
 * @self: a spooler
 *
 * Returns: how many jobs are not settled
 */
guint
bm_spooler_count_waiting (BmSpooler *self)
{
  GHashTableIter iter;
  BmSpoolerItem *item;
  guint count = 0;

  g_return_val_if_fail (BM_IS_SPOOLER (self), 0);

  g_hash_table_iter_init (&iter, self->open);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &item))
    count += !bm_print_state_is_final (item->job->state);
  return count;
}

const char *const *
bm_spooler_get_reasons (BmSpooler *self)
{
  g_return_val_if_fail (BM_IS_SPOOLER (self), NULL);

  return (const char *const *) self->reasons;
}

/* Lifetime */

static void
device_free (BmSpoolerDevice *device)
{
  g_clear_pointer (&device->layout, bm_layout_free);
  g_object_unref (device->printer);
  g_free (device);
}

/* No turn is under way, for it would hold a reference: the worker has done with the device. */
static void
bm_spooler_dispose (GObject *object)
{
  BmSpooler *self = BM_SPOOLER (object);

  bm_spooler_stop (self);
  g_clear_pointer (&self->device, device_free);
  g_clear_object (&self->worker);
  g_clear_object (&self->journal);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (bm_spooler_parent_class)->dispose (object);
}

static void
bm_spooler_finalize (GObject *object)
{
  BmSpooler *self = BM_SPOOLER (object);

  g_ptr_array_unref (self->seats);
  g_hash_table_unref (self->open);
  g_strfreev (self->reasons);
  g_main_context_unref (self->context);

  G_OBJECT_CLASS (bm_spooler_parent_class)->finalize (object);
}

static void
bm_spooler_class_init (BmSpoolerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bm_spooler_dispose;
  G_OBJECT_CLASS (klass)->finalize = bm_spooler_finalize;

  signals[JOB_CHANGED] = g_signal_new ("job-changed", BM_TYPE_SPOOLER, G_SIGNAL_RUN_LAST, 0, NULL,
                                       NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[PRINTER_CHANGED] = g_signal_new ("printer-changed", BM_TYPE_SPOOLER, G_SIGNAL_RUN_LAST, 0,
                                           NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRV);
}

static void
bm_spooler_init (BmSpooler *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->seats = g_ptr_array_new_with_free_func (g_free);
  self->open = bm_spooler_new_table ();
  self->reasons = g_new0 (char *, 1);
}

/* Makes a spooler for @printer, which belongs to the print worker from now on. */
BmSpooler *
bm_spooler_new_for_printer (BmPrinter *printer,
                            BmPrintJournal *journal,
                            BmWorker *worker,
                            BmClock *clock)
{
  BmSpooler *self = g_object_new (BM_TYPE_SPOOLER, NULL);

  self->device = g_new0 (BmSpoolerDevice, 1);
  self->device->printer = g_object_ref (printer);
  self->journal = g_object_ref (journal);
  self->worker = g_object_ref (worker);
  self->clock = g_object_ref (clock);
  return self;
}

/**
 * bm_spooler_new:
 * @printer_uri: see bm_printer_new()
 * @gate: (nullable): what may be opened
 * @journal: where the jobs are
 * @worker: the print worker; several spoolers may share it
 * @clock: a clock
 * @error: %BM_ERROR_UNSUPPORTED or %BM_ERROR_INVALID for a wrong address
 *
 * Makes a spooler that does nothing before bm_spooler_start().
 *
 * Returns: (transfer full): the spooler
 */
BmSpooler *
bm_spooler_new (const char *printer_uri,
                BmDeviceGate *gate,
                BmPrintJournal *journal,
                BmWorker *worker,
                BmClock *clock,
                GError **error)
{
  g_autoptr (BmPrinter) printer = NULL;

  g_return_val_if_fail (printer_uri != NULL && BM_IS_PRINT_JOURNAL (journal), NULL);
  g_return_val_if_fail (BM_IS_WORKER (worker) && BM_IS_CLOCK (clock), NULL);

  printer = bm_printer_new (printer_uri, error);
  if (printer == NULL)
    return NULL;
  bm_printer_set_gate (printer, gate);
  return bm_spooler_new_for_printer (printer, journal, worker, clock);
}
