/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/shell/frame-private.h"

#include "core/language/language.h"
#include "ui/widgets/bm-text.h"

/*
 * The band below every page: 叫人帮忙 always in the left corner, back beside it, next in the right corner.
 * Where they do not fit side by side it has two rows, and 叫人帮忙 stays where it was. On 首页, which has
 * nothing to go back to, the place of back is for 放低一点, where the screen is one to lower things on.
 */

/* How the lower band is set; each next one takes less room. */
typedef enum
{
  BAND_INLINE,  /* one row, picture beside the word */
  BAND_STACKED, /* one row, picture above the word */
  BAND_BROKEN,  /* one row, words of letters on two lines each */
  BAND_BARE,    /* the same without pictures, on a screen that is too low for two rows */
  BAND_TWO_ROWS,
  BAND_TWO_BROKEN, /* and words of letters on two lines each */
  BAND_TWO_BARE,   /* and without pictures */
  N_BANDS,
} BandStyle;

static GtkWidget *
new_slot (const BmFrame *frame, BandStyle style, BmFrameAct act, BmButtonSpec spec, double width_mm)
{
  gboolean is_stacked =
    style == BAND_STACKED &&
    (act != BM_FRAME_HELP || (frame->metrics.is_landscape && bm_frame_is_large (frame)));
  gboolean is_bare = style == BAND_BARE || style == BAND_TWO_BARE;
  gboolean is_broken = is_bare || style == BAND_BROKEN || style == BAND_TWO_BROKEN;
  g_autofree char *words = is_broken ? bm_text_on_two_lines (spec.label) : g_strdup (spec.label);
  GtkWidget *button;

  spec.label = words;
  spec.type = BM_TYPE_SLOT;
  spec.shape = is_stacked ? BM_BUTTON_TILE : BM_BUTTON_INLINE;
  spec.icon_mm = is_bare ? 0 : BM_MM_ICON_FRAME;
  spec.min_width_mm = width_mm;
  spec.min_height_mm =
    frame->metrics.is_landscape ? BM_MM_TARGET_BOTTOM_LANDSCAPE : BM_MM_TARGET_BOTTOM;
  spec.is_icon_last = spec.is_icon_last && !is_stacked;
  button = bm_frame_new_button (frame, act, spec);
  gtk_widget_set_valign (button, GTK_ALIGN_FILL);
  return button;
}

static GtkWidget *
new_help (const BmFrame *frame, BandStyle style)
{
  json_t *settings = bm_model_object (frame->model, "frame");
  const char *mode = bm_model_text (settings, "help");
  const char *label = bm_model_string (settings, "help_label");
  gboolean is_busy = g_str_equal (mode, "busy");
  gboolean is_wide = frame->metrics.is_landscape;
  g_autofree char *words = NULL;

  if (g_str_equal (mode, "hidden"))
    return NULL;
  if (label == NULL)
    label = is_busy ? _ ("Help is called") : _ ("Call for help");
  words = bm_frame_is_large (frame) && !is_wide ? bm_text_on_two_lines (label) : g_strdup (label);
  return new_slot (frame, style, BM_FRAME_HELP,
                   (BmButtonSpec){ .label = words,
                                   .icon = "help",
                                   .kind = is_busy ? "plain" : "help",
                                   .state = is_busy ? "busy" : "normal" },
                   style == BAND_INLINE ? (is_wide ? BM_MM_SLOT_HELP_LANDSCAPE : BM_MM_SLOT_HELP)
                                        : BM_MM_TARGET);
}

static GtkWidget *
new_back (const BmFrame *frame, BandStyle style)
{
  gboolean is_part = frame->part > 0;
  gboolean is_wide = frame->metrics.is_landscape;

  if (!is_part && !bm_model_is (bm_model_object (frame->model, "frame"), "back"))
    return NULL;
  return new_slot (frame, style, is_part ? BM_FRAME_PART_BACK : BM_FRAME_BACK,
                   (BmButtonSpec){ .label = is_part ? _ ("Page before") : _ ("Step back"),
                                   .icon = "back" },
                   style == BAND_INLINE ? (is_wide ? BM_MM_SLOT_BACK_LANDSCAPE : BM_MM_SLOT_BACK)
                                        : BM_MM_TARGET);
}

/* A page that offers to stop as one of its answers needs no second button for it. */
static gboolean
has_choice_called (const BmFrame *frame, const char *label)
{
  for (guint i = 0; i < bm_model_length (frame->model, "choices"); i++)
    {
      if (g_str_equal (bm_model_text (bm_model_item (frame->model, "choices", i), "label"), label))
        return TRUE;
    }
  return FALSE;
}

static GtkWidget *
new_end (const BmFrame *frame, BandStyle style)
{
  json_t *settings = bm_model_object (frame->model, "frame");
  const char *label = bm_model_string (settings, "end_label");
  gboolean is_leaving = bm_model_is (settings, "end_leaves");

  if (label == NULL)
    label = _ ("Stop here");
  if (!bm_model_is (settings, "end") || has_choice_called (frame, label))
    return NULL;
  /* To stop is no way on: who cannot read goes by the picture. */
  return new_slot (frame, style, BM_FRAME_END,
                   (BmButtonSpec){ .label = label, .icon = is_leaving ? "next" : "no" },
                   BM_MM_TARGET);
}

/* Where nothing was begun there is no way back and nothing to stop: their place is another language's. */
static GtkWidget *
new_language (const BmFrame *frame, BandStyle style)
{
  const char *label = bm_model_string (bm_model_object (frame->model, "frame"), "language");

  if (label == NULL || frame->part > 0)
    return NULL;
  return new_slot (frame, style, BM_FRAME_LANGUAGE,
                   (BmButtonSpec){ .label = label, .icon = "language" }, BM_MM_TARGET);
}

static GtkWidget *
new_cases (const BmFrame *frame, BandStyle style, const char *label)
{
  /* 我的事/办到哪了: a long label breaks at its middle when letters are large. */
  g_autofree char *words = bm_frame_is_large (frame) && g_utf8_strlen (label, -1) > 5
                             ? bm_text_in_halves (label)
                             : g_strdup (label);

  return new_slot (frame, style, BM_FRAME_CASES,
                   (BmButtonSpec){ .label = words, .icon = "svc-case", .tint = "case" },
                   BM_MM_TARGET);
}

static GtkWidget *
new_next (const BmFrame *frame, BandStyle style)
{
  json_t *settings = bm_model_object (frame->model, "frame");
  const char *next = bm_model_string (settings, "next");
  const char *cases = bm_model_string (settings, "cases");

  if (frame->part + 1 < frame->n_parts)
    {
      return new_slot (frame, style, BM_FRAME_PART_NEXT,
                       (BmButtonSpec){ .label = _ ("Next page"),
                                       .icon = "next",
                                       .kind = "primary",
                                       .is_icon_last = TRUE },
                       BM_MM_TARGET);
    }
  if (cases != NULL)
    return new_cases (frame, style, cases);
  if (next == NULL && bm_model_object (frame->model, "input") != NULL)
    next = _ ("That is it");
  if (next == NULL)
    return NULL;
  return new_slot (frame, style, BM_FRAME_NEXT,
                   (BmButtonSpec){ .label = next,
                                   .icon = "next",
                                   .kind = "primary",
                                   .is_icon_last = TRUE },
                   BM_MM_TARGET);
}

/* It stands where arms reach that are to press it. */
static GtkWidget *
new_lower (const BmFrame *frame, BandStyle style)
{
  gboolean is_low = bm_model_is (bm_model_object (frame->model, "settings"), "is_low");
  const char *label = is_low ? _ ("Put it higher") : _ ("Put it lower");
  g_autofree char *words = NULL;

  if (!frame->can_lower || !bm_model_is (bm_model_object (frame->model, "frame"), "lower"))
    return NULL;
  words = bm_text_on_two_lines (label);
  return new_slot (frame, style, BM_FRAME_LOWER,
                   (BmButtonSpec){ .label = words, .icon = is_low ? "higher" : "lower" },
                   BM_MM_TARGET);
}

static GtkWidget *
new_filler (void)
{
  GtkWidget *filler = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  gtk_widget_set_hexpand (filler, TRUE);
  return filler;
}

static void
add (GtkWidget *row, GtkWidget *child)
{
  if (child != NULL)
    gtk_box_append (GTK_BOX (row), child);
}

static GtkWidget *
new_band (const BmFrame *frame, BandStyle style)
{
  int gap = bm_px (&frame->metrics, BM_MM_GAP);
  GtkWidget *band = gtk_box_new (GTK_ORIENTATION_VERTICAL, gap);
  GtkWidget *low = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, gap);
  GtkWidget *high = style >= BAND_TWO_ROWS ? gtk_box_new (GTK_ORIENTATION_HORIZONTAL, gap) : low;
  GtkWidget *next = new_next (frame, style);

  if (high != low)
    gtk_box_append (GTK_BOX (band), high);
  gtk_box_append (GTK_BOX (band), low);
  add (low, new_help (frame, style));
  add (high, new_back (frame, style));
  add (high, new_language (frame, style));
  add (high, new_lower (frame, style));
  add (high, new_end (frame, style));
  if (next == NULL)
    add (low, new_filler ());
  else
    {
      gboolean is_right =
        bm_model_string (bm_model_object (frame->model, "frame"), "cases") == NULL &&
        !bm_model_is (bm_model_object (frame->model, "frame"), "back") && frame->part == 0;

      if (is_right)
        add (low, new_filler ());
      if (is_right && !bm_frame_is_large (frame) && style == BAND_INLINE)
        gtk_widget_set_size_request (next, bm_px (&frame->metrics, 91),
                                     bm_px (&frame->metrics, frame->metrics.is_landscape
                                                               ? BM_MM_TARGET_BOTTOM_LANDSCAPE
                                                               : BM_MM_TARGET_BOTTOM));
      gtk_widget_set_hexpand (next, !is_right);
      add (low, next);
    }
  return band;
}

/* Two lines of letters are lower than two rows; of hanzi the words are short enough. */
static gboolean
is_style_for (const BmFrame *frame, BandStyle style)
{
  if (style != BAND_BROKEN && style != BAND_BARE)
    return TRUE;
  return frame->metrics.is_landscape && bm_text_is_narrow (_ ("Call for help"));
}

/**
 * bm_frame_new_bottom:
 * @frame: what it is made from
 *
 * Returns: the band below the page
 */
GtkWidget *
bm_frame_new_bottom (const BmFrame *frame)
{
  const BmMetrics *metrics = &frame->metrics;
  double height = metrics->is_landscape ? BM_MM_FRAME_BOTTOM_LANDSCAPE : BM_MM_FRAME_BOTTOM;
  GtkWidget *outer = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *band = NULL;
  int margin = bm_px (metrics, BM_MM_MARGIN);

  gtk_widget_add_css_class (outer, "frame-bottom");
  for (BandStyle style = BAND_INLINE; style < N_BANDS; style++)
    {
      int width;

      if (!is_style_for (frame, style))
        continue;
      if (band != NULL)
        gtk_box_remove (GTK_BOX (outer), band);
      band = new_band (frame, style);
      gtk_box_append (GTK_BOX (outer), band);
      gtk_widget_measure (band, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &width, NULL, NULL);
      if (width <= frame->width - 2 * margin)
        break;
    }
  gtk_widget_set_valign (band, GTK_ALIGN_CENTER);
  gtk_widget_set_vexpand (band, TRUE);
  gtk_widget_set_margin_start (band, margin);
  gtk_widget_set_margin_end (band, margin);
  gtk_widget_set_margin_top (band, bm_px (metrics, BM_MM_HAIR));
  gtk_widget_set_margin_bottom (band, bm_px (metrics, BM_MM_HAIR));
  gtk_widget_set_size_request (outer, -1, bm_px (metrics, height));
  gtk_widget_set_vexpand (outer, FALSE);
  return outer;
}
