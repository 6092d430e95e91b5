/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <jansson.h>

G_BEGIN_DECLS

#define BM_TYPE_SPEECH (bm_speech_get_type ())
G_DECLARE_FINAL_TYPE (BmSpeech, bm_speech, BM, SPEECH, GObject)

BmSpeech *bm_speech_new (const char *log_path, const char *audio_command, gboolean is_mute);

void bm_speech_say (BmSpeech *self, const char *page_id, json_t *sentences); /* interrupts */
void bm_speech_say_one (BmSpeech *self, const char *page_id, const char *sentence);
void bm_speech_hush (BmSpeech *self);
void bm_speech_finish (BmSpeech *self); /* waits until everything is spoken; for tests and shots */

char *bm_speech_write_out_numbers (const char *sentence) G_GNUC_WARN_UNUSED_RESULT;
char *bm_speech_to_pinyin (const char *sentence) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
