/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-desk"

#include "core/session/desk-late.h"
#include "core/catalogue/text.h"
#include "core/entry/number.h"
#include "core/language/language.h"
#include "core/people/id-number.h"
#include "core/people/name.h"

#include <string.h>

/*
 * 补录 (domain §5.8): a paper form that was filled in while there was no power is entered at the desk.
 *
 *   LATE -- number --> FINDING -- entered, never printed --> NO
 *                         | given, or nobody here can say
 *                         v
 *                        WHO (card, or number -> NAME) -> MATTER -> SAID -> DAY -> HALF -> KNOWN -> WITNESS
 *                                                                                            |
 *   DONE <- COMMITTING <- CHECKING <- PIN <- SECOND (somebody else) <---------- READ <-------'
 *
 * Invariants: a form is entered once (the ledger holds that: store-forms.c), by two people who each typed
 * their PIN; it is an ordinary matter that says of itself that it is a late one; which day counts is the
 * centre's to say, and nothing here says it. What was typed is forgotten on every way out.
 */

#define FORM_LEN 9

static void
late_free (BmDeskLate *late)
{
  g_free (late->form);
  g_free (late->before);
  g_clear_pointer (&late->card, bm_card_unref);
  bm_wipe_string (late->id_number);
  bm_wipe_string (late->name);
  bm_wipe_string (late->said);
  g_clear_pointer (&late->service, json_decref);
  g_free (late->service_id);
  g_free (late->witness);
  g_free (late->second);
  g_clear_pointer (&late->draft, bm_draft_unref);
  g_free (late->number);
  g_free (late);
}

void
bm_desk_forget_late (BmDesk *self)
{
  g_clear_pointer (&self->late, late_free);
}

gboolean
bm_desk_is_late (BmDeskPage page)
{
  return page >= BM_DESK_LATE && page <= BM_DESK_LATE_DONE;
}

/**
 * bm_desk_begin_late:
 * @self: a desk
 *
 * Asks for the number of a paper form.
 */
void
bm_desk_begin_late (BmDesk *self)
{
  bm_desk_forget_late (self);
  self->late = g_new0 (BmDeskLate, 1);
  self->late->day = BM_NO_DAY;
  bm_desk_go (self, BM_DESK_LATE);
}

static void
set_input (BmDesk *self, json_t *page, const char *label, guint min, guint max)
{
  bm_page_set_input (page, label, min, max);
  if (self->late->problem != NULL)
    json_object_set_new (json_object_get (page, "input"), "problem",
                         json_string (self->late->problem));
}

/* The number */

static void
build_late (BmDesk *self, json_t *page)
{
  bm_page_set_question (page, C_ ("desk", "Which form was filled in?"), FALSE);
  bm_page_add_line (page, "write", C_ ("desk", "Type the number on the form."), FALSE);
  set_input (self, page, C_ ("desk", "Number on the form, 9 digits"), FORM_LEN, FORM_LEN);
  json_object_set_new (json_object_get (page, "input"), "groups",
                       json_pack ("[i, i, i, i]", 2, 2, 4, 1));
}

static gboolean
take_number (BmDesk *self, const char *value)
{
  guint terminal, label, serial;

  self->late->problem = NULL;
  if (!bm_form_number_split (value, &terminal, &label, &serial))
    {
      self->late->problem = C_ ("desk", "One digit is not right, look at the form once more.");
      return TRUE;
    }
  g_free (self->late->form);
  self->late->form = bm_form_number_new (terminal, label, serial);
  bm_desk_add_effect (self, BM_DESK_EFFECT_FIND_FORM)->text = g_strdup (self->late->form);
  bm_desk_go (self, BM_DESK_LATE_FINDING);
  return TRUE;
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
  bm_desk_begin_late (self);
  return TRUE;
}

const BmDeskSpec bm_desk_late = { .id = "desk-late",
                                  .template_name = "desk-pin",
                                  .build = build_late,
                                  .digits = take_number,
                                  .scan = take_number,
                                  .back = go_forms,
                                  .is_list = TRUE };

static void
build_finding (BmDesk *self, json_t *page)
{
  (void) self;
  bm_page_set_question (page, C_ ("page", "One moment, please."), FALSE);
}

const BmDeskSpec bm_desk_late_finding = { .id = "desk-late-finding",
                                          .template_name = "desk-pin",
                                          .build = build_finding,
                                          .back = go_first,
                                          .is_list = TRUE };

static void
begin_who (BmDesk *self)
{
  self->late->problem = NULL;
  bm_desk_go (self, BM_DESK_LATE_WHO);
  bm_desk_add_effect (self, BM_DESK_EFFECT_LEASE_READER)->flag = TRUE;
}

static char *
say_before (BmDesk *self, json_t *about)
{
  g_autofree char *moment = bm_desk_say_moment (bm_desk_get_count (about, "entered_ms"));
  g_autofree char *figure = bm_desk_say_number (bm_text_get (about, "number"));
  const char *name = bm_desk_get_staff_name (self, bm_text_get (about, "entered_by"));

  /* Translators: when, the number that came of it, and who did it. */
  return g_strdup_printf (C_ ("desk", "%1$s, as %2$s, by %3$s."), moment, figure, name);
}

/**
 * bm_desk_take_form:
 * @self: a desk
 * @about: (nullable): what the ledger knows of the form, or %NULL: it could not say
 */
void
bm_desk_take_form (BmDesk *self, json_t *about)
{
  const char *state = bm_text_get (about, "state");

  if (self->at != BM_DESK_LATE_FINDING)
    return;
  self->late->printed_ms = bm_desk_get_count (about, "printed_ms");
  self->late->is_known = strcmp (state, "given") == 0;
  if (self->late->is_known || strcmp (state, "unknown") == 0)
    {
      begin_who (self);
      return;
    }
  if (strcmp (state, "entered") == 0)
    {
      self->late->refusal = C_ ("desk", "This form was entered before.");
      self->late->before = say_before (self, about);
    }
  else if (strcmp (state, "never") == 0)
    self->late->refusal = C_ ("desk", "This machine never printed that number.");
  else
    self->late->refusal = C_ ("desk", "It could not be looked for, once more please.");
  bm_desk_audit (self, "late-entry-refused", state);
  bm_desk_go (self, BM_DESK_LATE_NO);
}

static void
build_no (BmDesk *self, json_t *page)
{
  bm_page_set_question (page, self->late->refusal, FALSE);
  bm_page_add_fact (page, C_ ("form", "Form"), self->late->form);
  if (self->late->before != NULL)
    bm_page_add_line (page, "slip", self->late->before, TRUE);
  else
    bm_page_add_line (page, "write", C_ ("desk", "Compare the number with the form."), FALSE);
  bm_page_add_choice (page, "again", "again", C_ ("choice", "Another form"), "primary");
}

static gboolean
choose_no (BmDesk *self, const char *choice)
{
  (void) choice; /* there is one */
  return go_first (self);
}

const BmDeskSpec bm_desk_late_no = { .id = "desk-late-no",
                                     .template_name = "desk-list",
                                     .build = build_no,
                                     .choose = choose_no,
                                     .back = go_first,
                                     .is_list = TRUE };

/* Whose it is */

static void
build_who (BmDesk *self, json_t *page)
{
  bm_page_set_question (page, C_ ("desk", "Whose form is it?"), FALSE);
  bm_page_add_fact (page, C_ ("form", "Form"), self->late->form);
  if (!self->late->is_known)
    bm_page_add_line (page, "warn",
                      C_ ("desk",
                          "Nobody here can say whether it was entered:\nthe centre compares."),
                      TRUE);
  if (self->is_reader_ready)
    bm_page_add_line (page, "card-place",
                      C_ ("desk", "The person is here: put the ID card on your reader,"), FALSE);
  bm_page_add_line (page, "write",
                    self->is_reader_ready ? C_ ("desk", "or type the card number on the form.")
                                          : C_ ("desk", "Type the card number on the form."),
                    FALSE);
  set_input (self, page, C_ ("desk", "ID number, 18 places"), BM_ID_NUMBER_LEN, BM_ID_NUMBER_LEN);
  json_object_set_new (json_object_get (page, "input"), "has_x", json_true ());
}

static void
set_person (BmDesk *self, const char *id_number, const char *name)
{
  bm_wipe_string (self->late->id_number);
  self->late->id_number = g_strdup (id_number);
  bm_wipe_string (self->late->name);
  self->late->name = g_strdup (name);
}

static gboolean
take_id_number (BmDesk *self, const char *value)
{
  g_autofree char *folded = bm_id_number_fold (value);
  const gint32 today =
    bm_clock_is_certain (self->setup->clock) ? bm_desk_get_today (self) : BM_NO_DAY;

  if (!bm_id_verdict_is_acceptable (bm_id_number_check (folded, today)))
    {
      self->late->problem = C_ ("desk", "That is no ID number, look at the form once more.");
      return TRUE;
    }
  self->late->problem = NULL;
  g_clear_pointer (&self->late->card, bm_card_unref);
  set_person (self, folded, NULL);
  bm_desk_go (self, BM_DESK_LATE_NAME);
  return TRUE;
}

void
bm_desk_late_card_read (BmDesk *self, const BmCard *card)
{
  if (card == NULL || *card->id_number == '\0')
    {
      self->late->problem = C_ ("desk", "The card was not read, put it down once more.");
      return;
    }
  self->late->problem = NULL;
  g_clear_pointer (&self->late->card, bm_card_unref);
  self->late->card = bm_card_ref ((BmCard *) card);
  self->late->card_wall_ms = bm_clock_get_wall_ms (self->setup->clock);
  set_person (self, card->id_number, card->name);
  bm_desk_late_begin_matter (self);
}

static void
leave_who (BmDesk *self)
{
  bm_desk_add_effect (self, BM_DESK_EFFECT_LEASE_READER)->flag = FALSE;
}

const BmDeskSpec bm_desk_late_who = { .id = "desk-late-who",
                                      .template_name = "desk-pin",
                                      .build = build_who,
                                      .digits = take_id_number,
                                      .back = go_first,
                                      .leave = leave_who,
                                      .is_list = TRUE };

static void
build_name (BmDesk *self, json_t *page)
{
  json_t *input;

  bm_page_set_question (page, C_ ("desk", "What is the person's name?"), FALSE);
  bm_page_add_fact (page, C_ ("form", "Form"), self->late->form);
  bm_page_add_fact (page, C_ ("form", "Card"), self->late->id_number);
  set_input (self, page, C_ ("desk", "Name on the form"), 1, 20);
  input = json_object_get (page, "input");
  json_object_set_new (input, "is_text", json_true ());
  if (self->late->name != NULL)
    json_object_set_new (input, "written", json_string (self->late->name));
}

static gboolean
take_name (BmDesk *self, const char *text)
{
  g_autofree char *name = bm_name_normalise (text);
  BmNameVerdict verdict = bm_name_check (name);

  if (verdict != BM_NAME_OK && verdict != BM_NAME_WARN_PRIVATE)
    {
      self->late->problem = C_ ("desk", "That is no name, look at the form once more.");
      return TRUE;
    }
  self->late->problem = NULL;
  bm_wipe_string (self->late->name);
  self->late->name = g_strdup (name);
  bm_desk_late_begin_matter (self);
  return TRUE;
}

static gboolean
go_who (BmDesk *self)
{
  begin_who (self);
  return TRUE;
}

const BmDeskSpec bm_desk_late_name = { .id = "desk-late-name",
                                       .template_name = "desk-text",
                                       .build = build_name,
                                       .text = take_name,
                                       .back = go_who,
                                       .is_list = TRUE };

void
bm_desk_tick_late (BmDesk *self)
{
  if (self->at == BM_DESK_LATE_FINDING)
    bm_desk_take_form (self, NULL);
  else if (self->at == BM_DESK_LATE_CHECKING)
    {
      self->late->problem = C_ ("desk", "It took too long, once more.");
      bm_desk_go (self, BM_DESK_LATE_PIN);
    }
}
