/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/protocol-json.h"

#include "sync/protocol.h"

#include <string.h>

/*
 * JSON as protocol v1 wants it: no duplicate keys, integers only where an integer is asked for, every
 * string bounded. One missing or malformed key spoils the whole message; nothing is guessed.
 */

#define MAX_DUMP_FLAGS (JSON_COMPACT | JSON_SORT_KEYS)

static gboolean
fail (GError **error, const char *key, const char *what)
{
  g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "protocol: \"%s\" %s", key, what);
  return FALSE;
}

BmJson *
bm_json_parse (gconstpointer data, gsize len, GError **error)
{
  json_error_t problem;
  g_autoptr (BmJson) value = NULL;

  value = json_loadb (data, len, JSON_REJECT_DUPLICATES, &problem);
  if (value == NULL)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "protocol: no JSON at byte %d",
                   problem.position);
      return NULL;
    }
  if (!json_is_object (value))
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID, "protocol: not a JSON object");
      return NULL;
    }
  return g_steal_pointer (&value);
}

GBytes *
bm_json_dump (const BmJson *value)
{
  char *text = json_dumps (value, MAX_DUMP_FLAGS);

  g_assert (text != NULL);
  return g_bytes_new_with_free_func (text, strlen (text), free, text);
}

gboolean
bm_json_get_int (const BmJson *object,
                 const char *key,
                 gint64 min,
                 gint64 max,
                 gint64 *ret_value,
                 GError **error)
{
  const json_t *value = json_object_get (object, key);
  gint64 number;

  if (!json_is_integer (value))
    return fail (error, key, "is no integer");
  number = json_integer_value (value);
  if (number < min || number > max)
    return fail (error, key, "is out of range");
  *ret_value = number;
  return TRUE;
}

gboolean
bm_json_get_bool (const BmJson *object, const char *key, gboolean *ret_value, GError **error)
{
  const json_t *value = json_object_get (object, key);

  if (!json_is_boolean (value))
    return fail (error, key, "is neither true nor false");
  *ret_value = json_is_true (value);
  return TRUE;
}

const char *
bm_json_get_string (const BmJson *object, const char *key, gsize max, GError **error)
{
  const json_t *value = json_object_get (object, key);

  if (!json_is_string (value))
    {
      (void) fail (error, key, "is no text"); /* it always fails */
      return NULL;
    }
  if (json_string_length (value) > max)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_LIMIT, "protocol: \"%s\" is too long", key);
      return NULL;
    }
  return json_string_value (value);
}

gboolean
bm_json_get_hex (const BmJson *object,
                 const char *key,
                 gpointer ret_data,
                 gsize len,
                 GError **error)
{
  const char *text = bm_json_get_string (object, key, 2 * len, error);

  if (text == NULL)
    return FALSE;
  if (!bm_hex_decode (text, ret_data, len))
    return fail (error, key, "is no hex of the right length");
  return TRUE;
}

gboolean
bm_json_get_epoch (const BmJson *object, const char *key, guint64 *ret_epoch, GError **error)
{
  guint64 big_endian;

  if (!bm_json_get_hex (object, key, &big_endian, sizeof big_endian, error))
    return FALSE;
  *ret_epoch = GUINT64_FROM_BE (big_endian);
  return TRUE;
}

gboolean
bm_json_check_version (const BmJson *object, GError **error)
{
  const json_t *value = json_object_get (object, "v");

  if (!json_is_integer (value))
    return fail (error, "v", "is no integer");
  if (json_integer_value (value) != BM_PROTOCOL_VERSION)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_UNSUPPORTED, "protocol: version %" G_GINT64_FORMAT,
                   (gint64) json_integer_value (value));
      return FALSE;
    }
  return TRUE;
}

void
bm_json_set_hex (BmJson *object, const char *key, gconstpointer data, gsize len)
{
  g_autofree char *text = bm_hex_encode (data, len);

  json_object_set_new (object, key, json_string (text));
}

void
bm_json_set_epoch (BmJson *object, const char *key, guint64 epoch)
{
  guint64 big_endian = GUINT64_TO_BE (epoch);

  bm_json_set_hex (object, key, &big_endian, sizeof big_endian);
}

void
bm_put_u32 (GByteArray *out, guint32 value)
{
  guint32 big_endian = GUINT32_TO_BE (value);

  g_byte_array_append (out, (const guint8 *) &big_endian, sizeof big_endian);
}

void
bm_put_u64 (GByteArray *out, guint64 value)
{
  guint64 big_endian = GUINT64_TO_BE (value);

  g_byte_array_append (out, (const guint8 *) &big_endian, sizeof big_endian);
}

guint32
bm_get_u32 (const guint8 *from)
{
  guint32 big_endian;

  memcpy (&big_endian, from, sizeof big_endian);
  return GUINT32_FROM_BE (big_endian);
}
