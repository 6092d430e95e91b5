/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-address"

#include "core/people/divisions-private.h"

#include "core/error.h"

#include <string.h>

/*
 * The table of divisions (区划): which there are, how they are called, and what lies in what.
 *
 * Invariant: of each code in it the codes of all levels above are in it, too.
 */

#define DOCUMENT_VERSION 1
#define FILE_MAX         (4 * 1024 * 1024)
#define SPELLING_MAX     120 /* bytes */
#define ALIASES_MAX      40
#define GROUP_MAX        99
#define VILLAGE          (BM_DIVISION_LEVELS - 1)

static const guint8 level_lengths[BM_DIVISION_LEVELS] = { 2, 4, 6, 9, 12 };

static void
spelling_free (gpointer data)
{
  BmSpelling *spelling = data;

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
  for (guint i = 0; i < BM_DIVISION_LEVELS; i++)
    {
      self->levels[i] = g_ptr_array_new ();
      self->spellings[i] = g_ptr_array_new_with_free_func (spelling_free);
    }
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
  for (guint i = 0; i < BM_DIVISION_LEVELS; i++)
    {
      g_ptr_array_unref (self->levels[i]);
      g_ptr_array_unref (self->spellings[i]);
    }
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

/**
 * bm_divisions_find_level:
 * @code: digits, or anything else
 *
 * Returns: 0 for a province to 4 for a village, or %BM_DIVISION_LEVELS: no code of any level
 */
guint
bm_divisions_find_level (const char *code)
{
  gsize len;

  g_return_val_if_fail (code != NULL, BM_DIVISION_LEVELS);

  len = strnlen (code, BM_DIVISION_CODE_LEN + 1);
  if (strspn (code, "0123456789") != len)
    return BM_DIVISION_LEVELS;
  for (guint i = 0; i < BM_DIVISION_LEVELS; i++)
    if (len == level_lengths[i])
      return i;
  return BM_DIVISION_LEVELS;
}

/**
 * bm_divisions_cut:
 * @code: a code of any level
 *
 * Makes it the code of the level above; of a province "".
 */
void
bm_divisions_cut (char *code)
{
  guint level;

  g_return_if_fail (code != NULL);

  level = bm_divisions_find_level (code);
  if (level < BM_DIVISION_LEVELS)
    code[level > 0 ? level_lengths[level - 1] : 0] = '\0';
}

static gboolean
add_spelling (BmDivisions *self,
              guint level,
              const char *name,
              const BmDivision *division,
              gboolean asks)
{
  gsize len = strnlen (name, SPELLING_MAX + 1);

  if (len == 0 || len > SPELLING_MAX)
    return FALSE;
  BmSpelling *spelling = g_new0 (BmSpelling, 1);
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
             const BmDivision *division,
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
  guint level = bm_divisions_find_level (code);
  if (level == BM_DIVISION_LEVELS || g_hash_table_contains (self->by_code, code))
    return set_invalid (error, "code", "wrong length, or twice");
  if (level > 0)
    {
      g_autofree char *above = g_strndup (code, level_lengths[level - 1]);
      if (!g_hash_table_contains (self->by_code, above))
        return set_invalid (error, code, "the division above it does not come first");
    }
  if (groups < 0 || groups > GROUP_MAX)
    return set_invalid (error, code, "\"groups\" is 0 to 99");
  BmDivision *division = g_new0 (BmDivision, 1);
  g_strlcpy (division->code, code, sizeof division->code);
  division->groups = (guint) groups;
  g_hash_table_insert (self->by_code, division->code, division);
  g_ptr_array_add (self->levels[level], division);
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

/**
 * bm_divisions_list:
 * @self: a table
 * @above: a code of any level, or "" for the provinces
 * @but: (nullable): one that is left out
 *
 * Lists what lies right below @above, in the order of the table.
 *
 * Returns: (transfer container) (element-type utf8): codes, which the table owns
 */
GPtrArray *
bm_divisions_list (BmDivisions *self, const char *above, const char *but)
{
  GPtrArray *codes = g_ptr_array_new ();
  guint level;

  g_return_val_if_fail (self != NULL && above != NULL, codes);

  level = *above == '\0' ? 0 : bm_divisions_find_level (above) + 1;
  for (guint i = 0; level < BM_DIVISION_LEVELS && i < self->levels[level]->len; i++)
    {
      BmDivision *division = g_ptr_array_index (self->levels[level], i);

      if (g_str_has_prefix (division->code, above) && g_strcmp0 (division->code, but) != 0)
        g_ptr_array_add (codes, division->code);
    }
  return codes;
}

/**
 * bm_divisions_dup_full_name:
 * @self: a table
 * @code: a code of any level
 *
 * Says a place from the province on. Where that is longer than %BM_DIVISION_FULL_NAME_MAX characters
 * the levels far above go, never the place itself.
 *
 * Returns: (transfer full) (nullable): 演示省演示市演示县青溪镇禾田村, or %NULL: it is not in the table
 */
char *
bm_divisions_dup_full_name (BmDivisions *self, const char *code)
{
  g_autoptr (GString) name = g_string_new (NULL);
  char above[BM_DIVISION_CODE_LEN + 1];

  g_return_val_if_fail (self != NULL && code != NULL, NULL);

  if (bm_divisions_get_name (self, code) == NULL)
    return NULL;
  g_strlcpy (above, code, sizeof above);
  for (; *above != '\0'; bm_divisions_cut (above))
    {
      const char *part = bm_divisions_get_name (self, above);

      if (name->len > 0 &&
          g_utf8_strlen (name->str, -1) + g_utf8_strlen (part, -1) > BM_DIVISION_FULL_NAME_MAX)
        break;
      g_string_prepend (name, part);
    }
  return g_strdup (name->str);
}
