/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-strokes"

#include "core/strokes/strokes.h"

#include "tests/fuzz/fuzz.h"

#include <string.h>

/* What is taken is written as the same bytes, is within its bounds, and can be thinned, judged and dropped. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmStrokes) strokes = bm_strokes_from_bytes (data, size, &error);
  g_autoptr (BmStrokes) thin = NULL;
  g_autoptr (BmStrokes) again = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;
  BmStrokePoint from, to;

  g_assert_true ((strokes == NULL) == (error != NULL));
  if (strokes == NULL)
    return 0;
  bytes = bm_strokes_to_bytes (strokes);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), data, size);
  g_assert_true (bm_strokes_get_box (strokes, &from, &to) == (bm_strokes_count (strokes) > 0));
  (void) bm_strokes_is_enough (strokes); /* either */
  thin = bm_strokes_thin (strokes);
  text = bm_strokes_to_text (thin);
  g_assert_cmpuint (strlen (text), <=, BM_STROKES_MAX_THIN / 3 * 4);
  again = bm_strokes_parse (text, NULL);
  g_assert_nonnull (again);
  while (bm_strokes_count (strokes) > 0)
    bm_strokes_drop_last (strokes);
  g_bytes_unref (g_steal_pointer (&bytes));
  bytes = bm_strokes_to_bytes (strokes);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 11);
  return 0;
}
