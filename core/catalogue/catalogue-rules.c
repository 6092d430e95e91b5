/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-catalogue"

#include "core/catalogue/behalf.h"
#include "core/catalogue/conditions.h"
#include "core/catalogue/files.h"
#include "core/catalogue/queries.h"
#include "core/catalogue/recorded.h"
#include "core/catalogue/slot.h"
#include "core/catalogue/stops.h"
#include "core/catalogue/text.h"
#include "core/error.h"

#include <string.h>

/*
 * Rules between the parts of a service file. A flow is an ordered choice from the fixed steps; a step
 * brings the part it needs; nobody types Chinese in self-service, so a field that a person fills is
 * either chosen or made of digits.
 */

/* The fields may come before the person is asked for, or after the notice. */
static const char *const step_order[] = { "danger", "track",  "fields", "identify", "confirm",
                                          "query",  "notice", "fields", "readback", "witness",
                                          "commit", "cases",  "uses",   NULL };

#define COMMON                                                                                     \
  "service", "name", "noted_at", "noted_day", "how", "rule", "agency", "phone", "supervision",     \
    "station", "station_phone", "helper", "pressed_by", "result_date", "result_weekday", "due",    \
    "next", "next_date", "result_at", "result_by", "result_text", "keep_days", "number",           \
    "field:", "as_of", "paid_year", "paid", "why", "record_due", "within", "result_day", "papers", \
    "noted_date", "dept", "ask", "card", "open_day", "latest"

static const char *const placeholders[] = { COMMON, NULL };

/* Amounts, and what leads to the account, stand only on the sheet that the person asks for. */
#define PRIVATE_PLACE "/sheets/query/"
static const char *const private_placeholders[] = { COMMON, "year",  "due_date", "year_amount",
                                                    "tail", "month", "amount",   "month_state",
                                                    "what", NULL };

static const char *const words[] = {
  "online",      "sent",     "link_recent", "due_soon", "demo",    "helper",
  "provisional", "next_due", "expired",     "answered", "stale",   "why",
  "overdue",     "paid",     "away",        "amounts",  "tail",    "record_due",
  "anonymous",   "hidden",   "danger",      "asked",    "no_slip", "by_hours",
  "papers",      "memo",     "social",      "unpaid",   NULL
};

typedef struct
{
  json_t *service;
  char **ret_path;
  GError **error;
} Rules;

static gboolean fail (Rules *rules, const char *path, const char *format, ...) G_GNUC_PRINTF (3, 4);

static gboolean
fail (Rules *rules, const char *path, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  return bm_files_refuse (rules->ret_path, rules->error, path, "%s", message);
}

/* The place of @step behind the place @last, or -1. */
static gint
order_after (gint last, const char *step)
{
  for (gint i = last + 1; i < (gint) G_N_ELEMENTS (step_order) - 1; i++)
    if (strcmp (step_order[i], step) == 0)
      return i;
  return -1;
}

static gboolean
check_flow (Rules *rules)
{
  json_t *flow = json_object_get (rules->service, "flow");
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  gint last = -1;
  json_t *step;
  gsize i;

  json_array_foreach (flow, i, step)
  {
    const char *name = json_string_value (step);
    gint place = order_after (last, name);

    if (place < 0 || !g_hash_table_add (seen, (gpointer) name))
      return fail (
        rules, "/flow",
        "the steps come once each, in the order danger, track, identify, confirm, query, "
        "notice, fields, readback, witness, commit, cases, uses; fields may come before "
        "identify");
    last = place;
  }
  if (!bm_catalogue_has_step (rules->service, "identify") ||
      !bm_catalogue_has_step (rules->service, "confirm"))
    return fail (rules, "/flow", "must begin with identify and confirm");
  if (bm_catalogue_has_step (rules->service, "commit") +
        bm_catalogue_has_step (rules->service, "cases") +
        bm_catalogue_has_step (rules->service, "uses") !=
      1)
    return fail (rules, "/flow", "must end with commit, with cases, or with uses");
  return TRUE;
}

static gboolean
check_parts (Rules *rules)
{
  static const struct
  {
    const char *step;
    const char *part;
  } needs[] = { { "notice", "notice" }, { "commit", "notice" },    { "commit", "evidence" },
                { "commit", "done" },   { "commit", "results" },   { "commit", "sheets" },
                { "danger", "danger" }, { "witness", "evidence" }, { "query", "query" },
                { "query", "sheets" } };

  for (gsize i = 0; i < G_N_ELEMENTS (needs); i++)
    if (bm_catalogue_has_step (rules->service, needs[i].step) &&
        json_object_get (rules->service, needs[i].part) == NULL)
      return fail (rules, "/flow", "the step %s needs the part \"%s\"; add it", needs[i].step,
                   needs[i].part);
  if (bm_catalogue_has_step (rules->service, "query") &&
      (!bm_catalogue_has_step (rules->service, "commit") ||
       json_object_get (json_object_get (rules->service, "sheets"), "query") == NULL))
    return fail (rules, "/flow", "the step query needs the step commit and the sheet \"query\"");
  if (json_object_get (rules->service, "before") != NULL &&
      !bm_catalogue_has_step (rules->service, "commit"))
    return fail (rules, "/before", "there is nothing to begin; add the step commit, or remove it");
  if (bm_catalogue_has_step (rules->service, "commit") &&
      !bm_catalogue_has_step (rules->service, "notice"))
    return fail (rules, "/flow", "a matter needs the step notice before it is taken");
  if (bm_catalogue_has_step (rules->service, "witness") &&
      json_object_get (json_object_get (rules->service, "evidence"), "witness_roles") == NULL)
    return fail (rules, "/evidence", "the step witness needs \"witness_roles\"; add it");
  return TRUE;
}

/* Words are written by the staff, on the read-back, and nowhere else. */
static gboolean
is_written (json_t *field)
{
  return strcmp (json_string_value (json_object_get (field, "who")), "helper") == 0 &&
         strcmp (json_string_value (json_object_get (field, "type")), "text") == 0;
}

static gboolean
check_written (Rules *rules, json_t *field, const char *path)
{
  if (json_object_get (field, "question") != NULL ||
      !json_is_true (json_object_get (field, "optional")))
    return fail (
      rules, path,
      "words of the staff are offered with the read-back: no \"question\", but \"optional\"");
  if (strcmp (json_string_value (json_object_get (field, "level")), "sensitive") != 0 ||
      strcmp (json_string_value (json_object_get (field, "keep_local")), "none") != 0)
    return fail (rules, path,
                 "free words may hold anything: level \"sensitive\", keep_local \"none\"");
  if (!bm_catalogue_has_step (rules->service, "readback"))
    return fail (rules, path, "free words have to be read back; add the step readback to the flow");
  return TRUE;
}

static gboolean
is_asked (json_t *field)
{
  const char *who = json_string_value (json_object_get (field, "who"));

  if (is_written (field))
    return FALSE;
  return strcmp (who, "choose") == 0 || strcmp (who, "self") == 0 || strcmp (who, "helper") == 0;
}

static gboolean
is_digits_type (const char *type)
{
  return strcmp (type, "idno") == 0 || strcmp (type, "phone") == 0 || strcmp (type, "date") == 0 ||
         strcmp (type, "ym") == 0 || strcmp (type, "money") == 0 || strcmp (type, "doc") == 0;
}

static gboolean
check_bounds (Rules *rules, json_t *field, const char *path)
{
  json_t *least = json_object_get (field, "least");
  json_t *most = json_object_get (field, "most");
  gboolean has_any = least != NULL || most != NULL || json_object_get (field, "has_fen") != NULL;

  if (has_any && strcmp (json_string_value (json_object_get (field, "type")), "money") != 0)
    return fail (rules, path,
                 "\"least\", \"most\" and \"has_fen\" are for type money; remove them");
  if (least != NULL && most != NULL && json_integer_value (least) > json_integer_value (most))
    return fail (rules, path, "\"least\" is more than \"most\"; nothing could be typed");
  return TRUE;
}

/* Whoever cannot write presses a finger on the slip: the slip has room for it. */
static gboolean
has_room_to_sign (json_t *service, json_t *id)
{
  json_t *sheet = json_object_get (json_object_get (service, "sheets"), "registration");
  json_t *block;
  gsize i;

  json_array_foreach (json_object_get (sheet, "blocks"), i, block)
  {
    if (g_strcmp0 (json_string_value (json_object_get (block, "type")), "signature") == 0 &&
        json_equal (json_object_get (block, "field"), id))
      return TRUE;
  }
  return FALSE;
}

/* Whether what @signature signs is asked before it. */
static gboolean
comes_after_consent (json_t *service, json_t *signature)
{
  json_t *field;
  gsize i;

  json_array_foreach (json_object_get (service, "fields"), i, field)
  {
    if (field == signature)
      return FALSE;
    if (json_equal (json_object_get (field, "id"), json_object_get (signature, "signs")))
      return json_object_get (field, "consent") != NULL;
  }
  return FALSE;
}

static gboolean
check_consent (Rules *rules, json_t *field, const char *path)
{
  if (json_object_get (field, "consent") == NULL)
    return fail (rules, path, "what is agreed to stands under \"consent\"; add it");
  if (strcmp (json_string_value (json_object_get (field, "who")), "self") != 0)
    return fail (rules, path, "one agrees oneself; write \"self\" for who");
  if (strcmp (json_string_value (json_object_get (field, "keep_local")), "slip") != 0)
    return fail (rules, path, "what was agreed to stands on the slip; write keep_local \"slip\"");
  if (json_is_true (json_object_get (field, "optional")))
    return fail (rules, path, "one answers yes or no; remove \"optional\"");
  if (json_object_get (rules->service, "anonymous_when") != NULL)
    return fail (rules, path, "who agrees has a name; remove this field or \"anonymous_when\"");
  if (bm_catalogue_find_step (rules->service, "fields") <
      bm_catalogue_find_step (rules->service, "identify"))
    return fail (rules, path, "who agrees is known first; move the step fields behind identify");
  return TRUE;
}

static gboolean
check_signature (Rules *rules, json_t *field, const char *path)
{
  if (strcmp (json_string_value (json_object_get (field, "who")), "self") != 0)
    return fail (rules, path, "one signs oneself; write \"self\" for who");
  if (strcmp (json_string_value (json_object_get (field, "level")), "sensitive") != 0 ||
      strcmp (json_string_value (json_object_get (field, "keep_local")), "slip") != 0)
    return fail (rules, path,
                 "a signature is of level \"sensitive\", and keep_local \"slip\": it stands there");
  if (json_object_get (rules->service, "anonymous_when") != NULL)
    return fail (rules, path, "what may have no name has no signature; remove one of the two");
  if (bm_catalogue_find_step (rules->service, "fields") <
      bm_catalogue_find_step (rules->service, "identify"))
    return fail (rules, path, "who signs is known first; move the step fields behind identify");
  if (json_object_get (field, "signs") != NULL && !comes_after_consent (rules->service, field))
    return fail (rules, path, "\"signs\" names no field of type consent before this; correct it");
  if (!has_room_to_sign (rules->service, json_object_get (field, "id")))
    return fail (rules, path,
                 "who cannot write presses a finger on the slip; add a block of type signature "
                 "with this \"field\" to the sheet registration");
  return TRUE;
}

static gboolean
check_asked (Rules *rules, json_t *field, const char *path)
{
  const char *who = json_string_value (json_object_get (field, "who"));
  const char *type = json_string_value (json_object_get (field, "type"));
  gboolean is_picked =
    strcmp (type, "code") == 0 || strcmp (type, "bool") == 0 || strcmp (type, "place") == 0;

  if (json_object_get (field, "question") == NULL)
    return fail (rules, path, "a field that is asked for needs a \"question\"; add it");
  if (strcmp (type, "code") == 0 && json_object_get (field, "codes") == NULL)
    return fail (rules, path, "a field of type code needs \"codes\"; add them");
  if (strcmp (type, "signature") == 0)
    return check_signature (rules, field, path);
  if (strcmp (type, "consent") == 0)
    return check_consent (rules, field, path);
  if (strcmp (type, "photo") == 0 || strcmp (type, "memo") == 0 || strcmp (type, "slot") == 0)
    return TRUE; /* recorded.c and slot.c judge them */
  if (!is_picked && !is_digits_type (type))
    return fail (rules, path, "nobody types words here; let it be read, or give it codes");
  if (!is_picked && strcmp (type, "money") != 0 && strcmp (type, "date") != 0 &&
      strcmp (who, "choose") == 0)
    return fail (rules, path, "digits are typed; write \"self\" or \"helper\" for who");
  return check_bounds (rules, field, path);
}

static gboolean
has_record (json_t *service)
{
  return json_object_get (service, "query") != NULL || json_object_get (service, "before") != NULL;
}

static gboolean
check_field (Rules *rules, json_t *field, gsize index, GHashTable *seen)
{
  g_autofree char *path = g_strdup_printf ("/fields/%zu", index);
  const char *who = json_string_value (json_object_get (field, "who"));
  const char *type = json_string_value (json_object_get (field, "type"));
  const char *from = json_string_value (json_object_get (field, "from"));
  gboolean is_taken = strcmp (who, "read") == 0 || strcmp (who, "computed") == 0;
  gboolean is_record = from != NULL && g_str_has_prefix (from, "record.");
  const char *fault;

  if (!g_hash_table_add (seen, (gpointer) json_string_value (json_object_get (field, "id"))))
    return fail (rules, path, "this id comes twice; choose another");
  if (is_taken != (from != NULL && !is_record))
    return fail (rules, path,
                 "\"from\" belongs to fields that are read or computed, and only there");
  if (json_object_get (field, "consent") != NULL && strcmp (type, "consent") != 0)
    return fail (rules, path, "\"consent\" is for type consent; remove it");
  fault = bm_slot_find_fault (rules->service, field);
  if (fault == NULL && is_asked (field))
    fault = bm_recorded_find_fault (rules->service, field);
  if (fault != NULL)
    return fail (rules, path, "%s", fault);
  if (json_object_get (field, "signs") != NULL && strcmp (type, "signature") != 0)
    return fail (rules, path, "\"signs\" is for type signature; remove it");
  if (is_asked (field) && !check_asked (rules, field, path))
    return FALSE;
  if (is_written (field) && !check_written (rules, field, path))
    return FALSE;
  if (is_asked (field) && !bm_catalogue_has_step (rules->service, "fields"))
    return fail (rules, path, "somebody must be asked for it; add the step fields to the flow");
  if (is_record && (strcmp (who, "pack") != 0 || !has_record (rules->service)))
    return fail (rules, path,
                 "the record is for who \"pack\", in a service with \"query\" or \"before\"");
  return TRUE;
}

static gboolean
check_fields (Rules *rules)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  json_t *field;
  guint asked = 0;
  gsize i;

  json_array_foreach (json_object_get (rules->service, "fields"), i, field)
  {
    if (!check_field (rules, field, i, seen))
      return FALSE;
    asked += is_asked (field);
  }
  if (asked == 0 && bm_catalogue_has_step (rules->service, "fields"))
    return fail (rules, "/flow", "the step fields has nothing to ask; remove it");
  return TRUE;
}

static json_t *
find_field (json_t *service, json_t *id)
{
  json_t *field;
  gsize i;

  json_array_foreach (json_object_get (service, "fields"), i, field)
  {
    if (json_equal (json_object_get (field, "id"), id))
      return field;
  }
  return NULL;
}

/* What an older case is compared by must have stayed here with it. */
static gboolean
check_duplicates (Rules *rules)
{
  json_t *id;
  gsize i;

  json_array_foreach (json_object_get (rules->service, "duplicate_by"), i, id)
  {
    json_t *field = find_field (rules->service, id);
    const char *keep = json_string_value (json_object_get (field, "keep_local"));
    g_autofree char *path = g_strdup_printf ("/duplicate_by/%zu", i);

    if (field == NULL || !is_asked (field) || strcmp (keep, "slip") != 0)
      return fail (rules, path, "must be a field that is asked for, with keep_local \"slip\"");
  }
  return TRUE;
}

static gboolean
check_block (Rules *rules, json_t *block, const char *path)
{
  static const struct
  {
    const char *type;
    const char *keys[3]; /* those it must have */
  } table[] = { { "states", { "reached" } },
                { "pair", { "label", "value" } },
                { "text", { "text" } },
                { "boxed", { "text" } },
                { "number", { "ask" } },
                { "gap", { "mm" } },
                { "signature", { "label", "field" } } };
  const char *type = json_string_value (json_object_get (block, "type"));

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    for (gsize k = 0; strcmp (table[i].type, type) == 0 && k < 3 && table[i].keys[k] != NULL; k++)
      if (json_object_get (block, table[i].keys[k]) == NULL)
        return fail (rules, path, "a block of type %s needs \"%s\"; add it", type,
                     table[i].keys[k]);
  return TRUE;
}

/* What was written is there while the matter is handed in, and on no later sheet. */
static gboolean
check_room (Rules *rules, const char *sheet, json_t *block, const char *path)
{
  json_t *field = find_field (rules->service, json_object_get (block, "field"));

  if (g_strcmp0 (json_string_value (json_object_get (block, "type")), "signature") != 0)
    return json_object_get (block, "field") == NULL ||
           fail (rules, path, "\"field\" is for blocks of type signature; remove it");
  if (strcmp (sheet, "registration") != 0 || field == NULL ||
      strcmp (json_string_value (json_object_get (field, "type")), "signature") != 0)
    return fail (rules, path,
                 "a signature stands on the sheet registration and names a \"field\" of its type");
  return TRUE;
}

static gboolean
check_sheets (Rules *rules)
{
  const char *name;
  json_t *sheet;
  json_t *result;

  json_object_foreach (json_object_get (rules->service, "sheets"), name, sheet)
  {
    json_t *block;
    gsize i;

    json_array_foreach (json_object_get (sheet, "blocks"), i, block)
    {
      g_autofree char *path = g_strdup_printf ("/sheets/%s/blocks/%zu", name, i);

      if (!check_block (rules, block, path) || !check_room (rules, name, block, path))
        return FALSE;
    }
  }
  json_object_foreach (json_object_get (rules->service, "results"), name, result)
  {
    const char *wanted = json_string_value (json_object_get (result, "sheet"));
    g_autofree char *path = g_strdup_printf ("/results/%s/sheet", name);

    if (wanted != NULL &&
        json_object_get (json_object_get (rules->service, "sheets"), wanted) == NULL)
      return fail (rules, path, "there is no sheet of this name; add it under \"sheets\"");
  }
  return TRUE;
}

/* One place: a tile, the frame, or behind the last tile. */
static gboolean
check_home (Rules *rules)
{
  json_t *home = json_object_get (rules->service, "home");

  if (json_object_get (home, "group") != NULL &&
      (json_object_get (home, "slot") != NULL || json_object_get (home, "frame") != NULL))
    return fail (rules, "/home/group", "has a place of its own already; remove one of the two");
  if (json_object_get (home, "rank") != NULL && json_object_get (home, "group") == NULL)
    return fail (rules, "/home/rank", "is a place within a group; add \"group\" or remove it");
  return TRUE;
}

/* Every string anywhere: only placeholders and condition words that exist. */
static gboolean
check_words (Rules *rules, json_t *json, const char *path, const char *key)
{
  const char *name;
  json_t *value;
  gsize i;

  if (json_is_string (json))
    {
      gboolean is_when = g_strcmp0 (key, "when") == 0;
      g_autofree char *stranger =
        is_when
          ? bm_text_find_strange_word (json_string_value (json), words)
          : bm_text_find_stranger (json_string_value (json), g_str_has_prefix (path, PRIVATE_PLACE)
                                                               ? private_placeholders
                                                               : placeholders);

      return stranger == NULL ||
             fail (rules, path, "nobody knows the word \"%s\"; correct it", stranger);
    }
  json_object_foreach (json, name, value)
  {
    g_autofree char *inner = g_strdup_printf ("%s/%s", path, name);

    if (!check_words (rules, value, inner, name))
      return FALSE;
  }
  json_array_foreach (json, i, value)
  {
    g_autofree char *inner = g_strdup_printf ("%s/%zu", path, i);

    if (!check_words (rules, value, inner, key))
      return FALSE;
  }
  return TRUE;
}

/**
 * bm_catalogue_check_rules:
 * @service: a service file whose form is right
 * @ret_path: (out) (optional) (nullable): where the fault lies
 * @error: return location for %BM_ERROR_INVALID
 *
 * Checks what the parts of a service file demand of one another.
 *
 * Returns: whether the service can be used
 */
gboolean
bm_catalogue_check_rules (json_t *service, char **ret_path, GError **error)
{
  Rules rules = { .service = service, .ret_path = ret_path, .error = error };

  g_return_val_if_fail (json_is_object (service), FALSE);

  return check_home (&rules) && check_flow (&rules) && check_parts (&rules) &&
         check_fields (&rules) && check_duplicates (&rules) &&
         bm_conditions_check (service, ret_path, error) &&
         bm_behalf_check (service, ret_path, error) && bm_stops_check (service, ret_path, error) &&
         bm_queries_check (service, ret_path, error) && check_sheets (&rules) &&
         check_words (&rules, service, "", NULL);
}
