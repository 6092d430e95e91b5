/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/sync-engine-private.h"

#include "config.h"
#include "sync/identity.h"
#include "sync/transport-curl.h"

#include <string.h>

/*
 * The hello: the first word of a round after start, after trouble and every few hours. It proves the line, compares the
 * clocks, renews the certificate, and compares what either side holds: a platform that was restored from a backup
 * says by its counts that it lost something, and gets it again.
 */

#define MUCH 200 /* rows that wait */
#define SPREAD_PARTS \
  10 /* a hello on a new connection is three round trips: a third of one between the first batches */
#define HELLO_EVERY_MS (6 * 60 * 60 * G_GINT64_CONSTANT (1000))

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
  g_autoptr (BmEnrolment) latest = NULL;

  if (certificate == NULL || self->renewal_key == NULL)
    return;
  /* The station may have written newer trust into the folder meanwhile. */
  if (self->keys_folder != NULL)
    latest = bm_enrolment_load (self->keys_folder, NULL);
  renewed = bm_enrolment_new_renewed (latest != NULL ? latest : self->enrolment, certificate,
                                      self->renewal_key, NULL);
  if (renewed == NULL ||
      (self->keys_folder != NULL && !bm_enrolment_save (renewed, self->keys_folder, NULL)))
    return;
  bm_transport_set_identity (self->transport, certificate, self->renewal_key);
  bm_wipe_string (g_steal_pointer (&self->renewal_key));
  bm_enrolment_unref (self->enrolment);
  self->enrolment = g_steal_pointer (&renewed);
}

/* What comes with it: time, watermark, what the platform holds and has a backup of */

/* The ledger did not take it: what was said is dropped, and said again after the next hello. */
static gboolean
is_noted (BmSyncEngine *self, gboolean is_done)
{
  if (bm_sync_engine_check_local (self, is_done))
    return TRUE;
  g_clear_pointer (&self->reply, bm_reply_free);
  return FALSE;
}

static void
end_hello (BmSyncEngine *self)
{
  g_autoptr (BmReply) reply = g_steal_pointer (&self->reply);

  if (reply->inbox_head > self->outbox_status.cursor)
    self->wants_inbox = TRUE;
  /* The ledger may have opened a new epoch just now: look again before anything is sent. */
  bm_sync_engine_begin_round (self);
}

static void
on_reported (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BmSyncEngine) self = data;

  if (is_noted (self, bm_outbox_note_reported_finish (self->outbox, result, NULL)))
    end_hello (self);
}

static void note_backups (BmSyncEngine *self);

static void
on_backup_noted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BmSyncEngine) self = data;

  if (is_noted (self, bm_outbox_note_backed_up_finish (self->outbox, result, NULL)))
    note_backups (self);
}

/* One after the other, then what the hello reported is reported. */
static void
note_backups (BmSyncEngine *self)
{
  const BmReply *reply = self->reply;

  if (reply->backed_up != NULL && self->n_noted < reply->backed_up->len)
    {
      const BmBackedUp *mark = &g_array_index (reply->backed_up, BmBackedUp, self->n_noted++);

      bm_outbox_note_backed_up_async (self->outbox, mark->epoch, mark->upto, on_backup_noted,
                                      g_object_ref (self));
    }
  else if (self->outbox_status.n_bad > 0)
    bm_outbox_note_reported_async (self->outbox, self->outbox_status.bad_upto, on_reported,
                                   g_object_ref (self));
  else
    end_hello (self);
}

static void
on_held_noted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BmSyncEngine) self = data;

  if (is_noted (self, bm_outbox_note_held_finish (self->outbox, result, NULL)))
    note_backups (self);
}

static GArray *
copy_held (GPtrArray *held)
{
  GArray *copy = bm_outbox_held_array_new ();

  for (guint i = 0; i < held->len; i++)
    {
      const BmHeldEpoch *from = g_ptr_array_index (held, i);
      BmOutboxHeld one = { .epoch = from->epoch, .count = from->count };

      for (guint j = 0; from->ranges != NULL && j < from->ranges->len; j++)
        {
          const BmSeqRange *range = &g_array_index (from->ranges, BmSeqRange, j);
          BmOutboxRange plain = { range->first, range->last };

          if (one.ranges == NULL)
            one.ranges = g_array_new (FALSE, FALSE, sizeof (BmOutboxRange));
          g_array_append_val (one.ranges, plain);
        }
      if (from->ranges != NULL && one.ranges == NULL)
        one.ranges = g_array_new (FALSE, FALSE, sizeof (BmOutboxRange)); /* it holds nothing */
      g_array_append_val (copy, one);
    }
  return copy;
}

static void
on_watermark_noted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BmSyncEngine) self = data;
  g_autoptr (GArray) held = NULL;

  if (!is_noted (self, bm_outbox_note_watermark_finish (self->outbox, result, NULL)))
    return;
  self->n_noted = 0;
  if (self->reply->held == NULL || self->reply->held->len == 0)
    {
      note_backups (self);
      return;
    }
  held = copy_held (self->reply->held);
  bm_outbox_note_held_async (self->outbox, held, on_held_noted, g_object_ref (self));
}

static void
on_time_noted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BmSyncEngine) self = data;
  const BmReply *reply = self->reply;

  if (!is_noted (self, bm_outbox_note_time_finish (self->outbox, result, NULL)))
    return;
  self->has_time = TRUE;
  bm_outbox_note_watermark_async (self->outbox, reply->epoch, reply->watermark, reply->next_label,
                                  reply->next_counter, on_watermark_noted, g_object_ref (self));
}

static void
take_limits (BmSyncEngine *self, const BmReply *reply)
{
  bm_pace_set_limits (&self->pace, reply->batch_bytes, MIN (reply->batch_items, BM_SYNC_MAX_ITEMS));
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
  self->reply = bm_sync_engine_receive (self, result, self->nonce, BM_CALL_HELLO, &failure);
  if (self->reply == NULL)
    {
      bm_sync_engine_fail_round (self, failure.trouble, failure.reason, failure.retry_after_ms);
      return;
    }
  self->needs_hello = FALSE;
  self->hello_ms = now_ms;
  self->spread_ms = half_ms * 2 / SPREAD_PARTS;
  g_array_set_size (self->blob_skip, 0);
  take_limits (self, self->reply);
  take_renewal (self, self->reply->certificate);
  self->anchor_server_ms = self->reply->server_ms;
  self->anchor_boot_ms = self->sent_ms + half_ms;
  self->anchor_uncertainty_ms = half_ms;
  bm_outbox_note_time_async (self->outbox, self->reply->server_ms, self->sent_ms + half_ms, half_ms,
                             on_time_noted, g_object_ref (self));
}

static GArray *
list_settled (const BmOutboxStatus *status)
{
  GArray *settled = g_array_new (FALSE, FALSE, sizeof (BmSettledEpoch));

  for (guint i = 0; i < status->n_settled; i++)
    {
      BmSettledEpoch one = { status->settled[i].epoch, status->settled[i].count };

      g_array_append_val (settled, one);
    }
  return settled;
}

static GPtrArray *
list_bad (const BmOutboxStatus *status)
{
  GPtrArray *bad = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_hello_bad_free);

  for (guint i = 0; i < status->n_bad; i++)
    {
      BmHelloBad *one = g_new0 (BmHelloBad, 1);

      one->kind = g_strdup (status->bad[i].kind);
      one->name = g_strdup (status->bad[i].name);
      one->version = status->bad[i].version;
      one->code = g_strdup (status->bad[i].code);
      g_ptr_array_add (bad, one);
    }
  return bad;
}

static void
on_warmed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BmSyncEngine) self = data;
  BmLinkTrouble unused;
  g_autoptr (BmTransportReply) reply =
    bm_transport_send_finish (self->transport, result, &unused,
                              NULL); /* an open connection is all */

  self->n_warming--;
  bm_sync_engine_pump (self);
}

/* Much waits: the other connections are opened while the hello is on the way, instead of after it, and three more for
 * residents who may come meanwhile. What is asked for is public and not looked at. */
static void
warm_up (BmSyncEngine *self)
{
  if (self->outbox_status.pending < MUCH)
    return;
  self->n_warming += self->pace.flights + BM_SYNC_SPARES;
  for (guint i = 0; i < self->pace.flights + BM_SYNC_SPARES; i++)
    bm_transport_send_async (self->transport, BM_PATH_CA, NULL, NULL, self->cancellable, on_warmed,
                             g_object_ref (self));
}

void
bm_sync_engine_say_hello (BmSyncEngine *self)
{
  const BmOutboxStatus *status = &self->outbox_status;
  g_autofree char *csr = dup_renewal_request (self);
  g_autoptr (GArray) settled = list_settled (status);
  g_autoptr (GPtrArray) bad = list_bad (status);
  g_autoptr (GBytes) body = NULL;
  BmHello hello = {
    .kiosk = bm_enrolment_get_kiosk (self->enrolment),
    .epoch = status->epoch,
    .next_seq = status->next_seq,
    .cursor = status->cursor,
    .pending = status->pending,
    .boot_ms = bm_clock_get_boot_ms (self->clock),
    .wall_ms = bm_clock_get_machine_ms (self->clock),
    .clock_verified = self->has_time,
    .has_anchor = self->anchor_server_ms > 0,
    .anchor_server_ms = self->anchor_server_ms,
    .anchor_boot_ms = self->anchor_boot_ms,
    .anchor_uncertainty_ms = self->anchor_uncertainty_ms,
    .csr = csr,
    .settled = settled,
    .bad = bad,
    .version = (char *) BM_VERSION,
  };

  bm_random_bytes (self->nonce, sizeof self->nonce);
  memcpy (hello.nonce, self->nonce, sizeof hello.nonce);
  memcpy (hello.head, status->head, sizeof hello.head);
  bm_clock_get_boot_id (self->clock, hello.boot_id);
  body = bm_hello_encode (&hello);
  bm_sync_engine_send (self, BM_PATH_HELLO, BM_CONTENT_JSON, body, on_hello_answered);
  warm_up (self);
}

gboolean
bm_sync_engine_is_hello_due (BmSyncEngine *self)
{
  return self->needs_hello || bm_clock_get_boot_ms (self->clock) - self->hello_ms > HELLO_EVERY_MS;
}
