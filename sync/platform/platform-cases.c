/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform"

#include "sync/platform/platform.h"

#include "core/error.h"
#include "sync/platform/backend-rules.h"
#include "sync/protocol-json.h"

#include <string.h>

/*
 * From an accepted entry to a decision and a message.
 *
 *   waiting ──submit──► handed ──poll──► conflict / accepted ──poll──► done / not_done (final)
 *
 * A case is handed over after the entry's COMMIT, so a crash in between leaves it "waiting" and the
 * next turn hands it over. State, message and version change in one transaction.
 * The database is never held while the backend thinks; one turn at a time does so, under case_mutex.
 */

#define POLL_INTERVAL_MS  (60 * 60 * G_GINT64_CONSTANT (1000))
#define BELIEVED_PAST_MS  (400 * 24 * 60 * 60 * G_GINT64_CONSTANT (1000))
#define BELIEVED_AHEAD_MS (24 * 60 * 60 * G_GINT64_CONSTANT (1000))
#define META_DECIDE       "decide"

gboolean
bm_platform_set_decide (BmPlatform *self, gint64 delay_ms, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, delay_ms);

  g_return_val_if_fail (self != NULL, FALSE);

  if (!bm_platform_store_begin (self->store, error))
    return FALSE;
  return bm_platform_store_end (self->store,
                                bm_platform_store_set_meta (self->store, META_DECIDE, text, error),
                                error);
}

/* Inside a transaction; 0 (decide at once) when it was never set. */
static gint64
read_decide (BmPlatform *self)
{
  g_autofree char *text = bm_platform_store_dup_meta (self->store, META_DECIDE, NULL);

  return text != NULL ? g_ascii_strtoll (text, NULL, 10) : 0;
}

gint64
bm_platform_get_decide (BmPlatform *self)
{
  gint64 delay;

  g_return_val_if_fail (self != NULL, 0);

  if (!bm_platform_store_begin (self->store, NULL))
    return 0;
  delay = read_decide (self);
  bm_platform_store_rollback (self->store);
  return delay;
}

GBytes *
bm_platform_open_payload (BmPlatform *self,
                          BmStoredEntry *entry,
                          BmEntryHeader *ret_header,
                          GError **error)
{
  g_autoptr (GBytes) header_bytes = NULL;
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (GBytes) start = NULL;
  g_autoptr (GError) local_error = NULL;

  g_return_val_if_fail (self != NULL && entry != NULL && ret_header != NULL, NULL);

  if (!bm_record_parse (entry->record, ret_header, &header_bytes, &sealed, error))
    return NULL;
  start = bm_platform_store_get_run (self->store, ret_header->kiosk, ret_header->epoch,
                                     ret_header->run, &local_error);
  if (start != NULL)
    return bm_payload_open (self->seal_key, start, ret_header, header_bytes, sealed, error);
  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  else
    g_set_error_literal (error, BM_ERROR, BM_ERROR_NOT_FOUND, "The run's start key is not here");
  return NULL;
}

gboolean
bm_platform_post_message (BmPlatform *self,
                          guint32 kiosk,
                          const char *kind,
                          const char *name,
                          gint64 version,
                          json_t *body,
                          GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) signature = NULL;
  BmMessage message = { 0 };

  g_return_val_if_fail (self != NULL && kind != NULL && name != NULL && body != NULL, FALSE);

  bytes = bm_json_dump (body);
  signature = bm_message_sign (self->sign_key, kind, name, version, bytes, error);
  if (signature == NULL)
    return FALSE;
  message.kind = (char *) kind;
  message.name = (char *) name;
  message.version = version;
  message.body = bytes;
  message.signature = signature;
  return bm_platform_store_add_message (self->store, kiosk, &message, error) != 0;
}

static gint64
believe_time (const BmEntryHeader *header, gint64 received_ms)
{
  gboolean is_plausible = header->wall_ms > received_ms - BELIEVED_PAST_MS &&
                          header->wall_ms < received_ms + BELIEVED_AHEAD_MS;

  return is_plausible ? header->wall_ms : received_ms;
}

static BmBackendCase *
make_case (const BmStoredCase *stored, const BmEntryHeader *header, GBytes *payload, GError **error)
{
  g_autoptr (BmBackendCase) kase = g_new0 (BmBackendCase, 1);
  gsize len;
  const char *text = g_bytes_get_data (payload, &len);

  kase->payload = json_loadb (text, len, JSON_REJECT_DUPLICATES, NULL);
  if (kase->payload == NULL)
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID, "A payload that is not JSON");
      return NULL;
    }
  kase->serial = stored->id;
  kase->number = g_strdup (stored->number);
  kase->service = g_strdup (header->service);
  kase->rule = g_strdup (header->rule);
  kase->received_ms = stored->received_ms;
  kase->happened_ms = believe_time (header, stored->received_ms);
  return g_steal_pointer (&kase);
}

static BmBackendCase *
load_case_inside (BmPlatform *self, gint64 id, BmStoredCase **ret_stored, GError **error)
{
  g_autoptr (BmStoredCase) stored = bm_platform_store_get_case (self->store, id, error);
  g_autoptr (BmStoredEntry) entry =
    stored != NULL ? bm_platform_store_get_entry (self->store, id, error) : NULL;
  g_autoptr (GBytes) payload = NULL;
  BmEntryHeader header;
  BmBackendCase *kase;

  if (entry == NULL)
    return NULL;
  payload = bm_platform_open_payload (self, entry, &header, error);
  kase = payload != NULL ? make_case (stored, &header, payload, error) : NULL;
  if (kase != NULL)
    *ret_stored = g_steal_pointer (&stored);
  return kase;
}

static BmBackendCase *
load_case (BmPlatform *self, gint64 id, BmStoredCase **ret_stored, GError **error)
{
  BmBackendCase *kase;

  if (!bm_platform_store_begin (self->store, error))
    return NULL;
  kase = load_case_inside (self, id, ret_stored, error);
  bm_platform_store_rollback (self->store); /* only read */
  return kase;
}

static json_t *
make_result (BmPlatform *self, const BmStoredCase *stored, const BmDecision *decision)
{
  g_autofree char *at = bm_platform_format_time (bm_platform_now (self));

  return json_pack ("{s:s, s:s, s:s, s:s, s:s?, s:s, s:s, s:s, s:b}", "number", stored->number,
                    "state", decision->state, "code", decision->code, "text", decision->text,
                    "next_due", decision->next_due, "central_no", decision->central_no, "at", at,
                    "by", decision->by, "is_final", decision->is_final);
}

/* Inside a transaction: what was decided, and the message that tells it, together. */
static gboolean
keep_decision (BmPlatform *self,
               BmStoredCase *stored,
               const BmDecision *decision,
               gboolean is_decided,
               GError **error)
{
  gint64 next_poll = bm_platform_now (self) + POLL_INTERVAL_MS;
  gboolean is_news =
    strcmp (stored->state, decision->state) != 0 || strcmp (stored->code, decision->code) != 0;
  g_autoptr (BmJson) body = NULL;
  char *text;

  if (!is_news)
    return bm_platform_store_set_case (self->store, stored, is_decided, next_poll, error);
  body = make_result (self, stored, decision);
  stored->version =
    bm_platform_store_next_version (self->store, stored->kiosk, "result", stored->number, error);
  if (body == NULL || stored->version == 0 ||
      !bm_platform_post_message (self, stored->kiosk, "result", stored->number, stored->version,
                                 body, error))
    return FALSE;
  text = json_dumps (body, JSON_COMPACT | JSON_SORT_KEYS);
  g_free (stored->body);
  stored->body = g_strdup (text);
  free (text);
  g_free (stored->state);
  stored->state = g_strdup (decision->state);
  g_free (stored->code);
  stored->code = g_strdup (decision->code);
  stored->is_final = decision->is_final;
  return bm_platform_store_set_case (self->store, stored, is_decided, next_poll, error);
}

static gboolean
store_decision (BmPlatform *self,
                BmStoredCase *stored,
                const BmDecision *decision,
                gboolean is_decided,
                GError **error)
{
  if (!bm_platform_store_begin (self->store, error))
    return FALSE;
  return bm_platform_store_end (self->store,
                                keep_decision (self, stored, decision, is_decided, error), error);
}

static gboolean
advance_case (BmPlatform *self, gint64 id, gint64 delay_ms, GError **error)
{
  g_autoptr (BmStoredCase) stored = NULL;
  g_autoptr (BmBackendCase) kase = load_case (self, id, &stored, error);
  g_autoptr (BmDecision) decision = NULL;
  gboolean may_decide;

  if (kase == NULL)
    return FALSE;
  /* "At once" asks no clock: a demo clock starts anew with the program. */
  may_decide =
    delay_ms == 0 || (delay_ms > 0 && stored->received_ms + delay_ms <= bm_platform_now (self));
  if (stored->state[0] == '\0')
    {
      decision = bm_backend_submit (self->backend, kase, error);
      if (decision == NULL)
        return FALSE;
    }
  if (may_decide)
    {
      g_clear_pointer (&decision, bm_decision_free);
      decision = bm_backend_poll (self->backend, kase, error);
    }
  return decision != NULL && store_decision (self, stored, decision, may_decide, error);
}

static GArray *
list_due (BmPlatform *self, gint64 *ret_delay_ms, GError **error)
{
  GArray *ids;

  if (!bm_platform_store_begin (self->store, error))
    return NULL;
  *ret_delay_ms = read_decide (self);
  ids =
    bm_platform_store_list_due_cases (self->store, bm_platform_now (self), *ret_delay_ms, error);
  bm_platform_store_rollback (self->store); /* only read */
  return ids;
}

static gboolean
advance_all (BmPlatform *self, GError **error)
{
  gint64 delay_ms = BM_DECIDE_HOLD;
  g_autoptr (GArray) ids = list_due (self, &delay_ms, error);
  g_autoptr (GError) first_error = NULL;

  if (ids == NULL)
    return FALSE;
  for (guint i = 0; i < ids->len; i++) /* one bad case never delays the others */
    (void) advance_case (self, g_array_index (ids, gint64, i), delay_ms,
                         first_error == NULL ? &first_error : NULL);
  if (first_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&first_error));
  return FALSE;
}

gboolean
bm_platform_advance_cases (BmPlatform *self, GError **error)
{
  gboolean is_done;

  g_return_val_if_fail (self != NULL, FALSE);

  g_mutex_lock (&self->case_mutex);
  is_done = advance_all (self, error);
  g_mutex_unlock (&self->case_mutex);
  return is_done;
}

static gint64
find_newest_case (BmPlatform *self, const char *number, GError **error)
{
  g_autoptr (GArray) ids = NULL;

  if (!bm_platform_store_begin (self->store, error))
    return 0;
  ids = bm_platform_store_find_cases (self->store, number, error);
  bm_platform_store_rollback (self->store); /* only read */
  if (ids == NULL)
    return 0;
  if (ids->len > 0)
    return g_array_index (ids, gint64, ids->len - 1);
  g_set_error (error, BM_ERROR, BM_ERROR_NOT_FOUND, "No case has the number %s", number);
  return 0;
}

static gboolean
decide_case (BmPlatform *self, const char *number, const char *code, GError **error)
{
  gint64 id = find_newest_case (self, number, error);
  g_autoptr (BmStoredCase) stored = NULL;
  g_autoptr (BmBackendCase) kase = id != 0 ? load_case (self, id, &stored, error) : NULL;
  g_autoptr (BmDecision) decision = NULL;

  if (kase == NULL)
    return FALSE;
  decision = bm_backend_rules_decide (BM_BACKEND_RULES (self->backend), kase, code, error);
  return decision != NULL && store_decision (self, stored, decision, TRUE, error);
}

/**
 * bm_platform_decide_case:
 * @number: a tracking number
 * @code: a code of the rules, e.g. CERT_OK
 * @error: %BM_ERROR_NOT_FOUND for an unknown number or code
 *
 * Decides one case by hand, whatever the rules say.
 */
gboolean
bm_platform_decide_case (BmPlatform *self, const char *number, const char *code, GError **error)
{
  gboolean is_done;

  g_return_val_if_fail (self != NULL && number != NULL && code != NULL, FALSE);

  g_mutex_lock (&self->case_mutex);
  is_done = decide_case (self, number, code, error);
  g_mutex_unlock (&self->case_mutex);
  return is_done;
}
