/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store.h"

#include "app/store/store-private.h"

#include "core/error.h"

/*
 * BmStore, the object: it hands calls to the store worker and brings signals back.
 *
 * Everything that touches the database runs on the worker, one call after the other (worker W1), so
 * that one connection is enough and no call sees half of another. Results come back through the
 * caller's thread-default context, signals through the context in which the store was opened,
 * always after COMMIT.
 *
 * The owner closes the store before it drops its last reference: closing joins the worker, which a
 * reference that happens to die on the worker itself could not do.
 */

enum
{
  SIGNAL_CASE_CHANGED,
  SIGNAL_DOCUMENT_CHANGED,
  SIGNAL_TROUBLE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE_WITH_CODE (BmStore,
                               bm_store,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BM_TYPE_OUTBOX, bm_store_outbox_iface_init)
                                 G_IMPLEMENT_INTERFACE (BM_TYPE_PRINT_JOURNAL,
                                                        bm_store_journal_iface_init))

typedef enum
{
  NEWS_PENDING,
  NEWS_QUEUED,
  NEWS_CASE,
  NEWS_DOCUMENT,
  NEWS_TROUBLE,
} NewsKind;

typedef struct
{
  BmStore *self;
  NewsKind kind;
  BmPrintJob *job;
  char *text;
  GError *error;
} News;

static void
news_free (gpointer data)
{
  News *news = data;

  g_object_unref (news->self);
  g_clear_pointer (&news->job, bm_print_job_unref);
  g_free (news->text);
  g_clear_error (&news->error);
  g_free (news);
}

static gboolean
on_news (gpointer data)
{
  News *news = data;

  switch (news->kind)
    {
    case NEWS_PENDING:
      g_signal_emit_by_name (news->self, "pending");
      break;
    case NEWS_QUEUED:
      g_signal_emit_by_name (news->self, "queued", news->job);
      break;
    case NEWS_CASE:
      g_signal_emit (news->self, signals[SIGNAL_CASE_CHANGED], 0, news->text);
      break;
    case NEWS_DOCUMENT:
      g_signal_emit (news->self, signals[SIGNAL_DOCUMENT_CHANGED], 0, news->text);
      break;
    case NEWS_TROUBLE:
      g_signal_emit (news->self, signals[SIGNAL_TROUBLE], 0, news->error);
      break;
    default:
      g_assert_not_reached ();
    }
  return G_SOURCE_REMOVE;
}

static void
tell (BmStore *self, NewsKind kind, BmPrintJob *job, const char *text, const GError *error)
{
  g_autoptr (GSource) source = g_idle_source_new ();
  News *news = g_new0 (News, 1);

  news->self = g_object_ref (self);
  news->kind = kind;
  news->job = job != NULL ? bm_print_job_ref (job) : NULL;
  news->text = g_strdup (text);
  news->error = error != NULL ? g_error_copy (error) : NULL;
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_news, news, news_free);
  g_source_attach (source, self->home);
}

void
bm_store_tell_pending (BmStore *self)
{
  tell (self, NEWS_PENDING, NULL, NULL, NULL);
}

void
bm_store_tell_queued (BmStore *self, BmPrintJob *job)
{
  tell (self, NEWS_QUEUED, job, NULL, NULL);
}

void
bm_store_tell_case (BmStore *self, const char *number)
{
  tell (self, NEWS_CASE, NULL, number, NULL);
}

void
bm_store_tell_document (BmStore *self, const char *kind)
{
  tell (self, NEWS_DOCUMENT, NULL, kind, NULL);
}

void
bm_store_tell_trouble (BmStore *self, const GError *error)
{
  tell (self, NEWS_TROUBLE, NULL, NULL, error);
}

void
bm_store_run (BmStore *self,
              BmWorkerFunc func,
              gpointer data,
              GDestroyNotify data_free,
              GDestroyNotify result_free,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  if (self->is_closed)
    {
      if (data_free != NULL)
        data_free (data);
      g_task_report_new_error (self, callback, user_data, bm_store_run, BM_ERROR, BM_ERROR_FAILED,
                               "the ledger is closed");
      return;
    }
  bm_worker_run_async (self->worker, func, data, data_free, result_free, self, callback, user_data);
}

static void
bm_store_finalize (GObject *object)
{
  BmStore *self = BM_STORE (object);

  if (self->worker != NULL && !bm_worker_is_current (self->worker))
    bm_store_close (self);
  g_clear_object (&self->worker);
  g_clear_object (&self->slow_worker);
  g_clear_object (&self->clock);
  g_clear_pointer (&self->home, g_main_context_unref);
  g_clear_pointer (&self->terminal_key, bm_key_unref);
  g_clear_pointer (&self->local_key, bm_key_unref);
  g_clear_pointer (&self->chain_key, bm_key_unref);
  g_clear_pointer (&self->platform_seal_key, bm_key_unref);
  g_clear_pointer (&self->platform_sign_key, bm_key_unref);
  g_clear_pointer (&self->folder, g_free);
  g_clear_pointer (&self->village, g_free);
  g_clear_pointer (&self->qr_host, g_free);
  g_clear_pointer (&self->vfs, g_free);
  g_clear_pointer (&self->synchronous, g_free);
  g_clear_pointer (&self->fleeting, g_hash_table_unref);
  g_clear_pointer (&self->attempts, g_hash_table_unref);
  g_clear_pointer (&self->retention, g_hash_table_unref);
  g_clear_error (&self->stop);

  G_OBJECT_CLASS (bm_store_parent_class)->finalize (object);
}

static void
bm_store_class_init (BmStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bm_store_finalize;

  /**
   * BmStore::case-changed:
   * @self: the store
   * @number: the case's number
   *
   * Emitted when an answer or a result was stored for a case.
   */
  signals[SIGNAL_CASE_CHANGED] = g_signal_new ("case-changed", BM_TYPE_STORE, G_SIGNAL_RUN_LAST, 0,
                                               NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  /**
   * BmStore::document-changed:
   * @self: the store
   * @kind: "roster", "catalogue", …
   *
   * Emitted when a newer document came down and was stored.
   */
  signals[SIGNAL_DOCUMENT_CHANGED] =
    g_signal_new ("document-changed", BM_TYPE_STORE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_STRING);
  /**
   * BmStore::trouble:
   * @self: the store
   * @error: a fault of fate STOP
   *
   * Emitted when no new entry can be taken.
   */
  signals[SIGNAL_TROUBLE] = g_signal_new ("trouble", BM_TYPE_STORE, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
bm_store_init (BmStore *self)
{
  self->home = g_main_context_ref_thread_default ();
  self->lock_fd = -1;
  bm_store_journal_init (self);
}

static void
copy_setup (BmStore *self, const BmStoreSetup *setup, const BmStoreTuning *tuning)
{
  self->folder = g_strdup (setup->folder);
  self->village = g_strdup (setup->village);
  self->qr_host = g_strdup (setup->qr_host);
  self->terminal = setup->terminal;
  self->kiosk = setup->kiosk;
  self->terminal_key = bm_key_ref (setup->terminal_key);
  self->local_key = bm_key_ref (setup->local_key);
  self->chain_key = bm_key_ref (setup->chain_key);
  self->platform_seal_key = bm_key_ref (setup->platform_seal_key);
  self->platform_sign_key = bm_key_ref (setup->platform_sign_key);
  self->vfs = g_strdup (tuning->vfs);
  self->synchronous = g_strdup (tuning->synchronous != NULL ? tuning->synchronous : "FULL");
  self->ballast_bytes = tuning->ballast_bytes != 0 ? tuning->ballast_bytes : BM_STORE_BALLAST_BYTES;
  self->reserve_bytes = tuning->reserve_bytes != 0 ? tuning->reserve_bytes : BM_STORE_RESERVE_BYTES;
  self->max_pages = tuning->max_pages;
  self->run_length = tuning->run_length != 0 ? tuning->run_length : BM_STORE_RUN_LENGTH;
  self->idle_ms = tuning->idle_ms != 0 ? tuning->idle_ms : BM_STORE_IDLE_MS;
  /* Of a new ledger; an old one's come from its epoch row. */
  self->now.label = setup->epoch_label;
  self->now.next_counter = setup->counter_start;
}

static gpointer
start_on_worker (gpointer data, GError **error)
{
  return GINT_TO_POINTER (bm_store_start (data, error));
}

static gpointer
end_on_worker (gpointer data, GError **error)
{
  bm_store_end (data);
  return NULL;
}

BmStore *
bm_store_open_tuned (const BmStoreSetup *setup,
                     BmClock *clock,
                     const BmStoreTuning *tuning,
                     GError **error)
{
  g_autoptr (BmStore) self = NULL;

  g_return_val_if_fail (setup != NULL && setup->folder != NULL, NULL);
  g_return_val_if_fail (setup->village != NULL && setup->qr_host != NULL, NULL);
  g_return_val_if_fail (setup->terminal_key != NULL && setup->local_key != NULL, NULL);
  g_return_val_if_fail (setup->chain_key != NULL, NULL);
  g_return_val_if_fail (setup->platform_seal_key != NULL && setup->platform_sign_key != NULL, NULL);
  g_return_val_if_fail (BM_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (tuning->ballast_bytes <= 0 || tuning->ballast_bytes >= BM_STORE_MIN_BALLAST,
                        NULL);

  bm_crypto_init ();
  self = g_object_new (BM_TYPE_STORE, NULL);
  copy_setup (self, setup, tuning);
  self->clock = g_object_ref (clock);
  self->worker = bm_worker_new ("store");
  self->slow_worker = bm_worker_new ("slow-key");
  if (bm_worker_run_sync (self->worker, start_on_worker, self, error) == NULL)
    {
      bm_store_close (self);
      return NULL;
    }
  return g_steal_pointer (&self);
}

/**
 * bm_store_open:
 * @setup: what the ledger must know of the station; copied
 * @clock: the clock
 * @error: return location for an error
 *
 * Opens or creates the ledger, migrates it, checks it (design §6), and makes deferred entries and
 * PIN delays run again. BM_ERROR_BUSY: another process has it open. BM_ERROR_REFUSED: it belongs to
 * other keys. A fault in the chain does not keep it from opening: "trouble" is emitted, and commits
 * are refused.
 *
 * Returns: (transfer full): the store
 */
BmStore *
bm_store_open (const BmStoreSetup *setup, BmClock *clock, GError **error)
{
  const BmStoreTuning tuning = { 0 };

  return bm_store_open_tuned (setup, clock, &tuning, error);
}

/**
 * bm_store_close:
 * @self: a store
 *
 * Finishes what was accepted, moves the log into the database, and ends the worker. A second call
 * does nothing; calls after it get an error.
 */
void
bm_store_close (BmStore *self)
{
  g_return_if_fail (BM_IS_STORE (self));

  if (self->is_closed)
    return;
  self->is_closed = TRUE;
  (void) bm_worker_run_sync (self->worker, end_on_worker, self, NULL); /* reports nothing */
  bm_worker_stop (self->worker);
  bm_worker_stop (self->slow_worker); /* only the first one gives it work */
}

/**
 * bm_store_get_worker:
 * @self: a store
 *
 * The store's worker also does what is slow and must not run beside a commit, such as Argon2id.
 *
 * Returns: (transfer none): the worker
 */
BmWorker *
bm_store_get_worker (BmStore *self)
{
  g_return_val_if_fail (BM_IS_STORE (self), NULL);

  return self->worker;
}
