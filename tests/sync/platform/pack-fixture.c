/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sync/platform/pack-fixture.h"

#include <string.h>

#define VILLAGE   "990121101201"
#define PAGE_SIZE (128 * 1024)

PackInbox *
pack_inbox_new (void)
{
  PackInbox *self = g_new0 (PackInbox, 1);

  self->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_message_free);
  self->bodies =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
  return self;
}

void
pack_inbox_free (PackInbox *self)
{
  g_ptr_array_unref (self->messages);
  g_hash_table_unref (self->bodies);
  g_free (self);
}

static char *
key_of (const char *kind, const char *name)
{
  return g_strdup_printf ("%s %s", kind, name);
}

static gboolean
is_of_packs (const BmMessage *message)
{
  static const char *const kinds[] = { BM_PACK_KIND, BM_PACK_HEAD_KIND, BM_PACK_DUE_KIND, NULL };

  return g_strv_contains (kinds, message->kind);
}

void
pack_inbox_take (PackInbox *self, const BmMessage *message)
{
  BmMessage *copy;

  if (!is_of_packs (message))
    return;
  copy = g_new0 (BmMessage, 1);
  copy->id = message->id;
  copy->kind = g_strdup (message->kind);
  copy->name = g_strdup (message->name);
  copy->version = message->version;
  copy->body = g_bytes_ref (message->body);
  copy->signature = g_bytes_ref (message->signature);
  g_ptr_array_add (self->messages, copy);
  g_hash_table_replace (self->bodies, key_of (message->kind, message->name),
                        g_bytes_ref (message->body));
}

gint64
pack_inbox_read (PackInbox *self, BmPlatform *platform, guint32 kiosk, gint64 after)
{
  g_autoptr (GError) error = NULL;
  guint count;

  do
    {
      g_autoptr (GPtrArray) page = NULL;

      g_assert_true (bm_platform_store_begin (platform->store, &error));
      page =
        bm_platform_store_list_messages (platform->store, kiosk, after, PAGE_SIZE, 256, &error);
      bm_platform_store_rollback (platform->store);
      g_assert_no_error (error);
      count = page->len;
      for (guint i = 0; i < count; i++)
        pack_inbox_take (self, g_ptr_array_index (page, i));
      if (count > 0)
        after = ((const BmMessage *) g_ptr_array_index (page, count - 1))->id;
      self->pages++;
    }
  while (count > 0);
  return after;
}

guint
pack_inbox_count (PackInbox *self, const char *kind)
{
  guint count = 0;

  for (guint i = 0; i < self->messages->len; i++)
    count += strcmp (((const BmMessage *) g_ptr_array_index (self->messages, i))->kind, kind) == 0;
  return count;
}

BmPackHead *
pack_inbox_get_head (PackInbox *self)
{
  g_autofree char *key = key_of (BM_PACK_HEAD_KIND, BM_PACK_BENEFIT);
  GBytes *body = g_hash_table_lookup (self->bodies, key);
  g_autoptr (GError) error = NULL;
  BmPackHead *head;

  g_assert_nonnull (body);
  head = bm_pack_head_parse (body, &error);
  g_assert_no_error (error);
  return head;
}

json_t *
pack_inbox_open (PackInbox *self, const char *id_number)
{
  g_autoptr (BmPackHead) head = pack_inbox_get_head (self);
  g_autoptr (GBytes) salt = bm_pack_head_get_salt (head);
  g_autoptr (GError) error = NULL;
  g_autoptr (BmKey) slow = bm_slow_key (id_number, salt, &error);
  guint8 locator[BM_PACK_LOCATOR_LEN];
  g_autofree char *name = NULL;
  g_autofree char *key = NULL;
  GBytes *bucket;
  json_t *record;

  g_assert_no_error (error);
  bm_pack_locate (head, slow, locator);
  name = bm_pack_dup_bucket_name (head, locator);
  key = key_of (BM_PACK_KIND, name);
  bucket = g_hash_table_lookup (self->bodies, key);
  g_assert_nonnull (bucket); /* every bucket of a head is there */
  record = bm_pack_open_record (head, slow, bucket, &error);
  g_assert_no_error (error);
  return record;
}

/* Invented people. */

static json_t *
make_months (guint seed)
{
  json_t *months = json_array ();

  for (int month = 11; month > -1; month--)
    {
      g_autofree char *ym =
        g_strdup_printf ("%d-%02d", month > 0 ? 2026 : 2025, month > 0 ? month : 12);
      g_autofree char *paid = g_strconcat (ym, "-15", NULL);
      int account = 840 + (int) (seed * 37 % 8790);
      int other = (int) (seed * 13 % 13) * 100;

      json_array_append_new (months, json_pack ("{s:s, s:i, s:i, s:i, s:i, s:s, s:s}", "ym", ym,
                                                "fen", 18000 + account + other, "base_fen", 18000,
                                                "account_fen", account, "other_fen", other, "paid",
                                                paid, "state", "paid"));
    }
  return months;
}

static json_t *
make_record (guint seed)
{
  g_autofree char *name = g_strdup_printf ("演示%05u", seed);
  g_autofree char *tail = g_strdup_printf ("%04u", seed % 10000);
  g_autofree char *since = g_strdup_printf ("%u-%02u", 2009 + seed % 16, 1 + seed % 12);
  json_t *months = make_months (seed);
  json_int_t fen = json_integer_value (json_object_get (json_array_get (months, 0), "fen"));

  return json_pack ("{s:i, s:s, s:s, s:[], s:{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:I, s:s,"
                    " s:o}}",
                    "version", 1, "name", name, "as_of", "2026-11-18", "notes", "pension", "scheme",
                    "城乡居民", "area", "990121", "status", "paying", "since", since, "last",
                    "2026-05", "due", "2027-05-31", "tail", tail, "year", 2026, "year_fen",
                    fen * 11, "why", "", "months", months);
}

static void
set_record (BmPlatform *platform, BmPackItem *item, json_t *record)
{
  char *text = json_dumps (record, JSON_COMPACT | JSON_SORT_KEYS);

  json_decref (item->record);
  item->record = record;
  bm_packs_digest (platform, text, strlen (text), item->digest);
  bm_wipe_string (text);
  g_clear_pointer (&item->sealed, g_free);
}

static int
compare_locators (gconstpointer a, gconstpointer b)
{
  const BmPackItem *one = *(const BmPackItem *const *) a;
  const BmPackItem *two = *(const BmPackItem *const *) b;

  return memcmp (one->locator, two->locator, BM_PACK_LOCATOR_LEN);
}

BmPackItem *
pack_fixture_add (BmPlatform *platform, BmVillagePack *pack, const BmKey *base, guint seed)
{
  BmPackItem *item = g_new0 (BmPackItem, 1);
  g_autoptr (GBytes) context = g_bytes_new (&seed, sizeof seed);
  g_autoptr (BmKey) key = bm_kdf (base, "invented", context, NULL);

  item->tag = g_bytes_ref (context);
  item->sealed_key = bm_packs_seal_key (platform, item->tag, key, NULL);
  bm_pack_locate (pack->head, key, item->locator);
  g_ptr_array_add (pack->items, item);
  return item;
}

void
pack_fixture_sort (BmVillagePack *pack)
{
  pack->head->count = pack->items->len;
  g_ptr_array_sort (pack->items, compare_locators);
}

BmVillagePack *
pack_fixture_new_village (BmPlatform *platform, guint count)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmKey) base = bm_key_generate (BM_KEY_SYMMETRIC, NULL);
  BmVillagePack *pack = bm_village_pack_new (platform, VILLAGE, NULL, &error);

  g_assert_no_error (error);
  for (guint seed = pack->items->len; seed < count; seed++)
    {
      BmPackItem *item = pack_fixture_add (platform, pack, base, seed);

      set_record (platform, item, make_record (seed));
    }
  pack_fixture_sort (pack);
  return pack;
}

void
pack_fixture_change (BmPlatform *platform, BmVillagePack *pack, guint item)
{
  set_record (platform, g_ptr_array_index (pack->items, item), make_record (123456 + item));
}
