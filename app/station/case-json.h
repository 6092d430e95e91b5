/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/store/store.h"

G_BEGIN_DECLS

/* A case as sessions read it (core/session/session.h). */
json_t *bm_case_to_json (const BmCase *self) G_GNUC_WARN_UNUSED_RESULT;
json_t *bm_cases_to_json (GPtrArray *cases) G_GNUC_WARN_UNUSED_RESULT; /* array of BmCase */

G_END_DECLS
