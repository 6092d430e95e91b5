/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform-packs"

#include "sync/platform/platform-packs-private.h"

#include "core/calendar/day.h"
#include "core/error.h"
#include "core/people/id-number.h"

#include <stdlib.h>
#include <string.h>

/*
 * From what the deciding office gives to the residents of one village, each with key and locator.
 *
 * A record that breaks its shape, a number that is none, and a second record under one number are left
 * out and counted: one bad row does not cost the village its packs, and nobody is shown one of two
 * records picked by chance of order. The digest leaves as_of out, so that a new day alone changes nothing.
 */

#define MAX_RECORDS 50000
#define MAX_DUE     (128 * 1024)

static void
pack_item_free (gpointer data)
{
  BmPackItem *item = data;

  bm_wipe_string (item->id_number);
  json_decref (item->record);
  g_clear_pointer (&item->tag, g_bytes_unref);
  g_clear_pointer (&item->sealed_key, g_bytes_unref);
  g_free (item->sealed);
  g_free (item);
}

void
bm_village_pack_free (BmVillagePack *self)
{
  if (self == NULL)
    return;
  bm_pack_head_free (self->head);
  g_ptr_array_unref (self->items);
  json_decref (self->due);
  g_free (self->village);
  g_free (self);
}

static json_t *
fetch_records (BmPlatform *self, const char *village, const char *as_of, GError **error)
{
  json_t *document;

  g_mutex_lock (&self->case_mutex);
  document = bm_backend_fetch_records (self->backend, village, as_of, error);
  g_mutex_unlock (&self->case_mutex);
  return document;
}

static BmPackHead *
make_head (json_t *document, GError **error)
{
  const char *text = json_string_value (json_object_get (document, "as_of"));
  gint32 as_of = bm_day_from_string (text);
  BmPackHead *head;
  gint year = 0;

  if (as_of == BM_NO_DAY || !json_is_array (json_object_get (document, "records")) ||
      json_array_size (json_object_get (document, "records")) > MAX_RECORDS)
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID,
                           "The office gave records without a day, or too many");
      return NULL;
    }
  bm_day_to_ymd (as_of, &year, NULL, NULL);
  head = g_new0 (BmPackHead, 1);
  head->pack = g_strdup (BM_PACK_BENEFIT);
  head->year = (guint) year;
  head->as_of = as_of;
  return head;
}

static gboolean
digest_record (BmPlatform *self, BmPackItem *item)
{
  g_autoptr (BmJson) copy = json_copy (item->record);
  char *text;

  (void) json_object_del (copy, "as_of");
  text = json_dumps (copy, JSON_COMPACT | JSON_SORT_KEYS);
  if (text == NULL)
    return FALSE;
  bm_packs_digest (self, text, strlen (text), item->digest);
  bm_wipe_string (text);
  return TRUE;
}

/* Numbers that came more than once. */
static GHashTable *
find_doubles (json_t *records)
{
  GHashTable *seen = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTable *doubles = g_hash_table_new (g_str_hash, g_str_equal);
  json_t *one;
  gsize i;

  json_array_foreach (records, i, one)
  {
    const char *number = json_string_value (json_object_get (one, "idno"));

    if (number != NULL && !g_hash_table_add (seen, (gpointer) number))
      g_hash_table_add (doubles, (gpointer) number);
  }
  g_hash_table_unref (seen);
  return doubles;
}

static BmPackItem *
make_item (BmPlatform *self, json_t *one, GHashTable *doubles)
{
  const char *number = json_string_value (json_object_get (one, "idno"));
  json_t *record = json_object_get (one, "record");
  BmPackItem *item;

  if (number == NULL || g_hash_table_contains (doubles, number) ||
      !bm_id_verdict_is_acceptable (bm_id_number_check (number, BM_NO_DAY)) ||
      !bm_pack_check_record (record, NULL))
    return NULL;
  item = g_new0 (BmPackItem, 1);
  item->id_number = g_strdup (number);
  item->record = json_incref (record);
  if (digest_record (self, item))
    return item;
  pack_item_free (item);
  return NULL;
}

static void
make_items (BmPlatform *self, BmVillagePack *pack, json_t *records)
{
  g_autoptr (GHashTable) doubles = find_doubles (records);
  json_t *one;
  gsize i;

  json_array_foreach (records, i, one)
  {
    BmPackItem *item = make_item (self, one, doubles);

    if (item != NULL)
      g_ptr_array_add (pack->items, item);
    else
      pack->skipped++;
  }
  pack->head->count = pack->items->len;
}

static int
compare_locators (gconstpointer a, gconstpointer b)
{
  const BmPackItem *one = *(const BmPackItem *const *) a;
  const BmPackItem *two = *(const BmPackItem *const *) b;

  return memcmp (one->locator, two->locator, BM_PACK_LOCATOR_LEN);
}

static gboolean
locate_items (BmPlatform *self, BmVillagePack *pack, GError **error)
{
  for (guint i = 0; i < pack->items->len; i++)
    {
      BmPackItem *item = g_ptr_array_index (pack->items, i);
      g_autoptr (BmKey) key = bm_packs_open_key (self, item, error);

      if (key == NULL)
        return FALSE;
      bm_pack_locate (pack->head, key, item->locator);
    }
  g_ptr_array_sort (pack->items, compare_locators);
  return TRUE;
}

static int
compare_months (const void *a, const void *b)
{
  const char *one = json_string_value (json_object_get (*(json_t *const *) a, "month"));
  const char *two = json_string_value (json_object_get (*(json_t *const *) b, "month"));

  return g_strcmp0 (one, two);
}

/* Name, group and month, the earliest first, as many as fit: nothing else of the office's rows. */
static json_t *
cut_due (json_t *rows)
{
  gsize count = json_array_size (rows);
  g_autofree json_t **sorted = g_new (json_t *, count + 1);
  json_t *list = json_array ();
  gsize bytes = 0;

  for (gsize i = 0; i < count; i++)
    sorted[i] = json_array_get (rows, i);
  qsort (sorted, count, sizeof *sorted, compare_months);
  for (gsize i = 0; i < count && bytes < MAX_DUE; i++)
    {
      json_t *row = json_pack ("{s:O, s:O, s:O}", "name", json_object_get (sorted[i], "name"),
                               "group", json_object_get (sorted[i], "group"), "month",
                               json_object_get (sorted[i], "month"));

      if (row == NULL)
        continue; /* a row without one of the three */
      bytes += json_dumpb (row, NULL, 0, JSON_COMPACT) + 1;
      json_array_append_new (list, row);
    }
  return list;
}

static json_t *
fetch_due (BmPlatform *self, const char *village, GError **error)
{
  g_autoptr (BmJson) document = NULL;
  json_t *as_of;

  g_mutex_lock (&self->case_mutex);
  document = bm_backend_fetch_pack (self->backend, village, error);
  g_mutex_unlock (&self->case_mutex);
  if (document == NULL)
    return NULL;
  as_of = json_object_get (document, "as_of");
  if (!json_is_string (as_of))
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID, "The office gave no day");
      return NULL;
    }
  return json_pack ("{s:i, s:s, s:O, s:o}", "version", 1, "village", village, "as_of", as_of, "due",
                    cut_due (json_object_get (document, "due")));
}

/**
 * bm_village_pack_new:
 * @village: 12 digits
 * @as_of: (nullable): as if the data were of that day
 * @error: what the office said, %BM_ERROR_BUSY when the platform ends
 *
 * Gathers the residents of a village. May take minutes.
 */
BmVillagePack *
bm_village_pack_new (BmPlatform *self, const char *village, const char *as_of, GError **error)
{
  g_autoptr (BmVillagePack) pack = g_new0 (BmVillagePack, 1);
  g_autoptr (BmJson) document = fetch_records (self, village, as_of, error);

  pack->village = g_strdup (village);
  pack->items = g_ptr_array_new_with_free_func (pack_item_free);
  if (document == NULL)
    return NULL;
  pack->due = fetch_due (self, village, error);
  pack->head = pack->due != NULL ? make_head (document, error) : NULL;
  if (pack->head == NULL || !bm_packs_ensure_salt (self, pack->head, error))
    return NULL;
  make_items (self, pack, json_object_get (document, "records"));
  if (!bm_packs_ensure_keys (self, pack, error) || !locate_items (self, pack, error))
    return NULL;
  return g_steal_pointer (&pack);
}
