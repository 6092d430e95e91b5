/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-sql.h"

/*
 * A held entry is tried daily by itself (invariant 5). After a person looked, it need not wait that
 * long. The entry stays HELD until an answer says otherwise; only its waiting ends.
 */

typedef struct
{
  BmStore *self;
  char *number; /* "": every held entry */
  gint64 count;
} RetryCall;

static void
retry_call_free (RetryCall *call)
{
  g_free (call->number);
  g_free (call);
}

static gboolean
retry_body (BmStore *self, gpointer data, GError **error)
{
  RetryCall *call = data;
  g_autoptr (BmStatement) statement = bm_sql_borrow (
    self,
    "UPDATE entry SET not_before_ms = 0 WHERE state <> 1 AND state = 3 AND (?1 = '' OR EXISTS "
    "(SELECT 1 FROM cases WHERE cases.epoch = entry.epoch AND "
    "cases.seq = entry.seq AND cases.id = ?2 AND cases.number = ?1 AND "
    "audience = 0))",
    error);

  if (statement == NULL)
    return FALSE;
  bm_sql_bind_text (statement, 1, call->number);
  bm_sql_bind_int (statement, 2, bm_store_case_id (call->number));
  if (!bm_sql_step (self, statement, NULL, error))
    return FALSE;
  call->count = sqlite3_changes64 (self->db);
  return TRUE;
}

static gpointer
retry_on_worker (gpointer data, GError **error)
{
  RetryCall *call = data;

  if (!bm_store_transact_draining (call->self, retry_body, call, error))
    return NULL;
  if (call->count > 0)
    bm_store_tell_pending (call->self);
  return g_memdup2 (&call->count, sizeof call->count);
}

/**
 * bm_store_retry_async:
 * @self: an open store
 * @number: (nullable): a case's number; %NULL or "" for everything held
 * @callback: called with the result
 * @user_data: for @callback
 *
 * Ends the waiting of what was set aside.
 */
void
bm_store_retry_async (BmStore *self,
                      const char *number,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  RetryCall *call;

  g_return_if_fail (BM_IS_STORE (self));

  call = g_new0 (RetryCall, 1);
  call->self = self;
  call->number = g_strdup (number != NULL ? number : "");
  bm_store_run (self, retry_on_worker, call, (GDestroyNotify) retry_call_free, g_free, callback,
                user_data);
}

/**
 * bm_store_retry_finish:
 * @self: the store
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: how many entries are tried again; -1 on an error
 */
gint64
bm_store_retry_finish (BmStore *self, GAsyncResult *result, GError **error)
{
  g_autofree gint64 *count = NULL;

  g_return_val_if_fail (BM_IS_STORE (self), -1);

  count = bm_worker_run_finish (result, error);
  return count != NULL ? *count : -1;
}
