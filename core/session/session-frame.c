/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/session/session-behalf.h"

#include "core/catalogue/catalogue.h"
#include "core/catalogue/text.h"
#include "core/language/language.h"

#include <string.h>

/* What every page has around its own content: service, step, help, end, settings, station. */

static const char *
get_help_label (BmSession *self)
{
  if (self->help_boot_ms == 0)
    return NULL;
  return self->is_help_answered ? C_ ("frame", "Coming now") : C_ ("frame", "Help is called");
}

/* Whether nothing is under way that leaving would stop: it was recorded, or something is only told. */
gboolean
bm_session_is_only_told (BmSession *self)
{
  BmPageId current = bm_session_get_current (self);

  return bm_session_is_recorded (self) || current == BM_PAGE_TOLD || current == BM_PAGE_LETTER ||
         current == BM_PAGE_PRINT || current == BM_PAGE_CASES || current == BM_PAGE_CASE ||
         current == BM_PAGE_BENEFIT || current == BM_PAGE_ASIDE || current == BM_PAGE_NO_AMOUNTS ||
         current == BM_PAGE_QUERY_SLIP || current == BM_PAGE_WITHDRAWN ||
         current == BM_PAGE_RATING || current == BM_PAGE_RATING_WHY ||
         (current >= BM_PAGE_GUIDES && current <= BM_PAGE_ARTICLE_SLIP) ||
         ((current == BM_PAGE_HOME || current == BM_PAGE_OTHERS) && self->is_another) ||
         bm_session_is_tracking (self);
}

static void
set_end (BmSession *self, json_t *frame)
{
  gboolean is_leaving = bm_session_is_only_told (self);

  json_object_set_new (frame, "end_label",
                       json_string (is_leaving ? C_ ("frame", "Leave now")
                                               : C_ ("frame", "Stop here")));
  json_object_set_new (frame, "end_leaves", json_boolean (is_leaving));
}

static void
set_frame (BmSession *self, const BmPageSpec *spec, json_t *page)
{
  json_t *frame = json_object_get (page, "frame");
  const char *label = get_help_label (self);
  gboolean can_end = spec->can_end;

  json_object_set_new (frame, "help", json_string (label != NULL ? "busy" : "normal"));
  if (label != NULL)
    json_object_set_new (frame, "help_label", json_string (label));
  json_object_set_new (frame, "back", json_boolean (spec->back != NULL));
  json_object_set_new (frame, "voice", json_boolean (bm_session_offers_voice (self)));
  if (self->page_id == BM_PAGE_HOME && self->card == NULL)
    can_end = FALSE; /* nothing was begun: its place belongs to 我的事办到哪了 */
  json_object_set_new (frame, "lower", json_boolean (self->page_id == BM_PAGE_HOME));
  json_object_set_new (frame, "end", json_boolean (can_end));
  if (can_end)
    set_end (self, frame);
}

static guint
count_asked (BmSession *self)
{
  guint count = 0;

  while (bm_session_get_asked (self, count) != NULL)
    count++;
  return MAX (count, 1);
}

/* Where a file numbers its questions itself, only they are numbered, and several may share a number. */
static gboolean
set_own_step (BmSession *self, json_t *page)
{
  BmPageId current = bm_session_get_current (self);
  json_t *asked = bm_session_get_asked (self, self->field);
  json_int_t at = json_integer_value (json_object_get (asked, "step"));
  json_int_t of = 0;
  json_t *field;
  gsize i;

  json_array_foreach (json_object_get (self->service, "fields"), i, field)
  {
    of = MAX (of, json_integer_value (json_object_get (field, "step")));
  }
  if (of == 0)
    return FALSE;
  if (bm_session_get_letter (self) == NULL && at > 0 && current >= BM_PAGE_FIELD &&
      current < BM_PAGE_READBACK)
    json_object_set_new (page, "step", json_pack ("{s:I, s:I}", "at", at, "of", of));
  return TRUE;
}

/* Where in the flow: each step counts one, the fields count each. */
static void
set_step (BmSession *self, json_t *page)
{
  json_t *flow = json_object_get (self->service, "flow");
  guint at = 0;
  guint of = 0;
  json_t *step;
  gsize i;

  if (set_own_step (self, page))
    return;
  json_array_foreach (flow, i, step)
  {
    const char *name = json_string_value (step);
    guint weight = strcmp (name, "fields") == 0 ? count_asked (self) : 1;

    if (strcmp (name, "commit") == 0 || strcmp (name, "cases") == 0 ||
        strcmp (name, "query") == 0 || strcmp (name, "uses") == 0)
      break; /* what may follow a query is not a step of it */
    if (strcmp (name, "track") == 0)
      continue;
    if (i < self->step)
      at += weight;
    else if (i == self->step)
      at += strcmp (name, "fields") == 0 ? MIN (self->field, weight - 1) + 1 : 1;
    of += weight;
  }
  if (self->step <= i && at >= 1 && of <= 12 && at <= of)
    json_object_set_new (page, "step", json_pack ("{s:i, s:i}", "at", (int) at, "of", (int) of));
}

static void
set_service (BmSession *self, json_t *page)
{
  BmPageId current = bm_session_get_current (self);

  if (self->service == NULL || current == BM_PAGE_HOME || current == BM_PAGE_OTHERS)
    return;
  json_object_set_new (page, "service",
                       json_pack ("{s:s, s:O, s:O}", "label",
                                  bm_text_pick (json_object_get (self->service, "label")), "icon",
                                  json_object_get (self->service, "icon"), "tint",
                                  json_object_get (self->service, "tint")));
  if (current >= BM_PAGE_CARD && current < BM_PAGE_UNSEEN && current != BM_PAGE_TOLD &&
      current != BM_PAGE_LETTER)
    set_step (self, page);
}

/* What was wrong with what was typed, beside the keys and before everything else that is said. */
void
bm_session_add_problem (BmSession *self, json_t *page)
{
  const char *problem;

  if (self->problem == NULL)
    return;
  problem = bm_language_translate ("page", self->problem);
  json_object_set_new (json_object_get (page, "input"), "problem", json_string (problem));
  bm_page_say_first (page, problem);
}

/* Of whoever stands here, and of those who work here. */
static void
add_names (BmSession *self, json_t *page)
{
  json_t *member;
  gsize i;

  bm_page_add_name (page, self->card != NULL ? self->card->name : NULL);
  bm_page_add_name (page, self->agent != NULL ? self->agent->name : NULL);
  if (self->card == NULL)
    bm_page_add_name (page,
                      json_string_value (
                        json_object_get (json_object_get (self->behalf, "principal"), "name")));
  json_array_foreach (self->setup->staff, i, member)
  {
    bm_page_add_name (page, bm_text_get (member, "name"));
  }
}

static json_t *
build_in (BmSession *self, const char *language)
{
  const BmPageSpec *spec = bm_session_get_spec (self->page_id);
  const char *before = bm_language_begin (language);
  json_t *page = bm_page_new (spec->id, spec->template_name);

  if (self->is_stranger)
    bm_page_add_line (page, "people", C_ ("page", "One person at a time, please."), FALSE);
  spec->build (self, page);
  add_names (self, page);
  set_service (self, page);
  set_frame (self, spec, page);
  bm_page_set_settings (page, bm_session_get_scale (self), bm_session_get_theme (self),
                        self->is_spoken);
  if (self->is_low)
    json_object_set_new (json_object_get (page, "settings"), "is_low", json_true ());
  bm_session_set_voice (self, page);
  bm_session_offer_language (self, page);
  if (self->page_id != bm_session_get_current (self))
    json_object_set_new (page, "covers", json_string (bm_session_get_spec (self->under)->id));
  bm_page_set_station (page, self->setup, self->clock, self->is_online);
  bm_page_finish (page, !json_is_true (json_object_get (page, "is_private")) || self->is_heard ||
                          self->has_headphone);
  if (spec->is_silent)
    json_object_set_new (page, "speech", json_array ());
  bm_language_end (before);
  return page;
}

static void
add_chinese (json_t *object, const char *key, const char *chinese_key, json_t *chinese)
{
  json_t *text = json_object_get (chinese, key);

  if (*bm_text_get (chinese, key) != '\0' && !json_equal (text, json_object_get (object, key)))
    json_object_set (object, chinese_key, text);
}

/*
 * For the helper beside somebody who reads another language: what is asked and what may be answered, in Chinese. It is
 * only shown: the speech stays in the person's language (assets/schema/page.json).
 */
static void
make_bilingual (BmSession *self, json_t *page)
{
  json_t *chinese = build_in (self, BM_LANGUAGE_CHINESE);
  json_t *choices = json_object_get (chinese, "choices");
  json_t *choice;
  gsize i;

  add_chinese (page, "question", "question_zh", chinese);
  json_array_foreach (json_object_get (page, "choices"), i, choice)
    add_chinese (choice, "label", "label_zh", json_array_get (choices, i));
  bm_json_wipe (chinese);
}

/* The whole model of the page that is shown now; the page itself fills what is its own. */
json_t *
bm_session_build_page (BmSession *self)
{
  const char *language = bm_session_get_language (self);
  json_t *page = build_in (self, language);

  if (self->setup->is_bilingual && strcmp (language, BM_LANGUAGE_CHINESE) != 0)
    make_bilingual (self, page);
  return page;
}
