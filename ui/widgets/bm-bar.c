/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/widgets/bm-bar.h"

/*
 * A number as a length, beside the number itself: it begins where one begins to read, and has an outline, so that it is
 * seen without any colour. Nobody is told of it who cannot see it: the number is told.
 */

#define HEIGHT_MM 3

struct _BmBar
{
  GtkWidget parent_instance;

  BmMetrics metrics;
  guint share; /* of a hundred */
};

G_DEFINE_FINAL_TYPE (BmBar, bm_bar, GTK_TYPE_WIDGET)

static void
bm_bar_measure (GtkWidget *widget,
                GtkOrientation orientation,
                int for_size,
                int *minimum,
                int *natural,
                int *minimum_baseline,
                int *natural_baseline)
{
  BmBar *self = BM_BAR (widget);

  *minimum = orientation == GTK_ORIENTATION_VERTICAL ? bm_px (&self->metrics, HEIGHT_MM) : 0;
  *natural = *minimum;
}

static void
bm_bar_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  BmBar *self = BM_BAR (widget);
  const float line = MAX ((float) bm_px (&self->metrics, BM_MM_BORDER), 1);
  const float all = (float) gtk_widget_get_width (widget);
  const float width = MAX (all * (float) self->share / 100, 2 * line);
  const float widths[4] = { line, line, line, line };
  GskRoundedRect outline;
  graphene_rect_t box;
  GdkRGBA ink, fill;

  bm_role_rgba (self->metrics.theme, BM_ROLE_INK, &ink);
  bm_role_rgba (self->metrics.theme, BM_ROLE_PRIMARY, &fill);
  graphene_rect_init (&box, gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL ? all - width : 0,
                      0, width, (float) gtk_widget_get_height (widget));
  gtk_snapshot_append_color (snapshot, &fill, &box);
  gsk_rounded_rect_init_from_rect (&outline, &box, 0);
  gtk_snapshot_append_border (snapshot, &outline, widths, (const GdkRGBA[4]){ ink, ink, ink, ink });
}

static void
bm_bar_class_init (BmBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->measure = bm_bar_measure;
  widget_class->snapshot = bm_bar_snapshot;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
bm_bar_init (BmBar *self)
{
}

/**
 * bm_bar_new:
 * @metrics: how this face measures
 * @share: how long, in a hundred of the room there is
 *
 * Returns: a bar
 */
GtkWidget *
bm_bar_new (const BmMetrics *metrics, guint share)
{
  BmBar *self = g_object_new (BM_TYPE_BAR, NULL);

  g_return_val_if_fail (metrics != NULL, GTK_WIDGET (self));

  self->metrics = *metrics;
  self->share = MIN (share, 100);
  return GTK_WIDGET (self);
}
