/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-paper"

#include "printing/dots.h"

#include "core/error.h"

#include "tests/printing/sheet-fixture.h"

#include <string.h>

#define HEADS     12
#define DEAD_DOTS 5

/* What leaves the house, read back by other people's programs. */

static char *
save (const char *folder, const char *name, GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  char *path = g_build_filename (folder, name, NULL);

  g_assert_nonnull (bytes);
  g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes),
                       &error);
  g_assert_no_error (error);
  return path;
}

static BmDots *
registration_page (BmPaper paper)
{
  json_t *sheet = sheet_load ("registration.json");
  g_autoptr (BmRender) render = sheet_render (sheet, 1, paper);
  BmDots *page = bm_dots_from_render (render, 0, BM_PAGE_DPI, NULL);

  g_assert_nonnull (page);
  json_decref (sheet);
  return page;
}

/* As a camera sees it: @blur by @blur dots of paper are one grey pixel. */
static GBytes *
photograph (const BmDots *page, int blur)
{
  const int width = page->width / blur, height = page->height / blur;
  GByteArray *pgm = g_byte_array_new ();
  g_autofree char *head = g_strdup_printf ("P5 %d %d 255\n", width, height);

  g_byte_array_append (pgm, (const guint8 *) head, (guint) strlen (head));
  for (int i = 0; i < width * height; i++)
    {
      int black = 0;
      guint8 grey;

      for (int j = 0; j < blur * blur; j++)
        black += bm_dots_get_dot (page, i % width * blur + j % blur, i / width * blur + j / blur);
      grey = (guint8) (255 - black * 255 / (blur * blur));
      g_byte_array_append (pgm, &grey, 1);
    }
  return g_byte_array_free_to_bytes (pgm);
}

static char *
scan_photograph (const BmDots *page, int blur)
{
  char *folder = sheet_folder_new ();
  g_autoptr (GBytes) pgm = photograph (page, blur);
  g_autofree char *path = save (folder, "sheet.pgm", pgm);
  char *text = sheet_scan (path);

  sheet_folder_remove (folder);
  return text;
}

static void
kill_column (BmDots *page, int x)
{
  for (int y = 0; y < page->height; y++)
    page->bits[y * page->stride + x / 8] &= (guint8) ~(0x80 >> (x % 8));
}

static void
test_scan (gconstpointer data)
{
  g_autoptr (BmDots) page = registration_page (GPOINTER_TO_INT (data));

  char *folder = sheet_folder_new ();
  g_autoptr (GBytes) png = bm_dots_to_png (page, NULL);
  g_autofree char *path = save (folder, "sheet.png", png);
  g_autofree char *text = sheet_scan (path);
  g_autofree char *seen = scan_photograph (page, 2);

  g_assert_cmpstr (text, ==, SHEET_QR);
  g_assert_cmpstr (seen, ==, SHEET_QR);
  sheet_folder_remove (folder);
}

static gboolean
can_be_scanned (const BmDots *page)
{
  for (int blur = 1; blur <= 3; blur++) /* a hand holds a phone now nearer, now farther */
    {
      g_autofree char *text = scan_photograph (page, blur);

      if (g_str_equal (text, SHEET_QR))
        return TRUE;
    }
  return FALSE;
}

/* A print head of which some dots have died. */
static void
test_dead_dots (gconstpointer data)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (203);
  int read = 0;

  for (int i = 0; i < HEADS; i++)
    {
      g_autoptr (BmDots) page = registration_page (GPOINTER_TO_INT (data));

      for (int j = 0; j < DEAD_DOTS; j++)
        kill_column (page, g_rand_int_range (rand, 0, page->width));
      read += can_be_scanned (page);
    }
  g_test_message ("%d of %d worn heads printed a code that can be read", read, HEADS);
  g_assert_cmpint (read, >=, HEADS * 3 / 4);
}

/* The test would notice a code that cannot be read. */
static void
test_dead_head (void)
{
  g_autoptr (BmDots) page = registration_page (BM_PAPER_ROLL80);
  g_autofree char *text = NULL;

  for (int x = 0; x < page->width; x++)
    if (x % 16 < 9)
      kill_column (page, x);
  text = scan_photograph (page, 2);
  g_assert_cmpstr (text, ==, "");
}

static void
test_pdf (gconstpointer data)
{
  json_t *sheet = sheet_load ("registration.json");
  g_autoptr (BmRender) render = sheet_render (sheet, 2, GPOINTER_TO_INT (data));
  g_autoptr (GBytes) pdf = bm_render_to_pdf (render, NULL);
  char *folder = sheet_folder_new ();
  g_autofree char *path = save (folder, "sheet.pdf", pdf);
  g_autofree char *base = g_build_filename (folder, "out", NULL);
  g_autofree char *png = g_strdup_printf ("%s-%u.png", base, render->pages->len);
  g_autofree char *none = sheet_run ("pdftoppm", "-r", "203.2", "-png", path, base, NULL);
  g_autofree char *code = sheet_scan (png);
  g_autofree char *text = sheet_run ("pdftotext", "-layout", path, "-", NULL);
  g_autofree char *fonts = sheet_run ("pdffonts", path, NULL);

  g_assert_cmpstr (code, ==, SHEET_QR);
  g_assert_nonnull (strstr (text, "第2次打印"));
  g_assert_nonnull (strstr (text, "养老金认证"));
  g_assert_nonnull (strstr (fonts, "NotoSansCJK"));
  g_assert_nonnull (strstr (fonts, "yes yes"));
  sheet_folder_remove (folder);
  json_decref (sheet);
}

static GPtrArray *
two_pages (void)
{
  GPtrArray *pages = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_dots_free);

  g_ptr_array_add (pages, registration_page (BM_PAPER_ROLL80));
  g_ptr_array_add (pages, registration_page (BM_PAPER_ROLL58));
  return pages;
}

static void
test_pwg (void)
{
  g_autoptr (GPtrArray) pages = two_pages ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) pwg = bm_dots_to_pwg (pages, BM_PAGE_DPI, "custom_slip_72x300mm", &error);
  g_autoptr (GPtrArray) back = NULL;

  g_assert_no_error (error);
  back = bm_dots_from_pwg (pwg, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (back->len, ==, 2);
  for (guint i = 0; i < back->len; i++)
    {
      const BmDots *one = g_ptr_array_index (pages, i);
      const BmDots *two = g_ptr_array_index (back, i);

      g_assert_cmpint (one->width, ==, two->width);
      g_assert_cmpint (one->height, ==, two->height);
      g_assert_cmpmem (one->bits, (gsize) one->stride * one->height, two->bits,
                       (gsize) two->stride * two->height);
    }
}

static void
test_pwg_broken (void)
{
  g_autoptr (GPtrArray) pages = two_pages ();
  g_autoptr (GBytes) pwg = bm_dots_to_pwg (pages, BM_PAGE_DPI, "custom_slip_72x300mm", NULL);
  const gsize size = g_bytes_get_size (pwg);
  const gsize cuts[] = { 0, 3, 4, 1000, 1800, 5000, size / 2, size - 1 };

  for (guint i = 0; i < G_N_ELEMENTS (cuts); i++)
    {
      g_autoptr (GBytes) part = g_bytes_new_from_bytes (pwg, 0, cuts[i]);
      g_autoptr (GPtrArray) back = NULL;
      g_autoptr (GError) error = NULL;

      back = bm_dots_from_pwg (part, &error);
      g_assert_null (back);
      g_assert_nonnull (error);
    }
}

int
main (int argc, char **argv)
{
  sheet_start_locale ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/paper/scan-80", GINT_TO_POINTER (BM_PAPER_ROLL80), test_scan);
  g_test_add_data_func ("/paper/scan-58", GINT_TO_POINTER (BM_PAPER_ROLL58), test_scan);
  g_test_add_data_func ("/paper/dead-dots-80", GINT_TO_POINTER (BM_PAPER_ROLL80), test_dead_dots);
  g_test_add_data_func ("/paper/dead-dots-58", GINT_TO_POINTER (BM_PAPER_ROLL58), test_dead_dots);
  g_test_add_func ("/paper/dead-head", test_dead_head);
  g_test_add_data_func ("/paper/pdf-80", GINT_TO_POINTER (BM_PAPER_ROLL80), test_pdf);
  g_test_add_data_func ("/paper/pdf-a5", GINT_TO_POINTER (BM_PAPER_A5), test_pdf);
  g_test_add_func ("/paper/pwg-round-trip", test_pwg);
  g_test_add_func ("/paper/pwg-broken", test_pwg_broken);
  return g_test_run ();
}
