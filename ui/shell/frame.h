/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/pages/acts.h"
#include "ui/pages/model.h"
#include "ui/style/tokens.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef void (*BmFrameFunc) (BmFrameAct act, gpointer user_data);

/* Everything a frame is made from. */
typedef struct
{
  BmMetrics metrics;
  json_t *model;
  int width;
  guint part;
  guint n_parts;
  gboolean is_speaking;   /* 停下 stands where 读给我听 was */
  gboolean is_voice_near; /* 声音 stands where 字大一点 was */
  gboolean can_lower;     /* the screen is so high that arms may not reach its upper part */
  BmFrameFunc act;
  gpointer user_data;
} BmFrame;

GtkWidget *bm_frame_new_top (const BmFrame *frame);
GtkWidget *bm_frame_new_bottom (const BmFrame *frame);
GtkWidget *bm_frame_new_tab (const BmFrame *frame);

/* Name of the one button that does it. */
const char *bm_frame_act_name (BmFrameAct act);

/* @frame says what the two buttons above are to be now. */
void bm_frame_set_slots (GtkWidget *top, const BmFrame *frame);
void bm_frame_set_clock (GtkWidget *top, json_t *model);

G_END_DECLS
