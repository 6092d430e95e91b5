/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-devices"

#include "app/devices/capture-reply.h"

#include "app/devices/jpeg-outline.h"
#include "core/error.h"

#include <string.h>

/*
 * What comes from the child that opened the picture is believed as little as the picture itself: both are held to their
 * lengths and to the outline of a plain JPEG before anything else has them.
 */

static const guint8 magic[] = { 'B', 'M', 'P', 'H', 1 };

static guint32
get_u32 (const guint8 *data)
{
  guint32 value;

  memcpy (&value, data, sizeof value);
  return GUINT32_FROM_BE (value);
}

static void
set_u32 (guint8 *data, gsize value)
{
  guint32 raw = GUINT32_TO_BE ((guint32) value);

  memcpy (data, &raw, sizeof raw);
}

/**
 * bm_capture_reply_write_head:
 * @ret_head: return location for what stands before the two pictures
 * @whole: bytes of the one
 * @small: bytes of the other
 */
void
bm_capture_reply_write_head (guint8 ret_head[BM_CAPTURE_HEAD], gsize whole, gsize small)
{
  memcpy (ret_head, magic, sizeof magic);
  set_u32 (ret_head + sizeof magic, whole);
  set_u32 (ret_head + sizeof magic + 4, small);
}

/**
 * bm_capture_reply_parse:
 * @data: all that came
 * @len: how much
 * @ret_reply: return location for where the two pictures are in it
 * @error: return location for %BM_ERROR_CORRUPT
 *
 * Returns: whether both are there, and nothing else
 */
gboolean
bm_capture_reply_parse (const guint8 *data, gsize len, BmCaptureReply *ret_reply, GError **error)
{
  gsize whole, small;

  g_return_val_if_fail (data != NULL || len == 0, FALSE);
  g_return_val_if_fail (ret_reply != NULL, FALSE);

  if (len < BM_CAPTURE_HEAD || memcmp (data, magic, sizeof magic) != 0)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_CORRUPT, "what came of a camera is no answer");
      return FALSE;
    }
  whole = get_u32 (data + sizeof magic);
  small = get_u32 (data + sizeof magic + 4);
  if (whole > BM_PHOTO_MAX_BYTES || small > BM_PHOTO_MAX_SMALL ||
      whole + small != len - BM_CAPTURE_HEAD)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_CORRUPT, "a camera's answer has another length");
      return FALSE;
    }
  *ret_reply = (BmCaptureReply){ .whole = data + BM_CAPTURE_HEAD,
                                 .whole_len = whole,
                                 .small = data + BM_CAPTURE_HEAD + whole,
                                 .small_len = small };
  return bm_jpeg_check_outline (ret_reply->whole, whole, BM_PHOTO_MAX_SIDE, error) &&
         bm_jpeg_check_outline (ret_reply->small, small, BM_PHOTO_MAX_SIDE, error);
}
