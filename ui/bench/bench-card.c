/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-bench"

#include "ui/bench/bench-card.h"

#include "core/language/language.h"
#include "ui/bench/bench-sheet.h"
#include "ui/widgets/bm-button.h"
#include "ui/widgets/bm-picture.h"
#include "ui/widgets/bm-text.h"

/*
 * One device on the bench: what it is, how it is now, and one button for each of its switches, which says what a press
 * would do. Buttons stay the same widgets while their words change, so that keys do not lose their place.
 */

#define HEAD_ICON_MM 12

struct _BmBenchCard
{
  GtkBox parent_instance;

  BmMetrics metrics;
  BmBenchDevice *device;
  GtkWidget *words;
  GtkWidget *buttons[BM_BENCH_MAX_SWITCHES]; /* NULL where there is no switch */
  BmBenchSheet *sheet;                       /* (nullable): of a printer */
};

enum
{
  SIGNAL_ASKED,
  SIGNAL_SHEET,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BmBenchCard, bm_bench_card, GTK_TYPE_BOX)

static void
bm_bench_card_dispose (GObject *object)
{
  BmBenchCard *self = BM_BENCH_CARD (object);

  if (self->device != NULL)
    g_signal_handlers_disconnect_by_data (self->device, self);
  g_clear_object (&self->device);
  g_clear_object (&self->sheet);
  G_OBJECT_CLASS (bm_bench_card_parent_class)->dispose (object);
}

static void
bm_bench_card_class_init (BmBenchCardClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bm_bench_card_dispose;

  /**
   * BmBenchCard::asked:
   * @act: (type gpointer): a #BmBenchAct that wants one of the choices
   */
  signals[SIGNAL_ASKED] = g_signal_new ("asked", BM_TYPE_BENCH_CARD, G_SIGNAL_RUN_LAST, 0, NULL,
                                        NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  /**
   * BmBenchCard::sheet:
   * @texture: what was printed last, to be seen large
   */
  signals[SIGNAL_SHEET] = g_signal_new ("sheet", BM_TYPE_BENCH_CARD, G_SIGNAL_RUN_LAST, 0, NULL,
                                        NULL, NULL, G_TYPE_NONE, 1, GDK_TYPE_TEXTURE);
}

static void
bm_bench_card_init (BmBenchCard *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
}

static void
on_clicked (GtkButton *button, BmBenchCard *self)
{
  guint index = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "bm-index"));
  const BmBenchAct *act = bm_bench_device_get_act (self->device, index);

  if (act == NULL || bm_bench_device_is_busy (self->device))
    return;
  if (act->ask != NULL)
    g_signal_emit (self, signals[SIGNAL_ASKED], 0, act);
  else
    bm_bench_device_act (self->device, act->verb);
}

/* The same words stand on several cards: whose they are is said to who does not see them. */
static void
update_button (BmBenchCard *self, guint index)
{
  GtkWidget *button = self->buttons[index];
  const BmBenchAct *act = bm_bench_device_get_act (self->device, index);
  g_autofree char *name = NULL;

  if (button == NULL)
    return;
  gtk_widget_set_visible (button, act != NULL);
  if (act == NULL)
    return;
  if (g_strcmp0 (bm_button_get_name (BM_BUTTON (button)), C_ ("bench", act->label)) != 0)
    bm_button_set_label (BM_BUTTON (button), C_ ("bench", act->label));
  bm_button_set_off (BM_BUTTON (button), bm_bench_device_is_busy (self->device));
  name = g_strdup_printf ("%s：%s", C_ ("bench", bm_bench_device_get_kind (self->device)->title),
                          C_ ("bench", act->label));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
update (BmBenchDevice *device, BmBenchCard *self)
{
  g_autofree char *words = bm_bench_device_dup_words (device);
  const char *last = bm_bench_device_get (device, "last");

  if (g_strcmp0 (gtk_label_get_text (GTK_LABEL (self->words)), words) != 0)
    bm_text_set (self->words, words);
  for (guint i = 0; i < BM_BENCH_MAX_SWITCHES; i++)
    update_button (self, i);
  if (self->sheet != NULL && bm_bench_device_get_presence (device) == BM_BENCH_HERE)
    bm_bench_sheet_show (self->sheet, last);
}

static void
on_large (GtkButton *button, BmBenchCard *self)
{
  GdkTexture *texture = bm_bench_sheet_get_texture (self->sheet);

  if (texture != NULL)
    g_signal_emit (self, signals[SIGNAL_SHEET], 0, texture);
}

static GtkWidget *
new_head (BmBenchCard *self)
{
  const BmBenchKind *kind = bm_bench_device_get_kind (self->device);
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, bm_px (&self->metrics, BM_MM_HAIR));
  GtkWidget *title = bm_text_new_question (C_ ("bench", kind->title), BM_TYPE_DESK_HEAD);

  gtk_widget_add_css_class (title, "strong");
  gtk_box_append (GTK_BOX (row),
                  bm_picture_new (&self->metrics, kind->icon, HEAD_ICON_MM, BM_ROLE_TINT_MONEY));
  gtk_widget_set_hexpand (title, TRUE);
  gtk_box_append (GTK_BOX (row), title);
  return row;
}

static GtkWidget *
new_button (BmBenchCard *self, const char *label)
{
  BmButtonSpec spec = {
    .label = label,
    .shape = BM_BUTTON_INLINE,
    .type = BM_TYPE_DESK_TEXT,
    .min_width_mm = BM_MM_DESK_TARGET,
    .min_height_mm = BM_MM_DESK_TARGET,
  };
  GtkWidget *button = bm_button_new (&self->metrics, &spec);

  gtk_widget_set_hexpand (button, TRUE);
  return button;
}

/* Two in a row; the last one takes the whole row when their number is odd. */
static GtkWidget *
new_buttons (BmBenchCard *self)
{
  const BmBenchKind *kind = bm_bench_device_get_kind (self->device);
  GtkWidget *grid = gtk_grid_new ();
  gboolean is_alone;

  gtk_grid_set_column_homogeneous (GTK_GRID (grid), TRUE);
  gtk_grid_set_column_spacing (GTK_GRID (grid), bm_px (&self->metrics, BM_MM_HAIR));
  gtk_grid_set_row_spacing (GTK_GRID (grid), bm_px (&self->metrics, BM_MM_HAIR));
  for (guint i = 0; i < BM_BENCH_MAX_SWITCHES && kind->switches[i].then.verb != NULL; i++)
    {
      GtkWidget *button = new_button (self, C_ ("bench", kind->switches[i].then.label));

      g_object_set_data (G_OBJECT (button), "bm-index", GUINT_TO_POINTER (i));
      g_signal_connect (button, "clicked", G_CALLBACK (on_clicked), self);
      is_alone =
        i % 2 == 0 && (i + 1 == BM_BENCH_MAX_SWITCHES || kind->switches[i + 1].then.verb == NULL);
      gtk_grid_attach (GTK_GRID (grid), button, i % 2, i / 2, is_alone ? 2 : 1, 1);
      self->buttons[i] = button;
    }
  gtk_widget_set_valign (grid, GTK_ALIGN_END);
  return grid;
}

static void
on_paintable (GtkPicture *picture, GParamSpec *spec, GtkWidget *large)
{
  gtk_widget_set_visible (large, gtk_picture_get_paintable (picture) != NULL);
}

static void
add_sheet (BmBenchCard *self)
{
  GtkWidget *large = new_button (self, C_ ("bench", "See it large"));
  GtkWidget *picture;

  self->sheet = bm_bench_sheet_new ();
  picture = bm_bench_sheet_get_widget (self->sheet);
  gtk_widget_set_visible (large, FALSE);
  g_signal_connect (picture, "notify::paintable", G_CALLBACK (on_paintable), large);
  gtk_widget_set_vexpand (picture, TRUE);
  g_signal_connect (large, "clicked", G_CALLBACK (on_large), self);
  gtk_box_append (GTK_BOX (self), picture);
  gtk_box_append (GTK_BOX (self), large);
}

/**
 * bm_bench_card_new:
 * @metrics: how the window measures
 * @device: what it is about
 *
 * Returns: a card that shows @device as it is, for as long as it lives
 */
GtkWidget *
bm_bench_card_new (const BmMetrics *metrics, BmBenchDevice *device)
{
  BmBenchCard *self = g_object_new (BM_TYPE_BENCH_CARD, NULL);
  GtkWidget *grid;

  self->metrics = *metrics;
  self->device = g_object_ref (device);
  gtk_box_set_spacing (GTK_BOX (self), bm_px (metrics, BM_MM_HAIR));
  gtk_widget_add_css_class (GTK_WIDGET (self), "sheet");
  gtk_widget_add_css_class (GTK_WIDGET (self), "bench-card");
  self->words = bm_text_new ("", BM_TYPE_DESK_TEXT);
  gtk_widget_set_valign (self->words, GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (self), new_head (self));
  gtk_box_append (GTK_BOX (self), self->words);
  if (g_str_equal (bm_bench_device_get_kind (device)->id, "printer"))
    add_sheet (self);
  else
    gtk_widget_set_vexpand (self->words, TRUE);
  grid = new_buttons (self);
  gtk_box_append (GTK_BOX (self), grid);
  g_signal_connect (device, "changed", G_CALLBACK (update), self);
  update (device, self);
  return GTK_WIDGET (self);
}
