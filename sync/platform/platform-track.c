/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform"

#include "sync/platform/platform-track.h"

#include "core/entry/number.h"

#include <string.h>

/*
 * Where a case stands, for who holds its slip. Status only, and nothing by which somebody who does not
 * hold the slip could learn that a number exists: known and unknown numbers, right and wrong codes cost
 * the same reads and the same MACs. Where a number has fewer cases than there are slots, the oldest
 * cases of the database stand in for them (decoys): read and reckoned like the others, then not believed.
 *
 * A number that a rolled-back disk gave out twice has two codes; each opens its own case, and by number
 * alone nobody can say which is meant.
 */

#define SLOTS 4 /* cases that one number can have here; more were never seen */

/* Valid, and of no village. */
#define NO_NUMBER "0000000000000101000000016"
#define NO_CODE   "--------"
#define NO_KEY    "sym:0000000000000000000000000000000000000000000000000000000000000000"

static const char *
say_state (const char *state)
{
  static const char *const states[] = { "handed",   "accepted", "done",
                                        "not_done", "conflict", "withdrawn" };

  if (*state == '\0') /* held here, not yet with an office */
    return "sent";
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    if (strcmp (states[i], state) == 0)
      return states[i];
  return "conflict";
}

static gboolean
bears_code (const BmStoredSlip *slip, const char *number, const char *code)
{
  g_autoptr (BmKey) key = bm_key_new_from_string (slip->terminal_key, NULL);
  g_autofree char *right = key != NULL ? bm_qr_code (key, number, slip->hash) : NULL;

  return right != NULL && bm_qr_code_equals (right, code) && !slip->is_decoy;
}

static void
fill_slots (GPtrArray *slips)
{
  while (slips->len < SLOTS) /* a database with fewer cases than slots */
    {
      BmStoredSlip *slip = g_new0 (BmStoredSlip, 1);

      slip->is_decoy = TRUE;
      slip->state = g_strdup ("");
      slip->terminal_key = g_strdup (NO_KEY);
      g_ptr_array_add (slips, slip);
    }
}

static GPtrArray *
load_slips (BmPlatform *self, const char *number)
{
  GPtrArray *slips;

  if (!bm_platform_store_begin (self->store, NULL))
    return NULL;
  slips = bm_platform_store_find_slips (self->store, number, SLOTS, NULL);
  bm_platform_store_rollback (self->store); /* only read */
  if (slips != NULL)
    fill_slots (slips);
  return slips;
}

static const char *
find_by_code (GPtrArray *slips, const char *number, const char *code)
{
  const char *state = NULL;

  for (guint i = 0; i < slips->len; i++) /* all of them, whatever was found */
    {
      const BmStoredSlip *slip = g_ptr_array_index (slips, i);

      if (bears_code (slip, number, code))
        state = say_state (slip->state);
    }
  return state;
}

static const char *
find_by_number (GPtrArray *slips)
{
  const char *state = NULL;

  for (guint i = 0; i < slips->len; i++)
    {
      const BmStoredSlip *slip = g_ptr_array_index (slips, i);

      if (!slip->is_decoy)
        state = state == NULL ? say_state (slip->state) : "conflict";
    }
  return state;
}

const char *
bm_platform_track (BmPlatform *self, const char *number, const char *code)
{
  gboolean is_slip = number != NULL && bm_number_is_valid (number) &&
                     (code == NULL || strlen (code) == BM_QR_CODE_LEN);
  g_autoptr (GPtrArray) slips = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  if (!is_slip)
    {
      number = NO_NUMBER;
      code = NO_CODE;
    }
  slips = load_slips (self, number);
  if (slips == NULL)
    return NULL;
  return code != NULL ? find_by_code (slips, number, code) : find_by_number (slips);
}
