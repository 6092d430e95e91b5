/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/speech/speech.h"

#include "core/session/hanzi.h"

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

#define COVERED "，中间盖着，"

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
  gboolean is_masked; /* a part of a number whose middle is covered */
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
      bm_hanzi_append_quantity (out, yuan, TRUE);
      g_string_append (out, "块");
    }
  if (jiao > 0)
    {
      bm_hanzi_append_quantity (out, jiao, yuan == 0 && fen == 0);
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

  if (number->is_masked)
    {
      append_digits (out, number->whole, TRUE);
      return 0;
    }
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
    bm_hanzi_append_quantity (out, g_ascii_strtoull (number->whole, NULL, 10),
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

/* 990121********0028 is said with its middle covered, and 王*兰 as people say it: 王某兰. */
static const char *
say_stars (GString *out, const char *start, gboolean is_after_digit)
{
  const char *at = start + strspn (start, "*");

  g_string_append (out, is_after_digit || g_ascii_isdigit (*at) ? COVERED : "某");
  return at;
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
  number = (Number){ whole->str, part->str, at, is_ordinal,
                     part->len == 0 && (*at == '*' || g_str_has_suffix (out->str, COVERED)) };
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
      if (*at == '*')
        {
          at = say_stars (out, at, at > sentence && g_ascii_isdigit (at[-1]));
          continue;
        }
      g_string_append_len (out, at, next - at);
      at = next;
    }
  return g_string_free (out, FALSE);
}
