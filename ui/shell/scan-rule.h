/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gdk/gdk.h>

G_BEGIN_DECLS

/* Keys that follow one another faster than this are not typed by fingers. */
#define BM_SCAN_GAP_MS 40

/* As many keys may come that fast from two hands; one more, and it is a machine. */
#define BM_SCAN_HUMAN_KEYS 3

/* A machine that was heard may stumble this long; what comes meanwhile is still its own. */
#define BM_SCAN_TAIL_MS 250

#define BM_SCAN_MIN 12
#define BM_SCAN_MAX 120

typedef enum
{
  BM_SCAN_PASS,    /* not a scanner's: the key is for the page */
  BM_SCAN_SWALLOW, /* held back, or a scanner's */
  BM_SCAN_DONE,    /* swallowed, and text is complete */
} BmScanVerdict;

typedef struct
{
  char text[BM_SCAN_MAX + 1]; /* folded to upper case */
  guint length;
  guint n_keys; /* of this run */
  guint32 last_at;
  gboolean is_ended; /* the last thing heard was the end of a machine's run */
  gboolean is_varied;
  guint held[BM_SCAN_HUMAN_KEYS];
  guint n_held;
  guint replay[BM_SCAN_HUMAN_KEYS]; /* keys that turned out to be fingers': to be acted on now */
  guint n_replay;
} BmScanRule;

void bm_scan_rule_clear (BmScanRule *rule);
BmScanVerdict bm_scan_rule_key (BmScanRule *rule, guint key, gboolean is_modified, guint32 at);
void bm_scan_rule_quiet (BmScanRule *rule);
void bm_scan_rule_forget_held (BmScanRule *rule);
guint bm_scan_rule_get_wait_ms (const BmScanRule *rule);

G_END_DECLS
