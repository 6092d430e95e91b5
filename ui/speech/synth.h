/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/speech/player.h"

G_BEGIN_DECLS

/* libespeak-ng. It is one in a process and belongs to whichever worker used it first. */

typedef gboolean (*BmSynthIsOver) (gpointer user_data);
typedef void (*BmSynthStarted) (gpointer user_data);

gboolean bm_synth_prepare (void); /* FALSE: there is no such voice */
gboolean
bm_synth_speaks (const char *language); /* Mandarin and English, and what else is installed */
char *
bm_synth_to_sound (const char *sentence) G_GNUC_WARN_UNUSED_RESULT; /* what the engine is given */
/* @player: (nullable): everything happens but the sound. @rate: percent, @gain: 1.0 is the loudest. */
void bm_synth_say (const char *sentence,
                   const char *language,
                   guint rate,
                   double gain,
                   BmPlayer *player,
                   BmSynthIsOver is_over,
                   BmSynthStarted started,
                   gpointer user_data);

G_END_DECLS
