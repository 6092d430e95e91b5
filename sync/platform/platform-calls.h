/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/platform/platform.h"

G_BEGIN_DECLS

/*
 * The signed calls of the protocol, from bytes to an unsealed reply. @peer is NULL when no
 * certificate of ours was shown. NULL with BM_ERROR_INVALID or _LIMIT: not a request at all,
 * nothing can be signed for it. @ret_nonce is what the reply is bound to.
 */
BmReply *bm_platform_hello (BmPlatform *self,
                            const BmPeer *peer,
                            GBytes *body,
                            guint8 ret_nonce[BM_NONCE_LEN],
                            GError **error);
BmReply *bm_platform_batch (BmPlatform *self,
                            const BmPeer *peer,
                            GBytes *body,
                            guint8 ret_nonce[BM_NONCE_LEN],
                            GError **error);
BmReply *bm_platform_inbox (BmPlatform *self,
                            const BmPeer *peer,
                            gint64 after,
                            gsize max_bytes,
                            GError **error);
/* Where the slip's case stands, whichever station gave it out. @code "": by number alone. */
BmReply *bm_platform_answer_track (BmPlatform *self,
                                   const BmPeer *peer,
                                   const char *number,
                                   const char *code,
                                   GError **error);

G_END_DECLS
