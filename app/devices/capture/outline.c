/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-capture"

#include "app/devices/capture/outline.h"

#include <math.h>
#include <string.h>

/*
 * White is told from the table by the threshold that parts the picture's values best (Otsu). The largest white piece is
 * the paper when its hull is four-cornered, when it fills that hull (letters are holes in it, a hand over its edge is a
 * bay), when none of it is outside of the picture, and when nothing else that is white or busy lies around it: a white
 * field on a form, or one of two papers, must not be cut out of what the person wanted to show.
 */

#define LEAST_CONTRAST 40    /* between white and the rest, of 255 */
#define LEAST_AREA     0.12  /* of the picture */
#define LEAST_FOURNESS 0.93  /* of the hull, in four corners */
#define LEAST_FILLED   0.95  /* of the hull */
#define MOST_WHITE     0.015 /* of the picture, beside the paper */
#define MOST_BUSY      0.06  /* of what is beside the paper */
#define BUSY_STEP      40    /* from one point to the next, of 255 */
#define RIM            2     /* points around the paper that may be anything */

typedef struct
{
  const BmPlane *plane;
  guint threshold;
  guint32 *labels; /* 0: dark, or not seen yet */
  guint32 largest;
  guint area; /* of the largest */
} Pieces;

static void
count_values (const BmPlane *plane, gsize counts[256])
{
  const gsize n = (gsize) plane->width * plane->height;

  memset (counts, 0, 256 * sizeof *counts);
  for (gsize i = 0; i < n; i++)
    counts[plane->values[i]]++;
}

/* From this value on it is white; 0: there is no such value. */
static guint
part (const BmPlane *plane)
{
  const double n = (double) plane->width * plane->height;
  gsize counts[256];
  double all = 0, sum = 0, weight = 0, best = 0, contrast = 0;
  guint threshold = 0;

  count_values (plane, counts);
  for (guint i = 0; i < 256; i++)
    all += (double) i * (double) counts[i];
  for (guint i = 0; i < 255; i++)
    {
      double apart, between;

      weight += (double) counts[i];
      sum += (double) i * (double) counts[i];
      if (weight == 0 || weight == n)
        continue;
      apart = (all - sum) / (n - weight) - sum / weight;
      between = weight * (n - weight) * apart * apart;
      if (between <= best)
        continue;
      best = between;
      contrast = apart;
      threshold = i + 1;
    }
  return contrast >= LEAST_CONTRAST ? threshold : 0;
}

static gboolean
is_new (Pieces *self, gsize at)
{
  return self->labels[at] == 0 && self->plane->values[at] >= self->threshold;
}

/* @stack has room for each point once. */
static guint
fill (Pieces *self, gsize from, guint32 label, guint32 *stack)
{
  const guint width = self->plane->width;
  const gsize n_points = (gsize) width * self->plane->height;
  guint area = 0;
  gsize n = 0;

  self->labels[from] = label;
  stack[n++] = (guint32) from;
  while (n > 0)
    {
      gsize at = stack[--n];
      guint x = (guint) (at % width);
      const gsize next[] = { x > 0 ? at - 1 : at, x + 1 < width ? at + 1 : at,
                             at >= width ? at - width : at,
                             at + width < n_points ? at + width : at };

      area++;
      for (guint i = 0; i < G_N_ELEMENTS (next); i++)
        {
          if (!is_new (self, next[i]))
            continue;
          self->labels[next[i]] = label;
          stack[n++] = (guint32) next[i];
        }
    }
  return area;
}

static void
label (Pieces *self)
{
  const gsize n = (gsize) self->plane->width * self->plane->height;
  g_autofree guint32 *stack = g_new (guint32, n);
  guint32 last = 0;

  for (gsize i = 0; i < n; i++)
    {
      guint area;

      if (!is_new (self, i))
        continue;
      area = fill (self, i, ++last, stack);
      if (area <= self->area)
        continue;
      self->area = area;
      self->largest = last;
    }
}

static gboolean
is_paper (const Pieces *self, guint x, guint y)
{
  return self->labels[(gsize) y * self->plane->width + x] == self->largest;
}

/* What goes on outside of the picture has corners that nobody sees. */
static gboolean
is_within (const Pieces *self)
{
  const guint width = self->plane->width, height = self->plane->height;

  for (guint x = 0; x < width; x++)
    if (is_paper (self, x, 0) || is_paper (self, x, height - 1))
      return FALSE;
  for (guint y = 0; y < height; y++)
    if (is_paper (self, 0, y) || is_paper (self, width - 1, y))
      return FALSE;
  return TRUE;
}

/* Of the points from the first to the last in each row, and in each column: the less of the two. */
static guint
count_filled (const Pieces *self)
{
  const guint width = self->plane->width, height = self->plane->height;
  g_autofree guint *tops = g_new0 (guint, width);
  g_autofree guint *bottoms = g_new0 (guint, width);
  guint rows = 0, columns = 0;

  for (guint y = 0; y < height; y++)
    {
      guint left = width, right = 0;

      for (guint x = 0; x < width; x++)
        {
          if (!is_paper (self, x, y))
            continue;
          left = MIN (left, x);
          right = x;
          tops[x] = tops[x] == 0 ? y : tops[x]; /* none is in the first row */
          bottoms[x] = y;
        }
      rows += left <= right ? right - left + 1 : 0;
    }
  for (guint x = 0; x < width; x++)
    columns += tops[x] > 0 ? bottoms[x] - tops[x] + 1 : 0;
  return MIN (rows, columns);
}

static double
cross (BmSpot a, BmSpot b, BmSpot c)
{
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

static void
add_to_chain (GArray *hull, guint least, BmSpot spot)
{
  while (hull->len >= least + 2 && cross (g_array_index (hull, BmSpot, hull->len - 2),
                                          g_array_index (hull, BmSpot, hull->len - 1), spot) <= 0)
    g_array_set_size (hull, hull->len - 1);
  g_array_append_val (hull, spot);
}

/* The ends of the paper in a row. */
static gboolean
find_ends (const Pieces *self, guint y, BmSpot *ret_left, BmSpot *ret_right)
{
  gboolean is_found = FALSE;

  for (guint x = 0; x < self->plane->width; x++)
    {
      if (!is_paper (self, x, y))
        continue;
      if (!is_found)
        *ret_left = (BmSpot){ x, y };
      *ret_right = (BmSpot){ x + 1, y };
      is_found = TRUE;
    }
  return is_found;
}

/* Clockwise: down along the right, up along the left. A row has an upper and a lower end. */
static GArray *
make_hull (const Pieces *self)
{
  GArray *hull = g_array_new (FALSE, FALSE, sizeof (BmSpot));
  const guint height = self->plane->height;
  BmSpot left, right;
  guint turn;

  for (guint y = 0; y < height; y++)
    {
      if (!find_ends (self, y, &left, &right))
        continue;
      add_to_chain (hull, 0, right);
      add_to_chain (hull, 0, (BmSpot){ right.x, right.y + 1 });
    }
  turn = hull->len > 0 ? hull->len - 1 : 0;
  for (guint y = height; y-- > 0;)
    {
      if (!find_ends (self, y, &left, &right))
        continue;
      add_to_chain (hull, turn, (BmSpot){ left.x, left.y + 1 });
      add_to_chain (hull, turn, left);
    }
  return hull;
}

static double
get_area (const BmSpot *spots, guint n)
{
  double sum = 0;

  for (guint i = 0; i < n; i++)
    sum += spots[i].x * spots[(i + 1) % n].y - spots[(i + 1) % n].x * spots[i].y;
  return sum / 2;
}

/* The one farthest from the line between two, of those from @from to before @to around the hull. */
static guint
find_farthest (const GArray *hull, guint a, guint b, double *ret_far)
{
  const BmSpot *spots = (const BmSpot *) (gconstpointer) hull->data;
  guint best = a;

  *ret_far = 0;
  for (guint i = (a + 1) % hull->len; i != b; i = (i + 1) % hull->len)
    {
      double far = fabs (cross (spots[a], spots[b], spots[i]));

      if (far <= *ret_far)
        continue;
      *ret_far = far;
      best = i;
    }
  return best;
}

/* The largest that four of its corners make; its area. */
static double
choose_corners (const GArray *hull, BmSpot ret_corners[BM_PAPER_CORNERS])
{
  const BmSpot *spots = (const BmSpot *) (gconstpointer) hull->data;
  double best = 0;

  for (guint a = 0; a < hull->len; a++)
    for (guint b = a + 2; b < hull->len; b++)
      {
        double one, other;
        guint right = find_farthest (hull, a, b, &one);
        guint left = find_farthest (hull, b, a, &other);

        if (one + other <= best)
          continue;
        best = one + other;
        ret_corners[0] = spots[a];
        ret_corners[1] = spots[right];
        ret_corners[2] = spots[b];
        ret_corners[3] = spots[left];
      }
  return best / 2;
}

/* How far within the four sides; less than nothing: outside. */
static double
get_depth (const BmSpot corners[BM_PAPER_CORNERS], BmSpot spot)
{
  double least = G_MAXDOUBLE;

  for (guint i = 0; i < BM_PAPER_CORNERS; i++)
    {
      BmSpot a = corners[i], b = corners[(i + 1) % BM_PAPER_CORNERS];

      least = MIN (least, cross (a, b, spot) / MAX (hypot (b.x - a.x, b.y - a.y), 1));
    }
  return least;
}

/* Whether it lies on a plain table, and nothing else does. */
static gboolean
is_alone (const Pieces *self, const BmSpot corners[BM_PAPER_CORNERS])
{
  const guint width = self->plane->width, height = self->plane->height;
  guint n = 0, n_white = 0, n_busy = 0;

  for (guint y = 0; y + 1 < height; y++)
    for (guint x = 0; x + 1 < width; x++)
      {
        const guint8 *value = self->plane->values + (gsize) y * width + x;

        if (get_depth (corners, (BmSpot){ x + 0.5, y + 0.5 }) > -RIM)
          continue;
        n++;
        n_white += *value >= self->threshold;
        n_busy += MAX (ABS (value[0] - value[1]), ABS (value[0] - value[width])) >= BUSY_STEP;
      }
  return n_white <= MOST_WHITE * width * height && n_busy <= MOST_BUSY * n;
}

static gboolean
find_corners (const Pieces *self, BmSpot ret_corners[BM_PAPER_CORNERS])
{
  g_autoptr (GArray) hull = make_hull (self);
  double area = get_area ((const BmSpot *) (gconstpointer) hull->data, hull->len);

  return hull->len >= BM_PAPER_CORNERS && count_filled (self) >= LEAST_FILLED * area &&
         choose_corners (hull, ret_corners) >= LEAST_FOURNESS * area;
}

/**
 * bm_outline_find:
 * @plane: how white a small picture is
 * @ret_corners: return location for the corners of the paper
 *
 * Returns: whether there is one, whole and alone
 */
gboolean
bm_outline_find (const BmPlane *plane, BmSpot ret_corners[BM_PAPER_CORNERS])
{
  const gsize n = (gsize) plane->width * plane->height;
  g_autofree guint32 *labels = NULL;
  Pieces pieces = { .plane = plane, .threshold = part (plane) };

  if (pieces.threshold == 0)
    return FALSE;
  labels = g_new0 (guint32, n);
  pieces.labels = labels;
  label (&pieces);
  return pieces.area >= LEAST_AREA * (double) n && is_within (&pieces) &&
         find_corners (&pieces, ret_corners) && is_alone (&pieces, ret_corners);
}
