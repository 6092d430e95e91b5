/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/transport.h"

#include "sync/protocol-run.h"

G_DEFINE_INTERFACE (BmTransport, bm_transport, G_TYPE_OBJECT)

static const char *const trouble_names[] = {
  [BM_LINK_ONLINE] = "online",
  [BM_LINK_UNKNOWN] = "unknown",
  [BM_LINK_OFFLINE] = "offline",
  [BM_LINK_NO_DNS] = "no-dns",
  [BM_LINK_PORTAL] = "portal",
  [BM_LINK_WRONG_CERTIFICATE] = "wrong-certificate",
  [BM_LINK_PLATFORM_DOWN] = "platform-down",
  [BM_LINK_REFUSED] = "refused",
  [BM_LINK_NO_PROXY] = "no-proxy",
};

static void
bm_transport_default_init (BmTransportInterface *iface)
{
}

/**
 * bm_link_trouble_to_string:
 * @trouble: what is wrong with the line
 *
 * Returns: a stable id, for status output, page models and tests
 */
const char *
bm_link_trouble_to_string (BmLinkTrouble trouble)
{
  g_return_val_if_fail ((guint) trouble < G_N_ELEMENTS (trouble_names), "unknown");

  return trouble_names[trouble];
}

/**
 * bm_transport_reply_new:
 * @status: the HTTP status, which acknowledges nothing
 * @retry_after_ms: the delay asked for, or 0
 * @body: the body
 *
 * Returns: (transfer full): a reply
 */
BmTransportReply *
bm_transport_reply_new (guint status, gint64 retry_after_ms, GBytes *body)
{
  BmTransportReply *self;

  g_return_val_if_fail (body != NULL, NULL);

  self = g_new0 (BmTransportReply, 1);
  self->status = status;
  self->retry_after_ms = retry_after_ms;
  self->body = g_bytes_ref (body);
  return self;
}

void
bm_transport_reply_free (BmTransportReply *self)
{
  if (self == NULL)
    return;
  g_bytes_unref (self->body);
  g_free (self);
}

void
bm_transport_send_async (BmTransport *self,
                         const char *path,
                         const char *content_type,
                         GBytes *body,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_return_if_fail (BM_IS_TRANSPORT (self));
  g_return_if_fail (path != NULL && path[0] == '/');

  BM_TRANSPORT_GET_IFACE (self)->send_async (self, path, content_type, body, cancellable, callback,
                                             user_data);
}

BmTransportReply *
bm_transport_send_finish (BmTransport *self,
                          GAsyncResult *result,
                          BmLinkTrouble *ret_trouble,
                          GError **error)
{
  g_return_val_if_fail (BM_IS_TRANSPORT (self), NULL);
  g_return_val_if_fail (ret_trouble != NULL, NULL);

  return BM_TRANSPORT_GET_IFACE (self)->send_finish (self, result, ret_trouble, error);
}

void
bm_transport_set_identity (BmTransport *self, const char *certificate, const char *key)
{
  g_return_if_fail (BM_IS_TRANSPORT (self));
  g_return_if_fail (certificate != NULL && key != NULL);

  BM_TRANSPORT_GET_IFACE (self)->set_identity (self, certificate, key);
}

void
bm_transport_set_floor_ms (BmTransport *self, gint64 floor_ms)
{
  g_return_if_fail (BM_IS_TRANSPORT (self));

  BM_TRANSPORT_GET_IFACE (self)->set_floor_ms (self, floor_ms);
}

/**
 * bm_transport_get_meter:
 * @self: a transport
 * @ret_meter: (out caller-allocates): what the line carried, and how well
 */
void
bm_transport_get_meter (BmTransport *self, BmTransportMeter *ret_meter)
{
  g_return_if_fail (BM_IS_TRANSPORT (self));
  g_return_if_fail (ret_meter != NULL);

  *ret_meter = (BmTransportMeter){ 0 };
  if (BM_TRANSPORT_GET_IFACE (self)->get_meter != NULL)
    BM_TRANSPORT_GET_IFACE (self)->get_meter (self, ret_meter);
}

gboolean
bm_transport_is_put (const char *path)
{
  g_return_val_if_fail (path != NULL, FALSE);

  return g_str_has_prefix (path, BM_PATH_BLOB "/");
}

gboolean
bm_transport_is_resumable (const char *path)
{
  guint8 blob[BM_SM3_LEN];
  g_autofree char *plain = NULL;
  guint chunk, offset;

  g_return_val_if_fail (path != NULL, FALSE);

  plain = g_strndup (path, strcspn (path, "?"));
  return bm_blob_run_parse (plain, blob, &chunk, &offset);
}

/**
 * bm_transport_is_patient:
 * @path: of a request
 *
 * Returns: whether nobody waits for it: a run of chunks, or the question what is there of them
 */
gboolean
bm_transport_is_patient (const char *path)
{
  guint8 blob[BM_SM3_LEN];
  g_autofree char *plain = NULL;

  g_return_val_if_fail (path != NULL, FALSE);

  plain = g_strndup (path, strcspn (path, "?"));
  return bm_transport_is_resumable (path) || bm_blob_ask_parse (plain, blob);
}
