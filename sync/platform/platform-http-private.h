/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/platform/platform-http.h"
#include "sync/platform/platform-rate.h"
#include "sync/platform/platform-run.h"
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
  BmPlatformRun *run; /* takes the body while it comes, which is not kept then; or NULL */
  gsize n_taken;      /* of the body */
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
#define BM_HTTP_PLAIN "text/plain; charset=utf-8"
enum MHD_Result
bm_http_respond_text (BmHttpRequest *request, guint status, const char *type, const char *text);
/* @reply sealed; without one what @error means to whoever asked. */
enum MHD_Result bm_http_respond_signed (BmHttpRequest *request,
                                        const BmReply *reply,
                                        const guint8 nonce[BM_NONCE_LEN],
                                        const GError *error);
/* FALSE: it showed no certificate of ours. */
gboolean bm_http_read_peer (BmHttpRequest *request, BmPeer *ret_peer);
const char *bm_http_get_argument (BmHttpRequest *request, const char *name); /* "": none */
GBytes *bm_http_get_body (BmHttpRequest *request); /* valid as long as @request */

/* platform-http-blob.c */
enum MHD_Result bm_http_handle_blob (BmHttpRequest *request, const char *path);
enum MHD_Result bm_http_handle_blob_ask (BmHttpRequest *request, const char *path);
enum MHD_Result bm_http_handle_blob_put (BmHttpRequest *request, const char *path);
/* Before the body comes. */
void bm_http_begin_blob_put (BmHttpRequest *request, const char *path);

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
