/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ports/clock.h"
#include "sync/transport.h"

G_BEGIN_DECLS

/* 2026-11-01: no platform's certificate is judged at an earlier time, whatever the clock says. */
#define BM_TRANSPORT_BUILD_FLOOR_MS G_GINT64_CONSTANT (1793491200000)

#define BM_TYPE_CURL_TRANSPORT (bm_curl_transport_get_type ())
G_DECLARE_FINAL_TYPE (BmCurlTransport, bm_curl_transport, BM, CURL_TRANSPORT, GObject)

/* @url: https://host:port; @ca: PEM, the only CA that is believed; @clock: for the floor time. */
BmTransport *
bm_curl_transport_new (const char *url, const char *ca, BmClock *clock) G_GNUC_WARN_UNUSED_RESULT;
/* Believes anybody, and therefore can fetch nothing but /v1/ca, whose fingerprint is then compared. */
BmTransport *bm_curl_transport_new_unverified (const char *url) G_GNUC_WARN_UNUSED_RESULT;

/* Before the first request: what the operator configured. Any may be NULL. */
void bm_curl_transport_set_proxy (BmCurlTransport *self, const char *proxy);
void bm_curl_transport_set_fixed_address (BmCurlTransport *self, const char *address);
void bm_curl_transport_add_ca (BmCurlTransport *self, const char *ca);

G_END_DECLS
