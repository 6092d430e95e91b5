/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/platform/platform-calls.h"

G_BEGIN_DECLS

/* A signed no: the station knows that it is the platform that speaks. */
BmReply *bm_platform_refuse (BmPlatform *self,
                             BmCall call,
                             guint32 kiosk,
                             const char *code,
                             const char *reason) G_GNUC_WARN_UNUSED_RESULT;
/* Inside a transaction. The station, or NULL with @ret_refusal set. */
BmPlatformStation *bm_platform_admit (BmPlatform *self,
                                      const BmPeer *peer,
                                      BmCall call,
                                      guint32 kiosk,
                                      BmReply **ret_refusal) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
