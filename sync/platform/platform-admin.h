/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/platform/platform.h"

G_BEGIN_DECLS

/* The operator's line protocol: one request line, one reply line, "ok[ text]" or "error text". */

/* Answers one line, without the line's end. @ret_quits: the program is to end after the reply. */
char *bm_platform_admin_answer (BmPlatform *self, const char *line, gboolean *ret_quits);

/* Whether the answer may take so long that it must not be reckoned on the main thread. */
gboolean bm_platform_admin_is_slow (const char *line);

typedef struct _BmPlatformAdmin BmPlatformAdmin;

/* Listens on @path in the thread's default main context; @on_quit is called when "quit" came. */
BmPlatformAdmin *bm_platform_admin_start (BmPlatform *platform,
                                          const char *path,
                                          GSourceOnceFunc on_quit,
                                          gpointer quit_data,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bm_platform_admin_stop (BmPlatformAdmin *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmPlatformAdmin, bm_platform_admin_stop)

G_END_DECLS
