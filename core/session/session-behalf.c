/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/session/session-behalf.h"

#include "core/catalogue/behalf.h"
#include "core/catalogue/catalogue.h"
#include "core/catalogue/text.h"
#include "core/crypto/crypto.h"
#include "core/language/language.h"
#include "core/people/id-number.h"
#include "core/people/name.h"
#include "core/session/words.h"

#include <string.h>

/*
 * 代办 (domain §2.6): who acts for another sits before the resident's own screen. The desk has looked at the letter and
 * says whose matter it is and which (BM_EVENT_BEHALF); from there:
 *
 *   BEHALF -- the agent's own card --> BEHALF_AGENT -- it is me --> LOOKING --> the letter under the camera (PHOTO,
 *   SHOT, PHOTO_TAKEN, BEHALF_MORE) --> the matter's own flow, without its identify and confirm
 *
 * The person of this session is who gave the letter: theirs is the name, the number, the tag. The agent is beside it.
 *
 * Invariants: only a matter whose file says so is begun. The agent is somebody else, grown up, and known by a card
 * that the station's reader read. The agent is told nothing of the other's: no answer that came, no record, no matter
 * but the same one that still waits, and that only where it is no secret. What carries no name is not handed in so. One letter is for one matter: none follows it in the same session.
 */

#define LETTER_ID "behalf.%u"

gboolean
bm_session_is_behalf (BmSession *self)
{
  return self->behalf != NULL;
}

void
bm_session_forget_behalf (BmSession *self)
{
  g_clear_pointer (&self->behalf, bm_json_wipe);
  g_clear_pointer (&self->agent, bm_card_unref);
  g_clear_pointer (&self->letter_field, json_decref);
  self->agent_wall_ms = 0;
  self->letter = 0;
  self->n_letters = 0;
}

static json_t *
get_principal (BmSession *self)
{
  return json_object_get (self->behalf, "principal");
}

/**
 * bm_session_begin_behalf:
 * @self: an idle session
 * @behalf: what the desk says (core/session/behalf.h)
 *
 * Asks for the card of who acts. Where somebody is at the screen, or the matter cannot be done so, nothing changes.
 */
void
bm_session_begin_behalf (BmSession *self, json_t *behalf)
{
  const char *id = bm_text_get (behalf, "service");
  json_t *service = bm_catalogue_find (self->setup->catalogue, id);

  if (!bm_session_is_idle (self) || bm_session_get_current (self) == BM_PAGE_RESTARTED ||
      service == NULL || !bm_behalf_is_allowed (service))
    return;
  bm_session_forget_matter (self);
  bm_session_forget_person (self);
  self->active_boot_ms = bm_session_now (self); /* the helper's hand is on it */
  self->behalf = json_deep_copy (behalf);
  self->service = service;
  self->step = 0;
  self->helper = g_strdup (bm_text_get (behalf, "helper"));
  bm_session_audit (self, "behalf-begun", id);
  bm_session_want_divisions (self);
  bm_session_want_visits (self);
  bm_session_lease (self, TRUE);
  bm_session_go (self, BM_PAGE_BEHALF);
}

/* Who acts */

static char *
say_for_whom (BmSession *self)
{
  /* Translators: a person's name, then a matter. */
  g_autofree char *text =
    g_strdup_printf (C_ ("page", "For %1$s: %2$s"), bm_text_get (get_principal (self), "name"),
                     bm_text_pick (json_object_get (self->service, "label")));

  return bm_words_break (text, 14);
}

static void
build_behalf (BmSession *self, json_t *page)
{
  g_autofree char *whom = say_for_whom (self);

  bm_page_set_picture (page, "ill-card-place");
  bm_page_set_question (page,
                        self->problem != NULL
                          ? bm_language_translate ("page", self->problem)
                          : C_ ("page", "You act for somebody else:\nlay down your own ID card."),
                        FALSE);
  bm_page_add_line (page, "people", whom, FALSE);
  if (self->problem != NULL)
    bm_page_set_earcon (page, "attention");
  bm_page_add_choice (page, "help", "help", C_ ("choice", "Call the staff"), "help");
}

static gboolean
choose_behalf (BmSession *self, const char *choice)
{
  (void) choice; /* there is one */
  bm_session_call_help (self);
  return TRUE;
}

const BmPageSpec bm_spec_behalf = { .id = "behalf",
                                    .template_name = "card",
                                    .build = build_behalf,
                                    .choose = choose_behalf,
                                    .can_end = TRUE };

gboolean
bm_session_is_agent (BmSession *self, BmCard *card)
{
  return self->agent != NULL && g_strcmp0 (self->agent->id_number, card->id_number) == 0;
}

/* NULL: may act. */
static const char *
judge_agent (BmSession *self, BmCard *card)
{
  const gint32 birth = bm_day_from_string (card->birth);

  if (card->kind == BM_CARD_SOCIAL)
    return NC_ ("page", "This needs your ID card,\nnot the social-security card.");
  if (g_strcmp0 (card->id_number, bm_text_get (get_principal (self), "idno")) == 0)
    return NC_ ("page", "This card is theirs.\nLay down your own ID card.");
  if (birth == BM_NO_DAY ||
      bm_day_get_age (birth, bm_session_get_today (self)) < BM_BEHALF_GROWN_UP)
    return NC_ ("page", "Only who is eighteen\nmay act for somebody else.");
  return NULL;
}

/**
 * bm_session_take_agent:
 * @self: a session that asks for the card of who acts
 * @card: the one that was read
 */
void
bm_session_take_agent (BmSession *self, BmCard *card)
{
  self->problem = judge_agent (self, card);
  if (self->problem != NULL)
    {
      bm_session_audit (self, "behalf-refused", "agent");
      return;
    }
  g_clear_pointer (&self->agent, bm_card_unref);
  self->agent = bm_card_ref (card);
  self->agent_wall_ms = bm_clock_get_wall_ms (self->setup->clock);
  bm_session_go (self, BM_PAGE_BEHALF_AGENT);
}

static void
build_agent (BmSession *self, json_t *page)
{
  g_autofree char *question = g_strdup_printf (C_ ("page", "Are you %s?"), self->agent->name);
  g_autofree char *broken = bm_words_break (question, 10);
  g_autofree char *whom = say_for_whom (self);

  bm_page_set_picture (page, self->is_card_present ? "card-take" : "read-card");
  bm_page_set_question (page, broken, TRUE);
  bm_page_add_line (page, "people", whom, TRUE);
  bm_page_add_line (page, "write",
                    C_ ("page",
                        "This letter is for this matter only,\nand they see that it was you."),
                    FALSE);
  bm_page_add_choice (page, "yes", "yes", C_ ("choice", "It is me"), NULL);
  bm_page_add_choice (page, "no", "no", C_ ("choice", "It is not"), NULL);
}

static void
go_behalf (BmSession *self)
{
  g_clear_pointer (&self->agent, bm_card_unref);
  self->problem = NULL;
  bm_session_go (self, BM_PAGE_BEHALF);
}

/* From here on the session is of who gave the letter. */
static void
set_principal (BmSession *self)
{
  json_t *principal = get_principal (self);
  g_autoptr (GError) error = NULL;

  self->card = bm_card_new_named (bm_text_get (principal, "name"), bm_text_get (principal, "idno"),
                                  bm_text_get (principal, "address"), &error);
  if (self->card == NULL)
    {
      g_warning ("a person for whom somebody acts: %s", error->message);
      bm_session_close (self, "declined");
      return;
    }
  self->card_wall_ms = self->agent_wall_ms;
  self->is_confirmed = TRUE;
  bm_session_add_effect (self, BM_EFFECT_IDENTIFY)->text = g_strdup (self->card->id_number);
  bm_session_go (self, BM_PAGE_LOOKING);
}

static gboolean
choose_agent (BmSession *self, const char *choice)
{
  if (strcmp (choice, "no") == 0)
    go_behalf (self);
  else if (self->has_tag)
    bm_session_show_letter (self);
  else if (self->card != NULL)
    bm_session_go (self, BM_PAGE_LOOKING); /* it was asked for already */
  else
    set_principal (self);
  return TRUE;
}

const BmPageSpec bm_spec_behalf_agent = { .id = "behalf-agent",
                                          .template_name = "confirm",
                                          .build = build_agent,
                                          .choose = choose_agent,
                                          .back = go_behalf,
                                          .can_end = TRUE };

/* The letter */

/* What the agent may learn of the other's: that the same matter waits, so that it is not handed in twice. Not even
 * that where it is for nobody's ears (domain §2.21a rules 4 and 5): a complaint, or a matter handed in unseen. */
static gboolean
may_see (BmSession *self, json_t *item)
{
  return json_equal (json_object_get (item, "service"), json_object_get (self->service, "id")) &&
         !json_is_true (json_object_get (json_object_get (item, "slip"), "is_hidden")) &&
         !bm_session_find_privacy (self, item);
}

static void
hide_cases (BmSession *self)
{
  for (gsize i = json_array_size (self->cases); i > 0; i--)
    if (!may_see (self, json_array_get (self->cases, i - 1)))
      json_array_remove (self->cases, i - 1);
  g_clear_pointer (&self->record, bm_json_wipe);
}

void
bm_session_begin_letter (BmSession *self)
{
  hide_cases (self);
  self->letter = 1;
  bm_session_show_letter (self);
}

void
bm_session_show_letter (BmSession *self)
{
  self->letter = MAX (self->letter, 1);
  self->problem = NULL;
  bm_session_go (self, bm_session_find_photo_page (self, bm_session_get_letter (self)));
}

json_t *
bm_session_get_letter (BmSession *self)
{
  const char *question = C_ ("page", "The letter of authority\nis photographed.");
  g_autofree char *id = g_strdup_printf (LETTER_ID, self->letter);

  if (self->behalf == NULL || self->letter == 0)
    return NULL;
  json_decref (self->letter_field);
  self->letter_field = json_pack ("{s:s, s:s, s:{s:s, s:s}}", "id", id, "type", "photo", "question",
                                  "zh_CN", question, "en", question);
  return self->letter_field;
}

static void
end_letter (BmSession *self)
{
  self->letter = 0;
  bm_session_enter_step (self);
}

/* @value: as of any paper: a picture, or the staff keep it */
void
bm_session_store_letter (BmSession *self, const char *value)
{
  if (g_strcmp0 (value, BM_PAPER_PHOTO) != 0)
    {
      self->n_letters = self->letter - 1;
      end_letter (self);
      return;
    }
  self->n_letters = self->letter;
  if (self->letter < BM_BEHALF_MAX_PAGES)
    bm_session_go (self, BM_PAGE_BEHALF_MORE);
  else
    end_letter (self);
}

void
bm_session_leave_letter (BmSession *self)
{
  self->letter = 1;
  bm_session_go (self, BM_PAGE_BEHALF_AGENT);
}

static void
build_more (BmSession *self, json_t *page)
{
  (void) self;
  bm_page_set_question (page, C_ ("page", "Has the letter another page?"), FALSE);
  bm_page_add_choice (page, "all", "yes", C_ ("choice", "That was all"), "primary");
  bm_page_add_choice (page, "more", "camera", C_ ("choice", "One more page"), NULL);
}

static gboolean
choose_more (BmSession *self, const char *choice)
{
  if (strcmp (choice, "all") == 0)
    {
      end_letter (self);
      return TRUE;
    }
  self->letter++;
  bm_session_show_letter (self);
  return TRUE;
}

const BmPageSpec bm_spec_behalf_more = { .id = "behalf-more",
                                         .template_name = "choice",
                                         .build = build_more,
                                         .choose = choose_more,
                                         .back = bm_session_show_letter,
                                         .can_end = TRUE,
                                         .is_personal = TRUE };

/* The desk has seen who is here and for whom: nothing that is handed in now is without a name. */

static void
build_nameless (BmSession *self, json_t *page)
{
  (void) self;
  bm_page_set_picture (page, "eye-shut");
  bm_page_set_question (page,
                        C_ ("page", "Without a name it is for nobody else,\nand takes no letter."),
                        FALSE);
  bm_page_add_line (page, "again",
                    C_ ("page", "Begin anew at the first page:\nthere nobody asks who you are."),
                    FALSE);
  bm_page_add_choice (page, "leave", "yes", C_ ("choice", "I see"), "primary");
}

static gboolean
choose_nameless (BmSession *self, const char *choice)
{
  (void) choice; /* there is one */
  bm_session_close (self, "declined");
  return TRUE;
}

const BmPageSpec bm_spec_behalf_nameless = { .id = "behalf-nameless",
                                             .template_name = "choice",
                                             .build = build_nameless,
                                             .choose = choose_nameless,
                                             .back = bm_session_show_field,
                                             .can_end = TRUE,
                                             .is_personal = TRUE };
