/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sync/engine-fixture.h"

#include "sync/protocol-json.h"

#include <glib/gstdio.h>

#define STEP_MS      20
#define LONG_STEP_MS 250

static void
make_engine (EngineFixture *f)
{
  f->engine = bm_sync_engine_new (BM_OUTBOX (f->ledger), BM_TRANSPORT (f->line), f->enrolment,
                                  f->keys, BM_CLOCK (f->clock), f->chance);
  bm_sync_engine_set_slice_ms (f->engine, 0);
}

void
engine_set_up (EngineFixture *f, gconstpointer unused)
{
  g_autoptr (BmJson) document = NULL;
  g_autoptr (GError) error = NULL;

  f->clock = bm_shift_clock_new (TEST_NOW_MS, FALSE);
  f->chance = bm_seeded_chance_new (7);
  f->platform_key = bm_key_generate (BM_KEY_SM2_PRIVATE, NULL);
  document = test_enrolment_document_new (f->platform_key, TEST_NOW_MS - TEST_DAY_MS,
                                          TEST_NOW_MS + 1000 * TEST_DAY_MS);
  f->enrolment = bm_enrolment_new_from_json (document, &error);
  g_assert_no_error (error);
  f->station_public = bm_key_dup_public (bm_enrolment_get_sign_key (f->enrolment));
  f->ledger = test_ledger_new (BM_CLOCK (f->clock));
  f->line = test_line_new (f->platform_key, f->station_public, BM_CLOCK (f->clock));
  f->keys = g_dir_make_tmp ("bm-sync-XXXXXX", NULL);
  make_engine (f);
}

static void
drop_engine (EngineFixture *f)
{
  bm_sync_engine_stop (f->engine);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_finalize_object (f->engine);
}

void
engine_tear_down (EngineFixture *f, gconstpointer unused)
{
  g_autofree char *path = g_build_filename (f->keys, BM_ENROLMENT_FILE, NULL);

  drop_engine (f);
  g_assert_finalize_object (f->ledger);
  g_assert_finalize_object (f->line);
  g_object_unref (f->clock);
  g_object_unref (f->chance);
  bm_key_unref (f->platform_key);
  bm_key_unref (f->station_public);
  bm_enrolment_unref (f->enrolment);
  (void) g_unlink (path);
  g_assert_cmpint (g_rmdir (f->keys), ==, 0);
  g_free (f->keys);
}

void
engine_restart (EngineFixture *f)
{
  drop_engine (f);
  make_engine (f);
  bm_sync_engine_start (f->engine);
}

/* Everything that is due at this moment: until the engine has been idle for a few turns. */
static void
settle (EngineFixture *f)
{
  for (guint idle = 0, turns = 0; idle < 4 && turns < 2000; turns++)
    {
      g_autoptr (BmSyncStatus) status = NULL;

      g_main_context_iteration (NULL, FALSE);
      status = bm_sync_engine_dup_status (f->engine);
      idle = status->is_busy ? 0 : idle + 1;
    }
}

void
engine_pass (EngineFixture *f, gint64 ms)
{
  gint64 step_ms = ms > 30000 ? LONG_STEP_MS : STEP_MS;

  for (gint64 passed = 0; passed < ms; passed += step_ms)
    {
      settle (f);
      bm_shift_clock_advance (f->clock, MIN (step_ms, ms - passed));
    }
  settle (f);
}

gint64
engine_await (EngineFixture *f, BmEntryState state, guint count, gint64 ms)
{
  gint64 passed = 0;

  settle (f);
  while (test_ledger_count (f->ledger, state) != count)
    {
      g_assert_cmpint (passed, <, ms);
      bm_shift_clock_advance (f->clock, STEP_MS);
      passed += STEP_MS;
      settle (f);
    }
  return passed;
}
