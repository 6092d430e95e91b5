/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-sql.h"

#include <jansson.h>

/*
 * Whether the centre works with this station, as it last proved to have said; and what is kept too
 * long. A revoked station opens no packs and takes entries as before (invariant 10).
 */

typedef struct
{
  BmStore *self;
  gboolean is_revoked;
} StandingCall;

static gboolean
write_standing (BmStore *self, gboolean is_revoked, GError **error)
{
  gint64 was_revoked;

  if (!bm_store_get_meta (self, "revoked", &was_revoked, error))
    return FALSE;
  if ((was_revoked != 0) == is_revoked)
    return TRUE;
  return bm_store_set_meta (self, "revoked", is_revoked, error) &&
         bm_store_alarm (self, is_revoked ? "revoked" : "unrevoked", "", error);
}

/* A message of kind "revocation", in its transaction: {"revoked":false} takes it back, anything else
 * revokes: when in doubt nothing is opened. */
gboolean
bm_store_note_revocation (BmStore *self, GBytes *body, GError **error)
{
  gsize len;
  const char *text = g_bytes_get_data (body, &len);
  json_t *object = json_loadb (text, len, JSON_REJECT_DUPLICATES, NULL);
  const gboolean is_revoked = !json_is_false (json_object_get (object, "revoked"));

  json_decref (object);
  return write_standing (self, is_revoked, error);
}

static gboolean
standing_body (BmStore *self, gpointer data, GError **error)
{
  return write_standing (self, ((StandingCall *) data)->is_revoked, error);
}

static gpointer
standing_on_worker (gpointer data, GError **error)
{
  StandingCall *call = data;

  return GINT_TO_POINTER (bm_store_transact_draining (call->self, standing_body, call, error));
}

/**
 * bm_store_note_standing_async:
 * @self: an open store
 * @is_revoked: what the platform proved to have said
 * @callback: (nullable): called when it is durable
 * @user_data: for @callback
 *
 * Remembers the station's standing over restarts.
 */
void
bm_store_note_standing_async (BmStore *self,
                              gboolean is_revoked,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  StandingCall *call;

  g_return_if_fail (BM_IS_STORE (self));

  call = g_new0 (StandingCall, 1);
  call->self = self;
  call->is_revoked = is_revoked;
  bm_store_run (self, standing_on_worker, call, g_free, NULL, callback, user_data);
}

/**
 * bm_store_note_standing_finish:
 * @self: the store
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: whether it is durable
 */
gboolean
bm_store_note_standing_finish (BmStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BM_IS_STORE (self), FALSE);

  return GPOINTER_TO_INT (bm_worker_run_finish (result, error));
}

static gboolean
sweep_body (BmStore *self, gpointer data, GError **error)
{
  return bm_store_packs_sweep (self, error) && bm_store_sweep_uses (self, error);
}

static gpointer
sweep_on_worker (gpointer data, GError **error)
{
  return GINT_TO_POINTER (bm_store_transact_draining (data, sweep_body, NULL, error) &&
                          bm_store_purge (data, NULL, error));
}

/**
 * bm_store_sweep_async:
 * @self: an open store
 * @callback: (nullable): called when it is durable
 * @user_data: for @callback
 *
 * Removes what is kept too long; opening the store does it too.
 */
void
bm_store_sweep_async (BmStore *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BM_IS_STORE (self));

  bm_store_run (self, sweep_on_worker, self, NULL, NULL, callback, user_data);
}

/**
 * bm_store_sweep_finish:
 * @self: the store
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: whether it is durable
 */
gboolean
bm_store_sweep_finish (BmStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BM_IS_STORE (self), FALSE);

  return GPOINTER_TO_INT (bm_worker_run_finish (result, error));
}
