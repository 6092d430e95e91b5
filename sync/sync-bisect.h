/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BM_BISECT_PROOFS 4 /* against an entry that failed without an answer */

/**
 * BmBisect:
 *
 * Finds the one entry for whose sake a batch does not get through. Pure: it says what to send next and is
 * told what became of it. For 128 entries it needs at most 9 requests, and about twice as many where no answer comes.
 */
typedef struct
{
  guint low; /* the offender is in [low, high) */
  guint high;
  guint n_proofs;            /* it failed by itself after something else had got through */
  guint n_needed;            /* so many name it */
  guint n_both;              /* both halves broke off, so many times */
  guint n_large;             /* a control of its size broke off, so many times */
  gboolean has_failed_alone; /* [low, high) is one entry, and it was sent by itself */
  gboolean has_seen_through; /* something else got through since it failed by itself */
  gboolean is_in_doubt;      /* the first half broke off; what does the other one? */
  gboolean is_narrow;        /* the line carries what is small and nothing of its size */
} BmBisect;

typedef enum
{
  BM_BISECT_SEND,          /* send entries [from, to) */
  BM_BISECT_CONTROL,       /* send no entry: does the platform take batches at all? */
  BM_BISECT_CONTROL_LARGE, /* the same, as large as entry from: does the line carry it? */
  BM_BISECT_HOLD,          /* entry from is the offender */
  BM_BISECT_PASS_OVER,     /* the line does not carry anything as large as entry from */
  BM_BISECT_INNOCENT,      /* all got through after all */
} BmBisectStep;

typedef enum
{
  BM_BISECT_GO_ON,
  BM_BISECT_REST,   /* go on after a while: the line seems to be in trouble */
  BM_BISECT_ACQUIT, /* it is the platform that is in trouble */
} BmBisectAdvice;

/* @is_vague: the batch broke off without an answer. */
void bm_bisect_init (BmBisect *self, guint count, gboolean is_vague);
BmBisectStep bm_bisect_get_step (const BmBisect *self, guint *ret_from, guint *ret_to);
/* What became of the last step that was to be sent. */
void bm_bisect_note_through (BmBisect *self);
BmBisectAdvice bm_bisect_note_failed (BmBisect *self, gboolean is_vague);

G_END_DECLS
