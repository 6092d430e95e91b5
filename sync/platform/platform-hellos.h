/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/platform/platform.h"
#include "sync/protocol.h"

G_BEGIN_DECLS

/*
 * What each station said of itself last: how much waits there, and what its own clock shows. In memory
 * only: a platform that was started anew knows it again after the next hello. Inside a store transaction.
 */

void bm_platform_note_hello (BmPlatform *self, const BmHello *hello);
json_t *bm_platform_report_hellos (BmPlatform *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
