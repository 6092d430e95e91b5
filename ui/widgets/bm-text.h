/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/style/tokens.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define BM_TEXT_BOX 0x25A1

GtkWidget *bm_text_new (const char *text, BmType type);
GtkWidget *bm_text_new_question (const char *text, BmType type);
GtkWidget *bm_text_new_strong (const char *text, BmType type);
void bm_text_set (GtkWidget *label, const char *text);

gboolean bm_text_has_box (GtkWidget *label);
gboolean bm_text_is_narrow (const char *text);
void bm_text_keep_letters (GtkWidget *label, guint most);
void bm_text_keep_words (GtkWidget *label, guint most);

char *bm_text_on_one_line (const char *text) G_GNUC_WARN_UNUSED_RESULT;
char *bm_text_in_halves (const char *text);
char *bm_text_on_two_lines (const char *text) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
