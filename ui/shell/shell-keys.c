/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/shell/shell-private.h"
#include "ui/widgets/bm-button.h"

#include <string.h>

/*
 * Keys: six are enough for everything, digits go to the keypad, and a scanner that types is told from
 * a person (scan-rule.c) before any of its keys can act.
 */

/* Below key events: a loop that was held up hears the next key before it concludes that there is none. */
#define SCAN_WAIT_PRIORITY (GDK_PRIORITY_EVENTS + 10)

#define MODIFIERS (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK | GDK_META_MASK)

static gboolean
type_key (BmShell *self, guint key)
{
  guint digit = key >= GDK_KEY_KP_0 && key <= GDK_KEY_KP_9 ? key - GDK_KEY_KP_0 + GDK_KEY_0 : key;

  if (self->keypad == NULL)
    return FALSE;
  if (key == GDK_KEY_BackSpace)
    {
      bm_keypad_delete (self->keypad);
      return TRUE;
    }
  if (digit >= GDK_KEY_0 && digit <= GDK_KEY_9)
    return bm_keypad_type (self->keypad, (char) ('0' + digit - GDK_KEY_0));
  return (key == GDK_KEY_x || key == GDK_KEY_X) && bm_keypad_type (self->keypad, 'X');
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

      if (self->scan.replay[i] != GDK_KEY_space)
        (void) type_key (self, self->scan.replay[i]); /* a letter is for nobody */
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
act_on_key (BmShell *self, guint key)
{
  if (self->model == NULL)
    return FALSE;
  if (key == GDK_KEY_F1 &&
      !g_str_equal (bm_model_text (bm_model_object (self->model, "frame"), "help"), "hidden"))
    bm_shell_act_on_frame (BM_FRAME_HELP, self);
  else if (key == GDK_KEY_F2)
    bm_shell_act_on_frame (BM_FRAME_READ, self);
  else
    return type_key (self, key);
  return TRUE;
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
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}
