/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sheet-fixture"

#include "tests/printing/sheet-fixture.h"

#include "printing/dots.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include <locale.h>

#define STRIPE_ROWS 1100

void
sheet_start_locale (void)
{
  g_assert_nonnull (setlocale (LC_ALL, "C.UTF-8"));
  bindtextdomain (GETTEXT_PACKAGE, g_getenv ("BIANMIN_LOCALE"));
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

json_t *
sheet_load (const char *name)
{
  g_autofree char *path = g_build_filename (g_getenv ("BIANMIN_SHEETS"), name, NULL);
  json_error_t detail;
  json_t *sheet = json_load_file (path, JSON_REJECT_DUPLICATES, &detail);

  g_assert_nonnull (sheet);
  return sheet;
}

json_t *
sheet_new (const char *blocks)
{
  json_t *array = json_loads (blocks, 0, NULL);

  g_assert_true (json_is_array (array));
  return json_pack ("{s:i, s:s, s:s, s:s, s:b, s:o}", "version", 1, "kind", "query", "title",
                    "查询条", "station", "禾田村便民服务站", "demo", 1, "blocks", array);
}

BmLayout *
sheet_layout_new (void)
{
  g_autoptr (GError) error = NULL;
  BmLayout *layout = bm_layout_new (g_getenv ("BIANMIN_ASSETS"), &error);

  g_assert_no_error (error);
  return layout;
}

BmRender *
sheet_render (json_t *sheet, guint copy, BmPaper paper)
{
  g_autoptr (BmLayout) layout = sheet_layout_new ();
  g_autoptr (GError) error = NULL;
  BmRender *render = bm_layout_render (layout, sheet, copy, paper, &error);

  g_assert_no_error (error);
  return render;
}

char *
sheet_folder_new (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("bianmin-printing-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

static void
remove_tree (GFile *file)
{
  g_autoptr (GFileEnumerator) children = NULL;
  GFile *child = NULL;

  /* A link to a folder is a link: what it leads to is not ours. */
  if (g_file_query_file_type (file, G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL) ==
      G_FILE_TYPE_DIRECTORY)
    children = g_file_enumerate_children (file, G_FILE_ATTRIBUTE_STANDARD_NAME,
                                          G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL, NULL);
  while (children != NULL && g_file_enumerator_iterate (children, NULL, &child, NULL, NULL) &&
         child != NULL)
    remove_tree (child);
  (void) g_file_delete (file, NULL, NULL); /* what stays lies in a temporary folder */
}

void
sheet_folder_remove (char *folder)
{
  g_autoptr (GFile) file = g_file_new_for_path (folder);

  remove_tree (file);
  g_free (folder);
}

char *
sheet_run (const char *program, ...)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  char *output = NULL;
  va_list list;

  g_ptr_array_add (words, (gpointer) program);
  va_start (list, program);
  while (words->pdata[words->len - 1] != NULL)
    g_ptr_array_add (words, va_arg (list, char *));
  va_end (list);
  process =
    g_subprocess_newv ((const char *const *) words->pdata,
                       G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  return output;
}

char *
sheet_scan (const char *picture)
{
  return g_strstrip (sheet_run ("zbarimg", "-q", "--raw", "--nodbus", picture, NULL));
}

/* As good as a sheet for who needs no words. */
BmRender *
sheet_render_stripes (void)
{
  const cairo_rectangle_t extents = { 0, 0, 576, STRIPE_ROWS };
  cairo_surface_t *page = cairo_recording_surface_create (CAIRO_CONTENT_COLOR_ALPHA, &extents);
  cairo_t *cr = cairo_create (page);
  BmRender *render = g_new0 (BmRender, 1);

  for (int y = 0; y < STRIPE_ROWS; y += 8)
    cairo_rectangle (cr, y % 500, y, 70, 5);
  cairo_fill (cr);
  cairo_destroy (cr);
  render->width = 576;
  render->height = STRIPE_ROWS;
  render->pages = g_ptr_array_new_with_free_func ((GDestroyNotify) cairo_surface_destroy);
  render->lines = g_ptr_array_new ();
  g_ptr_array_add (render->pages, page);
  return render;
}

/* The picture on paper is the page, dot for dot; below it is nothing. */
void
sheet_assert_same_dots (const BmRender *render, const char *picture)
{
  g_autoptr (BmDots) dots = bm_dots_from_render (render, 0, BM_PAGE_DPI, NULL);
  cairo_surface_t *image = cairo_image_surface_create_from_png (picture);
  const int stride = cairo_image_surface_get_stride (image);
  const int height = cairo_image_surface_get_height (image);

  g_assert_cmpint (cairo_image_surface_get_width (image), ==, dots->width);
  g_assert_cmpint (height, >=, dots->height);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < dots->width; x++)
      {
        const guint8 *row = cairo_image_surface_get_data (image) + y * stride;
        const gboolean is_black = (((const guint32 *) (const void *) row)[x] & 0xff) == 0;

        g_assert_true (is_black == (y < dots->height && bm_dots_get_dot (dots, x, y)));
      }
  cairo_surface_destroy (image);
}
