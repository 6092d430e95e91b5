/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/shell/shell.h"

#include "ui/shell/frame.h"
#include "ui/shell/shell-private.h"
#include "ui/shell/stage.h"
#include "ui/widgets/bm-break.h"
#include "ui/widgets/bm-meter.h"
#include "ui/widgets/bm-text.h"
#include "ui/widgets/bm-timing.h"

/*
 * The one window. It holds the model that is shown, cut into parts, and nothing else of a person.
 *
 *   model ─► same page? ── yes ─► set clock, countdown, level
 *                       └─ no ──► old page destroyed, style, frame, plan, first (or same) part made
 *
 * Invariants:
 *  - at most one page exists; a page that is left is destroyed, with what was typed on it;
 *  - after an intent nothing that can be pressed makes another until a page arrives or the station is
 *    known not to answer (two fast taps are one intent);
 *  - what is spoken is the model's speech, said when the page changes, unasked only if not private or a
 *    headphone is in (shell-voice.c).
 */

#define TITLE "Bianmin" /* while there is no page */

enum
{
  SIGNAL_INTENT,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BmShell, bm_shell, GTK_TYPE_WINDOW)

void
bm_shell_emit_intent (BmShell *self, const char *intent)
{
  g_signal_emit (self, signals[SIGNAL_INTENT], 0, intent);
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
  if (self->page.meter != NULL)
    bm_meter_set_level (BM_METER (self->page.meter),
                        (guint) MAX (bm_model_int (self->model, "level", 0), 0));
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
  bm_timing_came (bm_model_text (model, "id"));
  before = self->model;
  self->model = json_incref (model);
  is_today = g_str_equal (bm_model_text (model, "template"), "desk-today");
  if (is_today && before != NULL && json_equal (before, model))
    return;
  bm_shell_expect_voice (self, before);
  if (is_today || !bm_model_is_same_page (before, model) || !is_same_station (before, model))
    bm_shell_make_page (self, before);
  else
    {
      bm_shell_set_page_model (self);
      tick (self);
    }
  bm_shell_hear_page (self, before);
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
  bm_shell_forget_keys (self);
  bm_shell_forget_asked (self);
  bm_shell_drop_page (self);
  bm_shell_drop_frame (self);
  gtk_window_set_title (GTK_WINDOW (self), TITLE);
  g_clear_object (&self->keypad);
  g_clear_object (&self->writer);
  bm_shell_forget_ink (self);
  bm_shell_forget_typed (self);
  g_clear_pointer (&self->parts, g_array_unref);
  g_clear_pointer (&self->model, json_decref);
  g_clear_pointer (&self->shown, json_decref);
  g_clear_pointer (&self->words, json_decref);
  bm_break_take_names (NULL);
  self->page.model = NULL;
  self->page.keypad = NULL;
  self->page.writer = NULL;
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
  bm_shell_make_part (self);
  bm_shell_note_turn (self);
}

/**
 * bm_shell_set_hold:
 * @self: the window
 * @ms: how long a finger has to stay for its press to count, up to 800; 0 (as it begins): any time
 *
 * For places where hands tremble so that they strike what they brush.
 */
void
bm_shell_set_hold (BmShell *self, guint ms)
{
  g_return_if_fail (BM_IS_SHELL (self));

  bm_touch_filter_set_hold (self->touch, ms);
}

/**
 * bm_shell_set_distance:
 * @self: the window, before its first page
 * @mm: from the screen to the eyes; 600 (as it begins) is where one stands before a 21.5" screen
 */
void
bm_shell_set_distance (BmShell *self, double mm)
{
  g_return_if_fail (BM_IS_SHELL (self) && self->model == NULL && mm > 0);

  self->page.metrics.distance = mm;
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

  bm_shell_take_voice (self, speech);
}

static void
bm_shell_dispose (GObject *object)
{
  BmShell *self = BM_SHELL (object);

  if (self->holder != NULL)
    bm_shell_wipe (self);
  self->holder = NULL;
  bm_shell_take_voice (self, NULL);
  g_clear_weak_pointer (&self->ringed);
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
  self->acted_frame = -1;
  self->turned_frame = -1;
  self->css = gtk_css_provider_new ();
  gtk_style_context_add_provider_for_display (gdk_display_get_default (),
                                              GTK_STYLE_PROVIDER (self->css),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  self->column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  self->overlay =
    g_object_new (GTK_TYPE_OVERLAY, "accessible-role", GTK_ACCESSIBLE_ROLE_GROUP, NULL);
  self->holder = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_overlay_set_child (GTK_OVERLAY (self->overlay), self->holder);
  gtk_widget_set_vexpand (self->overlay, TRUE);
  gtk_widget_set_overflow (self->overlay, GTK_OVERFLOW_HIDDEN);
  gtk_box_append (GTK_BOX (self->column), self->overlay);
  gtk_window_set_decorated (GTK_WINDOW (self), FALSE);
  gtk_widget_add_css_class (GTK_WIDGET (self), "bm");
  bm_shell_take_acts (self);
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
  BmShell *self = g_object_new (BM_TYPE_SHELL, "title", TITLE, NULL);

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
