/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes that are wiped with their last owner. */
GBytes *bm_wiped_dup (const guint8 *data, gsize len);

G_END_DECLS
