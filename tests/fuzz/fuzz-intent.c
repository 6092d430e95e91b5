/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-intent"

#include "core/catalogue/shape.h"

#include "tests/fuzz/fuzz.h"

/* What travels on the bus: an intent or a page is refused with a reason, or keeps its form when it is written again. */
static void
check (json_t *json, gboolean (*is_good) (json_t *json, GError **error))
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  json_t *again;
  gboolean was_good = is_good (json, &error);

  g_assert_true (was_good == (error == NULL));
  if (!was_good)
    return;
  text = json_dumps (json, JSON_COMPACT);
  again = json_loads (text, JSON_REJECT_DUPLICATES, NULL);
  g_assert_true (is_good (again, NULL));
  json_decref (again);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  json_t *json = json_loadb ((const char *) data, size, JSON_REJECT_DUPLICATES, NULL);

  if (json == NULL)
    return 0;
  check (json, bm_shape_check_intent);
  check (json, bm_shape_check_page);
  json_decref (json);
  return 0;
}
