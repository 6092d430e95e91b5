/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/bench-wire.h"

#include "core/crypto/crypto.h"
#include "tests/bench/wire-corpus.h"

#include <stdlib.h>

/* One line of JSON a figure, for tests/bench/run; words about what is counted go to standard error. */

#define PER_BATCH 128 /* BM_PLATFORM_BATCH_ITEMS */

/* @bar: 0 for a figure that is only told. */
static void
tell (const char *name, const BmWireFigures *figures, gsize bytes, double bar)
{
  g_autofree char *barred = bar > 0 ? g_strdup_printf (",\"bar\":%.2f", bar) : g_strdup ("");

  g_print ("{\"name\":\"%s\",\"value\":%.1f,\"unit\":\"B\",\"baseline\":%.1f%s}\n", name,
           (double) bytes / figures->n_entries, (double) figures->json / figures->n_entries,
           barred);
}

static void
explain (const char *what, const BmWireFigures *figures)
{
  const double n = figures->n_entries;

  g_printerr (
    "%s: %u entries, %u rows sent in %u batches. An entry: JSON %.1f B, records in the ledger "
    "%.1f B, up %.1f B, down %.1f B; of both %.1f B are HTTP headers.\n",
    what, figures->n_entries, figures->n_rows, figures->n_batches, (double) figures->json / n,
    (double) figures->records / n, (double) figures->up / n, (double) figures->down / n,
    (double) figures->headers / n);
}

static int
measure (const char *what, gboolean has_audit, guint per_batch, gboolean is_barred)
{
  BmWireFigures figures;
  g_autofree char *up = g_strdup_printf ("wire up (%s)", what);
  g_autofree char *both = g_strdup_printf ("wire both ways (%s)", what);

  if (!bm_wire_measure (BM_CORPUS_ENTRIES, has_audit, per_batch, &figures))
    {
      g_printerr ("what came out is not what was put in\n");
      return EXIT_FAILURE;
    }
  explain (what, &figures);
  tell (up, &figures, figures.up, is_barred ? BM_WIRE_UP_BAR : 0);
  tell (both, &figures, figures.up + figures.down, is_barred ? BM_WIRE_BOTH_BAR : 0);
  return EXIT_SUCCESS;
}

int
main (void)
{
  bm_crypto_init ();
  g_printerr (
    "Numerator: HTTP headers and bodies of /v1/batch and of its answers; in the bodies every run row that a "
    "batch names, all signatures, hashes, nonces, tags, and one result an entry. Not counted: TLS, TCP, IP.\n"
    "Denominator: canonical JSON of each row's payload, type, times, clock state, priority and due day; no "
    "chain, no number, epoch, seq, key or tag; nothing for results and run rows.\n");
  return measure ("entries", FALSE, PER_BATCH, TRUE) |
         measure ("entries and audit", TRUE, PER_BATCH, FALSE) |
         measure ("entries, 20 a batch", FALSE, 20, FALSE);
}
