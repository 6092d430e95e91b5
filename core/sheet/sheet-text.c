/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sheet"

#include "core/sheet/sheet.h"

#include "core/language/language.h"

/*
 * A sheet as text, line by line as it is printed: what a block says, and below it the same in the second
 * language of a bilingual sheet, where that says it otherwise.
 */

#define STATES 3

typedef struct
{
  GString *text;
  const char *language; /* the second one, or NULL */
} Reader;

/* What the layout says by itself, in the language that is spoken now. @words: the block, or its translation. */
typedef void (*AppendOwn) (GString *text, json_t *block, json_t *words);

static void
append_line (GString *text, const char *line)
{
  if (line == NULL || *line == '\0')
    return;
  g_string_append (text, line);
  g_string_append_c (text, '\n');
}

static void
append_own (Reader *self, AppendOwn append, json_t *block)
{
  g_autoptr (GString) first = g_string_new (NULL);
  g_autoptr (GString) second = g_string_new (NULL);
  const char *before;

  append (first, block, block);
  g_string_append (self->text, first->str);
  if (self->language == NULL)
    return;
  before = bm_language_begin (self->language);
  append (second, block, json_object_get (block, "translation"));
  bm_language_end (before);
  if (!g_string_equal (first, second))
    g_string_append (self->text, second->str);
}

static void
append_states (GString *text, json_t *block, json_t *words)
{
  const char *const labels[STATES] = { C_ ("sheet", "Noted"), C_ ("sheet", "Sent on"),
                                       C_ ("sheet", "Finished") };
  const json_int_t reached = json_integer_value (json_object_get (block, "reached"));

  for (guint i = 0; i < STATES; i++)
    g_string_append_printf (text, "%s%s%s", i > 0 ? " " : "", (json_int_t) i < reached ? "●" : "○",
                            labels[i]);
  g_string_append_c (text, '\n');
}

/* What stands in the place of the discs when a matter goes no way at all. */
static void
append_taken_back (GString *text, json_t *block, json_t *words)
{
  append_line (text, json_is_true (json_object_get (block, "done"))
                       ? C_ ("sheet", "Taken back")
                       : C_ ("sheet", "Asked to take back"));
}

static void
append_signature (GString *text, json_t *block, json_t *words)
{
  const char *drawing = json_string_value (json_object_get (block, "drawing"));
  const char *label = json_string_value (json_object_get (words, "label"));
  const gboolean is_written = drawing != NULL && *drawing != '\0';
  g_autofree char *line =
    g_strdup_printf ("%s %s",
                     label != NULL ? label : json_string_value (json_object_get (block, "label")),
                     is_written ? C_ ("sheet", "(by hand)") : C_ ("sheet", "Finger-print here"));

  append_line (text, line);
  if (!is_written)
    append_line (text, C_ ("sheet", "Witness"));
}

static void
append_demo (GString *text, json_t *block, json_t *words)
{
  append_line (text, C_ ("sheet", "Demonstration data   Not a real document"));
}

static void
append_copy (GString *text, json_t *block, json_t *words)
{
  /* Translators: on a further copy of a sheet; %u is 2 or more. */
  g_autofree char *mark =
    g_strdup_printf (C_ ("sheet", "Print no. %u (reprint)"), (guint) json_integer_value (block));

  append_line (text, mark);
}

static void
append_number (GString *text, json_t *block)
{
  const char *place = json_string_value (json_object_get (block, "place"));
  const char *figure = json_string_value (json_object_get (block, "figure"));
  g_autofree char *spoken = g_strjoin (" ", place, figure, NULL);

  append_line (text, json_string_value (json_object_get (block, "ask")));
  append_line (text, spoken);
}

static void
append_words (GString *text, json_t *block)
{
  const char *type = json_string_value (json_object_get (block, "type"));
  g_autofree char *translation = bm_sheet_dup_translation (block);

  if (g_strcmp0 (type, "pair") == 0)
    {
      g_autofree char *line =
        g_strjoin (" ", json_string_value (json_object_get (block, "label")),
                   json_string_value (json_object_get (block, "value")), NULL);
      append_line (text, g_strstrip (line));
    }
  else if (g_strcmp0 (type, "number") == 0)
    append_number (text, block);
  else
    append_line (text, json_string_value (json_object_get (block, "text")));
  append_line (text, translation);
}

static void
append_block (Reader *self, json_t *block)
{
  const char *type = json_string_value (json_object_get (block, "type"));

  if (g_strcmp0 (type, "states") == 0)
    append_own (self, append_states, block);
  else if (g_strcmp0 (type, "taken-back") == 0)
    append_own (self, append_taken_back, block);
  else if (g_strcmp0 (type, "signature") == 0)
    append_own (self, append_signature, block);
  else
    append_words (self->text, block);
}

/**
 * bm_sheet_to_text:
 * @sheet: a checked model
 * @copy: which copy, from 1
 *
 * Reads a sheet, line by line, in the order in which it is printed.
 *
 * Returns: (transfer full): the text
 */
char *
bm_sheet_to_text (json_t *sheet, guint copy)
{
  json_t *number, *block;
  Reader reader;
  size_t i;

  g_return_val_if_fail (sheet != NULL, NULL);

  number = json_integer (copy);
  reader = (Reader){ g_string_new (NULL), bm_sheet_get_language (sheet) };
  append_line (reader.text, json_string_value (json_object_get (sheet, "station")));
  append_line (reader.text, json_string_value (json_object_get (sheet, "title")));
  append_line (reader.text, json_string_value (
                              json_object_get (json_object_get (sheet, "translation"), "title")));
  if (copy > 1)
    append_own (&reader, append_copy, number);
  json_decref (number);
  json_array_foreach (json_object_get (sheet, "blocks"), i, block) append_block (&reader, block);
  if (json_is_true (json_object_get (sheet, "demo")))
    append_own (&reader, append_demo, NULL);
  return g_string_free (reader.text, FALSE);
}
