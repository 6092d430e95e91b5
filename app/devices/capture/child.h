/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the programs have in common that touch a device for the station: bianmin-capture, bianmin-record. */

/* On memory, time and size; whoever this starts has the same. */
void bm_child_limit (void);
/* Whoever takes this over from here on can open no file and no socket any more. */
void bm_child_close_off (void);
/* @most bytes and one more at most, so that more is seen; -1: nothing can be read. */
gssize bm_child_read_file (const char *folder, const char *name, guint8 *buffer, gsize most);
/* What a file of a few digits says. */
int bm_child_read_number (const char *folder, const char *name, int otherwise, int most);
/* To whoever started this; FALSE: nobody is there any more. */
gboolean bm_child_tell (gconstpointer data, gsize len);

G_END_DECLS
