/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-catalogue"

#include "core/catalogue/behalf.h"

#include "core/catalogue/catalogue.h"
#include "core/catalogue/files.h"

/*
 * Invariant: what says that a person is there is never done by another (domain §2.6), and what somebody draws is shown
 * to themselves alone: no file can open either of them with a letter.
 */

gboolean
bm_behalf_is_allowed (json_t *service)
{
  return json_is_object (json_object_get (service, "on_behalf"));
}

/**
 * bm_behalf_check:
 * @service: a service file whose form is right
 * @ret_path: (out) (optional) (nullable): where the fault lies
 * @error: return location for %BM_ERROR_INVALID
 *
 * Checks that a matter which somebody else may hand in is one of those.
 *
 * Returns: whether it is, or nobody may
 */
gboolean
bm_behalf_check (json_t *service, char **ret_path, GError **error)
{
  g_return_val_if_fail (json_is_object (service), FALSE);

  if (!bm_behalf_is_allowed (service))
    return TRUE;
  if (bm_catalogue_has_step (service, "witness"))
    return bm_files_refuse (ret_path, error, "/on_behalf",
                            "nobody is certified by another; remove it");
  if (bm_catalogue_has_step (service, "query") || !bm_catalogue_has_step (service, "commit") ||
      bm_catalogue_find_step (service, "confirm") < 0)
    return bm_files_refuse (ret_path, error, "/on_behalf",
                            "only a request can be handed in by another; remove it");
  return TRUE;
}
