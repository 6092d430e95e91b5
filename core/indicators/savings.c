/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/indicators/indicators.h"

#include "core/catalogue/text.h"

#include <string.h>

/*
 * 少跑的路、少交的材料 (domain §3.15). What a matter took before is a county's assumption, and so is what it takes now;
 * whose assumption it is goes with every number (按××口径). A matter that is not over saved nobody anything yet. Nothing
 * is computed but from numbers that are given anyway, so nothing can be computed back.
 */

typedef struct
{
  json_int_t trips, trips_before, papers, papers_before;
} Savings;

static json_int_t
get (json_t *json, const char *key)
{
  return json_integer_value (json_object_get (json, key));
}

static void
set_savings (json_t *json, const Savings *of, const char *basis)
{
  json_object_set_new (json, "trips", json_integer (of->trips));
  json_object_set_new (json, "trips_before", json_integer (of->trips_before));
  json_object_set_new (json, "papers", json_integer (of->papers));
  json_object_set_new (json, "papers_before", json_integer (of->papers_before));
  json_object_set_new (json, "basis", json_string (basis));
}

/* Whether the catalogue knows both, what was and what is. */
static gboolean
count_row (json_t *row, json_t *baseline, Savings *ret_savings)
{
  json_t *after = json_object_get (baseline, "after");
  const json_int_t done = get (row, "done");
  const json_int_t not_done = get (row, "not_done");

  if (after == NULL || done + not_done == 0)
    return FALSE;
  ret_savings->trips_before = (done + not_done) * get (baseline, "trips");
  ret_savings->papers_before = (done + not_done) * get (baseline, "papers");
  ret_savings->trips = done * get (after, "trips") + not_done * get (after, "trips_not_done");
  ret_savings->papers = (done + not_done) * get (after, "papers");
  return TRUE;
}

static void
add (Savings *all, const Savings *more)
{
  all->trips += more->trips;
  all->trips_before += more->trips_before;
  all->papers += more->papers;
  all->papers_before += more->papers_before;
}

void
bm_indicators_add_savings (json_t *indicators, BmCatalogue *catalogue)
{
  json_t *outcome = json_object_get (indicators, "outcome");
  json_t *table = json_object ();
  json_t *rows = json_array ();
  const char *basis = NULL;
  Savings all = { 0 };
  json_t *row;
  gsize i;

  json_array_foreach (json_object_get (outcome, "rows"), i, row)
  {
    const char *id = json_string_value (json_object_get (row, "service"));
    json_t *service = bm_catalogue_find (catalogue, id);
    json_t *baseline = json_object_get (service, "baseline");
    const char *of = bm_text_pick (json_object_get (json_object_get (baseline, "after"), "basis"));
    Savings savings = { 0 };
    json_t *json;

    if (!count_row (row, baseline, &savings))
      continue;
    json = json_pack ("{s:s}", "service", id);
    set_savings (json, &savings, of);
    json_array_append_new (rows, json);
    add (&all, &savings);
    basis = basis == NULL || strcmp (basis, of) == 0 ? of : ""; /* several: none is that of all */
  }
  json_object_set_new (table, "rows", rows);
  if (basis != NULL && *basis != '\0')
    set_savings (table, &all, basis);
  if (json_array_size (rows) == 0)
    {
      json_decref (table);
      table = json_null ();
    }
  json_object_set_new (indicators, "savings", table);
}
