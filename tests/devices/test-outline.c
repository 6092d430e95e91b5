/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/devices/capture/outline.h"

#include <string.h>

/* Each rule by which a white piece is a paper alone on a table, just kept and just broken: all else is as it should be. */

#define WIDTH  360
#define HEIGHT 270
#define TABLE  40
#define PAPER  225

typedef struct
{
  guint left;
  guint top;
  guint width;
  guint height;
} Area;

static const Area usual = { 120, 60, 120, 150 };

static void
paint (BmPlane *plane, const Area *area, guint8 value)
{
  for (guint y = area->top; y < area->top + area->height; y++)
    memset (plane->values + (gsize) y * plane->width + area->left, value, area->width);
}

static void
lay (BmPlane *plane, const Area *paper)
{
  *plane = (BmPlane){ WIDTH, HEIGHT, g_malloc (WIDTH * HEIGHT) };
  memset (plane->values, TABLE, WIDTH * HEIGHT);
  paint (plane, paper, PAPER);
}

static gboolean
is_found (const BmPlane *plane)
{
  BmSpot corners[BM_PAPER_CORNERS];

  return bm_outline_find (plane, corners);
}

/* An eighth of the picture, less a little: a label on something else. */
static void
test_small (void)
{
  for (guint is_small = 0; is_small < 2; is_small++)
    {
      const Area paper = { 120, 60, 100, is_small ? 112 : 122 }; /* 0.115 and 0.126 */
      g_auto (BmPlane) plane = { 0 };

      lay (&plane, &paper);
      g_assert_true (is_found (&plane) == !is_small);
    }
}

/* Something dark lies over the middle of each of its sides in turn: its hull has the four corners of the whole. */
static void
test_bay (void)
{
  static const guint depths[] = { 12, 40 }; /* 0.024 and 0.08 of it */

  for (guint side = 0; side < 4; side++)
    for (gsize i = 0; i < G_N_ELEMENTS (depths); i++)
      {
        const guint d = depths[i];
        const Area bays[] = { { 165, 60, 36, d },
                              { 165, 210 - d, 36, d },
                              { 120, 120, d, 36 },
                              { 240 - d, 120, d, 36 } };
        g_auto (BmPlane) plane = { 0 };

        lay (&plane, &usual);
        paint (&plane, &bays[side], TABLE);
        g_test_message ("side %u, %u deep", side, d);
        g_assert_true (is_found (&plane) == (i == 0));
      }
}

/* Print, or a checked cloth, around what is white: none of it is white itself. */
static void
test_busy (void)
{
  for (guint is_busy = 0; is_busy < 2; is_busy++)
    {
      g_auto (BmPlane) plane = { 0 };

      lay (&plane, &usual);
      for (guint y = 0; y < HEIGHT; y += is_busy ? 5 : 9)
        for (guint x = 0; x < WIDTH; x += 9)
          if (plane.values[y * WIDTH + x] == TABLE)
            plane.values[y * WIDTH + x] = TABLE + 60;
      g_assert_true (is_found (&plane) == !is_busy);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/outline/small", test_small);
  g_test_add_func ("/outline/bay", test_bay);
  g_test_add_func ("/outline/busy", test_busy);
  return g_test_run ();
}
