/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/protocol.h"

#include "sync/protocol-columns.h"
#include "sync/protocol-json.h"

#include <string.h>

/*
 * Batches. The second form is written, the first only to try a line; both are read:
 *
 *   "BMB1" | header_len u32 | header json | count x ( len u32 | record ) | sig
 *   "BMB2" | nonce 16 | head 32 | epoch u64 | packed_len u32 | packed | raw | sig
 *
 * packed is a zstd frame without its magic number, of: accept, kiosk, cursor, head_seq, count as varints, then
 * the columns of protocol-columns.c. What does not compress stands outside: sealed payloads as they are.
 *
 * Invariant B1: what bm_batch_decode() gives is what bm_batch_encode() was given, byte for byte.
 */

#define FIRST_MAGIC  "BMB1"
#define SECOND_MAGIC "BMB2"
#define MAGIC_LEN    4
#define SIGNED_TEXT  "bianmin batch"
#define MAX_SEQ      G_MAXINT64

#define AT_NONCE   MAGIC_LEN
#define AT_HEAD    (AT_NONCE + BM_NONCE_LEN)
#define AT_EPOCH   (AT_HEAD + BM_SM3_LEN)
#define AT_LEN     (AT_EPOCH + 8)
#define PREFIX_LEN (AT_LEN + 4)

#define PACK_LEVEL  19           /* a few kilobytes at the most */
#define MAX_COLUMNS (256 * 1024) /* of BM_PROTOCOL_MAX_RECORDS records */
#define MAX_RECORDS (BM_PROTOCOL_MAX_REQUEST + BM_PROTOCOL_MAX_RECORDS * 1024) /* bytes, unpacked */
#define MAX_ACCEPT  255

static gboolean
fail (GError **error, BmError code, const char *what)
{
  g_set_error (error, BM_ERROR, code, "protocol: %s", what);
  return FALSE;
}

static GBytes *
get_batch_signed_bytes (const guint8 *data, gsize len)
{
  GByteArray *message = g_byte_array_new ();
  guint8 hash[BM_SM3_LEN];

  bm_sm3 (data, len, hash);
  g_byte_array_append (message, (const guint8 *) SIGNED_TEXT, strlen (SIGNED_TEXT));
  g_byte_array_append (message, hash, sizeof hash);
  return g_byte_array_free_to_bytes (message);
}

/* Writing */

static gboolean
check_size (GPtrArray *records, GError **error)
{
  gsize sum = PREFIX_LEN + BM_SM2_SIGNATURE_LEN;

  for (guint i = 0; i < records->len && sum <= BM_PROTOCOL_MAX_REQUEST; i++)
    sum += 4 + g_bytes_get_size (g_ptr_array_index (records, i));
  return (records->len <= BM_PROTOCOL_MAX_RECORDS && sum <= BM_PROTOCOL_MAX_REQUEST) ||
         fail (error, BM_ERROR_LIMIT, "batch too big");
}

/* Everything before the signature. */
static GByteArray *
write_body (const BmBatchHeader *header, GPtrArray *records, GError **error)
{
  g_autoptr (GByteArray) columns = g_byte_array_new ();
  g_autoptr (GByteArray) raw = g_byte_array_new ();
  g_autoptr (GByteArray) packed = NULL;
  GByteArray *out;

  bm_put_varint (columns, MAX (header->accept, 1));
  bm_put_varint (columns, header->kiosk);
  bm_put_varint (columns, (guint64) header->cursor);
  bm_put_varint (columns, header->head_seq);
  bm_put_varint (columns, records->len);
  bm_columns_write (records, columns, raw);
  packed = bm_pack (NULL, columns->data, columns->len, PACK_LEVEL, error);
  if (packed == NULL)
    return NULL;
  out = g_byte_array_new ();
  g_byte_array_append (out, (const guint8 *) SECOND_MAGIC, MAGIC_LEN);
  g_byte_array_append (out, header->nonce, BM_NONCE_LEN);
  g_byte_array_append (out, header->head, BM_SM3_LEN);
  bm_put_u64 (out, header->epoch);
  bm_put_u32 (out, packed->len);
  g_byte_array_append (out, packed->data, packed->len);
  g_byte_array_append (out, raw->data, raw->len);
  return out;
}

/* Signs @body, which it takes over. */
static GBytes *
seal (GByteArray *body, const BmKey *station_key, GError **error)
{
  g_autoptr (GByteArray) out = body;
  g_autoptr (GBytes) message = get_batch_signed_bytes (out->data, out->len);
  g_autoptr (GBytes) signature = bm_sign (station_key, message, error);

  if (signature == NULL)
    return NULL;
  g_byte_array_append (out, g_bytes_get_data (signature, NULL), BM_SM2_SIGNATURE_LEN);
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

/**
 * bm_batch_encode:
 * @header: who sends, from where in the chain
 * @records: (element-type GBytes): records, run rows first; may be empty
 * @station_key: the station's private signing key
 * @error: return location for an error
 *
 * Writes and signs a batch.
 *
 * Returns: (transfer full): the request body, or %NULL; BM_ERROR_LIMIT when it would be too big
 */
GBytes *
bm_batch_encode (const BmBatchHeader *header,
                 GPtrArray *records,
                 const BmKey *station_key,
                 GError **error)
{
  g_autoptr (GByteArray) out = NULL;

  g_return_val_if_fail (header != NULL && records != NULL && station_key != NULL, NULL);

  if (!check_size (records, error))
    return NULL;
  out = write_body (header, records, error);
  if (out == NULL)
    return NULL;
  if (out->len > BM_PROTOCOL_MAX_REQUEST - BM_SM2_SIGNATURE_LEN)
    {
      (void) fail (error, BM_ERROR_LIMIT, "batch too big"); /* it always fails */
      return NULL;
    }
  return seal (g_steal_pointer (&out), station_key, error);
}

static void
put_bytes (GByteArray *out, GBytes *bytes)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);

  bm_put_u32 (out, (guint32) len);
  g_byte_array_append (out, data, len);
}

static gboolean
check_control (GPtrArray *records, gsize pad, GError **error)
{
  return check_size (records, error) &&
         (pad <= BM_PROTOCOL_MAX_PAD || fail (error, BM_ERROR_LIMIT, "control too big"));
}

/**
 * bm_batch_encode_control:
 * @header: who sends, from where in the chain
 * @records: (element-type GBytes): run rows only; may be empty
 * @pad: so many bytes that say nothing, at most BM_PROTOCOL_MAX_PAD
 * @station_key: the station's private signing key
 * @error: return location for an error
 *
 * Writes and signs a batch of the first form, as large as one with an entry. What carries it carries such an entry.
 *
 * Returns: (transfer full): the request body, or %NULL
 */
GBytes *
bm_batch_encode_control (const BmBatchHeader *header,
                         GPtrArray *records,
                         gsize pad,
                         const BmKey *station_key,
                         GError **error)
{
  g_autoptr (BmJson) object = json_object ();
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (GBytes) json = NULL;
  g_autofree char *filling = NULL;

  g_return_val_if_fail (header != NULL && records != NULL && station_key != NULL, NULL);

  if (!check_control (records, pad, error))
    return NULL;
  filling = g_strnfill (pad, 'x');
  json_object_set_new (object, "v", json_integer (BM_PROTOCOL_VERSION));
  bm_json_set_hex (object, "nonce", header->nonce, BM_NONCE_LEN);
  json_object_set_new (object, "kiosk", json_integer (header->kiosk));
  bm_json_set_epoch (object, "epoch", header->epoch);
  json_object_set_new (object, "cursor", json_integer (header->cursor));
  json_object_set_new (object, "head_seq", json_integer ((json_int_t) header->head_seq));
  bm_json_set_hex (object, "head", header->head, BM_SM3_LEN);
  json_object_set_new (object, "count", json_integer (records->len));
  json_object_set_new (object, "pad", json_string (filling));
  json = bm_json_dump (object);
  g_byte_array_append (out, (const guint8 *) FIRST_MAGIC, MAGIC_LEN);
  put_bytes (out, json);
  for (guint i = 0; i < records->len; i++)
    put_bytes (out, g_ptr_array_index (records, i));
  return seal (g_steal_pointer (&out), station_key, error);
}

/* Reading the first form */

static gboolean
decode_first_header (const guint8 *data,
                     gsize len,
                     BmBatchHeader *ret_header,
                     guint *ret_count,
                     GError **error)
{
  g_autoptr (BmJson) object = bm_json_parse (data, len, error);
  BmBatchHeader header = { .accept = 1 };
  gint64 kiosk, head_seq, count;

  if (object == NULL || !bm_json_check_version (object, error) ||
      !bm_json_get_hex (object, "nonce", header.nonce, BM_NONCE_LEN, error) ||
      !bm_json_get_int (object, "kiosk", 1, G_MAXUINT32, &kiosk, error) ||
      !bm_json_get_epoch (object, "epoch", &header.epoch, error) ||
      !bm_json_get_int (object, "cursor", 0, G_MAXINT64, &header.cursor, error) ||
      !bm_json_get_int (object, "head_seq", 0, MAX_SEQ, &head_seq, error) ||
      !bm_json_get_hex (object, "head", header.head, BM_SM3_LEN, error) ||
      !bm_json_get_int (object, "count", 0, BM_PROTOCOL_MAX_RECORDS, &count, error))
    return FALSE;
  header.kiosk = (guint32) kiosk;
  header.head_seq = (guint64) head_seq;
  *ret_header = header;
  *ret_count = (guint) count;
  return TRUE;
}

/* Splits data[at, end) into @count records, leaving nothing over. */
static GPtrArray *
split_records (GBytes *bytes, gsize at, gsize end, guint count, GError **error)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  const guint8 *data = g_bytes_get_data (bytes, NULL);

  for (guint i = 0; i < count; i++)
    {
      gsize len = end - at >= 4 ? bm_get_u32 (data + at) : G_MAXSIZE;

      if (len == G_MAXSIZE || len > end - at - 4)
        break;
      g_ptr_array_add (records, g_bytes_new_from_bytes (bytes, at + 4, len));
      at += 4 + len;
    }
  if (records->len != count || at != end)
    {
      (void) fail (error, BM_ERROR_INVALID, "records do not fill the batch"); /* it always fails */
      return NULL;
    }
  return g_steal_pointer (&records);
}

static GPtrArray *
decode_first (GBytes *bytes, gsize len, BmBatchHeader *ret_header, GError **error)
{
  const guint8 *data = g_bytes_get_data (bytes, NULL);
  gsize header_len = bm_get_u32 (data + MAGIC_LEN);
  guint count;

  if (header_len > BM_PROTOCOL_MAX_JSON || header_len > len - MAGIC_LEN - 4)
    {
      (void) fail (error, BM_ERROR_INVALID, "batch header too long"); /* it always fails */
      return NULL;
    }
  if (!decode_first_header (data + MAGIC_LEN + 4, header_len, ret_header, &count, error))
    return NULL;
  return split_records (bytes, MAGIC_LEN + 4 + header_len, len, count, error);
}

/* Reading the second form */

static gboolean
read_numbers (BmReader *columns, BmBatchHeader *header, guint *ret_count)
{
  guint64 accept = bm_take_varint (columns);
  guint64 kiosk = bm_take_varint (columns);
  guint64 cursor = bm_take_varint (columns);
  guint64 head_seq = bm_take_varint (columns);
  guint64 count = bm_take_varint (columns);

  if (columns->is_broken || accept < 1 || accept > MAX_ACCEPT || kiosk < 1 || kiosk > G_MAXUINT32 ||
      cursor > G_MAXINT64 || head_seq > MAX_SEQ || count > BM_PROTOCOL_MAX_RECORDS)
    return FALSE;
  header->accept = (guint) accept;
  header->kiosk = (guint32) kiosk;
  header->cursor = (gint64) cursor;
  header->head_seq = head_seq;
  *ret_count = (guint) count;
  return TRUE;
}

static GPtrArray *
decode_second (GBytes *bytes, gsize len, BmBatchHeader *ret_header, GError **error)
{
  const guint8 *data = g_bytes_get_data (bytes, NULL);
  gsize packed_len = len >= PREFIX_LEN ? bm_get_u32 (data + AT_LEN) : G_MAXSIZE;
  g_autoptr (GBytes) plain = NULL;
  BmBatchHeader header = { 0 };
  BmReader columns, raw;
  GPtrArray *records;
  guint count;

  if (packed_len == G_MAXSIZE || packed_len > len - PREFIX_LEN)
    {
      (void) fail (error, BM_ERROR_INVALID, "batch header too long"); /* it always fails */
      return NULL;
    }
  plain = bm_unpack (NULL, data + PREFIX_LEN, packed_len, MAX_COLUMNS, error);
  if (plain == NULL)
    return NULL;
  columns = (BmReader){ g_bytes_get_data (plain, NULL), g_bytes_get_size (plain), FALSE };
  raw = (BmReader){ data + PREFIX_LEN + packed_len, len - PREFIX_LEN - packed_len, FALSE };
  memcpy (header.nonce, data + AT_NONCE, BM_NONCE_LEN);
  memcpy (header.head, data + AT_HEAD, BM_SM3_LEN);
  header.epoch = (guint64) bm_get_u32 (data + AT_EPOCH) << 32 | bm_get_u32 (data + AT_EPOCH + 4);
  records = read_numbers (&columns, &header, &count)
              ? bm_columns_read (&columns, &raw, count, MAX_RECORDS)
              : NULL;
  if (records == NULL)
    (void) fail (error, BM_ERROR_INVALID, "records do not fill the batch"); /* it always fails */
  else
    *ret_header = header;
  return records;
}

/**
 * bm_batch_decode:
 * @bytes: a request body
 * @ret_header: (out): the header
 * @error: return location for an error
 *
 * Takes a batch apart without believing it: the records are not parsed (one that cannot be is
 * quarantined, not a reason to refuse its neighbours), and the signature is for bm_batch_verify().
 *
 * Returns: (transfer full) (element-type GBytes): the records, or %NULL
 */
GPtrArray *
bm_batch_decode (GBytes *bytes, BmBatchHeader *ret_header, GError **error)
{
  gsize len;
  const guint8 *data;

  g_return_val_if_fail (bytes != NULL && ret_header != NULL, NULL);

  data = g_bytes_get_data (bytes, &len);
  if (len > BM_PROTOCOL_MAX_REQUEST)
    {
      (void) fail (error, BM_ERROR_LIMIT, "batch too big"); /* it always fails */
      return NULL;
    }
  if (len >= MAGIC_LEN + 4 + BM_SM2_SIGNATURE_LEN)
    {
      len -= BM_SM2_SIGNATURE_LEN;
      if (memcmp (data, FIRST_MAGIC, MAGIC_LEN) == 0)
        return decode_first (bytes, len, ret_header, error);
      if (memcmp (data, SECOND_MAGIC, MAGIC_LEN) == 0)
        return decode_second (bytes, len, ret_header, error);
    }
  (void) fail (error, BM_ERROR_INVALID, "not a batch"); /* it always fails */
  return NULL;
}

gboolean
bm_batch_verify (GBytes *bytes, const BmKey *station_public, GError **error)
{
  gsize len;
  const guint8 *data;
  g_autoptr (GBytes) message = NULL, signature = NULL;

  g_return_val_if_fail (bytes != NULL && station_public != NULL, FALSE);

  data = g_bytes_get_data (bytes, &len);
  if (len <= BM_SM2_SIGNATURE_LEN)
    return fail (error, BM_ERROR_INVALID, "not a batch");
  len -= BM_SM2_SIGNATURE_LEN;
  message = get_batch_signed_bytes (data, len);
  signature = g_bytes_new_from_bytes (bytes, len, BM_SM2_SIGNATURE_LEN);
  return bm_verify (station_public, message, signature, error);
}
