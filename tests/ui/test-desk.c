/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ui/display.h"
#include "tests/ui/pages-help.h"

#include "ui/widgets/bm-text.h"

/* The desk with larger letters: all that its page says is on one part or another. How that is set, ui-pages looks at. */

static void
on_intent (BmShell *shell, const char *intent, char **last)
{
  g_free (*last);
  *last = g_strdup (intent);
}

static void
show (BmShell *shell, const char *name, guint scale)
{
  json_auto_t *model = bm_test_load_model (name);

  json_object_set_new (bm_model_object (model, "settings"), "scale", json_integer (scale));
  bm_shell_show_page (shell, model);
}

/* Everything that stands on any part, as one string. */
static char *
dup_words (BmShell *shell)
{
  GString *words = g_string_new (NULL);

  for (guint part = 0; part < bm_shell_count_parts (shell); part++)
    {
      g_autoptr (GPtrArray) labels = NULL;

      bm_shell_set_part (shell, part);
      bm_test_settle (shell);
      labels = bm_test_collect (GTK_WIDGET (shell), GTK_TYPE_LABEL);
      for (guint i = 0; i < labels->len; i++)
        {
          g_autofree char *line =
            bm_text_on_one_line (gtk_label_get_text (g_ptr_array_index (labels, i)));

          g_string_append_printf (words, "%s\n", line);
        }
      /* On each part there is the way to other sizes. */
      g_assert_nonnull (bm_test_find (GTK_WIDGET (shell), "frame-bigger"));
    }
  return g_string_free (words, FALSE);
}

/* Of one that has one of these, its words are for people. */
static void
check_object (json_t *object, const char *words, const char *where)
{
  static const char *const keys[] = { "text",  "label",   "value", "title", "note",  "act",
                                      "name",  "about",   "step",  "sees",  "asks",  "waits",
                                      "total", "oldest",  "link",  "staff", "clock", "demo_label",
                                      "next",  "printer", "why" };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autofree char *text = bm_text_on_one_line (bm_model_string (object, keys[i]));
      /* Each may be on a part of its own. */
      g_auto (GStrv) sentences = g_regex_split_simple ("[，。；]", text, 0, 0);

      for (guint k = 0; sentences[k] != NULL; k++)
        if (strstr (words, sentences[k]) == NULL)
          g_error ("%s does not say '%s'", where, sentences[k]);
    }
}

static void
check_list (json_t *list, const char *words, const char *where)
{
  for (gsize i = 0; i < json_array_size (list); i++)
    check_object (json_array_get (list, i), words, where);
}

static void
check_model (BmShell *shell, const char *name, guint scale)
{
  g_autofree char *where = g_strdup_printf ("%s at %u %%", name, scale);
  g_autofree char *words = NULL;
  json_t *model, *desk, *hall, *waiting;

  show (shell, name, scale);
  words = dup_words (shell);
  model = bm_shell_get_model (shell);
  desk = bm_model_object (model, "desk");
  hall = bm_model_object (desk, "hall");
  waiting = bm_model_object (desk, "waiting");
  check_list (json_object_get (model, "lines"), words, where);
  check_list (json_object_get (model, "facts"), words, where);
  check_list (json_object_get (model, "choices"), words, where);
  check_object (bm_model_object (model, "station"), words, where);
  check_object (desk, words, where);
  if (!g_str_equal (bm_model_text (model, "template"), "desk-today"))
    return;
  check_object (hall, words, where);
  check_list (json_object_get (hall, "facts"), words, where);
  check_object (waiting, words, where);
  check_list (json_object_get (waiting, "rows"), words, where);
}

static void
test_words_are_lost (void)
{
  static const guint scales[] = { 125, 150, 200 };
  BmShell *shell = bm_shell_new (0.259, 1280, 800);
  g_auto (GStrv) names = bm_test_list_models ();
  guint n_seen = 0;

  gtk_window_present (GTK_WINDOW (shell));
  for (guint i = 0; names[i] != NULL; i++)
    {
      json_auto_t *model = bm_test_load_model (names[i]);
      const char *template_name = bm_model_text (model, "template");

      /* Of danger nothing else is shown, not even how large letters are. */
      if (!g_str_has_prefix (template_name, "desk-") || g_str_equal (template_name, "desk-alert"))
        continue;
      check_model (shell, names[i], scales[n_seen % G_N_ELEMENTS (scales)]);
      n_seen++;
    }
  g_assert_cmpuint (n_seen, >=, 20);
  check_model (shell, "desk-attends", 125);
  check_model (shell, "desk-attends", 200);
  gtk_window_destroy (GTK_WINDOW (shell));
}

/* 字号 asks the station, which keeps it for that helper; the part that was read stays if it is still there. */
static void
test_one_press (void)
{
  BmShell *shell = bm_shell_new (0.259, 1280, 800);
  g_autofree char *last = NULL;

  g_signal_connect (shell, "intent", G_CALLBACK (on_intent), &last);
  gtk_window_present (GTK_WINDOW (shell));
  show (shell, "desk-attends", 100);
  bm_test_settle (shell);
  g_assert_cmpuint (bm_shell_count_parts (shell), ==, 1);
  g_signal_emit_by_name (bm_test_find (GTK_WIDGET (shell), "frame-bigger"), "clicked");
  g_assert_cmpstr (last, ==, "{\"do\":\"bigger\",\"version\":1}");
  show (shell, "desk-attends", 200);
  g_assert_cmpuint (bm_shell_count_parts (shell), >, 1);
  show (shell, "desk-attends", 100);
  g_assert_cmpuint (bm_shell_count_parts (shell), ==, 1);
  gtk_window_destroy (GTK_WINDOW (shell));
}

/* Whoever reads the third part of a list can still do what the person in the hall waits for. */
static void
test_witness_on_each_part (void)
{
  BmShell *shell = bm_shell_new (0.259, 1280, 800);

  gtk_window_present (GTK_WINDOW (shell));
  show (shell, "desk-attends", 200);
  for (guint part = 0; part < bm_shell_count_parts (shell); part++)
    {
      bm_shell_set_part (shell, part);
      bm_test_settle (shell);
      g_assert_nonnull (bm_test_find (GTK_WIDGET (shell), "witness"));
      g_assert_nonnull (bm_test_find (GTK_WIDGET (shell), "cannot"));
    }
  gtk_window_destroy (GTK_WINDOW (shell));
}

int
main (int argc, char *argv[])
{
  int status;

  g_setenv ("GTK_A11Y", "test", TRUE);
  if (!bm_test_display_start ())
    {
      g_print ("Bail out! Xvfb cannot be started\n");
      return 1;
    }
  gtk_test_init (&argc, &argv);
  g_test_add_func ("/desk/words-are-lost", test_words_are_lost);
  g_test_add_func ("/desk/one-press", test_one_press);
  g_test_add_func ("/desk/witness-on-each-part", test_witness_on_each_part);
  status = g_test_run ();
  bm_test_display_stop ();
  return status;
}
