/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <jansson.h>
#include <pango/pango.h>

G_BEGIN_DECLS

/* A last line of fewer hanzi than this looks lost, and is read as if it were another sentence. */
#define BM_BREAK_LEAST_LAST 3

/* So many names a page may have. */
#define BM_BREAK_MOST_NAMES 8

void bm_break_take_names (json_t *list);
PangoAttrList *bm_break_new_attributes (const char *text);
double bm_break_width_em (const char *text);

G_END_DECLS
