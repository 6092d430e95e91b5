/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/style/tokens.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define BM_KEYPAD_MAX 32

/* What is asked for, as in the model's "input". */
typedef struct
{
  const char *label;
  guint min;
  guint max;
  gboolean is_masked;
  gboolean has_x;
  guint groups[8]; /* 0 ends */
} BmKeypadSpec;

#define BM_TYPE_KEYPAD (bm_keypad_get_type ())
G_DECLARE_FINAL_TYPE (BmKeypad, bm_keypad, BM, KEYPAD, GObject)

/* Model of what was typed, with the two things that show it; signal "changed". */
BmKeypad *bm_keypad_new (const BmMetrics *metrics, const BmKeypadSpec *spec);

GtkWidget *bm_keypad_new_field (BmKeypad *self, BmType type);
GtkWidget *bm_keypad_new_delete (BmKeypad *self, double key_mm);
GtkWidget *bm_keypad_new_row (BmKeypad *self, double key_mm);
GtkWidget *bm_keypad_new_keys (BmKeypad *self, guint columns, double key_mm);

const char *bm_keypad_get_value (BmKeypad *self);
gboolean bm_keypad_is_complete (BmKeypad *self);
gboolean bm_keypad_type (BmKeypad *self, char key);
void bm_keypad_delete (BmKeypad *self);

G_END_DECLS
