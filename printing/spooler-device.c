/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-spooler"

#include "config.h"

#include "printing/spooler-private.h"

#include "core/language/language.h"
#include "core/sheet/sheet.h"
#include "printing/dots.h"

/*
 * What draws the sheets of one printer. The first sheet of a run would wait for the fonts to be read (some 90 ms on
 * the reference machine), so a sheet that nobody gets is drawn while there is nothing to do: not in the first look,
 * which falls into the station's start.
 */

gboolean
bm_spooler_device_ensure (BmSpoolerDevice *self, GError **error)
{
  const char *assets = g_getenv ("BIANMIN_ASSETS");

  if (self->layout == NULL)
    self->layout = bm_layout_new (assets != NULL ? assets : BM_PKGDATADIR, error);
  return self->layout != NULL;
}

/* Every size, light and strong, and the pictograms. */
static json_t *
make_sheet (void)
{
  static const char *const sizes[] = { "small", "body", "lead", "hero" };
  const char *text = C_ ("page", "One moment, please.");
  json_t *blocks = json_array ();

  for (guint i = 0; i < 2 * G_N_ELEMENTS (sizes); i++)
    json_array_append_new (blocks, json_pack ("{s:s, s:s, s:s, s:b}", "type", "text", "text", text,
                                              "size", sizes[i / 2], "strong", (int) (i % 2)));
  json_array_append_new (blocks, json_pack ("{s:s, s:i}", "type", "states", "reached", 1));
  return json_pack ("{s:i, s:s, s:s, s:s, s:b, s:o}", "version", BM_SHEET_VERSION, "kind",
                    "warm-up", "title", text, "station", text, "demo", 0, "blocks", blocks);
}

gboolean
bm_spooler_device_warm (BmSpoolerDevice *self)
{
  g_autoptr (BmRender) render = NULL;
  g_autoptr (BmDots) dots = NULL;
  json_t *sheet;

  if (!bm_spooler_device_ensure (self, NULL))
    return FALSE;
  sheet = make_sheet ();
  render = bm_layout_render (self->layout, sheet, 1, bm_printer_get_paper (self->printer), NULL);
  json_decref (sheet);
  if (render != NULL)
    dots = bm_dots_from_render (render, 0, BM_PAGE_DPI, NULL);
  return dots != NULL;
}
