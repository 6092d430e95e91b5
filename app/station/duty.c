/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "app/station/duty.h"

#include "core/error.h"
#include "core/language/language.h"

#define MAX_SPANS   14
#define DAY_MINUTES (24 * 60)
#define NOON        (12 * 60)
#define EVENING     (18 * 60)

static gboolean
invalid (GError **error, const char *what)
{
  g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "Duty hours: %s", what);
  return FALSE;
}

static gboolean
parse_minute (json_t *value, guint *ret_minute)
{
  const char *text = json_string_value (value);
  guint64 hour;
  guint64 minute;
  g_autofree char *head = NULL;

  if (text == NULL || strlen (text) != 5 || text[2] != ':')
    return FALSE;
  head = g_strndup (text, 2);
  if (!g_ascii_string_to_unsigned (head, 10, 0, 24, &hour, NULL) ||
      !g_ascii_string_to_unsigned (text + 3, 10, 0, 59, &minute, NULL))
    return FALSE;
  *ret_minute = (guint) (hour * 60 + minute);
  return *ret_minute <= DAY_MINUTES;
}

static gboolean
parse_days (json_t *days, guint8 *ret_days)
{
  gsize index;
  json_t *day;

  *ret_days = 0;
  if (!json_is_array (days) || json_array_size (days) > 7)
    return FALSE;
  json_array_foreach (days, index, day)
  {
    json_int_t number = json_integer_value (day);

    if (number < 1 || number > 7)
      return FALSE;
    *ret_days |= (guint8) (1 << (number - 1));
  }
  return *ret_days != 0;
}

/**
 * bm_duty_parse:
 * @duty: (nullable): what the roster says
 * @error: %BM_ERROR_INVALID
 *
 * Returns: (transfer full) (element-type BmDutySpan): the spans
 */
GArray *
bm_duty_parse (json_t *duty, GError **error)
{
  g_autoptr (GArray) spans = g_array_new (FALSE, TRUE, sizeof (BmDutySpan));
  gsize index;
  json_t *row;

  if (duty != NULL && (!json_is_array (duty) || json_array_size (duty) > MAX_SPANS))
    {
      invalid (error, "not a list, or too long");
      return NULL;
    }
  json_array_foreach (duty, index, row)
  {
    BmDutySpan span = { 0 };

    if (!json_is_object (row) || json_object_size (row) != 3 ||
        !parse_days (json_object_get (row, "days"), &span.days) ||
        !parse_minute (json_object_get (row, "from"), &span.from_minute) ||
        !parse_minute (json_object_get (row, "to"), &span.to_minute) ||
        span.from_minute >= span.to_minute)
      {
        invalid (error, "a row is not {days, from, to} in order");
        return NULL;
      }
    g_array_append_val (spans, span);
  }
  return g_steal_pointer (&spans);
}

static char *
say_minute (guint minute)
{
  guint hour = minute / 60;
  guint rest = minute % 60;
  guint shown = hour > 12 ? hour - 12 : hour;

  if (minute == NOON)
    return g_strdup (C_ ("duty time", "noon"));
  if (minute < NOON)
    return rest == 0    ? g_strdup_printf (C_ ("duty time", "%u a.m."), shown)
           : rest == 30 ? g_strdup_printf (C_ ("duty time", "half past %u a.m."), shown)
                        : g_strdup_printf (C_ ("duty time", "%u:%02u a.m."), shown, rest);
  if (minute < EVENING)
    return rest == 0    ? g_strdup_printf (C_ ("duty time", "%u p.m."), shown)
           : rest == 30 ? g_strdup_printf (C_ ("duty time", "half past %u p.m."), shown)
                        : g_strdup_printf (C_ ("duty time", "%u:%02u p.m."), shown, rest);
  return rest == 0    ? g_strdup_printf (C_ ("duty time", "%u in the evening"), shown)
         : rest == 30 ? g_strdup_printf (C_ ("duty time", "half past %u in the evening"), shown)
                      : g_strdup_printf (C_ ("duty time", "%u:%02u in the evening"), shown, rest);
}

static const char *
say_weekday (guint day)
{
  switch (day)
    {
    case 1:
      return C_ ("duty weekday", "Monday");
    case 2:
      return C_ ("duty weekday", "Tuesday");
    case 3:
      return C_ ("duty weekday", "Wednesday");
    case 4:
      return C_ ("duty weekday", "Thursday");
    case 5:
      return C_ ("duty weekday", "Friday");
    case 6:
      return C_ ("duty weekday", "Saturday");
    default:
      return C_ ("duty weekday", "Sunday");
    }
}

/* The day @ahead days after a day of the week, 1 … 7. */
static guint
day_after (guint day, guint ahead)
{
  return (day - 1 + ahead) % 7 + 1;
}

/* The earliest span of @day that begins later than @minute. */
static const BmDutySpan *
find_span (GArray *duty, guint day, gint minute)
{
  const BmDutySpan *best = NULL;

  for (guint i = 0; i < duty->len; i++)
    {
      const BmDutySpan *span = &g_array_index (duty, BmDutySpan, i);

      if ((span->days & (1 << (day - 1))) != 0 && (gint) span->from_minute > minute &&
          (best == NULL || span->from_minute < best->from_minute))
        best = span;
    }
  return best;
}

static char *
say_next (GArray *duty, guint today, gint now)
{
  for (guint ahead = 0; ahead <= 7; ahead++)
    {
      guint day = day_after (today, ahead);
      const BmDutySpan *span = find_span (duty, day, ahead == 0 ? now : -1);
      g_autofree char *time = NULL;

      if (span == NULL)
        continue;
      time = say_minute (span->from_minute);
      /* Translators: day, then time: "Monday, half past 8 a.m." */
      return g_strdup_printf (C_ ("duty", "%s, %s"),
                              ahead == 0 ? C_ ("duty", "today") : say_weekday (day), time);
    }
  return g_strdup ("");
}

static char *
say_day (GArray *duty, guint day)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  gint after = -1;
  const BmDutySpan *span;

  while ((span = find_span (duty, day, after)) != NULL)
    {
      g_autofree char *from = say_minute (span->from_minute);
      g_autofree char *to = say_minute (span->to_minute);

      /* Translators: hours of duty, "half past 8 a.m. to 5 p.m." */
      g_ptr_array_add (parts, g_strdup_printf (C_ ("duty", "%s to %s"), from, to));
      after = (gint) span->from_minute;
    }
  g_ptr_array_add (parts, NULL);
  /* Translators: between two spans of one day's duty. */
  return g_strjoinv (C_ ("duty", ", "), (char **) parts->pdata);
}

static char *
say_hours (GArray *duty, guint today)
{
  for (guint ahead = 0; ahead < 7; ahead++)
    {
      guint day = day_after (today, ahead);

      if (find_span (duty, day, -1) != NULL)
        return say_day (duty, day);
    }
  return g_strdup ("");
}

static void
describe_in (GArray *duty, GDateTime *now, const char *language, json_t *text, json_t *next)
{
  const char *before = bm_language_begin (language);
  guint today = (guint) g_date_time_get_day_of_week (now);
  gint minute = g_date_time_get_hour (now) * 60 + g_date_time_get_minute (now);
  g_autofree char *hours = say_hours (duty, today);
  g_autofree char *from = say_next (duty, today, minute);

  json_object_set_new (text, language, json_string (hours));
  json_object_set_new (next, language, json_string (from));
  bm_language_end (before);
}

json_t *
bm_duty_describe (GArray *duty, GDateTime *now)
{
  static const char *const builtin[] = { BM_LANGUAGE_CHINESE, BM_LANGUAGE_ENGLISH };
  g_auto (GStrv) further = bm_language_list_installed ();
  json_t *text = json_object ();
  json_t *next = json_object ();

  g_return_val_if_fail (duty != NULL && now != NULL, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (builtin); i++)
    describe_in (duty, now, builtin[i], text, next);
  for (gsize i = 0; further[i] != NULL; i++)
    describe_in (duty, now, further[i], text, next);
  return json_pack ("{s:o, s:o}", "text", text, "next", next);
}

gboolean
bm_duty_is_open (GArray *duty, GDateTime *now)
{
  const guint day = (guint) g_date_time_get_day_of_week (now);
  const guint minute = (guint) (g_date_time_get_hour (now) * 60 + g_date_time_get_minute (now));

  for (guint i = 0; duty != NULL && i < duty->len; i++)
    {
      const BmDutySpan *span = &g_array_index (duty, BmDutySpan, i);

      if ((span->days & (1 << (day - 1))) != 0 && minute >= span->from_minute &&
          minute < span->to_minute)
        return TRUE;
    }
  return duty == NULL || duty->len == 0;
}
