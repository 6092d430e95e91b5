/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/platform/platform-ca.h"

#include <gnutls/abstract.h>

G_BEGIN_DECLS

typedef struct gnutls_x509_crt_int Certificate;
typedef struct gnutls_x509_crq_int Request;
typedef struct gnutls_x509_privkey_int PrivateKey;
typedef struct gnutls_pubkey_st PublicKey;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Certificate, gnutls_x509_crt_deinit)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Request, gnutls_x509_crq_deinit)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PublicKey, gnutls_pubkey_deinit)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrivateKey, gnutls_x509_privkey_deinit)

/* One root and what is under it. Never changed once it is in the list, never freed before the list. */
typedef struct
{
  Certificate *certificate;
  PrivateKey *key;
  char *pem;
  char *server_pem; /* with the cross certificates that lead to the older roots */
  char *server_key;
} BmRoot;

struct _BmPlatformCa
{
  GMutex mutex;
  char *dir;
  GPtrArray *roots; /* of BmRoot, the oldest first */
  guint serving;    /* under which root the server and new enrolments are, from 1 */
};

void bm_root_free (BmRoot *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmRoot, bm_root_free)
BmRoot *bm_root_load (const char *dir, guint number, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* "ca.pem", "ca-2.pem", … */
char *bm_root_file (const char *stem, guint number, const char *end) G_GNUC_WARN_UNUSED_RESULT;

gboolean bm_ca_check (int rc, const char *what, GError **error);
gboolean bm_ca_write (const char *dir, const char *name, const char *text, GError **error);
char *bm_ca_read (const char *dir, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
PrivateKey *bm_ca_generate_key (const char *dir, const char *name, GError **error);
char *bm_ca_export (Certificate *certificate, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The root of @number for @key: signed by itself, or by @older as the way from there. */
Certificate *bm_ca_make_root (guint number, PrivateKey *key, const BmRoot *older, GError **error);
Certificate *bm_ca_make_server (const char *host,
                                PrivateKey *key,
                                Certificate *root,
                                PrivateKey *root_key,
                                GError **error);

G_END_DECLS
