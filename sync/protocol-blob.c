/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/protocol-blob.h"

#include <string.h>

/*
 * Attachments on the line, and what both sides say they hold (PROTOCOL.md §4, §9).
 *
 * A blob is its list of chunk hashes, and its name is the hash of that list. So each chunk proves
 * itself, in any order and by any way, and neither side has to believe the other about a length.
 *
 * Invariants:
 *  B1  A list that was decoded is in order: ranges grow and do not touch what came before.
 *  B2  Absent and empty are different: no "ranges" says nothing, an empty list says "I hold none".
 */

#define MAX_SEQ      G_MAXINT64
#define MAX_CLOCK_MS (G_GINT64_CONSTANT (1) << 53)
#define MAX_ORDINAL  (BM_PROTOCOL_MAX_ATTACHMENTS - 1)
#define MAX_BASE64   (((BM_PROTOCOL_MAX_CHUNKS * BM_SM3_LEN + 2) / 3) * 4)
#define BITMAP_BYTES (BM_PROTOCOL_MAX_CHUNKS / 8)

static gboolean
fail (GError **error, BmError code, const char *what)
{
  g_set_error (error, BM_ERROR, code, "protocol: %s", what);
  return FALSE;
}

/* An optional list of objects, at most @max long. %FALSE only when it is there and wrong. */
static gboolean
get_list (const BmJson *object, const char *key, gsize max, const json_t **ret_list, GError **error)
{
  const json_t *list = json_object_get (object, key);

  *ret_list = list;
  if (list == NULL)
    return TRUE;
  if (!json_is_array (list))
    return fail (error, BM_ERROR_INVALID, "a list is no list");
  if (json_array_size (list) > max)
    return fail (error, BM_ERROR_LIMIT, "a list is too long");
  return TRUE;
}

/* What both sides hand about */

void
bm_held_epoch_free (BmHeldEpoch *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->ranges, g_array_unref);
  g_free (self);
}

void
bm_hello_bad_free (BmHelloBad *self)
{
  if (self == NULL)
    return;
  g_free (self->kind);
  g_free (self->name);
  g_free (self->code);
  g_free (self);
}

/* Bitmaps */

gboolean
bm_blob_have_get (GBytes *have, guint chunk)
{
  gsize len;
  const guint8 *data;

  g_return_val_if_fail (have != NULL, FALSE);

  data = g_bytes_get_data (have, &len);
  return chunk / 8 < len && (data[chunk / 8] & (0x80U >> (chunk % 8))) != 0;
}

/* Opening a blob */

/**
 * bm_blob_open_encode:
 * @self: which attachment, and the hash of each of its sealed chunks
 *
 * Writes the body of `POST /v1/blob`. The same call asks anew what is still missing.
 *
 * Returns: (transfer full): the request body
 */
GBytes *
bm_blob_open_encode (const BmBlobOpen *self)
{
  g_autoptr (BmJson) object = NULL;
  g_autofree char *hashes = NULL;

  g_return_val_if_fail (self != NULL && self->hashes != NULL, NULL);

  hashes = g_base64_encode (g_bytes_get_data (self->hashes, NULL), g_bytes_get_size (self->hashes));
  object = json_pack ("{s:i, s:I, s:I, s:i, s:I, s:s}", "v", BM_PROTOCOL_VERSION, "kiosk",
                      (json_int_t) self->kiosk, "seq", (json_int_t) self->seq, "ordinal",
                      (int) self->ordinal, "bytes", (json_int_t) self->bytes, "hashes", hashes);
  bm_json_set_hex (object, "nonce", self->nonce, BM_NONCE_LEN);
  bm_json_set_epoch (object, "epoch", self->epoch);
  return bm_json_dump (object);
}

static GBytes *
get_hashes (const BmJson *object, GError **error)
{
  const char *text = bm_json_get_string (object, "hashes", MAX_BASE64, error);
  g_autofree guchar *raw = NULL;
  g_autofree char *again = NULL;
  gsize len = 0;

  if (text == NULL)
    return NULL;
  raw = g_base64_decode (text, &len);
  again = g_base64_encode (raw, len);
  if (len == 0 || len % BM_SM3_LEN != 0 || strcmp (again, text) != 0)
    {
      (void) fail (error, BM_ERROR_INVALID, "no list of chunk hashes"); /* it always fails */
      return NULL;
    }
  return g_bytes_new_take (g_steal_pointer (&raw), len);
}

/**
 * bm_blob_open_decode:
 * @bytes: a request body
 * @error: return location for an error
 *
 * Returns: (transfer full): what it asks for, or %NULL
 */
BmBlobOpen *
bm_blob_open_decode (GBytes *bytes, GError **error)
{
  g_autoptr (BmBlobOpen) self = g_new0 (BmBlobOpen, 1);
  g_autoptr (BmJson) object = NULL;
  gint64 kiosk, seq, ordinal, size;

  g_return_val_if_fail (bytes != NULL, NULL);

  if (g_bytes_get_size (bytes) > BM_PROTOCOL_MAX_JSON)
    {
      (void) fail (error, BM_ERROR_LIMIT, "request too long"); /* it always fails */
      return NULL;
    }
  object = bm_json_parse (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), error);
  if (object == NULL || !bm_json_check_version (object, error) ||
      !bm_json_get_hex (object, "nonce", self->nonce, BM_NONCE_LEN, error) ||
      !bm_json_get_int (object, "kiosk", 1, G_MAXUINT32, &kiosk, error) ||
      !bm_json_get_epoch (object, "epoch", &self->epoch, error) ||
      !bm_json_get_int (object, "seq", 1, MAX_SEQ, &seq, error) ||
      !bm_json_get_int (object, "ordinal", 0, MAX_ORDINAL, &ordinal, error) ||
      !bm_json_get_int (object, "bytes", 1, BM_PROTOCOL_MAX_BLOB, &size, error))
    return NULL;
  self->hashes = get_hashes (object, error);
  if (self->hashes == NULL)
    return NULL;
  self->kiosk = (guint32) kiosk;
  self->seq = (guint64) seq;
  self->ordinal = (guint) ordinal;
  self->bytes = (guint32) size;
  return g_steal_pointer (&self);
}

void
bm_blob_open_free (BmBlobOpen *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->hashes, g_bytes_unref);
  g_free (self);
}

void
bm_blob_id (GBytes *hashes, guint8 ret_blob[BM_SM3_LEN])
{
  g_return_if_fail (hashes != NULL && ret_blob != NULL);

  bm_sm3 (g_bytes_get_data (hashes, NULL), g_bytes_get_size (hashes), ret_blob);
}

char *
bm_blob_chunk_path (const guint8 blob[BM_SM3_LEN], guint chunk, const guint8 nonce[BM_NONCE_LEN])
{
  g_autofree char *name = NULL, *hex = NULL;

  g_return_val_if_fail (blob != NULL && nonce != NULL, NULL);
  g_return_val_if_fail (chunk < BM_PROTOCOL_MAX_CHUNKS, NULL);

  name = bm_hex_encode (blob, BM_SM3_LEN);
  hex = bm_hex_encode (nonce, BM_NONCE_LEN);
  return g_strdup_printf (BM_PATH_BLOB "/%s/%u?nonce=%s", name, chunk, hex);
}

/**
 * bm_blob_chunk_parse:
 * @path: the path of a `PUT`, without its query
 * @ret_blob: (out): the blob's name
 * @ret_chunk: (out): which chunk
 *
 * Returns: whether @path names a chunk, written in the one way that is legal
 */
gboolean
bm_blob_chunk_parse (const char *path, guint8 ret_blob[BM_SM3_LEN], guint *ret_chunk)
{
  g_autofree char *name = NULL;
  const char *number;
  guint64 chunk;
  char *end = NULL;

  g_return_val_if_fail (path != NULL && ret_blob != NULL && ret_chunk != NULL, FALSE);

  if (!g_str_has_prefix (path, BM_PATH_BLOB "/"))
    return FALSE;
  path += strlen (BM_PATH_BLOB "/");
  number = strchr (path, '/');
  if (number == NULL || !g_ascii_isdigit (number[1]))
    return FALSE;
  name = g_strndup (path, (gsize) (number - path));
  chunk = g_ascii_strtoull (number + 1, &end, 10);
  if (*end != '\0' || chunk >= BM_PROTOCOL_MAX_CHUNKS || (number[1] == '0' && number[2] != '\0'))
    return FALSE;
  *ret_chunk = (guint) chunk;
  return bm_hex_decode (name, ret_blob, BM_SM3_LEN);
}

/* The answer to a blob call */

static void
put_parts (BmJson *object, const GArray *parts)
{
  json_t *list;

  if (parts == NULL || parts->len == 0)
    return;
  list = json_array ();
  for (guint i = 0; i < MIN (parts->len, BM_PROTOCOL_MAX_PARTS); i++)
    {
      const BmBlobPart *part = &g_array_index (parts, BmBlobPart, i);

      json_array_append_new (list, json_pack ("[i, i]", (int) part->chunk, (int) part->bytes));
    }
  json_object_set_new (object, "parts", list);
}

static gboolean
get_part_number (const json_t *pair, gsize place, guint limit, guint *ret_number)
{
  const json_t *value = json_array_get (pair, place);
  const json_int_t number = json_integer_value (value);

  *ret_number = (guint) number;
  return json_is_integer (value) && number >= 0 && number < limit;
}

static gboolean
get_parts (const BmJson *object, BmReply *reply, GError **error)
{
  const json_t *list;

  if (!get_list (object, "parts", BM_PROTOCOL_MAX_PARTS, &list, error))
    return FALSE;
  if (list == NULL)
    return TRUE;
  reply->parts = g_array_new (FALSE, FALSE, sizeof (BmBlobPart));
  for (gsize i = 0; i < json_array_size (list); i++)
    {
      const json_t *pair = json_array_get (list, i);
      BmBlobPart part;

      if (json_array_size (pair) != 2 ||
          !get_part_number (pair, 0, BM_PROTOCOL_MAX_CHUNKS, &part.chunk) ||
          !get_part_number (pair, 1, BM_PROTOCOL_MAX_CHUNK, &part.bytes))
        return fail (error, BM_ERROR_INVALID, "parts of chunks that are none");
      g_array_append_val (reply->parts, part);
    }
  return TRUE;
}

void
bm_protocol_put_blob (BmJson *object, const BmReply *reply)
{
  gsize len = 0;
  gconstpointer have = reply->have != NULL ? g_bytes_get_data (reply->have, &len) : NULL;

  bm_json_set_hex (object, "blob", reply->blob, BM_SM3_LEN);
  bm_json_set_hex (object, "have", have != NULL ? have : "", len);
  json_object_set_new (object, "complete", json_boolean (reply->is_complete));
  put_parts (object, reply->parts);
}

gboolean
bm_protocol_get_blob (const BmJson *object, BmReply *reply, GError **error)
{
  guint8 have[BITMAP_BYTES];
  const char *text;
  gsize len;

  if (!bm_json_get_hex (object, "blob", reply->blob, BM_SM3_LEN, error) ||
      !bm_json_get_bool (object, "complete", &reply->is_complete, error))
    return FALSE;
  text = bm_json_get_string (object, "have", 2 * sizeof have, error);
  if (text == NULL)
    return FALSE;
  len = strlen (text) / 2;
  if (len == 0 || !bm_hex_decode (text, have, len))
    return fail (error, BM_ERROR_INVALID, "no bitmap of chunks");
  reply->have = g_bytes_new (have, len);
  return get_parts (object, reply, error);
}

/* hello: what the station was told, and what it could not use */

static void
put_bad (BmJson *object, const BmHello *hello)
{
  json_t *list;

  if (hello->bad == NULL || hello->bad->len == 0)
    return;
  list = json_array ();
  for (guint i = 0; i < hello->bad->len && i < BM_PROTOCOL_MAX_BAD; i++)
    {
      const BmHelloBad *item = g_ptr_array_index (hello->bad, i);

      json_array_append_new (list, json_pack ("{s:s, s:s, s:I, s:s}", "kind", item->kind, "name",
                                              item->name, "version", (json_int_t) item->version,
                                              "code", item->code != NULL ? item->code : ""));
    }
  json_object_set_new (object, "bad", list);
}

void
bm_protocol_put_settled (BmJson *object, const BmHello *hello)
{
  put_bad (object, hello);
  if (hello->settled != NULL && hello->settled->len > 0)
    {
      json_t *list = json_array ();

      for (guint i = 0; i < hello->settled->len && i < BM_PROTOCOL_MAX_EPOCHS; i++)
        {
          const BmSettledEpoch *epoch = &g_array_index (hello->settled, BmSettledEpoch, i);
          json_t *item = json_pack ("{s:I}", "count", (json_int_t) epoch->count);

          bm_json_set_epoch (item, "epoch", epoch->epoch);
          json_array_append_new (list, item);
        }
      json_object_set_new (object, "settled", list);
    }
}

static gboolean
get_bad (const json_t *object, BmHello *hello, GError **error)
{
  BmHelloBad *item = g_new0 (BmHelloBad, 1);
  const char *kind, *name, *code;

  g_ptr_array_add (hello->bad, item);
  if (!bm_json_get_int (object, "version", 0, G_MAXINT64, &item->version, error))
    return FALSE;
  kind = bm_json_get_string (object, "kind", BM_PROTOCOL_MAX_NAME, error);
  name = kind ? bm_json_get_string (object, "name", BM_PROTOCOL_MAX_NAME, error) : NULL;
  code = name ? bm_json_get_string (object, "code", BM_PROTOCOL_MAX_CODE, error) : NULL;
  if (code == NULL)
    return FALSE;
  item->kind = g_strdup (kind);
  item->name = g_strdup (name);
  item->code = g_strdup (code);
  return TRUE;
}

gboolean
bm_protocol_get_settled (const BmJson *object, BmHello *hello, GError **error)
{
  const json_t *settled, *bad;

  if (!get_list (object, "settled", BM_PROTOCOL_MAX_EPOCHS, &settled, error) ||
      !get_list (object, "bad", BM_PROTOCOL_MAX_BAD, &bad, error))
    return FALSE;
  hello->settled = g_array_new (FALSE, TRUE, sizeof (BmSettledEpoch));
  hello->bad = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_hello_bad_free);
  for (gsize i = 0; i < json_array_size (settled); i++)
    {
      const json_t *item = json_array_get (settled, i);
      BmSettledEpoch epoch;
      gint64 count;

      if (!bm_json_get_epoch (item, "epoch", &epoch.epoch, error) ||
          !bm_json_get_int (item, "count", 0, MAX_SEQ, &count, error))
        return FALSE;
      epoch.count = (guint64) count;
      g_array_append_val (hello->settled, epoch);
    }
  for (gsize i = 0; i < json_array_size (bad); i++)
    if (!get_bad (json_array_get (bad, i), hello, error))
      return FALSE;
  return TRUE;
}

/* hello: what the station learnt of the centre's clock since it was switched on */

void
bm_protocol_put_anchor (BmJson *sample, const BmHello *hello)
{
  if (hello->has_anchor)
    json_object_set_new (sample, "anchor",
                         json_pack ("{s:I, s:I, s:I}", "server_ms",
                                    (json_int_t) hello->anchor_server_ms, "boot_ms",
                                    (json_int_t) hello->anchor_boot_ms, "uncertainty_ms",
                                    (json_int_t) hello->anchor_uncertainty_ms));
}

gboolean
bm_protocol_get_anchor (const BmJson *sample, BmHello *hello, GError **error)
{
  const json_t *anchor = json_object_get (sample, "anchor");

  if (anchor == NULL)
    return TRUE;
  hello->has_anchor = TRUE;
  return bm_json_get_int (anchor, "server_ms", 0, MAX_CLOCK_MS, &hello->anchor_server_ms, error) &&
         bm_json_get_int (anchor, "boot_ms", 0, MAX_CLOCK_MS, &hello->anchor_boot_ms, error) &&
         bm_json_get_int (anchor, "uncertainty_ms", 0, MAX_CLOCK_MS, &hello->anchor_uncertainty_ms,
                          error);
}

/* hello's answer: what the platform holds, and what of it would survive the loss of its disk */

static json_t *
encode_ranges (const GArray *ranges)
{
  json_t *list = json_array ();

  for (guint i = 0; i < ranges->len; i++)
    {
      const BmSeqRange *range = &g_array_index (ranges, BmSeqRange, i);

      json_array_append_new (list, json_pack ("[I, I]", (json_int_t) range->first,
                                              (json_int_t) range->last));
    }
  return list;
}

void
bm_protocol_put_held (BmJson *object, const BmReply *reply)
{
  json_t *held = json_array (), *backed_up = json_array ();

  for (guint i = 0; i < reply->held->len; i++)
    {
      const BmHeldEpoch *epoch = g_ptr_array_index (reply->held, i);
      json_t *item = json_pack ("{s:I}", "count", (json_int_t) epoch->count);

      bm_json_set_epoch (item, "epoch", epoch->epoch);
      if (epoch->ranges != NULL)
        json_object_set_new (item, "ranges", encode_ranges (epoch->ranges));
      json_array_append_new (held, item);
    }
  for (guint i = 0; i < reply->backed_up->len; i++)
    {
      const BmBackedUp *mark = &g_array_index (reply->backed_up, BmBackedUp, i);
      json_t *item = json_pack ("{s:I}", "upto", (json_int_t) mark->upto);

      bm_json_set_epoch (item, "epoch", mark->epoch);
      json_array_append_new (backed_up, item);
    }
  if (json_array_size (held) > 0)
    json_object_set (object, "held", held);
  if (json_array_size (backed_up) > 0)
    json_object_set (object, "backed_up", backed_up);
  json_decref (held);
  json_decref (backed_up);
}

static gboolean
get_seq (const json_t *value, guint64 least, guint64 *ret_seq)
{
  if (!json_is_integer (value) || json_integer_value (value) < 0)
    return FALSE;
  *ret_seq = (guint64) json_integer_value (value);
  return *ret_seq >= least;
}

static gboolean
get_ranges (const json_t *object, BmHeldEpoch *epoch, GError **error)
{
  const json_t *list;
  guint64 least = 1;

  if (!get_list (object, "ranges", BM_PROTOCOL_MAX_RANGES, &list, error))
    return FALSE;
  if (list == NULL)
    return TRUE;
  epoch->ranges = g_array_new (FALSE, TRUE, sizeof (BmSeqRange));
  for (gsize i = 0; i < json_array_size (list); i++)
    {
      const json_t *pair = json_array_get (list, i);
      BmSeqRange range;

      if (json_array_size (pair) != 2 || !get_seq (json_array_get (pair, 0), least, &range.first) ||
          !get_seq (json_array_get (pair, 1), range.first, &range.last))
        return fail (error, BM_ERROR_INVALID, "ranges that are none");
      g_array_append_val (epoch->ranges, range);
      least = range.last + 1; /* at most 2^63 */
    }
  return TRUE;
}

static gboolean
get_held_epoch (const json_t *object, BmReply *reply, GError **error)
{
  BmHeldEpoch *epoch = g_new0 (BmHeldEpoch, 1);
  gint64 count;

  g_ptr_array_add (reply->held, epoch);
  if (!bm_json_get_epoch (object, "epoch", &epoch->epoch, error) ||
      !bm_json_get_int (object, "count", 0, MAX_SEQ, &count, error))
    return FALSE;
  epoch->count = (guint64) count;
  return get_ranges (object, epoch, error);
}

gboolean
bm_protocol_get_held (const BmJson *object, BmReply *reply, GError **error)
{
  const json_t *held, *backed_up;

  if (!get_list (object, "held", BM_PROTOCOL_MAX_EPOCHS, &held, error) ||
      !get_list (object, "backed_up", BM_PROTOCOL_MAX_EPOCHS, &backed_up, error))
    return FALSE;
  for (gsize i = 0; i < json_array_size (held); i++)
    if (!get_held_epoch (json_array_get (held, i), reply, error))
      return FALSE;
  for (gsize i = 0; i < json_array_size (backed_up); i++)
    {
      const json_t *item = json_array_get (backed_up, i);
      BmBackedUp mark;
      gint64 upto;

      if (!bm_json_get_epoch (item, "epoch", &mark.epoch, error) ||
          !bm_json_get_int (item, "upto", 0, MAX_SEQ, &upto, error))
        return FALSE;
      mark.upto = (guint64) upto;
      g_array_append_val (reply->backed_up, mark);
    }
  return TRUE;
}
