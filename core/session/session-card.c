/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/catalogue/catalogue.h"
#include "core/catalogue/text.h"
#include "core/error.h"
#include "core/language/language.h"
#include "core/session/session-private.h"

#include <string.h>

/* The pages that ask for a card, and the way round for who has none: the ID card on its reader, or a social-security
   card in its slot where the matter takes it. What a card then says is session-identify.c's. */

void
bm_session_add_manual_way (BmSession *self, json_t *page)
{
  json_t *sentence;
  gsize i;

  json_array_foreach (bm_text_pick_list (json_object_get (self->service, "manual_way")), i,
                      sentence)
    bm_page_add_line (page, "person", json_string_value (sentence), FALSE);
}

/* What the slot cannot do, or a card that is not for this matter. */
static const char *
get_trouble (BmSession *self)
{
  if (self->card_error == BM_ERROR_REFUSED)
    return C_ ("page", "This matter needs\nthe ID card.");
  if (self->card_error == BM_ERROR_NOT_FOUND)
    return C_ ("page", "This card is not\na social-security card.");
  if (self->card_error == BM_ERROR_UNREACHABLE)
    return C_ ("page", "Social-security cards cannot\nbe read at the moment.");
  if (self->card_error == BM_ERROR_UNSUPPORTED)
    return C_ ("page", "This machine does not know\nthis card.");
  return self->is_social_error ? C_ ("page", "It was not read,\nplease push it in once more.")
                               : C_ ("page", "It was not read,\nplease place it once more.");
}

/* The slot alone, because nothing else is there or because it was asked for. */
static gboolean
is_slot_meant (BmSession *self)
{
  return bm_session_offers_social (self) && (self->wants_social || !self->has_reader);
}

/* Which of the sentences, when the reader or the card does not do. */
static const char *
get_card_question (BmSession *self)
{
  if (!self->has_reader && !bm_session_offers_social (self) &&
      self->card_error != BM_ERROR_UNREACHABLE)
    return C_ ("page", "The card reader does not\nwork at the moment.");
  if (self->card_error >= 0)
    return get_trouble (self);
  if (is_slot_meant (self))
    return C_ ("page", "Push your social-security card\ninto the slot.");
  return C_ ("page", "Lay your ID card flat\nwhere the light is.");
}

static gboolean
is_card_hard (BmSession *self)
{
  return (!self->has_reader && !bm_session_offers_social (self)) ||
         self->card_error == BM_ERROR_UNSUPPORTED || self->card_error == BM_ERROR_UNREACHABLE ||
         self->card_failures >= BM_CARD_TRIES;
}

static void
build_card (BmSession *self, json_t *page)
{
  gboolean is_hard = is_card_hard (self);

  bm_page_set_question (page, get_card_question (self), FALSE);
  bm_page_set_picture (page, is_hard                ? "no-card"
                             : is_slot_meant (self) ? "ill-card-slot"
                                                    : "ill-card-place");
  if (!is_hard && self->card_error < 0 && bm_session_offers_social (self) && !is_slot_meant (self))
    bm_page_add_line (page, "card-slot",
                      C_ ("page", "A social-security card does it, too:\npush it into the slot."),
                      FALSE);
  if (is_hard)
    {
      bm_page_add_line (page, "help", C_ ("page", "There is another way, press for help."), TRUE);
      bm_session_add_manual_way (self, page);
      bm_page_add_choice (page, "help", "help", C_ ("choice", "Call the staff"), "help");
      bm_page_add_choice (page, "later", "calendar", C_ ("choice", "Come another time"), NULL);
    }
  else
    {
      const char *none = is_slot_meant (self) ? C_ ("choice", "No card with me")
                                              : C_ ("choice", "No ID card with me");

      bm_page_add_choice (page, "no-card", "no-card", none, NULL);
    }
  if (self->card_error >= 0)
    bm_page_set_earcon (page, "attention");
}

static gboolean
choose_card (BmSession *self, const char *choice)
{
  if (strcmp (choice, "no-card") == 0)
    bm_session_go (self, BM_PAGE_NO_CARD);
  else if (strcmp (choice, "social-card") == 0)
    {
      self->wants_social = TRUE;
      bm_session_go (self, BM_PAGE_CARD);
    }
  else if (strcmp (choice, "once") == 0)
    bm_session_go (self, BM_PAGE_ONCE);
  else if (strcmp (choice, "help") == 0)
    bm_session_call_help (self);
  else
    bm_session_close (self, "later");
  return TRUE;
}

const BmPageSpec bm_spec_card = { .id = "card",
                                  .template_name = "card",
                                  .build = build_card,
                                  .choose = choose_card,
                                  .back = bm_session_leave_identity,
                                  .can_end = TRUE };

static void
build_no_card (BmSession *self, json_t *page)
{
  bm_page_set_picture (page, "no-card");
  bm_page_set_question (page, C_ ("page", "Never mind."), FALSE);
  bm_page_add_line (page, "help", C_ ("page", "Call for help,\nthe staff find a way."), FALSE);
  bm_session_add_manual_way (self, page);
  if (bm_session_offers_social (self))
    bm_page_add_choice (page, "social-card", "card-slot", C_ ("choice", "Social-security card"),
                        "primary");
  if (bm_session_can_tell_once (self))
    bm_page_add_choice (page, "once", "slip", C_ ("choice", "What to bring"), NULL);
  bm_page_add_choice (page, "help", "help", C_ ("choice", "Call the staff"), "help");
  bm_page_add_choice (page, "later", "calendar", C_ ("choice", "Come another time"), NULL);
}

static void
back_to_card (BmSession *self)
{
  self->wants_social = FALSE;
  bm_session_go (self, BM_PAGE_CARD);
}

const BmPageSpec bm_spec_no_card = { .id = "no-card",
                                     .template_name = "choice",
                                     .build = build_no_card,
                                     .choose = choose_card,
                                     .back = back_to_card,
                                     .can_end = TRUE };
