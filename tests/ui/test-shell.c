/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ui/display.h"
#include "tests/ui/pages-help.h"

#include "ui/widgets/bm-button.h"
#include "ui/widgets/bm-text.h"

#include <glib/gstdio.h>

/* One window, played by hand: what is pressed, what is sent, what is left. */

typedef struct
{
  BmShell *shell;
  GPtrArray *intents;
} Fixture;

static void
on_intent (BmShell *shell, const char *intent, GPtrArray *intents)
{
  g_ptr_array_add (intents, g_strdup (intent));
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->shell = g_object_ref_sink (bm_shell_new (0.248, 1080, 1920));
  fixture->intents = g_ptr_array_new_with_free_func (g_free);
  g_signal_connect (fixture->shell, "intent", G_CALLBACK (on_intent), fixture->intents);
  gtk_window_present (GTK_WINDOW (fixture->shell));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->shell));
  g_assert_finalize_object (fixture->shell);
  g_ptr_array_unref (fixture->intents);
}

static void
show (Fixture *fixture, const char *name)
{
  json_auto_t *model = bm_test_load_model (name);

  bm_shell_show_page (fixture->shell, model);
  bm_test_settle (fixture->shell);
}

static void
press (Fixture *fixture, const char *name)
{
  GtkWidget *button = bm_test_find (GTK_WIDGET (fixture->shell), name);

  g_assert_nonnull (button);
  g_signal_emit_by_name (button, "clicked");
}

static void
assert_intents (Fixture *fixture, guint n, const char *last)
{
  g_assert_cmpuint (fixture->intents->len, ==, n);
  if (n > 0)
    g_assert_cmpstr (g_ptr_array_index (fixture->intents, n - 1), ==, last);
}

static void
test_choice_becomes_intent (Fixture *fixture, gconstpointer data)
{
  show (fixture, "home");
  press (fixture, "cert.pension");
  assert_intents (fixture, 1, "{\"do\":\"choose\",\"choice\":\"cert.pension\",\"version\":1}");
  show (fixture, "home");
  press (fixture, "frame-cases");
  assert_intents (fixture, 2, "{\"do\":\"choose\",\"choice\":\"cases\",\"version\":1}");
}

static void
test_two_fast_taps (Fixture *fixture, gconstpointer data)
{
  show (fixture, "confirm");
  press (fixture, "yes");
  press (fixture, "yes");
  press (fixture, "no");
  press (fixture, "frame-back");
  assert_intents (fixture, 1, "{\"do\":\"choose\",\"choice\":\"yes\",\"version\":1}");
  /* The station's page arrives: touches count again. */
  show (fixture, "notice");
  press (fixture, "frame-back");
  assert_intents (fixture, 2, "{\"do\":\"back\",\"version\":1}");
}

static void
test_page_survives_leaving (Fixture *fixture, gconstpointer data)
{
  GtkWidget *page;
  GtkWidget *button;

  show (fixture, "confirm");
  page = bm_shell_get_page (fixture->shell);
  button = bm_test_find (page, "yes");
  g_object_add_weak_pointer (G_OBJECT (page), (gpointer *) &page);
  g_object_add_weak_pointer (G_OBJECT (button), (gpointer *) &button);
  show (fixture, "home");
  g_assert_null (page);
  g_assert_null (button);
}

static void
test_wipe_leaves_words (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) labels = NULL;

  show (fixture, "confirm");
  bm_shell_wipe (fixture->shell);
  labels = bm_test_collect (GTK_WIDGET (fixture->shell), GTK_TYPE_LABEL);
  g_assert_cmpuint (labels->len, ==, 0);
  g_assert_null (bm_shell_get_model (fixture->shell));
}

/* The clock ticks every minute and the countdown every second: the page must stay the same object. */
static void
test_ticking_rebuilds_the_page (Fixture *fixture, gconstpointer data)
{
  json_auto_t *model = bm_test_load_model ("alert");
  GtkWidget *page;
  g_autoptr (GPtrArray) labels = NULL;
  gboolean has_59 = FALSE;

  bm_shell_show_page (fixture->shell, model);
  bm_test_settle (fixture->shell);
  page = bm_shell_get_page (fixture->shell);
  {
    json_auto_t *later = bm_test_load_model ("alert");

    json_object_set_new (later, "countdown", json_integer (59));
    json_object_set_new (bm_model_object (later, "station"), "clock", json_string ("later"));
    bm_shell_show_page (fixture->shell, later);
  }
  bm_test_settle (fixture->shell);
  g_assert_true (page == bm_shell_get_page (fixture->shell));
  labels = bm_test_collect (page, GTK_TYPE_LABEL);
  for (guint i = 0; i < labels->len; i++)
    has_59 |= g_str_equal (gtk_label_get_text (g_ptr_array_index (labels, i)), "59");
  g_assert_true (has_59);
}

static void
type_digits (Fixture *fixture, const char *digits)
{
  for (const char *at = digits; *at != '\0'; at++)
    {
      g_autoptr (GPtrArray) buttons = bm_test_collect (GTK_WIDGET (fixture->shell), BM_TYPE_BUTTON);
      char key[2] = { *at, '\0' };
      gboolean is_found = FALSE;

      for (guint i = 0; i < buttons->len && !is_found; i++)
        {
          is_found = g_str_equal (bm_button_get_name (g_ptr_array_index (buttons, i)), key);
          if (is_found)
            g_signal_emit_by_name (g_ptr_array_index (buttons, i), "clicked");
        }
      g_assert_true (is_found);
    }
}

static void
test_digits_are_sent_when_complete (Fixture *fixture, gconstpointer data)
{
  GtkWidget *next;

  show (fixture, "digits");
  type_digits (fixture, "99012119480604");
  next = bm_test_find (GTK_WIDGET (fixture->shell), "frame-next");
  g_assert_true (bm_button_is_off (BM_BUTTON (next)));
  press (fixture, "frame-next");
  assert_intents (fixture, 0, NULL);
  type_digits (fixture, "012X9");
  g_assert_false (bm_button_is_off (BM_BUTTON (next)));
  press (fixture, "frame-next");
  assert_intents (fixture, 1, "{\"do\":\"digits\",\"value\":\"99012119480604012X\",\"version\":1}");
}

/* Larger letters on the same question keep what was typed; the next person's question does not. */
static void
test_typed_digits_survive_only_a_change_of_size (Fixture *fixture, gconstpointer data)
{
  json_auto_t *larger = bm_test_load_model ("digits-short");

  show (fixture, "digits-short");
  type_digits (fixture, "28");
  json_object_set_new (bm_model_object (larger, "settings"), "scale", json_integer (150));
  bm_shell_show_page (fixture->shell, larger);
  bm_test_settle (fixture->shell);
  press (fixture, "frame-next");
  assert_intents (fixture, 1, "{\"do\":\"digits\",\"value\":\"28\",\"version\":1}");
  show (fixture, "idle");
  show (fixture, "digits-short");
  press (fixture, "frame-next");
  assert_intents (fixture, 1, "{\"do\":\"digits\",\"value\":\"28\",\"version\":1}");
}

static void
test_masked_digits_are_in_no_widget (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) labels = NULL;

  show (fixture, "desk-pin");
  type_digits (fixture, "2202");
  labels = bm_test_collect (GTK_WIDGET (fixture->shell), GTK_TYPE_LABEL);
  for (guint i = 0; i < labels->len; i++)
    g_assert_null (strstr (gtk_label_get_text (g_ptr_array_index (labels, i)), "2202"));
}

static void
test_parts_go_forth_and_back (Fixture *fixture, gconstpointer data)
{
  json_auto_t *model = bm_test_load_model ("choice");

  json_object_set_new (bm_model_object (model, "settings"), "scale", json_integer (200));
  bm_shell_show_page (fixture->shell, model);
  bm_test_settle (fixture->shell);
  g_assert_cmpuint (bm_shell_count_parts (fixture->shell), >, 1);
  g_assert_null (bm_test_find (GTK_WIDGET (fixture->shell), "frame-next"));
  press (fixture, "frame-part-next");
  bm_test_settle (fixture->shell);
  g_assert_cmpuint (bm_shell_get_part (fixture->shell), ==, 1);
  press (fixture, "frame-part-back");
  bm_test_settle (fixture->shell);
  g_assert_cmpuint (bm_shell_get_part (fixture->shell), ==, 0);
  /* Turning pages is the face's own business. */
  assert_intents (fixture, 0, NULL);
}

static void
test_off_choice_acts (Fixture *fixture, gconstpointer data)
{
  show (fixture, "choice-three");
  press (fixture, "call");
  assert_intents (fixture, 0, NULL);
}

static void
test_help_is_in_the_left_corner_of_every_page (Fixture *fixture, gconstpointer data)
{
  g_auto (GStrv) names = bm_test_list_models ();

  for (guint i = 0; names[i] != NULL; i++)
    {
      GtkWidget *help;
      graphene_rect_t box;

      if (g_str_has_prefix (names[i], "desk-"))
        continue;
      show (fixture, names[i]);
      help = bm_test_find (GTK_WIDGET (fixture->shell), "frame-help");
      g_assert_nonnull (help);
      g_assert_true (gtk_widget_compute_bounds (help, GTK_WIDGET (fixture->shell), &box));
      g_assert_cmpfloat (box.origin.x, <, 60);
      g_assert_cmpfloat (box.origin.y + box.size.height, >, 1860);
    }
}

/* Keys alone reach everything that can be pressed, top to bottom, and get out again. */
static void
test_keys_reach_every_button (Fixture *fixture, gconstpointer data)
{
  g_auto (GStrv) names = bm_test_list_models ();

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autoptr (GHashTable) reached = g_hash_table_new (NULL, NULL);
      g_autoptr (GPtrArray) buttons = NULL;

      show (fixture, names[i]);
      buttons = bm_test_collect (GTK_WIDGET (fixture->shell), BM_TYPE_BUTTON);
      gtk_window_set_focus (GTK_WINDOW (fixture->shell), NULL);
      for (guint step = 0; step < buttons->len; step++)
        {
          g_assert_true (gtk_widget_child_focus (GTK_WIDGET (fixture->shell), GTK_DIR_TAB_FORWARD));
          g_hash_table_add (reached, gtk_window_get_focus (GTK_WINDOW (fixture->shell)));
        }
      for (guint b = 0; b < buttons->len; b++)
        g_assert_true (g_hash_table_contains (reached, g_ptr_array_index (buttons, b)));
    }
}

/* A new page with the same id (已叫人) leaves the focus where it was. */
static void
test_focus_is_lost (Fixture *fixture, gconstpointer data)
{
  json_auto_t *busy = bm_test_load_model ("notice");
  GtkWidget *button;

  show (fixture, "notice");
  button = bm_test_find (GTK_WIDGET (fixture->shell), "agree");
  gtk_widget_grab_focus (button);
  json_object_set_new (bm_model_object (busy, "frame"), "help", json_string ("busy"));
  bm_shell_show_page (fixture->shell, busy);
  g_assert_cmpstr (gtk_widget_get_name (gtk_window_get_focus (GTK_WINDOW (fixture->shell))), ==,
                   "agree");
}

/* Which page said which sentence; in what manner is test-voice.c's. */
static char *
read_log (const char *path)
{
  GString *said = g_string_new (NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++)
    {
      char *manner = strstr (lines[i], ",\"rate\":");

      g_assert_nonnull (manner);
      g_string_append_printf (said, "%.*s}\n", (int) (manner - lines[i]), lines[i]);
    }
  return g_string_free (said, FALSE);
}

static void
append_expected (GString *expected, json_t *model)
{
  json_t *speech = json_object_get (model, "speech");

  for (gsize i = 0; i < json_array_size (speech); i++)
    {
      json_auto_t *line = json_pack ("{s:s, s:O}", "page", bm_model_text (model, "id"), "sentence",
                                     json_array_get (speech, i));
      char *text = json_dumps (line, JSON_COMPACT | JSON_PRESERVE_ORDER);

      g_string_append_printf (expected, "%s\n", text);
      free (text);
    }
}

/* The same page again, with the same words, is not said again. */
static gboolean
is_said_already (json_t *before, json_t *model)
{
  return before != NULL &&
         g_str_equal (bm_model_text (before, "id"), bm_model_text (model, "id")) &&
         json_equal (json_object_get (before, "speech"), json_object_get (model, "speech"));
}

/* Every page says what its model says, in order; a private one says nothing until it is asked. */
static void
test_spoken_is_the_model (Fixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_dir_make_tmp ("bianmin-shell-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "log", NULL);
  g_autoptr (BmSpeech) speech = bm_speech_new (path, "", TRUE);
  g_autoptr (GString) expected = g_string_new (NULL);
  g_auto (GStrv) names = bm_test_list_models ();

  bm_shell_set_speech (fixture->shell, speech);
  for (guint i = 0; names[i] != NULL; i++)
    {
      json_auto_t *model = bm_test_load_model (names[i]);
      json_auto_t *before = json_incref (bm_shell_get_model (fixture->shell));

      bm_shell_show_page (fixture->shell, model);
      bm_speech_finish (speech);
      if (bm_model_is (bm_model_object (model, "settings"), "is_spoken") &&
          !bm_model_is (model, "is_private") && !is_said_already (before, model))
        append_expected (expected, model);
    }
  {
    g_autofree char *said = read_log (path);

    g_assert_cmpstr (said, ==, expected->str);
  }
  show (fixture, "answer");
  press (fixture, "frame-read");
  bm_speech_finish (speech);
  append_expected (expected, bm_shell_get_model (fixture->shell));
  {
    g_autofree char *said = read_log (path);

    g_assert_cmpstr (said, ==, expected->str);
  }
  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

/* Amounts are on the screen for one pair of eyes: the voice has them only where the model's speech has. */
static void
test_amounts_are_said_unasked (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "amounts-open", "amounts-covered", "amounts-many",
                                       "letter" };
  g_autofree char *folder = g_dir_make_tmp ("bianmin-shell-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "log", NULL);
  g_autoptr (BmSpeech) speech = bm_speech_new (path, "", TRUE);
  g_autofree char *said = NULL;

  bm_shell_set_speech (fixture->shell, speech);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      show (fixture, names[i]);
      for (guint part = 0; part < bm_shell_count_parts (fixture->shell); part++)
        bm_shell_set_part (fixture->shell, part);
      bm_speech_finish (speech);
    }
  said = read_log (path);
  g_assert_nonnull (strstr (said, "您今年收到4笔"));
  g_assert_null (strstr (said, "228"));
  g_assert_null (strstr (said, "901"));
  g_assert_null (strstr (said, "回信"));
  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

/* What moves inside a button when it is pressed moves its edges away from the finger. */
static void
add_up (GtkWidget *button, int *ret_left, int *ret_top, int *ret_height)
{
  GtkStyleContext *style = gtk_widget_get_style_context (button);
  GtkBorder border, padding;

  gtk_style_context_get_border (style, &border);
  gtk_style_context_get_padding (style, &padding);
  *ret_left = border.left + padding.left;
  *ret_top = border.top + padding.top;
  *ret_height = border.top + border.bottom + padding.top + padding.bottom;
}

static void
test_pressed_look_moves_a_button (Fixture *fixture, gconstpointer data)
{
  g_auto (GStrv) names = bm_test_list_models ();

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autoptr (GPtrArray) buttons = NULL;

      show (fixture, names[i]);
      buttons = bm_test_collect (GTK_WIDGET (fixture->shell), BM_TYPE_BUTTON);
      for (guint b = 0; b < buttons->len; b++)
        {
          GtkWidget *button = g_ptr_array_index (buttons, b);
          int left[2], top[2], height[2];

          add_up (button, &left[0], &top[0], &height[0]);
          gtk_widget_set_state_flags (button, GTK_STATE_FLAG_ACTIVE, FALSE);
          add_up (button, &left[1], &top[1], &height[1]);
          gtk_widget_unset_state_flags (button, GTK_STATE_FLAG_ACTIVE);
          g_test_message ("%s: %s", names[i], bm_button_get_name (BM_BUTTON (button)));
          g_assert_cmpint (left[0], ==, left[1]);
          g_assert_cmpint (top[0], ==, top[1]);
          g_assert_cmpint (height[0], ==, height[1]);
        }
    }
}

/* A screen reader finds the question as the page's heading and as the window's name. */
static void
test_page_has_no_heading (Fixture *fixture, gconstpointer data)
{
  g_auto (GStrv) names = bm_test_list_models ();

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autoptr (GPtrArray) labels = NULL;
      g_autofree char *question = NULL;
      guint n_headings = 0;

      show (fixture, names[i]);
      question =
        bm_text_on_one_line (bm_model_text (bm_shell_get_model (fixture->shell), "question"));
      g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (fixture->shell)), ==, question);
      labels = bm_test_collect (GTK_WIDGET (fixture->shell), GTK_TYPE_LABEL);
      for (guint l = 0; l < labels->len; l++)
        {
          GtkWidget *label = g_ptr_array_index (labels, l);
          g_autofree char *text = bm_text_on_one_line (gtk_label_get_text (GTK_LABEL (label)));

          if (!gtk_test_accessible_has_role (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_ROLE_HEADING))
            continue;
          if (!bm_text_has_box (label)) /* of which the name has the character */
            g_assert_cmpstr (text, ==, question);
          n_headings++;
        }
      g_test_message ("%s: %u", names[i], n_headings);
      /* The helper's own page is about several things; each part of it has its head. */
      g_assert_true (
        n_headings == 1 ||
        g_str_has_prefix (bm_model_text (bm_shell_get_model (fixture->shell), "template"),
                          "desk-"));
    }
  bm_shell_wipe (fixture->shell);
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (fixture->shell)), ==, "Bianmin");
}

static char *
name_of (GtkWidget *widget)
{
  return gtk_test_accessible_check_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                             "\001");
}

static void
note_rows (GtkWidget *widget, GPtrArray *names)
{
  if (gtk_widget_has_css_class (widget, "amount-row"))
    g_ptr_array_add (names, name_of (widget));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    note_rows (child, names);
}

/* A row is one sentence to a screen reader; a covered one says so and has no value anywhere. */
static void
test_row_is_many_words (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) open = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) covered = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) labels = NULL;

  show (fixture, "amounts-open");
  note_rows (bm_shell_get_page (fixture->shell), open);
  g_assert_cmpuint (open->len, ==, 5);
  g_assert_cmpstr (g_ptr_array_index (open, 0), ==, "10月15日　养老金 228.40元 已到账");
  labels = bm_test_collect (bm_shell_get_page (fixture->shell), GTK_TYPE_LABEL);
  for (guint i = 0; i < labels->len; i++)
    {
      GtkWidget *label = g_ptr_array_index (labels, i);

      if (strstr (gtk_label_get_text (GTK_LABEL (label)), "228.40") != NULL)
        g_assert_null (gtk_test_accessible_check_state (GTK_ACCESSIBLE (label),
                                                        GTK_ACCESSIBLE_STATE_HIDDEN, TRUE));
    }
  show (fixture, "amounts-covered");
  note_rows (bm_shell_get_page (fixture->shell), covered);
  g_assert_cmpuint (covered->len, ==, 5);
  g_assert_cmpstr (g_ptr_array_index (covered, 0), ==, "10月15日　养老金 盖着 已到账");
}

/* Whoever uncovered amounts can cover them from every part. */
static void
test_cover_is_on_one_part_only (Fixture *fixture, gconstpointer data)
{
  show (fixture, "amounts-many");
  g_assert_cmpuint (bm_shell_count_parts (fixture->shell), >, 1);
  for (guint part = 0; part < bm_shell_count_parts (fixture->shell); part++)
    {
      bm_shell_set_part (fixture->shell, part);
      bm_test_settle (fixture->shell);
      g_assert_nonnull (bm_test_find (GTK_WIDGET (fixture->shell), "cover"));
    }
  press (fixture, "cover");
  assert_intents (fixture, 1, "{\"do\":\"choose\",\"choice\":\"cover\",\"version\":1}");
}

int
main (int argc, char *argv[])
{
  int status;

  if (!bm_test_display_start ())
    {
      g_print ("Bail out! Xvfb cannot be started\n");
      return 1;
    }
  gtk_test_init (&argc, &argv);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/shell/choice-becomes-intent", test_choice_becomes_intent);
  ADD ("/shell/two-fast-taps", test_two_fast_taps);
  ADD ("/shell/page-survives-leaving", test_page_survives_leaving);
  ADD ("/shell/wipe-leaves-words", test_wipe_leaves_words);
  ADD ("/shell/ticking-rebuilds-the-page", test_ticking_rebuilds_the_page);
  ADD ("/shell/digits-are-sent-when-complete", test_digits_are_sent_when_complete);
  ADD ("/shell/typed-digits-survive-only-a-change-of-size",
       test_typed_digits_survive_only_a_change_of_size);
  ADD ("/shell/masked-digits-are-in-no-widget", test_masked_digits_are_in_no_widget);
  ADD ("/shell/parts-go-forth-and-back", test_parts_go_forth_and_back);
  ADD ("/shell/off-choice-acts", test_off_choice_acts);
  ADD ("/shell/help-is-in-the-left-corner", test_help_is_in_the_left_corner_of_every_page);
  ADD ("/shell/keys-reach-every-button", test_keys_reach_every_button);
  ADD ("/shell/pressed-look-moves-a-button", test_pressed_look_moves_a_button);
  ADD ("/shell/page-has-no-heading", test_page_has_no_heading);
  ADD ("/shell/focus-is-lost", test_focus_is_lost);
  ADD ("/shell/spoken-is-the-model", test_spoken_is_the_model);
  ADD ("/shell/amounts-are-said-unasked", test_amounts_are_said_unasked);
  ADD ("/shell/row-is-many-words", test_row_is_many_words);
  ADD ("/shell/cover-is-on-one-part-only", test_cover_is_on_one_part_only);
#undef ADD
  status = g_test_run ();
  bm_test_display_stop ();
  return status;
}
