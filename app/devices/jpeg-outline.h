/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* BM_ERROR_CORRUPT; decodes nothing. */
gboolean bm_jpeg_check_outline (const guint8 *data, gsize len, guint max_side, GError **error);

G_END_DECLS
