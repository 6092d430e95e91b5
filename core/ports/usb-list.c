/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-core"

#include "core/ports/usb-list.h"

#include "core/error.h"

#include <string.h>

typedef struct
{
  char *id;
  char *serial; /* NULL: any */
} Entry;

struct _BmUsbList
{
  GPtrArray *entries;
};

static void
free_entry (gpointer data)
{
  Entry *entry = data;

  g_free (entry->id);
  g_free (entry->serial);
  g_free (entry);
}

static gboolean
is_hex (const char *text)
{
  gsize len = strlen (text);

  for (gsize i = 0; i < len; i++)
    if (!g_ascii_isxdigit (text[i]))
      return FALSE;
  return len == 4;
}

char *
bm_usb_dup_id (const char *vendor, const char *product)
{
  g_autofree char *id = NULL;

  if (vendor == NULL || product == NULL || !is_hex (vendor) || !is_hex (product))
    return NULL;
  id = g_strconcat (vendor, ":", product, NULL);
  return g_ascii_strdown (id, -1);
}

/* What a file can hold without quotation marks; a device with another one is registered without it. */
static gboolean
is_serial (const char *text)
{
  for (const char *at = text; *at != '\0'; at++)
    if (!g_ascii_isalnum (*at) && strchr ("._-/", *at) == NULL)
      return FALSE;
  return *text != '\0' && strlen (text) <= BM_USB_MAX_SERIAL;
}

static Entry *
read_entry (const char *word)
{
  g_auto (GStrv) parts = g_strsplit (word, ":", 4);
  const guint n = g_strv_length (parts);
  Entry *entry;
  char *id;

  if (n < 2 || n > 3 || (n == 3 && !is_serial (parts[2])))
    return NULL;
  id = bm_usb_dup_id (parts[0], parts[1]);
  if (id == NULL)
    return NULL;
  entry = g_new0 (Entry, 1);
  entry->id = id;
  entry->serial = n == 3 ? g_strdup (parts[2]) : NULL;
  return entry;
}

/**
 * bm_usb_list_parse:
 * @text: as it stands in station.conf; "" means that none belongs here
 * @error: %BM_ERROR_INVALID
 *
 * Returns: (transfer full): the list
 */
BmUsbList *
bm_usb_list_parse (const char *text, GError **error)
{
  g_autoptr (BmUsbList) self = g_new0 (BmUsbList, 1);
  g_auto (GStrv) words = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  self->entries = g_ptr_array_new_with_free_func (free_entry);
  words = g_strsplit_set (text, " \t,", -1);
  for (guint i = 0; words[i] != NULL; i++)
    {
      Entry *entry;

      if (*words[i] == '\0')
        continue;
      entry = self->entries->len < BM_USB_MAX_LISTED ? read_entry (words[i]) : NULL;
      if (entry == NULL)
        {
          g_set_error (error, BM_ERROR, BM_ERROR_INVALID,
                       "\"%s\" is no USB device, or one too many", words[i]);
          return NULL;
        }
      g_ptr_array_add (self->entries, entry);
    }
  return g_steal_pointer (&self);
}

void
bm_usb_list_free (BmUsbList *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->entries);
  g_free (self);
}

guint
bm_usb_list_count (const BmUsbList *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->entries->len;
}

/**
 * bm_usb_list_has:
 * @self: a list
 * @id: vendor:product, in small letters
 * @serial: (nullable): what the device calls itself
 *
 * Returns: whether it belongs here
 */
gboolean
bm_usb_list_has (const BmUsbList *self, const char *id, const char *serial)
{
  g_return_val_if_fail (self != NULL && id != NULL, FALSE);

  for (guint i = 0; i < self->entries->len; i++)
    {
      const Entry *entry = g_ptr_array_index (self->entries, i);

      if (strcmp (entry->id, id) == 0 &&
          (entry->serial == NULL || g_strcmp0 (entry->serial, serial) == 0))
        return TRUE;
    }
  return FALSE;
}
