/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-backend"

#include "sync/platform/backend-behalf.h"

#include "core/calendar/day.h"
#include "core/people/id-number.h"
#include "sync/platform/backend-rules-check.h"

#include <string.h>

/*
 * 代办 (domain §2.6): the station looked at the letter; the centre looks once more, at what it says and at the letters that
 * came before. rules.json opens a service with "on_behalf": true, and without it nothing is handed in by another: no
 * certification ever says so.
 *
 * Invariant: what the station judged counts for nothing here; each refusal has an answer of its own.
 */

#define GROWN_UP      18
#define MAX_TERM_DAYS 366

static json_t *
get_behalf (const BmBackendCase *kase)
{
  return json_object_get (kase->payload, "behalf");
}

static json_t *
get_letter (const BmBackendCase *kase)
{
  return json_object_get (get_behalf (kase), "letter");
}

gboolean
bm_backend_behalf_is (const BmBackendCase *kase)
{
  return get_behalf (kase) != NULL ||
         strcmp (bm_backend_get_text (kase->payload, "mode"), "behalf") == 0;
}

static gboolean
has_evidence (const BmBackendCase *kase, const char *class)
{
  json_t *item;
  gsize i;

  json_array_foreach (json_object_get (kase->payload, "evidence"), i, item)
  {
    if (strcmp (bm_backend_get_text (item, "class"), class) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_grown_up (const char *number, const BmBackendCase *kase)
{
  return bm_id_verdict_is_acceptable (bm_id_number_check (number, BM_NO_DAY)) &&
         bm_day_get_age (bm_id_number_get_birth (number),
                         bm_day_from_wall_ms (kase->happened_ms)) >= GROWN_UP;
}

/* Somebody else, grown up on the day as who gave the letter is, whose card was read. */
static gboolean
is_agent (const BmBackendCase *kase, const char *principal)
{
  json_t *agent = json_object_get (get_behalf (kase), "agent");
  g_autofree char *number = bm_id_number_fold (bm_backend_get_text (agent, "idno"));

  return strcmp (number, principal) != 0 && is_grown_up (principal, kase) &&
         *bm_backend_get_text (agent, "name") != '\0' && is_grown_up (number, kase) &&
         has_evidence (kase, "agent-card") && has_evidence (kase, "letter");
}

static gboolean
is_signed (json_t *letter)
{
  json_t *witnesses = json_object_get (letter, "witnesses");
  const char *how = bm_backend_get_text (letter, "signed");
  const gsize wanted = strcmp (how, "finger") == 0 ? 2 : 1;

  if (strcmp (how, "finger") != 0 && strcmp (how, "signature") != 0)
    return FALSE;
  return json_array_size (witnesses) >= wanted &&
         (wanted < 2 || !json_equal (json_array_get (witnesses, 0), json_array_get (witnesses, 1)));
}

static gboolean
is_kin (BmBackendRecords *records, const BmBackendCase *kase, const char *principal)
{
  json_t *witness;
  gsize i;

  json_array_foreach (json_object_get (get_letter (kase), "witnesses"), i, witness)
  {
    const char *staff = json_string_value (witness);

    if (staff == NULL ||
        bm_backend_records_judge_witness (records, staff, principal) != BM_WITNESS_GOOD)
      return TRUE;
  }
  return bm_backend_records_judge_witness (records, bm_backend_get_text (kase->payload, "helper"),
                                           principal) == BM_WITNESS_KIN;
}

static gboolean
is_in_scope (json_t *letter, const char *service)
{
  json_t *scope = json_object_get (letter, "scope");

  return json_array_size (scope) == 1 &&
         g_strcmp0 (json_string_value (json_array_get (scope, 0)), service) == 0;
}

static gboolean
is_in_term (json_t *letter, const BmBackendCase *kase)
{
  const gint32 from = bm_day_from_string (bm_backend_get_text (letter, "from"));
  const gint32 until = bm_day_from_string (bm_backend_get_text (letter, "until"));
  const gint32 day = bm_day_from_wall_ms (kase->happened_ms);

  return from != BM_NO_DAY && until != BM_NO_DAY && from <= day && day <= until &&
         until - from <= MAX_TERM_DAYS;
}

const char *
bm_backend_behalf_get_code (json_t *rule, BmBackendRecords *records, const BmBackendCase *kase)
{
  json_t *letter = get_letter (kase);
  json_t *fields;
  g_autofree char *principal = NULL;

  g_return_val_if_fail (kase != NULL, NULL);

  if (!bm_backend_behalf_is (kase))
    return NULL;
  if (!json_is_true (json_object_get (rule, "on_behalf")))
    return "BEHALF_SELF";
  fields = json_object_get (kase->payload, "fields");
  principal = bm_id_number_fold (bm_backend_get_text (fields, "p.idno"));
  if (!is_agent (kase, principal) || !is_signed (letter) ||
      *bm_backend_get_text (letter, "number") == '\0')
    return "BEHALF_LETTER";
  if (is_kin (records, kase, principal))
    return "BEHALF_KIN";
  if (!is_in_scope (letter, kase->service) || kase->repeats != NULL)
    return "BEHALF_OTHER";
  return is_in_term (letter, kase) ? NULL : "BEHALF_TERM";
}
