/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-backend"

#include "sync/platform/backend-late.h"

#include "core/entry/number.h"
#include "core/error.h"

#include <string.h>

/*
 * 补录 (domain §5.8): the station says what stood on the paper, the centre says which day counts. rules.json:
 *
 *   "late": {"days": 7, "paper": "…{day}…", "received": "…{day}…"}
 *
 * The paper's day counts when it is at most so many days before the receipt, not after it, and the paper may well have
 * been there: its number is one, its terminal gave it out, not later than that day. Else the day of receipt counts.
 * Without such a rule every late entry counts from its receipt. Which one it was is said in the answer.
 */

#define MAX_DAYS  366
#define MAX_WORDS 200

static const char *
get_text (json_t *object, const char *key)
{
  const char *text = json_string_value (json_object_get (object, key));

  return text != NULL ? text : "";
}

static gboolean
are_words (json_t *rule, const char *key)
{
  const char *text = get_text (rule, key);

  return *text != '\0' && g_utf8_strlen (text, -1) <= MAX_WORDS && strstr (text, "{day}") != NULL;
}

gboolean
bm_backend_late_check (json_t *rule, GError **error)
{
  const json_int_t days = json_integer_value (json_object_get (rule, "days"));

  if (rule == NULL ||
      (json_is_integer (json_object_get (rule, "days")) && days >= 0 && days <= MAX_DAYS &&
       are_words (rule, "paper") && are_words (rule, "received")))
    return TRUE;
  g_set_error (error, BM_ERROR, BM_ERROR_INVALID,
               "rules.json: late: days (0 to %d), paper or received ({day} in both) is missing",
               MAX_DAYS);
  return FALSE;
}

static json_t *
get_mark (const BmBackendCase *kase)
{
  return json_object_get (kase->payload, "late");
}

gboolean
bm_backend_late_is (const BmBackendCase *kase)
{
  return json_is_object (get_mark (kase));
}

gboolean
bm_backend_late_was_seen (const BmBackendCase *kase, const char *kind)
{
  json_t *item;
  gsize i;

  if (!bm_backend_late_is (kase))
    return FALSE;
  json_array_foreach (json_object_get (kase->payload, "evidence"), i,
                      item) if (strcmp (get_text (item, "class"), "paper") == 0 &&
                                strcmp (get_text (item, "kind"), kind) == 0) return TRUE;
  return FALSE;
}

/* Nothing says that the paper cannot have been there on @day. */
static gboolean
is_plausible (json_t *mark, gint32 day)
{
  const gint64 printed_ms = json_integer_value (json_object_get (mark, "printed_ms"));

  return bm_form_number_split (get_text (mark, "form"), NULL, NULL, NULL) &&
         json_is_true (json_object_get (mark, "is_known")) &&
         !json_is_true (json_object_get (mark, "is_day_doubtful")) &&
         (printed_ms <= 0 || bm_day_from_wall_ms (printed_ms) <= day);
}

gint32
bm_backend_late_get_day (json_t *rule, const BmBackendCase *kase, gboolean *ret_is_paper)
{
  const gint32 received = bm_day_from_wall_ms (kase->received_ms);
  json_t *mark = get_mark (kase);
  const gint32 day = bm_day_from_string (get_text (mark, "day"));
  const json_int_t days = json_integer_value (json_object_get (rule, "days"));

  *ret_is_paper = rule != NULL && day != BM_NO_DAY && day <= received && received - day <= days &&
                  is_plausible (mark, day);
  return *ret_is_paper ? day : received;
}

void
bm_backend_late_fill (json_t *rule, const BmBackendCase *kase, BmDecision *decision)
{
  GString *text;
  g_autofree char *said = NULL;
  gint32 day;
  gint month, date;

  if (!bm_backend_late_is (kase) || kase->repeats != NULL)
    return;
  day = bm_backend_late_get_day (rule, kase, &decision->is_paper_day);
  g_free (decision->counts_day);
  decision->counts_day = bm_day_to_string (day);
  if (rule == NULL)
    return;
  bm_day_to_ymd (day, NULL, &month, &date);
  said = g_strdup_printf ("%d月%d日", month, date);
  text = g_string_new (get_text (rule, decision->is_paper_day ? "paper" : "received"));
  g_string_replace (text, "{day}", said, 0);
  g_string_prepend (text, decision->text);
  g_free (decision->text);
  decision->text = g_string_free (text, FALSE);
}
