/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ctl"

#include "app/ctl/ctl-language.h"

#include "core/catalogue/wanted.h"
#include "core/error.h"

#include <stdlib.h>
#include <string.h>

/*
 * Another language, from the empty list to what the platform signs. No station is asked.
 *
 *   language missing ID ──► a file that a native speaker fills in ──► language import FILE ──► the document's body
 *                                                                                  ──► bianmin-platform: publish language ID
 *
 * Nothing is filled in by a machine, and what is not signed is not shown.
 */

#define EXIT_USAGE 2

static int
show_usage (void)
{
  g_printerr ("bianmin-ctl [--out FILE] [--from FILE] language missing ID\n"
              "bianmin-ctl [--out FILE] language import FILE\n");
  return EXIT_USAGE;
}

static int
show_error (const GError *error)
{
  g_printerr ("bianmin-ctl: %s\n", error->message);
  return EXIT_FAILURE;
}

static BmPoFile *
read_file (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  gsize len = 0;

  if (!g_file_get_contents (path, &text, &len, error))
    return NULL;
  return bm_po_file_parse (text, len);
}

static gboolean
write_out (const char *out, const char *text, GError **error)
{
  if (out != NULL)
    return g_file_set_contents (out, text, -1, error);
  g_print ("%s", text);
  return TRUE;
}

/* By line, as a compiler does, so that an editor finds them. */
static int
show_faults (const char *path, BmPoFile *file)
{
  for (guint i = 0; i < file->faults->len; i++)
    g_printerr ("%s:%s\n", path, (const char *) file->faults->pdata[i]);
  return EXIT_FAILURE;
}

static int
list_missing (const char *id, const char *out, const char *from)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) wanted = bm_ctl_language_list_wanted (&error);
  g_autoptr (BmPoFile) before = wanted != NULL && from != NULL ? read_file (from, &error) : NULL;
  g_autofree char *text = NULL;
  guint missing = 0;

  if (error != NULL)
    return show_error (error);
  if (before != NULL && before->faults->len > 0)
    return show_faults (from, before);
  text = bm_ctl_language_write (id, wanted, before, &missing);
  if (!write_out (out, text, &error))
    return show_error (error);
  g_printerr ("%s: %u of %u texts are not written\n", id, missing, wanted->len);
  return EXIT_SUCCESS;
}

static guint
count_missing (json_t *document, GPtrArray *wanted)
{
  g_autoptr (BmLanguageTable) table = bm_language_table_from_json (document, NULL);

  return table != NULL ? bm_wanted_count_missing (wanted, table) : wanted->len;
}

static int
import_file (const char *path, const char *out)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) wanted = bm_ctl_language_list_wanted (&error);
  g_autoptr (BmPoFile) file = wanted != NULL ? read_file (path, &error) : NULL;
  gboolean is_written;
  json_t *document;
  guint missing;
  char *text;

  if (file == NULL)
    return show_error (error);
  document = bm_ctl_language_read (file);
  if (document == NULL)
    return show_faults (path, file);
  missing = count_missing (document, wanted);
  text = json_dumps (document, JSON_COMPACT);
  is_written = write_out (out, text, &error);
  free (text);
  json_decref (document);
  if (!is_written)
    return show_error (error);
  g_printerr ("%s: %u of %u texts are written%s\n", path, wanted->len - missing, wanted->len,
              missing > 0 ? "; it is not offered before the others are" : "");
  return EXIT_SUCCESS;
}

int
bm_ctl_language (char **words, const char *out, const char *from)
{
  if (g_strv_length (words) != 2)
    return show_usage ();
  if (g_str_equal (words[0], "missing") && bm_language_is_id (words[1]))
    return list_missing (words[1], out, from);
  if (g_str_equal (words[0], "import"))
    return import_file (words[1], out);
  return show_usage ();
}
