/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/shell/shell.h"

#include "core/fault.h"
#include "ui/pages/page.h"
#include "ui/shell/frame.h"
#include "ui/shell/stage.h"
#include "ui/shell/touch-filter.h"
#include "ui/style/style-css.h"
#include "ui/widgets/bm-button.h"
#include "ui/widgets/bm-drawing.h"
#include "ui/widgets/bm-text.h"
#include "ui/widgets/bm-timing.h"

#include <string.h>

/*
 * The one window. It holds the model that is shown, cut into parts, and nothing else of a person.
 *
 *   model ─► same page? ── yes ─► set clock, countdown
 *                       └─ no ──► old page destroyed, style, frame, plan, first (or same) part made
 *
 * Invariants:
 *  - at most one page exists; a page that is left is destroyed, with what was typed on it;
 *  - after an intent nothing that can be pressed makes another until a page arrives or the station is
 *    known not to answer (two fast taps are one intent);
 *  - what is spoken is the model's speech, said when the page changes, unasked only if not private.
 */

#define ACTIVITY_MS 10000
#define ANSWER_MS   3000

#define MAX_LINE       60
#define MAX_LINE_LARGE 28

struct _BmShell
{
  GtkWindow parent_instance;

  int width;
  int height;
  BmPage page;
  json_t *model;
  json_t *shown; /* the model as it is set: long lines taken apart */
  GArray *parts;
  guint part;
  BmKeypad *keypad;
  GtkCssProvider *css;
  GtkWidget *column;
  GtkWidget *top; /* (nullable) */
  GtkWidget *overlay;
  GtkWidget *holder;
  GtkWidget *tab;    /* (nullable) */
  GtkWidget *bottom; /* (nullable) */
  BmSpeech *speech;  /* (nullable) */
  gint64 active_at;
  guint pending; /* source that gives up waiting for an answer; 0: none is awaited */
};

enum
{
  SIGNAL_INTENT,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BmShell, bm_shell, GTK_TYPE_WINDOW)

static void
emit_intent (BmShell *self, json_t *intent)
{
  char *text;

  json_object_set_new (intent, "version", json_integer (1));
  text = json_dumps (intent, JSON_COMPACT);
  bm_timing_sent ();
  g_signal_emit (self, signals[SIGNAL_INTENT], 0, text);
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
static gboolean
begin_act (BmShell *self)
{
  if (self->pending != 0)
    return FALSE;
  self->pending = g_timeout_add (ANSWER_MS, on_no_answer, self);
  return TRUE;
}

static void
act (BmShell *self, const char *what)
{
  if (begin_act (self))
    emit_intent (self, json_pack ("{s:s}", "do", what));
}

static void
on_choose (const char *choice, gpointer user_data)
{
  if (begin_act (user_data))
    emit_intent (user_data, json_pack ("{s:s, s:s}", "do", "choose", "choice", choice));
}

static void
on_say (const char *sentence, gpointer user_data)
{
  BmShell *self = user_data;

  if (self->speech != NULL)
    bm_speech_say_one (self->speech, bm_model_text (self->model, "id"), sentence);
}

static void
speak (BmShell *self)
{
  if (self->speech != NULL && self->model != NULL)
    bm_speech_say (self->speech, bm_model_text (self->model, "id"),
                   json_object_get (self->model, "speech"));
}

static void
go_next (BmShell *self)
{
  if (self->keypad == NULL)
    {
      act (self, "next");
      return;
    }
  if (!bm_keypad_is_complete (self->keypad))
    {
      on_say (bm_model_text (bm_model_object (self->model, "input"), "label"), self);
      return;
    }
  if (begin_act (self))
    emit_intent (self, json_pack ("{s:s, s:s}", "do", "digits", "value",
                                  bm_keypad_get_value (self->keypad)));
}

static void
on_frame (BmFrameAct what, gpointer user_data)
{
  BmShell *self = user_data;

  switch (what)
    {
    case BM_FRAME_READ:
      speak (self);
      emit_intent (self, json_pack ("{s:s}", "do", "read"));
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

static void
on_activity (gboolean is_on_target, gpointer user_data)
{
  BmShell *self = user_data;
  gint64 now = g_get_monotonic_time ();
  gboolean is_asked = g_str_equal (bm_model_text (self->model, "template"), "alert");
  gboolean is_due = self->active_at == 0 || now - self->active_at > ACTIVITY_MS * 1000;

  if (is_on_target)
    bm_timing_pressed ();
  if (self->model == NULL || (is_on_target && is_asked) || (!is_asked && !is_due))
    return;
  self->active_at = now;
  emit_intent (self, json_pack ("{s:s}", "do", "activity"));
}

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

static gboolean
on_key (GtkEventControllerKey *controller,
        guint key,
        guint code,
        GdkModifierType modifiers,
        gpointer user_data)
{
  BmShell *self = user_data;

  if (self->model == NULL)
    return FALSE;
  if (key == GDK_KEY_F1 &&
      !g_str_equal (bm_model_text (bm_model_object (self->model, "frame"), "help"), "hidden"))
    on_frame (BM_FRAME_HELP, self);
  else if (key == GDK_KEY_F2)
    on_frame (BM_FRAME_READ, self);
  else
    return type_key (self, key);
  return TRUE;
}

static void
drop_page (BmShell *self)
{
  GtkWidget *child;

  self->page.ticking = NULL;
  gtk_window_set_focus (GTK_WINDOW (self), NULL);
  while ((child = gtk_widget_get_first_child (self->holder)) != NULL)
    gtk_box_remove (GTK_BOX (self->holder), child);
}

static void
drop_frame (BmShell *self)
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
    .act = on_frame,
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
    {
      page->height = self->height;
      self->parts = bm_page_plan (page, self->holder);
      return;
    }
  make_top (self);
  page->height = self->height - height_of (self, self->top) - bottom_height (self, FALSE);
  self->parts = bm_page_plan (page, self->holder);
  if (self->parts->len == 1)
    return;
  make_tab (self, 0, 2);
  g_clear_pointer (&self->parts, g_array_unref);
  page->height = self->height - height_of (self, self->top) - bottom_height (self, TRUE);
  self->parts = bm_page_plan (page, self->holder);
}

static void
make_part (BmShell *self)
{
  BmFrame frame = frame_of (self, self->part, self->parts->len);

  drop_page (self);
  gtk_box_append (GTK_BOX (self->holder),
                  bm_page_build (&self->page, &g_array_index (self->parts, BmPagePart, self->part),
                                 self->part));
  if (self->page.metrics.is_desk)
    return;
  make_tab (self, self->part, self->parts->len);
  if (self->bottom != NULL)
    gtk_box_remove (GTK_BOX (self->column), self->bottom);
  self->bottom = bm_frame_new_bottom (&frame);
  gtk_box_append (GTK_BOX (self->column), self->bottom);
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
  if (input != NULL)
    {
      for (guint i = 0; i < json_array_size (groups) && i < G_N_ELEMENTS (spec.groups) - 1; i++)
        spec.groups[i] = (guint) json_integer_value (json_array_get (groups, i));
      self->keypad = bm_keypad_new (&self->page.metrics, &spec);
    }
  for (const char *at = is_kept && before != NULL ? bm_keypad_get_value (before) : "";
       self->keypad != NULL && *at != '\0'; at++)
    bm_keypad_type (self->keypad, *at);
  self->page.keypad = self->keypad;
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

/* Whole sentences fit a part at any size; a paragraph may not. */
static void
set_page_model (BmShell *self)
{
  g_clear_pointer (&self->shown, json_decref);
  self->shown =
    bm_model_split_lines (self->model, self->page.metrics.scale >= 150 ? MAX_LINE_LARGE : MAX_LINE);
  self->page.model = self->shown;
  self->page.service_tint = bm_model_string (bm_model_object (self->shown, "service"), "tint");
}

static void
make_page (BmShell *self, json_t *before)
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

  drop_page (self);
  drop_frame (self);
  read_settings (self);
  make_keypad (self, is_same_id && is_same_input);
  set_page_model (self);
  plan (self);
  self->part = MIN (part, self->parts->len - 1);
  make_part (self);
  again = focused != NULL ? find_named (GTK_WIDGET (self), focused) : NULL;
  if (again != NULL)
    gtk_widget_grab_focus (again);
}

static void
tick (BmShell *self)
{
  int seconds = bm_model_int (self->model, "countdown", -1);

  if (self->top != NULL)
    bm_frame_set_clock (self->top, self->model);
  if (self->page.ticking != NULL && seconds >= 0)
    {
      g_autofree char *text = g_strdup_printf ("%d", seconds);

      bm_text_set (self->page.ticking, text);
    }
}

static gboolean
is_new_speech (json_t *before, json_t *after)
{
  return before == NULL ||
         !g_str_equal (bm_model_text (before, "id"), bm_model_text (after, "id")) ||
         !json_equal (json_object_get (before, "speech"), json_object_get (after, "speech"));
}

static gboolean
is_spoken_unasked (json_t *model)
{
  return bm_model_is (bm_model_object (model, "settings"), "is_spoken") &&
         !bm_model_is (model, "is_private");
}

/* Whether the frame (which shows parts of the station object) must be made anew. */
static gboolean
is_same_station (json_t *one, json_t *two)
{
  json_t *a = bm_model_object (one, "station");
  json_t *b = bm_model_object (two, "station");

  return bm_model_is (a, "is_online") == bm_model_is (b, "is_online") &&
         g_str_equal (bm_model_text (a, "name"), bm_model_text (b, "name")) &&
         g_str_equal (bm_model_text (a, "duty"), bm_model_text (b, "duty"));
}

/**
 * bm_shell_show_page:
 * @self: the window
 * @model: a page model
 *
 * Shows and speaks a page. What is already shown stays as it is.
 */
void
bm_shell_show_page (BmShell *self, json_t *model)
{
  json_auto_t *before = NULL;
  gboolean is_today;

  g_return_if_fail (BM_IS_SHELL (self) && json_is_object (model));

  if (bm_page_builder (bm_model_string (model, "template")) == NULL)
    {
      g_warning ("No template is called %s", bm_model_text (model, "template"));
      return;
    }
  bm_shell_release (self);
  bm_timing_shown ();
  before = self->model;
  self->model = json_incref (model);
  is_today = g_str_equal (bm_model_text (model, "template"), "desk-today");
  if (is_today && before != NULL && json_equal (before, model))
    return;
  if (is_today || !bm_model_is_same_page (before, model) || !is_same_station (before, model))
    make_page (self, before);
  else
    {
      set_page_model (self);
      tick (self);
    }
  if (!is_new_speech (before, model) || self->speech == NULL)
    return;
  if (is_spoken_unasked (model))
    speak (self);
  else
    bm_speech_hush (self->speech);
}

void
bm_shell_release (BmShell *self)
{
  g_return_if_fail (BM_IS_SHELL (self));

  g_clear_handle_id (&self->pending, g_source_remove);
}

/**
 * bm_shell_wipe:
 * @self: the window
 *
 * Takes away everything that was shown, typed or about to be said.
 */
void
bm_shell_wipe (BmShell *self)
{
  g_return_if_fail (BM_IS_SHELL (self));

  bm_shell_release (self);
  drop_page (self);
  drop_frame (self);
  g_clear_object (&self->keypad);
  g_clear_pointer (&self->parts, g_array_unref);
  g_clear_pointer (&self->model, json_decref);
  g_clear_pointer (&self->shown, json_decref);
  self->page.model = NULL;
  self->page.keypad = NULL;
  self->page.service_tint = NULL;
  self->part = 0;
  if (self->speech != NULL)
    bm_speech_hush (self->speech);
}

json_t *
bm_shell_get_model (BmShell *self)
{
  return self->model;
}

guint
bm_shell_get_part (BmShell *self)
{
  return self->part;
}

guint
bm_shell_count_parts (BmShell *self)
{
  return self->parts != NULL ? self->parts->len : 0;
}

void
bm_shell_set_part (BmShell *self, guint part)
{
  g_return_if_fail (BM_IS_SHELL (self));

  if (self->parts == NULL || part >= self->parts->len || part == self->part)
    return;
  self->part = part;
  make_part (self);
}

GtkWidget *
bm_shell_get_page (BmShell *self)
{
  return gtk_widget_get_first_child (self->holder);
}

const BmMetrics *
bm_shell_get_metrics (BmShell *self)
{
  return &self->page.metrics;
}

void
bm_shell_set_speech (BmShell *self, BmSpeech *speech)
{
  g_return_if_fail (BM_IS_SHELL (self));

  g_set_object (&self->speech, speech);
  if (speech != NULL && self->model != NULL && is_spoken_unasked (self->model))
    speak (self);
}

static void
bm_shell_dispose (GObject *object)
{
  BmShell *self = BM_SHELL (object);

  if (self->holder != NULL)
    bm_shell_wipe (self);
  self->holder = NULL;
  g_clear_object (&self->speech);
  if (self->css != NULL)
    gtk_style_context_remove_provider_for_display (gdk_display_get_default (),
                                                   GTK_STYLE_PROVIDER (self->css));
  g_clear_object (&self->css);
  G_OBJECT_CLASS (bm_shell_parent_class)->dispose (object);
}

static void
bm_shell_class_init (BmShellClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bm_shell_dispose;

  /**
   * BmShell::intent:
   * @json: what the person did, after assets/schema/intent.json
   */
  signals[SIGNAL_INTENT] = g_signal_new ("intent", BM_TYPE_SHELL, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                         NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
bm_shell_init (BmShell *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->css = gtk_css_provider_new ();
  gtk_style_context_add_provider_for_display (gdk_display_get_default (),
                                              GTK_STYLE_PROVIDER (self->css),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  self->column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  self->overlay = gtk_overlay_new ();
  self->holder = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_overlay_set_child (GTK_OVERLAY (self->overlay), self->holder);
  gtk_widget_set_vexpand (self->overlay, TRUE);
  gtk_widget_set_overflow (self->overlay, GTK_OVERFLOW_HIDDEN);
  gtk_box_append (GTK_BOX (self->column), self->overlay);
  gtk_window_set_decorated (GTK_WINDOW (self), FALSE);
  gtk_widget_add_css_class (GTK_WIDGET (self), "bm");
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  bm_touch_filter_attach (GTK_WIDGET (self), on_activity, self);
  self->page.choose = on_choose;
  self->page.act = on_frame;
  self->page.say = on_say;
  self->page.user_data = self;
}

/**
 * bm_shell_new:
 * @pitch: millimetres a pixel
 * @width: of the screen
 * @height: of the screen
 *
 * Returns: a window without a page
 */
BmShell *
bm_shell_new (double pitch, int width, int height)
{
  BmShell *self = g_object_new (BM_TYPE_SHELL, "title", "Bianmin", NULL);

  self->page.metrics.pitch = pitch;
  self->width = width;
  self->height = height;
  gtk_window_set_child (GTK_WINDOW (self), bm_stage_new (self->column, width, height));
  gtk_window_set_default_size (GTK_WINDOW (self), width, height);
  /* A finger of 10 mm may wander before GTK takes the press for a drag. */
  g_object_set (gtk_settings_get_default (), "gtk-dnd-drag-threshold",
                bm_px (&self->page.metrics, 10), NULL);
  return self;
}
