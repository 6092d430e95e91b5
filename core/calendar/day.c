/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-day"

#include "core/calendar/day.h"

#include <string.h>

#define YEAR_MIN      1800
#define YEAR_MAX      9999
#define SHANGHAI_MS   (8 * 60 * 60 * 1000)
#define EPOCH_JULIAN  719163 /* GDate's number of 1970-01-01 */
#define EPOCH_WEEKDAY 4      /* 1970-01-01 was a Thursday */

/**
 * bm_day_from_ymd:
 * @year: 1800 to 9999
 * @month: 1 to 12
 * @day: day of month
 *
 * Gives the number of a date.
 *
 * Returns: the day, or %BM_NO_DAY when there is no such date
 */
gint32
bm_day_from_ymd (gint year, gint month, gint day)
{
  GDate date;

  if (year < YEAR_MIN || year > YEAR_MAX || month < 1 || month > 12 || day < 1 || day > 31)
    return BM_NO_DAY;
  if (!g_date_valid_dmy ((GDateDay) day, (GDateMonth) month, (GDateYear) year))
    return BM_NO_DAY;
  g_date_clear (&date, 1);
  g_date_set_dmy (&date, (GDateDay) day, (GDateMonth) month, (GDateYear) year);
  return (gint32) g_date_get_julian (&date) - EPOCH_JULIAN;
}

/**
 * bm_day_to_ymd:
 * @day: a day, not %BM_NO_DAY
 * @ret_year: (out) (optional): the year
 * @ret_month: (out) (optional): the month
 * @ret_day: (out) (optional): the day of month
 *
 * Gives the date of a number.
 */
void
bm_day_to_ymd (gint32 day, gint *ret_year, gint *ret_month, gint *ret_day)
{
  GDate date;

  g_return_if_fail (day != BM_NO_DAY && day > -EPOCH_JULIAN);

  g_date_clear (&date, 1);
  g_date_set_julian (&date, (guint32) (day + EPOCH_JULIAN));
  if (ret_year != NULL)
    *ret_year = g_date_get_year (&date);
  if (ret_month != NULL)
    *ret_month = (gint) g_date_get_month (&date);
  if (ret_day != NULL)
    *ret_day = g_date_get_day (&date);
}

static gint
parse_digits (const char *text, gsize len)
{
  gint value = 0;

  for (gsize i = 0; i < len; i++)
    {
      if (!g_ascii_isdigit (text[i]))
        return -1;
      value = value * 10 + (text[i] - '0');
    }
  return value;
}

/**
 * bm_day_from_string:
 * @text: (nullable): text from outside
 *
 * Reads "YYYY-MM-DD", and nothing else.
 *
 * Returns: the day, or %BM_NO_DAY
 */
gint32
bm_day_from_string (const char *text)
{
  if (text == NULL || strnlen (text, BM_DAY_LEN + 1) != BM_DAY_LEN || text[4] != '-' ||
      text[7] != '-')
    return BM_NO_DAY;
  return bm_day_from_ymd (parse_digits (text, 4), parse_digits (text + 5, 2),
                          parse_digits (text + 8, 2));
}

/**
 * bm_day_to_string:
 * @day: a day, not %BM_NO_DAY
 *
 * Writes a day as "YYYY-MM-DD".
 *
 * Returns: (transfer full): the text
 */
char *
bm_day_to_string (gint32 day)
{
  gint year = 0, month = 0, of_month = 0;

  g_return_val_if_fail (day != BM_NO_DAY, NULL);

  bm_day_to_ymd (day, &year, &month, &of_month);
  return g_strdup_printf ("%04d-%02d-%02d", year, month, of_month);
}

/**
 * bm_day_from_wall_ms:
 * @wall_ms: an instant
 *
 * Tells which day it is in China at that instant.
 *
 * Returns: the day
 */
gint32
bm_day_from_wall_ms (gint64 wall_ms)
{
  gint64 local = wall_ms + SHANGHAI_MS;
  gint64 day = local / BM_MILLIS_DAY;

  if (local % BM_MILLIS_DAY < 0)
    day--;
  return (gint32) CLAMP (day, -60000, 2900000);
}

/**
 * bm_day_to_wall_ms:
 * @day: a day, not %BM_NO_DAY
 *
 * Tells when a day begins in China: UTC+8 all year, since 1991.
 *
 * Returns: the instant
 */
gint64
bm_day_to_wall_ms (gint32 day)
{
  g_return_val_if_fail (day != BM_NO_DAY, 0);

  return (gint64) day * BM_MILLIS_DAY - SHANGHAI_MS;
}

/**
 * bm_day_get_weekday:
 * @day: a day
 *
 * Returns: 1 for Monday to 7 for Sunday
 */
gint
bm_day_get_weekday (gint32 day)
{
  g_return_val_if_fail (day != BM_NO_DAY, 1);

  gint offset = (day + EPOCH_WEEKDAY - 1) % 7;
  return (offset < 0 ? offset + 7 : offset) + 1;
}

/**
 * bm_day_get_month_length:
 * @year: a year
 * @month: 1 to 12
 *
 * Returns: 28 to 31
 */
gint
bm_day_get_month_length (gint year, gint month)
{
  g_return_val_if_fail (month >= 1 && month <= 12, 30);
  g_return_val_if_fail (year >= 1, 30);

  return g_date_get_days_in_month ((GDateMonth) month, (GDateYear) year);
}

/**
 * bm_day_get_month_end:
 * @day: a day
 *
 * Returns: the last day of its month
 */
gint32
bm_day_get_month_end (gint32 day)
{
  gint year = 0, month = 0;

  g_return_val_if_fail (day != BM_NO_DAY, BM_NO_DAY);

  bm_day_to_ymd (day, &year, &month, NULL);
  return bm_day_from_ymd (year, month, bm_day_get_month_length (year, month));
}

/**
 * bm_day_add_months:
 * @day: a day
 * @months: how many, may be negative
 *
 * Moves by whole months; where the month is too short, to its last day.
 *
 * Returns: the day, or %BM_NO_DAY beyond the years we know
 */
gint32
bm_day_add_months (gint32 day, gint months)
{
  gint year = 0, month = 0, of_month = 0;

  g_return_val_if_fail (day != BM_NO_DAY, BM_NO_DAY);
  g_return_val_if_fail (months > -12000 && months < 12000, BM_NO_DAY);

  bm_day_to_ymd (day, &year, &month, &of_month);
  gint count = year * 12 + (month - 1) + months;
  if (count < YEAR_MIN * 12)
    return BM_NO_DAY;
  year = count / 12;
  month = count % 12 + 1;
  return bm_day_from_ymd (year, month, MIN (of_month, bm_day_get_month_length (year, month)));
}
