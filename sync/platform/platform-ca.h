/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gnutls/x509.h>

#include <glib.h>

G_BEGIN_DECLS

/*
 * The platform's own certificate authority: a root (EC P-256), one server certificate, client certificates
 * for stations; and later roots, each of which the one before vouches for. Locks itself.
 */

#define BM_SERIAL_LEN 16 /* bytes of a client certificate's serial number */

typedef struct _BmPlatformCa BmPlatformCa;

/* Makes ca.pem, ca.key, server.pem and server.key in @dir. */
gboolean bm_platform_ca_create (const char *dir, const char *host, GError **error);
BmPlatformCa *bm_platform_ca_load (const char *dir, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bm_platform_ca_free (BmPlatformCa *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmPlatformCa, bm_platform_ca_free)

/* The root under which the server is, and with which stations are enrolled. */
const char *bm_platform_ca_get_pem (BmPlatformCa *self);
char *bm_platform_ca_dup_all_pem (BmPlatformCa *self); /* every root */
const char *bm_platform_ca_get_server_pem (BmPlatformCa *self);
const char *bm_platform_ca_get_server_key (BmPlatformCa *self);
char *bm_platform_ca_dup_fingerprint (BmPlatformCa *self); /* 40 hex digits: protocol §2 */

/* Makes a new root, which signs client certificates from now on; the server stays under the old one. */
gboolean bm_platform_ca_rotate (BmPlatformCa *self, const char *host, GError **error);
/* Puts the server (from its next start on) and new enrolments under the newest root. It shows stations that
 * know an older one only the way from there. */
gboolean bm_platform_ca_finish (BmPlatformCa *self, GError **error);
char *bm_platform_ca_dup_newest_pem (BmPlatformCa *self);
guint bm_platform_ca_count (BmPlatformCa *self);
guint bm_platform_ca_get_serving (BmPlatformCa *self); /* number of the root, from 1 */

/* Signs a station's request with the newest root. Errors: BM_ERROR_INVALID when it is not a P-256 request signed by
 * itself. */
char *bm_platform_ca_sign (BmPlatformCa *self,
                           const char *csr,
                           guint32 kiosk,
                           gint64 now_ms,
                           char **ret_serial,
                           gint64 *ret_not_after_ms,
                           GError **error);

typedef struct
{
  guint32 kiosk;
  char serial[BM_SERIAL_LEN * 2 + 1];
  gint64 not_after_ms;
} BmPeer;

/* Who presented these certificates, by chain and signature alone: times and revocation are judged
 * by the caller. FALSE when they are not ours. */
gboolean bm_platform_ca_identify (BmPlatformCa *self,
                                  const gnutls_datum_t *certificates,
                                  guint count,
                                  BmPeer *ret_peer);

G_END_DECLS
