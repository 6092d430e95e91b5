/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/pages/model.h"
#include "ui/speech/speech.h"
#include "ui/style/tokens.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define BM_TYPE_SHELL (bm_shell_get_type ())
G_DECLARE_FINAL_TYPE (BmShell, bm_shell, BM, SHELL, GtkWindow)

/* Signal "intent" (const char *json): what the person did, after assets/schema/intent.json. */
BmShell *bm_shell_new (double pitch, int width, int height);

void bm_shell_set_speech (BmShell *self, BmSpeech *speech);
void bm_shell_set_hold (BmShell *self, guint ms);
void bm_shell_set_distance (BmShell *self, double mm);

void bm_shell_show_page (BmShell *self, json_t *model);
void bm_shell_release (BmShell *self); /* what was sent will not be answered: take touches again */
gboolean bm_shell_owes_paint (BmShell *self); /* an act was taken and does not look so yet */
void bm_shell_wipe (BmShell *self);

json_t *bm_shell_get_model (BmShell *self);
guint bm_shell_get_part (BmShell *self);
guint bm_shell_count_parts (BmShell *self);
void bm_shell_set_part (BmShell *self, guint part);
GtkWidget *bm_shell_get_page (BmShell *self);
const BmMetrics *bm_shell_get_metrics (BmShell *self);

cairo_surface_t *bm_shell_draw (BmShell *self) G_GNUC_WARN_UNUSED_RESULT;
gboolean bm_shell_shoot (BmShell *self, const char *path, GError **error);

G_END_DECLS
