/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "core/calendar/day.h"
#include "core/crypto/crypto.h"
#include "core/language/language.h"
#include "ui/shell/frame.h"
#include "ui/shell/shell-private.h"
#include "ui/style/style-css.h"
#include "ui/widgets/bm-break.h"
#include "ui/widgets/bm-button.h"
#include "ui/widgets/bm-drawing.h"
#include "ui/widgets/bm-text.h"

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
  self->page.meter = NULL;
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

/* A language that is no part of the program comes with the page: what the face says itself in it. */
static void
install_words (BmShell *self, json_t *settings)
{
  const char *language = bm_model_string (settings, "language");
  json_t *words = bm_model_object (settings, "words");
  g_autoptr (BmLanguageTable) table = NULL;

  if (words == NULL || !bm_language_is_id (language) || json_equal (words, self->words))
    return;
  table = bm_language_table_new (language, words);
  bm_language_install (table);
  g_clear_pointer (&self->words, json_decref);
  self->words = json_incref (words);
}

/* As a style sheet lists them. Their names are of letters, digits, blanks and hyphens (core/language/table.c). */
static const char *
get_fonts (json_t *settings)
{
  json_t *fonts = json_object_get (settings, "fonts");
  g_autoptr (GString) list = g_string_new (NULL);
  json_t *font;
  gsize i;

  json_array_foreach (fonts, i, font)
  {
    if (bm_language_is_font (json_string_value (font)))
      g_string_append_printf (list, "'%s', ", json_string_value (font));
  }
  return list->len > 0 ? g_intern_string (list->str) : NULL;
}

/* The words that are the face's own are in the page's language, and the page runs its way. */
static void
take_language (BmShell *self)
{
  json_t *settings = bm_model_object (self->model, "settings");
  gboolean is_mirrored = g_str_equal (bm_model_text (settings, "direction"), "rtl");

  install_words (self, settings);
  bm_break_take_names (json_object_get (self->model, "names"));
  (void) bm_language_begin (bm_model_string (settings, "language")); /* until the next page */
  gtk_widget_set_default_direction (is_mirrored ? GTK_TEXT_DIR_RTL : GTK_TEXT_DIR_LTR);
}

static void
read_settings (BmShell *self)
{
  json_t *settings = bm_model_object (self->model, "settings");
  BmMetrics *metrics = &self->page.metrics;
  BmMetrics before = *metrics;
  g_autofree char *css = NULL;

  metrics->scale = CLAMP (bm_model_int (settings, "scale", 100), 100, 300);
  metrics->theme = BM_THEME_MEDIUM;
  metrics->fonts = get_fonts (settings);
  (void) bm_theme_from_name (bm_model_string (settings, "theme"),
                             &metrics->theme); /* else medium */
  metrics->is_landscape = self->width > self->height;
  metrics->is_desk = g_str_has_prefix (bm_model_text (self->model, "template"), "desk-");
  if (metrics->is_desk)
    gtk_widget_add_css_class (GTK_WIDGET (self), "desk");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "desk");
  if (before.scale == metrics->scale && before.theme == metrics->theme && before.scale != 0 &&
      before.is_desk == metrics->is_desk && before.fonts == metrics->fonts)
    return;
  css = bm_style_css_new (metrics);
  gtk_css_provider_load_from_data (self->css, css, -1);
  bm_drawing_forget_all ();
}

/* The real height of the screen counts here: arms do not get longer when eyes come near. */
static gboolean
can_lower (BmShell *self)
{
  return self->height > self->width && self->height * self->page.metrics.pitch >= BM_MM_HIGH_SCREEN;
}

/* With keys and large letters the band above ends higher; what has to be pressed does not. */
static void
set_above (BmShell *self)
{
  gboolean is_low = bm_model_is (bm_model_object (self->model, "settings"), "is_low");
  gboolean is_large = self->page.metrics.scale >= 150 && self->keypad != NULL;
  double share = is_large ? BM_LOW_SHARE_KEYS : BM_LOW_SHARE;

  self->above = is_low && can_lower (self) ? (int) (self->height * (1 - share)) : 0;
  gtk_widget_set_margin_top (self->column, self->above);
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
  BmFrame frame = {
    .metrics = self->page.metrics,
    .model = self->model,
    .width = self->width,
    .part = part,
    .n_parts = n_parts,
    .can_lower = can_lower (self),
    .act = bm_shell_act_on_frame,
    .user_data = self,
  };

  bm_shell_set_slots (self, &frame);
  return frame;
}

void
bm_shell_update_slots (BmShell *self)
{
  BmFrame frame;

  if (self->top == NULL || self->model == NULL)
    return;
  frame = frame_of (self, 0, 1);
  bm_frame_set_slots (self->top, &frame);
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

/* What does not fit as the desk's templates lay it, each beside the other, is laid one below the other. */
static gboolean
set_flow (BmShell *self)
{
  BmPage *page = &self->page;

  page->is_flow = TRUE;
  bm_shell_set_page_model (self);
  self->parts = bm_desk_plan_whole (page, self->holder);
  return self->parts != NULL;
}

static void
plan (BmShell *self)
{
  BmPage *page = &self->page;
  int height = self->height - self->above;

  page->width = self->width;
  g_clear_pointer (&self->parts, g_array_unref);
  if (page->metrics.is_desk)
    page->height = height;
  else
    {
      make_top (self);
      page->height = height - height_of (self, self->top) - bottom_height (self, FALSE);
    }
  self->parts = page->metrics.is_desk ? bm_desk_plan_whole (page, self->holder)
                                      : bm_page_plan_whole (page, self->holder);
  if (self->parts != NULL)
    return;
  if (!page->metrics.is_desk)
    {
      make_tab (self, 0, 2);
      page->height = height - height_of (self, self->top) - bottom_height (self, TRUE);
    }
  else if (set_flow (self))
    return;
  self->parts = page->metrics.is_desk ? bm_desk_plan_parts (page, self->holder)
                                      : bm_page_plan_parts (page, self->holder);
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
void
bm_shell_update_next (BmShell *self)
{
  GtkWidget *next = find_named (GTK_WIDGET (self), bm_frame_act_name (BM_FRAME_NEXT));

  if (next != NULL && self->keypad != NULL)
    bm_button_set_off (BM_BUTTON (next), !bm_keypad_is_complete (self->keypad));
  if (next != NULL && self->writer != NULL)
    bm_button_set_off (BM_BUTTON (next), !bm_writer_is_complete (self->writer));
  if (next != NULL && self->page.ink != NULL)
    bm_button_set_off (BM_BUTTON (next), !bm_ink_is_complete (self->page.ink));
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
      bm_shell_update_next (self);
      return;
    }
  make_tab (self, self->part, self->parts->len);
  if (self->bottom != NULL)
    gtk_box_remove (GTK_BOX (self->column), self->bottom);
  self->bottom = bm_frame_new_bottom (&frame);
  gtk_box_append (GTK_BOX (self->column), self->bottom);
  bm_shell_update_next (self);
}

/* Only these templates have keys; elsewhere an input would leave nothing to press. */
static gboolean
has_keys (BmShell *self)
{
  const char *name = bm_model_text (self->model, "template");

  return g_str_equal (name, "digits") || g_str_equal (name, "amount") ||
         g_str_equal (name, "date") || g_str_equal (name, "place") ||
         (g_str_has_prefix (name, "desk-") && !g_str_equal (name, "desk-text"));
}

/* What is typed is judged by the bounds that the model brings. */
static void
set_kind (BmShell *self, json_t *input, BmKeypadSpec *spec)
{
  const char *name = bm_model_text (self->model, "template");

  if (g_str_equal (name, "amount"))
    {
      spec->kind = BM_KEYPAD_AMOUNT;
      spec->from = g_ascii_strtoll (bm_model_text (input, "from"), NULL, 10);
      spec->to = g_ascii_strtoll (bm_model_text (input, "to"), NULL, 10);
    }
  else if (g_str_equal (name, "date"))
    {
      spec->kind = BM_KEYPAD_DATE;
      spec->from = bm_day_from_string (bm_model_text (input, "from"));
      spec->to = bm_day_from_string (bm_model_text (input, "to"));
    }
}

/* For the same person, from the same beginning. */
static gboolean
is_same_writing (json_t *before, json_t *now)
{
  return json_equal (json_object_get (before, "facts"), json_object_get (now, "facts")) &&
         g_str_equal (bm_model_text (bm_model_object (before, "input"), "written"),
                      bm_model_text (bm_model_object (now, "input"), "written"));
}

/* What was written stays while it is asked for the same person; a new answer of the station is shown. */
static void
make_writer (BmShell *self, gboolean is_kept)
{
  json_t *input = bm_model_object (self->model, "input");

  if (!g_str_equal (bm_model_text (self->model, "template"), "desk-text") || input == NULL)
    g_clear_object (&self->writer);
  else if (self->writer == NULL || !is_kept)
    {
      g_clear_object (&self->writer);
      self->writer =
        bm_writer_new (&self->page.metrics, bm_model_text (input, "label"),
                       bm_model_int (input, "max", 1), bm_model_string (input, "written"));
      g_signal_connect_object (self->writer, "changed", G_CALLBACK (bm_shell_update_next), self,
                               G_CONNECT_SWAPPED);
    }
  if (self->writer != NULL)
    bm_writer_set_problem (self->writer, bm_model_string (input, "problem"));
  self->page.writer = self->writer;
}

/* The same keys, whatever language their label is in; a problem that is new asks for another number. */
static gboolean
are_same_keys (json_t *one, json_t *two)
{
  static const char *const names[] = { "min",       "max",    "is_masked", "has_x",
                                       "has_point", "groups", "from",      "to" };

  if (one == NULL || two == NULL)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      json_t *value = json_object_get (one, names[i]);
      json_t *other = json_object_get (two, names[i]);

      if (value != other && !json_equal (value, other))
        return FALSE;
    }
  return (json_object_get (one, "problem") == NULL) == (json_object_get (two, "problem") == NULL);
}

void
bm_shell_forget_typed (BmShell *self)
{
  g_clear_pointer (&self->below, json_decref);
  g_clear_pointer (&self->typed, bm_wipe_string);
}

/* A page that covers another one gives it back: what was typed there waits. */
static void
keep_typed (BmShell *self, json_t *before, BmKeypad *keypad)
{
  const char *covered = bm_model_string (self->model, "covers");

  if (covered == NULL || g_strcmp0 (bm_model_string (self->below, "id"), covered) == 0)
    return;
  bm_shell_forget_typed (self);
  if (keypad == NULL || !g_str_equal (bm_model_text (before, "id"), covered))
    return;
  self->below = json_incref (before);
  self->typed = g_strdup (bm_keypad_get_value (keypad));
}

static gboolean
is_given_back (BmShell *self)
{
  return self->below != NULL &&
         g_str_equal (bm_model_text (self->below, "id"), bm_model_text (self->model, "id")) &&
         are_same_keys (bm_model_object (self->below, "input"),
                        bm_model_object (self->model, "input"));
}

/* What was typed stays when the same question is only set anew (larger letters, 已叫人, in English). */
static void
make_keypad (BmShell *self, json_t *before_model)
{
  g_autoptr (BmKeypad) before = g_steal_pointer (&self->keypad);
  gboolean is_kept =
    before_model != NULL &&
    g_str_equal (bm_model_text (before_model, "id"), bm_model_text (self->model, "id")) &&
    are_same_keys (bm_model_object (before_model, "input"), bm_model_object (self->model, "input"));
  json_t *input = bm_model_object (self->model, "input");
  json_t *groups = json_object_get (input, "groups");
  BmKeypadSpec spec = { .label = bm_model_text (input, "label"),
                        .min = bm_model_int (input, "min", 1),
                        .max = bm_model_int (input, "max", BM_KEYPAD_MAX),
                        .is_masked = bm_model_is (input, "is_masked"),
                        .has_x = bm_model_is (input, "has_x"),
                        .has_point = bm_model_is (input, "has_point"),
                        .under = bm_model_string (input, "under"),
                        .over = bm_model_string (input, "over"),
                        .wrong = bm_model_string (input, "wrong") };
  const char *typed = bm_model_text (input, "value");

  keep_typed (self, before_model, before);
  self->page.keypad = NULL;
  if (input != NULL && has_keys (self))
    {
      for (guint i = 0; i < json_array_size (groups) && i < G_N_ELEMENTS (spec.groups) - 1; i++)
        spec.groups[i] = (guint) json_integer_value (json_array_get (groups, i));
      set_kind (self, input, &spec);
      self->keypad = bm_keypad_new (&self->page.metrics, &spec);
      g_signal_connect_object (self->keypad, "changed", G_CALLBACK (bm_shell_update_next), self,
                               G_CONNECT_SWAPPED);
    }
  if (is_kept && before != NULL)
    typed = bm_keypad_get_value (before);
  else if (is_given_back (self))
    typed = self->typed;
  for (const char *at = typed; self->keypad != NULL && *at != '\0'; at++)
    bm_keypad_type (self->keypad, *at);
  if (bm_model_string (self->model, "covers") == NULL)
    bm_shell_forget_typed (self);
  self->page.keypad = self->keypad;
}

/* Whole sentences fit a part at any size; a paragraph may not. */
void
bm_shell_set_page_model (BmShell *self)
{
  g_clear_pointer (&self->shown, json_decref);
  self->shown =
    bm_model_split_lines (self->model, self->page.metrics.scale >= 150 ? MAX_LINE_LARGE : MAX_LINE);
  if (self->page.is_flow)
    {
      json_t *unfolded = bm_desk_flow_model (self->shown);

      json_decref (self->shown);
      self->shown = unfolded;
    }
  self->page.model = self->shown;
  self->page.service_tint = bm_model_string (bm_model_object (self->shown, "service"), "tint");
}

/* A screen reader says the window's name when it changes; a page has no other name than its question. */
static void
set_title (BmShell *self)
{
  g_autofree char *title = bm_text_on_one_line (bm_model_text (self->model, "question"));

  gtk_window_set_title (GTK_WINDOW (self), title);
}

void
bm_shell_make_page (BmShell *self, json_t *before)
{
  gboolean is_same_id =
    before != NULL && g_str_equal (bm_model_text (before, "id"), bm_model_text (self->model, "id"));
  gboolean is_same_size =
    json_equal (bm_model_object (before, "settings"), bm_model_object (self->model, "settings"));
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));
  g_autofree char *focused =
    focus != NULL && is_same_id ? g_strdup (gtk_widget_get_name (focus)) : NULL;
  guint part = is_same_id ? self->part : 0;
  GtkWidget *again;

  bm_scan_rule_forget_held (&self->scan);
  bm_shell_drop_page (self);
  bm_shell_drop_frame (self);
  take_language (self);
  read_settings (self);
  set_title (self);
  make_keypad (self, before);
  make_writer (self, is_same_id && is_same_writing (before, self->model));
  bm_shell_make_ink (self);
  set_above (self);
  self->page.is_flow = FALSE;
  bm_shell_set_page_model (self);
  plan (self);
  self->part = MIN (part, self->parts->len - 1);
  bm_shell_make_part (self);
  again = focused != NULL ? find_named (GTK_WIDGET (self), focused) : NULL;
  if (again != NULL)
    gtk_widget_grab_focus (again);
  if (!is_same_id || self->part != part || !is_same_size)
    bm_shell_note_turn (self);
}
