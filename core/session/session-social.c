/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/catalogue/text.h"
#include "core/language/language.h"
#include "core/session/session-private.h"

/*
 * 社保卡: the card that some services take instead of the ID card.
 *
 * Its files are free to read and nothing proves that the chip is the one that was issued, so it opens no more than
 * a service's file says: a class of evidence that needs "social-card". What no such service is about stays closed
 * until the ID card is there: amounts, the list of matters, answers to other matters.
 *
 * Invariant: no service is begun, and no answer told, by a card that its file does not name.
 */

gboolean
bm_session_is_social (BmSession *self)
{
  return self->card != NULL && self->card->kind == BM_CARD_SOCIAL;
}

/* What the card is in a list of evidence. */
const char *
bm_card_get_evidence (BmCard *card)
{
  return card->kind == BM_CARD_SOCIAL ? "social-card" : "card";
}

static gboolean
takes_social (json_t *service)
{
  json_t *classes = json_object_get (json_object_get (service, "evidence"), "accepted");
  json_t *class;
  json_t *need;
  gsize i, j;

  json_array_foreach (classes, i, class)
  {
    json_array_foreach (json_object_get (class, "needs"), j, need)
    {
      if (g_strcmp0 (json_string_value (need), "social-card") == 0)
        return TRUE;
    }
  }
  return FALSE;
}

gboolean
bm_session_takes_card (json_t *service, BmCard *card)
{
  return card->kind != BM_CARD_SOCIAL || takes_social (service);
}

/* Whether this page may offer it. */
gboolean
bm_session_offers_social (BmSession *self)
{
  return self->has_social_reader && self->service != NULL && takes_social (self->service);
}

/* In the middle of a sentence, and of the catalogue's. */
const char *
bm_session_get_card_word (BmSession *self)
{
  return bm_session_is_social (self) ? C_ ("card", "social-security card") : C_ ("card", "ID card");
}

const char *
bm_session_say_read (BmSession *self)
{
  return bm_session_is_social (self)
           ? C_ ("page", "It is read, please take your social-security card.")
           : C_ ("page", "It is read, please take your ID card.");
}

/* The one that lies there; where none does, the one that was used. */
static gboolean
is_social_taken (BmSession *self)
{
  if (self->is_card_present)
    return !self->is_lying[BM_READER_SLOT_ID];
  return bm_session_is_social (self);
}

const char *
bm_session_say_take (BmSession *self)
{
  return is_social_taken (self) ? C_ ("page", "Please take your social-security card.")
                                : C_ ("page", "Please take your ID card.");
}

const char *
bm_session_say_take_both (BmSession *self)
{
  return is_social_taken (self)
           ? C_ ("page", "Please take your social-security card\nand your slip.")
           : C_ ("page", "Please take your ID card\nand your slip.");
}

const char *
bm_session_say_expired (BmSession *self)
{
  return bm_session_is_social (self)
           ? C_ ("page", "The social-security card has expired,\nremember to renew it.")
           : C_ ("page", "The ID card has expired,\nremember to renew it.");
}
