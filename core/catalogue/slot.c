/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-catalogue"

#include "core/catalogue/slot.h"

#include "core/calendar/day.h"
#include "core/catalogue/catalogue.h"
#include "core/catalogue/text.h"

#include <string.h>

/*
 * Half a day at somebody's home (上门). A service with such a field makes a visit order of its matter. How many fit into
 * a morning and an afternoon, and how many working days ahead somebody comes at the latest, is the field's "slots".
 */

static gboolean
is_slot (json_t *field)
{
  return strcmp (bm_text_get (field, "type"), "slot") == 0;
}

/**
 * bm_slot_find_field:
 * @service: (nullable): a service's file
 *
 * Returns: (transfer none) (nullable): its field of type slot
 */
json_t *
bm_slot_find_field (json_t *service)
{
  json_t *field;
  gsize i;

  json_array_foreach (json_object_get (service, "fields"), i, field)
  {
    if (is_slot (field))
      return field;
  }
  return NULL;
}

/**
 * bm_slot_find_fault:
 * @service: a service's file
 * @field: one of its fields
 *
 * Returns: (nullable): what is wrong with it and what helps, or %NULL
 */
const char *
bm_slot_find_fault (json_t *service, json_t *field)
{
  if (!is_slot (field))
    return json_object_get (field, "slots") != NULL ? "\"slots\" is for type slot; remove it"
                                                    : NULL;
  if (bm_slot_find_field (service) != field)
    return "one matter is one visit; remove the other slot";
  if (json_object_get (field, "slots") == NULL)
    return "how many visits fit into half a day stands under \"slots\"; add it";
  if (strcmp (bm_text_get (field, "who"), "choose") != 0 ||
      strcmp (bm_text_get (field, "keep_local"), "slip") != 0)
    return "when somebody comes is chosen, and stands on the slip; write who \"choose\" and "
           "keep_local \"slip\"";
  if (json_is_true (json_object_get (field, "optional")))
    return "a visit has a time, or it is talked over; remove \"optional\"";
  if (json_object_get (service, "anonymous_when") != NULL ||
      json_object_get (service, "hidden_when") != NULL)
    return "whoever goes there knows to whom; no visit without a name, or hidden from the desk";
  if (bm_catalogue_find_step (service, "fields") < bm_catalogue_find_step (service, "identify"))
    return "to whom somebody goes is known first; move the step fields behind identify";
  return NULL;
}

/**
 * bm_slot_split:
 * @slot: (nullable): "2026-11-24-am"
 * @ret_day: the day
 * @ret_is_afternoon: which half of it
 *
 * Returns: whether it is a half day; BM_SLOT_ANY is none
 */
gboolean
bm_slot_split (const char *slot, gint32 *ret_day, gboolean *ret_is_afternoon)
{
  g_autofree char *day = NULL;

  g_return_val_if_fail (ret_day != NULL && ret_is_afternoon != NULL, FALSE);

  if (slot == NULL || strlen (slot) != BM_DAY_LEN + strlen ("-am") ||
      (strcmp (slot + BM_DAY_LEN, "-am") != 0 && strcmp (slot + BM_DAY_LEN, "-pm") != 0))
    return FALSE;
  day = g_strndup (slot, BM_DAY_LEN);
  *ret_day = bm_day_from_string (day);
  *ret_is_afternoon = strcmp (slot + BM_DAY_LEN, "-pm") == 0;
  return *ret_day != BM_NO_DAY;
}

/**
 * bm_slot_new:
 * @day: a day
 * @is_afternoon: which half of it
 *
 * Returns: (transfer full): as it is kept
 */
char *
bm_slot_new (gint32 day, gboolean is_afternoon)
{
  g_autofree char *text = bm_day_to_string (day);

  return g_strconcat (text, is_afternoon ? "-pm" : "-am", NULL);
}
