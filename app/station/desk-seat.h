/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/station/seat.h"
#include "core/session/desk.h"

G_BEGIN_DECLS

/**
 * BmDeskSeat:
 *
 * seat.desk: the helper's screen. It attends the hall's session and never drives the resident's page.
 *
 * Signals:
 *  "overview-wanted" ()                    answered with bm_desk_seat_set_overview()
 *  "checkup-wanted" ()                     answered with bm_desk_seat_set_checkup()
 *  "retry" (const char *number)            "" for everything held
 *  "attached-changed" (gboolean)           a desk face came, or the last one went
 */
#define BM_TYPE_DESK_SEAT (bm_desk_seat_get_type ())
G_DECLARE_FINAL_TYPE (BmDeskSeat, bm_desk_seat, BM, DESK_SEAT, GObject)

/* @setup as for the hall; @hall is the seat it attends. */
BmDeskSeat *bm_desk_seat_new (const BmSeatSetup *setup, BmRoster *roster, BmSeat *hall)
  G_GNUC_WARN_UNUSED_RESULT;
void bm_desk_seat_set_roster (BmDeskSeat *self, BmRoster *roster);
/* Newer services and working days: for sessions that begin from now on. */
void bm_desk_seat_set_rules (BmDeskSeat *self, BmCatalogue *catalogue, BmCalendar *calendar);
void bm_desk_seat_set_one_screen (BmDeskSeat *self, gboolean is_one_screen);
void bm_desk_seat_set_overview (BmDeskSeat *self, json_t *overview);
void bm_desk_seat_set_checkup (BmDeskSeat *self, json_t *checkup); /* NULL: it could not be made */
json_t *bm_desk_seat_get_page (BmDeskSeat *self);                  /* borrowed */
/* What a scanner with a line of its own read. FALSE: no slip is asked for. */
gboolean bm_desk_seat_scan (BmDeskSeat *self, const char *text);
void bm_desk_seat_tick (BmDeskSeat *self);

G_END_DECLS
