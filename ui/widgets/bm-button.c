/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/widgets/bm-button.h"

#include "ui/widgets/bm-picture.h"
#include "ui/widgets/bm-text.h"
#include "ui/widgets/bm-timing.h"

/*
 * The one thing that can be pressed. GtkButton gives it gesture, keys and accessible action: it acts
 * when the finger is lifted inside it, wherever inside the finger wandered. Everything seen is ours.
 *
 *   normal ── finger down ──► pressed ── lifted inside ──► "clicked"
 *   chosen, busy, off: set by the model; off still takes the press, to say why.
 *
 * Every state differs in line, not only in colour: ledge below, ledge above, thick border and tick,
 * double border and hourglass, dashes.
 */

/* Labels up to this length are never broken inside. */
#define MAX_KEPT 6

#define LOOK_MS 150

struct _BmButton
{
  GtkButton parent_instance;

  BmMetrics metrics;
  GtkWidget *picture; /* (nullable) */
  GtkWidget *words;
  char *name;
  gboolean is_chosen;
  gboolean is_off;
  guint look;         /* source that ends the pressed look of a key press */
  gboolean is_filled; /* its picture has no colour block in any state */
};

G_DEFINE_FINAL_TYPE (BmButton, bm_button, GTK_TYPE_BUTTON)

static void
update_picture (BmButton *self)
{
  GtkStateFlags flags = gtk_widget_get_state_flags (GTK_WIDGET (self));

  if (self->picture != NULL)
    bm_picture_set_plain (BM_PICTURE (self->picture),
                          self->is_filled || self->is_off || (flags & GTK_STATE_FLAG_ACTIVE) != 0);
}

static void
bm_button_state_flags_changed (GtkWidget *widget, GtkStateFlags previous)
{
  GTK_WIDGET_CLASS (bm_button_parent_class)->state_flags_changed (widget, previous);
  update_picture (BM_BUTTON (widget));
}

/* Black disc with a tick in the upper right corner. */
static void
draw_tick (BmButton *self, GtkSnapshot *snapshot)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self));
  double size = bm_px (&self->metrics, self->metrics.is_desk ? 7 : BM_MM_TICK_DISC);
  double inset = bm_px (&self->metrics, BM_MM_HAIR);
  double x, y;
  GtkBorder padding;
  GdkRGBA ink, paper;
  cairo_t *cr;

  gtk_style_context_get_padding (gtk_widget_get_style_context (GTK_WIDGET (self)), &padding);
  x = width + padding.right - inset - size;
  y = inset - padding.top;
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (x, y, size, size));
  bm_role_rgba (self->metrics.theme, BM_ROLE_INK, &ink);
  bm_role_rgba (self->metrics.theme, BM_ROLE_SURFACE, &paper);
  gdk_cairo_set_source_rgba (cr, &ink);
  cairo_arc (cr, x + size / 2, y + size / 2, size / 2, 0, 2 * G_PI);
  cairo_fill (cr);
  gdk_cairo_set_source_rgba (cr, &paper);
  cairo_set_line_width (cr, size / 12);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_move_to (cr, x + size * 0.27, y + size * 0.52);
  cairo_line_to (cr, x + size * 0.43, y + size * 0.67);
  cairo_line_to (cr, x + size * 0.74, y + size * 0.34);
  cairo_stroke (cr);
  cairo_destroy (cr);
}

static void
bm_button_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  GTK_WIDGET_CLASS (bm_button_parent_class)->snapshot (widget, snapshot);
  if (BM_BUTTON (widget)->is_chosen)
    draw_tick (BM_BUTTON (widget), snapshot);
}

static gboolean
on_look_over (gpointer user_data)
{
  BmButton *self = user_data;

  self->look = 0;
  gtk_widget_unset_state_flags (GTK_WIDGET (self), GTK_STATE_FLAG_ACTIVE);
  return G_SOURCE_REMOVE;
}

/* Keys and screen readers act at once (GtkButton waits a quarter of a second), and are seen to. */
static void
bm_button_activate (GtkButton *button)
{
  BmButton *self = BM_BUTTON (button);

  bm_timing_pressed ();
  g_clear_handle_id (&self->look, g_source_remove);
  gtk_widget_set_state_flags (GTK_WIDGET (self), GTK_STATE_FLAG_ACTIVE, FALSE);
  self->look = g_timeout_add (LOOK_MS, on_look_over, self);
  g_signal_emit_by_name (self, "clicked");
}

static void
bm_button_dispose (GObject *object)
{
  g_clear_handle_id (&BM_BUTTON (object)->look, g_source_remove);
  G_OBJECT_CLASS (bm_button_parent_class)->dispose (object);
}

static void
bm_button_finalize (GObject *object)
{
  g_free (BM_BUTTON (object)->name);
  G_OBJECT_CLASS (bm_button_parent_class)->finalize (object);
}

static void
bm_button_class_init (BmButtonClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bm_button_dispose;
  G_OBJECT_CLASS (klass)->finalize = bm_button_finalize;
  GTK_BUTTON_CLASS (klass)->activate = bm_button_activate;
  widget_class->state_flags_changed = bm_button_state_flags_changed;
  widget_class->snapshot = bm_button_snapshot;
  gtk_widget_class_set_css_name (widget_class, "bm-button");
}

static void
bm_button_init (BmButton *self)
{
  /* The focus is for keys: a ring that stays where a finger was says nothing. */
  gtk_widget_set_focus_on_click (GTK_WIDGET (self), FALSE);
}

static gboolean
has_words (const char *text)
{
  return text != NULL && *text != '\0';
}

static void
set_side (GtkWidget *label, const BmButtonSpec *spec)
{
  gboolean is_row = spec->shape == BM_BUTTON_ROW;

  gtk_label_set_justify (GTK_LABEL (label), is_row ? GTK_JUSTIFY_LEFT : GTK_JUSTIFY_CENTER);
  gtk_label_set_xalign (GTK_LABEL (label), is_row ? 0 : 0.5);
}

static GtkWidget *
new_quiet (const BmButtonSpec *spec, const char *text, BmType type)
{
  GtkWidget *label = bm_text_new (text, type);

  gtk_widget_add_css_class (label, "tight");
  gtk_widget_add_css_class (label, "note");
  set_side (label, spec);
  return label;
}

/* For who stands beside: as small as the frame's lines, of a large label as small as a sentence. */
static GtkWidget *
new_second (const BmButtonSpec *spec)
{
  g_autofree char *text = bm_text_on_one_line (spec->second);
  GtkWidget *label =
    new_quiet (spec, text, spec->type < BM_TYPE_ANSWER ? BM_TYPE_BODY : BM_TYPE_STATUS);

  gtk_widget_add_css_class (label, "second");
  bm_text_keep_words (label, MAX_KEPT);
  return label;
}

static GtkWidget *
new_words (const BmButtonSpec *spec)
{
  GtkWidget *label = bm_text_new (spec->label, spec->type);
  GtkWidget *box;

  if (spec->is_tight)
    gtk_widget_add_css_class (label, "single");
  bm_text_keep_words (label, MAX_KEPT);
  set_side (label, spec);
  if (!has_words (spec->second) && !has_words (spec->note))
    {
      gtk_widget_set_valign (label, GTK_ALIGN_CENTER);
      return label;
    }
  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (box), label);
  if (has_words (spec->second))
    gtk_box_append (GTK_BOX (box), new_second (spec));
  if (has_words (spec->note))
    gtk_box_append (GTK_BOX (box),
                    new_quiet (spec, spec->note,
                               spec->type <= BM_TYPE_BODY ? BM_TYPE_BODY : BM_TYPE_DESK_TEXT));
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  return box;
}

static double
content_gap_mm (BmButton *self, const BmButtonSpec *spec)
{
  if (self->metrics.is_desk)
    return BM_MM_HAIR;
  if (spec->shape == BM_BUTTON_ROW)
    return spec->icon_mm < BM_MM_TARGET ? BM_MM_MIN_GAP : BM_MM_GAP + BM_MM_HAIR;
  return spec->type == BM_TYPE_SLOT || spec->type == BM_TYPE_BODY ? BM_MM_MIN_GAP - 1
                                                                  : BM_MM_MIN_GAP;
}

static GtkWidget *
new_content (BmButton *self, const BmButtonSpec *spec)
{
  gboolean is_tile = spec->shape == BM_BUTTON_TILE;
  int gap = bm_px (&self->metrics, content_gap_mm (self, spec));
  GtkWidget *box =
    gtk_box_new (is_tile ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL, gap);
  GtkWidget *words = new_words (spec);

  self->words = words;
  if (self->picture != NULL && !spec->is_icon_last)
    gtk_box_append (GTK_BOX (box), self->picture);
  gtk_box_append (GTK_BOX (box), words);
  if (self->picture != NULL && spec->is_icon_last)
    gtk_box_append (GTK_BOX (box), self->picture);
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  gtk_widget_set_halign (box, spec->shape == BM_BUTTON_ROW ? GTK_ALIGN_FILL : GTK_ALIGN_CENTER);
  if (spec->shape == BM_BUTTON_ROW)
    gtk_widget_set_hexpand (words, TRUE);
  return box;
}

static void
add_state (BmButton *self, const BmButtonSpec *spec)
{
  GtkWidget *widget = GTK_WIDGET (self);

  self->is_chosen = g_strcmp0 (spec->state, "chosen") == 0;
  self->is_off = g_strcmp0 (spec->state, "off") == 0;
  if (self->is_chosen || self->is_off || g_strcmp0 (spec->state, "busy") == 0)
    gtk_widget_add_css_class (widget, spec->state);
  self->is_filled = g_strcmp0 (spec->kind, "primary") == 0 || g_strcmp0 (spec->kind, "help") == 0;
  if (self->is_filled)
    gtk_widget_add_css_class (widget, spec->kind);
  if (bm_role_of_tint (spec->tint, BM_ROLE_INK) != BM_ROLE_INK)
    {
      g_autofree char *tint = g_strconcat ("tint-", spec->tint, NULL);

      gtk_widget_add_css_class (widget, tint);
    }
  if (self->is_chosen)
    gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_PRESSED,
                                 GTK_ACCESSIBLE_TRISTATE_TRUE, -1);
  if (self->is_off)
    gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_DISABLED, TRUE, -1);
}

static BmRole
picture_tint (const BmButtonSpec *spec)
{
  gboolean is_tinted = bm_role_of_tint (spec->tint, BM_ROLE_INK) != BM_ROLE_INK;

  if (is_tinted || g_strcmp0 (spec->state, "chosen") == 0)
    return BM_ROLE_SURFACE;
  return spec->icon_tint != 0 ? spec->icon_tint : BM_ROLE_TINT_MONEY;
}

/**
 * bm_button_new:
 * @metrics: how this face measures
 * @spec: what it is made of
 *
 * Returns: a button; its accessible name is its label, on one line
 */
GtkWidget *
bm_button_new (const BmMetrics *metrics, const BmButtonSpec *spec)
{
  BmButton *self = g_object_new (BM_TYPE_BUTTON, NULL);
  const char *icon = g_strcmp0 (spec->state, "busy") == 0 ? "hourglass" : spec->icon;

  self->metrics = *metrics;
  self->name = bm_text_on_one_line (spec->label);
  if (bm_drawing_is_known (icon) && spec->icon_mm > 0)
    self->picture = bm_picture_new (metrics, icon, spec->icon_mm, picture_tint (spec));
  if (spec->shape == BM_BUTTON_ROW)
    gtk_widget_add_css_class (GTK_WIDGET (self), "wide");
  add_state (self, spec);
  gtk_button_set_child (GTK_BUTTON (self), new_content (self, spec));
  gtk_widget_set_size_request (GTK_WIDGET (self), bm_px (metrics, spec->min_width_mm),
                               bm_px (metrics, spec->min_height_mm));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, self->name,
                                  -1);
  if (spec->note != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                    spec->note, -1);
  update_picture (self);
  return GTK_WIDGET (self);
}

gboolean
bm_button_is_off (BmButton *self)
{
  g_return_val_if_fail (BM_IS_BUTTON (self), FALSE);

  return self->is_off;
}

const char *
bm_button_get_name (BmButton *self)
{
  g_return_val_if_fail (BM_IS_BUTTON (self), NULL);

  return self->name;
}

/**
 * bm_button_set_label:
 * @self: a button without note
 * @label: what stands on it from now on
 *
 * The button stays where it is and as large as it is asked to be.
 */
void
bm_button_set_label (BmButton *self, const char *label)
{
  g_return_if_fail (BM_IS_BUTTON (self) && GTK_IS_LABEL (self->words));

  bm_text_set (self->words, label);
  g_free (self->name);
  self->name = bm_text_on_one_line (label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, self->name,
                                  -1);
}

/**
 * bm_button_set_off:
 * @self: a button
 * @is_off: whether it cannot be used now
 *
 * An off button still takes presses: whoever owns it says why.
 */
void
bm_button_set_off (BmButton *self, gboolean is_off)
{
  g_return_if_fail (BM_IS_BUTTON (self));

  if (self->is_off == is_off)
    return;
  self->is_off = is_off;
  if (is_off)
    gtk_widget_add_css_class (GTK_WIDGET (self), "off");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "off");
  gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_DISABLED, is_off, -1);
  update_picture (self);
}
