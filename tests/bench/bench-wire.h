/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Bytes on the wire against canonical JSON of the same facts, for the committed corpus (wire-corpus.h). Nothing
 * here takes time or chance into account but the fresh keys, whose ciphertext is as long as any other.
 */

#define BM_WIRE_UP_BAR   0.20
#define BM_WIRE_BOTH_BAR 0.28
/* SM3 over the canonical facts of the 1,000 entries, in order: what the corpus is. */
#define BM_WIRE_DIGEST "e2000f965a7b89546f73925750be53eff6278279327a94c6f2868ede558f2307"

typedef struct
{
  guint n_entries;
  guint n_rows; /* entries, audit and run rows */
  guint n_batches;
  gsize json;      /* canonical JSON of the facts of these rows */
  gsize headers;   /* of HTTP, both ways */
  gsize up;        /* batches and request headers */
  gsize down;      /* answers with one result an entry, and answer headers */
  gsize records;   /* the same records as they lie in the ledger */
  char digest[65]; /* SM3 of the facts, hexadecimal */
} BmWireFigures;

/* @has_audit: also the audit rows that a station writes for each entry, in numerator and denominator. */
gboolean
bm_wire_measure (guint n_entries, gboolean has_audit, guint per_batch, BmWireFigures *ret_figures);

G_END_DECLS
