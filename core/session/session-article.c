/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/catalogue/text.h"
#include "core/language/language.h"
#include "core/session/session-private.h"
#include "core/session/words.h"

#include <string.h>

/*
 * A guide or a notice, leaf by leaf: a few lines at once, so that they stand in letters of twice the size, too. The last
 * leaf says who says so and of which day it is. Nothing of anybody is on it, and nothing is noted.
 *
 *   GUIDES, BOARD -- one --> ARTICLE -- 往下看 --> ARTICLE … the last leaf -- 看别的 --> the list
 *                               '-- 打出来 --> ARTICLE_SLIP -- 下一步 --> ARTICLE
 */

#define LINE_WIDTH    16
#define LINES_ON_LEAF 3
#define MAX_SENTENCES 40

/* The sentences of a notice, each broken where one breathes. */
static GPtrArray *
split_text (const char *text)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_free);
  GString *part = g_string_new (NULL);

  for (const char *p = text; *p != '\0' && list->len < MAX_SENTENCES; p = g_utf8_next_char (p))
    {
      const gunichar c = g_utf8_get_char (p);
      const gboolean is_end = c == 0x3002 || c == 0xff01 || c == 0xff1f || c == 0xff1b || c == '\n';

      if (c != '\n')
        g_string_append_unichar (part, c);
      if ((is_end || *g_utf8_next_char (p) == '\0') && part->len > 0)
        {
          g_ptr_array_add (list, bm_words_break (part->str, LINE_WIDTH));
          g_string_truncate (part, 0);
        }
    }
  g_string_free (part, TRUE);
  return list;
}

static guint
count_leaves (BmSession *self)
{
  g_autoptr (GPtrArray) parts = NULL;

  if (!self->is_post)
    return (guint) json_array_size (json_object_get (self->article, "pages")) + 1;
  parts = split_text (bm_text_get (self->article, "text"));
  return (parts->len + LINES_ON_LEAF - 1) / LINES_ON_LEAF + 1;
}

static const char *
get_title (BmSession *self)
{
  return self->is_post ? bm_text_get (self->article, "title")
                       : bm_text_pick (json_object_get (self->article, "label"));
}

static const char *
get_source (BmSession *self)
{
  return self->is_post ? bm_text_get (self->article, "by")
                       : bm_text_pick (json_object_get (self->article, "source"));
}

static gint32
get_day (BmSession *self, const char *key)
{
  return bm_day_from_string (bm_text_get (self->article, key));
}

static gboolean
is_demo (BmSession *self)
{
  return self->is_post ? self->setup->is_demo
                       : json_is_true (json_object_get (self->article, "is_demo"));
}

/* The pages */

static void
add_guide_leaf (BmSession *self, json_t *page)
{
  json_t *leaf = json_array_get (json_object_get (self->article, "pages"), self->leaf);
  json_t *line;
  gsize i;

  bm_page_set_question (page, bm_text_pick (json_object_get (leaf, "say")), FALSE);
  json_array_foreach (json_object_get (leaf, "lines"), i, line)
    bm_page_add_line (page, NULL, bm_text_pick (line), FALSE);
}

static void
add_post_leaf (BmSession *self, json_t *page)
{
  g_autoptr (GPtrArray) parts = split_text (bm_text_get (self->article, "text"));
  const guint from = self->leaf * LINES_ON_LEAF;

  bm_page_set_question (page, get_title (self), FALSE);
  for (guint i = from; i < MIN (from + LINES_ON_LEAF, parts->len); i++)
    bm_page_add_line (page, NULL, parts->pdata[i], FALSE);
}

/* Whose, and the number; NULL: there is none. */
static char *
dup_phone (BmSession *self)
{
  json_t *phone = json_object_get (self->article, "phone");

  if (phone == NULL)
    return NULL;
  return g_strdup_printf ("%s %s", bm_text_pick (json_object_get (phone, "label")),
                          bm_text_get (phone, "number"));
}

/* Who says so. */
static void
add_last_leaf (BmSession *self, json_t *page)
{
  json_t *phone = json_object_get (self->article, "phone");
  g_autofree char *day = bm_words_full_date (get_day (self, self->is_post ? "day" : "as_of"));
  g_autofree char *until = self->is_post ? bm_words_full_date (get_day (self, "until")) : NULL;

  bm_page_set_question (page, C_ ("page", "Who says so:"), FALSE);
  if (is_demo (self))
    bm_page_add_line (page, "warn", C_ ("page", "Invented, for demonstration."), FALSE);
  bm_page_add_fact (page, C_ ("fact", "From"), get_source (self));
  bm_page_add_fact (page, self->is_post ? C_ ("fact", "Posted") : C_ ("fact", "As of"), day);
  if (until != NULL)
    bm_page_add_fact (page, C_ ("fact", "Until"), until);
  if (phone != NULL)
    {
      g_autofree char *who = dup_phone (self);

      bm_page_add_fact (page, C_ ("sheet", "Phone"), who);
    }
}

static void
build_article (BmSession *self, json_t *page)
{
  const guint n = count_leaves (self);
  const gboolean is_last = self->leaf + 1 >= n;

  if (is_last)
    add_last_leaf (self, page);
  else if (self->is_post)
    add_post_leaf (self, page);
  else
    add_guide_leaf (self, page);
  if (is_last)
    bm_page_add_choice (page, "list", "yes", C_ ("choice", "Read another one"), NULL);
  else
    bm_page_add_choice (page, "on", "next", C_ ("choice", "Read on"), "primary");
  bm_page_add_choice (page, "print", "slip", C_ ("choice", "Print it"), NULL);
  json_object_set_new (page, "service",
                       json_pack ("{s:s, s:s, s:s}", "label", get_title (self), "icon",
                                  self->is_post ? "board" : bm_text_get (self->article, "icon"),
                                  "tint", BM_OTHERS_TINT));
  json_object_set_new (page, "step",
                       json_pack ("{s:i, s:i}", "at", (int) self->leaf + 1, "of", (int) n));
}

static void
go_to_list (BmSession *self)
{
  bm_session_go (self, self->is_post ? BM_PAGE_BOARD : BM_PAGE_GUIDES);
  bm_session_forget_article (self);
}

static void
back_from_article (BmSession *self)
{
  if (self->leaf == 0)
    {
      go_to_list (self);
      return;
    }
  self->leaf--;
  bm_session_go (self, BM_PAGE_ARTICLE);
}

void
bm_session_read_article (BmSession *self, json_t *article, gboolean is_post)
{
  json_incref (article);
  bm_session_forget_article (self);
  self->article = article;
  self->is_post = is_post;
  bm_session_go (self, BM_PAGE_ARTICLE);
}

void
bm_session_forget_article (BmSession *self)
{
  g_clear_pointer (&self->article, json_decref);
  self->is_post = FALSE;
  self->leaf = 0;
}

/* Paper */

static void
add_guide_text (BmSession *self, json_t *blocks)
{
  json_t *leaf, *line;
  gsize i, j;

  json_array_foreach (json_object_get (self->article, "pages"), i, leaf)
  {
    bm_session_make_strong (
      bm_session_add_block_text (blocks, "lead", bm_text_pick (json_object_get (leaf, "say"))));
    json_array_foreach (json_object_get (leaf, "lines"), j, line)
    {
      g_autofree char *flat = bm_words_flatten (bm_text_pick (line));

      bm_session_add_block_text (blocks, "body", flat);
    }
  }
}

static void
add_post_text (BmSession *self, json_t *blocks)
{
  g_autoptr (GPtrArray) parts = split_text (bm_text_get (self->article, "text"));

  for (guint i = 0; i < parts->len; i++)
    {
      g_autofree char *flat = bm_words_flatten (parts->pdata[i]);

      bm_session_add_block_text (blocks, "body", flat);
    }
}

static void
add_origin (BmSession *self, json_t *blocks)
{
  json_t *phone = json_object_get (self->article, "phone");
  g_autofree char *day = bm_words_full_date (get_day (self, self->is_post ? "day" : "as_of"));

  bm_session_add_block_rule (blocks);
  bm_session_add_block_pair (blocks, C_ ("fact", "From"), get_source (self));
  bm_session_add_block_pair (blocks, self->is_post ? C_ ("fact", "Posted") : C_ ("fact", "As of"),
                             day);
  if (self->is_post)
    {
      g_autofree char *until = bm_words_full_date (get_day (self, "until"));

      bm_session_add_block_pair (blocks, C_ ("fact", "Until"), until);
    }
  if (phone == NULL || g_strcmp0 (bm_text_get (phone, "number"), self->setup->station_phone) != 0)
    bm_session_add_block_pair (blocks, C_ ("sheet", "Phone"),
                               C_ ("sheet", "Station {station_phone}"));
  if (phone != NULL)
    {
      g_autofree char *who = dup_phone (self);

      bm_session_add_block_pair (blocks, C_ ("sheet", "Phone"), who);
    }
  if (is_demo (self))
    bm_session_add_block_text (blocks, "small", C_ ("page", "Invented, for demonstration."));
}

static json_t *
make_plan (BmSession *self)
{
  json_t *blocks = json_array ();

  bm_session_make_strong (bm_session_add_block_text (blocks, "lead", get_title (self)));
  bm_session_add_block_rule (blocks);
  if (self->is_post)
    add_post_text (self, blocks);
  else
    add_guide_text (self, blocks);
  add_origin (self, blocks);
  bm_session_add_fraud_line (blocks);
  return json_pack ("{s:s, s:o}", "title",
                    self->is_post ? C_ ("sheet", "Notice") : C_ ("sheet", "Good to know"), "blocks",
                    blocks);
}

static gboolean
choose_article (BmSession *self, const char *choice)
{
  if (strcmp (choice, "print") == 0)
    {
      bm_session_print_sheet (self, "", bm_session_build_own_sheet (self, "article", make_plan),
                              "article-printed");
      bm_session_go (self, BM_PAGE_ARTICLE_SLIP);
    }
  else if (strcmp (choice, "on") == 0)
    {
      self->leaf = MIN (self->leaf + 1, count_leaves (self) - 1);
      bm_session_go (self, BM_PAGE_ARTICLE);
    }
  else
    go_to_list (self);
  return TRUE;
}

const BmPageSpec bm_spec_article = { .id = "article",
                                     .template_name = "choice",
                                     .build = build_article,
                                     .choose = choose_article,
                                     .back = back_from_article,
                                     .can_end = TRUE };

static void
back_to_article (BmSession *self)
{
  bm_session_go (self, BM_PAGE_ARTICLE);
}

const BmPageSpec bm_spec_article_slip = { .id = "article-slip",
                                          .template_name = "print",
                                          .build = bm_session_build_loose_slip,
                                          .choose = bm_session_settle_paper,
                                          .next = back_to_article,
                                          .can_end = TRUE };
