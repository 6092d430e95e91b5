/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-language"

#include "core/language/language.h"

#include <libintl.h>
#include <string.h>

/*
 * Two residents at two seats may want two languages in one process, so neither its locale nor its
 * environment can say which (setenv() while another thread reads it is not allowed either). What is spoken
 * belongs to a thread, from bm_language_begin() to bm_language_end():
 *
 *   nothing asked for: the language of the process, by gettext. Entries, the official text of slips, what the desk
 *                      sees and what goes to the centre are made so: in Chinese
 *   zh_CN              the same: the catalogue of messages that was installed
 *   en                 the messages themselves
 *   any other          the table that was installed for it (table.h); what it lacks is in the language of the
 *                      process. Only what is whole is offered, so this shows in what a resident does not read
 *
 * Names and words are interned, so that they outlive whoever asked.
 */

static GPrivate spoken;
static GRWLock lock;
static GHashTable *installed; /* id -> BmLanguageTable; under the lock */

/**
 * bm_language_begin:
 * @language: (nullable): what this thread speaks from now on
 *
 * Returns: (nullable): what it spoke before
 */
const char *
bm_language_begin (const char *language)
{
  const char *before = g_private_get (&spoken);

  g_private_set (&spoken, (gpointer) g_intern_string (language));
  return before;
}

void
bm_language_end (const char *before)
{
  g_private_set (&spoken, (gpointer) before);
}

/**
 * bm_language_get:
 *
 * Returns: what this thread speaks
 */
const char *
bm_language_get (void)
{
  const char *language = g_private_get (&spoken);

  return language != NULL ? language : g_get_language_names ()[0];
}

/* Letters, digits, and a line between them: zh_CN, en, ug. */
gboolean
bm_language_is_id (const char *language)
{
  gsize length = language != NULL ? strlen (language) : 0;

  if (length == 0 || length > BM_MAX_LANGUAGE_ID || !g_ascii_islower (language[0]))
    return FALSE;
  for (const char *p = language; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && *p != '_')
      return FALSE;
  return TRUE;
}

void
bm_language_install (BmLanguageTable *table)
{
  g_return_if_fail (table != NULL);

  g_rw_lock_writer_lock (&lock);
  if (installed == NULL)
    installed = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                       (GDestroyNotify) bm_language_table_unref);
  g_hash_table_replace (installed, (gpointer) bm_language_table_get_id (table),
                        bm_language_table_ref (table));
  g_rw_lock_writer_unlock (&lock);
}

static int
compare (gconstpointer one, gconstpointer two)
{
  return strcmp (*(const char *const *) one, *(const char *const *) two);
}

char **
bm_language_list_installed (void)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer id;

  g_rw_lock_reader_lock (&lock);
  if (installed != NULL)
    {
      g_hash_table_iter_init (&iter, installed);
      while (g_hash_table_iter_next (&iter, &id, NULL))
        g_ptr_array_add (ids, g_strdup (id));
    }
  g_rw_lock_reader_unlock (&lock);
  g_ptr_array_sort (ids, compare);
  g_ptr_array_add (ids, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&ids), FALSE);
}

static const char *
ask_table (const char *language, const char *context, const char *message)
{
  const char *words = NULL;
  BmLanguageTable *table;

  g_rw_lock_reader_lock (&lock);
  table = installed != NULL ? g_hash_table_lookup (installed, language) : NULL;
  if (table != NULL)
    words = bm_language_table_find (table, context, message);
  g_rw_lock_reader_unlock (&lock);
  return words;
}

static const char *
ask_gettext (const char *context, const char *message)
{
  return context != NULL ? g_dpgettext2 (GETTEXT_PACKAGE, context, message)
                         : g_dgettext (GETTEXT_PACKAGE, message);
}

/**
 * bm_language_translate:
 * @context: (nullable): of the message
 * @message: in English
 *
 * Returns: the words in the language that is spoken
 */
const char *
bm_language_translate (const char *context, const char *message)
{
  const char *language = g_private_get (&spoken);
  const char *words;

  g_return_val_if_fail (message != NULL, "");

  if (language == NULL || strcmp (language, BM_LANGUAGE_CHINESE) == 0)
    return ask_gettext (context, message);
  if (strcmp (language, BM_LANGUAGE_ENGLISH) == 0)
    return message;
  words = ask_table (language, context, message);
  if (words != NULL)
    return words;
  /* Chinese numerals are for Chinese pages: what a table does not say of them is the plain way. */
  return g_strcmp0 (context, "numerals") == 0 ? message : ask_gettext (context, message);
}
