/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-document"

#include "core/calendar/calendar.h"
#include "core/catalogue/catalogue.h"
#include "core/catalogue/document.h"
#include "core/catalogue/wanted.h"
#include "core/language/places.h"
#include "core/people/address.h"

#include "tests/fuzz/fuzz.h"

#include <string.h>

/* What is found good can be used: a service stands in a catalogue (begun from a folder without any), a year in a calendar. */
static void
use_service (const char *name, const char *body, size_t size)
{
  g_autoptr (BmCatalogue) catalogue = bm_catalogue_load ("/proc/self/ns", NULL);

  g_assert_nonnull (catalogue);
  g_assert_true (bm_catalogue_put_text (catalogue, name, body, size));
  g_assert_nonnull (bm_catalogue_find (catalogue, name));
}

static void
use_calendar (const char *body, size_t size)
{
  g_autoptr (BmCalendar) calendar = bm_calendar_new ();
  json_t *year = json_loadb (body, size, JSON_REJECT_DUPLICATES, NULL);

  g_assert_true (bm_calendar_put_year (calendar, year, NULL));
  json_decref (year);
}

/* Each place lies in one of the level above, and has a full name that a page can hold. */
static void
use_places (BmDivisions *divisions, const char *above)
{
  g_autoptr (GPtrArray) places = bm_divisions_list (divisions, above, NULL);

  for (guint i = 0; i < places->len; i++)
    {
      const char *code = g_ptr_array_index (places, i);
      g_autofree char *name = bm_divisions_dup_full_name (divisions, code);

      g_assert_cmpint (g_utf8_strlen (name, -1), <=, 120);
      use_places (divisions, code);
    }
}

static void
use_divisions (const char *body, size_t size)
{
  json_t *document = json_loadb (body, size, JSON_REJECT_DUPLICATES, NULL);
  g_autoptr (BmDivisions) divisions = bm_divisions_new (document, NULL);

  g_assert_nonnull (divisions);
  if (size < 4096)
    use_places (divisions, "");
  json_decref (document);
}

/* Every word of it can stand where its message does: a page that prints with it reads nothing else. */
static void
use_language (const char *body, size_t size)
{
  json_t *document = json_loadb (body, size, JSON_REJECT_DUPLICATES, NULL);
  g_autoptr (BmLanguageTable) table = bm_language_table_from_json (document, NULL);
  g_autofree char *reason = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new (body, size);
  const char *context, *message;
  json_t *group, *words;

  g_assert_nonnull (table);
  json_object_foreach (json_object_get (document, "messages"), context, group)
    json_object_foreach (group, message, words)
  {
    const char *said = bm_language_table_find (table, context, message);

    g_assert_cmpstr (said, ==, json_string_value (words));
    g_assert_true (bm_language_check_words (message, said, NULL));
  }
  reason = bm_document_dup_reason ("language", bytes);
  g_assert_null (reason);
  json_decref (document);
}

/* First line: kind and name of a document that came down; the rest: its body. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const uint8_t *end = size > 0 ? memchr (data, '\n', size) : NULL;
  g_autofree char *line =
    end != NULL ? g_strndup ((const char *) data, (size_t) (end - data)) : NULL;
  g_auto (GStrv) words = line != NULL ? g_strsplit (line, " ", 2) : NULL;
  g_autoptr (GBytes) body = NULL;
  const char *text;

  if (words == NULL || words[0] == NULL || words[1] == NULL)
    return 0;
  text = (const char *) end + 1;
  size -= (size_t) (end + 1 - data);
  body = g_bytes_new (text, size);
  if (bm_document_find_fault (words[0], words[1], body) != NULL)
    return 0;
  if (strcmp (words[0], "catalogue") == 0)
    use_service (words[1], text, size);
  else if (strcmp (words[0], "calendar") == 0)
    use_calendar (text, size);
  else if (strcmp (words[0], "divisions") == 0)
    use_divisions (text, size);
  else if (strcmp (words[0], "language") == 0)
    use_language (text, size);
  return 0;
}
