/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/platform/platform.h"
#include "tests/sync/platform/virtual-station.h"

G_BEGIN_DECLS

/* A platform in this process, without network, and one enrolled station. */

#define DEMO_NOW G_GINT64_CONSTANT (1795223400000) /* 2026-11-21T09:10:00+08:00 */

typedef struct
{
  char *dir;
  BmShiftClock *clock;
  BmPlatform *platform;
  VirtualStation *station;
  BmPeer peer;
} PlatformFixture;

PlatformFixture *platform_fixture_new (void);
void platform_fixture_free (PlatformFixture *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatformFixture, platform_fixture_free)

void platform_fixture_reopen (PlatformFixture *self);
/* A new code, used by @station; the station's certificate becomes the fixture's peer. */
void platform_fixture_enrol (PlatformFixture *self, VirtualStation *station);

/* Sends @records (taken over) and gives the opened reply. */
BmReply *platform_fixture_send (PlatformFixture *self, GPtrArray *records);
BmReply *platform_fixture_hello (PlatformFixture *self);
BmReply *platform_fixture_inbox (PlatformFixture *self, gint64 after);
char *platform_fixture_dup_code (PlatformFixture *platform, const char *number);

char *platform_fixture_admin (PlatformFixture *self, const char *line);
/* The reply's JSON after "ok ". */
json_t *platform_fixture_report (PlatformFixture *self, const char *line);
void remove_folder (const char *path);

G_END_DECLS
