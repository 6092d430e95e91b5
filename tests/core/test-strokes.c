/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/error.h"
#include "core/strokes/strokes.h"

#include <math.h>
#include <string.h>

/* What a finger wrote: every point is kept, foreign bytes are not believed, a dot is no signature. */

static BmStrokes *
new_circle (guint n)
{
  BmStrokes *strokes = bm_strokes_new (20000, 10000);

  for (guint i = 0; i < n; i++)
    {
      const BmStrokePoint point = { 9000 + (gint32) (1500 * cos (i * 2 * G_PI / n)),
                                    5000 + (gint32) (1500 * sin (i * 2 * G_PI / n)), i * 8 };

      g_assert_true (i == 0 ? bm_strokes_begin (strokes, point)
                            : bm_strokes_go_on (strokes, point));
    }
  return strokes;
}

static void
assert_same (const BmStrokes *one, const BmStrokes *two)
{
  g_assert_cmpuint (bm_strokes_count (one), ==, bm_strokes_count (two));
  g_assert_cmpuint (bm_strokes_get_width (one), ==, bm_strokes_get_width (two));
  g_assert_cmpuint (bm_strokes_get_height (one), ==, bm_strokes_get_height (two));
  for (guint i = 0; i < bm_strokes_count (one); i++)
    {
      guint n, m;
      const BmStrokePoint *a = bm_strokes_get (one, i, &n);
      const BmStrokePoint *b = bm_strokes_get (two, i, &m);

      g_assert_cmpmem (a, n * sizeof *a, b, m * sizeof *b);
    }
}

/* Also what lies over the edge of the field, and a point that the screen gave twice. */
static void
test_every_point_is_kept (void)
{
  g_autoptr (BmStrokes) strokes = new_circle (200);
  g_autoptr (BmStrokes) again = NULL;
  g_autofree char *text = NULL;

  g_assert_true (bm_strokes_begin (strokes, (BmStrokePoint){ -300, 12000, 2000 }));
  g_assert_true (bm_strokes_go_on (strokes, (BmStrokePoint){ -300, 12000, 2000 }));
  g_assert_true (bm_strokes_go_on (strokes, (BmStrokePoint){ 99999, -99999, 599999 }));
  text = bm_strokes_to_text (strokes);
  again = bm_strokes_parse (text, NULL);
  g_assert_nonnull (again);
  assert_same (strokes, again);
}

static void
assert_refused (const guint8 *data, gsize len, BmError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (bm_strokes_from_bytes (data, len, &error));
  g_assert_error (error, BM_ERROR, (gint) code);
}

static void
test_foreign_bytes (void)
{
  g_autoptr (BmStrokes) strokes = new_circle (20);
  g_autoptr (GBytes) bytes = bm_strokes_to_bytes (strokes);
  gsize len = g_bytes_get_size (bytes);
  g_autofree guint8 *data = g_memdup2 (g_bytes_get_data (bytes, NULL), len);
  g_autofree guint8 *large = g_malloc0 (BM_STROKES_MAX_BYTES + 1);

  for (gsize cut = 0; cut < len; cut++)
    assert_refused (data, cut, BM_ERROR_INVALID);
  memcpy (large, data, len);
  assert_refused (large, len + 1, BM_ERROR_INVALID); /* something follows */
  assert_refused (large, BM_STROKES_MAX_BYTES + 1, BM_ERROR_LIMIT);
  data[4] = 2;
  assert_refused (data, len, BM_ERROR_UNSUPPORTED);
  data[4] = 1;
  data[12]++;
  assert_refused (data, len, BM_ERROR_INVALID); /* a point too many */
  g_assert_null (bm_strokes_parse ("", NULL));
  g_assert_null (bm_strokes_parse ("????", NULL));
}

/* The same number in a longer form would be a second encoding. */
static void
test_longer_form (void)
{
  const guint8 dot[] = { 'B', 'M', 'S', 'T', 1, 0, 9, 0, 9, 0, 1, 0, 1, 4, 4, 0 };
  const guint8 longer[] = { 'B', 'M', 'S', 'T', 1, 0, 9, 0, 9, 0, 1, 0, 1, 0x84, 0, 4, 0 };
  g_autoptr (BmStrokes) strokes = bm_strokes_from_bytes (dot, sizeof dot, NULL);

  g_assert_nonnull (strokes);
  assert_refused (longer, sizeof longer, BM_ERROR_INVALID);
}

static void
test_too_much (void)
{
  g_autoptr (BmStrokes) strokes = new_circle (BM_STROKES_MAX_POINTS);
  g_autoptr (BmStrokes) many = bm_strokes_new (1, 1);
  g_autoptr (BmStrokes) wild = bm_strokes_new (1, 1);
  g_autoptr (GBytes) bytes = NULL;
  guint n = 0;

  g_assert_false (bm_strokes_go_on (strokes, (BmStrokePoint){ 0, 0, 599999 }));
  g_assert_false (bm_strokes_begin (many, (BmStrokePoint){ BM_STROKES_MAX_AWAY + 1, 0, 0 }));
  for (guint i = 0; i < BM_STROKES_MAX; i++)
    g_assert_true (bm_strokes_begin (many, (BmStrokePoint){ 0, 0, i }));
  g_assert_false (bm_strokes_begin (many, (BmStrokePoint){ 0, 0, 9000 }));
  g_assert_false (bm_strokes_go_on (many, (BmStrokePoint){ 0, 0, 0 })); /* time goes back */
  g_assert_false (bm_strokes_go_on (many, (BmStrokePoint){ 0, 0, BM_STROKES_MAX_MS + 1 }));
  /* From one end of the world to the other and back, nine bytes a point. */
  g_assert_true (bm_strokes_begin (wild, (BmStrokePoint){ 0, 0, 0 }));
  while (bm_strokes_go_on (wild, (BmStrokePoint){ n % 2 ? 99000 : -99000, n % 2 ? -99000 : 99000,
                                                  n * 50 }))
    n++;
  bytes = bm_strokes_to_bytes (wild);
  g_assert_cmpuint (n, >, 4000);
  g_assert_cmpuint (g_bytes_get_size (bytes), <=, BM_STROKES_MAX_BYTES);
  g_assert_cmpuint (g_bytes_get_size (bytes), >, BM_STROKES_MAX_BYTES - 12);
}

/* Dropping gives the room back, to the byte. */
static void
test_dropped (void)
{
  g_autoptr (BmStrokes) strokes = new_circle (50);
  g_autofree char *before = bm_strokes_to_text (strokes);
  g_autofree char *after = NULL;

  g_assert_true (bm_strokes_begin (strokes, (BmStrokePoint){ 17000, 100, 1000 }));
  g_assert_true (bm_strokes_go_on (strokes, (BmStrokePoint){ 17001, 101, 1008 }));
  g_assert_cmpuint (bm_strokes_reach_of_last (strokes), ==, 1);
  bm_strokes_drop_last (strokes);
  after = bm_strokes_to_text (strokes);
  g_assert_cmpstr (before, ==, after);
  bm_strokes_drop_last (strokes);
  bm_strokes_drop_last (strokes);
  g_assert_cmpuint (bm_strokes_count (strokes), ==, 0);
}

static void
test_enough (void)
{
  g_autoptr (BmStrokes) circle = new_circle (40);
  g_autoptr (BmStrokes) dots = bm_strokes_new (20000, 10000);
  g_autoptr (BmStrokes) trembling = bm_strokes_new (20000, 10000);
  g_autoptr (BmStrokes) cross = bm_strokes_new (20000, 10000);

  g_assert_true (bm_strokes_is_enough (circle));
  g_assert_false (bm_strokes_is_enough (dots));
  for (guint i = 0; i < 6; i++)
    g_assert_true (bm_strokes_begin (dots, (BmStrokePoint){ 1000 + 800 * (gint32) i, 500, i }));
  g_assert_false (bm_strokes_is_enough (dots)); /* however far apart */
  /* A finger that only rests goes a long way within a millimetre. */
  g_assert_true (bm_strokes_begin (trembling, (BmStrokePoint){ 5000, 5000, 0 }));
  for (guint i = 1; i < 200; i++)
    g_assert_true (bm_strokes_go_on (trembling, (BmStrokePoint){ 5000 + (i % 2) * 90, 5000, i }));
  g_assert_false (bm_strokes_is_enough (trembling));
  g_assert_true (bm_strokes_begin (cross, (BmStrokePoint){ 5000, 5000, 0 }));
  g_assert_true (bm_strokes_go_on (cross, (BmStrokePoint){ 5600, 5600, 10 }));
  g_assert_true (bm_strokes_begin (cross, (BmStrokePoint){ 5600, 5000, 300 }));
  g_assert_true (bm_strokes_go_on (cross, (BmStrokePoint){ 5000, 5600, 310 }));
  g_assert_true (bm_strokes_is_enough (cross));
}

/* The drawing says where the finger was, not when, and fits a sheet however much was written. */
static void
test_thin (void)
{
  g_autoptr (BmStrokes) circle = new_circle (2000);
  g_autoptr (BmStrokes) thin = bm_strokes_thin (circle);
  g_autoptr (BmStrokes) scrawl = bm_strokes_new (20000, 10000);
  g_autoptr (BmStrokes) drawn = NULL;
  g_autoptr (GBytes) bytes = NULL;
  BmStrokePoint from, to, thin_from, thin_to;
  guint n;
  const BmStrokePoint *points = bm_strokes_get (thin, 0, &n);

  g_assert_cmpuint (n, <, 100);
  for (guint i = 0; i < n; i++)
    g_assert_cmpuint (points[i].t, ==, 0);
  g_assert_true (bm_strokes_get_box (circle, &from, &to) &&
                 bm_strokes_get_box (thin, &thin_from, &thin_to));
  g_assert_cmpint (ABS (from.x - thin_from.x) + ABS (to.y - thin_to.y), <, 20);
  for (guint i = 0; i < BM_STROKES_MAX; i++)
    {
      g_assert_true (bm_strokes_begin (scrawl, (BmStrokePoint){ 0, 0, 0 }));
      for (guint k = 1; k < 15; k++)
        (void) bm_strokes_go_on (scrawl, (BmStrokePoint){ (gint32) (i * 37 % 19000),
                                                          (gint32) (k * 613 % 9000), 0 });
    }
  drawn = bm_strokes_thin (scrawl);
  bytes = bm_strokes_to_bytes (drawn);
  g_assert_cmpuint (g_bytes_get_size (bytes), <=, BM_STROKES_MAX_THIN);
  g_assert_cmpuint (bm_strokes_count (drawn), >, 10);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/strokes/every-point-is-kept", test_every_point_is_kept);
  g_test_add_func ("/strokes/foreign-bytes", test_foreign_bytes);
  g_test_add_func ("/strokes/longer-form", test_longer_form);
  g_test_add_func ("/strokes/too-much", test_too_much);
  g_test_add_func ("/strokes/dropped", test_dropped);
  g_test_add_func ("/strokes/enough", test_enough);
  g_test_add_func ("/strokes/thin", test_thin);
  return g_test_run ();
}
