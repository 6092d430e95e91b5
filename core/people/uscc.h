/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Unified social credit codes: GB 32100. */

#define BM_USCC_LEN 18

gboolean bm_uscc_is_valid (const char *code);

G_END_DECLS
