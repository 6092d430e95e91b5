/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/people/card.h"

G_BEGIN_DECLS

#define BM_SSC_MAX_COMMAND 32

/**
 * BmSscTransmit:
 * @answer: room for %BM_SSC_MAX_ANSWER bytes
 * @len: the room, then what came
 *
 * Sends one command to the card and waits for its answer.
 *
 * Returns: %FALSE with %BM_ERROR_INVALID when the card is gone or mute, %BM_ERROR_UNREACHABLE when the reader is
 */
typedef gboolean (*BmSscTransmit) (gpointer user_data,
                                   const guint8 *command,
                                   gsize command_len,
                                   guint8 *answer,
                                   gsize *len,
                                   GError **error);

BmCard *bm_ssc_talk_read (BmSscTransmit transmit, gpointer user_data, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
