/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/identity.h"

#include "core/error.h"
#include "sync/protocol.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <string.h>

/*
 * OpenSSL for what TLS needs of the station: a key, a request for it, and reading certificates. The
 * national suite of core/crypto signs what is said; this only carries it.
 */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BIO, BIO_free_all)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509_REQ, X509_REQ_free)

static gboolean
fail (GError **error, BmError code, const char *what)
{
  ERR_clear_error ();
  g_set_error (error, BM_ERROR, code, "identity: %s", what);
  return FALSE;
}

static char *
bio_to_string (BIO *bio)
{
  char *data;
  long len = BIO_get_mem_data (bio, &data);

  return g_strndup (data, (gsize) len);
}

static EVP_PKEY *
read_key (const char *pem)
{
  g_autoptr (BIO) bio = BIO_new_mem_buf (pem, (int) strlen (pem));

  return PEM_read_bio_PrivateKey (bio, NULL, NULL, NULL);
}

static X509 *
read_certificate (const char *pem, GError **error)
{
  g_autoptr (BIO) bio = NULL;
  X509 *certificate = NULL;

  if (strlen (pem) <= BM_PROTOCOL_MAX_PEM)
    {
      bio = BIO_new_mem_buf (pem, (int) strlen (pem));
      certificate = PEM_read_bio_X509 (bio, NULL, NULL, NULL);
    }
  if (certificate == NULL)
    (void) fail (error, BM_ERROR_INVALID, "no certificate in PEM form"); /* it always fails */
  return certificate;
}

/**
 * bm_identity_new_key:
 * @error: return location for an error
 *
 * Makes a P-256 key.
 *
 * Returns: (transfer full): PKCS#8 PEM, to be freed with bm_wipe_string()
 */
char *
bm_identity_new_key (GError **error)
{
  g_autoptr (EVP_PKEY) key = EVP_EC_gen ("P-256");
  g_autoptr (BIO) bio = BIO_new (BIO_s_secmem ());

  if (key != NULL && PEM_write_bio_PKCS8PrivateKey (bio, key, NULL, NULL, 0, NULL, NULL) == 1)
    return bio_to_string (bio);
  (void) fail (error, BM_ERROR_CRYPTO, "no key could be made"); /* it always fails */
  return NULL;
}

static gboolean
fill_request (X509_REQ *request, EVP_PKEY *key, const char *common_name)
{
  X509_NAME *name = X509_REQ_get_subject_name (request);

  return X509_NAME_add_entry_by_txt (name, "CN", MBSTRING_UTF8, (const guint8 *) common_name, -1,
                                     -1, 0) == 1 &&
         X509_REQ_set_version (request, 0) == 1 && X509_REQ_set_pubkey (request, key) == 1 &&
         X509_REQ_sign (request, key, EVP_sha256 ()) > 0;
}

/**
 * bm_identity_new_request:
 * @key: the key, PEM
 * @common_name: whom the certificate shall name
 * @error: return location for an error
 *
 * Writes a PKCS#10 request for @key.
 *
 * Returns: (transfer full): PEM
 */
char *
bm_identity_new_request (const char *key, const char *common_name, GError **error)
{
  g_autoptr (EVP_PKEY) pkey = NULL;
  g_autoptr (X509_REQ) request = X509_REQ_new ();
  g_autoptr (BIO) bio = BIO_new (BIO_s_mem ());

  g_return_val_if_fail (key != NULL && common_name != NULL, NULL);

  pkey = read_key (key);
  if (pkey != NULL && fill_request (request, pkey, common_name) &&
      PEM_write_bio_X509_REQ (bio, request) == 1)
    return bio_to_string (bio);
  (void) fail (error, BM_ERROR_CRYPTO,
               "no certificate request could be made"); /* it always fails */
  return NULL;
}

gboolean
bm_certificate_fits_key (const char *certificate, const char *key, GError **error)
{
  g_autoptr (X509) x509 = NULL;
  g_autoptr (EVP_PKEY) pkey = NULL;

  g_return_val_if_fail (certificate != NULL && key != NULL, FALSE);

  x509 = read_certificate (certificate, error);
  if (x509 == NULL)
    return FALSE;
  pkey = read_key (key);
  if (pkey == NULL)
    return fail (error, BM_ERROR_INVALID, "no private key in PEM form");
  if (X509_check_private_key (x509, pkey) != 1)
    return fail (error, BM_ERROR_INVALID, "the certificate is for another key");
  return TRUE;
}

static gboolean
time_to_ms (const ASN1_TIME *time, gint64 *ret_ms)
{
  struct tm parts;
  g_autoptr (GDateTime) when = NULL;

  if (ASN1_TIME_to_tm (time, &parts) != 1)
    return FALSE;
  when = g_date_time_new_utc (parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour,
                              parts.tm_min, parts.tm_sec);
  if (when == NULL)
    return FALSE;
  *ret_ms = g_date_time_to_unix (when) * 1000;
  return TRUE;
}

gboolean
bm_certificate_get_times (const char *certificate,
                          gint64 *ret_from_ms,
                          gint64 *ret_until_ms,
                          GError **error)
{
  g_autoptr (X509) x509 = NULL;

  g_return_val_if_fail (certificate != NULL && ret_from_ms != NULL && ret_until_ms != NULL, FALSE);

  x509 = read_certificate (certificate, error);
  if (x509 == NULL)
    return FALSE;
  if (!time_to_ms (X509_get0_notBefore (x509), ret_from_ms) ||
      !time_to_ms (X509_get0_notAfter (x509), ret_until_ms) || *ret_until_ms < *ret_from_ms)
    return fail (error, BM_ERROR_INVALID, "the certificate's dates make no sense");
  return TRUE;
}

/**
 * bm_certificate_is_past_half:
 * @certificate: PEM
 * @now_ms: the floor time
 * @ret_is_past: (out): whether more than half of its life is over
 * @error: return location for an error
 *
 * Returns: %FALSE if @certificate cannot be read
 */
gboolean
bm_certificate_is_past_half (const char *certificate,
                             gint64 now_ms,
                             gboolean *ret_is_past,
                             GError **error)
{
  gint64 from_ms, until_ms;

  g_return_val_if_fail (ret_is_past != NULL, FALSE);

  if (!bm_certificate_get_times (certificate, &from_ms, &until_ms, error))
    return FALSE;
  *ret_is_past = now_ms > from_ms + (until_ms - from_ms) / 2;
  return TRUE;
}

/**
 * bm_certificate_dup_fingerprint:
 * @certificate: PEM
 * @error: return location for an error
 *
 * Returns: (transfer full): 64 hex digits
 */
char *
bm_certificate_dup_fingerprint (const char *certificate, GError **error)
{
  g_autoptr (X509) x509 = NULL;
  guint8 hash[EVP_MAX_MD_SIZE];
  unsigned int len;

  g_return_val_if_fail (certificate != NULL, NULL);

  x509 = read_certificate (certificate, error);
  if (x509 == NULL)
    return NULL;
  if (X509_digest (x509, EVP_sha256 (), hash, &len) == 1)
    return bm_hex_encode (hash, len);
  (void) fail (error, BM_ERROR_CRYPTO, "no fingerprint"); /* it always fails */
  return NULL;
}
