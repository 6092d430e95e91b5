/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <cairo.h>
#include <jansson.h>

#include <glib.h>

G_BEGIN_DECLS

/*
 * A sheet becomes ink. The same model, copy number, paper and rendering version give the same sheet
 * (invariant 8); a change of the look raises BM_RENDERING_VERSION.
 */

#define BM_RENDERING_VERSION 1
#define BM_DOTS_PER_MM       8 /* 203.2 dots an inch */
#define BM_RENDER_MAX_MM     1200
#define BM_RENDER_MAX_PAGES  20

typedef enum
{
  BM_PAPER_ROLL80, /* 576 dots */
  BM_PAPER_ROLL58, /* 384 dots */
  BM_PAPER_A5,
  BM_PAPER_A4,
} BmPaper;

const char *bm_paper_to_string (BmPaper paper);
gboolean bm_paper_from_string (const char *text, BmPaper *ret_paper);
gboolean bm_paper_is_roll (BmPaper paper);

/* Fonts and pictograms; belongs to one thread. */
typedef struct _BmLayout BmLayout;

BmLayout *bm_layout_new (const char *assets, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bm_layout_free (BmLayout *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmLayout, bm_layout_free)

/* One line of type where it stands, in dots; for tests and for whoever asks what is on the paper. */
typedef struct
{
  char *text;
  int page;
  int x;
  int y;
  int width;
  int height;
} BmRenderLine;

/* A rendered sheet: vectors, one recording a page. Immutable, may cross threads. */
typedef struct
{
  BmPaper paper;
  int width;            /* dots */
  int height;           /* dots of each page; a roll has one page as long as it needs */
  GPtrArray *pages;     /* of cairo_surface_t, recording */
  GPtrArray *lines;     /* of BmRenderLine */
  guint unknown_glyphs; /* shown as boxes */
} BmRender;

BmRender *
bm_layout_render (BmLayout *self, json_t *sheet, guint copy, BmPaper paper, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
void bm_render_free (BmRender *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmRender, bm_render_free)

GBytes *bm_render_to_pdf (const BmRender *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
