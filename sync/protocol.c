/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/protocol.h"

#include "core/entry/number.h"
#include "sync/protocol-blob.h"
#include "sync/protocol-compact.h"
#include "sync/protocol-json.h"

#include <string.h>

/*
 * Requests of protocol v1, both directions, and the signatures that stay verifiable at rest
 * (sync/PROTOCOL.md is the law). Batches are in protocol-batch.c, answers in protocol-reply.c, the
 * enrolment code in protocol-code.c.
 *
 * Invariants:
 *  P1  A decoder either returns a whole, bounded message or fails; it never repairs.
 *  P2  What is signed is the bytes that were sent, never something rebuilt from parsed values.
 *  P3  Every signed text begins with words of its own, so that no signature can pass for another.
 */

#define MAX_SEQ G_MAXINT64

static GBytes *
end_array (GByteArray *array)
{
  return g_byte_array_free_to_bytes (array);
}

static void
put_text (GByteArray *out, const char *text)
{
  g_byte_array_append (out, (const guint8 *) text, (guint) strlen (text));
}

static gboolean
fail (GError **error, BmError code, const char *what)
{
  g_set_error (error, BM_ERROR, code, "protocol: %s", what);
  return FALSE;
}

static BmJson *
parse_request (GBytes *bytes, GError **error)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);
  g_autoptr (BmJson) object = NULL;

  if (len > BM_PROTOCOL_MAX_JSON)
    {
      (void) fail (error, BM_ERROR_LIMIT, "request too long"); /* it always fails */
      return NULL;
    }
  object = bm_json_parse (data, len, error);
  if (object == NULL || !bm_json_check_version (object, error))
    return NULL;
  return g_steal_pointer (&object);
}

/* Enrolment request */

GBytes *
bm_enrol_request_encode (const BmEnrolRequest *self)
{
  g_autoptr (BmJson) object = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  object = json_pack ("{s:i, s:s, s:s, s:s, s:s}", "v", BM_PROTOCOL_VERSION, "secret", self->secret,
                      "csr", self->csr, "sign_key", self->sign_key, "version", self->version);
  return bm_json_dump (object);
}

BmEnrolRequest *
bm_enrol_request_decode (GBytes *bytes, GError **error)
{
  g_autoptr (BmEnrolRequest) self = g_new0 (BmEnrolRequest, 1);
  g_autoptr (BmJson) object = NULL;
  const char *secret, *csr, *sign_key, *version;

  g_return_val_if_fail (bytes != NULL, NULL);

  object = parse_request (bytes, error);
  if (object == NULL)
    return NULL;
  secret = bm_json_get_string (object, "secret", BM_SECRET_LEN, error);
  csr = secret ? bm_json_get_string (object, "csr", BM_PROTOCOL_MAX_PEM, error) : NULL;
  sign_key = csr ? bm_json_get_string (object, "sign_key", 256, error) : NULL;
  version = sign_key ? bm_json_get_string (object, "version", BM_PROTOCOL_MAX_NAME, error) : NULL;
  if (version == NULL)
    return NULL;
  if (strlen (secret) != BM_SECRET_LEN)
    {
      (void) fail (error, BM_ERROR_INVALID, "secret of a wrong length"); /* it always fails */
      return NULL;
    }
  memcpy (self->secret, secret, BM_SECRET_LEN);
  self->csr = g_strdup (csr);
  self->sign_key = g_strdup (sign_key);
  self->version = g_strdup (version);
  return g_steal_pointer (&self);
}

void
bm_enrol_request_free (BmEnrolRequest *self)
{
  if (self == NULL)
    return;
  bm_wipe (self->secret, sizeof self->secret);
  g_free (self->csr);
  g_free (self->sign_key);
  g_free (self->version);
  g_free (self);
}

/* Hello */

GBytes *
bm_hello_encode (const BmHello *self)
{
  g_autoptr (BmJson) object = NULL;
  json_t *sample;

  g_return_val_if_fail (self != NULL, NULL);

  sample = json_pack ("{s:I, s:I, s:b}", "boot_ms", (json_int_t) self->boot_ms, "wall_ms",
                      (json_int_t) self->wall_ms, "verified", self->clock_verified);
  bm_json_set_hex (sample, "boot_id", self->boot_id, BM_BOOT_ID_LEN);
  bm_protocol_put_anchor (sample, self);
  object = json_pack ("{s:i, s:I, s:I, s:I, s:I, s:o, s:s}", "v", BM_PROTOCOL_VERSION, "kiosk",
                      (json_int_t) self->kiosk, "next_seq", (json_int_t) self->next_seq, "cursor",
                      (json_int_t) self->cursor, "pending", (json_int_t) self->pending, "clock",
                      sample, "version", self->version);
  bm_json_set_hex (object, "nonce", self->nonce, BM_NONCE_LEN);
  bm_json_set_hex (object, "head", self->head, BM_SM3_LEN);
  bm_json_set_epoch (object, "epoch", self->epoch);
  json_object_set_new (object, "accept", json_integer (BM_PROTOCOL_ACCEPT));
  if (self->csr != NULL)
    json_object_set_new (object, "csr", json_string (self->csr));
  bm_protocol_put_settled (object, self);
  return bm_json_dump (object);
}

static gboolean
decode_clock (const BmJson *object, BmHello *self, GError **error)
{
  const json_t *sample = json_object_get (object, "clock");

  if (!json_is_object (sample))
    return fail (error, BM_ERROR_INVALID, "no clock sample");
  return bm_json_get_hex (sample, "boot_id", self->boot_id, BM_BOOT_ID_LEN, error) &&
         bm_json_get_int (sample, "boot_ms", 0, G_MAXINT64, &self->boot_ms, error) &&
         bm_json_get_int (sample, "wall_ms", G_MININT64, G_MAXINT64, &self->wall_ms, error) &&
         bm_json_get_bool (sample, "verified", &self->clock_verified, error) &&
         bm_protocol_get_anchor (sample, self, error);
}

static gboolean
decode_position (const BmJson *object, BmHello *self, GError **error)
{
  gint64 kiosk, next_seq, pending;

  if (!bm_json_get_hex (object, "nonce", self->nonce, BM_NONCE_LEN, error) ||
      !bm_json_get_int (object, "kiosk", 1, G_MAXUINT32, &kiosk, error) ||
      !bm_json_get_epoch (object, "epoch", &self->epoch, error) ||
      !bm_json_get_int (object, "next_seq", 1, MAX_SEQ, &next_seq, error) ||
      !bm_json_get_hex (object, "head", self->head, BM_SM3_LEN, error) ||
      !bm_json_get_int (object, "cursor", 0, G_MAXINT64, &self->cursor, error) ||
      !bm_json_get_int (object, "pending", 0, G_MAXINT64, &pending, error))
    return FALSE;
  self->kiosk = (guint32) kiosk;
  self->next_seq = (guint64) next_seq;
  self->pending = (guint64) pending;
  return TRUE;
}

/* A station that does not say it understands the first form. */
static gboolean
decode_accept (const BmJson *object, BmHello *self, GError **error)
{
  gint64 accept = 1;

  if (json_object_get (object, "accept") != NULL &&
      !bm_json_get_int (object, "accept", 1, G_MAXUINT8, &accept, error))
    return FALSE;
  self->accept = (guint) accept;
  return TRUE;
}

BmHello *
bm_hello_decode (GBytes *bytes, GError **error)
{
  g_autoptr (BmHello) self = g_new0 (BmHello, 1);
  g_autoptr (BmJson) object = NULL;
  const char *text;

  g_return_val_if_fail (bytes != NULL, NULL);

  object = parse_request (bytes, error);
  if (object == NULL || !decode_position (object, self, error) ||
      !decode_clock (object, self, error) || !bm_protocol_get_settled (object, self, error))
    return NULL;
  text = bm_json_get_string (object, "version", BM_PROTOCOL_MAX_NAME, error);
  if (text == NULL || !decode_accept (object, self, error))
    return NULL;
  self->version = g_strdup (text);
  if (json_object_get (object, "csr") == NULL)
    return g_steal_pointer (&self);
  text = bm_json_get_string (object, "csr", BM_PROTOCOL_MAX_PEM, error);
  if (text == NULL)
    return NULL;
  self->csr = g_strdup (text);
  return g_steal_pointer (&self);
}

void
bm_hello_free (BmHello *self)
{
  if (self == NULL)
    return;
  g_free (self->csr);
  g_free (self->version);
  g_clear_pointer (&self->settled, g_array_unref);
  g_clear_pointer (&self->bad, g_ptr_array_unref);
  g_free (self);
}

/* Inbox */

char *
bm_inbox_path (gint64 after, gsize max_bytes, const guint8 nonce[BM_NONCE_LEN])
{
  g_autofree char *hex = bm_hex_encode (nonce, BM_NONCE_LEN);

  return g_strdup_printf (BM_PATH_INBOX "?after=%" G_GINT64_FORMAT "&max=%" G_GSIZE_FORMAT
                                        "&accept=%d&nonce=%s",
                          after, max_bytes, BM_PROTOCOL_ACCEPT, hex);
}

char *
bm_track_path (const char *number, const char *code, const guint8 nonce[BM_NONCE_LEN])
{
  g_autofree char *hex = bm_hex_encode (nonce, BM_NONCE_LEN);
  g_autofree char *text = NULL;
  g_autofree char *folded = NULL;

  g_return_val_if_fail (number != NULL, NULL);

  if (!bm_number_is_valid (number))
    return NULL;
  text = g_strconcat ("HTTPS://X/T/", number, ".", code, NULL);
  if (code != NULL && !bm_qr_parse (text, NULL, NULL, &folded, NULL))
    return NULL;
  return g_strdup_printf (BM_PATH_TRACK "?number=%s&code=%s&nonce=%s", number,
                          folded != NULL ? folded : "", hex);
}

/* Signatures at rest */

static GBytes *
get_head_signed_bytes (guint32 kiosk, guint64 epoch, guint64 seq, const guint8 head[BM_SM3_LEN])
{
  GByteArray *message = g_byte_array_new ();

  put_text (message, "bianmin head");
  bm_put_u32 (message, kiosk);
  bm_put_u64 (message, epoch);
  bm_put_u64 (message, seq);
  g_byte_array_append (message, head, BM_SM3_LEN);
  return end_array (message);
}

GBytes *
bm_head_sign (const BmKey *platform_key,
              guint32 kiosk,
              guint64 epoch,
              guint64 seq,
              const guint8 head[BM_SM3_LEN],
              GError **error)
{
  g_autoptr (GBytes) message = NULL;

  g_return_val_if_fail (platform_key != NULL && head != NULL, NULL);

  message = get_head_signed_bytes (kiosk, epoch, seq, head);
  return bm_sign (platform_key, message, error);
}

gboolean
bm_head_verify (const BmKey *platform_public,
                guint32 kiosk,
                guint64 epoch,
                guint64 seq,
                const guint8 head[BM_SM3_LEN],
                GBytes *signature,
                GError **error)
{
  g_autoptr (GBytes) message = NULL;

  g_return_val_if_fail (platform_public != NULL && head != NULL && signature != NULL, FALSE);

  message = get_head_signed_bytes (kiosk, epoch, seq, head);
  return bm_verify (platform_public, message, signature, error);
}

GBytes *
bm_message_get_signed_bytes (const char *kind, const char *name, gint64 version, GBytes *body)
{
  GByteArray *message = g_byte_array_new ();
  const char *texts[] = { kind, name };
  guint8 hash[BM_SM3_LEN];

  put_text (message, "bianmin message");
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      guint8 len = (guint8) strlen (texts[i]);

      g_byte_array_append (message, &len, 1);
      put_text (message, texts[i]);
    }
  bm_put_u64 (message, (guint64) version);
  bm_sm3 (g_bytes_get_data (body, NULL), g_bytes_get_size (body), hash);
  g_byte_array_append (message, hash, sizeof hash);
  return end_array (message);
}

GBytes *
bm_message_sign (const BmKey *platform_key,
                 const char *kind,
                 const char *name,
                 gint64 version,
                 GBytes *body,
                 GError **error)
{
  g_autoptr (GBytes) message = NULL;

  g_return_val_if_fail (platform_key != NULL && kind != NULL && name != NULL && body != NULL, NULL);
  g_return_val_if_fail (strlen (kind) <= BM_PROTOCOL_MAX_NAME, NULL);
  g_return_val_if_fail (strlen (name) <= BM_PROTOCOL_MAX_NAME, NULL);

  message = bm_message_get_signed_bytes (kind, name, version, body);
  return bm_sign (platform_key, message, error);
}

gboolean
bm_message_verify (const BmKey *platform_public,
                   const char *kind,
                   const char *name,
                   gint64 version,
                   GBytes *body,
                   GBytes *signature,
                   GError **error)
{
  g_autoptr (GBytes) message = NULL;

  g_return_val_if_fail (platform_public != NULL && kind != NULL && name != NULL, FALSE);
  g_return_val_if_fail (body != NULL && signature != NULL, FALSE);

  if (strlen (kind) > BM_PROTOCOL_MAX_NAME || strlen (name) > BM_PROTOCOL_MAX_NAME)
    return fail (error, BM_ERROR_LIMIT, "message name too long");
  message = bm_message_get_signed_bytes (kind, name, version, body);
  if (bm_group_looks_like_proof (signature))
    return bm_group_verify (platform_public, message, signature, error);
  return bm_verify (platform_public, message, signature, error);
}
