/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/shell/touch-filter.h"

#include "ui/widgets/bm-button.h"
#include "ui/widgets/bm-ink-view.h"

/*
 * GTK neither ignores a bounce nor a second finger, so this stands before every widget:
 *
 * - one finger on a target at a time: a second one is swallowed until it is lifted;
 * - a press that follows a lift within 300 ms is a bounce and is swallowed, wherever it lands (the page
 *   may have changed below the finger); two different digit keys in a row may be faster;
 * - whoever goes on tapping while the page changes has to pause for as long before a press counts on the
 *   new one: a storm of taps is one act, not one on each page;
 * - a press on a page that has been seen for less than 300 ms was meant for the page before, since nobody
 *   sees, decides and strikes so fast: it is swallowed;
 * - a finger that rests anywhere else (a palm) blocks nothing, and one that has rested on a target for
 *   two seconds, or whose page is gone, is forgotten when another comes; its button is let go of;
 * - a finger that writes is alone: whatever else comes down meanwhile, on the field or on a button, does nothing. Strokes
 *   follow one another as fast as a hand writes: there a press soon after a lift is no bounce. What has come down on the
 *   field and lies still is a palm: it makes way for the next finger, and leaves no dot;
 * - where a site asks for it, a press counts only if the finger stays for so long (--hold).
 */

/* Why a finger is swallowed: what it may have been a part of. */
enum
{
  BLOCKED_STORM = 1,
  BLOCKED_OTHER,
};

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

static gboolean
block (BmTouchRule *rule, gpointer finger, int why)
{
  g_hash_table_insert (rule->blocked, finger, GINT_TO_POINTER (why));
  return TRUE;
}

static gboolean
is_bounce (const BmTouchRule *rule, guint32 at, gconstpointer key)
{
  gboolean is_next_digit = key != NULL && rule->key != NULL && key != rule->key;

  if (rule->is_new_page && rule->has_end && at - rule->end_at < BM_TOUCH_REPEAT_MS)
    return TRUE;
  return rule->has_up && at - rule->up_at < BM_TOUCH_REPEAT_MS && !is_next_digit;
}

/* Whether there is no finger but @finger, or the one that is there may be forgotten: a palm, or of a page that is gone. */
static gboolean
make_way (BmTouchRule *rule, gpointer finger, guint32 at, guint32 ink_ms)
{
  gboolean is_palm;

  if (rule->finger == NULL || rule->finger == finger)
    return TRUE;
  is_palm = rule->is_ink ? rule->rest >= ink_ms : at - rule->down_at >= BM_TOUCH_PALM_MS;
  if (!rule->is_left && !is_palm)
    return FALSE;
  block (rule, rule->finger, BLOCKED_OTHER);
  rule->finger = NULL;
  return TRUE;
}

/**
 * bm_touch_rule_down:
 * @rule: what is known
 * @finger: which finger
 * @at: when, in milliseconds
 * @is_on_target: whether it came down on something that can be pressed
 * @key: (nullable): which digit key that is, if it is one
 *
 * Returns: whether the press is to be swallowed
 */
gboolean
bm_touch_rule_down (BmTouchRule *rule,
                    gpointer finger,
                    guint32 at,
                    gboolean is_on_target,
                    gconstpointer key)
{
  if (!is_on_target)
    return FALSE;
  if (!make_way (rule, finger, at, BM_TOUCH_PALM_MS))
    return block (rule, finger, BLOCKED_OTHER);
  if (is_bounce (rule, at, key))
    return block (rule, finger, BLOCKED_STORM);
  rule->finger = finger;
  rule->is_left = rule->is_new_page = rule->is_ink = FALSE;
  rule->down_at = at;
  rule->key = key;
  return FALSE;
}

/**
 * bm_touch_rule_ink:
 * @rule: what is known
 * @finger: which finger
 * @at: when, in milliseconds
 *
 * A finger comes down on a field that is written in.
 *
 * Returns: whether it is to be swallowed
 */
gboolean
bm_touch_rule_ink (BmTouchRule *rule, gpointer finger, guint32 at)
{
  if (!make_way (rule, finger, at, BM_TOUCH_INK_MS))
    return block (rule, finger, BLOCKED_OTHER);
  if (rule->is_new_page && rule->has_end && at - rule->end_at < BM_TOUCH_REPEAT_MS)
    return block (rule, finger, BLOCKED_STORM);
  rule->finger = finger;
  rule->is_left = rule->is_new_page = FALSE;
  rule->is_ink = TRUE;
  rule->down_at = at;
  rule->key = NULL;
  return FALSE;
}

/* A press that came too early for the page it landed on. */
gboolean
bm_touch_rule_early (BmTouchRule *rule, gpointer finger)
{
  return block (rule, finger, BLOCKED_STORM);
}

/* Another page is there: who still rests on the one before is in nobody's way, and lifting counts. */
void
bm_touch_rule_page (BmTouchRule *rule)
{
  rule->is_new_page = TRUE;
  rule->is_left = rule->finger != NULL;
  rule->key = NULL;
}

gboolean
bm_touch_rule_move (BmTouchRule *rule, gpointer finger)
{
  return g_hash_table_contains (rule->blocked, finger);
}

gboolean
bm_touch_rule_up (BmTouchRule *rule, gpointer finger, guint32 at)
{
  gpointer why = g_hash_table_lookup (rule->blocked, finger);

  if (GPOINTER_TO_INT (why) == BLOCKED_STORM || rule->finger == finger)
    {
      rule->end_at = at;
      rule->has_end = TRUE;
    }
  if (g_hash_table_remove (rule->blocked, finger))
    return TRUE;
  if (rule->finger != finger)
    return FALSE;
  rule->finger = NULL;
  rule->up_at = at;
  rule->has_up = TRUE;
  return FALSE;
}

struct _BmTouchFilter
{
  BmTouchRule rule;
  GtkWidget *window;
  GtkWidget *target; /* (nullable): weak, what the finger is on */
  guint hold_ms;
  BmTouchSettledFunc is_settled;
  BmTouchActivityFunc activity;
  gpointer user_data;
};

/* All pointers are one finger; touches have their sequence. */
static gpointer
finger_of (GdkEvent *event)
{
  GdkEventSequence *sequence = gdk_event_get_event_sequence (event);

  return sequence != NULL ? (gpointer) sequence : GINT_TO_POINTER (1);
}

static GtkWidget *
target_of (BmTouchFilter *self, GdkEvent *event)
{
  double x, y, surface_x, surface_y;
  GtkWidget *widget;

  if (!gdk_event_get_position (event, &x, &y))
    return NULL;
  gtk_native_get_surface_transform (GTK_NATIVE (self->window), &surface_x, &surface_y);
  widget = gtk_widget_pick (self->window, x - surface_x, y - surface_y, GTK_PICK_DEFAULT);
  if (widget != NULL && BM_IS_INK_VIEW (widget))
    return widget;
  return widget != NULL ? gtk_widget_get_ancestor (widget, BM_TYPE_BUTTON) : NULL;
}

/* A button that would never hear of the lift is let go of, or it would take no finger any more. */
static void
let_go (BmTouchFilter *self)
{
  g_autoptr (GListModel) controllers = NULL;

  if (self->target == NULL)
    return;
  if (BM_IS_INK_VIEW (self->target))
    bm_ink_view_let_go (BM_INK_VIEW (self->target));
  controllers = gtk_widget_observe_controllers (self->target);
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_GESTURE (controller))
        gtk_event_controller_reset (controller);
    }
  g_clear_weak_pointer (&self->target);
}

static guint32
get_rest (BmTouchFilter *self, guint32 at)
{
  return BM_IS_INK_VIEW (self->target) ? bm_ink_view_get_rest (BM_INK_VIEW (self->target), at) : 0;
}

static gboolean
on_down (BmTouchFilter *self, GdkEvent *event)
{
  GtkWidget *target = target_of (self, event);
  GtkWidget *key = target != NULL && gtk_widget_has_css_class (target, "key") ? target : NULL;
  gpointer before = self->rule.finger;
  gpointer finger = finger_of (event);
  gboolean is_swallowed;

  self->rule.rest = get_rest (self, gdk_event_get_time (event));
  if (target != NULL && !self->is_settled (self->user_data))
    is_swallowed = bm_touch_rule_early (&self->rule, finger);
  else if (BM_IS_INK_VIEW (target))
    is_swallowed = bm_touch_rule_ink (&self->rule, finger, gdk_event_get_time (event));
  else
    is_swallowed =
      bm_touch_rule_down (&self->rule, finger, gdk_event_get_time (event), target != NULL, key);
  if (before != NULL && before != self->rule.finger)
    let_go (self);
  if (target != NULL && !is_swallowed)
    g_set_weak_pointer (&self->target, target);
  self->activity (target != NULL && !is_swallowed, self->user_data);
  return is_swallowed;
}

static gboolean
on_up (BmTouchFilter *self, GdkEvent *event)
{
  gpointer finger = finger_of (event);
  guint32 at = gdk_event_get_time (event);
  gboolean is_brief =
    finger == self->rule.finger && !self->rule.is_ink && at - self->rule.down_at < self->hold_ms;

  if (is_brief)
    let_go (self);
  return bm_touch_rule_up (&self->rule, finger, at) || is_brief;
}

static gboolean
on_event (GtkEventControllerLegacy *controller, GdkEvent *event, gpointer user_data)
{
  BmTouchFilter *self = user_data;

  switch ((int) gdk_event_get_event_type (event))
    {
    case GDK_TOUCH_BEGIN:
    case GDK_BUTTON_PRESS:
      return on_down (self, event);
    case GDK_TOUCH_UPDATE:
      return bm_touch_rule_move (&self->rule, finger_of (event));
    case GDK_TOUCH_END:
    case GDK_TOUCH_CANCEL:
    case GDK_BUTTON_RELEASE:
      return on_up (self, event);
    case GDK_KEY_PRESS:
      self->activity (TRUE, self->user_data);
      return FALSE;
    default:
      return FALSE;
    }
}

static void
free_filter (gpointer data, GClosure *closure)
{
  BmTouchFilter *self = data;

  g_clear_weak_pointer (&self->target);
  bm_touch_rule_clear (&self->rule);
  g_free (self);
}

/**
 * bm_touch_filter_attach:
 * @window: the face's window
 * @is_settled: asked before a press is let through
 * @activity: told that somebody is there
 * @user_data: for both
 *
 * Puts the filter before everything in @window.
 *
 * Returns: (transfer none): the filter, which lives as long as @window
 */
BmTouchFilter *
bm_touch_filter_attach (GtkWidget *window,
                        BmTouchSettledFunc is_settled,
                        BmTouchActivityFunc activity,
                        gpointer user_data)
{
  GtkEventController *controller = gtk_event_controller_legacy_new ();
  BmTouchFilter *self = g_new0 (BmTouchFilter, 1);

  bm_touch_rule_init (&self->rule);
  self->window = window;
  self->is_settled = is_settled;
  self->activity = activity;
  self->user_data = user_data;
  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  g_signal_connect_data (controller, "event", G_CALLBACK (on_event), self, free_filter, 0);
  gtk_widget_add_controller (window, controller);
  return self;
}

/**
 * bm_touch_filter_page:
 * @self: a filter
 *
 * Tells that another page is there.
 */
void
bm_touch_filter_page (BmTouchFilter *self)
{
  g_return_if_fail (self != NULL);

  bm_touch_rule_page (&self->rule);
}

/**
 * bm_touch_filter_set_hold:
 * @self: a filter
 * @ms: how long a finger has to stay for its press to count; 0: any time
 */
void
bm_touch_filter_set_hold (BmTouchFilter *self, guint ms)
{
  g_return_if_fail (self != NULL && ms <= BM_TOUCH_HOLD_MAX);

  self->hold_ms = ms;
}
