/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-appeal"

#include "core/appeal/classify.h"

#include "core/catalogue/conditions.h"
#include "core/catalogue/shape.h"
#include "core/catalogue/text.h"
#include "core/error.h"

#include <string.h>

/*
 * The rules are a document:
 *
 *   {"format": 1, "version": "A1-2026.1",
 *    "depts":   {"town-road": {"zh_CN": "…"}},
 *    "classes": [{"code": "01", "label": {…}, "dept": "town-road"}],
 *    "fallback": "18",
 *    "taps":    [{"when": [conditions], "class": "01", "urgent": "utility"}],
 *    "words":   [{"class": "01", "weight": 3, "any": ["路*坑"], "unless": ["…"]}],
 *    "urgent":  [{"level": "danger", "class": "16", "any": ["…"], "unless": ["…"]}]}
 *
 * A text is looked through for words; "a*b" is a with b not far behind it. Every rule of "words" that is
 * met adds its weight to its class once. The first-named trouble decides: of the classes that were
 * named by a strong rule, the one named first gets FIRST_BONUS. Danger to life goes before all (domain
 * §2.10): an "urgent" rule lifts its class above every sum of weights.
 *
 * Invariants: every code in the rules is a class of the table; a verdict holds each class once.
 */

#define STRONG      3
#define FIRST_BONUS 3
#define LIFT        1000
#define MAX_GAP     12 /* characters between the parts of "a*b" */

struct _BmAppealTable
{
  gatomicrefcount ref_count;
  json_t *document;
  const char *codes[BM_APPEAL_MAX_CLASSES];
  guint n_codes;
};

/* The form of the table */

static const char *const level_names[] = { "no", "utility", "danger", NULL };

static gboolean
is_dept (const char *text)
{
  return bm_shape_is_id (text) && strlen (text) <= 32;
}

/* An empty part would be met by every text. */
static gboolean
is_pattern (const char *text)
{
  return *text != '*' && !g_str_has_suffix (text, "*") && strstr (text, "**") == NULL;
}

static const BmShape format = { .type = BM_SHAPE_INTEGER, .min = 1, .max = 1 };
static const BmShape version = { .type = BM_SHAPE_STRING, .min = 1, .max = 32 };
static const BmShape name = { .type = BM_SHAPE_TEXT, .min = 1, .max = 20 };
static const BmShape depts = { .type = BM_SHAPE_MAP,
                               .min = 1,
                               .max = 60,
                               .name_fits = is_dept,
                               .items = &name };
static const BmShape code = { .type = BM_SHAPE_STRING, .min = 1, .max = 32, .fits = is_dept };
static const BmShape level = { .type = BM_SHAPE_STRING, .one_of = level_names };
static const BmShape weight = { .type = BM_SHAPE_INTEGER, .min = 1, .max = 9 };
static const BmShape word = { .type = BM_SHAPE_STRING, .min = 1, .max = 24, .fits = is_pattern };
static const BmShape word_list = { .type = BM_SHAPE_ARRAY, .min = 1, .max = 200, .items = &word };

static const BmShapeKey class_keys[] = { { "code", &code, TRUE },
                                         { "label", &name, TRUE },
                                         { "dept", &code, TRUE },
                                         { NULL } };
static const BmShape class_shape = { .type = BM_SHAPE_OBJECT, .keys = class_keys };
static const BmShape classes = { .type = BM_SHAPE_ARRAY,
                                 .min = 1,
                                 .max = BM_APPEAL_MAX_CLASSES,
                                 .items = &class_shape };

static const BmShape answers = { .type = BM_SHAPE_ARRAY, .min = 1, .max = 24, .items = &code };
static const BmShape condition = { .type = BM_SHAPE_MAP,
                                   .min = 1,
                                   .max = 8,
                                   .name_fits = is_dept,
                                   .items = &answers };
static const BmShape conditions = { .type = BM_SHAPE_ARRAY,
                                    .min = 1,
                                    .max = 8,
                                    .items = &condition };
static const BmShapeKey tap_keys[] = { { "when", &conditions, TRUE },
                                       { "class", &code },
                                       { "urgent", &level },
                                       { NULL } };
static const BmShape tap = { .type = BM_SHAPE_OBJECT, .keys = tap_keys };
static const BmShape taps = { .type = BM_SHAPE_ARRAY, .min = 1, .max = 60, .items = &tap };

static const BmShapeKey word_keys[] = { { "class", &code, TRUE },
                                        { "weight", &weight, TRUE },
                                        { "any", &word_list, TRUE },
                                        { "unless", &word_list },
                                        { NULL } };
static const BmShape word_rule = { .type = BM_SHAPE_OBJECT, .keys = word_keys };
static const BmShape words = { .type = BM_SHAPE_ARRAY, .min = 1, .max = 200, .items = &word_rule };

static const BmShapeKey urgent_keys[] = { { "level", &level, TRUE },
                                          { "class", &code },
                                          { "any", &word_list, TRUE },
                                          { "unless", &word_list },
                                          { NULL } };
static const BmShape urgent_rule = { .type = BM_SHAPE_OBJECT, .keys = urgent_keys };
static const BmShape urgents = { .type = BM_SHAPE_ARRAY, .max = 60, .items = &urgent_rule };

static const BmShapeKey table_keys[] = {
  { "format", &format, TRUE },   { "version", &version, TRUE }, { "depts", &depts, TRUE },
  { "classes", &classes, TRUE }, { "fallback", &code, TRUE },   { "taps", &taps, TRUE },
  { "words", &words, TRUE },     { "urgent", &urgents, TRUE },  { NULL }
};
static const BmShape table_shape = { .type = BM_SHAPE_OBJECT, .keys = table_keys };

static json_t *
find_class (BmAppealTable *self, const char *wanted)
{
  json_t *item;
  gsize i;

  json_array_foreach (json_object_get (self->document, "classes"), i, item)
  {
    if (g_strcmp0 (json_string_value (json_object_get (item, "code")), wanted) == 0)
      return item;
  }
  return NULL;
}

static gboolean
refuse (const char *what, const char *value, GError **error)
{
  g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "appeal table: %s: %s; correct it", what, value);
  return FALSE;
}

static gboolean
check_rules (BmAppealTable *self, const char *list, GError **error)
{
  json_t *rule;
  gsize i;

  json_array_foreach (json_object_get (self->document, list), i, rule)
  {
    const char *wanted = json_string_value (json_object_get (rule, "class"));

    if (wanted != NULL && find_class (self, wanted) == NULL)
      return refuse ("there is no such class", wanted, error);
  }
  return TRUE;
}

static gboolean
take_classes (BmAppealTable *self, GError **error)
{
  json_t *all = json_object_get (self->document, "depts");
  json_t *item;
  gsize i;

  json_array_foreach (json_object_get (self->document, "classes"), i, item)
  {
    const char *own = json_string_value (json_object_get (item, "code"));
    const char *dept = json_string_value (json_object_get (item, "dept"));

    if (find_class (self, own) != item)
      return refuse ("a class comes twice", own, error);
    if (json_object_get (all, dept) == NULL)
      return refuse ("there is no such dept", dept, error);
    self->codes[self->n_codes++] = own;
  }
  if (find_class (self, json_string_value (json_object_get (self->document, "fallback"))) == NULL)
    return refuse ("there is no such class", "fallback", error);
  return check_rules (self, "taps", error) && check_rules (self, "words", error) &&
         check_rules (self, "urgent", error);
}

/**
 * bm_appeal_table_new:
 * @document: the rules
 * @error: return location for %BM_ERROR_INVALID
 *
 * Takes rules that are already read.
 *
 * Returns: (transfer full): the table, or %NULL
 */
BmAppealTable *
bm_appeal_table_new (json_t *document, GError **error)
{
  g_autoptr (BmAppealTable) self = NULL;

  g_return_val_if_fail (document != NULL, NULL);

  if (!bm_shape_check (&table_shape, document, "appeal table", NULL, error))
    return NULL;
  self = g_new0 (BmAppealTable, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->document = json_deep_copy (document);
  return take_classes (self, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * bm_appeal_table_load:
 * @file: path of the rules
 * @error: return location for %BM_ERROR_NOT_FOUND or %BM_ERROR_INVALID
 *
 * Reads rules.
 *
 * Returns: (transfer full): the table, or %NULL
 */
BmAppealTable *
bm_appeal_table_load (const char *file, GError **error)
{
  BmAppealTable *self;
  json_error_t where = { 0 };
  json_t *document;

  g_return_val_if_fail (file != NULL, NULL);

  document = json_load_file (file, JSON_REJECT_DUPLICATES, &where);
  if (document == NULL)
    {
      g_set_error (error, BM_ERROR, where.line > 0 ? BM_ERROR_INVALID : BM_ERROR_NOT_FOUND,
                   "appeal table %s:%d: %s", file, where.line, where.text);
      return NULL;
    }
  self = bm_appeal_table_new (document, error);
  json_decref (document);
  return self;
}

BmAppealTable *
bm_appeal_table_ref (BmAppealTable *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
bm_appeal_table_unref (BmAppealTable *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  json_decref (self->document);
  g_free (self);
}

const char *
bm_appeal_table_get_version (BmAppealTable *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return json_string_value (json_object_get (self->document, "version"));
}

json_t *
bm_appeal_table_get_depts (BmAppealTable *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return json_object_get (self->document, "depts");
}

const char *
bm_appeal_table_get_label (BmAppealTable *self, const char *wanted)
{
  json_t *found;

  g_return_val_if_fail (self != NULL && wanted != NULL, NULL);

  found = find_class (self, wanted);
  return found != NULL ? bm_text_pick (json_object_get (found, "label")) : NULL;
}

const char *
bm_appeal_table_get_dept (BmAppealTable *self, const char *wanted)
{
  g_return_val_if_fail (self != NULL && wanted != NULL, NULL);
  return json_string_value (json_object_get (find_class (self, wanted), "dept"));
}

const char *
bm_appeal_table_get_dept_label (BmAppealTable *self, const char *dept)
{
  g_return_val_if_fail (self != NULL && dept != NULL, NULL);
  return bm_text_pick (json_object_get (json_object_get (self->document, "depts"), dept));
}

const char *
bm_appeal_urgency_to_string (BmAppealUrgency urgency)
{
  g_return_val_if_fail ((guint) urgency < G_N_ELEMENTS (level_names) - 1, "no");
  return level_names[urgency];
}

static BmAppealUrgency
get_level (json_t *rule, const char *key)
{
  const char *text = json_string_value (json_object_get (rule, key));
  guint i = 0;

  while (text != NULL && strcmp (level_names[i], text) != 0)
    i++;
  return (BmAppealUrgency) i;
}

/* Looking for words */

/* What follows @part in @text, when it begins within @gap characters (-1: anywhere); or NULL. */
static const char *
skip_to (const char *text, const char *part, gsize length, gint gap)
{
  const char *from = text;

  for (; *from != '\0' && gap != 0; from = g_utf8_next_char (from), gap -= gap > 0)
    if (strncmp (from, part, length) == 0)
      return from + length;
  return strncmp (from, part, length) == 0 ? from + length : NULL;
}

/* Whether "a*b" is at @at: a right here, every other part not far behind the one before. */
static gboolean
is_at (const char *at, const char *pattern)
{
  gboolean is_first = TRUE;

  while (pattern != NULL)
    {
      const char *star = strchr (pattern, '*');
      gsize length = star != NULL ? (gsize) (star - pattern) : strlen (pattern);

      if (is_first && strncmp (at, pattern, length) != 0)
        return FALSE;
      at = is_first ? at + length : skip_to (at, pattern, length, MAX_GAP);
      if (at == NULL)
        return FALSE;
      is_first = FALSE;
      pattern = star != NULL ? star + 1 : NULL;
    }
  return TRUE;
}

/* Where the first of @list is in @text, or NULL. */
static const char *
find_any (json_t *list, const char *text)
{
  const char *first = NULL;
  json_t *item;
  gsize i;

  json_array_foreach (list, i, item)
  {
    const char *pattern = json_string_value (item);

    for (const char *at = text; *at != '\0' && (first == NULL || at < first);
         at = g_utf8_next_char (at))
      if (is_at (at, pattern))
        {
          first = at;
          break;
        }
  }
  return first;
}

static const char *
find_rule (json_t *rule, const char *text)
{
  if (find_any (json_object_get (rule, "unless"), text) != NULL)
    return NULL;
  return find_any (json_object_get (rule, "any"), text);
}

/* Full-width letters and digits folded, blanks and line ends left out, not more than the maximum. */
static char *
dup_plain (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, (gssize) strnlen (text, BM_APPEAL_MAX_TEXT));
  g_autofree char *folded = g_utf8_normalize (valid, -1, G_NORMALIZE_ALL_COMPOSE);
  GString *plain = g_string_new (NULL);

  for (const char *p = folded; p != NULL && *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (!g_unichar_isspace (c))
        g_string_append_unichar (plain, g_unichar_tolower (c));
    }
  return g_string_free (plain, FALSE);
}

/* Ranking */

typedef struct
{
  gint score;
  gsize order; /* smaller first among equals */
} Mark;

typedef struct
{
  BmAppealTable *table;
  Mark marks[BM_APPEAL_MAX_CLASSES];
} Count;

static Mark *
get_mark (Count *count, const char *wanted)
{
  for (guint i = 0; wanted != NULL && i < count->table->n_codes; i++)
    if (strcmp (count->table->codes[i], wanted) == 0)
      return &count->marks[i];
  return NULL;
}

static void
init_count (Count *count, BmAppealTable *table)
{
  count->table = table;
  for (guint i = 0; i < BM_APPEAL_MAX_CLASSES; i++)
    count->marks[i] = (Mark){ 0, G_MAXSIZE };
}

static void
rank (Count *count, BmAppealVerdict *ret_verdict)
{
  gboolean is_taken[BM_APPEAL_MAX_CLASSES] = { FALSE };

  for (;;)
    {
      gint best = -1;

      for (guint i = 0; i < count->table->n_codes; i++)
        {
          Mark *mark = &count->marks[i];

          if (is_taken[i] || mark->score <= 0)
            continue;
          if (best < 0 || mark->score > count->marks[best].score ||
              (mark->score == count->marks[best].score && mark->order < count->marks[best].order))
            best = (gint) i;
        }
      if (best < 0)
        return;
      is_taken[best] = TRUE;
      ret_verdict->ranked[ret_verdict->n++] =
        (BmAppealRank){ count->table->codes[best], count->marks[best].score };
    }
}

static void
count_words (Count *count, const char *text)
{
  Mark *first = NULL;
  gsize first_at = G_MAXSIZE;
  json_t *rule;
  gsize i;

  json_array_foreach (json_object_get (count->table->document, "words"), i, rule)
  {
    const char *found = find_rule (rule, text);
    Mark *mark = get_mark (count, json_string_value (json_object_get (rule, "class")));
    gint value = (gint) json_integer_value (json_object_get (rule, "weight"));
    gsize at = found != NULL ? (gsize) (found - text) : G_MAXSIZE;

    if (found == NULL)
      continue;
    mark->score += value;
    mark->order = MIN (mark->order, at);
    if (value >= STRONG && at < first_at)
      {
        first = mark;
        first_at = at;
      }
  }
  if (first != NULL)
    first->score += FIRST_BONUS;
}

/* What no rule knows is still somebody's: last of all. */
static void
add_fallback (Count *count)
{
  json_t *fallback = json_object_get (count->table->document, "fallback");
  Mark *mark = get_mark (count, json_string_value (fallback));

  if (mark != NULL && mark->score == 0)
    mark->score = 1;
}

static void
count_urgent (Count *count, const char *text, BmAppealVerdict *verdict)
{
  json_t *rule;
  gsize i;

  json_array_foreach (json_object_get (count->table->document, "urgent"), i, rule)
  {
    Mark *mark = get_mark (count, json_string_value (json_object_get (rule, "class")));
    BmAppealUrgency found = get_level (rule, "level");

    if (find_rule (rule, text) == NULL)
      continue;
    verdict->urgency = MAX (verdict->urgency, found);
    if (mark != NULL && found == BM_APPEAL_DANGER)
      mark->score += LIFT;
  }
}

/**
 * bm_appeal_classify_text:
 * @self: rules
 * @text: what somebody said
 * @ret_verdict: (out caller-allocates): classes, best first, and how urgent it is
 *
 * Proposes classes by words. Last comes the class for everything else.
 */
void
bm_appeal_classify_text (BmAppealTable *self, const char *text, BmAppealVerdict *ret_verdict)
{
  g_autofree char *plain = NULL;
  Count count;

  g_return_if_fail (self != NULL && text != NULL && ret_verdict != NULL);

  *ret_verdict = (BmAppealVerdict){ 0 };
  plain = dup_plain (text);
  init_count (&count, self);
  count_words (&count, plain);
  count_urgent (&count, plain, ret_verdict);
  add_fallback (&count);
  rank (&count, ret_verdict);
}

/**
 * bm_appeal_classify_taps:
 * @self: rules
 * @fields: (nullable): what was tapped, id -> string
 * @ret_verdict: (out caller-allocates): classes, best first, and how urgent it is
 *
 * Proposes classes by taps: in the order of the rules.
 */
void
bm_appeal_classify_taps (BmAppealTable *self, json_t *fields, BmAppealVerdict *ret_verdict)
{
  Count count;
  json_t *rule;
  gsize i;

  g_return_if_fail (self != NULL && ret_verdict != NULL);

  *ret_verdict = (BmAppealVerdict){ 0 };
  init_count (&count, self);
  json_array_foreach (json_object_get (self->document, "taps"), i, rule)
  {
    Mark *mark = get_mark (&count, json_string_value (json_object_get (rule, "class")));

    if (!bm_conditions_hold (json_object_get (rule, "when"), fields))
      continue;
    ret_verdict->urgency = MAX (ret_verdict->urgency, get_level (rule, "urgent"));
    if (mark != NULL)
      *mark = (Mark){ 1, MIN (mark->order, i) };
  }
  rank (&count, ret_verdict);
}
