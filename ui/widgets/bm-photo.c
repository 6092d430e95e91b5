/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/widgets/bm-photo.h"

#include "core/crypto/crypto.h"
#include "core/ports/photo.h"

#include <string.h>

/*
 * A photo of a model, in whatever room is left above its least. It is opened when it is first drawn, so that the many
 * attempts to set a page cost nothing; what comes over the bus was drawn anew by the station's own program and is held
 * to its sides once more. It goes with its page.
 */

struct _BmPhoto
{
  GtkWidget parent_instance;

  BmMetrics metrics;
  char *text;          /* (nullable): base64, until it was opened */
  GdkTexture *texture; /* (nullable) */
  int min_width;
  int min_height;
};

G_DEFINE_FINAL_TYPE (BmPhoto, bm_photo, GTK_TYPE_WIDGET)

static void
open_text (BmPhoto *self)
{
  gsize len = 0;
  guchar *data = g_base64_decode (self->text, &len);
  g_autoptr (GBytes) bytes = g_bytes_new_static (data, len);

  if (len > 2 && data[0] == 0xff && data[1] == 0xd8) /* GTK opens other kinds, too */
    self->texture = gdk_texture_new_from_bytes (bytes, NULL);
  if (self->texture != NULL && (gdk_texture_get_width (self->texture) > BM_PHOTO_MAX_SIDE ||
                                gdk_texture_get_height (self->texture) > BM_PHOTO_MAX_SIDE))
    g_clear_object (&self->texture);
  g_clear_pointer (&self->text, bm_wipe_string);
  bm_wipe (data, len);
  g_free (data);
}

static void
bm_photo_measure (GtkWidget *widget,
                  GtkOrientation orientation,
                  int for_size,
                  int *minimum,
                  int *natural,
                  int *minimum_baseline,
                  int *natural_baseline)
{
  BmPhoto *self = BM_PHOTO (widget);

  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? self->min_width : self->min_height;
  *natural = *minimum;
}

/* Whole, in the middle, with a thin line around it: a white paper has an end on a white page, too. */
static void
bm_photo_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  BmPhoto *self = BM_PHOTO (widget);
  float width = gtk_widget_get_width (widget);
  float height = gtk_widget_get_height (widget);
  float line = MAX (bm_px (&self->metrics, BM_MM_HAIR) / 4, 1);
  float widths[4] = { line, line, line, line };
  GdkRGBA colours[4];
  GskRoundedRect outline;
  graphene_rect_t box;
  float scale;

  if (self->text != NULL)
    open_text (self);
  if (self->texture == NULL || width <= 0 || height <= 0)
    return;
  scale = MIN (width / gdk_texture_get_width (self->texture),
               height / gdk_texture_get_height (self->texture));
  graphene_rect_init (&box, 0, 0, gdk_texture_get_width (self->texture) * scale,
                      gdk_texture_get_height (self->texture) * scale);
  if (gtk_widget_get_halign (widget) != GTK_ALIGN_START)
    graphene_rect_offset (&box, (width - box.size.width) / 2, (height - box.size.height) / 2);
  gtk_snapshot_append_texture (snapshot, self->texture, &box);
  for (guint i = 0; i < G_N_ELEMENTS (colours); i++)
    bm_role_rgba (self->metrics.theme, BM_ROLE_RULE, &colours[i]);
  gsk_rounded_rect_init_from_rect (&outline, &box, 0);
  gtk_snapshot_append_border (snapshot, &outline, widths, colours);
}

static void
bm_photo_dispose (GObject *object)
{
  BmPhoto *self = BM_PHOTO (object);

  g_clear_pointer (&self->text, bm_wipe_string);
  g_clear_object (&self->texture);
  G_OBJECT_CLASS (bm_photo_parent_class)->dispose (object);
}

static void
bm_photo_class_init (BmPhotoClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bm_photo_dispose;
  widget_class->measure = bm_photo_measure;
  widget_class->snapshot = bm_photo_snapshot;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
bm_photo_init (BmPhoto *self)
{
}

/**
 * bm_photo_new:
 * @metrics: how this face measures
 * @photo: of a model: a JPEG in base64
 * @label: its accessible name
 * @min_width_mm: the least it is set to
 * @min_height_mm: the same
 *
 * Returns: a photo; what cannot be opened leaves its place empty
 */
GtkWidget *
bm_photo_new (const BmMetrics *metrics,
              const char *photo,
              const char *label,
              double min_width_mm,
              double min_height_mm)
{
  BmPhoto *self = g_object_new (BM_TYPE_PHOTO, NULL);

  g_return_val_if_fail (metrics != NULL && photo != NULL && label != NULL, GTK_WIDGET (self));

  self->metrics = *metrics;
  self->text = g_strdup (photo);
  self->min_width = bm_px (metrics, min_width_mm);
  self->min_height = bm_px (metrics, min_height_mm);
  gtk_widget_set_name (GTK_WIDGET (self), "photo");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  return GTK_WIDGET (self);
}
