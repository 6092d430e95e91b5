/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/protocol.h"

#include "sync/protocol-blob.h"
#include "sync/protocol-compact.h"
#include "sync/protocol-json.h"

#include <string.h>

/*
 * Answers of protocol v1: "BMA1" | u32 length | JSON | signature bound to the request's nonce. The second
 * form, which says the same in less, is protocol-compact.c.
 *
 * Invariants:
 *  R1  Nothing of an answer is parsed before its signature verified with our nonce (invariant 6).
 *  R2  A message that does not verify for itself never leaves bm_reply_open().
 */

#define REPLY_MAGIC "BMA1"
#define PREFIX_LEN  8
#define MAX_SEQ     G_MAXINT64

static const char *const call_names[] = {
  [BM_CALL_HELLO] = "hello", [BM_CALL_BATCH] = "batch", [BM_CALL_INBOX] = "inbox",
  [BM_CALL_TRACK] = "track", [BM_CALL_BLOB] = "blob",
};

static GBytes *
get_reply_signed_bytes (const guint8 nonce[BM_NONCE_LEN], gconstpointer json, gsize len)
{
  GByteArray *message = g_byte_array_new ();
  guint8 hash[BM_SM3_LEN];

  g_byte_array_append (message, (const guint8 *) "bianmin answer", strlen ("bianmin answer"));
  g_byte_array_append (message, nonce, BM_NONCE_LEN);
  bm_sm3 (json, len, hash);
  g_byte_array_append (message, hash, sizeof hash);
  return g_byte_array_free_to_bytes (message);
}

BmReply *
bm_reply_new (BmCall call, guint32 kiosk, gint64 server_ms)
{
  BmReply *self = g_new0 (BmReply, 1);

  self->call = call;
  self->kiosk = kiosk;
  self->server_ms = server_ms;
  self->answers = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_answer_free);
  self->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_message_free);
  self->held = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_held_epoch_free);
  self->backed_up = g_array_new (FALSE, TRUE, sizeof (BmBackedUp));
  return self;
}

void
bm_reply_free (BmReply *self)
{
  if (self == NULL)
    return;
  g_free (self->refused_code);
  g_free (self->refused_reason);
  g_clear_pointer (&self->head_signature, g_bytes_unref);
  g_free (self->certificate);
  g_free (self->state);
  g_ptr_array_unref (self->answers);
  g_ptr_array_unref (self->messages);
  g_ptr_array_unref (self->held);
  g_array_unref (self->backed_up);
  g_clear_pointer (&self->have, g_bytes_unref);
  g_clear_pointer (&self->parts, g_array_unref);
  g_free (self);
}

/* Writing */

static void
set_bytes_hex (json_t *object, const char *key, GBytes *bytes)
{
  bm_json_set_hex (object, key, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
encode_head (const BmReply *self, json_t *object)
{
  json_t *head;

  if (!self->has_head)
    return;
  head = json_pack ("{s:I}", "seq", (json_int_t) self->head_seq);
  bm_json_set_epoch (head, "epoch", self->head_epoch);
  bm_json_set_hex (head, "hash", self->head, BM_SM3_LEN);
  set_bytes_hex (head, "signature", self->head_signature);
  json_object_set_new (object, "head", head);
}

static void
encode_hello (const BmReply *self, json_t *object)
{
  bm_json_set_epoch (object, "epoch", self->epoch);
  json_object_set_new (object, "watermark", json_integer ((json_int_t) self->watermark));
  json_object_set_new (object, "next_label", json_integer (self->next_label));
  json_object_set_new (object, "next_counter", json_integer (self->next_counter));
  json_object_set_new (object, "inbox_head", json_integer (self->inbox_head));
  json_object_set_new (object, "limits",
                       json_pack ("{s:I, s:I, s:I}", "batch_bytes", (json_int_t) self->batch_bytes,
                                  "batch_items", (json_int_t) self->batch_items, "splay_ms",
                                  (json_int_t) self->splay_ms));
  if (self->certificate != NULL)
    json_object_set_new (object, "certificate", json_string (self->certificate));
  bm_protocol_put_held (object, self);
}

static json_t *
encode_answer (const BmAnswer *answer)
{
  json_t *object;

  object = json_pack ("{s:I, s:s, s:s, s:s, s:I}", "seq", (json_int_t) answer->seq, "status",
                      bm_answer_status_to_string (answer->status), "code",
                      answer->code != NULL ? answer->code : "", "reason",
                      answer->reason != NULL ? answer->reason : "", "after_ms",
                      (json_int_t) answer->after_ms);
  bm_json_set_epoch (object, "epoch", answer->epoch);
  bm_json_set_hex (object, "hash", answer->hash, BM_SM3_LEN);
  return object;
}

static json_t *
encode_message (const BmMessage *message)
{
  gsize len;
  const char *body = g_bytes_get_data (message->body, &len);
  json_t *object;

  object = json_pack ("{s:I, s:s, s:s, s:I, s:s%}", "id", (json_int_t) message->id, "kind",
                      message->kind, "name", message->name, "version",
                      (json_int_t) message->version, "body", body != NULL ? body : "", len);
  if (object != NULL)
    set_bytes_hex (object, "signature", message->signature);
  return object;
}

static void
put_answers (const BmReply *self, json_t *object)
{
  json_t *answers = json_array ();

  for (guint i = 0; i < self->answers->len; i++)
    json_array_append_new (answers, encode_answer (g_ptr_array_index (self->answers, i)));
  json_object_set_new (object, "answers", answers);
}

static gboolean
put_messages (const BmReply *self, json_t *object, GError **error)
{
  json_t *messages = json_array ();

  json_object_set_new (object, "messages", messages);
  for (guint i = 0; i < self->messages->len; i++)
    if (json_array_append_new (messages, encode_message (g_ptr_array_index (self->messages, i))) !=
        0)
      {
        g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID, "protocol: message is not UTF-8");
        return FALSE;
      }
  return TRUE;
}

static gboolean
encode_lists (const BmReply *self, json_t *object, gboolean is_compact, GError **error)
{
  if (self->call == BM_CALL_BATCH && is_compact)
    bm_compact_put_answers (object, self);
  else if (self->call == BM_CALL_BATCH)
    put_answers (self, object);
  json_object_set_new (object, "cursor", json_integer (self->cursor));
  json_object_set_new (object, "more", json_boolean (self->has_more));
  return is_compact || put_messages (self, object, error);
}

GBytes *
bm_reply_write_json (const BmReply *self, gboolean is_compact, GError **error)
{
  g_autoptr (BmJson) object = NULL;

  object =
    json_pack ("{s:i, s:s, s:I, s:I, s:I}", "v", BM_PROTOCOL_VERSION, "call",
               call_names[self->call], "kiosk", (json_int_t) self->kiosk, "server_ms",
               (json_int_t) self->server_ms, "retry_after_ms", (json_int_t) self->retry_after_ms);
  encode_head (self, object);
  if (self->refused_code != NULL)
    json_object_set_new (object, "refused",
                         json_pack ("{s:s, s:s}", "code", self->refused_code, "reason",
                                    self->refused_reason != NULL ? self->refused_reason : ""));
  else if (self->call == BM_CALL_HELLO)
    encode_hello (self, object);
  else if (self->call == BM_CALL_TRACK)
    bm_protocol_put_track (object, self);
  else if (self->call == BM_CALL_BLOB)
    bm_protocol_put_blob (object, self);
  else if (!encode_lists (self, object, is_compact, error))
    return NULL;
  return bm_json_dump (object);
}

/**
 * bm_reply_seal:
 * @self: what to answer
 * @nonce: the request's nonce
 * @platform_key: the platform's private signing key
 * @error: return location for an error
 *
 * Writes the form that the station accepts.
 *
 * Returns: (transfer full): the whole body of the answer, or %NULL
 */
GBytes *
bm_reply_seal (const BmReply *self,
               const guint8 nonce[BM_NONCE_LEN],
               const BmKey *platform_key,
               GError **error)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (GBytes) json = NULL, message = NULL, signature = NULL;
  const guint8 *data;
  gsize len;

  g_return_val_if_fail (self != NULL && nonce != NULL && platform_key != NULL, NULL);

  if (self->accept >= 2)
    return bm_compact_seal (self, nonce, platform_key, error);
  json = bm_reply_write_json (self, FALSE, error);
  if (json == NULL)
    return NULL;
  data = g_bytes_get_data (json, &len);
  if (len > BM_PROTOCOL_MAX_REPLY - PREFIX_LEN - BM_SM2_SIGNATURE_LEN)
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_LIMIT, "protocol: answer too big");
      return NULL;
    }
  message = get_reply_signed_bytes (nonce, data, len);
  signature = bm_sign (platform_key, message, error);
  if (signature == NULL)
    return NULL;
  g_byte_array_append (out, (const guint8 *) REPLY_MAGIC, strlen (REPLY_MAGIC));
  bm_put_u32 (out, (guint32) len);
  g_byte_array_append (out, data, (guint) len);
  g_byte_array_append (out, g_bytes_get_data (signature, NULL), BM_SM2_SIGNATURE_LEN);
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

/* Reading */

static GBytes *
get_signature (const json_t *object, GError **error)
{
  guint8 raw[BM_SM2_SIGNATURE_LEN];

  if (!bm_json_get_hex (object, "signature", raw, sizeof raw, error))
    return NULL;
  return g_bytes_new (raw, sizeof raw);
}

static gboolean
decode_head (const json_t *object, BmReply *self, const BmKey *platform_public, GError **error)
{
  const json_t *head = json_object_get (object, "head");
  gint64 seq;

  if (head == NULL)
    return TRUE;
  if (!bm_json_get_epoch (head, "epoch", &self->head_epoch, error) ||
      !bm_json_get_int (head, "seq", 0, MAX_SEQ, &seq, error) ||
      !bm_json_get_hex (head, "hash", self->head, BM_SM3_LEN, error))
    return FALSE;
  self->head_seq = (guint64) seq;
  self->head_signature = get_signature (head, error);
  if (self->head_signature == NULL)
    return FALSE;
  self->has_head = bm_head_verify (platform_public, self->kiosk, self->head_epoch, self->head_seq,
                                   self->head, self->head_signature, error);
  return self->has_head;
}

static gboolean
decode_refusal (const json_t *object, BmReply *self, GError **error)
{
  const json_t *refused = json_object_get (object, "refused");
  const char *code, *reason;

  code = bm_json_get_string (refused, "code", BM_PROTOCOL_MAX_CODE, error);
  reason = code ? bm_json_get_string (refused, "reason", BM_PROTOCOL_MAX_REASON, error) : NULL;
  if (reason == NULL)
    return FALSE;
  self->refused_code = g_strdup (code);
  self->refused_reason = g_strdup (reason);
  return TRUE;
}

static gboolean
decode_limits (const json_t *object, BmReply *self, GError **error)
{
  const json_t *limits = json_object_get (object, "limits");
  gint64 batch_bytes, batch_items, splay_ms;

  if (!bm_json_get_int (limits, "batch_bytes", 1, BM_PROTOCOL_MAX_REQUEST, &batch_bytes, error) ||
      !bm_json_get_int (limits, "batch_items", 1, BM_PROTOCOL_MAX_RECORDS, &batch_items, error) ||
      !bm_json_get_int (limits, "splay_ms", 0, BM_PROTOCOL_MAX_RETRY_MS, &splay_ms, error))
    return FALSE;
  self->batch_bytes = (guint) batch_bytes;
  self->batch_items = (guint) batch_items;
  self->splay_ms = (guint) splay_ms;
  return TRUE;
}

static gboolean
decode_hello (const json_t *object, BmReply *self, GError **error)
{
  gint64 watermark, label, counter;
  const char *certificate;

  if (!bm_json_get_epoch (object, "epoch", &self->epoch, error) ||
      !bm_json_get_int (object, "watermark", 0, MAX_SEQ, &watermark, error) ||
      !bm_json_get_int (object, "next_label", 0, 99, &label, error) ||
      !bm_json_get_int (object, "next_counter", 0, 99999999, &counter, error) ||
      !bm_json_get_int (object, "inbox_head", 0, G_MAXINT64, &self->inbox_head, error) ||
      !decode_limits (object, self, error))
    return FALSE;
  self->watermark = (guint64) watermark;
  self->next_label = (guint) label;
  self->next_counter = (guint32) counter;
  if (!bm_protocol_get_held (object, self, error))
    return FALSE;
  if (json_object_get (object, "certificate") == NULL)
    return TRUE;
  certificate = bm_json_get_string (object, "certificate", BM_PROTOCOL_MAX_PEM, error);
  self->certificate = g_strdup (certificate);
  return certificate != NULL;
}

static gboolean
decode_answer (const json_t *object, BmReply *self, GError **error)
{
  BmAnswer *answer = g_new0 (BmAnswer, 1);
  const char *status, *code, *reason;
  gint64 seq;

  g_ptr_array_add (self->answers, answer);
  if (!bm_json_get_epoch (object, "epoch", &answer->epoch, error) ||
      !bm_json_get_int (object, "seq", 0, MAX_SEQ, &seq, error) ||
      !bm_json_get_hex (object, "hash", answer->hash, BM_SM3_LEN, error) ||
      !bm_json_get_int (object, "after_ms", 0, BM_PROTOCOL_MAX_RETRY_MS, &answer->after_ms, error))
    return FALSE;
  answer->seq = (guint64) seq;
  status = bm_json_get_string (object, "status", BM_PROTOCOL_MAX_CODE, error);
  code = status ? bm_json_get_string (object, "code", BM_PROTOCOL_MAX_CODE, error) : NULL;
  reason = code ? bm_json_get_string (object, "reason", BM_PROTOCOL_MAX_REASON, error) : NULL;
  if (reason == NULL)
    return FALSE;
  answer->code = g_strdup (code);
  answer->reason = g_strdup (reason);
  if (bm_answer_status_from_string (status, &answer->status))
    return TRUE;
  g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID, "protocol: unknown status of an entry");
  return FALSE;
}

static gboolean
decode_message_fields (const json_t *object, BmMessage *message, GError **error)
{
  const char *kind, *name, *body;

  if (!bm_json_get_int (object, "id", 1, G_MAXINT64, &message->id, error) ||
      !bm_json_get_int (object, "version", 0, G_MAXINT64, &message->version, error))
    return FALSE;
  kind = bm_json_get_string (object, "kind", BM_PROTOCOL_MAX_NAME, error);
  name = kind ? bm_json_get_string (object, "name", BM_PROTOCOL_MAX_NAME, error) : NULL;
  body = name ? bm_json_get_string (object, "body", BM_PROTOCOL_MAX_MESSAGE_BODY, error) : NULL;
  if (body == NULL)
    return FALSE;
  message->kind = g_strdup (kind);
  message->name = g_strdup (name);
  message->body = g_bytes_new (body, strlen (body));
  message->signature = get_signature (object, error);
  return message->signature != NULL;
}

static gboolean
decode_message (const json_t *object, BmReply *self, const BmKey *platform_public, GError **error)
{
  BmMessage *message = g_new0 (BmMessage, 1);

  if (!decode_message_fields (object, message, error))
    {
      bm_message_free (message);
      return FALSE;
    }
  if (bm_message_verify (platform_public, message->kind, message->name, message->version,
                         message->body, message->signature, NULL))
    {
      g_ptr_array_add (self->messages, message);
      return TRUE;
    }
  bm_message_free (message);
  self->bad_messages++;
  return TRUE;
}

static const json_t *
get_list (const json_t *object, const char *key, gsize max, GError **error)
{
  const json_t *list = json_object_get (object, key);

  if (json_is_array (list) && json_array_size (list) <= max)
    return list;
  g_set_error (error, BM_ERROR, json_is_array (list) ? BM_ERROR_LIMIT : BM_ERROR_INVALID,
               "protocol: \"%s\" is no list, or too long", key);
  return NULL;
}

static gboolean
decode_answers (const json_t *object, BmReply *self, GError **error)
{
  const json_t *list = get_list (object, "answers", BM_PROTOCOL_MAX_RECORDS, error);
  gsize len = list != NULL ? json_array_size (list) : 0;

  for (gsize i = 0; i < len; i++)
    if (!decode_answer (json_array_get (list, i), self, error))
      return FALSE;
  return list != NULL;
}

static gboolean
decode_messages (const json_t *object, BmReply *self, const BmKey *platform_public, GError **error)
{
  const json_t *list = get_list (object, "messages", BM_PROTOCOL_MAX_MESSAGES, error);
  gsize len = list != NULL ? json_array_size (list) : 0;

  for (gsize i = 0; i < len; i++)
    if (!decode_message (json_array_get (list, i), self, platform_public, error))
      return FALSE;
  return list != NULL;
}

static gboolean
decode_lists (const json_t *object,
              BmReply *self,
              gboolean is_compact,
              const BmKey *platform_public,
              GError **error)
{
  if (self->call == BM_CALL_BATCH && !(is_compact ? bm_compact_get_answers (object, self, error)
                                                  : decode_answers (object, self, error)))
    return FALSE;
  return (is_compact || decode_messages (object, self, platform_public, error)) &&
         bm_json_get_int (object, "cursor", 0, G_MAXINT64, &self->cursor, error) &&
         bm_json_get_bool (object, "more", &self->has_more, error);
}

static gboolean
decode_common (const json_t *object, BmReply *self, GError **error)
{
  const char *name;
  gint64 kiosk;

  if (!bm_json_check_version (object, error) ||
      !bm_json_get_int (object, "kiosk", 0, G_MAXUINT32, &kiosk, error) ||
      !bm_json_get_int (object, "server_ms", 0, G_MAXINT64, &self->server_ms, error) ||
      !bm_json_get_int (object, "retry_after_ms", 0, BM_PROTOCOL_MAX_RETRY_MS,
                        &self->retry_after_ms, error))
    return FALSE;
  name = bm_json_get_string (object, "call", BM_PROTOCOL_MAX_CODE, error);
  if (name == NULL)
    return FALSE;
  if (kiosk == self->kiosk && strcmp (name, call_names[self->call]) == 0)
    return TRUE;
  g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID,
                       "protocol: an answer to another station or call");
  return FALSE;
}

static gboolean
decode_reply (const json_t *object,
              BmReply *self,
              gboolean is_compact,
              const BmKey *platform_public,
              GError **error)
{
  if (!decode_common (object, self, error) || !decode_head (object, self, platform_public, error))
    return FALSE;
  if (json_object_get (object, "refused") != NULL)
    return decode_refusal (object, self, error);
  if (self->call == BM_CALL_HELLO)
    return decode_hello (object, self, error);
  if (self->call == BM_CALL_TRACK)
    return bm_protocol_get_track (object, self, error);
  if (self->call == BM_CALL_BLOB)
    return bm_protocol_get_blob (object, self, error);
  return decode_lists (object, self, is_compact, platform_public, error);
}

gboolean
bm_reply_read_json (BmReply *self,
                    gconstpointer json,
                    gsize len,
                    gboolean is_compact,
                    const BmKey *platform_public,
                    GError **error)
{
  g_autoptr (BmJson) object = bm_json_parse (json, len, error);

  return object != NULL && decode_reply (object, self, is_compact, platform_public, error);
}

gboolean
bm_reply_looks_like_one (GBytes *bytes)
{
  gsize len;
  const guint8 *data;

  g_return_val_if_fail (bytes != NULL, FALSE);

  if (bm_compact_looks_like_one (bytes))
    return TRUE;
  data = g_bytes_get_data (bytes, &len);
  return len >= PREFIX_LEN + BM_SM2_SIGNATURE_LEN && len <= BM_PROTOCOL_MAX_REPLY &&
         memcmp (data, REPLY_MAGIC, strlen (REPLY_MAGIC)) == 0 &&
         bm_get_u32 (data + strlen (REPLY_MAGIC)) == len - PREFIX_LEN - BM_SM2_SIGNATURE_LEN;
}

/**
 * bm_reply_open:
 * @bytes: an answer's body
 * @nonce: the nonce of our request
 * @call: what we asked
 * @kiosk: who we are
 * @platform_public: the platform's signing key from the enrolment
 * @error: return location for an error
 *
 * Verifies (R1), then parses. Only what comes out of here may count as the platform's word.
 *
 * Returns: (transfer full): the answer, or %NULL
 */
BmReply *
bm_reply_open (GBytes *bytes,
               const guint8 nonce[BM_NONCE_LEN],
               BmCall call,
               guint32 kiosk,
               const BmKey *platform_public,
               GError **error)
{
  g_autoptr (BmReply) self = NULL;
  g_autoptr (GBytes) message = NULL, signature = NULL;
  const guint8 *json;
  gsize json_len;

  g_return_val_if_fail (bytes != NULL && nonce != NULL && platform_public != NULL, NULL);

  if (!bm_reply_looks_like_one (bytes))
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_CORRUPT, "protocol: not an answer");
      return NULL;
    }
  if (bm_compact_looks_like_one (bytes))
    return bm_compact_open (bytes, nonce, call, kiosk, platform_public, error);
  json = (const guint8 *) g_bytes_get_data (bytes, NULL) + PREFIX_LEN;
  json_len = g_bytes_get_size (bytes) - PREFIX_LEN - BM_SM2_SIGNATURE_LEN;
  message = get_reply_signed_bytes (nonce, json, json_len);
  signature = g_bytes_new_from_bytes (bytes, PREFIX_LEN + json_len, BM_SM2_SIGNATURE_LEN);
  if (!bm_verify (platform_public, message, signature, error))
    return NULL;

  self = bm_reply_new (call, kiosk, 0);
  if (!bm_reply_read_json (self, json, json_len, FALSE, platform_public, error))
    return NULL;
  return g_steal_pointer (&self);
}
