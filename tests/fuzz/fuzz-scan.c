/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-scan"

#include "ui/shell/scan-rule.h"

#include "tests/fuzz/fuzz.h"

#include <string.h>

/* Two bytes of the low half and two of the pause make a key; a negative pause is a clock that turned over. */
typedef struct
{
  guint8 key[2];
  guint8 pause;
  guint8 flags;
} Stroke;

static void
check (const BmScanRule *rule, BmScanVerdict verdict)
{
  g_assert_cmpuint (rule->length, <=, BM_SCAN_MAX);
  g_assert_cmpuint (rule->n_held, <=, BM_SCAN_HUMAN_KEYS);
  g_assert_cmpuint (rule->n_replay, <=, BM_SCAN_HUMAN_KEYS);
  if (verdict == BM_SCAN_DONE)
    g_assert_cmpuint (rule->length, >=, BM_SCAN_MIN);
  for (guint i = 0; i < rule->length; i++)
    g_assert_true (g_ascii_isupper (rule->text[i]) || g_ascii_isdigit (rule->text[i]) ||
                   strchr (":/.-", rule->text[i]) != NULL);
}

/* Whatever a keyboard sends: what is handed on is short, of few characters, and no key of it acted. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  BmScanRule rule = { 0 };
  guint32 at = 0;
  Stroke stroke;

  for (; size >= sizeof stroke; data += sizeof stroke, size -= sizeof stroke)
    {
      BmScanVerdict verdict;
      guint n_before = rule.n_keys;

      memcpy (&stroke, data, sizeof stroke);
      at += stroke.pause;
      if ((stroke.flags & 0x80) != 0)
        at += 1000;
      if ((stroke.flags & 0x40) != 0)
        bm_scan_rule_quiet (&rule);
      verdict = bm_scan_rule_key (&rule, (guint) stroke.key[0] | (guint) stroke.key[1] << 8,
                                  (stroke.flags & 0x01) != 0, at);
      check (&rule, verdict);
      /* A key right after a machine's is the machine's, whichever it is. */
      if (n_before > BM_SCAN_HUMAN_KEYS && stroke.pause <= BM_SCAN_TAIL_MS &&
          (stroke.flags & 0xC0) == 0)
        g_assert_cmpint (verdict, !=, BM_SCAN_PASS);
    }
  return 0;
}
