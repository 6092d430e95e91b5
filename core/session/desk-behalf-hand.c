/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-desk"

#include "core/catalogue/text.h"
#include "core/language/language.h"
#include "core/session/behalf.h"
#include "core/session/desk-behalf.h"

#include <string.h>

/*
 * 替别人办: read once more, then handed to the hall's session, where who acts puts their own card down and presses
 * (domain §2.21a rule 3). Whether somebody is at that screen is the hall's to say.
 */

static char *
say_witnesses (BmDesk *self)
{
  const char *first = bm_desk_get_staff_name (self, self->behalf->witness);

  if (self->behalf->second == NULL)
    return g_strdup (first);
  return g_strdup_printf ("%s、%s", first, bm_desk_get_staff_name (self, self->behalf->second));
}

static void
build_read (BmDesk *self, json_t *page)
{
  g_autofree char *term = bm_desk_behalf_say_term (self);
  g_autofree char *witnesses = say_witnesses (self);

  bm_page_set_question (page, C_ ("desk", "Is it all as in the letter?"), FALSE);
  bm_desk_behalf_add_person (self, page);
  bm_page_add_fact (page, C_ ("form", "Card"), self->behalf->id_number);
  bm_page_add_fact (page, C_ ("desk", "Who acts"), bm_behalf_say_relation (self->behalf->relation));
  bm_page_add_fact (page, C_ ("desk", "Letter"), self->behalf->number);
  bm_page_add_fact (page, C_ ("form", "Term"), term);
  bm_page_add_fact (page, C_ ("desk", "Signed"),
                    self->behalf->is_finger ? C_ ("desk", "by a finger-print")
                                            : C_ ("desk", "by themselves"));
  bm_page_add_fact (page, C_ ("desk", "Witness"), witnesses);
  bm_page_add_choice (page, "right", "yes", C_ ("choice", "It is right, on at the big screen"),
                      "primary");
  bm_page_add_choice (page, "wrong", "again", C_ ("choice", "Not right, once more"), NULL);
}

static json_t *
make_witnesses (BmDesk *self)
{
  json_t *witnesses = json_pack ("[s]", self->behalf->witness);

  if (self->behalf->second != NULL)
    json_array_append_new (witnesses, json_string (self->behalf->second));
  return witnesses;
}

static json_t *
make_behalf (BmDesk *self)
{
  g_autofree char *from = bm_day_to_string (self->behalf->from);
  g_autofree char *until = bm_day_to_string (self->behalf->until);

  return json_pack ("{s:{s:s, s:s, s:s, s:s}, s:s, s:O, s:s, s:{s:s, s:s, s:s, s:s, s:o}}",
                    "principal", "name", self->behalf->name, "idno", self->behalf->id_number,
                    "address", self->behalf->address, "by",
                    self->behalf->is_card ? "card" : "number", "relation", self->behalf->relation,
                    "service", json_object_get (self->behalf->service, "id"), "helper", self->staff,
                    "letter", "number", self->behalf->number, "from", from, "until", until,
                    "signed", self->behalf->is_finger ? "finger" : "signature", "witnesses",
                    make_witnesses (self));
}

static void
hand_over (BmDesk *self)
{
  bm_desk_add_effect (self, BM_DESK_EFFECT_BEHALF)->json = make_behalf (self);
  self->behalf->is_handed = FALSE;
  bm_desk_go (self, BM_DESK_BEHALF_HANDED);
}

static gboolean
choose_read (BmDesk *self, const char *choice)
{
  if (strcmp (choice, "right") == 0)
    hand_over (self);
  else
    bm_desk_begin_behalf (self);
  return TRUE;
}

static gboolean
back_from_read (BmDesk *self)
{
  g_clear_pointer (&self->behalf->witness, g_free);
  g_clear_pointer (&self->behalf->second, g_free);
  bm_desk_go (self, BM_DESK_BEHALF_WITNESS);
  return TRUE;
}

const BmDeskSpec bm_desk_behalf_read = { .id = "desk-behalf-read",
                                         .template_name = "desk-list",
                                         .build = build_read,
                                         .choose = choose_read,
                                         .back = back_from_read,
                                         .is_list = TRUE };

void
bm_desk_take_handed (BmDesk *self, gboolean is_handed)
{
  if (self->at != BM_DESK_BEHALF_HANDED)
    return;
  self->behalf->is_handed = is_handed;
  if (is_handed)
    bm_desk_audit (self, "behalf-handed", bm_text_get (self->behalf->service, "id"));
}

/* What was to go on there cannot begin yet. */
void
bm_desk_say_hall_busy (json_t *page)
{
  bm_page_set_question (page, C_ ("desk", "Somebody is at the big screen."), FALSE);
  bm_page_add_line (page, "hourglass", C_ ("desk", "When they are done, press once more."), FALSE);
  bm_page_add_choice (page, "again", "again", C_ ("choice", "Once more"), "primary");
  bm_page_add_choice (page, "today", "no", C_ ("choice", "Stop here"), NULL);
}

static void
build_handed (BmDesk *self, json_t *page)
{
  if (!self->behalf->is_handed)
    {
      bm_desk_say_hall_busy (page);
      return;
    }
  bm_page_set_question (page, C_ ("desk", "It goes on at the big screen."), FALSE);
  bm_page_add_line (page, "card-place",
                    C_ ("desk", "Who acts lays down their own ID card\nand presses themselves."),
                    TRUE);
  bm_page_add_line (page, "camera",
                    C_ ("desk", "The letter is photographed there: stay with them."), FALSE);
  bm_page_add_line (page, "write", C_ ("desk", "Give the letter back or keep it, as it says."),
                    FALSE);
  bm_page_add_choice (page, "today", "yes", C_ ("choice", "Done"), "primary");
}

static gboolean
choose_handed (BmDesk *self, const char *choice)
{
  if (strcmp (choice, "again") != 0)
    return bm_desk_go_today (self);
  hand_over (self);
  return TRUE;
}

const BmDeskSpec bm_desk_behalf_handed = { .id = "desk-behalf-handed",
                                           .template_name = "desk-list",
                                           .build = build_handed,
                                           .choose = choose_handed,
                                           .is_list = TRUE };
