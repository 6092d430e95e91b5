/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/strokes/strokes.h"

#include <glib-object.h>

G_BEGIN_DECLS

/* Until a finger has moved so far it may be a palm. In 1/100 mm. */
#define BM_INK_STILL 200

/* What is asked for, as in the model's "input". */
typedef struct
{
  const char *hint;
  const char *drawing; /* (nullable): what was written before */
  const char *problem; /* (nullable): of the station */
  const char *under;   /* what to say of too little, and of too much */
  const char *over;
} BmInkSpec;

#define BM_TYPE_INK (bm_ink_get_type ())
G_DECLARE_FINAL_TYPE (BmInk, bm_ink, BM, INK, GObject)

/* Model of what a finger writes; signal "changed". Lengths in 1/100 mm, times in milliseconds of any clock. */
BmInk *bm_ink_new (const BmInkSpec *spec);

void bm_ink_down (BmInk *self, guint width, guint height, int x, int y, guint32 at);
void bm_ink_move (BmInk *self, int x, int y, guint32 at);
void bm_ink_up (BmInk *self);
void bm_ink_drop (BmInk *self); /* that was a palm */
void bm_ink_clear (BmInk *self);
/* For so long the finger that is down has not moved. */
guint32 bm_ink_get_rest (BmInk *self, guint32 at);

gboolean bm_ink_is_empty (BmInk *self);
gboolean bm_ink_is_given (BmInk *self); /* what is there was written before */
gboolean bm_ink_is_complete (BmInk *self);
const BmStrokes *bm_ink_get_strokes (BmInk *self); /* (nullable) (transfer none) */
char *bm_ink_dup_text (BmInk *self);               /* for bm_wipe_string() */

/* What stands in the field besides the writing; NULL: nothing. */
const char *bm_ink_get_sentence (BmInk *self, gboolean *ret_is_problem);
/* Somebody is done and it is not complete: says why, now and on the page. */
const char *bm_ink_complain (BmInk *self);
/* The same writing on a page that was made anew, perhaps in another language. */
void bm_ink_set_words (BmInk *self, const BmInkSpec *spec);
void bm_ink_add_texts (BmInk *self, GPtrArray *texts);

G_END_DECLS
