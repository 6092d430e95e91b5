/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform-packs"

#include "sync/platform/platform-packs.h"

#include "core/calendar/day.h"
#include "core/worker.h"

/*
 * Publishes at start and on each new day, on a thread of its own. After trouble it tries again an hour
 * later. Stopping waits for what runs, which ends soon when it is told to.
 */

#define LOOK_MS      1000
#define TRY_AGAIN_MS (60 * 60 * G_GINT64_CONSTANT (1000))

struct _BmPlatformDaily
{
  BmPlatform *platform;
  BmWorker *worker;
  guint source;
  gint32 done_day;
  gint64 not_before; /* by the boot reading */
  gboolean is_running;
};

static gpointer
publish_on_worker (gpointer data, GError **error)
{
  return bm_platform_packs_publish (data, NULL, error);
}

static void
free_report (gpointer data)
{
  json_decref (data);
}

static void
on_published (GObject *source, GAsyncResult *result, gpointer data)
{
  BmPlatformDaily *self = data;
  g_autoptr (GError) error = NULL;
  json_t *report = bm_worker_run_finish (result, &error);

  self->is_running = FALSE;
  if (report == NULL)
    {
      self->done_day = BM_NO_DAY;
      self->not_before = bm_clock_get_boot_ms (self->platform->clock) + TRY_AGAIN_MS;
      g_message ("Packs wait: %s", error->message);
    }
  json_decref (report);
}

static gboolean
on_look (gpointer data)
{
  BmPlatformDaily *self = data;
  gint32 today = bm_day_from_wall_ms (bm_platform_now (self->platform));

  if (self->is_running || today == self->done_day ||
      bm_clock_get_boot_ms (self->platform->clock) < self->not_before)
    return G_SOURCE_CONTINUE;
  self->is_running = TRUE;
  self->done_day = today;
  bm_worker_run_async (self->worker, publish_on_worker, self->platform, NULL, free_report, NULL,
                       on_published, self);
  return G_SOURCE_CONTINUE;
}

/**
 * bm_platform_daily_start:
 * @platform: outlives what is returned
 *
 * Begins to publish packs by itself. Needs the default main context to run.
 */
BmPlatformDaily *
bm_platform_daily_start (BmPlatform *platform)
{
  BmPlatformDaily *self;

  g_return_val_if_fail (platform != NULL, NULL);

  self = g_new0 (BmPlatformDaily, 1);
  self->platform = platform;
  self->worker = bm_worker_new ("bm-packs");
  self->done_day = BM_NO_DAY;
  self->source = g_timeout_add (LOOK_MS, on_look, self);
  (void) on_look (self);
  return self;
}

void
bm_platform_daily_stop (BmPlatformDaily *self)
{
  if (self == NULL)
    return;
  g_source_remove (self->source);
  bm_platform_packs_stop (self->platform->packs);
  bm_worker_stop (self->worker);
  while (self->is_running) /* the thread has ended; what it told waits here */
    g_main_context_iteration (NULL, TRUE);
  g_object_unref (self->worker);
  g_free (self);
}
