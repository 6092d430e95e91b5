/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <jansson.h>

G_BEGIN_DECLS

/* (transfer full) (nullable): "civil" or "agri" of a pack's record, from the books of benefits.json. */
json_t *
bm_backend_benefits_make (json_t *books, const char *part, const char *id_number, gint32 as_of);

/* The same for "medical": by the lists of the year. */
json_t *bm_backend_medical_make (json_t *books, const char *id_number);

G_END_DECLS
