/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/devices/capture/points.h"

G_BEGIN_DECLS

/* Where one paper lies on a table, and the same paper as if it were seen from straight above. Runs in bianmin-capture only. */

#define BM_PAPER_CORNERS 4

typedef struct
{
  double x;
  double y;
} BmSpot;

/* Clockwise from top left. FALSE: there is none, there are more, or nobody can be sure. */
gboolean bm_paper_find (const BmPoints *points, BmSpot ret_corners[BM_PAPER_CORNERS]);
/* @most: of a side, in points */
void bm_paper_straighten (const BmPoints *from,
                          const BmSpot corners[BM_PAPER_CORNERS],
                          guint most,
                          BmPoints *to);

G_END_DECLS
