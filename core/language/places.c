/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-language"

#include "core/language/places.h"

#include "core/error.h"

#include <string.h>

/*
 * Both texts are read into lists of places in one normal form, "%1$u" and "{name}"; the lists have to be the
 * same but for their order. What is counted one after the other in the message may be numbered in its
 * translation, since other languages put words in another order.
 */

#define LEAST_CHARS  12
#define QUOTED_CHARS 48

typedef struct
{
  GPtrArray *places;
  guint count;             /* of those without a number */
  gboolean has_numbered;   /* %1$s */
  gboolean has_unnumbered; /* %s */
  gboolean has_stray;      /* a per cent sign that begins nothing */
} Reading;

static const char *
skip_any (const char *at, const char *which)
{
  return at + strspn (at, which);
}

/* Behind a per cent sign. NULL when no place begins there. */
static const char *
read_format (Reading *reading, const char *at)
{
  const char *digits = skip_any (at, "0123456789");
  guint64 number = 0;
  const char *size;
  gsize size_len;

  if (*digits == '$' && digits > at && digits - at <= 2)
    {
      number = g_ascii_strtoull (at, NULL, 10);
      at = digits + 1;
      reading->has_numbered = TRUE;
    }
  else
    {
      number = ++reading->count;
      reading->has_unnumbered = TRUE;
    }
  at = skip_any (at, "-+ #0");
  digits = skip_any (at, "0123456789");
  if (digits - at > 2)
    return NULL;
  at = digits;
  if (*at == '.')
    at = skip_any (at + 1, "0123456789");
  size = at;
  at = skip_any (at, "hlzjt");
  size_len = (gsize) (at - size);
  if (*at == '\0' || strchr ("diouxXcsfgeE", *at) == NULL || size_len > 2)
    return NULL;
  g_ptr_array_add (reading->places, g_strdup_printf ("%%%" G_GUINT64_FORMAT "$%.*s%c", number,
                                                     (int) size_len, size, *at == 'i' ? 'd' : *at));
  return at + 1;
}

static const char *
read_brace (Reading *reading, const char *at)
{
  const char *end = strchr (at, '}');

  if (end == NULL)
    end = at + strlen (at) - 1;
  g_ptr_array_add (reading->places, g_strndup (at, (gsize) (end + 1 - at)));
  return end + 1;
}

static int
compare (gconstpointer one, gconstpointer two)
{
  return strcmp (*(const char *const *) one, *(const char *const *) two);
}

static void
read_text (Reading *reading, const char *text)
{
  reading->places = g_ptr_array_new_with_free_func (g_free);
  while (*text != '\0')
    {
      const char *end = NULL;

      if (*text == '{')
        end = read_brace (reading, text);
      else if (*text == '%' && text[1] == '%')
        end = text + 2;
      else if (*text == '%' && (end = read_format (reading, text + 1)) == NULL)
        reading->has_stray = TRUE;
      text = end != NULL ? end : text + 1;
    }
  g_ptr_array_sort (reading->places, compare);
}

/* As it stands in an error: one line, not the whole of a long one. */
static char *
quote (const char *message)
{
  gboolean is_long = g_utf8_strlen (message, -1) > QUOTED_CHARS;
  g_autofree char *text =
    is_long ? g_utf8_substring (message, 0, QUOTED_CHARS) : g_strdup (message);

  g_strdelimit (text, "\n", ' ');
  return g_strdup_printf ("\"%s%s\"", text, is_long ? "\u2026" : "");
}

static gboolean
  G_GNUC_PRINTF (3, 4) refuse (const char *message, GError **error, const char *format, ...)
{
  g_autofree char *quoted = quote (message);
  g_autofree char *fault = NULL;
  va_list args;

  va_start (args, format);
  fault = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "%s: %s", quoted, fault);
  return FALSE;
}

static gboolean
are_same (const char *message, GPtrArray *wanted, GPtrArray *given, GError **error)
{
  guint i = 0;

  while (i < wanted->len || i < given->len)
    {
      const char *one = i < wanted->len ? wanted->pdata[i] : NULL;
      const char *two = i < given->len ? given->pdata[i] : NULL;
      int order = one == NULL ? 1 : two == NULL ? -1 : strcmp (one, two);

      if (order < 0)
        return refuse (message, error, "%s is missing", one);
      if (order > 0)
        return refuse (message, error, "%s is not in the original", two);
      i++;
    }
  return TRUE;
}

/**
 * bm_places_check:
 * @message: the original
 * @words: what stands for it in another language
 * @error: return location for a sentence that names the message
 *
 * Returns: whether both hold the same places
 */
gboolean
bm_places_check (const char *message, const char *words, GError **error)
{
  Reading wanted = { 0 };
  Reading given = { 0 };
  gboolean is_right;

  g_return_val_if_fail (message != NULL && words != NULL, FALSE);

  read_text (&wanted, message);
  read_text (&given, words);
  if (given.has_stray && !wanted.has_stray)
    is_right = refuse (message, error, "a per cent sign begins nothing");
  else if (given.has_numbered && given.has_unnumbered)
    is_right = refuse (message, error, "number all of its places or none");
  else
    is_right = are_same (message, wanted.places, given.places, error);
  g_ptr_array_unref (wanted.places);
  g_ptr_array_unref (given.places);
  return is_right;
}

/* Tibetan and Arabic set marks upon letters: they take no room of their own. */
guint
bm_language_count_chars (const char *text)
{
  guint count = 0;

  g_return_val_if_fail (text != NULL, 0);

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    if (!g_unichar_ismark (g_utf8_get_char (at)) && !g_unichar_iszerowidth (g_utf8_get_char (at)))
      count++;
  return count;
}

guint
bm_language_get_max_chars (const char *message)
{
  guint count = bm_language_count_chars (message);

  return MAX (count + (count + 1) / 2, LEAST_CHARS);
}

/* Marks that turn the rest of a line round could make it say something else than it says. */
static gboolean
is_control (gunichar c)
{
  return (g_unichar_iscntrl (c) && c != '\n') || (c >= 0x202a && c <= 0x202e) || c == 0xfeff;
}

static guint
count_lines (const char *text)
{
  guint count = 1;

  for (const char *at = text; *at != '\0'; at++)
    count += *at == '\n';
  return count;
}

/**
 * bm_language_check_words:
 * @message: the original
 * @words: what stands for it in another language
 * @error: return location for a sentence that names the message
 *
 * Returns: whether a page can say @words for @message
 */
gboolean
bm_language_check_words (const char *message, const char *words, GError **error)
{
  g_return_val_if_fail (message != NULL && words != NULL, FALSE);

  if (*words == '\0' || !g_utf8_validate (words, -1, NULL))
    return refuse (message, error, "no text");
  for (const char *at = words; *at != '\0'; at = g_utf8_next_char (at))
    if (is_control (g_utf8_get_char (at)))
      return refuse (message, error, "a control character");
  if (bm_language_count_chars (words) > bm_language_get_max_chars (message))
    return refuse (message, error, "longer than %u characters",
                   bm_language_get_max_chars (message));
  if (count_lines (words) > count_lines (message))
    return refuse (message, error, "more lines than the original has");
  return bm_places_check (message, words, error);
}
