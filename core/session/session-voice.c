/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/language/language.h"
#include "core/session/session-private.h"

#include <string.h>

/*
 * How the voice reads: seven rates, ten volumes, and a dialect where one was recorded; and in which language
 * (session-language.c). They belong to the
 * session like the size of letters, go to the face with every page, and end with the session.
 *
 *   any page that offers it ── 声音 ──► VOICE over it ── 就这样, or the page below moves on ──► that page
 *
 * With a headphone in nobody else hears, so private pages are told there unasked (domain §2.21a rule 4).
 * Once it is out, whatever was asked for with it in counts no more: the hall listens again.
 */

#define NORMAL_STEP   2
#define NORMAL_VOLUME 7
#define MAX_VOLUME    10
#define DEFAULT_NAME  "cmn"

static const guint rates[] = { 50, 75, 100, 125, 150, 175, 200 };

void
bm_session_reset_voice (BmSession *self)
{
  self->rate_step = NORMAL_STEP;
  self->volume = NORMAL_VOLUME;
  self->dialect = 0;
}

/* The first dialect is the one that is always there. */
static json_t *
get_dialect (BmSession *self)
{
  return self->dialect == 0 ? NULL
                            : json_array_get (self->setup->dialects, (gsize) self->dialect - 1);
}

void
bm_session_set_voice (BmSession *self, json_t *page)
{
  const char *dialect = json_string_value (json_object_get (get_dialect (self), "id"));

  bm_page_set_voice (page, rates[self->rate_step], self->volume,
                     dialect != NULL ? dialect : DEFAULT_NAME, self->has_headphone);
}

/* Over 待机 and another overlay there is nobody to ask. What was typed below the face keeps ("covers"). */
gboolean
bm_session_offers_voice (BmSession *self)
{
  return self->page_id > BM_PAGE_RESTARTED && self->page_id < BM_PAGE_VOICE &&
         !bm_session_get_spec (self->page_id)->is_silent;
}

gboolean
bm_session_open_voice (BmSession *self)
{
  if (!json_is_true (json_object_get (json_object_get (self->page, "frame"), "voice")))
    return FALSE;
  bm_session_cover (self, BM_PAGE_VOICE);
  return TRUE;
}

void
bm_session_take_headphone (BmSession *self, gboolean is_in)
{
  if (self->has_headphone && !is_in)
    {
      self->is_heard = self->is_aloud = FALSE;
      bm_session_hush_memo (self);
    }
  self->has_headphone = is_in;
}

/* The page */

static void
add_step (json_t *page,
          const char *id,
          const char *icon,
          const char *label,
          gboolean is_off,
          const char *why)
{
  json_t *choice = bm_page_add_choice (page, id, icon, label, NULL);

  if (!is_off)
    return;
  json_object_set_new (choice, "state", json_string ("off"));
  json_object_set_new (choice, "why", json_string (why));
}

/* The last choice is how it is read now; at either end it is off, and says why. */
static void
mark_chosen (json_t *page, gboolean is_chosen)
{
  json_t *choices = json_object_get (page, "choices");

  if (is_chosen)
    json_object_set_new (json_array_get (choices, json_array_size (choices) - 1), "state",
                         json_string ("chosen"));
}

static void
add_dialect (BmSession *self, json_t *page)
{
  gsize count = json_array_size (self->setup->dialects);
  json_t *next = json_array_get (self->setup->dialects, self->dialect); /* the one after this */
  const char *name = json_string_value (json_object_get (next, "name"));
  g_autofree char *label = NULL;

  if (count == 0)
    return;
  if (name == NULL)
    name = C_ ("voice", "Mandarin");
  /* Translators: %s is the name of a way of speaking: 广东话 */
  label = g_strdup_printf (C_ ("voice", "Speak %s"), name);
  bm_page_add_choice (page, "dialect", "mic", label, NULL);
}

static void
build_voice (BmSession *self, json_t *page)
{
  g_autofree char *question =
    /* Translators: %u is the loudness, 1 to 10. */
    g_strdup_printf (C_ ("voice", "Can you hear it well like this?\nLoudness: step %u"),
                     self->volume);
  g_autofree char *language = bm_session_dup_language_label (self);

  bm_page_set_question (page, question, FALSE);
  add_step (page, "slower", "voice-slower", C_ ("voice", "Slower"), self->rate_step == 0,
            C_ ("voice", "It is as slow as it can be."));
  mark_chosen (page, self->rate_step > 0 && self->rate_step < NORMAL_STEP);
  bm_page_add_choice (page, "normal", "voice-normal", C_ ("voice", "As usual"), NULL);
  mark_chosen (page, self->rate_step == NORMAL_STEP);
  add_step (page, "faster", "voice-faster", C_ ("voice", "Faster"),
            self->rate_step == G_N_ELEMENTS (rates) - 1,
            C_ ("voice", "It is as fast as it can be."));
  mark_chosen (page, self->rate_step > NORMAL_STEP && self->rate_step < G_N_ELEMENTS (rates) - 1);
  add_step (page, "quieter", "voice-quieter", C_ ("voice", "Quieter"), self->volume == 1,
            C_ ("voice", "It is as quiet as it can be."));
  add_step (page, "louder", "voice-louder", C_ ("voice", "Louder"), self->volume == MAX_VOLUME,
            C_ ("voice", "It is as loud as it can be."));
  add_dialect (self, page);
  bm_page_add_choice (page, "language", "language", language, NULL);
  json_object_set_new (json_object_get (page, "frame"), "next",
                       json_string (C_ ("voice", "Leave it so")));
}

static gboolean
choose_voice (BmSession *self, const char *choice)
{
  if (strcmp (choice, "slower") == 0)
    self->rate_step--;
  else if (strcmp (choice, "faster") == 0)
    self->rate_step++;
  else if (strcmp (choice, "normal") == 0)
    self->rate_step = NORMAL_STEP;
  else if (strcmp (choice, "quieter") == 0)
    self->volume--;
  else if (strcmp (choice, "louder") == 0)
    self->volume++;
  else if (strcmp (choice, "language") == 0)
    bm_session_press_language (self);
  else
    self->dialect = (self->dialect + 1) % (guint) (json_array_size (self->setup->dialects) + 1);
  self->is_spoken = TRUE;
  return TRUE;
}

static void
leave_voice (BmSession *self)
{
  bm_session_uncover (self);
}

const BmPageSpec bm_spec_voice = { .id = "voice",
                                   .template_name = "choice",
                                   .build = build_voice,
                                   .choose = choose_voice,
                                   .next = leave_voice,
                                   .back = leave_voice };
