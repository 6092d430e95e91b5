/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/widgets/bm-writer.h"

#include "core/language/language.h"
#include "core/session/written.h"
#include "ui/input/pinyin.h"
#include "ui/widgets/bm-button.h"
#include "ui/widgets/bm-text.h"

#include <string.h>

/*
 * Words are written here and nowhere else, on the desk only: no entry, so no clipboard, no selection and
 * no input method of the system that would learn them. Letters wait as syllables until a candidate is
 * chosen by its number, by the mouse or a finger.
 *
 *   letters ──► syllables ── 1 to 6, space, a button ──► characters ── Return, 写好了 ──► the page's intent
 *                  │ backspace: one letter                   │ backspace: one character
 *
 * What was written lives in this object and in the label that shows it, and is wiped with both.
 */

#define MAX_BYTES (4 * BM_WRITTEN_MAX + 1)

struct _BmWriter
{
  GObject parent_instance;

  BmMetrics metrics;
  char *label;
  guint max;
  char text[MAX_BYTES];
  gsize used;
  guint length;
  BmPinyin *pinyin;    /* (nullable): it could not be opened */
  guint first;         /* candidate that stands as number 1 */
  const char *problem; /* (nullable): a translated literal */
  char *told;          /* (nullable): what the station said of it */
  GtkWidget *shown;    /* (nullable): weak, as all below */
  GtkWidget *hint;
  GtkWidget *buttons[BM_WRITER_SHOWN];
  GtkWidget *before;
  GtkWidget *after;
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BmWriter, bm_writer, G_TYPE_OBJECT)

static void
bm_writer_finalize (GObject *object)
{
  BmWriter *self = BM_WRITER (object);

  explicit_bzero (self->text, sizeof self->text);
  g_clear_pointer (&self->pinyin, bm_pinyin_free);
  g_clear_weak_pointer (&self->shown);
  g_clear_weak_pointer (&self->hint);
  g_clear_weak_pointer (&self->before);
  g_clear_weak_pointer (&self->after);
  for (guint i = 0; i < BM_WRITER_SHOWN; i++)
    g_clear_weak_pointer (&self->buttons[i]);
  g_free (self->label);
  g_free (self->told);
  G_OBJECT_CLASS (bm_writer_parent_class)->finalize (object);
}

static void
bm_writer_class_init (BmWriterClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bm_writer_finalize;

  /**
   * BmWriter::changed:
   *
   * A letter or a character came or went.
   */
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", BM_TYPE_WRITER, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
}

static void
bm_writer_init (BmWriter *self)
{
}

/* Showing */

static guint
count_candidates (BmWriter *self)
{
  return self->pinyin != NULL ? bm_pinyin_count (self->pinyin) : 0;
}

static void
show_candidates (BmWriter *self)
{
  guint n = count_candidates (self);

  for (guint i = 0; i < BM_WRITER_SHOWN; i++)
    {
      gboolean is_there = self->first + i < n;
      g_autofree char *label =
        g_strdup_printf ("%u %s", i + 1,
                         is_there ? bm_pinyin_get_candidate (self->pinyin, self->first + i) : "");

      if (self->buttons[i] == NULL)
        continue;
      bm_button_set_label (BM_BUTTON (self->buttons[i]), label);
      bm_button_set_off (BM_BUTTON (self->buttons[i]), !is_there);
    }
  if (self->before != NULL)
    bm_button_set_off (BM_BUTTON (self->before), self->first == 0);
  if (self->after != NULL)
    bm_button_set_off (BM_BUTTON (self->after), self->first + BM_WRITER_SHOWN >= n);
}

static const char *
get_hint (BmWriter *self)
{
  if (self->problem != NULL)
    return self->problem;
  if (bm_writer_is_composing (self))
    return bm_pinyin_get_syllables (self->pinyin);
  if (self->told != NULL)
    return self->told;
  return self->length == 0 ? _ ("Type the sound in letters, choose by number.")
                           : _ ("Go on, or press: written.");
}

static void
show (BmWriter *self)
{
  g_autofree char *text = g_strconcat (self->text, self->length < self->max ? "_" : "", NULL);
  g_autofree char *name =
    /* Translators: what is written (工作人员写的), and the words. */
    g_strdup_printf (_ ("%s: %s"), self->label, self->text);

  if (self->shown != NULL)
    {
      gtk_label_set_text (GTK_LABEL (self->shown), text);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->shown), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      name, -1);
    }
  if (self->hint != NULL)
    bm_text_set (self->hint, get_hint (self));
  show_candidates (self);
  explicit_bzero (text, strlen (text));
  explicit_bzero (name, strlen (name));
}

static void
changed (BmWriter *self)
{
  show (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* Writing */

static gboolean
add_character (BmWriter *self, gunichar c)
{
  char bytes[7] = { 0 };
  gint n = g_unichar_to_utf8 (c, bytes);

  if (!bm_written_takes (c))
    return FALSE;
  if (self->length >= self->max || self->used + (gsize) n >= sizeof self->text)
    {
      self->problem = _ ("It is full. Say it more briefly.");
      return FALSE;
    }
  memcpy (self->text + self->used, bytes, (gsize) n);
  self->used += (gsize) n;
  self->length++;
  return TRUE;
}

static void
add_text (BmWriter *self, const char *text)
{
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    if (!add_character (self, g_utf8_get_char (at)))
      return;
}

static void
delete_one (BmWriter *self)
{
  const char *last = g_utf8_find_prev_char (self->text, self->text + self->used);

  if (self->pinyin != NULL && bm_pinyin_erase (self->pinyin))
    return;
  if (last == NULL)
    return;
  self->used = (gsize) (last - self->text);
  self->length--;
  explicit_bzero (self->text + self->used, sizeof self->text - self->used);
}

static gboolean
choose (BmWriter *self, guint index)
{
  g_autofree char *text = NULL;

  if (self->first + index >= count_candidates (self))
    return FALSE;
  text = bm_pinyin_choose (self->pinyin, self->first + index);
  add_text (self, text);
  explicit_bzero (text, strlen (text));
  self->first = 0;
  return TRUE;
}

static void
turn (BmWriter *self, gboolean is_on)
{
  if (is_on && self->first + BM_WRITER_SHOWN < count_candidates (self))
    self->first += BM_WRITER_SHOWN;
  else if (!is_on && self->first >= BM_WRITER_SHOWN)
    self->first -= BM_WRITER_SHOWN;
}

static void
type_letter (BmWriter *self, char letter)
{
  if (self->pinyin == NULL)
    self->problem = _ ("No pinyin on this machine: digits only.");
  else if (!bm_pinyin_type (self->pinyin, letter))
    self->problem = _ ("Choose first, then type on.");
  else if (bm_pinyin_is_stuck (self->pinyin))
    self->problem = _ ("There is no such sound, take a letter back.");
  self->first = 0;
}

/* As they stand on paper; 0: none. */
static gunichar
get_mark (guint key)
{
  static const struct
  {
    gunichar typed;
    gunichar written;
  } marks[] = { { ',', 0xFF0C },  { '.', 0x3002 }, { '?', 0xFF1F }, { '!', 0xFF01 },
                { ':', 0xFF1A },  { ';', 0xFF1B }, { '(', 0xFF08 }, { ')', 0xFF09 },
                { '\\', 0x3001 }, { '-', '-' },    { '/', '/' },    { '%', '%' } };
  gunichar c = gdk_keyval_to_unicode (key);

  for (gsize i = 0; i < G_N_ELEMENTS (marks); i++)
    if (marks[i].typed == c)
      return marks[i].written;
  return 0;
}

static gboolean
type_while_composing (BmWriter *self, guint key)
{
  gunichar c = gdk_keyval_to_unicode (key);

  if (c >= '1' && c < '1' + BM_WRITER_SHOWN)
    (void) choose (self, c - '1'); /* a number without a candidate is nothing */
  else if (key == GDK_KEY_space || key == GDK_KEY_Return || key == GDK_KEY_KP_Enter)
    (void) choose (self, 0);
  else if (key == GDK_KEY_Page_Down || key == GDK_KEY_equal)
    turn (self, TRUE);
  else if (key == GDK_KEY_Page_Up || key == GDK_KEY_minus)
    turn (self, FALSE);
  else if (get_mark (key) != 0 && choose (self, 0) && !bm_writer_is_composing (self))
    (void) add_character (self, get_mark (key)); /* full is said */
  else
    return g_unichar_isdigit (c) || get_mark (key) != 0;
  return TRUE;
}

static gboolean
type_character (BmWriter *self, guint key)
{
  gunichar mark = get_mark (key);
  gunichar c = mark != 0 ? mark : gdk_keyval_to_unicode (key);

  if (c == 0 || c == ' ' || !bm_written_takes (c))
    return FALSE;
  (void) add_character (self, c); /* full is said */
  return TRUE;
}

/**
 * bm_writer_type:
 * @self: a writer
 * @key: a key that went down
 *
 * Returns: whether it was for writing
 */
gboolean
bm_writer_type (BmWriter *self, guint key)
{
  gboolean is_taken = TRUE;
  gunichar c = gdk_keyval_to_unicode (key);

  g_return_val_if_fail (BM_IS_WRITER (self), FALSE);

  self->problem = NULL;
  g_clear_pointer (&self->told, g_free);
  if (key == GDK_KEY_BackSpace)
    {
      delete_one (self);
      if (bm_writer_is_composing (self) && bm_pinyin_is_stuck (self->pinyin))
        self->problem = _ ("There is no such sound, take a letter back.");
      self->first = 0;
    }
  else if ((c >= 'a' && c <= 'z') || (c == '\'' && bm_writer_is_composing (self)))
    type_letter (self, (char) c);
  else if (bm_writer_is_composing (self))
    is_taken = type_while_composing (self, key);
  else
    is_taken = type_character (self, key);
  changed (self);
  return is_taken;
}

gboolean
bm_writer_choose (BmWriter *self, guint index)
{
  gboolean is_chosen;

  g_return_val_if_fail (BM_IS_WRITER (self), FALSE);

  self->problem = NULL;
  is_chosen = index < BM_WRITER_SHOWN && choose (self, index);
  changed (self);
  return is_chosen;
}

/**
 * bm_writer_new:
 * @metrics: how this face measures
 * @label: what is written
 * @max: how many characters at most
 * @value: (nullable): what stands there already
 *
 * Returns: (transfer full): a writer
 */
BmWriter *
bm_writer_new (const BmMetrics *metrics, const char *label, guint max, const char *value)
{
  BmWriter *self = g_object_new (BM_TYPE_WRITER, NULL);
  g_autoptr (GError) error = NULL;

  self->metrics = *metrics;
  self->label = g_strdup (label);
  self->max = CLAMP (max, 1, BM_WRITTEN_MAX);
  self->pinyin = bm_pinyin_new (&error);
  if (error != NULL)
    {
      g_warning ("%s", error->message);
      self->problem = _ ("No pinyin on this machine: digits only.");
    }
  if (value != NULL && g_utf8_validate (value, -1, NULL))
    add_text (self, value);
  return self;
}

void
bm_writer_set_problem (BmWriter *self, const char *problem)
{
  g_return_if_fail (BM_IS_WRITER (self));

  g_free (self->told);
  self->told = g_strdup (problem);
}

const char *
bm_writer_get_text (BmWriter *self)
{
  g_return_val_if_fail (BM_IS_WRITER (self), NULL);

  return self->text;
}

gboolean
bm_writer_is_composing (BmWriter *self)
{
  g_return_val_if_fail (BM_IS_WRITER (self), FALSE);

  return self->pinyin != NULL && *bm_pinyin_get_letters (self->pinyin) != '\0';
}

gboolean
bm_writer_is_complete (BmWriter *self)
{
  g_return_val_if_fail (BM_IS_WRITER (self), FALSE);

  return self->length > 0 && !bm_writer_is_composing (self);
}

/* Widgets */

/**
 * bm_writer_new_field:
 * @self: a writer
 * @width: of the page, in pixels
 * @type: of the words
 *
 * Returns: where the words appear, with the letters below them; its height stays what it is
 */
GtkWidget *
bm_writer_new_field (BmWriter *self, int width, BmType type)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, bm_px (&self->metrics, BM_MM_HAIR));
  GtkWidget *field = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *words = bm_text_new_strong ("", type);
  GtkWidget *hint = bm_text_new ("", MAX (type, BM_TYPE_DESK_HEAD)); /* never the larger */
  int side = bm_px (&self->metrics, BM_MM_GAP);
  int em = bm_type_px (&self->metrics, type, 1);
  int n_lines = MAX ((int) (self->max + 1) * em / MAX (width - 2 * side, em) + 1, 2);

  g_set_weak_pointer (&self->shown, words);
  g_set_weak_pointer (&self->hint, hint);
  gtk_widget_add_css_class (field, "field");
  gtk_widget_set_name (words, "written");
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_set_valign (words, GTK_ALIGN_START);
  gtk_widget_set_margin_start (words, side);
  gtk_widget_set_margin_end (words, side);
  gtk_widget_set_margin_top (words, bm_px (&self->metrics, BM_MM_HAIR));
  gtk_widget_set_size_request (field, -1,
                               n_lines *
                                   bm_type_px (&self->metrics, type, bm_type_line_height (type)) +
                                 bm_px (&self->metrics, 5));
  gtk_box_append (GTK_BOX (field), words);
  gtk_widget_set_name (hint, "syllables");
  gtk_box_append (GTK_BOX (box), field);
  gtk_box_append (GTK_BOX (box), hint);
  show (self);
  return box;
}

static void
on_candidate (GtkButton *button, BmWriter *self)
{
  (void) bm_writer_choose (self, (guint) GPOINTER_TO_INT (
                                   g_object_get_data (G_OBJECT (button), "bm-key")));
}

/**
 * bm_writer_new_candidates:
 * @self: a writer
 * @columns: in how many
 * @height_mm: of each
 *
 * Returns: six places that stay where they are, whatever stands on them
 */
GtkWidget *
bm_writer_new_candidates (BmWriter *self, guint columns, double height_mm)
{
  GtkWidget *grid = gtk_grid_new ();
  int gap = bm_px (&self->metrics, BM_MM_MIN_GAP);

  gtk_grid_set_column_homogeneous (GTK_GRID (grid), TRUE);
  gtk_grid_set_row_homogeneous (GTK_GRID (grid), TRUE);
  gtk_grid_set_column_spacing (GTK_GRID (grid), gap);
  gtk_grid_set_row_spacing (GTK_GRID (grid), gap);
  for (guint i = 0; i < BM_WRITER_SHOWN; i++)
    {
      BmButtonSpec spec = { .label = "",
                            .type = BM_TYPE_DESK_TEXT,
                            .min_width_mm = BM_MM_DESK_TARGET,
                            .min_height_mm = height_mm };
      GtkWidget *button = bm_button_new (&self->metrics, &spec);
      g_autofree char *name = g_strdup_printf ("candidate-%u", i + 1);

      gtk_widget_set_name (button, name);
      gtk_widget_add_css_class (button, "slot");
      gtk_widget_set_hexpand (button, TRUE);
      g_object_set_data (G_OBJECT (button), "bm-key", GINT_TO_POINTER ((int) i));
      g_signal_connect_object (button, "clicked", G_CALLBACK (on_candidate), self, 0);
      g_set_weak_pointer (&self->buttons[i], button);
      gtk_grid_attach (GTK_GRID (grid), button, (int) (i % columns), (int) (i / columns), 1, 1);
    }
  show (self);
  return grid;
}

static void
on_key (GtkButton *button, BmWriter *self)
{
  guint key = (guint) GPOINTER_TO_INT (g_object_get_data (G_OBJECT (button), "bm-key"));

  if (key == GDK_KEY_Page_Up || key == GDK_KEY_Page_Down)
    {
      turn (self, key == GDK_KEY_Page_Down);
      changed (self);
    }
  else
    (void) bm_writer_type (self, key);
}

static GtkWidget *
new_key (BmWriter *self, const char *label, const char *name, guint key, double height_mm)
{
  BmButtonSpec spec = { .label = label,
                        .type = BM_TYPE_DESK_TEXT,
                        .min_width_mm = BM_MM_DESK_TARGET,
                        .min_height_mm = height_mm };
  GtkWidget *button = bm_button_new (&self->metrics, &spec);

  gtk_widget_set_name (button, name);
  gtk_widget_add_css_class (button, "slot");
  gtk_widget_set_hexpand (button, TRUE);
  g_object_set_data (G_OBJECT (button), "bm-key", GINT_TO_POINTER ((int) key));
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_key), self, 0);
  return button;
}

/**
 * bm_writer_new_keys:
 * @self: a writer
 * @columns: 5, or fewer where letters are wide
 * @height_mm: of a key
 *
 * Returns: what the mouse needs besides the candidates
 */
GtkWidget *
bm_writer_new_keys (BmWriter *self, int columns, double height_mm)
{
  GtkWidget *grid = gtk_grid_new ();
  int gap = bm_px (&self->metrics, BM_MM_MIN_GAP);
  GtkWidget *before =
    new_key (self, C_ ("key", "Six before"), "key-before", GDK_KEY_Page_Up, height_mm);
  GtkWidget *after =
    new_key (self, C_ ("key", "Six more"), "key-after", GDK_KEY_Page_Down, height_mm);
  GtkWidget *keys[] = { before, after, new_key (self, "，", "key-comma", GDK_KEY_comma, height_mm),
                        new_key (self, "。", "key-stop", GDK_KEY_period, height_mm),
                        new_key (self, C_ ("key", "Del"), "key-delete", GDK_KEY_BackSpace,
                                 height_mm) };

  gtk_grid_set_column_homogeneous (GTK_GRID (grid), TRUE);
  gtk_grid_set_column_spacing (GTK_GRID (grid), gap);
  gtk_grid_set_row_spacing (GTK_GRID (grid), gap);
  g_set_weak_pointer (&self->before, before);
  g_set_weak_pointer (&self->after, after);
  for (int i = 0; i < (int) G_N_ELEMENTS (keys); i++)
    gtk_grid_attach (GTK_GRID (grid), keys[i], i % columns, i / columns, 1, 1);
  show (self);
  return grid;
}
