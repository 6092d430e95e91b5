/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "core/language/language.h"
#include "ui/desk/desk-parts.h"
#include "ui/widgets/bm-break.h"
#include "ui/widgets/bm-picture.h"
#include "ui/widgets/bm-text.h"

#include <math.h>

/*
 * The desk with larger letters: what stood side by side stands below one another, and what has no room is on the
 * next part. Any page of the desk can be set so; of its own template it keeps the words and the acts. How far a list
 * looks stands above it, and its next page is where the next part was. What the helper has to do for the person who is
 * attended stands on each part, so that nobody waits for a turned page; the desk's other acts stand before the list of
 * what waits.
 */

#define TURN_ON   "turn:on"
#define TURN_BACK "turn:back"

static void
add_fact (json_t *facts, const char *label, const char *value)
{
  if (*label != '\0' || *value != '\0')
    json_array_append_new (facts, json_pack ("{s:s, s:s}", "label", label, "value", value));
}

static void
add_line (json_t *lines, const char *icon, const char *text, gboolean is_strong)
{
  json_array_append_new (lines, json_pack ("{s:s, s:s, s:b}", "icon", icon, "text", text, "strong",
                                           (int) is_strong));
}

static void
unfold_hall (json_t *desk, json_t *lines, json_t *facts)
{
  json_t *hall = bm_model_object (desk, "hall");
  const char *step = bm_model_text (hall, "step");
  g_autofree char *who =
    g_strdup_printf ("%s %s%s%s", bm_model_text (hall, "name"), bm_model_text (hall, "about"),
                     *step != '\0' ? "，" : "", step);
  g_autofree char *sees = bm_text_on_one_line (bm_model_text (hall, "sees"));
  const char *asks = bm_model_string (hall, "asks");
  const char *waits = bm_model_text (hall, "waits");

  if (asks == NULL && bm_model_is (desk, "is_help_wanted"))
    asks = _ ("Somebody in the hall calls for help");
  if (asks != NULL)
    {
      g_autofree char *both =
        *waits != '\0' ? g_strdup_printf ("%s，%s", asks, waits) : g_strdup (asks);

      add_line (lines, "help", both, FALSE);
    }
  if (hall == NULL)
    {
      if (asks == NULL)
        add_line (lines, "person", _ ("Nobody in the hall"), FALSE);
      return;
    }
  add_fact (facts, _ ("In the hall now"), who);
  for (guint i = 0; i < bm_model_length (hall, "facts"); i++)
    json_array_append (facts, bm_model_item (hall, "facts", i));
  add_fact (facts, _ ("What the person sees now"), sees);
}

/* What the helper does for the person comes first, so that it can be kept on each part. */
static json_t *
sort_choices (json_t *model)
{
  json_t *sorted = json_array ();

  for (guint turn = 0; turn < 2; turn++)
    for (guint i = 0; i < bm_model_length (model, "choices"); i++)
      {
        json_t *choice = bm_model_item (model, "choices", i);

        if (bm_desk_is_witness_act (choice) == (turn == 0))
          json_array_append (sorted, choice);
      }
  return sorted;
}

/* How far the list looks, and the station's pages of it, have places of their own. */
static void
part_choices (json_t *copy)
{
  json_t *spans = json_array ();
  json_t *others = json_array ();

  for (guint i = 0; i < bm_model_length (copy, "choices"); i++)
    {
      json_t *choice = bm_model_item (copy, "choices", i);

      if (bm_desk_is_span (choice))
        json_array_append (spans, choice);
      else if (bm_desk_is_turn (choice, TURN_ON) || bm_desk_is_turn (choice, TURN_BACK))
        json_object_set (copy, bm_model_text (choice, "id"), choice);
      else
        json_array_append (others, choice);
    }
  json_object_set_new (copy, "spans", spans);
  json_object_set_new (copy, "choices", others);
}

/**
 * bm_desk_flow_model:
 * @model: of a page of the desk
 *
 * Returns: (transfer full): the same with everything that is beside it among its lines, facts and rows
 */
json_t *
bm_desk_flow_model (json_t *model)
{
  json_t *copy = json_copy (model);
  json_t *desk = bm_model_object (model, "desk");
  json_t *waiting = bm_model_object (desk, "waiting");
  gboolean is_today = g_str_equal (bm_model_text (model, "template"), "desk-today");
  json_t *lines = json_array ();
  json_t *facts = json_array ();

  json_array_extend (lines, json_object_get (model, "lines"));
  if (is_today)
    {
      unfold_hall (desk, lines, facts);
      json_object_set_new (copy, "choices", sort_choices (model));
      json_object_set (copy, "rows", json_object_get (waiting, "rows"));
    }
  part_choices (copy);
  json_array_extend (facts, json_object_get (model, "facts"));
  if (is_today && bm_model_length (copy, "rows") == 0)
    add_fact (facts, bm_model_text (waiting, "total"), bm_model_text (waiting, "oldest"));
  json_object_set_new (copy, "lines", lines);
  json_object_set_new (copy, "facts", facts);
  return copy;
}

/**
 * bm_desk_flow_kept:
 * @model: made by bm_desk_flow_model()
 *
 * Returns: how many of its first choices are for the person who is attended
 */
guint
bm_desk_flow_kept (json_t *model)
{
  guint n = 0;

  while (g_str_equal (bm_model_text (model, "template"), "desk-today") &&
         n < bm_model_length (model, "choices") &&
         bm_desk_is_witness_act (bm_model_item (model, "choices", n)))
    n++;
  return n;
}

static gboolean
is_alert (const BmPage *page)
{
  return g_str_equal (bm_model_text (page->model, "template"), "desk-alert");
}

static GtkWidget *
new_line (BmPage *page, json_t *line)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, bm_part_px (page, BM_MM_MIN_GAP));
  g_autofree char *text = bm_text_on_one_line (bm_model_text (line, "text"));
  const char *icon = bm_model_string (line, "icon");
  gboolean is_today = g_str_equal (bm_model_text (page->model, "template"), "desk-today");
  gboolean is_strong = bm_model_is (line, "strong");
  gboolean is_alarm = is_today && is_strong;
  gboolean is_notice = (is_today || is_strong) && !is_alert (page);
  GtkWidget *words = bm_desk_text (text, BM_TYPE_DESK_TEXT, is_strong);

  if (icon != NULL)
    {
      GtkWidget *picture =
        bm_picture_new (&page->metrics, icon, 10, is_alarm ? BM_ROLE_FAULT : BM_ROLE_SURFACE);

      if (is_alarm)
        bm_picture_set_ink (BM_PICTURE (picture), BM_ROLE_ON_FAULT);
      gtk_widget_set_margin_start (picture, bm_part_px (page, BM_MM_MIN_GAP));
      gtk_box_append (GTK_BOX (row), picture);
    }
  if (is_notice)
    gtk_widget_add_css_class (row, is_alarm ? "fault" : "notice");
  gtk_widget_set_margin_start (words, bm_part_px (page, is_notice && icon == NULL ? 4 : 0));
  gtk_widget_set_margin_end (words, bm_part_px (page, BM_MM_MIN_GAP));
  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (row), words);
  return row;
}

static int
width_of (GtkWidget *widget)
{
  int natural;

  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
  return natural;
}

static int
least_width_of (GtkWidget *widget)
{
  int least;

  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  return least;
}

/* Label beside value, in a column of @label_width; what has no room there stands beside its own label, or below it. */
static GtkWidget *
new_fact (BmPage *page, json_t *fact, int width, int label_width)
{
  int gap = bm_part_px (page, BM_MM_GAP);
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, gap);
  g_autofree char *text = bm_text_on_one_line (bm_model_text (fact, "value"));
  GtkWidget *label = bm_desk_text (bm_model_text (fact, "label"), BM_TYPE_DESK_TEXT, TRUE);
  GtkWidget *value = bm_desk_text (text, BM_TYPE_DESK_TEXT, FALSE);
  int value_width = width - gap - label_width;
  gboolean is_tight = width_of (value) > value_width || least_width_of (label) > label_width;

  gtk_box_append (GTK_BOX (row), label);
  if (*text == '\0')
    {
      g_object_unref (g_object_ref_sink (value));
      return row;
    }
  gtk_box_append (GTK_BOX (row), value);
  gtk_widget_set_valign (label, GTK_ALIGN_START);
  gtk_widget_set_hexpand (value, TRUE);
  if (is_tight && width_of (label) + gap + width_of (value) <= width)
    return row;
  if (is_tight && width_of (label) <= width)
    {
      gtk_orientable_set_orientation (GTK_ORIENTABLE (row), GTK_ORIENTATION_VERTICAL);
      gtk_box_set_spacing (GTK_BOX (row), 0);
      return row;
    }
  gtk_widget_set_size_request (label, label_width, -1);
  gtk_widget_set_size_request (value, value_width, -1);
  return row;
}

static GtkWidget *
new_entry (BmPage *page)
{
  json_t *input = bm_model_object (page->model, "input");
  const char *problem = bm_model_string (input, "problem");
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, bm_part_px (page, BM_MM_HAIR));
  guint columns = page->metrics.is_landscape ? 6 : 4;

  if (page->writer != NULL)
    {
      gtk_box_append (GTK_BOX (box),
                      bm_writer_new_field (page->writer, page->width - bm_part_px (page, 12),
                                           page->level < 4 ? BM_TYPE_DESK_NAME
                                                           : BM_TYPE_DESK_TEXT));
      gtk_box_append (GTK_BOX (box), bm_writer_new_candidates (page->writer, columns == 6 ? 3 : 2,
                                                               BM_MM_DESK_TARGET));
      gtk_box_append (GTK_BOX (box),
                      bm_writer_new_keys (page->writer, columns == 6 ? 5 : 3, BM_MM_DESK_TARGET));
    }
  if (page->keypad == NULL)
    return box;
  gtk_box_append (GTK_BOX (box),
                  bm_desk_text (problem != NULL ? problem : bm_model_text (input, "label"),
                                BM_TYPE_DESK_TEXT, problem != NULL));
  gtk_box_append (GTK_BOX (box), bm_keypad_new_field (page->keypad, BM_TYPE_DESK_NAME));
  gtk_box_append (GTK_BOX (box),
                  bm_keypad_new_keys (page->keypad, BM_TYPE_ANSWER, columns, BM_MM_DESK_TARGET));
  return box;
}

static guint
n_rows (guint n, guint columns)
{
  return (n + columns - 1) / columns;
}

/* Buttons in one row where they have room, as wide as each other if that goes; else in rows as long as each other. */
static GtkWidget *
pack (BmPage *page, GPtrArray *buttons, int width)
{
  GtkWidget *grid = gtk_grid_new ();
  int gap = bm_part_px (page, BM_MM_MIN_GAP);
  guint columns = buttons->len;
  int widest = 1;
  int together = -gap;

  for (guint i = 0; i < buttons->len; i++)
    {
      int natural;

      gtk_widget_measure (g_ptr_array_index (buttons, i), GTK_ORIENTATION_HORIZONTAL, -1, NULL,
                          &natural, NULL, NULL);
      widest = MAX (widest, natural);
      together += natural + gap;
    }
  if (together > width)
    {
      columns = (guint) CLAMP ((width + gap) / (widest + gap), 1, (int) buttons->len);
      columns = n_rows (buttons->len, n_rows (buttons->len, columns));
    }
  gtk_grid_set_column_homogeneous (GTK_GRID (grid), (int) columns * (widest + gap) - gap <= width);
  gtk_grid_set_column_spacing (GTK_GRID (grid), gap);
  gtk_grid_set_row_spacing (GTK_GRID (grid), gap);
  for (guint i = 0; i < buttons->len; i++)
    gtk_grid_attach (GTK_GRID (grid), g_ptr_array_index (buttons, i), (int) (i % columns),
                     (int) (i / columns), 1, 1);
  return grid;
}

/* Of a label that stands in no column. */
static int
width_in_type (BmPage *page, json_t *fact)
{
  return (int) ceil (bm_type_px (&page->metrics, BM_TYPE_DESK_TEXT, 1) *
                     bm_break_width_em (bm_model_text (fact, "label")));
}

/* What the band above says where it has the room: who is signed in, line, printer, time. */
static GtkWidget *
new_about (BmPage *page, int width)
{
  json_t *desk = bm_model_object (page->model, "desk");
  const char *printer = bm_model_text (desk, "printer");
  g_autofree char *states =
    g_strdup_printf ("%s%s%s，%s", bm_model_text (desk, "link"), *printer != '\0' ? "，" : "",
                     printer, bm_model_text (bm_model_object (page->model, "station"), "clock"));
  json_auto_t *fact =
    json_pack ("{s:s, s:s}", "label", bm_model_text (desk, "staff"), "value", states);

  GtkWidget *row = new_fact (page, fact, width, width_in_type (page, fact));

  gtk_widget_set_name (row, "about");
  return row;
}

static void
add_choices (BmPage *page, GtkWidget *box, int width)
{
  g_autoptr (GPtrArray) acts = g_ptr_array_new ();

  for (guint i = page->n_kept; i < bm_page_count (page, BM_ATOM_CHOICE); i++)
    {
      json_t *choice = bm_model_item (page->model, "choices", i);

      if (!bm_page_shows (page, BM_ATOM_CHOICE, i))
        continue;
      if (bm_desk_is_row (choice))
        gtk_box_append (GTK_BOX (box), bm_desk_row_button (page, choice));
      else
        g_ptr_array_add (acts, bm_desk_button (page, choice, BM_MM_DESK_TARGET));
    }
  if (acts->len > 0)
    gtk_box_append (GTK_BOX (box), pack (page, acts, width));
}

/* How far the list looks. */
static GtkWidget *
new_spans (BmPage *page, int width)
{
  g_autoptr (GPtrArray) buttons = g_ptr_array_new ();

  for (guint i = 0; i < bm_model_length (page->model, "spans"); i++)
    g_ptr_array_add (buttons, bm_desk_button (page, bm_model_item (page->model, "spans", i),
                                              BM_MM_DESK_TARGET));
  return pack (page, buttons, width);
}

/* What waits; above its first row, or above those that a part begins with, how many there are. */
static void
add_rows (BmPage *page, GtkWidget *box, int width)
{
  json_t *waiting = bm_model_object (bm_model_object (page->model, "desk"), "waiting");

  for (guint i = 0; i < bm_page_count (page, BM_ATOM_ROW); i++)
    {
      if (!bm_page_shows (page, BM_ATOM_ROW, i))
        continue;
      if (i == 0 && *bm_model_text (waiting, "total") != '\0')
        {
          json_auto_t *total = json_pack ("{s:s, s:s}", "label", bm_model_text (waiting, "total"),
                                          "value", bm_model_text (waiting, "oldest"));

          gtk_box_append (GTK_BOX (box),
                          new_fact (page, total, width, width_in_type (page, total)));
        }
      gtk_box_append (GTK_BOX (box),
                      bm_desk_waiting_row (page, bm_model_item (page->model, "rows", i), TRUE));
    }
}

static void
add_words (BmPage *page, GtkWidget *box, int width)
{
  int label_width = bm_desk_label_width (page, width - bm_part_px (page, BM_MM_GAP));

  if (page->has_head)
    gtk_box_append (GTK_BOX (box), bm_desk_question (page, page->level < 3 ? BM_TYPE_DESK_NAME
                                                                           : BM_TYPE_DESK_HEAD));
  for (guint i = 0; i < bm_page_count (page, BM_ATOM_LINE); i++)
    if (bm_page_shows (page, BM_ATOM_LINE, i))
      gtk_box_append (GTK_BOX (box), new_line (page, bm_model_item (page->model, "lines", i)));
  if (bm_page_shows (page, BM_ATOM_SPAN, 0))
    gtk_box_append (GTK_BOX (box), new_spans (page, width));
  for (guint i = 0; i < bm_page_count (page, BM_ATOM_FACT); i++)
    if (bm_page_shows (page, BM_ATOM_FACT, i))
      {
        json_t *fact = bm_model_item (page->model, "facts", i);

        gtk_box_append (GTK_BOX (box),
                        bm_desk_add_bar (page, fact, new_fact (page, fact, width, label_width)));
      }
}

static GtkWidget *
new_middle (BmPage *page, int width)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL,
                                bm_part_px (page, page->level < 3 ? BM_MM_MIN_GAP : BM_MM_HAIR));
  gboolean is_today = g_str_equal (bm_model_text (page->model, "template"), "desk-today");

  add_words (page, box, width);
  if (is_today)
    add_choices (page, box, width);
  add_rows (page, box, width);
  if (bm_page_shows (page, BM_ATOM_INPUT, 0))
    gtk_box_append (GTK_BOX (box), new_entry (page));
  if (!is_today)
    add_choices (page, box, width);
  if (page->has_about)
    gtk_box_append (GTK_BOX (box), new_about (page, width));
  gtk_widget_set_vexpand (box, TRUE);
  return box;
}

/* 好了 belongs to what is typed; where nothing is, to the end of the page. */
static gboolean
has_next (const BmPage *page)
{
  return bm_page_count (page, BM_ATOM_INPUT) > 0 ? bm_page_shows (page, BM_ATOM_INPUT, 0)
                                                 : page->to >= bm_page_count_atoms (page);
}

/* Up: to the part before, from the first one to the station's page before; down likewise. */
static GtkWidget *
new_way (BmPage *page, BmFrameAct act)
{
  GtkWidget *button = bm_desk_part_button (page, act);
  json_t *turn = bm_model_object (page->model, act == BM_FRAME_PART_NEXT ? TURN_ON : TURN_BACK);

  if (button == NULL && turn != NULL)
    button = bm_desk_button (page, turn, BM_MM_DESK_TARGET);
  return button;
}

static GtkWidget *
new_bottom (BmPage *page, int width)
{
  g_autoptr (GPtrArray) buttons = g_ptr_array_new ();
  GtkWidget *outer = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *frame[] = {
    bm_desk_frame_button (page, BM_FRAME_BACK),
    new_way (page, BM_FRAME_PART_BACK),
    bm_desk_frame_button (page, BM_FRAME_END),
    new_way (page, BM_FRAME_PART_NEXT),
    has_next (page) ? bm_desk_frame_button (page, BM_FRAME_NEXT) : NULL,
  };
  GtkWidget *row;

  for (guint i = 0; i < page->n_kept; i++)
    g_ptr_array_add (buttons, bm_desk_button (page, bm_model_item (page->model, "choices", i),
                                              BM_MM_DESK_TARGET));
  for (guint i = 0; i < G_N_ELEMENTS (frame); i++)
    if (frame[i] != NULL)
      g_ptr_array_add (buttons, frame[i]);
  if (buttons->len == 0)
    {
      g_object_unref (g_object_ref_sink (outer));
      return NULL;
    }
  row = pack (page, buttons, width);
  bm_desk_set_margins (page, row, BM_MM_GAP, page->level < 3 ? BM_MM_MIN_GAP : BM_MM_HAIR);
  if (!is_alert (page))
    gtk_widget_add_css_class (outer, "frame-bottom");
  gtk_box_append (GTK_BOX (outer), row);
  return outer;
}

GtkWidget *
bm_desk_flow_build (BmPage *page)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  int width = page->width - 2 * bm_part_px (page, BM_MM_GAP);
  GtkWidget *middle = new_middle (page, width);

  if (is_alert (page))
    bm_desk_make_danger (page, box);
  else
    gtk_box_append (GTK_BOX (box), bm_desk_bar (page));
  bm_desk_set_margins (page, middle, BM_MM_GAP, page->level < 3 ? BM_MM_MIN_GAP : BM_MM_HAIR);
  gtk_box_append (GTK_BOX (box), middle);
  bm_part_add (box, new_bottom (page, width));
  return box;
}
