/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/catalogue/text.h"
#include "core/session/session-private.h"

/*
 * What the centre says while the person is here: of the matter that was handed in just now, or of one that came with them.
 * What is shown follows it at once, so that no page says of a matter what is no longer so.
 */

static gboolean
is_same_case (json_t *one, json_t *other)
{
  json_t *number = json_object_get (one, "number");

  return number != NULL && json_equal (number, json_object_get (other, "number"));
}

static gboolean
has_moved (json_t *from, json_t *to)
{
  return !json_equal (json_object_get (from, "result"), json_object_get (to, "result"));
}

/* A step on the way, with nothing new to tell. */
static gboolean
has_stepped (json_t *from, json_t *to)
{
  return !json_equal (json_object_get (from, "state"), json_object_get (to, "state"));
}

/* The station knows the QR only when it commits. */
static json_t *
copy_case (json_t *from, json_t *known)
{
  json_t *copy = json_deep_copy (from);
  json_t *qr = json_object_get (known, "qr");

  if (json_object_get (copy, "qr") == NULL && qr != NULL)
    json_object_set (copy, "qr", qr);
  return copy;
}

static void
update_cases (BmSession *self, json_t *case_object)
{
  BmPageId current = bm_session_get_current (self);
  json_t *item;
  gsize i;

  json_array_foreach (self->cases, i, item)
  {
    json_t *copy;

    if (!is_same_case (item, case_object) ||
        (!has_moved (item, case_object) && !has_stepped (item, case_object)))
      continue;
    copy = copy_case (case_object, item);
    if (!has_moved (item, case_object)) /* the ledger may not have it yet that this was told */
      json_object_set (copy, "is_told", json_object_get (item, "is_told"));
    if (self->told == item && current != BM_PAGE_PRINT)
      {
        json_decref (self->told); /* the list still holds it */
        self->told = json_incref (copy);
      }
    json_array_set_new (self->cases, i, copy);
    return;
  }
}

void
bm_session_case_changed (BmSession *self, json_t *case_object)
{
  BmPageId current = bm_session_get_current (self);

  update_cases (self, case_object);
  if (current == BM_PAGE_DUPLICATE)
    bm_session_follow_duplicate (self);
  if (self->committed == NULL || !is_same_case (self->answer, case_object))
    return;
  {
    json_t *answer = copy_case (case_object, self->answer);

    if (has_moved (self->answer, answer))
      json_object_set_new (answer, "is_told", json_false ());
    else
      json_object_set (answer, "is_told", json_object_get (self->answer, "is_told"));
    bm_json_wipe (self->answer);
    self->answer = answer;
  }
  if (bm_session_is_result (self->answer) &&
      (current == BM_PAGE_SENDING || current == BM_PAGE_DONE))
    {
      self->is_heard = FALSE; /* what was asked for before was not this */
      bm_session_go (self, BM_PAGE_RESULT);
    }
  else if (current == BM_PAGE_SENDING && bm_session_is_answered_later (self) &&
           bm_session_get_reached (self->answer) >= 2)
    bm_session_go (self, BM_PAGE_DONE);
}
