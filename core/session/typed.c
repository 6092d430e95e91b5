/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-words"

#include "core/session/typed.h"

#include <string.h>

#define DATE_DIGITS  8
#define YEAR_DIGITS  4
#define MONTH_DIGITS 6
#define MOST_FEN     2 /* digits behind the point */

/* Whole yuan and hundredths; FALSE when this is no amount. */
static gboolean
parse_amount (const char *typed, gint64 *ret_fen)
{
  gsize n_whole = strspn (typed, "0123456789");
  const char *point = typed + n_whole;
  gsize n_part = *point == '.' ? strspn (point + 1, "0123456789") : 0;
  gint64 fen = 0;

  if (n_whole == 0 || n_whole > BM_AMOUNT_MAX_DIGITS || n_part > MOST_FEN ||
      (*point != '\0' && (*point != '.' || point[1 + n_part] != '\0')))
    return FALSE;
  for (gsize i = 0; i < n_whole; i++)
    fen = fen * 10 + (typed[i] - '0');
  for (gsize i = 1; i <= MOST_FEN; i++)
    fen = fen * 10 + (i <= n_part ? point[i] - '0' : 0);
  *ret_fen = fen;
  return TRUE;
}

/**
 * bm_typed_check_amount:
 * @typed: digits of yuan, and two more behind a point at most
 * @least: in fen
 * @most: in fen
 * @ret_fen: (out) (optional): the amount so far
 *
 * Returns: how far it is from an amount that may be
 */
BmTypedState
bm_typed_check_amount (const char *typed, gint64 least, gint64 most, gint64 *ret_fen)
{
  gint64 fen = 0;

  g_return_val_if_fail (typed != NULL, BM_TYPED_WRONG);

  if (ret_fen != NULL)
    *ret_fen = 0;
  if (*typed == '\0')
    return BM_TYPED_OPEN;
  if (!parse_amount (typed, &fen))
    return BM_TYPED_WRONG;
  if (ret_fen != NULL)
    *ret_fen = fen;
  if (fen > most)
    return BM_TYPED_OVER;
  return fen < least ? BM_TYPED_UNDER : BM_TYPED_RIGHT;
}

/* The place at @start that is full, or 0. */
static gint
read_place (const char *typed, gsize length, gsize start, gsize end)
{
  gint value = 0;

  for (gsize i = start; i < end && length >= end; i++)
    value = value * 10 + (typed[i] - '0');
  return value;
}

/* Of a date that is not whole: whether what is there can still become one within the bounds. */
static BmTypedState
check_begun (gint year, gint month, gsize length, gint32 from, gint32 to)
{
  gint32 first;
  gint32 last;

  if (length < YEAR_DIGITS)
    return BM_TYPED_OPEN;
  if (length >= MONTH_DIGITS && (month < 1 || month > 12))
    return BM_TYPED_WRONG;
  first = bm_day_from_ymd (year, length >= MONTH_DIGITS ? month : 1, 1);
  last = bm_day_from_ymd (year, length >= MONTH_DIGITS ? month : 12, 28);
  if (first == BM_NO_DAY || last == BM_NO_DAY)
    return BM_TYPED_WRONG;
  if (bm_day_get_month_end (last) < from)
    return BM_TYPED_UNDER;
  return first > to ? BM_TYPED_OVER : BM_TYPED_OPEN;
}

/**
 * bm_typed_check_date:
 * @typed: up to eight digits: year, month, day
 * @from: the first day that may be
 * @to: the last one
 * @ret_day: (out) (optional): the day when it is whole, else %BM_NO_DAY
 *
 * Returns: how far it is from a day that may be
 */
BmTypedState
bm_typed_check_date (const char *typed, gint32 from, gint32 to, gint32 *ret_day)
{
  gsize length;
  gint year;
  gint month;
  gint32 day;

  g_return_val_if_fail (typed != NULL, BM_TYPED_WRONG);

  length = strlen (typed);
  if (ret_day != NULL)
    *ret_day = BM_NO_DAY;
  if (length > DATE_DIGITS || strspn (typed, "0123456789") != length)
    return BM_TYPED_WRONG;
  year = read_place (typed, length, 0, YEAR_DIGITS);
  month = read_place (typed, length, YEAR_DIGITS, MONTH_DIGITS);
  if (length < DATE_DIGITS)
    return check_begun (year, month, length, from, to);
  day = bm_day_from_ymd (year, month, read_place (typed, length, MONTH_DIGITS, DATE_DIGITS));
  if (day == BM_NO_DAY)
    return BM_TYPED_WRONG;
  if (ret_day != NULL)
    *ret_day = day;
  if (day < from)
    return BM_TYPED_UNDER;
  return day > to ? BM_TYPED_OVER : BM_TYPED_RIGHT;
}

/**
 * bm_typed_may_follow:
 * @typed: an amount so far
 * @key: a digit or a point
 *
 * Returns: whether the two together are one still; a nought before other digits is none
 */
gboolean
bm_typed_may_follow (const char *typed, char key)
{
  g_autofree char *both = g_strdup_printf ("%s%c", typed, key);
  gint64 fen;

  if (strcmp (typed, "0") == 0 && key != '.')
    return FALSE;
  return parse_amount (both, &fen);
}
