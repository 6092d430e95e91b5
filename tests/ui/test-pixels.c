/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ui/display.h"
#include "tests/ui/pages-help.h"

#include "ui/widgets/bm-button.h"
#include "ui/widgets/bm-picture.h"
#include "ui/widgets/bm-text.h"

#include <math.h>

/*
 * Gates 4 and 15, from the pixels that are drawn: every word and every picture of every fixture page, in every
 * theme, stands out from what it lies on as the theme promises, and a button's states differ without colour.
 */

/* What a theme promises of text, and the least of a picture's line. */
static const struct
{
  double least;
  double most;
  double picture;
} promises[BM_N_THEMES] = {
  [BM_THEME_MEDIUM] = { 10.0, 21.0, 4.5 },           [BM_THEME_HIGH_LIGHT] = { 20.0, 21.0, 20.0 },
  [BM_THEME_HIGH_DARK] = { 20.0, 21.0, 20.0 },       [BM_THEME_LOW_GLARE] = { 4.5, 8.0, 4.5 },
  [BM_THEME_YELLOW_ON_BLACK] = { 19.0, 20.0, 19.0 },
};

/* So many pixels of one colour are ink, fewer may be the edge of a letter. */
#define LEAST_INK 12

typedef struct
{
  guint32 colour;
  guint count;
} Shade;

typedef struct
{
  int x, y, width, height;
} Box;

static double
linear (guint value)
{
  double v = value / 255.0;

  return v <= 0.04045 ? v / 12.92 : pow ((v + 0.055) / 1.055, 2.4);
}

static double
luminance (guint32 colour)
{
  return 0.2126 * linear (colour >> 16 & 0xff) + 0.7152 * linear (colour >> 8 & 0xff) +
         0.0722 * linear (colour & 0xff);
}

static double
contrast (double one, double two)
{
  return (MAX (one, two) + 0.05) / (MIN (one, two) + 0.05);
}

static guint32
pixel_at (cairo_surface_t *surface, int x, int y)
{
  const guint8 *data = cairo_image_surface_get_data (surface);
  const guint32 *row =
    (const guint32 *) (gconstpointer) (data + (gsize) y * cairo_image_surface_get_stride (surface));

  return row[x] & 0xffffff;
}

/* @grown: pixels more on each side. */
static Box
box_of (GtkWidget *widget, BmShell *shell, cairo_surface_t *surface, int grown)
{
  graphene_rect_t bounds;
  Box box;

  g_assert_true (
    gtk_widget_compute_bounds (widget, gtk_window_get_child (GTK_WINDOW (shell)), &bounds));
  box.x = MAX ((int) floorf (bounds.origin.x) - grown, 0);
  box.y = MAX ((int) floorf (bounds.origin.y) - grown, 0);
  box.width = MIN ((int) ceilf (bounds.size.width) + 2 * grown,
                   cairo_image_surface_get_width (surface) - box.x);
  box.height = MIN ((int) ceilf (bounds.size.height) + 2 * grown,
                    cairo_image_surface_get_height (surface) - box.y);
  return box;
}

/* Every colour in @box with how often it is there. */
static GHashTable *
count_colours (cairo_surface_t *surface, const Box *box)
{
  GHashTable *counts = g_hash_table_new (NULL, NULL);

  for (int y = box->y; y < box->y + box->height; y++)
    for (int x = box->x; x < box->x + box->width; x++)
      {
        gpointer key = GUINT_TO_POINTER (pixel_at (surface, x, y));

        g_hash_table_insert (counts, key,
                             GUINT_TO_POINTER (
                               GPOINTER_TO_UINT (g_hash_table_lookup (counts, key)) + 1));
      }
  return counts;
}

static Shade
most_frequent (GHashTable *counts)
{
  Shade best = { 0, 0 };
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, counts);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (GPOINTER_TO_UINT (value) > best.count)
      best = (Shade){ GPOINTER_TO_UINT (key), GPOINTER_TO_UINT (value) };
  return best;
}

/* The largest contrast to the ground that there is ink of; 1 where there is nothing but ground. */
static double
ink_contrast (cairo_surface_t *surface, const Box *box)
{
  g_autoptr (GHashTable) counts = count_colours (surface, box);
  const double ground = luminance (most_frequent (counts).colour);
  GHashTableIter iter;
  gpointer key, value;
  double best = 1;

  g_hash_table_iter_init (&iter, counts);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (GPOINTER_TO_UINT (value) >= LEAST_INK)
      best = MAX (best, contrast (ground, luminance (GPOINTER_TO_UINT (key))));
  return best;
}

static void
check_labels (BmShell *shell, cairo_surface_t *surface, BmTheme theme, const char *where)
{
  g_autoptr (GPtrArray) labels = bm_test_collect (GTK_WIDGET (shell), GTK_TYPE_LABEL);

  for (guint i = 0; i < labels->len; i++)
    {
      const char *text = gtk_label_get_text (g_ptr_array_index (labels, i));
      Box box = box_of (g_ptr_array_index (labels, i), shell, surface, 0);
      double found;

      if (*text == '\0')
        continue;
      found = ink_contrast (surface, &box);
      if (found < promises[theme].least - 0.05 || found > promises[theme].most + 0.5)
        g_error ("%s: '%s' has a contrast of %.2f", where, text, found);
    }
}

static void
check_pictures (BmShell *shell, cairo_surface_t *surface, BmTheme theme, const char *where)
{
  g_autoptr (GPtrArray) pictures = bm_test_collect (GTK_WIDGET (shell), BM_TYPE_PICTURE);

  for (guint i = 0; i < pictures->len; i++)
    {
      Box box = box_of (g_ptr_array_index (pictures, i), shell, surface, 0);
      double found;

      if (box.width < 8 || box.height < 8)
        continue;
      found = ink_contrast (surface, &box);
      if (found < promises[theme].picture - 0.05)
        g_error ("%s: picture %u at %d,%d has a contrast of %.2f", where, i, box.x, box.y, found);
    }
}

static void
test_words_fade (gconstpointer data)
{
  const BmTheme theme = GPOINTER_TO_UINT (data);
  BmShell *shell = bm_shell_new (0.248, 1080, 1920);
  g_auto (GStrv) names = bm_test_list_models ();

  gtk_window_present (GTK_WINDOW (shell));
  for (guint i = 0; names[i] != NULL; i++)
    {
      json_auto_t *model = bm_test_load_model (names[i]);

      if (g_str_has_prefix (names[i], "desk-"))
        continue; /* the desk has one theme, and a screen of its own shape */
      json_object_set_new (bm_model_object (model, "settings"), "theme",
                           json_string (bm_theme_name (theme)));
      bm_shell_show_page (shell, model);
      for (guint part = 0; part < bm_shell_count_parts (shell); part++)
        {
          g_autofree char *where =
            g_strdup_printf ("%s %s part %u", names[i], bm_theme_name (theme), part + 1);
          cairo_surface_t *surface;

          bm_shell_set_part (shell, part);
          bm_test_settle (shell);
          surface = bm_shell_draw (shell);
          check_labels (shell, surface, theme, where);
          check_pictures (shell, surface, theme, where);
          cairo_surface_destroy (surface);
        }
    }
  gtk_window_destroy (GTK_WINDOW (shell));
}

/* States without colour */

#define N_LOOKS 6

static const char *const looks[N_LOOKS] = {
  "normal", "chosen", "busy", "off", "pressed", "focused"
};

static json_t *
make_states_model (BmTheme theme)
{
  json_t *model = bm_test_load_model ("choice");
  json_t *choices = json_array ();

  for (guint i = 0; i < 4; i++)
    json_array_append_new (choices, json_pack ("{s:s, s:s, s:s, s:s}", "id", looks[i], "label",
                                               "路", "icon", "ap-road", "state", looks[i]));
  json_object_set_new (model, "choices", choices);
  json_object_set_new (bm_model_object (model, "settings"), "theme",
                       json_string (bm_theme_name (theme)));
  return model;
}

/* The grey of a button with what its ring needs around it. */
static guint8 *
grey_of (BmShell *shell, const char *name, int *width, int *height)
{
  GtkWidget *button = bm_test_find (bm_shell_get_page (shell), name);
  cairo_surface_t *surface;
  guint8 *grey;
  Box box;

  bm_test_settle (shell);
  surface = bm_shell_draw (shell);
  box = box_of (button, shell, surface, 16);
  if (*width == 0)
    {
      *width = box.width;
      *height = box.height;
    }
  *width = MIN (*width, box.width);
  *height = MIN (*height, box.height);
  grey = g_new (guint8, (gsize) box.width * box.height);
  for (int y = 0; y < *height; y++)
    for (int x = 0; x < *width; x++)
      grey[y * *width + x] = (guint8) (255 * luminance (pixel_at (surface, box.x + x, box.y + y)));
  cairo_surface_destroy (surface);
  return grey;
}

/* Share of pixels between which there is a contrast of three to one. */
static double
difference (const guint8 *one, const guint8 *two, gsize count)
{
  gsize n = 0;

  for (gsize i = 0; i < count; i++)
    n += contrast (one[i] / 255.0, two[i] / 255.0) >= 3;
  return (double) n / count;
}

static void
test_states_look_alike_in_grey (gconstpointer data)
{
  const BmTheme theme = GPOINTER_TO_UINT (data);
  BmShell *shell = bm_shell_new (0.248, 1080, 1920);
  json_auto_t *model = make_states_model (theme);
  guint8 *greys[N_LOOKS];
  int width = 0, height = 0;
  GtkWidget *normal;

  gtk_window_present (GTK_WINDOW (shell));
  bm_shell_show_page (shell, model);
  for (guint i = 0; i < 4; i++)
    greys[i] = grey_of (shell, looks[i], &width, &height);
  normal = bm_test_find (bm_shell_get_page (shell), "normal");
  gtk_widget_set_state_flags (normal, GTK_STATE_FLAG_ACTIVE, FALSE);
  greys[4] = grey_of (shell, "normal", &width, &height);
  gtk_widget_unset_state_flags (normal, GTK_STATE_FLAG_ACTIVE);
  gtk_window_set_focus (GTK_WINDOW (shell), normal);
  greys[5] = grey_of (shell, "normal", &width, &height);
  for (guint i = 0; i < N_LOOKS; i++)
    for (guint j = 0; j < i; j++)
      {
        double apart = difference (greys[i], greys[j], (gsize) width * height);

        g_test_message ("%s, %s and %s: %.3f", bm_theme_name (theme), looks[j], looks[i], apart);
        if (apart < 0.01)
          g_error ("%s: %s and %s look alike in grey (%.4f)", bm_theme_name (theme), looks[j],
                   looks[i], apart);
      }
  for (guint i = 0; i < N_LOOKS; i++)
    g_free (greys[i]);
  gtk_window_destroy (GTK_WINDOW (shell));
}

/* Rare characters */

/* The share of the longest rule across @box, in a row of it or (@is_column) a column. */
static double
longest_rule (cairo_surface_t *surface, const Box *box, gboolean is_column)
{
  const int n_lines = is_column ? box->width : box->height;
  const int length = is_column ? box->height : box->width;
  double most = 0;

  for (int i = 0; i < n_lines; i++)
    {
      int n = 0;

      for (int k = 0; k < length; k++)
        n += luminance (pixel_at (surface, box->x + (is_column ? i : k),
                                  box->y + (is_column ? k : i))) < 0.3;
      most = MAX (most, (double) n / length);
    }
  return most;
}

static Box
box_of_character (GtkWidget *label, BmShell *shell, cairo_surface_t *surface, gunichar wanted)
{
  PangoLayout *layout = gtk_label_get_layout (GTK_LABEL (label));
  const char *text = pango_layout_get_text (layout);
  const char *at = g_utf8_strchr (text, -1, wanted);
  Box box = box_of (label, shell, surface, 0);
  PangoRectangle place;
  int x, y;

  g_assert_nonnull (at);
  pango_layout_index_to_pos (layout, (int) (at - text), &place);
  gtk_label_get_layout_offsets (GTK_LABEL (label), &x, &y);
  return (Box){ box.x + x + PANGO_PIXELS (place.x), box.y + y + PANGO_PIXELS (place.y),
                PANGO_PIXELS (place.width), PANGO_PIXELS (place.height) };
}

/* What no font has is a frame about as large as a hanzi: not a hole, and not a stain. */
static void
test_rare_character_is_a_hole (void)
{
  BmShell *shell = bm_shell_new (0.248, 1080, 1920);
  json_auto_t *model = bm_test_load_model ("confirm-rare");
  g_autoptr (GPtrArray) labels = NULL;
  cairo_surface_t *surface;
  int side;
  Box box;

  gtk_window_present (GTK_WINDOW (shell));
  bm_shell_show_page (shell, model);
  bm_test_settle (shell);
  labels = bm_test_collect (bm_shell_get_page (shell), GTK_TYPE_LABEL);
  surface = bm_shell_draw (shell);
  box = box_of_character (g_ptr_array_index (labels, 0), shell, surface, BM_TEXT_BOX);
  side = box.width;
  g_test_message ("%d by %d at %d,%d", box.width, box.height, box.x, box.y);
  g_assert_cmpfloat (side * 0.248, >=, 10);
  g_assert_cmpfloat (longest_rule (surface, &(Box){ box.x, box.y, side, box.height / 2 }, FALSE), >,
                     0.75);
  g_assert_cmpfloat (longest_rule (surface,
                                   &(Box){ box.x, box.y + box.height / 2, side, box.height / 2 },
                                   FALSE),
                     >, 0.75);
  box = (Box){ box.x, box.y + box.height / 2 - side / 4, side, side / 2 };
  g_assert_cmpfloat (longest_rule (surface, &(Box){ box.x, box.y, side / 5, box.height }, TRUE), >,
                     0.95);
  g_assert_cmpfloat (longest_rule (surface,
                                   &(Box){ box.x + side * 4 / 5, box.y, side / 5, box.height },
                                   TRUE),
                     >, 0.95);
  cairo_surface_destroy (surface);
  gtk_window_destroy (GTK_WINDOW (shell));
}

int
main (int argc, char *argv[])
{
  int status;

  g_setenv ("GSK_RENDERER", "cairo", TRUE);
  g_setenv ("GDK_DEBUG", "gl-disable", TRUE);
  if (!bm_test_display_start ())
    {
      g_print ("Bail out! Xvfb cannot be started\n");
      return 1;
    }
  gtk_test_init (&argc, &argv);
  for (BmTheme theme = 0; theme < BM_N_THEMES; theme++)
    {
      g_autofree char *fade = g_strconcat ("/pixels/words-fade/", bm_theme_name (theme), NULL);
      g_autofree char *alike =
        g_strconcat ("/pixels/states-look-alike-in-grey/", bm_theme_name (theme), NULL);

      g_test_add_data_func (fade, GUINT_TO_POINTER (theme), test_words_fade);
      g_test_add_data_func (alike, GUINT_TO_POINTER (theme), test_states_look_alike_in_grey);
    }
  g_test_add_func ("/pixels/rare-character-is-a-hole", test_rare_character_is_a_hole);
  status = g_test_run ();
  bm_test_display_stop ();
  return status;
}
