/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-desk"

#include "core/session/desk-behalf.h"

#include "core/catalogue/behalf.h"
#include "core/catalogue/catalogue.h"
#include "core/catalogue/slot.h"
#include "core/catalogue/text.h"
#include "core/language/language.h"
#include "core/people/id-number.h"
#include "core/people/name.h"
#include "core/session/behalf.h"
#include "core/session/written.h"

#include <string.h>

/*
 * 替别人办 (domain §2.6): a letter of authority is looked at, and who brought it goes on at the resident's own screen.
 *
 *   WHO (card, or number -> NAME) -> LOOKING -> MATTER -> [WHERE] -> RELATION -> LETTER -> TERM, twice -> SIGNED
 *                                      |          |                                |
 *                                      '----------'-- NO ('约上门') <---------------'-> WITNESS, once or twice
 *                                                                                             |
 *                                                     the hall's session <- HANDED <- READ <--'
 *
 * Invariants: what the catalogue does not open with a letter is not done by letter, and never is a certification. One
 * letter is for one matter. Who is related to the person neither takes it nor witnesses it. What was typed is forgotten
 * on every way out; nothing is noted here.
 */

#define LOOK_MS (20 * 1000)

static void
behalf_free (BmDeskBehalf *behalf)
{
  bm_wipe_string (behalf->id_number);
  bm_wipe_string (behalf->name);
  bm_wipe_string (behalf->address);
  g_clear_pointer (&behalf->kin, json_decref);
  g_clear_pointer (&behalf->service, json_decref);
  g_free (behalf->number);
  g_free (behalf->witness);
  g_free (behalf->second);
  g_free (behalf);
}

void
bm_desk_forget_behalf (BmDesk *self)
{
  g_clear_pointer (&self->behalf, behalf_free);
}

gboolean
bm_desk_is_behalf (BmDeskPage page)
{
  return page >= BM_DESK_BEHALF_WHO && page <= BM_DESK_BEHALF_HANDED;
}

void
bm_desk_begin_behalf (BmDesk *self)
{
  bm_desk_forget_behalf (self);
  self->behalf = g_new0 (BmDeskBehalf, 1);
  self->behalf->from = self->behalf->until = BM_NO_DAY;
  bm_desk_go (self, BM_DESK_BEHALF_WHO);
  bm_desk_add_effect (self, BM_DESK_EFFECT_LEASE_READER)->flag = TRUE;
}

void
bm_desk_behalf_set_problem (BmDesk *self, json_t *page)
{
  if (self->behalf->problem != NULL)
    json_object_set_new (json_object_get (page, "input"), "problem",
                         json_string (self->behalf->problem));
}

void
bm_desk_behalf_add_person (BmDesk *self, json_t *page)
{
  bm_page_add_fact (page, C_ ("desk", "For whom"), self->behalf->name);
  bm_page_add_name (page, self->behalf->name);
  if (self->behalf->service != NULL)
    bm_page_add_fact (page, C_ ("form", "Matter"),
                      bm_desk_say_service (self, bm_text_get (self->behalf->service, "id")));
}

gboolean
bm_desk_behalf_is_kin (BmDesk *self, const char *staff)
{
  for (gsize i = 0; i < json_array_size (self->behalf->kin); i++)
    if (g_strcmp0 (json_string_value (json_array_get (self->behalf->kin, i)), staff) == 0)
      return TRUE;
  return FALSE;
}

/* @why: for the audit */
void
bm_desk_behalf_refuse (BmDesk *self, const char *refusal, const char *why)
{
  self->behalf->refusal = refusal;
  bm_desk_audit (self, "behalf-refused", why);
  bm_desk_go (self, BM_DESK_BEHALF_NO);
}

static gboolean
go_forms (BmDesk *self)
{
  bm_desk_go (self, BM_DESK_FORMS);
  return TRUE;
}

static gboolean
go_first (BmDesk *self)
{
  bm_desk_begin_behalf (self);
  return TRUE;
}

/* For whom */

static void
build_who (BmDesk *self, json_t *page)
{
  bm_page_set_question (page, C_ ("desk", "For whom is it done?"), FALSE);
  if (self->is_reader_ready)
    bm_page_add_line (page, "card-place",
                      C_ ("desk", "Their card was brought along: put it on your reader,"), FALSE);
  bm_page_add_line (page, "write",
                    self->is_reader_ready ? C_ ("desk", "or type the card number in the letter.")
                                          : C_ ("desk", "Type the card number in the letter."),
                    FALSE);
  bm_page_set_input (page, C_ ("desk", "ID number, 18 places"), BM_ID_NUMBER_LEN, BM_ID_NUMBER_LEN);
  json_object_set_new (json_object_get (page, "input"), "has_x", json_true ());
  bm_desk_behalf_set_problem (self, page);
}

static void
set_person (BmDesk *self, const char *id_number, const char *name, const char *address)
{
  bm_wipe_string (self->behalf->id_number);
  self->behalf->id_number = g_strdup (id_number);
  bm_wipe_string (self->behalf->name);
  self->behalf->name = g_strdup (name);
  bm_wipe_string (self->behalf->address);
  self->behalf->address = g_strdup (address);
}

/* Who is not grown up gives no letter: that is the guardian's, in person (Civil Code art. 19 to 23). */
static gboolean
is_minor (BmDesk *self)
{
  const gint32 birth = bm_id_number_get_birth (self->behalf->id_number);

  return birth != BM_NO_DAY &&
         bm_day_get_age (birth, bm_desk_get_today (self)) < BM_BEHALF_GROWN_UP;
}

static void
look (BmDesk *self)
{
  BmDeskEffect *effect;

  if (is_minor (self))
    {
      bm_desk_behalf_refuse (self,
                             C_ ("desk", "A child gives no letter:\nthe guardian comes along."),
                             "minor");
      return;
    }
  effect = bm_desk_add_effect (self, BM_DESK_EFFECT_LOOK_AT_PERSON);
  effect->text = g_strdup (self->behalf->id_number);
  effect->text2 = g_strdup (self->behalf->name);
  self->behalf->problem = NULL;
  self->behalf->asked_boot_ms = bm_desk_now (self);
  bm_desk_go (self, BM_DESK_BEHALF_LOOKING);
}

static gboolean
take_id_number (BmDesk *self, const char *value)
{
  g_autofree char *folded = bm_id_number_fold (value);
  const gint32 today =
    bm_clock_is_certain (self->setup->clock) ? bm_desk_get_today (self) : BM_NO_DAY;

  if (!bm_id_verdict_is_acceptable (bm_id_number_check (folded, today)))
    {
      self->behalf->problem = C_ ("desk", "That is no ID number, look at the form once more.");
      return TRUE;
    }
  self->behalf->problem = NULL;
  self->behalf->is_card = FALSE;
  set_person (self, folded, NULL, "");
  bm_desk_go (self, BM_DESK_BEHALF_NAME);
  return TRUE;
}

void
bm_desk_behalf_card_read (BmDesk *self, const BmCard *card)
{
  if (card == NULL || *card->id_number == '\0')
    {
      self->behalf->problem = C_ ("desk", "The card was not read, put it down once more.");
      return;
    }
  self->behalf->is_card = TRUE;
  set_person (self, card->id_number, card->name, card->address);
  look (self);
}

static void
leave_who (BmDesk *self)
{
  bm_desk_add_effect (self, BM_DESK_EFFECT_LEASE_READER)->flag = FALSE;
}

const BmDeskSpec bm_desk_behalf_who = { .id = "desk-behalf-who",
                                        .template_name = "desk-pin",
                                        .build = build_who,
                                        .digits = take_id_number,
                                        .back = go_forms,
                                        .leave = leave_who,
                                        .is_list = TRUE };

static void
build_name (BmDesk *self, json_t *page)
{
  bm_page_set_question (page, C_ ("desk", "What is the person's name?"), FALSE);
  bm_page_add_fact (page, C_ ("form", "Card"), self->behalf->id_number);
  bm_page_set_input (page, C_ ("desk", "Name in the letter"), 1, 20);
  json_object_set_new (json_object_get (page, "input"), "is_text", json_true ());
  bm_desk_behalf_set_problem (self, page);
}

static gboolean
take_name (BmDesk *self, const char *text)
{
  g_autofree char *name = bm_name_normalise (text);
  BmNameVerdict verdict = bm_name_check (name);

  if (verdict != BM_NAME_OK && verdict != BM_NAME_WARN_PRIVATE)
    {
      self->behalf->problem = C_ ("desk", "That is no name, look at the form once more.");
      return TRUE;
    }
  bm_wipe_string (self->behalf->name);
  self->behalf->name = g_strdup (name);
  look (self);
  return TRUE;
}

const BmDeskSpec bm_desk_behalf_name = { .id = "desk-behalf-name",
                                         .template_name = "desk-text",
                                         .build = build_name,
                                         .text = take_name,
                                         .back = go_first,
                                         .is_list = TRUE };

/* What the station knows of them: whose relative they are, and whether name and number are one person's */

static void
build_looking (BmDesk *self, json_t *page)
{
  (void) self;
  bm_page_set_question (page, C_ ("page", "One moment, please."), FALSE);
}

const BmDeskSpec bm_desk_behalf_looking = { .id = "desk-behalf-looking",
                                            .template_name = "desk-pin",
                                            .build = build_looking,
                                            .back = go_first,
                                            .is_list = TRUE };

/**
 * bm_desk_take_person:
 * @self: a desk
 * @about: (nullable): {"kin":[staff ids], "is_other_name":bool}, or %NULL: it could not be looked up
 */
void
bm_desk_take_person (BmDesk *self, json_t *about)
{
  if (self->at != BM_DESK_BEHALF_LOOKING)
    return;
  json_decref (self->behalf->kin);
  self->behalf->kin = json_incref (json_object_get (about, "kin"));
  if (about == NULL)
    bm_desk_behalf_refuse (self, C_ ("desk", "It could not be looked for, once more please."),
                           "unknown");
  else if (json_is_true (json_object_get (about, "is_other_name")))
    {
      self->behalf->problem =
        C_ ("desk", "Name and number do not belong together,\nlook once more.");
      bm_desk_go (self, self->behalf->is_card ? BM_DESK_BEHALF_WHO : BM_DESK_BEHALF_NAME);
    }
  else if (bm_desk_behalf_is_kin (self, self->staff))
    bm_desk_behalf_refuse (self,
                           C_ ("desk", "This is a matter of your family:\nanother one takes it."),
                           "kin");
  else
    bm_desk_go (self, BM_DESK_BEHALF_MATTER);
}

void
bm_desk_tick_behalf (BmDesk *self)
{
  if (self->at == BM_DESK_BEHALF_LOOKING &&
      bm_desk_now (self) - self->behalf->asked_boot_ms >= LOOK_MS)
    bm_desk_take_person (self, NULL);
}

/* Which matter */

static void
build_matter (BmDesk *self, json_t *page)
{
  BmCatalogue *catalogue = self->setup->catalogue;

  bm_page_set_question (page, C_ ("desk", "Which matter is ticked in the letter?"), FALSE);
  bm_desk_behalf_add_person (self, page);
  bm_page_add_line (page, "write", C_ ("desk", "One letter is for one matter."), FALSE);
  for (guint i = 0; i < bm_catalogue_get_count (catalogue); i++)
    {
      json_t *service = bm_catalogue_get (catalogue, i);
      const char *id = bm_text_get (service, "id");
      g_autofree char *choice = g_strconcat ("behalf:", id, NULL);

      if (bm_catalogue_has_step (service, "commit"))
        bm_page_add_choice (page, choice, bm_desk_icon_of_service (self, id),
                            bm_desk_say_service (self, id), NULL);
    }
}

static void
set_service (BmDesk *self, json_t *service)
{
  json_incref (service);
  json_decref (self->behalf->service);
  self->behalf->service = service;
  self->behalf->problem = NULL;
  if (bm_slot_find_field (service) != NULL && *self->behalf->address == '\0')
    bm_desk_go (self, BM_DESK_BEHALF_WHERE);
  else
    bm_desk_behalf_begin_letter (self);
}

static gboolean
choose_matter (BmDesk *self, const char *choice)
{
  json_t *service = g_str_has_prefix (choice, "behalf:")
                      ? bm_catalogue_find (self->setup->catalogue, choice + strlen ("behalf:"))
                      : NULL;

  if (service == NULL)
    return FALSE;
  if (bm_behalf_is_allowed (service))
    {
      set_service (self, service);
      return TRUE;
    }
  self->behalf->is_visit_offered = TRUE;
  bm_desk_behalf_refuse (self, C_ ("desk", "This has to be done by themselves,\nor at their home."),
                         "matter");
  return TRUE;
}

static gboolean
go_matter (BmDesk *self)
{
  self->behalf->is_visit_offered = FALSE;
  bm_desk_go (self, BM_DESK_BEHALF_MATTER);
  return TRUE;
}

const BmDeskSpec bm_desk_behalf_matter = { .id = "desk-behalf-matter",
                                           .template_name = "desk-list",
                                           .build = build_matter,
                                           .choose = choose_matter,
                                           .back = go_first,
                                           .is_list = TRUE };

/* Where somebody is to go */

static void
build_where (BmDesk *self, json_t *page)
{
  bm_page_set_question (page, C_ ("desk", "Where does the person live?"), FALSE);
  bm_desk_behalf_add_person (self, page);
  bm_page_set_input (page, C_ ("desk", "Group and house"), 1, BM_WRITTEN_MAX);
  json_object_set_new (json_object_get (page, "input"), "is_text", json_true ());
  bm_desk_behalf_set_problem (self, page);
}

static gboolean
take_where (BmDesk *self, const char *text)
{
  if (!bm_written_is_fit (text))
    {
      self->behalf->problem = C_ ("desk", "Only characters, digits and punctuation, at most 40.");
      return TRUE;
    }
  bm_wipe_string (self->behalf->address);
  self->behalf->address = g_strdup (text);
  return bm_desk_behalf_begin_letter (self);
}

const BmDeskSpec bm_desk_behalf_where = { .id = "desk-behalf-where",
                                          .template_name = "desk-text",
                                          .build = build_where,
                                          .text = take_where,
                                          .back = go_matter,
                                          .is_list = TRUE };

/* Not so, and why */

/* The matter by which somebody comes to their home, when it may be handed in by another. */
static json_t *
find_visit (BmDesk *self)
{
  BmCatalogue *catalogue = self->setup->catalogue;

  for (guint i = 0; i < bm_catalogue_get_count (catalogue); i++)
    {
      json_t *service = bm_catalogue_get (catalogue, i);

      if (bm_slot_find_field (service) != NULL && bm_behalf_is_allowed (service))
        return service;
    }
  return NULL;
}

static void
build_no (BmDesk *self, json_t *page)
{
  bm_page_set_question (page, self->behalf->refusal, FALSE);
  bm_desk_behalf_add_person (self, page);
  bm_page_add_line (page, "slip", C_ ("desk", "Nothing was noted."), FALSE);
  if (self->behalf->is_visit_offered && find_visit (self) != NULL)
    bm_page_add_choice (page, "visit", "person", C_ ("choice", "Arrange a visit"), "primary");
  bm_page_add_choice (page, "today", "no", C_ ("choice", "Stop here"), NULL);
}

static gboolean
choose_no (BmDesk *self, const char *choice)
{
  if (strcmp (choice, "visit") != 0)
    return bm_desk_go_today (self);
  self->behalf->is_visit_offered = FALSE;
  set_service (self, find_visit (self));
  return TRUE;
}

static gboolean
back_from_no (BmDesk *self)
{
  return self->behalf->is_visit_offered ? go_matter (self) : go_first (self);
}

const BmDeskSpec bm_desk_behalf_no = { .id = "desk-behalf-no",
                                       .template_name = "desk-list",
                                       .build = build_no,
                                       .choose = choose_no,
                                       .back = back_from_no,
                                       .is_list = TRUE };
