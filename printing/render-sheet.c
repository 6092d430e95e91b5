/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-render-sheet"

#include "config.h"

#include "printing/dots.h"

#include "core/error.h"

#include <glib/gi18n-lib.h>

#include <locale.h>
#include <stdlib.h>

/*
 * bianmin-render-sheet: a stored model as a picture or a PDF, exactly as the station would print it.
 */

typedef struct
{
  BmPaper paper;
  int copy;
  const char *source;
  const char *target;
} Options;

static const char *
find_assets (void)
{
  const char *assets = g_getenv ("BIANMIN_ASSETS");

  return assets != NULL ? assets : BM_PKGDATADIR;
}

static void
start_locale (void)
{
  const char *locales = g_getenv ("BIANMIN_LOCALE");

  (void) g_setenv ("LANGUAGE", "zh_CN", FALSE); /* FALSE: what the user set stays */
  (void) setlocale (LC_ALL, "");                /* an unknown locale leaves "C" */
  (void) bindtextdomain (GETTEXT_PACKAGE, locales != NULL ? locales : BM_LOCALEDIR);
  (void) bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  (void) textdomain (GETTEXT_PACKAGE);
}

static gboolean
parse_options (int *argc, char ***argv, Options *ret_options, GError **error)
{
  g_autofree char *paper = NULL;
  const GOptionEntry entries[] = {
    { "paper", 'p', 0, G_OPTION_ARG_STRING, &paper, "roll80, roll58, a5 or a4", "PAPER" },
    { "copy", 'c', 0, G_OPTION_ARG_INT, &ret_options->copy, "Which print it is, from 1", "N" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("SHEET.json OUT.png|OUT.pdf");

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (*argc != 3 || ret_options->copy < 1 ||
      (paper != NULL && !bm_paper_from_string (paper, &ret_options->paper)) ||
      !(g_str_has_suffix ((*argv)[2], ".png") || g_str_has_suffix ((*argv)[2], ".pdf")))
    {
      g_set_error (error, BM_ERROR, BM_ERROR_INVALID,
                   "usage: %s [--paper roll80|roll58|a5|a4] [--copy N] SHEET.json OUT.png|OUT.pdf",
                   (*argv)[0]);
      return FALSE;
    }
  ret_options->source = (*argv)[1];
  ret_options->target = (*argv)[2];
  return TRUE;
}

static BmRender *
render (const Options *options, GError **error)
{
  g_autoptr (BmLayout) layout = bm_layout_new (find_assets (), error);
  json_error_t detail;
  json_t *sheet;
  BmRender *result;

  if (layout == NULL)
    return NULL;
  sheet = json_load_file (options->source, JSON_REJECT_DUPLICATES, &detail);
  if (sheet == NULL)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "%s:%d: %s", options->source, detail.line,
                   detail.text);
      return NULL;
    }
  result = bm_layout_render (layout, sheet, (guint) options->copy, options->paper, error);
  json_decref (sheet);
  return result;
}

static GBytes *
make_file (const Options *options, GError **error)
{
  g_autoptr (BmRender) drawing = render (options, error);
  g_autoptr (BmDots) page = NULL;

  if (drawing == NULL)
    return NULL;
  if (drawing->unknown_glyphs > 0)
    g_printerr ("%u glyphs are in no font and were drawn as boxes\n", drawing->unknown_glyphs);
  if (g_str_has_suffix (options->target, ".pdf"))
    return bm_render_to_pdf (drawing, error);
  page = bm_dots_from_render (drawing, 0, BM_PAGE_DPI, error);
  return page != NULL ? bm_dots_to_png (page, error) : NULL;
}

int
main (int argc, char **argv)
{
  Options options = { .paper = BM_PAPER_ROLL80, .copy = 1 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;

  start_locale ();
  if (parse_options (&argc, &argv, &options, &error))
    bytes = make_file (&options, &error);
  if (bytes == NULL || !g_file_set_contents (options.target, g_bytes_get_data (bytes, NULL),
                                             (gssize) g_bytes_get_size (bytes), &error))
    {
      g_printerr ("bianmin-render-sheet: %s\n", error->message);
      return EXIT_FAILURE;
    }
  return EXIT_SUCCESS;
}
