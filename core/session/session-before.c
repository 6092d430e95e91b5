/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/language/language.h"
#include "core/session/session-private.h"
#include "core/session/words.h"

#include <string.h>

/*
 * 认证前: what the record says of the due date, before the matter is begun. The record may be old, so it
 * never says that nothing has to be done; whoever wants to do it now can. Without a record, or when the
 * centre has said something newer to this person, the page is passed over.
 */

static const char *
get_status (BmSession *self)
{
  const char *status = json_string_value (json_object_get (bm_session_find_part (self), "status"));

  return status != NULL ? status : "";
}

/* Which of the file's texts, or NULL. */
static json_t *
find_outcome (BmSession *self)
{
  json_t *before = json_object_get (self->service, "before");
  gint32 due = bm_session_get_record_due (self);
  gint32 left = due - bm_session_get_today (self);

  if (before == NULL || bm_session_find_part (self) == NULL ||
      bm_session_needs_check (self, FALSE) || bm_session_get_due (self) != due)
    return NULL;
  if (strcmp (get_status (self), "paused") == 0)
    return json_object_get (before, "stopped");
  if (due == BM_NO_DAY || strcmp (get_status (self), "paying") != 0)
    return NULL;
  if (left < 0)
    return json_object_get (before, "overdue");
  return json_object_get (before, left <= json_integer_value (json_object_get (before, "soon_days"))
                                    ? "soon"
                                    : "later");
}

gboolean
bm_session_begin_before (BmSession *self)
{
  if (find_outcome (self) == NULL)
    return FALSE;
  bm_session_go (self, BM_PAGE_BEFORE);
  return TRUE;
}

static void
build_before (BmSession *self, json_t *page)
{
  json_t *outcome = find_outcome (self);
  g_autofree char *say = bm_session_fill (self, json_object_get (outcome, "say"), NULL);

  bm_page_set_picture (page, "calendar");
  bm_page_set_question (page, say, FALSE);
  bm_session_add_lines (self, page, json_object_get (outcome, "lines"), NULL);
  bm_page_add_choice (page, "now", json_string_value (json_object_get (self->service, "icon")),
                      C_ ("choice", "Do it now"), "primary");
  bm_page_add_choice (page, "later", "next", C_ ("choice", "Next time"), NULL);
}

static gboolean
choose_before (BmSession *self, const char *choice)
{
  if (strcmp (choice, "now") == 0)
    bm_session_next_step (self);
  else
    {
      bm_session_audit (self, "not-now", NULL);
      bm_session_go (self, BM_PAGE_GOODBYE);
    }
  return TRUE;
}

static void
back_from_before (BmSession *self)
{
  bm_session_go (self, BM_PAGE_CONFIRM);
}

const BmPageSpec bm_spec_before = { .id = "before",
                                    .template_name = "choice",
                                    .build = build_before,
                                    .choose = choose_before,
                                    .back = back_from_before,
                                    .can_end = TRUE,
                                    .is_personal = TRUE };
