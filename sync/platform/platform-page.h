/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/platform/platform.h"

G_BEGIN_DECLS

#define BM_PATH_PAGE "/T/"
#define BM_PAGE_TYPE "text/html; charset=utf-8"

/* The public page for "/T/<number>.<code>": the three discs and one sentence. The same page, for the same
 * work, for an unknown number, a wrong code and nonsense. */
char *bm_platform_page (BmPlatform *self, const char *path) G_GNUC_WARN_UNUSED_RESULT;
char *bm_platform_page_busy (void) G_GNUC_WARN_UNUSED_RESULT;      /* 429 */
char *bm_platform_page_look_only (void) G_GNUC_WARN_UNUSED_RESULT; /* 405 */
/* The Content-Security-Policy of every such page: nothing but its own style sheet. */
char *bm_platform_page_policy (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
