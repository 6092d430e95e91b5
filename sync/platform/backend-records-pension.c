/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-backend"

#include "sync/platform/backend-records-pension.h"

#include "core/calendar/day.h"
#include "core/people/id-number.h"

#include <string.h>

/*
 * The pension part of a record, worked out from the demo office's books:
 *
 *   "pay": {"day":15,"months":12,"base_fen":…,"old_age":80,"old_age_fen":…}    for everybody
 *   "since","tail","years_fen","account_fen","why","states":{"YYYY-MM":"stopped"}   of a person
 *
 * A month is paid on its pay day: a month that did not reach it is not listed. Who has no account_fen is
 * paid by somebody else, or nothing yet. A month is "paid" unless "states" says otherwise; a stopped
 * month is listed with nothing in it, so that the person sees that it was left out.
 */

#define YM_LEN 7

static const char *
get_text (json_t *object, const char *key)
{
  const char *text = json_string_value (json_object_get (object, key));

  return text != NULL ? text : "";
}

static json_int_t
get_number (json_t *object, const char *key)
{
  return json_integer_value (json_object_get (object, key));
}

/* The first day of the newest month that was paid by @as_of. */
static gint32
find_newest (json_t *pay, gint32 as_of)
{
  gint year = 0;
  gint month = 0;
  gint day = 0;
  gint32 first;

  bm_day_to_ymd (as_of, &year, &month, &day);
  first = bm_day_from_ymd (year, month, 1);
  return day >= get_number (pay, "day") ? first : bm_day_add_months (first, -1);
}

static json_int_t
reckon_old_age (json_t *pay, const char *id_number, gint32 first)
{
  gint age = bm_id_number_get_age (id_number, bm_day_get_month_end (first));

  return age >= get_number (pay, "old_age") ? get_number (pay, "old_age_fen") : 0;
}

static json_t *
make_month (json_t *pay, json_t *source, const char *ym, gint32 first)
{
  const char *said = get_text (json_object_get (source, "states"), ym);
  const char *state = *said != '\0' ? said : "paid";
  gboolean is_stopped = strcmp (state, "stopped") == 0;
  g_autofree char *day = bm_day_to_string (first + (gint32) get_number (pay, "day") - 1);
  json_int_t base = get_number (pay, "base_fen");
  json_int_t account = get_number (source, "account_fen");
  json_int_t other =
    get_number (source, "years_fen") + reckon_old_age (pay, get_text (source, "idno"), first);

  if (is_stopped)
    base = account = other = 0;
  return json_pack ("{s:s, s:I, s:I, s:I, s:I, s:s, s:s}", "ym", ym, "fen", base + account + other,
                    "base_fen", base, "account_fen", account, "other_fen", other, "paid",
                    strcmp (state, "paid") == 0 ? day : "", "state", state);
}

static json_t *
list_months (json_t *pay, json_t *source, gint32 as_of)
{
  const char *since = get_text (source, "since");
  gint32 first = find_newest (pay, as_of);
  json_t *months = json_array ();

  if (!json_is_integer (json_object_get (source, "account_fen")))
    return months;
  for (json_int_t i = 0; i < get_number (pay, "months"); i++)
    {
      g_autofree char *day = bm_day_to_string (first);
      char ym[YM_LEN + 1];

      g_strlcpy (ym, day, sizeof ym);
      if (strcmp (ym, since) < 0)
        break;
      json_array_append_new (months, make_month (pay, source, ym, first));
      first = bm_day_add_months (first, -1);
    }
  return months;
}

/* What arrived in @year. */
static json_int_t
sum_year (json_t *months, gint year)
{
  g_autofree char *prefix = g_strdup_printf ("%04d-", year);
  json_int_t sum = 0;
  json_t *month;
  gsize i;

  json_array_foreach (months, i, month)
  {
    if (g_str_has_prefix (get_text (month, "ym"), prefix) &&
        strcmp (get_text (month, "state"), "paid") == 0)
      sum += get_number (month, "fen");
  }
  return sum;
}

/**
 * bm_backend_pension_make:
 * @pay: what holds for everybody
 * @source: the person's record in the books
 * @as_of: payments up to this day
 *
 * Makes the "pension" of a pack's record (core/pack/pack.h).
 *
 * Returns: (transfer full): an object
 */
json_t *
bm_backend_pension_make (json_t *pay, json_t *source, gint32 as_of)
{
  gint year = 0;
  json_t *months;
  json_int_t sum;

  g_return_val_if_fail (source != NULL && as_of != BM_NO_DAY, NULL);

  bm_day_to_ymd (as_of, &year, NULL, NULL);
  months = list_months (pay, source, as_of);
  sum = sum_year (months, year);
  return json_pack ("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:I, s:s, s:o}", "scheme",
                    get_text (source, "scheme"), "area", get_text (source, "area"), "status",
                    get_text (source, "pay"), "since", get_text (source, "since"), "last",
                    get_text (source, "last"), "due", get_text (source, "due"), "tail",
                    get_text (source, "tail"), "year", year, "year_fen", sum, "why",
                    get_text (source, "why"), "months", months);
}
