/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-catalogue"

#include "core/catalogue/queries.h"

#include "core/catalogue/files.h"

#include <string.h>

/* What is paid month by month has other states than an insurance has: each part of a record with its own. */

#define MEDICAL "medical"

static const char *const paid[] = { "paying",   "nothing",   "paused", "ended",
                                    "applying", "elsewhere", NULL };
static const char *const insured[] = { "insured", "unpaid", "assisted", NULL };

/**
 * bm_queries_check:
 * @service: a service file whose form is right
 * @ret_path: (out) (optional) (nullable): where the fault lies
 * @error: return location for %BM_ERROR_INVALID
 *
 * Checks that no state of what a service asks for is without words.
 *
 * Returns: whether all of them have some
 */
gboolean
bm_queries_check (json_t *service, char **ret_path, GError **error)
{
  json_t *query = json_object_get (service, "query");
  const char *from = json_string_value (json_object_get (query, "from"));
  const char *const *states = g_strcmp0 (from, MEDICAL) == 0 ? insured : paid;

  g_return_val_if_fail (json_is_object (service), FALSE);

  for (gsize i = 0; query != NULL && states[i] != NULL; i++)
    {
      if (json_object_get (query, states[i]) != NULL)
        continue;
      return bm_files_refuse (ret_path, error, "/query", "\"%s\" is missing; add it", states[i]);
    }
  return TRUE;
}
