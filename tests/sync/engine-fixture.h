/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/sync-engine.h"
#include "tests/sync/sync-fixture.h"

G_BEGIN_DECLS

/* An engine between the ledger and the line of sync-fixture.h, on a clock that only moves when told to. */

typedef struct
{
  BmShiftClock *clock;
  BmChance *chance;
  BmKey *platform_key;
  BmKey *station_public;
  BmEnrolment *enrolment;
  TestLedger *ledger;
  TestLine *line;
  BmSyncEngine *engine;
  char *keys;
} EngineFixture;

#define TEST_NOW_MS G_GINT64_CONSTANT (1795510000000)
#define TEST_DAY_MS G_GINT64_CONSTANT (86400000)

void engine_set_up (EngineFixture *f, gconstpointer unused);
void engine_tear_down (EngineFixture *f, gconstpointer unused);
/* A new process: the engine forgets everything, ledger and platform do not. */
void engine_restart (EngineFixture *f);
/* Lets @ms pass, in small steps. */
void engine_pass (EngineFixture *f, gint64 ms);
/* Lets time pass until @count entries are in @state, at most @ms; says how long it took. */
gint64 engine_await (EngineFixture *f, BmEntryState state, guint count, gint64 ms);

#define ENGINE_ADD(path, func) \
  g_test_add (path, EngineFixture, NULL, engine_set_up, func, engine_tear_down)

G_END_DECLS
