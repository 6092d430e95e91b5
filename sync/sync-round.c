/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/sync-engine-private.h"

#include "core/error.h"

#include <string.h>

/*
 * One round: look at the ledger, say hello when it is due (sync-hello.c), keep the air full (sync-pump.c), fetch
 * messages. Everything asynchronous, in the engine's context; each callback owns a reference. The inbox call is in the air
 * like a batch: what is recorded meanwhile flies beside it.
 *
 * Invariant: only what bm_reply_open() returned is the platform's word (invariant 6); status codes
 * choose between kinds of trouble and nothing else.
 */

#define INBOX_MAX_BYTES        (256 * 1024)
#define THRIFTY_MAX_BYTES      (8 * 1024)
#define STATUS_TIMEOUT         408
#define STATUS_TOO_MANY        429
#define STATUS_BAD_GATEWAY     502
#define STATUS_UNAVAILABLE     503
#define STATUS_GATEWAY_TIMEOUT 504
#define STATUS_SIGN_IN         511

void
bm_sync_failure_clear (BmSyncFailure *self)
{
  g_clear_pointer (&self->reason, g_free);
}

/* The ledger did not answer a question or take an answer: nothing is lost, try again later. */
gboolean
bm_sync_engine_check_local (BmSyncEngine *self, gboolean is_done)
{
  if (!is_done || !self->is_running)
    {
      bm_sync_engine_fail_round (self, bm_sync_engine_get_link (self), "", 0);
      return FALSE;
    }
  return TRUE;
}

/* Requests and replies */

void
bm_sync_engine_send (BmSyncEngine *self,
                     const char *path,
                     const char *content_type,
                     GBytes *body,
                     GAsyncReadyCallback callback)
{
  self->sent_ms = bm_clock_get_boot_ms (self->clock);
  bm_transport_send_async (self->transport, path, content_type, body, self->cancellable, callback,
                           g_object_ref (self));
}

static gboolean
is_portal_status (guint status)
{
  return (status >= 200 && status < 400) || status == STATUS_SIGN_IN;
}

/* What a proxy says when the platform behind it is busy, slow or gone. */
static gboolean
is_vague_status (guint status)
{
  return status == STATUS_TIMEOUT || status == STATUS_TOO_MANY || status == STATUS_BAD_GATEWAY ||
         status == STATUS_UNAVAILABLE || status == STATUS_GATEWAY_TIMEOUT;
}

static void
judge_unproven (const BmTransportReply *reply, BmSyncFailure *failure)
{
  failure->retry_after_ms = reply->retry_after_ms;
  if (!bm_reply_looks_like_one (reply->body) && is_portal_status (reply->status))
    {
      failure->trouble = BM_LINK_PORTAL;
      return;
    }
  failure->trouble = BM_LINK_PLATFORM_DOWN;
  if (reply->retry_after_ms > 0 || reply->status < 400)
    return;
  failure->is_vague = is_vague_status (reply->status);
  failure->is_content = !failure->is_vague;
}

/* A no to these bytes, not to this station. */
static gboolean
is_about_content (const char *code)
{
  static const char *const codes[] = { "bad-request", "unknown-blob", "bad-chunk", NULL };

  return code != NULL && g_strv_contains (codes, code);
}

/* A proven answer that we cannot read, or that says no. */
static void
judge_proven (const BmReply *reply, BmSyncFailure *failure)
{
  failure->trouble = BM_LINK_PLATFORM_DOWN;
  failure->is_content = TRUE;
  if (reply == NULL)
    return;
  failure->retry_after_ms = reply->retry_after_ms;
  if (is_about_content (reply->refused_code))
    return;
  failure->trouble = BM_LINK_REFUSED;
  failure->is_content = FALSE;
  failure->reason = g_strdup (reply->refused_reason);
}

static BmReply *
open_reply (BmSyncEngine *self,
            const BmTransportReply *raw,
            const guint8 nonce[BM_NONCE_LEN],
            BmCall call,
            BmSyncFailure *failure)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmReply) reply = NULL;

  reply = bm_reply_open (raw->body, nonce, call, bm_enrolment_get_kiosk (self->enrolment),
                         bm_enrolment_get_platform_key (self->enrolment), &error);
  if (reply != NULL && reply->refused_code == NULL)
    return g_steal_pointer (&reply);
  if (reply != NULL && g_str_equal (reply->refused_code, "revoked"))
    bm_sync_engine_note_revoked (self);
  if (reply != NULL || !g_error_matches (error, BM_ERROR, BM_ERROR_CORRUPT))
    judge_proven (reply, failure);
  else
    judge_unproven (raw, failure);
  return NULL;
}

BmReply *
bm_sync_engine_receive (BmSyncEngine *self,
                        GAsyncResult *result,
                        const guint8 nonce[BM_NONCE_LEN],
                        BmCall call,
                        BmSyncFailure *ret_failure)
{
  g_autoptr (BmTransportReply) raw = NULL;
  g_autoptr (BmReply) reply = NULL;

  raw = bm_transport_send_finish (self->transport, result, &ret_failure->trouble, NULL);
  if (raw == NULL)
    {
      ret_failure->is_vague = ret_failure->trouble == BM_LINK_PLATFORM_DOWN;
      return NULL;
    }
  reply = open_reply (self, raw, nonce, call, ret_failure);
  if (reply != NULL)
    bm_sync_engine_note_contact (self, reply);
  return g_steal_pointer (&reply);
}

/* Messages without entries */

static void
end_fetching (BmSyncEngine *self)
{
  self->is_fetching = FALSE;
  self->is_taking = FALSE;
  bm_sync_engine_pump (self);
}

static void
on_inbox_applied (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BmSyncEngine) self = data;
  g_autoptr (BmReply) reply = g_steal_pointer (&self->reply);
  BmSyncFailure local = { .trouble = bm_sync_engine_get_link (self) };

  if (bm_outbox_apply_finish (self->outbox, result, NULL))
    {
      bm_sync_engine_note_messages (self, reply->messages, reply->bad_messages);
      self->wants_inbox |= reply->has_more && reply->cursor > self->outbox_status.cursor;
      self->outbox_status.cursor = MAX (self->outbox_status.cursor, reply->cursor);
    }
  else
    bm_sync_engine_note_failure (self, &local);
  end_fetching (self);
}

static void
on_inbox_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BmSyncEngine) self = data;
  g_auto (BmSyncFailure) failure = { 0 };
  BmOutboxReply applied = { 0 };
  BmReply *reply;

  g_clear_pointer (&self->reply, bm_reply_free);
  self->reply = reply = bm_sync_engine_receive (self, result, self->nonce, BM_CALL_INBOX, &failure);
  if (reply == NULL)
    {
      bm_sync_engine_note_failure (self, &failure);
      end_fetching (self);
      return;
    }
  self->wants_inbox = FALSE;
  if (reply->messages->len == 0 && reply->cursor <= self->outbox_status.cursor)
    {
      bm_sync_engine_note_messages (self, reply->messages, reply->bad_messages);
      end_fetching (self);
      return;
    }
  applied.messages = reply->messages;
  applied.asked = self->outbox_status.cursor;
  applied.cursor = reply->cursor;
  bm_outbox_apply_async (self->outbox, &applied, on_inbox_applied, g_object_ref (self));
}

void
bm_sync_engine_take_inbox (BmSyncEngine *self)
{
  g_autofree char *path = NULL;

  self->is_fetching = TRUE;
  self->is_taking = TRUE;
  bm_random_bytes (self->nonce, sizeof self->nonce);
  path = bm_inbox_path (self->outbox_status.cursor,
                        self->is_thrifty ? THRIFTY_MAX_BYTES : INBOX_MAX_BYTES, self->nonce);
  bm_sync_engine_send (self, path, NULL, NULL, on_inbox_answered);
}

/* The round */

static void
on_status (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BmSyncEngine) self = data;
  g_autofree BmOutboxStatus *status = bm_outbox_get_status_finish (self->outbox, result, NULL);

  if (!bm_sync_engine_check_local (self, status != NULL))
    return;
  if (status->epoch != self->outbox_status.epoch)
    {
      bm_sync_engine_forget_suspects (self);
      self->needs_hello =
        TRUE; /* a new one is named first of all: that is when the platform calls somebody */
    }
  self->outbox_status = *status;
  self->status_ms = bm_clock_get_boot_ms (self->clock);
  self->lane = BM_LANE_WAITING;
  self->has_blobs = TRUE;
  /* While the platform asks for a pause the pump comes back when it is over. */
  self->is_pumping =
    bm_backoff_is_forbidden (&self->backoff) || !bm_sync_engine_is_hello_due (self);
  if (self->is_pumping)
    bm_sync_engine_pump (self);
  else
    bm_sync_engine_say_hello (self);
}

void
bm_sync_engine_begin_round (BmSyncEngine *self)
{
  self->is_again = FALSE;
  self->is_pumping = FALSE;
  bm_outbox_get_status_async (self->outbox, on_status, g_object_ref (self));
}
