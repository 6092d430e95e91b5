/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/catalogue/text.h"
#include "core/entry/attachment.h"
#include "core/language/language.h"
#include "core/ports/memo.h"
#include "core/session/session-private.h"
#include "core/session/words.h"

#include <string.h>

/*
 * What no button says is said: one press begins, one ends, it is heard again or said anew, and kept. The station records
 * and plays it (effect MEMO); a face is shown only how loud it is and how long it may go on.
 *
 *   MEMO -> TALK -> SAID -> kept        SAID -> [ NEAR -> ] PLAY -> SAID
 *
 * Nobody needs a microphone: the staff write it down instead, before and after, and within three seconds one that says
 * nothing is none. While somebody speaks there is one thing to press, so that it stands beside the bars in any size.
 *
 * Invariants:
 *  - while a microphone listens or somebody's own words are played the voice is silent (is_silent), so that it is
 *    neither recorded nor heard on top;
 *  - what somebody said is played to a headphone, or after the question whether anybody is near (domain §2.21a rule 4);
 *  - there is no voice in a matter without a name, and none in one that the desk must not see (rule 5);
 *  - it leaves the session by the draft and by nothing else, and goes with the matter.
 */

static const char *const problems[] = {
  [BM_MEMO_NO_MICROPHONE] =
    NC_ ("page", "The microphone does not answer.\nTry once more, or ask the staff."),
  [BM_MEMO_GONE] = NC_ ("page", "The microphone went off.\nPlease say it once more."),
  [BM_MEMO_SILENT] = NC_ ("page", "Nothing was heard.\nCome nearer and say it again."),
  [BM_MEMO_BROKEN] = NC_ ("page", "It was not recorded well.\nPlease say it once more."),
};

static BmEffect *
ask_device (BmSession *self, const char *what)
{
  BmEffect *effect = bm_session_add_effect (self, BM_EFFECT_MEMO);

  effect->number = self->memo_number;
  effect->text = g_strdup (what);
  return effect;
}

static void
begin_device (BmSession *self, const char *what)
{
  self->memo_number++;
  self->memo_boot_ms = bm_session_now (self);
  self->memo_level = 0;
  self->memo_left = BM_MEMO_MAX_SECONDS;
  self->is_memo_live = FALSE;
  self->problem = NULL;
  ask_device (self, what);
}

/* Whatever is recorded or played, nobody waits for it any more. */
static void
drop_device (BmSession *self)
{
  if (self->memo_boot_ms != 0)
    ask_device (self, "drop");
  self->memo_boot_ms = 0;
}

/**
 * bm_session_forget_memo:
 * @self: a session
 *
 * The device's own bytes are wiped with their last owner, which is the draft.
 */
void
bm_session_forget_memo (BmSession *self)
{
  drop_device (self);
  g_clear_pointer (&self->memo, g_bytes_unref);
}

/**
 * bm_session_may_speak:
 * @self: a session
 * @field: a field of type memo
 *
 * Returns: whether somebody may be asked to speak here and now
 */
gboolean
bm_session_may_speak (BmSession *self, json_t *field)
{
  if (bm_session_is_anonymous (self) || bm_session_is_hidden (self))
    return FALSE;
  return self->setup->has_microphone || !json_is_true (json_object_get (field, "optional"));
}

/**
 * bm_session_has_memo:
 * @service: (nullable): a service's file
 * @fields: (nullable): what was answered, or what a slip has kept of it
 *
 * Returns: whether something was said in this matter
 */
gboolean
bm_session_has_memo (json_t *service, json_t *fields)
{
  json_t *field;
  gsize i;

  json_array_foreach (json_object_get (service, "fields"), i, field)
  {
    const char *value = json_string_value (json_object_get (fields, bm_text_get (field, "id")));

    if (strcmp (bm_text_get (field, "type"), "memo") == 0 && g_strcmp0 (value, BM_MEMO_SAID) == 0)
      return TRUE;
  }
  return FALSE;
}

/**
 * bm_session_add_memo:
 * @self: a session
 * @attachments: (transfer full) (nullable) (element-type BmAttachment): those that are there already
 *
 * Returns: (transfer full) (nullable) (element-type BmAttachment): attachments of the draft
 */
GPtrArray *
bm_session_add_memo (BmSession *self, GPtrArray *attachments)
{
  if (self->memo == NULL || !bm_session_has_memo (self->service, self->fields))
    return attachments;
  if (attachments == NULL)
    attachments = g_ptr_array_new_with_free_func ((GDestroyNotify) (GCallback) bm_attachment_free);
  g_ptr_array_add (attachments, bm_attachment_new (BM_MEMO_MIME, self->memo));
  return attachments;
}

/* Before it */

static void
add_staff (json_t *page, const char *kind)
{
  bm_page_add_choice (page, "staff", "people", C_ ("choice", "Ask the staff to write it"), kind);
}

static void
build_memo (BmSession *self, json_t *page)
{
  json_t *field = bm_session_get_field (self);
  gboolean is_gone = self->problem == problems[BM_MEMO_NO_MICROPHONE];

  bm_session_add_question (page, field);
  bm_page_set_picture (page, "mic");
  if (self->problem != NULL)
    bm_page_add_line (page, "warn", bm_language_translate ("page", self->problem), TRUE);
  else
    bm_page_add_line (page, NULL, C_ ("page", "Press once, then speak.\nPress again when done."),
                      FALSE);
  bm_page_add_choice (page, "talk", "mic", C_ ("choice", "Start speaking"),
                      is_gone ? NULL : "primary");
  add_staff (page, is_gone ? "primary" : NULL);
  if (json_is_true (json_object_get (field, "optional")))
    bm_page_add_choice (page, "skip", "next", C_ ("choice", "Say nothing"), NULL);
}

static gboolean
choose_memo (BmSession *self, const char *choice)
{
  drop_device (self);
  if (strcmp (choice, "talk") == 0)
    {
      begin_device (self, "take");
      bm_session_go (self, BM_PAGE_MEMO_TALK);
      return TRUE;
    }
  bm_session_forget_memo (self);
  if (strcmp (choice, "staff") != 0)
    return bm_session_choose_field (self, choice);
  bm_session_call_help (self);
  bm_session_store_answer (self, BM_MEMO_STAFF);
  return TRUE;
}

const BmPageSpec bm_spec_memo = { .id = "memo",
                                  .template_name = "memo",
                                  .build = build_memo,
                                  .choose = choose_memo,
                                  .back = bm_session_back_from_field,
                                  .can_end = TRUE,
                                  .is_personal = TRUE };

/* While somebody speaks, and while it is played */

static void
set_meter (BmSession *self, json_t *page)
{
  json_object_set_new (page, "is_private", json_true ()); /* not even a focus is named */
  json_object_set_new (page, "level", json_integer (self->memo_level));
  json_object_set_new (page, "countdown", json_integer (self->memo_left));
}

static void
build_talk (BmSession *self, json_t *page)
{
  /* Whoever speaks before the device listens has spoken for nothing. */
  bm_page_set_question (page,
                        self->is_memo_live ? C_ ("page", "Recording: speak now.")
                                           : C_ ("page", "One moment, please."),
                        FALSE);
  set_meter (self, page);
  bm_page_add_choice (page, "stop", "stop", C_ ("choice", "I have said it"), "primary");
}

/* What was said before is still there for who goes back. */
static void
leave_talk (BmSession *self)
{
  drop_device (self);
  bm_session_go (self, self->memo != NULL ? BM_PAGE_MEMO_SAID : BM_PAGE_MEMO);
}

static gboolean
choose_talk (BmSession *self, const char *choice)
{
  (void) choice; /* there is only one */
  ask_device (self, "stop");
  return TRUE;
}

const BmPageSpec bm_spec_memo_talk = { .id = "memo-talk",
                                       .template_name = "memo",
                                       .build = build_talk,
                                       .choose = choose_talk,
                                       .back = leave_talk,
                                       .can_end = TRUE,
                                       .is_personal = TRUE,
                                       .is_silent = TRUE };

/* Said */

static void
build_said (BmSession *self, json_t *page)
{
  g_autofree char *text = bm_words_recorded (self->memo_seconds);

  bm_page_set_question (page, C_ ("page", "Shall this be kept?"), FALSE);
  if (self->problem != NULL)
    bm_page_add_line (page, "warn", bm_language_translate ("page", self->problem), TRUE);
  else if (self->memo_seconds >= BM_MEMO_MAX_SECONDS)
    bm_page_add_line (page, "hourglass", C_ ("page", "One minute is full.\nSo far it is recorded."),
                      TRUE);
  else
    bm_page_add_line (page, "mic", text, FALSE);
  bm_page_add_choice (page, "keep", "yes", C_ ("choice", "Keep this"), "primary");
  bm_page_add_choice (page, "hear", "read", C_ ("choice", "Hear it"), NULL);
  bm_page_add_choice (page, "talk", "again", C_ ("choice", "Say it again"), NULL);
  add_staff (page, NULL);
}

static void
play (BmSession *self)
{
  begin_device (self, "play");
  ((BmEffect *) g_queue_peek_tail (&self->effects))->whole = g_bytes_ref (self->memo);
  bm_session_go (self, BM_PAGE_MEMO_PLAY);
}

static gboolean
choose_said (BmSession *self, const char *choice)
{
  self->problem = NULL;
  if (strcmp (choice, "keep") == 0)
    bm_session_store_answer (self, BM_MEMO_SAID);
  else if (strcmp (choice, "hear") != 0)
    return choose_memo (self, choice);
  else if (self->has_headphone)
    play (self);
  else
    bm_session_go (self, BM_PAGE_MEMO_NEAR);
  return TRUE;
}

const BmPageSpec bm_spec_memo_said = { .id = "memo-said",
                                       .template_name = "memo",
                                       .build = build_said,
                                       .choose = choose_said,
                                       .back = bm_session_back_from_field,
                                       .can_end = TRUE,
                                       .is_personal = TRUE };

static void
back_to_said (BmSession *self)
{
  drop_device (self);
  bm_session_go (self, BM_PAGE_MEMO_SAID);
}

/* Is anybody near? */

static void
build_near (BmSession *self, json_t *page)
{
  (void) self;
  bm_page_set_picture (page, "people");
  bm_page_set_question (page, C_ ("page", "Is anybody near?\nShall it be played?"), FALSE);
  bm_page_add_choice (page, "aloud", "read", C_ ("choice", "Play it"), NULL);
  bm_page_add_choice (page, "silent", "no", C_ ("choice", "Do not play it"), NULL);
}

static gboolean
choose_near (BmSession *self, const char *choice)
{
  if (strcmp (choice, "aloud") == 0)
    play (self);
  else
    back_to_said (self);
  return TRUE;
}

const BmPageSpec bm_spec_memo_near = { .id = "memo-near",
                                       .template_name = "choice",
                                       .build = build_near,
                                       .choose = choose_near,
                                       .back = back_to_said,
                                       .can_end = TRUE,
                                       .is_personal = TRUE };

static void
build_play (BmSession *self, json_t *page)
{
  bm_page_set_question (page, C_ ("page", "This is what you said."), FALSE);
  set_meter (self, page);
  bm_page_add_choice (page, "stop", "stop", C_ ("choice", "Enough"), "primary");
}

static gboolean
choose_play (BmSession *self, const char *choice)
{
  (void) choice; /* there is only one */
  back_to_said (self);
  return TRUE;
}

const BmPageSpec bm_spec_memo_play = { .id = "memo-play",
                                       .template_name = "memo",
                                       .build = build_play,
                                       .choose = choose_play,
                                       .back = back_to_said,
                                       .can_end = TRUE,
                                       .is_personal = TRUE,
                                       .is_silent = TRUE };

/* What comes of the device */

static gboolean
is_waited_for (BmSession *self, gint64 number)
{
  BmPageId current = bm_session_get_current (self);

  return self->memo_boot_ms != 0 && number == self->memo_number &&
         (current == BM_PAGE_MEMO_TALK || current == BM_PAGE_MEMO_PLAY);
}

static void
end_talk (BmSession *self, BmMemoState state, GBytes *whole)
{
  if (state != BM_MEMO_OK)
    {
      self->problem = problems[state];
      bm_session_go (self, BM_PAGE_MEMO);
      return;
    }
  g_clear_pointer (&self->memo, g_bytes_unref);
  self->memo = g_bytes_ref (whole);
  self->memo_seconds = BM_MEMO_MAX_SECONDS - self->memo_left;
  bm_session_go (self, BM_PAGE_MEMO_SAID);
}

static void
end_play (BmSession *self, BmMemoState state)
{
  self->problem = state == BM_MEMO_OK
                    ? NULL
                    : NC_ ("page", "It cannot be played here.\nIt can be kept all the same.");
  bm_session_go (self, BM_PAGE_MEMO_SAID);
}

static void
end_device (BmSession *self, BmMemoState state, GBytes *whole)
{
  gboolean is_talk = bm_session_get_current (self) == BM_PAGE_MEMO_TALK;

  self->memo_boot_ms = 0;
  if (is_talk)
    end_talk (self, state, whole);
  else
    end_play (self, state);
}

/**
 * bm_session_take_memo:
 * @self: a session
 * @event: of type MEMO
 *
 * What was said, why there is nothing, or that it was played to its end; one that nobody waits for any more is dropped.
 */
void
bm_session_take_memo (BmSession *self, const BmEvent *event)
{
  BmMemoState state = (BmMemoState) event->code;

  if (!is_waited_for (self, event->number))
    return;
  g_return_if_fail (event->code >= BM_MEMO_OK && event->code <= BM_MEMO_BROKEN);

  if (state == BM_MEMO_OK && bm_session_get_current (self) == BM_PAGE_MEMO_TALK &&
      (event->whole == NULL || g_bytes_get_size (event->whole) > BM_MEMO_MAX_BYTES))
    state = BM_MEMO_BROKEN;
  end_device (self, state, event->whole);
}

/**
 * bm_session_take_level:
 * @self: a session
 * @event: of type LEVEL
 *
 * How loud it is just now, and how many seconds are left.
 */
void
bm_session_take_level (BmSession *self, const BmEvent *event)
{
  if (!is_waited_for (self, event->number))
    return;
  g_return_if_fail (event->code >= 0 && event->code <= BM_MEMO_LEVELS);
  g_return_if_fail (event->left <= BM_MEMO_MAX_SECONDS);

  self->memo_boot_ms = bm_session_now (self);
  self->memo_level = (guint) event->code;
  self->memo_left = event->left;
  self->is_memo_live = TRUE;
}

/* The other way is offered within three seconds, whatever the device does. */
void
bm_session_tick_memo (BmSession *self, gint64 now)
{
  if (self->memo_boot_ms == 0 || now - self->memo_boot_ms < BM_MEMO_MS)
    return;
  ask_device (self, "drop");
  if (is_waited_for (self, self->memo_number))
    end_device (self, self->is_memo_live ? BM_MEMO_GONE : BM_MEMO_NO_MICROPHONE, NULL);
  self->memo_boot_ms = 0;
}

/* A headphone that is drawn leaves the hall to hear: it is played no further. */
void
bm_session_hush_memo (BmSession *self)
{
  if (bm_session_get_current (self) == BM_PAGE_MEMO_PLAY)
    back_to_said (self);
}

/* Where the question begins: what was said before is offered again. */
BmPageId
bm_session_find_memo_page (BmSession *self)
{
  return self->memo != NULL ? BM_PAGE_MEMO_SAID : BM_PAGE_MEMO;
}
