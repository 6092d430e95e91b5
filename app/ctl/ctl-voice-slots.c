/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ctl"

#include "config.h"

#include "app/ctl/ctl-voice.h"

#include "core/catalogue/catalogue.h"
#include "core/catalogue/text.h"
#include "core/catalogue/wanted.h"
#include "core/language/language.h"
#include "core/session/words.h"

#include <string.h>

/*
 * The sentences that can be recorded: messages of the pages without a variable part, texts of the
 * services' files without a {place}, and the numbers that stand before choices. One that occurs twice is
 * one slot.
 */

#define MAX_CHOICES 12
#define MAX_TEXT    300

static const struct
{
  const char *context;
  const char *message;
} messages[] = {
#include "spoken-messages.inc"
};

typedef struct
{
  GPtrArray *slots;
  GHashTable *texts; /* (set of) texts that have a slot */
} Listing;

static void
free_slot (gpointer data)
{
  BmSlot *slot = data;

  g_free (slot->id);
  g_free (slot->text);
  g_free (slot);
}

static void
add (Listing *listing, const char *id, const char *text)
{
  g_autofree char *flat = bm_words_flatten (text);
  BmSlot *slot;

  g_strstrip (flat);
  if (*flat == '\0' || g_utf8_strlen (flat, -1) > MAX_TEXT ||
      !g_hash_table_add (listing->texts, g_strdup (flat)))
    return;
  slot = g_new0 (BmSlot, 1);
  slot->id = bm_words_flatten (id);
  slot->text = g_steal_pointer (&flat);
  g_ptr_array_add (listing->slots, slot);
}

static void
add_numbers (Listing *listing)
{
  const char *format = C_ ("speech", "Press number %u: %s.");
  const char *label = strstr (format, "%s");

  for (guint i = 1; label != NULL && i <= MAX_CHOICES; i++)
    {
      g_autoptr (GString) head = g_string_new_len (format, label - format);
      g_autofree char *id = g_strdup_printf ("speech|number %u", i);
      g_autofree char *number = g_strdup_printf ("%u", i);

      g_string_replace (head, "%u", number, 1);
      add (listing, id, head->str);
    }
}

/* What a text of a service's file is: an object of languages. */
static gboolean
is_text (json_t *value)
{
  return json_is_object (value) && json_is_string (json_object_get (value, "zh_CN"));
}

static void
add_texts (Listing *listing, json_t *value, const char *place, gboolean is_spoken)
{
  const char *key;
  json_t *inner;
  gsize i;

  if (is_text (value))
    {
      const char *text = bm_text_pick (value);

      if (text != NULL && strchr (text, '{') == NULL)
        add (listing, place, text);
      return;
    }
  if (json_is_string (value) && strchr (json_string_value (value), '{') == NULL)
    {
      if (is_spoken) /* a list of sentences per language */
        add (listing, place, json_string_value (value));
      return;
    }
  if (json_is_object (value) && json_is_array (json_object_get (value, "zh_CN")))
    {
      add_texts (listing, bm_text_pick_list (value), place, TRUE);
      return;
    }
  json_object_foreach (value, key, inner)
  {
    g_autofree char *below = g_strdup_printf ("%s/%s", place, key);

    if (strcmp (key, "sheets") != 0) /* paper is not spoken */
      add_texts (listing, inner, below, FALSE);
  }
  json_array_foreach (value, i, inner)
  {
    g_autofree char *below = g_strdup_printf ("%s/%u", place, (guint) i);

    add_texts (listing, inner, below, is_spoken);
  }
}

/**
 * bm_ctl_list_slots:
 * @catalogue: (nullable): folder of the services' files, %NULL for the installed one
 * @table: (nullable): another language, which this thread speaks
 * @error: return location
 *
 * Returns: (transfer full) (element-type BmSlot): what can be recorded, in the language that is spoken
 */
GPtrArray *
bm_ctl_list_slots (const char *catalogue, BmLanguageTable *table, GError **error)
{
  const char *assets = g_getenv ("BIANMIN_ASSETS");
  g_autofree char *builtin =
    g_build_filename (assets != NULL ? assets : BM_PKGDATADIR, "catalogue", NULL);
  g_autoptr (BmCatalogue) services =
    bm_catalogue_load (catalogue != NULL ? catalogue : builtin, error);
  g_autoptr (GHashTable) texts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Listing listing = { g_ptr_array_new_with_free_func (free_slot), texts };

  if (services == NULL)
    {
      g_ptr_array_unref (listing.slots);
      return NULL;
    }
  if (table != NULL)
    bm_wanted_add_to_services (services, NULL, table);
  for (guint i = 0; i < G_N_ELEMENTS (messages); i++)
    {
      g_autofree char *id = g_strdup_printf ("%s|%s", messages[i].context, messages[i].message);

      add (&listing, id, bm_language_translate (messages[i].context, messages[i].message));
    }
  add_numbers (&listing);
  for (guint i = 0; i < bm_catalogue_get_count (services); i++)
    {
      json_t *service = bm_catalogue_get (services, i);

      add_texts (&listing, service, json_string_value (json_object_get (service, "id")), FALSE);
    }
  return listing.slots;
}
