/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/widgets/bm-keypad.h"

#include "core/language/language.h"
#include "core/session/typed.h"
#include "core/session/words.h"
#include "ui/widgets/bm-button.h"
#include "ui/widgets/bm-text.h"

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
  char *label; /* the spec's strings, owned */
  char *under;
  char *over;
  char *wrong;
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
  g_free (self->under);
  g_free (self->over);
  g_free (self->wrong);
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
  self->spec.under = self->under = g_strdup (spec->under);
  self->spec.over = self->over = g_strdup (spec->over);
  self->spec.wrong = self->wrong = g_strdup (spec->wrong);
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

/* In threes, with what stands behind the point as it is typed: 1,200.5 */
static void
show_amount (BmKeypad *self)
{
  const char *point = strchr (self->value, '.');
  g_autofree char *whole = g_strndup (self->value, strcspn (self->value, "."));
  g_autofree char *grouped = *whole != '\0'
                               ? bm_words_group_amount (g_ascii_strtoll (whole, NULL, 10) * 100)
                               : g_strdup ("_");
  g_autofree char *digits = g_strconcat (grouped, point, NULL);
  /* Translators: an amount of money in digits. */
  g_autofree char *text = g_strdup_printf (C_ ("words", "%s yuan"), digits);
  g_autofree char *name = g_strdup_printf ("%s: %s", self->label, text);

  gtk_label_set_text (GTK_LABEL (self->shown), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->shown), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  -1);
  explicit_bzero (text, strlen (text));
  explicit_bzero (name, strlen (name));
}

/* The place from @start on, as far as it is typed. */
static char *
dup_place (BmKeypad *self, guint start, guint length)
{
  char *place = g_strnfill (length, '_');

  for (guint i = 0; i < length && start + i < self->length; i++)
    place[i] = self->value[start + i];
  return place;
}

static void
show_date (BmKeypad *self)
{
  g_autofree char *year = dup_place (self, 0, 4);
  g_autofree char *month = dup_place (self, 4, 2);
  g_autofree char *day = dup_place (self, 6, 2);
  /* Translators: year, month, day, while they are typed. */
  g_autofree char *text = g_strdup_printf (C_ ("typed", "%1$s-%2$s-%3$s"), year, month, day);
  g_autofree char *name = g_strdup_printf ("%s: %s", self->label, text);

  gtk_label_set_text (GTK_LABEL (self->shown), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->shown), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  -1);
  explicit_bzero (text, strlen (text));
  explicit_bzero (name, strlen (name));
}

static void
show (BmKeypad *self)
{
  guint places = is_open (self) ? MIN (self->length + 1, self->spec.max) : self->spec.max;
  GString *text;
  g_autofree char *name = NULL;

  if (self->shown == NULL)
    return;
  if (self->spec.kind == BM_KEYPAD_AMOUNT)
    {
      show_amount (self);
      return;
    }
  if (self->spec.kind == BM_KEYPAD_DATE)
    {
      show_date (self);
      return;
    }
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

  if (!g_ascii_isdigit (key) && !(self->spec.has_x && key == 'X') &&
      !(self->spec.has_point && key == '.'))
    return FALSE;
  if (self->spec.kind == BM_KEYPAD_AMOUNT && !bm_typed_may_follow (self->value, key))
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

static BmTypedState
judge (BmKeypad *self, gint64 *ret_number)
{
  BmTypedState state;
  gint32 day;

  if (self->spec.kind == BM_KEYPAD_AMOUNT)
    return bm_typed_check_amount (self->value, self->spec.from, self->spec.to, ret_number);
  state = bm_typed_check_date (self->value, (gint32) self->spec.from, (gint32) self->spec.to, &day);
  if (ret_number != NULL)
    *ret_number = day;
  return state;
}

static char *
dup_day_words (gint32 day)
{
  g_autofree char *date = bm_words_full_date (day);

  /* Translators: a date, then its weekday. */
  return g_strdup_printf (C_ ("typed", "%1$s, %2$s"), date, bm_words_weekday (day));
}

gboolean
bm_keypad_is_complete (BmKeypad *self)
{
  g_return_val_if_fail (BM_IS_KEYPAD (self), FALSE);

  return self->length >= self->spec.min &&
         (!bm_keypad_is_judged (self) || judge (self, NULL) == BM_TYPED_RIGHT);
}

gboolean
bm_keypad_is_judged (BmKeypad *self)
{
  g_return_val_if_fail (BM_IS_KEYPAD (self), FALSE);

  return self->spec.kind != BM_KEYPAD_PLAIN;
}

/**
 * bm_keypad_dup_words:
 * @self: the keypad
 *
 * Returns: (transfer full) (nullable): what is typed as one says it
 */
char *
bm_keypad_dup_words (BmKeypad *self)
{
  gint64 number;

  g_return_val_if_fail (BM_IS_KEYPAD (self), NULL);

  if (!bm_keypad_is_judged (self) || self->length == 0)
    return NULL;
  (void) judge (self, &number); /* shown as it is */
  if (self->spec.kind == BM_KEYPAD_DATE)
    return number != BM_NO_DAY ? dup_day_words ((gint32) number) : NULL;
  return bm_words_said_amount (number);
}

/**
 * bm_keypad_get_problem:
 * @self: the keypad
 * @is_last: whether no more will be typed
 *
 * An amount that is too little may still grow, so that is said only at last.
 *
 * Returns: (transfer none) (nullable): the sentence
 */
const char *
bm_keypad_get_problem (BmKeypad *self, gboolean is_last)
{
  BmTypedState state;

  g_return_val_if_fail (BM_IS_KEYPAD (self), NULL);

  state = bm_keypad_is_judged (self) ? judge (self, NULL) : BM_TYPED_OPEN;
  if (state == BM_TYPED_OVER)
    return self->spec.over;
  if (state == BM_TYPED_WRONG)
    return self->spec.wrong;
  if (state == BM_TYPED_UNDER && (is_last || self->spec.kind == BM_KEYPAD_DATE))
    return self->spec.under;
  return is_last ? self->spec.label : NULL;
}

static void
add_text (GPtrArray *texts, const char *text)
{
  if (text != NULL)
    g_ptr_array_add (texts, g_strdup (text));
}

/**
 * bm_keypad_add_texts:
 * @self: the keypad
 * @texts: (element-type utf8): takes the longest words and the sentences of what is typed
 *
 * For whoever keeps room for them.
 */
void
bm_keypad_add_texts (BmKeypad *self, GPtrArray *texts)
{
  /* No digit is longer than another, and none is left out like a nought. */
  static const char longest[] = "888888888";
  guint n_digits = MIN (self->spec.max - (self->spec.has_point ? 3 : 0), BM_AMOUNT_MAX_DIGITS);
  g_autofree char *digits = g_strndup (longest, n_digits);

  if (self->spec.kind == BM_KEYPAD_DATE)
    g_ptr_array_add (texts, dup_day_words (bm_day_from_ymd (2028, 12, 28)));
  else
    g_ptr_array_add (texts, bm_words_said_amount (g_ascii_strtoll (digits, NULL, 10) * 100 +
                                                  (self->spec.has_point ? 88 : 0)));
  add_text (texts, self->spec.under);
  add_text (texts, self->spec.over);
  add_text (texts, self->spec.wrong);
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
  gtk_widget_add_css_class (label, type == BM_TYPE_BODY ? "single" : "tight");
  gtk_widget_set_direction (label, GTK_TEXT_DIR_LTR);
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
new_key (BmKeypad *self, char key, BmType type, double key_mm)
{
  char text[2] = { key, '\0' };
  BmButtonSpec spec = {
    .label = key == '.' ? C_ ("key", "Point") : text,
    .type = self->metrics.is_desk ? BM_TYPE_DESK_NAME : type,
    .min_width_mm = MIN (key_mm, BM_MM_KEY),
    .min_height_mm = key_mm,
    .is_tight = key_mm <= BM_MM_TARGET,
  };
  GtkWidget *button = bm_button_new (&self->metrics, &spec);
  g_autofree char *name = g_strconcat ("key-", text, NULL);

  gtk_widget_set_name (button, name);
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
    .label = C_ ("key", "Del"),
    .type = self->metrics.is_desk ? BM_TYPE_DESK_TEXT : BM_TYPE_BODY,
    .min_width_mm = MIN (key_mm, BM_MM_KEY),
    .min_height_mm = key_mm,
    .is_tight = key_mm <= BM_MM_TARGET,
  };
  GtkWidget *button = bm_button_new (&self->metrics, &spec);

  gtk_widget_set_name (button, "key-delete");
  gtk_widget_add_css_class (button, "slot");
  gtk_widget_add_css_class (button, "key");
  gtk_widget_set_hexpand (button, TRUE);
  g_signal_connect_object (button, "clicked", G_CALLBACK (bm_keypad_delete), self,
                           G_CONNECT_SWAPPED);
  return button;
}

/* The key besides digits. */
static char
get_extra (BmKeypad *self)
{
  if (self->spec.has_x)
    return 'X';
  return self->spec.has_point ? '.' : '\0';
}

/**
 * bm_keypad_new_keys:
 * @self: the keypad
 * @type: size of the digits
 * @columns: 3, 4 or 6 keys in a row
 * @key_mm: height of a key
 *
 * Returns: ten digits, X where it may be needed, and a key that takes one back
 */
GtkWidget *
bm_keypad_new_keys (BmKeypad *self, BmType type, guint columns, double key_mm)
{
  static const char order[] = "1234567890";
  char extra = get_extra (self);
  GtkWidget *grid = gtk_grid_new ();
  int gap = bm_px (&self->metrics, BM_MM_MIN_GAP);
  guint at = 0;

  gtk_widget_set_direction (grid, GTK_TEXT_DIR_LTR); /* digits run this way in every language */
  gtk_grid_set_column_homogeneous (GTK_GRID (grid), TRUE);
  gtk_grid_set_row_homogeneous (GTK_GRID (grid), TRUE);
  gtk_grid_set_column_spacing (GTK_GRID (grid), gap);
  gtk_grid_set_row_spacing (GTK_GRID (grid), gap);
  for (const char *key = order; *key != '\0'; key++)
    {
      /* Three in a row leave 0 in the middle of the last one, as on a telephone. */
      if (columns == 3 && *key == '0')
        at = 10;
      if (columns == 3 && *key == '0' && extra != '\0')
        gtk_grid_attach (GTK_GRID (grid), new_key (self, extra, type, key_mm), 0, 3, 1, 1);
      gtk_grid_attach (GTK_GRID (grid), new_key (self, *key, type, key_mm), at % columns,
                       at / columns, 1, 1);
      at++;
    }
  if (columns != 3 && extra != '\0')
    {
      gtk_grid_attach (GTK_GRID (grid), new_key (self, extra, type, key_mm), at % columns,
                       at / columns, 1, 1);
      at++;
    }
  gtk_grid_attach (GTK_GRID (grid), bm_keypad_new_delete (self, key_mm), at % columns, at / columns,
                   1, 1);
  return grid;
}

/**
 * bm_keypad_new_extra:
 * @self: the keypad
 * @type: size of what stands on it
 * @key_mm: height of the key
 *
 * Returns: (nullable): the point, where all digits stand in one row
 */
GtkWidget *
bm_keypad_new_extra (BmKeypad *self, BmType type, double key_mm)
{
  return self->spec.has_point ? new_key (self, '.', type, key_mm) : NULL;
}

/**
 * bm_keypad_new_row:
 * @self: the keypad
 * @type: size of what stands on it
 * @key_mm: height of a key
 *
 * Returns: all digits in one row, for a wide and low screen; the key that takes one back is apart
 */
GtkWidget *
bm_keypad_new_row (BmKeypad *self, BmType type, double key_mm)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, bm_px (&self->metrics, BM_MM_MIN_GAP));

  gtk_widget_set_direction (row, GTK_TEXT_DIR_LTR);
  gtk_box_set_homogeneous (GTK_BOX (row), TRUE);
  for (const char *key = "1234567890"; *key != '\0'; key++)
    gtk_box_append (GTK_BOX (row), new_key (self, *key, type, key_mm));
  if (self->spec.has_x)
    gtk_box_append (GTK_BOX (row), new_key (self, 'X', type, key_mm));
  return row;
}
