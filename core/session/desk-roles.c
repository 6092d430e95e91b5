/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-desk"

#include "core/catalogue/text.h"
#include "core/session/desk-private.h"

#include <string.h>

/* Roles (domain §4.4) */

const char *
bm_desk_get_role (BmDesk *self)
{
  for (gsize i = 0; self->staff != NULL && i < json_array_size (self->setup->staff); i++)
    {
      json_t *member = json_array_get (self->setup->staff, i);

      if (strcmp (bm_text_get (member, "id"), self->staff) == 0)
        return bm_text_get (member, "role");
    }
  return "";
}

/* Whether @role sees matters at all. */
gboolean
bm_desk_role_lists (const char *role)
{
  static const char *const roles[] = { "helper", "head", "agent", NULL };

  return g_strv_contains (roles, role);
}

gboolean
bm_desk_may_list (BmDesk *self)
{
  return !(self->is_one_screen && self->is_session_open) &&
         bm_desk_role_lists (bm_desk_get_role (self));
}

gboolean
bm_desk_may_open (BmDesk *self)
{
  static const char *const roles[] = { "helper", "agent", NULL };

  return bm_desk_may_list (self) && g_strv_contains (roles, bm_desk_get_role (self));
}
