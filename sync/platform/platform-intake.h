/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/platform/platform.h"

G_BEGIN_DECLS

/* Takes the records of one batch in one transaction. Array of BmAnswer, one a record, in their
 * order. When the database cannot take them, every answer is DEFERRED: nothing was stored. */
GPtrArray *bm_platform_intake (BmPlatform *self,
                               const BmPlatformStation *station,
                               const BmBatchHeader *header,
                               GPtrArray *records);
/* Inside a transaction: judges again what was set aside because its dictionary was not known here. */
gboolean bm_platform_settle_undictionaried (BmPlatform *self, GError **error);

G_END_DECLS
