/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/transport-curl-pace.h"

/* What the connections of one thin line may send and hold, as numbers. */

/* What all connections together may send follows what the line carried and how deep its queue is. */
static void
test_shared_rate (void)
{
  BmLinePace pace = { .n_able = 5, .round_trips_ms = 5 * 1100, .shortest_ms = 600 };
  guint first, fair, full, empty, fewer;

  first = bm_line_pace_get_rate (&pace);
  g_assert_cmpuint (first, ==,
                    30000 * 1000 / 600 / 5); /* nothing seen: a short queue a round trip */
  bm_line_pace_note_window (&pace, 200000);
  g_assert_cmpuint (bm_line_pace_get_rate (&pace), ==, 200000 / 5); /* it carries more */
  for (guint i = 0; i < BM_LINE_PACE_WINDOWS - 1; i++)
    bm_line_pace_note_window (&pace, 20000);
  bm_line_pace_note_window (&pace, 30000);
  fair = bm_line_pace_get_rate (&pace);
  g_assert_cmpuint (fair, ==, 30000 / 5); /* the queue is as deep as it should be */
  pace.round_trips_ms = 5 * 2200;
  full = bm_line_pace_get_rate (&pace);
  g_assert_cmpuint (full, <, fair);
  g_assert_cmpuint (full, >, fair / 2); /* never throttled to nothing */
  pace.round_trips_ms = 5 * 600;
  empty = bm_line_pace_get_rate (&pace);
  g_assert_cmpuint (empty, >, 2 * fair);
  pace.n_able = 4;
  pace.round_trips_ms = 4 * 1100;
  fewer = bm_line_pace_get_rate (&pace);
  g_assert_cmpuint (fewer, ==, 30000 / 4); /* who waits out a timeout leaves its share */
  pace.n_able = 2;
  g_assert_cmpuint (bm_line_pace_get_rate (&pace), ==, ~0u);
  pace.n_able = 5;
  for (guint i = 0; i < BM_LINE_PACE_WINDOWS; i++)
    bm_line_pace_note_window (&pace, 5000);
  pace.round_trips_ms = 5 * 1100;
  g_assert_cmpuint (bm_line_pace_get_rate (&pace), ==, 5000 / 5); /* the good times are over */
}

/* While nobody waits, little is held: what the kernel has is lost when the line dies. */
static void
test_patience (void)
{
  BmLinePace pace = { .n_able = 5, .round_trips_ms = 5 * 1100, .shortest_ms = 600 };

  for (guint i = 0; i < BM_LINE_PACE_WINDOWS; i++)
    bm_line_pace_note_window (&pace, 5000);
  pace.shortest_seen_ms = 600;
  g_assert_cmpuint (bm_line_pace_get_room (&pace), ==, G_MAXSIZE); /* somebody may be waiting */
  pace.is_patient =
    TRUE; /* nothing but attachments; what small calls carried before says nothing of the line */
  g_assert_cmpuint (bm_line_pace_get_rate (&pace), ==, ~0u);
  g_assert_cmpuint (bm_line_pace_get_room (&pace), ==, 24 * 1024);
  for (guint i = 0; i < 3; i++)
    bm_line_pace_note_window (&pace,
                              5000); /* now it is known: little is held, the queue shorter still */
  g_assert_cmpuint (bm_line_pace_get_rate (&pace), <, 5000 / 5);
  g_assert_cmpuint (bm_line_pace_get_room (&pace), >=, 5000 * 600 / 1000);
  g_assert_cmpuint (bm_line_pace_get_room (&pace), <=, 3 * 5000 * 600 / 1000);
  pace.n_able = 1;
  g_assert_cmpuint (bm_line_pace_get_rate (&pace), <, 5000 * 3);
  pace.shortest_ms = G_MAXUINT;
  g_assert_cmpuint (bm_line_pace_get_rate (&pace), ==, ~0u); /* none is open yet */
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/line-pace/shared-rate", test_shared_rate);
  g_test_add_func ("/line-pace/patience", test_patience);
  return g_test_run ();
}
