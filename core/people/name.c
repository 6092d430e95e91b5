/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-name"

#include "core/people/name.h"

#include "core/people/name-private.h"

#include <string.h>

/*
 * Names are kept as given; these functions normalise for storing new ones, compare, and mask. Nothing
 * here assumes a family name, its length or its place.
 *
 * Normal form: no blanks at the ends or beside a hanzi, one blank between words of another script, and
 * between hanzi the one middle dot U+00B7.
 */

#define MIDDLE_DOT 0x00b7
#define INPUT_MAX  1024 /* bytes looked at; more cannot be a name */

static gboolean
is_hanzi (gunichar c)
{
  if (c == 0x3007) /* 〇 */
    return TRUE;
  if (g_unichar_get_script (c) == G_UNICODE_SCRIPT_HAN)
    return TRUE;
  /* Planes 2 and 3 are hanzi, also those that this GLib does not know yet (extension I). */
  return (c >= 0x20000 && c <= 0x3fffd) || bm_is_private_use (c);
}

static gboolean
is_blank (gunichar c)
{
  return c == '\t' || g_unichar_type (c) == G_UNICODE_SPACE_SEPARATOR;
}

static gboolean
is_dot (gunichar c)
{
  switch (c)
    {
    case '.':
    case MIDDLE_DOT:
    case 0x2022: /* • */
    case 0x2027: /* ‧ */
    case 0x2219: /* ∙ */
    case 0x22c5: /* ⋅ */
    case 0x30fb: /* ・ */
    case 0xff0e: /* ． */
    case 0xff65: /* ･ */
      return TRUE;
    default:
      return FALSE;
    }
}

/* Drops blanks at the ends, beside hanzi and beside dots; folds the others to one space. */
static void
drop_blanks (GArray *chars)
{
  guint out = 0;

  for (guint i = 0; i < chars->len; i++)
    {
      gunichar c = g_array_index (chars, gunichar, i);
      if (!is_blank (c))
        {
          g_array_index (chars, gunichar, out++) = c;
          continue;
        }
      guint next = i;
      while (next < chars->len && is_blank (g_array_index (chars, gunichar, next)))
        next++;
      i = next - 1;
      if (out == 0 || next == chars->len)
        continue;
      gunichar before = g_array_index (chars, gunichar, out - 1);
      gunichar after = g_array_index (chars, gunichar, next);
      if (!is_hanzi (before) && !is_hanzi (after) && before != MIDDLE_DOT && after != MIDDLE_DOT)
        g_array_index (chars, gunichar, out++) = ' ';
    }
  g_array_set_size (chars, out);
}

/* Between hanzi, blanks around a dot mean nothing and every dot is the one dot. */
static void
fold_dots (GArray *chars)
{
  for (guint i = 1; i + 1 < chars->len; i++)
    {
      if (!is_dot (g_array_index (chars, gunichar, i)))
        continue;
      guint before = i - 1;
      guint after = i + 1;
      while (before > 0 && is_blank (g_array_index (chars, gunichar, before)))
        before--;
      while (after + 1 < chars->len && is_blank (g_array_index (chars, gunichar, after)))
        after++;
      if (is_hanzi (g_array_index (chars, gunichar, before)) &&
          is_hanzi (g_array_index (chars, gunichar, after)))
        g_array_index (chars, gunichar, i) = MIDDLE_DOT;
    }
}

static char *
chars_to_string (GArray *chars)
{
  return g_ucs4_to_utf8 ((const gunichar *) chars->data, chars->len, NULL, NULL, NULL);
}

static GArray *
string_to_chars (const char *text)
{
  GArray *chars = g_array_new (FALSE, FALSE, sizeof (gunichar));
  gsize len = strnlen (text, INPUT_MAX + 1);

  if (len > INPUT_MAX || !g_utf8_validate (text, (gssize) len, NULL))
    return chars;
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);
      g_array_append_val (chars, c);
    }
  return chars;
}

/**
 * bm_name_normalise:
 * @name: a name as typed or read
 *
 * Gives the normal form: dots and blanks only; no character is replaced by another.
 *
 * Returns: (transfer full): the name; "" for broken UTF-8 or more than a name can have
 */
char *
bm_name_normalise (const char *name)
{
  g_return_val_if_fail (name != NULL, NULL);

  g_autoptr (GArray) chars = string_to_chars (name);
  fold_dots (chars);
  drop_blanks (chars);
  return chars_to_string (chars);
}

static gboolean
is_name_char (gunichar c)
{
  return is_hanzi (c) || c == MIDDLE_DOT;
}

/**
 * bm_name_check:
 * @normalised: what bm_name_normalise() gave
 *
 * Judges a name written in hanzi. A dot stands between hanzi, never at an end.
 *
 * Returns: the verdict
 */
BmNameVerdict
bm_name_check (const char *normalised)
{
  BmNameVerdict verdict = BM_NAME_OK;

  g_return_val_if_fail (normalised != NULL, BM_NAME_EMPTY);

  g_autoptr (GArray) chars = string_to_chars (normalised);
  if (chars->len == 0)
    return normalised[0] == '\0' ? BM_NAME_EMPTY : BM_NAME_BAD_CHARACTER;
  if (chars->len > BM_NAME_MAX)
    return BM_NAME_TOO_LONG;
  for (guint i = 0; i < chars->len; i++)
    {
      gunichar c = g_array_index (chars, gunichar, i);
      gboolean at_end = i == 0 || i + 1 == chars->len;
      if (!is_name_char (c) || (c == MIDDLE_DOT && at_end))
        return BM_NAME_BAD_CHARACTER;
      if (bm_is_private_use (c) && bm_name_map_private_char (c) == c)
        verdict = BM_NAME_WARN_PRIVATE;
    }
  return verdict;
}

/**
 * bm_name_map_private:
 * @normalised: a name
 *
 * Replaces the old private-use codes that the table knows. For comparing and for a proposed
 * correction; the original is never overwritten.
 *
 * Returns: (transfer full): the mapped name
 */
char *
bm_name_map_private (const char *normalised)
{
  g_return_val_if_fail (normalised != NULL, NULL);

  g_autoptr (GArray) chars = string_to_chars (normalised);
  for (guint i = 0; i < chars->len; i++)
    g_array_index (chars, gunichar, i) =
      bm_name_map_private_char (g_array_index (chars, gunichar, i));
  return chars_to_string (chars);
}

/**
 * bm_name_get_units:
 * @name: a name
 *
 * Counts UTF-16 units, which is how the chip counts.
 *
 * Returns: the number of units
 */
gsize
bm_name_get_units (const char *name)
{
  gsize units = 0;

  g_return_val_if_fail (name != NULL, 0);

  g_autoptr (GArray) chars = string_to_chars (name);
  for (guint i = 0; i < chars->len; i++)
    units += g_array_index (chars, gunichar, i) >= 0x10000 ? 2 : 1;
  return units;
}

/* The chip's 15 units are full, or 14 are and the next character needs two. */
static gboolean
is_cut_of (const char *shorter, const char *longer)
{
  if (!g_str_has_prefix (longer, shorter) || strlen (longer) == strlen (shorter))
    return FALSE;
  gsize units = bm_name_get_units (shorter);
  if (units == BM_NAME_CHIP_UNITS)
    return TRUE;
  gunichar next = g_utf8_get_char_validated (longer + strlen (shorter), -1);
  return units == BM_NAME_CHIP_UNITS - 1 && next >= 0x10000 && next <= 0x10ffff;
}

/**
 * bm_name_compare:
 * @one: a name
 * @other: another
 *
 * Compares two names in normal form.
 *
 * Returns: how they match
 */
BmNameMatch
bm_name_compare (const char *one, const char *other)
{
  g_return_val_if_fail (one != NULL && other != NULL, BM_NAME_DIFFERENT);

  g_autofree char *a = bm_name_normalise (one);
  g_autofree char *b = bm_name_normalise (other);
  if (a[0] == '\0' || b[0] == '\0')
    return BM_NAME_DIFFERENT;
  if (strcmp (a, b) == 0)
    return BM_NAME_SAME;
  g_autofree char *mapped_a = bm_name_map_private (a);
  g_autofree char *mapped_b = bm_name_map_private (b);
  if (strcmp (mapped_a, mapped_b) == 0)
    return BM_NAME_SAME_MAPPED;
  if (is_cut_of (mapped_a, mapped_b) || is_cut_of (mapped_b, mapped_a))
    return BM_NAME_SAME_CUT;
  return BM_NAME_DIFFERENT;
}

/**
 * bm_name_mask:
 * @name: a name
 *
 * Covers all but the first and last character; of two, the last; of one, that one. Dots stay.
 *
 * Returns: (transfer full): for example 王*兰
 */
char *
bm_name_mask (const char *name)
{
  g_return_val_if_fail (name != NULL, NULL);

  g_autoptr (GArray) chars = string_to_chars (name);
  guint from = chars->len > 1 ? 1 : 0;
  guint to = chars->len > 2 ? chars->len - 1 : chars->len;
  for (guint i = from; i < to; i++)
    if (!is_dot (g_array_index (chars, gunichar, i)))
      g_array_index (chars, gunichar, i) = '*';
  return chars_to_string (chars);
}
