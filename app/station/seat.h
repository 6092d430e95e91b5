/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/bus/bus-server.h"
#include "app/devices/camera.h"
#include "app/devices/microphone.h"
#include "app/station/line.h"
#include "app/station/roster.h"
#include "app/station/volumes.h"
#include "app/store/store.h"
#include "core/calendar/calendar.h"
#include "core/catalogue/catalogue.h"
#include "core/ports/reader.h"
#include "core/session/session.h"
#include "printing/spooler.h"

G_BEGIN_DECLS

/* What a seat is made of; everything is borrowed and outlives the seat. */
typedef struct
{
  const char *name;        /* "hall" */
  const char *mark_folder; /* where the seat marks that a session is open */
  BmBusServer *server;
  BmStore *store;
  BmSpooler *spooler; /* or NULL: this seat has no printer */
  BmReader *reader;   /* or NULL: this seat has none */
  BmReader *social;   /* the hall's, of social-security cards; or NULL */
  BmLine *line;       /* or NULL */
  BmVolumes *volumes; /* the desk's; or NULL */
  GBytes *subject_salt;
  BmSessionSetup session; /* without staff and duty: the seat fills them from the roster */
} BmSeatSetup;

/**
 * BmSeat:
 *
 * A face connection, the devices configured for it, and the one session that belongs to it.
 *
 * Signals:
 *  "hall" (gpointer json_or_null)      what the desk may see of this session now changed; NULL: nothing
 *  "help" (gboolean is_wanted, const char *why)   why: NULL, or "danger": somebody dials for them now
 *  "expects" (const char *number)      somebody waits here for the answer to this case;
 *                                      NULL: nobody waits any more
 */
#define BM_TYPE_SEAT (bm_seat_get_type ())
G_DECLARE_FINAL_TYPE (BmSeat, bm_seat, BM, SEAT, GObject)

BmSeat *bm_seat_new (const BmSeatSetup *setup, BmRoster *roster) G_GNUC_WARN_UNUSED_RESULT;
void bm_seat_start (BmSeat *self); /* looks for what a restart interrupted, then opens a session */

const char *bm_seat_get_name (BmSeat *self);
json_t *bm_seat_get_page (BmSeat *self);              /* borrowed; NULL before the first */
const guint8 *bm_seat_get_subject_tag (BmSeat *self); /* NULL when nobody is identified */
/* Somebody acts for another (core/session/behalf.h); FALSE: somebody else is here. */
gboolean bm_seat_begin_behalf (BmSeat *self, json_t *behalf);
gboolean bm_seat_begin_visit (BmSeat *self, json_t *order);
gboolean bm_seat_is_idle (BmSeat *self);

void bm_seat_set_roster (BmSeat *self,
                         BmRoster *roster); /* from the next session on, and for PINs at once */
/* Demo: what a scanner would have given; goes with the next matter. (transfer full) */
void bm_seat_set_papers (BmSeat *self, GPtrArray *papers);
/* The installed table of places, for stations that no other came down to. */
void bm_seat_set_divisions_file (BmSeat *self, const char *file);
/* (nullable): without one papers are given to the staff */
void bm_seat_set_camera (BmSeat *self, BmCamera *camera);
/* (nullable): without one what is said is written by the staff; before the first session */
void bm_seat_set_microphone (BmSeat *self, BmMicrophone *microphone);
/* Newer services and working days: for sessions that begin from now on. */
void bm_seat_set_posts (BmSeat *self, json_t *posts);
void bm_seat_set_rules (BmSeat *self, BmCatalogue *catalogue, BmCalendar *calendar);
/* The further languages that are offered, as in BmSessionSetup: for sessions that begin from now on. */
void bm_seat_set_languages (BmSeat *self, json_t *languages);
/* The desk wrote for the person who is there. */
void bm_seat_write (BmSeat *self, const char *staff, const char *text);
void bm_seat_set_has_desk (BmSeat *self, gboolean has_desk);
void bm_seat_set_means (BmSeat *self, gboolean can_note, gboolean has_records);
void bm_seat_set_link (BmSeat *self, gboolean is_online, gboolean was_online_lately);
void bm_seat_set_headphone (BmSeat *self, gboolean is_in);
/* What a scanner with a line of its own read; one that types reaches the face. */
void bm_seat_scan (BmSeat *self, const char *text);
void bm_seat_witness (BmSeat *self, const char *staff, gboolean has_seen);
void bm_seat_answer_help (BmSeat *self);
void bm_seat_note_case (BmSeat *self, const char *number);
void bm_seat_tick (BmSeat *self);

G_END_DECLS
