/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/platform/platform.h"

G_BEGIN_DECLS

/*
 * The state of the case whose slip bears @number and @code: one of bm_track_state_is_known(), or NULL
 * for anything else. @number NULL: something that stands on no slip, which costs the same work. @code
 * NULL: by number alone, which is for stations only.
 */
const char *bm_platform_track (BmPlatform *self, const char *number, const char *code);

G_END_DECLS
