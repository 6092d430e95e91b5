/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/devices/capture/paper.h"

G_BEGIN_DECLS

/* The rough outline of the one white thing in a small plane. */

/* Clockwise, beginning anywhere. FALSE: there is none with four corners that lies whole and alone within. */
gboolean bm_outline_find (const BmPlane *plane, BmSpot ret_corners[BM_PAPER_CORNERS]);

G_END_DECLS
