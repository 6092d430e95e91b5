/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <jansson.h>

G_BEGIN_DECLS

#define BM_MAX_DIALECT 16

/* How something is said. */
typedef struct
{
  guint rate;   /* percent, 50 to 200 */
  guint volume; /* 1 to 10 */
  char dialect[BM_MAX_DIALECT + 1];
  gboolean is_private;               /* into a headphone, or asked for; for the log */
  char language[BM_MAX_DIALECT + 1]; /* of the words; "" is Chinese */
} BmSpeechManner;

#define BM_TYPE_SPEECH (bm_speech_get_type ())
G_DECLARE_FINAL_TYPE (BmSpeech, bm_speech, BM, SPEECH, GObject)

BmSpeech *bm_speech_new (const char *log_path, const char *audio_command, gboolean is_mute);

/* Before anything is said. */
void bm_speech_set_voices (BmSpeech *self, const char *voices);
gboolean bm_speech_set_engine (BmSpeech *self, const char *command, GError **error);

void bm_speech_say (BmSpeech *self, const char *page_id, json_t *sentences); /* interrupts */
void bm_speech_say_one (BmSpeech *self, const char *page_id, const char *sentence);
void bm_speech_set_manner (BmSpeech *self, const BmSpeechManner *manner);
gboolean bm_speech_can_sound (BmSpeech *self); /* there is something to play with */
gboolean bm_speech_is_speaking (BmSpeech *self);
void bm_speech_hush (BmSpeech *self);
void bm_speech_finish (BmSpeech *self); /* waits until everything is spoken; for tests and shots */

char *bm_speech_write_out_numbers (const char *sentence) G_GNUC_WARN_UNUSED_RESULT;
typedef gboolean (*BmSpeechReads) (const char *character);
char *bm_speech_name_unread (const char *sentence, BmSpeechReads reads) G_GNUC_WARN_UNUSED_RESULT;
char *bm_speech_to_pinyin (const char *sentence) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
