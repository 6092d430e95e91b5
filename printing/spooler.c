/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-spooler"

#include "config.h"

#include "printing/spooler.h"

#include "core/error.h"
#include "core/fault.h"
#include "printing/printer.h"

#include <string.h>

/*
 * One printer, one job at a time. The journal is the truth: every turn begins by reading what is open
 * there, and does one thing:
 *
 *   a job SENDING or SENT  -> ask the printer for evidence (never send it again)
 *   an UNKNOWN job         -> ask once more after the printer came back; else the person decides
 *   a QUEUED/WAITING job   -> look at the printer; when it is well: SENDING durable, then submit
 *   nothing                -> look at the printer now and then
 *
 * Invariants (notes C1): SENDING with its attempt is durable before the first byte; a job is sent again
 * only from WAITING, when it is certain that nothing went out; UNKNOWN ends by evidence or by a person;
 * a further copy is a new job with copy + 1; what waited for a resident who left expires.
 */

#define POLL_MS    500
#define RETRY_MS   2000
#define IDLE_MS    15000
#define LOST_POLLS 4 /* polls in a row without an answer: the printer is gone */

struct _BmSpooler
{
  GObject parent_instance;

  BmPrinter *printer; /* on the print worker only */
  BmLayout *layout;   /* on the print worker only */
  BmWorker *worker;
  BmPrintJournal *journal;
  BmClock *clock;

  GPtrArray *seats;  /* char *: whose jobs are ours */
  GHashTable *left;  /* seats whose resident left: waiting jobs expire */
  GHashTable *open;  /* job id -> BmPrintJob, as last read */
  GHashTable *own;   /* attempts of this run: poll; others: reconcile */
  GHashTable *asked; /* UNKNOWN jobs that were asked for since the printer came back */
  GStrv reasons;
  GSource *timer;
  gulong queued_id;
  gboolean is_started;
  gboolean is_turning; /* a turn is under way */
  gboolean is_hurried; /* something came meanwhile: turn again at once */
  guint lost;
};

G_DEFINE_FINAL_TYPE (BmSpooler, bm_spooler, G_TYPE_OBJECT)

enum
{
  JOB_CHANGED,
  PRINTER_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

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
  GError *error;
  gint64 age_ms;
  gboolean is_own;
} Turn;

static void
turn_free (Turn *turn)
{
  g_clear_pointer (&turn->job, bm_print_job_unref);
  g_clear_pointer (&turn->render, bm_render_free);
  g_clear_pointer (&turn->report, bm_print_report_free);
  g_strfreev (turn->reasons);
  g_clear_error (&turn->error);
  g_free (turn->attempt);
  g_object_unref (turn->self);
  g_free (turn);
}

static void begin_turn (BmSpooler *self);

static gboolean
on_timer (gpointer data)
{
  begin_turn (data);
  return G_SOURCE_REMOVE;
}

static void
plan (BmSpooler *self, guint wait_ms)
{
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
  if (!self->is_started)
    return;
  self->timer = g_timeout_source_new (wait_ms);
  g_source_set_callback (self->timer, on_timer, self, NULL);
  g_source_attach (self->timer, g_main_context_get_thread_default ());
}

static void
end_turn (Turn *turn, guint wait_ms)
{
  BmSpooler *self = turn->self;

  self->is_turning = FALSE;
  plan (self, self->is_hurried ? 0 : wait_ms);
  self->is_hurried = FALSE;
  turn_free (turn);
}

static void
hurry (BmSpooler *self)
{
  if (self->is_turning)
    self->is_hurried = TRUE;
  else if (self->is_started)
    plan (self, 0);
}

/* Jobs */

static BmPrintJob *
job_with (BmPrintJob *job, BmPrintState state, const char *reason)
{
  BmPrintJob *copy = g_new0 (BmPrintJob, 1);

  *copy = *job;
  copy->ref_count = 1;
  copy->number = g_strdup (job->number);
  copy->seat = g_strdup (job->seat);
  copy->reason = g_strdup (reason != NULL ? reason : job->reason);
  copy->attempt = g_strdup (job->attempt);
  copy->remote = g_strdup (job->remote);
  copy->attempt_boot_id = g_strdup (job->attempt_boot_id);
  copy->sheet = json_incref (job->sheet);
  copy->state = state;
  return copy;
}

static void
remember (BmSpooler *self, BmPrintJob *job)
{
  gint64 *key = g_new (gint64, 1);

  *key = job->id;
  g_hash_table_replace (self->open, key, bm_print_job_ref (job));
}

static void
tell (BmSpooler *self, BmPrintJob *job, BmPrintState state, const char *reason)
{
  g_autoptr (BmPrintJob) changed = job_with (job, state, reason);

  remember (self, changed);
  g_signal_emit (self, signals[JOB_CHANGED], 0, changed);
}

static gboolean
is_ours (BmSpooler *self, BmPrintJob *job)
{
  return g_ptr_array_find_with_equal_func (self->seats, job->seat, g_str_equal, NULL);
}

static void
set_reasons (BmSpooler *self, GStrv reasons)
{
  if (g_strv_equal ((const char *const *) self->reasons, (const char *const *) reasons))
    return;
  g_strfreev (self->reasons);
  self->reasons = g_strdupv (reasons);
  g_signal_emit (self, signals[PRINTER_CHANGED], 0, self->reasons);
}

static void
set_reason (BmSpooler *self, const char *reason)
{
  const char *one[] = { reason, NULL };

  set_reasons (self, (GStrv) one);
}

/* Keywords that mean: do not even begin. */
static const char *
find_obstacle (GStrv reasons)
{
  static const char *const obstacles[] = { "media-empty",
                                           "media-needed",
                                           "media-jam",
                                           "cover-open",
                                           "door-open",
                                           "interlock-open",
                                           "input-tray-missing",
                                           "paused",
                                           "moving-to-paused",
                                           "shutdown",
                                           NULL };

  for (guint i = 0; reasons != NULL && reasons[i] != NULL; i++)
    {
      if (g_strv_contains (obstacles, reasons[i]))
        return reasons[i];
    }
  return NULL;
}

static const char *
get_error_reason (const GError *error)
{
  if (g_error_matches (error, BM_ERROR, BM_ERROR_BUSY))
    return "busy";
  return g_error_matches (error, BM_ERROR, BM_ERROR_UNREACHABLE) ? "offline" : "other";
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
  g_autoptr (GError) error = NULL;
  gboolean is_moved = bm_print_journal_move_finish (BM_PRINT_JOURNAL (source), result, &error);

  if (is_moved)
    {
      turn->state = move->to;
      tell (turn->self, turn->job, move->to, move->reason);
    }
  g_free (move->reason);
  g_free (move);
  if (is_moved && after != NULL)
    after (turn);
  else
    end_turn (turn, is_moved ? 0 : RETRY_MS); /* a refused move: read the journal again */
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

static void
end_soon (Turn *turn)
{
  end_turn (turn, POLL_MS);
}

static void
end_to_retry (Turn *turn)
{
  end_turn (turn, RETRY_MS);
}

/* Sending */

static void
wait_again (Turn *turn)
{
  move (turn, BM_PRINT_WAITING, turn->report->reason, NULL, end_to_retry);
}

static void
finish_printed (Turn *turn)
{
  move (turn, BM_PRINT_PRINTED, "", NULL, NULL);
}

static void
after_sent (Turn *turn)
{
  bm_fault_point ("print-after-sent");
  if (turn->report->outcome == BM_PRINT_OUTCOME_PRINTED)
    finish_printed (turn);
  else
    end_soon (turn);
}

/* What is known of a sheet that was sent, or meant to be. */
static void
take_report (Turn *turn)
{
  BmPrintReport *report = turn->report;

  switch (report->outcome)
    {
    case BM_PRINT_OUTCOME_REFUSED:
      if (turn->state == BM_PRINT_SENDING)
        move (turn, BM_PRINT_REFUSED, report->reason, NULL, wait_again);
      else
        move (turn, BM_PRINT_UNKNOWN, report->reason, NULL, NULL);
      break;
    case BM_PRINT_OUTCOME_PRINTED:
      if (turn->state == BM_PRINT_SENDING)
        move (turn, BM_PRINT_SENT, "", report->remote, after_sent);
      else
        finish_printed (turn);
      break;
    case BM_PRINT_OUTCOME_UNKNOWN:
      if (turn->state == BM_PRINT_UNKNOWN)
        end_soon (turn);
      else
        move (turn, BM_PRINT_UNKNOWN, report->reason, NULL, NULL);
      break;
    case BM_PRINT_OUTCOME_SENT:
    case BM_PRINT_OUTCOME_LATER:
    default:
      if (turn->state == BM_PRINT_SENDING && report->outcome == BM_PRINT_OUTCOME_SENT)
        move (turn, BM_PRINT_SENT, "", report->remote, after_sent);
      else
        end_soon (turn);
    }
}

static gpointer
submit_on_worker (gpointer data, GError **error)
{
  Turn *turn = data;
  const BmPrintRequest request = { turn->render, turn->job->number, turn->job->copy,
                                   turn->attempt };

  turn->report = bm_printer_submit (turn->self->printer, &request, error);
  return NULL;
}

static void
on_submitted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Turn *turn = user_data;
  g_autoptr (GError) error = NULL;

  (void) bm_worker_run_finish (result, &error);
  if (turn->report == NULL) /* an error means: certain that nothing went out */
    turn->report = bm_print_report_new (BM_PRINT_OUTCOME_REFUSED,
                                        error != NULL ? get_error_reason (error) : "other", "");
  take_report (turn);
}

static void
submit (Turn *turn)
{
  bm_fault_point ("print-after-sending");
  bm_worker_run_async (turn->self->worker, submit_on_worker, turn, NULL, NULL, NULL, on_submitted,
                       turn);
}

static gpointer
look_on_worker (gpointer data, GError **error)
{
  Turn *turn = data;
  BmSpooler *self = turn->self;
  const char *assets = g_getenv ("BIANMIN_ASSETS");

  if (self->layout == NULL)
    self->layout = bm_layout_new (assets != NULL ? assets : BM_PKGDATADIR, error);
  if (self->layout == NULL || !bm_printer_lock (self->printer, error) ||
      !bm_printer_probe (self->printer, error))
    return NULL;
  turn->reasons = bm_printer_status (self->printer, error);
  if (turn->reasons != NULL && turn->job != NULL && find_obstacle (turn->reasons) == NULL)
    turn->render = bm_layout_render (self->layout, turn->job->sheet, turn->job->copy,
                                     bm_printer_get_paper (self->printer), error);
  return NULL;
}

static void
keep_waiting (Turn *turn, const char *reason)
{
  if (turn->job == NULL)
    end_turn (turn, IDLE_MS);
  else if (turn->state == BM_PRINT_WAITING && g_strcmp0 (turn->job->reason, reason) == 0)
    end_turn (turn, RETRY_MS);
  else
    move (turn, BM_PRINT_WAITING, reason, NULL, end_to_retry);
}

static void
send_now (Turn *turn)
{
  turn->attempt = g_uuid_string_random ();
  g_hash_table_add (turn->self->own, g_strdup (turn->attempt));
  move (turn, BM_PRINT_SENDING, "", NULL, submit);
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Turn *turn = user_data;
  g_autoptr (GError) error = NULL;
  const char *obstacle;

  (void) bm_worker_run_finish (result, &error);
  if (error != NULL && !g_error_matches (error, BM_ERROR, BM_ERROR_BUSY))
    {
      set_reason (turn->self, get_error_reason (error));
      g_hash_table_remove_all (turn->self->asked); /* when it comes back it may know more */
    }
  else if (turn->reasons != NULL)
    set_reasons (turn->self, turn->reasons);
  obstacle = error != NULL ? get_error_reason (error) : find_obstacle (turn->reasons);
  if (obstacle != NULL || turn->job == NULL)
    keep_waiting (turn, obstacle);
  else if (turn->state == BM_PRINT_QUEUED)
    move (turn, BM_PRINT_WAITING, "", NULL, send_now);
  else
    send_now (turn);
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
  BmPrinter *printer = turn->self->printer;
  const BmPrintTrace trace = { turn->job->attempt, turn->job->remote, turn->age_ms };

  if (!bm_printer_lock (printer, error))
    return NULL;
  turn->report = turn->is_own && turn->state == BM_PRINT_SENT
                   ? bm_printer_poll (printer, &trace, error)
                   : bm_printer_reconcile (printer, &trace, error);
  if (turn->report != NULL && turn->report->outcome != BM_PRINT_OUTCOME_PRINTED)
    turn->reasons = bm_printer_status (printer, NULL);
  return NULL;
}

/* Paper that ran out under a sheet is told; the sheet itself stays SENT. */
static void
tell_trouble (Turn *turn)
{
  const char *obstacle = find_obstacle (turn->reasons);
  BmPrintJob *known = g_hash_table_lookup (turn->self->open, &turn->job->id);
  const char *before = known != NULL ? known->reason : turn->job->reason;

  if (turn->reasons != NULL)
    set_reasons (turn->self, turn->reasons);
  if (g_strcmp0 (before, obstacle != NULL ? obstacle : "") != 0)
    tell (turn->self, turn->job, turn->state, obstacle != NULL ? obstacle : "");
}

static void
on_followed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Turn *turn = user_data;
  BmSpooler *self = turn->self;
  g_autoptr (GError) error = NULL;

  (void) bm_worker_run_finish (result, &error);
  if (turn->report != NULL)
    {
      self->lost = 0;
      if (turn->state == BM_PRINT_SENT && turn->report->outcome != BM_PRINT_OUTCOME_PRINTED)
        tell_trouble (turn);
      take_report (turn);
      return;
    }
  set_reason (self, error != NULL ? get_error_reason (error) : "other");
  if (turn->state == BM_PRINT_UNKNOWN)
    {
      g_hash_table_remove_all (self->asked);
      end_turn (turn, RETRY_MS);
    }
  else if (++self->lost >= LOST_POLLS)
    {
      self->lost = 0;
      move (turn, BM_PRINT_UNKNOWN, "offline", NULL, NULL);
    }
  else
    end_soon (turn);
}

static void
follow (Turn *turn)
{
  BmSpooler *self = turn->self;
  guint8 boot_id[BM_BOOT_ID_LEN];
  g_autoptr (GString) boot = g_string_new (NULL);

  bm_clock_get_boot_id (self->clock, boot_id);
  for (guint i = 0; i < sizeof boot_id; i++)
    g_string_append_printf (boot, "%02x", boot_id[i]);
  turn->is_own = g_hash_table_contains (self->own, turn->job->attempt);
  turn->age_ms = g_strcmp0 (boot->str, turn->job->attempt_boot_id) == 0
                   ? MAX (bm_clock_get_boot_ms (self->clock) - turn->job->attempt_boot_ms, 0)
                   : -1;
  if (turn->state == BM_PRINT_UNKNOWN)
    {
      gint64 *key = g_new (gint64, 1);

      *key = turn->job->id;
      g_hash_table_add (self->asked, key);
    }
  bm_worker_run_async (self->worker, follow_on_worker, turn, NULL, NULL, NULL, on_followed, turn);
}

/* What to do next */

static gboolean
is_expired (BmSpooler *self, BmPrintJob *job)
{
  gint64 age_ms = bm_clock_get_wall_ms (self->clock) - job->created_wall_ms;

  if (job->state != BM_PRINT_QUEUED && job->state != BM_PRINT_WAITING)
    return FALSE;
  return g_hash_table_contains (self->left, job->seat) && age_ms > BM_SPOOLER_EXPIRE_MS;
}

static guint
rank (BmSpooler *self, BmPrintJob *job)
{
  switch (job->state)
    {
    case BM_PRINT_SENDING:
    case BM_PRINT_SENT:
      return 1;
    case BM_PRINT_REFUSED:
      return 2;
    case BM_PRINT_UNKNOWN:
      return g_hash_table_contains (self->asked, &job->id) ? 0 : 3;
    case BM_PRINT_QUEUED:
    case BM_PRINT_WAITING:
      return 4;
    case BM_PRINT_PRINTED:
    case BM_PRINT_SUPERSEDED:
    case BM_PRINT_CANCELED:
    case BM_PRINT_EXPIRED:
    default:
      return 0;
    }
}

/* The job that matters most; rank 0 is left alone. */
static BmPrintJob *
choose (BmSpooler *self, GPtrArray *jobs)
{
  BmPrintJob *best = NULL;

  g_hash_table_remove_all (self->open);
  for (guint i = 0; i < jobs->len; i++)
    {
      BmPrintJob *job = g_ptr_array_index (jobs, i);
      guint value = rank (self, job);

      if (!is_ours (self, job))
        continue;
      remember (self, job);
      if (value != 0 && (best == NULL || value < rank (self, best)))
        best = job;
    }
  return best;
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Turn *turn = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) jobs =
    bm_print_journal_list_open_finish (BM_PRINT_JOURNAL (source), result, &error);
  BmPrintJob *job = jobs != NULL ? choose (turn->self, jobs) : NULL;

  if (!turn->self->is_started || jobs == NULL)
    {
      end_turn (turn, RETRY_MS);
      return;
    }
  if (job == NULL)
    {
      look (turn);
      return;
    }
  turn->job = bm_print_job_ref (job);
  turn->state = job->state;
  if (is_expired (turn->self, job))
    move (turn, BM_PRINT_EXPIRED, "", NULL, NULL);
  else if (job->state == BM_PRINT_REFUSED)
    move (turn, BM_PRINT_WAITING, NULL, NULL, NULL);
  else if (job->state == BM_PRINT_QUEUED || job->state == BM_PRINT_WAITING)
    look (turn);
  else
    follow (turn);
}

static void
begin_turn (BmSpooler *self)
{
  Turn *turn;

  if (self->is_turning || !self->is_started)
    return;
  self->is_turning = TRUE;
  turn = g_new0 (Turn, 1);
  turn->self = g_object_ref (self);
  bm_print_journal_list_open_async (self->journal, on_listed, turn);
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
  bm_print_job_unref (settle->job);
  g_object_unref (settle->self);
  g_free (settle);
}

static void
on_settled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Settle *settle = user_data;

  if (bm_print_journal_move_finish (BM_PRINT_JOURNAL (source), result, NULL))
    tell (settle->self, settle->job, settle->to, "");
  hurry (settle->self);
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

static Settle *
settle_new (BmSpooler *self, BmPrintJob *job)
{
  Settle *settle = g_new0 (Settle, 1);

  settle->self = g_object_ref (self);
  settle->job = bm_print_job_ref (job);
  return settle;
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
  BmPrintJob *known;

  g_return_if_fail (BM_IS_SPOOLER (self));

  known = bm_spooler_get_job (self, job);
  if (known == NULL || known->state != BM_PRINT_UNKNOWN)
    return;
  if (got)
    settle_to (settle_new (self, known), BM_PRINT_PRINTED);
  else
    bm_print_journal_copy_async (self->journal, job, "not-received", on_copied,
                                 settle_new (self, known));
}

/* Before it was sent, a job can be given up. */
void
bm_spooler_cancel (BmSpooler *self, gint64 job)
{
  BmPrintJob *known;

  g_return_if_fail (BM_IS_SPOOLER (self));

  known = bm_spooler_get_job (self, job);
  if (known != NULL && bm_print_state_can_move (known->state, BM_PRINT_CANCELED))
    settle_to (settle_new (self, known), BM_PRINT_CANCELED);
}

/* The resident of @seat left: what still waits after ten minutes prints for nobody. */
void
bm_spooler_expire (BmSpooler *self, const char *seat)
{
  g_return_if_fail (BM_IS_SPOOLER (self));

  g_hash_table_add (self->left, g_strdup (seat));
}

void
bm_spooler_serve (BmSpooler *self, const char *seat)
{
  g_return_if_fail (BM_IS_SPOOLER (self));

  g_ptr_array_add (self->seats, g_strdup (seat));
}

BmPrintJob *
bm_spooler_get_job (BmSpooler *self, gint64 job)
{
  g_return_val_if_fail (BM_IS_SPOOLER (self), NULL);

  return g_hash_table_lookup (self->open, &job);
}

guint
bm_spooler_count_waiting (BmSpooler *self)
{
  GHashTableIter iter;
  gpointer value;
  guint count = 0;

  g_return_val_if_fail (BM_IS_SPOOLER (self), 0);

  g_hash_table_iter_init (&iter, self->open);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    count += !bm_print_state_is_final (((BmPrintJob *) value)->state);
  return count;
}

const char *const *
bm_spooler_get_reasons (BmSpooler *self)
{
  g_return_val_if_fail (BM_IS_SPOOLER (self), NULL);

  return (const char *const *) self->reasons;
}

static void
on_queued (BmPrintJournal *journal, BmPrintJob *job, BmSpooler *self)
{
  if (is_ours (self, job))
    hurry (self);
}

void
bm_spooler_start (BmSpooler *self)
{
  g_return_if_fail (BM_IS_SPOOLER (self));

  if (self->is_started)
    return;
  self->is_started = TRUE;
  self->queued_id = g_signal_connect (self->journal, "queued", G_CALLBACK (on_queued), self);
  begin_turn (self);
}

/* Ends after the step under way; nothing is begun any more. */
void
bm_spooler_stop (BmSpooler *self)
{
  g_return_if_fail (BM_IS_SPOOLER (self));

  self->is_started = FALSE;
  plan (self, 0);
  g_clear_signal_handler (&self->queued_id, self->journal);
}

static gpointer
drop_on_worker (gpointer data, GError **error)
{
  BmSpooler *self = data;

  g_clear_pointer (&self->layout, bm_layout_free);
  g_clear_object (&self->printer);
  return NULL;
}

static void
bm_spooler_dispose (GObject *object)
{
  BmSpooler *self = BM_SPOOLER (object);

  bm_spooler_stop (self);
  if (self->worker != NULL)
    (void) bm_worker_run_sync (self->worker, drop_on_worker, self, NULL); /* it cannot fail */
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
  g_hash_table_unref (self->left);
  g_hash_table_unref (self->open);
  g_hash_table_unref (self->own);
  g_hash_table_unref (self->asked);
  g_strfreev (self->reasons);
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
  self->seats = g_ptr_array_new_with_free_func (g_free);
  self->left = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->open = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free,
                                      (GDestroyNotify) bm_print_job_unref);
  self->own = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->asked = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->reasons = g_new0 (char *, 1);
}

/**
 * bm_spooler_new:
 * @printer_uri: see bm_printer_new()
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
                BmPrintJournal *journal,
                BmWorker *worker,
                BmClock *clock,
                GError **error)
{
  g_autoptr (BmPrinter) printer = NULL;
  BmSpooler *self;

  g_return_val_if_fail (printer_uri != NULL && BM_IS_PRINT_JOURNAL (journal), NULL);

  printer = bm_printer_new (printer_uri, error);
  if (printer == NULL)
    return NULL;
  self = g_object_new (BM_TYPE_SPOOLER, NULL);
  self->printer = g_steal_pointer (&printer);
  self->journal = g_object_ref (journal);
  self->worker = g_object_ref (worker);
  self->clock = g_object_ref (clock);
  return self;
}
