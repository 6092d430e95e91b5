/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/appeal/classify.h"
#include "core/catalogue/catalogue.h"
#include "core/catalogue/conditions.h"
#include "core/catalogue/text.h"
#include "core/language/language.h"
#include "core/session/session-private.h"

#include <string.h>

/*
 * What a request has besides its fields: whether it carries a name, whether the desk may see it, who it
 * is proposed for and by when, what is to be asked afterwards, and the way back when it is not solved.
 * All of it is data of the service's file; no service is known here.
 *
 * Invariants:
 *  - a matter without a name has no card, no tag and no cases beside it: choosing it forgets the person
 *    first, and no record that is made for it names this session (domain §2.21a rule 5);
 *  - while a name may still be refused, nothing that is recorded names this session either;
 *  - what the desk must not see is never left there as something to ask.
 */

/* No name, not here */

gboolean
bm_session_is_anonymous (BmSession *self)
{
  return bm_conditions_hold (json_object_get (self->service, "anonymous_when"), self->fields);
}

gboolean
bm_session_is_hidden (BmSession *self)
{
  json_t *slip = json_object_get (self->reopens, "slip");

  return bm_session_is_anonymous (self) || json_is_true (json_object_get (slip, "is_hidden")) ||
         bm_conditions_hold (json_object_get (self->service, "hidden_when"), self->fields);
}

/* The questions come first in this flow, and it is still at them. */
gboolean
bm_session_is_before_identity (BmSession *self)
{
  gint identify = bm_catalogue_find_step (self->service, "identify");
  gint fields = bm_catalogue_find_step (self->service, "fields");

  return fields >= 0 && fields < identify && (gint) self->step < identify;
}

gboolean
bm_session_is_untraced (BmSession *self)
{
  return json_object_get (self->service, "anonymous_when") != NULL &&
         (bm_session_is_anonymous (self) ||
          (self->reopens == NULL && bm_session_is_before_identity (self)));
}

/**
 * bm_session_forget_name:
 * @self: a session whose matter is to carry no name
 *
 * Forgets whoever was identified before; the next page says so.
 */
void
bm_session_forget_name (BmSession *self)
{
  if (self->card == NULL)
    return;
  bm_session_forget_person (self);
  bm_session_lease (self, FALSE);
  self->was_forgotten = TRUE;
}

/* Who it is for, and by when */

static void
put_proposal (BmSession *self, json_t *fields, json_t *field, const BmAppealVerdict *verdict)
{
  const char *from = json_string_value (json_object_get (field, "from"));
  const char *first = verdict->n > 0 ? verdict->ranked[0].code : NULL;
  const char *value = NULL;

  if (g_strcmp0 (from, "route.class") == 0)
    value = first;
  else if (g_strcmp0 (from, "route.dept") == 0 && first != NULL)
    value = bm_appeal_table_get_dept (self->setup->appeals, first);
  else if (g_strcmp0 (from, "route.rule") == 0 && first != NULL)
    value = bm_appeal_table_get_version (self->setup->appeals);
  else if (g_strcmp0 (from, "route.urgent") == 0)
    value = self->danger != NULL && strcmp (self->danger, "no") != 0
              ? "danger"
              : bm_appeal_urgency_to_string (verdict->urgency);
  if (value != NULL)
    json_object_set_new (fields, json_string_value (json_object_get (field, "id")),
                         json_string (value));
}

/**
 * bm_session_get_fields:
 * @self: a session
 *
 * What was answered, and what the rules propose from it.
 *
 * Returns: (transfer full): id -> string
 */
json_t *
bm_session_get_fields (BmSession *self)
{
  json_t *fields = self->fields != NULL ? json_copy (self->fields) : json_object ();
  BmAppealVerdict verdict = { 0 };
  json_t *field;
  gsize i;

  if (self->setup->appeals != NULL)
    bm_appeal_classify_taps (self->setup->appeals, fields, &verdict);
  json_array_foreach (json_object_get (self->service, "fields"), i, field)
  {
    put_proposal (self, fields, field, &verdict);
  }
  return fields;
}

/**
 * bm_session_find_term:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): which of the file's terms counts for what was answered
 */
json_t *
bm_session_find_term (BmSession *self)
{
  json_t *by = json_object_get (json_object_get (self->service, "sla"), "by");
  json_t *fields = by != NULL ? bm_session_get_fields (self) : NULL;
  json_t *found = NULL;
  json_t *term;
  gsize i;

  json_array_foreach (by, i, term)
  {
    if (found == NULL && bm_conditions_hold (json_object_get (term, "when"), fields))
      found = term;
  }
  bm_json_wipe (fields);
  return found;
}

/* "5个工作日内", as one says it. */
static char *
say_within (json_int_t hours, json_int_t days)
{
  return hours > 0 ? g_strdup_printf (C_ ("page", "within %d hours"), (int) hours)
                   : g_strdup_printf (C_ ("page", "within %d working days"), (int) days);
}

static void
get_within (BmSession *self, json_int_t *ret_hours, json_int_t *ret_days)
{
  json_t *sla = json_object_get (self->service, "sla");
  json_t *term = bm_session_find_term (self);
  json_t *days = json_object_get (term, "days");

  if (days == NULL)
    days = json_object_get (sla, "online_days");
  *ret_hours = json_integer_value (json_object_get (term, "hours"));
  *ret_days = json_integer_value (days);
}

char *
bm_session_dup_within (BmSession *self)
{
  json_int_t hours = 0;
  json_int_t days = 0;

  get_within (self, &hours, &days);
  return say_within (hours, days);
}

/* In Chinese for paper and desk, and in numbers for pages in another language. */
void
bm_session_put_within (BmSession *self, json_t *slip)
{
  g_autofree char *within = bm_session_dup_within (self);
  json_int_t hours = 0;
  json_int_t days = 0;

  get_within (self, &hours, &days);
  json_object_set_new (slip, "within", json_string (within));
  json_object_set_new (slip, hours > 0 ? "within_hours" : "within_days",
                       json_integer (hours > 0 ? hours : days));
}

/* What a slip promised; one from before has only its Chinese. */
char *
bm_session_say_slip_within (json_t *slip)
{
  json_int_t hours = json_integer_value (json_object_get (slip, "within_hours"));
  json_int_t days = json_integer_value (json_object_get (slip, "within_days"));

  return hours > 0 || days > 0 ? say_within (hours, days) : g_strdup (bm_text_get (slip, "within"));
}

/* What is to be asked afterwards */

const char *
bm_session_get_ask (BmSession *self)
{
  json_t *ask;
  gsize i;

  if (bm_session_is_hidden (self) || self->reopens != NULL ||
      bm_session_get_written (self) != NULL || /* it was asked, and stands in the matter */
      bm_session_has_memo (self->service, self->fields))
    return NULL;
  json_array_foreach (json_object_get (self->service, "asks"), i, ask)
  {
    if (bm_conditions_hold (json_object_get (ask, "when"), self->fields))
      return bm_text_pick (json_object_get (ask, "say"));
  }
  return NULL;
}

/* What a slip noted in Chinese, in the language of the page when the file still says it so. */
const char *
bm_session_say_slip_ask (json_t *service, json_t *slip)
{
  const char *noted = bm_text_get (slip, "ask");
  json_t *ask;
  gsize i;

  json_array_foreach (json_object_get (service, "asks"), i, ask)
  {
    json_t *say = json_object_get (ask, "say");

    if (strcmp (bm_text_get (say, BM_LANGUAGE_CHINESE), noted) == 0)
      return bm_text_pick (say);
  }
  return noted;
}

/**
 * bm_session_leave_ask:
 * @self: a session whose matter was just committed
 *
 * Leaves the desk a task when something is not clear.
 */
void
bm_session_leave_ask (BmSession *self)
{
  const char *ask = bm_session_get_ask (self);
  g_autofree char *name = NULL;
  g_autofree char *group = NULL;

  if (ask == NULL)
    return;
  name = bm_session_dup_masked_name (self);
  group = bm_session_dup_group (self);
  bm_session_add_effect (self, BM_EFFECT_CONTACT)->json =
    json_pack ("{s:s, s:O, s:s, s:s, s:s, s:s, s:s, s:O, s:I}", "kind", "ask", "number",
               json_object_get (self->committed, "number"), "text", ask, "seat", self->setup->seat,
               "session", self->id, "name", name, "group", group, "service",
               json_object_get (self->service, "id"), "at_ms",
               (json_int_t) bm_clock_get_wall_ms (self->setup->clock));
}

/* Not solved */

static gboolean
is_reopened (BmSession *self, json_t *case_object)
{
  json_t *number = json_object_get (case_object, "number");
  json_t *item;
  gsize i;

  json_array_foreach (self->cases, i, item)
  {
    if (json_equal (json_object_get (json_object_get (item, "slip"), "replaces"), number))
      return TRUE;
  }
  return json_equal (json_object_get (json_object_get (self->answer, "slip"), "replaces"), number);
}

/**
 * bm_session_add_settling:
 * @self: a session
 * @page: the page that tells an answer
 * @case_object: the answered case
 *
 * Offers 解决了 and 没解决 where the file says so; once, as long as no newer case took its place.
 */
void
bm_session_add_settling (BmSession *self, json_t *page, json_t *case_object)
{
  json_t *words = bm_session_find_result (self, case_object);

  if (!json_is_true (json_object_get (words, "reopen")))
    return;
  if (is_reopened (self, case_object))
    {
      bm_page_add_line (page, "state-noted",
                        C_ ("page", "You said that it is not solved,\nit was handed in again."),
                        FALSE);
      return;
    }
  bm_page_add_choice (page, "solved", "yes", C_ ("choice", "It is solved"), NULL);
  bm_page_add_choice (page, "unsolved", "no", C_ ("choice", "It is not solved"), NULL);
}

/* Only what was kept with the old slip; the centre has the rest. */
static json_t *
take_over_fields (json_t *service, json_t *case_object)
{
  json_t *kept = json_object_get (json_object_get (case_object, "slip"), "fields");
  json_t *fields = json_object ();
  json_t *field;
  gsize i;

  json_array_foreach (json_object_get (service, "fields"), i, field)
  {
    const char *id = json_string_value (json_object_get (field, "id"));
    json_t *value = json_object_get (kept, id);

    if (json_is_string (value) && json_object_get (field, "question") != NULL)
      json_object_set_new (fields, id, json_copy (value));
  }
  return fields;
}

/* What the person came for is put aside, with what was answered to it. */
static void
put_aside (BmSession *self)
{
  json_t *service = self->service;
  json_t *fields = json_incref (self->fields);
  const char *danger = self->danger;

  bm_session_forget_matter (self);
  self->resumes = service;
  self->resumed_fields = fields;
  self->resumed_danger = danger;
}

void
bm_session_begin_reopening (BmSession *self, json_t *case_object)
{
  const char *id = json_string_value (json_object_get (case_object, "service"));
  json_t *service = id != NULL ? bm_catalogue_find (self->setup->catalogue, id) : NULL;
  json_t *old = json_incref (case_object);

  g_return_if_fail (service != NULL && bm_catalogue_has_step (service, "commit"));

  bm_session_tell (self, old);
  if (bm_session_get_current (self) == BM_PAGE_TOLD)
    put_aside (self);
  else
    bm_session_forget_matter (self);
  self->service = service;
  self->step = (guint) bm_catalogue_find_step (service, "commit");
  self->reopens = old;
  self->may_repeat = TRUE;
  self->fields = take_over_fields (service, old);
  bm_session_audit (self, "not-solved", NULL);
  bm_session_begin_commit (self);
}

/**
 * bm_session_resume:
 * @self: a session whose reopened matter is done
 *
 * Goes back to what the person came for, when the answer was told on the way to it.
 *
 * Returns: whether there was such a thing
 */
gboolean
bm_session_resume (BmSession *self)
{
  json_t *service = self->resumes;
  json_t *fields = json_incref (self->resumed_fields);
  const char *danger = self->resumed_danger;

  if (service == NULL)
    return FALSE;
  bm_session_forget_matter (self);
  self->service = service;
  self->fields = fields;
  self->danger = danger;
  self->step = (guint) MAX (bm_catalogue_find_step (service, "confirm"), 0);
  bm_session_after_told (self);
  return TRUE;
}

gboolean
bm_session_choose_settling (BmSession *self, const char *choice)
{
  if (strcmp (choice, "unsolved") == 0)
    {
      bm_session_begin_reopening (self, self->told);
      return TRUE;
    }
  if (strcmp (choice, "solved") != 0)
    return FALSE;
  bm_session_tell (self, self->told);
  bm_session_audit (self, "solved", NULL);
  if (bm_session_get_current (self) == BM_PAGE_TOLD)
    bm_session_after_told (self);
  else
    bm_session_go (self, BM_PAGE_GOODBYE);
  return TRUE;
}
