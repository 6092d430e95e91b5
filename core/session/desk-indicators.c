/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-desk"

#include "core/catalogue/text.h"
#include "core/indicators/indicators.h"
#include "core/language/language.h"
#include "core/session/desk-private.h"
#include "core/session/words.h"

#include <string.h>

/*
 * 每月统计 (domain rows 2, 14; R16, R17), for the head alone (§4.4): one month's counts, and beside each service a bar as
 * long as its share of the longest. What is of fewer than five people stands with the rest (core/indicators), which is
 * said; how many journeys and papers were spared is said with whose assumption that is.
 */

#define MOST_SERVICES 11
#define OTHER         "other"

static gint32
get_this_month (BmDesk *self)
{
  gint year, month, day;

  bm_day_to_ymd (bm_desk_get_today (self), &year, &month, &day);
  return bm_day_from_ymd (year, month, 1);
}

static json_int_t
get (json_t *table, const char *key)
{
  return json_integer_value (json_object_get (table, key));
}

static char *
say_taken (json_t *row)
{
  g_autofree char *matters = bm_desk_fill (C_ ("desk", "{n} matters"), get (row, "matters"));
  g_autofree char *people = bm_desk_fill (C_ ("desk", "of {n} people"), get (row, "people"));

  return g_strdup_printf ("%s　%s", matters, people);
}

static void
add_services (BmDesk *self, json_t *page, json_t *taken)
{
  json_t *rows = json_object_get (taken, "rows");
  json_int_t longest = 1;
  json_t *row;
  gsize i;

  json_array_foreach (rows, i, row) longest = MAX (longest, get (row, "matters"));
  json_array_foreach (rows, i, row)
  {
    const char *id = bm_text_get (row, "service");
    g_autofree char *value = say_taken (row);

    if (i >= MOST_SERVICES)
      {
        g_autofree char *more = bm_desk_fill (C_ ("desk", "{n} more kinds have no room here."),
                                              (gint64) (json_array_size (rows) - MOST_SERVICES));

        bm_page_add_line (page, "other", more, FALSE);
        break;
      }
    bm_page_add_fact (page,
                      strcmp (id, OTHER) == 0 ? C_ ("desk", "The rest together")
                                              : bm_desk_say_service (self, id),
                      value);
    bm_page_set_share (page, (guint) (get (row, "matters") * 100 / longest));
  }
}

static void
add_numbers (json_t *page,
             const char *label,
             json_t *table,
             const char *const keys[2],
             const char *const words[2])
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *value = NULL;

  if (!json_is_object (table))
    return;
  first = bm_desk_fill (words[0], get (table, keys[0]));
  second = bm_desk_fill (words[1], get (table, keys[1]));
  value = g_strdup_printf ("%s　%s", first, second);
  bm_page_add_fact (page, label, value);
}

static void
add_saved (json_t *page, const char *label, json_t *savings, const char *before, const char *now)
{
  g_autofree char *value = NULL;

  if (*bm_text_get (savings, "basis") == '\0')
    return;
  /* Translators: how many it took before, how many it takes now. */
  value = g_strdup_printf (C_ ("desk", "%1$u before, now %2$u"), (guint) get (savings, before),
                           (guint) get (savings, now));
  bm_page_add_fact (page, label, value);
}

/* Whose assumption it is, before the numbers. */
static void
add_basis (json_t *page, json_t *savings)
{
  const char *basis = bm_text_get (savings, "basis");
  g_autofree char *text = NULL;

  if (*basis == '\0')
    return;
  /* Translators: whose assumption it is: a demonstration, a county. */
  text = g_strdup_printf (C_ ("desk", "Journeys and papers are as the %s assumes."), basis);
  bm_page_add_line (page, "slip", text, FALSE);
}

static void
add_counts (BmDesk *self, json_t *page)
{
  static const char *const outcomes[] = { "done", "not_done" };
  static const char *const timely[] = { "on_time", "late" };
  const char *const outcome_words[] = { C_ ("desk", "{n} done"), C_ ("desk", "{n} not done") };
  const char *const timely_words[] = { C_ ("desk", "{n} in time"), C_ ("desk", "{n} late") };
  json_t *taken = json_object_get (self->indicators, "taken");
  json_t *savings = json_object_get (self->indicators, "savings");
  g_autofree char *all = say_taken (taken);

  add_services (self, page, taken);
  bm_page_add_fact (page, C_ ("desk", "All of it"), all);
  add_numbers (page, C_ ("desk", "What came of it"), json_object_get (self->indicators, "outcome"),
               outcomes, outcome_words);
  add_numbers (page, C_ ("desk", "At the centre by its day"),
               json_object_get (self->indicators, "timely"), timely, timely_words);
  add_saved (page, C_ ("desk", "Journeys"), savings, "trips_before", "trips");
  add_saved (page, C_ ("desk", "Papers"), savings, "papers_before", "papers");
}

static void
add_state (BmDesk *self, json_t *page)
{
  if (self->indicators == NULL)
    bm_page_add_line (page, "hourglass", C_ ("page", "One moment, please."), FALSE);
  else if (json_object_size (self->indicators) == 0)
    bm_page_add_line (page, "warn", C_ ("desk", "It could not be found out.\nTry once more."),
                      TRUE);
  else if (!json_is_object (json_object_get (self->indicators, "taken")))
    bm_page_add_line (page, "people", C_ ("desk", "Too few people to say anything of."), FALSE);
  else
    {
      bm_page_add_line (page, "people",
                        C_ ("desk", "What is of fewer than five people stands with the rest."),
                        FALSE);
      add_basis (page, json_object_get (self->indicators, "savings"));
      add_counts (self, page);
    }
}

static void
build_indicators (BmDesk *self, json_t *page)
{
  g_autofree char *day = bm_day_to_string (self->month);
  g_autofree char *month = NULL;
  g_autofree char *question = NULL;

  day[strlen ("YYYY-MM")] = '\0';
  month = bm_words_month (day);
  question =
    g_strdup_printf (self->month < get_this_month (self) ? C_ ("desk", "%s in numbers")
                                                         : C_ ("desk", "%s in numbers, up to now"),
                     month);
  bm_page_set_picture (page, "day-month");
  bm_page_set_question (page, question, FALSE);
  add_state (self, page);
  bm_page_add_choice (page, "before", "calendar", C_ ("choice", "The month before"), NULL);
  if (self->month < get_this_month (self))
    bm_page_add_choice (page, "after", "calendar", C_ ("choice", "The month after"), NULL);
}

static void
ask (BmDesk *self, gint32 month)
{
  g_clear_pointer (&self->indicators, json_decref);
  self->month = month;
  bm_desk_add_effect (self, BM_DESK_EFFECT_GET_INDICATORS)->number = month;
}

static gboolean
choose_indicators (BmDesk *self, const char *choice)
{
  if (strcmp (choice, "before") == 0)
    ask (self, bm_day_add_months (self->month, -1));
  else if (strcmp (choice, "after") == 0)
    ask (self, MIN (bm_day_add_months (self->month, 1), get_this_month (self)));
  else
    return FALSE;
  return TRUE;
}

/**
 * bm_desk_begin_indicators:
 * @self: a desk
 *
 * Opens the page, and asks for the counts of the month that was over last.
 */
void
bm_desk_begin_indicators (BmDesk *self)
{
  ask (self, bm_day_add_months (get_this_month (self), -1));
  bm_desk_go (self, BM_DESK_INDICATORS);
}

/* Of a month that is not shown any more they are late. */
void
bm_desk_take_indicators (BmDesk *self, json_t *indicators)
{
  gint32 of = bm_indicators_find_month (bm_text_get (indicators, "month"));

  if (self->at != BM_DESK_INDICATORS || self->indicators != NULL ||
      (indicators != NULL && of != self->month))
    return;
  self->indicators = json_is_object (indicators) ? json_deep_copy (indicators) : json_object ();
}

static void
leave_indicators (BmDesk *self)
{
  g_clear_pointer (&self->indicators, json_decref);
}

const BmDeskSpec bm_desk_indicators = { .id = "desk-indicators",
                                        .template_name = "desk-list",
                                        .build = build_indicators,
                                        .choose = choose_indicators,
                                        .back = bm_desk_go_today,
                                        .leave = leave_indicators,
                                        .is_list = TRUE };
