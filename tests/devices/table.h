/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/devices/capture/paper.h"

G_BEGIN_DECLS

/* A table with papers on it, as a camera over it sees them: drawn with rays, and not with what is being tested. */

typedef struct
{
  double x; /* where its middle is, in widths of the picture from the middle */
  double y;
  double width; /* in widths of the picture; it is as long as A4 */
  double turn;  /* degrees, clockwise */
  double lean; /* how much nearer its lower end is than its middle: 0 is seen from straight above */
  guint8 grey; /* of the paper itself */
} BmSheet;

typedef struct
{
  guint width;
  guint height;
  guint8 table[3];
  guint grain; /* how far the wood goes up and down */
  guint noise;
  double blur; /* points */
  double lamp; /* of its light on the first paper, in widths of the paper; 0: none */
} BmTable;

void bm_table_draw (const BmTable *table, const BmSheet *sheets, guint n, BmPoints *to);
/* Where a sheet's corners came to lie, clockwise from its own top left. */
void bm_table_find_corners (const BmTable *table,
                            const BmSheet *sheet,
                            BmSpot ret_corners[BM_PAPER_CORNERS]);

G_END_DECLS
