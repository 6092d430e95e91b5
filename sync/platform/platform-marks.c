/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform"

#include "sync/platform/platform-marks.h"

#include "core/error.h"
#include "sync/platform/platform-store-marks.h"

/*
 * A platform that was restored from a backup, be it by a plain copy of the file, does not know it. Two
 * things tell: fewer entries than a station was answered for, or a station that is past our last message.
 *
 * Invariants:
 *  M1  What is lost is said with the ranges that are held, until it is here again: nothing is sent twice
 *      that is held, and nothing that is not is kept back.
 *  M2  After a loss, message ids and versions go on above every one that was ever given out, so that no
 *      station passes a new message by.
 *  M3  Counting is cheap (a column); ranges are walked only while something is missing.
 */

static gboolean
is_new_alarm (BmPlatform *self,
              guint32 kiosk,
              const char *detail,
              gboolean *ret_new,
              GError **error)
{
  gint64 before = bm_platform_store_count_alarms (self->store);

  if (!bm_platform_store_alarm (self->store, kiosk, "restored", detail, bm_platform_now (self),
                                error))
    return FALSE;
  *ret_new = *ret_new || bm_platform_store_count_alarms (self->store) != before;
  return TRUE;
}

static gboolean
tell_epoch (BmPlatform *self,
            guint32 kiosk,
            const BmSettledEpoch *settled,
            BmReply *reply,
            gboolean *ret_is_news,
            GError **error)
{
  g_autoptr (BmWatermark) mark =
    bm_platform_store_get_watermark (self->store, kiosk, settled->epoch, error);
  g_autofree char *detail = NULL;
  BmHeldEpoch *held;
  BmBackedUp backed_up = { settled->epoch, mark != NULL ? mark->backed_up : 0 };

  if (mark == NULL)
    return FALSE;
  held = g_new0 (BmHeldEpoch, 1);
  held->epoch = settled->epoch;
  held->count = mark->held;
  g_ptr_array_add (reply->held, held);
  if (backed_up.upto > 0)
    g_array_append_val (reply->backed_up, backed_up);
  if (mark->held >= settled->count)
    return TRUE;
  held->ranges = bm_platform_store_list_ranges (self->store, kiosk, settled->epoch,
                                                BM_PROTOCOL_MAX_RANGES, error);
  detail = g_strdup_printf ("epoch %016" G_GINT64_MODIFIER "x: %" G_GUINT64_FORMAT
                            " entries of %" G_GUINT64_FORMAT,
                            settled->epoch, mark->held, settled->count);
  return held->ranges != NULL && is_new_alarm (self, kiosk, detail, ret_is_news, error);
}

/* Gives @messages out anew, above what the station has read. */
static gboolean
post_again (BmPlatform *self, guint32 kiosk, GPtrArray *messages, GError **error)
{
  for (guint i = 0; i < messages->len; i++)
    {
      const BmMessage *message = g_ptr_array_index (messages, i);
      gint64 version =
        bm_platform_store_next_version (self->store, kiosk, message->kind, message->name, error);

      if (version == 0 ||
          !bm_platform_post_bytes (self, kiosk, message->kind, message->name, version,
                                   message->body, error) ||
          !bm_platform_store_drop_message (self->store, message->id, error))
        return FALSE;
    }
  return TRUE;
}

/* What the station may have passed by: everything between what it had read when this database last
 * knew and what it has read now. */
static gboolean
catch_up (BmPlatform *self, const BmHello *hello, const BmStationPlace *place, GError **error)
{
  g_autoptr (GPtrArray) messages =
    bm_platform_store_list_between (self->store, hello->kiosk, place->cursor, hello->cursor, error);

  return messages != NULL && post_again (self, hello->kiosk, messages, error) &&
         bm_platform_store_forget_packs (self->store, hello->kiosk, error);
}

static gboolean
keep_place (BmPlatform *self, const BmHello *hello, gboolean is_news, GError **error)
{
  gint64 now_ms = bm_platform_now (self);
  gint64 last = bm_platform_store_get_last_message_id (self->store, error);
  BmStationPlace place;

  if (hello->cursor > last)
    {
      g_autofree char *detail =
        g_strdup_printf ("message %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT, hello->cursor, last);

      if (!is_new_alarm (self, hello->kiosk, detail, &is_news, error))
        return FALSE;
    }
  if (is_news &&
      !bm_platform_store_begin_generation (self->store, hello->cursor + 1, now_ms, error))
    return FALSE;
  if (!bm_platform_store_get_place (self->store, hello->kiosk, &place, error))
    return FALSE;
  if (place.generation < place.current && !catch_up (self, hello, &place, error))
    return FALSE;
  return bm_platform_store_set_place (self->store, hello->kiosk, hello->cursor, place.current,
                                      now_ms, error);
}

gboolean
bm_platform_tell_held (BmPlatform *self, const BmHello *hello, BmReply *reply, GError **error)
{
  gboolean is_news = FALSE;

  g_return_val_if_fail (self != NULL && hello != NULL && reply != NULL, FALSE);

  for (guint i = 0; i < hello->settled->len; i++)
    if (!tell_epoch (self, hello->kiosk, &g_array_index (hello->settled, BmSettledEpoch, i), reply,
                     &is_news, error))
      return FALSE;
  return keep_place (self, hello, is_news, error);
}

gboolean
bm_platform_note_bad (BmPlatform *self, const BmHello *hello, GError **error)
{
  gint64 now_ms;

  g_return_val_if_fail (self != NULL && hello != NULL, FALSE);

  now_ms = bm_platform_now (self);
  for (guint i = 0; i < hello->bad->len; i++)
    {
      const BmHelloBad *item = g_ptr_array_index (hello->bad, i);
      g_autofree char *detail = g_strdup_printf ("%s %s %" G_GINT64_FORMAT ": %s", item->kind,
                                                 item->name, item->version, item->code);

      if (!bm_platform_store_note_bad (self->store, hello->kiosk, item, now_ms, error) ||
          !bm_platform_store_alarm (self->store, hello->kiosk, "bad-item", detail, now_ms, error))
        return FALSE;
    }
  return TRUE;
}

static GBytes *
find_newest (BmPlatform *self, guint32 kiosk, const char *kind, const char *name, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  GBytes *body = bm_platform_store_get_newest_body (self->store, kiosk, kind, name, &local_error);

  if (body != NULL)
    return body;
  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  else
    g_set_error (error, BM_ERROR, BM_ERROR_NOT_FOUND,
                 "There is no message \"%s\" \"%s\" for that station", kind, name);
  return NULL;
}

gboolean
bm_platform_send_again (BmPlatform *self,
                        guint32 kiosk,
                        const char *kind,
                        const char *name,
                        GError **error)
{
  g_autoptr (GBytes) body = NULL;
  gint64 version;

  g_return_val_if_fail (self != NULL && kind != NULL && name != NULL, FALSE);

  body = find_newest (self, kiosk, kind, name, error);
  if (body == NULL)
    return FALSE;
  version = bm_platform_store_next_version (self->store, kiosk, kind, name, error);
  return version != 0 && bm_platform_post_bytes (self, kiosk, kind, name, version, body, error) &&
         bm_platform_store_note_sent_again (self->store, kiosk, kind, name, version, error);
}
