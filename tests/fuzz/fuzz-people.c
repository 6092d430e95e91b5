/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-people"

#include "core/calendar/day.h"
#include "core/people/id-number.h"
#include "core/people/name.h"
#include "core/people/uscc.h"

#include "tests/fuzz/fuzz.h"

/* Names, numbers, codes and days as anybody may type them. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autofree char *name = bm_name_normalise (text);
  g_autofree char *again = bm_name_normalise (name);
  g_autofree char *masked = bm_name_mask (name);
  g_autofree char *folded = bm_id_number_fold (text);

  g_assert_cmpstr (again, ==, name);
  g_assert_cmpint (g_utf8_strlen (masked, -1), ==, g_utf8_strlen (name, -1));
  g_assert_true (name[0] == '\0' || bm_name_compare (name, name) == BM_NAME_SAME);
  if (bm_id_verdict_is_acceptable (bm_id_number_check (folded, 20778)))
    g_assert_cmpint (bm_id_number_get_age (folded, 20778), >=, 0);
  g_assert_false (bm_uscc_is_valid (text) && bm_name_check (text) == BM_NAME_OK);
  if (bm_day_from_string (text) != BM_NO_DAY)
    {
      g_autofree char *day = bm_day_to_string (bm_day_from_string (text));

      g_assert_cmpstr (day, ==, text);
    }
  return 0;
}
