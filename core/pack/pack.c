/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-pack"

#include "core/pack/pack.h"

#include "core/calendar/day.h"
#include "core/error.h"
#include "core/pack/pack-private.h"

#include <string.h>
#include <zstd.h>

/*
 * Sealing and opening the records of a pack.
 *
 *   K ── KDF "pack locator", pack|year ──► HMAC-SM3 of pack|year, 16 bytes: locator
 *    └── KDF "pack record", pack|year ───► seals  zstd (JSON + blanks) | skippable frame
 *
 * Invariants:
 *  P1  A locator and a record key follow from K, pack and year alone; without K they look random.
 *  P2  A record opens only under its own locator, pack and year: the three are its additional data.
 *  P3  The sealed length is BM_SEAL_OVERHEAD and a multiple of BM_PACK_PAD. Blanks alone would be
 *      squeezed out again by zstd, so that the compressed bytes are filled up too, with a skippable
 *      frame, which every zstd decoder passes over.
 *  P4  What was opened is checked for its shape before anybody sees it, and our copies are wiped.
 */

#define MAX_HEAD        4096
#define MAX_BUCKET      (1024 * 1024)
#define ZSTD_LEVEL      3
#define SKIP_MAGIC      0x184D2A50u
#define SKIP_HEADER     8
#define AAD_PREFIX      "bianmin pack"
#define LOCATOR_DIGITS  (2 * BM_PACK_LOCATOR_LEN)
#define LABEL_OF_LOCATE "pack locator"
#define LABEL_OF_RECORD "pack record"

static gboolean
set_invalid (GError **error, const char *text)
{
  g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID, text);
  return FALSE;
}

static json_t *
load (GBytes *body, gsize max, GError **error)
{
  gsize len = 0;
  const char *data = g_bytes_get_data (body, &len);
  json_t *json =
    len > 0 && len <= max ? json_loadb (data, len, JSON_REJECT_DUPLICATES, NULL) : NULL;

  if (json == NULL)
    set_invalid (error, len > max ? "pack: too long" : "pack: not JSON");
  return json;
}

static void
write_hex (const guint8 *data, gsize len, char *ret_text)
{
  for (gsize i = 0; i < len; i++)
    g_snprintf (ret_text + 2 * i, 3, "%02x", data[i]);
}

static void
read_hex (const char *text, guint8 *ret_data, gsize len)
{
  for (gsize i = 0; i < len; i++)
    ret_data[i] =
      (guint8) (g_ascii_xdigit_value (text[2 * i]) << 4 | g_ascii_xdigit_value (text[2 * i + 1]));
}

/* Of an object that was checked. */
static guint
get_number (json_t *object, const char *key)
{
  return (guint) json_integer_value (json_object_get (object, key));
}

static const char *
get_text (json_t *object, const char *key)
{
  return json_string_value (json_object_get (object, key));
}

static BmPackHead *
read_head (json_t *json, GError **error)
{
  g_autoptr (BmPackHead) self = NULL;

  if (!bm_pack_check_head (json, error))
    return NULL;
  self = g_new0 (BmPackHead, 1);
  self->pack = g_strdup (get_text (json, "pack"));
  self->year = get_number (json, "year");
  self->as_of = bm_day_from_string (get_text (json, "as_of"));
  self->bits = get_number (json, "bits");
  self->count = get_number (json, "count");
  read_hex (get_text (json, "salt"), self->salt, sizeof self->salt);
  return g_steal_pointer (&self);
}

/**
 * bm_pack_head_parse:
 * @body: body of a message of kind %BM_PACK_HEAD_KIND
 * @error: %BM_ERROR_INVALID, %BM_ERROR_UNSUPPORTED for a version of tomorrow
 *
 * Reads the head of a pack.
 *
 * Returns: (transfer full): the head
 */
BmPackHead *
bm_pack_head_parse (GBytes *body, GError **error)
{
  BmPackHead *self;
  json_t *json;

  g_return_val_if_fail (body != NULL, NULL);

  json = load (body, MAX_HEAD, error);
  self = json != NULL ? read_head (json, error) : NULL;
  json_decref (json);
  return self;
}

/**
 * bm_pack_head_to_json:
 * @self: a head
 *
 * Gives the body of the message that carries @self.
 *
 * Returns: (transfer full): an object
 */
json_t *
bm_pack_head_to_json (const BmPackHead *self)
{
  char salt[2 * BM_PACK_SALT_LEN + 1];
  g_autofree char *as_of = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  write_hex (self->salt, sizeof self->salt, salt);
  as_of = bm_day_to_string (self->as_of);
  return json_pack ("{s:i, s:s, s:i, s:s, s:s, s:i, s:i}", "version", 1, "pack", self->pack, "year",
                    (int) self->year, "as_of", as_of, "salt", salt, "bits", (int) self->bits,
                    "count", (int) self->count);
}

void
bm_pack_head_free (BmPackHead *self)
{
  if (self == NULL)
    return;
  g_free (self->pack);
  g_free (self);
}

/**
 * bm_pack_head_get_salt:
 * @self: a head
 *
 * Gives the salt for bm_slow_key().
 *
 * Returns: (transfer full): the salt
 */
GBytes *
bm_pack_head_get_salt (const BmPackHead *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_bytes_new (self->salt, sizeof self->salt);
}

static GBytes *
new_context (const BmPackHead *self)
{
  char *text = g_strdup_printf ("%s|%u", self->pack, self->year);

  return g_bytes_new_take (text, strlen (text));
}

/**
 * bm_pack_locate:
 * @self: a head
 * @slow_key: what bm_slow_key() made of the person's number and the salt of @self
 * @ret_locator: (out): the locator
 *
 * Says where the record of a person lies, whether or not there is one.
 */
void
bm_pack_locate (const BmPackHead *self,
                const BmKey *slow_key,
                guint8 ret_locator[BM_PACK_LOCATOR_LEN])
{
  g_autoptr (GBytes) context = NULL;
  g_autoptr (BmKey) key = NULL;
  guint8 mac[BM_SM3_LEN];

  g_return_if_fail (self != NULL && slow_key != NULL);

  context = new_context (self);
  key = bm_kdf (slow_key, LABEL_OF_LOCATE, context, NULL); /* cannot fail for a symmetric key */
  bm_hmac_sm3 (key, g_bytes_get_data (context, NULL), g_bytes_get_size (context), mac);
  memcpy (ret_locator, mac, BM_PACK_LOCATOR_LEN);
  bm_wipe (mac, sizeof mac);
}

/**
 * bm_pack_dup_bucket_name:
 * @self: a head
 * @locator: where a record lies
 *
 * Names the message of kind %BM_PACK_KIND that holds @locator.
 *
 * Returns: (transfer full): "benefit/2026/5/1f"
 */
char *
bm_pack_dup_bucket_name (const BmPackHead *self, const guint8 locator[BM_PACK_LOCATOR_LEN])
{
  g_return_val_if_fail (self != NULL && locator != NULL && self->bits <= BM_PACK_MAX_BITS, NULL);

  return g_strdup_printf ("%s/%u/%u/%02x", self->pack, self->year, self->bits,
                          locator[0] >> (BM_PACK_MAX_BITS - self->bits));
}

static BmKey *
derive_record_key (const BmPackHead *self, const BmKey *slow_key, GError **error)
{
  g_autoptr (GBytes) context = new_context (self);

  return bm_kdf (slow_key, LABEL_OF_RECORD, context, error);
}

static GBytes *
new_aad (const BmPackHead *self, const char *locator)
{
  char *text = g_strdup_printf (AAD_PREFIX "|%s|%u|%s", self->pack, self->year, locator);

  return g_bytes_new_take (text, strlen (text));
}

static void
find_locator (const BmPackHead *self, const BmKey *slow_key, char ret_text[LOCATOR_DIGITS + 1])
{
  guint8 locator[BM_PACK_LOCATOR_LEN];

  bm_pack_locate (self, slow_key, locator);
  write_hex (locator, sizeof locator, ret_text);
}

static gsize
round_up (gsize len)
{
  return (len + BM_PACK_PAD - 1) / BM_PACK_PAD * BM_PACK_PAD;
}

static void
wipe_array (gpointer data)
{
  GByteArray *array = data;

  bm_wipe (array->data, array->len);
  g_byte_array_unref (array);
}

/* The JSON text, filled with blanks; its memory is wiped. */
static GByteArray *
write_padded (json_t *record, GError **error)
{
  char *text = json_dumps (record, JSON_COMPACT | JSON_SORT_KEYS);
  gsize len = text != NULL ? strlen (text) : 0;
  gsize padded = round_up (len);
  GByteArray *out = NULL;

  if (len == 0 || padded > BM_PACK_MAX_RECORD)
    {
      bm_wipe_string (text);
      set_invalid (error, "pack record: too long");
      return NULL;
    }
  out = g_byte_array_sized_new ((guint) padded);
  g_byte_array_set_size (out, (guint) padded);
  memset (out->data, ' ', padded);
  memcpy (out->data, text, len);
  bm_wipe_string (text);
  return out;
}

/* Fills @packed up with one skippable frame (P3). */
static void
fill_up (GByteArray *packed)
{
  gsize old = packed->len;
  gsize total = round_up (old);
  guint32 header[2];

  if (total == old)
    return;
  if (total - old < SKIP_HEADER)
    total += BM_PACK_PAD;
  header[0] = GUINT32_TO_LE (SKIP_MAGIC);
  header[1] = GUINT32_TO_LE ((guint32) (total - old - SKIP_HEADER));
  g_byte_array_set_size (packed, (guint) total);
  memcpy (packed->data + old, header, SKIP_HEADER);
  memset (packed->data + old + SKIP_HEADER, 0, total - old - SKIP_HEADER);
}

static GBytes *
compress (const GByteArray *plain, GError **error)
{
  /* Room for the fill as well, so that growing leaves no unwiped copy behind. */
  gsize bound = ZSTD_compressBound (plain->len);
  GByteArray *packed = g_byte_array_sized_new ((guint) (bound + 2 * BM_PACK_PAD));
  gsize len;

  g_byte_array_set_size (packed, (guint) bound);
  len = ZSTD_compress (packed->data, packed->len, plain->data, plain->len, ZSTD_LEVEL);
  if (ZSTD_isError (len))
    {
      wipe_array (packed);
      g_set_error (error, BM_ERROR, BM_ERROR_FAILED, "zstd: %s", ZSTD_getErrorName (len));
      return NULL;
    }
  bm_wipe (packed->data + len, bound - len);
  g_byte_array_set_size (packed, (guint) len);
  fill_up (packed);
  return g_bytes_new_with_free_func (packed->data, packed->len, wipe_array, packed);
}

/**
 * bm_pack_seal_record:
 * @self: the head of the pack it goes into
 * @slow_key: the person's slow key
 * @record: what the essay of this header says
 * @error: %BM_ERROR_INVALID, %BM_ERROR_CRYPTO
 *
 * Seals a person's record.
 *
 * Returns: (transfer full): text for a bucket's "records"
 */
char *
bm_pack_seal_record (const BmPackHead *self, const BmKey *slow_key, json_t *record, GError **error)
{
  char locator[LOCATOR_DIGITS + 1];
  g_autoptr (BmKey) key = NULL;
  g_autoptr (GBytes) packed = NULL;
  g_autoptr (GBytes) aad = NULL;
  g_autoptr (GBytes) sealed = NULL;
  GByteArray *plain;

  g_return_val_if_fail (self != NULL && slow_key != NULL && record != NULL, NULL);

  if (!bm_pack_check_record (record, error))
    return NULL;
  plain = write_padded (record, error);
  if (plain == NULL)
    return NULL;
  packed = compress (plain, error);
  wipe_array (plain);
  key = packed != NULL ? derive_record_key (self, slow_key, error) : NULL;
  if (key == NULL)
    return NULL;
  find_locator (self, slow_key, locator);
  aad = new_aad (self, locator);
  sealed = bm_seal (key, aad, packed, error);
  if (sealed == NULL)
    return NULL;
  return g_base64_encode (g_bytes_get_data (sealed, NULL), g_bytes_get_size (sealed));
}

static gboolean
is_bucket_of (const BmPackHead *self, json_t *bucket, GError **error)
{
  if (!bm_pack_check_bucket (bucket, error))
    return FALSE;
  if (g_strcmp0 (get_text (bucket, "pack"), self->pack) == 0 &&
      get_number (bucket, "year") == self->year)
    return TRUE;
  return set_invalid (error, "pack: the bucket is of another pack or year");
}

/* g_base64_decode() passes over what is not base64; here nothing is passed over. */
static gboolean
is_base64 (const char *text)
{
  static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  gsize plain = strspn (text, alphabet);
  gsize filled = strspn (text + plain, "=");

  return plain > 0 && filled <= 2 && text[plain + filled] == '\0' && (plain + filled) % 4 == 0;
}

static GBytes *
decode (const char *text, GError **error)
{
  gsize len = 0;
  guint8 *data;

  if (!is_base64 (text))
    {
      set_invalid (error, "pack record: not base64");
      return NULL;
    }
  data = g_base64_decode (text, &len);
  return g_bytes_new_take (data, len);
}

/* The JSON text of an opened record; its memory is wiped by the caller. */
static GByteArray *
decompress (GBytes *packed, GError **error)
{
  gsize packed_len = 0;
  gconstpointer data = g_bytes_get_data (packed, &packed_len);
  unsigned long long len = ZSTD_getFrameContentSize (data, packed_len);
  GByteArray *plain;
  gsize got;

  if (len == ZSTD_CONTENTSIZE_UNKNOWN || len == ZSTD_CONTENTSIZE_ERROR || len == 0 ||
      len > BM_PACK_MAX_RECORD)
    {
      set_invalid (error, "pack record: names no fitting length");
      return NULL;
    }
  plain = g_byte_array_sized_new ((guint) len);
  g_byte_array_set_size (plain, (guint) len);
  got = ZSTD_decompress (plain->data, plain->len, data, packed_len);
  if (!ZSTD_isError (got) && got == len)
    return plain;
  wipe_array (plain);
  set_invalid (error, "pack record: does not decompress");
  return NULL;
}

static json_t *
read_record (GBytes *packed, GError **error)
{
  GByteArray *plain = decompress (packed, error);
  json_t *record;

  if (plain == NULL)
    return NULL;
  record = json_loadb ((const char *) plain->data, plain->len, JSON_REJECT_DUPLICATES, NULL);
  wipe_array (plain);
  if (record == NULL)
    set_invalid (error, "pack record: not JSON");
  else if (bm_pack_check_record (record, error))
    return record;
  json_decref (record);
  return NULL;
}

static json_t *
open_sealed (const BmPackHead *self,
             const BmKey *slow_key,
             const char *locator,
             const char *text,
             GError **error)
{
  g_autoptr (GBytes) sealed = decode (text, error);
  g_autoptr (GBytes) aad = new_aad (self, locator);
  g_autoptr (GBytes) packed = NULL;
  g_autoptr (BmKey) key = NULL;

  key = sealed != NULL ? derive_record_key (self, slow_key, error) : NULL;
  packed = key != NULL ? bm_unseal (key, aad, sealed, error) : NULL;
  return packed != NULL ? read_record (packed, error) : NULL;
}

/**
 * bm_pack_open_record:
 * @self: the head
 * @slow_key: the person's slow key
 * @bucket: body of the message that bm_pack_dup_bucket_name() names
 * @error: %BM_ERROR_INVALID, %BM_ERROR_CORRUPT when the bytes do not verify, %BM_ERROR_UNSUPPORTED
 *
 * Opens the record of a person and checks its shape.
 *
 * Returns: (transfer full) (nullable): the record; %NULL without @error when the bucket has none
 */
json_t *
bm_pack_open_record (const BmPackHead *self, const BmKey *slow_key, GBytes *bucket, GError **error)
{
  char locator[LOCATOR_DIGITS + 1];
  json_t *json;
  json_t *record = NULL;

  g_return_val_if_fail (self != NULL && slow_key != NULL && bucket != NULL, NULL);

  json = load (bucket, MAX_BUCKET, error);
  if (json != NULL && is_bucket_of (self, json, error))
    {
      const char *text;

      find_locator (self, slow_key, locator);
      text = get_text (json_object_get (json, "records"), locator);
      record = text != NULL ? open_sealed (self, slow_key, locator, text, error) : NULL;
    }
  json_decref (json);
  return record;
}
