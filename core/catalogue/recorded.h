/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <jansson.h>

G_BEGIN_DECLS

/* What is wrong with a field of type photo or memo, and what helps; NULL: nothing, or it is of another type. */
const char *bm_recorded_find_fault (json_t *service, json_t *field);

G_END_DECLS
