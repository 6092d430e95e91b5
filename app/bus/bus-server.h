/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bm-bus-generated.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define BM_BUS_MAX_PEERS   8
#define BM_BUS_MAX_INTENT  (64 * 1024) /* a signature; all else is short */
#define BM_BUS_MAX_REQUEST (64 * 1024)

typedef enum
{
  BM_BUS_FACE,    /* org.bianmin.Station1 */
  BM_BUS_CONTROL, /* org.bianmin.Control1 */
} BmBusKind;

/**
 * BmBusServer:
 *
 * One socket of the station and the connections on it.
 *
 * Signals, all in the context the server was made in:
 *  "attached" (GDBusConnection *peer)                         a face wants its page
 *  "intent"   (GDBusConnection *peer, guint64 rev, const char *intent)
 *  "gone"     (GDBusConnection *peer)                         an attached face went away
 *  "call"     (GDBusMethodInvocation *invocation, const char *request)
 *             the handler answers with bm_bus_server_reply(), now or later
 */
#define BM_TYPE_BUS_SERVER (bm_bus_server_get_type ())
G_DECLARE_FINAL_TYPE (BmBusServer, bm_bus_server, BM, BUS_SERVER, GObject)

BmBusServer *
bm_bus_server_new (const char *folder, const char *name, BmBusKind kind, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
void bm_bus_server_stop (BmBusServer *self);

void bm_bus_server_set_seat (BmBusServer *self, const char *seat); /* what Attach answers */
guint bm_bus_server_count_attached (BmBusServer *self);

/* To one attached face, or to all when @peer is NULL. */
void
bm_bus_server_send_page (BmBusServer *self, GDBusConnection *peer, guint64 rev, const char *model);
void bm_bus_server_send_ended (BmBusServer *self, const char *why);
void bm_bus_server_reply (BmBusServer *self, GDBusMethodInvocation *invocation, const char *reply);

G_END_DECLS
