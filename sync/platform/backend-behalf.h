/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/platform/backend-records.h"
#include "sync/platform/backend.h"

G_BEGIN_DECLS

/* 代办: whether a matter that somebody handed in for another may be looked at at all. */

gboolean bm_backend_behalf_is (const BmBackendCase *kase);
/* @rule: of the service, of rules.json: "on_behalf": true where it may be. NULL: nothing speaks against it, or nobody
 * acted for another; else a code of the answers. */
const char *
bm_backend_behalf_get_code (json_t *rule, BmBackendRecords *records, const BmBackendCase *kase);

G_END_DECLS
