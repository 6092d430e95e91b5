/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/calendar/calendar.h"
#include "sync/platform/backend-records.h"
#include "sync/platform/backend.h"

G_BEGIN_DECLS

/*
 * What becomes of an application, by one service's rule in rules.json:
 *
 *  {"decide":"application", "days":25, "unknown":code, "stages":[{"after_s":0, "code":code}, …],
 *   "refuse":[{"code":code, "too_young":{"years":80, "months_early":1}}, {"code":code, "part":"civil", "what":["elder80"]},
 *             {"code":code, "answers":{field: value}}]}
 *
 * Whose number cannot be one is "unknown"; then the first refusal that holds; else the last stage whose time has come.
 */
typedef struct
{
  json_t *rule;              /* borrowed, checked */
  BmCalendar *calendar;      /* borrowed */
  BmBackendRecords *records; /* borrowed */
} BmBackendApplications;

/* @answers: what rules.json says for each code */
gboolean bm_backend_applications_check (json_t *rule, json_t *answers, GError **error);
const char *
bm_backend_applications_get_code (const BmBackendApplications *self, const BmBackendCase *kase);
/* Until when it is to be decided: working days after the day of receipt. */
void bm_backend_applications_fill (const BmBackendApplications *self,
                                   const BmBackendCase *kase,
                                   BmDecision *decision);

G_END_DECLS
