/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-backend"

#include "sync/platform/backend-records-benefits.h"

#include "core/calendar/day.h"
#include "core/pack/pack.h"

#include <string.h>

/*
 * What is paid beside the pension, worked out from the demo office's books (benefits.json):
 *
 *   {"version":1,"day":25,"civil":[{"idno","area","tail","why","rows":[…]}],"agri":[…]}
 *   a row, each month:  {"what":"elder80","fen":5000,"since":"2023-01","states":{"YYYY-MM":"returned"}}
 *   a row, once:        {"what":"farmland","fen":21600,"ym":"2026-05","paid":"2026-05-20","state":"paid"}
 *
 *   "medical": {"area","year","due","fen","insured":[number, …],"assisted":[…],"not_here":[…]}: everybody else has not paid yet
 *
 * What comes each month comes on "day": a month that did not reach it is not listed. Newest first, as many as a page
 * holds.
 */

#define YM_LEN         7
#define MONTHS_AT_MOST 12

static const char *
get_text (json_t *object, const char *key)
{
  const char *text = json_string_value (json_object_get (object, key));

  return text != NULL ? text : "";
}

static json_t *
find_person (json_t *books, const char *part, const char *id_number)
{
  json_t *person;
  gsize i;

  json_array_foreach (json_object_get (books, part), i, person)
  {
    if (strcmp (get_text (person, "idno"), id_number) == 0)
      return person;
  }
  return NULL;
}

static void
add_row (GPtrArray *rows, json_t *source, const char *ym, const char *paid, const char *state)
{
  g_ptr_array_add (rows,
                   json_pack ("{s:s, s:s, s:O, s:s, s:s}", "ym", ym, "what",
                              get_text (source, "what"), "fen", json_object_get (source, "fen"),
                              "paid", strcmp (state, "paid") == 0 ? paid : "", "state", state));
}

/* Each month back from @as_of, as far as it was drawn. */
static void
add_monthly (GPtrArray *rows, json_t *books, json_t *source, gint32 as_of)
{
  gint32 day = (gint32) json_integer_value (json_object_get (books, "day"));
  gint year = 0;
  gint month = 0;
  gint32 first;

  bm_day_to_ymd (as_of, &year, &month, NULL);
  first = bm_day_from_ymd (year, month, 1);
  for (guint i = 0; i < MONTHS_AT_MOST; i++, first = bm_day_add_months (first, -1))
    {
      gint32 paid = first + day - 1;
      g_autofree char *when = bm_day_to_string (paid);
      g_autofree char *ym = g_strndup (when, YM_LEN);
      const char *said = get_text (json_object_get (source, "states"), ym);

      if (strcmp (ym, get_text (source, "since")) < 0)
        return;
      if (paid <= as_of)
        add_row (rows, source, ym, when, *said != '\0' ? said : "paid");
    }
}

static gint
compare_months (gconstpointer one, gconstpointer other)
{
  return strcmp (get_text (*(json_t *const *) other, "ym"),
                 get_text (*(json_t *const *) one, "ym"));
}

static GPtrArray *
list_rows (json_t *books, json_t *person, gint32 as_of)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) json_decref);
  json_t *source;
  gsize i;

  json_array_foreach (json_object_get (person, "rows"), i, source)
  {
    gint32 paid = bm_day_from_string (get_text (source, "paid"));

    if (json_object_get (source, "since") != NULL)
      add_monthly (rows, books, source, as_of);
    else if (paid == BM_NO_DAY || paid <= as_of)
      add_row (rows, source, get_text (source, "ym"), get_text (source, "paid"),
               get_text (source, "state"));
  }
  g_ptr_array_sort (rows, compare_months);
  return rows;
}

json_t *
bm_backend_benefits_make (json_t *books, const char *part, const char *id_number, gint32 as_of)
{
  json_t *person = find_person (books, part, id_number);
  g_autoptr (GPtrArray) rows = NULL;
  json_t *months = NULL;
  json_int_t sum = 0;
  gint year = 0;
  g_autofree char *prefix = NULL;

  g_return_val_if_fail (part != NULL && id_number != NULL && as_of != BM_NO_DAY, NULL);

  if (person == NULL)
    return NULL;
  bm_day_to_ymd (as_of, &year, NULL, NULL);
  prefix = g_strdup_printf ("%04d-", year);
  rows = list_rows (books, person, as_of);
  months = json_array ();
  for (guint i = 0; i < rows->len && i < BM_PACK_MAX_ROWS; i++)
    {
      if (g_str_has_prefix (get_text (rows->pdata[i], "ym"), prefix) &&
          strcmp (get_text (rows->pdata[i], "state"), "paid") == 0)
        sum += json_integer_value (json_object_get (rows->pdata[i], "fen"));
      json_array_append (months, rows->pdata[i]);
    }
  return json_pack ("{s:s, s:s, s:s, s:s, s:i, s:I, s:s, s:o}", "area", get_text (person, "area"),
                    "status", "paying", "due", "", "tail", get_text (person, "tail"), "year", year,
                    "year_fen", sum, "why", get_text (person, "why"), "months", months);
}

static gboolean
is_listed (json_t *list, const char *id_number)
{
  json_t *one;
  gsize i;

  json_array_foreach (list, i, one)
  {
    if (g_strcmp0 (json_string_value (one), id_number) == 0)
      return TRUE;
  }
  return FALSE;
}

json_t *
bm_backend_medical_make (json_t *books, const char *id_number)
{
  json_t *year = json_object_get (books, "medical");
  gboolean is_paid = is_listed (json_object_get (year, "insured"), id_number);
  gboolean is_assisted = is_listed (json_object_get (year, "assisted"), id_number);
  gboolean is_due = !is_paid && !is_assisted;

  g_return_val_if_fail (id_number != NULL, NULL);

  if (year == NULL || is_listed (json_object_get (year, "not_here"), id_number))
    return NULL;
  return json_pack ("{s:s, s:s, s:O, s:s, s:I}", "area", get_text (year, "area"), "state",
                    is_paid       ? "insured"
                    : is_assisted ? "assisted"
                                  : "unpaid",
                    "year", json_object_get (year, "year"), "due",
                    is_due ? get_text (year, "due") : "", "year_fen",
                    is_due ? json_integer_value (json_object_get (year, "fen")) : 0);
}
