/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/shell/touch-filter.h"

/* Fingers as they come: bounces, a second finger, a palm. */

#define ONE   GINT_TO_POINTER (1)
#define TWO   GINT_TO_POINTER (2)
#define THREE GINT_TO_POINTER (3)

static void
test_bounce (void)
{
  BmTouchRule rule;

  bm_touch_rule_init (&rule);
  g_assert_false (bm_touch_rule_down (&rule, ONE, 1000, TRUE, FALSE));
  g_assert_false (bm_touch_rule_up (&rule, ONE, 1080));
  g_assert_true (bm_touch_rule_down (&rule, ONE, 1140, TRUE, FALSE));
  g_assert_true (bm_touch_rule_move (&rule, ONE));
  g_assert_true (bm_touch_rule_up (&rule, ONE, 1200));
  /* 300 ms after the press that counted a new one counts. */
  g_assert_false (bm_touch_rule_down (&rule, ONE, 1380, TRUE, FALSE));
  g_assert_false (bm_touch_rule_up (&rule, ONE, 1400));
  bm_touch_rule_clear (&rule);
}

static void
test_digits_in_a_row (void)
{
  BmTouchRule rule;

  bm_touch_rule_init (&rule);
  g_assert_false (bm_touch_rule_down (&rule, ONE, 1000, TRUE, TRUE));
  g_assert_false (bm_touch_rule_up (&rule, ONE, 1050));
  g_assert_false (bm_touch_rule_down (&rule, ONE, 1150, TRUE, TRUE));
  g_assert_false (bm_touch_rule_up (&rule, ONE, 1200));
  /* But what lies beside the keys is not pressed by a hurried finger. */
  g_assert_true (bm_touch_rule_down (&rule, ONE, 1300, TRUE, FALSE));
  g_assert_true (bm_touch_rule_up (&rule, ONE, 1350));
  bm_touch_rule_clear (&rule);
}

static void
test_second_finger (void)
{
  BmTouchRule rule;

  bm_touch_rule_init (&rule);
  g_assert_false (bm_touch_rule_down (&rule, ONE, 1000, TRUE, FALSE));
  g_assert_true (bm_touch_rule_down (&rule, TWO, 1010, TRUE, FALSE));
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
  g_assert_false (bm_touch_rule_down (&rule, ONE, 1000, FALSE, FALSE));
  g_assert_false (bm_touch_rule_down (&rule, TWO, 1100, TRUE, FALSE));
  g_assert_false (bm_touch_rule_up (&rule, TWO, 1150));
  /* On a target for two seconds: it is forgotten, and lifting it presses nothing. */
  g_assert_false (bm_touch_rule_down (&rule, THREE, 2000, TRUE, FALSE));
  g_assert_false (bm_touch_rule_down (&rule, TWO, 4100, TRUE, FALSE));
  g_assert_true (bm_touch_rule_up (&rule, THREE, 4200));
  g_assert_false (bm_touch_rule_up (&rule, TWO, 4250));
  bm_touch_rule_clear (&rule);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/touch/bounce", test_bounce);
  g_test_add_func ("/touch/digits-in-a-row", test_digits_in_a_row);
  g_test_add_func ("/touch/second-finger", test_second_finger);
  g_test_add_func ("/touch/resting-palm", test_resting_palm);
  return g_test_run ();
}
