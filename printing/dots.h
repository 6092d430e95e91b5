/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "printing/layout.h"

G_BEGIN_DECLS

/*
 * A page of dots: one bit each, 1 is black, most significant bit left, rows padded to whole bytes. What a
 * print head understands, and what pictures of sheets are made of.
 */
typedef struct
{
  int width;
  int height;
  int stride; /* bytes a row */
  guint8 *bits;
} BmDots;

BmDots *bm_dots_new (int width, int height) G_GNUC_WARN_UNUSED_RESULT;
void bm_dots_free (BmDots *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmDots, bm_dots_free)

BmDots *bm_dots_from_render (const BmRender *render, guint index, int dpi, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
gboolean bm_dots_get_dot (const BmDots *self, int x, int y);

GBytes *bm_dots_to_png (const BmDots *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* PWG raster, 1 bit of black: what goes out, and the decoder of what a printer kept. */
GBytes *bm_dots_to_pwg (GPtrArray *pages, int dpi, const char *media, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *bm_dots_from_pwg (GBytes *pwg, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#define BM_PAGE_DPI 203 /* how printers round our 203.2 */

G_END_DECLS
