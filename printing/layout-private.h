/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "printing/layout.h"

#include <librsvg/rsvg.h>
#include <pango/pangocairo.h>

G_BEGIN_DECLS

/* Inside the layout: how a paper looks, and the pen that draws a sheet's blocks down the page. */

#define BM_STATE_DISCS 3
#define BM_TAKEN_BACK  BM_STATE_DISCS /* among the icons */
#define BM_SHEET_ICONS 4
#define BM_MIN_TYPE    24 /* dots: 3 mm, and nothing on paper is smaller */

typedef struct
{
  int width;       /* of the paper, dots */
  int page_height; /* 0 for a roll */
  int margin;
  int margin_top;
  int small;
  int body;
  int lead;
  int hero;
  int title;
  int figure;
  int label;  /* width of the label column */
  int disc;   /* diameter */
  int module; /* dots a QR module */
} BmSheetStyle;

const BmSheetStyle *bm_sheet_style_get (BmPaper paper);

struct _BmLayout
{
  PangoFontMap *font_map;
  PangoContext *context;
  RsvgHandle *icons[BM_SHEET_ICONS][2]; /* [state, or taken back][0 black, 1 white] */
};

/*
 * The pen. With cr on a scratch surface and no lines it only measures: a block is drawn the same way
 * both times, so that what was measured is what is drawn.
 */
typedef struct
{
  BmLayout *layout;
  const BmSheetStyle *style;
  cairo_t *cr;
  double y;
  int page;
  GPtrArray *lines; /* of BmRenderLine, or NULL while measuring */
  guint unknown_glyphs;
  gboolean is_past_number; /* what follows the number is small print */
  const char *language;    /* the second one, or NULL */
} BmPen;

typedef struct
{
  int size;
  gboolean strong;
  gboolean is_centred;
  int spacing;        /* between letters */
  gboolean is_figure; /* digits: no room for descenders needed */
  gboolean is_sided;  /* stands at the side where its script begins */
} BmType;

int bm_pen_inner_width (const BmPen *pen);
int bm_pen_draw_text (BmPen *pen, const char *text, BmType type, int x, int width);
int bm_pen_measure_width (BmPen *pen, const char *text, BmType type);
BmType bm_pen_shrink_to_fit (BmPen *pen, const char *text, BmType type, int width);

/* layout-translation.c: @first is the type of the Chinese above */
BmType bm_pen_get_translation_type (const BmPen *pen, BmType first);
BmType bm_pen_shrink_translation (BmPen *pen, const char *text, BmType type, int width);
gboolean bm_pen_translation_fits (BmPen *pen, const char *text, int width);
void bm_pen_draw_translation (BmPen *pen, const char *text, BmType first, int x, int width);
void bm_pen_draw_block_translation (BmPen *pen, json_t *block, int size, gboolean is_centred);

gboolean bm_pen_draw_block (BmPen *pen, json_t *block, GError **error);
void bm_pen_draw_states (BmPen *pen, int reached); /* layout-states.c */
void bm_pen_draw_taken_back (BmPen *pen, gboolean is_done);
void bm_pen_draw_signature (BmPen *pen, json_t *block); /* layout-signature.c */
void bm_pen_draw_head (BmPen *pen, json_t *sheet, guint copy);
void bm_pen_draw_foot (BmPen *pen, json_t *sheet);

G_END_DECLS
