/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/language/language.h"
#include "core/session/session-private.h"

#include <string.h>

/*
 * In which language the pages are. It belongs to the session like the size of letters, changes at any
 * moment on the page that stands there, and ends with the session.
 *
 * Only pages are made in it (bm_session_build_page), and what stands below the Chinese of a sheet
 * (session-sheet.c). A draft, a slip's lines for the centre, the desk and the audit are made outside of that, in
 * Chinese, whatever the resident reads.
 *
 *   待机, 首页 ── one press ──► the same page in the other language
 *   any other page ── 声音 ── "English" ──► that page, and below it everything
 *
 * Where more than two are there a press leads to LANGUAGE over that page, and a choice there back to it.
 */

static const struct
{
  const char *id;
  const char *name; /* in itself: who looks for it reads nothing else */
} builtin[] = {
  { BM_LANGUAGE_CHINESE, "\u4e2d\u6587" },
  { BM_LANGUAGE_ENGLISH, "English" },
};

static guint
count_languages (BmSession *self)
{
  return (guint) (G_N_ELEMENTS (builtin) + json_array_size (self->setup->languages));
}

static const char *
get_field (BmSession *self, guint language, const char *key)
{
  json_t *further = json_array_get (self->setup->languages, language - G_N_ELEMENTS (builtin));

  return json_string_value (json_object_get (further, key));
}

/**
 * bm_session_get_language:
 * @self: a session
 *
 * Returns: the id of the language of its pages
 */
const char *
bm_session_get_language (BmSession *self)
{
  return self->language < G_N_ELEMENTS (builtin) ? builtin[self->language].id
                                                 : get_field (self, self->language, "id");
}

static const char *
get_name (BmSession *self, guint language)
{
  return language < G_N_ELEMENTS (builtin) ? builtin[language].name
                                           : get_field (self, language, "name");
}

/* What one more press leads to, in that language's own word. Of several only one has room: 中文 for whoever came
 * into another by mistake, else the first of the people's own. */
char *
bm_session_dup_language_label (BmSession *self)
{
  guint count = count_languages (self);
  guint further = (guint) G_N_ELEMENTS (builtin);

  if (count <= further)
    return g_strdup (get_name (self, (self->language + 1) % count));
  return g_strdup_printf ("%s \u2026", get_name (self, self->language == 0 ? further : 0));
}

static void
set_language (BmSession *self, guint language)
{
  self->language = language;
  self->is_spoken = TRUE;
  bm_session_set_clock (self);
}

/* Between two a press changes it; among more it asks which. */
void
bm_session_press_language (BmSession *self)
{
  guint count = count_languages (self);

  if (count <= 2)
    set_language (self, (self->language + 1) % count);
  else
    bm_session_cover (self, BM_PAGE_LANGUAGE);
}

/* Who wanted another one has gone. */
void
bm_session_tick_language (BmSession *self, gint64 now)
{
  if (now - self->active_boot_ms < BM_LANGUAGE_MS)
    return;
  self->language = 0;
  bm_session_uncover (self);
}

/* What a face needs of a language that is no part of it. */
static void
set_further (BmSession *self, json_t *settings)
{
  static const char *const keys[] = { "direction", "fonts", "words" };
  json_t *further =
    json_array_get (self->setup->languages, self->language - G_N_ELEMENTS (builtin));

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      json_t *value = json_object_get (further, keys[i]);

      if (value != NULL)
        json_object_set (settings, keys[i], value);
    }
}

/* Where nothing was begun its place in the frame is free; elsewhere 声音 leads to it. */
void
bm_session_offer_language (BmSession *self, json_t *page)
{
  BmPageId current = self->page_id;
  json_t *settings = json_object_get (page, "settings");
  g_autofree char *label = NULL;

  json_object_set_new (settings, "language", json_string (bm_session_get_language (self)));
  if (self->language >= G_N_ELEMENTS (builtin))
    set_further (self, settings);
  if (current != BM_PAGE_IDLE && (current != BM_PAGE_HOME || self->card != NULL))
    return;
  label = bm_session_dup_language_label (self);
  json_object_set_new (json_object_get (page, "frame"), "language", json_string (label));
}

/* The page: each by its own name, in its own letters */

/* Ids of choices are of small letters. */
static char *
dup_choice (BmSession *self, guint language)
{
  const char *id =
    language < G_N_ELEMENTS (builtin) ? builtin[language].id : get_field (self, language, "id");
  g_autofree char *small = g_ascii_strdown (id, -1);

  return g_strdelimit (g_strdup_printf ("language:%s", small), "_", '-');
}

static void
build_language (BmSession *self, json_t *page)
{
  guint count = count_languages (self);

  bm_page_set_question (page, C_ ("voice", "Which language do you read?"), FALSE);
  for (guint i = 0; i < count; i++)
    {
      g_autofree char *id = dup_choice (self, i);
      json_t *choice = bm_page_add_choice (page, id, "language", get_name (self, i), NULL);

      if (i == self->language)
        json_object_set_new (choice, "state", json_string ("chosen"));
    }
}

static gboolean
choose_language (BmSession *self, const char *choice)
{
  guint count = count_languages (self);

  for (guint i = 0; i < count; i++)
    {
      g_autofree char *id = dup_choice (self, i);

      if (strcmp (choice, id) == 0)
        {
          set_language (self, i);
          bm_session_uncover (self);
          return TRUE;
        }
    }
  return FALSE;
}

static void
leave_language (BmSession *self)
{
  bm_session_uncover (self);
}

const BmPageSpec bm_spec_language = { .id = "language",
                                      .template_name = "choice",
                                      .build = build_language,
                                      .choose = choose_language,
                                      .back = leave_language };
