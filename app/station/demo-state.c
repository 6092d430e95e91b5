/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "app/station/demo-state.h"

#include "core/error.h"

#include <string.h>

#define GROUP "demo"

struct _BmDemoState
{
  char *path;
  BmClock *system;
  BmShiftClock *clock;
  gint64 advanced_ms; /* moves of both readings */
  gboolean is_link_up;
  char *boot_id; /* 32 digits, or NULL: the machine's own */
};

/* Somebody restarted the machine, as far as the demonstration goes. */
static void
load_boot_id (BmDemoState *self, GKeyFile *file)
{
  guint8 id[BM_BOOT_ID_LEN];

  self->boot_id = g_key_file_get_string (file, GROUP, "boot_id", NULL);
  if (self->boot_id == NULL || strlen (self->boot_id) != 2 * BM_BOOT_ID_LEN)
    return;
  for (gsize i = 0; i < BM_BOOT_ID_LEN; i++)
    id[i] = (guint8) (g_ascii_xdigit_value (self->boot_id[2 * i]) << 4 |
                      g_ascii_xdigit_value (self->boot_id[2 * i + 1]));
  bm_shift_clock_set_boot_id (self->clock, id);
}

static void
load (BmDemoState *self, gint64 start_wall_ms)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();

  if (!g_key_file_load_from_file (file, self->path, G_KEY_FILE_NONE, NULL))
    {
      bm_shift_clock_set_wall (self->clock, start_wall_ms);
      return;
    }
  self->advanced_ms = g_key_file_get_int64 (file, GROUP, "advanced_ms", NULL);
  self->is_link_up = !g_key_file_get_boolean (file, GROUP, "is_link_cut", NULL);
  load_boot_id (self, file);
  bm_shift_clock_advance (self->clock, CLAMP (self->advanced_ms, 0, G_MAXINT64 / 4));
  bm_shift_clock_set_wall (self->clock,
                           bm_clock_get_wall_ms (self->system) +
                             g_key_file_get_int64 (file, GROUP, "wall_offset_ms", NULL));
}

static gboolean
save (BmDemoState *self, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) cause = NULL;

  g_key_file_set_int64 (file, GROUP, "advanced_ms", self->advanced_ms);
  if (self->boot_id != NULL)
    g_key_file_set_string (file, GROUP, "boot_id", self->boot_id);
  g_key_file_set_boolean (file, GROUP, "is_link_cut", !self->is_link_up);
  g_key_file_set_int64 (file, GROUP, "wall_offset_ms",
                        bm_clock_get_wall_ms (BM_CLOCK (self->clock)) -
                          bm_clock_get_wall_ms (self->system));
  if (g_key_file_save_to_file (file, self->path, &cause))
    return TRUE;
  g_set_error (error, BM_ERROR, BM_ERROR_FAILED, "The demo's state cannot be kept: %s",
               cause->message);
  return FALSE;
}

/**
 * bm_demo_state_new:
 * @config: a configuration with demo=true
 *
 * Takes up where the last run of this run folder was, or starts at the configured time.
 *
 * Returns: (transfer full): the state
 */
BmDemoState *
bm_demo_state_new (const BmConfig *config)
{
  BmDemoState *self;
  gint64 wall_ms;

  g_return_val_if_fail (config != NULL && config->is_demo, NULL);

  self = g_new0 (BmDemoState, 1);
  self->path = g_build_filename (config->run, "demo-state", NULL);
  self->system = bm_system_clock_new ();
  wall_ms = config->has_clock ? config->clock_wall_ms : bm_clock_get_wall_ms (self->system);
  self->clock = bm_shift_clock_new (wall_ms, TRUE);
  self->is_link_up = TRUE;
  load (self, wall_ms);
  (void) save (self, NULL); /* Without it a restart begins at the configured time again. */
  return self;
}

void
bm_demo_state_free (BmDemoState *self)
{
  if (self == NULL)
    return;
  g_clear_object (&self->clock);
  g_clear_object (&self->system);
  g_free (self->boot_id);
  g_free (self->path);
  g_free (self);
}

BmClock *
bm_demo_state_get_clock (BmDemoState *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return BM_CLOCK (self->clock);
}

gboolean
bm_demo_state_is_link_up (BmDemoState *self)
{
  g_return_val_if_fail (self != NULL, TRUE);

  return self->is_link_up;
}

gboolean
bm_demo_state_advance (BmDemoState *self, gint64 ms, GError **error)
{
  g_return_val_if_fail (self != NULL && ms >= 0, FALSE);

  bm_shift_clock_advance (self->clock, ms);
  self->advanced_ms += ms;
  return save (self, error);
}

gboolean
bm_demo_state_set_wall (BmDemoState *self, gint64 wall_ms, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  bm_shift_clock_set_wall (self->clock, wall_ms);
  return save (self, error);
}

gboolean
bm_demo_state_set_link (BmDemoState *self, gboolean is_up, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  self->is_link_up = is_up;
  return save (self, error);
}
