/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-devices"

#include "app/devices/opus-outline.h"

#include "core/error.h"

#include <string.h>

/*
 * The pages of an Ogg stream (RFC 3533), without opening what is in them: each stands right behind the one before, all
 * are of one stream, the first begins with the head of Opus (RFC 7845), the last says that it is the last.
 */

#define HEAD        27 /* of a page, before its table of segments */
#define RATE        48000
#define FLAG_FIRST  2
#define FLAG_LAST   4
#define NO_POSITION G_MAXUINT64

typedef struct
{
  guint8 flags;
  guint64 position;
  guint32 serial;
  guint32 number;
  const guint8 *body;
  gsize body_len;
  gsize len;
} OggPage;

static guint64
get_le (const guint8 *data, guint n)
{
  guint64 value = 0;

  for (guint i = n; i > 0; i--)
    value = value << 8 | data[i - 1];
  return value;
}

static gboolean
read_page (const guint8 *data, gsize len, OggPage *page)
{
  gsize segments, body = 0;

  if (len < HEAD || memcmp (data, "OggS", 5) != 0) /* and its version, 0 */
    return FALSE;
  segments = data[HEAD - 1];
  if (len < HEAD + segments)
    return FALSE;
  for (gsize i = 0; i < segments; i++)
    body += data[HEAD + i];
  if (len - HEAD - segments < body)
    return FALSE;
  *page = (OggPage){ .flags = data[5],
                     .position = get_le (data + 6, 8),
                     .serial = (guint32) get_le (data + 14, 4),
                     .number = (guint32) get_le (data + 18, 4),
                     .body = data + HEAD + segments,
                     .body_len = body,
                     .len = HEAD + segments + body };
  return TRUE;
}

static gboolean
fail (GError **error, const char *what)
{
  g_set_error (error, BM_ERROR, BM_ERROR_CORRUPT, "what came of a microphone %s", what);
  return FALSE;
}

/**
 * bm_opus_check_outline:
 * @data: what is said to be a recording
 * @len: how much
 * @most: seconds
 * @error: return location for %BM_ERROR_CORRUPT
 *
 * Returns: whether it is one, and nothing else
 */
gboolean
bm_opus_check_outline (const guint8 *data, gsize len, guint most, GError **error)
{
  OggPage page = { 0 };
  guint32 serial = 0;
  gsize at = 0;

  g_return_val_if_fail (data != NULL || len == 0, FALSE);

  for (guint32 n = 0; n == 0 || at < len; n++)
    {
      if (!read_page (data + at, len - at, &page))
        return fail (error, "has no whole pages");
      if (n == 0)
        serial = page.serial;
      if (n == 0 && (page.body_len < 8 || memcmp (page.body, "OpusHead", 8) != 0))
        return fail (error, "is no sound");
      if (page.serial != serial || page.number != n ||
          ((page.flags & FLAG_FIRST) != 0) != (n == 0) ||
          ((page.flags & FLAG_LAST) != 0) != (at + page.len == len))
        return fail (error, "has pages of another order");
      if (page.position != NO_POSITION && page.position > (guint64) most * RATE + RATE)
        return fail (error, "is too long");
      at += page.len;
    }
  return TRUE;
}
