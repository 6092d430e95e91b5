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
 *
 * Names are interned, so that they outlive whoever asked.
 */

static GPrivate spoken;

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

  g_return_val_if_fail (message != NULL, "");

  if (g_strcmp0 (language, BM_LANGUAGE_ENGLISH) == 0)
    return message;
  return ask_gettext (context, message);
}
