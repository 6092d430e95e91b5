/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform"

#include "sync/platform/platform-withdrawals.h"

#include "core/entry/number.h"
#include "core/error.h"
#include "sync/platform/backend-rules.h"
#include "sync/platform/platform-cases-private.h"
#include "sync/protocol-json.h"

#include <string.h>

/*
 * 撤回 of what was sent: a person asks for a matter back (PROTOCOL.md, Withdrawals).
 *
 * Invariants:
 *  D1  Whoever asks is who handed it in: both rows bear the same subject tag, and the row that asks names
 *      the hash of the other one.
 *  D2  A case that is not decided becomes withdrawn, with all that follows it; a decided one stays as it is and says
 *      why. Either is said once, in the transaction that settles the wish.
 *  D3  A wish that comes before its case waits for it, and is settled before the case is handed to anybody.
 */

BmStoredWithdrawal *
bm_platform_read_withdrawal (json_t *payload, const BmStoredEntry *entry)
{
  const char *what = json_string_value (json_object_get (payload, "what"));
  const char *number = json_string_value (json_object_get (payload, "number"));
  const char *hash = json_string_value (json_object_get (payload, "hash"));
  const char *epoch = json_string_value (json_object_get (payload, "epoch"));
  const json_int_t seq = json_integer_value (json_object_get (payload, "seq"));
  guint8 bytes[BM_SM3_LEN];
  guint64 value = 0;
  BmStoredWithdrawal *withdrawal;

  g_return_val_if_fail (entry != NULL, NULL);

  if (g_strcmp0 (what, "withdraw") != 0 || number == NULL || !bm_number_is_valid (number) ||
      hash == NULL || !bm_hex_decode (hash, bytes, sizeof bytes) || epoch == NULL ||
      !g_ascii_string_to_unsigned (epoch, 16, 1, G_MAXUINT64, &value, NULL) || seq < 1)
    return NULL;
  withdrawal = g_new0 (BmStoredWithdrawal, 1);
  withdrawal->entry = entry->id;
  withdrawal->kiosk = entry->kiosk;
  withdrawal->number = g_strdup (number);
  withdrawal->hash = g_strdup (hash);
  withdrawal->epoch = value;
  withdrawal->seq = (guint64) seq;
  return withdrawal;
}

static BmMatterFit
compare (const BmStoredWithdrawal *withdrawal,
         const BmEntryHeader *header,
         const BmStoredEntry *entry)
{
  static const guint8 nobody[BM_TAG_LEN];
  BmEntryHeader matter;
  guint8 hash[BM_SM3_LEN];

  if (!bm_hex_decode (withdrawal->hash, hash, sizeof hash) ||
      memcmp (hash, entry->hash, sizeof hash) != 0 ||
      !bm_record_parse (entry->record, &matter, NULL, NULL, NULL) ||
      matter.type != BM_ENTRY_MATTER || strcmp (matter.number, withdrawal->number) != 0)
    return BM_MATTER_OTHER;
  if (memcmp (matter.subject_tag, header->subject_tag, BM_TAG_LEN) != 0 ||
      memcmp (matter.subject_tag, nobody, BM_TAG_LEN) == 0)
    return BM_MATTER_FOREIGN;
  if (entry->status == BM_ANSWER_QUARANTINED)
    return BM_MATTER_ABSENT;
  return entry->status == BM_ANSWER_REJECTED ? BM_MATTER_REFUSED : BM_MATTER_FITS;
}

gboolean
bm_platform_find_wanted (BmPlatform *self,
                         const BmStoredWithdrawal *withdrawal,
                         const BmEntryHeader *header,
                         gint64 *ret_case,
                         BmMatterFit *ret_fit,
                         GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (BmStoredEntry) entry = NULL;

  g_return_val_if_fail (self != NULL && withdrawal != NULL && header != NULL, FALSE);

  entry = bm_platform_store_find_entry (self->store, withdrawal->kiosk, withdrawal->epoch,
                                        withdrawal->seq, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  *ret_case = entry != NULL ? entry->id : 0;
  *ret_fit = entry != NULL ? compare (withdrawal, header, entry) : BM_MATTER_ABSENT;
  return TRUE;
}

/* D2. The code under which the wish is settled; NULL when it could not be. */
static const char *
answer_wish (BmPlatform *self, BmOpenCase *open, GError **error)
{
  g_autoptr (BmDecision) decision = NULL;

  if (strcmp (open->stored->state, "withdrawn") == 0)
    return "WITHDRAWN"; /* and was told so */
  if (open->link->follows != 0)
    return "WITHDRAW_FOLLOWS";
  if (open->stored->is_final)
    return "WITHDRAW_DECIDED";
  decision =
    bm_backend_rules_decide (BM_BACKEND_RULES (self->backend), open->kase, "WITHDRAWN", error);
  return decision != NULL && bm_platform_keep_decision (self, open, decision, TRUE, error) &&
             bm_platform_tell_followers (self, open, decision, error)
           ? "WITHDRAWN"
           : NULL;
}

static gboolean
settle_of_case (BmPlatform *self, gint64 entry, gint64 id, GError **error)
{
  g_autoptr (BmOpenCase) open = bm_platform_load_case (self, id, error);
  const char *code = open != NULL ? answer_wish (self, open, error) : NULL;
  const gboolean is_given = g_strcmp0 (code, "WITHDRAWN") == 0;

  if (code == NULL ||
      !bm_platform_store_settle_withdrawal (self->store, entry, is_given ? "withdrawn" : "refused",
                                            code, bm_platform_now (self), error))
    return FALSE;
  return is_given || bm_platform_keep_refusal (self, open, error);
}

/* It came before its case, and what came is not what it named: nobody can be told but whoever runs the platform. */
static gboolean
settle_void (BmPlatform *self, const BmStoredWithdrawal *withdrawal, GError **error)
{
  return bm_platform_store_settle_withdrawal (self->store, withdrawal->entry, "void", "",
                                              bm_platform_now (self), error) &&
         bm_platform_store_alarm (self->store, withdrawal->kiosk, "withdrawal", withdrawal->number,
                                  bm_platform_now (self), error);
}

static gboolean
settle_one (BmPlatform *self, gint64 id, GError **error)
{
  g_autoptr (BmStoredWithdrawal) withdrawal =
    bm_platform_store_get_withdrawal (self->store, id, error);
  g_autoptr (BmStoredEntry) entry =
    withdrawal != NULL ? bm_platform_store_get_entry (self->store, id, error) : NULL;
  BmMatterFit fit = BM_MATTER_ABSENT;
  BmEntryHeader header;
  gint64 wanted = 0;

  if (entry == NULL || !bm_record_parse (entry->record, &header, NULL, NULL, error) ||
      !bm_platform_find_wanted (self, withdrawal, &header, &wanted, &fit, error))
    return FALSE;
  if (fit == BM_MATTER_ABSENT)
    return TRUE;
  return fit == BM_MATTER_FITS ? settle_of_case (self, id, wanted, error)
                               : settle_void (self, withdrawal, error);
}

static gboolean
settle_durably (BmPlatform *self, gint64 id, GError **error)
{
  if (!bm_platform_store_begin (self->store, error))
    return FALSE;
  return bm_platform_store_end (self->store, settle_one (self, id, error), error);
}

gboolean
bm_platform_settle_withdrawals (BmPlatform *self, GError **error)
{
  g_autoptr (GArray) ids = NULL;

  if (!bm_platform_store_begin (self->store, error))
    return FALSE;
  ids = bm_platform_store_list_withdrawals (self->store, error);
  bm_platform_store_rollback (self->store);           /* only read */
  for (guint i = 0; ids != NULL && i < ids->len; i++) /* one bad wish never delays the others */
    {
      g_autoptr (GError) local_error = NULL;

      if (!settle_durably (self, g_array_index (ids, gint64, i), &local_error))
        g_warning ("a withdrawal could not be settled: %s", local_error->message);
    }
  return ids != NULL;
}
