/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/shell/frame.h"
#include "ui/shell/shell-private.h"
#include "ui/style/style-css.h"
#include "ui/widgets/bm-button.h"
#include "ui/widgets/bm-drawing.h"

/*
 * Making a page: style, frame, plan, part. The frame is measured first, since it leaves the page its
 * room; a page that must be cut has other buttons below, so it is planned once more with those.
 */

#define MAX_LINE       60
#define MAX_LINE_LARGE 28

void
bm_shell_drop_page (BmShell *self)
{
  GtkWidget *child;

  self->page.ticking = NULL;
  gtk_window_set_focus (GTK_WINDOW (self), NULL);
  while ((child = gtk_widget_get_first_child (self->holder)) != NULL)
    gtk_box_remove (GTK_BOX (self->holder), child);
}

void
bm_shell_drop_frame (BmShell *self)
{
  if (self->top != NULL)
    gtk_box_remove (GTK_BOX (self->column), self->top);
  if (self->bottom != NULL)
    gtk_box_remove (GTK_BOX (self->column), self->bottom);
  if (self->tab != NULL)
    gtk_overlay_remove_overlay (GTK_OVERLAY (self->overlay), self->tab);
  self->top = self->bottom = self->tab = NULL;
}

static void
read_settings (BmShell *self)
{
  json_t *settings = bm_model_object (self->model, "settings");
  BmMetrics *metrics = &self->page.metrics;
  BmMetrics before = *metrics;
  g_autofree char *css = NULL;

  metrics->scale = CLAMP (bm_model_int (settings, "scale", 100), 100, 300);
  if (g_str_has_prefix (bm_model_text (self->model, "template"), "desk-"))
    metrics->scale = MIN (metrics->scale, BM_DESK_MAX_SCALE);
  metrics->theme = BM_THEME_MEDIUM;
  (void) bm_theme_from_name (bm_model_string (settings, "theme"),
                             &metrics->theme); /* else medium */
  metrics->is_landscape = self->width > self->height;
  metrics->is_desk = g_str_has_prefix (bm_model_text (self->model, "template"), "desk-");
  if (metrics->is_desk)
    gtk_widget_add_css_class (GTK_WIDGET (self), "desk");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "desk");
  if (before.scale == metrics->scale && before.theme == metrics->theme && before.scale != 0 &&
      before.is_desk == metrics->is_desk)
    return;
  css = bm_style_css_new (metrics);
  gtk_css_provider_load_from_data (self->css, css, -1);
  bm_drawing_forget_all ();
}

static int
height_of (BmShell *self, GtkWidget *band)
{
  int height;

  gtk_widget_measure (band, GTK_ORIENTATION_VERTICAL, self->width, &height, NULL, NULL, NULL);
  return height;
}

static BmFrame
frame_of (BmShell *self, guint part, guint n_parts)
{
  return (BmFrame){
    .metrics = self->page.metrics,
    .model = self->model,
    .width = self->width,
    .part = part,
    .n_parts = n_parts,
    .act = bm_shell_act_on_frame,
    .user_data = self,
  };
}

/* Height of the lower band for a page that is, or is not, cut into parts. */
static int
bottom_height (BmShell *self, gboolean is_cut)
{
  int height = 0;

  for (guint part = 0; part <= (is_cut ? 2 : 0); part++)
    {
      BmFrame frame = frame_of (self, part, is_cut ? 3 : 1);
      GtkWidget *band = bm_frame_new_bottom (&frame);

      gtk_box_append (GTK_BOX (self->column), band);
      height = MAX (height, height_of (self, band));
      gtk_box_remove (GTK_BOX (self->column), band);
    }
  return height;
}

/* The tab names the part, so it is made with each. */
static void
make_tab (BmShell *self, guint part, guint n_parts)
{
  BmFrame frame = frame_of (self, part, n_parts);

  if (self->tab != NULL)
    gtk_overlay_remove_overlay (GTK_OVERLAY (self->overlay), self->tab);
  self->tab = bm_frame_new_tab (&frame);
  gtk_overlay_add_overlay (GTK_OVERLAY (self->overlay), self->tab);
  gtk_widget_measure (self->tab, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &self->page.tab_width, NULL,
                      NULL);
  gtk_widget_measure (self->tab, GTK_ORIENTATION_VERTICAL, -1, &self->page.tab_height, NULL, NULL,
                      NULL);
}

static void
make_top (BmShell *self)
{
  BmFrame frame = frame_of (self, 0, 1);

  self->top = bm_frame_new_top (&frame);
  gtk_box_prepend (GTK_BOX (self->column), self->top);
  make_tab (self, 0, 1);
}

static void
plan (BmShell *self)
{
  BmPage *page = &self->page;

  page->width = self->width;
  g_clear_pointer (&self->parts, g_array_unref);
  if (page->metrics.is_desk)
    page->height = self->height;
  else
    {
      make_top (self);
      page->height = self->height - height_of (self, self->top) - bottom_height (self, FALSE);
    }
  self->parts = bm_page_plan_whole (page, self->holder);
  if (self->parts != NULL)
    return;
  if (!page->metrics.is_desk)
    {
      make_tab (self, 0, 2);
      page->height = self->height - height_of (self, self->top) - bottom_height (self, TRUE);
    }
  self->parts = bm_page_plan_parts (page, self->holder);
}

static GtkWidget *
find_named (GtkWidget *widget, const char *name)
{
  if (BM_IS_BUTTON (widget) && g_str_equal (gtk_widget_get_name (widget), name))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_named (child, name);

      if (found != NULL)
        return found;
    }
  return NULL;
}

/* 下一步 is off until enough is typed; it still takes the press, to say what is missing. */
static void
update_next (BmShell *self)
{
  GtkWidget *next = find_named (GTK_WIDGET (self), bm_frame_act_name (BM_FRAME_NEXT));

  if (next != NULL && self->keypad != NULL)
    bm_button_set_off (BM_BUTTON (next), !bm_keypad_is_complete (self->keypad));
}

void
bm_shell_make_part (BmShell *self)
{
  BmFrame frame = frame_of (self, self->part, self->parts->len);

  bm_shell_drop_page (self);
  gtk_box_append (GTK_BOX (self->holder),
                  bm_page_build (&self->page, &g_array_index (self->parts, BmPagePart, self->part),
                                 self->part));
  if (self->page.metrics.is_desk)
    {
      update_next (self);
      return;
    }
  make_tab (self, self->part, self->parts->len);
  if (self->bottom != NULL)
    gtk_box_remove (GTK_BOX (self->column), self->bottom);
  self->bottom = bm_frame_new_bottom (&frame);
  gtk_box_append (GTK_BOX (self->column), self->bottom);
  update_next (self);
}

/* Only these templates have keys; elsewhere an input would leave nothing to press. */
static gboolean
has_keys (BmShell *self)
{
  const char *name = bm_model_text (self->model, "template");

  return g_str_equal (name, "digits") || g_str_has_prefix (name, "desk-");
}

/* What was typed stays when the same question is only set anew (larger letters, 已叫人). */
static void
make_keypad (BmShell *self, gboolean is_kept)
{
  g_autoptr (BmKeypad) before = g_steal_pointer (&self->keypad);
  json_t *input = bm_model_object (self->model, "input");
  json_t *groups = json_object_get (input, "groups");
  BmKeypadSpec spec = { .label = bm_model_text (input, "label"),
                        .min = bm_model_int (input, "min", 1),
                        .max = bm_model_int (input, "max", BM_KEYPAD_MAX),
                        .is_masked = bm_model_is (input, "is_masked"),
                        .has_x = bm_model_is (input, "has_x") };

  self->page.keypad = NULL;
  if (input != NULL && has_keys (self))
    {
      for (guint i = 0; i < json_array_size (groups) && i < G_N_ELEMENTS (spec.groups) - 1; i++)
        spec.groups[i] = (guint) json_integer_value (json_array_get (groups, i));
      self->keypad = bm_keypad_new (&self->page.metrics, &spec);
      g_signal_connect_object (self->keypad, "changed", G_CALLBACK (update_next), self,
                               G_CONNECT_SWAPPED);
    }
  for (const char *at = is_kept && before != NULL ? bm_keypad_get_value (before) : "";
       self->keypad != NULL && *at != '\0'; at++)
    bm_keypad_type (self->keypad, *at);
  self->page.keypad = self->keypad;
}

/* Whole sentences fit a part at any size; a paragraph may not. */
void
bm_shell_set_page_model (BmShell *self)
{
  g_clear_pointer (&self->shown, json_decref);
  self->shown =
    bm_model_split_lines (self->model, self->page.metrics.scale >= 150 ? MAX_LINE_LARGE : MAX_LINE);
  self->page.model = self->shown;
  self->page.service_tint = bm_model_string (bm_model_object (self->shown, "service"), "tint");
}

void
bm_shell_make_page (BmShell *self, json_t *before)
{
  gboolean is_same_id =
    before != NULL && g_str_equal (bm_model_text (before, "id"), bm_model_text (self->model, "id"));
  gboolean is_same_input =
    json_equal (bm_model_object (before, "input"), bm_model_object (self->model, "input"));
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));
  g_autofree char *focused =
    focus != NULL && is_same_id ? g_strdup (gtk_widget_get_name (focus)) : NULL;
  guint part = is_same_id ? self->part : 0;
  GtkWidget *again;

  bm_scan_rule_forget_held (&self->scan);
  bm_shell_drop_page (self);
  bm_shell_drop_frame (self);
  read_settings (self);
  make_keypad (self, is_same_id && is_same_input);
  bm_shell_set_page_model (self);
  plan (self);
  self->part = MIN (part, self->parts->len - 1);
  bm_shell_make_part (self);
  again = focused != NULL ? find_named (GTK_WIDGET (self), focused) : NULL;
  if (again != NULL)
    gtk_widget_grab_focus (again);
}
