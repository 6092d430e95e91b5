/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/session/session-private.h"

#include <string.h>

/* What a face may do to a page: only what the page offers counts. */

/* For arms that do not reach up, from a wheelchair: offered where every session begins. */
static gboolean
make_lower (BmSession *self)
{
  if (!json_is_true (json_object_get (json_object_get (self->page, "frame"), "lower")))
    return FALSE;
  self->is_low = !self->is_low;
  self->is_low_news = TRUE;
  return TRUE;
}

static gboolean
take_choice (BmSession *self, const BmPageSpec *spec, json_t *intent)
{
  const char *choice = json_string_value (json_object_get (intent, "choice"));
  const char *cases =
    json_string_value (json_object_get (json_object_get (self->page, "frame"), "cases"));

  if (choice == NULL || spec->choose == NULL)
    return FALSE;
  if (!bm_page_has_choice (self->page, choice) && (cases == NULL || strcmp (choice, "cases") != 0))
    return FALSE;
  return spec->choose (self, choice);
}

static gboolean
take_digits (BmSession *self, const BmPageSpec *spec, json_t *intent)
{
  const char *value = json_string_value (json_object_get (intent, "value"));
  json_t *input = json_object_get (self->page, "input");
  gsize length = value != NULL ? strlen (value) : 0;

  if (!json_is_object (input) || spec->digits == NULL ||
      length < (gsize) json_integer_value (json_object_get (input, "min")) ||
      length > (gsize) json_integer_value (json_object_get (input, "max")))
    return FALSE;
  return spec->digits (self, value);
}

static gboolean
take_strokes (BmSession *self, const BmPageSpec *spec, json_t *intent)
{
  const char *strokes = json_string_value (json_object_get (intent, "strokes"));

  return strokes != NULL && spec->sign != NULL && spec->sign (self, strokes);
}

static gboolean
take_move (BmSession *self, const BmPageSpec *spec, const char *what)
{
  json_t *frame = json_object_get (self->page, "frame");

  if (strcmp (what, "back") == 0 && spec->back != NULL)
    spec->back (self);
  else if (strcmp (what, "next") == 0 && spec->next != NULL &&
           json_is_string (json_object_get (frame, "next")))
    spec->next (self);
  else if (strcmp (what, "end") == 0 && json_is_true (json_object_get (frame, "end")))
    bm_session_close (self, "ended");
  else
    return FALSE;
  return TRUE;
}

static gboolean
take_frame (BmSession *self, const char *what)
{
  if (strcmp (what, "bigger") == 0)
    bm_session_make_bigger (self);
  else if (strcmp (what, "read") == 0)
    {
      self->is_spoken = TRUE;
      /* Only what stands there now was asked for, never a private answer that comes later. */
      self->is_heard = self->is_heard || json_is_true (json_object_get (self->page, "is_private"));
    }
  else if (strcmp (what, "lower") == 0)
    return make_lower (self);
  else if (strcmp (what, "voice") == 0)
    return bm_session_open_voice (self);
  else if (strcmp (what, "language") == 0 &&
           json_is_string (json_object_get (json_object_get (self->page, "frame"), "language")))
    bm_session_press_language (self);
  else if (strcmp (what, "help") == 0)
    bm_session_call_help (self);
  else if (strcmp (what, "activity") == 0 && self->page_id == BM_PAGE_WARN)
    bm_session_uncover (self);
  else
    return strcmp (what, "activity") == 0;
  return TRUE;
}

static gboolean
is_followed (BmEffectType type)
{
  return type == BM_EFFECT_IDENTIFY || type == BM_EFFECT_COMMIT || type == BM_EFFECT_PRINT ||
         type == BM_EFFECT_CHECK_STAFF || type == BM_EFFECT_TRACK || type == BM_EFFECT_WITHDRAW;
}

/* How much was set going that an event follows, and a page with it. */
static guint
count_under_way (BmSession *self)
{
  guint n = 0;

  for (GList *at = self->effects.head; at != NULL; at = at->next)
    n += is_followed (((BmEffect *) at->data)->type) ? 1 : 0;
  return n;
}

/* Nobody waits for what these bring. */
static gboolean
is_answered (const char *what)
{
  return strcmp (what, "activity") != 0 && strcmp (what, "read") != 0;
}

/*
 * The face takes nothing else until it is answered. So an intent that the page does not offer, and one that changes nothing
 * (叫人帮忙 when somebody is called already), is answered with the same page.
 */
void
bm_session_take_intent (BmSession *self, json_t *intent)
{
  const char *what = json_string_value (json_object_get (intent, "do"));
  const BmPageSpec *spec = bm_session_get_spec (self->page_id);
  const guint before = count_under_way (self);
  gboolean is_taken = FALSE;

  self->active_boot_ms = self->touch_boot_ms = bm_session_now (self);
  if (what == NULL)
    ;
  else if (strcmp (what, "choose") == 0)
    is_taken = take_choice (self, spec, intent);
  else if (strcmp (what, "digits") == 0)
    is_taken = take_digits (self, spec, intent);
  else if (strcmp (what, "sign") == 0)
    is_taken = take_strokes (self, spec, intent);
  else if (strcmp (what, "scan") == 0)
    is_taken = bm_session_scan (self, json_string_value (json_object_get (intent, "value")));
  else
    is_taken = take_move (self, spec, what) || take_frame (self, what);
  if (!is_taken || (count_under_way (self) == before && is_answered (what)))
    self->must_emit = TRUE;
}
