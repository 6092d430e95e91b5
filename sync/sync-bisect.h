/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BmBisect:
 *
 * Finds the one entry for whose sake a batch does not get through. Pure: it says what to send next and is
 * told what became of it. For 128 entries it needs at most 8 requests.
 */
typedef struct
{
  guint low; /* the offender is in [low, high) */
  guint high;
  gboolean has_failed_alone; /* [low, high) is one entry, and it was sent by itself */
  gboolean has_seen_through; /* something else got through meanwhile */
  gboolean is_in_doubt;      /* the last test broke off; it is repeated before it counts */
} BmBisect;

typedef enum
{
  BM_BISECT_SEND,     /* send entries [from, to) */
  BM_BISECT_CONTROL,  /* send no entry: does the platform take batches at all? */
  BM_BISECT_HOLD,     /* entry from is the offender */
  BM_BISECT_INNOCENT, /* all got through after all */
} BmBisectStep;

void bm_bisect_init (BmBisect *self, guint count);
BmBisectStep bm_bisect_get_step (const BmBisect *self, guint *ret_from, guint *ret_to);
/* What became of the last step that was to be sent. */
void bm_bisect_note_through (BmBisect *self);
/* FALSE: a control that fails acquits the entry; the platform is in trouble. */
gboolean bm_bisect_note_failed (BmBisect *self);

G_END_DECLS
