/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/widgets/bm-discs.h"

#include "core/language/language.h"
#include "ui/widgets/bm-picture.h"
#include "ui/widgets/bm-text.h"

/*
 * The three states on a path, the same on screen and slip. Reached: solid disc, picture reversed, bold
 * word, solid path. Not reached: dashed ring, dotted path. The count of solid discs alone says how far
 * it is, so colour says nothing here.
 */

#define N_STATES 3

typedef struct
{
  BmMetrics metrics;
  gboolean is_reached;
} Drawn;

static const char *const icons[N_STATES] = { "state-noted", "state-sent", "state-done" };

static void
draw_disc (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer user_data)
{
  const Drawn *drawn = user_data;
  double line = bm_px (&drawn->metrics, BM_MM_BORDER);
  double dash = bm_px (&drawn->metrics, 1.5);
  double radius = (MIN (width, height) - line) / 2;
  GdkRGBA ink, fill;

  bm_role_rgba (drawn->metrics.theme, BM_ROLE_INK, &ink);
  bm_role_rgba (drawn->metrics.theme, BM_ROLE_PRIMARY, &fill);
  cairo_arc (cr, width / 2.0, height / 2.0, radius, 0, 2 * G_PI);
  if (drawn->is_reached)
    {
      gdk_cairo_set_source_rgba (cr, &fill);
      cairo_fill_preserve (cr);
    }
  else
    cairo_set_dash (cr, &dash, 1, 0);
  gdk_cairo_set_source_rgba (cr, &ink);
  cairo_set_line_width (cr, line);
  cairo_stroke (cr);
}

static void
draw_path (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer user_data)
{
  const Drawn *drawn = user_data;
  double line = bm_px (&drawn->metrics, 1.5);
  double dots[] = { 0, line * 2 };
  GdkRGBA ink;

  bm_role_rgba (drawn->metrics.theme, BM_ROLE_INK, &ink);
  gdk_cairo_set_source_rgba (cr, &ink);
  cairo_set_line_width (cr, line);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  if (!drawn->is_reached)
    cairo_set_dash (cr, dots, G_N_ELEMENTS (dots), 0);
  cairo_move_to (cr, line * 2, height / 2.0);
  cairo_line_to (cr, width - line * 2, height / 2.0);
  cairo_stroke (cr);
}

static GtkWidget *
new_area (const BmMetrics *metrics, gboolean is_reached, GtkDrawingAreaDrawFunc draw)
{
  GtkWidget *area =
    g_object_new (GTK_TYPE_DRAWING_AREA, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  Drawn *drawn = g_new0 (Drawn, 1);

  drawn->metrics = *metrics;
  drawn->is_reached = is_reached;
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (area), draw, drawn, g_free);
  gtk_widget_set_can_target (area, FALSE);
  return area;
}

static GtkWidget *
new_disc (const BmMetrics *metrics, guint state, gboolean is_reached, double disc_mm)
{
  GtkWidget *overlay =
    g_object_new (GTK_TYPE_OVERLAY, "accessible-role", GTK_ACCESSIBLE_ROLE_GROUP, NULL);
  GtkWidget *area = new_area (metrics, is_reached, draw_disc);
  GtkWidget *picture = bm_picture_new (metrics, icons[state], disc_mm * 0.56, BM_ROLE_SURFACE);

  gtk_widget_set_size_request (area, bm_px (metrics, disc_mm), bm_px (metrics, disc_mm));
  gtk_overlay_set_child (GTK_OVERLAY (overlay), area);
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), picture);
  bm_picture_set_plain (BM_PICTURE (picture), TRUE);
  if (is_reached)
    bm_picture_set_ink (BM_PICTURE (picture), BM_ROLE_ON_PRIMARY);
  gtk_widget_set_halign (overlay, GTK_ALIGN_CENTER);
  return overlay;
}

static GtkWidget *
new_word (const char *word, gboolean is_reached, BmType type)
{
  GtkWidget *label = is_reached ? bm_text_new_strong (word, type) : bm_text_new (word, type);

  gtk_label_set_xalign (GTK_LABEL (label), 0.5);
  gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
  if (!is_reached)
    {
      /* Translators: %s is 记下, 送到 or 办完: a step that is still ahead. */
      g_autofree char *name = g_strdup_printf (_ ("%s: not yet"), word);

      gtk_accessible_update_property (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                      -1);
    }
  return label;
}

/**
 * bm_discs_new:
 * @metrics: how this face measures
 * @reached: how many states are reached, 0 to 3
 * @disc_mm: diameter of a disc
 * @type: size of the words below
 *
 * Returns: three discs on a path, as wide as they may be
 */
GtkWidget *
bm_discs_new (const BmMetrics *metrics, guint reached, double disc_mm, BmType type)
{
  const char *words[N_STATES] = { C_ ("state", "Noted"), C_ ("state", "Delivered"),
                                  C_ ("state", "Finished") };
  GtkWidget *grid = gtk_grid_new ();

  for (guint i = 0; i < N_STATES; i++)
    {
      GtkWidget *path;

      gtk_grid_attach (GTK_GRID (grid), new_disc (metrics, i, i < reached, disc_mm), 2 * i, 0, 1,
                       1);
      gtk_grid_attach (GTK_GRID (grid), new_word (words[i], i < reached, type), 2 * i, 1, 1, 1);
      if (i + 1 == N_STATES)
        break;
      path = new_area (metrics, i + 1 < reached, draw_path);
      gtk_widget_set_hexpand (path, TRUE);
      gtk_grid_attach (GTK_GRID (grid), path, 2 * i + 1, 0, 1, 1);
    }
  gtk_grid_set_row_spacing (GTK_GRID (grid), bm_px (metrics, BM_MM_HAIR));
  return grid;
}
