/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-strokes"

#include "core/crypto/crypto.h"
#include "core/error.h"
#include "core/strokes/strokes-private.h"

#include <string.h>

/*
 * Strokes as bytes; the format is in strokes.h. What is read comes from a face or from a sheet in the ledger: nothing is
 * believed, and what is taken has one encoding, so that reading and writing give the same bytes again.
 */

#define MAGIC     "BMST"
#define MAGIC_LEN 4

/* 28 bits: more than the difference of any two coordinates. */
#define MAX_LEB_LEN 4

typedef struct
{
  const guint8 *at;
  const guint8 *end;
} Reader;

static guint32
zigzag (gint32 value)
{
  return ((guint32) value << 1) ^ (guint32) (value < 0 ? -1 : 0);
}

static gint32
unzigzag (guint32 value)
{
  return (gint32) (value >> 1) ^ -(gint32) (value & 1);
}

static gsize
get_leb_len (guint32 value)
{
  gsize len = 1;

  while ((value >>= 7) > 0)
    len++;
  return len;
}

gsize
bm_strokes_cost (const BmStrokePoint *before, const BmStrokePoint *point)
{
  static const BmStrokePoint origin = { 0, 0, 0 };
  const BmStrokePoint *from = before != NULL ? before : &origin;

  return get_leb_len (zigzag (point->x - from->x)) + get_leb_len (zigzag (point->y - from->y)) +
         get_leb_len (point->t - from->t);
}

/* Writing */

static guint8 *
put_u16 (guint8 *at, guint value)
{
  *at++ = (guint8) (value >> 8);
  *at++ = (guint8) value;
  return at;
}

static guint8 *
put_leb (guint8 *at, guint32 value)
{
  for (; value >= 0x80; value >>= 7)
    *at++ = (guint8) (value | 0x80);
  *at++ = (guint8) value;
  return at;
}

static guint8 *
put_all (const BmStrokes *self, guint8 *at)
{
  BmStrokePoint before = { 0, 0, 0 };

  memcpy (at, MAGIC, MAGIC_LEN);
  at[MAGIC_LEN] = BM_STROKES_VERSION;
  at = put_u16 (at + MAGIC_LEN + 1, self->width);
  at = put_u16 (at, self->height);
  at = put_u16 (at, self->starts->len);
  for (guint i = 0; i < self->starts->len; i++)
    {
      guint n;
      const BmStrokePoint *points = bm_strokes_get (self, i, &n);

      at = put_u16 (at, n);
      for (guint k = 0; k < n; k++)
        {
          at = put_leb (at, zigzag (points[k].x - before.x));
          at = put_leb (at, zigzag (points[k].y - before.y));
          at = put_leb (at, points[k].t - before.t);
          before = points[k];
        }
    }
  return at;
}

typedef struct
{
  gsize len;
  guint8 data[];
} Room;

static void
free_room (gpointer data)
{
  Room *room = data;

  bm_wipe (room->data, room->len);
  g_free (room);
}

/**
 * bm_strokes_to_bytes:
 * @self: strokes
 *
 * Returns: (transfer full): their encoding; its memory is overwritten when it is freed
 */
GBytes *
bm_strokes_to_bytes (const BmStrokes *self)
{
  Room *room;
  guint8 *end;

  g_return_val_if_fail (self != NULL, NULL);

  room = g_malloc (sizeof *room + self->bytes);
  room->len = self->bytes;
  end = put_all (self, room->data);
  g_assert (end == room->data + room->len);
  return g_bytes_new_with_free_func (room->data, room->len, free_room, room);
}

/* Reading */

static gboolean
get_u16 (Reader *reader, guint *ret_value)
{
  if (reader->end - reader->at < 2)
    return FALSE;
  *ret_value = (guint) reader->at[0] << 8 | reader->at[1];
  reader->at += 2;
  return TRUE;
}

/* FALSE also for a form that is longer than it has to be. */
static gboolean
get_leb (Reader *reader, guint32 *ret_value)
{
  guint32 value = 0;

  for (guint i = 0; i < MAX_LEB_LEN && reader->at < reader->end; i++)
    {
      const guint8 byte = *reader->at++;

      value |= (guint32) (byte & 0x7f) << (7 * i);
      if (byte & 0x80)
        continue;
      *ret_value = value;
      return i == 0 || byte != 0;
    }
  return FALSE;
}

static gboolean
get_point (Reader *reader, BmStrokePoint *point)
{
  guint32 x, y, t;

  if (!get_leb (reader, &x) || !get_leb (reader, &y) || !get_leb (reader, &t))
    return FALSE;
  point->x += unzigzag (x);
  point->y += unzigzag (y);
  point->t += t;
  return TRUE;
}

static gboolean
refuse (GError **error, gint code, const char *what)
{
  g_set_error (error, BM_ERROR, code, "strokes: %s", what);
  return FALSE;
}

/* @point: the one before, and after it the last of this stroke. */
static gboolean
get_stroke (Reader *reader, BmStrokes *self, BmStrokePoint *point, GError **error)
{
  guint n;

  if (!get_u16 (reader, &n) || n == 0)
    return refuse (error, BM_ERROR_INVALID, "a stroke has no point");
  for (guint k = 0; k < n; k++)
    {
      if (!get_point (reader, point))
        return refuse (error, BM_ERROR_INVALID, "a point is torn");
      if (!(k == 0 ? bm_strokes_begin (self, *point) : bm_strokes_go_on (self, *point)))
        return refuse (error, BM_ERROR_LIMIT, "too many, too far or too long");
    }
  return TRUE;
}

static BmStrokes *
get_head (Reader *reader, guint *ret_n, GError **error)
{
  guint width, height;

  if (reader->end - reader->at < BM_STROKES_HEAD_LEN || memcmp (reader->at, MAGIC, MAGIC_LEN) != 0)
    {
      (void) refuse (error, BM_ERROR_INVALID, "these are none"); /* the NULL says so */
      return NULL;
    }
  if (reader->at[MAGIC_LEN] != BM_STROKES_VERSION)
    {
      (void) refuse (error, BM_ERROR_UNSUPPORTED, "of another version"); /* the same */
      return NULL;
    }
  reader->at += MAGIC_LEN + 1;
  if (!get_u16 (reader, &width) || !get_u16 (reader, &height) || !get_u16 (reader, ret_n))
    g_return_val_if_reached (NULL);
  return bm_strokes_new (width, height);
}

/**
 * bm_strokes_from_bytes:
 * @data: bytes from anywhere
 * @len: how many
 * @error: %BM_ERROR_INVALID, %BM_ERROR_LIMIT, %BM_ERROR_UNSUPPORTED
 *
 * Returns: (transfer full) (nullable): the strokes
 */
BmStrokes *
bm_strokes_from_bytes (const guint8 *data, gsize len, GError **error)
{
  g_autoptr (BmStrokes) self = NULL;
  Reader reader = { data, data + len };
  BmStrokePoint point = { 0, 0, 0 };
  guint n;

  g_return_val_if_fail (data != NULL, NULL);

  if (len > BM_STROKES_MAX_BYTES)
    {
      (void) refuse (error, BM_ERROR_LIMIT, "too many bytes"); /* the NULL says so */
      return NULL;
    }
  self = get_head (&reader, &n, error);
  if (self == NULL)
    return NULL;
  for (guint i = 0; i < n; i++)
    if (!get_stroke (&reader, self, &point, error))
      return NULL;
  if (reader.at != reader.end)
    {
      (void) refuse (error, BM_ERROR_INVALID, "something follows them"); /* the same */
      return NULL;
    }
  return g_steal_pointer (&self);
}

/**
 * bm_strokes_to_text:
 * @self: strokes
 *
 * Returns: (transfer full): their bytes in base64, for bm_wipe_string()
 */
char *
bm_strokes_to_text (const BmStrokes *self)
{
  g_autoptr (GBytes) bytes = bm_strokes_to_bytes (self);

  return g_base64_encode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/**
 * bm_strokes_parse:
 * @text: base64 from anywhere
 * @error: as of bm_strokes_from_bytes()
 *
 * Returns: (transfer full) (nullable): the strokes
 */
BmStrokes *
bm_strokes_parse (const char *text, GError **error)
{
  g_autofree guint8 *data = NULL;
  BmStrokes *self;
  gsize len = 0;

  g_return_val_if_fail (text != NULL, NULL);

  if (strnlen (text, BM_STROKES_MAX_TEXT + 1) > BM_STROKES_MAX_TEXT)
    {
      (void) refuse (error, BM_ERROR_LIMIT, "too much text"); /* the NULL says so */
      return NULL;
    }
  data = g_base64_decode (text, &len);
  self = bm_strokes_from_bytes (data, len, error);
  bm_wipe (data, len);
  return self;
}
