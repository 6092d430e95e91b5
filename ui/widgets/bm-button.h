/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/style/tokens.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum
{
  BM_BUTTON_INLINE, /* picture and label side by side, centred */
  BM_BUTTON_TILE,   /* picture above the label */
  BM_BUTTON_ROW,    /* picture in a column of its own, label from the left */
} BmButtonShape;

/* What a button is made of. */
typedef struct
{
  const char *label;  /* \n where a phrase may break */
  const char *second; /* (nullable): the label in a second language, below it and smaller */
  const char *note;   /* (nullable): a second, quieter line */
  const char *icon;   /* (nullable) */
  const char *tint;   /* (nullable): the plot it lies on */
  const char *kind;   /* (nullable): "plain", "primary", "help" */
  const char *state;  /* (nullable): "normal", "chosen", "busy", "off" */
  BmButtonShape shape;
  BmType type;
  double icon_mm;
  double min_width_mm;
  double min_height_mm;
  gboolean is_icon_last; /* 下一步: the arrow stands after the word */
  gboolean is_tight;     /* its lines have no room to spare */
  BmRole icon_tint;
} BmButtonSpec;

#define BM_TYPE_BUTTON (bm_button_get_type ())
G_DECLARE_FINAL_TYPE (BmButton, bm_button, BM, BUTTON, GtkButton)

GtkWidget *bm_button_new (const BmMetrics *metrics, const BmButtonSpec *spec);

gboolean bm_button_is_off (BmButton *self);
const char *bm_button_get_name (BmButton *self);
void bm_button_set_label (BmButton *self, const char *label); /* of one without picture and note */
void bm_button_set_off (BmButton *self, gboolean is_off);

G_END_DECLS
