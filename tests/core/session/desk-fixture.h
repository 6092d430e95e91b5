/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/session/desk.h"
#include "tests/core/session/world.h"

typedef struct
{
  BmShiftClock *clock; /* 2026-11-21 09:10 in China */
  BmSessionSetup setup;
  BmDesk *desk;
  GPtrArray *effects; /* without pages */
  guint n_pages;
  char *checked; /* whose PIN is being looked at */
} Desk;

Desk *desk_new (void);
void desk_free (Desk *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Desk, desk_free)

void desk_send (Desk *self, BmDeskEvent event);
void desk_intent (Desk *self, const char *what, const char *choice, const char *value);
void desk_press (Desk *self, const char *label); /* a choice, or the act of a row */
gboolean desk_says (Desk *self, const char *text);
gboolean desk_offers (Desk *self, const char *label);
const char *desk_page (Desk *self);

BmDeskEffect *desk_find (Desk *self, BmDeskEffectType type); /* the last of it, or NULL */
BmDeskEffect *desk_need (Desk *self, BmDeskEffectType type);

void desk_verdict (Desk *self, const char *staff, gint verdict, gint64 wait_ms);
void desk_sign_in (Desk *self); /* 苏敏, helper */
void desk_sign_in_as (Desk *self, const char *name, const char *id);
json_t *desk_new_hall (Desk *self);
void desk_hall (Desk *self, gboolean is_there);
void desk_overview (Desk *self, const char *text);
void desk_found (Desk *self, const char *text); /* NULL: it could not be looked for */
void desk_due_list (Desk *self, const char *text);

/* 2026-11-30 is day 20787. */
#define OVERVIEW                                                                                             \
  "{\"waiting\":{\"total\":5,\"offline\":2,\"deferred\":1,\"held\":2,\"rejected\":1,"                        \
  "\"oldest_ms\":1795215720000,\"rows\":["                                                                   \
  "{\"type\":\"matter\",\"number\":\"9901211012010101000000088\",\"service\":\"req.appeal\","                \
  "\"state\":\"held\",\"due_day\":null,\"wall_ms\":1795130000000},"                                          \
  "{\"type\":\"matter\",\"number\":\"9901211012010101000000070\",\"service\":\"cert.pension\","              \
  "\"state\":\"pending\",\"due_day\":20787,\"wall_ms\":1795215720000},"                                      \
  "{\"type\":\"matter\",\"number\":\"9901211012010101000000199\",\"service\":\"req.appeal\","                \
  "\"state\":\"rejected\",\"due_day\":null,\"wall_ms\":1795120000000,\"reason\":\"村干部吃拿卡要\"}," \
  "{\"type\":\"matter\",\"number\":\"9901211012010101000000012\",\"service\":\"cert.pension\","              \
  "\"state\":\"pending\",\"due_day\":20787,\"wall_ms\":1795215000000}]},"                                    \
  "\"attention\":[{\"service\":\"req.appeal\",\"reason\":\"村干部吃拿卡要\",\"code\":\"x\"}],"        \
  "\"print\":{\"open\":1,\"unknown\":[{\"job\":5,\"number\":\"\",\"copy\":1,\"seat\":\"hall\"}],"            \
  "\"waiting_reason\":\"media-empty\"},"                                                                     \
  "\"contacts\":[{\"contact\":3,\"wall_ms\":1795215000000,\"name\":\"赵*明\",\"group\":\"4组\"}],"        \
  "\"chain\":{\"rows\":9,\"ok\":true},\"disk\":{\"free_mib\":9000},\"alarms\":[],"                           \
  "\"link\":\"offline\",\"printer\":\"media-empty\",\"reader\":\"ready\"}"

#define FOUND                                                                                 \
  "[{\"number\":\"9901211012010101000000070\",\"figure\":\"7号\",\"name\":\"钱*文\","      \
  "\"service\":\"cert.pension\",\"state\":\"noted\",\"entry\":\"pending\",\"due_day\":20787," \
  "\"wall_ms\":1795215720000,\"is_told\":true,\"position\":3,\"waiting\":5,\"code\":\"\","    \
  "\"reason\":\"\",\"todo\":\"wait\"}]"

#define DUE_LIST                                                                   \
  "{\"version\":1,\"village\":\"990121101201\",\"as_of\":\"2026-11-18\",\"due\":[" \
  "{\"name\":\"李桂英\",\"group\":\"10组\",\"month\":\"2026-12\"},"            \
  "{\"name\":\"孙福\",\"group\":\"2组\",\"month\":\"2026-11\"},"                \
  "{\"name\":\"周大成\",\"group\":\"3组\",\"month\":\"2027-01\"},"             \
  "{\"name\":\"吴小玉\",\"group\":\"1组\",\"month\":\"2026-12\"},"             \
  "{\"name\":\"郑六\",\"group\":\"4组\",\"month\":\"2026-10\"},"                \
  "{\"name\":\"\",\"group\":\"4组\",\"month\":\"2026-11\"},{\"name\":\"冯七\",\"month\":\"13\"},7]}"
