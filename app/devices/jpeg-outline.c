/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-devices"

#include "app/devices/jpeg-outline.h"

#include "core/error.h"

#include <string.h>

/*
 * The outline of a JPEG, without looking into the picture: the one frame with its sides, tables, one scan, and the end
 * where the bytes end. Whoever opens it later meets no size that was not judged here, and nothing rides along: no place,
 * time or machine (APP1 and the others), no comment, no second picture behind the end.
 */

enum
{
  SOF0 = 0xc0,
  DHT = 0xc4,
  RST0 = 0xd0,
  RST7 = 0xd7,
  SOI = 0xd8,
  EOI = 0xd9,
  SOS = 0xda,
  DQT = 0xdb,
  DRI = 0xdd,
  APP0 = 0xe0,
};

#define MIN_FRAME 8 /* with its length, without its components */

static gboolean
fail (GError **error, const char *what)
{
  g_set_error (error, BM_ERROR, BM_ERROR_CORRUPT, "a picture %s", what);
  return FALSE;
}

static guint
get_u16 (const guint8 *data)
{
  return (guint) data[0] << 8 | data[1];
}

static gboolean
check_frame (const guint8 *body, gsize len, guint max_side, GError **error)
{
  guint height, width;

  if (len < MIN_FRAME)
    return fail (error, "has half a frame");
  height = get_u16 (body + 3);
  width = get_u16 (body + 5);
  if (width == 0 || height == 0 || width > max_side || height > max_side)
    return fail (error, "is larger than it may be");
  return TRUE;
}

/* The picture itself: up to the end of all, which is the only mark that may stand in it besides the restarts. */
static gboolean
check_scan (const guint8 *data, gsize len, GError **error)
{
  for (gsize i = 0; i + 1 < len; i++)
    {
      guint mark = data[i + 1];

      if (data[i] != 0xff)
        continue;
      if (mark == EOI)
        return i + 2 == len || fail (error, "goes on behind its end");
      if (mark != 0 && (mark < RST0 || mark > RST7))
        return fail (error, "has more than one scan");
      i++;
    }
  return fail (error, "has no end");
}

static gboolean
is_allowed (guint mark, const guint8 *body, gsize len)
{
  if (mark == APP0)
    return len >= 7 && memcmp (body + 2, "JFIF", 5) == 0;
  return mark == SOF0 || mark == DHT || mark == DQT || mark == DRI || mark == SOS;
}

/**
 * bm_jpeg_check_outline:
 * @data: bytes
 * @len: how many
 * @max_side: most pixels of a side
 * @error: return location for %BM_ERROR_CORRUPT
 *
 * Returns: whether it is one plain JPEG of at most that size and nothing besides
 */
gboolean
bm_jpeg_check_outline (const guint8 *data, gsize len, guint max_side, GError **error)
{
  gboolean has_frame = FALSE;
  gsize at = 2;

  g_return_val_if_fail (data != NULL || len == 0, FALSE);

  if (len < 4 || data[0] != 0xff || data[1] != SOI)
    return fail (error, "does not begin as one");
  while (len - at >= 4 && data[at] == 0xff)
    {
      guint mark = data[at + 1];
      gsize size = get_u16 (data + at + 2);
      const guint8 *body = data + at + 2;

      if (size < 2 || size > len - at - 2)
        return fail (error, "has a part that is longer than the whole");
      if (!is_allowed (mark, body, size) || (mark == SOF0 && has_frame))
        return fail (error, "has a part that does not belong into it");
      if (mark == SOF0 && !check_frame (body, size, max_side, error))
        return FALSE;
      has_frame = has_frame || mark == SOF0;
      at += 2 + size;
      if (mark == SOS)
        return has_frame ? check_scan (data + at, len - at, error) : fail (error, "has no frame");
    }
  return fail (error, "has nothing to see");
}
