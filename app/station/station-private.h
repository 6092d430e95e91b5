/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/bus/bus-server.h"
#include "app/devices/camera.h"
#include "app/devices/headphone.h"
#include "app/devices/microphone.h"
#include "app/devices/scanner.h"
#include "app/devices/usb/usb-gate.h"
#include "app/devices/watch/device-watch.h"
#include "app/station/control.h"
#include "app/station/demo-state.h"
#include "app/station/desk-seat.h"
#include "app/station/line.h"
#include "app/station/notify.h"
#include "app/station/roster.h"
#include "app/station/seat.h"
#include "app/station/station-keys.h"
#include "app/station/station.h"
#include "app/station/volumes.h"
#include "app/store/store.h"
#include "core/appeal/classify.h"
#include "core/calendar/calendar.h"
#include "core/catalogue/catalogue.h"
#include "core/catalogue/guides.h"
#include "printing/spooler.h"

G_BEGIN_DECLS

/* Shared by station.c (how it is built and ended), station-run.c (what happens between its parts) and
 * control*.c (what an operator may ask). */
struct _BmStation
{
  GObject parent_instance;

  BmConfig *config;
  BmStationKeys *keys;
  BmDemoState *demo; /* NULL outside demo */
  BmClock *clock;
  BmCatalogue *catalogue;
  BmCalendar *calendar;
  BmAppealTable *appeals; /* NULL: its file does not fit; the centre classifies alone */
  BmRoster *roster;
  BmStore *store;
  BmWorker *print_worker;
  BmSpooler *hall_spooler;  /* NULL: no printer */
  BmSpooler *desk_spooler;  /* the hall's when the desk has none of its own */
  BmReader *hall_reader;    /* NULL: no reader */
  BmHeadphone *headphone;   /* NULL: there is no jack, all is said in the hall */
  BmMicrophone *microphone; /* NULL: there is none in the hall */
  BmCamera *camera;         /* NULL: there is none in the hall */
  json_t *dialects;         /* recorded besides the usual one */
  GPtrArray *tables;        /* languages that came down (languages.c), or NULL */
  json_t *languages;        /* of these the ones that are offered, or NULL */
  json_t *language_report;  /* of each how much is missing, or NULL */
  BmScanner *hall_scanner;  /* NULL: none with a line of its own */
  BmScanner *desk_scanner;
  BmReader *social_reader; /* of social-security cards, in the hall; NULL: none */
  BmReader *desk_reader;
  BmUsbGate *gate;
  BmDeviceWatch *watch; /* NULL: nobody tells what is plugged */
  BmLine *line;
  BmBusServer *face_server;
  BmBusServer *desk_server; /* NULL: no desk */
  BmBusServer *control_server;
  BmSeat *hall;
  BmDeskSeat *desk;
  BmControl *control;
  BmVolumes *volumes;
  BmNotify *notify;
  json_t *notices;         /* of the platform, for the desk: array of strings, or NULL */
  json_t *posts;           /* for the hall: what hangs on the board, or NULL: nothing */
  BmGuides *guides;        /* what may be read; NULL: the folder is not there */
  GError *trouble;         /* why no new entry is taken, or NULL */
  GPtrArray *sheets;       /* demo only: print jobs in the order they were queued */
  BmSyncStanding standing; /* as last noted in the ledger */
  gint32 day;              /* the ledger was swept on */
  guint tick;
  guint first_check;            /* source */
  guint plug_check;             /* source: a stranger was plugged */
  const char *camera_seen;      /* keyword of a checkup, or NULL: not asked for yet */
  const char *microphone_heard; /* the same */
  char *faults;                 /* as noted last, or NULL: not in this run */
  gboolean is_overview_running;
  gboolean is_overview_wanted; /* once more when it is there */
  gboolean cannot_note;        /* as the overview said last */
  gint64 overview_boot_ms;     /* when it was asked for last */
  guint64 left;                /* rows to be sent, as last seen */
  guint64 drain_from;          /* how many there were when they began to go */
  gint64 drain_boot_ms;
};

/* station-run.c */
void bm_station_connect_store (BmStation *self);
void bm_station_connect (BmStation *self);
void bm_station_refresh_overview (BmStation *self); /* languages.c */
void bm_station_take_languages (BmStation *self, json_t *list);
void bm_station_settle_languages (BmStation *self); /* other services want other words */
void bm_station_append_language_notes (BmStation *self, json_t *notes); /* for the desk */
void bm_station_clear_languages (BmStation *self);

/* overview.c */
void bm_station_load_roster (BmStation *self); /* blocks; start of program */
void bm_station_tick_now (BmStation *self);

/* station.c: the installed services or calendars, read anew; FALSE: they cannot be, the old ones stay */
gboolean bm_station_read_rules (BmStation *self, const char *kind);

/* posts.c */
void bm_station_load_guides (BmStation *self);
gboolean bm_station_check_guides (GError **error);
void bm_station_take_notices (BmStation *self, json_t *list);
void bm_station_take_warnings (BmStation *self, json_t *list);

/* documents.c */
void bm_station_load_documents (BmStation *self); /* turns the main loop; start of program */
void bm_station_follow_document (BmStation *self, const char *kind);

/* overview.c */
void bm_station_complete_overview (BmStation *self, json_t *overview);
void bm_station_note_means (BmStation *self, json_t *overview);
void bm_station_load_pause (BmStation *self);
gboolean bm_station_set_paused (BmStation *self, gboolean is_paused, GError **error);

/* checkup.c */
typedef void (*BmCheckupDone) (BmStation *station, json_t *checkup, gpointer data);
void bm_station_look_over (BmStation *self, BmCheckupDone done, gpointer data);
void bm_station_check_for_desk (BmStation *self);
void bm_station_check_later (BmStation *self);

/* scanners.c */
gboolean bm_station_open_scanners (BmStation *self, GError **error);
void bm_station_connect_scanners (BmStation *self);
void bm_station_drop_scanners (BmStation *self);
const char *bm_station_scanner_state (BmStation *self); /* keyword of a checkup */

/* usb.c */
void bm_station_open_gate (BmStation *self);
void bm_station_name_strangers (BmStation *self);
json_t *bm_station_describe_usb (BmStation *self);

/* plug.c */
void bm_station_watch_devices (BmStation *self);
void bm_station_unwatch_devices (BmStation *self);

/* status.c */
json_t *bm_status_new (BmStation *station, json_t *overview);

G_END_DECLS
