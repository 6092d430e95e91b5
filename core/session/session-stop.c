/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/catalogue/catalogue.h"
#include "core/catalogue/conditions.h"
#include "core/catalogue/text.h"
#include "core/language/language.h"
#include "core/people/id-number.h"
#include "core/session/session-private.h"
#include "core/session/words.h"

#include <string.h>

/*
 * What a matter cannot be done for, by the service's own file ("stops"): who is too young yet, who draws it already, or what
 * was answered. It is said kindly, with the day from which one may come, as soon as it is known, and nothing is handed in
 * that would only be refused. The first that holds is said.
 *
 *   CONFIRM ──► STOP ── 上一步 ──► CONFIRM        by age and record, before the notice
 *   a question ─► STOP ── 改一改 ──► the question   by what was answered
 *
 * Invariant: a record that has to be compared, or that is not there, stops nobody: the centre decides.
 */

#define MONTHS 12

static const char *
get_from (json_t *stop)
{
  return bm_text_get (json_object_get (stop, "drawn"), "from");
}

static gint32
get_birth (BmSession *self)
{
  gint32 birth = self->card != NULL ? bm_day_from_string (self->card->birth) : BM_NO_DAY;

  if (birth == BM_NO_DAY && self->card != NULL && self->card->id_number != NULL &&
      bm_id_verdict_is_acceptable (bm_id_number_check (self->card->id_number, BM_NO_DAY)))
    birth = bm_id_number_get_birth (self->card->id_number);
  return birth;
}

/* From which day on one is old enough; BM_NO_DAY: the file asks for no age, or it is not known. */
static gint32
get_open_day (BmSession *self, json_t *stop)
{
  json_t *young = json_object_get (stop, "too_young");
  gint32 birth = young != NULL ? get_birth (self) : BM_NO_DAY;
  gint months = (gint) json_integer_value (json_object_get (young, "years")) * MONTHS -
                (gint) json_integer_value (json_object_get (young, "months_early"));

  return birth != BM_NO_DAY ? bm_day_add_months (birth, months) : BM_NO_DAY;
}

/* Whether the day that was answered lies further back than the file allows. */
static gboolean
is_past (BmSession *self, json_t *past)
{
  const char *id = bm_text_get (past, "field");
  gint32 day = bm_day_from_string (json_string_value (json_object_get (self->fields, id)));

  return day != BM_NO_DAY &&
         bm_session_get_today (self) - day > json_integer_value (json_object_get (past, "days"));
}

static gboolean
holds (BmSession *self, json_t *stop)
{
  gint32 open = get_open_day (self, stop);

  if (json_object_get (stop, "too_young") != NULL)
    return open != BM_NO_DAY && bm_session_get_today (self) < open;
  if (json_object_get (stop, "drawn") != NULL)
    return bm_session_draws (self, json_object_get (stop, "drawn"));
  if (json_object_get (stop, "past") != NULL)
    return is_past (self, json_object_get (stop, "past"));
  return bm_conditions_hold (json_object_get (stop, "when"), self->fields);
}

static json_t *
find_stop (BmSession *self)
{
  json_t *stop;
  gsize i;

  json_array_foreach (json_object_get (self->service, "stops"), i, stop)
  {
    if (holds (self, stop))
      return stop;
  }
  return NULL;
}

static gboolean
is_by_answer (json_t *stop)
{
  return json_object_get (stop, "when") != NULL || json_object_get (stop, "past") != NULL;
}

/* Where what is drawn can be looked at, or NULL. */
static json_t *
find_query (BmSession *self, json_t *stop)
{
  const char *from = get_from (stop);

  for (guint i = 0; i < bm_catalogue_get_count (self->setup->catalogue); i++)
    {
      json_t *service = bm_catalogue_get (self->setup->catalogue, i);

      if (*from != '\0' &&
          strcmp (bm_text_get (json_object_get (service, "query"), "from"), from) == 0 &&
          bm_session_takes_card (service, self->card))
        return service;
    }
  return NULL;
}

/**
 * bm_session_begin_stop:
 * @self: a session
 *
 * Returns: TRUE when the matter cannot go on and the page that says why is shown
 */
gboolean
bm_session_begin_stop (BmSession *self)
{
  json_t *stop = find_stop (self);

  self->stop = stop;
  if (stop == NULL)
    return FALSE;
  bm_session_audit (self, "matter-stopped",
                    is_by_answer (stop)        ? "answer"
                    : *get_from (stop) != '\0' ? "drawn"
                                               : "age");
  bm_session_go (self, BM_PAGE_STOP);
  return TRUE;
}

void
bm_session_put_stop (BmSession *self, GHashTable *values)
{
  gint32 open = BM_NO_DAY;
  json_t *stop;
  gsize i;

  json_array_foreach (json_object_get (self->service, "stops"), i, stop)
  {
    if (open == BM_NO_DAY)
      open = get_open_day (self, stop);
  }
  bm_session_take_value (values, "open_day", open != BM_NO_DAY ? bm_words_full_date (open) : NULL);
}

/**
 * bm_session_dup_age_band:
 * @self: a session
 * @field: of a service, with "from": "age.band"; its codes are ages, from the lowest
 *
 * Returns: (transfer full) (nullable): the last code whose age was reached, or the first one
 */
json_t *
bm_session_dup_age_band (BmSession *self, json_t *field)
{
  gint32 birth = get_birth (self);
  json_t *band = NULL;
  json_t *code;
  gsize i;

  if (birth == BM_NO_DAY)
    return NULL;
  json_array_foreach (json_object_get (field, "codes"), i, code)
  {
    json_t *value = json_object_get (code, "code");

    if (band == NULL || g_ascii_strtoll (json_string_value (value), NULL, 10) <=
                          bm_day_get_age (birth, bm_session_get_today (self)))
      band = value;
  }
  return json_incref (band);
}

/* The page */

static void
build_stop (BmSession *self, json_t *page)
{
  json_t *stop = self->stop;
  json_t *query = find_query (self, stop);
  g_autofree char *say = bm_session_fill (self, json_object_get (stop, "say"), NULL);

  bm_page_set_picture (page, json_object_get (stop, "too_young") != NULL
                               ? "calendar"
                               : bm_text_get (self->service, "icon"));
  bm_page_set_question (page, say, FALSE);
  bm_session_add_lines (self, page, json_object_get (stop, "lines"), NULL);
  bm_page_add_choice (page, "leave", "yes", C_ ("choice", "I see"), "primary");
  if (query != NULL)
    bm_page_add_choice (page, "look", bm_text_get (query, "icon"),
                        bm_text_pick (json_object_get (query, "label")), NULL);
  if (is_by_answer (stop))
    bm_page_add_choice (page, "change", "back", C_ ("choice", "Change something"), NULL);
  bm_page_add_choice (page, "help", "help", C_ ("choice", "Call the staff"), "help");
}

static void
back_from_stop (BmSession *self)
{
  if (is_by_answer (self->stop))
    bm_session_show_field (self);
  else
    bm_session_go (self, BM_PAGE_CONFIRM);
}

static gboolean
choose_stop (BmSession *self, const char *choice)
{
  if (strcmp (choice, "change") == 0)
    back_from_stop (self);
  else if (strcmp (choice, "help") == 0)
    bm_session_call_help (self);
  else if (strcmp (choice, "look") == 0)
    bm_session_begin_service (self, find_query (self, self->stop));
  else
    bm_session_go (self, BM_PAGE_GOODBYE);
  return TRUE;
}

const BmPageSpec bm_spec_stop = { .id = "stop",
                                  .template_name = "choice",
                                  .build = build_stop,
                                  .choose = choose_stop,
                                  .back = back_from_stop,
                                  .can_end = TRUE,
                                  .is_personal = TRUE };
