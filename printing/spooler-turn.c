/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-spooler"

#include "printing/spooler-private.h"

#include "core/error.h"
#include "core/fault.h"
#include "core/ports/reasons.h"

/*
 * One printer, one job at a time. The journal is the truth: every turn begins by reading what is open
 * there, and does one thing:
 *
 *   a job nobody waits for any more -> EXPIRED
 *   a job SENDING or SENT           -> ask the printer for evidence (never send it again); when its resident left
 *                                      and the printer cannot go on, first call it back
 *   a job behind such a one         -> WAITING, when paper does not move
 *   a job REFUSED                   -> WAITING
 *   an UNKNOWN job                  -> ask the printer while it may still know something
 *   a QUEUED or WAITING job         -> look at the printer; when it is well: SENDING durable, then submit
 *   nothing                         -> look at the printer now and then
 *
 * Invariants (notes C1):
 *  S1  SENDING with its attempt is durable before the first byte.
 *  S2  A job is sent only from WAITING: when it is certain that nothing of it went out.
 *  S3  UNKNOWN ends by evidence of paper or by a person; never by a clock.
 *  S4  A second sheet of paper is another job, with copy + 1.
 *  S5  The printer, and everything drawn for it, is touched on the print worker alone; the journal is
 *      spoken to from the spooler's context alone; neither is waited for.
 */

#define POLL_MS    500
#define RETRY_MS   2000 /* of the journal */
#define IDLE_MS    15000
#define LOST_POLLS 4 /* polls in a row without an answer: the printer is gone */

/* Between looks at a printer that cannot print while somebody waits. */
static const guint look_again_ms[] = { 1000, 2000, 5000, 10000 };

/* A turn: what is being done, and what came of it. */
typedef struct
{
  BmSpooler *self;
  BmPrintJob *job;
  BmPrintState state; /* of the job while the turn goes on */
  char *attempt;
  BmRender *render;
  BmPrintReport *report;
  GStrv reasons;
  char *obstacle; /* why nothing can be printed */
  gint64 age_ms;
  gboolean is_unwanted; /* what the printer has of it would come out for somebody else */
  gboolean is_unprintable;
} Turn;

static void
turn_free (Turn *turn)
{
  g_clear_pointer (&turn->job, bm_print_job_unref);
  g_clear_pointer (&turn->render, bm_render_free);
  g_clear_pointer (&turn->report, bm_print_report_free);
  g_strfreev (turn->reasons);
  g_free (turn->attempt);
  g_free (turn->obstacle);
  g_object_unref (turn->self);
  g_free (turn);
}

static void
end_turn (Turn *turn, guint wait_ms)
{
  BmSpooler *self = turn->self;

  self->is_turning = FALSE;
  bm_spooler_plan (self, self->is_hurried ? 0 : wait_ms);
  self->is_hurried = FALSE;
  turn_free (turn);
}

static void
end_now (Turn *turn)
{
  end_turn (turn, 0);
}

static void
end_soon (Turn *turn)
{
  end_turn (turn, POLL_MS);
}

static void
end_to_look_again (Turn *turn)
{
  const guint last = G_N_ELEMENTS (look_again_ms) - 1;
  const guint wait_ms = look_again_ms[MIN (turn->self->tries, last)];

  turn->self->tries++;
  end_turn (turn, wait_ms);
}

static BmSpoolerItem *
find_item (Turn *turn)
{
  return bm_spooler_find_item (turn->self, turn->job->id);
}

/* Why nothing would come out now, or NULL. The paper of a printer never changes. */
static const char *
find_obstacle (Turn *turn)
{
  const BmPaper paper = bm_printer_get_paper (turn->self->device->printer);

  return bm_reason_pick_blocking ((const char *const *) turn->reasons, bm_paper_is_roll (paper));
}

/* Moves: each is durable before the next step. */

typedef void (*AfterMove) (Turn *turn);

typedef struct
{
  Turn *turn;
  BmPrintState to;
  char *reason;
  AfterMove after;
} Move;

static void
on_moved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Move *move = user_data;
  Turn *turn = move->turn;
  AfterMove after = move->after;
  const gboolean is_moved = bm_print_journal_move_finish (BM_PRINT_JOURNAL (source), result, NULL);

  if (is_moved)
    {
      g_autoptr (BmPrintJob) news = bm_spooler_job_with (turn->job, move->to, move->reason);

      turn->state = move->to;
      bm_spooler_tell (turn->self, news);
    }
  g_free (move->reason);
  g_free (move);
  if (is_moved)
    after (turn);
  else
    end_turn (turn, RETRY_MS); /* nothing changed: read the journal again */
}

static void
move (Turn *turn, BmPrintState to, const char *reason, const char *remote, AfterMove after)
{
  Move *call = g_new0 (Move, 1);

  call->turn = turn;
  call->to = to;
  call->reason = g_strdup (reason);
  call->after = after;
  bm_print_journal_move_async (turn->self->journal, turn->job->id, turn->state, to, reason,
                               turn->attempt, remote, on_moved, call);
}

/* Who stands behind somebody that waits is told why, too. */
static void
tell_next (Turn *turn)
{
  g_autoptr (BmPrintJob) told = g_steal_pointer (&turn->job);
  BmSpoolerItem *item = bm_spooler_find_queued (turn->self);

  if (item == NULL)
    {
      end_to_look_again (turn);
      return;
    }
  g_clear_pointer (&turn->attempt, g_free); /* it was another job's */
  turn->job = bm_print_job_ref (item->job);
  turn->state = item->job->state;
  move (turn, BM_PRINT_WAITING, turn->obstacle, NULL, tell_next);
}

/* What is known of a sheet that was sent, or meant to be */

static void
wait_again (Turn *turn)
{
  turn->obstacle = g_strdup (turn->report->reason);
  move (turn, BM_PRINT_WAITING, turn->obstacle, NULL, tell_next);
}

static void
finish_printed (Turn *turn)
{
  turn->self->tries = 0;
  move (turn, BM_PRINT_PRINTED, "", turn->report->remote, end_now);
}

static void
after_sent (Turn *turn)
{
  bm_fault_point ("print-after-sent");
  turn->self->tries = 0;
  if (turn->report->outcome == BM_PRINT_OUTCOME_PRINTED)
    finish_printed (turn);
  else
    end_soon (turn);
}

static void
take_report_of_sending (Turn *turn)
{
  const BmPrintReport *report = turn->report;

  switch (report->outcome)
    {
    case BM_PRINT_OUTCOME_REFUSED:
      move (turn, BM_PRINT_REFUSED, report->reason, NULL, wait_again);
      break;
    case BM_PRINT_OUTCOME_SENT:
    case BM_PRINT_OUTCOME_PRINTED:
      move (turn, BM_PRINT_SENT, "", report->remote, after_sent);
      break;
    case BM_PRINT_OUTCOME_UNKNOWN:
      move (turn, BM_PRINT_UNKNOWN, report->reason, report->remote, end_soon);
      break;
    case BM_PRINT_OUTCOME_LATER:
    default:
      end_soon (turn);
    }
}

static void
take_report_of_sent (Turn *turn)
{
  const BmPrintReport *report = turn->report;

  switch (report->outcome)
    {
    case BM_PRINT_OUTCOME_PRINTED:
      finish_printed (turn);
      break;
    case BM_PRINT_OUTCOME_REFUSED: /* it was acknowledged: let a person look at the outlet */
    case BM_PRINT_OUTCOME_UNKNOWN:
      move (turn, BM_PRINT_UNKNOWN, report->reason, NULL, end_soon);
      break;
    case BM_PRINT_OUTCOME_SENT:
    case BM_PRINT_OUTCOME_LATER:
    default:
      end_soon (turn);
    }
}

/* S3: only paper is evidence; while the sheet lies in the printer there may be paper yet. */
static void
take_report_of_unknown (Turn *turn)
{
  const BmPrintOutcome outcome = turn->report->outcome;
  BmSpoolerItem *item = find_item (turn);

  if (outcome == BM_PRINT_OUTCOME_PRINTED)
    {
      finish_printed (turn);
      return;
    }
  if (item != NULL)
    item->is_asked = outcome == BM_PRINT_OUTCOME_REFUSED || outcome == BM_PRINT_OUTCOME_UNKNOWN;
  end_soon (turn);
}

static void
take_report (Turn *turn)
{
  if (turn->state == BM_PRINT_SENDING)
    take_report_of_sending (turn);
  else if (turn->state == BM_PRINT_SENT)
    take_report_of_sent (turn);
  else
    take_report_of_unknown (turn);
}

/* Sending */

static gpointer
submit_on_worker (gpointer data, GError **error)
{
  Turn *turn = data;
  const BmPrintRequest request = { turn->render, turn->job->number, turn->job->copy,
                                   turn->attempt };

  turn->report = bm_printer_submit (turn->self->device->printer, &request, error);
  return NULL;
}

/* An error means: certain that nothing went out. */
static void
on_submitted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Turn *turn = user_data;
  g_autoptr (GError) error = NULL;

  (void) bm_worker_run_finish (result, &error); /* the result is in the turn */
  if (turn->report == NULL)
    {
      turn->report = bm_print_report_new (BM_PRINT_OUTCOME_REFUSED,
                                          bm_spooler_error_reason (turn->self, error), "");
      bm_spooler_note_silence (turn->self, error);
    }
  take_report (turn);
}

static void
submit (Turn *turn)
{
  bm_fault_point ("print-after-sending");
  if (turn->self->is_started)
    {
      bm_worker_run_async (turn->self->worker, submit_on_worker, turn, NULL, NULL, NULL,
                           on_submitted, turn);
      return;
    }
  turn->report = bm_print_report_new (BM_PRINT_OUTCOME_REFUSED, "", ""); /* stopped meanwhile */
  take_report (turn);
}

static void
send_now (Turn *turn)
{
  if (!turn->self->is_started)
    {
      end_now (turn);
      return;
    }
  turn->attempt = g_uuid_string_random ();
  move (turn, BM_PRINT_SENDING, "", "", submit); /* S1; what an earlier attempt left is forgotten */
}

static gpointer
look_on_worker (gpointer data, GError **error)
{
  Turn *turn = data;
  BmSpoolerDevice *device = turn->self->device;
  BmPrinter *printer = device->printer;

  if (!bm_printer_lock (printer, error) || !bm_printer_probe (printer, error))
    return NULL;
  turn->reasons = bm_printer_status (printer, error);
  if (turn->reasons != NULL && turn->job == NULL && device->idle_looks++ == 1)
    bm_spooler_device_warm (device);
  if (turn->reasons == NULL || turn->job == NULL || !bm_spooler_device_ensure (device, error))
    return NULL;
  turn->render = bm_layout_render (device->layout, turn->job->sheet, turn->job->copy,
                                   bm_printer_get_paper (printer), NULL);
  turn->is_unprintable = turn->render == NULL; /* the sheet's fault, not the printer's */
  return NULL;
}

static void
keep_waiting (Turn *turn, const char *obstacle)
{
  BmSpoolerItem *item = find_item (turn);

  turn->obstacle = g_strdup (obstacle);
  if (item != NULL && item->is_left)
    move (turn, BM_PRINT_EXPIRED, obstacle, NULL, end_now);
  else if (turn->state == BM_PRINT_WAITING && g_strcmp0 (turn->job->reason, obstacle) == 0)
    tell_next (turn);
  else
    move (turn, BM_PRINT_WAITING, obstacle, NULL, tell_next);
}

/* One sheet that cannot be drawn keeps no other from being printed. */
static void
set_aside (Turn *turn)
{
  BmSpoolerItem *item = find_item (turn);

  if (item != NULL)
    item->is_unprintable = TRUE;
  move (turn, BM_PRINT_WAITING, "other", NULL, end_now);
}

static void
take_look (Turn *turn, const char *obstacle)
{
  if (obstacle != NULL)
    keep_waiting (turn, obstacle);
  else if (turn->is_unprintable)
    set_aside (turn);
  else if (turn->state == BM_PRINT_QUEUED)
    move (turn, BM_PRINT_WAITING, "", NULL, send_now);
  else
    send_now (turn);
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Turn *turn = user_data;
  BmSpooler *self = turn->self;
  g_autoptr (GError) error = NULL;

  (void) bm_worker_run_finish (result, &error); /* the result is in the turn */
  if (error != NULL)
    bm_spooler_note_silence (self, error);
  else
    bm_spooler_note_answer (self, turn->reasons);
  if (turn->job == NULL || !self->is_started)
    end_turn (turn, IDLE_MS);
  else if (error != NULL)
    take_look (turn, bm_spooler_error_reason (self, error));
  else
    take_look (turn, find_obstacle (turn));
}

static void
look (Turn *turn)
{
  bm_worker_run_async (turn->self->worker, look_on_worker, turn, NULL, NULL, NULL, on_looked, turn);
}

/* Following what was sent */

static gpointer
follow_on_worker (gpointer data, GError **error)
{
  Turn *turn = data;
  BmPrinter *printer = turn->self->device->printer;
  const BmPrintTrace trace = { turn->job->attempt, turn->job->remote, turn->age_ms };

  if (!bm_printer_lock (printer, error))
    return NULL;
  if (turn->is_unwanted)
    (void) bm_printer_cancel (printer, &trace,
                              NULL); /* what came of it is asked now, and at the next turn again */
  turn->report = turn->state == BM_PRINT_SENT ? bm_printer_poll (printer, &trace, error)
                                              : bm_printer_reconcile (printer, &trace, error);
  if (turn->report != NULL && turn->report->outcome != BM_PRINT_OUTCOME_PRINTED)
    turn->reasons = bm_printer_status (printer, NULL); /* the next poll asks again */
  return NULL;
}

/* Paper that ran out under a sheet is told; the sheet itself stays SENT. */
static void
tell_trouble (Turn *turn)
{
  BmSpooler *self = turn->self;
  BmSpoolerItem *item = find_item (turn);
  const char *trouble = find_obstacle (turn);
  g_autoptr (BmPrintJob) news = NULL;

  if (turn->reasons == NULL || item == NULL || g_strcmp0 (item->trouble, trouble) == 0)
    return;
  g_free (item->trouble);
  item->trouble = g_strdup (trouble);
  if (turn->state != BM_PRINT_SENT)
    return; /* what the person is asked about an UNKNOWN sheet does not change */
  news = bm_spooler_job_with (turn->job, turn->state, trouble != NULL ? trouble : "");
  bm_spooler_tell (self, news);
}

/* S3: silence proves nothing, and after a while that is said. */
static void
bear_silence (Turn *turn, const GError *error)
{
  BmSpooler *self = turn->self;

  bm_spooler_note_silence (self, error);
  if (turn->state == BM_PRINT_UNKNOWN)
    {
      BmSpoolerItem *item = find_item (turn);

      if (item != NULL)
        item->is_asked = TRUE; /* until the printer is back */
      end_soon (turn);
    }
  else if (g_error_matches (error, BM_ERROR, BM_ERROR_BUSY) || ++self->lost < LOST_POLLS)
    end_soon (turn);
  else
    {
      self->lost = 0;
      move (turn, BM_PRINT_UNKNOWN, bm_spooler_error_reason (self, error), NULL, end_soon);
    }
}

static void
on_followed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Turn *turn = user_data;
  g_autoptr (GError) error = NULL;

  (void) bm_worker_run_finish (result, &error); /* the result is in the turn */
  if (turn->report == NULL)
    {
      bear_silence (turn, error);
      return;
    }
  turn->self->lost = 0;
  bm_spooler_note_answer (turn->self, turn->reasons);
  if (turn->report->outcome == BM_PRINT_OUTCOME_SENT)
    tell_trouble (turn);
  take_report (turn);
}

static void
follow (Turn *turn)
{
  const BmSpoolerItem *item = find_item (turn);

  turn->is_unwanted =
    turn->state == BM_PRINT_SENT && item != NULL && item->is_left && item->trouble != NULL;
  turn->age_ms = bm_spooler_get_age_ms (turn->self, turn->job);
  bm_worker_run_async (turn->self->worker, follow_on_worker, turn, NULL, NULL, NULL, on_followed,
                       turn);
}

static void
do_task (Turn *turn, BmSpoolerTask task, const char *blocked)
{
  switch (task)
    {
    case BM_SPOOLER_EXPIRE:
      move (turn, BM_PRINT_EXPIRED, NULL, NULL, end_now);
      break;
    case BM_SPOOLER_SAY_BLOCKED:
      move (turn, BM_PRINT_WAITING, blocked, NULL, end_now);
      break;
    case BM_SPOOLER_RETURN_TO_WAITING:
      move (turn, BM_PRINT_WAITING, NULL, NULL, end_now);
      break;
    case BM_SPOOLER_FOLLOW:
    case BM_SPOOLER_ASK:
      follow (turn);
      break;
    case BM_SPOOLER_LOOK:
    case BM_SPOOLER_NOTHING:
    default:
      look (turn);
    }
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Turn *turn = user_data;
  BmSpooler *self = turn->self;
  g_autoptr (GPtrArray) jobs =
    bm_print_journal_list_open_finish (BM_PRINT_JOURNAL (source), result, NULL);
  g_autofree char *blocked = NULL;
  BmSpoolerItem *item;
  BmSpoolerTask task;

  self->is_listing = FALSE;
  if (jobs == NULL || !self->is_started || self->settling > 0)
    {
      end_turn (turn, RETRY_MS); /* the store tells its own trouble */
      return;
    }
  bm_spooler_take_list (self, jobs);
  blocked = g_strdup (bm_spooler_get_blocked (self));
  task = bm_spooler_choose (self, blocked, &item);
  if (item != NULL)
    {
      turn->job = bm_print_job_ref (item->job);
      turn->state = item->job->state;
    }
  do_task (turn, task, blocked);
}

void
bm_spooler_begin_turn (BmSpooler *self)
{
  Turn *turn;

  if (self->is_turning || !self->is_started || self->settling > 0)
    return;
  self->is_turning = TRUE;
  self->is_listing = TRUE;
  turn = g_new0 (Turn, 1);
  turn->self = g_object_ref (self);
  bm_print_journal_list_open_async (self->journal, on_listed, turn);
}
