/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/shell/frame.h"
#include "ui/widgets/bm-button.h"

/* Shared by the two files of the frame: frame.c (above) and frame-bottom.c (below). */

G_BEGIN_DECLS

gboolean bm_frame_is_large (const BmFrame *frame);
GtkWidget *bm_frame_new_button (const BmFrame *frame, BmFrameAct act, BmButtonSpec spec);

G_END_DECLS
