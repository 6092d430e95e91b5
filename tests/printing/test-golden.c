/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "printing/dots.h"
#include "tests/printing/sheet-fixture.h"
#include "tests/ui/golden.h"

#include <glib/gstdio.h>

#include <string.h>

/*
 * Every sheet of the fixtures on every paper, as it looked when somebody looked at it (tests/golden-sheets). What is
 * kept and how it is compared is that of the pages: tests/ui/golden.c. "--renew FOLDER" draws anew what differs, and
 * leaves every sheet as the printer would make it in FOLDER, to be looked at.
 */

static const char
  *looked_at; /* (nullable): where the pictures go; then the golden ones are renewed */
static guint n_drawn, n_renewed;

typedef struct
{
  const guint8 *data;
  gsize left;
} Source;

static cairo_status_t
read_some (void *closure, unsigned char *data, unsigned int len)
{
  Source *source = closure;

  if (len > source->left)
    return CAIRO_STATUS_READ_ERROR;
  memcpy (data, source->data, len);
  source->data += len;
  source->left -= len;
  return CAIRO_STATUS_SUCCESS;
}

static cairo_surface_t *
draw (const BmRender *render, guint page, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmDots) dots = bm_dots_from_render (render, page, BM_PAGE_DPI, &error);
  g_autoptr (GBytes) png = NULL;
  cairo_surface_t *opened, *picture;
  Source source;
  cairo_t *cr;

  g_assert_no_error (error);
  png = bm_dots_to_png (dots, &error);
  g_assert_no_error (error);
  source.data = g_bytes_get_data (png, &source.left);
  if (looked_at != NULL)
    {
      g_autofree char *path = g_strdup_printf ("%s/%s.png", looked_at, name);

      g_assert_true (
        g_file_set_contents (path, (const char *) source.data, (gssize) source.left, &error));
    }
  opened = cairo_image_surface_create_from_png_stream (read_some, &source);
  g_assert_cmpint (cairo_surface_status (opened), ==, CAIRO_STATUS_SUCCESS);
  picture = cairo_image_surface_create (CAIRO_FORMAT_RGB24, cairo_image_surface_get_width (opened),
                                        cairo_image_surface_get_height (opened));
  cr = cairo_create (picture);
  cairo_set_source_surface (cr, opened, 0, 0);
  cairo_paint (cr);
  cairo_destroy (cr);
  cairo_surface_destroy (opened);
  n_drawn++;
  return picture;
}

static gboolean
is_as_golden (cairo_surface_t *cells, const char *path)
{
  cairo_surface_t *golden = cairo_image_surface_create_from_png (path);
  GoldenDifference difference;
  gboolean is_same = cairo_surface_status (golden) == CAIRO_STATUS_SUCCESS &&
                     golden_compare (golden, cells, &difference);

  cairo_surface_destroy (golden);
  return is_same;
}

static void
check_page (const BmRender *render, guint page, const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "golden-sheets", name, NULL);
  g_autofree char *file = g_strconcat (path, ".png", NULL);
  cairo_surface_t *picture = draw (render, page, name);
  cairo_surface_t *cells = golden_reduce (picture);

  golden_round (cells);
  if (!is_as_golden (cells, file))
    {
      if (looked_at == NULL)
        g_test_message ("%s looks otherwise; was it meant: ./bianmin sheets", name);
      if (looked_at == NULL)
        g_test_fail ();
      else
        g_assert_cmpint (cairo_surface_write_to_png (cells, file), ==, CAIRO_STATUS_SUCCESS);
      n_renewed++;
    }
  cairo_surface_destroy (cells);
  cairo_surface_destroy (picture);
}

/* @data: name of a fixture. On paper no glyph is a box, whatever the golden picture says. */
static void
test_sheet (gconstpointer data)
{
  static const BmPaper papers[] = { BM_PAPER_ROLL80, BM_PAPER_ROLL58, BM_PAPER_A5, BM_PAPER_A4 };
  const char *name = data;
  g_autofree char *plain = g_strndup (name, strlen (name) - strlen (".json"));

  for (gsize i = 0; i < G_N_ELEMENTS (papers); i++)
    {
      json_t *sheet = sheet_load (name);
      g_autoptr (BmRender) render = sheet_render (sheet, 1, papers[i]);

      g_assert_cmpuint (render->unknown_glyphs, ==, 0);
      for (guint page = 0; page < render->pages->len; page++)
        {
          g_autofree char *picture =
            g_strdup_printf ("%s.%s%s%.0u", plain, bm_paper_to_string (papers[i]),
                             page > 0 ? "-" : "", page > 0 ? page + 1 : 0);

          check_page (render, page, picture);
        }
      json_decref (sheet);
    }
}

static GPtrArray *
list_files (const char *folder, const char *suffix)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &error);
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, suffix))
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, (GCompareFunc) (void *) g_strcmp0);
  return names;
}

/* A picture whose sheet is gone would stay for ever. */
static void
test_picture_without_sheet (void)
{
  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, "golden-sheets", NULL);
  g_autoptr (GPtrArray) pictures = list_files (folder, ".png");

  for (guint i = 0; i < pictures->len; i++)
    {
      const char *name = pictures->pdata[i];
      g_autofree char *plain = g_strndup (name, strcspn (name, "."));
      g_autofree char *sheet = g_strconcat (g_getenv ("BIANMIN_SHEETS"), "/", plain, ".json", NULL);

      g_test_message ("%s", name);
      g_assert_true (g_file_test (sheet, G_FILE_TEST_EXISTS));
    }
}

/* The gate itself: one line less on the slip is a difference. */
static void
test_change_is_overlooked (void)
{
  json_t *sheet = sheet_load ("registration.json");
  g_autoptr (BmRender) usual = sheet_render (sheet, 1, BM_PAPER_A4);
  g_autoptr (BmRender) other = NULL;
  cairo_surface_t *pictures[2], *cells[2];
  GoldenDifference difference;

  json_array_remove (json_object_get (sheet, "blocks"), 3);
  other = sheet_render (sheet, 1, BM_PAPER_A4);
  for (guint i = 0; i < 2; i++)
    {
      pictures[i] = draw (i == 0 ? usual : other, 0, "gate");
      cells[i] = golden_reduce (pictures[i]);
      golden_round (cells[i]);
    }
  g_assert_true (golden_compare (cells[0], cells[0], &difference));
  g_assert_false (golden_compare (cells[0], cells[1], &difference));
  for (guint i = 0; i < 2; i++)
    {
      cairo_surface_destroy (pictures[i]);
      cairo_surface_destroy (cells[i]);
    }
  json_decref (sheet);
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) sheets = NULL;
  int status;

  if (argc == 3 && g_str_equal (argv[1], "--renew"))
    looked_at = argv[2];
  sheet_start_locale ();
  g_test_init (&argc, &argv, NULL);
  sheets = list_files (g_getenv ("BIANMIN_SHEETS"), ".json");
  for (guint i = 0; i < sheets->len; i++)
    {
      g_autofree char *path =
        g_strconcat ("/golden/sheet-looks-otherwise/", sheets->pdata[i], NULL);

      g_test_add_data_func (path, sheets->pdata[i], test_sheet);
    }
  if (looked_at == NULL)
    {
      g_test_add_func ("/golden/picture-without-sheet", test_picture_without_sheet);
      g_test_add_func ("/golden/change-is-overlooked", test_change_is_overlooked);
    }
  status = g_test_run ();
  g_print ("# %u pictures drawn, %u %s\n", n_drawn, n_renewed,
           looked_at != NULL ? "renewed" : "look otherwise");
  return status;
}
