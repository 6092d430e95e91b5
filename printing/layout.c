/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-layout"

#include "printing/layout.h"

#include "printing/layout-private.h"

#include "core/error.h"
#include "core/sheet/sheet.h"

#include <cairo-pdf.h>

#include <string.h>

/*
 * From the stored model of a sheet to ink (printing/RECEIPT.md). Everything is measured in dots of
 * 203.2 dpi, drawn on recording surfaces, one a page; raster and PDF replay the same recording.
 *
 * Invariants:
 *  L1  What is drawn depends on model, copy number, paper and BM_RENDERING_VERSION alone (invariant 8).
 *  L2  A further copy says so on its face.
 *  L3  A glyph that no font has is a visible box, and counted; text is never dropped silently.
 *  L4  The font map belongs to the layout: Pango's shared default map is not touched, so that the print
 *      worker shares no font state with other threads.
 */

#define FONT_FAMILIES "Noto Sans CJK SC, HanaMinA, HanaMinB"
#define FOOT_GAP      24
#define MIN_HEIGHT    (20 * BM_DOTS_PER_MM)

static const char *const paper_names[] = {
  [BM_PAPER_ROLL80] = "roll80",
  [BM_PAPER_ROLL58] = "roll58",
  [BM_PAPER_A5] = "a5",
  [BM_PAPER_A4] = "a4",
};

static const BmSheetStyle styles[] = {
  [BM_PAPER_ROLL80] = { 576, 0, 12, 14, 28, 34, 42, 52, 58, 112, 128, 112, 8 },
  [BM_PAPER_ROLL58] = { 384, 0, 8, 10, 24, 28, 34, 40, 46, 112, 102, 80, 5 },
  [BM_PAPER_A5] = { 1184, 1680, 96, 80, 30, 36, 46, 58, 64, 120, 150, 128, 8 },
  [BM_PAPER_A4] = { 1680, 2376, 160, 120, 34, 42, 54, 66, 74, 136, 180, 144, 9 },
};

static const char *const icon_names[BM_SHEET_ICONS] = { "state-noted", "state-sent", "state-done",
                                                        "taken-back" };

const char *
bm_paper_to_string (BmPaper paper)
{
  g_return_val_if_fail ((guint) paper < G_N_ELEMENTS (paper_names), NULL);

  return paper_names[paper];
}

/**
 * bm_paper_from_string:
 * @text: "roll80", "roll58", "a5" or "a4"
 * @ret_paper: (out): the paper
 *
 * Returns: whether @text names a paper
 */
gboolean
bm_paper_from_string (const char *text, BmPaper *ret_paper)
{
  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (ret_paper != NULL, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (paper_names); i++)
    if (g_str_equal (text, paper_names[i]))
      {
        *ret_paper = i;
        return TRUE;
      }
  return FALSE;
}

gboolean
bm_paper_is_roll (BmPaper paper)
{
  return bm_sheet_style_get (paper)->page_height == 0;
}

const BmSheetStyle *
bm_sheet_style_get (BmPaper paper)
{
  g_return_val_if_fail ((guint) paper < G_N_ELEMENTS (styles), NULL);

  return &styles[paper];
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RsvgHandle, g_object_unref)

static RsvgHandle *
load_icon (const char *assets, const char *name, const char *colour, GError **error)
{
  g_autofree char *file_name = g_strconcat (name, ".svg", NULL);
  g_autofree char *path = g_build_filename (assets, "icons", file_name, NULL);
  g_autofree char *css = g_strdup_printf (".t { display: none } svg { color: %s }", colour);
  g_autoptr (RsvgHandle) handle = NULL;
  g_autoptr (GError) foreign = NULL;

  handle = rsvg_handle_new_from_file (path, &foreign);
  if (handle == NULL ||
      !rsvg_handle_set_stylesheet (handle, (const guint8 *) css, strlen (css), &foreign))
    {
      g_set_error (error, BM_ERROR, BM_ERROR_NOT_FOUND, "drawing %s: %s", name, foreign->message);
      return NULL;
    }
  return g_steal_pointer (&handle);
}

static PangoContext *
new_context (PangoFontMap *font_map)
{
  PangoContext *context = pango_font_map_create_context (font_map);
  g_autoptr (PangoFontDescription) font = pango_font_description_from_string (FONT_FAMILIES);
  cairo_font_options_t *options = cairo_font_options_create ();

  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options (context, options);
  cairo_font_options_destroy (options);
  pango_cairo_context_set_resolution (context, 72);
  pango_context_set_font_description (context, font);
  pango_context_set_language (context, pango_language_from_string ("zh-cn"));
  pango_context_set_base_dir (context, PANGO_DIRECTION_LTR);
  return context;
}

/**
 * bm_layout_new:
 * @assets: the folder that holds icons/
 * @error: return location for an error
 *
 * Makes a layout with its own fonts, for the thread that will use it.
 *
 * Returns: (transfer full): the layout
 */
BmLayout *
bm_layout_new (const char *assets, GError **error)
{
  g_autoptr (BmLayout) self = NULL;

  g_return_val_if_fail (assets != NULL, NULL);

  self = g_new0 (BmLayout, 1);
  self->font_map = pango_cairo_font_map_new_for_font_type (CAIRO_FONT_TYPE_FT);
  self->context = new_context (self->font_map);
  for (guint i = 0; i < BM_SHEET_ICONS; i++)
    for (guint is_white = 0; is_white < 2; is_white++)
      {
        self->icons[i][is_white] =
          load_icon (assets, icon_names[i], is_white ? "#fff" : "#000", error);
        if (self->icons[i][is_white] == NULL)
          return NULL;
      }
  return g_steal_pointer (&self);
}

void
bm_layout_free (BmLayout *self)
{
  g_return_if_fail (self != NULL);

  for (guint i = 0; i < BM_SHEET_ICONS; i++)
    {
      g_clear_object (&self->icons[i][0]);
      g_clear_object (&self->icons[i][1]);
    }
  g_clear_object (&self->context);
  g_clear_object (&self->font_map);
  g_free (self);
}

static void
line_free (BmRenderLine *line)
{
  g_free (line->text);
  g_free (line);
}

void
bm_render_free (BmRender *self)
{
  g_return_if_fail (self != NULL);

  g_clear_pointer (&self->pages, g_ptr_array_unref);
  g_clear_pointer (&self->lines, g_ptr_array_unref);
  g_free (self);
}

static BmRender *
new_render (BmPaper paper)
{
  BmRender *render = g_new0 (BmRender, 1);

  render->paper = paper;
  render->width = styles[paper].width;
  render->height = styles[paper].page_height;
  render->pages = g_ptr_array_new_with_free_func ((GDestroyNotify) cairo_surface_destroy);
  render->lines = g_ptr_array_new_with_free_func ((GDestroyNotify) line_free);
  return render;
}

static void
begin_page (BmPen *pen, BmRender *render)
{
  cairo_surface_t *surface = cairo_recording_surface_create (CAIRO_CONTENT_COLOR_ALPHA, NULL);

  g_clear_pointer (&pen->cr, cairo_destroy);
  pen->cr = cairo_create (surface);
  cairo_set_source_rgb (pen->cr, 0, 0, 0);
  pen->page = (int) render->pages->len;
  pen->y = pen->style->margin_top;
  g_ptr_array_add (render->pages, surface);
}

/* How much room a block needs: it is drawn once where nobody looks. */
static gboolean
measure_block (const BmPen *pen, json_t *block, double *ret_height, GError **error)
{
  cairo_surface_t *surface = cairo_recording_surface_create (CAIRO_CONTENT_COLOR_ALPHA, NULL);
  BmPen scratch = *pen;
  gboolean ok;

  scratch.cr = cairo_create (surface);
  scratch.lines = NULL;
  scratch.y = 0;
  ok = bm_pen_draw_block (&scratch, block, error);
  *ret_height = scratch.y;
  cairo_destroy (scratch.cr);
  cairo_surface_destroy (surface);
  return ok;
}

/* A block is never torn between two pages. */
static gboolean
place_block (BmPen *pen, BmRender *render, json_t *block, GError **error)
{
  const int bottom = pen->style->page_height - pen->style->margin_top;
  double height = 0;

  if (pen->style->page_height > 0)
    {
      if (!measure_block (pen, block, &height, error))
        return FALSE;
      if (pen->y + height > bottom && pen->y > pen->style->margin_top)
        begin_page (pen, render);
    }
  return bm_pen_draw_block (pen, block, error);
}

static gboolean
check_size (const BmPen *pen, const BmRender *render, GError **error)
{
  if (render->pages->len > BM_RENDER_MAX_PAGES || pen->y > BM_RENDER_MAX_MM * BM_DOTS_PER_MM)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_LIMIT, "the sheet is longer than %d mm or %d pages",
                   BM_RENDER_MAX_MM, BM_RENDER_MAX_PAGES);
      return FALSE;
    }
  return TRUE;
}

static gboolean
draw_sheet (BmPen *pen, BmRender *render, json_t *sheet, guint copy, GError **error)
{
  json_t *blocks = json_object_get (sheet, "blocks");
  json_t *block;
  gsize i;

  bm_pen_draw_head (pen, sheet, copy);
  json_array_foreach (blocks, i, block) if (!place_block (pen, render, block, error) ||
                                            !check_size (pen, render, error)) return FALSE;
  bm_pen_draw_foot (pen, sheet);
  return check_size (pen, render, error);
}

/**
 * bm_layout_render:
 * @self: a layout
 * @sheet: a complete model (core/sheet/sheet.h)
 * @copy: 1 for the first; every further one says 第 N 次打印
 * @paper: what it goes on
 * @error: %BM_ERROR_INVALID for a model that is none, %BM_ERROR_LIMIT for one that never ends
 *
 * Draws a sheet.
 *
 * Returns: (transfer full): the drawing
 */
BmRender *
bm_layout_render (BmLayout *self, json_t *sheet, guint copy, BmPaper paper, GError **error)
{
  g_autoptr (BmRender) render = NULL;
  BmPen pen = { .layout = self, .style = bm_sheet_style_get (paper) };
  gboolean ok;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (copy >= 1, NULL);

  if (!bm_sheet_check (sheet, error))
    return NULL;
  render = new_render (paper);
  pen.lines = render->lines;
  pen.language = bm_sheet_get_language (sheet);
  begin_page (&pen, render);
  ok = draw_sheet (&pen, render, sheet, copy, error);
  cairo_destroy (pen.cr);
  if (!ok)
    return NULL;
  render->unknown_glyphs = pen.unknown_glyphs;
  if (render->height == 0)
    render->height = MAX (MIN_HEIGHT, (int) pen.y + FOOT_GAP);
  return g_steal_pointer (&render);
}

static cairo_status_t
append_bytes (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

/**
 * bm_render_to_pdf:
 * @self: a drawing
 * @error: return location for an error
 *
 * Writes a PDF with the fonts inside, in the paper's true size.
 *
 * Returns: (transfer full): the document
 */
GBytes *
bm_render_to_pdf (const BmRender *self, GError **error)
{
  const double points = 72.0 / (25.4 * BM_DOTS_PER_MM);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  cairo_surface_t *surface;
  cairo_status_t status;
  cairo_t *cr;

  g_return_val_if_fail (self != NULL, NULL);

  surface = cairo_pdf_surface_create_for_stream (append_bytes, bytes, self->width * points,
                                                 self->height * points);
  cr = cairo_create (surface);
  for (guint i = 0; i < self->pages->len; i++)
    {
      cairo_save (cr);
      cairo_scale (cr, points, points);
      cairo_set_source_surface (cr, g_ptr_array_index (self->pages, i), 0, 0);
      cairo_paint (cr);
      cairo_restore (cr);
      cairo_show_page (cr);
    }
  cairo_destroy (cr);
  cairo_surface_finish (surface);
  status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  if (status != CAIRO_STATUS_SUCCESS)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_FAILED, "PDF: %s", cairo_status_to_string (status));
      return NULL;
    }
  return g_bytes_new (bytes->data, bytes->len);
}
