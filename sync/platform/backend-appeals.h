/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/appeal/classify.h"
#include "core/calendar/calendar.h"
#include "sync/platform/backend.h"

G_BEGIN_DECLS

/*
 * What becomes of a request (domain §2.10), by one service's rule in rules.json:
 *
 *  {"decide":"appeal", "township":…, "up":[…], "offices":{dept: name}, "limits":{"danger":{"hours":2}, "ask":{"days":3}, …},
 *   "answer_after_s":…, "replies":{kind or q.what: sentence}}
 */
typedef struct
{
  json_t *rule;         /* borrowed, checked */
  BmCalendar *calendar; /* borrowed */
  BmAppealTable *table; /* borrowed; NULL: classes are taken as the station sent them */
} BmBackendAppeals;

gboolean bm_backend_appeals_check (json_t *rule, GError **error);
/* The code that the case has now: accepted, reopened, or answered when its time has come. */
const char *bm_backend_appeals_get_code (const BmBackendAppeals *self, const BmBackendCase *kase);
/* Who answers, until when, and (for an answer) what. */
void bm_backend_appeals_fill (const BmBackendAppeals *self,
                              const BmBackendCase *kase,
                              BmDecision *decision);

G_END_DECLS
