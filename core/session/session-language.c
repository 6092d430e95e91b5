/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/language/language.h"
#include "core/session/session-private.h"

/*
 * In which language the pages are. It belongs to the session like the size of letters, changes at any
 * moment on the page that stands there, and ends with the session.
 *
 * Only pages are made in it (bm_session_build_page), and what stands below the Chinese of a sheet
 * (session-sheet.c). A draft, a slip's lines for the centre, the desk and the audit are made outside of that, in
 * Chinese, whatever the resident reads.
 *
 *   待机, 首页 ── one press ──► the same page in the next language
 *   any other page ── 声音 ── "English" ──► that page, and below it everything
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

static guint
get_next (BmSession *self)
{
  return (self->language + 1) % count_languages (self);
}

/* What one more press leads to, in that language's own word. */
const char *
bm_session_get_next_language (BmSession *self)
{
  guint next = get_next (self);

  return next < G_N_ELEMENTS (builtin) ? builtin[next].name : get_field (self, next, "name");
}

void
bm_session_switch_language (BmSession *self)
{
  self->language = get_next (self);
  self->is_spoken = TRUE;
  bm_session_set_clock (self);
}

/* Where nothing was begun its place in the frame is free; elsewhere 声音 leads to it. */
void
bm_session_offer_language (BmSession *self, json_t *page)
{
  BmPageId current = self->page_id;
  const char *side =
    self->language < G_N_ELEMENTS (builtin) ? NULL : get_field (self, self->language, "direction");
  json_t *settings = json_object_get (page, "settings");

  json_object_set_new (settings, "language", json_string (bm_session_get_language (self)));
  if (g_strcmp0 (side, "rtl") == 0)
    json_object_set_new (settings, "direction", json_string (side));
  if (current == BM_PAGE_IDLE || (current == BM_PAGE_HOME && self->card == NULL))
    json_object_set_new (json_object_get (page, "frame"), "language",
                         json_string (bm_session_get_next_language (self)));
}
