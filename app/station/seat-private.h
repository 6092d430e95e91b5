/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/devices/camera.h"
#include "app/devices/microphone.h"
#include "app/station/page-sender.h"
#include "app/station/seat.h"

G_BEGIN_DECLS

typedef struct _BmSeatStep BmSeatStep;

typedef struct
{
  BmReader *reader;      /* or NULL: this seat has none */
  gboolean is_card_left; /* the last person's lies there yet: it must not open the next session */
} BmSeatReader;

/* Shared by seat.c (events in, pages out), seat-effects.c (what the session wants done) and
 * seat-person.c (who is there, and whose slip this is); seat-readers.c has the card readers. */
struct _BmSeat
{
  GObject parent_instance;

  char *name;
  char *mark_path;
  BmBusServer *server;
  BmStore *store;
  BmSpooler *spooler;
  BmSeatReader readers[BM_N_READER_SLOTS];
  BmCamera *camera;         /* or NULL */
  BmMicrophone *microphone; /* or NULL */
  gint64 memo;              /* the effect that it was begun for */
  BmLine *line;             /* or NULL: another station's slips cannot be asked for */
  GBytes *subject_salt;
  BmRoster *roster;

  BmCatalogue *catalogue; /* for the next session (seat-rules.c) */
  BmCalendar *calendar;
  json_t *posts;     /* (nullable): what hangs on the board (seat-rules.c) */
  json_t *languages; /* (nullable): further ones, for the next session */
  json_t *used_languages;
  BmCatalogue *used_catalogue; /* the present session reads it */
  BmCalendar *used_calendar;
  GPtrArray *papers;    /* demo: attachments of the next matter (seat-rules.c), or NULL */
  char *divisions_file; /* the installed table of places, or NULL (seat-places.c) */
  BmSessionSetup setup; /* of the present session; staff and duty are owned */
  BmSession *session;
  guint generation; /* counts sessions, so that late results of an older one are noticed */
  char *ended;      /* why the session ended, until it is replaced */
  gboolean is_pumping;

  BmPageSender *pages;

  guint8 tag[BM_TAG_LEN];
  gboolean has_tag;
  GHashTable *numbers; /* cases this session committed or listed */
  GHashTable *prints;  /* job id -> PrintNews, of this seat since the session began */

  guint wrong_numbers;  /* looked up in vain; one is forgiven each minute */
  gint64 wrong_boot_ms; /* when the last one was */
  BmSeatStep *track;    /* waits because of them */
  gint64 track_boot_ms; /* until then */

  gboolean is_started;
  gboolean is_leased;
  gboolean is_marked;
  gboolean is_help_wanted;
  gboolean is_online;
  gboolean cannot_note;   /* the ledger takes nothing new */
  gboolean lacks_records; /* of the centre, of people */
  gboolean was_online_lately;
  gboolean has_headphone;
};

typedef struct
{
  BmPrintState state;
  char *reason;
} BmPrintNews;

enum
{
  BM_SEAT_SIGNAL_HALL,
  BM_SEAT_SIGNAL_HELP,
  BM_SEAT_SIGNAL_EXPECTS,
  BM_SEAT_N_SIGNALS,
};

extern guint bm_seat_signals[BM_SEAT_N_SIGNALS];

void bm_seat_feed_headphone (BmSeat *self);
void bm_seat_feed_posts (BmSeat *self);

/* An asynchronous step of the session that was there when it began; a later one is told nothing (T1). */
struct _BmSeatStep
{
  BmSeat *seat;
  guint generation;
  char *text; /* wiped */
};

BmSeatStep *bm_seat_step_new (BmSeat *seat, const char *text);
void bm_seat_step_free (BmSeatStep *step);
gboolean bm_seat_step_is_late (const BmSeatStep *step);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmSeatStep, bm_seat_step_free)
void bm_seat_warn (BmSeat *self, const char *what, const GError *error);

/* seat-memo.c */
void bm_seat_memo (BmSeat *self, const BmEffect *effect);

/* seat.c */
void bm_seat_feed (BmSeat *self, const BmEvent *event);
void bm_seat_feed_print (BmSeat *self, gint64 job);

/* seat-effects.c */
void bm_seat_carry_out (BmSeat *self, BmEffect *effect);
void bm_seat_mark (BmSeat *self, gboolean is_open);
/* seat-readers.c */
void bm_seat_connect_readers (BmSeat *self, BmReader *id, BmReader *social);
void bm_seat_drop_readers (BmSeat *self);
void bm_seat_feed_readers (BmSeat *self);
void bm_seat_note_cards_left (BmSeat *self);
void bm_seat_take_cards_left (BmSeat *self);
void bm_seat_lease (BmSeat *self, gboolean wants_it);
void bm_seat_end_sheets (BmSeat *self);

/* seat-uses.c */
void bm_seat_list_uses (BmSeat *self, const guint8 *tag);

/* seat-person.c */
void bm_seat_identify (BmSeat *self, const char *id_number);
void bm_seat_track (BmSeat *self, const char *text);
void bm_seat_follow_track (BmSeat *self);
void bm_seat_drop_track (BmSeat *self); /* a look-up that waits its turn */

/* seat-places.c */
void bm_seat_read_divisions (BmSeat *self);
void bm_seat_count_visits (BmSeat *self); /* seat-visits.c */

/* seat-photo.c */
void bm_seat_take_photo (BmSeat *self, gint64 number);

/* seat.c */
void bm_seat_open_session (BmSeat *self); /* instead of the present one */

/* seat-rules.c */
void bm_seat_begin_rules (BmSeat *self);
void bm_seat_use_rules (BmSeat *self); /* of a session that begins */
void bm_seat_clear_rules (BmSeat *self);
void bm_seat_add_papers (BmSeat *self, BmDraft *draft);

G_END_DECLS
