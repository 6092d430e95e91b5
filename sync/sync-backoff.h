/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ports/chance.h"
#include "core/ports/clock.h"

G_BEGIN_DECLS

#define BM_BACKOFF_BASE_MS    2000
#define BM_BACKOFF_CAP_MS     (15 * 60 * 1000)
#define BM_BACKOFF_AWAITED_MS 4000 /* the cap while a resident stands there */

/**
 * BmBackoff:
 *
 * When to act next: full jitter after trouble, a delay asked for by the platform as law, a splay when
 * a line comes back. Boot-clock times; nothing of it is stored, so a restart starts afresh.
 */
typedef struct
{
  BmClock *clock;
  BmChance *chance;
  guint failures;      /* in a row */
  gint64 due_ms;       /* boot clock: act at this time */
  gint64 forbidden_ms; /* boot clock: nothing may be sent before (Retry-After) */
} BmBackoff;

void bm_backoff_init (BmBackoff *self, BmClock *clock, BmChance *chance);
void bm_backoff_clear (BmBackoff *self);

void bm_backoff_note_failure (BmBackoff *self, gint64 retry_after_ms, gboolean is_awaited);
void bm_backoff_note_success (BmBackoff *self);
void bm_backoff_note_law (BmBackoff *self, gint64 retry_after_ms); /* 0: none */
void bm_backoff_note_return (BmBackoff *self, gint64 splay_ms, gboolean is_awaited);
void bm_backoff_set_wait (BmBackoff *self, gint64 wait_ms);
void bm_backoff_hurry (BmBackoff *self); /* as soon as the law allows */

gint64 bm_backoff_get_wait_ms (BmBackoff *self); /* 0: due */
gboolean bm_backoff_is_forbidden (BmBackoff *self);

G_END_DECLS
