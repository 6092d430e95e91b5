/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-layout"

#include "printing/layout-private.h"

#include "core/error.h"
#include "core/language/language.h"
#include "core/sheet/qr.h"
#include "core/sheet/sheet.h"

#include <math.h>
#include <string.h>

/*
 * The blocks of a sheet, top to bottom: pairs, text, boxes, the number beside its code. Sizes come from the
 * style; what stands after the number is small print. Discs: layout-states.c; signatures: layout-signature.c;
 * what stands below a block in a second language: layout-translation.c.
 *
 * Type is set on a fixed pitch, whatever the fonts of rare characters say about theirs.
 */

#define PITCH          1.4  /* of the type size */
#define BASELINE       0.38 /* below the middle of the line: hanzi then stand centred */
#define RULE_THICK     3
#define RULE_GAP       14
#define BOX_THICK      5
#define BOX_RADIUS     14
#define BOX_PAD        18
#define QUIET_MODULES  4
#define MIN_SHRINK_PCT 70
#define TIGHTEN_PCT    85 /* what a line may give up to stay one line */
#define FIGURE_PITCH   1.2
#define SMALL_LEAD     8

static double
line_pitch (BmType type)
{
  return round (type.size * (type.is_figure ? FIGURE_PITCH : PITCH));
}

int
bm_pen_inner_width (const BmPen *pen)
{
  return pen->style->width - 2 * pen->style->margin;
}

static PangoLayout *
new_type (BmPen *pen, const char *text, BmType type)
{
  PangoLayout *layout = pango_layout_new (pen->layout->context);
  g_autoptr (PangoFontDescription) font =
    pango_font_description_copy (pango_context_get_font_description (pen->layout->context));

  pango_font_description_set_absolute_size (font, type.size * PANGO_SCALE);
  pango_font_description_set_weight (font, type.strong ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  pango_layout_set_font_description (layout, font);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_auto_dir (layout, TRUE);
  if (type.spacing > 0)
    {
      g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

      pango_attr_list_insert (attributes,
                              pango_attr_letter_spacing_new (type.spacing * PANGO_SCALE));
      pango_layout_set_attributes (layout, attributes);
    }
  pango_layout_set_text (layout, text, -1);
  return layout;
}

int
bm_pen_measure_width (BmPen *pen, const char *text, BmType type)
{
  g_autoptr (PangoLayout) layout = new_type (pen, text, type);
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);
  return width;
}

static void
note_line (BmPen *pen, PangoLayout *layout, PangoLayoutLine *line, const cairo_rectangle_int_t *box)
{
  BmRenderLine *note;

  if (pen->lines == NULL)
    return;
  note = g_new0 (BmRenderLine, 1);
  note->text = g_strndup (pango_layout_get_text (layout) + line->start_index, line->length);
  note->page = pen->page;
  note->x = box->x;
  note->y = box->y;
  note->width = box->width;
  note->height = box->height;
  g_ptr_array_add (pen->lines, note);
}

/* Lines of even length: no single character is left alone on the last one. */
static void
balance (PangoLayout *layout, int width)
{
  int low = width / 2, high = width;
  int lines;

  pango_layout_set_width (layout, width * PANGO_SCALE);
  lines = pango_layout_get_line_count (layout);
  if (!pango_layout_is_wrapped (layout))
    return;
  while (low < high)
    {
      const int middle = (low + high) / 2;

      pango_layout_set_width (layout, middle * PANGO_SCALE);
      if (pango_layout_get_line_count (layout) > lines)
        low = middle + 1;
      else
        high = middle;
    }
  pango_layout_set_width (layout, high * PANGO_SCALE);
}

/* The width of a line without the blanks at which it was broken. */
static int
measure_line (PangoLayout *layout, PangoLayoutLine *line)
{
  const char *start = pango_layout_get_text (layout) + line->start_index;
  int length = line->length;
  PangoRectangle logical;
  int edge;

  pango_layout_line_get_pixel_extents (line, NULL, &logical);
  while (length > 0 && start[length - 1] == ' ')
    length--;
  if (length == line->length || line->resolved_dir == PANGO_DIRECTION_RTL)
    return logical.width;
  pango_layout_line_index_to_x (line, line->start_index + length, FALSE, &edge);
  return PANGO_PIXELS (edge);
}

static gboolean
is_comma (gunichar c)
{
  return c == 0xff0c || c == 0x3002 || c == 0xff1a || c == 0xff1b; /* full-width , . : ; */
}

/* Two lines break after a comma where both halves then fit; NULL when there is no such place. */
static char *
break_at_comma (BmPen *pen, const char *text, BmType type, int width)
{
  if (strchr (text, '\n') != NULL || bm_pen_measure_width (pen, text, type) <= width)
    return NULL;
  for (const char *at = text; *at != '\0';)
    {
      const gunichar c = g_utf8_get_char (at);
      g_autofree char *broken = NULL;

      at = g_utf8_next_char (at);
      if (!is_comma (c) || *at == '\0')
        continue;
      broken = g_strdup_printf ("%.*s\n%s", (int) (at - text), text, at);
      if (bm_pen_measure_width (pen, broken, type) <= width)
        return g_steal_pointer (&broken);
    }
  return NULL;
}

/* Sets @text at the pen's height and moves the pen below it; gives the number of lines. */
int
bm_pen_draw_text (BmPen *pen, const char *text, BmType type, int x, int width)
{
  g_autofree char *broken = break_at_comma (pen, text, type, width);
  g_autoptr (PangoLayout) layout = new_type (pen, broken != NULL ? broken : text, type);
  const double pitch = line_pitch (type);
  int count;

  balance (layout, width);
  count = pango_layout_get_line_count (layout);
  for (int i = 0; i < count; i++)
    {
      PangoLayoutLine *line = pango_layout_get_line_readonly (layout, i);
      const int ink = measure_line (layout, line);
      int left = x;

      if (type.is_centred)
        left += (width - (ink - type.spacing)) / 2;
      else if (type.is_sided && line->resolved_dir == PANGO_DIRECTION_RTL)
        left += width - ink;
      note_line (pen, layout, line,
                 &(cairo_rectangle_int_t){ left, (int) pen->y, ink, (int) pitch });
      cairo_move_to (pen->cr, left, pen->y + round (pitch / 2 + type.size * BASELINE));
      pango_cairo_show_layout_line (pen->cr, line);
      pen->y += pitch;
    }
  pen->unknown_glyphs += pango_layout_get_unknown_glyphs_count (layout);
  return count;
}

/* The largest type, down to MIN_SHRINK_PCT of @type, in which @text stands on one line. */
BmType
bm_pen_shrink_to_fit (BmPen *pen, const char *text, BmType type, int width)
{
  const int wanted = type.size;

  while (type.size * 100 > wanted * MIN_SHRINK_PCT &&
         bm_pen_measure_width (pen, text, type) > width)
    type.size--;
  return type;
}

/* A little smaller where that saves a line; otherwise as it is, in several lines. */
static BmType
tighten (BmPen *pen, const char *text, BmType type, int width)
{
  const int least = MAX (BM_MIN_TYPE, type.size * TIGHTEN_PCT / 100);
  BmType tight = type;

  while (tight.size > least && bm_pen_measure_width (pen, text, tight) > width)
    tight.size--;
  return bm_pen_measure_width (pen, text, tight) <= width ? tight : type;
}

static void
draw_rule (BmPen *pen)
{
  pen->y += RULE_GAP;
  cairo_rectangle (pen->cr, pen->style->margin, pen->y, bm_pen_inner_width (pen), RULE_THICK);
  cairo_fill (pen->cr);
  pen->y += RULE_THICK + RULE_GAP;
}

/* The first line of a pair is body type; what follows, and all of the small print, is small. */
static void
draw_pair (BmPen *pen, json_t *block)
{
  const char *label = json_string_value (json_object_get (block, "label"));
  const char *value = json_string_value (json_object_get (block, "value"));
  const BmSheetStyle *style = pen->style;
  const int x = style->margin + style->label;
  const int width = style->width - style->margin - x;
  BmType type = { style->body, json_is_true (json_object_get (block, "strong")), FALSE, 0 };
  BmType label_type = { style->body, FALSE, FALSE, 0 };
  g_auto (GStrv) lines = g_strsplit (value, "\n", 2);
  double top = pen->y;
  double below;

  if (pen->is_past_number || bm_pen_measure_width (pen, label, label_type) > style->label - 6)
    type.size = label_type.size = style->small;
  bm_pen_draw_text (pen, label, label_type, style->margin, style->label - 4);
  below = pen->y;
  pen->y = top;
  if (lines[0] != NULL)
    bm_pen_draw_text (pen, lines[0], tighten (pen, lines[0], type, width), x, width);
  type.size = style->small;
  if (lines[0] != NULL && lines[1] != NULL)
    bm_pen_draw_text (pen, lines[1], tighten (pen, lines[1], type, width), x, width);
  pen->y = MAX (pen->y, below);
  bm_pen_draw_block_translation (pen, block, label_type.size, FALSE);
}

static int
type_size (const BmPen *pen, const char *name, int otherwise)
{
  if (g_strcmp0 (name, "small") == 0)
    return pen->style->small;
  if (g_strcmp0 (name, "body") == 0)
    return pen->style->body;
  if (g_strcmp0 (name, "lead") == 0)
    return pen->style->lead;
  if (g_strcmp0 (name, "hero") == 0)
    return pen->style->hero;
  return otherwise;
}

static void
draw_rounded (cairo_t *cr, double x, double y, double width, double height)
{
  const double r = BOX_RADIUS;

  cairo_new_path (cr);
  cairo_arc (cr, x + r, y + r, r, G_PI, 1.5 * G_PI);
  cairo_arc (cr, x + width - r, y + r, r, 1.5 * G_PI, 2 * G_PI);
  cairo_arc (cr, x + width - r, y + height - r, r, 0, 0.5 * G_PI);
  cairo_arc (cr, x + r, y + height - r, r, 0.5 * G_PI, G_PI);
  cairo_close_path (cr);
  cairo_set_line_width (cr, BOX_THICK);
  cairo_stroke (cr);
}

/* One line stands centred; several read better from the left. */
static void
draw_boxed (BmPen *pen, const char *text, const char *translation, int size)
{
  const int margin = pen->style->margin;
  const int width = bm_pen_inner_width (pen) - 2 * BOX_PAD;
  BmType type = { size, TRUE, TRUE, 0 };
  double top;

  if (strchr (text, '\n') == NULL)
    type = bm_pen_shrink_to_fit (pen, text, type, width);
  type.is_centred = bm_pen_measure_width (pen, text, type) <= width && strchr (text, '\n') == NULL;
  pen->y += 6;
  top = pen->y;
  pen->y += BOX_THICK + size / 4.0;
  bm_pen_draw_text (pen, text, type, margin + BOX_PAD, width);
  bm_pen_draw_translation (pen, translation,
                           (BmType){ .size = size, .is_centred = type.is_centred },
                           margin + BOX_PAD, width);
  pen->y = round (pen->y + BOX_THICK + size / 4.0);
  draw_rounded (pen->cr, margin + BOX_THICK / 2.0, top + BOX_THICK / 2.0,
                bm_pen_inner_width (pen) - BOX_THICK, pen->y - top - BOX_THICK);
  pen->y += 10;
}

/* Whole dots, no antialiasing: a module is black or it is paper. */
static void
draw_qr (BmPen *pen, const BmQr *qr, int module, int left, double top)
{
  cairo_save (pen->cr);
  cairo_set_antialias (pen->cr, CAIRO_ANTIALIAS_NONE);
  for (guint y = 0; y < qr->size; y++)
    for (guint x = 0; x < qr->size; x++)
      if (qr->modules[y * qr->size + x])
        cairo_rectangle (pen->cr, left + (int) x * module, top + (int) y * module, module, module);
  cairo_fill (pen->cr);
  cairo_restore (pen->cr);
}

static void
draw_number_words (BmPen *pen, json_t *block, int width)
{
  const BmSheetStyle *style = pen->style;
  const char *ask = json_string_value (json_object_get (block, "ask"));
  const char *place = json_string_value (json_object_get (block, "place"));
  const char *figure = json_string_value (json_object_get (block, "figure"));
  BmType type = { style->lead, TRUE, FALSE, 0 };

  if (ask != NULL && *ask != '\0')
    bm_pen_draw_text (pen, ask, (BmType){ style->small, FALSE, FALSE, 0 }, style->margin, width);
  if (place != NULL && *place != '\0')
    bm_pen_draw_text (pen, place, bm_pen_shrink_to_fit (pen, place, type, width), style->margin,
                      width);
  type.size = style->figure;
  type.is_figure = TRUE;
  if (figure != NULL && *figure != '\0')
    bm_pen_draw_text (pen, figure, bm_pen_shrink_to_fit (pen, figure, type, width),
                      style->margin - 2, width);
}

static double
measure_number_words (const BmPen *pen, json_t *block, int width)
{
  cairo_surface_t *surface = cairo_recording_surface_create (CAIRO_CONTENT_COLOR_ALPHA, NULL);
  BmPen scratch = *pen;

  scratch.cr = cairo_create (surface);
  scratch.lines = NULL;
  scratch.y = 0;
  draw_number_words (&scratch, block, width);
  cairo_destroy (scratch.cr);
  cairo_surface_destroy (surface);
  return scratch.y;
}

static gboolean
fits_beside (BmPen *pen, json_t *block, int width)
{
  const char *figure = json_string_value (json_object_get (block, "figure"));
  const BmType type = { pen->style->figure * MIN_SHRINK_PCT / 100, TRUE, FALSE, 0 };

  return figure == NULL || bm_pen_measure_width (pen, figure, type) <= width;
}

/* The words beside the code, or above it where a long figure leaves no room. */
static void
draw_number_with_code (BmPen *pen, json_t *block, const BmQr *qr)
{
  const BmSheetStyle *style = pen->style;
  const int quiet = QUIET_MODULES * style->module;
  const int side = (int) qr->size * style->module;
  const int left = style->width - MAX (style->margin, quiet) - side;
  const int room = left - quiet - style->margin;
  double top = pen->y;

  if (!fits_beside (pen, block, room))
    {
      draw_number_words (pen, block, bm_pen_inner_width (pen));
      draw_qr (pen, qr, style->module, (style->width - side) / 2, pen->y + quiet);
      pen->y += side + 2 * quiet;
      return;
    }
  draw_qr (pen, qr, style->module, left, top + quiet);
  pen->y = top + MAX (0, round ((side + 2 * quiet - measure_number_words (pen, block, room)) / 2));
  draw_number_words (pen, block, room);
  pen->y = MAX (pen->y, top + side + 2 * quiet);
}

static gboolean
draw_number (BmPen *pen, json_t *block, GError **error)
{
  const char *text = json_string_value (json_object_get (block, "qr"));
  g_autoptr (BmQr) qr = NULL;

  if (text == NULL || *text == '\0')
    draw_number_words (pen, block, bm_pen_inner_width (pen));
  else
    {
      qr = bm_qr_encode (text, error);
      if (qr == NULL)
        return FALSE;
      draw_number_with_code (pen, block, qr);
    }
  pen->is_past_number = TRUE;
  bm_pen_draw_block_translation (pen, block, pen->style->small, FALSE);
  return TRUE;
}

static void
draw_text_block (BmPen *pen, json_t *block)
{
  const char *size = json_string_value (json_object_get (block, "size"));
  const char *align = json_string_value (json_object_get (block, "align"));
  const BmType type = {
    type_size (pen, size, pen->style->body),
    json_is_true (json_object_get (block, "strong")),
    g_strcmp0 (align, "center") == 0,
    0,
  };

  const char *text = json_string_value (json_object_get (block, "text"));
  const int width = bm_pen_inner_width (pen);

  if (type.size == pen->style->small && !pen->is_past_number)
    pen->y += SMALL_LEAD;
  bm_pen_draw_text (pen, text, tighten (pen, text, type, width), pen->style->margin, width);
  bm_pen_draw_block_translation (pen, block, type.size, type.is_centred);
}

static void
draw_boxed_block (BmPen *pen, json_t *block)
{
  g_autofree char *translation = bm_sheet_dup_translation (block);

  draw_boxed (pen, json_string_value (json_object_get (block, "text")), translation,
              type_size (pen, json_string_value (json_object_get (block, "size")),
                         pen->style->body));
}

/**
 * bm_pen_draw_block:
 * @pen: the pen
 * @block: a block of a model that bm_sheet_check() passed
 * @error: return location for an error
 *
 * Draws one block and moves the pen below it.
 *
 * Returns: whether it could be drawn
 */
gboolean
bm_pen_draw_block (BmPen *pen, json_t *block, GError **error)
{
  const char *type = json_string_value (json_object_get (block, "type"));

  if (g_strcmp0 (type, "states") == 0)
    bm_pen_draw_states (pen, (int) json_integer_value (json_object_get (block, "reached")));
  else if (g_strcmp0 (type, "taken-back") == 0)
    bm_pen_draw_taken_back (pen, json_is_true (json_object_get (block, "done")));
  else if (g_strcmp0 (type, "rule") == 0)
    draw_rule (pen);
  else if (g_strcmp0 (type, "pair") == 0)
    draw_pair (pen, block);
  else if (g_strcmp0 (type, "text") == 0)
    draw_text_block (pen, block);
  else if (g_strcmp0 (type, "boxed") == 0)
    draw_boxed_block (pen, block);
  else if (g_strcmp0 (type, "signature") == 0)
    bm_pen_draw_signature (pen, block);
  else if (g_strcmp0 (type, "number") == 0)
    return draw_number (pen, block, error);
  else if (g_strcmp0 (type, "gap") == 0)
    pen->y += json_number_value (json_object_get (block, "mm")) * BM_DOTS_PER_MM;
  else
    {
      g_set_error (error, BM_ERROR, BM_ERROR_UNSUPPORTED, "block \"%s\" is not known", type);
      return FALSE;
    }
  return TRUE;
}

/* Translators: on a further copy of a sheet; %u is 2 or more. */
static char *
dup_copy_mark (const char *language, guint copy)
{
  const char *before = bm_language_begin (language);
  char *mark = g_strdup_printf (C_ ("sheet", "Print no. %u (reprint)"), copy);

  bm_language_end (before);
  return mark;
}

static void
draw_copy_mark (BmPen *pen, guint copy)
{
  g_autofree char *mark = dup_copy_mark (NULL, copy);
  g_autofree char *other = dup_copy_mark (pen->language, copy);

  draw_boxed (pen, mark, strcmp (mark, other) != 0 ? other : NULL, pen->style->lead);
}

void
bm_pen_draw_head (BmPen *pen, json_t *sheet, guint copy)
{
  const BmSheetStyle *style = pen->style;
  const char *station = json_string_value (json_object_get (sheet, "station"));
  const char *title = json_string_value (json_object_get (sheet, "title"));
  const char *other =
    json_string_value (json_object_get (json_object_get (sheet, "translation"), "title"));
  const int width = bm_pen_inner_width (pen);
  BmType type = { style->title, TRUE, TRUE, style->title / 10 };

  if (station != NULL && *station != '\0')
    bm_pen_draw_text (pen, station, (BmType){ style->body, FALSE, TRUE, 0 }, style->margin, width);
  if (title != NULL && *title != '\0')
    bm_pen_draw_text (pen, title, bm_pen_shrink_to_fit (pen, title, type, width), style->margin,
                      width);
  bm_pen_draw_translation (pen, other, (BmType){ .size = style->lead, .is_centred = TRUE },
                           style->margin, width);
  if (copy > 1)
    draw_copy_mark (pen, copy);
}

static const char *
get_demo_words (const char *language)
{
  const char *before = bm_language_begin (language);
  const char *words = C_ ("sheet", "Demonstration data   Not a real document");

  bm_language_end (before);
  return words;
}

void
bm_pen_draw_foot (BmPen *pen, json_t *sheet)
{
  const BmType type = { pen->style->small, FALSE, TRUE, 0 };
  const char *words = get_demo_words (NULL);
  const char *other = get_demo_words (pen->language);

  if (!json_is_true (json_object_get (sheet, "demo")))
    return;
  pen->y += 6;
  bm_pen_draw_text (pen, words, type, pen->style->margin, bm_pen_inner_width (pen));
  if (strcmp (words, other) != 0)
    bm_pen_draw_translation (pen, other, type, pen->style->margin, bm_pen_inner_width (pen));
}
