/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BM_ASIDE_FIRST_MS (60 * 1000)
#define BM_ASIDE_CAP_MS   (15 * 60 * 1000)

/**
 * BmAside:
 *
 * Rows that the line does not carry now, because of their size: passed over for a minute, then for two, at most for a quarter of
 * an hour. Known in memory only; in the ledger they are PENDING, and nobody is called for them.
 */
typedef struct
{
  GArray *rows; /* of a private struct */
} BmAside;

void bm_aside_init (BmAside *self);
void bm_aside_clear (BmAside *self);

void bm_aside_add (BmAside *self, gint64 id, gint64 now_ms);
/* Another line: all are tried again. */
void bm_aside_forget (BmAside *self);
/* Adds the ids of those that are passed over at @now_ms. */
void bm_aside_list (const BmAside *self, gint64 now_ms, GArray *ids);
/* When the next one is tried again; 0: none is passed over. */
gint64 bm_aside_get_due_ms (const BmAside *self, gint64 now_ms);

G_END_DECLS
