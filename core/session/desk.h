/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/session/session.h"

G_BEGIN_DECLS

/*
 * The helper's screen as a state machine of its own: locked -> PIN -> today (what waits and why, line,
 * printer; the hall's session when it wants a witness) -> witness act. Works like BmSession: events in,
 * effects out; the same page schema, templates "desk-…". It attends the hall's session, it never drives
 * the resident's page, and never shows amounts or complaints about the station.
 */

typedef enum
{
  BM_DESK_EVENT_INTENT,        /* json */
  BM_DESK_EVENT_STAFF_CHECKED, /* text: staff id; code: BmStaffVerdict; number: ms to wait */
  BM_DESK_EVENT_HALL,     /* json: what the hall's session lets the desk see, or NULL: it ended */
  BM_DESK_EVENT_OVERVIEW, /* json: bm_store_overview + {link, printer, reader} */
  BM_DESK_EVENT_HELP,     /* flag: the hall rings / stopped; text: why, NULL or "danger" */
  BM_DESK_EVENT_TICK,
} BmDeskEventType;

typedef struct
{
  BmDeskEventType type;
  json_t *json;
  const char *text;
  gint64 number;
  gint code;
  gboolean flag;
} BmDeskEvent;

typedef enum
{
  BM_DESK_EFFECT_PAGE,        /* json */
  BM_DESK_EFFECT_CHECK_STAFF, /* text: staff id; text2: PIN; flag: as witness of the hall's person */
  BM_DESK_EFFECT_WITNESS,     /* text: staff id; flag: seen / cannot */
  BM_DESK_EFFECT_HELP_SEEN,
  BM_DESK_EFFECT_REFRESH,      /* wants a new overview */
  BM_DESK_EFFECT_SETTLE_PRINT, /* number: job; flag */
  BM_DESK_EFFECT_RETRY,        /* text: number or "" for everything held */
  BM_DESK_EFFECT_AUDIT,        /* json */
} BmDeskEffectType;

typedef struct
{
  BmDeskEffectType type;
  json_t *json;
  char *text;
  char *text2;
  gint64 number;
  gboolean flag;
} BmDeskEffect;

void bm_desk_effect_free (BmDeskEffect *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmDeskEffect, bm_desk_effect_free)

#define BM_TYPE_DESK (bm_desk_get_type ())
G_DECLARE_FINAL_TYPE (BmDesk, bm_desk, BM, DESK, GObject)

BmDesk *bm_desk_new (const BmSessionSetup *setup) G_GNUC_WARN_UNUSED_RESULT;
void bm_desk_handle (BmDesk *self, const BmDeskEvent *event);
BmDeskEffect *bm_desk_take_effect (BmDesk *self) G_GNUC_WARN_UNUSED_RESULT;
json_t *bm_desk_get_page (BmDesk *self);

G_END_DECLS
