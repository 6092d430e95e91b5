/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/speech/player.h"
#include "ui/speech/speech.h"

G_BEGIN_DECLS

/* Where the sound of a sentence comes from. Everything here belongs to the one worker that speaks. */
typedef struct _BmSource BmSource;

/* One sentence, and who is told about it. */
typedef struct
{
  const char *sentence;
  const BmSpeechManner *manner;
  double gain;
  BmPlayer *player; /* (nullable): everything happens but the sound */
  gboolean is_mute; /* and nothing is synthesised for it */
  gboolean (*is_over) (gpointer user_data);
  void (*chosen) (const char *source, const char *dialect, gpointer user_data);
  void (*started) (gpointer user_data); /* the first sample goes out */
  gpointer user_data;
} BmSaying;

BmSource *bm_source_new (void) G_GNUC_WARN_UNUSED_RESULT;
void bm_source_free (BmSource *self);

void bm_source_set_voices (BmSource *self, const char *voices);
gboolean bm_source_set_engine (BmSource *self, const char *command, GError **error);
void bm_source_say (BmSource *self, const BmSaying *saying);

G_END_DECLS
