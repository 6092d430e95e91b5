/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/appeal/classify.h"
#include "core/calendar/calendar.h"
#include "core/catalogue/catalogue.h"
#include "core/ports/memo.h"
#include "core/ports/photo.h"
#include "core/session/desk.h"
#include "core/session/page.h"
#include "core/session/session.h"

/*
 * A station that is not there: carries out what a session asks as a real one would, at once, and keeps
 * what was shown. Every page is checked as it comes: its form, that it offers a way on, and that nothing
 * says "noted" before the ledger said so (invariants 1 and 7).
 */

#define WANG_NAME "王秀兰"
#define WANG_ID   "990121194803120028"

/* What the camera sees: whole and in small. */
#define PAPER       "\xff\xd8 the paper as it lay there \xff\xd9"
#define PAPER_SMALL "\xff\xd8 in small \xff\xd9"

/* What the microphone hears. */
#define SPOKEN "OggS what was said OggS"

typedef struct
{
  BmShiftClock *clock;
  BmCatalogue *catalogue;
  BmCalendar *calendar;
  BmAppealTable *appeals;
  BmSessionSetup setup;
  BmSession *session;

  GPtrArray *effects; /* BmEffect, all but pages, since world_forget() */
  GString *shown;     /* every page as text, since world_forget() */
  guint n_pages;

  gboolean is_holding; /* commits wait for world_commit() */
  gint commit_error;   /* BmError, or -1 */
  gint verdict;        /* what CHECK_STAFF gets */
  gint64 wait_ms;
  json_t *cases;               /* what IDENTIFY finds */
  json_t *record;              /* what RECORD says right before, NULL: the station has no packs */
  json_t *tracked;             /* what TRACK comes to, NULL: nothing yet */
  json_t *uses;                /* what USES comes to, NULL: it cannot be read */
  char *divisions;             /* file of the table of places; a missing one: none can be read */
  gboolean is_slow;            /* the table of places does not come until it is sent */
  BmPhotoState photo;          /* what the camera gives */
  gboolean is_camera_slow;     /* it gives nothing until world_photo() */
  BmMemoState memo;            /* what the microphone gives when it is told to stop */
  gboolean is_microphone_slow; /* it gives nothing until world_memo() */
  BmDraft *draft;              /* the last one offered */
  guint n_commits;             /* stored ones */
  gint64 print_job;            /* job of the next commit, 0: none */
  char *number;                /* of the last commit */
  gboolean is_recorded;        /* in this session */
  gboolean has_cases;          /* the person brought some */
  gboolean has_record;         /* the session was given one, whatever the packs say by now */
  json_t *pseudo; /* a language that nobody speaks, as BmSessionSetup has further ones (pseudo.c) */
} World;

World *world_new (void);
World *world_new_with (const char *extra_folder); /* further catalogue files, first of the slots */
void world_free (World *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)

void world_send (World *self, BmEvent event);
void world_do (World *self, const char *what);
void world_choose (World *self, const char *choice);
void world_type (World *self, const char *digits);
void world_place (World *self, const char *name, const char *id_number);
void world_take (World *self);
void world_tick (World *self, guint seconds); /* one tick a second */
void world_link (World *self, gboolean is_online);
void world_commit (World *self);
void world_divisions (World *self);
void world_photo (World *self, gint64 number);
void world_level (World *self, gint64 number, gint level, guint left);
void world_memo (World *self, gint64 number);
void world_scan (World *self, const char *text);
void world_answer (World *self, const char *state, const char *code);
void world_print (World *self, const char *state, const char *reason);
void world_forget (World *self);

json_t *world_case (const char *number, const char *service, const char *state, const char *code);
/* Behind the last tile, by its group if need be. */
void world_find_matter (World *self, const char *service);
json_t *world_page (World *self);
const char *world_page_id (World *self);
gboolean world_offers (World *self, const char *choice);
gboolean world_says (World *self, const char *text); /* the current page, line ends left out */
gboolean world_has_shown (World *self, const char *text);
BmEffect *world_find (World *self, BmEffectType type); /* the last one, or NULL */
guint world_count (World *self, BmEffectType type);
char *world_flat_text (json_t *json);

/* Steps of the pension's flow. */
void world_identify (World *self, const char *name, const char *id_number);
json_t *world_record (const char *status, const char *due); /* twelve months of 228.40 and more */
void world_reach_witness (World *self);
void world_reach_done (World *self);

void world_set_up_locale (void);
json_t *world_new_staff (void);
void world_check_page (json_t *page);
void world_check_english (World *self); /* the same page in English: languages.c */
/* Names of people and places and what comes from outside left out. */
void world_need_no_chinese (BmSession *session, json_t *page, const char *text);
void world_make_pseudo (World *self);
void
world_check_further (World *self); /* and in a language that is no part of the program: pseudo.c */

#define assert_page(w, id) g_assert_cmpstr (world_page_id (w), ==, id)
