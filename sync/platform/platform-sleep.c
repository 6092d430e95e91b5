/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform"

#include "sync/platform/platform-sleep.h"

struct _BmPlatformSleep
{
  GMutex mutex;
  GHashTable *sleepers; /* of Sleeper: those whose timer has not fired */
  gboolean is_ended;
};

typedef struct
{
  BmPlatformSleep *owner;
  struct MHD_Connection *connection;
} Sleeper;

BmPlatformSleep *
bm_platform_sleep_new (void)
{
  BmPlatformSleep *self = g_new0 (BmPlatformSleep, 1);

  g_mutex_init (&self->mutex);
  self->sleepers = g_hash_table_new_full (NULL, NULL, g_free, (GDestroyNotify) g_source_unref);
  return self;
}

void
bm_platform_sleep_free (BmPlatformSleep *self)
{
  if (self == NULL)
    return;
  g_assert (g_hash_table_size (self->sleepers) == 0);
  g_hash_table_unref (self->sleepers);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

static gboolean
on_timer (gpointer data)
{
  Sleeper *sleeper = data;
  BmPlatformSleep *self = sleeper->owner;

  g_mutex_lock (&self->mutex);
  if (g_hash_table_contains (self->sleepers, sleeper))
    {
      MHD_resume_connection (sleeper->connection);
      g_hash_table_remove (self->sleepers, sleeper);
    }
  g_mutex_unlock (&self->mutex);
  return G_SOURCE_REMOVE;
}

void
bm_platform_sleep_connection (BmPlatformSleep *self,
                              struct MHD_Connection *connection,
                              guint milliseconds)
{
  g_return_if_fail (self != NULL && connection != NULL);

  g_mutex_lock (&self->mutex);
  if (!self->is_ended)
    {
      Sleeper *sleeper = g_new0 (Sleeper, 1);
      GSource *timer = g_timeout_source_new (milliseconds);

      sleeper->owner = self;
      sleeper->connection = connection;
      MHD_suspend_connection (connection);
      g_source_set_callback (timer, on_timer, sleeper, NULL);
      g_hash_table_insert (self->sleepers, sleeper, timer);
      g_source_attach (timer, NULL);
    }
  g_mutex_unlock (&self->mutex);
}

void
bm_platform_sleep_end (BmPlatformSleep *self)
{
  GHashTableIter iter;
  gpointer sleeper;
  gpointer timer;

  g_return_if_fail (self != NULL);

  g_mutex_lock (&self->mutex);
  self->is_ended = TRUE;
  g_hash_table_iter_init (&iter, self->sleepers);
  while (g_hash_table_iter_next (&iter, &sleeper, &timer))
    {
      g_source_destroy (timer);
      MHD_resume_connection (((Sleeper *) sleeper)->connection);
    }
  g_hash_table_remove_all (self->sleepers);
  g_mutex_unlock (&self->mutex);
}
