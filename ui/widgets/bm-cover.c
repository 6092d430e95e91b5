/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/widgets/bm-cover.h"

#include "ui/widgets/bm-picture.h"

/*
 * What lies over an amount until its owner asks for it: a hatched bar with a closed eye on it. Bars of
 * one page are of one length, so that length tells nothing, and there is nothing below: the station
 * does not send what is covered.
 */

#define HATCH_MM 5.5
#define LINE_MM  1.0

typedef struct
{
  BmMetrics metrics;
  BmRole tint;
} Drawn;

static void
trace_bar (cairo_t *cr, double width, double height, double radius)
{
  cairo_new_sub_path (cr);
  cairo_arc (cr, width - radius, radius, radius, -G_PI / 2, 0);
  cairo_arc (cr, width - radius, height - radius, radius, 0, G_PI / 2);
  cairo_arc (cr, radius, height - radius, radius, G_PI / 2, G_PI);
  cairo_arc (cr, radius, radius, radius, G_PI, 3 * G_PI / 2);
  cairo_close_path (cr);
}

static void
draw_hatches (cairo_t *cr, const BmMetrics *metrics, int width, int height)
{
  int step = bm_px (metrics, HATCH_MM);

  cairo_set_line_width (cr, bm_px (metrics, LINE_MM));
  for (int x = -height; x < width + height; x += step)
    {
      cairo_move_to (cr, x, height);
      cairo_line_to (cr, x + height, 0);
    }
  cairo_stroke (cr);
}

static void
draw_cover (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer user_data)
{
  const Drawn *drawn = user_data;
  double line = bm_px (&drawn->metrics, BM_MM_BORDER);
  GdkRGBA ink, fill;

  bm_role_rgba (drawn->metrics.theme, BM_ROLE_INK, &ink);
  bm_role_rgba (drawn->metrics.theme, drawn->tint, &fill);
  cairo_translate (cr, line / 2, line / 2);
  trace_bar (cr, width - line, height - line, bm_px (&drawn->metrics, BM_MM_RADIUS_DESK));
  gdk_cairo_set_source_rgba (cr, &fill);
  cairo_fill_preserve (cr);
  cairo_save (cr);
  cairo_clip_preserve (cr);
  gdk_cairo_set_source_rgba (cr, &ink);
  cairo_new_path (cr);
  draw_hatches (cr, &drawn->metrics, width, height);
  cairo_restore (cr);
  trace_bar (cr, width - line, height - line, bm_px (&drawn->metrics, BM_MM_RADIUS_DESK));
  gdk_cairo_set_source_rgba (cr, &ink);
  cairo_set_line_width (cr, line);
  cairo_stroke (cr);
}

/* The closed eye stands on a plain field: a line over hatches would be lost. */
static GtkWidget *
new_eye (const BmMetrics *metrics, double height_mm)
{
  GtkWidget *field = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *picture = bm_picture_new (metrics, "eye-shut", height_mm, BM_ROLE_SURFACE);
  int side = bm_px (metrics, BM_MM_HAIR);

  bm_picture_set_plain (BM_PICTURE (picture), TRUE);
  gtk_widget_add_css_class (field, "cover-eye");
  gtk_widget_set_margin_start (picture, side);
  gtk_widget_set_margin_end (picture, side);
  gtk_box_append (GTK_BOX (field), picture);
  gtk_widget_set_halign (field, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (field, GTK_ALIGN_FILL);
  return field;
}

/**
 * bm_cover_new:
 * @metrics: how this face measures
 * @width_mm: the same for every cover of a page
 * @height_mm: of the bar
 * @tint: its colour block
 *
 * Returns: a cover; it says nothing to a screen reader, its row does
 */
GtkWidget *
bm_cover_new (const BmMetrics *metrics, double width_mm, double height_mm, BmRole tint)
{
  GtkWidget *overlay =
    g_object_new (GTK_TYPE_OVERLAY, "accessible-role", GTK_ACCESSIBLE_ROLE_GROUP, NULL);
  GtkWidget *area =
    g_object_new (GTK_TYPE_DRAWING_AREA, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  Drawn *drawn = g_new0 (Drawn, 1);

  drawn->metrics = *metrics;
  drawn->tint = tint;
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (area), draw_cover, drawn, g_free);
  gtk_widget_set_size_request (area, bm_px (metrics, width_mm), bm_px (metrics, height_mm));
  gtk_overlay_set_child (GTK_OVERLAY (overlay), area);
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), new_eye (metrics, height_mm - 2 * BM_MM_BORDER));
  gtk_widget_set_valign (overlay, GTK_ALIGN_CENTER);
  gtk_widget_set_halign (overlay, GTK_ALIGN_END);
  gtk_widget_set_can_target (overlay, FALSE);
  return overlay;
}
