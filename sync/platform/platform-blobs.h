/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/entry/attachment.h"
#include "sync/platform/platform-calls.h"

G_BEGIN_DECLS

/* The two blob calls, like those of platform-calls.h. */
BmReply *bm_platform_blob_open (BmPlatform *self,
                                const BmPeer *peer,
                                GBytes *body,
                                guint8 ret_nonce[BM_NONCE_LEN],
                                GError **error);
BmReply *bm_platform_blob_put (BmPlatform *self,
                               const BmPeer *peer,
                               const guint8 name[BM_SM3_LEN],
                               guint chunk,
                               GBytes *body,
                               GError **error);
/* What is there of it; a refusal to whoever may not know. */
BmReply *bm_platform_blob_ask (BmPlatform *self,
                               const BmPeer *peer,
                               const guint8 name[BM_SM3_LEN],
                               GError **error);
/* The same of a station that was admitted another way: by the signature of a volume. */
BmReply *bm_platform_blob_open_for (BmPlatform *self, guint32 kiosk, GBytes *body, GError **error);
BmReply *bm_platform_blob_put_for (BmPlatform *self,
                                   guint32 kiosk,
                                   const guint8 name[BM_SM3_LEN],
                                   guint chunk,
                                   GBytes *body,
                                   GError **error);

/* The opened bytes of a complete attachment, proven against what its entry's payload says of it, and that
 * (@ret_manifest). BM_ERROR_NOT_FOUND: unknown, not complete, or no entry names it. */
GBytes *bm_platform_open_blob (BmPlatform *self,
                               guint32 kiosk,
                               const guint8 name[BM_SM3_LEN],
                               BmAttachmentManifest *ret_manifest,
                               GError **error);

G_END_DECLS
