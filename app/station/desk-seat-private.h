/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/station/desk-seat.h"
#include "app/station/page-sender.h"

G_BEGIN_DECLS

/* Shared by desk-seat.c (events in, pages out) and desk-effects.c (what the desk wants done). */
struct _BmDeskSeat
{
  GObject parent_instance;

  BmBusServer *server;
  BmStore *store;
  BmSpooler *spooler;
  BmReader *reader; /* the desk's own, or NULL */
  BmVolumes *volumes;
  GBytes *subject_salt;
  BmSeat *hall;
  BmRoster *roster;
  BmPageSender *pages;

  BmCatalogue *catalogue; /* what setup points to */
  BmSessionSetup setup;
  BmDesk *desk;
  guint generation; /* counts what the hall lets us see: D2 */
  guint search;     /* counts searches, so that an older one's result is noticed: D3 */
  gboolean is_one_screen;
  gboolean is_session_open;
  gboolean is_leased;
  gboolean is_pumping;
};

enum
{
  BM_DESK_SEAT_SIGNAL_OVERVIEW_WANTED,
  BM_DESK_SEAT_SIGNAL_CHECKUP_WANTED,
  BM_DESK_SEAT_SIGNAL_RETRY,
  BM_DESK_SEAT_SIGNAL_ATTACHED_CHANGED,
  BM_DESK_SEAT_N_SIGNALS,
};

extern guint bm_desk_seat_signals[BM_DESK_SEAT_N_SIGNALS];

/* desk-seat.c */
void bm_desk_seat_feed (BmDeskSeat *self, const BmDeskEvent *event);
void bm_desk_seat_feed_stick (BmDeskSeat *self);

/* desk-late.c */
void bm_desk_seat_find_form (BmDeskSeat *self, const BmDeskEffect *effect);
void bm_desk_seat_commit (BmDeskSeat *self, const BmDeskEffect *effect);

/* desk-behalf.c */
void bm_desk_seat_look_at_person (BmDeskSeat *self, const BmDeskEffect *effect);
void bm_desk_seat_hand_over (BmDeskSeat *self, const BmDeskEffect *effect);
void bm_desk_seat_go_on_visit (BmDeskSeat *self, const BmDeskEffect *effect);

/* desk-effects.c */
void bm_desk_seat_carry_out (BmDeskSeat *self, const BmDeskEffect *effect);
void bm_desk_seat_lease (BmDeskSeat *self, gboolean wants_it);

G_END_DECLS
