/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sheet"

#include "core/sheet/sheet.h"

#include "core/language/language.h"

#include <string.h>

/*
 * A sheet in two languages (domain §2.20): the Chinese is the official text and stands first; whoever cannot
 * read it finds below it what it says. Both are in the stored model, so that a further copy is the same
 * whatever language is spoken when it is made.
 *
 * Only what the second language says otherwise is kept: names, numbers and what the centre wrote stand once.
 */

static const char *const text_keys[] = { "label", "value", "text", "ask", "place", "figure" };

/**
 * bm_sheet_get_language:
 * @sheet: a checked model
 *
 * Returns: (transfer none) (nullable): the id of its second language
 */
const char *
bm_sheet_get_language (json_t *sheet)
{
  return json_string_value (json_object_get (json_object_get (sheet, "translation"), "language"));
}

static const char *
get_text (json_t *object, const char *key)
{
  const char *text = json_string_value (json_object_get (object, key));

  return text != NULL ? text : "";
}

static void
put_other (json_t *translation, const char *key, json_t *first, json_t *other)
{
  const char *text = get_text (other, key);

  if (*text != '\0' && strcmp (text, get_text (first, key)) != 0)
    json_object_set (translation, key, json_object_get (other, key));
}

/**
 * bm_sheet_add_translation:
 * @sheet: a model in Chinese
 * @other: the same sheet, block for block, in another language
 * @language: that language
 *
 * Makes @sheet bilingual. What was filled in @other stays unfilled; fill the sheet afterwards.
 */
void
bm_sheet_add_translation (json_t *sheet, json_t *other, const char *language)
{
  json_t *blocks = json_object_get (sheet, "blocks");
  json_t *others = json_object_get (other, "blocks");
  json_t *head, *block;
  gsize i;

  g_return_if_fail (bm_language_is_id (language));
  g_return_if_fail (json_array_size (blocks) == json_array_size (others));

  head = json_pack ("{s:s}", "language", language);
  put_other (head, "title", sheet, other);
  json_object_set_new (sheet, "translation", head);
  json_object_set_new (sheet, "version", json_integer (BM_SHEET_VERSION_BILINGUAL));
  json_array_foreach (blocks, i, block)
  {
    json_t *translation = json_object ();

    for (gsize k = 0; k < G_N_ELEMENTS (text_keys); k++)
      put_other (translation, text_keys[k], block, json_array_get (others, i));
    if (json_object_size (translation) > 0)
      json_object_set (block, "translation", translation);
    json_decref (translation);
  }
}

/* What is said on the phone, in one line of its own; what the second language calls the same is taken from the first. */
static char *
dup_number (json_t *block, json_t *translation)
{
  static const char *const keys[] = { "ask", "place", "figure" };
  const char *texts[G_N_ELEMENTS (keys)];

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    texts[i] =
      get_text (json_object_get (translation, keys[i]) != NULL ? translation : block, keys[i]);
  return g_strchomp (g_strdup_printf ("%s:\n%s %s", texts[0], texts[1], texts[2]));
}

/**
 * bm_sheet_dup_translation:
 * @block: a block of a checked model
 *
 * Returns: (transfer full) (nullable): what stands below it in the second language
 */
char *
bm_sheet_dup_translation (json_t *block)
{
  json_t *translation = json_object_get (block, "translation");
  const char *label = get_text (translation, "label");
  const char *value = get_text (translation, "value");

  if (translation == NULL)
    return NULL;
  if (strcmp (get_text (block, "type"), "number") == 0)
    return dup_number (block, translation);
  if (*label != '\0' && *value != '\0')
    return g_strdup_printf ("%s: %s", label, value);
  if (*label != '\0' || *value != '\0')
    return g_strconcat (label, value, NULL);
  return g_strdup (get_text (translation, "text"));
}
