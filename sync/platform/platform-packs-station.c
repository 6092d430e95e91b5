/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform-packs"

#include "sync/platform/platform-packs-private.h"
#include "sync/platform/platform-store-marks.h"

#include "core/calendar/day.h"
#include "core/error.h"

#include <string.h>

/*
 * What one station is sent.
 *
 * Invariants:
 *  K1  Buckets first, then the due list, the head last, all in one transaction: a head never names a
 *      bucket that is not there. Every bucket of a head exists, be it empty.
 *  K2  The version of a (kind, name) never goes back, also when the name was out of use for a year.
 *  K3  A bucket is sent again when a record in it changed, compared before sealing, and when it was sent
 *      BM_PACK_KEEP_DAYS / 2 ago: a station that threw an old pack away after weeks without a line
 *      finds every bucket again among what it has not fetched.
 *  K4  The day of a pack goes back only when an operator of a demo says so.
 *
 * Bits grow when a bucket would be too big; within a year they do not shrink.
 */

#define META_HEAD "pack-head"

/* The state of one station's pack, and what is to be changed. */
typedef struct
{
  guint32 kiosk;
  BmVillagePack *pack;
  BmPackHead *head;     /* the new one, with this station's bits */
  BmPackHead *before;   /* the last one sent, or NULL */
  GHashTable *parts;    /* "kind name" -> BmPackPart, as it is */
  GHashTable *current;  /* the same keys, of what belongs to the new pack */
  GPtrArray *messages;  /* of BmMessage, signed */
  GPtrArray *changed;   /* of BmPackPart */
  gint64 version_floor; /* of a database that was set back once */
} Sending;

static void
sending_clear (Sending *self)
{
  bm_pack_head_free (self->head);
  bm_pack_head_free (self->before);
  g_clear_pointer (&self->parts, g_hash_table_unref);
  g_clear_pointer (&self->current, g_hash_table_unref);
  g_clear_pointer (&self->messages, g_ptr_array_unref);
  g_clear_pointer (&self->changed, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Sending, sending_clear)

static char *
part_key (const char *kind, const char *name)
{
  return g_strdup_printf ("%s %s", kind, name);
}

static char *
head_key (guint32 kiosk)
{
  return g_strdup_printf (META_HEAD "|%s|%u", BM_PACK_BENEFIT, kiosk);
}

/* Inside a transaction. */
static gboolean
read_state (BmPlatform *self, Sending *sending, GError **error)
{
  g_autofree char *key = head_key (sending->kiosk);
  g_autoptr (GError) local_error = NULL;
  g_autofree char *text = bm_platform_store_dup_meta (self->store, key, &local_error);
  g_autoptr (GPtrArray) parts = NULL;

  sending->version_floor = bm_platform_store_get_version_floor (self->store, NULL);
  if (local_error == NULL)
    parts = bm_platform_store_list_pack_parts (self->store, sending->kiosk, &local_error);
  if (parts == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (text != NULL)
    {
      g_autoptr (GBytes) body = g_bytes_new_static (text, strlen (text));

      sending->before = bm_pack_head_parse (body, error);
      if (sending->before == NULL)
        return FALSE;
    }
  g_ptr_array_set_free_func (parts, NULL);
  for (guint i = 0; i < parts->len; i++)
    {
      BmPackPart *part = g_ptr_array_index (parts, i);

      g_hash_table_insert (sending->parts, part_key (part->kind, part->name), part);
    }
  return TRUE;
}

static BmPackHead *
copy_head (const BmPackHead *head, guint bits)
{
  BmPackHead *copy = g_memdup2 (head, sizeof *head);

  copy->pack = g_strdup (head->pack);
  copy->bits = bits;
  return copy;
}

static gboolean
begin_sending (BmPlatform *self, Sending *sending, GError **error)
{
  gboolean is_read;

  sending->parts =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) bm_pack_part_free);
  sending->current = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  sending->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_message_free);
  sending->changed = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_pack_part_free);
  if (!bm_platform_store_begin (self->store, error))
    return FALSE;
  is_read = read_state (self, sending, error);
  bm_platform_store_rollback (self->store); /* only read */
  return is_read;
}

static gboolean
is_wanted (const BmPackPart *part, GBytes *digest, gint32 day)
{
  return part == NULL || part->digest == NULL || !g_bytes_equal (part->digest, digest) ||
         day - part->day >= BM_PACK_KEEP_DAYS / 2;
}

/* Signs a message now, so that the transaction need not wait for it. */
static gboolean
add_message (BmPlatform *self,
             Sending *sending,
             const char *kind,
             const char *name,
             GBytes *body,
             GBytes *digest,
             GError **error)
{
  g_autofree char *key = part_key (kind, name);
  const BmPackPart *before = g_hash_table_lookup (sending->parts, key);
  BmMessage *message = g_new0 (BmMessage, 1);
  BmPackPart *part = g_new0 (BmPackPart, 1);

  message->kind = g_strdup (kind);
  message->name = g_strdup (name);
  message->version = MAX (before != NULL ? before->version : 0, sending->version_floor) + 1;
  message->body = g_bytes_ref (body);
  g_ptr_array_add (sending->messages, message);
  part->kind = g_strdup (kind);
  part->name = g_strdup (name);
  part->version = message->version;
  part->digest = g_bytes_ref (digest);
  part->day = sending->head->as_of;
  g_ptr_array_add (sending->changed, part);
  message->signature =
    bm_message_sign (self->sign_key, kind, name, message->version, message->body, error);
  return message->signature != NULL;
}

/* A whole document whose digest is that of its bytes. */
static gboolean
add_document (BmPlatform *self,
              Sending *sending,
              const char *kind,
              const char *name,
              json_t *document,
              GError **error)
{
  g_autoptr (GBytes) body = bm_json_dump (document);
  char *key = part_key (kind, name);
  const BmPackPart *before = g_hash_table_lookup (sending->parts, key);
  g_autoptr (GBytes) digest = NULL;
  guint8 raw[BM_SM3_LEN];

  g_hash_table_add (sending->current, key);
  bm_packs_digest (self, g_bytes_get_data (body, NULL), g_bytes_get_size (body), raw);
  digest = g_bytes_new (raw, sizeof raw);
  return !is_wanted (before, digest, sending->head->as_of) ||
         add_message (self, sending, kind, name, body, digest, error);
}

/* Buckets. */

static GBytes *
digest_bucket (BmPlatform *self, BmVillagePack *pack, guint from, guint to)
{
  g_autoptr (GByteArray) all = g_byte_array_new ();
  guint8 raw[BM_SM3_LEN];

  for (guint i = from; i < to; i++)
    {
      const BmPackItem *item = g_ptr_array_index (pack->items, i);

      g_byte_array_append (all, item->locator, sizeof item->locator);
      g_byte_array_append (all, item->digest, sizeof item->digest);
    }
  bm_packs_digest (self, all->data, all->len, raw);
  return g_bytes_new (raw, sizeof raw);
}

static gboolean
ensure_sealed (BmPlatform *self, BmVillagePack *pack, BmPackItem *item, GError **error)
{
  g_autoptr (BmKey) key = NULL;

  if (item->sealed != NULL)
    return TRUE;
  key = bm_packs_open_key (self, item, error);
  if (key != NULL)
    item->sealed = bm_pack_seal_record (pack->head, key, item->record, error);
  return item->sealed != NULL;
}

/* NULL without @error as soon as it is too big: then nothing more of it need be sealed. */
static GBytes *
make_bucket (BmPlatform *self, BmVillagePack *pack, guint from, guint to, GError **error)
{
  g_autoptr (BmJson) records = json_object ();
  g_autoptr (BmJson) bucket = NULL;
  g_autofree char *as_of = bm_day_to_string (pack->head->as_of);
  gsize bytes = 0;

  for (guint i = from; i < to; i++)
    {
      BmPackItem *item = g_ptr_array_index (pack->items, i);
      g_autofree char *locator = bm_hex_encode (item->locator, sizeof item->locator);

      if (!ensure_sealed (self, pack, item, error))
        return NULL;
      bytes += strlen (locator) + strlen (item->sealed);
      if (bytes > BM_PACKS_MAX_BUCKET)
        return NULL;
      json_object_set_new (records, locator, json_string (item->sealed));
    }
  bucket = json_pack ("{s:i, s:s, s:i, s:s, s:O}", "version", 1, "pack", pack->head->pack, "year",
                      (int) pack->head->year, "as_of", as_of, "records", records);
  return bm_json_dump (bucket);
}

/* FALSE without @error: the bucket would be too big. */
static gboolean
add_bucket (BmPlatform *self,
            Sending *sending,
            const char *name,
            guint from,
            guint to,
            GError **error)
{
  g_autoptr (GBytes) digest = digest_bucket (self, sending->pack, from, to);
  char *key = part_key (BM_PACK_KIND, name);
  const BmPackPart *before = g_hash_table_lookup (sending->parts, key);
  g_autoptr (GBytes) body = NULL;

  g_hash_table_add (sending->current, key);
  if (!is_wanted (before, digest, sending->head->as_of))
    return TRUE;
  body = make_bucket (self, sending->pack, from, to, error);
  if (body == NULL || g_bytes_get_size (body) > BM_PACKS_MAX_BUCKET)
    return FALSE;
  return add_message (self, sending, BM_PACK_KIND, name, body, digest, error);
}

static guint
find_end (BmVillagePack *pack, guint from, guint bucket, guint bits)
{
  guint to = from;

  while (to < pack->items->len)
    {
      const BmPackItem *item = g_ptr_array_index (pack->items, to);

      if (item->locator[0] >> (BM_PACK_MAX_BITS - bits) != (gint) bucket)
        break;
      to++;
    }
  return to;
}

/* FALSE without @error: one of them would be too big with so few bits. */
static gboolean
add_buckets (BmPlatform *self, Sending *sending, GError **error)
{
  guint bits = sending->head->bits;
  guint from = 0;

  for (guint bucket = 0; bucket < 1u << bits; bucket++)
    {
      guint8 locator[BM_PACK_LOCATOR_LEN] = { (guint8) (bucket << (BM_PACK_MAX_BITS - bits)) };
      g_autofree char *name = bm_pack_dup_bucket_name (sending->head, locator);
      guint to = find_end (sending->pack, from, bucket, bits);

      if (!bm_packs_check_running (self, error) ||
          !add_bucket (self, sending, name, from, to, error))
        return FALSE;
      from = to;
    }
  return TRUE;
}

/* One more bit, and everything anew. */
static gboolean
split_buckets (Sending *sending, GError **error)
{
  if (sending->head->bits == BM_PACK_MAX_BITS)
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_LIMIT, "Too many residents for one village");
      return FALSE;
    }
  sending->head->bits++;
  g_ptr_array_set_size (sending->messages, 0);
  g_ptr_array_set_size (sending->changed, 0);
  g_hash_table_remove_all (sending->current);
  return TRUE;
}

static gboolean
choose_buckets (BmPlatform *self, Sending *sending, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  while (!add_buckets (self, sending, &local_error))
    if (local_error != NULL || !split_buckets (sending, &local_error))
      {
        g_propagate_error (error, g_steal_pointer (&local_error));
        return FALSE;
      }
  return TRUE;
}

/* What was part of the last pack and is none of this one (another year, other bits): its version stays. */
static void
add_retired (Sending *sending)
{
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  g_hash_table_iter_init (&iter, sending->parts);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      const BmPackPart *part = value;
      BmPackPart *retired;

      if (part->digest == NULL || g_hash_table_contains (sending->current, key))
        continue;
      retired = g_new0 (BmPackPart, 1);
      retired->kind = g_strdup (part->kind);
      retired->name = g_strdup (part->name);
      retired->version = part->version;
      retired->day = part->day;
      g_ptr_array_add (sending->changed, retired);
    }
}

/* Inside a transaction. */
static gboolean
write_state (BmPlatform *self, Sending *sending, GError **error)
{
  g_autofree char *key = head_key (sending->kiosk);
  g_autoptr (BmJson) head = bm_pack_head_to_json (sending->head);
  g_autofree char *text = NULL;
  g_autoptr (GBytes) bytes = bm_json_dump (head);

  for (guint i = 0; i < sending->messages->len; i++)
    if (bm_platform_store_add_message (self->store, sending->kiosk,
                                       g_ptr_array_index (sending->messages, i), error) == 0)
      return FALSE;
  for (guint i = 0; i < sending->changed->len; i++)
    {
      const BmPackPart *part = g_ptr_array_index (sending->changed, i);
      gint64 below = part->digest != NULL ? part->version : part->version + 1;

      if (!bm_platform_store_set_pack_part (self->store, sending->kiosk, part, error) ||
          !bm_platform_store_drop_messages (self->store, sending->kiosk, part, below, error))
        return FALSE;
    }
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  return bm_platform_store_set_meta (self->store, key, text, error);
}

static gboolean
check_day (const Sending *sending, gboolean may_go_back, GError **error)
{
  g_autofree char *day = NULL;

  if (sending->before == NULL || may_go_back ||
      sending->pack->head->as_of >= sending->before->as_of)
    return TRUE;
  day = bm_day_to_string (sending->before->as_of);
  g_set_error (error, BM_ERROR, BM_ERROR_REFUSED,
               "The office's data are older than the pack of %s that was sent", day);
  return FALSE;
}

/**
 * bm_packs_send:
 * @kiosk: which station
 * @pack: the residents of its village
 * @may_go_back: the day may be before the one of the last pack (K4)
 * @error: %BM_ERROR_REFUSED, %BM_ERROR_LIMIT, %BM_ERROR_BUSY
 *
 * Leaves for a station what changed since the last time.
 *
 * Returns: how many messages, or -1
 */
gint
bm_packs_send (BmPlatform *self,
               guint32 kiosk,
               BmVillagePack *pack,
               gboolean may_go_back,
               GError **error)
{
  g_auto (Sending) sending = { .kiosk = kiosk, .pack = pack };
  g_autoptr (BmJson) head = NULL;
  gboolean is_same_year;

  if (!begin_sending (self, &sending, error) || !check_day (&sending, may_go_back, error))
    return -1;
  is_same_year = sending.before != NULL && sending.before->year == pack->head->year;
  sending.head = copy_head (pack->head, is_same_year ? sending.before->bits : 0);
  if (!choose_buckets (self, &sending, error))
    return -1;
  head = bm_pack_head_to_json (sending.head);
  if (!add_document (self, &sending, BM_PACK_DUE_KIND, pack->village, pack->due, error) ||
      !add_document (self, &sending, BM_PACK_HEAD_KIND, pack->head->pack, head, error))
    return -1;
  add_retired (&sending);
  if (sending.changed->len == 0)
    return 0;
  if (!bm_platform_store_begin (self->store, error) ||
      !bm_platform_store_end (self->store, write_state (self, &sending, error), error))
    return -1;
  return (gint) sending.messages->len;
}
