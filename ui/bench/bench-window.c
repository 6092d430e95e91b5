/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-bench"

#include "ui/bench/bench-window.h"

#include "core/language/language.h"
#include "ui/bench/bench-card.h"
#include "ui/style/style-css.h"
#include "ui/widgets/bm-button.h"
#include "ui/widgets/bm-text.h"

/*
 * The bench: every simulated device of the running demo as it is now, and what a trainer can do with it. Three faces
 * in one window, one at a time: the cards; which one (whose card, which paper); the last sheet, large.
 */

#define COLUMNS        3 /* of small cards; the printer's stands beside them */
#define CHOICE_COLUMNS 4
#define SHOWN_SHEET_MM 150

/* Beside the one style sheet of the project: what only the bench has. */
static const char *const sheet_of_bench = ".bench-card { padding: %dpx; }";

struct _BmBenchWindow
{
  GtkWindow parent_instance;

  BmMetrics metrics;
  GPtrArray *devices;
  GtkCssProvider *css[2];
  GtkWidget *holder; /* of one face at a time */
  GtkWidget *cards;  /* the first face, kept while another one is shown */
  GtkWidget *notice;
  BmBenchDevice *asked; /* (nullable): which is to have one of its choices */
  const BmBenchAct *act;
};

G_DEFINE_FINAL_TYPE (BmBenchWindow, bm_bench_window, GTK_TYPE_WINDOW)

static void
bm_bench_window_dispose (GObject *object)
{
  BmBenchWindow *self = BM_BENCH_WINDOW (object);

  for (guint i = 0; self->devices != NULL && i < self->devices->len; i++)
    {
      g_signal_handlers_disconnect_by_data (self->devices->pdata[i], self);
      bm_bench_device_stop (self->devices->pdata[i]);
    }
  g_clear_pointer (&self->devices, g_ptr_array_unref);
  for (guint i = 0; i < G_N_ELEMENTS (self->css); i++)
    {
      if (self->css[i] != NULL)
        gtk_style_context_remove_provider_for_display (gdk_display_get_default (),
                                                       GTK_STYLE_PROVIDER (self->css[i]));
      g_clear_object (&self->css[i]);
    }
  g_clear_object (&self->cards);
  G_OBJECT_CLASS (bm_bench_window_parent_class)->dispose (object);
}

static void
bm_bench_window_class_init (BmBenchWindowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bm_bench_window_dispose;
}

static void
bm_bench_window_init (BmBenchWindow *self)
{
  self->devices = g_ptr_array_new_with_free_func (g_object_unref);
  self->holder = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  gtk_window_set_child (GTK_WINDOW (self), self->holder);
}

static void
take_css (BmBenchWindow *self, guint index, const char *css)
{
  self->css[index] = gtk_css_provider_new ();
  gtk_css_provider_load_from_data (self->css[index], css, -1);
  gtk_style_context_add_provider_for_display (gdk_display_get_default (),
                                              GTK_STYLE_PROVIDER (self->css[index]),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

static void
say (BmBenchWindow *self, const char *sentence)
{
  bm_text_set (self->notice, sentence);
}

static void
show_face (BmBenchWindow *self, GtkWidget *face)
{
  GtkWidget *before = gtk_widget_get_first_child (self->holder);

  if (before != NULL)
    gtk_box_remove (GTK_BOX (self->holder), before);
  gtk_widget_set_hexpand (face, TRUE);
  gtk_box_append (GTK_BOX (self->holder), face);
}

static void
show_cards (BmBenchWindow *self)
{
  self->asked = NULL;
  show_face (self, self->cards);
}

static void
on_back (GtkButton *button, BmBenchWindow *self)
{
  show_cards (self);
}

static GtkWidget *
new_button (BmBenchWindow *self, const char *label, const char *icon)
{
  BmButtonSpec spec = {
    .label = label,
    .icon = icon,
    .shape = BM_BUTTON_INLINE,
    .type = BM_TYPE_DESK_TEXT,
    .icon_mm = icon != NULL ? 8 : 0,
    .min_width_mm = BM_MM_DESK_TARGET,
    .min_height_mm = BM_MM_DESK_TARGET,
  };

  return bm_button_new (&self->metrics, &spec);
}

/* A column with what is asked above, the way back beside it: however much stands below, it is there. */
static GtkWidget *
new_face (BmBenchWindow *self, const char *question, GtkWidget *middle)
{
  GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, bm_px (&self->metrics, BM_MM_GAP));
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, bm_px (&self->metrics, BM_MM_GAP));
  GtkWidget *head = bm_text_new_question (question, BM_TYPE_DESK_NAME);
  GtkWidget *back = new_button (self, C_ ("bench", "Back to the devices"), "back");
  const int margin = bm_px (&self->metrics, BM_MM_GAP);

  gtk_widget_add_css_class (head, "strong");
  gtk_widget_set_margin_start (column, margin);
  gtk_widget_set_margin_end (column, margin);
  gtk_widget_set_margin_top (column, margin);
  gtk_widget_set_margin_bottom (column, margin);
  gtk_widget_set_vexpand (middle, TRUE);
  gtk_widget_set_hexpand (head, TRUE);
  g_signal_connect (back, "clicked", G_CALLBACK (on_back), self);
  gtk_box_append (GTK_BOX (row), head);
  gtk_box_append (GTK_BOX (row), back);
  gtk_box_append (GTK_BOX (column), row);
  gtk_box_append (GTK_BOX (column), middle);
  return column;
}

static void
on_chosen (GtkButton *button, BmBenchWindow *self)
{
  g_autofree char *line =
    g_strdup_printf ("%s %s", self->act->verb, gtk_widget_get_name (GTK_WIDGET (button)));

  bm_bench_device_act (self->asked, line);
  show_cards (self);
}

/* Two residents have one name; their numbers tell them apart. */
static GtkWidget *
new_choice (BmBenchWindow *self, const BmBenchChoice *choice)
{
  const gboolean is_number = g_ascii_isdigit (choice->value[0]);
  g_autofree char *label =
    is_number ? g_strdup_printf ("%s %s", choice->value, choice->name) : g_strdup (choice->name);
  GtkWidget *button = new_button (self, label, NULL);

  gtk_widget_set_hexpand (button, TRUE);
  gtk_widget_set_name (button, choice->value);
  g_signal_connect (button, "clicked", G_CALLBACK (on_chosen), self);
  return button;
}

static void
on_asked (BmBenchCard *card, const BmBenchAct *act, BmBenchWindow *self)
{
  GtkWidget *grid = gtk_grid_new ();
  GPtrArray *choices;

  self->asked = g_object_get_data (G_OBJECT (card), "bm-device");
  self->act = act;
  choices = bm_bench_device_get_choices (self->asked);
  gtk_grid_set_column_homogeneous (GTK_GRID (grid), TRUE);
  gtk_grid_set_column_spacing (GTK_GRID (grid), bm_px (&self->metrics, BM_MM_HAIR));
  gtk_grid_set_row_spacing (GTK_GRID (grid), bm_px (&self->metrics, BM_MM_HAIR));
  gtk_widget_set_valign (grid, GTK_ALIGN_START);
  for (guint i = 0; i < choices->len; i++)
    gtk_grid_attach (GTK_GRID (grid), new_choice (self, choices->pdata[i]), i % CHOICE_COLUMNS,
                     i / CHOICE_COLUMNS, 1, 1);
  show_face (self, new_face (self, C_ ("bench", act->ask), grid));
}

static void
on_sheet (BmBenchCard *card, GdkTexture *texture, BmBenchWindow *self)
{
  GtkWidget *picture = gtk_picture_new_for_paintable (GDK_PAINTABLE (texture));
  GtkWidget *scroll = gtk_scrolled_window_new ();
  const int width = bm_px (&self->metrics, SHOWN_SHEET_MM);

  gtk_picture_set_can_shrink (GTK_PICTURE (picture), FALSE);
  gtk_picture_set_alternative_text (GTK_PICTURE (picture),
                                    C_ ("bench", "The sheet that was printed last"));
  gtk_widget_set_halign (picture, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (picture, GTK_ALIGN_START);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroll), GTK_POLICY_AUTOMATIC,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_min_content_width (GTK_SCROLLED_WINDOW (scroll), width);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroll), picture);
  gtk_widget_add_css_class (scroll, "sheet");
  show_face (self, new_face (self, C_ ("bench", "The sheet that was printed last"), scroll));
}

static void
on_refused (BmBenchDevice *device, const char *sentence, BmBenchWindow *self)
{
  g_autofree char *words =
    g_strdup_printf ("%s：%s", C_ ("bench", bm_bench_device_get_kind (device)->title), sentence);

  say (self, words);
}

/* What was refused is forgotten when something else is done. */
static void
on_changed (BmBenchDevice *device, BmBenchWindow *self)
{
  if (bm_bench_device_is_busy (device))
    say (self, C_ ("bench", "What you press here happens to the device at once."));
}

static GtkWidget *
new_card (BmBenchWindow *self, BmBenchDevice *device)
{
  GtkWidget *card = bm_bench_card_new (&self->metrics, device);

  g_object_set_data (G_OBJECT (card), "bm-device", device);
  g_signal_connect (card, "asked", G_CALLBACK (on_asked), self);
  g_signal_connect (card, "sheet", G_CALLBACK (on_sheet), self);
  g_signal_connect (device, "refused", G_CALLBACK (on_refused), self);
  g_signal_connect (device, "changed", G_CALLBACK (on_changed), self);
  return card;
}

static GtkWidget *
new_cards (BmBenchWindow *self, const char *folder)
{
  guint count, small = 0;
  const BmBenchKind *kinds = bm_bench_get_kinds (&count);
  GtkWidget *grid = gtk_grid_new ();

  gtk_grid_set_column_homogeneous (GTK_GRID (grid), TRUE);
  gtk_grid_set_row_homogeneous (GTK_GRID (grid), TRUE);
  gtk_grid_set_column_spacing (GTK_GRID (grid), bm_px (&self->metrics, BM_MM_MIN_GAP));
  gtk_grid_set_row_spacing (GTK_GRID (grid), bm_px (&self->metrics, BM_MM_MIN_GAP));
  gtk_widget_set_vexpand (grid, TRUE);
  for (guint i = 0; i < count; i++)
    {
      BmBenchDevice *device = bm_bench_device_new (&kinds[i], folder);
      const gboolean is_tall = g_str_equal (kinds[i].id, "printer");
      GtkWidget *card;

      g_ptr_array_add (self->devices, device);
      card = new_card (self, device);
      if (is_tall)
        gtk_grid_attach (GTK_GRID (grid), card, COLUMNS, 0, 1, 2);
      else
        gtk_grid_attach (GTK_GRID (grid), card, small % COLUMNS, small / COLUMNS, 1, 1);
      small += is_tall ? 0 : 1;
    }
  return grid;
}

static GtkWidget *
new_first_face (BmBenchWindow *self, const char *folder)
{
  GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, bm_px (&self->metrics, BM_MM_HAIR));
  const int margin = bm_px (&self->metrics, BM_MM_MIN_GAP);

  self->notice = bm_text_new (C_ ("bench", "What you press here happens to the device at once."),
                              BM_TYPE_DESK_TEXT);
  gtk_widget_set_margin_start (column, margin);
  gtk_widget_set_margin_end (column, margin);
  gtk_widget_set_margin_top (column, margin);
  gtk_widget_set_margin_bottom (column, margin);
  gtk_box_append (GTK_BOX (column), new_cards (self, folder));
  gtk_box_append (GTK_BOX (column), self->notice);
  return column;
}

/**
 * bm_bench_window_new:
 * @folder: of the running demo, where the control sockets are
 * @pitch: millimetres a pixel
 * @width: of the window
 * @height: of the window
 *
 * Returns: (transfer none): a window that GTK owns, until it is closed
 */
BmBenchWindow *
bm_bench_window_new (const char *folder, double pitch, int width, int height)
{
  BmBenchWindow *self =
    g_object_new (BM_TYPE_BENCH_WINDOW, "title", C_ ("bench", "Device bench"), NULL);
  g_autofree char *css = NULL;
  g_autofree char *own = NULL;

  self->metrics =
    (BmMetrics){ .pitch = pitch, .scale = 100, .is_landscape = TRUE, .is_desk = TRUE };
  css = bm_style_css_new (&self->metrics);
  own = g_strdup_printf (sheet_of_bench, bm_px (&self->metrics, BM_MM_HAIR));
  take_css (self, 0, css);
  take_css (self, 1, own);
  gtk_widget_add_css_class (GTK_WIDGET (self), "bm");
  gtk_widget_add_css_class (GTK_WIDGET (self), "desk");
  gtk_window_set_default_size (GTK_WINDOW (self), width, height);
  self->cards = g_object_ref_sink (new_first_face (self, folder));
  show_cards (self);
  return self;
}

/**
 * bm_bench_window_is_settled:
 * @self: a window
 *
 * Returns: whether of every device is known how it is, or that it is not there
 */
gboolean
bm_bench_window_is_settled (BmBenchWindow *self)
{
  g_return_val_if_fail (BM_IS_BENCH_WINDOW (self), FALSE);

  for (guint i = 0; i < self->devices->len; i++)
    {
      BmBenchDevice *device = self->devices->pdata[i];
      const BmBenchPresence presence = bm_bench_device_get_presence (device);

      if (presence == BM_BENCH_UNKNOWN)
        return FALSE;
      if (presence == BM_BENCH_HERE && bm_bench_device_get_act (device, 0) == NULL)
        return FALSE;
    }
  return TRUE;
}

const BmMetrics *
bm_bench_window_get_metrics (BmBenchWindow *self)
{
  return &self->metrics;
}

BmBenchDevice *
bm_bench_window_get_device (BmBenchWindow *self, const char *id)
{
  for (guint i = 0; i < self->devices->len; i++)
    if (g_str_equal (bm_bench_device_get_kind (self->devices->pdata[i])->id, id))
      return self->devices->pdata[i];
  return NULL;
}
