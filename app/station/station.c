/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "config.h"

#include "app/station/misuse-rules.h"
#include "app/station/station-private.h"

#include "app/devices/reader-open.h"
#include "core/error.h"
#include "core/ports/true-clock.h"
#include "core/voice/clips.h"
#include "sync/identity.h"
#include "sync/transport-curl.h"

#include <glib/gi18n-lib.h>

/*
 * The composition root: the one place that knows every room. What rooms share are core's ports; who gets
 * which port is decided here.
 *
 *   config, keys ─► clock, catalogue, calendar ─► store ─► roster ─► spoolers, readers, line ─► seats ─► bus
 *
 * Invariants:
 *  R1  The order of building is the order of dependence; stopping goes the other way, the ledger last, so
 *      that everything accepted is on disk before the lock is given up.
 *  R2  A device that is missing keeps nobody out: the station runs without reader and without printer and
 *      says so. Only keys and ledger are needed.
 */

G_DEFINE_FINAL_TYPE (BmStation, bm_station, G_TYPE_OBJECT)

static char *
find_asset (const char *name)
{
  const char *folder = g_getenv ("BIANMIN_ASSETS");

  return g_build_filename (folder != NULL ? folder : BM_PKGDATADIR, name, NULL);
}

static BmCatalogue *
load_catalogue (const BmConfig *config, GError **error)
{
  g_autofree char *builtin = find_asset ("catalogue");

  return bm_catalogue_load (config->catalogue != NULL ? config->catalogue : builtin, error);
}

static BmCalendar *
load_calendar (GError **error)
{
  g_autofree char *folder = find_asset ("calendars");

  return bm_calendar_load_folder (folder, error);
}

gboolean
bm_station_read_rules (BmStation *self, const char *kind)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmCatalogue) catalogue = NULL;
  g_autoptr (BmCalendar) calendar = NULL;

  if (g_str_equal (kind, "catalogue"))
    catalogue = load_catalogue (self->config, &error);
  else
    calendar = load_calendar (&error);
  if (error != NULL)
    {
      g_warning ("What is installed cannot be read anew: %s", error->message);
      return FALSE;
    }
  if (catalogue != NULL)
    {
      bm_catalogue_unref (self->catalogue);
      self->catalogue = g_steal_pointer (&catalogue);
    }
  else
    {
      bm_calendar_unref (self->calendar);
      self->calendar = g_steal_pointer (&calendar);
    }
  return TRUE;
}

static BmAppealTable *
load_appeals (GError **error)
{
  g_autofree char *file = find_asset ("tables/appeal-class.json");

  return bm_appeal_table_load (file, error);
}

static gboolean
load_data (BmStation *self, GError **error)
{
  g_autoptr (GError) no_appeals = NULL;
  g_autoptr (BmClock) machine = NULL;
  GPtrArray *faults;
  gint64 from_ms = 0;
  gint64 until_ms = 0;

  self->keys = bm_station_keys_load (self->config->keys, error);
  if (self->keys == NULL)
    return FALSE;
  if (self->config->is_demo)
    self->demo = bm_demo_state_new (self->config);
  machine = self->demo != NULL ? g_object_ref (bm_demo_state_get_clock (self->demo))
                               : bm_system_clock_new ();
  self->clock = BM_CLOCK (bm_true_clock_new (machine));
  bm_clock_learn_floor (self->clock, BM_TRANSPORT_BUILD_FLOOR_MS);
  /* The platform signed our certificate at some time; it is later now. */
  if (bm_certificate_get_times (bm_enrolment_get_client_certificate (self->keys->enrolment),
                                &from_ms, &until_ms, NULL))
    bm_clock_learn_floor (self->clock, from_ms);
  self->catalogue = load_catalogue (self->config, error);
  if (self->catalogue == NULL)
    return FALSE;
  faults = bm_catalogue_get_faults (self->catalogue);
  for (guint i = 0; i < faults->len; i++)
    {
      const BmCatalogueFault *fault = g_ptr_array_index (faults, i);

      g_warning ("catalogue: %s", fault->message);
    }
  bm_station_load_guides (self);
  self->appeals = load_appeals (&no_appeals);
  if (self->appeals == NULL)
    g_warning ("%s", no_appeals->message);
  self->calendar = load_calendar (error);
  return self->calendar != NULL;
}

/* For how long the ledger keeps a payload that the centre has. */
/* Broken or missing: the ledger's own numbers stay. */
static void
set_misuse_rules (BmStation *self)
{
  g_autofree char *file = find_asset ("tables/misuse.json");
  g_autoptr (GError) error = NULL;
  BmMisuseRules rules;

  if (bm_misuse_rules_load (file, &rules, &error))
    bm_store_set_misuse_rules (self->store, &rules);
  else
    g_warning ("%s", error->message);
}

static void
set_retention (BmStation *self)
{
  g_autoptr (GHashTable) days = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < bm_catalogue_get_count (self->catalogue); i++)
    {
      json_t *service = bm_catalogue_get (self->catalogue, i);
      const char *id = json_string_value (json_object_get (service, "id"));
      json_t *retention = json_object_get (service, "retention_days");

      if (id != NULL && json_is_integer (retention))
        g_hash_table_insert (days, (gpointer) id,
                             GINT_TO_POINTER (
                               (gint) CLAMP (json_integer_value (retention), 1, 3650)));
    }
  bm_store_set_retention (self->store, days);
}

static gboolean
open_store (BmStation *self, GError **error)
{
  BmStoreSetup setup;

  bm_station_keys_fill_store_setup (self->keys, self->config->data, &setup);
  self->store = bm_store_open (&setup, self->clock, error);
  if (self->store == NULL)
    return FALSE;
  bm_station_connect_store (self);
  set_retention (self);
  set_misuse_rules (self);
  return TRUE;
}

static BmReader *
open_reader (BmStation *self, const char *uri, GError **error)
{
  return *uri != '\0' ? bm_reader_open (uri, BM_DEVICE_GATE (self->gate), error) : NULL;
}

static BmSpooler *
open_spooler (BmStation *self, const char *uri, GError **error)
{
  if (*uri == '\0')
    return NULL;
  if (self->print_worker == NULL)
    self->print_worker = bm_worker_new ("print");
  return bm_spooler_new (uri, BM_DEVICE_GATE (self->gate), BM_PRINT_JOURNAL (self->store),
                         self->print_worker, self->clock, error);
}

/* Beside this program, wherever it was installed. */
static char *
find_beside (const char *variable, const char *name)
{
  const char *given = g_getenv (variable);
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = self != NULL ? g_path_get_dirname (self) : NULL;

  if (given != NULL)
    return g_strdup (given);
  return g_build_filename (folder != NULL ? folder : "", name, NULL);
}

static BmCamera *
open_camera (BmStation *self, const char *uri, GError **error)
{
  g_autofree char *program = find_beside ("BIANMIN_CAPTURE", "bianmin-capture");

  BmCamera *camera = *uri != '\0' ? bm_camera_open (uri, program, error) : NULL;

  if (camera != NULL)
    bm_camera_set_gate (camera, BM_DEVICE_GATE (self->gate));
  return camera;
}

static BmMicrophone *
open_microphone (BmStation *self, const char *uri, GError **error)
{
  g_autofree char *program = find_beside ("BIANMIN_RECORD", "bianmin-record");

  BmMicrophone *microphone = *uri != '\0' ? bm_microphone_open (uri, program, error) : NULL;

  if (microphone != NULL)
    bm_microphone_set_gate (microphone, BM_DEVICE_GATE (self->gate));
  return microphone;
}

static gboolean
open_devices (BmStation *self, GError **error)
{
  const BmConfig *config = self->config;
  g_autoptr (GError) cause = NULL;

  bm_station_open_gate (self);
  if (config->voices != NULL)
    self->dialects = bm_clips_list_dialects (config->voices);
  if (*config->hall.headphone != '\0')
    self->headphone = bm_headphone_open (config->hall.headphone, &cause);
  if (cause == NULL)
    self->camera = open_camera (self, config->hall.camera, &cause);
  if (cause == NULL)
    self->microphone = open_microphone (self, config->hall.microphone, &cause);
  if (cause == NULL)
    self->hall_reader = open_reader (self, config->hall.reader, &cause);
  if (cause == NULL)
    self->social_reader = open_reader (self, config->hall.social_card, &cause);
  if (cause == NULL && config->desk.is_enabled)
    self->desk_reader = open_reader (self, config->desk.reader, &cause);
  if (cause == NULL)
    (void) bm_station_open_scanners (self, &cause);
  if (cause == NULL)
    self->hall_spooler = open_spooler (self, config->hall.printer, &cause);
  if (cause == NULL && config->desk.is_enabled)
    self->desk_spooler = open_spooler (self, config->desk.printer, &cause);
  if (cause != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&cause));
      return FALSE;
    }
  if (self->hall_spooler != NULL)
    bm_spooler_serve (self->hall_spooler, "hall");
  if (self->desk_spooler != NULL)
    bm_spooler_serve (self->desk_spooler, "desk");
  else if (self->hall_spooler != NULL)
    {
      self->desk_spooler = g_object_ref (self->hall_spooler);
      bm_spooler_serve (self->hall_spooler, "desk");
    }
  return TRUE;
}

static gboolean
open_bus (BmStation *self, GError **error)
{
  const char *run = self->config->run;

  self->face_server = bm_bus_server_new (run, "face", BM_BUS_FACE, error);
  if (self->face_server == NULL)
    return FALSE;
  if (self->config->desk.is_enabled)
    {
      self->desk_server = bm_bus_server_new (run, "desk", BM_BUS_FACE, error);
      if (self->desk_server == NULL)
        return FALSE;
    }
  self->control_server = bm_bus_server_new (run, "ctl", BM_BUS_CONTROL, error);
  return self->control_server != NULL;
}

static void
fill_seat_setup (BmStation *self, BmSeatSetup *ret_setup)
{
  const BmEnrolment *enrolment = self->keys->enrolment;

  *ret_setup = (BmSeatSetup) {
    .mark_folder = self->config->data,
    .store = self->store,
    .line = self->line,
    .volumes = self->volumes,
    .subject_salt = bm_enrolment_get_subject_salt (enrolment),
    .session = {
      .station_name = bm_enrolment_get_station_name (enrolment),
      .village_name = bm_enrolment_get_village_name (enrolment),
      .village = bm_enrolment_get_village (enrolment),
      .terminal = bm_enrolment_get_terminal (enrolment),
      .station_phone = bm_enrolment_get_phone (enrolment),
      .is_demo = self->config->is_demo,
      .is_bilingual = self->config->is_bilingual,
      .catalogue = self->catalogue,
      .guides = self->guides,
      .calendar = self->calendar,
      .appeals = self->appeals,
      .dialects = self->dialects,
      .languages = self->languages,
      .clock = self->clock,
    },
  };
}

static void
follow_headphone (BmStation *self)
{
  bm_seat_set_headphone (self->hall, bm_headphone_is_in (self->headphone));
}

static void
connect_headphone (BmStation *self)
{
  if (self->headphone == NULL)
    return;
  g_signal_connect_swapped (self->headphone, "notify::is-in", G_CALLBACK (follow_headphone), self);
  follow_headphone (self);
}

static void
open_seats (BmStation *self)
{
  g_autofree char *divisions =
    find_asset (self->config->is_demo ? "tables/divisions-demo.json" : "tables/divisions.json");
  BmSeatSetup setup;

  fill_seat_setup (self, &setup);
  setup.name = "hall";
  setup.server = self->face_server;
  setup.spooler = self->hall_spooler;
  setup.reader = self->hall_reader;
  setup.social = self->social_reader;
  self->hall = bm_seat_new (&setup, self->roster);
  bm_seat_set_posts (self->hall, self->posts);
  bm_seat_set_divisions_file (self->hall, divisions);
  bm_seat_set_camera (self->hall, self->camera);
  bm_seat_set_microphone (self->hall, self->microphone);
  connect_headphone (self);
  if (self->desk_server == NULL)
    return;
  setup.name = "desk";
  setup.server = self->desk_server;
  setup.spooler = self->desk_spooler;
  setup.reader = self->desk_reader;
  setup.social = NULL;
  self->desk = bm_desk_seat_new (&setup, self->roster, self->hall);
  bm_desk_seat_set_one_screen (self->desk, self->config->desk.is_one_screen);
}

static gboolean
build (BmStation *self, GError **error)
{
  BmEnrolment *enrolment;

  if (!load_data (self, error) || !open_store (self, error))
    return FALSE;
  /* It turns the main loop: before the sockets are there, or a call that comes meanwhile finds nobody. */
  bm_station_load_roster (self);
  bm_station_load_documents (self);
  if (!open_devices (self, error) || !open_bus (self, error))
    return FALSE;
  bm_station_watch_devices (self);
  enrolment = self->keys->enrolment;
  self->line = bm_line_new (BM_OUTBOX (self->store), enrolment, self->config->keys, self->clock,
                            &self->config->line);
  if (self->demo != NULL && !bm_demo_state_is_link_up (self->demo))
    bm_line_set_up (self->line, FALSE);
  self->volumes = bm_volumes_new (self->store, enrolment, self->clock, self->config->media,
                                  self->config->is_demo);
  bm_station_load_pause (self);
  open_seats (self);
  bm_station_connect_scanners (self);
  self->control = bm_control_new (self);
  self->notify = bm_notify_new (bm_store_get_worker (self->store));
  bm_station_connect (self);
  return TRUE;
}

/**
 * bm_station_new:
 * @config: (transfer full): the configuration
 * @error: what keeps the station from starting, in plain words
 *
 * Builds everything; nothing is sent, printed or read before bm_station_start().
 *
 * Returns: (transfer full): the station
 */
BmStation *
bm_station_new (BmConfig *config, GError **error)
{
  g_autoptr (BmStation) self = NULL;

  g_return_val_if_fail (config != NULL, NULL);

  self = g_object_new (BM_TYPE_STATION, NULL);
  self->config = config;
  if (!build (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

static void
stop_devices (BmStation *self)
{
  BmReader *readers[] = { self->hall_reader, self->social_reader, self->desk_reader };
  BmSpooler *spoolers[] = { self->hall_spooler, self->desk_spooler };

  bm_station_unwatch_devices (self);
  for (guint i = 0; i < G_N_ELEMENTS (readers); i++)
    if (readers[i] != NULL)
      bm_reader_close (readers[i]);
  for (guint i = 0; i < G_N_ELEMENTS (spoolers); i++)
    if (spoolers[i] != NULL && (i == 0 || spoolers[i] != spoolers[0]))
      bm_spooler_stop (spoolers[i]);
  if (self->headphone != NULL)
    g_signal_handlers_disconnect_by_data (self->headphone, self);
  g_clear_object (&self->headphone);
  bm_station_drop_scanners (self);
  g_clear_object (&self->camera);
  g_clear_object (&self->microphone);
  g_clear_object (&self->hall_reader);
  g_clear_object (&self->social_reader);
  g_clear_object (&self->desk_reader);
  g_clear_object (&self->desk_spooler);
  g_clear_object (&self->hall_spooler);
  g_clear_object (&self->gate);
  if (self->print_worker != NULL)
    bm_worker_stop (self->print_worker);
  g_clear_object (&self->print_worker);
}

/**
 * bm_station_stop:
 * @self: a station
 *
 * Ends in the opposite order of building (R1). A second call does nothing.
 */
void
bm_station_stop (BmStation *self)
{
  g_return_if_fail (BM_IS_STATION (self));

  g_clear_pointer (&self->notify, bm_notify_free);
  g_clear_handle_id (&self->tick, g_source_remove);
  g_clear_handle_id (&self->first_check, g_source_remove);
  g_clear_handle_id (&self->plug_check, g_source_remove);
  if (self->store != NULL)
    g_signal_handlers_disconnect_by_data (self->store, self);
  if (self->control_server != NULL)
    bm_bus_server_stop (self->control_server);
  if (self->desk_server != NULL)
    bm_bus_server_stop (self->desk_server);
  if (self->face_server != NULL)
    bm_bus_server_stop (self->face_server);
  g_clear_pointer (&self->control, bm_control_free);
  if (self->volumes != NULL)
    bm_volumes_stop (self->volumes);
  g_clear_object (&self->volumes);
  g_clear_object (&self->desk);
  g_clear_object (&self->hall);
  g_clear_pointer (&self->dialects, json_decref);
  if (self->line != NULL)
    bm_line_stop (self->line);
  g_clear_object (&self->line);
  stop_devices (self);
  if (self->store != NULL)
    bm_store_close (self->store);
  g_clear_object (&self->store);
}

/**
 * bm_station_check:
 * @config: the configuration
 * @error: what would keep the station from starting, in plain words
 *
 * Looks at everything that people write or install, without opening ledger or devices.
 *
 * Returns: whether the station could start
 */
gboolean
bm_station_check (const BmConfig *config, GError **error)
{
  g_autoptr (BmStationKeys) keys = NULL;
  g_autoptr (BmCatalogue) catalogue = NULL;
  g_autoptr (BmCalendar) calendar = NULL;
  g_autoptr (BmAppealTable) appeals = NULL;
  GPtrArray *faults;

  g_return_val_if_fail (config != NULL, FALSE);

  keys = bm_station_keys_load (config->keys, error);
  if (keys == NULL)
    return FALSE;
  catalogue = load_catalogue (config, error);
  if (catalogue == NULL)
    return FALSE;
  calendar = load_calendar (error);
  if (calendar == NULL)
    return FALSE;
  appeals = load_appeals (error);
  if (appeals == NULL)
    return FALSE;
  faults = bm_catalogue_get_faults (catalogue);
  if (faults->len > 0)
    {
      const BmCatalogueFault *fault = g_ptr_array_index (faults, 0);

      g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID, fault->message);
      return FALSE;
    }
  return bm_station_check_guides (error);
}

static void
bm_station_dispose (GObject *object)
{
  BmStation *self = BM_STATION (object);

  bm_station_stop (self);
  g_clear_object (&self->control_server);
  g_clear_object (&self->desk_server);
  g_clear_object (&self->face_server);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (bm_station_parent_class)->dispose (object);
}

static void
bm_station_finalize (GObject *object)
{
  BmStation *self = BM_STATION (object);

  g_clear_pointer (&self->sheets, g_ptr_array_unref);
  g_clear_pointer (&self->roster, bm_roster_unref);
  g_clear_pointer (&self->calendar, bm_calendar_unref);
  g_clear_pointer (&self->appeals, bm_appeal_table_unref);
  g_clear_pointer (&self->catalogue, bm_catalogue_unref);
  g_clear_pointer (&self->demo, bm_demo_state_free);
  g_clear_pointer (&self->keys, bm_station_keys_free);
  g_free (self->faults);
  g_clear_pointer (&self->config, bm_config_free);
  g_clear_pointer (&self->notices, json_decref);
  g_clear_pointer (&self->posts, json_decref);
  g_clear_pointer (&self->guides, bm_guides_unref);
  bm_station_clear_languages (self);
  g_clear_error (&self->trouble);

  G_OBJECT_CLASS (bm_station_parent_class)->finalize (object);
}

static void
bm_station_class_init (BmStationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = bm_station_dispose;
  object_class->finalize = bm_station_finalize;

  g_signal_new ("quit", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 0);
}

static void
bm_station_init (BmStation *self)
{
  self->sheets = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_print_job_unref);
}
