/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/platform/platform-http.h"
#include "sync/platform/platform-rate.h"
#include "sync/platform/platform-sleep.h"

#include <microhttpd.h>

G_BEGIN_DECLS

struct _BmPlatformHttp
{
  BmPlatform *platform;
  BmPlatformSleep *sleep;
  BmRate *rate; /* of the public page; calls of stations are never counted */
  struct MHD_Daemon *daemon;
  int socket;
  guint16 port;
  GMutex mutex;
  GBytes *last_answers[BM_CALL_COUNT]; /* for the replay fault */
};

/* One request while it lasts. */
typedef struct
{
  BmPlatformHttp *http;
  struct MHD_Connection *connection;
  GByteArray *body;
  gsize max_body;
  gboolean is_too_big;
  gboolean has_records; /* a batch that stored something: its completion is a fault point */
  BmPlatformFault fault;
  guint fault_number;
  struct MHD_Response *response; /* made, waiting for its delay */
  guint status;
} BmHttpRequest;

/* Sends now, or as the request's fault wants it. */
enum MHD_Result
bm_http_respond (BmHttpRequest *request, guint status, const char *type, GBytes *body);
/* A public page with all its fences. @wait_s: a Retry-After, or 0. */
enum MHD_Result
bm_http_respond_page (BmHttpRequest *request, guint status, guint wait_s, const char *page);
/* A response that a fault wants instead of any work; FALSE when the work is to be done. */
gboolean bm_http_respond_instead (BmHttpRequest *request, enum MHD_Result *ret_result);
/* BMA1 bytes, bent as the fault wants. */
GBytes *bm_http_seal (BmHttpRequest *request,
                      const BmReply *reply,
                      const guint8 nonce[BM_NONCE_LEN],
                      GError **error);

G_END_DECLS
