/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ui/display.h"
#include "tests/ui/pages-help.h"

#include "ui/shell/shell-private.h"
#include "ui/widgets/bm-button.h"
#include "ui/widgets/bm-keypad.h"
#include "ui/widgets/bm-picture.h"

#include <string.h>

/* What the face does in another language: its own words, what was typed, and which way a page runs. */

static BmShell *
new_shell (void)
{
  BmShell *shell = bm_shell_new (0.248, 1080, 1920);

  gtk_window_present (GTK_WINDOW (shell));
  return shell;
}

static json_t *
load_in (const char *name, const char *language, const char *direction)
{
  json_t *model = bm_test_load_model (name);
  json_t *settings = json_object_get (model, "settings");

  json_object_set_new (settings, "language", json_string (language));
  if (direction != NULL)
    json_object_set_new (settings, "direction", json_string (direction));
  return model;
}

static void
show (BmShell *shell, json_t *model)
{
  bm_shell_show_page (shell, model);
  bm_test_settle (shell);
}

static GtkWidget *
find (BmShell *shell, const char *name)
{
  GtkWidget *button = bm_test_find (GTK_WIDGET (shell), name);

  if (button == NULL)
    g_error ("there is no %s", name);
  return button;
}

static void
expect_word (BmShell *shell, const char *name, const char *word)
{
  g_assert_cmpstr (bm_button_get_name (BM_BUTTON (find (shell, name))), ==, word);
}

static void
type (BmShell *shell, const char *digits)
{
  for (const char *at = digits; *at != '\0'; at++)
    {
      g_autofree char *name = g_strdup_printf ("key-%c", *at);

      g_signal_emit_by_name (find (shell, name), "clicked");
    }
}

static char *
get_typed (BmShell *shell)
{
  g_autoptr (GPtrArray) labels = bm_test_collect (GTK_WIDGET (shell), GTK_TYPE_LABEL);
  GString *digits = g_string_new (NULL);

  for (guint i = 0; i < labels->len; i++)
    {
      GtkWidget *label = g_ptr_array_index (labels, i);

      if (gtk_widget_has_css_class (gtk_widget_get_parent (label), "field"))
        for (const char *at = gtk_label_get_text (GTK_LABEL (label)); *at != '\0'; at++)
          if (g_ascii_isdigit (*at))
            g_string_append_c (digits, *at);
    }
  return g_string_free (digits, FALSE);
}

static void
expect_typed (BmShell *shell, const char *digits)
{
  g_autofree char *typed = get_typed (shell);

  g_assert_cmpstr (typed, ==, digits);
}

static void
test_frame_keeps_the_old_language (void)
{
  BmShell *shell = new_shell ();
  json_auto_t *chinese = load_in ("home", "zh_CN", NULL);
  json_auto_t *english = load_in ("home", "en", NULL);

  show (shell, chinese);
  expect_word (shell, "frame-read", "读给我听");
  show (shell, english);
  expect_word (shell, "frame-read", "Speak");
  expect_word (shell, "frame-help", "Call for help");
  show (shell, chinese);
  expect_word (shell, "frame-read", "读给我听");
  gtk_window_destroy (GTK_WINDOW (shell));
}

/* What comes with the page is said, in its fonts; what would read memory that is not there is not. */
static void
test_frame_has_no_words_of_a_further_language (void)
{
  BmShell *shell = new_shell ();
  json_auto_t *further = load_in ("home", "qid", "rtl");
  json_auto_t *newer = load_in ("home", "qid", NULL);
  json_auto_t *chinese = load_in ("home", "zh_CN", NULL);
  json_t *settings = json_object_get (further, "settings");

  json_object_set_new (settings, "words",
                       json_pack ("{s:{s:s, s:s}}", "", "Speak", "Kaeps", "Call for help", "%s"));
  json_object_set_new (settings, "fonts", json_pack ("[s, s]", "DejaVu Sans", "bad'; } * {"));
  json_object_set_new (json_object_get (newer, "settings"), "words",
                       json_pack ("{s:{s:s}}", "", "Speak", "Kaepsen"));
  show (shell, further);
  expect_word (shell, "frame-read", "Kaeps");
  expect_word (shell, "frame-help", "叫人帮忙");
  g_assert_cmpstr (shell->page.metrics.fonts, ==, "'DejaVu Sans', ");
  show (shell, newer);
  expect_word (shell, "frame-read", "Kaepsen");
  g_assert_null (shell->page.metrics.fonts);
  show (shell, chinese);
  expect_word (shell, "frame-read", "读给我听");
  gtk_window_destroy (GTK_WINDOW (shell));
}

static void
test_next_language_has_no_button (void)
{
  BmShell *shell = new_shell ();
  json_auto_t *model = load_in ("home", "zh_CN", NULL);

  json_object_set_new (json_object_get (model, "frame"), "language", json_string ("English"));
  show (shell, model);
  expect_word (shell, "frame-language", "English");
  gtk_window_destroy (GTK_WINDOW (shell));
}

/* The same page in another language, and a page that lies over it for a while. */
static void
test_typed_is_lost (void)
{
  BmShell *shell = new_shell ();
  json_auto_t *keys = load_in ("digits", "zh_CN", NULL);
  json_auto_t *english = load_in ("digits", "en", NULL);
  json_auto_t *over = load_in ("voice", "zh_CN", NULL);
  json_t *input = json_object_get (english, "input");

  json_object_set_new (input, "label", json_string ("Number"));
  json_object_set_new (english, "question", json_string ("Which number?"));
  json_object_set (over, "covers", json_object_get (keys, "id"));
  show (shell, keys);
  type (shell, "990");
  show (shell, english);
  expect_typed (shell, "990");
  show (shell, over);
  show (shell, english);
  expect_typed (shell, "990");
  show (shell, over);
  show (shell, over);
  show (shell, keys);
  expect_typed (shell, "990");
  gtk_window_destroy (GTK_WINDOW (shell));
}

/* It waits below a page that covers it, and nowhere else. */
static void
test_typed_comes_back_on_another_page (void)
{
  BmShell *shell = new_shell ();
  json_auto_t *keys = load_in ("digits", "zh_CN", NULL);
  json_auto_t *wrong = json_deep_copy (keys);
  json_auto_t *over = load_in ("voice", "zh_CN", NULL);
  json_auto_t *home = load_in ("home", "zh_CN", NULL);

  json_object_set (over, "covers", json_object_get (keys, "id"));
  json_object_set_new (json_object_get (wrong, "input"), "problem", json_string ("号码不对"));
  show (shell, keys);
  type (shell, "990");
  show (shell, home);
  show (shell, keys);
  expect_typed (shell, "");
  type (shell, "990");
  show (shell, over);
  show (shell, home);
  show (shell, keys);
  expect_typed (shell, "");
  type (shell, "990");
  show (shell, over);
  show (shell, wrong); /* another number is asked for */
  expect_typed (shell, "");
  gtk_window_destroy (GTK_WINDOW (shell));
}

static float
left_of (BmShell *shell, const char *name)
{
  graphene_rect_t box;

  g_assert_true (gtk_widget_compute_bounds (find (shell, name), GTK_WIDGET (shell), &box));
  return box.origin.x;
}

/* What is at the right is at the left, and digits are where they were. */
static void
test_page_is_not_mirrored (void)
{
  BmShell *shell = new_shell ();
  json_auto_t *plain = load_in ("digits", "xx", NULL);
  json_auto_t *mirrored = load_in ("digits", "xx", "rtl");

  show (shell, plain);
  g_assert_cmpfloat (left_of (shell, "frame-read"), <, left_of (shell, "frame-bigger"));
  g_assert_cmpfloat (left_of (shell, "key-1"), <, left_of (shell, "key-2"));
  show (shell, mirrored);
  g_assert_cmpfloat (left_of (shell, "frame-read"), >, left_of (shell, "frame-bigger"));
  g_assert_cmpfloat (left_of (shell, "frame-help"), >, left_of (shell, "frame-next"));
  g_assert_cmpfloat (left_of (shell, "key-1"), <, left_of (shell, "key-2"));
  show (shell, plain);
  g_assert_cmpfloat (left_of (shell, "frame-read"), <, left_of (shell, "frame-bigger"));
  gtk_window_destroy (GTK_WINDOW (shell));
}

static const char *
focused (BmShell *shell)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (shell));

  return focus != NULL ? gtk_widget_get_name (focus) : "question";
}

/* An arrow leads to what is seen there; among digits it does so in every language. */
static void
expect_arrows (BmShell *shell, BmFocusWay onward, BmFocusWay back)
{
  gtk_window_set_focus (GTK_WINDOW (shell), find (shell, "frame-read"));
  bm_shell_move_focus (shell, onward);
  g_assert_cmpstr (focused (shell), ==, "frame-bigger");
  g_assert_true ((left_of (shell, "frame-bigger") > left_of (shell, "frame-read")) ==
                 (onward == BM_FOCUS_RIGHT));
  bm_shell_move_focus (shell, back);
  g_assert_cmpstr (focused (shell), ==, "frame-read");
  gtk_window_set_focus (GTK_WINDOW (shell), find (shell, "key-1"));
  bm_shell_move_focus (shell, BM_FOCUS_RIGHT);
  g_assert_cmpstr (focused (shell), ==, "key-2");
  bm_shell_move_focus (shell, BM_FOCUS_LEFT);
  g_assert_cmpstr (focused (shell), ==, "key-1");
}

static void
test_arrow_leads_elsewhere (void)
{
  BmShell *shell = new_shell ();
  json_auto_t *plain = load_in ("digits", "en", NULL);
  json_auto_t *mirrored = load_in ("digits", "en", "rtl");

  show (shell, plain);
  expect_arrows (shell, BM_FOCUS_RIGHT, BM_FOCUS_LEFT);
  show (shell, mirrored);
  expect_arrows (shell, BM_FOCUS_LEFT, BM_FOCUS_RIGHT);
  gtk_window_destroy (GTK_WINDOW (shell));
}

static void
expect_end (BmShell *shell, const char *label, gboolean is_leaving, const char *picture)
{
  json_auto_t *model = load_in ("print", "en", NULL);
  json_t *frame = json_object_get (model, "frame");
  g_autoptr (GPtrArray) pictures = NULL;

  json_object_set_new (frame, "end", json_true ());
  json_object_set_new (frame, "end_label", json_string (label));
  json_object_set_new (frame, "end_leaves", json_boolean (is_leaving));
  show (shell, model);
  expect_word (shell, "frame-end", label);
  pictures = bm_test_collect (find (shell, "frame-end"), BM_TYPE_PICTURE);
  g_assert_cmpuint (pictures->len, ==, 1);
  g_assert_cmpstr (bm_picture_get_name (g_ptr_array_index (pictures, 0)), ==, picture);
}

/* Whether to end is to stop or to go is the station's to say, in whatever words. */
static void
test_end_is_told_by_its_word (void)
{
  BmShell *shell = new_shell ();

  expect_end (shell, "Lasu nun", FALSE, "no");
  expect_end (shell, "Stop here", TRUE, "next");
  gtk_window_destroy (GTK_WINDOW (shell));
}

int
main (int argc, char *argv[])
{
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
  g_test_add_func ("/language/frame-keeps-the-old-language", test_frame_keeps_the_old_language);
  g_test_add_func ("/language/frame-has-no-words-of-a-further-language",
                   test_frame_has_no_words_of_a_further_language);
  g_test_add_func ("/language/next-language-has-no-button", test_next_language_has_no_button);
  g_test_add_func ("/language/typed-is-lost", test_typed_is_lost);
  g_test_add_func ("/language/typed-comes-back-on-another-page",
                   test_typed_comes_back_on_another_page);
  g_test_add_func ("/language/page-is-not-mirrored", test_page_is_not_mirrored);
  g_test_add_func ("/language/arrow-leads-elsewhere", test_arrow_leads_elsewhere);
  g_test_add_func ("/language/end-is-told-by-its-word", test_end_is_told_by_its_word);
  status = g_test_run ();
  bm_test_display_stop ();
  return status;
}
