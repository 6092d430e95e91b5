/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* For measuring: how long after a press, or after an intent, something was painted. */
void bm_timing_open (const char *path, GtkWidget *window);
void bm_timing_close (void);

void bm_timing_pressed (void); /* a finger, a key or a screen reader pressed something */
void bm_timing_asked (void);
void bm_timing_sounded (gint64 at);
void bm_timing_sent (void);           /* an intent left */
void bm_timing_came (const char *id); /* the model of the page that answers it is here */

G_END_DECLS
