/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "app/station/staff-check.h"

#include <string.h>

/*
 * pin_state (how long to wait?) -> Argon2id on the store worker -> note_pin -> verdict.
 *
 * Invariants:
 *  C1  A PIN is compared only when the ledger says that no delay runs, and the outcome is on disk before
 *      anybody hears it: pulling the plug does not give a further try.
 *  C2  An unknown number costs as long as a wrong PIN and gives the same verdict.
 */

typedef struct
{
  BmStore *store;
  BmRoster *roster;
  char *staff;
  char *pin;
  guint8 tag[BM_TAG_LEN];
  gboolean has_tag;
  gboolean as_witness;
  gboolean is_right;
} Check;

/* What the worker needs of a check; it may outlive the task's data, so it owns its strings. */
typedef struct
{
  char *hash; /* NULL: unknown number */
  char *pin;
} Comparison;

static void
check_free (Check *check)
{
  g_object_unref (check->store);
  bm_roster_unref (check->roster);
  g_free (check->staff);
  bm_wipe_string (check->pin);
  g_free (check);
}

static void
comparison_free (Comparison *comparison)
{
  bm_wipe_string (comparison->hash);
  bm_wipe_string (comparison->pin);
  g_free (comparison);
}

static gpointer
compare_pin (gpointer data, GError **error)
{
  Comparison *comparison = data;
  g_autofree char *unused = NULL;

  if (comparison->hash != NULL)
    return GINT_TO_POINTER (bm_password_check (comparison->hash, comparison->pin));
  /* Takes the same time as a comparison (C2). */
  unused = bm_password_hash (comparison->pin, error);
  return GINT_TO_POINTER (FALSE);
}

static void
return_verdict (GTask *task, BmStaffVerdict verdict, gint64 wait_ms)
{
  BmStaffResult *result = g_new0 (BmStaffResult, 1);

  result->verdict = verdict;
  result->wait_ms = wait_ms;
  g_task_return_pointer (task, result, g_free);
}

static BmStaffVerdict
judge (Check *check)
{
  const BmStaff *staff = bm_roster_find (check->roster, check->staff);

  if (!check->is_right || staff == NULL)
    return BM_STAFF_WRONG;
  if (check->as_witness && !bm_staff_may_witness (staff))
    return BM_STAFF_ROLE;
  if (check->as_witness && check->has_tag && bm_staff_is_kin (staff, check->tag))
    return BM_STAFF_KIN;
  return BM_STAFF_OK;
}

static void
on_pin_noted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Check *check = g_task_get_task_data (task);
  GError *error = NULL;
  gint64 wait_ms = bm_store_pin_finish (BM_STORE (source), result, &error);

  if (error != NULL)
    g_task_return_error (task, error);
  else
    return_verdict (task, judge (check), wait_ms);
}

static void
on_pin_compared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Check *check = g_task_get_task_data (task);
  GError *error = NULL;
  gpointer is_right = bm_worker_run_finish (result, &error);

  if (error != NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  check->is_right = GPOINTER_TO_INT (is_right);
  if (bm_roster_find (check->roster, check->staff) == NULL)
    return_verdict (task, BM_STAFF_WRONG, 0);
  else
    bm_store_note_pin_async (check->store, check->staff, check->is_right, on_pin_noted,
                             g_steal_pointer (&task));
}

static void
on_pin_state (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Check *check = g_task_get_task_data (task);
  const BmStaff *staff = bm_roster_find (check->roster, check->staff);
  GError *error = NULL;
  gint64 wait_ms = bm_store_pin_finish (BM_STORE (source), result, &error);
  Comparison *comparison;

  if (error != NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (wait_ms > 0)
    {
      return_verdict (task, BM_STAFF_LOCKED, wait_ms);
      return;
    }
  comparison = g_new0 (Comparison, 1);
  comparison->hash = staff != NULL ? g_strdup (bm_staff_get_pin_hash (staff)) : NULL;
  comparison->pin = g_strdup (check->pin);
  bm_worker_run_async (bm_store_get_worker (check->store), compare_pin, comparison,
                       (GDestroyNotify) comparison_free, NULL, NULL, on_pin_compared,
                       g_steal_pointer (&task));
}

/**
 * bm_staff_check_async:
 * @store: counts failures, and its worker compares
 * @roster: who works here
 * @staff: the number somebody typed
 * @pin: the PIN somebody typed
 * @tag: (nullable): whose presence is to be witnessed
 * @as_witness: whether role and kinship count
 * @callback: called with the verdict
 * @user_data: for @callback
 *
 * Judges a helper's number and PIN.
 */
void
bm_staff_check_async (BmStore *store,
                      BmRoster *roster,
                      const char *staff,
                      const char *pin,
                      const guint8 *tag,
                      gboolean as_witness,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  GTask *task;
  Check *check;

  g_return_if_fail (BM_IS_STORE (store));
  g_return_if_fail (roster != NULL && staff != NULL && pin != NULL);

  check = g_new0 (Check, 1);
  check->store = g_object_ref (store);
  check->roster = bm_roster_ref (roster);
  check->staff = g_strdup (staff);
  check->pin = g_strdup (pin);
  check->as_witness = as_witness;
  check->has_tag = tag != NULL;
  if (tag != NULL)
    memcpy (check->tag, tag, BM_TAG_LEN);

  task = g_task_new (NULL, NULL, callback, user_data);
  g_task_set_source_tag (task, bm_staff_check_async);
  g_task_set_task_data (task, check, (GDestroyNotify) check_free);
  bm_store_pin_state_async (store, staff, on_pin_state, task);
}

gboolean
bm_staff_check_finish (GAsyncResult *result, BmStaffResult *ret_result, GError **error)
{
  g_autofree BmStaffResult *verdict = NULL;

  g_return_val_if_fail (g_async_result_is_tagged (result, bm_staff_check_async), FALSE);
  g_return_val_if_fail (ret_result != NULL, FALSE);

  verdict = g_task_propagate_pointer (G_TASK (result), error);
  if (verdict == NULL)
    return FALSE;
  *ret_result = *verdict;
  return TRUE;
}
