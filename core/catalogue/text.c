/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-text"

#include "core/catalogue/text.h"

#include "core/crypto/crypto.h"
#include "core/language/language.h"

#include <string.h>

static json_t *
pick (json_t *map)
{
  const char *const *names = g_get_language_names ();
  json_t *found = json_object_get (map, bm_language_get ());

  for (guint i = 0; names[i] != NULL && found == NULL; i++)
    found = json_object_get (map, names[i]);
  if (found == NULL)
    found = json_object_get (map, "en");
  if (found == NULL)
    found = json_object_iter_value (json_object_iter (map));
  return found;
}

/**
 * bm_text_pick:
 * @text: (nullable): a string, or one string per language
 *
 * Chooses the text in the language of the person, then English, then whatever is there.
 *
 * Returns: (transfer none): the text, "" when there is none
 */
const char *
bm_text_pick (json_t *text)
{
  const char *string = json_string_value (json_is_object (text) ? pick (text) : text);

  return string != NULL ? string : "";
}

const char *
bm_text_get (json_t *object, const char *key)
{
  const char *text = json_string_value (json_object_get (object, key));

  return text != NULL ? text : "";
}

/**
 * bm_text_pick_list:
 * @map: (nullable): a list of sentences per language
 *
 * Returns: (transfer none) (nullable): the list in the language of the person
 */
json_t *
bm_text_pick_list (json_t *map)
{
  json_t *found = json_is_object (map) ? pick (map) : map;

  return json_is_array (found) ? found : NULL;
}

/**
 * bm_text_fill:
 * @pattern: a text with {placeholders}
 * @values: (element-type utf8 utf8): what they stand for
 *
 * Puts the values into the text.
 *
 * Returns: (transfer full): the text
 */
char *
bm_text_fill (const char *pattern, GHashTable *values)
{
  GString *text = g_string_new (NULL);

  g_return_val_if_fail (pattern != NULL && values != NULL, g_string_free (text, FALSE));

  while (*pattern != '\0')
    {
      const char *end = *pattern == '{' ? strchr (pattern, '}') : NULL;

      if (end != NULL)
        {
          g_autofree char *name = g_strndup (pattern + 1, (gsize) (end - pattern - 1));
          const char *value = g_hash_table_lookup (values, name);

          g_string_append (text, value != NULL ? value : "");
          pattern = end + 1;
        }
      else
        g_string_append_c (text, *pattern++);
    }
  return g_string_free (text, FALSE);
}

/**
 * bm_text_holds:
 * @when: (nullable): condition words, an exclamation mark negates
 * @flags: (element-type utf8 utf8): the words that are true now
 *
 * Returns: whether every word of @when is as it asks
 */
gboolean
bm_text_holds (const char *when, GHashTable *flags)
{
  g_auto (GStrv) words = g_strsplit (when != NULL ? when : "", " ", -1);

  for (guint i = 0; words[i] != NULL; i++)
    {
      gboolean is_negated = words[i][0] == '!';

      if (*words[i] != '\0' && g_hash_table_contains (flags, words[i] + is_negated) == is_negated)
        return FALSE;
    }
  return TRUE;
}

/**
 * bm_text_find_stranger:
 * @pattern: a text with {placeholders}
 * @known: what can be filled; a name that ends with a colon stands for everything that begins so
 *
 * Returns: (transfer full) (nullable): the first placeholder that nobody fills
 */
char *
bm_text_find_stranger (const char *pattern, const char *const *known)
{
  for (const char *open = strchr (pattern, '{'); open != NULL; open = strchr (open + 1, '{'))
    {
      const char *end = strchr (open, '}');
      g_autofree char *name =
        g_strndup (open + 1, end != NULL ? (gsize) (end - open - 1) : strlen (open + 1));
      gboolean is_known = FALSE;

      for (guint i = 0; known[i] != NULL && end != NULL && !is_known; i++)
        is_known = strcmp (known[i], name) == 0 ||
                   (g_str_has_suffix (known[i], ":") && g_str_has_prefix (name, known[i]));
      if (!is_known)
        return g_steal_pointer (&name);
    }
  return NULL;
}

/**
 * bm_text_find_strange_word:
 * @when: condition words
 * @known: the words that exist
 *
 * Returns: (transfer full) (nullable): the first word that does not exist
 */
char *
bm_text_find_strange_word (const char *when, const char *const *known)
{
  g_auto (GStrv) words = g_strsplit (when, " ", -1);

  for (guint i = 0; words[i] != NULL; i++)
    {
      const char *word = words[i][0] == '!' ? words[i] + 1 : words[i];

      if (*words[i] != '\0' && !g_strv_contains (known, word))
        return g_strdup (word);
    }
  return NULL;
}

static void
wipe_inside (json_t *json)
{
  const char *key;
  json_t *value;
  gsize i;

  if (json->refcount != 1)
    return;
  if (json_is_string (json))
    bm_wipe ((char *) json_string_value (json), json_string_length (json));
  json_object_foreach (json, key, value) wipe_inside (value);
  json_array_foreach (json, i, value) wipe_inside (value);
}

/**
 * bm_json_wipe:
 * @json: (transfer full) (nullable): JSON about a person
 *
 * Overwrites every string that nobody else holds a reference to, and drops the reference
 * (invariant 13). What somebody else still holds is theirs to wipe.
 */
void
bm_json_wipe (json_t *json)
{
  if (json == NULL)
    return;
  wipe_inside (json);
  json_decref (json);
}
