/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform-ca"

#include "sync/platform/platform-ca-private.h"

#include "core/crypto/crypto.h"
#include "core/error.h"
#include "core/fault.h"
#include "sync/protocol.h"

#include <gio/gio.h>

#include <string.h>

/*
 * One root after the other.
 *
 * Root n is ca-n.pem and ca-n.key (the first: ca.pem, ca.key). ca-n-cross.pem has its name and key and the
 * signature of root n - 1: whoever trusts that one can go on to this one. The server shows its certificate
 * under the root of `ca-serving`, and all cross certificates down from it, so that a station gets in
 * whichever of the roots it knows; one that knows the serving root ends there.
 *
 * Invariants: ca-n.pem is written last, so that a root is whole or is not there; no root, key or
 * certificate is ever changed or removed; a client certificate of every root is taken.
 */

#define MAX_ROOTS    20
#define SERVING_FILE "ca-serving"

void
bm_root_free (BmRoot *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->certificate, gnutls_x509_crt_deinit);
  g_clear_pointer (&self->key, gnutls_x509_privkey_deinit);
  g_free (self->pem);
  g_free (self->server_pem);
  bm_wipe_string (self->server_key);
  g_free (self);
}

char *
bm_root_file (const char *stem, guint number, const char *end)
{
  return number == 1 ? g_strconcat (stem, end, NULL)
                     : g_strdup_printf ("%s-%u%s", stem, number, end);
}

static char *
read_numbered (const char *dir, const char *stem, guint number, const char *end, GError **error)
{
  g_autofree char *name = bm_root_file (stem, number, end);

  return bm_ca_read (dir, name, error);
}

static gboolean
import (BmRoot *self, const char *key_text, GError **error)
{
  gnutls_datum_t pem = { (unsigned char *) self->pem, (unsigned) strlen (self->pem) };
  gnutls_datum_t key = { (unsigned char *) key_text, (unsigned) strlen (key_text) };

  return bm_ca_check (gnutls_x509_crt_init (&self->certificate), "CA", error) &&
         bm_ca_check (gnutls_x509_crt_import (self->certificate, &pem, GNUTLS_X509_FMT_PEM), "CA",
                      error) &&
         bm_ca_check (gnutls_x509_privkey_init (&self->key), "CA key", error) &&
         bm_ca_check (gnutls_x509_privkey_import (self->key, &key, GNUTLS_X509_FMT_PEM), "CA key",
                      error);
}

/* The server's certificate and the way down to the first root. */
static char *
read_chain (const char *dir, guint number, GError **error)
{
  g_autofree char *leaf = read_numbered (dir, "server", number, ".pem", error);
  g_autoptr (GString) chain = NULL;

  if (leaf == NULL)
    return NULL;
  chain = g_string_new (leaf);
  for (guint i = number; i > 1; i--)
    {
      g_autofree char *cross = read_numbered (dir, "ca", i, "-cross.pem", error);

      if (cross == NULL)
        return NULL;
      g_string_append (chain, cross);
    }
  return g_string_free (g_steal_pointer (&chain), FALSE);
}

BmRoot *
bm_root_load (const char *dir, guint number, GError **error)
{
  g_autoptr (BmRoot) self = g_new0 (BmRoot, 1);
  char *key;
  gboolean is_loaded;

  self->pem = read_numbered (dir, "ca", number, ".pem", error);
  self->server_pem = self->pem != NULL ? read_chain (dir, number, error) : NULL;
  self->server_key =
    self->server_pem != NULL ? read_numbered (dir, "server", number, ".key", error) : NULL;
  key = self->server_key != NULL ? read_numbered (dir, "ca", number, ".key", error) : NULL;
  if (key == NULL)
    return NULL;
  is_loaded = import (self, key, error);
  bm_wipe_string (key);
  return is_loaded ? g_steal_pointer (&self) : NULL;
}

static guint
read_serving (const char *dir, guint n_roots)
{
  g_autofree char *text = bm_ca_read (dir, SERVING_FILE, NULL);
  guint64 number = 1;

  if (text == NULL ||
      !g_ascii_string_to_unsigned (g_strstrip (text), 10, 1, n_roots, &number, NULL))
    return 1;
  return (guint) number;
}

BmPlatformCa *
bm_platform_ca_load (const char *dir, GError **error)
{
  g_autoptr (BmPlatformCa) self = g_new0 (BmPlatformCa, 1);

  g_return_val_if_fail (dir != NULL, NULL);

  g_mutex_init (&self->mutex);
  self->dir = g_strdup (dir);
  self->roots = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_root_free);
  for (guint number = 1; number <= MAX_ROOTS; number++)
    {
      g_autofree char *name = bm_root_file ("ca", number, ".pem");
      g_autofree char *path = g_build_filename (dir, name, NULL);
      BmRoot *root;

      if (number > 1 && !g_file_test (path, G_FILE_TEST_EXISTS))
        break;
      root = bm_root_load (dir, number, error);
      if (root == NULL)
        return NULL;
      g_ptr_array_add (self->roots, root);
    }
  self->serving = read_serving (dir, self->roots->len);
  return g_steal_pointer (&self);
}

void
bm_platform_ca_free (BmPlatformCa *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->roots, g_ptr_array_unref);
  g_free (self->dir);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

static const BmRoot *
get_serving (BmPlatformCa *self)
{
  const BmRoot *root;

  g_mutex_lock (&self->mutex);
  root = g_ptr_array_index (self->roots, self->serving - 1);
  g_mutex_unlock (&self->mutex);
  return root;
}

const char *
bm_platform_ca_get_pem (BmPlatformCa *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return get_serving (self)->pem;
}

const char *
bm_platform_ca_get_server_pem (BmPlatformCa *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return get_serving (self)->server_pem;
}

const char *
bm_platform_ca_get_server_key (BmPlatformCa *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return get_serving (self)->server_key;
}

char *
bm_platform_ca_dup_fingerprint (BmPlatformCa *self)
{
  guint8 digest[32];
  gsize size = sizeof digest;

  g_return_val_if_fail (self != NULL, NULL);

  if (gnutls_x509_crt_get_fingerprint (get_serving (self)->certificate, GNUTLS_DIG_SHA256, digest,
                                       &size) < 0)
    return NULL;
  return bm_hex_encode (digest, BM_FINGERPRINT_LEN / 2);
}

char *
bm_platform_ca_dup_all_pem (BmPlatformCa *self)
{
  GString *text = g_string_new (NULL);

  g_return_val_if_fail (self != NULL, NULL);

  g_mutex_lock (&self->mutex);
  for (guint i = 0; i < self->roots->len; i++)
    g_string_append (text, ((BmRoot *) g_ptr_array_index (self->roots, i))->pem);
  g_mutex_unlock (&self->mutex);
  return g_string_free (text, FALSE);
}

static BmRoot *
get_newest (BmPlatformCa *self, guint *ret_number)
{
  BmRoot *root;

  g_mutex_lock (&self->mutex);
  *ret_number = self->roots->len;
  root = g_ptr_array_index (self->roots, self->roots->len - 1);
  g_mutex_unlock (&self->mutex);
  return root;
}

char *
bm_platform_ca_dup_newest_pem (BmPlatformCa *self)
{
  guint number;

  g_return_val_if_fail (self != NULL, NULL);

  return g_strdup (get_newest (self, &number)->pem);
}

guint
bm_platform_ca_count (BmPlatformCa *self)
{
  guint number;

  g_return_val_if_fail (self != NULL, 0);

  (void) get_newest (self, &number); /* only how many */
  return number;
}

guint
bm_platform_ca_get_serving (BmPlatformCa *self)
{
  guint serving;

  g_return_val_if_fail (self != NULL, 0);

  g_mutex_lock (&self->mutex);
  serving = self->serving;
  g_mutex_unlock (&self->mutex);
  return serving;
}

static gboolean
write_certificate (BmPlatformCa *self, const char *name, Certificate *certificate, GError **error)
{
  g_autofree char *pem = certificate != NULL ? bm_ca_export (certificate, error) : NULL;

  return pem != NULL && bm_ca_write (self->dir, name, pem, error);
}

/* The files of root @number; its own certificate is the last. */
static gboolean
make_files (BmPlatformCa *self, guint number, const BmRoot *older, const char *host, GError **error)
{
  g_autofree char *key_name = bm_root_file ("ca", number, ".key");
  g_autofree char *cross_name = bm_root_file ("ca", number, "-cross.pem");
  g_autofree char *root_name = bm_root_file ("ca", number, ".pem");
  g_autofree char *server_key_name = bm_root_file ("server", number, ".key");
  g_autofree char *server_name = bm_root_file ("server", number, ".pem");
  g_autoptr (PrivateKey) key = bm_ca_generate_key (self->dir, key_name, error);
  g_autoptr (PrivateKey) server_key =
    key != NULL ? bm_ca_generate_key (self->dir, server_key_name, error) : NULL;
  g_autoptr (Certificate) root =
    server_key != NULL ? bm_ca_make_root (number, key, NULL, error) : NULL;
  g_autoptr (Certificate) cross = root != NULL ? bm_ca_make_root (number, key, older, error) : NULL;
  g_autoptr (Certificate) server =
    cross != NULL ? bm_ca_make_server (host, server_key, root, key, error) : NULL;

  if (!write_certificate (self, server_name, server, error) ||
      !write_certificate (self, cross_name, cross, error))
    return FALSE;
  bm_fault_point ("platform-root-half-made");
  return write_certificate (self, root_name, root, error);
}

gboolean
bm_platform_ca_rotate (BmPlatformCa *self, const char *host, GError **error)
{
  const BmRoot *older;
  BmRoot *root;
  guint number;

  g_return_val_if_fail (self != NULL && host != NULL, FALSE);

  older = get_newest (self, &number);
  if (number >= MAX_ROOTS)
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_LIMIT, "There are too many roots");
      return FALSE;
    }
  if (!make_files (self, number + 1, older, host, error))
    return FALSE;
  root = bm_root_load (self->dir, number + 1, error);
  if (root == NULL)
    return FALSE;
  g_mutex_lock (&self->mutex);
  g_ptr_array_add (self->roots, root);
  g_mutex_unlock (&self->mutex);
  return TRUE;
}

gboolean
bm_platform_ca_finish (BmPlatformCa *self, GError **error)
{
  g_autofree char *text = NULL;
  guint number;

  g_return_val_if_fail (self != NULL, FALSE);

  (void) get_newest (self, &number); /* only how many */
  text = g_strdup_printf ("%u\n", number);
  if (!bm_ca_write (self->dir, SERVING_FILE, text, error))
    return FALSE;
  g_mutex_lock (&self->mutex);
  self->serving = number;
  g_mutex_unlock (&self->mutex);
  return TRUE;
}
