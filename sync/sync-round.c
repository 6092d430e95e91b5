/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/sync-engine-private.h"

#include "config.h"
#include "core/error.h"
#include "sync/identity.h"
#include "sync/transport-curl.h"

#include <string.h>

/*
 * One round: look at the ledger, say hello when it is due, send entries (sync-batch.c), fetch
 * messages. Everything asynchronous, in the engine's context; each callback owns a reference.
 *
 * Invariant: only what bm_reply_open() returned is the platform's word (invariant 6); status codes
 * choose between kinds of trouble and nothing else.
 */

#define HELLO_EVERY_MS         (6 * 60 * 60 * G_GINT64_CONSTANT (1000))
#define INBOX_MAX_BYTES        (256 * 1024)
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

/* A proven answer that we cannot read, or that says no. */
static void
judge_proven (const BmReply *reply, BmSyncFailure *failure)
{
  failure->trouble = BM_LINK_PLATFORM_DOWN;
  failure->is_content = TRUE;
  if (reply == NULL)
    return;
  failure->retry_after_ms = reply->retry_after_ms;
  if (g_strcmp0 (reply->refused_code, "bad-request") == 0)
    return;
  failure->trouble = BM_LINK_REFUSED;
  failure->is_content = FALSE;
  failure->reason = g_strdup (reply->refused_reason);
}

static BmReply *
open_reply (BmSyncEngine *self, const BmTransportReply *raw, BmCall call, BmSyncFailure *failure)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmReply) reply = NULL;

  reply = bm_reply_open (raw->body, self->nonce, call, bm_enrolment_get_kiosk (self->enrolment),
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
  reply = open_reply (self, raw, call, ret_failure);
  if (reply != NULL)
    bm_sync_engine_note_contact (self, reply);
  return g_steal_pointer (&reply);
}

/* Renewal */

static gint64
get_floor_ms (BmSyncEngine *self)
{
  g_autoptr (BmSyncStatus) status = bm_sync_engine_dup_status (self);

  return MAX (MAX (bm_clock_get_wall_ms (self->clock), status->last_contact_ms),
              BM_TRANSPORT_BUILD_FLOOR_MS);
}

static char *
dup_renewal_request (BmSyncEngine *self)
{
  const char *certificate = bm_enrolment_get_client_certificate (self->enrolment);
  g_autofree char *name =
    g_strdup_printf ("bianmin-kiosk-%u", bm_enrolment_get_kiosk (self->enrolment));
  gboolean is_past = FALSE;

  if (!bm_certificate_is_past_half (certificate, get_floor_ms (self), &is_past, NULL) || !is_past)
    return NULL;
  if (self->renewal_key == NULL)
    self->renewal_key = bm_identity_new_key (NULL);
  return self->renewal_key != NULL ? bm_identity_new_request (self->renewal_key, name, NULL) : NULL;
}

/* A certificate that does not fit or cannot be stored is dropped: the old one still says hello. */
static void
take_renewal (BmSyncEngine *self, const char *certificate)
{
  g_autoptr (BmEnrolment) renewed = NULL;

  if (certificate == NULL || self->renewal_key == NULL)
    return;
  renewed = bm_enrolment_new_renewed (self->enrolment, certificate, self->renewal_key, NULL);
  if (renewed == NULL ||
      (self->keys_folder != NULL && !bm_enrolment_save (renewed, self->keys_folder, NULL)))
    return;
  bm_transport_set_identity (self->transport, certificate, self->renewal_key);
  bm_wipe_string (g_steal_pointer (&self->renewal_key));
  bm_enrolment_unref (self->enrolment);
  self->enrolment = g_steal_pointer (&renewed);
}

/* Hello */

static void
on_watermark_noted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BmSyncEngine) self = data;
  g_autoptr (BmReply) reply = g_steal_pointer (&self->reply);

  if (!bm_sync_engine_check_local (self,
                                   bm_outbox_note_watermark_finish (self->outbox, result, NULL)))
    return;
  if (reply->inbox_head > self->outbox_status.cursor)
    self->wants_inbox = TRUE;
  /* The ledger may have opened a new epoch just now: look again before anything is sent. */
  bm_sync_engine_begin_round (self);
}

static void
on_time_noted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BmSyncEngine) self = data;
  const BmReply *reply = self->reply;

  if (!bm_sync_engine_check_local (self, bm_outbox_note_time_finish (self->outbox, result, NULL)))
    {
      g_clear_pointer (&self->reply, bm_reply_free);
      return;
    }
  self->has_time = TRUE;
  bm_outbox_note_watermark_async (self->outbox, reply->epoch, reply->watermark, reply->next_label,
                                  reply->next_counter, on_watermark_noted, g_object_ref (self));
}

static void
take_limits (BmSyncEngine *self, const BmReply *reply)
{
  self->max_batch_bytes = reply->batch_bytes;
  self->batch_bytes = MIN (self->batch_bytes, self->max_batch_bytes);
  self->max_items = MIN (reply->batch_items, BM_SYNC_MAX_ITEMS);
  self->splay_ms = reply->splay_ms;
}

static void
on_hello_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BmSyncEngine) self = data;
  g_auto (BmSyncFailure) failure = { 0 };
  gint64 now_ms = bm_clock_get_boot_ms (self->clock);
  gint64 half_ms = (now_ms - self->sent_ms) / 2;

  g_clear_pointer (&self->reply, bm_reply_free);
  self->reply = bm_sync_engine_receive (self, result, BM_CALL_HELLO, &failure);
  if (self->reply == NULL)
    {
      bm_sync_engine_fail_round (self, failure.trouble, failure.reason, failure.retry_after_ms);
      return;
    }
  self->needs_hello = FALSE;
  self->hello_ms = now_ms;
  take_limits (self, self->reply);
  take_renewal (self, self->reply->certificate);
  bm_outbox_note_time_async (self->outbox, self->reply->server_ms, self->sent_ms + half_ms, half_ms,
                             on_time_noted, g_object_ref (self));
}

static void
say_hello (BmSyncEngine *self)
{
  const BmOutboxStatus *status = &self->outbox_status;
  g_autofree char *csr = dup_renewal_request (self);
  g_autoptr (GBytes) body = NULL;
  BmHello hello = {
    .kiosk = bm_enrolment_get_kiosk (self->enrolment),
    .epoch = status->epoch,
    .next_seq = status->next_seq,
    .cursor = status->cursor,
    .pending = status->pending,
    .boot_ms = bm_clock_get_boot_ms (self->clock),
    .wall_ms = bm_clock_get_wall_ms (self->clock),
    .clock_verified = self->has_time,
    .csr = csr,
    .version = (char *) BM_VERSION,
  };

  bm_random_bytes (self->nonce, sizeof self->nonce);
  memcpy (hello.nonce, self->nonce, sizeof hello.nonce);
  memcpy (hello.head, status->head, sizeof hello.head);
  bm_clock_get_boot_id (self->clock, hello.boot_id);
  body = bm_hello_encode (&hello);
  bm_sync_engine_send (self, BM_PATH_HELLO, BM_CONTENT_JSON, body, on_hello_answered);
}

/* Messages without entries */

static void
on_inbox_applied (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BmSyncEngine) self = data;
  g_autoptr (BmReply) reply = g_steal_pointer (&self->reply);

  if (!bm_sync_engine_check_local (self, bm_outbox_apply_finish (self->outbox, result, NULL)))
    return;
  bm_sync_engine_note_messages (self, reply->messages, reply->bad_messages);
  self->wants_inbox = reply->has_more && reply->cursor > self->outbox_status.cursor;
  if (self->wants_inbox || self->is_again)
    bm_sync_engine_begin_round (self);
  else
    bm_sync_engine_end_round (self);
}

static void
on_inbox_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BmSyncEngine) self = data;
  g_auto (BmSyncFailure) failure = { 0 };
  BmReply *reply;

  g_clear_pointer (&self->reply, bm_reply_free);
  self->reply = reply = bm_sync_engine_receive (self, result, BM_CALL_INBOX, &failure);
  if (reply == NULL)
    {
      bm_sync_engine_fail_round (self, failure.trouble, failure.reason, failure.retry_after_ms);
      return;
    }
  self->wants_inbox = FALSE;
  if (reply->messages->len == 0 && reply->cursor <= self->outbox_status.cursor)
    {
      bm_sync_engine_note_messages (self, reply->messages, reply->bad_messages);
      bm_sync_engine_end_round (self);
      return;
    }
  bm_outbox_apply_async (self->outbox,
                         &(BmOutboxReply){
                           .answers = reply->answers,
                           .messages = reply->messages,
                           .asked = self->outbox_status.cursor,
                           .cursor = reply->cursor,
                         },
                         on_inbox_applied, g_object_ref (self));
}

void
bm_sync_engine_take_inbox (BmSyncEngine *self)
{
  g_autofree char *path = NULL;

  bm_random_bytes (self->nonce, sizeof self->nonce);
  path = bm_inbox_path (self->outbox_status.cursor, INBOX_MAX_BYTES, self->nonce);
  bm_sync_engine_send (self, path, NULL, NULL, on_inbox_answered);
}

/* The round */

static gboolean
is_hello_due (BmSyncEngine *self)
{
  return self->needs_hello || bm_clock_get_boot_ms (self->clock) - self->hello_ms > HELLO_EVERY_MS;
}

static void
on_status (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BmSyncEngine) self = data;
  g_autofree BmOutboxStatus *status = bm_outbox_get_status_finish (self->outbox, result, NULL);

  if (!bm_sync_engine_check_local (self, status != NULL))
    return;
  if (status->epoch != self->outbox_status.epoch)
    bm_sync_engine_forget_suspects (self);
  self->outbox_status = *status;
  if (bm_backoff_is_forbidden (&self->backoff))
    {
      /* The platform asked for a pause in the middle of our work: come back when it is over. */
      self->is_again = TRUE;
      bm_sync_engine_end_round (self);
      return;
    }
  if (is_hello_due (self))
    say_hello (self);
  else
    bm_sync_engine_take_next (self);
}

void
bm_sync_engine_begin_round (BmSyncEngine *self)
{
  self->is_again = FALSE;
  bm_outbox_get_status_async (self->outbox, on_status, g_object_ref (self));
}
