/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "app/station/station-private.h"

#include "app/station/words.h"
#include "core/error.h"
#include "core/ports/true-clock.h"

#include <glib/gstdio.h>

/*
 * What the desk and an operator see of the whole station: the ledger's overview, and beside it the line,
 * the clock and the devices. And two wishes of the operator about the line that live here: the data cap,
 * measured against what the ledger counted, and the pause, a file that outlives a restart.
 */

#define PAUSE_FILE      "sync-paused"
#define MIB             G_GINT64_CONSTANT (1048576)
#define MIN_DONE        20
#define MIN_MEASURED_MS 5000

/* Pause */

static char *
dup_pause_path (BmStation *self)
{
  return g_build_filename (self->config->data, PAUSE_FILE, NULL);
}

void
bm_station_load_pause (BmStation *self)
{
  g_autofree char *path = dup_pause_path (self);

  bm_line_set_paused (self->line, g_file_test (path, G_FILE_TEST_EXISTS));
}

/**
 * bm_station_set_paused:
 * @self: a station
 * @is_paused: whether nothing shall be sent until it goes on
 * @error: return location for an error
 *
 * Kept on disk before it takes effect, so that a restart does not send what somebody held back.
 *
 * Returns: whether it was kept
 */
gboolean
bm_station_set_paused (BmStation *self, gboolean is_paused, GError **error)
{
  g_autofree char *path = dup_pause_path (self);

  if (is_paused &&
      !g_file_set_contents_full (path, "", 0, G_FILE_SET_CONTENTS_DURABLE, 0600, error))
    return FALSE;
  if (!is_paused)
    (void) g_unlink (path); /* It may be gone already; what counts is read at the next start. */
  bm_line_set_paused (self->line, is_paused);
  return TRUE;
}

/* The line */

static const char *
get_link (BmStation *self, const BmSyncStatus *status)
{
  return bm_line_is_paused (self->line) ? "paused" : bm_link_trouble_to_string (status->link);
}

static gint64
get_sum (json_t *traffic)
{
  return json_integer_value (json_object_get (traffic, "up")) +
         json_integer_value (json_object_get (traffic, "down"));
}

/* Which cap is reached, or NULL. */
static const char *
find_cap (const BmLineConfig *config, json_t *traffic)
{
  if (config->cap_day_mib > 0 &&
      get_sum (json_object_get (traffic, "today")) >= config->cap_day_mib * MIB)
    return "day";
  if (config->cap_month_mib > 0 &&
      get_sum (json_object_get (traffic, "month")) >= config->cap_month_mib * MIB)
    return "month";
  return NULL;
}

/* Seconds until all rows are sent, at the pace measured since they began to go; 0: too early to say. */
static gint64
measure (BmStation *self, const BmSyncStatus *status, gint64 now)
{
  guint64 done;

  if (status->link != BM_LINK_ONLINE || status->pending == 0 || status->pending > self->left)
    {
      self->drain_from = status->pending;
      self->drain_boot_ms = now;
    }
  self->left = status->pending;
  done = self->drain_from - status->pending;
  if (done < MIN_DONE || now - self->drain_boot_ms < MIN_MEASURED_MS)
    return 0;
  return MAX ((gint64) ((double) status->pending * (double) (now - self->drain_boot_ms) /
                        (double) done / 1000.0),
              1);
}

/* Nothing is promised before it was measured. */
static json_t *
describe_progress (BmStation *self, const BmSyncStatus *status, gint64 now)
{
  return json_pack ("{s:I, s:I, s:i, s:f, s:I}", "entries", (json_int_t) status->pending,
                    "attachments", (json_int_t) status->pending_blobs, "flights",
                    (int) status->flights, "rate", status->rate, "left_s",
                    (json_int_t) measure (self, status, now));
}

static void
describe_line (BmStation *self, json_t *overview)
{
  g_autoptr (BmSyncStatus) status = bm_line_dup_status (self->line);
  const char *cap = find_cap (&self->config->line, json_object_get (overview, "traffic"));
  const gint64 now = bm_clock_get_boot_ms (self->clock);

  bm_line_set_thrifty (self->line, cap != NULL);
  json_object_set_new (overview, "link", json_string (get_link (self, status)));
  json_object_set_new (overview, "link_since_ms",
                       json_integer (bm_clock_get_wall_ms (self->clock) -
                                     (now - bm_line_get_since_ms (self->line))));
  json_object_set_new (overview, "next_try_ms", json_integer (MAX (status->wait_ms, 0)));
  json_object_set_new (overview, "progress", describe_progress (self, status, now));
  if (cap != NULL)
    json_object_set_new (overview, "cap", json_string (cap));
}

static void
describe_clock (BmStation *self, json_t *overview)
{
  gint64 skew_ms = 0;
  BmClockVerdict verdict = bm_true_clock_judge (BM_TRUE_CLOCK (self->clock), &skew_ms);

  json_object_set_new (overview, "clock",
                       json_pack ("{s:s, s:I}", "state", bm_clock_verdict_to_string (verdict),
                                  "skew_ms", (json_int_t) skew_ms));
}

/* @overview: the ledger's; the line, the clock and the devices are written into it. */
void
bm_station_complete_overview (BmStation *self, json_t *overview)
{
  const char *const *reasons =
    self->hall_spooler != NULL ? bm_spooler_get_reasons (self->hall_spooler) : NULL;
  json_t *notices = self->notices != NULL ? json_copy (self->notices) : json_array ();

  bm_station_append_language_notes (self, notices);
  if (json_array_size (notices) > 0)
    json_object_set (overview, "notices", notices);
  json_decref (notices);
  describe_line (self, overview);
  describe_clock (self, overview);
  json_object_set_new (overview, "printer",
                       json_string (reasons == NULL      ? "none"
                                    : reasons[0] == NULL ? "ready"
                                                         : reasons[0]));
  json_object_set_new (overview, "reader",
                       json_string (bm_reader_state_to_string (self->hall_reader)));
  if (self->social_reader != NULL)
    json_object_set_new (overview, "social_reader",
                         json_string (bm_reader_state_to_string (self->social_reader)));
}

/* What the resident's first page says of it. Room that came back is noticed here, and by the next matter. */
void
bm_station_note_means (BmStation *self, json_t *overview)
{
  const char *packs =
    json_string_value (json_object_get (json_object_get (overview, "packs"), "state"));
  const gboolean can_note =
    g_strcmp0 (json_string_value (json_object_get (overview, "takes")), "yes") == 0;

  if (can_note && g_error_matches (self->trouble, BM_ERROR, BM_ERROR_FULL))
    {
      g_message ("There is room for new entries again");
      g_clear_error (&self->trouble);
    }
  self->cannot_note = !can_note;
  bm_seat_set_means (self->hall, can_note,
                     g_strcmp0 (packs, "fresh") == 0 || g_strcmp0 (packs, "stale") == 0);
}

static void
on_overview (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmStation) self = user_data;
  g_autoptr (GError) error = NULL;
  json_t *overview = bm_store_json_finish (BM_STORE (source), result, &error);

  self->is_overview_running = FALSE;
  if (self->is_overview_wanted && self->store != NULL)
    bm_station_refresh_overview (self); /* something changed meanwhile */
  if (overview == NULL)
    {
      g_warning ("The overview cannot be made: %s", error->message);
      return;
    }
  if (self->hall != NULL)
    bm_station_note_means (self, overview);
  if (self->line != NULL)
    bm_station_complete_overview (self, overview);
  if (self->line != NULL && self->desk != NULL)
    bm_desk_seat_set_overview (self->desk, overview);
  json_decref (overview);
}

void
bm_station_refresh_overview (BmStation *self)
{
  self->is_overview_wanted = self->is_overview_running;
  if (self->is_overview_running || self->store == NULL)
    return;
  self->is_overview_running = TRUE;
  self->overview_boot_ms = bm_clock_get_boot_ms (self->clock);
  bm_store_overview_async (self->store, on_overview, g_object_ref (self));
}
