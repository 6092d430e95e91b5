/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/platform/platform.h"

#include <jansson.h>

G_BEGIN_DECLS

/*
 * What stations send on a stick: the same intake as over the line, and the answers back onto it. Takes
 * the volumes of FOLDER (or FOLDER/bianmin), writes its own into OUT/bianmin. Any subset, in any order,
 * any number of times; there is no memory of volumes, only of records.
 *
 * {"volumes","refused":[{"file","why"}],"accepted","duplicates","rejected","quarantined","conflicts",
 *  "deferred","spoiled","attachments","chunks","messages","back":[NAME…]}
 */
json_t *
bm_platform_import_volumes (BmPlatform *self, const char *folder, const char *out, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
