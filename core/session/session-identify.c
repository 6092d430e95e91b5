/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/catalogue/catalogue.h"
#include "core/catalogue/text.h"
#include "core/error.h"
#include "core/language/language.h"
#include "core/session/session-behalf.h"
#include "core/session/words.h"

#include <string.h>

/* Who is it: the card, the question whether it is theirs, and the cases that come with the person. The evidence comes
   from the station's reader, never from the face (design §3 step 2). */

void
bm_session_lease (BmSession *self, gboolean wanted)
{
  bm_session_add_effect (self, BM_EFFECT_LEASE_READER)->flag = wanted;
}

void
bm_session_leave_to_home (BmSession *self)
{
  json_t *left = self->service;

  if (self->is_another && self->card != NULL && !bm_session_is_behalf (self))
    {
      bm_session_begin_another (self); /* the card stays read; who stands here is asked again */
      bm_session_go_to_choices (self, left);
      return;
    }
  bm_session_forget_matter (self);
  bm_session_forget_visit (self);
  bm_session_forget_person (self);
  bm_session_lease (self, FALSE);
  self->service = NULL;
  bm_session_go_to_choices (self, left);
}

/* Back from the question who it is: to what was asked before it, or to the first page. */
void
bm_session_leave_identity (BmSession *self)
{
  gint at = bm_catalogue_find_step (self->service, "identify");

  if (at <= 0)
    {
      bm_session_leave_to_home (self);
      return;
    }
  bm_session_forget_person (self);
  bm_session_lease (self, FALSE);
  self->step = (guint) at;
  bm_session_previous_step (self);
}

static gboolean
is_same_person (BmSession *self, BmCard *card)
{
  return g_strcmp0 (self->card->id_number, card->id_number) == 0;
}

static void
take_card (BmSession *self, BmCard *card)
{
  bm_session_forget_person (self);
  self->card = bm_card_ref (card);
  self->card_wall_ms = bm_clock_get_wall_ms (self->setup->clock);
}

/* A card that this matter does not take is not looked at any further. */
static void
refuse_card (BmSession *self, BmPageId current)
{
  if (current > BM_PAGE_CARD && current <= BM_PAGE_ONCE_SLIP)
    bm_session_go (self, BM_PAGE_CARD);
  self->card_error = BM_ERROR_REFUSED;
  bm_session_audit (self, "card-refused", "social-card");
}

void
bm_session_card_read (BmSession *self, BmCard *card)
{
  BmPageId current = bm_session_get_current (self);

  g_return_if_fail (card != NULL);

  self->is_card_present = TRUE;
  self->is_lying[card->kind == BM_CARD_SOCIAL ? BM_READER_SLOT_SOCIAL : BM_READER_SLOT_ID] = TRUE;
  if (self->page_id != current)
    bm_session_uncover (self);
  if (current == BM_PAGE_BEHALF)
    {
      bm_session_take_agent (self, card);
      return;
    }
  if (bm_session_is_agent (self, card))
    return;
  if (self->card != NULL)
    {
      self->is_stranger = !is_same_person (self, card);
      if (self->is_stranger)
        bm_session_cover_amounts (self);
      return;
    }
  if (self->service != NULL && !bm_session_takes_card (self->service, card))
    refuse_card (self, current);
  else if (bm_session_is_tracking (self))
    {
      take_card (self, card);
      bm_session_begin_service (self, self->service); /* by card from here on */
    }
  else if (current >= BM_PAGE_CARD && current <= BM_PAGE_ONCE_SLIP) /* found in the other pocket */
    {
      take_card (self, card);
      bm_session_next_step (self);
    }
  else if (current == BM_PAGE_IDLE || (current >= BM_PAGE_HOME && current <= BM_PAGE_ARTICLE_SLIP))
    {
      take_card (self, card);
      bm_session_lease (self, TRUE);
      bm_session_go (self, current == BM_PAGE_IDLE ? BM_PAGE_HOME : current);
    }
}

static const char *
name_failure (gint code)
{
  switch (code)
    {
    case BM_ERROR_UNSUPPORTED:
      return "layout";
    case BM_ERROR_NOT_FOUND:
      return "other-card";
    case BM_ERROR_UNREACHABLE:
      return "reader";
    default:
      return "read";
    }
}

void
bm_session_card_failed (BmSession *self, gint code, gboolean is_social)
{
  if (bm_session_get_current (self) != BM_PAGE_CARD || self->card != NULL)
    return;
  self->card_failures++;
  self->card_error = MAX (code, 0);
  self->is_social_error = is_social;
  bm_session_audit (self, "card-failed", name_failure (code));
}

/* @is_social: out of the slot. The other reader's card may lie there yet. */
void
bm_session_card_removed (BmSession *self, gboolean is_social)
{
  self->is_lying[is_social ? BM_READER_SLOT_SOCIAL : BM_READER_SLOT_ID] = FALSE;
  self->is_card_present =
    self->is_lying[BM_READER_SLOT_ID] || self->is_lying[BM_READER_SLOT_SOCIAL];
  self->is_stranger = FALSE;
  self->card_error = -1;
}

/* Is it you? */

gboolean
bm_session_is_expired (BmSession *self)
{
  gint32 end = self->card != NULL ? bm_day_from_string (self->card->valid_to) : BM_NO_DAY;

  return end != BM_NO_DAY && end < bm_session_get_today (self);
}

static void
build_confirm (BmSession *self, json_t *page)
{
  g_autofree char *question = g_strdup_printf (C_ ("page", "Are you %s?"), self->card->name);
  g_autofree char *broken = bm_words_break (question, 10);
  g_autofree char *group = bm_session_dup_group (self);
  g_autofree char *age = bm_words_age (bm_session_get_age (self));
  g_autofree char *about = *group != '\0' ? g_strdup_printf (C_ ("page", "%1$s, %2$s."), group, age)
                                          : g_strdup_printf (C_ ("page", "%s."), age);

  if (self->is_card_present)
    {
      bm_page_say_first (page, bm_session_say_read (self));
      bm_page_set_earcon (page, "card");
    }
  bm_page_set_picture (page, self->is_card_present ? "card-take" : "read-card");
  bm_page_set_question (page, broken, TRUE);
  bm_page_add_line (page, NULL, about, FALSE);
  if (self->is_card_present)
    bm_page_add_line (page, "card-take", bm_session_say_read (self), FALSE);
  if (bm_session_is_expired (self))
    bm_page_add_line (page, "warn", bm_session_say_expired (self), TRUE);
  bm_page_add_choice (page, "yes", "yes", C_ ("choice", "It is me"), NULL);
  bm_page_add_choice (page, "no", "no", C_ ("choice", "It is not"), NULL);
}

static gboolean
choose_confirm (BmSession *self, const char *choice)
{
  BmEffect *effect;

  if (strcmp (choice, "no") == 0)
    {
      bm_session_audit (self, "card-not-theirs", NULL);
      if (self->is_another) /* the next one in the queue: a visit of their own */
        {
          bm_session_close (self, "other-person");
          return TRUE;
        }
      bm_session_forget_person (self);
      self->step = (guint) MAX (bm_catalogue_find_step (self->service, "identify"), 0);
      if (self->step == 0)
        bm_session_forget_matter (self);
      bm_session_go (self, BM_PAGE_CARD);
      return TRUE;
    }
  self->is_confirmed = TRUE;
  if (bm_session_is_child (self))
    {
      bm_session_audit (self, "child", NULL);
      bm_session_go (self, BM_PAGE_CHILD);
      return TRUE;
    }
  if (self->has_tag)
    {
      bm_session_after_identity (self);
      return TRUE;
    }
  effect = bm_session_add_effect (self, BM_EFFECT_IDENTIFY);
  effect->text = g_strdup (self->card->id_number);
  bm_session_go (self, BM_PAGE_LOOKING);
  return TRUE;
}

const BmPageSpec bm_spec_confirm = { .id = "confirm",
                                     .template_name = "confirm",
                                     .build = build_confirm,
                                     .choose = choose_confirm,
                                     .back = bm_session_leave_identity,
                                     .can_end = TRUE };

static void
build_looking (BmSession *self, json_t *page)
{
  bm_page_set_picture (page, "hourglass");
  bm_page_set_question (page, C_ ("page", "One moment, please."), FALSE);
}

const BmPageSpec bm_spec_looking = { .id = "looking",
                                     .template_name = "wait",
                                     .build = build_looking,
                                     .can_end = TRUE };

void
bm_session_identified (BmSession *self, const guint8 *tag, json_t *cases)
{
  if (bm_session_get_current (self) != BM_PAGE_LOOKING || tag == NULL)
    return;
  memcpy (self->tag, tag, sizeof self->tag);
  self->has_tag = TRUE;
  bm_json_wipe (self->cases);
  self->cases = json_is_array (cases) ? json_deep_copy (cases) : json_array ();
  if (bm_session_is_behalf (self))
    {
      bm_session_begin_letter (self);
      return;
    }
  bm_session_note_use (self, "identified", "look");
  bm_session_after_identity (self);
}

/* What is said before anything new is begun: answers first, then 已经报过. */

/* Of a matter that the card could have been begun with: the rest waits for the ID card. */
static gboolean
may_be_told (BmSession *self, json_t *item)
{
  const char *id = json_string_value (json_object_get (item, "service"));

  return !json_is_true (json_object_get (item, "is_told")) && bm_session_is_result (item) &&
         bm_session_takes_card (id != NULL ? bm_catalogue_find (self->setup->catalogue, id) : NULL,
                                self->card);
}

static json_t *
find_untold (BmSession *self)
{
  json_t *item;
  gsize i;

  if (bm_session_is_behalf (self))
    return NULL; /* it is for their own ears */
  json_array_foreach (self->cases, i, item) if (may_be_told (self, item)) return item;
  return NULL;
}

static gboolean
is_open (json_t *item)
{
  const char *state = json_string_value (json_object_get (item, "state"));

  return g_strcmp0 (state, "done") != 0 && g_strcmp0 (state, "not_done") != 0 &&
         g_strcmp0 (state, "withdrawn") != 0;
}

/* The same service, and the same in every field that its file compares by. */
static gboolean
is_same_matter (BmSession *self, json_t *item)
{
  json_t *kept = json_object_get (json_object_get (item, "slip"), "fields");
  json_t *id;
  gsize i;

  if (!json_equal (json_object_get (item, "service"), json_object_get (self->service, "id")))
    return FALSE;
  json_array_foreach (json_object_get (self->service, "duplicate_by"), i, id)
  {
    const char *name = json_string_value (id);
    json_t *value = json_object_get (self->fields, name);

    if (value == NULL || !json_equal (value, json_object_get (kept, name)))
      return FALSE;
  }
  return TRUE;
}

static json_t *
find_open (BmSession *self)
{
  json_t *item;
  gsize i;

  json_array_foreach (self->cases, i, item)
  {
    if (is_open (item) && is_same_matter (self, item))
      return item;
  }
  return NULL;
}

/* 已经报过: offered as soon as the matter is known, at the latest before it is queued. Whoever reads it waits for the answer:
 * the centre may have it by now, and the station would only ask in an hour. */
gboolean
bm_session_stop_duplicate (BmSession *self)
{
  json_t *open = find_open (self);

  if (self->may_repeat || !bm_catalogue_has_step (self->service, "commit") || open == NULL)
    return FALSE;
  bm_session_add_effect (self, BM_EFFECT_EXPECT_ANSWER)->text =
    g_strdup (json_string_value (json_object_get (open, "number")));
  bm_session_go (self, BM_PAGE_DUPLICATE);
  return TRUE;
}

/* From where the matter stood when something was told, or asked, in between. */
static void
go_on (BmSession *self)
{
  if (bm_session_is_at (self, "commit"))
    bm_session_enter_step (self);
  else if (!bm_session_is_at (self, "confirm") ||
           (!bm_session_begin_stop (self) && !bm_session_begin_before (self)))
    bm_session_next_step (self);
}

static void
begin_telling (BmSession *self, json_t *untold)
{
  bm_json_wipe (self->told);
  self->told = json_incref (untold);
  self->is_heard = FALSE;
  bm_session_go (self, bm_session_find_privacy (self, untold) ? BM_PAGE_LETTER : BM_PAGE_TOLD);
}

void
bm_session_after_identity (BmSession *self)
{
  json_t *untold = find_untold (self);

  g_assert (self->has_tag && self->is_confirmed);

  if (bm_session_tell_behalf (self) || bm_session_stop_visit (self))
    return;
  if (untold != NULL)
    begin_telling (self, untold);
  else if (bm_catalogue_has_step (self->service, "query") || !bm_session_stop_duplicate (self))
    go_on (self);
}

void
bm_session_after_told (BmSession *self)
{
  json_t *result = self->told != NULL ? bm_session_find_result (self, self->told) : NULL;
  gboolean is_final = result == NULL || !json_is_true (json_object_get (result, "again"));

  /* Something was answered already, which is no consent to hand it in after this news. */
  gboolean is_begun = json_object_size (self->fields) > 0 && !bm_session_is_at (self, "commit");

  if (find_untold (self) == NULL && is_final && !is_begun &&
      bm_catalogue_has_step (self->service, "commit"))
    bm_session_go (self, BM_PAGE_MORE);
  else
    bm_session_after_identity (self);
}

static void
build_more (BmSession *self, json_t *page)
{
  const char *label = bm_text_pick (json_object_get (self->service, "label"));
  g_autofree char *go_on = g_strdup_printf (C_ ("choice", "Go on with: %s"), label);

  bm_page_set_question (page, C_ ("page", "Anything else today?"), FALSE);
  bm_page_add_choice (page, "enough", "yes", C_ ("choice", "Nothing else"), "primary");
  bm_page_add_choice (page, "go-on", json_string_value (json_object_get (self->service, "icon")),
                      go_on, NULL);
}

static gboolean
choose_more (BmSession *self, const char *choice)
{
  if (strcmp (choice, "enough") == 0)
    bm_session_go (self, BM_PAGE_GOODBYE);
  else
    bm_session_after_identity (self);
  return TRUE;
}

const BmPageSpec bm_spec_more = { .id = "more",
                                  .template_name = "choice",
                                  .build = build_more,
                                  .choose = choose_more,
                                  .can_end = TRUE,
                                  .is_personal = TRUE };

/* The centre may answer while it is read that it has not: that is told then, and nothing waits any more. */
void
bm_session_follow_duplicate (BmSession *self)
{
  json_t *untold = find_untold (self);

  g_assert (bm_session_get_current (self) == BM_PAGE_DUPLICATE);

  if (untold != NULL)
    begin_telling (self, untold);
  else if (find_open (self) == NULL) /* and was told elsewhere */
    bm_session_go (self, BM_PAGE_MORE);
}

static void
build_duplicate (BmSession *self, json_t *page)
{
  json_t *open = find_open (self);
  gint64 wall_ms = json_integer_value (json_object_get (open, "wall_ms"));
  g_autofree char *day = bm_words_day (bm_day_from_wall_ms (wall_ms));
  g_autofree char *question =
    g_strdup_printf (C_ ("page", "You reported this on %s already,\nit is still waiting."), day);

  g_assert (open != NULL); /* else it says a day that never was */

  bm_page_set_picture (page, "hourglass");
  bm_page_set_question (page, question, FALSE);
  bm_page_add_fact (page, C_ ("fact", "Where it stands"),
                    bm_words_case_state (json_string_value (json_object_get (open, "state"))));
  bm_page_add_choice (page, "wait", "hourglass", C_ ("choice", "Keep waiting"), "primary");
  bm_page_add_choice (page, "again", "slip", C_ ("choice", "Report it again"), NULL);
}

static gboolean
choose_duplicate (BmSession *self, const char *choice)
{
  if (strcmp (choice, "wait") == 0)
    {
      bm_session_go (self, BM_PAGE_GOODBYE);
      return TRUE;
    }
  self->may_repeat = TRUE;
  bm_session_audit (self, "repeat-wanted", NULL);
  go_on (self);
  return TRUE;
}

const BmPageSpec bm_spec_duplicate = { .id = "already-reported",
                                       .template_name = "choice",
                                       .build = build_duplicate,
                                       .choose = choose_duplicate,
                                       .can_end = TRUE,
                                       .is_personal = TRUE };
