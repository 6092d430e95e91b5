/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-desk"

#include "core/catalogue/text.h"
#include "core/error.h"
#include "core/language/language.h"
#include "core/session/desk-late.h"

#include <string.h>

/*
 * 补录: read by two, then stored. The second person is somebody else, whose PIN is typed for this one paper; only the
 * ledger's answer says that it is noted.
 */

#define MIN_PIN 4
#define MAX_PIN 8

static gboolean
go_read (BmDesk *self)
{
  self->late->problem = NULL;
  bm_desk_go (self, BM_DESK_LATE_READ);
  return TRUE;
}

static gboolean
go_second (BmDesk *self)
{
  self->late->problem = NULL;
  bm_desk_go (self, BM_DESK_LATE_SECOND);
  return TRUE;
}

/* What was typed */

static void
build_read (BmDesk *self, json_t *page)
{
  g_autofree char *day = bm_desk_late_say_day (self);

  bm_page_set_question (page, C_ ("desk", "Is it all as on the form?"), FALSE);
  bm_page_add_fact (page, C_ ("form", "Form"), self->late->form);
  bm_page_add_fact (page, C_ ("form", "Name"), self->late->name);
  bm_page_add_name (page, self->late->name);
  bm_page_add_fact (page, C_ ("form", "Card"), self->late->id_number);
  bm_page_add_fact (page, C_ ("form", "Matter"),
                    bm_desk_say_service (self, self->late->service_id));
  if (self->late->said != NULL)
    bm_page_add_fact (page, C_ ("desk", "What was said"), self->late->said);
  bm_page_add_fact (page, C_ ("form", "Came on"), day);
  bm_page_add_fact (page, C_ ("form", "Known by:"), bm_desk_late_say_known (self));
  if (self->late->witness != NULL)
    bm_page_add_fact (page, C_ ("desk", "Witness"),
                      bm_desk_get_staff_name (self, self->late->witness));
  bm_page_add_fact (page, C_ ("desk", "The person"),
                    self->late->card != NULL ? C_ ("desk", "is here, the card was read")
                                             : C_ ("desk", "is not here, typed from the form"));
  bm_page_add_line (page, "slip", C_ ("desk", "The form is kept at the station."), FALSE);
  bm_page_add_choice (page, "right", "yes", C_ ("choice", "It is right, call the second person"),
                      "primary");
  bm_page_add_choice (page, "wrong", "again", C_ ("choice", "Not right, once more"), NULL);
}

static gboolean
choose_read (BmDesk *self, const char *choice)
{
  if (strcmp (choice, "right") == 0)
    return go_second (self);
  bm_desk_begin_late (self);
  return TRUE;
}

static gboolean
go_before_read (BmDesk *self)
{
  bm_desk_go (self, bm_desk_late_wants_witness (self) ? BM_DESK_LATE_WITNESS : BM_DESK_LATE_KNOWN);
  return TRUE;
}

const BmDeskSpec bm_desk_late_read = { .id = "desk-late-read",
                                       .template_name = "desk-list",
                                       .build = build_read,
                                       .choose = choose_read,
                                       .back = go_before_read,
                                       .is_list = TRUE };

/* The second person */

static void
build_second (BmDesk *self, json_t *page)
{
  bm_page_set_question (page, C_ ("desk", "Who is the second person?"), FALSE);
  bm_page_add_line (page, "people",
                    C_ ("desk", "Somebody else compares it with the form,\nthen types the PIN."),
                    FALSE);
  bm_desk_add_colleagues (self, page, self->staff);
}

static gboolean
choose_second (BmDesk *self, const char *choice)
{
  const char *staff = bm_desk_find_staff (self, choice);

  if (staff == NULL || g_strcmp0 (staff, self->staff) == 0)
    return FALSE;
  g_free (self->late->second);
  self->late->second = g_strdup (staff);
  self->late->problem = NULL;
  bm_desk_go (self, BM_DESK_LATE_PIN);
  return TRUE;
}

const BmDeskSpec bm_desk_late_second = { .id = "desk-late-second",
                                         .template_name = "desk-lock",
                                         .build = build_second,
                                         .choose = choose_second,
                                         .back = go_read,
                                         .is_list = TRUE };

static void
build_pin (BmDesk *self, json_t *page)
{
  const char *name = bm_desk_get_staff_name (self, self->late->second);
  g_autofree char *question = g_strdup_printf (C_ ("page", "%s, please type your PIN."), name);
  json_t *input;

  bm_page_set_question (page, question, FALSE);
  bm_page_add_line (page, "witness", C_ ("desk", "I compared it with the form."), TRUE);
  bm_page_add_fact (page, C_ ("form", "Form"), self->late->form);
  bm_page_set_input (page, C_ ("page", "PIN"), MIN_PIN, MAX_PIN);
  input = json_object_get (page, "input");
  json_object_set_new (input, "is_masked", json_true ());
  if (self->late->problem != NULL)
    json_object_set_new (input, "problem", json_string (self->late->problem));
}

static gboolean
take_pin (BmDesk *self, const char *value)
{
  const gsize length = strlen (value);
  BmDeskEffect *effect;

  if (length < MIN_PIN || length > MAX_PIN)
    return FALSE;
  effect = bm_desk_add_effect (self, BM_DESK_EFFECT_CHECK_STAFF);
  effect->text = g_strdup (self->late->second);
  effect->text2 = g_strdup (value);
  bm_desk_go (self, BM_DESK_LATE_CHECKING);
  return TRUE;
}

const BmDeskSpec bm_desk_late_pin = { .id = "desk-late-pin",
                                      .template_name = "desk-pin",
                                      .build = build_pin,
                                      .digits = take_pin,
                                      .back = go_second,
                                      .is_list = TRUE };

static void
build_wait (BmDesk *self, json_t *page)
{
  (void) self;
  bm_page_set_question (page, C_ ("page", "One moment, please."), FALSE);
}

const BmDeskSpec bm_desk_late_checking = { .id = "desk-late-checking",
                                           .template_name = "desk-pin",
                                           .build = build_wait,
                                           .back = go_second,
                                           .is_list = TRUE };

/* Into the ledger */

static void
offer (BmDesk *self)
{
  BmDeskEffect *effect = bm_desk_add_effect (self, BM_DESK_EFFECT_COMMIT);

  effect->draft = bm_draft_ref (self->late->draft);
  effect->text = g_strdup (self->late->id_number);
  bm_desk_go (self, BM_DESK_LATE_COMMITTING);
}

void
bm_desk_late_checked (BmDesk *self, const char *staff, gint verdict, gint64 wait_ms)
{
  (void) wait_ms; /* the next try says it again */
  if (g_strcmp0 (staff, self->late->second) != 0)
    return;
  self->late->problem = NULL;
  if (verdict == BM_STAFF_OK)
    {
      g_clear_pointer (&self->late->draft, bm_draft_unref);
      self->late->draft = bm_desk_late_make_draft (self);
      offer (self);
      return;
    }
  bm_desk_audit (self, "late-entry-refused", "second-pin");
  self->late->problem = verdict == BM_STAFF_LOCKED
                          ? C_ ("desk", "Too many tries, again in some minutes.")
                          : C_ ("page", "The PIN is not right, once more.");
  bm_desk_go (self, BM_DESK_LATE_PIN);
}

/* Who goes away finds it among what waits, or types the form's number once more and is told. */
const BmDeskSpec bm_desk_late_committing = { .id = "desk-late-committing",
                                             .template_name = "desk-pin",
                                             .build = build_wait,
                                             .back = bm_desk_go_today,
                                             .is_list = TRUE };

void
bm_desk_take_committed (BmDesk *self, json_t *committed, gint code)
{
  if (self->at != BM_DESK_LATE_COMMITTING)
    return;
  g_free (self->late->number);
  self->late->number = g_strdup (json_string_value (json_object_get (committed, "number")));
  self->late->code = code;
  bm_desk_look (self);
  bm_desk_go (self, BM_DESK_LATE_DONE);
}

static void
build_stored (BmDesk *self, json_t *page)
{
  g_autofree char *figure = bm_desk_say_number (self->late->number);
  g_autofree char *day = bm_desk_late_say_day (self);
  g_autofree char *question = g_strdup_printf (C_ ("desk", "Noted as %s, a late entry."), figure);

  bm_page_set_question (page, question, FALSE);
  bm_page_add_line (page, "slip",
                    C_ ("desk", "The slip goes to the printer:\ngive it to the person."), FALSE);
  bm_desk_add_sheet_trouble (self, page);
  bm_page_add_line (page, "calendar", C_ ("desk", "Which day counts is decided by the centre."),
                    TRUE);
  bm_page_add_line (page, "write", C_ ("desk", "Keep the form at the station."), FALSE);
  bm_page_add_fact (page, C_ ("form", "Form"), self->late->form);
  bm_page_add_fact (page, C_ ("form", "Came on"), day);
  bm_page_add_choice (page, "next", "again", C_ ("choice", "Another form"), NULL);
  bm_page_add_choice (page, "today", "yes", C_ ("choice", "Done"), "primary");
}

static void
build_done (BmDesk *self, json_t *page)
{
  if (self->late->number != NULL)
    {
      build_stored (self, page);
      return;
    }
  bm_page_set_question (page,
                        self->late->code == BM_ERROR_REFUSED
                          ? C_ ("desk", "This form was entered before.")
                          : C_ ("desk", "It is not stored."),
                        FALSE);
  bm_page_add_line (page, "warn", C_ ("desk", "Nothing was noted. Keep the form."), TRUE);
  if (self->late->code != BM_ERROR_REFUSED)
    bm_page_add_choice (page, "again", "again", C_ ("choice", "Once more"), "primary");
  bm_page_add_choice (page, "today", "no", C_ ("choice", "Leave it"), NULL);
}

static gboolean
choose_done (BmDesk *self, const char *choice)
{
  if (strcmp (choice, "again") == 0)
    offer (self);
  else if (strcmp (choice, "next") == 0)
    bm_desk_begin_late (self);
  else
    bm_desk_go_today (self);
  return TRUE;
}

const BmDeskSpec bm_desk_late_done = { .id = "desk-late-done",
                                       .template_name = "desk-list",
                                       .build = build_done,
                                       .choose = choose_done,
                                       .is_list = TRUE };
