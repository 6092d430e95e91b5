/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/session/session-behalf.h"

#include "core/catalogue/catalogue.h"
#include "core/catalogue/text.h"
#include "core/language/language.h"
#include "core/session/words.h"

#include <string.h>

/*
 * 代办: the person for whom somebody acted is told so at their next visit, before anything else, and may say that it was
 * not they who wanted it. The staff are told that (a task at the desk, an entry of the journal), and what can still be
 * taken back is taken back as ever (session-withdraw.c).
 *
 * Invariant: only the person, by their own card, ends it; neither the agent nor a restart does.
 */

static json_t *
get_mark (json_t *case_object)
{
  return json_object_get (json_object_get (case_object, "slip"), "behalf");
}

/* Whether it is not theirs to hear who stands here. */
gboolean
bm_session_is_for_principal (BmSession *self, json_t *case_object)
{
  return get_mark (case_object) != NULL && (self->card == NULL || bm_session_is_behalf (self));
}

/* Who handed it in: a masked name and how they are related; NULL: the person. */
char *
bm_session_dup_agent (json_t *case_object)
{
  json_t *mark = get_mark (case_object);

  if (mark == NULL)
    return NULL;
  /* Translators: a masked name, how the two are related. */
  return g_strdup_printf (C_ ("behalf", "%1$s (%2$s)"), bm_text_get (mark, "agent"),
                          bm_behalf_say_relation (bm_text_get (mark, "relation")));
}

/**
 * bm_session_tell_behalf:
 * @self: a session with an identified person
 *
 * Returns: whether somebody acted for them, and the page says so now
 */
gboolean
bm_session_tell_behalf (BmSession *self)
{
  json_t *item;
  gsize i;

  if (bm_session_is_behalf (self))
    return FALSE;
  json_array_foreach (self->cases, i, item)
  {
    if (get_mark (item) == NULL || json_is_true (json_object_get (item, "is_told")) ||
        json_is_true (json_object_get (item, "is_behalf_heard")))
      continue;
    bm_json_wipe (self->told);
    self->told = json_incref (item);
    self->is_heard = FALSE;
    bm_session_go (self, BM_PAGE_BEHALF_TOLD);
    return TRUE;
  }
  return FALSE;
}

/* What is private is said only when it is asked for. */
static const char *
say_matter (BmSession *self)
{
  json_t *service = bm_catalogue_find (self->setup->catalogue, bm_text_get (self->told, "service"));

  if (service == NULL || (bm_session_find_privacy (self, self->told) && !self->is_heard))
    return C_ ("behalf", "a matter of yours");
  return bm_text_pick (json_object_get (service, "label"));
}

static void
build_told (BmSession *self, json_t *page)
{
  g_autofree char *agent = bm_session_dup_agent (self->told);
  g_autofree char *day = bm_words_day (
    bm_day_from_wall_ms (json_integer_value (json_object_get (self->told, "wall_ms"))));
  /* Translators: a day, then a matter. */
  g_autofree char *line = g_strdup_printf (C_ ("behalf", "%1$s: %2$s"), day, say_matter (self));

  bm_page_set_picture (page, "people");
  bm_page_set_question (page, C_ ("behalf", "Somebody handed something in\nfor you."), FALSE);
  bm_page_add_line (page, "person", agent, TRUE);
  bm_page_add_line (page, "slip", line, FALSE);
  bm_page_add_choice (page, "understood", "yes", C_ ("choice", "I know of it"), NULL);
  if (bm_session_find_privacy (self, self->told) && !self->is_heard)
    bm_page_add_choice (page, "which", "eye", C_ ("choice", "Which matter is it?"), NULL);
  bm_page_add_choice (page, "not-mine", "no", C_ ("choice", "I did not ask for it"), NULL);
}

/* A result of it that came is told after this, and ends it then. */
static void
go_on (BmSession *self)
{
  json_object_set_new (self->told, "is_behalf_heard", json_true ());
  if (!bm_session_is_result (self->told))
    bm_session_tell (self, self->told);
  bm_session_after_identity (self);
}

static void
deny (BmSession *self)
{
  g_autofree char *name = bm_session_dup_masked_name (self);
  g_autofree char *group = bm_session_dup_group (self);

  bm_session_audit (self, "behalf-denied", bm_text_get (self->told, "number"));
  bm_session_add_effect (self, BM_EFFECT_CONTACT)->json =
    json_pack ("{s:s, s:O, s:s, s:s, s:s, s:s, s:s, s:O, s:I}", "kind", "ask", "number",
               json_object_get (self->told, "number"), "text",
               C_ ("desk", "Says: not asked for. Look into the letter."), "seat", self->setup->seat,
               "session", self->id, "name", name, "group", group, "service",
               json_object_get (self->told, "service"), "at_ms",
               (json_int_t) bm_clock_get_wall_ms (self->setup->clock));
  bm_session_go (self, BM_PAGE_BEHALF_DENIED);
}

static gboolean
choose_told (BmSession *self, const char *choice)
{
  if (strcmp (choice, "which") == 0)
    self->is_heard = TRUE;
  else if (strcmp (choice, "not-mine") == 0)
    deny (self);
  else
    go_on (self);
  return TRUE;
}

const BmPageSpec bm_spec_behalf_told = { .id = "behalf-told",
                                         .template_name = "choice",
                                         .build = build_told,
                                         .choose = choose_told,
                                         .can_end = TRUE,
                                         .is_personal = TRUE };

static void
build_denied (BmSession *self, json_t *page)
{
  bm_page_set_picture (page, "people");
  bm_page_set_question (page, C_ ("behalf", "The station was told,\nit looks into the letter."),
                        FALSE);
  if (bm_session_can_withdraw (self, self->told))
    bm_page_add_choice (page, "withdraw", "no", C_ ("choice", "Take the matter back"), NULL);
  bm_page_add_choice (page, "understood", "yes", C_ ("choice", "I see"), "primary");
}

static gboolean
choose_denied (BmSession *self, const char *choice)
{
  if (strcmp (choice, "withdraw") != 0)
    {
      go_on (self);
      return TRUE;
    }
  bm_session_tell (self, self->told);
  bm_session_begin_withdraw (self);
  return TRUE;
}

const BmPageSpec bm_spec_behalf_denied = { .id = "behalf-denied",
                                           .template_name = "choice",
                                           .build = build_denied,
                                           .choose = choose_denied,
                                           .can_end = TRUE,
                                           .is_personal = TRUE };
