/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/strokes/strokes.h"

G_BEGIN_DECLS

struct _BmStrokes
{
  guint width;
  guint height;
  GArray *points; /* of BmStrokePoint */
  GArray *starts; /* of guint: where in points each stroke begins */
  gsize bytes;    /* of the encoding */
};

#define BM_STROKES_HEAD_LEN 11
#define BM_STROKE_HEAD_LEN  2

/* Bytes of a point behind @before (NULL: the first of all). */
gsize bm_strokes_cost (const BmStrokePoint *before, const BmStrokePoint *point);

G_END_DECLS
