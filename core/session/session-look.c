/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/language/language.h"
#include "core/session/session-private.h"

#include <string.h>

/*
 * How pages look: how large their letters are, and in which colours. It belongs to the session, goes to the face with
 * every page, and ends with the session.
 *
 *   any page ── 字大一点, when the letters are the largest ──► LOOK over it ── 就这样 ──► that page
 *
 * Whoever has pressed so often sees badly, so colours are offered there; and the way back to usual letters is the first
 * choice, since that is what one more press did where nothing can be covered (待机, a recording, another overlay).
 */

static const guint scales[] = { 100, 125, 150, 200 };

static const struct
{
  const char *id; /* also the theme's name for the face */
  const char *icon;
  const char *label;
} themes[] = {
  { "medium", "look-usual", NC_ ("look", "Usual colours") },
  { "high-light", "look-light", NC_ ("look", "Black on white") },
  { "high-dark", "look-dark", NC_ ("look", "White on black") },
  { "yellow-on-black", "look-yellow", NC_ ("look", "Yellow on black") },
  { "low-glare", "look-soft", NC_ ("look", "Softer") },
};

void
bm_session_reset_look (BmSession *self)
{
  self->scale = scales[0];
  self->theme = 0;
  self->is_low = self->is_low_news = FALSE;
}

const char *
bm_session_get_theme (BmSession *self)
{
  return themes[self->theme].id;
}

static void
make_usual (BmSession *self)
{
  self->scale = scales[0];
  if (self->page_id == BM_PAGE_LOOK)
    bm_session_uncover (self);
}

/* A step larger; after the largest the colours, or where they cannot be asked for the usual letters again. The face calls it so. */
void
bm_session_make_bigger (BmSession *self)
{
  self->scale = bm_session_get_scale (self); /* from what is seen */
  for (guint i = 0; i + 1 < G_N_ELEMENTS (scales); i++)
    {
      if (self->scale != scales[i])
        continue;
      self->scale = scales[i + 1];
      return;
    }
  if (bm_session_offers_voice (self))
    bm_session_cover (self, BM_PAGE_LOOK);
  else
    make_usual (self);
}

static void
build_look (BmSession *self, json_t *page)
{
  bm_page_set_question (page,
                        C_ ("look", "The letters are the largest.\nWould other colours be better?"),
                        FALSE);
  bm_page_add_choice (page, "smaller", "smaller", C_ ("look", "Usual letters"), NULL);
  for (guint i = 0; i < G_N_ELEMENTS (themes); i++)
    {
      json_t *choice = bm_page_add_choice (page, themes[i].id, themes[i].icon,
                                           bm_language_translate ("look", themes[i].label), NULL);

      if (i == self->theme)
        json_object_set_new (choice, "state", json_string ("chosen"));
    }
  json_object_set_new (json_object_get (page, "frame"), "next",
                       json_string (C_ ("voice", "Leave it so")));
}

static gboolean
choose_look (BmSession *self, const char *choice)
{
  if (strcmp (choice, "smaller") == 0)
    {
      make_usual (self);
      return TRUE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (themes); i++)
    {
      if (strcmp (choice, themes[i].id) == 0)
        self->theme = i;
    }
  return TRUE;
}

static void
leave_look (BmSession *self)
{
  bm_session_uncover (self);
}

const BmPageSpec bm_spec_look = { .id = "look",
                                  .template_name = "choice",
                                  .build = build_look,
                                  .choose = choose_look,
                                  .next = leave_look,
                                  .back = leave_look };
