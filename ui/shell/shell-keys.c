/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/shell/shell-private.h"
#include "ui/widgets/bm-button.h"

#include <string.h>

/*
 * Keys: six are enough for everything (arrows, OK, F1 help; F2 reads again), digits go to the keypad, and
 * a scanner that types is told from a person (scan-rule.c) before any of its keys can act. A key acts when
 * it goes down, once, however long it is held; OK that comes back within 300 ms is a hand that trembles.
 */

/* Below key events: a loop that was held up hears the next key before it concludes that there is none. */
#define SCAN_WAIT_PRIORITY (GDK_PRIORITY_EVENTS + 10)

/* Longer than X waits before it repeats a key for the first time. */
#define HELD_MS 1500

#define MODIFIERS (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK | GDK_META_MASK)

static gboolean
type_key (BmShell *self, guint key)
{
  guint digit = key >= GDK_KEY_KP_0 && key <= GDK_KEY_KP_9 ? key - GDK_KEY_KP_0 + GDK_KEY_0 : key;

  if (self->writer != NULL)
    return bm_writer_type (self->writer, key);
  if (self->keypad == NULL)
    return FALSE;
  if (key == GDK_KEY_BackSpace)
    {
      bm_keypad_delete (self->keypad);
      return TRUE;
    }
  if (digit >= GDK_KEY_0 && digit <= GDK_KEY_9)
    return bm_keypad_type (self->keypad, (char) ('0' + digit - GDK_KEY_0));
  if (key == GDK_KEY_period || key == GDK_KEY_KP_Decimal)
    return bm_keypad_type (self->keypad, '.');
  return (key == GDK_KEY_x || key == GDK_KEY_X) && bm_keypad_type (self->keypad, 'X');
}

/* Letters wait for a choice: Return and space take the first one then, and press nothing. */
static gboolean
is_composing (BmShell *self)
{
  return self->writer != NULL && bm_writer_is_composing (self->writer);
}

/* Keys that were held back are acted on as if they came now. */
static void
replay (BmShell *self)
{
  guint n = self->scan.n_replay;

  self->scan.n_replay = 0;
  for (guint i = 0; i < n; i++)
    {
      GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));

      if (self->scan.replay[i] != GDK_KEY_space || is_composing (self))
        (void) type_key (self, self->scan.replay[i]); /* a letter is for nobody, but a writer */
      else if (BM_IS_BUTTON (focus))
        gtk_widget_activate (focus);
    }
}

static gboolean
on_quiet (gpointer user_data)
{
  BmShell *self = user_data;

  self->scan_wait = 0;
  bm_scan_rule_quiet (&self->scan);
  replay (self);
  return G_SOURCE_REMOVE;
}

static void
wait_for_quiet (BmShell *self)
{
  guint wait = bm_scan_rule_get_wait_ms (&self->scan);

  g_clear_handle_id (&self->scan_wait, g_source_remove);
  if (wait > 0)
    self->scan_wait = g_timeout_add_full (SCAN_WAIT_PRIORITY, wait, on_quiet, self, NULL);
}

static void
act_on_scan (BmShell *self)
{
  char text[BM_SCAN_MAX + 1];

  memcpy (text, self->scan.text, self->scan.length);
  text[self->scan.length] = '\0';
  bm_shell_act_on_scan (self, text);
  explicit_bzero (text, sizeof text);
  explicit_bzero (self->scan.text, sizeof self->scan.text);
}

static gboolean
is_ok (guint key)
{
  return key == GDK_KEY_Return || key == GDK_KEY_KP_Enter || key == GDK_KEY_space;
}

static gboolean
move_on_key (BmShell *self, guint key)
{
  static const struct
  {
    guint key;
    guint pad;
    BmFocusWay way;
  } arrows[] = { { GDK_KEY_Up, GDK_KEY_KP_Up, BM_FOCUS_UP },
                 { GDK_KEY_Down, GDK_KEY_KP_Down, BM_FOCUS_DOWN },
                 { GDK_KEY_Left, GDK_KEY_KP_Left, BM_FOCUS_LEFT },
                 { GDK_KEY_Right, GDK_KEY_KP_Right, BM_FOCUS_RIGHT } };

  for (guint i = 0; i < G_N_ELEMENTS (arrows); i++)
    {
      if (key != arrows[i].key && key != arrows[i].pad)
        continue;
      bm_shell_move_focus (self, arrows[i].way);
      return TRUE;
    }
  return FALSE;
}

static gboolean
act_on_key (BmShell *self, guint key)
{
  if (self->model == NULL)
    return FALSE;
  if (is_composing (self) && is_ok (key))
    return type_key (self, key);
  if (move_on_key (self, key))
    return TRUE;
  if (self->writer != NULL && is_ok (key) && gtk_window_get_focus (GTK_WINDOW (self)) == NULL)
    {
      bm_shell_act_on_frame (BM_FRAME_NEXT, self);
      return TRUE;
    }
  if (is_ok (key) && gtk_window_get_focus (GTK_WINDOW (self)) == NULL)
    bm_shell_act_on_frame (BM_FRAME_READ, self);
  else if (key == GDK_KEY_F1 &&
           !g_str_equal (bm_model_text (bm_model_object (self->model, "frame"), "help"), "hidden"))
    bm_shell_act_on_frame (BM_FRAME_HELP, self);
  else if (key == GDK_KEY_F2)
    bm_shell_act_on_frame (BM_FRAME_READ, self);
  else
    return type_key (self, key);
  return TRUE;
}

/* X repeats a key that is held. Whoever missed its end (the focus went elsewhere) is not deaf to it for long. */
static gboolean
is_repetition (BmShell *self, guint code, guint32 at)
{
  gboolean is_held = code == self->held_code && at - self->held_at < HELD_MS;

  self->held_code = code;
  self->held_at = at;
  return is_held;
}

static gboolean
is_trembling (BmShell *self, guint key, guint32 at)
{
  return is_ok (key) && self->ok_up_at != 0 && at - self->ok_up_at < BM_TOUCH_REPEAT_MS &&
         bm_scan_rule_get_wait_ms (&self->scan) == 0;
}

static void
on_key_up (GtkEventControllerKey *controller,
           guint key,
           guint code,
           GdkModifierType modifiers,
           gpointer user_data)
{
  BmShell *self = user_data;

  if (code == self->held_code)
    self->held_code = 0;
  if (is_ok (key))
    self->ok_up_at =
      gtk_event_controller_get_current_event_time (GTK_EVENT_CONTROLLER (controller));
}

static gboolean
on_key (GtkEventControllerKey *controller,
        guint key,
        guint code,
        GdkModifierType modifiers,
        gpointer user_data)
{
  BmShell *self = user_data;
  GdkEvent *event = gtk_event_controller_get_current_event (GTK_EVENT_CONTROLLER (controller));
  gboolean is_modified = (modifiers & MODIFIERS) != 0;
  BmScanVerdict verdict;

  if (event == NULL || gdk_key_event_is_modifier (event))
    return FALSE;
  if (is_repetition (self, code, gdk_event_get_time (event)) ||
      is_trembling (self, key, gdk_event_get_time (event)))
    return TRUE;
  verdict = bm_scan_rule_key (&self->scan, key, is_modified, gdk_event_get_time (event));
  replay (self);
  wait_for_quiet (self);
  if (verdict == BM_SCAN_DONE)
    act_on_scan (self);
  if (verdict != BM_SCAN_PASS)
    return TRUE;
  return !is_modified && act_on_key (self, key);
}

/* Nothing that was typed outlives the page it was typed on. */
void
bm_shell_forget_keys (BmShell *self)
{
  g_clear_handle_id (&self->scan_wait, g_source_remove);
  bm_scan_rule_clear (&self->scan);
}

/**
 * bm_shell_take_keys:
 * @self: the window
 *
 * Hears keys before anything in the window does.
 */
void
bm_shell_take_keys (BmShell *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  g_signal_connect (keys, "key-released", G_CALLBACK (on_key_up), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}
