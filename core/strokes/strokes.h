/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * What a finger wrote: strokes of points, with the whole motion and its times. Lengths are in 1/100 mm from the upper
 * left corner of the field, whatever the screen; times in milliseconds since the first point. As bytes, version 1
 * (media type BM_STROKES_MIME), integers big endian:
 *
 *   "BMST" | version u8 = 1 | width u16 | height u16 of the field | strokes u16 | stroke …
 *   stroke   points u16, at least 1 | point …
 *   point    zigzag (x - x before) | zigzag (y - y before) | t - t before
 *
 * each of the three a LEB128 in its shortest form; before the first point of all stand 0, 0 and 0. A point may lie outside
 * the field (the finger went over its edge). Nothing follows the last stroke; there is one encoding of the same strokes.
 * On the bus and in models the bytes are base64 with padding.
 */

#define BM_STROKES_MIME       "application/x-bianmin-strokes"
#define BM_STROKES_VERSION    1
#define BM_STROKES_MAX        400
#define BM_STROKES_MAX_POINTS 10000
#define BM_STROKES_MAX_BYTES  46080
#define BM_STROKES_MAX_TEXT   61440 /* base64 of that */
#define BM_STROKES_MAX_MS     600000
#define BM_STROKES_MAX_AWAY   100000 /* 1 m */
#define BM_STROKES_MAX_FIELD  65535
#define BM_STROKES_MAX_THIN   1536 /* bytes of a drawing on a page or a sheet */

typedef struct
{
  gint32 x;
  gint32 y;
  guint32 t;
} BmStrokePoint;

typedef struct _BmStrokes BmStrokes;

BmStrokes *bm_strokes_new (guint width, guint height) G_GNUC_WARN_UNUSED_RESULT;
void bm_strokes_free (BmStrokes *self); /* wipes */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmStrokes, bm_strokes_free)

/* FALSE when that is more than strokes may be; nothing is added then. */
gboolean bm_strokes_begin (BmStrokes *self, BmStrokePoint point);
gboolean bm_strokes_go_on (BmStrokes *self, BmStrokePoint point);
void bm_strokes_drop_last (BmStrokes *self); /* the last stroke */

guint bm_strokes_get_width (const BmStrokes *self);
guint bm_strokes_get_height (const BmStrokes *self);
guint bm_strokes_count (const BmStrokes *self);
const BmStrokePoint *
bm_strokes_get (const BmStrokes *self, guint index, guint *ret_n); /* (transfer none) */
/* Of the last stroke: how far it goes, in 1/100 mm. */
guint bm_strokes_reach_of_last (const BmStrokes *self);
/* FALSE: there is nothing. */
gboolean bm_strokes_get_box (const BmStrokes *self, BmStrokePoint *ret_from, BmStrokePoint *ret_to);
/* Whether somebody wrote or drew something; a dot, or a touch by mistake, is not enough. */
gboolean bm_strokes_is_enough (const BmStrokes *self);
/* The shape alone, without times and without points that add nothing to it, for a page or a sheet. */
BmStrokes *bm_strokes_thin (const BmStrokes *self) G_GNUC_WARN_UNUSED_RESULT;

GBytes *bm_strokes_to_bytes (const BmStrokes *self); /* wiped when it is freed */
/* BM_ERROR_INVALID, BM_ERROR_LIMIT, BM_ERROR_UNSUPPORTED */
BmStrokes *
bm_strokes_from_bytes (const guint8 *data, gsize len, GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *bm_strokes_to_text (const BmStrokes *self);
BmStrokes *bm_strokes_parse (const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
