/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "core/catalogue/text.h"
#include "ui/shell/shell-private.h"
#include "ui/shell/typed-voice.h"
#include "ui/widgets/bm-timing.h"

/*
 * When a page is read. By itself when it is new, unless it is private and the hall would hear; by 读给我听
 * always, and then also what the station adds to the same page because it was asked for. A headphone that
 * goes out silences whatever is being said, at once.
 *
 * 声音 is one press from reading: it stands beside 停下 from the press until some seconds after the end.
 */

/* Somebody slow has heard it to the end and then thinks: that was too fast. */
#define ASKED_WAIT_MS 8000

#define NORMAL_RATE   100
#define NORMAL_VOLUME 7

static gboolean
is_same_id (json_t *before, json_t *after)
{
  return before != NULL && g_str_equal (bm_model_text (before, "id"), bm_model_text (after, "id"));
}

static BmSpeechManner
get_manner (json_t *model)
{
  json_t *settings = bm_model_object (model, "settings");
  const char *dialect = bm_model_string (settings, "dialect");
  const char *language = bm_model_string (settings, "language");
  BmSpeechManner manner = {
    .rate = (guint) bm_model_int (settings, "rate", NORMAL_RATE),
    .volume = (guint) bm_model_int (settings, "volume", NORMAL_VOLUME),
    .is_private = bm_model_is (model, "is_private"),
  };

  g_strlcpy (manner.dialect, dialect != NULL ? dialect : "cmn", sizeof manner.dialect);
  g_strlcpy (manner.language, language != NULL ? language : "", sizeof manner.language);
  return manner;
}

static gboolean
has_headphone (json_t *model)
{
  return bm_model_is (bm_model_object (model, "settings"), "has_headphone");
}

static gboolean
is_spoken_unasked (json_t *model)
{
  return bm_model_is (bm_model_object (model, "settings"), "is_spoken") &&
         (!bm_model_is (model, "is_private") || has_headphone (model));
}

/* Other words, or the same in another manner: 慢一点 is heard when it was pressed. */
static gboolean
is_new_speech (json_t *before, json_t *after)
{
  BmSpeechManner one, two;

  if (!is_same_id (before, after) ||
      !json_equal (json_object_get (before, "speech"), json_object_get (after, "speech")))
    return TRUE;
  if (bm_model_is (after, "is_private") && !has_headphone (before) && has_headphone (after))
    return TRUE; /* it stood there unread, and now nobody else hears */
  one = get_manner (before);
  two = get_manner (after);
  return one.rate != two.rate || one.volume != two.volume ||
         !g_str_equal (one.dialect, two.dialect) || !g_str_equal (one.language, two.language);
}

static gboolean
is_to_be_spoken (BmShell *self, json_t *before)
{
  return self->speech != NULL && is_new_speech (before, self->model) &&
         (is_spoken_unasked (self->model) || (self->is_asked && is_same_id (before, self->model)));
}

static void
speak (BmShell *self)
{
  BmSpeechManner manner;

  if (self->speech == NULL || self->model == NULL)
    return;
  manner = get_manner (self->model);
  if (self->is_asked && self->keypad != NULL)
    {
      gboolean is_alone = has_headphone (self->model);
      json_t *all = bm_typed_voice_new (self->model, self->keypad, is_alone);

      manner.is_private = manner.is_private || is_alone;
      bm_speech_set_manner (self->speech, &manner);
      bm_speech_say (self->speech, bm_model_text (self->model, "id"), all);
      bm_json_wipe (all);
      return;
    }
  bm_speech_set_manner (self->speech, &manner);
  bm_speech_say (self->speech, bm_model_text (self->model, "id"),
                 json_object_get (self->model, "speech"));
}

/* A key moved the focus. What stands on a private page is said to who hears alone. */
void
bm_shell_say_focus (BmShell *self, const char *name)
{
  if (self->speech != NULL && self->model != NULL && is_spoken_unasked (self->model))
    bm_speech_say_one (self->speech, bm_model_text (self->model, "id"), name);
}

void
bm_shell_forget_asked (BmShell *self)
{
  self->is_asked = FALSE;
  g_clear_handle_id (&self->asked_wait, g_source_remove);
}

void
bm_shell_ask_voice (BmShell *self)
{
  bm_timing_asked ();
  bm_shell_forget_asked (self);
  self->is_asked = TRUE;
  speak (self);
  bm_shell_update_slots (self);
}

void
bm_shell_expect_voice (BmShell *self, json_t *before)
{
  gboolean is_out = has_headphone (before) && !has_headphone (self->model);

  if (!is_same_id (before, self->model) || is_out)
    bm_shell_forget_asked (self);
  if (is_out && self->speech != NULL)
    bm_speech_hush (self->speech);
  self->is_expecting = is_to_be_spoken (self, before);
}

void
bm_shell_hear_page (BmShell *self, json_t *before)
{
  self->is_expecting = FALSE;
  if (is_to_be_spoken (self, before))
    speak (self);
  else if (self->speech != NULL && is_new_speech (before, self->model))
    bm_speech_hush (self->speech);
}

/* A page that is about to be read is made with 停下, and not made twice. */
void
bm_shell_set_slots (BmShell *self, BmFrame *frame)
{
  gboolean can_sound = self->speech != NULL && bm_speech_can_sound (self->speech);

  frame->is_speaking = can_sound && (self->is_expecting || bm_speech_is_speaking (self->speech));
  frame->is_voice_near =
    self->is_asked && bm_model_is (bm_model_object (self->model, "frame"), "voice");
}

static gboolean
on_asked_over (gpointer user_data)
{
  BmShell *self = user_data;

  self->asked_wait = 0;
  self->is_asked = FALSE;
  bm_shell_update_slots (self);
  return G_SOURCE_REMOVE;
}

static void
on_speaking (BmSpeech *speech, GParamSpec *pspec, BmShell *self)
{
  g_clear_handle_id (&self->asked_wait, g_source_remove);
  if (self->is_asked && !bm_speech_is_speaking (speech))
    self->asked_wait = g_timeout_add (ASKED_WAIT_MS, on_asked_over, self);
  bm_shell_update_slots (self);
}

static void
on_sounded (BmSpeech *speech, gint64 at, BmShell *self)
{
  bm_timing_sounded (at);
}

void
bm_shell_take_voice (BmShell *self, BmSpeech *speech)
{
  if (self->speech != NULL)
    g_signal_handlers_disconnect_by_data (self->speech, self);
  g_set_object (&self->speech, speech);
  if (speech == NULL)
    return;
  g_signal_connect (speech, "notify::is-speaking", G_CALLBACK (on_speaking), self);
  g_signal_connect (speech, "sounded", G_CALLBACK (on_sounded), self);
  if (self->model != NULL && is_spoken_unasked (self->model))
    speak (self);
}
