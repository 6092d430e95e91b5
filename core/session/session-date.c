/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/catalogue/text.h"
#include "core/crypto/crypto.h"
#include "core/language/language.h"
#include "core/session/session-private.h"
#include "core/session/typed.h"
#include "core/session/words.h"

#include <string.h>

/*
 * The question for a day. Days that are near are picked by their names and heard before 下一步, as every
 * choice of four; any other is typed, year, month and day, and judged while it is typed. All of it is
 * by the solar calendar: whoever knows only the lunar date calls somebody who can convert it.
 */

#define N_NEAR        3
#define EARLIEST      "1900-01-01"
#define FUTURE_MONTHS 24
#define DATE_DIGITS   8

static gboolean
has_rule (json_t *field, const char *rule)
{
  return strcmp (bm_text_get (field, "rule"), rule) == 0;
}

static gint32
get_birth (BmSession *self)
{
  return self->card != NULL && self->card->birth != NULL ? bm_day_from_string (self->card->birth)
                                                         : BM_NO_DAY;
}

/* What is over cannot lie before the person's birth, what is to come not years away. */
static gint32
get_first (BmSession *self, json_t *field)
{
  gint32 birth = get_birth (self);

  if (has_rule (field, "future"))
    return bm_session_get_today (self);
  return has_rule (field, "past") && birth != BM_NO_DAY ? birth : bm_day_from_string (EARLIEST);
}

static gint32
get_last (BmSession *self, json_t *field)
{
  gint32 today = bm_session_get_today (self);

  return has_rule (field, "past") ? today : bm_day_add_months (today, FUTURE_MONTHS);
}

static const char *
get_under (BmSession *self, json_t *field)
{
  if (has_rule (field, "future"))
    return NC_ ("page", "That day is over.\nPlease take one from today on.");
  if (has_rule (field, "past") && get_birth (self) != BM_NO_DAY)
    return NC_ ("page", "You were not born then.\nPlease look at the year.");
  return NC_ ("page", "That is too long ago.\nPlease look at the year.");
}

static const char *
get_over (json_t *field)
{
  return has_rule (field, "past")
           ? NC_ ("page", "That day has not come yet.\nPlease look at the year.")
           : NC_ ("page", "That is too far off.\nPlease look at the year.");
}

static const char *
get_wrong (void)
{
  return NC_ ("page", "There is no such day.\nPlease look at month and day.");
}

/* Near days, by name */

static gint
get_near (json_t *field, guint index)
{
  if (has_rule (field, "past"))
    return -(gint) index;
  return has_rule (field, "future") ? (gint) index : (gint) index - 1;
}

static const char *
get_near_name (gint days)
{
  switch (days)
    {
    case -2:
      return C_ ("choice", "The day before yesterday");
    case -1:
      return C_ ("choice", "Yesterday");
    case 0:
      return C_ ("choice", "Today");
    case 1:
      return C_ ("choice", "Tomorrow");
    default:
      return C_ ("choice", "The day after tomorrow");
    }
}

/* Returns whether it is the one that was chosen. */
static gboolean
add_near (BmSession *self, json_t *page, gint days)
{
  gint32 day = bm_session_get_today (self) + days;
  g_autofree char *text = bm_day_to_string (day);
  g_autofree char *id = g_strconcat ("day:", text, NULL);
  g_autofree char *note = bm_words_date (day);
  json_t *choice =
    bm_page_add_choice (page, id, days == 0 ? "day-today" : "day-few", get_near_name (days), NULL);
  gboolean is_chosen = g_strcmp0 (self->chosen, text) == 0;

  json_object_set_new (choice, "note", json_string (note));
  if (is_chosen)
    json_object_set_new (choice, "state", json_string ("chosen"));
  return is_chosen;
}

static void
build_date (BmSession *self, json_t *page)
{
  json_t *field = bm_session_get_field (self);
  gint32 chosen = self->chosen != NULL ? bm_day_from_string (self->chosen) : BM_NO_DAY;
  gboolean is_near = FALSE;
  json_t *other;

  bm_session_add_question (page, field);
  for (guint i = 0; i < N_NEAR; i++)
    is_near = add_near (self, page, get_near (field, i)) || is_near;
  other = bm_page_add_choice (page, "other", "calendar", C_ ("choice", "Another day"), NULL);
  if (chosen != BM_NO_DAY && !is_near)
    {
      g_autofree char *note = bm_words_full_date (chosen);

      json_object_set_new (other, "note", json_string (note));
      json_object_set_new (other, "state", json_string ("chosen"));
    }
  bm_session_add_skip (page, field);
  if (chosen != BM_NO_DAY)
    json_object_set_new (json_object_get (page, "frame"), "next",
                         json_string (C_ ("frame", "Next")));
}

static gboolean
choose_date (BmSession *self, const char *choice)
{
  if (strcmp (choice, "other") == 0)
    bm_session_go (self, BM_PAGE_DAY);
  else if (g_str_has_prefix (choice, "day:"))
    {
      bm_wipe_string (self->chosen);
      self->chosen = g_strdup (choice + strlen ("day:"));
    }
  else
    return bm_session_choose_field (self, choice);
  return TRUE;
}

const BmPageSpec bm_spec_date = { .id = "date",
                                  .template_name = "date",
                                  .build = build_date,
                                  .choose = choose_date,
                                  .next = bm_session_store_chosen,
                                  .back = bm_session_back_from_field,
                                  .can_end = TRUE,
                                  .is_personal = TRUE };

/* Any other day, typed */

/* As it was typed: the digits of the answer. */
static char *
dup_typed (BmSession *self)
{
  if (self->typed != NULL)
    return g_strdup (self->typed);
  if (self->chosen == NULL || strlen (self->chosen) != BM_DAY_LEN)
    return NULL;
  return g_strdup_printf ("%.4s%.2s%.2s", self->chosen, self->chosen + 5, self->chosen + 8);
}

static void
build_day (BmSession *self, json_t *page)
{
  json_t *field = bm_session_get_field (self);
  g_autofree char *from = bm_day_to_string (get_first (self, field));
  g_autofree char *to = bm_day_to_string (get_last (self, field));
  g_autofree char *typed = dup_typed (self);

  bm_session_add_question (page, field);
  bm_page_set_input (page, C_ ("page", "Year, month, day; not the lunar ones"), DATE_DIGITS,
                     DATE_DIGITS);
  bm_page_set_bounds (page, from, to);
  bm_page_set_complaints (page, bm_language_translate ("page", get_under (self, field)),
                          bm_language_translate ("page", get_over (field)),
                          bm_language_translate ("page", get_wrong ()));
  if (typed != NULL)
    json_object_set_new (json_object_get (page, "input"), "value", json_string (typed));
  bm_session_add_problem (self, page);
  bm_page_add_choice (page, "lunar", "help", C_ ("choice", "I only know the lunar date"), NULL);
}

static gboolean
take_day (BmSession *self, const char *value)
{
  json_t *field = bm_session_get_field (self);
  gint32 day;
  BmTypedState state =
    bm_typed_check_date (value, get_first (self, field), get_last (self, field), &day);

  if (state == BM_TYPED_RIGHT)
    {
      g_autofree char *stored = bm_day_to_string (day);

      bm_session_store_answer (self, stored);
    }
  else if (state == BM_TYPED_UNDER)
    bm_session_set_problem (self, value, get_under (self, field));
  else
    bm_session_set_problem (self, value, state == BM_TYPED_OVER ? get_over (field) : get_wrong ());
  return TRUE;
}

/* Somebody comes and converts it; what is typed stays. */
static gboolean
choose_day (BmSession *self, const char *choice)
{
  bm_session_call_help (self);
  return TRUE;
}

static void
back_from_day (BmSession *self)
{
  self->problem = NULL;
  g_clear_pointer (&self->typed, bm_wipe_string);
  bm_session_go (self, BM_PAGE_DATE);
}

const BmPageSpec bm_spec_day = { .id = "day",
                                 .template_name = "date",
                                 .build = build_day,
                                 .choose = choose_day,
                                 .digits = take_day,
                                 .back = back_from_day,
                                 .can_end = TRUE,
                                 .is_personal = TRUE };
