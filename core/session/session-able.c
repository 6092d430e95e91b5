/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/catalogue/catalogue.h"
#include "core/catalogue/text.h"
#include "core/language/language.h"
#include "core/session/session-private.h"

/*
 * What cannot be done here just now, and is said on the first page instead of at the end of ten others. A device that is
 * missing keeps no matter from being done: each has another way (the staff, the keypad, a paper). What has none: nothing
 * can be noted, or nobody here may be the witness. A question that cannot be answered here today can still be noted.
 */

/**
 * bm_session_may_witness:
 * @service: of the catalogue, with a step "witness"
 * @member: of the roster
 *
 * Returns: whether the role of @member is one that the service takes
 */
gboolean
bm_session_may_witness (json_t *service, json_t *member)
{
  json_t *roles = json_object_get (json_object_get (service, "evidence"), "witness_roles");

  for (gsize i = 0; i < json_array_size (roles); i++)
    if (json_equal (json_array_get (roles, i), json_object_get (member, "role")))
      return TRUE;
  return FALSE;
}

/**
 * bm_session_has_witness:
 * @service: of the catalogue
 * @staff: (nullable): the roster; %NULL: it is not known yet
 *
 * Returns: whether somebody on the roster may be the witness that the service asks for, if it does
 */
gboolean
bm_session_has_witness (json_t *service, json_t *staff)
{
  if (staff == NULL || !bm_catalogue_has_step (service, "witness"))
    return TRUE;
  for (gsize i = 0; i < json_array_size (staff); i++)
    if (bm_session_may_witness (service, json_array_get (staff, i)))
      return TRUE;
  return FALSE;
}

static const char *
say_why_not (BmSession *self, json_t *service)
{
  if (!self->can_note && bm_catalogue_has_step (service, "commit"))
    return C_ ("choice", "Nothing can be noted now");
  if (!bm_session_has_witness (service, self->setup->staff))
    return C_ ("choice", "Nobody here may be the witness");
  return NULL;
}

/**
 * bm_session_mark_able:
 * @self: a session
 * @service: of the catalogue
 * @choice: it, on a page
 *
 * Says beside a choice why it cannot be made, or what can not be had of it today.
 *
 * Returns: whether it can be made
 */
gboolean
bm_session_mark_able (BmSession *self, json_t *service, json_t *choice)
{
  const char *why = say_why_not (self, service);

  if (why != NULL)
    {
      json_object_set_new (choice, "state", json_string ("off"));
      json_object_set_new (choice, "why", json_string (why));
      return FALSE;
    }
  if (!self->has_records && bm_catalogue_has_step (service, "query"))
    json_object_set_new (choice, "note",
                         json_string (C_ ("choice", "Not to be seen today, but to be asked for")));
  return TRUE;
}
