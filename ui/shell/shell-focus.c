/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/shell/shell-private.h"
#include "ui/widgets/bm-button.h"

/*
 * Four arrows. A new page has the focus on its question, which is no button: OK there reads the page, so
 * that nothing is answered by a key pressed once too often. From the question right and down lead to the
 * first answer, left and up to the band above.
 *
 *   right, left: everything that can be pressed in the order of reading, and round over the question (on a
 *                page that runs from right to left the other way about);
 *   down, up: the next row, there what lies nearest; after the last row the question.
 *
 * GTK's own way of moving (by geometry, out of the window's end into nothing) leaves some pages' buttons
 * out, and its ring goes out after three seconds; ours stays.
 */

#define RING "ring"

/* Rows may be a little uneven. */
#define SLACK 4

static void
collect (GtkWidget *widget, GPtrArray *found)
{
  if (!gtk_widget_get_mapped (widget))
    return;
  if (BM_IS_BUTTON (widget))
    g_ptr_array_add (found, widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    collect (child, found);
}

static gboolean
bounds_of (BmShell *self, GtkWidget *widget, graphene_rect_t *ret_box)
{
  return gtk_widget_compute_bounds (widget, GTK_WIDGET (self), ret_box);
}

/* Index of the first button behind the question, which stands at the page's head. */
static guint
find_start (BmShell *self, GPtrArray *all)
{
  for (guint i = 0; i < all->len; i++)
    {
      GtkWidget *widget = g_ptr_array_index (all, i);

      if (self->top == NULL || !gtk_widget_is_ancestor (widget, self->top))
        return i;
    }
  return all->len;
}

/* The next one in the order of reading; the question (NULL) stands before @start. */
static GtkWidget *
step (GPtrArray *all, guint start, GtkWidget *from, int by)
{
  guint at;
  int to;

  if (from == NULL)
    to = by > 0 ? (int) start : (int) start - 1;
  else
    {
      if (!g_ptr_array_find (all, from, &at))
        return NULL;
      to = (int) at + by;
      if (by > 0 ? (guint) to == start : at == start)
        return NULL;
    }
  if (all->len == 0)
    return NULL;
  to = (to + (int) all->len) % (int) all->len;
  /* Round the end one comes to the other side of the question, if nothing stands before it. */
  return from != NULL && start == 0 && by > 0 && to == 0 ? NULL : g_ptr_array_index (all, to);
}

static float
distance (const graphene_rect_t *from, const graphene_rect_t *to, gboolean is_down)
{
  return is_down ? to->origin.y - (from->origin.y + from->size.height)
                 : from->origin.y - (to->origin.y + to->size.height);
}

static float
middle (const graphene_rect_t *box)
{
  return box->origin.x + box->size.width / 2;
}

/* The nearest of the next row; NULL behind the last one. */
static GtkWidget *
row (BmShell *self, GPtrArray *all, GtkWidget *from, gboolean is_down)
{
  graphene_rect_t here, box;
  float nearest = G_MAXFLOAT, aside = G_MAXFLOAT;
  GtkWidget *best = NULL;

  if (!bounds_of (self, from, &here))
    return NULL;
  for (guint i = 0; i < all->len; i++)
    {
      float away;

      if (!bounds_of (self, g_ptr_array_index (all, i), &box))
        continue;
      away = distance (&here, &box, is_down);
      if (away > -SLACK)
        nearest = MIN (nearest, away);
    }
  for (guint i = 0; i < all->len; i++)
    {
      float away;

      if (!bounds_of (self, g_ptr_array_index (all, i), &box))
        continue;
      away = distance (&here, &box, is_down);
      if (away <= -SLACK || away > nearest + SLACK || ABS (middle (&box) - middle (&here)) >= aside)
        continue;
      aside = ABS (middle (&box) - middle (&here));
      best = g_ptr_array_index (all, i);
    }
  return best;
}

/* Where the letters run to the left "on" is to the left, but not among digits, which never run so. */
static gboolean
is_mirrored (BmShell *self, GtkWidget *from)
{
  GtkWidget *row = from != NULL ? gtk_widget_get_parent (from) : GTK_WIDGET (self);

  return gtk_widget_get_direction (row) == GTK_TEXT_DIR_RTL;
}

static GtkWidget *
next_of (BmShell *self, GPtrArray *all, GtkWidget *from, BmFocusWay way)
{
  guint start = find_start (self, all);
  BmFocusWay onward = is_mirrored (self, from) ? BM_FOCUS_LEFT : BM_FOCUS_RIGHT;
  gboolean is_forward = way == onward || way == BM_FOCUS_DOWN;
  guint at = 0;
  GtkWidget *to;

  if (from == NULL || way == BM_FOCUS_RIGHT || way == BM_FOCUS_LEFT)
    return step (all, start, from, is_forward ? 1 : -1);
  to = row (self, all, from, is_forward);
  /* The question lies between the band above and the page. */
  if (to != NULL && g_ptr_array_find (all, from, &at))
    {
      guint there = 0;

      g_ptr_array_find (all, to, &there);
      if ((at < start) != (there < start))
        return NULL;
    }
  return to;
}

/**
 * bm_shell_move_focus:
 * @self: the window
 * @way: where to
 *
 * Moves the focus as an arrow does, and says what it is on now.
 */
void
bm_shell_move_focus (BmShell *self, BmFocusWay way)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  GtkWidget *from = gtk_window_get_focus (GTK_WINDOW (self));
  GtkWidget *to;

  collect (GTK_WIDGET (self), all);
  to = next_of (self, all, BM_IS_BUTTON (from) ? from : NULL, way);
  gtk_window_set_focus (GTK_WINDOW (self), to);
  if (to != NULL)
    bm_shell_say_focus (self, bm_button_get_name (BM_BUTTON (to)));
}

static void
on_focus_changed (BmShell *self)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));

  if (self->ringed != NULL)
    gtk_widget_remove_css_class (self->ringed, RING);
  g_clear_weak_pointer (&self->ringed);
  if (!BM_IS_BUTTON (focus))
    return;
  g_set_weak_pointer (&self->ringed, focus);
  gtk_widget_add_css_class (focus, RING);
}

/* The toolkit gives a window that comes on the screen a first focus; a page begins with its question. */
static void
on_shown (BmShell *self)
{
  gtk_window_set_focus (GTK_WINDOW (self), NULL);
}

/**
 * bm_shell_take_focus:
 * @self: the window
 *
 * Puts our own ring around what has the focus.
 */
void
bm_shell_take_focus (BmShell *self)
{
  g_signal_connect (self, "notify::focus-widget", G_CALLBACK (on_focus_changed), NULL);
  g_signal_connect (self, "show", G_CALLBACK (on_shown),
                    NULL); /* behind the toolkit's own handler */
}
