/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-page"

#include "core/session/page.h"

#include "core/catalogue/text.h"
#include "core/crypto/crypto.h"
#include "core/language/language.h"
#include "core/session/words.h"

#include <string.h>

#define MAX_SPEECH        60
#define MAX_SPEECH_LENGTH 600
#define MAX_NAMES         8

/* Building aids live in the model under these keys until bm_page_finish(). */
#define SAY_FIRST "+first"
#define SAY_ALSO  "+also"

/**
 * bm_page_new:
 * @id: names the page
 * @template_name: how it is laid out
 *
 * Begins a page model.
 *
 * Returns: (transfer full): the model
 */
json_t *
bm_page_new (const char *id, const char *template_name)
{
  return json_pack ("{s:i, s:s, s:s, s:s, s:[], s:[], s:[], s:{s:s}, s:[], s:[], s:[]}", "version",
                    1, "id", id, "template", template_name, "question", "", "lines", "facts",
                    "choices", "frame", "help", "normal", "speech", SAY_FIRST, SAY_ALSO);
}

void
bm_page_set_question (json_t *page, const char *text, gboolean is_hero)
{
  json_object_set_new (page, "question", json_string (text));
  json_object_set_new (page, "is_hero", json_boolean (is_hero));
}

void
bm_page_set_picture (json_t *page, const char *icon)
{
  json_object_set_new (page, "picture", icon != NULL ? json_string (icon) : json_null ());
}

void
bm_page_set_reached (json_t *page, guint reached)
{
  json_object_set_new (page, "states", json_pack ("{s:i}", "reached", (int) reached));
}

void
bm_page_set_number (json_t *page, const char *place, const char *figure, const char *qr)
{
  json_t *number = json_pack ("{s:s, s:s}", "place", place, "figure", figure);

  if (qr != NULL && *qr != '\0')
    json_object_set_new (number, "qr", json_string (qr));
  json_object_set_new (page, "number", number);
}

void
bm_page_set_earcon (json_t *page, const char *name)
{
  json_object_set_new (page, "earcon", json_string (name));
}

void
bm_page_add_line (json_t *page, const char *icon, const char *text, gboolean is_strong)
{
  json_t *line = json_pack ("{s:s}", "text", text);

  if (icon != NULL)
    json_object_set_new (line, "icon", json_string (icon));
  if (is_strong)
    json_object_set_new (line, "strong", json_true ());
  json_array_append_new (json_object_get (page, "lines"), line);
}

void
bm_page_add_fact (json_t *page, const char *label, const char *value)
{
  json_array_append_new (json_object_get (page, "facts"),
                         json_pack ("{s:s, s:s}", "label", label, "value", value));
}

/* How long the last fact's bar is, in a hundred of the longest. */
void
bm_page_set_share (json_t *page, guint share)
{
  json_t *facts = json_object_get (page, "facts");

  json_object_set_new (json_array_get (facts, json_array_size (facts) - 1), "share",
                       json_integer (MIN (share, 100)));
}

void
bm_page_set_drawing (json_t *page, char *drawing)
{
  json_t *facts = json_object_get (page, "facts");
  json_t *fact = json_array_get (facts, json_array_size (facts) - 1);

  if (drawing != NULL)
    json_object_set_new (fact, "drawing", json_string (drawing));
  bm_wipe_string (drawing);
}

void
bm_page_set_photo (json_t *page, const char *photo)
{
  json_t *facts = json_object_get (page, "facts");

  if (photo != NULL)
    json_object_set_new (json_array_get (facts, json_array_size (facts) - 1), "photo",
                         json_string (photo));
}

void
bm_page_add_row (json_t *page,
                 const char *label,
                 const char *value,
                 const char *note,
                 gboolean is_strong)
{
  json_t *row = json_pack ("{s:s, s:s}", "label", label, "value", value);

  if (json_object_get (page, "rows") == NULL)
    json_object_set_new (page, "rows", json_array ());
  if (note != NULL && *note != '\0')
    json_object_set_new (row, "note", json_string (note));
  if (is_strong)
    json_object_set_new (row, "strong", json_true ());
  json_array_append_new (json_object_get (page, "rows"), row);
}

void
bm_page_set_covered (json_t *page, gboolean is_covered)
{
  json_object_set_new (page, "is_covered", json_boolean (is_covered));
}

json_t *
bm_page_add_choice (json_t *page,
                    const char *id,
                    const char *icon,
                    const char *label,
                    const char *kind)
{
  json_t *choice = json_pack ("{s:s, s:s}", "id", id, "label", label);

  if (icon != NULL)
    json_object_set_new (choice, "icon", json_string (icon));
  if (kind != NULL)
    json_object_set_new (choice, "kind", json_string (kind));
  json_array_append_new (json_object_get (page, "choices"), choice);
  return choice;
}

void
bm_page_set_input (json_t *page, const char *label, guint min, guint max)
{
  json_object_set_new (page, "input",
                       json_pack ("{s:s, s:i, s:i}", "label", label, "min", (int) min, "max",
                                  (int) max));
}

static void
set_input_text (json_t *page, const char *key, const char *text)
{
  json_object_set_new (json_object_get (page, "input"), key, json_string (text));
}

void
bm_page_set_bounds (json_t *page, const char *from, const char *to)
{
  set_input_text (page, "from", from);
  set_input_text (page, "to", to);
}

void
bm_page_set_complaints (json_t *page, const char *under, const char *over, const char *wrong)
{
  set_input_text (page, "under", under);
  set_input_text (page, "over", over);
  set_input_text (page, "wrong", wrong);
}

void
bm_page_say_first (json_t *page, const char *text)
{
  json_array_append_new (json_object_get (page, SAY_FIRST), json_string (text));
}

void
bm_page_say_also (json_t *page, const char *text)
{
  json_array_append_new (json_object_get (page, SAY_ALSO), json_string (text));
}

void
bm_page_set_settings (json_t *page, guint scale, const char *theme, gboolean is_spoken)
{
  json_object_set_new (page, "settings",
                       json_pack ("{s:i, s:s, s:b}", "scale", (int) scale, "theme", theme,
                                  "is_spoken", (int) is_spoken));
}

/* Last after bm_page_set_settings(): @rate in percent, @volume 1 to 10. */
void
bm_page_set_voice (json_t *page,
                   guint rate,
                   guint volume,
                   const char *dialect,
                   gboolean has_headphone)
{
  json_t *settings = json_object_get (page, "settings");

  json_object_set_new (settings, "rate", json_integer (rate));
  json_object_set_new (settings, "volume", json_integer (volume));
  json_object_set_new (settings, "dialect", json_string (dialect));
  json_object_set_new (settings, "has_headphone", json_boolean (has_headphone));
}

void
bm_page_set_station (json_t *page,
                     const BmSessionSetup *setup,
                     const char *clock,
                     gboolean is_online)
{
  const char *duty = bm_text_pick (json_object_get (setup->duty, "text"));
  json_t *station = json_pack ("{s:s, s:s, s:b, s:b}", "name", setup->station_name, "clock", clock,
                               "is_online", (int) is_online, "is_demo", (int) setup->is_demo);

  if (setup->is_demo)
    json_object_set_new (station, "demo_label", json_string (C_ ("page", "Demo data")));
  if (*duty != '\0')
    json_object_set_new (station, "duty", json_string (duty));
  json_object_set_new (page, "station", station);
}

/* Speech: one sentence each, without the line ends that are only for the eye. */
static void
say (json_t *speech, const char *text)
{
  g_autofree char *flat = bm_words_flatten (text);
  char *cut = g_utf8_strlen (flat, -1) > MAX_SPEECH_LENGTH
                ? g_utf8_offset_to_pointer (flat, MAX_SPEECH_LENGTH)
                : NULL;

  if (cut != NULL)
    *cut = '\0';
  if (*flat != '\0' && json_array_size (speech) < MAX_SPEECH)
    json_array_append_new (speech, json_string (flat));
}

static void
say_all (json_t *speech, json_t *texts)
{
  json_t *text;
  gsize i;

  json_array_foreach (texts, i, text) say (speech, json_string_value (text));
}

/* What stands beside the keys: what is typed there, and what was wrong with it. */
static void
say_input (json_t *page, json_t *speech)
{
  json_t *input = json_object_get (page, "input");
  const char *problem = json_string_value (json_object_get (input, "problem"));

  if (problem != NULL)
    say (speech, problem);
  if (json_is_object (input))
    say (speech, json_string_value (json_object_get (input, "label")));
}

static void
say_content (json_t *page, json_t *speech)
{
  json_t *states = json_object_get (page, "states");
  json_t *number = json_object_get (page, "number");
  json_t *item;
  gsize i;

  if (json_is_object (states))
    say (speech,
         bm_words_reached ((guint) json_integer_value (json_object_get (states, "reached"))));
  json_array_foreach (json_object_get (page, "lines"), i, item)
    say (speech, json_string_value (json_object_get (item, "text")));
  json_array_foreach (json_object_get (page, "facts"), i, item)
  {
    g_autofree char *text = g_strdup_printf (C_ ("speech", "%s: %s."),
                                             json_string_value (json_object_get (item, "label")),
                                             json_string_value (json_object_get (item, "value")));

    say (speech, text);
  }
  if (json_is_object (number))
    {
      g_autofree char *text =
        g_strdup_printf (C_ ("speech", "On the phone say: %s, %s."),
                         json_string_value (json_object_get (number, "place")),
                         json_string_value (json_object_get (number, "figure")));

      say (speech, text);
    }
}

/* The quieter line of a choice: its note, or why it cannot be pressed; in one piece with it. */
static char *
add_beside (char *text, json_t *choice)
{
  g_autofree char *sentence = text;
  gboolean is_off = g_strcmp0 (json_string_value (json_object_get (choice, "state")), "off") == 0;
  const char *note = json_string_value (json_object_get (choice, is_off ? "why" : "note"));

  if (note == NULL)
    return g_steal_pointer (&sentence);
  /* Translators: what can be pressed, then a quieter line. */
  return g_strdup_printf (C_ ("speech", "%1$s %2$s"), sentence, note);
}

static void
say_choices (json_t *page, json_t *speech)
{
  const char *next = json_string_value (json_object_get (json_object_get (page, "frame"), "next"));
  json_t *choice;
  gsize i;

  json_array_foreach (json_object_get (page, "choices"), i, choice)
  {
    g_autofree char *label =
      bm_words_flatten (json_string_value (json_object_get (choice, "label")));
    g_autofree char *text = NULL;

    if (g_strcmp0 (json_string_value (json_object_get (choice, "state")), "chosen") == 0)
      text = g_strdup_printf (C_ ("speech", "You chose: %s."), label);
    else
      text = g_strdup_printf (C_ ("speech", "Press number %u: %s."), (guint) i + 1, label);
    text = add_beside (g_steal_pointer (&text), choice);
    say (speech, text);
  }
  if (next != NULL)
    {
      g_autofree char *text = g_strdup_printf (C_ ("speech", "To go on, press: %s."), next);

      say (speech, text);
    }
}

static gboolean
says (json_t *object, const char *key, const char *name)
{
  const char *text = json_string_value (json_object_get (object, key));

  return text != NULL && strstr (text, name) != NULL;
}

static gboolean
list_says (json_t *page, const char *list, const char *key, const char *name)
{
  json_t *item;
  gsize i;

  json_array_foreach (json_object_get (page, list), i, item)
  {
    if (says (item, key, name))
      return TRUE;
  }
  return FALSE;
}

/**
 * bm_page_add_name:
 * @page: a model
 * @name: (nullable): of a person
 *
 * Where the page says this name no line of it is broken inside. A page that does not say it is not told it.
 */
void
bm_page_add_name (json_t *page, const char *name)
{
  json_t *names = json_object_get (page, "names");

  if (name == NULL || *name == '\0' || json_array_size (names) >= MAX_NAMES)
    return;
  if (!says (page, "question", name) && !list_says (page, "lines", "text", name) &&
      !list_says (page, "facts", "value", name) && !list_says (page, "choices", "label", name) &&
      !list_says (page, "choices", "note", name))
    return;
  if (names == NULL)
    {
      names = json_array ();
      json_object_set_new (page, "names", names);
    }
  json_array_append_new (names, json_string (name));
}

/**
 * bm_page_finish:
 * @page: a model
 * @is_told: whether its content may be said
 *
 * Composes the speech: question first, then what is shown, then the choices by number.
 */
void
bm_page_finish (json_t *page, gboolean is_told)
{
  json_t *speech = json_array ();

  if (is_told)
    {
      say_all (speech, json_object_get (page, SAY_FIRST));
      say (speech, json_string_value (json_object_get (page, "question")));
      say_input (page, speech);
      say_content (page, speech);
      say_all (speech, json_object_get (page, SAY_ALSO));
    }
  say_choices (page, speech);
  json_object_set_new (page, "speech", speech);
  json_object_del (page, SAY_FIRST);
  json_object_del (page, SAY_ALSO);
}

/**
 * bm_page_has_choice:
 * @page: (nullable): a model
 * @id: a choice
 *
 * Returns: whether the page offers it now
 */
gboolean
bm_page_has_choice (json_t *page, const char *id)
{
  json_t *choice;
  gsize i;

  json_array_foreach (json_object_get (page, "choices"), i, choice) if (
    g_strcmp0 (json_string_value (json_object_get (choice, "id")), id) ==
    0) return g_strcmp0 (json_string_value (json_object_get (choice, "state")), "off") != 0;
  return FALSE;
}
