/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * One request, one answer: all the sync engine knows of the network. A transport takes the thread-default
 * context when it is constructed and calls back there. It judges nothing: whether a body is the
 * platform's word is decided by sync/protocol.h.
 */

#define BM_TRANSPORT_MAX_REPLY (4 * 1024 * 1024)

/**
 * BmLinkTrouble:
 * @BM_LINK_ONLINE: no trouble: the platform's last answer verified
 * @BM_LINK_UNKNOWN: not tried yet
 * @BM_LINK_OFFLINE: no way out of the house
 * @BM_LINK_NO_DNS: the platform's name is not found
 * @BM_LINK_PORTAL: somebody else answers: a sign-in page, a filter
 * @BM_LINK_WRONG_CERTIFICATE: who answers cannot prove to be the platform
 * @BM_LINK_PLATFORM_DOWN: the platform or its proxy is in trouble
 * @BM_LINK_NO_PROXY: the proxy that the operator named cannot be reached, or does not let us through
 * @BM_LINK_REFUSED: the platform itself, proven, does not work with this station now
 *
 * What is wrong with the line, told apart because each has another remedy.
 */
typedef enum
{
  BM_LINK_ONLINE,
  BM_LINK_UNKNOWN,
  BM_LINK_OFFLINE,
  BM_LINK_NO_DNS,
  BM_LINK_PORTAL,
  BM_LINK_WRONG_CERTIFICATE,
  BM_LINK_PLATFORM_DOWN,
  BM_LINK_REFUSED,
  BM_LINK_NO_PROXY,
} BmLinkTrouble;

const char *bm_link_trouble_to_string (BmLinkTrouble trouble); /* "online", "no-dns", … */

typedef struct
{
  guint status;
  gint64 retry_after_ms; /* 0: none */
  GBytes *body;
} BmTransportReply;

BmTransportReply *bm_transport_reply_new (guint status, gint64 retry_after_ms, GBytes *body)
  G_GNUC_WARN_UNUSED_RESULT;
void bm_transport_reply_free (BmTransportReply *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmTransportReply, bm_transport_reply_free)

/* Since construction. TLS and its handshakes are estimated, TCP's own bytes left out. */
typedef struct
{
  guint64 up;          /* bytes */
  guint64 down;        /* bytes */
  guint lost_permille; /* of the packets sent lately, so many went out again */
  guint round_trip_ms; /* the shortest of the last connection used; 0: not seen yet */
} BmTransportMeter;

#define BM_TYPE_TRANSPORT (bm_transport_get_type ())
G_DECLARE_INTERFACE (BmTransport, bm_transport, BM, TRANSPORT, GObject)

struct _BmTransportInterface
{
  GTypeInterface parent_iface;

  /* The method follows from the rest: GET without @body, PUT where bm_transport_is_put(), else POST. */
  void (*send_async) (BmTransport *self,
                      const char *path,
                      const char *content_type,
                      GBytes *body,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data);
  /* Any HTTP answer is a reply; an error means that there was none, and @ret_trouble why. BM_LINK_ONLINE: the line was
   * away and is back, and what was under way was resumable. */
  BmTransportReply *(*send_finish) (BmTransport *self,
                                    GAsyncResult *result,
                                    BmLinkTrouble *ret_trouble,
                                    GError **error);
  void (*set_identity) (BmTransport *self, const char *certificate, const char *key);
  void (*set_floor_ms) (BmTransport *self, gint64 floor_ms);
  void (*get_meter) (BmTransport *self, BmTransportMeter *ret_meter); /* may be missing */
};

void bm_transport_send_async (BmTransport *self,
                              const char *path,
                              const char *content_type,
                              GBytes *body,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
BmTransportReply *bm_transport_send_finish (BmTransport *self,
                                            GAsyncResult *result,
                                            BmLinkTrouble *ret_trouble,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The client certificate and key (PEM) from the next request on. */
void bm_transport_set_identity (BmTransport *self, const char *certificate, const char *key);
/* The last time the platform signed: the peer's certificate is judged at no earlier time. */
void bm_transport_set_floor_ms (BmTransport *self, gint64 floor_ms);
/* What the line was seen to do; a transport that does not look says 0 throughout. */
void bm_transport_get_meter (BmTransport *self, BmTransportMeter *ret_meter);
/* Whether @path names what it carries: chunks of an attachment. */
gboolean bm_transport_is_put (const char *path);
/* Whether what arrived of the body stays there although the rest did not: it is not sent anew as a whole, see
 * bm_transport_send_finish(). */
gboolean bm_transport_is_resumable (const char *path);
gboolean bm_transport_is_patient (const char *path);

G_END_DECLS
