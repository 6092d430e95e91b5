/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-shape"

#include "core/catalogue/shape.h"

#include "core/error.h"
#include "core/language/table.h"
#include "core/ports/memo.h"
#include "core/ports/photo.h"
#include "core/strokes/strokes.h"

#include <string.h>

/* The tables of assets/schema/page.json and intent.json; the two say the same. */

#define STRING(limit)                       \
  {                                         \
    .type = BM_SHAPE_STRING, .max = (limit) \
  }
#define OBJECT(table)                        \
  {                                          \
    .type = BM_SHAPE_OBJECT, .keys = (table) \
  }
#define OPTIONAL_OBJECT(table)                                    \
  {                                                               \
    .type = BM_SHAPE_OBJECT, .can_be_null = TRUE, .keys = (table) \
  }
#define LIST(inner, limit)                                   \
  {                                                          \
    .type = BM_SHAPE_ARRAY, .max = (limit), .items = (inner) \
  }

#define MAX_DIGITS 32

static gboolean
is_digit_text (const char *text)
{
  return strspn (text, "0123456789X.") == strlen (text);
}

/* What a keypad or a scanner gives: the text of a slip's code is in capitals. */
static gboolean
is_typed (const char *text)
{
  return strspn (text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ:/.-") == strlen (text);
}

/* Strokes (core/strokes/strokes.h); whether they are some is judged by who reads them. */
static gboolean
is_base64 (const char *text)
{
  gsize length = strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

  return strlen (text + length) <= 2 && strspn (text + length, "=") == strlen (text + length);
}

static gboolean
is_page_id (const char *text)
{
  return bm_shape_is_id (text) && strchr (text, ':') == NULL;
}

static const char *const templates[] = {
  "idle",      "home",      "choice",     "card",      "confirm",   "notice",   "digits",
  "readback",  "wait",      "progress",   "result",    "cases",     "answer",   "print",
  "alert",     "error",     "end",        "amounts",   "danger",    "amount",   "date",
  "signature", "place",     "photo",      "memo",      "desk-lock", "desk-pin", "desk-today",
  "desk-list", "desk-case", "desk-alert", "desk-text", NULL
};
static const char *const tints[] = { "cert", "money", "voice", "apply", "case", "none", NULL };
static const char *const kinds[] = { "plain", "primary", "help", NULL };
static const char *const states[] = { "normal", "chosen", "busy", "off", NULL };
static const char *const helps[] = { "normal", "busy", "hidden", NULL };
static const char *const earcons[] = { "none", "noted", "sent", "done", "card", "attention", NULL };
static const char *const themes[] = { "medium",    "high-light",      "high-dark",
                                      "low-glare", "yellow-on-black", NULL };
static const char *const directions[] = { "ltr", "rtl", NULL };
static const char *const acts[] = { "choose",   "digits", "next",     "back", "end",   "help",
                                    "bigger",   "read",   "activity", "scan", "voice", "text",
                                    "language", "lower",  "sign",     NULL };

static const BmShape boolean = { .type = BM_SHAPE_BOOLEAN };
static const BmShape version = { .type = BM_SHAPE_INTEGER, .min = 1, .max = 1 };
static const BmShape string_12 = STRING (12);
static const BmShape string_16 = STRING (16);
static const BmShape string_20 = STRING (20);
static const BmShape string_40 = STRING (40);
static const BmShape string_60 = STRING (60);
static const BmShape string_80 = STRING (80);
static const BmShape string_120 = STRING (120);
static const BmShape string_200 = STRING (200);
static const BmShape string_300 = STRING (300);
static const BmShape string_64 = STRING (64);
static const BmShape string_160 = STRING (160);
static const BmShape string_400 = STRING (400);
static const BmShape string_600 = STRING (600);
static const BmShape maybe_40 = { .type = BM_SHAPE_STRING, .can_be_null = TRUE, .max = 40 };
static const BmShape label_40 = { .type = BM_SHAPE_STRING, .min = 1, .max = 40 };
static const BmShape label_120 = { .type = BM_SHAPE_STRING, .min = 1, .max = 120 };
static const BmShape label_300 = { .type = BM_SHAPE_STRING, .min = 1, .max = 300 };
static const BmShape id_64 = { .type = BM_SHAPE_STRING, .max = 64, .fits = bm_shape_is_id };
static const BmShape page_id = { .type = BM_SHAPE_STRING, .max = 64, .fits = is_page_id };
static const BmShape icon = { .type = BM_SHAPE_STRING, .max = 40, .fits = bm_shape_is_icon };
static const BmShape maybe_icon = { .type = BM_SHAPE_STRING,
                                    .can_be_null = TRUE,
                                    .max = 40,
                                    .fits = bm_shape_is_icon };
static const BmShape template_name = { .type = BM_SHAPE_STRING, .one_of = templates };
static const BmShape tint = { .type = BM_SHAPE_STRING, .one_of = tints };
static const BmShape kind = { .type = BM_SHAPE_STRING, .one_of = kinds };
static const BmShape state = { .type = BM_SHAPE_STRING, .one_of = states };
static const BmShape help = { .type = BM_SHAPE_STRING, .one_of = helps };
static const BmShape earcon = { .type = BM_SHAPE_STRING, .one_of = earcons };
static const BmShape direction = { .type = BM_SHAPE_STRING, .one_of = directions };
static const BmShape theme = { .type = BM_SHAPE_STRING, .one_of = themes };
static const BmShape step_number = { .type = BM_SHAPE_INTEGER, .min = 1, .max = 12 };
static const BmShape reached_number = { .type = BM_SHAPE_INTEGER, .min = 0, .max = 3 };
static const BmShape input_count = { .type = BM_SHAPE_INTEGER, .min = 1, .max = 40 };
static const BmShape seconds = { .type = BM_SHAPE_INTEGER,
                                 .can_be_null = TRUE,
                                 .min = 0,
                                 .max = 600 };
static const BmShape share = { .type = BM_SHAPE_INTEGER, .min = 0, .max = 100 };
static const BmShape scale = { .type = BM_SHAPE_INTEGER, .min = 100, .max = 200 };
static const BmShape rate = { .type = BM_SHAPE_INTEGER, .min = 50, .max = 200 };
static const BmShape volume = { .type = BM_SHAPE_INTEGER, .min = 1, .max = 10 };
static const BmShape dialect = { .type = BM_SHAPE_STRING, .max = 16, .fits = bm_shape_is_icon };
static const BmShape typed_32 = { .type = BM_SHAPE_STRING, .max = 32, .fits = is_digit_text };
static const BmShape drawing = { .type = BM_SHAPE_STRING,
                                 .max = BM_STROKES_MAX_THIN / 3 * 4,
                                 .fits = is_base64 };
static const BmShape photo = { .type = BM_SHAPE_STRING,
                               .max = BM_PHOTO_MAX_TEXT,
                               .fits = is_base64 };
static const BmShape level = { .type = BM_SHAPE_INTEGER, .min = 0, .max = BM_MEMO_LEVELS };
static const BmShape group = { .type = BM_SHAPE_INTEGER, .min = 1, .max = 32 };
static const BmShape names = LIST (&label_40, 8);
static const BmShape groups = LIST (&group, 32);

static const BmShapeKey service_keys[] = { { "label", &string_40, TRUE },
                                           { "icon", &icon, TRUE },
                                           { "tint", &tint, TRUE },
                                           { NULL } };
static const BmShape service = OPTIONAL_OBJECT (service_keys);

static const BmShapeKey step_keys[] = { { "at", &step_number, TRUE },
                                        { "of", &step_number, TRUE },
                                        { NULL } };
static const BmShape step = OPTIONAL_OBJECT (step_keys);

static const BmShapeKey line_keys[] = { { "text", &string_400, TRUE },
                                        { "icon", &icon },
                                        { "strong", &boolean },
                                        { NULL } };
static const BmShape line = OBJECT (line_keys);
static const BmShape lines = LIST (&line, 8);

static const BmShapeKey fact_keys[] = {
  { "label", &string_60, TRUE }, { "value", &string_120, TRUE },
  { "drawing", &drawing },       { "photo", &photo },
  { "share", &share },           { NULL }
};
static const BmShape fact = OBJECT (fact_keys);
static const BmShape facts = LIST (&fact, 16);

static const BmShapeKey reached_keys[] = { { "reached", &reached_number, TRUE }, { NULL } };
static const BmShape reached = OPTIONAL_OBJECT (reached_keys);

static const BmShapeKey choice_keys[] = { { "id", &id_64, TRUE },     { "label", &label_120, TRUE },
                                          { "label_zh", &label_120 }, { "note", &string_200 },
                                          { "icon", &icon },          { "tint", &tint },
                                          { "kind", &kind },          { "state", &state },
                                          { "why", &string_200 },     { NULL } };
static const BmShape choice = OBJECT (choice_keys);
static const BmShape choices = LIST (&choice, 40);

static const BmShapeKey input_keys[] = { { "label", &string_60, TRUE },
                                         { "min", &input_count, TRUE },
                                         { "max", &input_count, TRUE },
                                         { "is_masked", &boolean },
                                         { "has_x", &boolean },
                                         { "groups", &groups },
                                         { "problem", &string_200 },
                                         { "value", &typed_32 },
                                         { "has_point", &boolean },
                                         { "from", &string_12 },
                                         { "to", &string_12 },
                                         { "under", &string_200 },
                                         { "over", &string_200 },
                                         { "wrong", &string_200 },
                                         { "is_text", &boolean },
                                         { "written", &string_40 },
                                         { "field", &id_64 },
                                         { "drawing", &drawing },
                                         { NULL } };
static const BmShape input = OPTIONAL_OBJECT (input_keys);

static const BmShapeKey number_keys[] = { { "place", &string_60, TRUE },
                                          { "figure", &string_16, TRUE },
                                          { "qr", &string_120 },
                                          { NULL } };
static const BmShape number = OPTIONAL_OBJECT (number_keys);

static const BmShapeKey frame_keys[] = { { "help", &help, TRUE },     { "help_label", &string_40 },
                                         { "back", &boolean },        { "end", &boolean },
                                         { "end_label", &string_40 }, { "end_leaves", &boolean },
                                         { "next", &maybe_40 },       { "cases", &maybe_40 },
                                         { "language", &label_40 },   { "voice", &boolean },
                                         { "lower", &boolean },       { NULL } };
static const BmShape frame = OBJECT (frame_keys);

static const BmShape speech = LIST (&string_600, 60);

static const BmShape font = { .type = BM_SHAPE_STRING,
                              .min = 1,
                              .max = 48,
                              .fits = bm_language_is_font };
static const BmShape fonts = LIST (&font, BM_LANGUAGE_MAX_FONTS);
static const BmShape said = { .type = BM_SHAPE_STRING, .min = 1, .max = 400 };
static const BmShape said_of_one = { .type = BM_SHAPE_MAP, .max = 120, .items = &said };
static const BmShape words = { .type = BM_SHAPE_MAP, .max = 40, .items = &said_of_one };

static const BmShapeKey settings_keys[] = { { "scale", &scale, TRUE },
                                            { "theme", &theme, TRUE },
                                            { "is_spoken", &boolean, TRUE },
                                            { "language", &string_16 },
                                            { "direction", &direction },
                                            { "fonts", &fonts },
                                            { "words", &words },
                                            { "rate", &rate },
                                            { "volume", &volume },
                                            { "dialect", &dialect },
                                            { "has_headphone", &boolean },
                                            { "is_low", &boolean },
                                            { NULL } };
static const BmShape settings = OBJECT (settings_keys);

static const BmShapeKey station_keys[] = { { "name", &string_40, TRUE },
                                           { "clock", &string_60, TRUE },
                                           { "is_online", &boolean, TRUE },
                                           { "is_demo", &boolean, TRUE },
                                           { "demo_label", &string_40 },
                                           { "duty", &string_160 },
                                           { NULL } };
static const BmShape station = OBJECT (station_keys);

static const BmShapeKey hall_fact_keys[] = { { "label", &string_20, TRUE },
                                             { "value", &string_80, TRUE },
                                             { NULL } };
static const BmShape hall_fact = OBJECT (hall_fact_keys);
static const BmShape hall_facts = LIST (&hall_fact, 8);
static const BmShapeKey hall_keys[] = {
  { "name", &string_60, TRUE },  { "about", &string_60, TRUE },
  { "step", &string_40 },        { "facts", &hall_facts, TRUE },
  { "sees", &string_120, TRUE }, { "asks", &string_60 },
  { "waits", &string_40 },       { NULL }
};
static const BmShape hall = OPTIONAL_OBJECT (hall_keys);

static const BmShapeKey amount_keys[] = { { "label", &string_60, TRUE },
                                          { "value", &string_40, TRUE },
                                          { "note", &string_80 },
                                          { "strong", &boolean },
                                          { NULL } };
static const BmShape amount = OBJECT (amount_keys);
static const BmShape amounts = LIST (&amount, 24);

static const BmShapeKey row_keys[] = { { "title", &string_60, TRUE }, { "note", &string_120, TRUE },
                                       { "icon", &icon, TRUE },       { "choice", &string_64 },
                                       { "act", &string_12 },         { NULL } };
static const BmShape row = OBJECT (row_keys);
static const BmShape rows = LIST (&row, 20);
static const BmShapeKey waiting_keys[] = { { "total", &string_40, TRUE },
                                           { "oldest", &string_40 },
                                           { "rows", &rows, TRUE },
                                           { NULL } };
static const BmShape waiting = OBJECT (waiting_keys);

static const BmShapeKey desk_keys[] = { { "staff", &string_40, TRUE },
                                        { "link", &string_40, TRUE },
                                        { "printer", &string_40 },
                                        { "is_help_wanted", &boolean },
                                        { "hall", &hall, TRUE },
                                        { "waiting", &waiting, TRUE },
                                        { NULL } };
static const BmShape desk = OPTIONAL_OBJECT (desk_keys);

static const BmShapeKey page_keys[] = { { "version", &version, TRUE },
                                        { "id", &page_id, TRUE },
                                        { "template", &template_name, TRUE },
                                        { "service", &service },
                                        { "step", &step },
                                        { "question", &string_300, TRUE },
                                        { "question_zh", &label_300 },
                                        { "names", &names },
                                        { "is_hero", &boolean },
                                        { "picture", &maybe_icon },
                                        { "photo", &photo },
                                        { "lines", &lines },
                                        { "facts", &facts },
                                        { "rows", &amounts },
                                        { "is_covered", &boolean },
                                        { "states", &reached },
                                        { "choices", &choices, TRUE },
                                        { "input", &input },
                                        { "number", &number },
                                        { "countdown", &seconds },
                                        { "level", &level },
                                        { "frame", &frame, TRUE },
                                        { "speech", &speech, TRUE },
                                        { "is_private", &boolean },
                                        { "covers", &page_id },
                                        { "earcon", &earcon },
                                        { "settings", &settings, TRUE },
                                        { "station", &station, TRUE },
                                        { "desk", &desk },
                                        { NULL } };
static const BmShape page_shape = OBJECT (page_keys);

static const BmShape act = { .type = BM_SHAPE_STRING, .one_of = acts };
static const BmShape chosen = { .type = BM_SHAPE_STRING,
                                .min = 1,
                                .max = 64,
                                .fits = bm_shape_is_id };
static const BmShape typed = { .type = BM_SHAPE_STRING, .max = 120, .fits = is_typed };
static const BmShape written = { .type = BM_SHAPE_STRING, .min = 1, .max = 40 };
static const BmShape strokes = { .type = BM_SHAPE_STRING,
                                 .min = 1,
                                 .max = BM_STROKES_MAX_TEXT,
                                 .fits = is_base64 };
static const BmShapeKey intent_keys[] = { { "version", &version, TRUE },
                                          { "do", &act, TRUE },
                                          { "choice", &chosen },
                                          { "value", &typed },
                                          { "text", &written },
                                          { "strokes", &strokes },
                                          { NULL } };
static const BmShape intent_shape = OBJECT (intent_keys);

static gboolean
check_value (const char *what, const char *value, GError **error)
{
  gboolean is_digits = strcmp (what, "digits") == 0;

  if ((is_digits || strcmp (what, "scan") == 0) != (value != NULL))
    {
      g_set_error (error, BM_ERROR, BM_ERROR_INVALID,
                   "intent: /value: belongs to \"digits\" and \"scan\", and only there");
      return FALSE;
    }
  if (is_digits && (strlen (value) > MAX_DIGITS || !is_digit_text (value)))
    {
      g_set_error (error, BM_ERROR, BM_ERROR_INVALID,
                   "intent: /value: at most 32 digits, X and a point for \"digits\"");
      return FALSE;
    }
  return TRUE;
}

/**
 * bm_shape_check_intent:
 * @intent: what came from a face
 * @error: return location for %BM_ERROR_INVALID
 *
 * Checks an intent as assets/schema/intent.json does.
 *
 * Returns: whether it may be handled
 */
gboolean
bm_shape_check_intent (json_t *intent, GError **error)
{
  const char *what;

  if (!bm_shape_check (&intent_shape, intent, "intent", NULL, error))
    return FALSE;
  what = json_string_value (json_object_get (intent, "do"));
  if ((strcmp (what, "choose") == 0) != (json_object_get (intent, "choice") != NULL))
    {
      g_set_error (error, BM_ERROR, BM_ERROR_INVALID,
                   "intent: /choice: belongs to \"choose\", and only there");
      return FALSE;
    }
  if ((strcmp (what, "text") == 0) != (json_object_get (intent, "text") != NULL))
    {
      g_set_error (error, BM_ERROR, BM_ERROR_INVALID,
                   "intent: /text: belongs to \"text\", and only there");
      return FALSE;
    }
  if ((strcmp (what, "sign") == 0) != (json_object_get (intent, "strokes") != NULL))
    {
      g_set_error (error, BM_ERROR, BM_ERROR_INVALID,
                   "intent: /strokes: belongs to \"sign\", and only there");
      return FALSE;
    }
  return check_value (what, json_string_value (json_object_get (intent, "value")), error);
}

/**
 * bm_shape_check_page:
 * @page: a page model
 * @error: return location for %BM_ERROR_INVALID
 *
 * Checks a page model as assets/schema/page.json does.
 *
 * Returns: whether a face may show it
 */
gboolean
bm_shape_check_page (json_t *page, GError **error)
{
  json_int_t size;

  if (!bm_shape_check (&page_shape, page, "page", NULL, error))
    return FALSE;
  size = json_integer_value (json_object_get (json_object_get (page, "settings"), "scale"));
  if (size != 100 && size != 125 && size != 150 && size != 200)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_INVALID,
                   "page: /settings/scale: must be 100, 125, 150 or 200");
      return FALSE;
    }
  return TRUE;
}
