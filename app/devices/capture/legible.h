/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/devices/capture/points.h"
#include "core/ports/photo.h"

G_BEGIN_DECLS

/* Whether letters can be told from one another. Runs in bianmin-capture only. */

/* Larger is sharper, whatever is on it; less than nothing: there is too little on it to tell. */
double bm_legible_measure (const BmPoints *points);
/* Of a paper: OK, BLURRED or GLARE. @is_alone: no table is around it */
BmPhotoState bm_legible_judge (const BmPoints *points, gboolean is_alone);

G_END_DECLS
