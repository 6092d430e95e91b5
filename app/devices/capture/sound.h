/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Raw mono sound of 16 bits, in pieces of a tenth of a second, from a microphone or to a loudspeaker. */

#define BM_SOUND_PER_SECOND 10
#define BM_SOUND_RATE_TAKE  16000
#define BM_SOUND_RATE_PLAY  48000
#define BM_SOUND_MAX_PIECE  (BM_SOUND_RATE_PLAY / BM_SOUND_PER_SECOND)

typedef struct _BmSound BmSound;

/* NULL: there is no such device. */
BmSound *bm_sound_open (const char *uri, gboolean is_play);
void bm_sound_free (BmSound *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmSound, bm_sound_free)

/* One piece; both take as long as it lasts. FALSE: the device went. */
gboolean bm_sound_read (BmSound *self, gint16 *samples, gsize n);
gboolean bm_sound_write (BmSound *self, const gint16 *samples, gsize n);

G_END_DECLS
