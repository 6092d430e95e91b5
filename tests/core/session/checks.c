/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/catalogue/shape.h"
#include "core/session/words.h"
#include "tests/core/session/world.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <string.h>

/* What the tests of the session and of the desk share. */

void
world_set_up_locale (void)
{
  const char *folder = g_getenv ("BIANMIN_LOCALE");

  g_assert_nonnull (folder);
  g_setenv ("LANGUAGE", "zh_CN", TRUE);
  setlocale (LC_ALL, "C.UTF-8");
  bindtextdomain ("bianmin", folder);
  bind_textdomain_codeset ("bianmin", "UTF-8");
  textdomain ("bianmin");
}

json_t *
world_new_staff (void)
{
  return json_pack ("[{s:s, s:s, s:s}, {s:s, s:s, s:s}, {s:s, s:s, s:s}]", "id", "HT01", "name",
                    "陈国强", "role", "head", "id", "HT02", "name", "苏敏", "role", "helper", "id",
                    "HT04", "name", "丁一", "role", "maintenance");
}

/* Text, without the line ends that are only for the eye. */
char *
world_flat_text (json_t *json)
{
  g_autofree char *dump = json_dumps (json, JSON_ENCODE_ANY);
  g_auto (GStrv) parts = g_strsplit (dump, "\\n", -1);

  return g_strjoinv ("", parts);
}

/* Checks of every page */

static gboolean
has_way_on (json_t *page)
{
  json_t *frame = json_object_get (page, "frame");
  const char *id = json_string_value (json_object_get (page, "id"));

  if (json_array_size (json_object_get (page, "choices")) > 0 ||
      json_is_object (json_object_get (page, "input")) ||
      json_is_string (json_object_get (frame, "next")) ||
      json_is_true (json_object_get (frame, "back")) ||
      json_is_true (json_object_get (frame, "end")))
    return TRUE;
  /* These go on by themselves: a durable write, an answer, the end. */
  return strcmp (id, "committing") == 0 || strcmp (id, "withdrawing") == 0 ||
         strcmp (id, "sending") == 0 || strcmp (id, "closed") == 0;
}

/* Half hanzi: what is full width counts two. */
static guint
get_width (const char *text, gsize length)
{
  guint width = 0;

  for (const char *p = text; p < text + length; p = g_utf8_next_char (p))
    width += g_unichar_iswide (g_utf8_get_char (p)) ? 2 : 1;
  return width;
}

static void
check_width (json_t *page, const char *text, guint most)
{
  g_auto (GStrv) lines = g_strsplit (text != NULL ? text : "", "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    if (get_width (lines[i], strlen (lines[i])) > most * 2)
      g_error ("%s: more than %u hanzi: %s", json_string_value (json_object_get (page, "id")), most,
               lines[i]);
}

/* Large type: 15 hanzi fill a line of the question, 20 a line of the text (looks §2). */
static void
check_widths (json_t *page)
{
  json_t *line;
  gsize i;

  check_width (page, json_string_value (json_object_get (page, "question")), 15);
  json_array_foreach (json_object_get (page, "lines"), i, line)
  {
    check_width (page, json_string_value (json_object_get (line, "text")), 20);
  }
}

/* What is covered is not there: a cover of one length, so that not even the length tells. */
static void
check_cover (json_t *page)
{
  json_t *row;
  gsize i;

  if (!json_is_true (json_object_get (page, "is_covered")))
    return;
  json_array_foreach (json_object_get (page, "rows"), i, row)
  {
    g_assert_cmpstr (json_string_value (json_object_get (row, "value")), ==, "");
    g_assert_null (json_object_get (row, "note"));
  }
}

/* Everything that is shown in words is said, in one piece and numbered as it is pressed. */
static void
need_said (json_t *page, const char *said, const char *text)
{
  g_autofree char *flat = text != NULL ? bm_words_flatten (text) : NULL;

  if (flat != NULL && strstr (said, flat) == NULL)
    g_error ("%s shows and does not say %s; it says %s",
             json_string_value (json_object_get (page, "id")), flat, said);
}

static const char *
get_string (json_t *object, const char *key)
{
  return json_string_value (json_object_get (object, key));
}

static void
check_said_choices (json_t *page, const char *said)
{
  json_t *choice;
  gsize i;

  json_array_foreach (json_object_get (page, "choices"), i, choice)
  {
    gboolean is_off = g_strcmp0 (get_string (choice, "state"), "off") == 0;
    g_autofree char *label = bm_words_flatten (get_string (choice, "label"));
    g_autofree char *numbered = g_strdup_printf ("第%u个，%s。", (guint) i + 1, label);
    g_autofree char *chosen = g_strdup_printf ("您选的是：%s。", label);

    if (g_strcmp0 (get_string (choice, "state"), "chosen") == 0)
      need_said (page, said, chosen);
    else
      need_said (page, said, numbered);
    need_said (page, said, get_string (choice, is_off ? "why" : "note"));
  }
  need_said (page, said, get_string (json_object_get (page, "frame"), "next"));
}

/* Of a private page that nobody asked for only what can be pressed. */
static void
check_said (json_t *page)
{
  g_autofree char *said = world_flat_text (json_object_get (page, "speech"));
  g_autofree char *question = bm_words_flatten (get_string (page, "question"));
  gboolean is_silent =
    json_is_true (json_object_get (page, "is_private")) && strstr (said, question) == NULL;
  json_t *item;
  gsize i;

  if (json_object_get (page, "level") != NULL) /* a microphone listens: not a word */
    {
      g_assert_cmpuint (json_array_size (json_object_get (page, "speech")), ==, 0);
      g_assert_true (json_is_true (json_object_get (page, "is_private")));
      return;
    }
  check_said_choices (page, said);
  if (is_silent)
    return;
  need_said (page, said, question);
  need_said (page, said, get_string (json_object_get (page, "input"), "problem"));
  need_said (page, said, get_string (json_object_get (page, "input"), "label"));
  need_said (page, said, get_string (json_object_get (page, "number"), "figure"));
  json_array_foreach (json_object_get (page, "lines"), i, item)
    need_said (page, said, get_string (item, "text"));
  json_array_foreach (json_object_get (page, "facts"), i, item)
  {
    need_said (page, said, get_string (item, "label"));
    need_said (page, said, get_string (item, "value"));
  }
}

/* 我走了 is told from 不办了 by no word. */
static void
check_end (json_t *page)
{
  json_t *frame = json_object_get (page, "frame");
  const char *label = get_string (frame, "end_label");

  if (label != NULL && !g_str_has_prefix (get_string (page, "template"), "desk-"))
    g_assert_true (json_is_true (json_object_get (frame, "end_leaves")) ==
                   g_str_equal (label, "我走了"));
}

void
world_check_page (json_t *page)
{
  g_autoptr (GError) error = NULL;
  gboolean is_valid = bm_shape_check_page (page, &error);
  const char *language = get_string (json_object_get (page, "settings"), "language");
  gboolean is_chinese;

  if (!is_valid)
    {
      g_autofree char *dump = json_dumps (page, JSON_INDENT (1));

      g_printerr ("%s\n%s\n", error->message, dump);
    }
  g_assert_true (is_valid);
  check_cover (page);
  is_chinese = language == NULL || strcmp (language, "zh_CN") == 0; /* the others: languages.c */
  if (is_chinese)
    check_end (page);
  if (is_chinese)
    check_widths (page);
  if (is_chinese && !g_str_has_prefix (get_string (page, "template"), "desk-"))
    check_said (page);
  if (!has_way_on (page))
    g_error ("no way on from %s", json_string_value (json_object_get (page, "id")));
}

void
world_find_matter (World *self, const char *service)
{
  json_t *home = json_object_get (bm_catalogue_find (self->catalogue, service), "home");
  g_autofree char *group =
    g_strconcat ("group:", json_string_value (json_object_get (home, "group")), NULL);

  world_choose (self, "others");
  if (!world_offers (self, service))
    world_choose (self, group);
  world_choose (self, service);
}
