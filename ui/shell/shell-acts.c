/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "core/fault.h"
#include "ui/shell/shell-private.h"
#include "ui/widgets/bm-timing.h"

#include <string.h>

/* What a person does on a page, as an intent. One act a page: the rest of a double tap is dropped. */

#define ACTIVITY_MS 10000
#define ANSWER_MS   3000

void
bm_shell_emit (BmShell *self, json_t *intent)
{
  char *text;

  json_object_set_new (intent, "version", json_integer (1));
  text = json_dumps (intent, JSON_COMPACT);
  bm_timing_sent ();
  bm_shell_emit_intent (self, text);
  explicit_bzero (text, strlen (text));
  free (text);
  json_decref (intent);
  bm_fault_point ("kiosk-after-intent");
}

static gboolean
on_no_answer (gpointer user_data)
{
  BM_SHELL (user_data)->pending = 0;
  return G_SOURCE_REMOVE;
}

/* An act is taken once per page; the rest of a double tap is dropped. */
gboolean
bm_shell_begin_act (BmShell *self)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (self));

  if (self->pending != 0)
    return FALSE;
  self->pending = g_timeout_add (ANSWER_MS, on_no_answer, self);
  if (clock != NULL)
    self->acted_frame = gdk_frame_clock_get_frame_counter (clock);
  return TRUE;
}

static void
act (BmShell *self, const char *what)
{
  if (bm_shell_begin_act (self))
    bm_shell_emit (self, json_pack ("{s:s}", "do", what));
}

/* A slip was held before the scanner. Whatever the page is, the station decides what that means. */
void
bm_shell_act_on_scan (BmShell *self, const char *text)
{
  if (self->model != NULL && self->pending == 0)
    bm_shell_emit (self, json_pack ("{s:s, s:s}", "do", "scan", "value", text));
}

static void
on_choose (const char *choice, gpointer user_data)
{
  if (bm_shell_begin_act (user_data))
    bm_shell_emit (user_data, json_pack ("{s:s, s:s}", "do", "choose", "choice", choice));
}

static void
on_say (const char *sentence, gpointer user_data)
{
  BmShell *self = user_data;

  if (self->speech != NULL)
    bm_speech_say_one (self->speech, bm_model_text (self->model, "id"), sentence);
}

static void
send_text (BmShell *self)
{
  if (bm_writer_is_complete (self->writer) && bm_shell_begin_act (self))
    bm_shell_emit (self, json_pack ("{s:s, s:s}", "do", "text", "text",
                                    bm_writer_get_text (self->writer)));
}

static void
go_next (BmShell *self)
{
  if (self->writer != NULL)
    {
      send_text (self);
      return;
    }
  if (self->page.ink != NULL)
    {
      bm_shell_send_ink (self);
      return;
    }
  if (self->keypad == NULL)
    {
      act (self, "next");
      return;
    }
  if (!bm_keypad_is_complete (self->keypad))
    {
      on_say (bm_keypad_get_problem (self->keypad, TRUE), self);
      return;
    }
  if (bm_shell_begin_act (self))
    bm_shell_emit (self, json_pack ("{s:s, s:s}", "do", "digits", "value",
                                    bm_keypad_get_value (self->keypad)));
}

void
bm_shell_act_on_frame (BmFrameAct what, gpointer user_data)
{
  BmShell *self = user_data;

  switch (what)
    {
    case BM_FRAME_READ:
      bm_shell_ask_voice (self);
      bm_shell_emit (self, json_pack ("{s:s}", "do", "read"));
      break;
    case BM_FRAME_STOP:
      if (self->speech != NULL)
        bm_speech_hush (self->speech);
      break;
    case BM_FRAME_VOICE:
      act (self, "voice");
      break;
    case BM_FRAME_LANGUAGE:
      act (self, "language");
      break;
    case BM_FRAME_LOWER:
      act (self, "lower");
      break;
    case BM_FRAME_BIGGER:
      act (self, "bigger");
      break;
    case BM_FRAME_HELP:
      act (self, "help");
      break;
    case BM_FRAME_BACK:
      act (self, "back");
      break;
    case BM_FRAME_END:
      act (self, "end");
      break;
    case BM_FRAME_NEXT:
      go_next (self);
      break;
    case BM_FRAME_CASES:
      on_choose ("cases", self);
      break;
    case BM_FRAME_PART_BACK:
      bm_shell_set_part (self, self->part - 1);
      break;
    case BM_FRAME_PART_NEXT:
      bm_shell_set_part (self, self->part + 1);
      break;
    default:
      g_assert_not_reached ();
    }
}

/**
 * bm_shell_owes_paint:
 * @self: the window
 *
 * Returns: whether no frame was painted since the last act, so that nobody can have seen it taken
 */
gboolean
bm_shell_owes_paint (BmShell *self)
{
  GdkFrameClock *clock;

  g_return_val_if_fail (BM_IS_SHELL (self), FALSE);

  clock = gtk_widget_get_frame_clock (GTK_WIDGET (self));
  return clock != NULL && self->acted_frame == gdk_frame_clock_get_frame_counter (clock);
}

/* Something else is there to press than a moment ago. */
void
bm_shell_note_turn (BmShell *self)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (self));

  self->turned_at = g_get_monotonic_time ();
  self->turned_frame = clock != NULL ? gdk_frame_clock_get_frame_counter (clock) : -1;
  bm_touch_filter_page (self->touch);
}

/* Painted, and that for longer than a tap takes that was on its way to the page before. */
static gboolean
is_settled (gpointer user_data)
{
  BmShell *self = user_data;
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (self));

  return g_get_monotonic_time () - self->turned_at >= BM_TOUCH_SETTLE_MS * 1000 &&
         (clock == NULL || self->turned_frame != gdk_frame_clock_get_frame_counter (clock));
}

static void
on_activity (gboolean is_press, gpointer user_data)
{
  BmShell *self = user_data;
  gint64 now = g_get_monotonic_time ();
  gboolean is_asked = g_str_equal (bm_model_text (self->model, "template"), "alert");
  gboolean is_due = self->active_at == 0 || now - self->active_at > ACTIVITY_MS * 1000;

  if (is_press)
    bm_timing_pressed ();
  if (self->model == NULL || (is_press && is_asked) || (!is_asked && !is_due))
    return;
  self->active_at = now;
  bm_shell_emit (self, json_pack ("{s:s}", "do", "activity"));
}

/**
 * bm_shell_take_acts:
 * @self: the window
 *
 * Joins fingers, keys and the buttons of pages to intents.
 */
void
bm_shell_take_acts (BmShell *self)
{
  bm_shell_take_keys (self);
  bm_shell_take_focus (self);
  self->touch = bm_touch_filter_attach (GTK_WIDGET (self), is_settled, on_activity, self);
  self->page.choose = on_choose;
  self->page.act = bm_shell_act_on_frame;
  self->page.say = on_say;
  self->page.user_data = self;
}
