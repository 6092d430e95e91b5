/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What leaves a player; whatever goes in is brought to it. */
#define BM_PLAYER_HZ 22050

/* One run of a program that plays raw 16-bit mono. Used by one worker; only bm_player_kill() may come from
 * another thread, which is how a voice is cut off while the worker waits in a write. */
typedef struct _BmPlayer BmPlayer;

BmPlayer *bm_player_new (const char *const *command) G_GNUC_WARN_UNUSED_RESULT;
BmPlayer *bm_player_ref (BmPlayer *self);
void bm_player_unref (BmPlayer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmPlayer, bm_player_unref)

/* What the samples are that come next, how fast and how loud they are to be; 1.0: as they are. */
void bm_player_begin (BmPlayer *self, guint hz, double speed, double gain);
gboolean bm_player_write (BmPlayer *self, const gint16 *samples, gsize count); /* FALSE: gone */
gboolean bm_player_end (BmPlayer *self); /* of a sentence: nothing of it is held back */
void bm_player_close (BmPlayer *self);   /* waits until all of it was played */
void bm_player_kill (BmPlayer *self);

G_END_DECLS
