/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-words"

#include "core/session/hanzi.h"

/*
 * One table for what is shown and what is said: whoever reads 一万二千元 below the digits hears the same,
 * and a nought too many is a word of its own.
 */

static const char *const digit_words[] = { "零", "一", "二", "三", "四",
                                           "五", "六", "七", "八", "九" };

/* Up to four digits; @is_inner: more stood before them. */
static void
append_group (GString *out, guint value, gboolean is_inner)
{
  static const char *const places[] = { "千", "百", "十", "" };
  guint divisor = 1000;
  gboolean is_begun = FALSE;
  gboolean is_zero_due = is_inner && value < 1000;

  for (guint place = 0; place < G_N_ELEMENTS (places); place++, divisor /= 10)
    {
      guint digit = value / divisor % 10;

      if (digit == 0)
        {
          is_zero_due = is_zero_due || is_begun;
          continue;
        }
      if (is_zero_due)
        g_string_append (out, digit_words[0]);
      is_zero_due = FALSE;
      /* 十五, but 二百一十五 and 一万零一十五. */
      if (!(digit == 1 && divisor == 10 && !is_begun && !is_inner))
        g_string_append (out, digit == 2 && divisor == 1000 ? "两" : digit_words[digit]);
      g_string_append (out, places[place]);
      is_begun = TRUE;
    }
}

/**
 * bm_hanzi_append_quantity:
 * @out: where it goes
 * @value: below 10^12
 * @is_two_liang: a two that stands alone is counted: 两
 *
 * Writes a number as it is said.
 */
void
bm_hanzi_append_quantity (GString *out, guint64 value, gboolean is_two_liang)
{
  static const char *const units[] = { "亿", "万", "" };
  guint64 divisor = G_GUINT64_CONSTANT (100000000);
  gboolean is_begun = FALSE;

  g_return_if_fail (out != NULL);

  if (value == 0)
    g_string_append (out, digit_words[0]);
  if (value == 2 && is_two_liang)
    {
      g_string_append (out, "两");
      return;
    }
  for (guint unit = 0; unit < G_N_ELEMENTS (units); unit++, divisor /= 10000)
    {
      guint group = (guint) (value / divisor % 10000);

      if (group == 0)
        continue;
      if (group == 2 && *units[unit] != '\0')
        g_string_append (out, "两");
      else
        append_group (out, group, is_begun);
      g_string_append (out, units[unit]);
      is_begun = TRUE;
    }
}

/**
 * bm_hanzi_amount:
 * @fen: an amount of money
 *
 * Returns: (transfer full): the amount in numerals, 元 角 分
 */
char *
bm_hanzi_amount (gint64 fen)
{
  guint64 amount = (guint64) MAX (fen, 0);
  guint jiao = (guint) (amount / 10 % 10);
  guint rest = (guint) (amount % 10);
  GString *out = g_string_new (NULL);

  if (amount >= 100 || jiao + rest == 0)
    {
      bm_hanzi_append_quantity (out, amount / 100, TRUE);
      g_string_append (out, "元");
    }
  if (jiao > 0)
    g_string_append_printf (out, "%s角", digit_words[jiao]);
  else if (rest > 0 && amount >= 100)
    g_string_append (out, digit_words[0]);
  if (rest > 0)
    g_string_append_printf (out, "%s分", digit_words[rest]);
  return g_string_free (out, FALSE);
}
