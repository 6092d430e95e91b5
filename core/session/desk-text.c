/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-desk"

#include "core/catalogue/text.h"
#include "core/language/language.h"
#include "core/session/desk-private.h"
#include "core/session/written.h"

#include <string.h>

/*
 * The helper writes what the person in the hall says. What is written is for the session that asked: any
 * news from the hall ends it (handle_hall). Nothing of it stays here; who wrote is audited by the session.
 */

#define MAX_LABEL 20

static json_t *
get_asked (BmDesk *self)
{
  json_t *text = json_object_get (self->hall, "text");

  return json_is_object (text) ? text : NULL;
}

/* Whether the hall asks for words, not for a witness. */
gboolean
bm_desk_is_text_asked (BmDesk *self)
{
  return get_asked (self) != NULL;
}

void
bm_desk_begin_text (BmDesk *self)
{
  self->problem = NULL;
  bm_desk_go (self, BM_DESK_TEXT);
}

static void
build_text (BmDesk *self, json_t *page)
{
  json_t *asked = get_asked (self);
  const char *value = bm_text_get (asked, "value");
  g_autofree char *label = bm_desk_cut (bm_text_get (asked, "label"), MAX_LABEL);
  json_t *input;

  bm_page_set_question (page, C_ ("desk", "Write what the person says"), FALSE);
  bm_page_add_fact (page, C_ ("desk", "Who"), bm_text_get (self->hall, "name"));
  bm_page_add_fact (page, C_ ("desk", "Matter"), bm_text_get (self->hall, "service"));
  bm_page_set_input (page, label, 1, BM_WRITTEN_MAX);
  input = json_object_get (page, "input");
  json_object_set_new (input, "is_text", json_true ());
  if (*value != '\0')
    json_object_set_new (input, "written", json_string (value));
  if (self->problem != NULL)
    json_object_set_new (input, "problem", json_string (self->problem));
}

static gboolean
take_text (BmDesk *self, const char *text)
{
  BmDeskEffect *effect;

  if (!bm_written_is_fit (text))
    {
      self->problem = C_ ("desk", "Only characters, digits and punctuation, at most 40.");
      return TRUE;
    }
  effect = bm_desk_add_effect (self, BM_DESK_EFFECT_WRITE);
  effect->text = g_strdup (self->staff);
  effect->text2 = g_strdup (text);
  return bm_desk_go_today (self);
}

static void
leave_text (BmDesk *self)
{
  self->problem = NULL;
}

const BmDeskSpec bm_desk_text = { .id = "desk-text",
                                  .template_name = "desk-text",
                                  .build = build_text,
                                  .text = take_text,
                                  .back = bm_desk_go_today,
                                  .leave = leave_text };
