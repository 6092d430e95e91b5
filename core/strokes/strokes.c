/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-strokes"

#include "core/strokes/strokes.h"

#include "core/crypto/crypto.h"
#include "core/strokes/strokes-private.h"

#include <math.h>

/*
 * Strokes as they are gathered, judged and thinned; their bytes are in strokes-bytes.c.
 *
 * Invariants: no stroke is empty, times never go back, and there are never more points, strokes, bytes or
 * millimetres than the header says. What was written is overwritten before it is freed.
 */

/* What is enough: 4 mm in some direction and 8 mm of way. A circle and a cross are, a dot is not. */
#define ENOUGH_REACH 400
#define ENOUGH_WAY   800

/* How far a thinned line may lie from the true one: not to be seen on paper. */
#define THIN_FROM 8
#define THIN_TO   400

/* Room that was written is filled before it is let go. */
static void
clear_points (gpointer data)
{
  GArray *array = data;

  if (array->len > 0)
    bm_wipe (array->data, array->len * g_array_get_element_size (array));
  g_array_unref (array);
}

/**
 * bm_strokes_new:
 * @width: of the field, in 1/100 mm
 * @height: of the field
 *
 * Makes strokes of which there are none yet.
 *
 * Returns: (transfer full): the strokes
 */
BmStrokes *
bm_strokes_new (guint width, guint height)
{
  BmStrokes *self = g_new0 (BmStrokes, 1);

  self->width = MIN (width, BM_STROKES_MAX_FIELD);
  self->height = MIN (height, BM_STROKES_MAX_FIELD);
  /* Never grown, so that no copy of it stays behind in freed memory. */
  self->points = g_array_sized_new (FALSE, FALSE, sizeof (BmStrokePoint), BM_STROKES_MAX_POINTS);
  self->starts = g_array_sized_new (FALSE, FALSE, sizeof (guint), BM_STROKES_MAX);
  self->bytes = BM_STROKES_HEAD_LEN;
  return self;
}

void
bm_strokes_free (BmStrokes *self)
{
  if (self == NULL)
    return;
  clear_points (self->points);
  clear_points (self->starts);
  g_free (self);
}

static BmStrokePoint *
get_last (const BmStrokes *self)
{
  return self->points->len > 0 ? &g_array_index (self->points, BmStrokePoint, self->points->len - 1)
                               : NULL;
}

/* FALSE, and nothing is added, when it would be more than strokes may be. */
static gboolean
take (BmStrokes *self, const BmStrokePoint *point, gsize head)
{
  const BmStrokePoint *last = get_last (self);
  gsize cost;

  if (self->points->len == BM_STROKES_MAX_POINTS || ABS (point->x) > BM_STROKES_MAX_AWAY ||
      ABS (point->y) > BM_STROKES_MAX_AWAY || point->t > BM_STROKES_MAX_MS ||
      (last != NULL && point->t < last->t))
    return FALSE;
  cost = head + bm_strokes_cost (last, point);
  if (self->bytes + cost > BM_STROKES_MAX_BYTES)
    return FALSE;
  self->bytes += cost;
  g_array_append_val (self->points, *point);
  return TRUE;
}

gboolean
bm_strokes_begin (BmStrokes *self, BmStrokePoint point)
{
  guint start;

  g_return_val_if_fail (self != NULL, FALSE);

  start = self->points->len;
  if (self->starts->len == BM_STROKES_MAX || !take (self, &point, BM_STROKE_HEAD_LEN))
    return FALSE;
  g_array_append_val (self->starts, start);
  return TRUE;
}

gboolean
bm_strokes_go_on (BmStrokes *self, BmStrokePoint point)
{
  g_return_val_if_fail (self != NULL && self->starts->len > 0, FALSE);

  return take (self, &point, 0);
}

void
bm_strokes_drop_last (BmStrokes *self)
{
  guint start;

  g_return_if_fail (self != NULL);

  if (self->starts->len == 0)
    return;
  start = g_array_index (self->starts, guint, self->starts->len - 1);
  for (guint i = self->points->len; i > start; i--)
    self->bytes -=
      bm_strokes_cost (i > 1 ? &g_array_index (self->points, BmStrokePoint, i - 2) : NULL,
                       &g_array_index (self->points, BmStrokePoint, i - 1));
  self->bytes -= BM_STROKE_HEAD_LEN;
  bm_wipe (&g_array_index (self->points, BmStrokePoint, start),
           (self->points->len - start) * sizeof (BmStrokePoint));
  g_array_set_size (self->points, start);
  g_array_set_size (self->starts, self->starts->len - 1);
}

guint
bm_strokes_get_width (const BmStrokes *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->width;
}

guint
bm_strokes_get_height (const BmStrokes *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->height;
}

guint
bm_strokes_count (const BmStrokes *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->starts->len;
}

const BmStrokePoint *
bm_strokes_get (const BmStrokes *self, guint index, guint *ret_n)
{
  guint start, end;

  g_return_val_if_fail (self != NULL && index < self->starts->len, NULL);

  start = g_array_index (self->starts, guint, index);
  end = index + 1 < self->starts->len ? g_array_index (self->starts, guint, index + 1)
                                      : self->points->len;
  *ret_n = end - start;
  return &g_array_index (self->points, BmStrokePoint, start);
}

static void
widen (const BmStrokePoint *points, guint n, BmStrokePoint *from, BmStrokePoint *to)
{
  for (guint i = 0; i < n; i++)
    {
      from->x = MIN (from->x, points[i].x);
      from->y = MIN (from->y, points[i].y);
      to->x = MAX (to->x, points[i].x);
      to->y = MAX (to->y, points[i].y);
    }
}

guint
bm_strokes_reach_of_last (const BmStrokes *self)
{
  const BmStrokePoint *points;
  BmStrokePoint from, to;
  guint n;

  g_return_val_if_fail (self != NULL, 0);

  if (self->starts->len == 0)
    return 0;
  points = bm_strokes_get (self, self->starts->len - 1, &n);
  from = to = points[0];
  widen (points, n, &from, &to);
  return (guint) MAX (to.x - from.x, to.y - from.y);
}

gboolean
bm_strokes_get_box (const BmStrokes *self, BmStrokePoint *ret_from, BmStrokePoint *ret_to)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if (self->points->len == 0)
    return FALSE;
  *ret_from = *ret_to = g_array_index (self->points, BmStrokePoint, 0);
  widen (&g_array_index (self->points, BmStrokePoint, 0), self->points->len, ret_from, ret_to);
  return TRUE;
}

static double
get_distance (const BmStrokePoint *a, const BmStrokePoint *b)
{
  return hypot (a->x - b->x, a->y - b->y);
}

gboolean
bm_strokes_is_enough (const BmStrokes *self)
{
  BmStrokePoint from, to;
  double way = 0;

  if (!bm_strokes_get_box (self, &from, &to) || MAX (to.x - from.x, to.y - from.y) < ENOUGH_REACH)
    return FALSE;
  for (guint i = 0; i < self->starts->len; i++)
    {
      guint n;
      const BmStrokePoint *points = bm_strokes_get (self, i, &n);

      for (guint k = 1; k < n; k++)
        way += get_distance (&points[k - 1], &points[k]);
    }
  return way >= ENOUGH_WAY;
}

/* Thinning */

static double
get_away (const BmStrokePoint *point, const BmStrokePoint *from, const BmStrokePoint *to)
{
  const double length = get_distance (from, to);

  if (length < 1)
    return get_distance (point, from);
  return fabs ((double) (to->x - from->x) * (from->y - point->y) -
               (double) (from->x - point->x) * (to->y - from->y)) /
         length;
}

/* Douglas and Peucker, with a stack of its own: a stroke of ten thousand points is as deep as it is long. */
static void
mark_kept (const BmStrokePoint *points, guint n, double most, gboolean *kept)
{
  g_autoptr (GArray) stack = g_array_new (FALSE, FALSE, sizeof (guint));
  guint from = 0, to = n - 1;

  kept[from] = kept[to] = TRUE;
  g_array_append_val (stack, from);
  g_array_append_val (stack, to);
  while (stack->len > 0)
    {
      double worst = most;
      guint at = 0;

      to = g_array_index (stack, guint, stack->len - 1);
      from = g_array_index (stack, guint, stack->len - 2);
      g_array_set_size (stack, stack->len - 2);
      for (guint i = from + 1; i < to; i++)
        if (get_away (&points[i], &points[from], &points[to]) > worst)
          {
            worst = get_away (&points[i], &points[from], &points[to]);
            at = i;
          }
      if (at == 0)
        continue;
      kept[at] = TRUE;
      g_array_append_val (stack, from);
      g_array_append_val (stack, at);
      g_array_append_val (stack, at);
      g_array_append_val (stack, to);
    }
}

static BmStrokes *
thin_by (const BmStrokes *self, double most)
{
  BmStrokes *thin = bm_strokes_new (self->width, self->height);
  g_autofree gboolean *kept = g_new0 (gboolean, MAX (self->points->len, 1));

  for (guint i = 0; i < self->starts->len; i++)
    {
      guint n;
      const BmStrokePoint *points = bm_strokes_get (self, i, &n);
      gboolean *marks = kept + (points - &g_array_index (self->points, BmStrokePoint, 0));

      mark_kept (points, n, most, marks);
      (void) bm_strokes_begin (thin, (BmStrokePoint){ points[0].x, points[0].y, 0 });
      for (guint k = 1; k < n; k++)
        if (marks[k])
          (void) bm_strokes_go_on (thin, (BmStrokePoint){ points[k].x, points[k].y, 0 });
    }
  return thin;
}

/**
 * bm_strokes_thin:
 * @self: strokes
 *
 * Leaves out what nobody sees: points that lie on the way, and how fast the hand was. However much was written, it is no
 * more than %BM_STROKES_MAX_THIN bytes; of what does not fit even so the later strokes are left out.
 *
 * Returns: (transfer full): the drawing
 */
BmStrokes *
bm_strokes_thin (const BmStrokes *self)
{
  BmStrokes *thin;
  double most = THIN_FROM;

  g_return_val_if_fail (self != NULL, NULL);

  thin = thin_by (self, most);
  while (thin->bytes > BM_STROKES_MAX_THIN && most < THIN_TO)
    {
      bm_strokes_free (thin);
      most *= 1.6;
      thin = thin_by (self, most);
    }
  while (thin->bytes > BM_STROKES_MAX_THIN)
    bm_strokes_drop_last (thin);
  return thin;
}
