/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "printing/printer-escpos-private.h"
#include "tests/printing/sheet-fixture.h"

#include <stdlib.h>
#include <string.h>

/*
 *   bench-receipt
 *
 * What it costs to make bytes for a printer of a stored sheet: layout, dots, and the printer's own language.
 * The slip of a certification, on both widths of roll. The first of a run loads the fonts: it is
 * told only. One JSON line a row.
 */

#define ROUNDS   200
#define LIMIT_MS 50.0
#define NAME     "registration.json"
#define ID       "abcd"

typedef struct
{
  const char *name;
  const char *profile; /* NULL: PWG, as IPP printers take it */
  BmPaper paper;
} Way;

static const Way ways[] = {
  { "receipt for ESC/POS, 80 mm", "epson80", BM_PAPER_ROLL80 },
  { "receipt for ESC/POS, 58 mm", "generic58", BM_PAPER_ROLL58 },
  { "receipt for IPP, 80 mm", NULL, BM_PAPER_ROLL80 },
};

static int
compare (gconstpointer a, gconstpointer b)
{
  const double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static gsize
encode (const Way *way, BmDots *dots)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) pages = NULL;
  g_autoptr (GBytes) pwg = NULL;

  if (way->profile != NULL)
    {
      g_autoptr (BmEscposStream) stream =
        bm_escpos_stream_new (bm_escpos_profile_find (way->profile), dots, ID, FALSE);

      return stream->bytes->len;
    }
  pages = g_ptr_array_new ();
  g_ptr_array_add (pages, dots);
  pwg = bm_dots_to_pwg (pages, BM_PAGE_DPI, "om_roll_80x297mm", &error);
  g_assert_no_error (error);
  return g_bytes_get_size (pwg);
}

/* Milliseconds from the stored sheet to all of its bytes. */
static double
time_one (BmLayout *layout, json_t *sheet, const Way *way)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmRender) render = NULL;
  g_autoptr (BmDots) dots = NULL;
  const gint64 began = g_get_monotonic_time ();

  render = bm_layout_render (layout, sheet, 1, way->paper, &error);
  g_assert_no_error (error);
  dots = bm_dots_from_render (render, 0, BM_PAGE_DPI, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (encode (way, dots), >, 1000);
  return (double) (g_get_monotonic_time () - began) / 1000.0;
}

static void
tell (const char *name, double value, const char *bar)
{
  g_print ("{\"name\":\"%s\",\"value\":%.3f,\"unit\":\"ms\",\"baseline\":%.0f%s}\n", name, value,
           LIMIT_MS, bar);
}

static void
measure (BmLayout *layout, json_t *sheet, const Way *way)
{
  g_autofree char *name = g_strdup_printf ("%s p90 (%d)", way->name, ROUNDS);
  double times[ROUNDS];

  for (guint i = 0; i < ROUNDS; i++)
    times[i] = time_one (layout, sheet, way);
  qsort (times, ROUNDS, sizeof times[0], compare);
  tell (name, times[ROUNDS * 9 / 10], ",\"bar\":1.0");
}

int
main (int argc, char **argv)
{
  g_autoptr (BmLayout) layout = NULL;
  json_t *sheet;
  gint64 began;

  if (g_getenv ("BIANMIN_ASSETS") == NULL || g_getenv ("BIANMIN_SHEETS") == NULL)
    {
      g_printerr ("usage: BIANMIN_ASSETS=… BIANMIN_SHEETS=… bench-receipt\n");
      return EXIT_FAILURE;
    }
  sheet_start_locale ();
  sheet = sheet_load (NAME);
  began = g_get_monotonic_time ();
  layout = sheet_layout_new ();
  (void) time_one (layout, sheet, &ways[0]);
  tell ("first receipt of a run, with fonts", (double) (g_get_monotonic_time () - began) / 1000.0,
        "");
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    measure (layout, sheet, &ways[i]);
  json_decref (sheet);
  return EXIT_SUCCESS;
}
