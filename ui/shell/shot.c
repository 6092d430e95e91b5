/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/shell/shot.h"

#include "core/error.h"
#include "ui/shell/shell.h"

/**
 * bm_shot_draw:
 * @widget: what fills a window, laid out
 * @theme: whose ground it stands on
 *
 * Draws it as it stands through the same render nodes as the screen; nothing is read back.
 *
 * Returns: (transfer full): its pixels, CAIRO_FORMAT_RGB24
 */
cairo_surface_t *
bm_shot_draw (GtkWidget *widget, BmTheme theme)
{
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  GskRenderNode *node;
  cairo_surface_t *surface;
  cairo_t *cr;
  GdkRGBA ground;

  bm_role_rgba (theme, BM_ROLE_GROUND, &ground);
  gdk_paintable_snapshot (paintable, snapshot, width, height);
  node = gtk_snapshot_free_to_node (snapshot);
  surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, MAX (width, 1), MAX (height, 1));
  cr = cairo_create (surface);
  gdk_cairo_set_source_rgba (cr, &ground);
  cairo_paint (cr);
  if (node != NULL)
    {
      gsk_render_node_draw (node, cr);
      gsk_render_node_unref (node);
    }
  cairo_destroy (cr);
  return surface;
}

/**
 * bm_shot_write:
 * @widget: what fills a window, laid out
 * @theme: whose ground it stands on
 * @path: where the PNG goes
 * @error: return location for an error
 *
 * Returns: whether the picture was written
 */
gboolean
bm_shot_write (GtkWidget *widget, BmTheme theme, const char *path, GError **error)
{
  cairo_surface_t *surface = bm_shot_draw (widget, theme);
  cairo_status_t status = cairo_surface_write_to_png (surface, path);

  cairo_surface_destroy (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    return TRUE;
  g_set_error (error, BM_ERROR, BM_ERROR_FAILED, "Cannot write %s: %s", path,
               cairo_status_to_string (status));
  return FALSE;
}

/**
 * bm_shell_draw:
 * @self: a window with a page
 *
 * Returns: (transfer full): its pixels, CAIRO_FORMAT_RGB24
 */
cairo_surface_t *
bm_shell_draw (BmShell *self)
{
  return bm_shot_draw (gtk_window_get_child (GTK_WINDOW (self)),
                       bm_shell_get_metrics (self)->theme);
}

/**
 * bm_shell_shoot:
 * @self: a window with a page
 * @path: where the PNG goes
 * @error: return location for an error
 *
 * Returns: whether the picture was written
 */
gboolean
bm_shell_shoot (BmShell *self, const char *path, GError **error)
{
  return bm_shot_write (gtk_window_get_child (GTK_WINDOW (self)),
                        bm_shell_get_metrics (self)->theme, path, error);
}
