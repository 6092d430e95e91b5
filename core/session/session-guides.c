/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/catalogue/guides.h"
#include "core/catalogue/text.h"
#include "core/language/language.h"
#include "core/session/session-private.h"

#include <string.h>

/*
 * 政策、法律、农技、办事指南: read, heard and printed without a card, and nothing of it is noted.
 *
 *   首页 -- 申请补贴、办别的 -- 看政策办法 --> GUIDES -- one --> ARTICLE (session-article.c)
 */

#define GUIDES_CHOICE "guides"
#define GUIDE_PREFIX  "guide:"
#define BOARD_CHOICE  "board"

static gboolean
has_guides (BmSession *self)
{
  return self->setup->guides != NULL && bm_guides_get_count (self->setup->guides) > 0;
}

gboolean
bm_session_has_reading (BmSession *self)
{
  return has_guides (self) || bm_session_has_posts (self);
}

/* Below what can be done: what can be read. */
void
bm_session_add_reading (BmSession *self, json_t *page)
{
  if (has_guides (self))
    bm_page_add_choice (page, GUIDES_CHOICE, "guides", C_ ("choice", "Policies and know-how"),
                        NULL);
  if (bm_session_has_posts (self))
    bm_page_add_choice (page, BOARD_CHOICE, "board", C_ ("choice", "Notices of the village"), NULL);
}

gboolean
bm_session_choose_reading (BmSession *self, const char *choice)
{
  if (strcmp (choice, GUIDES_CHOICE) == 0 && has_guides (self))
    bm_session_go (self, BM_PAGE_GUIDES);
  else if (strcmp (choice, BOARD_CHOICE) == 0)
    bm_session_go (self, BM_PAGE_BOARD);
  else
    return FALSE;
  return TRUE;
}

static void
build_guides (BmSession *self, json_t *page)
{
  BmGuides *guides = self->setup->guides;

  bm_page_set_question (page, C_ ("page", "What would you like to read?"), FALSE);
  for (guint i = 0; i < bm_guides_get_count (guides); i++)
    {
      json_t *guide = bm_guides_get (guides, i);
      g_autofree char *id = g_strconcat (GUIDE_PREFIX, bm_text_get (guide, "id"), NULL);

      bm_page_add_choice (page, id, bm_text_get (guide, "icon"),
                          bm_text_pick (json_object_get (guide, "label")), NULL);
    }
  json_object_set_new (page, "service",
                       json_pack ("{s:s, s:s, s:s}", "label",
                                  C_ ("choice", "Policies and know-how"), "icon", "guides", "tint",
                                  BM_OTHERS_TINT));
}

static gboolean
choose_guides (BmSession *self, const char *choice)
{
  json_t *guide = g_str_has_prefix (choice, GUIDE_PREFIX)
                    ? bm_guides_find (self->setup->guides, choice + strlen (GUIDE_PREFIX))
                    : NULL;

  if (guide == NULL)
    return FALSE;
  bm_session_read_article (self, guide, FALSE);
  return TRUE;
}

const BmPageSpec bm_spec_guides = { .id = "guides",
                                    .template_name = "cases",
                                    .build = build_guides,
                                    .choose = choose_guides,
                                    .back = bm_session_begin_others,
                                    .can_end = TRUE };
