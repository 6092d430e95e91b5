/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/voice/clips.h"
#include "ui/speech/player.h"

G_BEGIN_DECLS

/* A sentence that was recorded: one piece, or a number and a label. */
typedef struct
{
  GBytes *files[BM_CLIPS_MAX_PIECES];
  guint n_files;
} BmClip;

/* @clips: (nullable). FALSE: it was not recorded, or its file cannot be played (which is logged). */
gboolean bm_clip_open (BmClip *self, BmClips *clips, const char *voices, const char *sentence);
gboolean bm_clip_play (BmClip *self, guint rate, double gain, BmPlayer *player);
void bm_clip_clear (BmClip *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BmClip, bm_clip_clear)

/* What came out of a voice engine: WAV, or raw 16-bit mono at BM_PLAYER_HZ. */
gboolean
bm_clip_play_bytes (GBytes *bytes, gboolean is_stream, guint rate, double gain, BmPlayer *player);
gboolean bm_clip_can_play (GBytes *bytes, gboolean is_stream, GError **error);

G_END_DECLS
