/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/*
 * A line between station and printer that fails: once more than @limit bytes of a connection went to the
 * printer, either the rest is lost, or all of it arrives and the printer's answer is lost.
 */
typedef enum
{
  RELAY_LOSES_REST,
  RELAY_LOSES_ANSWER,
} RelayFault;

typedef struct _Relay Relay;

Relay *relay_new (const char *printer_uri, gsize limit, RelayFault fault);
char *relay_dup_uri (Relay *self);
void relay_free (Relay *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Relay, relay_free)
