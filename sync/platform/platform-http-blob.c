/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform"

#include "sync/platform/platform-http-private.h"

#include "sync/platform/platform-blobs.h"

/*
 * The calls about attachments. A run of chunks is taken apart while it comes, so that what arrived stays when the line
 * dies; only where a fault wants the request to have no effect, or to be seen whole, is the body kept first.
 */

enum MHD_Result
bm_http_handle_blob (BmHttpRequest *request, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = bm_http_get_body (request);
  g_autoptr (BmReply) reply = NULL;
  guint8 nonce[BM_NONCE_LEN];
  BmPeer peer;

  reply =
    bm_platform_blob_open (request->http->platform,
                           bm_http_read_peer (request, &peer) ? &peer : NULL, body, nonce, &error);
  return bm_http_respond_signed (request, reply, nonce, error);
}

static enum MHD_Result
handle_chunk (BmHttpRequest *request, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = bm_http_get_body (request);
  g_autoptr (BmReply) reply = NULL;
  guint8 nonce[BM_NONCE_LEN], name[BM_SM3_LEN];
  guint chunk = 0;
  BmPeer peer;

  if (!bm_hex_decode (bm_http_get_argument (request, "nonce"), nonce, sizeof nonce) ||
      !bm_blob_chunk_parse (path, name, &chunk))
    return bm_http_respond_text (request, MHD_HTTP_BAD_REQUEST, BM_HTTP_PLAIN, "400\n");
  reply = bm_platform_blob_put (request->http->platform,
                                bm_http_read_peer (request, &peer) ? &peer : NULL, name, chunk,
                                body, &error);
  return bm_http_respond_signed (request, reply, nonce, error);
}

enum MHD_Result
bm_http_handle_blob_ask (BmHttpRequest *request, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmReply) reply = NULL;
  guint8 nonce[BM_NONCE_LEN], name[BM_SM3_LEN];
  BmPeer peer;

  if (!bm_hex_decode (bm_http_get_argument (request, "nonce"), nonce, sizeof nonce) ||
      !bm_blob_ask_parse (path, name))
    return bm_http_respond_text (request, MHD_HTTP_BAD_REQUEST, BM_HTTP_PLAIN, "400\n");
  reply = bm_platform_blob_ask (request->http->platform,
                                bm_http_read_peer (request, &peer) ? &peer : NULL, name, &error);
  return bm_http_respond_signed (request, reply, nonce, error);
}

/* NULL: @path is that of one chunk. */
static BmPlatformRun *
make_run (BmHttpRequest *request, const char *path)
{
  guint8 name[BM_SM3_LEN];
  guint chunk, offset;
  BmPeer peer;

  if (!bm_blob_run_parse (path, name, &chunk, &offset))
    return NULL;
  return bm_platform_run_new (request->http->platform,
                              bm_http_read_peer (request, &peer) ? &peer : NULL, name, chunk,
                              offset);
}

static enum MHD_Result
handle_run (BmHttpRequest *request, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmReply) reply = NULL;
  guint8 nonce[BM_NONCE_LEN];

  if (!bm_hex_decode (bm_http_get_argument (request, "nonce"), nonce, sizeof nonce))
    return bm_http_respond_text (request, MHD_HTTP_BAD_REQUEST, BM_HTTP_PLAIN, "400\n");
  if (request->run == NULL) /* a fault kept the body back */
    {
      request->run = make_run (request, path);
      bm_platform_run_take (request->run, request->body->data, request->body->len);
    }
  reply = bm_platform_run_finish (request->run, &error);
  return bm_http_respond_signed (request, reply, nonce, error);
}

static gboolean
is_run (const char *path)
{
  guint8 name[BM_SM3_LEN];
  guint chunk, offset;

  return bm_blob_run_parse (path, name, &chunk, &offset);
}

enum MHD_Result
bm_http_handle_blob_put (BmHttpRequest *request, const char *path)
{
  return is_run (path) ? handle_run (request, path) : handle_chunk (request, path);
}

void
bm_http_begin_blob_put (BmHttpRequest *request, const char *path)
{
  if (!is_run (path))
    return;
  request->max_body = BM_PROTOCOL_MAX_RUN;
  if (request->fault == BM_PLATFORM_FAULT_NONE)
    request->run = make_run (request, path);
}
