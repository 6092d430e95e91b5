/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "config.h"

#include "app/station/station-private.h"
#include "app/station/words.h"
#include "core/catalogue/text.h"
#include "core/ports/reasons.h"
#include "sync/identity.h"

/*
 * How the station is, for operators: a stable word and a plain sentence each.
 */

static json_t *
describe_link (BmStation *self, json_t *overview)
{
  g_autoptr (BmSyncStatus) status = bm_line_dup_status (self->line);
  const char *state = json_string_value (json_object_get (overview, "link"));
  g_autofree char *words = bm_reason_dup_sentence (bm_reason_find (BM_REASON_LINK, state));

  return json_pack ("{s:s, s:s, s:O, s:s, s:b, s:I, s:I, s:I}", "state", state, "words", words,
                    "since_ms", json_object_get (overview, "link_since_ms"), "reason",
                    status->reason != NULL ? status->reason : "", "is_busy", status->is_busy,
                    "failures", (json_int_t) status->failures, "next_try_ms",
                    (json_int_t) status->wait_ms, "last_contact_ms",
                    (json_int_t) status->last_contact_ms);
}

static json_t *
describe_printer (BmSpooler *spooler)
{
  const char *const *reasons = spooler != NULL ? bm_spooler_get_reasons (spooler) : NULL;
  g_autofree char *words = bm_words_dup_for_printer (reasons);
  json_t *list = json_array ();

  for (guint i = 0; reasons != NULL && reasons[i] != NULL; i++)
    json_array_append_new (list, json_string (reasons[i]));
  return json_pack ("{s:s, s:o, s:I}", "words", words, "reasons", list, "waiting",
                    (json_int_t) (spooler != NULL ? bm_spooler_count_waiting (spooler) : 0));
}

/* What nobody on the roster may be the witness of, by name. */
static char *
dup_unwitnessed (BmStation *self)
{
  g_autoptr (GDateTime) now = bm_clock_dup_local (self->clock);
  json_t *staff = bm_roster_dup_public (self->roster, now);
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < bm_catalogue_get_count (self->catalogue); i++)
    {
      json_t *service = bm_catalogue_get (self->catalogue, i);

      if (!bm_session_has_witness (service, staff))
        g_string_append_printf (names, "%s%s", names->len > 0 ? " " : "",
                                bm_text_pick (json_object_get (service, "label")));
    }
  json_decref (staff);
  return g_string_free (names, FALSE);
}

static void
append_fault (json_t *list, const BmCatalogueFault *fault)
{
  json_array_append_new (list, json_pack ("{s:s, s:i, s:s}", "file", fault->file, "line",
                                          (int) fault->line, "message", fault->message));
}

static void
append_guide_faults (BmStation *self, json_t *list)
{
  GPtrArray *faults = self->guides != NULL ? bm_guides_get_faults (self->guides) : NULL;

  for (guint i = 0; faults != NULL && i < faults->len; i++)
    append_fault (list, faults->pdata[i]);
}

static json_t *
describe_catalogue (BmStation *self)
{
  GPtrArray *faults = bm_catalogue_get_faults (self->catalogue);
  g_autofree char *unwitnessed = NULL;
  json_t *list = json_array ();

  for (guint i = 0; i < faults->len; i++)
    append_fault (list, g_ptr_array_index (faults, i));
  unwitnessed = dup_unwitnessed (self);
  append_guide_faults (self, list);
  return json_pack ("{s:i, s:i, s:i, s:o, s:s}", "posts",
                    (int) json_array_size (json_object_get (self->posts, "notices")), "guides",
                    self->guides != NULL ? (int) bm_guides_get_count (self->guides) : 0, "services",
                    (int) bm_catalogue_get_count (self->catalogue), "faults", list, "unwitnessed",
                    unwitnessed);
}

static json_t *
describe_station (BmStation *self)
{
  const BmEnrolment *enrolment = self->keys->enrolment;

  return json_pack ("{s:s, s:s, s:i, s:i, s:b}", "name", bm_enrolment_get_station_name (enrolment),
                    "village", bm_enrolment_get_village (enrolment), "terminal",
                    (int) bm_enrolment_get_terminal (enrolment), "kiosk",
                    (int) bm_enrolment_get_kiosk (enrolment), "is_demo", self->config->is_demo);
}

static json_t *
describe_clock (BmStation *self, json_t *overview)
{
  g_autoptr (GDateTime) now = bm_clock_dup_local (self->clock);
  g_autofree char *text = g_date_time_format_iso8601 (now);

  const char *state =
    json_string_value (json_object_get (json_object_get (overview, "clock"), "state"));
  g_autofree char *words = bm_reason_dup_sentence (bm_reason_find (BM_REASON_CLOCK, state));

  return json_pack ("{s:s, s:I, s:I, s:s, s:s, s:O}", "local", text, "wall_ms",
                    (json_int_t) bm_clock_get_wall_ms (self->clock), "machine_ms",
                    (json_int_t) bm_clock_get_machine_ms (self->clock), "state", state, "words",
                    words, "skew_ms",
                    json_object_get (json_object_get (overview, "clock"), "skew_ms"));
}

static json_t *
describe_seats (BmStation *self)
{
  json_t *seats = json_pack ("{s:{s:i, s:b}}", "hall", "faces",
                             (int) bm_bus_server_count_attached (self->face_server), "is_idle",
                             bm_seat_is_idle (self->hall));

  if (self->desk_server != NULL)
    json_object_set_new (seats, "desk",
                         json_pack ("{s:i}", "faces",
                                    (int) bm_bus_server_count_attached (self->desk_server)));
  return seats;
}

static json_t *
describe_trouble (BmStation *self)
{
  g_autofree char *words = NULL;

  if (self->trouble == NULL)
    return json_null ();
  words = bm_words_dup_sentence (self->trouble);
  return json_pack ("{s:s, s:s}", "code", bm_words_for_code (self->trouble), "words", words);
}

static json_t *
make_status (BmStation *self, json_t *overview, const char *reader)
{
  return json_pack ("{s:s, s:o, s:o, s:o, s:O, s:O?, s:O?, s:i, s:o, s:{s:s, s:s}, s:o, s:o, "
                    "s:{s:s, s:s}, s:o}",
                    "version", BM_VERSION, "station", describe_station (self), "clock",
                    describe_clock (self, overview), "link", describe_link (self, overview),
                    "ledger", overview, "packs", json_object_get (overview, "packs"), "hidden",
                    json_object_get (overview, "hidden"), "contacts",
                    (int) json_array_size (json_object_get (overview, "contacts")), "printer",
                    describe_printer (self->hall_spooler), "reader", "state",
                    bm_reader_state_to_string (self->hall_reader), "words", reader, "catalogue",
                    describe_catalogue (self), "seats", describe_seats (self), "keys", "protection",
                    "file", "words", bm_words_for_keys (), "trouble", describe_trouble (self));
}

/* Renewals are written to the key folder, so it is looked up there. */
static json_t *
describe_certificate (BmStation *self)
{
  g_autoptr (BmEnrolment) enrolment = bm_enrolment_load (self->config->keys, NULL);
  gint64 from_ms = 0;
  gint64 until_ms = 0;

  if (enrolment == NULL ||
      !bm_certificate_get_times (bm_enrolment_get_client_certificate (enrolment), &from_ms,
                                 &until_ms, NULL))
    return json_null ();
  return json_pack ("{s:I, s:I, s:b}", "from_ms", (json_int_t) from_ms, "until_ms",
                    (json_int_t) until_ms, "is_expired",
                    until_ms <= bm_clock_get_wall_ms (self->clock));
}

static json_t *
describe_social (BmStation *self)
{
  const char *state = bm_reader_state_to_string (self->social_reader);
  g_autofree char *words = bm_reason_dup_sentence (bm_reason_find (BM_REASON_SOCIAL, state));

  return json_pack ("{s:s, s:s}", "state", state, "words", words);
}

/* @overview: the ledger's; borrowed, and completed. */
json_t *
bm_status_new (BmStation *self, json_t *overview)
{
  g_autofree char *reader = bm_words_dup_for_reader (self->hall_reader);
  json_t *status;

  bm_station_complete_overview (self, overview);
  status = make_status (self, overview, reader);
  json_object_set_new (status, "certificate", describe_certificate (self));
  if (self->language_report != NULL)
    json_object_set (status, "languages", self->language_report);
  json_object_set_new (status, "usb", bm_station_describe_usb (self));
  json_object_set_new (status, "scanner", json_string (bm_station_scanner_state (self)));
  if (self->social_reader != NULL)
    json_object_set_new (status, "social_card", describe_social (self));
  json_object_set_new (status, "is_paused", json_boolean (bm_line_is_paused (self->line)));
  return status;
}
