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

/* Hands in for people, from a paper or by a letter: the head does, who opens nothing that is there already. */
gboolean
bm_desk_may_submit (BmDesk *self)
{
  return bm_desk_may_list (self);
}

/* How often records were looked up oddly, in counts without a person: for who answers for the station or the machine. */
gboolean
bm_desk_may_see_alarms (BmDesk *self)
{
  static const char *const roles[] = { "head", "maintenance", NULL };

  return !(self->is_one_screen && self->is_session_open) &&
         g_strv_contains (roles, bm_desk_get_role (self));
}

/* A month's counts are for who answers for the station. */
gboolean
bm_desk_may_see_indicators (BmDesk *self)
{
  return bm_desk_may_list (self) && strcmp (bm_desk_get_role (self), "head") == 0;
}

/* Whether who sits here may stand before the page that is there (any more). */
gboolean
bm_desk_may_stay (BmDesk *self)
{
  switch ((int) self->at)
    {
    case BM_DESK_FIND:
    case BM_DESK_FINDING:
    case BM_DESK_CASES:
    case BM_DESK_CASE:
      return bm_desk_may_open (self);
    case BM_DESK_MISUSE:
      return bm_desk_may_see_alarms (self);
    case BM_DESK_INDICATORS:
      return bm_desk_may_see_indicators (self);
    default:
      if (bm_desk_is_late (self->at) || bm_desk_is_behalf (self->at))
        return bm_desk_may_submit (self);
      return !bm_desk_spec_of (self->at)->is_list || bm_desk_may_list (self);
    }
}
