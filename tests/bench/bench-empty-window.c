/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gtk/gtk.h>

/*
 * The baseline of "first frame": an empty GTK 4 window of the same size, started with the same
 * environment (bench-empty-window WIDTH HEIGHT), that ends when it has been painted once. What is measured is from exec to exit.
 */

static void
on_painted (GdkFrameClock *clock, GMainLoop *loop)
{
  g_main_loop_quit (loop);
}

int
main (int argc, char *argv[])
{
  int width = argc == 3 ? (int) g_ascii_strtoll (argv[1], NULL, 10) : 1080;
  int height = argc == 3 ? (int) g_ascii_strtoll (argv[2], NULL, 10) : 1920;
  GMainLoop *loop;
  GtkWidget *window;

  g_setenv ("GDK_DEBUG", "gl-disable", FALSE);
  g_setenv ("GSK_RENDERER", "cairo", FALSE);
  gtk_init ();
  loop = g_main_loop_new (NULL, FALSE);
  window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
  gtk_window_present (GTK_WINDOW (window));
  g_signal_connect (gtk_widget_get_frame_clock (window), "after-paint", G_CALLBACK (on_painted),
                    loop);
  g_main_loop_run (loop);
  gtk_window_destroy (GTK_WINDOW (window));
  g_main_loop_unref (loop);
  return 0;
}
