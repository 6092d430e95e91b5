/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform-ca"

#include "sync/platform/platform-ca-private.h"

#include "core/crypto/crypto.h"
#include "core/error.h"
#include "sync/platform/platform.h"
#include "sync/protocol.h"

#include <gnutls/gnutls.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

#include <string.h>

/*
 * Certificates are dated from the start of 2026, so that a station whose clock is slow still gets
 * in (protocol §1). Expiry of a client certificate is read out for the caller and never decided
 * here: an expired, unrevoked station may still say hello.
 */

#define NOT_BEFORE    G_GINT64_CONSTANT (1767225600) /* 2026-01-01T00:00:00Z */
#define YEAR_SECONDS  G_GINT64_CONSTANT (31557600)
#define CA_YEARS      30
#define SERVER_YEARS  20
#define CLIENT_YEARS  5
#define MAX_PEM_BYTES (16 * 1024)
#define NAME_PREFIX   "bianmin-kiosk-"
#define ROOT_NAME     "Bianmin platform CA"

gboolean
bm_ca_check (int rc, const char *what, GError **error)
{
  if (rc >= 0)
    return TRUE;
  g_set_error (error, BM_ERROR, BM_ERROR_CRYPTO, "%s: %s", what, gnutls_strerror (rc));
  return FALSE;
}

gboolean
bm_ca_write (const char *dir, const char *name, const char *text, GError **error)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);

  return bm_platform_write_private (path, text, error);
}

PrivateKey *
bm_ca_generate_key (const char *dir, const char *name, GError **error)
{
  g_autoptr (PrivateKey) key = NULL;
  gnutls_datum_t text = { NULL, 0 };
  g_autofree char *pem = NULL;

  if (!bm_ca_check (gnutls_x509_privkey_init (&key), "private key", error) ||
      !bm_ca_check (gnutls_x509_privkey_generate (key, GNUTLS_PK_ECDSA,
                                                  GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1),
                                                  0),
                    "private key", error) ||
      !bm_ca_check (gnutls_x509_privkey_export2 (key, GNUTLS_X509_FMT_PEM, &text), "private key",
                    error))
    return NULL;
  pem = g_strndup ((const char *) text.data, text.size);
  gnutls_memset (text.data, 0, text.size);
  gnutls_free (text.data);
  if (!bm_ca_write (dir, name, pem, error))
    return NULL;
  gnutls_memset (pem, 0, strlen (pem));
  return g_steal_pointer (&key);
}

char *
bm_ca_export (Certificate *certificate, GError **error)
{
  gnutls_datum_t text = { NULL, 0 };
  char *pem;

  if (!bm_ca_check (gnutls_x509_crt_export2 (certificate, GNUTLS_X509_FMT_PEM, &text),
                    "certificate", error))
    return NULL;
  pem = g_strndup ((const char *) text.data, text.size);
  gnutls_free (text.data);
  return pem;
}

/* Version 3, a random serial number, the given name and life. */
static Certificate *
begin_certificate (const char *common_name,
                   gint64 not_after,
                   guint8 ret_serial[BM_SERIAL_LEN],
                   GError **error)
{
  g_autoptr (Certificate) certificate = NULL;

  bm_random_bytes (ret_serial, BM_SERIAL_LEN);
  ret_serial[0] = (guint8) ((ret_serial[0] & 0x3f) | 0x40); /* positive, of constant length */
  if (!bm_ca_check (gnutls_x509_crt_init (&certificate), "certificate", error) ||
      !bm_ca_check (gnutls_x509_crt_set_version (certificate, 3), "certificate version", error) ||
      !bm_ca_check (gnutls_x509_crt_set_serial (certificate, ret_serial, BM_SERIAL_LEN),
                    "certificate serial", error) ||
      !bm_ca_check (gnutls_x509_crt_set_activation_time (certificate, (time_t) NOT_BEFORE),
                    "certificate start", error) ||
      !bm_ca_check (gnutls_x509_crt_set_expiration_time (certificate, (time_t) not_after),
                    "certificate end", error) ||
      !bm_ca_check (gnutls_x509_crt_set_dn_by_oid (certificate, GNUTLS_OID_X520_COMMON_NAME, 0,
                                                   common_name, (unsigned) strlen (common_name)),
                    "certificate name", error))
    return NULL;
  return g_steal_pointer (&certificate);
}

/* Both forms have the name and the key identifier of the root, so that either ends the same chain. */
Certificate *
bm_ca_make_root (guint number, PrivateKey *key, const BmRoot *older, GError **error)
{
  g_autofree char *name =
    number == 1 ? g_strdup (ROOT_NAME) : g_strdup_printf (ROOT_NAME " %u", number);
  g_autoptr (Certificate) root = NULL;
  guint8 serial[BM_SERIAL_LEN], key_id[BM_SERIAL_LEN];
  gsize key_id_size = sizeof key_id;
  guint8 digest[64];
  gsize digest_size = sizeof digest;

  root = begin_certificate (name, NOT_BEFORE + CA_YEARS * YEAR_SECONDS, serial, error);
  if (root == NULL || !bm_ca_check (gnutls_x509_crt_set_key (root, key), "CA key", error) ||
      !bm_ca_check (gnutls_x509_crt_set_basic_constraints (root, 1, -1), "CA constraints", error) ||
      !bm_ca_check (gnutls_x509_crt_set_key_usage (root,
                                                   GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN),
                    "CA key usage", error) ||
      !bm_ca_check (gnutls_x509_crt_get_key_id (root, GNUTLS_KEYID_USE_SHA256, digest,
                                                &digest_size),
                    "CA key id", error))
    return NULL;
  memcpy (key_id, digest, key_id_size);
  if (!bm_ca_check (gnutls_x509_crt_set_subject_key_id (root, key_id, key_id_size), "CA key id",
                    error) ||
      !bm_ca_check (gnutls_x509_crt_sign2 (root, older != NULL ? older->certificate : root,
                                           older != NULL ? older->key : key, GNUTLS_DIG_SHA256, 0),
                    "CA signature", error))
    return NULL;
  return g_steal_pointer (&root);
}

static gboolean
add_names (Certificate *certificate, const char *host, GError **error)
{
  const char *const names[] = { host, "localhost", "127.0.0.1", "::1" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GInetAddress) address = g_inet_address_new_from_string (names[i]);
      gboolean is_repeated = i > 0 && strcmp (names[i], host) == 0;

      if (is_repeated)
        continue;
      if (address != NULL &&
          !bm_ca_check (gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_IPADDRESS,
                                                              g_inet_address_to_bytes (address),
                                                              (unsigned)
                                                                g_inet_address_get_native_size (
                                                                  address),
                                                              GNUTLS_FSAN_APPEND),
                        "server address", error))
        return FALSE;
      if (address == NULL &&
          !bm_ca_check (gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_DNSNAME,
                                                              names[i],
                                                              (unsigned) strlen (names[i]),
                                                              GNUTLS_FSAN_APPEND),
                        "server name", error))
        return FALSE;
    }
  return TRUE;
}

/* What server and client certificates share: no CA, signing only, one purpose, the root's
 * signature. */
static gboolean
finish_leaf (Certificate *leaf,
             const char *purpose,
             Certificate *root,
             PrivateKey *root_key,
             GError **error)
{
  return bm_ca_check (gnutls_x509_crt_set_basic_constraints (leaf, 0, -1), "constraints", error) &&
         bm_ca_check (gnutls_x509_crt_set_key_usage (leaf, GNUTLS_KEY_DIGITAL_SIGNATURE),
                      "key usage", error) &&
         bm_ca_check (gnutls_x509_crt_set_key_purpose_oid (leaf, purpose, 0), "key purpose",
                      error) &&
         bm_ca_check (gnutls_x509_crt_sign2 (leaf, root, root_key, GNUTLS_DIG_SHA256, 0),
                      "signature", error);
}

Certificate *
bm_ca_make_server (const char *host,
                   PrivateKey *key,
                   Certificate *root,
                   PrivateKey *root_key,
                   GError **error)
{
  g_autoptr (Certificate) server = NULL;
  guint8 serial[BM_SERIAL_LEN];

  server = begin_certificate (host, NOT_BEFORE + SERVER_YEARS * YEAR_SECONDS, serial, error);
  if (server == NULL || !bm_ca_check (gnutls_x509_crt_set_key (server, key), "server key", error) ||
      !add_names (server, host, error) ||
      !finish_leaf (server, GNUTLS_KP_TLS_WWW_SERVER, root, root_key, error))
    return NULL;
  return g_steal_pointer (&server);
}

/**
 * bm_platform_ca_create:
 * @dir: an existing folder that only the platform can read
 * @host: the name or address under which stations reach this server
 * @error: return location
 *
 * Makes the root and the server's certificate.
 */
gboolean
bm_platform_ca_create (const char *dir, const char *host, GError **error)
{
  g_autoptr (PrivateKey) root_key = NULL;
  g_autoptr (PrivateKey) server_key = NULL;
  g_autoptr (Certificate) root = NULL;
  g_autoptr (Certificate) server = NULL;
  g_autofree char *root_pem = NULL;
  g_autofree char *server_pem = NULL;

  g_return_val_if_fail (dir != NULL && host != NULL, FALSE);

  root_key = bm_ca_generate_key (dir, "ca.key", error);
  if (root_key == NULL)
    return FALSE;
  server_key = bm_ca_generate_key (dir, "server.key", error);
  if (server_key == NULL)
    return FALSE;
  root = bm_ca_make_root (1, root_key, NULL, error);
  if (root == NULL)
    return FALSE;
  server = bm_ca_make_server (host, server_key, root, root_key, error);
  if (server == NULL)
    return FALSE;
  root_pem = bm_ca_export (root, error);
  server_pem = root_pem != NULL ? bm_ca_export (server, error) : NULL;
  return server_pem != NULL && bm_ca_write (dir, "ca.pem", root_pem, error) &&
         bm_ca_write (dir, "server.pem", server_pem, error);
}

char *
bm_ca_read (const char *dir, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  g_autoptr (GError) local_error = NULL;
  char *text = NULL;

  if (g_file_get_contents (path, &text, NULL, &local_error))
    return text;
  g_set_error (error, BM_ERROR, BM_ERROR_UNREACHABLE, "%s", local_error->message);
  return NULL;
}

/* The public key of a request that is signed by its own key. */
static PublicKey *
import_request (const char *csr, GError **error)
{
  g_autoptr (Request) request = NULL;
  g_autoptr (PublicKey) key = NULL;
  gnutls_datum_t pem = { (unsigned char *) csr, (unsigned) strlen (csr) };
  gnutls_ecc_curve_t curve = GNUTLS_ECC_CURVE_INVALID;

  if (pem.size <= MAX_PEM_BYTES && gnutls_x509_crq_init (&request) >= 0 &&
      gnutls_x509_crq_import (request, &pem, GNUTLS_X509_FMT_PEM) >= 0 &&
      gnutls_x509_crq_verify (request, 0) >= 0 && gnutls_pubkey_init (&key) >= 0 &&
      gnutls_pubkey_import_x509_crq (key, request, 0) >= 0 &&
      gnutls_pubkey_export_ecc_raw (key, &curve, NULL, NULL) >= 0 &&
      curve == GNUTLS_ECC_CURVE_SECP256R1)
    return g_steal_pointer (&key);
  g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID,
                       "The certificate request is not one for a P-256 key");
  return NULL;
}

static gboolean
sign_by_newest (BmPlatformCa *self, Certificate *certificate, GError **error)
{
  const BmRoot *newest;
  gboolean is_signed;

  g_mutex_lock (&self->mutex);
  newest = g_ptr_array_index (self->roots, self->roots->len - 1);
  is_signed =
    finish_leaf (certificate, GNUTLS_KP_TLS_WWW_CLIENT, newest->certificate, newest->key, error);
  g_mutex_unlock (&self->mutex);
  return is_signed;
}

char *
bm_platform_ca_sign (BmPlatformCa *self,
                     const char *csr,
                     guint32 kiosk,
                     gint64 now_ms,
                     char **ret_serial,
                     gint64 *ret_not_after_ms,
                     GError **error)
{
  g_autoptr (PublicKey) key = NULL;
  g_autoptr (Certificate) certificate = NULL;
  g_autofree char *name = g_strdup_printf (NAME_PREFIX "%" G_GUINT32_FORMAT, kiosk);
  gint64 not_after = now_ms / 1000 + CLIENT_YEARS * YEAR_SECONDS;
  guint8 serial[BM_SERIAL_LEN];

  g_return_val_if_fail (self != NULL && csr != NULL, NULL);

  key = import_request (csr, error);
  if (key == NULL)
    return NULL;
  certificate = begin_certificate (name, not_after, serial, error);
  if (certificate == NULL ||
      !bm_ca_check (gnutls_x509_crt_set_pubkey (certificate, key), "station key", error) ||
      !sign_by_newest (self, certificate, error))
    return NULL;
  *ret_serial = bm_hex_encode (serial, BM_SERIAL_LEN);
  *ret_not_after_ms = not_after * 1000;
  return bm_ca_export (certificate, error);
}

static gboolean
read_peer (Certificate *certificate, BmPeer *ret_peer)
{
  guint8 serial[BM_SERIAL_LEN];
  gsize serial_size = sizeof serial;
  char name[64];
  gsize name_size = sizeof name;
  guint64 kiosk = 0;
  g_autofree char *hex = NULL;

  if (gnutls_x509_crt_get_serial (certificate, serial, &serial_size) < 0 ||
      serial_size != sizeof serial ||
      gnutls_x509_crt_get_dn_by_oid (certificate, GNUTLS_OID_X520_COMMON_NAME, 0, 0, name,
                                     &name_size) < 0 ||
      !g_str_has_prefix (name, NAME_PREFIX) ||
      !g_ascii_string_to_unsigned (name + strlen (NAME_PREFIX), 10, 1, G_MAXUINT32, &kiosk, NULL))
    return FALSE;
  hex = bm_hex_encode (serial, sizeof serial);
  g_strlcpy (ret_peer->serial, hex, sizeof ret_peer->serial);
  ret_peer->kiosk = (guint32) kiosk;
  ret_peer->not_after_ms = (gint64) gnutls_x509_crt_get_expiration_time (certificate) * 1000;
  return TRUE;
}

static gboolean
is_of_one_of_us (BmPlatformCa *self, Certificate *certificate)
{
  gboolean is_ours = FALSE;

  g_mutex_lock (&self->mutex);
  for (guint i = self->roots->len; !is_ours && i > 0; i--)
    {
      BmRoot *root = g_ptr_array_index (self->roots, i - 1);
      unsigned status = 0;

      is_ours = gnutls_x509_crt_verify (certificate, &root->certificate, 1,
                                        GNUTLS_VERIFY_DISABLE_TIME_CHECKS, &status) >= 0 &&
                status == 0;
    }
  g_mutex_unlock (&self->mutex);
  return is_ours;
}

gboolean
bm_platform_ca_identify (BmPlatformCa *self,
                         const gnutls_datum_t *certificates,
                         guint count,
                         BmPeer *ret_peer)
{
  g_autoptr (Certificate) certificate = NULL;

  g_return_val_if_fail (self != NULL && ret_peer != NULL, FALSE);

  if (count == 0 || gnutls_x509_crt_init (&certificate) < 0 ||
      gnutls_x509_crt_import (certificate, &certificates[0], GNUTLS_X509_FMT_DER) < 0)
    return FALSE;
  if (!is_of_one_of_us (self, certificate))
    return FALSE;
  return read_peer (certificate, ret_peer);
}
