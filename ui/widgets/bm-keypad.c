/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/widgets/bm-keypad.h"

#include "ui/widgets/bm-button.h"
#include "ui/widgets/bm-text.h"

#include <glib/gi18n-lib.h>

/*
 * Digits are typed here and nowhere else: no entry, so no clipboard, no selection handles and no input
 * method. What was typed lives only in this object and is wiped with it. Masked digits are never in a
 * widget, and so never in the accessibility tree.
 */

/* Where a number may have so many more digits than it must, only the next place is shown. */
#define OPEN_FROM 8

struct _BmKeypad
{
  GObject parent_instance;

  BmMetrics metrics;
  BmKeypadSpec spec;
  char *label;
  char value[BM_KEYPAD_MAX + 1];
  guint length;
  GtkWidget *shown; /* (nullable): weak, the label inside the field */
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BmKeypad, bm_keypad, G_TYPE_OBJECT)

static void
bm_keypad_finalize (GObject *object)
{
  BmKeypad *self = BM_KEYPAD (object);

  explicit_bzero (self->value, sizeof self->value);
  g_clear_weak_pointer (&self->shown);
  g_free (self->label);
  G_OBJECT_CLASS (bm_keypad_parent_class)->finalize (object);
}

static void
bm_keypad_class_init (BmKeypadClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bm_keypad_finalize;

  /**
   * BmKeypad::changed:
   *
   * A digit came or went.
   */
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", BM_TYPE_KEYPAD, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
}

static void
bm_keypad_init (BmKeypad *self)
{
}

/**
 * bm_keypad_new:
 * @metrics: how this face measures
 * @spec: what is asked for
 *
 * Returns: (transfer full): an empty keypad
 */
BmKeypad *
bm_keypad_new (const BmMetrics *metrics, const BmKeypadSpec *spec)
{
  BmKeypad *self = g_object_new (BM_TYPE_KEYPAD, NULL);

  self->metrics = *metrics;
  self->spec = *spec;
  self->spec.max = MIN (spec->max, BM_KEYPAD_MAX);
  self->label = g_strdup (spec->label);
  self->spec.label = self->label;
  return self;
}

static gboolean
is_group_end (BmKeypad *self, guint position)
{
  guint end = 0;

  for (guint i = 0; i < G_N_ELEMENTS (self->spec.groups) && self->spec.groups[i] > 0; i++)
    {
      end += self->spec.groups[i];
      if (end == position)
        return TRUE;
    }
  return FALSE;
}

/* A number whose length one does not know beforehand: the spoken one, or all 25 digits. */
static gboolean
is_open (BmKeypad *self)
{
  return self->spec.max > self->spec.min + OPEN_FROM;
}

static void
show (BmKeypad *self)
{
  guint places = is_open (self) ? MIN (self->length + 1, self->spec.max) : self->spec.max;
  GString *text;
  g_autofree char *name = NULL;

  if (self->shown == NULL)
    return;
  text = g_string_sized_new (4 * BM_KEYPAD_MAX);
  for (guint i = 0; i < places; i++)
    {
      if (i >= self->length)
        g_string_append_c (text, '_');
      else if (self->spec.is_masked)
        g_string_append (text, "●");
      else
        g_string_append_c (text, self->value[i]);
      if (i + 1 < places)
        g_string_append (text, is_group_end (self, i + 1) ? "  " : self->spec.max <= 8 ? " " : "");
    }
  gtk_label_set_text (GTK_LABEL (self->shown), text->str);
  /* Translators: %s is what is typed (号码), %u digits of at most %u are there. */
  name = g_strdup_printf (_ ("%s: %u of %u digits"), self->label, self->length, self->spec.max);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->shown), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  -1);
  explicit_bzero (text->str, text->len);
  g_string_free (text, TRUE);
}

gboolean
bm_keypad_type (BmKeypad *self, char key)
{
  g_return_val_if_fail (BM_IS_KEYPAD (self), FALSE);

  if (!g_ascii_isdigit (key) && !(self->spec.has_x && key == 'X'))
    return FALSE;
  if (self->length >= self->spec.max)
    return FALSE;
  self->value[self->length++] = key;
  show (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  return TRUE;
}

void
bm_keypad_delete (BmKeypad *self)
{
  g_return_if_fail (BM_IS_KEYPAD (self));

  if (self->length == 0)
    return;
  self->value[--self->length] = '\0';
  show (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

const char *
bm_keypad_get_value (BmKeypad *self)
{
  g_return_val_if_fail (BM_IS_KEYPAD (self), NULL);

  return self->value;
}

gboolean
bm_keypad_is_complete (BmKeypad *self)
{
  g_return_val_if_fail (BM_IS_KEYPAD (self), FALSE);

  return self->length >= self->spec.min;
}

/**
 * bm_keypad_new_field:
 * @self: the keypad
 * @type: size of the digits
 *
 * Returns: where the digits appear
 */
GtkWidget *
bm_keypad_new_field (BmKeypad *self, BmType type)
{
  GtkWidget *field = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *label = bm_text_new_strong ("", type);
  int side = bm_px (&self->metrics, BM_MM_GAP);
  int above = bm_px (&self->metrics, BM_MM_HAIR);

  g_set_weak_pointer (&self->shown, label);
  gtk_widget_add_css_class (field, "field");
  gtk_widget_add_css_class (label, "tight");
  gtk_label_set_xalign (GTK_LABEL (label), 0.5);
  gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_set_margin_start (label, side);
  gtk_widget_set_margin_end (label, side);
  gtk_widget_set_margin_top (label, above);
  gtk_widget_set_margin_bottom (label, above);
  if (is_open (self))
    {
      /* One line, however long it gets: the newest digits are the ones to look at. */
      gtk_label_set_wrap (GTK_LABEL (label), FALSE);
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_START);
    }
  gtk_box_append (GTK_BOX (field), label);
  show (self);
  return field;
}

static void
on_key_clicked (GtkButton *button, BmKeypad *self)
{
  bm_keypad_type (self, GPOINTER_TO_INT (g_object_get_data (G_OBJECT (button), "bm-key")));
}

static GtkWidget *
new_key (BmKeypad *self, char key, double key_mm)
{
  char text[2] = { key, '\0' };
  BmButtonSpec spec = {
    .label = text,
    .type = self->metrics.is_desk ? BM_TYPE_DESK_NAME : BM_TYPE_ANSWER,
    .min_width_mm = MIN (key_mm, BM_MM_KEY),
    .min_height_mm = key_mm,
  };
  GtkWidget *button = bm_button_new (&self->metrics, &spec);

  gtk_widget_add_css_class (button, "slot");
  gtk_widget_add_css_class (button, "key");
  gtk_widget_set_hexpand (button, TRUE);
  g_object_set_data (G_OBJECT (button), "bm-key", GINT_TO_POINTER ((int) key));
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_key_clicked), self, 0);
  return button;
}

/**
 * bm_keypad_new_delete:
 * @self: the keypad
 * @key_mm: height of the key
 *
 * Returns: the key that takes one back
 */
GtkWidget *
bm_keypad_new_delete (BmKeypad *self, double key_mm)
{
  BmButtonSpec spec = {
    .label = C_ ("key", "Delete"),
    .type = self->metrics.is_desk ? BM_TYPE_DESK_TEXT : BM_TYPE_BODY,
    .min_width_mm = MIN (key_mm, BM_MM_KEY),
    .min_height_mm = key_mm,
  };
  GtkWidget *button = bm_button_new (&self->metrics, &spec);

  gtk_widget_add_css_class (button, "slot");
  gtk_widget_add_css_class (button, "key");
  gtk_widget_set_hexpand (button, TRUE);
  g_signal_connect_object (button, "clicked", G_CALLBACK (bm_keypad_delete), self,
                           G_CONNECT_SWAPPED);
  return button;
}

/**
 * bm_keypad_new_keys:
 * @self: the keypad
 * @columns: 3, 4 or 6 keys in a row
 * @key_mm: height of a key
 *
 * Returns: ten digits, X where it may be needed, and a key that takes one back
 */
GtkWidget *
bm_keypad_new_keys (BmKeypad *self, guint columns, double key_mm)
{
  static const char order[] = "1234567890";
  GtkWidget *grid = gtk_grid_new ();
  int gap = bm_px (&self->metrics, BM_MM_MIN_GAP);
  guint at = 0;

  gtk_grid_set_column_homogeneous (GTK_GRID (grid), TRUE);
  gtk_grid_set_row_homogeneous (GTK_GRID (grid), TRUE);
  gtk_grid_set_column_spacing (GTK_GRID (grid), gap);
  gtk_grid_set_row_spacing (GTK_GRID (grid), gap);
  for (const char *key = order; *key != '\0'; key++)
    {
      /* Three in a row leave 0 in the middle of the last one, as on a telephone. */
      if (columns == 3 && *key == '0')
        at = self->spec.has_x ? 9 : 10;
      if (columns == 3 && *key == '0' && self->spec.has_x)
        {
          gtk_grid_attach (GTK_GRID (grid), new_key (self, 'X', key_mm), 0, 3, 1, 1);
          at = 10;
        }
      gtk_grid_attach (GTK_GRID (grid), new_key (self, *key, key_mm), at % columns, at / columns, 1,
                       1);
      at++;
    }
  if (columns != 3 && self->spec.has_x)
    {
      gtk_grid_attach (GTK_GRID (grid), new_key (self, 'X', key_mm), at % columns, at / columns, 1,
                       1);
      at++;
    }
  gtk_grid_attach (GTK_GRID (grid), bm_keypad_new_delete (self, key_mm), at % columns, at / columns,
                   1, 1);
  return grid;
}

/**
 * bm_keypad_new_row:
 * @self: the keypad
 * @key_mm: height of a key
 *
 * Returns: all digits in one row, for a wide and low screen; the key that takes one back is apart
 */
GtkWidget *
bm_keypad_new_row (BmKeypad *self, double key_mm)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, bm_px (&self->metrics, BM_MM_MIN_GAP));

  gtk_box_set_homogeneous (GTK_BOX (row), TRUE);
  for (const char *key = "1234567890"; *key != '\0'; key++)
    gtk_box_append (GTK_BOX (row), new_key (self, *key, key_mm));
  if (self->spec.has_x)
    gtk_box_append (GTK_BOX (row), new_key (self, 'X', key_mm));
  return row;
}
