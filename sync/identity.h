/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The station's TLS identity: P-256 key, certificate request, certificate. All PEM; times are given. */

char *bm_identity_new_key (GError **error) G_GNUC_WARN_UNUSED_RESULT; /* caller wipes */
char *bm_identity_new_request (const char *key, const char *common_name, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/* Whether @certificate belongs to @key. Errors: BM_ERROR_INVALID when either cannot be read. */
gboolean bm_certificate_fits_key (const char *certificate, const char *key, GError **error);
gboolean bm_certificate_get_times (const char *certificate,
                                   gint64 *ret_from_ms,
                                   gint64 *ret_until_ms,
                                   GError **error);
/* Whether it is time to renew. Errors: BM_ERROR_INVALID. */
gboolean bm_certificate_is_past_half (const char *certificate,
                                      gint64 now_ms,
                                      gboolean *ret_is_past,
                                      GError **error);
/* SHA-256 of the DER, 64 lower-case hex digits. */
char *
bm_certificate_dup_fingerprint (const char *certificate, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
