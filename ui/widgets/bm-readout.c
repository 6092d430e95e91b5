/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/widgets/bm-readout.h"

#include "ui/widgets/bm-text.h"

/*
 * What was typed, in words, right above the digits: 一千二百元. As soon as it cannot be right any more
 * the sentence that says why stands there instead. It is as high as the longest of what it may ever
 * say, so that no key moves under a finger and a page that was measured empty holds what comes.
 */

struct _BmReadout
{
  GtkWidget parent_instance;

  BmKeypad *keypad;
  GtkWidget *words;
  GtkWidget *note;  /* what is wrong, and what stands there until something is typed */
  GPtrArray *texts; /* everything that it may have to hold: words first, then notes */
  char *first;
  gboolean is_one_line; /* notes are */
  gboolean is_first_problem;
  gboolean was_wrong;
};

enum
{
  SIGNAL_WRONG,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BmReadout, bm_readout, GTK_TYPE_WIDGET)

static void
set_note (BmReadout *self, const char *text, gboolean is_problem)
{
  g_autofree char *line = self->is_one_line ? bm_text_on_one_line (text) : g_strdup (text);

  bm_text_set (self->note, line);
  if (is_problem)
    gtk_widget_add_css_class (self->note, "strong");
  else
    gtk_widget_remove_css_class (self->note, "strong");
}

static void
update (BmReadout *self)
{
  const char *problem = bm_keypad_get_problem (self->keypad, FALSE);
  g_autofree char *words = bm_keypad_dup_words (self->keypad);

  if (problem != NULL)
    set_note (self, problem, TRUE);
  else if (words != NULL)
    bm_text_set (self->words, words);
  else
    set_note (self, self->first, self->is_first_problem);
  gtk_widget_set_visible (self->words, problem == NULL && words != NULL);
  gtk_widget_set_visible (self->note, problem != NULL || words == NULL);
  self->was_wrong = problem != NULL;
}

static void
on_changed (BmReadout *self)
{
  gboolean was_wrong = self->was_wrong;
  const char *problem = bm_keypad_get_problem (self->keypad, FALSE);

  self->is_first_problem = self->is_first_problem && bm_keypad_get_value (self->keypad)[0] == '\0';
  update (self);
  if (problem != NULL && !was_wrong)
    g_signal_emit (self, signals[SIGNAL_WRONG], 0, problem);
}

/* How high @text is when it is set as @label is. */
static int
measure_text (GtkWidget *label, const char *text, int width)
{
  g_autoptr (PangoLayout) layout = pango_layout_copy (gtk_label_get_layout (GTK_LABEL (label)));
  int height;

  pango_layout_set_text (layout, text, -1);
  pango_layout_set_width (layout, width > 0 ? width * PANGO_SCALE : -1);
  pango_layout_get_pixel_size (layout, NULL, &height);
  return height;
}

static void
bm_readout_measure (GtkWidget *widget,
                    GtkOrientation orientation,
                    int for_size,
                    int *minimum,
                    int *natural,
                    int *minimum_baseline,
                    int *natural_baseline)
{
  BmReadout *self = BM_READOUT (widget);

  GtkWidget *shown = gtk_widget_get_visible (self->words) ? self->words : self->note;

  gtk_widget_measure (shown, orientation, for_size, minimum, natural, NULL, NULL);
  *minimum_baseline = *natural_baseline = -1;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    return;
  for (guint i = 0; i < self->texts->len; i++)
    {
      int height = measure_text (i == 0 ? self->words : self->note,
                                 g_ptr_array_index (self->texts, i), for_size);

      *minimum = MAX (*minimum, height);
      *natural = MAX (*natural, height);
    }
}

static void
bm_readout_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  BmReadout *self = BM_READOUT (widget);

  gtk_widget_size_allocate (gtk_widget_get_visible (self->words) ? self->words : self->note,
                            &(GtkAllocation){ 0, 0, width, height }, -1);
}

static GtkSizeRequestMode
bm_readout_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
bm_readout_dispose (GObject *object)
{
  BmReadout *self = BM_READOUT (object);

  g_clear_pointer (&self->words, gtk_widget_unparent);
  g_clear_pointer (&self->note, gtk_widget_unparent);
  g_clear_pointer (&self->texts, g_ptr_array_unref);
  g_clear_pointer (&self->first, g_free);
  g_clear_object (&self->keypad);
  G_OBJECT_CLASS (bm_readout_parent_class)->dispose (object);
}

static void
bm_readout_class_init (BmReadoutClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bm_readout_dispose;
  widget_class->measure = bm_readout_measure;
  widget_class->size_allocate = bm_readout_size_allocate;
  widget_class->get_request_mode = bm_readout_get_request_mode;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);

  /**
   * BmReadout::wrong:
   * @sentence: why
   *
   * What is typed has just become wrong.
   */
  signals[SIGNAL_WRONG] = g_signal_new ("wrong", BM_TYPE_READOUT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                        NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
bm_readout_init (BmReadout *self)
{
  self->texts = g_ptr_array_new_with_free_func (g_free);
}

static GtkWidget *
new_label (BmReadout *self, BmType type)
{
  GtkWidget *label = bm_text_new ("", type);

  gtk_widget_add_css_class (label, "tight");
  gtk_widget_set_parent (label, GTK_WIDGET (self));
  return label;
}

/* For measuring: as it will be set. */
static void
flatten (GPtrArray *texts)
{
  for (guint i = 0; i < texts->len; i++)
    {
      char *text = g_ptr_array_index (texts, i);

      texts->pdata[i] = bm_text_on_one_line (text);
      g_free (text);
    }
}

/**
 * bm_readout_new:
 * @keypad: what is typed on
 * @type: size of the words
 * @note_type: size of what is wrong and of @first; where it is that of status, they are set on one line
 * @first: what stands there before anything is typed
 * @is_problem: whether that says what was wrong
 *
 * Returns: (transfer floating): the words of what is typed
 */
GtkWidget *
bm_readout_new (BmKeypad *keypad,
                BmType type,
                BmType note_type,
                const char *first,
                gboolean is_problem)
{
  BmReadout *self = g_object_new (BM_TYPE_READOUT, NULL);

  self->keypad = g_object_ref (keypad);
  self->first = g_strdup (first);
  self->is_first_problem = is_problem;
  self->is_one_line = note_type == BM_TYPE_STATUS;
  self->words = new_label (self, type);
  self->note = new_label (self, note_type);
  bm_keypad_add_texts (keypad, self->texts);
  g_ptr_array_add (self->texts, g_strdup (first));
  if (self->is_one_line)
    flatten (self->texts);
  g_signal_connect_object (keypad, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
