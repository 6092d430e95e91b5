/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ui/letters.h"

#include "tests/ui/pages-help.h"

#include <pango/pangocairo.h>

/*
 * Gate 5 of the look: letters are as high as they must be and lines as far apart, by what is drawn. The
 * numbers stand here once more, so that a change of the table or of the style sheet is noticed.
 */

#define CAPITAL_MM 7.3 /* 0.7 degrees at 600 mm */
#define STATUS_MM  4.8

#define ROOM 400 /* pixels for one character */

/* Rows of pixels with ink in them; one whose ink is thin at its edge counts as far as it is covered. */
static double
count_ink_rows (PangoContext *context, const char *text)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_A8, ROOM, 2 * ROOM);
  cairo_t *cr = cairo_create (surface);
  g_autoptr (PangoLayout) layout = pango_layout_new (context);
  int stride = cairo_image_surface_get_stride (surface);
  guint rows = 0;

  pango_layout_set_text (layout, text, -1);
  pango_cairo_show_layout (cr, layout);
  cairo_surface_flush (surface);
  for (int y = 0; y < 2 * ROOM; y++)
    {
      const guint8 *row = cairo_image_surface_get_data (surface) + (gsize) y * (gsize) stride;
      guint8 most = 0;

      for (int x = 0; x < ROOM; x++)
        most = MAX (most, row[x]);
      rows += most;
    }
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return rows / 255.0;
}

/* How high the lower of a capital and a character is, in pixels. */
static double
ink_height (GtkWidget *label)
{
  static GHashTable *known;
  PangoContext *context = gtk_widget_get_pango_context (label);
  char *name = pango_font_description_to_string (pango_context_get_font_description (context));
  double *height;

  if (known == NULL)
    known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  height = g_hash_table_lookup (known, name);
  if (height == NULL)
    {
      height = g_new (double, 1);
      *height = MIN (count_ink_rows (context, "H"), count_ink_rows (context, "国"));
      g_hash_table_insert (known, g_strdup (name), height);
    }
  g_free (name);
  return *height;
}

static void
check_height (BmShell *shell, GtkWidget *label, double pitch, double nearness, const char *where)
{
  const BmMetrics *metrics = bm_shell_get_metrics (shell);
  gboolean is_status = gtk_widget_has_css_class (label, "t-status");
  double least = (is_status ? STATUS_MM : CAPITAL_MM) * nearness * metrics->scale / 100.0;
  double capital = ink_height (label) * pitch;

  if (metrics->is_desk)
    least = STATUS_MM * nearness * metrics->scale / 100.0;
  least = MAX (least, STATUS_MM);
  if (capital < least)
    g_error ("%s: '%s' is %.2f mm high, not %.2f", where, gtk_label_get_text (GTK_LABEL (label)),
             capital, least);
}

/* Sentences 1.5, questions 1.35, labels and what is tight 1.25; 1.12 where a second line never comes. */
static double
spacing_of (GtkWidget *label)
{
  static const struct
  {
    const char *name;
    double lines;
  } spacings[] = {
    { "t-body", 1.5 },       { "t-lead", 1.5 },      { "t-sentence", 1.5 }, { "t-question", 1.35 },
    { "t-hero", 1.35 },      { "t-tile", 1.25 },     { "t-answer", 1.25 },  { "t-status", 1.25 },
    { "t-slot", 1.15 },      { "t-figure", 1.1 },    { "t-number", 1.1 },   { "t-desk-name", 1.25 },
    { "t-desk-head", 1.25 }, { "t-desk-text", 1.3 },
  };

  if (gtk_widget_has_css_class (label, "single"))
    return 1.12;
  for (guint i = 0; i < G_N_ELEMENTS (spacings); i++)
    {
      if (gtk_widget_has_css_class (label, spacings[i].name))
        return gtk_widget_has_css_class (label, "tight") ? MIN (spacings[i].lines, 1.25)
                                                         : spacings[i].lines;
    }
  return 0;
}

/* The distance of two lines, or the height of the only one, in em. */
static void
check_spacing (GtkWidget *label, const char *where)
{
  PangoLayout *layout = gtk_label_get_layout (GTK_LABEL (label));
  const PangoFontDescription *font =
    pango_context_get_font_description (gtk_widget_get_pango_context (label));
  double em = pango_font_description_get_size (font) / (double) PANGO_SCALE;
  double wanted = spacing_of (label);
  PangoRectangle line;
  PangoLayoutIter *iter = pango_layout_get_iter (layout);
  double found;
  int baseline = pango_layout_iter_get_baseline (iter);

  if (!pango_font_description_get_size_is_absolute (font))
    em *= 96.0 / 72.0;
  pango_layout_iter_get_line_extents (iter, NULL, &line);
  if (gtk_widget_has_css_class (label, "single") && !pango_layout_iter_at_last_line (iter))
    g_error ("%s: '%s' has a second line", where, gtk_label_get_text (GTK_LABEL (label)));
  if (pango_layout_iter_next_line (iter))
    found = (pango_layout_iter_get_baseline (iter) - baseline) / (double) PANGO_SCALE;
  else
    found = line.height / (double) PANGO_SCALE;
  pango_layout_iter_free (iter);
  if (wanted == 0 || ABS (found - wanted * em) > 1.5)
    g_error ("%s: lines of '%s' are %.1f pixels apart, not %.1f (%.2f em)", where,
             gtk_label_get_text (GTK_LABEL (label)), found, wanted * em, wanted);
}

/**
 * bm_test_check_letters:
 * @shell: a window that was laid out
 * @pitch: millimetres a pixel
 * @distance: millimetres to the eyes
 * @where: for the complaint
 */
void
bm_test_check_letters (BmShell *shell, double pitch, double distance, const char *where)
{
  g_autoptr (GPtrArray) labels = bm_test_collect (GTK_WIDGET (shell), GTK_TYPE_LABEL);

  for (guint i = 0; i < labels->len; i++)
    {
      check_height (shell, g_ptr_array_index (labels, i), pitch, distance / 600.0, where);
      check_spacing (g_ptr_array_index (labels, i), where);
    }
}
