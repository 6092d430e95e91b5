/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-certification"

#include "core/calendar/certification.h"

#include "core/error.h"

#include <string.h>

#define ROLLING    "rolling_month/"
#define MONTHS_MAX 60

static const char *const state_names[] = {
  [BM_CERTIFICATION_FINE] = "fine",           [BM_CERTIFICATION_WITHIN_60] = "within-60",
  [BM_CERTIFICATION_WITHIN_30] = "within-30", [BM_CERTIFICATION_WITHIN_7] = "within-7",
  [BM_CERTIFICATION_OVERDUE] = "overdue",
};

/**
 * bm_certification_rule_parse:
 * @id: the catalogue's rule id
 * @ret_rule: (out): the rule
 * @error: %BM_ERROR_INVALID
 *
 * Reads a rule id.
 *
 * Returns: %TRUE if it names a rule
 */
gboolean
bm_certification_rule_parse (const char *id, BmCertificationRule *ret_rule, GError **error)
{
  guint64 months = 0;

  g_return_val_if_fail (id != NULL && ret_rule != NULL, FALSE);

  if (strcmp (id, "birth_month") == 0)
    {
      *ret_rule = (BmCertificationRule){ .kind = BM_CERTIFICATION_BIRTH_MONTH, .months = 12 };
      return TRUE;
    }
  if (g_str_has_prefix (id, ROLLING) &&
      g_ascii_string_to_unsigned (id + strlen (ROLLING), 10, 1, MONTHS_MAX, &months, NULL))
    {
      *ret_rule =
        (BmCertificationRule){ .kind = BM_CERTIFICATION_ROLLING, .months = (gint) months };
      return TRUE;
    }
  g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "unknown certification rule \"%s\"", id);
  return FALSE;
}

/**
 * bm_certification_get_window:
 * @birth: the day of birth
 * @day: any day
 * @ret_first: (out) (optional): the window's first day
 * @ret_last: (out) (optional): its last day
 *
 * Finds the year of certification that holds @day: from the month of birth to the month before it.
 */
void
bm_certification_get_window (gint32 birth, gint32 day, gint32 *ret_first, gint32 *ret_last)
{
  gint birth_month = 0, year = 0, month = 0;

  g_return_if_fail (birth != BM_NO_DAY && day != BM_NO_DAY);

  bm_day_to_ymd (birth, NULL, &birth_month, NULL);
  bm_day_to_ymd (day, &year, &month, NULL);
  gint32 first = bm_day_from_ymd (month < birth_month ? year - 1 : year, birth_month, 1);
  if (ret_first != NULL)
    *ret_first = first;
  if (ret_last != NULL)
    *ret_last = bm_day_add_months (first, 12) - 1;
}

/**
 * bm_certification_get_due:
 * @rule: the rule
 * @last: the last pass, or the approval of the first payment
 * @birth: the day of birth; only birth_month looks at it
 *
 * Tells until which day the next pass is due. Nothing else than a pass moves it, so an overdue person
 * keeps the day that was missed.
 *
 * Returns: the due day
 */
gint32
bm_certification_get_due (const BmCertificationRule *rule, gint32 last, gint32 birth)
{
  gint year = 0, month = 0;
  gint32 window_end = BM_NO_DAY;

  g_return_val_if_fail (rule != NULL && last != BM_NO_DAY, BM_NO_DAY);

  if (rule->kind == BM_CERTIFICATION_BIRTH_MONTH)
    {
      g_return_val_if_fail (birth != BM_NO_DAY, BM_NO_DAY);
      /* The pass counts for its own window, so the next one is due. */
      bm_certification_get_window (birth, last, NULL, &window_end);
      bm_certification_get_window (birth, window_end + 1, NULL, &window_end);
      return window_end;
    }
  bm_day_to_ymd (last, &year, &month, NULL);
  return bm_day_get_month_end (bm_day_add_months (bm_day_from_ymd (year, month, 1), rule->months));
}

/**
 * bm_certification_get_state:
 * @due: the due day
 * @today: the day
 *
 * Tells how near the due day is.
 *
 * Returns: the state
 */
BmCertificationState
bm_certification_get_state (gint32 due, gint32 today)
{
  g_return_val_if_fail (due != BM_NO_DAY && today != BM_NO_DAY, BM_CERTIFICATION_FINE);

  gint32 left = due - today;
  if (left < 0)
    return BM_CERTIFICATION_OVERDUE;
  if (left <= 7)
    return BM_CERTIFICATION_WITHIN_7;
  if (left <= 30)
    return BM_CERTIFICATION_WITHIN_30;
  return left <= 60 ? BM_CERTIFICATION_WITHIN_60 : BM_CERTIFICATION_FINE;
}

/**
 * bm_certification_state_to_string:
 * @state: a state
 *
 * Names a state for models and tests.
 *
 * Returns: a static string
 */
const char *
bm_certification_state_to_string (BmCertificationState state)
{
  g_return_val_if_fail ((guint) state < G_N_ELEMENTS (state_names), NULL);

  return state_names[state];
}
