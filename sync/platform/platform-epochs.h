/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/platform/platform.h"

G_BEGIN_DECLS

/* What a hello says of the station's disk: @reply names a label for a new epoch when it was set back.
 * @mark: what is held of the epoch. In a transaction. */
gboolean bm_platform_judge_disk (BmPlatform *self,
                                 const BmHello *hello,
                                 const BmWatermark *mark,
                                 BmReply *reply,
                                 GError **error);
/* A station says that it works in @epoch; before anything of it is stored. In a transaction. */
gboolean bm_platform_note_epoch (BmPlatform *self, guint32 kiosk, guint64 epoch, GError **error);

G_END_DECLS
