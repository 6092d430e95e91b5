/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "core/language/language.h"
#include "ui/desk/desk-parts.h"
#include "ui/shell/frame.h"
#include "ui/widgets/bm-picture.h"

/*
 * The band above each page of the desk: where, how large letters are, and what is true now (line, printer, time,
 * who). What has no room beside the name goes on a line of its own; nothing is left out.
 */

static void
on_size_clicked (GtkButton *button, BmPage *page)
{
  page->act (BM_FRAME_BIGGER, page->user_data);
}

static GtkWidget *
new_size (BmPage *page)
{
  BmButtonSpec spec = { .label = _ ("Letter size"),
                        .icon = "bigger",
                        .shape = BM_BUTTON_INLINE,
                        .type = BM_TYPE_DESK_TEXT,
                        .icon_mm = 8,
                        .min_width_mm = BM_MM_DESK_TARGET,
                        .min_height_mm = BM_MM_DESK_TARGET };
  GtkWidget *button = bm_button_new (&page->metrics, &spec);

  gtk_widget_set_name (button, bm_frame_act_name (BM_FRAME_BIGGER));
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  g_signal_connect (button, "clicked", G_CALLBACK (on_size_clicked), page);
  return button;
}

static GtkWidget *
new_tag (BmPage *page, const char *text)
{
  GtkWidget *tag = bm_desk_text (text, BM_TYPE_DESK_TEXT, FALSE);
  GtkWidget *inner = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  gtk_widget_add_css_class (inner, "tag");
  gtk_widget_set_margin_start (tag, bm_part_px (page, 3));
  gtk_widget_set_margin_end (tag, bm_part_px (page, 3));
  gtk_widget_set_valign (inner, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (inner), tag);
  return inner;
}

static GtkWidget *
new_link (BmPage *page, const char *link, gboolean is_online)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, bm_part_px (page, BM_MM_HAIR));

  if (!is_online)
    gtk_box_append (GTK_BOX (box),
                    bm_picture_new (&page->metrics, "offline", 8, BM_ROLE_TINT_MONEY));
  gtk_box_append (GTK_BOX (box), bm_desk_text (link, BM_TYPE_DESK_TEXT, FALSE));
  return box;
}

/* Everything besides the name, in order. */
static GPtrArray *
list_states (BmPage *page)
{
  json_t *station = bm_model_object (page->model, "station");
  json_t *desk = bm_model_object (page->model, "desk");
  const char *demo = bm_model_string (station, "demo_label");
  GPtrArray *states = g_ptr_array_new ();
  /* A printer that needs somebody is on the page besides. */
  gboolean is_tight = page->level > 0 && !bm_desk_is_enlarged (page);
  const struct
  {
    const char *text;
    gboolean is_strong;
  } texts[] = { { is_tight ? "" : bm_model_text (desk, "printer"), FALSE },
                { bm_model_text (station, "clock"), FALSE },
                { bm_model_text (desk, "staff"), TRUE } };

  if (bm_model_is (station, "is_demo"))
    g_ptr_array_add (states, new_tag (page, demo != NULL ? demo : _ ("Demonstration data")));
  if (page->is_flow) /* they are below a part that has room, desk-plan.c */
    return states;
  if (*bm_model_text (desk, "link") != '\0')
    g_ptr_array_add (states, new_link (page, bm_model_text (desk, "link"),
                                       bm_model_is (station, "is_online")));
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      GtkWidget *label;

      if (*texts[i].text == '\0')
        continue;
      label = bm_desk_text (texts[i].text, BM_TYPE_DESK_TEXT, texts[i].is_strong);
      gtk_label_set_wrap (GTK_LABEL (label), FALSE);
      g_ptr_array_add (states, label);
    }
  return states;
}

static int
width_of (GtkWidget *widget)
{
  int natural;

  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
  return natural;
}

/* The states beside the name as long as there is room, then on lines of their own. */
static void
add_states (BmPage *page, GtkWidget *column, GtkWidget *first, GtkWidget *size)
{
  g_autoptr (GPtrArray) states = list_states (page);
  int gap = bm_part_px (page, BM_MM_MIN_GAP);
  int width = page->width - 2 * bm_part_px (page, BM_MM_GAP);
  int taken = width_of (first) + gap + width_of (size);
  GtkWidget *row = first;

  for (guint i = 0; i < states->len; i++)
    {
      GtkWidget *state = g_ptr_array_index (states, i);

      gtk_box_append (GTK_BOX (row), state);
      taken += gap + width_of (state);
      if (taken <= width)
        continue;
      g_object_ref (state);
      gtk_box_remove (GTK_BOX (row), state);
      row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, gap);
      gtk_box_append (GTK_BOX (column), row);
      gtk_box_append (GTK_BOX (row), state);
      g_object_unref (state);
      taken = width_of (state);
    }
  gtk_box_append (GTK_BOX (first), size);
}

/**
 * bm_desk_bar:
 * @page: an attempt
 *
 * Returns: the band above: where, line, printer, time, who, and how large letters are
 */
GtkWidget *
bm_desk_bar (BmPage *page)
{
  json_t *station = bm_model_object (page->model, "station");
  GtkWidget *outer = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *bar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, bm_part_px (page, BM_MM_MIN_GAP));
  GtkWidget *title = bm_desk_text (bm_model_text (station, "name"), BM_TYPE_DESK_HEAD, TRUE);
  GtkWidget *mark = bm_picture_new (&page->metrics, "mark", 11, BM_ROLE_PRIMARY);

  bm_picture_set_ink (BM_PICTURE (mark), BM_ROLE_PRIMARY);
  gtk_box_append (GTK_BOX (bar), mark);
  gtk_widget_set_hexpand (title, TRUE);
  gtk_box_append (GTK_BOX (bar), title);
  gtk_widget_set_size_request (bar, -1, bm_part_px (page, 17));
  gtk_box_append (GTK_BOX (column), bar);
  gtk_widget_add_css_class (outer, "frame-top");
  add_states (page, column, bar, new_size (page));
  gtk_widget_set_margin_start (column, bm_part_px (page, BM_MM_GAP));
  gtk_widget_set_margin_end (column, bm_part_px (page, BM_MM_GAP));
  gtk_widget_set_hexpand (column, TRUE);
  gtk_box_append (GTK_BOX (outer), column);
  return outer;
}

/**
 * bm_desk_is_enlarged:
 * @page: an attempt
 *
 * Returns: whether letters are larger than the pictures of the look have them, measured by their room
 */
gboolean
bm_desk_is_enlarged (const BmPage *page)
{
  BmMetrics usual = page->metrics;

  usual.scale = 100;
  return bm_mm (&page->metrics, bm_type_px (&page->metrics, BM_TYPE_DESK_TEXT, 1)) >
         bm_type_em_mm (&usual, BM_TYPE_DESK_TEXT) * 1.1;
}
