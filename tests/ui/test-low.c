/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ui/display.h"
#include "tests/ui/pages-help.h"

/* 放低一点: for whoever sits before an upright screen. What the lowered pages hold, ui-pages looks at. */

static void
on_intent (BmShell *shell, const char *intent, char **last)
{
  g_free (*last);
  *last = g_strdup (intent);
}

static void
show_home (BmShell *shell, gboolean is_low)
{
  json_auto_t *model = bm_test_load_model ("home");

  json_object_set_new (bm_model_object (model, "settings"), "is_low", json_boolean (is_low));
  bm_shell_show_page (shell, model);
  bm_test_settle (shell);
}

static double
top_of (BmShell *shell, const char *name)
{
  GtkWidget *button = bm_test_find (GTK_WIDGET (shell), name);
  graphene_rect_t box;

  g_assert_nonnull (button);
  g_assert_true (gtk_widget_compute_bounds (button, GTK_WIDGET (shell), &box));
  return box.origin.y;
}

static void
test_lower_and_back (void)
{
  BmShell *shell = bm_shell_new (0.248, 1080, 1920);
  g_autofree char *last = NULL;
  double help;

  g_signal_connect (shell, "intent", G_CALLBACK (on_intent), &last);
  gtk_window_present (GTK_WINDOW (shell));
  show_home (shell, FALSE);
  help = top_of (shell, "frame-help");
  g_assert_cmpfloat (top_of (shell, "frame-read"), <, 100);
  /* What lowers is itself where a low arm reaches. */
  g_assert_cmpfloat (top_of (shell, "frame-lower"), >, 1280);
  g_signal_emit_by_name (bm_test_find (GTK_WIDGET (shell), "frame-lower"), "clicked");
  g_assert_cmpstr (last, ==, "{\"do\":\"lower\",\"version\":1}");

  show_home (shell, TRUE);
  g_assert_cmpfloat (top_of (shell, "frame-read"), >=, 640);
  g_assert_cmpfloat (top_of (shell, "cert.pension"), >=, 640);
  g_assert_cmpfloat_with_epsilon (top_of (shell, "frame-help"), help, 1);

  show_home (shell, FALSE);
  g_assert_cmpfloat (top_of (shell, "frame-read"), <, 100);
  gtk_window_destroy (GTK_WINDOW (shell));
}

/* The page of nobody, and what stands there when a session was cut off, are where they always were. */
static void
test_wiped (void)
{
  BmShell *shell = bm_shell_new (0.248, 1080, 1920);
  json_auto_t *idle = bm_test_load_model ("idle");

  gtk_window_present (GTK_WINDOW (shell));
  show_home (shell, TRUE);
  bm_shell_wipe (shell);
  bm_shell_show_page (shell, idle);
  bm_test_settle (shell);
  g_assert_cmpfloat (top_of (shell, "frame-read"), <, 100);
  gtk_window_destroy (GTK_WINDOW (shell));
}

/* A low screen has nothing that is out of reach: it neither offers nor does it. */
static void
test_low_screen (void)
{
  BmShell *shell = bm_shell_new (0.259, 1280, 800);

  gtk_window_present (GTK_WINDOW (shell));
  show_home (shell, TRUE);
  g_assert_null (bm_test_find (GTK_WIDGET (shell), "frame-lower"));
  g_assert_cmpfloat (top_of (shell, "frame-read"), <, 100);
  gtk_window_destroy (GTK_WINDOW (shell));
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
  g_test_add_func ("/low/lower-and-back", test_lower_and_back);
  g_test_add_func ("/low/wiped", test_wiped);
  g_test_add_func ("/low/low-screen", test_low_screen);
  status = g_test_run ();
  bm_test_display_stop ();
  return status;
}
