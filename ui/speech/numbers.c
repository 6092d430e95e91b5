/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/speech/speech.h"

#include <string.h>

/*
 * Numbers as a villager says them. The voice's own reading drops the point of 228.40, counts telephone
 * numbers in hundreds and years in thousands, so numbers are written out before it sees them:
 *
 *   228.40元 二百二十八块四 · 2026年 二零二六年 · 120 幺二零 · 9点05分 九点零五分 · 2笔 两笔 · 尾号0042 零零四二
 */

/* Longer ones are not said as a quantity. */
#define MAX_QUANTITY_DIGITS 12

/* From here on an uncounted number is a name (a tracking number, a telephone) and said by its digits. */
#define LEAST_NAME_DIGITS 5

static const char *const digit_words[] = { "零", "一", "二", "三", "四",
                                           "五", "六", "七", "八", "九" };

static const char *const telephones[] = { "110", "119", "120", "122" };

/* After these two is 两; after the rest (2月, 2号, 2组) it is 二. */
static const char *const measures[] = { "个", "笔", "户",   "件",   "天", "次", "位",  "张",
                                        "家", "年", "点",   "元",   "块", "条", "封",  "样",
                                        "遍", "亩", "小时", "分钟", "毛", "周", "星期" };

typedef struct
{
  const char *whole; /* digits, commas taken out */
  const char *part;  /* digits behind the point, "" for none */
  const char *after; /* the sentence behind the number */
  gboolean is_ordinal;
} Number;

static gboolean
starts_with_any (const char *text, const char *const *words, guint n_words)
{
  for (guint i = 0; i < n_words; i++)
    {
      if (g_str_has_prefix (text, words[i]))
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_counted (const Number *number)
{
  return starts_with_any (number->after, measures, G_N_ELEMENTS (measures));
}

static void
append_digits (GString *out, const char *digits, gboolean is_name)
{
  for (; *digits != '\0'; digits++)
    g_string_append (out, is_name && *digits == '1' ? "幺" : digit_words[*digits - '0']);
}

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

static void
append_quantity (GString *out, guint64 value, gboolean is_two_liang)
{
  static const char *const units[] = { "亿", "万", "" };
  guint64 divisor = G_GUINT64_CONSTANT (100000000);
  gboolean is_begun = FALSE;

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

/* 元 is written and 块 is said; what is less than one is 毛 and 分. */
static gboolean
append_money (GString *out, const Number *number)
{
  guint64 yuan = g_ascii_strtoull (number->whole, NULL, 10);
  guint n_part = (guint) strlen (number->part);
  guint jiao = n_part > 0 ? (guint) (number->part[0] - '0') : 0;
  guint fen = n_part > 1 ? (guint) (number->part[1] - '0') : 0;

  if (!g_str_has_prefix (number->after, "元") || n_part > 2)
    return FALSE;
  if (yuan > 0 || jiao + fen == 0)
    {
      append_quantity (out, yuan, TRUE);
      g_string_append (out, "块");
    }
  if (jiao > 0)
    {
      append_quantity (out, jiao, yuan == 0 && fen == 0);
      if (yuan == 0 || fen > 0)
        g_string_append (out, "毛");
    }
  else if (yuan > 0 && fen > 0)
    g_string_append (out, digit_words[0]);
  if (fen > 0)
    g_string_append (out, digit_words[fen]);
  if (fen > 0 && jiao == 0)
    g_string_append (out, "分");
  return TRUE;
}

static gboolean
is_name (const Number *number, gsize length)
{
  gboolean is_telephone = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (telephones); i++)
    is_telephone = is_telephone || g_str_equal (number->whole, telephones[i]);
  return length > MAX_QUANTITY_DIGITS || (number->whole[0] == '0' && length >= 3) ||
         ((length >= LEAST_NAME_DIGITS || is_telephone) && !is_counted (number));
}

/* How much of the sentence behind the number was said with it. */
static gsize
append_number (GString *out, const Number *number)
{
  gsize length = strlen (number->whole);

  if (length <= MAX_QUANTITY_DIGITS && append_money (out, number))
    return strlen ("元");
  if (length == 1 && *number->part == '\0' && g_str_has_prefix (number->after, "角"))
    {
      g_string_append_printf (out, "%s毛", digit_words[number->whole[0] - '0']);
      return strlen ("角");
    }
  if (*number->part == '\0' && is_name (number, length))
    append_digits (out, number->whole, TRUE);
  else if (length > MAX_QUANTITY_DIGITS || number->whole[0] == '0' ||
           (length == 4 && g_str_has_prefix (number->after, "年")))
    append_digits (out, number->whole, FALSE);
  else
    append_quantity (out, g_ascii_strtoull (number->whole, NULL, 10),
                     !number->is_ordinal && is_counted (number));
  if (*number->part != '\0')
    {
      g_string_append (out, "点");
      append_digits (out, number->part, FALSE);
    }
  return 0;
}

static gboolean
is_group_comma (const char *at)
{
  return at[0] == ',' && g_ascii_isdigit (at[1]) && g_ascii_isdigit (at[2]) &&
         g_ascii_isdigit (at[3]) && !g_ascii_isdigit (at[4]);
}

static const char *
say_number (GString *out, const char *start, gboolean is_ordinal)
{
  g_autoptr (GString) whole = g_string_new (NULL);
  g_autoptr (GString) part = g_string_new (NULL);
  const char *at = start;
  Number number;

  for (; g_ascii_isdigit (*at) || (whole->len > 0 && is_group_comma (at)); at++)
    {
      if (*at != ',')
        g_string_append_c (whole, *at);
    }
  if (*at == '.' && g_ascii_isdigit (at[1]))
    {
      for (at++; g_ascii_isdigit (*at); at++)
        g_string_append_c (part, *at);
    }
  number = (Number){ whole->str, part->str, at, is_ordinal };
  return at + append_number (out, &number);
}

/**
 * bm_speech_write_out_numbers:
 * @sentence: what is to be said
 *
 * Returns: the sentence without a digit in it
 */
char *
bm_speech_write_out_numbers (const char *sentence)
{
  GString *out = g_string_sized_new (strlen (sentence) + 32);

  for (const char *at = sentence; *at != '\0';)
    {
      const char *next = g_utf8_next_char (at);

      if (g_ascii_isdigit (*at))
        {
          at = say_number (out, at, g_str_has_suffix (out->str, "第"));
          continue;
        }
      g_string_append_len (out, at, next - at);
      at = next;
    }
  return g_string_free (out, FALSE);
}
