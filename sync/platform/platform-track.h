/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/platform/platform.h"

G_BEGIN_DECLS

#define BM_PATH_PAGE "/T/"

/* The public page for "/T/<number>.<code>". The same page for an unknown number, a wrong code and
 * nonsense. */
char *bm_platform_track (BmPlatform *self, const char *path) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
