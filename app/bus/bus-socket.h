/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * BmBusSocket:
 *
 * A place in the run folder where nobody else can listen: the path, and the lock that says it is ours.
 */
typedef struct _BmBusSocket BmBusSocket;

BmBusSocket *bm_bus_socket_claim (const char *folder, const char *name, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
void bm_bus_socket_release (BmBusSocket *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmBusSocket, bm_bus_socket_release)

const char *bm_bus_socket_get_path (BmBusSocket *self);

/* The D-Bus address of a socket path. */
char *bm_bus_address (const char *path) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
