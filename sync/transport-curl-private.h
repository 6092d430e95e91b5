/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/transport-curl-pace.h"
#include "sync/transport-curl.h"

#include <curl/curl.h>
#include <sys/socket.h>

G_BEGIN_DECLS

/* What the parts of the curl transport share: transport-curl.c runs transfers, transport-curl-setup.c says how a
 * transfer is made and what its failure means, transport-curl-pace.c keeps the line's queue short,
 * transport-curl-stall.c notices that the line went away and came back. */

/* Whether anything moves on the line: see transport-curl-stall.c. */
typedef struct
{
  gint64 moved_us; /* when something last did; 0: nothing is under way */
  gint64 probed_us;
  int probe; /* a connection that is being tried, or -1 */
  int open;  /* one that got through and serves the next transfer, or -1 */
  struct sockaddr_storage peer;
  socklen_t peer_len; /* 0: not known */
} BmLineStall;

struct _BmCurlTransport
{
  GObject parent_instance;

  GMainContext *context;
  char *url;
  char *ca; /* NULL: the unverified flavour */
  char *certificate;
  char *key;
  BmClock *clock;
  gint64 floor_ms;
  char *proxy;                   /* NULL: straight */
  struct curl_slist *connect_to; /* the fixed address, or NULL */
  BmTransportMeter meter;
  CURLM *multi;
  GSource *timer;
  GHashTable *watches; /* curl_socket_t -> GSource */
  GHashTable *transfers;
  BmLinePace pace;
  BmLineStall stall;
};

typedef struct
{
  GTask *task; /* owns a reference to the transport */
  CURL *easy;
  struct curl_slist *headers;
  GBytes *body;
  GByteArray *answer;
  char *url;
  GSource *cancelled;     /* NULL: cannot be cancelled */
  guint n_starts;         /* again, after the line was away */
  gboolean is_resumable;  /* not again: whoever asked goes on where it broke off */
  gsize n_read;           /* of a resumable one's body */
  gboolean is_patient;    /* nobody waits for it */
  gboolean is_paused;     /* until the kernel has room */
  gboolean is_peer_wrong; /* the chain that the peer showed does not verify */
} BmCurlTransfer;

/* How the kernel shares the line among our connections: chosen by what was seen of it. */
void bm_curl_transport_set_control (BmCurlTransport *self, int fd);
#define BM_CURL_UNSENT_BYTES \
  (16 * 1024) /* in the kernel, not yet on the wire: an urgent request passes */
#define BM_CURL_RECORD_BYTES (2 * 1448 - 22) /* of a run: with what TLS adds, two full packets */
/* Whether the kernel may be given more of a run; if not, the transfer is to be paused, and goes on by itself. */
gboolean bm_curl_transport_has_room (BmCurlTransport *self);
/* While transfers are there. */
void bm_curl_transport_start_pace (BmCurlTransport *self);
void bm_line_stall_init (BmLineStall *self);
void bm_line_stall_clear (BmLineStall *self);
void bm_line_stall_note_moved (BmLineStall *self);
/* @waiting: a socket with something to be moved, or -1. */
void bm_line_stall_look (BmCurlTransport *self, int waiting);
/* The connection that found the line back, for one to @address; -1: none. Its owner is the caller then. */
int bm_line_stall_take (BmLineStall *self, const struct sockaddr *address, socklen_t len);
/* The line was away and is back; what was under way is not known. */
void bm_curl_transfer_break_off (BmCurlTransport *self, BmCurlTransfer *transfer);
/* From its beginning, on another connection. */
void bm_curl_transfer_start_again (BmCurlTransport *self, BmCurlTransfer *transfer);
/* Everything but the cancellation. */
void bm_curl_transfer_set_up (BmCurlTransport *self,
                              BmCurlTransfer *transfer,
                              const char *path,
                              const char *content_type);
/* What a transfer that failed with @code says about the line. */
BmLinkTrouble
bm_curl_transfer_get_trouble (BmCurlTransport *self, const BmCurlTransfer *transfer, CURLcode code);

G_END_DECLS
