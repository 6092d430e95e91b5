/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/shell/frame.h"

#include "ui/widgets/bm-button.h"
#include "ui/widgets/bm-picture.h"
#include "ui/widgets/bm-text.h"

#include <glib/gi18n-lib.h>

/*
 * The frame around every page. Above: where am I, 读给我听, 字大一点. Below: 叫人帮忙 always in the left
 * corner, back beside it, next in the right corner; nothing else ever floats. Where four buttons do not
 * fit side by side the lower band has two rows, and 叫人帮忙 stays where it was.
 */

static const char *const act_names[] = {
  [BM_FRAME_READ] = "frame-read",
  [BM_FRAME_BIGGER] = "frame-bigger",
  [BM_FRAME_HELP] = "frame-help",
  [BM_FRAME_BACK] = "frame-back",
  [BM_FRAME_END] = "frame-end",
  [BM_FRAME_NEXT] = "frame-next",
  [BM_FRAME_CASES] = "frame-cases",
  [BM_FRAME_PART_BACK] = "frame-part-back",
  [BM_FRAME_PART_NEXT] = "frame-part-next",
};

const char *
bm_frame_act_name (BmFrameAct act)
{
  g_return_val_if_fail (act > 0 && act < G_N_ELEMENTS (act_names), NULL);

  return act_names[act];
}

typedef struct
{
  BmFrameFunc act;
  gpointer user_data;
} Handler;

static void
on_clicked (GtkButton *button, Handler *handler)
{
  const char *name = gtk_widget_get_name (GTK_WIDGET (button));

  for (guint act = BM_FRAME_READ; act < G_N_ELEMENTS (act_names); act++)
    {
      if (g_strcmp0 (name, act_names[act]) == 0)
        {
          handler->act (act, handler->user_data);
          return;
        }
    }
}

static void
free_handler (gpointer data, GClosure *closure)
{
  g_free (data);
}

static gboolean
is_large (const BmFrame *frame)
{
  return frame->metrics.scale >= 150;
}

static GtkWidget *
new_button (const BmFrame *frame, BmFrameAct act, BmButtonSpec spec)
{
  GtkWidget *button = bm_button_new (&frame->metrics, &spec);
  Handler *handler = g_new0 (Handler, 1);

  handler->act = frame->act;
  handler->user_data = frame->user_data;
  gtk_widget_add_css_class (button, "slot");
  gtk_widget_set_name (button, act_names[act]);
  g_signal_connect_data (button, "clicked", G_CALLBACK (on_clicked), handler, free_handler, 0);
  return button;
}

static GtkWidget *
new_top_button (const BmFrame *frame, BmFrameAct act, const char *label, const char *icon)
{
  g_autofree char *broken = is_large (frame) && !frame->metrics.is_landscape
                              ? bm_text_on_two_lines (label)
                              : g_strdup (label);
  GtkWidget *button =
    new_button (frame, act,
                (BmButtonSpec){ .label = broken,
                                .icon = icon,
                                .type = BM_TYPE_BODY,
                                .icon_mm = BM_MM_ICON_FRAME,
                                .min_width_mm = is_large (frame) ? BM_MM_TARGET : 64,
                                .min_height_mm = BM_MM_TARGET_TOP });

  gtk_widget_add_css_class (button, "tight");
  gtk_widget_add_css_class (button, "strong");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  return button;
}

static GtkWidget *
new_chip (const BmFrame *frame, json_t *service)
{
  GtkWidget *chip = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  const char *tint = bm_model_text (service, "tint");
  g_autofree char *tint_class = g_strconcat ("tint-", tint, NULL);
  GtkWidget *picture = bm_picture_new (&frame->metrics, bm_model_string (service, "icon"),
                                       BM_MM_ICON_CHIP, BM_ROLE_SURFACE);

  gtk_widget_add_css_class (chip, "chip");
  gtk_widget_add_css_class (chip, tint_class);
  gtk_widget_set_hexpand (picture, TRUE);
  gtk_widget_set_hexpand (chip, FALSE);
  gtk_widget_set_valign (chip, GTK_ALIGN_CENTER);
  gtk_widget_set_size_request (chip, bm_px (&frame->metrics, BM_MM_CHIP),
                               bm_px (&frame->metrics, BM_MM_CHIP));
  gtk_box_append (GTK_BOX (chip), picture);
  return chip;
}

static GtkWidget *
new_steps (const BmFrame *frame, json_t *step)
{
  const BmMetrics *metrics = &frame->metrics;
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, bm_px (metrics, 1.5));
  int at = bm_model_int (step, "at", 1);
  int of = bm_model_int (step, "of", 1);
  g_autofree char *text = g_strdup_printf ("%d/%d", at, of);
  GtkWidget *label;

  /* Many steps make small blocks; from a dozen on the number alone says it. */
  for (int i = 0; i < of && of <= 6 && !is_large (frame); i++)
    {
      GtkWidget *block = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

      gtk_widget_set_size_request (block, bm_px (metrics, of > 5 ? 6 : 8), bm_px (metrics, 4.5));
      gtk_widget_add_css_class (block, "step");
      if (i < at)
        gtk_widget_add_css_class (block, "reached");
      gtk_widget_set_valign (block, GTK_ALIGN_CENTER);
      gtk_box_append (GTK_BOX (row), block);
    }
  label = bm_text_new (text, BM_TYPE_STATUS);
  gtk_widget_set_margin_start (label, bm_px (metrics, 2));
  gtk_box_append (GTK_BOX (row), label);
  return row;
}

static const char *
place_name (json_t *model)
{
  json_t *service = bm_model_object (model, "service");

  if (service != NULL)
    return bm_model_text (service, "label");
  return bm_model_text (bm_model_object (model, "station"), "name");
}

/* Where two lines are needed a village's station breaks behind the village. */
static char *
break_place (const char *name)
{
  const char *village = strstr (name, "\u6751");
  const char *rest = village != NULL ? g_utf8_next_char (village) : "";

  if (g_utf8_strlen (name, -1) <= 5 || *rest == '\0')
    return bm_text_on_two_lines (name);
  return g_strdup_printf ("%.*s\n%s", (int) (rest - name), name, rest);
}

static GtkWidget *
new_place (const BmFrame *frame)
{
  json_t *step = bm_model_object (frame->model, "step");
  json_t *station = bm_model_object (frame->model, "station");
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  g_autofree char *name = is_large (frame) && !frame->metrics.is_landscape
                            ? break_place (place_name (frame->model))
                            : g_strdup (place_name (frame->model));
  GtkWidget *title =
    bm_text_new_strong (name, is_large (frame) && frame->metrics.is_landscape ? BM_TYPE_STATUS
                                                                              : BM_TYPE_BODY);

  gtk_widget_add_css_class (title, "tight");
  gtk_box_append (GTK_BOX (box), title);
  if (step != NULL)
    gtk_box_append (GTK_BOX (box), new_steps (frame, step));
  else if (bm_model_object (frame->model, "service") == NULL && !is_large (frame))
    {
      GtkWidget *clock = bm_text_new (bm_model_text (station, "clock"), BM_TYPE_STATUS);

      gtk_widget_set_name (clock, "clock");
      gtk_box_append (GTK_BOX (box), clock);
      g_object_set_data (G_OBJECT (box), "bm-clock", clock);
    }
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  gtk_widget_set_hexpand (box, TRUE);
  return box;
}

/**
 * bm_frame_new_top:
 * @frame: what it is made from
 *
 * Returns: the band above the page
 */
GtkWidget *
bm_frame_new_top (const BmFrame *frame)
{
  const BmMetrics *metrics = &frame->metrics;
  double height = metrics->is_landscape ? BM_MM_FRAME_TOP_LANDSCAPE : BM_MM_FRAME_TOP;
  GtkWidget *band = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, bm_px (metrics, BM_MM_GAP));
  json_t *service = bm_model_object (frame->model, "service");
  GtkWidget *place = new_place (frame);
  GtkWidget *mark = NULL;

  if (service != NULL && !(is_large (frame) && metrics->is_landscape))
    mark = new_chip (frame, service);
  else if (service == NULL && !is_large (frame))
    mark = bm_picture_new (metrics, "mark", BM_MM_ICON_MARK, BM_ROLE_PRIMARY);
  if (mark != NULL && service == NULL)
    bm_picture_set_ink (BM_PICTURE (mark), BM_ROLE_PRIMARY);
  if (mark != NULL)
    gtk_box_append (GTK_BOX (band), mark);
  gtk_box_append (GTK_BOX (band), place);
  gtk_box_append (GTK_BOX (band),
                  new_top_button (frame, BM_FRAME_READ, _ ("Read it to me"), "read"));
  gtk_box_append (GTK_BOX (band),
                  new_top_button (frame, BM_FRAME_BIGGER, _ ("Bigger letters"), "bigger"));
  gtk_widget_add_css_class (band, "frame-top");
  gtk_widget_set_size_request (band, -1, bm_px (metrics, height));
  gtk_widget_set_margin_start (gtk_widget_get_first_child (band), bm_px (metrics, BM_MM_MARGIN));
  gtk_widget_set_margin_end (gtk_widget_get_last_child (band), bm_px (metrics, BM_MM_MARGIN));
  g_object_set_data (G_OBJECT (band), "bm-clock", g_object_get_data (G_OBJECT (place), "bm-clock"));
  return band;
}

void
bm_frame_set_clock (GtkWidget *top, json_t *model)
{
  GtkWidget *clock = g_object_get_data (G_OBJECT (top), "bm-clock");
  const char *text = bm_model_text (bm_model_object (model, "station"), "clock");

  if (clock != NULL && !g_str_equal (gtk_label_get_text (GTK_LABEL (clock)), text))
    bm_text_set (clock, text);
}

static GtkWidget *
new_tab (const char *text)
{
  GtkWidget *tab = bm_text_new (text, BM_TYPE_STATUS);

  gtk_widget_add_css_class (tab, "demo-tab");
  gtk_label_set_wrap (GTK_LABEL (tab), FALSE);
  return tab;
}

/**
 * bm_frame_new_tab:
 * @frame: what it is made from
 *
 * Returns: what hangs from the line above the page: which part this is, 演示数据
 */
GtkWidget *
bm_frame_new_tab (const BmFrame *frame)
{
  json_t *station = bm_model_object (frame->model, "station");
  const char *label = bm_model_string (station, "demo_label");
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, bm_px (&frame->metrics, BM_MM_HAIR));

  if (frame->n_parts > 1)
    {
      g_autofree char *count = g_strdup_printf ("%u/%u", frame->part + 1, frame->n_parts);

      gtk_box_append (GTK_BOX (row), new_tab (count));
    }
  if (bm_model_is (station, "is_demo"))
    gtk_box_append (GTK_BOX (row), new_tab (label != NULL ? label : _ ("Demonstration data")));
  gtk_widget_set_halign (row, GTK_ALIGN_END);
  gtk_widget_set_valign (row, GTK_ALIGN_START);
  gtk_widget_set_margin_end (row, bm_px (&frame->metrics, BM_MM_MARGIN));
  gtk_widget_set_can_target (row, FALSE);
  return row;
}

/* How the lower band is set; each next one takes less room. */
typedef enum
{
  BAND_INLINE,  /* one row, picture beside the word */
  BAND_STACKED, /* one row, picture above the word */
  BAND_TWO_ROWS,
  N_BANDS,
} BandStyle;

static GtkWidget *
new_slot (const BmFrame *frame, BandStyle style, BmFrameAct act, BmButtonSpec spec, double width_mm)
{
  gboolean is_stacked = style == BAND_STACKED &&
                        (act != BM_FRAME_HELP || (frame->metrics.is_landscape && is_large (frame)));
  GtkWidget *button;

  spec.type = BM_TYPE_SLOT;
  spec.shape = is_stacked ? BM_BUTTON_TILE : BM_BUTTON_INLINE;
  spec.icon_mm = BM_MM_ICON_FRAME;
  spec.min_width_mm = width_mm;
  spec.min_height_mm =
    frame->metrics.is_landscape ? BM_MM_TARGET_BOTTOM_LANDSCAPE : BM_MM_TARGET_BOTTOM;
  spec.is_icon_last = spec.is_icon_last && !is_stacked;
  button = new_button (frame, act, spec);
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
  words = is_large (frame) && !is_wide ? bm_text_on_two_lines (label) : g_strdup (label);
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

  if (!bm_model_is (settings, "end") ||
      has_choice_called (frame, label != NULL ? label : _ ("Stop here")))
    return NULL;
  return new_slot (frame, style, BM_FRAME_END,
                   (BmButtonSpec){ .label = label != NULL ? label : _ ("Stop here"),
                                   .icon = label != NULL ? "next" : "no" },
                   BM_MM_TARGET);
}

static GtkWidget *
new_cases (const BmFrame *frame, BandStyle style, const char *label)
{
  g_autofree char *words = g_strdup (label);
  glong length = g_utf8_strlen (label, -1);

  /* 我的事/办到哪了: a long label breaks at its middle when letters are large. */
  if (is_large (frame) && length > 5 && strchr (label, '\n') == NULL)
    {
      const char *middle = g_utf8_offset_to_pointer (label, length / 2);

      g_free (words);
      words = g_strdup_printf ("%.*s\n%s", (int) (middle - label), label, middle);
    }
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
  GtkWidget *high = style == BAND_TWO_ROWS ? gtk_box_new (GTK_ORIENTATION_HORIZONTAL, gap) : low;
  GtkWidget *next = new_next (frame, style);

  if (high != low)
    gtk_box_append (GTK_BOX (band), high);
  gtk_box_append (GTK_BOX (band), low);
  add (low, new_help (frame, style));
  add (high, new_back (frame, style));
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
      if (is_right && !is_large (frame) && style == BAND_INLINE)
        gtk_widget_set_size_request (next, bm_px (&frame->metrics, 91),
                                     bm_px (&frame->metrics, frame->metrics.is_landscape
                                                               ? BM_MM_TARGET_BOTTOM_LANDSCAPE
                                                               : BM_MM_TARGET_BOTTOM));
      gtk_widget_set_hexpand (next, !is_right);
      add (low, next);
    }
  return band;
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
