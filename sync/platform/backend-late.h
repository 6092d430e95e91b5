/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/calendar/day.h"
#include "sync/platform/backend.h"

G_BEGIN_DECLS

/* 补录: which day counts of a matter that was written on paper and entered later. */

/* "late" of rules.json, which may be left out. Errors: BM_ERROR_INVALID. */
gboolean bm_backend_late_check (json_t *rule, GError **error);
gboolean bm_backend_late_is (const BmBackendCase *kase);
/* Whether the paper says that this was seen: "card-seen", "person-seen". */
gboolean bm_backend_late_was_seen (const BmBackendCase *kase, const char *kind);
gint32 bm_backend_late_get_day (json_t *rule, const BmBackendCase *kase, gboolean *ret_is_paper);
void bm_backend_late_fill (json_t *rule, const BmBackendCase *kase, BmDecision *decision);

G_END_DECLS
