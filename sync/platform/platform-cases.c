/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform"

#include "sync/platform/platform-cases-private.h"

#include "core/error.h"
#include "sync/platform/backend-rules.h"
#include "sync/platform/platform-keys.h"
#include "sync/protocol-json.h"

#include <string.h>

/*
 * From an accepted entry to a decision and a message.
 *
 *   waiting ──submit──► handed ──poll──► conflict / accepted ──poll──► done / not_done (final)
 *                                                     ▲                         │
 *                                                     └── a newer entry that says "not solved"
 *
 * A reopened case goes back to accepted, and the newer entry's case says from then on what the older one
 * says (it "follows" it): one matter, one answer, under both numbers.
 *
 * What a person wants back comes before the cases in each turn, under the same mutex (platform-withdrawals.c). What is
 * said of a case: platform-results.c.
 *
 * A case is handed over after the entry's COMMIT, so a crash in between leaves it "waiting" and the
 * next turn hands it over. State, link, message and version change in one transaction.
 * The database is never held while the backend thinks; one turn at a time does so, under case_mutex.
 */

#define POLL_INTERVAL_MS (60 * 60 * G_GINT64_CONSTANT (1000))
#define WHILE_MS         200
#define META_DECIDE      "decide"

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

/* The start key of the run is known after it, or there is an error. */
static gboolean
ensure_run (BmPlatform *self, const BmEntryHeader *header, GError **error)
{
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (BmKey) start = NULL;
  g_autoptr (GError) local_error = NULL;

  if (bm_runs_has (self->runs, header->kiosk, header->epoch, header->run))
    return TRUE;
  sealed = bm_platform_store_get_run (self->store, header->kiosk, header->epoch, header->run,
                                      &local_error);
  if (sealed == NULL && local_error == NULL)
    g_set_error_literal (&local_error, BM_ERROR, BM_ERROR_NOT_FOUND,
                         "The run's start key is not here");
  else if (sealed != NULL)
    start = bm_platform_open_start (self, header->run, sealed, &local_error);
  if (start == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  bm_runs_add (self->runs, header->kiosk, header->epoch, header->run, start);
  return TRUE;
}

BmKey *
bm_platform_dup_base (BmPlatform *self,
                      const BmEntryHeader *header,
                      guint32 *ret_steps,
                      GError **error)
{
  g_return_val_if_fail (self != NULL && header != NULL && ret_steps != NULL, NULL);

  if (!ensure_run (self, header, error))
    return NULL;
  return bm_runs_dup_base (self->runs, header->kiosk, header->epoch, header->run, header->key_index,
                           ret_steps, error);
}

GBytes *
bm_platform_open_payload (BmPlatform *self,
                          BmStoredEntry *entry,
                          BmEntryHeader *ret_header,
                          GError **error)
{
  g_autoptr (GBytes) header_bytes = NULL;
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (BmKey) base = NULL;
  BmEntryHeader nearer;

  g_return_val_if_fail (self != NULL && entry != NULL && ret_header != NULL, NULL);

  if (!bm_record_parse (entry->record, ret_header, &header_bytes, &sealed, error))
    return NULL;
  nearer = *ret_header; /* what was sealed is header_bytes; this one only says how far it is */
  base = bm_platform_dup_base (self, ret_header, &nearer.key_index, error);
  return base != NULL
           ? bm_payload_open_key (base, &nearer, header_bytes, sealed, self->dictionaries, error)
           : NULL;
}

gboolean
bm_platform_post_bytes (BmPlatform *self,
                        guint32 kiosk,
                        const char *kind,
                        const char *name,
                        gint64 version,
                        GBytes *body,
                        GError **error)
{
  g_autoptr (GBytes) signature = NULL;
  BmMessage message = { 0 };

  g_return_val_if_fail (self != NULL && kind != NULL && name != NULL && body != NULL, FALSE);

  signature = bm_message_sign (self->sign_key, kind, name, version, body, error);
  if (signature == NULL)
    return FALSE;
  message.kind = (char *) kind;
  message.name = (char *) name;
  message.version = version;
  message.body = body;
  message.signature = signature;
  return bm_platform_store_add_message (self->store, kiosk, &message, error) != 0;
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

  g_return_val_if_fail (self != NULL && body != NULL, FALSE);

  bytes = bm_json_dump (body);
  return bm_platform_post_bytes (self, kiosk, kind, name, version, bytes, error);
}

void
bm_open_case_free (BmOpenCase *self)
{
  if (self == NULL)
    return;
  bm_stored_case_free (self->stored);
  bm_stored_link_free (self->link);
  bm_backend_case_free (self->kase);
  g_free (self);
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
  kase->happened_ms = bm_platform_believe_time (header, stored->received_ms);
  return g_steal_pointer (&kase);
}

/* What the backend needs to know of how often and since when. */
static void
tell_times (BmPlatform *self, BmOpenCase *open)
{
  open->kase->now_ms = bm_platform_now (self);
  open->kase->reopened = open->link->reopened;
  open->kase->since_ms =
    open->link->reopened > 0 ? open->link->reopened_ms : open->stored->received_ms;
}

static gboolean
load_link (BmPlatform *self, BmOpenCase *open, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  open->link = bm_platform_store_get_link (self->store, open->stored->id, &local_error);
  if (open->link == NULL && local_error == NULL)
    open->link = bm_platform_make_link (self, open->stored->id, open->kase, &local_error);
  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  return open->link != NULL && bm_platform_tell_repeat (self, open, error);
}

BmOpenCase *
bm_platform_load_case (BmPlatform *self, gint64 id, GError **error)
{
  g_autoptr (BmOpenCase) open = g_new0 (BmOpenCase, 1);
  g_autoptr (BmStoredEntry) entry = NULL;
  g_autoptr (GBytes) payload = NULL;
  BmEntryHeader header;

  open->stored = bm_platform_store_get_case (self->store, id, error);
  entry = open->stored != NULL ? bm_platform_store_get_entry (self->store, id, error) : NULL;
  if (entry == NULL)
    return NULL;
  payload = bm_platform_open_payload (self, entry, &header, error);
  open->kase = payload != NULL ? make_case (open->stored, &header, payload, error) : NULL;
  if (open->kase == NULL || !load_link (self, open, error))
    return NULL;
  tell_times (self, open);
  return g_steal_pointer (&open);
}

/* @ret_older: the case that this one is about to reopen, or NULL; not once it was decided. */
static BmOpenCase *
load_case (BmPlatform *self, gint64 id, BmOpenCase **ret_older, GError **error)
{
  BmOpenCase *open;

  if (!bm_platform_store_begin (self->store, error))
    return NULL;
  open = bm_platform_load_case (self, id, error);
  if (open != NULL)
    bm_platform_tell_visit (self, open);
  if (open != NULL && ret_older != NULL &&
      (open->stored->state[0] == '\0' || strcmp (open->stored->state, "handed") == 0))
    *ret_older = bm_platform_find_reopened (self, open);
  bm_platform_store_rollback (self->store); /* only read */
  return open;
}

static gboolean
store_decision (BmPlatform *self,
                BmOpenCase *open,
                const BmDecision *decision,
                gboolean is_decided,
                GError **error)
{
  if (!bm_platform_store_begin (self->store, error))
    return FALSE;
  return bm_platform_store_end (self->store,
                                bm_platform_keep_decision (self, open, decision, is_decided,
                                                           error) &&
                                  bm_platform_tell_followers (self, open, decision, error),
                                error);
}

/* The older case is open again, once more than before; the newer one follows it from now on. */
static gboolean
reopen_case (BmPlatform *self, BmOpenCase *open, BmOpenCase *older, GError **error)
{
  g_autoptr (BmDecision) decision = NULL;

  older->link->reopened++;
  older->link->reopened_ms = bm_platform_now (self);
  tell_times (self, older);
  decision = bm_backend_poll (self->backend, older->kase, error);
  if (decision == NULL)
    return FALSE;
  g_free (open->link->replaces);
  open->link->replaces =
    g_strdup (json_string_value (json_object_get (open->kase->payload, "replaces")));
  open->link->follows = older->stored->id;
  if (!bm_platform_store_begin (self->store, error))
    return FALSE;
  return bm_platform_store_end (self->store,
                                bm_platform_store_set_link (self->store, open->link, error) &&
                                  bm_platform_keep_decision (self, older, decision, TRUE, error) &&
                                  bm_platform_tell_followers (self, older, decision, error),
                                error);
}

/* Nothing to ask: it says what the case says that it follows. */
static gboolean
let_follow (BmPlatform *self, BmOpenCase *open, GError **error)
{
  gint64 next_poll = bm_platform_now (self) + BM_POLL_INTERVAL_MS;

  if (!bm_platform_store_begin (self->store, error))
    return FALSE;
  return bm_platform_store_end (self->store,
                                bm_platform_store_set_case (self->store, open->stored, TRUE,
                                                            next_poll, error),
                                error);
}

/* "At once" asks no clock: a demo clock starts anew with the program. */
static gboolean
may_decide (BmPlatform *self, const BmOpenCase *open, gint64 delay_ms)
{
  return delay_ms == 0 ||
         (delay_ms > 0 && open->stored->received_ms + delay_ms <= bm_platform_now (self));
}

static gboolean
advance_case (BmPlatform *self, gint64 id, gint64 delay_ms, GError **error)
{
  g_autoptr (BmOpenCase) older = NULL;
  g_autoptr (BmOpenCase) open = load_case (self, id, &older, error);
  g_autoptr (BmDecision) decision = NULL;

  if (open == NULL)
    return FALSE;
  if (open->link->follows != 0)
    return let_follow (self, open, error);
  if (!may_decide (self, open, delay_ms))
    {
      decision = bm_backend_submit (self->backend, open->kase, error);
      return decision != NULL && store_decision (self, open, decision, FALSE, error);
    }
  if (older != NULL)
    return reopen_case (self, open, older, error);
  if (open->stored->state[0] == '\0') /* it is handed over before anything is asked */
    {
      decision = bm_backend_submit (self->backend, open->kase, error);
      if (decision == NULL)
        return FALSE;
      g_clear_pointer (&decision, bm_decision_free);
    }
  decision = bm_backend_poll (self->backend, open->kase, error);
  return decision != NULL && store_decision (self, open, decision, TRUE, error);
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
advance_due (BmPlatform *self, BmCasesTurn turn, GError **error)
{
  gint64 delay_ms = BM_DECIDE_HOLD;
  g_autoptr (GArray) ids = list_due (self, &delay_ms, error);
  g_autoptr (GError) first_error = NULL;
  gint64 until_ms = bm_clock_get_boot_ms (self->clock) + WHILE_MS;
  gint64 last = turn == BM_CASES_A_WHILE ? self->case_cursor : 0, stopped_at = 0;

  if (ids == NULL)
    return FALSE;
  if (turn == BM_CASES_NEWEST && ids->len > BM_CASES_AT_ONCE)
    g_array_remove_range (ids, 0, ids->len - BM_CASES_AT_ONCE);
  for (guint i = 0; i < ids->len && stopped_at == 0; i++) /* one bad case never delays the others */
    {
      gint64 id = g_array_index (ids, gint64, i);

      if (id > last)
        (void) advance_case (self, id, delay_ms, first_error == NULL ? &first_error : NULL);
      if (turn == BM_CASES_A_WHILE && bm_clock_get_boot_ms (self->clock) >= until_ms)
        stopped_at = id;
    }
  if (turn == BM_CASES_A_WHILE)
    self->case_cursor = stopped_at;
  if (first_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&first_error));
  return FALSE;
}

gboolean
bm_platform_advance_cases (BmPlatform *self, BmCasesTurn turn, GError **error)
{
  gboolean is_done;

  g_return_val_if_fail (self != NULL, FALSE);

  if (turn != BM_CASES_NEWEST)
    g_mutex_lock (&self->case_mutex);
  else if (!g_mutex_trylock (&self->case_mutex))
    return TRUE;
  is_done = bm_platform_ensure_link_key (self, error) &&
            bm_platform_settle_withdrawals (self, error) && advance_due (self, turn, error);
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
decide_case (BmPlatform *self,
             const char *number,
             const char *code,
             const char *text,
             GError **error)
{
  BmBackendRules *rules = BM_BACKEND_RULES (self->backend);
  gint64 id = find_newest_case (self, number, error);
  g_autoptr (BmOpenCase) open = id != 0 ? load_case (self, id, NULL, error) : NULL;
  g_autoptr (BmDecision) decision = NULL;

  if (open == NULL)
    return FALSE;
  if (open->link->follows != 0)
    {
      gint64 older = open->link->follows;

      g_clear_pointer (&open, bm_open_case_free);
      open = load_case (self, older, NULL, error);
      if (open == NULL)
        return FALSE;
    }
  decision = bm_backend_rules_decide (rules, open->kase, code, error);
  if (decision == NULL || (text != NULL && !bm_backend_rules_reword (rules, decision, text, error)))
    return FALSE;
  return store_decision (self, open, decision, TRUE, error);
}

/**
 * bm_platform_decide_case:
 * @number: a tracking number
 * @code: a code of the rules, e.g. CERT_OK
 * @text: (nullable): the office's own sentence, for a code that leaves it to a person
 * @error: %BM_ERROR_NOT_FOUND for an unknown number or code, %BM_ERROR_INVALID for the text
 *
 * Decides one case by hand, whatever the rules say. A number that follows another case decides that one.
 */
gboolean
bm_platform_decide_case (BmPlatform *self,
                         const char *number,
                         const char *code,
                         const char *text,
                         GError **error)
{
  gboolean is_done;

  g_return_val_if_fail (self != NULL && number != NULL && code != NULL, FALSE);

  g_mutex_lock (&self->case_mutex);
  is_done =
    bm_platform_ensure_link_key (self, error) && decide_case (self, number, code, text, error);
  g_mutex_unlock (&self->case_mutex);
  return is_done;
}
