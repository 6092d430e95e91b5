/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/transport.h"

G_BEGIN_DECLS

/**
 * BmCuttableLine:
 *
 * A transport that a demonstration can cut: as if the cable had been pulled. bm_cuttable_line_set_up()
 * may be called from any thread.
 */
#define BM_TYPE_CUTTABLE_LINE (bm_cuttable_line_get_type ())
G_DECLARE_FINAL_TYPE (BmCuttableLine, bm_cuttable_line, BM, CUTTABLE_LINE, GObject)

BmCuttableLine *bm_cuttable_line_new (BmTransport *line) G_GNUC_WARN_UNUSED_RESULT;
void bm_cuttable_line_set_up (BmCuttableLine *self, gboolean is_up);

G_END_DECLS
