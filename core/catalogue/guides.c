/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-catalogue"

#include "core/catalogue/guides.h"

#include "core/catalogue/files.h"
#include "core/catalogue/shape.h"
#include "core/catalogue/text.h"

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

      bm_files_add_fault (self->faults, name, path != NULL ? bm_shape_find_line (text, path) : 1,
                          what);
    }
  else if ((wide = find_wide (guide)) != NULL)
    bm_files_add_fault (self->faults, name, bm_shape_find_line (text, wide),
                        "a line has no zh_CN, or more than 20 characters in it; break it with \\n");
  else if (bm_guides_find (self, bm_text_get (guide, "id")) != NULL)
    bm_files_add_fault (self->faults, name, bm_shape_find_line (text, "/id"),
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
  json_t *guide;

  g_return_if_fail (self != NULL && name != NULL && text != NULL);

  if (length > MAX_FILE || self->guides->len >= BM_GUIDES_MAX)
    {
      bm_files_add_fault (self->faults, name, 0,
                          "too large, or too many guides; split or remove it");
      return;
    }
  copy = g_strndup (text, length);
  guide = bm_files_get_json (self->faults, name, text, length);
  if (guide == NULL)
    return;
  take_guide (self, name, copy, guide);
  json_decref (guide);
}

static void
add_file (BmGuides *self, const char *folder, const char *name)
{
  gsize length = 0;
  g_autofree char *text = bm_files_read (self->faults, folder, name, &length);

  if (text != NULL)
    bm_guides_add_text (self, name, text, length);
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
  g_autoptr (GPtrArray) names = NULL;
  BmGuides *self;

  g_return_val_if_fail (folder != NULL, NULL);

  names = bm_files_list (folder, "guides", error);
  if (names == NULL)
    return NULL;
  self = g_new0 (BmGuides, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->guides = g_ptr_array_new_with_free_func ((GDestroyNotify) json_decref);
  self->faults = bm_files_new_faults ();
  for (guint i = 0; i < names->len; i++)
    add_file (self, folder, g_ptr_array_index (names, i));
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
