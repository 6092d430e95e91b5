/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "app/station/station-private.h"

#include "core/checkup/checkup.h"

/*
 * 自检, made when somebody asks (desk, bianmin-ctl doctor), some time after the start, and when a new day
 * begins. What has to be mended is noted in the ledger when it has changed since it was last noted in this run, with
 * its time, and reaches the centre with the log: a ticket without anybody writing one.
 *
 * The camera takes a picture, and then the microphone hears for a moment, only when somebody asked and nobody
 * is at the machine; both are thrown away. What came of it then holds until it is tried again.
 */

#define AFTER_START_S 60 /* devices have answered by then, or will not */

typedef struct
{
  BmStation *station;
  BmCheckupDone done; /* (nullable) */
  gpointer data;
} Step;

static void
step_free (Step *step)
{
  g_object_unref (step->station);
  g_free (step);
}

typedef struct
{
  BmStation *station;
  char *faults;
} Note;

/* What could not be noted (the disk is full) is not taken for noted: the next checkup tries again. */
static void
on_noted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Note *note = user_data;
  g_autoptr (GError) error = NULL;

  if (bm_store_audit_finish (BM_STORE (source), result, &error))
    {
      g_free (note->station->faults);
      note->station->faults = g_steal_pointer (&note->faults);
    }
  else
    g_warning ("What a checkup found cannot be noted: %s", error->message);
  g_object_unref (note->station);
  g_free (note->faults);
  g_free (note);
}

/* The first of a run is noted in any case: what the one before left may have been mended while the machine was off. */
static void
note_faults (BmStation *self, json_t *checkup)
{
  g_autofree char *faults = bm_checkup_dup_faults (checkup);
  Note *note;
  json_t *event;

  if (g_strcmp0 (faults, self->faults) == 0)
    return;
  g_message ("checkup: %s", *faults != '\0' ? faults : "all is well");
  event = json_pack ("{s:s, s:s, s:s}", "event", "checkup", "seat", "station", "detail", faults);
  note = g_new0 (Note, 1);
  note->station = g_object_ref (self);
  note->faults = g_steal_pointer (&faults);
  bm_store_audit_async (self->store, event, on_noted, note);
  json_decref (event);
}

static void
end_step (Step *step, json_t *checkup)
{
  if (step->done != NULL)
    step->done (step->station, checkup, step->data);
  step_free (step);
}

static void
on_status (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Step *step = user_data;
  BmStation *self = step->station;
  g_autoptr (GError) error = NULL;
  json_t *overview = bm_store_json_finish (BM_STORE (source), result, &error);
  json_t *status;
  json_t *checkup = NULL;

  if (overview != NULL && self->hall != NULL)
    bm_station_note_means (self, overview);
  status = overview != NULL && self->line != NULL ? bm_status_new (self, overview) : NULL;
  if (error != NULL)
    g_warning ("A checkup cannot be made: %s", error->message);
  if (status != NULL)
    {
      json_object_set_new (status, "camera",
                           json_string (self->camera_seen != NULL ? self->camera_seen : "none"));
      json_object_set_new (status, "microphone",
                           json_string (self->microphone_heard != NULL ? self->microphone_heard
                                                                       : "none"));
      checkup = bm_checkup_new (status);
      note_faults (self, checkup);
    }
  end_step (step, checkup);
  g_clear_pointer (&checkup, json_decref);
  g_clear_pointer (&status, json_decref);
  g_clear_pointer (&overview, json_decref);
}

/* Devices may have taken their time, and the station may have been stopped meanwhile. */
static void
look (Step *step)
{
  if (step->station->store == NULL)
    end_step (step, NULL);
  else
    bm_store_status_async (step->station->store, on_status, step);
}

static void
on_heard (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Step *step = user_data;
  g_autoptr (GBytes) none = NULL;
  const BmMemoState state = bm_microphone_finish (BM_MICROPHONE (source), result, &none);

  /* GONE: somebody wanted to speak. What was known before still holds. */
  if (state != BM_MEMO_GONE)
    step->station->microphone_heard = state == BM_MEMO_OK ? "ready" : "fault";
  look (step);
}

/* Somebody may have come while the camera was tried. */
static void
try_microphone (Step *step)
{
  BmStation *self = step->station;

  if (self->store != NULL && self->microphone != NULL && bm_seat_is_idle (self->hall))
    bm_microphone_try_async (self->microphone, on_heard, step);
  else
    look (step);
}

static void
on_picture (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Step *step = user_data;
  g_autoptr (GBytes) whole = NULL;
  g_autoptr (GBytes) small = NULL;

  const BmPhotoState state = bm_camera_take_finish (BM_CAMERA (source), result, &whole, &small);

  /* Too dark, too large, blurred: it took one. */
  step->station->camera_seen =
    state == BM_PHOTO_NO_CAMERA || state == BM_PHOTO_BROKEN ? "fault" : "ready";
  try_microphone (step);
}

/**
 * bm_station_look_over:
 * @self: a station
 * @done: (nullable): is given the checkup, borrowed, or %NULL when none could be made
 * @data: for @done
 *
 * Looks the whole machine over. With @done somebody asked for it, and the camera and the microphone are tried, too.
 */
void
bm_station_look_over (BmStation *self, BmCheckupDone done, gpointer data)
{
  Step *step = g_new0 (Step, 1);

  *step = (Step){ g_object_ref (self), done, data };
  if (self->camera != NULL && self->camera_seen == NULL)
    self->camera_seen = "untried";
  if (self->microphone != NULL && self->microphone_heard == NULL)
    self->microphone_heard = "untried";
  if (done == NULL || !bm_seat_is_idle (self->hall))
    look (step);
  else if (self->camera != NULL)
    bm_camera_take_async (self->camera, on_picture, step);
  else
    try_microphone (step);
}

static gboolean
on_started (gpointer user_data)
{
  BmStation *self = user_data;

  self->first_check = 0;
  bm_station_look_over (self, NULL, NULL);
  return G_SOURCE_REMOVE;
}

void
bm_station_check_later (BmStation *self)
{
  self->first_check = g_timeout_add_seconds (AFTER_START_S, on_started, self);
}

/* The desk */

static void
on_checked_for_desk (BmStation *self, json_t *checkup, gpointer user_data)
{
  if (self->desk != NULL)
    bm_desk_seat_set_checkup (self->desk, checkup);
}

void
bm_station_check_for_desk (BmStation *self)
{
  bm_station_look_over (self, on_checked_for_desk, NULL);
}
