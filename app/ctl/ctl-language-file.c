/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ctl"

#include "config.h"

#include "app/ctl/ctl-language.h"

#include "core/appeal/classify.h"
#include "core/catalogue/wanted.h"
#include "core/error.h"
#include "core/language/places.h"

#include <stdlib.h>
#include <string.h>

/*
 * Between a translator's file and the document that the platform signs. The first is gettext's PO, with the
 * Chinese, where it is shown and how long it may be above each message; what stands in its header says what the
 * language is called, which way it runs and in which fonts.
 */

#define HEADER_ID        "Language"
#define HEADER_NAME      "X-Name"
#define HEADER_DIRECTION "X-Direction"
#define HEADER_FONTS     "X-Fonts"
#define MAX_BODY         (256 * 1024) /* of a message that comes down (sync/PROTOCOL.md) */

static BmAppealTable *
load_offices (void)
{
  const char *folder = g_getenv ("BIANMIN_ASSETS");
  g_autofree char *file =
    g_build_filename (folder != NULL ? folder : BM_PKGDATADIR, "tables", "appeal-class.json", NULL);

  return bm_appeal_table_load (file, NULL);
}

GPtrArray *
bm_ctl_language_list_wanted (GError **error)
{
  const char *assets = g_getenv ("BIANMIN_ASSETS");
  g_autofree char *folder =
    g_build_filename (assets != NULL ? assets : BM_PKGDATADIR, "catalogue", NULL);
  g_autoptr (BmCatalogue) services = bm_catalogue_load (folder, error);
  g_autoptr (BmAppealTable) offices = load_offices ();

  if (services == NULL)
    return NULL;
  return bm_wanted_list (services, offices != NULL ? bm_appeal_table_get_depts (offices) : NULL);
}

BmLanguageTable *
bm_ctl_language_load (const char *file, GError **error)
{
  g_autoptr (GPtrArray) wanted = bm_ctl_language_list_wanted (error);
  g_autoptr (BmLanguageTable) table = NULL;
  json_t *document;
  guint missing;

  if (wanted == NULL)
    return NULL;
  document = json_load_file (file, JSON_REJECT_DUPLICATES, NULL);
  if (document == NULL)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "%s holds no JSON", file);
      return NULL;
    }
  table = bm_language_table_from_json (document, error);
  json_decref (document);
  missing = table != NULL ? bm_wanted_count_missing (wanted, table) : 0;
  if (missing > 0)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_INVALID,
                   "%s: %u texts are not written yet; record what is whole", file, missing);
      return NULL;
    }
  return g_steal_pointer (&table);
}

/* Writing */

static char *
make_key (const char *context, const char *message)
{
  return g_strconcat (context != NULL ? context : "", "\004", message, NULL);
}

static GHashTable *
index_words (BmPoFile *file)
{
  GHashTable *words = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; file != NULL && i < file->items->len; i++)
    {
      const BmPoItem *item = file->items->pdata[i];

      if (!item->is_fuzzy && *item->words != '\0')
        g_hash_table_insert (words, make_key (item->context, item->message), item->words);
    }
  return words;
}

static void
append_header (GString *text, const char *id, BmPoFile *from)
{
  static const char *const keys[] = { HEADER_NAME, HEADER_DIRECTION, HEADER_FONTS };
  g_autoptr (GString) header = g_string_new (NULL);

  g_string_append_printf (header, HEADER_ID ": %s\n", id);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autofree char *value = from != NULL ? bm_po_file_dup_header (from, keys[i]) : g_strdup ("");

      g_string_append_printf (header, "%s: %s\n", keys[i], value);
    }
  g_string_append (header, "MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n"
                           "Content-Transfer-Encoding: 8bit\n");
  g_string_append (
    text,
    "# Write below each msgstr what you would say to your grandmother, in as few words.\n"
    "# %s, %1$u, {name} and their like are filled in by the machine: keep each of them once, "
    "anywhere.\n"
    "# X-Name: what the language is called in itself. X-Direction: ltr or rtl. X-Fonts: families, "
    "with commas, or nothing.\n");
  bm_po_append (text, "msgid", "");
  bm_po_append (text, "msgstr", header->str);
}

static void
append_comment (GString *text, const char *label, const char *value)
{
  g_autofree char *flat = g_strdelimit (g_strdup (value), "\n", ' ');

  g_string_append_printf (text, "#. %s: %s\n", label, flat);
}

char *
bm_ctl_language_write (const char *id, GPtrArray *wanted, BmPoFile *from, guint *ret_missing)
{
  g_autoptr (GHashTable) words = index_words (from);
  GString *text = g_string_new (NULL);

  *ret_missing = 0;
  append_header (text, id, from);
  for (guint i = 0; i < wanted->len; i++)
    {
      const BmWanted *one = wanted->pdata[i];
      g_autofree char *key = make_key (one->context, one->message);
      const char *said = g_hash_table_lookup (words, key);

      *ret_missing += said == NULL;
      g_string_append_c (text, '\n');
      append_comment (text, "Chinese", one->chinese);
      append_comment (text, "Shown", one->where);
      g_string_append_printf (text, "#. At most: %u characters\n",
                              bm_language_get_max_chars (one->message));
      if (*one->context != '\0')
        bm_po_append (text, "msgctxt", one->context);
      bm_po_append (text, "msgid", one->message);
      bm_po_append (text, "msgstr", said != NULL ? said : "");
    }
  return g_string_free (text, FALSE);
}

/* Reading */

static gboolean
is_header (const BmPoItem *item)
{
  return item->context == NULL && *item->message == '\0';
}

static json_t *
split_fonts (const char *fonts)
{
  g_auto (GStrv) names = g_strsplit (fonts, ",", -1);
  json_t *list = json_array ();

  for (guint i = 0; names[i] != NULL; i++)
    if (*g_strstrip (names[i]) != '\0')
      json_array_append_new (list, json_string (names[i]));
  return list;
}

static json_t *
read_header (BmPoFile *file)
{
  g_autofree char *id = bm_po_file_dup_header (file, HEADER_ID);
  g_autofree char *name = bm_po_file_dup_header (file, HEADER_NAME);
  g_autofree char *direction = bm_po_file_dup_header (file, HEADER_DIRECTION);
  g_autofree char *fonts = bm_po_file_dup_header (file, HEADER_FONTS);
  json_t *list = split_fonts (fonts);
  json_t *document = json_pack ("{s:i, s:s, s:s, s:s, s:s}", "version", 1, "kind", "language", "id",
                                id, "name", name, "direction", direction);

  if (json_array_size (list) > 0)
    json_object_set (document, "fonts", list);
  json_decref (list);
  json_object_set_new (document, "messages", json_object ());
  return document;
}

static void
put (json_t *messages, const BmPoItem *item)
{
  const char *context = item->context != NULL ? item->context : "";
  json_t *group = json_object_get (messages, context);

  if (group == NULL)
    {
      group = json_object ();
      json_object_set_new (messages, context, group);
    }
  json_object_set_new (group, item->message, json_string (item->words));
}

static void
read_item (BmPoFile *file, const BmPoItem *item, GHashTable *seen, json_t *messages)
{
  g_autofree char *key = make_key (item->context, item->message);
  g_autoptr (GError) error = NULL;

  if (!g_hash_table_add (seen, g_steal_pointer (&key)))
    bm_po_file_add_fault (file, item->line, "this message stands here a second time");
  else if (*item->words == '\0')
    return; /* it is missing, and counted as that */
  else if (item->is_fuzzy)
    bm_po_file_add_fault (file, item->line, "marked fuzzy: read it over and take the mark away");
  else if (!bm_language_check_words (item->message, item->words, &error))
    bm_po_file_add_fault (file, item->line, "%s", error->message);
  else
    put (messages, item);
}

/* What is asked of a whole document, when every message of it fits. */
static void
check_document (BmPoFile *file, json_t *document)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmLanguageTable) table = bm_language_table_from_json (document, &error);
  char *text = json_dumps (document, JSON_COMPACT);

  if (table == NULL)
    bm_po_file_add_fault (file, 1, "%s", error->message);
  if (text != NULL && strlen (text) > MAX_BODY)
    bm_po_file_add_fault (file, 1, "%zu bytes; at most %d can be sent", strlen (text), MAX_BODY);
  free (text);
}

json_t *
bm_ctl_language_read (BmPoFile *file)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  json_t *document = read_header (file);
  json_t *messages = json_object_get (document, "messages");

  for (guint i = 0; i < file->items->len; i++)
    if (!is_header (file->items->pdata[i]))
      read_item (file, file->items->pdata[i], seen, messages);
  if (file->faults->len == 0)
    check_document (file, document);
  if (file->faults->len == 0)
    return document;
  json_decref (document);
  return NULL;
}
