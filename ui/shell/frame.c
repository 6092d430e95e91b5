/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/shell/frame-private.h"

#include "core/language/language.h"
#include "ui/widgets/bm-picture.h"
#include "ui/widgets/bm-text.h"

/*
 * The frame around every page. Above: where am I, 读给我听, 字大一点. Below (frame-bottom.c): 叫人帮忙. Nothing
 * else ever floats, and there is no sixth thing (on 首页 no seventh): while it is read 读给我听 is 停下, and after it was asked
 * for, 字大一点 gives its place to 声音 for a while.
 */

/* The upper band is no higher than so many times its usual height, if it can be set otherwise. */
#define MOST_TOP       1.5
#define MOST_TOP_HANZI 2.2

/* In percent; no press makes letters larger than these. */
#define LARGEST 200

/* How the upper band is set; each next one takes less room sideways. */
typedef enum
{
  TOP_USUAL,
  TOP_STACKED,  /* the words of the two buttons on two lines, on an upright screen */
  TOP_TIGHT,    /* where am I: small and without its picture */
  TOP_BARE,     /* and the buttons without theirs, on a screen that is too low for two rows */
  TOP_TWO_ROWS, /* and above the two buttons */
  TOP_TWO_BARE, /* which have no pictures */
  N_TOPS,
} TopStyle;

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
  [BM_FRAME_STOP] = "frame-stop",
  [BM_FRAME_VOICE] = "frame-voice",
  [BM_FRAME_LANGUAGE] = "frame-language",
  [BM_FRAME_LOWER] = "frame-lower",
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

gboolean
bm_frame_is_large (const BmFrame *frame)
{
  return frame->metrics.scale >= 150;
}

GtkWidget *
bm_frame_new_button (const BmFrame *frame, BmFrameAct act, BmButtonSpec spec)
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
new_top_button (const BmFrame *frame,
                TopStyle style,
                BmFrameAct act,
                const char *label,
                const char *icon)
{
  gboolean is_tight = (bm_frame_is_large (frame) || style == TOP_STACKED) &&
                      !frame->metrics.is_landscape && style < TOP_TWO_ROWS;
  g_autofree char *broken =
    is_tight && g_utf8_strlen (label, -1) > 2 ? bm_text_on_two_lines (label) : g_strdup (label);
  GtkWidget *button =
    bm_frame_new_button (frame, act,
                         (BmButtonSpec){
                           .label = broken,
                           .icon = style == TOP_BARE || style == TOP_TWO_BARE ? NULL : icon,
                           .type = BM_TYPE_BODY,
                           .icon_mm = BM_MM_ICON_FRAME,
                           /* A word of letters is longer than one of hanzi. */
                           .shape = is_tight && bm_text_is_narrow (label) ? BM_BUTTON_TILE
                                                                          : BM_BUTTON_INLINE,
                           .min_width_mm =
                             bm_frame_is_large (frame) || is_tight ? BM_MM_TARGET : 64,
                           .min_height_mm = BM_MM_TARGET_TOP });

  gtk_widget_add_css_class (button, "tight");
  gtk_widget_add_css_class (button, "strong");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  return button;
}

/* What stands in for another button takes its room, so that nothing else moves. */
static GtkWidget *
new_stand_in (const BmFrame *frame,
              TopStyle style,
              GtkWidget *usual,
              BmFrameAct act,
              const char *label,
              const char *icon)
{
  GtkWidget *button = new_top_button (frame, style, act, label, icon);
  int width, height;

  g_object_ref_sink (usual);
  gtk_widget_measure (usual, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &width, NULL, NULL);
  gtk_widget_measure (usual, GTK_ORIENTATION_VERTICAL, width, NULL, &height, NULL, NULL);
  /* Never less than its own: the usual one has the least size of all here, too. */
  gtk_widget_set_size_request (button, width, height);
  g_object_unref (usual);
  return button;
}

/*
 * Beyond the largest letters the station asks for colours (core/session/session-look.c); where nothing can be covered,
 * and over that very question, the letters become the usual ones.
 */
static const char *
get_bigger (const BmFrame *frame)
{
  if (frame->metrics.scale < LARGEST)
    return _ ("Bigger");
  return json_is_false (json_object_get (bm_model_object (frame->model, "frame"), "voice"))
           ? _ ("Usual")
           : _ ("Colours");
}

static void
fill_slots (GtkWidget *slots, const BmFrame *frame, TopStyle style)
{
  GtkWidget *read = new_top_button (frame, style, BM_FRAME_READ, _ ("Speak"), "read");
  GtkWidget *bigger = new_top_button (frame, style, BM_FRAME_BIGGER, get_bigger (frame), "bigger");

  if (frame->is_speaking)
    read = new_stand_in (frame, style, read, BM_FRAME_STOP, _ ("Stop"), "stop");
  if (frame->is_voice_near)
    bigger = new_stand_in (frame, style, bigger, BM_FRAME_VOICE, _ ("Voice"), "voice");
  gtk_box_append (GTK_BOX (slots), read);
  gtk_box_append (GTK_BOX (slots), bigger);
}

/* Whoever was on one of the two by keys is on what stands there now. */
void
bm_frame_set_slots (GtkWidget *top, const BmFrame *frame)
{
  GtkWidget *slots = g_object_get_data (G_OBJECT (top), "bm-slots");
  TopStyle style = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (top), "bm-style"));
  GtkWidget *first = gtk_widget_get_first_child (slots);
  GtkWidget *second = gtk_widget_get_next_sibling (first);
  gboolean is_speaking = g_str_equal (gtk_widget_get_name (first), act_names[BM_FRAME_STOP]);
  gboolean is_voice_near = g_str_equal (gtk_widget_get_name (second), act_names[BM_FRAME_VOICE]);
  gboolean was_first = gtk_widget_has_focus (first);
  gboolean was_second = gtk_widget_has_focus (second);

  if (is_speaking == frame->is_speaking && is_voice_near == frame->is_voice_near)
    return;
  gtk_box_remove (GTK_BOX (slots), first);
  gtk_box_remove (GTK_BOX (slots), second);
  fill_slots (slots, frame, style);
  if (was_first)
    gtk_widget_grab_focus (gtk_widget_get_first_child (slots));
  else if (was_second)
    gtk_widget_grab_focus (gtk_widget_get_last_child (slots));
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
  for (int i = 0; i < of && of <= 6 && !bm_frame_is_large (frame); i++)
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
  gtk_label_set_wrap (GTK_LABEL (label), FALSE); /* 2/6 is one thing */
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

/* The place has its picture and its size. */
static gboolean
is_roomy (TopStyle style)
{
  return style <= TOP_STACKED;
}

/* Large letters stand so from the beginning; words of letters have no middle to break at. */
static gboolean
can_stack (const BmFrame *frame)
{
  return !frame->metrics.is_landscape && !bm_frame_is_large (frame) &&
         !bm_text_is_narrow (_ ("Speak"));
}

static GtkWidget *
new_title (const BmFrame *frame, TopStyle style)
{
  gboolean is_large = bm_frame_is_large (frame);
  gboolean is_wide = frame->metrics.is_landscape;
  const char *place = place_name (frame->model);
  g_autofree char *name =
    is_large && !is_wide && is_roomy (style) ? break_place (place) : g_strdup (place);
  GtkWidget *title =
    bm_text_new_strong (name,
                        (is_large && is_wide) || !is_roomy (style) ? BM_TYPE_STATUS : BM_TYPE_BODY);

  bm_text_keep_letters (title, is_large ? 6 : 9);
  gtk_widget_add_css_class (title, "tight");
  return title;
}

static GtkWidget *
new_place (const BmFrame *frame, TopStyle style)
{
  json_t *step = bm_model_object (frame->model, "step");
  json_t *station = bm_model_object (frame->model, "station");
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  gtk_box_append (GTK_BOX (box), new_title (frame, style));
  if (step != NULL)
    gtk_box_append (GTK_BOX (box), new_steps (frame, step));
  else if (bm_model_object (frame->model, "service") == NULL && !bm_frame_is_large (frame))
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

static GtkWidget *
new_mark (const BmFrame *frame)
{
  json_t *service = bm_model_object (frame->model, "service");
  GtkWidget *mark;

  if (service != NULL)
    return bm_frame_is_large (frame) && frame->metrics.is_landscape ? NULL
                                                                    : new_chip (frame, service);
  if (bm_frame_is_large (frame))
    return NULL;
  mark = bm_picture_new (&frame->metrics, "mark", BM_MM_ICON_MARK, BM_ROLE_PRIMARY);
  bm_picture_set_ink (BM_PICTURE (mark), BM_ROLE_PRIMARY);
  return mark;
}

/* The place, and at its end or below it the two buttons. */
static GtkWidget *
new_top_row (const BmFrame *frame, TopStyle style)
{
  const BmMetrics *metrics = &frame->metrics;
  int gap = bm_px (metrics, BM_MM_GAP);
  GtkWidget *row =
    gtk_box_new (style >= TOP_TWO_ROWS ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL,
                 style >= TOP_TWO_ROWS ? bm_px (metrics, BM_MM_HAIR) : gap);
  GtkWidget *slots = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, gap);
  GtkWidget *place = new_place (frame, style);
  GtkWidget *mark = is_roomy (style) ? new_mark (frame) : NULL;
  int margin = bm_px (metrics, BM_MM_MARGIN);

  if (mark != NULL)
    gtk_box_append (GTK_BOX (row), mark);
  gtk_box_append (GTK_BOX (row), place);
  fill_slots (slots, frame, style);
  gtk_box_set_homogeneous (GTK_BOX (slots), style >= TOP_TWO_ROWS);
  gtk_box_append (GTK_BOX (row), slots);
  gtk_widget_set_margin_start (row, margin);
  gtk_widget_set_margin_end (row, margin);
  gtk_widget_set_hexpand (row, TRUE);
  g_object_set_data (G_OBJECT (row), "bm-slots", slots);
  g_object_set_data (G_OBJECT (row), "bm-clock", g_object_get_data (G_OBJECT (place), "bm-clock"));
  return row;
}

/* Words beside two buttons may become a tall pile of short lines, on a narrow screen hanzi, too. */
static gboolean
is_in_room (const BmFrame *frame, GtkWidget *band, TopStyle style, double usual_mm)
{
  double most = bm_text_is_narrow (_ ("Speak")) ? MOST_TOP : MOST_TOP_HANZI;
  int width, height;

  gtk_widget_measure (band, GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
  if (width > frame->width || style >= TOP_TWO_ROWS)
    return width <= frame->width;
  gtk_widget_measure (band, GTK_ORIENTATION_VERTICAL, frame->width, &height, NULL, NULL, NULL);
  return height <= bm_px (&frame->metrics, most * usual_mm);
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
  GtkWidget *band = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *row = NULL;

  gtk_widget_add_css_class (band, "frame-top");
  gtk_widget_set_size_request (band, -1, bm_px (metrics, height));
  for (TopStyle style = TOP_USUAL; style < N_TOPS; style++)
    {
      if (style == TOP_STACKED && !can_stack (frame))
        continue;
      if (style == TOP_BARE && (!metrics->is_landscape || !bm_text_is_narrow (_ ("Speak"))))
        continue;
      if (row != NULL)
        gtk_box_remove (GTK_BOX (band), row);
      row = new_top_row (frame, style);
      gtk_box_append (GTK_BOX (band), row);
      g_object_set_data (G_OBJECT (band), "bm-style", GUINT_TO_POINTER (style));
      if (is_in_room (frame, band, style, height))
        break;
    }
  g_object_set_data (G_OBJECT (band), "bm-slots", g_object_get_data (G_OBJECT (row), "bm-slots"));
  g_object_set_data (G_OBJECT (band), "bm-clock", g_object_get_data (G_OBJECT (row), "bm-clock"));
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
