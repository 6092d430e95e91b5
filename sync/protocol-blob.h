/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/protocol-json.h"
#include "sync/protocol.h"

G_BEGIN_DECLS

/* What hello says about things held, and the answer to a blob call. Private to sync/protocol*.c. */

void bm_protocol_put_settled (BmJson *object, const BmHello *hello);
gboolean bm_protocol_get_settled (const BmJson *object, BmHello *hello, GError **error);
void bm_protocol_put_anchor (BmJson *sample, const BmHello *hello);
gboolean bm_protocol_get_anchor (const BmJson *sample, BmHello *hello, GError **error);
void bm_protocol_put_held (BmJson *object, const BmReply *reply);
gboolean bm_protocol_get_held (const BmJson *object, BmReply *reply, GError **error);
void bm_protocol_put_blob (BmJson *object, const BmReply *reply);
gboolean bm_protocol_get_blob (const BmJson *object, BmReply *reply, GError **error);

G_END_DECLS
