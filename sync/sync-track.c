/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/sync-track.h"

#include "core/error.h"
#include "sync/sync-engine-private.h"

/*
 * One question beside the rounds: its own nonce, its own request on the engine's transport, its own
 * deadline. Nothing of the engine changes but the count of questions, and that only in its context.
 *
 * Invariants:
 *  K1  A state comes out only of an answer that bm_reply_open() proved, to this question's own nonce
 *      (invariant 6); whatever else comes back is an error.
 *  K2  Each question ends once: with an answer, with the deadline, or with the engine's stop.
 *  K3  What the engine knows of the line and when it acts next is left as it was.
 */

typedef struct
{
  char *number;
  char *code;
  guint8 nonce[BM_NONCE_LEN];
  GCancellable *line; /* breaks off the request */
  GSource *deadline;
  GSource *stopped;  /* the engine's end */
  GSource *given_up; /* the caller's cancellable, or NULL */
} Question;

void
bm_track_answer_free (BmTrackAnswer *self)
{
  if (self == NULL)
    return;
  g_free (self->state);
  g_free (self);
}

static void
drop_source (GSource *source)
{
  g_source_destroy (source);
  g_source_unref (source);
}

static void
question_free (gpointer data)
{
  Question *self = data;

  g_assert (self->deadline == NULL); /* whoever asked the line has cleaned up in its context */
  bm_wipe_string (self->number);
  bm_wipe_string (self->code);
  g_clear_object (&self->line);
  g_free (self);
}

/* The answer */

static BmTrackAnswer *
open_answer (BmSyncEngine *self, const Question *question, GBytes *body, GError **error)
{
  g_autoptr (BmReply) reply =
    bm_reply_open (body, question->nonce, BM_CALL_TRACK, bm_enrolment_get_kiosk (self->enrolment),
                   bm_enrolment_get_platform_key (self->enrolment), error);
  BmTrackAnswer *answer;

  if (reply == NULL)
    return NULL;
  if (reply->refused_code != NULL)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_REFUSED, "track: refused: %s", reply->refused_code);
      return NULL;
    }
  answer = g_new0 (BmTrackAnswer, 1);
  answer->is_found = reply->is_found;
  answer->state = g_strdup (reply->is_found ? reply->state : "");
  return answer;
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  BmSyncEngine *self = g_task_get_source_object (task);
  Question *question = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  BmLinkTrouble trouble = BM_LINK_UNKNOWN;
  g_autoptr (BmTransportReply) raw =
    bm_transport_send_finish (self->transport, result, &trouble, NULL);
  BmTrackAnswer *answer = NULL;

  g_clear_pointer (&question->deadline, drop_source);
  g_clear_pointer (&question->stopped, drop_source);
  g_clear_pointer (&question->given_up, drop_source);
  self->questions--;
  if (raw == NULL)
    g_set_error (&error, BM_ERROR, BM_ERROR_UNREACHABLE, "track: no answer: %s",
                 bm_link_trouble_to_string (trouble));
  else
    answer = open_answer (self, question, raw->body, &error);
  if (answer != NULL)
    g_task_return_pointer (task, answer, (GDestroyNotify) bm_track_answer_free);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* The question */

static gboolean
on_deadline (gpointer data)
{
  g_cancellable_cancel (((Question *) data)->line);
  return G_SOURCE_CONTINUE; /* on_answered() destroys it */
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer data)
{
  return on_deadline (data);
}

static GSource *
watch (BmSyncEngine *self, Question *question, GCancellable *cancellable)
{
  GSource *source = g_cancellable_source_new (cancellable);

  g_source_set_callback (source, G_SOURCE_FUNC (on_cancelled), question, NULL);
  g_source_attach (source, self->context);
  return source;
}

static void
ask (BmSyncEngine *self, GTask *task)
{
  Question *question = g_task_get_task_data (task);
  GCancellable *given_up = g_task_get_cancellable (task);
  g_autofree char *path = NULL;

  bm_random_bytes (question->nonce, sizeof question->nonce);
  path = bm_track_path (question->number, question->code, question->nonce);
  question->line = g_cancellable_new ();
  question->deadline = g_timeout_source_new (BM_SYNC_TRACK_MS);
  g_source_set_callback (question->deadline, on_deadline, question, NULL);
  g_source_attach (question->deadline, self->context);
  question->stopped = watch (self, question, self->cancellable);
  if (given_up != NULL)
    question->given_up = watch (self, question, given_up);
  self->questions++;
  bm_transport_send_async (self->transport, path, NULL, NULL, question->line, on_answered,
                           g_object_ref (task));
}

/* In the engine's context. */
static gboolean
on_ask (gpointer data)
{
  GTask *task = data;
  BmSyncEngine *self = g_task_get_source_object (task);

  if (g_task_return_error_if_cancelled (task))
    return G_SOURCE_REMOVE;
  if (!self->is_running || bm_backoff_is_forbidden (&self->backoff))
    g_task_return_new_error (task, BM_ERROR, BM_ERROR_UNREACHABLE, "track: the line is at rest");
  else if (self->questions >= BM_SYNC_MAX_TRACK)
    g_task_return_new_error (task, BM_ERROR, BM_ERROR_BUSY, "track: too many questions");
  else
    ask (self, task);
  return G_SOURCE_REMOVE;
}

/**
 * bm_sync_engine_track_async:
 * @self: a sync engine
 * @number: 25 digits
 * @code: (nullable): the code of the slip's QR
 * @cancellable: (nullable): ends the question sooner
 * @callback: called in the caller's thread-default context
 * @user_data: for @callback
 *
 * Asks the platform where a slip's case stands. The entries and the rounds are not touched by it.
 */
void
bm_sync_engine_track_async (BmSyncEngine *self,
                            const char *number,
                            const char *code,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  static const guint8 any_nonce[BM_NONCE_LEN] = { 0 };
  g_autoptr (GTask) task = NULL;
  g_autofree char *path = NULL;
  Question *question;

  g_return_if_fail (BM_IS_SYNC_ENGINE (self));
  g_return_if_fail (number != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, bm_sync_engine_track_async);
  path = bm_track_path (number, code, any_nonce);
  if (path == NULL)
    {
      g_task_return_new_error (task, BM_ERROR, BM_ERROR_INVALID, "track: not from a slip");
      return;
    }
  question = g_new0 (Question, 1);
  question->number = g_strdup (number);
  question->code = g_strdup (code);
  g_task_set_task_data (task, question, question_free);
  g_main_context_invoke_full (self->context, G_PRIORITY_DEFAULT, on_ask, g_steal_pointer (&task),
                              g_object_unref);
}

/**
 * bm_sync_engine_track_finish:
 * @self: a sync engine
 * @result: what @callback got
 * @error: %BM_ERROR_UNREACHABLE: no line, or nobody answered in time; %BM_ERROR_CORRUPT,
 *   %BM_ERROR_INVALID: not the platform's word; %BM_ERROR_REFUSED: the platform does not work with
 *   this station; %BM_ERROR_BUSY; %BM_ERROR_INVALID also for a number or code of no slip
 *
 * Returns: (transfer full): the platform's proven answer, or %NULL
 */
BmTrackAnswer *
bm_sync_engine_track_finish (BmSyncEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BM_IS_SYNC_ENGINE (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
