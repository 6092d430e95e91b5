/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/style/tokens.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define BM_KEYPAD_MAX 32

/* What is asked for, as in the model's "input". */
typedef enum
{
  BM_KEYPAD_PLAIN,
  BM_KEYPAD_AMOUNT, /* of money; bounds in fen */
  BM_KEYPAD_DATE,   /* year, month, day; bounds as core/calendar/day.h counts */
} BmKeypadKind;

typedef struct
{
  BmKeypadKind kind;
  const char *label;
  guint min;
  guint max;
  gboolean is_masked;
  gboolean has_x;
  gboolean has_point;
  guint groups[8]; /* 0 ends */
  gint64 from;     /* what may be typed, inclusive; not for PLAIN */
  gint64 to;
  const char *under; /* what to say of less, of more, and of what is none */
  const char *over;
  const char *wrong;
} BmKeypadSpec;

#define BM_TYPE_KEYPAD (bm_keypad_get_type ())
G_DECLARE_FINAL_TYPE (BmKeypad, bm_keypad, BM, KEYPAD, GObject)

/* Model of what was typed, with the two things that show it; signal "changed". */
BmKeypad *bm_keypad_new (const BmMetrics *metrics, const BmKeypadSpec *spec);

GtkWidget *bm_keypad_new_field (BmKeypad *self, BmType type);
GtkWidget *bm_keypad_new_delete (BmKeypad *self, double key_mm);
GtkWidget *bm_keypad_new_extra (BmKeypad *self, BmType type, double key_mm);
GtkWidget *bm_keypad_new_row (BmKeypad *self, BmType type, double key_mm);
GtkWidget *bm_keypad_new_keys (BmKeypad *self, BmType type, guint columns, double key_mm);

const char *bm_keypad_get_value (BmKeypad *self);
gboolean bm_keypad_is_complete (BmKeypad *self);
gboolean bm_keypad_type (BmKeypad *self, char key);
void bm_keypad_delete (BmKeypad *self);

/* What is typed can be said in words, and be wrong before it is whole. */
gboolean bm_keypad_is_judged (BmKeypad *self);
char *bm_keypad_dup_words (BmKeypad *self); /* NULL: nothing is typed */
/* @is_last: no more will be typed. The label when only something is missing then; else NULL. */
const char *bm_keypad_get_problem (BmKeypad *self, gboolean is_last);
void bm_keypad_add_texts (BmKeypad *self, GPtrArray *texts); /* the longest of those two */

G_END_DECLS
