/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/catalogue/catalogue.h"
#include "core/crypto/crypto.h"

#include <glib.h>
#include <jansson.h>

G_BEGIN_DECLS

#define BM_INDICATORS_K 5 /* a count that is shown is of that many people, or of nobody */

/*
 * What a station did in a month, as counts of which no person can be made out (domain rows 2, 14):
 *
 *   {"k":5,
 *    "taken":{"rows":[{"service","matters","people","unknown"?}, …], "matters", "people"} | null,
 *    "outcome":{"rows":[{"service","done","not_done","open"}, …], "done", "not_done", "open"} | null,
 *    "timely":{"rows":[{"service","on_time","late","no_term"}, …], "on_time", "late", "no_term"} | null}
 *
 * The service "other" is what was put together because it is too few to stand alone; null: even all of it is.
 */

typedef enum
{
  BM_OUTCOME_DONE,
  BM_OUTCOME_NOT_DONE, /* or refused */
  BM_OUTCOME_OPEN,
  BM_N_OUTCOMES,
} BmOutcome;

typedef enum
{
  BM_TIMELY_ON_TIME, /* it was at the centre by the day it was due */
  BM_TIMELY_LATE,
  BM_TIMELY_NO_TERM, /* none, or not over yet */
  BM_N_TIMELY,
} BmTimely;

typedef struct
{
  const char *service;
  const guint8 *tag; /* BM_TAG_LEN bytes, all zero: nobody knows whose it is */
  BmOutcome outcome;
  BmTimely timely;
} BmMatterFact;

typedef struct _BmIndicators BmIndicators;

BmIndicators *bm_indicators_new (void) G_GNUC_WARN_UNUSED_RESULT;
void bm_indicators_free (BmIndicators *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmIndicators, bm_indicators_free)
void bm_indicators_add (BmIndicators *self, const BmMatterFact *fact);
json_t *bm_indicators_describe (BmIndicators *self, guint k); /* transfer full */

/* savings.c: adds "savings": {"rows":[{"service","basis","trips","trips_before","papers","papers_before"}], the same
 * four and "basis" of all} | null, from what @indicators shows and the catalogue's baselines, and from nothing else. */
void bm_indicators_add_savings (json_t *indicators, BmCatalogue *catalogue);

/* "YYYY-MM" in [2000, 9999]: the day it begins, or BM_NO_DAY. */
gint32 bm_indicators_find_month (const char *text);
/* month,service,measure,value,basis: one line a number. */
char *bm_indicators_to_csv (json_t *indicators, const char *month);

G_END_DECLS
