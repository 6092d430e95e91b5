/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-capture"

#include "app/devices/capture/legible.h"

/*
 * Blur: in each square of a picture of a fixed size (what is kept has more points, and a letter is as large in each) the
 * variance of the Laplacian relative to that of the light itself, without what the quietest squares have, which is the
 * sensor's noise. That says how steep edges are and not how many there are, nor how black: few words are as sharp as
 * many. Only the sharper squares count, since the shade of a hand is never sharp.
 *
 * Glare: squares of nothing but white on a paper that is else darker than that. Over-exposed as a whole is no glare.
 */

#define SIDE         1000 /* points, of the picture in which it is measured */
#define SQUARE       32   /* points */
#define LEAST_SPREAD 36   /* variance of light of a square with something on it */
#define LEAST_FILLED 8    /* such squares */
#define SHARP \
  0.025 /* what a blur of two points leaves: a printed character of twelve is a stain then */
#define BURNT      250
#define MOST_PAPER 232  /* of 255: on a lighter paper nobody can tell */
#define MOST_BURNT 0.02 /* of the squares */

typedef struct
{
  double bends;  /* mean square of the Laplacian */
  double spread; /* variance */
  double mean;
  gboolean is_burnt;
} Square;

static void
measure_square (const BmPlane *plane, guint left, guint top, Square *ret_square)
{
  const int n = SQUARE * SQUARE;
  gint64 sum = 0, squares = 0, bends = 0;
  guint n_burnt = 0;

  for (guint y = top; y < top + SQUARE; y++)
    for (guint x = left; x < left + SQUARE; x++)
      {
        const guint8 *value = plane->values + (gsize) y * plane->width + x;
        int bend =
          4 * *value - value[-1] - value[1] - *(value - plane->width) - value[plane->width];

        sum += *value;
        squares += *value * *value;
        bends += bend * bend;
        n_burnt += *value >= BURNT;
      }
  ret_square->mean = (double) sum / n;
  ret_square->spread = (double) squares / n - ret_square->mean * ret_square->mean;
  ret_square->bends = (double) bends / n;
  ret_square->is_burnt = n_burnt * 50 >= n * 49;
}

/* Each point with its neighbours, 1 2 1: a point alone is noise. */
static void
smooth (BmPlane *plane)
{
  const guint width = plane->width, height = plane->height;
  g_autofree guint8 *from = g_memdup2 (plane->values, (gsize) width * height);

  for (guint y = 1; y + 1 < height; y++)
    for (guint x = 1; x + 1 < width; x++)
      {
        const guint8 *here = from + (gsize) y * width + x;
        const guint8 *up = here - width, *down = here + width;
        guint sides = here[-1] + here[1] + up[0] + down[0];
        guint corners = up[-1] + up[1] + down[-1] + down[1];

        plane->values[(gsize) y * width + x] =
          (guint8) ((4 * here[0] + 2 * sides + corners + 8) / 16);
      }
}

static GArray *
measure_squares (const BmPoints *points)
{
  const guint by = MAX ((MAX (points->width, points->height) + SIDE / 2) / SIDE, 1);
  GArray *squares = g_array_new (FALSE, FALSE, sizeof (Square));
  g_auto (BmPoints) small = { 0 };
  g_auto (BmPlane) plane = { 0 };

  bm_points_shrink (points, by, &small);
  bm_plane_take_light (&plane, &small);
  smooth (&plane);
  for (guint y = 1; y + SQUARE < plane.height; y += SQUARE)
    for (guint x = 1; x + SQUARE < plane.width; x += SQUARE)
      {
        Square square;

        measure_square (&plane, x, y, &square);
        g_array_append_val (squares, square);
      }
  return squares;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const double *one = a, *other = b;

  return (*one > *other) - (*one < *other);
}

/* @at: 0 the least, 1 the most; @values is not empty. */
static double
get_quantile (GArray *values, double at)
{
  g_array_sort (values, compare);
  return g_array_index (values, double, (guint) (at * (values->len - 1)));
}

static double
measure_sharpness (const GArray *squares)
{
  g_autoptr (GArray) bends = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) ratios = g_array_new (FALSE, FALSE, sizeof (double));
  double noise;

  for (guint i = 0; i < squares->len; i++)
    g_array_append_val (bends, g_array_index (squares, Square, i).bends);
  if (bends->len == 0)
    return -1;
  noise = get_quantile (bends, 0.1);
  for (guint i = 0; i < squares->len; i++)
    {
      const Square *square = &g_array_index (squares, Square, i);
      double ratio = MAX (square->bends - noise, 0) / MAX (square->spread, 1);

      if (square->spread >= LEAST_SPREAD)
        g_array_append_val (ratios, ratio);
    }
  return ratios->len >= LEAST_FILLED ? get_quantile (ratios, 0.75) : -1;
}

static gboolean
has_glare (const GArray *squares)
{
  g_autoptr (GArray) means = g_array_new (FALSE, FALSE, sizeof (double));
  guint n_burnt = 0;

  for (guint i = 0; i < squares->len; i++)
    {
      const Square *square = &g_array_index (squares, Square, i);

      n_burnt += square->is_burnt;
      if (!square->is_burnt)
        g_array_append_val (means, square->mean);
    }
  return n_burnt > MOST_BURNT * squares->len && means->len > 0 &&
         get_quantile (means, 0.75) <= MOST_PAPER;
}

/**
 * bm_legible_measure:
 * @points: a picture
 *
 * Returns: how sharp it is
 */
double
bm_legible_measure (const BmPoints *points)
{
  g_autoptr (GArray) squares = measure_squares (points);

  return measure_sharpness (squares);
}

/**
 * bm_legible_judge:
 * @points: a picture
 * @is_alone: whether it is of a paper and nothing else
 *
 * Who cannot tell says that it can be read: the person looks at it as well.
 *
 * Returns: #BM_PHOTO_OK, #BM_PHOTO_BLURRED or #BM_PHOTO_GLARE
 */
BmPhotoState
bm_legible_judge (const BmPoints *points, gboolean is_alone)
{
  g_autoptr (GArray) squares = measure_squares (points);
  double sharpness = measure_sharpness (squares);

  if (is_alone && has_glare (squares))
    return BM_PHOTO_GLARE;
  return sharpness >= 0 && sharpness < SHARP ? BM_PHOTO_BLURRED : BM_PHOTO_OK;
}
