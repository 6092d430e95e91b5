/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/platform/platform.h"

G_BEGIN_DECLS

/* The server: TLS 1.3 on libmicrohttpd's pool of threads. */
typedef struct _BmPlatformHttp BmPlatformHttp;

/* @port 0: any free one. */
BmPlatformHttp *bm_platform_http_start (BmPlatform *platform, guint16 port, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
guint16 bm_platform_http_get_port (BmPlatformHttp *self);
void bm_platform_http_stop (BmPlatformHttp *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmPlatformHttp, bm_platform_http_stop)

G_END_DECLS
