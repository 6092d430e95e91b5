/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-catalogue"

#include "core/catalogue/guides.h"

#include "core/catalogue/catalogue.h"
#include "core/catalogue/shape.h"
#include "core/catalogue/text.h"
#include "core/error.h"

#include <string.h>

/* Invariants: every guide in the list passed its table and the rules below; ids are unique. */

#define MAX_FILE   (64 * 1024)
#define MAX_COLUMN 20 /* hanzi in a line of a page: what twice the letters hold */

struct _BmGuides
{
  gatomicrefcount ref_count;
  GPtrArray *guides; /* of json_t, sorted */
  GPtrArray *faults; /* of BmCatalogueFault */
};

static void
fault_free (BmCatalogueFault *fault)
{
  g_free (fault->file);
  g_free (fault->message);
  g_free (fault);
}

static void
add_fault (BmGuides *self, const char *file, guint line, const char *what)
{
  BmCatalogueFault *fault = g_new0 (BmCatalogueFault, 1);

  fault->file = g_strdup (file);
  fault->line = line;
  fault->message = line > 0 ? g_strdup_printf ("%s:%u: %s", file, line, what)
                            : g_strdup_printf ("%s: %s", file, what);
  g_ptr_array_add (self->faults, fault);
}

/* What a table cannot say: a line of hanzi fits the page in letters of twice the size. */
static gboolean
is_narrow (json_t *text)
{
  json_t *chinese = json_is_object (text) ? json_object_get (text, "zh_CN") : text;
  const char *words = json_string_value (chinese);
  g_auto (GStrv) parts = g_strsplit (words != NULL ? words : "", "\n", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    if (g_utf8_strlen (parts[i], -1) > MAX_COLUMN)
      return FALSE;
  return words != NULL;
}

static char *
find_wide (json_t *guide)
{
  json_t *page;
  gsize i;

  json_array_foreach (json_object_get (guide, "pages"), i, page)
  {
    json_t *line;
    gsize j;

    json_array_foreach (json_object_get (page, "lines"), j, line)
    {
      if (!is_narrow (line))
        return g_strdup_printf ("/pages/%" G_GSIZE_FORMAT "/lines/%" G_GSIZE_FORMAT, i, j);
    }
  }
  return NULL;
}

static guint
get_place (json_t *guide)
{
  static const char *const topics[] = { "matter", "policy", "law", "farm" };
  const char *topic = bm_text_get (guide, "topic");
  json_t *rank = json_object_get (guide, "rank");
  guint place = 0;

  while (place < G_N_ELEMENTS (topics) && strcmp (topics[place], topic) != 0)
    place++;
  return place * 1000 + (rank != NULL ? (guint) json_integer_value (rank) : 100);
}

static void
insert_sorted (BmGuides *self, json_t *guide)
{
  guint at = self->guides->len;

  while (at > 0 && get_place (self->guides->pdata[at - 1]) > get_place (guide))
    at--;
  g_ptr_array_insert (self->guides, (gint) at, json_incref (guide));
}

static void
take_guide (BmGuides *self, const char *name, const char *text, json_t *guide)
{
  g_autofree char *path = NULL;
  g_autofree char *wide = NULL;
  g_autoptr (GError) error = NULL;

  if (!bm_shape_check_guide (guide, &path, &error))
    {
      const char *what =
        g_str_has_prefix (error->message, "guide: ") ? error->message + 7 : error->message;

      add_fault (self, name, path != NULL ? bm_shape_find_line (text, path) : 1, what);
    }
  else if ((wide = find_wide (guide)) != NULL)
    add_fault (self, name, bm_shape_find_line (text, wide),
               "a line has no zh_CN, or more than 20 characters in it; break it with \\n");
  else if (bm_guides_find (self, bm_text_get (guide, "id")) != NULL)
    add_fault (self, name, bm_shape_find_line (text, "/id"),
               "/id: another guide has it; choose another");
  else
    insert_sorted (self, guide);
}

/**
 * bm_guides_add_text:
 * @self: the guides
 * @name: the file's name, for messages
 * @text: (array length=length): its content
 * @length: bytes
 *
 * Takes one guide; when it does not fit it becomes a fault.
 */
void
bm_guides_add_text (BmGuides *self, const char *name, const char *text, gsize length)
{
  g_autofree char *copy = NULL;
  g_autofree char *message = NULL;
  json_error_t where = { 0 };
  json_t *guide;

  g_return_if_fail (self != NULL && name != NULL && text != NULL);

  if (length > MAX_FILE || self->guides->len >= BM_GUIDES_MAX)
    {
      add_fault (self, name, 0, "too large, or too many guides; split or remove it");
      return;
    }
  copy = g_strndup (text, length);
  guide = json_loadb (text, length, JSON_REJECT_DUPLICATES, &where);
  if (guide == NULL)
    {
      message = g_strdup_printf ("not well-formed: %s; mend or reinstall the file", where.text);
      add_fault (self, name, (guint) MAX (where.line, 1), message);
      return;
    }
  take_guide (self, name, copy, guide);
  json_decref (guide);
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
add_file (BmGuides *self, const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  gsize length = 0;

  if (!g_file_get_contents (path, &text, &length, &error))
    add_fault (self, name, 0, error->message);
  else
    bm_guides_add_text (self, name, text, length);
}

static void
add_folder (BmGuides *self, GDir *dir, const char *folder)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".json") && *name != '.')
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    add_file (self, folder, names->pdata[i]);
}

/**
 * bm_guides_load:
 * @folder: a folder with *.json
 * @error: return location for %BM_ERROR_NOT_FOUND: the folder cannot be read
 *
 * Loads what may be read at the station. A file that does not fit is no error: see bm_guides_get_faults().
 *
 * Returns: (transfer full): the guides
 */
BmGuides *
bm_guides_load (const char *folder, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (GDir) dir = NULL;
  BmGuides *self;

  g_return_val_if_fail (folder != NULL, NULL);

  dir = g_dir_open (folder, 0, &cause);
  if (dir == NULL)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_NOT_FOUND, "folder of guides: %s; reinstall it",
                   cause->message);
      return NULL;
    }
  self = g_new0 (BmGuides, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->guides = g_ptr_array_new_with_free_func ((GDestroyNotify) json_decref);
  self->faults = g_ptr_array_new_with_free_func ((GDestroyNotify) fault_free);
  add_folder (self, dir, folder);
  return self;
}

BmGuides *
bm_guides_ref (BmGuides *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
bm_guides_unref (BmGuides *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_ptr_array_unref (self->guides);
  g_ptr_array_unref (self->faults);
  g_free (self);
}

GPtrArray *
bm_guides_get_faults (BmGuides *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->faults;
}

guint
bm_guides_get_count (BmGuides *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->guides->len;
}

json_t *
bm_guides_get (BmGuides *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->guides->len, NULL);
  return self->guides->pdata[index];
}

json_t *
bm_guides_find (BmGuides *self, const char *id)
{
  g_return_val_if_fail (self != NULL && id != NULL, NULL);

  for (guint i = 0; i < self->guides->len; i++)
    if (strcmp (bm_text_get (self->guides->pdata[i], "id"), id) == 0)
      return self->guides->pdata[i];
  return NULL;
}
