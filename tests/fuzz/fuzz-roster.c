/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-roster"

#include "app/station/roster.h"
#include "core/language/language.h"

#include "tests/fuzz/fuzz.h"

static void
expect_both_languages (json_t *words)
{
  g_assert_true (json_is_string (json_object_get (words, BM_LANGUAGE_CHINESE)));
  g_assert_true (json_is_string (json_object_get (words, BM_LANGUAGE_ENGLISH)));
}

/* Who works here, and when: what is accepted can be shown at every hour of a week. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (BmRoster) roster = bm_roster_new_from_bytes (bytes, &error);
  g_autoptr (GDateTime) now = NULL;
  json_t *shown;

  g_assert_true ((roster == NULL) == (error != NULL));
  if (roster == NULL)
    return 0;
  now = g_date_time_new_utc (2026, 11, 16, 0, 0, 0);
  shown = bm_roster_dup_public (roster, now);
  g_assert_cmpuint (json_array_size (shown), <=, BM_ROSTER_MAX_STAFF);
  json_decref (shown);
  for (int hour = 0; hour < 7 * 24; hour++)
    {
      g_autoptr (GDateTime) then = g_date_time_add_hours (now, hour);
      json_t *duty = bm_roster_dup_duty (roster, then);

      expect_both_languages (json_object_get (duty, "text"));
      expect_both_languages (json_object_get (duty, "next"));
      json_decref (duty);
    }
  return 0;
}
