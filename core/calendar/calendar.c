/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-calendar"

#include "core/calendar/calendar.h"

#include "core/error.h"

#include <string.h>

/*
 * Which days people work. A year that is not known is taken as Monday to Friday, and every answer that
 * looked at a day of such a year says that it is provisional.
 */

#define DOCUMENT_VERSION 1
#define FILE_MAX         (64 * 1024)
#define COUNT_MAX        3650 /* no period of the catalogue is longer than ten years */

struct _BmCalendar
{
  gint ref_count;

  GHashTable *years; /* of known year numbers */
  GHashTable *days;  /* exceptions to Monday to Friday: day -> whether people work */
};

/**
 * bm_calendar_new:
 *
 * Makes a calendar that knows no year.
 *
 * Returns: (transfer full): a calendar
 */
BmCalendar *
bm_calendar_new (void)
{
  BmCalendar *self = g_new0 (BmCalendar, 1);

  self->ref_count = 1;
  self->years = g_hash_table_new (NULL, NULL);
  self->days = g_hash_table_new (NULL, NULL);
  return self;
}

/**
 * bm_calendar_ref:
 * @self: a calendar
 *
 * Takes a reference; from any thread.
 *
 * Returns: (transfer full): @self
 */
BmCalendar *
bm_calendar_ref (BmCalendar *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_int_inc (&self->ref_count);
  return self;
}

/**
 * bm_calendar_unref:
 * @self: (transfer full): a calendar
 *
 * Drops a reference; the last one frees.
 */
void
bm_calendar_unref (BmCalendar *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  g_hash_table_unref (self->years);
  g_hash_table_unref (self->days);
  g_free (self);
}

static gboolean
set_invalid (GError **error, const char *what)
{
  g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "calendar: %s", what);
  return FALSE;
}

static gint32
read_day_of_year (json_t *value, gint year)
{
  gint of_year = 0;
  gint32 day = bm_day_from_string (json_string_value (value));

  if (day == BM_NO_DAY)
    return BM_NO_DAY;
  bm_day_to_ymd (day, &of_year, NULL, NULL);
  return of_year == year ? day : BM_NO_DAY;
}

static gboolean
read_off (json_t *list, gint year, GHashTable *days, GError **error)
{
  size_t i = 0;
  json_t *span = NULL;

  json_array_foreach (list, i, span)
  {
    gint32 first = read_day_of_year (json_array_get (span, 0), year);
    gint32 last = read_day_of_year (json_array_get (span, 1), year);
    if (json_array_size (span) != 2 || first == BM_NO_DAY || last == BM_NO_DAY || first > last)
      return set_invalid (error, "\"off\" holds pairs of days of the year");
    for (gint32 day = first; day <= last; day++)
      g_hash_table_insert (days, GINT_TO_POINTER (day), GINT_TO_POINTER (FALSE));
  }
  return TRUE;
}

static gboolean
read_work (json_t *list, gint year, GHashTable *days, GError **error)
{
  size_t i = 0;
  json_t *value = NULL;

  json_array_foreach (list, i, value)
  {
    gint32 day = read_day_of_year (value, year);
    if (day == BM_NO_DAY || bm_day_get_weekday (day) < 6)
      return set_invalid (error, "\"work\" holds weekend days of the year");
    if (g_hash_table_contains (days, GINT_TO_POINTER (day)))
      return set_invalid (error, "a day is both off and work");
    g_hash_table_insert (days, GINT_TO_POINTER (day), GINT_TO_POINTER (TRUE));
  }
  return TRUE;
}

static gboolean
check_document (json_t *document, GError **error)
{
  json_error_t detail;
  int version = 0, year = 0;
  const char *kind = NULL, *region = NULL, *source = NULL;
  json_t *off = NULL, *work = NULL;

  if (json_unpack_ex (document, &detail, JSON_STRICT, "{s:i, s:s, s:s, s:i, s:s, s:o, s:o}",
                      "version", &version, "kind", &kind, "region", &region, "year", &year,
                      "source", &source, "off", &off, "work", &work) != 0)
    return set_invalid (error, detail.text);
  if (version != DOCUMENT_VERSION)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_UNSUPPORTED, "calendar version %d", version);
      return FALSE;
    }
  if (strcmp (kind, "calendar") != 0 || strcmp (region, "CN") != 0)
    return set_invalid (error, "not a calendar of China");
  if (year < 1900 || year > 2999)
    return set_invalid (error, "no such year");
  if (!json_is_array (off) || !json_is_array (work) ||
      json_array_size (off) > BM_CALENDAR_MAX_SPANS ||
      json_array_size (work) > BM_CALENDAR_MAX_SPANS)
    return set_invalid (error, "\"off\" and \"work\" are lists of at most 40");
  return TRUE;
}

/**
 * bm_calendar_add_year:
 * @self: a calendar that is not shared yet
 * @document: the year's document, whose signature was verified by the caller
 * @error: %BM_ERROR_INVALID, %BM_ERROR_UNSUPPORTED
 *
 * Adds one year; strict, and without effect on error.
 *
 * Returns: %TRUE if it was added
 */
gboolean
bm_calendar_add_year (BmCalendar *self, json_t *document, GError **error)
{
  GHashTableIter iter;
  gpointer day = NULL, works = NULL;

  g_return_val_if_fail (self != NULL && document != NULL, FALSE);

  if (!check_document (document, error))
    return FALSE;
  gint year = (gint) json_integer_value (json_object_get (document, "year"));
  if (bm_calendar_has_year (self, year))
    return set_invalid (error, "the year is known already");
  g_autoptr (GHashTable) days = g_hash_table_new (NULL, NULL);
  if (!read_off (json_object_get (document, "off"), year, days, error) ||
      !read_work (json_object_get (document, "work"), year, days, error))
    return FALSE;
  g_hash_table_iter_init (&iter, days);
  while (g_hash_table_iter_next (&iter, &day, &works))
    g_hash_table_insert (self->days, day, works);
  g_hash_table_add (self->years, GINT_TO_POINTER (year));
  return TRUE;
}

static gboolean
add_file (BmCalendar *self, const char *path, GError **error)
{
  json_error_t detail;
  g_autofree char *text = NULL;
  gsize len = 0;

  if (!g_file_get_contents (path, &text, &len, NULL) || len > FILE_MAX)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_NOT_FOUND, "cannot read calendar %s", path);
      return FALSE;
    }
  json_t *document = json_loadb (text, len, JSON_REJECT_DUPLICATES, &detail);
  if (document == NULL)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "%s: line %d: %s", path, detail.line,
                   detail.text);
      return FALSE;
    }
  gboolean ok = bm_calendar_add_year (self, document, error);
  if (!ok)
    g_prefix_error (error, "%s: ", path);
  json_decref (document);
  return ok;
}

/**
 * bm_calendar_load_folder:
 * @folder: a folder with one JSON file a year
 * @error: %BM_ERROR_NOT_FOUND, %BM_ERROR_INVALID, %BM_ERROR_UNSUPPORTED
 *
 * Reads every `.json` file of @folder.
 *
 * Returns: (transfer full): a calendar
 */
BmCalendar *
bm_calendar_load_folder (const char *folder, GError **error)
{
  g_return_val_if_fail (folder != NULL, NULL);

  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  if (dir == NULL)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_NOT_FOUND, "no folder of calendars at %s", folder);
      return NULL;
    }
  g_autoptr (BmCalendar) self = bm_calendar_new ();
  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir))
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      if (g_str_has_suffix (name, ".json") && !add_file (self, path, error))
        return NULL;
    }
  return g_steal_pointer (&self);
}

static gboolean
is_of_year (gpointer day, gpointer works, gpointer user_data)
{
  gint year, month, date;

  bm_day_to_ymd (GPOINTER_TO_INT (day), &year, &month, &date);
  return year == GPOINTER_TO_INT (user_data);
}

gboolean
bm_calendar_put_year (BmCalendar *self, json_t *document, GError **error)
{
  g_autoptr (BmCalendar) trial = bm_calendar_new ();
  gint year;

  g_return_val_if_fail (self != NULL && document != NULL, FALSE);

  if (!bm_calendar_add_year (trial, document, error))
    return FALSE;
  year = (gint) json_integer_value (json_object_get (document, "year"));
  if (g_hash_table_remove (self->years, GINT_TO_POINTER (year)))
    g_hash_table_foreach_remove (self->days, is_of_year, GINT_TO_POINTER (year));
  return bm_calendar_add_year (self, document, error);
}

/**
 * bm_calendar_has_year:
 * @self: a calendar
 * @year: a year
 *
 * Returns: %TRUE if the year's holidays are known
 */
gboolean
bm_calendar_has_year (BmCalendar *self, gint year)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return g_hash_table_contains (self->years, GINT_TO_POINTER (year));
}

/**
 * bm_calendar_is_working_day:
 * @self: a calendar
 * @day: a day
 *
 * Tells whether offices are open.
 *
 * Returns: %TRUE if people work on that day, as far as is known
 */
gboolean
bm_calendar_is_working_day (BmCalendar *self, gint32 day)
{
  gpointer works = NULL;

  g_return_val_if_fail (self != NULL && day != BM_NO_DAY, FALSE);

  if (g_hash_table_lookup_extended (self->days, GINT_TO_POINTER (day), NULL, &works))
    return GPOINTER_TO_INT (works);
  return bm_day_get_weekday (day) <= 5;
}

/* Looks at a day on behalf of a computation, which becomes provisional where nothing is known. */
static gboolean
look_at (BmCalendar *self, gint32 day, gboolean *provisional)
{
  gint year = 0;

  bm_day_to_ymd (day, &year, NULL, NULL);
  if (!bm_calendar_has_year (self, year))
    *provisional = TRUE;
  return bm_calendar_is_working_day (self, day);
}

/**
 * bm_calendar_add_working_days:
 * @self: a calendar
 * @day: the day of receipt, which does not count
 * @count: how many working days, at most ten years' worth
 * @ret_provisional: (out) (optional): whether the calendar of a year on the way is missing
 *
 * Counts working days.
 *
 * Returns: the last of them
 */
gint32
bm_calendar_add_working_days (BmCalendar *self, gint32 day, guint count, gboolean *ret_provisional)
{
  gboolean provisional = FALSE;

  g_return_val_if_fail (self != NULL && day != BM_NO_DAY, BM_NO_DAY);
  g_return_val_if_fail (count <= COUNT_MAX, BM_NO_DAY);

  while (count > 0)
    {
      day++;
      if (look_at (self, day, &provisional))
        count--;
    }
  if (ret_provisional != NULL)
    *ret_provisional = provisional;
  return day;
}

/**
 * bm_calendar_add_days:
 * @self: a calendar
 * @day: the day of receipt, which does not count
 * @count: how many calendar days
 * @ret_provisional: (out) (optional): whether the calendar of the last day's year is missing
 *
 * Counts calendar days; a period that ends on a day without work moves on.
 *
 * Returns: the last day of the period
 */
gint32
bm_calendar_add_days (BmCalendar *self, gint32 day, guint count, gboolean *ret_provisional)
{
  gboolean provisional = FALSE;

  g_return_val_if_fail (self != NULL && day != BM_NO_DAY, BM_NO_DAY);
  g_return_val_if_fail (count <= COUNT_MAX, BM_NO_DAY);

  day += (gint32) count;
  while (!look_at (self, day, &provisional))
    day++;
  if (ret_provisional != NULL)
    *ret_provisional = provisional;
  return day;
}
