/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sync/sync-fixture.h"

#include "core/error.h"

#include "sync/identity.h"
#include "sync/protocol.h"

#include <openssl/pem.h>
#include <openssl/x509.h>

#include <string.h>

guint32 test_kiosk = TEST_KIOSK;

GBytes *
test_record_new (BmEntryType type, guint64 seq, guint32 run, gsize sealed_len)
{
  BmEntryHeader header = {
    .type = (guint8) type,
    .suite = BM_SUITE_SM,
    .kiosk = test_kiosk,
    .epoch = TEST_EPOCH,
    .seq = seq,
    .run = run,
    .key_index = type == BM_ENTRY_RUN ? 0 : 1,
    .priority = 9,
    .due_day = BM_NO_DUE_DAY,
  };
  g_autofree guint8 *noise = g_malloc (sealed_len);
  g_autoptr (GBytes) encoded = bm_entry_header_encode (&header);
  g_autoptr (GBytes) sealed = NULL;

  bm_random_bytes (noise, sealed_len);
  sealed = g_bytes_new (noise, sealed_len);
  return bm_record_new (encoded, sealed);
}

BmMessage *
test_message_new (gint64 id,
                  const char *kind,
                  const char *name,
                  const char *body,
                  const BmKey *platform_key)
{
  BmMessage *message = g_new0 (BmMessage, 1);
  g_autoptr (GError) error = NULL;

  message->id = id;
  message->kind = g_strdup (kind);
  message->name = g_strdup (name);
  message->version = 1;
  message->body = g_bytes_new (body, strlen (body));
  message->signature = bm_message_sign (platform_key, kind, name, 1, message->body, &error);
  g_assert_no_error (error);
  return message;
}

BmMessage *
test_message_copy (const BmMessage *from)
{
  BmMessage *message = g_new0 (BmMessage, 1);

  message->id = from->id;
  message->kind = g_strdup (from->kind);
  message->name = g_strdup (from->name);
  message->version = from->version;
  message->body = g_bytes_ref (from->body);
  message->signature = g_bytes_ref (from->signature);
  return message;
}

char *
test_certificate_new (const char *key, gint64 from_ms, gint64 until_ms)
{
  BIO *in = BIO_new_mem_buf (key, -1), *out = BIO_new (BIO_s_mem ());
  EVP_PKEY *pkey = PEM_read_bio_PrivateKey (in, NULL, NULL, NULL);
  X509 *x509 = X509_new ();
  char *data, *pem;
  long len;

  ASN1_INTEGER_set (X509_get_serialNumber (x509), 1);
  ASN1_TIME_set (X509_getm_notBefore (x509), from_ms / 1000);
  ASN1_TIME_set (X509_getm_notAfter (x509), until_ms / 1000);
  X509_set_pubkey (x509, pkey);
  X509_NAME_add_entry_by_txt (X509_get_subject_name (x509), "CN", MBSTRING_ASC,
                              (const guint8 *) "bianmin-kiosk-7", -1, -1, 0);
  X509_set_issuer_name (x509, X509_get_subject_name (x509));
  g_assert_cmpint (X509_sign (x509, pkey, EVP_sha256 ()), >, 0);
  PEM_write_bio_X509 (out, x509);
  len = BIO_get_mem_data (out, &data);
  pem = g_strndup (data, (gsize) len);
  X509_free (x509);
  EVP_PKEY_free (pkey);
  BIO_free (in);
  BIO_free (out);
  return pem;
}

char *
test_certificate_issue (const char *request, gint64 from_ms, gint64 until_ms)
{
  BIO *in = BIO_new_mem_buf (request, -1), *out = BIO_new (BIO_s_mem ());
  X509_REQ *req = PEM_read_bio_X509_REQ (in, NULL, NULL, NULL);
  EVP_PKEY *issuer = EVP_EC_gen ("P-256");
  X509 *x509 = X509_new ();
  char *data, *pem;
  long len;

  g_assert_nonnull (req);
  g_assert_cmpint (X509_REQ_verify (req, X509_REQ_get0_pubkey (req)), ==, 1);
  ASN1_TIME_set (X509_getm_notBefore (x509), from_ms / 1000);
  ASN1_TIME_set (X509_getm_notAfter (x509), until_ms / 1000);
  X509_set_pubkey (x509, X509_REQ_get0_pubkey (req));
  X509_set_subject_name (x509, X509_REQ_get_subject_name (req));
  g_assert_cmpint (X509_sign (x509, issuer, EVP_sha256 ()), >, 0);
  PEM_write_bio_X509 (out, x509);
  len = BIO_get_mem_data (out, &data);
  pem = g_strndup (data, (gsize) len);
  X509_free (x509);
  X509_REQ_free (req);
  EVP_PKEY_free (issuer);
  BIO_free (in);
  BIO_free (out);
  return pem;
}

json_t *
test_enrolment_document_new (const BmKey *platform_key, gint64 from_ms, gint64 until_ms)
{
  g_autofree char *key = bm_identity_new_key (NULL);
  g_autofree char *certificate = test_certificate_new (key, from_ms, until_ms);
  g_autoptr (BmKey) platform_public = bm_key_dup_public (platform_key);
  g_autoptr (BmKey) sign_key = bm_key_generate (BM_KEY_SM2_PRIVATE, NULL);
  g_autoptr (BmKey) terminal_key = bm_key_generate (BM_KEY_SYMMETRIC, NULL);
  g_autofree char *public_text = bm_key_to_string (platform_public);
  g_autofree char *sign_text = bm_key_to_string (sign_key);
  g_autofree char *terminal_text = bm_key_to_string (terminal_key);
  json_error_t problem;
  json_t *document;

  document = json_pack_ex (
    &problem, 0,
    "{s:i,s:i,s:s,s:s,s:s,s:i,s:i,s:i,s:s,s:s,s:s,s:b,s:{s:s,s:s,s:s,s:s},s:s,s:s,s:s,s:s,s:s}",
    "version", 1, "kiosk", TEST_KIOSK, "village", "990121101201", "village_name", "禾田村",
    "station_name", "禾田村便民服务站", "terminal", 1, "epoch_label", 1, "counter_start", 1,
    "phone", "100-0000-9001", "agency", "演示县社保中心", "qr_host", "DEMO.INVALID", "is_demo", 1,
    "platform", "url", "https://127.0.0.1:1", "ca", certificate, "seal_key", public_text,
    "sign_key", public_text, "terminal_key", terminal_text, "subject_salt",
    "00112233445566778899aabbccddeeff", "client_certificate", certificate, "client_key", key,
    "sign_key", sign_text);
  g_assert_nonnull (document);
  return document;
}

GBytes *
test_reply_sign (const char *json, const guint8 nonce[BM_NONCE_LEN], const BmKey *platform_key)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();
  GByteArray *out = g_byte_array_new ();
  g_autoptr (GBytes) text = NULL, signature = NULL;
  guint8 hash[BM_SM3_LEN];
  guint32 len = GUINT32_TO_BE ((guint32) strlen (json));

  bm_sm3 (json, strlen (json), hash);
  g_byte_array_append (message, (const guint8 *) "bianmin answer", 14);
  g_byte_array_append (message, nonce, BM_NONCE_LEN);
  g_byte_array_append (message, hash, sizeof hash);
  text = g_byte_array_free_to_bytes (g_steal_pointer (&message));
  signature = bm_sign (platform_key, text, NULL);
  g_byte_array_append (out, (const guint8 *) "BMA1", 4);
  g_byte_array_append (out, (const guint8 *) &len, 4);
  g_byte_array_append (out, (const guint8 *) json, (guint) strlen (json));
  g_byte_array_append (out, g_bytes_get_data (signature, NULL), BM_SM2_SIGNATURE_LEN);
  return g_byte_array_free_to_bytes (out);
}

static gboolean
on_given_up (GCancellable *cancellable, gpointer data)
{
  g_task_return_new_error (data, BM_ERROR, BM_ERROR_UNREACHABLE, "given up");
  return G_SOURCE_REMOVE;
}

void
test_wait_for_ever (GTask *task)
{
  g_autoptr (GSource) source = g_cancellable_source_new (g_task_get_cancellable (task));

  g_source_set_callback (source, G_SOURCE_FUNC (on_given_up), g_object_ref (task), g_object_unref);
  g_source_attach (source, g_task_get_context (task));
}
