/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/station/station.h"

G_BEGIN_DECLS

/**
 * BmControl:
 *
 * Answers what an operator asks over the socket "ctl".
 */
typedef struct _BmControl BmControl;

BmControl *bm_control_new (BmStation *station) G_GNUC_WARN_UNUSED_RESULT;
void bm_control_free (BmControl *self);

G_END_DECLS
