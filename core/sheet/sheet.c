/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sheet"

#include "core/sheet/sheet.h"

#include "core/entry/number.h"
#include "core/error.h"
#include "core/language/language.h"
#include "core/strokes/strokes.h"

#include <string.h>

/*
 * The strict shape of a sheet, and filling its number in. Reading it as text: sheet-text.c.
 *
 * A model that bm_sheet_check() passed can be stored, filled, rendered and read without further
 * questions: every member has its type, every text is UTF-8 without controls, and nothing is longer
 * than its maximum. What the number is becomes known only inside the commit, so a model is checked
 * both before (number and qr are "") and after. Two languages on one sheet: sheet-translation.c.
 */

#define TEXT_MAX    2000 /* bytes of one text */
#define GAP_MAX     100  /* millimetres */
#define STATES      3
#define PLACEHOLDER "{number}"
#define FORM        "{form}"

typedef enum
{
  VALUE_TEXT,
  VALUE_BOOLEAN,
  VALUE_REACHED,
  VALUE_MILLIMETRES,
  VALUE_SIZE,
  VALUE_ALIGN,
  VALUE_NUMBER,
  VALUE_DRAWING,
} ValueKind;

typedef struct
{
  const char *key;
  ValueKind kind;
  gboolean is_required;
} Member;

typedef struct
{
  const char *type;
  Member members[6]; /* without "type"; ends with a NULL key */
} BlockShape;

static const BlockShape shapes[] = {
  { "states", { { "reached", VALUE_REACHED, TRUE } } },
  { "taken-back", { { "done", VALUE_BOOLEAN, TRUE } } },
  { "rule", { { NULL } } },
  { "pair",
    { { "label", VALUE_TEXT, TRUE },
      { "value", VALUE_TEXT, TRUE },
      { "strong", VALUE_BOOLEAN, FALSE } } },
  { "text",
    { { "text", VALUE_TEXT, TRUE },
      { "size", VALUE_SIZE, FALSE },
      { "strong", VALUE_BOOLEAN, FALSE },
      { "align", VALUE_ALIGN, FALSE } } },
  { "boxed", { { "text", VALUE_TEXT, TRUE }, { "size", VALUE_SIZE, FALSE } } },
  { "number",
    { { "ask", VALUE_TEXT, TRUE },
      { "place", VALUE_TEXT, TRUE },
      { "figure", VALUE_TEXT, TRUE },
      { "number", VALUE_NUMBER, TRUE },
      { "qr", VALUE_TEXT, TRUE } } },
  { "gap", { { "mm", VALUE_MILLIMETRES, TRUE } } },
  { "signature", { { "label", VALUE_TEXT, TRUE }, { "drawing", VALUE_DRAWING, TRUE } } },
};

static gboolean
set_invalid (GError **error, const char *where, const char *what)
{
  g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "sheet: %s: %s", where, what);
  return FALSE;
}

static gboolean
is_plain_text (json_t *value)
{
  const char *text = json_string_value (value);

  if (text == NULL || json_string_length (value) > TEXT_MAX ||
      strlen (text) != json_string_length (value))
    return FALSE;
  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      gunichar c = g_utf8_get_char (text);
      if ((c < ' ' && c != '\n') || (c >= 0x7f && c < 0xa0))
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_one_of (json_t *value, const char *const *names)
{
  return json_is_string (value) && g_strv_contains (names, json_string_value (value));
}

static gboolean
is_integer_between (json_t *value, json_int_t from, json_int_t to)
{
  return json_is_integer (value) && json_integer_value (value) >= from &&
         json_integer_value (value) <= to;
}

/* "" or strokes that can be drawn. */
static gboolean
is_drawing (json_t *value)
{
  const char *text = json_string_value (value);
  g_autoptr (BmStrokes) strokes = NULL;

  if (text == NULL || strlen (text) != json_string_length (value))
    return FALSE;
  if (*text == '\0')
    return TRUE;
  strokes = bm_strokes_parse (text, NULL);
  return strokes != NULL && bm_strokes_count (strokes) > 0;
}

static gboolean
is_value (json_t *value, ValueKind kind)
{
  static const char *const sizes[] = { "small", "body", "lead", "hero", NULL };
  static const char *const aligns[] = { "left", "center", NULL };

  switch (kind)
    {
    case VALUE_TEXT:
      return is_plain_text (value);
    case VALUE_BOOLEAN:
      return json_is_boolean (value);
    case VALUE_REACHED:
      return is_integer_between (value, 1, STATES);
    case VALUE_MILLIMETRES:
      return is_integer_between (value, 1, GAP_MAX);
    case VALUE_SIZE:
      return is_one_of (value, sizes);
    case VALUE_ALIGN:
      return is_one_of (value, aligns);
    case VALUE_NUMBER:
      return json_is_string (value) &&
             (json_string_length (value) == 0 || bm_number_is_valid (json_string_value (value)));
    case VALUE_DRAWING:
      return is_drawing (value);
    default:
      g_return_val_if_reached (FALSE);
    }
}

static const Member *
find_member (const BlockShape *shape, const char *key)
{
  for (const Member *member = shape->members; member->key != NULL; member++)
    if (strcmp (member->key, key) == 0)
      return member;
  return NULL;
}

/* Of a block of a bilingual sheet: some of its own texts, once more. */
static gboolean
check_translation (const BlockShape *shape, json_t *translation, GError **error)
{
  const char *key = NULL;
  json_t *value = NULL;

  if (json_object_size (translation) == 0)
    return set_invalid (error, "translation", "wrong value");
  json_object_foreach (translation, key, value)
  {
    const Member *member = find_member (shape, key);

    if (member == NULL || member->kind != VALUE_TEXT || strcmp (key, "qr") == 0)
      return set_invalid (error, key, "unknown key of a translation");
    if (!is_plain_text (value))
      return set_invalid (error, key, "wrong value");
  }
  return TRUE;
}

static gboolean
check_members (const BlockShape *shape, json_t *block, gboolean is_bilingual, GError **error)
{
  const char *key = NULL;
  json_t *value = NULL;

  json_object_foreach (block, key, value)
  {
    if (strcmp (key, "type") == 0)
      continue;
    if (is_bilingual && strcmp (key, "translation") == 0)
      {
        if (!check_translation (shape, value, error))
          return FALSE;
        continue;
      }
    const Member *member = find_member (shape, key);
    if (member == NULL)
      return set_invalid (error, key, "unknown key");
    if (!is_value (value, member->kind))
      return set_invalid (error, key, "wrong value");
  }
  for (const Member *member = shape->members; member->key != NULL; member++)
    if (member->is_required && json_object_get (block, member->key) == NULL)
      return set_invalid (error, member->key, "missing");
  return TRUE;
}

static gboolean
check_block (json_t *block, gboolean is_bilingual, GError **error)
{
  const char *type = json_string_value (json_object_get (block, "type"));

  if (type == NULL)
    return set_invalid (error, "blocks", "a block has no type");
  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    if (strcmp (type, shapes[i].type) == 0)
      return check_members (&shapes[i], block, is_bilingual, error);
  return set_invalid (error, type, "unknown type of block");
}

static gboolean
is_kind (const char *kind)
{
  gsize len = strnlen (kind, 33);

  return len > 0 && len <= 32 && strspn (kind, "abcdefghijklmnopqrstuvwxyz_-") == len;
}

/* A version of two languages names the second, any other version none. */
static gboolean
check_version (int version, json_t *translation, GError **error)
{
  const char *language = NULL;
  json_t *title = NULL;

  if (version != BM_SHEET_VERSION && version != BM_SHEET_VERSION_BILINGUAL)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_UNSUPPORTED, "sheet version %d", version);
      return FALSE;
    }
  if ((version == BM_SHEET_VERSION_BILINGUAL) != (translation != NULL))
    return set_invalid (error, "translation", "not of this version");
  if (translation == NULL)
    return TRUE;
  if (json_unpack_ex (translation, NULL, JSON_STRICT, "{s:s, s?o}", "language", &language, "title",
                      &title) != 0 ||
      !bm_language_is_id (language) || (title != NULL && !is_plain_text (title)))
    return set_invalid (error, "translation", "wrong value");
  return TRUE;
}

/**
 * bm_sheet_check:
 * @sheet: a model from anywhere
 * @error: %BM_ERROR_INVALID, %BM_ERROR_LIMIT, %BM_ERROR_UNSUPPORTED
 *
 * Checks the shape of a sheet; an unknown type or key is an error.
 *
 * Returns: %TRUE if it may be stored and rendered
 */
gboolean
bm_sheet_check (json_t *sheet, GError **error)
{
  json_error_t detail;
  int version = 0, demo = 0;
  const char *kind = NULL;
  json_t *title = NULL, *station = NULL, *translation = NULL, *blocks = NULL, *block = NULL;
  size_t i = 0;

  if (json_unpack_ex (sheet, &detail, JSON_STRICT, "{s:i, s:s, s:o, s:o, s:b, s?o, s:o}", "version",
                      &version, "kind", &kind, "title", &title, "station", &station, "demo", &demo,
                      "translation", &translation, "blocks", &blocks) != 0)
    return set_invalid (error, "model", detail.text);
  if (!check_version (version, translation, error))
    return FALSE;
  if (!is_kind (kind) || !is_plain_text (title) || !is_plain_text (station) ||
      !json_is_array (blocks))
    return set_invalid (error, "model", "wrong value");
  if (json_array_size (blocks) > BM_SHEET_MAX_BLOCKS)
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_LIMIT, "sheet: too many blocks");
      return FALSE;
    }
  json_array_foreach (blocks, i,
                      block) if (!check_block (block, translation != NULL, error)) return FALSE;
  return TRUE;
}

/* @translated: (nullable): the figure in the second language */
static void
fill_number_block (json_t *block,
                   const char *number,
                   const char *qr,
                   const char *figure,
                   const char *translated)
{
  json_object_set_new (block, "number", json_string (number));
  json_object_set_new (block, "qr", json_string (qr));
  json_object_set_new (block, "figure", json_string (figure));
  if (translated == NULL)
    return;
  if (json_object_get (block, "translation") == NULL)
    json_object_set_new (block, "translation", json_object ());
  json_object_set_new (json_object_get (block, "translation"), "figure", json_string (translated));
}

/* What @figure is called in the sheet's second language; NULL when it has none or calls it the same. */
static char *
dup_translated_figure (json_t *sheet, const char *number, const char *figure)
{
  const char *language = bm_sheet_get_language (sheet);
  const char *before;
  g_autofree char *words = NULL;
  guint32 counter = 0;

  if (language == NULL || !bm_number_split (number, NULL, NULL, NULL, &counter))
    return NULL;
  before = bm_language_begin (language);
  /* Translators: how a person says the running number of a matter */
  words = g_strdup_printf (C_ ("matter", "No. %u"), counter);
  bm_language_end (before);
  return strcmp (words, figure) != 0 ? g_steal_pointer (&words) : NULL;
}

static void
fill_text (json_t *block, const char *key, const char *placeholder, const char *words)
{
  const char *text = json_string_value (json_object_get (block, key));

  if (text == NULL || strstr (text, placeholder) == NULL)
    return;
  g_autoptr (GString) filled = g_string_new (text);
  g_string_replace (filled, placeholder, words, 0);
  json_object_set_new (block, key, json_string (filled->str));
}

/**
 * bm_sheet_fill:
 * @sheet: a checked model
 * @number: the valid tracking number
 * @qr: the QR text
 * @figure: the spoken figure, for example 7号
 *
 * Fills every number block, and every `{number}` in a text with the grouped number.
 *
 * Returns: (transfer full): a new model
 */
json_t *
bm_sheet_fill (json_t *sheet, const char *number, const char *qr, const char *figure)
{
  size_t i = 0;
  json_t *block = NULL;

  g_return_val_if_fail (sheet != NULL && qr != NULL && figure != NULL, NULL);
  g_return_val_if_fail (bm_number_is_valid (number), NULL);

  g_autofree char *grouped = bm_number_group (number);
  g_autofree char *translated = dup_translated_figure (sheet, number, figure);
  json_t *filled = json_deep_copy (sheet);
  json_array_foreach (json_object_get (filled, "blocks"), i, block)
  {
    json_t *translation = json_object_get (block, "translation");

    if (g_strcmp0 (json_string_value (json_object_get (block, "type")), "number") == 0)
      fill_number_block (block, number, qr, figure, translated);
    fill_text (block, "text", PLACEHOLDER, grouped);
    fill_text (block, "value", PLACEHOLDER, grouped);
    fill_text (translation, "text", PLACEHOLDER, grouped);
    fill_text (translation, "value", PLACEHOLDER, grouped);
  }
  return filled;
}

static gboolean
has_text (json_t *block, const char *key, const char *placeholder)
{
  const char *text = json_string_value (json_object_get (block, key));

  return text != NULL && strstr (text, placeholder) != NULL;
}

gboolean
bm_sheet_wants_form (json_t *sheet)
{
  size_t i = 0;
  json_t *block = NULL;

  g_return_val_if_fail (sheet != NULL, FALSE);

  json_array_foreach (json_object_get (sheet, "blocks"), i, block)
  {
    if (has_text (block, "text", FORM) || has_text (block, "value", FORM))
      return TRUE;
  }
  return FALSE;
}

/**
 * bm_sheet_fill_form:
 * @sheet: a checked model
 * @form: as bm_form_number_new() makes it
 *
 * Puts the number of a paper form wherever `{form}` stands in a text.
 *
 * Returns: (transfer full): a new model
 */
json_t *
bm_sheet_fill_form (json_t *sheet, const char *form)
{
  size_t i = 0;
  json_t *block = NULL;
  json_t *filled;

  g_return_val_if_fail (sheet != NULL && form != NULL, NULL);

  filled = json_deep_copy (sheet);
  json_array_foreach (json_object_get (filled, "blocks"), i, block)
  {
    fill_text (block, "text", FORM, form);
    fill_text (block, "value", FORM, form);
  }
  return filled;
}
