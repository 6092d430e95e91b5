/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/catalogue/catalogue.h"
#include "core/catalogue/text.h"
#include "core/language/language.h"
#include "core/session/session-private.h"

#include <string.h>

/*
 * 好差评 (domain §2.9): whose matter is over and was told so in this visit may say how it went. Nobody is asked to: it is
 * one choice of the last page, five faces of which none is chosen beforehand, 不评了 as large as they are, and after twenty
 * seconds it closes and nothing is kept. What is said goes to the centre as a link of the chain, once, with the day and a
 * hash of the number, and without session, seat, helper or hour; the station cannot read it back, and no desk is told.
 * A matter is told once, so it is rated once. A file whose matter is not to be rated says so ("unrated": a death).
 *
 *   GOODBYE -- 评一评 --> RATING -- a face, 下一步 --> GOODBYE
 *                           |            '-- one of the two worst --> RATING_WHY -- a reason, or none --> GOODBYE
 *                           '-- 不评了, or nobody touches it --> GOODBYE
 */

#define SKIP     "none"
#define SHOWN_MS (20 * 1000)

static const struct
{
  const char *id;
  const char *icon;
  const char *label;
} faces[] = {
  { "face.1", "face-1", NC_ ("choice", "Very satisfied") },
  { "face.2", "face-2", NC_ ("choice", "Satisfied") },
  { "face.3", "face-3", NC_ ("choice", "Fairly satisfied") },
  { "face.4", "face-4", NC_ ("choice", "Dissatisfied") },
  { "face.5", "face-5", NC_ ("choice", "Very dissatisfied") },
};

static const struct
{
  const char *id;
  const char *icon;
  const char *label;
} reasons[] = {
  { "slow", "hourglass", NC_ ("choice", "It took too long") },
  { "unclear", "ask", NC_ ("choice", "It was not made clear") },
  { "manner", "people", NC_ ("choice", "The manner was bad") },
  { "unsolved", "no", NC_ ("choice", "It was not solved") },
};

static gboolean
is_over (json_t *case_object)
{
  const char *state =
    json_string_value (json_object_get (json_object_get (case_object, "result"), "state"));

  return g_strcmp0 (state, "done") == 0 || g_strcmp0 (state, "not_done") == 0;
}

/* @case_object: its result was told just now, for the first time */
void
bm_session_note_told (BmSession *self, json_t *case_object)
{
  const char *id = json_string_value (json_object_get (case_object, "service"));
  json_t *service = id != NULL ? bm_catalogue_find (self->setup->catalogue, id) : self->service;
  json_t *slip = json_object_get (case_object, "slip");

  if (!self->has_tag || service == NULL || !is_over (case_object) ||
      json_is_true (json_object_get (service, "unrated")) ||
      json_is_true (json_object_get (slip, "is_hidden")) || bm_session_is_untraced (self))
    return;
  bm_json_wipe (self->rated);
  self->rated = json_pack ("{s:O, s:O}", "number", json_object_get (case_object, "number"),
                           "service", json_object_get (service, "id"));
}

gboolean
bm_session_can_rate (BmSession *self)
{
  return self->rated != NULL;
}

void
bm_session_forget_rating (BmSession *self)
{
  g_clear_pointer (&self->rated, bm_json_wipe);
  g_clear_pointer (&self->face, bm_wipe_string);
}

void
bm_session_begin_rating (BmSession *self)
{
  g_clear_pointer (&self->face, bm_wipe_string);
  bm_session_go (self, BM_PAGE_RATING);
}

static void
leave (BmSession *self)
{
  bm_session_forget_rating (self);
  bm_session_go (self, BM_PAGE_GOODBYE);
}

void
bm_session_tick_rating (BmSession *self, gint64 now)
{
  if ((self->page_id == BM_PAGE_RATING || self->page_id == BM_PAGE_RATING_WHY) &&
      now - MAX (self->active_boot_ms, self->page_boot_ms) >= SHOWN_MS)
    leave (self);
}

/* Five stars for the first face, one for the last. */
static void
say_rating (BmSession *self, const char *reason)
{
  const char *number = json_string_value (json_object_get (self->rated, "number"));
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, number, -1);
  const int stars = 5 - (self->face[strlen ("face.")] - '1');
  BmEffect *effect = bm_session_add_effect (self, BM_EFFECT_AUDIT);

  effect->json = json_pack ("{s:s, s:b, s:O, s:s, s:i, s:s}", "event", "rating", "anonymous", 1,
                            "service", json_object_get (self->rated, "service"), "case", hash,
                            "stars", stars, "reason", reason);
  leave (self);
}

static void
build_rating (BmSession *self, json_t *page)
{
  bm_page_set_question (page, C_ ("page", "How did it go?"), FALSE);
  for (gsize i = 0; i < G_N_ELEMENTS (faces); i++)
    {
      json_t *choice = bm_page_add_choice (page, faces[i].id, faces[i].icon,
                                           bm_language_translate ("choice", faces[i].label), NULL);

      if (g_strcmp0 (self->face, faces[i].id) == 0)
        json_object_set_new (choice, "state", json_string ("chosen"));
    }
  bm_page_add_choice (page, SKIP, NULL, C_ ("choice", "I would rather not"), NULL);
  bm_page_say_also (page, C_ ("speech", "The staff, please step aside."));
  if (self->face != NULL)
    json_object_set_new (json_object_get (page, "frame"), "next",
                         json_string (C_ ("frame", "Next")));
}

static gboolean
choose_rating (BmSession *self, const char *choice)
{
  if (strcmp (choice, SKIP) == 0)
    {
      leave (self);
      return TRUE;
    }
  g_free (self->face);
  self->face = g_strdup (choice);
  return TRUE;
}

static void
next_rating (BmSession *self)
{
  if (self->face == NULL)
    return;
  if (self->face[strlen ("face.")] >= '4')
    bm_session_go (self, BM_PAGE_RATING_WHY);
  else
    say_rating (self, "");
}

const BmPageSpec bm_spec_rating = { .id = "rating",
                                    .template_name = "choice",
                                    .build = build_rating,
                                    .choose = choose_rating,
                                    .next = next_rating,
                                    .back = leave,
                                    .can_end = TRUE,
                                    .is_personal = TRUE };

static void
build_why (BmSession *self, json_t *page)
{
  bm_page_set_question (page, C_ ("page", "What was not good?"), FALSE);
  for (gsize i = 0; i < G_N_ELEMENTS (reasons); i++)
    bm_page_add_choice (page, reasons[i].id, reasons[i].icon,
                        bm_language_translate ("choice", reasons[i].label), NULL);
  bm_page_add_choice (page, "other", "other", C_ ("choice", "I would rather not say"), NULL);
}

static gboolean
choose_why (BmSession *self, const char *choice)
{
  say_rating (self, choice);
  return TRUE;
}

const BmPageSpec bm_spec_rating_why = { .id = "rating-why",
                                        .template_name = "cases",
                                        .build = build_why,
                                        .choose = choose_why,
                                        .back = bm_session_begin_rating,
                                        .can_end = TRUE,
                                        .is_personal = TRUE };
