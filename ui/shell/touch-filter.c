/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/shell/touch-filter.h"

#include "ui/widgets/bm-button.h"

/*
 * GTK neither ignores a bounce nor a second finger, so this stands before every widget:
 *
 * - one finger on a target at a time: a second one is swallowed until it is lifted;
 * - a press that follows a lift within 300 ms is a bounce and is swallowed, wherever it lands (the page
 *   may have changed below the finger); two digit keys in a row may be faster;
 * - a finger that rests anywhere else (a palm) blocks nothing, and one that has rested on a target for
 *   two seconds is forgotten when another comes.
 */

void
bm_touch_rule_init (BmTouchRule *rule)
{
  *rule = (BmTouchRule){ .blocked = g_hash_table_new (NULL, NULL) };
}

void
bm_touch_rule_clear (BmTouchRule *rule)
{
  g_clear_pointer (&rule->blocked, g_hash_table_unref);
}

/**
 * bm_touch_rule_down:
 * @rule: what is known
 * @finger: which finger
 * @at: when, in milliseconds
 * @is_on_target: whether it came down on something that can be pressed
 * @is_key: whether that is a digit key
 *
 * Returns: whether the press is to be swallowed
 */
gboolean
bm_touch_rule_down (BmTouchRule *rule,
                    gpointer finger,
                    guint32 at,
                    gboolean is_on_target,
                    gboolean is_key)
{
  gboolean is_bounce;

  if (!is_on_target)
    return FALSE;
  if (rule->finger != NULL && rule->finger != finger && at - rule->down_at >= BM_TOUCH_PALM_MS)
    {
      g_hash_table_add (rule->blocked, rule->finger);
      rule->finger = NULL;
    }
  is_bounce = rule->has_up && at - rule->up_at < BM_TOUCH_REPEAT_MS && !(is_key && rule->was_key);
  if ((rule->finger != NULL && rule->finger != finger) || is_bounce)
    {
      g_hash_table_add (rule->blocked, finger);
      return TRUE;
    }
  rule->finger = finger;
  rule->down_at = at;
  rule->was_key = is_key;
  return FALSE;
}

gboolean
bm_touch_rule_move (BmTouchRule *rule, gpointer finger)
{
  return g_hash_table_contains (rule->blocked, finger);
}

gboolean
bm_touch_rule_up (BmTouchRule *rule, gpointer finger, guint32 at)
{
  if (g_hash_table_remove (rule->blocked, finger))
    return TRUE;
  if (rule->finger != finger)
    return FALSE;
  rule->finger = NULL;
  rule->up_at = at;
  rule->has_up = TRUE;
  return FALSE;
}

typedef struct
{
  BmTouchRule rule;
  GtkWidget *window;
  BmTouchActivityFunc activity;
  gpointer user_data;
} Filter;

/* All pointers are one finger; touches have their sequence. */
static gpointer
finger_of (GdkEvent *event)
{
  GdkEventSequence *sequence = gdk_event_get_event_sequence (event);

  return sequence != NULL ? (gpointer) sequence : GINT_TO_POINTER (1);
}

static GtkWidget *
target_of (Filter *filter, GdkEvent *event)
{
  double x, y, surface_x, surface_y;
  GtkWidget *widget;

  if (!gdk_event_get_position (event, &x, &y))
    return NULL;
  gtk_native_get_surface_transform (GTK_NATIVE (filter->window), &surface_x, &surface_y);
  widget = gtk_widget_pick (filter->window, x - surface_x, y - surface_y, GTK_PICK_DEFAULT);
  return widget != NULL ? gtk_widget_get_ancestor (widget, BM_TYPE_BUTTON) : NULL;
}

static gboolean
on_down (Filter *filter, GdkEvent *event)
{
  GtkWidget *target = target_of (filter, event);
  gboolean is_key = target != NULL && gtk_widget_has_css_class (target, "key");

  filter->activity (target != NULL, filter->user_data);
  return bm_touch_rule_down (&filter->rule, finger_of (event), gdk_event_get_time (event),
                             target != NULL, is_key);
}

static gboolean
on_event (GtkEventControllerLegacy *controller, GdkEvent *event, gpointer user_data)
{
  Filter *filter = user_data;

  switch ((int) gdk_event_get_event_type (event))
    {
    case GDK_TOUCH_BEGIN:
    case GDK_BUTTON_PRESS:
      return on_down (filter, event);
    case GDK_TOUCH_UPDATE:
      return bm_touch_rule_move (&filter->rule, finger_of (event));
    case GDK_TOUCH_END:
    case GDK_TOUCH_CANCEL:
    case GDK_BUTTON_RELEASE:
      return bm_touch_rule_up (&filter->rule, finger_of (event), gdk_event_get_time (event));
    case GDK_KEY_PRESS:
      filter->activity (TRUE, filter->user_data);
      return FALSE;
    default:
      return FALSE;
    }
}

static void
free_filter (gpointer data, GClosure *closure)
{
  Filter *filter = data;

  bm_touch_rule_clear (&filter->rule);
  g_free (filter);
}

/**
 * bm_touch_filter_attach:
 * @window: the face's window
 * @activity: told that somebody is there
 * @user_data: for @activity
 *
 * Puts the filter before everything in @window.
 */
void
bm_touch_filter_attach (GtkWidget *window, BmTouchActivityFunc activity, gpointer user_data)
{
  GtkEventController *controller = gtk_event_controller_legacy_new ();
  Filter *filter = g_new0 (Filter, 1);

  bm_touch_rule_init (&filter->rule);
  filter->window = window;
  filter->activity = activity;
  filter->user_data = user_data;
  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  g_signal_connect_data (controller, "event", G_CALLBACK (on_event), filter, free_filter, 0);
  gtk_widget_add_controller (window, controller);
}
