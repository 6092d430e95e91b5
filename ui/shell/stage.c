/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/shell/stage.h"

/*
 * What is between the window and everything in it: it asks for the screen's size, whatever is on it, so
 * that no page can make the window larger than the screen.
 */

struct _BmStage
{
  GtkWidget parent_instance;

  GtkWidget *child;
  int width;
  int height;
};

G_DEFINE_FINAL_TYPE (BmStage, bm_stage, GTK_TYPE_WIDGET)

static void
bm_stage_measure (GtkWidget *widget,
                  GtkOrientation orientation,
                  int for_size,
                  int *minimum,
                  int *natural,
                  int *minimum_baseline,
                  int *natural_baseline)
{
  BmStage *self = BM_STAGE (widget);

  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? self->width : self->height;
  *minimum = *natural;
}

static void
bm_stage_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  BmStage *self = BM_STAGE (widget);

  if (self->child != NULL)
    gtk_widget_allocate (self->child, width, height, -1, NULL);
}

static void
bm_stage_dispose (GObject *object)
{
  BmStage *self = BM_STAGE (object);

  g_clear_pointer (&self->child, gtk_widget_unparent);
  G_OBJECT_CLASS (bm_stage_parent_class)->dispose (object);
}

static void
bm_stage_class_init (BmStageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bm_stage_dispose;
  widget_class->measure = bm_stage_measure;
  widget_class->size_allocate = bm_stage_size_allocate;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
bm_stage_init (BmStage *self)
{
}

/**
 * bm_stage_new:
 * @child: everything that is shown
 * @width: of the screen
 * @height: of the screen
 *
 * Returns: a stage as large as the screen
 */
GtkWidget *
bm_stage_new (GtkWidget *child, int width, int height)
{
  BmStage *self = g_object_new (BM_TYPE_STAGE, NULL);

  self->child = child;
  self->width = width;
  self->height = height;
  gtk_widget_set_parent (child, GTK_WIDGET (self));
  return GTK_WIDGET (self);
}
