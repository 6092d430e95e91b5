/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/widgets/bm-picture.h"

/*
 * A drawing on a page. The key line has the text colour of where the picture lies, so it follows every
 * state of a button by itself; the colour block is the caller's, and falls away where fills swap.
 *
 * A picture has either a fixed size, or (large) whatever room is left above its minimum.
 */

struct _BmPicture
{
  GtkWidget parent_instance;

  BmMetrics metrics;
  char *name;
  BmRole tint;
  int ink; /* a BmRole, or -1: the text colour */
  BmFit fit;
  int min_width;
  int min_height;
  double aspect; /* width by height; 0 until it was asked for: the file has to be opened for it */
  gboolean is_plain;

  /* What was drawn last, and how. */
  GdkTexture *texture; /* (nullable) */
  BmDrawingColours colours;
  int width;
  int height;
};

G_DEFINE_FINAL_TYPE (BmPicture, bm_picture, GTK_TYPE_WIDGET)

static void
bm_picture_measure (GtkWidget *widget,
                    GtkOrientation orientation,
                    int for_size,
                    int *minimum,
                    int *natural,
                    int *minimum_baseline,
                    int *natural_baseline)
{
  BmPicture *self = BM_PICTURE (widget);

  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? self->min_width : self->min_height;
  *natural = *minimum;
}

static void
fit_box (BmPicture *self, int *ret_width, int *ret_height)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self));
  int height = gtk_widget_get_height (GTK_WIDGET (self));

  if (self->fit == BM_FIT_CONTAIN && self->aspect == 0 &&
      !bm_drawing_get_aspect (self->name, &self->aspect))
    self->aspect = 1.0;
  if (self->fit == BM_FIT_CONTAIN)
    {
      if (width > height * self->aspect)
        width = (int) (height * self->aspect);
      else
        height = (int) (width / self->aspect);
    }
  *ret_width = width;
  *ret_height = height;
}

static gboolean
is_same_look (const BmDrawingColours *one, const BmDrawingColours *two)
{
  return gdk_rgba_equal (&one->ink, &two->ink) && gdk_rgba_equal (&one->tint, &two->tint) &&
         one->has_tint == two->has_tint && one->theme == two->theme;
}

static GdkTexture *
ensure_texture (BmPicture *self, int width, int height, const BmDrawingColours *colours)
{
  if (self->texture != NULL && self->width == width && self->height == height &&
      is_same_look (&self->colours, colours))
    return self->texture;
  g_clear_object (&self->texture);
  self->texture =
    bm_drawing_load (self->name, width, height, self->fit,
                     width > bm_px (&self->metrics, BM_MM_KEY_LINE_THIN_OVER), colours);
  self->colours = *colours;
  self->width = width;
  self->height = height;
  return self->texture;
}

static void
bm_picture_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  BmPicture *self = BM_PICTURE (widget);
  BmDrawingColours colours = { .theme = self->metrics.theme };
  GdkTexture *texture;
  int width, height, x, y;

  if (self->name == NULL)
    return;
  fit_box (self, &width, &height);
  if (width <= 0 || height <= 0)
    return;
  if (self->ink >= 0)
    bm_role_rgba (self->metrics.theme, self->ink, &colours.ink);
  else
    gtk_style_context_get_color (gtk_widget_get_style_context (widget), &colours.ink);
  bm_role_rgba (self->metrics.theme, self->tint, &colours.tint);
  colours.has_tint = !self->is_plain;
  texture = ensure_texture (self, width, height, &colours);
  if (texture == NULL)
    return;
  x = (gtk_widget_get_width (widget) - width) / 2;
  y = (gtk_widget_get_height (widget) - height) / 2;
  gtk_snapshot_append_texture (snapshot, texture, &GRAPHENE_RECT_INIT (x, y, width, height));
}

static void
bm_picture_finalize (GObject *object)
{
  g_clear_object (&BM_PICTURE (object)->texture);
  g_free (BM_PICTURE (object)->name);
  G_OBJECT_CLASS (bm_picture_parent_class)->finalize (object);
}

static void
bm_picture_class_init (BmPictureClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = bm_picture_finalize;
  widget_class->measure = bm_picture_measure;
  widget_class->snapshot = bm_picture_snapshot;
  gtk_widget_class_set_css_name (widget_class, "bm-picture");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
bm_picture_init (BmPicture *self)
{
  self->ink = -1;
  gtk_widget_set_can_target (GTK_WIDGET (self), FALSE);
}

static BmPicture *
make (const BmMetrics *metrics, const char *name, BmRole tint)
{
  BmPicture *self = g_object_new (BM_TYPE_PICTURE, NULL);

  self->metrics = *metrics;
  self->name = bm_drawing_is_known (name) ? g_strdup (name) : NULL;
  self->tint = tint;
  return self;
}

/**
 * bm_picture_new:
 * @metrics: how this face measures
 * @name: (nullable): the drawing; an unknown one leaves its place empty
 * @size_mm: both sides
 * @tint: colour of its block
 *
 * Returns: a pictogram of fixed size
 */
GtkWidget *
bm_picture_new (const BmMetrics *metrics, const char *name, double size_mm, BmRole tint)
{
  BmPicture *self = make (metrics, name, tint);

  self->min_width = bm_px (metrics, size_mm);
  self->min_height = self->min_width;
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  gtk_widget_set_halign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  return GTK_WIDGET (self);
}

/**
 * bm_picture_new_large:
 * @metrics: how this face measures
 * @name: the drawing
 * @min_mm: its least height
 *
 * Returns: a drawing that takes the room that is left
 */
GtkWidget *
bm_picture_new_large (const BmMetrics *metrics, const char *name, double min_mm)
{
  BmPicture *self = make (metrics, name, BM_ROLE_TINT_MONEY);

  self->min_height = bm_px (metrics, min_mm);
  self->min_width = self->min_height;
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
  gtk_widget_set_vexpand (GTK_WIDGET (self), TRUE);
  return GTK_WIDGET (self);
}

/**
 * bm_picture_new_banner:
 * @metrics: how this face measures
 * @name: the drawing
 * @height_mm: its height; it is as wide as the page
 *
 * Returns: a drawing from edge to edge
 */
GtkWidget *
bm_picture_new_banner (const BmMetrics *metrics, const char *name, double height_mm)
{
  BmPicture *self = make (metrics, name, BM_ROLE_TINT_MONEY);

  self->fit = BM_FIT_COVER;
  self->min_height = bm_px (metrics, height_mm);
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
  return GTK_WIDGET (self);
}

void
bm_picture_set_plain (BmPicture *self, gboolean is_plain)
{
  g_return_if_fail (BM_IS_PICTURE (self));

  if (self->is_plain == is_plain)
    return;
  self->is_plain = is_plain;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
bm_picture_set_tint (BmPicture *self, BmRole tint)
{
  g_return_if_fail (BM_IS_PICTURE (self));

  self->tint = tint;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

const char *
bm_picture_get_name (BmPicture *self)
{
  g_return_val_if_fail (BM_IS_PICTURE (self), NULL);

  return self->name;
}

void
bm_picture_set_name (BmPicture *self, const char *name)
{
  g_return_if_fail (BM_IS_PICTURE (self));

  g_free (self->name);
  g_clear_object (&self->texture);
  self->aspect = 0;
  self->name = bm_drawing_is_known (name) ? g_strdup (name) : NULL;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
bm_picture_set_ink (BmPicture *self, BmRole ink)
{
  g_return_if_fail (BM_IS_PICTURE (self));

  self->ink = ink;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
