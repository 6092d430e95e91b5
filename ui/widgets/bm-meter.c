/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/widgets/bm-meter.h"

/*
 * How loud it is: bars that grow from left to right. Reached ones are solid, the others an outline, so that the count of
 * solid bars and their height say it without any colour. Silence has one empty row, which still says: it is listening.
 */

#define BAR_SHARE  0.62 /* of its place; the rest is the gap */
#define LEAST_TALL 0.25

struct _BmMeter
{
  GtkWidget parent_instance;

  BmMetrics metrics;
  guint most;
  guint level;
  int height;
};

G_DEFINE_FINAL_TYPE (BmMeter, bm_meter, GTK_TYPE_WIDGET)

static void
bm_meter_measure (GtkWidget *widget,
                  GtkOrientation orientation,
                  int for_size,
                  int *minimum,
                  int *natural,
                  int *minimum_baseline,
                  int *natural_baseline)
{
  BmMeter *self = BM_METER (widget);

  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL
               ? (int) self->most * bm_px (&self->metrics, BM_MM_HAIR * 2)
               : self->height;
  *natural = *minimum;
}

static void
draw_bar (BmMeter *self, GtkSnapshot *snapshot, guint i, const GdkRGBA *ink, const GdkRGBA *fill)
{
  float place = (float) gtk_widget_get_width (GTK_WIDGET (self)) / (float) self->most;
  float height = (float) gtk_widget_get_height (GTK_WIDGET (self));
  float tall = height * (float) (LEAST_TALL + (1 - LEAST_TALL) * (i + 1) / self->most);
  float line = MAX ((float) bm_px (&self->metrics, BM_MM_BORDER), 1);
  const float widths[4] = { line, line, line, line };
  const GdkRGBA colours[4] = { *ink, *ink, *ink, *ink };
  GskRoundedRect outline;
  graphene_rect_t box;
  float x = place * (float) i;

  if (gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL)
    x = place * (float) (self->most - 1 - i);
  graphene_rect_init (&box, x + place * (float) (1 - BAR_SHARE) / 2, height - tall,
                      place * (float) BAR_SHARE, tall);
  if (i < self->level)
    gtk_snapshot_append_color (snapshot, fill, &box);
  gsk_rounded_rect_init_from_rect (&outline, &box, 0);
  gtk_snapshot_append_border (snapshot, &outline, widths, colours);
}

static void
bm_meter_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  BmMeter *self = BM_METER (widget);
  GdkRGBA ink, fill;

  bm_role_rgba (self->metrics.theme, BM_ROLE_INK, &ink);
  bm_role_rgba (self->metrics.theme, BM_ROLE_PRIMARY, &fill);
  for (guint i = 0; i < self->most; i++)
    draw_bar (self, snapshot, i, &ink, &fill);
}

static void
bm_meter_class_init (BmMeterClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->measure = bm_meter_measure;
  widget_class->snapshot = bm_meter_snapshot;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_METER);
}

static void
bm_meter_init (BmMeter *self)
{
}

/**
 * bm_meter_new:
 * @metrics: how this face measures
 * @label: its accessible name
 * @most: bars
 * @height_mm: of the tallest
 *
 * Returns: a meter that shows nothing yet
 */
GtkWidget *
bm_meter_new (const BmMetrics *metrics, const char *label, guint most, double height_mm)
{
  BmMeter *self = g_object_new (BM_TYPE_METER, NULL);

  g_return_val_if_fail (metrics != NULL && label != NULL && most > 0, GTK_WIDGET (self));

  self->metrics = *metrics;
  self->most = most;
  self->height = bm_px (metrics, height_mm);
  gtk_widget_set_name (GTK_WIDGET (self), "meter");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_MIN, 0.0,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_MAX, (double) most,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, 0.0, -1);
  return GTK_WIDGET (self);
}

void
bm_meter_set_level (BmMeter *self, guint level)
{
  g_return_if_fail (BM_IS_METER (self));

  level = MIN (level, self->most);
  if (level == self->level)
    return;
  self->level = level;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_VALUE_NOW,
                                  (double) level, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

guint
bm_meter_get_level (BmMeter *self)
{
  g_return_val_if_fail (BM_IS_METER (self), 0);

  return self->level;
}
