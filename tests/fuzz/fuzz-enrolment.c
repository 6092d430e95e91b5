/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-enrolment"

#include "sync/enrolment.h"
#include "sync/protocol-json.h"

#include "tests/fuzz/fuzz.h"

/* Who this station is and whom it believes, as the platform sent it or as it lies in the keys' folder. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmJson) document = bm_json_parse (data, size, NULL);
  g_autoptr (BmEnrolment) self = NULL;
  g_autoptr (BmEnrolment) trusting = NULL;

  if (document == NULL)
    return 0;
  self = bm_enrolment_new_from_json (document, &error);
  g_assert_true ((self == NULL) == (error != NULL));
  if (self == NULL)
    return 0;
  g_assert_true (g_str_has_prefix (bm_enrolment_get_url (self), "https://"));
  g_assert_nonnull (bm_enrolment_get_platform_key (self));
  g_assert_nonnull (bm_enrolment_get_subject_salt (self));
  trusting = bm_enrolment_new_trusting (self, NULL, bm_enrolment_get_ca (self), NULL);
  g_assert_nonnull (trusting);
  return 0;
}
