/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform"

#include "sync/platform/platform-calls-private.h"

#include "core/entry/number.h"
#include "core/error.h"
#include "sync/platform/platform-clock.h"
#include "sync/platform/platform-epochs.h"
#include "sync/platform/platform-hellos.h"
#include "sync/platform/platform-intake.h"
#include "sync/platform/platform-marks.h"
#include "sync/platform/platform-track.h"
#include "sync/platform/platform-words.h"

#include <string.h>

/*
 * Who may call: a certificate of our roots whose serial is not retired, of a station that is not
 * revoked. An expired one may only say hello, where it gets its renewal. Everybody else gets
 * a signed refusal, so that the station knows it is the platform that speaks.
 */

BmReply *
bm_platform_refuse (BmPlatform *self,
                    BmCall call,
                    guint32 kiosk,
                    const char *code,
                    const char *reason)
{
  BmReply *reply = bm_reply_new (call, kiosk, bm_platform_now (self));

  reply->refused_code = g_strdup (code);
  reply->refused_reason = g_strdup (reason);
  return reply;
}

BmPlatformStation *
bm_platform_admit (BmPlatform *self,
                   const BmPeer *peer,
                   BmCall call,
                   guint32 kiosk,
                   BmReply **ret_refusal)
{
  g_autoptr (BmPlatformStation) station =
    peer != NULL ? bm_platform_store_get_station (self->store, peer->kiosk, NULL) : NULL;

  if (station == NULL)
    *ret_refusal = bm_platform_refuse (self, call, kiosk, "unknown-kiosk", BM_WORDS_UNKNOWN_KIOSK);
  else if (station->kiosk != kiosk)
    *ret_refusal = bm_platform_refuse (self, call, kiosk, "bad-request", BM_WORDS_BAD_REQUEST);
  else if (station->is_revoked ||
           bm_platform_store_judge_certificate (self->store, kiosk, peer->serial, NULL) ==
             BM_CERTIFICATE_RETIRED)
    *ret_refusal = bm_platform_refuse (self, call, kiosk, "revoked", BM_WORDS_REVOKED);
  else if (call != BM_CALL_HELLO && peer->not_after_ms <= bm_platform_now (self))
    *ret_refusal = bm_platform_refuse (self, call, kiosk, "certificate-expired", BM_WORDS_EXPIRED);
  return *ret_refusal == NULL ? g_steal_pointer (&station) : NULL;
}

static void
add_head (BmReply *reply, guint64 epoch, const BmWatermark *mark)
{
  if (mark->upto == 0 || mark->signature == NULL)
    return;
  reply->has_head = TRUE;
  reply->head_epoch = epoch;
  reply->head_seq = mark->upto;
  memcpy (reply->head, mark->head, BM_SM3_LEN);
  reply->head_signature = g_bytes_ref (mark->signature);
}

/* A certificate of ours that this database does not know was issued after the backup that it is. */
static gboolean
remember_certificate (BmPlatform *self, const BmPeer *peer, GError **error)
{
  if (bm_platform_store_judge_certificate (self->store, peer->kiosk, peer->serial, error) !=
      BM_CERTIFICATE_UNKNOWN)
    return TRUE;
  return bm_platform_store_add_certificate (self->store, peer->kiosk, peer->serial,
                                            peer->not_after_ms, error) &&
         bm_platform_store_alarm (self->store, peer->kiosk, "unknown-certificate", peer->serial,
                                  bm_platform_now (self), error);
}

/* A request that is no good gets no certificate; the rest of the hello is answered all the same. */
static gboolean
renew (BmPlatform *self, const BmHello *hello, BmReply *reply, GError **error)
{
  g_autofree char *serial = NULL;
  g_autofree char *certificate = NULL;
  gint64 not_after_ms = 0;

  if (hello->csr == NULL)
    return TRUE;
  certificate = bm_platform_ca_sign (self->ca, hello->csr, hello->kiosk, bm_platform_now (self),
                                     &serial, &not_after_ms, NULL);
  if (certificate == NULL)
    return bm_platform_store_alarm (self->store, hello->kiosk, "bad-csr", "",
                                    bm_platform_now (self), error);
  reply->certificate = g_steal_pointer (&certificate);
  return bm_platform_store_add_certificate (self->store, hello->kiosk, serial, not_after_ms, error);
}

static BmReply *
answer_hello (BmPlatform *self, const BmHello *hello, GError **error)
{
  g_autoptr (BmReply) reply = bm_reply_new (BM_CALL_HELLO, hello->kiosk, bm_platform_now (self));
  g_autoptr (BmWatermark) mark =
    bm_platform_store_get_watermark (self->store, hello->kiosk, hello->epoch, error);

  if (mark == NULL)
    return NULL;
  reply->accept = hello->accept;
  reply->epoch = hello->epoch;
  reply->watermark = mark->highest;
  reply->inbox_head = bm_platform_store_get_inbox_head (self->store, hello->kiosk, NULL);
  reply->batch_bytes = BM_PLATFORM_BATCH_BYTES;
  reply->batch_items = BM_PLATFORM_BATCH_ITEMS;
  reply->splay_ms = BM_PLATFORM_SPLAY_MS;
  add_head (reply, hello->epoch, mark);
  if (!bm_platform_note_epoch (self, hello->kiosk, hello->epoch, error) ||
      !bm_platform_judge_disk (self, hello, mark, reply, error))
    return NULL;
  if (!bm_platform_note_clock (self, hello, error) || !bm_platform_note_bad (self, hello, error) ||
      !bm_platform_tell_held (self, hello, reply, error))
    return NULL;
  return renew (self, hello, reply, error) ? g_steal_pointer (&reply) : NULL;
}

BmReply *
bm_platform_hello (BmPlatform *self,
                   const BmPeer *peer,
                   GBytes *body,
                   guint8 ret_nonce[BM_NONCE_LEN],
                   GError **error)
{
  g_autoptr (BmHello) hello = bm_hello_decode (body, error);
  g_autoptr (BmReply) reply = NULL;
  g_autoptr (BmPlatformStation) station = NULL;

  if (hello == NULL)
    return NULL;
  memcpy (ret_nonce, hello->nonce, BM_NONCE_LEN);
  if (!bm_platform_store_begin (self->store, error))
    return NULL;
  station = bm_platform_admit (self, peer, BM_CALL_HELLO, hello->kiosk, &reply);
  if (station != NULL && remember_certificate (self, peer, error))
    reply = answer_hello (self, hello, error);
  if (station != NULL)
    bm_platform_note_hello (self, hello);
  if (!bm_platform_store_end (self->store, reply != NULL, error))
    return NULL;
  return g_steal_pointer (&reply);
}

/* Inside a transaction. */
static gboolean
add_messages (BmPlatform *self, BmReply *reply, gint64 after, gsize max_bytes, GError **error)
{
  GPtrArray *messages = bm_platform_store_list_messages (self->store, reply->kiosk, after,
                                                         MIN (max_bytes, BM_PLATFORM_INBOX_BYTES),
                                                         BM_PROTOCOL_MAX_MESSAGES, error);
  const BmMessage *last;

  if (messages == NULL)
    return FALSE;
  g_ptr_array_unref (reply->messages);
  reply->messages = messages;
  last = messages->len > 0 ? g_ptr_array_index (messages, messages->len - 1) : NULL;
  reply->cursor = last != NULL ? last->id : after;
  reply->has_more =
    bm_platform_store_get_inbox_head (self->store, reply->kiosk, NULL) > reply->cursor;
  return TRUE;
}

static BmPlatformStation *
admit_apart (BmPlatform *self,
             const BmPeer *peer,
             BmCall call,
             guint32 kiosk,
             BmReply **ret_refusal,
             GError **error)
{
  BmPlatformStation *station;

  if (!bm_platform_store_begin (self->store, error))
    return NULL;
  station = bm_platform_admit (self, peer, call, kiosk, ret_refusal);
  bm_platform_store_rollback (self->store); /* only read */
  return station;
}

static gboolean
is_signed_by (const BmPlatformStation *station, GBytes *body)
{
  g_autoptr (BmKey) key = bm_key_new_from_string (station->sign_key, NULL);

  return key != NULL && bm_batch_verify (body, key, NULL);
}

/* Takes @answers over. */
static BmReply *
answer_batch (BmPlatform *self, const BmBatchHeader *header, GPtrArray *answers, GError **error)
{
  g_autoptr (BmReply) reply = bm_reply_new (BM_CALL_BATCH, header->kiosk, bm_platform_now (self));
  g_autoptr (BmWatermark) mark = NULL;
  gboolean is_filled;

  reply->accept = header->accept;
  g_ptr_array_unref (reply->answers);
  reply->answers = answers;
  if (!bm_platform_store_begin (self->store, error))
    return NULL;
  mark = bm_platform_store_get_watermark (self->store, header->kiosk, header->epoch, error);
  is_filled =
    mark != NULL && add_messages (self, reply, header->cursor, BM_PLATFORM_INBOX_BYTES, error);
  bm_platform_store_rollback (self->store); /* only read */
  if (!is_filled)
    return NULL;
  add_head (reply, header->epoch, mark);
  return g_steal_pointer (&reply);
}

/* A demonstration of software that chokes on one entry and takes its neighbours down with it. */
static gboolean
is_choking (BmPlatform *self, GPtrArray *records, GError **error)
{
  guint poison = bm_platform_faults_get_poison (self->faults);
  guint32 counter = 0;

  for (guint i = 0; poison > 0 && i < records->len; i++)
    {
      BmEntryHeader header;

      if (!bm_record_parse (g_ptr_array_index (records, i), &header, NULL, NULL, NULL) ||
          !bm_number_split (header.number, NULL, NULL, NULL, &counter) || counter != poison)
        continue;
      g_set_error_literal (error, BM_ERROR, BM_ERROR_FAILED, "a switched fault: poison");
      return TRUE;
    }
  return FALSE;
}

BmReply *
bm_platform_batch (BmPlatform *self,
                   const BmPeer *peer,
                   GBytes *body,
                   guint8 ret_nonce[BM_NONCE_LEN],
                   GError **error)
{
  BmBatchHeader header;
  g_autoptr (GPtrArray) records = bm_batch_decode (body, &header, error);
  g_autoptr (BmReply) refusal = NULL;
  g_autoptr (BmPlatformStation) station = NULL;
  g_autoptr (GError) case_error = NULL;
  GPtrArray *answers;

  if (records == NULL)
    return NULL;
  memcpy (ret_nonce, header.nonce, BM_NONCE_LEN);
  station = admit_apart (self, peer, BM_CALL_BATCH, header.kiosk, &refusal, error);
  if (station == NULL)
    return g_steal_pointer (&refusal);
  if (!is_signed_by (station, body))
    return bm_platform_refuse (self, BM_CALL_BATCH, header.kiosk, "bad-signature",
                               BM_WORDS_BAD_SIGNATURE);
  if (is_choking (self, records, error))
    return NULL;
  answers = bm_platform_intake (self, station, &header, records);
  /* The entries are safe whatever becomes of the cases; the next turn tries them again. What comes in large
   * batches waits for that turn: decisions are slow, and the line would stand still for them. */
  if (records->len <= BM_CASES_AT_ONCE &&
      !bm_platform_advance_cases (self, BM_CASES_NEWEST, &case_error))
    g_message ("Cases wait: %s", case_error->message);
  return answer_batch (self, &header, answers, error);
}

BmReply *
bm_platform_inbox (BmPlatform *self,
                   const BmPeer *peer,
                   gint64 after,
                   gsize max_bytes,
                   GError **error)
{
  guint32 kiosk = peer != NULL ? peer->kiosk : 0;
  g_autoptr (BmReply) refusal = NULL;
  g_autoptr (BmPlatformStation) station =
    admit_apart (self, peer, BM_CALL_INBOX, kiosk, &refusal, error);
  g_autoptr (BmReply) reply = NULL;
  gboolean is_filled;

  if (station == NULL)
    return g_steal_pointer (&refusal);
  reply = bm_reply_new (BM_CALL_INBOX, kiosk, bm_platform_now (self));
  if (!bm_platform_store_begin (self->store, error))
    return NULL;
  is_filled = add_messages (self, reply, after, max_bytes, error);
  bm_platform_store_rollback (self->store); /* only read */
  return is_filled ? g_steal_pointer (&reply) : NULL;
}

BmReply *
bm_platform_answer_track (BmPlatform *self,
                          const BmPeer *peer,
                          const char *number,
                          const char *code,
                          GError **error)
{
  guint32 kiosk = peer != NULL ? peer->kiosk : 0;
  g_autoptr (BmReply) refusal = NULL;
  g_autoptr (BmPlatformStation) station =
    admit_apart (self, peer, BM_CALL_TRACK, kiosk, &refusal, error);
  BmReply *reply;
  const char *state;

  if (station == NULL)
    return g_steal_pointer (&refusal);
  state = bm_platform_track (self, number, *code != '\0' ? code : NULL);
  reply = bm_reply_new (BM_CALL_TRACK, kiosk, bm_platform_now (self));
  reply->is_found = state != NULL;
  reply->state = g_strdup (state);
  return reply;
}
