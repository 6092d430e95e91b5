/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Quantities in Chinese numerals, as they are said: 两千零五, 一万二千. */

void bm_hanzi_append_quantity (GString *out, guint64 value, gboolean is_two_liang);
char *bm_hanzi_amount (gint64 fen) G_GNUC_WARN_UNUSED_RESULT; /* 一百二十元五角 */

G_END_DECLS
