/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ui/display.h"
#include "tests/ui/letters.h"
#include "tests/ui/pages-help.h"

#include "ui/widgets/bm-button.h"
#include "ui/widgets/bm-photo.h"
#include "ui/widgets/bm-text.h"

#include <math.h>

/*
 * Gates 1, 2, 3 and 5 of the look, for every fixture model at every scale on eight screens, each in a real
 * window: everything that can be pressed is named, large enough, apart from its neighbours and inside the
 * window; no words are cut; letters are as high as they must be. Warnings are fatal.
 */

typedef struct
{
  const char *name;
  double pitch;
  int width;
  int height;
  double distance;
  gboolean is_low;
  gboolean is_sampled; /* to save time: each page at 200 % and at one other size */
} Screen;

static const Screen screens[] = {
  { "portrait", 0.248, 1080, 1920, 600 },
  { "landscape", 0.259, 1280, 800, 600 },
  { "wide-21.5", 0.248, 1920, 1080, 600 },
  { "portrait-15.6", 0.180, 1080, 1920, 435 },
  { "lowered", 0.248, 1080, 1920, 600, TRUE },
  { "lowered-15.6", 0.180, 1080, 1920, 435, TRUE },
  { "tablet-10.1", 0.170, 1280, 800, 350, FALSE, TRUE },
  { "tablet-upright", 0.170, 800, 1280, 350, FALSE, TRUE },
};
static const guint scales[] = { 100, 125, 150, 200 };

/* A fixture as the station would send it to this screen. */
static json_t *
load_model (const Screen *screen, const char *name, guint scale)
{
  json_t *model = bm_test_load_model (name);
  json_t *settings = bm_model_object (model, "settings");

  json_object_set_new (settings, "scale", json_integer (scale));
  if (screen->is_low && !g_str_has_prefix (bm_model_text (model, "template"), "desk-"))
    json_object_set_new (settings, "is_low", json_true ());
  return model;
}

static BmShell *
new_shell (const Screen *screen)
{
  BmShell *shell = bm_shell_new (screen->pitch, screen->width, screen->height);

  bm_shell_set_distance (shell, screen->distance);
  return shell;
}

static char *
name_of (GtkWidget *widget)
{
  /* The test backend tells the value in its complaint about a wrong one. */
  char *text = gtk_test_accessible_check_property (GTK_ACCESSIBLE (widget),
                                                   GTK_ACCESSIBLE_PROPERTY_LABEL, "\001");

  return text;
}

static void
check_names (GPtrArray *buttons, const char *where)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < buttons->len; i++)
    {
      g_autofree char *name = name_of (g_ptr_array_index (buttons, i));

      if (name == NULL || *name == '\0' || g_str_equal (name, "undefined") ||
          g_str_has_prefix (name, "Gtk"))
        g_error ("%s: a button is called '%s'", where, name);
      /* The desk's rows add what they act on to the word on the button. */
      if (!g_str_has_prefix (name, bm_button_get_name (g_ptr_array_index (buttons, i))))
        g_error ("%s: '%s' is called '%s'", where,
                 bm_button_get_name (g_ptr_array_index (buttons, i)), name);
      if (!g_hash_table_add (seen, g_strdup (name)))
        g_error ("%s: two buttons are called '%s'", where, name);
    }
}

static void
check_targets (GPtrArray *buttons, BmShell *shell, const Screen *screen, const char *where)
{
  /* A tablet is in a hand, or before a helper. */
  gboolean is_near = bm_shell_get_metrics (shell)->is_desk || screen->distance <= 400;
  double least = (is_near ? 12 : 20) / screen->pitch - 1;
  double apart = (is_near ? 2 : 4) / screen->pitch - 1;
  graphene_rect_t window = GRAPHENE_RECT_INIT (-0.5, -0.5, screen->width + 1, screen->height + 1);
  g_autofree graphene_rect_t *boxes = g_new0 (graphene_rect_t, buttons->len + 1);

  for (guint i = 0; i < buttons->len; i++)
    {
      GtkWidget *button = g_ptr_array_index (buttons, i);

      g_assert_true (gtk_widget_compute_bounds (button, GTK_WIDGET (shell), &boxes[i]));
      if (boxes[i].size.width < least || boxes[i].size.height < least)
        g_error ("%s: '%s' is %.0f by %.0f pixels", where, bm_button_get_name (BM_BUTTON (button)),
                 boxes[i].size.width, boxes[i].size.height);
      if (!graphene_rect_contains_rect (&window, &boxes[i]))
        g_error ("%s: '%s' is not inside the window", where,
                 bm_button_get_name (BM_BUTTON (button)));
      for (guint j = 0; j < i; j++)
        {
          graphene_rect_t grown = boxes[i];

          graphene_rect_inset (&grown, (float) -apart, (float) -apart);
          if (graphene_rect_intersection (&grown, &boxes[j], NULL))
            g_error ("%s: '%s' and '%s' are too close", where,
                     bm_button_get_name (BM_BUTTON (button)),
                     bm_button_get_name (BM_BUTTON (g_ptr_array_index (buttons, j))));
        }
    }
}

/* A line of text must be inside what was allocated, and that inside the window. */
static void
check_words (BmShell *shell, const Screen *screen, const char *where)
{
  g_autoptr (GPtrArray) labels = bm_test_collect (GTK_WIDGET (shell), GTK_TYPE_LABEL);
  graphene_rect_t window = GRAPHENE_RECT_INIT (-0.5, -0.5, screen->width + 1, screen->height + 1);

  g_assert_cmpuint (labels->len, >, 0);
  for (guint i = 0; i < labels->len; i++)
    {
      GtkWidget *label = g_ptr_array_index (labels, i);
      PangoLayout *layout = gtk_label_get_layout (GTK_LABEL (label));
      const char *text = gtk_label_get_text (GTK_LABEL (label));
      graphene_rect_t box;
      int width, height;

      g_assert_true (gtk_widget_compute_bounds (label, GTK_WIDGET (shell), &box));
      pango_layout_get_pixel_size (layout, &width, &height);
      if (pango_layout_is_ellipsized (layout))
        g_error ("%s: '%s' is cut short", where, text);
      if (width > gtk_widget_get_width (label) + 1 || height > gtk_widget_get_height (label) + 1)
        g_error ("%s: '%s' needs %d by %d and has %d by %d", where, text, width, height,
                 gtk_widget_get_width (label), gtk_widget_get_height (label));
      if (!graphene_rect_contains_rect (&window, &box))
        g_error ("%s: '%s' is not inside the window", where, text);
    }
}

/* Lowered, everything is in the lower two thirds: 1220 mm where the screen ends 900 mm above the floor. */
static void
check_reach (GPtrArray *buttons, BmShell *shell, const Screen *screen, const char *where)
{
  json_t *model = bm_shell_get_model (shell);
  gboolean is_low = bm_model_is (bm_model_object (model, "settings"), "is_low");
  gboolean is_large = bm_shell_get_metrics (shell)->scale >= 150;
  gboolean has_keys = bm_model_object (model, "input") != NULL;

  for (guint i = 0; i < buttons->len; i++)
    {
      GtkWidget *button = g_ptr_array_index (buttons, i);
      gboolean is_above = gtk_widget_get_ancestor (button, GTK_TYPE_OVERLAY) == NULL;
      double highest =
        is_large && has_keys && is_above ? screen->height * 0.15 : screen->height / 3;
      graphene_rect_t box;

      g_assert_true (gtk_widget_compute_bounds (button, GTK_WIDGET (shell), &box));
      if (is_low && box.origin.y < highest - 1)
        g_error ("%s: '%s' is out of reach", where, bm_button_get_name (BM_BUTTON (button)));
    }
}

static double
size_of (GtkWidget *label)
{
  PangoContext *context = gtk_widget_get_pango_context (label);

  return pango_font_description_get_size (pango_context_get_font_description (context));
}

/* A second language is smaller than the first, which stands above it; of the choices it is left out first. */
static void
check_second (BmShell *shell, const char *where)
{
  g_autoptr (GPtrArray) labels = bm_test_collect (bm_shell_get_page (shell), GTK_TYPE_LABEL);
  json_t *model = bm_shell_get_model (shell);
  gboolean has_question = FALSE, has_head = FALSE, has_choice = FALSE;

  for (guint i = 0; i < labels->len; i++)
    {
      GtkWidget *label = g_ptr_array_index (labels, i);
      GtkWidget *above = gtk_widget_get_prev_sibling (label);

      has_head |=
        gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (label)) == GTK_ACCESSIBLE_ROLE_HEADING;
      if (!gtk_widget_has_css_class (label, "second"))
        continue;
      if (!GTK_IS_LABEL (above) || size_of (above) <= size_of (label))
        g_error ("%s: '%s' is not smaller than what is above it", where,
                 gtk_label_get_text (GTK_LABEL (label)));
      if (gtk_widget_get_ancestor (label, BM_TYPE_BUTTON) != NULL)
        has_choice = TRUE;
      else
        has_question = TRUE;
    }
  if (has_choice && has_head && !has_question && bm_model_object (model, "input") == NULL &&
      bm_model_string (model, "question_zh") != NULL)
    g_error ("%s: the question has no second language, its choices have", where);
}

static void
check_page (BmShell *shell, const Screen *screen, const char *where)
{
  g_autoptr (GPtrArray) buttons = NULL;
  int width, height;

  bm_test_settle (shell);
  buttons = bm_test_collect (GTK_WIDGET (shell), BM_TYPE_BUTTON);
  gtk_widget_measure (GTK_WIDGET (shell), GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
  gtk_widget_measure (GTK_WIDGET (shell), GTK_ORIENTATION_VERTICAL, -1, &height, NULL, NULL, NULL);
  g_assert_cmpint (width, <=, screen->width);
  g_assert_cmpint (height, <=, screen->height);
  check_names (buttons, where);
  check_targets (buttons, shell, screen, where);
  check_reach (buttons, shell, screen, where);
  check_words (shell, screen, where);
  check_second (shell, where);
  bm_test_check_letters (shell, screen->pitch, screen->distance, where);
}

/* All choices of a model stand on exactly one of its parts; those below amounts stand on each, and so does 我还在 while
 * the seconds run, and what a helper has to do for the person who waits. */
static void
count_choices (BmShell *shell, GHashTable *seen)
{
  const char *name = bm_model_text (bm_shell_get_model (shell), "template");
  gboolean are_repeated = g_str_equal (name, "amounts") || g_str_equal (name, "desk-today") ||
                          bm_model_int (bm_shell_get_model (shell), "countdown", -1) >= 0;
  json_t *choices = json_object_get (bm_shell_get_model (shell), "choices");

  for (gsize i = 0; i < json_array_size (choices); i++)
    {
      const char *id = bm_model_text (json_array_get (choices, i), "id");
      GtkWidget *button = bm_test_find (bm_shell_get_page (shell), id);

      if (button != NULL && !g_hash_table_add (seen, g_strdup (id)) && !are_repeated)
        g_error ("%s is on two parts", id);
    }
}

/* The code of a slip that did not come is on one part at every size, large enough for a telephone. */
static void
count_codes (BmShell *shell, const Screen *screen, guint *n_codes)
{
  GtkWidget *code = bm_test_find (bm_shell_get_page (shell), "code");
  graphene_rect_t box;

  if (code == NULL)
    return;
  g_assert_true (gtk_widget_compute_bounds (code, GTK_WIDGET (shell), &box));
  g_assert_cmpfloat (box.size.width * screen->pitch, >=, 35);
  g_assert_cmpfloat (box.size.height * screen->pitch, >=, 35);
  (*n_codes)++;
}

/* A question alone on the first part says nothing that the next does not need, too: only where that is a list, or where
 * keys or a failure take the whole of it; in our own language. The picture that is asked about is company. */
static void
check_first_part (BmShell *shell, const char *where)
{
  static const char *const may_be_alone[] = { "amounts", "cases", "digits",    "amount", "date",
                                              "place",   "memo",  "signature", NULL };
  g_autoptr (GPtrArray) labels = bm_test_collect (bm_shell_get_page (shell), GTK_TYPE_LABEL);
  g_autoptr (GPtrArray) buttons = bm_test_collect (bm_shell_get_page (shell), GTK_TYPE_BUTTON);
  g_autoptr (GPtrArray) photos = bm_test_collect (bm_shell_get_page (shell), BM_TYPE_PHOTO);

  if (bm_shell_count_parts (shell) < 2 || labels->len > 1 || buttons->len > 0 || photos->len > 0 ||
      bm_text_is_narrow (bm_model_text (bm_shell_get_model (shell), "question")))
    return; /* a question of letters may need it */
  if (!g_strv_contains (may_be_alone, bm_model_text (bm_shell_get_model (shell), "template")))
    g_error ("%s holds the question alone", where);
}

static void
check_model (BmShell *shell, const Screen *screen, guint scale, const char *name)
{
  json_auto_t *model = load_model (screen, name, scale);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  gboolean has_code = bm_model_string (bm_model_object (model, "number"), "qr") != NULL;
  guint n_codes = 0;

  bm_shell_show_page (shell, model);
  g_assert_cmpuint (bm_shell_count_parts (shell), >, 0);
  for (guint part = 0; part < bm_shell_count_parts (shell); part++)
    {
      g_autofree char *where =
        g_strdup_printf ("%s %s %u %% part %u", name, screen->name, scale, part + 1);

      bm_shell_set_part (shell, part);
      check_page (shell, screen, where);
      if (part == 0)
        check_first_part (shell, where);
      count_choices (shell, seen);
      count_codes (shell, screen, &n_codes);
    }
  g_assert_cmpuint (n_codes, ==, has_code ? 1 : 0);
  g_assert_cmpuint (g_hash_table_size (seen), ==, bm_model_length (model, "choices"));
}

static void
note_words (BmShell *shell, GHashTable *seen)
{
  g_autoptr (GPtrArray) labels = bm_test_collect (bm_shell_get_page (shell), GTK_TYPE_LABEL);

  for (guint i = 0; i < labels->len; i++)
    g_hash_table_add (seen, g_strdup (gtk_label_get_text (g_ptr_array_index (labels, i))));
}

/* Everything that a model may say is said by every template, on one part or another. */
static void
check_whole_model (BmShell *shell, const Screen *screen, const char *template_name, guint scale)
{
  json_auto_t *model = load_model (screen, "print", scale);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  static const char *const wanted[] = { "打印机没纸了。",
                                        "没有灯也能看。",
                                        "演示县社保中心",
                                        "养老金",
                                        "228.40元",
                                        "8号",
                                        "办完",
                                        "甲",
                                        "乙",
                                        "丙" };

  json_object_set_new (model, "template", json_string (template_name));
  json_object_set_new (model, "is_hero", json_false ());
  json_object_set_new (model, "lines", json_pack ("[{s:s}]", "text", "没有灯也能看。"));
  json_object_set_new (model, "facts",
                       json_pack ("[{s:s, s:s}]", "label", "谁定的", "value", "演示县社保中心"));
  json_object_set_new (model, "rows",
                       json_pack ("[{s:s, s:s}]", "label", "养老金", "value", "228.40元"));
  json_object_set_new (model, "choices",
                       json_pack ("[{s:s, s:s}, {s:s, s:s}, {s:s, s:s}]", "id", "a", "label", "甲",
                                  "id", "b", "label", "乙", "id", "c", "label", "丙"));
  json_object_set_new (bm_model_object (model, "number"), "qr",
                       json_string ("HTTPS://DEMO.INVALID/T/9901211012010101000000081"));
  bm_shell_show_page (shell, model);
  for (guint part = 0; part < bm_shell_count_parts (shell); part++)
    {
      bm_shell_set_part (shell, part);
      bm_test_settle (shell);
      note_words (shell, seen);
    }
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    {
      if (!g_hash_table_contains (seen, wanted[i]))
        g_error ("%s at %u %% does not say '%s'", template_name, scale, wanted[i]);
    }
}

static void
test_template_drops_something (gconstpointer data)
{
  static const char *const names[] = { "idle",   "home",   "choice",   "card",   "confirm",
                                       "notice", "digits", "readback", "wait",   "progress",
                                       "result", "cases",  "answer",   "print",  "alert",
                                       "error",  "end",    "amounts",  "danger", "amount",
                                       "date",   "place" };
  const Screen *screen = data;
  BmShell *shell = new_shell (screen);

  gtk_window_present (GTK_WINDOW (shell));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      check_whole_model (shell, screen, names[i], 100);
      check_whole_model (shell, screen, names[i], 200);
    }
  gtk_window_destroy (GTK_WINDOW (shell));
}

/* Other languages are held at fewer sizes, on fewer screens: "100,200" in a variable; without one, all. */
static gboolean
is_wanted (const char *variable, const char *name)
{
  const char *wanted = g_getenv (variable);
  g_auto (GStrv) list = g_strsplit (wanted != NULL ? wanted : "", ",", -1);

  return wanted == NULL || g_strv_contains ((const char *const *) list, name);
}

static void
test_every_page_holds (gconstpointer data)
{
  const Screen *screen = data;
  BmShell *shell = new_shell (screen);
  g_auto (GStrv) names = bm_test_list_models ();

  gtk_window_present (GTK_WINDOW (shell));
  g_assert_cmpuint (g_strv_length (names), >=, 20);
  for (guint s = 0; s < G_N_ELEMENTS (scales); s++)
    {
      g_autofree char *scale = g_strdup_printf ("%u", scales[s]);

      for (guint i = 0; names[i] != NULL && is_wanted ("BIANMIN_SCALES", scale); i++)
        if (!screen->is_sampled || scales[s] == 200 || i % 3 == s)
          check_model (shell, screen, scales[s], names[i]);
    }
  gtk_window_destroy (GTK_WINDOW (shell));
}

/* At ordinary size a question with up to three answers is one page, however much stands on each. */
static void
test_short_page_is_cut (gconstpointer data)
{
  static const char *const names[] = { "aside", "danger", "letter", "track", "tracked" };
  const Screen *screen = data;
  BmShell *shell = new_shell (screen);

  gtk_window_present (GTK_WINDOW (shell));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      json_auto_t *model = load_model (screen, names[i], 100);

      bm_shell_show_page (shell, model);
      if (bm_shell_count_parts (shell) != 1)
        g_error ("%s %s has %u parts", names[i], screen->name, bm_shell_count_parts (shell));
    }
  gtk_window_destroy (GTK_WINDOW (shell));
}

int
main (int argc, char *argv[])
{
  gboolean is_other = g_getenv ("BIANMIN_PAGES") != NULL;
  int status;

  g_setenv ("GTK_A11Y", "test", TRUE);
  g_setenv ("GSK_RENDERER", "cairo", TRUE);
  g_setenv ("GDK_DEBUG", "gl-disable", TRUE);
  if (!bm_test_display_start ())
    {
      g_print ("Bail out! Xvfb cannot be started\n");
      return 1;
    }
  gtk_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (screens); i++)
    {
      g_autofree char *path = g_strconcat ("/pages/hold-", screens[i].name, NULL);

      g_autofree char *drops =
        g_strconcat ("/pages/template-drops-something-", screens[i].name, NULL);

      g_autofree char *is_cut = g_strconcat ("/pages/short-page-is-cut-", screens[i].name, NULL);

      if (!is_wanted ("BIANMIN_SCREENS", screens[i].name))
        continue;
      g_test_add_data_func (path, &screens[i], test_every_page_holds);
      if (is_other)
        continue;
      g_test_add_data_func (is_cut, &screens[i], test_short_page_is_cut);
      if (!screens[i].is_sampled)
        g_test_add_data_func (drops, &screens[i], test_template_drops_something);
    }
  status = g_test_run ();
  bm_test_display_stop ();
  return status;
}
