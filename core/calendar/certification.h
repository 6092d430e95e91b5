/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/calendar/day.h"

G_BEGIN_DECLS

/*
 * When a certification is due (domain §2.1). The rule is a regional parameter and data of the
 * catalogue; its id is one of
 *
 *   rolling_month/N  counted by month from the last pass: due on the last day of month (last + N)
 *   birth_month      once in each window from the month of birth to the month before the next one
 */

typedef enum
{
  BM_CERTIFICATION_ROLLING,
  BM_CERTIFICATION_BIRTH_MONTH,
} BmCertificationKind;

typedef struct
{
  BmCertificationKind kind;
  gint months; /* of a rolling rule, 1 to 60 */
} BmCertificationRule;

typedef enum
{
  BM_CERTIFICATION_FINE,      /* more than 60 days left */
  BM_CERTIFICATION_WITHIN_60, /* the day itself counts, here and below */
  BM_CERTIFICATION_WITHIN_30,
  BM_CERTIFICATION_WITHIN_7,
  BM_CERTIFICATION_OVERDUE,
} BmCertificationState;

gboolean
bm_certification_rule_parse (const char *id, BmCertificationRule *ret_rule, GError **error);

/* The window of a birth_month rule that holds @day. */
void bm_certification_get_window (gint32 birth, gint32 day, gint32 *ret_first, gint32 *ret_last);
/* @last: the last pass, or the approval of the first payment. @birth: BM_NO_DAY will do for rolling. */
gint32 bm_certification_get_due (const BmCertificationRule *rule, gint32 last, gint32 birth);
BmCertificationState bm_certification_get_state (gint32 due, gint32 today);
const char *
bm_certification_state_to_string (BmCertificationState state); /* "fine", "within-60", … */

G_END_DECLS
