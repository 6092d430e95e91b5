/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-backend"

#include "sync/platform/backend-appeals.h"

#include "core/error.h"

#include <string.h>

/*
 * The life of a request at the township:
 *
 *   handed ──► accepted ──► answered
 *                 ▲             │ 没解决 (a newer entry that names it)
 *                 └─ reopened ──┘
 *
 * Invariants: a request about a cadre or the station is answered by the township, never by whom the class
 * would name; from the second reopening on by the next level up. Limits run from when the centre got it,
 * or got it again; the day of receipt is not counted, hours are.
 */

#define MAX_LIMIT_DAYS  366
#define MAX_LIMIT_HOURS (31 * 24)
#define HOUR_MS         (60 * 60 * G_GINT64_CONSTANT (1000))
#define TEXT_FIELD      "q.text"
#define DEFAULT_KIND    "help"
#define DEFAULT_WHAT    "other"

static const char *
get_text (json_t *object, const char *key)
{
  const char *text = json_string_value (json_object_get (object, key));

  return text != NULL ? text : "";
}

static const char *
get_field (const BmBackendCase *kase, const char *id)
{
  return get_text (json_object_get (kase->payload, "fields"), id);
}

/* The rule */

static gboolean
is_limit (json_t *limit)
{
  json_int_t days = json_integer_value (json_object_get (limit, "days"));
  json_int_t hours = json_integer_value (json_object_get (limit, "hours"));

  return days >= 0 && days <= MAX_LIMIT_DAYS && hours >= 0 && hours <= MAX_LIMIT_HOURS &&
         (days > 0) != (hours > 0);
}

static gboolean
has_limits (json_t *rule)
{
  json_t *limits = json_object_get (rule, "limits");
  const char *name;
  json_t *limit;

  json_object_foreach (limits, name, limit) if (!is_limit (limit)) return FALSE;
  return json_object_get (limits, DEFAULT_KIND) != NULL;
}

gboolean
bm_backend_appeals_check (json_t *rule, GError **error)
{
  json_t *up = json_object_get (rule, "up");

  if (*get_text (rule, "township") != '\0' && has_limits (rule) && json_array_size (up) > 0 &&
      json_is_string (json_array_get (up, 0)) &&
      json_is_integer (json_object_get (rule, "answer_after_s")) &&
      *get_text (json_object_get (rule, "replies"), DEFAULT_WHAT) != '\0')
    return TRUE;
  g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID,
                       "township, up, limits, answer_after_s or replies.other is missing");
  return FALSE;
}

/* The class */

static const char *
get_urgency (const BmBackendAppeals *self, const BmBackendCase *kase)
{
  const char *said = get_field (kase, "q.urgent");
  BmAppealUrgency urgency = strcmp (said, "danger") == 0    ? BM_APPEAL_DANGER
                            : strcmp (said, "utility") == 0 ? BM_APPEAL_UTILITY
                                                            : BM_APPEAL_CALM;
  const char *text = get_field (kase, TEXT_FIELD);

  if (self->table != NULL && *text != '\0')
    {
      BmAppealVerdict verdict;

      bm_appeal_classify_text (self->table, text, &verdict);
      urgency = MAX (urgency, verdict.urgency);
    }
  return bm_appeal_urgency_to_string (urgency);
}

/* What the person's own words say counts for more than what the station made of the taps. */
static const char *
find_class (const BmBackendAppeals *self, const BmBackendCase *kase)
{
  const char *text = get_field (kase, TEXT_FIELD);
  const char *sent = get_field (kase, "q.class");
  BmAppealVerdict verdict = { 0 };

  if (self->table == NULL)
    return NULL;
  if (*text != '\0')
    bm_appeal_classify_text (self->table, text, &verdict);
  if (verdict.n > 0)
    return verdict.ranked[0].code;
  if (bm_appeal_table_get_label (self->table, sent) != NULL)
    return sent;
  bm_appeal_classify_taps (self->table, json_object_get (kase->payload, "fields"), &verdict);
  return verdict.n > 0 ? verdict.ranked[0].code : NULL;
}

/* Who */

static const char *
find_office (const BmBackendAppeals *self, const BmBackendCase *kase)
{
  json_t *up = json_object_get (self->rule, "up");
  const char *township = get_text (self->rule, "township");
  json_t *offices = json_object_get (self->rule, "offices");
  const char *class;
  const char *dept;
  const char *office;

  if (kase->reopened >= 2)
    return json_string_value (
      json_array_get (up, MIN (kase->reopened - 2, (guint) json_array_size (up) - 1)));
  if (strcmp (get_field (kase, "q.about"), "yes") == 0)
    return township;
  class = find_class (self, kase);
  dept = class != NULL ? bm_appeal_table_get_dept (self->table, class) : NULL;
  office = get_text (offices, dept != NULL ? dept : get_field (kase, "q.dept"));
  return *office != '\0' ? office : township;
}

/* When */

static json_t *
find_limit (const BmBackendAppeals *self, const BmBackendCase *kase)
{
  json_t *limits = json_object_get (self->rule, "limits");
  json_t *limit = json_object_get (limits, get_urgency (self, kase));

  if (limit == NULL)
    limit = json_object_get (limits, get_field (kase, "q.kind"));
  return limit != NULL ? limit : json_object_get (limits, DEFAULT_KIND);
}

static char *
format_time (gint64 wall_ms)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_offset (8 * 60 * 60);
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (wall_ms / 1000);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_timezone (utc, zone) : NULL;

  return local != NULL ? g_date_time_format (local, "%Y-%m-%dT%H:%M:%S+08:00") : NULL;
}

static void
reckon_due (const BmBackendAppeals *self, const BmBackendCase *kase, BmDecision *decision)
{
  json_t *limit = find_limit (self, kase);
  gint64 hours = json_integer_value (json_object_get (limit, "hours"));
  guint days = (guint) json_integer_value (json_object_get (limit, "days"));
  gint32 day;

  g_clear_pointer (&decision->due, g_free);
  if (hours > 0)
    {
      decision->due = format_time (kase->since_ms + hours * HOUR_MS);
      return;
    }
  day = bm_calendar_add_working_days (self->calendar, bm_day_from_wall_ms (kase->since_ms), days,
                                      &decision->is_due_provisional);
  decision->due = bm_day_to_string (day);
}

/* What */

static const char *
find_reply (const BmBackendAppeals *self, const BmBackendCase *kase)
{
  json_t *replies = json_object_get (self->rule, "replies");
  const char *reply = get_text (replies, get_field (kase, "q.kind"));

  if (*reply == '\0')
    reply = get_text (replies, get_field (kase, "q.what"));
  return *reply != '\0' ? reply : get_text (replies, DEFAULT_WHAT);
}

const char *
bm_backend_appeals_get_code (const BmBackendAppeals *self, const BmBackendCase *kase)
{
  gint64 after_s;

  g_return_val_if_fail (self != NULL && kase != NULL, NULL);

  after_s = json_integer_value (json_object_get (self->rule, "answer_after_s"));
  if (kase->now_ms - kase->since_ms >= after_s * 1000)
    return "APPEAL_ANSWERED";
  return kase->reopened > 0 ? "APPEAL_REOPENED" : "APPEAL_ACCEPTED";
}

void
bm_backend_appeals_fill (const BmBackendAppeals *self,
                         const BmBackendCase *kase,
                         BmDecision *decision)
{
  g_return_if_fail (self != NULL && kase != NULL && decision != NULL);

  g_free (decision->by);
  decision->by = g_strdup (find_office (self, kase));
  reckon_due (self, kase, decision);
  if (!decision->is_final)
    return;
  g_free (decision->text);
  decision->text = g_strdup (find_reply (self, kase));
}
