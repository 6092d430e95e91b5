/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/shell/shell.h"

G_BEGIN_DECLS

char **bm_test_list_models (void);
/* pseudo-languages.c: @how "rtl", "long", or NULL for as it stands */
void bm_test_disguise (json_t *model, const char *how);
json_t *bm_test_load_model (const char *name);
void bm_test_settle (BmShell *shell);
GPtrArray *bm_test_collect (GtkWidget *root, GType type);
GtkWidget *bm_test_find (GtkWidget *root, const char *name);

G_END_DECLS
