/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/protocol-compact.h"

#include "sync/protocol-columns.h"

#include <string.h>

/*
 * Answers in the second form, for a station that says it understands them:
 *
 *   "BMA2" | flags u8 | packed | group signature, when flags has bit 0 | sig
 *
 * sig is over "bianmin answer 2" | nonce | SM3 (everything between "BMA2" and sig). packed is a zstd frame
 * without its magic number, with the dictionary "answer" where there is one, of:
 *
 *   varint length of the JSON | JSON | varint n | n times a message:
 *     delta of id to the one before | kind | name | varint version | body
 *
 * where a text is a varint of its length and its bytes. The JSON is that of the first form without "messages",
 * and with "answers" in the order of the batch's records: [n, status] or [n, status, code, reason, after_ms]
 * for the next n of them. All messages are signed together (protocol-group.c).
 */

#define MAGIC       "BMA2"
#define MAGIC_LEN   4
#define PREFIX_LEN  (MAGIC_LEN + 1)
#define SIGNED_TEXT "bianmin answer 2"
#define FLAG_GROUP  1
#define FINE_LEVEL  15
#define FINE_BYTES  (64 * 1024) /* beyond it, the search would keep the platform */
#define FAST_LEVEL  6

static gboolean
fail (GError **error, BmError code, const char *what)
{
  g_set_error (error, BM_ERROR, code, "protocol: %s", what);
  return FALSE;
}

/* Answers by place */

static const char *
text_or_empty (const char *text)
{
  return text != NULL ? text : "";
}

static gboolean
is_alike (const BmAnswer *a, const BmAnswer *b)
{
  return a->status == b->status && a->after_ms == b->after_ms &&
         strcmp (text_or_empty (a->code), text_or_empty (b->code)) == 0 &&
         strcmp (text_or_empty (a->reason), text_or_empty (b->reason)) == 0;
}

static json_t *
make_span (const BmAnswer *answer, guint count)
{
  const char *code = text_or_empty (answer->code), *reason = text_or_empty (answer->reason);
  json_t *span = json_pack ("[i, s]", (int) count, bm_answer_status_to_string (answer->status));

  if (*code == '\0' && *reason == '\0' && answer->after_ms == 0)
    return span;
  json_array_append_new (span, json_string (code));
  json_array_append_new (span, json_string (reason));
  json_array_append_new (span, json_integer (answer->after_ms));
  return span;
}

void
bm_compact_put_answers (BmJson *object, const BmReply *self)
{
  json_t *spans = json_array ();
  guint first = 0;

  for (guint i = 1; i <= self->answers->len; i++)
    {
      const BmAnswer *before = g_ptr_array_index (self->answers, first);

      if (i < self->answers->len && is_alike (before, g_ptr_array_index (self->answers, i)))
        continue;
      json_array_append_new (spans, make_span (before, i - first));
      first = i;
    }
  json_object_set_new (object, "answers", spans);
}

/* The strict getters read objects: a span becomes one. */
static gboolean
read_span (const json_t *span, BmAnswer *ret_answer, gint64 *ret_count, GError **error)
{
  static const char *const keys[] = { "n", "status", "code", "reason", "after_ms" };
  const gsize len = json_array_size (span);
  g_autoptr (BmJson) object =
    json_pack ("{s:s, s:s, s:i}", "code", "", "reason", "", "after_ms", 0);
  const char *status, *code, *reason;

  if (len != 2 && len != G_N_ELEMENTS (keys))
    return fail (error, BM_ERROR_INVALID, "answers are no spans");
  for (gsize i = 0; i < len; i++)
    json_object_set (object, keys[i], json_array_get (span, i));
  if (!bm_json_get_int (object, "n", 1, BM_PROTOCOL_MAX_RECORDS, ret_count, error) ||
      !bm_json_get_int (object, "after_ms", 0, BM_PROTOCOL_MAX_RETRY_MS, &ret_answer->after_ms,
                        error))
    return FALSE;
  status = bm_json_get_string (object, "status", BM_PROTOCOL_MAX_CODE, error);
  code = status ? bm_json_get_string (object, "code", BM_PROTOCOL_MAX_CODE, error) : NULL;
  reason = code ? bm_json_get_string (object, "reason", BM_PROTOCOL_MAX_REASON, error) : NULL;
  if (reason == NULL)
    return FALSE;
  if (!bm_answer_status_from_string (status, &ret_answer->status))
    return fail (error, BM_ERROR_INVALID, "unknown status of an entry");
  ret_answer->code = g_strdup (code);
  ret_answer->reason = g_strdup (reason);
  return TRUE;
}

static gboolean
add_span (BmReply *self, const json_t *span, GError **error)
{
  BmAnswer *answer = g_new0 (BmAnswer, 1);
  gint64 count = 0;

  g_ptr_array_add (self->answers, answer);
  if (!read_span (span, answer, &count, error))
    return FALSE;
  if (self->answers->len + (gsize) count - 1 > BM_PROTOCOL_MAX_RECORDS)
    return fail (error, BM_ERROR_LIMIT, "too many answers");
  for (gint64 i = 1; i < count; i++)
    {
      BmAnswer *copy = g_new0 (BmAnswer, 1);

      *copy = *answer;
      copy->code = g_strdup (answer->code);
      copy->reason = g_strdup (answer->reason);
      g_ptr_array_add (self->answers, copy);
    }
  return TRUE;
}

gboolean
bm_compact_get_answers (const BmJson *object, BmReply *self, GError **error)
{
  const json_t *spans = json_object_get (object, "answers");

  if (!json_is_array (spans) || json_array_size (spans) > BM_PROTOCOL_MAX_RECORDS)
    return fail (error, BM_ERROR_INVALID, "\"answers\" is no list, or too long");
  self->has_places = TRUE;
  for (gsize i = 0; i < json_array_size (spans); i++)
    if (!add_span (self, json_array_get (spans, i), error))
      return FALSE;
  return TRUE;
}

/**
 * bm_reply_place:
 * @self: what bm_reply_open() gave for a batch
 * @records: (element-type GBytes): the records of that batch, in its order
 *
 * Gives every answer the epoch, seq and hash of the record that it is about. An answer of the first form
 * names them itself and is left alone; before this call those of the second form are about nothing.
 */
void
bm_reply_place (BmReply *self, GPtrArray *records)
{
  g_return_if_fail (self != NULL && records != NULL);

  if (!self->has_places)
    return;
  if (self->answers->len > records->len)
    g_ptr_array_set_size (self->answers, (gint) records->len);
  for (guint i = 0; i < self->answers->len; i++)
    {
      BmAnswer *answer = g_ptr_array_index (self->answers, i);
      GBytes *record = g_ptr_array_index (records, i);
      BmEntryHeader header = { 0 };

      bm_sm3 (g_bytes_get_data (record, NULL), g_bytes_get_size (record), answer->hash);
      if (!bm_record_parse (record, &header, NULL, NULL, NULL))
        continue; /* it has no place; its hash names it */
      answer->epoch = header.epoch;
      answer->seq = header.seq;
    }
}

/* Messages */

static void
put_bytes (GByteArray *out, gconstpointer data, gsize len)
{
  bm_put_varint (out, len);
  g_byte_array_append (out, data, (guint) len);
}

static void
write_messages (const BmReply *self, GByteArray *out)
{
  guint64 before = 0;

  bm_put_varint (out, self->messages->len);
  for (guint i = 0; i < self->messages->len; i++)
    {
      const BmMessage *message = g_ptr_array_index (self->messages, i);
      gsize len;
      gconstpointer body = g_bytes_get_data (message->body, &len);

      bm_put_delta (out, (guint64) message->id, before);
      before = (guint64) message->id;
      put_bytes (out, message->kind, strlen (message->kind));
      put_bytes (out, message->name, strlen (message->name));
      bm_put_varint (out, (guint64) message->version);
      put_bytes (out, body != NULL ? body : "", len);
    }
}

/* UTF-8 without a zero byte, or NULL. */
static char *
take_text (BmReader *in, gsize max)
{
  guint64 len = bm_take_varint (in);
  const guint8 *at = len <= max ? bm_take_bytes (in, (gsize) len) : NULL;

  if (at != NULL && memchr (at, 0, (gsize) len) == NULL &&
      g_utf8_validate ((const char *) at, (gssize) len, NULL))
    return g_strndup ((const char *) at, (gsize) len);
  in->is_broken = TRUE;
  return NULL;
}

static gboolean
read_message (BmReader *in, guint64 *before, BmMessage *message)
{
  guint64 id = bm_take_delta (in, *before);
  guint64 version;
  char *body;

  message->kind = take_text (in, BM_PROTOCOL_MAX_NAME);
  message->name = take_text (in, BM_PROTOCOL_MAX_NAME);
  version = bm_take_varint (in);
  body = take_text (in, BM_PROTOCOL_MAX_MESSAGE_BODY);
  if (body != NULL)
    message->body = g_bytes_new_take (body, strlen (body));
  message->id = (gint64) id;
  message->version = (gint64) version;
  *before = id;
  return !in->is_broken && id >= 1 && id <= G_MAXINT64 && version <= G_MAXINT64;
}

static gboolean
read_messages (BmReply *self, BmReader *in, GError **error)
{
  guint64 count = bm_take_varint (in);
  guint64 before = 0;

  if (count > BM_PROTOCOL_MAX_MESSAGES)
    return fail (error, BM_ERROR_LIMIT, "too many messages");
  for (guint64 i = 0; i < count; i++)
    {
      BmMessage *message = g_new0 (BmMessage, 1);

      g_ptr_array_add (self->messages, message);
      if (!read_message (in, &before, message))
        return fail (error, BM_ERROR_INVALID, "a message is broken");
    }
  return (!in->is_broken && in->left == 0) || fail (error, BM_ERROR_INVALID, "messages are broken");
}

/* Whole answers */

static GBytes *
get_signed_bytes (const guint8 nonce[BM_NONCE_LEN], const guint8 *data, gsize len)
{
  GByteArray *message = g_byte_array_new ();
  guint8 hash[BM_SM3_LEN];

  g_byte_array_append (message, (const guint8 *) SIGNED_TEXT, strlen (SIGNED_TEXT));
  g_byte_array_append (message, nonce, BM_NONCE_LEN);
  bm_sm3 (data, len, hash);
  g_byte_array_append (message, hash, sizeof hash);
  return g_byte_array_free_to_bytes (message);
}

GByteArray *
bm_compact_write (const BmReply *self, GError **error)
{
  g_autoptr (GBytes) json = bm_reply_write_json (self, TRUE, error);
  GByteArray *out;

  if (json == NULL)
    return NULL;
  out = g_byte_array_new ();
  put_bytes (out, g_bytes_get_data (json, NULL), g_bytes_get_size (json));
  write_messages (self, out);
  return out;
}

/* Adds what @message signs to, under @key. */
static gboolean
append_signature (GByteArray *out, GBytes *signature)
{
  if (signature == NULL)
    return FALSE;
  g_byte_array_append (out, g_bytes_get_data (signature, NULL), BM_SM2_SIGNATURE_LEN);
  return TRUE;
}

static gboolean
append_group (GByteArray *out, const BmReply *self, const BmKey *platform_key, GError **error)
{
  g_autoptr (GBytes) signature = NULL;

  if (self->messages->len == 0)
    return TRUE;
  out->data[MAGIC_LEN] |= FLAG_GROUP;
  signature = bm_group_sign (platform_key, self->messages, error);
  return append_signature (out, signature);
}

GBytes *
bm_compact_seal (const BmReply *self,
                 const guint8 nonce[BM_NONCE_LEN],
                 const BmKey *platform_key,
                 GError **error)
{
  g_autoptr (GByteArray) plain = bm_compact_write (self, error);
  g_autoptr (GByteArray) packed = NULL, out = NULL;
  g_autoptr (GBytes) message = NULL, signature = NULL;

  if (plain == NULL)
    return NULL;
  if (plain->len > BM_PROTOCOL_MAX_REPLY)
    {
      (void) fail (error, BM_ERROR_LIMIT, "answer too big"); /* it always fails */
      return NULL;
    }
  packed = bm_pack (bm_dictionary_get_builtin (BM_DICTIONARY_ANSWER), plain->data, plain->len,
                    plain->len <= FINE_BYTES ? FINE_LEVEL : FAST_LEVEL, error);
  if (packed == NULL)
    return NULL;
  out = g_byte_array_new ();
  g_byte_array_append (out, (const guint8 *) MAGIC "\0", PREFIX_LEN);
  g_byte_array_append (out, packed->data, packed->len);
  if (!append_group (out, self, platform_key, error))
    return NULL;
  message = get_signed_bytes (nonce, out->data + MAGIC_LEN, out->len - MAGIC_LEN);
  signature = bm_sign (platform_key, message, error);
  if (!append_signature (out, signature))
    return NULL;
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

gboolean
bm_compact_looks_like_one (GBytes *bytes)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);

  return len > PREFIX_LEN + BM_SM2_SIGNATURE_LEN && len <= BM_PROTOCOL_MAX_REPLY &&
         memcmp (data, MAGIC, MAGIC_LEN) == 0;
}

gboolean
bm_compact_read (BmReply *self, GBytes *plain, const BmKey *platform_public, GError **error)
{
  BmReader in = { g_bytes_get_data (plain, NULL), g_bytes_get_size (plain), FALSE };
  guint64 json_len = bm_take_varint (&in);
  const guint8 *json = json_len <= in.left ? bm_take_bytes (&in, (gsize) json_len) : NULL;

  if (json == NULL)
    return fail (error, BM_ERROR_INVALID, "answer is cut");
  return bm_reply_read_json (self, json, (gsize) json_len, TRUE, platform_public, error) &&
         read_messages (self, &in, error);
}

/* What does not verify is not handed on, as with messages that are signed alone. */
static void
prove_messages (BmReply *self, GBytes *signature, const BmKey *platform_public)
{
  if (self->messages->len == 0 ||
      (signature != NULL && bm_group_prove (platform_public, self->messages, signature, NULL)))
    return;
  self->bad_messages = self->messages->len;
  g_ptr_array_set_size (self->messages, 0);
}

BmReply *
bm_compact_open (GBytes *bytes,
                 const guint8 nonce[BM_NONCE_LEN],
                 BmCall call,
                 guint32 kiosk,
                 const BmKey *platform_public,
                 GError **error)
{
  g_autoptr (BmReply) self = NULL;
  g_autoptr (GBytes) message = NULL, signature = NULL, group = NULL, plain = NULL;
  const guint8 *data = g_bytes_get_data (bytes, NULL);
  gsize len = g_bytes_get_size (bytes) - BM_SM2_SIGNATURE_LEN;

  message = get_signed_bytes (nonce, data + MAGIC_LEN, len - MAGIC_LEN);
  signature = g_bytes_new_from_bytes (bytes, len, BM_SM2_SIGNATURE_LEN);
  if (!bm_verify (platform_public, message, signature, error))
    return NULL;
  if ((data[MAGIC_LEN] & FLAG_GROUP) != 0)
    {
      if (len < PREFIX_LEN + BM_SM2_SIGNATURE_LEN)
        {
          (void) fail (error, BM_ERROR_INVALID, "answer is cut"); /* it always fails */
          return NULL;
        }
      len -= BM_SM2_SIGNATURE_LEN;
      group = g_bytes_new_from_bytes (bytes, len, BM_SM2_SIGNATURE_LEN);
    }
  plain = bm_unpack (NULL, data + PREFIX_LEN, len - PREFIX_LEN, BM_PROTOCOL_MAX_REPLY, error);
  if (plain == NULL)
    {
      /* It is the platform's word; only "not the platform" is called corrupt. */
      if (error != NULL && *error != NULL && (*error)->code == BM_ERROR_CORRUPT)
        (*error)->code = BM_ERROR_INVALID;
      return NULL;
    }
  self = bm_reply_new (call, kiosk, 0);
  if (!bm_compact_read (self, plain, platform_public, error))
    return NULL;
  prove_messages (self, group, platform_public);
  return g_steal_pointer (&self);
}
