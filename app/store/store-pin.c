/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-sql.h"

#include "core/error.h"

#include <string.h>

/*
 * Failed PINs, counted on disk so that a restart does not forget them. The delay grows with every
 * failure and is 15 minutes from the fifth on; it runs on the boot clock, and after a restart of
 * the machine it starts again from its beginning.
 */

static const gint64 delays_ms[] = { 0, 1000, 5000, 15000, 60000, 15 * 60 * 1000 };

typedef struct
{
  BmStore *self;
  char *staff;
  gboolean was_right;
  gint64 wait_ms;
} PinCall;

static void
pin_call_free (PinCall *call)
{
  g_free (call->staff);
  g_free (call);
}

/* Delays that were running when the machine stopped run again, in full. */
gboolean
bm_store_pin_rearm (BmStore *self, GError **error)
{
  g_autoptr (BmStatement) statement =
    bm_sql_borrow (self,
                   "UPDATE pin SET boot_id = ?1, boot_ms = ?2 WHERE boot_id <> ?1 OR boot_ms > ?2",
                   error);
  guint8 boot_id[BM_BOOT_ID_LEN];

  if (statement == NULL)
    return FALSE;
  bm_clock_get_boot_id (self->clock, boot_id);
  bm_sql_bind_blob (statement, 1, boot_id, sizeof boot_id);
  bm_sql_bind_int (statement, 2, bm_clock_get_boot_ms (self->clock));
  return bm_sql_step (self, statement, NULL, error);
}

static gboolean
read_wait (BmStore *self,
           const char *staff,
           gint64 *ret_failures,
           gint64 *ret_wait_ms,
           GError **error)
{
  g_autoptr (BmStatement) row =
    bm_sql_borrow (self, "SELECT failures, boot_ms + delay_ms FROM pin WHERE staff = ?", error);
  gboolean has_row;

  if (row == NULL)
    return FALSE;
  bm_sql_bind_text (row, 1, staff);
  if (!bm_sql_step (self, row, &has_row, error))
    return FALSE;
  *ret_failures = has_row ? bm_sql_get_int (row, 0) : 0;
  *ret_wait_ms =
    has_row ? MAX (0, bm_sql_get_int (row, 1) - bm_clock_get_boot_ms (self->clock)) : 0;
  return TRUE;
}

static gboolean
forget_failures (BmStore *self, const char *staff, GError **error)
{
  g_autoptr (BmStatement) statement =
    bm_sql_borrow (self, "DELETE FROM pin WHERE staff = ?", error);

  if (statement == NULL)
    return FALSE;
  bm_sql_bind_text (statement, 1, staff);
  return bm_sql_step (self, statement, NULL, error);
}

static gboolean
note_pin_body (BmStore *self, gpointer data, GError **error)
{
  PinCall *call = data;
  g_autoptr (BmStatement) statement = NULL;
  guint8 boot_id[BM_BOOT_ID_LEN];
  gint64 failures;

  if (call->was_right)
    return forget_failures (self, call->staff, error);
  if (!read_wait (self, call->staff, &failures, &call->wait_ms, error))
    return FALSE;
  failures++;
  call->wait_ms = delays_ms[MIN (failures, (gint64) G_N_ELEMENTS (delays_ms) - 1)];
  statement = bm_sql_borrow (self,
                             "INSERT OR REPLACE INTO pin (staff, failures, boot_id, boot_ms, "
                             "delay_ms) VALUES (?, ?, ?, ?, ?)",
                             error);
  if (statement == NULL)
    return FALSE;
  bm_clock_get_boot_id (self->clock, boot_id);
  bm_sql_bind_text (statement, 1, call->staff);
  bm_sql_bind_int (statement, 2, failures);
  bm_sql_bind_blob (statement, 3, boot_id, sizeof boot_id);
  bm_sql_bind_int (statement, 4, bm_clock_get_boot_ms (self->clock));
  bm_sql_bind_int (statement, 5, call->wait_ms);
  return bm_sql_step (self, statement, NULL, error);
}

static gpointer
note_pin_on_worker (gpointer data, GError **error)
{
  PinCall *call = data;

  if (!bm_store_transact_draining (call->self, note_pin_body, call, error))
    return NULL;
  return g_memdup2 (&call->wait_ms, sizeof call->wait_ms);
}

static gpointer
pin_state_on_worker (gpointer data, GError **error)
{
  PinCall *call = data;
  gint64 failures;

  if (!read_wait (call->self, call->staff, &failures, &call->wait_ms, error))
    return NULL;
  return g_memdup2 (&call->wait_ms, sizeof call->wait_ms);
}

static PinCall *
pin_call_new (BmStore *self, const char *staff)
{
  PinCall *call = g_new0 (PinCall, 1);

  call->self = self;
  call->staff = g_strdup (staff);
  return call;
}

/**
 * bm_store_pin_state_async:
 * @self: an open store
 * @staff: staff id
 * @callback: called with the result
 * @user_data: for @callback
 *
 * Asks how long @staff has to wait before the next try.
 */
void
bm_store_pin_state_async (BmStore *self,
                          const char *staff,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_return_if_fail (BM_IS_STORE (self));
  g_return_if_fail (staff != NULL);

  bm_store_run (self, pin_state_on_worker, pin_call_new (self, staff),
                (GDestroyNotify) pin_call_free, g_free, callback, user_data);
}

/**
 * bm_store_note_pin_async:
 * @self: an open store
 * @staff: staff id
 * @was_right: whether the PIN was right
 * @callback: called with the result
 * @user_data: for @callback
 *
 * Counts a failure, or forgets all of them after a success.
 */
void
bm_store_note_pin_async (BmStore *self,
                         const char *staff,
                         gboolean was_right,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  PinCall *call;

  g_return_if_fail (BM_IS_STORE (self));
  g_return_if_fail (staff != NULL);

  call = pin_call_new (self, staff);
  call->was_right = was_right;
  bm_store_run (self, note_pin_on_worker, call, (GDestroyNotify) pin_call_free, g_free, callback,
                user_data);
}

/**
 * bm_store_pin_finish:
 * @self: the store
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: milliseconds to wait before the next try; -1 on an error, which means that nobody signs
 * in
 */
gint64
bm_store_pin_finish (BmStore *self, GAsyncResult *result, GError **error)
{
  g_autofree gint64 *wait_ms = NULL;

  g_return_val_if_fail (BM_IS_STORE (self), -1);

  wait_ms = bm_worker_run_finish (result, error);
  return wait_ms != NULL ? *wait_ms : -1;
}
