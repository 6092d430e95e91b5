/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <cairo.h>
#include <glib.h>

G_BEGIN_DECLS

/* So many pixels each way are one cell: 2 mm on the screens that are tested. */
#define GOLDEN_CELL 8

/* A picture differs from its golden one when more cells than this do. */
#define GOLDEN_MOST_CELLS 12

typedef struct
{
  guint n_cells; /* that differ */
  int x, y;      /* the first and the last of them, in pixels of the screen */
  int right, bottom;
} GoldenDifference;

cairo_surface_t *golden_reduce (cairo_surface_t *picture) G_GNUC_WARN_UNUSED_RESULT;
void golden_round (cairo_surface_t *cells);
gboolean
golden_compare (cairo_surface_t *golden, cairo_surface_t *cells, GoldenDifference *ret_difference);
cairo_surface_t *golden_draw_difference (cairo_surface_t *golden, cairo_surface_t *picture)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
