/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/shell/touch-filter.h"

/* Fingers as they come: bounces, a second finger, a palm. */

#define ONE   GINT_TO_POINTER (1)
#define TWO   GINT_TO_POINTER (2)
#define THREE GINT_TO_POINTER (3)
#define KEY_1 GINT_TO_POINTER (11)
#define KEY_2 GINT_TO_POINTER (12)

static void
test_bounce (void)
{
  BmTouchRule rule;

  bm_touch_rule_init (&rule);
  g_assert_false (bm_touch_rule_down (&rule, ONE, 1000, TRUE, NULL));
  g_assert_false (bm_touch_rule_up (&rule, ONE, 1080));
  g_assert_true (bm_touch_rule_down (&rule, ONE, 1140, TRUE, NULL));
  g_assert_true (bm_touch_rule_move (&rule, ONE));
  g_assert_true (bm_touch_rule_up (&rule, ONE, 1200));
  /* 300 ms after the press that counted a new one counts. */
  g_assert_false (bm_touch_rule_down (&rule, ONE, 1380, TRUE, NULL));
  g_assert_false (bm_touch_rule_up (&rule, ONE, 1400));
  bm_touch_rule_clear (&rule);
}

static void
test_digits_in_a_row (void)
{
  BmTouchRule rule;

  bm_touch_rule_init (&rule);
  g_assert_false (bm_touch_rule_down (&rule, ONE, 1000, TRUE, KEY_1));
  g_assert_false (bm_touch_rule_up (&rule, ONE, 1050));
  g_assert_false (bm_touch_rule_down (&rule, ONE, 1150, TRUE, KEY_2));
  g_assert_false (bm_touch_rule_up (&rule, ONE, 1200));
  /* The same digit at once is a hand that trembles. */
  g_assert_true (bm_touch_rule_down (&rule, ONE, 1300, TRUE, KEY_2));
  g_assert_true (bm_touch_rule_up (&rule, ONE, 1350));
  /* And what lies beside the keys is not pressed by a hurried finger. */
  g_assert_true (bm_touch_rule_down (&rule, ONE, 1400, TRUE, NULL));
  g_assert_true (bm_touch_rule_up (&rule, ONE, 1450));
  bm_touch_rule_clear (&rule);
}

/* Whoever goes on tapping does it on the page where it began. */
static void
test_storm_over_a_page_change (void)
{
  BmTouchRule rule;

  bm_touch_rule_init (&rule);
  g_assert_false (bm_touch_rule_down (&rule, ONE, 1000, TRUE, NULL));
  g_assert_false (bm_touch_rule_up (&rule, ONE, 1050));
  bm_touch_rule_page (&rule);
  for (guint at = 1100; at < 3000; at += 150)
    {
      g_assert_true (bm_touch_rule_down (&rule, TWO, at, TRUE, NULL));
      g_assert_true (bm_touch_rule_up (&rule, TWO, at + 50));
    }
  g_assert_false (bm_touch_rule_down (&rule, TWO, 3400, TRUE, NULL));
  bm_touch_rule_clear (&rule);
}

static void
test_early_press (void)
{
  BmTouchRule rule;

  bm_touch_rule_init (&rule);
  bm_touch_rule_page (&rule);
  g_assert_true (bm_touch_rule_early (&rule, ONE));
  g_assert_true (bm_touch_rule_move (&rule, ONE));
  g_assert_true (bm_touch_rule_up (&rule, ONE, 1100));
  g_assert_true (bm_touch_rule_down (&rule, ONE, 1350, TRUE, NULL));
  g_assert_true (bm_touch_rule_up (&rule, ONE, 1400));
  g_assert_false (bm_touch_rule_down (&rule, ONE, 1750, TRUE, NULL));
  bm_touch_rule_clear (&rule);
}

static void
test_second_finger (void)
{
  BmTouchRule rule;

  bm_touch_rule_init (&rule);
  g_assert_false (bm_touch_rule_down (&rule, ONE, 1000, TRUE, NULL));
  g_assert_true (bm_touch_rule_down (&rule, TWO, 1010, TRUE, NULL));
  g_assert_false (bm_touch_rule_up (&rule, ONE, 1100));
  g_assert_true (bm_touch_rule_up (&rule, TWO, 1110));
  bm_touch_rule_clear (&rule);
}

static void
test_resting_palm (void)
{
  BmTouchRule rule;

  bm_touch_rule_init (&rule);
  /* On no target: it blocks nothing. */
  g_assert_false (bm_touch_rule_down (&rule, ONE, 1000, FALSE, NULL));
  g_assert_false (bm_touch_rule_down (&rule, TWO, 1100, TRUE, NULL));
  g_assert_false (bm_touch_rule_up (&rule, TWO, 1150));
  /* On a target for two seconds: it is forgotten, and lifting it presses nothing. */
  g_assert_false (bm_touch_rule_down (&rule, THREE, 2000, TRUE, NULL));
  g_assert_false (bm_touch_rule_down (&rule, TWO, 4100, TRUE, NULL));
  g_assert_true (bm_touch_rule_up (&rule, THREE, 4200));
  g_assert_false (bm_touch_rule_up (&rule, TWO, 4250));
  /* On a page that is gone: at once. */
  g_assert_false (bm_touch_rule_down (&rule, THREE, 5000, TRUE, NULL));
  bm_touch_rule_page (&rule);
  g_assert_false (bm_touch_rule_down (&rule, TWO, 5600, TRUE, NULL));
  g_assert_true (bm_touch_rule_up (&rule, THREE, 5700));
  g_assert_false (bm_touch_rule_up (&rule, TWO, 5750));
  bm_touch_rule_clear (&rule);
}

/* Strokes follow one another without a pause; nothing else comes through while one is drawn. */
static void
test_writing (void)
{
  BmTouchRule rule;

  bm_touch_rule_init (&rule);
  g_assert_false (bm_touch_rule_ink (&rule, ONE, 1000));
  g_assert_false (bm_touch_rule_up (&rule, ONE, 1200));
  g_assert_false (bm_touch_rule_ink (&rule, ONE, 1260));
  /* The palm on the field, and on a button, however long the stroke takes. */
  g_assert_true (bm_touch_rule_ink (&rule, TWO, 1300));
  g_assert_true (bm_touch_rule_down (&rule, THREE, 4000, TRUE, NULL));
  g_assert_true (bm_touch_rule_move (&rule, TWO));
  g_assert_true (bm_touch_rule_up (&rule, TWO, 4100));
  g_assert_false (bm_touch_rule_up (&rule, ONE, 4200));
  g_assert_true (bm_touch_rule_up (&rule, THREE, 4300));
  /* And a press on a button soon after the last stroke is the hand that is taken away. */
  g_assert_true (bm_touch_rule_down (&rule, ONE, 4400, TRUE, NULL));
  g_assert_true (bm_touch_rule_up (&rule, ONE, 4450));
  g_assert_false (bm_touch_rule_down (&rule, ONE, 4800, TRUE, NULL));
  bm_touch_rule_clear (&rule);
}

/* The palm came first and lies still: the finger writes all the same, or presses in the end. */
static void
test_palm_before_writing (void)
{
  BmTouchRule rule;

  bm_touch_rule_init (&rule);
  g_assert_false (bm_touch_rule_ink (&rule, ONE, 1000));
  rule.rest = 200;
  g_assert_true (bm_touch_rule_ink (&rule, TWO, 1200));
  g_assert_true (bm_touch_rule_up (&rule, TWO, 1250));
  rule.rest = 600;
  g_assert_false (bm_touch_rule_ink (&rule, TWO, 1600));
  g_assert_true (bm_touch_rule_move (&rule, ONE));
  g_assert_false (bm_touch_rule_up (&rule, TWO, 1800));
  g_assert_true (bm_touch_rule_up (&rule, ONE, 1900));
  g_assert_false (bm_touch_rule_ink (&rule, ONE, 3000));
  rule.rest = 2500;
  g_assert_false (bm_touch_rule_down (&rule, TWO, 5500, TRUE, NULL));
  g_assert_true (bm_touch_rule_up (&rule, ONE, 5600));
  bm_touch_rule_clear (&rule);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/touch/bounce", test_bounce);
  g_test_add_func ("/touch/digits-in-a-row", test_digits_in_a_row);
  g_test_add_func ("/touch/storm-over-a-page-change", test_storm_over_a_page_change);
  g_test_add_func ("/touch/early-press", test_early_press);
  g_test_add_func ("/touch/second-finger", test_second_finger);
  g_test_add_func ("/touch/resting-palm", test_resting_palm);
  g_test_add_func ("/touch/writing", test_writing);
  g_test_add_func ("/touch/palm-before-writing", test_palm_before_writing);
  return g_test_run ();
}
