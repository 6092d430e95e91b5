/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-capture"

#include "app/devices/capture/paper.h"

#include "app/devices/capture/outline.h"

#include <math.h>

/*
 * A rough outline is looked for in small (outline.c). Then each of its sides is measured in the whole picture: where, along
 * its length, white falls off to the table. A side is a line through most of these places, or the paper was none; its
 * corners are where two sides meet.
 *
 * Whoever is not sure leaves the picture as it is: a table around a paper harms nobody, a paper without its edge does.
 */

#define SMALL_SIDE     360  /* points, of the picture in which the outline is looked for */
#define SAMPLES        48   /* a side */
#define LEAST_HITS     36   /* of them, where there is an edge */
#define LEAST_STEP     14   /* over an edge, of 255 */
#define MOST_OFF       1.5  /* points from the line */
#define END            0.07 /* of a side: corners are round, bent or torn */
#define LEAST_SINE     0.8  /* at a corner */
#define LEAST_PARALLEL 0.5  /* shorter to longer of two opposite sides */
#define LEAST_SIDE     0.15 /* of the shorter side of the picture */
#define MARGIN         1.01 /* a sliver of table around it, so that no edge is cut off */

/* All spots with a * x + b * y = c; (a, b) is of length 1 and points away from the paper. */
typedef struct
{
  double a;
  double b;
  double c;
} Line;

static double
get_length (BmSpot from, BmSpot to)
{
  return hypot (to.x - from.x, to.y - from.y);
}

/* Outside of the plane what is nearest. */
static double
look (const BmPlane *plane, double x, double y)
{
  int i = CLAMP ((int) floor (x), 0, (int) plane->width - 1);
  int j = CLAMP ((int) floor (y), 0, (int) plane->height - 1);

  return plane->values[(gsize) j * plane->width + (gsize) i];
}

/* Three side by side along the edge, so that noise is none. */
static double
look_wide (const BmPlane *plane, BmSpot spot, const Line *side)
{
  return (look (plane, spot.x, spot.y) + look (plane, spot.x - 2 * side->b, spot.y + 2 * side->a) +
          look (plane, spot.x + 2 * side->b, spot.y - 2 * side->a)) /
         3;
}

/* How far outwards of @spot white falls off most. */
static gboolean
find_edge (const BmPlane *plane, BmSpot spot, const Line *side, int reach, double *ret_out)
{
  const int half = MAX (reach / 6, 1);
  double best = 0;
  double sum = 0, weight = 0;

  for (int round = 0; round < 2; round++)
    for (int t = -reach; t <= reach; t++)
      {
        const BmSpot in = { spot.x + (t - half) * side->a, spot.y + (t - half) * side->b };
        const BmSpot out = { spot.x + (t + half) * side->a, spot.y + (t + half) * side->b };
        double step = look_wide (plane, in, side) - look_wide (plane, out, side);

        if (round == 0)
          best = MAX (best, step);
        else if (step >= 0.8 * best && step >= LEAST_STEP)
          {
            sum += t * step;
            weight += step;
          }
      }
  if (weight <= 0)
    return FALSE;
  *ret_out = sum / weight;
  return TRUE;
}

/* Through the middle of the spots, along their longest extent. */
static void
fit_line (const BmSpot *spots, guint n, Line *line)
{
  double x = 0, y = 0, xx = 0, xy = 0, yy = 0, angle;
  Line fitted;

  for (guint i = 0; i < n; i++)
    {
      x += spots[i].x / n;
      y += spots[i].y / n;
    }
  for (guint i = 0; i < n; i++)
    {
      xx += (spots[i].x - x) * (spots[i].x - x);
      xy += (spots[i].x - x) * (spots[i].y - y);
      yy += (spots[i].y - y) * (spots[i].y - y);
    }
  angle = 0.5 * atan2 (2 * xy, xx - yy);
  fitted = (Line){ -sin (angle), cos (angle), 0 };
  if (fitted.a * line->a + fitted.b * line->b < 0)
    fitted = (Line){ -fitted.a, -fitted.b, 0 };
  fitted.c = fitted.a * x + fitted.b * y;
  *line = fitted;
}

/* Without those that are far off it: a fold, a finger, a letter at the edge. */
static guint
drop_outliers (BmSpot *spots, guint n, const Line *line, double most)
{
  guint kept = 0;

  for (guint i = 0; i < n; i++)
    if (fabs (line->a * spots[i].x + line->b * spots[i].y - line->c) <= most)
      spots[kept++] = spots[i];
  return kept;
}

static gboolean
measure_side (const BmPlane *plane, BmSpot from, BmSpot to, int reach, Line *ret_line)
{
  const double length = get_length (from, to);
  BmSpot spots[SAMPLES];
  guint n = 0;

  *ret_line = (Line){ (to.y - from.y) / length, (from.x - to.x) / length, 0 };
  for (guint i = 0; i < SAMPLES; i++)
    {
      double at = END + (1 - 2 * END) * i / (SAMPLES - 1);
      BmSpot spot = { from.x + at * (to.x - from.x), from.y + at * (to.y - from.y) };
      double out;

      if (!find_edge (plane, spot, ret_line, reach, &out))
        continue;
      spots[n++] = (BmSpot){ spot.x + out * ret_line->a, spot.y + out * ret_line->b };
    }
  for (double most = 3 * MOST_OFF; most >= MOST_OFF && n >= LEAST_HITS; most -= MOST_OFF)
    {
      fit_line (spots, n, ret_line);
      n = drop_outliers (spots, n, ret_line, MAX (most, reach / 8.0));
    }
  return n >= LEAST_HITS;
}

static gboolean
cross_lines (const Line *one, const Line *other, BmSpot *ret_spot)
{
  double sine = one->a * other->b - other->a * one->b;

  if (fabs (sine) < LEAST_SINE)
    return FALSE;
  ret_spot->x = (one->c * other->b - other->c * one->b) / sine;
  ret_spot->y = (one->a * other->c - other->a * one->c) / sine;
  return TRUE;
}

/* The side that goes most to the right is the upper one: a paper that lies crosswise is not turned. */
static void
begin_top_left (BmSpot corners[BM_PAPER_CORNERS])
{
  BmSpot turned[BM_PAPER_CORNERS];
  double best = -2;
  guint first = 0;

  for (guint i = 0; i < BM_PAPER_CORNERS; i++)
    {
      BmSpot a = corners[i], b = corners[(i + 1) % BM_PAPER_CORNERS];
      double right = (b.x - a.x) / get_length (a, b);

      if (right <= best)
        continue;
      best = right;
      first = i;
    }
  for (guint i = 0; i < BM_PAPER_CORNERS; i++)
    turned[i] = corners[(first + i) % BM_PAPER_CORNERS];
  for (guint i = 0; i < BM_PAPER_CORNERS; i++)
    corners[i] = turned[i];
}

static gboolean
is_like_paper (const BmPoints *points, const BmSpot corners[BM_PAPER_CORNERS])
{
  const double least = LEAST_SIDE * MIN (points->width, points->height);
  double sides[BM_PAPER_CORNERS];

  for (guint i = 0; i < BM_PAPER_CORNERS; i++)
    {
      sides[i] = get_length (corners[i], corners[(i + 1) % BM_PAPER_CORNERS]);
      if (sides[i] < least)
        return FALSE;
    }
  for (guint i = 0; i < 2; i++)
    if (MIN (sides[i], sides[i + 2]) < LEAST_PARALLEL * MAX (sides[i], sides[i + 2]))
      return FALSE;
  return TRUE;
}

static gboolean
measure (const BmPoints *points, guint by, BmSpot corners[BM_PAPER_CORNERS])
{
  const int reach = (int) (2 * by + 3);
  g_auto (BmPlane) plane = { 0 };
  Line sides[BM_PAPER_CORNERS];

  bm_plane_take_white (&plane, points);
  for (guint i = 0; i < BM_PAPER_CORNERS; i++)
    if (!measure_side (&plane, corners[i], corners[(i + 1) % BM_PAPER_CORNERS], reach, &sides[i]))
      return FALSE;
  for (guint i = 0; i < BM_PAPER_CORNERS; i++)
    {
      BmSpot rough = corners[i];

      if (!cross_lines (&sides[(i + BM_PAPER_CORNERS - 1) % BM_PAPER_CORNERS], &sides[i],
                        &corners[i]) ||
          get_length (rough, corners[i]) > 4 * reach)
        return FALSE;
    }
  return TRUE;
}

/**
 * bm_paper_find:
 * @points: a picture
 * @ret_corners: return location for the corners of the paper, clockwise from top left
 *
 * Returns: whether there is one paper, beyond doubt
 */
gboolean
bm_paper_find (const BmPoints *points, BmSpot ret_corners[BM_PAPER_CORNERS])
{
  guint by;
  g_auto (BmPoints) small = { 0 };
  g_auto (BmPlane) plane = { 0 };

  g_return_val_if_fail (points != NULL && ret_corners != NULL, FALSE);

  by = MAX ((MAX (points->width, points->height) + SMALL_SIDE - 1) / SMALL_SIDE, 1);
  bm_points_shrink (points, by, &small);
  bm_plane_take_white (&plane, &small);
  if (!bm_outline_find (&plane, ret_corners))
    return FALSE;
  for (guint i = 0; i < BM_PAPER_CORNERS; i++)
    ret_corners[i] = (BmSpot){ ret_corners[i].x * by, ret_corners[i].y * by };
  if (!is_like_paper (points, ret_corners) || !measure (points, by, ret_corners) ||
      !is_like_paper (points, ret_corners))
    return FALSE;
  begin_top_left (ret_corners);
  return TRUE;
}

/* From the unit square to four corners: x = (m[0] u + m[1] v + m[2]) / (m[6] u + m[7] v + 1), y alike. */
static void
find_mapping (const BmSpot q[BM_PAPER_CORNERS], double m[8])
{
  const double sx = q[0].x - q[1].x + q[2].x - q[3].x;
  const double sy = q[0].y - q[1].y + q[2].y - q[3].y;
  const double ax = q[1].x - q[2].x, ay = q[1].y - q[2].y;
  const double bx = q[3].x - q[2].x, by = q[3].y - q[2].y;
  const double whole = ax * by - bx * ay;

  m[6] = (sx * by - bx * sy) / whole;
  m[7] = (ax * sy - sx * ay) / whole;
  m[0] = q[1].x - q[0].x + m[6] * q[1].x;
  m[1] = q[3].x - q[0].x + m[7] * q[3].x;
  m[2] = q[0].x;
  m[3] = q[1].y - q[0].y + m[6] * q[1].y;
  m[4] = q[3].y - q[0].y + m[7] * q[3].y;
  m[5] = q[0].y;
}

/* Between the four points around it, in 256ths; outside of the picture what is nearest. */
static void
mix (const BmPoints *from, double x, double y, guint8 ret_point[3])
{
  const double right = CLAMP (x - 0.5, 0, from->width - 1.0);
  const double down = CLAMP (y - 0.5, 0, from->height - 1.0);
  const guint i = (guint) right, j = (guint) down;
  const guint u = (guint) ((right - i) * 256), v = (guint) ((down - j) * 256);
  const guint8 *here = from->points + 3 * ((gsize) j * from->width + i);
  const gsize next = i + 1 < from->width ? 3 : 0;
  const gsize below = j + 1 < from->height ? (gsize) 3 * from->width : 0;

  for (guint c = 0; c < 3; c++)
    {
      guint upper = here[c] * (256 - u) + here[c + next] * u;
      guint lower = here[c + below] * (256 - u) + here[c + below + next] * u;

      ret_point[c] = (guint8) ((upper * (256 - v) + lower * v) >> 16);
    }
}

/* Its longer sides, so that nothing of it becomes coarser than it was. */
static void
choose_size (const BmSpot q[BM_PAPER_CORNERS], guint most, BmPoints *to)
{
  double width = MAX (get_length (q[0], q[1]), get_length (q[3], q[2]));
  double height = MAX (get_length (q[1], q[2]), get_length (q[0], q[3]));
  double scale = MIN (most / MAX (width, height), 1);

  to->width = (guint) CLAMP (width * scale, 1, most);
  to->height = (guint) CLAMP (height * scale, 1, most);
}

/**
 * bm_paper_straighten:
 * @from: a picture
 * @corners: of a paper in it, clockwise from top left
 * @most: of a side
 * @to: return location for the paper alone
 */
void
bm_paper_straighten (const BmPoints *from,
                     const BmSpot corners[BM_PAPER_CORNERS],
                     guint most,
                     BmPoints *to)
{
  BmSpot wide[BM_PAPER_CORNERS];
  BmSpot middle = { 0, 0 };
  double m[8];

  for (guint i = 0; i < BM_PAPER_CORNERS; i++)
    middle = (BmSpot){ middle.x + corners[i].x / BM_PAPER_CORNERS,
                       middle.y + corners[i].y / BM_PAPER_CORNERS };
  for (guint i = 0; i < BM_PAPER_CORNERS; i++)
    wide[i] = (BmSpot){ middle.x + MARGIN * (corners[i].x - middle.x),
                        middle.y + MARGIN * (corners[i].y - middle.y) };
  choose_size (wide, most, to);
  find_mapping (wide, m);
  to->points = g_malloc ((gsize) 3 * to->width * to->height);
  for (guint y = 0; y < to->height; y++)
    for (guint x = 0; x < to->width; x++)
      {
        const double u = (x + 0.5) / to->width, v = (y + 0.5) / to->height;
        const double depth = m[6] * u + m[7] * v + 1;

        mix (from, (m[0] * u + m[1] * v + m[2]) / depth, (m[3] * u + m[4] * v + m[5]) / depth,
             to->points + 3 * ((gsize) y * to->width + x));
      }
}
