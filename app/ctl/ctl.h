/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/station/station-config.h"

#include <jansson.h>

G_BEGIN_DECLS

/* What the command line said. */
typedef struct
{
  BmConfig *config; /* NULL when only --run was given */
  char *run;
  gboolean wants_json;
} BmCtl;

/* ctl-ask.c: sends @request to the station; with the station down the verbs that only look are answered
 * from the ledger itself. Both give the reply object of Control1.Call. */
json_t *bm_ctl_ask (const BmCtl *self, json_t *request, GError **error) G_GNUC_WARN_UNUSED_RESULT;
json_t *
bm_ctl_ask_station (const BmCtl *self, json_t *request, GError **error) G_GNUC_WARN_UNUSED_RESULT;
json_t *
bm_ctl_ask_ledger (const BmCtl *self, json_t *request, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ctl-enrol.c */
json_t *
bm_ctl_enrol (const BmCtl *self, const char *code, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ctl-volumes.c: has the station write or read a stick, and waits; progress goes to standard error.
 * @what: NULL for all. */
json_t *bm_ctl_carry (const BmCtl *self,
                      const char *verb,
                      const char *folder,
                      const char *what,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bm_ctl_show_carried (json_t *reply);

/* ctl-classify.c: asks no station */
json_t *bm_ctl_classify (const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bm_ctl_show_class (json_t *reply);

/* ctl-indicators.c: a month's counts; @file: where the table is written to, NULL: nowhere */
json_t *bm_ctl_indicators (const BmCtl *self, const char *month, const char *file, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
void bm_ctl_show_indicators (json_t *reply);

/* ctl-status.c: the line and what waits, in plain words. */
void bm_ctl_show_line (json_t *reply);
void bm_ctl_show_sending (json_t *reply);

/* ctl-checkup.c: what is well with the machine, the worst first */
void bm_ctl_show_checkup (json_t *reply);

/* ctl-show.c: the reply in plain words on standard output. */
void bm_ctl_show_status (json_t *reply);
void bm_ctl_show_outbox (json_t *reply);
void bm_ctl_show_entry (json_t *reply);
void bm_ctl_show_verdict (json_t *reply);
void bm_ctl_show_enrolment (json_t *reply);
void bm_ctl_show_done (json_t *reply);

G_END_DECLS
