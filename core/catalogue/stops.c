/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-catalogue"

#include "core/catalogue/stops.h"

#include "core/catalogue/files.h"

#include <string.h>

/* What a matter cannot be done for: one reason each, and whoever it is said to is known by then. */

#define BAND "age.band"

static const char *const reasons[] = { "when", "too_young", "drawn", "past" };

static guint
count_reasons (json_t *stop)
{
  guint n = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (reasons); i++)
    n += json_object_get (stop, reasons[i]) != NULL;
  return n;
}

static gboolean
has_date (json_t *service, json_t *id)
{
  json_t *field;
  gsize i;

  json_array_foreach (json_object_get (service, "fields"), i, field)
  {
    if (json_equal (json_object_get (field, "id"), id))
      return strcmp (json_string_value (json_object_get (field, "type")), "date") == 0 &&
             json_object_get (field, "question") != NULL;
  }
  return FALSE;
}

/* Ages in digits, each higher than the one before. */
gboolean
bm_stops_is_band (json_t *field)
{
  gint64 last = -1;
  json_t *code;
  gsize i;

  g_return_val_if_fail (json_is_object (field), FALSE);

  json_array_foreach (json_object_get (field, "codes"), i, code)
  {
    const char *text = json_string_value (json_object_get (code, "code"));
    gint64 age = g_ascii_strtoll (text, NULL, 10);

    if (strspn (text, "0123456789") != strlen (text) || age <= last)
      return FALSE;
    last = age;
  }
  return last >= 0;
}

static gboolean
check_bands (json_t *service, char **ret_path, GError **error)
{
  json_t *field;
  gsize i;

  json_array_foreach (json_object_get (service, "fields"), i, field)
  {
    g_autofree char *path = g_strdup_printf ("/fields/%zu", i);

    if (g_strcmp0 (json_string_value (json_object_get (field, "from")), BAND) == 0 &&
        !bm_stops_is_band (field))
      return bm_files_refuse (ret_path, error, path,
                              "\"" BAND
                              "\" needs \"codes\" that are ages, from the lowest; correct them");
  }
  return TRUE;
}

/**
 * bm_stops_check:
 * @service: a service file whose form is right
 * @ret_path: (out) (optional) (nullable): where the fault lies
 * @error: return location for %BM_ERROR_INVALID
 *
 * Checks "stops", and the fields that follow from the age.
 *
 * Returns: whether they can be judged
 */
gboolean
bm_stops_check (json_t *service, char **ret_path, GError **error)
{
  json_t *stops = json_object_get (service, "stops");
  gint fields = bm_catalogue_find_step (service, "fields");
  json_t *stop;
  gsize i;

  g_return_val_if_fail (json_is_object (service), FALSE);

  if (stops != NULL &&
      (!bm_catalogue_has_step (service, "commit") || bm_catalogue_has_step (service, "query") ||
       (fields >= 0 && fields < bm_catalogue_find_step (service, "identify"))))
    return bm_files_refuse (
      ret_path, error, "/stops",
      "who is stopped is known first, and came to hand something in; correct the flow");
  json_array_foreach (stops, i, stop)
  {
    g_autofree char *path = g_strdup_printf ("/stops/%zu", i);
    json_t *past = json_object_get (stop, "past");

    if (count_reasons (stop) != 1)
      return bm_files_refuse (ret_path, error, path,
                              "give one reason: \"when\", \"too_young\", \"drawn\" or \"past\"");
    if (past != NULL && !has_date (service, json_object_get (past, "field")))
      return bm_files_refuse (ret_path, error, path,
                              "\"past\" names no field of type date that is asked for; correct it");
  }
  return check_bands (service, ret_path, error);
}
