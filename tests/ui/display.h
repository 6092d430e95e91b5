/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Starts an X server of its own without a screen, on a free display, and sets DISPLAY. */
gboolean bm_test_display_start (void);
void bm_test_display_stop (void);

G_END_DECLS
