/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <jansson.h>

G_BEGIN_DECLS

/* From the demo office's books to the pension part of a pack's record. */
json_t *bm_backend_pension_make (json_t *pay, json_t *source, gint32 as_of);

G_END_DECLS
