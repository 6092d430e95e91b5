/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-wanted"

#include "core/catalogue/wanted.h"

#include "core/language/resident.h"

#include <string.h>

/*
 * A text of a file is known by its English: where that changes, the translation is of something else and does
 * not count any more. A text that is one string, the same in every language, is nobody's to translate.
 */

#define MAX_WHERE 160

typedef struct
{
  GPtrArray *list;
  GHashTable *by_message; /* message of a file -> BmWanted */
} Listing;

static void
free_wanted (gpointer data)
{
  BmWanted *wanted = data;

  g_free (wanted->message);
  g_free (wanted->chinese);
  g_free (wanted->where);
  g_free (wanted);
}

static BmWanted *
add (Listing *self,
     const char *context,
     const char *message,
     const char *chinese,
     const char *where)
{
  BmWanted *wanted = g_new0 (BmWanted, 1);

  wanted->context = context;
  wanted->message = g_strdup (message);
  wanted->chinese = g_strdup (chinese);
  wanted->where = g_strdup (where);
  g_ptr_array_add (self->list, wanted);
  return wanted;
}

static void
add_messages (Listing *self)
{
  const char *before = bm_language_begin (BM_LANGUAGE_CHINESE);
  guint count = 0;
  const BmResidentMessage *messages = bm_language_get_resident_messages (&count);

  for (guint i = 0; i < count; i++)
    {
      const char *context = *messages[i].context != '\0' ? messages[i].context : NULL;
      BmWanted *wanted =
        add (self, messages[i].context, messages[i].message,
             bm_language_translate (context, messages[i].message), messages[i].where);

      wanted->is_face = messages[i].is_face;
    }
  bm_language_end (before);
}

/* Texts of files */

static gboolean
is_text (json_t *json)
{
  return json_object_get (json, BM_LANGUAGE_CHINESE) != NULL &&
         json_object_get (json, BM_LANGUAGE_ENGLISH) != NULL;
}

static void
append_once (char **text, const char *more)
{
  char *both;

  if (more == NULL || strstr (*text, more) != NULL || strlen (*text) > MAX_WHERE)
    return;
  both = g_strdup_printf ("%s / %s", *text, more);
  g_free (*text);
  *text = both;
}

static void
add_sentence (Listing *self, json_t *english, json_t *chinese, const char *where)
{
  const char *message = json_string_value (english);
  const char *meant = json_string_value (chinese);
  BmWanted *wanted;

  if (message == NULL || *message == '\0')
    return;
  wanted = g_hash_table_lookup (self->by_message, message);
  if (wanted != NULL)
    {
      append_once (&wanted->chinese, meant);
      append_once (&wanted->where, where);
      return;
    }
  wanted = add (self, BM_LANGUAGE_CATALOGUE, message, meant != NULL ? meant : "", where);
  g_hash_table_insert (self->by_message, wanted->message, wanted);
}

static void
add_text (Listing *self, json_t *text, const char *where)
{
  json_t *english = json_object_get (text, BM_LANGUAGE_ENGLISH);
  json_t *chinese = json_object_get (text, BM_LANGUAGE_CHINESE);
  json_t *sentence;
  gsize i;

  if (json_is_string (english))
    add_sentence (self, english, chinese, where);
  json_array_foreach (english, i, sentence)
  {
    add_sentence (self, sentence, json_array_get (chinese, i), where);
  }
}

static void
add_texts (Listing *self, json_t *json, const char *where)
{
  const char *key;
  json_t *inner;
  gsize i;

  if (is_text (json))
    {
      add_text (self, json, where);
      return;
    }
  json_object_foreach (json, key, inner)
  {
    g_autofree char *below = g_strdup_printf ("%s/%s", where, key);

    add_texts (self, inner, below);
  }
  json_array_foreach (json, i, inner)
  {
    add_texts (self, inner, where);
  }
}

/**
 * bm_wanted_list:
 * @catalogue: the services
 * @offices: (nullable): a table beside them that has texts
 *
 * Returns: (transfer full) (element-type BmWanted): what a language has to say, every message once
 */
GPtrArray *
bm_wanted_list (BmCatalogue *catalogue, json_t *offices)
{
  g_autoptr (GHashTable) by_message = g_hash_table_new (g_str_hash, g_str_equal);
  Listing self = { g_ptr_array_new_with_free_func (free_wanted), by_message };

  g_return_val_if_fail (catalogue != NULL, self.list);

  add_messages (&self);
  for (guint i = 0; i < bm_catalogue_get_count (catalogue); i++)
    {
      json_t *service = bm_catalogue_get (catalogue, i);

      add_texts (&self, service, json_string_value (json_object_get (service, "id")));
    }
  add_texts (&self, offices, "offices");
  return self.list;
}

guint
bm_wanted_count_missing (GPtrArray *wanted, BmLanguageTable *table)
{
  guint count = 0;

  g_return_val_if_fail (wanted != NULL && table != NULL, 0);

  for (guint i = 0; i < wanted->len; i++)
    {
      const BmWanted *one = wanted->pdata[i];

      count += bm_language_table_find (table, one->context, one->message) == NULL;
    }
  return count;
}

json_t *
bm_wanted_dup_face_words (GPtrArray *wanted, BmLanguageTable *table)
{
  json_t *words = json_object ();

  g_return_val_if_fail (wanted != NULL && table != NULL, words);

  for (guint i = 0; i < wanted->len; i++)
    {
      const BmWanted *one = wanted->pdata[i];
      const char *said = bm_language_table_find (table, one->context, one->message);
      json_t *group = json_object_get (words, one->context);

      if (!one->is_face || said == NULL)
        continue;
      if (group == NULL)
        {
          group = json_object ();
          json_object_set_new (words, one->context, group);
        }
      json_object_set_new (group, one->message, json_string (said));
    }
  return words;
}

/* A language beside the two */

static json_t *
translate (json_t *english, BmLanguageTable *table)
{
  const char *message = json_string_value (english);
  const char *words = NULL;

  if (message != NULL && *message != '\0')
    words = bm_language_table_find (table, BM_LANGUAGE_CATALOGUE, message);
  return words != NULL ? json_string (words) : json_incref (english);
}

static void
add_to_text (json_t *text, BmLanguageTable *table)
{
  json_t *english = json_object_get (text, BM_LANGUAGE_ENGLISH);
  json_t *list;
  json_t *sentence;
  gsize i;

  if (!json_is_array (english))
    {
      json_object_set_new (text, bm_language_table_get_id (table), translate (english, table));
      return;
    }
  list = json_array ();
  json_array_foreach (english, i, sentence)
  {
    json_array_append_new (list, translate (sentence, table));
  }
  json_object_set_new (text, bm_language_table_get_id (table), list);
}

void
bm_wanted_add_language (json_t *json, BmLanguageTable *table)
{
  const char *key;
  json_t *inner;
  gsize i;

  g_return_if_fail (table != NULL);

  if (is_text (json))
    {
      add_to_text (json, table);
      return;
    }
  json_object_foreach (json, key, inner) bm_wanted_add_language (inner, table);
  json_array_foreach (json, i, inner) bm_wanted_add_language (inner, table);
}

void
bm_wanted_add_to_services (BmCatalogue *catalogue, json_t *offices, BmLanguageTable *table)
{
  g_return_if_fail (catalogue != NULL && table != NULL);

  for (guint i = 0; i < bm_catalogue_get_count (catalogue); i++)
    bm_wanted_add_language (bm_catalogue_get (catalogue, i), table);
  bm_wanted_add_language (offices, table);
}
