/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "app/station/station-private.h"

#include "app/station/words.h"
#include "core/calendar/day.h"
#include "core/pack/pack.h"

/*
 * What happens between the rooms while the station runs: who is told of what. No rule lives here.
 */

#define TICK_S          1
#define ROOM_MS         60000 /* between looks whether the disk has room */
#define ROOM_SOON_MS    5000  /* while it has none */
#define MAX_DEMO_SHEETS 500

/* Roster */

typedef struct
{
  GBytes *body;
  gboolean is_done;
} Document;

static void
on_document_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Document *document = user_data;
  g_autoptr (GError) error = NULL;

  document->body = bm_store_get_document_finish (BM_STORE (source), result, &error);
  document->is_done = TRUE;
  if (error != NULL)
    g_warning ("The roster that came down cannot be read: %s", error->message);
}

static BmRoster *
parse_newest (BmStation *self, GBytes *body)
{
  g_autoptr (GError) error = NULL;
  json_t *enrolled = bm_enrolment_get_roster (self->keys->enrolment);
  BmRoster *roster = NULL;

  if (body != NULL)
    roster = bm_roster_new_from_bytes (body, &error);
  if (error != NULL)
    g_warning ("The roster that came down is not used: %s", error->message);
  if (roster == NULL && enrolled != NULL)
    {
      g_clear_error (&error);
      roster = bm_roster_new (enrolled, &error);
      if (error != NULL)
        g_warning ("The roster of the enrolment is not used: %s", error->message);
    }
  return roster;
}

static BmRoster *
make_empty_roster (void)
{
  json_t *document = json_pack ("{s:i, s:[]}", "version", 1, "staff");
  BmRoster *roster = bm_roster_new (document, NULL);

  json_decref (document);
  return roster;
}

void
bm_station_load_roster (BmStation *self)
{
  Document document = { 0 };

  bm_store_get_document_async (self->store, "roster",
                               bm_enrolment_get_village (self->keys->enrolment), on_document_read,
                               &document);
  while (!document.is_done)
    g_main_context_iteration (NULL, TRUE);
  self->roster = parse_newest (self, document.body);
  /* Without anybody's number and PIN the station still takes what needs no witness. */
  if (self->roster == NULL)
    self->roster = make_empty_roster ();
  g_clear_pointer (&document.body, g_bytes_unref);
}

static void
on_new_roster_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmStation) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = bm_store_get_document_finish (BM_STORE (source), result, &error);
  g_autoptr (BmRoster) roster = NULL;

  if (error != NULL)
    g_warning ("The roster that came down cannot be read: %s", error->message);
  if (body == NULL || self->hall == NULL)
    return;
  roster = bm_roster_new_from_bytes (body, &error);
  if (roster == NULL)
    {
      g_warning ("The roster that came down is not used: %s", error->message);
      return;
    }
  /* What the enrolment brought already: nobody is signed out for it. */
  if (bm_roster_get_version (roster) == bm_roster_get_version (self->roster))
    return;
  bm_roster_unref (self->roster);
  self->roster = g_steal_pointer (&roster);
  bm_seat_set_roster (self->hall, self->roster);
  if (self->desk != NULL)
    bm_desk_seat_set_roster (self->desk, self->roster);
}

static void
on_document_changed (BmStore *store, const char *kind, gpointer user_data)
{
  BmStation *self = user_data;

  if (g_str_equal (kind, "roster"))
    bm_store_get_document_async (store, "roster", bm_enrolment_get_village (self->keys->enrolment),
                                 on_new_roster_read, g_object_ref (self));
  else
    bm_station_follow_document (self, kind);
  if (g_str_equal (kind, BM_PACK_HEAD_KIND))
    bm_station_refresh_overview (self); /* what was not to be seen is */
}

/* Signals between the rooms */

static void
on_case_changed (BmStore *store, const char *number, gpointer user_data)
{
  BmStation *self = user_data;

  if (self->hall != NULL)
    bm_seat_note_case (self->hall, number);
  bm_station_refresh_overview (self);
}

static void
on_trouble (BmStore *store, const GError *error, gpointer user_data)
{
  BmStation *self = user_data;
  g_autofree char *sentence = bm_words_dup_sentence (error);

  g_clear_error (&self->trouble);
  self->trouble = g_error_copy (error);
  g_critical ("No new entries are taken: %s", sentence);
  bm_station_refresh_overview (self);
}

static void
on_queued (BmStore *store, BmPrintJob *job, gpointer user_data)
{
  BmStation *self = user_data;

  if (self->demo != NULL && self->sheets->len < MAX_DEMO_SHEETS)
    g_ptr_array_add (self->sheets, bm_print_job_ref (job));
}

static void
on_job_changed (BmSpooler *spooler, gpointer job, gpointer user_data)
{
  bm_station_refresh_overview (user_data);
}

static void
on_printer_changed (BmSpooler *spooler, GStrv reasons, gpointer user_data)
{
  bm_station_refresh_overview (user_data);
}

static void
tell_link (BmStation *self)
{
  bm_seat_set_link (self->hall, bm_line_is_online (self->line),
                    bm_line_was_online_lately (self->line));
}

static void
on_standing_noted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmStation) self = user_data;
  g_autoptr (GError) error = NULL;

  if (bm_store_note_standing_finish (BM_STORE (source), result, &error))
    return;
  g_warning ("What the platform said of this station cannot be kept: %s", error->message);
  self->standing = BM_SYNC_STANDING_UNKNOWN; /* tried again when the line speaks next */
}

/* Kept, so that a station that was revoked opens no packs after a restart either. */
static void
follow_standing (BmStation *self)
{
  g_autoptr (BmSyncStatus) status = bm_line_dup_status (self->line);

  if (status->standing == BM_SYNC_STANDING_UNKNOWN || status->standing == self->standing)
    return;
  self->standing = status->standing;
  bm_store_note_standing_async (self->store, status->standing == BM_SYNC_STANDING_REVOKED,
                                on_standing_noted, g_object_ref (self));
}

static void
on_line_changed (BmLine *line, gpointer user_data)
{
  BmStation *self = user_data;

  follow_standing (self);
  tell_link (self);
  bm_station_refresh_overview (self);
}

static void
on_expects (BmSeat *seat, const char *number, gpointer user_data)
{
  BmStation *self = user_data;

  bm_line_expect (self->line, number);
}

static void
on_overview_wanted (BmDeskSeat *desk, gpointer user_data)
{
  bm_station_refresh_overview (user_data);
}

static void
on_checkup_wanted (BmDeskSeat *desk, gpointer user_data)
{
  bm_station_check_for_desk (user_data);
}

static void
on_retried (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmStation) self = user_data;
  g_autoptr (GError) error = NULL;

  if (bm_store_retry_finish (BM_STORE (source), result, &error) < 0)
    g_warning ("What was set aside cannot be tried again: %s", error->message);
  else if (self->line != NULL)
    bm_line_poke (self->line);
}

static void
on_retry (BmDeskSeat *desk, const char *number, gpointer user_data)
{
  BmStation *self = user_data;

  bm_store_retry_async (self->store, number, on_retried, g_object_ref (self));
}

static void
on_desk_attached (BmDeskSeat *desk, gboolean is_attached, gpointer user_data)
{
  BmStation *self = user_data;

  bm_seat_set_has_desk (self->hall, is_attached);
  bm_station_refresh_overview (self);
}

static void
on_swept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!bm_store_sweep_finish (BM_STORE (source), result, &error))
    g_warning ("What is kept too long cannot be removed: %s", error->message);
  bm_station_refresh_overview (user_data);
  g_object_unref (user_data);
}

/* Opening the ledger swept it for this day. */
static void
follow_day (BmStation *self)
{
  const gint32 today = bm_day_from_wall_ms (bm_clock_get_wall_ms (self->clock));

  if (self->day != 0 && self->day != today)
    {
      bm_store_sweep_async (self->store, on_swept, g_object_ref (self));
      bm_station_look_over (self, NULL, NULL);
    }
  self->day = today;
}

/* Nobody tells that a disk is full, or has room again. */
static void
look_for_room (BmStation *self)
{
  const gint64 wait_ms = self->cannot_note || self->trouble != NULL ? ROOM_SOON_MS : ROOM_MS;

  if (bm_clock_get_boot_ms (self->clock) - self->overview_boot_ms >= wait_ms)
    bm_station_refresh_overview (self);
}

void
bm_station_tick_now (BmStation *self)
{
  follow_day (self);
  tell_link (self);
  look_for_room (self);
  bm_seat_tick (self->hall);
  if (self->desk != NULL)
    bm_desk_seat_tick (self->desk);
}

static gboolean
on_tick (gpointer user_data)
{
  bm_station_tick_now (user_data);
  return G_SOURCE_CONTINUE;
}

static void
connect_spooler (BmStation *self, BmSpooler *spooler)
{
  g_signal_connect_object (spooler, "job-changed", G_CALLBACK (on_job_changed), self, 0);
  g_signal_connect_object (spooler, "printer-changed", G_CALLBACK (on_printer_changed), self, 0);
}

/* At once after opening: what the ledger found at its start is told to whoever listens then. */
void
bm_station_connect_store (BmStation *self)
{
  g_signal_connect (self->store, "case-changed", G_CALLBACK (on_case_changed), self);
  g_signal_connect (self->store, "document-changed", G_CALLBACK (on_document_changed), self);
  g_signal_connect (self->store, "trouble", G_CALLBACK (on_trouble), self);
  g_signal_connect (self->store, "queued", G_CALLBACK (on_queued), self);
}

void
bm_station_connect (BmStation *self)
{
  if (self->hall_spooler != NULL)
    connect_spooler (self, self->hall_spooler);
  if (self->desk_spooler != NULL && self->desk_spooler != self->hall_spooler)
    connect_spooler (self, self->desk_spooler);
  g_signal_connect_object (self->line, "changed", G_CALLBACK (on_line_changed), self, 0);
  g_signal_connect_object (self->hall, "expects", G_CALLBACK (on_expects), self, 0);
  if (self->desk == NULL)
    return;
  g_signal_connect_object (self->desk, "overview-wanted", G_CALLBACK (on_overview_wanted), self, 0);
  g_signal_connect_object (self->desk, "checkup-wanted", G_CALLBACK (on_checkup_wanted), self, 0);
  g_signal_connect_object (self->desk, "retry", G_CALLBACK (on_retry), self, 0);
  g_signal_connect_object (self->desk, "attached-changed", G_CALLBACK (on_desk_attached), self, 0);
}

/**
 * bm_station_start:
 * @self: a station
 *
 * Opens the doors: spoolers reconcile, the line is tried, seats show their first page.
 */
void
bm_station_start (BmStation *self)
{
  g_return_if_fail (BM_IS_STATION (self));

  if (self->hall_spooler != NULL)
    bm_spooler_start (self->hall_spooler);
  if (self->desk_spooler != NULL && self->desk_spooler != self->hall_spooler)
    bm_spooler_start (self->desk_spooler);
  bm_line_start (self->line);
  bm_seat_start (self->hall);
  bm_station_refresh_overview (self);
  self->tick = g_timeout_add_seconds (TICK_S, on_tick, self);
  bm_station_check_later (self);
  bm_notify_ready (self->notify);
}
