/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-catalogue"

#include "core/catalogue/files.h"

#include "core/error.h"

#include <string.h>

static void
fault_free (BmCatalogueFault *fault)
{
  g_free (fault->file);
  g_free (fault->message);
  g_free (fault);
}

GPtrArray *
bm_files_new_faults (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) fault_free);
}

void
bm_files_add_fault (GPtrArray *faults, const char *file, guint line, const char *what)
{
  BmCatalogueFault *fault = g_new0 (BmCatalogueFault, 1);

  fault->file = g_strdup (file);
  fault->line = line;
  fault->message = line > 0 ? g_strdup_printf ("%s:%u: %s", file, line, what)
                            : g_strdup_printf ("%s: %s", file, what);
  g_ptr_array_add (faults, fault);
}

json_t *
bm_files_get_json (GPtrArray *faults, const char *file, const char *text, gsize length)
{
  json_error_t where = { 0 };
  json_t *json = json_loadb (text, length, JSON_REJECT_DUPLICATES, &where);
  g_autofree char *message = NULL;

  if (json != NULL)
    return json;
  message = g_strdup_printf ("not well-formed: %s; mend or reinstall the file", where.text);
  bm_files_add_fault (faults, file, (guint) MAX (where.line, 1), message);
  return NULL;
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

GPtrArray *
bm_files_list (const char *folder, const char *what, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &cause);
  GPtrArray *names;
  const char *name;

  if (dir == NULL)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_NOT_FOUND, "%s folder: %s; name the right one", what,
                   cause->message);
      return NULL;
    }
  names = g_ptr_array_new_with_free_func (g_free);
  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".json") && *name != '.')
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  return names;
}

char *
bm_files_read (GPtrArray *faults, const char *folder, const char *file, gsize *ret_length)
{
  g_autofree char *path = g_build_filename (folder, file, NULL);
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  if (!g_file_get_contents (path, &text, ret_length, &error))
    bm_files_add_fault (faults, file, 0, error->message);
  return text;
}

gboolean
bm_files_refuse (char **ret_path, GError **error, const char *path, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  if (ret_path != NULL)
    {
      g_free (*ret_path);
      *ret_path = g_strdup (path);
    }
  g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "%s: %s", path, message);
  return FALSE;
}
