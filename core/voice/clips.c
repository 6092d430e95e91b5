/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-voice"

#include "core/voice/clips.h"

#include "core/error.h"

#include <gio/gio.h>
#include <string.h>

/*
 * Invariants: a file's name is made from the sentence (bm_clips_file_for), so a manifest cannot lead
 * out of its folder and a clip cannot stand for other words; a text occurs once.
 */

#define MAX_TEXT   300
#define MAX_ID     400
#define MAX_NAME   20
#define KEY_DIGITS 16

struct _BmClips
{
  char *dialect;
  char *name;
  GHashTable *files; /* sentence as it is looked for -> file */
  GHashTable *texts; /* id -> sentence as it was recorded */
};

/* The end of a sentence is not spoken, and numbered choices end with one where their label does not. */
static char *
make_key (const char *sentence)
{
  char *key = g_strdup (sentence);

  g_strstrip (key);
  while (g_str_has_suffix (key, "。"))
    key[strlen (key) - strlen ("。")] = '\0';
  return key;
}

/**
 * bm_clips_file_for:
 * @sentence: what is said
 *
 * Returns: the name of the file in which it is recorded
 */
char *
bm_clips_file_for (const char *sentence)
{
  g_autofree char *key = make_key (sentence);
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, key, -1);

  return g_strdup_printf ("%.*s.wav", KEY_DIGITS, hash);
}

gboolean
bm_clips_is_dialect (const char *text)
{
  gsize len = strlen (text);

  return len > 0 && len <= BM_CLIPS_MAX_ID && text[0] != '-' &&
         strspn (text, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

/**
 * bm_clips_new:
 * @dialect: folder's name
 * @name: what people call it
 *
 * Returns: (transfer full): a dialect with nothing recorded
 */
BmClips *
bm_clips_new (const char *dialect, const char *name)
{
  BmClips *self = g_new0 (BmClips, 1);

  self->dialect = g_strdup (dialect);
  self->name = g_strdup (name);
  self->files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->texts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
bm_clips_free (BmClips *self)
{
  g_hash_table_unref (self->files);
  g_hash_table_unref (self->texts);
  g_free (self->dialect);
  g_free (self->name);
  g_free (self);
}

const char *
bm_clips_get_dialect (BmClips *self)
{
  return self->dialect;
}

const char *
bm_clips_get_name (BmClips *self)
{
  return self->name;
}

guint
bm_clips_count (BmClips *self)
{
  return g_hash_table_size (self->files);
}

const char *
bm_clips_get_text (BmClips *self, const char *id)
{
  return g_hash_table_lookup (self->texts, id);
}

void
bm_clips_put (BmClips *self, const char *id, const char *text)
{
  g_hash_table_replace (self->files, make_key (text), bm_clips_file_for (text));
  g_hash_table_replace (self->texts, g_strdup (id), g_strdup (text));
}

/* "第1个，慢一点。" is two clips where both are recorded: what ends with the comma, and what follows. */
guint
bm_clips_find (BmClips *self, const char *sentence, const char *ret_files[BM_CLIPS_MAX_PIECES])
{
  g_autofree char *key = make_key (sentence);
  const char *comma = strstr (key, "，");
  g_autofree char *head = NULL;

  ret_files[0] = g_hash_table_lookup (self->files, key);
  if (ret_files[0] != NULL)
    return 1;
  if (comma == NULL)
    return 0;
  comma += strlen ("，");
  head = g_strndup (key, (gsize) (comma - key));
  ret_files[0] = g_hash_table_lookup (self->files, head);
  ret_files[1] = g_hash_table_lookup (self->files, comma);
  return ret_files[0] != NULL && ret_files[1] != NULL ? 2 : 0;
}

static const char *
get_text (json_t *object, const char *key, gsize max)
{
  const char *text = json_string_value (json_object_get (object, key));

  return text != NULL && *text != '\0' && g_utf8_strlen (text, -1) <= (glong) max ? text : NULL;
}

static gboolean
take_clip (BmClips *self, json_t *clip)
{
  const char *id = get_text (clip, "id", MAX_ID);
  const char *text = get_text (clip, "text", MAX_TEXT);
  const char *file = get_text (clip, "file", MAX_NAME);
  g_autofree char *expected = text != NULL ? bm_clips_file_for (text) : NULL;

  if (id == NULL || text == NULL || g_strcmp0 (file, expected) != 0)
    return FALSE;
  bm_clips_put (self, id, text);
  return TRUE;
}

/**
 * bm_clips_parse:
 * @text: a manifest
 * @len: its length
 * @error: says what is wrong with it
 *
 * Returns: (transfer full): what it lists
 */
BmClips *
bm_clips_parse (const char *text, gsize len, GError **error)
{
  g_autoptr (BmClips) self = NULL;
  json_auto_t *root =
    len <= BM_CLIPS_MAX_BYTES ? json_loadb (text, len, JSON_REJECT_DUPLICATES, NULL) : NULL;
  const char *dialect = get_text (root, "dialect", BM_CLIPS_MAX_ID);
  const char *name = get_text (root, "name", MAX_NAME);
  json_t *clips = json_object_get (root, "clips");
  json_t *clip;
  gsize i;

  if (json_integer_value (json_object_get (root, "version")) != 1 || dialect == NULL ||
      !bm_clips_is_dialect (dialect) || name == NULL || !json_is_array (clips) ||
      json_array_size (clips) > BM_CLIPS_MAX)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "not a list of recorded sentences");
      return NULL;
    }
  self = bm_clips_new (dialect, name);
  json_array_foreach (clips, i, clip)
  {
    if (take_clip (self, clip))
      continue;
    g_set_error (error, BM_ERROR, BM_ERROR_INVALID,
                 "clip %u: its file is not the one of its sentence", (guint) i + 1);
    return NULL;
  }
  return g_steal_pointer (&self);
}

/**
 * bm_clips_load:
 * @voices: folder of all dialects
 * @dialect: which one
 * @error: says what is wrong with it
 *
 * Returns: (transfer full): what is recorded
 */
BmClips *
bm_clips_load (const char *voices, const char *dialect, GError **error)
{
  g_autofree char *path = g_build_filename (voices, dialect, BM_CLIPS_MANIFEST, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) cause = NULL;
  g_autoptr (BmClips) self = NULL;
  gsize len = 0;

  if (!g_file_get_contents (path, &text, &len, &cause))
    {
      g_set_error (error, BM_ERROR, BM_ERROR_NOT_FOUND, "%s", cause->message);
      return NULL;
    }
  self = bm_clips_parse (text, len, error);
  if (self == NULL)
    g_prefix_error (error, "%s: ", path);
  else if (!g_str_equal (self->dialect, dialect))
    {
      g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "%s is of \"%s\", not of \"%s\"", path,
                   self->dialect, dialect);
      return NULL;
    }
  return g_steal_pointer (&self);
}

static gint
compare_ids (gconstpointer one, gconstpointer two)
{
  return strcmp (*(const char *const *) one, *(const char *const *) two);
}

gboolean
bm_clips_save (BmClips *self, const char *voices, GError **error)
{
  g_autofree char *path = g_build_filename (voices, self->dialect, BM_CLIPS_MANIFEST, NULL);
  g_autofree gpointer *ids = NULL;
  json_auto_t *root =
    json_pack ("{s:i, s:s, s:s}", "version", 1, "dialect", self->dialect, "name", self->name);
  json_t *clips = json_array ();
  guint n_ids = 0;
  char *text;
  gboolean is_saved;

  json_object_set_new (root, "clips", clips);
  ids = g_hash_table_get_keys_as_array (self->texts, &n_ids);
  qsort (ids, n_ids, sizeof *ids, compare_ids);
  for (guint i = 0; i < n_ids; i++)
    {
      const char *sentence = g_hash_table_lookup (self->texts, ids[i]);
      g_autofree char *file = bm_clips_file_for (sentence);

      json_array_append_new (clips, json_pack ("{s:s, s:s, s:s}", "id", ids[i], "text", sentence,
                                               "file", file));
    }
  text = json_dumps (root, JSON_INDENT (1) | JSON_PRESERVE_ORDER);
  is_saved = g_file_set_contents (path, text, -1, error);
  free (text);
  return is_saved;
}

json_t *
bm_clips_list_dialects (const char *voices)
{
  json_t *list = json_array ();
  g_autoptr (GDir) dir = g_dir_open (voices, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      if (bm_clips_is_dialect (name) && strcmp (name, BM_CLIPS_USUAL) != 0)
        g_ptr_array_add (names, g_strdup (name));
    }
  g_ptr_array_sort (names, compare_ids);
  for (guint i = 0; i < names->len; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (BmClips) clips = bm_clips_load (voices, g_ptr_array_index (names, i), &error);

      if (clips == NULL)
        g_warning ("A dialect is left out: %s", error->message);
      else if (bm_clips_count (clips) > 0)
        json_array_append_new (list,
                               json_pack ("{s:s, s:s}", "id", clips->dialect, "name", clips->name));
    }
  return list;
}
