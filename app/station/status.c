/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "config.h"

#include "app/station/station-private.h"
#include "app/station/words.h"

/*
 * How the station is, for operators: a stable word and a plain sentence each.
 */

static json_t *
describe_link (BmStation *self)
{
  g_autoptr (BmSyncStatus) status = bm_line_dup_status (self->line);
  g_autofree char *words = bm_words_dup_for_link (status->link);

  return json_pack ("{s:s, s:s, s:s, s:b, s:I, s:I, s:I}", "state",
                    bm_link_trouble_to_string (status->link), "words", words, "reason",
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

static json_t *
describe_catalogue (BmStation *self)
{
  GPtrArray *faults = bm_catalogue_get_faults (self->catalogue);
  json_t *list = json_array ();

  for (guint i = 0; i < faults->len; i++)
    {
      const BmCatalogueFault *fault = g_ptr_array_index (faults, i);

      json_array_append_new (list, json_pack ("{s:s, s:i, s:s}", "file", fault->file, "line",
                                              (int) fault->line, "message", fault->message));
    }
  return json_pack ("{s:i, s:o}", "services", (int) bm_catalogue_get_count (self->catalogue),
                    "faults", list);
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
describe_clock (BmStation *self)
{
  g_autoptr (GDateTime) now = bm_clock_dup_local (self->clock);
  g_autofree char *text = g_date_time_format_iso8601 (now);

  return json_pack ("{s:s, s:I}", "local", text, "wall_ms",
                    (json_int_t) bm_clock_get_wall_ms (self->clock));
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

/* @overview: the ledger's; borrowed. */
json_t *
bm_status_new (BmStation *self, json_t *overview)
{
  g_autofree char *reader = bm_words_dup_for_reader (self->hall_reader);

  return json_pack ("{s:s, s:o, s:o, s:o, s:O, s:O?, s:O?, s:i, s:o, s:{s:s, s:s}, s:o, s:o, "
                    "s:{s:s, s:s}, s:o}",
                    "version", BM_VERSION, "station", describe_station (self), "clock",
                    describe_clock (self), "link", describe_link (self), "ledger", overview,
                    "packs", json_object_get (overview, "packs"), "hidden",
                    json_object_get (overview, "hidden"), "contacts",
                    (int) json_array_size (json_object_get (overview, "contacts")), "printer",
                    describe_printer (self->hall_spooler), "reader", "state",
                    bm_reader_state_to_string (self->hall_reader), "words", reader, "catalogue",
                    describe_catalogue (self), "seats", describe_seats (self), "keys", "protection",
                    "file", "words", bm_words_for_keys (), "trouble", describe_trouble (self));
}
