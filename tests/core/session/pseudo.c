/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/catalogue/shape.h"
#include "core/catalogue/wanted.h"
#include "core/session/session-private.h"
#include "tests/core/session/world.h"

#include <string.h>

/*
 * A further language that nobody speaks: every English letter becomes one of Georgian, places stay. So a text of a page that still
 * has a letter of ours was not translated: it is a message that the list of what has to be written lacks.
 */

#define ID          "xx"
#define FIRST       0x10d0 /* the first of 33 letters that follow one another */
#define CONVERSIONS "diouxXcsfgeE"

/* What comes from outside, or is a code and no word. */
static const char *const given[] = { "HT01", "HT02", "HT03", "HTTPS://DEMO.INVALID/T/7.AAAAAAAA" };

static const char *
skip_place (const char *at)
{
  const char *end = NULL;

  if (*at == '{')
    end = strchr (at, '}');
  else if (*at == '%' && at[1] != '\0')
    end = at + 1 + strcspn (at + 1, CONVERSIONS);
  return end != NULL && *end != '\0' ? end + 1 : at;
}

static char *
disguise (const char *text)
{
  GString *other = g_string_new (NULL);

  while (*text != '\0')
    {
      const char *end = skip_place (text);

      if (end > text)
        g_string_append_len (other, text, end - text);
      else if (g_ascii_isalpha (*text))
        g_string_append_unichar (other, FIRST + (gunichar) (g_ascii_tolower (*text) - 'a'));
      else
        g_string_append_c (other, *text);
      text = end > text ? end : text + 1;
    }
  return g_string_free (other, FALSE);
}

static void
put (json_t *messages, const BmWanted *wanted)
{
  g_autofree char *words = disguise (wanted->message);

  if (json_object_get (messages, wanted->context) == NULL)
    json_object_set_new (messages, wanted->context, json_object ());
  json_object_set_new (json_object_get (messages, wanted->context), wanted->message,
                       json_string (words));
}

/* As the station does with a language that came down (app/station/languages.c). */
static json_t *
make_pseudo (World *self)
{
  json_t *offices = bm_appeal_table_get_depts (self->appeals);
  g_autoptr (GPtrArray) wanted = bm_wanted_list (self->catalogue, offices);
  g_autoptr (BmLanguageTable) table = NULL;
  g_autoptr (GError) error = NULL;
  json_t *messages = json_object ();
  json_t *document;

  for (guint i = 0; i < wanted->len; i++)
    put (messages, wanted->pdata[i]);
  document = json_pack ("{s:i, s:s, s:s, s:s, s:s, s:o}", "version", 1, "kind", "language", "id",
                        ID, "name", "Xx", "direction", "ltr", "messages", messages);
  table = bm_language_table_from_json (document, &error);
  g_assert_no_error (error);
  json_decref (document);
  g_assert_cmpuint (bm_wanted_count_missing (wanted, table), ==, 0);
  bm_language_install (table);
  bm_wanted_add_to_services (self->catalogue, offices, table);
  json_object_set_new (json_object_get (self->setup.duty, "text"), ID, json_string ("8:30-17:00"));
  json_object_set_new (json_object_get (self->setup.duty, "next"), ID, json_string ("8:30"));
  return json_pack ("[{s:s, s:s, s:s, s:o}]", "id", ID, "name", "Xx", "direction", "ltr", "words",
                    bm_wanted_dup_face_words (wanted, table));
}

/* Once for a world; the check of its first page may have done it. */
void
world_make_pseudo (World *self)
{
  if (self->pseudo == NULL)
    self->pseudo = make_pseudo (self);
}

static void
need_disguised (BmSession *session, json_t *page, const char *text)
{
  g_autoptr (GString) rest = g_string_new (text);

  for (gsize i = 0; i < G_N_ELEMENTS (given); i++)
    g_string_replace (rest, given[i], "", 0);
  for (const char *at = rest->str; *at != '\0'; at++)
    if (g_ascii_isalpha (*at) && g_ascii_isalpha (at[1]))
      g_error ("%s in a further language says %s", json_string_value (json_object_get (page, "id")),
               text);
  world_need_no_chinese (session, page, text);
}

static void
need_list (BmSession *session, json_t *page, const char *name, const char *const *keys)
{
  json_t *item;
  gsize i;

  json_array_foreach (json_object_get (page, name), i, item)
  {
    if (json_is_string (item))
      need_disguised (session, page, json_string_value (item));
    for (guint k = 0; keys[k] != NULL; k++)
      need_disguised (session, page, json_string_value (json_object_get (item, keys[k])));
  }
}

static void
need_object (BmSession *session, json_t *page, json_t *object, const char *const *keys)
{
  for (guint k = 0; keys[k] != NULL; k++)
    need_disguised (session, page, json_string_value (json_object_get (object, keys[k])));
}

static void
check_words (BmSession *session, json_t *page)
{
  static const char *const all[] = { "text", "label", "value", "note", "why", NULL };
  static const char *const choice_keys[] = { "note", "why", NULL };
  static const char *const frame_keys[] = { "help_label", "end_label", "next", "cases", NULL };
  static const char *const input_keys[] = { "label", "problem", "under", "over", "wrong", NULL };
  static const char *const station_keys[] = { "clock", "duty", "demo_label", NULL };

  need_disguised (session, page, json_string_value (json_object_get (page, "question")));
  need_list (session, page, "lines", all);
  need_list (session, page, "facts", all);
  need_list (session, page, "rows", all);
  /* Languages are called by their own names. */
  need_list (session, page, "choices",
             strcmp (json_string_value (json_object_get (page, "id")), "voice") == 0 ||
                 strcmp (json_string_value (json_object_get (page, "id")), "language") == 0
               ? choice_keys
               : all);
  need_object (session, page, json_object_get (page, "frame"), frame_keys);
  need_object (session, page, json_object_get (page, "input"), input_keys);
  need_object (session, page, json_object_get (page, "station"), station_keys);
}

void
world_check_further (World *self)
{
  BmSession *session = self->session;
  json_t *languages = self->setup.languages;
  guint before = session->language;
  g_autoptr (GError) error = NULL;
  json_t *page;

  world_make_pseudo (self);
  self->setup.languages = self->pseudo;
  session->language = 2;
  bm_session_set_clock (session);
  page = bm_session_build_page (session);
  self->setup.languages = languages;
  session->language = before;
  bm_session_set_clock (session);
  if (!bm_shape_check_page (page, &error))
    g_error ("in a further language: %s", error->message);
  check_words (session, page);
  json_decref (page);
}
