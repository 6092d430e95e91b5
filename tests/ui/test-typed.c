/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ui/display.h"
#include "tests/ui/pages-help.h"

#include "ui/widgets/bm-button.h"
#include "ui/widgets/bm-text.h"

/* What is typed stands there in words at once, and what is wrong is said before it is handed on. */

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

/* The page as it is when nothing was answered yet. */
static void
show_empty (Fixture *fixture, const char *name)
{
  json_auto_t *model = bm_test_load_model (name);

  json_object_del (bm_model_object (model, "input"), "value");
  json_object_del (bm_model_object (model, "input"), "problem");
  bm_shell_show_page (fixture->shell, model);
  bm_test_settle (fixture->shell);
}

static void
type (Fixture *fixture, const char *keys)
{
  for (const char *at = keys; *at != '\0'; at++)
    {
      g_autofree char *name =
        *at == '<' ? g_strdup ("key-delete") : g_strdup_printf ("key-%c", *at);
      GtkWidget *key = bm_test_find (GTK_WIDGET (fixture->shell), name);

      g_assert_nonnull (key);
      g_signal_emit_by_name (key, "clicked");
    }
}

static gboolean
has_words (Fixture *fixture, const char *words)
{
  g_autoptr (GPtrArray) labels = bm_test_collect (GTK_WIDGET (fixture->shell), GTK_TYPE_LABEL);

  for (guint i = 0; i < labels->len; i++)
    if (g_str_equal (gtk_label_get_text (g_ptr_array_index (labels, i)), words))
      return TRUE;
  return FALSE;
}

static gboolean
can_go_on (Fixture *fixture)
{
  return !bm_button_is_off (BM_BUTTON (bm_test_find (GTK_WIDGET (fixture->shell), "frame-next")));
}

static void
press_next (Fixture *fixture)
{
  g_signal_emit_by_name (bm_test_find (GTK_WIDGET (fixture->shell), "frame-next"), "clicked");
}

static void
test_nought_too_many (Fixture *fixture, gconstpointer data)
{
  show_empty (fixture, "amount");
  g_assert_false (can_go_on (fixture));
  g_assert_true (has_words (fixture, "_元"));
  type (fixture, "1200");
  g_assert_true (has_words (fixture, "1,200元") && has_words (fixture, "一千二百元"));
  g_assert_true (can_go_on (fixture));
  type (fixture, "0");
  g_assert_true (has_words (fixture, "12,000元") && has_words (fixture, "一万两千元"));
  type (fixture, "0");
  g_assert_true (has_words (fixture, "最多50,000元，\n是不是多了一个零？"));
  g_assert_false (can_go_on (fixture));
  press_next (fixture);
  g_assert_cmpuint (fixture->intents->len, ==, 0);
  type (fixture, "<<");
  g_assert_true (has_words (fixture, "一千二百元"));
  press_next (fixture);
  g_assert_cmpuint (fixture->intents->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (fixture->intents, 0), ==,
                   "{\"do\":\"digits\",\"value\":\"1200\",\"version\":1}");
}

/* Too little may still become enough: nothing is said before one goes on. */
static void
test_too_little (Fixture *fixture, gconstpointer data)
{
  show_empty (fixture, "amount");
  type (fixture, "9");
  g_assert_true (has_words (fixture, "九元"));
  g_assert_false (can_go_on (fixture));
  type (fixture, "0");
  g_assert_true (can_go_on (fixture));
}

static void
test_point (Fixture *fixture, gconstpointer data)
{
  show_empty (fixture, "amount-over");
  type (fixture, ".12.5.07");
  g_assert_true (has_words (fixture, "12.50元") && has_words (fixture, "十二元五角"));
  press_next (fixture);
  g_assert_cmpstr (g_ptr_array_index (fixture->intents, 0), ==,
                   "{\"do\":\"digits\",\"value\":\"12.50\",\"version\":1}");
  show_empty (fixture, "amount");
  g_assert_null (bm_test_find (GTK_WIDGET (fixture->shell), "key-."));
}

/* What was answered before stands there when one comes back. */
static void
test_answer_is_there_again (Fixture *fixture, gconstpointer data)
{
  json_auto_t *model = bm_test_load_model ("amount");

  bm_shell_show_page (fixture->shell, model);
  bm_test_settle (fixture->shell);
  g_assert_true (has_words (fixture, "12,000元") && has_words (fixture, "一万两千元"));
  g_assert_true (can_go_on (fixture));
}

/* No such day, not yet, not born: said at the digit that makes it so. */
static void
test_no_such_day (Fixture *fixture, gconstpointer data)
{
  show_empty (fixture, "day");
  g_assert_true (has_words (fixture, "____年__月__日"));
  type (fixture, "202602");
  g_assert_true (has_words (fixture, "2026年02月__日"));
  g_assert_true (has_words (fixture, "按阳历年月日，不按农历"));
  type (fixture, "30");
  g_assert_true (has_words (fixture, "没有这一天，\n请看看几月几号。"));
  g_assert_false (can_go_on (fixture));
  press_next (fixture);
  g_assert_cmpuint (fixture->intents->len, ==, 0);
  type (fixture, "<<28");
  g_assert_true (has_words (fixture, "2026年2月28日，星期六"));
  g_assert_true (can_go_on (fixture));
  type (fixture, "<<<<12");
  g_assert_true (has_words (fixture, "这一天还没到，\n请看看年份。"));
  type (fixture, "<<<<<<1947");
  g_assert_true (has_words (fixture, "那时您还没出生，\n请看看年份。"));
  type (fixture, "<<<<20261005");
  press_next (fixture);
  g_assert_cmpuint (fixture->intents->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (fixture->intents, 0), ==,
                   "{\"do\":\"digits\",\"value\":\"20261005\",\"version\":1}");
}

static gboolean
asks (BmShell *shell, const char *question)
{
  g_autoptr (GPtrArray) labels = bm_test_collect (bm_shell_get_page (shell), GTK_TYPE_LABEL);

  for (guint i = 0; i < labels->len; i++)
    {
      g_autofree char *text =
        bm_text_on_one_line (gtk_label_get_text (g_ptr_array_index (labels, i)));

      if (g_str_equal (text, question))
        return TRUE;
    }
  return FALSE;
}

/* On a low screen with the largest letters as well: whoever has forgotten what is asked need not delete. */
static void
test_question_is_gone (void)
{
  static const char *const names[] = { "amount", "amount-over", "day", "digits-open",
                                       "digits-short" };
  static const guint scales[] = { 100, 125, 150, 200 };
  BmShell *shell = bm_shell_new (0.259, 1280, 800);

  gtk_window_present (GTK_WINDOW (shell));
  for (guint i = 0; i < G_N_ELEMENTS (names) * G_N_ELEMENTS (scales); i++)
    {
      const char *name = names[i / G_N_ELEMENTS (scales)];
      guint scale = scales[i % G_N_ELEMENTS (scales)];
      json_auto_t *model = bm_test_load_model (name);
      g_autofree char *question = bm_text_on_one_line (bm_model_text (model, "question"));
      GtkWidget *key;

      json_object_set_new (bm_model_object (model, "settings"), "scale", json_integer (scale));
      json_object_del (bm_model_object (model, "input"), "value");
      json_object_del (bm_model_object (model, "input"), "problem");
      bm_shell_show_page (shell, model);
      bm_test_settle (shell);
      /* The first part of a page that is cut has the keys, or is the question alone. */
      if (bm_test_find (GTK_WIDGET (shell), "key-5") == NULL)
        bm_shell_set_part (shell, 1);
      bm_test_settle (shell);
      key = bm_test_find (GTK_WIDGET (shell), "key-5");
      g_assert_nonnull (key);
      for (guint n = 0; n < 4; n++)
        {
          if (!asks (shell, question))
            g_error ("%s at %u %% does not ask any more after %u digits", name, scale, n);
          g_signal_emit_by_name (key, "clicked");
          bm_test_settle (shell);
        }
    }
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
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/typed/nought-too-many", test_nought_too_many);
  ADD ("/typed/too-little", test_too_little);
  ADD ("/typed/point", test_point);
  ADD ("/typed/answer-is-there-again", test_answer_is_there_again);
  ADD ("/typed/no-such-day", test_no_such_day);
#undef ADD
  g_test_add_func ("/typed/question-is-gone", test_question_is_gone);
  status = g_test_run ();
  bm_test_display_stop ();
  return status;
}
