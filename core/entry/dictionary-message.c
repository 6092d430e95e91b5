/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-dictionary"

#include "core/entry/dictionary.h"

#include "core/error.h"

#include <jansson.h>

#include <string.h>

/*
 * A dictionary that comes down: a signed message of kind "dictionary", its name what it is for, its
 * version the id, its body {"version":1,"id":2,"zstd":"<base64>"}. What is not exactly that is refused
 * whole; a station then goes on with what it had.
 */

#define BODY_MAX   (BM_DICTIONARY_MAX_BYTES / 3 * 4 + 1024)
#define BASE64_MAX ((BM_DICTIONARY_MAX_BYTES + 2) / 3 * 4)

static gboolean
is_base64 (const char *text)
{
  gsize len = strlen (text);
  gsize n = strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

  return len > 0 && len <= BASE64_MAX && len % 4 == 0 && len - n <= 2 &&
         strspn (text + n, "=") == len - n;
}

static GBytes *
read_body (json_t *body, gint64 version)
{
  json_t *id = json_object_get (body, "id");
  const char *text = json_string_value (json_object_get (body, "zstd"));
  gsize len = 0;

  if (json_integer_value (json_object_get (body, "version")) != 1 || !json_is_integer (id) ||
      json_integer_value (id) != version || text == NULL || !is_base64 (text))
    return NULL;
  guint8 *data = g_base64_decode (text, &len);
  return g_bytes_new_take (data, len);
}

/**
 * bm_dictionary_new_from_message:
 * @body: the body of a message of kind "dictionary", its signature already proved
 * @version: the message's version
 * @error: %BM_ERROR_INVALID, %BM_ERROR_LIMIT
 *
 * Returns: (transfer full): the dictionary; its id is @version
 */
BmDictionary *
bm_dictionary_new_from_message (GBytes *body, gint64 version, GError **error)
{
  g_autoptr (BmDictionary) self = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gsize len;
  const char *text;
  json_t *value;

  g_return_val_if_fail (body != NULL, NULL);

  text = g_bytes_get_data (body, &len);
  if (len > BODY_MAX)
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_LIMIT, "dictionary: message too long");
      return NULL;
    }
  value = len > 0 ? json_loadb (text, len, JSON_REJECT_DUPLICATES, NULL) : NULL;
  bytes = value != NULL ? read_body (value, version) : NULL;
  json_decref (value);
  self = bytes != NULL ? bm_dictionary_new (bytes, NULL) : NULL;
  if (self != NULL && bm_dictionary_get_id (self) == version)
    return g_steal_pointer (&self);
  g_set_error (error, BM_ERROR, BM_ERROR_INVALID,
               "dictionary: version %" G_GINT64_FORMAT " holds no such dictionary", version);
  return NULL;
}

/**
 * bm_dictionary_make_message:
 * @self: a dictionary
 *
 * Returns: (transfer full): the body of its message; the version is its id
 */
GBytes *
bm_dictionary_make_message (const BmDictionary *self)
{
  g_autofree char *text = NULL;
  gconstpointer data;
  gsize len;
  char *body;

  g_return_val_if_fail (self != NULL, NULL);

  data = g_bytes_get_data (bm_dictionary_get_bytes (self), &len);
  text = g_base64_encode (data, len);
  body = g_strdup_printf ("{\"id\":%u,\"version\":1,\"zstd\":\"%s\"}", bm_dictionary_get_id (self),
                          text);
  return g_bytes_new_take (body, strlen (body));
}
