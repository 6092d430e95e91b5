/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/pages/page.h"
#include "ui/shell/scan-rule.h"
#include "ui/shell/shell.h"

/* Shared by the files of the shell: shell.c (what it is), shell-acts.c (what a person does),
 * shell-keys.c (keys, and a scanner that types), shell-make.c (how a page is made). */

G_BEGIN_DECLS

struct _BmShell
{
  GtkWindow parent_instance;

  int width;
  int height;
  BmPage page;
  json_t *model;
  json_t *shown; /* the model as it is set: long lines taken apart */
  GArray *parts;
  guint part;
  BmKeypad *keypad;
  GtkCssProvider *css;
  GtkWidget *column;
  GtkWidget *top; /* (nullable) */
  GtkWidget *overlay;
  GtkWidget *holder;
  GtkWidget *tab;    /* (nullable) */
  GtkWidget *bottom; /* (nullable) */
  BmSpeech *speech;  /* (nullable) */
  gint64 active_at;
  gint64 acted_frame; /* the last frame before an act; -1: there was none */
  BmScanRule scan;
  guint scan_wait; /* source that ends a run of keys; 0: none is heard */
  guint pending;   /* source that gives up waiting for an answer; 0: none is awaited */
};

/* shell-acts.c */
void bm_shell_take_acts (BmShell *self);
void bm_shell_act_on_frame (BmFrameAct what, gpointer user_data);
void bm_shell_speak (BmShell *self);
void bm_shell_emit_intent (BmShell *self, const char *intent);

void bm_shell_act_on_scan (BmShell *self, const char *text);

/* shell-keys.c */
void bm_shell_take_keys (BmShell *self);
void bm_shell_forget_keys (BmShell *self);

/* shell-make.c */
void bm_shell_drop_page (BmShell *self);
void bm_shell_drop_frame (BmShell *self);
void bm_shell_set_page_model (BmShell *self);
void bm_shell_make_part (BmShell *self);
void bm_shell_make_page (BmShell *self, json_t *before);

G_END_DECLS
