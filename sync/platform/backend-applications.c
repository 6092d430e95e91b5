/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-backend"

#include "sync/platform/backend-applications.h"

#include "core/error.h"
#include "core/people/id-number.h"
#include "sync/platform/backend-rules-check.h"

#include <string.h>

/*
 * An application at the office that decides it (domain §2.4, §3.8):
 *
 *   handed ──► accepted ──► 公示中 ──► granted
 *      └──────────────────────────────► refused, with its reason, as soon as it is looked at
 *
 * Invariant: the station's own judgement counts for nothing here: age and what is drawn are looked up once more, the age on
 * the day on which the person was there.
 */

#define MAX_DAYS   366
#define MAX_STAGES 8
#define MONTHS     12

static gboolean
is_code (json_t *answers, json_t *code)
{
  return json_is_string (code) && json_object_get (answers, json_string_value (code)) != NULL;
}

static gboolean
are_stages (json_t *stages, json_t *answers)
{
  json_int_t last = -1;
  json_t *stage;
  gsize i;

  json_array_foreach (stages, i, stage)
  {
    json_t *after = json_object_get (stage, "after_s");

    if (!json_is_integer (after) || json_integer_value (after) <= last ||
        !is_code (answers, json_object_get (stage, "code")))
      return FALSE;
    last = json_integer_value (after);
  }
  return json_array_size (stages) <= MAX_STAGES &&
         json_integer_value (json_object_get (json_array_get (stages, 0), "after_s")) == 0 &&
         last >= 0;
}

static gboolean
is_refusal (json_t *refusal, json_t *answers)
{
  json_t *young = json_object_get (refusal, "too_young");
  json_int_t years = json_integer_value (json_object_get (young, "years"));
  guint reasons = (young != NULL) + (json_object_get (refusal, "part") != NULL) +
                  (json_object_get (refusal, "answers") != NULL);

  return is_code (answers, json_object_get (refusal, "code")) && reasons == 1 &&
         (young == NULL || (years > 0 && years <= 125));
}

gboolean
bm_backend_applications_check (json_t *rule, json_t *answers, GError **error)
{
  json_int_t days = json_integer_value (json_object_get (rule, "days"));
  gboolean is_right = days > 0 && days <= MAX_DAYS &&
                      is_code (answers, json_object_get (rule, "unknown")) &&
                      are_stages (json_object_get (rule, "stages"), answers);
  json_t *refusal;
  gsize i;

  json_array_foreach (json_object_get (rule, "refuse"), i, refusal)
  {
    is_right = is_right && is_refusal (refusal, answers);
  }
  if (!is_right)
    g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID,
                         "days, unknown, stages (the first after 0 s, each later than the one "
                         "before) or refuse (one reason each) is missing or wrong");
  return is_right;
}

static gboolean
is_too_young (json_t *young, const char *id_number, const BmBackendCase *kase)
{
  gint months = (gint) json_integer_value (json_object_get (young, "years")) * MONTHS -
                (gint) json_integer_value (json_object_get (young, "months_early"));
  gint32 open = bm_day_add_months (bm_id_number_get_birth (id_number), months);

  return bm_day_from_wall_ms (kase->happened_ms) < open;
}

static gboolean
has_answers (json_t *wanted, const BmBackendCase *kase)
{
  json_t *fields = json_object_get (kase->payload, "fields");
  const char *id;
  json_t *value;

  json_object_foreach (wanted, id, value)
  {
    if (!json_equal (value, json_object_get (fields, id)))
      return FALSE;
  }
  return TRUE;
}

static gboolean
draws (const BmBackendApplications *self, json_t *refusal, const char *id_number)
{
  json_t *what;
  gsize i;

  json_array_foreach (json_object_get (refusal, "what"), i, what)
  {
    if (bm_backend_records_draws (self->records, bm_backend_get_text (refusal, "part"),
                                  json_string_value (what), id_number))
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_refused (const BmBackendApplications *self,
            json_t *refusal,
            const char *id_number,
            const BmBackendCase *kase)
{
  json_t *young = json_object_get (refusal, "too_young");

  if (young != NULL)
    return is_too_young (young, id_number, kase);
  if (json_object_get (refusal, "part") != NULL)
    return draws (self, refusal, id_number);
  return has_answers (json_object_get (refusal, "answers"), kase);
}

const char *
bm_backend_applications_get_code (const BmBackendApplications *self, const BmBackendCase *kase)
{
  json_t *fields = json_object_get (kase->payload, "fields");
  g_autofree char *id_number = bm_id_number_fold (bm_backend_get_text (fields, "p.idno"));
  const char *code = NULL;
  json_t *item;
  gsize i;

  g_return_val_if_fail (self != NULL && kase != NULL, NULL);

  if (!bm_id_verdict_is_acceptable (bm_id_number_check (id_number, BM_NO_DAY)))
    return bm_backend_get_text (self->rule, "unknown");
  json_array_foreach (json_object_get (self->rule, "refuse"), i, item)
  {
    if (is_refused (self, item, id_number, kase))
      return bm_backend_get_text (item, "code");
  }
  json_array_foreach (json_object_get (self->rule, "stages"), i, item)
  {
    gint64 after_ms = json_integer_value (json_object_get (item, "after_s")) * 1000;

    if (code == NULL || kase->now_ms - kase->since_ms >= after_ms)
      code = bm_backend_get_text (item, "code");
  }
  return code;
}

void
bm_backend_applications_fill (const BmBackendApplications *self,
                              const BmBackendCase *kase,
                              BmDecision *decision)
{
  guint days;
  gint32 day;

  g_return_if_fail (self != NULL && kase != NULL && decision != NULL);

  days = (guint) json_integer_value (json_object_get (self->rule, "days"));
  day = bm_calendar_add_working_days (self->calendar, bm_day_from_wall_ms (kase->since_ms), days,
                                      &decision->is_due_provisional);
  g_free (decision->due);
  decision->due = bm_day_to_string (day);
}
