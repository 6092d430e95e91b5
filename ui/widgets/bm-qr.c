/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/widgets/bm-qr.h"

#include "core/language/language.h"
#include "core/sheet/qr.h"

/* The same symbol as on the slip, for a telephone: black on white in every theme, four modules quiet. */

#define QUIET_MODULES 4

static void
draw (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer user_data)
{
  const BmQr *symbol = user_data;
  int n_modules = (int) symbol->size + 2 * QUIET_MODULES;
  int module = MIN (width, height) / n_modules;
  int x0 = (width - module * n_modules) / 2;
  int y0 = (height - module * n_modules) / 2;

  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_rectangle (cr, x0, y0, module * n_modules, module * n_modules);
  cairo_fill (cr);
  cairo_set_source_rgb (cr, 0, 0, 0);
  for (guint i = 0; i < symbol->size * symbol->size; i++)
    {
      if (symbol->modules[i] == 0)
        continue;
      cairo_rectangle (cr, x0 + module * (QUIET_MODULES + (int) (i % symbol->size)),
                       y0 + module * (QUIET_MODULES + (int) (i / symbol->size)), module, module);
    }
  cairo_fill (cr);
}

/**
 * bm_qr_new:
 * @metrics: how this face measures
 * @text: what it says
 * @size_mm: its sides
 *
 * Returns: (nullable): the symbol; %NULL when @text does not fit one
 */
GtkWidget *
bm_qr_new (const BmMetrics *metrics, const char *text, double size_mm)
{
  BmQr *symbol = bm_qr_encode (text, NULL);
  int side = bm_px_at_least (metrics, size_mm, BM_MM_LEAST_CODE);
  GtkWidget *area;

  if (symbol == NULL)
    return NULL;
  area = g_object_new (GTK_TYPE_DRAWING_AREA, "accessible-role", GTK_ACCESSIBLE_ROLE_IMG, NULL);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (area), draw, symbol,
                                  (GDestroyNotify) bm_qr_unref);
  gtk_widget_set_size_request (area, side, side);
  gtk_widget_set_valign (area, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (area), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Code for a telephone"), -1);
  return area;
}
