/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/devices/capture/frames.h"
#include "app/devices/capture/legible.h"
#include "app/devices/capture/still.h"
#include "tests/devices/table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include <jpeglib.h>

/* A paper on a table is found where it lies, and nowhere else; what nobody could read is known. */

#define MOST_OFF 2.5 /* points: a corner */

#define WOOD    \
  {             \
    110, 86, 58 \
  }
#define DARK   \
  {            \
    52, 54, 58 \
  }

static const BmTable wood = { 960, 720, WOOD, 12, 4, 0.6, 0 };
static const BmTable dark = { 960, 720, DARK, 0, 4, 0.6, 0 };

static const BmSheet straight = { 0, 0, 0.36, 0, 0, 225 };

static void
need_corners (const BmTable *table, const BmSheet *sheet)
{
  g_auto (BmPoints) points = { 0 };
  BmSpot corners[BM_PAPER_CORNERS], there[BM_PAPER_CORNERS];
  double most = 0;

  bm_table_draw (table, sheet, 1, &points);
  bm_table_find_corners (table, sheet, there);
  g_test_message ("turned by %g, leaning by %g", sheet->turn, sheet->lean);
  g_assert_true (bm_paper_find (&points, corners));
  for (guint i = 0; i < BM_PAPER_CORNERS; i++)
    most = MAX (most, hypot (corners[i].x - there[i].x, corners[i].y - there[i].y));
  g_test_message ("the farthest corner is off by %.2f points", most);
  g_assert_cmpfloat (most, <=, MOST_OFF);
}

static void
test_found (void)
{
  static const double turns[] = { 0, 7, 20, 40, -7, -20, -40 };

  for (gsize i = 0; i < G_N_ELEMENTS (turns); i++)
    {
      BmSheet sheet = straight;

      sheet.turn = turns[i];
      need_corners (i % 2 == 0 ? &wood : &dark, &sheet);
    }
}

static void
test_leaning (void)
{
  static const double leans[] = { 0.15, 0.3, -0.2 };

  for (gsize i = 0; i < G_N_ELEMENTS (leans); i++)
    {
      BmSheet sheet = { 0.02, -0.02, 0.34, 7 * (double) i, leans[i], 215 };

      need_corners (i % 2 == 0 ? &dark : &wood, &sheet);
    }
}

static void
need_none (const char *what, const BmTable *table, const BmSheet *sheets, guint n)
{
  g_auto (BmPoints) points = { 0 };
  BmSpot corners[BM_PAPER_CORNERS];

  g_test_message ("%s", what);
  bm_table_draw (table, sheets, n, &points);
  g_assert_false (bm_paper_find (&points, corners));
}

/* Rather the whole table than half of a paper. */
static void
test_unsure (void)
{
  static const BmTable pale = { 960, 720, { 196, 194, 190 }, 4, 4, 0.6, 0 };
  static const BmSheet two[] = { { -0.24, 0, 0.36, 4, 0, 225 }, { 0.24, 0, 0.36, -3, 0, 225 } };
  static const BmSheet beside[] = { { -0.1, 0, 0.4, 4, 0, 225 }, { 0.38, 0.1, 0.12, 15, 0, 215 } };
  static const BmSheet full[] = { { 0, 0, 1.3, 2, 0, 225 } };
  static const BmSheet outside[] = { { 0.3, 0, 0.42, 5, 0, 225 } };
  static const BmSheet tiny[] = { { 0, 0, 0.1, 5, 0, 225 } };
  static const BmSheet hand[] = { { 0.2, 0.2, 0.1, 30, 0, 60 }, { 0, 0, 0.4, 3, 0, 225 } };

  need_none ("nothing", &wood, NULL, 0);
  need_none ("two papers", &dark, two, 2);
  need_none ("a paper and a slip", &wood, beside, 2);
  need_none ("it fills the picture", &dark, full, 1);
  need_none ("it goes on outside", &dark, outside, 1);
  need_none ("low contrast", &pale, &straight, 1);
  need_none ("far too small", &dark, tiny, 1);
  need_none ("something over its edge", &dark, hand, 2);
}

/* A form whose field is white, or a passbook with a label, fills the picture: its print is around the white. */
static void
test_field (void)
{
  g_auto (BmPoints) points = { 0 };
  BmSpot corners[BM_PAPER_CORNERS];

  bm_table_draw (&dark, &straight, 1, &points);
  for (guint y = 0; y < points.height; y++)
    for (guint x = 0; x < points.width; x++)
      {
        if ((x >= 280 && x < 680) || (x / 7 + y / 11) % 3 != 0)
          continue;
        memset (points.points + 3 * ((gsize) y * points.width + x), 190, 3);
      }
  g_assert_false (bm_paper_find (&points, corners));
}

static guint8
look (const BmPoints *points, double u, double v)
{
  return points
    ->points[3 * ((gsize) (v * points->height) * points->width + (gsize) (u * points->width)) + 1];
}

/* Upright, with its edges, in its own proportions; its print is where it was printed. */
static void
test_straightened (void)
{
  static const BmSheet sheet = { 0, 0, 0.4, 20, 0, 225 };
  g_auto (BmPoints) points = { 0 };
  g_auto (BmPoints) paper = { 0 };
  BmSpot corners[BM_PAPER_CORNERS];
  guint n_dark = 0;

  bm_table_draw (&dark, &sheet, 1, &points);
  g_assert_true (bm_paper_find (&points, corners));
  bm_paper_straighten (&points, corners, BM_PHOTO_MAX_SIDE, &paper);
  g_assert_cmpfloat (fabs (1.4142 * paper.width / paper.height - 1), <, 0.02);
  for (guint i = 1; i < 50; i++)
    {
      g_assert_cmpuint (look (&paper, i / 50.0, 0.02), >, 180);
      g_assert_cmpuint (look (&paper, 0.02, i / 50.0), >, 180);
      g_assert_cmpuint (look (&paper, i / 50.0, 0.98), >, 180);
      g_assert_cmpuint (look (&paper, 0.98, i / 50.0), >, 180);
      n_dark +=
        look (&paper, 0.6 + 0.28 * i / 50, 0.5 + (83.0 / 990 - 0.5) / 1.01) < 150; /* the line */
    }
  g_assert_cmpuint (n_dark, >=, 45);
}

static BmPhotoState
judge (const BmTable *table, const BmSheet *sheet)
{
  g_auto (BmPoints) points = { 0 };
  g_auto (BmPoints) paper = { 0 };
  BmSpot corners[BM_PAPER_CORNERS];
  gboolean is_found;

  bm_table_draw (table, sheet, 1, &points);
  is_found = bm_paper_find (&points, corners);
  if (is_found)
    bm_paper_straighten (&points, corners, BM_PHOTO_MAX_SIDE, &paper);
  g_test_message ("blur %.1f, lamp %.2f: %s, sharpness %.3f", table->blur, table->lamp,
                  is_found ? "found" : "whole", bm_legible_measure (is_found ? &paper : &points));
  return bm_legible_judge (is_found ? &paper : &points, is_found);
}

static void
test_blurred (void)
{
  static const double sharp[] = { 0, 1 };
  static const double blurred[] = { 3, 6 };
  const BmTable *tables[] = { &wood, &dark };

  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    for (gsize k = 0; k < G_N_ELEMENTS (sharp); k++)
      {
        BmTable table = *tables[i];

        table.blur = sharp[k];
        g_assert_cmpint (judge (&table, &straight), ==, BM_PHOTO_OK);
        table.blur = blurred[k];
        g_assert_cmpint (judge (&table, &straight), ==, BM_PHOTO_BLURRED);
      }
}

static void
test_glare (void)
{
  BmTable table = dark;
  BmSheet sheet = straight;

  sheet.grey = 205;
  table.lamp = 0.25;
  g_assert_cmpint (judge (&table, &sheet), ==, BM_PHOTO_GLARE);
  table.lamp = 0.05; /* a glint */
  g_assert_cmpint (judge (&table, &sheet), ==, BM_PHOTO_OK);
  table.lamp = 0; /* as light as it gets, everywhere */
  sheet.grey = 255;
  g_assert_cmpint (judge (&table, &sheet), ==, BM_PHOTO_OK);
}

/* The same sheet, as a hand that draws back leaves it; the last is none. */
static GPtrArray *
film (void)
{
  GPtrArray *frames =
    g_ptr_array_new_with_free_func ((GDestroyNotify) (void (*) (void)) bm_frame_free);
  static const double blurs[] = { 3, 0.6, 5 };

  for (gsize i = 0; i < G_N_ELEMENTS (blurs); i++)
    {
      BmTable table = dark;
      g_auto (BmPoints) points = { 0 };

      table.blur = blurs[i];
      bm_table_draw (&table, &straight, 1, &points);
      g_ptr_array_add (frames, bm_frame_new_rows (points.points, points.width, points.height,
                                                  (gsize) 3 * points.width));
    }
  g_ptr_array_add (frames, bm_frame_new_jpeg ("no picture", 10));
  return frames;
}

static void
need_frame_of (gint64 until, double blur)
{
  g_autoptr (GPtrArray) frames = film ();
  BmTable table = dark;
  g_auto (BmPoints) there = { 0 };
  g_auto (BmPoints) chosen = { 0 };

  table.blur = blur;
  bm_table_draw (&table, &straight, 1, &there);
  g_assert_cmpint (bm_frames_choose (frames, until, &chosen), ==, BM_PHOTO_OK);
  g_assert_cmpmem (chosen.points, (gsize) 3 * chosen.width * chosen.height, there.points,
                   (gsize) 3 * there.width * there.height);
}

/* The sharp one of several, and the newest when it is late; what cannot be opened is passed over. */
static void
test_sharpest (void)
{
  static const guint8 point[3] = { 0 };

  need_frame_of (G_MAXINT64, 0.6);
  need_frame_of (0, 5);
  g_assert_null (bm_frame_new_rows (point, 0, 5, 0));
  g_assert_null (bm_frame_new_rows (point, 60000, 60000, 0));
}

/* A sheet as a camera writes it: as fast as it can, with the tables that everybody knows. */
static gsize
write_fast (const BmPoints *points, guint8 **ret_data)
{
  struct jpeg_compress_struct info = { 0 };
  struct jpeg_error_mgr trouble;
  unsigned long len = 0;

  info.err = jpeg_std_error (&trouble);
  jpeg_create_compress (&info);
  jpeg_mem_dest (&info, ret_data, &len);
  info.image_width = points->width;
  info.image_height = points->height;
  info.input_components = 3;
  info.in_color_space = JCS_RGB;
  jpeg_set_defaults (&info);
  jpeg_start_compress (&info, TRUE);
  for (guint y = 0; y < points->height; y++)
    {
      JSAMPROW row = points->points + (gsize) 3 * points->width * y;

      (void) jpeg_write_scanlines (&info, &row, 1);
    }
  jpeg_finish_compress (&info);
  jpeg_destroy_compress (&info);
  return len;
}

/* Without those tables, as a film's frames come. */
static GByteArray *
leave_out_tables (const guint8 *data, gsize len)
{
  GByteArray *left = g_byte_array_new ();
  gsize at = 2;

  g_byte_array_append (left, data, 2);
  while (data[at + 1] != 0xda)
    {
      const guint n = 2 + data[at + 2] * 256u + data[at + 3];

      if (data[at + 1] != 0xc4)
        g_byte_array_append (left, data + at, n);
      at += n;
    }
  g_byte_array_append (left, data + at, (guint) (len - at));
  return left;
}

/* The frames of a film have no tables, and with many a camera some bytes too many before the end; half of one is none. */
static void
test_motion_jpeg (void)
{
  g_auto (BmPoints) points = { 0 };
  g_auto (BmPoints) plain = { 0 };
  g_auto (BmPoints) opened = { 0 };
  g_auto (BmPoints) half = { 0 };
  g_autoptr (GByteArray) frame = NULL;
  guint8 *data = NULL;
  gsize len;

  bm_table_draw (&dark, &straight, 1, &points);
  len = write_fast (&points, &data);
  g_assert_cmpint (bm_still_open (data, len, &plain), ==, BM_PHOTO_OK);
  frame = leave_out_tables (data, len);
  free (data);
  g_assert_cmpuint (frame->len, <, len);
  g_byte_array_set_size (frame, frame->len - 2);
  g_byte_array_append (frame, (const guint8 *) "\0\0\0\0\0\0\0\0\0\0\0\0\xff\xd9", 14);
  g_assert_cmpint (bm_still_open (frame->data, frame->len, &opened), ==, BM_PHOTO_OK);
  g_assert_cmpmem (opened.points, (gsize) 3 * opened.width * opened.height, plain.points,
                   (gsize) 3 * plain.width * plain.height);
  g_assert_cmpint (bm_still_open (frame->data, frame->len / 2, &half), ==, BM_PHOTO_BROKEN);
}

/* Not a limit of time: that is for a machine that has nothing else to do. */
static void
test_large (void)
{
  static const BmTable table = { 1920, 1080, WOOD, 12, 4, 0.8, 0 };
  static const BmSheet sheet = { 0, 0, 0.33, 7, 0.1, 225 };
  g_auto (BmPoints) points = { 0 };
  g_auto (BmPoints) paper = { 0 };
  BmSpot corners[BM_PAPER_CORNERS];
  struct rusage usage;
  gint64 start, found, made, judged;

  bm_table_draw (&table, &sheet, 1, &points);
  start = g_get_monotonic_time ();
  g_assert_true (bm_paper_find (&points, corners));
  found = g_get_monotonic_time ();
  bm_paper_straighten (&points, corners, BM_PHOTO_MAX_SIDE, &paper);
  made = g_get_monotonic_time ();
  g_assert_cmpint (bm_legible_judge (&paper, TRUE), ==, BM_PHOTO_OK);
  judged = g_get_monotonic_time ();
  g_assert_cmpint (getrusage (RUSAGE_SELF, &usage), ==, 0);
  g_test_message ("found in %.1f ms, straightened in %.1f, judged in %.1f; at most %ld KiB",
                  (double) (found - start) / 1000, (double) (made - found) / 1000,
                  (double) (judged - made) / 1000, usage.ru_maxrss);
}

/* Pictures of no size to speak of, and of one value. */
static void
test_odd (void)
{
  static const guint sizes[][2] = { { 1, 1 }, { 1, 900 }, { 900, 1 },
                                    { 2, 2 }, { 33, 34 }, { 361, 359 } };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (guint value = 0; value < 256; value += 255)
      {
        BmPoints points = { sizes[i][0], sizes[i][1], NULL };
        BmSpot corners[BM_PAPER_CORNERS];

        points.points = g_malloc ((gsize) 3 * points.width * points.height);
        memset (points.points, (int) value, (gsize) 3 * points.width * points.height);
        g_assert_false (bm_paper_find (&points, corners));
        g_assert_cmpint (bm_legible_judge (&points, FALSE), ==, BM_PHOTO_OK);
        bm_points_clear (&points);
      }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/paper/found", test_found);
  g_test_add_func ("/paper/leaning", test_leaning);
  g_test_add_func ("/paper/unsure", test_unsure);
  g_test_add_func ("/paper/field", test_field);
  g_test_add_func ("/paper/straightened", test_straightened);
  g_test_add_func ("/paper/blurred", test_blurred);
  g_test_add_func ("/paper/glare", test_glare);
  g_test_add_func ("/paper/sharpest", test_sharpest);
  g_test_add_func ("/paper/motion-jpeg", test_motion_jpeg);
  g_test_add_func ("/paper/large", test_large);
  g_test_add_func ("/paper/odd", test_odd);
  return g_test_run ();
}
