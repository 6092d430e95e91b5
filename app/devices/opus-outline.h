/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether @data is one Ogg stream of Opus, page behind page to its very end, of @most seconds at most. BM_ERROR_CORRUPT */
gboolean bm_opus_check_outline (const guint8 *data, gsize len, guint most, GError **error);

G_END_DECLS
