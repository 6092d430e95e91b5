/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/volume.h"

#include "core/error.h"
#include "sync/protocol-json.h"

#include <string.h>

/*
 *   "BMV1" | header_len u32 | header json | n x ( type u8 | len u32 | item ) | 0 u8 | 4 u32 | n u32 | sig 64
 *
 * sig is over "bianmin volume" | D, where D begins as SM3 of everything up to the end of the header and
 * is SM3 (D | frame | SM3 (item)) after each frame, the last one included: a volume of 32 MB is written
 * and checked piece by piece, and an item that was cut, changed, moved, added or left out breaks it.
 *
 * Invariants:
 *  V1  A volume says by itself whose it is and whether it is whole; no other file is needed for it.
 *  V2  What is in it counts as on the line: a batch by its station's signature, an answer by the nonce
 *      that the station remembers. The volume's own signature adds that nothing is missing.
 */

#define MAGIC     "BMV1"
#define MAGIC_LEN 4
#define END_TYPE  0
#define KIND_OUT  "out"
#define KIND_BACK "back"

struct _BmVolumeWriter
{
  BmVolumeHeader header;
  gsize max_bytes;
  gsize bytes;
  guint items;
  guint8 digest[BM_SM3_LEN];
};

static gboolean
fail (GError **error, BmError code, const char *text)
{
  g_set_error (error, BM_ERROR, code, "volume: %s", text);
  return FALSE;
}

static GBytes *
end_array (GByteArray *array)
{
  return g_byte_array_free_to_bytes (array);
}

/* The running digest */

static void
digest_begin (guint8 digest[BM_SM3_LEN], const guint8 *data, gsize len)
{
  bm_sm3 (data, len, digest);
}

static void
digest_add (guint8 digest[BM_SM3_LEN], const guint8 *frame, gconstpointer item, gsize len)
{
  guint8 text[BM_SM3_LEN + BM_VOLUME_FRAME_LEN + BM_SM3_LEN];

  memcpy (text, digest, BM_SM3_LEN);
  memcpy (text + BM_SM3_LEN, frame, BM_VOLUME_FRAME_LEN);
  bm_sm3 (item, len, text + BM_SM3_LEN + BM_VOLUME_FRAME_LEN);
  bm_sm3 (text, sizeof text, digest);
}

static GBytes *
dup_signed_bytes (const guint8 digest[BM_SM3_LEN])
{
  GByteArray *message = g_byte_array_new ();

  g_byte_array_append (message, (const guint8 *) "bianmin volume", 14);
  g_byte_array_append (message, digest, BM_SM3_LEN);
  return end_array (message);
}

static GByteArray *
new_frame (guint8 type, gsize len)
{
  GByteArray *frame = g_byte_array_sized_new ((guint) (BM_VOLUME_FRAME_LEN + len));

  g_byte_array_append (frame, &type, 1);
  bm_put_u32 (frame, (guint32) len);
  return frame;
}

/* Writing */

BmVolumeWriter *
bm_volume_writer_new (const BmVolumeHeader *header, gsize max_bytes)
{
  BmVolumeWriter *self;

  g_return_val_if_fail (header != NULL, NULL);
  g_return_val_if_fail (header->part <= BM_VOLUME_MAX_PARTS, NULL);

  self = g_new0 (BmVolumeWriter, 1);
  self->header = *header;
  self->max_bytes = MIN (max_bytes, BM_VOLUME_MAX_BYTES);
  return self;
}

void
bm_volume_writer_free (BmVolumeWriter *self)
{
  g_free (self);
}

GBytes *
bm_volume_writer_begin (BmVolumeWriter *self)
{
  const BmVolumeHeader *header = &self->header;
  g_autoptr (BmJson) json =
    json_pack ("{s:i, s:s, s:I, s:i, s:I, s:I}", "v", BM_PROTOCOL_VERSION, "kind",
               header->kind == BM_VOLUME_OUT ? KIND_OUT : KIND_BACK, "kiosk",
               (json_int_t) header->kiosk, "part", (int) header->part, "wall_ms",
               (json_int_t) header->wall_ms, "cursor", (json_int_t) header->cursor);
  GByteArray *out = g_byte_array_new ();
  g_autoptr (GBytes) text = NULL;

  g_return_val_if_fail (self->bytes == 0, NULL);

  bm_json_set_hex (json, "nonce", header->nonce, BM_NONCE_LEN);
  text = bm_json_dump (json);
  g_byte_array_append (out, (const guint8 *) MAGIC, MAGIC_LEN);
  bm_put_u32 (out, (guint32) g_bytes_get_size (text));
  g_byte_array_append (out, g_bytes_get_data (text, NULL), (guint) g_bytes_get_size (text));
  digest_begin (self->digest, out->data, out->len);
  self->bytes = out->len;
  return end_array (out);
}

static gboolean
fits (const BmVolumeWriter *self, gsize len, gsize room)
{
  return len <= BM_VOLUME_MAX_ITEM && self->items < BM_VOLUME_MAX_ITEMS &&
         self->bytes + BM_VOLUME_FRAME_LEN + len + BM_VOLUME_END_LEN <= room;
}

gboolean
bm_volume_writer_has_room (const BmVolumeWriter *self, gsize len)
{
  return fits (self, len, self->items == 0 ? BM_VOLUME_MAX_BYTES : self->max_bytes);
}

GBytes *
bm_volume_writer_add (BmVolumeWriter *self, BmVolumeItemType type, GBytes *item)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (item, &len);
  GByteArray *out;

  g_return_val_if_fail (self->bytes > 0 && type >= BM_VOLUME_BATCH && type <= BM_VOLUME_LIST, NULL);
  g_return_val_if_fail (fits (self, len, BM_VOLUME_MAX_BYTES), NULL);

  out = new_frame ((guint8) type, len);
  digest_add (self->digest, out->data, data, len);
  g_byte_array_append (out, data, (guint) len);
  self->bytes += out->len;
  self->items++;
  return end_array (out);
}

GBytes *
bm_volume_writer_end (BmVolumeWriter *self, const BmKey *key, GError **error)
{
  GByteArray *out = new_frame (END_TYPE, sizeof (guint32));
  g_autoptr (GBytes) message = NULL;
  g_autoptr (GBytes) signature = NULL;

  bm_put_u32 (out, self->items);
  digest_add (self->digest, out->data, out->data + BM_VOLUME_FRAME_LEN, sizeof (guint32));
  message = dup_signed_bytes (self->digest);
  signature = bm_sign (key, message, error);
  if (signature == NULL)
    {
      g_byte_array_unref (out);
      return NULL;
    }
  g_byte_array_append (out, g_bytes_get_data (signature, NULL), BM_SM2_SIGNATURE_LEN);
  self->bytes += out->len;
  return end_array (out);
}

gsize
bm_volume_writer_get_bytes (const BmVolumeWriter *self)
{
  return self->bytes;
}

guint
bm_volume_writer_get_items (const BmVolumeWriter *self)
{
  return self->items;
}

/* Reading */

static void
item_free (BmVolumeItem *item)
{
  g_bytes_unref (item->bytes);
  g_free (item);
}

void
bm_volume_free (BmVolume *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->items, g_ptr_array_unref);
  g_clear_pointer (&self->signature, g_bytes_unref);
  g_free (self);
}

static gboolean
decode_kind (const char *text, BmVolumeKind *ret_kind)
{
  if (g_strcmp0 (text, KIND_OUT) == 0)
    *ret_kind = BM_VOLUME_OUT;
  else if (g_strcmp0 (text, KIND_BACK) == 0)
    *ret_kind = BM_VOLUME_BACK;
  else
    return FALSE;
  return TRUE;
}

static gboolean
decode_header (const guint8 *data, gsize len, BmVolumeHeader *ret_header, GError **error)
{
  g_autoptr (BmJson) json = bm_json_parse (data, len, error);
  const char *kind;
  gint64 kiosk, part;

  if (json == NULL || !bm_json_check_version (json, error) ||
      (kind = bm_json_get_string (json, "kind", BM_PROTOCOL_MAX_NAME, error)) == NULL ||
      !bm_json_get_int (json, "kiosk", 0, G_MAXUINT32, &kiosk, error) ||
      !bm_json_get_hex (json, "nonce", ret_header->nonce, BM_NONCE_LEN, error) ||
      !bm_json_get_int (json, "part", 0, BM_VOLUME_MAX_PARTS, &part, error) ||
      !bm_json_get_int (json, "wall_ms", 0, G_MAXINT64, &ret_header->wall_ms, error) ||
      !bm_json_get_int (json, "cursor", 0, G_MAXINT64, &ret_header->cursor, error))
    return FALSE;
  ret_header->kiosk = (guint32) kiosk;
  ret_header->part = (guint) part;
  return decode_kind (kind, &ret_header->kind) || fail (error, BM_ERROR_INVALID, "unknown kind");
}

/* Adds the item at @at and moves past it. @ret_is_end: it was the end mark. */
static gboolean
read_frame (BmVolume *self, GBytes *bytes, gsize *at, gboolean *ret_is_end, GError **error)
{
  gsize all;
  const guint8 *data = g_bytes_get_data (bytes, &all);
  const guint8 *frame = data + *at;
  const gsize left = all - BM_SM2_SIGNATURE_LEN - *at;
  BmVolumeItem *item;
  gsize len;

  if (left < BM_VOLUME_FRAME_LEN)
    return fail (error, BM_ERROR_INVALID, "it is not whole");
  len = bm_get_u32 (frame + 1);
  if (len > BM_VOLUME_MAX_ITEM || self->items->len > BM_VOLUME_MAX_ITEMS)
    return fail (error, BM_ERROR_LIMIT, "an item is too big, or there are too many");
  if (len > left - BM_VOLUME_FRAME_LEN)
    return fail (error, BM_ERROR_INVALID, "it is not whole");
  digest_add (self->digest, frame, frame + BM_VOLUME_FRAME_LEN, len);
  *at += BM_VOLUME_FRAME_LEN + len;
  *ret_is_end = frame[0] == END_TYPE;
  if (*ret_is_end)
    return (len == sizeof (guint32) &&
            bm_get_u32 (frame + BM_VOLUME_FRAME_LEN) == self->items->len) ||
           fail (error, BM_ERROR_INVALID, "the count is not right");
  if (frame[0] > BM_VOLUME_LIST)
    return fail (error, BM_ERROR_UNSUPPORTED, "an item of an unknown kind");
  item = g_new0 (BmVolumeItem, 1);
  item->type = (BmVolumeItemType) frame[0];
  item->bytes = g_bytes_new_from_bytes (bytes, *at - len, len);
  g_ptr_array_add (self->items, item);
  return TRUE;
}

static gboolean
read_frames (BmVolume *self, GBytes *bytes, gsize at, GError **error)
{
  const gsize end = g_bytes_get_size (bytes) - BM_SM2_SIGNATURE_LEN;
  gboolean is_end = FALSE;

  while (!is_end)
    if (!read_frame (self, bytes, &at, &is_end, error))
      return FALSE;
  if (at != end)
    return fail (error, BM_ERROR_INVALID, "something follows its end");
  self->signature = g_bytes_new_from_bytes (bytes, end, BM_SM2_SIGNATURE_LEN);
  return TRUE;
}

static gboolean
check_outside (const guint8 *data, gsize len, gsize *ret_header_len, GError **error)
{
  if (len > BM_VOLUME_MAX_BYTES)
    return fail (error, BM_ERROR_LIMIT, "too big");
  if (len < MAGIC_LEN + 4 + BM_VOLUME_END_LEN || memcmp (data, MAGIC, MAGIC_LEN) != 0)
    return fail (error, BM_ERROR_INVALID, "this is none");
  *ret_header_len = bm_get_u32 (data + MAGIC_LEN);
  if (*ret_header_len > BM_PROTOCOL_MAX_JSON ||
      *ret_header_len > len - MAGIC_LEN - 4 - BM_VOLUME_END_LEN)
    return fail (error, BM_ERROR_INVALID, "its header is too long");
  return TRUE;
}

/**
 * bm_volume_decode:
 * @bytes: what was read from a stick
 * @error: return location for an error
 *
 * Takes a volume apart without believing it. BM_ERROR_INVALID: it is none, or not whole.
 *
 * Returns: (transfer full): the volume
 */
BmVolume *
bm_volume_decode (GBytes *bytes, GError **error)
{
  g_autoptr (BmVolume) self = NULL;
  gsize len, header_len;
  const guint8 *data;

  g_return_val_if_fail (bytes != NULL, NULL);

  self = g_new0 (BmVolume, 1);
  self->items = g_ptr_array_new_with_free_func ((GDestroyNotify) item_free);
  data = g_bytes_get_data (bytes, &len);
  if (!check_outside (data, len, &header_len, error) ||
      !decode_header (data + MAGIC_LEN + 4, header_len, &self->header, error))
    return NULL;
  digest_begin (self->digest, data, MAGIC_LEN + 4 + header_len);
  if (!read_frames (self, bytes, MAGIC_LEN + 4 + header_len, error))
    return NULL;
  return g_steal_pointer (&self);
}

gboolean
bm_volume_verify (const BmVolume *self, const BmKey *public_key, GError **error)
{
  g_autoptr (GBytes) message = NULL;

  g_return_val_if_fail (self != NULL && public_key != NULL, FALSE);

  message = dup_signed_bytes (self->digest);
  return bm_verify (public_key, message, self->signature, error);
}

/* Items */

gboolean
bm_volume_read_chunk (GBytes *item,
                      guint8 ret_blob[BM_SM3_LEN],
                      guint *ret_ordinal,
                      GBytes **ret_body)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (item, &len);

  if (len <= BM_SM3_LEN + 4)
    return FALSE;
  memcpy (ret_blob, data, BM_SM3_LEN);
  *ret_ordinal = bm_get_u32 (data + BM_SM3_LEN);
  *ret_body = g_bytes_new_from_bytes (item, BM_SM3_LEN + 4, len - BM_SM3_LEN - 4);
  return TRUE;
}

GBytes *
bm_volume_make_chunk (const guint8 blob[BM_SM3_LEN], guint ordinal, GBytes *body)
{
  GByteArray *out = g_byte_array_new ();

  g_byte_array_append (out, blob, BM_SM3_LEN);
  bm_put_u32 (out, ordinal);
  g_byte_array_append (out, g_bytes_get_data (body, NULL), (guint) g_bytes_get_size (body));
  return end_array (out);
}

gboolean
bm_volume_read_inbox (GBytes *item, gint64 *ret_after, GBytes **ret_answer)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (item, &len);
  guint64 after;

  if (len <= 8)
    return FALSE;
  after = ((guint64) bm_get_u32 (data) << 32) | bm_get_u32 (data + 4);
  if (after > G_MAXINT64)
    return FALSE;
  *ret_after = (gint64) after;
  *ret_answer = g_bytes_new_from_bytes (item, 8, len - 8);
  return TRUE;
}

GBytes *
bm_volume_make_inbox (gint64 after, GBytes *answer)
{
  GByteArray *out = g_byte_array_new ();

  bm_put_u64 (out, (guint64) after);
  g_byte_array_append (out, g_bytes_get_data (answer, NULL), (guint) g_bytes_get_size (answer));
  return end_array (out);
}

/* Names */

char *
bm_volume_dup_name (const BmVolumeHeader *header)
{
  g_autofree char *hex = bm_hex_encode (header->nonce, 4);
  const char *kind = header->kind == BM_VOLUME_OUT ? KIND_OUT : KIND_BACK;

  if (header->part == 0)
    return g_strdup_printf ("%s-%u-%s-list" BM_VOLUME_SUFFIX, kind, header->kiosk, hex);
  return g_strdup_printf ("%s-%u-%s-%04u" BM_VOLUME_SUFFIX, kind, header->kiosk, hex, header->part);
}

gboolean
bm_volume_is_name (const char *name, BmVolumeKind kind)
{
  return g_str_has_prefix (name, kind == BM_VOLUME_OUT ? KIND_OUT "-" : KIND_BACK "-") &&
         g_str_has_suffix (name, BM_VOLUME_SUFFIX);
}
