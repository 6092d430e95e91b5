/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/shell/typed-voice.h"

#include "core/crypto/crypto.h"
#include "core/language/language.h"
#include "ui/pages/model.h"
#include "ui/widgets/bm-text.h"

#include <string.h>

/*
 * What 读给我听 adds on a page with keys: what is typed so far and what the keys are for. It was asked for, but the
 * hall hears it, too (domain §2.21a rule 4), and nothing here knows whose number it is. So a number long enough to be
 * somebody's is said whole only to who hears alone; in the hall how many digits it has, and its last four once
 * there are as many before them. What is covered on the screen is covered in the voice.
 */

/* A year and month have so many; what is longer may name a person. */
#define MAX_HARMLESS 6

#define TAIL        4
#define USUAL_GROUP 4

/* One by one, since the voice would say 1948 as a quantity; a comma between groups. */
static char *
dup_digits (const char *digits, json_t *groups)
{
  GString *out = g_string_new (NULL);
  gsize group = 0;
  json_int_t left =
    json_is_array (groups) ? json_integer_value (json_array_get (groups, 0)) : USUAL_GROUP;

  for (const char *at = digits; *at != '\0'; at++)
    {
      if (left == 0)
        {
          group++;
          left = json_integer_value (json_array_get (groups, group));
          left = left > 0 ? left : USUAL_GROUP;
          g_string_append (out, C_ ("typed", ", "));
        }
      else if (at > digits)
        g_string_append_c (out, ' ');
      if (*at == '.')
        g_string_append (out, C_ ("key", "Point"));
      else
        g_string_append_c (out, *at);
      left--;
    }
  return g_string_free (out, FALSE);
}

static char *
dup_covered (const char *value, gboolean has_tail)
{
  guint n = (guint) strlen (value);
  g_autofree char *tail = NULL;

  if (!has_tail || n < 2 * TAIL)
    /* Translators: how many digits. */
    return g_strdup_printf (C_ ("typed", "%u digits are typed."), n);
  tail = dup_digits (value + n - TAIL, NULL);
  /* Translators: how many digits; the last four of them. */
  return g_strdup_printf (C_ ("typed", "%1$u digits are typed, at the end: %2$s."), n, tail);
}

static char *
dup_typed (json_t *input, BmKeypad *keypad, gboolean is_alone)
{
  const char *value = bm_keypad_get_value (keypad);
  g_autofree char *words = bm_keypad_dup_words (keypad);
  gboolean is_masked = bm_model_is (input, "is_masked");
  gboolean is_harmless =
    bm_keypad_is_judged (keypad) || bm_model_int (input, "max", BM_KEYPAD_MAX) <= MAX_HARMLESS;

  if (*value == '\0')
    return g_strdup (C_ ("typed", "Nothing is typed yet."));
  if (is_masked || (!is_harmless && !is_alone))
    return dup_covered (value, !is_masked);
  if (words == NULL)
    words = dup_digits (value, json_object_get (input, "groups"));
  /* Translators: digits, or what they mean in words. */
  return g_strdup_printf (C_ ("typed", "Typed so far: %s."), words);
}

static void
append (json_t *list, const char *text)
{
  g_autofree char *line = bm_text_on_one_line (text);

  if (line != NULL && *line != '\0')
    json_array_append_new (list, json_string (line));
}

/* Where the page's own sentence is that names what is typed: what is typed follows it. */
static gsize
find_place (json_t *speech, json_t *input)
{
  g_autofree char *label = bm_text_on_one_line (bm_model_text (input, "label"));

  for (gsize i = 0; i < json_array_size (speech); i++)
    if (g_strcmp0 (json_string_value (json_array_get (speech, i)), label) == 0)
      return i + 1;
  return json_array_size (speech);
}

/**
 * bm_typed_voice_new:
 * @model: a page with keys
 * @keypad: its keys
 * @is_alone: whether nobody else hears it
 *
 * Returns: (transfer full): what is said when somebody asks for it; to be wiped
 */
json_t *
bm_typed_voice_new (json_t *model, BmKeypad *keypad, gboolean is_alone)
{
  json_t *input = bm_model_object (model, "input");
  json_t *speech = json_object_get (model, "speech");
  json_t *all = json_array ();
  gsize place = find_place (speech, input);
  g_autofree char *typed = dup_typed (input, keypad, is_alone);

  for (gsize i = 0; i < place; i++)
    json_array_append_new (all, json_deep_copy (json_array_get (speech, i)));
  append (all, typed);
  append (all, bm_keypad_get_problem (keypad, FALSE));
  append (all, C_ ("typed", "Type with the keys; Del takes the last digit back."));
  if (bm_model_is (input, "has_x"))
    append (all, C_ ("typed", "If it ends in X, press X."));
  if (bm_model_is (input, "has_point"))
    append (all, C_ ("typed", "Before jiao and fen press Point."));
  for (gsize i = place; i < json_array_size (speech); i++)
    json_array_append_new (all, json_deep_copy (json_array_get (speech, i)));
  bm_wipe_string (g_steal_pointer (&typed));
  return all;
}
