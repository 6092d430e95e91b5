/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-language"

#include "core/language/table.h"

#include "core/error.h"
#include "core/language/language.h"
#include "core/language/places.h"

#include <string.h>

/*
 * Words are interned: whoever was given them keeps them, also when a newer version of the language takes the
 * place of this one in another thread. Versions come a few times a year.
 */

#define DOCUMENT_VERSION 1
#define MAX_CONTEXT      64
#define MAX_MESSAGE      1200
#define MAX_FONT         48
#define SEPARATOR        "\004" /* as gettext has it */

struct _BmLanguageTable
{
  gatomicrefcount references;
  const char *id;
  char *name;
  gboolean is_rtl;
  json_t *fonts;
  GHashTable *words; /* context, SEPARATOR, message -> interned words */
};

static char *
make_key (const char *context, const char *message)
{
  return g_strconcat (context != NULL ? context : "", SEPARATOR, message, NULL);
}

static BmLanguageTable *
table_alloc (const char *id)
{
  BmLanguageTable *self = g_new0 (BmLanguageTable, 1);

  g_atomic_ref_count_init (&self->references);
  self->id = g_intern_string (id);
  self->fonts = json_array ();
  self->words = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

BmLanguageTable *
bm_language_table_ref (BmLanguageTable *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
bm_language_table_unref (BmLanguageTable *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_hash_table_unref (self->words);
  json_decref (self->fonts);
  g_free (self->name);
  g_free (self);
}

static gboolean
fail (GError **error, const char *what, const char *remedy)
{
  g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "language: %s: %s", what, remedy);
  return FALSE;
}

/* Messages */

static gboolean
is_plain (const char *text, gsize max)
{
  if (strlen (text) > max)
    return FALSE;
  for (const char *at = text; *at != '\0'; at++)
    if (g_ascii_iscntrl (*at) && *at != '\n')
      return FALSE;
  return TRUE;
}

static gboolean
add_message (BmLanguageTable *self,
             const char *context,
             const char *message,
             json_t *value,
             GError **error)
{
  const char *words = json_string_value (value);

  if (*message == '\0' || !is_plain (message, MAX_MESSAGE))
    return fail (error, "messages", "a message that no page can have");
  if (words == NULL || strlen (words) != json_string_length (value))
    return fail (error, message, "its words are no text");
  if (!bm_language_check_words (message, words, error))
    {
      g_prefix_error (error, "language %s: ", self->id);
      return FALSE;
    }
  if (g_hash_table_size (self->words) >= BM_LANGUAGE_MAX_MESSAGES)
    return fail (error, "messages", "too many");
  g_hash_table_insert (self->words, make_key (context, message),
                       (gpointer) g_intern_string (words));
  return TRUE;
}

static gboolean
add_messages (BmLanguageTable *self, json_t *messages, GError **error)
{
  const char *context, *message;
  json_t *group, *value;

  json_object_foreach (messages, context, group)
  {
    if (!json_is_object (group) || !is_plain (context, MAX_CONTEXT))
      return fail (error, "messages", "each context holds an object of messages");
    json_object_foreach (group, message, value)
    {
      if (!add_message (self, context, message, value, error))
        return FALSE;
    }
  }
  return TRUE;
}

/* What stands beside them */

gboolean
bm_language_is_font (const char *name)
{
  if (name == NULL || *name == '\0' || strlen (name) > MAX_FONT)
    return FALSE;
  for (const char *at = name; *at != '\0'; at++)
    if (!g_ascii_isalnum (*at) && *at != ' ' && *at != '-')
      return FALSE;
  return TRUE;
}

static gboolean
take_fonts (BmLanguageTable *self, json_t *fonts, GError **error)
{
  json_t *font;
  gsize i;

  if (fonts == NULL)
    return TRUE;
  if (!json_is_array (fonts) || json_array_size (fonts) > BM_LANGUAGE_MAX_FONTS)
    return fail (error, "fonts", "a list of four names at most");
  json_array_foreach (fonts, i, font)
  {
    if (!bm_language_is_font (json_string_value (font)))
      return fail (error, "fonts", "a name is of letters, digits, blanks and hyphens");
    json_array_append (self->fonts, font);
  }
  return TRUE;
}

static gboolean
take_name (BmLanguageTable *self, const char *name, GError **error)
{
  g_autoptr (GError) cause = NULL;

  if (*name == '\0' || g_utf8_strlen (name, -1) > BM_LANGUAGE_MAX_NAME ||
      strchr (name, '\n') != NULL || !bm_language_check_words (name, name, &cause))
    return fail (error, "name", "what the language is called in itself, 16 characters at most");
  self->name = g_strdup (name);
  return TRUE;
}

static gboolean
take_direction (BmLanguageTable *self, const char *direction, GError **error)
{
  self->is_rtl = strcmp (direction, "rtl") == 0;
  return self->is_rtl || strcmp (direction, "ltr") == 0 || fail (error, "direction", "ltr or rtl");
}

static gboolean
check_id (const char *id, GError **error)
{
  if (!bm_language_is_id (id))
    return fail (error, "id", "small letters first, then letters, digits and _, 16 at most");
  if (strcmp (id, BM_LANGUAGE_CHINESE) == 0 || strcmp (id, BM_LANGUAGE_ENGLISH) == 0)
    return fail (error, id, "this language is part of the program");
  return TRUE;
}

/**
 * bm_language_table_from_json:
 * @document: (transfer none): a language document
 * @error: return location for a sentence that names the message
 *
 * Checks all of it: form, sizes, and that every translation has the places of its original.
 *
 * Returns: (transfer full) (nullable): the table
 */
BmLanguageTable *
bm_language_table_from_json (json_t *document, GError **error)
{
  g_autoptr (BmLanguageTable) self = NULL;
  const char *kind = NULL, *id = NULL, *name = NULL, *direction = NULL;
  json_t *fonts = NULL, *messages = NULL;
  json_error_t detail;
  int version = 0;

  g_return_val_if_fail (document != NULL, NULL);

  if (json_unpack_ex (document, &detail, JSON_STRICT, "{s:i, s:s, s:s, s:s, s:s, s?:o, s:o}",
                      "version", &version, "kind", &kind, "id", &id, "name", &name, "direction",
                      &direction, "fonts", &fonts, "messages", &messages) != 0 ||
      strcmp (kind, "language") != 0 || !json_is_object (messages))
    {
      (void) fail (error, "document", "not a language"); /* it is FALSE */
      return NULL;
    }
  if (version != DOCUMENT_VERSION)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_UNSUPPORTED, "language version %d", version);
      return NULL;
    }
  if (!check_id (id, error))
    return NULL;
  self = table_alloc (id);
  if (!take_name (self, name, error) || !take_direction (self, direction, error) ||
      !take_fonts (self, fonts, error) || !add_messages (self, messages, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * bm_language_table_new:
 * @id: of the language
 * @messages: (nullable): words by context and message
 *
 * Words that do not fit are left out: the original stands there.
 *
 * Returns: (transfer full): a table without a name
 */
BmLanguageTable *
bm_language_table_new (const char *id, json_t *messages)
{
  BmLanguageTable *self;
  const char *context, *message;
  json_t *group, *value;

  g_return_val_if_fail (bm_language_is_id (id), NULL);

  self = table_alloc (id);
  json_object_foreach (messages, context, group) json_object_foreach (group, message, value)
  {
    (void) add_message (self, context, message, value, NULL);
  }
  return self;
}

const char *
bm_language_table_get_id (BmLanguageTable *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->id;
}

const char *
bm_language_table_get_name (BmLanguageTable *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->name != NULL ? self->name : self->id;
}

gboolean
bm_language_table_is_rtl (BmLanguageTable *self)
{
  g_return_val_if_fail (self != NULL, FALSE);
  return self->is_rtl;
}

json_t *
bm_language_table_get_fonts (BmLanguageTable *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->fonts;
}

guint
bm_language_table_count (BmLanguageTable *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return g_hash_table_size (self->words);
}

const char *
bm_language_table_find (BmLanguageTable *self, const char *context, const char *message)
{
  g_autofree char *key = NULL;

  g_return_val_if_fail (self != NULL && message != NULL, NULL);

  key = make_key (context, message);
  return g_hash_table_lookup (self->words, key);
}
