/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/catalogue/catalogue.h"
#include "core/catalogue/text.h"
#include "core/crypto/crypto.h"
#include "core/entry/number.h"
#include "core/language/language.h"
#include "core/session/session-behalf.h"
#include "core/session/words.h"
#include "core/sheet/sheet.h"

#include <string.h>

/*
 * Slips from the catalogue's lines. The registration slip leaves its number block empty: the number is
 * born inside the commit (invariant 2). Any other sheet belongs to a case and carries its number at once.
 *
 * Every sheet is Chinese. Who reads another language gets that one below it, on the same paper: the helper,
 * the township and the person read the same sheet.
 */

typedef struct
{
  BmSession *self;
  GHashTable *values;
  GHashTable *flags;
} Press;

static gboolean
is_text_key (const char *key)
{
  return strcmp (key, "text") == 0 || strcmp (key, "value") == 0 || strcmp (key, "label") == 0 ||
         strcmp (key, "ask") == 0;
}

static json_t *
make_number (Press *press, json_t *block)
{
  const BmSessionSetup *setup = press->self->setup;
  g_autofree char *place = bm_words_place (setup->village_name, setup->terminal);

  return json_pack ("{s:s, s:s, s:s, s:s, s:s, s:s}", "type", "number", "ask",
                    bm_text_pick (json_object_get (block, "ask")), "place", place, "figure", "",
                    "number", "", "qr", "");
}

/* What was written, or room for a finger-print and a witness; NULL when the person left it out. */
static json_t *
make_signature (Press *press, json_t *block)
{
  BmSession *self = press->self;
  const char *field = bm_text_get (block, "field");
  const char *value = json_string_value (json_object_get (self->fields, field));
  char *drawing;
  json_t *made;

  if (value == NULL)
    return NULL;
  drawing = bm_session_dup_drawing (self, field);
  made = json_pack ("{s:s, s:s, s:s}", "type", "signature", "label",
                    bm_text_pick (json_object_get (block, "label")), "drawing",
                    drawing != NULL ? drawing : "");
  bm_wipe_string (drawing);
  return made;
}

/* What the signature below it is for, in which version; NULL when it is for the matter itself, or not there. */
static json_t *
make_signed (Press *press, json_t *block)
{
  const char *field = bm_text_get (block, "field");

  if (json_object_get (press->self->fields, field) == NULL)
    return NULL;
  return bm_session_make_signed_block (press->self, field);
}

static json_t *
make_block (Press *press, json_t *block)
{
  json_t *made = json_object ();
  const char *key;
  json_t *value;

  if (g_strcmp0 (json_string_value (json_object_get (block, "type")), "number") == 0)
    {
      json_decref (made);
      return make_number (press, block);
    }
  if (g_strcmp0 (json_string_value (json_object_get (block, "type")), "signature") == 0)
    {
      json_decref (made);
      return make_signature (press, block);
    }
  json_object_foreach (block, key, value)
  {
    if (strcmp (key, "when") == 0 || strcmp (key, "each") == 0)
      continue;
    if (is_text_key (key))
      {
        g_autofree char *text = bm_text_fill (bm_text_pick (value), press->values);

        json_object_set_new (made, key, json_string (text));
      }
    else
      json_object_set (made, key, value);
  }
  return made;
}

/* One block for every month of the record, newest first. */
static void
add_months (Press *press, json_t *blocks, json_t *block)
{
  json_t *month;
  gsize i;

  json_array_foreach (json_object_get (bm_session_find_part (press->self), "months"), i, month)
  {
    bm_session_put_month (press->self, press->values, month);
    json_array_append_new (blocks, make_block (press, block));
  }
}

static void
append (json_t *blocks, json_t *block)
{
  if (block != NULL)
    json_array_append_new (blocks, block);
}

/* Below whose matter it is stands who handed it in. */
static gboolean
is_of_person (json_t *block)
{
  return g_strcmp0 (json_string_value (json_object_get (block, "value")), "{name}") == 0;
}

static json_t *
make_sheet (Press *press, const char *kind, json_t *plan)
{
  const BmSessionSetup *setup = press->self->setup;
  json_t *blocks = json_array ();
  json_t *block;
  gsize i;

  json_array_foreach (json_object_get (plan, "blocks"), i, block)
  {
    if (!bm_text_holds (json_string_value (json_object_get (block, "when")), press->flags))
      continue;
    if (g_strcmp0 (json_string_value (json_object_get (block, "type")), "signature") == 0)
      append (blocks, make_signed (press, block));
    if (json_object_get (block, "each") != NULL)
      add_months (press, blocks, block);
    else
      append (blocks, make_block (press, block));
    if (bm_session_is_behalf (press->self) && is_of_person (block))
      bm_session_add_behalf_block (press->self, blocks);
  }
  return json_pack ("{s:i, s:s, s:s, s:s, s:b, s:o}", "version", BM_SHEET_VERSION, "kind", kind,
                    "title", bm_text_pick (json_object_get (plan, "title")), "station",
                    setup->station_name, "demo", (int) setup->is_demo, "blocks", blocks);
}

/* Blocks of a sheet that no file plans; each gives the block, which stays @blocks' own. */

static json_t *
add_block (json_t *blocks, json_t *block)
{
  json_array_append_new (blocks, block);
  return block;
}

json_t *
bm_session_add_block_text (json_t *blocks, const char *size, const char *text)
{
  return add_block (blocks,
                    json_pack ("{s:s, s:s, s:s}", "type", "text", "size", size, "text", text));
}

json_t *
bm_session_add_block_pair (json_t *blocks, const char *label, const char *value)
{
  return add_block (blocks,
                    json_pack ("{s:s, s:s, s:s}", "type", "pair", "label", label, "value", value));
}

void
bm_session_add_block_rule (json_t *blocks)
{
  add_block (blocks, json_pack ("{s:s}", "type", "rule"));
}

/* Domain §2.21a rule 10. */
void
bm_session_add_fraud_line (json_t *blocks)
{
  add_block (blocks, json_pack ("{s:s, s:s, s:s}", "type", "boxed", "size", "body", "text",
                                C_ ("sheet", "Whoever phones for money,\npasswords or codes\nis a "
                                             "swindler.")));
}

void
bm_session_make_strong (json_t *block)
{
  json_object_set_new (block, "strong", json_true ());
}

/**
 * bm_session_number_sheet:
 * @sheet: (transfer full): a sheet
 * @case_object: the case it is about
 *
 * Returns: (transfer full): @sheet with the number of the case, when that has one
 */
json_t *
bm_session_number_sheet (json_t *sheet, json_t *case_object)
{
  const char *number = json_string_value (json_object_get (case_object, "number"));
  const char *qr = json_string_value (json_object_get (case_object, "qr"));
  g_autofree char *figure = NULL;
  guint32 counter = 0;
  json_t *filled;

  if (number == NULL || !bm_number_split (number, NULL, NULL, NULL, &counter))
    return sheet;
  figure = bm_words_figure (counter);
  filled = bm_sheet_fill (sheet, number, qr != NULL ? qr : "", figure);
  bm_json_wipe (sheet);
  return filled;
}

/* @language: NULL for the one of the process, in which everything official is written */
static json_t *
make_sheet_in (BmSession *self,
               const char *language,
               const char *name,
               json_t *plan,
               json_t *case_object)
{
  const char *before = bm_language_begin (language);
  g_autoptr (GHashTable) values = bm_session_dup_values (self, case_object);
  g_autoptr (GHashTable) flags = bm_session_dup_flags (self, case_object);
  json_t *sheet;

  if (strcmp (name, "query") == 0)
    bm_session_put_amounts (self, values);
  sheet = make_sheet (&(Press){ self, values, flags }, name, plan);
  bm_language_end (before);
  return sheet;
}

static void
add_language (BmSession *self, json_t *sheet, const char *name, json_t *plan, json_t *case_object)
{
  const char *language = bm_session_get_language (self);
  json_t *other;

  if (strcmp (language, BM_LANGUAGE_CHINESE) == 0)
    return;
  other = make_sheet_in (self, language, name, plan, case_object);
  bm_sheet_add_translation (sheet, other, language);
  bm_json_wipe (other);
}

/**
 * bm_session_build_sheet:
 * @self: a session
 * @name: which of the service's sheets
 * @case_object: (nullable): the case it is about; %NULL for what is being handed in now
 *
 * Returns: (transfer full) (nullable): the sheet's model, or %NULL when the file plans none of this name
 */
json_t *
bm_session_build_sheet (BmSession *self, const char *name, json_t *case_object)
{
  const char *id = json_string_value (json_object_get (case_object, "service"));
  json_t *service = id != NULL ? bm_catalogue_find (self->setup->catalogue, id) : self->service;
  json_t *plan = json_object_get (json_object_get (service, "sheets"), name);
  g_autoptr (GError) error = NULL;
  json_t *sheet;

  if (plan == NULL)
    return NULL;
  sheet = make_sheet_in (self, NULL, name, plan, case_object);
  add_language (self, sheet, name, plan, case_object);
  if (case_object != NULL)
    sheet = bm_session_number_sheet (sheet, case_object);
  if (!bm_sheet_check (sheet, &error))
    {
      g_critical ("sheet %s: %s", name, error->message);
      bm_json_wipe (sheet);
      return NULL;
    }
  return sheet;
}

/**
 * bm_session_build_own_sheet:
 * @self: a session with a service
 * @kind: what the sheet is
 * @make_plan: makes its blocks; called once for each language that stands on it
 *
 * A sheet that is the same for every service, so that no file has to plan it. It belongs to no case.
 *
 * Returns: (transfer full) (nullable): the sheet's model
 */
json_t *
bm_session_build_own_sheet (BmSession *self, const char *kind, BmSessionPlan make_plan)
{
  const char *language = bm_session_get_language (self);
  const char *before = bm_language_begin (NULL);
  json_t *plan = make_plan (self);
  g_autoptr (GError) error = NULL;
  json_t *sheet;

  bm_language_end (before);
  sheet = make_sheet_in (self, NULL, kind, plan, NULL);
  json_decref (plan);
  before = bm_language_begin (language);
  plan = make_plan (self);
  bm_language_end (before);
  add_language (self, sheet, kind, plan, NULL);
  json_decref (plan);
  if (bm_sheet_check (sheet, &error))
    return sheet;
  g_critical ("sheet %s: %s", kind, error->message);
  bm_json_wipe (sheet);
  return NULL;
}
