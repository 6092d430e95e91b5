/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-address"

#include "core/people/address.h"

#include "core/error.h"

#include <string.h>

/*
 * How an address is read. It is folded (full width, blanks, hyphens and commas go), then the levels
 * are taken from its front, from the province down; each may be missing. What a level matches narrows
 * the candidates of the next one. A village that is not at the place reached is looked for further on,
 * and what was skipped is a doubt. Then comes the group, and the rest is residue.
 *
 * Invariant: a village is proposed only when exactly one fits; among several none is.
 */

#define DOCUMENT_VERSION 1
#define FILE_MAX         (4 * 1024 * 1024)
#define SPELLING_MAX     120 /* bytes */
#define ALIASES_MAX      40
#define GROUP_MAX        99
#define LEVELS           5
#define VILLAGE          (LEVELS - 1)

static const guint8 level_lengths[LEVELS] = { 2, 4, 6, 9, 12 };

typedef struct
{
  char code[BM_DIVISION_CODE_LEN + 1];
  guint groups;
} Division;

typedef struct
{
  char *name;
  gsize len;
  const Division *division;
  gboolean asks;
} Spelling;

struct _BmDivisions
{
  gint ref_count;

  GHashTable *by_code;          /* code -> Division */
  GHashTable *names;            /* code -> name */
  GPtrArray *spellings[LEVELS]; /* of Spelling */
};

static void
spelling_free (gpointer data)
{
  Spelling *spelling = data;

  g_free (spelling->name);
  g_free (spelling);
}

static BmDivisions *
divisions_alloc (void)
{
  BmDivisions *self = g_new0 (BmDivisions, 1);

  self->ref_count = 1;
  self->by_code = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; i < LEVELS; i++)
    self->spellings[i] = g_ptr_array_new_with_free_func (spelling_free);
  return self;
}

/**
 * bm_divisions_ref:
 * @self: a table
 *
 * Takes a reference; from any thread.
 *
 * Returns: (transfer full): @self
 */
BmDivisions *
bm_divisions_ref (BmDivisions *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_int_inc (&self->ref_count);
  return self;
}

/**
 * bm_divisions_unref:
 * @self: (transfer full): a table
 *
 * Drops a reference; the last one frees.
 */
void
bm_divisions_unref (BmDivisions *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  for (guint i = 0; i < LEVELS; i++)
    g_ptr_array_unref (self->spellings[i]);
  g_hash_table_unref (self->by_code);
  g_hash_table_unref (self->names);
  g_free (self);
}

static gboolean
set_invalid (GError **error, const char *where, const char *what)
{
  g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "divisions: %s: %s", where, what);
  return FALSE;
}

/* The level that a code belongs to, or LEVELS. */
static guint
find_level (const char *code)
{
  gsize len = strnlen (code, BM_DIVISION_CODE_LEN + 1);

  if (strspn (code, "0123456789") != len)
    return LEVELS;
  for (guint i = 0; i < LEVELS; i++)
    if (len == level_lengths[i])
      return i;
  return LEVELS;
}

static gboolean
add_spelling (BmDivisions *self,
              guint level,
              const char *name,
              const Division *division,
              gboolean asks)
{
  gsize len = strnlen (name, SPELLING_MAX + 1);

  if (len == 0 || len > SPELLING_MAX)
    return FALSE;
  Spelling *spelling = g_new0 (Spelling, 1);
  spelling->name = g_strdup (name);
  spelling->len = len;
  spelling->division = division;
  spelling->asks = asks;
  g_ptr_array_add (self->spellings[level], spelling);
  return TRUE;
}

static gboolean
add_aliases (BmDivisions *self,
             guint level,
             json_t *aliases,
             const Division *division,
             GError **error)
{
  static const char *const kinds[] = { "same", "old", "typo", "short", NULL };
  size_t i = 0;
  json_t *alias = NULL;

  if (aliases != NULL && (!json_is_array (aliases) || json_array_size (aliases) > ALIASES_MAX))
    return set_invalid (error, division->code, "\"aliases\" is a list of at most 40");
  json_array_foreach (aliases, i, alias)
  {
    const char *name = NULL, *kind = NULL;
    if (json_unpack_ex (alias, NULL, JSON_STRICT, "{s:s, s:s}", "name", &name, "kind", &kind) !=
          0 ||
        !g_strv_contains (kinds, kind))
      return set_invalid (error, division->code, "an alias has a name and a known kind");
    /* Where a township was renamed or reorganised, the village below still decides. */
    gboolean asks = level == VILLAGE && strcmp (kind, "same") != 0;
    if (!add_spelling (self, level, name, division, asks))
      return set_invalid (error, division->code, "an alias is empty or too long");
  }
  return TRUE;
}

static gboolean
add_division (BmDivisions *self, json_t *value, GError **error)
{
  json_error_t detail;
  const char *code = NULL, *name = NULL;
  int groups = 0;
  json_t *aliases = NULL;

  if (json_unpack_ex (value, &detail, JSON_STRICT, "{s:s, s:s, s?i, s?o}", "code", &code, "name",
                      &name, "groups", &groups, "aliases", &aliases) != 0)
    return set_invalid (error, "division", detail.text);
  guint level = find_level (code);
  if (level == LEVELS || g_hash_table_contains (self->by_code, code))
    return set_invalid (error, "code", "wrong length, or twice");
  if (level > 0)
    {
      g_autofree char *above = g_strndup (code, level_lengths[level - 1]);
      if (!g_hash_table_contains (self->by_code, above))
        return set_invalid (error, code, "the division above it does not come first");
    }
  if (groups < 0 || groups > GROUP_MAX)
    return set_invalid (error, code, "\"groups\" is 0 to 99");
  Division *division = g_new0 (Division, 1);
  g_strlcpy (division->code, code, sizeof division->code);
  division->groups = (guint) groups;
  g_hash_table_insert (self->by_code, division->code, division);
  g_hash_table_insert (self->names, g_strdup (code), g_strdup (name));
  if (!add_spelling (self, level, name, division, FALSE))
    return set_invalid (error, code, "the name is empty or too long");
  return add_aliases (self, level, aliases, division, error);
}

/**
 * bm_divisions_new:
 * @document: the table, whose signature was verified by the caller
 * @error: %BM_ERROR_INVALID, %BM_ERROR_UNSUPPORTED, %BM_ERROR_LIMIT
 *
 * Makes a table; strict.
 *
 * Returns: (transfer full): the table
 */
BmDivisions *
bm_divisions_new (json_t *document, GError **error)
{
  json_error_t detail;
  int version = 0;
  const char *kind = NULL, *source = NULL;
  json_t *list = NULL, *value = NULL;
  size_t i = 0;

  g_return_val_if_fail (document != NULL, NULL);

  if (json_unpack_ex (document, &detail, JSON_STRICT, "{s:i, s:s, s:s, s:o}", "version", &version,
                      "kind", &kind, "source", &source, "divisions", &list) != 0 ||
      strcmp (kind, "divisions") != 0 || !json_is_array (list))
    {
      set_invalid (error, "document", "not a table of divisions");
      return NULL;
    }
  if (version != DOCUMENT_VERSION)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_UNSUPPORTED, "divisions version %d", version);
      return NULL;
    }
  if (json_array_size (list) > BM_DIVISIONS_MAX)
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_LIMIT, "divisions: too many");
      return NULL;
    }
  g_autoptr (BmDivisions) self = divisions_alloc ();
  json_array_foreach (list, i, value) if (!add_division (self, value, error)) return NULL;
  return g_steal_pointer (&self);
}

/**
 * bm_divisions_load:
 * @path: a JSON file
 * @error: %BM_ERROR_NOT_FOUND, and those of bm_divisions_new()
 *
 * Reads a table.
 *
 * Returns: (transfer full): the table
 */
BmDivisions *
bm_divisions_load (const char *path, GError **error)
{
  json_error_t detail;
  g_autofree char *text = NULL;
  gsize len = 0;

  g_return_val_if_fail (path != NULL, NULL);

  if (!g_file_get_contents (path, &text, &len, NULL) || len > FILE_MAX)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_NOT_FOUND, "cannot read %s", path);
      return NULL;
    }
  json_t *document = json_loadb (text, len, JSON_REJECT_DUPLICATES, &detail);
  if (document == NULL)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "%s: line %d: %s", path, detail.line,
                   detail.text);
      return NULL;
    }
  BmDivisions *self = bm_divisions_new (document, error);
  json_decref (document);
  return self;
}

/**
 * bm_divisions_get_name:
 * @self: a table
 * @code: a code of any level
 *
 * Returns: (nullable): the name of that level
 */
const char *
bm_divisions_get_name (BmDivisions *self, const char *code)
{
  g_return_val_if_fail (self != NULL && code != NULL, NULL);

  return g_hash_table_lookup (self->names, code);
}

static gboolean
is_filler (gunichar c)
{
  switch (c)
    {
    case '-':
    case ',':
    case '/':
    case 0x00b7: /* · */
    case 0x2010:
    case 0x2013:
    case 0x2014:
    case 0x3001: /* 、 */
    case 0xff0c: /* ， */
      return TRUE;
    default:
      return c == '\t' || g_unichar_type (c) == G_UNICODE_SPACE_SEPARATOR;
    }
}

static gunichar
fold_char (gunichar c)
{
  return c >= 0xff01 && c <= 0xff5e && c != 0xff0c ? c - 0xfee0 : c;
}

static gboolean
is_digit_at (const char *at)
{
  return g_unichar_isdigit (fold_char (g_utf8_get_char (at)));
}

/* Folds full width, drops fillers; a hyphen between digits stays, since house numbers have it. */
static char *
fold_address (const char *text)
{
  GString *folded = g_string_new (NULL);
  gboolean after_digit = FALSE;

  if (!g_utf8_validate (text, -1, NULL) || g_utf8_strlen (text, -1) > BM_ADDRESS_MAX)
    return g_string_free (folded, FALSE);
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = fold_char (g_utf8_get_char (at));
      gboolean in_number = c == '-' && after_digit && is_digit_at (g_utf8_next_char (at));
      after_digit = is_digit_at (at);
      if (in_number || !is_filler (c))
        g_string_append_unichar (folded, c);
    }
  return g_string_free (folded, FALSE);
}

static gboolean
is_below (const Division *division, GPtrArray *candidates)
{
  if (candidates->len == 0)
    return TRUE;
  for (guint i = 0; i < candidates->len; i++)
    {
      const Division *above = g_ptr_array_index (candidates, i);
      if (g_str_has_prefix (division->code, above->code))
        return TRUE;
    }
  return FALSE;
}

typedef struct
{
  GPtrArray *divisions; /* borrowed; those whose spelling is the longest that fits */
  gsize len;
  gboolean asks; /* every one of them by a doubtful spelling */
} Match;

static void
match_level (BmDivisions *self, guint level, const char *text, GPtrArray *candidates, Match *match)
{
  g_ptr_array_set_size (match->divisions, 0);
  match->len = 0;
  match->asks = TRUE;
  for (guint i = 0; i < self->spellings[level]->len; i++)
    {
      const Spelling *spelling = g_ptr_array_index (self->spellings[level], i);
      if (spelling->len < match->len || !g_str_has_prefix (text, spelling->name) ||
          !is_below (spelling->division, candidates))
        continue;
      if (spelling->len > match->len)
        {
          g_ptr_array_set_size (match->divisions, 0);
          match->len = spelling->len;
          match->asks = TRUE;
        }
      g_ptr_array_add (match->divisions, (gpointer) spelling->division);
      match->asks = match->asks && spelling->asks;
    }
}

/* Takes province to township from the front; gives where the village should stand. */
static const char *
take_upper_levels (BmDivisions *self, const char *text, GPtrArray *candidates)
{
  Match match = { g_ptr_array_new (), 0, FALSE };

  for (guint level = 0; level < VILLAGE; level++)
    {
      match_level (self, level, text, candidates, &match);
      if (match.len == 0)
        continue;
      text += match.len;
      g_ptr_array_set_size (candidates, 0);
      g_ptr_array_extend (candidates, match.divisions, NULL, NULL);
    }
  g_ptr_array_unref (match.divisions);
  return text;
}

/* A Chinese numeral below 100, or 0 and no move. */
static guint
take_hanzi_number (const char **text)
{
  static const char *const digits[] = { "一", "二", "三", "四", "五", "六", "七", "八", "九" };
  guint value = 0, digit = 0;
  const char *at = *text;

  for (guint steps = 0; steps < 3; steps++)
    {
      guint i = 0;
      while (i < G_N_ELEMENTS (digits) && !g_str_has_prefix (at, digits[i]))
        i++;
      if (i < G_N_ELEMENTS (digits) && digit == 0)
        digit = i + 1;
      else if (g_str_has_prefix (at, "十") && value == 0)
        {
          value = (digit == 0 ? 1 : digit) * 10;
          digit = 0;
        }
      else
        break;
      at += strlen ("十");
    }
  if (value + digit > 0)
    *text = at;
  return value + digit;
}

static guint
take_number (const char **text)
{
  guint value = 0;
  guint len = 0;

  while (len < 3 && g_ascii_isdigit ((*text)[len]))
    value = value * 10 + (guint) ((*text)[len++] - '0');
  if (len == 0)
    return take_hanzi_number (text);
  *text += len;
  return value;
}

/* 3组, 第三村民小组, 12社…; 0 and no move when there is none. */
static guint
take_group (const char **text)
{
  static const char *const words[] = { "村民小组", "生产队", "小组", "组", "社", "屯", "队" };
  const char *at = *text;

  if (g_str_has_prefix (at, "第"))
    at += strlen ("第");
  guint group = take_number (&at);
  if (group == 0 || group > GROUP_MAX)
    return 0;
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_has_prefix (at, words[i]))
      {
        *text = at + strlen (words[i]);
        return group;
      }
  return 0;
}

/**
 * bm_address_find_group:
 * @text: an address as it stands on a card
 *
 * Finds the villagers' group (村民小组) an address names, wherever it stands.
 *
 * Returns: 1 to 99, or 0 when none is named
 */
guint
bm_address_find_group (const char *text)
{
  g_return_val_if_fail (text != NULL, 0);

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      const char *rest = at;
      guint group = take_group (&rest);

      if (group != 0)
        return group;
    }
  return 0;
}

/* The first place from @text on where a village fits; NULL when there is none. */
static const char *
find_village (BmDivisions *self, const char *text, GPtrArray *candidates, Match *match)
{
  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      match_level (self, VILLAGE, text, candidates, match);
      if (match->len > 0)
        return text;
    }
  return NULL;
}

static void
read_village (BmDivisions *self, const char *folded, BmAddress *address)
{
  g_autoptr (GPtrArray) candidates = g_ptr_array_new ();
  g_autoptr (GPtrArray) found = g_ptr_array_new ();
  Match match = { found, 0, FALSE };

  const char *expected = take_upper_levels (self, folded, candidates);
  const char *at = find_village (self, expected, candidates, &match);
  if (at == NULL || match.divisions->len != 1)
    return;
  const Division *village = g_ptr_array_index (match.divisions, 0);
  const char *rest = at + match.len;
  address->group = take_group (&rest);
  gboolean doubt =
    at != expected || match.asks || (village->groups > 0 && address->group > village->groups);
  address->confidence = doubt ? BM_ADDRESS_ASK : BM_ADDRESS_SURE;
  g_strlcpy (address->code, village->code, sizeof address->code);
  address->residue = g_strdup (rest);
}

/**
 * bm_divisions_parse:
 * @self: a table
 * @text: an address as people say or write it
 *
 * Reads an address.
 *
 * Returns: (transfer full): what was understood
 */
BmAddress *
bm_divisions_parse (BmDivisions *self, const char *text)
{
  g_return_val_if_fail (self != NULL && text != NULL, NULL);

  g_autofree char *folded = fold_address (text);
  BmAddress *address = g_new0 (BmAddress, 1);
  address->confidence = BM_ADDRESS_UNKNOWN;
  read_village (self, folded, address);
  if (address->residue == NULL)
    address->residue = g_steal_pointer (&folded);
  return address;
}

/**
 * bm_address_free:
 * @self: (transfer full) (nullable): an address
 *
 * Frees @self.
 */
void
bm_address_free (BmAddress *self)
{
  if (self == NULL)
    return;
  g_free (self->residue);
  g_free (self);
}

/**
 * bm_address_confidence_to_string:
 * @confidence: a confidence
 *
 * Returns: "sure", "ask" or "unknown"
 */
const char *
bm_address_confidence_to_string (BmAddressConfidence confidence)
{
  switch (confidence)
    {
    case BM_ADDRESS_SURE:
      return "sure";
    case BM_ADDRESS_ASK:
      return "ask";
    case BM_ADDRESS_UNKNOWN:
      return "unknown";
    default:
      g_return_val_if_reached (NULL);
    }
}
