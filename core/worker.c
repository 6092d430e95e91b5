/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-worker"

#include "core/worker.h"

/*
 * One named thread with one GMainContext (design §6). It is the only place of the product that starts
 * a thread. What runs on a worker is therefore single-threaded by construction: the store's one
 * connection, one printer, one card reader, the sync engine.
 *
 * Invariants:
 *  W1  Functions given to one worker run one after the other, in the order they were given.
 *  W2  A function that was accepted runs, also when the caller lost interest: durable writes are never
 *      cancelled half-way (the task's return is unaffected by cancellation).
 *  W3  The callback runs in the main context that was the caller's thread default.
 *  W4  bm_worker_stop() first runs what was accepted, then ends the thread.
 */

struct _BmWorker
{
  GObject parent_instance;

  char *name;
  GMainContext *context;
  GMainLoop *loop;
  GThread *thread;
};

G_DEFINE_FINAL_TYPE (BmWorker, bm_worker, G_TYPE_OBJECT)

typedef struct
{
  BmWorkerFunc func;
  gpointer data;
  GDestroyNotify data_free;
  GDestroyNotify result_free;
} Job;

static void
job_free (Job *job)
{
  if (job->data_free != NULL)
    job->data_free (job->data);
  g_free (job);
}

static gpointer
run_thread (gpointer data)
{
  BmWorker *self = data;

  g_main_context_push_thread_default (self->context);
  g_main_loop_run (self->loop);
  while (g_main_context_iteration (self->context, FALSE))
    continue;
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

static gboolean
on_job_dispatched (gpointer data)
{
  GTask *task = data;
  Job *job = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  gpointer result;

  result = job->func (job->data, &error);
  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, result, job->result_free);
  return G_SOURCE_REMOVE;
}

static gboolean
on_stop_dispatched (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_REMOVE;
}

static void
bm_worker_finalize (GObject *object)
{
  BmWorker *self = BM_WORKER (object);

  bm_worker_stop (self);
  g_clear_pointer (&self->loop, g_main_loop_unref);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_pointer (&self->name, g_free);

  G_OBJECT_CLASS (bm_worker_parent_class)->finalize (object);
}

static void
bm_worker_class_init (BmWorkerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bm_worker_finalize;
}

static void
bm_worker_init (BmWorker *self)
{
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
}

/**
 * bm_worker_new:
 * @name: the thread's name, at most 15 bytes so that the kernel shows all of it
 *
 * Starts a thread that waits for work.
 *
 * Returns: (transfer full): the worker
 */
BmWorker *
bm_worker_new (const char *name)
{
  BmWorker *self;

  g_return_val_if_fail (name != NULL && strlen (name) <= 15, NULL);

  self = g_object_new (BM_TYPE_WORKER, NULL);
  self->name = g_strdup (name);
  self->thread = g_thread_new (name, run_thread, self);
  return self;
}

const char *
bm_worker_get_name (BmWorker *self)
{
  g_return_val_if_fail (BM_IS_WORKER (self), NULL);

  return self->name;
}

/**
 * bm_worker_get_context:
 * @self: a worker
 *
 * Returns: (transfer none): the main context that is the thread default on the worker's thread
 */
GMainContext *
bm_worker_get_context (BmWorker *self)
{
  g_return_val_if_fail (BM_IS_WORKER (self), NULL);

  return self->context;
}

/**
 * bm_worker_is_current:
 * @self: a worker
 *
 * The "worker assert" of functions that may only run on @self's thread.
 *
 * Returns: whether the caller is on @self's thread
 */
gboolean
bm_worker_is_current (BmWorker *self)
{
  g_return_val_if_fail (BM_IS_WORKER (self), FALSE);

  return self->thread == g_thread_self ();
}

/**
 * bm_worker_run_async:
 * @self: a worker that was not stopped
 * @func: what to do on the worker's thread
 * @data: (nullable): handed to @func
 * @data_free: (nullable): frees @data, on either thread
 * @result_free: (nullable): frees the result if nobody fetches it
 * @source_object: (nullable): the object the async result belongs to
 * @callback: (nullable): called in the caller's thread-default context
 * @user_data: for @callback
 *
 * Queues @func behind everything that was queued before (W1).
 */
void
bm_worker_run_async (BmWorker *self,
                     BmWorkerFunc func,
                     gpointer data,
                     GDestroyNotify data_free,
                     GDestroyNotify result_free,
                     gpointer source_object,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GSource) source = NULL;
  Job *job;

  g_return_if_fail (BM_IS_WORKER (self));
  g_return_if_fail (func != NULL);
  g_return_if_fail (self->thread != NULL);

  job = g_new0 (Job, 1);
  job->func = func;
  job->data = data;
  job->data_free = data_free;
  job->result_free = result_free;

  task = g_task_new (source_object, NULL, callback, user_data);
  g_task_set_source_tag (task, bm_worker_run_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);

  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_job_dispatched, g_steal_pointer (&task), g_object_unref);
  g_source_attach (source, self->context);
}

/**
 * bm_worker_run_finish:
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: (nullable) (transfer full): what the function returned
 */
gpointer
bm_worker_run_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (G_IS_TASK (result), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

typedef struct
{
  BmWorkerFunc func;
  gpointer data;
  gpointer result;
  GError *error;
  gboolean done;
  GMutex lock;
  GCond cond;
} SyncCall;

static gboolean
on_sync_dispatched (gpointer data)
{
  SyncCall *call = data;
  GError *error = NULL;
  gpointer result = call->func (call->data, &error);

  g_mutex_lock (&call->lock);
  call->result = result;
  call->error = error;
  call->done = TRUE;
  g_cond_signal (&call->cond);
  g_mutex_unlock (&call->lock);
  return G_SOURCE_REMOVE;
}

/**
 * bm_worker_run_sync:
 * @self: a worker
 * @func: what to do on the worker's thread
 * @data: (nullable): handed to @func
 * @error: return location for an error
 *
 * Runs @func on the worker and waits. Only for start and end of a program and for other workers; never
 * from a main loop that serves people.
 *
 * Returns: (nullable): what @func returned
 */
gpointer
bm_worker_run_sync (BmWorker *self, BmWorkerFunc func, gpointer data, GError **error)
{
  SyncCall call = { .func = func, .data = data };
  g_autoptr (GSource) source = NULL;

  g_return_val_if_fail (BM_IS_WORKER (self), NULL);
  g_return_val_if_fail (func != NULL, NULL);

  if (bm_worker_is_current (self))
    return func (data, error);

  g_mutex_init (&call.lock);
  g_cond_init (&call.cond);
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_sync_dispatched, &call, NULL);
  g_source_attach (source, self->context);

  g_mutex_lock (&call.lock);
  while (!call.done)
    g_cond_wait (&call.cond, &call.lock);
  g_mutex_unlock (&call.lock);
  g_mutex_clear (&call.lock);
  g_cond_clear (&call.cond);

  if (call.error != NULL)
    g_propagate_error (error, call.error);
  return call.result;
}

/**
 * bm_worker_stop:
 * @self: a worker
 *
 * Runs what was accepted, then ends and joins the thread (W4). A second call does nothing.
 */
void
bm_worker_stop (BmWorker *self)
{
  g_autoptr (GSource) source = NULL;
  GThread *thread;

  g_return_if_fail (BM_IS_WORKER (self));

  thread = g_steal_pointer (&self->thread);
  if (thread == NULL)
    return;
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_stop_dispatched, self->loop, NULL);
  g_source_attach (source, self->context);
  g_thread_join (thread);
}
