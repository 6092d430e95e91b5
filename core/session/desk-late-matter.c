/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-desk"

#include "core/catalogue/catalogue.h"
#include "core/catalogue/text.h"
#include "core/language/language.h"
#include "core/session/desk-late.h"
#include "core/session/words.h"
#include "core/session/written.h"

#include <string.h>

/*
 * 补录: what stands on the paper. The day is compared with what is known: no later than today, no earlier than the
 * form was printed. Where the clock is not certain nothing is compared and the entry says so: a dead battery must not
 * keep a right day out.
 */

#define MOST_MATTERS 16 /* as on the blank form */

gboolean
bm_desk_late_wants_witness (BmDesk *self)
{
  return bm_catalogue_has_step (self->late->service, "witness");
}

/* Where a helper may write what was said: the first such field of the service. */
json_t *
bm_desk_late_find_words (BmDesk *self)
{
  json_t *field;
  gsize i;

  json_array_foreach (json_object_get (self->late->service, "fields"), i,
                      field) if (strcmp (bm_text_get (field, "type"), "text") == 0 &&
                                 strcmp (bm_text_get (field, "who"), "helper") == 0) return field;
  return NULL;
}

char *
bm_desk_late_say_day (BmDesk *self)
{
  g_autofree char *day = bm_words_full_date (self->late->day);

  return g_strdup_printf ("%s %s", day,
                          self->late->is_afternoon ? C_ ("desk", "afternoon")
                                                   : C_ ("desk", "morning"));
}

const char *
bm_desk_late_say_known (BmDesk *self)
{
  return self->late->was_card_seen ? C_ ("desk", "ID card was seen")
                                   : C_ ("desk", "A staff member saw the person");
}

static void
add_person (BmDesk *self, json_t *page)
{
  bm_page_add_fact (page, C_ ("form", "Form"), self->late->form);
  bm_page_add_fact (page, C_ ("form", "Name"), self->late->name);
  bm_page_add_name (page, self->late->name);
}

/* Matter */

static void
build_matter (BmDesk *self, json_t *page)
{
  BmCatalogue *catalogue = self->setup->catalogue;

  bm_page_set_question (page, C_ ("desk", "Which matter is ticked?"), FALSE);
  add_person (self, page);
  bm_page_add_line (
    page, "warn",
    C_ ("desk", "About the station or a cadre: not here.\nIt goes to the township, sealed."),
    FALSE);
  for (guint i = 0, n = 0; i < bm_catalogue_get_count (catalogue) && n < MOST_MATTERS; i++)
    {
      json_t *service = bm_catalogue_get (catalogue, i);
      const char *id = bm_text_get (service, "id");
      g_autofree char *choice = g_strconcat ("late:", id, NULL);

      if (!bm_catalogue_has_step (service, "commit"))
        continue;
      n++;
      bm_page_add_choice (page, choice, bm_desk_icon_of_service (self, id),
                          bm_desk_say_service (self, id), NULL);
    }
}

static void
begin_day (BmDesk *self)
{
  self->late->problem = NULL;
  bm_desk_go (self, BM_DESK_LATE_DAY);
}

static gboolean
choose_matter (BmDesk *self, const char *choice)
{
  json_t *service = g_str_has_prefix (choice, "late:")
                      ? bm_catalogue_find (self->setup->catalogue, choice + strlen ("late:"))
                      : NULL;

  if (service == NULL)
    return FALSE;
  json_incref (service);
  json_decref (self->late->service);
  self->late->service = service;
  g_free (self->late->service_id);
  self->late->service_id = g_strdup (bm_text_get (service, "id"));
  g_clear_pointer (&self->late->said, bm_wipe_string);
  g_clear_pointer (&self->late->witness, g_free);
  self->late->problem = NULL;
  if (bm_desk_late_find_words (self) != NULL)
    bm_desk_go (self, BM_DESK_LATE_SAID);
  else
    begin_day (self);
  return TRUE;
}

void
bm_desk_late_begin_matter (BmDesk *self)
{
  bm_desk_go (self, BM_DESK_LATE_MATTER);
}

static gboolean
go_start (BmDesk *self)
{
  bm_desk_begin_late (self);
  return TRUE;
}

static gboolean
go_matter (BmDesk *self)
{
  bm_desk_go (self, BM_DESK_LATE_MATTER);
  return TRUE;
}

const BmDeskSpec bm_desk_late_matter = { .id = "desk-late-matter",
                                         .template_name = "desk-list",
                                         .build = build_matter,
                                         .choose = choose_matter,
                                         .back = go_start,
                                         .is_list = TRUE };

/* What was said */

static void
build_said (BmDesk *self, json_t *page)
{
  json_t *input;

  bm_page_set_question (page, C_ ("desk", "What does the form say?"), FALSE);
  add_person (self, page);
  bm_page_set_input (page, C_ ("desk", "What was said"), 1, BM_WRITTEN_MAX);
  input = json_object_get (page, "input");
  json_object_set_new (input, "is_text", json_true ());
  if (self->late->said != NULL)
    json_object_set_new (input, "written", json_string (self->late->said));
  if (self->late->problem != NULL)
    json_object_set_new (input, "problem", json_string (self->late->problem));
}

static gboolean
take_said (BmDesk *self, const char *text)
{
  if (!bm_written_is_fit (text))
    {
      self->late->problem = C_ ("desk", "Only characters, digits and punctuation, at most 40.");
      return TRUE;
    }
  bm_wipe_string (self->late->said);
  self->late->said = g_strdup (text);
  begin_day (self);
  return TRUE;
}

const BmDeskSpec bm_desk_late_said = { .id = "desk-late-said",
                                       .template_name = "desk-text",
                                       .build = build_said,
                                       .text = take_said,
                                       .back = go_matter,
                                       .is_list = TRUE };

/* Day */

static void
build_day (BmDesk *self, json_t *page)
{
  bm_page_set_question (page, C_ ("desk", "On which day was the person here?"), FALSE);
  add_person (self, page);
  if (!bm_clock_is_certain (self->setup->clock))
    bm_page_add_line (page, "warn",
                      C_ ("desk", "The clock may be wrong:\ngo by the form, not by the clock."),
                      TRUE);
  bm_desk_ask_day (page);
  if (self->late->problem != NULL)
    json_object_set_new (json_object_get (page, "input"), "problem",
                         json_string (self->late->problem));
}

/* NULL when nothing speaks against it. */
static const char *
judge_day (BmDesk *self, gint32 day)
{
  const gint64 printed_ms = self->late->printed_ms;

  if (day == BM_NO_DAY)
    return C_ ("desk", "There is no such day, look at the form once more.");
  if (!bm_clock_is_certain (self->setup->clock))
    return NULL;
  if (day > bm_desk_get_today (self))
    return C_ ("desk", "That day is still to come, look at the form once more.");
  if (printed_ms > 0 && day < bm_day_from_wall_ms (printed_ms))
    return C_ ("desk", "The form was printed only after that day.");
  return NULL;
}

static gboolean
take_day (BmDesk *self, const char *value)
{
  const gint32 day = bm_desk_read_day (value);

  self->late->problem = judge_day (self, day);
  if (self->late->problem != NULL)
    return TRUE;
  self->late->day = day;
  self->late->is_day_doubtful = !bm_clock_is_certain (self->setup->clock);
  bm_desk_go (self, BM_DESK_LATE_HALF);
  return TRUE;
}

static gboolean
go_before_day (BmDesk *self)
{
  bm_desk_go (self,
              bm_desk_late_find_words (self) != NULL ? BM_DESK_LATE_SAID : BM_DESK_LATE_MATTER);
  return TRUE;
}

const BmDeskSpec bm_desk_late_day = { .id = "desk-late-day",
                                      .template_name = "desk-pin",
                                      .build = build_day,
                                      .digits = take_day,
                                      .back = go_before_day,
                                      .is_list = TRUE };

static void
build_half (BmDesk *self, json_t *page)
{
  bm_page_set_question (page, C_ ("desk", "Morning or afternoon?"), FALSE);
  add_person (self, page);
  bm_page_add_choice (page, "morning", "calendar", C_ ("choice", "Morning"), NULL);
  bm_page_add_choice (page, "afternoon", "calendar", C_ ("choice", "Afternoon"), NULL);
}

static gboolean
choose_half (BmDesk *self, const char *choice)
{
  self->late->is_afternoon = strcmp (choice, "afternoon") == 0;
  bm_desk_go (self, BM_DESK_LATE_KNOWN);
  return TRUE;
}

static gboolean
go_day (BmDesk *self)
{
  begin_day (self);
  return TRUE;
}

const BmDeskSpec bm_desk_late_half = { .id = "desk-late-half",
                                       .template_name = "desk-list",
                                       .build = build_half,
                                       .choose = choose_half,
                                       .back = go_day,
                                       .is_list = TRUE };

/* How the person was known, and the witness */

static void
build_known (BmDesk *self, json_t *page)
{
  bm_page_set_question (page, C_ ("desk", "What is ticked at “Known by”?"), FALSE);
  add_person (self, page);
  bm_page_add_choice (page, "card", "read-card", C_ ("choice", "ID card was seen"), NULL);
  bm_page_add_choice (page, "person", "person", C_ ("choice", "A staff member saw the person"),
                      NULL);
}

static gboolean
choose_known (BmDesk *self, const char *choice)
{
  self->late->was_card_seen = strcmp (choice, "card") == 0;
  bm_desk_go (self, bm_desk_late_wants_witness (self) ? BM_DESK_LATE_WITNESS : BM_DESK_LATE_READ);
  return TRUE;
}

static gboolean
go_half (BmDesk *self)
{
  bm_desk_go (self, BM_DESK_LATE_HALF);
  return TRUE;
}

const BmDeskSpec bm_desk_late_known = { .id = "desk-late-known",
                                        .template_name = "desk-list",
                                        .build = build_known,
                                        .choose = choose_known,
                                        .back = go_half,
                                        .is_list = TRUE };

static void
build_witness (BmDesk *self, json_t *page)
{
  bm_page_set_question (page, C_ ("desk", "Which helper signed the form?"), FALSE);
  add_person (self, page);
  bm_page_add_line (page, "witness",
                    C_ ("desk", "A certification counts only with who saw the person."), FALSE);
  bm_desk_add_colleagues (self, page, NULL);
  bm_page_add_choice (page, "nobody", "no", C_ ("choice", "Nobody signed"), NULL);
}

static gboolean
choose_witness (BmDesk *self, const char *choice)
{
  const char *staff = bm_desk_find_staff (self, choice);

  if (staff == NULL)
    {
      self->late->refusal = C_ ("desk", "Without a witness it is no certification.");
      bm_desk_audit (self, "late-entry-refused", "no-witness");
      bm_desk_go (self, BM_DESK_LATE_NO);
      return TRUE;
    }
  g_free (self->late->witness);
  self->late->witness = g_strdup (staff);
  bm_desk_go (self, BM_DESK_LATE_READ);
  return TRUE;
}

static gboolean
go_known (BmDesk *self)
{
  bm_desk_go (self, BM_DESK_LATE_KNOWN);
  return TRUE;
}

const BmDeskSpec bm_desk_late_witness = { .id = "desk-late-witness",
                                          .template_name = "desk-lock",
                                          .build = build_witness,
                                          .choose = choose_witness,
                                          .back = go_known,
                                          .is_list = TRUE };
