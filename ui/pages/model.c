/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/pages/model.h"

#include "core/error.h"

#include <string.h>

/*
 * Reading page models. The station is the one that judges them against assets/schema/page.json; a face
 * only makes sure that it can draw what it got, and treats everything that is missing as empty.
 */

/**
 * bm_model_parse:
 * @text: JSON
 * @error: %BM_ERROR_LIMIT, %BM_ERROR_INVALID or %BM_ERROR_UNSUPPORTED
 *
 * Returns: (transfer full): a page model of a version that this face knows
 */
json_t *
bm_model_parse (const char *text, GError **error)
{
  json_auto_t *model = NULL;
  json_error_t problem;

  if (strlen (text) > BM_MODEL_MAX_BYTES)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_LIMIT, "A page model has more than %d bytes",
                   BM_MODEL_MAX_BYTES);
      return NULL;
    }
  model = json_loads (text, JSON_REJECT_DUPLICATES, &problem);
  if (!json_is_object (model) || bm_model_string (model, "id") == NULL ||
      bm_model_string (model, "template") == NULL)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "A page model is not readable");
      return NULL;
    }
  if (bm_model_int (model, "version", 0) != 1)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_UNSUPPORTED, "A page model is of version %d",
                   bm_model_int (model, "version", 0));
      return NULL;
    }
  return g_steal_pointer (&model);
}

json_t *
bm_model_load (const char *path, GError **error)
{
  g_autofree char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, error))
    return NULL;
  return bm_model_parse (text, error);
}

const char *
bm_model_string (const json_t *object, const char *key)
{
  return json_string_value (json_object_get (object, key));
}

const char *
bm_model_text (const json_t *object, const char *key)
{
  const char *text = bm_model_string (object, key);

  return text != NULL ? text : "";
}

gboolean
bm_model_is (const json_t *object, const char *key)
{
  return json_is_true (json_object_get (object, key));
}

int
bm_model_int (const json_t *object, const char *key, int fallback)
{
  json_t *value = json_object_get (object, key);

  return json_is_integer (value) ? (int) CLAMP (json_integer_value (value), 0, G_MAXINT) : fallback;
}

json_t *
bm_model_object (const json_t *object, const char *key)
{
  json_t *value = json_object_get (object, key);

  return json_is_object (value) ? value : NULL;
}

guint
bm_model_length (const json_t *object, const char *key)
{
  return (guint) json_array_size (json_object_get (object, key));
}

json_t *
bm_model_item (const json_t *object, const char *key, guint index)
{
  return json_array_get (json_object_get (object, key), index);
}

static gboolean
is_sentence_end (const char *at)
{
  gunichar c = g_utf8_get_char (at);

  if (c == 0x3002 || c == 0xFF1B || c == 0xFF01 || c == 0xFF1F ||
      c == '\n') /* full-width . ; ! ? */
    return TRUE;
  return (c == '.' || c == '?' || c == '!') && at[1] == ' ';
}

/* In hanzi; what is narrow takes half of one. */
static glong
get_length (const char *text)
{
  glong halves = 0;

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    halves += g_unichar_iswide (g_utf8_get_char (at)) ? 2 : 1;
  return (halves + 1) / 2;
}

static void
append_sentences (json_t *lines, json_t *line, glong most)
{
  const char *text = bm_model_text (line, "text");
  const char *start = text;
  gboolean is_first = TRUE;

  if (get_length (text) <= most)
    {
      json_array_append (lines, line);
      return;
    }
  for (const char *at = text; *at != '\0';)
    {
      const char *next = g_utf8_next_char (at);

      if (is_sentence_end (at) || *next == '\0')
        {
          json_t *piece = json_copy (line);

          json_object_set_new (piece, "text", json_stringn (start, next - start - (*at == '\n')));
          if (!is_first)
            json_object_del (piece, "icon");
          json_array_append_new (lines, piece);
          is_first = FALSE;
          while (*next == ' ' ||
                 *next == '\n') /* a line that ends with a sentence leaves no empty one */
            next++;
          start = next;
        }
      at = next;
    }
}

/**
 * bm_model_split_lines:
 * @model: a page model
 * @most: hanzi that a line may have before it is taken apart
 *
 * A long line is cut between its sentences, so that each can stand on a part of its own.
 *
 * Returns: (transfer full): a shallow copy of @model
 */
json_t *
bm_model_split_lines (json_t *model, glong most)
{
  json_t *copy = json_copy (model);
  json_t *lines = json_array ();

  for (guint i = 0; i < bm_model_length (model, "lines"); i++)
    append_sentences (lines, bm_model_item (model, "lines", i), most);
  json_object_set_new (copy, "lines", lines);
  return copy;
}

static json_t *
without_clock (json_t *model)
{
  json_t *copy = json_copy (model);

  /* What ticks by itself is set in place: a page must not be made anew every minute. */
  json_object_del (copy, "station");
  json_object_del (copy, "countdown");
  json_object_del (copy, "level");
  json_object_del (copy, "speech");
  return copy;
}

/**
 * bm_model_is_same_page:
 * @one: a model
 * @two: another
 *
 * Returns: whether they look the same but for the clock, the countdown and the level
 */
gboolean
bm_model_is_same_page (json_t *one, json_t *two)
{
  json_auto_t *first = NULL;
  json_auto_t *second = NULL;

  if (one == NULL || two == NULL)
    return one == two;
  first = without_clock (one);
  second = without_clock (two);
  return json_equal (first, second);
}
