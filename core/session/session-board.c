/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/catalogue/post.h"
#include "core/catalogue/text.h"
#include "core/language/language.h"
#include "core/session/session-private.h"
#include "core/session/words.h"

#include <string.h>

/*
 * 村务公开、通知: what the centre sent and signed, with its day and who says so. What is past its day does not hang here
 * any more, by the station's own clock: nobody has to take it down.
 */

#define POST_PREFIX "notice:"
#define MAX_POSTS   24

/* What hangs now, the newest first. */
static GPtrArray *
list_posts (BmSession *self)
{
  const gint32 today = bm_session_get_today (self);
  GPtrArray *list = g_ptr_array_new ();
  json_t *post;
  gsize i;

  json_array_foreach (json_object_get (self->posts, "notices"), i, post)
  {
    guint at = list->len;

    if (!bm_post_hangs (post, today))
      continue;
    while (at > 0 &&
           strcmp (bm_text_get (list->pdata[at - 1], "day"), bm_text_get (post, "day")) < 0)
      at--;
    g_ptr_array_insert (list, (gint) at, post);
  }
  g_ptr_array_set_size (list, (gint) MIN (list->len, MAX_POSTS));
  return list;
}

gboolean
bm_session_has_posts (BmSession *self)
{
  g_autoptr (GPtrArray) list = list_posts (self);

  return list->len > 0;
}

/* (transfer full): a list that is replaced while one is read does not take it away. */
void
bm_session_take_posts (BmSession *self, json_t *posts)
{
  json_incref (posts);
  json_decref (self->posts);
  self->posts = posts;
}

static void
add_post (json_t *page, json_t *post)
{
  g_autofree char *id = g_strconcat (POST_PREFIX, bm_text_get (post, "name"), NULL);
  g_autofree char *day = bm_words_day (bm_day_from_string (bm_text_get (post, "day")));
  /* Translators: a day, then who says so. */
  g_autofree char *note =
    g_strdup_printf (C_ ("cases", "%1$s, %2$s"), day, bm_text_get (post, "by"));
  json_t *choice = bm_page_add_choice (page, id, "board", bm_text_get (post, "title"), NULL);

  json_object_set_new (choice, "note", json_string (note));
}

static void
build_board (BmSession *self, json_t *page)
{
  g_autoptr (GPtrArray) list = list_posts (self);

  if (list->len == 0)
    {
      bm_page_set_question (page, C_ ("page", "There is no notice now."), FALSE);
      bm_page_add_choice (page, "understood", "yes", C_ ("choice", "I see"), "primary");
    }
  else
    bm_page_set_question (page, C_ ("page", "Which notice would you like?"), FALSE);
  for (guint i = 0; i < list->len; i++)
    add_post (page, list->pdata[i]);
  json_object_set_new (page, "service",
                       json_pack ("{s:s, s:s, s:s}", "label",
                                  C_ ("choice", "Notices of the village"), "icon", "board", "tint",
                                  BM_OTHERS_TINT));
}

static gboolean
choose_board (BmSession *self, const char *choice)
{
  g_autoptr (GPtrArray) list = list_posts (self);

  if (!g_str_has_prefix (choice, POST_PREFIX))
    {
      bm_session_begin_others (self);
      return TRUE;
    }
  for (guint i = 0; i < list->len; i++)
    if (strcmp (bm_text_get (list->pdata[i], "name"), choice + strlen (POST_PREFIX)) == 0)
      {
        bm_session_read_article (self, list->pdata[i], TRUE);
        return TRUE;
      }
  return FALSE; /* past its day meanwhile: the page shows so */
}

const BmPageSpec bm_spec_board = { .id = "board",
                                   .template_name = "cases",
                                   .build = build_board,
                                   .choose = choose_board,
                                   .back = bm_session_begin_others,
                                   .can_end = TRUE };
