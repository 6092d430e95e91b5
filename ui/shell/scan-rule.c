/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/shell/scan-rule.h"

#include <string.h>

/*
 * Telling a scanner that types from a person who does. Such a scanner is a keyboard: it types what is
 * on the slip, much faster than fingers, and ends with Return.
 *
 *   quiet ── character ──► held ── a 4th within the gap ──► machine ── Return ──► done, or dropped
 *     ▲                      │                                 │
 *     └── replayed ◄─ quiet ─┘       dropped ◄─ quiet for long ┘
 *
 * Invariants:
 *  - no key of a machine's run acts: a character is held back until the next one would have come, and
 *    after the fourth everything is swallowed, Return and space included, until it is quiet;
 *  - a key of fingers is late by the gap at most, and Return, space and arrows are not late at all
 *    unless a character came right before them;
 *  - a run that is too short, or one key held down, is nothing; one that is too long or has characters
 *    that no slip has is handed on so that it can be no slip's, since whoever holds it before the
 *    scanner should hear that it is none.
 */

/* No slip has it where this stands. */
#define UNLIKE_A_SLIP '-'

void
bm_scan_rule_clear (BmScanRule *rule)
{
  explicit_bzero (rule, sizeof *rule);
}

/* Key releases and Shift say nothing; space and all that is printed is a character. */
static gboolean
is_character (guint key)
{
  gunichar c = gdk_keyval_to_unicode (key);

  return c >= ' ' && c != 0x7F;
}

static gboolean
is_end (guint key)
{
  return key == GDK_KEY_Return || key == GDK_KEY_KP_Enter || key == GDK_KEY_ISO_Enter ||
         key == GDK_KEY_Linefeed || key == GDK_KEY_Tab;
}

static char
fold (guint key)
{
  gunichar c = gdk_keyval_to_unicode (key);

  if (c < 0x80 && (g_ascii_isalnum ((char) c) || strchr (":/.-", (int) c) != NULL))
    return g_ascii_toupper ((char) c);
  return UNLIKE_A_SLIP;
}

static gboolean
is_machine (const BmScanRule *rule)
{
  return rule->n_keys > BM_SCAN_HUMAN_KEYS;
}

static void
start_anew (BmScanRule *rule)
{
  explicit_bzero (rule->text, sizeof rule->text);
  rule->length = 0;
  rule->n_keys = 0;
  rule->n_held = 0;
  rule->is_varied = FALSE;
}

/**
 * bm_scan_rule_quiet:
 * @rule: what is known
 *
 * No key came for as long as bm_scan_rule_get_wait_ms() said. What fingers typed is put into replay,
 * what a machine did not end is dropped.
 */
void
bm_scan_rule_quiet (BmScanRule *rule)
{
  rule->n_replay = is_machine (rule) ? 0 : rule->n_held;
  memcpy (rule->replay, rule->held, sizeof rule->replay);
  start_anew (rule);
  rule->is_ended = FALSE;
}

/* What is held was meant for a page that is no longer there. */
void
bm_scan_rule_forget_held (BmScanRule *rule)
{
  rule->n_held = 0;
  rule->n_replay = 0;
}

/**
 * bm_scan_rule_get_wait_ms:
 * @rule: what is known
 *
 * Returns: after how long without a key it is quiet; 0 when nothing is waited for
 */
guint
bm_scan_rule_get_wait_ms (const BmScanRule *rule)
{
  if (rule->n_keys == 0 && !rule->is_ended)
    return 0;
  return is_machine (rule) || rule->is_ended ? BM_SCAN_TAIL_MS : BM_SCAN_GAP_MS;
}

static void
take (BmScanRule *rule, guint key)
{
  char c = fold (key);

  if (rule->length < BM_SCAN_MAX)
    {
      rule->is_varied = rule->is_varied || (rule->length > 0 && c != rule->text[rule->length - 1]);
      rule->text[rule->length++] = c;
    }
  else
    rule->text[BM_SCAN_MAX - 1] = UNLIKE_A_SLIP;
  if (rule->n_held < BM_SCAN_HUMAN_KEYS && rule->n_keys == rule->n_held)
    rule->held[rule->n_held++] = key;
  rule->n_keys = MIN (rule->n_keys + 1, BM_SCAN_MAX + 1);
  rule->is_ended = FALSE;
}

static BmScanVerdict
end_run (BmScanRule *rule)
{
  gboolean is_whole = rule->n_keys >= BM_SCAN_MIN && rule->is_varied;

  rule->is_ended = TRUE;
  if (!is_whole)
    start_anew (rule);
  rule->n_held = 0;
  rule->n_keys = 0;
  return is_whole ? BM_SCAN_DONE : BM_SCAN_SWALLOW;
}

/* A key that belongs to no text: fingers' keys come first, a machine's are swallowed with it. */
static BmScanVerdict
take_other (BmScanRule *rule, guint key)
{
  if (is_machine (rule))
    return is_end (key) ? end_run (rule) : BM_SCAN_SWALLOW;
  if (rule->is_ended && is_end (key))
    return BM_SCAN_SWALLOW; /* CR and LF */
  if (rule->n_keys > 0)
    bm_scan_rule_quiet (rule);
  rule->is_ended = FALSE;
  return BM_SCAN_PASS;
}

/**
 * bm_scan_rule_key:
 * @rule: what is known
 * @key: a key that went down; keys like Shift are not told
 * @is_modified: whether Control, Alt or the like is down
 * @at: when, in milliseconds; from the event, since this may be called late
 *
 * Before the verdict is followed, what is in replay is acted on.
 *
 * Returns: what to do with @key
 */
BmScanVerdict
bm_scan_rule_key (BmScanRule *rule, guint key, gboolean is_modified, guint32 at)
{
  guint wait = bm_scan_rule_get_wait_ms (rule);

  rule->n_replay = 0;
  if (wait > 0 && at - rule->last_at > wait)
    bm_scan_rule_quiet (rule);
  rule->last_at = at;
  if (!is_character (key) || is_modified)
    return take_other (rule, key);
  /* Space alone presses what has the focus, and at once. */
  if (key == GDK_KEY_space && rule->n_keys == 0 && !rule->is_ended)
    return BM_SCAN_PASS;
  if (rule->n_keys == 0)
    start_anew (rule);
  take (rule, key);
  return BM_SCAN_SWALLOW;
}
