/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/transport.h"
#include "tests/sync/platform/virtual-station.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The real bianmin-platform in a process of its own, and a station that reaches it over TLS. */

typedef struct
{
  const char *program;
  char *dir;  /* holds "platform", "keys", the sockets */
  guint port; /* the same one after every start */
  GSubprocess *process;
  BmTransport *transport;
  VirtualStation *station;
} ServerFixture;

void server_fixture_set_program (const char *path);

ServerFixture *server_fixture_new (void); /* initialised, running, one station enrolled */
void server_fixture_free (ServerFixture *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ServerFixture, server_fixture_free)

void server_fixture_start (ServerFixture *self, const char *fault);
void server_fixture_stop (ServerFixture *self);
void server_fixture_wait_killed (ServerFixture *self); /* by itself, with SIGKILL */

char *server_fixture_admin (ServerFixture *self, const char *line); /* what follows "ok " */
BmTransport *server_fixture_new_transport (ServerFixture *self, gboolean has_identity);

/* NULL when there was no HTTP answer. */
BmTransportReply *
server_fixture_call (BmTransport *transport, const char *path, const char *type, GBytes *body);
/* NULL when there was none or it does not verify. Takes @records over. */
BmReply *server_fixture_send (ServerFixture *self, GPtrArray *records);
BmReply *server_fixture_hello (ServerFixture *self, BmTransport *transport);
BmReply *server_fixture_inbox (ServerFixture *self, gint64 after);

G_END_DECLS
