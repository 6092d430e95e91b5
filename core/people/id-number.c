/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-id-number"

#include "core/people/id-number.h"

#include <string.h>

#define BIRTH_AT 6
#define SEX_AT   16
#define OLD_LEN  15

static const char *const verdict_names[] = {
  [BM_ID_OK] = "ok",
  [BM_ID_WARN_AGE] = "warn-age",
  [BM_ID_BAD_CHECK] = "bad-check",
  [BM_ID_BAD_DATE] = "bad-date",
  [BM_ID_FUTURE] = "future",
  [BM_ID_LENGTH] = "length",
  [BM_ID_OLD_15] = "old-15",
};

/* GB/T 2260: the provinces, each one bit of its two digits. */
static const guint8 provinces[] = { 11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34,
                                    35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52,
                                    53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83 };

static gboolean
is_separator (gunichar c)
{
  switch (c)
    {
    case ' ':
    case '\t':
    case '-':
    case 0x00a0: /* no-break space */
    case 0x2010: /* hyphens and dashes */
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2014:
    case 0x2212: /* minus */
    case 0x3000: /* ideographic space */
    case 0xff0d: /* full-width hyphen */
      return TRUE;
    default:
      return FALSE;
    }
}

static gunichar
fold_char (gunichar c)
{
  if (c >= 0xff01 && c <= 0xff5e) /* full-width forms of ASCII */
    c -= 0xfee0;
  return c == 'x' ? 'X' : c;
}

/**
 * bm_id_number_fold:
 * @input: what was typed or read
 *
 * Folds full-width characters, drops blanks and hyphens, and makes x an X. Everything else stays, so
 * that it can be judged.
 *
 * Returns: (transfer full): the folded text; "" for what is too long or not UTF-8
 */
char *
bm_id_number_fold (const char *input)
{
  g_return_val_if_fail (input != NULL, NULL);

  gsize len = strnlen (input, BM_ID_INPUT_MAX + 1);
  GString *folded = g_string_new (NULL);
  if (len > BM_ID_INPUT_MAX || !g_utf8_validate (input, (gssize) len, NULL))
    return g_string_free (folded, FALSE);
  for (const char *at = input; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);
      if (!is_separator (c))
        g_string_append_unichar (folded, fold_char (c));
    }
  return g_string_free (folded, FALSE);
}

static gsize
count_digits (const char *text)
{
  gsize count = 0;

  while (g_ascii_isdigit (text[count]))
    count++;
  return count;
}

static char
compute_check (const char *number)
{
  static const guint8 weights[] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
  guint sum = 0;

  for (guint i = 0; i < G_N_ELEMENTS (weights); i++)
    sum += weights[i] * (guint) (number[i] - '0');
  return "10X98765432"[sum % 11];
}

static gboolean
has_form (const char *number)
{
  if (strnlen (number, BM_ID_NUMBER_LEN + 1) != BM_ID_NUMBER_LEN)
    return FALSE;
  return count_digits (number) >= BM_ID_NUMBER_LEN - 1 &&
         (g_ascii_isdigit (number[BM_ID_NUMBER_LEN - 1]) || number[BM_ID_NUMBER_LEN - 1] == 'X');
}

static gint
parse_digits (const char *text, guint len)
{
  gint value = 0;

  for (guint i = 0; i < len; i++)
    value = value * 10 + (text[i] - '0');
  return value;
}

static gint32
parse_birth (const char *number)
{
  const char *birth = number + BIRTH_AT;

  return bm_day_from_ymd (parse_digits (birth, 4), parse_digits (birth + 4, 2),
                          parse_digits (birth + 6, 2));
}

/**
 * bm_id_number_check:
 * @number: folded text
 * @today: the day to judge age on, or %BM_NO_DAY
 *
 * Judges a number by GB 11643. The first thing that is wrong decides: form, check character, date, age.
 *
 * Returns: the verdict
 */
BmIdVerdict
bm_id_number_check (const char *number, gint32 today)
{
  g_return_val_if_fail (number != NULL, BM_ID_LENGTH);

  if (strnlen (number, OLD_LEN + 1) == OLD_LEN && count_digits (number) == OLD_LEN)
    return BM_ID_OLD_15;
  if (!has_form (number))
    return BM_ID_LENGTH;
  if (number[BM_ID_NUMBER_LEN - 1] != compute_check (number))
    return BM_ID_BAD_CHECK;
  gint32 birth = parse_birth (number);
  if (birth == BM_NO_DAY)
    return BM_ID_BAD_DATE;
  if (today == BM_NO_DAY)
    return BM_ID_OK;
  if (birth > today)
    return BM_ID_FUTURE;
  return bm_day_get_age (birth, today) > BM_ID_NUMBER_AGE_MAX ? BM_ID_WARN_AGE : BM_ID_OK;
}

/**
 * bm_id_verdict_is_acceptable:
 * @verdict: a verdict
 *
 * Tells whether the number may be used, maybe after a word with the helper.
 *
 * Returns: %TRUE if so
 */
gboolean
bm_id_verdict_is_acceptable (BmIdVerdict verdict)
{
  return verdict == BM_ID_OK || verdict == BM_ID_WARN_AGE;
}

/**
 * bm_id_verdict_to_string:
 * @verdict: a verdict
 *
 * Names a verdict for models and tests.
 *
 * Returns: a static string
 */
const char *
bm_id_verdict_to_string (BmIdVerdict verdict)
{
  g_return_val_if_fail ((guint) verdict < G_N_ELEMENTS (verdict_names), NULL);

  return verdict_names[verdict];
}

/**
 * bm_id_number_get_remarks:
 * @number: an acceptable number
 *
 * Tells what the helper should know about a number that is accepted.
 *
 * Returns: the remarks
 */
BmIdRemarks
bm_id_number_get_remarks (const char *number)
{
  g_return_val_if_fail (number != NULL && has_form (number), BM_ID_REMARK_NONE);

  gint province = parse_digits (number, 2);
  for (guint i = 0; i < G_N_ELEMENTS (provinces); i++)
    if (province == provinces[i])
      return BM_ID_REMARK_NONE;
  /* 99 is no province, and no foreigner's number either: there the two digits after 9 are one. */
  gint inner = parse_digits (number + 1, 2);
  if (number[0] == '9')
    for (guint i = 0; i < G_N_ELEMENTS (provinces); i++)
      if (inner == provinces[i])
        return BM_ID_REMARK_FOREIGNER;
  return BM_ID_REMARK_REGION;
}

/**
 * bm_id_number_get_birth:
 * @number: an acceptable number
 *
 * Returns: the day of birth
 */
gint32
bm_id_number_get_birth (const char *number)
{
  g_return_val_if_fail (number != NULL && has_form (number), BM_NO_DAY);

  return parse_birth (number);
}

/**
 * bm_day_get_age:
 * @birth: a day
 * @today: a day, not before
 *
 * Counts whole years. Who was born on 29 February is a year older on 1 March of other years.
 *
 * Returns: the age, or -1
 */
gint
bm_day_get_age (gint32 birth, gint32 today)
{
  gint year = 0, month = 0, day = 0, this_year = 0, this_month = 0, this_day = 0;

  g_return_val_if_fail (birth != BM_NO_DAY && today != BM_NO_DAY, -1);

  if (today < birth)
    return -1;
  bm_day_to_ymd (birth, &year, &month, &day);
  bm_day_to_ymd (today, &this_year, &this_month, &this_day);
  gint age = this_year - year;
  if (this_month < month || (this_month == month && this_day < day))
    age--;
  return age;
}

/**
 * bm_id_number_get_age:
 * @number: an acceptable number
 * @today: the day
 *
 * Returns: the age in whole years, or -1
 */
gint
bm_id_number_get_age (const char *number, gint32 today)
{
  gint32 birth = bm_id_number_get_birth (number);

  g_return_val_if_fail (birth != BM_NO_DAY, -1);

  return bm_day_get_age (birth, today);
}

/**
 * bm_id_number_get_sex:
 * @number: an acceptable number
 *
 * Returns: '1' male or '2' female
 */
char
bm_id_number_get_sex (const char *number)
{
  g_return_val_if_fail (number != NULL && has_form (number), '0');

  return (number[SEX_AT] - '0') % 2 == 1 ? '1' : '2';
}

/**
 * bm_id_number_mask:
 * @number: any document number
 *
 * Covers the day of birth; shorter numbers keep their last four characters only.
 *
 * Returns: (transfer full): the masked number
 */
char *
bm_id_number_mask (const char *number)
{
  g_return_val_if_fail (number != NULL, NULL);

  char *masked = g_strdup (number);
  gsize len = strlen (masked);
  gsize from = len == BM_ID_NUMBER_LEN ? BIRTH_AT : 0;
  gsize to = len > 4 ? len - 4 : len;
  for (gsize i = from; i < to; i++)
    masked[i] = '*';
  return masked;
}
